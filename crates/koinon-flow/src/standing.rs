//! A network that stays solved while anything in it changes.
//!
//! A stock is counted again, a need is met, a departure is cancelled: one number of many. [`Standing`] finds the next optimum from the one
//! that stands and touches only what the change touches; [`crate::Solver::resolve`] reads the whole network again. Which of several equally
//! cheap plans stands depends on the changes before, so what is published as a plan is solved from nothing by [`crate::solve`].

use thiserror::Error;

use crate::kernel::Mender;
use crate::network::{Arc, Balance, Change, MAX_PATH_COST, Network, NetworkError, UNLIMITED};
use crate::solver::{Solution, Status};

/// Supplies, demands and capacities that are no [`UNLIMITED`] stay below this together (2^60).
pub const MAX_STANDING_VOLUME: i128 = 1 << 60;

/// Why a network cannot stand, or a change is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StandingError {
    /// What any network is refused for.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// An arc that a standing network does not take.
    #[error("arc {arc} {what}: solve such a network from nothing")]
    Unfit {
        /// Index of the arc.
        arc: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Supplies and capacities of which the sum is too large ([`MAX_STANDING_VOLUME`]).
    #[error(
        "supplies, demands and limited capacities add up to {total}: keep them below 2^60, use a larger unit"
    )]
    TooMuch {
        /// The sum found.
        total: i128,
    },
}

/// A solved network that takes changes one by one.
///
/// ```
/// use koinon_flow::{Arc, Change, Network, Standing};
/// let arcs = vec![Arc::new(0, 2, 9, 2), Arc::new(1, 2, 9, 5)];
/// let mut standing = Standing::new(Network::new(vec![4, 3, -7], arcs)?)?;
/// assert_eq!(standing.cost(), 23);
/// standing.update(&[Change::Supply { node: 0, supply: 6 }, Change::Supply { node: 2, supply: -9 }])?;
/// assert_eq!((standing.cost(), standing.flow(0)), (27, 6));
/// # Ok::<(), koinon_flow::StandingError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Standing {
    /// What stands; the facts derived from it are those of the last solve from nothing, so it is not given out.
    network: Network,
    mender: Mender,
    totals: Totals,
    /// Whether a cost changed since the last solve from nothing.
    recosted: bool,
    routed: bool,
}

/// Sums that the limits are about.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    /// Supplies minus demands.
    excess: i128,
    /// Supplies, demands, lower bounds, and capacities where there is a limit.
    volume: i128,
    /// Cost of what the lower bounds make flow.
    forced: i128,
}

impl Totals {
    /// Counts a supply, or takes it out again with the sign −1.
    fn supply(&mut self, supply: i64, sign: i128) {
        self.excess += sign * i128::from(supply);
        self.volume += sign * i128::from(supply).abs();
    }

    /// Counts an arc, or takes it out again.
    fn arc(&mut self, arc: &Arc, sign: i128) {
        let limit = if arc.capacity == UNLIMITED { 0 } else { i128::from(arc.capacity) };
        self.volume += sign * (i128::from(arc.lower) + limit);
        self.forced += sign * i128::from(arc.lower) * i128::from(arc.cost);
    }

    /// Counts what a change is about as it is in the network now.
    fn part(&mut self, network: &Network, change: &Change, sign: i128) {
        match *change {
            Change::Supply { node, .. } => {
                network.supplies().get(node).into_iter().for_each(|&supply| self.supply(supply, sign));
            }
            Change::Bounds { arc, .. } | Change::Cost { arc, .. } => {
                network.arcs().get(arc).into_iter().for_each(|arc| self.arc(arc, sign));
            }
        }
    }
}

impl Standing {
    /// Solves a network from nothing.
    ///
    /// # Errors
    /// [`StandingError`] when an arc ends where it begins or gains without limit, or when supplies and capacities are too large together.
    pub fn new(network: Network) -> Result<Self, StandingError> {
        let mut totals = Totals::default();
        for &supply in network.supplies() {
            totals.supply(supply, 1);
        }
        for (index, arc) in network.arcs().iter().enumerate() {
            fits(index, arc)?;
            totals.arc(arc, 1);
        }
        if totals.volume >= MAX_STANDING_VOLUME {
            return Err(StandingError::TooMuch { total: totals.volume });
        }
        let mut mender = Mender::new(&network);
        let routed = mender.mend(&network);
        Ok(Self { network, mender, totals, recosted: false, routed })
    }

