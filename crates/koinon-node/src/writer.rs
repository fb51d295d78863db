//! The one thread that writes: it decides, appends, makes durable, and only then lets the book show it.
//!
//! Commands that wait together share one durable commit. Facts, their keys, their acts and the policies' cursor are
//! one transaction. Any failure of the disk ends writing for this process: SQLite may acknowledge later commits after a
//! failed sync as if nothing had happened, so nothing more is tried until the store was opened and checked again.

mod ingest;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use koinon_authority::{Action, Actor};
use koinon_books::{
    Book, BookCommand, Content, Decided, EVOLVE_VERSION, Fact, Origin, Stamp, encode, policy,
};
use koinon_core::{Digest, EntryId, FactId, LogId, LotId, Timestamp};
use koinon_ledger::Question;
use koinon_ledger::lot::Lot;
use koinon_log::envelope::BODY_BYTES_MAX;
use koinon_log::{
    AcceptedRun, Directory, Flags, LogWriter, NewFact, Outcome as Taken, Parcel, Placed, StoreError,
};

use crate::batch::{Filed, WriteError, Written, write_batch};
use crate::disk::{DiskLow, Purpose};
use crate::node::Shared;
use crate::replay::{self, ReplayError};
use crate::sqlite::{Mark, Snapshot, SqliteError, SqliteStore};

/// The most commands that share one commit.
const GROUP_MAX: usize = 1_000;
/// After so many facts the book that looks ahead is copied anew, so that it shares what has not changed.
const AHEAD_MAX: usize = 50_000;
/// How many times longer a snapshot may wait while commands do.
const SNAPSHOT_PATIENCE: u64 = 4;
/// How long that book is kept while nothing comes.
const AHEAD_KEPT: Duration = Duration::from_millis(100);
/// Rounds of policies that may follow from one commit.
const REACTION_ROUNDS: usize = 8;

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted {
    /// It is recorded, durably.
    Done {
        /// The facts recorded.
        facts: Vec<FactId>,
        /// The act had been recorded before; nothing was written now.
        repeated: bool,
    },
    /// Nothing is recorded until the command comes again, confirmed.
    Ask(Vec<Question>),
    /// The same of a command about teams and missions.
    AskOfTeams(Vec<koinon_aid::Question>),
}

/// Why a command was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The act's id stands for something else.
    #[error(
        "the id {act} was used for another entry; make a new id for a new entry, or send again just what was sent first"
    )]
    OtherContent {
        /// The id.
        act: EntryId,
    },
    /// Authority or the book refuses.
    #[error(transparent)]
    Refused(#[from] koinon_books::Refused),
    /// After a start from data that may be old nothing is promised or loaded yet.
    #[error(
        "this computer started from data that may be old, and promises nothing until {waiting} listed neighbours have been asked; wait for the exchange, or let a steward confirm that nothing is missing"
    )]
    HeadsMayBeOld {
        /// The neighbours not asked yet.
        waiting: usize,
    },
    /// What is personal in it cannot be sealed.
    #[error(transparent)]
    Personal(#[from] crate::personal::PersonalError),
    /// The computer knows of entries of its own that it has lost and that are still to come back.
    #[error(
        "this computer shows a first view, and {missing} entries of its own are still to come back from its neighbours; wait for the exchange before you enter anything"
    )]
    OwnEntriesToCome {
        /// How many.
        missing: u64,
    },
    /// The disk is nearly full.
    #[error(transparent)]
    Disk(#[from] DiskLow),
    /// The command would record more than a fact can hold.
    #[error(
        "an entry of {found} bytes does not fit; {BODY_BYTES_MAX} bytes are allowed, so shorten it or split it"
    )]
    TooLarge {
        /// The size found.
        found: usize,
    },
    /// Too many commands wait.
    #[error("too many entries wait to be written; try again in a moment")]
    Busy,
    /// Writing ended after a failure of the disk.
    #[error(
        "writing has stopped after the disk failed ({cause}); nothing acknowledged is lost; check the disk, then start koinon again"
    )]
    Poisoned {
        /// What failed.
        cause: String,
    },
    /// The node is closing.
    #[error("this computer is shutting down; try again when it is back")]
    Closed,
}

