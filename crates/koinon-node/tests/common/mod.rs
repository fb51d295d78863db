//! Nodes in temporary directories for the tests of this room.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests; each file uses a part of them and may fail loudly"
)]

pub(crate) mod first;
pub(crate) mod proxy;
pub(crate) mod served;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use koinon_authority::Actor;
use koinon_books::BookCommand;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::region::{Item, Store};
use koinon_core::{Clock, CommunityCode, EntryId, PersonId, Quantity, Timestamp};
use koinon_instruments::Agreement;
use koinon_ledger::fact::Method;
use koinon_ledger::{Act, Command, Reason};
use koinon_log::NetworkId;
use koinon_node::disk::{DirError, DiskFloors};
use koinon_node::{Founding, Node, NodeError, Options, OsEntropy, SettableClock, Submitted, TlsNames};
use tempfile::TempDir;

pub(crate) fn start() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-10T08:00:00Z").unwrap()
}

pub(crate) fn region_text(communities: usize) -> String {
    new_region(communities, 1_000, Layout::Ring, 1).unwrap().to_toml()
}

/// A node's home: its directory, clock and first steward.
pub(crate) struct Home {
    pub(crate) dir: TempDir,
    pub(crate) clock: Arc<SettableClock>,
    pub(crate) steward: Option<PersonId>,
    pub(crate) setup_code: String,
    pub(crate) recovery_code: String,
}

pub(crate) fn founding(communities: usize, index: Option<usize>) -> Founding {
    let region = new_region(communities, 1_000, Layout::Ring, 1).unwrap();
    Founding {
        network: NetworkId::of("test"),
        community: index.map(|index| region.communities[index].code.clone()),
        region_text: region.to_toml(),
        agreement: index.map(|_| Agreement::draft_of(&region, start().day(&region.zone()))),
        steward: index.map(|_| "Ana".to_owned()),
        names: TlsNames::default(),
        recovery: koinon_node::RecoveryPlan::default(),
    }
}

impl Home {
    /// Founds a community's node, or a mirror.
    pub(crate) fn new(communities: usize, index: Option<usize>) -> Self {
        Self::found(&founding(communities, index))
    }

    /// Founds what is described.
    pub(crate) fn found(founding: &Founding) -> Self {
        let dir = TempDir::new().unwrap();
        let clock = Arc::new(SettableClock::new(start()));
        let clock_dyn: Arc<dyn Clock> = clock.clone();
        let made = Node::init(&dir.path().join("data"), founding, &clock_dyn).unwrap();
        let (setup_code, recovery_code) = (made.setup_code, made.recovery_codes.concat());
        Self { dir, clock, steward: made.steward, setup_code, recovery_code }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn options(&self) -> Options {
        options(&self.path())
    }

    /// Opens the node. After a plug was pulled, a neighbour's open connection may hold the last handle for a moment.
    pub(crate) fn open(&self) -> Node {
        let open = || Node::open_with(self.options(), self.clock.clone());
        let is_held =
            |opened: &Result<Node, NodeError>| matches!(opened, Err(NodeError::Dir(DirError::Held { .. })));
        let mut opened = open();
        for _ in 0..1_000 {
            if !is_held(&opened) {
                break;
            }
            std::thread::park_timeout(std::time::Duration::from_millis(10));
            opened = open();
        }
        opened.unwrap()
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor::Person(self.steward.unwrap())
    }
}

pub(crate) fn options(dir: &Path) -> Options {
    let mut options = Options::new(dir).without_exchange();
    options.floors =
        DiskFloors { ballast_bytes: 0, write_bytes: 0, exchange_bytes: 0, ..DiskFloors::default() };
    options.scrub_every = None;
    options
}

pub(crate) fn act() -> EntryId {
    EntryId::make(start(), &mut OsEntropy)
}

pub(crate) fn wheat(node: &Node) -> (Item, Store) {
    node.read(|book| {
        let place = book.own().unwrap().place();
        let item = book.region().items[0].clone();
        let store = book.region().stores.iter().find(|store| store.place == place).unwrap().clone();
        (item, store)
    })
}

/// Goods of the first item come in.
pub(crate) fn take_in(node: &Node, amount: i64) -> BookCommand {
    let (item, store) = wheat(node);
    let what = Act::TakeIn {
        store: store.code,
        item: item.code,
        batch: None,
        expires: None,
        quantity: Quantity::new(amount, item.dimension).unwrap(),
        reason: Reason::Harvested,
        paper: None,
        method: Method::Estimated,
    };
    let occurred = node.clock().now();
    BookCommand::Ledger(Command { act: act(), occurred, confirmed: true, what })
}

pub(crate) fn done(submitted: &Submitted) -> (usize, bool) {
    match submitted {
        Submitted::Done { facts, repeated } => (facts.len(), *repeated),
        asked => panic!("asked: {asked:?}"),
    }
}

/// What a community has of the first item, by a node's book.
pub(crate) fn on_hand(node: &Node, community: &CommunityCode) -> i128 {
    node.read(|book| {
        let item = book.region().items[0].code.clone();
        book.ledger().lots_of(community, &item).map(|(_, lot)| lot.balance()).sum()
    })
}
