//! What can go wrong with a node as a whole.

use std::path::PathBuf;

use koinon_core::NodeId;
use koinon_log::{Rejection, StoreError};

use crate::accounts::AccountError;
use crate::backup::BackupError;
use crate::batch::WriteError;
use crate::disk::{DirError, DiskLow};
use crate::keys::KeysError;
use crate::replay::ReplayError;
use crate::sqlite::SqliteError;
use crate::tls::TlsError;
use crate::writer::SubmitError;

/// Why a node cannot be founded, opened or asked.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The directory holds a node already.
    #[error("{} holds a node already; choose another directory", .0.display())]
    Exists(PathBuf),
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
    /// The disk is nearly full.
    #[error(transparent)]
    Disk(#[from] DiskLow),
    /// No such neighbour.
    #[error("node {0} is not among the listed neighbours")]
    NoSuchPeer(NodeId),
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
