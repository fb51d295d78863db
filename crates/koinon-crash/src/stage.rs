//! Where a use case is played: its disk, its clock, and what was acknowledged and shown when.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, bail};
use koinon_authority::Actor;
use koinon_books::{Book, BookCommand};
use koinon_core::{Clock, Digest, EntryId, FactId, NodeId, PersonId, Timestamp};
use koinon_node::disk::DiskFloors;
use koinon_node::sqlite::Held;
use koinon_node::{Node, NodeError, Options, SettableClock, SqliteStore, SubmitError, Submitted};
use tempfile::TempDir;

use crate::acts;
use crate::disk::Disk;
use crate::tree::Tree;

/// Another node, which stands on a disk of its own that never fails.
#[derive(Debug, Clone)]
pub struct Other {
    /// Its data directory before the play.
    pub tree: Tree,
    /// Its first steward.
    pub steward: PersonId,
}

/// What a use case needs beside the disk.
#[derive(Debug, Clone, Default)]
pub struct Props {
    /// What the clock says during the play, and afterwards.
    pub now: Timestamp,
    /// The first steward; none for a safety copy, and where nothing is founded yet.
    pub steward: Option<PersonId>,
    /// A code of the recovery of the key.
    pub recovery_code: String,
    /// Bundles of other nodes.
    pub bundles: Vec<Vec<u8>>,
    /// Other nodes.
    pub others: Vec<Other>,
    /// Whether a snapshot is kept after every few facts.
    pub snapshots: bool,
    /// Whether a first view is worth its making from a few entries on.
    pub first_views: bool,
}

impl Props {
    /// How the node is opened.
    pub fn options(&self, dir: &Path) -> Options {
        let mut options = Options::new(dir).without_exchange();
        options.floors =
            DiskFloors { ballast_bytes: 0, write_bytes: 0, exchange_bytes: 0, ..DiskFloors::default() };
        options.scrub_every = None;
        options.snapshot_every = if self.snapshots { 4 } else { options.snapshot_every };
        options.first_view_from = if self.first_views { 50 } else { options.first_view_from };
        options
    }

    /// A clock that says when the play is, at its end.
    pub fn clock(&self) -> Arc<SettableClock> {
        Arc::new(SettableClock::new(self.now))
    }
}

/// A node that was opened after a cut, for a promise to be looked at.
pub struct Found<'f> {
    /// The folder in which everything lies.
    pub root: &'f Path,
    /// The node.
    pub node: &'f Node,
}

/// Looks whether something holds, and says what does not.
pub type Look = Arc<dyn Fn(&Found<'_>) -> anyhow::Result<()> + Send + Sync>;

/// Tries once more in the folder in which everything lies.
pub type Again = Arc<dyn Fn(&Path) -> anyhow::Result<()> + Send + Sync>;

/// What was promised.
#[derive(Clone)]
pub enum Said {
    /// These facts are held.
    Held(Vec<FactId>),
    /// These bytes stand in no file of the data directory.
    Gone(Vec<u8>),
    /// A file holds these bytes. Its path is from the root.
    File(PathBuf, Vec<u8>),
    /// Something else holds.
    Look(&'static str, Look),
}

/// A promise, from a change on.
#[derive(Clone)]
pub struct Promise {
    /// Before this change of the disk it was made.
    pub at: usize,
    /// What it says.
    pub said: Said,
}

/// An act that was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Its id.
    pub act: EntryId,
    /// When it was acknowledged, and how many facts it recorded; nothing if it never was.
    pub done: Option<(usize, usize)>,
}

/// Until a change there may be no node; then there is a whole one. Also before, what opens must be whole.
#[derive(Clone)]
pub struct Birth {
    /// The change.
    pub at: usize,
    /// Whether it is whole.
    pub is_whole: Look,
    /// Tries once more in the same folder, after which there is a whole node or a clear refusal.
    pub again: Again,
}

/// What a book showed.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// Before which change of the disk it did.
    pub at: usize,
    /// Its digest.
    pub digest: Digest,
    /// What the clock said.
    pub now: Timestamp,
}

