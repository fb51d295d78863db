//! Proof that a plan is what it says, without trust in the search.
//!
//! The check knows the problem and the plan's ids and nothing of how it was found: every stop once, every limit kept, the cost added
//! up again. It cannot say whether a plan is cheapest.

use super::plan::Plan;
use super::problem::{DIMENSIONS, Problem, UNITS};
use std::collections::BTreeMap;
use thiserror::Error;

/// The first thing that is wrong with a plan. Trips count from 1 in messages.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CheckError {
    /// A trip that goes nowhere.
    #[error("trip {} has no stop", .trip + 1)]
    Empty {
        /// Index of the trip.
        trip: usize,
    },
    /// An id that no stop has.
    #[error("trip {} goes to stop {id}, which is not in the problem", .trip + 1)]
    Unknown {
        /// Index of the trip.
        trip: usize,
        /// The id found.
        id: u64,
    },
    /// A stop visited a second time.
    #[error("trip {} goes to stop {id}, which was served before", .trip + 1)]
    Again {
        /// Index of the trip.
        trip: usize,
        /// Id of the stop.
        id: u64,
    },
    /// A stop that no trip visits.
    #[error("stop {id} is on no trip")]
    Missing {
        /// Id of the stop.
        id: u64,
    },
    /// A trip with more than the vehicle carries.
    #[error("trip {} carries {load} {unit}, the vehicle takes {capacity}", .trip + 1)]
    Overloaded {
        /// Index of the trip.
        trip: usize,
        /// Name of the dimension.
        unit: &'static str,
        /// Load found.
        load: i128,
        /// Load allowed.
        capacity: i64,
    },
    /// A trip that lasts too long.
    #[error("trip {} lasts {duration}, the limit is {limit}", .trip + 1)]
    TooLong {
        /// Index of the trip.
        trip: usize,
        /// Duration found.
        duration: i128,
        /// Duration allowed.
        limit: i64,
    },
    /// More trips than allowed.
    #[error("the plan has {found} trips, {limit} are allowed")]
    TooManyTrips {
        /// Trips found.
        found: usize,
        /// Trips allowed.
        limit: usize,
    },
    /// The stated cost is not the sum of the legs.
    #[error("the cost is stated as {stated}, the legs add up to {found}")]
    Cost {
        /// Cost stated.
        stated: i64,
        /// Cost found.
        found: i128,
    },
}

/// Checks that a plan serves every stop once, keeps every limit and costs what it says.
pub fn check(problem: &Problem, plan: &Plan) -> Result<(), CheckError> {
    let fleet = problem.fleet();
    if let Some(limit) = fleet.trips.filter(|&limit| plan.trips.len() > limit) {
        return Err(CheckError::TooManyTrips { found: plan.trips.len(), limit });
    }
    let mut waiting: BTreeMap<u64, usize> =
        problem.stops().iter().enumerate().map(|(index, stop)| (stop.id, index)).collect();
    let known = waiting.clone();
    let mut cost = 0_i128;
    for (trip, ids) in plan.trips.iter().enumerate() {
        if ids.is_empty() {
            return Err(CheckError::Empty { trip });
        }
        let (mut load, mut duration, mut at) = ([0_i128; DIMENSIONS], 0_i128, 0);
        for &id in ids {
            let (Some(stop), Some(place)) = (
                known.get(&id).and_then(|&index| problem.stops().get(index)),
                known.get(&id).map(|index| index + 1),
            ) else {
                return Err(CheckError::Unknown { trip, id });
            };
            if waiting.remove(&id).is_none() {
                return Err(CheckError::Again { trip, id });
            }
            for (sum, &amount) in load.iter_mut().zip(&stop.demand) {
                *sum += i128::from(amount);
            }
            let leg = i128::from(problem.leg(at, place).unwrap_or(i64::MAX));
            (cost, duration, at) = (cost + leg, duration + leg + i128::from(stop.service), place);
        }
        let back = i128::from(problem.leg(at, 0).unwrap_or(i64::MAX));
        (cost, duration) = (cost + back, duration + back);
        for ((&unit, load), &capacity) in UNITS.iter().zip(load).zip(&fleet.capacity) {
            if load > i128::from(capacity) {
                return Err(CheckError::Overloaded { trip, unit, load, capacity });
            }
        }
        if let Some(limit) = fleet.duration.filter(|&limit| duration > i128::from(limit)) {
            return Err(CheckError::TooLong { trip, duration, limit });
        }
    }
    if let Some((&id, _)) = waiting.first_key_value() {
        return Err(CheckError::Missing { id });
    }
    if cost == i128::from(plan.cost) {
        Ok(())
    } else {
        Err(CheckError::Cost { stated: plan.cost, found: cost })
    }
}
