//! What no plan can beat: Lagrangian bounds with whole prices.
//!
//! Two relaxations follow each other. Prices on the agents' capacity rows give the bound of the linear program; the search takes its
//! reduced costs from there. Prices on the jobs' rows then leave a knapsack for each agent, solved exactly where its table is small, and
//! that bound can pass the linear one (Fisher, Jaikumar and Van Wassenhove 1986). Costs are counted in 1/[`SCALE`] throughout.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "positions come from a checked Problem; capacities that index a table are 0 or more and below TABLE"
)]

use super::problem::{Problem, Way};
use crate::ascent::{Climb, climb};

/// Parts into which one unit of cost is divided.
pub(crate) const SCALE: i64 = 1 << 12;
/// Binary digits that a capacity price carries behind the point.
const DIGITS: u32 = 20;
/// Capacity prices stay below this.
const MOST: i64 = 1 << 60;
/// Largest knapsack table, in cells.
const TABLE: i64 = 1 << 22;

/// A bound and the prices of capacity that lead to it.
#[derive(Clone, Debug)]
pub(crate) struct Prices {
    /// Price of one unit of each agent's capacity.
    pub(crate) capacity: Vec<i64>,
    /// Bound of the linear relaxation under these prices, in 1/[`SCALE`].
    pub(crate) value: i64,
}

impl Prices {
    /// The bound in whole units of cost: costs are whole, so every plan costs at least the value rounded up.
    pub(crate) fn bound(&self) -> i64 {
        whole(self.value)
    }
}

fn whole(value: i64) -> i64 {
    value.div_euclid(SCALE) + i64::from(value.rem_euclid(SCALE) != 0)
}

/// What a load costs at a capacity price, in 1/[`SCALE`], rounded down.
pub(crate) fn charge(price: i64, load: i64) -> i64 {
    i64::try_from((i128::from(price) * i128::from(load)) >> DIGITS).unwrap_or(i64::MAX)
}

/// The same rounded up.
pub(crate) fn charge_up(price: i64, load: i64) -> i64 {
    charge(price, load).saturating_add(1)
}

/// Prices capacity; `rounds` bounds the work.
pub(crate) fn price_capacity(problem: &Problem, rounds: u32) -> Prices {
    let agents = problem.agents();
    let mut capacity = vec![0; agents.len()];
    let open: Vec<i64> = problem.jobs().iter().map(|job| problem.open_cost(job) * SCALE).collect();
    let evaluate = |prices: &[i64], gradient: &mut [i64]| {
        let mut value = 0_i64;
        for (index, agent) in agents.iter().enumerate() {
            gradient[index] = -agent.capacity;
            if prices[index] > 0 {
                value = value.saturating_sub(charge_up(prices[index], agent.capacity));
            }
        }
        for (ways, &open) in problem.ways().iter().zip(&open) {
            let mut least = (open, None);
            for way in ways {
                let cost = (way.cost * SCALE).saturating_add(charge(prices[way.agent], way.load));
                if cost < least.0 {
                    least = (cost, Some(way));
                }
            }
            if let Some(way) = least.1 {
                gradient[way.agent] += way.load;
            }
            value = value.saturating_add(least.0);
        }
        value
    };
    let how = Climb { rounds, target: None, shift: DIGITS, weight: 16 };
    let value = climb(&mut capacity, how, evaluate, |_, price| price.clamp(0, MOST));
    Prices { capacity, value }
}

