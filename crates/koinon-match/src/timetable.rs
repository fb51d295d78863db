//! Places and minutes as one network: who can be where when.
//!
//! A spot is a place at a moment: now, whenever something leaves there, and the end of each day. Goods wait from spot
//! to spot and travel on runs; an arrival joins the first spot that is not earlier, so that connections hold to the
//! minute. It knows no item; which runs an item may take is asked of [`Timetable::allowed`].

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{CorridorCode, Day, PlaceCode};

use crate::problem::{ClosedRoute, DAY_MINUTES, Departure, Item, Problem};

/// A place at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Position of the place in the sorted problem.
    pub(crate) place: usize,
    /// Minutes from the first minute of today.
    pub(crate) minute: i64,
}

/// One departure within the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Position of the departure in the sorted problem.
    pub(crate) departure: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Minutes on the way, handling included.
    pub(crate) cost: i64,
    /// Position of the closed route in the sorted problem that keeps it from leaving.
    pub(crate) closed: Option<usize>,
}

/// Spots, waits and runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Timetable {
    pub(crate) spots: Vec<Spot>,
    /// The spots of each place, earliest first.
    pub(crate) of_place: Vec<Vec<usize>>,
    /// From one spot to the next of the same place, with the cost of waiting.
    pub(crate) waits: Vec<(usize, usize, i64)>,
    pub(crate) runs: Vec<Run>,
    /// Whether some run ends at each spot.
    pub(crate) landing: Vec<bool>,
}

/// Waiting this many minutes weighs as much as one minute on the way.
const WAIT_MINUTES_PER_COST: i64 = 30;

impl Timetable {
    /// Lays out a sorted problem.
    pub(crate) fn new(problem: &Problem, index: &BTreeMap<&PlaceCode, usize>) -> Self {
        let (start, end) = window(problem);
        let days = 1..=i64::from(problem.horizon_days);
        let evenings: BTreeSet<i64> = days.map(|day| day * DAY_MINUTES - 1).chain([start]).collect();
        let mut minutes: Vec<BTreeSet<i64>> = vec![evenings; problem.places.len()];
        let usable = |d: &Departure| {
            let (leaves, arrives) =
                (d.leaves.minutes_from(problem.today), d.arrives.minutes_from(problem.today));
            (leaves >= start && arrives <= end).then_some((leaves, arrives))
        };
        for departure in &problem.departures {
            let place = index.get(&departure.from).and_then(|at| minutes.get_mut(*at));
            if let (Some(place), Some((leaves, _))) = (place, usable(departure)) {
                place.insert(leaves);
            }
        }
        let mut table = Self::default();
        let mut lookup: Vec<BTreeMap<i64, usize>> = Vec::with_capacity(minutes.len());
        for (place, minutes) in minutes.into_iter().enumerate() {
            let mut spots: Vec<usize> = Vec::with_capacity(minutes.len());
            let mut known = BTreeMap::new();
            let mut before: Option<(usize, i64)> = None;
            for minute in minutes {
                let spot = table.spots.len();
                table.spots.push(Spot { place, minute });
                if let Some((earlier, then)) = before {
                    table.waits.push((earlier, spot, ((minute - then) / WAIT_MINUTES_PER_COST).max(1)));
                }
                before = Some((spot, minute));
                known.insert(minute, spot);
                spots.push(spot);
            }
            table.of_place.push(spots);
            lookup.push(known);
        }
        let mut closed: BTreeMap<&CorridorCode, Vec<(usize, &ClosedRoute)>> = BTreeMap::new();
        for (number, route) in problem.closed_routes.iter().enumerate() {
            closed.entry(&route.corridor).or_default().push((number, route));
        }
        table.landing = vec![false; table.spots.len()];
        for (number, departure) in problem.departures.iter().enumerate() {
            let Some((leaves, arrives)) = usable(departure) else { continue };
            let spot = |place: &PlaceCode, minute: i64| {
                let known = lookup.get(*index.get(place)?)?;
                known.range(minute..).next().map(|(_, spot)| *spot)
            };
            if let (Some(from), Some(to)) = (spot(&departure.from, leaves), spot(&departure.to, arrives)) {
                let cost = arrives - leaves + i64::from(problem.rules.handling_minutes);
                let mut stops = closed.get(&departure.corridor).into_iter().flatten();
                let closed = stops.find(|(_, route)| route.stops(departure)).map(|(number, _)| *number);
                table.runs.push(Run { departure: number, from, to, cost, closed });
                if let Some(landing) = table.landing.get_mut(to) {
                    *landing = true;
                }
            }
        }
        table
    }

    /// Which runs an item might take if every route were open, one entry each.
    pub(crate) fn allowed(&self, problem: &Problem, item: &Item) -> Vec<bool> {
        let shut = |place: &PlaceCode, day: Day| is_shut(problem, item, place, day);
        self.runs
            .iter()
            .map(|run| {
                problem.departures.get(run.departure).is_some_and(|d| {
                    fits_kind(item, d) && !shut(&d.from, d.leaves.day) && !shut(&d.to, d.arrives.day)
                })
            })
            .collect()
    }

    /// The largest cost of one arc.
    pub(crate) fn dearest(&self) -> i64 {
        let runs = self.runs.iter().map(|run| run.cost);
        runs.chain(self.waits.iter().map(|(_, _, cost)| *cost)).max().unwrap_or(1)
    }

    /// The first spot of a place.
    pub(crate) fn first(&self, place: usize) -> Option<usize> {
        self.of_place.get(place)?.first().copied()
    }

    /// The day of a spot, counted from today.
    pub(crate) fn day(&self, spot: usize) -> i64 {
        self.spots.get(spot).map_or(0, |spot| spot.minute.div_euclid(DAY_MINUTES))
    }
}

/// The first and the last minute that count.
pub(crate) fn window(problem: &Problem) -> (i64, i64) {
    (i64::from(problem.minute), i64::from(problem.horizon_days) * DAY_MINUTES - 1)
}

/// Whether a departure may take an item at all.
pub(crate) fn fits_kind(item: &Item, departure: &Departure) -> bool {
    departure.cargo.takes(item.cargo)
        && (!item.cold || departure.cold)
        && (!item.hazard || departure.hazard)
        && departure.loss_per_mille < 1_000
}

/// Whether the doors of a place are shut for an item on a day. The closures are sorted.
pub(crate) fn is_shut(problem: &Problem, item: &Item, place: &PlaceCode, day: Day) -> bool {
    [None, Some(item.storage)].into_iter().any(|storage| {
        let key = (place, storage, day);
        problem.closures.binary_search_by(|c| (&c.place, c.storage, c.day).cmp(&key)).is_ok()
    })
}
