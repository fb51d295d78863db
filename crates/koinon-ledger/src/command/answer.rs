//! What a command is answered with when it is not simply written down: questions, and refusals.

use koinon_core::{
    CommunityCode, CorridorCode, Day, EntryId, ItemCode, LotId, PlaceCode, Quantity, QuantityError,
    StandingId, StoreCode, Timestamp, TransferId,
};

use crate::reason::Reason;
use crate::transfer::Status;

/// Something that looks wrong and may be right. A question never blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The amount is far from the usual.
    Unusual {
        /// What was entered.
        entered: Quantity,
        /// What it was last time.
        last: Quantity,
    },
    /// The book would go below zero.
    BelowZero {
        /// What the book says is there.
        on_hand: Quantity,
        /// What would be taken.
        taken: Quantity,
    },
    /// Less would remain than is kept here.
    BelowFloor {
        /// What would remain.
        remains: Quantity,
        /// What is kept.
        floor: Quantity,
    },
    /// The batch is past its date.
    PastDate {
        /// Its last good day.
        expires: Day,
    },
    /// The same was entered a moment ago.
    LikeLastTime {
        /// The amount of both.
        quantity: Quantity,
        /// When the other was recorded.
        recorded: Timestamp,
    },
    /// It is said to happen in the future.
    InFuture {
        /// When.
        occurred: Timestamp,
    },
    /// A new batch is counted where one with the same number and date holds something.
    AlreadyThere {
        /// What the book says is in it.
        on_hand: Quantity,
    },
    /// A need of more than a year.
    LongNeed {
        /// What was entered.
        entered: Quantity,
        /// For how many days the whole community could use it.
        days: u32,
    },
    /// The amount is what the whole community uses in many years.
    LongStock {
        /// What was entered.
        entered: Quantity,
        /// For how many days the whole community could use it.
        days: u32,
    },
    /// A day is years ahead.
    FarDay {
        /// The day.
        day: Day,
    },
    /// The same suggestion was followed already, and the transfer is open.
    FollowedAlready {
        /// What the other transfer promises of the first thing in it.
        promised: Quantity,
    },
    /// What arrived was written down before, with other amounts.
    ArrivedAlready {
        /// What was accepted of the first line that differs.
        accepted: Quantity,
        /// When it arrived, as was written then.
        occurred: Timestamp,
    },
    /// More is offered than the book knows of.
    MoreThanHeld {
        /// What is offered.
        offered: Quantity,
        /// What the book says is there.
        on_hand: Quantity,
    },
}

