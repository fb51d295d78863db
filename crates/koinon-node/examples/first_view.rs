//! Prints what it takes until a new safety copy is of use: bytes and seconds until it shows a neighbour's first view, then
//! until its own entries are in, and what making and checking the view cost.
//!
//! `cargo run --release -p koinon-node --example first_view [-- facts [bits-a-second [directory]]]`. The default region, ten
//! communities; each has written a tenth of the facts, 3,000 a day, counts of 2,000 batches of which sixty a day are used up
//! and replaced, and all of it stands at one of them, as the exchange brought it there. The copy reaches that one by a line
//! that counts every byte both ways, heads of requests and answers included, and that carries so many bits a second each
//! way where a rate is given; then the run ends once the view is shown. Answers are packed, as they are on every line but
//! that of the machine itself.

#![allow(clippy::print_stdout, reason = "its purpose is to print a table")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod shared;

use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use koinon_books::{Fact, Stamp, encode};
use koinon_core::{EntryId, LotId, Quantity, Timestamp};
use koinon_ledger::fact::{Counted, LotOpened, Method};
use koinon_ledger::{Key, LedgerFact};
use koinon_log::testing::SeededEntropy;
use koinon_log::{Flags, LogWriter, NetworkId, NewFact, Tails, load_directory};
use koinon_node::batch::{Filed, write_batch};
use koinon_node::{
    FirstViewState, Founding, Node, Options, PeerConfig, RecoveryPlan, SettableClock, SqliteStore, TlsNames,
    exchange_router,
};
use shared::{Home, LOTS, Timer, resident};

const COMMUNITIES: usize = 10;
/// Facts of one community in a day, and how many share a signature.
const A_DAY: u64 = 3_000;
const COMMIT: u64 = 100;
/// Batches of one community that are used up and replaced in a day.
const TURNOVER: u64 = 60;
/// Bits a second of a poor line.
const POOR_LINE: f64 = 128_000.0;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let facts: u64 = words.first().map_or(Ok(1_000_000), |text| text.parse())?;
    let rate: u64 = words.get(1).map_or(Ok(0), |text| text.parse())?;
    let dir = words.get(2).map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = dir.join(format!("koinon-first-view-{}", std::process::id()));
    let result = measure(&dir, facts, rate);
    // The benchmark's own error says more than one of tidying up.
    let tidied = std::fs::remove_dir_all(&dir);
    result.and_then(|()| Ok(tidied?))
}

fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn measure(dir: &Path, facts: u64, rate: u64) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let _inside = runtime.enter();
    let homes: Vec<Home> = (0..COMMUNITIES)
        .map(|index| Home::found(&dir.join(index.to_string()), index))
        .collect::<Result<_, _>>()?;
    let of_each = facts / number_of(COMMUNITIES);
    let [giver, others @ ..] = &homes[..] else { return Err("no communities".into()) };
    let now = giver.start.plus_days(1 + i64::try_from(of_each / A_DAY)?);
    for home in &homes {
        fill(home, of_each)?;
        home.clock.set(now);
    }
    let node = Node::open_with(Options::new(&giver.dir).without_exchange(), giver.clock.clone())?;
    let (url, served) = runtime.block_on(serve(&node))?;
    let timer = Timer::start();
    let mut known = vec![config(&node, Some(giver), None)];
    for home in others {
        known.push(runtime.block_on(bring(&node, giver, home))?);
        std::fs::remove_dir_all(&home.dir)?;
    }
    timer.report("brought together", node.read(|_| of_each) * number_of(others.len()));

    let copy_dir = dir.join("copy");
    let copy = open_copy(&copy_dir, giver, now)?;
    let line = Line::open(&url, rate)?;
    for mut peer in known {
        if peer.node == node.id() {
            peer.url = Some(line.url.clone());
        }
        copy.add_peer(peer)?;
    }
    node.add_peer(PeerConfig { node: copy.id(), community: None, url: None, ca: None })?;

    let (timer, began) = (Timer::start(), Instant::now());
    let pulling = copy.clone();
    let giver_id = node.id();
    let pull = runtime.spawn(async move { pulling.pull_once(giver_id).await });
    let shown = until_shown(&copy)?;
    let (wall, bytes) = (began.elapsed().as_secs_f64(), line.bytes.load(Ordering::SeqCst));
    let view = file_bytes(&giver.dir.join("first-view"))?;
    timer.report("first view made and shown", shown);
    println!("{:<28} {view:>10} bytes of the view, {bytes} on the line until it is shown", "");
    let poor = number(bytes) * 8.0 / POOR_LINE;
    if rate > 0 {
        println!("{:<28} {wall:>10.1} s at {rate} bits a second, making it included", "");
        line.stop.store(true, Ordering::SeqCst);
        drop(runtime.block_on(pull)?);
    } else {
        println!(
            "{:<28} {poor:>10.1} s at 128 kbit/s by count, beside {wall:.1} s of making and showing",
            ""
        );
        runtime.block_on(pull)??;
        while runtime.block_on(copy.pull_once(giver_id))?.facts > 0 {}
        let all = line.bytes.load(Ordering::SeqCst);
        timer.report("everything in", facts);
        println!("{:<28} {all:>10} bytes, {:.0} s at 128 kbit/s", "", number(all) * 8.0 / POOR_LINE);
        let timer = Timer::start();
        // The copy's own keeping thread may have begun.
        while copy.first_view().is_some() {
            copy.check_first_view()?;
        }
        timer.report("worked out again, compared", shown);
        println!("{:<28} {:>10} KiB resident, two nodes in the process", "", resident()?);
    }
    served.abort();
    runtime.block_on(copy.shutdown());
    runtime.block_on(node.shutdown());
    Ok(())
}

