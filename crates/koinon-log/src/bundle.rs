//! Bundles: messages that travel by hand, in a file that anybody can carry.
//!
//! Nobody needs to trust the carrier: runs, forks and receipts prove themselves, and are taken in as if they had come over
//! a line. A bundle is flat: [`MAGIC`], then frames, each with a mark, a length and checksums of its own, so that a damaged
//! frame costs only what it holds. Frames are compressed, and unpack to a bounded size whatever they claim. The last frame
//! says how many there are, with the maker's signature over everything before it; only then is believed what the bundle
//! says of who holds what.
//!
//! A frame, numbers big-endian:
//!
//! | bytes | content |
//! |---|---|
//! | 4 | mark `F3 6B 6F 69` |
//! | 1 | type: 0 manifest, 1 messages, 2 holdings, 3 end |
//! | 4 | bytes of the payload as it stands here |
//! | 4 | bytes of the payload unpacked; 0 where it is not packed |
//! | 8 | beginning of BLAKE3 of the payload as it stands here |
//! | 4 | beginning of BLAKE3 of the 21 bytes before |
//! | … | the payload; Brotli where packed |
//!
//! ```
//! use koinon_core::Timestamp;
//! use koinon_log::testing::identity;
//! use koinon_log::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let network = NetworkId::of("ring of ten");
//! let maker = identity(network, 1)?;
//! let manifest = Manifest { network, by: maker.node(), made: Timestamp::from_millis(0), to: vec![], part: 1 };
//! let mut bundle = BundleWriter::begin(Vec::new(), &manifest)?;
//! bundle.message(&Message::AskForks)?;
//! let file = bundle.finish(&maker, false)?;
//!
//! let mut read = BundleReader::open(file.as_slice())?;
//! assert_eq!(read.next_part()?, Some(Part::Manifest(manifest)));
//! assert_eq!(read.next_part()?, Some(Part::Messages(vec![Message::AskForks])));
//! assert!(matches!(read.next_part()?, Some(Part::End(end)) if end.is_whole && !end.more));
//! assert_eq!(read.next_part()?, None);
//! # Ok(())
//! # }
//! ```

use std::io::{self, Read, Write};

use koinon_core::{Digest, NodeId, Timestamp};

use crate::cbor::{CborError, CborFault, Reader, Writer};
use crate::directory::Directory;
use crate::exchange::{HAVE_LOGS_MAX, Have, MESSAGE_BYTES_MAX, Message, SUMMARY_NODES_MAX};
use crate::frames::{self, FRAMES_MAX};
use crate::keys::Signature;
use crate::name::NetworkId;
use crate::packing::{pack, unpack};
use crate::writer::Identity;

/// The first bytes of every bundle.
pub const MAGIC: [u8; 8] = *b"KOINON1\n";
/// The most bytes of a payload, packed or unpacked.
pub const PAYLOAD_BYTES_MAX: usize = MESSAGE_BYTES_MAX + 64 * 1024;
/// The most nodes that a bundle is made for.
pub const TO_MAX: usize = 4_096;

const MARK: [u8; 4] = [0xf3, b'k', b'o', b'i'];
const HEAD_BYTES: usize = 25;
const MANIFEST: u8 = 0;
const MESSAGES: u8 = 1;
const HOLDINGS: u8 = 2;
const END: u8 = 3;
const ROLE: &str = "bundle";
/// Messages are gathered until they are so many bytes.
const FRAME_BYTES: usize = 1024 * 1024;
/// How far a file that does not begin as it should is searched for a frame.
const SEARCH_BYTES_MAX: u64 = 1024 * 1024;
/// What a bundle is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The federation.
    pub network: NetworkId,
    /// Whose computer made it.
    pub by: NodeId,
    /// When, by the maker's clock.
    pub made: Timestamp,
    /// For whom; empty is for everybody of the federation. At most [`TO_MAX`].
    pub to: Vec<NodeId>,
    /// Which of several files, from 1.
    pub part: u32,
}

