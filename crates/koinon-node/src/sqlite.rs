//! The store on disk: one SQLite file, written by one thread, read by many.
//!
//! Durability is SQLite's WAL with `synchronous=FULL`; the file itself is created under `EXTRA` with a sync of its
//! directory. A connection that reads sees only what has been made durable, so nothing can leave a node before that.
//! Every statement is a constant; no SQL is ever put together from text.
//!
//! | part | what |
//! |---|---|
//! | `opening` | the file, its format, older formats, SQLite's own checks |
//! | `logs` | what the log asks of a store |
//! | `facts` | facts by place, id, key and act, and how they are written |
//! | `rows` | how the bytes of facts lie in a row |
//! | `own` | what the node keeps for itself: marks, what it wrote, snapshots, folds, neighbours |
//! | `heard` | receipts, and recoveries of keys |
//! | `kept` | files that neighbours keep for one another |

mod facts;
mod heard;
mod kept;
mod logs;
mod opening;
mod own;
mod rows;

use koinon_core::{Digest, FactId, NodeId, Timestamp};
use koinon_log::envelope::fact_id;
use koinon_log::{LogName, StoreError, StoredFact};
use rusqlite::Connection;

pub(crate) use facts::Filing;

/// The version of the tables. A store of a newer one is refused.
pub const STORE_VERSION: i64 = 6;
/// The oldest SQLite that is safe in WAL mode: 3.51.3, which mends the loss on a WAL reset.
pub const SQLITE_VERSION_MIN: i32 = 3_051_003;

/// Why a store cannot be opened or used.
#[derive(Debug, thiserror::Error)]
pub enum SqliteError {
    /// SQLite refused or failed.
    #[error("the store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file or its directory could not be created or synced.
    #[error("the store's file: {0}")]
    Io(#[from] std::io::Error),
    /// The SQLite that is linked in has a known fault.
    #[error("SQLite {found} can damage a store; build with at least 3.51.3")]
    OldSqlite {
        /// The version linked in.
        found: String,
    },
    /// The file is not a store of this program.
    #[error("the file is not a koinon store; check the data directory")]
    NotAStore,
    /// The file was written by a newer version.
    #[error(
        "the store has format {found}, this program knows {STORE_VERSION}; install the newer version again, or restore a backup made with this one"
    )]
    Newer {
        /// The format found.
        found: i64,
    },
    /// A value in a table does not fit its meaning.
    #[error(
        "the store is damaged: table {table} holds {what}; restore a backup, or let neighbours refill a new node"
    )]
    Damaged {
        /// The table.
        table: &'static str,
        /// What is wrong.
        what: String,
    },
    /// SQLite's own check found faults.
    #[error("the store is damaged ({0}); restore a backup, or let neighbours refill a new node")]
    QuickCheck(String),
}

impl SqliteError {
    /// Whether there was no room on the disk.
    pub(crate) fn is_full(&self) -> bool {
        matches!(self, Self::Sqlite(error) if crate::error::is_full(error))
    }
}

impl From<SqliteError> for StoreError {
    fn from(error: SqliteError) -> Self {
        Self::Medium(Box::new(error))
    }
}

fn medium(error: rusqlite::Error) -> StoreError {
    SqliteError::from(error).into()
}

/// A number kept for the node itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// 1 after an orderly end.
    Clean,
    /// 1 while the heads may be old and nobody has said otherwise.
    HeadsMayBeOld,
    /// The last place whose own facts the policies have seen.
    Reacted,
}

impl Mark {
    const fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::HeadsMayBeOld => "heads-may-be-old",
            Self::Reacted => "reacted",
        }
    }
}

/// A fact with the place at which it was taken in and the log it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The order of arrival, from 1.
    pub place: u64,
    /// The log.
    pub name: LogName,
    /// The number in the log.
    pub seq: u64,
    /// The fact's bytes.
    pub fact: StoredFact,
}

impl Held {
    /// The fact's id, which follows from its bytes.
    pub fn id(&self) -> FactId {
        fact_id(&self.fact.header, self.fact.sig.as_ref())
    }
}

/// A snapshot of the book as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last place that it covers.
    pub place: u64,
    /// The digest of all heads at that place.
    pub heads: Digest,
    /// The digest of `book`.
    pub digest: Digest,
    /// The book's bytes.
    pub book: Vec<u8>,
}

/// A neighbour as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PeerRow {
    pub(crate) node: NodeId,
    pub(crate) community: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) ca: Option<String>,
    pub(crate) heard: Option<Timestamp>,
}

/// A recovery of a node's key by stewards, as this node heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryHeard {
    /// The first fact of the control log that the new key opens.
    pub rotation: FactId,
    /// Whose key it is.
    pub node: NodeId,
    /// When the stewards announced it, by their word.
    pub announced: Timestamp,
    /// When this node first heard of it.
    pub heard: Timestamp,
}

/// The store.
#[derive(Debug)]
pub struct SqliteStore {
    conn: Connection,
}

/// Transactions.
impl SqliteStore {
    /// Begins a transaction; [`LogStore::append_runs`] inside it becomes durable with [`SqliteStore::commit`].
    pub(crate) fn begin(&self) -> Result<(), SqliteError> {
        Ok(self.conn.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Makes durable what was written since [`SqliteStore::begin`].
    pub(crate) fn commit(&self) -> Result<(), SqliteError> {
        Ok(self.conn.execute_batch("COMMIT")?)
    }

    /// Takes back what was written since [`SqliteStore::begin`].
    pub(crate) fn rollback(&self) {
        // After a failed commit there may be nothing left to take back.
        let _ = self.conn.execute_batch("ROLLBACK");
    }

    /// Begins a view that does not change, for a reader.
    pub(crate) fn begin_read(&self) -> Result<u64, SqliteError> {
        self.conn.execute_batch("BEGIN DEFERRED")?;
        self.last_place()
    }

    /// Ends the view.
    pub(crate) fn end_read(&self) {
        self.rollback();
    }
}

fn damaged(table: &'static str, what: &str) -> SqliteError {
    SqliteError::Damaged { table, what: what.to_owned() }
}

/// Numbers beyond 63 bits cannot be reached by counting; asking for one finds nothing.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(table: &'static str, number: i64) -> Result<u64, SqliteError> {
    u64::try_from(number).map_err(|_| damaged(table, &format!("the negative number {number}")))
}
