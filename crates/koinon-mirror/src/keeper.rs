//! Keeping logs in the database for a running node: one connection writes, others read, and all come back by themselves.
//!
//! After any failure of a write the connection is dropped and what the control logs say is read anew: whether the write
//! arrived shows when the neighbours are asked again. A connection that opens makes sure of what it finds before anything
//! is believed of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use koinon_core::{Clock, LogId, NodeId, Timestamp};
use koinon_log::{
    Directory, Heads, Ingested, LogStore as _, Outcome, Parcel, Receipt, StoreError, Stream, load_directory,
};
use koinon_node::first_view::{CheckedView, FirstShown, Newer};
use koinon_node::keeper::{self, Look};
use koinon_node::{KeepError, Keeper};

use crate::address::Address;
use crate::error::PgError;
use crate::opening::Owner;
use crate::store::PgStore;

/// How many reading connections are kept open.
const READERS_KEPT: usize = 4;
/// A write that takes longer waits for something that people should know of.
const WAITED_MINUTES: i64 = 2;
/// The most receipts that wait to be kept; more are dropped, their givers bring them again after their next start.
const RECEIPTS_MAX: usize = 10_000;

/// Keeps a federation's logs in a database.
pub struct PgKeeper {
    address: Address,
    owner: Owner,
    clock: Arc<dyn Clock>,
    writing: Mutex<Option<Writing>>,
    readers: Mutex<Vec<PgStore>>,
    directory: RwLock<Arc<Directory>>,
    brought: Mutex<Vec<Receipt>>,
    /// Since when a write is under way.
    since: Mutex<Option<Timestamp>>,
}

/// The connection that writes, with what the control logs in the database say.
struct Writing {
    store: PgStore,
    directory: Directory,
}

impl std::fmt::Debug for PgKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PgKeeper({})", self.address)
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl PgKeeper {
    /// Opens the database, and makes its tables where there are none.
    pub fn open(address: Address, owner: Owner, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let writing = Writing::open(&address, owner)?;
        let directory = RwLock::new(Arc::new(writing.directory.clone()));
        Ok(Self {
            address,
            owner,
            clock,
            writing: Mutex::new(Some(writing)),
            readers: Mutex::default(),
            directory,
            brought: Mutex::default(),
            since: Mutex::default(),
        })
    }

    /// Does something on the writing connection; opens it anew where it was lost, and drops it after a failure.
    fn write<R>(&self, act: impl FnOnce(&mut Writing) -> Result<R, StoreError>) -> Result<R, StoreError> {
        let mut held = locked(&self.writing);
        *locked(&self.since) = Some(self.clock.now());
        let done = self.write_on(&mut held, act);
        *locked(&self.since) = None;
        done
    }

    fn write_on<R>(
        &self,
        held: &mut Option<Writing>,
        act: impl FnOnce(&mut Writing) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        // A line that was lost while it lay idle shows at its next use.
        let idle = held.take().filter(|writing| writing.store.owner().is_ok());
        let mut writing = if let Some(writing) = idle {
            writing
        } else {
            let writing = Writing::open(&self.address, self.owner)?;
            self.show(&writing.directory);
            writing
        };
        let done = act(&mut writing)?;
        *held = Some(writing);
        Ok(done)
    }

    fn show(&self, directory: &Directory) {
        let shown = Arc::new(directory.clone());
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = shown;
    }
}

/// Connections say goodbye, for which a thread must be one that may wait. The last handle may be dropped on any.
impl Drop for PgKeeper {
    fn drop(&mut self) {
        let writing = locked(&self.writing).take();
        let readers = std::mem::take(&mut *locked(&self.readers));
        let thread = std::thread::Builder::new().name("koinon-goodbye".into());
        let gone = thread.spawn(move || drop((writing, readers)));
        if let Err(error) = gone {
            tracing::warn!(%error, "the database is left without a goodbye");
        }
    }
}

impl Writing {
    fn open(address: &Address, owner: Owner) -> Result<Self, StoreError> {
        let store = PgStore::open(address, owner)?;
        let (directory, refused) = load_directory(&store, owner.network)?;
        if let Some(refused) = refused.first() {
            let what = format!("{refused}");
            return Err(PgError::Damaged { database: address.to_string(), what }.into());
        }
        Ok(Self { store, directory })
    }

