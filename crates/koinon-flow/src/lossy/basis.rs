//! The basis of a flow with losses: each node owns one arc, and following them from node to node ends outside or goes round in a circle.
//!
//! An augmented forest (Ahuja, Magnanti and Orlin 1993, section 15.5), told by its owners: a tree hangs on an arc out of the network or on one
//! circle that loses. What a unit at a node changes is found by following its owners; around a circle that is a geometric series.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "indices come from a checked network; amounts stay below 2^53"
)]

use super::{LossyNetwork, PPM};

/// Stands for outside of the network, and for no node.
pub(super) const OUT: usize = usize::MAX;

/// Where an arc stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Empty.
    Lower,
    /// Full.
    Upper,
    /// Owned by a node.
    Basic,
    /// Where it stands for good, since an earlier goal says so.
    Fixed,
}

/// A basis with its flows and prices.
pub(super) struct Basis<'a> {
    network: &'a LossyNetwork,
    pub(super) from: Vec<usize>,
    pub(super) to: Vec<usize>,
    pub(super) gain: Vec<f64>,
    pub(super) capacity: Vec<f64>,
    pub(super) flow: Vec<f64>,
    pub(super) state: Vec<State>,
    /// The arc that a node owns, where it leads, and whether it leaves the node.
    pub(super) own: Vec<usize>,
    next: Vec<usize>,
    leaves: Vec<bool>,
    /// Who leads to a node: a list through its first, each one's next and the one before.
    first: Vec<usize>,
    sibling: Vec<usize>,
    before: Vec<usize>,
    pub(super) price: Vec<f64>,
    /// Nodes whose owned arcs an entering arc changes, with by how much.
    pub(super) path: Vec<(usize, f64)>,
    /// Where a node stands in `path` of this round.
    place: Vec<(u64, usize)>,
    round: u64,
    stack: Vec<usize>,
}

impl<'a> Basis<'a> {
    /// The basis of the start arcs.
    pub(super) fn new(network: &'a LossyNetwork) -> Self {
        let nodes = network.nodes();
        let arcs = network.arcs();
        let own = network.start.clone();
        let next: Vec<usize> = own.iter().map(|arc| arcs[*arc].to.unwrap_or(OUT)).collect();
        // What carries nothing is left where it is.
        let closed = |arc: &super::LossyArc| if arc.capacity == 0 { State::Fixed } else { State::Lower };
        let mut state: Vec<State> = arcs.iter().map(closed).collect();
        for arc in &own {
            state[*arc] = State::Basic;
        }
        let mut basis = Self {
            network,
            from: arcs.iter().map(|arc| arc.from).collect(),
            to: arcs.iter().map(|arc| arc.to.unwrap_or(OUT)).collect(),
            gain: arcs.iter().map(|arc| arc.gain_ppm as f64 / PPM as f64).collect(),
            capacity: arcs.iter().map(|arc| arc.capacity as f64).collect(),
            flow: vec![0.0; arcs.len()],
            state,
            own,
            next: vec![OUT; nodes],
            leaves: vec![true; nodes],
            first: vec![OUT; nodes],
            sibling: vec![OUT; nodes],
            before: vec![OUT; nodes],
            price: vec![0.0; nodes],
            path: Vec::new(),
            place: vec![(0, 0); nodes],
            round: 0,
            stack: Vec::new(),
        };
        for (node, next) in next.into_iter().enumerate() {
            basis.hang(node, next);
        }
        basis.balance();
        basis
    }

    fn hang(&mut self, node: usize, under: usize) {
        self.next[node] = under;
        self.before[node] = OUT;
        self.sibling[node] = OUT;
        if under != OUT {
            let first = self.first[under];
            self.sibling[node] = first;
            if first != OUT {
                self.before[first] = node;
            }
            self.first[under] = node;
        }
    }

    fn unhang(&mut self, node: usize) {
        let (under, before, after) = (self.next[node], self.before[node], self.sibling[node]);
        if under == OUT {
            return;
        }
        if before == OUT {
            self.first[under] = after;
        } else {
            self.sibling[before] = after;
        }
        if after != OUT {
            self.before[after] = before;
        }
    }

