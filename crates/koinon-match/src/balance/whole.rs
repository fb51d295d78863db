//! From a flow in fractions to a plan in whole units: step by step in time, and in each step from those who send to those who receive.
//!
//! What arrives is rounded down and what a store loses up, so nothing is made by rounding. What is sent is rounded up where there is
//! something to round with, so that receivers are not left a unit short; what remains serves demand that is open, else nobody.

use koinon_core::PlaceCode;

use super::network::{Model, Part, less};
use super::{Course, Flow, PPM, Problem};

/// Amounts nearer to a whole number are it.
const EPSILON: f64 = 1e-6;
const EPSILON_PART: f64 = 1e-12;

/// What the fractions say, by place, line and step.
struct Wanted {
    steps: usize,
    /// By line and direction (forward first), then step.
    lines: Vec<[Vec<f64>; 2]>,
    charge: Vec<Vec<f64>>,
    discharge: Vec<Vec<f64>>,
    /// By place, then kind.
    met: Vec<[Vec<f64>; 3]>,
}

fn put(list: Option<&mut Vec<f64>>, step: usize, amount: f64) {
    if let Some(slot) = list.and_then(|list| list.get_mut(step)) {
        *slot += amount.max(0.0);
    }
}

fn get(list: Option<&Vec<f64>>, step: usize) -> f64 {
    list.and_then(|list| list.get(step)).copied().unwrap_or(0.0)
}

impl Wanted {
    fn new(problem: &Problem, model: &Model, flow: &[f64]) -> Self {
        let steps = usize::try_from(problem.steps).unwrap_or(0);
        let blank = || vec![0.0; steps];
        let places = problem.places.len();
        let mut wanted = Self {
            steps,
            lines: problem.lines.iter().map(|_| [blank(), blank()]).collect(),
            charge: vec![blank(); places],
            discharge: vec![blank(); places],
            met: (0..places).map(|_| [blank(), blank(), blank()]).collect(),
        };
        for (part, amount) in model.parts.iter().zip(flow) {
            match *part {
                Part::Line { line, forward, step } => {
                    let way = usize::from(!forward);
                    put(wanted.lines.get_mut(line).and_then(|ways| ways.get_mut(way)), step, *amount);
                }
                Part::Charge { place, step } => put(wanted.charge.get_mut(place), step, *amount),
                Part::Discharge { place, step } => put(wanted.discharge.get_mut(place), step, *amount),
                Part::Met { place, kind, step } => {
                    put(wanted.met.get_mut(place).and_then(|kinds| kinds.get_mut(kind)), step, *amount);
                }
                Part::Spill | Part::Hold | Part::Keep => {}
            }
        }
        wanted
    }
}

/// A whole number that is no less than an amount, and one more where losses are rounded.
fn up(amount: f64, lossy: bool) -> i64 {
    let near = amount - EPSILON - amount * EPSILON_PART;
    if near <= 0.0 {
        return 0;
    }
    // Amounts are below 2^51: the conversion is exact.
    #[allow(clippy::as_conversions, clippy::cast_possible_truncation, reason = "bounded above and below")]
    let whole = near.ceil().min(1e15) as i64;
    whole + i64::from(lossy)
}

/// A line that carries in a step, by position.
#[derive(Clone, Copy)]
struct Way {
    line: usize,
    forward: bool,
    from: usize,
    to: usize,
    amount: f64,
}

/// The lines that carry in a step, and places in the order in which they send; circles are taken apart on the way.
fn ordered(
    problem: &Problem,
    ends: &[(usize, usize)],
    wanted: &Wanted,
    step: usize,
) -> (Vec<Way>, Vec<usize>) {
    let mut ways = Vec::new();
    for ((line, both), (from, to)) in wanted.lines.iter().enumerate().zip(ends) {
        for (forward, list) in [true, false].into_iter().zip(both) {
            let amount = get(Some(list), step);
            if amount > EPSILON {
                let (from, to) = if forward { (*from, *to) } else { (*to, *from) };
                ways.push(Way { line, forward, from, to, amount });
            }
        }
    }
    loop {
        let mut behind = vec![0_usize; problem.places.len()];
        for way in &ways {
            if let Some(count) = behind.get_mut(way.to) {
                *count += 1;
            }
        }
        let mut order: Vec<usize> =
            (0..behind.len()).filter(|place| behind.get(*place) == Some(&0)).collect();
        let mut at = 0;
        while let Some(place) = order.get(at).copied() {
            at += 1;
            for way in ways.iter().filter(|way| way.from == place) {
                if let Some(count) = behind.get_mut(way.to) {
                    *count -= 1;
                    if *count == 0 {
                        order.push(way.to);
                    }
                }
            }
        }
        if order.len() == behind.len() {
            return (ways, order);
        }
        open(problem, &mut ways, &behind);
    }
}

