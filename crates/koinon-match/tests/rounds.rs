//! Laws of tours, on small random regions, and against every order in which anything could be driven.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test may fail")]

use std::collections::BTreeMap;

use koinon_core::Day;
use koinon_ledger::fact::Urgency;
use koinon_match::Moment;
use koinon_match::rounds::{LeftWhy, Load, RoundPlan, RoundRule, Rounds, Shift, Vehicle, WayOf, check, plan};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

const TODAY: Day = Day(20_000);
const PLACES: [&str; 5] = ["a", "b", "c", "d", "h"];

fn at(minute: i64) -> Moment {
    let day = TODAY.plus(i32::try_from(minute / 1_440).unwrap());
    Moment { day, minute: u16::try_from(minute % 1_440).unwrap() }
}

fn minutes(moment: Moment) -> i64 {
    moment.minutes_from(TODAY)
}

/// A load of some tonnes that may be fetched and brought at any time of two days.
fn load(code: &str, from: &str, to: &str, tonnes: i64) -> Load {
    Load {
        code: code.parse().unwrap(),
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        item: "rice".parse().unwrap(),
        amount: tonnes * 1_000_000,
        grams: tonnes * 1_000_000,
        millilitres: tonnes * 1_000_000,
        micropallets: tonnes * 1_000_000,
        cold: false,
        hazard: false,
        urgency: None,
        ready: at(0),
        due: at(2_879),
    }
}

fn vehicle(code: &str, home: &str, tonnes: i64) -> Vehicle {
    Vehicle {
        code: code.parse().unwrap(),
        home: home.parse().unwrap(),
        kg: tonnes * 1_000,
        litre: tonnes * 1_000,
        pallets: None,
        cold: false,
        hazard: false,
        out_until: None,
    }
}

fn shift(place: &str, starts: i64, ends: i64, drivers: u32) -> Shift {
    Shift { place: place.parse().unwrap(), starts: at(starts), ends: at(ends), drivers }
}

/// Ways both ways.
fn road(from: &str, to: &str, minutes: i64) -> [WayOf; 2] {
    let way = |from: &str, to: &str| WayOf { from: from.parse().unwrap(), to: to.parse().unwrap(), minutes };
    [way(from, to), way(to, from)]
}

/// A hub with three sites on roads of half an hour, one lorry of ten tonnes, one driver from six to six.
fn three_sites() -> Rounds {
    Rounds {
        now: at(0),
        loads: vec![load("l-1", "h", "a", 4), load("l-2", "h", "b", 4), load("l-3", "h", "c", 4)],
        vehicles: vec![vehicle("lorry", "h", 10)],
        shifts: vec![shift("h", 360, 1_080, 1)],
        ways: [
            road("h", "a", 30),
            road("h", "b", 30),
            road("h", "c", 30),
            road("a", "b", 10),
            road("b", "c", 10),
        ]
        .concat(),
        handling_minutes: 15,
        duty_minutes: 720,
    }
}

#[test]
fn a_milk_run_serves_what_fits_on_one_trip_and_loads_again_for_the_rest() {
    let found = plan(&three_sites()).unwrap();
    assert_eq!((found.tours.len(), found.left.len()), (1, 0));
    // Two sites on one trip: 15 + 30 + 15 + 10 + 15 + 30; one on the other: 15 + 30 + 15 + 30.
    assert_eq!((found.minutes, found.proven), (205, true));
    assert_eq!(found.bound.minutes, Some(205));
    let tour = &found.tours[0];
    assert_eq!((minutes(tour.leaves), minutes(tour.back)), (360, 565));
    assert_eq!(tour.stops.len(), 5);
}

#[test]
fn what_is_collected_comes_to_the_hub_on_as_few_minutes() {
    let mut question = three_sites();
    for load in &mut question.loads {
        std::mem::swap(&mut load.from, &mut load.to);
    }
    let found = plan(&question).unwrap();
    assert_eq!((found.minutes, found.proven, found.left.len()), (205, true, 0));
}

