//! The item catalogue: what a thing is called, how it is measured, kept and marked, and how much of it people need.
//!
//! Ratios are whole numbers *per 1,000 base units* (or per 1,000 person-days), so that 49.5 g of egg or 0.4 tablets
//! a day stay exact without a fraction.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::StorageClass;
use crate::id::{CommunityCode, ItemCode};
use crate::quantity::{Dimension, Quantity};
use crate::unit::Pack;

/// One item of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The code, unique in the region.
    pub code: ItemCode,
    /// The name in the region's first language.
    pub name: String,
    /// Other names, by language tag (`es`) or by the code of a community that has its own word.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// The group under which people look for it.
    pub group: Group,
    /// What is measured; it never changes for an item.
    pub dimension: Dimension,
    /// The unit that people read and type when they name none, a code of the unit table.
    pub unit: String,
    /// Containers by which it is counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packs: Vec<Pack>,
    /// Grams in 1,000 base units; `None` is 1,000 for items measured by mass and unknown for
    /// others. With packing it may be more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_g_per_1000: Option<i64>,
    /// Millilitres of room in 1,000 base units; `None` is 1,000 for items measured by volume and unknown
    /// for others. With packing it may be more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_ml_per_1000: Option<i64>,
    /// Millionths of a pallet that 1,000 base units fill; `None` is not counted in pallets. 1,250 is a pallet of 800 kg
    /// for what is measured in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub micropallets_per_1000: Option<i64>,
    /// Kilocalories in 1,000 base units: per kilogram, per litre, or per 1,000 pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kcal_per_1000: Option<i64>,
    /// Days from making to the last day of use; `None` is no end that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf_days: Option<u32>,
    /// How it must be kept.
    #[serde(default)]
    pub storage: StorageClass,
    /// How much people depend on it.
    pub tier: Tier,
    /// What people need of it; `None` where nothing general can be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<Need>,
    /// Items that serve as well, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub substitutes: Vec<ItemCode>,
    /// Allergens it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allergens: Vec<Allergen>,
    /// Diets that may eat it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diet: Vec<Diet>,
    /// Whether it is given out on prescription only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prescription: bool,
    /// Whether law controls who may hold it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub controlled: bool,
    /// Dangers in transport and storage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<Hazard>,
    /// The container that goes with it and comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returnable: Option<Returnable>,
    /// What one piece of a kit holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<Part>,
    /// What it grows into, for seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sowing: Option<Sowing>,
    /// What an animal eats and gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub husbandry: Option<Husbandry>,
    /// Who may see amounts of it; `None` is [`Visibility::Concerned`] for controlled medicines and fuel, else
    /// [`Visibility::Federation`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// Where its mass, kcal and shelf life come from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// The group of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Things to eat.
    Food,
    /// Water and what makes it safe.
    Water,
    /// Medicines and dressings.
    Medicine,
    /// Washing, care and cleaning.
    Hygiene,
    /// Tents, blankets and building.
    Shelter,
    /// Fuel that is burnt.
    Fuel,
    /// Seed.
    Seed,
    /// Feed for animals.
    Feed,
    /// Tools, machines, containers and kits.
    Tool,
    /// Living animals.
    Animal,
    /// Electric energy.
    Energy,
}

/// How much people depend on an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Life depends on it.
    MustHave,
    /// Health and work suffer without it.
    Needed,
    /// Good to have.
    Useful,
}

/// Who may see amounts, the most open first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// Everyone sees enough, watch or short; never an amount.
    Public,
    /// Members of the federation see amounts.
    #[default]
    Federation,
    /// Only those who give, take, carry or keep it see amounts.
    Concerned,
}

/// What people need of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Base units for 1,000 people on one day.
    pub per_1000_person_days: i64,
    /// The same by age, where it is known; it then applies instead of the number for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_age: Option<ByAge>,
    /// Who says so: standard, survey or agreement.
    pub source: String,
}

/// Base units for 1,000 people of each age group on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByAge {
    /// Below 5 years.
    pub under_5: i64,
    /// 5 to 17 years.
    pub age_5_17: i64,
    /// 18 to 64 years.
    pub age_18_64: i64,
    /// 65 years and more.
    pub age_65_up: i64,
}

/// An allergen that must be named (Regulation (EU) 1169/2011, Annex II).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Allergen {
    /// Cereals with gluten.
    Gluten,
    /// Crustaceans.
    Crustaceans,
    /// Eggs.
    Egg,
    /// Fish.
    Fish,
    /// Peanuts.
    Peanuts,
    /// Soya.
    Soya,
    /// Milk, lactose included.
    Milk,
    /// Nuts.
    Nuts,
    /// Celery.
    Celery,
    /// Mustard.
    Mustard,
    /// Sesame.
    Sesame,
    /// Sulphites.
    Sulphites,
    /// Lupin.
    Lupin,
    /// Molluscs.
    Molluscs,
}

/// A diet that may eat a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Diet {
    /// Nothing from animals.
    Vegan,
    /// No meat and no fish.
    Vegetarian,
    /// Permitted by Islamic law.
    Halal,
    /// Permitted by Jewish law.
    Kosher,
    /// Fit for infants below one year.
    Infant,
}

