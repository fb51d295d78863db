//! The search: large neighbourhoods, each repaired exactly.
//!
//! Every round lifts jobs of a few agents that could exchange them and lets [`Repair`] find the best plan that follows: an ejection chain
//! of any length (Yagiura, Ibaraki and Glover 2004), found by branch and bound instead of step by step. In three rounds of ten one job may
//! not return to its place and the plan may become a little worse, so that the walk goes on. The size of the neighbourhoods follows
//! from how often the repairs finish.

#![allow(
    clippy::indexing_slicing,
    reason = "jobs and agents are positions in lists that have the problem's length"
)]

use super::bound::Prices;
use super::repair::{Repair, Terms};
use super::table::{Plan, Table};
use crate::chance::Chance;

/// Nodes that one repair may visit.
const REPAIR_NODES: u64 = 4_000;
/// Fewest and most jobs lifted at once, and how many at first; in 1/16 of a job, so that the size can drift.
const SIZES: (usize, usize, usize) = (4 * 16, 48 * 16, 12 * 16);
/// Most agents whose jobs are lifted at once.
const MOST_AGENTS: usize = 7;
/// Rounds in a hundred that move on.
const MOVING_ON: usize = 30;
/// Rounds without a better plan before the walk returns to the best one.
const PATIENCE: u32 = 5_000;

/// What the search starts from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Basis<'a> {
    /// Capacity prices behind the table.
    pub(crate) prices: &'a Prices,
    /// Prices of the jobs behind the bound.
    pub(crate) dues: &'a [i64],
    /// No plan costs less.
    pub(crate) bound: i64,
}

/// Improves a plan until its cost is the bound or the steps are used up; gives back the steps used.
pub(crate) fn improve(table: &mut Table, basis: Basis, best: &mut Plan, steps: u64, seed: u64) -> u64 {
    if table.choices.is_empty() || table.agents == 0 {
        return 0;
    }
    table.keep_below(basis.prices, best.cost);
    let mut walk = Walk::new(best, table.agents, seed);
    let mut repair = Repair::default();
    let (mut used, mut size, mut idle) = (0, SIZES.2, 0);
    while used < steps && best.cost > basis.bound {
        let job = walk.chance.below(table.choices.len());
        used += walk.gather(table, job, size / 16);
        let on = walk.chance.below(100) < MOVING_ON;
        let limit =
            if on { best.cost + 1 + walk.slack(best.cost, basis.bound, used, steps) } else { walk.plan.cost };
        let banned = on.then(|| (job, walk.plan.chosen[job].agent));
        let terms = Terms { limit, banned, nodes: REPAIR_NODES, prices: basis.dues };
        let found = repair.run(table, &mut walk.plan, &walk.free, &walk.agents, terms);
        used += repair.steps();
        size = if repair.finished() { size + 1 } else { size - 4 }.clamp(SIZES.0, SIZES.1);
        if found {
            walk.follow();
        }
        idle += 1;
        if walk.plan.cost < best.cost {
            best.clone_from(&walk.plan);
            table.keep_below(basis.prices, best.cost);
            idle = 0;
        } else if idle > PATIENCE {
            walk.restart(best);
            idle = 0;
        }
    }
    used
}

/// Looks through the whole problem for a plan below the best; gives back whether it looked everywhere, so that what it leaves is best.
pub(crate) fn exhaust(table: &Table, basis: Basis, best: &mut Plan, steps: u64) -> (bool, u64) {
    let cells: i64 = best
        .room
        .iter()
        .take(table.agents)
        .zip(best.loads(table.agents))
        .map(|(room, load)| room + load)
        .sum();
    let jobs: Vec<usize> = (0..table.choices.len()).collect();
    let agents: Vec<usize> = (0..table.agents).collect();
    let turns = i64::try_from(jobs.len()).unwrap_or(i64::MAX);
    if cells.saturating_mul(turns) > MOST_CELLS {
        return (false, 0);
    }
    let mut repair = Repair::default();
    let terms = Terms { limit: best.cost, banned: None, nodes: steps, prices: basis.dues };
    repair.run(table, best, &jobs, &agents, terms);
    (repair.finished(), repair.steps())
}

