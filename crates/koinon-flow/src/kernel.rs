//! Primal network simplex on machine integers.
//!
//! The basis is a spanning tree that is kept strongly feasible: every node can send one more unit to the root along tree arcs. That
//! rules out endless degenerate pivots (Cunningham 1976; Ahuja, Magnanti and Orlin 1993, section 11.6). Arcs that cannot carry anything
//! are dropped, the rest are laid out in strides so that neighbours in memory leave different nodes, and the entering arc is the best of
//! the first block that holds one. Each node has an artificial arc to the root at [`Network::penalty`]; a start hangs every node there
//! that the old tree cannot hold, so a cold start and a restart after any change are the same code.
//!
//! It checks nothing that [`Network`] has checked: indices are below `nodes` and `arcs`, flows stay below 2^61, prices below 2^62.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_lossless,
    reason = "indices come from a checked Network and fit 32 bits; the inner loops are the product's hottest"
)]

mod mend;
mod tree;

use crate::network::{Network, UNLIMITED};
pub(crate) use mend::Mender;
use tree::{Joint, Knot, NONE, Tree};

/// Stands for a capacity without limit; flows stay below half of it.
const NO_LIMIT: i64 = 1 << 62;
/// A step larger than this can only come from a cycle without limit.
const LARGEST_STEP: i64 = 1 << 61;
/// Smallest number of arcs looked at before one is chosen.
const SMALLEST_BLOCK: usize = 10;

/// Stands under the root.
const NO_JOINT: Joint = Joint { flow: 0, capacity: 0, arc: NONE, up: true };

const AT_LOWER: i8 = 1;
const IN_TREE: i8 = 0;
const AT_UPPER: i8 = -1;

/// What the pricing loop reads of an arc.
#[derive(Clone, Copy, Debug)]
struct Priced {
    cost: i64,
    from: u32,
    to: u32,
}

/// How the last run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// No arc improves the plan.
    Optimal,
    /// These arcs of the network form a cycle that gains without limit.
    Unbounded(Vec<usize>),
}

/// A basis in the network's own numbers, so that it survives a change of bounds.
#[derive(Clone, Debug, Default)]
struct Basis {
    /// Parent of each node, `nodes` for the root.
    parent: Vec<u32>,
    /// Arc to the parent, [`NONE`] for the artificial one.
    joint: Vec<u32>,
    /// Arcs that stand at their capacity outside the tree.
    full: Vec<bool>,
}

/// Working memory and last basis of the simplex method.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kernel {
    nodes: usize,
    /// Arcs that can carry flow; artificial arcs follow them, one for each node.
    real: usize,
    arcs: Vec<Priced>,
    state: Vec<i8>,
    capacity: Vec<i64>,
    /// Units on each arc above its lower bound, as of the end of the last run.
    flow: Vec<i64>,
    /// Number in the network of each real arc.
    origin: Vec<u32>,
    /// Position here of each arc of the network, [`NONE`] when dropped.
    position: Vec<u32>,
    /// Price of each node and the root; only differences count, and they are kept modulo 2^64 while pivoting.
    price: Vec<i64>,
    excess: Vec<i64>,
    tree: Tree,
    basis: Basis,
    cursor: usize,
    block: usize,
    penalty: i64,
    pivots: u64,
}

impl Kernel {
    /// Solves from the last basis when `warm` and it fits, else from nothing.
    pub(crate) fn run(&mut self, network: &Network, warm: bool) -> End {
        self.lay_out(network, false);
        let fits = warm && self.recall(network);
        if !fits {
            self.start(network);
        }
        self.settle();
        self.reprice();
        self.pivots = 0;
        self.cursor = 0;
        let end = self.improve();
        self.collect();
        self.reprice();
        self.remember(network);
        end
    }

    /// Solves from nothing, with head room for costs that rise by up to `rise` afterwards.
    pub(crate) fn run_with_rise(&mut self, network: &Network, rise: i64) -> End {
        self.lay_out(network, false);
        self.penalty = network.penalty_with(rise);
        for arc in &mut self.arcs[self.real..] {
            arc.cost = self.penalty;
        }
        self.start(network);
        self.settle();
        self.again()
    }

    /// Sets the cost of an arc of the network for the next [`Kernel::again`]; nothing where the arc was left out.
    pub(crate) fn recost(&mut self, arc: usize, cost: i64) {
        let position = self.position[arc];
        if position != NONE {
            self.arcs[position as usize].cost = cost;
        }
    }

