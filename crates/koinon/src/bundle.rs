//! `koinon bundle`: entries that travel by hand, where no line goes.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use koinon_core::Clock as _;
use koinon_node::SystemClock;

use crate::console::views::{Answer, UnpackedView};
use crate::console::{Ask, CarryAsk, bundle_view};
use crate::data::DataArgs;
use crate::failure::{Complaint, Exit, Explain as _};
use crate::out::{Align, Out, grouped, say, waiting};
use crate::reach::{self, Reach};

/// What is done with bundles.
#[derive(Debug, Subcommand)]
pub(crate) enum BundleCommand {
    /// Write what neighbours lack into a file that anybody can carry
    Export(ExportArgs),
    /// Take in what somebody brought; a bundle that came before changes nothing
    Import(ImportArgs),
    /// Show what a bundle holds, without taking it in
    Inspect {
        /// The file
        file: PathBuf,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Writes a bundle.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    data: DataArgs,
    /// For whom: a community's code, or the beginning of a node's id; may be said more than once. Without it, for everybody
    #[arg(long = "for", value_name = "NEIGHBOUR")]
    to: Vec<String>,
    /// Everything, also what they are known to hold
    #[arg(long)]
    all: bool,
    /// Go on in another file beyond so many MiB; a memory stick may hold no larger ones
    #[arg(long, value_name = "MIB", default_value_t = 1_024)]
    part_size: u64,
    /// The file; without it, one in this directory, named after whom it is for and today
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Takes bundles in.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The files, in any order
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs `koinon bundle`.
pub(crate) fn run(command: &BundleCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        BundleCommand::Export(args) => export(args, out),
        BundleCommand::Import(args) => import(args, out),
        BundleCommand::Inspect { file, json } => inspect(file, *json, out),
    }
}

/// The file's name where none is said.
fn usual_name(to: &[String]) -> PathBuf {
    let day = SystemClock::new().now().to_rfc3339().chars().take(10).collect::<String>();
    let whom = if to.is_empty() { "all".to_owned() } else { to.join("-") };
    PathBuf::from(format!("koinon-for-{whom}-{day}.koinon"))
}

/// The path as another process finds it.
fn whole(path: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(path).explain(|| format!("{} is no path", path.display()), "")?;
    let shown = path.display().to_string();
    let unreadable = || Complaint::new(format!("{shown} is not text in UTF-8"), "choose another name");
    Ok(path.to_str().ok_or_else(unreadable)?.to_owned())
}

fn export(args: &ExportArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let path = args.file.clone().unwrap_or_else(|| usual_name(&args.to));
    let file = whole(&path)?;
    let ask = CarryAsk { to: args.to.clone(), all: args.all, file, part_mib: args.part_size };
    let bar = waiting("Writing");
    let answer = reach::ask(&args.data, Ask::WriteBundle(ask));
    bar.finish_and_clear();
    let Answer::Carried(view) = answer? else { return Err(reach::unexpected()) };
    if args.json {
        out.json(&view)?;
        return Ok(Exit::Done);
    }
    view.files.iter().try_for_each(|file| out.line(file))?;
    out.flush()?;
    say(format!(
        "{} entries in {} KiB. Whoever brings the file needs not be trusted: entries prove themselves.",
        number(view.entries),
        number(view.bytes.div_ceil(1_024))
    ));
    say("What is in it is for the federation's eyes: carry it like a letter, and wipe the stick afterwards.");
    Ok(Exit::Done)
}

fn import(args: &ImportArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let reach = Reach::open(&args.data)?;
    let taken = take_all(&reach, &args.files);
    reach.close();
    let taken = taken?;
    if args.json {
        out.json(&serde_json::json!({ "bundles": taken }))?;
    } else {
        taken.iter().try_for_each(|view| print(view, true, out))?;
    }
    let is_good = |view: &UnpackedView| view.whole && view.waiting == 0 && view.refused.is_empty();
    Ok(if taken.iter().all(is_good) { Exit::Done } else { Exit::No })
}

/// Takes every file in. What waits for what stands in a later file is taken once that is there.
fn take_all(reach: &Reach, files: &[PathBuf]) -> anyhow::Result<Vec<UnpackedView>> {
    let bar = waiting("Reading and verifying");
    let mut taken: Vec<UnpackedView> = Vec::new();
    let take = |file: &Path| -> anyhow::Result<UnpackedView> {
        let Answer::Unpacked(view) = reach.ask(Ask::TakeBundle { file: whole(file)? })? else {
            return Err(reach::unexpected());
        };
        Ok(view)
    };
    for file in files {
        taken.push(take(file)?);
    }
    while files.len() > 1 {
        let mut moved = false;
        for (file, view) in files.iter().zip(taken.iter_mut()).filter(|(_, view)| view.waiting > 0) {
            let again = take(file)?;
            moved |= again.new > 0;
            *view = UnpackedView { new: view.new.saturating_add(again.new), ..again };
        }
        if !moved {
            break;
        }
    }
    bar.finish_and_clear();
    Ok(taken)
}

fn inspect(file: &Path, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let shown = file.display().to_string();
    let hint = "name a file that `koinon bundle export` or the page wrote";
    let opened = std::fs::File::open(file).explain(|| format!("{shown} cannot be read"), hint)?;
    let bar = waiting("Reading");
    let found = koinon_node::carry::inspect(opened).explain(|| format!("{shown} cannot be read"), hint)?;
    bar.finish_and_clear();
    let view = bundle_view(shown, &found, |node| node.short());
    if json {
        out.json(&view)?;
    } else {
        print(&view, false, out)?;
    }
    Ok(if view.whole { Exit::Done } else { Exit::No })
}

fn number(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

fn print(view: &UnpackedView, taken: bool, out: &mut Out) -> anyhow::Result<()> {
    out.line(&view.file)?;
    let made_for = if view.made_for.is_empty() { "everybody".to_owned() } else { view.made_for.join(", ") };
    let part = view.part.map_or_else(|| "not known".to_owned(), |part| part.to_string());
    let part = if view.more_parts == Some(true) { format!("{part}; another follows") } else { part };
    let of = view.entries.iter().map(|(name, entries)| format!("{name} {}", number(*entries)));
    let mut rows = vec![
        ("made by", view.made_by.clone().unwrap_or_else(|| "not known".to_owned())),
        ("made", view.made.clone().unwrap_or_else(|| "not known".to_owned())),
        ("made for", made_for),
        ("part", part),
        ("entries", of.collect::<Vec<_>>().join(", ")),
    ];
    if taken {
        rows.push(("new here", number(view.new)));
    }
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|(name, value)| vec![format!("  {name}"), value]).collect();
    out.table(&[Align::Left, Align::Left], &rows)?;
    for damage in &view.damages {
        out.line(format!("! {} bytes from byte {} on: {}", number(damage.bytes), damage.at, damage.why))?;
    }
    for refused in &view.refused {
        out.line(format!("! refused: {refused}"))?;
    }
    if view.waiting > 0 {
        out.line(format!("! {} entries wait for earlier ones that did not come", number(view.waiting)))?;
    }
    if view.closed > 0 {
        out.line(format!("! {} entries are not shared with this community", number(view.closed)))?;
    }
    if view.strangers > 0 {
        out.line(format!("! {} entries are of nodes that are not admitted here; list them first, see `koinon join`, and bring the file again", number(view.strangers)))?;
    }
    if view.of_newer_kinds > 0 {
        out.line("! some of it is for a newer version of this program")?;
    }
    out.flush()?;
    if !view.whole {
        let what =
            if view.more_parts.is_none() { "The file breaks off." } else { "Part of the file is damaged." };
        say(format!("{what} What could be read is good; ask for the file again to get the rest."));
    }
    Ok(())
}
