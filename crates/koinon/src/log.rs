//! `koinon log`: entries as they are signed and kept, for those who want to see for themselves.

use clap::{Args, Subcommand};

use crate::console::views::{Answer, KeptView, LogPageView};
use crate::console::{Ask, LogAsk};
use crate::data::DataArgs;
use crate::failure::Exit;
use crate::out::{Align, Out, grouped, say, waiting};
use crate::reach::{self, Reach};

/// Entries asked for at once.
const PAGE: usize = 1_000;

/// What is done with the log.
#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// Show the newest entries
    Show {
        #[command(flatten)]
        which: WhichArgs,
        /// How many, up to 1,000
        #[arg(long, value_name = "NUMBER", default_value_t = 20)]
        limit: usize,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Verify chain and signatures of every log
    Verify {
        #[command(flatten)]
        data: DataArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print every entry with its signed bytes, one JSON object a line, in the order of arrival
    Export {
        #[command(flatten)]
        which: WhichArgs,
        /// Only those after this place
        #[arg(long, value_name = "PLACE", default_value_t = 0)]
        after: u64,
        /// As lines of JSON, which is the only form there is
        #[arg(long)]
        json: bool,
    },
}

/// Which entries are meant.
#[derive(Debug, Args)]
pub(crate) struct WhichArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Those too that never leave this node: names of people, notes
    #[arg(long)]
    local: bool,
}

/// Runs `koinon log`.
pub(crate) fn run(command: &LogCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        LogCommand::Show { which, limit, json } => show(which, *limit, *json, out),
        LogCommand::Verify { data, json } => verify(data, *json, out),
        LogCommand::Export { which, after, .. } => export(which, *after, out),
    }
}

fn page(reach: &Reach, ask: LogAsk) -> anyhow::Result<LogPageView> {
    match reach.ask(Ask::Log(ask))? {
        Answer::Log(view) => Ok(view),
        _ => Err(reach::unexpected()),
    }
}

fn show(which: &WhichArgs, limit: usize, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let reach = Reach::open(&which.data)?;
    let shown = page(&reach, LogAsk { after: None, limit, local: which.local });
    reach.close();
    let shown = shown?;
    if json {
        out.json(&shown)?;
    } else {
        let head = ["place", "recorded", "of", "stream", "kind", "signed", "id"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(shown.entries.iter().map(row));
        let left = Align::Left;
        out.table(&[Align::Right, left, left, left, left, left, left], &rows)?;
    }
    Ok(if shown.entries.is_empty() { Exit::No } else { Exit::Done })
}

fn row(entry: &KeptView) -> Vec<String> {
    let short = |text: &str| text.chars().take(8).collect::<String>();
    vec![
        grouped(i64::try_from(entry.place).unwrap_or(i64::MAX)),
        entry.recorded.clone(),
        entry.community.clone().unwrap_or_else(|| short(&entry.node)),
        entry.stream.clone(),
        entry.kind_name.clone().unwrap_or_else(|| entry.kind.to_string()),
        if entry.signature.is_some() { "yes" } else { "by a later one" }.to_owned(),
        short(&entry.id),
    ]
}

fn verify(data: &DataArgs, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let bar = waiting("Reading and verifying everything");
    let answer = reach::ask(data, Ask::Check);
    bar.finish_and_clear();
    let Answer::Check(view) = answer? else { return Err(reach::unexpected()) };
    let is_good = view.logs.iter().all(|log| log.fault.is_none());
    if json {
        out.json(&serde_json::json!({ "sound": is_good, "logs": view.logs, "forks": view.forks }))?;
    } else {
        let mut rows = vec![["log", "entries", "fault"].map(str::to_owned).to_vec()];
        rows.extend(view.logs.iter().map(|log| {
            let entries = grouped(i64::try_from(log.facts).unwrap_or(i64::MAX));
            vec![log.log.clone(), entries, log.fault.clone().unwrap_or_default()]
        }));
        out.table(&[Align::Left, Align::Right, Align::Left], &rows)?;
        for fork in &view.forks {
            out.line(format!("! two histories were signed of log {fork}"))?;
        }
        out.flush()?;
        say(if is_good { "Every chain and signature verifies." } else { "Not every log verifies." });
    }
    Ok(if is_good { Exit::Done } else { Exit::No })
}

fn export(which: &WhichArgs, after: u64, out: &mut Out) -> anyhow::Result<Exit> {
    let reach = Reach::open(&which.data)?;
    let exported = export_all(&reach, which.local, after, out);
    reach.close();
    let count = exported?;
    out.flush()?;
    say(format!("{} entries", grouped(i64::try_from(count).unwrap_or(i64::MAX))));
    Ok(if count == 0 { Exit::No } else { Exit::Done })
}

fn export_all(reach: &Reach, local: bool, after: u64, out: &mut Out) -> anyhow::Result<u64> {
    let (mut at, mut count) = (after, 0_u64);
    loop {
        let shown = page(reach, LogAsk { after: Some(at), limit: PAGE, local })?;
        for entry in &shown.entries {
            out.line(serde_json::to_string(entry)?)?;
            count = count.saturating_add(1);
        }
        match shown.next {
            Some(next) => at = next,
            None => return Ok(count),
        }
    }
}
