//! Prints how many facts a second a node's store takes durably, how long a start takes, and what is resident then.
//!
//! `cargo run --release -p koinon-node --example append [-- facts [directory]]`. Counts of 2,000 lots, 3,000 facts a day, in commits of
//! 1,000 facts: headers, chain and bodies hashed, one signature a stretch, facts, ids, keys and acts written in one
//! transaction under `synchronous=FULL`. Then the node is opened from the log alone, and from a snapshot. Seconds are of
//! the processor, as `/proc/self/stat` counts them, and of the wall.

#![allow(clippy::print_stdout, reason = "its purpose is to print a table")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use koinon_authority::Actor;
use koinon_books::{BookCommand, Fact, Stamp, encode};
use koinon_core::region::Item;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{Clock, EntryId, LotId, Quantity, Timestamp};
use koinon_ledger::command::Which;
use koinon_ledger::fact::{Counted, LotOpened, Method};
use koinon_ledger::{Act, Command, Key, LedgerFact};
use koinon_log::testing::SeededEntropy;
use koinon_log::{Flags, LogWriter, NetworkId, NewFact, Tails, load_directory};
use koinon_node::batch::{Filed, write_batch};
use koinon_node::{Founding, Node, Options, OsEntropy, SettableClock, SqliteStore, TlsNames};

/// For so long the first steward's task surely holds.
const STEWARD_DAYS: i64 = 360;
const COMMIT: u64 = 1_000;
const LOTS: u64 = 2_000;

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
    let start = Timestamp::parse_rfc3339("2026-03-10T08:00:00Z").ok_or("no time")?;
    let clock = Arc::new(SettableClock::new(start));
    let region = new_region(10, 25_000, Layout::Ring, 1)?;
    let community = region.communities.first().ok_or("no community")?.code.clone();
    let store_code = region.stores.iter().find(|store| store.place == community.place()).ok_or("no store")?;
    let founding = Founding {
        network: NetworkId::of("benchmark"),
        community: Some(community.clone()),
        region_text: region.to_toml(),
        steward: Some("Ana".into()),
        names: TlsNames::default(),
    };
    let as_clock: Arc<dyn Clock> = clock.clone();
    let made = Node::init(dir, &founding, &as_clock)?;

    // The store alone, fed as the writing thread feeds it.
    let item_of = |lot: u64| -> Result<&Item, Box<dyn Error>> {
        let index = usize::try_from(lot)? % region.items.len();
        Ok(region.items.get(index).ok_or("no item")?)
    };
    let mut store = SqliteStore::open(&dir.join("koinon.db"))?;
    let (directory, _) = load_directory(&store, founding.network)?;
    let identity = koinon_node::keys::load(dir)?;
    let node_id = identity.node();
    let mut log = LogWriter::new(identity, Tails::read(&store, &directory, node_id)?);
    // Acts are made by clients, each on its own device.
    let mut clients = SeededEntropy::new(1);
    let timer = Timer::start();
    for commit in 0..facts / COMMIT {
        let now = start.plus_millis(i64::try_from(commit)? * 8 * 3_600_000);
        let mut batch = Vec::new();
        let mut filed = Vec::new();
        for index in 0..COMMIT {
            let number = commit * COMMIT + index;
            let lot = lot_id(number % LOTS);
            let item = item_of(number % LOTS)?;
            let entry = EntryId::make(now, &mut clients);
            let quantity = Quantity::new(i64::try_from(number)?, item.dimension)?;
            let fact: LedgerFact = if number < LOTS {
                LotOpened {
                    lot,
                    item: item.code.clone(),
                    store: store_code.code.clone(),
                    batch: None,
                    expires: None,
                    owner: None,
                    from: None,
                }
                .into()
            } else {
                Counted {
                    lot,
                    entry,
                    seen: quantity,
                    occurred: now,
                    method: Method::Counted,
                    witness: None,
                    opens: None,
                }
                .into()
            };
            let stamp = Stamp { recorded: now, actor: made.steward, grant: None, act: entry };
            let encoded = encode(&stamp, &Fact::Ledger(fact));
            batch.push(NewFact {
                stream: encoded.kind.stream,
                kind: encoded.kind.number,
                schema: 1,
                flags: Flags::NONE,
                author: None,
                body: encoded.body,
            });
            filed.push(Filed { act: entry, content: None, keys: vec![Key::Lot(community.clone(), lot)] });
        }
        write_batch(&mut store, &mut log, batch, &filed, now, u64::MAX / 2)?;
    }
    timer.report("append, commits of 1,000", facts);
    drop(store);

    let open = |label: &str, facts: u64| -> Result<Node, Box<dyn Error>> {
        let timer = Timer::start();
        let node = Node::open_with(Options::new(dir).without_exchange(), clock.clone())?;
        timer.report(label, facts);
        Ok(node)
    };
    clock.set(start.plus_days(1 + i64::try_from(facts / COMMIT / 3)?));
    let node = open("start from the log alone", facts)?;
    tokio::runtime::Runtime::new()?.block_on(node.shutdown());
    // A process of its own, so that what the start from the log used does not count.
    let now = clock.now().to_rfc3339();
    std::process::Command::new(std::env::current_exe()?).arg("resident").arg(dir).arg(now).status()?;
    let node = open("start from a snapshot", facts)?;

    let actor = Actor::Person(made.steward.ok_or("no steward")?);
    let counts = |label: &str, number: u64, which: &dyn Fn(u64) -> Which| -> Result<(), Box<dyn Error>> {
        let commands: Vec<(Actor, BookCommand)> = (0..number)
            .map(|number| -> Result<_, Box<dyn Error>> {
                let item = item_of(number % LOTS)?;
                let what = Act::Count {
                    store: store_code.code.clone(),
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
    if clock.now() < start.plus_days(STEWARD_DAYS) {
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

fn lot_id(number: u64) -> LotId {
    LotId::derived("benchmark", &number.to_be_bytes())
}

struct Timer {
    wall: Instant,
    cpu: f64,
}

impl Timer {
    fn start() -> Self {
        Self { wall: Instant::now(), cpu: cpu_seconds() }
    }

    fn report(&self, what: &str, count: u64) {
        let (wall, cpu) = (self.wall.elapsed().as_secs_f64(), cpu_seconds() - self.cpu);
        let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let per_second = count / cpu.max(0.001);
        println!(
            "{what:<28} {count:>10} in {wall:>7.2} s wall, {cpu:>7.2} s CPU: {per_second:>10.0} per CPU-second"
        );
    }
}

/// User and system time of this process, in seconds; ticks are hundredths on Linux.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: u32 = fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
}

fn resident() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}
