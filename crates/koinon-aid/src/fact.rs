//! What is recorded of teams and missions. Each fact states what its writer says or did, once; nothing is ever changed.
//!
//! Bytes are CBOR maps with integer keys that are never reused; unknown keys are skipped. Golden bytes stand in
//! `koinon-books`. No field can hold a name, a telephone number or free text.

use koinon_core::{
    CommunityCode, Day, Digest, EntryId, MissionCode, PlaceCode, SkillCode, TeamName, Timestamp, Urgency,
};
use minicbor::{Decode, Encode};

use crate::service::{
    ServiceAskClosed, ServiceAsked, ServiceDeclined, ServiceDone, ServiceOffered, ServicePromised,
    ServiceTaken, ServiceWithdrawn,
};

/// The most people of one kind in a team, or asked for by a mission in one skill.
pub const PEOPLE_MAX: u32 = 10_000;
/// The most skills of one person, and of one mission.
pub const SKILLS_MAX: usize = 8;
/// The most kinds of people in a team.
pub const KINDS_MAX: usize = 40;
/// The most minutes of a way or a notice, and hours of living on what one brings.
pub const LENGTH_MAX: u32 = 100_000;
/// On how many days in a row a mission may last, and how far ahead it may end: as many as the hours of duty are counted over.
pub const DAYS_MAX: u16 = 30;

/// People of a team who can do the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Component {
    /// What each of them can do; each does one thing on one mission.
    #[n(0)]
    pub skills: Vec<SkillCode>,
    /// How many they are.
    #[n(1)]
    pub people: u32,
}

/// To what a team agreed. Nobody is promised anywhere without it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Word {
    /// Whether it goes at all.
    #[n(0)]
    pub willing: bool,
    /// The first day on which it may be away; `None` is from now.
    #[n(1)]
    pub first: Option<Day>,
    /// The last day on which it may be away; `None` is no end.
    #[n(2)]
    pub last: Option<Day>,
    /// The most minutes of one way; `None` is any.
    #[n(3)]
    pub way_minutes_max: Option<u32>,
}

/// A community says which team it has, and to what that team agreed. Stating it again replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TeamStated {
    /// Its word in its community; never the name of a person.
    #[n(0)]
    pub team: TeamName,
    /// Where it is at home: a place that the community keeps.
    #[n(1)]
    pub home: PlaceCode,
    /// Who is in it, by what they can do.
    #[n(2)]
    pub components: Vec<Component>,
    /// To what it agreed.
    #[n(3)]
    pub word: Word,
    /// Minutes from the call until it leaves.
    #[n(4)]
    pub notice_minutes: u32,
    /// Hours for which it brings its own food, water, shelter and power.
    #[n(5)]
    pub self_sufficient_hours: u32,
    /// Whether it is no team any more.
    #[n(6)]
    pub closed: bool,
}

/// How many people of a skill a place keeps at home, whatever happens elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CrewKept {
    /// Where.
    #[n(0)]
    pub place: PlaceCode,
    /// The skill.
    #[n(1)]
    pub skill: SkillCode,
    /// People of its teams who stay; 0 is none, `None` goes back to what everybody keeps.
    #[n(2)]
    pub keep: Option<u32>,
}

/// How many people of a skill.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct SkillCount {
    /// The skill.
    #[n(0)]
    pub skill: SkillCode,
    /// How many, 1 or more.
    #[n(1)]
    pub people: u32,
}

/// A community asks for people at a place and a time. Stating the same mission again replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MissionAsked {
    /// Its word in the community that asks.
    #[n(0)]
    pub mission: MissionCode,
    /// Where: a place that the community keeps.
    #[n(1)]
    pub place: PlaceCode,
    /// How badly.
    #[n(2)]
    pub urgency: Urgency,
    /// When work begins on the first day.
    #[n(3)]
    pub start: Timestamp,
    /// When work ends on the first day; at most 24 hours later.
    #[n(4)]
    pub end: Timestamp,
    /// On how many days in a row, 24 hours apart; a team stays for all of them and rests there.
    #[n(5)]
    pub days: u16,
    /// Whom it asks for: each skill once, at most [`SKILLS_MAX`].
    #[n(6)]
    pub asks: Vec<SkillCount>,
    /// Hours for which a team must be able to live on what it brings.
    #[n(7)]
    pub self_sufficient_hours: u32,
}

/// A community asks no more for a mission.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MissionClosed {
    /// Which.
    #[n(0)]
    pub mission: MissionCode,
    /// Why.
    #[n(1)]
    pub reason: Reason,
}

