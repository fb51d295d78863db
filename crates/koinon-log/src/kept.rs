//! What two neighbours say to each other of files that the one keeps for the other: a back-up that its owner encrypted.
//!
//! The keeper asks, so that a keeper behind a line that only goes out can keep too. It says what it holds, with proofs, and the
//! owner answers what is to be held and what may go. No log knows of any of it. Here are the messages in the strict encoding,
//! and what a proof is; files, disks and lines are others' (`koinon-node`).

use koinon_core::{Digest, Timestamp};

use crate::cbor::{CborError, CborFault, Reader, Writer};

/// The most bytes of one file.
pub const FILE_BYTES_MAX: u64 = 1 << 30;
/// The most files that one neighbour keeps for another.
pub const FILES_MAX: usize = 64;
/// The most bytes of any message here: sixty-four files, each with all that is said of it, and as many that are not taken.
pub const MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// A file that a keeper holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The BLAKE3 digest of its bytes.
    pub digest: Digest,
    /// When its owner last placed it, by the owner's clock.
    pub placed: Timestamp,
    /// Its size.
    pub bytes: u64,
    /// When it came, by the keeper's clock.
    pub came: Timestamp,
    /// That the keeper has every byte of it now, see [`proof`]; where a nonce was given.
    pub proof: Option<Digest>,
}

/// Why a keeper does not take a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotTaken {
    /// The keeper has agreed to nothing.
    NotAllowed,
    /// It is beyond what the keeper agreed to.
    Beyond,
    /// The keeper's disk has no room for it.
    NoRoom,
    /// What came is not what the digest says.
    Wrong,
    /// The owner did not give it.
    NotGiven,
    /// It is still coming.
    Coming,
}

/// What a keeper says to an owner.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeeperSays {
    /// How many bytes it agreed to keep in all.
    pub allowed: u64,
    /// Everything that it holds of the owner, by rising digest.
    pub held: Vec<Held>,
    /// What it was asked to hold and does not, by rising digest.
    pub not_taken: Vec<(Digest, NotTaken)>,
}

/// What the asker wants of the answering node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A keeper speaks to an owner.
    Keeper(KeeperSays),
    /// An owner asks its keeper what that holds.
    WhatOfMine,
}

/// A file that an owner wants held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The digest of its bytes.
    pub digest: Digest,
    /// When it was placed, by the owner's clock.
    pub placed: Timestamp,
    /// Its size.
    pub bytes: u64,
    /// What the next proof is to be made with, where one is wanted.
    pub nonce: Option<[u8; 32]>,
}

/// What an owner answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To a keeper: what to hold, and what may go, each by rising digest. A file may go only as it was placed then: one that was
    /// placed again since stays.
    Owner {
        /// What to hold.
        hold: Vec<Wish>,
        /// What may go.
        release: Vec<(Digest, Timestamp)>,
    },
    /// To an owner: what is held of it.
    Held(Vec<Held>),
}

/// What proves that somebody has every byte of a file: BLAKE3 over all of it, keyed with a nonce that only the owner and this
/// keeper know. Feed it the bytes; what it comes to is the proof.
pub fn proof(nonce: &[u8; 32]) -> blake3::Hasher {
    blake3::Hasher::new_keyed(nonce)
}

impl NotTaken {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::NotAllowed, Self::Beyond, Self::NoRoom, Self::Wrong, Self::NotGiven, Self::Coming];

    /// Its number on the wire and on disk, from 1.
    pub const fn number(self) -> u8 {
        match self {
            Self::NotAllowed => 1,
            Self::Beyond => 2,
            Self::NoRoom => 3,
            Self::Wrong => 4,
            Self::NotGiven => 5,
            Self::Coming => 6,
        }
    }

    /// The one of a number.
    pub fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.number() == number)
    }
}

const LIST: &str = "a list of at most 64 files";
const DIGEST: &str = "a digest of 32 bytes";

