//! The basis kept optimal while single numbers change, by dual simplex.
//!
//! A change leaves the prices right and some flows on tree arcs out of their bounds, or is made so by moving arcs whose price turned to
//! their other bound. Then tree arcs out of bounds leave, one by one, and the arc across their cut that costs least to use comes in
//! (Ahuja, Magnanti and Orlin 1993, section 11.9). A cut is read from its smaller side, so a change costs what it touches. Where no arc
//! crosses, not all can be routed, and where the steps run out, they may turn in a circle: either way the primal method goes on from the same
//! tree. All arcs are laid out, those without room too; they stand as if in the tree, so that no method takes them.

use super::{AT_LOWER, AT_UPPER, End, IN_TREE, Joint, Kernel, Knot, NO_LIMIT, Priced};
use crate::network::Network;

/// Steps beyond the number of nodes before the primal method takes over.
const SPARE_STEPS: usize = 50;

/// An arc as one of its ends sees it.
#[derive(Clone, Copy, Debug, Default)]
struct Near {
    /// The other end.
    other: u32,
    /// Twice the arc's position, and one more where it leaves this end.
    arc: u32,
    /// Cost of a unit on it, kept here because the search for an arc reads all those around a side.
    cost: i64,
}

impl Near {
    fn index(self) -> usize {
        (self.arc >> 1) as usize
    }

    /// 1 where it leaves this end, −1 where it arrives.
    fn way(self) -> i64 {
        i64::from(self.arc & 1) * 2 - 1
    }
}

/// A kernel whose plan is the cheapest between calls.
#[derive(Clone, Debug)]
pub(crate) struct Mender {
    kernel: Kernel,
    /// The arcs around node n are `around[first[n]..first[n + 1]]`; none are around the root.
    first: Vec<u32>,
    around: Vec<Near>,
    /// Where each arc stands in `around`, as its tail and as its head see it.
    places: Vec<[u32; 2]>,
    /// Nodes of the side looked at carry the present stamp.
    mark: Vec<u32>,
    stamp: u32,
    /// Arcs of which the flow moved since all was in bounds.
    moved: Vec<u32>,
    /// Arcs across a cut that are to go to their other bound, while they are looked at.
    turned: Vec<u32>,
    /// Cost × flow above the lower bounds.
    cost: i128,
    /// Something is left over, or an arc without limit gains: only the primal method helps.
    primal: bool,
    steps: u64,
}

impl Mender {
    /// Solves a network without loops and without arcs that gain without limit.
    pub(crate) fn new(network: &Network) -> Self {
        let mut kernel = Kernel::default();
        kernel.lay_out(network, true);
        kernel.start(network);
        let nodes = kernel.nodes;
        let mut first = vec![0; nodes + 2];
        for arc in &kernel.arcs[..kernel.real] {
            first[arc.from as usize + 1] += 1;
            first[arc.to as usize + 1] += 1;
        }
        for node in 0..=nodes {
            first[node + 1] += first[node];
        }
        let mut free = first.clone();
        let mut around = vec![Near::default(); 2 * kernel.real];
        let mut places = Vec::with_capacity(kernel.real);
        for (index, &Priced { cost, from, to }) in kernel.arcs[..kernel.real].iter().enumerate() {
            let twice = 2 * index as u32;
            places.push([(from, to, twice + 1), (to, from, twice)].map(|(node, other, arc)| {
                let place = free[node as usize];
                around[place as usize] = Near { other, arc, cost };
                free[node as usize] += 1;
                place
            }));
        }
        let mark = vec![0; nodes + 1];
        let (moved, turned) = (Vec::new(), Vec::new());
        let mut mender = Self {
            kernel,
            first,
            around,
            places,
            mark,
            stamp: 0,
            moved,
            turned,
            cost: 0,
            primal: false,
            steps: 0,
        };
        mender.finish();
        mender
    }

    /// Sends `more` units from a node to the root along the tree.
    pub(crate) fn supply(&mut self, node: usize, more: i64) {
        let kernel = &mut self.kernel;
        let away = kernel.price[kernel.nodes].wrapping_sub(kernel.price[node]);
        self.cost += i128::from(more) * i128::from(away);
        let root = kernel.tree.root();
        let mut node = node as u32;
        while node != root {
            let knot = &mut kernel.tree.knots[node as usize];
            knot.joint.flow += if knot.joint.up { more } else { -more };
            self.moved.push(knot.joint.arc);
            node = knot.parent;
        }
    }