/// What a node was known to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdings {
    /// Who holds it.
    pub node: NodeId,
    /// As of when, by the holder's clock.
    pub at: Timestamp,
    /// What is held of each node's logs.
    pub have: Vec<Have>,
}

/// The end of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The frames before it, as the maker wrote them.
    pub frames: u64,
    /// Whether another part follows in another file.
    pub more: bool,
    /// Whether every byte before it is as the maker wrote it.
    pub is_whole: bool,
    digest: Digest,
    signature: Signature,
}

impl End {
    /// Whether it is signed by a node, with any of its keys.
    pub fn is_signed_by(&self, node: NodeId, directory: &Directory) -> bool {
        let bytes = signed_bytes(self.frames, self.more, &self.digest);
        let keys = directory.keys(node);
        keys.iter().rev().any(|key| key.verifies(directory.network(), ROLE, &bytes, &self.signature))
    }
}

/// A stretch of a bundle that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The first byte, from the file's beginning.
    pub at: u64,
    /// How many bytes.
    pub bytes: u64,
    /// What is wrong.
    pub why: String,
}

/// A part of a bundle, as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// What the bundle is.
    Manifest(Manifest),
    /// Messages, as if they had come over a line.
    Messages(Vec<Message>),
    /// What a node holds, by the maker's word.
    Holdings(Holdings),
    /// The end.
    End(End),
    /// A frame of a type that this program does not know.
    Newer(u8),
    /// Bytes that are damaged, or that nobody may write.
    Damaged(Damage),
}

fn signed_bytes(frames: u64, more: bool, digest: &Digest) -> Vec<u8> {
    Writer::new().array(3).uint(frames).uint(u64::from(more)).bytes(&digest.0).finish()
}

fn sum(bytes: &[u8]) -> u64 {
    blake3::hash(bytes).as_bytes().first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first))
}

fn short_sum(bytes: &[u8]) -> u32 {
    blake3::hash(bytes).as_bytes().first_chunk::<4>().map_or(0, |first| u32::from_be_bytes(*first))
}

/// Writes a bundle, one frame after the other.
pub struct BundleWriter<W> {
    out: W,
    digest: blake3::Hasher,
    written: u64,
    frames: u64,
    body: Vec<u8>,
    messages: usize,
}

impl<W> std::fmt::Debug for BundleWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BundleWriter({} frames, {} bytes)", self.frames, self.written)
    }
}

impl<W: Write> BundleWriter<W> {
    /// Begins a bundle.
    pub fn begin(out: W, manifest: &Manifest) -> io::Result<Self> {
        let digest = blake3::Hasher::new();
        let mut bundle = Self { out, digest, written: 0, frames: 0, body: Vec::new(), messages: 0 };
        bundle.put(&MAGIC)?;
        bundle.frame(MANIFEST, &put_manifest(manifest), false)?;
        Ok(bundle)
    }

    /// Adds a message.
    pub fn message(&mut self, message: &Message) -> io::Result<()> {
        frames::push(&mut self.body, message);
        self.messages += 1;
        if self.body.len() >= FRAME_BYTES || self.messages == FRAMES_MAX {
            self.flush()?;
        }
        Ok(())
    }

    /// Adds what a node is known to hold, in as many frames as it takes.
    pub fn holdings(&mut self, holdings: &Holdings) -> io::Result<()> {
        self.flush()?;
        for have in holdings.have.chunks(FRAMES_MAX) {
            let mut have = have.to_vec();
            // What one message may list alone fills a frame.
            while !have.is_empty() {
                let mut logs = 0_usize;
                let fits = have.iter().take_while(|have| {
                    logs = logs.saturating_add(have.logs.len().max(1));
                    logs <= HAVE_LOGS_MAX
                });
                let count = fits.count().max(1).min(have.len());
                let page = have.drain(..count).collect();
                self.frame(HOLDINGS, &put_holdings(&Holdings { have: page, ..*holdings }), true)?;
            }
        }
        Ok(())
    }

    /// The bytes written so far; what is gathered for the next frame is not among them.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Ends the bundle with the maker's signature. `more` says that another file goes on.
    pub fn finish(self, maker: &Identity, more: bool) -> io::Result<W> {
        self.finish_sized(maker, more).map(|(out, _)| out)
    }

