//! A plan that is always sound, and the search for a commodity's cheapest way through what is left.
//!
//! Flows are whole, and no arc carries more than its capacity at any moment; units for which no way is left stay, at a penalty.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "nodes, arcs and commodities are positions of a checked Problem; counts of looks fit 64 bits"
)]

use super::bound::SCALE;
use super::problem::{Link, Problem};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Arcs by the node they leave.
#[derive(Clone, Debug)]
pub(crate) struct Ways {
    /// Arcs out of each node: arc and its end.
    out: Vec<Vec<(usize, usize)>>,
}

impl Ways {
    pub(crate) fn new(problem: &Problem) -> Self {
        let mut out = vec![Vec::new(); problem.nodes()];
        for (index, link) in problem.links().iter().enumerate().filter(|(_, link)| link.capacity > 0) {
            out[link.from].push((index, link.to));
        }
        Self { out }
    }

    /// The same against the arcs' direction.
    pub(crate) fn backward(problem: &Problem) -> Self {
        let mut out = vec![Vec::new(); problem.nodes()];
        for (index, link) in problem.links().iter().enumerate().filter(|(_, link)| link.capacity > 0) {
            out[link.to].push((index, link.from));
        }
        Self { out }
    }

    /// Arcs out of a node.
    pub(crate) fn at(&self, node: usize) -> impl Iterator<Item = usize> {
        self.out[node].iter().map(|way| way.0)
    }

    /// Distances from a node at given lengths of arcs; out of reach is as far as can be.
    pub(crate) fn distances(&self, from: usize, length: impl Fn(usize) -> i64) -> Vec<i64> {
        let mut finder = Finder::default();
        finder.search(self, from, None, |arc| Some(length(arc)));
        finder.distance
    }
}

/// Shortest ways by Dijkstra's method, with their memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finder {
    distance: Vec<i64>,
    /// Arc and node from which each node was reached.
    reached: Vec<(usize, usize)>,
    heap: BinaryHeap<Reverse<(i64, usize)>>,
    path: Vec<usize>,
    /// Arcs looked at.
    pub(crate) looks: u64,
}

impl Finder {
    fn search(
        &mut self,
        ways: &Ways,
        from: usize,
        to: Option<usize>,
        length: impl Fn(usize) -> Option<i64>,
    ) -> bool {
        self.distance.clear();
        self.distance.resize(ways.out.len(), i64::MAX);
        self.reached.clear();
        self.reached.resize(ways.out.len(), (0, 0));
        self.heap.clear();
        self.distance[from] = 0;
        self.heap.push(Reverse((0, from)));
        while let Some(Reverse((distance, node))) = self.heap.pop() {
            if Some(node) == to {
                return true;
            }
            if distance > self.distance[node] {
                continue;
            }
            self.looks += ways.out[node].len() as u64;
            for &(arc, end) in &ways.out[node] {
                let Some(length) = length(arc) else { continue };
                let there = distance.saturating_add(length);
                if there < self.distance[end] {
                    self.distance[end] = there;
                    self.reached[end] = (arc, node);
                    self.heap.push(Reverse((there, end)));
                }
            }
        }
        false
    }

    /// Arcs of the way just found, last first.
    fn trace(&mut self, from: usize, to: usize) -> &[usize] {
        self.path.clear();
        let mut node = to;
        while node != from {
            let (arc, before) = self.reached[node];
            self.path.push(arc);
            node = before;
        }
        &self.path
    }
}

/// Stands for all of an opening cost in [`View::tilt`].
pub(crate) const TRUE: i64 = 1 << 10;

/// How arcs look to a commodity that seeks a way.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// Arcs that may not be used.
    pub(crate) barred: Vec<bool>,
    /// What a unit pays for opening, instead of its share of the true cost; `None` for the true one.
    pub(crate) slope: Option<Vec<i64>>,
    /// Part of its opening cost that a closed arc seems to have, in 1/[`TRUE`].
    pub(crate) tilt: Vec<i64>,
    /// Units that seem to share an opening, where the commodity itself has less.
    pub(crate) group: i64,
}

impl View {
    pub(crate) fn new(arcs: usize) -> Self {
        Self { barred: vec![false; arcs], slope: None, tilt: vec![TRUE; arcs], group: 0 }
    }

