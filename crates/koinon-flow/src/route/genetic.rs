//! The search for many stops: hybrid genetic search (Vidal 2012, 2022) on integers.
//!
//! Two plans are drawn, a stretch of one's long tour is filled up in the order of the other's (order crossover), the child is cut into
//! trips and improved by local search, and joins the crowd. A child that breaks a limit is sometimes improved once more at
//! tenfold prices. The first plan is made by savings, the next ones from tours in any order. The number of iterations is the only
//! thing that ends the search.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "tours hold each place below the number of places once"
)]

use super::descent::Descent;
use super::ground::{Ground, MOST_LOAD_PRICE, MOST_TIME_PRICE, Prices, binding};
use super::plan::{NoPlan, Plan};
use super::population::{Bred, CORE, Population};
use super::problem::Problem;
use super::savings;
use super::split::split;
use super::{DIMENSIONS, Effort};
use crate::chance::Chance;

/// Iterations between two looks at the prices.
const JUDGE_EVERY: u64 = 100;
/// Iterations without a better plan after which the crowd starts afresh.
const PATIENCE: u64 = 20_000;

/// Searches for a good plan.
pub(super) fn search(problem: &Problem, effort: Effort) -> Result<Plan, NoPlan> {
    let dimensions = binding(problem);
    // The common case is one dimension that binds; the inner loops are compiled for it.
    let best = if let [_] = dimensions[..] {
        Search::<1>::run(problem, &dimensions, effort)
    } else {
        Search::<DIMENSIONS>::run(problem, &dimensions, effort)
    };
    let Some(trips) = best else {
        let stops = problem.stops().len();
        let trips = problem.fleet().trips.unwrap_or(stops);
        return Err(NoPlan::NotFound { stops, trips, iterations: effort.iterations });
    };
    let trips: Vec<Vec<usize>> =
        trips.into_iter().map(|trip| trip.into_iter().map(|place| place as usize).collect()).collect();
    Ok(Plan::of_places(problem, &trips, false))
}

struct Search<'a, const D: usize> {
    ground: &'a Ground<D>,
    descent: Descent<'a, D>,
    population: Population<D>,
    chance: Chance,
}

impl<const D: usize> Search<'_, D> {
    fn run(problem: &Problem, dimensions: &[usize], effort: Effort) -> Option<Vec<Vec<u32>>> {
        let mut ground = Ground::<D>::new(problem, dimensions, 1);
        let first = savings::trips(&ground);
        ground.trips = enough(problem, &ground, first.len());
        let mut search = Search {
            ground: &ground,
            descent: Descent::new(&ground),
            population: Population::new(ground.first_prices()),
            chance: Chance::new(effort.seed),
        };
        // Where it keeps the number of trips, the plan by savings counts as it is: a search may be as short as nothing.
        if first.len() <= ground.trips {
            search.population.add(Bred::new(&ground, first.clone()));
        }
        search.breed(&first, effort.iterations);
        search.population.best().map(|best| best.trips.clone())
    }

    fn breed(&mut self, first: &[Vec<u32>], iterations: u64) {
        // A quarter of a short search goes into the beginning.
        let beginning = (4 * CORE as u64).min(iterations / 4 + 1);
        let (mut fresh, mut stale) = (0, 0);
        let mut tour: Vec<u32> = first.concat();
        for iteration in 0..iterations {
            if fresh >= beginning {
                let one = self.population.parent(&mut self.chance).map(|bred| bred.trips.concat());
                let two = self.population.parent(&mut self.chance).map(|bred| bred.trips.concat());
                if let (Some(one), Some(two)) = (one, two) {
                    tour = self.cross(&one, &two);
                }
            } else if iteration > 0 {
                self.chance.shuffle(&mut tour);
            }
            fresh += 1;
            stale = if self.raise(&tour) { 0 } else { stale + 1 };
            if (iteration + 1) % JUDGE_EVERY == 0 {
                self.population.judge();
            }
            if stale >= PATIENCE {
                self.population.clear();
                (fresh, stale) = (0, 0);
            }
        }
    }

    /// Makes a plan of a tour and takes it in; true when it is the best so far.
    fn raise(&mut self, tour: &[u32]) -> bool {
        let prices = self.population.prices();
        let trips = split(self.ground, tour, &prices);
        let trips = self.descent.improve(&trips, prices, &mut self.chance);
        let bred = Bred::new(self.ground, trips);
        self.population.note(&bred);
        let mend = !bred.sound() && self.chance.below(2) == 0;
        let again = mend.then(|| bred.trips.clone());
        let mut better = self.population.add(bred);
        if let Some(trips) = again {
            let dear = Prices {
                load: prices.load.map(|price| Ground::<D>::scaled(price, 1_000, MOST_LOAD_PRICE)),
                time: Ground::<D>::scaled(prices.time, 1_000, MOST_TIME_PRICE),
            };
            let mended = Bred::new(self.ground, self.descent.improve(&trips, dear, &mut self.chance));
            if mended.sound() {
                better |= self.population.add(mended);
            }
        }
        better
    }

    /// Order crossover: a stretch of the first tour, and the rest in the order of the second.
    fn cross(&mut self, one: &[u32], two: &[u32]) -> Vec<u32> {
        let size = one.len();
        let begin = self.chance.below(size);
        // Another end than the beginning, as a stretch of one place copies nothing.
        let length = 1 + self.chance.below(size.saturating_sub(1).max(1));
        let end = begin + length;
        let mut child = vec![0; size];
        let mut taken = vec![false; self.ground.places];
        for at in begin..=end {
            let place = one[at % size];
            child[at % size] = place;
            taken[place as usize] = true;
        }
        let mut at = end + 1;
        for offset in 1..=size {
            let place = two[(end + offset) % size];
            if !taken[place as usize] {
                child[at % size] = place;
                at += 1;
            }
        }
        child
    }
}

