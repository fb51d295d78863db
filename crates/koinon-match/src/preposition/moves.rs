//! The way from where the stock stands to where it should: the moves that bring most, one after the other.
//!
//! Planners can do a few moves only. Each time, of all moves between a site that has too much and one that has too little, the one is taken
//! that brings most; prices say what a move can bring at most, so that few of them are tried.

use koinon_flow::Solver;

use super::case::{Case, Good, at, set};
use super::effort::Aim;
use super::plan::Outcome;
use super::problem::PrepositionError;
use super::search::look;

/// A move.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The site, or `None` for what is bought.
    pub(super) from: Option<usize>,
    pub(super) to: usize,
    pub(super) units: i64,
    pub(super) before: Outcome,
    pub(super) after: Outcome,
}

impl Step {
    /// What it brings.
    pub(super) fn gain(&self, aim: Aim) -> i128 {
        let of = |outcome: Outcome| aim.value(outcome.parts, outcome.part_minutes);
        of(self.after) - of(self.before)
    }
}

/// The stock on the way, and what is bought and not placed yet.
#[derive(Clone)]
struct Standing {
    units: Vec<i64>,
    bought: i64,
}

impl Standing {
    fn with(&self, from: Option<usize>, to: usize, units: i64) -> Self {
        let mut next = self.clone();
        match from {
            Some(from) => set(&mut next.units, from, at(&self.units, from) - units),
            None => next.bought -= units,
        }
        set(&mut next.units, to, at(&self.units, to) + units);
        next
    }
}

/// The moves of an item that bring most, the best first, until the next would bring nothing.
pub(super) fn steps(
    case: &Case,
    good: &Good,
    stand: &[i64],
    aim: Aim,
    most: usize,
    solver: &mut Solver,
) -> Result<Vec<Step>, PrepositionError> {
    let mut standing = Standing { units: good.now.clone(), bought: good.added };
    let mut steps = Vec::new();
    let (mut before, mut slopes) = look(case, good, &standing.units, aim, solver)?;
    while steps.len() < most {
        let mut tries = candidates(case, &standing, stand, &slopes);
        tries.sort_by_key(|&(at_most, from, to, _)| (std::cmp::Reverse(at_most), from, to));
        let mut best: Option<(Step, Vec<Vec<i128>>)> = None;
        for (at_most, from, to, units) in tries {
            let least = best.as_ref().map_or(0, |(step, _)| step.gain(aim));
            if at_most <= least {
                break;
            }
            let (after, slopes) = look(case, good, &standing.with(from, to, units).units, aim, solver)?;
            let step = Step { from, to, units, before, after };
            if step.gain(aim) > least {
                best = Some((step, slopes));
            }
        }
        let Some((step, next)) = best else { break };
        standing = standing.with(step.from, step.to, step.units);
        (before, slopes) = (step.after, next);
        steps.push(step);
    }
    Ok(steps)
}

/// All moves towards a placement, each with what it can bring at most.
fn candidates(
    case: &Case,
    standing: &Standing,
    stand: &[i64],
    slopes: &[Vec<i128>],
) -> Vec<(i128, Option<usize>, usize, i64)> {
    let mut worth = vec![0_i128; case.sites];
    for (scene, prices) in case.scenes.iter().zip(slopes) {
        let weight = i128::from(scene.weight);
        worth.iter_mut().zip(prices).for_each(|(worth, price)| *worth += weight * *price);
    }
    let over = |site: usize| at(&standing.units, site) - at(stand, site);
    let mut from: Vec<(Option<usize>, i128, i64)> = (0..case.sites)
        .filter(|&site| over(site) > 0)
        .map(|site| (Some(site), worth.get(site).copied().unwrap_or(0), over(site)))
        .collect();
    if standing.bought > 0 {
        from.push((None, 0, standing.bought));
    }
    let mut found = Vec::new();
    for (to, worth) in worth.iter().enumerate().filter(|(to, _)| over(*to) < 0) {
        for &(from, paid, units) in &from {
            let units = units.min(-over(to));
            found.push((i128::from(units) * (worth - paid), from, to, units));
        }
    }
    found
}