/// What was noted during a play.
#[derive(Clone, Default)]
pub struct Notes {
    /// The promises.
    pub promises: Vec<Promise>,
    /// The acts, in the order in which they were asked for.
    pub asked: Vec<Asked>,
    /// What the book showed, whenever it changed.
    pub shown: Vec<Shown>,
    /// For founding and restoring.
    pub birth: Option<Birth>,
    /// From this change on a start may find that a first view may no longer be shown.
    pub view_ends: Option<usize>,
    /// What must never happen and did.
    pub broken: Option<String>,
    /// The node under test; nothing where the play only founds it.
    pub own: Option<NodeId>,
}

/// A folder in memory, where there is one, that goes when it is dropped.
///
/// # Errors
/// It cannot be made.
pub fn memory_dir() -> std::io::Result<TempDir> {
    let memory = Path::new("/dev/shm");
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix("koinon-crash-");
    if memory.is_dir() { builder.tempdir_in(memory) } else { builder.tempdir() }
}

/// The stage of a use case.
pub struct Stage {
    /// The disk under test.
    pub disk: Arc<Disk>,
    /// What the use case needs beside it.
    pub props: Props,
    /// The clock.
    pub clock: Arc<SettableClock>,
    notes: Arc<Mutex<Notes>>,
    version: Arc<AtomicU64>,
}

impl Stage {
    /// Sets a stage on a disk.
    pub fn new(disk: Arc<Disk>, props: Props) -> Self {
        let clock = props.clock();
        Self { disk, props, clock, notes: Arc::default(), version: Arc::default() }
    }

    /// The data directory.
    pub fn dir(&self) -> PathBuf {
        self.disk.root().join("data")
    }

    fn noted(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was noted.
    pub fn notes(&self) -> Notes {
        self.noted().clone()
    }

    /// Something that must never happen did.
    pub fn broke(&self, what: String) {
        self.noted().broken.get_or_insert(what);
    }

    /// Opens the node, and looks from now on at what it shows before each change of the disk.
    ///
    /// # Errors
    /// It does not open.
    pub fn open(&self) -> anyhow::Result<Node> {
        let opened = acts::opened(&self.props.options(&self.dir()), &self.clock);
        let node = opened.inspect_err(|error| {
            if matches!(error, NodeError::Damaged(_)) || error.to_string().contains("is damaged") {
                self.broke(format!("a disk that fails is called damaged: {error}"));
            }
        })?;
        self.noted().own = Some(node.id());
        self.version.store(u64::MAX, Ordering::SeqCst);
        let (watched, notes, version) = (node.clone(), self.notes.clone(), self.version.clone());
        self.disk.observe_by(Some(Arc::new(move |disk: &Disk| note_shown(disk, &watched, &notes, &version))));
        self.look(&node);
        Ok(node)
    }

    fn look(&self, node: &Node) {
        note_shown(&self.disk, node, &self.notes, &self.version);
    }

    /// Ends a node in good order.
    pub fn close(&self, node: Node) {
        self.look(&node);
        self.disk.observe_by(None);
        acts::shut_down(node);
    }

    /// Ends a node as if its plug were pulled.
    pub fn pull_plug(&self, node: Node) {
        self.look(&node);
        self.disk.observe_by(None);
        drop(node);
    }

    /// Promises something from now on.
    pub fn promise(&self, said: Said) {
        self.noted().promises.push(Promise { at: self.disk.changes(), said });
    }

    /// From now on a start may find that a first view may no longer be shown.
    pub fn view_ends(&self) {
        self.noted().view_ends = Some(self.disk.changes());
    }

    /// Something holds from the beginning to the end.
    pub fn always(&self, what: &'static str, look: Look) {
        self.noted().promises.push(Promise { at: 0, said: Said::Look(what, look) });
    }

    /// Says what tells a whole node from none.
    pub fn to_be_born(&self, is_whole: Look, again: Again) {
        self.noted().birth = Some(Birth { at: usize::MAX, is_whole, again });
    }

    /// From now on there is a node.
    pub fn is_born(&self) {
        let now = self.disk.changes();
        if let Some(birth) = &mut self.noted().birth {
            birth.at = now;
        }
    }

    /// The first steward.
    ///
    /// # Errors
    /// There is none.
    pub fn steward(&self) -> anyhow::Result<Actor> {
        Ok(Actor::Person(self.props.steward.context("this use case has no steward")?))
    }

    /// The steward does something.
    ///
    /// # Errors
    /// It is not recorded.
    pub fn act(&self, node: &Node, command: BookCommand) -> anyhow::Result<()> {
        self.act_as(node, &self.steward()?, command)
    }

    /// Somebody does something.
    ///
    /// # Errors
    /// It is not recorded.
    pub fn act_as(&self, node: &Node, who: &Actor, command: BookCommand) -> anyhow::Result<()> {
        self.act_together(node, vec![(who.clone(), command)])
    }

    /// Things are done together, in as few commits as they need.
    ///
    /// # Errors
    /// One of them is not recorded.
    pub fn act_together(&self, node: &Node, commands: Vec<(Actor, BookCommand)>) -> anyhow::Result<()> {
        let first = {
            let mut noted = self.noted();
            let first = noted.asked.len();
            noted.asked.extend(commands.iter().map(|(_, command)| Asked { act: command.act(), done: None }));
            first
        };
        let names: Vec<String> =
            commands.iter().map(|(_, command)| format!("{:?}", command.action())).collect();
        let answers = acts::wait_for(node.submit_all(commands))?;
        self.look(node);
        let now = self.disk.changes();
        let mut failed = None;
        for (index, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(Submitted::Done { facts, .. }) => {
                    let mut noted = self.noted();
                    if let Some(asked) = noted.asked.get_mut(first + index) {
                        asked.done = Some((now, facts.len()));
                    }
                    noted.promises.push(Promise { at: now, said: Said::Held(facts) });
                }
                Ok(asked) => bail!("asked: {asked:?}"),
                Err(error) => failed = Some((index, error)),
            }
        }
        let Some((index, error)) = failed else { return Ok(()) };
        self.after_failure(node, &error)?;
        Err(error).with_context(|| names.get(index).cloned().unwrap_or_default())
    }

