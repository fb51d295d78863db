//! Who takes which job: generalised assignment on whole numbers.
//!
//! Agents have a capacity; a job goes to one agent, at a cost and a load that depend on both. [`Problem`] is the checked problem,
//! [`solve`] finds an [`Answer`] with a bound that no plan can beat, [`check()`] proves the plan without trusting the search, and
//! [`read`] takes the form of the field's collections. Where every agent takes its jobs at one load, the answer is exact.
//!
//! The answer depends on the problem, the steps and the seed, and on nothing else: no clock, no floating point, no order of input.

mod bound;
mod check;
mod plain;
mod problem;
mod repair;
mod search;
mod table;
mod text;

pub use check::{CheckError, check};
pub use problem::{
    Agent, Goal, Job, MAX_COST_SUM, MAX_COUNT, MAX_LOAD, MAX_OFFERS, Offer, Problem, ProblemError,
};
pub use text::{ReadError, read};

use search::Basis;
use table::{Plan, Table};

/// How long to search, and along which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Steps of the search: looks at one way to place one job.
    pub steps: u64,
    /// Start of the random numbers; another seed is another walk.
    pub seed: u64,
}

impl Default for Budget {
    /// Twenty-four million steps: about a second on small problems.
    fn default() -> Self {
        Self { steps: 24_000_000, seed: 1 }
    }
}

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// No plan is better: the bound is met.
    Optimal,
    /// Every job is taken or stands open at its price; the bound says how much better a plan could be at most.
    Feasible,
    /// Some jobs that must be taken are left over. Whether a complete plan exists is not known.
    Partial,
}

/// Where one job goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Id of the job.
    pub job: u64,
    /// Id of the agent that takes it; `None` when it stays open.
    pub agent: Option<u64>,
}

/// A plan and how far it can be from the best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What the plan is worth.
    pub status: Status,
    /// Every job, by id.
    pub placed: Vec<Placed>,
    /// Jobs that must be taken and are not, by id.
    pub left_over: Vec<u64>,
    /// Cost of all that is taken or open at a price.
    pub cost: i64,
    /// No complete plan costs less (or, for [`Goal::Most`], brings more).
    pub bound: i64,
    /// Steps made.
    pub steps: u64,
}

/// Finds a good plan and a bound for it.
///
/// ```
/// use koinon_flow::assign::{Agent, Budget, Goal, Job, Offer, Problem, Status, check, solve};
/// let agents = vec![Agent { id: 1, capacity: 8 }, Agent { id: 2, capacity: 8 }];
/// let jobs = vec![Job { id: 1, open: None }, Job { id: 2, open: None }, Job { id: 3, open: Some(9) }];
/// let offer = |agent, job, cost, load| Offer { agent, job, cost, load };
/// let offers = vec![offer(1, 1, 2, 5), offer(2, 1, 4, 5), offer(1, 2, 3, 4), offer(1, 3, 1, 8), offer(2, 3, 30, 2)];
/// let problem = Problem::new(Goal::Least, agents, jobs, offers)?;
/// let answer = solve(&problem, Budget::default());
/// // Job 2 has one taker, which leaves no room for job 1 beside it; job 3 is cheaper left open.
/// assert_eq!((answer.status, answer.cost), (Status::Optimal, 4 + 3 + 9));
/// assert_eq!(check(&problem, &answer), Ok(()));
/// # Ok::<(), koinon_flow::assign::ProblemError>(())
/// ```
pub fn solve(problem: &Problem, budget: Budget) -> Answer {
    let offers = problem.ways().iter().map(Vec::len).sum::<usize>().max(1);
    let offers = u64::try_from(offers).unwrap_or(u64::MAX);
    // Prices may take a good part of a small budget and no more; what they save the search is worth more than steps.
    let rounds = |most: u64| u32::try_from((budget.steps / offers).clamp(60, most)).unwrap_or(60);
    let prices = bound::price_capacity(problem, rounds(400));
    let mut table = Table::new(problem, &prices);
    if let Some(plan) = plain::places(problem).and_then(|places| plain::transport(problem, &table, &places)) {
        let bound = plan.cost;
        return answer(problem, &table, &plan, bound, 0);
    }
    let mut plan = Plan::first(&table);
    // What is left over at first says nothing of what a complete plan costs.
    let guess = prices.bound().saturating_add(prices.bound().saturating_abs() / 64 + 1);
    let (bound, dues) = bound::raise(problem, &prices, plan.cost.min(guess), rounds(300));
    let basis = Basis { prices: &prices, dues: &dues, bound };
    let mut steps = search::improve(&mut table, basis, &mut plan, budget.steps, budget.seed);
    let mut proven = plan.cost == bound;
    if !proven {
        let (everywhere, looks) = search::exhaust(&table, basis, &mut plan, budget.steps / 8);
        steps += looks;
        proven = everywhere;
    }
    let bound = if proven { plan.cost } else { bound };
    answer(problem, &table, &plan, bound, steps)
}

/// Puts a plan into the caller's words.
fn answer(problem: &Problem, table: &Table, plan: &Plan, bound: i64, steps: u64) -> Answer {
    let mut placed = Vec::with_capacity(plan.chosen.len());
    let mut left_over = Vec::new();
    let mut cost = 0;
    for (job, choice) in problem.jobs().iter().zip(&plan.chosen) {
        let agent = problem.agents().get(choice.agent).map(|agent| agent.id);
        placed.push(Placed { job: job.id, agent });
        if choice.agent == table.agents && job.open.is_none() {
            left_over.push(job.id);
        } else {
            cost += choice.cost;
        }
    }
    let status = match (left_over.is_empty(), cost == bound) {
        (false, _) => Status::Partial,
        (true, true) => Status::Optimal,
        (true, false) => Status::Feasible,
    };
    Answer { status, placed, left_over, cost: problem.told(cost), bound: problem.told(bound), steps }
}
