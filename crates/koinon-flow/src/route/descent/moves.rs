//! Moves around two near stops.
//!
//! `u` is the stop that looks for a better place and `v` a knot it may follow; `p` and `x` stand before and after `u`, `q` and `y` before
//! and after `v`. Each move says what it adds to the way of either trip and what it carries over; [`Descent::gains`] weighs that.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::many_single_char_names,
    reason = "as in the parent; the letters are the literature's"
)]

use super::Descent;
use crate::route::ground::Load;

/// The surroundings of a knot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    knot: u32,
    pub(super) trip: u32,
    /// Knots before, after, and after that (itself where a trip ends).
    pub(super) prev: u32,
    next: u32,
    over: u32,
    /// Their places.
    at: usize,
    pub(super) prev_at: usize,
    next_at: usize,
    over_at: usize,
    /// Legs into the knot, into the next and into the one after.
    into: i64,
    into_next: i64,
    into_over: i64,
}

impl<const D: usize> Descent<'_, D> {
    /// Reads the surroundings of a knot.
    pub(super) fn around(&self, knot: u32) -> Around {
        let here = &self.knots[knot as usize];
        let next = &self.knots[here.next as usize];
        // Behind the end of a trip lies nothing; the end stands in for it, and every move that would go there asks first.
        let over_knot = if next.place == 0 { here.next } else { next.next };
        let over = &self.knots[over_knot as usize];
        Around {
            knot,
            trip: here.trip,
            prev: here.prev,
            next: here.next,
            over: over_knot,
            at: here.place as usize,
            prev_at: self.knots[here.prev as usize].place as usize,
            next_at: next.place as usize,
            over_at: over.place as usize,
            into: here.into,
            into_next: next.into,
            into_over: over.into,
        }
    }

    /// Tries every move of stop `u` against stop `v`; true when one was made.
    pub(super) fn try_moves(&mut self, u: &Around, v: &Around) -> bool {
        let pair = u.next_at != 0;
        self.follow(u, v)
            || (pair && (self.follow_two(u, v) || self.follow_two_turned(u, v)))
            || (u.at <= v.at && self.swap(u, v))
            || (pair && self.swap_two_one(u, v))
            || (pair && u.at <= v.at && v.next_at != 0 && self.swap_two(u, v))
            || if u.trip == v.trip {
                self.turn_stretch(u, v)
            } else {
                self.swap_tails_turned(u, v) || self.swap_tails(u, v)
            }
    }

    /// Tries the moves of stop `u` to the beginning of a trip, behind its start `v`; true when one was made.
    pub(super) fn try_moves_first(&mut self, u: &Around, v: &Around) -> bool {
        let pair = u.next_at != 0;
        self.follow(u, v)
            || (pair && (self.follow_two(u, v) || self.follow_two_turned(u, v)))
            || (u.trip != v.trip && (self.swap_tails_turned(u, v) || self.swap_tails(u, v)))
    }

    /// Whether a move pays that adds `first` and `second` to the ways of two trips (which may be one) and takes `load`, and `time` at
    /// and between stops, from the first to the second.
    #[inline]
    fn gains(&self, u: &Around, v: &Around, first: i64, second: i64, load: Load<D>, time: i64) -> bool {
        let ground = self.ground;
        let one = &self.trips[u.trip as usize];
        if u.trip == v.trip {
            let way = first + second;
            if !ground.timed() {
                return way < 0;
            }
            return way + ground.penalty(&one.load, one.time + way, &self.prices) < one.penalty;
        }
        let two = &self.trips[v.trip as usize];
        let before = one.penalty + two.penalty;
        if first + second >= before {
            return false;
        }
        let (mut load_one, mut load_two) = (one.load, two.load);
        for dimension in 0..D {
            load_one[dimension] -= load[dimension];
            load_two[dimension] += load[dimension];
        }
        first
            + second
            + ground.penalty(&load_one, one.time + first - time, &self.prices)
            + ground.penalty(&load_two, two.time + second + time, &self.prices)
            < before
    }

    /// `u` behind `v`.
    fn follow(&mut self, u: &Around, v: &Around) -> bool {
        if u.knot == v.next {
            return false;
        }
        let ground = self.ground;
        let first = ground.leg(u.prev_at, u.next_at) - u.into - u.into_next;
        let second = ground.leg(v.at, u.at) + ground.leg(u.at, v.next_at) - v.into_next;
        if !self.gains(u, v, first, second, ground.demand[u.at], ground.service[u.at]) {
            return false;
        }
        self.put(u.knot, v.knot);
        self.moved(u.trip, v.trip);
        true
    }

    /// `u` and `x` behind `v`.
    fn follow_two(&mut self, u: &Around, v: &Around) -> bool {
        if u.knot == v.next || u.next == v.knot {
            return false;
        }
        let ground = self.ground;
        let first = ground.leg(u.prev_at, u.over_at) - u.into - u.into_over;
        let second = ground.leg(v.at, u.at) + ground.leg(u.next_at, v.next_at) - v.into_next;
        let time = ground.service[u.at] + ground.service[u.next_at] + u.into_next;
        // The leg between the two goes with them, which is no change of the way as a whole.
        if !self.gains(u, v, first, second, self.both(u), time) {
            return false;
        }
        self.put(u.knot, v.knot);
        self.put(u.next, u.knot);
        self.moved(u.trip, v.trip);
        true
    }

    /// `x` and then `u` behind `v`.
    fn follow_two_turned(&mut self, u: &Around, v: &Around) -> bool {
        if u.knot == v.next || u.next == v.knot {
            return false;
        }
        let ground = self.ground;
        let first = ground.leg(u.prev_at, u.over_at) - u.into - u.into_next - u.into_over;
        let second = ground.leg(v.at, u.next_at) + ground.leg(u.next_at, u.at) + ground.leg(u.at, v.next_at)
            - v.into_next;
        let time = ground.service[u.at] + ground.service[u.next_at];
        if !self.gains(u, v, first, second, self.both(u), time) {
            return false;
        }
        self.put(u.next, v.knot);
        self.put(u.knot, u.next);
        self.moved(u.trip, v.trip);
        true
    }

    /// `u` and `v` change places.
    fn swap(&mut self, u: &Around, v: &Around) -> bool {
        if u.knot == v.prev || u.knot == v.next {
            return false;
        }
        let ground = self.ground;
        let first = ground.leg(u.prev_at, v.at) + ground.leg(v.at, u.next_at) - u.into - u.into_next;
        let second = ground.leg(v.prev_at, u.at) + ground.leg(u.at, v.next_at) - v.into - v.into_next;
        let load = less(ground.demand[u.at], &ground.demand[v.at]);
        if !self.gains(u, v, first, second, load, ground.service[u.at] - ground.service[v.at]) {
            return false;
        }
        self.put(u.knot, v.knot);
        self.put(v.knot, u.prev);
        self.moved(u.trip, v.trip);
        true
    }

    /// `u` and `x` change places with `v`.
    fn swap_two_one(&mut self, u: &Around, v: &Around) -> bool {
        if u.knot == v.prev || u.next == v.prev || u.knot == v.next || u.next == v.knot {
            return false;
        }
        let ground = self.ground;
        let first = ground.leg(u.prev_at, v.at) + ground.leg(v.at, u.over_at) - u.into - u.into_over;
        let second = ground.leg(v.prev_at, u.at) + ground.leg(u.next_at, v.next_at) - v.into - v.into_next;
        let load = less(self.both(u), &ground.demand[v.at]);
        let time = ground.service[u.at] + ground.service[u.next_at] - ground.service[v.at] + u.into_next;
        if !self.gains(u, v, first, second, load, time) {
            return false;
        }
        self.put(u.knot, v.knot);
        self.put(u.next, u.knot);
        self.put(v.knot, u.prev);
        self.moved(u.trip, v.trip);
        true
    }

    /// `u` and `x` change places with `v` and `y`.
    fn swap_two(&mut self, u: &Around, v: &Around) -> bool {
        if v.next == u.prev || u.knot == v.next || u.next == v.knot || v.knot == u.over {
            return false;
        }
        let ground = self.ground;
        let first = ground.leg(u.prev_at, v.at) + ground.leg(v.next_at, u.over_at) - u.into - u.into_over;
        let second = ground.leg(v.prev_at, u.at) + ground.leg(u.next_at, v.over_at) - v.into - v.into_over;
        let load = less(self.both(u), &self.both(v));
        let time = ground.service[u.at] + ground.service[u.next_at] + u.into_next
            - ground.service[v.at]
            - ground.service[v.next_at]
            - v.into_next;
        if !self.gains(u, v, first, second, load, time) {
            return false;
        }
        self.put(u.knot, v.next);
        self.put(u.next, u.knot);
        self.put(v.knot, u.prev);
        self.put(v.next, v.knot);
        self.moved(u.trip, v.trip);
        true
    }

    /// Turns the stretch from `x` to `v`, so that `v` follows `u`.
    fn turn_stretch(&mut self, u: &Around, v: &Around) -> bool {
        let (from, to) = (&self.knots[u.next as usize], &self.knots[v.knot as usize]);
        if self.knots[u.knot as usize].rank >= to.rank || u.next == v.knot {
            return false;
        }
        let ground = self.ground;
        let way = ground.leg(u.at, v.at) + ground.leg(u.next_at, v.next_at) - u.into_next - v.into_next
            + to.turn
            - from.turn;
        if !self.gains(u, v, way, 0, [0; D], 0) {
            return false;
        }
        let stretch: Vec<u32> = self
            .along(u.trip)
            .skip_while(|&stop| stop != u.next)
            .take_while(|&stop| stop != v.next)
            .collect();
        self.chain(u.knot, stretch.iter().rev().copied().chain([v.next]));
        self.moved(u.trip, u.trip);
        true
    }

    /// `u` is followed by `v` and what was before it, turned; `x` and what is after it, turned, lead to `y`.
    fn swap_tails_turned(&mut self, u: &Around, v: &Around) -> bool {
        let ground = self.ground;
        let (one, two) = (&self.trips[u.trip as usize], &self.trips[v.trip as usize]);
        let (here, next) = (&self.knots[u.knot as usize], &self.knots[u.next as usize]);
        let there = &self.knots[v.knot as usize];
        let end = &self.knots[self.end(u.trip) as usize];
        let turned = end.turn - next.turn;
        let way = ground.leg(u.at, v.at) + ground.leg(u.next_at, v.next_at) - u.into_next - v.into_next
            + there.turn
            + turned;
        let before = one.penalty + two.penalty;
        if way >= before {
            return false;
        }
        let (mut load_one, mut load_two) = (here.load, two.load);
        for dimension in 0..D {
            load_one[dimension] += there.load[dimension];
            load_two[dimension] += one.load[dimension] - load_one[dimension];
        }
        let time_one = here.time + ground.leg(u.at, v.at) + there.time + there.turn;
        let time_two = one.time + two.time + way - time_one;
        if way
            + ground.penalty(&load_one, time_one, &self.prices)
            + ground.penalty(&load_two, time_two, &self.prices)
            >= before
        {
            return false;
        }
        let head: Vec<u32> = self.along(v.trip).take_while(|&stop| stop != v.next).collect();
        let tail: Vec<u32> = self.along(u.trip).skip_while(|&stop| stop != u.next).collect();
        self.chain(u.knot, head.iter().rev().copied().chain([self.end(u.trip)]));
        self.chain(self.start(v.trip), tail.iter().rev().copied().chain([v.next]));
        self.moved(u.trip, v.trip);
        true
    }

    /// `u` is followed by `y` and `v` by `x`.
    fn swap_tails(&mut self, u: &Around, v: &Around) -> bool {
        let ground = self.ground;
        let (one, two) = (&self.trips[u.trip as usize], &self.trips[v.trip as usize]);
        let (here, there) = (&self.knots[u.knot as usize], &self.knots[v.knot as usize]);
        let way = ground.leg(u.at, v.next_at) + ground.leg(v.at, u.next_at) - u.into_next - v.into_next;
        let before = one.penalty + two.penalty;
        if way >= before {
            return false;
        }
        let (mut load_one, mut load_two) = (here.load, there.load);
        for dimension in 0..D {
            load_one[dimension] += two.load[dimension] - there.load[dimension];
            load_two[dimension] += one.load[dimension] - here.load[dimension];
        }
        let time_one = here.time + ground.leg(u.at, v.next_at) + two.time - there.time - v.into_next;
        let time_two = one.time + two.time + way - time_one;
        if way
            + ground.penalty(&load_one, time_one, &self.prices)
            + ground.penalty(&load_two, time_two, &self.prices)
            >= before
        {
            return false;
        }
        let (end_one, end_two) = (self.end(u.trip), self.end(v.trip));
        let (last_one, last_two) = (self.knots[end_one as usize].prev, self.knots[end_two as usize].prev);
        // A tail may be nothing but the end of its trip, and each trip keeps its own end.
        if v.next_at == 0 {
            self.link(u.knot, end_one);
        } else {
            self.link(u.knot, v.next);
            self.link(last_two, end_one);
        }
        if u.next_at == 0 {
            self.link(v.knot, end_two);
        } else {
            self.link(v.knot, u.next);
            self.link(last_one, end_two);
        }
        self.moved(u.trip, v.trip);
        true
    }

    /// Links knots one after the other behind the first.
    fn chain(&mut self, first: u32, knots: impl Iterator<Item = u32>) {
        let mut before = first;
        for knot in knots {
            self.link(before, knot);
            before = knot;
        }
    }

    /// Demand of a stop and the next.
    fn both(&self, u: &Around) -> Load<D> {
        let (mut load, next) = (self.ground.demand[u.at], &self.ground.demand[u.next_at]);
        (0..D).for_each(|dimension| load[dimension] += next[dimension]);
        load
    }
}

fn less<const D: usize>(mut load: Load<D>, other: &Load<D>) -> Load<D> {
    (0..D).for_each(|dimension| load[dimension] -= other[dimension]);
    load
}
