//! Names: the network, the streams, the incarnation, and the name of a log from which its id is made.
//!
//! A log's id is a hash of its name, so nobody can pass one log off as another node's or as another stream's.

use std::fmt;

use koinon_core::{Entropy, FactId, LogId, NodeId};

/// The fact before the very first: what the first control log names as its predecessor.
pub const NO_FACT: FactId = FactId([0; 32]);

/// Up to so many bytes, parts are put together before they are hashed: most facts are short, and then setting up the
/// hasher that takes parts would cost as much as the hash.
const SHORT: usize = 512;

/// Hashes a domain and parts to 32 bytes with BLAKE3.
pub(crate) fn hash(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut short = [0; SHORT];
    let mut room = short.as_mut_slice();
    let all = || [domain.as_bytes()].into_iter().chain(parts.iter().copied());
    let fits = all().all(|part| {
        let Some((here, rest)) = std::mem::take(&mut room).split_at_mut_checked(part.len()) else {
            return false;
        };
        here.copy_from_slice(part);
        room = rest;
        true
    });
    if fits {
        let len = SHORT.saturating_sub(room.len());
        return *blake3::hash(short.get(..len).unwrap_or(&[])).as_bytes();
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(domain.as_bytes());
    for part in parts {
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

/// Hashes a domain and parts to the first 16 bytes of BLAKE3.
pub(crate) fn hash16(domain: &str, parts: &[&[u8]]) -> [u8; 16] {
    let full = hash(domain, parts);
    let mut short = [0; 16];
    short.iter_mut().zip(full).for_each(|(to, from)| *to = from);
    short
}

/// A federation of nodes: signatures hold within one network only, so a drill's facts count nowhere else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkId(pub [u8; 16]);

impl NetworkId {
    /// Derives the id from a region's name and founding secret or date, whatever text its communities agreed on.
    pub fn of(text: &str) -> Self {
        Self(hash16("koinon/network/1", &[text.as_bytes()]))
    }
}

impl fmt::Display for NetworkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for NetworkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The key of a fact's author, by hash: a person's or a device's key, apart from the node's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 16]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A kind of log: who may receive its facts is decided when they are written, by the stream they go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Keys, openings of logs, rulings: everybody holds it.
    Control,
    /// What aid needs and no agreement closes: needs, offers, promises, loads, routes, recalls.
    Federation,
    /// Ciphertext for backup at chosen peers; it never leaves by the ordinary exchange.
    Sealed,
    /// What never leaves the node.
    Local,
    /// Published sums.
    Aggregates,
    /// What stands in the stores: for those with whom an agreement shares it.
    Stock,
}

impl Stream {
    /// All streams, by number.
    pub const ALL: [Self; 6] =
        [Self::Control, Self::Federation, Self::Sealed, Self::Local, Self::Aggregates, Self::Stock];

    /// The number in stored bytes.
    pub const fn number(self) -> u8 {
        match self {
            Self::Control => 0,
            Self::Federation => 1,
            Self::Sealed => 2,
            Self::Local => 3,
            Self::Aggregates => 4,
            Self::Stock => 5,
        }
    }

    /// The word in commands and on the operator's page.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Federation => "federation",
            Self::Sealed => "sealed",
            Self::Local => "local",
            Self::Aggregates => "aggregates",
            Self::Stock => "stock",
        }
    }

    /// The stream of a number, if there is one.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|stream| stream.number() == number)
    }

    /// The same stream as one that may leave the node; nothing for those that may not.
    pub const fn shared(self) -> Option<SharedStream> {
        match self {
            Self::Control => Some(SharedStream::Control),
            Self::Federation => Some(SharedStream::Federation),
            Self::Aggregates => Some(SharedStream::Aggregates),
            Self::Stock => Some(SharedStream::Stock),
            Self::Sealed | Self::Local => None,
        }
    }
}

/// A stream that may leave the node. Messages can name no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SharedStream {
    /// See [`Stream::Control`].
    Control,
    /// See [`Stream::Federation`].
    Federation,
    /// See [`Stream::Aggregates`].
    Aggregates,
    /// See [`Stream::Stock`].
    Stock,
}

impl SharedStream {
    /// All streams that may leave.
    pub const ALL: [Self; 4] = [Self::Control, Self::Federation, Self::Aggregates, Self::Stock];

    /// Whether every node of the federation may read it, whatever is agreed: keys and authority, and what aid needs.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Control | Self::Federation)
    }
}

impl From<SharedStream> for Stream {
    fn from(shared: SharedStream) -> Self {
        match shared {
            SharedStream::Control => Self::Control,
            SharedStream::Federation => Self::Federation,
            SharedStream::Aggregates => Self::Aggregates,
            SharedStream::Stock => Self::Stock,
        }
    }
}

/// Sixty-four random bits drawn when a log is opened, so that a restored or cloned node never continues a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incarnation(pub u64);

impl Incarnation {
    /// Draws a new incarnation.
    pub fn draw(entropy: &mut dyn Entropy) -> Self {
        let mut bytes = [0; 8];
        entropy.fill(&mut bytes);
        Self(u64::from_be_bytes(bytes))
    }
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a log is: whose, which stream, which incarnation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogName {
    /// The only node that writes to it.
    pub node: NodeId,
    /// Its stream.
    pub stream: Stream,
    /// Its incarnation.
    pub incarnation: Incarnation,
}

impl LogName {
    /// The log's id: the first 16 bytes of BLAKE3 over `koinon/log/1`, node, stream number and incarnation
    /// (big-endian).
    pub fn id(&self) -> LogId {
        let parts: [&[u8]; 3] = [&self.node.0, &[self.stream.number()], &self.incarnation.0.to_be_bytes()];
        LogId(hash16("koinon/log/1", &parts))
    }
}

/// One place in a log with the fact that stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tail {
    /// The log.
    pub log: LogId,
    /// The sequence number, from 0.
    pub seq: u64,
    /// The fact's id.
    pub id: FactId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_name_changes_the_id() {
        let name = LogName { node: NodeId([1; 32]), stream: Stream::Federation, incarnation: Incarnation(7) };
        let others = [
            LogName { node: NodeId([2; 32]), ..name },
            LogName { stream: Stream::Local, ..name },
            LogName { incarnation: Incarnation(8), ..name },
        ];
        for other in others {
            assert_ne!(name.id(), other.id());
        }
        assert_eq!(name.id(), name.id());
    }

    #[test]
    fn a_hash_is_of_the_bytes_whatever_their_parts_and_number() {
        let bytes: Vec<u8> = (0..=255).cycle().take(3 * SHORT).collect();
        for len in [0, 1, 63, 64, 65, SHORT - 2, SHORT - 1, SHORT, SHORT + 1, SHORT + 2, 3 * SHORT] {
            let whole = bytes.get(..len).unwrap_or(&[]);
            let (first, second) = whole.split_at(len / 3);
            let expected = blake3::hash(&[b"d", whole].concat());
            assert_eq!(hash("d", &[first, second]), *expected.as_bytes(), "{len} bytes");
            assert_eq!(hash("", &[b"d", first, &[], second]), *expected.as_bytes(), "{len} bytes");
        }
    }

    #[test]
    fn streams_that_stay_have_no_shared_form() {
        for stream in Stream::ALL {
            assert_eq!(Stream::from_number(stream.number()), Some(stream));
            assert_eq!(stream.shared().is_none(), matches!(stream, Stream::Sealed | Stream::Local));
            assert!(stream.shared().is_none_or(|shared| Stream::from(shared) == stream));
        }
        assert_eq!(Stream::from_number(6), None);
    }
}