    /// As [`BundleWriter::finish`]; gives the bundle's bytes too.
    pub fn finish_sized(mut self, maker: &Identity, more: bool) -> io::Result<(W, u64)> {
        self.flush()?;
        let digest = Digest(*self.digest.finalize().as_bytes());
        let signature = maker.key().sign(maker.network(), ROLE, &signed_bytes(self.frames, more, &digest));
        let end = Writer::new().array(4).uint(self.frames).uint(u64::from(more)).bytes(&digest.0);
        self.frame(END, &end.bytes(&signature).finish(), false)?;
        self.out.flush()?;
        Ok((self.out, self.written))
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.messages == 0 {
            return Ok(());
        }
        let body = std::mem::take(&mut self.body);
        self.messages = 0;
        self.frame(MESSAGES, &body, true)
    }

    fn frame(&mut self, kind: u8, plain: &[u8], packed: bool) -> io::Result<()> {
        let payload = if packed { pack(plain)? } else { plain.to_vec() };
        // Both are bounded far below 32 bits.
        let stored = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let unpacked = if packed { u32::try_from(plain.len()).unwrap_or(u32::MAX) } else { 0 };
        let mut head = Vec::with_capacity(HEAD_BYTES);
        head.extend(MARK);
        head.push(kind);
        head.extend(stored.to_be_bytes());
        head.extend(unpacked.to_be_bytes());
        head.extend(sum(&payload).to_be_bytes());
        head.extend(short_sum(&head).to_be_bytes());
        self.put(&head)?;
        self.put(&payload)?;
        self.frames += 1;
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.written = self.written.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.out.write_all(bytes)
    }
}

/// The head of a frame.
#[derive(Debug, Clone, Copy)]
struct Head {
    kind: u8,
    stored: usize,
    unpacked: usize,
    sum: u64,
}

impl Head {
    /// Reads a head; nothing when the bytes are none.
    fn read(bytes: &[u8]) -> Option<Self> {
        let head = bytes.get(..HEAD_BYTES)?;
        let (said, check) = head.split_last_chunk::<4>()?;
        let rest = said.strip_prefix(&MARK)?;
        if short_sum(said) != u32::from_be_bytes(*check) {
            return None;
        }
        let (kind, rest) = rest.split_first()?;
        let (stored, rest) = rest.split_first_chunk::<4>()?;
        let (unpacked, rest) = rest.split_first_chunk::<4>()?;
        let sum = u64::from_be_bytes(*rest.first_chunk::<8>()?);
        let size = |bytes: &[u8; 4]| usize::try_from(u32::from_be_bytes(*bytes)).unwrap_or(usize::MAX);
        let (stored, unpacked) = (size(stored), size(unpacked));
        (stored <= PAYLOAD_BYTES_MAX && unpacked <= PAYLOAD_BYTES_MAX).then_some(Self {
            kind: *kind,
            stored,
            unpacked,
            sum,
        })
    }
}

/// Reads a bundle, one part after the other; what is damaged is said and passed over.
pub struct BundleReader<R> {
    from: R,
    /// Bytes read and not yet used.
    ahead: Vec<u8>,
    /// Where `ahead` begins in the file.
    at: u64,
    digest: blake3::Hasher,
    /// Whether the file has no more bytes than `ahead`.
    is_over: bool,
    ended: bool,
}

impl<R> std::fmt::Debug for BundleReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BundleReader(at byte {})", self.at)
    }
}

