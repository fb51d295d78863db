//! Proof of an answer without trust in the solver.
//!
//! The check knows only the network and the numbers of the [`Solution`]. By linear-programming duality a plan that keeps its bounds
//! and balances, with prices that satisfy complementary slackness, is cheapest; nothing of how it was found matters. Sums are formed in
//! 128 bits.

use crate::network::{Network, UNLIMITED};
use crate::solver::{Solution, Status};
use thiserror::Error;

/// The first thing that is wrong with an answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VerifyError {
    /// A list has another length than the network.
    #[error("the solution's {list} has {found} entries, the network needs {expected}")]
    Length {
        /// "flow", "left" or "price".
        list: &'static str,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// A flow outside the bounds of its arc.
    #[error("arc {arc} carries {flow}, outside {lower} to {capacity}")]
    Bounds {
        /// Index of the arc.
        arc: usize,
        /// Flow found.
        flow: i64,
        /// Lower bound.
        lower: i64,
        /// Capacity.
        capacity: i64,
    },
    /// A node at which supply, flow and what is left do not add up.
    #[error("node {node} is out of balance by {excess}")]
    Conservation {
        /// Index of the node.
        node: usize,
        /// Supply + inflow − outflow − left.
        excess: i128,
    },
    /// The stated cost is not the sum of cost × flow.
    #[error("the cost is stated as {stated}, the flows cost {found}")]
    Cost {
        /// Cost stated.
        stated: i128,
        /// Cost found.
        found: i128,
    },
    /// An arc that would improve the plan.
    #[error("arc {arc} carries {flow} at reduced cost {reduced}: the plan can be improved")]
    Slackness {
        /// Index of the arc.
        arc: usize,
        /// Its flow.
        flow: i64,
        /// Its reduced cost.
        reduced: i128,
    },
    /// Surplus or shortage that could be routed, or be left at a cheaper place.
    #[error("node {node} leaves {left} at price {price}: the plan can leave less, or leave it at less cost")]
    Left {
        /// Index of the node.
        node: usize,
        /// Units left.
        left: i64,
        /// Price of the node.
        price: i64,
    },
    /// The status does not follow from what is left.
    #[error("the status does not agree with {unsent} unsent and {unmet} unmet")]
    Status {
        /// Sum of surpluses found.
        unsent: i128,
        /// Sum of shortages found.
        unmet: i128,
    },
    /// The named cycle does not gain without limit.
    #[error("the named cycle is broken, has a limit or does not gain (it costs {cost})")]
    Cycle {
        /// Cost of one unit around it.
        cost: i128,
    },
}

/// Checks that a solution is what it says.
///
/// Optimal: bounds, balances, cost and complementary slackness. Infeasible: the same with what is left sent to an extra node at
/// [`Network::penalty`] for each unit. Unbounded: only that the named cycle gains without limit.
pub fn verify(network: &Network, solution: &Solution) -> Result<(), VerifyError> {
    let (nodes, arcs) = (network.supplies().len(), network.arcs().len());
    for (list, found, expected) in [
        ("flow", solution.flow.len(), arcs),
        ("left", solution.left.len(), nodes),
        ("price", solution.price.len(), nodes),
    ] {
        if found != expected {
            return Err(VerifyError::Length { list, found, expected });
        }
    }
    if let Status::Unbounded { cycle } = &solution.status {
        return endless(network, cycle);
    }
    balanced(network, solution)?;
    slack(network, solution)?;
    left_well(network, solution)
}

/// Checks that the arcs close a circle without limit that gains.
fn endless(network: &Network, cycle: &[usize]) -> Result<(), VerifyError> {
    let arcs: Vec<_> = cycle.iter().map_while(|&arc| network.arcs().get(arc)).collect();
    let cost = arcs.iter().map(|arc| i128::from(arc.cost)).sum();
    let joined = arcs.iter().zip(arcs.iter().cycle().skip(1)).all(|(arc, next)| arc.to == next.from);
    let free = arcs.iter().all(|arc| arc.capacity == UNLIMITED);
    if arcs.len() == cycle.len() && joined && free && cost < 0 {
        Ok(())
    } else {
        Err(VerifyError::Cycle { cost })
    }
}

/// Checks bounds, conservation at each node and the stated cost.
fn balanced(network: &Network, solution: &Solution) -> Result<(), VerifyError> {
    let mut excess: Vec<i128> = network
        .supplies()
        .iter()
        .zip(&solution.left)
        .map(|(&supply, &left)| i128::from(supply) - i128::from(left))
        .collect();
    let mut cost = 0_i128;
    for (index, (arc, &flow)) in network.arcs().iter().zip(&solution.flow).enumerate() {
        if flow < arc.lower || flow > arc.capacity {
            return Err(VerifyError::Bounds { arc: index, flow, lower: arc.lower, capacity: arc.capacity });
        }
        for (node, sign) in [(arc.from, -1), (arc.to, 1)] {
            if let Some(slot) = excess.get_mut(node) {
                *slot += sign * i128::from(flow);
            }
        }
        cost += i128::from(flow) * i128::from(arc.cost);
    }
    if let Some((node, &excess)) = excess.iter().enumerate().find(|(_, excess)| **excess != 0) {
        return Err(VerifyError::Conservation { node, excess });
    }
    if cost == solution.cost { Ok(()) } else { Err(VerifyError::Cost { stated: solution.cost, found: cost }) }
}

/// Checks that no arc with room gains and no arc with flow above its lower bound loses.
fn slack(network: &Network, solution: &Solution) -> Result<(), VerifyError> {
    for (index, (arc, &flow)) in network.arcs().iter().zip(&solution.flow).enumerate() {
        let Some(reduced) = solution.reduced_cost(arc) else { continue };
        if (flow < arc.capacity && reduced < 0) || (flow > arc.lower && reduced > 0) {
            return Err(VerifyError::Slackness { arc: index, flow, reduced });
        }
    }
    Ok(())
}

/// Checks the status, and that what is left lies where the prices say it must.
fn left_well(network: &Network, solution: &Solution) -> Result<(), VerifyError> {
    let unsent: i128 = solution.left.iter().filter(|&&left| left > 0).map(|&left| i128::from(left)).sum();
    let unmet: i128 =
        -solution.left.iter().filter(|&&left| left < 0).map(|&left| i128::from(left)).sum::<i128>();
    let agrees = match solution.status {
        Status::Optimal => unsent == 0 && unmet == 0,
        Status::Infeasible { unsent: u, unmet: m } => {
            (unsent, unmet) == (u.into(), m.into()) && unsent + unmet > 0
        }
        Status::Unbounded { .. } => false,
    };
    if !agrees {
        return Err(VerifyError::Status { unsent, unmet });
    }
    if unsent == 0 && unmet == 0 {
        return Ok(());
    }
    // The extra node has price 0: a surplus goes to it, a shortage comes from it, each unit at the penalty.
    let penalty = i128::from(network.penalty());
    for (node, (&left, &price)) in solution.left.iter().zip(&solution.price).enumerate() {
        let wide = i128::from(price);
        let allowed = match left.signum() {
            1 => wide == -penalty,
            -1 => wide == penalty,
            _ => wide.abs() <= penalty,
        };
        if !allowed {
            return Err(VerifyError::Left { node, left, price });
        }
    }
    Ok(())
}
