//! Proof of a plan without trust in the search.
//!
//! The check knows only the problem as the caller sees it and the numbers of the [`Answer`]: conservation of every commodity at every
//! node, capacity of every arc, which arcs are open, the stated cost, and that the stated bound does not contradict the plan. It shares
//! no code with the search. Sums are formed in 128 bits.

use super::problem::Problem;
use super::{Answer, Status};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// The first thing that is wrong with a plan.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CheckError {
    /// An arc or commodity that the problem does not have.
    #[error("the plan names {what} {id}, which the problem does not have")]
    Unknown {
        /// "arc" or "commodity".
        what: &'static str,
        /// The id.
        id: u64,
    },
    /// An amount of nothing or less.
    #[error("commodity {commodity} has {amount} units on arc {arc}: list only what is above 0")]
    Amount {
        /// Id of the arc.
        arc: u64,
        /// Id of the commodity.
        commodity: u64,
        /// The amount found.
        amount: i64,
    },
    /// A node at which a commodity does not add up.
    #[error("commodity {commodity} is out of balance by {excess} at node {node}")]
    Conservation {
        /// Id of the commodity.
        commodity: u64,
        /// The node.
        node: usize,
        /// What begins and arrives, less what leaves and ends.
        excess: i128,
    },
    /// More units than capacity.
    #[error("arc {arc} carries {load}, more than its capacity {capacity}")]
    Overload {
        /// Id of the arc.
        arc: u64,
        /// Units found.
        load: i128,
        /// Its capacity.
        capacity: i64,
    },
    /// The list of opened arcs is not the list of arcs that carry something.
    #[error("the arcs stated as opened are not those that carry something")]
    Opened,
    /// The stated cost is not the sum of the costs.
    #[error("the cost is stated as {stated}, the plan costs {found}")]
    Cost {
        /// Cost stated.
        stated: i64,
        /// Cost found.
        found: i128,
    },
    /// The status does not follow from the plan.
    #[error("the status does not agree with {left} units left and the bound {bound} at cost {cost}")]
    Status {
        /// Units left.
        left: i128,
        /// Bound stated.
        bound: i64,
        /// Cost stated.
        cost: i64,
    },
}

/// Checks that an answer is a plan of the problem and what it says of itself.
pub fn check(problem: &Problem, answer: &Answer) -> Result<(), CheckError> {
    let links: BTreeMap<u64, _> = problem.links().iter().map(|link| (link.id, link)).collect();
    let mut excess: BTreeMap<(u64, usize), i128> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for one in problem.commodities() {
        known.insert(one.id);
        *excess.entry((one.id, one.from)).or_default() += i128::from(one.amount);
        *excess.entry((one.id, one.to)).or_default() -= i128::from(one.amount);
    }
    let ends: BTreeMap<u64, _> =
        problem.commodities().iter().map(|one| (one.id, (one.from, one.to))).collect();
    for &(commodity, stays) in &answer.left {
        let Some(&(from, to)) = ends.get(&commodity) else {
            return Err(CheckError::Unknown { what: "commodity", id: commodity });
        };
        *excess.entry((commodity, from)).or_default() -= i128::from(stays);
        *excess.entry((commodity, to)).or_default() += i128::from(stays);
    }
    let mut loads: BTreeMap<u64, i128> = BTreeMap::new();
    let mut found = 0_i128;
    for carried in &answer.carried {
        let link = links.get(&carried.arc).ok_or(CheckError::Unknown { what: "arc", id: carried.arc })?;
        if !known.contains(&carried.commodity) {
            return Err(CheckError::Unknown { what: "commodity", id: carried.commodity });
        }
        if carried.amount <= 0 {
            let (arc, commodity, amount) = (carried.arc, carried.commodity, carried.amount);
            return Err(CheckError::Amount { arc, commodity, amount });
        }
        let amount = i128::from(carried.amount);
        *excess.entry((carried.commodity, link.from)).or_default() -= amount;
        *excess.entry((carried.commodity, link.to)).or_default() += amount;
        *loads.entry(carried.arc).or_default() += amount;
        found += amount * i128::from(link.cost);
    }
    if let Some((&(commodity, node), &excess)) = excess.iter().find(|(_, excess)| **excess != 0) {
        return Err(CheckError::Conservation { commodity, node, excess });
    }
    for (&arc, &load) in &loads {
        let link = links.get(&arc).ok_or(CheckError::Unknown { what: "arc", id: arc })?;
        if load > i128::from(link.capacity) {
            return Err(CheckError::Overload { arc, load, capacity: link.capacity });
        }
        found += i128::from(link.fixed);
    }
    if !loads.keys().eq(&answer.opened) {
        return Err(CheckError::Opened);
    }
    if found != i128::from(answer.cost) {
        return Err(CheckError::Cost { stated: answer.cost, found });
    }
    let left: i128 = answer.left.iter().map(|part| i128::from(part.1)).sum();
    let (cost, bound) = (answer.cost, answer.bound);
    let sound = answer.left.iter().all(|part| part.1 > 0);
    let agrees = match answer.status {
        Status::Optimal => left == 0 && cost == bound,
        Status::Feasible => left == 0 && cost > bound,
        Status::Partial => left > 0,
    };
    if sound && agrees { Ok(()) } else { Err(CheckError::Status { left, bound, cost }) }
}
