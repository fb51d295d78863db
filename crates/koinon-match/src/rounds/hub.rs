//! Loads that all come from the vehicles' home, or all go there: the routing problem of the books, solved by [`koinon_flow::route`].
//!
//! Two things come of it: trips as a start for the search, and a bound. For up to [`EXACT_STOPS`] loads the bound is the cheapest plan of
//! vehicles that take as much of everything as any, as many as it needs, each load a stop. Beyond that it is the longer of two: the
//! shortest round over all sites, with one more loading for each further trip that the loads need; and the radial bound, the way there and
//! back for each load by its share of a vehicle (Haimovich and Rinnooy Kan 1985), which holds for split loads too.

use std::collections::{BTreeMap, BTreeSet};

use koinon_flow::route::{Amounts, EXACT_STOPS, Effort, Fleet, Problem, Stop as RouteStop, solve};

use super::duty::Call;
use super::layout::{Layout, NEVER};
use super::plan::Bound;
use super::search::{Drive, State};
use crate::problem::MEASURES;

/// Kinds of vehicles that are tried, each for all trips.
const KINDS_MAX: usize = 4;
/// The most sites for which trips are searched.
const SITES_MAX: usize = 200;
/// How long trips beyond the proven ones are searched.
const EFFORT: Effort = Effort { iterations: 400, seed: 1 };

/// Loads between one hub and sites.
struct Hub {
    place: usize,
    /// Whether they come from the hub; else they go there.
    brings: bool,
    jobs: Vec<usize>,
}

impl Layout<'_> {
    /// The hub of some loads, all of which some vehicle could take: where all of them come from or go to, and all these vehicles are at
    /// home.
    fn hub(&self, jobs: &[usize]) -> Option<Hub> {
        let all: Vec<_> = jobs.iter().filter_map(|job| self.jobs.get(*job)).collect();
        let pairs = all.iter().flat_map(|job| &job.fresh).filter_map(|pair| self.pairs.get(*pair));
        let homes: BTreeSet<usize> = pairs.map(|pair| pair.home).collect();
        let place = homes.first().copied().filter(|_| homes.len() == 1)?;
        let brings = all.iter().all(|job| job.from == place);
        let found = brings || all.iter().all(|job| job.to == place);
        found.then(|| Hub { place, brings, jobs: jobs.to_vec() })
    }

    /// What no plan can do better than the one that was found.
    pub(super) fn bound(&self, found: &State) -> Bound {
        let possible = self.jobs.iter().filter(|job| !job.fresh.is_empty());
        let life = possible.clone().filter(|job| job.life).count();
        let mut taken: Vec<usize> = found
            .tours
            .iter()
            .flat_map(|tour| &tour.calls)
            .filter(|call| call.on)
            .map(|call| call.job)
            .collect();
        taken.sort_unstable();
        let minutes = self.hub(&taken).and_then(|hub| hub.minutes_at_least(self));
        Bound { life, loads: possible.count(), minutes }
    }
}

/// Plans made of the cheapest trips of one kind of vehicle, where the loads have a hub.
pub(super) fn states(layout: &Layout<'_>) -> Vec<State> {
    let possible: Vec<usize> =
        layout.jobs.iter().enumerate().filter(|(_, job)| !job.fresh.is_empty()).map(|(at, _)| at).collect();
    let Some(hub) = layout.hub(&possible) else { return Vec::new() };
    let suits = |car: usize| possible.iter().all(|job| layout.may_take(car, *job));
    let rooms: BTreeSet<[i64; MEASURES]> =
        layout.pairs.iter().filter(|pair| suits(pair.car)).map(|pair| pair.room).collect();
    let plans = rooms.into_iter().rev().take(KINDS_MAX).filter_map(|room| {
        let trips = hub.trips(layout, room)?;
        Some(hub.state(layout, &trips))
    });
    plans.collect()
}

impl Hub {
    /// The site of a load.
    fn site(&self, layout: &Layout<'_>, job: usize) -> usize {
        layout.jobs.get(job).map_or(0, |job| if self.brings { job.to } else { job.from })
    }

