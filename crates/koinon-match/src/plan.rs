//! The answer: who could send what to whom, on what, and why; and what nobody can cover.
//!
//! A plan is a suggestion and never an act. It exists only after [`crate::check()`] has found nothing wrong with it.

use koinon_core::{CorridorCode, Day, Digest, ItemCode, PlaceCode};
use koinon_ledger::fact::{Occurrence, Urgency};

use crate::problem::{ClosedRoute, Departure, LotRef, Moment, NeedRef, Pause};

/// What could be done within the horizon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What falls due by standing agreements, as far as it can be given, by its day. The figures of both ends are those of each of these
    /// alone; [`Plan::suggestions`] come after all of them.
    pub agreed: Vec<Suggestion>,
    /// The transfers, the most urgent first.
    pub suggestions: Vec<Suggestion>,
    /// What stays open, the most urgent first.
    pub unmet: Vec<Unmet>,
    /// How far the plan can be from the best one.
    pub gap: Gap,
    /// The first day of the horizon.
    pub first_day: Day,
    /// The last day of the horizon.
    pub last_day: Day,
    /// The digest of the problem.
    pub inputs: Digest,
    /// The digest of the plan: equal problems give equal digests everywhere.
    pub digest: Digest,
}

/// How far a plan can be from the best one, in the engine's weights; doing nothing weighs 0 and better is lower. What is served
/// counts by its urgency and by the room that it takes.
///
/// Without a full departure the two are equal, and the plan is the best there is. The figure speaks of the sharing of
/// departures; what is rounded down to packs afterwards is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gap {
    /// The weight of this plan.
    pub plan: i128,
    /// The weight that no plan can go below: every item alone on empty departures.
    pub bound: i128,
}

/// One transfer of one item between two places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The digest of the content and of the inputs.
    pub id: Digest,
    /// Who gives.
    pub from: PlaceCode,
    /// Who takes.
    pub to: PlaceCode,
    /// What.
    pub item: ItemCode,
    /// Base units that leave, all loads together.
    pub amount: i64,
    /// Base units that arrive, after losses on the way.
    pub arrives: i64,
    /// How it travels, the earliest first; at least one.
    pub loads: Vec<Load>,
    /// Stated needs that it serves, and base units that arrive for each; the rest raises the taker's cover.
    pub needs: Vec<(NeedRef, i64)>,
    /// The most urgent thing that it serves.
    pub serves: Serves,
    /// The giver before and after the whole plan.
    pub giver: Side,
    /// The taker before and after the whole plan.
    pub taker: Side,
    /// Who else was looked at, the nearest that could give first.
    pub alternatives: Vec<Alternative>,
    /// What limits it or speaks against it.
    pub against: Vec<Against>,
}

/// What travels together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// The way, at least one leg.
    pub legs: Vec<Leg>,
    /// The batches, first expired first, and base units of each.
    pub lots: Vec<(LotRef, i64)>,
    /// Base units of all batches.
    pub amount: i64,
    /// Base units that arrive, after the losses of each leg, each rounded down.
    pub arrives: i64,
}

/// One departure that a load takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leg {
    /// The corridor.
    pub corridor: CorridorCode,
    /// Where it leaves.
    pub from: PlaceCode,
    /// Where it arrives.
    pub to: PlaceCode,
    /// When it leaves.
    pub leaves: Moment,
    /// When it arrives.
    pub arrives: Moment,
}

/// What a transfer serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Serves {
    /// A stated need.
    Need(Urgency),
    /// The taker's cover, which was so many whole days before.
    Cover(i64),
    /// Things are eaten before they spoil.
    Spoiling,
    /// What falls due by a standing agreement.
    Agreed,
}

/// One end of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// Base units that can be used before their date, what is on its way included, before the plan.
    pub before: i64,
    /// The same after the whole plan.
    pub after: i64,
    /// Whole days that it lasts before; `None` when nothing is used.
    pub days_before: Option<i64>,
    /// Whole days that it lasts after the whole plan.
    pub days_after: Option<i64>,
    /// Base units that the place keeps before it gives.
    pub floor: i64,
    /// The floor in whole days.
    pub floor_days: Option<i64>,
}

/// Another giver that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// Who.
    pub from: PlaceCode,
    /// Base units that it can still spare after the plan.
    pub spare: i64,
    /// Minutes on the way longer than the way chosen; `None` without a way. Below zero when it is nearer.
    pub extra_minutes: Option<i64>,
    /// Why not from there.
    pub why_not: WhyNot,
}

/// Why something does not come from a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyNot {
    /// It could; it is farther, or less full.
    Dearer,
    /// It has nothing above what it keeps.
    NothingToSpare,
    /// All it can spare goes elsewhere in this plan.
    GivesElsewhere,
    /// Nothing that takes this item gets there in time.
    NoWay,
    /// It could get there if a closed route were open.
    RouteClosed,
    /// What goes there is full.
    Full,
}

