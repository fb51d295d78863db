//! What a problem says of trips, hours and crews, read anew for the check.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{MissionCode, PlaceCode, SkillCode};

use super::super::problem::{Mission, Problem, SkillCount, Team, TeamCode};
use super::Rule;
use crate::problem::{DAY_MINUTES, Moment};

/// The problem, to be looked up.
pub(super) struct Facts<'a> {
    pub(super) problem: &'a Problem,
    teams: BTreeMap<&'a TeamCode, &'a Team>,
    missions: BTreeMap<&'a MissionCode, &'a Mission>,
    ways: BTreeMap<(&'a PlaceCode, &'a PlaceCode), i64>,
    keeps: BTreeMap<(&'a PlaceCode, &'a SkillCode), i64>,
    at_home: BTreeMap<&'a PlaceCode, Vec<&'a Team>>,
}

/// A way there, the work, the way back.
pub(super) struct TripFacts {
    pub(super) leaves: i64,
    pub(super) returns: i64,
    pub(super) way: i64,
    pub(super) duty: i64,
    /// Beginning and end of each stretch of duty.
    stretches: Vec<(i64, i64)>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        let mut at_home: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for team in &problem.teams {
            at_home.entry(&team.code.home).or_default().push(team);
        }
        Self {
            problem,
            teams: problem.teams.iter().map(|team| (&team.code, team)).collect(),
            missions: problem.missions.iter().map(|mission| (&mission.code, mission)).collect(),
            ways: problem.ways.iter().map(|way| ((&way.depot, &way.place), way.minutes)).collect(),
            keeps: problem.floors.iter().map(|floor| ((&floor.place, &floor.skill), floor.keep)).collect(),
            at_home,
        }
    }

    pub(super) fn team(&self, code: &TeamCode) -> Option<&'a Team> {
        self.teams.get(code).copied()
    }

    pub(super) fn mission(&self, code: &MissionCode) -> Option<&'a Mission> {
        self.missions.get(code).copied()
    }

    /// Minutes from the first minute of the day of planning.
    pub(super) fn minute(&self, moment: Moment) -> i64 {
        i64::from(moment.day.0 - self.problem.now.day.0) * DAY_MINUTES + i64::from(moment.minute)
    }

    fn way(&self, from: &PlaceCode, to: &PlaceCode) -> Option<i64> {
        if from == to { Some(0) } else { self.ways.get(&(from, to)).copied() }
    }

    pub(super) fn trip(&self, team: &Team, mission: &Mission) -> Option<TripFacts> {
        let there = self.way(&team.code.home, &mission.place)?;
        let back = self.way(&mission.place, &team.code.home)?;
        let (begins, ends) = (self.minute(mission.start), self.minute(mission.end));
        let mut stretches = Vec::new();
        for day in 0..mission.days {
            let later = i64::from(day) * DAY_MINUTES;
            let before = if day == 0 { there } else { 0 };
            let after = if day + 1 == mission.days { back } else { 0 };
            stretches.push((begins + later - before, ends + later + after));
        }
        let work = (ends - begins) * i64::from(mission.days);
        let last_day = i64::from(mission.days.saturating_sub(1)) * DAY_MINUTES;
        Some(TripFacts {
            leaves: begins - there,
            returns: ends + last_day + back,
            way: there + back,
            duty: work + there + back,
            stretches,
        })
    }

    /// What speaks against a team on a mission, whatever else it does: its word, its notice, its means.
    pub(super) fn against(&self, team: &Team, mission: &Mission) -> Option<&'static str> {
        let word = &team.word;
        if !word.willing {
            return Some("it did not agree to go");
        }
        if team.self_sufficient_hours < mission.self_sufficient_hours {
            return Some("it cannot live there for so long");
        }
        let trip = self.trip(team, mission)?;
        let first_minute = |day: koinon_core::Day| i64::from(day.0 - self.problem.now.day.0) * DAY_MINUTES;
        let too_early = word.first.is_some_and(|first| first_minute(first) > trip.leaves);
        let too_late = word.last.is_some_and(|last| first_minute(last.plus(1)) < trip.returns);
        if too_early || too_late {
            return Some("it did not agree to these days");
        }
        let longest =
            self.way(&team.code.home, &mission.place).max(self.way(&mission.place, &team.code.home));
        if word.way_minutes_max.is_some_and(|most| longest > Some(most)) {
            return Some("it did not agree to go so far");
        }
        let earliest = i64::from(self.problem.now.minute) + team.notice_minutes;
        (trip.leaves < earliest).then_some("it cannot leave so soon")
    }

    /// Which rule on hours some missions of a team break together.
    pub(super) fn hours(&self, team: &Team, missions: &[&Mission]) -> Option<Rule> {
        let rules = &self.problem.rules;
        let trips: Vec<TripFacts> = missions.iter().filter_map(|mission| self.trip(team, mission)).collect();
        let mut stretches: Vec<(i64, i64)> = trips.iter().flat_map(|trip| trip.stretches.clone()).collect();
        if let Some(last) = team.last_duty {
            let until = self.minute(last.until);
            let from = last.from.map(|from| self.minute(from));
            stretches.push((from.unwrap_or(until - rules.duty_minutes_max), until));
        }
        stretches.sort_unstable();
        let mut rested_from = i64::MIN;
        for (begins, ends) in &stretches {
            if *begins < rested_from {
                return Some(Rule::Rest);
            }
            rested_from = ends + rules.rest_minutes;
        }
        // Minutes of duty before a moment; their growth over 24 hours changes its course only where duty begins or ends.
        let before = |moment: i64| -> i64 {
            stretches.iter().map(|(begins, ends)| moment.clamp(*begins, *ends) - begins).sum()
        };
        let turns = stretches.iter().flat_map(|(begins, ends)| [*begins, *ends]);
        let mut windows = turns.flat_map(|turn| [turn, turn - DAY_MINUTES]);
        if windows.any(|from| before(from + DAY_MINUTES) - before(from) > rules.duty_minutes_max) {
            return Some(Rule::DutyHours);
        }
        let planned: i64 = trips.iter().map(|trip| trip.duty).sum();
        (team.past_duty_minutes + planned > rules.rotation_minutes_max).then_some(Rule::Rotation)
    }

    /// Homes and skills of which too few stay, when these teams go to these missions. Where nobody leaves, nothing is said.
    pub(super) fn short_of(&self, away: &[(&'a Team, &'a Mission)]) -> BTreeSet<(PlaceCode, SkillCode)> {
        let spans: Vec<(&Team, i64, i64)> = away
            .iter()
            .filter_map(|(team, mission)| {
                let trip = self.trip(team, mission)?;
                Some((*team, trip.leaves, trip.returns))
            })
            .collect();
        let mut short = BTreeSet::new();
        for (leaving, moment, _) in &spans {
            let home = self.at_home.get(&leaving.code.home).map_or(&[][..], Vec::as_slice);
            let gone = |team: &Team| {
                let goes = spans
                    .iter()
                    .any(|(other, from, until)| other.code == team.code && (from..until).contains(&moment));
                let last = team.last_duty.map(|last| {
                    let until = self.minute(last.until);
                    let from = last.from.map(|from| self.minute(from));
                    (from.unwrap_or(until - self.problem.rules.duty_minutes_max), until)
                });
                goes || last.is_some_and(|(from, until)| (from..until).contains(moment))
            };
            let skills: BTreeSet<&SkillCode> =
                leaving.components.iter().flat_map(|one| &one.skills).collect();
            for skill in skills {
                let stay: i64 = home.iter().filter(|team| !gone(team)).map(|team| having(team, skill)).sum();
                let keep = self.keeps.get(&(&leaving.code.home, skill)).copied();
                if stay < keep.unwrap_or(self.problem.rules.keep) {
                    short.insert((leaving.code.home.clone(), skill.clone()));
                }
            }
        }
        short
    }
}

/// Whether the people of a team can do all of this at once (Hall's condition, over every set of the skills).
pub(super) fn able(team: &Team, serves: &[SkillCount]) -> bool {
    let skills: BTreeSet<&SkillCode> = serves.iter().map(|count| &count.skill).collect();
    if skills.len() != serves.len() || serves.len() > 16 {
        return false;
    }
    (0..1_u32 << serves.len()).all(|set| {
        let chosen: Vec<&SkillCount> =
            serves.iter().zip(0..).filter(|(_, at)| set >> at & 1 == 1).map(|(one, _)| one).collect();
        let wanted: i64 = chosen.iter().map(|one| one.people).sum();
        let able = team
            .components
            .iter()
            .filter(|component| chosen.iter().any(|one| component.skills.contains(&one.skill)));
        wanted <= able.map(|component| component.people).sum()
    })
}

/// People of a team who have a skill.
pub(super) fn having(team: &Team, skill: &SkillCode) -> i64 {
    team.components.iter().filter(|one| one.skills.contains(skill)).map(|one| one.people).sum()
}
