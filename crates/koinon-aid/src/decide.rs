//! From a command to facts, questions or a refusal. Pure: reads the book and the region, writes nothing.
//!
//! Every decision takes a [`Permit`], which only `koinon_authority::authorize` can make. What was never agreed is refused: a promise
//! without the team's word, its rest, its hours, or past the crew kept at home. What happened is kept even if it should not
//! have: a team that left early is asked about, and written down.

mod promising;

use koinon_authority::{Action, Permit, Resource};
use koinon_core::region::Region;
use koinon_core::{CommunityCode, EntryId, PlaceCode, Timestamp};

use crate::aid::Aid;
use crate::command::{Act, Command, Outcome, Question, Refusal};
use crate::fact::{
    AidFact, CrewKept, DAYS_MAX, MissionAsked, MissionClosed, PEOPLE_MAX, Reason, TeamBack, TeamDeclined,
    TeamLeft, TeamPromised, TeamStated, TeamTaken, TeamWithdrawn,
};
use crate::hours;
use crate::promise::{Promise, Stage};
use crate::service;

/// How far ahead of now an act may be said to have happened before it is asked about.
const FUTURE_MS: i64 = 10 * 60 * 1_000;
/// How far from what was agreed a team may leave or come back before it is asked about.
const OTHER_MS: i64 = Timestamp::DAY_MS;

/// What a decision looks at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The book.
    pub aid: &'a Aid,
    /// The region as adopted here.
    pub region: &'a Region,
    /// The community whose book is written.
    pub own: &'a CommunityCode,
    /// Now.
    pub now: Timestamp,
    /// Minutes from place to place; `None` where no way leads.
    pub way: &'a dyn Fn(&PlaceCode, &PlaceCode) -> Option<i64>,
}

/// The facts and questions that a decision gathers.
#[derive(Default)]
struct Draft {
    facts: Vec<AidFact>,
    questions: Vec<Question>,
}

impl Draft {
    fn fact(&mut self, fact: impl Into<AidFact>) {
        self.facts.push(fact.into());
    }

    fn ask(&mut self, question: Question) {
        self.questions.push(question);
    }
}

/// What an act needs permission for.
pub const fn action_of(act: &Act) -> Action {
    match act {
        Act::StateTeam(_) | Act::KeepCrew { .. } => Action::KeepTeams,
        Act::AskMission(_) | Act::CloseMission { .. } | Act::Take { .. } | Act::Decline { .. } => {
            Action::AskMission
        }
        Act::Promise { .. } | Act::Withdraw { .. } => Action::PromiseTeam,
        Act::Leave { .. } | Act::ComeBack { .. } => Action::SendTeam,
        Act::Service(act) => match act {
            service::Act::Offer(_) => Action::KeepTeams,
            service::Act::Ask(_)
            | service::Act::CloseAsk { .. }
            | service::Act::Take { .. }
            | service::Act::Decline { .. } => Action::AskMission,
            service::Act::Promise { .. } | service::Act::Withdraw { .. } => Action::PromiseTeam,
            service::Act::Done { .. } => Action::SendTeam,
        },
    }
}

/// What an act touches, for `authorize`: the community, and where it is known the place.
pub fn resource_of(context: &Context<'_>, act: &Act) -> Resource {
    let whole = Resource::community(context.own.clone());
    let home = |promise: &EntryId| {
        let trip = context.aid.promise(context.own, *promise)?.promised()?;
        context.aid.team(context.own, &trip.team)
    };
    let place = match act {
        Act::StateTeam(team) => Some(&team.home),
        Act::KeepCrew { place, .. } => Some(place),
        Act::AskMission(mission) => Some(&mission.place),
        Act::Promise { team, .. } => context.aid.team(context.own, team).map(|team| &team.home),
        Act::Withdraw { promise, .. } | Act::Leave { promise } | Act::ComeBack { promise } => {
            home(promise).map(|team| &team.home)
        }
        Act::Service(act) => service::place_of(context, act),
        Act::CloseMission { .. } | Act::Take { .. } | Act::Decline { .. } => None,
    };
    match place {
        Some(place) => whole.at_place(place.clone()),
        None => whole,
    }
}

