//! For tests and simulations of any room: a seeded entropy, and the story that every store must pass.
//!
//! Nothing here belongs in a running node: its entropy repeats itself.

use koinon_core::{Entropy, FactId, LogId, Timestamp};

use crate::directory::Directory;
use crate::envelope::{Flags, RUN_BYTES_MAX, StoredFact};
use crate::fork::ForkProof;
use crate::keys::SigningKey;
use crate::name::{NO_FACT, NetworkId, Stream};
use crate::store::{LogStore, StoreError};
use crate::verify::{AcceptedRun, LogView, Rejection};
use crate::writer::{Identity, IdentityError, LogWriter, NewFact, Tails, WriterError};

/// Random bytes that a seed repeats exactly.
#[derive(Debug, Clone)]
pub struct SeededEntropy(blake3::OutputReader);

impl SeededEntropy {
    /// Begins the sequence of a seed.
    pub fn new(seed: u64) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"koinon/test-entropy/1");
        hasher.update(&seed.to_be_bytes());
        Self(hasher.finalize_xof())
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

/// An identity that a seed repeats exactly, without a recovery set.
pub fn identity(network: NetworkId, seed: u64) -> Result<Identity, IdentityError> {
    let mut entropy = SeededEntropy::new(seed);
    let key = SigningKey::generate(&mut entropy);
    let next = SigningKey::generate(&mut entropy).verify_key().next_digest();
    Identity::found(network, key, next, Vec::new(), 0, &mut entropy)
}

/// A fact of a stream with a body, of kind 100.
pub fn fact(stream: Stream, body: &[u8]) -> NewFact {
    NewFact { stream, kind: 100, schema: 1, flags: Flags::NONE, author: None, body: body.to_vec() }
}

