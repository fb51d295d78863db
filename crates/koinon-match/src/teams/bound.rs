//! Figures that no plan can pass, and the prices that prove them.
//!
//! Every person of a skill on a mission gets a price between nothing and a whole. Whatever the prices, no plan covers more than
//!
//! - the people asked for, each at a whole less its price, and
//! - the dearest tour of each team at these prices, as if no other team went anywhere (Lagrangian relaxation of "no more than asked for").
//!
//! First prices come from a flow: every team spreads its people over what it could reach, as often as its longest tour has missions.
//! Its node prices say what is scarce. A descent in whole numbers, its rounds counted, makes them better.

use koinon_flow::{Arc, Network, Solver};

use super::case::{Case, Span, TeamCase};
use super::plan::Price;

/// Rounds of the descent at most, and trips that are looked at in all of them.
const ROUNDS: usize = 120;
const LOOKS: usize = 12_000_000;

/// A bound and its prices, by mission and skill.
#[derive(Debug, Clone, Default)]
pub(super) struct Bound {
    pub(super) people: i64,
    pub(super) prices: Vec<Vec<i64>>,
}

/// What a team could do, in the order in which trips end.
struct Choices {
    /// Mission, when it leaves and is back.
    trips: Vec<(usize, Span)>,
    /// For each trip, how many of those before it end early enough to rest.
    before: Vec<usize>,
    /// The most missions of one tour, by hours of duty.
    most: usize,
}

/// People whom no plan can pass on some missions.
pub(super) fn bound(case: &Case, counts: &[bool]) -> Bound {
    let counted = |mission: usize| counts.get(mission).copied().unwrap_or(false);
    let choices: Vec<Choices> = case.teams.iter().map(|team| Choices::new(case, team, &counted)).collect();
    let mut prices = first_prices(case, &counted, &choices);
    let mut best: Option<(i64, Vec<Vec<i64>>)> = None;
    let mut step = Price::WHOLE / 4;
    let trips: usize = choices.iter().map(|one| one.trips.len()).sum();
    for _ in 0..(LOOKS / trips.max(1)).clamp(10, ROUNDS) {
        let (worth, supply) = look(case, &counted, &choices, &prices);
        if best.as_ref().is_none_or(|(least, _)| worth < *least) {
            best = Some((worth, prices.clone()));
        }
        for ((prices, supply), mission) in prices.iter_mut().zip(&supply).zip(&case.missions) {
            for ((price, come), asked) in prices.iter_mut().zip(supply).zip(&mission.asks) {
                let short = (asked - come).clamp(-asked, *asked);
                *price = (*price + step * short / asked).clamp(0, Price::WHOLE);
            }
        }
        step = (step * 15 / 16).max(1);
    }
    let (worth, prices) = best.unwrap_or_default();
    Bound { people: worth.div_euclid(Price::WHOLE), prices }
}

/// What the prices prove, in parts of a whole, and whom they would draw to each mission and skill.
fn look(
    case: &Case,
    counted: &dyn Fn(usize) -> bool,
    choices: &[Choices],
    prices: &[Vec<i64>],
) -> (i64, Vec<Vec<i64>>) {
    let mut supply: Vec<Vec<i64>> = prices.iter().map(|list| vec![0; list.len()]).collect();
    let missions = case.missions.iter().zip(prices).enumerate().filter(|(at, _)| counted(*at));
    let unpriced = missions.flat_map(|(_, (mission, prices))| mission.asks.iter().zip(prices));
    let mut worth: i64 = unpriced.map(|(asked, price)| asked * (Price::WHOLE - price)).sum();
    for (team, choices) in case.teams.iter().zip(choices) {
        let gain =
            |mission: usize| worth_of(case, team, mission, prices.get(mission).map_or(&[], Vec::as_slice));
        let (value, tour) = choices.best(&gain);
        worth += value;
        for mission in tour {
            draw(case, team, mission, prices, &mut supply);
        }
    }
    (worth, supply)
}

/// What a team's people are worth on a mission at most: each does what is dearest, and in no skill more than are asked for.
fn worth_of(case: &Case, team: &TeamCase, mission: usize, prices: &[i64]) -> i64 {
    let (Some(trip), Some(one)) = (team.trips.get(&mission), case.missions.get(mission)) else { return 0 };
    let dearest = |mask: usize| {
        prices.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0).map(|(_, price)| *price).max()
    };
    let by_people: i64 = trip.people.iter().map(|(mask, people)| people * dearest(*mask).unwrap_or(0)).sum();
    let able = |at: usize| -> i64 {
        trip.people.iter().filter(|(mask, _)| mask & (1 << at) != 0).map(|(_, people)| people).sum()
    };
    let by_skill: i64 = one
        .asks
        .iter()
        .zip(prices)
        .enumerate()
        .map(|(at, (asked, price))| able(at).min(*asked) * price)
        .sum();
    by_people.min(by_skill)
}

/// Adds the people of a team to what comes to a mission, each to the skill that is dearest.
fn draw(case: &Case, team: &TeamCase, mission: usize, prices: &[Vec<i64>], supply: &mut [Vec<i64>]) {
    let (Some(trip), Some(prices), Some(supply), Some(one)) =
        (team.trips.get(&mission), prices.get(mission), supply.get_mut(mission), case.missions.get(mission))
    else {
        return;
    };
    for (mask, people) in &trip.people {
        let able = prices.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0);
        let Some((at, _)) = able.max_by_key(|(_, price)| **price) else { continue };
        if let (Some(come), Some(asked)) = (supply.get_mut(at), one.asks.get(at)) {
            *come += people.min(asked);
        }
    }
}