    /// Sets what an arc can carry above its lower bound; `None` is no limit.
    pub(crate) fn room(&mut self, arc: usize, range: Option<i64>) {
        let at = self.kernel.position[arc];
        let index = at as usize;
        let room = range.unwrap_or(NO_LIMIT);
        let was = std::mem::replace(&mut self.kernel.capacity[index], room);
        if let Some(node) = self.below(at) {
            self.kernel.tree.knots[node as usize].joint.capacity = room;
            self.moved.push(at);
            return;
        }
        if self.kernel.state[index] == AT_UPPER {
            self.carry(index, -was);
        }
        self.kernel.state[index] = if room == 0 { IN_TREE } else { AT_LOWER };
        self.stand(index);
    }

    /// Sets the cost of a unit on an arc.
    pub(crate) fn recost(&mut self, arc: usize, cost: i64) {
        let at = self.kernel.position[arc];
        let index = at as usize;
        let more = cost - self.kernel.arcs[index].cost;
        self.cost += i128::from(more) * i128::from(self.flow(arc));
        self.kernel.arcs[index].cost = cost;
        for place in self.places[index] {
            self.around[place as usize].cost = cost;
        }
        let Some(node) = self.below(at) else {
            self.stand(index);
            return;
        };
        let up = self.kernel.tree.knots[node as usize].joint.up;
        self.kernel.shift(node, if up { more.wrapping_neg() } else { more });
        let (start, count, _) = self.side(node);
        let mut turned = std::mem::take(&mut self.turned);
        let mut here = start;
        for _ in 0..count {
            let (low, high) = (self.first[here as usize] as usize, self.first[here as usize + 1] as usize);
            for &near in &self.around[low..high] {
                let across = self.mark[near.other as usize] != self.stamp;
                if across && self.loss(near.index()) < 0 {
                    turned.push(near.arc >> 1);
                }
            }
            here = self.kernel.tree.next[here as usize];
        }
        for index in turned.drain(..) {
            self.stand(index as usize);
        }
        self.turned = turned;
    }

    /// Makes the plan the cheapest again, `network` being what the changes have led to; false when not all can be routed.
    pub(crate) fn mend(&mut self, network: &Network) -> bool {
        self.steps = 0;
        if self.primal || !self.restore() {
            self.kernel.tree.thread();
            self.kernel.gather(network);
            self.finish();
        }
        self.moved.clear();
        !self.primal
    }

    /// Cost × flow above the lower bounds.
    pub(crate) fn cost(&self) -> i128 {
        self.cost
    }

    /// Pivots of the last call.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    /// Units on an arc above its lower bound.
    pub(crate) fn flow(&self, arc: usize) -> i64 {
        let at = self.kernel.position[arc];
        match self.below(at) {
            Some(node) => self.kernel.tree.knots[node as usize].joint.flow,
            None if self.kernel.state[at as usize] == AT_UPPER => self.kernel.capacity[at as usize],
            None => 0,
        }
    }

    /// Price of a node; only differences count.
    pub(crate) fn price(&self, node: usize) -> i64 {
        self.kernel.price[node].wrapping_sub(self.kernel.price[self.kernel.nodes])
    }

    /// What a node could not pass on: above zero a surplus, below zero a shortage.
    pub(crate) fn left(&self, node: usize) -> i64 {
        let Joint { flow, arc, up, .. } = self.kernel.tree.knots[node].joint;
        if (arc as usize) < self.kernel.real {
            return 0;
        }
        if up { flow } else { -flow }
    }

    /// Ends a run by the primal method, from any tree and any excess gathered for it.
    fn finish(&mut self) {
        let kernel = &mut self.kernel;
        kernel.settle();
        for (state, &room) in kernel.state[..kernel.real].iter_mut().zip(&kernel.capacity) {
            // An arc with room outside the tree is never in the tree's state, so only those without are met here.
            if room == 0 {
                *state = IN_TREE;
            }
        }
        let end = kernel.again();
        debug_assert_eq!(end, End::Optimal, "no arc gains without limit");
        self.steps += kernel.pivots();
        self.cost = kernel.cost();
        self.primal = (0..kernel.nodes).any(|node| kernel.left(node) != 0);
    }

