//! Looks at a plan of capacities with other eyes: who can do it, when, how full; what it costs, and what its prices prove.
//!
//! Nothing is shared with the engine but the plain types, the text of digests and the meaning of a plan's cost, which stands here.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::PlaceCode;
use koinon_ledger::fact::Urgency;

use super::{Booking, Plan, Problem, Request};

/// One thing that is wrong with a plan.
pub type Violation = crate::violation::Violation<Rule>;

/// The rules that every plan of capacities must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The plan was made from this problem, and its digests say so.
    Inputs,
    /// Requests and providers exist, and a pair stands once.
    Known,
    /// The provider does what is asked, and there is a way of so many minutes.
    Able,
    /// Days are within the plan and not after the last one that helps.
    Days,
    /// No day of a provider is more than full.
    Full,
    /// What is used, booked and open adds up to what was asked for.
    AddsUp,
    /// The cost is that of the plan, and the bound that of the prices.
    Bound,
}

/// Everything that is wrong with a plan for a problem; empty when nothing is. Lists of the problem may stand in any order.
pub fn check(problem: &Problem, plan: &Plan) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut say = |rule, what: String| found.push(Violation { rule, what });
    if plan.inputs != problem.digest() || plan.digest != plan.content_digest() {
        say(Rule::Inputs, "the check numbers are not those of the problem and the plan".to_owned());
    }
    let sorted = problem.clone().canonical();
    let requests: BTreeMap<u32, &Request> = sorted.requests.iter().map(|one| (one.id, one)).collect();
    let mut done: BTreeMap<u32, i64> = BTreeMap::new();
    let mut full = BTreeMap::new();
    let mut pairs = BTreeSet::new();
    for one in &plan.bookings {
        let about = format!("request {} at {}", one.request, one.provider);
        let provider = sorted.providers.iter().find(|provider| provider.code == one.provider);
        let (Some(request), Some(provider)) = (requests.get(&one.request), provider) else {
            say(Rule::Known, format!("{about}: there is no such request or provider"));
            continue;
        };
        if !pairs.insert((one.request, &one.provider)) {
            say(Rule::Known, format!("{about}: it stands there twice"));
        }
        let way = way(&sorted, &request.place, &provider.code.home);
        if !provider.services.contains(&request.service) || way != Some(one.minutes) {
            say(Rule::Able, format!("{about}: it does not do this, or is not so far"));
        }
        let in_time =
            one.days.iter().all(|(day, _)| (sorted.today..=sorted.last_day().min(request.by)).contains(day));
        let in_order = one.days.iter().zip(one.days.iter().skip(1)).all(|(a, b)| a.0 < b.0);
        if !in_time || !in_order {
            say(Rule::Days, format!("{about}: a day is out of place"));
        }
        let used: i64 = one.days.iter().map(|(_, used)| used).sum();
        if one.count < 1 || one.days.iter().any(|(_, used)| *used < 1) || used != one.count * request.each {
            say(Rule::AddsUp, format!("{about}: {used} is used for {}", one.count));
        }
        *done.entry(one.request).or_default() += one.count;
        for (day, used) in &one.days {
            *full.entry((&one.provider, *day)).or_insert(0) += used;
        }
    }
    for provider in &sorted.providers {
        for ((_, day), used) in full.iter().filter(|((code, _), _)| **code == provider.code) {
            let taken: i64 = provider.taken.iter().filter(|(at, _)| at == day).map(|(_, taken)| taken).sum();
            if *used > provider.per_day - taken {
                let per_day = provider.per_day;
                say(Rule::Full, format!("{} on {day}: {used} and {taken} of {per_day}", provider.code));
            }
        }
    }
    for open in &plan.open {
        *done.entry(open.request).or_default() += open.count;
        if open.count < 1 {
            say(Rule::AddsUp, format!("request {}: nothing is open", open.request));
        }
    }
    let asked: BTreeMap<u32, i64> = sorted.requests.iter().map(|one| (one.id, one.count)).collect();
    if done != asked {
        say(Rule::AddsUp, "what is booked and open is not what was asked for".to_owned());
    }
    if !found.is_empty() {
        return found;
    }
    let mut say = |what: &str| found.push(Violation { rule: Rule::Bound, what: what.to_owned() });
    if plan.cost != cost(&sorted, plan) {
        say("the cost is not that of the plan");
    }
    if dual(&sorted, &plan.prices) != Some(plan.bound) {
        say("the prices prove another bound");
    }
    if plan.bound > plan.cost || (sorted.requests.iter().all(|one| one.each == 1) && !plan.is_best()) {
        say("the plan is not as good as it can be");
    }
    found
}

fn way(problem: &Problem, from: &PlaceCode, to: &PlaceCode) -> Option<i64> {
    if from == to {
        return Some(0);
    }
    problem.ways.iter().find(|way| way.depot == *from && way.place == *to).map(|way| way.minutes)
}

