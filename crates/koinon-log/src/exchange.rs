//! Messages between nodes: what is held, what is wanted, and runs, in the strict encoding with strict limits.
//!
//! The protocol is a stateless pull and the same over any pipe. Streams that may not leave the node have no
//! form here: a [`SharedRun`] and a [`HaveLog`] can name a [`SharedStream`] only. On the wire a run leaves out
//! `prev` and the body commitment of each header; the receiver computes them from what it received.

use koinon_core::{Digest, FactId, LogId, NodeId, Timestamp};

use crate::cbor::{CborError, CborFault, Reader, Writer};
use crate::envelope::{
    BODY_BYTES_MAX, EnvelopeError, Fact, HEADER_BYTES_MAX, Header, RUN_BYTES_MAX, RUN_FACTS_MAX, StoredFact,
    body_commit, elide, later_salt, restore,
};
use crate::first_view::{AskFirstView, Offer, take_answer};
use crate::fork::ForkProof;
use crate::keys::Signature;
use crate::name::{Incarnation, LogName, NetworkId, SharedStream, Stream};
use crate::receipt::Receipt;
use crate::verify::{ReadRun, Run};

/// The protocol version that this crate speaks.
pub const PROTOCOL: u16 = 1;
/// The largest message, in bytes.
pub const MESSAGE_BYTES_MAX: usize = RUN_BYTES_MAX + 64 * 1024;
/// The most logs in one [`Have`]; more are sent in further ones.
pub const HAVE_LOGS_MAX: usize = 32_768;
/// The most nodes in one [`Summary`].
pub const SUMMARY_NODES_MAX: usize = 65_536;

/// Why a message is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The message is larger than [`MESSAGE_BYTES_MAX`].
    #[error("the message has {0} bytes; {MESSAGE_BYTES_MAX} are allowed")]
    TooLong(usize),
    /// The bytes are not in the strict encoding, or a field is out of its range.
    #[error("the message is malformed: {0}")]
    Cbor(#[from] CborError),
    /// The first fact of a commit comes without a salt.
    #[error("the first fact of a commit comes without a salt")]
    NoSalt,
    /// The message's type number is unknown.
    #[error("message type {0} is unknown to this program")]
    Type(u64),
}

/// Why a run cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// The run's stream may not leave the node.
    #[error("stream {0:?} never leaves the node")]
    NotShared(Stream),
    /// A stored header is damaged.
    #[error("a stored fact is damaged: {0}")]
    Damaged(#[from] EnvelopeError),
}

/// The first word between two nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The oldest and the newest protocol version spoken.
    pub protocol: (u16, u16),
    /// The speaker.
    pub node: NodeId,
    /// The speaker's network.
    pub network: NetworkId,
    /// The speaker's clock, so that a wrong clock is noticed.
    pub clock: Timestamp,
    /// The digest of the sharing agreement that the speaker goes by; nothing where none was agreed on.
    pub agreement: Option<Digest>,
}

impl Hello {
    /// The newest protocol version that both speak, if both are of one network and share one.
    pub fn agree(&self, other: &Self) -> Option<u16> {
        let newest = self.protocol.1.min(other.protocol.1);
        let oldest = self.protocol.0.max(other.protocol.0);
        (self.network == other.network && oldest <= newest).then_some(newest)
    }
}

/// A log as a peer holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HaveLog {
    /// The log's id, which follows from the three after it.
    pub log: LogId,
    /// The node that writes it.
    pub node: NodeId,
    /// The stream.
    pub stream: SharedStream,
    /// The incarnation.
    pub incarnation: Incarnation,
    /// The number of facts held.
    pub height: u64,
    /// The last fact held.
    pub head: FactId,
}

impl HaveLog {
    /// The log's name.
    pub fn name(&self) -> LogName {
        LogName { node: self.node, stream: self.stream.into(), incarnation: self.incarnation }
    }
}

/// What a peer holds of one node's logs, of what the asker is entitled to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Have {
    /// The node that writes them.
    pub node: NodeId,
    /// The logs; at most [`HAVE_LOGS_MAX`].
    pub logs: Vec<HaveLog>,
    /// The digest over the node's logs that are not listed, see [`crate::pull::digest`]; nothing when all are.
    pub rest: Option<Digest>,
}

/// One digest for each node of which a peer holds logs, so that equal holdings are seen at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// The digests over what is held of each node, see [`crate::pull::digest`]; in order of nodes.
    pub nodes: Vec<(NodeId, Digest)>,
    /// The digest over the proofs of forks that are held.
    pub forks: Option<Digest>,
}

/// A request for what is held of one node's logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// The node.
    pub node: NodeId,
    /// Whether all logs are asked for, rather than those written to now.
    pub all: bool,
}

