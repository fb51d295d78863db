//! Beds and machine hours: known answers, brute force, whole pieces in many random cases, and a checker that finds what is wrong.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test may fail")]

#[path = "support/crews.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod crews;

use crews::{Dice, at, moment, way};
use koinon_core::Day;
use koinon_ledger::fact::Urgency;
use koinon_match::capacity::{Plan, PlanError, Problem, Provider, Request, Why, check, plan};

/// What somebody does to a plan.
type Change = fn(&mut Plan);

fn today() -> Day {
    moment(0, 0).day
}

fn request(id: u32, place: &str, service: &str, count: i64, each: i64, by: i32) -> Request {
    let (place, service) = (at(place), service.parse().unwrap());
    Request { id, place, service, urgency: Urgency::Needed, count, each, by: today().plus(by) }
}

fn provider(code: &str, services: &[&str], per_day: i64) -> Provider {
    let services = services.iter().map(|one| one.parse().unwrap()).collect();
    Provider { code: code.parse().unwrap(), services, per_day, taken: Vec::new() }
}

fn served(problem: &Problem, plan: &Plan) -> [i64; 3] {
    let mut served = [0; 3];
    for booking in &plan.bookings {
        let of = problem.requests.iter().find(|one| one.id == booking.request).unwrap().urgency;
        served[usize::from(of != Urgency::MustHave) + usize::from(of == Urgency::Useful)] += booking.count;
    }
    served
}

/// Two hospitals, two communities.
fn beds() -> Problem {
    Problem {
        today: today(),
        days: 3,
        requests: vec![request(1, "dunes", "surgery", 4, 1, 1), request(2, "heath", "surgery", 4, 1, 9)],
        providers: vec![
            provider("dunes/clinic", &["surgery"], 1),
            provider("hub/hospital", &["surgery", "births"], 2),
        ],
        ways: vec![way("dunes", "hub", 30), way("heath", "hub", 20), way("heath", "dunes", 10)],
    }
}

#[test]
fn beds_are_filled_in_time_and_by_the_near_way() {
    let problem = beds();
    let found = plan(&problem).unwrap();
    // Nine beds in three days for eight people, of which Dunes can use those of two days.
    assert_eq!((served(&problem, &found), found.open.len(), found.is_best()), ([0, 8, 0], 0, true));
    let dunes: i64 =
        found.bookings.iter().filter(|one| one.request == 1).flat_map(|one| &one.days).map(|day| day.1).sum();
    assert_eq!(dunes, 4);
}

#[test]
fn lives_come_first_and_what_is_scarce_is_shared_by_parts() {
    let mut problem = beds();
    problem.days = 1;
    problem.requests[0].urgency = Urgency::MustHave;
    let found = plan(&problem).unwrap();
    assert_eq!(served(&problem, &found), [3, 0, 0]);
    assert_eq!(found.open.iter().map(|open| open.why).collect::<Vec<_>>(), [Why::Full, Why::Full]);
    // Of three beds each of two communities gets its part, though one is much nearer.
    problem.requests[0] = request(1, "dunes", "surgery", 20, 1, 0);
    problem.requests[1] = request(2, "heath", "surgery", 10, 1, 0);
    problem.providers[1].per_day = 14;
    let found = plan(&problem).unwrap();
    let of = |id| found.bookings.iter().filter(|one| one.request == id).map(|one| one.count).sum::<i64>();
    assert_eq!((of(1), of(2)), (10, 5));
}

#[test]
fn what_is_promised_already_is_no_bed_any_more() {
    let mut problem = beds();
    problem.days = 2;
    problem.providers[1].taken = vec![(today().plus(1), 5), (today(), 1)];
    let found = plan(&problem).unwrap();
    // One bed a day at Dunes, and the one that is left of the hub's first day.
    let days: Vec<(String, i64)> = found
        .bookings
        .iter()
        .flat_map(|one| {
            one.days.iter().map(|(day, used)| (format!("{} {}", one.provider, day.since(today())), *used))
        })
        .collect();
    let mut days = days;
    days.sort();
    assert_eq!(
        days,
        [("dunes/clinic 0".into(), 1), ("dunes/clinic 1".into(), 1), ("hub/hospital 0".into(), 1)]
    );
    assert!(found.is_best());
    let mut turned = problem.clone();
    turned.providers[1].taken.reverse();
    assert_eq!(plan(&turned).unwrap().digest, found.digest);
    problem.providers[1].taken[0].0 = today();
    let Err(PlanError::Faults(faults)) = plan(&problem) else { panic!("it cannot be planned") };
    assert_eq!(faults, [format!("hub/hospital: what is taken of {} is listed twice; keep one", today())]);
}

