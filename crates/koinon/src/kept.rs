//! `koinon kept`: files that neighbours keep for this community, encrypted, and that it keeps for them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::console::views::{Answer, KeptFileView, KeptFilesView, KeptForView};
use crate::console::{Ask, KeptAddAsk};
use crate::data::DataArgs;
use crate::failure::{Complaint, Exit, Explain as _};
use crate::out::{Align, Out, grouped, say, waiting};
use crate::reach;

/// What is done with files that neighbours keep.
#[derive(Debug, Subcommand)]
pub(crate) enum KeptCommand {
    /// Place an encrypted file with neighbours; one of the same name is replaced once they all have the new one
    Add(AddArgs),
    /// Agree to keep files for a neighbour, up to a size
    Allow {
        #[command(flatten)]
        data: DataArgs,
        /// Its community's code, or the beginning of its node's id
        neighbour: String,
        /// How many MiB in all; 0 takes it back: nothing new is taken, and what is held stays until its owner lets it go
        #[arg(long, value_name = "NUMBER")]
        mib: u64,
    },
    /// Show our files and who has proved to keep each, and what we keep for others
    List {
        #[command(flatten)]
        data: DataArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Bring a file of ours back from a neighbour, as it was encrypted; `age -d` opens it
    Get(GetArgs),
    /// Let a file go: the neighbours may delete it
    Release {
        #[command(flatten)]
        data: DataArgs,
        /// What we call it, or the beginning of its digest
        file: String,
        /// Yes: the neighbours delete it, and this node its own encrypted copy
        #[arg(long)]
        sure: bool,
    },
}

/// Places a file.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The file: an age file, or any with --recipient; at most 1 GiB
    file: PathBuf,
    /// What we call it; neighbours do not learn it
    #[arg(long, value_name = "LABEL")]
    name: String,
    /// Who is to keep it: a community's code, or the beginning of a node's id; say two
    #[arg(long = "with", value_name = "NEIGHBOUR", required = true)]
    with: Vec<String>,
    /// For whom it is encrypted here: a public key of age (age1…); may be said more than once. The private key stays elsewhere
    #[arg(long = "recipient", value_name = "KEY")]
    recipients: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Brings a file back.
#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    #[command(flatten)]
    data: DataArgs,
    /// What we call it, or the beginning of its digest
    file: String,
    /// From whom: a community's code, or the beginning of a node's id
    #[arg(long, value_name = "NEIGHBOUR")]
    from: String,
    /// Where to; a file that is there is never replaced
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs `koinon kept`.
pub(crate) fn run(command: &KeptCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        KeptCommand::Add(args) => add(args, out),
        KeptCommand::Allow { data, neighbour, mib } => allow(data, neighbour, *mib),
        KeptCommand::List { data, json } => list(data, *json, out),
        KeptCommand::Get(args) => get(args, out),
        KeptCommand::Release { sure: false, .. } => Err(Complaint::usage(
            "the neighbours delete what is let go, and nobody brings it back",
            "say --sure; `koinon kept list` shows the files",
        )
        .into()),
        KeptCommand::Release { data, file, sure: true } => release(data, file),
    }
}

/// The path as another process finds it.
fn whole(path: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(path).explain(|| format!("{} is no path", path.display()), "")?;
    let shown = path.display().to_string();
    let unreadable = || Complaint::new(format!("{shown} is not text in UTF-8"), "choose another name");
    Ok(path.to_str().ok_or_else(unreadable)?.to_owned())
}

fn add(args: &AddArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let ask = KeptAddAsk {
        file: whole(&args.file)?,
        name: args.name.clone(),
        with: args.with.clone(),
        recipients: args.recipients.clone(),
    };
    let bar = waiting("Encrypting and writing");
    let answer = reach::ask(&args.data, Ask::KeptAdd(ask));
    bar.finish_and_clear();
    let Answer::KeptPlaced(view) = answer? else { return Err(reach::unexpected()) };
    if args.json {
        out.json(&view)?;
        return Ok(Exit::Done);
    }
    out.line(&view.digest)?;
    out.flush()?;
    say(format!(
        "'{}' waits to be fetched, {} KiB encrypted. Each neighbour takes it once its operator has said `koinon kept allow`; `koinon kept list` says who has it.",
        args.name.trim(),
        number(view.bytes.div_ceil(1_024))
    ));
    if args.with.len() < 2 {
        say("One neighbour keeps one copy. Say --with twice, so that one of them may be lost too.");
    }
    Ok(Exit::Done)
}

