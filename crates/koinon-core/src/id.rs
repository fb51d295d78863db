//! Identifiers, each its own type, so that a lot can never be passed where a need is meant.
//!
//! Three families: *codes* are short words that people chose (`dunes`, `wheat`); *record ids* are UUIDs of
//! version 7 made by whoever creates the record (RFC 9562); *hashes* name content by BLAKE3. Nothing is ever
//! ordered by the time inside a record id.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use minicbor::decode::Error as DecodeError;
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::time::Timestamp;

/// The longest code, in bytes.
pub const CODE_LEN_MAX: usize = 40;

/// A source of random bytes that the edge passes in: the operating system's in a node, a seeded one in tests.
pub trait Entropy {
    /// Fills the whole buffer.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// A code is empty.
    #[error("a code may not be empty")]
    Empty,
    /// A code is longer than [`CODE_LEN_MAX`] bytes.
    #[error("the code '{0}…' is longer than {CODE_LEN_MAX} characters")]
    TooLong(String),
    /// A code holds a character outside `a-z`, `0-9` and `-`, or starts or ends with `-`.
    #[error("the code '{0}' may hold only a-z, 0-9 and single inner hyphens; try '{1}'")]
    Character(String, String),
    /// A hexadecimal or UUID text has the wrong length or a wrong character.
    #[error("'{0}' is not a valid identifier of {1} bytes in hexadecimal")]
    Hex(String, usize),
}

/// Turns any words into a valid code: lower case, other characters to hyphens, cut to length.
///
/// Returns `None` when nothing usable is left.
pub fn code_from_words(words: &str) -> Option<String> {
    let mut code = String::new();
    for c in words.trim().chars() {
        if c.is_ascii_alphanumeric() {
            code.push(c.to_ascii_lowercase());
        } else if !code.is_empty() && !code.ends_with('-') {
            code.push('-');
        }
        if code.len() >= CODE_LEN_MAX {
            break;
        }
    }
    let code = code.trim_end_matches('-').to_owned();
    (!code.is_empty()).then_some(code)
}

fn check_code(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > CODE_LEN_MAX {
        return Err(IdError::TooLong(text.chars().take(20).collect()));
    }
    let allowed = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !allowed || text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        let hint = code_from_words(text).unwrap_or_else(|| "wheat".into());
        return Err(IdError::Character(text.chars().take(CODE_LEN_MAX).collect(), hint));
    }
    Ok(())
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(with = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and takes a code.
            pub fn new(text: &str) -> Result<Self, IdError> {
                check_code(text)?;
                Ok(Self(text.into()))
            }

            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0.as_ref().to_owned()
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
                Self::new(d.str()?).map_err(|e| DecodeError::message(e.to_string()))
            }
        }
    )*};
}

codes! {
    /// A community: a self-governing body of people with a node and a book of its own.
    CommunityCode;
    /// A place on the map that holds stores: a community or a hub. A community's place has the community's code.
    PlaceCode;
    /// A store or collection point inside a place; unique in the region.
    StoreCode;
    /// A route between two places.
    CorridorCode;
    /// A vehicle with which somebody drives rounds.
    VehicleCode;
    /// Something to be fetched at one place and brought to another.
    LoadCode;
    /// An item of the catalogue.
    ItemCode;
    /// A skill that people have, for example `nurse`.
    SkillCode;
    /// A team or a crew member within its home; never the name of a person.
    TeamName;
    /// Something that asks for people at a place and a time.
    MissionCode;
    /// A kind of care that a hospital gives, or a part that a shop makes.
    ServiceCode;
}

impl CommunityCode {
    /// The place that bears the community's name.
    pub fn place(&self) -> PlaceCode {
        PlaceCode(self.0.clone())
    }
}

impl PlaceCode {
    /// The community of the same code; whether one exists is the region's to say.
    pub fn community(&self) -> CommunityCode {
        CommunityCode(self.0.clone())
    }
}

macro_rules! bytes_ids {
    ($($(#[$doc:meta])* $name:ident [$len:literal];)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The number of bytes.
            pub const LEN: usize = $len;

            /// The first eight hexadecimal digits, for people.
            pub fn short(&self) -> String {
                self.to_string().chars().take(8).collect()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let bad = || IdError::Hex(text.chars().take(80).collect(), $len);
                let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
                let mut bytes = [0u8; $len];
                if digits.len() != 2 * $len {
                    return Err(bad());
                }
                for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
                    let pair = std::str::from_utf8(pair).map_err(|_| bad())?;
                    if pair.starts_with('+') {
                        return Err(bad());
                    }
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
                }
                Ok(Self(bytes))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
                let bytes = d.bytes()?;
                let bytes = bytes.try_into().map_err(|_| DecodeError::message("identifier of wrong length"))?;
                Ok(Self(bytes))
            }
        }
    )*};
}