/// Why a command is refused. Each names the place, the value and what would help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The permit is for something else.
    #[error("the permission that was given does not cover this act; ask for it again")]
    WrongPermit,
    /// No such store here.
    #[error("there is no store '{0}' in this community; choose one of its stores")]
    NoSuchStore(StoreCode),
    /// No such item.
    #[error("the catalogue has no item '{0}'; choose one from the list")]
    NoSuchItem(ItemCode),
    /// No such place.
    #[error("there is no place '{0}' in the region")]
    NoSuchPlace(PlaceCode),
    /// No such route.
    #[error("there is no route '{0}' in the region; choose one from the list")]
    NoSuchRoute(CorridorCode),
    /// The route ends elsewhere.
    #[error("route '{0}' does not end in this community; ask one of its ends to say so")]
    NotOurRoute(CorridorCode),
    /// The place is kept by another community.
    #[error("'{0}' is not kept by this community; only its keeper says what it gives and takes")]
    NotOurPlace(PlaceCode),
    /// The day has passed, or is too far ahead.
    #[error("giving and taking can be set aside until a day from {first} to {last}; '{found}' is outside")]
    PauseTooLong {
        /// The day asked for.
        found: Day,
        /// The first day possible.
        first: Day,
        /// The last day possible.
        last: Day,
    },
    /// The day has passed, or is too far ahead.
    #[error("a count can be asked for until a day from {first} to {last}; '{found}' is outside")]
    AskTooLong {
        /// The day asked for.
        found: Day,
        /// The first day possible.
        first: Day,
        /// The last day possible.
        last: Day,
    },
    /// The other community is this one, or none of the region.
    #[error("'{0}' is no other community of the region; choose one from the list")]
    NoOtherCommunity(CommunityCode),
    /// A line of a standing agreement does not lead from one side to the other.
    #[error("from '{0}' to '{1}' does not lead between this community and {2}; choose a place of each")]
    NotBetween(PlaceCode, PlaceCode, CommunityCode),
    /// A thing stands twice in a standing agreement.
    #[error("'{0}' is named twice the same way; put it in one line")]
    NamedTwice(ItemCode),
    /// How often is out of range.
    #[error("every {found} days is not possible; choose 1 to {most}")]
    BadRhythm {
        /// What was asked for.
        found: u16,
        /// The most days.
        most: u16,
    },
    /// The term is too long.
    #[error("a standing agreement ends on {last} at the latest, to be looked at again; '{found}' is later")]
    TermTooLong {
        /// The day asked for.
        found: Day,
        /// The last day possible.
        last: Day,
    },
    /// No such agreement with this community.
    #[error("no standing agreement {0} with this community has been heard of")]
    NoSuchStanding(StandingId),
    /// The text has changed since it was read.
    #[error("the text of this agreement has changed since it was read; read it again and answer that")]
    StandingChanged,
    /// Nothing like that falls due.
    #[error("no standing agreement gives that on {0}; send it without naming one")]
    NotDue(Day),
    /// No such batch.
    #[error("this community's book has no batch {0}; count it first")]
    NoSuchLot(LotId),
    /// No such entry on the batch.
    #[error("batch {0} has no entry {1}")]
    NoSuchEntry(LotId, EntryId),
    /// The entry follows from a transfer.
    #[error("this entry follows from a transfer; correct the load or the receipt there")]
    OfTransfer,
    /// No such transfer, as far as has been heard.
    #[error("transfer {0} has not been heard of here; exchange with the giver first")]
    NoSuchTransfer(TransferId),
    /// No such load.
    #[error("transfer {0} has no load {1}")]
    NoSuchLoad(TransferId, EntryId),
    /// No such objection of this community.
    #[error("this community has no open objection {0}")]
    NoSuchObjection(EntryId),
    /// No such need or offer of this community.
    #[error("this community has not stated {0}")]
    NotStated(String),
    /// No such line.
    #[error("the transfer has no line {0}")]
    NoSuchLine(u16),
    /// The amount has the wrong dimension.
    #[error("'{item}' is counted in {expected}, not in {found}")]
    WrongDimension {
        /// The item.
        item: ItemCode,
        /// Its base unit.
        expected: &'static str,
        /// The amount's base unit.
        found: &'static str,
    },
    /// An amount is zero or below where something is needed.
    #[error("the amount must be above zero, but is {0}")]
    NotPositive(Quantity),
    /// An amount is below zero.
    #[error("the amount may not be below zero, but is {0}")]
    Negative(Quantity),
    /// The reason does not fit the act.
    #[error("'{}' is not a reason for this; choose another", .0.code())]
    WrongReason(Reason),
    /// There is not enough that may be given away.
    #[error(
        "only {available} of '{item}' may be given away, but {wanted} is wanted; what is held or set aside does not count"
    )]
    NotEnough {
        /// The item.
        item: ItemCode,
        /// What may be given.
        available: Quantity,
        /// What is wanted.
        wanted: Quantity,
    },
    /// The transfer is in a state in which this cannot be done.
    #[error("this cannot be done while the transfer is '{0:?}'")]
    WrongState(Status),
    /// Others of the joint load have not agreed.
    #[error("this is part of a joint load, and {} other(s) of it are not agreed: wait for them, or let it leave without them", .0.len())]
    JointWaits(Vec<CommunityCode>),
    /// A joint load holds a transfer that has left or is over.
    #[error(
        "transfer {0} has left, is over, or is not known here; choose transfers that are still to be loaded"
    )]
    NotToLoad(TransferId),
    /// More would be loaded than is set aside.
    #[error("line {line}: {reserved} is set aside, {wanted} cannot be loaded")]
    OverLoad {
        /// The line.
        line: u16,
        /// What is set aside.
        reserved: Quantity,
        /// What was to be loaded.
        wanted: Quantity,
    },
    /// A receipt does not add up.
    #[error(
        "line {line}: accepted, rejected and missing make {found}, but {loaded} was loaded; put the rest under 'missing' or 'more than loaded'"
    )]
    DoesNotAddUp {
        /// The line.
        line: u16,
        /// What was loaded.
        loaded: Quantity,
        /// What the three make together.
        found: Quantity,
    },
    /// Something is rejected or missing without a reason.
    #[error("line {0}: say why something is rejected or missing; 'not known yet' is an answer")]
    ReasonMissing(u16),
    /// The same person on both ends.
    #[error("loading and arrival must be confirmed by different people; ask somebody else")]
    SameHand,
    /// The second person is the first.
    #[error("a second person must agree; you began this transfer yourself")]
    SamePerson,
    /// Not ours to say.
    #[error("only {0} may do this")]
    NotOurs(CommunityCode),
    /// From a place to itself.
    #[error("'{0}' cannot send to itself; use 'move to another store'")]
    ToItself(PlaceCode),
    /// A counter-offer asks for what is promised.
    #[error("the promise gives just that; say yes to it")]
    AsPromised,
    /// Nothing in it.
    #[error("nothing is chosen; name at least one item and amount")]
    Nothing,
    /// Too many lines.
    #[error("{0} lines are too many for one paper; {1} fit")]
    TooManyLines(usize, usize),
    /// A day lies before another.
    #[error("{0} is before {1}; choose a later day")]
    DayOrder(Day, Day),
    /// A sum is out of range.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}
