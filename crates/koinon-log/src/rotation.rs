//! Replacing a node's key, by the key committed to beforehand or by the stewards of its recovery set.
//!
//! A rotation is the first fact of a new control log, signed with the new key. It names where the history of the old key
//! ends: per log the last fact that still counts. Whatever the old key signs beyond that is void, and whatever it signs
//! *before* it cannot undo what is named, so a thief can neither write on nor rewrite.
//!
//! A thief of the live key cannot rotate, since the next key's secret is kept apart. When both are lost, stewards of the
//! recovery set sign together; a node that knew the old key takes that as good only after [`RECOVERY_WAIT_MS`], and shows
//! it to people meanwhile. The waiting is the caller's, who has a clock ([`crate::Directory::settle_recovery`]).

use std::collections::BTreeSet;

use koinon_core::{Digest, FactId, LogId, NodeId, Timestamp};

use crate::cbor::{CborError, CborFault, Reader, Writer};
use crate::control;
use crate::directory::Directory;
use crate::envelope::fact_id;
use crate::keys::{Inception, KeyError, RECOVERY_MAX, Signature, SigningKey, VerifyKey};
use crate::name::{Incarnation, LogName, NetworkId, Stream, Tail, hash};
use crate::store::{LogStore, StoreError};
use crate::verify::ReadRun;

/// How long a node that knew the old key waits before it honours a recovery by stewards: 72 hours, in milliseconds.
pub const RECOVERY_WAIT_MS: i64 = 72 * 3_600 * 1_000;
/// The most logs whose ends one rotation names.
pub const HONOURED_MAX: usize = 512;
const RECOVERY_ROLE: &str = "key-recovery";

/// Why a rotation is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotationError {
    /// The bytes are not in the strict encoding.
    #[error("the rotation is malformed: {0}")]
    Cbor(#[from] CborError),
    /// A key or the recovery set is not usable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The new key is not the one that was committed to.
    #[error("the new key is not the one that the node committed to; only stewards can bring in another")]
    NotCommitted,
    /// The node used the key before.
    #[error("the new key was used before; a key that was replaced never comes back")]
    Used,
    /// Too few stewards of the recovery set have signed.
    #[error("{found} stewards of the recovery set signed; {needed} are needed")]
    TooFewStewards {
        /// Valid signatures of different stewards.
        found: usize,
        /// How many are needed; 0 when the node has no recovery set.
        needed: usize,
    },
    /// The same log or steward is named twice, or not in rising order.
    #[error("logs and stewards must be named once, in rising order")]
    Order,
    /// More logs than one rotation can name.
    #[error("{0} logs would have to be named; {HONOURED_MAX} fit")]
    TooManyLogs(usize),
}

/// What stewards sign to give a node another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryText {
    /// The node.
    pub node: NodeId,
    /// The key that is lost or stolen.
    pub replaces: VerifyKey,
    /// The key that signs from now on.
    pub key: VerifyKey,
    /// The digest of the key after it.
    pub next_key: Digest,
    /// When the stewards announced it.
    pub announced: Timestamp,
}

impl RecoveryText {
    fn bytes(&self) -> Vec<u8> {
        let announced = self.announced.as_millis().to_be_bytes();
        let parts: [&[u8]; 5] =
            [&self.node.0, self.replaces.as_bytes(), self.key.as_bytes(), &self.next_key.0, &announced];
        hash("koinon/recovery/1", &parts).to_vec()
    }

    /// Signs as one steward.
    pub fn sign(&self, network: NetworkId, steward: &SigningKey) -> (VerifyKey, Signature) {
        (steward.verify_key(), steward.sign(network, RECOVERY_ROLE, &self.bytes()))
    }

    /// Counts the valid signatures of different stewards of a set.
    fn count(&self, network: NetworkId, set: &[VerifyKey], signatures: &[(VerifyKey, Signature)]) -> usize {
        let bytes = self.bytes();
        let valid = signatures
            .iter()
            .filter(|(key, sig)| set.contains(key) && key.verifies(network, RECOVERY_ROLE, &bytes, sig));
        valid.count()
    }
}