bytes_ids! {
    /// A node: BLAKE3-256 of its inception, see `koinon-log`.
    NodeId[32];
    /// One signed log: node, stream and incarnation hashed to 16 bytes.
    LogId[16];
    /// One fact in a log: BLAKE3-256 over header and signature.
    FactId[32];
    /// A content hash: BLAKE3-256 of some bytes that the context names.
    Digest[32];
}

impl Digest {
    /// Hashes bytes under a context string, so that equal bytes in two roles never share a digest.
    pub fn of(context: &str, bytes: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(context.as_bytes());
        hasher.update(&[0]);
        hasher.update(bytes);
        Self(*hasher.finalize().as_bytes())
    }
}

macro_rules! record_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        bytes_ids! { $($(#[$doc])* $name[16];)* }
        $(impl $name {
            /// Makes a new id (UUID version 7, RFC 9562) from a time and fresh entropy.
            pub fn make(now: Timestamp, entropy: &mut dyn Entropy) -> Self {
                Self(uuid_v7(now, entropy))
            }

            /// Derives an id from content, for commands that a policy makes and must make once only.
            pub fn derived(context: &str, bytes: &[u8]) -> Self {
                let digest = Digest::of(context, bytes);
                let mut id = [0u8; 16];
                id.iter_mut().zip(digest.0).for_each(|(to, from)| *to = from);
                Self(*uuid::Builder::from_custom_bytes(id).into_uuid().as_bytes())
            }

            /// Derives the ids of the rows of one table, which differ in their last four bytes only: a store that keeps
            /// them in their order writes them one after the other.
            pub fn derived_row(context: &str, table: &[u8], row: u32) -> Self {
                let mut id = Self::derived(context, table);
                let (_, last) = id.0.split_at_mut(12);
                last.copy_from_slice(&row.to_be_bytes());
                id
            }
        })*
    };
}

record_ids! {
    /// A batch of one item in one store (Valueflows: economic resource).
    LotId;
    /// One act of a person or a meter; made by the client, so that a repeated act is recognised.
    EntryId;
    /// A need that somebody stated.
    NeedId;
    /// An offer that somebody made.
    OfferId;
    /// A transfer between two places.
    TransferId;
    /// A standing agreement between two communities.
    StandingId;
    /// A person, known to others only by this random id.
    PersonId;
    /// A grant of authority.
    GrantId;
}

fn uuid_v7(now: Timestamp, entropy: &mut dyn Entropy) -> [u8; 16] {
    let mut random = [0u8; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    *uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_refuse_what_is_not_a_code_and_say_what_would_be() {
        for good in ["wheat", "mu-3", "a", "10"] {
            assert!(ItemCode::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "Weizen", "a b", "ü", &"x".repeat(41)] {
            assert!(ItemCode::new(bad).is_err(), "{bad}");
        }
        assert_eq!(
            ItemCode::new("Seed Potatoes!").unwrap_err().to_string(),
            "the code 'Seed Potatoes!' may hold only a-z, 0-9 and single inner hyphens; try 'seed-potatoes'"
        );
    }

    #[test]
    fn hashes_and_record_ids_survive_text() {
        struct Fixed;
        impl Entropy for Fixed {
            fn fill(&mut self, bytes: &mut [u8]) {
                bytes.fill(0xAB);
            }
        }
        let id = LotId::make(Timestamp::from_millis(1_700_000_000_000), &mut Fixed);
        assert_eq!(id.to_string().parse::<LotId>().unwrap(), id);
        assert_eq!(id.0[6] >> 4, 7, "version 7");
        assert_eq!(
            uuid::Uuid::from_bytes(id.0).to_string().parse::<LotId>().unwrap(),
            id,
            "hyphens are read too"
        );
        assert!("zz".repeat(16).parse::<LotId>().is_err());
        assert!("+1".repeat(16).parse::<LotId>().is_err());
        assert!("ab".parse::<LotId>().is_err());
    }
}