    /// Sees arcs as they are again.
    pub(crate) fn reset(&mut self) {
        self.barred.fill(false);
        self.tilt.fill(TRUE);
        self.group = 0;
    }

    /// Length of an arc for a unit among `rest`, `None` when it is closed to it.
    fn length(&self, link: &Link, arc: usize, load: i64, rest: i64) -> Option<i64> {
        let room = link.capacity - load;
        if room <= 0 || self.barred[arc] {
            return None;
        }
        let opening = match &self.slope {
            Some(slope) => slope[arc],
            None if load > 0 => 0,
            None => link.fixed * SCALE / room.min(rest.max(self.group)) * self.tilt[arc] / TRUE,
        };
        Some(link.cost * SCALE + opening)
    }
}

/// What each commodity sends along which arcs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// By commodity: arcs and units.
    pub(crate) sent: Vec<Vec<(usize, i64)>>,
    /// By commodity: units that stay.
    pub(crate) left: Vec<i64>,
    pub(crate) load: Vec<i64>,
    pub(crate) cost: i64,
}

impl Plan {
    /// Nothing is sent.
    pub(crate) fn empty(problem: &Problem) -> Self {
        let commodities = problem.commodities();
        // Units that are where they should be have been sent.
        let left: Vec<i64> =
            commodities.iter().map(|one| if one.from == one.to { 0 } else { one.amount }).collect();
        Self {
            sent: vec![Vec::new(); commodities.len()],
            cost: left.iter().sum::<i64>() * problem.penalty(),
            left,
            load: vec![0; problem.links().len()],
        }
    }

    /// Takes all units of a commodity back to where they begin; gives back where they went.
    pub(crate) fn withdraw(&mut self, problem: &Problem, commodity: usize) -> Vec<(usize, i64)> {
        let sent = std::mem::take(&mut self.sent[commodity]);
        for &(arc, amount) in &sent {
            let link = &problem.links()[arc];
            self.load[arc] -= amount;
            self.cost -= link.cost * amount;
            if self.load[arc] == 0 {
                self.cost -= link.fixed;
            }
        }
        let one = &problem.commodities()[commodity];
        let out: i64 = if one.from == one.to { 0 } else { one.amount - self.left[commodity] };
        self.cost += out * problem.penalty();
        self.left[commodity] += out;
        sent
    }

    /// Sends a commodity that was withdrawn the way it went before; the room must still be there.
    pub(crate) fn restore(
        &mut self,
        problem: &Problem,
        commodity: usize,
        sent: Vec<(usize, i64)>,
        left: i64,
    ) {
        for &(arc, amount) in &sent {
            self.carry(problem, arc, amount);
        }
        self.cost -= (self.left[commodity] - left) * problem.penalty();
        self.left[commodity] = left;
        self.sent[commodity] = sent;
    }

    /// Sends what is left of a commodity along cheapest ways, one after the other while there are any.
    pub(crate) fn send(
        &mut self,
        problem: &Problem,
        ways: &Ways,
        view: &View,
        finder: &mut Finder,
        commodity: usize,
    ) {
        let one = &problem.commodities()[commodity];
        let links = problem.links();
        while self.left[commodity] > 0 {
            let rest = self.left[commodity];
            let length = |arc: usize| view.length(&links[arc], arc, self.load[arc], rest);
            if !finder.search(ways, one.from, Some(one.to), length) {
                break;
            }
            let path = finder.trace(one.from, one.to);
            let room = path.iter().map(|&arc| links[arc].capacity - self.load[arc]).min().unwrap_or(0);
            let amount = rest.min(room);
            for &arc in path {
                self.carry(problem, arc, amount);
                match self.sent[commodity].iter_mut().find(|part| part.0 == arc) {
                    Some(part) => part.1 += amount,
                    None => self.sent[commodity].push((arc, amount)),
                }
            }
            self.left[commodity] -= amount;
            self.cost -= amount * problem.penalty();
        }
    }

    fn carry(&mut self, problem: &Problem, arc: usize, amount: i64) {
        let link = &problem.links()[arc];
        if self.load[arc] == 0 {
            self.cost += link.fixed;
        }
        self.load[arc] += amount;
        self.cost += link.cost * amount;
    }
}
