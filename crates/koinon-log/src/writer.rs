//! Appending: a node's own logs grow by one durable commit at a time.
//!
//! [`LogWriter::append`] gives bytes and changes nothing that could be lost; [`LogWriter::confirm`] moves on once
//! the caller has made them durable. A commit that is not confirmed leaves the writer unusable: a new writer is
//! made from what the store really holds, and it opens new logs. So no place of a log is ever written twice.
//!
//! A log opens at its first append, not when the program starts. Its incarnation is drawn from the entropy
//! passed in, which in a running node is the operating system's and never a seed.

use std::collections::BTreeMap;

use koinon_core::{Digest, Entropy, FactId, LogId, NodeId, Timestamp};

use crate::control::{self, LogOpened};
use crate::directory::Directory;
use crate::envelope::{
    BODY_BYTES_MAX, Fact, Flags, Header, RUN_BYTES_MAX, RUN_FACTS_MAX, body_commit, later_salt,
};
use crate::hlc::Hlc;
use crate::keys::{Inception, KeyError, SigningKey, VerifyKey};
use crate::name::{Incarnation, KeyId, LogName, NO_FACT, NetworkId, Stream, Tail};
use crate::rotation::Rotation;
use crate::store::{LogStore, StoreError};
use crate::verify::AcceptedRun;

/// Why facts could not be appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriterError {
    /// There is nothing to append.
    #[error("there is nothing to append")]
    Empty,
    /// An earlier commit was not confirmed; the writer must be made anew from the store.
    #[error("an earlier commit was not confirmed; make a new writer from the store")]
    Unconfirmed,
    /// The commit to confirm is not the one that is open.
    #[error("this commit is not the one that waits to be confirmed")]
    OtherCommit,
    /// A body is larger than [`BODY_BYTES_MAX`].
    #[error("fact {index} of the batch has a body of {found} bytes; {BODY_BYTES_MAX} are allowed")]
    BodyTooLong {
        /// The fact's place in the batch, from 0.
        index: usize,
        /// The body's length.
        found: usize,
    },
    /// A control fact has a kind number that this crate keeps for itself.
    #[error("fact {index} of the batch has kind {kind}, which the log keeps for itself")]
    ReservedKind {
        /// The fact's place in the batch, from 0.
        index: usize,
        /// The kind.
        kind: u32,
    },
    /// A fact about a person goes to a stream that leaves the node, or a fact marks itself as last in commit.
    #[error("fact {index} of the batch has flags that stream {stream:?} does not allow")]
    Flags {
        /// The fact's place in the batch, from 0.
        index: usize,
        /// The stream.
        stream: Stream,
    },
    /// More facts or bytes for one log than a run can carry.
    #[error("{facts} facts of {bytes} bytes for stream {stream:?} exceed one commit; split the batch")]
    TooLarge {
        /// The stream.
        stream: Stream,
        /// The number of facts, openings included.
        facts: usize,
        /// Their size in bytes.
        bytes: usize,
    },
}

/// Why a node's identity is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The inception is malformed.
    #[error(transparent)]
    Inception(#[from] KeyError),
    /// The key is not the one that the inception names.
    #[error("the secret key is not the one that the inception names; use the key file of this node")]
    OtherKey,
}

/// Who a node is: its inception and the key that signs for it.
#[derive(Debug, Clone)]
pub struct Identity {
    node: NodeId,
    network: NetworkId,
    inception: Vec<u8>,
    key: SigningKey,
}

impl Identity {
    /// Founds a node.
    ///
    /// `next_key` is [`VerifyKey::next_digest`] of a key whose secret is kept apart; `recovery` is put in order.
    pub fn found(
        network: NetworkId,
        key: SigningKey,
        next_key: Digest,
        mut recovery: Vec<VerifyKey>,
        threshold: u8,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, IdentityError> {
        recovery.sort();
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        let inception = Inception { network, key: key.verify_key(), next_key, recovery, threshold, salt };
        inception.check()?;
        Self::new(inception.encode(), key)
    }

    /// Takes up an identity from the inception's bytes and the key that were kept.
    pub fn new(inception: Vec<u8>, key: SigningKey) -> Result<Self, IdentityError> {
        let read = Inception::decode(&inception)?;
        if read.key != key.verify_key() {
            return Err(IdentityError::OtherKey);
        }
        Ok(Self { node: Inception::node_id(&inception), network: read.network, inception, key })
    }

    /// Takes up an identity whose first key was replaced, from the inception's bytes and the key that signs now. Whether
    /// the key is the node's is for the node's directory to say.
    pub fn with_later_key(inception: Vec<u8>, key: SigningKey) -> Result<Self, IdentityError> {
        let read = Inception::decode(&inception)?;
        Ok(Self { node: Inception::node_id(&inception), network: read.network, inception, key })
    }

    /// The node's id.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// The network.
    pub fn network(&self) -> NetworkId {
        self.network
    }

    /// The inception's bytes, to be kept beside the key.
    pub fn inception(&self) -> &[u8] {
        &self.inception
    }

    /// The key.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }
}

/// Where a node's logs ended in its earlier lives, as far as it knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tails {
    /// The last control fact; nothing before the node's first append.
    pub control: Option<Tail>,
    /// The end of the last log of each other stream.
    pub streams: BTreeMap<Stream, Tail>,
    /// The latest stamp among these facts.
    pub hlc: Hlc,
}

