//! What one entry must satisfy by itself.

use std::collections::BTreeSet;

use super::super::fault::Faults;
use super::super::{
    CELL_PEOPLE_MAX, CELL_PEOPLE_MIN, Community, Corridor, Group, Hub, Item, Place, Store, Visibility,
};
use super::{DAYS_MAX, name, range, span};
use crate::quantity::{AMOUNT_MAX, Dimension};
use crate::unit::Unit;

/// The most people of one community.
const PEOPLE_MAX: i64 = 1_000_000_000;
/// The largest room of a store and load of a departure, in kg or l: ten million tonnes.
const LOAD_MAX: i64 = 10_000_000_000;
/// The most pallets on one departure.
const PALLETS_MAX: i64 = 10_000_000;
/// The largest ratio of an item, per 1,000 base units or person-days.
const RATIO_MAX: i64 = 1_000_000_000_000;
/// Kilocalories in 1 kg of pure fat (Atwater: 9 kcal/g), which no food exceeds.
const KCAL_PER_KG_MAX: i128 = 9_000;
/// The fastest that goods travel, in km/h.
const KM_PER_HOUR_MAX: u64 = 300;

/// An entry that can be looked at by itself.
pub(in super::super) trait Check {
    /// Reports what is wrong with this entry, which stands at `at`.
    fn check(&self, at: &str, faults: &mut Faults);
}

impl Check for Community {
    fn check(&self, at: &str, faults: &mut Faults) {
        name(&format!("{at}.name"), &self.name, faults);
        place(at, self.place, faults);
        population(self, at, faults);
        span(&format!("{at}.leaves"), ("joins", "leaves"), self.joins, self.leaves, faults);
        if self.split_from.as_ref() == Some(&self.code) {
            faults.error(
                format!("{at}.split_from"),
                "it splits from itself",
                "name the community it came from",
            );
        }
        if let Some(days) = self.keeps_days {
            range(&format!("{at}.keeps_days"), i64::from(days), 0, i64::from(DAYS_MAX), faults);
        }
        if let Some(ages) = self.ages
            && ages.total() != 1_000
        {
            let found = format!("the shares add up to {}", ages.total());
            faults.error(format!("{at}.ages"), found, "shares are per mille and add up to 1000");
        }
        divisions(self, at, faults);
    }
}

fn population(community: &Community, at: &str, faults: &mut Faults) {
    let path = format!("{at}.population");
    if community.population.0.is_empty() {
        faults.error(&path, "no number is given", "write how many people, for example population = 25000");
    }
    for (index, count) in community.population.0.iter().enumerate() {
        if !(1..=PEOPLE_MAX).contains(&count.people) {
            let dated = if community.population.as_constant().is_some() {
                path.clone()
            } else {
                format!("{path}[{index}]")
            };
            let remedy = if count.people == 0 {
                "a community has people; give the day it ends as leaves = \"2030-01-01\"".to_owned()
            } else {
                format!("write 1 to {PEOPLE_MAX}")
            };
            faults.error(dated, format!("found {} people", count.people), remedy);
        }
    }
    for (index, pair) in community.population.0.windows(2).enumerate() {
        if let [before, after] = pair
            && after.from <= before.from
        {
            let found = format!("{} does not come after {}", after.from, before.from);
            faults.error(format!("{path}[{}]", index + 1), found, "list the days in order, each once");
        }
    }
}

