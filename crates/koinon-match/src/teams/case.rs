//! The problem in numbers: teams and missions by position, and for each pair the trip that it would be, or what bars it.
//!
//! A trip begins and ends at home: way there, work, way back; on missions of several days the team rests at the place. So what a trip costs
//! does not depend on what else a team does, and leaving one trip out of a tour never breaks a rule.

use std::collections::BTreeMap;

use koinon_core::{PlaceCode, SkillCode};
use koinon_ledger::fact::Urgency;

use super::plan::Bar;
use super::problem::{Mission, Problem, Team};
use crate::problem::DAY_MINUTES;

/// A stretch of time: from, until, in minutes from the first minute of today.
pub(super) type Span = (i64, i64);

/// One team on one mission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trip {
    /// From leaving home to coming back.
    pub(super) away: Span,
    /// Every stretch of duty, ways included, in order.
    pub(super) duties: Vec<Span>,
    /// Minutes of duty in all.
    pub(super) duty: i64,
    /// Minutes on the way, there and back.
    pub(super) way: i64,
    /// People by what they can do there: bit `n` is the mission's skill `n`; only those who can do something.
    pub(super) people: Vec<(usize, i64)>,
}

/// A team in numbers.
#[derive(Debug, Clone)]
pub(super) struct TeamCase {
    /// Its home by position.
    pub(super) home: usize,
    /// People of each of its skills, by the skill's position.
    pub(super) skills: BTreeMap<usize, i64>,
    /// Its last duty.
    pub(super) last_duty: Option<Span>,
    /// Minutes of duty in the past 30 days.
    pub(super) past: i64,
    /// Its trips by mission, in the order of missions; what bars it where it has none.
    pub(super) trips: BTreeMap<usize, Trip>,
    /// What bars it from missions that ask for something that it can do.
    pub(super) bars: BTreeMap<usize, Bar>,
}

/// A mission in numbers.
#[derive(Debug, Clone)]
pub(super) struct MissionCase {
    pub(super) urgency: Urgency,
    /// Its place by position, among places that missions are at.
    pub(super) place: usize,
    /// People asked for, by skill.
    pub(super) asks: Vec<i64>,
    /// The first minute of work.
    pub(super) start: i64,
}

/// The problem in numbers.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) teams: Vec<TeamCase>,
    pub(super) missions: Vec<MissionCase>,
    /// How many places missions are at.
    pub(super) places: usize,
    /// People of each home and skill that may be away at once.
    pub(super) spare: BTreeMap<(usize, usize), i64>,
    pub(super) rest: i64,
    pub(super) duty_max: i64,
    pub(super) rotation_max: i64,
}

/// The most minutes of duty within any 24 hours; stretches may come in any order and do not overlap.
///
/// Such a sum is largest when the 24 hours begin with a stretch, or end with one.
pub(super) fn most_in_a_day(duties: &[Span]) -> i64 {
    let within = |from: i64| -> i64 {
        duties.iter().map(|(a, b)| ((*b).min(from + DAY_MINUTES) - (*a).max(from)).max(0)).sum()
    };
    duties.iter().flat_map(|(a, b)| [within(*a), within(*b - DAY_MINUTES)]).max().unwrap_or(0)
}

/// Positions of words.
fn positions<'a, T: Ord>(words: impl Iterator<Item = &'a T>) -> BTreeMap<&'a T, usize> {
    let mut at: BTreeMap<&T, usize> = words.map(|word| (word, 0)).collect();
    at.values_mut().zip(0..).for_each(|(position, number)| *position = number);
    at
}