    /// The legs between hub and sites with the handling at their ends, so that a trip costs what it costs on a tour; hub first.
    fn legs(&self, layout: &Layout<'_>, sites: &[usize]) -> Vec<Vec<i64>> {
        let handling = layout.handling;
        let leg = |from: Option<&usize>, to: Option<&usize>| match (from, to) {
            (None, None) => 0,
            (None, Some(to)) => {
                layout.drive(self.place, *to) + if self.brings { 2 * handling } else { handling }
            }
            (Some(from), None) => layout.drive(*from, self.place) + if self.brings { 0 } else { handling },
            (Some(from), Some(to)) if from == to => 0,
            (Some(from), Some(to)) => layout.drive(*from, *to) + handling,
        };
        let stops = || std::iter::once(None).chain(sites.iter().map(Some));
        stops().map(|from| stops().map(|to| leg(from, to)).collect()).collect()
    }

    /// The least cost of trips to stops, each with its load; `None` where there is no such plan.
    fn solve(
        &self,
        layout: &Layout<'_>,
        (sites, sizes): (&[usize], &[Amounts]),
        fleet: Fleet,
    ) -> Option<(Vec<Vec<usize>>, i64)> {
        let stops = sizes.iter().zip(0..).map(|(demand, id)| RouteStop { id, demand: *demand, service: 0 });
        let problem = Problem::new(stops.collect(), &self.legs(layout, sites), fleet).ok()?;
        let plan = solve(&problem, EFFORT).ok()?;
        let number = |id: &u64| usize::try_from(*id).unwrap_or(0);
        Some((plan.trips.iter().map(|trip| trip.iter().map(number).collect()).collect(), plan.cost))
    }

    /// The cheapest trips for vehicles of one kind, as loads in the order of visit.
    fn trips(&self, layout: &Layout<'_>, room: [i64; MEASURES]) -> Option<Vec<Vec<usize>>> {
        let single = self.jobs.len() <= EXACT_STOPS;
        let mut groups: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for job in &self.jobs {
            groups.entry((self.site(layout, *job), if single { *job } else { 0 })).or_default().push(*job);
        }
        if groups.len() > SITES_MAX {
            return None;
        }
        let sites: Vec<usize> = groups.keys().map(|(site, _)| *site).collect();
        let sizes: Vec<Amounts> = groups.values().map(|jobs| within(layout, jobs, room)).collect();
        let fleet = Fleet { capacity: capacity(room), trips: None, duration: Some(layout.duty) };
        let (trips, _) = self.solve(layout, (&sites, &sizes), fleet)?;
        let groups: Vec<Vec<usize>> = groups.into_values().collect();
        let jobs = |trip: Vec<usize>| {
            trip.into_iter().filter_map(|group| groups.get(group)).flatten().copied().collect()
        };
        Some(trips.into_iter().map(jobs).collect())
    }

    /// Shares trips out over vehicles and shifts, the longest first: after another where there is time, else with the next vehicle. What
    /// finds none is left, as is what no vehicle could take.
    fn state(&self, layout: &Layout<'_>, trips: &[Vec<usize>]) -> State {
        let mut state = State::default();
        state.left.extend((0..layout.jobs.len()).filter(|job| !self.jobs.contains(job)));
        let calls = |trip: &[usize]| -> Vec<Call> {
            let at = |on: bool| trip.iter().map(move |job| Call { job: *job, on });
            at(true).chain(at(false)).collect()
        };
        let mut blocks: Vec<Vec<Call>> = trips.iter().map(|trip| calls(trip)).collect();
        blocks.sort_by_cached_key(|block| std::cmp::Reverse(layout.minutes(block, self.place)));
        for block in blocks {
            if !after_another(layout, &mut state, &block) && !on_its_own(layout, &mut state, &block) {
                state.left.extend(block.iter().filter(|call| call.on).map(|call| call.job));
            }
        }
        state
    }

