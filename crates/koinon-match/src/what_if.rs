//! What would be otherwise: one item planned again with single figures changed.
//!
//! Small enough to be asked while a page loads: a plan of one item, on the room that the other items of a plan leave
//! ([`alone`]). The same answers two questions: what a planner could do (one more pallet, a route that opens, fewer days
//! kept), and how much a plan hangs on what somebody said ([`Change::Counted`], [`Change::Uses`], [`Change::Asks`]).

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use koinon_core::region::StorageClass;
use koinon_core::{CorridorCode, ItemCode, PlaceCode};
use koinon_ledger::fact::{RouteReason, Urgency};

use crate::engine::{PlanError, plan_on};
use crate::plan::{Plan, Unmet};
use crate::problem::{ClosedRoute, Item, LotRef, Measures, Moment, NeedRef, Place, Problem, Stock};

/// One figure that could be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A place has so many base units more, or fewer below zero. What is more lasts as long as its longest-lasting batch, or
    /// without end; what is fewer is missing from the batches that last longest, down to nothing.
    Counted {
        /// Where.
        place: PlaceCode,
        /// Base units more; below zero fewer.
        by: i64,
    },
    /// A place uses so many thousandths of what it uses, and keeps and is filled up to as many: it counts more people, or fewer.
    Uses {
        /// Where.
        place: PlaceCode,
        /// 1,000 changes nothing; 0 to 10,000.
        per_mille: u32,
    },
    /// A place keeps so many thousandths of what it keeps before it gives.
    Keeps {
        /// Where.
        place: PlaceCode,
        /// 1,000 changes nothing; 0 to 10,000.
        per_mille: u32,
    },
    /// A place asks for so many thousandths of what it asks for.
    Asks {
        /// Where.
        place: PlaceCode,
        /// 1,000 changes nothing; 0 to 10,000.
        per_mille: u32,
    },
    /// Each departure of a corridor takes so much more; one that counts pallets takes one more for each 500 kg begun.
    Takes {
        /// The corridor.
        corridor: CorridorCode,
        /// Kilograms more.
        kg: u32,
        /// Litres more.
        litre: u32,
    },
    /// A corridor is open on all days.
    Opens {
        /// The corridor.
        corridor: CorridorCode,
    },
    /// A corridor is closed on all days.
    Closes {
        /// The corridor.
        corridor: CorridorCode,
    },
}

/// The most thousandths that a change may set a figure to.
pub const PER_MILLE_MAX: u32 = 10_000;

/// Room for a pallet more comes with so many kilograms.
const KG_PER_PALLET: u32 = 500;

/// What a plan of one item does for one place, by the figures as they were said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Where.
    pub place: PlaceCode,
    /// Base units that arrive.
    pub comes: i64,
    /// Base units that leave.
    pub goes: i64,
    /// Base units that can be used before their date, what is on its way included, after the plan.
    pub after: i64,
    /// Whole days that it lasts; `None` when nothing is used.
    pub days_after: Option<i64>,
    /// Base units of needs that lives depend on, and of those that cannot wait, that stay open.
    pub open: (i64, i64),
}

/// The problem of one item, on the departures and in the stores as the other items of a plan leave them.
///
/// Gives nothing if the problem has no such item.
pub fn alone(problem: &Problem, plan: Option<&Plan>, item: &ItemCode) -> Option<Problem> {
    let one = problem.items.iter().find(|known| known.code == *item)?;
    let mut alone = Problem { items: vec![one.clone()], ..problem.clone() };
    alone.stock.retain(|stock| stock.item == *item);
    alone.uses.retain(|used| used.item == *item);
    alone.needs.retain(|need| need.item == *item);
    alone.offers.retain(|offer| offer.item == *item);
    alone.due.retain(|due| due.item == *item);
    alone.arriving.retain(|arriving| arriving.item == *item);
    alone.pauses.retain(|pause| pause.item == *item);
    if let Some(plan) = plan {
        take_room(&mut alone, problem, plan, item);
    }
    Some(alone)
}

