//! What was posted, and its reading: every fault of a form at once, each with its field, in the reader's words.

use koinon_core::region::Item;
use koinon_core::unit::{DecimalMark, UnitError, latin_digits, parse_decimal, parse_unmarked};
use koinon_core::{Day, Quantity};
use koinon_ledger::Reason;
use koinon_ledger::fact::{Method, PrintedMark};

use crate::acts::say;
use crate::i18n::{Lang, Speak as _};
use crate::t;
use crate::ui::Ui;

/// The fields of a posted form, in their order.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Takes the pairs as they came.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a name without blanks around it; empty when there is none.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.trim())
    }

    /// The first value of a name just as it was typed, for passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// Whether a field was sent with something in it.
    pub fn has(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Every pair as it was sent.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// What follows a prefix in the names that have it, each once, in the order of the form.
    pub fn after<'a>(&'a self, prefix: &'a str) -> Vec<&'a str> {
        let mut found: Vec<&str> = Vec::new();
        for rest in self.0.iter().filter_map(|(name, _)| name.strip_prefix(prefix)) {
            if !found.contains(&rest) {
                found.push(rest);
            }
        }
        found
    }
}

/// Reads fields and gathers what is wrong with them.
#[derive(Debug)]
pub struct Reader<'a> {
    ui: &'a Ui,
    fields: &'a Fields,
    faults: Vec<(String, String)>,
}

impl<'a> Reader<'a> {
    /// Begins to read.
    pub fn new(ui: &'a Ui, fields: &'a Fields) -> Self {
        Self { ui, fields, faults: Vec::new() }
    }

    /// Notes a fault of a field.
    pub fn fault(&mut self, name: &str, words: impl Into<String>) {
        self.faults.push((name.to_owned(), words.into()));
    }

    /// What was wrong, or the value where nothing was.
    ///
    /// # Errors
    /// The faults: field and what to put right.
    pub fn done<T>(self, value: Option<T>) -> Result<T, Vec<(String, String)>> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(self.faults),
        }
    }

    /// The text of a field.
    pub fn text(&self, name: &str) -> &'a str {
        self.fields.text(name)
    }

    /// An amount of an item in the unit chosen beside it, else in the item's own.
    pub fn quantity(&mut self, name: &str, item: &Item) -> Option<Quantity> {
        let unit = self.fields.text(&format!("{name}-unit"));
        let unit = if unit.is_empty() { item.unit.as_str() } else { unit };
        match read_quantity(self.ui.lang(), self.fields.text(name), item, unit) {
            Ok(quantity) => Some(quantity),
            Err(fault) => {
                let words = say::unit_fault(self.ui, &fault);
                self.fault(name, words);
                None
            }
        }
    }

    /// An amount, or `None` where the field is empty. The second value says whether reading may go on.
    pub fn quantity_if_any(&mut self, name: &str, item: &Item) -> Option<Quantity> {
        if self.fields.has(name) { self.quantity(name, item) } else { None }
    }

    /// A day, or `None` where the field is empty.
    pub fn day(&mut self, name: &str) -> Option<Day> {
        let text = latin_digits(self.fields.text(name));
        if text.is_empty() {
            return None;
        }
        let day = Day::parse(&text);
        if day.is_none() {
            self.fault(name, t!(self.ui, "field-bad-day", found = short(&text)));
        }
        day
    }

    /// A day that must be given.
    pub fn day_needed(&mut self, name: &str) -> Option<Day> {
        if !self.fields.has(name) {
            self.fault(name, t!(self.ui, "field-day-missing"));
        }
        self.day(name)
    }

    /// A printed number, or `None` where the field is empty.
    pub fn mark(&mut self, name: &str) -> Option<PrintedMark> {
        let text = latin_digits(self.fields.text(name));
        if text.is_empty() {
            return None;
        }
        let mark = PrintedMark::new(&text);
        if mark.is_err() {
            self.fault(name, t!(self.ui, "field-bad-mark", found = short(&text)));
        }
        mark.ok()
    }

    /// A whole number up to `most`, or `None` where the field is empty.
    pub fn number(&mut self, name: &str, most: u32) -> Option<u32> {
        let text = self.fields.text(name);
        if text.is_empty() {
            return None;
        }
        let read = read_decimal(self.ui.lang(), text).ok().filter(|(_, scale)| *scale == 0);
        let number = read.and_then(|(n, _)| u32::try_from(n).ok()).filter(|n| *n <= most);
        if number.is_none() {
            self.fault(name, t!(self.ui, "field-bad-number", found = short(text), most = most));
        }
        number
    }

    /// One of some reasons.
    pub fn reason(&mut self, name: &str, allowed: &[Reason]) -> Option<Reason> {
        let reason = Reason::by_code(self.fields.text(name)).filter(|reason| allowed.contains(reason));
        if reason.is_none() {
            self.fault(name, t!(self.ui, "field-reason-missing"));
        }
        reason
    }

    /// One of some choices by its code.
    pub fn one_of<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        self.known(name, |wanted| choices.iter().find(|(code, _)| *code == wanted).map(|(_, value)| *value))
    }

    /// One of the choices that have words of their own.
    pub fn known<T>(&mut self, name: &str, by_code: impl Fn(&str) -> Option<T>) -> Option<T> {
        let found = by_code(self.fields.text(name));
        if found.is_none() {
            self.fault(name, t!(self.ui, "field-choice-missing"));
        }
        found
    }

    /// How a figure was found; counted unless said otherwise.
    pub fn method(&mut self) -> Method {
        Method::by_code(self.fields.text("method")).unwrap_or(Method::Counted)
    }
}

