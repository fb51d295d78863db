//! What a person, a meter or an agreed rule may ask of the stock book, and the answers.

use koinon_core::{
    CommunityCode, CorridorCode, Day, Digest, EntryId, ItemCode, LotId, NeedId, OfferId, PersonId, PlaceCode,
    Quantity, QuantityError, StandingId, StoreCode, Timestamp, TransferId,
};

use crate::fact::{
    LedgerFact, Method, Occurrence, OnTheWay, PrintedMark, RouteClosed, Served, Urgency, Vehicle, Wish,
};
use crate::reason::Reason;
use crate::transfer::Status;

/// A command: one act of one hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Made by the client, so that a repeated command is recognised.
    pub act: EntryId,
    /// When it happened; may lie before now.
    pub occurred: Timestamp,
    /// The questions of an earlier try were answered with yes.
    pub confirmed: bool,
    /// What to do.
    pub what: Act,
}

/// Which batch a count is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// A batch in the book.
    Lot(LotId),
    /// A batch that the book does not know yet.
    New {
        /// The printed batch number.
        batch: Option<PrintedMark>,
        /// The last good day.
        expires: Option<Day>,
    },
}

/// One line of a wished commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wished {
    /// What.
    pub item: ItemCode,
    /// From which batch, or `None` for first expired first.
    pub lot: Option<LotId>,
    /// How much.
    pub quantity: Quantity,
    /// How much was asked for.
    pub requested: Option<Quantity>,
}

