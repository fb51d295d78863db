//! Files that neighbours keep for one another: a back-up that its owner encrypted, and that nobody else can open.
//!
//! It is an arrangement of two computers; no log knows of it. A keeper takes nothing without its own operator's word, nor beyond
//! it, and deletes nothing that its owner did not let go. An owner believes no keeper: each proves about once a day that it has
//! every byte, and what comes back is compared with its digest.
//!
//! | part | what |
//! |---|---|
//! | `own` | the owner's list and what follows from a keeper's words, without disk or line |
//! | `answer` | answering neighbours, as owner and as keeper |
//! | `visit` | the keeper's round: telling, fetching, deleting |
//! | `fetch` | bytes over a line that breaks anywhere; bringing a file back |
//! | `files` | where files lie |

mod answer;
mod fetch;
mod files;
pub mod own;
pub(crate) mod visit;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use koinon_core::{Digest, NodeId, Timestamp};
use koinon_log::kept::{FILE_BYTES_MAX, FILES_MAX, Held, NotTaken};

use crate::client::PullCause;
use crate::disk::{DiskLow, Purpose};
use crate::node::{Node, Shared};
use crate::sqlite::{SqliteError, SqliteStore};
use crate::writer::SubmitError;

pub(crate) use answer::{answer, bytes_of};
pub use own::{At, LABEL_LEN_MAX, OwnFile, OwnFiles, Said, State};
pub(crate) use visit::visit_if_due;

/// A file of ours is looked at with concern when it is not proven at enough neighbours for so many days.
const UNPROVEN_DAYS: i64 = 7;
/// At so many neighbours a file is to be, where so many were asked.
const ENOUGH: usize = 2;

/// Why a file is not placed, kept, or brought back.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// It is a directory or a device.
    #[error("{} is no plain file", .0.display())]
    NoFile(PathBuf),
    /// There is nothing in it.
    #[error("{} is empty", .0.display())]
    Empty(PathBuf),
    /// It is too large.
    #[error("{} has more than {} MiB, and no neighbour keeps more in one file", .0.display(), FILE_BYTES_MAX >> 20)]
    TooLarge(PathBuf),
    /// It is not encrypted.
    #[error("{} is not encrypted: the neighbours could read it", .0.display())]
    NotEncrypted(PathBuf),
    /// It is encrypted already.
    #[error("{} is an age file already", .0.display())]
    Encrypted(PathBuf),
    /// A recipient cannot be read.
    #[error("'{text}' is no recipient of age: {why}")]
    Recipient {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// A label is empty, too long, or holds what cannot be printed.
    #[error("a label has 1 to {LABEL_LEN_MAX} characters, all of which can be printed")]
    Label,
    /// No neighbour is named.
    #[error("no neighbour is named that is to keep it")]
    Nobody,
    /// It is placed under another label.
    #[error("this very file is placed already, as '{0}'")]
    OtherLabel(String),
    /// Too many files are placed.
    #[error("{FILES_MAX} files are placed already, and no neighbour keeps more")]
    TooMany,
    /// The neighbour is not listed.
    #[error("node {0} is not among the listed neighbours")]
    NotListed(NodeId),
    /// The neighbour's computer is in other hands.
    #[error(
        "the computer of node {0} is said to be in other hands: nothing is given to it and nothing taken"
    )]
    Suspended(NodeId),
    /// Nothing is known under this label or digest.
    #[error("no file is placed as '{0}'")]
    Unknown(String),
    /// The neighbour does not hold it.
    #[error("it holds nothing of ours that is called '{what}'")]
    NotHeld {
        /// What was asked for.
        what: String,
        /// What it does hold.
        held: Vec<Held>,
    },
    /// There is a file of this name.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// What came is something else.
    #[error(
        "what came is not the file: its digest differs, so that this neighbour's copy is damaged or false"
    )]
    Wrong,
    /// The neighbour has no such bytes.
    #[error("it does not give the file")]
    NotGiven,
    /// The line broke again and again without a byte.
    #[error(
        "the line broke {0} times without bringing anything; what came is kept, and the next try goes on from there"
    )]
    Stuck(u32),
    /// A visit is under way.
    #[error("files are being fetched from it just now")]
    Busy,
    /// The neighbour's program is too old.
    #[error("its program knows nothing of kept files; a newer version is needed there")]
    Older,
    /// It answered something else.
    #[error("its answer cannot be read: {0}")]
    Answer(#[from] koinon_log::cbor::CborError),
    /// It answered another question.
    #[error("it answered what was not asked")]
    OtherAnswer,
    /// The disk is nearly full.
    #[error(transparent)]
    Disk(#[from] DiskLow),
    /// The line or the other side failed.
    #[error(transparent)]
    Line(Box<PullCause>),
    /// The list could not be read.
    #[error(transparent)]
    Read(#[from] SqliteError),
    /// The list could not be written.
    #[error(transparent)]
    Write(#[from] SubmitError),
}

impl From<PullCause> for KeptError {
    fn from(cause: PullCause) -> Self {
        Self::Line(Box::new(cause))
    }
}

/// A file that is to be placed with neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// The file: an age file, or any where `recipients` are named.
    pub file: PathBuf,
    /// What we call it; no neighbour learns it. A file of the same label is replaced.
    pub label: String,
    /// The neighbours that are asked to keep it.
    pub with: Vec<NodeId>,
    /// For whom it is encrypted here: age X25519 recipients, `age1…`.
    pub recipients: Vec<String>,
}

/// What was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The digest of the encrypted bytes.
    pub digest: Digest,
    /// How many there are.
    pub bytes: u64,
}

/// What this node does for one neighbour.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForNeighbour {
    /// How many bytes it agreed to keep.
    pub allowed: u64,
    /// What it holds.
    pub held: Vec<Held>,
    /// What it was asked to hold and does not: digest, bytes, why; since the last start.
    pub not_taken: Vec<(Digest, u64, NotTaken)>,
}

