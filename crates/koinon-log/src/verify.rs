//! Accepting a run: whole or not at all.
//!
//! A run is judged by its received bytes against what is known of the log ([`LogView`]) and of the node
//! ([`Directory`]). The signature on the last fact vouches for all before it, since each fact's id covers its
//! predecessor's; signatures inside a run are covered by that chain and are not checked one by one.

use koinon_core::{FactId, LogId, NodeId};

use crate::control::{self, ControlError, LogOpened};
use crate::directory::{Directory, Limit};
use crate::envelope::{EnvelopeError, Fact, RUN_BYTES_MAX, RUN_FACTS_MAX, StoredFact};
use crate::keys::{Inception, KeyError, VerifyKey};
use crate::name::{LogName, NO_FACT, NetworkId, Stream};
use crate::rotation::{Rotation, RotationError};
use crate::simulation::{Planted, planted};

/// A stretch of one log as it came from a peer or a store, not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The log.
    pub name: LogName,
    /// The sequence number of the first fact.
    pub from: u64,
    /// The facts, in order.
    pub facts: Vec<StoredFact>,
}

/// A run whose facts were read, up to the first whose bytes do not hold together; not yet believed.
///
/// Whoever carries a run on need not hash its facts a second time: that they hold together is in the type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRun {
    name: LogName,
    from: u64,
    facts: Vec<Fact>,
    bytes: usize,
    /// What is wrong with the run as such, or with the fact that comes next; what follows it was not read.
    fault: Option<Reason>,
}

impl ReadRun {
    /// A run of which nothing was read yet, and which will have so many facts.
    pub(crate) fn begin(name: LogName, from: u64, count: usize) -> Self {
        let fault = (count > RUN_FACTS_MAX).then_some(Reason::TooManyFacts(count));
        Self { name, from, facts: Vec::with_capacity(count.min(RUN_FACTS_MAX)), bytes: 0, fault }
    }

    /// Takes the next fact, and gives its id; nothing once a fact did not hold together.
    pub(crate) fn push(&mut self, fact: Result<Fact, EnvelopeError>) -> Option<FactId> {
        if self.fault.is_some() {
            return None;
        }
        match fact {
            Ok(fact) => {
                let id = fact.id();
                self.bytes = self.bytes.saturating_add(fact.stored().size());
                if self.bytes > RUN_BYTES_MAX {
                    self.fault = Some(Reason::TooManyBytes(self.bytes));
                    return None;
                }
                self.facts.push(fact);
                Some(id)
            }
            Err(error) => {
                self.fault = Some(error.into());
                None
            }
        }
    }

    /// The log.
    pub fn name(&self) -> &LogName {
        &self.name
    }

    /// The sequence number of the first fact.
    pub fn from(&self) -> u64 {
        self.from
    }

    /// The facts that were read, in order.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The bytes of the facts that were read, as counted against [`RUN_BYTES_MAX`].
    pub fn size(&self) -> usize {
        self.bytes
    }

    /// What is wrong with the run as such, whatever its facts say.
    fn too_large(&self) -> Option<&Reason> {
        let too_large = |fault: &&Reason| matches!(fault, Reason::TooManyFacts(_) | Reason::TooManyBytes(_));
        self.fault.as_ref().filter(too_large)
    }

    /// Leaves out what comes after so many facts, its faults too.
    pub(crate) fn truncate(&mut self, count: usize) {
        if count <= self.facts.len() && self.too_large().is_none() {
            let gone = self.facts.drain(count..).map(|fact| fact.stored().size());
            self.bytes = gone.fold(self.bytes, usize::saturating_sub);
            self.fault = None;
        }
    }

    /// Leaves out the first facts, as many as these.
    pub(crate) fn skip(&mut self, count: usize) {
        let count = count.min(self.facts.len());
        let gone = self.facts.drain(..count).map(|fact| fact.stored().size());
        self.bytes = gone.fold(self.bytes, usize::saturating_sub);
        self.from = self.from.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Gives up the facts that were read.
    pub(crate) fn into_facts(self) -> Vec<Fact> {
        self.facts
    }

    /// Whether nothing was read and nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.fault.is_none()
    }
}