/// A request for facts of one log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// The log.
    pub log: LogId,
    /// The first place wanted.
    pub from: u64,
    /// The most bytes wanted; one whole commit is sent even if it is larger.
    pub max_bytes: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct WireFact {
    short: Vec<u8>,
    sig: Option<Signature>,
    /// Nothing when it follows from the first salt of the commit, see [`later_salt`].
    salt: Option<[u8; 16]>,
    body: Vec<u8>,
}

/// Walks over the facts of a run, to know the first salt of each commit.
#[derive(Default)]
struct Commits {
    first: Option<[u8; 16]>,
    index: u64,
}

impl Commits {
    /// The salt that follows for the next fact; nothing for the first of a commit, or of the run.
    fn follows(&self) -> Option<[u8; 16]> {
        self.first.map(|first| later_salt(&first, self.index))
    }

    fn pass(&mut self, salt: [u8; 16], signed: bool) {
        self.first.get_or_insert(salt);
        self.index = self.index.saturating_add(1);
        if signed {
            *self = Self::default();
        }
    }
}

/// A run in the form in which it leaves a node. Made only from streams that may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedRun {
    name: LogName,
    from: u64,
    prev: FactId,
    facts: Vec<WireFact>,
}

impl SharedRun {
    /// Shortens a run for sending; refuses streams that may not leave.
    pub fn new(run: Run) -> Result<Self, ShareError> {
        Self::of(run.name, run.from, run.facts)
    }

    /// The same for facts that were read.
    pub fn of_read(run: &ReadRun) -> Result<Self, ShareError> {
        Self::of(*run.name(), run.from(), run.facts().iter().map(|fact| fact.stored().clone()))
    }

    fn of(name: LogName, from: u64, run: impl IntoIterator<Item = StoredFact>) -> Result<Self, ShareError> {
        if name.stream.shared().is_none() {
            return Err(ShareError::NotShared(name.stream));
        }
        let mut prev = crate::name::NO_FACT;
        let mut commits = Commits::default();
        let run = run.into_iter();
        let mut facts = Vec::with_capacity(run.size_hint().0);
        for (index, fact) in run.enumerate() {
            if index == 0 {
                prev = Header::parse(&fact.header)?.prev;
            }
            let short = elide(&fact.header).map_err(EnvelopeError::from)?;
            let salt = (commits.follows() != Some(fact.salt)).then_some(fact.salt);
            commits.pass(fact.salt, fact.sig.is_some());
            facts.push(WireFact { short, sig: fact.sig, salt, body: fact.body });
        }
        Ok(Self { name, from, prev, facts })
    }

    /// The log.
    pub fn name(&self) -> &LogName {
        &self.name
    }

