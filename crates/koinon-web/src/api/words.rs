//! The words of a command: one typed document for each act, as a client sends it. Amounts are whole base units.

use serde::Deserialize;
use utoipa::ToSchema;

/// What to do. Codes, days (`2026-03-01`) and ids are text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields bear the names of the book's own command, see koinon_ledger::Act")]
pub enum Ask {
    /// A batch was counted; without `lot` a batch that the book does not know yet.
    Count {
        store: String,
        item: String,
        lot: Option<String>,
        batch: Option<String>,
        expires: Option<String>,
        seen: AmountBody,
        method: Option<String>,
    },
    /// Goods came in.
    TakeIn {
        store: String,
        item: String,
        batch: Option<String>,
        expires: Option<String>,
        quantity: AmountBody,
        reason: String,
        paper: Option<String>,
        method: Option<String>,
    },
    /// Goods of one batch went.
    TakeOut {
        lot: String,
        quantity: AmountBody,
        reason: String,
        served: Option<ServedBody>,
        paper: Option<String>,
        method: Option<String>,
    },
    /// Goods went, first expired first over the batches of a store.
    Use {
        store: String,
        item: String,
        quantity: AmountBody,
        reason: String,
        served: Option<ServedBody>,
        method: Option<String>,
    },
    /// Something was made from other things: bread, a kit.
    Make {
        store: String,
        item: String,
        batch: Option<String>,
        expires: Option<String>,
        quantity: AmountBody,
        from: Vec<PartBody>,
    },
    /// A part of a batch now stands in another store.
    Move { lot: String, to: String, quantity: AmountBody },
    /// An earlier entry was wrong; without `quantity` it is taken back.
    Correct { lot: String, target: String, quantity: Option<AmountBody>, reason: String },
    /// A batch may not be used, or may be used again.
    Hold { lot: String, held: bool, reason: String },
    /// A printed batch is called back, or the recall is lifted.
    Recall { item: String, batch: String, stands: bool, reason: String },
    /// Something is needed; the same id states it anew.
    StateNeed {
        need: String,
        item: String,
        store: String,
        quantity: AmountBody,
        urgency: String,
        by: String,
        every_days: Option<u16>,
        people: Option<u32>,
    },
    /// A need is over.
    CloseNeed { need: String, reason: String },
    /// Something is offered; the same id states it anew.
    MakeOffer {
        offer: String,
        item: String,
        store: String,
        quantity: AmountBody,
        from: String,
        until: String,
        #[serde(default)]
        take_please: bool,
        return_by: Option<String>,
    },
    /// An offer is over.
    CloseOffer { offer: String, reason: String },
    /// Stock is set aside for another place; the same id states it anew.
    Commit {
        transfer: String,
        from: String,
        to: String,
        lines: Vec<WishedBody>,
        #[serde(default)]
        route: Vec<String>,
        leaves: String,
        arrives: String,
        need: Option<String>,
        suggestion: Option<String>,
        return_by: Option<String>,
        standing: Option<OccurrenceBody>,
    },
    /// Agree as the second person at the giver.
    Approve { transfer: String },
    /// Agree as the taker, to all or to less.
    Accept {
        giver: String,
        transfer: String,
        #[serde(default)]
        less: Vec<LineBody>,
    },
    /// Say no as the taker.
    Refuse { giver: String, transfer: String, reason: String },
    /// Say as the taker what it would rather have; the promise stays set aside until the giver has answered.
    Counter {
        giver: String,
        transfer: String,
        wants: Vec<WantBody>,
        not_before: Option<String>,
        reason: String,
    },
    /// Object; nothing is loaded until that is settled.
    Object { giver: String, transfer: String, reason: String },
    /// Let a transfer go on.
    Settle { giver: String, transfer: String, objection: String },
    /// Take a promise back.
    Withdraw { transfer: String, reason: String },
    /// Load and leave; without lines everything that is set aside. The act is the load's id.
    Load {
        transfer: String,
        #[serde(default)]
        lines: Vec<LineBody>,
        vehicle: String,
        paper: Option<String>,
    },
    /// Let transfers of this community leave together or not at all; fewer than two leave each by itself again.
    Join { joint: String, transfers: Vec<String> },
    /// A load that never left.
    Unload { transfer: String, shipment: String },
    /// News from the way: `broken-down`, `resumed` with a vehicle, `delayed` until a day, or `diverted` to a place, which
    /// is kept by a community.
    News {
        giver: String,
        transfer: String,
        shipment: String,
        what: String,
        vehicle: Option<String>,
        until: Option<String>,
        to: Option<String>,
        keeper: Option<String>,
    },
    /// A load arrived.
    Receive { giver: String, transfer: String, shipment: String, store: String, lines: Vec<FoundBody> },
    /// Rejected goods are back.
    Return { transfer: String, shipment: String, lines: Vec<LineBody> },
    /// What was open on a load's line is lost for good.
    SettleLoss {
        giver: String,
        transfer: String,
        shipment: String,
        line: u16,
        lost: AmountBody,
        reason: String,
    },
    /// A route that ends in this community is closed; without `closed` it is open again.
    StateRoute { corridor: String, closed: Option<RouteClosedBody> },
    /// A place that this community keeps gives no more of an item until a day; without `until` it gives again.
    PauseGiving { place: String, item: String, until: Option<String> },
    /// Say that a place wants no more of an item sent unasked until a day; without a day it takes it again.
    PauseTaking { place: String, item: String, until: Option<String> },
    /// Say how much of an item that is asked for is wished for beside the others: `less`, `same` or `more`.
    StateWish { item: String, wish: String },
    /// Propose to another community what both could give each other regularly; the same id proposes another text.
    ProposeStanding {
        standing: String,
        with: String,
        lines: Vec<StandingLineBody>,
        first: String,
        every_days: u16,
        until: String,
    },
    /// Answer a proposed text by its check number; a no to what was agreed ends it.
    AnswerStanding { proposer: String, standing: String, text: String, yes: bool, reason: Option<String> },
    /// End an agreement that this community proposed, or take the proposal back.
    EndStanding { standing: String, reason: String },
    /// Whoever keeps a place is asked to count an item there again, until a day; without `until` it is asked no more.
    AskCount { place: String, item: String, until: Option<String> },
    /// Say which team the community has and to what it agreed; `closed` says that it is none any more.
    StateTeam {
        team: String,
        place: String,
        components: Vec<ComponentBody>,
        willing: bool,
        from: Option<String>,
        until: Option<String>,
        way_minutes_max: Option<u32>,
        #[serde(default)]
        notice_minutes: u32,
        #[serde(default)]
        self_sufficient_hours: u32,
        #[serde(default)]
        closed: bool,
    },
    /// Say how many people of a skill stay at home; without `keep` as many as everybody keeps.
    KeepCrew { place: String, skill: String, keep: Option<u32> },
    /// Ask for people at a place; `start` and `end` of the first day by RFC 3339.
    AskMission {
        mission: String,
        place: String,
        urgency: String,
        start: String,
        end: String,
        days: Option<u16>,
        asks: Vec<AskedBody>,
        #[serde(default)]
        self_sufficient_hours: u32,
    },
    /// Ask no more for a mission.
    CloseMission { mission: String, reason: String },
    /// Promise a team of this community to a mission. The act's id is the promise's.
    PromiseTeam { team: String, asker: String, mission: String, suggestion: Option<String> },
    /// Say yes to a promised team.
    TakeTeam { home: String, promise: String },
    /// Say no to a promised team.
    DeclineTeam { home: String, promise: String, reason: String },
    /// Take the promise of a team back.
    WithdrawTeam { promise: String, reason: String },
    /// A team left home, at the time of the command.
    TeamLeft { promise: String },
    /// A team is home again, at the time of the command.
    TeamBack { promise: String },
    /// Say what a hospital or workshop of the community does for others; `closed` says that it does nothing for them any more.
    OfferService {
        provider: String,
        place: String,
        /// `care` or `making`.
        service_kind: String,
        services: Vec<String>,
        /// People, or minutes of machines, in a day.
        per_day: u32,
        #[serde(default)]
        closed: bool,
    },
    /// Ask for care of people, or for parts. The same id states the request anew.
    AskService {
        ask: String,
        place: String,
        /// `care` or `making`.
        service_kind: String,
        service: String,
        /// People or pieces.
        count: u32,
        /// Minutes of machines that a piece takes; left out of care.
        each: Option<u32>,
        urgency: String,
        by: String,
    },
    /// Ask no more for care or parts.
    CloseService { ask: String, reason: String },
    /// Promise days of a hospital or workshop of this community; without `days` the first that are free. The act's id is the promise's.
    PromiseService {
        provider: String,
        asker: String,
        ask: String,
        count: u32,
        #[serde(default)]
        days: Vec<DayAmountBody>,
        suggestion: Option<String>,
    },
    /// Say yes to promised care or work.
    TakeService { home: String, promise: String },
    /// Say no to promised care or work.
    DeclineService { home: String, promise: String, reason: String },
    /// Take a promise of care or work back.
    WithdrawService { promise: String, reason: String },
    /// Promised care or work is done, for so many people or pieces, on the day of the command's time.
    ServiceDone { promise: String, count: u32 },
}

