//! First views: a computer with next to nothing in its store shows what a neighbour worked out, until its own entries have
//! come and say the same.
//!
//! A first view is never written from, never passed on and never taken for the record. It lies in files of its own, beside
//! the store, and goes when it was checked, when it is out of date, or when what it shows may no longer be kept.
//!
//! | part | what |
//! |---|---|
//! | `make` | what this node offers to others, made at most once in some hours |
//! | `take` | fetching one, over a line that may break at any byte |
//! | `shown` | the book that pages show meanwhile, with what is newer |
//! | `audit` | working it out again from the own store, and comparing |
//! | `kept` | what it is held against, in the own store or apart from it, and the reports that are told |
//! | `files` | where it lies |

mod audit;
mod files;
mod kept;
mod make;
mod shown;
mod take;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use koinon_books::first_view::{ViewFault, WorkError};
use koinon_books::{Book, Fact, Origin, Stamp};
use koinon_core::{CommunityCode, Digest, NodeId, Timestamp};
use koinon_log::{AcceptedRun, OfferError};

use crate::node::{Node, Shared};

pub(crate) use audit::look_after;
pub use audit::{Checked, CheckedView};
pub(crate) use kept::{came_apart, tell};
use kept::{counting, read_kept};
pub(crate) use make::{answer, bytes_of};
pub use shown::{FirstShown, Newer};
pub(crate) use shown::{Shown, resume};
pub(crate) use take::{Took, ask, begin, tail_heads, take, worth};

/// How a first view stands, for people to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstViewState {
    /// It is being fetched.
    Coming {
        /// From whom.
        by: NodeId,
        /// The bytes that came.
        bytes: u64,
        /// The bytes that it has.
        of: u64,
    },
    /// It is shown in place of the own book.
    Shown {
        /// Who made it.
        by: NodeId,
        /// When, by the maker's clock.
        at: Timestamp,
        /// How many of its entries have come here and were checked.
        checked: u64,
        /// How many entries it was made from.
        of: u64,
        /// The newest that is shown of each community's stock. A maker that was cut off itself hands on what is old.
        newest: BTreeMap<CommunityCode, Timestamp>,
    },
    /// The own entries say something else than it did.
    Differs(Differs),
}

/// What a neighbour showed and what the own entries say are not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Differs {
    /// Who made it.
    pub by: NodeId,
    /// When, by the maker's clock.
    pub at: Timestamp,
    /// The check number of what it showed.
    pub theirs: Digest,
    /// The check number of what the same entries come to here; nothing where entries that it claims to have do not come.
    pub ours: Option<Digest>,
}

