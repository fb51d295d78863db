//! Feeds as others read them: a reader that nobody here wrote, and the rules of the format, cell by cell.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use gtfs_structures::{Gtfs, PickupDropOffType, RouteType};
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{Day, Region};
use koinon_gtfs::{Call, Feed, timetable};

const URL: &str = "https://example.org";

fn region() -> Region {
    new_region(10, 25_000, Layout::Ring, 1).unwrap()
}

fn feed() -> Feed {
    let monday = Day::parse("2026-03-02").unwrap();
    let mut feed = timetable(&region(), monday, monday.plus(13), URL).feed;
    // One that runs over midnight, as the region's own do not.
    let trip = feed.trips.iter_mut().find(|trip| trip.people).unwrap();
    trip.calls[0] = Call { arrives: 1_430, leaves: 1_435, ..trip.calls[0].clone() };
    trip.calls[1] = Call { arrives: 1_500, leaves: 1_500, ..trip.calls[1].clone() };
    feed
}

/// The tables of an archive: heading and rows as maps.
fn tables(bytes: &[u8]) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut tables = BTreeMap::new();
    for number in 0..archive.len() {
        let mut file = archive.by_index(number).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        file.read_to_string(&mut text).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.deserialize().map(|row| row.unwrap()).collect();
        tables.insert(name, rows);
    }
    tables
}

fn ids(rows: &[BTreeMap<String, String>], column: &str) -> BTreeSet<String> {
    rows.iter().map(|row| row[column].clone()).collect()
}

fn seconds(text: &str) -> u32 {
    let parts: Vec<u32> = text.split(':').map(|part| part.parse().unwrap()).collect();
    assert!(parts.len() == 3 && text.len() == 8, "{text}");
    parts[0] * 3_600 + parts[1] * 60 + parts[2]
}

#[test]
fn a_reader_of_others_finds_every_trip() {
    let feed = feed();
    let read = Gtfs::from_reader(Cursor::new(feed.zip().unwrap())).unwrap();
    assert_eq!(read.trips.len(), feed.trips.len());
    assert_eq!(read.stops.len(), 12);
    assert_eq!(read.agencies[0].timezone, region().time_zone);
    for trip in &feed.trips {
        let found = &read.trips[&trip.id];
        assert_eq!(found.route_id, trip.route);
        let dates = &read.calendar_dates[&found.service_id];
        let dates: BTreeSet<String> = dates.iter().map(|date| date.date.to_string()).collect();
        assert_eq!(dates, trip.days.iter().map(ToString::to_string).collect());
        for (call, found) in trip.calls.iter().zip(&found.stop_times) {
            assert_eq!(found.stop.id, call.stop);
            assert_eq!(found.arrival_time, Some(call.arrives * 60));
            assert_eq!(found.departure_time, Some(call.leaves * 60));
            let people =
                if trip.people { PickupDropOffType::Regular } else { PickupDropOffType::NotAvailable };
            assert_eq!((found.pickup_type, found.drop_off_type), (people, people));
        }
    }
    assert!(read.routes.values().any(|route| route.route_type == RouteType::Rail));
    let latitude: f64 = feed.stops[0].place.lat.to_string().parse().unwrap();
    assert!((read.stops[&feed.stops[0].id].latitude.unwrap() - latitude).abs() < 1e-9);
}