#[test]
fn what_is_not_ready_is_not_waited_for_on_the_road() {
    let mut question = three_sites();
    question.loads.iter_mut().for_each(|load| load.ready = at(600));
    let tour = plan(&question).unwrap().tours.remove(0);
    assert_eq!((minutes(tour.leaves), minutes(tour.back)), (600, 805));
}

#[test]
fn every_load_that_is_left_has_its_reason() {
    type Plant = fn(&mut Rounds);
    let cases: &[(Plant, LeftWhy)] = &[
        (|q| q.vehicles.clear(), LeftWhy::NoVehicle),
        (|q| q.loads[0].cold = true, LeftWhy::NothingCold),
        (|q| q.loads[0].hazard = true, LeftWhy::NothingSafe),
        (|q| q.loads[0].grams = 10_000_001, LeftWhy::TooHeavy),
        (|q| q.loads[0].millilitres = 10_000_001, LeftWhy::TooBulky),
        (|q| q.vehicles[0].pallets = Some(3), LeftWhy::TooManyPallets),
        (|q| q.loads[0].to = "nowhere".parse().unwrap(), LeftWhy::NoWay),
        (|q| q.shifts.clear(), LeftWhy::NoDriver),
        (|q| q.shifts[0].drivers = 0, LeftWhy::NoDriver),
        (|q| q.loads[0].ready = at(1_440), LeftWhy::NoDriver),
        (|q| q.vehicles[0].out_until = Some(at(1_440)), LeftWhy::OutOfService),
        (|q| q.duty_minutes = 89, LeftWhy::TooFar),
        (|q| q.shifts[0].ends = at(449), LeftWhy::TooFar),
        (|q| q.loads[0].due = at(404), LeftWhy::TooLate),
        (|q| q.shifts[0].ends = at(450), LeftWhy::Taken),
    ];
    for (number, (plant, why)) in cases.iter().enumerate() {
        let mut question = three_sites();
        plant(&mut question);
        let found = plan(&question).unwrap();
        let left: BTreeMap<&str, LeftWhy> = found.left.iter().map(|l| (l.load.as_str(), l.why)).collect();
        assert!(left.values().any(|found| found == why), "{number}: {why:?} is not among {left:?}");
    }
}

#[test]
fn lives_come_first() {
    let mut question = three_sites();
    // Time for one trip only, and the load for life fills the lorry.
    question.shifts[0].ends = at(500);
    question.loads[2].grams = 10_000_000;
    question.loads[2].urgency = Some(Urgency::MustHave);
    let found = plan(&question).unwrap();
    let left: Vec<&str> = found.left.iter().map(|left| left.load.as_str()).collect();
    assert_eq!(left, ["l-1", "l-2"]);
    // Without it two loads are more than one.
    question.loads[2].urgency = Some(Urgency::Needed);
    assert_eq!(plan(&question).unwrap().left.len(), 1);
}

#[test]
fn a_load_for_which_no_vehicle_is_large_enough_is_cut_into_equal_parts() {
    let parts = load("l", "h", "a", 25).parts(&[vehicle("small", "h", 4), vehicle("large", "h", 10)]);
    let grams: Vec<i64> = parts.iter().map(|part| part.grams).collect();
    assert_eq!(grams, [8_333_333, 8_333_333, 8_333_334]);
    assert_eq!(parts.iter().map(|part| part.amount).sum::<i64>(), 25_000_000);
    assert_eq!(parts[2].code.as_str(), "l-3");
    let whole = load("l", "h", "a", 10);
    assert_eq!(whole.parts(&[vehicle("large", "h", 10)]), std::slice::from_ref(&whole));
    assert_eq!(whole.parts(&[]), std::slice::from_ref(&whole));
}

