//! A few jobs taken out of a plan and put back in the best way there is.
//!
//! The jobs get prices; what an agent can gain by them in any room, from any turn on, stands in a knapsack table. Depth first, a branch
//! is cut off where the prices of the jobs to come, less what the agents can gain, cannot beat the limit. That is the Lagrangian bound
//! of the whole search, looked up at every node, and it lets forty jobs move at once, as one long exchange. Before the descent the
//! prices are adapted to the jobs at hand; mostly they prove already that there is nothing to find.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "turns, agents and cells are positions that `prepare` made; rooms in cells are 0 or more and at most CELLS; this is the \
              search's inner loop"
)]

use super::bound::SCALE;
use super::table::{Choice, Plan, Table};

/// Most cells in a row of a knapsack table; wider rooms are counted in larger grains, rounded in favour of plans.
const CELLS: i64 = 2048;
/// Binary digits of the largest sum of gains in a cell; rounding up adds one for each job at most, and there is room for that.
const LARGEST_GAIN: u32 = 29;
/// Rounds of adapting prices.
const ROUNDS: usize = 16;
/// Stands for "open" among the agents of a repair.
const OPEN: usize = usize::MAX;

/// What a repair must respect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// The plan must cost less.
    pub(crate) limit: i64,
    /// A job and an agent that it may not go to.
    pub(crate) banned: Option<(usize, usize)>,
    /// Most nodes to visit.
    pub(crate) nodes: u64,
    /// Prices of all jobs to start from, in 1/[`SCALE`].
    pub(crate) prices: &'a [i64],
}

/// The search for one repair, with its memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Repair {
    /// Jobs in the order of their turns.
    order: Vec<usize>,
    /// Choices of the job at each turn, with positions in `desks` for agents; `first` says where each turn's begin.
    choices: Vec<Choice>,
    first: Vec<usize>,
    /// Prices of the jobs by turn, their upper ends, and their sums from each turn on.
    prices: Vec<i64>,
    highest: Vec<i64>,
    rest: Vec<i64>,
    slopes: Vec<i64>,
    /// Agents concerned, and what is known of each.
    agents: Vec<usize>,
    desks: Vec<Desk>,
    /// Choices on the way down, and the best way found.
    trail: Vec<Choice>,
    found: Vec<Choice>,
    /// Bounds and choices of the nodes on the way down.
    ranked: Vec<(i64, usize)>,
    /// Cost of the jobs that stay where they are, and most that the others may cost, in 1/[`SCALE`].
    base: i64,
    ceiling: i64,
    /// Nodes of the descent, the most there may be, and the work at the tables that counts besides.
    nodes: u64,
    most: u64,
    work: u64,
}

impl Repair {
    /// Puts `free` jobs anew at `agents` so that the plan keeps the terms and costs as little as the nodes let it find; true when it did.
    ///
    /// `agents` are those where the jobs are, and others that may take them; staying open is always allowed where it is a choice.
    pub(crate) fn run(
        &mut self,
        table: &Table,
        plan: &mut Plan,
        free: &[usize],
        agents: &[usize],
        terms: Terms,
    ) -> bool {
        // Large loads first: what is left over to the end can still fill small gaps.
        self.order.clear();
        self.order.extend_from_slice(free);
        self.order.sort_by_cached_key(|&job| (std::cmp::Reverse(plan.chosen[job].load), job));
        for &job in free {
            plan.lift(job);
        }
        self.prepare(table, plan, agents, terms);
        if self.adapt() {
            self.descend(0, 0);
        }
        let done = !self.found.is_empty();
        for (turn, &job) in self.order.iter().enumerate() {
            let mut choice = plan.chosen[job];
            if done {
                choice = self.found[turn];
                choice.agent = self.agents.get(choice.agent).copied().unwrap_or(table.agents);
            }
            plan.put(job, choice);
        }
        done
    }

    /// Steps of the last run.
    pub(crate) fn steps(&self) -> u64 {
        self.nodes + self.work
    }

