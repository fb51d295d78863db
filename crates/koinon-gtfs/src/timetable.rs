//! The departures of a region file as a feed.

use std::collections::BTreeSet;

use koinon_core::region::{Corridor, Mode, TimeOfDay};
use koinon_core::{CorridorCode, Day, PlaceCode, Region};

use super::{Agency, Call, Feed, Kind, Route, Stop, Trip};

/// A feed, and what of the region is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    /// What leaves at fixed times.
    pub feed: Feed,
    /// Corridors in service that carry people or goods and leave at no fixed time, and so cannot be in a timetable.
    pub without_times: Vec<CorridorCode>,
}

/// The departures with fixed times from one day to another, each corridor a route, each time of the day and each way a trip.
///
/// People ride the shuttle; roads, rail and boats are marked as goods only. Lines and pipes are no transport and are left out.
pub fn timetable(region: &Region, first: Day, last: Day, url: &str) -> Timetable {
    let days = || (first.0..=last.0.max(first.0)).map(Day);
    let mut feed = Feed::of(region, first, last, url, region.digest().to_string());
    let mut without_times = Vec::new();
    for corridor in &region.corridors {
        let Some(kind) = kind(corridor.mode) else { continue };
        let runs = |day: &Day| {
            corridor.runs_on(*day) && region.exists(&corridor.from, *day) && region.exists(&corridor.to, *day)
        };
        let days: BTreeSet<Day> = days().filter(runs).collect();
        if days.is_empty() {
            continue;
        }
        if corridor.departures.times.is_empty() {
            without_times.push(corridor.code.clone());
            continue;
        }
        let name = |place: &PlaceCode| region.place_name(place).unwrap_or(place.as_str()).to_owned();
        feed.routes.push(Route {
            id: corridor.code.to_string(),
            short: corridor.code.to_string(),
            long: format!("{} – {}", name(&corridor.from), name(&corridor.to)),
            kind,
        });
        for time in &corridor.departures.times {
            feed.trips.push(trip(corridor, *time, false, &days, name(&corridor.to)));
            if corridor.both_ways {
                feed.trips.push(trip(corridor, *time, true, &days, name(&corridor.from)));
            }
        }
    }
    Timetable { feed, without_times }
}

/// The region as the one that runs things.
fn agency(region: &Region, url: &str) -> Agency {
    Agency {
        name: region.name.clone(),
        url: url.to_owned(),
        zone: region.time_zone.clone(),
        language: region.languages.first().cloned().unwrap_or_else(|| "und".to_owned()),
    }
}

/// Every community and hub as a stop.
fn stops(region: &Region) -> Vec<Stop> {
    let communities = region.communities.iter().map(|c| (c.code.to_string(), c.name.clone(), c.place));
    let hubs = region.hubs.iter().map(|hub| (hub.code.to_string(), hub.name.clone(), hub.place));
    communities.chain(hubs).map(|(id, name, place)| Stop { id, name, place }).collect()
}

impl Feed {
    /// A feed of a region in which nothing runs yet.
    pub fn of(region: &Region, first: Day, last: Day, url: &str, version: String) -> Self {
        let (agency, stops) = (agency(region, url), stops(region));
        Self { agency, first, last, version, stops, routes: Vec::new(), trips: Vec::new() }
    }
}

fn trip(corridor: &Corridor, time: TimeOfDay, back: bool, days: &BTreeSet<Day>, headsign: String) -> Trip {
    let (from, to) = if back { (&corridor.to, &corridor.from) } else { (&corridor.from, &corridor.to) };
    let leaves = u32::from(time.minutes());
    let arrives = leaves.saturating_add(corridor.minutes);
    let call =
        |stop: &PlaceCode, minute: u32| Call { stop: stop.to_string(), arrives: minute, leaves: minute };
    Trip {
        id: format!("{}-{:04}-{}", corridor.code, leaves, if back { "back" } else { "out" }),
        route: corridor.code.to_string(),
        headsign,
        back: Some(back),
        days: days.clone(),
        calls: vec![call(from, leaves), call(to, arrives)],
        people: corridor.mode == Mode::Shuttle,
    }
}

const fn kind(mode: Mode) -> Option<Kind> {
    match mode {
        Mode::Road | Mode::Shuttle => Some(Kind::Road),
        Mode::Rail => Some(Kind::Rail),
        Mode::Water => Some(Kind::Boat),
        Mode::Wire | Mode::Pipe | Mode::Fibre => None,
    }
}
