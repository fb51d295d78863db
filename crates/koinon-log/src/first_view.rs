//! A first view: what a neighbour has worked out from logs, handed to a reader that has nothing yet, before the logs
//! themselves.
//!
//! Here it is opaque packed bytes, cut into pieces. An [`Offer`] names every piece by its digest and is signed by whoever
//! made it, so that bytes may come in any portions, from a line that breaks at any of them, and from whoever has the same
//! content. What the bytes say, and whether the logs say the same, is for others to find out (`koinon-books`).

use koinon_core::{Digest, NodeId, Timestamp};

use crate::cbor::{CborError, CborFault, Reader, Writer};
use crate::directory::Directory;
use crate::keys::Signature;
use crate::packing::unpack;
use crate::receipt::ReceiptError;
use crate::writer::Identity;

/// The bytes of each piece but the last.
pub const PIECE_BYTES: usize = 32 * 1024;
/// The most bytes of a first view, packed.
pub const PACKED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most bytes of a first view, unpacked.
pub const PLAIN_BYTES_MAX: usize = 128 * 1024 * 1024;
/// The most nodes whose logs a reader asks for, so that the request stays small.
pub const NODES_MAX: usize = 1_024;

const PIECES_MAX: usize = PACKED_BYTES_MAX / PIECE_BYTES;
const ROLE: &str = "first-view";

/// A request for a first view, together with a greeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskFirstView {
    /// The nodes whose logs the reader takes.
    pub nodes: Vec<NodeId>,
    /// How many facts it holds.
    pub held: u64,
    /// The version of what works facts out that it has.
    pub evolve: u32,
    /// The content that it has begun to fetch.
    pub begun: Option<Digest>,
}

/// A first view that can be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Who made it.
    pub by: NodeId,
    /// When, by the maker's clock.
    pub at: Timestamp,
    /// The version of what works facts out.
    pub evolve: u32,
    /// How many facts it was worked out from.
    pub facts: u64,
    /// Its bytes unpacked.
    pub plain_bytes: u64,
    /// Its bytes packed.
    pub packed_bytes: u64,
    /// The digest of each piece of the packed bytes.
    pub pieces: Vec<Digest>,
    signature: Signature,
}

/// A request for bytes of a first view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantBytes {
    /// Which content, see [`Offer::content`].
    pub content: Digest,
    /// The first byte wanted.
    pub from: u64,
    /// The most bytes wanted.
    pub most: u32,
}

/// Why an offer is not taken, or what came is not what was offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// It is not signed by the node that it names.
    #[error(transparent)]
    Signature(#[from] ReceiptError),
    /// A size is beyond what is allowed, or the pieces do not fit the size.
    #[error(
        "a first view of {packed} bytes, {plain} unpacked, in {pieces} pieces is not allowed; at most {PACKED_BYTES_MAX} and {PLAIN_BYTES_MAX} are"
    )]
    Size {
        /// Bytes stated, packed.
        packed: u64,
        /// Bytes stated, unpacked.
        plain: u64,
        /// Pieces stated.
        pieces: usize,
    },
    /// A piece is not the one offered.
    #[error("piece {0} of the first view is not the one that was offered")]
    Piece(usize),
    /// More came than was offered.
    #[error("more bytes came than the first view has")]
    TooMuch,
    /// It does not unpack, or to another size than stated.
    #[error("the first view does not unpack to the {0} bytes that were offered")]
    Unpack(u64),
}