    /// The lower end of a tree arc; none for other arcs.
    fn below(&self, arc: u32) -> Option<u32> {
        let Priced { from, to, .. } = self.kernel.arcs[arc as usize];
        [from, to].into_iter().find(|&node| self.kernel.tree.knots[node as usize].joint.arc == arc)
    }

    /// What a unit less or more on an arc outside the tree costs, whichever its bound allows; below zero it is at the wrong bound.
    fn loss(&self, index: usize) -> i64 {
        let Priced { from, to, cost } = self.kernel.arcs[index];
        let (tail, head) = (self.kernel.price[from as usize], self.kernel.price[to as usize]);
        let reduced = cost.wrapping_add(tail).wrapping_sub(head);
        i64::from(self.kernel.state[index]).wrapping_mul(reduced)
    }

    /// Moves an arc outside the tree to the bound that its price asks for.
    fn stand(&mut self, index: usize) {
        if self.loss(index) >= 0 {
            return;
        }
        if self.kernel.capacity[index] == NO_LIMIT {
            self.primal = true;
            return;
        }
        self.turn(index);
    }

    /// Moves an arc outside the tree to its other bound.
    fn turn(&mut self, index: usize) {
        let room = self.kernel.capacity[index];
        let rises = self.kernel.state[index] == AT_LOWER;
        self.kernel.state[index] = if rises { AT_UPPER } else { AT_LOWER };
        self.carry(index, if rises { room } else { -room });
    }

    /// Puts so many units more on an arc outside the tree and takes them back along it.
    fn carry(&mut self, index: usize, more: i64) {
        let Priced { from, to, cost } = self.kernel.arcs[index];
        self.cost += i128::from(more) * i128::from(cost);
        self.supply(from as usize, -more);
        self.supply(to as usize, more);
    }

    /// Stamps the smaller side of the cut above a node: where it begins, how many nodes it has, whether it is the node's own.
    fn side(&mut self, node: u32) -> (u32, u32, bool) {
        if self.stamp == u32::MAX {
            self.mark.fill(0);
            self.stamp = 0;
        }
        self.stamp += 1;
        let tree = &self.kernel.tree;
        let Knot { size, last, .. } = tree.knots[node as usize];
        let others = tree.knots.len() as u32 - size;
        let own = size <= others;
        let (start, count) = if own { (node, size) } else { (tree.next[last as usize], others) };
        let mut here = start;
        for _ in 0..count {
            self.mark[here as usize] = self.stamp;
            here = tree.next[here as usize];
        }
        (start, count, own)
    }

    /// Brings all tree arcs into their bounds; false when the primal method must go on.
    fn restore(&mut self) -> bool {
        let limit = (self.kernel.nodes + SPARE_STEPS) as u64;
        loop {
            // The smallest subtree first: what helps it often helps those above.
            let mut moved = std::mem::take(&mut self.moved);
            let mut chosen: Option<(u32, u32)> = None;
            moved.retain(|&arc| {
                let Some(node) = self.below(arc).filter(|&node| self.over(node) != 0) else { return false };
                let size = self.kernel.tree.knots[node as usize].size;
                if chosen.is_none_or(|least| (size, arc) < least) {
                    chosen = Some((size, arc));
                }
                true
            });
            self.moved = moved;
            let Some(node) = chosen.and_then(|(_, arc)| self.below(arc)) else { return true };
            if self.steps >= limit || !self.step(node) {
                return false;
            }
        }
    }

    /// Units beyond its bounds on the arc above a node: below zero under the lower one. An artificial arc has no room here.
    fn over(&self, node: u32) -> i64 {
        let Joint { flow, capacity, arc, .. } = self.kernel.tree.knots[node as usize].joint;
        let room = if (arc as usize) < self.kernel.real { capacity } else { 0 };
        if flow < 0 { flow } else { (flow - room).max(0) }
    }

