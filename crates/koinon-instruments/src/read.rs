//! Reading an agreement: field by field, so that one look at the report names every fault.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use koinon_core::region::{Fault, Severity};
use koinon_core::{CommunityCode, Day};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::agreement::{
    Agreement, DAYS_MAX, Dataset, FILE_BYTES_MAX, PARTIES_MAX, RETENTION_DAYS_MAX, Share, WORDS_MAX,
};

type Value<'t> = Spanned<DeValue<'t>>;

/// The fields of the head, and those of a share.
const HEAD: [&str; 6] = ["title", "basis", "from", "until", "parties", "safety_copies"];
const SHARE: [&str; 9] =
    ["dataset", "purpose", "with", "class", "fields", "level", "cadence", "retention_days", "onward"];

struct Reader<'t> {
    text: &'t str,
    faults: Vec<Fault>,
}

/// Reads a file.
pub(crate) fn agreement(text: &str) -> Result<Agreement, Vec<Fault>> {
    let mut reader = Reader { text, faults: Vec::new() };
    let read = reader.whole();
    reader.faults.sort();
    read.filter(|_| reader.faults.is_empty()).ok_or(reader.faults)
}

impl<'t> Reader<'t> {
    fn fault(
        &mut self,
        at: Option<Range<usize>>,
        path: &str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let before = at.and_then(|at| self.text.get(..at.start));
        let line = before.map(|before| before.bytes().filter(|byte| *byte == b'\n').count() + 1);
        let (path, found, remedy) = (path.to_owned(), found.into(), remedy.into());
        self.faults.push(Fault { line, path, severity: Severity::Error, found, remedy });
    }