    fn take(&mut self, parcel: Parcel, clock: &dyn Clock) -> Result<Ingested, StoreError> {
        self.store.begin()?;
        let done = self.take_inside(parcel, clock);
        if done.is_err() {
            self.store.rollback();
        }
        let done = done?;
        self.store.commit()?;
        Ok(done)
    }

    fn take_inside(&mut self, parcel: Parcel, clock: &dyn Clock) -> Result<Ingested, StoreError> {
        let done = keeper::take(&mut self.store, &mut self.directory, parcel, clock.now())?;
        let control = done.accepted.iter().any(|run| run.name().stream == Stream::Control);
        let rotated = control && self.directory.has_rotations();
        if rotated || !done.forks.is_empty() || !done.replaced.is_empty() {
            let ends = ends(&self.store, &self.directory)?;
            self.store.note_ends(&ends)?;
        }
        Ok(done)
    }
}

/// How many facts count of each log that ended before what is held of it.
fn ends(store: &PgStore, directory: &Directory) -> Result<Vec<(LogId, u64)>, StoreError> {
    let counted = Heads::read(store, directory)?;
    let heads = store.heads()?.into_iter().map(|head| {
        let counts = counted.logs.get(&head.log).map_or(0, |counts| counts.height);
        (head.log, counts, head.height)
    });
    Ok(heads.filter(|(_, counts, held)| counts < held).map(|(log, counts, _)| (log, counts)).collect())
}

impl Keeper for PgKeeper {
    fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look(&self, look: Look<'_>) -> Result<(), StoreError> {
        let kept = locked(&self.readers).pop();
        let fresh = kept.is_none();
        let open = || PgStore::open_reader(&self.address, Some(self.owner));
        let mut reader = kept.map_or_else(open, Ok)?;
        if !fresh && reader.owner().is_err() {
            reader = open()?;
        }
        look(&reader)?;
        let mut readers = locked(&self.readers);
        if readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        Ok(())
    }

    fn take(&self, mut parcel: Parcel) -> Result<Outcome, KeepError> {
        let brought = std::mem::take(&mut *locked(&self.brought));
        parcel.receipts.extend(&brought);
        if parcel == Parcel::default() {
            return Ok(Outcome::default());
        }
        let taken = self.write(|writing| {
            let done = writing.take(parcel, self.clock.as_ref())?;
            if done.accepted.iter().any(|run| run.name().stream == Stream::Control) {
                self.show(&writing.directory);
            }
            Ok(done)
        });
        let done = match taken {
            Ok(done) => done,
            Err(error) => {
                self.note(brought);
                return Err(error.into());
            }
        };
        let facts = done.accepted.iter().map(|run| run.facts().len()).sum::<usize>();
        let facts = u64::try_from(facts).unwrap_or(u64::MAX);
        Ok(Outcome { facts, rejected: done.rejected, again: done.again })
    }

    fn note(&self, receipts: Vec<Receipt>) {
        let mut brought = locked(&self.brought);
        let room = RECEIPTS_MAX.saturating_sub(brought.len());
        brought.extend(receipts.into_iter().take(room));
    }

    fn settle(&self) -> Result<(), StoreError> {
        self.write(|writing| Ok(writing.store.settle()?))
    }

    fn let_go(&self, of: NodeId, stream: Stream) -> Result<u64, KeepError> {
        Ok(self.write(|writing| Ok(writing.store.let_go(of, stream)?))?)
    }

    fn show_first_view(&self, view: Option<&FirstShown>) -> Result<(), StoreError> {
        self.write(|writing| Ok(writing.store.show_first_view(view)?))
    }

    fn show_newer(&self, newer: &Newer) -> Result<(), StoreError> {
        self.write(|writing| Ok(writing.store.show_newer(newer)?))
    }

    fn note_checked(&self, checked: &CheckedView) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.write(|writing| Ok(writing.store.note_checked(checked, now)?))
    }

    fn settle_checked(&self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        self.write(|writing| Ok(writing.store.settle_checked(now)?))
    }

    fn trouble(&self) -> Option<String> {
        let since = (*locked(&self.since))?;
        let minutes = self.clock.now().as_millis().saturating_sub(since.as_millis()) / 60_000;
        (minutes >= WAITED_MINUTES).then(|| {
            format!(
                "database {} has not confirmed a write for {minutes} minutes; see that a standby is up and reaches the \
                 primary, it then goes on by itself",
                self.address
            )
        })
    }
}