    /// Whether the last run looked everywhere.
    pub(crate) fn finished(&self) -> bool {
        self.nodes < self.most
    }

    fn prepare(&mut self, table: &Table, plan: &Plan, agents: &[usize], terms: Terms) {
        self.base = plan.cost;
        (self.nodes, self.most, self.work) = (0, terms.nodes, 0);
        self.found.clear();
        self.aim(terms.limit);
        self.agents.clear();
        self.agents.extend(agents.iter().copied().filter(|&agent| agent != table.agents));
        self.desks.resize(self.agents.len(), Desk::default());
        for (desk, &agent) in self.desks.iter_mut().zip(&self.agents) {
            desk.clear(plan.room[agent]);
        }
        self.choices.clear();
        self.first.clear();
        self.prices.clear();
        self.highest.clear();
        for (turn, &job) in self.order.iter().enumerate() {
            self.first.push(self.choices.len());
            let mut highest = i64::MAX;
            for &choice in
                table.choices[job].iter().filter(|choice| terms.banned != Some((job, choice.agent)))
            {
                if choice.agent == table.agents {
                    highest = choice.cost * SCALE;
                    self.choices.push(Choice { agent: OPEN, ..choice });
                } else if let Some(desk) = self.agents.iter().position(|&agent| agent == choice.agent)
                    && choice.load <= self.desks[desk].room
                {
                    self.choices.push(Choice { agent: desk, ..choice });
                    self.desks[desk].items.push(Item { turn, load: choice.load, cost: choice.cost * SCALE });
                }
            }
            // A price above that of staying open would only be paid.
            self.highest.push(highest);
            self.prices.push(terms.prices[job].min(highest));
        }
        self.first.push(self.choices.len());
        for desk in &mut self.desks {
            desk.measure();
        }
    }

    /// Fills the tables and adapts the prices of the jobs; false when they prove that there is nothing to find.
    fn adapt(&mut self) -> bool {
        let turns = self.order.len();
        for round in 0..=ROUNDS {
            self.rest.clear();
            self.rest.resize(turns + 1, 0);
            for turn in (0..turns).rev() {
                self.rest[turn] = self.rest[turn + 1] + self.prices[turn];
            }
            for desk in &mut self.desks {
                desk.fill(&self.prices);
                // A row of the table costs about as much as a node for every 128 cells.
                self.work += (turns + desk.items.len() * desk.width / 128) as u64;
            }
            let bound = self.rest[0] - self.desks.iter().map(|desk| desk.best(0)).sum::<i64>();
            if bound > self.ceiling {
                return false;
            }
            self.slopes.clear();
            self.slopes.resize(turns, 1);
            for desk in &self.desks {
                desk.take(&mut self.slopes);
            }
            let length: i64 = self.slopes.iter().map(|slope| slope * slope).sum();
            if round == ROUNDS || length == 0 {
                break;
            }
            let step = (self.ceiling + SCALE - bound) / length;
            for ((price, &slope), &highest) in self.prices.iter_mut().zip(&self.slopes).zip(&self.highest) {
                *price = (*price + step * slope).min(highest);
            }
        }
        true
    }

    /// Sets what may be spent for a plan below `limit`.
    fn aim(&mut self, limit: i64) {
        self.ceiling = (limit - 1 - self.base).saturating_mul(SCALE);
    }

    fn descend(&mut self, turn: usize, cost: i64) {
        if turn == self.order.len() {
            self.found.clone_from(&self.trail);
            self.aim(self.base + cost / SCALE);
            return;
        }
        let gains: i64 = self.desks.iter().map(|desk| desk.best(turn + 1)).sum();
        let start = self.ranked.len();
        for index in self.first[turn]..self.first[turn + 1] {
            let choice = self.choices[index];
            let mut bound = cost + choice.cost * SCALE + self.rest[turn + 1] - gains;
            if let Some(desk) = self.desks.get(choice.agent) {
                if choice.load > desk.room {
                    continue;
                }
                bound += desk.loss(turn + 1, choice.load);
            }
            if bound <= self.ceiling {
                self.ranked.push((bound, index));
            }
        }
        self.ranked[start..].sort_unstable();
        for place in start..self.ranked.len() {
            let (bound, index) = self.ranked[place];
            if bound > self.ceiling || self.nodes >= self.most {
                break;
            }
            self.nodes += 1;
            let choice = self.choices[index];
            if let Some(desk) = self.desks.get_mut(choice.agent) {
                desk.room -= choice.load;
            }
            self.trail.push(choice);
            self.descend(turn + 1, cost + choice.cost * SCALE);
            self.trail.pop();
            if let Some(desk) = self.desks.get_mut(choice.agent) {
                desk.room += choice.load;
            }
        }
        self.ranked.truncate(start);
    }
}

