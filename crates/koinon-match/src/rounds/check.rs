//! Looks at tours with other eyes: nothing here is shared with the search but the plain types.
//!
//! It drives every tour once more, minute by minute, from the problem alone, with ways of its own making. Tours that anybody sends can be
//! checked the same way. It says every violation, and repairs none.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use koinon_core::{LoadCode, PlaceCode, VehicleCode};

use super::plan::{RoundPlan, Tour};
use super::problem::{Load, Rounds, Shift, Vehicle};
use crate::problem::Moment;

/// One thing that is wrong with tours.
pub type RoundViolation = crate::violation::Violation<RoundRule>;

/// The rules that every plan of tours must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoundRule {
    /// The plan was made from this problem, and its digests say so.
    Inputs,
    /// Every load is on one tour or left, once.
    Loads,
    /// A load comes on where it is, and off where it goes, in this order.
    Order,
    /// Loading waits until a load is ready, and it arrives before it is due.
    Time,
    /// Ways and handling take as long as they take, and tours lead from home to home.
    Way,
    /// No vehicle carries more kilograms, litres or pallets than it takes.
    Capacity,
    /// Cold and dangerous loads travel only where they may.
    Kind,
    /// A vehicle drives one tour at a time, and none while it is out of service.
    Vehicle,
    /// A shift has no more tours than drivers, and tours lie within shift and duty.
    Duty,
    /// Minutes add up, and no bound is beaten.
    Sums,
}

/// Everything that is wrong with a plan of tours for a problem; empty when nothing is. The problem's lists may stand in any order.
pub fn check(problem: &Rounds, plan: &RoundPlan) -> Vec<RoundViolation> {
    let mut checker = Checker {
        problem,
        loads: problem.loads.iter().map(|load| (&load.code, load)).collect(),
        vehicles: problem.vehicles.iter().map(|vehicle| (&vehicle.code, vehicle)).collect(),
        ways: quickest(problem),
        found: Vec::new(),
    };
    checker.head(plan);
    checker.every_load_once(plan);
    for tour in &plan.tours {
        checker.tour(tour);
    }
    checker.vehicles(plan);
    checker.drivers(plan);
    checker.found
}

struct Checker<'a> {
    problem: &'a Rounds,
    loads: BTreeMap<&'a LoadCode, &'a Load>,
    vehicles: BTreeMap<&'a VehicleCode, &'a Vehicle>,
    ways: BTreeMap<&'a PlaceCode, BTreeMap<&'a PlaceCode, i64>>,
    found: Vec<RoundViolation>,
}

/// The quickest chain of ways between all places: shorter ones are taken over until none is found, in the order in which they were found,
/// so that no chain of ways makes it long (Bellman 1958).
fn quickest(problem: &Rounds) -> BTreeMap<&PlaceCode, BTreeMap<&PlaceCode, i64>> {
    let mut onward: BTreeMap<&PlaceCode, Vec<(&PlaceCode, i64)>> = BTreeMap::new();
    for way in &problem.ways {
        onward.entry(&way.from).or_default().push((&way.to, way.minutes));
    }
    let mut all = BTreeMap::new();
    for start in onward.keys() {
        let mut known: BTreeMap<&PlaceCode, i64> = BTreeMap::from([(*start, 0)]);
        let mut news = VecDeque::from([*start]);
        while let Some(here) = news.pop_front() {
            let so_far = known.get(here).copied().unwrap_or(0);
            for (there, minutes) in onward.get(here).into_iter().flatten() {
                let longer = known.get(there).is_none_or(|known| so_far + minutes < *known);
                if longer {
                    known.insert(there, so_far + minutes);
                    news.push_back(there);
                }
            }
        }
        all.insert(*start, known);
    }
    all
}

