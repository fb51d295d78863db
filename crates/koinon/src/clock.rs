//! Where this machine's time enters a command; everything below takes it as a value.

use jiff::tz::TimeZone;
use koinon_core::{Day, Timestamp};

/// The present moment.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}

/// The present day in a zone.
pub(crate) fn today(zone: &TimeZone) -> Day {
    now().day(zone)
}
