//! A running node: the handle that pages, commands and jobs share.
//!
//! Reading never waits for the disk: the book in memory is shown after each durable commit. Writing goes through one
//! thread ([`crate::writer`]). Dropping the last handle without [`Node::shutdown`] is like pulling the plug.

mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use koinon_authority::{Action, Actor, Resource, authorize};
use koinon_books::sharing::Purge;
use koinon_books::{Book, BookCommand, EVOLVE_VERSION, Fact};
use koinon_core::{Clock, CommunityCode, Digest, FactId, LogId, LotId, NodeId, PersonId, Timestamp};
use koinon_ledger::Key;
use koinon_ledger::lot::Lot;
use koinon_log::{
    Directory, Limits, LogStore as _, LogWriter, NetworkId, Receipt, StoreError, StoredFact, Tails,
    load_directory,
};
use tokio::sync::{oneshot, watch};

use crate::accounts::{Accounts, Session};
use crate::disk::{DataDir, DiskLow, Purpose};
use crate::error::NodeError;
use crate::first_view::{self, FirstViews};
use crate::founding::{self, Founding, Initialised};
use crate::jobs::{JobState, Jobs};
use crate::keeper::PeerStore as _;
use crate::kept::KeptFiles;
use crate::keys;
use crate::options::Options;
use crate::peers::{self, Peers};
use crate::personal::PersonalKeys;
use crate::replay::{self, Entry};
use crate::scheduler::{self, Stop};
use crate::sharing::is_closed;
use crate::sqlite::{Mark, RecoveryHeard, SqliteError, SqliteStore};
use crate::writer::{Job, Reply, SubmitError, Submitted, Writer, snapshot_digest};

pub(crate) use shared::Shared;

/// The most commands that may wait for the writing thread.
const QUEUE_MAX: usize = 20_000;
/// Commands of one caller that wait together, so that a long list leaves room for others.
const AT_ONCE: usize = 2_000;
/// A clock that is behind by less is not called wrong.
const CLOCK_TOLERANCE: Duration = Duration::from_hours(1);
/// The most rotations shown to a neighbour with each request.
const ROTATIONS_SHOWN: usize = 6;
/// The most entries given at once.
const ENTRIES_MAX: usize = 10_000;

/// Owned by the handles only, so that the last one ends the threads.
pub(crate) struct Inner {
    pub(crate) shared: Arc<Shared>,
    jobs: Mutex<Option<Sender<Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    stop: Arc<Stop>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.first.close();
        self.stop.ring();
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // The last handle may have been the keeping thread's own.
            if thread.thread().id() != std::thread::current().id() {
                // A thread that panicked has said so itself.
                let _ = thread.join();
            }
        }
    }
}

/// A running node. Cheap to clone; all clones are the same node.
#[derive(Clone)]
pub struct Node {
    pub(crate) inner: Arc<Inner>,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({})", self.id())
    }
}

/// Life.
impl Node {
    /// Founds a node in a directory that holds none. It is opened with [`Node::open`].
    pub fn init(dir: &Path, founding: &Founding, clock: &Arc<dyn Clock>) -> Result<Initialised, NodeError> {
        founding::init(dir, founding, clock)
    }