impl Checker<'_> {
    fn say(&mut self, rule: RoundRule, what: String) {
        self.found.push(RoundViolation { rule, what });
    }

    fn head(&mut self, plan: &RoundPlan) {
        if plan.inputs != self.problem.digest() {
            self.say(
                RoundRule::Inputs,
                format!("the plan was made from {}, not from these inputs", plan.inputs),
            );
        }
        if plan.digest != super::words::plan_digest(plan) {
            self.say(RoundRule::Inputs, "the plan's digest is not that of its content".into());
        }
        let minutes: i64 = plan.tours.iter().map(|tour| tour.minutes).sum();
        if minutes != plan.minutes {
            self.say(RoundRule::Sums, format!("the tours take {minutes} minutes, not {}", plan.minutes));
        }
        let taken: Vec<&LoadCode> = plan.tours.iter().flat_map(|t| &t.stops).flat_map(|s| &s.on).collect();
        let life =
            taken.iter().filter(|code| self.loads.get(**code).is_some_and(|load| load.is_for_life())).count();
        let bound = plan.bound;
        if taken.len() > bound.loads
            || life > bound.life
            || bound.minutes.is_some_and(|least| minutes < least)
        {
            let what =
                format!("{life} and {} loads in {minutes} minutes beat the bound {bound:?}", taken.len());
            self.say(RoundRule::Sums, what);
        }
        let reached = (taken.len(), life) == (bound.loads, bound.life);
        let least = taken.is_empty() || bound.minutes == Some(minutes);
        if plan.proven != (reached && least) {
            self.say(RoundRule::Sums, "it is said to be proven where it is not, or not where it is".into());
        }
    }

    fn every_load_once(&mut self, plan: &RoundPlan) {
        let mut times: BTreeMap<&LoadCode, (u32, u32, u32)> = BTreeMap::new();
        for stop in plan.tours.iter().flat_map(|tour| &tour.stops) {
            stop.on.iter().for_each(|code| times.entry(code).or_default().0 += 1);
            stop.off.iter().for_each(|code| times.entry(code).or_default().1 += 1);
        }
        plan.left.iter().for_each(|left| times.entry(&left.load).or_default().2 += 1);
        let mut odd = Vec::new();
        for (code, count) in &times {
            if !self.loads.contains_key(*code) || ![(1, 1, 0), (0, 0, 1)].contains(count) {
                odd.push(format!(
                    "{code} is on {} times, off {} times, left {} times",
                    count.0, count.1, count.2
                ));
            }
        }
        odd.extend(
            self.loads
                .keys()
                .filter(|code| !times.contains_key(**code))
                .map(|code| format!("{code} is nowhere")),
        );
        odd.into_iter().for_each(|what| self.say(RoundRule::Loads, what));
    }

    fn minutes(&self, from: &PlaceCode, to: &PlaceCode) -> Option<i64> {
        if from == to { Some(0) } else { self.ways.get(from)?.get(to).copied() }
    }

    fn tour(&mut self, tour: &Tour) {
        let name = format!("{} from {:?}", tour.vehicle, tour.leaves);
        let Some(vehicle) = self.vehicles.get(&tour.vehicle).copied() else {
            self.say(RoundRule::Vehicle, format!("{name}: there is no such vehicle"));
            return;
        };
        if tour.home != vehicle.home {
            self.say(RoundRule::Vehicle, format!("{name}: it is at home in {}", vehicle.home));
        }
        let clock = |moment: Moment| moment.minutes_from(self.problem.now.day);
        let handling = i64::from(self.problem.handling_minutes);
        let (mut here, mut since, mut sum) = (&tour.home, clock(tour.leaves), 0);
        let mut aboard: BTreeSet<&LoadCode> = BTreeSet::new();
        let mut wrong = Vec::new();
        for stop in &tour.stops {
            let (arrives, leaves) = (clock(stop.arrives), clock(stop.leaves));
            match self.minutes(here, &stop.place) {
                Some(minutes) if arrives == since + minutes && leaves >= arrives + handling => {
                    sum += minutes + handling;
                }
                way => wrong.push((
                    RoundRule::Way,
                    format!(
                        "from {here} to {} in {way:?} minutes and {handling}, not {} to {leaves}",
                        stop.place,
                        arrives - since
                    ),
                )),
            }
            for load in stop.off.iter().filter_map(|code| self.loads.get(code)) {
                if !aboard.remove(&load.code) || load.to != stop.place {
                    wrong.push((RoundRule::Order, format!("{} comes off at {}", load.code, stop.place)));
                }
                if arrives > clock(load.due) {
                    wrong.push((RoundRule::Time, format!("{} arrives late", load.code)));
                }
            }
            for load in stop.on.iter().filter_map(|code| self.loads.get(code)) {
                if !aboard.insert(&load.code) || load.from != stop.place {
                    wrong.push((RoundRule::Order, format!("{} comes on at {}", load.code, stop.place)));
                }
                if leaves < clock(load.ready) + handling {
                    wrong.push((RoundRule::Time, format!("{} is not ready", load.code)));
                }
                if (load.cold && !vehicle.cold) || (load.hazard && !vehicle.hazard) {
                    wrong.push((RoundRule::Kind, format!("{} may not travel on it", load.code)));
                }
            }
            let all = || aboard.iter().filter_map(|code| self.loads.get(*code));
            let carried: [i128; 3] = [
                all().map(|load| i128::from(load.grams)).sum(),
                all().map(|load| i128::from(load.millilitres)).sum(),
                all().map(|load| i128::from(load.micropallets)).sum(),
            ];
            let [grams, millilitres, micropallets] = carried;
            let pallets = vehicle.pallets.is_some_and(|most| micropallets > i128::from(most) * 1_000_000);
            if grams > i128::from(vehicle.kg) * 1_000
                || millilitres > i128::from(vehicle.litre) * 1_000
                || pallets
            {
                wrong.push((RoundRule::Capacity, format!("it leaves {} with {carried:?}", stop.place)));
            }
            (here, since) = (&stop.place, leaves);
        }
        if !aboard.is_empty() {
            wrong.push((RoundRule::Order, format!("{aboard:?} never come off")));
        }
        match self.minutes(here, &tour.home) {
            Some(minutes) if clock(tour.back) == since + minutes => sum += minutes,
            way => wrong.push((RoundRule::Way, format!("it is back from {here} in {way:?} minutes"))),
        }
        if sum != tour.minutes || tour.stops.len() < 2 {
            wrong.push((RoundRule::Sums, format!("{sum} minutes, not {}", tour.minutes)));
        }
        if clock(tour.back) - clock(tour.leaves) > i64::from(self.problem.duty_minutes) {
            wrong.push((RoundRule::Duty, "it takes longer than a driver may be on duty".into()));
        }
        if tour.leaves < self.problem.now || vehicle.out_until.is_some_and(|until| tour.leaves < until) {
            wrong.push((RoundRule::Vehicle, "it is not in service then".into()));
        }
        wrong.into_iter().for_each(|(rule, what)| self.say(rule, format!("{name}: {what}")));
    }

    /// No vehicle drives two tours at a time.
    fn vehicles(&mut self, plan: &RoundPlan) {
        for (number, tour) in plan.tours.iter().enumerate() {
            for other in plan.tours.iter().skip(number + 1).filter(|other| other.vehicle == tour.vehicle) {
                if tour.leaves < other.back && other.leaves < tour.back {
                    self.say(
                        RoundRule::Vehicle,
                        format!("{} drives two tours on {}", tour.vehicle, tour.leaves.day),
                    );
                }
            }
        }
    }

    /// Every tour is driven by a driver of its own, within the shift.
    fn drivers(&mut self, plan: &RoundPlan) {
        let mut seen = BTreeSet::new();
        for tour in &plan.tours {
            let shift: Option<&Shift> = self.problem.shifts.iter().find(|shift| tour.is_in(shift));
            let within = shift.is_some_and(|shift| {
                shift.starts <= tour.leaves
                    && tour.back <= shift.ends
                    && (1..=shift.drivers).contains(&tour.driver)
            });
            if !within || !seen.insert((&tour.home, tour.shift, tour.driver)) {
                let what = format!(
                    "{} on {}: nobody is left in the shift to drive it",
                    tour.vehicle, tour.leaves.day
                );
                self.say(RoundRule::Duty, what);
            }
        }
    }
}