/// Takes off departures and stores what a plan puts there of other items; what is left is rounded down to whole kilograms, litres
/// and pallets.
fn take_room(alone: &mut Problem, problem: &Problem, plan: &Plan, item: &ItemCode) {
    let items: BTreeMap<&ItemCode, &Item> = problem.items.iter().map(|item| (&item.code, item)).collect();
    let mut on_way: BTreeMap<(&CorridorCode, &PlaceCode, Moment), Measures> = BTreeMap::new();
    let mut landed: BTreeMap<(&PlaceCode, StorageClass), Measures> = BTreeMap::new();
    let others = plan.all().filter(|suggestion| suggestion.item != *item);
    for suggestion in others {
        let Some(other) = items.get(&suggestion.item) else { continue };
        for load in &suggestion.loads {
            for leg in &load.legs {
                let key = (&leg.corridor, &leg.from, leg.leaves);
                add(on_way.entry(key).or_default(), other.load(load.amount));
            }
        }
        let key = (&suggestion.to, other.storage);
        add(landed.entry(key).or_default(), other.load(suggestion.arrives));
    }
    for departure in &mut alone.departures {
        let key = (&departure.corridor, &departure.from, departure.leaves);
        let Some([grams, millilitres, pallets]) = on_way.get(&key) else { continue };
        departure.kg = less(departure.kg, *grams, 1_000);
        departure.litre = less(departure.litre, *millilitres, 1_000);
        departure.pallets = departure.pallets.map(|room| less(room, *pallets, 1_000_000));
    }
    for room in &mut alone.rooms {
        for storage in room.storage.clone() {
            let Some([grams, millilitres, _]) = landed.get(&(&room.place, storage)) else { continue };
            room.kg = room.kg.map(|kg| less(kg, *grams, 1_000));
            room.litre = room.litre.map(|litre| less(litre, *millilitres, 1_000));
        }
    }
}

fn add(sum: &mut Measures, load: Measures) {
    sum.iter_mut().zip(load).for_each(|(sum, load)| *sum = sum.saturating_add(load));
}

/// What is left of a room in whole units when so many parts of units are taken; never below nothing.
fn less(room: i64, parts: i128, per_unit: i128) -> i64 {
    let units = i64::try_from((parts + per_unit - 1).div_euclid(per_unit)).unwrap_or(i64::MAX);
    room.saturating_sub(units).max(0)
}

