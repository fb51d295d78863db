//! How much room a node takes and has, and how old its copies are: what an operator looks at.

use std::fs;
use std::path::Path;

use koinon_core::Timestamp;

use crate::disk::space;
use crate::node::Node;

/// The file that says when the last backup was made.
const LAST_BACKUP: &str = "last-backup";

/// Room and copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Bytes of the store with what it has not tidied away yet.
    pub store_bytes: u64,
    /// Free and whole bytes of the disk, if it says.
    pub disk: Option<(u64, u64)>,
    /// When the book's last snapshot was kept since the node was opened.
    pub snapshot: Option<Timestamp>,
    /// When the last backup was made here; `None` when none is known.
    pub backup: Option<Timestamp>,
}

impl Node {
    /// How much room it takes and has, and how old its copies are. Asks the file system.
    pub fn storage(&self) -> Storage {
        let dir = self.dir();
        let size = |name: &str| fs::metadata(dir.join(name)).map_or(0, |meta| meta.len());
        Storage {
            store_bytes: size("koinon.db").saturating_add(size("koinon.db-wal")),
            disk: space(dir),
            snapshot: self.inner.shared.jobs.get("snapshot").and_then(|job| job.last_success),
            backup: last_backup(dir),
        }
    }
}

fn last_backup(dir: &Path) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(fs::read_to_string(dir.join(LAST_BACKUP)).ok()?.trim())
}

/// Notes that a backup was made; without the note the backup is as good.
pub(crate) fn note_backup(dir: &Path, at: Timestamp) {
    if let Err(error) = fs::write(dir.join(LAST_BACKUP), at.to_rfc3339()) {
        tracing::warn!(%error, "the time of the backup cannot be noted");
    }
}