impl From<Run> for ReadRun {
    fn from(run: Run) -> Self {
        let mut read = Self::begin(run.name, run.from, run.facts.len());
        let bytes = run.facts.iter().fold(0_usize, |sum, fact| sum.saturating_add(fact.size()));
        if bytes > RUN_BYTES_MAX && read.fault.is_none() {
            read.fault = Some(Reason::TooManyBytes(bytes));
        }
        for stored in run.facts {
            if read.push(Fact::from_stored(stored)).is_none() {
                break;
            }
        }
        read
    }
}

impl From<ReadRun> for Run {
    fn from(run: ReadRun) -> Self {
        let facts = run.facts.into_iter().map(Fact::into_stored).collect();
        Self { name: run.name, from: run.from, facts }
    }
}

impl From<&Run> for ReadRun {
    fn from(run: &Run) -> Self {
        run.clone().into()
    }
}

/// What is known of a log before a run is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogView {
    /// The number of facts held, from 0 without gap.
    pub height: u64,
    /// The id of the last fact held; [`NO_FACT`] when there is none.
    pub head: FactId,
    /// Where the log ends for good: before the place where its node signed two histories, or at the last fact that
    /// counted when its key was replaced.
    pub limit: Option<Limit>,
}

impl LogView {
    /// The view of a log of which nothing is held.
    pub const EMPTY: Self = Self { height: 0, head: NO_FACT, limit: None };

    /// The number of facts held that count.
    pub fn counted(&self) -> u64 {
        self.limit.map_or(self.height, |limit| self.height.min(limit.height))
    }
}

/// A run that was accepted, or that the node wrote itself. Only [`accept_run`] and the writer make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedRun {
    name: LogName,
    facts: Vec<Fact>,
}

impl AcceptedRun {
    /// Takes facts that this crate has made or checked; they are never empty.
    pub(crate) fn new(name: LogName, facts: Vec<Fact>) -> Self {
        Self { name, facts }
    }

    /// The log.
    pub fn name(&self) -> &LogName {
        &self.name
    }

    /// The log's id.
    pub fn log(&self) -> LogId {
        self.name.id()
    }

    /// The sequence number of the first fact.
    pub fn from(&self) -> u64 {
        self.facts.first().map_or(0, |fact| fact.header().seq)
    }

    /// The facts, in order; never empty.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Gives up the facts.
    pub fn into_facts(self) -> Vec<Fact> {
        self.facts
    }

    /// The log's height once the run is stored.
    pub fn height(&self) -> u64 {
        self.facts.last().map_or(0, |fact| fact.header().seq.saturating_add(1))
    }

    /// The id of the last fact.
    pub fn head(&self) -> FactId {
        self.facts.last().map_or(NO_FACT, Fact::id)
    }

    /// The id that the first fact names as its predecessor.
    pub fn prev(&self) -> FactId {
        self.facts.first().map_or(NO_FACT, |fact| fact.header().prev)
    }
}

/// Why a run is refused: which log, at which place, and for what reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("log {log}, fact {seq}: {reason}")]
pub struct Rejection {
    /// The log that the run claims to be of.
    pub log: LogId,
    /// The place in the log at which the fault stands.
    pub seq: u64,
    /// The fault.
    pub reason: Reason,
}

impl Rejection {
    /// Whether the same run may be accepted once other runs have been.
    pub fn waits(&self) -> bool {
        let waits = matches!(self.reason, Reason::UnknownNode(_) | Reason::UnknownLog | Reason::Gap { .. });
        waits || matches!(self.reason, Reason::RecoveryWaits { .. })
    }
}

