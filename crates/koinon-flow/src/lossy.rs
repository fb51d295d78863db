//! Flows that lose a part on the way: wires, pipes and stores, several goals one after the other.
//!
//! This is the generalised network flow problem (Ahuja, Magnanti and Orlin 1993, chapter 15) with gains of at most one: what an arc takes at
//! its tail arrives at its head less the loss. Every node may have a way out of the network, so a flow always exists. [`solve`] looks for the
//! flow that is best by the first goal, among those by the second, and so on: after each goal the arcs whose reduced cost is not zero
//! stay where they are, which leaves just the flows that are best so far.
//!
//! It is the one part of the room that computes with floating point, by additions, multiplications and divisions alone, which IEEE 754
//! rounds alike on every machine; there is no other way to exact answers of bounded size. Its flows are therefore for rounding by the
//! caller, and what it claims is a list of whole prices, from which anybody computes a bound in whole numbers ([`LossyNetwork::bound`]).

mod basis;
mod goals;

use crate::network::NetworkError;

/// One whole, in parts per million.
pub const PPM: i64 = 1_000_000;
/// The finest part of a unit of cost in which prices are told.
pub const SCALE_MAX: i64 = 1 << 20;
/// The largest number in which a price is told.
pub const PRICE_MAX: i64 = 1 << 60;
/// The largest capacity and supply, in units.
pub const UNITS_MAX: i64 = 1 << 50;
/// The largest cost of a goal.
pub const COST_MAX: i64 = 1 << 16;
/// The largest factor that [`Proof::factors`] holds.
pub const FACTOR_MAX: i64 = 1 << 40;

/// What a start may lack at a node, in millionths of a unit.
const START_MILLIONTHS: i128 = 1_000;

/// An arc that loses a part of what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossyArc {
    /// The node where flow enters.
    pub from: usize,
    /// The node where it arrives; `None` is out of the network.
    pub to: Option<usize>,
    /// The most that enters, in units, 0 to 2^50.
    pub capacity: i64,
    /// How much of it arrives, in parts per million, 1 to 1,000,000.
    pub gain_ppm: i64,
}

/// A checked problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LossyNetwork {
    supplies: Vec<i128>,
    arcs: Vec<LossyArc>,
    goals: Vec<Vec<i64>>,
    start: Vec<usize>,
}

/// Why a problem is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LossyError {
    /// As for networks without losses.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// A capacity, gain or cost out of range.
    #[error("arc {arc} has a {what} of {found}: use {least} to {most}")]
    Range {
        /// Index of the arc.
        arc: usize,
        /// What is out of range.
        what: &'static str,
        /// The number found.
        found: i64,
        /// The least allowed.
        least: i64,
        /// The most allowed.
        most: i64,
    },
    /// A goal that does not say a cost for each arc.
    #[error("goal {goal} has {found} costs for {arcs} arcs")]
    Costs {
        /// Index of the goal.
        goal: usize,
        /// Costs found.
        found: usize,
        /// Number of arcs.
        arcs: usize,
    },
    /// The arcs to start from do not lead every supply out of the network within their capacities.
    #[error(
        "the start does not lead what node {node} has out of the network: name one leaving arc of each node, without circles"
    )]
    Start {
        /// The node.
        node: usize,
    },
}

/// A flow, what it is best by, and the proofs.
#[derive(Clone, Debug, PartialEq)]
pub struct LossyFlow {
    /// What enters each arc, in units: close to an exact flow, and to be rounded by the caller.
    pub flow: Vec<f64>,
    /// For each goal, what proves how good the flow is.
    pub proofs: Vec<Proof>,
    /// Whether the search ended before its work was used up.
    pub complete: bool,
    /// Steps of the search.
    pub pivots: u64,
    /// Arcs looked at and nodes changed.
    pub work: u64,
}

/// Prices that bound one goal among the flows that are as good by the goals before it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Proof {
    /// For each earlier goal, the factor with which it is added to this one.
    pub factors: Vec<i64>,
    /// How many of a price's parts are a unit of cost: a power of two up to 2^20.
    pub scale: i64,
    /// The price of a unit at each node, in such parts.
    pub prices: Vec<i64>,
}

impl LossyNetwork {
    /// Checks and takes a problem.
    ///
    /// `supplies` are in millionths of a unit, one for each node, below zero where something must be kept up; `goals` hold one cost for each
    /// arc, to be made small, the first goal first; `start` names for each node an arc that leaves it: these arcs must lead everything out of
    /// the network within their capacities.
    pub fn new(
        supplies: Vec<i128>,
        arcs: Vec<LossyArc>,
        goals: Vec<Vec<i64>>,
        start: Vec<usize>,
    ) -> Result<Self, LossyError> {
        let nodes = supplies.len();
        for (what, found) in [("nodes", nodes), ("arcs", arcs.len())] {
            if found > crate::network::MAX_COUNT {
                return Err(NetworkError::TooLarge { what, found }.into());
            }
        }
        for (index, arc) in arcs.iter().enumerate() {
            let ends = [Some(arc.from), arc.to];
            if let Some(node) = ends.into_iter().flatten().find(|node| *node >= nodes) {
                return Err(NetworkError::UnknownNode { arc: index, node, nodes }.into());
            }
            range(index, "capacity", arc.capacity, 0, UNITS_MAX)?;
            range(index, "gain", arc.gain_ppm, 1, PPM)?;
        }
        for (goal, costs) in goals.iter().enumerate() {
            if costs.len() != arcs.len() {
                return Err(LossyError::Costs { goal, found: costs.len(), arcs: arcs.len() });
            }
            for (index, cost) in costs.iter().enumerate() {
                range(index, "cost", *cost, -COST_MAX, COST_MAX)?;
            }
        }
        let network = Self { supplies, arcs, goals, start };
        network.check_start()?;
        Ok(network)
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.supplies.len()
    }

