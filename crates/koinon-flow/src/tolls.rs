//! A network that stays solved while the use of some arcs grows dearer and cheaper.
//!
//! Where many networks share what their arcs stand for, such as the load of a vehicle, a toll on each arc asks every one of them to use less
//! of it. Tolls change costs only, so the plan that stands stays feasible and a few pivots make it the cheapest again
//! (Ahuja, Magnanti and Orlin 1993, section 16.4 on what tolls prove). All tolls may change at once and in every round; where one number
//! changes now and then, [`crate::Standing`] touches less.

use thiserror::Error;

use crate::kernel::{End, Kernel};
use crate::network::{MAX_PATH_COST, Network};

/// Why a network cannot carry tolls.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TollError {
    /// Costs with the highest toll could overflow prices.
    #[error(
        "costs up to {cost} and tolls up to {ceiling} in a network of {nodes} nodes are too large: keep (nodes + 1) x both together below 2^61"
    )]
    TooDear {
        /// The largest |cost|.
        cost: i64,
        /// The highest toll.
        ceiling: i64,
        /// Number of nodes.
        nodes: usize,
    },
    /// The network has something that tolls do not go with.
    #[error("arc {arc} {what}: tolls need a network without it")]
    Unfit {
        /// Index of the arc.
        arc: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Not everything can be routed, so there is no plan that tolls could change.
    #[error("not all of the supply can be routed")]
    Infeasible,
}

/// A solved network with tolls of 0 to a ceiling on its arcs.
#[derive(Clone, Debug)]
pub struct Tolled {
    kernel: Kernel,
    ceiling: i64,
    costs: Vec<i64>,
}

impl Tolled {
    /// Solves a network without tolls, with head room for tolls up to a ceiling.
    ///
    /// # Errors
    /// [`TollError`] when costs and tolls are too large together, when an arc has a lower bound, ends where it begins or gains without
    /// limit, or when not everything can be routed.
    pub fn new(network: &Network, ceiling: i64) -> Result<Self, TollError> {
        let (nodes, cost) = (network.supplies().len(), network.facts().max_cost);
        let path =
            (i128::from(cost) + i128::from(ceiling)) * (i128::try_from(nodes).unwrap_or(MAX_PATH_COST) + 1);
        if ceiling < 0 || path >= MAX_PATH_COST {
            return Err(TollError::TooDear { cost, ceiling, nodes });
        }
        for (arc, given) in network.arcs().iter().enumerate() {
            let what = given.unsteady().or((given.lower != 0).then_some("has a lower bound"));
            if let Some(what) = what {
                return Err(TollError::Unfit { arc, what });
            }
        }
        let mut kernel = Kernel::default();
        let end = kernel.run_with_rise(network, ceiling);
        let routed = (0..nodes).all(|node| kernel.left(node) == 0);
        if end != End::Optimal || !routed {
            return Err(TollError::Infeasible);
        }
        kernel.forget_basis();
        Ok(Self { kernel, ceiling, costs: network.arcs().iter().map(|arc| arc.cost).collect() })
    }

    /// Sets the toll of an arc, kept between 0 and the ceiling; it counts from the next [`Tolled::solve`] on. An arc that there is not is
    /// passed over.
    pub fn toll(&mut self, arc: usize, toll: i64) {
        if let Some(cost) = self.costs.get(arc) {
            self.kernel.recost(arc, cost.saturating_add(toll.clamp(0, self.ceiling)));
        }
    }

    /// Makes the plan the cheapest under the tolls that stand; gives its cost, tolls included.
    ///
    /// Of several equally cheap plans, which one stands depends on the tolls before.
    pub fn solve(&mut self) -> i128 {
        // No arc gains without limit, so there is a cheapest plan.
        let end = self.kernel.again();
        debug_assert_eq!(end, End::Optimal, "tolls make nothing cheaper");
        self.kernel.cost()
    }

    /// Sum of cost × flow under the tolls of the last run.
    pub fn cost(&self) -> i128 {
        self.kernel.cost()
    }

    /// Units on an arc; 0 where it can carry nothing or there is none.
    pub fn flow(&self, arc: usize) -> i64 {
        if arc < self.costs.len() { self.kernel.flow(arc).unwrap_or(0) } else { 0 }
    }

    /// Simplex pivots of the last run.
    pub fn pivots(&self) -> u64 {
        self.kernel.pivots()
    }
}
