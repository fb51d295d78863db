//! `koinon balance`: what flows through wires or pipes, what is stored, and who is short, over hours or days.
//!
//! Both commands read three plain tables, plan in `koinon-match`, and print suggestions with their reasons.

mod csv;
mod tables;
mod views;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use koinon_core::{Dimension, Region};
use koinon_match::Moment;
use koinon_match::balance::{PlanError, Problem, plan};

use crate::failure::{Complaint, Exit};
use crate::files;
use crate::out::{Out, say, waiting};
use crate::planner::{Mark, read, said, verify};

/// Suggests what flows.
#[derive(Debug, Subcommand)]
pub(crate) enum BalanceCommand {
    /// Balance micro-grids: what flows over wires and is stored in batteries, hour by hour
    Energy(BalanceArgs),
    /// Share water out: what flows through pipes and is kept in reservoirs and tanks, day by day
    Water(BalanceArgs),
}

/// What both have in common.
#[derive(Debug, Args)]
pub(crate) struct BalanceArgs {
    /// The region file: which places there are
    #[arg(long, value_name = "FILE")]
    region: PathBuf,
    /// The places: a table with place; for a battery, tank or reservoir also store, level, keep, `loss_per_day`, `charge_per_hour`,
    /// `discharge_per_hour`, `charge_loss`, `discharge_loss`; unit
    #[arg(long, value_name = "FILE")]
    places: PathBuf,
    /// The wires or pipes: a table with line, from, to, and `per_hour` or `per_day`; loss, `both_ways`, `out_from`, `out_until`, unit if known
    #[arg(long, value_name = "FILE")]
    lines: PathBuf,
    /// What comes in and what is used: a table with place, from, until, inflow, `must_have`, needed, useful; unit. Amounts are for all of
    /// that time
    #[arg(long, value_name = "FILE")]
    flows: PathBuf,
    /// How long a step is; without it, 1h for energy and 1d for water
    #[arg(long, value_enum, value_name = "STEP", conflicts_with = "verify")]
    step: Option<Step>,
    /// When the plan begins; without it, with the earliest row of the flows
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM", value_parser = crate::deploy::parse_moment, conflicts_with = "verify")]
    now: Option<Moment>,
    /// Write every step of lines and places as tables into this directory, which must be there
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "verify")]
    csv: Option<PathBuf>,
    /// Work the plan out again and say whether this one, as `--json` printed it, is just that
    #[arg(long, value_name = "PLAN")]
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

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// One hour
    #[value(name = "1h")]
    Hour,
    /// Six hours, in a crisis
    #[value(name = "6h")]
    SixHours,
    /// One day
    #[value(name = "1d")]
    Day,
}

impl Step {
    const fn minutes(self) -> u32 {
        match self {
            Self::Hour => 60,
            Self::SixHours => 360,
            Self::Day => 1_440,
        }
    }
}

/// Which of the two is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    /// The command's word.
    word: &'static str,
    dimension: Dimension,
    /// The unit of a number without one.
    unit: &'static str,
    step: Step,
}

const ENERGY: Kind = Kind { word: "energy", dimension: Dimension::Energy, unit: "kWh", step: Step::Hour };
const WATER: Kind = Kind { word: "water", dimension: Dimension::Volume, unit: "l", step: Step::Day };

/// Runs a command.
pub(crate) fn run(command: &BalanceCommand, out: &mut Out) -> anyhow::Result<Exit> {
    let (kind, args) = match command {
        BalanceCommand::Energy(args) => (ENERGY, args),
        BalanceCommand::Water(args) => (WATER, args),
    };
    let (region, _) = files::region(&args.region)?;
    let theirs = match &args.verify {
        Some(path) => Some(verify::open::<views::PlanView>(path, &format!("balance {}", kind.word))?),
        None => None,
    };
    let problem = args.problem(kind, &region, theirs.as_ref())?;
    let bar = waiting("Looking for the best plan");
    let planned = plan(&problem);
    bar.finish_and_clear();
    let plan = planned.map_err(|error| {
        let hint = match error {
            PlanError::Faults(_) => "mend the tables, plan longer steps with --step, or a part of the region",
            PlanError::Refused(_) => "please report this with the files",
        };
        Complaint::new(error.to_string(), hint)
    })?;
    let problem = problem.canonical();
    let view = views::plan(kind, &problem, &plan);
    if let Some(theirs) = theirs {
        let numbers = verify::Numbers { theirs: &theirs.inputs, ours: &view.inputs, digest: &view.digest };
        let what = format!("{} suggestions", theirs.suggestions.len());
        return verify::judge(&theirs, &view, &numbers, &what, args.json, out);
    }
    if let Some(directory) = &args.csv {
        csv::write(directory, kind, &problem, &plan)?;
    }
    if args.json {
        out.json(&view)?;
    } else {
        views::print(kind, &view, out)?;
        out.flush()?;
        say(views::summary(kind, &view));
    }
    Ok(if view.suggestions.is_empty() { Exit::No } else { Exit::Done })
}

impl BalanceArgs {
    /// The problem that the tables state.
    fn problem(
        &self,
        kind: Kind,
        region: &Region,
        theirs: Option<&views::PlanView>,
    ) -> anyhow::Result<Problem> {
        let to_mend = self.to_mend.as_deref();
        let mark = said(self.decimal);
        let reading = tables::Reading { region, kind, decimal: mark };
        let places = read(&self.places, to_mend, &tables::PLACES, |table| reading.places(table))?;
        let rows = read(&self.flows, to_mend, &tables::FLOWS, |table| reading.flows(table, &places))?;
        let (start, step_minutes) = match theirs.zip(self.verify.as_deref()) {
            Some((theirs, file)) => (Some(verify::moment_of(&theirs.start, file)?), theirs.step_minutes),
            None => (self.now, self.step.unwrap_or(kind.step).minutes()),
        };
        if !(1..=10_080).contains(&step_minutes) {
            let found = format!("the plan to verify has steps of {step_minutes} minutes");
            return Err(Complaint::new(found, "take the file as it was written").into());
        }
        let Some(clock) = tables::Clock::new(&rows, start, step_minutes) else {
            let found = "nothing comes in and nothing is used after the plan begins".to_owned();
            return Err(Complaint::new(found, "write rows for later, or begin earlier with --now").into());
        };
        let lines =
            read(&self.lines, to_mend, &tables::LINES, |table| reading.lines(table, &clock, &places))?;
        let places = clock.places(&places, &rows);
        Ok(Problem { start: clock.start, step_minutes, steps: clock.steps, places, lines })
    }
}
