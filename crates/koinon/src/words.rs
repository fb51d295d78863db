//! Words of a region file as people type them: places, stores and items by code or by any of their names, amounts with
//! a unit, days. What is not known is answered with the nearest word that could have been meant.

use std::collections::BTreeMap;

use koinon_core::unit::{DecimalMark, parse_quantity};
use koinon_core::{Day, Item, PlaceCode, Region, StoreCode};

use crate::failure::Complaint;
use crate::tables::{Flaws, Row, Table, quoted};

/// Words by which something may be called, in lower case.
pub(crate) struct Names<T> {
    words: BTreeMap<String, T>,
    /// The lists of the region file in which they stand.
    kind: &'static str,
}

impl<T: Clone> Names<T> {
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
    pub(crate) fn of(&self, table: &Table, row: &Row, column: &str, flaws: &mut Flaws) -> Option<T> {
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

    /// What an argument names.
    pub(crate) fn named(&self, text: &str) -> anyhow::Result<T> {
        let lower = text.to_lowercase();
        let unknown =
            || Complaint::usage(format!("{} is not in the region file", quoted(text)), self.remedy(&lower));
        Ok(self.words.get(&lower).cloned().ok_or_else(unknown)?)
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

impl Names<PlaceCode> {
    /// The words for places; a store stands for the place where it is.
    pub(crate) fn places(region: &Region) -> Self {
        let mut words = Self::new("places or stores");
        for code in region.places() {
            words.add([code.as_str()], &code);
        }
        for store in &region.stores {
            words.add([store.code.as_str()], &store.place);
        }
        for code in region.places() {
            words.add(region.place_name(&code), &code);
        }
        for store in &region.stores {
            words.add([store.name.as_str()], &store.place);
        }
        words
    }
}

impl Names<StoreCode> {
    /// The words for stores; a place stands for its store where it has only one.
    pub(crate) fn stores(region: &Region) -> Self {
        let mut words = Self::new("stores");
        for store in &region.stores {
            words.add([store.code.as_str()], &store.code);
        }
        for store in &region.stores {
            words.add([store.name.as_str()], &store.code);
        }
        for place in region.places() {
            let mut stores = region.stores_of(&place);
            if let (Some(only), None) = (stores.next(), stores.next()) {
                words.add(std::iter::once(place.as_str()).chain(region.place_name(&place)), &only.code);
            }
        }
        words
    }
}

impl<'r> Names<&'r Item> {
    /// The words for items.
    pub(crate) fn items(region: &'r Region) -> Self {
        let mut words = Self::new("items");
        for item in &region.items {
            words.add([item.code.as_str()], &item);
        }
        for item in &region.items {
            let names = std::iter::once(item.name.as_str()).chain(item.names.values().map(String::as_str));
            words.add(names, &item);
        }
        words
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

/// The day in a cell, where there is one.
pub(crate) fn day(table: &Table, row: &Row, column: &str, flaws: &mut Flaws) -> Option<Day> {
    let text = table.cell(row, column);
    let day = Day::parse(text);
    if day.is_none() && !text.is_empty() {
        flaws.cell(row, column, format!("{} is no date", quoted(text)), "write it like 2026-03-31");
    }
    day
}

/// The amount of a row in base units, not below zero.
pub(crate) fn amount(
    table: &Table,
    row: &Row,
    item: &Item,
    mark: DecimalMark,
    flaws: &mut Flaws,
) -> Option<i64> {
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
