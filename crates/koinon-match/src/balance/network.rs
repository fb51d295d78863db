//! A problem as a flow with losses through time.
//!
//! A node for each place and step, and one for each store and step. What a store keeps is not in the
//! network at all: of its level, only what is above has a node, and what the kept part loses in a step is a supply below zero there.
//! What is asked for is cut into tenths for each place, step and kind, the first ones weighing most; what is left at the end into steps of cover.

use koinon_core::PlaceCode;
use koinon_flow::lossy::{LossyArc, LossyError, LossyNetwork};

use super::{GOALS, PPM, Problem, Store};

/// Weights of the tenths of what a place asked for in a step, the first one first. An emptier place or step is served first as long as no more than half
/// of it is lost on the way by comparison.
pub(super) const TENTHS: [i64; 10] = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1];
/// Steps of mean demand at which cover is cut.
pub(super) const COVER_STEPS: [i64; 16] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];
/// Weights of these cuts: each about half as much again as the next, so that evening out stops where more than a third would be lost.
pub(super) const COVER: [i64; 16] = [1_742, 1_161, 774, 516, 344, 229, 153, 102, 68, 45, 30, 20, 13, 9, 6, 4];

/// What an arc stands for. Places and lines by position in a sorted problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What serves nobody.
    Spill,
    /// What enters a line.
    Line { line: usize, forward: bool, step: usize },
    /// What is put into a store.
    Charge { place: usize, step: usize },
    /// What is taken out of it.
    Discharge { place: usize, step: usize },
    /// What stays in it.
    Hold,
    /// What is in it at the end.
    Keep,
    /// What is met of a tenth of a kind of demand.
    Met { place: usize, kind: usize, step: usize },
}

/// A problem as a network, and what its arcs stand for.
pub(super) struct Model {
    pub(super) network: LossyNetwork,
    pub(super) parts: Vec<Part>,
    /// What is to be added to the costs of a goal to have its value.
    pub(super) offsets: [i128; GOALS.len()],
}

/// An amount less what the loss takes, rounded down.
pub(super) fn less(amount: i64, loss_ppm: i64) -> i64 {
    let left = i128::from(amount) * i128::from(PPM - loss_ppm) / i128::from(PPM);
    i64::try_from(left).unwrap_or(0)
}

impl Store {
    /// Below what nothing is taken out, at the beginning of each step and at the end: the floor, where what is in the store now lasts above it by
    /// itself until the end; else what would be left of that by itself.
    pub(super) fn kept(&self, steps: usize) -> Vec<i64> {
        let mut alone = vec![self.level];
        for _ in 0..steps {
            let last = alone.last().copied().unwrap_or(0);
            alone.push(less(last, self.loss_ppm));
        }
        if alone.last().is_some_and(|last| *last >= self.floor) { vec![self.floor; steps + 1] } else { alone }
    }
}

/// A network while it is made.
struct Making {
    arcs: Vec<LossyArc>,
    parts: Vec<Part>,
    goals: [Vec<i64>; GOALS.len()],
}

impl Making {
    /// Adds an arc with its costs by goals; answers its number.
    fn arc(
        &mut self,
        part: Part,
        from: usize,
        to: Option<usize>,
        capacity: i64,
        loss: i64,
        costs: &[(usize, i64)],
    ) -> usize {
        self.arcs.push(LossyArc { from, to, capacity: capacity.max(0), gain_ppm: PPM - loss });
        self.parts.push(part);
        for (goal, list) in self.goals.iter_mut().enumerate() {
            list.push(costs.iter().find(|(at, _)| *at == goal).map_or(0, |(_, cost)| *cost));
        }
        self.arcs.len() - 1
    }
}

/// Goals after the three kinds of demand.
const COVER_GOAL: usize = 3;
const WASTE_GOAL: usize = 4;
const USE_GOAL: usize = 5;