/// Reads an amount as a person of a language writes it.
///
/// # Errors
/// A [`UnitError`] for a text that cannot be read without doubt.
pub fn read_quantity(lang: Lang, text: &str, item: &Item, unit: &str) -> Result<Quantity, UnitError> {
    let text = latin_digits(text).replace('٫', if lang == Lang::Es { "," } else { "." });
    let [usual, _] = marks(lang);
    parse_unmarked(&text, item.dimension, &item.packs, unit, usual)
}

fn read_decimal(lang: Lang, text: &str) -> Result<(i128, u32), UnitError> {
    let [first, second] = marks(lang);
    let text = latin_digits(text);
    parse_decimal(&text, first).or_else(|_| parse_decimal(&text, second))
}

const fn marks(lang: Lang) -> [DecimalMark; 2] {
    match lang {
        Lang::Es => [DecimalMark::Comma, DecimalMark::Point],
        Lang::En | Lang::Ar => [DecimalMark::Point, DecimalMark::Comma],
    }
}

/// The start of a text that somebody typed, for a message.
pub fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if text.chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_each_language_writes_them() {
        let items = koinon_core::region::generate::catalogue().unwrap();
        let wheat = items.iter().find(|item| item.code.as_str() == "wheat").unwrap();
        let read = |lang, text| read_quantity(lang, text, wheat, "kg").map(Quantity::amount).ok();
        let cases = [
            (Lang::En, "1,250.5", Some(1_250_500)),
            (Lang::En, "1,5", Some(1_500)),
            (Lang::Es, "1.250,5", Some(1_250_500)),
            (Lang::Es, "3.5", Some(3_500)),
            (Lang::Es, "1.250", None),
            (Lang::Es, "1,500 kg", None),
            (Lang::En, "1,500 kg", None),
            (Lang::En, "1500 kg", Some(1_500_000)),
            (Lang::En, "1,500,000 g", Some(1_500_000)),
            (Lang::En, "1,500 g", Some(1_500)),
            (Lang::En, "1e400", None),
            (Lang::Ar, "٣٫٥", Some(3_500)),
            (Lang::Ar, "١٬٢٥٠", Some(1_250_000)),
            (Lang::Es, "2 bag", Some(50_000)),
            (Lang::En, "1.2.3", None),
            (Lang::En, "", None),
            (Lang::En, "many", None),
            (Lang::En, "999999999999 t", None),
        ];
        for (lang, text, grams) in cases {
            assert_eq!(read(lang, text), grams, "{lang} {text}");
        }
    }

    #[test]
    fn names_with_a_prefix_are_listed_once() {
        let pairs = [("seen-2", "1"), ("seen-1", ""), ("seen-2", "3"), ("x", "y")];
        let fields = Fields::new(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect());
        assert_eq!(fields.after("seen-"), ["2", "1"]);
        assert_eq!((fields.text("seen-2"), fields.text("none")), ("1", ""));
        assert_eq!(latin_digits("٢٠٢٦-۰۳-01"), "2026-03-01");
    }
}
