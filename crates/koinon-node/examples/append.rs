//! Prints how many facts a second a node's store takes durably, how long a start takes, and what is resident then.
//!
//! `cargo run --release -p koinon-node --example append [-- facts [directory]]`. Counts of 2,000 lots, 3,000 facts a day, in commits of
//! 1,000 facts: headers, chain and bodies hashed, one signature a stretch, facts, ids, keys and acts written in one
//! transaction under `synchronous=FULL`. Then the node is opened from the log alone, and from a snapshot. Seconds are of
//! the processor, as `/proc/self/stat` counts them, and of the wall.

#![allow(clippy::print_stdout, reason = "its purpose is to print a table")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod shared;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use koinon_authority::Actor;
use koinon_books::BookCommand;
use koinon_core::{Clock, EntryId, Quantity, Timestamp};
use koinon_ledger::command::Which;
use koinon_ledger::fact::Method;
use koinon_ledger::{Act, Command};
use koinon_node::{Node, Options, OsEntropy, SettableClock};
use shared::{Home, LOTS, Timer, lot_id, resident};

/// For so long the first steward's task surely holds.
const STEWARD_DAYS: i64 = 360;
const COMMIT: u64 = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    if std::env::args().nth(1).as_deref() == Some("resident") {
        let now = std::env::args().nth(3).and_then(|text| Timestamp::parse_rfc3339(&text));
        let dir = std::env::args().nth(2).map(PathBuf::from);
        return start_only(&dir.ok_or("no directory")?, now.ok_or("no time")?);
    }
    let facts: u64 = std::env::args().nth(1).map_or(Ok(200_000), |text| text.parse())?;
    let facts = facts.max(LOTS).next_multiple_of(COMMIT);
    let dir = std::env::args().nth(2).map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = dir.join(format!("koinon-append-{}", std::process::id()));
    let result = measure(&dir, facts);
    // The benchmark's own error says more than one of tidying up.
    let tidied = std::fs::remove_dir_all(&dir);
    result.and_then(|()| Ok(tidied?))
}

fn measure(dir: &Path, facts: u64) -> Result<(), Box<dyn Error>> {
    let home = Home::found(dir, 0)?;
    let clock = home.clock.clone();
    let timer = Timer::start();
    home.fill(facts, COMMIT)?;
    timer.report("append, commits of 1,000", facts);

    let open = |label: &str, facts: u64| -> Result<Node, Box<dyn Error>> {
        let timer = Timer::start();
        let node = Node::open_with(Options::new(dir).without_exchange(), clock.clone())?;
        timer.report(label, facts);
        Ok(node)
    };
    clock.set(home.after(facts)?);
    let node = open("start from the log alone", facts)?;
    tokio::runtime::Runtime::new()?.block_on(node.shutdown());
    // A process of its own, so that what the start from the log used does not count.
    let now = clock.now().to_rfc3339();
    std::process::Command::new(std::env::current_exe()?).arg("resident").arg(dir).arg(now).status()?;
    let node = open("start from a snapshot", facts)?;

    let actor = Actor::Person(home.steward.ok_or("no steward")?);
    let counts = |label: &str, number: u64, which: &dyn Fn(u64) -> Which| -> Result<(), Box<dyn Error>> {
        let commands: Vec<(Actor, BookCommand)> = (0..number)
            .map(|number| -> Result<_, Box<dyn Error>> {
                let item = home.item_of(number % LOTS)?;
                let what = Act::Count {
                    store: home.store.clone(),
                    item: item.code.clone(),
                    which: which(number),
                    seen: Quantity::new(i64::try_from(number)? + 1, item.dimension)?,
                    method: Method::Counted,
                    witness: None,
                };
                let now = clock.now();
                let act = EntryId::make(now, &mut OsEntropy);
                Ok((
                    actor.clone(),
                    BookCommand::Ledger(Command { act, occurred: now, confirmed: true, what }),
                ))
            })
            .collect::<Result<_, _>>()?;
        let timer = Timer::start();
        let answers = tokio::runtime::Runtime::new()?.block_on(node.submit_all(commands));
        if let Some(error) = answers.into_iter().find_map(Result::err) {
            return Err(error.into());
        }
        timer.report(label, number);
        Ok(())
    };
    if clock.now() < home.start.plus_days(STEWARD_DAYS) {
        counts("counts of known batches", 20_000, &|number| Which::Lot(lot_id(number % LOTS)))?;
        counts("counts of new batches", 100_000, &|_| Which::New { batch: None, expires: None })?;
    } else {
        println!("counts are not measured: by the end of so many facts the first steward's task is over");
    }
    tokio::runtime::Runtime::new()?.block_on(node.shutdown());
    Ok(())
}

/// Opens a node that was closed in good order, and prints what is resident then.
fn start_only(dir: &Path, now: Timestamp) -> Result<(), Box<dyn Error>> {
    let timer = Timer::start();
    let node = Node::open_with(Options::new(dir).without_exchange(), Arc::new(SettableClock::new(now)))?;
    timer.report("start, fresh process", node.version());
    println!("{:<28} {:>10} KiB", "resident", resident()?);
    tokio::runtime::Runtime::new()?.block_on(node.shutdown());
    Ok(())
}