    /// Goes on from the plan that stands, which costs cannot spoil, until it is the cheapest again.
    pub(crate) fn again(&mut self) -> End {
        self.reprice();
        self.pivots = 0;
        self.cursor = 0;
        let end = self.improve();
        self.collect();
        end
    }

    /// Sum of cost × flow above the lower bounds as of the last run.
    pub(crate) fn cost(&self) -> i128 {
        let arcs = self.arcs[..self.real].iter().zip(&self.flow).filter(|(_, flow)| **flow != 0);
        arcs.map(|(arc, &flow)| i128::from(arc.cost) * i128::from(flow)).sum()
    }

    /// Gives up memory that only a change of bounds or supplies would need.
    pub(crate) fn forget_basis(&mut self) {
        self.basis = Basis::default();
        self.origin = Vec::new();
        self.excess = Vec::new();
    }

    /// Pivots of the last run.
    pub(crate) fn pivots(&self) -> u64 {
        self.pivots
    }

    /// Prices of the nodes.
    pub(crate) fn prices(&self) -> &[i64] {
        &self.price[..self.nodes]
    }

    /// Flow above the lower bound on an arc of the network, `None` when the arc was left out.
    pub(crate) fn flow(&self, arc: usize) -> Option<i64> {
        let position = self.position[arc];
        (position != NONE).then(|| self.flow[position as usize])
    }

    /// What a node could not pass on: above zero a surplus, below zero a shortage.
    pub(crate) fn left(&self, node: usize) -> i64 {
        let artificial = self.real + node;
        let flow = self.flow[artificial];
        if self.arcs[artificial].from as usize == node { flow } else { -flow }
    }

    /// Copies the arcs in strides and sets up the artificial ones; unless `all` are asked for, those that can carry nothing are left out.
    fn lay_out(&mut self, network: &Network, all: bool) {
        let (facts, given) = (network.facts(), network.arcs());
        self.nodes = network.supplies().len();
        self.penalty = network.penalty();
        self.arcs.clear();
        self.capacity.clear();
        self.origin.clear();
        self.position.clear();
        self.position.resize(given.len(), NONE);
        let most = facts.volume + 1;
        // As many arcs share an offset as one block holds; measured, that saves a fifth to a third of the pivots.
        let stride = (given.len().isqrt() / 2).max(1);
        for offset in 0..stride {
            for index in (offset..given.len()).step_by(stride) {
                let arc = &given[index];
                let capacity = match arc.range() {
                    // Where all stay, bounds and supplies may change afterwards.
                    Some(range) if all => range,
                    Some(range) => range.min(most),
                    None if all || facts.may_be_unbounded => NO_LIMIT,
                    None => most,
                };
                if (capacity == 0 && !all) || arc.from == arc.to {
                    continue;
                }
                self.position[index] = self.arcs.len() as u32;
                self.origin.push(index as u32);
                self.arcs.push(Priced { cost: arc.cost, from: arc.from as u32, to: arc.to as u32 });
                self.capacity.push(capacity);
            }
        }
        self.real = self.arcs.len();
        self.block = (2 * self.real.isqrt()).max(SMALLEST_BLOCK);
        let root = self.nodes as u32;
        for node in 0..root {
            self.arcs.push(Priced { cost: self.penalty, from: node, to: root });
            self.capacity.push(NO_LIMIT);
        }
        self.state.clear();
        self.state.resize(self.arcs.len(), AT_LOWER);
        self.price.clear();
        self.price.resize(self.nodes + 1, 0);
        self.excess.clear();
        self.excess.resize(self.nodes + 1, 0);
    }

    /// Hangs every node from the root and fills the arcs that gain.
    fn start(&mut self, network: &Network) {
        let root = self.nodes as u32;
        self.tree.knots.clear();
        for node in 0..root {
            let joint = self.joint((self.real as u32) + node, true);
            self.tree.knots.push(Knot::hung(root, joint));
        }
        self.tree.knots.push(Knot::hung(NONE, NO_JOINT));
        self.tree.thread();
        self.state.fill(AT_LOWER);
        self.state[self.real..].fill(IN_TREE);
        for index in 0..self.real {
            if self.arcs[index].cost < 0 && self.capacity[index] < NO_LIMIT {
                self.state[index] = AT_UPPER;
            }
        }
        self.gather(network);
    }

