//! A plan as people read it: steps that follow each other become one suggestion, and whoever is short learns why.

use koinon_core::{CorridorCode, Digest, PlaceCode};

use super::why::{Seeker, Why};
use super::{Flow, Plan, Problem};

/// Everything that a plan tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// What should flow, by first step and line.
    pub transfers: Vec<Transfer>,
    /// What should be put into stores and taken out, by place and first step.
    pub stored: Vec<Stored>,
    /// Who is short, by urgency, place and first step.
    pub short: Vec<Short>,
}

/// A line that carries one way for some steps without a break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The digest of the problem and of what is suggested.
    pub id: Digest,
    /// The line.
    pub line: CorridorCode,
    /// Who sends.
    pub from: PlaceCode,
    /// Who receives.
    pub to: PlaceCode,
    /// The first step.
    pub first: u32,
    /// The step before which it ends.
    pub until: u32,
    /// What enters the line.
    pub sent: i64,
    /// What arrives.
    pub received: i64,
    /// The most that enters in a step.
    pub most: i64,
    /// What of it meets each kind of demand at the receiver, after what the receiver has itself.
    pub meets: [i64; 3],
    /// What of it is put into the receiver's store.
    pub stored: i64,
    /// What of it is passed on.
    pub passed_on: i64,
    /// Why it is not more.
    pub limit: Limit,
}

/// Why a line carries no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// It is full in all these steps.
    LineFull,
    /// The receiver is not short then.
    Enough,
    /// What is left in the sender's store is kept.
    Kept,
    /// The sender has no more for it: the rest goes elsewhere.
    Used,
}

impl Limit {
    /// The word of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LineFull => "line-full",
            Self::Enough => "enough",
            Self::Kept => "kept",
            Self::Used => "used",
        }
    }
}

/// A store that is filled or emptied for some steps without a break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where.
    pub place: PlaceCode,
    /// Whether it is filled.
    pub filled: bool,
    /// The first step.
    pub first: u32,
    /// The step before which it ends.
    pub until: u32,
    /// What is put in or taken out, before losses.
    pub amount: i64,
    /// What of it is taken out of what is kept, for lives at the place itself.
    pub opened: i64,
}

/// A place that is short for some steps without a break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// Who.
    pub place: PlaceCode,
    /// Of which kind of demand: 0 is what lives depend on.
    pub kind: usize,
    /// The first step.
    pub first: u32,
    /// The step before which it ends.
    pub until: u32,
    /// What was asked for in these steps.
    pub asked: i64,
    /// What is missing.
    pub missing: i64,
    /// Why, in the step in which most is missing.
    pub why: Why,
}

/// Steps that follow each other and of which something holds: first, and before which.
fn runs(holds: impl Iterator<Item = bool>) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (step, _) in holds.enumerate().filter(|(_, holds)| *holds) {
        match runs.last_mut() {
            Some((_, until)) if *until == step => *until += 1,
            _ => runs.push((step, step + 1)),
        }
    }
    runs
}

fn step(step: usize) -> u32 {
    u32::try_from(step).unwrap_or(u32::MAX)
}

/// The part of a list from one step to another.
fn part(list: &[i64], (first, until): (usize, usize)) -> &[i64] {
    list.get(first..until).unwrap_or_default()
}

/// Merges the steps of a plan, and finds the reasons.
pub fn told(problem: &Problem, plan: &Plan) -> Told {
    let problem = problem.clone().canonical();
    let mut told = Told::default();
    let seeker = Seeker::new(&problem, plan);
    transfers(&problem, plan, &mut told.transfers);
    for (at, (place, course)) in problem.places.iter().zip(&plan.courses).enumerate() {
        for (filled, list) in [(true, &course.charge), (false, &course.discharge)] {
            for run in runs(list.iter().map(|amount| *amount > 0)) {
                let amount = part(list, run).iter().sum();
                let floor = place.store.map_or(0, |store| store.floor);
                let left = part(&course.level, (run.0 + 1, run.1 + 1));
                let below =
                    part(list, run).iter().zip(left).map(|(taken, left)| (floor - left).clamp(0, *taken));
                let opened = if filled { 0 } else { below.sum() };
                let (first, until) = (step(run.0), step(run.1));
                told.stored.push(Stored { place: place.code.clone(), filled, first, until, amount, opened });
            }
        }
        for (kind, (asked, met)) in place.demand.iter().zip(&course.met).enumerate() {
            let missing: Vec<i64> = asked.iter().zip(met).map(|(asked, met)| asked - met).collect();
            for run in runs(missing.iter().map(|missing| *missing > 0)) {
                let worst = (run.0..run.1).rev().max_by_key(|step| missing.get(*step)).unwrap_or(run.0);
                told.short.push(Short {
                    place: place.code.clone(),
                    kind,
                    first: step(run.0),
                    until: step(run.1),
                    asked: part(asked, run).iter().sum(),
                    missing: part(&missing, run).iter().sum(),
                    why: seeker.why(at, kind, worst),
                });
            }
        }
    }
    told.stored.sort_by(|a, b| (&a.place, a.first).cmp(&(&b.place, b.first)));
    told.short.sort_by(|a, b| (a.kind, &a.place, a.first).cmp(&(b.kind, &b.place, b.first)));
    told
}

/// What enters a line in a step, and how what arrives is spread.
type Piece<'a> = (&'a Flow, &'a [i64; 5]);