#[test]
fn a_workshop_does_what_lives_depend_on_first_and_leaves_no_day_empty() {
    let mut problem = beds();
    problem.days = 9;
    problem.requests = vec![
        request(1, "dunes", "lathe", 30, 25, 6),
        request(2, "heath", "lathe", 10, 20, 8),
        request(3, "heath", "lathe", 2, 60, 0),
    ];
    problem.requests[1].urgency = Urgency::MustHave;
    problem.providers = vec![provider("hub/shop", &["lathe"], 360)];
    let found = plan(&problem).unwrap();
    let days = |id: u32| -> Vec<(i32, i64)> {
        let of_it = found.bookings.iter().filter(|one| one.request == id);
        of_it.flat_map(|one| &one.days).map(|(day, used)| (day.since(today()), *used)).collect()
    };
    assert_eq!((days(2), days(3)), (vec![(0, 200)], vec![(0, 120)]));
    assert_eq!(days(1), [(0, 40), (1, 360), (2, 350)]);
    // Where lives first would be too late for another, last days decide.
    problem.requests[2].count = 6;
    let found = plan(&problem).unwrap();
    assert!(found.open.is_empty());
    assert_eq!(found.bookings.iter().find(|one| one.request == 3).unwrap().days, [(today(), 360)]);
}

#[test]
fn each_reason_is_said() {
    let mut problem = beds();
    problem.requests = vec![
        request(1, "dunes", "dialysis", 1, 1, 1),
        request(2, "mill", "surgery", 1, 1, 1),
        request(3, "dunes", "surgery", 1, 1, -1),
        request(4, "dunes", "births", 99, 1, 2),
    ];
    let found = plan(&problem).unwrap();
    let why: Vec<(u32, i64, Why)> =
        found.open.iter().map(|open| (open.request, open.count, open.why)).collect();
    assert_eq!(why, [(1, 1, Why::Nobody), (2, 1, Why::NoWay), (3, 1, Why::TooLate), (4, 93, Why::Full)]);
}

#[test]
fn pieces_are_whole_and_may_take_more_than_a_day() {
    let mut problem = beds();
    problem.requests = vec![request(7, "dunes", "surgery", 3, 100, 2)];
    problem.providers =
        vec![provider("dunes/shop", &["surgery"], 70), provider("hub/shop", &["surgery"], 30)];
    let found = plan(&problem).unwrap();
    // 210 minutes here make two; the hub's 90 make none.
    assert_eq!((found.bookings.len(), found.bookings[0].count, found.open[0].count), (1, 2, 1));
    assert_eq!(found.bookings[0].days.iter().map(|day| day.1).sum::<i64>(), 200);
    assert!(!found.is_best() && found.bound < found.cost);
}

#[test]
fn what_the_flow_had_cut_in_pieces_is_made_whole_elsewhere() {
    let mut problem = beds();
    problem.days = 1;
    // The nearest shop is the only one for the first part, and has 40 minutes left then: the flow takes them for the second.
    problem.requests = vec![request(1, "dunes", "lathe", 1, 20, 0), request(2, "dunes", "print", 1, 60, 0)];
    problem.providers =
        vec![provider("dunes/shop", &["lathe", "print"], 60), provider("hub/shop", &["print"], 60)];
    let found = plan(&problem).unwrap();
    let made: Vec<(u32, String, i64)> =
        found.bookings.iter().map(|one| (one.request, one.provider.to_string(), one.count)).collect();
    assert_eq!(made, [(1, "dunes/shop".to_owned(), 1), (2, "hub/shop".to_owned(), 1)]);
    assert_eq!(found.open, []);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let mut problem = beds();
    problem.days = 0;
    problem.requests[1] = request(1, "heath", "surgery", 0, 1, 1);
    problem.providers[0].per_day = -1;
    let Err(PlanError::Faults(faults)) = plan(&problem) else { panic!("it cannot be planned") };
    assert_eq!(
        faults,
        [
            "the number of days is 0; use 1 to 60",
            "request 1: the count is 0; use 1 to 1000000",
            "request 1: the count times what each takes is 0; use 1 to 1000000000",
            "dunes/clinic: the capacity of a day is -1; use 0 to 1000000",
            "request 1 is listed twice; keep one",
        ]
    );
}

fn random(seed: u64, most_each: u64) -> Problem {
    let mut dice = Dice::new(seed);
    let places = ["dunes", "heath", "mill"];
    let mut number = |count: u64| i64::try_from(dice.below(count)).unwrap();
    let mut problem =
        Problem { today: today(), days: u32::try_from(1 + number(2)).unwrap(), ..Problem::default() };
    for id in 0..2 + number(3) {
        let place = places[usize::try_from(number(3)).unwrap()];
        let service = ["surgery", "births"][usize::try_from(number(2)).unwrap()];
        let each = 1 + number(most_each);
        let mut one = request(u32::try_from(id).unwrap(), place, service, 1 + number(3), each, 0);
        one.by = today().plus(i32::try_from(number(3)).unwrap() - 1 + i32::from(most_each > 1));
        one.urgency =
            [Urgency::MustHave, Urgency::Needed, Urgency::Useful][usize::try_from(number(3)).unwrap()];
        problem.requests.push(one);
    }
    for id in 0..=number(2) {
        let home = places[usize::try_from(number(3)).unwrap()];
        let services =
            [&["surgery"][..], &["births"], &["surgery", "births"]][usize::try_from(number(3)).unwrap()];
        let per_day = number(if most_each > 1 { 90 } else { 4 });
        let mut one = provider(&format!("{home}/p-{id}"), services, per_day);
        if number(2) == 0 {
            one.taken.push((today().plus(i32::try_from(number(2)).unwrap()), number(3) * (per_day / 3 + 1)));
        }
        problem.providers.push(one);
    }
    for from in places {
        for to in places.iter().filter(|to| **to != from) {
            if number(5) > 0 {
                problem.ways.push(way(from, to, 10 * (1 + number(9))));
            }
        }
    }
    problem
}