/// Builds the network of a sorted problem. With `reserve`, a little of what comes in is left out, so that there is something to round with.
pub(super) fn model(problem: &Problem, reserve: bool) -> Result<Model, LossyError> {
    let steps = usize::try_from(problem.steps).unwrap_or(0);
    let spare = |amount: i64, most: i64| if reserve { (amount / 1_000).min(most) } else { 0 };
    let mut making = Making { arcs: Vec::new(), parts: Vec::new(), goals: Default::default() };
    let bus = |place: usize, step: usize| place * steps + step;
    let (mut supplies, mut start) = (Vec::new(), Vec::new());
    let mut offsets = [0_i128; GOALS.len()];
    let total = total(problem);
    let unlimited = i64::try_from(total).unwrap_or(i64::MAX);
    offsets[WASTE_GOAL] = total;
    for (at, place) in problem.places.iter().enumerate() {
        for (step, inflow) in place.inflow.iter().enumerate() {
            supplies.push(i128::from(inflow - spare(*inflow, 16)) * i128::from(PPM));
            start.push(making.arc(Part::Spill, bus(at, step), None, unlimited, 0, &[]));
        }
    }
    for (at, line) in problem.lines.iter().enumerate() {
        let find =
            |code: &PlaceCode| problem.places.binary_search_by(|place| place.code.cmp(code)).unwrap_or(0);
        let (from, to) = (find(&line.from), find(&line.to));
        for (step, number) in (0..steps).zip(0..problem.steps) {
            let capacity = if line.is_out(number) { 0 } else { line.capacity };
            for forward in [true, false] {
                if forward || line.both_ways {
                    let (from, to) = if forward { (from, to) } else { (to, from) };
                    let part = Part::Line { line: at, forward, step };
                    making.arc(
                        part,
                        bus(from, step),
                        Some(bus(to, step)),
                        capacity,
                        line.loss_ppm,
                        &[(USE_GOAL, 1)],
                    );
                }
            }
        }
    }
    for (at, place) in problem.places.iter().enumerate() {
        let Some(store) = &place.store else { continue };
        let kept = store.kept(steps);
        let first = supplies.len();
        for ((step, now), next) in kept.iter().enumerate().zip(kept.iter().skip(1)) {
            let node = first + step;
            let has = if step == 0 {
                let above = store.level - now;
                store.level - spare(above, i64::from(problem.steps) * 4)
            } else {
                *now
            };
            supplies.push(
                i128::from(has) * i128::from(PPM - store.loss_ppm) - i128::from(*next) * i128::from(PPM),
            );
            let widest =
                i128::from(store.capacity) * i128::from(PPM) / i128::from(PPM - store.charge_loss_ppm) + 1;
            let charge = store.charge_max.unwrap_or(i64::MAX).min(i64::try_from(widest).unwrap_or(i64::MAX));
            let discharge = store.discharge_max.unwrap_or(i64::MAX).min(store.capacity);
            let used = [(USE_GOAL, 1)];
            making.arc(
                Part::Charge { place: at, step },
                bus(at, step),
                Some(node),
                charge,
                store.charge_loss_ppm,
                &used,
            );
            let part = Part::Discharge { place: at, step };
            making.arc(part, node, Some(bus(at, step)), discharge, store.discharge_loss_ppm, &used);
            let spill = making.arc(Part::Spill, node, None, unlimited, 0, &[]);
            if step + 1 < steps {
                start.push(making.arc(
                    Part::Hold,
                    node,
                    Some(node + 1),
                    store.capacity - next,
                    store.loss_ppm,
                    &[],
                ));
                continue;
            }
            start.push(spill);
            let mut from = 0;
            offsets[WASTE_GOAL] -= i128::from(*next);
            for (until, weight) in cuts(problem, at) {
                let until = until.min(store.capacity);
                let open = until - from.max(*next);
                let costs = [(COVER_GOAL, -weight), (WASTE_GOAL, -1)];
                making.arc(Part::Keep, node, None, open, 0, &costs);
                // What is kept fills the lowest cuts by itself.
                offsets[COVER_GOAL] += i128::from(weight) * i128::from(open.max(0));
                from = until;
            }
            making.arc(Part::Keep, node, None, store.capacity - from.max(*next), 0, &[(WASTE_GOAL, -1)]);
        }
    }
    for (at, place) in problem.places.iter().enumerate() {
        for (kind, demand) in place.demand.iter().enumerate() {
            for (step, asked) in demand.iter().enumerate() {
                for (tenth, weight) in tenths(*asked).into_iter().zip(TENTHS).filter(|(tenth, _)| *tenth > 0)
                {
                    let costs = [(kind, -weight), (WASTE_GOAL, -1)];
                    making.arc(Part::Met { place: at, kind, step }, bus(at, step), None, tenth, 0, &costs);
                    if let Some(offset) = offsets.get_mut(kind) {
                        *offset += i128::from(weight) * i128::from(tenth);
                    }
                }
            }
        }
    }
    let Making { arcs, parts, goals } = making;
    Ok(Model { network: LossyNetwork::new(supplies, arcs, goals.into(), start)?, parts, offsets })
}

/// All that comes in and is stored at the start.
fn total(problem: &Problem) -> i128 {
    let stored = problem.places.iter().filter_map(|place| place.store).map(|store| i128::from(store.level));
    let inflow = problem.places.iter().flat_map(|place| &place.inflow).map(|amount| i128::from(*amount));
    stored.chain(inflow).sum()
}

/// An amount in ten parts that differ by one at most.
fn tenths(sum: i64) -> [i64; 10] {
    let cut = |at: i64| i64::try_from(i128::from(sum) * i128::from(at) / 10).unwrap_or(0);
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(|at| cut(at) - cut(at - 1))
}

/// Up to which level each step of cover of a place reaches, with its weight: by what the place uses, or by what all use where it uses nothing.
fn cuts(problem: &Problem, place: usize) -> Vec<(i64, i64)> {
    let used =
        |place: &super::Place| place.demand.iter().flatten().map(|amount| i128::from(*amount)).sum::<i128>();
    let own = problem.places.get(place).map_or(0, used);
    let used = if own > 0 { own } else { problem.places.iter().map(used).sum() };
    let level = |steps: i64| used * i128::from(steps) / i128::from(problem.steps.max(1));
    let level = |steps: i64| i64::try_from(level(steps)).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    COVER_STEPS.into_iter().map(level).zip(COVER).collect()
}