    /// The number of facts.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether the run holds no fact.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// Computes what was left out, and gives the run for judgement. What is computed is not computed again by the
    /// judge: each fact is hashed once.
    pub fn restore(self) -> Result<ReadRun, MessageError> {
        let mut prev = self.prev;
        let mut commits = Commits::default();
        let mut run = ReadRun::begin(self.name, self.from, self.facts.len());
        for WireFact { short, sig, salt, body } in self.facts {
            let salt = salt.or_else(|| commits.follows()).ok_or(MessageError::NoSalt)?;
            commits.pass(salt, sig.is_some());
            let commit = body_commit(&salt, &body);
            let header = restore(&short, &prev, &commit)?;
            let Some(id) = run.push(Fact::committed(StoredFact { header, sig, salt, body }, &commit)) else {
                break;
            };
            prev = id;
        }
        Ok(run)
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// See [`Hello`].
    Hello(Hello),
    /// See [`Have`].
    Have(Have),
    /// See [`Want`].
    Want(Want),
    /// See [`SharedRun`].
    Run(SharedRun),
    /// The proof of a fork, passed on to everybody.
    Fork(ForkProof),
    /// See [`Summary`].
    Summary(Summary),
    /// See [`Census`].
    Census(Census),
    /// A request for all proofs of forks.
    AskForks,
    /// See [`Receipt`].
    Receipt(Receipt),
    /// See [`AskFirstView`].
    AskFirstView(AskFirstView),
    /// The answer to it: what can be fetched, or that it is being made.
    FirstView(Option<Offer>),
}

impl Message {
    /// Encodes to CBOR: `[type, fields…]`.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello(hello) => Writer::new()
                .array(7)
                .uint(0)
                .uint(u64::from(hello.protocol.0))
                .uint(u64::from(hello.protocol.1))
                .bytes(&hello.node.0)
                .bytes(&hello.network.0)
                .int(hello.clock.as_millis())
                .maybe_bytes(hello.agreement.as_ref().map(|digest| digest.0.as_slice())),
            Self::Have(have) => {
                let w = Writer::new().array(4).uint(1).bytes(&have.node.0);
                let w =
                    w.maybe_bytes(have.rest.as_ref().map(|rest| rest.0.as_slice())).array(have.logs.len());
                have.logs.iter().fold(w, |w, log| {
                    let stream = Stream::from(log.stream).number();
                    let w = w.array(4).uint(u64::from(stream)).uint(log.incarnation.0);
                    w.uint(log.height).bytes(&log.head.0)
                })
            }
            Self::Want(want) => Writer::new()
                .array(4)
                .uint(2)
                .bytes(&want.log.0)
                .uint(want.from)
                .uint(u64::from(want.max_bytes)),
            Self::Run(run) => {
                let w = put_name(Writer::new().array(5).uint(3), &run.name).uint(run.from);
                let w = w.bytes(&run.prev.0).array(run.facts.len());
                run.facts.iter().fold(w, |w, fact| {
                    let w = w.array(4).bytes(&fact.short);
                    w.maybe_bytes(fact.sig.as_ref().map(<[u8; 64]>::as_slice))
                        .maybe_bytes(fact.salt.as_ref().map(<[u8; 16]>::as_slice))
                        .bytes(&fact.body)
                })
            }
            Self::Fork(proof) => proof.put(Writer::new().array(2).uint(4)),
            Self::Summary(summary) => {
                let forks = summary.forks.as_ref().map(|digest| digest.0.as_slice());
                let w = Writer::new().array(3).uint(5).maybe_bytes(forks).array(summary.nodes.len());
                summary.nodes.iter().fold(w, |w, (node, digest)| w.array(2).bytes(&node.0).bytes(&digest.0))
            }
            Self::Census(census) => {
                Writer::new().array(3).uint(6).bytes(&census.node.0).uint(u64::from(census.all))
            }
            Self::AskForks => Writer::new().array(1).uint(7),
            Self::Receipt(receipt) => receipt.put(Writer::new().array(7).uint(8)),
            Self::AskFirstView(ask) => ask.put(Writer::new().array(5).uint(9)),
            Self::FirstView(None) => Writer::new().array(1).uint(10),
            Self::FirstView(Some(offer)) => offer.put(Writer::new().array(9).uint(10)),
        }
        .finish()
    }

    /// About how many bytes it takes, without encoding it.
    pub(crate) fn cost(&self) -> u64 {
        let bytes = match self {
            Self::Run(run) => run.facts.iter().fold(128_usize, |sum, fact| {
                sum.saturating_add(fact.short.len()).saturating_add(fact.body.len()).saturating_add(96)
            }),
            Self::Have(have) => have.logs.len().saturating_mul(64).saturating_add(80),
            Self::Summary(summary) => summary.nodes.len().saturating_mul(68).saturating_add(40),
            Self::Fork(proof) => proof.headers().saturating_mul(200),
            Self::AskFirstView(ask) => ask.nodes.len().saturating_mul(34).saturating_add(60),
            Self::FirstView(offer) => {
                offer.as_ref().map_or(4, |offer| offer.pieces.len().saturating_mul(34).saturating_add(160))
            }
            Self::Hello(_) | Self::Want(_) | Self::Census(_) | Self::AskForks | Self::Receipt(_) => 180,
        };
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }

    /// Decodes the strict encoding within the limits.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        if bytes.len() > MESSAGE_BYTES_MAX {
            return Err(MessageError::TooLong(bytes.len()));
        }
        let mut r = Reader::new(bytes);
        let fields = r.array(9, "a message of at most 9 fields")?;
        let at = r.position();
        let kind = r.uint()?;
        let message = match (kind, fields) {
            (0, 7) => Self::Hello(take_hello(&mut r)?),
            (1, 4) => Self::Have(take_have(&mut r)?),
            (2, 4) => Self::Want(Want {
                log: LogId(r.fixed("a log id of 16 bytes")?),
                from: r.uint()?,
                max_bytes: r.small("a size of 32 bits")?,
            }),
            (3, 5) => Self::Run(take_run(&mut r)?),
            (4, 2) => Self::Fork(ForkProof::take(&mut r)?),
            (5, 3) => Self::Summary(take_summary(&mut r)?),
            (6, 3) => {
                let node = NodeId(r.fixed("a node id of 32 bytes")?);
                let at = r.position();
                match r.uint()? {
                    all @ (0 | 1) => Self::Census(Census { node, all: all == 1 }),
                    _ => return Err(CborError { at, fault: CborFault::Expected("0 or 1") }.into()),
                }
            }
            (7, 1) => Self::AskForks,
            (8, 7) => Self::Receipt(Receipt::take(&mut r)?),
            (9, 5) => Self::AskFirstView(AskFirstView::take(&mut r)?),
            (10, _) => Self::FirstView(take_answer(&mut r, fields)?),
            (0..=9, _) => {
                return Err(CborError { at, fault: CborFault::Expected("another number of fields") }.into());
            }
            _ => return Err(MessageError::Type(kind)),
        };
        r.end()?;
        Ok(message)
    }
}

