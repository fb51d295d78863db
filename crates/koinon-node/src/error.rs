//! What can go wrong with a node as a whole.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use koinon_core::NodeId;
use koinon_log::{Rejection, StoreError};

use crate::accounts::AccountError;
use crate::backup::BackupError;
use crate::batch::WriteError;
use crate::disk::{self, DirError, DiskLow, sign_in_path, store_path};
use crate::keys::{KEYS_DIR, KeysError};
use crate::replay::ReplayError;
use crate::sqlite::SqliteError;
use crate::tls::TlsError;
use crate::writer::SubmitError;

/// What helps where the store is damaged.
const STORE_REMEDY: &str = "keep the files as they are; restore a backup into another directory with `koinon restore` \
     and start that one, its neighbours then send again what it lacks; without a backup found a new node with `koinon init`, \
     let the neighbours admit it, and count again";
/// What helps where the accounts are damaged.
const SIGN_IN_REMEDY: &str = "it holds sign-in names and passwords only, no stock: restore a backup into another directory, or move the file \
     away, start again, and give everybody a new code with `koinon sign-in reset`";
/// What helps where the keys are gone.
const KEYS_REMEDY: &str = "without its key this node cannot sign, and nobody can make it again: restore a backup with \
     `koinon restore`, which holds the keys; without one found a new node with `koinon init` and let the neighbours admit it";
/// What helps where the disk is full.
pub(crate) const NO_ROOM_REMEDY: &str = "nothing that was entered is lost; remove other files or move the data directory \
     to a larger disk, then start koinon again";

/// Why a node cannot be founded, opened or asked.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The directory holds a node already.
    #[error("{} holds a node already; choose another directory", .0.display())]
    Exists(PathBuf),
    /// The directory holds what a founding or a restore left that was interrupted.
    #[error(
        "{} holds what an interrupted `koinon init` or `koinon restore` left; nothing was entered there, so remove it, or choose another directory",
        .0.display()
    )]
    Unfinished(PathBuf),
    /// The directory holds files.
    #[error("{} is not empty; restore into a new or an empty directory", .0.display())]
    NotEmpty(PathBuf),
    /// The directory holds no node.
    #[error("{} holds no node; run `koinon init` or `koinon restore` first", .0.display())]
    Missing(PathBuf),
    /// The data directory cannot be taken.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// A file or directory failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The keys cannot be made or read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The store cannot be opened or read.
    #[error(transparent)]
    Sqlite(#[from] SqliteError),
    /// The store failed as a store of logs.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store was made for another node than the keys.
    #[error("the store belongs to node {store}, the keys to node {keys}; put files of one node together")]
    OtherNode {
        /// The node in the store.
        store: NodeId,
        /// The node of the keys.
        keys: NodeId,
    },
    /// A file of the node is damaged or gone.
    #[error("{} {what}; {remedy}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
        /// What the operator can do.
        remedy: &'static str,
    },
    /// There is not even room to open the store.
    #[error("there is no room left on the disk of {}; {NO_ROOM_REMEDY}", .0.display())]
    NoRoom(PathBuf),
    /// Control logs do not verify.
    #[error("the store is damaged: {0}; restore a backup, or let neighbours refill a new node")]
    Damaged(Rejection),
    /// Facts cannot be read into the book.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The region file or the first grant is refused.
    #[error(transparent)]
    Founding(#[from] koinon_books::Refused),
    /// The first facts could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A write was refused.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// Keys of personal texts failed.
    #[error(transparent)]
    Personal(#[from] crate::personal::PersonalError),
    /// The disk is nearly full.
    #[error(transparent)]
    Disk(#[from] DiskLow),
    /// The key cannot be replaced.
    #[error(transparent)]
    Rotation(#[from] koinon_log::rotation::DraftError),
    /// Entries in the node's name came back from neighbours, and nobody said whose doing they are.
    #[error(
        "{entries} entries in this computer's name came back from neighbours; it did not write them itself, or wrote them before it was restored"
    )]
    Returned {
        /// How many.
        entries: u64,
    },
    /// A code for the recovery of a key is none.
    #[error("recovery code {0} is not one; it has 64 characters 0-9 a-f, as `koinon init` showed it")]
    RecoveryCode(usize),
    /// A node whose key is not known here, or this one, is to be suspended.
    #[error(
        "node {0} cannot be suspended: its key is not known here yet, or it is this computer's; exchange with it or with somebody who has, then say it again"
    )]
    UnknownKey(NodeId),
    /// A neighbour's address is refused.
    #[error("the address '{url}' is refused: {reason}")]
    Address {
        /// The address.
        url: String,
        /// Why.
        reason: &'static str,
    },
    /// Accounts cannot be read or changed.
    #[error(transparent)]
    Accounts(#[from] AccountError),
    /// A backup cannot be made or restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Certificates cannot be made.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A thread could not be started.
    #[error("a thread could not be started: {0}")]
    Thread(#[source] std::io::Error),
}

impl NodeError {
    /// Names the file and what helps, where a part of the node in `dir` failed while it was opened.
    pub(crate) fn while_opening(self, dir: &Path) -> Self {
        let damaged = |why: &dyn std::fmt::Display| Self::File {
            path: store_path(dir),
            what: format!("is damaged ({why})"),
            remedy: STORE_REMEDY,
        };
        match self {
            Self::Sqlite(error) | Self::Replay(ReplayError::Store(error)) => of_store(error, dir),
            Self::Store(StoreError::Medium(cause)) => match cause.downcast::<SqliteError>() {
                Ok(error) => of_store(*error, dir),
                Err(cause) => damaged(&cause),
            },
            Self::Replay(error) => damaged(&error),
            Self::Store(error) => damaged(&error),
            Self::Damaged(rejection) => damaged(&rejection),
            Self::Accounts(AccountError::Store(error)) if is_full(&error) => Self::NoRoom(dir.to_owned()),
            Self::Accounts(AccountError::Store(error)) => {
                let what = format!("cannot be read ({error})");
                Self::File { path: sign_in_path(dir), what, remedy: SIGN_IN_REMEDY }
            }
            Self::Keys(KeysError::Io { path, source }) if source.kind() == ErrorKind::NotFound => {
                Self::File { path, what: "is missing".to_owned(), remedy: KEYS_REMEDY }
            }
            Self::Keys(KeysError::NotAKey(path)) => {
                let what = "does not hold a key (64 characters 0-9 a-f)".to_owned();
                Self::File { path, what, remedy: KEYS_REMEDY }
            }
            Self::Keys(KeysError::Identity(error)) => {
                let what = format!("does not fit the node ({error})");
                Self::File { path: dir.join(KEYS_DIR), what, remedy: KEYS_REMEDY }
            }
            other => other,
        }
    }
}

/// Whether SQLite found no room on the disk.
pub(crate) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
}

fn of_store(error: SqliteError, dir: &Path) -> NodeError {
    let no_room = disk::has_no_room(dir);
    let what = match error {
        SqliteError::Sqlite(error) if is_full(&error) || no_room => return NodeError::NoRoom(dir.to_owned()),
        SqliteError::Sqlite(error) => match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                format!("is damaged ({error})")
            }
            _ => format!("cannot be read ({error})"),
        },
        SqliteError::NotAStore => {
            "is not a koinon store: it is empty, was overwritten, or is another program's".to_owned()
        }
        SqliteError::QuickCheck(found) => format!("is damaged ({found})"),
        SqliteError::Damaged { table, what } => format!("is damaged (table {table} holds {what})"),
        other => return NodeError::Sqlite(other),
    };
    NodeError::File { path: store_path(dir), what, remedy: STORE_REMEDY }
}