    /// Sets up the last basis; false when it does not fit this network.
    fn recall(&mut self, network: &Network) -> bool {
        let given = network.arcs();
        if self.basis.parent.len() != self.nodes || self.basis.full.len() != given.len() {
            return false;
        }
        let root = self.nodes as u32;
        self.tree.knots.clear();
        for node in 0..root {
            let (parent, joint) = (self.basis.parent[node as usize], self.basis.joint[node as usize]);
            let position = if joint == NONE { NONE } else { self.position[joint as usize] };
            let ends = (position != NONE)
                .then(|| (self.arcs[position as usize].from, self.arcs[position as usize].to));
            let knot = match ends {
                Some(ends) if ends == (node, parent) => Knot::hung(parent, self.joint(position, true)),
                Some(ends) if ends == (parent, node) => Knot::hung(parent, self.joint(position, false)),
                _ => Knot::hung(root, self.joint((self.real as u32) + node, true)),
            };
            self.tree.knots.push(knot);
        }
        self.tree.knots.push(Knot::hung(NONE, NO_JOINT));
        self.tree.thread();
        if !self.tree.spans() {
            return false;
        }
        let mut filled = 0_i128;
        for (index, &origin) in self.origin.iter().enumerate() {
            if self.basis.full[origin as usize] && self.capacity[index] < NO_LIMIT {
                self.state[index] = AT_UPPER;
                filled += i128::from(self.capacity[index]);
            }
        }
        for knot in &self.tree.knots[..self.nodes] {
            self.state[knot.joint.arc as usize] = IN_TREE;
        }
        // The sums below stay in range for a start from nothing; for an old basis that must be seen.
        if filled + i128::from(network.facts().volume) >= i128::from(LARGEST_STEP) {
            return false;
        }
        self.gather(network);
        true
    }

    /// A joint over an arc that carries nothing yet.
    fn joint(&self, arc: u32, up: bool) -> Joint {
        Joint { flow: 0, capacity: self.capacity[arc as usize], arc, up }
    }

    /// Sums what each node must pass on along tree arcs.
    fn gather(&mut self, network: &Network) {
        // Wide sums of lower bounds were checked; single steps of them may pass 64 bits and come back, so the sums wrap.
        for (slot, &supply) in self.excess.iter_mut().zip(network.supplies()) {
            *slot = supply;
        }
        for arc in network.arcs().iter().filter(|arc| arc.lower != 0) {
            self.excess[arc.from] = self.excess[arc.from].wrapping_sub(arc.lower);
            self.excess[arc.to] = self.excess[arc.to].wrapping_add(arc.lower);
        }
        for index in 0..self.real {
            if self.state[index] == AT_UPPER {
                let Priced { from, to, .. } = self.arcs[index];
                let flow = self.capacity[index];
                self.excess[from as usize] = self.excess[from as usize].wrapping_sub(flow);
                self.excess[to as usize] = self.excess[to as usize].wrapping_add(flow);
            }
        }
    }

    /// Gives tree arcs their flows, leaves first; hangs a node from the root where its arc cannot hold them strongly feasibly.
    fn settle(&mut self) {
        let root = self.nodes as u32;
        let mut moved = false;
        for position in (1..self.tree.order().len()).rev() {
            let node = self.tree.order()[position];
            let Knot { parent, joint: Joint { arc, up, capacity, .. }, .. } = self.tree.knots[node as usize];
            let mut rest = self.excess[node as usize];
            if (arc as usize) < self.real {
                let wanted = if up { rest } else { -rest };
                let flow = wanted.clamp(0, capacity);
                let sent = if up { flow } else { -flow };
                self.tree.knots[node as usize].joint.flow = flow;
                self.excess[parent as usize] += sent;
                let roomy = if up { flow < capacity } else { flow > 0 };
                if flow == wanted && roomy {
                    continue;
                }
                self.state[arc as usize] = if flow == 0 { AT_LOWER } else { AT_UPPER };
                rest -= sent;
                moved = true;
            }
            let artificial = (self.real as u32) + node;
            self.state[artificial as usize] = IN_TREE;
            self.aim(node, rest >= 0);
            let knot = &mut self.tree.knots[node as usize];
            knot.parent = root;
            knot.joint = Joint { flow: rest.abs(), capacity: NO_LIMIT, arc: artificial, up: rest >= 0 };
        }
        if moved {
            self.tree.thread();
        }
    }