/// Where the story and a store part.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// The store did not do what the contract says.
    #[error("the store breaks the contract: {0}")]
    Broken(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The story's own facts could not be written.
    #[error(transparent)]
    Writer(#[from] WriterError),
    /// The story's own identity could not be made.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// What the store gave back no longer verifies.
    #[error(transparent)]
    Rejected(#[from] Rejection),
}

fn holds(condition: bool, rule: &'static str) -> Result<(), StoryError> {
    if condition { Ok(()) } else { Err(StoryError::Broken(rule)) }
}

/// What the story wrote, to compare a store with after it was closed and opened again.
#[derive(Debug, Clone)]
pub struct Story {
    facts: Vec<(LogId, FactId, Vec<StoredFact>)>,
    proof: ForkProof,
}

/// Tells the whole story to an empty store: [`fill`], then [`recall`].
pub fn story(store: &mut dyn LogStore) -> Result<(), StoryError> {
    let story = fill(store)?;
    recall(store, &story)
}

/// Writes the story's facts into an empty store, trying on the way what it must refuse.
pub fn fill(store: &mut dyn LogStore) -> Result<Story, StoryError> {
    let network = NetworkId::of("story");
    let mut entropy = SeededEntropy::new(1);
    let mut writer = LogWriter::new(identity(network, 1)?, Tails::default());
    let mut directory = Directory::new(network);
    let now = Timestamp::from_millis(1_700_000_000_000);

    holds(store.heads()?.is_empty() && store.forks()?.is_empty(), "a new store is empty")?;
    holds(store.head(LogId([0; 16]))?.is_none(), "an unknown log has no head")?;
    holds(store.read_range(LogId([0; 16]), 0, 9, 9)?.is_empty(), "an unknown log has no facts")?;
    holds(store.view(LogId([0; 16]), &directory)? == LogView::EMPTY, "an unknown log has the empty view")?;

    let bodies: [&[u8]; 3] = [b"", b"bread", &[7; 1_000]];
    let batch = |stream| bodies.iter().map(|body| fact(stream, body)).collect::<Vec<_>>();
    let first =
        writer.append([batch(Stream::Federation), batch(Stream::Local)].concat(), now, &mut entropy)?;
    store.append_runs(first.runs())?;
    writer.confirm(&first)?;
    first.runs().iter().for_each(|run| directory.learn(run));
    holds(store.heads()?.len() == 3, "a commit's runs are stored together")?;
    holds(store.append_runs(first.runs()).is_err(), "a run that is held already is refused")?;

    let second = writer.append(batch(Stream::Federation), now, &mut entropy)?;
    let lost = writer_at(&writer, &directory, store)?.append(batch(Stream::Federation), now, &mut entropy)?;
    let beyond: Vec<AcceptedRun> = [lost.runs(), first.runs()].concat();
    let before = store.heads()?;
    holds(
        store.append_runs(&beyond).is_err(),
        "runs are refused when one of them does not continue its log",
    )?;
    holds(store.heads()? == before, "of runs refused together none is stored")?;
    store.append_runs(second.runs())?;
    writer.confirm(&second)?;

    let third = writer.append(batch(Stream::Local), now, &mut entropy)?;
    store.append_runs(third.runs())?;
    writer.confirm(&third)?;
    set_aside(store, third.runs())?;

    let mut story: Vec<(LogId, FactId, Vec<StoredFact>)> = Vec::new();
    for run in [first.runs(), second.runs(), third.runs()].concat() {
        let facts = run.facts().iter().map(|fact| fact.stored().clone());
        match story.iter_mut().find(|(log, ..)| *log == run.log()) {
            Some((_, head, held)) => {
                held.extend(facts);
                *head = run.head();
            }
            None => story.push((run.log(), run.head(), facts.collect())),
        }
    }
    story.sort_by_key(|(log, ..)| *log);
    let later = forked(&directory, second.runs(), 1, network)?;
    let proof = forked(&directory, second.runs(), 0, network)?;
    store.put_fork(&later)?;
    store.put_fork(&proof)?;
    store.put_fork(&later)?;
    Ok(Story { facts: story, proof })
}

/// Sets a log's last run aside and stores it again.
fn set_aside(store: &mut dyn LogStore, runs: &[AcceptedRun]) -> Result<(), StoryError> {
    let Some(run) = runs.first() else { return Err(StoryError::Broken("the story's own run has facts")) };
    let before = store.heads()?;
    store.set_aside(run.log(), run.height())?;
    holds(store.heads()? == before, "nothing is set aside beyond the end")?;
    store.set_aside(run.log(), run.from())?;
    let head = store.head(run.log())?;
    let ends = head.is_some_and(|head| head.height == run.from() && head.head == run.prev());
    holds(ends, "what is set aside is no longer held, and what stands before it is")?;
    let read = store.read_range(run.log(), run.from(), 9, RUN_BYTES_MAX)?;
    holds(read.is_empty(), "what is set aside is not read")?;
    store.append_runs(runs)?;
    holds(store.heads()? == before, "what was set aside can be stored again")
}

fn writer_at(
    writer: &LogWriter,
    directory: &Directory,
    store: &dyn LogStore,
) -> Result<LogWriter, StoryError> {
    let identity = writer.identity().clone();
    let tails = Tails::read(store, directory, identity.node())?;
    Ok(LogWriter::new(identity, tails))
}

/// Signs the place of one of a run's facts a second time, as only a dishonest node would.
fn forked(
    directory: &Directory,
    runs: &[AcceptedRun],
    index: usize,
    network: NetworkId,
) -> Result<ForkProof, StoryError> {
    let broken = StoryError::Broken("the story's own run has facts");
    let (Some(run), identity) = (runs.first(), identity(network, 1)?) else { return Err(broken) };
    let Some(facts @ [first, ..]) = run.facts().get(index..) else { return Err(broken) };
    let mut header = first.header().clone();
    header.flags = Flags::LAST_IN_COMMIT;
    let stored = first.stored();
    let other =
        crate::envelope::Fact::make(header, stored.salt, stored.body.clone(), identity.key(), network);
    ForkProof::between(*run.name(), facts, &[other], directory).ok_or(broken)
}

/// Compares a store with the story that [`fill`] wrote into it.
pub fn recall(store: &dyn LogStore, story: &Story) -> Result<(), StoryError> {
    let heads = store.heads()?;
    let same = heads.len() == story.facts.len()
        && heads.iter().zip(&story.facts).all(|(head, (log, id, facts))| {
            head.name.id() == *log && head.head == *id && usize::try_from(head.height) == Ok(facts.len())
        });
    holds(same, "heads name each log's last fact, in order of log id")?;
    for (log, id, facts) in &story.facts {
        let head = store.head(*log)?;
        holds(head.is_some_and(|head| head.head == *id), "a log's head is its last fact")?;
        holds(store.read_range(*log, 0, 1_000, RUN_BYTES_MAX)? == *facts, "bytes come back as they went in")?;
        holds(store.read_range(*log, 1, 1, 0)?.len() == 1, "at least one fact is read")?;
        holds(
            store.read_range(*log, 0, 0, RUN_BYTES_MAX)?.is_empty(),
            "no fact is read when none is asked for",
        )?;
        let size = facts.iter().take(2).map(StoredFact::size).sum();
        let two = store.read_range(*log, 0, 1_000, size)?;
        holds(two.len() == facts.len().min(2), "reading ends once the bytes asked for are reached")?;
        holds(store.read_range(*log, 1_000_000, 9, 9)?.is_empty(), "nothing is read beyond the end")?;
        holds(store.read_range(*log, u64::MAX, 9, 9)?.is_empty(), "nothing is read at the greatest place")?;
    }
    let log = story.proof.name().id();
    holds(
        store.fork(log)? == Some(story.proof.clone()),
        "the proof with the lowest place comes back as it went in",
    )?;
    holds(store.forks()? == [story.proof.clone()], "a proof is kept once")?;
    let view = store.view(log, &Directory::new(NetworkId::of("story")))?;
    holds(view.limit == Some(story.proof.limit()), "a forked log ends where its histories part")?;
    holds(view.head != NO_FACT, "a forked log keeps its facts")
}
