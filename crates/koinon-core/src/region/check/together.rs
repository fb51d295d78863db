//! What the entries of a region must satisfy together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::super::fault::Faults;
use super::super::{Item, Place, Region};
use super::reach;
use crate::id::{ItemCode, PlaceCode};
use crate::quantity::Dimension;

/// Checks references, codes and everything that takes more than one entry. The index must be fresh or absent.
pub(in super::super) fn whole(region: &Region, faults: &mut Faults) {
    if region.communities.is_empty() {
        faults.error("communities", "there is no community", "write at least one under [[communities]]");
    }
    let places = region.communities.iter().map(|c| c.code.as_str());
    unique("communities", places.clone(), &BTreeSet::new(), faults);
    unique("hubs", region.hubs.iter().map(|h| h.code.as_str()), &places.collect(), faults);
    unique("stores", region.stores.iter().map(|s| s.code.as_str()), &BTreeSet::new(), faults);
    unique("corridors", region.corridors.iter().map(|c| c.code.as_str()), &BTreeSet::new(), faults);
    unique("items", region.items.iter().map(|i| i.code.as_str()), &BTreeSet::new(), faults);
    communities(region, faults);
    hubs(region, faults);
    stores(region, faults);
    corridors(region, faults);
    items(region, faults);
    agreements(region, faults);
    reach::check(region, faults);
}

fn unique<'a>(list: &str, codes: impl Iterator<Item = &'a str>, taken: &BTreeSet<&str>, faults: &mut Faults) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, code) in codes.enumerate() {
        let path = format!("{list}[{at}].code");
        if taken.contains(code) {
            faults.error(path, format!("'{code}' is already a community"), "give the hub another code");
        } else if let Some(before) = first.get(code) {
            faults.error(
                path,
                format!("'{code}' is already the code of {list}[{before}]"),
                "give each its own code",
            );
        } else {
            first.insert(code, at);
        }
    }
}

fn unknown(path: String, what: &str, code: impl Display, list: &str, faults: &mut Faults) {
    faults.error(
        path,
        format!("there is no {what} '{code}'"),
        format!("add it under [[{list}]] or mend the code"),
    );
}

fn communities(region: &Region, faults: &mut Faults) {
    let agreed =
        region.agreements.floor_days.iter().max_by_key(|(group, days)| (**days, std::cmp::Reverse(**group)));
    let with_store: BTreeSet<&str> = region.stores.iter().map(|store| store.place.as_str()).collect();
    for (at, community) in region.communities.iter().enumerate() {
        let path = format!("communities[{at}]");
        if let Some(parent) = &community.split_from
            && region.community(parent).is_none()
        {
            unknown(format!("{path}.split_from"), "community", parent, "communities", faults);
        }
        if let (Some(days), Some((group, floor))) = (community.keeps_days, agreed)
            && days < *floor
        {
            let found = format!("it keeps {days} days, but {floor} are agreed for {}", group.word());
            faults.error(
                format!("{path}.keeps_days"),
                found,
                "keep at least the agreed days, or change the agreement",
            );
        }
        if !region.stores.is_empty() && !with_store.contains(community.code.as_str()) {
            let found = format!("{} has no store", community.name);
            faults.warning(path, found, "add one under [[stores]], be it one room");
        }
    }
}

fn hubs(region: &Region, faults: &mut Faults) {
    for (at, hub) in region.hubs.iter().enumerate() {
        for item in hub.keeps.keys().filter(|item| region.item(item).is_none()) {
            unknown(format!("hubs[{at}].keeps.{item}"), "item", item, "items", faults);
        }
        let path = format!("hubs[{at}].keeper");
        let Some(keeper) = region.community(&hub.keeper) else {
            unknown(path, "community", &hub.keeper, "communities", faults);
            continue;
        };
        let late = keeper.joins.is_some_and(|joins| hub.opens.is_none_or(|opens| opens < joins));
        let early = keeper.leaves.is_some_and(|leaves| hub.closes.is_none_or(|closes| leaves < closes));
        if late || early {
            let found = format!("{} is not a member on every day that the hub works", keeper.name);
            faults.error(path, found, "give the hub opens and closes, or another keeper");
        }
    }
}

fn stores(region: &Region, faults: &mut Faults) {
    for (at, store) in region.stores.iter().enumerate() {
        if region.place_name(&store.place).is_none() {
            unknown(format!("stores[{at}].place"), "community or hub", &store.place, "communities", faults);
        }
    }
}

