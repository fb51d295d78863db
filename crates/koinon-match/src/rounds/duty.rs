//! One tour in time: when its vehicle is where, and whether that can be.
//!
//! A tour starts as late as it can without ending later, so that nobody waits who could have stayed at home.

use super::layout::{Layout, Pair};
use super::plan::{Stop, Tour};
use super::search::Drive;
use crate::problem::{DAY_MINUTES, MEASURES, Moment};

/// A load comes on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) job: usize,
    pub(super) on: bool,
}

impl Layout<'_> {
    /// Minutes of a tour on the way and at stops, without waiting.
    pub(super) fn minutes(&self, calls: &[Call], home: usize) -> i64 {
        let (mut before, mut sum) = (None, 0);
        for call in calls {
            let here = Some(self.place(*call));
            sum += self.edge(home, before, here);
            before = here;
        }
        sum + self.edge(home, before, None)
    }

    /// When a tour starts and ends within a window; `None` where it does not fit the window, the vehicle, the duty, or a load's time.
    pub(super) fn timing(&self, calls: &[Call], pair: &Pair, (start, end): (i64, i64)) -> Option<(i64, i64)> {
        let (mut here, mut minute) = (pair.home, start);
        let mut load = [0_i64; MEASURES];
        for stop in self.stops(calls) {
            let place = self.place(*stop.first()?);
            let arrives = minute + self.drive(here, place);
            let mut begins = arrives;
            for call in stop {
                let job = self.jobs.get(call.job)?;
                if call.on {
                    begins = begins.max(job.ready);
                } else if arrives > job.due {
                    return None;
                }
                let sign = if call.on { 1 } else { -1 };
                load.iter_mut().zip(job.size).for_each(|(load, size)| *load += sign * size);
            }
            if load.iter().zip(pair.room).any(|(load, room)| *load > room) {
                return None;
            }
            (here, minute) = (place, begins + self.handling);
        }
        let back = minute + self.drive(here, pair.home);
        if back > end {
            return None;
        }
        let (mut next, mut latest) = (pair.home, back);
        for stop in self.stops_back(calls) {
            let place = self.place(*stop.first()?);
            latest = latest - self.drive(place, next) - self.handling;
            let dues =
                stop.iter().filter(|call| !call.on).filter_map(|call| Some(self.jobs.get(call.job)?.due));
            latest = dues.fold(latest, i64::min);
            next = place;
        }
        let leaves = latest - self.drive(pair.home, next);
        (back - leaves <= self.duty).then_some((leaves, back))
    }

    /// Calls one after the other at the same place.
    fn stops<'c>(&self, calls: &'c [Call]) -> impl Iterator<Item = &'c [Call]> {
        calls.chunk_by(|a, b| self.place(*a) == self.place(*b))
    }

    fn stops_back<'c>(&self, calls: &'c [Call]) -> impl Iterator<Item = &'c [Call]> {
        calls.chunk_by(|a, b| self.place(*a) == self.place(*b)).rev()
    }

    /// A tour in words; the number of its driver is not known yet.
    pub(super) fn told(&self, tour: &Drive) -> Option<Tour> {
        let pair = self.pairs.get(tour.pair)?;
        let shift = self.problem.shifts.get(pair.shift)?;
        let (mut here, mut minute) = (pair.home, tour.start);
        let mut stops = Vec::new();
        for stop in self.stops(&tour.calls) {
            let place = self.place(*stop.first()?);
            let arrives = minute + self.drive(here, place);
            let ready =
                stop.iter().filter(|call| call.on).filter_map(|call| Some(self.jobs.get(call.job)?.ready));
            let leaves = ready.fold(arrives, i64::max) + self.handling;
            let codes = |on: bool| {
                let jobs = stop.iter().filter(|call| call.on == on);
                let mut codes: Vec<_> =
                    jobs.filter_map(|call| Some(self.problem.loads.get(call.job)?.code.clone())).collect();
                codes.sort();
                codes
            };
            stops.push(Stop {
                place: (*self.places.get(place)?).clone(),
                arrives: self.moment(arrives),
                leaves: self.moment(leaves),
                off: codes(false),
                on: codes(true),
            });
            (here, minute) = (place, leaves);
        }
        Some(Tour {
            vehicle: self.problem.vehicles.get(pair.car)?.code.clone(),
            home: shift.place.clone(),
            shift: (shift.starts, shift.ends),
            driver: 0,
            leaves: self.moment(tour.start),
            back: self.moment(tour.end),
            minutes: tour.minutes,
            stops,
        })
    }

    fn moment(&self, minute: i64) -> Moment {
        let days = i32::try_from(minute.div_euclid(DAY_MINUTES)).unwrap_or(i32::MAX);
        let minute = u16::try_from(minute.rem_euclid(DAY_MINUTES)).unwrap_or(0);
        Moment { day: self.problem.now.day.plus(days), minute }
    }
}