    /// Takes the arc above a node out of the tree and brings in the one that costs least; false when too little crosses the cut.
    ///
    /// Cheaper arcs that cannot hold what is beyond the bounds go to their other bound and hold a part of it.
    fn step(&mut self, cut: u32) -> bool {
        let over = self.over(cut);
        let into = self.kernel.tree.knots[cut as usize].joint.up == (over < 0);
        let mut amount = over.abs();
        let mut chosen = self.cross(cut, into, amount);
        let mut small = std::mem::take(&mut self.turned);
        small.sort_unstable_by_key(|&index| (self.loss(index as usize), index));
        for index in small.drain(..).map(|index| index as usize) {
            if chosen.is_some_and(|(loss, _)| self.loss(index) >= loss) {
                break;
            }
            if self.kernel.capacity[index] >= amount {
                chosen = Some((self.loss(index), index));
                break;
            }
            amount -= self.kernel.capacity[index];
            self.turn(index);
        }
        self.turned = small;
        let Some((loss, entering)) = chosen else { return false };
        self.exchange(cut, into, amount, entering);
        self.cost += i128::from(amount) * i128::from(loss);
        self.steps += 1;
        true
    }

    /// Sends so many units over an arc into the subtree under a cut, or out of it, and puts it in the place of the arc cut.
    fn exchange(&mut self, cut: u32, into: bool, amount: i64, entering: usize) {
        let kernel = &mut self.kernel;
        let Priced { from, to, cost } = kernel.arcs[entering];
        let forward = kernel.state[entering] == AT_LOWER;
        let (first, second) = if forward { (from, to) } else { (to, from) };
        let (top, under) = if into { (second, first) } else { (first, second) };
        let knots = &kernel.tree.knots;
        let (mut left, mut right) = (top, under);
        while left != right {
            let climbs =
                if knots[left as usize].size < knots[right as usize].size { &mut left } else { &mut right };
            self.moved.push(knots[*climbs as usize].joint.arc);
            *climbs = knots[*climbs as usize].parent;
        }
        kernel.push(first, second, left, amount);
        let leaving = kernel.tree.knots[cut as usize].joint;
        kernel.state[leaving.arc as usize] = if (leaving.arc as usize) < kernel.real && leaving.capacity == 0
        {
            IN_TREE
        } else if leaving.flow == 0 {
            AT_LOWER
        } else {
            AT_UPPER
        };
        kernel.state[entering] = IN_TREE;
        let capacity = kernel.capacity[entering];
        let flow = if forward { amount } else { capacity - amount };
        let arc = entering as u32;
        kernel.hang(cut, top, under, left, Joint { flow, capacity, arc, up: from == top }, cost);
        self.moved.push(arc);
    }

    /// The arc across the cut above a node that can take so many units into its subtree, or out of it, at least loss; those that can take
    /// only a part at less are gathered as turned.
    #[allow(clippy::needless_bitwise_bool, reason = "one branch that is foreseen, not three that are not")]
    fn cross(&mut self, cut: u32, into: bool, amount: i64) -> Option<(i64, usize)> {
        let (start, count, own) = self.side(cut);
        // Units of what is wanted run out of the side looked at, or into it.
        let wanted = if into == own { -1 } else { 1 };
        let mut least = i64::MAX;
        let mut best = None;
        self.turned.clear();
        let mut here = start;
        for _ in 0..count {
            let (low, high) = (self.first[here as usize] as usize, self.first[here as usize + 1] as usize);
            let price = self.kernel.price[here as usize];
            for &near in &self.around[low..high] {
                // One test that seldom holds, in place of several that cannot be foreseen; measured, that saves a third of the whole.
                let index = near.index();
                let state = i64::from(self.kernel.state[index]);
                let way = near.way();
                let gap = price.wrapping_sub(self.kernel.price[near.other as usize]);
                let loss = state.wrapping_mul(near.cost.wrapping_add(way.wrapping_mul(gap)));
                let across = self.mark[near.other as usize] != self.stamp;
                if !(across & (state.wrapping_mul(way) == wanted) & (loss < least)) {
                    continue;
                }
                if self.kernel.capacity[index] < amount {
                    self.turned.push(index as u32);
                    continue;
                }
                (least, best) = (loss, Some((loss, index)));
                if loss == 0 {
                    self.turned.clear();
                    return best;
                }
            }
            here = self.kernel.tree.next[here as usize];
        }
        best
    }
}