impl Tails {
    /// Reads the ends of a node's logs from its store; the directory must have learned the node's control logs.
    pub fn read(store: &dyn LogStore, directory: &Directory, node: NodeId) -> Result<Self, StoreError> {
        let mut tails = Self { control: directory.control_tail(node), ..Self::default() };
        for stream in Stream::ALL.into_iter().filter(|stream| *stream != Stream::Control) {
            let log = directory.last_opened(node, stream).map(|name| name.id());
            let Some(head) = log.map(|log| store.head(log)).transpose()?.flatten() else { continue };
            let seq = head.height.saturating_sub(1);
            tails.streams.insert(stream, Tail { log: head.log, seq, id: head.head });
        }
        for tail in tails.control.iter().chain(tails.streams.values()) {
            let last = store.read_range(tail.log, tail.seq, 1, 0)?;
            let stamps = last.iter().filter_map(|fact| Header::parse(&fact.header).ok()).map(|h| h.hlc);
            tails.hlc = stamps.fold(tails.hlc, Hlc::max);
        }
        Ok(tails)
    }
}

/// A fact to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFact {
    /// The stream that it goes to.
    pub stream: Stream,
    /// The kind of fact; in the control stream [`control::KINDS_RESERVED`] or above, or a ruling.
    pub kind: u32,
    /// The version of the kind's schema.
    pub schema: u8,
    /// Marks; [`Flags::LAST_IN_COMMIT`] is the writer's to set.
    pub flags: Flags,
    /// The key of the author, when it is not the node.
    pub author: Option<KeyId>,
    /// The body.
    pub body: Vec<u8>,
}

/// Where a fact of a batch was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The log.
    pub log: LogId,
    /// The place in it.
    pub seq: u64,
    /// The fact's id.
    pub id: FactId,
    /// The fact's stamp.
    pub hlc: Hlc,
}

/// Facts to be made durable together, before any of them may leave the node.
#[derive(Debug)]
pub struct Commit {
    runs: Vec<AcceptedRun>,
    placed: Vec<Placed>,
    serial: u64,
    next: State,
}

impl Commit {
    /// The runs to append in one transaction: the control log's first, then the others by stream.
    pub fn runs(&self) -> &[AcceptedRun] {
        &self.runs
    }

    /// The place of each fact of the batch, in the batch's order.
    pub fn placed(&self) -> &[Placed] {
        &self.placed
    }
}

#[derive(Debug, Clone, Copy)]
struct OpenLog {
    name: LogName,
    height: u64,
    head: FactId,
}

#[derive(Debug, Clone, Default)]
struct State {
    logs: BTreeMap<Stream, OpenLog>,
    hlc: Hlc,
}

struct Draft {
    kind: u32,
    schema: u8,
    flags: Flags,
    author: Option<KeyId>,
    body: Vec<u8>,
    hlc: Hlc,
}

/// The one hand that writes a node's logs.
#[derive(Debug)]
pub struct LogWriter {
    identity: Identity,
    tails: Tails,
    state: State,
    serial: u64,
    unconfirmed: bool,
    /// The rotation that the first control log of this life is to open with.
    rotation: Option<Rotation>,
}

impl LogWriter {
    /// Begins a life of the node: no log is open yet, whatever the tails are.
    pub fn new(identity: Identity, tails: Tails) -> Self {
        let state = State { logs: BTreeMap::new(), hlc: tails.hlc };
        Self { identity, tails, state, serial: 0, unconfirmed: false, rotation: None }
    }

