//! The answer: trips, their cost, and whether it is proven.

use super::problem::Problem;
use thiserror::Error;

/// Trips that serve every stop once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Ids of the stops of each trip, in the order of visit, depot left out; trips sorted by their first stop.
    pub trips: Vec<Vec<u64>>,
    /// Sum of all legs, those from and to the depot included.
    pub cost: i64,
    /// Whether no plan can be cheaper.
    pub proven: bool,
}

/// Why there is no plan.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NoPlan {
    /// Every way of sharing out the stops was looked at.
    #[error("no plan serves all {stops} stops in {trips} trips: allow one more trip, or a larger vehicle")]
    Impossible {
        /// Number of stops.
        stops: usize,
        /// Trips allowed.
        trips: usize,
    },
    /// The search ended without one; there may be one all the same.
    #[error(
        "no plan for {stops} stops in {trips} trips was found in {iterations} iterations: allow one more trip, or search longer"
    )]
    NotFound {
        /// Number of stops.
        stops: usize,
        /// Trips allowed.
        trips: usize,
        /// Iterations made.
        iterations: u64,
    },
}

impl Plan {
    /// Makes a plan from trips of place numbers, all of which exist.
    ///
    /// A trip that is as long the other way round begins at the end with the lower id.
    pub(crate) fn of_places(problem: &Problem, trips: &[Vec<usize>], proven: bool) -> Self {
        let length = |places: &mut dyn Iterator<Item = usize>| {
            let (mut at, mut sum) = (0, 0);
            for place in places.chain([0]) {
                sum += problem.leg(at, place).unwrap_or(0);
                at = place;
            }
            sum
        };
        let mut cost = 0;
        let mut named: Vec<Vec<u64>> = Vec::with_capacity(trips.len());
        for trip in trips.iter().filter(|trip| !trip.is_empty()) {
            let way = length(&mut trip.iter().copied());
            cost += way;
            let ids = trip.iter().filter_map(|place| problem.stops().get(place.checked_sub(1)?));
            let mut ids: Vec<u64> = ids.map(|stop| stop.id).collect();
            if ids.last() < ids.first() && length(&mut trip.iter().rev().copied()) == way {
                ids.reverse();
            }
            named.push(ids);
        }
        named.sort_unstable();
        Self { trips: named, cost, proven }
    }
}
