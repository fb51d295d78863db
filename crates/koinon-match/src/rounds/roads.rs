//! The ways that vehicles drive, from the roads of a region.

use std::collections::BTreeMap;

use koinon_core::region::Mode;
use koinon_core::{Day, PlaceCode, Region};

use super::problem::WayOf;

/// How long it takes along each road that is in service on every day from the first to the last, one entry for each direction, the
/// quickest where several join two places.
pub fn ways_of(region: &Region, first: Day, last: Day) -> Vec<WayOf> {
    let mut quickest: BTreeMap<(&PlaceCode, &PlaceCode), i64> = BTreeMap::new();
    for road in region.corridors.iter().filter(|corridor| corridor.mode == Mode::Road) {
        let open =
            |day: Day| road.is_open(day) && region.exists(&road.from, day) && region.exists(&road.to, day);
        // What is open on the first and the last day is open between: it opens once and closes once.
        if !open(first) || !open(last) {
            continue;
        }
        let minutes = i64::from(road.minutes.max(1));
        let back = road.both_ways.then_some((&road.to, &road.from));
        for ends in std::iter::once((&road.from, &road.to)).chain(back) {
            let known = quickest.entry(ends).or_insert(minutes);
            *known = minutes.min(*known);
        }
    }
    let way = |((from, to), minutes): ((&PlaceCode, &PlaceCode), i64)| WayOf {
        from: from.clone(),
        to: to.clone(),
        minutes,
    };
    quickest.into_iter().map(way).collect()
}