#[test]
fn bad_questions_are_answered_with_every_fault() {
    let mut question = three_sites();
    question.loads[1].code = "l-1".parse().unwrap();
    question.loads[2].to = "h".parse().unwrap();
    question.loads[0].grams = -1;
    question.vehicles[0].kg = i64::MAX;
    question.shifts[0].ends = at(0);
    question.ways[0].minutes = 0;
    question.duty_minutes = 0;
    question.handling_minutes = 2_000;
    let told: Vec<String> = question.faults().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 8, "{told:#?}");
    assert!(plan(&question).is_err());
}

prop_compose! {
    /// Small regions: loads between any places or from one hub, two lorries, shifts on two days.
    fn questions(most: usize)(
        hub in any::<bool>(),
        legs in prop::collection::vec((0usize..5, 0usize..5, 1i64..120), 5..14),
        loads in prop::collection::vec(
            (0usize..5, 0usize..5, 1i64..9, (any::<bool>(), any::<bool>(), 0usize..4), (0i64..900, 300i64..2_000)), most / 2..=most),
        vehicles in prop::collection::vec((3usize..5, 3i64..12, prop::option::of(2i64..12), (any::<bool>(), any::<bool>()), prop::option::of(0i64..300)), 1..3),
        shifts in prop::collection::vec((3usize..5, 0i64..600, 100i64..500, 0u32..3), 1..3),
        handling in 0u32..40, duty in 100u32..900,
    ) -> Rounds {
        let mut ways: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        for (from, to, minutes) in legs.into_iter().filter(|(from, to, _)| from != to) {
            ways.insert((from, to), minutes);
            ways.entry((to, from)).or_insert(minutes + 3);
        }
        let ways = ways.into_iter().map(|((from, to), minutes)| WayOf {
            from: PLACES[from].parse().unwrap(), to: PLACES[to].parse().unwrap(), minutes,
        });
        let mut question = Rounds { now: at(30), handling_minutes: handling, duty_minutes: duty, ways: ways.collect(), ..Rounds::default() };
        for (number, (from, to, tonnes, (cold, hazard, urgency), (ready, late))) in loads.into_iter().enumerate() {
            let from = if hub { 4 } else { from };
            if from == to { continue; }
            let urgency = [None, Some(Urgency::MustHave), Some(Urgency::Needed), Some(Urgency::Useful)][urgency];
            question.loads.push(Load {
                cold: cold && tonnes > 5, hazard: hazard && tonnes < 4, urgency, ready: at(ready), due: at(ready + late),
                ..load(&format!("l-{number}"), PLACES[from], PLACES[to], tonnes)
            });
        }
        for (number, (home, tonnes, pallets, (cold, hazard), out)) in vehicles.into_iter().enumerate() {
            let home = if hub { 4 } else { home };
            question.vehicles.push(Vehicle {
                pallets, cold, hazard, out_until: out.map(at), ..vehicle(&format!("v-{number}"), PLACES[home], tonnes)
            });
        }
        for (number, (home, starts, long, drivers)) in shifts.into_iter().enumerate() {
            // One shift a day, so that the vehicles of a place have one after the other.
            let starts = i64::try_from(number).unwrap() * 1_440 + starts;
            let home = if hub { 4 } else { home };
            question.shifts.push(shift(PLACES[home], starts, starts + long, drivers));
        }
        question
    }
}

fn shuffle<T>(list: &mut [T], swaps: &[(Index, Index)]) {
    if !list.is_empty() {
        swaps.iter().for_each(|(a, b)| list.swap(a.index(list.len()), b.index(list.len())));
    }
}