/// Reads a list whose digests rise, so that equal content has one encoding and no file stands in it twice.
fn rising<'b, T>(
    r: &mut Reader<'b>,
    take: impl Fn(&mut Reader<'b>) -> Result<T, CborError>,
    digest: impl Fn(&T) -> Digest,
) -> Result<Vec<T>, CborError> {
    let count = r.array(FILES_MAX, LIST)?;
    let mut all: Vec<T> = Vec::with_capacity(count);
    for _ in 0..count {
        let at = r.position();
        let one = take(r)?;
        if all.last().is_some_and(|last| digest(last) >= digest(&one)) {
            return Err(CborError { at, fault: CborFault::Expected("files by rising digest, each once") });
        }
        all.push(one);
    }
    Ok(all)
}

fn put_all<T>(w: Writer, all: &[T], put: impl Fn(&T, Writer) -> Writer) -> Writer {
    all.iter().fold(w.array(all.len()), |w, one| put(one, w))
}

fn take_size(r: &mut Reader<'_>) -> Result<u64, CborError> {
    let at = r.position();
    let wrong = CborError { at, fault: CborFault::Expected("a size of 1 byte to 1 GiB") };
    let bytes = r.uint()?;
    if (1..=FILE_BYTES_MAX).contains(&bytes) { Ok(bytes) } else { Err(wrong) }
}

impl Held {
    fn put(&self, w: Writer) -> Writer {
        w.array(5)
            .bytes(&self.digest.0)
            .int(self.placed.as_millis())
            .uint(self.bytes)
            .int(self.came.as_millis())
            .maybe_bytes(self.proof.as_ref().map(|proof| proof.0.as_slice()))
    }

    fn take(r: &mut Reader<'_>) -> Result<Self, CborError> {
        r.tuple(5, "a file of 5 fields")?;
        Ok(Self {
            digest: Digest(r.fixed(DIGEST)?),
            placed: Timestamp::from_millis(r.int()?),
            bytes: take_size(r)?,
            came: Timestamp::from_millis(r.int()?),
            proof: r.maybe_fixed("a proof of 32 bytes or null")?.map(Digest),
        })
    }

    fn take_all(r: &mut Reader<'_>) -> Result<Vec<Self>, CborError> {
        rising(r, Self::take, |held| held.digest)
    }
}

impl Wish {
    fn put(&self, w: Writer) -> Writer {
        w.array(4)
            .bytes(&self.digest.0)
            .int(self.placed.as_millis())
            .uint(self.bytes)
            .maybe_bytes(self.nonce.as_ref().map(<[u8; 32]>::as_slice))
    }

    fn take(r: &mut Reader<'_>) -> Result<Self, CborError> {
        r.tuple(4, "a wish of 4 fields")?;
        Ok(Self {
            digest: Digest(r.fixed(DIGEST)?),
            placed: Timestamp::from_millis(r.int()?),
            bytes: take_size(r)?,
            nonce: r.maybe_fixed("a nonce of 32 bytes or null")?,
        })
    }
}

impl Ask {
    /// Encodes to CBOR: `[0, allowed, [held…], [[digest, why]…]]`, or `[1]`.
    pub fn encode(&self) -> Vec<u8> {
        let Self::Keeper(says) = self else { return Writer::new().array(1).uint(1).finish() };
        let w = Writer::new().array(4).uint(0).uint(says.allowed);
        let w = put_all(w, &says.held, Held::put);
        let put = |(digest, why): &(Digest, NotTaken), w: Writer| {
            w.array(2).bytes(&digest.0).uint(u64::from(why.number()))
        };
        put_all(w, &says.not_taken, put).finish()
    }

    /// Decodes the strict encoding.
    ///
    /// # Errors
    /// [`CborError`], with the place.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let mut r = Reader::new(bytes);
        let ask = match (r.array(4, "what a keeper says, or a question")?, r.uint()?) {
            (4, 0) => {
                let allowed = r.uint()?;
                let held = Held::take_all(&mut r)?;
                let take = |r: &mut Reader<'_>| {
                    r.tuple(2, "a digest and why it is not taken")?;
                    let digest = Digest(r.fixed(DIGEST)?);
                    let at = r.position();
                    let unknown = CborError { at, fault: CborFault::Expected("a reason from 1 to 6") };
                    let why = NotTaken::of(r.small("a reason from 1 to 6")?).ok_or(unknown)?;
                    Ok((digest, why))
                };
                let not_taken = rising(&mut r, take, |(digest, _)| *digest)?;
                Self::Keeper(KeeperSays { allowed, held, not_taken })
            }
            (1, 1) => Self::WhatOfMine,
            _ => return Err(CborError { at: 0, fault: CborFault::Expected("one of the two questions") }),
        };
        r.end()?;
        Ok(ask)
    }
}

