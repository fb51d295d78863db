//! Milk runs: which vehicle fetches and brings what, in which order, and who drives when.
//!
//! [`Rounds`] states loads, vehicles, shifts and ways in whole numbers. [`plan`] answers with a [`RoundPlan`]: tours with their stops to
//! the minute, and the loads that no tour takes, each with its reason. Loads on which lives depend come first, then as many loads as can
//! be, then as few minutes as can be. [`check()`] looks at every plan with other eyes, and no plan leaves this room before it has passed.
//!
//! A tour is what one driver does in one shift with one vehicle: from the vehicle's home over its stops back home, which it may pass on
//! the way to load again. Drivers are counted and never named. Where all loads come from the vehicles' home, or all go there, the trips
//! are those of [`koinon_flow::route`], proven for up to twelve stops; everything else is inserted where it costs least and improved by
//! taking loads out and putting them back, with a fixed amount of work and a fixed seed. [`Bound`] says what no plan can do better.
//!
//! Times are those of the region's clocks; the room reads none, knows no names, and refuses to take half a load: see [`Load::parts`].

mod asked;
mod check;
mod duty;
mod fault;
mod hub;
mod layout;
mod left;
mod plan;
mod problem;
mod roads;
mod search;
mod words;

pub use asked::{Asked, load_of};
pub use check::{RoundRule, RoundViolation, check};
pub use fault::{LOADS_MAX, PAIRS_MAX, PLACES_MAX};
pub use plan::{Bound, Left, LeftWhy, RoundPlan, Stop, Tour};
pub use problem::{Load, Rounds, Shift, Vehicle, WayOf};
pub use roads::ways_of;

use crate::fault::Faults;

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoundsError {
    /// The problem has faults.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// The independent checker refused the plan: a fault of this engine, never of the input.
    #[error("the plan was refused by its checker and is not shown: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Refused(Vec<RoundViolation>),
}

/// Plans the tours. Equal problems give equal plans, in whatever order their lists stand.
///
/// The plan has passed [`check()`]; a plan that does not is never returned.
pub fn plan(problem: &Rounds) -> Result<RoundPlan, RoundsError> {
    let faults = problem.faults();
    if !faults.is_empty() {
        return Err(Faults(faults).into());
    }
    let problem = problem.clone().canonical();
    let layout = layout::Layout::new(&problem);
    let found = search::best(&layout);
    let made = plan::told(&layout, &found);
    let violations = check(&problem, &made);
    if violations.is_empty() { Ok(made) } else { Err(RoundsError::Refused(violations)) }
}
