//! The problem: arcs that cost something to open, and commodities that share them, checked once.
//!
//! A [`Problem`] that exists is safe to solve: the sums that the search forms fit its integers. Arcs and commodities are kept in the order
//! of their ids, so the order in which they were given cannot reach an answer. Nodes are numbers from 0.

use thiserror::Error;

/// The most nodes in one problem (2^16).
pub const MAX_NODES: usize = 1 << 16;

/// The most arcs, and the most commodities, in one problem (2^18).
pub const MAX_COUNT: usize = 1 << 18;

/// nodes × commodities, and arcs × commodities, stay at or below this (2^27).
pub const MAX_PAIRS: usize = 1 << 27;

/// (sum of amounts) × (nodes × largest cost + sum of fixed costs + 1) stays below this (2^46).
pub const MAX_COST_SUM: i128 = 1 << 46;

/// A way from one node to another that many commodities may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The caller's number for it, given once.
    pub id: u64,
    /// Node where flow leaves.
    pub from: usize,
    /// Node where flow arrives.
    pub to: usize,
    /// Cost of each unit, 0 or more.
    pub cost: i64,
    /// Units of all commodities together that may use it, 0 or more.
    pub capacity: i64,
    /// Cost of opening it, paid once as soon as one unit uses it; 0 or more.
    pub fixed: i64,
}

/// Units that must go from one node to another; they may split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commodity {
    /// The caller's number for it, given once.
    pub id: u64,
    /// Node where it begins.
    pub from: usize,
    /// Node where it ends.
    pub to: usize,
    /// Units, 0 or more.
    pub amount: i64,
}

/// Why a problem is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProblemError {
    /// More nodes, arcs, commodities or pairs of them than the limit.
    #[error("there are {found} {what}, the limit is {limit}: split the problem")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// An id that two arcs or two commodities have.
    #[error("{what} {id} is given twice: keep one")]
    Twice {
        /// "arc" or "commodity".
        what: &'static str,
        /// The id.
        id: u64,
    },
    /// A node that does not exist.
    #[error(
        "{what} {id} names node {node}, but the nodes are 0 to {nodes} (exclusive): add the node or mend it"
    )]
    UnknownNode {
        /// "arc" or "commodity".
        what: &'static str,
        /// Its id.
        id: u64,
        /// The node it names.
        node: usize,
        /// Number of nodes.
        nodes: usize,
    },
    /// A number below zero where none may be.
    #[error("{what} {id} has {field} {found}: use 0 or more")]
    Negative {
        /// "arc" or "commodity".
        what: &'static str,
        /// Its id.
        id: u64,
        /// Name of the field.
        field: &'static str,
        /// The number found.
        found: i64,
    },
    /// A commodity that no arcs with capacity can bring to its end.
    #[error(
        "no arcs with capacity lead from node {from} to node {to} for commodity {id}: add some or drop it"
    )]
    Unreachable {
        /// Id of the commodity.
        id: u64,
        /// Node where it begins.
        from: usize,
        /// Node where it ends.
        to: usize,
    },
    /// Costs and amounts so large that sums could overflow ([`MAX_COST_SUM`]).
    #[error(
        "amounts add up to {amount} and one unit may cost up to {unit}: keep their product below 2^46, use larger units"
    )]
    CostTooLarge {
        /// Sum of amounts.
        amount: i128,
        /// nodes × largest cost + sum of fixed costs + 1.
        unit: i128,
    },
}

/// A checked problem of network design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    nodes: usize,
    links: Vec<Link>,
    commodities: Vec<Commodity>,
    /// Charged for a unit that stays: more than sending it can ever cost.
    penalty: i64,
}