    /// Points the artificial arc of a node to the root or away from it.
    fn aim(&mut self, node: u32, up: bool) {
        let root = self.nodes as u32;
        let arc = &mut self.arcs[self.real + node as usize];
        (arc.from, arc.to) = if up { (node, root) } else { (root, node) };
    }

    /// Derives all prices from the tree: the root has none, and no tree arc has a reduced cost.
    fn reprice(&mut self) {
        self.price[self.nodes] = 0;
        let mut node = self.tree.next[self.nodes];
        for _ in 0..self.nodes {
            let Knot { parent, joint: Joint { arc, up, .. }, .. } = self.tree.knots[node as usize];
            let cost = self.arcs[arc as usize].cost;
            let above = self.price[parent as usize];
            self.price[node as usize] = if up { above - cost } else { above + cost };
            node = self.tree.next[node as usize];
        }
    }

    /// Pivots until nothing improves.
    fn improve(&mut self) -> End {
        loop {
            while let Some(arc) = self.choose() {
                if let Some(cycle) = self.pivot(arc) {
                    return End::Unbounded(cycle);
                }
            }
            // All is routed, or what is left over lies where it costs least.
            let Some(arc) = self.choose_artificial() else { return End::Optimal };
            if let Some(cycle) = self.pivot(arc) {
                return End::Unbounded(cycle);
            }
        }
    }

    /// The most promising arc of the first block that holds one.
    fn choose(&mut self) -> Option<usize> {
        let mut looked = 0;
        let mut start = self.cursor;
        while looked < self.real {
            let end = (start + self.block).min(self.real);
            let mut best = 0;
            let mut chosen = None;
            for (offset, (arc, &state)) in
                self.arcs[start..end].iter().zip(&self.state[start..end]).enumerate()
            {
                // In range by the limits on costs; spelled as wrapping because the checks cost a tenth of the whole run.
                let reduced = arc
                    .cost
                    .wrapping_add(self.price[arc.from as usize])
                    .wrapping_sub(self.price[arc.to as usize]);
                let gain = i64::from(state).wrapping_mul(reduced);
                if gain < best {
                    best = gain;
                    chosen = Some(start + offset);
                }
            }
            looked += end - start;
            start = if end == self.real { 0 } else { end };
            if chosen.is_some() {
                self.cursor = start;
                return chosen;
            }
        }
        None
    }

    /// An artificial arc that would let a surplus or shortage stay at a cheaper place; none when nothing is left over.
    fn choose_artificial(&mut self) -> Option<usize> {
        let leaves = |knot: &Knot| knot.joint.arc as usize >= self.real && knot.joint.flow > 0;
        if !self.tree.knots[..self.nodes].iter().any(leaves) {
            return None;
        }
        for node in 0..self.nodes {
            let price = self.price[node].wrapping_sub(self.price[self.nodes]);
            if price.abs() > self.penalty && self.state[self.real + node] != IN_TREE {
                self.aim(node as u32, price < 0);
                return Some(self.real + node);
            }
        }
        None
    }

    /// Brings an arc into the tree; gives back the cycle when it can carry flow without limit.
    fn pivot(&mut self, entering: usize) -> Option<Vec<usize>> {
        self.pivots += 1;
        let Priced { from, to, cost } = self.arcs[entering];
        let forward = self.state[entering] == AT_LOWER;
        let (first, second) = if forward { (from, to) } else { (to, from) };

        // Climb both sides to where they meet. Flow will run down to `first`, over the arc and up from `second`; of the arcs that block,
        // the last one in that direction leaves, which keeps the tree strongly feasible.
        let knots = &self.tree.knots;
        let (mut down_step, mut down_cut) = (i64::MAX, NONE);
        let (mut up_step, mut up_cut) = (i64::MAX, NONE);
        let (mut left, mut right) = (first, second);
        while left != right {
            if knots[left as usize].size < knots[right as usize].size {
                let knot = &knots[left as usize];
                let Joint { flow, capacity, up, .. } = knot.joint;
                let room = if up { flow } else { capacity - flow };
                if room < down_step {
                    (down_step, down_cut) = (room, left);
                }
                left = knot.parent;
            } else {
                let knot = &knots[right as usize];
                let Joint { flow, capacity, up, .. } = knot.joint;
                let room = if up { capacity - flow } else { flow };
                if room <= up_step {
                    (up_step, up_cut) = (room, right);
                }
                right = knot.parent;
            }
        }
        let meet = left;
        let own = self.capacity[entering];
        let step = own.min(down_step).min(up_step);
        if step > LARGEST_STEP {
            return Some(self.cycle(entering, first, second, meet));
        }
        if step > 0 {
            self.push(first, second, meet, step);
        }
        let (cut, top, under, on_first) = if up_step == step {
            (up_cut, second, first, false)
        } else if own == step {
            self.state[entering] = -self.state[entering];
            return None;
        } else {
            (down_cut, first, second, true)
        };

        let leaving = self.tree.knots[cut as usize].joint;
        self.state[leaving.arc as usize] = if leaving.flow == 0 { AT_LOWER } else { AT_UPPER };
        self.state[entering] = IN_TREE;
        // The arc runs from the moved side upward when that side is its tail.
        let up = on_first == forward;
        let flow = if forward { step } else { own - step };
        self.hang(cut, top, under, meet, Joint { flow, capacity: own, arc: entering as u32, up }, cost);
        None
    }

