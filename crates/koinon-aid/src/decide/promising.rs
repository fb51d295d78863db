//! Whether a team may be promised to a mission: its word, the way, its rest and hours, and the crew that stays at home.

use koinon_core::{CommunityCode, Digest, EntryId, MissionCode, SkillCode, TeamName, Timestamp};

use super::Context;
use crate::aid::Mission;
use crate::command::{Question, Refusal};
use crate::fact::{MissionAsked, TeamPromised, TeamStated};
use crate::hours::{self, ROTATION_DAYS, Tired};
use crate::serve::serves;

/// Which team to which mission.
pub(super) struct Promising<'a> {
    pub(super) id: EntryId,
    pub(super) team: &'a TeamName,
    pub(super) mission: (&'a CommunityCode, &'a MissionCode),
}

impl Promising<'_> {
    /// The promise, and what looks wrong with it.
    pub(super) fn decide(
        &self,
        context: &Context<'_>,
        suggestion: Option<Digest>,
    ) -> Result<(TeamPromised, Vec<Question>), Refusal> {
        let no_team = || Refusal::NoSuchTeam(self.team.clone());
        let team = context.aid.team(context.own, self.team).ok_or_else(no_team)?;
        if team.closed || team.check().is_err() {
            return Err(no_team());
        }
        context.ours(&team.home)?;
        let mission = self.mission(context)?;
        if team.skills().is_disjoint(&mission.asked.asks.iter().map(|ask| &ask.skill).collect()) {
            return Err(Refusal::NothingToDo(self.team.clone()));
        }
        let trip = self.trip(context, team, mission.asked, suggestion)?;
        self.word(context, team, &trip)?;
        self.hours(context, &trip)?;
        crew(context, team, &trip)?;
        let mut questions = Vec::new();
        let ready = context.now.plus_millis(i64::from(team.notice_minutes) * 60_000);
        if trip.leaves < ready {
            let notice_minutes = team.notice_minutes;
            questions.push(Question::ShortNotice { leaves: trip.leaves, notice_minutes });
        }
        let wanted = context.aid.wanted(&mission, context.now);
        let serves = serves(&team.components, &wanted);
        if serves.is_empty() {
            questions.push(Question::EnoughPromised);
        }
        Ok((TeamPromised { serves, ..trip }, questions))
    }

    fn mission<'a>(&'a self, context: &Context<'a>) -> Result<Mission<'a>, Refusal> {
        let (asker, code) = self.mission;
        let nowhere = || Refusal::NoSuchMission(asker.clone(), code.clone());
        let mission = context.aid.mission(asker, code).ok_or_else(nowhere)?;
        // What its community could not have asked for is no mission.
        let keeper = context.region.keeper_of(&mission.asked.place);
        if mission.asked.check().is_err() || keeper.as_ref() != Some(asker) {
            return Err(nowhere());
        }
        if !mission.is_open(context.now) {
            return Err(Refusal::MissionOver(code.clone()));
        }
        let mut standing = context.aid.standing(context.own, self.team, context.now);
        let is_this = |trip: &TeamPromised| trip.asker == *asker && trip.mission == *code;
        if standing.any(|(_, promise, _)| promise.promised().is_some_and(is_this)) {
            return Err(Refusal::PromisedAlready(self.team.clone()));
        }
        Ok(mission)
    }

    /// The way there, the work and the way back; whom it serves is not worked out yet.
    fn trip(
        &self,
        context: &Context<'_>,
        team: &TeamStated,
        mission: &MissionAsked,
        suggestion: Option<Digest>,
    ) -> Result<TeamPromised, Refusal> {
        let (home, place) = (&team.home, &mission.place);
        let way = |from, to| if from == to { Some(0) } else { (context.way)(from, to) };
        let no_way = || Refusal::NoWay(home.clone(), place.clone());
        let (out, back) = (way(home, place).ok_or_else(no_way)?, way(place, home).ok_or_else(no_way)?);
        if let Some(most) = team.word.way_minutes_max.filter(|most| i64::from(*most) < out.max(back)) {
            return Err(Refusal::TooFar { team: self.team.clone(), minutes: out.max(back), most });
        }
        if team.self_sufficient_hours < mission.self_sufficient_hours {
            let (asked, has) = (mission.self_sufficient_hours, team.self_sufficient_hours);
            return Err(Refusal::NotSelfSufficient { team: self.team.clone(), asked, has });
        }
        Ok(TeamPromised {
            promise: self.id,
            team: self.team.clone(),
            asker: self.mission.0.clone(),
            mission: mission.mission.clone(),
            place: place.clone(),
            serves: Vec::new(),
            leaves: mission.start.plus_millis(out.saturating_mul(-60_000)),
            start: mission.start,
            end: mission.end,
            days: mission.days,
            home_again: mission.over().plus_millis(back.saturating_mul(60_000)),
            suggestion,
        })
    }

    /// The team's own word.
    fn word(&self, context: &Context<'_>, team: &TeamStated, trip: &TeamPromised) -> Result<(), Refusal> {
        if !team.word.willing {
            return Err(Refusal::NotWilling(self.team.clone()));
        }
        let zone = context.region.zone();
        let leaves = trip.leaves.day(&zone);
        // Home at midnight is home on the day before.
        let home = trip.home_again.plus_millis(-1).day(&zone).max(leaves);
        let too_early = team.word.first.is_some_and(|first| leaves < first);
        if too_early || team.word.last.is_some_and(|last| last < home) {
            return Err(Refusal::NotThoseDays { team: self.team.clone(), leaves, home });
        }
        Ok(())
    }

    /// Rest and hours of duty, beside all other duties of the team.
    fn hours(&self, context: &Context<'_>, trip: &TeamPromised) -> Result<(), Refusal> {
        let others = context.aid.duties(context.own, self.team, context.now);
        let past = hours::minute(context.now.plus_days(-ROTATION_DAYS));
        let team = || self.team.clone();
        match hours::tired(&others, &hours::duties(trip, None, None), past) {
            None => Ok(()),
            Some(Tired::Rest(minutes)) => Err(Refusal::Rest { team: team(), minutes }),
            Some(Tired::Day(minutes)) => Err(Refusal::DutyHours { team: team(), minutes }),
            Some(Tired::Rotation(minutes)) => Err(Refusal::Rotation { team: team(), minutes }),
        }
    }
}

