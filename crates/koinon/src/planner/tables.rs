//! The planner's tables: what is in stock, and what was asked for.
//!
//! Places and items may be written by code or by any of their names. Every row that cannot be used is named with the
//! nearest word that could have been meant.

use std::collections::BTreeMap;

use koinon_core::unit::{DecimalMark, parse_quantity};
use koinon_core::{Day, Item, ItemCode, PlaceCode, Region};
use koinon_ledger::fact::Urgency;
use koinon_match::{LotRef, Need, NeedRef, Stock};

use crate::tables::{Column, Flaw, Flaws, Row, Table, quoted};

const PLACE: Column =
    Column { name: "place", also: &["store", "community", "depot", "where"], required: true };
const ITEM: Column = Column { name: "item", also: &["article", "product", "what"], required: true };
const AMOUNT: Column =
    Column { name: "amount", also: &["quantity", "qty", "cantidad", "menge"], required: true };
const UNIT: Column = Column { name: "unit", also: &["unidad", "einheit"], required: false };

/// The columns of a stock table.
pub(super) const STOCK: [Column; 5] = [
    PLACE,
    ITEM,
    AMOUNT,
    UNIT,
    Column {
        name: "good_until",
        also: &["expires", "expiry", "best_before", "use_by", "last_good"],
        required: false,
    },
];

/// The columns of a table of needs.
pub(super) const NEEDS: [Column; 6] = [
    PLACE,
    ITEM,
    AMOUNT,
    UNIT,
    Column { name: "urgency", also: &["tier", "priority"], required: false },
    Column { name: "by", also: &["until", "day", "date"], required: false },
];

/// The words of urgency.
const URGENCY: [(&str, Urgency); 3] =
    [("must-have", Urgency::MustHave), ("needed", Urgency::Needed), ("useful", Urgency::Useful)];

/// What tables are read against.
pub(super) struct Reading<'a> {
    /// The region.
    pub(super) region: &'a Region,
    /// The decimal mark, where it is said.
    pub(super) decimal: Option<DecimalMark>,
    /// The last day of the plan, by which needs without a day are to be met.
    pub(super) last: Day,
}

/// Words by which something may be called, in lower case.
pub(super) struct Words<T> {
    words: BTreeMap<String, T>,
    /// The lists of the region file in which they stand.
    kind: &'static str,
}

impl<T: Clone> Words<T> {
    fn new(kind: &'static str) -> Self {
        Self { words: BTreeMap::new(), kind }
    }

    /// Adds words for one thing; the first use of a word stands, so add codes before names.
    fn add<'w>(&mut self, words: impl IntoIterator<Item = &'w str>, thing: &T) {
        for word in words {
            self.words.entry(word.to_lowercase()).or_insert_with(|| thing.clone());
        }
    }

    /// What a cell names; says what could have been meant where it names nothing.
    pub(super) fn of(&self, table: &Table, row: &Row, column: &str, flaws: &mut Flaws) -> Option<T> {
        let text = table.cell(row, column).to_lowercase();
        let known = self.words.get(&text).cloned();
        if known.is_none() {
            let found = if text.is_empty() {
                "nothing is written".to_owned()
            } else {
                format!("{} is not in the region file", quoted(table.cell(row, column)))
            };
            flaws.cell(row, column, found, self.remedy(&text));
        }
        known
    }

    fn remedy(&self, text: &str) -> String {
        let nearest = self
            .words
            .keys()
            .map(|word| (distance(word, text), word))
            .filter(|(far, word)| *far <= word.chars().count().div_ceil(3))
            .min();
        match nearest {
            Some((_, word)) => format!("did you mean {}?", quoted(word)),
            None => format!("write the code or name of one of its {}", self.kind),
        }
    }
}

