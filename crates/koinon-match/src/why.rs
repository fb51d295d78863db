//! Why this, why not more, why not from there: answers in numbers, for any page to put into words.
//!
//! Every answer follows from the problem and the plan alone, so whoever holds both can ask, whoever made the plan. It
//! proposes nothing new.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{Day, PlaceCode};
use koinon_ledger::fact::Urgency;

use crate::engine::{Layout, Room};
use crate::plan::{Against, Alternative, Leg, Plan, Suggestion, Why};
use crate::problem::{ClosedRoute, LotRef, Moment, NeedRef, Problem};
use crate::reach::Ways;

/// Why a transfer is suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Somebody asked for it.
    Asked {
        /// The need.
        need: NeedRef,
        /// Base units of this transfer that serve it.
        serves: i64,
        /// Base units asked for.
        asked: i64,
        /// How badly.
        urgency: Urgency,
        /// The last day that helps.
        by: Day,
    },
    /// The taker's stock lasts so long now, and so long after the plan.
    TakerLasts {
        /// Whole days now; `None` when nothing is used.
        before: Option<i64>,
        /// Whole days after the plan.
        after: Option<i64>,
    },
    /// The giver still keeps so much after the whole plan.
    GiverKeeps {
        /// Whole days after the plan.
        days: Option<i64>,
        /// Base units after the plan.
        amount: i64,
        /// Its floor in base units.
        floor: i64,
        /// Its floor in whole days.
        floor_days: Option<i64>,
    },
    /// Of all that could give, nobody is nearer; the next is so many minutes farther.
    Nearest {
        /// The next-best giver.
        next: PlaceCode,
        /// Minutes farther.
        extra_minutes: i64,
    },
    /// Somebody nearer could give, but has less.
    Fuller {
        /// The nearer one.
        nearer: PlaceCode,
        /// Minutes nearer.
        fewer_minutes: i64,
    },
    /// Nobody else can give.
    OnlyGiver,
    /// The batch has an end, and goes first.
    GoodUntil {
        /// The batch.
        lot: LotRef,
        /// Its last good day.
        last_good: Day,
    },
    /// All of it is there by then.
    ThereBy(Moment),
}

/// Why a transfer is not larger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// The taker has what it asked for, and is filled up to its target.
    Enough,
    /// The giver goes down to what it keeps.
    GiverAtFloor,
    /// This departure is full.
    FullDeparture(Leg),
    /// The taker's stores for it are full.
    TakerFull,
    /// The rest is less than a whole pack: base units left off.
    WholePacks(i64),
    /// More would get there if these routes were open.
    RouteClosed(Vec<ClosedRoute>),
    /// The giver has more, and others need it more or are nearer to it: base units that it still spares.
    LeftWithGiver(i64),
}

/// Why a transfer is suggested, the most telling reason first.
pub fn why_this(problem: &Problem, suggestion: &Suggestion) -> Vec<Reason> {
    let needs: BTreeMap<_, _> = problem.needs.iter().map(|need| (&need.id, need)).collect();
    let mut reasons: Vec<Reason> = suggestion
        .needs
        .iter()
        .filter_map(|(id, serves)| {
            let need = needs.get(id)?;
            let (asked, urgency, by) = (need.amount, need.urgency, need.by);
            Some(Reason::Asked { need: id.clone(), serves: *serves, asked, urgency, by })
        })
        .collect();
    let (giver, taker) = (suggestion.giver, suggestion.taker);
    reasons.push(Reason::TakerLasts { before: taker.days_before, after: taker.days_after });
    reasons.push(Reason::GiverKeeps {
        days: giver.days_after,
        amount: giver.after,
        floor: giver.floor,
        floor_days: giver.floor_days,
    });
    let could = suggestion.alternatives.iter().filter(|other| other.spare > 0);
    let next = could.filter_map(|other| Some((other.extra_minutes?, &other.from))).min();
    reasons.push(match next {
        None => Reason::OnlyGiver,
        Some((minutes, place)) if minutes >= 0 => {
            Reason::Nearest { next: place.clone(), extra_minutes: minutes }
        }
        Some((minutes, place)) => Reason::Fuller { nearer: place.clone(), fewer_minutes: -minutes },
    });
    let stock: BTreeMap<_, _> = problem.stock.iter().map(|stock| (&stock.lot, stock)).collect();
    for (lot, _) in suggestion.lots() {
        let last_good = stock.get(&lot).and_then(|stock| stock.last_good);
        reasons.extend(last_good.map(|last_good| Reason::GoodUntil { lot, last_good }));
    }
    reasons.extend(suggestion.last_arrival().map(Reason::ThereBy));
    reasons
}

