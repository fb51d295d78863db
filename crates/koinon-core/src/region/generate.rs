//! A region to start from: communities in a ring or a cluster, hubs, stores, routes and the default catalogue.
//!
//! The same arguments always give the same region, on every machine: all geometry is in integers. Distances and
//! travel times follow the blueprint: neighbours 10 to 40 km apart, 30 to 60 minutes by shuttle.

use std::collections::{BTreeMap, BTreeSet};

use super::place::cos_per_mille;
use super::{
    Agreements, Community, Corridor, Degrees, Departures, Divisions, FORMAT, Hub, Item, Mode, Place,
    Population, Region, StorageClass, Store, TimeOfDay, Visibility, Weekday,
};
use crate::id::{CommunityCode, CorridorCode, IdError, PlaceCode, StoreCode, code_from_words};
use crate::time::Day;

/// The default catalogue as TOML: about seventy items with names in English, Spanish and Arabic.
pub const CATALOGUE: &str = include_str!("../../data/catalogue.toml");

/// The most communities of a generated region, so that its file stays below the largest that is read.
pub const COMMUNITIES_MAX: usize = 1_500;
/// The most people of each community of a generated region.
pub const POPULATION_MAX: i64 = 10_000_000;

/// How communities lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// On a ring, each joined to its two neighbours.
    #[default]
    Ring,
    /// On a grid with some disorder, each joined to up to four neighbours.
    Cluster,
}

/// Why a region cannot be generated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// The number of communities is out of range.
    #[error("{0} communities; choose 1 to {COMMUNITIES_MAX}")]
    Communities(usize),
    /// The number of people is out of range.
    #[error("{0} people in each community; choose 1 to {POPULATION_MAX}")]
    Population(i64),
    /// The catalogue that came with this version cannot be read.
    #[error("the default catalogue cannot be read: {0}")]
    Catalogue(String),
    /// A generated code is not sound.
    #[error(transparent)]
    Code(#[from] IdError),
}

/// The items of the default catalogue.
pub fn catalogue() -> Result<Vec<Item>, GenerateError> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        items: Vec<Item>,
    }
    let file: File = toml::from_str(CATALOGUE).map_err(|e| GenerateError::Catalogue(e.to_string()))?;
    Ok(file.items)
}

/// Makes a region of `communities` with `population` people each.
///
/// `seed` moves places and lengths, never names or numbers.
pub fn new_region(
    communities: usize,
    population: i64,
    layout: Layout,
    seed: u64,
) -> Result<Region, GenerateError> {
    if !(1..=COMMUNITIES_MAX).contains(&communities) {
        return Err(GenerateError::Communities(communities));
    }
    if !(1..=POPULATION_MAX).contains(&population) {
        return Err(GenerateError::Population(population));
    }
    let mut dice = Dice(seed);
    let spots = match layout {
        Layout::Ring => ring(communities, &mut dice),
        Layout::Cluster => cluster(communities, &mut dice),
    };
    let mut region = Region {
        format: FORMAT,
        name: if communities == 10 { "Ten Springs" } else { "New region" }.to_owned(),
        time_zone: "Europe/Madrid".to_owned(),
        start: Day::parse("2026-03-02"),
        languages: ["en", "es", "ar"].map(str::to_owned).into(),
        agreements: agreements()?,
        items: catalogue()?,
        ..Region::default()
    };
    for (spot, name) in spots.iter().zip(names()) {
        region.communities.push(community(&name, spot.place(), population)?);
    }
    hubs(&mut region, &spots)?;
    stores(&mut region, population)?;
    let routes = Routes { population, pairs: BTreeSet::new() };
    routes.draw(&mut region, layout)?;
    region.reindex();
    Ok(region)
}

fn agreements() -> Result<Agreements, GenerateError> {
    let mut agreed = Agreements::default();
    // Water for washing flows from works of its own; a month of it in tanks would be 360 litres a head.
    agreed.item_floor_days.insert(crate::id::ItemCode::new("household-water")?, 3);
    agreed.item_floor_days.insert(crate::id::ItemCode::new("drinking-water")?, 14);
    agreed.floor_days.insert(super::Group::Fuel, 14);
    Ok(agreed)
}

fn community(name: &str, place: Place, population: i64) -> Result<Community, GenerateError> {
    let whole = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    // Cells of about 150 people, eight to a cluster, four clusters to a district.
    let cells = ((population + 75) / 150).max(1);
    let clusters = (cells + 7) / 8;
    Ok(Community {
        code: CommunityCode::new(&code_from_words(name).unwrap_or_default())?,
        name: name.to_owned(),
        place,
        population: Population::constant(population),
        joins: None,
        leaves: None,
        split_from: None,
        keeps_days: None,
        ages: None,
        divisions: Some(Divisions {
            districts: whole((clusters + 3) / 4),
            clusters: whole(clusters),
            cells: whole(cells),
        }),
        districts: Vec::new(),
    })
}

