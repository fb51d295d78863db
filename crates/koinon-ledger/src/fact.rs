//! What the stock book records. Each fact states what its writer saw or did, once; nothing is ever changed.
//!
//! Bytes are CBOR maps with integer keys that are never reused; unknown keys are skipped. Golden bytes stand in
//! `koinon-books`. No field can hold a name, a telephone number or free text: people are random ids, reasons are
//! codes, batches and papers are short marks of a narrow alphabet.

mod transfer;

use std::fmt;

use koinon_core::{
    CommunityCode, Day, EntryId, ItemCode, LotId, NeedId, OfferId, PersonId, Quantity, StoreCode, Timestamp,
};
use minicbor::decode::Error as DecodeError;
use minicbor::{Decode, Decoder, Encode, Encoder};

pub use koinon_core::Urgency;

pub use crate::counter::CounterOffered;
pub use crate::joint::Joined;
pub use crate::pause::{GivingPaused, TakingPaused};
use crate::reason::Reason;
pub use crate::recount::CountAsked;
pub use crate::route::{RouteClosed, RouteReason, RouteStated};
pub use crate::standing::{Occurrence, StandingAnswered, StandingEnded, StandingLine, StandingProposed};
pub use crate::wish::{Wish, WishStated};
pub use transfer::{
    Accepted, Approved, CommitLine, Committed, Dispatched, LoadLine, LossSettled, Objected, ObjectionSettled,
    OnTheWay, ReceiptLine, Received, Refused, Returned, TransitNoted, Vehicle, Withdrawn,
};

/// The words of a short list of choices, as in addresses, tables and the API.
macro_rules! coded {
    ($name:ident: $($variant:ident = $code:literal,)*) => {
        impl $name {
            /// Every choice.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word for it.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Finds a choice by its word.
            pub fn by_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.code() == code)
            }
        }
    };
}
pub(crate) use coded;

/// The longest batch mark or paper reference, in characters (GS1 application identifier 10 allows 20).
pub const MARK_LEN_MAX: usize = 20;

/// A printed mark: a batch number or the number of a paper. Letters, digits and `-./_` only, at most 20.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrintedMark(Box<str>);

/// The text is no printed mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a batch or paper number; use up to {MARK_LEN_MAX} letters, digits and - . / _")]
pub struct BadMark(pub String);

impl PrintedMark {
    /// Checks and takes a mark; surrounding blanks are dropped.
    pub fn new(text: &str) -> Result<Self, BadMark> {
        let text = text.trim();
        let fits = (1..=MARK_LEN_MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'/' | b'_'));
        if fits { Ok(Self(text.into())) } else { Err(BadMark(text.chars().take(MARK_LEN_MAX + 1).collect())) }
    }

    /// The mark as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PrintedMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for PrintedMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<C> Encode<C> for PrintedMark {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PrintedMark {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        Self::new(d.str()?).map_err(|e| DecodeError::message(e.to_string()))
    }
}

/// How a figure was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Method {
    /// Counted piece by piece or weighed.
    #[n(0)]
    Counted,
    /// Estimated.
    #[n(1)]
    Estimated,
    /// Read off a meter.
    #[n(2)]
    Metered,
    /// Copied from a paper sheet.
    #[n(3)]
    Paper,
    /// Told by a caller.
    #[n(4)]
    Told,
}

coded! {
    Method: Counted = "counted", Estimated = "estimated", Metered = "metered", Paper = "paper", Told = "told",
}

/// How many were served by a hand-out; never who.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Served {
    /// People, or 0 when only households were counted.
    #[n(0)]
    pub people: u32,
    /// Households, or 0 when only people were counted.
    #[n(1)]
    pub households: u32,
}

