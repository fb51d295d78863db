//! What somebody may ask of the book of teams and missions, and the answers.

use koinon_core::{
    CommunityCode, Day, Digest, EntryId, MissionCode, PlaceCode, SkillCode, TeamName, Timestamp,
};

use crate::fact::{AidFact, DAYS_MAX, MissionAsked, PEOPLE_MAX, Reason, TeamStated, Unsound};
use crate::promise::Stage;
use crate::service;

/// A command: one act of one hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Made by the client, so that a repeated command is recognised; of a promise also its id.
    pub act: EntryId,
    /// When it happened; may lie before now. It counts for leaving and coming back.
    pub occurred: Timestamp,
    /// The questions of an earlier try were answered with yes.
    pub confirmed: bool,
    /// What to do.
    pub what: Act,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Say which team there is and to what it agreed, or that it is none any more.
    StateTeam(TeamStated),
    /// Say how many people of a skill stay at home.
    KeepCrew {
        /// Where.
        place: PlaceCode,
        /// The skill.
        skill: SkillCode,
        /// How many; `None` goes back to what everybody keeps.
        keep: Option<u32>,
    },
    /// Ask for people at a place and a time.
    AskMission(MissionAsked),
    /// Ask no more for a mission.
    CloseMission {
        /// Which.
        mission: MissionCode,
        /// Why.
        reason: Reason,
    },
    /// Promise a team of the own community to a mission.
    Promise {
        /// Which team.
        team: TeamName,
        /// Who asks.
        asker: CommunityCode,
        /// Which mission.
        mission: MissionCode,
        /// The suggestion that this follows.
        suggestion: Option<Digest>,
    },
    /// Say yes to a promised team.
    Take {
        /// Whose team.
        home: CommunityCode,
        /// The promise.
        promise: EntryId,
    },
    /// Say no to a promised team.
    Decline {
        /// Whose team.
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
    /// Write down that a team left home.
    Leave {
        /// The promise.
        promise: EntryId,
    },
    /// Write down that a team is home again.
    ComeBack {
        /// The promise.
        promise: EntryId,
    },
    /// Anything about care and work for others.
    Service(service::Act),
}

/// What a command leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These facts are to be recorded, together.
    Facts(Vec<AidFact>),
    /// Nothing is recorded until the same command comes again with `confirmed`.
    Ask(Vec<Question>),
}

/// Something that looks wrong and may be right. A question never blocks.
///
/// As text it is a plain sentence in English, for terminals and logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// It is said to happen in the future.
    InFuture {
        /// When.
        occurred: Timestamp,
    },
    /// A team that is spoken for is to go no more.
    PromiseStands {
        /// To which mission it is promised.
        mission: MissionCode,
    },
    /// The mission has begun already.
    BegunAlready {
        /// When.
        start: Timestamp,
    },
    /// The team would have to leave sooner than it can.
    ShortNotice {
        /// When it would have to leave.
        leaves: Timestamp,
        /// Minutes from the call until it leaves.
        notice_minutes: u32,
    },
    /// Enough people of all its skills are promised already.
    EnoughPromised,
    /// Nobody has said yes yet, as far as has been heard.
    NotTakenYet,
    /// So little rest lies between the last duty and this one.
    LittleRest {
        /// Minutes.
        minutes: i64,
    },
    /// It leaves or comes back on another day than was agreed.
    OtherDay {
        /// When that was to be.
        planned: Timestamp,
    },
    /// Something about care or work.
    Service(service::Question),
}

impl std::fmt::Display for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InFuture { occurred } => {
                write!(f, "it is said to happen at {}, after now", occurred.to_rfc3339())
            }
            Self::PromiseStands { mission } => write!(f, "the team is promised to '{mission}'"),
            Self::BegunAlready { start } => write!(f, "the mission began at {}", start.to_rfc3339()),
            Self::ShortNotice { leaves, notice_minutes } => {
                write!(
                    f,
                    "the team leaves at {}, and needs {}",
                    leaves.to_rfc3339(),
                    spell(i64::from(*notice_minutes))
                )
            }
            Self::EnoughPromised => f.write_str("enough people are promised already"),
            Self::NotTakenYet => f.write_str("who asked has not said yes yet, as far as is known here"),
            Self::LittleRest { minutes } => write!(f, "the team rested {}", spell(*minutes)),
            Self::OtherDay { planned } => write!(f, "it was planned for {}", planned.to_rfc3339()),
            Self::Service(question) => question.fmt(f),
        }
    }
}

