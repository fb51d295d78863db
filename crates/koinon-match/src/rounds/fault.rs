//! What is wrong with a question for tours: every fault at once, each with what was found and what would do.
//!
//! The limits are the proof that nothing overflows and that the search ends soon: sizes below 2^40, minutes below 2^31, a hundred loads
//! on a tour.

use std::collections::BTreeSet;

use koinon_core::PlaceCode;

use super::problem::Rounds;
use crate::fault::{FAULTS_MAX, Fault};
use crate::problem::{DAY_MINUTES, Moment};

/// The most loads.
pub const LOADS_MAX: usize = 2_000;
/// The most places between which ways lead.
pub const PLACES_MAX: usize = 500;
/// The most pairs of a vehicle and a shift at its home, and the most of them times loads in ten thousands.
pub const PAIRS_MAX: usize = 10_000;
/// The most shifts, and the most vehicles.
const LIST_MAX: usize = 10_000;
/// Sizes and capacities in their smallest unit stay below this (2^40), as [`koinon_flow::route`] asks.
const SIZE_MAX: i64 = 1 << 40;
/// How many days from now moments may lie.
const DAYS_MAX: i32 = 400;

impl Rounds {
    /// Everything that is wrong; empty when tours can be planned. At most as many as [`FAULTS_MAX`].
    pub fn faults(&self) -> Vec<Fault> {
        let mut found = Found(Vec::new());
        let long = [("loads", self.loads.len(), LOADS_MAX), ("vehicles", self.vehicles.len(), LIST_MAX)];
        let ways = ("ways", self.ways.len(), PLACES_MAX * PLACES_MAX);
        for (word, len, most) in long.into_iter().chain([("shifts", self.shifts.len(), LIST_MAX), ways]) {
            if len > most {
                found.say(
                    None,
                    format!(
                        "{len} {word}; at most {most} can be planned: plan fewer days, or split the region"
                    ),
                );
            }
        }
        if !found.0.is_empty() {
            return found.0;
        }
        if !(1..=1_440).contains(&self.duty_minutes) {
            found.say(None, format!("a duty of {} minutes; use 1 to 1440", self.duty_minutes));
        }
        if self.handling_minutes > 1_440 {
            found.say(None, format!("{} minutes of handling; use 0 to 1440", self.handling_minutes));
        }
        if self.now.day.0.unsigned_abs() > 3_000_000 || self.now.minute >= 1_440 {
            found.say(None, format!("the moment {:?} has no name", self.now));
        }
        self.ways_faults(&mut found);
        self.loads_faults(&mut found);
        self.vehicles_faults(&mut found);
        self.pairs_faults(&mut found);
        found.0
    }

    fn is_near(&self, moment: Moment) -> bool {
        moment.minute < 1_440 && moment.day.since(self.now.day).unsigned_abs() <= DAYS_MAX.unsigned_abs()
    }

    fn ways_faults(&self, found: &mut Found) {
        let mut seen = BTreeSet::new();
        for way in &self.ways {
            let place = Some(&way.from);
            if way.from == way.to {
                found.say(place, "a way leads to where it starts; leave it out".into());
            }
            if !(1..=60 * DAY_MINUTES).contains(&way.minutes) {
                found.say(place, format!("{} minutes to {}; use 1 to 86400", way.minutes, way.to));
            }
            if !seen.insert((&way.from, &way.to)) {
                found.say(place, format!("two ways lead to {}; keep the shorter", way.to));
            }
        }
        let ends = self.ways.iter().flat_map(|way| [&way.from, &way.to]);
        let all: BTreeSet<&PlaceCode> = ends
            .chain(self.loads.iter().flat_map(|load| [&load.from, &load.to]))
            .chain(self.vehicles.iter().map(|vehicle| &vehicle.home))
            .collect();
        if all.len() > PLACES_MAX {
            found.say(
                None,
                format!("{} places; at most {PLACES_MAX} can be planned: split the region", all.len()),
            );
        }
    }

