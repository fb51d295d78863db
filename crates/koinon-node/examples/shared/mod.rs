//! What the measurements of this room share: a node with a long record, and a clock of wall and processor.

#![allow(dead_code, reason = "each measurement uses a part of it")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use koinon_books::{Fact, Stamp, encode};
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::region::{Item, Region};
use koinon_core::{Clock, CommunityCode, EntryId, LotId, PersonId, Quantity, StoreCode, Timestamp};
use koinon_instruments::Agreement;
use koinon_ledger::fact::{Counted, LotOpened, Method};
use koinon_ledger::{Key, LedgerFact};
use koinon_log::testing::SeededEntropy;
use koinon_log::{Flags, LogWriter, NetworkId, NewFact, Tails, load_directory};
use koinon_node::batch::{Filed, write_batch};
use koinon_node::{Founding, Node, SettableClock, SqliteStore, TlsNames};

/// How many batches are counted again and again.
pub(crate) const LOTS: u64 = 2_000;
/// Facts in eight hours.
const EIGHT_HOURS: u64 = 1_000;

/// A founded node that is not open.
pub(crate) struct Home {
    pub(crate) dir: PathBuf,
    pub(crate) start: Timestamp,
    pub(crate) clock: Arc<SettableClock>,
    pub(crate) region: Region,
    pub(crate) community: CommunityCode,
    pub(crate) store: StoreCode,
    pub(crate) steward: Option<PersonId>,
    network: NetworkId,
}

impl Home {
    /// Founds the node of one of ten communities.
    pub(crate) fn found(dir: &Path, index: usize) -> Result<Self, Box<dyn Error>> {
        let start = Timestamp::parse_rfc3339("2026-03-10T08:00:00Z").ok_or("no time")?;
        let clock = Arc::new(SettableClock::new(start));
        let region = new_region(10, 25_000, Layout::Ring, 1)?;
        let community = region.communities.get(index).ok_or("no community")?.code.clone();
        let store = region.stores.iter().find(|store| store.place == community.place()).ok_or("no store")?;
        let store = store.code.clone();
        let network = NetworkId::of("benchmark");
        let founding = Founding {
            network,
            community: Some(community.clone()),
            region_text: region.to_toml(),
            agreement: Some(Agreement::draft_of(&region, start.day(&region.zone()))),
            steward: Some("Ana".into()),
            names: TlsNames::default(),
            recovery: koinon_node::RecoveryPlan::default(),
        };
        let as_clock: Arc<dyn Clock> = clock.clone();
        let steward = Node::init(dir, &founding, &as_clock)?.steward;
        Ok(Self { dir: dir.to_owned(), start, clock, region, community, store, steward, network })
    }

    pub(crate) fn item_of(&self, lot: u64) -> Result<&Item, Box<dyn Error>> {
        let index = usize::try_from(lot)? % self.region.items.len();
        Ok(self.region.items.get(index).ok_or("no item")?)
    }

    /// Fills the store alone, as the writing thread feeds it: counts of [`LOTS`] batches, 3,000 facts a day.
    pub(crate) fn fill(&self, facts: u64, commit: u64) -> Result<(), Box<dyn Error>> {
        let mut store = SqliteStore::open(&self.dir.join("koinon.db"))?;
        let (directory, _) = load_directory(&store, self.network)?;
        let identity = koinon_node::keys::load(&self.dir)?;
        let node_id = identity.node();
        let mut log = LogWriter::new(identity, Tails::read(&store, &directory, node_id)?);
        // Acts are made by clients, each on its own device.
        let mut clients = SeededEntropy::new(1);
        for number in (0..facts).step_by(usize::try_from(commit)?) {
            let now = self.start.plus_millis(i64::try_from(number / EIGHT_HOURS)? * 8 * 3_600_000);
            let mut batch = Vec::new();
            let mut filed = Vec::new();
            for number in number..(number + commit).min(facts) {
                let act = EntryId::make(now, &mut clients);
                let lot = lot_id(number % LOTS);
                let stamp = Stamp { recorded: now, actor: self.steward, grant: None, act };
                let encoded = encode(&stamp, &Fact::Ledger(self.fact(number, act, now)?));
                batch.push(NewFact {
                    stream: encoded.kind.stream,
                    kind: encoded.kind.number,
                    schema: 1,
                    flags: Flags::NONE,
                    author: None,
                    body: encoded.body,
                });
                filed.push(Filed { act, content: None, keys: vec![Key::Lot(self.community.clone(), lot)] });
            }
            write_batch(&mut store, &mut log, batch, &filed, now, u64::MAX / 2)?;
        }
        Ok(())
    }

    /// The first fact of a batch opens it, the others count it.
    fn fact(&self, number: u64, entry: EntryId, now: Timestamp) -> Result<LedgerFact, Box<dyn Error>> {
        let lot = lot_id(number % LOTS);
        let item = self.item_of(number % LOTS)?;
        if number < LOTS {
            let (item, store) = (item.code.clone(), self.store.clone());
            return Ok(
                LotOpened { lot, item, store, batch: None, expires: None, owner: None, from: None }.into()
            );
        }
        let seen = Quantity::new(i64::try_from(number)?, item.dimension)?;
        let method = Method::Counted;
        Ok(Counted { lot, entry, seen, occurred: now, method, witness: None, opens: None }.into())
    }

    /// A moment after the last of so many facts.
    pub(crate) fn after(&self, facts: u64) -> Result<Timestamp, Box<dyn Error>> {
        Ok(self.start.plus_days(1 + i64::try_from(facts / EIGHT_HOURS / 3)?))
    }
}

pub(crate) fn lot_id(number: u64) -> LotId {
    LotId::derived("benchmark", &number.to_be_bytes())
}

pub(crate) struct Timer {
    wall: Instant,
    cpu: f64,
}

impl Timer {
    pub(crate) fn start() -> Self {
        Self { wall: Instant::now(), cpu: cpu_seconds() }
    }

    pub(crate) fn report(&self, what: &str, count: u64) {
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

pub(crate) fn resident() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}