/// Plans one item, as [`alone`] gives it, with figures changed; says what it does for each place, in order of their codes.
pub fn what_if(alone: &Problem, changes: &[Change]) -> Result<Vec<Effect>, PlanError> {
    what_if_on(alone, changes, std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
}

/// The same on so many threads.
pub(crate) fn what_if_on(
    alone: &Problem,
    changes: &[Change],
    threads: NonZeroUsize,
) -> Result<Vec<Effect>, PlanError> {
    let mut changed = alone.clone();
    for change in changes {
        apply(&mut changed, change);
    }
    let plan = plan_on(&changed, threads)?;
    Ok(effects(&changed, &plan))
}

/// A part of an amount in thousandths, rounded down.
fn part(amount: i64, per_mille: u32) -> i64 {
    let per_mille = per_mille.min(PER_MILLE_MAX);
    i64::try_from(i128::from(amount) * i128::from(per_mille) / 1_000).unwrap_or(i64::MAX)
}

fn apply(problem: &mut Problem, change: &Change) {
    match change {
        Change::Counted { place, by } => count(problem, place, *by),
        Change::Uses { place, per_mille } => {
            for used in problem.uses.iter_mut().filter(|used| used.place == *place) {
                used.rate.amount = used.rate.amount * i128::from((*per_mille).min(PER_MILLE_MAX)) / 1_000;
                used.keep.floor = part(used.keep.floor, *per_mille);
                used.keep.target = part(used.keep.target, *per_mille);
            }
        }
        Change::Keeps { place, per_mille } => {
            for used in problem.uses.iter_mut().filter(|used| used.place == *place) {
                used.keep.floor = part(used.keep.floor, *per_mille);
                used.keep.target = part(used.keep.target, *per_mille);
            }
        }
        Change::Asks { place, per_mille } => {
            for need in problem.needs.iter_mut().filter(|need| need.place == *place) {
                need.amount = part(need.amount, *per_mille);
            }
            problem.needs.retain(|need| need.amount > 0);
        }
        Change::Takes { corridor, kg, litre } => {
            for departure in problem.departures.iter_mut().filter(|one| one.corridor == *corridor) {
                departure.kg = departure.kg.saturating_add(i64::from(*kg));
                departure.litre = departure.litre.saturating_add(i64::from(*litre));
                let more = i64::from(kg.div_ceil(KG_PER_PALLET));
                departure.pallets = departure.pallets.map(|room| room.saturating_add(more));
            }
        }
        Change::Opens { corridor } => problem.closed_routes.retain(|route| route.corridor != *corridor),
        Change::Closes { corridor } => problem.closed_routes.push(ClosedRoute {
            corridor: corridor.clone(),
            from: problem.today,
            until: None,
            reason: RouteReason::Other,
        }),
    }
}

fn count(problem: &mut Problem, place: &PlaceCode, by: i64) {
    // The longest-lasting batch last; no date lasts longest.
    let lasts = |stock: &Stock| (stock.last_good.is_none(), stock.last_good, stock.lot.clone());
    let mut here: Vec<&mut Stock> = problem.stock.iter_mut().filter(|stock| stock.place == *place).collect();
    here.sort_by_key(|stock| lasts(stock));
    if by >= 0 {
        if let Some(last) = here.into_iter().next_back() {
            last.amount = last.amount.saturating_add(by);
        } else {
            let Some(item) = problem.items.first().map(|item| item.code.clone()) else { return };
            let lot = LotRef::Row(u32::MAX);
            problem.stock.push(Stock { place: place.clone(), item, last_good: None, lot, amount: by });
        }
        return;
    }
    let mut fewer = by.saturating_neg();
    for stock in here.into_iter().rev() {
        let less = fewer.min(stock.amount);
        stock.amount -= less;
        fewer -= less;
    }
}

fn effects(problem: &Problem, plan: &Plan) -> Vec<Effect> {
    let sorted = problem.clone().canonical();
    let index = sorted.places.iter().enumerate().map(|(at, place)| (&place.code, at)).collect();
    let cases = crate::case::cases(&sorted, &index);
    let effect = |(at, place): (usize, &Place)| {
        let code = &place.code;
        let (mut comes, mut goes, mut side) = (0_i64, 0_i64, None);
        for one in &plan.suggestions {
            if one.to == *code {
                (comes, side) = (comes.saturating_add(one.arrives), Some(one.taker));
            }
            if one.from == *code {
                (goes, side) = (goes.saturating_add(one.amount), Some(one.giver));
            }
        }
        let mut agreed = 0_i64;
        for one in &plan.agreed {
            if one.to == *code {
                (comes, agreed) = (comes.saturating_add(one.arrives), agreed.saturating_add(one.arrives));
            }
            if one.from == *code {
                (goes, agreed) = (goes.saturating_add(one.amount), agreed.saturating_sub(one.amount));
            }
        }
        let stands = || {
            let holding = cases.first().and_then(|case| case.holding(at));
            let amount = holding.map_or(0, crate::case::Holding::before).saturating_add(agreed).max(0);
            (amount, holding.and_then(|holding| holding.rate.lasts(i128::from(amount))))
        };
        let (after, days_after) = side.map_or_else(stands, |side| (side.after, side.days_after));
        let open = |urgency: Urgency| {
            let is_due = |unmet: &Unmet| matches!(unmet.need, Some(NeedRef::Due(_)));
            let here =
                |unmet: &&Unmet| unmet.place == *code && unmet.urgency == Some(urgency) && !is_due(unmet);
            plan.unmet.iter().filter(here).map(|unmet| unmet.amount).sum()
        };
        let open = (open(Urgency::MustHave), open(Urgency::Needed));
        Effect { place: code.clone(), comes, goes, after, days_after, open }
    };
    sorted.places.iter().enumerate().map(effect).collect()
}
