//! Proof that a node signed two histories of one log.
//!
//! The proof is two stretches of headers that begin at the same place with different facts and each end in a
//! fact signed by the log's node. Bodies are not part of it, and only logs that may leave a node have proofs. Only the node itself can bring such a proof into
//! being: an honest node never writes the same place twice, because it never continues a log it did not open in
//! the same life.
//!
//! Once the node's key was replaced, what the old key signs proves nothing any more: the rotation says which history
//! counts ([`crate::Directory::limit`]).

use koinon_core::FactId;

use crate::cbor::{CborError, Reader, Writer};
use crate::directory::{Directory, Limit};
use crate::envelope::{
    EnvelopeError, Fact, Flags, HEADER_BYTES_MAX, Header, RUN_FACTS_MAX, fact_id, header_signed_by,
};
use crate::exchange::{put_name, take_shared_name};
use crate::keys::Signature;
use crate::name::LogName;

/// Why a claimed proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForkError {
    /// The bytes are not in the strict encoding.
    #[error("the proof is malformed: {0}")]
    Cbor(#[from] CborError),
    /// A header is malformed.
    #[error("a header of the proof is refused: {0}")]
    Header(#[from] EnvelopeError),
    /// A side is empty or longer than a run may be.
    #[error("each side of a proof holds 1 to {RUN_FACTS_MAX} headers")]
    Length,
    /// The sides are not of the log named, or do not begin at the same place.
    #[error("the sides do not begin at the same place of the log named")]
    Place,
    /// A side's facts do not follow each other.
    #[error("a side's facts do not follow each other")]
    Chain,
    /// The sides parted before the place named.
    #[error("the sides follow different facts, so they parted before")]
    Earlier,
    /// The log's key was replaced, and the rotation says which history counts.
    #[error("the log's key was replaced; the rotation says which history counts")]
    Replaced,
    /// Both sides begin with the same fact.
    #[error("both sides begin with the same fact")]
    Same,
    /// No control fact that is known opened the log.
    #[error("the log is unknown")]
    UnknownLog,
    /// A side does not end in a signature of the log's node.
    #[error("a side does not end in a signature of the log's node")]
    Signature,
}

/// A header with its signature, if it has one.
pub type SignedHeader = (Vec<u8>, Option<Signature>);

/// Two signed histories of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkProof {
    name: LogName,
    seq: u64,
    sides: [Vec<SignedHeader>; 2],
}

impl ForkProof {
    /// Makes a proof from two stretches of facts, each from the place where they differ to a signed fact; gives
    /// nothing if they prove nothing.
    pub fn between(name: LogName, left: &[Fact], right: &[Fact], directory: &Directory) -> Option<Self> {
        name.stream.shared()?;
        let seq = left.first()?.header().seq;
        let key = directory.key_of(name.id())?;
        let side = |facts: &[Fact]| -> Option<Vec<SignedHeader>> {
            let end = facts.iter().position(|fact| fact.signed_by(key, directory.network()))?;
            let until_signed = facts.get(..=end)?;
            Some(until_signed.iter().map(|f| (f.stored().header.clone(), f.stored().sig)).collect())
        };
        let mut sides = [side(left)?, side(right)?];
        // One pair of histories has one proof, whoever finds it.
        sides.sort();
        let proof = Self { name, seq, sides };
        proof.verify(directory).ok().map(|()| proof)
    }

    /// The log.
    pub fn name(&self) -> &LogName {
        &self.name
    }

    /// The number of headers in both sides.
    pub(crate) fn headers(&self) -> usize {
        self.sides.iter().map(Vec::len).sum()
    }

    /// The place at which the histories differ.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The first fact of each history.
    pub fn branches(&self) -> [FactId; 2] {
        let first = |side: &Vec<SignedHeader>| {
            side.first().map_or(crate::name::NO_FACT, |(header, sig)| fact_id(header, sig.as_ref()))
        };
        let [left, right] = &self.sides;
        [first(left), first(right)]
    }

