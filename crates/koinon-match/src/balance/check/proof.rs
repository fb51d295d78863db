//! What prices prove: for any prices, no plan costs less than the supplies at their prices and what each arc could gain with its capacity.
//!
//! The arcs are written down here once more, straight from the problem and in whole numbers, so that an error in the engine's network shows
//! as a bound that nobody finds again.

use koinon_core::PlaceCode;

use super::super::{GOALS, Goal, Place, Problem};
use super::kept;

const MILLION: i128 = 1_000_000;

/// Where prices of nodes stand in their list: buses of places by step, then stores by step.
struct Prices<'a> {
    list: &'a [i64],
    steps: usize,
    stores: Vec<Option<usize>>,
}

impl<'a> Prices<'a> {
    fn new(problem: &Problem, list: &'a [i64]) -> Option<Self> {
        let steps = usize::try_from(problem.steps).ok()?;
        let mut next = problem.places.len() * steps;
        let stores = problem.places.iter().map(|place| {
            place.store.as_ref()?;
            next += steps;
            Some(next - steps)
        });
        let stores = stores.collect();
        (list.len() == next).then_some(Self { list, steps, stores })
    }

    fn at(&self, node: usize) -> Option<i128> {
        self.list.get(node).copied().map(i128::from)
    }

    fn bus(&self, place: usize, step: usize) -> Option<i128> {
        self.at(place * self.steps + step)
    }

    fn store(&self, place: usize, step: usize) -> Option<i128> {
        self.at((*self.stores.get(place)?)? + step)
    }
}

/// Levels up to which steps of cover of a place reach, with their weights.
pub(super) fn cover(problem: &Problem, place: &Place) -> Vec<(i128, i128)> {
    let used = |place: &Place| place.demand.iter().flatten().copied().map(i128::from).sum::<i128>();
    let own = used(place);
    let all = if own == 0 { problem.places.iter().map(used).sum() } else { own };
    let steps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];
    let weights = [1_742, 1_161, 774, 516, 344, 229, 153, 102, 68, 45, 30, 20, 13, 9, 6, 4];
    steps
        .into_iter()
        .zip(weights)
        .map(|(at, weight)| (all * at / i128::from(problem.steps), weight))
        .collect()
}

/// The bound of a goal, among plans that are no worse by the goals before it; `None` where prices do not fit.
pub(super) fn bound(
    problem: &Problem,
    goal: usize,
    told: &Goal,
    values: &[i128; GOALS.len()],
) -> Option<i128> {
    let Goal { factors, scale, prices, .. } = told;
    let scale = i128::from(*scale);
    if scale < 1 || factors.len() != goal || factors.iter().any(|factor| *factor < 0) {
        return None;
    }
    let y = Prices::new(problem, prices)?;
    // The goal itself counts once, earlier ones by their factors, later ones not at all.
    let counts = |at: usize| if at == goal { 1 } else { factors.get(at).copied().map_or(0, i128::from) };
    let (cover_count, waste_count, use_count) = (counts(3), counts(4), counts(5));
    // Sums beyond 127 bits prove nothing.
    let (mut dual, mut supplies) = (Some(0_i128), Some(0_i128));
    let mut gain = |cost: i128, from: i128, to: i128, loss: i64, room: i128| {
        let reduced = (cost * scale - from) * MILLION + to * (MILLION - i128::from(loss));
        dual = dual.and_then(|dual| dual.checked_add(reduced.min(0).checked_mul(room.max(0))?));
    };
    let inflow = problem.places.iter().flat_map(|place| &place.inflow).copied().map(i128::from).sum::<i128>();
    let stored = problem.places.iter().filter_map(|place| Some(i128::from(place.store?.level))).sum::<i128>();
    let all = inflow + stored;
    let mut constant = waste_count * all;
    let mut supply = |amount: i128, price: i128| {
        supplies = supplies.and_then(|sum| sum.checked_add(amount.checked_mul(price)?));
    };
    for (p, place) in problem.places.iter().enumerate() {
        let kept = kept(place, problem.steps);
        for (t, inflow) in place.inflow.iter().enumerate() {
            let bus = y.bus(p, t)?;
            supply(i128::from(*inflow) * MILLION, bus);
            gain(0, bus, 0, 0, all);
            let Some(store) = &place.store else { continue };
            let (node, loss) = (y.store(p, t)?, store.loss_ppm);
            let (before, after) = (i128::from(*kept.get(t)?), i128::from(*kept.get(t + 1)?));
            let has = if t == 0 { i128::from(store.level) } else { before };
            supply(has * (MILLION - i128::from(loss)) - after * MILLION, node);
            gain(0, node, 0, 0, all);
            let capacity = i128::from(store.capacity);
            let widest = capacity * MILLION / (MILLION - i128::from(store.charge_loss_ppm)) + 1;
            let put = store.charge_max.map_or(widest, |most| widest.min(most.into()));
            let taken = store.discharge_max.map_or(capacity, |most| capacity.min(most.into()));
            gain(use_count, bus, node, store.charge_loss_ppm, put);
            gain(use_count, node, bus, store.discharge_loss_ppm, taken);
            if t + 1 < y.steps {
                gain(0, node, y.store(p, t + 1)?, loss, capacity - after);
                continue;
            }
            constant -= waste_count * after;
            let mut from = after;
            for (until, weight) in cover(problem, place) {
                let until = until.min(capacity);
                gain(-cover_count * weight - waste_count, node, 0, 0, until - from);
                constant += cover_count * weight * (until - from).max(0);
                from = from.max(until);
            }
            gain(-waste_count, node, 0, 0, capacity - from);
        }
        for (kind, list) in place.demand.iter().enumerate() {
            for (t, asked) in list.iter().copied().map(i128::from).enumerate() {
                for tenth in 0..10_u32 {
                    let part = asked * i128::from(tenth + 1) / 10 - asked * i128::from(tenth) / 10;
                    let weight = counts(kind) << (9 - tenth);
                    gain(-weight - waste_count, y.bus(p, t)?, 0, 0, part);
                    constant += weight * part;
                }
            }
        }
    }
    let place = |code: &PlaceCode| problem.places.iter().position(|place| place.code == *code);
    for line in &problem.lines {
        let (from, to) = (place(&line.from)?, place(&line.to)?);
        for (t, step) in (0..y.steps).zip(0..) {
            let open = !line.out.iter().any(|(from, until)| *from <= step && step < *until);
            let room = if open { i128::from(line.capacity) } else { 0 };
            let (one, other) = (y.bus(from, t)?, y.bus(to, t)?);
            gain(use_count, one, other, line.loss_ppm, room);
            if line.both_ways {
                gain(use_count, other, one, line.loss_ppm, room);
            }
        }
    }
    // Plans that are no worse by earlier goals: what these reach is paid back.
    let mut rest = constant;
    for (factor, value) in factors.iter().zip(values) {
        rest = rest.checked_sub(i128::from(*factor).checked_mul(*value)?)?;
    }
    // Values are whole: the bound of a fraction is that of the next whole number.
    Some(rest - (-dual?.checked_add(supplies?)?).div_euclid(scale * MILLION))
}
