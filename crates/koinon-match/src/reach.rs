//! Who gets where by when: ways to a place through the timetable, by kind of item, empty or as the plan leaves it.
//!
//! Searches run backward from the place in question and are kept, since many items travel alike.

use std::collections::BTreeMap;

use crate::case::{Case, Holding};
use crate::engine::{Layout, Room};
use crate::plan::{Alternative, WhyNot};
use crate::problem::{ClosedRoute, Item};

/// Ways through the timetable.
pub(crate) struct Ways<'a> {
    layout: &'a Layout<'a>,
    /// What the plan leaves.
    room: &'a Room,
    empty: Room,
    /// Spots, latest first.
    order: Vec<usize>,
    /// Runs and waits that leave each spot.
    leaving: Vec<Vec<Step>>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Wait(usize),
    Run(usize),
}

/// Minutes on the way from each spot to a place, `None` without a way.
pub(crate) type Minutes = Vec<Option<i64>>;

impl<'a> Ways<'a> {
    pub(crate) fn new(layout: &'a Layout<'a>, room: &'a Room) -> Self {
        let table = &layout.table;
        let mut order: Vec<usize> = (0..table.spots.len()).collect();
        order.sort_by_key(|spot| {
            let minute = table.spots.get(*spot).map_or(0, |spot| spot.minute);
            (std::cmp::Reverse(minute), *spot)
        });
        let mut leaving: Vec<Vec<Step>> = vec![Vec::new(); table.spots.len()];
        for (from, to, _) in &table.waits {
            if let Some(list) = leaving.get_mut(*from) {
                list.push(Step::Wait(*to));
            }
        }
        for (number, run) in table.runs.iter().enumerate() {
            if let Some(list) = leaving.get_mut(run.from) {
                list.push(Step::Run(number));
            }
        }
        Self { layout, room, empty: Room::empty(layout), order, leaving }
    }

    /// Minutes from every spot to a place by a day, over the runs that `open` lets pass.
    pub(crate) fn to(&self, place: usize, by_day: i64, open: &dyn Fn(usize) -> bool) -> Minutes {
        let table = &self.layout.table;
        let mut minutes: Minutes = vec![None; table.spots.len()];
        for spot in &self.order {
            let own = table.spots.get(*spot).is_some_and(|s| s.place == place && table.day(*spot) <= by_day);
            let onward = self.leaving.get(*spot).into_iter().flatten().filter_map(|step| match step {
                Step::Wait(to) => minutes.get(*to).copied().flatten(),
                Step::Run(run) => {
                    let run_to = table.runs.get(*run)?;
                    let rest = minutes.get(run_to.to).copied().flatten()?;
                    open(*run).then_some(rest + run_to.cost)
                }
            });
            let best = if own { Some(0) } else { onward.min() };
            if let Some(slot) = minutes.get_mut(*spot) {
                *slot = best;
            }
        }
        minutes
    }

    /// Minutes from a place's first spot.
    pub(crate) fn from(&self, minutes: &Minutes, place: usize) -> Option<i64> {
        minutes.get(self.layout.table.first(place)?).copied().flatten()
    }

    /// Base units of an item that each run takes, empty.
    pub(crate) fn units_empty(&self, item: &Item) -> Vec<i64> {
        self.empty.units(item, self.layout.allowed(item))
    }

    /// Base units of an item that each run would take, empty, if every route were open.
    pub(crate) fn units_if_open(&self, item: &Item) -> Vec<i64> {
        self.empty.units(item, self.layout.allowed_if_open(item))
    }

    /// The closed routes on the quickest way from a place if every route were open, and the minutes that they would
    /// save over `now`; `None` where they would save nothing.
    pub(crate) fn detour(
        &self,
        item: &Item,
        (from, to): (usize, usize),
        now: i64,
    ) -> Option<(Vec<ClosedRoute>, i64)> {
        let problem = self.layout.problem;
        if problem.closed_routes.is_empty() {
            return None;
        }
        let units = self.units_if_open(item);
        let open = |run: usize| units.get(run).is_some_and(|units| *units > 0);
        let minutes = self.to(to, i64::from(problem.horizon_days), &open);
        let table = &self.layout.table;
        let left = |spot: usize| minutes.get(spot).copied().flatten();
        let (mut spot, mut runs) = (table.first(from)?, Vec::new());
        let saved = now - left(spot)?;
        // Every step is later than the one before, so this ends.
        while table.spots.get(spot).is_some_and(|known| known.place != to) {
            let here = left(spot)?;
            let next = self.leaving.get(spot)?.iter().find_map(|step| match step {
                Step::Wait(to) => (left(*to) == Some(here)).then_some((*to, None)),
                Step::Run(run) => {
                    let known = table.runs.get(*run).filter(|_| open(*run))?;
                    (left(known.to).map(|rest| rest + known.cost) == Some(here))
                        .then_some((known.to, Some(*run)))
                }
            });
            let (onward, run) = next?;
            runs.extend(run);
            spot = onward;
        }
        let closed = self.layout.closed_routes(runs.into_iter());
        (saved > 0 && !closed.is_empty()).then_some((closed, saved))
    }

