//! The data sharing agreement: one file that people can read and that switches what leaves a community.
//!
//! The file says what is shared, field by field, with whom, why, how finely, how often, how long a reader may keep it
//! and until when. What a dataset holds is fixed by the program ([`Dataset`]); a file that says otherwise is refused, so
//! that nobody signs a text which the program does not keep. What aid needs (needs, offers, promises, loads, routes,
//! recalls) is no part of it and never stops.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::region::Fault;
use koinon_core::{CommunityCode, Day, Digest, Region};

use crate::read;

/// The largest file, in bytes.
pub const FILE_BYTES_MAX: usize = 32 * 1024;
/// The longest time an agreement may run, in days, its last day counted in: twelve months, leap years too.
pub const DAYS_MAX: i32 = 366;
/// The longest that a reader may keep what is no longer shared, in days.
pub const RETENTION_DAYS_MAX: u16 = 366;
/// The most characters of a title, a purpose or a basis.
pub const WORDS_MAX: usize = 300;
/// The most parties.
pub const PARTIES_MAX: usize = 1_000;

/// What can be shared under an agreement. Each is written into a stream of its own, which only its readers are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dataset {
    /// What stands in the stores: batches, counts, what came in and went out.
    Stock,
    /// How many people were served, as suppressed and rounded sums of a whole community.
    Served,
}

/// How sensitive data is, after who could be harmed by it.
///
/// C0 is public, C1 concerns goods and work, C2 the community's inner life, C3 persons, C4 health, disputes and minors.
/// C2 to C4 never leave, except as sums in which nobody can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Goods and work.
    C1,
    /// The community's inner life.
    C2,
}

/// What the program does with a dataset, whatever a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The word in the file.
    pub code: &'static str,
    /// Its class.
    pub class: Class,
    /// Every field that leaves.
    pub fields: &'static [&'static str],
    /// How finely.
    pub level: &'static str,
    /// How often.
    pub cadence: &'static str,
}

impl Class {
    /// The word in the file.
    pub const fn code(self) -> &'static str {
        match self {
            Self::C1 => "C1",
            Self::C2 => "C2",
        }
    }
}

impl Dataset {
    /// Every dataset.
    pub const ALL: [Self; 2] = [Self::Stock, Self::Served];

    /// What the program does with it.
    pub const fn row(self) -> Row {
        match self {
            Self::Stock => Row {
                code: "stock",
                class: Class::C1,
                fields: &["item", "store", "batch", "good-until", "amount", "reason", "day", "method"],
                level: "batch",
                cadence: "as it is written",
            },
            Self::Served => Row {
                code: "served",
                class: Class::C2,
                fields: &["month", "people", "households"],
                level: "community of 5,000 people or more; 1 to 7 left out, the rest rounded to 5",
                cadence: "monthly",
            },
        }
    }

    /// Finds a dataset by its word.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dataset| dataset.row().code == code)
    }
}

/// One dataset that the parties share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Why.
    pub purpose: String,
    /// Who may read it, besides its writer.
    pub with: BTreeSet<CommunityCode>,
    /// For how many days after the agreement's end a reader may keep it.
    pub retention_days: u16,
}

/// An agreement, as its file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its name.
    pub title: String,
    /// On what it rests: the decision or the article of the charter.
    pub basis: String,
    /// The first day.
    pub from: Day,
    /// The last day, at most twelve months later.
    pub until: Day,
    /// Who signs it, and shares under it once it has.
    pub parties: BTreeSet<CommunityCode>,
    /// Whether computers that keep a safety copy for a party may hold what is shared.
    pub safety_copies: bool,
    /// What is shared.
    pub shares: BTreeMap<Dataset, Share>,
}

impl Agreement {
    /// Reads a file.
    ///
    /// # Errors
    /// Every fault, in the order of lines.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        read::agreement(text)
    }

    /// The digest by which facts name a text.
    pub fn digest_of(text: &str) -> Digest {
        Digest::of("koinon/agreement/1", text.as_bytes())
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && day <= self.until
    }

    /// Whether a party may read what another shares of a dataset under it.
    pub fn lets_read(&self, reader: &CommunityCode, of: &CommunityCode, dataset: Dataset) -> bool {
        let among = self.parties.contains(of) && self.parties.contains(reader);
        among && self.shares.get(&dataset).is_some_and(|share| share.with.contains(reader))
    }

    /// A first draft for all communities that a region has on a day, see [`Agreement::draft`].
    pub fn draft_of(region: &Region, from: Day) -> String {
        let parties = region.communities_on(from).map(|community| community.code.clone()).collect();
        Self::draft(&region.name, &parties, from)
    }

    /// A file for parties that share everything with each other, as a first draft to be read and changed.
    pub fn draft(title: &str, parties: &BTreeSet<CommunityCode>, from: Day) -> String {
        let quoted = |words: &[&str]| format!("[\"{}\"]", words.join("\", \""));
        let parties: Vec<&str> = parties.iter().map(CommunityCode::as_str).collect();
        let head = format!(
            "# What we share with each other, why, and until when. The program does what this file says, no more and no less.\n\
             # What aid needs is no part of it and never stops: needs, offers, promises, loads, routes and recalls.\n\
             # Names, telephone numbers and notes never leave, whatever a file says.\n\n\
             [agreement]\n\
             title = {title:?}\n\
             basis = \"Agreed in person when the federation was founded.\"\n\
             from = {}\n\
             until = {}\n\
             parties = {}\n\
             safety_copies = true\n",
            from.to_date(),
            from.plus(DAYS_MAX - 2).to_date(),
            quoted(&parties),
        );
        let share = |dataset: Dataset| {
            let Row { code, class, fields, level, cadence } = dataset.row();
            let purpose = match dataset {
                Dataset::Stock => "Whoever has plenty sees in time who runs short, and the other way round.",
                Dataset::Served => {
                    "The federation plans with how many people come, and can find nobody in it."
                }
            };
            format!(
                "\n[[share]]\n\
                 dataset = \"{code}\"\n\
                 purpose = \"{purpose}\"\n\
                 with = \"parties\"\n\
                 class = \"{}\"\n\
                 fields = {}\n\
                 level = \"{level}\"\n\
                 cadence = \"{cadence}\"\n\
                 retention_days = 90\n\
                 onward = false\n",
                class.code(),
                quoted(fields),
            )
        };
        std::iter::once(head).chain(Dataset::ALL.map(share)).collect()
    }
}

#[cfg(test)]
#[path = "agreement_tests.rs"]
mod tests;