fn number_of(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

async fn serve(node: &Node) -> Result<(String, tokio::task::JoinHandle<()>), Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = exchange_router(node.clone());
    let served = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
    Ok((url, served))
}

fn config(node: &Node, home: Option<&Home>, url: Option<String>) -> PeerConfig {
    PeerConfig { node: node.id(), community: home.map(|home| home.community.clone()), url, ca: None }
}

/// Has a node pull everything that another community wrote.
async fn bring(node: &Node, giver: &Home, home: &Home) -> Result<PeerConfig, Box<dyn Error>> {
    let other = Node::open_with(Options::new(&home.dir).without_exchange(), home.clock.clone())?;
    other.add_peer(config(node, Some(giver), None))?;
    let (url, served) = serve(&other).await?;
    node.add_peer(config(&other, Some(home), Some(url)))?;
    while node.pull_once(other.id()).await?.facts > 0 {}
    let known = config(&other, Some(home), None);
    node.add_peer(known.clone())?;
    served.abort();
    other.shutdown().await;
    Ok(known)
}

fn open_copy(dir: &Path, giver: &Home, now: Timestamp) -> Result<Node, Box<dyn Error>> {
    let clock: Arc<SettableClock> = Arc::new(SettableClock::new(giver.start));
    let founding = Founding {
        network: NetworkId::of("benchmark"),
        community: None,
        region_text: giver.region.to_toml(),
        agreement: None,
        steward: None,
        names: TlsNames::default(),
        recovery: RecoveryPlan::default(),
    };
    let as_clock: Arc<dyn koinon_core::Clock> = clock.clone();
    Node::init(dir, &founding, &as_clock)?;
    clock.set(now);
    let mut options = Options::new(dir).without_exchange();
    options.packs_on_loopback = true;
    Ok(Node::open_with(options, clock)?)
}

/// Waits until a first view is shown; gives the entries that it was made from.
fn until_shown(copy: &Node) -> Result<u64, Box<dyn Error>> {
    for _ in 0..2_000_000 {
        if let Some(FirstViewState::Shown { of, .. }) = copy.first_view() {
            return Ok(of);
        }
        if let Some(why) = copy.first_views_refused().values().next() {
            return Err(why.clone().into());
        }
        thread::sleep(Duration::from_millis(2));
    }
    Err("no first view came".into())
}

fn file_bytes(folder: &Path) -> Result<u64, Box<dyn Error>> {
    let files = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    Ok(files.iter().filter_map(|file| file.metadata().ok()).map(|meta| meta.len()).sum())
}