    fn whole(&mut self) -> Option<Agreement> {
        if self.text.len() > FILE_BYTES_MAX {
            let found = format!("the file has {} bytes", self.text.len());
            self.fault(None, "", found, format!("an agreement has at most {FILE_BYTES_MAX}; say it shorter"));
            return None;
        }
        let text = self.text;
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                self.fault(
                    error.span(),
                    "",
                    error.message().to_owned(),
                    "write it as in the example of the handbook",
                );
                return None;
            }
        };
        self.only_known(&table, "", &["agreement", "share"]);
        let head = self.table(&table, "", "agreement");
        let shares = self.list(&table, "", "share").unwrap_or_default();
        let head = head?;
        self.only_known(&head, "agreement", &HEAD);
        let title = self.words(&head, "agreement", "title");
        let basis = self.words(&head, "agreement", "basis");
        let from = self.day(&head, "agreement", "from");
        let until = self.day(&head, "agreement", "until");
        let parties = self.codes(&head, "agreement", "parties");
        let safety_copies = self.flag(&head, "agreement", "safety_copies");
        if let Some(parties) = parties.as_ref().filter(|parties| parties.len() < 2) {
            let found = format!("there are {} parties", parties.len());
            self.fault(
                span(&head, "parties"),
                "agreement.parties",
                found,
                "an agreement is between two or more",
            );
        }
        if let (Some(from), Some(until)) = (from, until) {
            let days = until.since(from).saturating_add(1);
            if !(1..=DAYS_MAX).contains(&days) {
                let found = format!("it would run for {days} days");
                let remedy = "let it end at most twelve months after it begins; it is renewed by a new one";
                self.fault(span(&head, "until"), "agreement.until", found, remedy);
            }
        }
        let parties = parties.unwrap_or_default();
        let mut all = BTreeMap::new();
        for (index, share) in shares.into_iter().enumerate() {
            let path = format!("share[{index}]");
            let at = share.span();
            let Some(share) = share.get_ref().as_table().cloned() else {
                self.fault(Some(at), &path, "this is no table", "write each dataset under a line [[share]]");
                continue;
            };
            if let Some((dataset, share)) = self.share(&share, &path, &parties)
                && all.insert(dataset, share).is_some()
            {
                let found = format!("`{}` is there twice", dataset.row().code);
                self.fault(Some(at), &path, found, "say everything about it in one place");
            }
        }
        Some(Agreement {
            title: title?,
            basis: basis?,
            from: from?,
            until: until?,
            parties,
            safety_copies: safety_copies?,
            shares: all,
        })
    }

    fn share(
        &mut self,
        table: &DeTable<'t>,
        path: &str,
        parties: &BTreeSet<CommunityCode>,
    ) -> Option<(Dataset, Share)> {
        self.only_known(table, path, &SHARE);
        let code = self.text_of(table, path, "dataset")?;
        let Some(dataset) = Dataset::by_code(&code) else {
            let known: Vec<&str> = Dataset::ALL.iter().map(|dataset| dataset.row().code).collect();
            let found = format!("'{code}' is no dataset that can be shared");
            let remedy = format!("use one of: {}; everything else stays at home", known.join(", "));
            self.fault(span(table, "dataset"), &format!("{path}.dataset"), found, remedy);
            return None;
        };
        let row = dataset.row();
        for (field, says) in [("class", row.class.code()), ("level", row.level), ("cadence", row.cadence)] {
            if let Some(found) = self.text_of(table, path, field).filter(|found| found != says) {
                let remedy = format!(
                    "the program shares `{code}` as '{says}' and in no other way; write that, or leave `{code}` out"
                );
                self.fault(
                    span(table, field),
                    &format!("{path}.{field}"),
                    format!("'{found}' is not what is done"),
                    remedy,
                );
            }
        }
        if let Some(fields) = self.strings(table, path, "fields") {
            let told: BTreeSet<&str> = fields.iter().map(String::as_str).collect();
            let done: BTreeSet<&str> = row.fields.iter().copied().collect();
            if told != done {
                let differ: Vec<&str> = told.symmetric_difference(&done).copied().collect();
                let found = format!("the fields differ from what leaves: {}", differ.join(", "));
                let remedy = format!("name exactly these: {}; or leave `{code}` out", row.fields.join(", "));
                self.fault(span(table, "fields"), &format!("{path}.fields"), found, remedy);
            }
        }
        if self.flag(table, path, "onward") == Some(true) {
            let remedy = "write onward = false: whoever reads it hands it to nobody who may not read it";
            self.fault(span(table, "onward"), &format!("{path}.onward"), "it would be handed on", remedy);
        }
        let purpose = self.words(table, path, "purpose");
        let retention_days = self.days(table, path, "retention_days");
        let with = match table.get("with").map(Spanned::get_ref) {
            Some(DeValue::String(word)) if word == "parties" => Some(parties.clone()),
            _ => self.codes(table, path, "with"),
        };
        let with = with?;
        if let Some(stranger) = with.iter().find(|reader| !parties.contains(*reader)) {
            let found = format!("'{stranger}' is no party");
            self.fault(
                span(table, "with"),
                &format!("{path}.with"),
                found,
                "only who signs the agreement may read under it",
            );
        }
        Some((dataset, Share { purpose: purpose?, with, retention_days: retention_days? }))
    }

    fn only_known(&mut self, table: &DeTable<'t>, path: &str, known: &[&str]) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let found = format!("`{}` is not known here", key.get_ref());
            self.fault(Some(key.span()), path, found, format!("use only: {}", known.join(", ")));
        }
    }

    fn value<'v>(&mut self, table: &'v DeTable<'t>, path: &str, field: &str) -> Option<&'v Value<'t>> {
        let value = table.get(field);
        if value.is_none() {
            self.fault(None, path, format!("`{field}` is missing"), format!("add a line {field} = …"));
        }
        value
    }

    fn wrong(&mut self, value: &Value<'t>, path: &str, field: &str, remedy: &str) {
        let found = format!("this is a {}", value.get_ref().type_str());
        self.fault(Some(value.span()), &joined(path, field), found, remedy);
    }

    fn table(&mut self, table: &DeTable<'t>, path: &str, field: &str) -> Option<DeTable<'t>> {
        let value = self.value(table, path, field)?;
        if let DeValue::Table(inner) = value.get_ref() {
            return Some(inner.clone());
        }
        self.wrong(value, path, field, "write it as a table, under a line [agreement]");
        None
    }

    fn list(&mut self, table: &DeTable<'t>, path: &str, field: &str) -> Option<Vec<Value<'t>>> {
        let value = self.value(table, path, field)?;
        if let DeValue::Array(inner) = value.get_ref() {
            return Some(inner.iter().cloned().collect());
        }
        self.wrong(value, path, field, "write it as a list");
        None
    }

    fn text_of(&mut self, table: &DeTable<'t>, path: &str, field: &str) -> Option<String> {
        let value = self.value(table, path, field)?;
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.trim().to_owned());
        }
        self.wrong(value, path, field, "write it in quotation marks");
        None
    }

    /// A text for people: something, and not too much.
    fn words(&mut self, table: &DeTable<'t>, path: &str, field: &str) -> Option<String> {
        let text = self.text_of(table, path, field)?;
        let length = text.chars().count();
        if (1..=WORDS_MAX).contains(&length) && !text.contains(char::is_control) {
            return Some(text);
        }
        let found = format!("there are {length} characters");
        self.fault(
            span(table, field),
            &joined(path, field),
            found,
            format!("write 1 to {WORDS_MAX} on one line"),
        );
        None
    }

    fn flag(&mut self, table: &DeTable<'t>, path: &str, field: &str) -> Option<bool> {
        let value = self.value(table, path, field)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        self.wrong(value, path, field, "write true or false");
        None
    }

    fn day(&mut self, table: &DeTable<'t>, path: &str, field: &str) -> Option<Day> {
        let value = self.value(table, path, field)?;
        let day = match value.get_ref() {
            DeValue::Datetime(date) => Day::parse(&date.to_string()),
            DeValue::String(text) => Day::parse(text),
            _ => None,
        };
        if day.is_none() {
            self.wrong(value, path, field, "write a day, such as 2027-03-31");
        }
        day
    }

    fn days(&mut self, table: &DeTable<'t>, path: &str, field: &str) -> Option<u16> {
        let value = self.value(table, path, field)?;
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<u16>().ok());
        let days = number.filter(|days| *days <= RETENTION_DAYS_MAX);
        if days.is_none() {
            let remedy = format!("write a whole number of days from 0 to {RETENTION_DAYS_MAX}");
            self.fault(Some(value.span()), &joined(path, field), "this is no such number of days", remedy);
        }
        days
    }

    fn strings(&mut self, table: &DeTable<'t>, path: &str, field: &str) -> Option<Vec<String>> {
        let list = self.list(table, path, field)?;
        let mut texts = Vec::with_capacity(list.len());
        for value in list {
            match value.get_ref() {
                DeValue::String(text) => texts.push(text.trim().to_owned()),
                _ => self.wrong(&value, path, field, "write each in quotation marks"),
            }
        }
        Some(texts)
    }

    fn codes(&mut self, table: &DeTable<'t>, path: &str, field: &str) -> Option<BTreeSet<CommunityCode>> {
        let texts = self.strings(table, path, field)?;
        if texts.len() > PARTIES_MAX {
            let found = format!("there are {} names", texts.len());
            self.fault(
                span(table, field),
                &joined(path, field),
                found,
                format!("at most {PARTIES_MAX} are allowed"),
            );
            return None;
        }
        let mut codes = BTreeSet::new();
        for text in texts {
            match CommunityCode::new(&text) {
                Ok(code) => {
                    codes.insert(code);
                }
                Err(error) => {
                    let remedy = "use the community's code from the region file";
                    self.fault(span(table, field), &joined(path, field), error.to_string(), remedy);
                }
            }
        }
        Some(codes)
    }
}

fn joined(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

fn span(table: &DeTable<'_>, field: &str) -> Option<Range<usize>> {
    table.get(field).map(Spanned::span)
}
