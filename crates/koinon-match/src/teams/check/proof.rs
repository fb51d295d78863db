//! What prices prove, worked out anew: no plan covers more than the people asked for at a whole less their price, and the dearest tour of
//! each team at these prices.
//!
//! Why that holds: take any plan. Each person covered counts as a whole less the price, plus the price. The first parts add up to at most
//! the first sum, as no more serve than are asked for. The second parts of one team add up to at most its dearest tour. A tour here keeps
//! rest between one trip and the next and the number of trips that its hours in 30 days allow; real tours keep more rules, so none is dearer.

use std::collections::BTreeMap;

use koinon_core::SkillCode;

use super::super::plan::Price;
use super::super::problem::{Mission, Team};
use super::facts::{Facts, having};

/// People of some missions whom no plan can pass, by these prices.
pub(super) fn proven<'a>(
    facts: &Facts<'a>,
    missions: &[&'a Mission],
    prices: &[Price],
) -> Result<i64, String> {
    let mut by_slot = BTreeMap::new();
    for price in prices {
        let asked = missions.iter().any(|mission| {
            mission.code == price.mission && mission.asks.iter().any(|ask| ask.skill == price.skill)
        });
        let again = by_slot.insert((&price.mission, &price.skill), price.price).is_some();
        if !asked || again || !(0..=Price::WHOLE).contains(&price.price) {
            return Err(format!("the price of {} on {} is none", price.skill, price.mission));
        }
    }
    let price =
        |mission: &Mission, skill: &SkillCode| by_slot.get(&(&mission.code, skill)).copied().unwrap_or(0);
    let asks = missions.iter().flat_map(|mission| mission.asks.iter().map(move |ask| (mission, ask)));
    let mut worth: i128 = asks
        .map(|(mission, ask)| i128::from(ask.people) * i128::from(Price::WHOLE - price(mission, &ask.skill)))
        .sum();
    for team in &facts.problem.teams {
        worth += i128::from(dearest_tour(facts, team, missions, &|mission| gain(team, mission, &price)));
    }
    i64::try_from(worth.div_euclid(i128::from(Price::WHOLE))).map_err(|_| "it is too large".to_owned())
}

/// What a team's people bring to a mission at most, each once, and in no skill more than were asked for.
fn gain(team: &Team, mission: &Mission, price: &dyn Fn(&Mission, &SkillCode) -> i64) -> i64 {
    let best = |skills: &[SkillCode]| {
        let asked = mission.asks.iter().filter(|ask| skills.contains(&ask.skill));
        asked.map(|ask| price(mission, &ask.skill)).max().unwrap_or(0)
    };
    let each: i64 = team.components.iter().map(|one| one.people * best(&one.skills)).sum();
    let asks = mission.asks.iter();
    let all: i64 =
        asks.map(|ask| having(team, &ask.skill).min(ask.people) * price(mission, &ask.skill)).sum();
    each.min(all)
}

/// The dearest tour of a team among trips that it may make one by one.
fn dearest_tour<'a>(
    facts: &Facts<'a>,
    team: &'a Team,
    missions: &[&'a Mission],
    gain: &dyn Fn(&Mission) -> i64,
) -> i64 {
    let rules = &facts.problem.rules;
    let mut trips: Vec<(i64, i64, i64, i64)> = Vec::new();
    for mission in missions {
        let serves = mission.asks.iter().any(|ask| having(team, &ask.skill) > 0);
        let may =
            serves && facts.against(team, mission).is_none() && facts.hours(team, &[*mission]).is_none();
        if let Some(trip) = facts.trip(team, mission).filter(|_| may)
            && facts.short_of(&[(team, mission)]).is_empty()
        {
            trips.push((trip.leaves, trip.returns, trip.duty, gain(mission)));
        }
    }
    // As many trips as the shortest of them leave within the hours of 30 days.
    let mut lengths: Vec<i64> = trips.iter().map(|trip| trip.2).collect();
    lengths.sort_unstable();
    let (mut hours, mut most) = (team.past_duty_minutes, 0_usize);
    for length in lengths {
        hours += length;
        most += usize::from(hours <= rules.rotation_minutes_max);
    }
    // From the last trip backwards: the dearest of what leaves from here on, with so many trips left.
    trips.sort_unstable();
    let mut worth = vec![vec![0_i64; trips.len() + 1]; most + 1];
    for left in 1..=most {
        for (at, (_, returns, _, gain)) in trips.iter().enumerate().rev() {
            let next = trips.partition_point(|trip| trip.0 < returns + rules.rest_minutes);
            let of =
                |left: usize, at: usize| worth.get(left).and_then(|row| row.get(at)).copied().unwrap_or(0);
            let dearest = of(left, at + 1).max(gain + of(left - 1, next.max(at + 1)));
            if let Some(slot) = worth.get_mut(left).and_then(|row| row.get_mut(at)) {
                *slot = dearest;
            }
        }
    }
    worth.last().and_then(|row| row.first()).copied().unwrap_or(0)
}
