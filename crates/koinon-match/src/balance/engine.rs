//! From a problem to a checked plan: the best flow in fractions, whole units out of it, and what proves how good they are.

use koinon_core::Digest;
use koinon_flow::lossy::{self, LossyError, LossyFlow, Proof};

use super::network::{Claims, Lean, Model, less, model};
use super::whole::{Whole, whole};
use super::{Course, GOALS, Goal, Plan, PlanError, Problem, check};

/// Work after which the search ends with the best that it has: about a minute.
pub const WORK_MAX: u64 = 30_000_000_000;
/// Plans that are tried where stores below their floors hold back what the network let go: whether what comes in then serves lives and stores alone.
const ROUNDS: [bool; 4] = [false, false, true, true];

/// Says what should flow, be stored and be met; checked before anybody sees it.
///
/// Without losses, and where no store is ever below its floor, the plan is the best there is. With losses, whole units are at most a few a step away
/// from it; each goal says how far. Where the work is used up, the plan is the best so far, and says so.
pub fn plan(problem: &Problem) -> Result<Plan, PlanError> {
    plan_within(problem, WORK_MAX)
}

/// The same with at most so much work.
pub fn plan_within(problem: &Problem, work_max: u64) -> Result<Plan, PlanError> {
    let faults = problem.faults();
    if !faults.is_empty() {
        return Err(PlanError::Faults(faults));
    }
    let problem = problem.clone().canonical();
    let fault = |error: LossyError| PlanError::Faults(vec![error.to_string()]);
    let plain = model(&problem, &Lean::default()).map_err(fault)?;
    let mut search =
        Search { problem: &problem, plain, proofs: Vec::new(), best: None, work: work_max, complete: true };
    search.run();
    let Search { plain, proofs, best, complete, .. } = search;
    let Some((values, mut plan)) = best else {
        return Err(PlanError::Refused("no plan was made".to_owned()));
    };
    plan.complete = complete;
    plan.goals = goals(&plain, &values, &proofs);
    plan.digest = plan.content_digest();
    match check(&problem, &plan).first() {
        None => Ok(plan),
        Some(first) => Err(PlanError::Refused(first.to_string())),
    }
}

/// What plans reach by each goal.
type Values = [i128; GOALS.len()];

/// A search under way.
struct Search<'a> {
    problem: &'a Problem,
    /// The network that no plan is outside of.
    plain: Model,
    proofs: Vec<Vec<Proof>>,
    best: Option<(Values, Plan)>,
    /// Work that is left.
    work: u64,
    complete: bool,
}

impl Search<'_> {
    /// Makes a plan, then others in which stores below their floors keep back what comes in as they do in the one before; the best one stays.
    fn run(&mut self) {
        let mut claims = claims(self.problem, &untouched(self.problem));
        let mut narrowed = !claims.is_empty();
        for strict in ROUNDS {
            let whole = self.round(&claims, strict);
            let next = self::claims(self.problem, &whole.courses);
            let held = whole.held > self.rounding();
            self.keep(whole);
            if !held || !self.complete {
                break;
            }
            narrowed |= !next.is_empty();
            claims = next;
        }
        if narrowed {
            let solved = lossy::solve(&self.plain.network, self.work);
            self.proofs.push(solved.proofs);
        }
    }

    /// What rounding alone may hold back.
    fn rounding(&self) -> i128 {
        if self.lossy() { 4 * i128::from(self.problem.steps) } else { 0 }
    }

    fn lossy(&self) -> bool {
        let stores = self.problem.places.iter().filter_map(|place| place.store);
        self.problem.lines.iter().any(|line| line.loss_ppm > 0)
            || stores
                .into_iter()
                .any(|store| store.loss_ppm + store.charge_loss_ppm + store.discharge_loss_ppm > 0)
    }

    fn round(&mut self, claims: &Claims, strict: bool) -> Whole {
        let lean = Lean { reserve: self.lossy(), full: true, claims: claims.clone(), strict };
        let narrow = model(self.problem, &lean);
        // Where what is left out to round with is missing somewhere, nothing is left out.
        let model = narrow.as_ref().unwrap_or(&self.plain);
        let LossyFlow { flow, proofs, complete, work, .. } = lossy::solve(&model.network, self.work);
        self.work = self.work.saturating_sub(work);
        self.complete &= complete;
        self.proofs.push(proofs);
        whole(self.problem, model, &flow)
    }

    fn keep(&mut self, whole: Whole) {
        let plan = Plan {
            flows: whole.flows,
            courses: whole.courses,
            goals: Vec::new(),
            complete: true,
            inputs: self.problem.digest(),
            digest: Digest([0; 32]),
        };
        let values = check::values(self.problem, &plan);
        if self.best.as_ref().is_none_or(|(best, _)| values < *best) {
            self.best = Some((values, plan));
        }
    }
}

/// The levels of stores that nobody uses, each filled up to its floor by what comes in.
fn untouched(problem: &Problem) -> Vec<Course> {
    let course = |place: &super::Place| {
        let mut course = super::whole::blank(place, 0);
        for inflow in &place.inflow {
            let (Some(store), Some(level)) = (&place.store, course.level.last()) else { continue };
            let level = less(*level, store.loss_ppm);
            course.level.push(level + less(store.refill(level, *inflow), store.charge_loss_ppm));
        }
        course
    };
    problem.places.iter().map(course).collect()
}

/// What stores below their floors claim of what comes in, where levels are those of these courses.
fn claims(problem: &Problem, courses: &[Course]) -> Claims {
    let mut claims = Claims::new();
    for (at, (place, course)) in problem.places.iter().zip(courses).enumerate() {
        let Some(store) = &place.store else { continue };
        for (step, (inflow, level)) in place.inflow.iter().zip(&course.level).enumerate() {
            let claim = store.refill(less(*level, store.loss_ppm), *inflow);
            // What losses alone take is made up from what is in the store.
            if *level < store.floor {
                claims.insert((at, step), claim);
            }
        }
    }
    claims
}

/// Values with their bounds, the best that any of the proofs shows. A value that is zero needs none.
fn goals(model: &Model, values: &Values, proofs: &[Vec<Proof>]) -> Vec<Goal> {
    let costs: Vec<i128> = values.iter().zip(&model.offsets).map(|(value, offset)| value - offset).collect();
    let goal = |(at, (value, offset)): (usize, (&i128, &i128))| {
        let shown = proofs.iter().filter_map(|proofs| {
            let mut proof = proofs.get(at)?.clone();
            // Nodes of claims come last and are none of the plain network.
            proof.prices.truncate(model.network.nodes());
            let bound = model.network.bound(at, &proof, &costs)? + offset;
            Some((bound, proof)).filter(|_| bound > 0 && *value > 0)
        });
        match shown.max_by_key(|(bound, _)| *bound) {
            Some((bound, Proof { factors, scale, prices })) => {
                Goal { value: *value, bound, factors, scale, prices }
            }
            None => Goal { value: *value, bound: 0, factors: Vec::new(), scale: 1, prices: Vec::new() },
        }
    };
    values.iter().zip(&model.offsets).enumerate().map(goal).collect()
}
