//! Communities: their people over time, and how they are divided into districts, clusters and cells.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::item::Need;
use super::place::Place;
use crate::id::CommunityCode;
use crate::time::Day;

/// The fewest people in a cell before a warning (blueprint, section 3).
pub const CELL_PEOPLE_MIN: i64 = 120;
/// The most people in a cell before a warning (blueprint, section 3).
pub const CELL_PEOPLE_MAX: i64 = 180;

/// A self-governing community, which is also the place that bears its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Community {
    /// The code, unique among communities and hubs.
    pub code: CommunityCode,
    /// The name as its people write it.
    pub name: String,
    /// Where its centre lies.
    pub place: Place,
    /// How many people, as one number or as a dated list.
    pub population: Population,
    /// The first day on which it belongs to the region; `None` is from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<Day>,
    /// The first day on which it belongs no more; `None` is without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves: Option<Day>,
    /// The community that this one split from, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<CommunityCode>,
    /// Days of need that this community keeps of everything it needs; never below the agreed floor. `None` keeps
    /// the agreed floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeps_days: Option<u32>,
    /// Shares of the age groups; `None` applies [`AgeShares::WORLD`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages: Option<AgeShares>,
    /// How many districts, clusters and cells there are, where they are not listed by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divisions: Option<Divisions>,
    /// Districts by name, where the community wants its cells listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub districts: Vec<District>,
}

/// The number of people from each day on. Between two days the earlier number holds; before the first, the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Population(pub Vec<Headcount>);

/// A number of people from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Headcount {
    /// The first day of this number.
    pub from: Day,
    /// How many people.
    pub people: i64,
}

/// Shares of four age groups, per mille of the population; they add up to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgeShares {
    /// People below 5 years, per mille.
    pub under_5: u32,
    /// People of 5 to 17 years, per mille.
    pub age_5_17: u32,
    /// People of 18 to 64 years, per mille.
    pub age_18_64: u32,
    /// People of 65 years and more, per mille.
    pub age_65_up: u32,
}

/// Numbers of divisions within a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Divisions {
    /// Districts in the community.
    pub districts: u32,
    /// Clusters in all districts together.
    pub clusters: u32,
    /// Cells in all clusters together, of 120 to 180 people each.
    pub cells: u32,
}

/// A district listed by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct District {
    /// The name.
    pub name: String,
    /// Its clusters.
    #[serde(default)]
    pub clusters: Vec<Cluster>,
}

/// A cluster listed by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// The name.
    pub name: String,
    /// The number of people in each of its cells.
    #[serde(default)]
    pub cells: Vec<i64>,
}

impl Community {
    /// Whether it belongs to the region on a day.
    pub fn is_member(&self, day: Day) -> bool {
        self.joins.is_none_or(|joins| joins <= day) && self.leaves.is_none_or(|leaves| day < leaves)
    }

    /// How many people it counts on a day; 0 while it does not belong to the region.
    pub fn people(&self, day: Day) -> i64 {
        if self.is_member(day) { self.population.on(day) } else { 0 }
    }

    /// Shares of its age groups.
    pub fn age_shares(&self) -> AgeShares {
        self.ages.unwrap_or(AgeShares::WORLD)
    }

    /// Numbers of divisions, counted from the list where there is one.
    pub fn division_counts(&self) -> Option<Divisions> {
        if self.districts.is_empty() {
            return self.divisions;
        }
        let clusters = self.districts.iter().flat_map(|d| &d.clusters);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Some(Divisions {
            districts: count(self.districts.len()),
            clusters: count(clusters.clone().count()),
            cells: count(clusters.map(|c| c.cells.len()).sum()),
        })
    }

    /// The base units of `need` that its people need on a day, rounded up so that no need is understated; `None` beyond
    /// every bound.
    pub(super) fn need_on(&self, need: &Need, day: Day) -> Option<i128> {
        let (rate, scale) = match need.by_age {
            None => (i128::from(need.per_1000_person_days), 1_000),
            Some(rates) => {
                let shares = self.age_shares();
                let weighted = [
                    (shares.under_5, rates.under_5),
                    (shares.age_5_17, rates.age_5_17),
                    (shares.age_18_64, rates.age_18_64),
                    (shares.age_65_up, rates.age_65_up),
                ];
                (
                    weighted.into_iter().map(|(share, rate)| i128::from(share) * i128::from(rate)).sum(),
                    1_000_000,
                )
            }
        };
        let product = rate.checked_mul(i128::from(self.people(day)))?;
        Some(product.checked_add(scale - 1)?.div_euclid(scale))
    }
}

impl Population {
    /// A number that holds on every day.
    pub fn constant(people: i64) -> Self {
        Self(vec![Headcount { from: Day(i32::MIN), people }])
    }

    /// The number on a day.
    pub fn on(&self, day: Day) -> i64 {
        let known = self.0.iter().rev().find(|count| count.from <= day).or(self.0.first());
        known.map_or(0, |count| count.people)
    }

    /// The one number, where it holds on every day.
    pub fn as_constant(&self) -> Option<i64> {
        match self.0.as_slice() {
            [only] if only.from == Day(i32::MIN) => Some(only.people),
            _ => None,
        }
    }
}

impl AgeShares {
    /// The world's shares in 2022, rounded (UN World Population Prospects 2022: 8.4 %, 21.2 %, 60.6 %, 9.8 %).
    pub const WORLD: Self = Self { under_5: 84, age_5_17: 212, age_18_64: 606, age_65_up: 98 };

    /// The sum of the shares, 1,000 when they are sound.
    pub fn total(self) -> u64 {
        [self.under_5, self.age_5_17, self.age_18_64, self.age_65_up].into_iter().map(u64::from).sum()
    }
}

impl Serialize for Population {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_constant() {
            Some(people) => serializer.serialize_i64(people),
            None => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Population {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> serde::de::Visitor<'de> for Reader {
            type Value = Population;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a whole number of people, or a list such as [{ from = \"2026-03-01\", people = 1000 }]",
                )
            }
            fn visit_i64<E: serde::de::Error>(self, people: i64) -> Result<Population, E> {
                Ok(Population::constant(people))
            }
            fn visit_u64<E: serde::de::Error>(self, people: u64) -> Result<Population, E> {
                i64::try_from(people).map(Population::constant).map_err(|_| E::custom("too many people"))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<Population, A::Error> {
                Vec::deserialize(serde::de::value::SeqAccessDeserializer::new(list)).map(Population)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for Population {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Population".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let dated = generator.subschema_for::<Vec<Headcount>>();
        schemars::json_schema!({
            "description": "How many people: one number, or numbers from given days on.",
            "anyOf": [{ "type": "integer", "minimum": 0 }, dated]
        })
    }
}
