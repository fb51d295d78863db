//! The best exchange of two stops between two trips, each to whatever position suits it.
//!
//! For each stop the three cheapest positions in the other trip are remembered; with the position that the leaving stop frees, one of
//! them is the cheapest whoever leaves, so a pair is weighed without looking at the trip again (SWAP*, Vidal 2022).

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "as in the parent: knots and trips come from a checked Problem"
)]

use super::Descent;
use crate::route::ground::Load;

/// The most remembered insertions in all.
const MEMORY: usize = 1 << 19;

/// Stands for a position that does not exist.
const NOWHERE: (i64, u32) = (i64::MAX / 4, u32::MAX);

/// The cheapest positions of a stop in a trip: what each adds, and the knot it is behind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Insertion {
    trip: u32,
    /// Moves made when this was found.
    found: i64,
    best: [(i64, u32); 3],
}

impl Insertion {
    /// Nothing remembered.
    pub(super) const NONE: Self = Self { trip: u32::MAX, found: 0, best: [NOWHERE; 3] };
}

/// Trips for which each stop's insertions are remembered.
pub(super) fn remembered(places: usize, trips: usize) -> usize {
    trips.min(MEMORY / places.max(1)).max(1)
}

/// An exchange, or a move of one stop where the other is missing.
#[derive(Clone, Copy, Debug)]
struct Exchange {
    gain: i64,
    /// A stop of the first trip and the knot of the second it goes behind.
    there: Option<(u32, u32)>,
    /// A stop of the second trip and the knot of the first it goes behind.
    back: Option<(u32, u32)>,
}

