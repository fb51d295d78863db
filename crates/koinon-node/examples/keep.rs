//! Prints what keeping alone costs of catching up: a neighbour's answers are read, verified and stored durably, with the index by
//! which an entry is found by its id; no line, no book.
//!
//! `cargo run --release -p koinon-node --example keep [-- facts [commit [directory]]]`. What a node does beyond that with what
//! it pulls, `exchange` measures. Answers are made before the clock runs and wait in
//! memory, some 160 bytes a fact.

#![allow(clippy::print_stdout, reason = "its purpose is to print a line")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod shared;

use std::collections::VecDeque;
use std::error::Error;
use std::path::{Path, PathBuf};

use koinon_log::pull::{WANT_BYTES, serve};
use koinon_log::{Entitled, LogStore as _, Message, NetworkId, Want, ingest, load_directory};
use koinon_node::SqliteStore;
use shared::{Home, Timer};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let facts: u64 = words.first().map_or(Ok(125_000), |text| text.parse())?;
    let commit: u64 = words.get(1).map_or(Ok(100), |text| text.parse())?;
    let dir = words.get(2).map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = dir.join(format!("koinon-keep-{}", std::process::id()));
    let result = measure(&dir, facts, commit);
    // The benchmark's own error says more than one of tidying up.
    let tidied = std::fs::remove_dir_all(&dir);
    result.and_then(|()| Ok(tidied?))
}

fn measure(dir: &Path, facts: u64, commit: u64) -> Result<(), Box<dyn Error>> {
    let giver = Home::found(&dir.join("giver"), 0)?;
    giver.fill(facts, commit)?;
    let taker = Home::found(&dir.join("taker"), 1)?;
    let network = NetworkId::of("benchmark");
    let theirs = SqliteStore::open_reader(&giver.dir.join("koinon.db"))?;
    let (their_directory, _) = load_directory(&theirs, network)?;
    let mut mine = SqliteStore::open(&taker.dir.join("koinon.db"))?;
    let (mut directory, _) = load_directory(&mine, network)?;
    // Control logs first, since they say whose key signs the others.
    let mut heads = theirs.heads()?;
    heads.retain(|head| head.name.stream.shared().is_some());
    heads.sort_by_key(|head| head.name.stream);
    let mut answers = Vec::new();
    for head in heads {
        let mut from = 0;
        while from < head.height {
            let want = Want { log: head.log, from, max_bytes: WANT_BYTES };
            let served = serve(&theirs, &their_directory, &want, &Entitled::everything())?;
            let run = served.filter(|run| !run.is_empty()).ok_or("nothing is served")?;
            from += u64::try_from(run.len())?;
            answers.push(Message::Run(run).encode());
        }
    }
    let (timer, mut kept) = (Timer::start(), 0);
    let mut waiting: VecDeque<Vec<u8>> = answers.into();
    while let Some(answer) = waiting.pop_front() {
        let Message::Run(run) = Message::decode(&answer)? else { return Err("no run".into()) };
        let done = ingest(&mut mine, &mut directory, vec![run.restore()?])?;
        match done.rejected.first() {
            // A node's first log may come after one that follows it.
            Some(refused) if refused.waits() => waiting.push_back(answer),
            Some(refused) => return Err(refused.to_string().into()),
            None => {}
        }
        kept += u64::try_from(done.accepted.iter().map(|run| run.facts().len()).sum::<usize>())?;
    }
    timer.report(&format!("kept, {commit} to a signature"), kept);
    Ok(())
}
