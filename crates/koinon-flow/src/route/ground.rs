//! What the search reads of a problem, laid out for speed.
//!
//! Legs are scaled by a power of two so that the longest fills 31 bits: a price on excess load then keeps its meaning in whole numbers,
//! whatever the units. Loads stay exact; only their excess is priced, in grains of at least 1/65,536 of a vehicle. Dimensions that
//! can never bind are left out, so the common case of one dimension costs no more than it must.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::needless_range_loop,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "places come from a checked Problem of at most 4,000 stops and legs are below 2^31"
)]

use super::problem::Problem;
use super::sketch::{self, Point};

/// How many near places the search tries for each.
const NEAR: usize = 20;
/// A capacity has at most this many grains.
const GRAINS: i64 = 1 << 16;
/// Excess time is priced in parts of this.
pub(super) const TIME_PARTS: i64 = 16;
/// Stands for a duration without limit.
pub(super) const NO_LIMIT: i64 = i64::MAX / 4;

/// Loads in the `D` dimensions that matter.
pub(super) type Load<const D: usize> = [i64; D];

/// A problem as the search sees it; place 0 is the depot.
#[derive(Clone, Debug)]
pub(super) struct Ground<const D: usize> {
    /// Number of places.
    pub(super) places: usize,
    /// Scaled legs, row after row.
    legs: Vec<i32>,
    /// Demand of each place.
    pub(super) demand: Vec<Load<D>>,
    /// Scaled time at each place.
    pub(super) service: Vec<i64>,
    /// What a vehicle carries.
    pub(super) capacity: Load<D>,
    /// Bits of load to a grain.
    grain: [u32; D],
    /// Scaled longest trip, [`NO_LIMIT`] for none.
    pub(super) duration: i64,
    /// Trips the search may use.
    pub(super) trips: usize,
    /// Near places of each place, the depot left out: `near[place]` is sorted by number.
    pub(super) near: Vec<Vec<u32>>,
    /// The sketched map, and where each place lies around the depot.
    pub(super) points: Vec<Point>,
    pub(super) bearings: Vec<i64>,
}

/// What a grain of excess load and a unit of excess time cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prices<const D: usize> {
    /// Scaled cost of a grain in each dimension.
    pub(super) load: [i64; D],
    /// Scaled cost of [`TIME_PARTS`] units of scaled time.
    pub(super) time: i64,
}

/// The dimensions in which more than one trip is needed; one of them where there are none.
pub(super) fn binding(problem: &Problem) -> Vec<usize> {
    let binds = |&dimension: &usize| {
        let total: i64 = problem.stops().iter().map(|stop| stop.demand[dimension]).sum();
        total > problem.fleet().capacity[dimension]
    };
    let found: Vec<usize> = (0..super::DIMENSIONS).filter(binds).collect();
    if found.is_empty() { vec![0] } else { found }
}

impl<const D: usize> Ground<D> {
    /// Lays out a problem with the given dimensions, of which there are at most `D`; `trips` is what the search may use.
    pub(super) fn new(problem: &Problem, dimensions: &[usize], trips: usize) -> Self {
        let (places, stops, fleet) = (problem.places(), problem.stops(), problem.fleet());
        let longest =
            problem.legs().iter().copied().chain(stops.iter().map(|stop| stop.service)).max().unwrap_or(0);
        // The longest lands between 2^30 and 2^31.
        let scale = longest.max(1).leading_zeros().saturating_sub(33);
        let legs: Vec<i32> = problem.legs().iter().map(|&leg| (leg << scale) as i32).collect();
        let pick = |amounts: &super::Amounts| {
            let mut load = [0; D];
            load.iter_mut().zip(dimensions).for_each(|(slot, &dimension)| *slot = amounts[dimension]);
            load
        };
        let capacity = pick(&fleet.capacity);
        let grain = capacity.map(|capacity| {
            let mut bits = 0;
            while capacity >> bits > GRAINS {
                bits += 1;
            }
            bits
        });
        let longest_sum = (2 * i64::try_from(places).unwrap_or(0) + 1) << 31;
        let mut ground = Self {
            places,
            legs,
            demand: std::iter::once([0; D]).chain(stops.iter().map(|stop| pick(&stop.demand))).collect(),
            service: std::iter::once(0).chain(stops.iter().map(|stop| stop.service << scale)).collect(),
            capacity,
            grain,
            duration: fleet.duration.map_or(NO_LIMIT, |limit| limit.min(longest_sum >> scale) << scale),
            trips,
            near: Vec::new(),
            points: Vec::new(),
            bearings: Vec::new(),
        };
        ground.near = ground.nearest();
        ground.points = sketch::points(places, |a, b| ground.leg(a, b));
        ground.bearings = ground.points.iter().map(|&point| sketch::bearing(point)).collect();
        ground
    }

