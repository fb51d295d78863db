//! Signed requests and answers between nodes, in the spirit of RFC 9421.
//!
//! A request is signed over method, path, the node it is meant for, its time, a nonce and the digest of its body; an
//! answer over its status, the asker, the request's nonce and the digest of its body. A node that has not been heard of
//! yet proves its key by its inception, whose hash is its id. Time is judged by the answering node's clock, which a
//! refusal states, so that a node with a wrong clock can still ask.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use koinon_core::{Digest, NodeId, Timestamp};
use koinon_log::{Directory, Identity, Inception, NetworkId, StoredFact, VerifyKey};

use crate::hex;

/// How far a request's time may be from the answering node's clock.
const WINDOW_MS: i64 = 10 * 60 * 1_000;
/// How long nonces are remembered, beyond the window on both sides.
const NONCES_KEPT: Duration = Duration::from_mins(21);
/// The most nonces remembered.
const NONCES_MAX: usize = 100_000;
const REQUEST_ROLE: &str = "http-request";
const ANSWER_ROLE: &str = "http-answer";

/// The signing node, in hexadecimal.
pub(crate) const NODE: &str = "koinon-node";
/// The signing node's inception, in hexadecimal.
pub(crate) const INCEPTION: &str = "koinon-inception";
/// The rotations that lead to the signing key, each as a message of one fact, in hexadecimal.
pub(crate) const ROTATIONS: &str = "koinon-rotations";
/// The request's time, in milliseconds since 1970.
pub(crate) const CREATED: &str = "koinon-created";
/// Sixteen random bytes, in hexadecimal.
pub(crate) const NONCE: &str = "koinon-nonce";
/// The signature, in hexadecimal.
pub(crate) const SIGNATURE: &str = "koinon-signature";
/// The answering node's clock, in milliseconds since 1970.
pub(crate) const CLOCK: &str = "koinon-clock";

/// Why a signed request or answer is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// A header is missing or malformed.
    #[error("the header '{0}' is missing or malformed; requests between nodes are signed")]
    Header(&'static str),
    /// The signer's key is not known and its inception does not prove it.
    #[error("the key of node {0} is not known, and its inception does not prove it")]
    UnknownKey(NodeId),
    /// The signature is not that of the node.
    #[error("the signature is not that of node {0}")]
    Signature(NodeId),
    /// The time is too far from the answering node's clock.
    #[error("the request's time is {0} minutes off; set the clock of one of the two computers")]
    Clock(i64),
    /// The nonce was used before.
    #[error("the request was received before")]
    Repeated,
    /// The answer is another node's.
    #[error("node {found} answered instead of {expected}; check the address")]
    OtherNode {
        /// Who was asked.
        expected: NodeId,
        /// Who answered.
        found: NodeId,
    },
}

/// One request's unsigned parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) path: &'a str,
    pub(crate) to: NodeId,
    pub(crate) created: Timestamp,
    pub(crate) nonce: [u8; 16],
    pub(crate) body: &'a [u8],
}

impl Request<'_> {
    fn signed_text(&self) -> String {
        let digest = Digest::of("koinon/http-body/1", self.body);
        let (to, created) = (self.to, self.created.as_millis());
        format!("POST\n{}\n{to}\n{created}\n{}\n{digest}", self.path, hex::encode(&self.nonce))
    }

    /// The headers that carry the signature.
    pub(crate) fn sign(&self, identity: &Identity, rotations: &[StoredFact]) -> [(&'static str, String); 6] {
        let signature = identity.key().sign(identity.network(), REQUEST_ROLE, self.signed_text().as_bytes());
        [
            (NODE, identity.node().to_string()),
            (INCEPTION, hex::encode(identity.inception())),
            (ROTATIONS, shown(rotations)),
            (CREATED, self.created.as_millis().to_string()),
            (NONCE, hex::encode(&self.nonce)),
            (SIGNATURE, hex::encode(&signature)),
        ]
    }
}

/// The signature's headers as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) node: NodeId,
    inception: Vec<u8>,
    rotations: Vec<StoredFact>,
    pub(crate) created: Timestamp,
    pub(crate) nonce: [u8; 16],
    signature: [u8; 64],
}

impl Signed {
    /// Reads a request's headers.
    pub(crate) fn read<'h>(header: impl Fn(&'static str) -> Option<&'h str>) -> Result<Self, AuthError> {
        let Signer { node, inception, rotations, signature } = signer(&header)?;
        let created = header(CREATED).and_then(|text| text.parse().ok()).ok_or(AuthError::Header(CREATED))?;
        let nonce = header(NONCE).and_then(hex::decode_array).ok_or(AuthError::Header(NONCE))?;
        Ok(Self { node, inception, rotations, created: Timestamp::from_millis(created), nonce, signature })
    }

    /// Checks time and signature of a request to `me`; gives the key that signed. The nonce is for [`Nonces::take`].
    pub(crate) fn check(
        &self,
        path: &str,
        me: NodeId,
        body: &[u8],
        now: Timestamp,
        directory: &Directory,
    ) -> Result<VerifyKey, AuthError> {
        let off = self.created.as_millis().saturating_sub(now.as_millis());
        if off.saturating_abs() > WINDOW_MS {
            return Err(AuthError::Clock(off / 60_000));
        }
        // Who asks is given something, so a recovery that is waited for does not count yet.
        let key = key_of(self.node, (&self.inception, &self.rotations), directory, false)?;
        let request = Request { path, to: me, created: self.created, nonce: self.nonce, body };
        let text = request.signed_text();
        let good = key.verifies(directory.network(), REQUEST_ROLE, text.as_bytes(), &self.signature);
        if good { Ok(key) } else { Err(AuthError::Signature(self.node)) }
    }
}