/// A team's own community promises it to a mission, whole, from leaving home to coming back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TeamPromised {
    /// The promise's id; all that follows names it.
    #[n(0)]
    pub promise: EntryId,
    /// Which team.
    #[n(1)]
    pub team: TeamName,
    /// Who asks.
    #[n(2)]
    pub asker: CommunityCode,
    /// The mission, in the word of who asks.
    #[n(3)]
    pub mission: MissionCode,
    /// Where it goes.
    #[n(4)]
    pub place: PlaceCode,
    /// What its people do there, by skill; the others come along.
    #[n(5)]
    pub serves: Vec<SkillCount>,
    /// When it leaves home.
    #[n(6)]
    pub leaves: Timestamp,
    /// When work begins on the first day.
    #[n(7)]
    pub start: Timestamp,
    /// When work ends on the first day.
    #[n(8)]
    pub end: Timestamp,
    /// On how many days in a row.
    #[n(9)]
    pub days: u16,
    /// When it is home again.
    #[n(10)]
    pub home_again: Timestamp,
    /// The suggestion that it follows.
    #[n(11)]
    pub suggestion: Option<Digest>,
}

/// The community that asked says yes to a promised team.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TeamTaken {
    /// Whose team.
    #[n(0)]
    pub home: CommunityCode,
    /// The promise.
    #[n(1)]
    pub promise: EntryId,
}

/// The community that asked says no to a promised team.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TeamDeclined {
    /// Whose team.
    #[n(0)]
    pub home: CommunityCode,
    /// The promise.
    #[n(1)]
    pub promise: EntryId,
    /// Why.
    #[n(2)]
    pub reason: Reason,
}

/// The team's own community takes its promise back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TeamWithdrawn {
    /// The promise.
    #[n(0)]
    pub promise: EntryId,
    /// Why.
    #[n(1)]
    pub reason: Reason,
}

/// A team left home: its duty begins.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TeamLeft {
    /// The promise.
    #[n(0)]
    pub promise: EntryId,
    /// When.
    #[n(1)]
    pub at: Timestamp,
}

/// A team is home again: its duty ends.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TeamBack {
    /// The promise.
    #[n(0)]
    pub promise: EntryId,
    /// When.
    #[n(1)]
    pub at: Timestamp,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $number:literal $name:ident = $code:literal,)*) => {
        /// Why a mission is closed, a team is not taken, or a promise is taken back: a closed list, since no free text leaves a community.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(index_only)]
        pub enum Reason {
            $($(#[$doc])* #[n($number)] $name,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word for it, as in addresses, tables and the API.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Finds a reason by its word.
            pub fn by_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|reason| reason.code() == code)
            }
        }
    };
}

reasons! {
    /// The work is done.
    0 Done = "done",
    /// It is not needed any more.
    1 NotNeeded = "not-needed",
    /// There are enough people already.
    2 Enough = "enough",
    /// It does not fit what is to be done.
    3 NotSuited = "not-suited",
    /// It comes too late.
    4 TooLate = "too-late",
    /// The team is needed at home.
    5 NeededHere = "needed-here",
    /// The team cannot go.
    6 NotAble = "not-able",
    /// It was written by mistake.
    7 Mistake = "mistake",
    /// Another reason.
    8 Other = "other",
}

impl Reason {
    /// The reasons for which a mission is closed.
    pub const CLOSING: [Self; 4] = [Self::Done, Self::NotNeeded, Self::Mistake, Self::Other];
    /// The reasons for which a promised team is not taken.
    pub const DECLINING: [Self; 5] =
        [Self::Enough, Self::NotSuited, Self::TooLate, Self::NotNeeded, Self::Other];
    /// The reasons for which a promise is taken back.
    pub const WITHDRAWING: [Self; 4] = [Self::NotAble, Self::NeededHere, Self::Mistake, Self::Other];
}

macro_rules! aid_facts {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        /// Everything that is recorded of teams and missions, and of care and work for others.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum AidFact {
            $($(#[$doc])* $name($name),)*
        }

        $(impl From<$name> for AidFact {
            fn from(fact: $name) -> Self {
                Self::$name(fact)
            }
        })*
    };
}

aid_facts! {
    /// See [`TeamStated`].
    TeamStated;
    /// See [`CrewKept`].
    CrewKept;
    /// See [`MissionAsked`].
    MissionAsked;
    /// See [`MissionClosed`].
    MissionClosed;
    /// See [`TeamPromised`].
    TeamPromised;
    /// See [`TeamTaken`].
    TeamTaken;
    /// See [`TeamDeclined`].
    TeamDeclined;
    /// See [`TeamWithdrawn`].
    TeamWithdrawn;
    /// See [`TeamLeft`].
    TeamLeft;
    /// See [`TeamBack`].
    TeamBack;
    /// See [`ServiceOffered`].
    ServiceOffered;
    /// See [`ServiceAsked`].
    ServiceAsked;
    /// See [`ServiceAskClosed`].
    ServiceAskClosed;
    /// See [`ServicePromised`].
    ServicePromised;
    /// See [`ServiceTaken`].
    ServiceTaken;
    /// See [`ServiceDeclined`].
    ServiceDeclined;
    /// See [`ServiceWithdrawn`].
    ServiceWithdrawn;
    /// See [`ServiceDone`].
    ServiceDone;
}

