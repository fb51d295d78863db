//! Every plan of a small problem, one after the other: whether one of them is better than what a plan says.

use std::collections::BTreeMap;

use koinon_core::PlaceCode;
use koinon_ledger::fact::Urgency;

use super::super::problem::{Mission, Team, TeamCode};
use super::facts::Facts;

/// So many plans are looked at; a plan that claims more did not look at each.
const PLANS_MAX: usize = 20_000;

/// Worth of a plan, level by level, greater is better: people that lives depend on; each place's part as a fraction, worst first; needed;
/// useful; duty squared and minutes of way, both below zero.
type Worth = (i64, Vec<Fraction>, i64, i64, i128, i64);

#[derive(Debug, Clone, Copy)]
struct Fraction(i64, i64);

impl PartialEq for Fraction {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Fraction {}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (i128::from(self.0) * i128::from(other.1)).cmp(&(i128::from(other.0) * i128::from(self.1)))
    }
}

/// Whether some plan is better than these tours; `None` where there are too many to look at.
pub(super) fn better<'a>(facts: &Facts<'a>, said: &[(&TeamCode, Vec<&'a Mission>)]) -> Option<bool> {
    let mut plans = 1_usize;
    let mut choices = Vec::new();
    for team in &facts.problem.teams {
        let tours = tours(facts, team)?;
        plans = plans.checked_mul(tours.len()).filter(|plans| *plans <= PLANS_MAX)?;
        choices.push((team, tours));
    }
    let said: Vec<(&Team, Vec<&Mission>)> =
        said.iter().filter_map(|(code, missions)| Some((facts.team(code)?, missions.clone()))).collect();
    let worth_of_said = worth(facts, &said);
    let is_better = (0..plans).any(|number| {
        let mut rest = number;
        let mut plan = Vec::new();
        for (team, tours) in &choices {
            plan.extend(tours.get(rest % tours.len()).map(|tour| (*team, tour.clone())));
            rest /= tours.len();
        }
        worth(facts, &plan) > worth_of_said && crews_stay(facts, &plan)
    });
    Some(is_better)
}

fn crews_stay<'a>(facts: &Facts<'a>, plan: &[(&'a Team, Vec<&'a Mission>)]) -> bool {
    let away: Vec<_> =
        plan.iter().flat_map(|(team, tour)| tour.iter().map(move |mission| (*team, *mission))).collect();
    facts.short_of(&away).is_empty()
}

/// All tours of a team that break no rule by themselves.
fn tours<'a>(facts: &Facts<'a>, team: &'a Team) -> Option<Vec<Vec<&'a Mission>>> {
    let mut tours: Vec<Vec<&Mission>> = vec![Vec::new()];
    for mission in &facts.problem.missions {
        let has = |skill| team.components.iter().any(|one| one.skills.contains(skill));
        let may = mission.asks.iter().any(|ask| has(&ask.skill))
            && facts.trip(team, mission).is_some()
            && facts.against(team, mission).is_none()
            && facts.short_of(&[(team, mission)]).is_empty();
        if !may {
            continue;
        }
        for at in 0..tours.len() {
            let mut longer = tours.get(at).cloned().unwrap_or_default();
            longer.push(mission);
            if facts.hours(team, &longer).is_none() {
                tours.push(longer);
            }
        }
        if tours.len() > PLANS_MAX {
            return None;
        }
    }
    Some(tours)
}

fn worth(facts: &Facts<'_>, plan: &[(&Team, Vec<&Mission>)]) -> Worth {
    let mut by_urgency: BTreeMap<Urgency, i64> = BTreeMap::new();
    let mut places: BTreeMap<&PlaceCode, Fraction> = BTreeMap::new();
    for mission in &facts.problem.missions {
        let there = plan.iter().filter(|(_, tour)| tour.iter().any(|one| one.code == mission.code));
        let teams: Vec<&Team> = there.map(|(team, _)| *team).collect();
        let covered = covered(mission, &teams);
        *by_urgency.entry(mission.urgency).or_default() += covered;
        let place = places.entry(&mission.place).or_insert(Fraction(0, 0));
        place.0 += covered;
        place.1 += mission.people();
    }
    let mut parts: Vec<Fraction> = places.into_values().collect();
    parts.sort();
    let mut duty: BTreeMap<&TeamCode, i64> =
        facts.problem.teams.iter().map(|team| (&team.code, team.past_duty_minutes)).collect();
    let mut way = 0;
    for (team, tour) in plan {
        for trip in tour.iter().filter_map(|mission| facts.trip(team, mission)) {
            *duty.entry(&team.code).or_default() += trip.duty;
            way += trip.way;
        }
    }
    let squares: i128 = duty.values().map(|minutes| i128::from(*minutes).pow(2)).sum();
    let of = |urgency| by_urgency.get(&urgency).copied().unwrap_or(0);
    (of(Urgency::MustHave), parts, of(Urgency::Needed), of(Urgency::Useful), -squares, -way)
}

/// How many of those asked for come, each person doing one thing: people are moved from skill to skill until no more fit.
fn covered(mission: &Mission, teams: &[&Team]) -> i64 {
    let groups: Vec<(i64, Vec<usize>)> = teams
        .iter()
        .flat_map(|team| &team.components)
        .map(|one| {
            let able = mission.asks.iter().enumerate().filter(|(_, ask)| one.skills.contains(&ask.skill));
            (one.people, able.map(|(at, _)| at).collect())
        })
        .collect();
    let mut doing: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    let mut room: Vec<i64> = mission.asks.iter().map(|ask| ask.people).collect();
    let mut total = 0;
    for (group, (people, _)) in groups.iter().enumerate() {
        let mut left = *people;
        while left > 0 {
            let settled = settle((group, left), &groups, &mut doing, &mut room, &mut Vec::new());
            if settled == 0 {
                break;
            }
            left -= settled;
            total += settled;
        }
    }
    total
}

/// Finds something to do for people of a group, moving others where needed; says for how many it did.
fn settle(
    (group, most): (usize, i64),
    groups: &[(i64, Vec<usize>)],
    doing: &mut BTreeMap<(usize, usize), i64>,
    room: &mut [i64],
    seen: &mut Vec<usize>,
) -> i64 {
    let Some((_, able)) = groups.get(group) else { return 0 };
    for skill in able {
        if seen.contains(skill) {
            continue;
        }
        seen.push(*skill);
        if let Some(left) = room.get_mut(*skill).filter(|left| **left > 0) {
            let settled = most.min(*left);
            *left -= settled;
            *doing.entry((group, *skill)).or_default() += settled;
            return settled;
        }
        let there = doing.iter().filter(|((_, at), people)| at == skill && **people > 0);
        let there: Vec<(usize, i64)> = there.map(|((other, _), people)| (*other, *people)).collect();
        for (other, people) in there {
            let settled = settle((other, most.min(people)), groups, doing, room, seen);
            if settled > 0 {
                *doing.entry((other, *skill)).or_default() -= settled;
                *doing.entry((group, *skill)).or_default() += settled;
                return settled;
            }
        }
    }
    0
}