fn divisions(community: &Community, at: &str, faults: &mut Faults) {
    let path = format!("{at}.divisions");
    let first = community.population.0.first().map_or(0, |count| count.people);
    if let Some(counts) = community.divisions {
        let ordered =
            1 <= counts.districts && counts.districts <= counts.clusters && counts.clusters <= counts.cells;
        if !ordered {
            let found = format!(
                "districts: {}, clusters: {}, cells: {}",
                counts.districts, counts.clusters, counts.cells
            );
            faults.error(&path, found, "each district has a cluster and each cluster a cell");
        } else if !community.districts.is_empty() && community.division_counts() != Some(counts) {
            faults.error(&path, "the numbers differ from the list of districts", "leave the numbers out");
        } else if community.districts.is_empty() && first > CELL_PEOPLE_MAX {
            let mean = first / i64::from(counts.cells);
            if !(CELL_PEOPLE_MIN..=CELL_PEOPLE_MAX).contains(&mean) {
                let remedy = format!("cells have {CELL_PEOPLE_MIN} to {CELL_PEOPLE_MAX} people each");
                faults.warning(&path, format!("{mean} people in each cell on average"), remedy);
            }
        }
    }
    let mut listed = 0i64;
    for (d, district) in community.districts.iter().enumerate() {
        name(&format!("{at}.districts[{d}].name"), &district.name, faults);
        for (c, cluster) in district.clusters.iter().enumerate() {
            let path = format!("{at}.districts[{d}].clusters[{c}]");
            name(&format!("{path}.name"), &cluster.name, faults);
            for (index, people) in cluster.cells.iter().enumerate() {
                listed = listed.saturating_add(*people);
                let path = format!("{path}.cells[{index}]");
                let found = format!("{people} people in a cell");
                if *people < 1 {
                    faults.error(path, found, "leave out cells without people");
                } else if !(CELL_PEOPLE_MIN..=CELL_PEOPLE_MAX).contains(people) {
                    let remedy = format!("cells have {CELL_PEOPLE_MIN} to {CELL_PEOPLE_MAX} people");
                    faults.warning(path, found, remedy);
                }
            }
        }
    }
    if listed > 0 && (listed - first).saturating_abs() > first / 10 {
        let found = format!("the cells hold {listed} people, the community {first}");
        faults.warning(format!("{at}.districts"), found, "bring the two within a tenth of each other");
    }
}

impl Check for Hub {
    fn check(&self, at: &str, faults: &mut Faults) {
        name(&format!("{at}.name"), &self.name, faults);
        place(at, self.place, faults);
        span(&format!("{at}.closes"), ("opens", "closes"), self.opens, self.closes, faults);
        for (item, kept) in &self.keeps {
            range(&format!("{at}.keeps.{item}"), *kept, 0, AMOUNT_MAX, faults);
        }
    }
}

fn place(at: &str, place: Place, faults: &mut Faults) {
    if place.lon.micro.unsigned_abs() > 180_000_000 {
        faults.error(format!("{at}.place.lon"), format!("found {}", place.lon), "write -180 to 180");
    }
    if place.lat.micro.unsigned_abs() > 90_000_000 {
        faults.error(format!("{at}.place.lat"), format!("found {}", place.lat), "write -90 to 90");
    }
}

impl Check for Store {
    fn check(&self, at: &str, faults: &mut Faults) {
        name(&format!("{at}.name"), &self.name, faults);
        if self.storage.is_empty() {
            faults.error(
                format!("{at}.storage"),
                "no kind of storage is named",
                "for example storage = [\"ambient\"]",
            );
        }
        for (field, room) in [("capacity_kg", self.capacity_kg), ("capacity_l", self.capacity_l)] {
            if let Some(room) = room {
                range(&format!("{at}.{field}"), room, 1, LOAD_MAX, faults);
            }
        }
        if self.keepers == 0 {
            faults.warning(format!("{at}.keepers"), "nobody keeps it", "name how many people do, better two");
        }
        span(&format!("{at}.closes"), ("opens", "closes"), self.opens, self.closes, faults);
    }
}

