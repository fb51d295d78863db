//! Energy and water: what flows through wires and pipes in each step of time, what is stored, and who is short.
//!
//! A wire or pipe is a corridor with a capacity per step and a loss; a battery, tank or reservoir is holding, with a floor. What is below the
//! floor never leaves the place; it is opened only for what lives depend on there. [`Problem`] states a region over steps of an hour, six hours or a day, [`plan()`] answers with a [`Plan`] in whole base units,
//! [`check()`] re-derives every balance, floor and bound without the engine's code before anybody sees it, and [`told`] merges steps
//! into suggestions and reasons that a person can read.
//!
//! What counts, in this order ([`GOALS`]): what lives depend on; that the least of what is kept is opened for it; what is needed; what is useful. Within
//! each kind of demand the emptiest place and step come first (by tenths of what is asked for there and then). Then that stores last about as long
//! everywhere at the end; then the least waste; then the least use of lines and stores.

mod check;
mod engine;
mod fault;
mod network;
mod text;
pub mod told;
mod whole;
mod why;

use koinon_core::{CorridorCode, Digest, PlaceCode};

pub use check::{Rule, Violation, check};
pub use engine::{WORK_MAX, plan, plan_within};
pub use why::Why;

use crate::Moment;

/// Parts in a whole, in which losses are told.
pub const PPM: i64 = 1_000_000;
/// The largest amount of one step, place or store, in base units.
pub const AMOUNT_MAX: i64 = 10_000_000_000_000;
/// The most that comes in and is stored, all together, in base units.
pub const TOTAL_MAX: i128 = 1_000_000_000_000_000;
/// The most places times steps, and lines times steps.
pub const SIZE_MAX: usize = 120_000;
/// The most steps.
pub const STEPS_MAX: u32 = 2_000;
/// The largest loss of a line, and of a store in one step or one way: 90 %.
pub const LOSS_MAX: i64 = 900_000;

/// What plans are judged by, the first first: a word for each.
pub const GOALS: [&str; 7] = ["lives", "kept", "needed", "useful", "cover", "waste", "use"];

/// Everything that a plan is made from. Amounts are in base units (watt-hours, millilitres).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// When the first step begins.
    pub start: Moment,
    /// How long a step is, in minutes; 1 to 10,080.
    pub step_minutes: u32,
    /// How many steps; 1 to 2,000.
    pub steps: u32,
    /// Micro-grids, reservoirs, communities.
    pub places: Vec<Place>,
    /// Wires and pipes.
    pub lines: Vec<Line>,
}

/// A place with what comes in, what is used, and what it stores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which.
    pub code: PlaceCode,
    /// What comes in or is produced in each step.
    pub inflow: Vec<i64>,
    /// What is used in each step: what lives depend on, what is needed, what is useful.
    pub demand: [Vec<i64>; 3],
    /// Its battery, tank or reservoir.
    pub store: Option<Store>,
}

/// A battery, tank or reservoir.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Store {
    /// What it holds at most.
    pub capacity: i64,
    /// What is in it at the start.
    pub level: i64,
    /// What is kept: only what lives depend on at the place takes a store below it.
    pub floor: i64,
    /// What is lost in each step of what is in it at its beginning, in parts per million.
    pub loss_ppm: i64,
    /// The most that is put in in a step, before losses; `None` is no limit.
    pub charge_max: Option<i64>,
    /// The most that is taken out in a step, before losses; `None` is no limit.
    pub discharge_max: Option<i64>,
    /// What is lost of what is put in, in parts per million.
    pub charge_loss_ppm: i64,
    /// What is lost of what is taken out, in parts per million.
    pub discharge_loss_ppm: i64,
}