/// How good a plan is: loads for life, loads, and few minutes.
fn rank(question: &Rounds, found: &RoundPlan) -> (usize, usize, i64) {
    let left = |life: bool| {
        let is = |code| question.loads.iter().any(|load| load.code == code && (!life || load.is_for_life()));
        found.left.iter().filter(|left| is(left.load.clone())).count()
    };
    let life = question.loads.iter().filter(|load| load.is_for_life()).count();
    (life - left(true), question.loads.len() - left(false), -found.minutes)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_passes_its_checker_and_beats_no_bound(question in questions(9)) {
        // `plan` fails when the checker refuses.
        let found = plan(&question).unwrap();
        prop_assert_eq!(check(&question, &found), vec![]);
        prop_assert_eq!(found.left.len() + found.tours.iter().flat_map(|t| &t.stops).map(|s| s.on.len()).sum::<usize>(), question.loads.len());
    }

    #[test]
    fn the_order_of_the_lists_is_nothing(question in questions(9), swaps in prop::collection::vec(any::<(Index, Index)>(), 12)) {
        let mut mixed = question.clone();
        shuffle(&mut mixed.loads, &swaps);
        shuffle(&mut mixed.vehicles, &swaps);
        shuffle(&mut mixed.shifts, &swaps);
        shuffle(&mut mixed.ways, &swaps);
        let (one, other) = (plan(&question).unwrap(), plan(&mixed).unwrap());
        prop_assert_eq!(one.digest, other.digest);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn no_plan_is_better_than_one_that_is_proven_or_than_its_bound(question in questions(5)) {
        let found = plan(&question).unwrap();
        let best = Brute::new(&question).best();
        let ours = rank(&question, &found);
        prop_assert!(ours <= best, "{:?} beats every plan there is, {:?}", ours, best);
        prop_assert!(best.0 <= found.bound.life && best.1 <= found.bound.loads);
        if found.proven {
            prop_assert_eq!(ours, best);
        }
        if let Some(least) = found.bound.minutes.filter(|_| (best.0, best.1) == (ours.0, ours.1) && found.left.is_empty()) {
            prop_assert!(least <= -best.2, "{} minutes are no bound, {} are enough", least, -best.2);
        }
    }
}

#[test]
fn the_search_finds_the_best_plan_of_small_regions() {
    let mut runner = TestRunner::deterministic();
    let (mut equal, mut proven, mut left, cases) = (0, 0, 0, 400);
    for _ in 0..cases {
        let question = questions(5).new_tree(&mut runner).unwrap().current();
        let found = plan(&question).unwrap();
        equal += i32::from(rank(&question, &found) == Brute::new(&question).best());
        proven += i32::from(found.proven && !found.tours.is_empty());
        left += i32::from(found.left.iter().any(|left| left.why == LeftWhy::Taken));
    }
    assert!(equal >= cases - 2, "{equal} of {cases} are the best");
    assert!(
        proven > 40 && left > 5,
        "{equal} the best, {proven} proven, {left} with a load that finds no room: too easy"
    );
}

/// A load, and whether it comes on or off.
type Call = (usize, bool);

/// Every plan there is, for shifts that do not overlap.
struct Brute<'a> {
    question: &'a Rounds,
    ways: BTreeMap<(String, String), i64>,
}

impl<'a> Brute<'a> {
    fn new(question: &'a Rounds) -> Self {
        let mut ways: BTreeMap<(String, String), i64> = BTreeMap::new();
        for way in &question.ways {
            ways.insert((way.from.to_string(), way.to.to_string()), way.minutes);
        }
        for _ in 0..5 {
            for ((a, b), first) in ways.clone() {
                for ((c, d), second) in ways.clone() {
                    if b == c && a != d {
                        let known = ways.entry((a.clone(), d)).or_insert(first + second);
                        *known = (first + second).min(*known);
                    }
                }
            }
        }
        Self { question, ways }
    }

    fn way(&self, from: &str, to: &str) -> Option<i64> {
        if from == to { Some(0) } else { self.ways.get(&(from.to_owned(), to.to_owned())).copied() }
    }