fn number(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

fn digest_of(piece: &[u8]) -> Digest {
    Digest::of("koinon/first-view-piece/1", piece)
}

impl Offer {
    /// Offers packed bytes.
    ///
    /// # Errors
    /// [`OfferError::Size`] when they are more than may be offered.
    pub fn make(
        by: &Identity,
        at: Timestamp,
        (evolve, facts): (u32, u64),
        plain_bytes: usize,
        packed: &[u8],
    ) -> Result<Self, OfferError> {
        let pieces = packed.chunks(PIECE_BYTES).map(digest_of).collect();
        let (plain_bytes, packed_bytes) = (number(plain_bytes), number(packed.len()));
        let mut offer =
            Self { by: by.node(), at, evolve, facts, plain_bytes, packed_bytes, pieces, signature: [0; 64] };
        offer.check_sizes()?;
        offer.signature = by.key().sign(by.network(), ROLE, &offer.signed_bytes());
        Ok(offer)
    }

    fn check_sizes(&self) -> Result<(), OfferError> {
        let pieces = usize::try_from(self.packed_bytes).unwrap_or(usize::MAX).div_ceil(PIECE_BYTES);
        let fits = (1..=number(PACKED_BYTES_MAX)).contains(&self.packed_bytes)
            && (1..=number(PLAIN_BYTES_MAX)).contains(&self.plain_bytes)
            && pieces == self.pieces.len();
        let size = OfferError::Size {
            packed: self.packed_bytes,
            plain: self.plain_bytes,
            pieces: self.pieces.len(),
        };
        if fits { Ok(()) } else { Err(size) }
    }

    /// Checks the sizes, and that the node named signed it, with any of its keys.
    ///
    /// # Errors
    /// [`OfferError`].
    pub fn verify(&self, directory: &Directory) -> Result<(), OfferError> {
        self.check_sizes()?;
        let keys = directory.keys(self.by);
        if keys.is_empty() {
            return Err(ReceiptError::UnknownNode(self.by).into());
        }
        let bytes = self.signed_bytes();
        let good =
            keys.iter().rev().any(|key| key.verifies(directory.network(), ROLE, &bytes, &self.signature));
        if good { Ok(()) } else { Err(ReceiptError::Signature(self.by).into()) }
    }

    /// What it is, whoever made it and when: offers of equal content can be fetched from one another's makers.
    pub fn content(&self) -> Digest {
        Digest::of("koinon/first-view/1", &self.put_content(Writer::new().array(5)).finish())
    }

    fn put_content(&self, w: Writer) -> Writer {
        let w = w.uint(u64::from(self.evolve)).uint(self.facts).uint(self.plain_bytes);
        let w = w.uint(self.packed_bytes).array(self.pieces.len());
        self.pieces.iter().fold(w, |w, piece| w.bytes(&piece.0))
    }

    fn signed_bytes(&self) -> Vec<u8> {
        Writer::new().array(3).bytes(&self.by.0).int(self.at.as_millis()).bytes(&self.content().0).finish()
    }

    /// Encodes to CBOR: `[by, at, evolve, facts, plain, packed, [piece…], signature]`.
    pub fn encode(&self) -> Vec<u8> {
        self.put(Writer::new().array(8)).finish()
    }

    /// Decodes the strict encoding; the offer is not yet verified.
    ///
    /// # Errors
    /// [`CborError`], with the place.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let mut r = Reader::new(bytes);
        r.tuple(8, "an offer of 8 fields")?;
        let offer = Self::take(&mut r)?;
        r.end()?;
        Ok(offer)
    }

    pub(crate) fn put(&self, w: Writer) -> Writer {
        self.put_content(w.bytes(&self.by.0).int(self.at.as_millis())).bytes(&self.signature)
    }

    pub(crate) fn take(r: &mut Reader<'_>) -> Result<Self, CborError> {
        let by = NodeId(r.fixed("a node id of 32 bytes")?);
        let at = Timestamp::from_millis(r.int()?);
        let evolve = r.small("a version of 32 bits")?;
        let (facts, plain_bytes, packed_bytes) = (r.uint()?, r.uint()?, r.uint()?);
        let count = r.array(PIECES_MAX, "a list of at most 512 pieces")?;
        let pieces = (0..count).map(|_| Ok(Digest(r.fixed("a digest of 32 bytes")?)));
        let pieces = pieces.collect::<Result<_, CborError>>()?;
        let signature = r.fixed("a signature of 64 bytes")?;
        Ok(Self { by, at, evolve, facts, plain_bytes, packed_bytes, pieces, signature })
    }
}

impl AskFirstView {
    pub(crate) fn put(&self, w: Writer) -> Writer {
        let w = w.uint(self.held).uint(u64::from(self.evolve));
        let w = w.maybe_bytes(self.begun.as_ref().map(|content| content.0.as_slice()));
        self.nodes.iter().fold(w.array(self.nodes.len()), |w, node| w.bytes(&node.0))
    }

    pub(crate) fn take(r: &mut Reader<'_>) -> Result<Self, CborError> {
        let (held, evolve) = (r.uint()?, r.small("a version of 32 bits")?);
        let begun = r.maybe_fixed("a digest of 32 bytes or null")?.map(Digest);
        let count = r.array(NODES_MAX, "a list of at most 1,024 nodes")?;
        let nodes = (0..count).map(|_| Ok(NodeId(r.fixed("a node id of 32 bytes")?)));
        Ok(Self { nodes: nodes.collect::<Result<_, CborError>>()?, held, evolve, begun })
    }
}

impl WantBytes {
    /// Encodes to CBOR: `[content, from, most]`.
    pub fn encode(&self) -> Vec<u8> {
        Writer::new().array(3).bytes(&self.content.0).uint(self.from).uint(u64::from(self.most)).finish()
    }