fn take_hello(r: &mut Reader<'_>) -> Result<Hello, CborError> {
    let protocol = (r.small("a version of 16 bits")?, r.small("a version of 16 bits")?);
    let node = NodeId(r.fixed("a node id of 32 bytes")?);
    let network = NetworkId(r.fixed("a network id of 16 bytes")?);
    let clock = Timestamp::from_millis(r.int()?);
    let agreement = r.maybe_fixed("a digest of 32 bytes or null")?.map(Digest);
    Ok(Hello { protocol, node, network, clock, agreement })
}

fn take_summary(r: &mut Reader<'_>) -> Result<Summary, CborError> {
    let forks = r.maybe_fixed("a digest of 32 bytes or null")?.map(Digest);
    let mut nodes = Vec::new();
    for _ in 0..r.array(SUMMARY_NODES_MAX, "a list of at most 65,536 nodes")? {
        r.tuple(2, "a node and a digest")?;
        let node = NodeId(r.fixed("a node id of 32 bytes")?);
        nodes.push((node, Digest(r.fixed("a digest of 32 bytes")?)));
    }
    Ok(Summary { nodes, forks })
}

fn take_have(r: &mut Reader<'_>) -> Result<Have, CborError> {
    let node = NodeId(r.fixed("a node id of 32 bytes")?);
    let rest = r.maybe_fixed("a digest of 32 bytes or null")?.map(Digest);
    let mut logs = Vec::new();
    for _ in 0..r.array(HAVE_LOGS_MAX, "a list of at most 32,768 logs")? {
        r.tuple(4, "a log of 4 fields")?;
        let at = r.position();
        let fault = CborFault::Expected("a stream that may leave a node");
        let stream = Stream::from_number(r.small("a stream number")?);
        let incarnation = Incarnation(r.uint()?);
        let height = r.uint()?;
        let head = FactId(r.fixed("a fact id of 32 bytes")?);
        // A kind of log that only newer programs know is passed over; one that never leaves a node has no place here.
        let Some(stream) = stream else { continue };
        let stream = stream.shared().ok_or(CborError { at, fault })?;
        let log = LogName { node, stream: stream.into(), incarnation }.id();
        logs.push(HaveLog { log, node, stream, incarnation, height, head });
    }
    Ok(Have { node, logs, rest })
}

fn take_run(r: &mut Reader<'_>) -> Result<SharedRun, CborError> {
    let (name, _) = take_shared_name(r)?;
    let from = r.uint()?;
    let prev = FactId(r.fixed("a fact id of 32 bytes")?);
    let count = r.array(RUN_FACTS_MAX, "a list of at most 1,000 facts")?;
    let mut facts = Vec::new();
    for _ in 0..count {
        r.tuple(4, "a fact of 4 fields")?;
        let short = r.bytes(HEADER_BYTES_MAX, "a header of at most 512 bytes")?.to_vec();
        let sig = r.maybe_fixed("a signature of 64 bytes or null")?;
        let salt = r.maybe_fixed("a salt of 16 bytes or null")?;
        let body = r.bytes(BODY_BYTES_MAX, "a body of at most 65,536 bytes")?.to_vec();
        facts.push(WireFact { short, sig, salt, body });
    }
    Ok(SharedRun { name, from, prev, facts })
}

/// Writes a name: `[node, stream, incarnation]`.
pub(crate) fn put_name(w: Writer, name: &LogName) -> Writer {
    let w = w.array(3).bytes(&name.node.0).uint(u64::from(name.stream.number()));
    w.uint(name.incarnation.0)
}

/// Reads a name of a stream that may leave the node.
pub(crate) fn take_shared_name(r: &mut Reader<'_>) -> Result<(LogName, SharedStream), CborError> {
    let at = r.position();
    let name = take_name(r)?;
    let fault = CborFault::Expected("a stream that may leave a node");
    name.stream.shared().map(|stream| (name, stream)).ok_or(CborError { at, fault })
}

/// Reads a name of any stream.
fn take_name(r: &mut Reader<'_>) -> Result<LogName, CborError> {
    r.tuple(3, "a log name of 3 fields")?;
    let node = NodeId(r.fixed("a node id of 32 bytes")?);
    let at = r.position();
    let fault = CborFault::Expected("a stream number from 0 to 5");
    let stream =
        Stream::from_number(r.small("a stream number from 0 to 5")?).ok_or(CborError { at, fault })?;
    Ok(LogName { node, stream, incarnation: Incarnation(r.uint()?) })
}
