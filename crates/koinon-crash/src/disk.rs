//! The disk under test: a real folder, of which every change is written down in order, and which can be made to fail.
//!
//! A disk keeps no promise by itself. What its journal says of a power cut at any place is in [`crate::cut`].

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use anyhow::{Context as _, ensure};
use libc::c_long;

use crate::calls;
use crate::tree::{Entry, Op, Tree};

/// The disks under test. A program has few of them at a time.
static DISKS: RwLock<Vec<Weak<Disk>>> = RwLock::new(Vec::new());
static ANY: AtomicBool = AtomicBool::new(false);

/// What the kernel calls an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Errno(pub(crate) i32);

/// A file as a descriptor stands for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handle {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

/// A name in a folder of a disk under test.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) folder: usize,
    pub(crate) name: OsString,
}

/// Finds the inode of what a call made, by what the call answered.
pub(crate) type Inode<'c> = &'c dyn Fn(c_long) -> Option<u64>;

/// A change that a program asks for.
pub(crate) enum Asked<'c> {
    Open { name: Name, truncates: bool, inode: Inode<'c> },
    Folder { name: Name, inode: Inode<'c> },
    Truncate { node: usize, length: u64 },
    Sync { node: usize },
    Unlink { name: Name },
    Rename { from: Name, to: Name },
}

/// What goes wrong with a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// One change fails with EIO; everything after it succeeds, as after a failed sync on Linux.
    Broken,
    /// From one change on there is no more room.
    Full,
}

/// What a program did to a disk: how it lay at the beginning, and every change.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    /// How it lay at the beginning, durably.
    pub base: Tree,
    /// The changes, in order.
    pub ops: Vec<Op>,
}

/// What looks at the program before each change.
type Observer = Arc<dyn Fn(&Disk) + Send + Sync>;

struct Inner {
    journal: Journal,
    live: Tree,
    inodes: HashMap<u64, usize>,
    fault: Option<(usize, Fault)>,
    asked: usize,
    fired: bool,
}

/// A disk under test.
pub struct Disk {
    root: PathBuf,
    device: u64,
    inner: Mutex<Inner>,
    observer: RwLock<Option<Observer>>,
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Disk({})", self.root.display())
    }
}

/// The disk on which a path lies, and its name there. Nothing where it lies on none, or in a folder that is not known.
pub(crate) fn by_path(path: &Path) -> Option<(Arc<Disk>, Name)> {
    // The memory that readers share is no part of what lasts.
    if !ANY.load(Ordering::Relaxed) || path.as_os_str().to_string_lossy().ends_with("-shm") {
        return None;
    }
    let disks = DISKS.read().unwrap_or_else(PoisonError::into_inner);
    let disk = disks.iter().filter_map(Weak::upgrade).find(|disk| path.starts_with(&disk.root))?;
    let inside = path.strip_prefix(&disk.root).ok()?;
    let (folder, name) = (inside.parent()?, inside.file_name()?.to_owned());
    let folder = disk.inner().live.find(folder)?;
    Some((disk, Name { folder, name }))
}

/// The disk on which an open file lies, and the file.
pub(crate) fn by_handle(handle: Handle) -> Option<(Arc<Disk>, usize)> {
    if !ANY.load(Ordering::Relaxed) {
        return None;
    }
    let disks = DISKS.read().unwrap_or_else(PoisonError::into_inner);
    disks.iter().filter_map(Weak::upgrade).find_map(|disk| {
        let node = (disk.device == handle.device).then(|| disk.inner().inodes.get(&handle.inode).copied());
        Some((disk.clone(), node??))
    })
}