/// Raises the bound by prices on jobs, from what the capacity prices say; `known` is the cost of a plan.
///
/// The bound comes in whole units of cost, rounded up: costs are whole, so every plan costs at least that. With it come the prices.
pub(crate) fn raise(problem: &Problem, prices: &Prices, known: i64, rounds: u32) -> (i64, Vec<i64>) {
    let open: Vec<i64> = problem.jobs().iter().map(|job| problem.open_cost(job) * SCALE).collect();
    let mut floor = Vec::with_capacity(open.len());
    let mut start = Vec::with_capacity(open.len());
    for (ways, &open) in problem.ways().iter().zip(&open) {
        let dues = ways
            .iter()
            .map(|way| (way.cost * SCALE).saturating_add(charge(prices.capacity[way.agent], way.load)));
        start.push(dues.min().unwrap_or(open).min(open));
        floor.push(ways.iter().map(|way| way.cost * SCALE).min().unwrap_or(open).min(open));
    }
    let mut sacks: Vec<Sack> =
        problem.agents().iter().map(|agent| Sack { room: agent.capacity, ..Sack::default() }).collect();
    for (job, ways) in problem.ways().iter().enumerate() {
        for &Way { agent, cost, load } in ways {
            sacks[agent].items.push(Item { job, cost: cost * SCALE, load });
        }
    }
    let evaluate = |prices: &[i64], gradient: &mut [i64]| {
        gradient.fill(1);
        let mut value: i64 = prices.iter().sum();
        for (job, (&price, &open)) in prices.iter().zip(&open).enumerate() {
            if open < price {
                value += open - price;
                gradient[job] -= 1;
            }
        }
        for sack in &mut sacks {
            value -= sack.fill(prices, gradient);
        }
        value
    };
    let how = Climb { rounds, target: Some(known.saturating_mul(SCALE)), shift: 0, weight: 16 };
    let value =
        climb(&mut start, how, evaluate, |job, price| price.clamp(floor[job], open[job].max(floor[job])));
    (whole(value.max(prices.value)), start)
}

/// A job as one agent's knapsack sees it.
#[derive(Clone, Copy, Debug)]
struct Item {
    job: usize,
    cost: i64,
    load: i64,
}

/// The knapsack of one agent, with the memory of its table.
#[derive(Clone, Debug, Default)]
struct Sack {
    room: i64,
    items: Vec<Item>,
    /// Items that gain: what, load, position in `items`.
    gains: Vec<(i64, i64, usize)>,
    best: Vec<i64>,
    taken: Vec<bool>,
}

impl Sack {
    /// Finds the most that the agent can gain at these prices of jobs, and takes what it chose out of the gradient.
    fn fill(&mut self, prices: &[i64], gradient: &mut [i64]) -> i64 {
        self.gains.clear();
        let mut wanted = 0_i64;
        for (position, item) in self.items.iter().enumerate() {
            let gain = prices[item.job] - item.cost;
            if gain > 0 {
                self.gains.push((gain, item.load, position));
                wanted += item.load;
            }
        }
        if wanted <= self.room {
            for &(_, _, position) in &self.gains {
                gradient[self.items[position].job] -= 1;
            }
            return self.gains.iter().map(|gain| gain.0).sum();
        }
        let cells = (self.room + 1).saturating_mul(self.gains.len() as i64);
        if cells <= TABLE { self.fill_exactly(gradient) } else { self.fill_by_ratio(gradient) }
    }

    /// By the table of best gains for each room.
    fn fill_exactly(&mut self, gradient: &mut [i64]) -> i64 {
        let width = self.room as usize + 1;
        self.best.clear();
        self.best.resize(width, 0);
        self.taken.clear();
        self.taken.resize(width * self.gains.len(), false);
        for (&(gain, load, _), row) in self.gains.iter().zip(self.taken.chunks_exact_mut(width)) {
            let load = load as usize;
            for room in (load..width).rev() {
                let with = self.best[room - load].wrapping_add(gain);
                let better = with > self.best[room];
                row[room] = better;
                if better {
                    self.best[room] = with;
                }
            }
        }
        let mut room = width - 1;
        for (&(_, load, position), row) in self.gains.iter().zip(self.taken.chunks_exact(width)).rev() {
            if row[room] {
                gradient[self.items[position].job] -= 1;
                room -= load as usize;
            }
        }
        self.best[width - 1]
    }

    /// By gain for load, the last item in part: at least as much as the exact answer, so the bound stays one.
    fn fill_by_ratio(&mut self, gradient: &mut [i64]) -> i64 {
        self.gains.sort_unstable_by(|a, b| {
            let (left, right) = (i128::from(a.0) * i128::from(b.1), i128::from(b.0) * i128::from(a.1));
            right.cmp(&left).then(a.2.cmp(&b.2))
        });
        let (mut room, mut sum) = (self.room, 0_i64);
        for &(gain, load, position) in &self.gains {
            if load <= room {
                room -= load;
                sum += gain;
                gradient[self.items[position].job] -= 1;
                continue;
            }
            let part = i128::from(gain) * i128::from(room) / i128::from(load.max(1)) + 1;
            sum += i64::try_from(part).unwrap_or(gain).min(gain);
            if room > load / 2 {
                gradient[self.items[position].job] -= 1;
            }
            break;
        }
        sum
    }
}