/// What is taken of a day.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayAmountBody {
    /// The day.
    pub(super) day: String,
    /// People, or minutes of machines.
    pub(super) amount: u32,
}

/// People of a team who can do the same.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComponentBody {
    /// What each of them can do.
    pub(super) skills: Vec<String>,
    /// How many they are.
    pub(super) people: u32,
}

/// How many people of a skill are asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedBody {
    /// The skill.
    pub(super) skill: String,
    /// How many.
    pub(super) people: u32,
}

/// What goes each time.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingLineBody {
    /// The place that gives.
    pub(super) from: String,
    /// The place that takes.
    pub(super) to: String,
    /// What.
    pub(super) item: String,
    /// How much each time.
    pub(super) quantity: AmountBody,
}

/// What falls due by a standing agreement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OccurrenceBody {
    /// Who proposed the agreement.
    pub(super) proposer: String,
    /// Which agreement.
    pub(super) standing: String,
    /// Which line, from 0.
    pub(super) line: u16,
    /// The day on which it falls due.
    pub(super) day: String,
}

/// How a route is closed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteClosedBody {
    /// `flood`, `snow`, `repair`, `unsafe` or `other`.
    pub(super) reason: String,
    /// The first day.
    pub(super) from: String,
    /// The last day on which it is expected to be closed; left out where nobody knows.
    pub(super) until: Option<String>,
}

