//! The problem: a depot, stops, the legs between them, and the vehicle; checked once.
//!
//! A [`Problem`] that exists is safe to solve: every stop fits the vehicle, every leg is known, and every sum the search forms fits its
//! machine integers. It refuses the rest with all faults at once, each with the place, the value found and what to do about it.

use std::collections::BTreeMap;
use thiserror::Error;

/// Ways to measure a load: mass, volume, pallets.
pub const DIMENSIONS: usize = 3;

/// A load in each dimension: kg, litres, pallets, or whatever whole units the caller keeps to.
pub type Amounts = [i64; 3];

/// The entry of a matrix where no way is known; refused, and named so that it can be.
pub const UNREACHABLE: i64 = i64::MAX;

/// The most stops in one problem.
pub const MAX_STOPS: usize = 4_000;

/// The longest leg, and the longest time at a stop, are below this (2^31).
pub const MAX_LEG: i64 = 1 << 31;

/// Demands and capacities are below this (2^40).
pub const MAX_AMOUNT: i64 = 1 << 40;

/// The most faults listed.
const MAX_FAULTS: usize = 100;

/// A place to be visited once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stop {
    /// The caller's own number for it; plans name it, and the order of ids settles the order of everything.
    pub id: u64,
    /// What is brought there (or fetched: a trip only does one of the two).
    pub demand: Amounts,
    /// Time spent there, in the matrix's unit; it counts for a trip's duration and not for its cost.
    pub service: i64,
}

/// The vehicle, and how often it may leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fleet {
    /// Load of one trip in each dimension.
    pub capacity: Amounts,
    /// Most trips in all; `None` for as many as it takes.
    pub trips: Option<usize>,
    /// Longest trip, legs and time at stops together; `None` for no limit.
    pub duration: Option<i64>,
}

/// Why a problem is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProblemError {
    /// More stops than [`MAX_STOPS`].
    #[error("there are {found} stops, the limit is {MAX_STOPS}: split them by district")]
    TooMany {
        /// How many there are.
        found: usize,
    },
    /// Two stops with one id.
    #[error("stop {id} is given twice: join the two, or give one of them another id")]
    Twice {
        /// The id.
        id: u64,
    },
    /// A demand below zero or at [`MAX_AMOUNT`] or above.
    #[error("stop {id} wants {found} {unit}: use 0 or more and less than 2^40")]
    Demand {
        /// Id of the stop.
        id: u64,
        /// Name of the dimension.
        unit: &'static str,
        /// The demand found.
        found: i64,
    },
    /// A capacity below zero or at [`MAX_AMOUNT`] or above.
    #[error("the vehicle carries {found} {unit}: use 0 or more and less than 2^40")]
    Capacity {
        /// Name of the dimension.
        unit: &'static str,
        /// The capacity found.
        found: i64,
    },
    /// A stop that wants more than one vehicle carries.
    #[error(
        "stop {id} wants {found} {unit}, a vehicle carries {capacity}: split the stop in parts, or use a larger vehicle"
    )]
    TooLarge {
        /// Id of the stop.
        id: u64,
        /// Name of the dimension.
        unit: &'static str,
        /// The demand found.
        found: i64,
        /// What one vehicle carries.
        capacity: i64,
    },
    /// A time at a stop below zero or at [`MAX_LEG`] or above.
    #[error("stop {id} takes {found} of time: use 0 or more and less than 2^31")]
    Service {
        /// Id of the stop.
        id: u64,
        /// The time found.
        found: i64,
    },
    /// A limit of duration below zero.
    #[error("a trip may last {found}: use 0 or more, or no limit")]
    Duration {
        /// The limit found.
        found: i64,
    },
    /// A stop that no trip can serve in time.
    #[error(
        "stop {id} takes {found} there and back, a trip may last {limit}: allow longer trips or serve it from nearer by (if a way over another place is shorter, that way belongs in the matrix)"
    )]
    TooFar {
        /// Id of the stop.
        id: u64,
        /// Legs there and back and the time there.
        found: i64,
        /// Longest trip allowed.
        limit: i64,
    },
    /// A matrix of another size than depot and stops.
    #[error("the matrix has {found} rows for a depot and {stops} stops: give {} rows, the depot first", .stops + 1)]
    Rows {
        /// Rows found.
        found: usize,
        /// Stops given.
        stops: usize,
    },
    /// A row of another length than there are rows.
    #[error("row {row} of the matrix ({place}) has {found} entries: give {expected}, the depot first")]
    Row {
        /// Index of the row, from 0.
        row: usize,
        /// The place whose row it is.
        place: Place,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// An entry that says there is no way.
    #[error(
        "no way is known from {from} to {to}: give the shortest way over other places, the depot included, or leave the place out"
    )]
    Unreachable {
        /// Where the leg begins.
        from: Place,
        /// Where it ends.
        to: Place,
    },
    /// A leg below zero or at [`MAX_LEG`] or above.
    #[error(
        "the leg from {from} to {to} is {found}: use 0 or more and less than 2^31, in a larger unit if need be"
    )]
    Leg {
        /// Where the leg begins.
        from: Place,
        /// Where it ends.
        to: Place,
        /// The length found.
        found: i64,
    },
    /// Fewer trips than the load needs.
    #[error("the stops want {total} {unit}, {trips} trips carry {}: allow at least {needed} trips", i128::from(*.capacity) * i128::try_from(*.trips).unwrap_or(i128::MAX))]
    TooFewTrips {
        /// Name of the dimension.
        unit: &'static str,
        /// Sum of all demands.
        total: i64,
        /// Trips allowed.
        trips: usize,
        /// Load of one trip.
        capacity: i64,
        /// Trips without which it cannot be done.
        needed: i64,
    },
}

