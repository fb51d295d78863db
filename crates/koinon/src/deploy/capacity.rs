//! `koinon deploy referrals` and `koinon deploy fabrication`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use koinon_core::{Day, PlaceCode, Region};
use koinon_match::capacity::{PlanError, Problem, plan};

use super::capacity_views::{self, Kind, PlanView};
use super::{Common, tables};
use crate::failure::{Complaint, Exit};
use crate::out::{Out, say, waiting};
use crate::planner::{now, parse_day, read, verify};

/// Days ahead that are planned where nothing is said.
const DAYS: u32 = 14;

/// Suggests which hospital takes how many people.
#[derive(Debug, Args)]
pub(crate) struct ReferralsArgs {
    #[command(flatten)]
    common: Common,
    /// People who need care, by community and never by name: a table with place, care and people; urgency and by if known
    #[arg(long, value_name = "FILE")]
    needs: PathBuf,
    /// The hospitals: a table with hospital, care and `beds_per_day` (for new patients)
    #[arg(long, value_name = "FILE")]
    hospitals: PathBuf,
    #[command(flatten)]
    when: When,
}

/// Suggests which shop makes which part.
#[derive(Debug, Args)]
pub(crate) struct FabricationArgs {
    #[command(flatten)]
    common: Common,
    /// What is asked for: a table with place, part, pieces and `minutes_each`; urgency and by if known
    #[arg(long, value_name = "FILE")]
    requests: PathBuf,
    /// The shops: a table with shop, parts and `hours_per_day`
    #[arg(long, value_name = "FILE")]
    shops: PathBuf,
    #[command(flatten)]
    when: When,
}

/// Which days are planned.
#[derive(Debug, Args)]
struct When {
    /// The first day of the plan; without it, today
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day, conflicts_with = "verify")]
    today: Option<Day>,
    /// How many days ahead to plan
    #[arg(long, value_name = "DAYS", default_value_t = DAYS, value_parser = clap::value_parser!(u32).range(1..=60), conflicts_with = "verify")]
    days: u32,
}

/// Runs the command for hospitals.
pub(super) fn referrals(args: &ReferralsArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let common = &args.common;
    let (region, theirs) = common.open::<PlanView>("referrals")?;
    let mut problem = args.when.problem(&region, theirs.as_ref())?;
    let last = problem.last_day();
    problem.requests = read(&args.needs, common.to_mend(), &tables::PATIENTS, |table| {
        tables::requests(&region, table, last, ("care", "people", None))
    })?;
    problem.providers = read(&args.hospitals, common.to_mend(), &tables::HOSPITALS, |table| {
        tables::providers(&region, table, ("hospital", "care", "beds_per_day"), false)
    })?;
    finish(Kind::Referrals, common, &region, problem, theirs, out)
}

/// Runs the command for shops.
pub(super) fn fabrication(args: &FabricationArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let common = &args.common;
    let (region, theirs) = common.open::<PlanView>("fabrication")?;
    let mut problem = args.when.problem(&region, theirs.as_ref())?;
    let last = problem.last_day();
    problem.requests = read(&args.requests, common.to_mend(), &tables::PARTS, |table| {
        tables::requests(&region, table, last, ("part", "pieces", Some("minutes_each")))
    })?;
    problem.providers = read(&args.shops, common.to_mend(), &tables::SHOPS, |table| {
        tables::providers(&region, table, ("shop", "parts", "hours_per_day"), true)
    })?;
    finish(Kind::Fabrication, common, &region, problem, theirs, out)
}

impl When {
    /// A problem in which nothing is asked for, on the days that were said or that a plan to verify says.
    fn problem(&self, region: &Region, theirs: Option<&PlanView>) -> anyhow::Result<Problem> {
        let (today, days) = match theirs {
            None => (self.today.unwrap_or_else(|| now(region).day), self.days),
            Some(theirs) => {
                let wrong = || {
                    Complaint::new(
                        "the plan to verify does not say its days",
                        "take the file as it was written",
                    )
                };
                (Day::parse(&theirs.today).ok_or_else(wrong)?, theirs.days)
            }
        };
        Ok(Problem { today, days, ..Problem::default() })
    }
}

/// Plans, and shows or compares.
fn finish(
    kind: Kind,
    common: &Common,
    region: &Region,
    mut problem: Problem,
    theirs: Option<PlanView>,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let asking: BTreeSet<PlaceCode> = problem.requests.iter().map(|one| one.place.clone()).collect();
    let serving: BTreeSet<PlaceCode> = problem.providers.iter().map(|one| one.code.home.clone()).collect();
    problem.ways = match kind {
        // People go to a hospital; parts come from a shop.
        Kind::Referrals => common.ways(region, problem.today, &asking, &serving)?,
        Kind::Fabrication => {
            let mut ways = common.ways(region, problem.today, &serving, &asking)?;
            ways.iter_mut().for_each(|way| std::mem::swap(&mut way.depot, &mut way.place));
            ways
        }
    };
    let bar = waiting("Looking for the best plan");
    let planned = plan(&problem);
    bar.finish_and_clear();
    let plan = planned.map_err(|error| {
        let hint = match error {
            PlanError::Faults(_) => "mend the tables, or plan fewer days with --days",
            PlanError::Refused(_) => "please report this with the files",
        };
        Complaint::new(error.to_string(), hint)
    })?;
    let view = capacity_views::plan(kind, &plan, &problem);
    if let Some(theirs) = theirs {
        let numbers = verify::Numbers { theirs: &theirs.inputs, ours: &view.inputs, digest: &view.digest };
        let what = format!("{} lines", theirs.bookings.len());
        return verify::judge(&theirs, &view, &numbers, &what, common.json, out);
    }
    if common.json {
        out.json(&view)?;
    } else {
        capacity_views::print(kind, &view, out)?;
        out.flush()?;
        say(capacity_views::summary(kind, &view));
    }
    Ok(if view.bookings.is_empty() { Exit::No } else { Exit::Done })
}
