//! A first plan by savings: trips are joined where joining saves most.
//!
//! Every stop begins with a trip of its own, so every limit is kept from the start; pairs of near stops at the ends of two trips are
//! then joined in order of what that saves (Clarke and Wright 1964). The only limit it does not see to is the number of trips.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "places and trips are numbered below the number of places of a checked Problem"
)]

use super::ground::{Ground, Load};

/// A trip on its way to be joined.
struct Trip<const D: usize> {
    places: Vec<u32>,
    load: Load<D>,
    /// Legs and services, those of the depot included.
    time: i64,
}

/// Trips that keep the load and duration of the vehicle, depot left out.
pub(super) fn trips<const D: usize>(ground: &Ground<D>) -> Vec<Vec<u32>> {
    let mut savings: Vec<(i64, u32, u32)> = Vec::new();
    for (from, near) in (0..).zip(&ground.near) {
        for &to in near {
            let (a, b) = (from as usize, to as usize);
            let saving = ground.leg(a, 0) + ground.leg(0, b) - ground.leg(a, b);
            if saving > 0 {
                savings.push((-saving, from, to));
            }
        }
    }
    savings.sort_unstable();
    let mut of: Vec<usize> = (0..ground.places).collect();
    let mut trips: Vec<Trip<D>> = (0_u32..)
        .take(ground.places)
        .map(|place| {
            let at = place as usize;
            let time = ground.leg(0, at) + ground.service[at] + ground.leg(at, 0);
            Trip { places: vec![place], load: ground.demand[at], time }
        })
        .collect();
    for (_, from, to) in savings {
        let (a, b) = (of[from as usize], of[to as usize]);
        if a == b {
            continue;
        }
        // The first trip must end at `from`, the second begin at `to`; one that can be turned at no cost is turned.
        let fits_end = turned(ground, &trips[a].places, from, false);
        let fits_start = turned(ground, &trips[b].places, to, true);
        let (Some(first), Some(second)) = (fits_end, fits_start) else { continue };
        let join = ground.leg(from as usize, to as usize)
            - ground.leg(from as usize, 0)
            - ground.leg(0, to as usize);
        let time = trips[a].time + trips[b].time + join;
        let mut load = trips[a].load;
        (0..D).for_each(|dimension| load[dimension] += trips[b].load[dimension]);
        if time > ground.duration || (0..D).any(|dimension| load[dimension] > ground.capacity[dimension]) {
            continue;
        }
        let gone = std::mem::take(&mut trips[b].places);
        let mut places = std::mem::take(&mut trips[a].places);
        if first {
            places.reverse();
        }
        for &place in &gone {
            of[place as usize] = a;
        }
        if second {
            places.extend(gone.iter().rev());
        } else {
            places.extend(gone);
        }
        trips[a] = Trip { places, load, time };
    }
    trips.into_iter().skip(1).map(|trip| trip.places).filter(|places| !places.is_empty()).collect()
}

/// Whether a trip must be turned to have `place` at its start, or else at its end; `None` where it is inside or turning costs.
fn turned<const D: usize>(ground: &Ground<D>, places: &[u32], place: u32, at_start: bool) -> Option<bool> {
    let (start, end) = (*places.first()?, *places.last()?);
    let (wanted, other) = if at_start { (start, end) } else { (end, start) };
    if wanted == place {
        return Some(false);
    }
    if other != place {
        return None;
    }
    let way = || std::iter::once(0).chain(places.iter().map(|&place| place as usize)).chain([0]);
    let turns_freely = way().zip(way().skip(1)).all(|(a, b)| ground.leg(a, b) == ground.leg(b, a));
    turns_freely.then_some(true)
}
