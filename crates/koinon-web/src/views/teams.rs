//! Teams, the missions that ask for them, who is promised, and who could go, as the reader may see it.
//!
//! Members of the federation see all of it; a guest sees none. Nobody is named.

use std::collections::BTreeSet;

use koinon_aid::aid::{Mission, Team};
use koinon_aid::fact::{SkillCount, TeamStated};
use koinon_aid::hours;
use koinon_aid::{Promise, Stage};
use koinon_core::{CommunityCode, EntryId, MissionCode, Timestamp, Urgency};
use koinon_match::Moment;
use koinon_match::teams::{Bar, Deployment, Proof};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Lens, Named};
use crate::plans::TeamsPlanned;

/// Missions and teams.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct TeamsView {
    /// Missions that are open, or to which somebody is still away: the most urgent first, then by when they begin.
    pub missions: Vec<MissionView>,
    /// Teams, those of this community first.
    pub teams: Vec<TeamView>,
    /// How many people of a skill stay at home, where a community said so.
    pub crews: Vec<CrewView>,
    /// When the suggestions were made; nothing before the first.
    pub made: Option<String>,
    /// Whether every plan was looked at, so that none covers more; nothing before the first plan.
    pub proven: Option<bool>,
}

/// What asks for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MissionView {
    /// Who asks.
    pub asker: Named,
    /// Its word there.
    pub mission: String,
    /// Where.
    pub place: Named,
    /// `must-have`, `needed` or `useful`.
    pub urgency: &'static str,
    /// When work begins on the first day.
    pub start: String,
    /// When work ends on the first day.
    pub end: String,
    /// When work ends on the last day.
    pub over: String,
    /// On how many days in a row.
    pub days: u16,
    /// Hours for which a team must live on what it brings.
    pub self_sufficient_hours: u32,
    /// Whether it still asks.
    pub open: bool,
    /// Whether this community asks.
    pub is_ours: bool,
    /// Whom it asks for, and how many are promised.
    pub asks: Vec<AskView>,
    /// Teams that are promised, and those that were.
    pub promises: Vec<PromiseView>,
    /// Teams that could go.
    pub suggestions: Vec<SuggestedTeamView>,
    /// What stays open, and what keeps each team.
    pub stays_open: Vec<OpenView>,
}

/// How many people of a skill a mission asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AskView {
    /// The skill.
    pub skill: String,
    /// People asked for.
    pub people: u32,
    /// People promised.
    pub promised: u32,
}

/// A number of people of a skill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServeView {
    /// The skill.
    pub skill: String,
    /// People.
    pub people: i64,
}

/// A promised team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PromiseView {
    /// The promise.
    pub promise: String,
    /// Whose team.
    pub community: Named,
    /// The team's word there.
    pub team: String,
    /// `promised`, `taken`, `declined`, `withdrawn`, `lapsed`, `away` or `back`.
    pub stage: &'static str,
    /// Why it was declined or withdrawn, by its code.
    pub reason: Option<&'static str>,
    /// What its people do there.
    pub serves: Vec<ServeView>,
    /// When it leaves home, or left.
    pub leaves: String,
    /// When it is home again, or was.
    pub home_again: String,
    /// Whether it is a team of this community.
    pub is_ours: bool,
}

/// A team that could go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestedTeamView {
    /// Whose team.
    pub community: Named,
    /// The team's word there.
    pub team: String,
    /// What its people would do there.
    pub serves: Vec<ServeView>,
    /// When it would leave home.
    pub leaves: String,
    /// When it would be home again.
    pub home_again: String,
    /// Minutes on the way, there and back.
    pub way_minutes: i64,
    /// Minutes of duty, the way included.
    pub duty_minutes: i64,
    /// Which team could go instead.
    pub instead: Option<TeamName>,
    /// The plan that suggests it.
    pub suggestion: String,
    /// Whether it is a team of this community.
    pub is_ours: bool,
}

/// A team with its community.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct TeamName {
    /// Whose team.
    pub community: Named,
    /// The team's word there.
    pub team: String,
}

