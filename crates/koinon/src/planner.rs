//! `koinon match`: the engine on a node's knowledge, or on plain tables for a planner who has no node.
//!
//! The region file gives places, routes, items and agreed numbers; one table what is in stock, another what was asked
//! for. Cover is planned only where the stock table speaks of the community and the item: what a table does not name
//! is not known, and not taken for nothing.

pub(crate) mod preposition;
mod relief;
mod relief_views;
pub(crate) mod rounds;
pub(crate) mod tables;
pub(crate) mod timetable;
pub(crate) mod verify;
pub(crate) mod views;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use koinon_core::unit::DecimalMark;
use koinon_core::{Day, Region, Timestamp};
use koinon_ledger::Ledger;
use koinon_match::{Moment, PlanError, Problem};
use koinon_table::{Column, Flaw, Limits, Table};

use crate::console::Ask;
use crate::console::views::Answer;
use crate::data::DataArgs;
use crate::failure::{BadTable, Complaint, Exit, Explain};
use crate::out::{Out, say, waiting};
use crate::{files, reach};

/// Suggests who sends what to whom, from plain tables.
#[derive(Debug, Args)]
pub(crate) struct MatchArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The region file; without it, the node's own knowledge is planned on
    #[arg(long, value_name = "FILE", requires = "stock", conflicts_with = "data")]
    region: Option<PathBuf>,
    /// What is in stock: a table with place, item, amount; unit and good-until day if known
    #[arg(long, value_name = "FILE", requires = "region")]
    stock: Option<PathBuf>,
    /// What was asked for: a table with place, item, amount; unit, urgency and by if known
    #[arg(long, value_name = "FILE")]
    needs: Option<PathBuf>,
    /// Past disasters instead of needs: a table with disaster, day, kind, place and people
    #[arg(long, value_name = "FILE", requires = "which", conflicts_with = "needs")]
    disasters: Option<PathBuf>,
    /// The disaster to plan
    #[arg(long, value_name = "ID", requires = "disasters", group = "which")]
    disaster: Option<String>,
    /// Plan every disaster by itself, one line each, and totals
    #[arg(long, requires = "disasters", group = "which")]
    all: bool,
    /// How many people one piece of an item serves: a table with item and people; without it, `people_per_item.csv`
    /// beside the disasters
    #[arg(long, value_name = "FILE", requires = "disasters")]
    people_per_item: Option<PathBuf>,
    /// The first day of the plan; without it, today
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
    today: Option<Day>,
    /// How many days ahead to plan; without it, as the region agreed
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=60))]
    days: Option<u32>,
    /// Work the plan out again and say whether this one, as `--json` printed it, is just that
    #[arg(long, value_name = "PLAN", requires = "region", conflicts_with_all = ["disasters", "today", "days"])]
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

/// Which mark separates decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mark {
    /// 1250.5
    Point,
    /// 1250,5
    Comma,
}

/// The mark that an argument says.
pub(crate) const fn said(mark: Option<Mark>) -> Option<DecimalMark> {
    match mark {
        None => None,
        Some(Mark::Point) => Some(DecimalMark::Point),
        Some(Mark::Comma) => Some(DecimalMark::Comma),
    }
}

/// Reads a day of the command line.
pub(crate) fn parse_day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "that is no date; write it like 2026-03-31".to_owned())
}