    /// After a failed write nothing more is acknowledged.
    fn after_failure(&self, node: &Node, error: &SubmitError) -> anyhow::Result<()> {
        match error {
            SubmitError::Closed => self.broke("the writing thread is gone".to_owned()),
            SubmitError::Poisoned { .. } => {
                let again = node.submit_blocking(self.steward()?, acts::take_in(node, 1)?);
                if !matches!(again, Err(SubmitError::Poisoned { .. })) || node.poisoned().is_none() {
                    self.broke(format!("after a failed write it goes on: {again:?}"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Everything that the node holds now was shown to somebody.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn all_is_held(&self) -> anyhow::Result<()> {
        let facts = held_in(&self.dir())?;
        self.promise(Said::Held(facts.into_iter().map(|(_, id)| id).collect()));
        Ok(())
    }

    /// What another node holds of this one was given away: it is held here, and stays.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn given_to(&self, other: &Path, own: NodeId) -> anyhow::Result<()> {
        let facts = held_in(other)?;
        let own = facts.into_iter().filter(|(node, _)| *node == own).map(|(_, id)| id);
        self.promise(Said::Held(own.collect()));
        Ok(())
    }
}

/// Every fact that a store holds, with the node that wrote it.
///
/// # Errors
/// The store cannot be read.
pub fn held_in(dir: &Path) -> anyhow::Result<Vec<(NodeId, FactId)>> {
    Ok(facts_in(dir)?.into_iter().map(|held| (held.name.node, held.id())).collect())
}

/// Every fact that a store holds.
///
/// # Errors
/// The store cannot be read.
pub fn facts_in(dir: &Path) -> anyhow::Result<Vec<Held>> {
    let store = SqliteStore::open_reader(&dir.join("koinon.db"))?;
    Ok(store.after(0, u64::MAX, usize::MAX)?)
}

fn note_shown(disk: &Disk, node: &Node, notes: &Mutex<Notes>, version: &AtomicU64) {
    let (current, now) = (node.version(), node.clock().now());
    let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    let is_old = version.swap(current, Ordering::SeqCst) == current;
    // After a cut the clock goes on from here.
    if !is_old || notes.shown.last().is_none_or(|last| last.now != now) {
        notes.shown.push(Shown { at: disk.changes(), digest: node.read(Book::digest), now });
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.disk.observe_by(None);
    }
}

/// The time at which the stories of this crate begin.
pub fn start() -> Timestamp {
    Timestamp::from_millis(1_773_129_600_000)
}

/// The clock of a time, as the node takes it.
pub fn clock_at(now: Timestamp) -> Arc<dyn Clock> {
    Arc::new(SettableClock::new(now))
}
