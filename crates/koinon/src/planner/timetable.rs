//! `koinon timetable`: what leaves at fixed times in a region, as GTFS for any journey planner.

use std::path::PathBuf;

use clap::Args;
use koinon_core::Day;
use koinon_gtfs::timetable;

use super::parse_day;
use super::rounds::write_feed;
use crate::failure::Exit;
use crate::files;
use crate::out::{Out, say};

/// The web address that stands in feeds of whoever has none (RFC 2606).
pub(super) const URL: &str = "https://example.org";

/// Writes the timetable of a region.
#[derive(Debug, Args)]
pub(crate) struct TimetableArgs {
    /// The region file
    #[arg(long, value_name = "FILE")]
    region: PathBuf,
    /// Write it to this file as GTFS
    #[arg(long, value_name = "ZIP")]
    gtfs: PathBuf,
    /// The first day; without it, today
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
    today: Option<Day>,
    /// For how many days
    #[arg(long, value_name = "DAYS", default_value_t = 28, value_parser = clap::value_parser!(i32).range(1..=366))]
    days: i32,
    /// The web address that GTFS asks for
    #[arg(long, value_name = "URL", default_value = URL)]
    url: String,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What was written.
#[derive(Debug, serde::Serialize)]
struct TimetableView {
    from: Day,
    until: Day,
    stops: usize,
    routes: usize,
    trips: usize,
    /// Routes that leave at no fixed time, and so stand in no timetable.
    without_times: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &TimetableArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let (region, _) = files::region(&args.region)?;
    let first = args.today.unwrap_or_else(|| crate::clock::now().day(&region.zone()));
    let last = first.plus(args.days - 1);
    let found = timetable(&region, first, last, &args.url);
    write_feed(&args.gtfs, &found.feed, args.force)?;
    let feed = &found.feed;
    let view = TimetableView {
        from: first,
        until: last,
        stops: feed.stops.iter().filter(|stop| feed.calls_at(&stop.id)).count(),
        routes: feed.routes.len(),
        trips: feed.trips.len(),
        without_times: found.without_times.iter().map(ToString::to_string).collect(),
    };
    if args.json {
        out.json(&view)?;
    } else {
        let count =
            |n: usize, word: &str| if n == 1 { format!("one {word}") } else { format!("{n} {word}s") };
        say(format!(
            "{first} to {last}: {} on {} between {} in {} as GTFS.",
            count(view.trips, "trip"),
            count(view.routes, "route"),
            count(view.stops, "stop"),
            args.gtfs.display()
        ));
        if !view.without_times.is_empty() {
            say(format!("At no fixed time, and so not in it: {}.", view.without_times.join(", ")));
        }
    }
    Ok(Exit::Done)
}