#[test]
fn the_rules_of_the_format_are_kept_cell_by_cell() {
    let tables = tables(&feed().zip().unwrap());
    let required = [
        ("agency.txt", &["agency_id", "agency_name", "agency_url", "agency_timezone"][..]),
        ("stops.txt", &["stop_id", "stop_name", "stop_lat", "stop_lon"]),
        ("routes.txt", &["route_id", "agency_id", "route_short_name", "route_type"]),
        ("trips.txt", &["route_id", "service_id", "trip_id"]),
        ("stop_times.txt", &["trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"]),
        ("calendar_dates.txt", &["service_id", "date", "exception_type"]),
        ("feed_info.txt", &["feed_publisher_name", "feed_publisher_url", "feed_lang"]),
    ];
    for (name, columns) in required {
        assert!(!tables[name].is_empty(), "{name}");
        for row in &tables[name] {
            columns
                .iter()
                .for_each(|column| assert!(!row[*column].is_empty(), "{name}: {column} in {row:?}"));
        }
    }
    for (name, id) in [("stops.txt", "stop_id"), ("routes.txt", "route_id"), ("trips.txt", "trip_id")] {
        assert_eq!(ids(&tables[name], id).len(), tables[name].len(), "{name}");
    }
    let same = |one: (&str, &str), other: (&str, &str)| {
        assert_eq!(ids(&tables[one.0], one.1), ids(&tables[other.0], other.1), "{one:?} {other:?}");
    };
    same(("routes.txt", "agency_id"), ("agency.txt", "agency_id"));
    same(("trips.txt", "route_id"), ("routes.txt", "route_id"));
    same(("trips.txt", "service_id"), ("calendar_dates.txt", "service_id"));
    same(("stop_times.txt", "trip_id"), ("trips.txt", "trip_id"));
    same(("stop_times.txt", "stop_id"), ("stops.txt", "stop_id"));
    let mut before: Option<(&str, u32, u32)> = None;
    let mut after_midnight = false;
    for row in &tables["stop_times.txt"] {
        let (arrives, leaves) = (seconds(&row["arrival_time"]), seconds(&row["departure_time"]));
        let number: u32 = row["stop_sequence"].parse().unwrap();
        assert!(arrives <= leaves);
        if let Some((_, last, count)) = before.filter(|(trip, ..)| *trip == row["trip_id"]) {
            assert!(last < arrives && count < number, "{row:?}");
        }
        after_midnight |= arrives >= 24 * 3_600;
        before = Some((&row["trip_id"], leaves, number));
    }
    assert!(after_midnight);
    let dates = ids(&tables["calendar_dates.txt"], "date");
    let info = &tables["feed_info.txt"][0];
    assert!(dates.iter().all(|date| info["feed_start_date"] <= *date && *date <= info["feed_end_date"]));
    assert_eq!((info["feed_start_date"].as_str(), info["feed_end_date"].as_str()), ("20260302", "20260315"));
}

#[test]
fn equal_feeds_are_equal_bytes() {
    assert_eq!(feed().zip().unwrap(), feed().zip().unwrap());
}

#[test]
fn corridors_without_times_are_named_and_days_without_service_are_left_out() {
    let mut region = region();
    region.corridors[0].departures.times.clear();
    let monday = Day::parse("2026-03-02").unwrap();
    let found = timetable(&region, monday, monday.plus(6), URL);
    assert_eq!(found.without_times, [region.corridors[0].code.clone()]);
    // Roads rest on Sundays.
    let road = found.feed.trips.iter().find(|trip| trip.route.starts_with("road")).unwrap();
    assert_eq!(road.days.len(), 6);
    assert!(!road.days.contains(&monday.plus(6)));
}

#[test]
fn what_would_be_invalid_is_named_and_not_written() {
    type Plant = fn(&mut Feed);
    let plants: &[(&str, Plant)] = &[
        ("no web address", |f| f.agency.url = "example.org".into()),
        ("no web address", |f| f.agency.url = "https://local host".into()),
        ("no name", |f| f.agency.name = " ".into()),
        ("before it starts", |f| f.last = Day(0)),
        ("nothing runs", |f| f.trips.clear()),
        ("two of trip", |f| f.trips.push(f.trips[0].clone())),
        ("two of stop", |f| f.stops.push(f.stops[0].clone())),
        ("two of route", |f| f.routes.push(f.routes[0].clone())),
        ("which is not listed", |f| f.routes.clear()),
        ("which is not listed", |f| f.stops.clear()),
        ("runs on no day", |f| f.trips[0].days.clear()),
        ("does not speak", |f| f.trips[0].days.extend([Day(0)])),
        ("fewer than two stops", |f| f.trips[0].calls.truncate(1)),
        ("it left the stop before", |f| f.trips[0].calls[1].arrives = 0),
        ("it left the stop before", |f| f.trips[0].calls[0].leaves = 0),
    ];
    assert_eq!(feed().faults(), Vec::<String>::new());
    for (number, (words, plant)) in plants.iter().enumerate() {
        let mut feed = feed();
        plant(&mut feed);
        let told = feed.zip().unwrap_err().to_string();
        assert!(told.contains(words), "{number}: {words} not in {told}");
    }
}