/// How many characters to change, add or leave out (Levenshtein), for words that people type.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, one) in a.chars().take(80).enumerate() {
        let mut corner = at;
        let mut left = at + 1;
        let mut next = vec![left];
        for (other, above) in b.iter().zip(row.iter().skip(1)) {
            let best = (corner + usize::from(one != *other)).min(left + 1).min(above + 1);
            corner = *above;
            left = best;
            next.push(best);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

impl Reading<'_> {
    /// Reads what is in stock.
    pub(super) fn stock(&self, table: &Table) -> Result<Vec<Stock>, Vec<Flaw>> {
        self.rows(
            table,
            |row, flaws| day(row, "good_until", table.cell(row, "good_until"), flaws),
            |row, place, item, amount, last_good| {
                let lot = LotRef::Row(u32::try_from(row.line).unwrap_or(u32::MAX));
                Stock { place, item, amount, last_good, lot }
            },
        )
    }

    /// Reads what was asked for.
    pub(super) fn needs(&self, table: &Table) -> Result<Vec<Need>, Vec<Flaw>> {
        self.rows(
            table,
            |row, flaws| {
                let urgency = urgency(row, table.cell(row, "urgency"), flaws);
                (urgency, day(row, "by", table.cell(row, "by"), flaws).unwrap_or(self.last))
            },
            |row, place, item, amount, (urgency, by)| {
                let id = NeedRef::Row(u32::try_from(row.line).unwrap_or(u32::MAX));
                Need { place, item, amount, urgency, by, id }
            },
        )
    }

    /// Reads every row: its further cells by `rest`, place, item and amount here, and `make` puts them together.
    fn rows<R, T>(
        &self,
        table: &Table,
        rest: impl Fn(&Row, &mut Flaws) -> R,
        make: impl Fn(&Row, PlaceCode, ItemCode, i64, R) -> T,
    ) -> Result<Vec<T>, Vec<Flaw>> {
        let mut flaws = Flaws::default();
        let mark = self.decimal.unwrap_or_else(|| table.decimal_mark("amount", &mut flaws));
        let (places, items) = (self.places(), self.items());
        let mut made = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let rest = rest(row, &mut flaws);
            let place = places.of(table, row, "place", &mut flaws);
            let item = items.of(table, row, "item", &mut flaws);
            let amount = item.and_then(|item| amount(table, row, item, mark, &mut flaws));
            if let (Some(place), Some(item), Some(amount)) = (place, item, amount) {
                made.push(make(row, place, item.code.clone(), amount, rest));
            }
        }
        let flaws = flaws.finish();
        if flaws.is_empty() { Ok(made) } else { Err(flaws) }
    }

    /// The words for places; a store stands for the place where it is.
    pub(super) fn places(&self) -> Words<PlaceCode> {
        let mut words = Words::new("places or stores");
        for code in self.region.places() {
            words.add([code.as_str()], &code);
        }
        for store in &self.region.stores {
            words.add([store.code.as_str()], &store.place);
        }
        for code in self.region.places() {
            words.add(self.region.place_name(&code), &code);
        }
        for store in &self.region.stores {
            words.add([store.name.as_str()], &store.place);
        }
        words
    }

    /// The words for items.
    pub(super) fn items(&self) -> Words<&Item> {
        let mut words = Words::new("items");
        for item in &self.region.items {
            words.add([item.code.as_str()], &item);
        }
        for item in &self.region.items {
            words.add(
                std::iter::once(item.name.as_str()).chain(item.names.values().map(String::as_str)),
                &item,
            );
        }
        words
    }
}

/// How urgent a need is; needed where nothing is written.
fn urgency(row: &Row, text: &str, flaws: &mut Flaws) -> Urgency {
    let word = text.to_lowercase().replace([' ', '_'], "-");
    let known = URGENCY.iter().find(|(known, _)| *known == word).map(|(_, urgency)| *urgency);
    if known.is_none() && !word.is_empty() {
        let found = format!("{} is no urgency", quoted(text));
        flaws.cell(row, "urgency", found, "write must-have, needed or useful");
    }
    known.unwrap_or(Urgency::Needed)
}

/// The day in a cell, where there is one.
fn day(row: &Row, column: &str, text: &str, flaws: &mut Flaws) -> Option<Day> {
    let day = Day::parse(text);
    if day.is_none() && !text.is_empty() {
        flaws.cell(row, column, format!("{} is no date", quoted(text)), "write it like 2026-03-31");
    }
    day
}

/// The amount of a row in base units, not below zero.
fn amount(table: &Table, row: &Row, item: &Item, mark: DecimalMark, flaws: &mut Flaws) -> Option<i64> {
    if table.cell(row, "amount").is_empty() {
        flaws.cell(row, "amount", "nothing is written", format!("write for example '12 {}'", item.unit));
        return None;
    }
    let text = format!("{} {}", table.cell(row, "amount"), table.cell(row, "unit"));
    match parse_quantity(text.trim(), item.dimension, &item.packs, &item.unit, mark) {
        Ok(quantity) if quantity.is_negative() => {
            let found = format!("{} is below zero", quoted(text.trim()));
            flaws.cell(row, "amount", found, "write what is there or asked for, 0 or more");
            None
        }
        Ok(quantity) => Some(quantity.amount()),
        Err(error) => {
            // The error names what was found before the semicolon, and what would do after it.
            let told = error.to_string();
            let example = format!("write for example '12 {}'", item.unit);
            let (found, remedy) = told.split_once("; ").unwrap_or((&told, &example));
            flaws.cell(row, "amount", found, remedy);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_slips_of_the_keyboard() {
        for (a, b, far) in [("wheat", "wheat", 0), ("wheat", "whaet", 2), ("", "oat", 3), ("maïs", "mais", 1)]
        {
            assert_eq!((distance(a, b), distance(b, a)), (far, far), "{a} {b}");
        }
    }
}
