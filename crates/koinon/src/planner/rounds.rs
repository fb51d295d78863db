//! `koinon rounds`: which vehicles bring what a plan suggests, or what a table lists, in which order, and when somebody drives.

mod feed;
mod tables;
mod views;

use std::path::{Path, PathBuf};

use clap::Args;
use koinon_core::Day;
use koinon_match::Moment;
use koinon_match::rounds::{Load, Rounds, RoundsError, plan, ways_of};

use super::{Mark, parse_day, read, said, verify};
use crate::failure::{Complaint, Exit, Explain};
use crate::files;
use crate::out::{Out, say, waiting};

/// The most days for which drivers are planned, as for all plans.
const DAYS_MAX: i32 = 60;

/// Plans the rounds of vehicles.
#[derive(Debug, Args)]
pub(crate) struct RoundsArgs {
    /// The region file
    #[arg(long, value_name = "FILE")]
    region: PathBuf,
    /// The vehicles: a table with vehicle, home, kg, litres; pallets, cold box, hazard, out until if known
    #[arg(long, value_name = "FILE")]
    vehicles: PathBuf,
    /// When how many people drive, never who: a table with place, from, to, drivers; day if not every day. Without it, one for each
    /// vehicle from 06:00 to 18:00 every day
    #[arg(long, value_name = "FILE")]
    shifts: Option<PathBuf>,
    /// What is to be brought: a plan, as `koinon match --json` printed it
    #[arg(long, value_name = "PLAN", group = "what")]
    plan: Option<PathBuf>,
    /// What is to be brought: a table with from, to, item, amount; load, unit, urgency, ready, due if known
    #[arg(long, value_name = "FILE", group = "what", required_unless_present = "plan")]
    loads: Option<PathBuf>,
    /// Minutes between places: a table with from, to, minutes; without it, the roads of the region
    #[arg(long, value_name = "FILE")]
    minutes: Option<PathBuf>,
    /// Minutes of loading and unloading at each stop
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u32).range(0..=1440))]
    handling: u32,
    /// The most minutes that a driver is on duty
    #[arg(long, value_name = "MINUTES", default_value_t = 720, value_parser = clap::value_parser!(u32).range(1..=1440))]
    duty: u32,
    /// The first day; without it, that of the plan, or today
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
    today: Option<Day>,
    /// How many days ahead to plan loads that name no day; without it, as the region agreed
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=60), conflicts_with = "plan")]
    days: Option<u32>,
    /// Write the tours to this file as GTFS
    #[arg(long, value_name = "ZIP", conflicts_with = "verify")]
    gtfs: Option<PathBuf>,
    /// Replace that file if it is there
    #[arg(long, requires = "gtfs")]
    force: bool,
    /// The web address that GTFS asks for
    #[arg(long, value_name = "URL", default_value = super::timetable::URL)]
    url: String,
    /// Work the tours out again and say whether these, as `--json` printed them, are just those
    #[arg(long, value_name = "ROUNDS", conflicts_with_all = ["today", "days", "handling", "duty"])]
    verify: Option<PathBuf>,
    /// Which mark separates decimals in the tables; without it, seen in each column
    #[arg(long, value_enum, value_name = "MARK")]
    decimal: Option<Mark>,
    /// Write the rows that cannot be used to this file, to be mended
    #[arg(long, value_name = "FILE")]
    to_mend: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(args: &RoundsArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let (region, _) = files::region(&args.region)?;
    let theirs = args.verify.as_deref().map(views::read).transpose()?;
    let plan_view = args.plan.as_deref().map(verify::read).transpose()?;
    let now = match (&theirs, &plan_view, args.today) {
        (Some(theirs), ..) => theirs.start()?,
        (_, _, Some(day)) => Moment { day, minute: 0 },
        (_, Some(plan), None) => plan.start()?,
        (None, None, None) => super::now(&region),
    };
    let (handling_minutes, duty_minutes) =
        theirs.as_ref().map_or((args.handling, args.duty), views::RoundsView::rules);
    let horizon = args.days.unwrap_or(region.agreements.horizon_days);
    let days = theirs.as_ref().map_or(horizon, |theirs| theirs.days);
    let last = now.day.plus(i32::try_from(days).unwrap_or(1).saturating_sub(1));
    let reading = tables::Reading { region: &region, decimal: said(args.decimal), now, last };
    let to_mend = args.to_mend.as_deref();
    let vehicles = read(&args.vehicles, to_mend, &tables::VEHICLES, |table| reading.vehicles(table))?;
    let whole = match (&plan_view, &args.loads) {
        (Some(plan), _) => plan.loads(&region)?,
        (None, Some(path)) => read(path, to_mend, &tables::LOADS, |table| reading.loads(table))?,
        (None, None) => Vec::new(),
    };
    let loads: Vec<Load> = whole.iter().flat_map(|load| load.parts(&vehicles)).collect();
    // Nobody says today who drives in a year: what is due later is brought within these days, or not yet.
    let last = loads.iter().map(|load| load.due.day).fold(last, Day::max).min(now.day.plus(DAYS_MAX - 1));
    let shifts = match &args.shifts {
        Some(path) => read(path, to_mend, &tables::SHIFTS, |table| reading.shifts(table, last))?,
        None => tables::everyday(&vehicles, now.day, last),
    };
    let ways = match &args.minutes {
        Some(path) => read(path, to_mend, &tables::MINUTES, |table| reading.minutes(table))?,
        None => ways_of(&region, now.day, last),
    };
    let problem = Rounds { now, loads, vehicles, shifts, ways, handling_minutes, duty_minutes };
    let bar = waiting("Looking for the best tours");
    let planned = plan(&problem);
    bar.finish_and_clear();
    let planned = planned.map_err(|error| {
        let hint = match error {
            RoundsError::Faults(_) => "mend the tables",
            RoundsError::Refused(_) => "please report this with all files",
        };
        Complaint::new(error.to_string(), hint)
    })?;
    let view = views::rounds(&problem, &planned, &region, days);
    if let Some(theirs) = theirs {
        return theirs.compare(&view, args.json, out);
    }
    if let Some(to) = &args.gtfs {
        write_feed(to, &feed::feed(&planned, &region, &args.url), args.force)?;
    }
    if args.json {
        out.json(&view)?;
    } else {
        views::print(&view, out)?;
        out.flush()?;
        if args.shifts.is_none() {
            say(
                "No shifts were given: each vehicle is taken to have a driver from 06:00 to 18:00 every day.",
            );
        }
        say(views::summary(&view));
        if let Some(to) = &args.gtfs {
            say(format!("The tours are in {} as GTFS.", to.display()));
        }
    }
    Ok(if view.is_empty() { Exit::No } else { Exit::Done })
}

/// Writes a feed, or says what would make it invalid.
pub(super) fn write_feed(to: &Path, feed: &koinon_gtfs::Feed, replace: bool) -> anyhow::Result<()> {
    let bytes = feed.zip().explain(|| "there is no valid GTFS of it".to_owned(), "mend what is named")?;
    files::write(to, &bytes, replace)
}
