//! The agreed numbers that the software enforces.
//!
//! What a member reads in the agreed text is what stands here; each field names its unit, its range and who feels
//! it. Changing one is a decision of the federation, never of an engine.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::item::{Group, Item};
use crate::id::ItemCode;
use crate::quantity::{Dimension, Quantity};

/// The agreed numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Agreements {
    /// Days of need that every community keeps before it gives, by group; 0 to 400. A group that is absent has no
    /// floor. Default: food, water and medicine 30 (blueprint, section 7: 30 to 90 days), hygiene 14.
    pub floor_days: BTreeMap<Group, u32>,
    /// Floors of single items in days, where they differ from their group's; 0 to 400.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub item_floor_days: BTreeMap<ItemCode, u32>,
    /// Below this many days of need a community is short; 1 to 400. Default 14.
    pub short_below_days: u32,
    /// Below this many days of need a community is on watch; not below `short_below_days`, up to 400. Default 30.
    pub watch_below_days: u32,
    /// How far the days of need of two communities may differ before the engine evens them out; 0 to 400 days.
    /// Default 7.
    pub equity_slack_days: u32,
    /// How many days ahead suggestions look; 1 to 60. Default 7.
    pub horizon_days: u32,
    /// After how many days a number is shown as old; 1 to 365. Default 3.
    pub stale_after_days: u32,
    /// How many days before its end a batch is shown as "use soon"; 0 to 365. Default 30.
    pub use_soon_days: u32,
    /// From which multiple of the last amount an entry asks "really?"; 2 to 1,000. Default 20.
    pub unusual_factor: u32,
    /// Above these amounts two people at the sending side must agree.
    pub two_people_above: TwoPeopleAbove,
}

/// Amounts above which two people at the sending side must agree. 0 asks for two people always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TwoPeopleAbove {
    /// Kilograms, for items measured by mass. Default 5,000.
    pub mass_kg: i64,
    /// Litres, for items measured by volume. Default 50,000.
    pub volume_l: i64,
    /// Pieces, for counted items. Default 2,000.
    pub pieces: i64,
    /// Kilowatt-hours, for energy. Default 5,000.
    pub energy_kwh: i64,
    /// Person-days of 8 hours, for work. Default 100.
    pub person_days: i64,
    /// Bed-days. Default 100.
    pub bed_days: i64,
    /// Limits of single items in base units, which come first.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub items: BTreeMap<ItemCode, i64>,
    /// Whether controlled items always ask for two people. Default true.
    pub controlled_always: bool,
}

impl Default for Agreements {
    fn default() -> Self {
        Self {
            floor_days: [(Group::Food, 30), (Group::Water, 30), (Group::Medicine, 30), (Group::Hygiene, 14)]
                .into(),
            item_floor_days: BTreeMap::new(),
            short_below_days: 14,
            watch_below_days: 30,
            equity_slack_days: 7,
            horizon_days: 7,
            stale_after_days: 3,
            use_soon_days: 30,
            unusual_factor: 20,
            two_people_above: TwoPeopleAbove::default(),
        }
    }
}

impl Default for TwoPeopleAbove {
    fn default() -> Self {
        Self {
            mass_kg: 5_000,
            volume_l: 50_000,
            pieces: 2_000,
            energy_kwh: 5_000,
            person_days: 100,
            bed_days: 100,
            items: BTreeMap::new(),
            controlled_always: true,
        }
    }
}

impl Agreements {
    /// The agreed floor of an item in days of need: its own, else its group's, at most half of what it keeps, so that
    /// nothing is kept until it rots.
    pub fn floor_days(&self, item: &Item) -> u32 {
        let own = self.item_floor_days.get(&item.code);
        let agreed = own.or_else(|| self.floor_days.get(&item.group)).copied().unwrap_or(0);
        agreed.min(item.floor_days_max())
    }

    /// Whether two people at the sending side must agree before this much leaves.
    pub fn asks_two_people(&self, item: &Item, amount: Quantity) -> bool {
        let above = &self.two_people_above;
        if item.controlled && above.controlled_always {
            return true;
        }
        let limit = match above.items.get(&item.code) {
            Some(base_units) => i128::from(*base_units),
            None => match item.dimension {
                Dimension::Mass => i128::from(above.mass_kg) * 1_000,
                Dimension::Volume => i128::from(above.volume_l) * 1_000,
                Dimension::Count => i128::from(above.pieces),
                Dimension::Energy => i128::from(above.energy_kwh) * 1_000,
                Dimension::PersonTime => i128::from(above.person_days) * 480,
                Dimension::BedTime => i128::from(above.bed_days),
            },
        };
        i128::from(amount.amount()) > limit
    }
}