/// A community, at one urgency.
type Group = (PlaceCode, Urgency);

/// The steps of what communities are left with at each urgency: how much of it, and what each unit weighs.
fn steps(problem: &Problem) -> Vec<(Group, Vec<(i64, i64)>)> {
    let mut asked: BTreeMap<(PlaceCode, Urgency), i64> = BTreeMap::new();
    for one in &problem.requests {
        *asked.entry((one.place.clone(), one.urgency)).or_default() += one.count * one.each;
    }
    let days = i64::from(problem.days);
    let nodes =
        problem.requests.len() + problem.providers.len() * usize::try_from(days).unwrap_or(0) + asked.len();
    let longest = problem.ways.iter().map(|way| way.minutes).max().unwrap_or(0) + days * 1_440;
    let one_step = i64::try_from(nodes + 2).unwrap_or(i64::MAX).saturating_mul(longest + 1);
    let weigh = |((place, urgency), total): ((PlaceCode, Urgency), i64)| {
        let first = match urgency {
            Urgency::Useful => 1,
            Urgency::Needed => 11,
            Urgency::MustHave => 21,
        };
        let tenths = (0..10).map(|tenth| {
            let upto = |tenths: i64| total * tenths / 10;
            (upto(tenth + 1) - upto(tenth), one_step * (first + tenth))
        });
        ((place, urgency), tenths.collect())
    };
    asked.into_iter().map(weigh).collect()
}

/// What a plan costs: for every unit of capacity used its days of waiting and minutes of way, for every unit open the step on which it lies.
pub(super) fn cost(problem: &Problem, plan: &Plan) -> i128 {
    let waiting = |one: &Booking| -> i128 {
        let day = |day: koinon_core::Day| i128::from(day.since(problem.today)) * 1_440;
        one.days.iter().map(|(at, used)| i128::from(*used) * (day(*at) + i128::from(one.minutes))).sum()
    };
    let mut total: i128 = plan.bookings.iter().map(waiting).sum();
    let mut open: BTreeMap<(PlaceCode, Urgency), i64> = BTreeMap::new();
    for one in &plan.open {
        if let Some(request) = problem.requests.iter().find(|request| request.id == one.request) {
            *open.entry((request.place.clone(), request.urgency)).or_default() += one.count * request.each;
        }
    }
    for (key, steps) in steps(problem) {
        let mut left = open.get(&key).copied().unwrap_or(0);
        for (room, weight) in steps {
            let part = left.min(room);
            left -= part;
            total += i128::from(part) * i128::from(weight);
        }
    }
    total
}

/// What the prices of a sorted problem prove (the dual of the flow): no plan costs less. `None` where they do not fit the problem.
pub(super) fn dual(problem: &Problem, prices: &[i64]) -> Option<i128> {
    let steps = steps(problem);
    let days = usize::try_from(problem.days).ok()?;
    let (requests, rest) = prices.split_at_checked(problem.requests.len())?;
    let (slots, rest) = rest.split_at_checked(problem.providers.len() * days)?;
    let (groups, rest) = rest.split_at_checked(steps.len())?;
    let [sink] = rest else { return None };
    // What an arc would gain if it were full, where it gains.
    let gain = |room: i64, cost: i64, from: i64, to: i64| {
        i128::from(room) * (i128::from(cost) + i128::from(from) - i128::from(to)).min(0)
    };
    let mut total = 0;
    for (request, price) in problem.requests.iter().zip(requests) {
        let amount = request.count * request.each;
        total += i128::from(amount) * (i128::from(*sink) - i128::from(*price));
        let key = (&request.place, request.urgency);
        let group = steps.iter().position(|((place, urgency), _)| (place, *urgency) == key)?;
        total += gain(amount, 0, *price, *groups.get(group)?);
        for (provider, slots) in problem.providers.iter().zip(slots.chunks(days.max(1))) {
            let Some(way) = way(problem, &request.place, &provider.code.home) else { continue };
            if !provider.services.contains(&request.service) {
                continue;
            }
            for ((day, slot), waiting) in (0..).zip(slots).zip((0..).step_by(1_440)) {
                if problem.today.plus(day) <= request.by {
                    total += gain(amount, way.saturating_add(waiting), *price, *slot);
                }
            }
        }
    }
    for (provider, slots) in problem.providers.iter().zip(slots.chunks(days.max(1))) {
        let taken: BTreeMap<_, i64> = provider.taken.iter().copied().collect();
        for (day, slot) in (0..).zip(slots) {
            let gone = taken.get(&problem.today.plus(day)).copied().unwrap_or(0);
            total += gain(provider.per_day.saturating_sub(gone).max(0), 0, *slot, *sink);
        }
    }
    for ((_, steps), price) in steps.iter().zip(groups) {
        total += steps.iter().map(|(room, weight)| gain(*room, *weight, *price, *sink)).sum::<i128>();
    }
    Some(total)
}
