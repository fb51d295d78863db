//! How what is asked for is cut into tenths, and what is left at the end into steps of cover.

use super::{Place, Problem};

/// Weights of the tenths of what a place asked for in a step, the first one first. An emptier place or step is served first as long as no more than half
/// of it is lost on the way by comparison.
pub(super) const TENTHS: [i64; 10] = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1];
/// Steps of mean demand at which cover is cut.
const COVER_STEPS: [i64; 16] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];
/// Weights of these cuts: each about half as much again as the next, so that evening out stops where more than a third would be lost.
const COVER: [i64; 16] = [1_742, 1_161, 774, 516, 344, 229, 153, 102, 68, 45, 30, 20, 13, 9, 6, 4];

/// An amount in ten parts that differ by one at most.
pub(super) fn tenths(sum: i64) -> [i64; 10] {
    let cut = |at: i64| i64::try_from(i128::from(sum) * i128::from(at) / 10).unwrap_or(0);
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(|at| cut(at) - cut(at - 1))
}

/// Up to which level each step of cover of a place reaches, with its weight: by what the place uses, or by what all use where it uses nothing.
pub(super) fn cuts(problem: &Problem, place: &Place) -> Vec<(i64, i64)> {
    let used = |place: &Place| place.demand.iter().flatten().map(|amount| i128::from(*amount)).sum::<i128>();
    let own = used(place);
    let used = if own > 0 { own } else { problem.places.iter().map(used).sum() };
    let level = |steps: i64| used * i128::from(steps) / i128::from(problem.steps.max(1));
    let level = |steps: i64| i64::try_from(level(steps)).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    COVER_STEPS.into_iter().map(level).zip(COVER).collect()
}
