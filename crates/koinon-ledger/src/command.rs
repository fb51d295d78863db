//! What a person, a meter or an agreed rule may ask of the stock book, and the answers.

mod answer;

use koinon_core::{
    CommunityCode, CorridorCode, Day, Digest, EntryId, ItemCode, LotId, NeedId, OfferId, PersonId, PlaceCode,
    Quantity, StandingId, StoreCode, Timestamp, TransferId,
};

use crate::fact::{
    LedgerFact, Method, Occurrence, OnTheWay, PrintedMark, RouteClosed, Served, Urgency, Vehicle, Wish,
};
use crate::reason::Reason;

pub use answer::{Question, Refusal};

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