/// Runs the command.
pub(crate) fn run(args: &MatchArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let (Some(region), Some(stock)) = (&args.region, &args.stock) else { return on_node(args, out) };
    let (region, _) = files::region(region)?;
    if let Some(disasters) = &args.disasters {
        return relief::run(args, &region, stock, disasters, out);
    }
    let theirs = args.verify.as_deref().map(verify::read).transpose()?;
    // Of today only what has not left yet; a day that was named is planned as a whole.
    let start = args.today.map_or_else(crate::clock::now, |day| day.start(&region.zone()));
    let mut problem = match &theirs {
        Some(theirs) => theirs.blank(&region)?,
        None => blank(&region, start, args.days),
    };
    let reading = tables::Reading { region: &region, decimal: said(args.decimal), last: problem.last_day() };
    let stock = read(stock, args.to_mend.as_deref(), &tables::STOCK, |table| reading.stock(table))?;
    let needs = match &args.needs {
        Some(path) => read(path, args.to_mend.as_deref(), &tables::NEEDS, |table| reading.needs(table))?,
        None => Vec::new(),
    };
    let places: BTreeSet<_> = stock.iter().map(|row| row.place.clone()).collect();
    let items: BTreeSet<_> =
        stock.iter().map(|row| row.item.clone()).chain(needs.iter().map(|need| need.item.clone())).collect();
    problem.uses.retain(|one| places.contains(&one.place) && items.contains(&one.item));
    problem.items.retain(|item| items.contains(&item.code));
    problem.stock = stock;
    problem.needs = needs;
    let bar = waiting("Looking for the best plan");
    let planned = koinon_match::plan(&problem);
    bar.finish_and_clear();
    let plan = planned.map_err(|error| {
        let hint = match error {
            PlanError::Faults(_) => "mend the region file or the tables",
            PlanError::TooLarge { .. } | PlanError::Amounts { .. } => "plan fewer days with --days",
            PlanError::Refused(_) => "please report this with the three files",
        };
        Complaint::new(error.to_string(), hint)
    })?;
    let view = views::plan(&plan, &region, &problem);
    match theirs {
        Some(theirs) => theirs.compare(&view, args.json, out),
        None => show(&view, args.json, out),
    }
}

/// Plans on what a node knows.
fn on_node(args: &MatchArgs, out: &mut Out) -> anyhow::Result<Exit> {
    if args.needs.is_some() || args.disasters.is_some() || args.today.is_some() || args.days.is_some() {
        return Err(Complaint::usage("tables need a region file", "say --region and --stock").into());
    }
    let bar = waiting("Looking for the best plan");
    let answer = reach::ask(&args.data, Ask::Match);
    bar.finish_and_clear();
    let Answer::Plan(view) = answer? else { return Err(reach::unexpected()) };
    show(&view, args.json, out)
}

fn show(view: &views::PlanView, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    if json {
        out.json(view)?;
    } else {
        views::print(view, out)?;
        out.flush()?;
        say(views::summary(view));
    }
    Ok(if view.suggestions.is_empty() { Exit::No } else { Exit::Done })
}

/// The problem of a region in which nothing is in stock.
fn blank(region: &Region, now: Timestamp, days: Option<u32>) -> Problem {
    let mut region = region.clone();
    if let Some(days) = days {
        region.agreements.horizon_days = days;
    }
    Problem::from_books(&Ledger::default(), &region, now)
}

/// This minute in the region's time.
pub(crate) fn now(region: &Region) -> Moment {
    let now = crate::clock::now().civil(&region.zone());
    let minute = u16::try_from(i32::from(now.hour()) * 60 + i32::from(now.minute())).unwrap_or(0);
    Moment { day: Day::from_date(now.date()), minute }
}

/// The items of a region that vehicles can carry.
fn goods(region: &Region) -> Vec<koinon_match::Item> {
    blank(region, Timestamp::from_millis(0), None).items
}

/// Reads a table, or says everything that is wrong with it and writes the rows to mend.
pub(crate) fn read<T>(
    path: &Path,
    to_mend: Option<&Path>,
    columns: &[Column],
    make: impl FnOnce(&Table) -> Result<Vec<T>, Vec<Flaw>>,
) -> anyhow::Result<Vec<T>> {
    let bytes = files::table(path)?;
    let bad = |flaws: Vec<Flaw>| BadTable { file: path.display().to_string(), flaws };
    let table = Table::read(&bytes, &Limits::COMMAND, columns).map_err(bad)?;
    make(&table).or_else(|flaws| {
        let Some(to) = to_mend else { return Err(bad(flaws).into()) };
        files::write(to, &table.to_mend(&flaws, ["line", "to mend"], &|flaw| flaw.told()), true)?;
        let hint = format!("the rows to mend are in {}", to.display());
        Err(bad(flaws)).explain(|| "the tables cannot be used yet".to_owned(), &hint)
    })
}
