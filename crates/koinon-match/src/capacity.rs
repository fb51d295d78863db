//! Who is served where and on which day: beds of hospitals, hours of shops.
//!
//! People who need a kind of care, and parts that somebody needs made, are the same question: requests that take a capacity per day of a
//! provider that can do it, each by a day. [`Problem`] states it, for groups of people and never for one by name; [`plan()`] answers with a
//! [`Plan`]; [`check()`] looks at it with other eyes, and at the prices that prove how good it is, before anybody sees it.
//!
//! What counts, in this order: what lives depend on, what is needed, what is useful; within each, that no community is left with a much
//! smaller part than another (by tenths of what it asked for); then days of waiting and minutes on the way.

mod check;
mod engine;
mod network;
mod text;

use koinon_core::{Day, Digest, PlaceCode, ServiceCode};
use koinon_ledger::fact::Urgency;

pub use check::{Rule, Violation, check};
pub use engine::plan;

use crate::relief::Way;
use crate::teams::TeamCode;

/// The most days that a plan looks ahead.
pub const DAYS_MAX: u32 = 60;
/// The most requests, and the most providers.
pub const COUNT_MAX: usize = 2_000;
/// The largest amount, capacity or number of minutes.
pub const AMOUNT_MAX: i64 = 1_000_000;

/// Everything that a plan of capacities is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// The first day.
    pub today: Day,
    /// How many days ahead the plan looks, `today` included; 1 to 60.
    pub days: u32,
    /// What is asked for.
    pub requests: Vec<Request>,
    /// Who can do it.
    pub providers: Vec<Provider>,
    /// Minutes between places, from `depot` to `place`; without an entry there is no way; within a place it takes none.
    pub ways: Vec<Way>,
}

/// People of a community who need a kind of care, or pieces of a part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// The caller's number for it, given once, such as the line of a table.
    pub id: u32,
    /// Who asks.
    pub place: PlaceCode,
    /// For what.
    pub service: ServiceCode,
    /// How badly.
    pub urgency: Urgency,
    /// How many people or pieces.
    pub count: i64,
    /// What each takes of a day's capacity: one bed, or minutes of a machine.
    pub each: i64,
    /// The last day that helps.
    pub by: Day,
}

/// A hospital or a shop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Provider {
    /// Which, by its place and a word there.
    pub code: TeamCode,
    /// What it can do.
    pub services: Vec<ServiceCode>,
    /// Its capacity on each day: beds for new patients, or minutes of machines.
    pub per_day: i64,
    /// What is promised of its days already: days in order, each once. More than a day has leaves nothing of it.
    pub taken: Vec<(Day, i64)>,
}

/// Who is served where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What is served, by urgency, request, day and provider.
    pub bookings: Vec<Booking>,
    /// What stays open, by urgency and request.
    pub open: Vec<Open>,
    /// What the plan costs, in weights of the network; less is better.
    pub cost: i128,
    /// No plan costs less, by the prices.
    pub bound: i128,
    /// Prices of requests, of providers on days, and of what communities are left with, in canonical order.
    pub prices: Vec<i64>,
    /// The digest of the problem.
    pub inputs: Digest,
    /// The digest of the plan.
    pub digest: Digest,
}

/// Some people or pieces of a request, at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// The request.
    pub request: u32,
    /// The provider.
    pub provider: TeamCode,
    /// How many people or pieces.
    pub count: i64,
    /// What is used of the capacity of each day, days in order.
    pub days: Vec<(Day, i64)>,
    /// Minutes of the way.
    pub minutes: i64,
}

/// People or pieces that nobody can serve in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The request.
    pub request: u32,
    /// How many.
    pub count: i64,
    /// Why.
    pub why: Why,
}

/// Why somebody is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nobody does this.
    Nobody,
    /// Nobody who does it can be reached.
    NoWay,
    /// The last day that helps is over, or no day of the plan is early enough.
    TooLate,
    /// All who can be reached are full until then.
    Full,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The problem cannot be planned; at most 100 faults.
    #[error("{}", .0.join("\n"))]
    Faults(Vec<String>),
    /// The checker found something wrong with what the engine made.
    #[error("the plan broke its own rules and is not shown: {0}")]
    Refused(String),
}

