//! The requests of a problem as a flow: from what is asked for, over days of providers, or over what stays open, to one sink.
//!
//! What stays open of a community at one urgency is cut into tenths, each dearer than the one before: so the emptiest is served first. By the
//! theorem on polymatroids any such steps give the same shares. One step outweighs every way and every wait that a change could cost.

use std::collections::BTreeMap;

use koinon_core::{Day, PlaceCode};
use koinon_flow::{Arc, Network, NetworkError};
use koinon_ledger::fact::Urgency;

use super::Problem;

/// Steps into which what stays open is cut.
pub(super) const STEPS: i64 = 10;
/// Minutes that a day of waiting counts.
pub(super) const DAY_MINUTES: i64 = crate::problem::DAY_MINUTES;

/// What a request could use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub(super) request: usize,
    pub(super) provider: usize,
    /// Days after today.
    pub(super) day: i64,
    pub(super) minutes: i64,
}

/// A problem as a network, and what its parts mean.
pub(super) struct Model {
    pub(super) network: Network,
    /// What the first arcs stand for.
    pub(super) choices: Vec<Choice>,
}

/// Minutes from a request to a provider, by positions, where there is a way.
pub(super) fn minutes(problem: &Problem) -> BTreeMap<(usize, usize), i64> {
    let ways: BTreeMap<(&PlaceCode, &PlaceCode), i64> =
        problem.ways.iter().map(|way| ((&way.depot, &way.place), way.minutes)).collect();
    let mut minutes = BTreeMap::new();
    for (r, request) in problem.requests.iter().enumerate() {
        for (p, provider) in problem.providers.iter().enumerate() {
            let here = request.place == provider.code.home;
            let way = ways.get(&(&request.place, &provider.code.home)).copied();
            if let Some(way) = if here { Some(0) } else { way } {
                minutes.insert((r, p), way);
            }
        }
    }
    minutes
}

/// Days after today on which a request can be served: up to its last day and the plan's.
pub(super) fn days_until(problem: &Problem, by: Day) -> i64 {
    i64::from(by.since(problem.today)).saturating_add(1).clamp(0, i64::from(problem.days))
}

/// Builds the network of a sorted problem.
pub(super) fn model(problem: &Problem) -> Result<Model, NetworkError> {
    let (requests, days) = (problem.requests.len(), usize::try_from(problem.days).unwrap_or(0));
    let slots = problem.providers.len() * days;
    let mut groups: BTreeMap<(&PlaceCode, Urgency), i64> = BTreeMap::new();
    for request in &problem.requests {
        *groups.entry((&request.place, request.urgency)).or_default() += request.count * request.each;
    }
    let sink = requests + slots + groups.len();
    let minutes = minutes(problem);
    let (mut arcs, mut choices) = (Vec::new(), Vec::new());
    for ((request, provider), way) in &minutes {
        let (Some(r), Some(p)) = (problem.requests.get(*request), problem.providers.get(*provider)) else {
            continue;
        };
        if !p.services.contains(&r.service) {
            continue;
        }
        for (day, slot) in (0..days_until(problem, r.by)).zip(requests + provider * days..) {
            choices.push(Choice { request: *request, provider: *provider, day, minutes: *way });
            arcs.push(Arc::new(*request, slot, r.count * r.each, day * DAY_MINUTES + way));
        }
    }
    let slots_of = problem
        .providers
        .iter()
        .flat_map(|one| (0..).take(days).map(|day| one.room(problem.today.plus(day))));
    arcs.extend(slots_of.zip(requests..).map(|(room, slot)| Arc::new(slot, sink, room, 0)));
    for (r, request) in problem.requests.iter().enumerate() {
        let group = groups.keys().position(|key| *key == (&request.place, request.urgency)).unwrap_or(0);
        arcs.push(Arc::new(r, requests + slots + group, request.count * request.each, 0));
    }
    let step = step(problem, sink);
    for (((_, urgency), total), group) in groups.iter().zip(requests + slots..) {
        for tenth in 0..STEPS {
            let room = total * (tenth + 1) / STEPS - total * tenth / STEPS;
            arcs.push(Arc::new(group, sink, room, step * (level(*urgency) + tenth)));
        }
    }
    let mut supplies: Vec<i64> = problem.requests.iter().map(|one| one.count * one.each).collect();
    let total: i64 = supplies.iter().sum();
    supplies.resize(sink, 0);
    supplies.push(-total);
    Ok(Model { network: Network::new(supplies, arcs)?, choices })
}

/// The level at which the first tenth of what stays open stands.
pub(super) fn level(urgency: Urgency) -> i64 {
    match urgency {
        Urgency::MustHave => 2 * STEPS + 1,
        Urgency::Needed => STEPS + 1,
        Urgency::Useful => 1,
    }
}

/// What one level weighs: more than all ways and waits along any change of the plan together.
fn step(problem: &Problem, sink: usize) -> i64 {
    let longest = problem.ways.iter().map(|way| way.minutes).max().unwrap_or(0);
    let longest = longest + i64::from(problem.days) * DAY_MINUTES;
    i64::try_from(sink + 2).unwrap_or(i64::MAX).saturating_mul(longest + 1)
}