/// Adds two hubs, or one more for each eight communities beyond twenty-four, each amid a run of communities.
fn hubs(region: &mut Region, spots: &[Spot]) -> Result<(), GenerateError> {
    if spots.len() < 2 {
        return Ok(());
    }
    let count = if spots.len() < 24 { 2 } else { spots.len() / 8 };
    for (index, range) in runs(spots.len(), count).enumerate() {
        let group = spots.get(range.clone()).unwrap_or_default();
        let people = i64::try_from(group.len()).unwrap_or(1).max(1);
        let mean = |of: fn(&Spot) -> i64| group.iter().map(of).sum::<i64>() / people;
        // A little aside, so that the hub of a single community does not lie on it.
        let spot = Spot { east: mean(|s| s.east) + 4_000, north: mean(|s| s.north) + 3_000 };
        let keeper = region.communities.get(range.start).map(|community| community.code.clone());
        if let Some(keeper) = keeper {
            region.hubs.push(Hub {
                code: PlaceCode::new(&format!("hub-{}", index + 1))?,
                name: format!("Hub {}", index + 1),
                place: spot.place(),
                keeper,
                opens: None,
                closes: None,
                keeps: BTreeMap::new(),
            });
        }
    }
    Ok(())
}

/// Parts `length` communities into `count` runs of nearly equal length.
fn runs(length: usize, count: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    (0..count).map(move |index| index * length / count..(index + 1) * length / count)
}

/// A kind of store: suffix of the code, name, storage, kg and litres per person, collection point, visibility.
struct StoreKind {
    code: &'static str,
    name: &'static str,
    storage: &'static [StorageClass],
    kg: i64,
    l: i64,
    keepers: u32,
    collection_point: bool,
    visibility: Visibility,
}

/// Room for 90 days of 1.5 kg of food, 35 days of 15 litres of water and 14 days of fuel for each person.
const STORE_KINDS: [StoreKind; 5] = [
    StoreKind {
        code: "barn",
        name: "barn",
        storage: &[StorageClass::Ambient],
        kg: 140,
        l: 250,
        keepers: 4,
        collection_point: true,
        visibility: Visibility::Federation,
    },
    StoreKind {
        code: "cold",
        name: "cold store",
        storage: &[StorageClass::Cool, StorageClass::Frozen],
        kg: 40,
        l: 80,
        keepers: 3,
        collection_point: true,
        visibility: Visibility::Federation,
    },
    StoreKind {
        code: "clinic",
        name: "clinic store",
        storage: &[StorageClass::Ambient, StorageClass::Cool, StorageClass::Secure],
        kg: 2,
        l: 6,
        keepers: 3,
        collection_point: false,
        visibility: Visibility::Federation,
    },
    StoreKind {
        code: "water",
        name: "water tower",
        storage: &[StorageClass::Liquid],
        kg: 530,
        l: 530,
        keepers: 2,
        collection_point: true,
        visibility: Visibility::Federation,
    },
    StoreKind {
        code: "fuel",
        name: "fuel yard",
        storage: &[StorageClass::Fuel, StorageClass::Secure],
        kg: 4,
        l: 5,
        keepers: 2,
        collection_point: false,
        visibility: Visibility::Concerned,
    },
];

fn stores(region: &mut Region, population: i64) -> Result<(), GenerateError> {
    let kind_of_day = |kind: &StoreKind| if kind.collection_point { Vec::new() } else { Weekday::ALL.into() };
    for community in &region.communities {
        for kind in &STORE_KINDS {
            // A name may fill its code, so the suffix takes the place of the last letters.
            let stem: String = community.code.as_str().chars().take(30).collect();
            region.stores.push(Store {
                code: StoreCode::new(&format!("{}-{}", stem.trim_end_matches('-'), kind.code))?,
                place: community.code.place(),
                name: format!("{} {}", community.name, kind.name),
                storage: kind.storage.to_vec(),
                open_days: kind_of_day(kind).into_iter().filter(|day| *day != Weekday::Sun).collect(),
                holidays: Vec::new(),
                capacity_kg: Some((population * kind.kg).max(1_000)),
                capacity_l: Some((population * kind.l).max(1_000)),
                keepers: kind.keepers,
                visibility: kind.visibility,
                collection_point: kind.collection_point,
                opens: None,
                closes: None,
            });
        }
    }
    for hub in &region.hubs {
        region.stores.push(Store {
            code: StoreCode::new(&format!("{}-depot", hub.code))?,
            place: hub.code.clone(),
            name: format!("{} depot", hub.name),
            storage: vec![
                StorageClass::Ambient,
                StorageClass::Cool,
                StorageClass::Frozen,
                StorageClass::Liquid,
                StorageClass::Fuel,
                StorageClass::Secure,
            ],
            open_days: Vec::new(),
            holidays: Vec::new(),
            capacity_kg: Some((population * 60).max(5_000)),
            capacity_l: Some((population * 120).max(5_000)),
            keepers: 4,
            visibility: Visibility::Federation,
            collection_point: false,
            opens: None,
            closes: None,
        });
    }
    Ok(())
}

