//! The question: which teams there are, what asks for them, and the rules that hold.
//!
//! Plain data in any order; [`Problem::canonical`] sorts, and only the sorted form is planned and hashed. Nobody is named: a team, or one
//! person of a crew, is a word within its home, such as `dunes/nurse-2`.

use std::fmt;
use std::str::FromStr;

use koinon_core::id::IdError;
use koinon_core::{Day, Digest, MissionCode, PlaceCode, SkillCode, TeamName};
use koinon_ledger::fact::Urgency;

use crate::problem::Moment;
use crate::relief::Way;

/// Everything that a plan of teams is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// The moment from which is planned: nobody leaves earlier.
    pub now: Moment,
    /// The teams.
    pub teams: Vec<Team>,
    /// What asks for them.
    pub missions: Vec<Mission>,
    /// Minutes from place to place; `depot` is where a way begins. Without an entry there is no way; within a place it takes none.
    pub ways: Vec<Way>,
    /// What a place keeps at home of a skill, where that is not [`Rules::keep`].
    pub floors: Vec<Floor>,
    /// The rules.
    pub rules: Rules,
}

/// A team of a place, by the word that the place gave it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TeamCode {
    /// Where it is at home.
    pub home: PlaceCode,
    /// Its word there.
    pub name: TeamName,
}

/// People who go together and come back together; one person is a team too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Team {
    /// Which.
    pub code: TeamCode,
    /// Who is in it, by what they can do.
    pub components: Vec<Component>,
    /// To what it agreed.
    pub word: Word,
    /// Minutes from the call until it leaves.
    pub notice_minutes: i64,
    /// Hours for which it brings its own food, water, shelter and power.
    pub self_sufficient_hours: i64,
    /// Its last duty, which may still go on; it counts as away from home until then.
    pub last_duty: Option<Duty>,
    /// Minutes of duty in the past 30 days, the last duty included.
    pub past_duty_minutes: i64,
}

/// People of a team who can do the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    /// What each of them can do; each does one thing on one mission.
    pub skills: Vec<SkillCode>,
    /// How many they are.
    pub people: i64,
}

/// To what a team agreed. Nobody is sent anywhere without it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// Whether it goes at all.
    pub willing: bool,
    /// The first day on which it may be away; `None` is from now.
    pub first: Option<Day>,
    /// The last day on which it may be away; `None` is no end.
    pub last: Option<Day>,
    /// The most minutes of one way; `None` is any.
    pub way_minutes_max: Option<i64>,
}

/// A stretch of duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duty {
    /// When it began; `None` where nobody wrote it down: then it counts as long as duty may be in 24 hours.
    pub from: Option<Moment>,
    /// When it ends.
    pub until: Moment,
}

/// What asks for people at a place and a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mission {
    /// Which.
    pub code: MissionCode,
    /// Where.
    pub place: PlaceCode,
    /// How badly.
    pub urgency: Urgency,
    /// When work begins on the first day.
    pub start: Moment,
    /// When work ends on the first day; at most 24 hours later.
    pub end: Moment,
    /// On how many days in a row, at the same hours; a team stays for all of them and rests there.
    pub days: u32,
    /// Whom it asks for: each skill once, at most eight.
    pub asks: Vec<Ask>,
    /// Hours for which a team must be able to live on what it brings.
    pub self_sufficient_hours: i64,
}

/// How many people of a skill.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SkillCount {
    /// The skill.
    pub skill: SkillCode,
    /// How many, 1 or more.
    pub people: i64,
}

/// What a mission asks for of one skill.
pub type Ask = SkillCount;

/// What a place keeps at home of a skill, whatever happens elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Floor {
    /// Where.
    pub place: PlaceCode,
    /// The skill.
    pub skill: SkillCode,
    /// People of its teams who stay; 0 is none.
    pub keep: i64,
}

/// The rules that hold for every team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Minutes of rest between two duties; 11 hours.
    pub rest_minutes: i64,
    /// The most minutes of duty in any 24 hours, ways included; 12 hours.
    pub duty_minutes_max: i64,
    /// The most minutes of duty in 30 days, what was before the plan included; 120 hours.
    pub rotation_minutes_max: i64,
    /// People of each skill who stay at home where [`Problem::floors`] says nothing; 1.
    pub keep: i64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { rest_minutes: 11 * 60, duty_minutes_max: 12 * 60, rotation_minutes_max: 120 * 60, keep: 1 }
    }
}

impl Default for Word {
    fn default() -> Self {
        Self { willing: true, first: None, last: None, way_minutes_max: None }
    }
}

/// Why a text is no team.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TeamCodeError {
    /// There is no slash.
    #[error("'{0}' does not say whose team it is")]
    NoHome(String),
    /// One of the two words is no code.
    #[error(transparent)]
    Word(#[from] IdError),
}

impl fmt::Display for TeamCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.home, self.name))
    }
}

impl FromStr for TeamCode {
    type Err = TeamCodeError;

    fn from_str(text: &str) -> Result<Self, TeamCodeError> {
        let none = || TeamCodeError::NoHome(text.chars().take(60).collect());
        let (home, name) = text.split_once('/').ok_or_else(none)?;
        Ok(Self { home: PlaceCode::new(home.trim())?, name: TeamName::new(name.trim())? })
    }
}

impl Mission {
    /// People whom it asks for, all skills together.
    pub fn people(&self) -> i64 {
        self.asks.iter().map(|ask| ask.people).fold(0, i64::saturating_add)
    }
}

impl Problem {
    /// Sorts every list: equal content becomes an equal value.
    pub fn canonical(mut self) -> Self {
        for team in &mut self.teams {
            for component in &mut team.components {
                component.skills.sort();
                component.skills.dedup();
            }
            team.components.sort();
        }
        self.teams.sort();
        for mission in &mut self.missions {
            mission.asks.sort();
        }
        self.missions.sort();
        self.ways.sort();
        self.floors.sort();
        self
    }

    /// The digest of the content, whatever the order of its lists.
    pub fn digest(&self) -> Digest {
        Digest::of("koinon/teams-problem/1", super::words::problem(&self.clone().canonical()).as_bytes())
    }
}
