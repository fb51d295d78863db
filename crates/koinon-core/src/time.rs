//! Time as a value: instants, civil days, and the one clock that the edge passes in.
//!
//! Nothing is ordered by wall clock alone: see the canonical order in `koinon-ledger`.

use std::fmt;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use minicbor::{Decode, Encode};

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Default)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] i64);

/// A civil day: days since 1970-01-01 in the region's time zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Default)]
#[cbor(transparent)]
pub struct Day(#[n(0)] pub i32);

/// The one clock. `now` is civil time, which a demo or a drill may simulate; `monotonic` is real time that never
/// steps, for sessions, retries and the network.
pub trait Clock: Send + Sync {
    /// Civil time, for facts and grants.
    fn now(&self) -> Timestamp;
    /// Time since an arbitrary start that never goes back.
    fn monotonic(&self) -> Duration;
}

impl Timestamp {
    /// Milliseconds in a day without clock changes.
    pub const DAY_MS: i64 = 86_400_000;

    /// Takes milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The instant `millis` later, held at the ends of the range.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The instant `days` days of 24 hours later, held at the ends of the range.
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_millis(days.saturating_mul(Self::DAY_MS))
    }

    /// The civil day on which this instant falls in a zone. Instants outside the years -9999..=9999 fall on the
    /// nearest day that has a name.
    pub fn day(self, zone: &TimeZone) -> Day {
        Day::from_date(zone.to_datetime(self.to_jiff()).date())
    }

    /// The civil date and time in a zone.
    pub fn civil(self, zone: &TimeZone) -> jiff::civil::DateTime {
        zone.to_datetime(self.to_jiff())
    }

    /// The instant as RFC 3339 text in UTC.
    pub fn to_rfc3339(self) -> String {
        self.to_jiff().to_string()
    }

    /// Reads RFC 3339 text with an offset or `Z`.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|t| Self(t.as_millisecond()))
    }

    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl Day {
    /// The day that a civil date names.
    pub fn from_date(date: Date) -> Self {
        let epoch = Date::constant(1970, 1, 1);
        // A Date spans ±9999 years, so the count of days always fits.
        Self(epoch.until(date).map_or(0, |span| span.get_days()))
    }

    /// The civil date of this day, held within the years that have names.
    pub fn to_date(self) -> Date {
        let epoch = Date::constant(1970, 1, 1);
        let edge = if self.0 < 0 { Date::MIN } else { Date::MAX };
        epoch.checked_add(jiff::Span::new().days(self.0.clamp(-4_371_587, 2_932_896))).unwrap_or(edge)
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse::<Date>().ok().map(Self::from_date)
    }

    /// The day `days` later, held at the ends of the range.
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The number of days from `earlier` to this day.
    pub const fn since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// The first instant of the day in a zone.
    pub fn start(self, zone: &TimeZone) -> Timestamp {
        self.at_minute(0, zone)
    }

    /// The instant at which clocks in a zone show a minute of the day, 0 to 1,439; a later one is taken as the last. Of two such
    /// instants the first, and of a minute that clocks leap over the one as long after the leap.
    pub fn at_minute(self, minute: u16, zone: &TimeZone) -> Timestamp {
        let minute = minute.min(1_439);
        let (hour, rest) = (i8::try_from(minute / 60).unwrap_or(0), i8::try_from(minute % 60).unwrap_or(0));
        let shown = zone
            .clone()
            .to_ambiguous_zoned_datetime(self.to_date().at(hour, rest, 0, 0))
            .compatible()
            .map(|zoned| zoned.timestamp().as_millisecond());
        let in_utc =
            i64::from(self.0).saturating_mul(Timestamp::DAY_MS).saturating_add(i64::from(minute) * 60_000);
        Timestamp(shown.unwrap_or(in_utc))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_date())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day is read from text, and from a bare TOML date (`2026-03-01` without quotes).
impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> serde::de::Visitor<'de> for Reader {
            type Value = Day;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date such as 2026-03-01")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Day, E> {
                Day::parse(text)
                    .ok_or_else(|| E::custom(format!("'{text}' is not a date; write it as 2026-03-01")))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
                let map = serde::de::value::MapAccessDeserializer::new(map);
                let bare = <toml::value::Datetime as serde::Deserialize>::deserialize(map)?;
                self.visit_str(&bare.to_string())
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl schemars::JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_the_zone_and_never_fail() {
        let madrid = TimeZone::get("Europe/Madrid").unwrap();
        let late = Timestamp::parse_rfc3339("2026-06-30T22:30:00Z").unwrap();
        assert_eq!(late.day(&madrid).to_string(), "2026-07-01");
        assert_eq!(late.day(&TimeZone::UTC).to_string(), "2026-06-30");
        assert_eq!(Day::parse("2026-07-01").unwrap().start(&madrid).to_rfc3339(), "2026-06-30T22:00:00Z");
        assert_eq!(Day::parse("1970-01-01"), Some(Day(0)));
        assert_eq!(Day::parse("2000-03-01").unwrap().since(Day::parse("2000-02-28").unwrap()), 2);
        let shown = |day: &str, minute| Day::parse(day).unwrap().at_minute(minute, &madrid).to_rfc3339();
        assert_eq!(shown("2026-07-01", 1_439), "2026-07-01T21:59:00Z");
        assert_eq!(shown("2026-07-01", u16::MAX), "2026-07-01T21:59:00Z");
        assert_eq!(shown("2026-10-25", 150), "2026-10-25T00:30:00Z", "the first of two");
        assert_eq!(shown("2026-03-29", 150), "2026-03-29T01:30:00Z", "03:30, as 02:30 is none");
        for ms in [i64::MIN, i64::MAX, 0] {
            let _ = (Timestamp::from_millis(ms).day(&madrid), Timestamp::from_millis(ms).to_rfc3339());
        }
        for d in [i32::MIN, i32::MAX, 0, -1] {
            let _ = (Day(d).to_date(), Day(d).start(&madrid), Day(d).at_minute(1_439, &madrid));
        }
        assert_eq!(Day(-1).to_string(), "1969-12-31");
        assert_eq!(Day::parse("2026-02-30"), None);
    }
}
