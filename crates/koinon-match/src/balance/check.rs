//! Looks at a plan with other eyes than those that made it: balances to the last unit, limits, floors, values, and what the prices prove.

mod proof;

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::PlaceCode;

use super::{Course, GOALS, Goal, Line, Place, Plan, Problem, Store};

/// One thing that is wrong with a plan.
pub type Violation = crate::violation::Violation<Rule>;

/// What must hold of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Places, steps and lines are those of the problem, each once, in order; a line carries one way in a step.
    Known,
    /// A line carries no more than it can, and nothing while out of service.
    LineCapacity,
    /// What arrives is what was sent less the loss, rounded down.
    LineLoss,
    /// What comes in at a place in a step is what is met, sent, put in and spilt there.
    Balance,
    /// A level follows from the one before, losses rounded up, and fits the store.
    Level,
    /// Nothing is put in or taken out beyond the limits of a store, nor both at once.
    StoreRate,
    /// Nothing of what is kept leaves its place or serves there what lives do not depend on, and a store below its floor is filled before anything is given.
    Floor,
    /// No more is met than was asked for.
    Demand,
    /// All that came in and was stored is met, stored, lost or spilt.
    Conservation,
    /// Goals are told as they are, and bounds are what the prices prove.
    Proof,
    /// The digests are those of the content.
    Digest,
}

/// What arrives of an amount. Losses count up to the next whole unit.
fn arriving(amount: i64, loss_ppm: i64) -> i64 {
    let lost = (i128::from(amount) * i128::from(loss_ppm) + 999_999).div_euclid(1_000_000);
    i64::try_from(i128::from(amount) - lost).unwrap_or(i64::MIN)
}

/// Checks a plan; empty where all is well. The problem must have no faults.
pub fn check(problem: &Problem, plan: &Plan) -> Vec<Violation> {
    let problem = problem.clone().canonical();
    let mut eye = Eye { problem: &problem, plan, found: Vec::new() };
    if eye.known() {
        let traffic = eye.lines();
        eye.places(&traffic);
        eye.goals();
    }
    if plan.inputs != problem.digest() || plan.digest != plan.content_digest() {
        eye.say(Rule::Digest, "a digest is not that of its content".to_owned());
    }
    eye.found
}

/// What a place sends and receives in each step.
type Traffic<'a> = BTreeMap<(&'a PlaceCode, u32), (i64, i64)>;

struct Eye<'a> {
    problem: &'a Problem,
    plan: &'a Plan,
    found: Vec<Violation>,
}

impl<'a> Eye<'a> {
    fn say(&mut self, rule: Rule, what: String) {
        self.found.push(Violation { rule, what });
    }

    /// Whether the plan has the problem's shape; only then the rest is looked at.
    fn known(&mut self) -> bool {
        let steps = usize::try_from(self.problem.steps).unwrap_or(0);
        let names = |course: &&Course| course.place.clone();
        let mine: Vec<PlaceCode> = self.plan.courses.iter().map(|course| names(&course)).collect();
        let theirs: Vec<PlaceCode> = self.problem.places.iter().map(|place| place.code.clone()).collect();
        let fits = |(course, place): (&Course, &Place)| {
            let each = if place.store.is_some() { steps } else { 0 };
            let levels = if place.store.is_some() { steps + 1 } else { 0 };
            course.met.iter().all(|list| list.len() == steps)
                && course.spill.len() == steps
                && course.charge.len() == each
                && course.discharge.len() == each
                && course.level.len() == levels
        };
        let shaped = mine == theirs && self.plan.courses.iter().zip(&self.problem.places).all(fits);
        if !shaped || self.plan.goals.len() != GOALS.len() {
            self.say(Rule::Known, "the places, steps or goals are not those of the problem".to_owned());
        }
        shaped && self.plan.goals.len() == GOALS.len()
    }