/// A wire or pipe.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// Which.
    pub code: CorridorCode,
    /// Where it starts.
    pub from: PlaceCode,
    /// Where it ends.
    pub to: PlaceCode,
    /// Whether it carries the other way too; never both in one step.
    pub both_ways: bool,
    /// The most that enters it in a step.
    pub capacity: i64,
    /// What is lost of what enters, in parts per million.
    pub loss_ppm: i64,
    /// Steps in which it carries nothing: from the first, until before the second.
    pub out: Vec<(u32, u32)>,
}

/// What flows, what is stored, and how good that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What enters lines, by step, line and direction.
    pub flows: Vec<Flow>,
    /// What happens at each place, in order of their codes.
    pub courses: Vec<Course>,
    /// For each of [`GOALS`], what the plan reaches and what no plan can be below.
    pub goals: Vec<Goal>,
    /// Whether the search ended by itself.
    pub complete: bool,
    /// The digest of the problem.
    pub inputs: Digest,
    /// The digest of the plan.
    pub digest: Digest,
}

/// What enters a line in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The step, from 0.
    pub step: u32,
    /// The line.
    pub line: CorridorCode,
    /// Whether from its start to its end.
    pub forward: bool,
    /// What enters.
    pub sent: i64,
    /// What arrives: whole units, losses rounded up.
    pub received: i64,
}

/// What happens at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The place.
    pub place: PlaceCode,
    /// What of each kind of demand is met in each step.
    pub met: [Vec<i64>; 3],
    /// What is in the store at the beginning of each step, and at the end; empty without a store.
    pub level: Vec<i64>,
    /// What is put in in each step, before losses; empty without a store.
    pub charge: Vec<i64>,
    /// What is taken out in each step, before losses; empty without a store.
    pub discharge: Vec<i64>,
    /// What comes in and serves nobody, in each step.
    pub spill: Vec<i64>,
}

/// How good a plan is by one goal; less is better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// What the plan reaches: demand and cover in weighted units that stay open, the others in units.
    pub value: i128,
    /// No plan that is as good by the goals before this one is below it.
    pub bound: i128,
    /// With how much of each earlier goal the bound is computed.
    pub factors: Vec<i64>,
    /// How many of a price's parts are a unit of the goal; 1 where prices are empty.
    pub scale: i64,
    /// Prices of a unit in such parts: at each place and step; in each store and step, above its floor; then for each store with a floor in what
    /// is kept by step, in all of it at the end, and, where the place asks for it at all, at what lives depend on by step. Empty where all are zero.
    pub prices: Vec<i64>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The problem cannot be planned; at most 100 faults.
    #[error("{}", .0.join("\n"))]
    Faults(Vec<String>),
    /// The checker found something wrong with what the engine made.
    #[error("the plan broke its own rules and is not shown: {0}")]
    Refused(String),
}

impl Goal {
    /// What better plans could gain at most by this goal, in its units.
    pub fn gap(&self) -> i128 {
        (self.value - self.bound).max(0)
    }
}

impl Plan {
    /// The digest of what the plan says; [`Plan::digest`] must be it.
    pub fn content_digest(&self) -> Digest {
        Digest::of("koinon/balance-plan/1", text::plan(self).as_bytes())
    }
}

impl Problem {
    /// Sorts every list: equal content becomes an equal value.
    pub fn canonical(mut self) -> Self {
        self.places.sort();
        for line in &mut self.lines {
            line.out.sort_unstable();
        }
        self.lines.sort();
        self
    }

    /// The digest of the content, whatever the order of its lists.
    pub fn digest(&self) -> Digest {
        Digest::of("koinon/balance-problem/1", text::problem(&self.clone().canonical()).as_bytes())
    }

    /// When a step begins.
    pub fn begins(&self, step: u32) -> Moment {
        self.start.plus_minutes(self.step_minutes.saturating_mul(step))
    }
}

impl Line {
    /// Whether it carries nothing in a step.
    pub fn is_out(&self, step: u32) -> bool {
        self.out.iter().any(|(from, until)| (*from..*until).contains(&step))
    }
}
