//! Files and folders as they lie on a disk, and the changes made to them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A file or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Bytes.
    File(Vec<u8>),
    /// Names, each with the number of what it stands for.
    Folder(BTreeMap<OsString, usize>),
}

/// A change of a disk. Files and folders go by number, so that a name can be lost without its bytes and the other way round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// A new, empty file or folder with a name.
    Make {
        /// The folder that gets the name.
        folder: usize,
        /// The name.
        name: OsString,
        /// The new number.
        node: usize,
        /// Whether it is a folder.
        is_folder: bool,
    },
    /// A name goes.
    Unlink {
        /// The folder.
        folder: usize,
        /// The name.
        name: OsString,
    },
    /// A name changes, at once, in place of what had the new one.
    Move {
        /// Folder and name before.
        from: (usize, OsString),
        /// Folder and name after.
        to: (usize, OsString),
    },
    /// Bytes are written.
    Write {
        /// The file.
        node: usize,
        /// From where.
        at: usize,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A file gets another length.
    Truncate {
        /// The file.
        node: usize,
        /// The length.
        length: u64,
    },
    /// What was changed in a file or folder is made durable.
    Sync {
        /// The file or folder.
        node: usize,
    },
    /// That failed.
    SyncFailed {
        /// The file or folder.
        node: usize,
    },
}

impl Op {
    /// Whether a change is one of a file's bytes or of a folder's names.
    pub(crate) fn changes(&self, of: usize) -> bool {
        match self {
            Self::Make { folder, .. } | Self::Unlink { folder, .. } => *folder == of,
            Self::Move { from, to } => from.0 == of || to.0 == of,
            Self::Write { node, .. } | Self::Truncate { node, .. } => *node == of,
            Self::Sync { .. } | Self::SyncFailed { .. } => false,
        }
    }
}

/// Files and folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    nodes: Vec<Entry>,
}

impl Default for Tree {
    fn default() -> Self {
        Self { nodes: vec![Entry::Folder(BTreeMap::new())] }
    }
}

impl Tree {
    /// The folder that holds all others.
    pub(crate) const ROOT: usize = 0;

    /// How many files and folders there ever were.
    pub(crate) const fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// What a name in a folder stands for.
    pub(crate) fn entry(&self, folder: usize, name: &OsStr) -> Option<usize> {
        self.names(folder)?.get(name).copied()
    }

    /// The length of a file; 0 for what is none.
    pub(crate) fn length(&self, node: usize) -> usize {
        match self.nodes.get(node) {
            Some(Entry::File(bytes)) => bytes.len(),
            _ => 0,
        }
    }

    pub(crate) fn is_file(&self, node: usize) -> bool {
        matches!(self.nodes.get(node), Some(Entry::File(_)))
    }

    fn names(&self, folder: usize) -> Option<&BTreeMap<OsString, usize>> {
        match self.nodes.get(folder)? {
            Entry::Folder(names) => Some(names),
            Entry::File(_) => None,
        }
    }

    fn names_mut(&mut self, folder: usize) -> Option<&mut BTreeMap<OsString, usize>> {
        match self.nodes.get_mut(folder)? {
            Entry::Folder(names) => Some(names),
            Entry::File(_) => None,
        }
    }

    pub(crate) fn bytes_mut(&mut self, node: usize) -> Option<&mut Vec<u8>> {
        match self.nodes.get_mut(node)? {
            Entry::File(bytes) => Some(bytes),
            Entry::Folder(_) => None,
        }
    }

    /// Puts something under a name; gives its number.
    pub(crate) fn add(&mut self, folder: usize, name: OsString, made: Entry) -> usize {
        let node = self.nodes.len();
        self.nodes.push(made);
        self.names_mut(folder).map(|names| names.insert(name, node));
        node
    }

    /// The number for something new that no name stands for yet.
    pub(crate) fn reserve(&mut self, is_folder: bool) {
        self.nodes.push(if is_folder { Entry::Folder(BTreeMap::new()) } else { Entry::File(Vec::new()) });
    }

    /// A folder's path from the root.
    pub(crate) fn path_of(&self, node: usize) -> PathBuf {
        let parent = self.nodes.iter().enumerate().find_map(|(parent, entry)| match entry {
            Entry::Folder(names) => names.iter().find(|(_, at)| **at == node).map(|(name, _)| (parent, name)),
            Entry::File(_) => None,
        });
        parent.map_or_else(PathBuf::new, |(parent, name)| self.path_of(parent).join(name))
    }