    /// The fact that each history's first one names before it.
    fn predecessors(&self) -> [Option<FactId>; 2] {
        let [left, right] = &self.sides;
        [left, right]
            .map(|side| side.first().and_then(|(header, _)| Header::parse(header).ok()).map(|h| h.prev))
    }

    /// Where the log ends for everybody: with the last fact that both histories share.
    pub fn limit(&self) -> Limit {
        let [before, _] = self.predecessors();
        match before.filter(|_| self.seq > 0) {
            Some(head) => Limit { height: self.seq, head },
            None => Limit::VOID,
        }
    }

    /// Checks that the proof convicts the log's node.
    pub fn verify(&self, directory: &Directory) -> Result<(), ForkError> {
        let [left, right] = self.branches();
        if left == right {
            return Err(ForkError::Same);
        }
        let log = self.name.id();
        if directory.limit(log).is_some() {
            return Err(ForkError::Replaced);
        }
        let key = directory.key_of(log).ok_or(ForkError::UnknownLog)?;
        let [left, right] = self.predecessors();
        if left != right && self.seq > 0 {
            return Err(ForkError::Earlier);
        }
        for side in &self.sides {
            let (header, sig) = self.check_side(side)?;
            let sig = sig.ok_or(ForkError::Signature)?;
            if !header_signed_by(header, &sig, key, directory.network()) {
                return Err(ForkError::Signature);
            }
        }
        Ok(())
    }

    /// Checks one side's chain and gives its last header.
    fn check_side<'s>(&self, side: &'s [SignedHeader]) -> Result<&'s SignedHeader, ForkError> {
        if side.is_empty() || side.len() > RUN_FACTS_MAX {
            return Err(ForkError::Length);
        }
        let mut prev = None;
        let mut seq = Some(self.seq);
        for (bytes, sig) in side {
            let header = Header::parse(bytes)?;
            if header.log != self.name.id() || Some(header.seq) != seq {
                return Err(ForkError::Place);
            }
            if header.flags.has(Flags::LAST_IN_COMMIT) != sig.is_some() {
                return Err(EnvelopeError::SignaturePresence.into());
            }
            if prev.is_some_and(|prev| prev != header.prev) {
                return Err(ForkError::Chain);
            }
            prev = Some(fact_id(bytes, sig.as_ref()));
            seq = header.seq.checked_add(1);
        }
        side.last().ok_or(ForkError::Length)
    }

    /// Encodes to CBOR: `[name, seq, side, side]`, a side being `[[header, sig or null], …]`.
    pub fn encode(&self) -> Vec<u8> {
        self.put(Writer::new()).finish()
    }

    pub(crate) fn put(&self, w: Writer) -> Writer {
        let mut w = put_name(w.array(4), &self.name).uint(self.seq);
        for side in &self.sides {
            w = w.array(side.len());
            for (header, sig) in side {
                w = w.array(2).bytes(header).maybe_bytes(sig.as_ref().map(<[u8; 64]>::as_slice));
            }
        }
        w
    }

    /// Decodes the strict encoding; the proof is not yet verified.
    pub fn decode(bytes: &[u8]) -> Result<Self, ForkError> {
        let mut r = Reader::new(bytes);
        let proof = Self::take(&mut r)?;
        r.end()?;
        Ok(proof)
    }

    pub(crate) fn take(r: &mut Reader<'_>) -> Result<Self, CborError> {
        r.tuple(4, "a proof of 4 fields")?;
        let (name, _) = take_shared_name(r)?;
        let seq = r.uint()?;
        let mut sides = [Vec::new(), Vec::new()];
        for side in &mut sides {
            for _ in 0..r.array(RUN_FACTS_MAX, "at most 1,000 headers")? {
                r.tuple(2, "a header and its signature")?;
                let header = r.bytes(HEADER_BYTES_MAX, "a header of at most 512 bytes")?.to_vec();
                side.push((header, r.maybe_fixed("a signature of 64 bytes or null")?));
            }
        }
        Ok(Self { name, seq, sides })
    }
}
