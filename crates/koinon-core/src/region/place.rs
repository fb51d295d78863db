//! Places: where they lie, the hubs that communities keep for each other, and the stores inside them.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Weekday as JiffWeekday;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::item::Visibility;
use crate::id::{CommunityCode, ItemCode, PlaceCode, StoreCode};
use crate::time::Day;

/// A point on the map (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Longitude, east positive, -180 to 180.
    pub lon: Degrees,
    /// Latitude, north positive, -90 to 90.
    pub lat: Degrees,
}

/// An angle in whole micro-degrees, written as decimal degrees with at most six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Degrees {
    /// Millionths of a degree.
    pub micro: i32,
}

/// A shared centre between communities, whose facts its keeper writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// The code, unique among communities and hubs.
    pub code: PlaceCode,
    /// The name.
    pub name: String,
    /// Where it lies.
    pub place: Place,
    /// The community that keeps it.
    pub keeper: CommunityCode,
    /// The first day of work; `None` is from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Day>,
    /// The first day on which it is closed for good; `None` is without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<Day>,
    /// What is kept there of an item before anything is given, in base units; agreed by those who share the hub.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keeps: BTreeMap<ItemCode, i64>,
}

/// A store or collection point at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The code, unique in the region.
    pub code: StoreCode,
    /// The community or hub in which it stands.
    pub place: PlaceCode,
    /// The name.
    pub name: String,
    /// What kinds of storage it has, at least one.
    pub storage: Vec<StorageClass>,
    /// Days of the week on which it gives out and takes in; empty is every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_days: Vec<Weekday>,
    /// Single days on which it is closed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Day>,
    /// How much it holds in kilograms; `None` is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_kg: Option<i64>,
    /// How much it holds in litres; `None` is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_l: Option<i64>,
    /// How many people keep it; two or more let one count and another confirm.
    #[serde(default)]
    pub keepers: u32,
    /// Who may see what lies here; an item's own visibility applies where it is stricter.
    #[serde(default)]
    pub visibility: Visibility,
    /// Whether members fetch things here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub collection_point: bool,
    /// The first day of work; `None` is from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Day>,
    /// The first day on which it is closed for good; `None` is without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<Day>,
}

/// How a thing must be kept, or a store can keep it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum StorageClass {
    /// Dry, at the temperature of the room.
    #[default]
    Ambient,
    /// 2 to 8 °C.
    Cool,
    /// -18 °C or below.
    Frozen,
    /// Tanks for drinkable liquids.
    Liquid,
    /// Tanks and cages for fuel and gas.
    Fuel,
    /// Locked, for controlled and dangerous things.
    Secure,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// Every day of the week from Monday.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The day of the week on which a day falls.
    pub fn of(day: Day) -> Self {
        match day.to_date().weekday() {
            JiffWeekday::Monday => Self::Mon,
            JiffWeekday::Tuesday => Self::Tue,
            JiffWeekday::Wednesday => Self::Wed,
            JiffWeekday::Thursday => Self::Thu,
            JiffWeekday::Friday => Self::Fri,
            JiffWeekday::Saturday => Self::Sat,
            JiffWeekday::Sunday => Self::Sun,
        }
    }
}

/// Whether a day lies in a span whose end is excluded.
pub(super) fn within(day: Day, opens: Option<Day>, closes: Option<Day>) -> bool {
    opens.is_none_or(|opens| opens <= day) && closes.is_none_or(|closes| day < closes)
}

impl Hub {
    /// Whether the hub works on a day.
    pub fn is_open(&self, day: Day) -> bool {
        within(day, self.opens, self.closes)
    }
}

impl Store {
    /// Whether the store exists on a day, be its door open or not.
    pub fn exists(&self, day: Day) -> bool {
        within(day, self.opens, self.closes)
    }

    /// Whether the door is open on a day.
    pub fn is_open(&self, day: Day) -> bool {
        self.exists(day)
            && (self.open_days.is_empty() || self.open_days.contains(&Weekday::of(day)))
            && !self.holidays.contains(&day)
    }
}

impl Place {
    /// The straight distance to another place in whole kilometres, rounded down, good to 2 % below 500 km: a flat map
    /// with the cosine of the mean latitude (Bhaskara I's formula), in integers so that it is equal everywhere.
    pub fn km_to(self, other: Self) -> i64 {
        // One degree of latitude is 111.2 km.
        const METRES_PER_DEGREE: i64 = 111_200;
        let metres = |micro: i64| micro * METRES_PER_DEGREE / 1_000_000;
        let lat = i64::midpoint(i64::from(self.lat.micro), i64::from(other.lat.micro));
        let lon = i64::from(self.lon.micro) - i64::from(other.lon.micro);
        let turn = lon.rem_euclid(360_000_000);
        let east = metres(turn.min(360_000_000 - turn)) * cos_per_mille(lat) / 1_000;
        let north = metres(i64::from(self.lat.micro) - i64::from(other.lat.micro));
        (east * east + north * north).isqrt() / 1_000
    }
}

/// The cosine of an angle within ±90 degrees, per mille.
pub(super) fn cos_per_mille(micro_degrees: i64) -> i64 {
    let square = (micro_degrees.clamp(-90_000_000, 90_000_000) / 1_000).pow(2);
    // cos x = (32400 - 4 x^2) / (32400 + x^2) for x in degrees; here in thousandths.
    (32_400_000_000 - 4 * square) * 1_000 / (32_400_000_000 + square)
}

impl Degrees {
    /// Takes whole micro-degrees.
    pub const fn from_micro(micro: i32) -> Self {
        Self { micro }
    }

    /// Reads decimal degrees such as `-3.703790`, with at most six decimals and within ±360.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (sign, body) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = body.split_once('.').unwrap_or((body, "0"));
        let digits = |t: &str| (1..=6).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || whole.len() > 3 || !digits(fraction) {
            return None;
        }
        let whole: i32 = whole.parse().ok()?;
        let fraction: i32 = format!("{fraction:0<6}").parse().ok()?;
        (whole <= 360).then_some(Self { micro: sign * (whole * 1_000_000 + fraction) })
    }
}

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.micro < 0 { "-" } else { "" };
        let magnitude = self.micro.unsigned_abs();
        write!(f, "{sign}{}.{:06}", magnitude / 1_000_000, magnitude % 1_000_000)
    }
}

impl Serialize for Degrees {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl serde::de::Visitor<'_> for Reader {
            type Value = Degrees;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("decimal degrees with at most six decimals, for example 12.345678")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Degrees, E> {
                Degrees::parse(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Degrees, E> {
                Degrees::parse(&format!("{number:.6}"))
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Float(number), &self))
            }
            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Degrees, E> {
                Degrees::parse(&number.to_string())
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Signed(number), &self))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for Degrees {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Degrees".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Decimal degrees (WGS 84) with at most six decimals, as text or as a number.",
            "anyOf": [{ "type": "string", "pattern": "^-?[0-9]{1,3}([.][0-9]{1,6})?$" }, { "type": "number" }]
        })
    }
}