/// Why a bundle cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file is no bundle.
    #[error("this is no bundle of koinon")]
    NoBundle,
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl<R: Read> BundleReader<R> {
    /// Begins to read. A file whose very beginning is damaged is still a bundle when a frame stands in its first MiB.
    pub fn open(from: R) -> Result<Self, BundleError> {
        let digest = blake3::Hasher::new();
        let mut reader = Self { from, ahead: Vec::new(), at: 0, digest, is_over: false, ended: false };
        reader.fill(MAGIC.len())?;
        if reader.ahead.is_empty() {
            return Err(BundleError::Empty);
        }
        if reader.ahead.starts_with(&MAGIC) {
            reader.skip(MAGIC.len());
            return Ok(reader);
        }
        let most = usize::try_from(SEARCH_BYTES_MAX).unwrap_or(usize::MAX);
        reader.fill(most)?;
        let found = (0..reader.ahead.len()).any(|at| reader.ahead.get(at..).and_then(Head::read).is_some());
        if found { Ok(reader) } else { Err(BundleError::NoBundle) }
    }

    /// How many bytes were read.
    pub fn position(&self) -> u64 {
        self.at
    }

    /// The next part; nothing after the last.
    pub fn next_part(&mut self) -> io::Result<Option<Part>> {
        if self.ended {
            return Ok(None);
        }
        self.fill(HEAD_BYTES)?;
        if self.ahead.is_empty() {
            return Ok(None);
        }
        let begun = self.at;
        let Some(head) = Head::read(&self.ahead) else {
            return self.pass_over("no frame begins here").map(Some);
        };
        let whole = HEAD_BYTES.saturating_add(head.stored);
        self.fill(whole)?;
        let digest = Digest(*self.digest.clone().finalize().as_bytes());
        let Some(payload) = self.ahead.get(HEAD_BYTES..whole).map(<[u8]>::to_vec) else {
            let left = self.ahead.len();
            self.skip(left);
            return Ok(Some(damaged(begun, self.at, "the file ends inside a frame")));
        };
        self.skip(whole);
        if sum(&payload) != head.sum {
            return Ok(Some(damaged(begun, self.at, "the bytes of a frame changed")));
        }
        let part = if head.unpacked > 0 {
            unpack_whole(&payload, head.unpacked).and_then(|plain| read_part(head.kind, &plain, digest))
        } else {
            read_part(head.kind, &payload, digest)
        };
        let part = part.unwrap_or_else(|why| damaged(begun, self.at, &why));
        self.ended = matches!(part, Part::End(_));
        Ok(Some(part))
    }

    /// Passes over bytes up to the next frame.
    fn pass_over(&mut self, why: &str) -> io::Result<Part> {
        let begun = self.at;
        let mut from = 1;
        loop {
            let next =
                (from..self.ahead.len()).find(|at| self.ahead.get(*at..).and_then(Head::read).is_some());
            if let Some(next) = next {
                self.skip(next);
                return Ok(damaged(begun, self.at, why));
            }
            // A head may begin in the last bytes that were read.
            let kept = HEAD_BYTES.min(self.ahead.len());
            self.skip(self.ahead.len() - kept);
            if self.is_over {
                self.skip(kept);
                return Ok(damaged(begun, self.at, why));
            }
            self.fill(FRAME_BYTES)?;
            from = 0;
        }
    }

    /// Reads until so many bytes are ahead, or the file is over.
    fn fill(&mut self, bytes: usize) -> io::Result<()> {
        let missing = bytes.saturating_sub(self.ahead.len());
        if missing > 0 && !self.is_over {
            let missing = u64::try_from(missing).unwrap_or(u64::MAX);
            let read = self.from.by_ref().take(missing).read_to_end(&mut self.ahead)?;
            self.is_over = u64::try_from(read).unwrap_or(u64::MAX) < missing;
        }
        Ok(())
    }

    fn skip(&mut self, bytes: usize) {
        let used: Vec<u8> = self.ahead.drain(..bytes.min(self.ahead.len())).collect();
        self.digest.update(&used);
        self.at = self.at.saturating_add(u64::try_from(used.len()).unwrap_or(u64::MAX));
    }
}

fn damaged(from: u64, to: u64, why: &str) -> Part {
    Part::Damaged(Damage { at: from, bytes: to.saturating_sub(from), why: why.to_owned() })
}

/// Unpacks to exactly the size that the head names; stops as soon as there is more.
fn unpack_whole(packed: &[u8], size: usize) -> Result<Vec<u8>, String> {
    match unpack(packed, size) {
        Ok(Some(plain)) if plain.len() == size => Ok(plain),
        Ok(_) => Err(format!("a frame does not unpack to the {size} bytes that it names")),
        Err(error) => Err(format!("a frame does not unpack: {error}")),
    }
}

