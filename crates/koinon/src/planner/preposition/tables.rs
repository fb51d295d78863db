//! The tables of placing: sites with their limits, and what is to be bought. Every row that cannot be used is named.

use std::collections::BTreeSet;

use koinon_core::{ItemCode, PlaceCode};
use koinon_match::preposition::{Added, Opens};
use koinon_table::{Column, Flaw, Marks, Names, Table, quoted};

use super::super::tables::{AMOUNT, ITEM, Reading, UNIT};
use crate::words::{Cells, each};

const fn column(name: &'static str, also: &'static [&'static str]) -> Column {
    Column { name, also, required: false }
}

/// The columns of a table of sites.
pub(super) const SITES: [Column; 6] = [
    Column { name: "place", also: &["site", "store", "community", "depot", "where"], required: true },
    column("item", &["article", "product", "what"]),
    column("least", &["at_least", "minimum", "stays"]),
    column("most", &["at_most", "maximum", "capacity"]),
    column("litres", &["l", "liters", "capacity_l"]),
    column("open", &["opens", "status"]),
];

/// The columns of a table of what is to be bought.
pub(super) const ADDED: [Column; 3] = [ITEM, AMOUNT, UNIT];

/// One row of a table of sites.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    pub(super) place: PlaceCode,
    /// The item of which the row speaks; none where it speaks of the place.
    pub(super) item: Option<ItemCode>,
    /// Pieces that must stand there.
    pub(super) least: Option<i64>,
    /// Pieces that may stand there.
    pub(super) most: Option<i64>,
    /// Room for all items together.
    pub(super) room_ml: Option<i64>,
    pub(super) opens: Option<Opens>,
}

/// Reads sites.
pub(super) fn sites(reading: &Reading<'_>, table: &Table) -> Result<Vec<Limit>, Vec<Flaw>> {
    let (places, items) = (Names::places(reading.region), Names::items(reading.region));
    let mut seen = BTreeSet::new();
    each(table, |cells| {
        let place = cells.named(&places, "place");
        let named = !cells.text("item").is_empty();
        let item = if named { cells.named(&items, "item").map(|item| item.code.clone()) } else { None };
        let (least, most) = (number(cells, "least"), number(cells, "most"));
        let litres = number(cells, "litres");
        let opens = opens(cells);
        if !named && (least.is_some() || most.is_some()) {
            cells.said("item", "nothing is written", "write of which item so many must or may stand there");
        }
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            cells.said(
                "most",
                format!("{most} may stand there and {least} must"),
                "raise the one or lower the other",
            );
        }
        let place = place?;
        if named && item.is_none() {
            return None;
        }
        if !seen.insert((place.clone(), item.clone())) {
            let found = format!("{} stands twice", quoted(cells.text("place")));
            cells.said("place", found, "keep one row for a place, and one for each of its items");
        }
        let room_ml = litres.map(|litres| litres.saturating_mul(1_000));
        Some(Limit { place, item, least, most, room_ml, opens })
    })
}

/// Reads what is to be bought.
pub(super) fn added(reading: &Reading<'_>, table: &Table) -> Result<Vec<Added>, Vec<Flaw>> {
    let items = Names::items(reading.region);
    let marks = Marks::of(table, "amount", reading.decimal);
    let mut seen = BTreeSet::new();
    each(table, |cells| {
        let item = cells.named(&items, "item")?;
        let units = cells.amount(item, marks);
        if !seen.insert(item.code.clone()) {
            let found = format!("{} stands twice", quoted(cells.text("item")));
            cells.said("item", found, "add the amounts up in one row");
        }
        Some(Added { item: item.code.clone(), units: units? })
    })
}

/// A whole number, where there is one.
fn number(cells: &mut Cells<'_>, column: &'static str) -> Option<i64> {
    let text = cells.text(column).trim();
    if text.is_empty() {
        return None;
    }
    let digits = koinon_core::unit::latin_digits(text);
    let found = digits.parse().ok().filter(|number| (0..=1_000_000_000).contains(number));
    if found.is_none() {
        let remedy = "write a whole number without a unit or signs between, for example 1200";
        cells.said(column, format!("{} is no number", quoted(text)), remedy);
    }
    found
}

fn opens(cells: &mut Cells<'_>) -> Option<Opens> {
    let text = cells.text("open").trim();
    match text.to_lowercase().as_str() {
        "" => None,
        "must" | "yes" | "always" => Some(Opens::Must),
        "may" | "maybe" => Some(Opens::May),
        "no" | "closed" | "never" => Some(Opens::Closed),
        _ => {
            let found = format!("{} does not say whether stock may stand there", quoted(text));
            cells.said("open", found, "write must, may or no");
            None
        }
    }
}