    /// Begins a life that continues the logs of the one before, as no node may: a fault of the simulator's.
    #[cfg(feature = "simulation")]
    pub fn continuing(identity: Identity, tails: Tails, heads: &[crate::LogHead]) -> Self {
        let mut writer = Self::new(identity, tails);
        let ends: Vec<LogId> =
            writer.tails.control.iter().chain(writer.tails.streams.values()).map(|tail| tail.log).collect();
        for head in heads.iter().filter(|head| ends.contains(&head.log)) {
            let log = OpenLog { name: head.name, height: head.height, head: head.head };
            writer.state.logs.insert(head.name.stream, log);
        }
        writer
    }

    /// Begins a life of the node that opens by replacing its key; the identity's key is the new one.
    pub fn rotating(identity: Identity, mut tails: Tails, rotation: Rotation) -> Self {
        tails.control = Some(rotation.predecessor);
        tails.streams.retain(|_, tail| rotation.honoured.iter().any(|honoured| honoured.log == tail.log));
        Self { rotation: Some(rotation), ..Self::new(identity, tails) }
    }

    /// Whether this life of the node has written something durable.
    pub fn has_written(&self) -> bool {
        !self.state.logs.is_empty()
    }

    /// Takes note of where the node's own logs truly end, as neighbours sent them back after a restore, so that its next logs name
    /// those ends. Nothing changes once this life has written, or where it opens with a rotation, which names the ends itself.
    pub fn settle_tails(&mut self, tails: Tails) {
        if !self.has_written() && !self.unconfirmed && self.rotation.is_none() {
            self.state.hlc = self.state.hlc.max(tails.hlc);
            self.tails = tails;
        }
    }

    /// Who writes.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether an append is possible: no commit is open or lost.
    pub fn is_ready(&self) -> bool {
        !self.unconfirmed
    }

    /// Takes note of a stamp heard from a peer, held at ten minutes ahead of the node's own clock.
    pub fn heard(&mut self, hlc: Hlc, now: Timestamp) {
        self.state.hlc = self.state.hlc.heard(hlc, now);
    }