fn allow(data: &DataArgs, neighbour: &str, mib: u64) -> anyhow::Result<Exit> {
    let bar = waiting("Fetching");
    let answer = reach::ask(data, Ask::KeptAllow { name: neighbour.to_owned(), mib });
    bar.finish_and_clear();
    let Answer::KeptAllowed(view) = answer? else { return Err(reach::unexpected()) };
    if mib == 0 {
        let kib = number(view.bytes.div_ceil(1_024));
        say(match view.files.len() {
            0 => format!("Nothing is taken of {} any more, and nothing of it is held.", view.owner),
            1 => format!(
                "Nothing new is taken of {0}. 1 file of {kib} KiB stays until {0} lets it go.",
                view.owner
            ),
            files => format!(
                "Nothing new is taken of {0}. {files} files of {kib} KiB stay until {0} lets them go.",
                view.owner
            ),
        });
    } else {
        say(format!("Up to {mib} MiB are kept for {}: {} are held.", view.owner, share(&view)));
    }
    if let Some(error) = &view.error {
        say(format!("! {error}"));
        say("  `koinon serve` tries again by itself.");
    }
    Ok(Exit::Done)
}

fn list(data: &DataArgs, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let Answer::Kept(view) = reach::ask(data, Ask::Kept)? else { return Err(reach::unexpected()) };
    if json {
        out.json(&view)?;
    } else {
        print_ours(&view, out)?;
        print_others(&view, out)?;
        view.concerns.iter().try_for_each(|words| out.line(format!("! {words}")))?;
    }
    out.flush()?;
    if view.ours.is_empty() && view.others.is_empty() {
        say("No file is kept with neighbours, nor for them.");
        return Ok(Exit::No);
    }
    Ok(Exit::Done)
}

fn print_ours(view: &KeptFilesView, out: &mut Out) -> anyhow::Result<()> {
    if view.ours.is_empty() {
        return Ok(());
    }
    let head = ["ours", "digest", "KiB", "placed", "with", "state"].map(str::to_owned).to_vec();
    let rows = std::iter::once(head).chain(view.ours.iter().flat_map(rows_of)).collect::<Vec<_>>();
    let left = Align::Left;
    Ok(out.table(&[left, left, Align::Right, left, left, left], &rows)?)
}

fn rows_of(file: &KeptFileView) -> Vec<Vec<String>> {
    let name = match file.state.as_str() {
        "found" => "(not on our list)".to_owned(),
        "kept" => file.name.clone(),
        state => format!("{} ({state})", file.name),
    };
    let first = [
        name,
        file.digest.chars().take(16).collect(),
        number(file.bytes.div_ceil(1_024)),
        file.placed.chars().take(10).collect(),
    ];
    let none = vec![("-".to_owned(), "nobody".to_owned())];
    let at: Vec<(String, String)> =
        file.keepers.iter().map(|keeper| (keeper.neighbour.clone(), keeper.words.clone())).collect();
    let at = if at.is_empty() { none } else { at };
    at.into_iter()
        .enumerate()
        .map(|(nth, (whom, words))| {
            let mut row = if nth == 0 { first.to_vec() } else { vec![String::new(); 4] };
            row.extend([whom, words]);
            row
        })
        .collect()
}

fn print_others(view: &KeptFilesView, out: &mut Out) -> anyhow::Result<()> {
    if view.others.is_empty() {
        return Ok(());
    }
    if !view.ours.is_empty() {
        out.line("")?;
    }
    let head = ["kept for", "files", "used", "waiting"].map(str::to_owned).to_vec();
    let row = |one: &KeptForView| {
        let waiting: Vec<&str> = one.waiting.iter().map(|file| file.words.as_str()).collect();
        vec![
            one.owner.clone(),
            one.files.len().to_string(),
            share(one),
            if waiting.is_empty() { "-".to_owned() } else { waiting.join("; ") },
        ]
    };
    let rows = std::iter::once(head).chain(view.others.iter().map(row)).collect::<Vec<_>>();
    Ok(out.table(&[Align::Left, Align::Right, Align::Left, Align::Left], &rows)?)
}

/// What is used of what was allowed.
fn share(view: &KeptForView) -> String {
    format!("{} of {} KiB", number(view.bytes.div_ceil(1_024)), number(view.allowed_bytes / 1_024))
}

fn get(args: &GetArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let ask = Ask::KeptGet { file: args.file.clone(), from: args.from.clone(), to: whole(&args.to)? };
    let bar = waiting("Fetching");
    let answer = reach::ask(&args.data, ask);
    bar.finish_and_clear();
    let Answer::KeptPlaced(view) = answer? else { return Err(reach::unexpected()) };
    if args.json {
        out.json(&view)?;
        return Ok(Exit::Done);
    }
    out.line(args.to.display().to_string())?;
    out.flush()?;
    say(format!(
        "It is the file of digest {}, byte for byte. Open it where its private key is: age -d -i KEY {}",
        view.digest,
        args.to.display()
    ));
    Ok(Exit::Done)
}

fn release(data: &DataArgs, file: &str) -> anyhow::Result<Exit> {
    let Answer::KeptReleased { files } = reach::ask(data, Ask::KeptRelease { file: file.to_owned() })? else {
        return Err(reach::unexpected());
    };
    let what = if files == 1 { "The file is".to_owned() } else { format!("{files} files are") };
    say(format!(
        "{what} let go. Each neighbour deletes what it has when it next asks; `koinon kept list` shows who still has it."
    ));
    Ok(Exit::Done)
}

fn number(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}