    /// Scaled leg between two places.
    #[inline]
    pub(super) fn leg(&self, from: usize, to: usize) -> i64 {
        i64::from(self.legs[from * self.places + to])
    }

    /// Whether trips have a longest duration.
    #[inline]
    pub(super) fn timed(&self) -> bool {
        self.duration != NO_LIMIT
    }

    /// Grains above the capacity in each dimension.
    pub(super) fn excess(&self, load: &Load<D>) -> [i64; D] {
        let mut grains = [0; D];
        for dimension in 0..D {
            let over = load[dimension] - self.capacity[dimension];
            if over > 0 {
                grains[dimension] = ((over - 1) >> self.grain[dimension]) + 1;
            }
        }
        grains
    }

    /// Scaled cost of what a trip carries and lasts too much.
    #[inline]
    pub(super) fn penalty(&self, load: &Load<D>, time: i64, prices: &Prices<D>) -> i64 {
        let mut penalty = 0;
        for dimension in 0..D {
            let over = load[dimension] - self.capacity[dimension];
            if over > 0 {
                penalty += (((over - 1) >> self.grain[dimension]) + 1) * prices.load[dimension];
            }
        }
        if time > self.duration {
            penalty += (time - self.duration) / TIME_PARTS * prices.time;
        }
        penalty
    }

    /// Prices to begin with: overloading by the largest demand costs about the longest leg.
    pub(super) fn first_prices(&self) -> Prices<D> {
        let longest = i64::from(self.legs.iter().copied().max().unwrap_or(1)).max(1);
        let mut load = [1; D];
        for dimension in 0..D {
            let largest = self.demand.iter().map(|demand| demand[dimension]).max().unwrap_or(0);
            let grains = (largest >> self.grain[dimension]).max(1);
            load[dimension] = (longest / grains).max(1);
        }
        Prices { load, time: TIME_PARTS }
    }

    /// Raises or lowers a price by a ratio of tenths and hundredths; never out of the range in which sums fit.
    pub(super) fn scaled(price: i64, hundredths: i64, most: i64) -> i64 {
        // One more than the quotient keeps a small price from standing still when raised.
        let step = price * hundredths / 100;
        if hundredths > 100 { (step + 1).min(most) } else { step.max(1) }
    }

    /// For each stop those that are near it, or that it is near to.
    fn nearest(&self) -> Vec<Vec<u32>> {
        let mut near: Vec<Vec<u32>> = vec![Vec::new(); self.places];
        for place in 1..self.places {
            let mut others: Vec<usize> = (1..self.places).filter(|&other| other != place).collect();
            let key = |other: &usize| (self.leg(place, *other).min(self.leg(*other, place)), *other);
            if others.len() > NEAR {
                others.select_nth_unstable_by_key(NEAR - 1, key);
                others.truncate(NEAR);
            }
            for other in others {
                near[place].push(other as u32);
                near[other].push(place as u32);
            }
        }
        for list in &mut near {
            list.sort_unstable();
            list.dedup();
        }
        near
    }
}

/// The highest price of a grain: one costs twice the longest leg.
pub(super) const MOST_LOAD_PRICE: i64 = 1 << 32;
/// The highest price of [`TIME_PARTS`] units of time.
pub(super) const MOST_TIME_PRICE: i64 = TIME_PARTS * 1_000;