/// The people of each skill who stay at home while the team is away.
fn crew(context: &Context<'_>, team: &TeamStated, trip: &TeamPromised) -> Result<(), Refusal> {
    let away = Away::from(context, team, trip);
    for skill in team.skills() {
        let keep = context.aid.kept(context.region, &team.home, skill);
        let all: i64 = context
            .aid
            .teams(context.region)
            .filter(|other| other.stated.home == team.home)
            .map(|other| i64::from(other.stated.having(skill)))
            .sum();
        let stay = all - i64::from(team.having(skill)) - away.most(skill);
        if stay < i64::from(keep) {
            return Err(Refusal::CrewFloor { place: team.home.clone(), skill: skill.clone(), stay, keep });
        }
    }
    Ok(())
}

/// Who else of a home is away while a trip lasts.
struct Away<'a> {
    trip: (Timestamp, Timestamp),
    others: Vec<(Timestamp, Timestamp, &'a TeamStated)>,
}

impl<'a> Away<'a> {
    fn from(context: &Context<'a>, team: &TeamStated, trip: &TeamPromised) -> Self {
        let standing = context
            .aid
            .promises(context.now)
            .filter(|(by, _, _, stage)| *by == context.own && stage.stands());
        let others = standing.filter_map(|(by, _, promise, _)| {
            let other = promise.promised()?;
            let stated = context.aid.team(by, &other.team)?;
            let counts = stated.home == team.home && stated.team != team.team && !stated.closed;
            // Who is still away is away until they are seen at home.
            let until = other.home_again.max(promise.left().map_or(other.home_again, |_| context.now));
            counts.then_some((promise.left().unwrap_or(other.leaves), until, stated))
        });
        let others = others.filter(|(from, until, _)| *from < trip.home_again && trip.leaves < *until);
        Self { trip: (trip.leaves, trip.home_again), others: others.collect() }
    }

    /// The most people of a skill who are away at one moment of the trip. It is reached when somebody leaves.
    fn most(&self, skill: &SkillCode) -> i64 {
        let moments = self.others.iter().map(|(from, ..)| (*from).max(self.trip.0)).chain([self.trip.0]);
        let at = |moment: Timestamp| -> i64 {
            let away = self.others.iter().filter(|(from, until, _)| *from <= moment && moment < *until);
            away.map(|(.., team)| i64::from(team.having(skill))).sum()
        };
        moments.map(at).max().unwrap_or(0)
    }
}