impl Disk {
    /// Writes down every change under a folder from now on. What lies there counts as durable.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn watch(root: &Path) -> anyhow::Result<Arc<Self>> {
        calls::stand_before();
        let root = root.canonicalize()?;
        let mut inodes = HashMap::new();
        let base = Tree::read(&root, &mut |inode, node| {
            inodes.insert(inode, node);
        })?;
        let disk = Arc::new(Self {
            device: fs::metadata(&root)?.dev(),
            root,
            inner: Mutex::new(Inner {
                live: base.clone(),
                journal: Journal { base, ops: Vec::new() },
                inodes,
                fault: None,
                asked: 0,
                fired: false,
            }),
            observer: RwLock::new(None),
        });
        let mut disks = DISKS.write().unwrap_or_else(PoisonError::into_inner);
        disks.retain(|disk| disk.strong_count() > 0);
        disks.push(Arc::downgrade(&disk));
        ANY.store(true, Ordering::Relaxed);
        Ok(disk)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How many changes there were.
    pub fn changes(&self) -> usize {
        self.inner().journal.ops.len()
    }

    /// Lets a fault happen at a change, counted from 0.
    pub fn fail_at(&self, change: usize, fault: Fault) {
        self.inner().fault = Some((change, fault));
    }

    /// Whether the fault has happened.
    pub fn has_failed(&self) -> bool {
        self.inner().fired
    }

    /// Lets somebody look before each change; nobody from now on where there is none.
    pub fn observe_by(&self, observer: Option<Observer>) {
        let mut place = self.observer.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *place, observer);
        drop(place);
        // It may hold the last handle of a node, whose end writes.
        drop(before);
    }

    /// What was written down, which ends this disk's watch.
    pub fn into_journal(&self) -> Journal {
        std::mem::take(&mut self.inner().journal)
    }

    /// What a program that goes on sees of the disk.
    pub fn live(&self) -> Tree {
        self.inner().live.clone()
    }

    /// Holds what was seen against the real files.
    ///
    /// # Errors
    /// A file is not as the changes that were seen would have left it, or cannot be read.
    pub fn compare(&self) -> anyhow::Result<()> {
        let real = Tree::read(&self.root, &mut |_, _| ())?;
        let seen = self.live();
        let difference = seen.difference(&real);
        ensure!(difference.is_none(), "a change was not seen: {}", difference.unwrap_or_default());
        Ok(())
    }

    /// A name's path in the real file system.
    pub(crate) fn path_of(&self, name: &Name) -> PathBuf {
        let inside = self.inner().live.path_of(name.folder);
        self.root.join(inside).join(&name.name)
    }

    fn observe(&self) {
        let observer = self.observer.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(observer) = observer {
            observer(self);
        }
    }

    /// A change on its way to the kernel.
    pub(crate) fn change(
        &self,
        asked: Asked<'_>,
        real: &mut dyn FnMut() -> Result<c_long, Errno>,
    ) -> Result<c_long, Errno> {
        if let Asked::Open { name, truncates, .. } = &asked {
            let known = self.inner().live.entry(name.folder, &name.name);
            if known.is_some_and(|node| !truncates || self.inner().live.length(node) == 0) {
                return real();
            }
        }
        self.observe();
        let mut inner = self.inner();
        let needs_room = matches!(asked, Asked::Open { .. } | Asked::Folder { .. });
        if let Some(errno) = inner.fault_due(needs_room) {
            if let Asked::Sync { node } = asked {
                inner.note(Op::SyncFailed { node });
            }
            return Err(errno);
        }
        let done = real()?;
        match asked {
            Asked::Open { name: Name { folder, name }, inode, .. } => {
                if let Some(node) = inner.live.entry(folder, &name) {
                    inner.note(Op::Truncate { node, length: 0 });
                } else {
                    inner.make(Name { folder, name }, false, inode(done));
                }
            }
            Asked::Folder { name, inode } => inner.make(name, true, inode(done)),
            Asked::Truncate { node, length } => inner.note(Op::Truncate { node, length }),
            Asked::Sync { node } => inner.note(Op::Sync { node }),
            Asked::Unlink { name: Name { folder, name } } => inner.note(Op::Unlink { folder, name }),
            Asked::Rename { from, to } => {
                inner.note(Op::Move { from: (from.folder, from.name), to: (to.folder, to.name) });
            }
        }
        Ok(done)
    }

    /// Bytes on their way to the kernel. Of a write that fails the first half arrives.
    pub(crate) fn write(
        &self,
        node: usize,
        at: u64,
        bytes: &[u8],
        real: &mut dyn FnMut(usize) -> Result<c_long, Errno>,
    ) -> Result<c_long, Errno> {
        self.observe();
        let mut inner = self.inner();
        let end = at.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let grows = end > u64::try_from(inner.live.length(node)).unwrap_or(u64::MAX);
        let fault = inner.fault_due(grows);
        let wanted = if fault.is_some() { bytes.len() / 2 } else { bytes.len() };
        if wanted == 0 {
            return fault.map_or_else(|| real(0), Err);
        }
        let done = real(wanted)?;
        let arrived = usize::try_from(done).unwrap_or(0);
        let arrived = bytes.get(..arrived).unwrap_or(bytes).to_vec();
        inner.note(Op::Write { node, at: usize::try_from(at).unwrap_or(usize::MAX), bytes: arrived });
        fault.map_or(Ok(done), Err)
    }
}