impl Case {
    /// Puts a sorted problem into numbers.
    pub(super) fn new(problem: &Problem) -> Self {
        let homes = positions(problem.teams.iter().map(|team| &team.code.home));
        let places = positions(problem.missions.iter().map(|mission| &mission.place));
        let skills = positions(
            problem.teams.iter().flat_map(|team| &team.components).flat_map(|component| &component.skills),
        );
        let at = |map: &BTreeMap<&PlaceCode, usize>, place| map.get(place).copied().unwrap_or(usize::MAX);
        let (rules, today) = (&problem.rules, problem.now.day);
        let missions = problem.missions.iter().map(|mission| MissionCase {
            urgency: mission.urgency,
            place: at(&places, &mission.place),
            asks: mission.asks.iter().map(|ask| ask.people).collect(),
            start: mission.start.minutes_from(today),
        });
        let mut case = Self {
            teams: Vec::new(),
            missions: missions.collect(),
            places: places.len(),
            spare: spare(problem, &homes, &skills),
            rest: rules.rest_minutes,
            duty_max: rules.duty_minutes_max,
            rotation_max: rules.rotation_minutes_max,
        };
        let ways: BTreeMap<(&PlaceCode, &PlaceCode), i64> =
            problem.ways.iter().map(|way| ((&way.depot, &way.place), way.minutes)).collect();
        for team in &problem.teams {
            let mut in_numbers = TeamCase {
                home: at(&homes, &team.code.home),
                skills: people_by_skill(team, &skills),
                last_duty: last_duty(team, problem),
                past: team.past_duty_minutes,
                trips: BTreeMap::new(),
                bars: BTreeMap::new(),
            };
            for (number, mission) in problem.missions.iter().enumerate() {
                match case.trip(problem, (team, &in_numbers), mission, &ways) {
                    Some(Ok(trip)) => drop(in_numbers.trips.insert(number, trip)),
                    Some(Err(bar)) => drop(in_numbers.bars.insert(number, bar)),
                    None => {}
                }
            }
            case.teams.push(in_numbers);
        }
        case
    }

    /// The trip of a team to a mission, or what bars it; `None` where it can do nothing there.
    fn trip(
        &self,
        problem: &Problem,
        (team, numbers): (&Team, &TeamCase),
        mission: &Mission,
        ways: &BTreeMap<(&PlaceCode, &PlaceCode), i64>,
    ) -> Option<Result<Trip, Bar>> {
        let people = people_by_mask(team, mission);
        if people.is_empty() {
            return None;
        }
        if !team.word.willing {
            return Some(Err(Bar::Unwilling));
        }
        let (home, place) = (&team.code.home, &mission.place);
        let way = |from, to| if from == to { Some(0) } else { ways.get(&(from, to)).copied() };
        let (Some(out), Some(back)) = (way(home, place), way(place, home)) else {
            return Some(Err(Bar::NoWay));
        };
        let today = problem.now.day;
        let (start, end) = (mission.start.minutes_from(today), mission.end.minutes_from(today));
        let mut duties: Vec<Span> = (0..i64::from(mission.days))
            .map(|day| (start + day * DAY_MINUTES, end + day * DAY_MINUTES))
            .collect();
        if let Some(first) = duties.first_mut() {
            first.0 -= out;
        }
        if let Some(last) = duties.last_mut() {
            last.1 += back;
        }
        let away = (start - out, duties.last().map_or(end, |last| last.1));
        let duty = duties.iter().map(|(a, b)| b - a).sum();
        let trip = Trip { away, duties, duty, way: out + back, people };
        let bar = self.bar(problem, (team, numbers), mission, (&trip, out.max(back)));
        Some(bar.map_or(Ok(trip), Err))
    }

    /// What bars a trip by itself.
    fn bar(
        &self,
        problem: &Problem,
        (team, numbers): (&Team, &TeamCase),
        mission: &Mission,
        (trip, longest): (&Trip, i64),
    ) -> Option<Bar> {
        let (today, word) = (problem.now.day, &team.word);
        let start_of = |day: koinon_core::Day| i64::from(day.since(today)) * DAY_MINUTES;
        if word.first.is_some_and(|first| trip.away.0 < start_of(first))
            || word.last.is_some_and(|last| trip.away.1 > start_of(last) + DAY_MINUTES)
        {
            return Some(Bar::Days);
        }
        if word.way_minutes_max.is_some_and(|most| longest > most) {
            return Some(Bar::TooFar);
        }
        if trip.away.0 < i64::from(problem.now.minute) + team.notice_minutes {
            return Some(Bar::Notice);
        }
        if team.self_sufficient_hours < mission.self_sufficient_hours {
            return Some(Bar::SelfSufficiency);
        }
        let keeps = |(skill, people): (&usize, &i64)| {
            self.spare.get(&(numbers.home, *skill)).is_some_and(|spare| people > spare)
        };
        if numbers.skills.iter().any(keeps) {
            return Some(Bar::CrewFloor);
        }
        self.hours(numbers, &[trip])
    }

