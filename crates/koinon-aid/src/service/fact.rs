//! What is recorded of care and work for others.

use std::collections::BTreeSet;

use koinon_core::{CommunityCode, Day, Digest, EntryId, PlaceCode, ServiceCode, TeamName, Urgency};
use minicbor::{Decode, Encode};

use crate::fact::Reason;

/// The most services of one provider.
pub const SERVICES_MAX: usize = 40;
/// The most people or pieces of one request.
pub const COUNT_MAX: u32 = 10_000;
/// The most that a provider can do in a day, and the most that a piece takes: people, or minutes of machines.
pub const AMOUNT_MAX: u32 = 100_000;
/// The most that a request takes in all: minutes of machines.
pub const TOTAL_MAX: u64 = 10_000_000;
/// How many days ahead care and work can be asked for and promised.
pub const AHEAD_DAYS: i32 = 60;

/// What is done for others, and what it is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// Care of people: each takes one place of those that are free for newcomers on a day.
    #[n(0)]
    Care,
    /// Making of parts: each takes minutes of machines, on one day or several.
    #[n(1)]
    Making,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Care, Self::Making];

    /// The word for it, as in tables and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Care => "care",
            Self::Making => "making",
        }
    }

    /// Finds a kind by its word.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A community says what its hospital or workshop does for others. Stating it again replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServiceOffered {
    /// Its word in its community, such as `hospital`.
    #[n(0)]
    pub provider: TeamName,
    /// Where it stands: a place that the community keeps.
    #[n(1)]
    pub place: PlaceCode,
    /// Care, or making.
    #[n(2)]
    pub kind: Kind,
    /// What it can do: 1 to [`SERVICES_MAX`], each once.
    #[n(3)]
    pub services: Vec<ServiceCode>,
    /// What it can do in a day for everybody together: newcomers, or minutes of machines; 0 to [`AMOUNT_MAX`].
    #[n(4)]
    pub per_day: u32,
    /// Whether it does nothing for others any more.
    #[n(5)]
    pub closed: bool,
}

/// A community asks for care of people, or for parts. Stating the same request again replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServiceAsked {
    /// The request's id; the act that stated it first.
    #[n(0)]
    pub ask: EntryId,
    /// For which place: one that the community keeps.
    #[n(1)]
    pub place: PlaceCode,
    /// Care, or making.
    #[n(2)]
    pub kind: Kind,
    /// What.
    #[n(3)]
    pub service: ServiceCode,
    /// For how many people, or how many pieces; 1 to [`COUNT_MAX`].
    #[n(4)]
    pub count: u32,
    /// What each takes: 1 of care, minutes of machines of making; at most [`AMOUNT_MAX`], and [`TOTAL_MAX`] in all.
    #[n(5)]
    pub each: u32,
    /// How badly.
    #[n(6)]
    pub urgency: Urgency,
    /// The last day that helps.
    #[n(7)]
    pub by: Day,
}

/// A community asks no more.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServiceAskClosed {
    /// Which request.
    #[n(0)]
    pub ask: EntryId,
    /// Why.
    #[n(1)]
    pub reason: Reason,
}

/// What a promise takes of a provider's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct DayUse {
    /// The day.
    #[n(0)]
    pub day: Day,
    /// Newcomers, or minutes of machines; above zero.
    #[n(1)]
    pub amount: u32,
}

/// The community of a provider promises days of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServicePromised {
    /// The promise's id; all that follows names it, and so do the two houses.
    #[n(0)]
    pub promise: EntryId,
    /// Which provider.
    #[n(1)]
    pub provider: TeamName,
    /// Who asks.
    #[n(2)]
    pub asker: CommunityCode,
    /// The request.
    #[n(3)]
    pub ask: EntryId,
    /// Care, or making.
    #[n(4)]
    pub kind: Kind,
    /// What.
    #[n(5)]
    pub service: ServiceCode,
    /// For how many people, or how many pieces.
    #[n(6)]
    pub count: u32,
    /// What each takes, as it was asked for.
    #[n(7)]
    pub each: u32,
    /// What it takes of which days, in order, each day once; `count` times `each` in all.
    #[n(8)]
    pub days: Vec<DayUse>,
    /// The suggestion that it follows.
    #[n(9)]
    pub suggestion: Option<Digest>,
}

