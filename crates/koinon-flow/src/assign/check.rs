//! Proof of a plan without trust in the search.
//!
//! The check knows only the problem as the caller sees it and the numbers of the [`Answer`]: who takes what, loads against capacities,
//! the stated cost, and that the stated bound does not contradict the plan. It shares no code with the search. Sums are formed in 128
//! bits. That the bound holds for *every* plan follows from its prices, which the check does not see.

use super::problem::{Goal, Offer, Problem};
use super::{Answer, Status};
use std::collections::BTreeMap;
use thiserror::Error;

/// The first thing that is wrong with a plan.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CheckError {
    /// The plan lists other jobs than the problem, or in another order.
    #[error("place {place} of the plan is not the problem's job there: list every job once, by id")]
    Jobs {
        /// Position in the plan, from 0.
        place: usize,
    },
    /// A pair without an offer.
    #[error("agent {agent} has no offer for job {job}")]
    NoOffer {
        /// Id of the agent.
        agent: u64,
        /// Id of the job.
        job: u64,
    },
    /// More load than capacity.
    #[error("agent {agent} carries {load}, more than its capacity {capacity}")]
    Overload {
        /// Id of the agent.
        agent: u64,
        /// Load found.
        load: i128,
        /// Its capacity.
        capacity: i64,
    },
    /// The stated cost is not the sum of the costs.
    #[error("the cost is stated as {stated}, the plan costs {found}")]
    Cost {
        /// Cost stated.
        stated: i64,
        /// Cost found.
        found: i128,
    },
    /// The status does not follow from the plan.
    #[error("the status does not agree with {left_over} jobs left over and the bound {bound} at cost {cost}")]
    Status {
        /// Jobs that must be taken and are not.
        left_over: usize,
        /// Bound stated.
        bound: i64,
        /// Cost stated.
        cost: i64,
    },
}

/// Checks that an answer is a plan of the problem and what it says of itself.
pub fn check(problem: &Problem, answer: &Answer) -> Result<(), CheckError> {
    let offers: BTreeMap<(u64, u64), Offer> =
        problem.offers().map(|offer| ((offer.agent, offer.job), offer)).collect();
    let mut loads: BTreeMap<u64, i128> = BTreeMap::new();
    let (mut found, mut left_over) = (0_i128, 0_usize);
    for place in 0..answer.placed.len().max(problem.jobs().len()) {
        let (Some(job), Some(placed)) = (problem.jobs().get(place), answer.placed.get(place)) else {
            return Err(CheckError::Jobs { place });
        };
        if job.id != placed.job {
            return Err(CheckError::Jobs { place });
        }
        match (placed.agent, job.open) {
            (Some(agent), _) => {
                let offer = offers.get(&(agent, job.id)).ok_or(CheckError::NoOffer { agent, job: job.id })?;
                *loads.entry(agent).or_default() += i128::from(offer.load);
                found += i128::from(offer.cost);
            }
            (None, Some(open)) => found += i128::from(open),
            (None, None) => left_over += 1,
        }
    }
    for agent in problem.agents() {
        let load = loads.get(&agent.id).copied().unwrap_or(0);
        if load > i128::from(agent.capacity) {
            return Err(CheckError::Overload { agent: agent.id, load, capacity: agent.capacity });
        }
    }
    if found != i128::from(answer.cost) {
        return Err(CheckError::Cost { stated: answer.cost, found });
    }
    let (cost, bound) = (answer.cost, answer.bound);
    let room = match problem.goal() {
        Goal::Least => i128::from(cost) - i128::from(bound),
        Goal::Most => i128::from(bound) - i128::from(cost),
    };
    let agrees = match answer.status {
        Status::Optimal => left_over == 0 && room == 0,
        Status::Feasible => left_over == 0 && room > 0,
        Status::Partial => left_over > 0,
    };
    if agrees { Ok(()) } else { Err(CheckError::Status { left_over, bound, cost }) }
}
