//! The choices of each job, and a plan made of them.
//!
//! A [`Table`] lists for every job what it costs where, in the order of reduced costs, with leaving it open as one choice among others;
//! so a plan exists at once, and what must be taken and is not costs more than all else. A [`Plan`] never overloads anybody.

#![allow(
    clippy::indexing_slicing,
    reason = "jobs, agents and choices are positions that the table itself made from a checked problem"
)]

use super::bound::{Prices, SCALE, charge};
use super::problem::Problem;

/// One way to place a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Position of the agent; the number of agents stands for leaving the job open.
    pub(crate) agent: usize,
    pub(crate) cost: i64,
    pub(crate) load: i64,
    /// Cost with the load at the price of capacity, in 1/[`SCALE`].
    pub(crate) due: i64,
}

/// The choices of each job, least due first.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) choices: Vec<Vec<Choice>>,
    pub(crate) agents: usize,
    capacity: Vec<i64>,
}

impl Table {
    /// Lists the choices under capacity prices.
    pub(crate) fn new(problem: &Problem, prices: &Prices) -> Self {
        let agents = problem.agents().len();
        let choices = problem.jobs().iter().zip(problem.ways()).map(|(job, ways)| {
            let cost = problem.open_cost(job);
            let open = Choice { agent: agents, cost, load: 0, due: cost * SCALE };
            let mut choices: Vec<Choice> = ways
                .iter()
                .map(|way| {
                    let due = (way.cost * SCALE).saturating_add(charge(prices.capacity[way.agent], way.load));
                    Choice { agent: way.agent, cost: way.cost, load: way.load, due }
                })
                .chain([open])
                .collect();
            choices.sort_unstable_by_key(|choice| (choice.due, choice.agent));
            choices
        });
        Self {
            choices: choices.collect(),
            agents,
            capacity: problem.agents().iter().map(|agent| agent.capacity).collect(),
        }
    }

    /// Drops choices that no plan cheaper than `cost` can hold, by the bound that the prices prove; the least due always stays.
    pub(crate) fn keep_below(&mut self, prices: &Prices, cost: i64) {
        let spare = (cost - 1).saturating_mul(SCALE).saturating_sub(prices.value);
        for list in &mut self.choices {
            let least = list[0].due;
            let kept = list.iter().take_while(|choice| choice.due.saturating_sub(least) <= spare).count();
            list.truncate(kept.max(1));
        }
    }
}

/// Where each job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The choice of each job.
    pub(crate) chosen: Vec<Choice>,
    /// Room left at each agent; the last entry is for open jobs and never runs out.
    pub(crate) room: Vec<i64>,
    pub(crate) cost: i64,
}

impl Plan {
    /// The best of some plans by regret. Where capacity is scarcer than its prices say, a higher price makes jobs fit.
    pub(crate) fn first(table: &Table) -> Self {
        let plans = [8, 10, 12, 16, 32, 128].map(|eighths| Self::by_regret(table, eighths));
        let least = plans.into_iter().min_by_key(|plan| plan.cost);
        least.unwrap_or_else(|| Self::by_regret(table, 8))
    }

    /// Places jobs one after the other, those first that lose most by their second choice, at so many eighths of the capacity prices.
    fn by_regret(table: &Table, eighths: i64) -> Self {
        let due = |choice: &Choice| {
            let cost = choice.cost * SCALE;
            cost.saturating_add((choice.due - cost).saturating_mul(eighths) / 8)
        };
        let mut lists = table.choices.clone();
        for list in &mut lists {
            list.sort_by_cached_key(|choice| (due(choice), choice.agent));
        }
        let mut order: Vec<(i64, usize)> = lists
            .iter()
            .enumerate()
            .map(|(job, list)| (list.get(1).map_or(i64::MAX, due).saturating_sub(due(&list[0])), job))
            .collect();
        order.sort_unstable_by_key(|&(regret, job)| (std::cmp::Reverse(regret), job));
        let mut room = table.capacity.clone();
        room.push(i64::MAX);
        let mut chosen: Vec<Choice> = lists.iter().map(|list| list[0]).collect();
        let mut cost = 0;
        for (_, job) in order {
            let list = &lists[job];
            // Leaving it open always has room.
            let choice = *list.iter().find(|choice| choice.load <= room[choice.agent]).unwrap_or(&list[0]);
            room[choice.agent] -= choice.load;
            cost += choice.cost;
            chosen[job] = choice;
        }
        Self { chosen, room, cost }
    }

    /// Moves a job.
    pub(crate) fn assign(&mut self, job: usize, choice: Choice) {
        self.lift(job);
        self.put(job, choice);
    }

    /// Load of each agent.
    pub(crate) fn loads(&self, agents: usize) -> Vec<i64> {
        let mut loads = vec![0; agents + 1];
        for choice in &self.chosen {
            loads[choice.agent] += choice.load;
        }
        loads
    }

    /// Takes a job out, so that its room can be used; it must be put again.
    pub(crate) fn lift(&mut self, job: usize) {
        let choice = self.chosen[job];
        self.room[choice.agent] += choice.load;
        self.cost -= choice.cost;
    }

    /// Puts a job that was taken out.
    pub(crate) fn put(&mut self, job: usize, choice: Choice) {
        self.room[choice.agent] -= choice.load;
        self.cost += choice.cost;
        self.chosen[job] = choice;
    }
}