    /// Looks at what flows; answers what each place sends and receives.
    fn lines(&mut self) -> Traffic<'a> {
        let lines: BTreeMap<_, &Line> = self.problem.lines.iter().map(|line| (&line.code, line)).collect();
        let mut traffic = Traffic::new();
        let mut seen = BTreeSet::new();
        let plan = self.plan;
        for flow in &plan.flows {
            let about = format!("line {} in step {}", flow.line, flow.step);
            let Some(line) = lines.get(&flow.line).copied().filter(|_| flow.step < self.problem.steps) else {
                self.say(Rule::Known, format!("{about} is not in the problem"));
                continue;
            };
            if !seen.insert((flow.step, &flow.line)) || !(flow.forward || line.both_ways) || flow.sent <= 0 {
                self.say(Rule::Known, format!("{about} carries twice, the wrong way, or nothing"));
            }
            let open = !line.out.iter().any(|(from, until)| *from <= flow.step && flow.step < *until);
            if flow.sent > line.capacity || !open {
                self.say(Rule::LineCapacity, format!("{about} carries {} of {}", flow.sent, line.capacity));
            }
            if flow.received != arriving(flow.sent, line.loss_ppm) {
                self.say(Rule::LineLoss, format!("{about}: {} arrive of {}", flow.received, flow.sent));
            }
            let (from, to) = if flow.forward { (&line.from, &line.to) } else { (&line.to, &line.from) };
            traffic.entry((from, flow.step)).or_default().0 += flow.sent;
            traffic.entry((to, flow.step)).or_default().1 += flow.received;
        }
        if !plan.flows.is_sorted_by_key(|flow| (flow.step, &flow.line)) {
            self.say(Rule::Known, "the flows are out of order".to_owned());
        }
        traffic
    }

    fn places(&mut self, traffic: &Traffic<'_>) {
        let (problem, plan) = (self.problem, self.plan);
        let mut lost: i128 = plan.flows.iter().map(|flow| i128::from(flow.sent - flow.received)).sum();
        let mut spilt = 0_i128;
        for (place, course) in problem.places.iter().zip(&plan.courses) {
            for (step, number) in (0..).zip(0..problem.steps) {
                let at = |list: &[i64]| list.get(step).copied().unwrap_or(0);
                let about = format!("{} in step {number}", place.code);
                let (sent, received) = traffic.get(&(&place.code, number)).copied().unwrap_or_default();
                let mut met = 0;
                for (list, asked) in course.met.iter().zip(&place.demand) {
                    met += at(list);
                    if !(0..=at(asked)).contains(&at(list)) {
                        self.say(Rule::Demand, format!("{about}: {} are met of {}", at(list), at(asked)));
                    }
                }
                let (put, taken) = (at(&course.charge), at(&course.discharge));
                let out = place.store.map_or(0, |store| arriving(taken, store.discharge_loss_ppm));
                let comes = at(&place.inflow) + received + out;
                let goes = met + sent + put + at(&course.spill);
                if comes != goes || at(&course.spill) < 0 {
                    self.say(Rule::Balance, format!("{about}: {comes} come in and {goes} go"));
                }
                spilt += i128::from(at(&course.spill));
                let Some(store) = &place.store else { continue };
                let most = |limit: Option<i64>| limit.unwrap_or(i64::MAX);
                let rates = (0..=most(store.charge_max)).contains(&put)
                    && (0..=most(store.discharge_max)).contains(&taken)
                    && (put == 0 || taken == 0);
                if !rates {
                    self.say(Rule::StoreRate, format!("{about}: {put} are put in, {taken} taken out"));
                }
                let (now, next) = (at(&course.level), course.level.get(step + 1).copied().unwrap_or(0));
                let (left, added) = (arriving(now, store.loss_ppm), arriving(put, store.charge_loss_ppm));
                if next != left + added - taken || !(0..=store.capacity).contains(&next) {
                    self.say(Rule::Level, format!("{about}: the level is {next} after {now}"));
                }
                let moved = Moved { step, left, next, taken, net: sent - received };
                self.floor(&about, place, course, &moved);
                lost += i128::from(now - left) + i128::from(put - added) + i128::from(taken - out);
            }
            let first = place.store.map_or(0, |store| store.level);
            if course.level.first().is_some_and(|level| *level != first) {
                self.say(Rule::Level, format!("{}: the first level is not {first}", place.code));
            }
        }
        let values = values(problem, plan);
        let [.., waste, _] = values;
        if waste != lost + spilt {
            self.say(
                Rule::Conservation,
                format!("{waste} are missing, of which {lost} are lost and {spilt} spilt"),
            );
        }
    }

    /// What leaves is covered without what is kept; what is opened serves what lives depend on, when all else is used up.
    fn floor(&mut self, about: &str, place: &Place, course: &Course, moved: &Moved) {
        let Some(store) = &place.store else { return };
        let at = |list: &[i64]| list.get(moved.step).copied().unwrap_or(0);
        let most = spare(store, moved.left, at(&place.inflow));
        if moved.net > most {
            self.say(Rule::Floor, format!("{about}: {} leave where {most} are above the floor", moved.net));
        }
        let opened = below(store, moved.taken, moved.next);
        let [_, needed, useful] = &course.met;
        let beside = at(needed) + at(useful) + at(&course.spill);
        if opened > 0 && beside > 0 {
            self.say(
                Rule::Floor,
                format!("{about}: {opened} of what is kept are opened beside {beside} of other use"),
            );
        }
    }

    fn goals(&mut self) {
        let values = values(self.problem, self.plan);
        for (at, ((goal, value), word)) in self.plan.goals.iter().zip(values).zip(GOALS).enumerate() {
            let Goal { bound, factors, scale, prices, .. } = goal;
            let proven = if prices.is_empty() {
                factors.is_empty() && *scale == 1 && *bound == 0
            } else {
                proof::bound(self.problem, at, goal, &values) == Some(*bound)
            };
            if goal.value != value || !proven {
                self.say(
                    Rule::Proof,
                    format!("{word}: {} and {bound} are told, {value} is reached", goal.value),
                );
            }
        }
    }
}

