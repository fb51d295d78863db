//! From a problem to a checked plan: the best flow in fractions, whole units out of it, and what proves how good they are.

use koinon_core::Digest;
use koinon_flow::lossy::{self, LossyError, Proof};

use super::network::{Model, model};
use super::{GOALS, Goal, Plan, PlanError, Problem, check, whole};

/// Work after which the search ends with the best that it has: about a minute.
pub const WORK_MAX: u64 = 30_000_000_000;

/// Says what should flow, be stored and be met; checked before anybody sees it.
///
/// Without losses the plan is the best there is. With losses, whole units are at most a few a step away from it; each goal says how far.
/// Where the work is used up, the plan is the best so far, and says so.
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
    let lossy = problem.lines.iter().any(|line| line.loss_ppm > 0)
        || problem
            .places
            .iter()
            .filter_map(|place| place.store)
            .any(|store| store.loss_ppm + store.charge_loss_ppm + store.discharge_loss_ppm > 0);
    let whole_model = model(&problem, false).map_err(fault)?;
    // Where what is left out to round with is missing somewhere, nothing is left out.
    let solved = match model(&problem, true) {
        Ok(spared) if lossy => lossy::solve(&spared.network, work_max),
        _ => lossy::solve(&whole_model.network, work_max),
    };
    let (flows, courses) = whole::whole(&problem, &whole_model, &solved.flow);
    let mut plan = Plan {
        flows,
        courses,
        goals: Vec::new(),
        complete: solved.complete,
        inputs: problem.digest(),
        digest: Digest([0; 32]),
    };
    let values = check::values(&problem, &plan);
    plan.goals = goals(&whole_model, &values, solved.proofs);
    plan.digest = plan.content_digest();
    match check(&problem, &plan).first() {
        None => Ok(plan),
        Some(first) => Err(PlanError::Refused(first.to_string())),
    }
}

/// Values with their bounds. A value that is zero needs no proof.
fn goals(model: &Model, values: &[i128; GOALS.len()], proofs: Vec<Proof>) -> Vec<Goal> {
    let costs: Vec<i128> = values.iter().zip(&model.offsets).map(|(value, offset)| value - offset).collect();
    let mut goals = Vec::with_capacity(GOALS.len());
    for (at, ((value, offset), proof)) in values.iter().zip(&model.offsets).zip(proofs).enumerate() {
        let dual = if *value == 0 { None } else { model.network.bound(at, &proof, &costs) };
        goals.push(match dual.map(|dual| dual + offset) {
            Some(bound) if bound > 0 => {
                let Proof { factors, scale, prices } = proof;
                Goal { value: *value, bound, factors, scale, prices }
            }
            _ => Goal { value: *value, bound: 0, factors: Vec::new(), scale: 1, prices: Vec::new() },
        });
    }
    goals
}