/// Everything about kept files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// Ours.
    pub own: OwnFiles,
    /// Whether the bytes of each of ours lie here, so that proofs can be checked and keepers be given them.
    pub here: BTreeSet<Digest>,
    /// Others', by owner.
    pub of: BTreeMap<NodeId, ForNeighbour>,
}

/// A file of ours that is not safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsafe {
    /// What we call it.
    pub label: String,
    /// Neighbours that have proved it within a week.
    pub proven: usize,
    /// How many of them are wanted.
    pub wanted: usize,
    /// Those that gave a wrong proof.
    pub wrong: Vec<NodeId>,
}

impl Kept {
    /// The files of ours that fewer neighbours than two, or than were asked if that is one, have proved for a week; and those of
    /// which a proof was wrong.
    pub fn in_danger(&self, now: Timestamp) -> Vec<Unsafe> {
        let since = now.plus_days(-UNPROVEN_DAYS);
        let look = |file: &OwnFile| {
            let wanted = file.asked().count().min(ENOUGH);
            let is_proven = |at: &At| at.is_sure() && at.proven.is_some_and(|at| at > since);
            let proven = file.asked().filter(|(_, at)| is_proven(at)).count();
            let wrong: Vec<NodeId> =
                file.at.iter().filter(|(_, at)| at.wrong.is_some()).map(|(node, _)| *node).collect();
            let is_late = proven < wanted && file.placed <= since;
            (is_late || !wrong.is_empty()).then(|| Unsafe {
                label: file.label.clone(),
                proven,
                wanted,
                wrong,
            })
        };
        self.own.files.values().filter(|file| file.state == State::Kept).filter_map(look).collect()
    }
}

/// What the threads of a node share of kept files.
#[derive(Debug, Default)]
pub(crate) struct KeptFiles {
    visits: Mutex<BTreeMap<NodeId, visit::Visited>>,
}

impl KeptFiles {
    fn visits(&self) -> MutexGuard<'_, BTreeMap<NodeId, visit::Visited>> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes up what an earlier life left.
pub(crate) fn begin(shared: &Shared, store: &SqliteStore) -> Result<(), SqliteError> {
    let own = store.own_files()?;
    files::tidy_own(shared.dir.path(), |digest| own.files.get(&digest).is_some_and(OwnFile::is_listed));
    Ok(())
}

impl Shared {
    fn listed(&self) -> BTreeSet<NodeId> {
        self.peers().all.keys().copied().collect()
    }

    /// Sees that a neighbour is one with whom files may go to and fro.
    fn kept_partner(&self, neighbour: NodeId) -> Result<(), KeptError> {
        if !self.peers().all.contains_key(&neighbour) {
            return Err(KeptError::NotListed(neighbour));
        }
        if self.is_suspended(neighbour) {
            return Err(KeptError::Suspended(neighbour));
        }
        Ok(())
    }
}

/// Files that neighbours keep for one another.
impl Node {
    /// Everything about kept files.
    ///
    /// # Errors
    /// [`KeptError::Read`].
    pub fn kept(&self) -> Result<Kept, KeptError> {
        let shared = &self.inner.shared;
        let dir = shared.dir.path();
        let (own, allowed, of) = shared.with_reader(|store| {
            Ok::<_, KeptError>((store.own_files()?, store.kept_allowed()?, store.kept_of()?))
        })?;
        let is_here = |(digest, file): &(&Digest, &OwnFile)| {
            files::size(&files::own(dir, **digest)) == Some(file.bytes)
        };
        let here = own.files.iter().filter(is_here).map(|(digest, _)| *digest).collect();
        let mut all: BTreeMap<NodeId, ForNeighbour> = BTreeMap::new();
        for (owner, allowed) in allowed {
            all.entry(owner).or_default().allowed = allowed;
        }
        for ((owner, digest), of) in of {
            if files::size(&files::of(dir, owner, digest)) == Some(of.bytes) {
                all.entry(owner).or_default().held.push(of.held(digest, None));
            }
        }
        for (owner, visited) in &*shared.kept.visits() {
            if !visited.not_taken.is_empty() {
                let shown = visited.not_taken.iter().map(|(digest, (bytes, why))| (*digest, *bytes, *why));
                all.entry(*owner).or_default().not_taken = shown.collect();
            }
        }
        Ok(Kept { own, here, of: all })
    }

