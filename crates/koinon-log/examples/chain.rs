//! Prints how many facts a second are appended and verified, in commits of 1,000 to one log.
//!
//! `cargo run --release -p koinon-log --example chain [-- commits]`. One thread, a store in memory, bodies of 47
//! bytes; appending hashes header and body and signs once a commit, verifying does the same and checks the chain
//! and one signature a commit.

#![allow(clippy::print_stdout, reason = "its purpose is to print a table")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::error::Error;
use std::time::Instant;

use koinon_core::Timestamp;
use koinon_log::testing::{SeededEntropy, fact, identity};
use koinon_log::{
    Directory, LogStore, LogView, LogWriter, MemoryStore, Message, NetworkId, Run, SharedRun, Stream, Tails,
    accept_run,
};

const COMMIT: usize = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let commits: u32 = std::env::args().nth(1).map_or(Ok(200), |text| text.parse())?;
    let network = NetworkId::of("benchmark");
    let mut entropy = SeededEntropy::new(1);
    let mut writer = LogWriter::new(identity(network, 1)?, Tails::default());
    let mut directory = Directory::new(network);
    let mut store = MemoryStore::new();
    let now = Timestamp::from_millis(1_800_000_000_000);
    let body = [0x42; 47];

    let start = Instant::now();
    for _ in 0..commits {
        let batch = (0..COMMIT).map(|_| fact(Stream::Federation, &body)).collect();
        let commit = writer.append(batch, now, &mut entropy)?;
        store.append_runs(commit.runs())?;
        writer.confirm(&commit)?;
        commit.runs().iter().for_each(|run| directory.learn(run));
    }
    report("append", commits, start, 0);

    let heads = store.heads()?;
    let log = heads.iter().find(|head| head.name.stream == Stream::Federation).ok_or("no log")?;
    let mut runs = Vec::new();
    for from in (0..log.height).step_by(COMMIT) {
        let facts = store.read_range(log.name.id(), from, COMMIT, usize::MAX)?;
        runs.push(Run { name: log.name, from, facts });
    }

    let start = Instant::now();
    let mut view = LogView::EMPTY;
    for run in &runs {
        let accepted = accept_run(&view, run, &directory)?;
        view = LogView { height: accepted.height(), head: accepted.head(), limit: None };
    }
    report("verify", commits, start, 0);

    let start = Instant::now();
    let mut bytes = 0;
    let mut wire = Vec::new();
    for run in runs {
        let message = Message::Run(SharedRun::new(run)?).encode();
        bytes += message.len();
        wire.push(message);
    }
    report("encode for the wire", commits, start, bytes);

    let start = Instant::now();
    let mut view = LogView::EMPTY;
    for message in &wire {
        let Message::Run(run) = Message::decode(message)? else { continue };
        let accepted = accept_run(&view, run.restore()?, &directory)?;
        view = LogView { height: accepted.height(), head: accepted.head(), limit: None };
    }
    report("decode and verify", commits, start, bytes);
    Ok(())
}

fn report(what: &str, commits: u32, start: Instant, bytes: usize) {
    let facts = f64::from(commits) * 1_000.0;
    let rate = facts / start.elapsed().as_secs_f64();
    let size = u32::try_from(bytes).map_or(0.0, f64::from) / facts;
    let size = if bytes > 0 { format!("{size:8.1} bytes a fact") } else { String::new() };
    println!("{what:>20} {rate:12.0} facts/s {size}");
}