    /// Opens a node with the usual settings.
    pub fn open(dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, NodeError> {
        Self::open_with(Options::new(dir), clock)
    }

    /// Opens a node: locks its directory, checks the store, loads snapshot and tail, starts its threads.
    ///
    /// Where the disk is full, the node is read but not written: [`Node::poisoned`] says so from the start.
    pub fn open_with(options: Options, clock: Arc<dyn Clock>) -> Result<Self, NodeError> {
        let path = options.dir.clone();
        Self::open_at(options, clock).map_err(|error| error.while_opening(&path))
    }

    fn open_at(options: Options, clock: Arc<dyn Clock>) -> Result<Self, NodeError> {
        let path = options.dir.clone();
        if !crate::disk::store_path(&path).exists() {
            return Err(NodeError::Missing(path));
        }
        let dir = DataDir::lock(&path, options.floors)?;
        dir.trim_ballast()?;
        crate::backup::forget_copies(&path)?;
        let identity = keys::load(&path)?;
        let store = SqliteStore::open(&dir.store())?;
        store.set_cache(options.store_cache_kib)?;
        let (owner, network) = store.owner()?;
        if owner != identity.node() || network != identity.network() {
            return Err(NodeError::OtherNode { store: owner, keys: identity.node() });
        }
        let clean = store.mark(Mark::Clean)? == 1;
        if !clean {
            store.quick_check()?;
        }
        let (directory, faults) = load_directory(&store, network)?;
        if let Some(fault) = faults.into_iter().next() {
            return Err(NodeError::Damaged(fault));
        }
        keys::settle_rotation(&path, directory.key(owner))?;
        let identity = keys::load(&path)?;
        keys::fits(&identity, &directory)?;
        let rotations = rotations_of(&store, &directory, owner)?;
        let tails = Tails::read(&store, &directory, owner)?;
        let limits = Limits::read(&store, &directory)?;
        let (mut book, snapshot_at) = load_book(&store, &limits, owner)?;
        let horizon = scheduler::horizon(clock.now(), options.fold_after_days);
        let mut no_room = false;
        if unless_full(store.put_fold(store.last_place()?, horizon), &mut no_room)?.unwrap_or(false) {
            book.fold(horizon);
        }
        let mut peers = Peers::default();
        for row in store.peers()? {
            peers.all.insert(row.node, peers::peer_of(row));
        }
        let in_doubt = !clean || store.mark(Mark::HeadsMayBeOld)? == 1;
        peers.asked = in_doubt.then(Default::default);
        unless_full(store.set_mark(Mark::HeadsMayBeOld, u64::from(in_doubt)), &mut no_room)?;
        unless_full(store.set_mark(Mark::Clean, 0), &mut no_room)?;
        sync_log_name(&path)?;
        let newest = newest_recorded(&store)?;

        let real: Arc<dyn Clock> = options.sign_in_clock.0.clone();
        let accounts = Accounts::open(&path, real)?;
        let personal = PersonalKeys::open(&path)?;
        crate::tls::settle(&path)?;
        // Where they cannot be read, the job says why.
        let certificates = RwLock::new(crate::tls::look(&path).ok());
        let log = LogWriter::new(identity.clone(), tails);
        let (version, _) = watch::channel(store.last_place()?);
        let shared = Arc::new(Shared {
            id: owner,
            network,
            identity,
            rotations,
            clock,
            dir,
            options,
            jobs: Jobs::default(),
            queued: AtomicUsize::new(0),
            peers: Mutex::new(peers),
            accounts,
            personal,
            first: FirstViews::default(),
            kept: KeptFiles::default(),
            given: Mutex::default(),
            desk: Mutex::default(),
            book: RwLock::new(book),
            directory: RwLock::new(Arc::new(directory.clone())),
            limits: RwLock::new(Arc::new(limits)),
            version,
            readers: Mutex::new(Vec::new()),
            certificates,
            certificate_version: watch::Sender::new(0),
            poisoned: RwLock::new(None),
            newest,
        });
        if no_room {
            shared.poison(&format!("there is no room left on the disk of {}", path.display()));
        }
        first_view::begin(&shared);
        crate::kept::begin(&shared, &store)?;
        if let Err(error) = first_view::resume(&shared, &store) {
            tracing::warn!(%error, "a first view that was shown is so no more");
            // It warned itself if the file stays, which the next start tries again.
            drop(shared.drop_first_view());
        }
        let writer = Writer::new(store, log, directory, shared.clone(), snapshot_at)?;
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::Builder::new().name("koinon-writer".into());
        let thread = thread.spawn(move || writer.run(&receiver)).map_err(NodeError::Thread)?;
        let stop = Arc::new(Stop::default());
        let inner = Arc::new(Inner {
            shared,
            jobs: Mutex::new(Some(sender)),
            threads: Mutex::new(vec![thread]),
            stop: stop.clone(),
        });
        let weak = Arc::downgrade(&inner);
        let keeper = std::thread::Builder::new().name("koinon-keeper".into());
        let keeper = keeper.spawn(move || scheduler::run(&weak, &stop)).map_err(NodeError::Thread)?;
        inner.threads.lock().unwrap_or_else(PoisonError::into_inner).push(keeper);
        Ok(Self { inner })
    }

    /// Ends in good order: what waits is written, a snapshot is kept, the end is noted as clean.
    pub async fn shutdown(self) {
        self.inner.shared.first.close();
        self.inner.stop.ring();
        let (done, ended) = oneshot::channel();
        let reply: Reply<()> = Box::new(move |()| {
            let _ = done.send(());
        });
        if self.send(Job::Stop(reply)) {
            // A thread that is gone already has nothing left to write.
            let _ = ended.await;
        }
        // The keeping thread may be in the middle of its round, and holds the directory until it is through.
        let threads = std::mem::take(&mut *self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let through = tokio::task::spawn_blocking(move || {
            // A thread that panicked has said so itself.
            threads.into_iter().for_each(|thread| drop(thread.join()));
        });
        let _ = through.await;
    }
}

/// Asking.
impl Node {
    /// The node's id.
    pub fn id(&self) -> NodeId {
        self.inner.shared.id
    }

    /// The federation.
    pub fn network(&self) -> NetworkId {
        self.inner.shared.network
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        self.inner.shared.dir.path()
    }

    /// The clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.inner.shared.clock.clone()
    }

    /// Looks at the book as it is after the last durable commit; where a first view is shown, at that one with what is newer.
    /// See [`Node::read_own`] for what decisions are made on.
    pub fn read<R>(&self, look: impl FnOnce(&Book) -> R) -> R {
        match self.inner.shared.first.shown().as_ref() {
            Some(shown) => look(&shown.book),
            None => look(&self.inner.shared.book()),
        }
    }

    /// What the control logs say of nodes, keys and logs.
    pub fn directory(&self) -> Arc<Directory> {
        self.inner.shared.directory()
    }

    /// A number that grows with every change of the book.
    pub fn version(&self) -> u64 {
        *self.inner.shared.version.borrow()
    }

    /// Tells of every change of [`Node::version`].
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.inner.shared.version.subscribe()
    }

