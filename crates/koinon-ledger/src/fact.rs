//! What the stock book records. Each fact states what its writer saw or did, once; nothing is ever changed.
//!
//! Bytes are CBOR maps with integer keys that are never reused; unknown keys are skipped. Golden bytes stand in
//! `koinon-books`. No field can hold a name, a telephone number or free text: people are random ids, reasons are
//! codes, batches and papers are short marks of a narrow alphabet.

use std::fmt;

use koinon_core::{
    CommunityCode, CorridorCode, Day, Digest, EntryId, ItemCode, LotId, NeedId, OfferId, PersonId, PlaceCode,
    Quantity, StoreCode, Timestamp, TransferId,
};
use minicbor::decode::Error as DecodeError;
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::reason::Reason;
pub use crate::route::{RouteClosed, RouteReason, RouteStated};

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

/// How badly something is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Urgency {
    /// Lives depend on it.
    #[n(0)]
    MustHave,
    /// Needed.
    #[n(1)]
    Needed,
    /// Useful.
    #[n(2)]
    Useful,
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

/// One line of a commitment: this much of this batch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CommitLine {
    /// The line's number, unique in the transfer.
    #[n(0)]
    pub line: u16,
    /// What.
    #[n(1)]
    pub item: ItemCode,
    /// From which batch.
    #[n(2)]
    pub lot: LotId,
    /// How much, above zero.
    #[n(3)]
    pub quantity: Quantity,
    /// How much was asked for, when it was more or less.
    #[n(4)]
    pub requested: Option<Quantity>,
}

/// The giver sets stock aside for a taker. Stating it again before loading replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Committed {
    /// The transfer's id.
    #[n(0)]
    pub transfer: TransferId,
    /// The place it leaves.
    #[n(1)]
    pub from: PlaceCode,
    /// The place it goes to.
    #[n(2)]
    pub to: PlaceCode,
    /// Whose node speaks for the taking place.
    #[n(3)]
    pub taker: CommunityCode,
    /// What goes.
    #[n(4)]
    pub lines: Vec<CommitLine>,
    /// The way, in order.
    #[n(5)]
    pub route: Vec<CorridorCode>,
    /// The planned day of departure.
    #[n(6)]
    pub leaves: Day,
    /// The planned day of arrival.
    #[n(7)]
    pub arrives: Day,
    /// A second person at the giver must agree.
    #[n(8)]
    pub needs_second: bool,
    /// The need that it meets.
    #[n(9)]
    pub need: Option<NeedId>,
    /// The suggestion that it follows.
    #[n(10)]
    pub suggestion: Option<Digest>,
    /// A loan: to be back by this day.
    #[n(11)]
    pub return_by: Option<Day>,
}

/// A second person at the giver agrees to a commitment.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Approved {
    /// Which transfer.
    #[n(0)]
    pub transfer: TransferId,
    /// The commitment as it was read.
    #[n(1)]
    pub commitment: Digest,
}

/// The taker agrees, to all or to less.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Accepted {
    /// Whose transfer.
    #[n(0)]
    pub giver: CommunityCode,
    /// Which transfer.
    #[n(1)]
    pub transfer: TransferId,
    /// Line and amount; a line that is absent is wanted whole.
    #[n(2)]
    pub less: Vec<(u16, Quantity)>,
}

/// The taker says no.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refused {
    /// Whose transfer.
    #[n(0)]
    pub giver: CommunityCode,
    /// Which transfer.
    #[n(1)]
    pub transfer: TransferId,
    /// Why.
    #[n(2)]
    pub reason: Reason,
}

/// Somebody objects; the transfer halts until the objection is settled.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Objected {
    /// Whose transfer.
    #[n(0)]
    pub giver: CommunityCode,
    /// Which transfer.
    #[n(1)]
    pub transfer: TransferId,
    /// The objection's own id.
    #[n(2)]
    pub objection: EntryId,
    /// Why.
    #[n(3)]
    pub reason: Reason,
}

/// The community that objected lets the transfer go on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ObjectionSettled {
    /// Whose transfer.
    #[n(0)]
    pub giver: CommunityCode,
    /// Which transfer.
    #[n(1)]
    pub transfer: TransferId,
    /// Which objection.
    #[n(2)]
    pub objection: EntryId,
}

/// The giver takes the commitment back before all of it is loaded; what is under way stays under way.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Withdrawn {
    /// Which transfer.
    #[n(0)]
    pub transfer: TransferId,
    /// Why.
    #[n(1)]
    pub reason: Reason,
}

