//! Words of a region file as people type them: places, stores and items by code or by any of their names, amounts with
//! a unit, days, batch numbers. What is not known is answered with the nearest word that could have been meant.

use std::collections::BTreeMap;

use jiff::civil::Date;
use koinon_core::unit::{latin_digits, parse_quantity};
use koinon_core::{Day, Item, PlaceCode, Quantity, Region, StoreCode};
use koinon_ledger::fact::PrintedMark;

use crate::flaw::Fault;
use crate::numbers::Marks;

/// Words by which something may be called, in lower case.
#[derive(Debug, Clone)]
pub struct Names<T> {
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

    /// What a text names.
    ///
    /// # Errors
    /// [`Fault::Nothing`] or [`Fault::Unknown`]; with `hint`, the latter says what could have been meant, which takes a
    /// while for each text.
    pub fn named(&self, text: &str, hint: bool) -> Result<T, Fault> {
        let lower = text.trim().to_lowercase();
        if lower.is_empty() {
            return Err(Fault::Nothing(format!("write the code or name of one of its {}", self.kind)));
        }
        let unknown = || Fault::Unknown {
            found: text.to_owned(),
            like: hint.then(|| self.nearest(&lower)).flatten(),
            kind: self.kind,
        };
        self.words.get(&lower).cloned().ok_or_else(unknown)
    }

    fn nearest(&self, text: &str) -> Option<String> {
        let near = self.words.keys().map(|word| (distance(word, text), word));
        let near = near.filter(|(far, word)| *far <= word.chars().count().div_ceil(3)).min();
        near.map(|(_, word)| word.clone())
    }
}

impl Names<PlaceCode> {
    /// The words for places; a store stands for the place where it is.
    pub fn places(region: &Region) -> Self {
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
    /// The words for some stores; a place stands for its store where it has only one among them.
    pub fn stores(region: &Region, among: &[StoreCode]) -> Self {
        let mut words = Self::new("stores");
        let stores = || region.stores.iter().filter(|store| among.contains(&store.code));
        for store in stores() {
            words.add([store.code.as_str()], &store.code);
        }
        for store in stores() {
            words.add([store.name.as_str()], &store.code);
        }
        for place in region.places() {
            let mut there = stores().filter(|store| store.place == place);
            if let (Some(only), None) = (there.next(), there.next()) {
                words.add(std::iter::once(place.as_str()).chain(region.place_name(&place)), &only.code);
            }
        }
        words
    }
}

impl<'r> Names<&'r Item> {
    /// The words for items.
    pub fn items(region: &'r Region) -> Self {
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

/// Reads an amount of an item, not below zero; an empty unit is the item's own.
///
/// # Errors
/// [`Fault::Nothing`], [`Fault::TwoReadings`], [`Fault::Negative`] or [`Fault::Amount`].
pub fn amount(text: &str, unit: &str, item: &Item, marks: Marks) -> Result<Quantity, Fault> {
    let example = || format!("12 {}", item.unit);
    if text.is_empty() {
        return Err(Fault::Nothing(format!("write for example '{}'", example())));
    }
    let mark = marks.mark(text).ok_or_else(|| Fault::TwoReadings(text.to_owned()))?;
    let whole = format!("{text} {unit}");
    match parse_quantity(whole.trim(), item.dimension, &item.packs, &item.unit, mark) {
        Ok(quantity) if quantity.is_negative() => Err(Fault::Negative(whole.trim().to_owned())),
        Ok(quantity) => Ok(quantity),
        Err(fault) => Err(Fault::Amount { fault, example: example() }),
    }
}

/// Reads a day as ISO 8601, as `31.03.2027`, or with slashes where only one reading is possible; empty is none.
///
/// # Errors
/// [`Fault::Day`].
pub fn day(text: &str) -> Result<Option<Day>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    read_day(&latin_digits(text)).map(Some).ok_or_else(|| Fault::Day(text.to_owned()))
}

fn read_day(text: &str) -> Option<Day> {
    if let Some(day) = Day::parse(text) {
        return Some(day);
    }
    let separator = ['.', '/', '-'].into_iter().find(|c| text.contains(*c))?;
    let parts: Vec<i16> =
        text.split(separator).map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let [first, second, year] = *parts.as_slice() else { return None };
    if !(1_900..=2_200).contains(&year) {
        return None;
    }
    let date =
        |day: i16, month: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let (by_day, by_month) = (date(first, second), date(second, first));
    let date = match (separator, by_day, by_month) {
        ('.', day_first, _) => day_first?,
        (_, Some(one), Some(other)) if one == other => one,
        (_, Some(one), None) | (_, None, Some(one)) => one,
        _ => return None,
    };
    Some(Day::from_date(date))
}

/// Reads a printed batch number; empty is none.
///
/// # Errors
/// [`Fault::Batch`].
pub fn printed_mark(text: &str) -> Result<Option<PrintedMark>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    PrintedMark::new(text).map(Some).map_err(|_| Fault::Batch(text.to_owned()))
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

    #[test]
    fn a_day_is_read_only_where_it_can_be_no_other() {
        let cases = [
            ("2027-03-31", Some("2027-03-31")),
            ("31.03.2027", Some("2027-03-31")),
            ("31/3/2027", Some("2027-03-31")),
            ("3/31/2027", Some("2027-03-31")),
            ("5/5/2027", Some("2027-05-05")),
            ("٢٠٢٧-٠٣-٣١", Some("2027-03-31")),
            ("01/02/2027", None),
            ("31/31/2027", None),
            ("31.3.27", None),
            ("soon", None),
        ];
        for (text, want) in cases {
            assert_eq!(day(text).ok().flatten(), want.and_then(Day::parse), "{text}");
        }
        assert_eq!(day(""), Ok(None));
    }
}