/// Where an answer goes.
pub(crate) type Reply<T> = Box<dyn FnOnce(T) + Send>;

/// What the thread is asked to do.
pub(crate) enum Job {
    /// Decide and record a command.
    Submit { who: Actor, command: BookCommand, reply: Reply<Result<Submitted, SubmitError>> },
    /// Take in what a neighbour sent.
    Ingest { parcel: Parcel, reply: Reply<Result<Taken, SubmitError>> },
    /// Run something between two commits.
    Task(Box<dyn FnOnce(&mut Writer) + Send>),
    /// End in good order.
    Stop(Reply<()>),
}

/// A command with where its answer goes; a policy's has no asker.
type Asked = (Actor, BookCommand, Option<Reply<Result<Submitted, SubmitError>>>);

/// A command in the group, and what becomes of it.
struct Waiting {
    reply: Option<Reply<Result<Submitted, SubmitError>>>,
    outcome: Outcome,
}

enum Outcome {
    Answer(Result<Submitted, SubmitError>),
    /// Facts `from..to` of the group.
    Facts(usize, usize),
    /// The same act stands earlier in the group.
    Like(usize),
}

/// Facts to be recorded together, with what the command said that each is of.
#[derive(Default)]
struct Batch {
    facts: Vec<(Stamp, Fact)>,
    contents: Vec<Option<Content>>,
    new: Vec<NewFact>,
}

impl Batch {
    fn push(&mut self, stamp: Stamp, fact: Fact, content: Option<Content>) -> Result<(), SubmitError> {
        let encoded = encode(&stamp, &fact);
        let found = encoded.body.len();
        if found > BODY_BYTES_MAX {
            return Err(SubmitError::TooLarge { found });
        }
        let (kind, stream) = (encoded.kind.number, encoded.kind.stream);
        let schema = koinon_books::registry::SCHEMA;
        self.new.push(NewFact { stream, kind, schema, flags: Flags::NONE, author: None, body: encoded.body });
        self.facts.push((stamp, fact));
        self.contents.push(content);
        Ok(())
    }

    fn truncate(&mut self, length: usize) {
        self.facts.truncate(length);
        self.contents.truncate(length);
        self.new.truncate(length);
    }
}

/// The state of the writing thread.
pub(crate) struct Writer {
    pub(crate) store: SqliteStore,
    pub(crate) shared: Arc<Shared>,
    log: LogWriter,
    directory: Directory,
    /// The book with the facts of commands that are still to be made durable; only while several wait.
    ahead: Option<Book>,
    /// The facts that it was shown.
    ahead_facts: usize,
    reacted: u64,
    snapshot_at: u64,
}

impl Writer {
    pub(crate) fn new(
        store: SqliteStore,
        log: LogWriter,
        directory: Directory,
        shared: Arc<Shared>,
        snapshot_at: u64,
    ) -> Result<Self, SqliteError> {
        let reacted = store.mark(Mark::Reacted)?;
        Ok(Self { store, shared, log, directory, ahead: None, ahead_facts: 0, reacted, snapshot_at })
    }

