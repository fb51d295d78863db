//! Local search: a plan is improved by small moves until none helps.
//!
//! Trips are linked lists with a knot at either end for the depot; each knot knows what the trip carries and how long it has taken up to
//! there, so that a move is weighed in a few additions. Tried are the moves of one or two stops behind or against a near stop, the
//! exchange of tails, the turning of a stretch ([`moves`], after Vidal 2022) and, for trips that lie side by side, the best exchange of
//! two stops in any place ([`exchange`], his SWAP*). Overload and delay have a price instead of a ban.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::needless_range_loop,
    clippy::cast_possible_truncation,
    reason = "knots and trips come from a checked Problem and fit 32 bits; the inner loops are the search's hottest"
)]

mod exchange;
mod moves;

use super::ground::{Ground, Load, Prices};
use super::sketch::{Sector, bearing};
use crate::chance::Chance;
use exchange::Insertion;

/// A stop, or the depot at either end of a trip.
#[derive(Clone, Copy, Debug)]
struct Knot<const D: usize> {
    next: u32,
    prev: u32,
    trip: u32,
    /// Position in the trip, 0 for its start.
    rank: u32,
    /// Place of the ground, 0 for the depot.
    place: u32,
    /// Leg from the knot before.
    into: i64,
    /// Load up to here, this stop included.
    load: Load<D>,
    /// Legs and services up to here, this stop included.
    time: i64,
    /// What turning the way up to here would add.
    turn: i64,
}

/// What is known of a whole trip.
#[derive(Clone, Copy, Debug)]
struct Trip<const D: usize> {
    load: Load<D>,
    time: i64,
    penalty: i64,
    stops: u32,
    /// Value of [`Descent::moves`] when it was last changed.
    changed: i64,
    /// Value of [`Descent::moves`] when its exchanges were last looked at.
    exchanged: i64,
    sector: Sector,
}

/// Working memory of the local search.
#[derive(Debug)]
pub(super) struct Descent<'a, const D: usize> {
    ground: &'a Ground<D>,
    prices: Prices<D>,
    knots: Vec<Knot<D>>,
    trips: Vec<Trip<D>>,
    /// Moves made so far.
    moves: i64,
    /// Value of `moves` when a stop was last looked at.
    looked: Vec<i64>,
    stop_order: Vec<u32>,
    trip_order: Vec<u32>,
    insertions: Vec<Insertion>,
    /// Trips remembered for each stop in `insertions`.
    remembered: usize,
}

impl<'a, const D: usize> Descent<'a, D> {
    pub(super) fn new(ground: &'a Ground<D>) -> Self {
        let knot =
            Knot { next: 0, prev: 0, trip: 0, rank: 0, place: 0, into: 0, load: [0; D], time: 0, turn: 0 };
        let trip = Trip {
            load: [0; D],
            time: 0,
            penalty: 0,
            stops: 0,
            changed: 0,
            exchanged: -1,
            sector: Sector::at(0),
        };
        let mut knots = vec![knot; ground.places + 2 * ground.trips];
        for (knot, place) in knots.iter_mut().zip(0..ground.places as u32) {
            knot.place = place;
        }
        for index in 0..ground.trips {
            knots[ground.places + index].trip = index as u32;
            knots[ground.places + ground.trips + index].trip = index as u32;
        }
        let remembered = exchange::remembered(ground.places, ground.trips);
        Self {
            ground,
            prices: ground.first_prices(),
            knots,
            trips: vec![trip; ground.trips],
            moves: 0,
            looked: vec![-1; ground.places],
            stop_order: (1..ground.places as u32).collect(),
            trip_order: (0..ground.trips as u32).collect(),
            insertions: vec![Insertion::NONE; ground.places * remembered],
            remembered,
        }
    }

    /// Improves trips, at most as many as the ground has, until no move helps; they come back sorted by their bearing.
    pub(super) fn improve(
        &mut self,
        trips: &[Vec<u32>],
        prices: Prices<D>,
        chance: &mut Chance,
    ) -> Vec<Vec<u32>> {
        self.prices = prices;
        self.lay(trips);
        chance.shuffle(&mut self.stop_order);
        chance.shuffle(&mut self.trip_order);
        let mut round = 0;
        let mut improved = true;
        // The second round also tries empty trips, so it is never left out.
        while improved || round < 2 {
            improved = self.round(round);
            round += 1;
        }
        self.lift()
    }

    /// Looks at every stop and trip once; true when a move was made.
    fn round(&mut self, round: u32) -> bool {
        let before = self.moves;
        let ground = self.ground;
        for index in 0..self.stop_order.len() {
            let stop = self.stop_order[index];
            let looked = std::mem::replace(&mut self.looked[stop as usize], self.moves);
            let mut here = self.around(stop);
            for &other in &ground.near[stop as usize] {
                let trip = self.knots[other as usize].trip;
                let changed = self.trips[here.trip as usize].changed.max(self.trips[trip as usize].changed);
                if round > 0 && changed <= looked {
                    continue;
                }
                let there = self.around(other);
                let moved = self.try_moves(&here, &there)
                    || (there.prev_at == 0 && self.try_moves_first(&here, &self.around(there.prev)));
                if moved {
                    here = self.around(stop);
                }
            }
            let changed = self.trips[self.knots[stop as usize].trip as usize].changed;
            if round == 1 || (round > 1 && changed > looked) {
                self.try_empty(stop);
            }
        }
        for first in 0..self.trip_order.len() {
            let a = self.trip_order[first];
            let exchanged = std::mem::replace(&mut self.trips[a as usize].exchanged, self.moves);
            for second in 0..self.trip_order.len() {
                let b = self.trip_order[second];
                let (one, two) = (&self.trips[a as usize], &self.trips[b as usize]);
                if a < b
                    && one.stops > 0
                    && two.stops > 0
                    && (round == 0 || one.changed.max(two.changed) > exchanged)
                    && one.sector.meets(&two.sector)
                {
                    self.exchange(a, b);
                }
            }
        }
        self.moves > before
    }

