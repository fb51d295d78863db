//! The best response to one scenario, by chains of single sendings: as long as anybody can be covered, the next units go where they cover most
//! in the fewest minutes, and may push aside what was sent before (successive shortest paths, Busacker and Gowen 1960).

use std::collections::BTreeMap;

use koinon_core::PlaceCode;

use crate::preposition::problem::Scenario;

/// A site with stock.
struct Depot {
    left: i64,
    /// Places within reach: their index, minutes, and units sent there.
    sent: Vec<(usize, i64, i64)>,
    /// How the quickest chain comes here: its minutes, and from which place units are taken back; `None` begins here.
    reached: Option<(i64, Option<usize>)>,
}

/// A place.
struct Place {
    /// Units that all serve fully and are still wanted.
    whole: i64,
    /// What the last unit serves, while it is wanted.
    rest: i64,
    reached: Option<(i64, usize)>,
}

/// Parts covered, and parts times minutes on the road.
pub(super) fn respond(
    scenario: &Scenario,
    stock: &BTreeMap<&PlaceCode, i64>,
    ways: &BTreeMap<&PlaceCode, BTreeMap<&PlaceCode, i64>>,
    parts: i64,
    person: i64,
) -> (i128, i128) {
    let mut depots: Vec<(&PlaceCode, Depot)> = stock
        .iter()
        .filter(|(_, units)| **units > 0)
        .map(|(site, units)| (*site, Depot { left: *units, sent: Vec::new(), reached: None }))
        .collect();
    let mut places: Vec<Place> = Vec::new();
    for (index, one) in scenario.affected.iter().enumerate() {
        let wanted = i128::from(one.people) * i128::from(person);
        let each = i128::from(parts).max(1);
        let whole = i64::try_from(wanted / each).unwrap_or(i64::MAX);
        places.push(Place { whole, rest: i64::try_from(wanted % each).unwrap_or(0), reached: None });
        for (site, depot) in &mut depots {
            if let Some(minutes) = ways.get(&one.place).and_then(|ways| ways.get(site)) {
                depot.sent.push((index, *minutes, 0));
            }
        }
    }
    let mut depots: Vec<Depot> = depots.into_iter().map(|(_, depot)| depot).collect();
    let mut covered = 0_i128;
    loop {
        chains(&mut depots, &mut places);
        let next = |(index, place): (usize, &Place)| {
            let (minutes, _) = place.reached?;
            let serves = if place.whole > 0 { parts } else { place.rest };
            (serves > 0).then_some((serves, -minutes, std::cmp::Reverse(index)))
        };
        let Some((serves, _, std::cmp::Reverse(end))) = places.iter().enumerate().filter_map(next).max()
        else {
            break;
        };
        let Some(units) = room(&depots, &places, end) else { break };
        push(&mut depots, &places, end, units);
        covered += i128::from(units) * i128::from(serves);
        if let Some(place) = places.get_mut(end) {
            if place.whole > 0 { place.whole -= units } else { place.rest = 0 }
        }
    }
    let minutes: i128 = depots
        .iter()
        .flat_map(|depot| &depot.sent)
        .map(|(_, minutes, units)| i128::from(*minutes) * i128::from(*units))
        .sum();
    (covered, minutes * i128::from(parts))
}

/// The quickest chains from all that is left to every place (Bellman 1958).
fn chains(depots: &mut [Depot], places: &mut [Place]) {
    places.iter_mut().for_each(|place| place.reached = None);
    for depot in depots.iter_mut() {
        depot.reached = (depot.left > 0).then_some((0, None));
    }
    let mut news = true;
    while std::mem::take(&mut news) {
        for (index, depot) in depots.iter().enumerate() {
            let Some((so_far, _)) = depot.reached else { continue };
            for (to, minutes, _) in &depot.sent {
                let Some(place) = places.get_mut(*to) else { continue };
                if place.reached.is_none_or(|(known, _)| so_far + minutes < known) {
                    place.reached = Some((so_far + minutes, index));
                    news = true;
                }
            }
        }
        for depot in depots.iter_mut() {
            for (to, minutes, _) in depot.sent.iter().filter(|(.., units)| *units > 0) {
                let Some((so_far, _)) = places.get(*to).and_then(|place| place.reached) else { continue };
                if depot.reached.is_none_or(|(known, _)| so_far - minutes < known) {
                    depot.reached = Some((so_far - minutes, Some(*to)));
                    news = true;
                }
            }
        }
    }
}

/// How many units a chain can carry.
fn room(depots: &[Depot], places: &[Place], end: usize) -> Option<i64> {
    let place = places.get(end)?;
    let mut units = if place.whole > 0 { place.whole } else { 1 };
    let mut here = end;
    loop {
        let depot = depots.get(places.get(here)?.reached?.1)?;
        match depot.reached? {
            (_, None) => return Some(units.min(depot.left)),
            (_, Some(back)) => {
                units = units.min(depot.sent.iter().find(|(to, ..)| *to == back)?.2);
                here = back;
            }
        }
    }
}

/// Sends units along a chain.
fn push(depots: &mut [Depot], places: &[Place], end: usize, units: i64) {
    let mut here = end;
    while let Some((_, from)) = places.get(here).and_then(|place| place.reached) {
        let Some(depot) = depots.get_mut(from) else { return };
        let back = depot.reached.and_then(|(_, back)| back);
        for (to, _, sent) in &mut depot.sent {
            if *to == here {
                *sent += units;
            }
            if Some(*to) == back {
                *sent -= units;
            }
        }
        let Some(back) = back else {
            depot.left -= units;
            return;
        };
        here = back;
    }
}
