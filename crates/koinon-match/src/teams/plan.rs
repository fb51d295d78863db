//! The answer: who would go where, what stays open and why, and what no plan could pass.
//!
//! A plan is a suggestion and never an act: a team is asked, and may say no. It exists only after [`super::check()`] has found nothing
//! wrong with it.

use koinon_core::{Digest, MissionCode, PlaceCode, SkillCode};

use super::inspect::Faults;
use super::problem::{SkillCount, TeamCode};
use crate::problem::Moment;

/// Who would go where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The deployments, by urgency and start of the mission, its code, and the team.
    pub deployments: Vec<Deployment>,
    /// What stays open, in the same order, then by skill.
    pub open: Vec<Open>,
    /// People asked for and covered, by place of the missions.
    pub places: Vec<PlaceCover>,
    /// What lives depend on.
    pub lives: Figure,
    /// Everything that was asked for.
    pub all: Figure,
    /// How sure it is that no plan is better.
    pub proof: Proof,
    /// The digest of the problem.
    pub inputs: Digest,
    /// The digest of the plan: equal problems give equal digests everywhere.
    pub digest: Digest,
}

/// One team on one mission, from leaving home to coming back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The mission.
    pub mission: MissionCode,
    /// The team.
    pub team: TeamCode,
    /// What its people do there, by skill; the others come along.
    pub serves: Vec<SkillCount>,
    /// When it leaves home.
    pub leaves: Moment,
    /// When it is home again.
    pub returns: Moment,
    /// Minutes on the way, there and back together.
    pub way_minutes: i64,
    /// Minutes of duty, ways included.
    pub duty_minutes: i64,
    /// Who could do the same with the least way beside this plan, and how many minutes more (below zero: fewer) that is.
    pub next_best: Option<(TeamCode, i64)>,
}

/// People of a skill whom a mission asks for and nobody can send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The mission.
    pub mission: MissionCode,
    /// The skill.
    pub skill: SkillCode,
    /// How many.
    pub people: i64,
    /// What keeps each team away that has the skill and does not go; empty where nobody has it.
    pub reasons: Vec<Reason>,
}

/// What keeps a team from a mission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which team.
    pub team: TeamCode,
    /// What keeps it.
    pub bar: Bar,
}

/// What can keep a team from a mission, in the order in which it is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bar {
    /// It did not agree to go.
    Unwilling,
    /// It did not agree to these days.
    Days,
    /// There is no way there and back.
    NoWay,
    /// It is farther than it agreed to go.
    TooFar,
    /// It could not be there in time.
    Notice,
    /// It cannot live on what it brings for as long as is asked.
    SelfSufficiency,
    /// Its community keeps these people at home.
    CrewFloor,
    /// It rests after its last duty, or the mission leaves no time to rest.
    Rest,
    /// It would be on duty for too long within 24 hours.
    DutyHours,
    /// It would be on duty for too long within 30 days.
    Rotation,
    /// It goes to these missions instead, and cannot do both.
    Busy(Vec<MissionCode>),
    /// With those who go to these missions, its community would keep too few at home.
    CrewAway(Vec<MissionCode>),
}

/// People asked for and covered at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceCover {
    /// Where.
    pub place: PlaceCode,
    /// People asked for.
    pub asked: i64,
    /// People who come.
    pub covered: i64,
}

/// People asked for, covered, and a number that no plan can pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figure {
    /// People asked for.
    pub asked: i64,
    /// People who come.
    pub covered: i64,
    /// No plan covers more.
    pub bound: i64,
    /// Prices that prove it, see [`super::check()`]; those that are 0 are left out.
    pub prices: Vec<Price>,
}

/// What one person of a skill is worth to a mission in a proof, in parts of [`Price::WHOLE`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price {
    /// The mission.
    pub mission: MissionCode,
    /// The skill.
    pub skill: SkillCode,
    /// 0 to [`Price::WHOLE`].
    pub price: i64,
}

/// How sure it is that no plan is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Every plan was looked at: this is the best.
    Complete,
    /// Better plans were searched for and not found; the bounds say what could be gained at most.
    Searched,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The problem cannot be planned.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// The checker found something wrong with what the engine made.
    #[error("the plan broke its own rules and is not shown: {0}")]
    Refused(String),
}

impl Plan {
    /// The digest of what the plan says; [`Plan::digest`] must be it.
    pub fn content_digest(&self) -> Digest {
        super::words::plan_digest(self)
    }
}

impl Price {
    /// The worth of one person; prices are parts of it.
    pub const WHOLE: i64 = 720_720;
}

impl Figure {
    /// People who might be covered by a better plan at most.
    pub fn gap(&self) -> i64 {
        self.bound.saturating_sub(self.covered)
    }
}

impl Proof {
    /// The word of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Searched => "searched",
        }
    }
}

impl Bar {
    /// The word of it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Unwilling => "unwilling",
            Self::Days => "days",
            Self::NoWay => "no-way",
            Self::TooFar => "too-far",
            Self::Notice => "notice",
            Self::SelfSufficiency => "self-sufficiency",
            Self::CrewFloor => "crew-floor",
            Self::Rest => "rest",
            Self::DutyHours => "duty-hours",
            Self::Rotation => "rotation",
            Self::Busy(_) => "busy",
            Self::CrewAway(_) => "crew-away",
        }
    }

    /// The missions that it speaks of.
    pub fn missions(&self) -> &[MissionCode] {
        match self {
            Self::Busy(list) | Self::CrewAway(list) => list,
            _ => &[],
        }
    }
}
