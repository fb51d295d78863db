//! What no plan can beat: prices on every commodity at every node.
//!
//! With the balance of each commodity at each node priced, what remains falls apart into arcs: each is opened when the best use of its
//! capacity gains more than it costs to open, and that use is a knapsack whose items may be cut, so it is solved exactly by sorting
//! (Crainic, Frangioni and Gendron 2001). At the best prices the bound is that of the strong linear relaxation. Costs are counted in
//! 1/[`SCALE`].

#![allow(clippy::indexing_slicing, reason = "nodes, arcs and commodities are positions of a checked Problem")]

use super::plan::Ways;
use super::problem::{Link, Problem};
use crate::ascent::{Climb, climb};

/// Parts into which one unit of cost is divided.
pub(crate) const SCALE: i64 = 1 << 14;

/// What prices say.
#[derive(Clone, Debug)]
pub(crate) struct Prices {
    /// Every plan that sends everything costs at least that, in whole units.
    pub(crate) bound: i64,
    /// How often each arc was worth opening, in 1/[`OFTEN`] of the late rounds: about its share in the linear relaxation.
    pub(crate) open: Vec<i64>,
    /// What it carried then, on the average.
    pub(crate) load: Vec<i64>,
}

/// Stands for "always" in [`Prices::open`].
pub(crate) const OFTEN: i64 = 1 << 10;
/// Rounds over which averages look back, and the digits they carry behind the point.
const MEMORY: i64 = 32;
const DIGITS: u32 = 10;

/// Raises the bound; `known` is the cost of a plan.
pub(crate) fn raise(problem: &Problem, known: i64, rounds: u32) -> Prices {
    let (nodes, links, commodities) = (problem.nodes(), problem.links(), problem.commodities());
    let mut prices = even(problem);
    let mut open = vec![0_i64; links.len()];
    let mut load = vec![0_i64; links.len()];
    let mut items: Vec<(i64, usize)> = Vec::with_capacity(commodities.len());
    let mut evaluate = |prices: &[i64], gradient: &mut [i64]| {
        gradient.fill(0);
        let mut value = 0;
        for (index, one) in commodities.iter().enumerate() {
            let (from, to) = (index * nodes + one.from, index * nodes + one.to);
            value += one.amount * (prices[to] - prices[from]);
            gradient[to] += one.amount;
            gradient[from] -= one.amount;
        }
        for (arc, link) in links.iter().enumerate() {
            open[arc] -= open[arc] / MEMORY;
            let (cost, fixed) = (link.cost * SCALE, link.fixed * SCALE);
            items.clear();
            let (mut least, mut wanted) = (fixed, 0);
            for (index, (row, one)) in prices.chunks_exact(nodes).zip(commodities).enumerate() {
                let reduced = cost + row[link.from] - row[link.to];
                if reduced < 0 {
                    items.push((reduced, index));
                    least += reduced * one.amount;
                    wanted += one.amount;
                }
            }
            if least >= 0 {
                continue;
            }
            if wanted > link.capacity {
                items.sort_unstable();
            }
            let (mut room, mut gain) = (link.capacity, fixed);
            for (reduced, index) in &mut items {
                let amount = commodities[*index].amount.min(room);
                room -= amount;
                gain += *reduced * amount;
                // From here on the amount is what counts.
                *reduced = amount;
            }
            if gain < 0 {
                value += gain;
                open[arc] += (OFTEN << DIGITS) / MEMORY;
                load[arc] += (((link.capacity - room) << DIGITS) - load[arc]) / MEMORY;
                for &(amount, index) in &items {
                    gradient[index * nodes + link.from] += amount;
                    gradient[index * nodes + link.to] -= amount;
                }
            }
        }
        value
    };
    // Where nothing is scarce the distances prove most. They are a ridge, though, and the climb is quicker from below it.
    let start = evaluate(&prices, &mut vec![0; prices.len()]);
    prices.iter_mut().for_each(|price| *price = *price / 4 * 3);
    let target = known.saturating_mul(SCALE);
    let how = Climb { rounds, target: Some(target), shift: 0, weight: 2 };
    let highest = most(problem);
    let value = if start < target {
        climb(&mut prices, how, &mut evaluate, |_, price| price.clamp(-highest, highest)).max(start)
    } else {
        start
    };
    for slot in open.iter_mut().chain(&mut load) {
        *slot >>= DIGITS;
    }
    Prices { bound: value.div_euclid(SCALE) + i64::from(value.rem_euclid(SCALE) != 0), open, load }
}

/// First prices, by commodity and node: the distances that an even use of capacity makes.
fn even(problem: &Problem) -> Vec<i64> {
    let nodes = problem.nodes();
    let total: i64 = problem.commodities().iter().map(|one| one.amount).sum();
    let length = |link: &Link| link.cost * SCALE + link.fixed * SCALE / link.capacity.min(total).max(1);
    let lengths: Vec<i64> = problem.links().iter().map(length).collect();
    let ways = Ways::new(problem);
    let mut distances = vec![None; nodes];
    let mut prices = Vec::with_capacity(nodes * problem.commodities().len());
    for one in problem.commodities() {
        let there = distances[one.from].get_or_insert_with(|| ways.distances(one.from, |arc| lengths[arc]));
        // Beyond its end a commodity has no business.
        let end = there[one.to].min(most(problem));
        prices.extend(there.iter().map(|&distance| distance.min(end)));
    }
    prices
}

/// Most that a price can mean: more than any way costs. Amounts × this stay below 2^60 by [`super::problem::MAX_COST_SUM`].
fn most(problem: &Problem) -> i64 {
    problem.penalty() * SCALE
}