    /// Applies all changes in order, or none of them when one would be refused, and makes the plan the cheapest again.
    ///
    /// Only the balance may be lost on the way; it is asked for at the end, where the network was made to keep it.
    ///
    /// # Errors
    /// What [`Standing::new`] and [`Network::update`] refuse.
    pub fn update(&mut self, changes: &[Change]) -> Result<(), StandingError> {
        let before = self.totals;
        let mut undo = Vec::with_capacity(changes.len());
        let mut outcome = Ok(());
        for change in changes {
            self.totals.part(&self.network, change, -1);
            outcome = match self.network.replace(change) {
                Ok(was) => {
                    self.totals.part(&self.network, change, 1);
                    undo.push(was);
                    self.check(change)
                }
                Err(error) => Err(error.into()),
            };
            if outcome.is_err() {
                break;
            }
        }
        if outcome.is_ok() && self.network.balance() == Balance::Exact && self.totals.excess != 0 {
            outcome = Err(NetworkError::Unbalanced { excess: self.totals.excess }.into());
        }
        if outcome.is_err() {
            for was in undo.iter().rev() {
                self.network.replace(was)?;
            }
            self.totals = before;
            return outcome;
        }
        let dearest = self.network.facts().max_cost.unsigned_abs();
        let dearer =
            |change: &Change| matches!(change, Change::Cost { cost, .. } if cost.unsigned_abs() > dearest);
        if changes.iter().any(dearer) {
            return self.renew();
        }
        self.recosted |= changes.iter().any(|change| matches!(change, Change::Cost { .. }));
        for (change, was) in changes.iter().zip(&undo) {
            self.apply(change, was);
        }
        self.routed = self.mender.mend(&self.network);
        if !self.routed && self.recosted {
            return self.renew();
        }
        debug_assert!(self.proves_itself(), "the plan that stands must prove itself");
        Ok(())
    }

    /// Sum of cost × flow.
    pub fn cost(&self) -> i128 {
        self.totals.forced + self.mender.cost()
    }

    /// Whether everything is routed; if not, as little as possible is left over.
    pub fn routed(&self) -> bool {
        self.routed
    }

    /// Units on an arc; 0 where there is none.
    pub fn flow(&self, arc: usize) -> i64 {
        self.network.arcs().get(arc).map_or(0, |given| given.lower + self.mender.flow(arc))
    }

    /// Simplex pivots of the last change.
    pub fn pivots(&self) -> u64 {
        self.mender.steps()
    }

    /// The plan that stands, with its proof, written out in full.
    pub fn solution(&self) -> Solution {
        let nodes = 0..self.network.supplies().len();
        let flow: Vec<i64> = (0..self.network.arcs().len()).map(|arc| self.flow(arc)).collect();
        let left: Vec<i64> = nodes.clone().map(|node| self.mender.left(node)).collect();
        let status = if self.routed {
            Status::Optimal
        } else {
            let unsent = left.iter().filter(|&&amount| amount > 0).sum();
            let unmet = -left.iter().filter(|&&amount| amount < 0).sum::<i64>();
            Status::Infeasible { unsent, unmet }
        };
        let price = nodes.map(|node| self.mender.price(node)).collect();
        Solution { status, cost: self.cost(), flow, left, price, pivots: self.pivots() }
    }

    /// Checks what a change that was made has led to.
    fn check(&self, change: &Change) -> Result<(), StandingError> {
        if let Change::Bounds { arc, lower, capacity } = *change {
            if lower < 0 {
                return Err(NetworkError::NegativeLower { arc, lower }.into());
            }
            if capacity < lower {
                return Err(NetworkError::EmptyRange { arc, lower, capacity }.into());
            }
        }
        if let Change::Cost { arc, cost } = *change {
            let nodes = self.network.supplies().len();
            let ends = i128::try_from(nodes).unwrap_or(MAX_PATH_COST) + 1;
            if i128::from(cost).abs() * ends >= MAX_PATH_COST {
                return Err(NetworkError::CostTooLarge { arc, cost, nodes }.into());
            }
        }
        if let Change::Bounds { arc, .. } | Change::Cost { arc, .. } = *change
            && let Some(given) = self.network.arcs().get(arc)
        {
            fits(arc, given)?;
        }
        if self.totals.volume >= MAX_STANDING_VOLUME {
            return Err(StandingError::TooMuch { total: self.totals.volume });
        }
        Ok(())
    }

    /// Hands a change that was made to the plan that stands.
    fn apply(&mut self, change: &Change, was: &Change) {
        match (*change, *was) {
            (Change::Supply { node, supply }, Change::Supply { supply: before, .. }) => {
                self.mender.supply(node, supply - before);
            }
            (Change::Bounds { arc, lower, capacity }, Change::Bounds { lower: before, .. }) => {
                let Some(&Arc { from, to, .. }) = self.network.arcs().get(arc) else { return };
                let more = lower - before;
                if more != 0 {
                    self.mender.supply(from, -more);
                    self.mender.supply(to, more);
                }
                self.mender.room(arc, (capacity != UNLIMITED).then(|| capacity - lower));
            }
            (Change::Cost { arc, cost }, _) => self.mender.recost(arc, cost),
            _ => {}
        }
    }

    /// Solves what stands from nothing: what is left over is charged by the largest cost, and that has changed.
    fn renew(&mut self) -> Result<(), StandingError> {
        *self = Self::new(self.checked()?)?;
        Ok(())
    }

    /// What stands, checked anew.
    fn checked(&self) -> Result<Network, NetworkError> {
        let (supplies, arcs) = (self.network.supplies().to_vec(), self.network.arcs().to_vec());
        Network::with_balance(supplies, arcs, self.network.balance())
    }

    /// Whether the plan is a proven solution of what stands.
    fn proves_itself(&self) -> bool {
        self.checked().is_ok_and(|network| crate::verify(&network, &self.solution()).is_ok())
    }
}

/// Refuses arcs that a standing network does not take.
fn fits(index: usize, arc: &Arc) -> Result<(), StandingError> {
    arc.unsteady().map_or(Ok(()), |what| Err(StandingError::Unfit { arc: index, what }))
}
