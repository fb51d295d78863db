//! `koinon deploy teams`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use koinon_core::PlaceCode;
use koinon_match::Moment;
use koinon_match::teams::{PlanError, Problem, Rules};

use super::{Common, parse_moment, tables, teams_views};
use crate::failure::{Complaint, Exit};
use crate::out::{Out, say, waiting};
use crate::planner::{now, read, verify};

/// Suggests which team goes to which mission.
#[derive(Debug, Args)]
pub(crate) struct TeamsArgs {
    #[command(flatten)]
    common: Common,
    /// The teams: a table with team and skills; willing, from, until, `max_minutes`, `notice_minutes`, `self_sufficient_hours`,
    /// `last_duty_start`, `last_duty_end` and `duty_hours` (in the past 30 days) if known
    #[arg(long, value_name = "FILE")]
    teams: PathBuf,
    /// The missions: a table with mission, place, start, end and skills; urgency, days and `self_sufficient_hours` if known
    #[arg(long, value_name = "FILE")]
    missions: PathBuf,
    /// Whom places keep at home: a table with place, skill and keep
    #[arg(long, value_name = "FILE")]
    floors: Option<PathBuf>,
    /// From when to plan: nobody leaves earlier; without it, from now
    #[arg(long, value_name = "MOMENT", value_parser = parse_moment, conflicts_with = "verify")]
    now: Option<Moment>,
    /// People of each skill who stay at home where no table says otherwise
    #[arg(long, value_name = "PEOPLE", default_value_t = 1, value_parser = clap::value_parser!(i64).range(0..=1000), conflicts_with = "verify")]
    keep: i64,
    /// Hours of rest between two duties
    #[arg(long, value_name = "HOURS", default_value_t = 11, value_parser = clap::value_parser!(i64).range(0..=24), conflicts_with = "verify")]
    rest_hours: i64,
    /// Hours of duty within any 24 hours, ways included
    #[arg(long, value_name = "HOURS", default_value_t = 12, value_parser = clap::value_parser!(i64).range(1..=24), conflicts_with = "verify")]
    duty_hours: i64,
    /// Hours of duty within 30 days, those before included
    #[arg(long, value_name = "HOURS", default_value_t = 120, value_parser = clap::value_parser!(i64).range(1..=720), conflicts_with = "verify")]
    rotation_hours: i64,
}

/// Runs the command.
pub(super) fn run(args: &TeamsArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let common = &args.common;
    let (region, theirs) = common.open::<teams_views::PlanView>("teams")?;
    let mut problem = Problem::default();
    if let Some((theirs, file)) = theirs.as_ref().zip(common.verify.as_deref()) {
        problem.now = verify::moment_of(&theirs.now, file)?;
        problem.rules = theirs.rules.into();
    } else {
        problem.now = args.now.unwrap_or_else(|| now(&region));
        problem.rules = Rules {
            rest_minutes: args.rest_hours * 60,
            duty_minutes_max: args.duty_hours * 60,
            rotation_minutes_max: args.rotation_hours * 60,
            keep: args.keep,
        };
    }
    let to_mend = common.to_mend();
    problem.teams = read(&args.teams, to_mend, &tables::TEAMS, |table| tables::teams(&region, table))?;
    problem.missions =
        read(&args.missions, to_mend, &tables::MISSIONS, |table| tables::missions(&region, table))?;
    if let Some(path) = &args.floors {
        problem.floors = read(path, to_mend, &tables::FLOORS, |table| tables::floors(&region, table))?;
    }
    let homes: BTreeSet<PlaceCode> = problem.teams.iter().map(|team| team.code.home.clone()).collect();
    let places: BTreeSet<PlaceCode> = problem.missions.iter().map(|mission| mission.place.clone()).collect();
    problem.ways = common.ways(&region, problem.now.day, &homes, &places)?;
    let bar = waiting("Looking for the best plan");
    let planned = koinon_match::teams::plan(&problem);
    bar.finish_and_clear();
    let plan = planned.map_err(|error| {
        let hint = match error {
            PlanError::Faults(_) => "mend the tables",
            PlanError::Refused(_) => "please report this with the files",
        };
        Complaint::new(error.to_string(), hint)
    })?;
    let view = teams_views::plan(&plan, &problem);
    if let Some(theirs) = theirs {
        let numbers = verify::Numbers { theirs: &theirs.inputs, ours: &view.inputs, digest: &view.digest };
        let what = format!("{} teams on their way", theirs.deployments.len());
        return verify::judge(&theirs, &view, &numbers, &what, common.json, out);
    }
    if common.json {
        out.json(&view)?;
    } else {
        teams_views::print(&view, out)?;
        out.flush()?;
        say(teams_views::summary(&view));
    }
    Ok(if view.deployments.is_empty() { Exit::No } else { Exit::Done })
}