/// A job that an agent could take in a repair.
#[derive(Clone, Copy, Debug)]
struct Item {
    turn: usize,
    load: i64,
    cost: i64,
}

/// What one repair knows of an agent.
#[derive(Clone, Debug, Default)]
struct Desk {
    /// Room left.
    room: i64,
    /// Units of load in a cell.
    grain: i64,
    /// Cells in a row.
    width: usize,
    /// By turn and cells of room: the most to be gained from the jobs of that turn and later, in 2^`digits`/[`SCALE`], rounded up.
    gain: Vec<i32>,
    digits: u32,
    /// Jobs with a choice here, by turn.
    items: Vec<Item>,
}

impl Desk {
    fn clear(&mut self, room: i64) {
        self.room = room;
        self.items.clear();
    }

    /// Chooses the grain.
    fn measure(&mut self) {
        self.grain = self.room / CELLS + 1;
        self.width = self.cell(self.room) + 1;
    }

    fn cell(&self, load: i64) -> usize {
        (if self.grain == 1 { load } else { load / self.grain }) as usize
    }

    /// The most that the jobs from a turn on can gain in the room left.
    fn best(&self, turn: usize) -> i64 {
        self.most(turn, self.room)
    }

    /// How much less that is without some of the room.
    fn loss(&self, turn: usize, load: i64) -> i64 {
        self.best(turn) - self.most(turn, self.room - load)
    }

    fn most(&self, turn: usize, room: i64) -> i64 {
        i64::from(self.gain[turn * self.width + self.cell(room)]) << self.digits
    }

    /// Fills the table, last turn first.
    fn fill(&mut self, prices: &[i64]) {
        let (width, grain) = (self.width, self.grain);
        // The sum of all gains must fit a cell; narrow cells go through the processor several at a time.
        let all: i64 = self.items.iter().map(|item| (prices[item.turn] - item.cost).max(0)).sum();
        self.digits = (i64::BITS - all.leading_zeros()).saturating_sub(LARGEST_GAIN);
        let round = (1 << self.digits) - 1;
        self.gain.clear();
        self.gain.resize(width * (prices.len() + 1), 0);
        let mut items = self.items.iter().rev().peekable();
        for (turn, &price) in prices.iter().enumerate().rev() {
            let (here, after) = self.gain[turn * width..(turn + 2) * width].split_at_mut(width);
            match items.next_if(|item| item.turn == turn) {
                Some(item) if price > item.cost => {
                    let load = (item.load / grain) as usize;
                    let gain = ((price - item.cost + round) >> self.digits) as i32;
                    here[..load].copy_from_slice(&after[..load]);
                    for ((slot, &without), &with) in
                        here[load..].iter_mut().zip(&after[load..]).zip(after.iter())
                    {
                        *slot = without.max(with.wrapping_add(gain));
                    }
                }
                _ => here.copy_from_slice(after),
            }
        }
    }

    /// Takes the jobs that gain most out of the slopes.
    fn take(&self, slopes: &mut [i64]) {
        let mut cell = self.width - 1;
        for item in &self.items {
            if self.gain[item.turn * self.width + cell] != self.gain[(item.turn + 1) * self.width + cell] {
                cell -= (item.load / self.grain) as usize;
                slopes[item.turn] -= 1;
            }
        }
    }
}
