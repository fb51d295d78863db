//! Keys, and the inception that defines a node.
//!
//! Signatures are Ed25519 (RFC 8032) over domain-separated bytes that hold the network id. Verification is
//! `verify_strict` and one by one, never in batches: a batch may pass what single verification refuses, and two
//! peers must never disagree. A secret key is wiped when dropped and is never printed.
//!
//! A node's id is the hash of its inception: its first key, the digest of its next key (whose secret is kept
//! apart, so that a thief of the live key cannot rotate), and the stewards who may recover it.

use std::cmp::Ordering;
use std::fmt;

use ed25519_dalek::Signer as _;
use koinon_core::{Digest, Entropy, NodeId};

use crate::cbor::{CborError, Reader, Writer};
use crate::name::{KeyId, NetworkId, hash, hash16};

/// The most recovery keys an inception may name.
pub const RECOVERY_MAX: usize = 32;

/// A signature: 64 bytes of Ed25519.
pub type Signature = [u8; 64];

/// Why a key or an inception is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are no point of the curve, not its only encoding, or one of the weak points.
    #[error("the 32 bytes are not a usable Ed25519 public key")]
    NotAKey,
    /// The bytes are not in the strict encoding.
    #[error("the inception is malformed: {0}")]
    Cbor(#[from] CborError),
    /// The inception's format version is unknown.
    #[error("inception version {0} is unknown to this program; update it")]
    Version(u64),
    /// Recovery keys are not in strictly rising order.
    #[error("recovery keys must be unique and in rising order")]
    RecoveryOrder,
    /// The threshold cannot be met, or is zero with recovery keys present.
    #[error("a recovery threshold of {threshold} does not fit {keys} recovery keys")]
    Threshold {
        /// The threshold stated.
        threshold: u8,
        /// The number of keys stated.
        keys: usize,
    },
}

/// A public key that has been checked to be usable.
#[derive(Clone, Copy)]
pub struct VerifyKey(Public);

#[derive(Clone, Copy)]
enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    /// A stand-in of the federation simulator.
    #[cfg(feature = "simulation")]
    Mark([u8; 32]),
}

impl VerifyKey {
    /// Checks and takes 32 bytes; refuses weak points and encodings that are not the point's only one.
    pub fn new(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        #[cfg(feature = "simulation")]
        if crate::simulation::is_mark(bytes) {
            return Ok(Self(Public::Mark(*bytes)));
        }
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAKey)?;
        let canonical = key.to_edwards().compress().as_bytes() == bytes;
        if canonical && !key.is_weak() { Ok(Self(Public::Ed25519(key))) } else { Err(KeyError::NotAKey) }
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        match &self.0 {
            Public::Ed25519(key) => key.as_bytes(),
            #[cfg(feature = "simulation")]
            Public::Mark(bytes) => bytes,
        }
    }

    /// The key's short id: the first 16 bytes of BLAKE3 over `koinon/key/1` and the key.
    pub fn id(&self) -> KeyId {
        KeyId(hash16("koinon/key/1", &[self.as_bytes()]))
    }

    /// The key's digest, by which it is named where it must be this key and no other.
    pub fn digest(&self) -> Digest {
        Digest(hash("koinon/key-digest/1", &[self.as_bytes()]))
    }

    /// The digest by which an inception commits to this key as the next one.
    pub fn next_digest(&self) -> Digest {
        Digest(hash("koinon/next-key/1", &[self.as_bytes()]))
    }

    /// Whether the signature over a role's bytes in a network is this key's.
    ///
    /// The signed bytes are `koinon/sig/1`, the network id, the role's length in one byte, the role, the message.
    pub fn verifies(&self, network: NetworkId, role: &str, message: &[u8], signature: &Signature) -> bool {
        let signed = signed_bytes(network, role, message);
        match &self.0 {
            Public::Ed25519(key) => {
                key.verify_strict(&signed, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
            }
            #[cfg(feature = "simulation")]
            Public::Mark(mark) => crate::simulation::mark_signature(mark, &signed) == *signature,
        }
    }
}

impl PartialEq for VerifyKey {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for VerifyKey {}

impl PartialOrd for VerifyKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for VerifyKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl fmt::Debug for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyKey({})", self.id())
    }
}