    /// Decodes the strict encoding.
    ///
    /// # Errors
    /// [`CborError`], with the place.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let mut r = Reader::new(bytes);
        r.tuple(3, "a request of 3 fields")?;
        let content = Digest(r.fixed("a digest of 32 bytes")?);
        let want = Self { content, from: r.uint()?, most: r.small("a size of 32 bits")? };
        r.end()?;
        Ok(want)
    }

    /// The bytes wanted of a whole.
    pub fn of<'w>(&self, whole: &'w [u8]) -> &'w [u8] {
        let from = usize::try_from(self.from).unwrap_or(usize::MAX);
        let rest = whole.get(from..).unwrap_or(&[]);
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        rest.get(..most).unwrap_or(rest)
    }
}

/// Reads what an answer to [`AskFirstView`] says: an offer, or nothing yet.
pub(crate) fn take_answer(r: &mut Reader<'_>, fields: usize) -> Result<Option<Offer>, CborError> {
    let at = r.position();
    match fields {
        1 => Ok(None),
        9 => Offer::take(r).map(Some),
        _ => Err(CborError { at, fault: CborFault::Expected("an offer of 8 fields, or none") }),
    }
}

/// A first view as its bytes come, in any portions. Each whole piece was compared with what was offered.
#[derive(Debug, Clone)]
pub struct Arriving {
    offer: Offer,
    bytes: Vec<u8>,
    pieces: usize,
}

impl Arriving {
    /// Waits for the bytes of an offer.
    ///
    /// # Errors
    /// [`OfferError::Size`] for one that may not be taken.
    pub fn new(offer: Offer) -> Result<Self, OfferError> {
        offer.check_sizes()?;
        Ok(Self { offer, bytes: Vec::new(), pieces: 0 })
    }

    /// The offer.
    pub fn offer(&self) -> &Offer {
        &self.offer
    }

    /// The bytes that came so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether all came.
    pub fn is_whole(&self) -> bool {
        self.pieces == self.offer.pieces.len()
    }

    /// What is still to come.
    pub fn want(&self, most: u32) -> WantBytes {
        WantBytes { content: self.offer.content(), from: number(self.bytes.len()), most }
    }

