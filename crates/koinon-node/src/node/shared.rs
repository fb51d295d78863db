//! What the threads of a node share: the book that is shown, what is known of others, and views of the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use koinon_books::Book;
use koinon_core::{Clock, CommunityCode, LogId, NodeId, Timestamp};
use koinon_log::exchange::PROTOCOL;
use koinon_log::{
    Desk, Directory, Entitled, Hello, Identity, Limits, NetworkId, StoredFact, Stream, VerifyKey,
};
use tokio::sync::watch;

use crate::accounts::Accounts;
use crate::disk::DataDir;
use crate::first_view::FirstViews;
use crate::jobs::Jobs;
use crate::kept::KeptFiles;
use crate::options::Options;
use crate::peers::Peers;
use crate::personal::PersonalKeys;
use crate::sqlite::{SqliteError, SqliteStore};

/// How many reading connections are kept open.
const READERS_KEPT: usize = 4;

/// What the threads of a node share.
pub(crate) struct Shared {
    pub(crate) id: NodeId,
    pub(crate) network: NetworkId,
    pub(crate) identity: Identity,
    /// The rotations that lead to the identity's key, to be shown to neighbours that have not heard of them.
    pub(crate) rotations: Vec<StoredFact>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dir: DataDir,
    pub(crate) options: Options,
    pub(crate) jobs: Jobs,
    pub(crate) queued: AtomicUsize,
    pub(crate) peers: Mutex<Peers>,
    pub(crate) accounts: Accounts,
    pub(crate) personal: PersonalKeys,
    /// What others worked out for this node, and it for them.
    pub(crate) first: FirstViews,
    /// What this node keeps for others, and they for it.
    pub(crate) kept: KeptFiles,
    /// The receipts given to each neighbour in this life: up to where, by log.
    pub(crate) given: Mutex<BTreeMap<NodeId, BTreeMap<LogId, u64>>>,
    /// What answers neighbours, and how much each may still be served.
    pub(crate) desk: Mutex<Desk>,
    pub(super) book: RwLock<Book>,
    pub(super) directory: RwLock<Arc<Directory>>,
    pub(super) limits: RwLock<Arc<Limits>>,
    pub(super) version: watch::Sender<u64>,
    pub(super) readers: Mutex<Vec<SqliteStore>>,
    /// What was last read of the certificates.
    pub(crate) certificates: RwLock<Option<crate::tls::Certificates>>,
    pub(crate) certificate_version: watch::Sender<u64>,
    pub(super) poisoned: RwLock<Option<String>>,
    /// When the newest entry that was there at the start was recorded.
    pub(super) newest: Option<Timestamp>,
}

impl Shared {
    pub(crate) fn book(&self) -> RwLockReadGuard<'_, Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_directory(&self, directory: Directory) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
    }

    /// What this node says of itself to neighbours.
    pub(crate) fn hello(&self) -> Hello {
        let clock = self.clock.now();
        let agreement = self.book().agreements_digest(clock);
        Hello { protocol: (PROTOCOL, PROTOCOL), node: self.id, network: self.network, clock, agreement }
    }

    /// What a node may read now: a neighbour by what its community and each other agreed, a safety copy by what they let it.
    pub(crate) fn entitled(&self, reader: NodeId) -> Entitled {
        let book = self.book();
        let is_copy = if reader == self.id {
            book.own().is_none()
        } else {
            self.peers().all.get(&reader).is_some_and(|peer| peer.config.community.is_none())
        };
        let entitled = book.entitled(reader, is_copy, self.clock.now());
        // What a community shares goes by nobody's relay to a computer that it has suspended.
        let directory = self.directory();
        let Some(key) = directory.key(reader).map(VerifyKey::digest) else { return entitled };
        let by: BTreeSet<&CommunityCode> =
            book.suspended(reader).filter(|(_, meant, _)| *meant == key).map(|(by, ..)| by).collect();
        if by.is_empty() {
            return entitled;
        }
        entitled.without(|of| book.community_of(of).is_some_and(|community| by.contains(community)))
    }

    /// Whether a log is kept here: its node is admitted or this one, or it is the control log of a listed safety copy, by which
    /// the copy's receipts are believed.
    pub(crate) fn takes(&self, of: NodeId, stream: Stream) -> bool {
        let is_copy = || self.peers().all.get(&of).is_some_and(|peer| peer.config.community.is_none());
        let is_admitted = of == self.id || self.book().community_of(of).is_some();
        stream == Stream::Control && (is_admitted || is_copy()) || is_admitted && !self.is_suspended(of)
    }

    /// Which facts of logs that ended do not count.
    pub(crate) fn limits(&self) -> Arc<Limits> {
        self.limits.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_limits(&self, limits: Limits) {
        *self.limits.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(limits);
    }

    /// Changes the book and tells those who watch.
    pub(crate) fn publish<R>(&self, change: impl FnOnce(&mut Book) -> R) -> R {
        let result = change(&mut self.book.write().unwrap_or_else(PoisonError::into_inner));
        self.version.send_modify(|version| *version += 1);
        result
    }

    pub(crate) fn poisoned(&self) -> Option<String> {
        self.poisoned.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends writing; the first cause stays.
    pub(crate) fn poison(&self, cause: &str) -> String {
        let mut poisoned = self.poisoned.write().unwrap_or_else(PoisonError::into_inner);
        if poisoned.is_none() {
            tracing::error!(cause, "writing has stopped");
            self.jobs.failed("writing", cause.to_owned());
        }
        poisoned.get_or_insert_with(|| cause.to_owned()).clone()
    }

    pub(crate) fn peers(&self) -> std::sync::MutexGuard<'_, Peers> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many neighbours are to be asked before stock may be promised; nothing when all is well.
    pub(crate) fn heads_may_be_old(&self) -> Option<usize> {
        self.peers().waiting()
    }

    /// Reads the store as it is after the last durable commit.
    pub(crate) fn with_reader<R, E: From<SqliteError>>(
        &self,
        read: impl FnOnce(&SqliteStore) -> Result<R, E>,
    ) -> Result<R, E> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = match kept {
            Some(reader) => reader,
            None => SqliteStore::open_reader(&self.dir.store())?,
        };
        let result = read(&reader);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        result
    }
}