    /// What of a unit at a node is passed on to where its arc leads.
    fn passed(&self, node: usize) -> f64 {
        let gain = self.gain[self.own[node]];
        if self.leaves[node] { gain } else { 1.0 / gain }
    }

    /// What a unit at a node changes on the arc that it owns.
    fn taken(&self, node: usize) -> f64 {
        if self.leaves[node] { 1.0 } else { -1.0 / self.gain[self.own[node]] }
    }

    /// The price of a node from the price of where its arc leads.
    fn priced(&self, node: usize, costs: &[f64]) -> f64 {
        let (arc, next) = (self.own[node], self.next[node]);
        let price = if next == OUT { 0.0 } else { self.price[next] };
        if self.leaves[node] {
            costs[arc] + self.gain[arc] * price
        } else {
            (price - costs[arc]) / self.gain[arc]
        }
    }

    /// Works out how one unit more on an arc (one less, where it is full) changes the arcs of the basis, into `path`.
    pub(super) fn changes(&mut self, arc: usize) {
        let sign = if self.state[arc] == State::Upper { -1.0 } else { 1.0 };
        self.path.clear();
        self.round = (self.round / 2 + 1) * 2;
        self.follow(self.from[arc], -sign);
        if self.to[arc] != OUT {
            self.round += 1;
            self.follow(self.to[arc], sign * self.gain[arc]);
        }
        for (node, change) in &mut self.path {
            *change *= if self.leaves[*node] { 1.0 } else { -1.0 / self.gain[self.own[*node]] };
        }
    }

    /// Adds what an amount at a node passes along its owners to `path`. A node may stand in `path` for the other end of the arc already.
    fn follow(&mut self, start: usize, amount: f64) {
        let (round, mut node, mut amount) = (self.round, start, amount);
        let mut mine: Vec<usize> = std::mem::take(&mut self.stack);
        mine.clear();
        let fresh = round.is_multiple_of(2);
        // The second walk remembers by itself where it was, as places of the first stay in use.
        let mut circle = None;
        while node != OUT {
            let (seen, at) = self.place[node];
            if seen == round {
                circle = Some((at, amount));
                break;
            }
            let at = if !fresh && seen + 1 == round {
                at
            } else {
                self.path.push((node, 0.0));
                self.path.len() - 1
            };
            self.place[node] = (round, at);
            mine.push(at);
            self.path[at].1 += amount;
            amount *= self.passed(node);
            node = self.next[node];
        }
        if let Some((at, back)) = circle {
            // Once round, `entered` became `back`: all later rounds together add `back / (1 - back / entered)`.
            let from = mine.iter().position(|place| *place == at).unwrap_or(0);
            let mut factor = 1.0;
            for place in &mine[from..] {
                factor *= self.passed(self.path[*place].0);
            }
            let mut rest = back / (1.0 - factor);
            for place in &mine[from..] {
                self.path[*place].1 += rest;
                rest *= self.passed(self.path[*place].0);
            }
        }
        self.stack = mine;
    }

    /// Puts an arc into the basis in place of the one that a node of `path` owns; which of the arc's ends leads there is found here.
    pub(super) fn exchange(&mut self, arc: usize, leaving: usize) -> usize {
        let tail = self.from[arc];
        let mut node = tail;
        let mut steps = 0;
        while node != leaving && node != OUT && steps <= self.path.len() {
            node = self.next[node];
            steps += 1;
        }
        let start = if node == leaving { tail } else { self.to[arc] };
        let (mut node, mut arc, mut leaves) = (start, arc, start == tail);
        let mut to = if start == tail { self.to[arc] } else { tail };
        loop {
            let (old, under, left) = (self.own[node], self.next[node], self.leaves[node]);
            self.unhang(node);
            self.own[node] = arc;
            self.leaves[node] = leaves;
            self.hang(node, to);
            if node == leaving {
                return start;
            }
            (arc, to, leaves, node) = (old, node, !left, under);
        }
    }