    /// The end of a tour that starts at a minute, and its minutes without waiting.
    fn drive(&self, calls: &[(usize, bool)], vehicle: &Vehicle, start: i64) -> Option<(i64, i64)> {
        let handling = i64::from(self.question.handling_minutes);
        let (mut here, mut now, mut sum) = (vehicle.home.as_str(), start, 0);
        let (mut grams, mut pallets) = (0, 0);
        let mut number = 0;
        while number < calls.len() {
            let place = |(load, on): (usize, bool)| {
                let load = &self.question.loads[load];
                if on { load.from.as_str() } else { load.to.as_str() }
            };
            let there = place(calls[number]);
            let way = self.way(here, there)?;
            (now, sum) = (now + way, sum + way + handling);
            let arrived = now;
            while number < calls.len() && place(calls[number]) == there {
                let load = &self.question.loads[calls[number].0];
                if calls[number].1 {
                    now = now.max(minutes(load.ready));
                    (grams, pallets) = (grams + load.grams, pallets + load.micropallets);
                } else {
                    if arrived > minutes(load.due) {
                        return None;
                    }
                    (grams, pallets) = (grams - load.grams, pallets - load.micropallets);
                }
                number += 1;
            }
            if grams > vehicle.kg * 1_000 || vehicle.pallets.is_some_and(|most| pallets > most * 1_000_000) {
                return None;
            }
            (here, now) = (there, now + handling);
        }
        let way = self.way(here, vehicle.home.as_str())?;
        Some((now + way, sum + way))
    }

    /// The fewest minutes in which a vehicle brings some loads in a shift.
    fn fewest(&self, loads: &[usize], vehicle: &Vehicle, shift: &Shift) -> Option<i64> {
        let kinds = loads.iter().all(|load| {
            let load = &self.question.loads[*load];
            (vehicle.cold || !load.cold) && (vehicle.hazard || !load.hazard)
        });
        let first = [Some(shift.starts), vehicle.out_until, Some(self.question.now)];
        let first = first.into_iter().flatten().map(minutes).max()?;
        if !kinds || first >= minutes(shift.ends) {
            return None;
        }
        let mut best = None;
        Self::orders(&mut Vec::new(), loads, &mut |calls| {
            let Some((end, sum)) = self.drive(calls, vehicle, first) else { return };
            if end > minutes(shift.ends) || best.is_some_and(|best| best <= sum) {
                return;
            }
            // The last start that ends as early.
            let (mut yes, mut no) = (first, end + 1);
            while no - yes > 1 {
                let middle = i64::midpoint(yes, no);
                if self.drive(calls, vehicle, middle).is_some_and(|(later, _)| later == end) {
                    yes = middle;
                } else {
                    no = middle;
                }
            }
            if end - yes <= i64::from(self.question.duty_minutes) {
                best = Some(sum);
            }
        });
        best
    }

    /// Calls back with every order of calls in which each load comes on before it comes off.
    fn orders(calls: &mut Vec<Call>, loads: &[usize], told: &mut dyn FnMut(&[Call])) {
        if calls.len() == 2 * loads.len() {
            told(calls);
            return;
        }
        for load in loads {
            let (on, off) = ((*load, true), (*load, false));
            let next = if !calls.contains(&on) {
                on
            } else if !calls.contains(&off) {
                off
            } else {
                continue;
            };
            calls.push(next);
            Self::orders(calls, loads, told);
            calls.pop();
        }
    }

    /// The best rank of all plans.
    fn best(&self) -> (usize, usize, i64) {
        let count = self.question.loads.len();
        let mut pairs: Vec<(usize, Vec<Option<i64>>)> = Vec::new();
        for (number, shift) in self.question.shifts.iter().enumerate() {
            for vehicle in self.question.vehicles.iter().filter(|vehicle| vehicle.home == shift.place) {
                let fewest = (0..1_usize << count).map(|set| {
                    let loads: Vec<usize> = (0..count).filter(|load| set >> load & 1 == 1).collect();
                    if loads.is_empty() { Some(0) } else { self.fewest(&loads, vehicle, shift) }
                });
                pairs.push((number, fewest.collect()));
            }
        }
        let mut best = (0, 0, 0);
        self.share(&pairs, (1 << count) - 1, &mut vec![0; self.question.shifts.len()], (0, 0, 0), &mut best);
        best
    }