/// Why a command is refused. Each names the place, the value and what would help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The permit is for something else.
    #[error("the permission that was given does not cover this act; ask for it again")]
    WrongPermit,
    /// Something of it cannot be right.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// The place is kept by another community, or by none.
    #[error("'{0}' is not kept by this community; choose one of its places")]
    NotOurPlace(PlaceCode),
    /// No such team here.
    #[error("this community has no team '{0}'; state it first")]
    NoSuchTeam(TeamName),
    /// No such mission, as far as has been heard.
    #[error("no mission '{1}' of {0} has been heard of here; exchange with {0} first")]
    NoSuchMission(CommunityCode, MissionCode),
    /// The mission is closed, or its time went by.
    #[error("mission '{0}' is over; choose one that is open")]
    MissionOver(MissionCode),
    /// The mission ends too far ahead, or has ended.
    #[error(
        "a mission ends within the next {DAYS_MAX} days; this one would end on {found}, choose a day from {first} to {last}"
    )]
    NotSoon {
        /// The day on which it would end.
        found: Day,
        /// The first day possible.
        first: Day,
        /// The last day possible.
        last: Day,
    },
    /// So many people cannot be kept.
    #[error("{0} people are no number that can be kept at home; write 0 to {PEOPLE_MAX}")]
    CrewRange(u32),
    /// The reason does not fit the act.
    #[error("'{}' is not a reason for this; choose another", .0.code())]
    WrongReason(Reason),
    /// The team can do nothing of what is asked for.
    #[error("'{0}' has none of the skills that are asked for; promise another team")]
    NothingToDo(TeamName),
    /// The team did not agree to go.
    #[error("'{0}' did not agree to go; ask it, and write its word down first")]
    NotWilling(TeamName),
    /// The team did not agree to these days.
    #[error(
        "'{team}' did not agree to be away from {leaves} to {home}; ask it, and write its word down first"
    )]
    NotThoseDays {
        /// The team.
        team: TeamName,
        /// The day on which it would leave.
        leaves: Day,
        /// The day on which it would be home.
        home: Day,
    },
    /// There is no way there and back.
    #[error("no way leads from {0} to {1} and back; open a route first")]
    NoWay(PlaceCode, PlaceCode),
    /// It is farther than the team agreed to go.
    #[error(
        "the way takes {minutes} minutes, and '{team}' agreed to {most}; ask it, and write its word down first"
    )]
    TooFar {
        /// The team.
        team: TeamName,
        /// Minutes of the way.
        minutes: i64,
        /// The most to which it agreed.
        most: u32,
    },
    /// It cannot live on what it brings for as long as is asked.
    #[error(
        "the mission asks for {asked} hours on what the team brings, and '{team}' can do {has}; promise another team"
    )]
    NotSelfSufficient {
        /// The team.
        team: TeamName,
        /// Hours that are asked.
        asked: u32,
        /// Hours that it can do.
        has: u32,
    },
    /// The team is spoken for at this mission already.
    #[error("'{0}' is promised to this mission already")]
    PromisedAlready(TeamName),
    /// Too little rest would lie between two duties.
    #[error("'{team}' would rest {} between two duties, and {} must lie between; promise another team", spell(*minutes), spell(crate::hours::REST_MINUTES))]
    Rest {
        /// The team.
        team: TeamName,
        /// Minutes of rest that would lie between.
        minutes: i64,
    },
    /// Too much duty would lie within 24 hours.
    #[error("'{team}' would be on duty for {} within 24 hours, the way included; {} are the most", spell(*minutes), spell(crate::hours::DUTY_MINUTES_MAX))]
    DutyHours {
        /// The team.
        team: TeamName,
        /// Minutes of duty.
        minutes: i64,
    },
    /// Too much duty would lie within 30 days.
    #[error("'{team}' would be on duty for {} within 30 days; {} are the most", spell(*minutes), spell(crate::hours::ROTATION_MINUTES_MAX))]
    Rotation {
        /// The team.
        team: TeamName,
        /// Minutes of duty.
        minutes: i64,
    },
    /// Too few people of a skill would stay at home.
    #[error(
        "{stay} of '{skill}' would stay at {place}, and it keeps {keep}; promise a smaller team, or change what is kept"
    )]
    CrewFloor {
        /// Where.
        place: PlaceCode,
        /// The skill.
        skill: SkillCode,
        /// How many would stay.
        stay: i64,
        /// How many are kept.
        keep: u32,
    },
    /// No such promise, as far as has been heard.
    #[error("promise {0} has not been heard of here; exchange with the team's community first")]
    NoSuchPromise(EntryId),
    /// Not ours to say.
    #[error("only {0} may do this")]
    NotOurs(CommunityCode),
    /// The promise is in a state in which this cannot be done.
    #[error("this cannot be done while the team is '{}'", .0.code())]
    WrongStage(Stage),
    /// It came back before it left.
    #[error("the team left at {}; it cannot be home again at {}: write a later time", left.to_rfc3339(), back.to_rfc3339())]
    BackBeforeLeft {
        /// When it left.
        left: Timestamp,
        /// When it is said to be back.
        back: Timestamp,
    },
    /// Something about care or work.
    #[error(transparent)]
    Service(#[from] service::Refusal),
}

/// Minutes as hours and minutes.
fn spell(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("{hours} h"),
        (0, rest) => format!("{rest} min"),
        (hours, rest) => format!("{hours} h {rest:02} min"),
    }
}
