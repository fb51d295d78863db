//! What stays open, and why: reachability in the timetable and the departures that cut a place off, never a guess.

use koinon_ledger::fact::Urgency;

use crate::case::{Case, Holding};
use crate::engine::Layout;
use crate::plan::{Leg, Unmet, Why};
use crate::problem::{Item, Pause, Problem};
use crate::reach::{Minutes, Ways, leads_to};
use crate::spread::{Outcome, leg};
use crate::timetable::fits_kind;

/// The most full departures that one reason names.
const LEGS_MAX: usize = 8;

/// Everything of one item that stays open.
pub(crate) fn unmet(
    layout: &Layout<'_>,
    case: &Case,
    item: &Item,
    outcome: &Outcome,
    ways: &Ways<'_>,
) -> Vec<Unmet> {
    let problem = layout.problem;
    let mut open = Vec::new();
    let days_after = |place: usize| {
        let holding = case.holding(place)?;
        holding.rate.lasts(i128::from(outcome.after.get(&place).copied().unwrap_or(0)))
    };
    for (wanted, served) in case.wanted.iter().zip(&outcome.served) {
        let amount = wanted.amount - served;
        let (Some(need), Some(place)) = (problem.needs.get(wanted.need), problem.places.get(wanted.place))
        else {
            continue;
        };
        if amount > 0 {
            open.push(Unmet {
                place: place.code.clone(),
                item: item.code.clone(),
                need: Some(need.id.clone()),
                urgency: Some(wanted.urgency),
                amount,
                days_after: days_after(wanted.place),
                why: why(layout, case, item, outcome, ways, wanted.place, wanted.by),
            });
        }
    }
    for holding in case.holdings.iter().filter(|h| h.missing() > 0) {
        let amount = holding.missing() - outcome.filled.get(&holding.place).copied().unwrap_or(0);
        let one_day = crate::case::narrow(holding.rate.over(1)).max(1);
        let Some(place) = problem.places.get(holding.place).filter(|_| amount >= one_day) else { continue };
        open.push(Unmet {
            place: place.code.clone(),
            item: item.code.clone(),
            need: None,
            urgency: None,
            amount,
            days_after: days_after(holding.place),
            why: why(layout, case, item, outcome, ways, holding.place, i64::from(problem.horizon_days)),
        });
    }
    open
}

/// The most urgent first: needs by urgency, then the emptiest places of the most needed items.
pub(crate) fn sort(problem: &Problem, unmet: &mut [Unmet]) {
    let tier = |u: &Unmet| {
        let at = problem.items.binary_search_by(|item| item.code.cmp(&u.item)).ok();
        at.and_then(|at| problem.items.get(at)).map_or(u8::MAX, |item| item.tier.rank())
    };
    unmet.sort_by_cached_key(|u| {
        let class = match u.urgency {
            Some(Urgency::MustHave) => 0,
            Some(Urgency::Needed) => 1,
            None => 2,
            Some(Urgency::Useful) => 3,
        };
        (class, tier(u), u.days_after, u.place.clone(), u.item.clone(), u.need.clone())
    });
}

