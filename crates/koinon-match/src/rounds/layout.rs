//! The problem with places, loads, vehicles and shifts as numbers.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::PlaceCode;

use super::duty::Call;
use super::problem::{Load, Rounds, Vehicle};
use crate::problem::{MEASURES, Moment};

/// Stands for no way; hundreds of them still add up, and none fits a shift.
pub(super) const NEVER: i64 = 1 << 40;

/// A load.
pub(super) struct Job {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) size: [i64; MEASURES],
    pub(super) ready: i64,
    pub(super) due: i64,
    pub(super) life: bool,
    /// The pairs that could take it if they did nothing else: the fewest minutes first, then the earliest. Empty means that nothing can.
    pub(super) fresh: Vec<usize>,
}

/// A vehicle.
pub(super) struct Car {
    pub(super) home: usize,
    pub(super) room: [i64; MEASURES],
    /// From when on it is in service.
    pub(super) from: i64,
}

/// A vehicle in a shift at its home.
pub(super) struct Pair {
    pub(super) car: usize,
    pub(super) shift: usize,
    pub(super) home: usize,
    pub(super) room: [i64; MEASURES],
    /// The first minute at which a tour may start, and the last at which it may end.
    pub(super) window: (i64, i64),
}

/// The problem laid out.
pub(super) struct Layout<'a> {
    pub(super) problem: &'a Rounds,
    pub(super) places: Vec<&'a PlaceCode>,
    /// Minutes of the quickest chain of ways, row by row; [`NEVER`] where there is none.
    drive: Vec<i64>,
    pub(super) jobs: Vec<Job>,
    pub(super) cars: Vec<Car>,
    /// Start, end and drivers of each shift.
    pub(super) shifts: Vec<(i64, i64, usize)>,
    pub(super) pairs: Vec<Pair>,
    pub(super) handling: i64,
    pub(super) duty: i64,
}

impl<'a> Layout<'a> {
    /// Lays out a sorted problem without faults.
    pub(super) fn new(problem: &'a Rounds) -> Self {
        let ends = problem.ways.iter().flat_map(|way| [&way.from, &way.to]);
        let all: BTreeSet<&PlaceCode> = ends
            .chain(problem.loads.iter().flat_map(|load| [&load.from, &load.to]))
            .chain(problem.vehicles.iter().map(|vehicle| &vehicle.home))
            .collect();
        let places: Vec<&PlaceCode> = all.into_iter().collect();
        let index: BTreeMap<&PlaceCode, usize> =
            places.iter().enumerate().map(|(at, code)| (*code, at)).collect();
        let place = |code: &PlaceCode| index.get(code).copied().unwrap_or(0);
        let minutes = |moment: Moment| moment.minutes_from(problem.now.day);
        let now = i64::from(problem.now.minute);
        let car = |vehicle: &Vehicle| Car {
            home: place(&vehicle.home),
            room: vehicle.room(),
            from: vehicle.out_until.map_or(now, minutes).max(now),
        };
        let job = |load: &Load| Job {
            from: place(&load.from),
            to: place(&load.to),
            size: load.size(),
            ready: minutes(load.ready),
            due: minutes(load.due),
            life: load.is_for_life(),
            fresh: Vec::new(),
        };
        let shift = |shift: &super::problem::Shift| {
            (minutes(shift.starts), minutes(shift.ends), usize::try_from(shift.drivers).unwrap_or(usize::MAX))
        };
        let mut layout = Self {
            problem,
            drive: chains(problem, &index),
            jobs: problem.loads.iter().map(job).collect(),
            cars: problem.vehicles.iter().map(car).collect(),
            shifts: problem.shifts.iter().map(shift).collect(),
            pairs: Vec::new(),
            places,
            handling: i64::from(problem.handling_minutes),
            duty: i64::from(problem.duty_minutes),
        };
        layout.pairs = layout.all_pairs();
        let fresh: Vec<Vec<usize>> = (0..layout.jobs.len()).map(|job| layout.fresh(job)).collect();
        layout.jobs.iter_mut().zip(fresh).for_each(|(job, fresh)| job.fresh = fresh);
        layout
    }

