//! Cutting one long tour into trips, as well as its order allows.
//!
//! The search breeds tours without depots; where to return is found here by a shortest path over the cuts (Beasley 1983, Prins 2004).
//! A trip may carry too much at a price, up to half as much again where that is enough to get through.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::needless_range_loop,
    reason = "cuts are numbered from 0 to the tour's length, places below the number of places"
)]

use super::ground::{Ground, Prices};

/// Stands for a cut that cannot be reached.
const NEVER: i64 = i64::MAX / 2;

/// Cuts a tour over all stops into at most `ground.trips` trips.
pub(super) fn split<const D: usize>(ground: &Ground<D>, tour: &[u32], prices: &Prices<D>) -> Vec<Vec<u32>> {
    let mut cost = vec![NEVER; tour.len() + 1];
    let mut from = vec![0; tour.len() + 1];
    cost[0] = 0;
    for first in 0..tour.len() {
        let before = cost[first];
        extend(ground, &tour[first..], prices, 1, |length, trip| {
            if before + trip < cost[first + length] {
                cost[first + length] = before + trip;
                from[first + length] = first;
            }
        });
    }
    let trips = cut(tour, tour.len(), |_, last| from[last]);
    if trips.len() <= ground.trips {
        return trips;
    }
    // Twice the load at each try: at last a single trip may take it all, so this ends.
    let mut ease = 1;
    loop {
        if let Some(trips) = split_into(ground, tour, prices, ease) {
            return trips;
        }
        ease *= 2;
    }
}

/// Cuts a tour into at most `ground.trips` trips that are not too much overloaded, where that can be.
fn split_into<const D: usize>(
    ground: &Ground<D>,
    tour: &[u32],
    prices: &Prices<D>,
    ease: i64,
) -> Option<Vec<Vec<u32>>> {
    let mut cost = vec![NEVER; tour.len() + 1];
    cost[0] = 0;
    let mut from = Vec::with_capacity(ground.trips);
    for _ in 0..ground.trips {
        // A trip may stay at home.
        let mut next = cost.clone();
        let mut cuts: Vec<usize> = (0..=tour.len()).collect();
        for first in 0..tour.len() {
            let before = cost[first];
            if before >= NEVER {
                continue;
            }
            extend(ground, &tour[first..], prices, ease, |length, trip| {
                if before + trip < next[first + length] {
                    next[first + length] = before + trip;
                    cuts[first + length] = first;
                }
            });
        }
        from.push(cuts);
        cost = next;
    }
    (cost[tour.len()] < NEVER).then(|| cut(tour, from.len(), |layer, last| from[layer - 1][last]))
}

/// Tells the length and cost of every trip that begins where `tour` does and is not too much overloaded.
fn extend<const D: usize>(
    ground: &Ground<D>,
    tour: &[u32],
    prices: &Prices<D>,
    ease: i64,
    mut tell: impl FnMut(usize, i64),
) {
    let (mut load, mut way, mut service, mut at) = ([0; D], 0, 0, 0);
    for (&place, length) in tour.iter().zip(1..) {
        let place = place as usize;
        let mut excessive = false;
        for dimension in 0..D {
            load[dimension] += ground.demand[place][dimension];
            let capacity = ground.capacity[dimension];
            excessive |= (load[dimension] - capacity) / ease > capacity / 2;
        }
        if excessive && length > 1 {
            return;
        }
        way += ground.leg(at, place);
        service += ground.service[place];
        at = place;
        let whole = way + ground.leg(place, 0);
        tell(length, whole + ground.penalty(&load, whole + service, prices));
    }
}

/// Reads the trips off the cuts, from the last backward; `layers` only counts down where it matters.
fn cut(tour: &[u32], layers: usize, from: impl Fn(usize, usize) -> usize) -> Vec<Vec<u32>> {
    let (mut last, mut layer, mut trips) = (tour.len(), layers, Vec::new());
    while last > 0 && layer > 0 {
        let first = from(layer, last);
        if first < last {
            trips.push(tour[first..last].to_vec());
        }
        (last, layer) = (first, layer - 1);
    }
    trips.reverse();
    trips
}