/// One reason to refuse a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The run holds no fact.
    #[error("the run is empty")]
    Empty,
    /// More than [`RUN_FACTS_MAX`] facts.
    #[error("the run has {0} facts; {RUN_FACTS_MAX} are allowed")]
    TooManyFacts(usize),
    /// More than [`RUN_BYTES_MAX`] bytes.
    #[error("the run has {0} bytes; {RUN_BYTES_MAX} are allowed")]
    TooManyBytes(usize),
    /// Facts between those held and the run's first are missing.
    #[error("facts {height} and after must come first")]
    Gap {
        /// The number of facts held.
        height: u64,
    },
    /// The run begins before the end of what is held.
    #[error("facts up to {height} are held already")]
    Known {
        /// The number of facts held.
        height: u64,
    },
    /// The log ended for good before: its node signed two histories, or its key was replaced.
    #[error("the log ended at {0} facts: its node signed two histories, or its key was replaced")]
    Ended(u64),
    /// A fact's bytes do not hold together.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// A header names another log.
    #[error("the header belongs to log {0}")]
    OtherLog(LogId),
    /// A header's sequence number is not the next.
    #[error("the header says fact {0}")]
    Sequence(u64),
    /// The run continues another history than the one held.
    #[error("it follows {found}, but {held} is held: two histories of one log")]
    Diverged {
        /// The fact held.
        held: FactId,
        /// The fact named.
        found: FactId,
    },
    /// A fact inside the run does not follow the one before it.
    #[error("it does not follow the fact before it")]
    Chain,
    /// The last fact is not signed.
    #[error("the run does not end in a signed fact")]
    Unsigned,
    /// The signature is not the node's, or is for other bytes or another network.
    #[error("the signature is not that of the log's node in this network")]
    Signature,
    /// The node's inception has not been received.
    #[error("node {0} is unknown; its first control log must come first")]
    UnknownNode(NodeId),
    /// No control fact received so far opens the log.
    #[error("no known control fact of its node opens this log")]
    UnknownLog,
    /// The first fact of a control log is neither an inception nor its own opening.
    #[error("a control log must begin with an inception or with its own opening")]
    ControlStart,
    /// The first fact of a control log is malformed.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The inception is malformed.
    #[error(transparent)]
    Inception(#[from] KeyError),
    /// The rotation is not valid.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// Stewards gave the node another key, and this node waits before it takes that as good.
    #[error("stewards gave node {node} another key on {}; it is taken as good 72 hours after it was first heard of", announced.to_rfc3339())]
    RecoveryWaits {
        /// The node.
        node: NodeId,
        /// The rotation's fact.
        rotation: FactId,
        /// When the stewards announced it.
        announced: koinon_core::Timestamp,
    },
    /// The inception's hash is not the node's id.
    #[error("the inception founds node {0}")]
    OtherNode(NodeId),
    /// The inception is for another network.
    #[error("the inception belongs to network {0}")]
    OtherNetwork(NetworkId),
}

/// Judges a run; gives it back as believed, or says where and why not. Changes nothing.
pub fn accept_run(
    known: &LogView,
    run: impl Into<ReadRun>,
    directory: &Directory,
) -> Result<AcceptedRun, Rejection> {
    let run = run.into();
    check(known, &run, directory)?;
    Ok(AcceptedRun::new(run.name, run.facts))
}

/// Judges a run and leaves it as it is.
pub(crate) fn check(known: &LogView, run: &ReadRun, directory: &Directory) -> Result<(), Rejection> {
    let log = run.name.id();
    let reject = |seq: u64, reason: Reason| Rejection { log, seq, reason };
    check_place(known, run).map_err(|reason| reject(run.from, reason))?;
    let after = check_chain(known, run).map_err(|(seq, reason)| reject(seq, reason))?;

    let last = after.saturating_sub(1);
    let key = match run.facts.first().filter(|_| run.from == 0) {
        Some(first) => opening_key(&run.name, first, directory),
        None => directory.key_of(log).copied().ok_or(Reason::UnknownLog),
    }
    .map_err(|reason| reject(run.from, reason))?;
    let Some(end) = run.facts.last() else { return Err(reject(run.from, Reason::Empty)) };
    // The end that a proof or a rotation names is vouched for by it.
    let named = known.limit.is_some_and(|limit| limit.height == after && limit.head == end.id());
    if !named && !end.is_signed() {
        return Err(reject(last, Reason::Unsigned));
    }
    if named || end.signed_by(&key, directory.network()) || planted(Planted::NoSignatureCheck) {
        return Ok(());
    }
    Err(reject(last, Reason::Signature))
}