/// The most that can be served, by urgency, every bed tried for every person.
fn best_by_hand(problem: &Problem) -> [i64; 3] {
    fn go(problem: &Problem, people: &[&Request], left: &mut Vec<i64>) -> [i64; 3] {
        let Some((first, rest)) = people.split_first() else { return [0; 3] };
        let mut best = go(problem, rest, left);
        for (at, one) in problem.providers.iter().enumerate() {
            let near = first.place == one.code.home
                || problem.ways.iter().any(|way| way.depot == first.place && way.place == one.code.home);
            for day in 0..problem.days {
                let slot = at * 9 + usize::try_from(day).unwrap();
                let in_time = problem.today.plus(i32::try_from(day).unwrap()) <= first.by;
                if near && in_time && one.services.contains(&first.service) && left[slot] > 0 {
                    left[slot] -= 1;
                    let mut found = go(problem, rest, left);
                    found[usize::from(first.urgency != Urgency::MustHave)
                        + usize::from(first.urgency == Urgency::Useful)] += 1;
                    best = best.max(found);
                    left[slot] += 1;
                }
            }
        }
        best
    }
    let people: Vec<&Request> = problem
        .requests
        .iter()
        .flat_map(|one| std::iter::repeat_n(one, usize::try_from(one.count).unwrap()))
        .collect();
    let day = |day| problem.today.plus(day);
    let rooms = problem.providers.iter().flat_map(|one| {
        (0..9).map(move |after| {
            let taken = one.taken.iter().find(|(taken, _)| *taken == day(after)).map_or(0, |taken| taken.1);
            if taken > one.per_day { 0 } else { one.per_day - taken }
        })
    });
    let mut left: Vec<i64> = rooms.collect();
    go(problem, &people, &mut left)
}

#[test]
fn beds_serve_as_many_as_any_plan_could() {
    let mut all = 0;
    for seed in 0..300 {
        let mut problem = random(seed, 1);
        problem.requests.truncate(3);
        let found = plan(&problem).unwrap();
        assert_eq!(served(&problem, &found), best_by_hand(&problem), "seed {seed}");
        all += served(&problem, &found).iter().sum::<i64>();
    }
    assert!(all > 300, "{all}");
}

#[test]
fn no_day_is_more_than_full_and_the_order_of_lists_does_not_matter() {
    let (mut pieces, mut short) = (0, 0);
    for seed in 0..300 {
        let mut problem = random(seed, 60);
        let found = plan(&problem).unwrap();
        for one in &problem.providers {
            for day in 0..3 {
                let bookings = found.bookings.iter().filter(|booking| booking.provider == one.code);
                let days = bookings.flat_map(|booking| &booking.days);
                let used: i64 = days.filter(|(at, _)| *at == today().plus(day)).map(|(_, used)| used).sum();
                assert!(used <= one.per_day, "seed {seed}");
            }
        }
        pieces += found.bookings.iter().map(|booking| booking.count).sum::<i64>();
        short += usize::from(!found.is_best());
        let mut dice = Dice::new(seed);
        dice.shuffle(&mut problem.requests);
        dice.shuffle(&mut problem.providers);
        dice.shuffle(&mut problem.ways);
        assert_eq!(plan(&problem).unwrap(), found, "seed {seed}");
        assert_eq!(check(&problem, &found), []);
    }
    assert!(pieces > 300 && short > 10, "{pieces} {short}");
}

#[test]
fn whatever_is_changed_in_a_plan_the_checker_finds_it() {
    let mut problem = beds();
    problem.requests[0].count = 9;
    let good = plan(&problem).unwrap();
    let changes: [(&str, Change); 10] = [
        ("Inputs", |p| p.inputs.0[0] ^= 1),
        ("Known", |p| p.bookings[0].request = 77),
        ("Known", |p| p.bookings.push(p.bookings[0].clone())),
        ("Able", |p| p.bookings[0].minutes += 1),
        ("Days", |p| p.bookings[0].days[0].0 = today().plus(7)),
        ("Full", |p| p.bookings[0].days[0].1 += 5),
        ("AddsUp", |p| p.open[0].count -= 1),
        ("Bound", |p| p.cost -= 1),
        ("Bound", |p| p.bound -= 1),
        ("Bound", |p| p.prices[0] += 1),
    ];
    for (rule, change) in changes {
        let mut bad = good.clone();
        change(&mut bad);
        if rule != "Inputs" {
            bad.digest = bad.content_digest();
        }
        let found = check(&problem, &bad);
        assert!(found.iter().any(|one| format!("{:?}", one.rule) == rule), "{rule}: {found:?}");
    }
}