    /// Agrees to keep so many bytes for a neighbour, or takes that back with 0: what is held stays until its owner lets it go.
    ///
    /// # Errors
    /// [`KeptError::NotListed`] and [`KeptError::Write`].
    pub fn kept_allow(&self, owner: NodeId, bytes: u64) -> Result<(), KeptError> {
        if !self.inner.shared.peers().all.contains_key(&owner) {
            return Err(KeptError::NotListed(owner));
        }
        self.on_writer(move |writer| {
            writer.blocked(Purpose::Entry)?;
            writer.store.put_kept_allowed(owner, bytes).map_err(|error| writer.poison(&error))
        })??;
        Ok(())
    }

    /// Places a file with neighbours: it is encrypted where it is not yet, and kept here too, so that proofs can be checked. They
    /// fetch it by themselves.
    ///
    /// # Errors
    /// [`KeptError`]; nothing is placed then, and what was before stays.
    pub fn kept_place(&self, order: &PlaceOrder) -> Result<Placed, KeptError> {
        let shared = &self.inner.shared;
        let dir = shared.dir.path();
        let label = order.label.trim().to_owned();
        let fits = (1..=LABEL_LEN_MAX).contains(&label.chars().count());
        if !fits || label.chars().any(char::is_control) {
            return Err(KeptError::Label);
        }
        if order.with.is_empty() {
            return Err(KeptError::Nobody);
        }
        order.with.iter().try_for_each(|keeper| shared.kept_partner(*keeper))?;
        let source = files::Source::open(&order.file, &order.recipients)?;
        shared.dir.room_for(Purpose::Entry, source.bytes)?;
        let prepared = source.write(dir)?;
        let placed = Placed { digest: prepared.digest, bytes: prepared.bytes };
        let with = order.with.clone();
        // Its name and its place on the list are given on one thread, so that nobody tidies between the two.
        let folder = dir.to_owned();
        self.on_writer(move |writer| {
            writer.blocked(Purpose::Entry)?;
            let mut own = writer.store.own_files()?;
            let now = writer.shared.clock.now();
            own.place((placed.digest, &label, placed.bytes), &with, now)?;
            let is_new = prepared.place(&folder)?;
            writer.put_own_files(&own).inspect_err(|_| {
                if is_new {
                    // What is not listed is removed at the next start otherwise.
                    let _ = files::remove(&files::own(&folder, placed.digest));
                }
            })?;
            Ok(placed)
        })?
    }

    /// Lets files go: of a label, or one by its digest. The neighbours delete them when they next ask; gives how many they are.
    ///
    /// # Errors
    /// [`KeptError::Unknown`] and [`KeptError::Write`].
    pub fn kept_release(&self, what: &str) -> Result<usize, KeptError> {
        let listed = self.inner.shared.listed();
        let folder = self.dir().to_owned();
        let what = what.trim().to_owned();
        self.on_writer(move |writer| {
            writer.blocked(Purpose::Entry)?;
            let mut own = writer.store.own_files()?;
            let named = own.named(&what);
            if named.is_empty() {
                return Err(KeptError::Unknown(what));
            }
            let gone = own.release(&named, &listed);
            writer.put_own_files(&own)?;
            gone.iter().try_for_each(|digest| files::remove(&files::own(&folder, *digest)))?;
            Ok(gone.len())
        })?
    }

    /// Does now what this node does by itself after exchanges: asks a neighbour what is to be kept for it, fetches that within what
    /// was allowed, proves what is held, and deletes what may go.
    ///
    /// # Errors
    /// [`KeptError`]; nothing that is held is lost.
    pub async fn keep_for(&self, owner: NodeId) -> Result<(), KeptError> {
        let node = self.clone();
        let visit = tokio::task::spawn_blocking(move || visit::visit(&node, owner)).await;
        visit.unwrap_or(Err(SubmitError::Closed.into()))
    }

    /// What a neighbour holds of this node's, by its own word: also where the own list is lost.
    ///
    /// # Errors
    /// [`KeptError`].
    pub fn kept_held_by(&self, keeper: NodeId) -> Result<Vec<Held>, KeptError> {
        fetch::held_by(self, keeper)
    }

    /// Brings a file back from a neighbour, by its label or the beginning of its digest, into a new file; what came of it before is
    /// gone on with.
    ///
    /// # Errors
    /// [`KeptError`]; the file is not there then, and what came lies beside it.
    pub fn kept_get(&self, what: &str, from: NodeId, to: &Path) -> Result<Placed, KeptError> {
        fetch::get(self, what.trim(), from, to)
    }
}
