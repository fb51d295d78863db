//! What is recorded of a transfer, from the promise to the last missing sack.

use koinon_core::{
    CommunityCode, CorridorCode, Day, Digest, EntryId, ItemCode, LotId, NeedId, PlaceCode, Quantity,
    Timestamp, TransferId,
};
use minicbor::{Decode, Encode};

use super::{Occurrence, PrintedMark, coded};
use crate::reason::Reason;

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
    /// What falls due by a standing agreement, and this fulfils.
    #[n(12)]
    pub standing: Option<Occurrence>,
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
    /// The commitment as it was read; `None` in entries from before this was kept, which hold whatever is promised anew.
    #[n(3)]
    pub answers: Option<Digest>,
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

coded! {
    Vehicle: Truck = "truck", Van = "van", Shuttle = "shuttle", Train = "train", Boat = "boat", Cart = "cart",
    OnFoot = "on-foot", Line = "line",
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
    /// The batch number printed on it: it goes along, since whoever takes it may not see the giver's stock.
    #[n(3)]
    pub batch: Option<PrintedMark>,
    /// The last day on which it is good.
    #[n(4)]
    pub expires: Option<Day>,
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

impl Committed {
    /// The digest that an approval names, so that a changed commitment needs a new approval.
    pub fn digest(&self) -> Digest {
        // Encoding to memory cannot fail; an empty digest would only make the approval not match.
        Digest::of("koinon/commitment/1", &minicbor::to_vec(self).unwrap_or_default())
    }
}