fn read_part(kind: u8, plain: &[u8], digest: Digest) -> Result<Part, String> {
    match kind {
        MANIFEST => take_manifest(plain).map(Part::Manifest).map_err(|error| error.to_string()),
        MESSAGES => frames::read(plain).map(Part::Messages).map_err(|error| error.to_string()),
        HOLDINGS => take_holdings(plain).map(Part::Holdings),
        END => take_end(plain, digest).map(Part::End).map_err(|error| error.to_string()),
        newer => Ok(Part::Newer(newer)),
    }
}

fn put_manifest(manifest: &Manifest) -> Vec<u8> {
    let w = Writer::new().array(6).uint(1).bytes(&manifest.network.0).bytes(&manifest.by.0);
    let w = w.int(manifest.made.as_millis()).uint(u64::from(manifest.part));
    let to = manifest.to.get(..TO_MAX).unwrap_or(&manifest.to);
    to.iter().fold(w.array(to.len()), |w, node| w.bytes(&node.0)).finish()
}

fn take_manifest(bytes: &[u8]) -> Result<Manifest, CborError> {
    let mut r = Reader::new(bytes);
    r.tuple(6, "a manifest of 6 fields")?;
    let at = r.position();
    if r.uint()? != 1 {
        return Err(CborError { at, fault: CborFault::Expected("a bundle of form 1") });
    }
    let network = NetworkId(r.fixed("a network id of 16 bytes")?);
    let by = NodeId(r.fixed("a node id of 32 bytes")?);
    let made = Timestamp::from_millis(r.int()?);
    let part = r.small("a number of 32 bits")?;
    let mut to = Vec::new();
    for _ in 0..r.array(TO_MAX, "a list of at most 4,096 nodes")? {
        to.push(NodeId(r.fixed("a node id of 32 bytes")?));
    }
    r.end()?;
    Ok(Manifest { network, by, made, to, part })
}

fn put_holdings(holdings: &Holdings) -> Vec<u8> {
    let mut bytes = holdings.node.0.to_vec();
    bytes.extend(holdings.at.as_millis().to_be_bytes());
    holdings.have.iter().for_each(|have| frames::push(&mut bytes, &Message::Have(have.clone())));
    bytes
}

fn take_holdings(bytes: &[u8]) -> Result<Holdings, String> {
    let short = || "a list of what is held ends too early".to_owned();
    let (node, rest) = bytes.split_first_chunk::<32>().ok_or_else(short)?;
    let (at, rest) = rest.split_first_chunk::<8>().ok_or_else(short)?;
    let messages = frames::read_many(rest, SUMMARY_NODES_MAX).map_err(|error| error.to_string())?;
    let have = messages.into_iter().filter_map(|message| match message {
        Message::Have(have) => Some(have),
        _ => None,
    });
    let at = Timestamp::from_millis(i64::from_be_bytes(*at));
    Ok(Holdings { node: NodeId(*node), at, have: have.collect() })
}

impl Holdings {
    /// Encodes, to be kept.
    pub fn encode(&self) -> Vec<u8> {
        put_holdings(self)
    }

    /// Decodes what [`Holdings::encode`] gave; says what is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        take_holdings(bytes)
    }
}

fn take_end(bytes: &[u8], found: Digest) -> Result<End, CborError> {
    let mut r = Reader::new(bytes);
    r.tuple(4, "an end of 4 fields")?;
    let frames = r.uint()?;
    let at = r.position();
    let more = match r.uint()? {
        more @ (0 | 1) => more == 1,
        _ => return Err(CborError { at, fault: CborFault::Expected("0 or 1") }),
    };
    let digest = Digest(r.fixed("a digest of 32 bytes")?);
    let signature = r.fixed("a signature of 64 bytes")?;
    r.end()?;
    Ok(End { frames, more, is_whole: digest == found, digest, signature })
}

#[cfg(test)]
mod tests;
