//! The problem: nodes with supplies, arcs with bounds and costs, checked once.
//!
//! A [`Network`] that exists is safe to solve: every sum the solver forms fits its machine integers, because the limits below were
//! checked when it was built or updated. It refuses what it cannot solve exactly and names the node or arc that is at fault.

use thiserror::Error;

/// The capacity of an arc that has no limit.
pub const UNLIMITED: i64 = i64::MAX;

/// The most nodes, and the most arcs, that one network may hold.
pub const MAX_COUNT: usize = 1 << 30;

/// Supplies on either side of the balance, lower bounds included, stay below this (2^60).
pub const MAX_TOTAL_SUPPLY: i128 = 1 << 60;

/// Supplies plus the capacities that a cost below zero can fill stay below this (2^61).
pub const MAX_VOLUME: i128 = 1 << 61;

/// (number of nodes + 1) × the largest |cost| stays below this (2^61).
pub const MAX_PATH_COST: i128 = 1 << 61;

/// One directed arc; flow on it runs between `lower` and `capacity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arc {
    /// Node where flow leaves.
    pub from: usize,
    /// Node where flow arrives; may equal `from`.
    pub to: usize,
    /// Units that must flow, 0 or more.
    pub lower: i64,
    /// Units that may flow at most, `lower` or more; [`UNLIMITED`] for no limit.
    pub capacity: i64,
    /// Cost of each unit; below zero it is a gain.
    pub cost: i64,
}

impl Arc {
    /// Makes an arc without a lower bound.
    pub fn new(from: usize, to: usize, capacity: i64, cost: i64) -> Self {
        Self { from, to, lower: 0, capacity, cost }
    }

    /// Sets the units that must flow.
    pub fn with_lower(self, lower: i64) -> Self {
        Self { lower, ..self }
    }

    /// What keeps a network with this arc from standing solved while it changes: where it begins it ends, or it gains without limit.
    pub(crate) fn unsteady(&self) -> Option<&'static str> {
        let faults = [
            (self.from == self.to, "ends where it begins"),
            (self.cost < 0 && self.capacity == UNLIMITED, "gains without limit"),
        ];
        faults.into_iter().find_map(|(is, what)| is.then_some(what))
    }

    /// Room between the bounds, `None` without a limit.
    pub(crate) fn range(&self) -> Option<i64> {
        (self.capacity != UNLIMITED).then(|| self.capacity.saturating_sub(self.lower))
    }
}

/// What to do when supplies and demands do not add up to zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Balance {
    /// Refuses the network.
    #[default]
    Exact,
    /// Accepts it; the solution routes as much as can be routed and reports the rest as infeasible.
    Open,
}

/// One change to a network whose nodes and arcs stay where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Sets a node's supply.
    Supply {
        /// Index of the node.
        node: usize,
        /// The new supply; below zero it is a demand.
        supply: i64,
    },
    /// Sets both bounds of an arc.
    Bounds {
        /// Index of the arc.
        arc: usize,
        /// The new lower bound.
        lower: i64,
        /// The new capacity.
        capacity: i64,
    },
    /// Sets the cost of an arc.
    Cost {
        /// Index of the arc.
        arc: usize,
        /// The new cost of each unit.
        cost: i64,
    },
}

