//! The cheapest plan for a few stops, proven.
//!
//! First the cheapest tour of every set of stops (Held and Karp 1962), kept where one vehicle can make it; then the cheapest way to cut
//! the whole into such sets, built up from its parts. For 12 stops that is 4,096 sets, some 300,000 extensions of tours and at most
//! 265,721 pairs of a set and a part that holds its first stop, in half a megabyte. With a limit of trips the second step is made
//! once for each trip.

#![allow(
    clippy::indexing_slicing,
    reason = "sets are below 2^stops and places below stops + 1, which is what the tables hold"
)]

use super::plan::{NoPlan, Plan};
use super::problem::Problem;

/// The most stops for which [`solve`](super::solve) proves its plan.
pub const EXACT_STOPS: usize = 12;

/// Stands for what cannot be done; two of them still add up.
const NEVER: i64 = i64::MAX / 4;

/// Finds the cheapest plan of at most [`EXACT_STOPS`] stops.
pub(super) fn cheapest(problem: &Problem) -> Result<Plan, NoPlan> {
    let stops = problem.stops().len();
    if stops == 0 {
        return Ok(Plan { proven: true, ..Plan::default() });
    }
    let tours = Tours::all(problem);
    let whole = (1 << stops) - 1;
    let trips = problem.fleet().trips.map_or(stops, |limit| limit.min(stops));
    let limited = trips < stops;
    // cost[k][set]: cheapest way to serve the set in at most k + 1 trips; a single layer, fed by itself, where trips are free.
    let mut cost = vec![vec![NEVER; whole + 1]; if limited { trips } else { 1 }];
    let mut part = vec![vec![0; whole + 1]; cost.len()];
    for layer in 0..cost.len() {
        cost[layer][0] = 0;
        for set in 1..=whole {
            let first = 1 << set.trailing_zeros();
            // Every part that holds the first stop: the others of the set, counted down.
            let others = set ^ first;
            let mut more = others;
            loop {
                let trip = more | first;
                let rest = set ^ trip;
                let before = match (limited, layer) {
                    (false, _) => cost[0][rest],
                    (true, 0) => {
                        if rest == 0 {
                            0
                        } else {
                            NEVER
                        }
                    }
                    (true, _) => cost[layer - 1][rest],
                };
                let found = tours.closed[trip].saturating_add(before);
                if found < cost[layer][set] {
                    cost[layer][set] = found;
                    part[layer][set] = trip;
                }
                if more == 0 {
                    break;
                }
                more = (more - 1) & others;
            }
        }
    }
    let mut layer = cost.len() - 1;
    if cost[layer][whole] >= NEVER {
        return Err(NoPlan::Impossible { stops, trips });
    }
    let (mut set, mut routes) = (whole, Vec::new());
    while set != 0 {
        let trip = part[layer][set];
        routes.push(tours.order(problem, trip));
        set ^= trip;
        layer = layer.saturating_sub(1);
    }
    Ok(Plan::of_places(problem, &routes, true))
}

/// The cheapest tour of every set of stops.
struct Tours {
    stops: usize,
    /// Cheapest way from the depot over a set to its last stop, at `set * stops + last`.
    open: Vec<i64>,
    /// Cheapest tour of each set, [`NEVER`] where one trip cannot make it.
    closed: Vec<i64>,
}

impl Tours {
    fn all(problem: &Problem) -> Self {
        let stops = problem.stops().len();
        let leg = |from: usize, to: usize| problem.leg(from, to).unwrap_or(NEVER);
        let mut open = vec![NEVER; stops << stops];
        let mut closed = vec![NEVER; 1 << stops];
        closed[0] = 0;
        for last in 0..stops {
            open[(1 << last) * stops + last] = leg(0, last + 1);
        }
        for set in 1_usize..1 << stops {
            let members = || (0..stops).filter(move |&stop| set >> stop & 1 == 1);
            for last in members() {
                let so_far = open[set * stops + last];
                for next in (0..stops).filter(|&next| set >> next & 1 == 0) {
                    let slot = &mut open[(set | 1 << next) * stops + next];
                    *slot = (*slot).min(so_far + leg(last + 1, next + 1));
                }
            }
            let tour = members().map(|last| open[set * stops + last] + leg(last + 1, 0)).min().unwrap_or(0);
            if fits(problem, members(), tour) {
                closed[set] = tour;
            }
        }
        Self { stops, open, closed }
    }

    /// The places of a set in the order of its cheapest tour.
    fn order(&self, problem: &Problem, set: usize) -> Vec<usize> {
        let leg = |from: usize, to: usize| problem.leg(from, to).unwrap_or(NEVER);
        let (mut rest, mut places, mut next) = (set, Vec::new(), 0);
        while rest != 0 {
            let last = (0..self.stops)
                .filter(|&stop| rest >> stop & 1 == 1)
                .min_by_key(|&stop| self.open[rest * self.stops + stop] + leg(stop + 1, next));
            let Some(last) = last else { break };
            places.push(last + 1);
            rest ^= 1 << last;
            next = last + 1;
        }
        places.reverse();
        places
    }
}

/// Whether one trip can serve these stops on a tour of this length.
fn fits(problem: &Problem, members: impl Iterator<Item = usize>, tour: i64) -> bool {
    let fleet = problem.fleet();
    let (mut load, mut duration) = ([0_i64; super::DIMENSIONS], tour);
    for stop in members.filter_map(|index| problem.stops().get(index)) {
        duration += stop.service;
        for (sum, amount) in load.iter_mut().zip(stop.demand) {
            *sum += amount;
        }
    }
    fleet.duration.is_none_or(|limit| duration <= limit)
        && load.iter().zip(&fleet.capacity).all(|(load, capacity)| load <= capacity)
}