/// A place as a message names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where trips begin and end.
    Depot,
    /// The stop of this id.
    Stop(u64),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Depot => f.write_str("the depot"),
            Self::Stop(id) => write!(f, "stop {id}"),
        }
    }
}

/// Everything that is wrong with a problem, at least one thing.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faults(pub Vec<ProblemError>);

/// A checked problem, its stops sorted by id.
///
/// Places are numbered: 0 is the depot, 1 the stop with the lowest id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    stops: Vec<Stop>,
    /// Row after row, (stops + 1)² entries; zero on the diagonal.
    legs: Vec<i64>,
    fleet: Fleet,
}

impl Problem {
    /// Checks and takes a problem.
    ///
    /// Row and column 0 of the matrix belong to the depot, `i` to `stops[i - 1]`; `matrix[i][j]` is the way from `i` to `j`, and what
    /// stands on the diagonal is not read. The matrix need not be symmetric.
    pub fn new(stops: Vec<Stop>, matrix: &[Vec<i64>], fleet: Fleet) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        check_stops(&stops, &fleet, &mut faults);
        check_legs(&stops, matrix, &mut faults);
        if faults.is_empty() {
            check_reach(&stops, matrix, &fleet, &mut faults);
        }
        if !faults.is_empty() {
            faults.truncate(MAX_FAULTS);
            return Err(Faults(faults));
        }
        let mut order: Vec<(Stop, usize)> = stops.into_iter().zip(1..).collect();
        order.sort_unstable_by_key(|(stop, _)| stop.id);
        let rows: Vec<usize> = std::iter::once(0).chain(order.iter().map(|&(_, row)| row)).collect();
        let mut legs = Vec::with_capacity(rows.len() * rows.len());
        for &from in &rows {
            let row = matrix.get(from).map_or(&[][..], Vec::as_slice);
            legs.extend(
                rows.iter().map(|&to| if from == to { 0 } else { row.get(to).copied().unwrap_or(0) }),
            );
        }
        Ok(Self { stops: order.into_iter().map(|(stop, _)| stop).collect(), legs, fleet })
    }

    /// The stops, sorted by id.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// The vehicle and its limits.
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// Number of places, the depot included.
    pub fn places(&self) -> usize {
        self.stops.len() + 1
    }

    /// The leg between two places (0 is the depot, `i` is `stops()[i - 1]`); `None` where there is no such place.
    pub fn leg(&self, from: usize, to: usize) -> Option<i64> {
        let places = self.places();
        (from < places && to < places).then(|| self.legs.get(from * places + to).copied()).flatten()
    }

    /// All legs, row after row.
    pub(crate) fn legs(&self) -> &[i64] {
        &self.legs
    }
}