    /// Every vehicle in every shift at its home, the earliest first.
    fn all_pairs(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for (shift, (stated, (starts, ends, drivers))) in
            self.problem.shifts.iter().zip(&self.shifts).enumerate()
        {
            for (car, (vehicle, laid)) in self.problem.vehicles.iter().zip(&self.cars).enumerate() {
                let window = ((*starts).max(laid.from), *ends);
                if vehicle.home == stated.place && *drivers > 0 && window.0 < window.1 {
                    pairs.push(Pair { car, shift, home: laid.home, room: laid.room, window });
                }
            }
        }
        pairs.sort_by_key(|pair| (pair.window.0, pair.shift, pair.car));
        pairs
    }

    /// The pairs that could take a load if they did nothing else.
    fn fresh(&self, job: usize) -> Vec<usize> {
        let calls = [Call { job, on: true }, Call { job, on: false }];
        let able = self.pairs.iter().enumerate().filter(|(_, pair)| {
            self.may_take(pair.car, job) && self.timing(&calls, pair, pair.window).is_some()
        });
        let mut able: Vec<(i64, usize)> =
            able.map(|(at, pair)| (self.minutes(&calls, pair.home), at)).collect();
        able.sort_unstable();
        able.into_iter().map(|(_, at)| at).collect()
    }

    /// Whether a vehicle keeps a load cold and safe as it must be.
    pub(super) fn may_take(&self, car: usize, job: usize) -> bool {
        let both = self.problem.vehicles.get(car).zip(self.problem.loads.get(job));
        both.is_some_and(|(vehicle, load)| (vehicle.cold || !load.cold) && (vehicle.hazard || !load.hazard))
    }

    /// Minutes on the way between two places; [`NEVER`] without a way.
    pub(super) fn drive(&self, from: usize, to: usize) -> i64 {
        self.drive.get(from * self.places.len() + to).copied().unwrap_or(NEVER)
    }

    /// Minutes from one call to the next, handling at the next included; `None` is the home at the start or the end.
    pub(super) fn edge(&self, home: usize, from: Option<usize>, to: Option<usize>) -> i64 {
        match (from, to) {
            (None, None) => 0,
            (None, Some(to)) => self.drive(home, to) + self.handling,
            (Some(from), None) => self.drive(from, home),
            (Some(from), Some(to)) if from == to => 0,
            (Some(from), Some(to)) => self.drive(from, to) + self.handling,
        }
    }

    /// The place of a call.
    pub(super) fn place(&self, call: Call) -> usize {
        self.jobs.get(call.job).map_or(0, |job| if call.on { job.from } else { job.to })
    }
}

/// Minutes of the quickest chain of ways between every two places (Floyd 1962).
fn chains(problem: &Rounds, index: &BTreeMap<&PlaceCode, usize>) -> Vec<i64> {
    let count = index.len();
    let mut drive = vec![NEVER; count * count];
    for place in 0..count {
        drive.get_mut(place * count + place).into_iter().for_each(|own| *own = 0);
    }
    for way in &problem.ways {
        let Some((from, to)) = index.get(&way.from).zip(index.get(&way.to)) else { continue };
        drive.get_mut(from * count + to).into_iter().for_each(|known| *known = way.minutes.min(*known));
    }
    for over in 0..count {
        let onward: Vec<i64> = drive.iter().skip(over * count).take(count).copied().collect();
        for row in drive.chunks_mut(count) {
            let until = row.get(over).copied().unwrap_or(NEVER);
            if until < NEVER {
                row.iter_mut().zip(&onward).for_each(|(known, more)| *known = (until + more).min(*known));
            }
        }
    }
    drive
}