impl Check for Corridor {
    fn check(&self, at: &str, faults: &mut Faults) {
        if self.from == self.to {
            let found = format!("it leads from {} to itself", self.from);
            faults.error(format!("{at}.to"), found, "name the other end");
        }
        range(&format!("{at}.km"), i64::from(self.km), 1, 20_000, faults);
        range(&format!("{at}.minutes"), i64::from(self.minutes), 1, 60 * 24 * 60, faults);
        if self.mode.carries_goods() && u64::from(self.km) * 60 > u64::from(self.minutes) * KM_PER_HOUR_MAX {
            let found = format!("{} km in {} minutes", self.km, self.minutes);
            faults.warning(
                format!("{at}.minutes"),
                found,
                format!("that is more than {KM_PER_HOUR_MAX} km/h"),
            );
        }
        range(&format!("{at}.capacity_kg"), self.capacity_kg, 0, LOAD_MAX, faults);
        range(&format!("{at}.capacity_l"), self.capacity_l, 0, LOAD_MAX, faults);
        if let Some(pallets) = self.capacity_pallets {
            range(&format!("{at}.capacity_pallets"), pallets, 0, PALLETS_MAX, faults);
        }
        if self.mode.carries_goods() && (self.capacity_kg == 0 || self.capacity_l == 0) {
            let remedy = "give capacity_kg and capacity_l for one departure; goods need both";
            faults.error(format!("{at}.capacity_kg"), "it carries goods but has no room for them", remedy);
        }
        if self.loss_per_mille >= 1_000 {
            let found = format!("all is lost on the way ({} per mille)", self.loss_per_mille);
            faults.error(format!("{at}.loss_per_mille"), found, "write 0 to 999");
        }
        departures(self, at, faults);
        span(&format!("{at}.closes"), ("opens", "closes"), self.opens, self.closes, faults);
    }
}

fn departures(corridor: &Corridor, at: &str, faults: &mut Faults) {
    let departures = &corridor.departures;
    if departures.per_day.is_some() && !departures.times.is_empty() {
        faults.error(format!("{at}.departures"), "both times and per_day are given", "keep one of them");
    }
    if let Some(per_day) = departures.per_day {
        range(&format!("{at}.departures.per_day"), i64::from(per_day), 1, 1_440, faults);
    }
    for (index, pair) in departures.times.windows(2).enumerate() {
        if let [before, after] = pair
            && after <= before
        {
            let found = format!("{after} does not come after {before}");
            faults.error(
                format!("{at}.departures.times[{}]", index + 1),
                found,
                "list the times in order, each once",
            );
        }
    }
}

impl Check for Item {
    fn check(&self, at: &str, faults: &mut Faults) {
        name(&format!("{at}.name"), &self.name, faults);
        for (key, text) in &self.names {
            name(&format!("{at}.names.{key}"), text, faults);
        }
        unit_and_packs(self, at, faults);
        ratios(self, at, faults);
        if let Some(days) = self.shelf_days {
            range(&format!("{at}.shelf_days"), i64::from(days), 1, 36_500, faults);
        }
        need(self, at, faults);
        marks(self, at, faults);
    }
}

fn unit_and_packs(item: &Item, at: &str, faults: &mut Faults) {
    let allowed = || Unit::of(item.dimension).map(|unit| unit.code).collect::<Vec<_>>().join(", ");
    if !Unit::of(item.dimension).any(|unit| unit.code == item.unit) {
        let found = format!("'{}' is no unit of {}", item.unit, word_of(item.dimension));
        faults.error(format!("{at}.unit"), found, format!("use one of {}", allowed()));
    }
    let mut names = BTreeSet::new();
    for (index, pack) in item.packs.iter().enumerate() {
        let path = format!("{at}.packs[{index}]");
        name(&format!("{path}.name"), &pack.name, faults);
        range(&format!("{path}.base_units"), pack.base_units, 1, AMOUNT_MAX, faults);
        if Unit::find(&pack.name).is_some() {
            let found = format!("the pack '{}' is called like a unit", pack.name);
            faults.error(format!("{path}.name"), found, "give it another name");
        }
        if !names.insert(pack.name.to_lowercase()) {
            let found = format!("the pack '{}' stands twice", pack.name);
            faults.error(
                format!("{path}.name"),
                found,
                "two sizes need two names, for example bag-25 and bag-50",
            );
        }
    }
}

fn word_of(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Mass => "mass",
        Dimension::Volume => "volume",
        Dimension::Count => "count",
        Dimension::Energy => "energy",
        Dimension::PersonTime => "person-time",
        Dimension::BedTime => "bed-time",
    }
}