/// Decides a command.
///
/// # Errors
/// A [`Refusal`] that names place, value and remedy. Nothing is recorded then.
pub fn decide(context: &Context<'_>, command: &Command, permit: &Permit) -> Result<Outcome, Refusal> {
    if !permit.covers(action_of(&command.what), &resource_of(context, &command.what)) {
        return Err(Refusal::WrongPermit);
    }
    let mut draft = Draft::default();
    if command.occurred > context.now.plus_millis(FUTURE_MS) {
        draft.ask(Question::InFuture { occurred: command.occurred });
    }
    match &command.what {
        Act::StateTeam(team) => draft.state_team(context, team)?,
        Act::KeepCrew { place, skill, keep } => {
            context.ours(place)?;
            if let Some(found) = keep.filter(|keep| *keep > PEOPLE_MAX) {
                return Err(Refusal::CrewRange(found));
            }
            draft.fact(CrewKept { place: place.clone(), skill: skill.clone(), keep: *keep });
        }
        Act::AskMission(mission) => draft.ask_mission(context, mission)?,
        Act::CloseMission { mission, reason } => {
            fits(*reason, &Reason::CLOSING)?;
            let nowhere = || Refusal::NoSuchMission(context.own.clone(), mission.clone());
            context.aid.mission(context.own, mission).ok_or_else(nowhere)?;
            draft.fact(MissionClosed { mission: mission.clone(), reason: *reason });
        }
        Act::Promise { team, asker, mission, suggestion } => {
            let promise = promising::Promising { id: command.act, team, mission: (asker, mission) };
            let (trip, questions) = promise.decide(context, *suggestion)?;
            draft.questions.extend(questions);
            draft.fact(trip);
        }
        Act::Take { home, promise } => {
            let (_, stage) = context.answerable(home, *promise)?;
            match stage {
                Stage::Promised | Stage::Declined(_) => {}
                other => return Err(Refusal::WrongStage(other)),
            }
            draft.fact(TeamTaken { home: home.clone(), promise: *promise });
        }
        Act::Decline { home, promise, reason } => {
            fits(*reason, &Reason::DECLINING)?;
            let (_, stage) = context.answerable(home, *promise)?;
            match stage {
                Stage::Promised | Stage::Taken => {}
                other => return Err(Refusal::WrongStage(other)),
            }
            draft.fact(TeamDeclined { home: home.clone(), promise: *promise, reason: *reason });
        }
        Act::Withdraw { promise, reason } => {
            fits(*reason, &Reason::WITHDRAWING)?;
            let (_, _, stage) = context.ours_promised(*promise)?;
            match stage {
                Stage::Promised | Stage::Taken => {}
                other => return Err(Refusal::WrongStage(other)),
            }
            draft.fact(TeamWithdrawn { promise: *promise, reason: *reason });
        }
        Act::Leave { promise } => draft.leave(context, *promise, command.occurred)?,
        Act::ComeBack { promise } => draft.come_back(context, *promise, command.occurred)?,
        Act::Service(act) => {
            let of_services = service::decide(context, command, act)?;
            draft.facts.extend(of_services.facts);
            draft.questions.extend(of_services.questions.into_iter().map(Question::Service));
        }
    }
    Ok(if draft.questions.is_empty() || command.confirmed {
        Outcome::Facts(draft.facts)
    } else {
        Outcome::Ask(draft.questions)
    })
}

fn fits(reason: Reason, among: &[Reason]) -> Result<(), Refusal> {
    if among.contains(&reason) { Ok(()) } else { Err(Refusal::WrongReason(reason)) }
}

impl Draft {
    fn state_team(&mut self, context: &Context<'_>, team: &TeamStated) -> Result<(), Refusal> {
        context.ours(&team.home)?;
        team.check()?;
        if team.closed || !team.word.willing {
            let standing = context.aid.standing(context.own, &team.team, context.now);
            let missions = standing.filter_map(|(_, promise, _)| promise.promised());
            missions.for_each(|trip| self.ask(Question::PromiseStands { mission: trip.mission.clone() }));
        }
        self.fact(team.clone());
        Ok(())
    }