/// The signatures of stewards, in place of the key that was committed to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByStewards {
    /// When they announced it.
    pub announced: Timestamp,
    /// Each steward's key and signature, in rising order of keys.
    pub signatures: Vec<(VerifyKey, Signature)>,
}

/// The replacement of a node's key; the body of the first fact of a control log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rotation {
    /// The incarnation of the control log that it opens; drawn by the writer when it opens it, so that a node that is
    /// restored and rotates again never writes one place twice.
    pub incarnation: Incarnation,
    /// The last control fact of the old key that counts.
    pub predecessor: Tail,
    /// The key that signs from now on.
    pub key: VerifyKey,
    /// The digest of the key after it.
    pub next_key: Digest,
    /// The stewards who may recover the node from now on; unique, in rising order.
    pub recovery: Vec<VerifyKey>,
    /// How many of them must agree.
    pub threshold: u8,
    /// The last fact that counts of each log of the old key, in rising order of logs; logs that a later log of the same
    /// stream names as its predecessor end there and need not be named again.
    pub honoured: Vec<Tail>,
    /// The stewards, when the new key is not the one committed to.
    pub stewards: Option<ByStewards>,
    /// Logs of the old key that count for nothing, though a later log that counts names them as its predecessor: a thief's, on
    /// which the node wrote on before anybody knew. In rising order.
    pub refused: Vec<LogId>,
}

fn put_tail(w: Writer, tail: &Tail) -> Writer {
    w.array(3).bytes(&tail.log.0).uint(tail.seq).bytes(&tail.id.0)
}

fn take_tail(r: &mut Reader<'_>) -> Result<Tail, CborError> {
    r.tuple(3, "the end of a log, of 3 fields")?;
    let log = LogId(r.fixed("a log id of 16 bytes")?);
    Ok(Tail { log, seq: r.uint()?, id: FactId(r.fixed("a fact id of 32 bytes")?) })
}

impl Rotation {
    /// The name of the control log that it opens.
    pub fn opens(&self, node: NodeId) -> LogName {
        LogName { node, stream: Stream::Control, incarnation: self.incarnation }
    }

    /// What the stewards signed, for a node and the key replaced.
    pub fn recovery_text(&self, node: NodeId, replaces: VerifyKey, announced: Timestamp) -> RecoveryText {
        RecoveryText { node, replaces, key: self.key, next_key: self.next_key, announced }
    }

    /// Encodes to CBOR: `[1, incarnation, predecessor, key, next key digest, [recovery keys], threshold, [tails],
    /// null or [announced, [[steward, signature]]]]`, and a tenth field, `[refused logs]`, where there are any.
    pub fn encode(&self) -> Vec<u8> {
        let fields = if self.refused.is_empty() { 9 } else { 10 };
        let w = Writer::new().array(fields).uint(1).uint(self.incarnation.0);
        let w = put_tail(w, &self.predecessor).bytes(self.key.as_bytes()).bytes(&self.next_key.0);
        let mut w = w.array(self.recovery.len());
        for key in &self.recovery {
            w = w.bytes(key.as_bytes());
        }
        w = w.uint(u64::from(self.threshold)).array(self.honoured.len());
        for tail in &self.honoured {
            w = put_tail(w, tail);
        }
        let w = match &self.stewards {
            None => w.null(),
            Some(stewards) => {
                w = w.array(2).int(stewards.announced.as_millis()).array(stewards.signatures.len());
                stewards
                    .signatures
                    .iter()
                    .fold(w, |w, (key, sig)| w.array(2).bytes(key.as_bytes()).bytes(sig))
            }
        };
        if self.refused.is_empty() {
            return w.finish();
        }
        self.refused.iter().fold(w.array(self.refused.len()), |w, log| w.bytes(&log.0)).finish()
    }