/// Something of a team or a mission that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// Nobody is in it, or nobody is asked for.
    #[error("nobody is named; say at least one skill and how many people")]
    Nobody,
    /// Too many kinds of people.
    #[error("{0} kinds of people are too many; write {1} at most, or make two")]
    TooMany(usize, usize),
    /// Somebody has no skill, or too many.
    #[error("somebody has {0} skills; write 1 to {SKILLS_MAX}")]
    Skills(usize),
    /// A number of people is out of range.
    #[error("{0} people are no number that can be used here; write 1 to {PEOPLE_MAX}")]
    People(u32),
    /// A skill stands twice.
    #[error("'{0}' is asked for twice; add the two up")]
    Twice(SkillCode),
    /// A length is out of range.
    #[error("{0} is too long; write 0 to {LENGTH_MAX}")]
    Length(u32),
    /// The last day lies before the first.
    #[error("the last day, {0}, is before the first, {1}; choose a later day")]
    DayOrder(Day, Day),
    /// Work of one day is too short or too long.
    #[error("work lasts {0} minutes on a day; let it last 1 minute to 24 hours, and write days for more")]
    DayLength(i64),
    /// The number of days is out of range.
    #[error("{0} days are no number that can be used here; write 1 to {DAYS_MAX}")]
    Days(u16),
}

impl TeamStated {
    /// Whether it can be used as it is.
    ///
    /// # Errors
    /// The first thing that cannot be right.
    pub fn check(&self) -> Result<(), Unsound> {
        if self.components.is_empty() {
            return Err(Unsound::Nobody);
        }
        if self.components.len() > KINDS_MAX {
            return Err(Unsound::TooMany(self.components.len(), KINDS_MAX));
        }
        for component in &self.components {
            people(component.people)?;
            if component.skills.is_empty() || component.skills.len() > SKILLS_MAX {
                return Err(Unsound::Skills(component.skills.len()));
            }
        }
        let way = self.word.way_minutes_max.unwrap_or(0);
        for length in [self.notice_minutes, self.self_sufficient_hours, way] {
            if length > LENGTH_MAX {
                return Err(Unsound::Length(length));
            }
        }
        match self.word.last.zip(self.word.first) {
            Some((last, first)) if last < first => Err(Unsound::DayOrder(last, first)),
            _ => Ok(()),
        }
    }

    /// How many of its people have a skill; somebody with two counts for both.
    pub fn having(&self, skill: &SkillCode) -> u32 {
        let with = self.components.iter().filter(|component| component.skills.contains(skill));
        with.fold(0, |sum, component| sum.saturating_add(component.people))
    }

    /// How many people are in it.
    pub fn people(&self) -> u32 {
        self.components.iter().fold(0, |sum, component| sum.saturating_add(component.people))
    }

    /// What its people can do, each skill once.
    pub fn skills(&self) -> std::collections::BTreeSet<&SkillCode> {
        self.components.iter().flat_map(|component| &component.skills).collect()
    }
}

impl MissionAsked {
    /// Whether it can be used as it is.
    ///
    /// # Errors
    /// The first thing that cannot be right.
    pub fn check(&self) -> Result<(), Unsound> {
        if self.asks.is_empty() {
            return Err(Unsound::Nobody);
        }
        if self.asks.len() > SKILLS_MAX {
            return Err(Unsound::TooMany(self.asks.len(), SKILLS_MAX));
        }
        let mut seen = std::collections::BTreeSet::new();
        for ask in &self.asks {
            people(ask.people)?;
            if !seen.insert(&ask.skill) {
                return Err(Unsound::Twice(ask.skill.clone()));
            }
        }
        if self.self_sufficient_hours > LENGTH_MAX {
            return Err(Unsound::Length(self.self_sufficient_hours));
        }
        let minutes = crate::hours::minute(self.end).saturating_sub(crate::hours::minute(self.start));
        if !(1..=crate::hours::DAY_MINUTES).contains(&minutes) {
            return Err(Unsound::DayLength(minutes));
        }
        if (1..=DAYS_MAX).contains(&self.days) { Ok(()) } else { Err(Unsound::Days(self.days)) }
    }

    /// When work ends on the last day.
    pub fn over(&self) -> Timestamp {
        self.end.plus_days(i64::from(self.days.saturating_sub(1)))
    }
}

fn people(count: u32) -> Result<(), Unsound> {
    if (1..=PEOPLE_MAX).contains(&count) { Ok(()) } else { Err(Unsound::People(count)) }
}
