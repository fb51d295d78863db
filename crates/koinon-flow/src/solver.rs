//! The door to the solver: a network in, a plan with its proof out.
//!
//! A [`Solver`] keeps its memory and its last basis, so a second problem of the same shape starts where the first one ended. The answer
//! is always exact and integral; which of several equally cheap plans comes out depends on the network and, for
//! [`Solver::resolve`], on what was solved before.

use crate::kernel::{End, Kernel};
use crate::network::{Arc, Network, UNLIMITED};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Everything is routed and no plan is cheaper.
    Optimal,
    /// Not everything can be routed; as little as possible is left, and among such plans none is cheaper.
    Infeasible {
        /// Units of surplus that cannot leave their node.
        unsent: i64,
        /// Units of shortage that cannot be met.
        unmet: i64,
    },
    /// Flow around a cycle gains without limit, so there is no cheapest plan; flows and prices are where the run stopped.
    Unbounded {
        /// Arcs of one such cycle, in order; none has a limit and their costs add up below zero.
        cycle: Vec<usize>,
    },
}

/// A plan and the prices that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// How the run ended.
    pub status: Status,
    /// Sum of cost × flow over all arcs, without any penalty for what is left.
    pub cost: i128,
    /// Units on each arc, in the network's order.
    pub flow: Vec<i64>,
    /// Units each node could not pass on: above zero a surplus, below zero a shortage; all zero when optimal.
    pub left: Vec<i64>,
    /// Price of one unit at each node: `price[to] <= price[from] + cost` on every arc with room left, with equality between the bounds.
    pub price: Vec<i64>,
    /// Simplex pivots made.
    pub pivots: u64,
}

impl Solution {
    /// Cost of one more unit on an arc as this plan sees it: cost + price of its tail − price of its head.
    pub fn reduced_cost(&self, arc: &Arc) -> Option<i128> {
        let (tail, head) = (self.price.get(arc.from)?, self.price.get(arc.to)?);
        Some(i128::from(arc.cost) + i128::from(*tail) - i128::from(*head))
    }
}

/// Solves networks one after the other in the same memory.
#[derive(Clone, Debug, Default)]
pub struct Solver {
    kernel: Kernel,
}

impl Solver {
    /// Makes a solver that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Solves from nothing: the answer depends on the network alone.
    pub fn solve(&mut self, network: &Network) -> Solution {
        self.run(network, false)
    }

    /// Solves from the last basis, for a network with changed supplies, bounds or costs.
    ///
    /// What does not fit any more is rebuilt, so every network is accepted; far from the last one it is merely slower.
    pub fn resolve(&mut self, network: &Network) -> Solution {
        self.run(network, true)
    }

    fn run(&mut self, network: &Network, warm: bool) -> Solution {
        let end = self.kernel.run(network, warm);
        let mut endless_loop = None;
        let mut flow = Vec::with_capacity(network.arcs().len());
        let mut cost = 0_i128;
        for (index, arc) in network.arcs().iter().enumerate() {
            let amount = match self.kernel.flow(index) {
                Some(above) => arc.lower.saturating_add(above),
                // Left out: without room, or a loop, which is worth filling exactly when it gains.
                None if arc.cost < 0 && arc.capacity == UNLIMITED => {
                    endless_loop.get_or_insert(index);
                    arc.lower
                }
                None if arc.cost < 0 => arc.capacity,
                None => arc.lower,
            };
            cost += i128::from(amount) * i128::from(arc.cost);
            flow.push(amount);
        }
        let left: Vec<i64> = (0..network.supplies().len()).map(|node| self.kernel.left(node)).collect();
        let unsent: i64 = left.iter().filter(|&&amount| amount > 0).sum();
        let unmet: i64 = -left.iter().filter(|&&amount| amount < 0).sum::<i64>();
        let status = match (endless_loop, end) {
            (Some(arc), _) => Status::Unbounded { cycle: vec![arc] },
            (None, End::Unbounded(cycle)) => Status::Unbounded { cycle },
            (None, End::Optimal) if unsent == 0 && unmet == 0 => Status::Optimal,
            (None, End::Optimal) => Status::Infeasible { unsent, unmet },
        };
        let price = self.kernel.prices().to_vec();
        let solution = Solution { status, cost, flow, left, price, pivots: self.kernel.pivots() };
        debug_assert_eq!(crate::verify(network, &solution), Ok(()), "the solver's answer must prove itself");
        solution
    }
}

/// Solves one network.
pub fn solve(network: &Network) -> Solution {
    Solver::new().solve(network)
}
