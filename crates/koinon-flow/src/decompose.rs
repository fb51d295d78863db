//! Flow as routes: who sends how much to whom, and along which arcs.
//!
//! Any flow is a sum of at most (nodes + arcs) paths and cycles. Here they come in a fixed order: sources by number, at each node the
//! lowest-numbered arc that still carries something. Many such sums exist; this one is chosen for being repeatable, and explanations
//! must not read more into it.

use crate::network::Network;
use thiserror::Error;

/// One path or cycle with the units it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Node where the route begins.
    pub from: usize,
    /// Node where it ends; equal to `from` for a cycle.
    pub to: usize,
    /// Its arcs in order, at least one.
    pub arcs: Vec<usize>,
    /// Units on all of it, above zero.
    pub amount: i64,
}

/// Why a flow cannot be taken apart.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DecomposeError {
    /// The flow has another length than the network has arcs.
    #[error("the flow has {found} entries, the network has {expected} arcs")]
    Length {
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// A flow below zero.
    #[error("arc {arc} carries {flow}: flows are 0 or more")]
    Negative {
        /// Index of the arc.
        arc: usize,
        /// Flow found.
        flow: i64,
    },
}

/// Takes a flow apart into routes: first paths, each from a node that sends more than it gets, then cycles.
pub fn decompose(network: &Network, flow: &[i64]) -> Result<Vec<Route>, DecomposeError> {
    let expected = network.arcs().len();
    if flow.len() != expected {
        return Err(DecomposeError::Length { found: flow.len(), expected });
    }
    if let Some((arc, &flow)) = flow.iter().enumerate().find(|(_, flow)| **flow < 0) {
        return Err(DecomposeError::Negative { arc, flow });
    }
    let mut walk = Walk::new(network, flow);
    let mut routes = Vec::new();
    for node in 0..network.supplies().len() {
        while let Some(route) = walk.path(node) {
            routes.push(route);
        }
    }
    for node in 0..network.supplies().len() {
        while let Some(route) = walk.cycle(node) {
            routes.push(route);
        }
    }
    Ok(routes)
}

/// What is left of the flow while routes are taken out of it.
struct Walk<'a> {
    network: &'a Network,
    flow: Vec<i64>,
    /// Outflow − inflow that no path has taken yet.
    surplus: Vec<i128>,
    /// Arcs that leave each node, highest number first; used-up ones are popped.
    leaving: Vec<Vec<usize>>,
    /// Position on the current walk of each node.
    seen: Vec<Option<usize>>,
}

impl<'a> Walk<'a> {
    fn new(network: &'a Network, flow: &[i64]) -> Self {
        let nodes = network.supplies().len();
        let mut surplus = vec![0_i128; nodes];
        let mut leaving = vec![Vec::new(); nodes];
        for (index, (arc, &flow)) in network.arcs().iter().zip(flow).enumerate().rev() {
            for (node, sign) in [(arc.from, 1), (arc.to, -1)] {
                if let Some(slot) = surplus.get_mut(node) {
                    *slot += sign * i128::from(flow);
                }
            }
            if let Some(list) = leaving.get_mut(arc.from).filter(|_| flow > 0) {
                list.push(index);
            }
        }
        Self { network, flow: flow.to_vec(), surplus, leaving, seen: vec![None; nodes] }
    }

    /// Takes out one path from a node with surplus to the first node on the way that wants more than it passes on, or a cycle met
    /// on the way.
    fn path(&mut self, start: usize) -> Option<Route> {
        let available = self.surplus.get(start).copied().filter(|&surplus| surplus > 0)?;
        let route = self.follow(start, true)?;
        if route.from == route.to {
            return Some(route);
        }
        let wanted = -self.surplus.get(route.to).copied().unwrap_or(0);
        let amount =
            i64::try_from(i128::from(route.amount).min(available).min(wanted)).unwrap_or(route.amount);
        for (node, sign) in [(route.from, -1), (route.to, 1)] {
            if let Some(slot) = self.surplus.get_mut(node) {
                *slot += sign * i128::from(amount);
            }
        }
        Some(self.take(Route { amount, ..route }))
    }

    /// Takes out one cycle through a node, or met from it.
    fn cycle(&mut self, start: usize) -> Option<Route> {
        self.follow(start, false)
    }

    /// Follows flow from a node; a cycle met on the way is taken out at once, a path is only described.
    fn follow(&mut self, start: usize, stop_at_shortage: bool) -> Option<Route> {
        let mut arcs: Vec<usize> = Vec::new();
        let mut nodes = vec![start];
        let mut node = start;
        let found = loop {
            let short = self.surplus.get(node).is_some_and(|&surplus| surplus < 0);
            if stop_at_shortage && short {
                break Some((0, node));
            }
            if let Some(position) = self.seen.get(node).copied().flatten() {
                break Some((position, node));
            }
            if let Some(slot) = self.seen.get_mut(node) {
                *slot = Some(arcs.len());
            }
            let Some(arc) = self.next(node) else { break None };
            arcs.push(arc);
            node = self.network.arcs().get(arc).map_or(start, |arc| arc.to);
            nodes.push(node);
        };
        for node in nodes {
            if let Some(slot) = self.seen.get_mut(node) {
                *slot = None;
            }
        }
        let (position, end) = found?;
        let arcs = arcs.split_off(position);
        let amount = arcs.iter().filter_map(|&arc| self.flow.get(arc)).copied().min()?;
        let from = self.network.arcs().get(*arcs.first()?)?.from;
        let route = Route { from, to: end, arcs, amount };
        Some(if from == end { self.take(route) } else { route })
    }

    /// Lowest-numbered arc out of a node that still carries something.
    fn next(&mut self, node: usize) -> Option<usize> {
        let list = self.leaving.get_mut(node)?;
        while let Some(&arc) = list.last() {
            if self.flow.get(arc).is_some_and(|&flow| flow > 0) {
                return Some(arc);
            }
            list.pop();
        }
        None
    }

    /// Takes a route's units out of the flow.
    fn take(&mut self, route: Route) -> Route {
        for &arc in &route.arcs {
            if let Some(flow) = self.flow.get_mut(arc) {
                *flow -= route.amount;
            }
        }
        route
    }
}