impl<const D: usize> Descent<'_, D> {
    /// Makes the best exchange between two trips, if one helps.
    pub(super) fn exchange(&mut self, a: u32, b: u32) {
        self.remember(a, b);
        self.remember(b, a);
        let mut best = Exchange { gain: 0, there: None, back: None };
        let mut u = self.knots[self.start(a) as usize].next;
        while self.knots[u as usize].place != 0 {
            self.exchange_stop(u, a, b, &mut best);
            let (cost, behind) = self.insertions[self.slot(u, b)].best[0];
            self.weigh(
                (a, b),
                (self.leaving(u), cost),
                self.ground.demand[u as usize],
                u,
                &mut best,
                |gain| Exchange { gain, there: Some((u, behind)), back: None },
            );
            u = self.knots[u as usize].next;
        }
        let mut v = self.knots[self.start(b) as usize].next;
        while self.knots[v as usize].place != 0 {
            let (cost, behind) = self.insertions[self.slot(v, a)].best[0];
            self.weigh(
                (b, a),
                (self.leaving(v), cost),
                self.ground.demand[v as usize],
                v,
                &mut best,
                |gain| Exchange { gain, there: None, back: Some((v, behind)) },
            );
            v = self.knots[v as usize].next;
        }
        if best.gain < 0 {
            for (stop, behind) in best.there.into_iter().chain(best.back) {
                self.put(stop, behind);
            }
            self.moved(a, b);
        }
    }

    /// Weighs the move of one stop from one trip to another.
    fn weigh(
        &self,
        (from, to): (u32, u32),
        (leaving, coming): (i64, i64),
        load: Load<D>,
        stop: u32,
        best: &mut Exchange,
        make: impl Fn(i64) -> Exchange,
    ) {
        let ground = self.ground;
        let (one, two) = (&self.trips[from as usize], &self.trips[to as usize]);
        let (mut load_one, mut load_two) = (one.load, two.load);
        for dimension in 0..D {
            load_one[dimension] -= load[dimension];
            load_two[dimension] += load[dimension];
        }
        let service = ground.service[stop as usize];
        let gain = leaving
            + coming
            + ground.penalty(&load_one, one.time + leaving - service, &self.prices)
            + ground.penalty(&load_two, two.time + coming + service, &self.prices)
            - one.penalty
            - two.penalty;
        if gain < best.gain {
            *best = make(gain);
        }
    }

    /// Weighs the exchange of a stop of the first trip with each of the second.
    fn exchange_stop(&self, u: u32, a: u32, b: u32, best: &mut Exchange) {
        let ground = self.ground;
        let (one, two) = (&self.trips[a as usize], &self.trips[b as usize]);
        let before = one.penalty + two.penalty;
        let (leaving_u, demand_u) = (self.leaving(u), &ground.demand[u as usize]);
        let mut v = self.knots[self.start(b) as usize].next;
        while self.knots[v as usize].place != 0 {
            let demand_v = &ground.demand[v as usize];
            let (mut load_one, mut load_two) = (one.load, two.load);
            for dimension in 0..D {
                let more = demand_v[dimension] - demand_u[dimension];
                load_one[dimension] += more;
                load_two[dimension] -= more;
            }
            let leaving_v = self.leaving(v);
            let load_penalty =
                ground.penalty(&load_one, 0, &self.prices) + ground.penalty(&load_two, 0, &self.prices);
            if load_penalty + leaving_u + leaving_v - before < best.gain {
                let (coming_v, behind_v) = self.cheapest(v, u, a);
                let (coming_u, behind_u) = self.cheapest(u, v, b);
                let way = leaving_u + coming_v + leaving_v + coming_u;
                let mut gain = load_penalty + way - before;
                if ground.timed() {
                    let service = ground.service[v as usize] - ground.service[u as usize];
                    let time_one = one.time + leaving_u + coming_v + service;
                    let time_two = two.time + leaving_v + coming_u - service;
                    gain = ground.penalty(&load_one, time_one, &self.prices)
                        + ground.penalty(&load_two, time_two, &self.prices)
                        + way
                        - before;
                }
                if gain < best.gain {
                    *best = Exchange { gain, there: Some((u, behind_u)), back: Some((v, behind_v)) };
                }
            }
            v = self.knots[v as usize].next;
        }
    }

    /// What the way gains, as a number below zero where it does, when a stop leaves its trip.
    fn leaving(&self, stop: u32) -> i64 {
        let knot = &self.knots[stop as usize];
        let (before, after) = (&self.knots[knot.prev as usize], &self.knots[knot.next as usize]);
        self.ground.leg(before.place as usize, after.place as usize) - knot.into - after.into
    }

    /// The cheapest position of `stop` in `trip` once `gone` has left it.
    fn cheapest(&self, stop: u32, gone: u32, trip: u32) -> (i64, u32) {
        let ground = self.ground;
        let knot = &self.knots[gone as usize];
        let (before, after) =
            (self.knots[knot.prev as usize].place as usize, self.knots[knot.next as usize].place as usize);
        let freed =
            ground.leg(before, stop as usize) + ground.leg(stop as usize, after) - ground.leg(before, after);
        let best = self.insertions[self.slot(stop, trip)].best;
        match best.iter().find(|(_, behind)| *behind != gone && *behind != knot.prev) {
            Some(&(cost, behind)) if cost < freed => (cost, behind),
            _ => (freed, knot.prev),
        }
    }

    fn slot(&self, stop: u32, trip: u32) -> usize {
        stop as usize * self.remembered + trip as usize % self.remembered
    }

    /// Finds the cheapest positions in `trip` of every stop of `other`.
    fn remember(&mut self, trip: u32, other: u32) {
        let ground = self.ground;
        let mut stop = self.knots[self.start(other) as usize].next;
        while self.knots[stop as usize].place != 0 {
            let slot = self.slot(stop, trip);
            let known = &self.insertions[slot];
            if known.trip != trip || known.found < self.trips[trip as usize].changed {
                let mut best = [NOWHERE; 3];
                let mut behind = self.start(trip);
                loop {
                    let knot = &self.knots[behind as usize];
                    let after = &self.knots[knot.next as usize];
                    let cost = ground.leg(knot.place as usize, stop as usize)
                        + ground.leg(stop as usize, after.place as usize)
                        - after.into;
                    if cost < best[2].0 {
                        best[2] = (cost, behind);
                        if cost < best[1].0 {
                            best.swap(1, 2);
                        }
                        if cost < best[0].0 {
                            best.swap(0, 1);
                        }
                    }
                    behind = knot.next;
                    if after.place == 0 {
                        break;
                    }
                }
                self.insertions[slot] = Insertion { trip, found: self.moves, best };
            }
            stop = self.knots[stop as usize].next;
        }
    }
}
