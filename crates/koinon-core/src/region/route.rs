//! Corridors: the routes between places, when something leaves on them and how much it carries.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::place::{Weekday, within};
use crate::id::{CorridorCode, PlaceCode};
use crate::time::Day;

/// A route between two places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Corridor {
    /// The code, unique in the region.
    pub code: CorridorCode,
    /// Where it starts.
    pub from: PlaceCode,
    /// Where it ends.
    pub to: PlaceCode,
    /// Whether it runs both ways alike.
    #[serde(default = "yes")]
    pub both_ways: bool,
    /// By what it runs.
    pub mode: Mode,
    /// The length in kilometres.
    pub km: u32,
    /// The time from door to door in minutes.
    pub minutes: u32,
    /// When something leaves; without it, at any time and once a day in full.
    #[serde(default, skip_serializing_if = "Departures::is_any_time")]
    pub departures: Departures,
    /// How many kilograms one departure carries, each way.
    pub capacity_kg: i64,
    /// How many litres one departure carries, each way.
    pub capacity_l: i64,
    /// How many pallets one departure carries, each way; `None` is no limit besides kilograms and litres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_pallets: Option<i64>,
    /// Whether goods are kept at 2 to 8 °C or colder on the way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cold: bool,
    /// What is lost on the way, per mille of what left (wire, pipe).
    #[serde(default)]
    pub loss_per_mille: u32,
    /// The first day of service; `None` is from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Day>,
    /// The first day without service; `None` is without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<Day>,
}

/// By what a corridor runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Lorries, carts and cars.
    Road,
    /// Goods trains.
    Rail,
    /// The scheduled shuttle for people and small goods.
    Shuttle,
    /// Boats.
    Water,
    /// Electric line; carries energy only.
    Wire,
    /// Pipe; carries water or gas only.
    Pipe,
    /// Data line; carries no goods.
    Fibre,
}

/// When something leaves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Departures {
    /// Days of the week; empty is every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Weekday>,
    /// Times of the day in the region's time zone, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<TimeOfDay>,
    /// How many leave each day, at no fixed times; only without `times`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
}

/// A time of the day in whole minutes, written `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TimeOfDay(u16);

/// How much a corridor carries on one day, each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capacity {
    /// Kilograms.
    pub kg: i64,
    /// Litres.
    pub l: i64,
}

const fn yes() -> bool {
    true
}

impl Mode {
    /// Whether it carries goods that people load.
    pub const fn carries_goods(self) -> bool {
        matches!(self, Self::Road | Self::Rail | Self::Shuttle | Self::Water)
    }
}

impl Corridor {
    /// Whether it is in service on a day, be there a departure or not.
    pub fn is_open(&self, day: Day) -> bool {
        within(day, self.opens, self.closes)
    }

    /// Whether something leaves on a day.
    pub fn runs_on(&self, day: Day) -> bool {
        self.is_open(day) && self.departures.count_on(day) > 0
    }

    /// How much it carries on a day, each way: nothing while closed.
    pub fn capacity_on(&self, day: Day) -> Capacity {
        let leaving = if self.is_open(day) { i64::from(self.departures.count_on(day)) } else { 0 };
        Capacity { kg: self.capacity_kg.saturating_mul(leaving), l: self.capacity_l.saturating_mul(leaving) }
    }

    /// The far end seen from a place, where one may travel from it.
    pub fn far_end(&self, here: &PlaceCode) -> Option<&PlaceCode> {
        if self.from == *here {
            Some(&self.to)
        } else if self.both_ways && self.to == *here {
            Some(&self.from)
        } else {
            None
        }
    }
}

impl Departures {
    /// Whether nothing is fixed, so that something may leave at any time, once a day in full.
    pub fn is_any_time(&self) -> bool {
        *self == Self::default()
    }

    /// How many leave on a day.
    pub fn count_on(&self, day: Day) -> u32 {
        if !self.days.is_empty() && !self.days.contains(&Weekday::of(day)) {
            return 0;
        }
        match self.per_day {
            Some(count) => count,
            None if self.times.is_empty() => 1,
            None => u32::try_from(self.times.len()).unwrap_or(u32::MAX),
        }
    }
}

impl TimeOfDay {
    /// Takes minutes since midnight, 0 to 1,439.
    pub const fn from_minutes(minutes: u16) -> Option<Self> {
        if minutes < 24 * 60 { Some(Self(minutes)) } else { None }
    }

    /// Minutes since midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// Reads `HH:MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.trim().split_once(':')?;
        let number = |t: &str| {
            ((1..=2).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit()))
                .then(|| t.parse::<u16>().ok())
                .flatten()
        };
        let (hours, minutes) = (number(hours)?, number(minutes).filter(|m| *m < 60)?);
        Self::from_minutes(hours * 60 + minutes)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("'{text}' is not a time of day; write it as \"07:30\""))
        })
    }
}

impl JsonSchema for TimeOfDay {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOfDay".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-2]?[0-9]:[0-5][0-9]$" })
    }
}