impl Problem {
    /// Checks and takes a problem; the order of the lists does not matter.
    pub fn new(
        nodes: usize,
        mut links: Vec<Link>,
        mut commodities: Vec<Commodity>,
    ) -> Result<Self, ProblemError> {
        let (arcs, flows) = (links.len(), commodities.len());
        for (what, found, limit) in [
            ("nodes", nodes, MAX_NODES),
            ("arcs", arcs, MAX_COUNT),
            ("commodities", flows, MAX_COUNT),
            ("pairs of a node and a commodity", nodes.saturating_mul(flows), MAX_PAIRS),
            ("pairs of an arc and a commodity", arcs.saturating_mul(flows), MAX_PAIRS),
        ] {
            if found > limit {
                return Err(ProblemError::TooLarge { what, found, limit });
            }
        }
        links.sort_unstable_by_key(|link| link.id);
        commodities.sort_unstable_by_key(|commodity| commodity.id);
        let twice = |ids: Vec<u64>| {
            ids.iter().zip(ids.iter().skip(1)).find(|(id, next)| id == next).map(|pair| *pair.0)
        };
        if let Some(id) = twice(links.iter().map(|link| link.id).collect()) {
            return Err(ProblemError::Twice { what: "arc", id });
        }
        if let Some(id) = twice(commodities.iter().map(|commodity| commodity.id).collect()) {
            return Err(ProblemError::Twice { what: "commodity", id });
        }
        let ends = links.iter().map(|link| ("arc", link.id, [link.from, link.to]));
        let ends = ends.chain(commodities.iter().map(|one| ("commodity", one.id, [one.from, one.to])));
        for (what, id, pair) in ends {
            if let Some(node) = pair.into_iter().find(|&node| node >= nodes) {
                return Err(ProblemError::UnknownNode { what, id, node, nodes });
            }
        }
        let fields = links.iter().flat_map(|link| {
            [("cost", link.cost), ("capacity", link.capacity), ("fixed cost", link.fixed)]
                .map(|(field, found)| ("arc", link.id, field, found))
        });
        let fields = fields.chain(commodities.iter().map(|one| ("commodity", one.id, "amount", one.amount)));
        for (what, id, field, found) in fields {
            if found < 0 {
                return Err(ProblemError::Negative { what, id, field, found });
            }
        }
        let amount: i128 = commodities.iter().map(|one| i128::from(one.amount)).sum();
        let dearest = links.iter().map(|link| i128::from(link.cost)).max().unwrap_or(0);
        let fixed: i128 = links.iter().map(|link| i128::from(link.fixed)).sum();
        let unit = dearest.saturating_mul(i128::try_from(nodes).unwrap_or(i128::MAX)) + fixed + 1;
        if amount.max(1).saturating_mul(unit) >= MAX_COST_SUM {
            return Err(ProblemError::CostTooLarge { amount, unit });
        }
        let penalty = i64::try_from(unit).unwrap_or(i64::MAX);
        let problem = Self { nodes, links, commodities, penalty };
        match problem.unreachable() {
            Some(&Commodity { id, from, to, .. }) => Err(ProblemError::Unreachable { id, from, to }),
            None => Ok(problem),
        }
    }

    /// The same problem with every arc open for nothing: multicommodity flow at linear cost.
    pub fn without_fixed_costs(&self) -> Self {
        let mut problem = self.clone();
        for link in &mut problem.links {
            link.fixed = 0;
        }
        problem
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// The arcs, by id.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The commodities, by id.
    pub fn commodities(&self) -> &[Commodity] {
        &self.commodities
    }

    /// Charged in the search for each unit that stays where it begins.
    pub(crate) fn penalty(&self) -> i64 {
        self.penalty
    }

    /// A commodity that no arcs with capacity can bring to its end.
    fn unreachable(&self) -> Option<&Commodity> {
        let mut out: Vec<Vec<usize>> = vec![Vec::new(); self.nodes];
        for link in self.links.iter().filter(|link| link.capacity > 0) {
            if let Some(list) = out.get_mut(link.from) {
                list.push(link.to);
            }
        }
        let mut order: Vec<&Commodity> = self.commodities.iter().filter(|one| one.amount > 0).collect();
        order.sort_by_key(|one| one.from);
        let mut seen = vec![false; self.nodes];
        let mut start = None;
        order.into_iter().find(|one| {
            if start.replace(one.from) != Some(one.from) {
                seen.fill(false);
                let mut open = vec![one.from];
                while let Some(node) = open.pop() {
                    if seen.get_mut(node).is_some_and(|seen| !std::mem::replace(seen, true)) {
                        open.extend(out.get(node).into_iter().flatten());
                    }
                }
            }
            !seen.get(one.to).copied().unwrap_or(false)
        })
    }
}