/// A batch of one item now stands in a store.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LotOpened {
    /// The batch's id.
    #[n(0)]
    pub lot: LotId,
    /// What it is.
    #[n(1)]
    pub item: ItemCode,
    /// Where it stands.
    #[n(2)]
    pub store: StoreCode,
    /// The batch number printed on it.
    #[n(3)]
    pub batch: Option<PrintedMark>,
    /// The last day on which it is good.
    #[n(4)]
    pub expires: Option<Day>,
    /// Who owns it, when it is here on loan.
    #[n(5)]
    pub owner: Option<CommunityCode>,
    /// The batch it came from: the giver's for a transfer, the former one for a move.
    #[n(6)]
    pub from: Option<(CommunityCode, LotId)>,
}

/// Stock of one batch went up or down.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Entered {
    /// The act; a second entry with the same act is a double tap.
    #[n(0)]
    pub entry: EntryId,
    /// The batch.
    #[n(1)]
    pub lot: LotId,
    /// How much, never below zero; the reason says which way.
    #[n(2)]
    pub quantity: Quantity,
    /// Why.
    #[n(3)]
    pub reason: Reason,
    /// When it happened.
    #[n(4)]
    pub occurred: Timestamp,
    /// How many were served, for a hand-out.
    #[n(5)]
    pub served: Option<Served>,
    /// The number of the paper that goes with it.
    #[n(6)]
    pub paper: Option<PrintedMark>,
    /// How the figure was found.
    #[n(7)]
    pub method: Method,
}

/// Somebody counted a batch and saw this much. The book derives the difference.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Counted {
    /// The act.
    #[n(0)]
    pub entry: EntryId,
    /// The batch.
    #[n(1)]
    pub lot: LotId,
    /// What was seen, never below zero.
    #[n(2)]
    pub seen: Quantity,
    /// When it was seen.
    #[n(3)]
    pub occurred: Timestamp,
    /// How.
    #[n(4)]
    pub method: Method,
    /// A visitor who counted too.
    #[n(5)]
    pub witness: Option<PersonId>,
    /// What the batch is, when the count is the first word of it: a row of a stock-take is then one fact, not two.
    #[n(6)]
    pub opens: Option<NewBatch>,
}

/// A batch that a count finds in a store. It has no origin that is known, see [`LotOpened`] for those that do.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NewBatch {
    /// What it is.
    #[n(0)]
    pub item: ItemCode,
    /// Where it stands.
    #[n(1)]
    pub store: StoreCode,
    /// The batch number printed on it.
    #[n(2)]
    pub batch: Option<PrintedMark>,
    /// The last day on which it is good.
    #[n(3)]
    pub expires: Option<Day>,
}

impl Counted {
    /// What the count says of the batch itself, as an opening.
    pub fn opening(&self) -> Option<LotOpened> {
        let NewBatch { item, store, batch, expires } = self.opens.clone()?;
        Some(LotOpened { lot: self.lot, item, store, batch, expires, owner: None, from: None })
    }
}

/// An earlier entry or count was wrong: this much is right, or nothing when it is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Corrected {
    /// The entry or count that was wrong.
    #[n(0)]
    pub target: EntryId,
    /// Its batch.
    #[n(1)]
    pub lot: LotId,
    /// The right amount; `None` takes the entry back.
    #[n(2)]
    pub quantity: Option<Quantity>,
    /// Why.
    #[n(3)]
    pub reason: Reason,
}

/// A batch may not be used for now, or may be used again.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Held {
    /// The batch.
    #[n(0)]
    pub lot: LotId,
    /// Whether it is held.
    #[n(1)]
    pub held: bool,
    /// Why.
    #[n(2)]
    pub reason: Reason,
}

/// A printed batch of an item is called back wherever it went.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Recalled {
    /// What it is.
    #[n(0)]
    pub item: ItemCode,
    /// The batch number printed on it.
    #[n(1)]
    pub batch: PrintedMark,
    /// Whether the recall stands; `false` lifts it.
    #[n(2)]
    pub stands: bool,
    /// Why.
    #[n(3)]
    pub reason: Reason,
}