/// Why a network is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NetworkError {
    /// More nodes or arcs than [`MAX_COUNT`].
    #[error("the network has {found} {what}, the limit is {MAX_COUNT}: split it")]
    TooLarge {
        /// "nodes" or "arcs".
        what: &'static str,
        /// How many there are.
        found: usize,
    },
    /// An arc ends at a node that does not exist.
    #[error(
        "arc {arc} names node {node}, but the nodes are 0 to {nodes} (exclusive): add the node or mend the arc"
    )]
    UnknownNode {
        /// Index of the arc.
        arc: usize,
        /// The node it names.
        node: usize,
        /// Number of nodes.
        nodes: usize,
    },
    /// A change names a node that does not exist.
    #[error("the change names node {node}, but the nodes are 0 to {nodes} (exclusive)")]
    ChangedNode {
        /// The node it names.
        node: usize,
        /// Number of nodes.
        nodes: usize,
    },
    /// A change names an arc that does not exist.
    #[error("the change names arc {arc}, but the arcs are 0 to {arcs} (exclusive)")]
    ChangedArc {
        /// The arc it names.
        arc: usize,
        /// Number of arcs.
        arcs: usize,
    },
    /// A lower bound below zero.
    #[error("arc {arc} has lower bound {lower}: use 0 or more, and an arc the other way for flow back")]
    NegativeLower {
        /// Index of the arc.
        arc: usize,
        /// The bound found.
        lower: i64,
    },
    /// A capacity under the lower bound, or below zero.
    #[error("arc {arc} has capacity {capacity} under its lower bound {lower}: raise one or lower the other")]
    EmptyRange {
        /// Index of the arc.
        arc: usize,
        /// The lower bound found.
        lower: i64,
        /// The capacity found.
        capacity: i64,
    },
    /// A cost so large that node prices could overflow ([`MAX_PATH_COST`]).
    #[error(
        "arc {arc} costs {cost} in a network of {nodes} nodes: keep (nodes + 1) x |cost| below 2^61, use a larger money unit"
    )]
    CostTooLarge {
        /// Index of the arc with the largest |cost|.
        arc: usize,
        /// That cost.
        cost: i64,
        /// Number of nodes.
        nodes: usize,
    },
    /// Supplies, or demands, of which the sum is too large ([`MAX_TOTAL_SUPPLY`]).
    #[error("{side} (lower bounds included) add up to {total}: keep them below 2^60, use a larger unit")]
    SupplyTooLarge {
        /// "supplies" or "demands".
        side: &'static str,
        /// The sum found.
        total: i128,
    },
    /// Capacities that a negative cost could fill and of which the sum is too large ([`MAX_VOLUME`]).
    #[error(
        "arc {arc} with capacity {capacity} brings the volume to {total}: keep it below 2^61, lower the capacity of arcs that gain"
    )]
    VolumeTooLarge {
        /// Index of the arc at which the sum passed the limit.
        arc: usize,
        /// Its capacity.
        capacity: i64,
        /// The sum at that arc.
        total: i128,
    },
    /// Supplies and demands that do not add up to zero under [`Balance::Exact`].
    #[error(
        "supplies minus demands are {excess}, not 0: mend a supply, or accept an open balance to learn what cannot be routed"
    )]
    Unbalanced {
        /// Sum of all supplies.
        excess: i128,
    },
}

/// A checked minimum-cost flow problem.
///
/// Nodes and arcs are numbered from 0 in the order given. A supply above zero leaves the node, below zero is a demand.
///
/// ```
/// use koinon_flow::{Arc, Network};
/// let network = Network::new(vec![4, 0, -4], vec![Arc::new(0, 1, 9, 2), Arc::new(1, 2, 9, 1)])?;
/// assert_eq!(koinon_flow::solve(&network).cost, 12);
/// # Ok::<(), koinon_flow::NetworkError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    supplies: Vec<i64>,
    arcs: Vec<Arc>,
    balance: Balance,
    facts: Facts,
}

/// Figures derived once from a network; the solver's head room rests on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Largest |cost|.
    pub(crate) max_cost: i64,
    /// No optimal flow needs more than this on one arc above its lower bound (unless the problem is unbounded).
    pub(crate) volume: i64,
    /// Whether some arc gains without limit, so that the problem could be unbounded.
    pub(crate) may_be_unbounded: bool,
}

impl Network {
    /// Checks and takes a balanced problem.
    pub fn new(supplies: Vec<i64>, arcs: Vec<Arc>) -> Result<Self, NetworkError> {
        Self::with_balance(supplies, arcs, Balance::Exact)
    }

    /// Checks and takes a problem, with the balance it must keep.
    pub fn with_balance(supplies: Vec<i64>, arcs: Vec<Arc>, balance: Balance) -> Result<Self, NetworkError> {
        let facts = check(&supplies, &arcs, balance)?;
        Ok(Self { supplies, arcs, balance, facts })
    }

    /// Supply of each node.
    pub fn supplies(&self) -> &[i64] {
        &self.supplies
    }

    /// All arcs, in the order given.
    pub fn arcs(&self) -> &[Arc] {
        &self.arcs
    }

    /// The balance this network was checked against.
    pub fn balance(&self) -> Balance {
        self.balance
    }

    /// Cost charged for each unit left at a node where it cannot stay.
    ///
    /// It is above half the cost of any simple path, so leaving a unit of supply and a unit of demand unserved never beats a path
    /// between them: the solution leaves as little as possible first and is cheapest second.
    pub fn penalty(&self) -> i64 {
        self.penalty_with(0)
    }

    /// The same where every cost may rise by so much.
    pub(crate) fn penalty_with(&self, rise: i64) -> i64 {
        let nodes = i64::try_from(self.supplies.len()).unwrap_or(i64::MAX);
        self.facts.max_cost.saturating_add(rise).saturating_mul(nodes) / 2 + 1
    }

    pub(crate) fn facts(&self) -> Facts {
        self.facts
    }