/// Largest tables for looking through the whole.
const MOST_CELLS: i64 = 1 << 22;

/// Where the search is, and what it is about to lift.
#[derive(Clone, Debug)]
struct Walk {
    plan: Plan,
    /// Jobs of each agent, open ones last, in an order that only the walk itself decides.
    members: Vec<Vec<usize>>,
    /// Where each job stands in `members`.
    place: Vec<(usize, usize)>,
    free: Vec<usize>,
    agents: Vec<usize>,
    pool: Vec<usize>,
    chance: Chance,
}

impl Walk {
    fn new(plan: &Plan, agents: usize, seed: u64) -> Self {
        let mut walk = Self {
            plan: plan.clone(),
            members: vec![Vec::new(); agents + 1],
            place: Vec::new(),
            free: Vec::new(),
            agents: Vec::new(),
            pool: Vec::new(),
            chance: Chance::new(seed),
        };
        walk.restart(plan);
        walk
    }

    fn restart(&mut self, plan: &Plan) {
        self.plan.clone_from(plan);
        self.members.iter_mut().for_each(Vec::clear);
        self.place.clear();
        for (job, choice) in plan.chosen.iter().enumerate() {
            self.place.push((choice.agent, self.members[choice.agent].len()));
            self.members[choice.agent].push(job);
        }
    }

    /// Notes where the jobs that were lifted have gone.
    fn follow(&mut self) {
        for &job in &self.free {
            let (from, place) = self.place[job];
            let to = self.plan.chosen[job].agent;
            if from != to {
                self.members[from].swap_remove(place);
                if let Some(&moved) = self.members[from].get(place) {
                    self.place[moved] = (from, place);
                }
                self.place[job] = (to, self.members[to].len());
                self.members[to].push(job);
            }
        }
    }

    /// How much worse than the best a plan may be: at first up to half of what the bound leaves, or little where that is far away; at the
    /// end of the steps nothing.
    fn slack(&mut self, best: i64, bound: i64, used: u64, steps: u64) -> i64 {
        let gap = best.saturating_sub(bound).min(bound.saturating_abs() / 256);
        let most = i128::from(gap / 2) * i128::from(steps.saturating_sub(used)) / i128::from(steps);
        let below = self.chance.below(usize::try_from(most).unwrap_or(0).max(1));
        i64::try_from(below).unwrap_or(0)
    }

    /// Chooses agents around a job, and jobs that could change places among them; gives back the looks it took.
    fn gather(&mut self, table: &Table, job: usize, size: usize) -> u64 {
        let list = &table.choices[job];
        self.agents.clear();
        self.agents.push(self.plan.chosen[job].agent);
        let mut jobs = 0;
        for _ in 0..MOST_AGENTS {
            let near = list[self.chance.below(list.len().min(4))].agent;
            let agent = if self.chance.below(4) == 0 { self.chance.below(table.agents) } else { near };
            if self.agents.contains(&agent) {
                continue;
            }
            self.agents.push(agent);
            jobs += self.members[agent].len();
            if jobs >= size {
                break;
            }
        }
        self.pool.clear();
        let mut looks = 0;
        let open = self.members[table.agents].as_slice();
        let lists = self
            .agents
            .iter()
            .filter(|&&agent| agent != table.agents)
            .map(|&agent| self.members[agent].as_slice());
        for &other in lists.chain([open]).flatten() {
            let choices = table.choices[other].iter();
            let could = choices.filter(|choice| self.agents.contains(&choice.agent)).take(2).count();
            if other != job && (could > 1 || self.place[other].0 == table.agents) {
                self.pool.push(other);
            }
            looks += 1;
        }
        self.free.clear();
        self.free.push(job);
        while self.free.len() < size && !self.pool.is_empty() {
            let chosen = self.chance.below(self.pool.len());
            self.free.push(self.pool.swap_remove(chosen));
        }
        looks
    }
}
