//! From requests to a checked plan: the cheapest flow, and whole pieces out of it.

use std::collections::BTreeMap;

use koinon_core::Digest;
use koinon_flow::Solver;

use super::network::{Choice, days_until, minutes, model};
use super::{Booking, Open, Plan, PlanError, Problem, Why, check};

/// Says who could be served where and when, and what nobody can serve; checked before anybody sees it.
///
/// Where each takes one of a day's capacity, as a bed, the plan is the best there is. Where each takes more, as the minutes of a part, the
/// flow is cut down to whole pieces and the rest is filled again; the bound says how far from the best that can be.
pub fn plan(problem: &Problem) -> Result<Plan, PlanError> {
    let faults = problem.faults();
    if !faults.is_empty() {
        return Err(PlanError::Faults(faults));
    }
    let problem = problem.clone().canonical();
    let model = model(&problem).map_err(|error| PlanError::Faults(vec![error.to_string()]))?;
    let solution = Solver::new().solve(&model.network);
    let mut making = Making::new(&problem, model.choices);
    making.take(&solution.flow);
    making.fill();
    making.bring_forward();
    let mut plan = Plan {
        bookings: making.bookings(),
        open: making.open(),
        cost: 0,
        bound: check::dual(&problem, &solution.price).unwrap_or(0),
        prices: solution.price,
        inputs: problem.digest(),
        digest: Digest([0; 32]),
    };
    plan.cost = check::cost(&problem, &plan);
    plan.digest = plan.content_digest();
    match check(&problem, &plan).first() {
        None => Ok(plan),
        Some(first) => Err(PlanError::Refused(first.to_string())),
    }
}

/// A plan while it is made.
struct Making<'a> {
    problem: &'a Problem,
    choices: Vec<Choice>,
    /// What is left of each provider's days.
    left: BTreeMap<(usize, i64), i64>,
    /// What each request uses of each provider, by day.
    used: BTreeMap<(usize, usize), BTreeMap<i64, i64>>,
}

impl<'a> Making<'a> {
    fn new(problem: &'a Problem, choices: Vec<Choice>) -> Self {
        let providers = problem.providers.iter().enumerate();
        let days = || (0..).zip(0..problem.days.try_into().unwrap_or(0));
        let left = providers
            .flat_map(|(at, one)| {
                days().map(move |(day, after)| ((at, day), one.room(problem.today.plus(after))))
            })
            .collect();
        Self { problem, choices, left, used: BTreeMap::new() }
    }

    fn each(&self, request: usize) -> i64 {
        self.problem.requests.get(request).map_or(1, |one| one.each)
    }

    /// Takes whole pieces out of a flow; what is left of a piece is taken from the last days.
    fn take(&mut self, flow: &[i64]) {
        let mut by_pair: BTreeMap<(usize, usize), BTreeMap<i64, i64>> = BTreeMap::new();
        for (choice, amount) in self.choices.iter().zip(flow).filter(|(_, amount)| **amount > 0) {
            by_pair.entry((choice.request, choice.provider)).or_default().insert(choice.day, *amount);
        }
        for ((request, provider), days) in by_pair {
            let each = self.each(request);
            let whole = days.values().sum::<i64>() / each * each;
            self.book(request, provider, days.into_iter(), whole);
        }
    }

    /// Uses so much of a provider's days, the first ones first.
    fn book(&mut self, request: usize, provider: usize, days: impl Iterator<Item = (i64, i64)>, whole: i64) {
        let mut rest = whole;
        for (day, room) in days {
            let part = room.min(rest);
            if part > 0 {
                rest -= part;
                *self.used.entry((request, provider)).or_default().entry(day).or_default() += part;
                *self.left.entry((provider, day)).or_default() -= part;
            }
        }
    }

    fn done(&self, request: usize) -> i64 {
        let mine = self.used.range((request, 0)..=(request, usize::MAX));
        mine.flat_map(|(_, days)| days.values()).sum::<i64>() / self.each(request)
    }