/// The community that asked says yes to a promise.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServiceTaken {
    /// Whose provider.
    #[n(0)]
    pub home: CommunityCode,
    /// The promise.
    #[n(1)]
    pub promise: EntryId,
}

/// The community that asked says no to a promise.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServiceDeclined {
    /// Whose provider.
    #[n(0)]
    pub home: CommunityCode,
    /// The promise.
    #[n(1)]
    pub promise: EntryId,
    /// Why.
    #[n(2)]
    pub reason: Reason,
}

/// The provider's community takes its promise back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServiceWithdrawn {
    /// The promise.
    #[n(0)]
    pub promise: EntryId,
    /// Why.
    #[n(1)]
    pub reason: Reason,
}

/// What was promised is done, or as much of it as will be.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServiceDone {
    /// The promise.
    #[n(0)]
    pub promise: EntryId,
    /// For how many people, or how many pieces; 0 to what was promised.
    #[n(1)]
    pub count: u32,
    /// On which day.
    #[n(2)]
    pub on: Day,
    /// Care, or making: what was counted.
    #[n(3)]
    pub kind: Kind,
}

/// Something of an offer or a request that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// Nothing is offered, or too much.
    #[error("{0} services are named; name 1 to {SERVICES_MAX}")]
    Services(usize),
    /// A service stands twice.
    #[error("'{0}' stands there twice; keep one")]
    Twice(ServiceCode),
    /// What can be done in a day is out of range.
    #[error("{0} a day is no number that can be used here; write 0 to {AMOUNT_MAX}")]
    PerDay(u32),
    /// The count is out of range.
    #[error("{0} is no number that can be asked for; write 1 to {COUNT_MAX}")]
    Count(u32),
    /// What each takes is out of range.
    #[error("{0} minutes for each cannot be planned; write 1 to {AMOUNT_MAX}")]
    Each(u32),
    /// The whole is too much.
    #[error("{0} minutes in all are too many; ask for {TOTAL_MAX} at most, or make two of it")]
    Total(u64),
}

impl ServiceOffered {
    /// Whether it can be used as it is.
    ///
    /// # Errors
    /// The first thing that cannot be right.
    pub fn check(&self) -> Result<(), Unsound> {
        if self.services.is_empty() || self.services.len() > SERVICES_MAX {
            return Err(Unsound::Services(self.services.len()));
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = self.services.iter().find(|service| !seen.insert(*service)) {
            return Err(Unsound::Twice(twice.clone()));
        }
        if self.per_day > AMOUNT_MAX { Err(Unsound::PerDay(self.per_day)) } else { Ok(()) }
    }
}

impl ServiceAsked {
    /// Whether it can be used as it is.
    ///
    /// # Errors
    /// The first thing that cannot be right.
    pub fn check(&self) -> Result<(), Unsound> {
        if !(1..=COUNT_MAX).contains(&self.count) {
            return Err(Unsound::Count(self.count));
        }
        let most = if self.kind == Kind::Care { 1 } else { AMOUNT_MAX };
        if !(1..=most).contains(&self.each) {
            return Err(Unsound::Each(self.each));
        }
        let total = self.total();
        if total > TOTAL_MAX { Err(Unsound::Total(total)) } else { Ok(()) }
    }

    /// What it takes in all.
    pub fn total(&self) -> u64 {
        u64::from(self.count) * u64::from(self.each)
    }
}

impl ServicePromised {
    /// The first and the last day; nothing where no day is named.
    pub fn span(&self) -> Option<(Day, Day)> {
        Some((self.days.iter().map(|one| one.day).min()?, self.days.iter().map(|one| one.day).max()?))
    }

    /// What it takes of a day.
    pub fn on(&self, day: Day) -> u32 {
        let on_it = self.days.iter().filter(|one| one.day == day);
        on_it.fold(0, |sum, one| sum.saturating_add(one.amount))
    }
}
