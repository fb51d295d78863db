//! The envelope: a header that is hashed and signed as the very bytes received, and a salt and body beside it.
//!
//! The header commits to the body by a salted hash, so that a body may be erased without breaking the chain and
//! cannot be guessed from its hash afterwards. Nothing here re-encodes a header to judge it; bytes that are
//! not the one strict encoding of their content are refused.

use koinon_core::{Digest, FactId, LogId};

use crate::cbor::{CborError, Reader, Writer};
use crate::hlc::Hlc;
use crate::keys::{Signature, SigningKey, VerifyKey};
use crate::name::{KeyId, NetworkId, hash};

/// The largest header, in bytes.
pub const HEADER_BYTES_MAX: usize = 512;
/// What every header without unusual numbers has room in.
const HEADER_BYTES_USUAL: usize = 144;
/// The largest body, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The most bytes in a run, counted as headers, signatures, salts and bodies.
pub const RUN_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most facts in a run, and so in one commit to one log.
pub const RUN_FACTS_MAX: usize = 1_000;

const FIELDS: usize = 11;
const FIELDS_ELIDED: usize = 9;
const SIGN_ROLE: &str = "fact";
/// The head of a byte string of 32 bytes.
const BYTES_32: [u8; 2] = [0x58, 0x20];

/// Why a fact's bytes are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The header is larger than [`HEADER_BYTES_MAX`].
    #[error("the header has {0} bytes; {HEADER_BYTES_MAX} are allowed")]
    HeaderTooLong(usize),
    /// The body is larger than [`BODY_BYTES_MAX`].
    #[error("the body has {0} bytes; {BODY_BYTES_MAX} are allowed")]
    BodyTooLong(usize),
    /// The header is not in the strict encoding.
    #[error("the header is malformed: {0}")]
    Cbor(#[from] CborError),
    /// The header's format version is unknown.
    #[error("header version {0} is unknown to this program; update it")]
    Version(u64),
    /// The header carries flag bits that have no meaning in this version.
    #[error("the header has unknown flags {0:#04x}")]
    Flags(u8),
    /// The body's length is not the one that the header states.
    #[error("the header states a body of {stated} bytes; there are {found}")]
    BodyLength {
        /// The length in the header.
        stated: u32,
        /// The length found.
        found: usize,
    },
    /// The body or the salt is not what the header commits to.
    #[error("the body does not match the header's commitment")]
    BodyCommit,
    /// A signature is present without the last-in-commit flag, or the flag without a signature.
    #[error("a fact carries a signature exactly when it is the last of its commit")]
    SignaturePresence,
}

/// Marks on a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Flags(u8);

impl Flags {
    /// No marks.
    pub const NONE: Self = Self(0);
    /// The body is ciphertext.
    pub const SEALED: Self = Self(1);
    /// The body holds something about a person.
    pub const PERSONAL: Self = Self(2);
    /// The last fact of a durable commit; it carries the signature.
    pub const LAST_IN_COMMIT: Self = Self(4);

    /// These marks and others together.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all marks of `other` are set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The bits as stored.
    pub const fn bits(self) -> u8 {
        self.0
    }
}

/// The content of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The log.
    pub log: LogId,
    /// The place in the log, from 0.
    pub seq: u64,
    /// The fact before; at seq 0 the control fact that opened the log.
    pub prev: FactId,
    /// The advisory stamp.
    pub hlc: Hlc,
    /// The kind of fact, by number.
    pub kind: u32,
    /// The version of the kind's schema.
    pub schema: u8,
    /// Marks.
    pub flags: Flags,
    /// The body's length in bytes.
    pub body_len: u32,
    /// The commitment to salt and body; see [`body_commit`].
    pub body_commit: Digest,
    /// The key of the author, when the fact is a person's or a device's rather than the node's.
    pub author: Option<KeyId>,
}

