//! The rules of the format that a feed must keep before it is written.

use std::collections::BTreeSet;

use super::{Feed, FeedFaults, Trip};

/// The most faults that are listed.
const FAULTS_MAX: usize = 100;
/// The latest minute of a call: a trip of four weeks.
const MINUTE_MAX: u32 = 28 * 24 * 60;

impl Feed {
    /// Everything that would make the file invalid; empty when it can be written.
    pub fn faults(&self) -> Vec<String> {
        let mut found = Vec::new();
        let agency = &self.agency;
        for (word, text) in
            [("name", &agency.name), ("time zone", &agency.zone), ("language", &agency.language)]
        {
            if text.trim().is_empty() {
                found.push(format!("the agency has no {word}; give one"));
            }
        }
        if !["http://", "https://"].iter().any(|start| agency.url.strip_prefix(start).is_some_and(is_host)) {
            found.push(format!("'{}' is no web address; write one like https://example.org", agency.url));
        }
        if self.last < self.first {
            found.push(format!("it ends on {}, before it starts on {}", self.last, self.first));
        }
        if self.trips.is_empty() {
            found.push("nothing runs on fixed times; a file without trips is none".into());
        }
        let stops = unique("stop", self.stops.iter().map(|stop| &stop.id), &mut found);
        let routes = unique("route", self.routes.iter().map(|route| &route.id), &mut found);
        unique("trip", self.trips.iter().map(|trip| &trip.id), &mut found);
        for stop in self.stops.iter().filter(|stop| stop.name.trim().is_empty()) {
            found.push(format!("stop {} has no name", stop.id));
        }
        for trip in &self.trips {
            if !routes.contains(&trip.route) {
                found.push(format!("trip {} runs on route {}, which is not listed", trip.id, trip.route));
            }
            self.days(trip, &mut found);
            calls(trip, &stops, &mut found);
            if found.len() > FAULTS_MAX {
                break;
            }
        }
        found.truncate(FAULTS_MAX);
        found
    }

    /// Whether some trip calls at a stop.
    pub fn calls_at(&self, stop: &str) -> bool {
        self.trips.iter().flat_map(|trip| &trip.calls).any(|call| call.stop == stop)
    }

    /// The faults as an error, where there are some.
    pub(crate) fn checked(&self) -> Result<(), FeedFaults> {
        let found = self.faults();
        if found.is_empty() { Ok(()) } else { Err(FeedFaults(found)) }
    }

    fn days(&self, trip: &Trip, found: &mut Vec<String>) {
        if trip.days.is_empty() {
            found.push(format!("trip {} runs on no day", trip.id));
        }
        if let Some(day) = trip.days.iter().find(|day| **day < self.first || **day > self.last) {
            found.push(format!("trip {} runs on {day}, of which the feed does not speak", trip.id));
        }
        let dated = [trip.days.first(), trip.days.last()].into_iter().flatten();
        if dated.clone().any(|day| !(0..=9_999).contains(&day.to_date().year())) {
            found.push(format!("trip {} runs in a year that has no four digits", trip.id));
        }
    }
}

fn calls(trip: &Trip, stops: &BTreeSet<&String>, found: &mut Vec<String>) {
    if trip.calls.len() < 2 {
        found.push(format!("trip {} calls at fewer than two stops", trip.id));
    }
    let mut since = 0;
    for call in &trip.calls {
        if !stops.contains(&call.stop) {
            found.push(format!("trip {} calls at {}, which is not listed", trip.id, call.stop));
        }
        if call.arrives < since || call.leaves < call.arrives || call.leaves > MINUTE_MAX {
            found.push(format!(
                "trip {} is at {} from minute {} to {}; it left the stop before at {since}",
                trip.id, call.stop, call.arrives, call.leaves
            ));
        }
        since = call.leaves;
    }
}

fn unique<'a>(
    word: &str,
    ids: impl Iterator<Item = &'a String>,
    found: &mut Vec<String>,
) -> BTreeSet<&'a String> {
    let mut known = BTreeSet::new();
    for id in ids {
        if id.trim().is_empty() {
            found.push(format!("a {word} has no id"));
        }
        if !known.insert(id) {
            found.push(format!("two of {word} {id}; give each its own id"));
        }
    }
    known
}

fn is_host(rest: &str) -> bool {
    let host = rest.split('/').next().unwrap_or_default();
    host.contains('.') && !host.starts_with('.') && !rest.chars().any(|c| c.is_whitespace() || c.is_control())
}