/// A secret key. Wiped when dropped; printing it shows the public key's id.
#[derive(Clone)]
pub struct SigningKey(Secret);

#[derive(Clone)]
enum Secret {
    Ed25519(ed25519_dalek::SigningKey),
    /// A stand-in of the federation simulator.
    #[cfg(feature = "simulation")]
    Mark([u8; 32]),
}

impl SigningKey {
    /// Draws a new key.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut seed = [0; 32];
        entropy.fill(&mut seed);
        let key = Self::from_seed(&seed);
        // The key wipes itself; this wipes the copy, and the hint keeps the write from being optimised away.
        seed.fill(0);
        std::hint::black_box(&seed);
        key
    }

    /// Takes the 32 secret bytes of a key that was kept.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Secret::Ed25519(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    /// A key whose signatures cost next to nothing and protect nothing, for simulations of many federations.
    #[cfg(feature = "simulation")]
    pub fn mark(number: u64) -> Self {
        Self(Secret::Mark(crate::simulation::mark(number)))
    }

    /// The 32 secret bytes, to be kept where only the node can read them.
    pub fn expose_seed(&self) -> &[u8; 32] {
        match &self.0 {
            Secret::Ed25519(key) => key.as_bytes(),
            #[cfg(feature = "simulation")]
            Secret::Mark(bytes) => bytes,
        }
    }

    /// The public half.
    pub fn verify_key(&self) -> VerifyKey {
        match &self.0 {
            Secret::Ed25519(key) => VerifyKey(Public::Ed25519(key.verifying_key())),
            #[cfg(feature = "simulation")]
            Secret::Mark(bytes) => VerifyKey(Public::Mark(*bytes)),
        }
    }

    /// Signs a role's bytes in a network; see [`VerifyKey::verifies`].
    pub fn sign(&self, network: NetworkId, role: &str, message: &[u8]) -> Signature {
        let signed = signed_bytes(network, role, message);
        match &self.0 {
            Secret::Ed25519(key) => key.sign(&signed).to_bytes(),
            #[cfg(feature = "simulation")]
            Secret::Mark(bytes) => crate::simulation::mark_signature(bytes, &signed),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(secret of {})", self.verify_key().id())
    }
}

fn signed_bytes(network: NetworkId, role: &str, message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64 + message.len());
    bytes.extend_from_slice(b"koinon/sig/1");
    bytes.extend_from_slice(&network.0);
    bytes.push(u8::try_from(role.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(role.as_bytes());
    bytes.extend_from_slice(message);
    bytes
}

/// A node's beginning. Its encoded bytes are the body of the first fact of the first control log, and the node's
/// id is their hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inception {
    /// The network that the node belongs to.
    pub network: NetworkId,
    /// The key that signs from the start.
    pub key: VerifyKey,
    /// The digest of the key that may replace it; see [`VerifyKey::next_digest`].
    pub next_key: Digest,
    /// The keys of those who may recover the node; unique, in rising order, at most [`RECOVERY_MAX`].
    pub recovery: Vec<VerifyKey>,
    /// How many of them must agree; 0 only when there are none.
    pub threshold: u8,
    /// Random bytes, so that two nodes with equal keys still differ.
    pub salt: [u8; 16],
}