/// A danger in transport or storage (after the GHS pictograms).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Hazard {
    /// Burns.
    Flammable,
    /// Feeds fire.
    Oxidiser,
    /// Gas under pressure.
    Pressure,
    /// Etches skin and metal.
    Corrosive,
    /// Poisonous.
    Toxic,
    /// Harms water life.
    Environment,
    /// May infect.
    Infectious,
    /// Explodes.
    Explosive,
}

/// A container that comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Returnable {
    /// The item that the container is.
    pub item: ItemCode,
    /// Base units of content in one container.
    pub holds: i64,
}

/// A part of a kit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The item inside.
    pub item: ItemCode,
    /// Base units of it in one kit.
    pub amount: i64,
}

/// What seed grows into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sowing {
    /// Base units of seed for one hectare.
    pub per_ha: i64,
    /// The item that is harvested.
    pub yields: ItemCode,
    /// Base units harvested from one hectare in a normal year.
    pub yield_per_ha: i64,
    /// Days from sowing to harvest.
    pub days: u32,
}

/// What an animal eats and gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Husbandry {
    /// The feed.
    pub feed: ItemCode,
    /// Base units of feed for 1,000 animals on one day.
    pub feed_per_1000_days: i64,
    /// What it gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gives: Option<ItemCode>,
    /// Base units that 1,000 animals give on one day.
    #[serde(default)]
    pub gives_per_1000_days: i64,
}

impl Group {
    /// Every group, in the order of pages.
    pub const ALL: [Self; 11] = [
        Self::Food,
        Self::Water,
        Self::Medicine,
        Self::Hygiene,
        Self::Shelter,
        Self::Fuel,
        Self::Energy,
        Self::Seed,
        Self::Feed,
        Self::Animal,
        Self::Tool,
    ];

    /// The word of the region file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Food => "food",
            Self::Water => "water",
            Self::Medicine => "medicine",
            Self::Hygiene => "hygiene",
            Self::Shelter => "shelter",
            Self::Fuel => "fuel",
            Self::Seed => "seed",
            Self::Feed => "feed",
            Self::Tool => "tool",
            Self::Animal => "animal",
            Self::Energy => "energy",
        }
    }
}

impl Tier {
    /// 1 for what life depends on, then 2 and 3.
    pub const fn rank(self) -> u8 {
        match self {
            Self::MustHave => 1,
            Self::Needed => 2,
            Self::Useful => 3,
        }
    }
}

impl Item {
    /// The name in a language or in a community's own word, which comes first.
    pub fn name_in(&self, language: &str, community: Option<&CommunityCode>) -> &str {
        let own = community.and_then(|code| self.names.get(code.as_str()));
        own.or_else(|| self.names.get(language)).map_or(self.name.as_str(), String::as_str)
    }

    /// Who may see amounts of it.
    pub fn seen_by(&self) -> Visibility {
        match self.visibility {
            Some(visibility) => visibility,
            None if self.controlled || self.group == Group::Fuel => Visibility::Concerned,
            None => Visibility::Federation,
        }
    }

    /// Whether it must stay at 8 °C or colder on the way.
    pub fn is_cold(&self) -> bool {
        matches!(self.storage, StorageClass::Cool | StorageClass::Frozen)
    }

    /// The longest floor that makes sense: half of what the item keeps.
    pub(super) fn floor_days_max(&self) -> u32 {
        self.shelf_days.map_or(u32::MAX, |days| days / 2)
    }

    /// The mass of an amount in grams, rounded up; `None` where it is not known or has none.
    pub fn mass_g(&self, amount: Quantity) -> Option<i64> {
        let per_1000 = match self.dimension {
            Dimension::Mass => self.mass_g_per_1000.or(Some(1_000)),
            _ => self.mass_g_per_1000,
        };
        scale_up(amount, self.dimension, per_1000?)
    }

    /// The room that an amount takes in millilitres, rounded up; `None` where it is not known.
    pub fn volume_ml(&self, amount: Quantity) -> Option<i64> {
        let per_1000 = match self.dimension {
            Dimension::Volume => self.volume_ml_per_1000.or(Some(1_000)),
            _ => self.volume_ml_per_1000,
        };
        scale_up(amount, self.dimension, per_1000?)
    }

    /// The kilocalories in an amount, rounded down; `None` for what is no food.
    pub fn kcal(&self, amount: Quantity) -> Option<i64> {
        if amount.dimension() != self.dimension {
            return None;
        }
        let product = i128::from(amount.amount()) * i128::from(self.kcal_per_1000?);
        i64::try_from(product.div_euclid(1_000)).ok()
    }
}

fn scale_up(amount: Quantity, dimension: Dimension, per_1000: i64) -> Option<i64> {
    if amount.dimension() != dimension {
        return None;
    }
    let product = i128::from(amount.amount()) * i128::from(per_1000);
    i64::try_from(-((-product).div_euclid(1_000))).ok()
}