    /// Makes a commit of a batch. Until it is confirmed nothing else can be appended. The batch is empty only where a
    /// rotation is to be written by itself.
    pub fn append(
        &mut self,
        batch: Vec<NewFact>,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Commit, WriterError> {
        if self.unconfirmed {
            return Err(WriterError::Unconfirmed);
        }
        // A rotation alone is a commit.
        if self.rotation.is_none() || !batch.is_empty() {
            check_batch(&batch)?;
        }
        let mut next = self.state.clone();
        let mut drafts: BTreeMap<Stream, Vec<Draft>> = BTreeMap::new();
        let mut opened: BTreeMap<Stream, usize> = BTreeMap::new();

        for stream in [Stream::Control].into_iter().chain(batch.iter().map(|fact| fact.stream)) {
            if next.logs.contains_key(&stream) {
                continue;
            }
            let (log, kind, body) = self.open(stream, entropy);
            next.logs.insert(stream, log);
            next.hlc = next.hlc.next(now);
            let openings = drafts.entry(Stream::Control).or_default();
            opened.insert(stream, openings.len());
            let schema = control::SCHEMA;
            openings.push(Draft { kind, schema, flags: Flags::NONE, author: None, body, hlc: next.hlc });
        }
        let mut order = Vec::with_capacity(batch.len());
        for fact in batch {
            let NewFact { stream, kind, schema, flags, author, body } = fact;
            next.hlc = next.hlc.next(now);
            let of_stream = drafts.entry(stream).or_default();
            order.push((stream, of_stream.len()));
            of_stream.push(Draft { kind, schema, flags, author, body, hlc: next.hlc });
        }

        let mut built: BTreeMap<Stream, Vec<Fact>> = BTreeMap::new();
        // The control stream is the first in order, so openings have their ids before they are named.
        for (stream, drafts) in drafts {
            let Some(log) = next.logs.get_mut(&stream) else { continue };
            if let Some(index) = opened.get(&stream).filter(|_| stream != Stream::Control) {
                let control = built.get(&Stream::Control);
                log.head = control.and_then(|facts| facts.get(*index)).map_or(NO_FACT, Fact::id);
            }
            let facts = self.build(log, drafts, entropy);
            let bytes = facts.iter().fold(0_usize, |sum, fact| sum.saturating_add(fact.stored().size()));
            if facts.len() > RUN_FACTS_MAX || bytes > RUN_BYTES_MAX {
                return Err(WriterError::TooLarge { stream, facts: facts.len(), bytes });
            }
            built.insert(stream, facts);
        }
        let placed = order.into_iter().filter_map(|(stream, index)| {
            let fact = built.get(&stream)?.get(index)?;
            let header = fact.header();
            Some(Placed { log: header.log, seq: header.seq, id: fact.id(), hlc: header.hlc })
        });
        let placed = placed.collect();
        let names = |stream: &Stream| next.logs.get(stream).map(|log| log.name);
        let runs =
            built.into_iter().filter_map(|(stream, facts)| Some(AcceptedRun::new(names(&stream)?, facts)));
        let runs = runs.collect();
        self.serial = self.serial.wrapping_add(1);
        self.unconfirmed = true;
        Ok(Commit { runs, placed, serial: self.serial, next })
    }

    /// Takes a commit as durable.
    pub fn confirm(&mut self, commit: &Commit) -> Result<(), WriterError> {
        if !self.unconfirmed || commit.serial != self.serial {
            return Err(WriterError::OtherCommit);
        }
        let heard = self.state.hlc;
        self.state = commit.next.clone();
        self.state.hlc = self.state.hlc.max(heard);
        self.unconfirmed = false;
        Ok(())
    }

    /// Draws a new log of a stream; gives it with the kind and body of the control fact that opens it.
    fn open(&self, stream: Stream, entropy: &mut dyn Entropy) -> (OpenLog, u32, Vec<u8>) {
        let incarnation = Incarnation::draw(entropy);
        let name = LogName { node: self.identity.node, stream, incarnation };
        let (predecessor, head) = match stream {
            Stream::Control => (self.tails.control, self.tails.control.map_or(NO_FACT, |tail| tail.id)),
            _ => (self.tails.streams.get(&stream).copied(), NO_FACT),
        };
        let log = OpenLog { name, height: 0, head };
        if let Some(rotation) = self.rotation.as_ref().filter(|_| stream == Stream::Control) {
            let log = OpenLog { head: rotation.predecessor.id, ..log };
            let rotation = Rotation { incarnation, ..rotation.clone() };
            return (log, control::KEY_ROTATION, rotation.encode());
        }
        if stream == Stream::Control && predecessor.is_none() {
            return (log, control::INCEPTION, self.identity.inception.clone());
        }
        let opened = LogOpened { log: name.id(), stream, incarnation, predecessor };
        (log, control::LOG_OPENED, opened.encode())
    }

    fn build(&self, log: &mut OpenLog, drafts: Vec<Draft>, entropy: &mut dyn Entropy) -> Vec<Fact> {
        let id = log.name.id();
        let count = drafts.len();
        let mut facts = Vec::with_capacity(count);
        let mut first: Option<[u8; 16]> = None;
        for (index, draft) in drafts.into_iter().enumerate() {
            let own = log.name.stream.shared().is_none() || draft.flags.has(Flags::PERSONAL);
            let number = u64::try_from(index).unwrap_or(u64::MAX);
            let salt = first.filter(|_| !own).map_or_else(
                || {
                    let mut salt = [0; 16];
                    entropy.fill(&mut salt);
                    salt
                },
                |first| later_salt(&first, number),
            );
            first.get_or_insert(salt);
            let last = if index + 1 == count { Flags::LAST_IN_COMMIT } else { Flags::NONE };
            let header = Header {
                log: id,
                seq: log.height,
                prev: log.head,
                hlc: draft.hlc,
                kind: draft.kind,
                schema: draft.schema,
                flags: draft.flags.with(last),
                // Bodies were checked to be far shorter.
                body_len: u32::try_from(draft.body.len()).unwrap_or(u32::MAX),
                body_commit: body_commit(&salt, &draft.body),
                author: draft.author,
            };
            let fact = Fact::make(header, salt, draft.body, &self.identity.key, self.identity.network);
            log.head = fact.id();
            log.height = log.height.saturating_add(1);
            facts.push(fact);
        }
        facts
    }
}

fn check_batch(batch: &[NewFact]) -> Result<(), WriterError> {
    if batch.is_empty() {
        return Err(WriterError::Empty);
    }
    for (index, fact) in batch.iter().enumerate() {
        let (kind, stream, found) = (fact.kind, fact.stream, fact.body.len());
        if found > BODY_BYTES_MAX {
            return Err(WriterError::BodyTooLong { index, found });
        }
        let reserved = kind < control::KINDS_RESERVED && kind != control::FORK_RULING;
        if stream == Stream::Control && reserved {
            return Err(WriterError::ReservedKind { index, kind });
        }
        let leaves = stream.shared().is_some();
        if fact.flags.has(Flags::LAST_IN_COMMIT) || (leaves && fact.flags.has(Flags::PERSONAL)) {
            return Err(WriterError::Flags { index, stream });
        }
    }
    Ok(())
}