/// Whether each fact is the next of this log after the one before it; gives the number after the last.
fn check_chain(known: &LogView, run: &ReadRun) -> Result<u64, (u64, Reason)> {
    let log = run.name.id();
    let mut prev = (known.height > 0).then_some(known.head);
    let mut seq = run.from;
    for (index, fact) in run.facts.iter().enumerate() {
        let header = fact.header();
        if header.log != log {
            return Err((seq, Reason::OtherLog(header.log)));
        }
        if header.seq != seq {
            return Err((seq, Reason::Sequence(header.seq)));
        }
        let unchecked = planted(Planted::NoChainCheck);
        if let Some(held) = prev.filter(|held| *held != header.prev && !unchecked) {
            let found = header.prev;
            let reason = if index == 0 { Reason::Diverged { held, found } } else { Reason::Chain };
            return Err((seq, reason));
        }
        prev = Some(fact.id());
        seq = seq.checked_add(1).ok_or((seq, Reason::Sequence(seq)))?;
    }
    match &run.fault {
        Some(fault) => Err((seq, fault.clone())),
        None => Ok(seq),
    }
}

fn check_place(known: &LogView, run: &ReadRun) -> Result<(), Reason> {
    let height = known.height;
    if let Some(reason) = run.too_large() {
        return Err(reason.clone());
    }
    if run.is_empty() {
        return Err(Reason::Empty);
    }
    if run.from > height {
        return Err(Reason::Gap { height });
    }
    if run.from < height {
        return Err(Reason::Known { height });
    }
    let count = run.facts.len().saturating_add(usize::from(run.fault.is_some()));
    let after = run.from.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    match known.limit {
        Some(limit) if after > limit.height => Err(Reason::Ended(limit.height)),
        _ => Ok(()),
    }
}

/// Judges the first fact of a log and finds the key that must have signed the run.
fn opening_key(name: &LogName, first: &Fact, directory: &Directory) -> Result<VerifyKey, Reason> {
    let header = first.header();
    let node = name.node;
    if name.stream != Stream::Control {
        if directory.inception(node).is_none() {
            return Err(Reason::UnknownNode(node));
        }
        let opening = directory.opening(name.id(), header.prev).ok_or(Reason::UnknownLog)?;
        if !directory.counts(opening.place) {
            return Err(Reason::Ended(0));
        }
        return directory.control_key(opening.place.0).copied().ok_or(Reason::UnknownLog);
    }
    // A control log is signed with the key of the one before it.
    let key_before = |log: LogId| {
        if directory.inception(node).is_none() {
            return Err(Reason::UnknownNode(node));
        }
        directory.control_key(log).copied().ok_or(Reason::UnknownLog)
    };
    match header.kind {
        control::INCEPTION if header.prev == NO_FACT => {
            let founded = Inception::node_id(first.body());
            if founded != name.node {
                return Err(Reason::OtherNode(founded));
            }
            let inception = Inception::decode(first.body())?;
            if inception.network != directory.network() {
                return Err(Reason::OtherNetwork(inception.network));
            }
            Ok(inception.key)
        }
        control::LOG_OPENED => {
            let opened = LogOpened::decode(first.body())?;
            let itself = opened.log == name.id()
                && opened.stream == name.stream
                && opened.incarnation == name.incarnation;
            match opened.predecessor.filter(|tail| itself && tail.id == header.prev) {
                Some(tail) => {
                    let key = key_before(tail.log)?;
                    // A replaced key opens nothing more; what it had opened before is in the limits.
                    let replaced = directory.key(node).is_some_and(|now| *now != key);
                    let void =
                        replaced && !directory.honours(node, name.id()) && !planted(Planted::RotationIgnored);
                    if void { Err(Reason::Ended(0)) } else { Ok(key) }
                }
                None => Err(Reason::ControlStart),
            }
        }
        control::KEY_ROTATION => {
            let rotation = Rotation::decode(first.body())?;
            if rotation.opens(node) != *name || rotation.predecessor.id != header.prev {
                return Err(Reason::ControlStart);
            }
            let before = key_before(rotation.predecessor.log)?;
            if directory.keys(node).contains(&rotation.key) && !directory.brings(node, first.id()) {
                return Err(RotationError::Used.into());
            }
            let standing = directory.standing(node, &before).ok_or(Reason::UnknownNode(node))?;
            rotation.check(directory.network(), node, &standing)?;
            match &rotation.stewards {
                Some(stewards) if !directory.is_settled(first.id()) => {
                    Err(Reason::RecoveryWaits { node, rotation: first.id(), announced: stewards.announced })
                }
                _ => Ok(rotation.key),
            }
        }
        _ => Err(Reason::ControlStart),
    }
}