    /// Applies all changes in order, or none of them when the outcome would be refused.
    pub fn update(&mut self, changes: &[Change]) -> Result<(), NetworkError> {
        let mut undo = Vec::with_capacity(changes.len());
        let mut outcome = Ok(());
        for change in changes {
            match self.replace(change) {
                Ok(old) => undo.push(old),
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        match outcome.and_then(|()| check(&self.supplies, &self.arcs, self.balance)) {
            Ok(facts) => {
                self.facts = facts;
                Ok(())
            }
            Err(error) => {
                for old in undo.iter().rev() {
                    self.replace(old)?;
                }
                Err(error)
            }
        }
    }

    /// Makes one change and gives back the change that undoes it.
    pub(crate) fn replace(&mut self, change: &Change) -> Result<Change, NetworkError> {
        let (nodes, arcs) = (self.supplies.len(), self.arcs.len());
        match *change {
            Change::Supply { node, supply } => {
                let slot = self.supplies.get_mut(node).ok_or(NetworkError::ChangedNode { node, nodes })?;
                Ok(Change::Supply { node, supply: std::mem::replace(slot, supply) })
            }
            Change::Bounds { arc, lower, capacity } => {
                let slot = self.arcs.get_mut(arc).ok_or(NetworkError::ChangedArc { arc, arcs })?;
                let lower = std::mem::replace(&mut slot.lower, lower);
                Ok(Change::Bounds { arc, lower, capacity: std::mem::replace(&mut slot.capacity, capacity) })
            }
            Change::Cost { arc, cost } => {
                let slot = self.arcs.get_mut(arc).ok_or(NetworkError::ChangedArc { arc, arcs })?;
                Ok(Change::Cost { arc, cost: std::mem::replace(&mut slot.cost, cost) })
            }
        }
    }
}

/// Checks every limit and derives the facts the solver relies on.
fn check(supplies: &[i64], arcs: &[Arc], balance: Balance) -> Result<Facts, NetworkError> {
    let nodes = supplies.len();
    for (what, found) in [("nodes", nodes), ("arcs", arcs.len())] {
        if found > MAX_COUNT {
            return Err(NetworkError::TooLarge { what, found });
        }
    }
    // What each node must send on once every lower bound flows.
    let mut net: Vec<i128> = supplies.iter().map(|&supply| i128::from(supply)).collect();
    let mut dearest = (0, 0_u64, 0);
    for (index, arc) in arcs.iter().enumerate() {
        if arc.lower < 0 {
            return Err(NetworkError::NegativeLower { arc: index, lower: arc.lower });
        }
        if arc.capacity < arc.lower {
            return Err(NetworkError::EmptyRange { arc: index, lower: arc.lower, capacity: arc.capacity });
        }
        for (node, sign) in [(arc.from, -1), (arc.to, 1)] {
            let slot = net.get_mut(node).ok_or(NetworkError::UnknownNode { arc: index, node, nodes })?;
            *slot += sign * i128::from(arc.lower);
        }
        if arc.cost.unsigned_abs() > dearest.1 {
            dearest = (index, arc.cost.unsigned_abs(), arc.cost);
        }
    }
    let (arc, max_cost, cost) = dearest;
    let path_cost = i128::from(max_cost) * (i128::try_from(nodes).unwrap_or(MAX_PATH_COST) + 1);
    let max_cost = match i64::try_from(max_cost) {
        Ok(max_cost) if path_cost < MAX_PATH_COST => max_cost,
        _ => return Err(NetworkError::CostTooLarge { arc, cost, nodes }),
    };
    let sent: i128 = net.iter().filter(|&&amount| amount > 0).sum();
    let wanted: i128 = -net.iter().filter(|&&amount| amount < 0).sum::<i128>();
    for (side, total) in [("supplies", sent), ("demands", wanted)] {
        if total >= MAX_TOTAL_SUPPLY {
            return Err(NetworkError::SupplyTooLarge { side, total });
        }
    }
    if balance == Balance::Exact && sent != wanted {
        return Err(NetworkError::Unbalanced { excess: sent - wanted });
    }
    // A flow is a set of paths, at most `sent` units in all, and of cycles. Only cycles with a gain are worth having; each fills some
    // arc that gains, or, where an arc gains without limit, some arc that has a limit.
    let may_be_unbounded = arcs.iter().any(|arc| arc.cost < 0 && arc.capacity == UNLIMITED);
    // Where not all can be routed, an arc may carry both what a source sends and what a short node would have to be lent.
    let mut volume = sent + wanted;
    for (index, arc) in arcs.iter().enumerate() {
        if let Some(range) = arc.range().filter(|_| (arc.cost < 0 || may_be_unbounded) && arc.from != arc.to)
        {
            volume += i128::from(range);
            if volume >= MAX_VOLUME {
                return Err(NetworkError::VolumeTooLarge {
                    arc: index,
                    capacity: arc.capacity,
                    total: volume,
                });
            }
        }
    }
    Ok(Facts { max_cost, volume: i64::try_from(volume).unwrap_or(i64::MAX), may_be_unbounded })
}