/// Draws routes, each pair of places at most once per mode.
struct Routes {
    population: i64,
    pairs: BTreeSet<(PlaceCode, PlaceCode, Mode)>,
}

impl Routes {
    fn draw(mut self, region: &mut Region, layout: Layout) -> Result<(), GenerateError> {
        let spots: Vec<(PlaceCode, Place)> =
            region.communities.iter().map(|community| (community.code.place(), community.place)).collect();
        let hubs: Vec<(PlaceCode, Place)> =
            region.hubs.iter().map(|hub| (hub.code.clone(), hub.place)).collect();
        let mut routes = Vec::new();
        let count = spots.len();
        let neighbours: Vec<(usize, usize)> = match layout {
            Layout::Ring => (0..count).map(|at| (at, (at + 1) % count)).collect(),
            Layout::Cluster => {
                let columns = count.isqrt().max(1);
                let right = (0..count).filter(|at| (at + 1) % columns != 0).map(|at| (at, at + 1));
                right.chain((0..count).map(|at| (at, at + columns))).collect()
            }
        };
        for (one, other) in neighbours {
            self.add(spots.get(one), spots.get(other), Mode::Road, &mut routes)?;
        }
        // Chords: the shuttle skips every third community.
        for at in (0..count.saturating_sub(2)).step_by(3).filter(|_| layout == Layout::Ring && count > 4) {
            self.add(spots.get(at), spots.get(at + 2), Mode::Shuttle, &mut routes)?;
        }
        for (hub, range) in hubs.iter().zip(runs(count, hubs.len().max(1))) {
            for spot in spots.get(range).unwrap_or_default() {
                self.add(Some(hub), Some(spot), Mode::Road, &mut routes)?;
            }
        }
        for at in 0..hubs.len() {
            self.add(hubs.get(at), hubs.get((at + 1) % hubs.len()), Mode::Rail, &mut routes)?;
        }
        region.corridors = routes;
        Ok(())
    }

    fn add(
        &mut self,
        from: Option<&(PlaceCode, Place)>,
        to: Option<&(PlaceCode, Place)>,
        mode: Mode,
        routes: &mut Vec<Corridor>,
    ) -> Result<(), GenerateError> {
        let (Some((from, start)), Some((to, end))) = (from, to) else { return Ok(()) };
        let pair = (from.min(to).clone(), from.max(to).clone(), mode);
        if from == to || !self.pairs.insert(pair) {
            return Ok(());
        }
        // Roads wind: a tenth more than the straight line.
        let km = start.km_to(*end).max(1) * 11 / 10 + 1;
        // For 25,000 people a departure is a lorry of 20 t, a train of 80 t, or 2 t in the shuttle's trailer.
        let (letter, minutes, kg_per_1000, times): (_, _, _, &[u16]) = match mode {
            Mode::Rail => ("rail", 15 + km * 2 / 3, 3_200, &[5 * 60, 17 * 60]),
            Mode::Shuttle => ("shuttle", 20 + km, 80, &[7 * 60, 10 * 60, 13 * 60, 16 * 60, 19 * 60]),
            _ => ("road", 20 + km, 800, &[7 * 60 + 30, 13 * 60 + 30]),
        };
        let kg = (self.population * kg_per_1000 / 1_000).max(500);
        let days = if mode == Mode::Road { Weekday::ALL.into_iter().take(6).collect() } else { Vec::new() };
        let number = routes.len() + 1;
        routes.push(Corridor {
            code: CorridorCode::new(&format!("{letter}-{number}"))?,
            from: from.clone(),
            to: to.clone(),
            both_ways: true,
            mode,
            km: u32::try_from(km).unwrap_or(u32::MAX),
            minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
            departures: Departures {
                days,
                times: times.iter().copied().filter_map(TimeOfDay::from_minutes).collect(),
                per_day: None,
            },
            capacity_kg: kg,
            capacity_l: kg * 3,
            capacity_pallets: None,
            cold: mode != Mode::Rail,
            loss_per_mille: 0,
            opens: None,
            closes: None,
        });
        Ok(())
    }
}

