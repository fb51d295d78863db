//! Whether every community can be reached from every other, on every day on which something changes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fault::Faults;
use super::super::{Corridor, Region};
use crate::id::PlaceCode;
use crate::time::Day;

/// The most steps of all searches together, over days, places and routes; beyond it, later days are left
/// unchecked, with a warning.
const STEPS_MAX: usize = 4_000_000;

/// Reports each community that lies beyond the reach of the others, with the first day on which it does.
pub(super) fn check(region: &Region, faults: &mut Faults) {
    if region.communities.len() < 2 {
        return;
    }
    let goods: Vec<&Corridor> =
        region.corridors.iter().filter(|corridor| corridor.mode.carries_goods()).collect();
    if goods.is_empty() {
        let found = format!("no route for goods joins the {} communities", region.communities.len());
        faults.error("corridors", found, "add routes under [[corridors]]");
        return;
    }
    let days = days_of_change(region);
    let cost = region.communities.len() + region.hubs.len() + goods.len();
    let checked = (STEPS_MAX / cost.max(1)).max(1);
    if days.len() > checked {
        let found =
            format!("of {} days on which something changes, the first {checked} were checked", days.len());
        faults.warning("corridors", found, "look yourself whether later changes cut a community off");
    }
    let mut reported = BTreeSet::new();
    for day in days.into_iter().take(checked) {
        for at in cut_off(region, &goods, day) {
            if let Some(community) = region.communities.get(at)
                && reported.insert(at)
            {
                let since = if day == Day(i32::MIN) { String::new() } else { format!(" from {day} on") };
                let found = format!("goods cannot go both to and from {}{since}", community.name);
                faults.error(
                    format!("communities[{at}]"),
                    found,
                    "add a route, or mend both_ways, opens and closes",
                );
            }
        }
    }
}

/// The first of all days, then each day on which a place or route comes or goes.
fn days_of_change(region: &Region) -> BTreeSet<Day> {
    let communities = region.communities.iter().flat_map(|c| [c.joins, c.leaves]);
    let hubs = region.hubs.iter().flat_map(|h| [h.opens, h.closes]);
    let corridors = region.corridors.iter().flat_map(|c| [c.opens, c.closes]);
    std::iter::once(Day(i32::MIN)).chain(communities.chain(hubs).chain(corridors).flatten()).collect()
}

/// The positions of the member communities that are not joined both ways to the largest group.
fn cut_off(region: &Region, goods: &[&Corridor], day: Day) -> Vec<usize> {
    let mut onward: BTreeMap<&PlaceCode, Vec<&PlaceCode>> = BTreeMap::new();
    let mut back: BTreeMap<&PlaceCode, Vec<&PlaceCode>> = BTreeMap::new();
    for corridor in goods.iter().filter(|corridor| corridor.is_open(day)) {
        if !region.exists(&corridor.from, day) || !region.exists(&corridor.to, day) {
            continue;
        }
        let (from, to) = (&corridor.from, &corridor.to);
        onward.entry(from).or_default().push(to);
        back.entry(to).or_default().push(from);
        if corridor.both_ways {
            onward.entry(to).or_default().push(from);
            back.entry(from).or_default().push(to);
        }
    }
    let mut open: Vec<(usize, PlaceCode)> = region
        .communities
        .iter()
        .enumerate()
        .filter(|(_, community)| community.is_member(day))
        .map(|(at, community)| (at, community.code.place()))
        .collect();
    // Each round takes one group of communities that reach each other; all but the largest are cut off.
    let mut groups: Vec<Vec<usize>> = Vec::new();
    while let Some(root) = open.first().map(|(_, place)| place.clone()) {
        let (ahead, behind) = (reached(&root, &onward), reached(&root, &back));
        let (group, rest) =
            open.into_iter().partition(|(_, place)| ahead.contains(place) && behind.contains(place));
        open = rest;
        groups.push(group.into_iter().map(|(at, _): (usize, PlaceCode)| at).collect());
        if groups.len() > GROUPS_MAX {
            groups.extend(open.iter().map(|(at, _)| vec![*at]));
            break;
        }
    }
    let largest = groups.iter().enumerate().max_by_key(|(at, group)| (group.len(), std::cmp::Reverse(*at)));
    let largest = largest.map(|(at, _)| at);
    groups
        .into_iter()
        .enumerate()
        .filter(|(at, _)| Some(*at) != largest)
        .flat_map(|(_, group)| group)
        .collect()
}

/// After so many groups every community left counts as cut off by itself.
const GROUPS_MAX: usize = 32;

fn reached<'a>(
    root: &'a PlaceCode,
    edges: &BTreeMap<&'a PlaceCode, Vec<&'a PlaceCode>>,
) -> BTreeSet<&'a PlaceCode> {
    let mut seen = BTreeSet::from([root]);
    let mut open = vec![root];
    while let Some(place) = open.pop() {
        for next in edges.get(place).into_iter().flatten() {
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    seen
}
