//! What can be set when a node is opened.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use koinon_core::Clock;

use crate::clock::SystemClock;
use crate::disk::DiskFloors;
use crate::keeper::Keeper;

/// The machine's real time, by which sessions age even where civil time is simulated.
#[derive(Clone)]
pub struct RealTime(pub Arc<dyn Clock>);

impl fmt::Debug for RealTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RealTime({:?})", self.0.now())
    }
}

/// How a node runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data directory.
    pub dir: PathBuf,
    /// How much of the disk stays free.
    pub floors: DiskFloors,
    /// How often each neighbour is asked; `None` asks only on [`crate::Node::pull_once`] and
    /// [`crate::Node::pull_all`].
    pub exchange_every: Option<Duration>,
    /// A snapshot of the book is kept after so many facts, and at an orderly end; 100,000 unless changed.
    /// Reading so many anew takes a start less than half a second.
    pub snapshot_every: u64,
    /// History older than so many days is folded away from memory; 120 unless changed.
    pub fold_after_days: i64,
    /// How much of the store the writing thread keeps in memory, in KiB; 8,000 unless changed.
    pub store_cache_kib: u32,
    /// Asks neighbours on this machine for packed answers too, as others are; only a measurement wants that.
    pub packs_on_loopback: bool,
    /// The whole store is verified in the background this often; `None` never.
    pub scrub_every: Option<Duration>,
    /// A first view is made, or taken, where so many facts are still to come; 20,000 unless changed, which a poor line
    /// carries in about a minute.
    pub first_view_from: u64,
    /// Who keeps the logs that are exchanged, for a safety copy that is kept apart from the node's own store; the node
    /// itself unless changed.
    pub keeper: Option<Arc<dyn Keeper>>,
    /// The time by which sessions age; the machine's unless changed.
    pub sign_in_clock: RealTime,
}

impl Options {
    /// The usual settings for a data directory.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            floors: DiskFloors::default(),
            exchange_every: Some(Duration::from_secs(15)),
            snapshot_every: 100_000,
            fold_after_days: 120,
            store_cache_kib: 8_000,
            packs_on_loopback: false,
            scrub_every: Some(Duration::from_hours(168)),
            first_view_from: 20_000,
            keeper: None,
            sign_in_clock: RealTime(Arc::new(SystemClock::new())),
        }
    }

    /// Leaves exchange to the caller, as a demo's barrier and tests do.
    #[must_use]
    pub fn without_exchange(mut self) -> Self {
        self.exchange_every = None;
        self
    }
}