/// A point in metres east and north of the region's centre.
#[derive(Debug, Clone, Copy)]
struct Spot {
    east: i64,
    north: i64,
}

impl Spot {
    /// The point on the map, around a quiet spot of the Iberian plateau.
    fn place(self) -> Place {
        // One degree of latitude is 111.2 km.
        const METRES_PER_DEGREE: i64 = 111_200;
        // Regions of thousands of communities would leave the globe: they fold over at its edges.
        let lat = (41_000_000 + self.north * 1_000_000 / METRES_PER_DEGREE).clamp(-85_000_000, 85_000_000);
        let lon = -3_500_000 + self.east * 1_000_000_000 / METRES_PER_DEGREE / cos_per_mille(lat).max(1);
        let lon = (lon + 180_000_000).rem_euclid(360_000_000) - 180_000_000;
        let micro = |n: i64| Degrees::from_micro(i32::try_from(n).unwrap_or(0));
        Place { lon: micro(lon), lat: micro(lat) }
    }
}

/// Points on a ring, 14 to 30 km of arc apart.
fn ring(count: usize, dice: &mut Dice) -> Vec<Spot> {
    let steps: Vec<i64> = (0..count).map(|_| dice.between(14_000, 30_000)).collect();
    let around: i64 = steps.iter().sum();
    let radius = around * 1_000 / 6_283;
    let mut walked = 0;
    steps
        .iter()
        .map(|step| {
            let angle = walked * 360_000_000 / around;
            walked += step;
            Spot { east: radius * sine(angle) / 1_000, north: radius * sine(angle + 90_000_000) / 1_000 }
        })
        .collect()
}

/// Points on a grid of 22 km, each moved by up to 4 km.
fn cluster(count: usize, dice: &mut Dice) -> Vec<Spot> {
    let columns = i64::try_from(count.isqrt().max(1)).unwrap_or(1);
    let total = i64::try_from(count).unwrap_or(1);
    let middle = columns / 2;
    (0..total)
        .map(|at| Spot {
            east: (at % columns - middle) * 22_000 + dice.between(-4_000, 4_000),
            north: (at / columns - middle) * 22_000 + dice.between(-4_000, 4_000),
        })
        .collect()
}

/// The sine of any angle in micro-degrees, per mille.
fn sine(micro_degrees: i64) -> i64 {
    let turned = (micro_degrees - 90_000_000).rem_euclid(360_000_000);
    let folded = turned.min(360_000_000 - turned);
    if folded <= 90_000_000 { cos_per_mille(folded) } else { -cos_per_mille(180_000_000 - folded) }
}

/// A small generator of numbers that look random (`SplitMix64`, Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `least` to `most`, both included.
    fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = u64::try_from(most - least + 1).unwrap_or(1);
        least + i64::try_from(self.next() % width).unwrap_or(0)
    }
}

/// Names without end, each only once.
fn names() -> impl Iterator<Item = String> {
    const FIRST: [&str; 10] =
        ["Alder", "Brook", "Cedar", "Dunes", "Elmford", "Fenholt", "Glade", "Heath", "Isleham", "Juniper"];
    const HEADS: [&str; 20] = [
        "Ash", "Birch", "Clay", "Dove", "East", "Fern", "Gorse", "Hazel", "Iron", "Kestrel", "Lark", "Mill",
        "North", "Oak", "Pine", "Quarry", "Rowan", "Stone", "Thorn", "Willow",
    ];
    const TAILS: [&str; 12] = [
        "ford", "ham", "wick", "field", "bridge", "mere", "dale", "well", "stead", "combe", "ridge", "haven",
    ];
    let pairs = (0..HEADS.len() * TAILS.len()).filter_map(|at| {
        // Heads change fastest and tails with them, so that neighbours do not look alike; each round of heads takes
        // every tail one further, so that no pair comes twice.
        let head = HEADS.get(at % HEADS.len())?;
        let tail = TAILS.get((at % HEADS.len() + at / HEADS.len()) % TAILS.len())?;
        Some(format!("{head}{tail}"))
    });
    let first = FIRST.into_iter().map(str::to_owned).chain(pairs.clone());
    first.chain((2..).flat_map(move |round: u32| pairs.clone().map(move |name| format!("{name} {round}"))))
}
