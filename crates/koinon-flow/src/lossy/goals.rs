//! The search: the primal simplex method on the basis of owners, one goal after the other.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "indices come from a checked network; numbers are bounded before they are cast"
)]

use super::basis::{Basis, State};
use super::{FACTOR_MAX, LossyFlow, LossyNetwork, PRICE_MAX, Proof, SCALE_MAX};

/// A reduced cost nearer to zero is none.
const COST_EPSILON: f64 = 1e-7;
/// A change of a flow nearer to zero is none.
const CHANGE_EPSILON: f64 = 1e-9;
/// Steps that differ by less are taken for equal; with large amounts, this part of the largest.
const STEP_EPSILON: f64 = 1e-7;
const STEP_PART: f64 = 1e-15;
/// Fewest arcs looked at before one is chosen.
const BLOCK_MIN: usize = 64;
/// Steps after which flows are worked out from nothing.
const FRESH: u64 = 2_000;

/// A search under way.
struct Search<'a> {
    basis: Basis<'a>,
    costs: Vec<f64>,
    cursor: usize,
    block: usize,
    /// Steps that differ by less are taken for equal.
    epsilon: f64,
    pivots: u64,
    work: u64,
    /// Steps in a row that moved nothing.
    stalled: u64,
}

/// See [`super::solve`].
pub(super) fn solve(network: &LossyNetwork, work_max: u64) -> LossyFlow {
    let arcs = network.arcs().len();
    let block = BLOCK_MIN.max(arcs.isqrt());
    let basis = Basis::new(network);
    let largest = basis.flow.iter().copied().fold(0.0, f64::max);
    let epsilon = STEP_EPSILON.max(largest * STEP_PART);
    let mut search =
        Search { basis, epsilon, costs: vec![0.0; arcs], cursor: 0, block, pivots: 0, work: 0, stalled: 0 };
    let mut proofs = Vec::with_capacity(network.goals.len());
    let mut complete = true;
    for goal in 0..network.goals.len() {
        if complete {
            search.aim(network, goal, &[]);
            complete = search.improve(work_max);
            search.basis.balance();
        }
        proofs.push(search.prove(network, goal));
        if complete {
            search.aim(network, goal, &[]);
            search.fix();
        }
    }
    LossyFlow { flow: search.basis.flow, proofs, complete, pivots: search.pivots, work: search.work }
}