/// What arrives over lines in a step, spread over what it serves there: demand by urgency, the store, lines that go on.
fn spread(problem: &Problem, plan: &Plan) -> Vec<[i64; 5]> {
    let steps = usize::try_from(problem.steps).unwrap_or(0);
    let find = |code: &PlaceCode| problem.places.binary_search_by(|place| place.code.cmp(code)).unwrap_or(0);
    // What is used at each place and step beyond what it has itself.
    let mut wants = Vec::with_capacity(problem.places.len() * steps);
    for (place, course) in problem.places.iter().zip(&plan.courses) {
        for step in 0..steps {
            let get = |list: &[i64]| list.get(step).copied().unwrap_or(0);
            let [lives, needed, useful] = &course.met;
            let mut want = [get(lives), get(needed), get(useful), get(&course.charge), i64::MAX];
            let loss = place.store.map_or(0, |store| store.discharge_loss_ppm);
            let mut own = get(&place.inflow) + super::network::less(get(&course.discharge), loss);
            for want in &mut want {
                let taken = own.min(*want);
                own -= taken;
                *want -= taken;
            }
            wants.push(want);
        }
    }
    let ends = |flow: &Flow| {
        let line = problem.lines.binary_search_by(|line| line.code.cmp(&flow.line)).ok();
        let line = line.and_then(|at| problem.lines.get(at))?;
        Some(find(if flow.forward { &line.to } else { &line.from }))
    };
    let served = plan.flows.iter().map(|flow| {
        let mut served = [0; 5];
        let at = ends(flow).map(|to| to * steps + usize::try_from(flow.step).unwrap_or(0));
        let mut rest = flow.received;
        for (served, want) in served.iter_mut().zip(at.and_then(|at| wants.get_mut(at)).into_iter().flatten())
        {
            *served = rest.min(*want);
            rest -= *served;
            *want -= *served;
        }
        served
    });
    served.collect()
}

fn transfers(problem: &Problem, plan: &Plan, transfers: &mut Vec<Transfer>) {
    let served = spread(problem, plan);
    for line in &problem.lines {
        for forward in [true, false] {
            let mine = plan
                .flows
                .iter()
                .zip(&served)
                .filter(|(flow, _)| flow.line == line.code && flow.forward == forward);
            let mut run: Vec<Piece<'_>> = Vec::new();
            let (from, to) = if forward { (&line.from, &line.to) } else { (&line.to, &line.from) };
            let mut close = |run: &mut Vec<Piece<'_>>| {
                if let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) {
                    let sum = |of: &dyn Fn(&Piece<'_>) -> i64| run.iter().map(of).sum::<i64>();
                    let [lives, needed, useful, stored, passed_on] =
                        [0, 1, 2, 3, 4].map(|at: usize| sum(&|one| one.1.get(at).copied().unwrap_or(0)));
                    let (first, until, sent) = (first.step, last.step + 1, sum(&|one| one.0.sent));
                    let text = format!("{}\t{}\t{forward}\t{first}\t{until}\t{sent}", plan.inputs, line.code);
                    transfers.push(Transfer {
                        id: Digest::of("koinon/balance-transfer/1", text.as_bytes()),
                        line: line.code.clone(),
                        from: from.clone(),
                        to: to.clone(),
                        first,
                        until,
                        sent,
                        received: sum(&|one| one.0.received),
                        most: run.iter().map(|one| one.0.sent).max().unwrap_or(0),
                        meets: [lives, needed, useful],
                        stored,
                        passed_on,
                        limit: limit(problem, plan, line.capacity, (from, to), run),
                    });
                }
                run.clear();
            };
            for one in mine {
                if run.last().is_some_and(|(last, _)| last.step + 1 != one.0.step) {
                    close(&mut run);
                }
                run.push(one);
            }
            close(&mut run);
        }
    }
    transfers.sort_by(|a, b| (a.first, &a.line, a.until).cmp(&(b.first, &b.line, b.until)));
}

fn limit(
    problem: &Problem,
    plan: &Plan,
    capacity: i64,
    (from, to): (&PlaceCode, &PlaceCode),
    run: &[Piece<'_>],
) -> Limit {
    let find = |code: &PlaceCode| problem.places.binary_search_by(|place| place.code.cmp(code)).ok();
    let pair = |code| find(code).and_then(|at| Some((problem.places.get(at)?, plan.courses.get(at)?)));
    let (Some((giver, gives)), Some((taker, takes))) = (pair(from), pair(to)) else { return Limit::Used };
    let open = run.iter().filter(|(flow, _)| flow.sent < capacity);
    let steps: Vec<usize> = open.map(|(flow, _)| usize::try_from(flow.step).unwrap_or(0)).collect();
    let short = |step: &usize| {
        let lists = taker.demand.iter().zip(&takes.met);
        lists.into_iter().any(|(asked, met)| asked.get(*step) != met.get(*step))
    };
    let at_floor = |step: &usize| {
        let floor = giver.store.map_or(0, |store| store.floor);
        floor > 0 && gives.level.get(step + 1).is_some_and(|level| *level <= floor)
    };
    match steps.as_slice() {
        [] => Limit::LineFull,
        steps if !steps.iter().any(short) => Limit::Enough,
        steps if steps.iter().filter(|step| short(step)).all(at_floor) => Limit::Kept,
        _ => Limit::Used,
    }
}
