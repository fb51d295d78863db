//! Tours as a GTFS feed: each vehicle a route, each tour a trip that carries goods only.

use std::collections::BTreeSet;

use koinon_core::{Day, PlaceCode, Region};
use koinon_gtfs::{Call, Feed, Kind, Route, Trip};
use koinon_match::Moment;
use koinon_match::rounds::{RoundPlan, Tour};

/// The tours of a plan as a feed; its version is the plan's check number.
pub(super) fn feed(plan: &RoundPlan, region: &Region, url: &str) -> Feed {
    let first = plan.tours.iter().map(|tour| tour.leaves.day).min().unwrap_or_default();
    let last = plan.tours.iter().map(|tour| tour.leaves.day).max().unwrap_or_default();
    let mut feed = Feed::of(region, first, last, url, plan.digest.to_string());
    let vehicles: BTreeSet<_> = plan.tours.iter().map(|tour| (&tour.vehicle, &tour.home)).collect();
    feed.routes.extend(vehicles.into_iter().map(|(vehicle, home)| Route {
        id: vehicle.to_string(),
        short: vehicle.to_string(),
        long: format!("Rounds of {vehicle} from {}", name(region, home)),
        kind: Kind::Road,
    }));
    feed.trips.extend(plan.tours.iter().map(|tour| trip(tour, region)));
    feed
}

fn name(region: &Region, place: &PlaceCode) -> String {
    region.place_name(place).unwrap_or(place.as_str()).to_owned()
}

fn trip(tour: &Tour, region: &Region) -> Trip {
    let minute = |moment: Moment| u32::try_from(moment.minutes_from(tour.leaves.day)).unwrap_or(0);
    let call = |place: &PlaceCode, arrives: Moment, leaves: Moment| Call {
        stop: place.to_string(),
        arrives: minute(arrives),
        leaves: minute(leaves),
    };
    let mut calls = Vec::with_capacity(tour.stops.len() + 2);
    // What loads or unloads at home first or last calls there once.
    if tour.stops.first().is_none_or(|stop| stop.place != tour.home) {
        calls.push(call(&tour.home, tour.leaves, tour.leaves));
    }
    calls.extend(tour.stops.iter().map(|stop| call(&stop.place, stop.arrives, stop.leaves)));
    if tour.stops.last().is_none_or(|stop| stop.place != tour.home) {
        calls.push(call(&tour.home, tour.back, tour.back));
    }
    let mut seen = BTreeSet::from([&tour.home]);
    let over = tour.stops.iter().map(|stop| &stop.place).filter(|place| seen.insert(place));
    let over: Vec<String> = over.map(|place| name(region, place)).collect();
    let start = tour.leaves.minute;
    Trip {
        id: format!(
            "{}-{}-{:02}{:02}",
            tour.vehicle,
            Day::to_string(&tour.leaves.day),
            start / 60,
            start % 60
        ),
        route: tour.vehicle.to_string(),
        headsign: over.join(", "),
        back: None,
        days: BTreeSet::from([tour.leaves.day]),
        calls,
        people: false,
    }
}