/// Trips the search may use: a third more than the load needs and some, or fewer where fewer are allowed.
fn enough<const D: usize>(problem: &Problem, ground: &Ground<D>, by_savings: usize) -> usize {
    let stops = problem.stops().len();
    let needed = (0..D).map(|dimension| {
        let total: i64 = ground.demand.iter().map(|demand| demand[dimension]).sum();
        usize::try_from(total * 13 / (10 * ground.capacity[dimension].max(1))).unwrap_or(stops)
    });
    let ample = needed.max().unwrap_or(0).max(by_savings).saturating_add(3).min(stops);
    problem.fleet().trips.map_or(ample, |limit| limit.clamp(1, ample))
}

#[cfg(test)]
mod tests {
    use super::super::{Effort, Fleet, NoPlan, Problem, Stop, check, exact};
    use super::{Chance, search};

    /// A problem of any kind: one-way legs, three dimensions, times and limits as chance has it.
    fn any_problem(chance: &mut Chance, stops: usize) -> Problem {
        let mut number = |below: usize| i64::try_from(chance.below(below)).unwrap();
        let one_way = number(2) == 0;
        let places: Vec<(i64, i64)> = (0..=stops).map(|_| (number(100), number(100))).collect();
        let mut matrix = vec![vec![0; stops + 1]; stops + 1];
        for from in 0..=stops {
            for to in 0..=stops {
                let straight = (places[from].0 - places[to].0).abs() + (places[from].1 - places[to].1).abs();
                matrix[from][to] = straight + if one_way { number(30) } else { 0 };
            }
        }
        let flat = number(2) == 0;
        let given: Vec<Stop> = (1..)
            .take(stops)
            .map(|id| {
                let demand =
                    [number(10), if flat { 0 } else { number(5_000_000) }, if flat { 0 } else { number(3) }];
                Stop { id, demand, service: number(3) * 10 }
            })
            .collect();
        let mut capacity = [9 + number(20), 5_000_000 + number(9_000_000), 2 + number(5)];
        if flat {
            (capacity[1], capacity[2]) = (0, 0);
        }
        let duration = (number(3) == 0).then(|| 700 + number(300));
        let trips = (number(3) == 0).then_some(stops / 2);
        let fleet = Fleet { capacity, trips, duration };
        // A limit of trips that the load alone forbids is lifted.
        Problem::new(given.clone(), &matrix, fleet)
            .or_else(|_| Problem::new(given, &matrix, Fleet { trips: None, ..fleet }))
            .unwrap()
    }

    #[test]
    fn few_stops_are_planned_as_by_proof() {
        let mut chance = Chance::new(11);
        let (mut cheapest, rounds) = (0, 150);
        for round in 0..rounds {
            let problem = any_problem(&mut chance, 8);
            let effort = Effort { iterations: 60, seed: round };
            match (exact::cheapest(&problem), search(&problem, effort)) {
                (Ok(proven), Ok(found)) => {
                    assert_eq!(check(&problem, &proven), Ok(()), "{problem:?}");
                    assert_eq!(check(&problem, &found), Ok(()), "{problem:?}");
                    assert!(
                        found.cost >= proven.cost,
                        "{} is proven, {} found: {problem:?}",
                        proven.cost,
                        found.cost
                    );
                    cheapest += u64::from(found.cost == proven.cost);
                }
                (Err(_), Err(_)) => cheapest += 1,
                (Ok(_), Err(NoPlan::NotFound { .. })) => {}
                (proven, found) => panic!("{proven:?} and {found:?}: {problem:?}"),
            }
        }
        assert!(cheapest * 100 >= rounds * 98, "only {cheapest} of {rounds} are cheapest");
    }
}
