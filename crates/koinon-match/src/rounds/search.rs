//! Finding tours: put every load where it costs least, then take some out and put them back, again and again.
//!
//! Ruin and recreate (Schrimpf et al. 2000) with blinks (Christiaens and Vanden Berghe 2020): a place is passed over now and then, so that
//! the search does not end where it began. What is kept is never worse than what was there. The work is counted in positions looked at and
//! ends when so many are spent; the only chance is a seeded generator, so equal problems give equal tours everywhere.

use koinon_flow::Chance;

use super::duty::Call;
use super::layout::{Layout, Pair};

/// The most loads on one tour.
const TOUR_LOADS_MAX: usize = 100;
/// The most rounds of taking out and putting back.
const ROUNDS_MAX: u32 = 3_000;
/// The most positions looked at after the first plan.
const WORK_MAX: u64 = 30_000_000;
/// The most loads taken out at a time.
const RUIN_MAX: usize = 10;
/// One position in so many is passed over.
const BLINK: usize = 24;

/// One tour under construction, never empty.
#[derive(Debug, Clone)]
pub(super) struct Drive {
    /// The vehicle and its shift.
    pub(super) pair: usize,
    pub(super) calls: Vec<Call>,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) minutes: i64,
}

/// Tours, and the loads that are on none.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) tours: Vec<Drive>,
    pub(super) left: Vec<usize>,
}

/// Where a load could go.
struct Way {
    delta: i64,
    /// The tour, or a new one.
    tour: Option<usize>,
    drive: Drive,
}

/// What drives a search.
struct Search<'a> {
    layout: &'a Layout<'a>,
    chance: Chance,
    work: u64,
    blinks: bool,
}

impl State {
    /// How many loads on which lives depend it brings.
    pub(super) fn life(&self, layout: &Layout<'_>) -> usize {
        let life = |job: &&usize| layout.jobs.get(**job).is_some_and(|job| job.life);
        layout.jobs.iter().filter(|job| job.life).count() - self.left.iter().filter(life).count()
    }

    /// How good it is; more is better.
    pub(super) fn rank(&self, layout: &Layout<'_>) -> (usize, usize, i64) {
        let minutes: i64 = self.tours.iter().map(|tour| tour.minutes).sum();
        (self.life(layout), layout.jobs.len() - self.left.len(), -minutes)
    }

    /// The window that is left for a pair: its own, less what its vehicle does in other shifts. `None` where it drives already, or nobody
    /// is left to drive it.
    pub(super) fn window(&self, layout: &Layout<'_>, at: usize, own: Option<usize>) -> Option<(i64, i64)> {
        let pair = layout.pairs.get(at)?;
        let (mut start, mut end) = pair.window;
        let mut drivers = layout.shifts.get(pair.shift).map_or(0, |shift| shift.2);
        for tour in
            self.tours.iter().enumerate().filter(|(number, _)| Some(*number) != own).map(|(_, tour)| tour)
        {
            let other = layout.pairs.get(tour.pair)?;
            if other.shift == pair.shift {
                drivers = drivers.checked_sub(1)?;
            }
            if other.car == pair.car {
                if other.shift == pair.shift {
                    return None;
                }
                let begins = |pair: &Pair| (layout.shifts.get(pair.shift).map(|shift| shift.0), pair.shift);
                if begins(other) < begins(pair) {
                    start = start.max(tour.end);
                } else {
                    end = end.min(tour.start);
                }
            }
        }
        (drivers > 0 && start < end).then_some((start, end))
    }
}

/// The best tours that are found.
pub(super) fn best(layout: &Layout<'_>) -> State {
    let mut search = Search { layout, chance: Chance::new(1), work: 0, blinks: false };
    let mut found = State { tours: Vec::new(), left: (0..layout.jobs.len()).collect() };
    let mut order: Vec<usize> = found.left.clone();
    order.sort_by_key(|job| layout.jobs.get(*job).map(|job| (!job.life, job.due, job.ready)));
    search.put_back(&mut found, order);
    for state in super::hub::states(layout) {
        let mut state = state;
        let left = std::mem::take(&mut state.left);
        search.put_back(&mut state, left);
        if state.rank(layout) > found.rank(layout) {
            found = state;
        }
    }
    search.improve(found)
}