    /// The fewest minutes in which these loads can be brought by any plan.
    fn minutes_at_least(&self, layout: &Layout<'_>) -> Option<i64> {
        let pairs = self.jobs.iter().filter_map(|job| layout.jobs.get(*job)).flat_map(|job| &job.fresh);
        let mut room = [0; MEASURES];
        for pair in pairs.filter_map(|pair| layout.pairs.get(*pair)) {
            room.iter_mut().zip(pair.room).for_each(|(most, room)| *most = room.max(*most));
        }
        let sites: Vec<usize> = self.jobs.iter().map(|job| self.site(layout, *job)).collect();
        let sizes: Vec<Amounts> = self.jobs.iter().map(|job| within(layout, &[*job], room)).collect();
        if self.jobs.len() <= EXACT_STOPS {
            let fleet = Fleet { capacity: capacity(room), trips: None, duration: Some(layout.duty) };
            return Some(self.solve(layout, (&sites, &sizes), fleet)?.1);
        }
        let total = |measure: usize| -> i128 {
            sizes.iter().filter_map(|size| size.get(measure)).map(|x| i128::from(*x)).sum()
        };
        let trips = capacity(room).into_iter().enumerate().map(|(measure, room)| {
            let trips = (total(measure) - 1).max(0) / i128::from(room.max(1)) + 1;
            i64::try_from(trips).unwrap_or(i64::MAX)
        });
        let trips = trips.max().unwrap_or(1);
        let each: BTreeSet<usize> = sites.iter().copied().collect();
        let each: Vec<usize> = each.into_iter().collect();
        let round = (each.len() <= EXACT_STOPS).then(|| {
            let none = vec![[0; MEASURES]; each.len()];
            let fleet = Fleet { capacity: [0; MEASURES], trips: Some(1), duration: None };
            self.solve(layout, (&each, &none), fleet)
        });
        let round = round.flatten().map(|(_, cost)| cost + (trips - 1) * layout.handling);
        let there = |site: &usize| layout.drive(self.place, *site) + layout.drive(*site, self.place);
        let radial = capacity(room).into_iter().enumerate().map(|(measure, room)| {
            let shares = sites.iter().zip(&sizes).map(|(site, size)| {
                i128::from(there(site)) * i128::from(size.get(measure).copied().unwrap_or(0))
            });
            i64::try_from(shares.sum::<i128>() / i128::from(room.max(1))).unwrap_or(0)
        });
        let stops = i64::try_from(each.len()).unwrap_or(0) + trips;
        let radial = radial.max().unwrap_or(0) + stops * layout.handling;
        Some(round.unwrap_or(0).max(radial)).filter(|minutes| *minutes < NEVER)
    }
}

/// The capacity of a vehicle as routes take it; what has no limit is not measured.
fn capacity(room: [i64; MEASURES]) -> Amounts {
    room.map(|room| if room < koinon_flow::route::MAX_AMOUNT { room } else { 0 })
}

/// What some loads take of a vehicle in the measures that it limits.
fn within(layout: &Layout<'_>, jobs: &[usize], room: [i64; MEASURES]) -> Amounts {
    let mut sum = [0; MEASURES];
    for job in jobs.iter().filter_map(|job| layout.jobs.get(*job)) {
        for ((sum, size), room) in sum.iter_mut().zip(job.size).zip(room) {
            *sum += if room < koinon_flow::route::MAX_AMOUNT { size } else { 0 };
        }
    }
    sum
}

/// Adds a trip to the first tour that has time for it.
fn after_another(layout: &Layout<'_>, state: &mut State, block: &[Call]) -> bool {
    for number in 0..state.tours.len() {
        let Some(tour) = state.tours.get(number) else { continue };
        let Some(pair) = layout.pairs.get(tour.pair) else { continue };
        if !block.iter().all(|call| layout.may_take(pair.car, call.job)) {
            continue;
        }
        let calls: Vec<Call> = tour.calls.iter().chain(block).copied().collect();
        let window = state.window(layout, tour.pair, Some(number));
        let times = window.and_then(|window| layout.timing(&calls, pair, window));
        let minutes = layout.minutes(&calls, pair.home);
        if let (Some((start, end)), Some(tour)) = (times, state.tours.get_mut(number)) {
            *tour = Drive { pair: tour.pair, calls, start, end, minutes };
            return true;
        }
    }
    false
}

/// Starts a tour with a trip, by the first vehicle and shift that can.
fn on_its_own(layout: &Layout<'_>, state: &mut State, block: &[Call]) -> bool {
    let first = block.first().and_then(|call| layout.jobs.get(call.job));
    for at in first.map_or(&[][..], |job| job.fresh.as_slice()) {
        let Some(pair) = layout.pairs.get(*at) else { continue };
        if !block.iter().all(|call| layout.may_take(pair.car, call.job)) {
            continue;
        }
        let Some(window) = state.window(layout, *at, None) else { continue };
        if let Some((start, end)) = layout.timing(block, pair, window) {
            let minutes = layout.minutes(block, pair.home);
            state.tours.push(Drive { pair: *at, calls: block.to_vec(), start, end, minutes });
            return true;
        }
    }
    false
}