    /// Makes more whole pieces out of what is left, the most urgent first, at the nearest provider.
    fn fill(&mut self) {
        for request in 0..self.problem.requests.len() {
            let Some(one) = self.problem.requests.get(request) else { continue };
            let mine = self.choices.iter().filter(|choice| choice.request == request);
            let mut providers: Vec<(i64, usize)> = mine.map(|one| (one.minutes, one.provider)).collect();
            providers.sort_unstable();
            providers.dedup();
            for (_, provider) in providers {
                let days: Vec<(i64, i64)> = (0..days_until(self.problem, one.by))
                    .map(|day| (day, self.left.get(&(provider, day)).copied().unwrap_or(0)))
                    .collect();
                let room: i64 = days.iter().map(|(_, room)| room).sum();
                let pieces = (room / one.each).min(one.count - self.done(request));
                self.book(request, provider, days.into_iter(), pieces * one.each);
            }
        }
    }

    /// Does what each provider does as early as may be: what lives depend on first, then in the order of last days, where everything is
    /// still in time then; else in the order of last days alone. How much is done where stays, so no day is waited longer in all.
    fn bring_forward(&mut self) {
        for provider in 0..self.problem.providers.len() {
            let mine = self.used.iter().filter(|((_, by), _)| *by == provider);
            let mut work: Vec<(usize, i64)> =
                mine.map(|((request, _), days)| (*request, days.values().sum())).collect();
            let Some(one) = self.problem.providers.get(provider) else { continue };
            let rooms: Vec<i64> = (0_i32..)
                .take(usize::try_from(self.problem.days).unwrap_or(0))
                .map(|day| one.room(self.problem.today.plus(day)))
                .collect();
            let key =
                |request: usize| self.problem.requests.get(request).map(|one| (one.urgency, one.by, one.id));
            work.sort_by_key(|(request, _)| key(*request));
            let found = self.one_after_the_other(&work, rooms.clone()).or_else(|| {
                work.sort_by_key(|(request, _)| key(*request).map(|(urgency, by, id)| (by, urgency, id)));
                self.one_after_the_other(&work, rooms)
            });
            for (request, days) in found.unwrap_or_default() {
                self.used.insert((request, provider), days);
            }
        }
    }

    /// Fills days in order; nothing where something would be too late.
    fn one_after_the_other(
        &self,
        work: &[(usize, i64)],
        mut rooms: Vec<i64>,
    ) -> Option<Vec<(usize, BTreeMap<i64, i64>)>> {
        let mut done = Vec::with_capacity(work.len());
        for (request, amount) in work {
            let until = days_until(self.problem, self.problem.requests.get(*request)?.by);
            let (mut left, mut days) = (*amount, BTreeMap::new());
            for (day, room) in (0..until).zip(&mut rooms) {
                let part = left.min(*room);
                if part > 0 {
                    *room -= part;
                    left -= part;
                    days.insert(day, part);
                }
            }
            if left > 0 {
                return None;
            }
            done.push((*request, days));
        }
        Some(done)
    }

    fn bookings(&self) -> Vec<Booking> {
        let minutes = minutes(self.problem);
        let made = self.used.iter().filter_map(|((request, provider), days)| {
            let (one, at) = (self.problem.requests.get(*request)?, self.problem.providers.get(*provider)?);
            let day = |day: i64| self.problem.today.plus(i32::try_from(day).unwrap_or(i32::MAX));
            Some(Booking {
                request: one.id,
                provider: at.code.clone(),
                count: days.values().sum::<i64>() / one.each,
                days: days.iter().map(|(at, used)| (day(*at), *used)).collect(),
                minutes: minutes.get(&(*request, *provider)).copied().unwrap_or(0),
            })
        });
        made.collect()
    }

    fn open(&self) -> Vec<Open> {
        let minutes = minutes(self.problem);
        let requests = self.problem.requests.iter().enumerate();
        let open = requests.map(|(at, one)| (at, one, one.count - self.done(at)));
        open.filter(|(.., count)| *count > 0)
            .map(|(at, one, count)| {
                let mut able = self.problem.providers.iter().enumerate();
                let does = |(_, p): &(usize, &super::Provider)| p.services.contains(&one.service);
                let why = if !self.problem.providers.iter().any(|p| p.services.contains(&one.service)) {
                    Why::Nobody
                } else if !able.any(|two| does(&two) && minutes.contains_key(&(at, two.0))) {
                    Why::NoWay
                } else if days_until(self.problem, one.by) == 0 {
                    Why::TooLate
                } else {
                    Why::Full
                };
                Open { request: one.id, count, why }
            })
            .collect()
    }
}