    /// Which rule on hours a team would break with these trips, if any.
    pub(super) fn hours(&self, team: &TeamCase, trips: &[&Trip]) -> Option<Bar> {
        let mut duties: Vec<Span> = trips.iter().flat_map(|trip| trip.duties.iter().copied()).collect();
        let planned: i64 = trips.iter().map(|trip| trip.duty).sum();
        duties.extend(team.last_duty);
        duties.sort_unstable();
        let tired = duties.iter().zip(duties.iter().skip(1)).any(|(one, next)| next.0 - one.1 < self.rest);
        if tired {
            return Some(Bar::Rest);
        }
        if most_in_a_day(&duties) > self.duty_max {
            return Some(Bar::DutyHours);
        }
        (team.past + planned > self.rotation_max).then_some(Bar::Rotation)
    }

    /// A team's trips on a tour.
    pub(super) fn trips<'a>(&'a self, team: usize, tour: &[usize]) -> Vec<&'a Trip> {
        let Some(team) = self.teams.get(team) else { return Vec::new() };
        tour.iter().filter_map(|mission| team.trips.get(mission)).collect()
    }

    /// Which rule on hours a tour would break, if any.
    pub(super) fn tour_hours(&self, team: usize, tour: &[usize]) -> Option<Bar> {
        self.teams.get(team).and_then(|one| self.hours(one, &self.trips(team, tour)))
    }
}

/// A team's last duty in minutes; where its beginning is not known it counts as a full one.
fn last_duty(team: &Team, problem: &Problem) -> Option<Span> {
    let duty = team.last_duty?;
    let until = duty.until.minutes_from(problem.now.day);
    let from =
        duty.from.map_or(until - problem.rules.duty_minutes_max, |from| from.minutes_from(problem.now.day));
    Some((from, until))
}

/// People of a team by skill; somebody with two skills counts for both.
fn people_by_skill(team: &Team, skills: &BTreeMap<&SkillCode, usize>) -> BTreeMap<usize, i64> {
    let mut by_skill = BTreeMap::new();
    for component in &team.components {
        for at in component.skills.iter().filter_map(|skill| skills.get(skill)) {
            *by_skill.entry(*at).or_insert(0) += component.people;
        }
    }
    by_skill
}

/// People of a team by what they could do on a mission.
fn people_by_mask(team: &Team, mission: &Mission) -> Vec<(usize, i64)> {
    let mut by_mask: BTreeMap<usize, i64> = BTreeMap::new();
    for component in &team.components {
        let able = mission.asks.iter().enumerate().filter(|(_, ask)| component.skills.contains(&ask.skill));
        let mask = able.fold(0, |mask, (at, _)| mask | (1 << at));
        if mask > 0 {
            *by_mask.entry(mask).or_default() += component.people;
        }
    }
    by_mask.into_iter().collect()
}

/// How many people of each home and skill may be away at once: all whom it has, less those whom it keeps.
fn spare(
    problem: &Problem,
    homes: &BTreeMap<&PlaceCode, usize>,
    skills: &BTreeMap<&SkillCode, usize>,
) -> BTreeMap<(usize, usize), i64> {
    let mut spare: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    for team in &problem.teams {
        let Some(home) = homes.get(&team.code.home) else { continue };
        for (skill, people) in people_by_skill(team, skills) {
            *spare.entry((*home, skill)).or_insert(-problem.rules.keep) += people;
        }
    }
    for floor in &problem.floors {
        if let (Some(home), Some(skill)) = (homes.get(&floor.place), skills.get(&floor.skill))
            && let Some(people) = spare.get_mut(&(*home, *skill))
        {
            *people += problem.rules.keep - floor.keep;
        }
    }
    spare
}