/// What a store and lines move in a step.
struct Moved {
    step: usize,
    /// What is in the store after its losses, and at the end of the step.
    left: i64,
    next: i64,
    /// What is taken out of it, before losses.
    taken: i64,
    /// What leaves the place over lines beyond what arrives over lines.
    net: i64,
}

/// What of an amount that is taken out comes from below the floor, where so much is left.
fn below(store: &Store, taken: i64, next: i64) -> i64 {
    (store.floor - next).clamp(0, taken.max(0))
}

/// The most that may leave a place in a step beyond what arrives over lines: what is in its store above the floor, as far as it can be taken out, and what
/// comes in, as far as the store does not take it in until it is back at its floor.
fn spare(store: &Store, left: i64, inflow: i64) -> i64 {
    let above = (left - store.floor).clamp(0, store.discharge_max.unwrap_or(i64::MAX));
    let most = inflow.min(store.charge_max.unwrap_or(i64::MAX));
    let missing = i128::from(store.floor - left).max(0) * 1_000_000;
    let keeps = i128::from(1_000_000 - store.charge_loss_ppm);
    let fills = -(-missing).div_euclid(keeps);
    arriving(above, store.discharge_loss_ppm) + inflow - i64::try_from(fills).unwrap_or(i64::MAX).min(most)
}

/// How much of a place's demand in a step stays open, weighted by tenths: the first tenth of what was asked for weighs 512, each next one half as much.
fn open_tenths(asked: i64, met: i64) -> i128 {
    let mut open = 0_i128;
    for tenth in 0..10_i32 {
        let edge = |at: i32| i128::from(asked) * i128::from(at) / 10;
        let (from, until) = (edge(tenth), edge(tenth + 1));
        open += (until - i128::from(met).clamp(from, until)) << (9 - tenth);
    }
    open
}

/// What a plan reaches by each goal; less is better. The plan must have the problem's shape.
pub(super) fn values(problem: &Problem, plan: &Plan) -> [i128; GOALS.len()] {
    let sum = |list: &[i64]| list.iter().sum::<i64>();
    let mut open = [0_i128; 3];
    let (mut kept, mut cover, mut waste, mut used) = (0_i128, 0_i128, 0_i128, 0_i128);
    for (place, course) in problem.places.iter().zip(&plan.courses) {
        for ((open, asked), met) in open.iter_mut().zip(&place.demand).zip(&course.met) {
            *open += asked.iter().zip(met).map(|(asked, met)| open_tenths(*asked, *met)).sum::<i128>();
            waste -= i128::from(sum(met));
        }
        waste += i128::from(sum(&place.inflow));
        used += i128::from(sum(&course.charge)) + i128::from(sum(&course.discharge));
        if let (Some(store), Some(last)) = (&place.store, course.level.last()) {
            waste += i128::from(store.level - last);
            let opened = course.discharge.iter().zip(course.level.iter().skip(1));
            kept += opened.map(|(taken, next)| i128::from(below(store, *taken, *next))).sum::<i128>();
            let mut from = 0_i128;
            for (until, weight) in proof::cover(problem, place) {
                let until = until.min(store.capacity.into());
                cover += weight * (until - i128::from(*last).max(from)).max(0);
                from = until.max(from);
            }
        }
    }
    used += plan.flows.iter().map(|flow| i128::from(flow.sent)).sum::<i128>();
    let [lives, needed, useful] = open;
    [lives, kept, needed, useful, cover, waste, used]
}