    /// Why writing has stopped, if it has. The process should then end.
    pub fn poisoned(&self) -> Option<String> {
        self.inner.shared.poisoned()
    }

    /// By how much the clock is behind the newest entry that was there at the start, and when that was recorded; nothing
    /// within an hour. Either this clock is wrong or that of whoever recorded the entry.
    pub fn clock_behind(&self) -> Option<(Duration, Timestamp)> {
        let newest = self.inner.shared.newest?;
        let behind = newest.as_millis().saturating_sub(self.inner.shared.clock.now().as_millis());
        let behind = Duration::from_millis(u64::try_from(behind).ok()?);
        (behind > CLOCK_TOLERANCE).then_some((behind, newest))
    }

    /// Why entries are refused for want of room on the disk, if they are.
    pub fn disk_is_low(&self) -> Option<DiskLow> {
        self.inner.shared.dir.check(Purpose::Entry).err()
    }

    /// What the last verification of the stored data found wrong; nothing while it is whole or not verified yet.
    pub fn damage(&self) -> Option<String> {
        self.inner.shared.jobs.get(crate::jobs::SCRUB).and_then(|job| job.last_error)
    }

    /// What SQLite's quick check finds wrong with the file of entries now; slow where it is large.
    pub fn file_fault(&self) -> Option<String> {
        self.inner.shared.with_reader(SqliteStore::quick_check).err().map(|error| error.to_string())
    }

    /// The jobs, by name.
    pub fn jobs(&self) -> Vec<JobState> {
        self.inner.shared.jobs.all()
    }

    /// All entries about one thing, in the order of arrival.
    pub fn history(&self, key: &Key) -> Result<Vec<Entry>, NodeError> {
        let limits = self.inner.shared.limits();
        let held = self.inner.shared.with_reader(|store| store.about(key, u64::MAX))?;
        let counted = held.iter().filter(|held| limits.counts(held.name.id(), held.seq));
        Ok(counted.filter_map(replay::entry_of).collect())
    }