/// One line of what was found on arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLine {
    /// The line of the commitment.
    pub line: u16,
    /// Taken in.
    pub accepted: Quantity,
    /// Refused at the door.
    pub rejected: Quantity,
    /// Not there.
    pub missing: Quantity,
    /// More than was loaded.
    pub excess: Quantity,
    /// Why something was rejected or is missing.
    pub reason: Option<Reason>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A batch was counted.
    Count {
        /// Where.
        store: StoreCode,
        /// What.
        item: ItemCode,
        /// Which batch.
        which: Which,
        /// What was seen.
        seen: Quantity,
        /// How.
        method: Method,
        /// A visitor who counted too.
        witness: Option<PersonId>,
    },
    /// Goods came in: harvest, gift, purchase, opening stock.
    TakeIn {
        /// Where.
        store: StoreCode,
        /// What.
        item: ItemCode,
        /// The printed batch number.
        batch: Option<PrintedMark>,
        /// The last good day.
        expires: Option<Day>,
        /// How much.
        quantity: Quantity,
        /// Why; a reason that brings stock in.
        reason: Reason,
        /// The number of the paper.
        paper: Option<PrintedMark>,
        /// How the figure was found.
        method: Method,
    },
    /// Goods of one batch went: used, handed out, lost.
    TakeOut {
        /// Which batch.
        lot: LotId,
        /// How much.
        quantity: Quantity,
        /// Why; a reason that takes stock away.
        reason: Reason,
        /// How many were served.
        served: Option<Served>,
        /// The number of the paper.
        paper: Option<PrintedMark>,
        /// How the figure was found.
        method: Method,
    },
    /// Goods went, first expired first over the batches of a store.
    Use {
        /// Where.
        store: StoreCode,
        /// What.
        item: ItemCode,
        /// How much.
        quantity: Quantity,
        /// Why; a reason that takes stock away.
        reason: Reason,
        /// How many were served.
        served: Option<Served>,
        /// How the figure was found.
        method: Method,
    },
    /// Something was made from other things: bread, a kit.
    Make {
        /// Where it stands now.
        store: StoreCode,
        /// What it is.
        item: ItemCode,
        /// The printed batch number.
        batch: Option<PrintedMark>,
        /// The last good day.
        expires: Option<Day>,
        /// How much.
        quantity: Quantity,
        /// What went into it.
        from: Vec<(LotId, Quantity)>,
    },
    /// A part of a batch now stands in another store of the same book.
    Move {
        /// Which batch.
        lot: LotId,
        /// Where to.
        to: StoreCode,
        /// How much.
        quantity: Quantity,
    },
    /// An earlier entry was wrong.
    Correct {
        /// Its batch.
        lot: LotId,
        /// The entry.
        target: EntryId,
        /// The right amount, or `None` to take it back.
        quantity: Option<Quantity>,
        /// Why.
        reason: Reason,
    },
    /// A batch may not be used, or may be used again.
    Hold {
        /// Which batch.
        lot: LotId,
        /// Whether it is held.
        held: bool,
        /// Why.
        reason: Reason,
    },
    /// A printed batch is called back, or the recall is lifted.
    Recall {
        /// What.
        item: ItemCode,
        /// The printed batch number.
        batch: PrintedMark,
        /// Whether the recall stands.
        stands: bool,
        /// Why.
        reason: Reason,
    },
    /// Something is needed.
    StateNeed {
        /// The need; the same id states it anew.
        need: NeedId,
        /// What.
        item: ItemCode,
        /// Where to.
        store: StoreCode,
        /// How much.
        quantity: Quantity,
        /// How badly.
        urgency: Urgency,
        /// The last day on which it helps.
        by: Day,
        /// Comes back every so many days.
        every_days: Option<u16>,
        /// For how many people.
        people: Option<u32>,
    },
    /// A need is over.
    CloseNeed {
        /// Which.
        need: NeedId,
        /// Why.
        reason: Reason,
    },
    /// Something is offered.
    MakeOffer {
        /// The offer; the same id states it anew.
        offer: OfferId,
        /// What.
        item: ItemCode,
        /// Where it stands.
        store: StoreCode,
        /// How much.
        quantity: Quantity,
        /// From which day.
        from: Day,
        /// Until which day.
        until: Day,
        /// "Please take it".
        take_please: bool,
        /// To be back by this day.
        return_by: Option<Day>,
    },
    /// An offer is over.
    CloseOffer {
        /// Which.
        offer: OfferId,
        /// Why.
        reason: Reason,
    },
    /// Set stock aside for another place.
    Commit {
        /// The transfer; the same id states it anew.
        transfer: TransferId,
        /// From which place.
        from: PlaceCode,
        /// To which place.
        to: PlaceCode,
        /// What.
        lines: Vec<Wished>,
        /// The way.
        route: Vec<CorridorCode>,
        /// The planned day of departure.
        leaves: Day,
        /// The planned day of arrival.
        arrives: Day,
        /// The need that it meets.
        need: Option<NeedId>,
        /// The suggestion that it follows.
        suggestion: Option<Digest>,
        /// A loan, to be back by this day.
        return_by: Option<Day>,
        /// What falls due by a standing agreement, and this fulfils.
        standing: Option<Occurrence>,
    },
    /// Agree as the second person at the giver.
    Approve {
        /// Which transfer.
        transfer: TransferId,
    },
    /// Agree as the taker.
    Accept {
        /// Whose transfer.
        giver: CommunityCode,
        /// Which transfer.
        transfer: TransferId,
        /// Lines of which less is wanted.
        less: Vec<(u16, Quantity)>,
    },
    /// Say no as the taker.
    Refuse {
        /// Whose transfer.
        giver: CommunityCode,
        /// Which transfer.
        transfer: TransferId,
        /// Why.
        reason: Reason,
    },
    /// Say as the taker what it would rather have: the promise stays set aside until the giver has answered.
    Counter {
        /// Whose transfer.
        giver: CommunityCode,
        /// Which transfer.
        transfer: TransferId,
        /// All that it would take; amounts of one item are added up.
        wants: Vec<(ItemCode, Quantity)>,
        /// The first day on which it can take it in, when that is not any day.
        not_before: Option<Day>,
        /// Why.
        reason: Reason,
    },
    /// Object.
    Object {
        /// Whose transfer.
        giver: CommunityCode,
        /// Which transfer.
        transfer: TransferId,
        /// Why.
        reason: Reason,
    },
    /// Let a transfer go on that one's own community objected to.
    Settle {
        /// Whose transfer.
        giver: CommunityCode,
        /// Which transfer.
        transfer: TransferId,
        /// Which objection.
        objection: EntryId,
    },
    /// Take a commitment back.
    Withdraw {
        /// Which transfer.
        transfer: TransferId,
        /// Why.
        reason: Reason,
    },
    /// Load and leave. The act is the shipment's id.
    Load {
        /// Which transfer.
        transfer: TransferId,
        /// Line and amount; empty for everything that is still set aside.
        lines: Vec<(u16, Quantity)>,
        /// What carries it.
        vehicle: Vehicle,
        /// The number of the waybill.
        paper: Option<PrintedMark>,
    },
    /// Let transfers of this community leave together or not at all; fewer than two leave each by itself again.
    Join {
        /// The joint load; the same id states it anew.
        joint: EntryId,
        /// Which transfers.
        transfers: Vec<TransferId>,
    },
    /// A load that never left.
    Unload {
        /// Which transfer.
        transfer: TransferId,
        /// Which load.
        shipment: EntryId,
    },
    /// News from the way.
    News {
        /// Whose transfer.
        giver: CommunityCode,
        /// Which transfer.
        transfer: TransferId,
        /// Which load.
        shipment: EntryId,
        /// What happened.
        what: OnTheWay,
    },
    /// A load arrived. The same shipment states the receipt anew.
    Receive {
        /// Whose transfer.
        giver: CommunityCode,
        /// Which transfer.
        transfer: TransferId,
        /// Which load.
        shipment: EntryId,
        /// The store that takes it in.
        store: StoreCode,
        /// What was found.
        lines: Vec<FoundLine>,
    },
    /// Rejected goods are back.
    Return {
        /// Which transfer.
        transfer: TransferId,
        /// Which load.
        shipment: EntryId,
        /// Line and amount.
        lines: Vec<(u16, Quantity)>,
    },
    /// What was open on a load's line is lost for good.
    SettleLoss {
        /// Whose transfer.
        giver: CommunityCode,
        /// Which transfer.
        transfer: TransferId,
        /// Which load.
        shipment: EntryId,
        /// The line.
        line: u16,
        /// How much.
        lost: Quantity,
        /// Why.
        reason: Reason,
    },
    /// Say that a route is closed, or open again.
    StateRoute {
        /// Which route.
        corridor: CorridorCode,
        /// How it is closed; `None` when it is open again.
        closed: Option<RouteClosed>,
    },
    /// Say that a place gives no more of an item until a day, or gives it again.
    PauseGiving {
        /// Which place.
        place: PlaceCode,
        /// Which item.
        item: ItemCode,
        /// The last day on which nothing is given; `None` takes it back.
        until: Option<Day>,
    },
    /// Say that a place wants no more of an item sent unasked until a day, or takes it again.
    PauseTaking {
        /// Which place.
        place: PlaceCode,
        /// Which item.
        item: ItemCode,
        /// The last day; `None` takes it back.
        until: Option<Day>,
    },
    /// Say how much of what is asked for is wished for beside the other things.
    StateWish {
        /// Which item.
        item: ItemCode,
        /// How much.
        wish: Wish,
    },
    /// Propose to another community what both could give each other regularly.
    ProposeStanding {
        /// The agreement; the same id proposes another text.
        standing: StandingId,
        /// The other community.
        with: CommunityCode,
        /// What goes each time: from where, to where, what, how much.
        lines: Vec<(PlaceCode, PlaceCode, ItemCode, Quantity)>,
        /// The first day.
        first: Day,
        /// Every so many days.
        every_days: u16,
        /// The last day.
        until: Day,
    },
    /// Answer a proposed text, or end what was agreed.
    AnswerStanding {
        /// Who proposed it.
        proposer: CommunityCode,
        /// Which agreement.
        standing: StandingId,
        /// The text as it was read.
        answers: Digest,
        /// Yes or no.
        yes: bool,
        /// Why not.
        reason: Option<Reason>,
    },
    /// End an agreement that this community proposed, or take the proposal back.
    EndStanding {
        /// Which.
        standing: StandingId,
        /// Why.
        reason: Reason,
    },
    /// Ask for an item to be counted again at a place, or ask no more.
    AskCount {
        /// At which place.
        place: PlaceCode,
        /// Which item.
        item: ItemCode,
        /// The last day on which it is asked; `None` takes it back.
        until: Option<Day>,
    },
}

/// What a command leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These facts are to be recorded, together.
    Facts(Vec<LedgerFact>),
    /// Nothing is recorded until the same command comes again with `confirmed`.
    Ask(Vec<Question>),
}

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
