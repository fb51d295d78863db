//! From the words of a command about teams and missions to the book's own act; about care and work see [`super::services`].

use koinon_aid::fact::{Component, MissionAsked, SkillCount, TeamStated, Word};
use koinon_aid::{Act, Reason};
use koinon_core::{Timestamp, Urgency};

use super::reader::Reader;
use super::words::{Ask, AskedBody, ComponentBody};

impl Ask {
    /// Whether it is about teams or missions, see [`Ask::read_of_teams`].
    pub(super) const fn is_of_teams(&self) -> bool {
        matches!(
            self,
            Self::StateTeam { .. }
                | Self::KeepCrew { .. }
                | Self::AskMission { .. }
                | Self::CloseMission { .. }
                | Self::PromiseTeam { .. }
                | Self::TakeTeam { .. }
                | Self::DeclineTeam { .. }
                | Self::WithdrawTeam { .. }
                | Self::TeamLeft { .. }
                | Self::TeamBack { .. }
                | Self::OfferService { .. }
                | Self::AskService { .. }
                | Self::CloseService { .. }
                | Self::PromiseService { .. }
                | Self::TakeService { .. }
                | Self::DeclineService { .. }
                | Self::WithdrawService { .. }
                | Self::ServiceDone { .. }
        )
    }

    /// The book's own act, or nothing where the reader has noted a fault.
    pub(super) fn read_of_teams(&self, r: &mut Reader) -> Option<Act> {
        match self {
            Self::StateTeam { .. } => state_team(self, r),
            Self::AskMission { .. } => ask_mission(self, r),
            Self::KeepCrew { place, skill, keep } => {
                let (place, skill) = (r.text("what.place", place), r.text("what.skill", skill));
                Some(Act::KeepCrew { place: place?, skill: skill?, keep: *keep })
            }
            Self::CloseMission { mission, reason: why } => {
                let (mission, reason) = (r.text("what.mission", mission), reason(r, why));
                Some(Act::CloseMission { mission: mission?, reason: reason? })
            }
            Self::PromiseTeam { team, asker, mission, suggestion } => {
                let (team, asker) = (r.text("what.team", team), r.text("what.asker", asker));
                let mission = r.text("what.mission", mission);
                let suggestion = r.maybe("what.suggestion", suggestion.as_ref());
                Some(Act::Promise { team: team?, asker: asker?, mission: mission?, suggestion: suggestion? })
            }
            Self::TakeTeam { home, promise } => {
                let (home, promise) = (r.text("what.home", home), r.text("what.promise", promise));
                Some(Act::Take { home: home?, promise: promise? })
            }
            Self::DeclineTeam { home, promise, reason: why } => {
                let (home, promise) = (r.text("what.home", home), r.text("what.promise", promise));
                let reason = reason(r, why);
                Some(Act::Decline { home: home?, promise: promise?, reason: reason? })
            }
            Self::WithdrawTeam { promise, reason: why } => {
                let (promise, reason) = (r.text("what.promise", promise), reason(r, why));
                Some(Act::Withdraw { promise: promise?, reason: reason? })
            }
            Self::TeamLeft { promise } => Some(Act::Leave { promise: r.text("what.promise", promise)? }),
            Self::TeamBack { promise } => Some(Act::ComeBack { promise: r.text("what.promise", promise)? }),
            _ => self.read_of_services(r).map(Act::Service),
        }
    }
}

pub(super) fn reason(r: &mut Reader, code: &str) -> Option<Reason> {
    let choices: Vec<_> = Reason::ALL.iter().map(|reason| (reason.code(), *reason)).collect();
    r.choice("what.reason", code, &choices)
}

fn state_team(ask: &Ask, r: &mut Reader) -> Option<Act> {
    let Ask::StateTeam {
        team,
        place,
        components: who,
        willing,
        from,
        until,
        way_minutes_max,
        notice_minutes,
        self_sufficient_hours,
        closed,
    } = ask
    else {
        return None;
    };
    let (team, home) = (r.text("what.team", team), r.text("what.place", place));
    let components = components(r, who);
    let first = r.maybe_day("what.from", from.as_ref());
    let last = r.maybe_day("what.until", until.as_ref());
    let word = Word { willing: *willing, first: first?, last: last?, way_minutes_max: *way_minutes_max };
    Some(Act::StateTeam(TeamStated {
        team: team?,
        home: home?,
        components,
        word,
        notice_minutes: *notice_minutes,
        self_sufficient_hours: *self_sufficient_hours,
        closed: *closed,
    }))
}

fn components(r: &mut Reader, who: &[ComponentBody]) -> Vec<Component> {
    let mut read = Vec::new();
    for (at, one) in who.iter().enumerate() {
        let place = format!("what.components.{at}.skills");
        let skills: Vec<_> = one.skills.iter().filter_map(|skill| r.text(&place, skill)).collect();
        read.push(Component { skills, people: one.people });
    }
    read
}

fn ask_mission(ask: &Ask, r: &mut Reader) -> Option<Act> {
    let Ask::AskMission { mission, place, urgency, start, end, days, asks, self_sufficient_hours } = ask
    else {
        return None;
    };
    let (mission, place) = (r.text("what.mission", mission), r.text("what.place", place));
    let choices = Urgency::ALL.map(|urgency| (urgency.code(), urgency));
    let urgency = r.choice("what.urgency", urgency, &choices);
    let time = |r: &mut Reader, at: &str, text: &str| {
        r.keep(at, Timestamp::parse_rfc3339(text).ok_or("write it as 2026-03-01T09:45:00Z"))
    };
    let (start, end) = (time(r, "what.start", start), time(r, "what.end", end));
    let asks = asked(r, asks);
    Some(Act::AskMission(MissionAsked {
        mission: mission?,
        place: place?,
        urgency: urgency?,
        start: start?,
        end: end?,
        days: days.unwrap_or(1),
        asks,
        self_sufficient_hours: *self_sufficient_hours,
    }))
}

fn asked(r: &mut Reader, asks: &[AskedBody]) -> Vec<SkillCount> {
    let mut read = Vec::new();
    for (at, ask) in asks.iter().enumerate() {
        let skill = r.text(&format!("what.asks.{at}.skill"), &ask.skill);
        read.extend(skill.map(|skill| SkillCount { skill, people: ask.people }));
    }
    read
}
