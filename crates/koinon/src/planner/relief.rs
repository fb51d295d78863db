//! `koinon match --disasters`: what depots could send to those whom a disaster hit, and whom no depot could cover.
//!
//! Each disaster is planned by itself, from the whole stock. A depot sends by the road that joins it to the place, or by
//! the quickest chain of roads where none does; what stands in the place itself is there at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use koinon_core::unit::{DecimalMark, parse_decimal};
use koinon_core::{Day, Dimension, ItemCode, PlaceCode, Region};
use koinon_match::relief::{Affected, DepotStock, Relief, ReliefItem, ReliefPlan};
use koinon_match::roads::ways;
use koinon_table::{Column, Flaw, Flaws, Marks, Names, Table, quoted};

use super::tables::{Reading, STOCK};
use super::{MatchArgs, read, relief_views, said};
use crate::failure::{Complaint, Exit};
use crate::out::{Out, say};
use crate::words::Cells;

const fn column(name: &'static str, also: &'static [&'static str]) -> Column {
    Column { name, also, required: true }
}

/// The columns of a table of disasters; the weight counts where stock is placed for all of them.
pub(super) const DISASTERS: [Column; 6] = [
    column("disaster", &["id", "event"]),
    column("day", &["date", "when"]),
    column("kind", &["type"]),
    column("place", &["town", "where", "community"]),
    column("people", &["affected", "persons"]),
    Column { name: "weight", also: &["probability", "times"], required: false },
];

/// The columns of a table of people for one piece.
pub(super) const PEOPLE_PER_ITEM: [Column; 2] =
    [column("item", &["article", "product"]), column("people", &["persons", "people_per_item"])];

/// One disaster of the table.
#[derive(Debug, Clone)]
pub(super) struct Disaster {
    pub(super) id: String,
    pub(super) day: Day,
    pub(super) kind: String,
    /// How likely another one like it is, beside the others; 1 where nothing is written.
    pub(super) weight: i64,
    pub(super) affected: Vec<Affected>,
}

impl Disaster {
    /// How many people it hit.
    pub(super) fn people(&self) -> i64 {
        self.affected.iter().map(|one| one.people).fold(0, i64::saturating_add)
    }
}

/// Runs the command.
pub(super) fn run(
    args: &MatchArgs,
    region: &Region,
    stock: &Path,
    disasters: &Path,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let decimal = said(args.decimal);
    let reading = Reading { region, decimal, last: Day::default() };
    let beside = disasters.with_file_name("people_per_item.csv");
    let serving = args.people_per_item.as_deref().unwrap_or(&beside);
    let to_mend = args.to_mend.as_deref();
    let items = read(serving, to_mend, &PEOPLE_PER_ITEM, |table| people_per_item(&reading, table))?;
    let stock = read(stock, to_mend, &STOCK, |table| reading.stock(table))?;
    let all = read(disasters, to_mend, &DISASTERS, |table| of_table(&reading, table))?;
    let mut depots: BTreeMap<(PlaceCode, ItemCode), i64> = BTreeMap::new();
    for row in stock {
        let units = depots.entry((row.place, row.item)).or_default();
        *units = units.saturating_add(row.amount);
    }
    let stock: Vec<DepotStock> =
        depots.into_iter().map(|((depot, item), units)| DepotStock { depot, item, units }).collect();
    let depots: BTreeSet<PlaceCode> = stock.iter().map(|stock| stock.depot.clone()).collect();
    let plan = |disaster: &Disaster| -> anyhow::Result<ReliefPlan> {
        let places = disaster.affected.iter().map(|one| one.place.clone()).collect();
        let ways = ways(region, disaster.day, &depots, &places);
        let relief =
            Relief { affected: disaster.affected.clone(), items: items.clone(), stock: stock.clone(), ways };
        let refused = |error: koinon_match::relief::ReliefError| {
            Complaint::new(format!("{}: {error}", disaster.id), "mend the tables")
        };
        Ok(relief.plan().map_err(refused)?)
    };
    let Some(id) = &args.disaster else {
        let plans = all.iter().map(plan).collect::<anyhow::Result<Vec<_>>>()?;
        let view = relief_views::all(&all, &plans);
        if args.json {
            out.json(&view)?;
        } else {
            relief_views::print_all(&view, out)?;
        }
        return Ok(if all.is_empty() { Exit::No } else { Exit::Done });
    };
    let disaster = all.iter().find(|one| one.id.eq_ignore_ascii_case(id)).ok_or_else(|| {
        let found = format!("{} names no disaster {}", disasters.display(), quoted(id));
        Complaint::new(found, "say --all for a list of them")
    })?;
    let plan = plan(disaster)?;
    let view = relief_views::one(disaster, &plan);
    if args.json {
        out.json(&view)?;
    } else {
        relief_views::print_one(&view, out)?;
        out.flush()?;
        say(relief_views::summary(&view));
    }
    Ok(if plan.sendings.is_empty() { Exit::No } else { Exit::Done })
}

/// Reads how many people one piece serves.
pub(super) fn people_per_item(reading: &Reading<'_>, table: &Table) -> Result<Vec<ReliefItem>, Vec<Flaw>> {
    let mut flaws = Flaws::default();
    let marks = Marks::of(table, "people", reading.decimal);
    let words = Names::items(reading.region);
    let mut seen = BTreeSet::new();
    let mut items = Vec::new();
    for row in table.rows() {
        let mut cells = Cells { table, row, flaws: &mut flaws };
        let Some(item) = cells.named(&words, "item") else { continue };
        let text = cells.text("people");
        if !seen.insert(item.code.clone()) {
            cells.said("item", format!("{} stands twice", quoted(item.code.as_str())), "keep one row");
        } else if item.dimension != Dimension::Count {
            cells.said("item", format!("{} is not counted in pieces", item.code), "leave it out");
        } else if let Some((people, units)) = marks.mark(text).and_then(|mark| ratio(text, mark)) {
            items.push(ReliefItem { code: item.code.clone(), people, units });
        } else {
            let found = format!("{} is no number of people", quoted(text));
            cells.said("people", found, "write how many one piece serves, for example 2.5");
        }
    }
    let flaws = flaws.finish();
    if flaws.is_empty() { Ok(items) } else { Err(flaws) }
}

/// A decimal above zero as the smallest fraction: 0.6 people each is 3 people for 5 pieces.
fn ratio(text: &str, mark: DecimalMark) -> Option<(i64, i64)> {
    let (digits, scale) = parse_decimal(text, mark).ok()?;
    let (people, units) = (i64::try_from(digits).ok()?, 10i64.checked_pow(scale)?);
    let (mut a, mut b) = (people, units);
    while b != 0 {
        (a, b) = (b, a.checked_rem(b)?);
    }
    (people > 0).then(|| (people / a, units / a))
}

/// The disasters of a table, in the order of their days.
pub(super) fn of_table(reading: &Reading<'_>, table: &Table) -> Result<Vec<Disaster>, Vec<Flaw>> {
    let mut flaws = Flaws::default();
    let places = Names::places(reading.region);
    let mut all: BTreeMap<String, Disaster> = BTreeMap::new();
    for row in table.rows() {
        let mut cells = Cells { table, row, flaws: &mut flaws };
        let cell = |name| table.cell(&row, name);
        let place = cells.named(&places, "place");
        let day = cells.day("day");
        if cell("day").is_empty() {
            cells.said("day", "nothing is written", "write a day like 2026-03-31");
        }
        let people = cell("people").parse::<i64>().ok().filter(|people| *people >= 0);
        if people.is_none() {
            let found = format!("{} is no number of people", quoted(cell("people")));
            cells.said("people", found, "write a whole number without group marks");
        }
        if cell("disaster").is_empty() {
            cells.said("disaster", "nothing is written", "give each disaster a number of its own");
        }
        let weight = match cell("weight") {
            "" => Some(1),
            text => text.parse().ok().filter(|weight| (1..=1_000_000).contains(weight)),
        };
        if weight.is_none() {
            let found = format!("{} is no weight", quoted(cell("weight")));
            cells.said("weight", found, "write a whole number from 1 to 1000000, or nothing for 1");
        }
        let (Some(place), Some(day), Some(people)) = (place, day, people) else { continue };
        let weight = weight.unwrap_or(1);
        let disaster = all.entry(cell("disaster").to_owned()).or_insert_with(|| Disaster {
            id: cell("disaster").to_owned(),
            day,
            kind: cell("kind").to_owned(),
            weight,
            affected: Vec::new(),
        });
        if disaster.weight != weight {
            let found = format!("{} has another weight above", disaster.id);
            cells.said("weight", found, "write the same weight in all of its rows");
        }
        if disaster.affected.iter().any(|one| one.place == place) {
            let found = format!("{} stands twice in {}", quoted(cell("place")), disaster.id);
            cells.said("place", found, "add the people up in one row");
        }
        disaster.affected.push(Affected { place, people });
    }
    let flaws = flaws.finish();
    let mut all: Vec<Disaster> = all.into_values().collect();
    all.sort_by(|a, b| (a.day, &a.id).cmp(&(b.day, &b.id)));
    if flaws.is_empty() { Ok(all) } else { Err(flaws) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_for_one_piece_are_a_fraction() {
        let cases =
            [("0.6", Some((3, 5))), ("2.5", Some((5, 2))), ("5", Some((5, 1))), ("0", None), ("x", None)];
        for (text, want) in cases {
            assert_eq!(ratio(text, DecimalMark::Point), want, "{text}");
        }
    }
}