/// Why a first view is not made, taken or kept.
#[derive(Debug, thiserror::Error)]
pub enum FirstViewError {
    /// What came is not what was offered, or may not be offered.
    #[error(transparent)]
    Offer(#[from] OfferError),
    /// What it says cannot be shown.
    #[error(transparent)]
    View(#[from] ViewFault),
    /// The logs could not be worked out.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// A file of it could not be written or read.
    #[error("its file: {0}")]
    Io(#[from] std::io::Error),
    /// The line broke again and again without a byte.
    #[error("the line broke {0} times without bringing anything")]
    Stuck(u32),
    /// It cannot be put together here.
    #[error("{0}")]
    Here(String),
}

/// Everything that a node has of first views, of its own making and of others'.
#[derive(Default)]
pub(crate) struct FirstViews {
    shown: RwLock<Option<Shown>>,
    differs: RwLock<Option<Differs>>,
    coming: Mutex<take::Coming>,
    refused: Mutex<BTreeMap<NodeId, String>>,
    /// The neighbours with whom a whole exchange ended, so that nothing is to be gained from a view of theirs.
    level_with: Mutex<BTreeSet<NodeId>>,
    made: Mutex<make::Makings>,
    bell: Condvar,
    checking: Mutex<()>,
    /// Whether the file of what was shown could not be removed.
    leftover: AtomicBool,
    /// Whether a keeper's reports are still to be told what is shown now.
    untold: AtomicBool,
    closing: AtomicBool,
}

impl FirstViews {
    /// What is shown, if anything.
    pub(crate) fn shown(&self) -> RwLockReadGuard<'_, Option<Shown>> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown_mut(&self) -> RwLockWriteGuard<'_, Option<Shown>> {
        self.shown.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether something is shown.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown().is_some()
    }

    /// What was found to differ, and was not looked into yet.
    fn differs(&self) -> Option<Differs> {
        *self.differs.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many own entries are known to exist and have not come back yet.
    pub(crate) fn own_missing(&self) -> u64 {
        self.shown().as_ref().map_or(0, Shown::own_missing)
    }

    /// Takes note that a whole exchange with a neighbour ended.
    pub(crate) fn level(&self, peer: NodeId) {
        lock(&self.level_with).insert(peer);
    }

    /// The node closes: what is being worked out for nobody any more stops.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }
}

impl Shared {
    /// Shows the own book again, and lets go what was shown in its place.
    ///
    /// # Errors
    /// Its file may still be there; [`look_after`] tries again.
    pub(crate) fn drop_first_view(&self) -> std::io::Result<()> {
        // First the file: who has seen the own book does not see the view again after a power cut.
        let removed = files::remove(self.dir.path(), files::SHOWN);
        self.first.leftover.store(removed.is_err(), Ordering::SeqCst);
        self.first.untold.store(true, Ordering::SeqCst);
        self.show_own();
        removed
    }

    fn show_own(&self) {
        if self.first.shown_mut().take().is_some() {
            self.publish(|_| ());
        }
    }

    /// Shows new entries of the own store beside a first view, if one is shown.
    pub(crate) fn show_beside<'f, I>(&self, facts: impl FnOnce() -> I)
    where
        I: Iterator<Item = (Origin, &'f Stamp, &'f Fact)>,
    {
        if let Some(shown) = self.first.shown_mut().as_mut() {
            shown.show(facts());
            self.publish(|_| ());
        }
    }

    /// Takes note of runs that came into the own store, where everything is kept in it.
    pub(crate) fn first_view_came(&self, runs: &[AcceptedRun]) {
        if self.options.keeper.is_some() {
            return;
        }
        if let Some(shown) = self.first.shown_mut().as_mut() {
            shown.came(runs);
        }
    }

    /// Lets go everything that may hold what may no longer be kept.
    ///
    /// # Errors
    /// Something of it is still there.
    pub(crate) fn forget_first_views(&self) -> std::io::Result<()> {
        self.drop_first_view().and(take::forget(self)).and(make::forget(self))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// First views.
impl Node {
    /// Looks at what this node itself worked out, whatever it shows. Nothing may be decided on anything else.
    pub fn read_own<R>(&self, look: impl FnOnce(&Book) -> R) -> R {
        look(&self.inner.shared.book())
    }

    /// How a first view stands; nothing while there is none.
    pub fn first_view(&self) -> Option<FirstViewState> {
        let first = &self.inner.shared.first;
        if let Some(differs) = first.differs() {
            return Some(FirstViewState::Differs(differs));
        }
        if let Some(shown) = first.shown().as_ref() {
            return Some(shown.state());
        }
        lock(&first.coming).state()
    }

    /// The neighbours whose first views were not taken in this life, and why.
    pub fn first_views_refused(&self) -> BTreeMap<NodeId, String> {
        lock(&self.inner.shared.first.refused).clone()
    }

    /// Takes the warning off that a first view and the own entries differ, because people have looked into it. Says whether
    /// there was one.
    ///
    /// # Errors
    /// The file in which it stands cannot be removed, or a keeper cannot keep that it was looked into; the warning stays.
    pub fn settle_first_view(&self) -> std::io::Result<bool> {
        let shared = &self.inner.shared;
        let was_kept = self.keeper().settle_checked().map_err(std::io::Error::other)?;
        let mut differs = shared.first.differs.write().unwrap_or_else(PoisonError::into_inner);
        files::remove(shared.dir.path(), files::DIFFERS)?;
        let was = differs.take().is_some();
        drop(differs);
        if was {
            shared.publish(|_| ());
        }
        Ok(was || was_kept)
    }
}