    /// Turns the subtree of `cut` over, hangs its `top` under `under`, and shifts prices so that the new joint has no reduced cost.
    fn hang(&mut self, cut: u32, top: u32, under: u32, meet: u32, joint: Joint, cost: i64) {
        self.tree.rehang(cut, top, under, meet, joint);
        let above = self.price[under as usize];
        let due = if joint.up { above.wrapping_sub(cost) } else { above.wrapping_add(cost) };
        let shift = due.wrapping_sub(self.price[top as usize]);
        self.shift(top, shift);
    }

    /// Raises all prices in the subtree of a node; only differences matter, so where it is the larger side, all others fall instead.
    fn shift(&mut self, top: u32, shift: i64) {
        let Knot { size, last, .. } = self.tree.knots[top as usize];
        let others = self.tree.knots.len() as u32 - size;
        let beyond = self.tree.next[last as usize];
        let (mut node, count, shift) =
            if size <= others { (top, size, shift) } else { (beyond, others, shift.wrapping_neg()) };
        for _ in 0..count {
            let price = &mut self.price[node as usize];
            *price = price.wrapping_add(shift);
            node = self.tree.next[node as usize];
        }
    }

    /// Moves `step` units over the tree part of the cycle: down to `first`, up from `second`.
    fn push(&mut self, first: u32, second: u32, meet: u32, step: i64) {
        for (start, with) in [(first, false), (second, true)] {
            let mut node = start;
            while node != meet {
                let knot = &mut self.tree.knots[node as usize];
                knot.joint.flow += if knot.joint.up == with { step } else { -step };
                node = knot.parent;
            }
        }
    }

    /// Arcs of the network on the cycle that the entering arc closes, in its direction from where the sides meet.
    fn cycle(&self, entering: usize, first: u32, second: u32, meet: u32) -> Vec<usize> {
        let climb = |start: u32| {
            std::iter::successors(Some(start), |&node| Some(self.tree.knots[node as usize].parent))
                .take_while(|&node| node != meet)
                .map(|node| self.tree.knots[node as usize].joint.arc as usize)
                .collect::<Vec<_>>()
        };
        let down = climb(first).into_iter().rev();
        let all = down.chain([entering]).chain(climb(second));
        all.filter(|&arc| arc < self.real).map(|arc| self.origin[arc] as usize).collect()
    }

    /// Gathers the flows of all arcs from their states and the tree.
    fn collect(&mut self) {
        self.flow.clear();
        self.flow.extend(
            self.state
                .iter()
                .zip(&self.capacity)
                .map(|(&state, &full)| if state == AT_UPPER { full } else { 0 }),
        );
        for knot in &self.tree.knots[..self.nodes] {
            self.flow[knot.joint.arc as usize] = knot.joint.flow;
        }
    }

    /// Keeps the basis for the next run.
    fn remember(&mut self, network: &Network) {
        let basis = &mut self.basis;
        basis.parent.clear();
        basis.joint.clear();
        for knot in &self.tree.knots[..self.nodes] {
            basis.parent.push(knot.parent);
            basis.joint.push(self.origin.get(knot.joint.arc as usize).copied().unwrap_or(NONE));
        }
        basis.full.clear();
        basis.full.resize(network.arcs().len(), false);
        for (index, &origin) in self.origin.iter().enumerate() {
            basis.full[origin as usize] = self.state[index] == AT_UPPER;
        }
    }
}

const _: () = assert!(UNLIMITED > NO_LIMIT);
