//! The case that needs no search: every agent takes all its jobs at one load.
//!
//! Then capacity is a number of jobs, the problem is a transport problem, and the network simplex answers it exactly: one-to-one
//! assignment, equal shifts, seats.

use super::problem::{Agent, Problem};
use super::table::{Choice, Plan, Table};
use crate::network::{Arc, Network};
use crate::solver::solve;

/// How many jobs each agent can take, when that is all that limits it.
pub(crate) fn places(problem: &Problem) -> Option<Vec<i64>> {
    let mut loads: Vec<Option<i64>> = vec![None; problem.agents().len()];
    for way in problem.ways().iter().flatten() {
        let load = loads.get_mut(way.agent)?;
        if *load.get_or_insert(way.load) != way.load {
            return None;
        }
    }
    let jobs = i64::try_from(problem.jobs().len()).ok()?;
    let places = |(agent, load): (&Agent, Option<i64>)| match load {
        Some(load) if load > 0 => (agent.capacity / load).min(jobs),
        _ => jobs,
    };
    Some(problem.agents().iter().zip(loads).map(places).collect())
}

/// The best plan, given how many jobs each agent can take; `None` when the network would be too large.
pub(crate) fn transport(problem: &Problem, table: &Table, places: &[i64]) -> Option<Plan> {
    let (jobs, agents) = (problem.jobs().len(), places.len());
    // Nodes: jobs, agents, the sink.
    let sink = jobs + agents;
    let mut supplies = vec![1; jobs];
    supplies.resize(sink, 0);
    supplies.push(-i64::try_from(jobs).ok()?);
    let mut arcs = Vec::new();
    let mut meaning: Vec<(usize, Choice)> = Vec::new();
    for (job, list) in table.choices.iter().enumerate() {
        for &choice in list {
            let to = if choice.agent == agents { sink } else { jobs + choice.agent };
            arcs.push(Arc::new(job, to, 1, choice.cost));
            meaning.push((job, choice));
        }
    }
    for (agent, &places) in places.iter().enumerate() {
        arcs.push(Arc::new(jobs + agent, sink, places, 0));
    }
    let solution = solve(&Network::new(supplies, arcs).ok()?);
    let mut plan = Plan::first(table);
    for (&flow, &(job, choice)) in solution.flow.iter().zip(&meaning) {
        if flow > 0 {
            plan.assign(job, choice);
        }
    }
    debug_assert_eq!(i128::from(plan.cost), solution.cost, "the plan is the flow");
    Some(plan)
}