/// Who says that it signed, and how it proves its key.
struct Signer {
    node: NodeId,
    inception: Vec<u8>,
    rotations: Vec<StoredFact>,
    signature: [u8; 64],
}

fn signer<'h>(header: &impl Fn(&'static str) -> Option<&'h str>) -> Result<Signer, AuthError> {
    let node = header(NODE).and_then(hex::decode_array).map(NodeId).ok_or(AuthError::Header(NODE))?;
    let inception = header(INCEPTION).and_then(hex::decode).ok_or(AuthError::Header(INCEPTION))?;
    let signature = header(SIGNATURE).and_then(hex::decode_array).ok_or(AuthError::Header(SIGNATURE))?;
    let rotations =
        header(ROTATIONS).map_or(Some(Vec::new()), read_shown).ok_or(AuthError::Header(ROTATIONS))?;
    Ok(Signer { node, inception, rotations, signature })
}

/// Facts as a header's text: their four parts each in hexadecimal, parts and facts set apart.
fn shown(facts: &[StoredFact]) -> String {
    let one = |fact: &StoredFact| {
        let sig = fact.sig.as_ref().map_or(&[][..], |sig| sig.as_slice());
        [fact.header.as_slice(), sig, fact.salt.as_slice(), fact.body.as_slice()].map(hex::encode).join(".")
    };
    facts.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn read_shown(text: &str) -> Option<Vec<StoredFact>> {
    let one = |text: &str| {
        let mut parts = text.split('.');
        let (header, sig) = (hex::decode(parts.next()?)?, parts.next()?);
        let sig = if sig.is_empty() { None } else { Some(hex::decode_array(sig)?) };
        let (salt, body) = (hex::decode_array(parts.next()?)?, hex::decode(parts.next()?)?);
        parts.next().is_none().then_some(StoredFact { header, sig, salt, body })
    };
    text.split(' ').filter(|text| !text.is_empty()).map(one).collect()
}

fn answer_text(status: u16, to: NodeId, nonce: &[u8; 16], body: &[u8]) -> String {
    let digest = Digest::of("koinon/http-body/1", body);
    format!("{status}\n{to}\n{}\n{digest}", hex::encode(nonce))
}

/// The headers that sign an answer.
pub(crate) fn sign_answer(
    (identity, rotations): (&Identity, &[StoredFact]),
    status: u16,
    to: NodeId,
    nonce: &[u8; 16],
    body: &[u8],
) -> [(&'static str, String); 4] {
    let text = answer_text(status, to, nonce, body);
    let signature = identity.key().sign(identity.network(), ANSWER_ROLE, text.as_bytes());
    [
        (NODE, identity.node().to_string()),
        (INCEPTION, hex::encode(identity.inception())),
        (ROTATIONS, shown(rotations)),
        (SIGNATURE, hex::encode(&signature)),
    ]
}

/// Checks an answer from `peer` to a request of `me`.
pub(crate) fn check_answer<'h>(
    header: impl Fn(&'static str) -> Option<&'h str>,
    peer: NodeId,
    me: NodeId,
    status: u16,
    nonce: &[u8; 16],
    body: &[u8],
    directory: &Directory,
) -> Result<(), AuthError> {
    let Signer { node, inception, rotations, signature } = signer(&header)?;
    if node != peer {
        return Err(AuthError::OtherNode { expected: peer, found: node });
    }
    // What an answer holds proves itself, so a recovery that is waited for may bring word of itself.
    let key = key_of(node, (&inception, &rotations), directory, true)?;
    let text = answer_text(status, me, nonce, body);
    let good = key.verifies(directory.network(), ANSWER_ROLE, text.as_bytes(), &signature);
    if good { Ok(()) } else { Err(AuthError::Signature(node)) }
}

/// A node's key: as its control logs say and its rotations go on, or by its inception when it has not been heard of yet.
fn key_of(
    node: NodeId,
    (inception, rotations): (&[u8], &[StoredFact]),
    directory: &Directory,
    early: bool,
) -> Result<VerifyKey, AuthError> {
    let unknown = AuthError::UnknownKey(node);
    if let Some(key) = directory.key(node)
        && rotations.is_empty()
    {
        return Ok(*key);
    }
    if Inception::node_id(inception) != node {
        return directory.key(node).copied().ok_or(unknown);
    }
    let network: NetworkId = directory.network();
    let first = Inception::decode(inception).ok().filter(|read| read.network == network).ok_or(unknown)?;
    directory.key_shown(node, &first, rotations, early).map_err(|_| AuthError::UnknownKey(node))
}

/// The nonces seen lately.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    seen: BTreeSet<[u8; 16]>,
    order: VecDeque<(Duration, [u8; 16])>,
}

impl Nonces {
    /// Takes a nonce that was not seen lately.
    pub(crate) fn take(&mut self, nonce: [u8; 16], now: Duration) -> Result<(), AuthError> {
        while let Some((at, old)) = self.order.front().copied() {
            if now.saturating_sub(at) < NONCES_KEPT && self.order.len() < NONCES_MAX {
                break;
            }
            self.order.pop_front();
            self.seen.remove(&old);
        }
        if !self.seen.insert(nonce) {
            return Err(AuthError::Repeated);
        }
        self.order.push_back((now, nonce));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use koinon_log::testing::identity;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn header<'h>(headers: &'h [(&'static str, String)]) -> impl Fn(&'static str) -> Option<&'h str> {
        move |name| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn a_request_holds_for_its_body_target_time_and_network_only() {
        let network = NetworkId::of("a");
        let asker = identity(network, 1).unwrap();
        let me = identity(network, 2).unwrap().node();
        let directory = Directory::new(network);
        let request = Request { path: "/exchange", to: me, created: NOW, nonce: [7; 16], body: b"x" };
        let headers = request.sign(&asker, &[]);
        let signed = Signed::read(header(&headers)).unwrap();
        assert_eq!(signed.check("/exchange", me, b"x", NOW, &directory).map(drop), Ok(()));
        let bad = Err(AuthError::Signature(asker.node()));
        assert_eq!(signed.check("/exchange", me, b"y", NOW, &directory), bad);
        assert_eq!(signed.check("/other", me, b"x", NOW, &directory), bad);
        assert_eq!(signed.check("/exchange", asker.node(), b"x", NOW, &directory), bad);
        let late = NOW.plus_millis(WINDOW_MS + 60_000);
        assert_eq!(signed.check("/exchange", me, b"x", late, &directory), Err(AuthError::Clock(-11)));
        let elsewhere = Directory::new(NetworkId::of("b"));
        let unknown = Err(AuthError::UnknownKey(asker.node()));
        assert_eq!(signed.check("/exchange", me, b"x", NOW, &elsewhere), unknown);
        for missing in (0..headers.len()).filter(|missing| headers[*missing].0 != ROTATIONS) {
            let mut fewer = headers.to_vec();
            let name = fewer.remove(missing).0;
            assert_eq!(Signed::read(header(&fewer)), Err(AuthError::Header(name)));
        }
    }

    #[test]
    fn a_thief_of_a_name_without_its_key_is_refused() {
        let network = NetworkId::of("a");
        let (victim, thief) = (identity(network, 1).unwrap(), identity(network, 2).unwrap());
        let me = identity(network, 3).unwrap().node();
        let request = Request { path: "/exchange", to: me, created: NOW, nonce: [7; 16], body: b"" };
        let mut headers = request.sign(&thief, &[]);
        headers[0].1 = victim.node().to_string();
        let signed = Signed::read(header(&headers)).unwrap();
        let directory = Directory::new(network);
        let answer = signed.check("/exchange", me, b"", NOW, &directory);
        assert_eq!(answer, Err(AuthError::UnknownKey(victim.node())));
        headers[1].1 = hex::encode(victim.inception());
        let signed = Signed::read(header(&headers)).unwrap();
        let answer = signed.check("/exchange", me, b"", NOW, &directory);
        assert_eq!(answer, Err(AuthError::Signature(victim.node())));
    }

    #[test]
    fn answers_are_bound_to_the_question() {
        let network = NetworkId::of("a");
        let peer = identity(network, 1).unwrap();
        let me = identity(network, 2).unwrap().node();
        let directory = Directory::new(network);
        let headers = sign_answer((&peer, &[]), 200, me, &[1; 16], b"x");
        let check = |peer, status, nonce: u8, body: &[u8]| {
            check_answer(header(&headers), peer, me, status, &[nonce; 16], body, &directory)
        };
        assert_eq!(check(peer.node(), 200, 1, b"x"), Ok(()));
        assert!(check(peer.node(), 200, 2, b"x").is_err(), "an answer to another question");
        assert!(check(peer.node(), 500, 1, b"x").is_err());
        assert!(check(peer.node(), 200, 1, b"").is_err());
        assert!(matches!(check(me, 200, 1, b"x"), Err(AuthError::OtherNode { .. })));
    }

    #[test]
    fn nonces_are_taken_once_and_forgotten_in_time() {
        let mut nonces = Nonces::default();
        assert_eq!(nonces.take([1; 16], Duration::ZERO), Ok(()));
        assert_eq!(nonces.take([1; 16], Duration::from_mins(1)), Err(AuthError::Repeated));
        assert_eq!(nonces.take([2; 16], NONCES_KEPT), Ok(()));
        assert_eq!(nonces.seen.len(), 1, "the first is forgotten");
    }
}