    /// One batch with every line that was ever recorded of it, those among them that were folded out of memory; nothing
    /// where no log speaks of it, or while a first view is shown, which has more than the own logs.
    pub fn whole_lot(&self, community: &CommunityCode, lot: LotId) -> Result<Option<Lot>, NodeError> {
        if self.inner.shared.first.is_shown() {
            return Ok(None);
        }
        let admitted = self.read_own(|book| book.admitted().clone());
        let limits = self.inner.shared.limits();
        Ok(self
            .inner
            .shared
            .with_reader(|store| replay::whole_lot((store, &limits), &admitted, community, lot))?)
    }

    /// The recoveries of keys by stewards that this node has heard of, its own and others', by rotation.
    pub fn recoveries(&self) -> Result<Vec<RecoveryHeard>, NodeError> {
        Ok(self.inner.shared.with_reader(SqliteStore::recoveries)?)
    }

    /// How many other nodes have said that they hold each of this node's logs, and up to where: per log, the heights that
    /// they gave receipts for, the greatest first.
    pub fn held_by_others(&self) -> Result<BTreeMap<LogId, Vec<(NodeId, u64)>>, NodeError> {
        let receipts = self.inner.shared.with_reader(|store| store.receipts_for(self.id()))?;
        let closed: BTreeSet<LogId> = self
            .directory()
            .openings()
            .filter(|opening| is_closed(opening.name))
            .map(|o| o.name.id())
            .collect();
        let purges = self.read_own(|book| book.purges().clone());
        // What a reader let go since, as agreed, it no longer holds.
        let let_go = |receipt: &Receipt| {
            let purge = Purge { of: self.id(), by: receipt.by };
            closed.contains(&receipt.log) && purges.get(&purge).is_some_and(|at| receipt.at <= *at)
        };
        let mut held: BTreeMap<LogId, Vec<(NodeId, u64)>> = BTreeMap::new();
        for receipt in receipts.iter().filter(|receipt| receipt.by != self.id() && !let_go(receipt)) {
            held.entry(receipt.log).or_default().push((receipt.by, receipt.height));
        }
        held.values_mut()
            .for_each(|of_log| of_log.sort_by_key(|(by, height)| (std::cmp::Reverse(*height), *by)));
        Ok(held)
    }

    /// The newest entries, newest first; at most 10,000.
    pub fn recent(&self, limit: usize) -> Result<Vec<Entry>, NodeError> {
        let limit = limit.min(ENTRIES_MAX);
        self.inner.shared.with_reader(|store| {
            let mut entries = Vec::new();
            let mut before = u64::MAX;
            while entries.len() < limit {
                let held = store.before(before, limit.max(64))?;
                let Some(last) = held.last() else { break };
                before = last.place;
                entries.extend(held.iter().filter_map(replay::entry_of));
            }
            entries.truncate(limit);
            Ok(entries)
        })
    }

    /// One entry by its fact's id.
    pub fn entry(&self, id: FactId) -> Result<Option<Entry>, NodeError> {
        let held = self.inner.shared.with_reader(|store| store.fact(id))?;
        Ok(held.as_ref().and_then(replay::entry_of))
    }

    /// Entries after a place, in the order of arrival, for exports: the entries, and the place to go on from, which is
    /// `None` at the end. Begin with 0; at most 10,000 facts are read at once.
    pub fn entries_after(&self, place: u64, limit: usize) -> Result<(Vec<Entry>, Option<u64>), NodeError> {
        let limit = limit.clamp(1, ENTRIES_MAX);
        let held = self.inner.shared.with_reader(|store| store.after(place, u64::MAX, limit))?;
        let next = held.last().map(|last| last.place).filter(|_| held.len() == limit);
        Ok((held.iter().filter_map(replay::entry_of).collect(), next))
    }
}

/// Writing.
impl Node {
    /// Decides and records a command, durably. A command whose act was recorded before is answered as it was then.
    pub async fn submit(&self, who: Actor, command: BookCommand) -> Result<Submitted, SubmitError> {
        self.begin_submit(who, command).await.unwrap_or(Err(SubmitError::Closed))
    }

