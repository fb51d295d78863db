//! The data directory: its lock, its free space, and the ballast that lets a full disk be tidied.
//!
//! One process owns a data directory. Writes are refused *before* the disk is full, exchange first, so that what
//! people enter here still finds room after what neighbours send no longer does.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::keys::KEYS_DIR;
use crate::personal::people_path;
use crate::tls::TLS_DIR;

/// How much of the disk stays free.
///
/// A floor is the share of the disk in percent or the stated number of bytes, whichever is less, so that a large disk is
/// not called full while there is plenty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskFloors {
    /// Below this share of the disk exchange is refused; 10 unless changed.
    pub exchange_percent: u64,
    /// The most that exchange leaves free, in bytes; 1 GiB unless changed.
    pub exchange_bytes: u64,
    /// Below this share of the disk every write is refused; 5 unless changed.
    pub write_percent: u64,
    /// The most that writes leave free, in bytes; 512 MiB unless changed.
    pub write_bytes: u64,
    /// The size of the ballast file in bytes; 64 MiB unless changed, 0 for none.
    pub ballast_bytes: u64,
}

impl Default for DiskFloors {
    fn default() -> Self {
        Self {
            exchange_percent: 10,
            exchange_bytes: 1 << 30,
            write_percent: 5,
            write_bytes: 512 << 20,
            ballast_bytes: 64 << 20,
        }
    }
}

/// What a write is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Exchange,
    Entry,
}

/// The disk is nearly full.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "only {free_mib} MiB are free on the disk of {dir}, {floor_mib} MiB must stay; remove other files or move the data directory to a larger disk, then try again"
)]
pub struct DiskLow {
    /// The data directory.
    pub dir: String,
    /// What is free, in MiB.
    pub free_mib: u64,
    /// What must stay free, in MiB.
    pub floor_mib: u64,
}

/// Why the data directory cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum DirError {
    /// Another process holds it.
    #[error("{dir} is in use by {by}; stop it first, or talk to it instead", dir = dir.display())]
    Held {
        /// The directory.
        dir: PathBuf,
        /// Who holds it, as that process wrote.
        by: String,
    },
    /// The directory could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> DirError + '_ {
    move |source| DirError::Io { path: path.to_owned(), source }
}

/// A locked data directory; unlocked when dropped.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    floors: DiskFloors,
    _lock: File,
}

impl DataDir {
    /// Locks a directory that exists.
    pub(crate) fn lock(path: &Path, floors: DiskFloors) -> Result<Self, DirError> {
        tighten(path)?;
        let lock_path = path.join("lock");
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut lock = options.open(&lock_path).map_err(io(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut by = String::new();
                let read = (&lock).take(200).read_to_string(&mut by);
                let by = if read.is_ok() && !by.is_empty() { by } else { "another process".to_owned() };
                return Err(DirError::Held { dir: path.to_owned(), by });
            }
            Err(TryLockError::Error(error)) => return Err(io(&lock_path)(error)),
        }
        let holder = format!("koinon, process {}", std::process::id());
        let noted = lock
            .set_len(0)
            .and_then(|()| lock.seek(SeekFrom::Start(0)))
            .and_then(|_| lock.write_all(holder.as_bytes()));
        match noted {
            // Who holds the lock need not be written down where there is no room for it.
            Err(error) if error.kind() == std::io::ErrorKind::StorageFull => {}
            noted => noted.map_err(io(&lock_path))?,
        }
        Ok(Self { path: path.to_owned(), floors, _lock: lock })
    }

    /// The directory.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The store's file.
    pub(crate) fn store(&self) -> PathBuf {
        store_path(&self.path)
    }

    /// Refuses a write that would fill the disk.
    pub(crate) fn check(&self, purpose: Purpose) -> Result<(), DiskLow> {
        self.room_for(purpose, 0)
    }

    /// Refuses what would leave too little of the disk free once so many bytes more are written.
    pub(crate) fn room_for(&self, purpose: Purpose, more: u64) -> Result<(), DiskLow> {
        let Some((free, size)) = space(&self.path) else { return Ok(()) };
        let (percent, bytes) = match purpose {
            Purpose::Exchange => (self.floors.exchange_percent, self.floors.exchange_bytes),
            Purpose::Entry => (self.floors.write_percent, self.floors.write_bytes),
        };
        let floor = (size / 100).saturating_mul(percent).min(bytes);
        if free >= floor.saturating_add(more) {
            return Ok(());
        }
        Err(DiskLow { dir: self.path.display().to_string(), free_mib: free >> 20, floor_mib: floor >> 20 })
    }

