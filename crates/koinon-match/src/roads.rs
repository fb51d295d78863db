//! How long it takes from depots to places by the roads of a region, for relief.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use koinon_core::{Corridor, Day, PlaceCode, Region};

use crate::relief::Way;

/// How long it takes from each depot to each place on a day: by the road that joins the two, or by the quickest chain of
/// roads where none does; what stands in the place itself is there at once. Pairs without a way are absent.
pub fn ways(
    region: &Region,
    day: Day,
    depots: &BTreeSet<PlaceCode>,
    places: &BTreeSet<PlaceCode>,
) -> Vec<Way> {
    open_ways(region, day, (depots, places), &|_| true)
}

/// The same by those roads only that are open.
pub fn open_ways(
    region: &Region,
    day: Day,
    (depots, places): (&BTreeSet<PlaceCode>, &BTreeSet<PlaceCode>),
    is_open: &dyn Fn(&Corridor) -> bool,
) -> Vec<Way> {
    let mut next: BTreeMap<&PlaceCode, BTreeMap<&PlaceCode, i64>> = BTreeMap::new();
    for corridor in
        region.corridors_on(day).filter(|corridor| corridor.mode.carries_goods() && is_open(corridor))
    {
        let minutes = i64::from(corridor.minutes);
        let back = corridor.both_ways.then_some((&corridor.to, &corridor.from));
        for (from, to) in std::iter::once((&corridor.from, &corridor.to)).chain(back) {
            let road = next.entry(from).or_default().entry(to).or_insert(minutes);
            *road = minutes.min(*road);
        }
    }
    let mut ways = Vec::new();
    for depot in depots {
        let chains = chains(depot, &next);
        for place in places {
            let direct = next.get(depot).and_then(|roads| roads.get(place));
            let minutes = if depot == place { Some(&0) } else { direct.or_else(|| chains.get(place)) };
            if let Some(minutes) = minutes {
                ways.push(Way { depot: depot.clone(), place: place.clone(), minutes: *minutes });
            }
        }
    }
    ways
}

/// The quickest chain of roads from a place to every other (Dijkstra).
fn chains<'a>(
    from: &'a PlaceCode,
    next: &BTreeMap<&'a PlaceCode, BTreeMap<&'a PlaceCode, i64>>,
) -> BTreeMap<&'a PlaceCode, i64> {
    let mut reached: BTreeMap<&PlaceCode, i64> = BTreeMap::new();
    let mut open = BinaryHeap::from([Reverse((0, from))]);
    while let Some(Reverse((minutes, place))) = open.pop() {
        if reached.contains_key(place) {
            continue;
        }
        reached.insert(place, minutes);
        for (to, more) in next.get(place).into_iter().flatten() {
            if !reached.contains_key(to) {
                open.push(Reverse((minutes + more, to)));
            }
        }
    }
    reached
}
