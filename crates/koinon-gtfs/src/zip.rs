//! Tables of the format, and the archive that holds them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write};

use koinon_core::Day;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Feed, FeedFaults, Kind};

/// The one agency of a feed.
const AGENCY: &str = "koinon";

/// A name, a heading and rows.
type File = (&'static str, &'static [&'static str], Vec<Vec<String>>);

impl Feed {
    /// The bytes of the archive, or everything that would make it invalid.
    pub fn zip(&self) -> Result<Vec<u8>, FeedFaults> {
        self.checked()?;
        let wrong =
            |error: &dyn std::fmt::Display| FeedFaults(vec![format!("the archive cannot be made: {error}")]);
        // No time of making: equal feeds are equal bytes.
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, head, rows) in self.files() {
            archive.start_file(name, options).map_err(|error| wrong(&error))?;
            archive
                .write_all(&csv(head, &rows).map_err(|error| wrong(&error))?)
                .map_err(|error| wrong(&error))?;
        }
        Ok(archive.finish().map_err(|error| wrong(&error))?.into_inner())
    }

    fn files(&self) -> Vec<File> {
        let agency = &self.agency;
        let called: BTreeSet<&String> =
            self.trips.iter().flat_map(|trip| &trip.calls).map(|call| &call.stop).collect();
        let running: BTreeSet<&String> = self.trips.iter().map(|trip| &trip.route).collect();
        let mut services: BTreeMap<&BTreeSet<Day>, String> = BTreeMap::new();
        for trip in &self.trips {
            let next = services.len() + 1;
            services.entry(&trip.days).or_insert_with(|| format!("days-{next}"));
        }
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<String>>();
        let stops = self.stops.iter().filter(|stop| called.contains(&stop.id)).map(|stop| {
            row(&[&stop.id, &stop.name, &stop.place.lat.to_string(), &stop.place.lon.to_string()])
        });
        let routes = self.routes.iter().filter(|route| running.contains(&route.id));
        let routes =
            routes.map(|route| row(&[&route.id, AGENCY, &route.short, &route.long, route.kind.number()]));
        let trips = self.trips.iter().map(|trip| {
            let service = services.get(&trip.days).map_or("", String::as_str);
            let back = trip.back.map_or("", |back| if back { "1" } else { "0" });
            row(&[&trip.route, service, &trip.id, &trip.headsign, back])
        });
        let times = self.trips.iter().flat_map(|trip| {
            // Nobody gets on or off what carries goods.
            let people = if trip.people { "0" } else { "1" };
            trip.calls.iter().zip(1..).map(move |(call, number): (_, u32)| {
                let number = number.to_string();
                row(&[
                    &trip.id,
                    &clock(call.arrives),
                    &clock(call.leaves),
                    &call.stop,
                    &number,
                    people,
                    people,
                    "1",
                ])
            })
        });
        let dates = services
            .iter()
            .flat_map(|(days, service)| days.iter().map(move |day| row(&[service, &date(*day), "1"])));
        let info = row(&[
            &agency.name,
            &agency.url,
            &agency.language,
            &date(self.first),
            &date(self.last),
            &self.version,
        ]);
        vec![
            (
                "agency.txt",
                &["agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"],
                vec![row(&[AGENCY, &agency.name, &agency.url, &agency.zone, &agency.language])],
            ),
            ("stops.txt", &["stop_id", "stop_name", "stop_lat", "stop_lon"], stops.collect()),
            (
                "routes.txt",
                &["route_id", "agency_id", "route_short_name", "route_long_name", "route_type"],
                routes.collect(),
            ),
            (
                "trips.txt",
                &["route_id", "service_id", "trip_id", "trip_headsign", "direction_id"],
                trips.collect(),
            ),
            (
                "stop_times.txt",
                &[
                    "trip_id",
                    "arrival_time",
                    "departure_time",
                    "stop_id",
                    "stop_sequence",
                    "pickup_type",
                    "drop_off_type",
                    "timepoint",
                ],
                times.collect(),
            ),
            ("calendar_dates.txt", &["service_id", "date", "exception_type"], dates.collect()),
            (
                "feed_info.txt",
                &[
                    "feed_publisher_name",
                    "feed_publisher_url",
                    "feed_lang",
                    "feed_start_date",
                    "feed_end_date",
                    "feed_version",
                ],
                vec![info],
            ),
        ]
    }
}

fn csv(head: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(head)?;
    rows.iter().try_for_each(|row| writer.write_record(row))?;
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// `HH:MM:SS`, with hours beyond 24 on the days after.
fn clock(minute: u32) -> String {
    format!("{:02}:{:02}:00", minute / 60, minute % 60)
}

/// `YYYYMMDD`.
fn date(day: Day) -> String {
    day.to_string().replace('-', "")
}

impl Kind {
    /// The number of the format.
    const fn number(self) -> &'static str {
        match self {
            Self::Rail => "2",
            Self::Road => "3",
            Self::Boat => "4",
        }
    }
}
