//! A timetable as a GTFS file that any journey planner reads.
//!
//! [`Feed`] holds what runs: stops, routes and trips on days, in plain values. [`Feed::faults`] names everything that would make the file
//! invalid, and [`Feed::zip`] writes one only where there is nothing. [`timetable`] makes a feed from the departures of a region file that
//! have fixed times. The format is GTFS Schedule (<https://gtfs.org/documentation/schedule/reference/>).
//!
//! Equal feeds give equal bytes. The room opens no file, reads no clock, and knows no fares, shapes or live times.

mod faults;
mod timetable;
mod zip;

use std::collections::BTreeSet;

use koinon_core::Day;
use koinon_core::region::Place;

pub use timetable::{Timetable, timetable};

/// What runs from one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Who runs it.
    pub agency: Agency,
    /// The first day of which the feed speaks.
    pub first: Day,
    /// The last day of which it speaks.
    pub last: Day,
    /// What tells this feed from one of another content, for example a check number.
    pub version: String,
    /// Where something may stop; what no trip calls at is left out of the file.
    pub stops: Vec<Stop>,
    /// The lines; one without a trip is left out of the file.
    pub routes: Vec<Route>,
    /// What runs on them.
    pub trips: Vec<Trip>,
}

/// Who runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// The name.
    pub name: String,
    /// A web address, which the format requires, beginning with `http://` or `https://`.
    pub url: String,
    /// The IANA time zone of all times.
    pub zone: String,
    /// The language of all names (BCP 47).
    pub language: String,
}

/// A place where something stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Its id, unique among stops.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub place: Place,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its id, unique among routes.
    pub id: String,
    /// What stands on the vehicle.
    pub short: String,
    /// Where it leads.
    pub long: String,
    /// By what it runs.
    pub kind: Kind,
}

/// By what a line runs, as the format numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Rail, number 2.
    Rail,
    /// Anything on roads, number 3.
    Road,
    /// Boats, number 4.
    Boat,
}

/// One run of a line, on some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// Its id, unique among trips.
    pub id: String,
    /// The route.
    pub route: String,
    /// What the vehicle shows.
    pub headsign: String,
    /// Whether it runs the way back; `None` where there are no two ways.
    pub back: Option<bool>,
    /// On which days, at least one, within those of the feed.
    pub days: BTreeSet<Day>,
    /// Where it calls, at least two stops, in order.
    pub calls: Vec<Call>,
    /// Whether people may get on and off; else it carries goods only.
    pub people: bool,
}

/// A call at a stop, in minutes from the midnight of the trip's day; beyond 1,440 on the days after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The stop.
    pub stop: String,
    /// When it arrives.
    pub arrives: u32,
    /// When it leaves.
    pub leaves: u32,
}

/// Everything that would make the file invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct FeedFaults(pub Vec<String>);