    /// Works prices out again for a node and all that lead to it; answers how many.
    pub(super) fn reprice(&mut self, start: usize, costs: &[f64]) -> u64 {
        self.price[start] = self.around(start, costs).unwrap_or_else(|| self.priced(start, costs));
        let mut stack = std::mem::take(&mut self.stack);
        stack.clear();
        stack.push(start);
        let mut count = 0;
        while let Some(node) = stack.pop() {
            count += 1;
            let mut child = self.first[node];
            while child != OUT {
                if child != start {
                    self.price[child] = self.priced(child, costs);
                    stack.push(child);
                }
                child = self.sibling[child];
            }
        }
        self.stack = stack;
        count
    }

    /// The price of a node on a circle; `None` where following its owners does not come back.
    fn around(&self, start: usize, costs: &[f64]) -> Option<f64> {
        // price(start) = fixed + factor * price(node)
        let (mut fixed, mut factor, mut node) = (0.0, 1.0, start);
        for _ in 0..=self.own.len() {
            let arc = self.own[node];
            if self.leaves[node] {
                fixed += factor * costs[arc];
                factor *= self.gain[arc];
            } else {
                fixed -= factor * costs[arc] / self.gain[arc];
                factor /= self.gain[arc];
            }
            node = self.next[node];
            if node == OUT {
                return None;
            }
            if node == start {
                return Some(fixed / (1.0 - factor));
            }
            // Circles that do not hold the start are seen after all nodes; prices on them stand.
        }
        None
    }

    /// Works all prices out from the costs of a goal.
    pub(super) fn price_all(&mut self, costs: &[f64]) {
        let (order, circles) = self.order();
        for start in circles {
            if let Some(price) = self.around(start, costs) {
                self.price[start] = price;
                // Round the circle against the owners: every other node of it follows from the one it leads to.
                let mut round = vec![start];
                let mut node = self.next[start];
                while node != start {
                    round.push(node);
                    node = self.next[node];
                }
                for node in round.iter().skip(1).rev() {
                    self.price[*node] = self.priced(*node, costs);
                }
            }
        }
        for node in order.into_iter().rev() {
            self.price[node] = self.priced(node, costs);
        }
    }

    /// Nodes that are on no circle, each before the one that it leads to; and one node of each circle.
    fn order(&self) -> (Vec<usize>, Vec<usize>) {
        let nodes = self.own.len();
        let mut behind = vec![0_u32; nodes];
        for next in self.next.iter().filter(|next| **next != OUT) {
            behind[*next] += 1;
        }
        let mut order: Vec<usize> = (0..nodes).filter(|node| behind[*node] == 0).collect();
        let mut at = 0;
        while at < order.len() {
            let next = self.next[order[at]];
            at += 1;
            if next != OUT {
                behind[next] -= 1;
                if behind[next] == 0 {
                    order.push(next);
                }
            }
        }
        let mut circles = Vec::new();
        for start in 0..nodes {
            if behind[start] > 0 {
                circles.push(start);
                let mut node = start;
                while behind[node] > 0 {
                    behind[node] = 0;
                    node = self.next[node];
                }
            }
        }
        (order, circles)
    }

    /// Works the flows of the basis out from nothing, so that what rounding added up goes.
    pub(super) fn balance(&mut self) {
        let mut has: Vec<f64> =
            self.network.supplies.iter().map(|supply| *supply as f64 / PPM as f64).collect();
        for arc in 0..self.flow.len() {
            if self.state[arc] != State::Basic && self.flow[arc] != 0.0 {
                has[self.from[arc]] -= self.flow[arc];
                if self.to[arc] != OUT {
                    has[self.to[arc]] += self.gain[arc] * self.flow[arc];
                }
            }
        }
        let (order, circles) = self.order();
        for node in order {
            self.flow[self.own[node]] = self.taken(node) * has[node];
            if self.next[node] != OUT {
                has[self.next[node]] += self.passed(node) * has[node];
            }
        }
        for start in circles {
            let (mut amount, mut factor, mut node) = (0.0, 1.0, start);
            loop {
                amount = (amount + has[node]) * self.passed(node);
                factor *= self.passed(node);
                node = self.next[node];
                if node == start {
                    break;
                }
            }
            let mut came = amount / (1.0 - factor);
            loop {
                let all = has[node] + came;
                self.flow[self.own[node]] = self.taken(node) * all;
                came = all * self.passed(node);
                node = self.next[node];
                if node == start {
                    break;
                }
            }
        }
    }
}
