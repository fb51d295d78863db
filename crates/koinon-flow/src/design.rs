//! Which ways to open: fixed-charge multicommodity network design on whole numbers.
//!
//! Commodities go from node to node and share arcs; an arc has a capacity, a cost for each unit and a cost for being opened at all:
//! departures, lines, sites. [`Problem`] is the checked problem, [`solve`] finds an [`Answer`] with a bound that no plan can beat,
//! [`check()`] proves the plan without trusting the search, and [`read`] takes the form of the field's collections. With no opening
//! costs the same is multicommodity flow ([`Problem::without_fixed_costs`]).
//!
//! The answer depends on the problem, the steps and the seed, and on nothing else: no clock, no floating point, no order of input.

mod bound;
mod check;
mod plan;
mod problem;
mod search;
mod text;

pub use check::{CheckError, check};
pub use problem::{Commodity, Link, MAX_COST_SUM, MAX_COUNT, MAX_NODES, MAX_PAIRS, Problem, ProblemError};
pub use text::{Fault, FaultKind, Faults, read};

use search::Search;

/// How long to search, and along which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Steps of the search: looks at one arc for one commodity.
    pub steps: u64,
    /// Rounds of raising the bound, each a look at every arc for every commodity.
    pub rounds: u32,
    /// Start of the random numbers; another seed is another walk.
    pub seed: u64,
}

impl Default for Budget {
    /// Forty million steps and 400 rounds: about a second on small problems.
    fn default() -> Self {
        Self { steps: 40_000_000, rounds: 400, seed: 1 }
    }
}

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Everything is sent and no plan costs less: the bound is met.
    Optimal,
    /// Everything is sent; the bound says how much cheaper a plan could be at most.
    Feasible,
    /// Some units stay where they begin. Whether all can be sent is not known.
    Partial,
}

/// Units of one commodity on one arc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Carried {
    /// Id of the arc.
    pub arc: u64,
    /// Id of the commodity.
    pub commodity: u64,
    /// Units, above zero.
    pub amount: i64,
}

/// A plan and how far it can be from the best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What the plan is worth.
    pub status: Status,
    /// Arcs that are opened, by id.
    pub opened: Vec<u64>,
    /// What they carry, by arc and commodity.
    pub carried: Vec<Carried>,
    /// Commodities of which units stay, by id, and how many.
    pub left: Vec<(u64, i64)>,
    /// Cost of opening and of carrying.
    pub cost: i64,
    /// No plan that sends everything costs less.
    pub bound: i64,
    /// Steps made.
    pub steps: u64,
}

/// Finds a good plan and a bound for it.
///
/// ```
/// use koinon_flow::design::{Budget, Commodity, Link, Problem, Status, check, solve};
/// let link = |id, from, to, cost, capacity, fixed| Link { id, from, to, cost, capacity, fixed };
/// // Two loads of 4 to node 2: one opened way for both is cheaper than a way each.
/// let links = vec![link(1, 0, 2, 1, 9, 20), link(2, 1, 2, 1, 9, 20), link(3, 1, 0, 1, 9, 5)];
/// let load = |id, from| Commodity { id, from, to: 2, amount: 4 };
/// let problem = Problem::new(3, links, vec![load(1, 0), load(2, 1)])?;
/// let answer = solve(&problem, Budget::default());
/// assert_eq!((answer.cost, answer.opened.as_slice()), (20 + 5 + 4 + 8, [1, 3].as_slice()));
/// assert_eq!(check(&problem, &answer), Ok(()));
/// # Ok::<(), koinon_flow::design::ProblemError>(())
/// ```
pub fn solve(problem: &Problem, budget: Budget) -> Answer {
    let mut search = Search::new(problem, budget.seed);
    let mut plan = search.scale(None);
    let prices = bound::raise(problem, plan.cost, budget.rounds);
    let bound = prices.bound;
    if plan.cost > bound {
        let guided = search.scale(Some(&prices));
        if guided.cost < plan.cost {
            plan = guided;
        }
        search.improve(&mut plan, &prices, budget.steps);
    }
    let mut opened = Vec::new();
    for (link, _) in problem.links().iter().zip(&plan.load).filter(|(_, load)| **load > 0) {
        opened.push(link.id);
    }
    let mut carried = Vec::new();
    let mut left = Vec::new();
    let mut cost = plan.cost;
    for ((commodity, sent), &stays) in problem.commodities().iter().zip(&plan.sent).zip(&plan.left) {
        for &(arc, amount) in sent {
            if let Some(link) = problem.links().get(arc) {
                carried.push(Carried { arc: link.id, commodity: commodity.id, amount });
            }
        }
        if stays > 0 {
            left.push((commodity.id, stays));
            cost -= stays * problem.penalty();
        }
    }
    carried.sort_unstable();
    let status = match (left.is_empty(), cost == bound) {
        (false, _) => Status::Partial,
        (true, true) => Status::Optimal,
        (true, false) => Status::Feasible,
    };
    Answer { status, opened, carried, left, cost, bound, steps: search.steps() }
}
