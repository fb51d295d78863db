//! Where hubs and reserves should stand before the next disaster, given those that may come.
//!
//! [`Preposition`] states sites, stock, scenarios with their weights, and minutes, in whole numbers. [`plan`] answers with a
//! [`PrepositionPlan`]: the same stock (and what is to be bought) in the best places, and the moves that bring most. It is the two-stage
//! problem of the field (Rawls and Turnquist 2010): place now, respond by the cheapest transport when a scenario comes, for each item the
//! most people first and then the fewest hours, as [`crate::relief`] does for one disaster. The *balance metric* is the response effort
//! with the stock where it stands, over the effort with the stock in the best places (Acimovic and Goentzel 2016).
//!
//! Every bound is a list of whole prices: what a unit at a site is worth in a scenario. Whatever the prices are, nobody does better than what
//! follows from them (weak duality), so they prove the gap without trust in the search, in which alone numbers are not whole.
//! [`check()`] works all of it out anew with code of its own, and no plan leaves this room before it has passed.

mod case;
mod check;
mod effort;
mod engine;
mod master;
mod moves;
mod plan;
mod problem;
mod proof;
mod search;
mod sites;
mod words;

pub use check::{PrepositionRule, PrepositionViolation, check};
pub use engine::{Budget, plan, plan_on};
pub use plan::{Balance, Bound, ItemPlan, Move, Outcome, Placed, PrepositionPlan, Prices, SitePlan};
pub use problem::{Added, Holding, Item, Opens, Preposition, PrepositionError, Scenario, Site};