/// What limits a transfer or speaks against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// This departure is full after the plan.
    FullDeparture(Leg),
    /// This batch is good for so many days after it arrives.
    ShortDate(LotRef, i32),
    /// The giver goes down to what it keeps.
    GiverAtFloor,
    /// The taker's stores for it are full after the plan.
    TakerFull,
    /// Amounts were rounded down to whole packs by so many base units.
    RoundedDown(i64),
    /// So many base units are lost on the way.
    LostOnTheWay(i64),
    /// The way would be shorter by so many minutes if these routes were open.
    RouteClosed(Vec<ClosedRoute>, i64),
}

/// What stays open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Where.
    pub place: PlaceCode,
    /// What.
    pub item: ItemCode,
    /// The stated need; `None` is cover below the place's target.
    pub need: Option<NeedRef>,
    /// Its urgency; `None` for cover.
    pub urgency: Option<Urgency>,
    /// Base units that are still open.
    pub amount: i64,
    /// Whole days that the place's stock lasts after the plan.
    pub days_after: Option<i64>,
    /// Why.
    pub why: Why,
}

/// Why something stays open; found in the network, never guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// No other place has anything above what it keeps.
    NoStockAboveFloors,
    /// Everything above the floors that could get there is given where it is needed more.
    SharedOut,
    /// No corridor leads there from a place that can spare some.
    NoRoute,
    /// More would get there if these routes were open.
    RouteClosed(Vec<ClosedRoute>),
    /// These places could give, and have set it aside.
    Paused(Vec<Pause>),
    /// Something leads there, and nothing keeps it cold.
    NothingCold,
    /// Something leads there, and nothing that may carry dangerous goods.
    NothingSafe,
    /// It would arrive after the day asked for, or after the horizon.
    TooLate,
    /// It would get there, but doors are shut on those days.
    DoorsShut,
    /// It would pass its date on the way or before it is used there.
    DatesTooShort,
    /// These departures are full.
    CapacityFull(Vec<Leg>),
    /// The stores there have no room for it.
    NoRoom,
    /// Less than a useful amount, or less than a whole pack, is left over.
    TooSmall,
}

impl Gap {
    /// The gap in millionths of the bound's weight, rounded up; 0 says that the plan is the best there is.
    pub fn parts_per_million(self) -> u64 {
        let loss = (self.plan - self.bound).max(0).unsigned_abs();
        let whole = self.bound.unsigned_abs().max(1);
        u64::try_from(loss.saturating_mul(1_000_000).div_ceil(whole)).unwrap_or(u64::MAX)
    }
}

impl Leg {
    /// The leg that a departure is.
    pub fn of(departure: &Departure) -> Self {
        Self {
            corridor: departure.corridor.clone(),
            from: departure.from.clone(),
            to: departure.to.clone(),
            leaves: departure.leaves,
            arrives: departure.arrives,
        }
    }
}

impl Load {
    /// When it leaves the giver.
    pub fn leaves(&self) -> Option<Moment> {
        self.legs.first().map(|leg| leg.leaves)
    }

    /// When it is at the taker.
    pub fn arrives(&self) -> Option<Moment> {
        self.legs.last().map(|leg| leg.arrives)
    }
}

impl Plan {
    /// Everything that is suggested, the most urgent first: what falls due comes after what lives depend on.
    pub fn all(&self) -> impl Iterator<Item = &Suggestion> {
        let lives = |one: &&Suggestion| one.serves == Serves::Need(Urgency::MustHave);
        let others = self.suggestions.iter().filter(move |one| !lives(one));
        self.suggestions.iter().filter(lives).chain(&self.agreed).chain(others)
    }

    /// The suggestion with an id.
    pub fn suggestion(&self, id: &str) -> Option<&Suggestion> {
        self.all().find(|one| one.id.to_string() == id)
    }
}

impl Suggestion {
    /// What it fulfils of a standing agreement.
    pub fn due(&self) -> Option<&Occurrence> {
        self.needs.iter().find_map(|(need, _)| match need {
            NeedRef::Due(occurrence) => Some(occurrence),
            NeedRef::Book(..) | NeedRef::Row(_) => None,
        })
    }

    /// The corridors of the first load, in order.
    pub fn corridors(&self) -> Vec<CorridorCode> {
        self.loads.first().map_or_else(Vec::new, |l| l.legs.iter().map(|leg| leg.corridor.clone()).collect())
    }

    /// When the first load leaves.
    pub fn leaves(&self) -> Option<Moment> {
        self.loads.first().and_then(Load::leaves)
    }

    /// When the last load arrives.
    pub fn last_arrival(&self) -> Option<Moment> {
        self.loads.iter().filter_map(Load::arrives).max()
    }

    /// The batches of all loads together, in order.
    pub fn lots(&self) -> Vec<(LotRef, i64)> {
        let mut lots: Vec<(LotRef, i64)> = Vec::new();
        for (lot, amount) in self.loads.iter().flat_map(|load| &load.lots) {
            match lots.iter_mut().find(|(known, _)| known == lot) {
                Some((_, sum)) => *sum += amount,
                None => lots.push((lot.clone(), *amount)),
            }
        }
        lots
    }
}