/// Takes one circle out of what flows: as much as goes all the way round, so that at least one line of it carries nothing.
fn open(problem: &Problem, ways: &mut Vec<Way>, behind: &[usize]) {
    let Some(first) = behind.iter().position(|count| *count > 0) else { return };
    // Against the flow from any place that waits: each such place has a way in from one that waits too.
    let (mut seen, mut place) = (Vec::new(), first);
    let circle = loop {
        let waits = |way: &Way| way.to == place && behind.get(way.from).is_some_and(|count| *count > 0);
        let Some(at) = ways.iter().position(waits) else { return ways.clear() };
        if let Some(from) = seen.iter().position(|(to, _)| *to == place) {
            break seen.split_off(from);
        }
        seen.push((place, at));
        place = ways.get(at).map_or(place, |way| way.from);
    };
    // The last entry is the first on the way round.
    let gain = |way: &Way| {
        let loss = problem.lines.get(way.line).map_or(0, |line| line.loss_ppm);
        f64::from(i32::try_from(PPM - loss).unwrap_or(0)) / f64::from(1_000_000_i32)
    };
    let (mut through, mut most) = (1.0, f64::INFINITY);
    for way in circle.iter().rev().filter_map(|(_, at)| ways.get(*at)) {
        most = most.min(way.amount / through);
        through *= gain(way);
    }
    let mut part = most;
    for (_, at) in circle.iter().rev() {
        if let Some(way) = ways.get_mut(*at) {
            way.amount -= part;
            part *= gain(way);
        }
    }
    ways.retain(|way| way.amount > EPSILON);
}

/// A plan in whole units: what flows, and what happens at each place.
pub(super) fn whole(problem: &Problem, model: &Model, flow: &[f64]) -> (Vec<Flow>, Vec<Course>) {
    let wanted = Wanted::new(problem, model, flow);
    let steps = wanted.steps;
    let blank = || vec![0_i64; steps];
    let mut courses: Vec<Course> = problem
        .places
        .iter()
        .map(|place| {
            let (level, each) = match place.store {
                Some(store) => (vec![store.level], blank()),
                None => (Vec::new(), Vec::new()),
            };
            let met = [blank(), blank(), blank()];
            Course {
                place: place.code.clone(),
                met,
                level,
                charge: each.clone(),
                discharge: each,
                spill: blank(),
            }
        })
        .collect();
    let kept: Vec<Vec<i64>> = problem
        .places
        .iter()
        .map(|place| place.store.map_or_else(Vec::new, |store| store.kept(steps)))
        .collect();
    let find = |code: &PlaceCode| problem.places.binary_search_by(|place| place.code.cmp(code)).unwrap_or(0);
    let ends: Vec<(usize, usize)> =
        problem.lines.iter().map(|line| (find(&line.from), find(&line.to))).collect();
    let mut flows = Vec::new();
    for (step, number) in (0..steps).zip(0..problem.steps) {
        let (ways, order) = ordered(problem, &ends, &wanted, step);
        let mut arrived = vec![0_i64; problem.places.len()];
        let mut sent = Vec::new();
        for place in order {
            let (Some(one), Some(course)) = (problem.places.get(place), courses.get_mut(place)) else {
                continue;
            };
            let next = kept.get(place).and_then(|kept| kept.get(step + 1)).copied().unwrap_or(0);
            let mut hand = Hand {
                step,
                has: one.inflow.get(step).copied().unwrap_or(0) + arrived.get(place).copied().unwrap_or(0),
            };
            let stored = [&wanted.charge, &wanted.discharge].map(|list| get(list.get(place), step));
            let charge = hand.take(one.store.as_ref(), course, stored, next);
            let met = |kind: usize| get(wanted.met.get(place).and_then(|kinds| kinds.get(kind)), step);
            hand.meet(one, course, 0, up(met(0), false));
            for way in ways.iter().filter(|way| way.from == place) {
                let Some(line) = problem.lines.get(way.line) else { continue };
                let amount = up(way.amount, line.loss_ppm > 0).min(line.capacity).min(hand.has);
                let received = less(amount, line.loss_ppm);
                if amount > 0 {
                    hand.has -= amount;
                    if let Some(slot) = arrived.get_mut(way.to) {
                        *slot += received;
                    }
                    let (line, forward) = (line.code.clone(), way.forward);
                    sent.push(Flow { step: number, line, forward, sent: amount, received });
                }
            }
            hand.put(one.store.as_ref(), course, charge);
            hand.meet(one, course, 1, up(met(1), false));
            hand.meet(one, course, 2, up(met(2), false));
            // What rounding left over.
            for kind in 0..3 {
                hand.meet(one, course, kind, i64::MAX);
            }
            if let Some(slot) = course.spill.get_mut(step) {
                *slot = hand.has;
            }
        }
        sent.sort_by(|a, b| (&a.line, b.forward).cmp(&(&b.line, a.forward)));
        flows.append(&mut sent);
    }
    (flows, courses)
}