/// Why a transfer is not larger; never empty.
pub fn why_not_more(problem: &Problem, plan: &Plan, suggestion: &Suggestion) -> Vec<Limit> {
    let open: Vec<_> =
        plan.unmet.iter().filter(|u| u.place == suggestion.to && u.item == suggestion.item).collect();
    if open.is_empty() {
        return vec![Limit::Enough];
    }
    let mut limits: Vec<Limit> = suggestion
        .against
        .iter()
        .filter_map(|against| match against {
            Against::FullDeparture(leg) => Some(Limit::FullDeparture(leg.clone())),
            Against::GiverAtFloor => Some(Limit::GiverAtFloor),
            Against::TakerFull => Some(Limit::TakerFull),
            Against::RoundedDown(units) => Some(Limit::WholePacks(*units)),
            Against::ShortDate(..) | Against::LostOnTheWay(_) | Against::RouteClosed(..) => None,
        })
        .collect();
    let closed: BTreeSet<&ClosedRoute> = open
        .iter()
        .filter_map(|unmet| match &unmet.why {
            Why::RouteClosed(routes) => Some(routes),
            _ => None,
        })
        .flatten()
        .collect();
    if !closed.is_empty() {
        limits.push(Limit::RouteClosed(closed.into_iter().cloned().collect()));
    }
    if limits.is_empty() {
        let kept = problem
            .uses
            .iter()
            .find(|one| one.place == suggestion.from && one.item == suggestion.item)
            .map_or(0, crate::problem::Use::keeps);
        limits.push(Limit::LeftWithGiver((suggestion.giver.after - kept).max(0)));
    }
    limits
}

/// Why a suggested item does not come from other places: every place that has some, the nearest that could still give
/// first. `None` where the plan does not belong to the problem.
pub fn why_not_from(problem: &Problem, plan: &Plan, suggestion: &Suggestion) -> Option<Vec<Alternative>> {
    if plan.inputs != problem.digest() {
        return None;
    }
    let all = problem.clone().canonical();
    let mut one = all.clone();
    one.items.retain(|item| item.code == suggestion.item);
    one.stock.retain(|stock| stock.item == suggestion.item);
    one.uses.retain(|use_| use_.item == suggestion.item);
    one.needs.retain(|need| need.item == suggestion.item);
    one.offers.retain(|offer| offer.item == suggestion.item);
    one.arriving.retain(|coming| coming.item == suggestion.item);
    let layout = Layout::new(&one);
    let room = what_is_left(&all, &layout, plan);
    let ways = Ways::new(&layout, &room);
    let case = layout.cases.first()?;
    let item = one.items.first()?;
    let at = |code: &PlaceCode| one.places.binary_search_by(|place| place.code.cmp(code)).ok();
    let given = given(problem, plan, suggestion);
    let spare_left = |holding: &crate::case::Holding| {
        let code = one.places.get(holding.place).map(|place| &place.code);
        holding.spare() - code.and_then(|code| given.get(code)).copied().unwrap_or(0)
    };
    let load = suggestion.loads.first()?;
    let legs =
        load.legs.iter().map(|leg| leg.arrives.minutes_from(leg.leaves.day) - i64::from(leg.leaves.minute));
    let chosen: i64 = legs.map(|minutes| minutes + i64::from(one.rules.handling_minutes)).sum();
    Some(ways.others(case, item, &spare_left, (at(&suggestion.from)?, at(&suggestion.to)?), chosen))
}

/// What every place gives of the suggestion's item, its own needs served at home included.
fn given<'a>(problem: &'a Problem, plan: &'a Plan, of: &Suggestion) -> BTreeMap<&'a PlaceCode, i64> {
    let mut given: BTreeMap<&PlaceCode, i64> = BTreeMap::new();
    let mut open: BTreeMap<&NeedRef, i64> = BTreeMap::new();
    for s in plan.all().filter(|s| s.item == of.item) {
        *given.entry(&s.from).or_default() += s.amount;
        s.needs.iter().for_each(|(need, amount)| *open.entry(need).or_default() += amount);
    }
    for unmet in &plan.unmet {
        if let Some(need) = &unmet.need {
            *open.entry(need).or_default() += unmet.amount;
        }
    }
    for need in problem.needs.iter().filter(|need| need.item == of.item) {
        let at_home = need.amount - open.get(&need.id).copied().unwrap_or(0);
        *given.entry(&need.place).or_default() += at_home.max(0);
    }
    given
}

/// The room that a plan leaves on the departures, equal departures filled one after the other.
fn what_is_left(problem: &Problem, layout: &Layout<'_>, plan: &Plan) -> Room {
    let mut room = Room::empty(layout);
    let mut runs: BTreeMap<Leg, Vec<usize>> = BTreeMap::new();
    for run in 0..layout.table.runs.len() {
        if let Some(leg) = crate::spread::leg(layout, run) {
            runs.entry(leg).or_default().push(run);
        }
    }
    for s in plan.all() {
        let at = problem.items.binary_search_by(|item| item.code.cmp(&s.item)).ok();
        let Some(item) = at.and_then(|at| problem.items.get(at)) else { continue };
        for (leg, amount) in s.loads.iter().flat_map(|l| l.legs.iter().map(|leg| (leg, l.amount))) {
            let mut load = item.load(amount);
            for run in runs.get(leg).into_iter().flatten() {
                for (room, load) in room.runs.get_mut(*run).into_iter().flatten().zip(&mut load) {
                    let less = (*load).min(*room);
                    (*room, *load) = (*room - less, *load - less);
                }
            }
        }
    }
    room
}
