//! From a problem to a checked plan.

use koinon_core::Digest;
use koinon_flow::{Arc, Network, Solver};
use koinon_ledger::fact::Urgency;

use super::bound::bound;
use super::case::Case;
use super::inspect::Faults;
use super::plan::{Deployment, Figure, PlaceCover, Plan, PlanError, Price, Proof};
use super::problem::{Problem, SkillCount};
use super::state::State;
use super::{search, why, words};
use crate::problem::{DAY_MINUTES, Moment};

/// Says which team could go to which mission, and what nobody can cover; checked before anybody sees it.
///
/// Where there are few plans, each is looked at and the best is given; else the plan is searched for. Both come with figures that no plan
/// can pass. Equal problems give equal plans, whatever the order of their lists.
pub fn plan(problem: &Problem) -> Result<Plan, PlanError> {
    found(problem, search::exhaust)
}

/// The same by search alone, even where there are few plans: it tells how good the search is.
pub fn plan_by_search(problem: &Problem) -> Result<Plan, PlanError> {
    found(problem, |_| None)
}

fn found(problem: &Problem, exhaust: impl Fn(&Case) -> Option<State<'_>>) -> Result<Plan, PlanError> {
    let faults = problem.faults();
    if !faults.is_empty() {
        return Err(Faults(faults).into());
    }
    let problem = problem.clone().canonical();
    let case = Case::new(&problem);
    let (state, proof) = match exhaust(&case) {
        Some(state) => (state, Proof::Complete),
        None => (search::search(&case), Proof::Searched),
    };
    let plan = assemble(&problem, &state, proof);
    let violations = super::check(&problem, &plan);
    match violations.first() {
        None => Ok(plan),
        Some(first) => Err(PlanError::Refused(first.to_string())),
    }
}

/// The moment that is so many minutes from the first minute of today.
pub(super) fn moment(problem: &Problem, minutes: i64) -> Moment {
    let day = i32::try_from(minutes.div_euclid(DAY_MINUTES)).unwrap_or(i32::MAX);
    let minute = u16::try_from(minutes.rem_euclid(DAY_MINUTES)).unwrap_or(0);
    Moment { day: problem.now.day.plus(day), minute }
}

/// Puts what was found into words of the problem.
fn assemble(problem: &Problem, state: &State<'_>, proof: Proof) -> Plan {
    let mut order: Vec<usize> = (0..problem.missions.len()).collect();
    order.sort_by_key(|at| problem.missions.get(*at).map(|m| (m.urgency, m.start, m.code.clone())));
    let mut plan = Plan {
        deployments: Vec::new(),
        open: Vec::new(),
        places: places(problem, state),
        lives: Figure::default(),
        all: Figure::default(),
        proof,
        inputs: problem.digest(),
        digest: Digest([0; 32]),
    };
    for mission in order {
        serve(problem, state, mission, &mut plan);
    }
    let lives: Vec<bool> = problem.missions.iter().map(|m| m.urgency == Urgency::MustHave).collect();
    plan.lives = figure(problem, state, &lives);
    plan.all = figure(problem, state, &vec![true; lives.len()]);
    plan.digest = words::plan_digest(&plan);
    plan
}

/// Adds the deployments of a mission, and what it leaves open.
fn serve(problem: &Problem, state: &State<'_>, mission: usize, plan: &mut Plan) {
    let Some(one) = problem.missions.get(mission) else { return };
    let mut covered = vec![0_i64; one.asks.len()];
    for (team, serves) in serving(state, mission) {
        let (Some(code), Some(trip)) = (
            problem.teams.get(team).map(|team| &team.code),
            state.case.teams.get(team).and_then(|team| team.trips.get(&mission)),
        ) else {
            continue;
        };
        covered.iter_mut().zip(&serves).for_each(|(sum, people)| *sum += people);
        let named = one.asks.iter().zip(serves).filter(|(_, people)| *people > 0);
        plan.deployments.push(Deployment {
            mission: one.code.clone(),
            team: code.clone(),
            serves: named.map(|(ask, people)| SkillCount { skill: ask.skill.clone(), people }).collect(),
            leaves: moment(problem, trip.away.0),
            returns: moment(problem, trip.away.1),
            way_minutes: trip.way,
            duty_minutes: trip.duty,
            next_best: why::next_best(problem, state, team, mission),
        });
    }
    for (ask, covered) in one.asks.iter().zip(covered) {
        if covered < ask.people {
            plan.open.push(why::open(problem, state, (mission, one), ask, ask.people - covered));
        }
    }
}