/// People of a skill whom nobody can send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenView {
    /// The skill.
    pub skill: String,
    /// How many.
    pub people: i64,
    /// What keeps each team that has the skill; empty where nobody has it.
    pub kept: Vec<KeptView>,
}

/// What keeps a team from a mission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeptView {
    /// Which team.
    pub team: TeamName,
    /// `unwilling`, `days`, `no-way`, `too-far`, `notice`, `self-sufficiency`, `crew-floor`, `rest`, `duty-hours`, `rotation`, `busy`,
    /// `crew-away`, or `promised` for one that is spoken for.
    pub why: &'static str,
    /// Of which missions that speaks.
    pub missions: Vec<String>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TeamView {
    /// Whose team.
    pub community: Named,
    /// Its word there.
    pub team: String,
    /// Where it is at home.
    pub home: Named,
    /// Who is in it: skills, and how many people have them.
    pub components: Vec<ComponentView>,
    /// Whether it agreed to go.
    pub willing: bool,
    /// The first day on which it may be away.
    pub from: Option<String>,
    /// The last day on which it may be away.
    pub until: Option<String>,
    /// The most minutes of one way.
    pub way_minutes_max: Option<u32>,
    /// Minutes from the call until it leaves.
    pub notice_minutes: u32,
    /// Hours for which it lives on what it brings.
    pub self_sufficient_hours: u32,
    /// Minutes of duty in the past 30 days.
    pub duty_minutes: i64,
    /// How far the newest promise that stands has come: `promised`, `taken` or `away`.
    pub stage: Option<&'static str>,
    /// When its word was written down.
    pub recorded: String,
    /// Whether it is a team of this community.
    pub is_ours: bool,
}

/// People of a team who can do the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComponentView {
    /// What each of them can do.
    pub skills: Vec<String>,
    /// How many they are.
    pub people: u32,
}

/// How many people of a skill stay at home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CrewView {
    /// Where.
    pub place: Named,
    /// The skill.
    pub skill: String,
    /// How many.
    pub keep: u32,
    /// Whether this community keeps the place.
    pub is_ours: bool,
}