    /// Base units of an item that the plan leaves room for on each run.
    pub(crate) fn units_left(&self, item: &Item) -> Vec<i64> {
        self.room.units(item, self.layout.allowed(item))
    }

    /// Whether the stores of a place take no more of an item.
    pub(crate) fn is_store_full(&self, item: &Item, place: usize) -> bool {
        let smallest = item.packs.first().copied().unwrap_or(1);
        self.room.fits_in(self.layout, item, place) < smallest
    }

    /// Whether a run takes no more of an item.
    pub(crate) fn is_full(&self, item: &Item, run: usize) -> bool {
        let smallest = item.packs.first().copied().unwrap_or(1);
        self.room.runs.get(run).is_none_or(|room| item.fits(*room) < smallest)
    }

    /// Who else could have given, by what is left to spare; the nearest that still could comes first.
    pub(crate) fn others(
        &self,
        case: &Case,
        item: &Item,
        spare_left: &dyn Fn(&Holding) -> i64,
        (from, to): (usize, usize),
        chosen: i64,
    ) -> Vec<Alternative> {
        let problem = self.layout.problem;
        let empty = self.units_empty(item);
        let left = self.units_left(item);
        let open = |units: &[i64], run: usize| units.get(run).is_some_and(|units| *units > 0);
        let horizon = i64::from(problem.horizon_days);
        let by_empty = self.to(to, horizon, &|run| open(&empty, run));
        let if_open = (!problem.closed_routes.is_empty()).then(|| {
            let units = self.units_if_open(item);
            self.to(to, horizon, &|run| open(&units, run))
        });
        let cut_off = |place: usize| if_open.as_ref().is_some_and(|by| self.from(by, place).is_some());
        let by_left = self.to(to, horizon, &|run| open(&left, run));
        let mut found: Vec<Alternative> = Vec::new();
        for holding in case.holdings.iter().filter(|h| h.place != from && h.place != to && h.here > 0) {
            let minutes = self.from(&by_empty, holding.place);
            let spare = spare_left(holding).max(0);
            let why_not = if holding.spare() <= 0 {
                WhyNot::NothingToSpare
            } else if minutes.is_none() {
                if cut_off(holding.place) { WhyNot::RouteClosed } else { WhyNot::NoWay }
            } else if spare == 0 {
                WhyNot::GivesElsewhere
            } else if self.from(&by_left, holding.place).is_none() {
                WhyNot::Full
            } else {
                WhyNot::Dearer
            };
            let Some(place) = problem.places.get(holding.place) else { continue };
            let extra_minutes = minutes.map(|minutes| minutes - chosen);
            found.push(Alternative { from: place.code.clone(), spare, extra_minutes, why_not });
        }
        found.sort_by(|a, b| {
            let key = |x: &Alternative| {
                (x.why_not != WhyNot::Dearer, x.extra_minutes.is_none(), x.extra_minutes, x.from.clone())
            };
            key(a).cmp(&key(b))
        });
        found
    }
}

/// Which places lead to a place at all, over departures of any day that `open` lets pass.
pub(crate) fn leads_to(
    layout: &Layout<'_>,
    place: usize,
    open: &dyn Fn(&crate::problem::Departure) -> bool,
) -> Vec<bool> {
    let places: BTreeMap<_, usize> =
        layout.problem.places.iter().enumerate().map(|(at, place)| (&place.code, at)).collect();
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); layout.problem.places.len()];
    for departure in layout.problem.departures.iter().filter(|d| open(d)) {
        let ends = places.get(&departure.from).zip(places.get(&departure.to));
        if let Some((list, from)) = ends.and_then(|(from, to)| Some((back.get_mut(*to)?, *from))) {
            list.push(from);
        }
    }
    let mut found = vec![false; back.len()];
    let mut open = vec![place];
    while let Some(place) = open.pop() {
        if let Some(slot) = found.get_mut(place).filter(|slot| !**slot) {
            *slot = true;
            open.extend(back.get(place).into_iter().flatten());
        }
    }
    found
}