impl Search<'_> {
    /// Takes loads out and puts them back as long as there is work to spend.
    fn improve(&mut self, mut found: State) -> State {
        (self.work, self.blinks) = (0, true);
        let mut rank = found.rank(self.layout);
        for _ in 0..ROUNDS_MAX {
            if self.work > WORK_MAX || found.tours.is_empty() {
                break;
            }
            let mut next = found.clone();
            self.work += u64::try_from(self.layout.jobs.len()).unwrap_or(0);
            let out = self.ruin(&next);
            self.take_out(&mut next, &out);
            let mut pool = out;
            pool.append(&mut next.left);
            self.chance.shuffle(&mut pool);
            pool.sort_by_key(|job| !self.layout.jobs.get(*job).is_some_and(|job| job.life));
            self.put_back(&mut next, pool);
            let better = next.rank(self.layout);
            if better >= rank {
                (found, rank) = (next, better);
            }
        }
        found
    }

    /// Which loads are taken out: any, such that lie near to one, or all of one tour.
    fn ruin(&mut self, state: &State) -> Vec<usize> {
        let on =
            |tour: &Drive| tour.calls.iter().filter(|call| call.on).map(|call| call.job).collect::<Vec<_>>();
        let mut all: Vec<usize> = state.tours.iter().flat_map(on).collect();
        let how_many = 1 + self.chance.below(RUIN_MAX.min(all.len()));
        match self.chance.below(3) {
            0 => self.chance.shuffle(&mut all),
            1 => {
                let left = state.left.iter().filter(|job| self.is_possible(**job));
                let seeds: Vec<usize> = all.iter().chain(left).copied().collect();
                let seed = seeds.get(self.chance.below(seeds.len()));
                let near = seed.and_then(|job| self.layout.jobs.get(*job));
                all.sort_by_key(|job| {
                    let both = near.zip(self.layout.jobs.get(*job));
                    let far =
                        both.map(|(a, b)| self.layout.drive(a.from, b.from) + self.layout.drive(a.to, b.to));
                    (far, *job)
                });
            }
            _ => {
                let tour = self.chance.below(state.tours.len());
                all = state.tours.get(tour).map(on).unwrap_or_default();
                all.truncate(4 * RUIN_MAX);
                return all;
            }
        }
        all.truncate(how_many);
        all
    }

    fn is_possible(&self, job: usize) -> bool {
        self.layout.jobs.get(job).is_some_and(|job| !job.fresh.is_empty())
    }

    /// Takes loads off their tours; what is left of a tour can always be driven.
    fn take_out(&self, state: &mut State, out: &[usize]) {
        for tour in &mut state.tours {
            let before = tour.calls.len();
            tour.calls.retain(|call| !out.contains(&call.job));
            let Some(pair) = self.layout.pairs.get(tour.pair).filter(|_| tour.calls.len() < before) else {
                continue;
            };
            tour.minutes = self.layout.minutes(&tour.calls, pair.home);
        }
        state.tours.retain(|tour| !tour.calls.is_empty());
        // Their times come from the windows that are left now, one after the other.
        for number in 0..state.tours.len() {
            let Some((at, calls)) = state.tours.get(number).map(|tour| (tour.pair, tour.calls.clone()))
            else {
                continue;
            };
            let window = state.window(self.layout, at, Some(number));
            let pair = self.layout.pairs.get(at);
            let times = pair.zip(window).and_then(|(pair, window)| self.layout.timing(&calls, pair, window));
            if let (Some((start, end)), Some(tour)) = (times, state.tours.get_mut(number)) {
                (tour.start, tour.end) = (start, end);
            }
        }
    }

    /// Puts loads on tours in the order given; what fits nowhere is left.
    fn put_back(&mut self, state: &mut State, order: Vec<usize>) {
        state.left.clear();
        for job in order {
            match self.cheapest(state, job) {
                Some(found) => match found.tour.and_then(|tour| state.tours.get_mut(tour)) {
                    Some(tour) => *tour = found.drive,
                    None => state.tours.push(found.drive),
                },
                None => state.left.push(job),
            }
        }
        state.left.sort_unstable();
    }

    /// Where a load costs the fewest minutes more.
    fn cheapest(&mut self, state: &State, job: usize) -> Option<Way> {
        let layout = self.layout;
        let fresh = &layout.jobs.get(job).filter(|job| !job.fresh.is_empty())?.fresh;
        let mut best: Option<Way> = None;
        for (number, tour) in state.tours.iter().enumerate() {
            let Some(pair) = layout.pairs.get(tour.pair) else { continue };
            let fits = tour.calls.len() < 2 * TOUR_LOADS_MAX && layout.may_take(pair.car, job);
            let Some(window) = state.window(layout, tour.pair, Some(number)).filter(|_| fits) else {
                continue;
            };
            let most = best.as_ref().map_or(i64::MAX, |best| best.delta);
            if let Some((delta, drive)) = self.within(tour, pair, window, job, most) {
                best = Some(Way { delta, tour: Some(number), drive });
            }
        }
        let calls = [Call { job, on: true }, Call { job, on: false }];
        for at in fresh {
            let Some(pair) = layout.pairs.get(*at) else { continue };
            let minutes = layout.minutes(&calls, pair.home);
            if best.as_ref().is_some_and(|best| best.delta <= minutes) {
                break;
            }
            self.work += u64::try_from(state.tours.len()).unwrap_or(0) + 1;
            if self.blinks && self.chance.below(BLINK) == 0 {
                continue;
            }
            let Some(window) = state.window(layout, *at, None) else { continue };
            if let Some((start, end)) = layout.timing(&calls, pair, window) {
                let drive = Drive { pair: *at, calls: calls.to_vec(), start, end, minutes };
                return Some(Way { delta: minutes, tour: None, drive });
            }
        }
        best
    }

    /// The cheapest way of taking a load into a tour for fewer minutes more than the most.
    fn within(
        &mut self,
        tour: &Drive,
        pair: &Pair,
        window: (i64, i64),
        job: usize,
        mut most: i64,
    ) -> Option<(i64, Drive)> {
        let layout = self.layout;
        let (on, off) = (Call { job, on: true }, Call { job, on: false });
        let (from, to) = (Some(layout.place(on)), Some(layout.place(off)));
        let places: Vec<Option<usize>> = tour.calls.iter().map(|call| Some(layout.place(*call))).collect();
        let at = |position: usize| places.get(position).copied().flatten();
        let before = |position: usize| position.checked_sub(1).and_then(at);
        let edge = |a: Option<usize>, b: Option<usize>| layout.edge(pair.home, a, b);
        let mut best = None;
        for first in 0..=tour.calls.len() {
            let base = edge(before(first), at(first));
            let start = edge(before(first), from) - base;
            if start > most {
                continue;
            }
            for last in first..=tour.calls.len() {
                self.work += 1;
                let delta = if last == first {
                    start + edge(from, to) + edge(to, at(first))
                } else {
                    let there = edge(before(last), to) + edge(to, at(last)) - edge(before(last), at(last));
                    start + edge(from, at(first)) + there
                };
                if delta >= most || (self.blinks && self.chance.below(BLINK) == 0) {
                    continue;
                }
                let mut calls = Vec::with_capacity(tour.calls.len() + 2);
                calls.extend(tour.calls.iter().take(first));
                calls.push(on);
                calls.extend(tour.calls.iter().skip(first).take(last - first));
                calls.push(off);
                calls.extend(tour.calls.iter().skip(last));
                self.work += u64::try_from(calls.len()).unwrap_or(0);
                if let Some((start, end)) = layout.timing(&calls, pair, window) {
                    most = delta;
                    let minutes = tour.minutes + delta;
                    best = Some((delta, Drive { pair: tour.pair, calls, start, end, minutes }));
                }
            }
        }
        best
    }
}