fn ratios(item: &Item, at: &str, faults: &mut Faults) {
    let fields = [
        ("mass_g_per_1000", item.mass_g_per_1000, Dimension::Mass),
        ("volume_ml_per_1000", item.volume_ml_per_1000, Dimension::Volume),
    ];
    for (field, ratio, own) in fields {
        let Some(ratio) = ratio else { continue };
        let path = format!("{at}.{field}");
        // An item's own measure can only grow, by its packing.
        let least = if item.dimension == own { 1_000 } else { 1 };
        range(&path, ratio, least, RATIO_MAX, faults);
    }
    if let Some(pallets) = item.micropallets_per_1000 {
        range(&format!("{at}.micropallets_per_1000"), pallets, 1, RATIO_MAX, faults);
    }
    let Some(kcal) = item.kcal_per_1000 else { return };
    let path = format!("{at}.kcal_per_1000");
    range(&path, kcal, 0, RATIO_MAX, faults);
    let grams = if item.dimension == Dimension::Mass { Some(1_000) } else { item.mass_g_per_1000 };
    if let Some(grams) = grams
        && i128::from(kcal) * 1_000 > i128::from(grams) * KCAL_PER_KG_MAX
    {
        let found = format!("{kcal} kcal in {grams} g");
        faults.error(path, found, "nothing has more than 9000 kcal in 1000 g; check the units");
    }
}

fn need(item: &Item, at: &str, faults: &mut Faults) {
    let Some(need) = &item.need else { return };
    let path = format!("{at}.need");
    range(&format!("{path}.per_1000_person_days"), need.per_1000_person_days, 0, RATIO_MAX, faults);
    if let Some(ages) = need.by_age {
        let fields = [
            ("under_5", ages.under_5),
            ("age_5_17", ages.age_5_17),
            ("age_18_64", ages.age_18_64),
            ("age_65_up", ages.age_65_up),
        ];
        for (field, rate) in fields {
            range(&format!("{path}.by_age.{field}"), rate, 0, RATIO_MAX, faults);
        }
    }
    if need.source.trim().is_empty() {
        faults.warning(
            format!("{path}.source"),
            "nobody is named who says so",
            "name the standard or the survey",
        );
    }
}

fn marks(item: &Item, at: &str, faults: &mut Faults) {
    if item.controlled && item.visibility == Some(Visibility::Public) {
        let remedy = "use visibility = \"concerned\"";
        faults.error(format!("{at}.visibility"), "a controlled item would be shown to everyone", remedy);
    }
    if item.group == Group::Animal && item.dimension != Dimension::Count {
        faults.error(format!("{at}.dimension"), "animals are counted", "use dimension = \"count\"");
    }
    if item.group == Group::Energy && item.dimension != Dimension::Energy {
        faults.error(format!("{at}.dimension"), "energy is measured in Wh", "use dimension = \"energy\"");
    }
    if let Some(container) = &item.returnable {
        range(&format!("{at}.returnable.holds"), container.holds, 1, AMOUNT_MAX, faults);
    }
    for (index, part) in item.contains.iter().enumerate() {
        range(&format!("{at}.contains[{index}].amount"), part.amount, 1, AMOUNT_MAX, faults);
    }
    if !item.contains.is_empty() && item.dimension != Dimension::Count {
        faults.error(format!("{at}.dimension"), "a kit is counted", "use dimension = \"count\"");
    }
    if let Some(sowing) = &item.sowing {
        range(&format!("{at}.sowing.per_ha"), sowing.per_ha, 1, RATIO_MAX, faults);
        range(&format!("{at}.sowing.yield_per_ha"), sowing.yield_per_ha, 1, RATIO_MAX, faults);
        range(&format!("{at}.sowing.days"), i64::from(sowing.days), 1, 3_650, faults);
    }
    if let Some(husbandry) = &item.husbandry {
        range(
            &format!("{at}.husbandry.feed_per_1000_days"),
            husbandry.feed_per_1000_days,
            0,
            RATIO_MAX,
            faults,
        );
        range(
            &format!("{at}.husbandry.gives_per_1000_days"),
            husbandry.gives_per_1000_days,
            0,
            RATIO_MAX,
            faults,
        );
    }
}