impl Search<'_> {
    /// Takes the costs of a goal, and of the goals before it with their factors.
    fn aim(&mut self, network: &LossyNetwork, goal: usize, factors: &[i64]) {
        for (arc, cost) in self.costs.iter_mut().enumerate() {
            *cost = network.goals[goal][arc] as f64;
            for (factor, costs) in factors.iter().zip(&network.goals) {
                *cost += *factor as f64 * costs[arc] as f64;
            }
        }
        self.basis.price_all(&self.costs);
    }

    fn reduced(&self, arc: usize) -> f64 {
        let basis = &self.basis;
        let head = if basis.to[arc] == super::basis::OUT { 0.0 } else { basis.price[basis.to[arc]] };
        self.costs[arc] - basis.price[basis.from[arc]] + basis.gain[arc] * head
    }

    /// How much a unit on an arc gains; zero or less where it may not move.
    fn gain(&self, arc: usize) -> f64 {
        match self.basis.state[arc] {
            State::Lower => -self.reduced(arc),
            State::Upper => self.reduced(arc),
            State::Basic | State::Fixed => 0.0,
        }
    }

    /// Makes the flow as good as it can be; whether that was reached with the work that is left.
    fn improve(&mut self, work_max: u64) -> bool {
        self.stalled = 0;
        let patience = 200 + self.basis.own.len() as u64;
        while let Some(arc) = self.entering(self.stalled > patience) {
            if self.work > work_max {
                return false;
            }
            self.step(arc);
            if self.pivots.is_multiple_of(FRESH) {
                self.basis.balance();
            }
        }
        true
    }

    /// The arc that gains most among the next ones; the first that gains at all where nothing moved for long (Bland 1977).
    fn entering(&mut self, first: bool) -> Option<usize> {
        let arcs = self.costs.len();
        if first {
            self.work += arcs as u64;
            return (0..arcs).find(|arc| self.gain(*arc) > COST_EPSILON);
        }
        let mut looked = 0;
        while looked < arcs {
            let (mut best, mut most) = (None, COST_EPSILON);
            let end = (looked + self.block).min(arcs);
            while looked < end {
                let gain = self.gain(self.cursor);
                if gain > most {
                    (best, most) = (Some(self.cursor), gain);
                }
                self.cursor = if self.cursor + 1 == arcs { 0 } else { self.cursor + 1 };
                looked += 1;
            }
            if best.is_some() {
                self.work += looked as u64;
                return best;
            }
        }
        self.work += looked as u64;
        None
    }

    /// Moves an arc as far as the others allow, and puts it into the basis in place of the one that stops it.
    fn step(&mut self, arc: usize) {
        self.pivots += 1;
        self.basis.changes(arc);
        let basis = &self.basis;
        let room = |node: usize, change: f64| {
            let own = basis.own[node];
            let room = if change > 0.0 { basis.capacity[own] - basis.flow[own] } else { basis.flow[own] };
            room.max(0.0) / change.abs()
        };
        let moving = || basis.path.iter().filter(|(_, change)| change.abs() > CHANGE_EPSILON);
        let step = moving().map(|(node, change)| room(*node, *change)).fold(basis.capacity[arc], f64::min);
        let close = step + self.epsilon;
        let bland = self.stalled > 200 + basis.own.len() as u64;
        // Among those that stop it, the one that changes most is the safest; the first one where nothing moved for long.
        let mut leaving: Option<(usize, f64)> = None;
        for (node, change) in moving().filter(|(node, change)| room(*node, *change) <= close) {
            let better = leaving.is_none_or(|(chosen, most)| {
                if bland { basis.own[*node] < basis.own[chosen] } else { change.abs() > most.abs() }
            });
            if better {
                leaving = Some((*node, *change));
            }
        }
        // It comes to its own other end first, or nothing stops it.
        if basis.capacity[arc] <= step {
            leaving = None;
        }
        self.stalled = if step > self.epsilon { 0 } else { self.stalled + 1 };
        self.work += basis.path.len() as u64;
        let basis = &mut self.basis;
        for (node, change) in &basis.path {
            basis.flow[basis.own[*node]] += step * change;
        }
        let up = basis.state[arc] == State::Lower;
        let Some((node, change)) = leaving else {
            basis.state[arc] = if up { State::Upper } else { State::Lower };
            basis.flow[arc] = if up { basis.capacity[arc] } else { 0.0 };
            return;
        };
        basis.flow[arc] = if up { step } else { basis.capacity[arc] - step };
        let out = basis.own[node];
        basis.state[out] = if change > 0.0 { State::Upper } else { State::Lower };
        basis.flow[out] = if change > 0.0 { basis.capacity[out] } else { 0.0 };
        basis.state[arc] = State::Basic;
        let start = basis.exchange(arc, node);
        self.work += self.basis.reprice(start, &self.costs);
    }

    /// Leaves arcs where they are that a better or equal flow cannot use otherwise.
    fn fix(&mut self) {
        for arc in 0..self.costs.len() {
            if matches!(self.basis.state[arc], State::Lower | State::Upper)
                && self.reduced(arc).abs() > COST_EPSILON
            {
                self.basis.state[arc] = State::Fixed;
            }
        }
    }

    /// Factors of earlier goals and prices that show how good the flow is by a goal.
    fn prove(&mut self, network: &LossyNetwork, goal: usize) -> Proof {
        let mut factors = vec![0_i64; goal];
        // From the last goal to the first: each outweighs what the later ones would still gain on its fixed arcs.
        for earlier in (0..goal).rev() {
            self.aim(network, goal, &factors);
            let later: Vec<f64> = (0..self.costs.len()).map(|arc| self.reduced(arc)).collect();
            self.aim(network, earlier, &[]);
            let mut most = 0.0_f64;
            for (arc, later) in later.into_iter().enumerate() {
                let empty = self.basis.flow[arc] <= 0.0;
                let reduced = self.reduced(arc);
                let wrong = if empty { -later } else { later };
                let right = if empty { reduced } else { -reduced };
                let fixed = self.basis.state[arc] == State::Fixed && self.basis.capacity[arc] > 0.0;
                if fixed && right > COST_EPSILON && wrong > 0.0 {
                    most = most.max(wrong / right);
                }
            }
            factors[earlier] = (most.ceil() as i64).clamp(0, FACTOR_MAX);
        }
        self.aim(network, goal, &factors);
        let largest = self.basis.price.iter().fold(0.0_f64, |most, price| most.max(price.abs()));
        let mut scale = SCALE_MAX;
        while scale > 1 && largest * scale as f64 > PRICE_MAX as f64 {
            scale /= 2;
        }
        let most = PRICE_MAX as f64;
        let whole = |price: &f64| (price * scale as f64).round().clamp(-most, most) as i64;
        let prices = self.basis.price.iter().map(whole).collect();
        Proof { factors, scale, prices }
    }
}