    fn loads_faults(&self, found: &mut Found) {
        let mut seen = BTreeSet::new();
        for load in &self.loads {
            let mut say = |what: String| found.say(Some(&load.from), format!("load {}: {what}", load.code));
            if !seen.insert(&load.code) {
                say("it is listed twice; give each its own code".into());
            }
            if load.from == load.to {
                say("it goes to where it is".into());
            }
            for (word, size) in
                [("g", load.grams), ("ml", load.millilitres), ("millionths of a pallet", load.micropallets)]
            {
                if !(0..SIZE_MAX).contains(&size) {
                    say(format!("it takes {size} {word}; use 0 to 2^40"));
                }
            }
            if load.amount < 0 {
                say(format!("an amount of {}; use 0 or more", load.amount));
            }
            if !self.is_near(load.ready) || !self.is_near(load.due) {
                say(format!(
                    "it is ready and due more than {DAYS_MAX} days from now, or at a minute beyond 1439"
                ));
            } else if load.ready > load.due {
                say("it is due before it is ready".into());
            }
        }
    }

    fn vehicles_faults(&self, found: &mut Found) {
        let mut seen = BTreeSet::new();
        for vehicle in &self.vehicles {
            let mut say =
                |what: String| found.say(Some(&vehicle.home), format!("vehicle {}: {what}", vehicle.code));
            if !seen.insert(&vehicle.code) {
                say("it is listed twice".into());
            }
            for (word, takes, most) in
                [("kg", vehicle.kg, SIZE_MAX / 1_000), ("litres", vehicle.litre, SIZE_MAX / 1_000)]
            {
                if !(0..most).contains(&takes) {
                    say(format!("it takes {takes} {word}; use 0 to 10^9"));
                }
            }
            if let Some(pallets) =
                vehicle.pallets.filter(|pallets| !(0..SIZE_MAX / 1_000_000).contains(pallets))
            {
                say(format!("it takes {pallets} pallets; use 0 to 10^6, or no limit"));
            }
            if vehicle.out_until.is_some_and(|until| !self.is_near(until)) {
                say(format!("it is out of service until more than {DAYS_MAX} days from now; leave it out"));
            }
        }
        let mut seen = BTreeSet::new();
        for shift in &self.shifts {
            let mut say = |what: String| {
                found.say(Some(&shift.place), format!("a shift on {}: {what}", shift.starts.day));
            };
            if !seen.insert((&shift.place, shift.starts, shift.ends)) {
                say("it is listed twice; add the drivers together".into());
            }
            if !self.is_near(shift.starts) || !self.is_near(shift.ends) {
                say(format!("it lies more than {DAYS_MAX} days from now, or at a minute beyond 1439"));
            } else if shift.ends <= shift.starts {
                say("it ends before it starts".into());
            }
            if shift.drivers > 1_000 {
                say(format!("{} drivers; use 0 to 1000", shift.drivers));
            }
        }
    }

    fn pairs_faults(&self, found: &mut Found) {
        let at = |place: &PlaceCode| self.shifts.iter().filter(|shift| shift.place == *place).count();
        let mut known: std::collections::BTreeMap<&PlaceCode, usize> = std::collections::BTreeMap::new();
        let pairs: usize =
            self.vehicles.iter().map(|v| *known.entry(&v.home).or_insert_with(|| at(&v.home))).sum();
        if pairs > PAIRS_MAX || pairs.saturating_mul(self.loads.len()) > PAIRS_MAX * 1_000 {
            found.say(None, format!(
                "{pairs} pairs of a vehicle and a shift for {} loads are too many to search: plan fewer days, or split the region",
                self.loads.len()
            ));
        }
    }
}

/// Faults up to the limit.
struct Found(Vec<Fault>);

impl Found {
    fn say(&mut self, place: Option<&PlaceCode>, what: String) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(Fault { place: place.cloned(), item: None, what });
        }
    }
}