    /// Takes the next bytes in. A piece that is not the one offered is let go whole, with what came after it.
    ///
    /// # Errors
    /// [`OfferError::Piece`] or [`OfferError::TooMuch`]; what came before stays good.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), OfferError> {
        if number(self.bytes.len().saturating_add(bytes.len())) > self.offer.packed_bytes {
            return Err(OfferError::TooMuch);
        }
        self.bytes.extend_from_slice(bytes);
        while let Some(offered) = self.offer.pieces.get(self.pieces) {
            let start = self.pieces.saturating_mul(PIECE_BYTES);
            let is_last = self.pieces.saturating_add(1) == self.offer.pieces.len();
            let whole = usize::try_from(self.offer.packed_bytes).unwrap_or(usize::MAX);
            let end = if is_last { whole } else { start.saturating_add(PIECE_BYTES) };
            let Some(piece) = self.bytes.get(start..end) else { break };
            if digest_of(piece) != *offered {
                self.bytes.truncate(start);
                return Err(OfferError::Piece(self.pieces));
            }
            self.pieces = self.pieces.saturating_add(1);
        }
        Ok(())
    }

    /// Unpacks what came whole; nothing while pieces are missing.
    ///
    /// # Errors
    /// [`OfferError::Unpack`]; never more than the stated size is held in memory.
    pub fn unpack(&self) -> Result<Option<Vec<u8>>, OfferError> {
        if !self.is_whole() {
            return Ok(None);
        }
        let stated = self.offer.plain_bytes;
        let most = usize::try_from(stated).unwrap_or(usize::MAX).min(PLAIN_BYTES_MAX);
        let plain = unpack(&self.bytes, most).ok().flatten();
        let plain = plain.filter(|plain| number(plain.len()) == stated);
        plain.map(Some).ok_or(OfferError::Unpack(stated))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Message;
    use crate::name::NetworkId;
    use crate::packing::pack;
    use crate::testing::identity;

    fn maker() -> Identity {
        identity(NetworkId::of("test"), 1).unwrap()
    }

    /// Bytes that do not pack, so that there are several pieces.
    fn plain() -> Vec<u8> {
        (0..4_000_u32).flat_map(|number| Digest::of("noise", &number.to_be_bytes()).0).collect()
    }

    fn offered() -> (Offer, Vec<u8>) {
        let packed = pack(&plain()).unwrap();
        let at = Timestamp::from_millis(1_000);
        (Offer::make(&maker(), at, (5, 77), plain().len(), &packed).unwrap(), packed)
    }

    #[test]
    fn whatever_the_portions_the_whole_comes_out_and_is_resumed_at_any_byte() {
        let (offer, packed) = offered();
        assert!(offer.pieces.len() > 3, "{} pieces", offer.pieces.len());
        for portion in [1_009, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, packed.len()] {
            let mut arriving = Arriving::new(offer.clone()).unwrap();
            while !arriving.is_whole() {
                assert_eq!(arriving.unpack(), Ok(None));
                // Each portion is a new start: only the bytes and the offer are kept.
                let mut again = Arriving::new(Offer::decode(&offer.encode()).unwrap()).unwrap();
                again.push(arriving.bytes()).unwrap();
                let want = again.want(u32::try_from(portion).unwrap());
                again.push(WantBytes::decode(&want.encode()).unwrap().of(&packed)).unwrap();
                arriving = again;
            }
            assert_eq!(arriving.unpack(), Ok(Some(plain())), "in portions of {portion}");
            assert_eq!(arriving.push(&[0]), Err(OfferError::TooMuch));
        }
    }

    #[test]
    fn a_changed_byte_costs_its_piece_and_no_other() {
        let (offer, packed) = offered();
        let mut arriving = Arriving::new(offer).unwrap();
        let mut changed = packed.clone();
        changed[PIECE_BYTES + 5] ^= 1;
        assert_eq!(arriving.push(&changed), Err(OfferError::Piece(1)));
        assert_eq!(arriving.bytes().len(), PIECE_BYTES);
        arriving.push(&packed[PIECE_BYTES..]).unwrap();
        assert_eq!(arriving.unpack(), Ok(Some(plain())));
    }

    #[test]
    fn what_unpacks_to_more_than_stated_is_refused_and_so_is_what_may_not_be() {
        let bomb = pack(&vec![0; 1 << 20]).unwrap();
        assert!(bomb.len() < 1_000);
        for stated in [1, 1_000, (1 << 20) - 1, (1 << 20) + 1] {
            let offer = Offer::make(&maker(), Timestamp::from_millis(0), (1, 1), stated, &bomb).unwrap();
            let mut arriving = Arriving::new(offer).unwrap();
            arriving.push(&bomb).unwrap();
            assert_eq!(arriving.unpack(), Err(OfferError::Unpack(number(stated))));
        }
        let made =
            |plain, packed: &[u8]| Offer::make(&maker(), Timestamp::from_millis(0), (1, 1), plain, packed);
        assert!(matches!(made(PLAIN_BYTES_MAX + 1, &bomb), Err(OfferError::Size { .. })));
        assert!(matches!(made(1, &[]), Err(OfferError::Size { .. })));
        assert!(matches!(made(1, &vec![0; PACKED_BYTES_MAX + 1]), Err(OfferError::Size { .. })));
        let (mut offer, _) = offered();
        offer.pieces.pop();
        assert!(matches!(Arriving::new(offer), Err(OfferError::Size { .. })));
    }

    #[test]
    fn an_offer_is_its_makers_and_equal_content_is_equal_whoever_made_it() {
        let (offer, packed) = offered();
        let mut directory = Directory::new(NetworkId::of("test"));
        assert!(matches!(offer.verify(&directory), Err(OfferError::Signature(ReceiptError::UnknownNode(_)))));
        let mut writer = crate::LogWriter::new(maker(), crate::Tails::default());
        let fact = crate::testing::fact(crate::Stream::Federation, b"x");
        let commit = writer
            .append(vec![fact], Timestamp::from_millis(0), &mut crate::testing::SeededEntropy::new(1))
            .unwrap();
        commit.runs().iter().for_each(|run| directory.learn(run));
        assert_eq!(offer.verify(&directory), Ok(()));
        for change in [
            |offer: &mut Offer| offer.facts += 1,
            |offer: &mut Offer| offer.at = Timestamp::from_millis(1_001),
            |offer: &mut Offer| offer.pieces[1] = Digest([9; 32]),
        ] {
            let mut changed = offer.clone();
            change(&mut changed);
            assert!(matches!(changed.verify(&directory), Err(OfferError::Signature(_))));
        }
        let other = identity(NetworkId::of("test"), 2).unwrap();
        let later = Offer::make(&other, Timestamp::from_millis(9), (5, 77), plain().len(), &packed).unwrap();
        assert_eq!(later.content(), offer.content());
        assert_ne!(later, offer);
    }

    #[test]
    fn requests_and_answers_survive_the_trip() {
        let (offer, _) = offered();
        let ask = AskFirstView {
            nodes: vec![NodeId([1; 32]), NodeId([2; 32])],
            held: 12,
            evolve: 5,
            begun: Some(offer.content()),
        };
        for message in [
            Message::AskFirstView(AskFirstView { nodes: Vec::new(), begun: None, ..ask.clone() }),
            Message::AskFirstView(ask),
            Message::FirstView(None),
            Message::FirstView(Some(offer)),
        ] {
            let bytes = message.encode();
            assert_eq!(Message::decode(&bytes), Ok(message));
            for cut in 0..bytes.len() {
                assert!(Message::decode(&bytes[..cut]).is_err());
            }
        }
    }
}
