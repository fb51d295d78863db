//! The answer: tours to the minute, and what no tour takes and why.

use std::collections::BTreeMap;

use koinon_core::{Digest, LoadCode, PlaceCode, VehicleCode};

use super::layout::Layout;
use super::problem::Shift;
use super::search::State;
use crate::problem::Moment;

/// What could be driven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundPlan {
    /// The tours, the earliest first.
    pub tours: Vec<Tour>,
    /// Loads that no tour takes, in the order of their codes.
    pub left: Vec<Left>,
    /// Minutes of all tours on the way and at stops, without waiting.
    pub minutes: i64,
    /// What no plan can do better.
    pub bound: Bound,
    /// Whether no plan is better: it reaches the bound in all it counts.
    pub proven: bool,
    /// The digest of the problem.
    pub inputs: Digest,
    /// The digest of the plan: equal problems give equal digests everywhere.
    pub digest: Digest,
}

/// What no plan can do better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bound {
    /// The most loads on which lives depend that any plan takes: those that a vehicle could take if it did nothing else.
    pub life: usize,
    /// The most loads in all, counted alike.
    pub loads: usize,
    /// The fewest minutes in which any plan takes just the loads that this one takes; known where all of them come from the vehicles'
    /// home, or all go there.
    pub minutes: Option<i64>,
}

/// What one driver does in one shift with one vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tour {
    /// The vehicle.
    pub vehicle: VehicleCode,
    /// Where it starts and ends.
    pub home: PlaceCode,
    /// The shift: its start and end.
    pub shift: (Moment, Moment),
    /// Which of the shift's drivers, from 1.
    pub driver: u32,
    /// When it starts.
    pub leaves: Moment,
    /// When it is back home.
    pub back: Moment,
    /// Minutes on the way and at stops, without waiting.
    pub minutes: i64,
    /// The stops in order, at least two.
    pub stops: Vec<Stop>,
}

/// A place at which something is loaded or unloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Where.
    pub place: PlaceCode,
    /// When the vehicle arrives.
    pub arrives: Moment,
    /// When it leaves: it has waited for what is not ready, and loaded and unloaded.
    pub leaves: Moment,
    /// What comes off, in the order of codes.
    pub off: Vec<LoadCode>,
    /// What comes on, in the order of codes.
    pub on: Vec<LoadCode>,
}

/// A load that no tour takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Which.
    pub load: LoadCode,
    /// Why.
    pub why: LeftWhy,
}

/// Why no tour takes a load. All but [`LeftWhy::Taken`] hold whatever else is to be brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftWhy {
    /// There is no vehicle.
    NoVehicle,
    /// No vehicle keeps it cold.
    NothingCold,
    /// No vehicle that could take it may carry dangerous goods.
    NothingSafe,
    /// It is too heavy for every vehicle that suits it.
    TooHeavy,
    /// It has no room in any vehicle that suits it.
    TooBulky,
    /// It fills more pallets than any vehicle that suits it takes.
    TooManyPallets,
    /// No way leads there from such a vehicle's home, or back.
    NoWay,
    /// Nobody drives where such a vehicle is at home between the day on which it is ready and the time at which it is due.
    NoDriver,
    /// Such vehicles are out of service until it is too late.
    OutOfService,
    /// There and back takes longer than a driver may be on duty or the shift lasts.
    TooFar,
    /// It would arrive too late.
    TooLate,
    /// It could be brought; vehicles and drivers bring others, which come first or are more.
    Taken,
}

/// Puts what was found into words and adds its digest.
pub(super) fn told(layout: &Layout<'_>, found: &State) -> RoundPlan {
    let mut tours: Vec<Tour> = found.tours.iter().filter_map(|tour| layout.told(tour)).collect();
    tours.sort_by(|a, b| (a.leaves, &a.vehicle).cmp(&(b.leaves, &b.vehicle)));
    let mut drivers: BTreeMap<(PlaceCode, Moment, Moment), u32> = BTreeMap::new();
    for tour in &mut tours {
        let driver = drivers.entry((tour.home.clone(), tour.shift.0, tour.shift.1)).or_default();
        *driver += 1;
        tour.driver = *driver;
    }
    let left = found.left.iter().filter_map(|job| {
        let load = layout.problem.loads.get(*job)?;
        Some(Left { load: load.code.clone(), why: layout.why_left(*job) })
    });
    let mut left: Vec<Left> = left.collect();
    left.sort_by(|a, b| a.load.cmp(&b.load));
    let minutes = tours.iter().map(|tour| tour.minutes).sum();
    let bound = layout.bound(found);
    let (life, loads) = (found.life(layout), layout.jobs.len() - found.left.len());
    let proven = (life, loads) == (bound.life, bound.loads) && (loads == 0 || bound.minutes == Some(minutes));
    let inputs = layout.problem.digest();
    let digest = Digest::of("", &[]);
    let mut plan = RoundPlan { tours, left, minutes, bound, proven, inputs, digest };
    plan.digest = super::words::plan_digest(&plan);
    plan
}

impl Tour {
    /// The shift as the problem states it, but for the number of its drivers.
    pub(crate) fn is_in(&self, shift: &Shift) -> bool {
        (&self.home, self.shift.0, self.shift.1) == (&shift.place, shift.starts, shift.ends)
    }
}
