//! The region file: who lives where, what stores and routes there are, what things are called and needed, and the
//! agreed numbers.
//!
//! `region.toml` is strict (an unknown word is a fault), versioned by `format`, and dated: communities join, grow,
//! split or leave on a day, hubs, stores and corridors open and close. [`Region::parse`] reports every fault at once.
//! This room only reads and answers; it stores nothing, and adopting a region is the node's work.

mod agreements;
mod check;
mod fault;
pub mod generate;
mod item;
mod look;
mod people;
mod place;
mod read;
mod route;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Day;

pub use agreements::{Agreements, TwoPeopleAbove};
pub use fault::{FAULTS_MAX, Fault, Severity};
pub use item::{
    Allergen, ByAge, Diet, Group, Hazard, Husbandry, Item, Need, Part, Returnable, Sowing, Tier, Visibility,
};
pub use people::{
    AgeShares, CELL_PEOPLE_MAX, CELL_PEOPLE_MIN, Cluster, Community, District, Divisions, Headcount,
    Population,
};
pub use place::{Degrees, Hub, Place, StorageClass, Store, Weekday};
pub use read::FILE_BYTES_MAX;
pub use route::{Capacity, Corridor, Departures, Mode, TimeOfDay};

/// The format that this version reads and writes.
pub const FORMAT: u32 = 1;

/// A whole region.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// The format of this file, 1.
    pub format: u32,
    /// The region's name.
    pub name: String,
    /// The IANA time zone in which days begin and shuttles leave, for example `Europe/Madrid`.
    pub time_zone: String,
    /// The day on which the region starts to use koinon; `None` is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Day>,
    /// Language tags (BCP 47) in which people read, the main one first.
    pub languages: Vec<String>,
    /// The agreed numbers.
    #[serde(default)]
    pub agreements: Agreements,
    /// The communities, at least one.
    pub communities: Vec<Community>,
    /// The hubs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hubs: Vec<Hub>,
    /// The stores and collection points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Store>,
    /// The routes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corridors: Vec<Corridor>,
    /// The catalogue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    #[serde(skip)]
    index: look::Index,
}