fn corridors(region: &Region, faults: &mut Faults) {
    for (at, corridor) in region.corridors.iter().enumerate() {
        for (field, end) in [("from", &corridor.from), ("to", &corridor.to)] {
            if region.place_name(end).is_none() {
                unknown(format!("corridors[{at}].{field}"), "community or hub", end, "communities", faults);
            }
        }
        if let (Some(from), Some(to)) = (position(region, &corridor.from), position(region, &corridor.to)) {
            let straight = from.km_to(to);
            if i64::from(corridor.km) * 10 < straight * 9 {
                let found = format!("{} km, but its ends lie {straight} km apart on the map", corridor.km);
                faults.warning(format!("corridors[{at}].km"), found, "check the length and the two places");
            }
        }
    }
}

fn position(region: &Region, code: &PlaceCode) -> Option<Place> {
    let community = region.community(&code.community()).map(|community| community.place);
    community.or_else(|| region.hub(code).map(|hub| hub.place))
}

fn items(region: &Region, faults: &mut Faults) {
    let keys = region.name_keys();
    let kept: BTreeSet<_> = region.stores.iter().flat_map(|store| &store.storage).collect();
    let routes = region.corridors.iter().any(|corridor| corridor.mode.carries_goods());
    for (at, item) in region.items.iter().enumerate() {
        let path = format!("items[{at}]");
        for key in item.names.keys().filter(|key| !keys.contains(key.as_str())) {
            let found = format!("'{key}' is neither a language of the region nor a community");
            faults.warning(
                format!("{path}.names.{key}"),
                found,
                "add it to languages, or leave the name out",
            );
        }
        let goods = !matches!(item.dimension, Dimension::Energy | Dimension::PersonTime | Dimension::BedTime);
        if routes && goods && item.dimension != Dimension::Mass && item.mass_g_per_1000.is_none() {
            let remedy = "give mass_g_per_1000, the grams in 1000 base units";
            faults.error(&path, format!("routes are limited in kg, but '{}' has no mass", item.code), remedy);
        }
        if routes && goods && item.dimension != Dimension::Volume && item.volume_ml_per_1000.is_none() {
            let remedy = "give volume_ml_per_1000, the millilitres in 1000 base units";
            faults.warning(
                &path,
                format!("routes are limited in litres, but '{}' has no volume", item.code),
                remedy,
            );
        }
        if goods && !region.stores.is_empty() && !kept.contains(&item.storage) {
            let found = format!("no store can keep '{}' this way", item.code);
            faults.warning(format!("{path}.storage"), found, "add the kind of storage to a store");
        }
        references(region, item, &path, faults);
        if holds_itself(region, item) {
            faults.error(
                format!("{path}.contains"),
                format!("the kit '{}' holds itself", item.code),
                "break the circle",
            );
        }
    }
}

fn references(region: &Region, item: &Item, path: &str, faults: &mut Faults) {
    let mut named: Vec<(String, &ItemCode)> = Vec::new();
    for (index, other) in item.substitutes.iter().enumerate() {
        named.push((format!("{path}.substitutes[{index}]"), other));
        if *other == item.code {
            faults.error(format!("{path}.substitutes[{index}]"), "it stands in for itself", "leave it out");
        }
    }
    named
        .extend(item.returnable.iter().map(|container| (format!("{path}.returnable.item"), &container.item)));
    let parts = item.contains.iter().enumerate();
    named.extend(parts.map(|(index, part)| (format!("{path}.contains[{index}].item"), &part.item)));
    named.extend(item.sowing.iter().map(|sowing| (format!("{path}.sowing.yields"), &sowing.yields)));
    if let Some(husbandry) = &item.husbandry {
        named.push((format!("{path}.husbandry.feed"), &husbandry.feed));
        named.extend(husbandry.gives.iter().map(|gives| (format!("{path}.husbandry.gives"), gives)));
    }
    for (path, code) in named {
        if region.item(code).is_none() {
            unknown(path, "item", code, "items", faults);
        }
    }
}

/// Whether a kit holds itself, directly or through other kits.
fn holds_itself(region: &Region, kit: &Item) -> bool {
    let mut seen: BTreeSet<&ItemCode> = BTreeSet::new();
    let mut open: Vec<&ItemCode> = kit.contains.iter().map(|part| &part.item).collect();
    while let Some(code) = open.pop() {
        if *code == kit.code {
            return true;
        }
        if seen.insert(code) {
            open.extend(region.item(code).into_iter().flat_map(|item| &item.contains).map(|part| &part.item));
        }
    }
    false
}

fn agreements(region: &Region, faults: &mut Faults) {
    let agreed = &region.agreements;
    let floors =
        agreed.item_floor_days.keys().map(|code| (format!("agreements.item_floor_days.{code}"), code));
    let limits = agreed.two_people_above.items.keys();
    let limits = limits.map(|code| (format!("agreements.two_people_above.items.{code}"), code));
    for (path, code) in floors.chain(limits) {
        if region.item(code).is_none() {
            unknown(path, "item", code, "items", faults);
        }
    }
}