impl Header {
    /// Encodes to CBOR: `[1, log, seq, prev, hlc, kind, schema, flags, body_len, body_commit, author or null]`.
    pub fn encode(&self) -> Vec<u8> {
        Writer::with_room(HEADER_BYTES_USUAL)
            .array(FIELDS)
            .uint(1)
            .bytes(&self.log.0)
            .uint(self.seq)
            .bytes(&self.prev.0)
            .uint(self.hlc.0)
            .uint(u64::from(self.kind))
            .uint(u64::from(self.schema))
            .uint(u64::from(self.flags.bits()))
            .uint(u64::from(self.body_len))
            .bytes(&self.body_commit.0)
            .maybe_bytes(self.author.as_ref().map(|id| id.0.as_slice()))
            .finish()
    }

    /// Reads a header; accepts only the strict encoding.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > HEADER_BYTES_MAX {
            return Err(EnvelopeError::HeaderTooLong(bytes.len()));
        }
        let mut r = Reader::new(bytes);
        r.tuple(FIELDS, "a header of 11 fields")?;
        match r.uint()? {
            1 => {}
            other => return Err(EnvelopeError::Version(other)),
        }
        let log = LogId(r.fixed("a log id of 16 bytes")?);
        let seq = r.uint()?;
        let prev = FactId(r.fixed("a fact id of 32 bytes")?);
        let hlc = Hlc(r.uint()?);
        let kind = r.small("a kind of 32 bits")?;
        let schema = r.small("a schema version of 8 bits")?;
        let flags: u8 = r.small("flags of 8 bits")?;
        if flags > 7 {
            return Err(EnvelopeError::Flags(flags));
        }
        let body_len = r.small("a body length of 32 bits")?;
        let body_commit = Digest(r.fixed("a digest of 32 bytes")?);
        let author = r.maybe_fixed("a key id of 16 bytes or null")?.map(KeyId);
        r.end()?;
        Ok(Self { log, seq, prev, hlc, kind, schema, flags: Flags(flags), body_len, body_commit, author })
    }
}

/// The commitment to a body: BLAKE3 over salt and body.
pub fn body_commit(salt: &[u8; 16], body: &[u8]) -> Digest {
    Digest(hash("", &[salt, body]))
}

/// The salt of a later fact of a commit, from the salt of its first and its number in the commit, from 1.
///
/// Salts of bodies that may leave the node need to be unguessable to those who do not hold the commit, and no more; so
/// one random salt serves a commit, and on the wire the others are left out. A fact about a person draws its own salt,
/// which is erased with its body.
pub fn later_salt(first: &[u8; 16], index: u64) -> [u8; 16] {
    let full = hash("koinon/salt/1", &[first, &index.to_be_bytes()]);
    let mut salt = [0; 16];
    salt.iter_mut().zip(full).for_each(|(to, from)| *to = from);
    salt
}

/// The id of a fact: BLAKE3 over `koinon/ev/1`, the header's bytes and the signature, if there is one.
///
/// The header's last-in-commit flag says whether a signature follows, so the join has one reading.
pub fn fact_id(header: &[u8], sig: Option<&Signature>) -> FactId {
    FactId(hash("koinon/ev/1", &[header, sig.map_or(&[], <[u8; 64]>::as_slice)]))
}

/// A fact as stored and sent: bytes that nobody re-encodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFact {
    /// The header's bytes.
    pub header: Vec<u8>,
    /// The signature over the header, on the last fact of a commit only.
    pub sig: Option<Signature>,
    /// The salt of the body's commitment.
    pub salt: [u8; 16],
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl StoredFact {
    /// The fact's size as counted against [`RUN_BYTES_MAX`].
    pub fn size(&self) -> usize {
        let sig = self.sig.map_or(0, |sig| sig.len());
        self.header.len().saturating_add(self.body.len()).saturating_add(sig + self.salt.len())
    }
}

/// A fact whose bytes hold together: its header was read, its body matches, its id is known.
///
/// That its place in the log and its signature are right is for [`crate::verify`] to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    id: FactId,
    header: Header,
    stored: StoredFact,
}

