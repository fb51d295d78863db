//! Who goes where: teams of communities, and the missions that ask for them.
//!
//! [`Problem`] states teams, missions, ways, crew floors and rules in whole numbers. [`plan()`] answers with a [`Plan`]: which team goes to
//! which mission, what it does there, what stays open and why, and two figures that no plan can pass, with the prices that prove them.
//! [`check()`] looks at it with other eyes, and no plan leaves this room before it has passed.
//!
//! What counts, in this order: places that lives depend on; the worst covered community, then the next; needed places, then useful ones; an
//! even load of duty; minutes on the way. What is never done: a team goes nowhere without its word, without its rest, beyond its hours, or
//! past what its community keeps at home of a skill. Those ways are not in the calculation at all.

mod bound;
mod case;
pub mod check;
mod engine;
mod inspect;
mod plan;
mod problem;
mod score;
mod search;
mod state;
mod why;
mod words;

pub use check::check;
pub use engine::{plan, plan_by_search};
pub use inspect::{DAYS_MAX, Fault, Faults, SKILLS_MAX};
pub use plan::{Bar, Deployment, Figure, Open, PlaceCover, Plan, PlanError, Price, Proof, Reason};
pub use problem::{
    Ask, Component, Duty, Floor, Mission, Problem, Rules, SkillCount, Team, TeamCode, TeamCodeError, Word,
};
