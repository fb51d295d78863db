//! What somebody may ask of the book of care and work, and the answers.

use koinon_core::{CommunityCode, Day, Digest, EntryId, PlaceCode, ServiceCode, TeamName};

use super::booking::Stage;
use super::fact::{AHEAD_DAYS, DayUse, Kind, ServiceAsked, ServiceOffered, Unsound};
use crate::fact::Reason;

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Say what a hospital or a workshop does for others, or that it does nothing for them any more.
    Offer(ServiceOffered),
    /// Ask for care or for parts.
    Ask(ServiceAsked),
    /// Ask no more.
    CloseAsk {
        /// Which request.
        ask: EntryId,
        /// Why.
        reason: Reason,
    },
    /// Promise days of a provider of the own community.
    Promise {
        /// Which provider.
        provider: TeamName,
        /// Who asks.
        asker: CommunityCode,
        /// The request.
        ask: EntryId,
        /// For how many people, or how many pieces.
        count: u32,
        /// What it takes of which days; empty for the first days that are free.
        days: Vec<DayUse>,
        /// The suggestion that this follows.
        suggestion: Option<Digest>,
    },
    /// Say yes to a promise.
    Take {
        /// Whose provider.
        home: CommunityCode,
        /// The promise.
        promise: EntryId,
    },
    /// Say no to a promise.
    Decline {
        /// Whose provider.
        home: CommunityCode,
        /// The promise.
        promise: EntryId,
        /// Why.
        reason: Reason,
    },
    /// Take a promise back.
    Withdraw {
        /// The promise.
        promise: EntryId,
        /// Why.
        reason: Reason,
    },
    /// Write down that it is done.
    Done {
        /// The promise.
        promise: EntryId,
        /// For how many people, or how many pieces.
        count: u32,
    },
}

/// Something that looks wrong and may be right. A question never blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// So many promises of the provider stand.
    PromisesStand(usize),
    /// So many promises stand that hold no longer when the request is closed.
    PromisesEnd(usize),
    /// As much as was asked for is promised or done already.
    EnoughPromised,
    /// Nobody has said yes yet, as far as has been heard.
    NotTakenYet,
    /// Nobody in the region is known to do this.
    NobodyDoesIt(ServiceCode),
    /// Nobody is known to do this as the kind of work that is asked for, but somebody as the other kind.
    OtherKind(ServiceCode, Kind),
    /// So many people or pieces are promised or done already, more than are asked for now.
    BelowPromised(u32),
    /// So many minutes of machines in a day are few: hours may be meant.
    FewMinutes(u32),
}

impl std::fmt::Display for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PromisesStand(1) => f.write_str("one promise of it stands"),
            Self::PromisesStand(n) => write!(f, "{n} promises of it stand"),
            Self::PromisesEnd(n) => write!(f, "{n} promises to it would hold no longer"),
            Self::EnoughPromised => f.write_str("as much as was asked for is promised already"),
            Self::NotTakenYet => f.write_str("who asked has not said yes yet, as far as is known here"),
            Self::NobodyDoesIt(service) => write!(f, "nobody is known here who does '{service}'"),
            Self::OtherKind(service, kind) => write!(f, "'{service}' is offered as '{}'", kind.code()),
            Self::BelowPromised(count) => write!(f, "{count} are promised or done already"),
            Self::FewMinutes(minutes) => write!(f, "{minutes} minutes in a day are few; are they hours?"),
        }
    }
}

/// Why a command is refused. Each names the place, the value and what would help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Something of it cannot be right.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// No such provider here.
    #[error("this community has no '{0}' that does something for others; offer it first")]
    NoSuchProvider(TeamName),
    /// No such request, as far as has been heard.
    #[error("request {1} of {0} has not been heard of here; exchange with {0} first")]
    NoSuchAsk(CommunityCode, EntryId),
    /// Somebody promised what is asked for; something else is another request.
    #[error("promises to this request stand; close it, and ask for something else anew")]
    OtherAsk,
    /// Promises of the provider stand, which are counted in another measure.
    #[error("promises of '{0}' stand; offer the other kind of work under another word")]
    OtherWork(TeamName),
    /// It is asked for no more.
    #[error("this is asked for no more; choose a request that is open, or ask anew")]
    AskOver,
    /// The last day that helps is over, or too far ahead.
    #[error(
        "the last day that helps, {found}, lies outside the next {AHEAD_DAYS} days; choose one from {first} to {last}"
    )]
    NotSoon {
        /// The day.
        found: Day,
        /// The first day possible.
        first: Day,
        /// The last day possible.
        last: Day,
    },
    /// The provider does something else.
    #[error("'{0}' does not do '{1}'; choose another, or change what it offers")]
    NotItsWork(TeamName, ServiceCode),
    /// There is no way there.
    #[error("no way leads from {0} to {1}; open a route first")]
    NoWay(PlaceCode, PlaceCode),
    /// So many cannot be promised.
    #[error("{0} cannot be promised; write 1 to {1}")]
    CountRange(u32, u32),
    /// A day is not one on which it helps, stands twice, or takes nothing.
    #[error("{0} is not a day on which this can be done; name each day from {1} to {2} once")]
    WrongDay(Day, Day, Day),
    /// The days do not come to what is promised.
    #[error(
        "the days come to {found}, and what is promised takes {asked}; write other days, or none for the first that are free"
    )]
    DaysDoNotAddUp {
        /// What the days come to.
        found: u64,
        /// What it takes.
        asked: u64,
    },
    /// A day has too little left.
    #[error("on {day} {free} are left; promise fewer, or another day")]
    DayFull {
        /// The day.
        day: Day,
        /// What is left of it.
        free: u64,
    },
    /// The days until the last that helps have too little left.
    #[error("until {by} there is room for {room}; promise so many or fewer")]
    Full {
        /// The last day that helps.
        by: Day,
        /// For how many there is room.
        room: u32,
    },
    /// No such promise, as far as has been heard.
    #[error("promise {0} has not been heard of here; exchange with the provider's community first")]
    NoSuchPromise(EntryId),
    /// The promise is in a state in which this cannot be done.
    #[error("this cannot be done while the promise is '{}'", .0.code())]
    WrongStage(Stage),
    /// More was done than was promised.
    #[error("{found} are more than the {promised} that were promised; write {promised} at most")]
    MoreThanPromised {
        /// What is said to be done.
        found: u32,
        /// What was promised.
        promised: u32,
    },
}