    fn share(
        &self,
        pairs: &[(usize, Vec<Option<i64>>)],
        open: usize,
        driving: &mut Vec<u32>,
        so_far: (usize, usize, i64),
        best: &mut (usize, usize, i64),
    ) {
        *best = so_far.max(*best);
        let Some(((shift, fewest), rest)) = pairs.split_first() else { return };
        let mut set = open;
        loop {
            let some = set != 0;
            let driven = !some || driving[*shift] < self.question.shifts[*shift].drivers;
            if let Some(minutes) = fewest[set].filter(|_| driven) {
                let life = self.question.loads.iter().enumerate();
                let life = life.filter(|(number, load)| set >> number & 1 == 1 && load.is_for_life()).count();
                driving[*shift] += u32::from(some);
                let now = (
                    so_far.0 + life,
                    so_far.1 + usize::try_from(set.count_ones()).unwrap(),
                    so_far.2 - minutes,
                );
                self.share(rest, open ^ set, driving, now, best);
                driving[*shift] -= u32::from(some);
            }
            if set == 0 {
                return;
            }
            set = (set - 1) & open;
        }
    }
}

#[test]
fn the_checker_sees_every_planted_fault() {
    type Plant = fn(&mut Rounds, &mut RoundPlan);
    let plants: &[(RoundRule, Plant)] = &[
        (RoundRule::Inputs, |q, _| q.handling_minutes += 1),
        (RoundRule::Inputs, |_, p| p.tours[0].driver = 2),
        (RoundRule::Loads, |_, p| p.tours[0].stops[0].on.clear()),
        (RoundRule::Loads, |_, p| {
            p.left.push(koinon_match::rounds::Left { load: "l-1".parse().unwrap(), why: LeftWhy::Taken });
        }),
        (RoundRule::Loads, |_, p| p.tours.clear()),
        (RoundRule::Order, |_, p| p.tours[0].stops.reverse()),
        (RoundRule::Order, |_, p| p.tours[0].stops[1].off.clear()),
        (RoundRule::Time, |q, _| q.loads.iter_mut().for_each(|load| load.due = at(300))),
        (RoundRule::Time, |q, _| q.loads.iter_mut().for_each(|load| load.ready = at(2_000))),
        (RoundRule::Way, |q, _| q.ways.clear()),
        (RoundRule::Way, |_, p| p.tours[0].stops[1].arrives = at(0)),
        (RoundRule::Way, |_, p| p.tours[0].back = at(2_000)),
        (RoundRule::Capacity, |q, _| q.vehicles[0].kg = 1),
        (RoundRule::Capacity, |q, _| q.vehicles[0].litre = 1),
        (RoundRule::Capacity, |q, _| q.vehicles[0].pallets = Some(1)),
        (RoundRule::Kind, |q, _| q.loads[0].cold = true),
        (RoundRule::Kind, |q, _| q.loads[0].hazard = true),
        (RoundRule::Vehicle, |q, _| q.vehicles[0].out_until = Some(at(361))),
        (RoundRule::Vehicle, |q, _| q.vehicles[0].home = "a".parse().unwrap()),
        (RoundRule::Vehicle, |_, p| p.tours.push(p.tours[0].clone())),
        (RoundRule::Vehicle, |q, _| q.now = at(361)),
        (RoundRule::Duty, |q, _| q.duty_minutes = 100),
        (RoundRule::Duty, |q, _| q.shifts[0].drivers = 0),
        (RoundRule::Duty, |q, _| q.shifts[0].ends = at(400)),
        (RoundRule::Sums, |_, p| p.minutes -= 1),
        (RoundRule::Sums, |_, p| p.bound.loads = 1),
        (RoundRule::Sums, |_, p| p.bound.minutes = Some(206)),
        (RoundRule::Sums, |_, p| p.proven = false),
    ];
    for (number, (rule, plant)) in plants.iter().enumerate() {
        let mut question = three_sites();
        let mut found = plan(&question).unwrap();
        plant(&mut question, &mut found);
        let seen = check(&question, &found);
        assert!(
            seen.iter().any(|violation| violation.rule == *rule),
            "{number}: {rule:?} not among {seen:?}"
        );
    }
}
