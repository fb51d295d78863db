//! What a region must satisfy beyond its form: each entry by itself, then all of them together.
//!
//! An error means that some number or route would be wrong; a warning, that a person should look. Ranges are generous:
//! they refuse slips of the keyboard, not large regions.

mod entry;
mod reach;
mod together;

use std::collections::BTreeSet;

pub(super) use entry::Check;
pub(super) use together::whole;

use super::fault::Faults;
use super::read::LISTS;
use super::{Agreements, FORMAT, Fault, Group, Region};
use crate::time::Day;

/// The most days of any agreed number.
const DAYS_MAX: u32 = 400;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 200;

impl Region {
    /// Every fault and warning of a region, however it was made; empty when there is nothing to say.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        let lengths = [
            self.communities.len(),
            self.hubs.len(),
            self.stores.len(),
            self.corridors.len(),
            self.items.len(),
        ];
        for ((name, most), length) in LISTS.into_iter().zip(lengths) {
            if length > most {
                faults.error(
                    name,
                    format!("there are {length} entries"),
                    format!("at most {most} are allowed"),
                );
                return faults.finish(|_| None);
            }
        }
        head(self, &mut faults);
        each(&self.communities, "communities", &mut faults);
        each(&self.hubs, "hubs", &mut faults);
        each(&self.stores, "stores", &mut faults);
        each(&self.corridors, "corridors", &mut faults);
        each(&self.items, "items", &mut faults);
        whole(self, &mut faults);
        faults.finish(|_| None)
    }
}

fn each<T: Check>(list: &[T], name: &str, faults: &mut Faults) {
    for (at, entry) in list.iter().enumerate() {
        entry.check(&format!("{name}[{at}]"), faults);
    }
}

/// Checks everything but the lists.
pub(super) fn head(region: &Region, faults: &mut Faults) {
    if region.format != FORMAT {
        let found = format!("format {} is not known here", region.format);
        faults.error("format", found, format!("this version reads format {FORMAT}"));
    }
    name("name", &region.name, faults);
    if jiff::tz::TimeZone::get(&region.time_zone).is_err() {
        let found = format!("'{}' is no time zone", region.time_zone);
        faults.error("time_zone", found, "use an IANA name such as Europe/Madrid or Africa/Nairobi");
    }
    if region.languages.is_empty() {
        faults.error(
            "languages",
            "no language is named",
            "name at least one, for example languages = [\"en\"]",
        );
    }
    let mut seen = BTreeSet::new();
    for (at, tag) in region.languages.iter().enumerate() {
        let sound =
            (2..=35).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !sound {
            let found = format!("'{tag}' is no language tag");
            faults.error(format!("languages[{at}]"), found, "use a BCP 47 tag such as en, es or ar");
        } else if !seen.insert(tag) {
            faults.error(
                format!("languages[{at}]"),
                format!("'{tag}' stands twice"),
                "name each language once",
            );
        }
    }
    agreements(&region.agreements, faults);
}

fn agreements(agreed: &Agreements, faults: &mut Faults) {
    let ranges = [
        ("short_below_days", agreed.short_below_days, 1, DAYS_MAX),
        ("watch_below_days", agreed.watch_below_days, 1, DAYS_MAX),
        ("equity_slack_days", agreed.equity_slack_days, 0, DAYS_MAX),
        ("horizon_days", agreed.horizon_days, 1, 60),
        ("stale_after_days", agreed.stale_after_days, 1, 365),
        ("use_soon_days", agreed.use_soon_days, 0, 365),
        ("unusual_factor", agreed.unusual_factor, 2, 1_000),
    ];
    let floors =
        agreed.floor_days.iter().map(|(group, days)| (format!("floor_days.{}", group.word()), *days));
    let item_floors =
        agreed.item_floor_days.iter().map(|(item, days)| (format!("item_floor_days.{item}"), *days));
    let fixed = ranges.into_iter().map(|(field, value, least, most)| (field.to_owned(), value, least, most));
    let days = floors.chain(item_floors).map(|(field, days)| (field, days, 0, DAYS_MAX));
    for (field, value, least, most) in fixed.chain(days) {
        if !(least..=most).contains(&value) {
            faults.error(
                format!("agreements.{field}"),
                format!("found {value}"),
                format!("write {least} to {most}"),
            );
        }
    }
    if agreed.watch_below_days < agreed.short_below_days {
        let found =
            format!("watch begins at {} days, short at {}", agreed.watch_below_days, agreed.short_below_days);
        faults.error("agreements.watch_below_days", found, "a community is on watch before it is short");
    }
    let above = &agreed.two_people_above;
    let limits = [
        ("mass_kg", above.mass_kg),
        ("volume_l", above.volume_l),
        ("pieces", above.pieces),
        ("energy_kwh", above.energy_kwh),
        ("person_days", above.person_days),
        ("bed_days", above.bed_days),
    ];
    let items = above.items.iter().map(|(item, limit)| (format!("items.{item}"), *limit));
    for (field, limit) in limits.into_iter().map(|(field, limit)| (field.to_owned(), limit)).chain(items) {
        if limit < 0 {
            let path = format!("agreements.two_people_above.{field}");
            faults.error(path, format!("found {limit}"), "write 0 or more; 0 asks for two people always");
        }
    }
    let food = agreed.floor_days.get(&Group::Food).copied().unwrap_or(0);
    if food == 0 {
        faults.warning(
            "agreements.floor_days",
            "nobody keeps food for itself",
            "agree on days, for example food = 30",
        );
    }
}

/// Checks a name that people read.
fn name(path: &str, text: &str, faults: &mut Faults) {
    if text.trim().is_empty() {
        faults.error(path, "the name is empty", "give a name that people know");
    } else if text.chars().nth(NAME_CHARS_MAX).is_some() {
        faults.error(path, "the name is too long", format!("use at most {NAME_CHARS_MAX} characters"));
    } else if text.chars().any(char::is_control) {
        faults.error(
            path,
            "the name holds a line break or another control character",
            "write it on one line",
        );
    }
}

/// Checks that an end does not come before its beginning.
fn span(path: &str, words: (&str, &str), from: Option<Day>, until: Option<Day>, faults: &mut Faults) {
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        let found = format!("{} on {from} but {} on {until}", words.0, words.1);
        faults.error(path, found, "the second day must be later than the first");
    }
}

/// Checks that a number lies in a range.
fn range(path: &str, value: i64, least: i64, most: i64, faults: &mut Faults) {
    if !(least..=most).contains(&value) {
        faults.error(path, format!("found {value}"), format!("write {least} to {most}"));
    }
}