impl Answer {
    /// Encodes to CBOR: `[0, [hold…], [[digest, placed]…]]`, or `[1, [held…]]`.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Owner { hold, release } => {
                let w = put_all(Writer::new().array(3).uint(0), hold, Wish::put);
                let put = |(digest, placed): &(Digest, Timestamp), w: Writer| {
                    w.array(2).bytes(&digest.0).int(placed.as_millis())
                };
                put_all(w, release, put).finish()
            }
            Self::Held(held) => put_all(Writer::new().array(2).uint(1), held, Held::put).finish(),
        }
    }

    /// Decodes the strict encoding.
    ///
    /// # Errors
    /// [`CborError`], with the place.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let mut r = Reader::new(bytes);
        let answer = match (r.array(3, "an answer")?, r.uint()?) {
            (3, 0) => {
                let hold = rising(&mut r, Wish::take, |wish| wish.digest)?;
                let take = |r: &mut Reader<'_>| {
                    r.tuple(2, "a digest and when it was placed")?;
                    Ok((Digest(r.fixed(DIGEST)?), Timestamp::from_millis(r.int()?)))
                };
                Self::Owner { hold, release: rising(&mut r, take, |(digest, _)| *digest)? }
            }
            (2, 1) => Self::Held(Held::take_all(&mut r)?),
            _ => return Err(CborError { at: 0, fault: CborFault::Expected("one of the two answers") }),
        };
        r.end()?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digest(first: u8) -> Digest {
        Digest([first; 32])
    }

    fn held(first: u8, proof: bool) -> Held {
        let at = Timestamp::from_millis(-5);
        Held { digest: digest(first), placed: at, bytes: 77, came: at, proof: proof.then_some(digest(9)) }
    }

    fn wish(first: u8) -> Wish {
        let placed = Timestamp::from_millis(5);
        Wish { digest: digest(first), placed, bytes: FILE_BYTES_MAX, nonce: Some([first; 32]) }
    }

    fn full() -> (Ask, Answer) {
        let all = || 0..u8::try_from(FILES_MAX).unwrap();
        let most = Timestamp::from_millis(i64::MAX);
        let held = all().map(|n| Held { bytes: FILE_BYTES_MAX, placed: most, came: most, ..held(n, true) });
        let not_taken = all().map(|n| (digest(n), NotTaken::Coming)).collect();
        let says = KeeperSays { allowed: u64::MAX, held: held.collect(), not_taken };
        let hold = all().map(|n| Wish { placed: most, ..wish(n) }).collect();
        (Ask::Keeper(says), Answer::Owner { hold, release: all().map(|n| (digest(n), most)).collect() })
    }

    #[test]
    fn what_is_said_survives_the_trip_and_no_part_of_it_is_taken_for_the_whole() {
        let says = |held, not_taken| Ask::Keeper(KeeperSays { allowed: 3 << 20, held, not_taken });
        let every = |(n, why): (u8, NotTaken)| (digest(n), why);
        let asks = [
            Ask::WhatOfMine,
            says(Vec::new(), Vec::new()),
            says(vec![held(1, false), held(2, true)], (0..6).zip(NotTaken::ALL).map(every).collect()),
            full().0,
        ];
        for ask in asks {
            let bytes = ask.encode();
            assert!(bytes.len() <= MESSAGE_BYTES_MAX, "{} bytes", bytes.len());
            assert_eq!(Ask::decode(&bytes), Ok(ask));
            assert!((0..bytes.len()).all(|cut| Ask::decode(&bytes[..cut]).is_err()));
            assert!(Ask::decode(&[bytes, vec![0]].concat()).is_err());
        }
        let answers = [
            Answer::Held(Vec::new()),
            Answer::Held(vec![held(3, true)]),
            Answer::Owner { hold: vec![wish(1), Wish { nonce: None, ..wish(2) }], release: Vec::new() },
            full().1,
        ];
        for answer in answers {
            let bytes = answer.encode();
            assert!(bytes.len() <= MESSAGE_BYTES_MAX, "{} bytes", bytes.len());
            assert_eq!(Answer::decode(&bytes), Ok(answer));
            assert!((0..bytes.len()).all(|cut| Answer::decode(&bytes[..cut]).is_err()));
            assert!(Answer::decode(&[bytes, vec![0]].concat()).is_err());
        }
    }

    #[test]
    fn whatever_is_beyond_its_bounds_is_refused() {
        let says = |held| Ask::Keeper(KeeperSays { held, ..KeeperSays::default() }).encode();
        let asks: [(&str, Vec<u8>); 8] = [
            ("a file twice", says(vec![held(1, false), held(1, false)])),
            ("digests that fall", says(vec![held(2, false), held(1, false)])),
            ("no byte", says(vec![Held { bytes: 0, ..held(1, false) }])),
            ("more than a file may have", says(vec![Held { bytes: FILE_BYTES_MAX + 1, ..held(1, false) }])),
            ("too many", says((0..=64).map(|n| held(n, false)).collect())),
            ("a reason that is none", {
                let says =
                    KeeperSays { not_taken: vec![(digest(1), NotTaken::Coming)], ..KeeperSays::default() };
                let mut bytes = Ask::Keeper(says).encode();
                *bytes.last_mut().unwrap() = 7;
                bytes
            }),
            ("another question", Writer::new().array(1).uint(2).finish()),
            ("a question with more", Writer::new().array(2).uint(1).uint(0).finish()),
        ];
        for (what, bytes) in asks {
            assert!(Ask::decode(&bytes).is_err(), "{what}");
        }
        let owner = |hold, release| Answer::Owner { hold, release }.encode();
        let at = Timestamp::from_millis(0);
        let answers: [(&str, Vec<u8>); 5] = [
            ("a wish twice", owner(vec![wish(1), wish(1)], Vec::new())),
            ("too large a wish", owner(vec![Wish { bytes: FILE_BYTES_MAX + 1, ..wish(1) }], Vec::new())),
            ("too many that may go", owner(Vec::new(), (0..=64).map(|n| (digest(n), at)).collect())),
            ("another answer", Writer::new().array(2).uint(2).array(0).finish()),
            ("a short nonce", {
                let w = Writer::new().array(3).uint(0).array(1).array(4).bytes(&[1; 32]).int(0).uint(1);
                w.bytes(&[0; 31]).array(0).finish()
            }),
        ];
        for (what, bytes) in answers {
            assert!(Answer::decode(&bytes).is_err(), "{what}");
        }
    }

    #[test]
    fn a_proof_is_of_every_byte_and_of_its_nonce() {
        let of = |nonce: u8, bytes: &[u8]| *proof(&[nonce; 32]).update(bytes).finalize().as_bytes();
        let file = vec![7; 100_000];
        let mut other = file.clone();
        other[99_999] ^= 1;
        assert_eq!(of(1, &file), of(1, &file));
        assert_ne!(of(1, &file), of(2, &file));
        assert_ne!(of(1, &file), of(1, &other));
        assert_ne!(of(1, &file), *blake3::hash(&file).as_bytes(), "the digest proves nothing");
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_without_a_panic_and_only_one_encoding_is_read(
            head in 0_u8..8,
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let bytes = [vec![0x80 | head], bytes].concat();
            if let Ok(ask) = Ask::decode(&bytes) {
                prop_assert_eq!(ask.encode(), bytes.clone());
            }
            if let Ok(answer) = Answer::decode(&bytes) {
                prop_assert_eq!(answer.encode(), bytes);
            }
        }

        #[test]
        fn a_changed_byte_is_refused_or_says_something_else(at in 0_usize..10_000, bit in 0_u8..8) {
            let (ask, answer) = full();
            for (bytes, same) in [(ask.encode(), 0), (answer.encode(), 1)] {
                let mut changed = bytes.clone();
                let at = at % bytes.len();
                changed[at] ^= 1 << bit;
                match same {
                    0 => if let Ok(read) = Ask::decode(&changed) {
                        prop_assert!(read != ask && read.encode() == changed);
                    },
                    _ => if let Ok(read) = Answer::decode(&changed) {
                        prop_assert!(read != answer && read.encode() == changed);
                    },
                }
            }
        }
    }
}