/// What a place has in hand in a step.
struct Hand {
    step: usize,
    has: i64,
}

impl Hand {
    /// Takes out of the store what is wanted and may be taken; answers what is to be put in.
    fn take(
        &mut self,
        store: Option<&super::Store>,
        course: &mut Course,
        wanted: [f64; 2],
        kept: i64,
    ) -> i64 {
        let Some(store) = store else { return 0 };
        let [mut charge, mut discharge] = wanted;
        // In and out at once only burns: both become less, as much as leaves the store as it is.
        let gain = |loss: i64| f64::from(i32::try_from(PPM - loss).unwrap_or(0)) / f64::from(1_000_000_i32);
        let both = charge.min(discharge / gain(store.charge_loss_ppm));
        if both > EPSILON {
            charge -= both;
            discharge -= both * gain(store.charge_loss_ppm);
        }
        let level = less(course.level.last().copied().unwrap_or(0), store.loss_ppm);
        let lossy = store.charge_loss_ppm + store.discharge_loss_ppm + store.loss_ppm > 0;
        let most = store.discharge_max.unwrap_or(i64::MAX).min(level - kept).max(0);
        let out = if charge > discharge { 0 } else { up(discharge, lossy).min(most) };
        if let Some(slot) = course.discharge.get_mut(self.step) {
            *slot = out;
        }
        course.level.push(level - out);
        self.has += less(out, store.discharge_loss_ppm);
        if charge > discharge { up(charge, lossy).min(store.charge_max.unwrap_or(i64::MAX)) } else { 0 }
    }

    /// Puts into the store what is wanted, at hand, and has room.
    fn put(&mut self, store: Option<&super::Store>, course: &mut Course, wanted: i64) {
        let (Some(store), Some(level)) = (store, course.level.last_mut()) else { return };
        let mut amount = wanted.min(self.has);
        let room = store.capacity - *level;
        if less(amount, store.charge_loss_ppm) > room {
            let most = i128::from(room) * i128::from(PPM) / i128::from(PPM - store.charge_loss_ppm);
            amount = i64::try_from(most).unwrap_or(amount).min(amount);
        }
        self.has -= amount;
        *level += less(amount, store.charge_loss_ppm);
        if let Some(slot) = course.charge.get_mut(self.step) {
            *slot = amount;
        }
    }

    /// Meets so much more of a kind of demand, as far as it is open and at hand.
    fn meet(&mut self, place: &super::Place, course: &mut Course, kind: usize, wanted: i64) {
        let asked = place.demand.get(kind).and_then(|list| list.get(self.step)).copied().unwrap_or(0);
        if let Some(met) = course.met.get_mut(kind).and_then(|list| list.get_mut(self.step)) {
            let amount = wanted.min(asked - *met).min(self.has).max(0);
            self.has -= amount;
            *met += amount;
        }
    }
}