    /// Tries an empty trip for a stop.
    fn try_empty(&mut self, stop: u32) {
        if let Some(empty) = self.trips.iter().position(|trip| trip.stops == 0) {
            self.try_moves_first(&self.around(stop), &self.around(self.start(empty as u32)));
        }
    }

    /// Sets the knots up for these trips.
    fn lay(&mut self, trips: &[Vec<u32>]) {
        // Moves count on, so whatever is remembered of earlier trips is out of date.
        self.moves += 1;
        self.looked.fill(-1);
        for index in 0..self.trips.len() {
            let (start, end) = (self.start(index as u32), self.end(index as u32));
            let mut before = start;
            for &stop in trips.get(index).into_iter().flatten() {
                self.link(before, stop);
                before = stop;
            }
            self.link(before, end);
            self.renew(index as u32);
            self.trips[index].exchanged = -1;
        }
    }

    /// Reads the trips off the knots, sorted by the bearing of their middle.
    fn lift(&self) -> Vec<Vec<u32>> {
        let mut found: Vec<(i64, Vec<u32>)> = Vec::new();
        for index in 0..self.trips.len() as u32 {
            let stops: Vec<u32> = self.along(index).collect();
            if stops.is_empty() {
                continue;
            }
            let middle = stops.iter().fold((0, 0), |sum: (i64, i64), &stop| {
                let point = self.ground.points[stop as usize];
                (sum.0 + point.0, sum.1 + point.1)
            });
            found.push((bearing(middle), stops));
        }
        found.sort_unstable();
        found.into_iter().map(|(_, stops)| stops).collect()
    }

    /// The stops of a trip in order.
    fn along(&self, trip: u32) -> impl Iterator<Item = u32> {
        let mut at = self.start(trip);
        std::iter::from_fn(move || {
            at = self.knots[at as usize].next;
            (self.knots[at as usize].place != 0).then_some(at)
        })
    }

    fn start(&self, trip: u32) -> u32 {
        self.ground.places as u32 + trip
    }

    fn end(&self, trip: u32) -> u32 {
        (self.ground.places + self.ground.trips) as u32 + trip
    }

    fn link(&mut self, before: u32, after: u32) {
        self.knots[before as usize].next = after;
        self.knots[after as usize].prev = before;
    }

    /// Takes a stop out of its trip and puts it behind a knot.
    fn put(&mut self, stop: u32, behind: u32) {
        let knot = self.knots[stop as usize];
        self.link(knot.prev, knot.next);
        let after = self.knots[behind as usize].next;
        self.link(behind, stop);
        self.link(stop, after);
    }

    /// Sums a trip up again after a change.
    fn renew(&mut self, trip: u32) {
        let ground = self.ground;
        let (mut load, mut time, mut turn, mut rank) = ([0; D], 0, 0, 0);
        let (mut at, mut place) = (self.start(trip) as usize, 0);
        let mut sector: Option<Sector> = None;
        self.knots[at].load = load;
        loop {
            at = self.knots[at].next as usize;
            let to = self.knots[at].place as usize;
            rank += 1;
            let into = ground.leg(place, to);
            time += into + ground.service[to];
            turn += ground.leg(to, place) - into;
            for dimension in 0..D {
                load[dimension] += ground.demand[to][dimension];
            }
            let knot = &mut self.knots[at];
            (knot.trip, knot.rank, knot.into, knot.load, knot.time, knot.turn) =
                (trip, rank, into, load, time, turn);
            if to == 0 {
                break;
            }
            match &mut sector {
                Some(sector) => sector.widen(ground.bearings[to]),
                None => sector = Some(Sector::at(ground.bearings[to])),
            }
            place = to;
        }
        let penalty = ground.penalty(&load, time, &self.prices);
        let entry = &mut self.trips[trip as usize];
        (entry.load, entry.time, entry.penalty, entry.stops) = (load, time, penalty, rank - 1);
        entry.changed = self.moves;
        entry.sector = sector.unwrap_or(Sector::at(0));
    }

    /// Notes a move that changed one or two trips.
    fn moved(&mut self, a: u32, b: u32) {
        let before = self.priced(a, b);
        self.moves += 1;
        self.renew(a);
        if a != b {
            self.renew(b);
        }
        debug_assert!(self.priced(a, b) < before, "a move that was weighed as a gain must be one");
    }

    /// What the ways of two trips (which may be one) cost, times at stops and penalties included.
    fn priced(&self, a: u32, b: u32) -> i64 {
        let of = |trip: u32| self.trips[trip as usize].time + self.trips[trip as usize].penalty;
        of(a) + if a == b { 0 } else { of(b) }
    }
}