    /// Makes a change.
    pub(crate) fn apply(&mut self, op: &Op) {
        match op {
            Op::Make { node, is_folder, .. } => {
                if *node == self.nodes.len() {
                    self.reserve(*is_folder);
                }
                self.name(op);
            }
            Op::Unlink { .. } | Op::Move { .. } => self.name(op),
            Op::Write { node, at, bytes } => self.put(*node, *at, bytes),
            Op::Truncate { node, length } => {
                let length = usize::try_from(*length).unwrap_or(usize::MAX);
                if let Some(bytes) = self.bytes_mut(*node) {
                    bytes.resize(length, 0);
                }
            }
            Op::Sync { .. } | Op::SyncFailed { .. } => {}
        }
    }

    /// Makes a change of names.
    fn name(&mut self, op: &Op) {
        match op {
            Op::Make { folder, name, node, .. } => {
                self.names_mut(*folder).map(|names| names.insert(name.clone(), *node));
            }
            Op::Unlink { folder, name } => {
                self.names_mut(*folder).map(|names| names.remove(name));
            }
            Op::Move { from, to } => {
                let moved = self.names_mut(from.0).and_then(|names| names.remove(&from.1));
                if let Some(node) = moved {
                    self.names_mut(to.0).map(|names| names.insert(to.1.clone(), node));
                }
            }
            _ => {}
        }
    }

    /// Puts bytes into a file; what lies between its end and them is zero.
    pub(crate) fn put(&mut self, node: usize, at: usize, new: &[u8]) {
        let Some(bytes) = self.bytes_mut(node) else { return };
        let end = at.saturating_add(new.len());
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        if let Some(there) = bytes.get_mut(at..end) {
            there.copy_from_slice(new);
        }
    }

    /// The files, each with its path from the root, in order of the paths.
    pub fn files(&self) -> Vec<(PathBuf, &[u8])> {
        let mut files = Vec::new();
        self.walk(Self::ROOT, Path::new(""), &mut |path, entry| {
            if let Entry::File(bytes) = entry {
                files.push((path.to_owned(), bytes.as_slice()));
            }
            Ok(())
        })
        .ok();
        files
    }

    fn walk<'t>(
        &'t self,
        folder: usize,
        at: &Path,
        look: &mut dyn FnMut(&Path, &'t Entry) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        for (name, node) in self.names(folder).into_iter().flatten() {
            let path = at.join(name);
            let Some(entry) = self.nodes.get(*node) else { continue };
            look(&path, entry)?;
            self.walk(*node, &path, look)?;
        }
        Ok(())
    }

    /// Lays everything into a real folder that is empty, for its user alone.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn lay_out(&self, root: &Path) -> std::io::Result<()> {
        self.walk(Self::ROOT, Path::new(""), &mut |path, entry| match entry {
            Entry::Folder(_) => DirBuilder::new().mode(0o700).create(root.join(path)),
            Entry::File(bytes) => {
                let mut file = OpenOptions::new();
                let file = file.write(true).create_new(true).mode(0o600).open(root.join(path));
                file?.write_all(bytes)
            }
        })
    }

    /// Reads a real folder, as a disk would lie after an orderly end.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(root: &Path) -> std::io::Result<Self> {
        let mut tree = Self::default();
        let mut open = vec![(root.to_owned(), Self::ROOT)];
        while let Some((path, folder)) = open.pop() {
            for entry in fs::read_dir(&path)? {
                let entry = entry?;
                let is_folder = entry.file_type()?.is_dir();
                let made = if is_folder {
                    Entry::Folder(BTreeMap::new())
                } else {
                    Entry::File(fs::read(entry.path())?)
                };
                let node = tree.add(folder, entry.file_name(), made);
                if is_folder {
                    open.push((entry.path(), node));
                }
            }
        }
        Ok(tree)
    }

    /// The first file in which two differ, and how.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        let (ours, theirs): (BTreeMap<_, _>, BTreeMap<_, _>) =
            (self.files().into_iter().collect(), other.files().into_iter().collect());
        let only = |a: &BTreeMap<PathBuf, &[u8]>, b: &BTreeMap<PathBuf, &[u8]>| {
            a.keys()
                .find(|path| !b.contains_key(*path))
                .map(|path| format!("{} is on one side only", path.display()))
        };
        only(&ours, &theirs).or_else(|| only(&theirs, &ours)).or_else(|| {
            let (path, a, b) = ours
                .iter()
                .find_map(|(path, a)| theirs.get(path).filter(|b| a != *b).map(|b| (path, a, b)))?;
            let at = a.iter().zip(b.iter()).position(|(a, b)| a != b);
            Some(format!("{} differs at byte {at:?} ({} and {} bytes)", path.display(), a.len(), b.len()))
        })
    }
}