/// What one dimension is called in messages.
pub(crate) const UNITS: [&str; DIMENSIONS] = ["kg", "litres", "pallets"];

fn check_stops(stops: &[Stop], fleet: &Fleet, faults: &mut Vec<ProblemError>) {
    if stops.len() > MAX_STOPS {
        faults.push(ProblemError::TooMany { found: stops.len() });
        return;
    }
    for (&unit, &found) in UNITS.iter().zip(&fleet.capacity) {
        if !(0..MAX_AMOUNT).contains(&found) {
            faults.push(ProblemError::Capacity { unit, found });
        }
    }
    if let Some(found) = fleet.duration.filter(|&limit| limit < 0) {
        faults.push(ProblemError::Duration { found });
    }
    let mut seen: BTreeMap<u64, u32> = BTreeMap::new();
    for stop in stops {
        let times = seen.entry(stop.id).or_default();
        *times += 1;
        if *times == 2 {
            faults.push(ProblemError::Twice { id: stop.id });
        }
        for ((&unit, &found), &capacity) in UNITS.iter().zip(&stop.demand).zip(&fleet.capacity) {
            if !(0..MAX_AMOUNT).contains(&found) {
                faults.push(ProblemError::Demand { id: stop.id, unit, found });
            } else if found > capacity && capacity >= 0 {
                faults.push(ProblemError::TooLarge { id: stop.id, unit, found, capacity });
            }
        }
        if !(0..MAX_LEG).contains(&stop.service) {
            faults.push(ProblemError::Service { id: stop.id, found: stop.service });
        }
    }
}

fn check_legs(stops: &[Stop], matrix: &[Vec<i64>], faults: &mut Vec<ProblemError>) {
    if matrix.len() != stops.len() + 1 {
        faults.push(ProblemError::Rows { found: matrix.len(), stops: stops.len() });
        return;
    }
    let place = |row: usize| {
        row.checked_sub(1)
            .and_then(|index| stops.get(index))
            .map_or(Place::Depot, |stop| Place::Stop(stop.id))
    };
    for (row, entries) in matrix.iter().enumerate() {
        if entries.len() != matrix.len() {
            faults.push(ProblemError::Row {
                row,
                place: place(row),
                found: entries.len(),
                expected: matrix.len(),
            });
            continue;
        }
        for (column, &found) in entries.iter().enumerate().filter(|&(column, _)| column != row) {
            if found == UNREACHABLE {
                faults.push(ProblemError::Unreachable { from: place(row), to: place(column) });
            } else if !(0..MAX_LEG).contains(&found) {
                faults.push(ProblemError::Leg { from: place(row), to: place(column), found });
            }
            if faults.len() > MAX_FAULTS {
                return;
            }
        }
    }
}

/// Checks what needs sound numbers: that each stop can be served in time, and that there are trips enough.
fn check_reach(stops: &[Stop], matrix: &[Vec<i64>], fleet: &Fleet, faults: &mut Vec<ProblemError>) {
    let entry = |from: usize, to: usize| matrix.get(from).and_then(|row| row.get(to)).copied().unwrap_or(0);
    if let Some(limit) = fleet.duration {
        for (stop, row) in stops.iter().zip(1..) {
            let found = entry(0, row) + stop.service + entry(row, 0);
            if found > limit {
                faults.push(ProblemError::TooFar { id: stop.id, found, limit });
            }
        }
    }
    let Some(trips) = fleet.trips else { return };
    for (dimension, (&unit, &capacity)) in UNITS.iter().zip(&fleet.capacity).enumerate() {
        let total: i64 = stops.iter().filter_map(|stop| stop.demand.get(dimension)).sum();
        // Where the capacity is 0 every demand is, and one trip is enough.
        let needed = if total > 0 { (total - 1) / capacity.max(1) + 1 } else { i64::from(!stops.is_empty()) };
        if i64::try_from(trips).is_ok_and(|trips| trips < needed) {
            faults.push(ProblemError::TooFewTrips { unit, total, trips, capacity, needed });
        }
    }
}