    /// Decodes the strict encoding and checks the rules stated on the fields; who may rotate is not judged yet.
    pub fn decode(bytes: &[u8]) -> Result<Self, RotationError> {
        let mut r = Reader::new(bytes);
        let at = r.position();
        let fields = r.array(10, "a rotation of 9 or 10 fields")?;
        if fields < 9 {
            return Err(CborError { at, fault: CborFault::Expected("a rotation of 9 or 10 fields") }.into());
        }
        match r.uint()? {
            1 => {}
            other => return Err(KeyError::Version(other).into()),
        }
        let incarnation = Incarnation(r.uint()?);
        let predecessor = take_tail(&mut r)?;
        let key = VerifyKey::new(&r.fixed("a key of 32 bytes")?)?;
        let next_key = Digest(r.fixed("a digest of 32 bytes")?);
        let mut recovery = Vec::new();
        for _ in 0..r.array(RECOVERY_MAX, "a list of at most 32 recovery keys")? {
            recovery.push(VerifyKey::new(&r.fixed("a key of 32 bytes")?)?);
        }
        let threshold = r.small("a threshold up to 255")?;
        Inception::check_recovery(&recovery, threshold)?;
        let mut honoured = Vec::new();
        for _ in 0..r.array(HONOURED_MAX, "a list of at most 512 logs")? {
            honoured.push(take_tail(&mut r)?);
        }
        let stewards = if r.null() {
            None
        } else {
            r.tuple(2, "an announcement and signatures")?;
            let announced = Timestamp::from_millis(r.int()?);
            let mut signatures = Vec::new();
            for _ in 0..r.array(RECOVERY_MAX, "a list of at most 32 signatures")? {
                r.tuple(2, "a steward's key and signature")?;
                let key = VerifyKey::new(&r.fixed("a key of 32 bytes")?)?;
                signatures.push((key, r.fixed("a signature of 64 bytes")?));
            }
            Some(ByStewards { announced, signatures })
        };
        let mut refused = Vec::new();
        if fields == 10 {
            let at = r.position();
            let count = r.array(HONOURED_MAX, "a list of at most 512 logs")?;
            if count == 0 {
                // One way to write what refuses nothing.
                return Err(CborError { at, fault: CborFault::Expected("at least one refused log") }.into());
            }
            for _ in 0..count {
                refused.push(LogId(r.fixed("a log id of 16 bytes")?));
            }
        }
        r.end()?;
        let rotation = Self {
            incarnation,
            predecessor,
            key,
            next_key,
            recovery,
            threshold,
            honoured,
            stewards,
            refused,
        };
        rotation.check_order()?;
        Ok(rotation)
    }

    fn check_order(&self) -> Result<(), RotationError> {
        let logs = self.honoured.windows(2).all(|pair| matches!(pair, [a, b] if a.log < b.log));
        let stewards = self.stewards.iter().all(|stewards| {
            stewards.signatures.windows(2).all(|pair| matches!(pair, [(a, _), (b, _)] if a < b))
        });
        let refused = self.refused.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
        if logs && stewards && refused { Ok(()) } else { Err(RotationError::Order) }
    }

    /// Judges whether the node's standing before it allows this rotation.
    pub(crate) fn check(
        &self,
        network: NetworkId,
        node: NodeId,
        before: &Standing<'_>,
    ) -> Result<(), RotationError> {
        let Some(stewards) = &self.stewards else {
            let committed = self.key.next_digest() == *before.next_key;
            return if committed { Ok(()) } else { Err(RotationError::NotCommitted) };
        };
        let text = self.recovery_text(node, *before.key, stewards.announced);
        let found = text.count(network, before.recovery, &stewards.signatures);
        let needed = usize::from(before.threshold);
        if needed > 0 && found >= needed {
            return Ok(());
        }
        Err(RotationError::TooFewStewards { found, needed })
    }