impl Fact {
    /// Reads stored bytes and checks all that one fact alone can show.
    pub fn from_stored(stored: StoredFact) -> Result<Self, EnvelopeError> {
        let commit = body_commit(&stored.salt, &stored.body);
        Self::committed(stored, &commit)
    }

    /// The same where the commitment to the body has just been worked out from it.
    pub(crate) fn committed(stored: StoredFact, commit: &Digest) -> Result<Self, EnvelopeError> {
        let header = Header::parse(&stored.header)?;
        let found = stored.body.len();
        if found > BODY_BYTES_MAX {
            return Err(EnvelopeError::BodyTooLong(found));
        }
        if u32::try_from(found).ok() != Some(header.body_len) {
            return Err(EnvelopeError::BodyLength { stated: header.body_len, found });
        }
        if *commit != header.body_commit {
            return Err(EnvelopeError::BodyCommit);
        }
        if header.flags.has(Flags::LAST_IN_COMMIT) != stored.sig.is_some() {
            return Err(EnvelopeError::SignaturePresence);
        }
        let id = fact_id(&stored.header, stored.sig.as_ref());
        Ok(Self { id, header, stored })
    }

    /// Makes a fact from a header and a body that belongs to it; signs when the header is last in its commit.
    pub(crate) fn make(
        header: Header,
        salt: [u8; 16],
        body: Vec<u8>,
        key: &SigningKey,
        network: NetworkId,
    ) -> Self {
        let bytes = header.encode();
        let last = header.flags.has(Flags::LAST_IN_COMMIT);
        let sig = last.then(|| key.sign(network, SIGN_ROLE, &bytes));
        let id = fact_id(&bytes, sig.as_ref());
        Self { id, header, stored: StoredFact { header: bytes, sig, salt, body } }
    }

    /// The fact's id.
    pub fn id(&self) -> FactId {
        self.id
    }

    /// The header's content.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The body's bytes.
    pub fn body(&self) -> &[u8] {
        &self.stored.body
    }

    /// The bytes as stored.
    pub fn stored(&self) -> &StoredFact {
        &self.stored
    }

    /// Gives up the stored bytes.
    pub fn into_stored(self) -> StoredFact {
        self.stored
    }

    /// Whether the fact is signed.
    pub fn is_signed(&self) -> bool {
        self.stored.sig.is_some()
    }

    /// Whether the fact carries a signature of this key in this network.
    pub fn signed_by(&self, key: &VerifyKey, network: NetworkId) -> bool {
        self.stored.sig.is_some_and(|sig| header_signed_by(&self.stored.header, &sig, key, network))
    }
}

/// Whether a signature over a header's bytes is this key's in this network.
pub(crate) fn header_signed_by(header: &[u8], sig: &Signature, key: &VerifyKey, network: NetworkId) -> bool {
    key.verifies(network, SIGN_ROLE, header, sig)
}

/// Cuts `prev` and `body_commit` out of a header's bytes: an array of 9 items, in the same order.
pub(crate) fn elide(header: &[u8]) -> Result<Vec<u8>, CborError> {
    let mut r = Reader::new(header);
    r.tuple(FIELDS, "a header of 11 fields")?;
    let mut cut = Vec::with_capacity(header.len());
    cut.extend(Writer::new().array(FIELDS_ELIDED).finish());
    let mut from = r.position();
    for field in 0..FIELDS {
        let at = r.position();
        r.skip()?;
        if field == 3 || field == 9 {
            cut.extend_from_slice(header.get(from..at).unwrap_or(&[]));
            from = r.position();
        }
    }
    r.end()?;
    cut.extend_from_slice(header.get(from..).unwrap_or(&[]));
    Ok(cut)
}