    /// All arcs, in the order given.
    pub fn arcs(&self) -> &[LossyArc] {
        &self.arcs
    }

    /// What no flow can be below by a goal, among those that are not above `reached` by the goals before it: in units of cost, rounded up.
    ///
    /// By weak duality: for any prices y, a flow costs at least the supplies at their prices and, for each arc, its capacity times its
    /// reduced cost where that is below zero. Flows whose costs are whole are thus not below it. `None` where prices or factors do not fit the problem, or numbers grow beyond 127 bits.
    pub fn bound(&self, goal: usize, proof: &Proof, reached: &[i128]) -> Option<i128> {
        let costs = self.goals.get(goal)?;
        let earlier = self.goals.get(..goal)?;
        if proof.prices.len() != self.nodes()
            || proof.factors.len() != goal
            || reached.len() < goal
            || proof.scale < 1
        {
            return None;
        }
        let unit = i128::from(PPM) * i128::from(proof.scale);
        let mut total = 0_i128;
        for (supply, price) in self.supplies.iter().zip(&proof.prices) {
            total = total.checked_add(supply.checked_mul(i128::from(*price))?)?;
        }
        for (index, arc) in self.arcs.iter().enumerate() {
            let mut cost = i128::from(*costs.get(index)?);
            for (factor, costs) in proof.factors.iter().zip(earlier) {
                cost += i128::from(*factor) * i128::from(*costs.get(index)?);
            }
            let tail = i128::from(*proof.prices.get(arc.from)?) * i128::from(PPM);
            let head = arc.to.map_or(Some(0), |to| proof.prices.get(to).copied())?;
            let reduced = cost * unit - tail + i128::from(head) * i128::from(arc.gain_ppm);
            total = total.checked_add(reduced.min(0).checked_mul(i128::from(arc.capacity))?)?;
        }
        for (factor, value) in proof.factors.iter().zip(reached) {
            total = total.checked_sub(value.checked_mul(i128::from(*factor) * unit)?)?;
        }
        Some(-(-total).div_euclid(unit))
    }

    /// Follows the start arcs from every node: they must end outside, and carry what they are given.
    fn check_start(&self) -> Result<(), LossyError> {
        let nodes = self.nodes();
        let fail = |node| Err(LossyError::Start { node });
        if self.start.len() != nodes {
            return fail(self.start.len().min(nodes));
        }
        let mut behind = vec![0_usize; nodes];
        let mut next = Vec::with_capacity(nodes);
        for (node, arc) in self.start.iter().enumerate() {
            let Some(arc) = self.arcs.get(*arc).filter(|arc| arc.from == node) else { return fail(node) };
            if let Some(count) = arc.to.and_then(|to| behind.get_mut(to)) {
                *count += 1;
            }
            next.push(*arc);
        }
        let mut has = self.supplies.clone();
        let mut ready: Vec<usize> = (0..nodes).filter(|node| behind.get(*node) == Some(&0)).collect();
        let mut seen = 0;
        while let Some(node) = ready.pop() {
            seen += 1;
            let (Some(arc), Some(amount)) = (next.get(node), has.get(node).copied()) else {
                return fail(node);
            };
            // What rounding to millionths takes on a long way may be missing.
            if amount < -START_MILLIONTHS || amount > i128::from(arc.capacity) * i128::from(PPM) {
                return fail(node);
            }
            let Some(to) = arc.to else { continue };
            // In whole millionths, rounded down: a start that holds so holds exactly.
            if let (Some(has), Some(behind)) = (has.get_mut(to), behind.get_mut(to)) {
                *has += amount * i128::from(arc.gain_ppm) / i128::from(PPM);
                *behind -= 1;
                if *behind == 0 {
                    ready.push(to);
                }
            }
        }
        if seen == nodes { Ok(()) } else { fail(behind.iter().position(|count| *count > 0).unwrap_or(0)) }
    }
}

fn range(arc: usize, what: &'static str, found: i64, least: i64, most: i64) -> Result<(), LossyError> {
    if (least..=most).contains(&found) {
        Ok(())
    } else {
        Err(LossyError::Range { arc, what, found, least, most })
    }
}

/// Finds the best flow by all goals, with at most so much work (arcs looked at and nodes changed).
pub fn solve(network: &LossyNetwork, work_max: u64) -> LossyFlow {
    goals::solve(network, work_max)
}