/// A line that counts bytes, and that is as slow as it is told.
struct Line {
    url: String,
    bytes: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

#[derive(Clone)]
struct Way {
    rate: u64,
    bytes: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    /// When what was put on this way before has arrived.
    free: Arc<Mutex<Instant>>,
}

impl Line {
    fn open(url: &str, rate: u64) -> Result<Self, Box<dyn Error>> {
        let to = url.strip_prefix("http://").ok_or("no address")?.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let (bytes, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let way = || Way {
            rate,
            bytes: bytes.clone(),
            stop: stop.clone(),
            free: Arc::new(Mutex::new(Instant::now())),
        };
        let (there, back) = (way(), way());
        thread::spawn(move || {
            for asking in listener.incoming().flatten() {
                let Ok(answering) = TcpStream::connect(&to) else { return };
                let Ok((asked, answered)) =
                    asking.try_clone().and_then(|asking| Ok((asking, answering.try_clone()?)))
                else {
                    return;
                };
                let (there, back) = (there.clone(), back.clone());
                thread::spawn(move || there.carry(asked, answering));
                thread::spawn(move || back.carry(answered, asking));
            }
        });
        Ok(Self { url, bytes, stop })
    }
}

impl Way {
    fn carry(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut portion = [0; 1_400];
        while let Ok(count @ 1..) = from.read(&mut portion) {
            if self.stop.load(Ordering::SeqCst) {
                break;
            }
            let size = number_of(count);
            if let Some(micros) = size.saturating_mul(8_000_000).checked_div(self.rate) {
                let takes = Duration::from_micros(micros);
                let arrives = {
                    let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
                    *free = (*free).max(Instant::now()) + takes;
                    *free
                };
                thread::sleep(arrives.saturating_duration_since(Instant::now()));
            }
            self.bytes.fetch_add(size, Ordering::SeqCst);
            if portion.get(..count).is_none_or(|bytes| to.write_all(bytes).is_err()) {
                break;
            }
        }
        // Whoever reads there sees the end as well.
        drop(to.shutdown(std::net::Shutdown::Both));
    }
}

/// A batch of a day: of [`LOTS`] places in the stores, some are taken by a new batch each day.
fn lot_at(place: u64, day: u64) -> (LotId, bool) {
    let turn = LOTS / TURNOVER;
    let generation = (day + place % turn) / turn;
    let is_new = (day + place % turn).is_multiple_of(turn);
    (LotId::derived("benchmark", &[place.to_be_bytes(), generation.to_be_bytes()].concat()), is_new)
}

/// Fills a store, as the writing thread feeds it.
fn fill(home: &Home, facts: u64) -> Result<(), Box<dyn Error>> {
    let mut store = SqliteStore::open(&home.dir.join("koinon.db"))?;
    let (directory, _) = load_directory(&store, NetworkId::of("benchmark"))?;
    let identity = koinon_node::keys::load(&home.dir)?;
    let node = identity.node();
    let mut log = LogWriter::new(identity, Tails::read(&store, &directory, node)?);
    let mut clients = SeededEntropy::new(u64::from(node.0[0]) << 8 | u64::from(node.0[1]));
    let (mut done, mut day) = (0, 0);
    let (mut batch, mut filed) = (Vec::new(), Vec::new());
    while done < facts {
        // Sixty batches end and sixty begin, the others are counted, one after another.
        let mut of_day = Vec::new();
        for place in 0..LOTS {
            let (lot, is_new) = lot_at(place, day);
            if is_new || day == 0 {
                let before = (day > 0).then(|| lot_at(place, day - 1).0);
                of_day.extend(before.map(|lot| (place, lot, Does::End)));
                of_day.push((place, lot, Does::Open));
                of_day.push((place, lot, Does::Count));
            }
        }
        let counted = A_DAY.saturating_sub(number_of(of_day.len()));
        of_day.extend((0..counted).map(|at| {
            let place = (day * counted + at) % LOTS;
            (place, lot_at(place, day).0, Does::Count)
        }));
        for (number, (place, lot, does)) in (0..).zip(of_day) {
            let at = home.start.plus_days(i64::try_from(day)?).plus_millis(number * 20_000);
            let act = EntryId::make(at, &mut clients);
            let stamp = Stamp { recorded: at, actor: home.steward, grant: None, act };
            let encoded = encode(&stamp, &Fact::Ledger(fact(home, (place, lot), does, act, at)?));
            batch.push(NewFact {
                stream: encoded.kind.stream,
                kind: encoded.kind.number,
                schema: 1,
                flags: Flags::NONE,
                author: None,
                body: encoded.body,
            });
            filed.push(Filed { act, content: None, keys: vec![Key::Lot(home.community.clone(), lot)] });
            done += 1;
            if number_of(batch.len()) == COMMIT || done == facts {
                write_batch(&mut store, &mut log, std::mem::take(&mut batch), &filed, at, u64::MAX / 2)?;
                filed.clear();
            }
            if done == facts {
                break;
            }
        }
        day += 1;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Open,
    Count,
    End,
}

fn fact(
    home: &Home,
    (place, lot): (u64, LotId),
    does: Does,
    entry: EntryId,
    occurred: Timestamp,
) -> Result<LedgerFact, Box<dyn Error>> {
    let item = home.item_of(place)?;
    if does == Does::Open {
        let (item, store) = (item.code.clone(), home.store.clone());
        return Ok(LotOpened { lot, item, store, batch: None, expires: None, owner: None, from: None }.into());
    }
    let amount = if does == Does::End { 0 } else { 1_000 + occurred.as_millis() % 900_000 };
    let seen = Quantity::new(amount, item.dimension)?;
    Ok(Counted { lot, entry, seen, occurred, method: Method::Counted, witness: None, opens: None }.into())
}
