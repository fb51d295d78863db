//! Why a place stays open, team by team; and who could go instead of a team that goes.

use std::collections::BTreeSet;

use koinon_core::MissionCode;

use super::plan::{Bar, Open, Reason};
use super::problem::{Ask, Mission, Problem, TeamCode};
use super::state::{State, with};

/// What a mission lacks of a skill, and what keeps each team away that has it.
pub(super) fn open(
    problem: &Problem,
    state: &State<'_>,
    (at, mission): (usize, &Mission),
    ask: &Ask,
    people: i64,
) -> Open {
    let able = problem.teams.iter().enumerate().filter(|(number, team)| {
        team.components.iter().any(|one| one.skills.contains(&ask.skill))
            && !state.tour(*number).contains(&at)
    });
    let reasons = able.filter_map(|(number, team)| {
        Some(Reason { team: team.code.clone(), bar: bar(problem, state, number, at)? })
    });
    Open { reasons: reasons.collect(), mission: mission.code.clone(), skill: ask.skill.clone(), people }
}

/// What keeps a team from a mission beside the plan.
fn bar(problem: &Problem, state: &State<'_>, team: usize, mission: usize) -> Option<Bar> {
    let one = state.case.teams.get(team)?;
    if let Some(bar) = one.bars.get(&mission) {
        return Some(bar.clone());
    }
    let trip = one.trips.get(&mission)?;
    let tour = state.tour(team);
    if state.case.tour_hours(team, &with(tour, mission)).is_some() {
        let clashing: BTreeSet<usize> = tour
            .iter()
            .copied()
            .filter(|other| state.case.tour_hours(team, &with(&[*other], mission)).is_some())
            .collect();
        let clashing = if clashing.is_empty() { tour.iter().copied().collect() } else { clashing };
        return Some(Bar::Busy(codes(problem, &clashing)));
    }
    let away = state.crew_away(team, trip.away)?;
    Some(if away.is_empty() { Bar::CrewFloor } else { Bar::CrewAway(codes(problem, &away)) })
}

fn codes(problem: &Problem, missions: &BTreeSet<usize>) -> Vec<MissionCode> {
    missions.iter().filter_map(|at| problem.missions.get(*at)).map(|one| one.code.clone()).collect()
}

/// Who could take a team's place on a mission beside the plan, with the least way; and how many minutes more that is.
pub(super) fn next_best(
    problem: &Problem,
    state: &State<'_>,
    team: usize,
    mission: usize,
) -> Option<(TeamCode, i64)> {
    let way =
        |at: usize| state.case.teams.get(at).and_then(|one| one.trips.get(&mission)).map(|trip| trip.way);
    let covered = state.covered(mission);
    let mut without = state.clone();
    without.remove(team, mission);
    let others = (0..problem.teams.len()).filter(|other| *other != team);
    let able = others
        .filter(|other| without.can_add(*other, mission) && without.people(mission, Some(*other)) >= covered);
    let (minutes, best) = able.filter_map(|other| Some((way(other)?, other))).min()?;
    Some((problem.teams.get(best)?.code.clone(), minutes - way(team)?))
}