/// A place needs something. Stating the same need again replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NeedStated {
    /// The need's id.
    #[n(0)]
    pub need: NeedId,
    /// What.
    #[n(1)]
    pub item: ItemCode,
    /// Where to.
    #[n(2)]
    pub store: StoreCode,
    /// How much each time, above zero.
    #[n(3)]
    pub quantity: Quantity,
    /// How badly.
    #[n(4)]
    pub urgency: Urgency,
    /// The last day on which it helps; the need lapses after it unless stated again.
    #[n(5)]
    pub by: Day,
    /// Comes back every so many days, or `None` for once.
    #[n(6)]
    pub every_days: Option<u16>,
    /// How many people it is for.
    #[n(7)]
    pub people: Option<u32>,
}

/// A need is closed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NeedClosed {
    /// Which.
    #[n(0)]
    pub need: NeedId,
    /// Why.
    #[n(1)]
    pub reason: Reason,
}

/// A place offers something. Stating the same offer again replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OfferMade {
    /// The offer's id.
    #[n(0)]
    pub offer: OfferId,
    /// What.
    #[n(1)]
    pub item: ItemCode,
    /// Where it stands.
    #[n(2)]
    pub store: StoreCode,
    /// How much, above zero.
    #[n(3)]
    pub quantity: Quantity,
    /// From which day.
    #[n(4)]
    pub from: Day,
    /// Until which day.
    #[n(5)]
    pub until: Day,
    /// "Please take it": it will go to waste here.
    #[n(6)]
    pub take_please: bool,
    /// It must come back by this day.
    #[n(7)]
    pub return_by: Option<Day>,
}

/// An offer is closed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OfferClosed {
    /// Which.
    #[n(0)]
    pub offer: OfferId,
    /// Why.
    #[n(1)]
    pub reason: Reason,
}

macro_rules! ledger_facts {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        /// Everything that the stock book records.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum LedgerFact {
            $($(#[$doc])* $name($name),)*
        }

        $(impl From<$name> for LedgerFact {
            fn from(fact: $name) -> Self {
                Self::$name(fact)
            }
        })*
    };
}

ledger_facts! {
    /// See [`LotOpened`].
    LotOpened;
    /// See [`Entered`].
    Entered;
    /// See [`Counted`].
    Counted;
    /// See [`Corrected`].
    Corrected;
    /// See [`Held`].
    Held;
    /// See [`Recalled`].
    Recalled;
    /// See [`NeedStated`].
    NeedStated;
    /// See [`NeedClosed`].
    NeedClosed;
    /// See [`OfferMade`].
    OfferMade;
    /// See [`OfferClosed`].
    OfferClosed;
    /// See [`Committed`].
    Committed;
    /// See [`Approved`].
    Approved;
    /// See [`Accepted`].
    Accepted;
    /// See [`Refused`].
    Refused;
    /// See [`Objected`].
    Objected;
    /// See [`ObjectionSettled`].
    ObjectionSettled;
    /// See [`Withdrawn`].
    Withdrawn;
    /// See [`Dispatched`].
    Dispatched;
    /// See [`TransitNoted`].
    TransitNoted;
    /// See [`Received`].
    Received;
    /// See [`Returned`].
    Returned;
    /// See [`LossSettled`].
    LossSettled;
    /// See [`RouteStated`].
    RouteStated;
    /// See [`GivingPaused`].
    GivingPaused;
    /// See [`CountAsked`].
    CountAsked;
    /// See [`CounterOffered`].
    CounterOffered;
    /// See [`TakingPaused`].
    TakingPaused;
    /// See [`WishStated`].
    WishStated;
    /// See [`StandingProposed`].
    StandingProposed;
    /// See [`StandingAnswered`].
    StandingAnswered;
    /// See [`StandingEnded`].
    StandingEnded;
    /// See [`Joined`].
    Joined;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_marks_hold_no_free_text() {
        for good in ["A1", "LOT-2026/03", "x".repeat(20).as_str(), " B7 "] {
            assert!(PrintedMark::new(good).is_ok(), "{good}");
        }
        for bad in ["", "call me", "+34600", "x".repeat(21).as_str(), "José"] {
            assert!(PrintedMark::new(bad).is_err(), "{bad}");
        }
    }
}