/// Prices of a flow in which every team spreads its people over all that it could reach.
fn first_prices(case: &Case, counted: &dyn Fn(usize) -> bool, choices: &[Choices]) -> Vec<Vec<i64>> {
    let teams = case.teams.len();
    let mut node = teams;
    let mut first_node = Vec::with_capacity(case.missions.len());
    for mission in &case.missions {
        first_node.push(node);
        node += mission.asks.len();
    }
    let sink = node;
    let mut supplies = vec![0_i64; sink + 1];
    let mut arcs = Vec::new();
    for ((number, team), choices) in case.teams.iter().enumerate().zip(choices) {
        let people = team.trips.values().flat_map(|trip| &trip.people).map(|(_, people)| *people);
        let times = i64::try_from(choices.longest()).unwrap_or(0);
        let supply = people.max().unwrap_or(0).saturating_mul(times);
        if let Some(slot) = supplies.get_mut(number) {
            *slot = supply;
        }
        arcs.push(Arc::new(number, sink, supply, 0));
        for (mission, _) in &choices.trips {
            let (Some(trip), Some(one), Some(first)) =
                (team.trips.get(mission), case.missions.get(*mission), first_node.get(*mission))
            else {
                continue;
            };
            for (at, asked) in one.asks.iter().enumerate() {
                let able = trip.people.iter().filter(|(mask, _)| mask & (1 << at) != 0);
                let able: i64 = able.map(|(_, people)| people).sum();
                if able > 0 {
                    arcs.push(Arc::new(number, first + at, able.min(*asked), 0));
                }
            }
        }
    }
    for ((at, mission), first) in case.missions.iter().enumerate().zip(&first_node) {
        let gain = if counted(at) { -Price::WHOLE } else { 0 };
        arcs.extend(
            mission.asks.iter().zip(*first..).map(|(asked, node)| Arc::new(node, sink, *asked, gain)),
        );
    }
    let total: i64 = supplies.iter().sum();
    if let Some(last) = supplies.last_mut() {
        *last = -total;
    }
    // Where a flow is too large to be exact, prices start from nothing; every price proves something.
    let price = Network::new(supplies, arcs).map(|network| Solver::new().solve(&network).price).ok();
    let at = |node: usize| price.as_ref().and_then(|list| list.get(node)).copied().unwrap_or(0);
    let worth = |node: usize| (at(node).saturating_sub(at(sink))).clamp(0, Price::WHOLE);
    let missions = case.missions.iter().zip(first_node).enumerate();
    missions
        .map(|(number, (mission, first))| {
            let skills = (first..).take(mission.asks.len());
            skills.map(|node| if counted(number) { worth(node) } else { 0 }).collect()
        })
        .collect()
}

impl Choices {
    fn new(case: &Case, team: &TeamCase, counted: &dyn Fn(usize) -> bool) -> Self {
        let mut trips: Vec<(usize, Span)> =
            team.trips.iter().filter(|(at, _)| counted(**at)).map(|(at, trip)| (*at, trip.away)).collect();
        trips.sort_unstable_by_key(|(at, span)| (span.1, span.0, *at));
        let before = trips
            .iter()
            .map(|(_, span)| trips.partition_point(|(_, other)| other.1 + case.rest <= span.0))
            .collect();
        let mut duties: Vec<i64> =
            trips.iter().filter_map(|(at, _)| team.trips.get(at)).map(|trip| trip.duty).collect();
        duties.sort_unstable();
        let mut left = case.rotation_max - team.past;
        let fits = duties.iter().take_while(|duty| {
            left -= **duty;
            left >= 0
        });
        let most = fits.count();
        Self { trips, before, most }
    }

    /// The most missions of one tour.
    fn longest(&self) -> usize {
        self.best(&|_| 1).1.len()
    }

    /// The dearest tour and what it is worth (weighted interval scheduling, by the number of missions taken).
    fn best(&self, gain: &dyn Fn(usize) -> i64) -> (i64, Vec<usize>) {
        let gains: Vec<i64> = self.trips.iter().map(|(mission, _)| gain(*mission)).collect();
        // Row `n`: the best of the first trips with at most `n` missions.
        let mut rows: Vec<Vec<i64>> = vec![vec![0; self.trips.len() + 1]];
        for _ in 0..self.most {
            let Some(last) = rows.last() else { break };
            let mut row = vec![0];
            for (before, gain) in self.before.iter().zip(&gains) {
                let without = row.last().copied().unwrap_or(0);
                row.push(without.max(last.get(*before).copied().unwrap_or(0) + gain));
            }
            if row == *last {
                break;
            }
            rows.push(row);
        }
        let value = rows.last().and_then(|row| row.last()).copied().unwrap_or(0);
        (value, self.trace(&rows))
    }

    /// The missions of the best tour of some rows.
    fn trace(&self, rows: &[Vec<i64>]) -> Vec<usize> {
        let mut tour = Vec::new();
        let (mut level, mut at) = (rows.len() - 1, self.trips.len());
        while level > 0 && at > 0 {
            let of = |at: usize| rows.get(level).and_then(|row| row.get(at)).copied().unwrap_or(0);
            let (here, without) = (of(at), of(at - 1));
            at -= 1;
            if here > without {
                tour.extend(self.trips.get(at).map(|(mission, _)| *mission));
                at = self.before.get(at).copied().unwrap_or(0);
                level -= 1;
            }
        }
        tour.reverse();
        tour
    }
}