    fn ask_mission(&mut self, context: &Context<'_>, mission: &MissionAsked) -> Result<(), Refusal> {
        context.ours(&mission.place)?;
        mission.check()?;
        let (zone, now) = (context.region.zone(), context.now);
        let latest = now.plus_days(i64::from(DAYS_MAX));
        if mission.over() <= now || mission.over() > latest {
            let (found, first, last) = (mission.over().day(&zone), now.day(&zone), latest.day(&zone));
            return Err(Refusal::NotSoon { found, first, last });
        }
        if mission.start < now {
            self.ask(Question::BegunAlready { start: mission.start });
        }
        self.fact(mission.clone());
        Ok(())
    }

    fn leave(&mut self, context: &Context<'_>, id: EntryId, at: Timestamp) -> Result<(), Refusal> {
        let (promise, trip, stage) = context.ours_promised(id)?;
        match stage {
            Stage::Taken => {}
            Stage::Promised => self.ask(Question::NotTakenYet),
            other => return Err(Refusal::WrongStage(other)),
        }
        let team = context.aid.team(context.own, &trip.team);
        if team.is_none_or(|team| team.closed || !team.word.willing) {
            return Err(Refusal::NotWilling(trip.team.clone()));
        }
        let own = promise.duties();
        let others = context.aid.duties(context.own, &trip.team, context.now);
        let before = others
            .iter()
            .filter(|span| !own.contains(span) && span.1 <= hours::minute(at))
            .map(|span| span.1);
        if let Some(minutes) = before.max().map(|until| hours::minute(at) - until)
            && minutes < hours::REST_MINUTES
        {
            self.ask(Question::LittleRest { minutes });
        }
        self.far_from(trip.leaves, at);
        self.fact(TeamLeft { promise: id, at });
        Ok(())
    }

    fn come_back(&mut self, context: &Context<'_>, id: EntryId, at: Timestamp) -> Result<(), Refusal> {
        let (promise, trip, stage) = context.ours_promised(id)?;
        let left = promise.left().filter(|_| stage == Stage::Away).ok_or(Refusal::WrongStage(stage))?;
        if at < left {
            return Err(Refusal::BackBeforeLeft { left, back: at });
        }
        self.far_from(trip.home_again, at);
        self.fact(TeamBack { promise: id, at });
        Ok(())
    }

    fn far_from(&mut self, planned: Timestamp, at: Timestamp) {
        if at.as_millis().abs_diff(planned.as_millis()) > OTHER_MS.unsigned_abs() {
            self.ask(Question::OtherDay { planned });
        }
    }
}

impl<'a> Context<'a> {
    /// A place that this community keeps, its own or a hub.
    pub(crate) fn ours(&self, place: &PlaceCode) -> Result<(), Refusal> {
        let is_ours = self.region.keeper_of(place).as_ref() == Some(self.own);
        if is_ours { Ok(()) } else { Err(Refusal::NotOurPlace(place.clone())) }
    }

    /// A promise of this community.
    fn ours_promised(&self, id: EntryId) -> Result<(&'a Promise, &'a TeamPromised, Stage), Refusal> {
        let promise = self.aid.promise(self.own, id).ok_or(Refusal::NoSuchPromise(id))?;
        let trip = promise.promised().ok_or(Refusal::NoSuchPromise(id))?;
        Ok((promise, trip, self.aid.stage(promise, self.now)))
    }

    /// A promise to a mission of this community.
    fn answerable(&self, home: &CommunityCode, id: EntryId) -> Result<(&'a TeamPromised, Stage), Refusal> {
        let promise = self.aid.promise(home, id).ok_or(Refusal::NoSuchPromise(id))?;
        let trip = promise.promised().ok_or(Refusal::NoSuchPromise(id))?;
        if trip.asker != *self.own {
            return Err(Refusal::NotOurs(trip.asker.clone()));
        }
        Ok((trip, self.aid.stage(promise, self.now)))
    }
}