    /// Decides and records several commands in as few durable commits as possible; the answers are in their order.
    pub async fn submit_all(
        &self,
        commands: Vec<(Actor, BookCommand)>,
    ) -> Vec<Result<Submitted, SubmitError>> {
        let mut answers = Vec::with_capacity(commands.len());
        let mut commands = commands.into_iter();
        loop {
            let some: Vec<_> = commands.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                break;
            }
            let begun: Vec<_> = some.into_iter().map(|(who, what)| self.begin_submit(who, what)).collect();
            for answer in begun {
                answers.push(answer.await.unwrap_or(Err(SubmitError::Closed)));
            }
        }
        answers
    }

    /// [`Node::submit`] for threads that may wait.
    pub fn submit_blocking(&self, who: Actor, command: BookCommand) -> Result<Submitted, SubmitError> {
        let (answer, answered) = mpsc::sync_channel(1);
        let reply: Reply<_> = Box::new(move |result| drop(answer.send(result)));
        self.queue(who, command, reply);
        answered.recv().unwrap_or(Err(SubmitError::Closed))
    }

    fn begin_submit(
        &self,
        who: Actor,
        command: BookCommand,
    ) -> oneshot::Receiver<Result<Submitted, SubmitError>> {
        let (answer, answered) = oneshot::channel();
        self.queue(who, command, Box::new(move |result| drop(answer.send(result))));
        answered
    }

    fn queue(&self, who: Actor, mut command: BookCommand, reply: Reply<Result<Submitted, SubmitError>>) {
        // No personal text goes further than this as it was typed.
        match self.personal().seal_in(&mut command) {
            Ok(Ok(())) => {}
            Ok(Err(refused)) => return reply(Err(refused.into())),
            Err(error) => return reply(Err(error.into())),
        }
        let queued = &self.inner.shared.queued;
        if queued.fetch_add(1, Ordering::SeqCst) >= QUEUE_MAX {
            queued.fetch_sub(1, Ordering::SeqCst);
            return reply(Err(SubmitError::Busy));
        }
        self.send(Job::Submit { who, command, reply });
    }

    /// Hands a job to the writing thread; a job that cannot be handed over is dropped, and so is its answer's channel.
    pub(crate) fn send(&self, job: Job) -> bool {
        let jobs = self.inner.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok())
    }

    /// Runs something on the writing thread between two commits, and waits for it.
    pub(crate) fn on_writer<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Writer) -> R + Send + 'static,
    ) -> Result<R, SubmitError> {
        let (answer, answered) = mpsc::sync_channel(1);
        self.send(Job::Task(Box::new(move |writer| drop(answer.send(task(writer))))));
        answered.recv().map_err(|_| SubmitError::Closed)
    }

    /// Records a fact of the node's own, as its console or one of its jobs does, and waits until it is durable.
    pub(crate) fn write_alone(&self, fact: Fact) -> Result<(), SubmitError> {
        self.on_writer(move |writer| {
            let stamp = founding::console_stamp(writer.shared.clock.now());
            writer.console(vec![(stamp, fact)]).map(drop)
        })?
    }

    /// Lets writing go on after a start from data that may be old, because a steward says that nothing is missing.
    pub fn confirm_restore(&self, who: &Actor) -> Result<(), SubmitError> {
        let now = self.inner.shared.clock.now();
        {
            let book = self.inner.shared.book();
            let own = book.own().ok_or(koinon_books::Refused::NoCommunity)?;
            let resource = Resource::community(own.clone());
            authorize(book.grants(), who, Action::ConfirmRestore, &resource, now)
                .map_err(koinon_books::Refused::from)?;
        }
        self.heads_are_known()
    }

    /// How many listed neighbours are still to be asked before stock may be promised; `None` when all is well.
    pub fn heads_may_be_old(&self) -> Option<usize> {
        self.inner.shared.heads_may_be_old()
    }

    pub(crate) fn heads_are_known(&self) -> Result<(), SubmitError> {
        self.on_writer(|writer| {
            let done = writer.store.set_mark(Mark::HeadsMayBeOld, 0);
            done.map_err(|error| writer.poison(&error))?;
            writer.shared.peers().asked = None;
            Ok(())
        })?
    }
}