    /// Works until it is stopped or nobody is left to ask.
    pub(crate) fn run(mut self, jobs: &Receiver<Job>) {
        self.catch_up_on_policies();
        let mut next = None;
        loop {
            let job = match next.take() {
                Some(job) => job,
                None => match self.wait(jobs) {
                    Some(job) => job,
                    None => return,
                },
            };
            match job {
                Job::Submit { who, command, reply } => {
                    let mut group = vec![(who, command, Some(reply))];
                    while group.len() < GROUP_MAX {
                        match jobs.try_recv() {
                            Ok(Job::Submit { who, command, reply }) => {
                                group.push((who, command, Some(reply)));
                            }
                            Ok(other) => {
                                next = Some(other);
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                    self.shared.queued.fetch_sub(group.len(), Ordering::SeqCst);
                    self.submit(group);
                }
                Job::Ingest { parcel, reply } => {
                    self.ahead = None;
                    let taken = self.ingest(parcel);
                    reply(taken);
                }
                Job::Task(task) => {
                    self.ahead = None;
                    task(&mut self);
                }
                Job::Stop(reply) => {
                    self.close();
                    drop(self);
                    reply(());
                    return;
                }
            }
        }
    }

    fn wait(&mut self, jobs: &Receiver<Job>) -> Option<Job> {
        match jobs.recv_timeout(AHEAD_KEPT) {
            Ok(job) => return Some(job),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => self.ahead = None,
        }
        jobs.recv().ok()
    }

    fn close(&mut self) {
        if self.shared.poisoned().is_some() {
            return;
        }
        if let Err(error) = self.snapshot() {
            tracing::warn!(%error, "no snapshot at the end; the next start reads more");
        }
        if let Err(error) = self.store.set_mark(Mark::Clean, 1) {
            tracing::warn!(%error, "the orderly end could not be noted");
        }
    }

    fn submit(&mut self, mut group: Vec<Asked>) {
        for _ in 0..=REACTION_ROUNDS {
            let reactions = self.submit_once(group);
            if reactions.is_empty() {
                return;
            }
            group = reactions.into_iter().map(|r| (r.who, r.command, None)).collect();
        }
    }

    fn submit_once(&mut self, group: Vec<Asked>) -> Vec<policy::Reaction> {
        let several = group.len() > 1;
        let now = self.shared.clock.now();
        let mut batch = Batch::default();
        let mut seen: BTreeMap<EntryId, (usize, Content)> = BTreeMap::new();
        let mut waiting: Vec<Waiting> = Vec::with_capacity(group.len());
        let blocked = self.blocked(Purpose::Entry);
        // One view for all look-ups of acts.
        let view = several.then(|| self.store.begin_read());
        for (who, command, reply) in group {
            let (act, content) = (command.act(), command.content());
            let outcome = if let Err(error) = &blocked {
                Outcome::Answer(Err(error.again()))
            } else {
                self.consider(&who, (&command, content), several, now, (&mut batch, &seen))
            };
            if matches!(outcome, Outcome::Facts(..)) {
                seen.insert(act, (waiting.len(), content));
            }
            waiting.push(Waiting { reply, outcome });
        }
        if matches!(view, Some(Ok(_))) {
            self.store.end_read();
        }
        self.ahead_facts += if several { batch.facts.len() } else { 0 };
        let recorded = self.record(batch);
        if self.ahead_facts > AHEAD_MAX {
            (self.ahead, self.ahead_facts) = (None, 0);
        }
        let (placed, reactions) = match recorded {
            Ok(recorded) => recorded,
            Err(error) => {
                for Waiting { reply, outcome } in waiting {
                    let answer = match outcome {
                        Outcome::Answer(answer) => answer,
                        Outcome::Facts(..) | Outcome::Like(_) => Err(error.again()),
                    };
                    if let Some(reply) = reply {
                        reply(answer);
                    }
                }
                return Vec::new();
            }
        };
        let ids = |from: usize, to: usize| {
            placed.get(from..to).unwrap_or(&[]).iter().map(|placed| placed.id).collect::<Vec<_>>()
        };
        let spans: Vec<Option<(usize, usize)>> = waiting
            .iter()
            .map(|w| if let Outcome::Facts(from, to) = w.outcome { Some((from, to)) } else { None })
            .collect();
        for Waiting { reply, outcome } in waiting {
            let answer = match outcome {
                Outcome::Answer(answer) => answer,
                Outcome::Facts(from, to) => Ok(Submitted::Done { facts: ids(from, to), repeated: false }),
                Outcome::Like(first) => {
                    let (from, to) = spans.get(first).copied().flatten().unwrap_or_default();
                    Ok(Submitted::Done { facts: ids(from, to), repeated: true })
                }
            };
            if let Some(reply) = reply {
                reply(answer);
            }
        }
        reactions
    }

    /// Decides one command, and adds what it records to the batch. Authority comes first: who may not do a thing does not
    /// learn that it was done.
    fn consider(
        &mut self,
        who: &Actor,
        (command, content): (&BookCommand, Content),
        several: bool,
        now: Timestamp,
        (batch, seen): (&mut Batch, &BTreeMap<EntryId, (usize, Content)>),
    ) -> Outcome {
        let missing = self.shared.first.own_missing();
        if missing > 0 {
            return Outcome::Answer(Err(SubmitError::OwnEntriesToCome { missing }));
        }
        let whole = match self.read_again(command) {
            Ok(whole) => whole,
            Err(error) => return Outcome::Answer(Err(self.poison(&error))),
        };
        let whole = whole.as_ref().map(|(id, lot)| (*id, lot));
        let permit = match self.with_newest(|book| book.permit(command, who, now, whole)) {
            Ok(permit) => permit,
            Err(refused) => return Outcome::Answer(Err(refused.into())),
        };
        let act = command.act();
        let other = || Outcome::Answer(Err(SubmitError::OtherContent { act }));
        if let Some((first, said)) = seen.get(&act) {
            return if content.differs(said) { other() } else { Outcome::Like(*first) };
        }
        match self.store.act(act) {
            Ok((facts, _)) if facts.is_empty() => {}
            Ok((_, Some(said))) if content.differs(&said) => return other(),
            Ok((facts, _)) => return Outcome::Answer(Ok(Submitted::Done { facts, repeated: true })),
            Err(error) => return Outcome::Answer(Err(self.poison(&error))),
        }
        if matches!(
            command.action(),
            Action::Commit | Action::Dispatch | Action::PromiseTeam | Action::SendTeam
        ) && let Some(waiting) = self.shared.heads_may_be_old()
        {
            return Outcome::Answer(Err(SubmitError::HeadsMayBeOld { waiting }));
        }
        let facts = match self.with_newest(|book| book.decide_with(command, &permit, whole)) {
            Ok(Decided::Facts(facts)) => facts,
            Ok(Decided::Ask(questions)) => return Outcome::Answer(Ok(Submitted::Ask(questions))),
            Ok(Decided::AskOfTeams(questions)) => {
                return Outcome::Answer(Ok(Submitted::AskOfTeams(questions)));
            }
            Err(refused) => return Outcome::Answer(Err(refused.into())),
        };
        let from = batch.facts.len();
        for (stamp, fact) in facts {
            if let Err(error) = batch.push(stamp, fact, Some(content)) {
                batch.truncate(from);
                return Outcome::Answer(Err(error));
            }
        }
        if several {
            self.look_ahead(batch, from);
        }
        Outcome::Facts(from, batch.facts.len())
    }

    /// Looks at the book with everything that waits to be made durable.
    fn with_newest<R>(&self, look: impl FnOnce(&Book) -> R) -> R {
        match &self.ahead {
            Some(ahead) => look(ahead),
            None => look(&self.shared.book()),
        }
    }

    /// Reads the batch again whose folded lines a command is about.
    fn read_again(&self, command: &BookCommand) -> Result<Option<(LotId, Lot)>, SqliteError> {
        let asked = self.with_newest(|book| {
            let lot = book.reaches_folded(command)?;
            Some((lot, book.own()?.clone(), book.admitted().clone()))
        });
        let Some((id, own, admitted)) = asked else { return Ok(None) };
        let limits = self.shared.limits();
        let whole = replay::whole_lot((&self.store, &limits), &admitted, &own, id)?;
        Ok(whole.map(|lot| (id, lot)))
    }

    /// Shows the facts that wait to the commands after them.
    fn look_ahead(&mut self, batch: &Batch, from: usize) {
        let mut ahead = self.ahead.take().unwrap_or_else(|| self.shared.book().clone());
        let limits = self.shared.limits();
        let node = self.shared.id;
        for (index, (stamp, fact)) in batch.facts.iter().enumerate().skip(from) {
            // No id is known before the commit is built, and no decision looks at one.
            let seq = u64::MAX / 2 + u64::try_from(index).unwrap_or(0);
            let origin = Origin { node, log: LogId([255; 16]), seq, fact: koinon_log::NO_FACT };
            if replay::evolve(&mut ahead, (&self.store, &limits), u64::MAX, &origin, stamp, fact).is_err() {
                // The commit will meet the same failure and report it.
                break;
            }
        }
        self.ahead = Some(ahead);
    }

    pub(crate) fn console(&mut self, facts: Vec<(Stamp, Fact)>) -> Result<Vec<FactId>, SubmitError> {
        self.blocked(Purpose::Entry)?;
        let mut batch = Batch::default();
        for (stamp, fact) in facts {
            batch.push(stamp, fact, None)?;
        }
        let (placed, _) = self.record(batch)?;
        Ok(placed.iter().map(|placed| placed.id).collect())
    }

    /// Makes a batch durable, shows it, and says what the policies make of it.
    fn record(&mut self, batch: Batch) -> Result<(Vec<Placed>, Vec<policy::Reaction>), SubmitError> {
        if batch.facts.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let Batch { facts, contents, new } = batch;
        let written = self.write(&facts, &contents, new);
        let Written { placed, places, .. } = match written {
            Ok(written) => written,
            Err(error) => return Err(self.poison(&error)),
        };
        let mut order: Vec<usize> = (0..facts.len()).collect();
        order.sort_by_key(|index| places.get(*index).copied());
        let mut cause = Vec::new();
        let limits = self.shared.limits();
        let shown = self.shared.publish(|book| {
            for index in &order {
                let (Some((stamp, fact)), Some(at), Some(place)) =
                    (facts.get(*index), placed.get(*index), places.get(*index))
                else {
                    continue;
                };
                let origin = Origin { node: self.shared.id, log: at.log, seq: at.seq, fact: at.id };
                replay::evolve(book, (&self.store, &limits), *place, &origin, stamp, fact)?;
                cause.push((at.id, *index));
            }
            Ok::<(), SqliteError>(())
        });
        if let Err(error) = shown {
            return Err(self.poison(&error));
        }
        let node = self.shared.id;
        self.shared.show_beside(|| {
            order.iter().filter_map(|index| {
                let ((stamp, fact), at) = (facts.get(*index)?, placed.get(*index)?);
                Some((Origin { node, log: at.log, seq: at.seq, fact: at.id }, stamp, fact))
            })
        });
        let now = self.shared.clock.now();
        let book = self.shared.book();
        let reactions = cause
            .iter()
            .filter_map(|(id, index)| Some((id, &facts.get(*index)?.1)))
            .flat_map(|(id, fact)| policy::react(&book, *id, fact, now))
            .collect();
        drop(book);
        self.reacted = places.iter().copied().max().unwrap_or(self.reacted);
        self.snapshot_if_due();
        Ok((placed, reactions))
    }

    /// One transaction: log, facts, keys, acts, cursor.
    fn write(
        &mut self,
        facts: &[(Stamp, Fact)],
        contents: &[Option<Content>],
        new: Vec<NewFact>,
    ) -> Result<Written, WriteError> {
        let now = self.shared.clock.now();
        let book = self.shared.book();
        let filed: Vec<Filed> = facts
            .iter()
            .zip(contents)
            .map(|((stamp, fact), content)| Filed {
                act: stamp.act,
                content: *content,
                keys: replay::keys_of(&book, self.shared.id, stamp, fact),
            })
            .collect();
        drop(book);
        let written = write_batch(&mut self.store, &mut self.log, new, &filed, now, self.reacted)?;
        self.learn(&written.control);
        Ok(written)
    }

    /// Takes note of one's own control facts.
    fn learn(&mut self, control: &[AcceptedRun]) {
        if !control.is_empty() {
            control.iter().for_each(|run| self.directory.learn(run));
            self.shared.set_directory(self.directory.clone());
        }
    }

    fn show(&self, facts: &[(u64, Origin, Stamp, Fact)]) -> Result<(), SqliteError> {
        if facts.is_empty() {
            return Ok(());
        }
        let limits = self.shared.limits();
        self.shared.publish(|book| {
            facts.iter().try_for_each(|(place, origin, stamp, fact)| {
                replay::evolve(book, (&self.store, &limits), *place, origin, stamp, fact)
            })
        })
    }

    /// Makes the book anew from the facts that count.
    pub(crate) fn show_anew(&mut self) -> Result<(), ReplayError> {
        let limits = self.shared.limits();
        let mut book = Book::new(self.shared.id);
        replay::replay(&mut book, (&self.store, &limits), 0, self.store.last_place()?)?;
        self.shared.publish(|shown| *shown = book);
        self.snapshot_at = 0;
        if self.shared.first.is_shown()
            && let Err(error) = crate::first_view::resume(&self.shared, &self.store)
        {
            tracing::info!(%error, "the first view is out of date");
            // It warned itself if the file stays, which the next start tries again.
            drop(self.shared.drop_first_view());
        }
        Ok(())
    }

    /// Runs the policies on own facts that a crash kept from them.
    fn catch_up_on_policies(&mut self) {
        if let Err(error) = self.try_catch_up() {
            self.poison(&error);
        }
    }

    fn try_catch_up(&mut self) -> Result<(), SqliteError> {
        let mut reactions = Vec::new();
        let now = self.shared.clock.now();
        let upto = self.store.last_place()?;
        while self.reacted < upto {
            let page = self.store.after(self.reacted, upto, 1_000)?;
            let Some(last) = page.last() else { break };
            let last = last.place;
            let book = self.shared.book();
            for entry in page.iter().filter(|h| h.name.node == self.shared.id).filter_map(replay::entry_of) {
                reactions.extend(policy::react(&book, entry.origin.fact, &entry.fact, now));
            }
            drop(book);
            self.reacted = last;
        }
        if !reactions.is_empty() {
            self.submit(reactions.into_iter().map(|r| (r.who, r.command, None)).collect());
        }
        Ok(())
    }

    /// Keeps a snapshot when enough was written since the last. While commands wait, they come first, within bounds.
    fn snapshot_if_due(&mut self) {
        let every = self.shared.options.snapshot_every;
        let waits = self.shared.queued.load(Ordering::SeqCst) > 0;
        let due = if waits { every.saturating_mul(SNAPSHOT_PATIENCE) } else { every };
        let kept = self.store.last_place().map_err(StoreError::from).and_then(|place| {
            if place.saturating_sub(self.snapshot_at) < due { Ok(()) } else { self.snapshot() }
        });
        if let Err(error) = kept {
            self.poison(&error);
        }
    }

    /// Keeps a snapshot of the book.
    pub(crate) fn snapshot(&mut self) -> Result<(), StoreError> {
        let place = self.store.last_place()?;
        if place == self.snapshot_at {
            return Ok(());
        }
        let book = self.shared.book().to_snapshot();
        let digest = snapshot_digest(&book);
        let heads = self.store.heads_digest()?;
        self.store.put_snapshot(EVOLVE_VERSION, &Snapshot { place, heads, digest, book })?;
        self.snapshot_at = place;
        self.shared.jobs.done("snapshot", self.shared.clock.now());
        Ok(())
    }

    /// Folds history before an instant out of memory, and notes where.
    pub(crate) fn fold(&mut self, horizon: Timestamp) -> Result<(), SubmitError> {
        let noted = self.store.last_place().and_then(|place| self.store.put_fold(place, horizon));
        if noted.map_err(|error| self.poison(&error))? {
            self.shared.publish(|book| book.fold(horizon));
        }
        Ok(())
    }

    /// Ends writing for this process.
    pub(crate) fn poison(&mut self, error: &dyn std::error::Error) -> SubmitError {
        self.ahead = None;
        let cause = self.shared.poison(&error.to_string());
        SubmitError::Poisoned { cause }
    }

    /// Whether writing is impossible now.
    pub(crate) fn blocked(&self, purpose: Purpose) -> Result<(), SubmitError> {
        if let Some(cause) = self.shared.poisoned() {
            return Err(SubmitError::Poisoned { cause });
        }
        Ok(self.shared.dir.check(purpose)?)
    }
}

impl SubmitError {
    /// The same error for another command of the group.
    fn again(&self) -> Self {
        match self {
            Self::Disk(low) => Self::Disk(low.clone()),
            Self::Poisoned { cause } => Self::Poisoned { cause: cause.clone() },
            other => Self::Poisoned { cause: other.to_string() },
        }
    }
}

/// The digest under which a snapshot's bytes are kept.
pub(crate) fn snapshot_digest(book: &[u8]) -> Digest {
    Digest::of("koinon/snapshot/1", book)
}

#[cfg(test)]
mod tests;