/// An amount in whole base units.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmountBody {
    /// Whole base units.
    pub(super) amount: i64,
    /// The base unit: `g`, `ml`, `piece`, `Wh`, `person-minute` or `bed-day`.
    pub(super) unit: String,
}

/// A line number with an amount.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    /// The line of the promise.
    pub(super) line: u16,
    /// How much.
    pub(super) quantity: AmountBody,
}

/// An item and an amount of it that would be taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantBody {
    /// What.
    pub(super) item: String,
    /// How much.
    pub(super) quantity: AmountBody,
}

/// A part of a batch that went into something.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartBody {
    /// The batch.
    pub(super) lot: String,
    /// How much of it.
    pub(super) quantity: AmountBody,
}

/// A line of a promise.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishedBody {
    /// What.
    pub(super) item: String,
    /// From which batch; left out for first expired first.
    pub(super) lot: Option<String>,
    /// How much.
    pub(super) quantity: AmountBody,
    /// How much was asked for.
    pub(super) requested: Option<AmountBody>,
}

/// A line of what was found on arrival.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundBody {
    /// The line of the promise.
    pub(super) line: u16,
    /// Taken in.
    pub(super) accepted: AmountBody,
    /// Refused at the door.
    pub(super) rejected: Option<AmountBody>,
    /// Not there.
    pub(super) missing: Option<AmountBody>,
    /// More than was loaded.
    pub(super) excess: Option<AmountBody>,
    /// Why, as a reason code.
    pub(super) reason: Option<String>,
}

/// How many were served; never who.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServedBody {
    /// People, or 0 when only households were counted.
    #[serde(default)]
    pub(super) people: u32,
    /// Households, or 0 when only people were counted.
    #[serde(default)]
    pub(super) households: u32,
}