/// Signing in.
impl Node {
    /// The accounts of this node. A session is asked for by [`Node::session`].
    pub fn accounts(&self) -> &Accounts {
        &self.inner.shared.accounts
    }

    /// The keys of names and notes, by which they are read.
    pub fn personal(&self) -> &PersonalKeys {
        &self.inner.shared.personal
    }

    /// Tells the accounts which names a neighbour would try as a password, as the book has them now.
    pub fn teach_words(&self) {
        let book = self.inner.shared.book();
        let region = book.region();
        let places = region.communities.iter().flat_map(|c| [c.name.clone(), c.code.to_string()]);
        let people = book.grants().all().filter_map(|held| self.personal().name(&book, held.granted.subject));
        let words: Vec<String> = std::iter::once(region.name.clone()).chain(places).chain(people).collect();
        self.accounts().know_words(words.iter().map(String::as_str));
    }

    /// What a person's grants are, as a session remembers it: it changes when one is taken back.
    pub fn standing(&self, person: PersonId) -> Digest {
        let book = self.inner.shared.book();
        let revoked = book.grants().of_subject(person).filter(|held| held.revoked.is_some());
        let ids: Vec<u8> = revoked.flat_map(|held| held.granted.grant.0).collect();
        Digest::of("koinon/standing/1", &ids)
    }

    /// The session of a token, if it holds and no grant of its person was taken back since it began.
    pub fn session(&self, token: &str) -> Result<Option<Session>, NodeError> {
        Ok(self.accounts().session(token, |person| self.standing(person))?)
    }
}

/// Makes the name of the store's log of changes durable, which the first write made. SQLite does so too, but passes over an
/// error there; everything that is acknowledged would then stand in a file without a name.
pub(crate) fn sync_log_name(dir: &Path) -> Result<(), NodeError> {
    let store = crate::disk::store_path(dir);
    crate::disk::sync_parent(&store).map_err(|source| NodeError::Io { path: dir.to_owned(), source })
}

/// The facts of the rotations that count of a node, one after another; the last few.
fn rotations_of(
    store: &SqliteStore,
    directory: &Directory,
    node: NodeId,
) -> Result<Vec<StoredFact>, StoreError> {
    let logs = directory.rotation_logs(node);
    let last = logs.get(logs.len().saturating_sub(ROTATIONS_SHOWN)..).unwrap_or(&[]);
    last.iter()
        .filter_map(|log| store.read_range(*log, 0, 1, 0).map(|facts| facts.into_iter().next()).transpose())
        .collect()
}

/// Passes over a write for which there is no room, and notes that.
fn unless_full<T>(written: Result<T, SqliteError>, no_room: &mut bool) -> Result<Option<T>, SqliteError> {
    match written {
        Err(error) if error.is_full() => {
            *no_room = true;
            Ok(None)
        }
        written => written.map(Some),
    }
}

/// When the newest of the last entries was recorded, by the clock of the one who recorded it.
fn newest_recorded(store: &SqliteStore) -> Result<Option<Timestamp>, SqliteError> {
    const LOOKED_AT: usize = 64;
    let held = store.before(u64::MAX, LOOKED_AT)?;
    Ok(held.iter().filter_map(replay::entry_of).map(|entry| entry.stamp.recorded).max())
}

/// Loads the book from snapshot and tail; gives the snapshot's place too.
fn load_book(store: &SqliteStore, limits: &Limits, owner: NodeId) -> Result<(Book, u64), NodeError> {
    let upto = store.last_place()?;
    let snapshot = store.snapshot(EVOLVE_VERSION)?;
    let usable = snapshot
        .filter(|snapshot| snapshot.place <= upto && snapshot_digest(&snapshot.book) == snapshot.digest);
    let loaded = usable.and_then(|snapshot| {
        let book = Book::from_snapshot(&snapshot.book).ok()?;
        (book.own_node() == Some(owner)).then_some((book, snapshot.place))
    });
    let (mut book, place) = loaded.unwrap_or_else(|| (Book::new(owner), 0));
    replay::replay(&mut book, (store, limits), place, upto)?;
    Ok((book, place))
}
