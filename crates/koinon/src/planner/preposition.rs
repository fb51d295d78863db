//! `koinon preposition`: where depots and stock should stand before the next disaster, what that would bring, and which moves bring most.
//!
//! The disasters of a table are taken for those that may come, each as likely as its weight says. The same stock is placed anew, for the
//! most people covered and then the fewest hours over all of them; the balance metric is the effort now over the effort then.

mod tables;
mod views;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;
use koinon_core::{Day, ItemCode, PlaceCode, Region};
use koinon_match::preposition::{
    Holding, Item, Opens, Preposition, PrepositionError, PrepositionPlan, Scenario, Site, plan,
};
use koinon_match::roads::ways;

use self::tables::Limit;
use super::tables::{Reading, STOCK};
use super::{Mark, parse_day, read, relief, said};
use crate::failure::{Complaint, Exit};
use crate::files;
use crate::out::{Out, say, waiting};

/// Plans where stock should stand.
#[derive(Debug, Args)]
pub(crate) struct PrepositionArgs {
    /// The region file
    #[arg(long, value_name = "FILE")]
    region: PathBuf,
    /// What is in stock now: a table with place, item, amount; unit if known
    #[arg(long, value_name = "FILE")]
    stock: PathBuf,
    /// Disasters that may come, or came: a table with disaster, day, kind, place and people; weight if some are likelier than others
    #[arg(long, value_name = "FILE")]
    disasters: PathBuf,
    /// How many people one piece of an item serves: a table with item and people; without it, `people_per_item.csv`
    /// beside the disasters
    #[arg(long, value_name = "FILE")]
    people_per_item: Option<PathBuf>,
    /// Further places where stock may stand, and limits: a table with place; open (must, may, no), litres if known, and for an
    /// item, in pieces, least, most
    #[arg(long, value_name = "FILE")]
    sites: Option<PathBuf>,
    /// The most places that may hold stock; without it, as many as there are
    #[arg(long, value_name = "PLACES", value_parser = clap::value_parser!(u32).range(1..))]
    open: Option<u32>,
    /// What is to be bought and placed besides: a table with item, amount; unit if known
    #[arg(long, value_name = "FILE")]
    add: Option<PathBuf>,
    /// What is in stock stays where it is; only what is to be bought is placed
    #[arg(long, requires = "add")]
    stay: bool,
    /// How many moves to show, those that bring most first
    #[arg(long, value_name = "MOVES", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=1000))]
    moves: u32,
    /// The day whose roads count; without it, today
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
    today: Option<Day>,
    /// Write the stock as it would stand to this file, as a stock table
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Replace that file if it is there
    #[arg(long, requires = "to")]
    force: bool,
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
pub(crate) fn run(args: &PrepositionArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let (region, _) = files::region(&args.region)?;
    let problem = problem(args, &region)?;
    let bar = waiting("Looking for the best places");
    let planned = plan(&problem);
    bar.finish_and_clear();
    let planned = planned.map_err(|error| {
        let hint = match error {
            PrepositionError::Refused(_) => "please report this with all files",
            PrepositionError::Sites { .. } => "raise --open, or let fewer places be open",
            _ => "mend the tables",
        };
        Complaint::new(error.to_string(), hint)
    })?;
    let view = views::preposition(&planned, problem.scenarios.len(), args.open.is_some());
    if let Some(to) = &args.to {
        files::write(to, &stock_table(&planned)?, args.force)?;
    }
    if args.json {
        out.json(&view)?;
    } else {
        views::print(&view, out)?;
        out.flush()?;
        say(view.summary());
        if let Some(to) = &args.to {
            say(format!("The stock as it would stand is in {}.", to.display()));
        }
    }
    Ok(if view.is_empty() { Exit::No } else { Exit::Done })
}

/// Reads all tables.
fn problem(args: &PrepositionArgs, region: &Region) -> anyhow::Result<Preposition> {
    let to_mend = args.to_mend.as_deref();
    let reading = Reading { region, decimal: said(args.decimal), last: Day::default() };
    let beside = args.disasters.with_file_name("people_per_item.csv");
    let serving = args.people_per_item.as_deref().unwrap_or(&beside);
    let serving =
        read(serving, to_mend, &relief::PEOPLE_PER_ITEM, |table| relief::people_per_item(&reading, table))?;
    let rows = read(&args.stock, to_mend, &STOCK, |table| reading.stock(table))?;
    let disasters =
        read(&args.disasters, to_mend, &relief::DISASTERS, |table| relief::of_table(&reading, table))?;
    let limits = match &args.sites {
        Some(path) => read(path, to_mend, &tables::SITES, |table| tables::sites(&reading, table))?,
        None => Vec::new(),
    };
    let added = match &args.add {
        Some(path) => read(path, to_mend, &tables::ADDED, |table| tables::added(&reading, table))?,
        None => Vec::new(),
    };
    let unserved = rows.iter().map(|row| &row.item).chain(added.iter().map(|one| &one.item));
    let unserved = unserved.filter(|item| !serving.iter().any(|one| one.code == **item));
    let unserved: BTreeSet<&ItemCode> = unserved.collect();
    if !unserved.is_empty() {
        let names: Vec<_> = unserved.into_iter().map(ItemCode::as_str).collect();
        say(format!(
            "How many people one piece serves is not known, so it is left out: {}",
            names.join(", ")
        ));
    }
    let mut now: BTreeMap<(PlaceCode, ItemCode), i64> = BTreeMap::new();
    for row in rows {
        let units = now.entry((row.place, row.item)).or_default();
        *units = units.saturating_add(row.amount);
    }
    let places = disasters.iter().flat_map(|one| &one.affected).map(|one| one.place.clone()).collect();
    let mut problem = Preposition {
        added,
        moves_at_most: usize::try_from(args.moves).unwrap_or(usize::MAX),
        open_at_most: args.open.and_then(|open| usize::try_from(open).ok()),
        ..Preposition::default()
    };
    let held = |item: &ItemCode| now.iter().any(|((_, held), units)| held == item && *units > 0);
    for one in serving {
        if held(&one.code) || problem.added.iter().any(|added| added.item == one.code) {
            let ml = region.item(&one.code).and_then(|item| item.volume_ml_per_1000).unwrap_or(0);
            problem.items.push(Item {
                code: one.code,
                people: one.people,
                units: one.units,
                ml_per_1000: ml,
            });
        }
    }
    let is_planned = |item: &ItemCode| problem.items.iter().any(|one| one.code == *item);
    problem.added.retain(|one| problem.items.iter().any(|item| item.code == one.item));
    now.retain(|(_, item), _| is_planned(item));
    place(&mut problem, now, &limits, args.stay);
    let sites = problem.sites.iter().map(|site| site.place.clone()).collect();
    let day = args.today.unwrap_or_else(|| super::now(region).day);
    problem.ways = ways(region, day, &sites, &places);
    let scenario =
        |one: relief::Disaster| Scenario { id: one.id, weight: one.weight, affected: one.affected };
    problem.scenarios = disasters.into_iter().map(scenario).collect();
    Ok(problem)
}

/// Puts sites, stock and limits together: whatever holds stock is a site, and whatever the table of sites names.
fn place(problem: &mut Preposition, now: BTreeMap<(PlaceCode, ItemCode), i64>, limits: &[Limit], stay: bool) {
    let mut sites: BTreeMap<PlaceCode, Site> = BTreeMap::new();
    let site = |place: &PlaceCode| Site { place: place.clone(), room_ml: None, opens: Opens::May };
    for (place, _) in now.keys() {
        sites.entry(place.clone()).or_insert_with(|| site(place));
    }
    let mut holdings: BTreeMap<(PlaceCode, ItemCode), Holding> = BTreeMap::new();
    for ((place, item), units) in now {
        let at_least = if stay { units } else { 0 };
        let holding = Holding { site: place.clone(), item: item.clone(), units, at_least, at_most: None };
        holdings.insert((place, item), holding);
    }
    for limit in limits {
        let slot = sites.entry(limit.place.clone()).or_insert_with(|| site(&limit.place));
        slot.room_ml = limit.room_ml.or(slot.room_ml);
        slot.opens = limit.opens.unwrap_or(slot.opens);
        let Some(item) = limit.item.clone().filter(|item| problem.items.iter().any(|one| one.code == *item))
        else {
            continue;
        };
        let key = (limit.place.clone(), item.clone());
        let holding = holdings.entry(key).or_insert_with(|| Holding {
            site: limit.place.clone(),
            item,
            units: 0,
            at_least: 0,
            at_most: None,
        });
        holding.at_least = holding.at_least.max(limit.least.unwrap_or(0));
        holding.at_most = limit.most.or(holding.at_most);
    }
    problem.sites = sites.into_values().collect();
    problem.holdings = holdings.into_values().collect();
}

/// The stock as it would stand, as a table that `koinon match` reads.
fn stock_table(plan: &PrepositionPlan) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["place", "item", "amount"])?;
    for one in plan.placed.iter().filter(|one| one.best > 0) {
        writer.write_record([one.site.as_str(), one.item.as_str(), &one.best.to_string()])?;
    }
    Ok(writer.into_inner()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;

    #[test]
    fn the_table_of_sites_adds_places_and_limits() {
        let mut problem = Preposition::default();
        let item: ItemCode = "tents".parse().unwrap();
        problem.items.push(Item { code: item.clone(), people: 5, units: 1, ml_per_1000: 0 });
        let place_of = |name: &str| PlaceCode::new(name).unwrap();
        let now = BTreeMap::from([((place_of("hill"), item.clone()), 7)]);
        let limit = |name: &str, least, most, opens| Limit {
            place: place_of(name),
            item: Some(item.clone()),
            least,
            most,
            room_ml: None,
            opens,
        };
        let limits = [limit("hill", Some(2), None, None), limit("mill", None, Some(3), Some(Opens::Must))];
        place(&mut problem, now, &limits, false);
        assert_eq!(
            problem.sites.iter().map(|site| site.opens).collect::<Vec<_>>(),
            [Opens::May, Opens::Must]
        );
        let told: Vec<_> =
            problem.holdings.iter().map(|one| (one.units, one.at_least, one.at_most)).collect();
        assert_eq!(told, [(7, 2, None), (0, 0, Some(3))]);
    }
}