impl Provider {
    /// What is left of its capacity on a day.
    pub fn room(&self, day: Day) -> i64 {
        let taken = self.taken.iter().find(|(taken, _)| *taken == day).map_or(0, |(_, amount)| *amount);
        (self.per_day - taken).max(0)
    }
}

impl Plan {
    /// Whether no plan is better.
    pub fn is_best(&self) -> bool {
        self.cost == self.bound
    }

    /// The digest of what the plan says; [`Plan::digest`] must be it.
    pub fn content_digest(&self) -> Digest {
        Digest::of("koinon/capacity-plan/1", text::plan(self).as_bytes())
    }
}

impl Why {
    /// The word of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::NoWay => "no-way",
            Self::TooLate => "too-late",
            Self::Full => "full",
        }
    }
}

impl Problem {
    /// Sorts every list: equal content becomes an equal value.
    pub fn canonical(mut self) -> Self {
        self.requests.sort_by_key(|one| (one.urgency, one.id));
        for provider in &mut self.providers {
            provider.services.sort();
            provider.services.dedup();
            provider.taken.sort_unstable();
        }
        self.providers.sort();
        self.ways.sort();
        self
    }

    /// The digest of the content, whatever the order of its lists.
    pub fn digest(&self) -> Digest {
        Digest::of("koinon/capacity-problem/1", text::problem(&self.clone().canonical()).as_bytes())
    }

    /// The last day.
    pub fn last_day(&self) -> Day {
        self.today.plus(i32::try_from(self.days).unwrap_or(i32::MAX).saturating_sub(1))
    }

    /// Everything that is wrong, 100 entries at most; empty when the problem can be planned.
    pub fn faults(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut range = |about: String, number: i64, least: i64, most: i64| {
            if !(least..=most).contains(&number) {
                found.push(format!("{about} is {number}; use {least} to {most}"));
            }
        };
        let len = |list: usize| i64::try_from(list).unwrap_or(i64::MAX);
        let most = len(COUNT_MAX);
        range("the number of days".to_owned(), i64::from(self.days), 1, i64::from(DAYS_MAX));
        range("the number of requests".to_owned(), len(self.requests.len()), 0, most);
        range("the number of providers".to_owned(), len(self.providers.len()), 0, most);
        let places = len(self.providers.len()).saturating_mul(i64::from(self.days));
        range("providers times days".to_owned(), places, 0, most * 3);
        range("the number of ways".to_owned(), len(self.ways.len()), 0, most * 50);
        for one in &self.requests {
            range(format!("request {}: the count", one.id), one.count, 1, AMOUNT_MAX);
            range(format!("request {}: what each takes", one.id), one.each, 1, AMOUNT_MAX);
            let all = one.count.saturating_mul(one.each);
            range(format!("request {}: the count times what each takes", one.id), all, 1, AMOUNT_MAX * 1_000);
        }
        for one in &self.providers {
            range(format!("{}: the capacity of a day", one.code), one.per_day, 0, AMOUNT_MAX);
            range(format!("{}: the number of days taken", one.code), len(one.taken.len()), 0, most);
            for (day, amount) in &one.taken {
                range(format!("{}: what is taken of {day}", one.code), *amount, 0, AMOUNT_MAX * 1_000);
            }
        }
        for one in &self.ways {
            range(
                format!("the way from {} to {}: minutes", one.depot, one.place),
                one.minutes,
                0,
                AMOUNT_MAX,
            );
        }
        let mut twice = |words: Vec<String>| {
            let mut seen = std::collections::BTreeSet::new();
            for word in words {
                if !seen.insert(word.clone()) {
                    found.push(format!("{word} is listed twice; keep one"));
                }
            }
        };
        twice(self.requests.iter().map(|one| format!("request {}", one.id)).collect());
        twice(self.providers.iter().map(|one| one.code.to_string()).collect());
        let taken = self
            .providers
            .iter()
            .flat_map(|one| one.taken.iter().map(|(day, _)| format!("{}: what is taken of {day}", one.code)));
        twice(taken.collect());
        twice(self.ways.iter().map(|one| format!("the way from {} to {}", one.depot, one.place)).collect());
        found.truncate(100);
        found
    }
}
