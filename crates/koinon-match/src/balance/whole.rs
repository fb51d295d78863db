//! From a flow in fractions to a plan in whole units: step by step in time, and in each step from those who send to those who receive.
//!
//! What arrives is rounded down and what a store loses up, so nothing is made by rounding. What is sent is rounded up where there is
//! something to round with, so that receivers are not left a unit short; what remains serves demand that is open, else nobody.
//! What is kept is opened only for what lives depend on and lack when all else is used up, and no place gives before its store is back at
//! its floor: what the fractions wanted beyond that is [`Whole::held`] back.

mod hand;
mod ways;

use koinon_core::PlaceCode;

use super::network::{Model, Part};
use super::{Course, Flow, PPM, Place, Problem};
use hand::Hand;
use ways::ordered;

/// Amounts nearer to a whole number are it.
const EPSILON: f64 = 1e-6;
const EPSILON_PART: f64 = 1e-12;

/// What flows, what happens at each place, and how much the rules about what is kept held back of what was wanted.
pub(super) struct Whole {
    pub(super) flows: Vec<Flow>,
    pub(super) courses: Vec<Course>,
    pub(super) held: i128,
}

/// What the fractions say, by place, line and step.
struct Wanted {
    steps: usize,
    /// By line and direction (forward first), then step.
    lines: Vec<[Vec<f64>; 2]>,
    charge: Vec<Vec<f64>>,
    discharge: Vec<Vec<f64>>,
    open: Vec<Vec<f64>>,
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
            open: vec![blank(); places],
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
                Part::Open { place, step } => put(wanted.open.get_mut(place), step, *amount),
                Part::Met { place, kind, step } => {
                    put(wanted.met.get_mut(place).and_then(|kinds| kinds.get_mut(kind)), step, *amount);
                }
                Part::Spill | Part::Inside | Part::Keep => {}
            }
        }
        wanted
    }

    fn met(&self, place: usize, kind: usize, step: usize) -> f64 {
        get(self.met.get(place).and_then(|kinds| kinds.get(kind)), step)
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

/// What is left of a whole where a part of it is lost.
fn gain(loss_ppm: i64) -> f64 {
    f64::from(i32::try_from(PPM - loss_ppm).unwrap_or(0)) / f64::from(1_000_000_i32)
}

/// The course of a place before anything happens.
pub(super) fn blank(place: &Place, steps: usize) -> Course {
    let blank = || vec![0_i64; steps];
    let (level, each) = match place.store {
        Some(store) => (vec![store.level], blank()),
        None => (Vec::new(), Vec::new()),
    };
    let met = [blank(), blank(), blank()];
    Course { place: place.code.clone(), met, level, charge: each.clone(), discharge: each, spill: blank() }
}

/// A plan in whole units, by the flow of a model of the problem.
pub(super) fn whole(problem: &Problem, model: &Model, flow: &[f64]) -> Whole {
    let wanted = Wanted::new(problem, model, flow);
    let courses = problem.places.iter().map(|place| blank(place, wanted.steps)).collect();
    let find = |code: &PlaceCode| problem.places.binary_search_by(|place| place.code.cmp(code)).unwrap_or(0);
    let ends: Vec<(usize, usize)> =
        problem.lines.iter().map(|line| (find(&line.from), find(&line.to))).collect();
    let mut whole = Whole { flows: Vec::new(), courses, held: 0 };
    // What was to be opened so far and was not, as there was more above the floor: by place.
    let mut closed = vec![0.0_f64; problem.places.len()];
    for (step, number) in (0..wanted.steps).zip(0..problem.steps) {
        let (ways, order) = ordered(problem, &ends, &wanted, step);
        let mut arrived = vec![0_i64; problem.places.len()];
        let mut sent = Vec::new();
        for at in order {
            let (Some(place), Some(course)) = (problem.places.get(at), whole.courses.get_mut(at)) else {
                continue;
            };
            let mut hand = Hand::new(place, course, step, arrived.get(at).copied().unwrap_or(0));
            let [charge, discharge, open] =
                [&wanted.charge, &wanted.discharge, &wanted.open].map(|list| get(list.get(at), step));
            let charge = hand.take(charge, discharge);
            let lives = wanted.met(at, 0, step);
            let open = open + closed.get(at).copied().unwrap_or(0.0);
            // What is wanted of what is kept leaves so much more to be sent.
            hand.meet(0, up(lives - open * hand.opens(), false));
            for way in ways.iter().filter(|way| way.from == at) {
                let Some(line) = problem.lines.get(way.line) else { continue };
                let (amount, received) = hand.send(way.amount, line);
                if amount > 0 {
                    if let Some(slot) = arrived.get_mut(way.to) {
                        *slot += received;
                    }
                    let (line, forward) = (line.code.clone(), way.forward);
                    sent.push(Flow { step: number, line, forward, sent: amount, received });
                }
            }
            hand.meet(0, up(lives, false));
            hand.open(up(lives, false));
            if let Some(closed) = closed.get_mut(at) {
                *closed = (open - hand.opened()).max(0.0);
            }
            hand.put(charge);
            hand.meet(1, up(wanted.met(at, 1, step), false));
            hand.meet(2, up(wanted.met(at, 2, step), false));
            whole.held += hand.end();
        }
        sent.sort_by(|a, b| (&a.line, b.forward).cmp(&(&b.line, a.forward)));
        whole.flows.append(&mut sent);
    }
    whole
}