/// Why no more gets to a place by a day.
fn why(
    layout: &Layout<'_>,
    case: &Case,
    item: &Item,
    outcome: &Outcome,
    ways: &Ways<'_>,
    place: usize,
    by: i64,
) -> Why {
    let problem = layout.problem;
    let givers: Vec<&Holding> = case.holdings.iter().filter(|h| h.place != place && h.spare() > 0).collect();
    // Who could give more if they had not set it aside, where nobody else can.
    let paused = |otherwise: Why| {
        let holds = |h: &&Holding| h.place != place && h.paused > 0;
        let places = case.holdings.iter().filter(holds).filter_map(|h| problem.places.get(h.place));
        let codes: Vec<_> = places.map(|place| &place.code).collect();
        let said = problem.pauses.iter().filter(|p| p.item == item.code && codes.contains(&&p.place));
        let pauses: Vec<Pause> = said.cloned().collect();
        if pauses.is_empty() { otherwise } else { Why::Paused(pauses) }
    };
    if givers.is_empty() {
        return paused(Why::NoStockAboveFloors);
    }
    let empty = ways.units_empty(item);
    let takes = |run: usize| empty.get(run).is_some_and(|units| *units > 0);
    let in_time = ways.to(place, by, &takes);
    let can: Vec<&Holding> =
        givers.iter().copied().filter(|h| ways.from(&in_time, h.place).is_some()).collect();
    // Who could still give if a closed route were open, and which routes lead from outside into what is reached.
    let spare = |h: &Holding| outcome.spare_left(h) > 0;
    let closed = |inside: &Minutes, givers: &[&Holding]| {
        if problem.closed_routes.is_empty() {
            return Vec::new();
        }
        let if_open = ways.units_if_open(item);
        let takes = |run: usize| if_open.get(run).is_some_and(|units| *units > 0);
        let reached = ways.to(place, by, &takes);
        if !givers.iter().any(|h| spare(h) && ways.from(&reached, h.place).is_some()) {
            return Vec::new();
        }
        let within = |spot: usize| inside.get(spot).is_some_and(Option::is_some);
        let cut = layout
            .table
            .runs
            .iter()
            .enumerate()
            .filter(|(number, run)| takes(*number) && within(run.to) && !within(run.from));
        layout.closed_routes(cut.map(|(number, _)| number))
    };
    if can.is_empty() {
        let routes = closed(&in_time, &givers);
        if !routes.is_empty() {
            return Why::RouteClosed(routes);
        }
        return why_no_way(layout, item, ways, &givers, place, by);
    }
    let left: Vec<&Holding> = can.into_iter().filter(|h| spare(h)).collect();
    if left.is_empty() {
        let routes = closed(&in_time, &givers);
        return if routes.is_empty() { paused(Why::SharedOut) } else { Why::RouteClosed(routes) };
    }
    let room = ways.units_left(item);
    let has_room = |run: usize| room.get(run).is_some_and(|units| *units > 0);
    let still = ways.to(place, by, &has_room);
    let through: Vec<&Holding> =
        left.iter().copied().filter(|h| ways.from(&still, h.place).is_some()).collect();
    if !through.is_empty() {
        if ways.is_store_full(item, place) {
            return Why::NoRoom;
        }
        let dated = |h: &&Holding| h.classes.iter().all(|class| class.layer < case.short.len());
        return if through.iter().all(dated) { Why::DatesTooShort } else { Why::TooSmall };
    }
    // The full departures that lead from outside into what can still reach the place.
    let inside = |spot: usize| still.get(spot).is_some_and(Option::is_some);
    let cut =
        layout.table.runs.iter().enumerate().filter(|(number, run)| {
            takes(*number) && !has_room(*number) && inside(run.to) && !inside(run.from)
        });
    let routes = closed(&still, &left);
    if !routes.is_empty() {
        return Why::RouteClosed(routes);
    }
    let legs: Vec<Leg> = cut.filter_map(|(number, _)| leg(layout, number)).take(LEGS_MAX).collect();
    Why::CapacityFull(legs)
}

/// Why no giver gets to a place at all.
fn why_no_way(
    layout: &Layout<'_>,
    item: &Item,
    ways: &Ways<'_>,
    givers: &[&Holding],
    place: usize,
    by: i64,
) -> Why {
    let problem = layout.problem;
    let reached = |minutes: &Minutes| givers.iter().any(|h| ways.from(minutes, h.place).is_some());
    let empty = ways.units_empty(item);
    let takes = |run: usize| empty.get(run).is_some_and(|units| *units > 0);
    let horizon = i64::from(problem.horizon_days);
    if reached(&ways.to(place, horizon, &takes)) {
        return Why::TooLate;
    }
    // What would take it in time if it had room: booked out, or too small for even one of it.
    let allowed = layout.allowed(item);
    let may = |run: usize| allowed.get(run).is_some_and(|may| *may);
    if reached(&ways.to(place, by, &may)) {
        let inside = ways.to(place, by, &takes);
        let inside = |spot: usize| inside.get(spot).is_some_and(Option::is_some);
        let cut = layout.table.runs.iter().enumerate();
        let cut = cut.filter(|(number, run)| may(*number) && !takes(*number) && inside(run.to));
        return Why::CapacityFull(cut.filter_map(|(number, _)| leg(layout, number)).take(LEGS_MAX).collect());
    }
    let departure = |run: usize| {
        let run = layout.table.runs.get(run)?;
        problem.departures.get(run.departure)
    };
    if reached(
        &ways.to(place, by.max(0), &|run| departure(run).is_some_and(|d| fits_kind(item, d) && d.kg > 0)),
    ) {
        return Why::DoorsShut;
    }
    let led = |open: &dyn Fn(&crate::problem::Departure) -> bool| {
        let found = leads_to(layout, place, open);
        givers.iter().any(|h| found.get(h.place).copied().unwrap_or(false))
    };
    if led(&|d| fits_kind(item, d)) {
        return Why::TooLate;
    }
    if item.cold && led(&|d| fits_kind(&Item { cold: false, ..item.clone() }, d)) {
        return Why::NothingCold;
    }
    if item.hazard && led(&|d| fits_kind(&Item { hazard: false, ..item.clone() }, d)) {
        return Why::NothingSafe;
    }
    Why::NoRoute
}
