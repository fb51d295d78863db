//! Vehicle routing: which stops share a trip, and in what order.
//!
//! [`Problem`] is checked once; [`solve`] gives a [`Plan`]: proven cheapest up to [`EXACT_STOPS`] stops, beyond that the best that a
//! genetic search finds within a given number of iterations. [`check()`] re-checks any plan without trusting the search, and [`cvrplib`]
//! reads and writes the exchange format of the field.
//!
//! The same stops, effort and seed give the same plan on every machine, in whatever order the stops were handed in: they are sorted by
//! id, all arithmetic is on integers, and the only chance is a seeded generator. There are no clocks here, no time windows and only one
//! type of vehicle; a vehicle may of course make several trips one after the other.

mod check;
pub mod cvrplib;
mod descent;
mod exact;
mod genetic;
mod ground;
mod plan;
mod population;
mod problem;
mod savings;
mod sketch;
mod split;

pub use check::{CheckError, check};
pub use exact::EXACT_STOPS;
pub use plan::{NoPlan, Plan};
pub use problem::{
    Amounts, DIMENSIONS, Faults, Fleet, MAX_AMOUNT, MAX_LEG, MAX_STOPS, Problem, ProblemError, Stop,
    UNREACHABLE,
};

/// How long to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Plans to be bred and improved; each takes about half a millisecond for a hundred stops, and fifteen for a thousand.
    pub iterations: u64,
    /// Where chance begins; two seeds give two searches, each repeatable.
    pub seed: u64,
}

impl Default for Effort {
    /// Five thousand iterations from seed 1.
    fn default() -> Self {
        Self { iterations: 5_000, seed: 1 }
    }
}

/// Plans the trips of a problem.
///
/// Up to [`EXACT_STOPS`] stops the effort is ignored and the plan is proven cheapest.
///
/// ```
/// use koinon_flow::route::{Effort, Fleet, Problem, Stop, solve};
/// let stops = vec![Stop { id: 7, demand: [3, 0, 0], service: 0 }, Stop { id: 4, demand: [2, 0, 0], service: 0 }];
/// let minutes = vec![vec![0, 10, 12], vec![10, 0, 5], vec![12, 5, 0]];
/// let problem = Problem::new(stops, &minutes, Fleet { capacity: [5, 0, 0], ..Fleet::default() })?;
/// let plan = solve(&problem, Effort::default())?;
/// assert_eq!((plan.trips, plan.cost, plan.proven), (vec![vec![4, 7]], 27, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn solve(problem: &Problem, effort: Effort) -> Result<Plan, NoPlan> {
    let outcome = if problem.stops().len() <= EXACT_STOPS {
        exact::cheapest(problem)
    } else {
        genetic::search(problem, effort)
    };
    if let Ok(plan) = &outcome {
        debug_assert_eq!(check(problem, plan), Ok(()), "a plan must stand up to the checker");
    }
    outcome
}