impl Lens<'_> {
    /// Missions and teams, with the suggestions of the newest plan; nothing for a guest.
    pub fn teams(&self, planned: Option<&TeamsPlanned>) -> TeamsView {
        if !self.sees_amounts() {
            return TeamsView::default();
        }
        let aid = self.book.aid();
        let mut missions: Vec<(Urgency, Timestamp, MissionView)> = Vec::new();
        for mission in aid.missions(self.region()) {
            let promises = self.promises_of(&mission);
            let away = promises.iter().any(|promise| promise.stage == Stage::Away.code());
            if mission.is_open(self.now) || away {
                let view = self.mission_view(&mission, promises, planned);
                missions.push((mission.asked.urgency, mission.asked.start, view));
            }
        }
        missions.sort_by(|(a, from, one), (b, until, other)| {
            (a, from, &one.asker.code, &one.mission).cmp(&(b, until, &other.asker.code, &other.mission))
        });
        let mut teams: Vec<TeamView> = aid.teams(self.region()).map(|team| self.team_view(&team)).collect();
        teams.sort_by(|one, other| {
            let key = |team: &TeamView| (!team.is_ours, team.community.name.clone(), team.team.clone());
            key(one).cmp(&key(other))
        });
        let crews = aid.crews(self.region()).map(|(place, skill, keep)| CrewView {
            place: self.place(place),
            skill: skill.to_string(),
            keep,
            is_ours: self.region().keeper_of(place).as_ref() == self.book.own(),
        });
        TeamsView {
            missions: missions.into_iter().map(|(.., view)| view).collect(),
            teams,
            crews: crews.collect(),
            made: planned.map(|planned| planned.made.to_rfc3339()),
            proven: planned.map(|planned| planned.plan.proof == Proof::Complete),
        }
    }

    /// One promise; nothing for a guest, or where nothing was heard of it.
    pub fn team_promise(&self, home: &CommunityCode, promise: EntryId) -> Option<PromiseView> {
        let known = self.book.aid().promise(home, promise)?;
        let stage = self.book.aid().stage(known, self.now);
        self.sees_amounts().then(|| self.promise_view(home, promise, known, stage)).flatten()
    }

    fn promises_of(&self, mission: &Mission<'_>) -> Vec<PromiseView> {
        let all = self.book.aid().promises(self.now).filter(|(_, _, promise, _)| {
            let is_its = |trip: &koinon_aid::fact::TeamPromised| {
                trip.asker == *mission.asker && trip.mission == mission.asked.mission
            };
            promise.promised().is_some_and(is_its)
        });
        all.filter_map(|(home, id, promise, stage)| self.promise_view(home, id, promise, stage)).collect()
    }

    fn promise_view(
        &self,
        home: &CommunityCode,
        id: EntryId,
        promise: &Promise,
        stage: Stage,
    ) -> Option<PromiseView> {
        let trip = promise.promised()?;
        let reason = match stage {
            Stage::Declined(reason) | Stage::Withdrawn(reason) => Some(reason.code()),
            _ => None,
        };
        Some(PromiseView {
            promise: id.to_string(),
            community: self.community(home),
            team: trip.team.to_string(),
            stage: stage.code(),
            reason,
            serves: trip.serves.iter().map(serve).collect(),
            leaves: promise.left().unwrap_or(trip.leaves).to_rfc3339(),
            home_again: promise.back().unwrap_or(trip.home_again).to_rfc3339(),
            is_ours: self.book.own() == Some(home),
        })
    }

    fn mission_view(
        &self,
        mission: &Mission<'_>,
        promises: Vec<PromiseView>,
        planned: Option<&TeamsPlanned>,
    ) -> MissionView {
        let (asked, aid) = (mission.asked, self.book.aid());
        let asks = asked.asks.iter().map(|ask| AskView {
            skill: ask.skill.to_string(),
            people: ask.people,
            promised: aid.promised_of(mission, &ask.skill, self.now),
        });
        let code = planned.and_then(|planned| {
            let is_its = |(_, (asker, code)): &(&MissionCode, &(CommunityCode, MissionCode))| {
                asker == mission.asker && *code == asked.mission
            };
            planned.missions.iter().find(is_its).map(|(code, _)| (planned, code))
        });
        let is_open = mission.is_open(self.now);
        let code = code.filter(|_| is_open);
        MissionView {
            asker: self.community(mission.asker),
            mission: asked.mission.to_string(),
            place: self.place(&asked.place),
            urgency: asked.urgency.code(),
            start: asked.start.to_rfc3339(),
            end: asked.end.to_rfc3339(),
            over: asked.over().to_rfc3339(),
            days: asked.days,
            self_sufficient_hours: asked.self_sufficient_hours,
            open: is_open,
            is_ours: self.book.own() == Some(mission.asker),
            asks: asks.collect(),
            promises,
            suggestions: code.map(|(planned, code)| self.suggested(planned, code)).unwrap_or_default(),
            stays_open: code.map(|(planned, code)| self.stays_open(planned, code)).unwrap_or_default(),
        }
    }

    fn suggested(&self, planned: &TeamsPlanned, code: &MissionCode) -> Vec<SuggestedTeamView> {
        let of_it = planned.plan.deployments.iter().filter(|deployment| deployment.mission == *code);
        let mut all: Vec<SuggestedTeamView> =
            of_it.filter_map(|deployment| self.suggested_team(planned, deployment)).collect();
        // What the reader's community can do comes first.
        all.sort_by_key(|team| !team.is_ours);
        all
    }

    fn suggested_team(&self, planned: &TeamsPlanned, one: &Deployment) -> Option<SuggestedTeamView> {
        let community = self.region().keeper_of(&one.team.home)?;
        let zone = self.region().zone();
        let at = |moment: Moment| moment.day.at_minute(moment.minute, &zone).to_rfc3339();
        let serves =
            one.serves.iter().map(|serve| ServeView { skill: serve.skill.to_string(), people: serve.people });
        Some(SuggestedTeamView {
            is_ours: self.book.own() == Some(&community),
            community: self.community(&community),
            team: one.team.name.to_string(),
            serves: serves.collect(),
            leaves: at(one.leaves),
            home_again: at(one.returns),
            way_minutes: one.way_minutes,
            duty_minutes: one.duty_minutes,
            instead: one.next_best.as_ref().and_then(|(team, _)| self.team_name(team)),
            suggestion: planned.plan.digest.to_string(),
        })
    }

    fn team_name(&self, code: &koinon_match::teams::TeamCode) -> Option<TeamName> {
        let community = self.region().keeper_of(&code.home)?;
        Some(TeamName { community: self.community(&community), team: code.name.to_string() })
    }

    fn stays_open(&self, planned: &TeamsPlanned, code: &MissionCode) -> Vec<OpenView> {
        let of_it = planned.plan.open.iter().filter(|open| open.mission == *code);
        of_it
            .map(|open| OpenView {
                skill: open.skill.to_string(),
                people: open.people,
                kept: open.reasons.iter().filter_map(|reason| self.kept(planned, reason)).collect(),
            })
            .collect()
    }

    fn kept(&self, planned: &TeamsPlanned, reason: &koinon_match::teams::Reason) -> Option<KeptView> {
        let team = self.team_name(&reason.team)?;
        let community = self.region().keeper_of(&reason.team.home)?;
        // A plan does not know why a team is free later only: it has promised itself.
        let stands = self.book.aid().standing(&community, &reason.team.name, self.now).next().is_some();
        let why = match &reason.bar {
            Bar::Days | Bar::Rest if stands => "promised",
            bar => bar.word(),
        };
        let own_word = |code: &MissionCode| planned.missions.get(code).map(|(_, own)| own.to_string());
        Some(KeptView { team, why, missions: reason.bar.missions().iter().filter_map(own_word).collect() })
    }

    fn team_view(&self, team: &Team<'_>) -> TeamView {
        let (aid, stated) = (self.book.aid(), team.stated);
        let word = &stated.word;
        let duties = aid.duties(team.community, &stated.team, self.now);
        let now = hours::minute(self.now);
        let past = hours::minute(self.now.plus_days(-hours::ROTATION_DAYS));
        let until_now: Vec<hours::Span> =
            duties.iter().map(|(from, until)| (*from, (*until).min(now))).collect();
        let stage = aid.standing(team.community, &stated.team, self.now).map(|(.., stage)| stage.code());
        TeamView {
            community: self.community(team.community),
            team: stated.team.to_string(),
            home: self.place(&stated.home),
            components: components(stated),
            willing: word.willing,
            from: word.first.map(|day| day.to_string()),
            until: word.last.map(|day| day.to_string()),
            way_minutes_max: word.way_minutes_max,
            notice_minutes: stated.notice_minutes,
            self_sufficient_hours: stated.self_sufficient_hours,
            duty_minutes: hours::since(&until_now, past),
            stage: stage.max(),
            recorded: team.recorded.to_rfc3339(),
            is_ours: self.book.own() == Some(team.community),
        }
    }
}

fn components(team: &TeamStated) -> Vec<ComponentView> {
    let one = |component: &koinon_aid::fact::Component| ComponentView {
        skills: component.skills.iter().map(ToString::to_string).collect(),
        people: component.people,
    };
    team.components.iter().map(one).collect()
}

fn serve(one: &SkillCount) -> ServeView {
    ServeView { skill: one.skill.to_string(), people: i64::from(one.people) }
}

/// Every skill of which the book has heard, for forms.
pub fn skills(book: &koinon_books::Book) -> Vec<String> {
    let aid = book.aid();
    let of_teams = aid.teams(book.region()).flat_map(|team| team.stated.skills());
    let of_missions =
        aid.missions(book.region()).flat_map(|mission| mission.asked.asks.iter().map(|ask| &ask.skill));
    let all: BTreeSet<String> = of_teams.chain(of_missions).map(ToString::to_string).collect();
    all.into_iter().collect()
}