impl Inner {
    fn note(&mut self, op: Op) {
        self.live.apply(&op);
        self.journal.ops.push(op);
    }

    fn make(&mut self, Name { folder, name }: Name, is_folder: bool, inode: Option<u64>) {
        let node = self.live.nodes();
        self.note(Op::Make { folder, name, node, is_folder });
        self.inodes.extend(inode.map(|inode| (inode, node)));
    }

    /// The error with which a change fails, if it does.
    fn fault_due(&mut self, needs_room: bool) -> Option<Errno> {
        let now = self.asked;
        self.asked += 1;
        let (at, fault) = self.fault?;
        let errno = match fault {
            Fault::Broken => (now == at).then_some(Errno(libc::EIO)),
            Fault::Full => (now >= at && needs_room).then_some(Errno(libc::ENOSPC)),
        };
        self.fired |= errno.is_some();
        errno
    }
}

impl Tree {
    /// The node at a path inside.
    fn find(&self, path: &Path) -> Option<usize> {
        path.components().try_fold(Self::ROOT, |folder, part| match part {
            Component::Normal(name) => self.entry(folder, name),
            Component::CurDir => Some(folder),
            _ => None,
        })
    }

    /// Reads a real folder; `found` is told the inode and number of each file and folder.
    fn read(root: &Path, found: &mut dyn FnMut(u64, usize)) -> anyhow::Result<Self> {
        let mut tree = Self::default();
        found(fs::metadata(root)?.ino(), Self::ROOT);
        let mut open = vec![(root.to_owned(), Self::ROOT)];
        while let Some((path, folder)) = open.pop() {
            for entry in fs::read_dir(&path)? {
                let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
                if name.to_string_lossy().ends_with("-shm") {
                    continue;
                }
                let meta = fs::symlink_metadata(&path)?;
                let made = if meta.is_dir() {
                    Entry::Folder(std::collections::BTreeMap::default())
                } else {
                    Entry::File(fs::read(&path).with_context(|| path.display().to_string())?)
                };
                let node = tree.add(folder, name, made);
                found(meta.ino(), node);
                if meta.is_dir() {
                    open.push((path, node));
                }
            }
        }
        Ok(tree)
    }
}

/// How many changes a disk under test has seen; the largest number for a folder that is none.
pub(crate) fn changes_at(root: &Path) -> usize {
    let disks = DISKS.read().unwrap_or_else(PoisonError::into_inner);
    let disk = disks.iter().filter_map(Weak::upgrade).find(|disk| root.starts_with(&disk.root));
    disk.map_or(usize::MAX, |disk| disk.changes())
}