impl Inception {
    /// Encodes to CBOR: `[1, network, key, next key digest, [recovery keys], threshold, salt]`.
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new().array(7).uint(1).bytes(&self.network.0).bytes(self.key.as_bytes());
        w = w.bytes(&self.next_key.0).array(self.recovery.len());
        for key in &self.recovery {
            w = w.bytes(key.as_bytes());
        }
        w.uint(u64::from(self.threshold)).bytes(&self.salt).finish()
    }

    /// Decodes and checks the rules stated on the fields.
    pub fn decode(bytes: &[u8]) -> Result<Self, KeyError> {
        let mut r = Reader::new(bytes);
        r.tuple(7, "an inception of 7 fields")?;
        match r.uint()? {
            1 => {}
            other => return Err(KeyError::Version(other)),
        }
        let network = NetworkId(r.fixed("a network id of 16 bytes")?);
        let key = VerifyKey::new(&r.fixed("a key of 32 bytes")?)?;
        let next_key = Digest(r.fixed("a digest of 32 bytes")?);
        let count = r.array(RECOVERY_MAX, "a list of at most 32 recovery keys")?;
        let mut recovery: Vec<VerifyKey> = Vec::new();
        for _ in 0..count {
            let key = VerifyKey::new(&r.fixed("a key of 32 bytes")?)?;
            if recovery.last().is_some_and(|last| *last >= key) {
                return Err(KeyError::RecoveryOrder);
            }
            recovery.push(key);
        }
        let threshold: u8 = r.small("a threshold up to 255")?;
        let salt = r.fixed("a salt of 16 bytes")?;
        r.end()?;
        let inception = Self { network, key, next_key, recovery, threshold, salt };
        inception.check()?;
        Ok(inception)
    }

    /// Checks the recovery set before it is written.
    pub fn check(&self) -> Result<(), KeyError> {
        Self::check_recovery(&self.recovery, self.threshold)
    }

    /// Checks a recovery set: unique keys in rising order, and a threshold that can be met.
    pub(crate) fn check_recovery(recovery: &[VerifyKey], threshold: u8) -> Result<(), KeyError> {
        if recovery.windows(2).any(|pair| matches!(pair, [a, b] if a >= b)) {
            return Err(KeyError::RecoveryOrder);
        }
        let keys = recovery.len();
        let wanted = usize::from(threshold);
        if keys > RECOVERY_MAX || wanted > keys || (wanted == 0) != (keys == 0) {
            return Err(KeyError::Threshold { threshold, keys });
        }
        Ok(())
    }

    /// The id of the node that these bytes found: BLAKE3 over `koinon/node/1` and the bytes as they are.
    pub fn node_id(body: &[u8]) -> NodeId {
        NodeId(hash("koinon/node/1", &[body]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NET: NetworkId = NetworkId([9; 16]);

    fn inception(recovery: &[u8], threshold: u8) -> Inception {
        let key = |seed: u8| SigningKey::from_seed(&[seed; 32]).verify_key();
        let mut recovery: Vec<_> = recovery.iter().map(|s| key(*s)).collect();
        recovery.sort();
        let next_key = key(2).next_digest();
        Inception { network: NET, key: key(1), next_key, recovery, threshold, salt: [3; 16] }
    }

    #[test]
    fn a_signature_holds_for_its_network_role_and_message_only() {
        let key = SigningKey::from_seed(&[1; 32]);
        let sig = key.sign(NET, "fact", b"bread");
        let public = key.verify_key();
        assert!(public.verifies(NET, "fact", b"bread", &sig));
        assert!(!public.verifies(NetworkId([8; 16]), "fact", b"bread", &sig));
        assert!(!public.verifies(NET, "fac", b"tbread", &sig));
        assert!(!public.verifies(NET, "fact", b"brood", &sig));
        assert!(!format!("{key:?}").contains("0101"), "the secret is not printed");
    }

    #[test]
    fn weak_keys_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        for weak in [[0; 32], identity, [0xff; 32]] {
            assert_eq!(VerifyKey::new(&weak), Err(KeyError::NotAKey), "{weak:02x?}");
        }
    }

    #[test]
    fn inceptions_survive_the_trip_and_bad_ones_are_named() {
        for good in [inception(&[], 0), inception(&[4, 5, 6], 2)] {
            let bytes = good.encode();
            crate::cbor::check(&bytes).unwrap();
            assert_eq!(Inception::decode(&bytes).unwrap(), good);
        }
        for (bad, keys) in [(inception(&[], 1), 0), (inception(&[4], 0), 1), (inception(&[4, 5], 3), 2)] {
            let threshold = bad.threshold;
            assert_eq!(Inception::decode(&bad.encode()), Err(KeyError::Threshold { threshold, keys }));
        }
        let mut twice = inception(&[4, 5], 1);
        twice.recovery.reverse();
        assert_eq!(Inception::decode(&twice.encode()), Err(KeyError::RecoveryOrder));
        let mut later = inception(&[], 0).encode();
        later[1] = 2;
        assert_eq!(Inception::decode(&later), Err(KeyError::Version(2)));
    }

    #[test]
    fn the_node_id_covers_every_byte() {
        let body = inception(&[4], 1).encode();
        let id = Inception::node_id(&body);
        for i in 0..body.len() {
            let mut other = body.clone();
            other[i] ^= 1;
            assert_ne!(Inception::node_id(&other), id);
        }
    }
}
