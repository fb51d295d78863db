//! `koinon key`: replace the key with which a node signs, while the node is not running.

use std::io::Read as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use koinon_node::{NodeError, Returned, RotateBy, RotatedKeys, SystemClock, rotate};
use serde::Serialize;

use crate::data::DataArgs;
use crate::failure::{Complaint, Exit, Explain};
use crate::files;
use crate::out::{Out, say};

/// What is done with the key.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Replace the key by the one that the node committed to; once a year, or when a key may have been copied
    Rotate(RotateArgs),
    /// Replace the key by recovery codes, when it and the one after it are lost or stolen; neighbours take it as good after 72
    /// hours
    Recover {
        #[command(flatten)]
        rotate: RotateArgs,
        /// The file with one recovery code a line, or - for standard input
        #[arg(long, value_name = "FILE", default_value = "-")]
        codes: PathBuf,
    },
}

/// How the key is replaced.
#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Entries that neighbours sent back in this node's name count: after a restore, or the loss of a disk
    #[arg(long, conflicts_with = "only_own")]
    all: bool,
    /// They count no more: after a theft of the key; only what this computer wrote itself does
    #[arg(long)]
    only_own: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct RotatedView {
    key_before: String,
    key_now: String,
    void: u64,
}

/// Runs `koinon key`.
pub(crate) fn run(command: &KeyCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        KeyCommand::Rotate(args) => replace(args, &RotateBy::Committed, out),
        KeyCommand::Recover { rotate, codes } => {
            const BYTES_MAX: usize = 16 * 1024;
            let text = if codes.as_os_str() == "-" {
                let mut text = Vec::new();
                std::io::stdin().lock().take(16 * 1024).read_to_end(&mut text)?;
                text
            } else {
                files::read(codes, BYTES_MAX)?
            };
            let text =
                String::from_utf8(text).explain(|| "the codes are not text in UTF-8".to_owned(), "")?;
            let codes: Vec<String> =
                text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            if codes.is_empty() {
                let remedy = "type each recovery code on a line of its own, as `koinon init` showed it";
                return Err(Complaint::usage("no recovery code is given", remedy).into());
            }
            replace(rotate, &RotateBy::Stewards(codes), out)
        }
    }
}

fn replace(args: &RotateArgs, by: &RotateBy, out: &mut Out) -> anyhow::Result<Exit> {
    let directory = args.data.directory()?;
    let returned = match (args.all, args.only_own) {
        (true, _) => Returned::Count,
        (false, true) => Returned::Void,
        (false, false) => Returned::Ask,
    };
    let replaced = rotate(&directory, &SystemClock::new(), by, returned);
    let hint = match &replaced {
        Err(NodeError::Returned { .. }) => {
            "look through them with `koinon log show`; say --all if they are your own doing, as after a restore, or --only-own if \
             somebody had the key; nothing has changed"
        }
        _ => "stop the node first where it runs; nothing has changed",
    };
    let RotatedKeys { before, now, void } =
        replaced.explain(|| format!("the key of {} is not replaced", directory.display()), hint)?;
    if args.json {
        out.json(&RotatedView { key_before: before.to_string(), key_now: now.to_string(), void })?;
        return Ok(Exit::Done);
    }
    say(format!("Key {now} signs from now on; {before} signs nothing more that counts."));
    if void > 0 {
        say(format!("{void} entries in this node's name were not written here and count no more."));
    }
    say(
        "Start the node. Neighbours hear of it at the next exchange; make a new back-up, since older ones hold the old key.",
    );
    if matches!(by, RotateBy::Stewards(_)) {
        say("They take it as good 72 hours after they heard of it, and show until then that it waits.");
    }
    Ok(Exit::Done)
}