/// Puts `prev` and `body_commit` back between the received bytes of an elided header.
pub(crate) fn restore(elided: &[u8], prev: &FactId, commit: &Digest) -> Result<Vec<u8>, CborError> {
    let mut r = Reader::new(elided);
    r.tuple(FIELDS_ELIDED, "a shortened header of 9 fields")?;
    let mut whole = Vec::with_capacity(elided.len() + 68);
    whole.extend(Writer::new().array(FIELDS).finish());
    let mut from = r.position();
    for (fields, insert) in [(3, &prev.0), (5, &commit.0)] {
        for _ in 0..fields {
            r.skip()?;
        }
        whole.extend_from_slice(elided.get(from..r.position()).unwrap_or(&[]));
        whole.extend_from_slice(&BYTES_32);
        whole.extend_from_slice(insert);
        from = r.position();
    }
    r.skip()?;
    r.end()?;
    whole.extend_from_slice(elided.get(from..).unwrap_or(&[]));
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(seq: u64, hlc: u64, kind: u32, flags: u8, author: Option<[u8; 16]>) -> Header {
        Header {
            log: LogId([1; 16]),
            seq,
            prev: FactId([2; 32]),
            hlc: Hlc(hlc),
            kind,
            schema: 1,
            flags: Flags(flags),
            body_len: 3,
            body_commit: body_commit(&[5; 16], b"abc"),
            author: author.map(KeyId),
        }
    }

    #[test]
    fn a_fact_alone_shows_its_own_faults() {
        let key = SigningKey::from_seed(&[1; 32]);
        let net = NetworkId([9; 16]);
        let good = Fact::make(header(0, 0, 1, 4, None), [5; 16], b"abc".to_vec(), &key, net).into_stored();
        assert!(Fact::from_stored(good.clone()).unwrap().signed_by(&key.verify_key(), net));
        let with = |change: &dyn Fn(&mut StoredFact)| {
            let mut fact = good.clone();
            change(&mut fact);
            Fact::from_stored(fact).unwrap_err()
        };
        assert_eq!(with(&|f| f.body = b"abd".to_vec()), EnvelopeError::BodyCommit);
        assert_eq!(with(&|f| f.salt[0] ^= 1), EnvelopeError::BodyCommit);
        assert_eq!(with(&|f| f.body.push(0)), EnvelopeError::BodyLength { stated: 3, found: 4 });
        assert_eq!(with(&|f| f.body = vec![0; 70_000]), EnvelopeError::BodyTooLong(70_000));
        assert_eq!(with(&|f| f.sig = None), EnvelopeError::SignaturePresence);
        assert_eq!(with(&|f| f.header = vec![0; 513]), EnvelopeError::HeaderTooLong(513));
        assert_eq!(with(&|f| f.header[1] = 2), EnvelopeError::Version(2));
        let odd = Header { flags: Flags(8), ..header(0, 0, 1, 0, None) };
        assert_eq!(Header::parse(&odd.encode()), Err(EnvelopeError::Flags(8)));
    }

    proptest! {
        #[test]
        fn headers_survive_the_trip_whole_and_shortened(
            seq: u64, hlc: u64, kind: u32, flags in 0u8..8, author: Option<[u8; 16]>
        ) {
            let header = header(seq, hlc, kind, flags, author);
            let bytes = header.encode();
            prop_assert!(bytes.len() <= HEADER_BYTES_MAX);
            crate::cbor::check(&bytes).unwrap();
            prop_assert_eq!(&Header::parse(&bytes).unwrap(), &header);
            let cut = elide(&bytes).unwrap();
            prop_assert_eq!(cut.len() + 68, bytes.len());
            prop_assert_eq!(restore(&cut, &header.prev, &header.body_commit).unwrap(), bytes);
        }

        #[test]
        fn any_bytes_are_judged_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            if let Ok(header) = Header::parse(&bytes) {
                prop_assert_eq!(header.encode(), bytes.clone(), "only one encoding is accepted");
            }
            let _ = elide(&bytes);
            let _ = restore(&bytes, &FactId([0; 32]), &Digest([0; 32]));
        }
    }
}