    /// Drafts the rotation of a node to a new key. `counts` says how many facts of each log of the node are its own doing
    /// rather than a thief's; what it wrote itself, where it knows that, or everything.
    ///
    /// # Errors
    /// [`DraftError`] when the store fails, the node has written nothing, or it has too many open ends.
    pub fn draft(
        store: &dyn LogStore,
        directory: &Directory,
        node: NodeId,
        new: NewKeys,
        counts: &dyn Fn(LogId) -> u64,
    ) -> Result<Self, DraftError> {
        let mut ends: Vec<(Stream, Tail)> = Vec::new();
        let mut others: Vec<LogId> = Vec::new();
        let mut whole: BTreeSet<LogId> = BTreeSet::new();
        for head in store.heads()?.into_iter().filter(|head| head.name.node == node) {
            let log = head.log;
            let height = head.height.min(counts(log));
            if directory.limit(log).is_some() {
                continue;
            }
            if height == 0 {
                others.push(log);
                continue;
            }
            if height == head.height {
                whole.insert(log);
            }
            let seq = height.saturating_sub(1);
            let last = store.read_range(log, seq, 1, 0)?;
            let id = last.first().map_or(head.head, |fact| fact_id(&fact.header, fact.sig.as_ref()));
            ends.push((head.name.stream, Tail { log, seq, id }));
        }
        let of_control = ends.iter().filter(|(stream, _)| *stream == Stream::Control).map(|(_, tail)| *tail);
        let control: Vec<Tail> = of_control.collect();
        let last = control.iter().max_by_key(|tail| (directory.depth(tail.log), **tail));
        let predecessor = *last.ok_or(DraftError::NothingWritten)?;
        let line = directory.control_line(predecessor);
        let mut honoured: Vec<Tail> = ends.into_iter().map(|(_, tail)| tail).collect();
        let named = |log: LogId| {
            let in_line = line.iter().find(|tail| tail.log == log).copied();
            in_line.max(directory.sealed_within(&control, log))
        };
        // What a later log that counts names as its predecessor needs no word here; unless it names more than is one's own doing.
        honoured.retain(|tail| {
            let follows = named(tail.log)
                .is_some_and(|named| named == *tail || whole.contains(&tail.log) && named.seq > tail.seq);
            !follows
        });
        let mut refused: Vec<LogId> = others.into_iter().filter(|log| named(*log).is_some()).collect();
        for named in [honoured.len(), refused.len()] {
            if named > HONOURED_MAX {
                return Err(RotationError::TooManyLogs(named).into());
            }
        }
        honoured.sort();
        refused.sort_unstable();
        let NewKeys { key, next_key, mut recovery, threshold } = new;
        recovery.sort();
        let rotation = Self {
            incarnation: Incarnation(0),
            predecessor,
            key,
            next_key,
            recovery,
            threshold,
            honoured,
            stewards: None,
            refused,
        };
        Inception::check_recovery(&rotation.recovery, rotation.threshold).map_err(RotationError::from)?;
        Ok(rotation)
    }
}

/// The recovery by stewards with which a run begins, if it does: whose key, the rotation's fact, and when it was
/// announced by the stewards' word. It is not judged yet.
pub fn by_stewards(run: &ReadRun) -> Option<(NodeId, FactId, Timestamp)> {
    if run.from() != 0 || run.name().stream != Stream::Control {
        return None;
    }
    let first = run.facts().first()?;
    if first.header().kind != control::KEY_ROTATION {
        return None;
    }
    let announced = Rotation::decode(first.body()).ok()?.stewards?.announced;
    Some((run.name().node, first.id(), announced))
}

/// The keys that a rotation brings in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKeys {
    /// The key that signs from now on.
    pub key: VerifyKey,
    /// The digest of the key after it.
    pub next_key: Digest,
    /// The stewards who may recover the node from now on.
    pub recovery: Vec<VerifyKey>,
    /// How many of them must agree.
    pub threshold: u8,
}

/// Why no rotation could be drafted.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The node has no control log yet, so there is no key to replace.
    #[error("the node has written nothing yet; found it anew with another key instead")]
    NothingWritten,
    /// The rotation would break a rule.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a node's keys are at one time of its life.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'d> {
    pub(crate) key: &'d VerifyKey,
    pub(crate) next_key: &'d Digest,
    pub(crate) recovery: &'d [VerifyKey],
    pub(crate) threshold: u8,
}

impl<'d> From<&'d Inception> for Standing<'d> {
    fn from(inception: &'d Inception) -> Self {
        let Inception { key, next_key, recovery, threshold, .. } = inception;
        Self { key, next_key, recovery, threshold: *threshold }
    }
}

impl<'d> From<&'d Rotation> for Standing<'d> {
    fn from(rotation: &'d Rotation) -> Self {
        let Rotation { key, next_key, recovery, threshold, .. } = rotation;
        Self { key, next_key, recovery, threshold: *threshold }
    }
}