/// What goes on the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Vehicle {
    /// A lorry.
    #[n(0)]
    Truck,
    /// A van or car.
    #[n(1)]
    Van,
    /// The shuttle.
    #[n(2)]
    Shuttle,
    /// A train.
    #[n(3)]
    Train,
    /// A boat.
    #[n(4)]
    Boat,
    /// A cargo bicycle or cart.
    #[n(5)]
    Cart,
    /// On foot.
    #[n(6)]
    OnFoot,
    /// A pipe or a wire.
    #[n(7)]
    Line,
}

/// One loaded line: this much of this batch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LoadLine {
    /// The line of the commitment.
    #[n(0)]
    pub line: u16,
    /// From which batch.
    #[n(1)]
    pub lot: LotId,
    /// How much, never below zero.
    #[n(2)]
    pub quantity: Quantity,
}

/// A load left. Stating the same shipment again replaces it; without lines it never left.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Dispatched {
    /// Which transfer.
    #[n(0)]
    pub transfer: TransferId,
    /// The load; a transfer may go in several.
    #[n(1)]
    pub shipment: EntryId,
    /// What is on it.
    #[n(2)]
    pub lines: Vec<LoadLine>,
    /// What carries it.
    #[n(3)]
    pub vehicle: Vehicle,
    /// When it left.
    #[n(4)]
    pub occurred: Timestamp,
    /// The number of the waybill.
    #[n(5)]
    pub paper: Option<PrintedMark>,
}

/// What happened on the way.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum OnTheWay {
    /// The vehicle broke down.
    #[n(0)]
    BrokenDown,
    /// The load goes on, with this vehicle.
    #[n(1)]
    Resumed(#[n(0)] Vehicle),
    /// The load goes to another place.
    #[n(2)]
    Diverted(#[n(0)] PlaceCode, #[n(1)] CommunityCode),
    /// The load will be late, until this day.
    #[n(3)]
    Delayed(#[n(0)] Day),
}

/// News of a load on its way.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TransitNoted {
    /// Whose transfer.
    #[n(0)]
    pub giver: CommunityCode,
    /// Which transfer.
    #[n(1)]
    pub transfer: TransferId,
    /// Which load.
    #[n(2)]
    pub shipment: EntryId,
    /// What happened.
    #[n(3)]
    pub what: OnTheWay,
    /// When.
    #[n(4)]
    pub occurred: Timestamp,
}

/// One line of a receipt: accepted + rejected + missing = loaded; excess stands beside.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReceiptLine {
    /// The line of the commitment.
    #[n(0)]
    pub line: u16,
    /// The taker's new batch.
    #[n(1)]
    pub to_lot: LotId,
    /// Taken in.
    #[n(2)]
    pub accepted: Quantity,
    /// Refused at the door; it goes back.
    #[n(3)]
    pub rejected: Quantity,
    /// Not there.
    #[n(4)]
    pub missing: Quantity,
    /// More than was loaded; taken in too.
    #[n(5)]
    pub excess: Quantity,
    /// Why something was rejected or is missing.
    #[n(6)]
    pub reason: Option<Reason>,
}

/// A load arrived. Stating the same receipt again replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Received {
    /// Whose transfer.
    #[n(0)]
    pub giver: CommunityCode,
    /// Which transfer.
    #[n(1)]
    pub transfer: TransferId,
    /// Which load.
    #[n(2)]
    pub shipment: EntryId,
    /// What was found.
    #[n(3)]
    pub lines: Vec<ReceiptLine>,
    /// When.
    #[n(4)]
    pub occurred: Timestamp,
}

/// Rejected goods are back in the giver's batch. Stating the same return again replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Returned {
    /// Which transfer.
    #[n(0)]
    pub transfer: TransferId,
    /// Which load.
    #[n(1)]
    pub shipment: EntryId,
    /// What is back.
    #[n(2)]
    pub lines: Vec<LoadLine>,
    /// When.
    #[n(3)]
    pub occurred: Timestamp,
}

/// What was open on a load's line is settled: so much is lost for good, and why.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LossSettled {
    /// Whose transfer.
    #[n(0)]
    pub giver: CommunityCode,
    /// Which transfer.
    #[n(1)]
    pub transfer: TransferId,
    /// Which load.
    #[n(2)]
    pub shipment: EntryId,
    /// The line.
    #[n(3)]
    pub line: u16,
    /// Lost for good, never below zero.
    #[n(4)]
    pub lost: Quantity,
    /// Why.
    #[n(5)]
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
}

impl Committed {
    /// The digest that an approval names, so that a changed commitment needs a new approval.
    pub fn digest(&self) -> Digest {
        // Encoding to memory cannot fail; an empty digest would only make the approval not match.
        Digest::of("koinon/commitment/1", &minicbor::to_vec(self).unwrap_or_default())
    }
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