    /// Keeps the ballast while there is room, and gives it up when there is not, so that the store can be tidied.
    pub(crate) fn trim_ballast(&self) -> Result<(), DirError> {
        let path = self.path.join("ballast");
        let Some((free, _)) = space(&self.path) else { return Ok(()) };
        let held = fs::metadata(&path).map_or(0, |meta| meta.len());
        let wanted = self.floors.ballast_bytes;
        if held > 0 && free < wanted / 4 {
            return fs::remove_file(&path).map_err(io(&path));
        }
        if held != wanted && free > wanted.saturating_mul(4) {
            let file = File::create(&path).map_err(io(&path))?;
            let all = rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, wanted.max(1));
            return all.map_err(|error| io(&path)(error.into()));
        }
        Ok(())
    }
}

/// Leaves a data directory and what koinon keeps in it to its user alone, whoever made them with which rights.
fn tighten(dir: &Path) -> Result<(), DirError> {
    tighten_one(dir, 0o700)?;
    // A signing key that others can read is refused with its remedy, not mended in silence: it may be known by now.
    tighten_one(&dir.join(KEYS_DIR), 0o700)?;
    let tls = dir.join(TLS_DIR);
    tighten_one(&tls, 0o700)?;
    for file in fs::read_dir(&tls).into_iter().flatten().flatten() {
        tighten_one(&file.path(), 0o600)?;
    }
    tighten_one(&dir.join("kept"), 0o700)?;
    for store in [store_path(dir), sign_in_path(dir), people_path(dir)] {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let mut name = store.clone().into_os_string();
            name.push(ending);
            tighten_one(Path::new(&name), 0o600)?;
        }
    }
    ["lock", "ballast", "console"].iter().try_for_each(|name| tighten_one(&dir.join(name), 0o600))
}

/// Takes away every right beyond `mode`; what is not there, or is a link, is passed over.
fn tighten_one(path: &Path, mode: u32) -> Result<(), DirError> {
    let Ok(meta) = fs::symlink_metadata(path) else { return Ok(()) };
    let found = meta.permissions().mode() & 0o7777;
    if meta.is_symlink() || found & !mode == 0 {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(found & mode)).map_err(io(path))
}

/// The store's file in a data directory.
pub(crate) fn store_path(dir: &Path) -> PathBuf {
    dir.join("koinon.db")
}

/// Where a store stands until it is whole: founding and restoring end by giving it its name.
pub(crate) fn fresh_store_path(dir: &Path) -> PathBuf {
    dir.join("koinon.db.new")
}

/// Whether a directory without a store holds what an interrupted founding or restore left.
pub(crate) fn is_unfinished(dir: &Path) -> bool {
    let parts = [dir.join(KEYS_DIR), dir.join(TLS_DIR), sign_in_path(dir), fresh_store_path(dir)];
    parts.iter().any(|part| part.exists())
}

/// Makes a directory for its user alone, with those above it that are missing, durably.
pub(crate) fn make_dir(dir: &Path) -> std::io::Result<()> {
    let missing: Vec<&Path> = dir.ancestors().take_while(|above| !above.exists()).collect();
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    missing.into_iter().try_for_each(sync_parent)
}

/// Makes a name durable, by syncing the directory in which it stands.
pub(crate) fn sync_parent(of: &Path) -> std::io::Result<()> {
    let parent = of.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// The file of the accounts in a data directory.
pub(crate) fn sign_in_path(dir: &Path) -> PathBuf {
    dir.join("sign-in.db")
}

/// Whether there is not even room for the files that SQLite needs to read.
pub(crate) fn has_no_room(dir: &Path) -> bool {
    /// The write-ahead log's index and a page or two.
    const LEAST: u64 = 64 * 1024;
    space(dir).is_some_and(|(free, _)| free < LEAST)
}

/// Free and whole bytes of the file system, if it says.
pub(crate) fn space(path: &Path) -> Option<(u64, u64)> {
    let stat = rustix::fs::statvfs(path).ok()?;
    Some((stat.f_bavail.saturating_mul(stat.f_frsize), stat.f_blocks.saturating_mul(stat.f_frsize)))
}