/// How many people of each team do what on a mission: as many as can, by a flow from people to skills.
fn serving(state: &State<'_>, mission: usize) -> Vec<(usize, Vec<i64>)> {
    let Some(one) = state.case.missions.get(mission) else { return Vec::new() };
    let skills = one.asks.len();
    // Nodes: the skills, the sink, then each group of people.
    let (mut supplies, mut arcs, mut owners) = (vec![0_i64; skills + 1], Vec::new(), Vec::new());
    arcs.extend(one.asks.iter().enumerate().map(|(at, asked)| Arc::new(at, skills, *asked, -1)));
    for team in state.attending(mission) {
        let trip = state.case.teams.get(team).and_then(|one| one.trips.get(&mission));
        for (mask, people) in trip.into_iter().flat_map(|trip| &trip.people) {
            let node = supplies.len();
            supplies.push(*people);
            arcs.push(Arc::new(node, skills, *people, 0));
            owners.push((team, skills));
            for at in (0..skills).filter(|at| mask & (1 << at) != 0) {
                arcs.push(Arc::new(node, at, *people, 0));
                owners.push((team, at));
            }
        }
    }
    let total: i64 = supplies.iter().sum();
    if let Some(sink) = supplies.get_mut(skills) {
        *sink = -total;
    }
    let mut serving: Vec<(usize, Vec<i64>)> =
        state.attending(mission).map(|team| (team, vec![0; skills])).collect();
    // Teams and asks are within the limits of a network, see `inspect`.
    let Ok(network) = Network::new(supplies, arcs) else { return serving };
    let solution = Solver::new().solve(&network);
    for ((team, at), people) in owners.iter().zip(solution.flow.iter().skip(skills)) {
        let list = serving.iter_mut().find(|(other, _)| other == team);
        if let Some(slot) = list.and_then(|(_, list)| list.get_mut(*at)) {
            *slot += people;
        }
    }
    serving
}

fn places(problem: &Problem, state: &State<'_>) -> Vec<PlaceCover> {
    let mut places: std::collections::BTreeMap<_, (i64, i64)> = std::collections::BTreeMap::new();
    for (at, mission) in problem.missions.iter().enumerate() {
        let (asked, covered) = places.entry(&mission.place).or_default();
        *asked += mission.people();
        *covered += state.covered(at);
    }
    let cover = |(place, (asked, covered)): (&koinon_core::PlaceCode, _)| PlaceCover {
        place: place.clone(),
        asked,
        covered,
    };
    places.into_iter().map(cover).collect()
}

/// What is asked, covered and possible at most on some missions.
fn figure(problem: &Problem, state: &State<'_>, counts: &[bool]) -> Figure {
    let bound = bound(state.case, counts);
    let counted = || problem.missions.iter().enumerate().zip(counts).filter(|(_, counts)| **counts);
    let prices = counted().zip(bound.prices.iter().zip(counts).filter(|(_, counts)| **counts)).flat_map(
        |(((_, mission), _), (prices, _))| {
            mission.asks.iter().zip(prices).map(|(ask, price)| Price {
                mission: mission.code.clone(),
                skill: ask.skill.clone(),
                price: *price,
            })
        },
    );
    Figure {
        asked: counted().map(|((_, mission), _)| mission.people()).sum(),
        covered: counted().map(|((at, _), _)| state.covered(at)).sum(),
        bound: bound.people,
        prices: prices.filter(|price| price.price > 0).collect(),
    }
}
