//! Vehicle routing: named cases, refusals in words, and one plan whose bytes are fixed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a failed test")]

use koinon_flow::route::{
    CheckError, EXACT_STOPS, Effort, Fleet, MAX_AMOUNT, MAX_LEG, MAX_STOPS, NoPlan, Plan, Problem, Stop,
    UNREACHABLE, check, solve,
};

fn stop(id: u64, kg: i64) -> Stop {
    Stop { id, demand: [kg, 0, 0], service: 0 }
}

fn carries(kg: i64) -> Fleet {
    Fleet { capacity: [kg, 0, 0], ..Fleet::default() }
}

/// Places on a road, the depot at 0: legs are differences.
fn road(at: &[i64]) -> Vec<Vec<i64>> {
    let places: Vec<i64> = std::iter::once(0).chain(at.iter().copied()).collect();
    places.iter().map(|a| places.iter().map(|b| (a - b).abs()).collect()).collect()
}

/// Stops strewn over a square by a plain congruential generator, with demands from 1 to 40.
fn strewn(count: usize) -> (Vec<Stop>, Vec<Vec<i64>>) {
    let mut state = 12_345_u64;
    let mut number = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % below).unwrap()
    };
    let places: Vec<(i64, i64)> = (0..=count).map(|_| (number(1_000), number(1_000))).collect();
    let stops = (0..count).map(|index| stop(1_000 - u64::try_from(index).unwrap(), 1 + number(40))).collect();
    let leg = |a: &(i64, i64), b: &(i64, i64)| ((a.0 - b.0).pow(2) + (a.1 - b.1).pow(2)).isqrt();
    (stops, places.iter().map(|a| places.iter().map(|b| leg(a, b)).collect()).collect())
}

#[test]
fn the_smallest_problems_have_plans() {
    let none = Problem::new(vec![], &[vec![0]], Fleet::default()).unwrap();
    assert_eq!(solve(&none, Effort::default()), Ok(Plan { proven: true, ..Plan::default() }));
    let one = Problem::new(vec![stop(3, 0)], &road(&[7]), Fleet::default()).unwrap();
    assert_eq!(
        solve(&one, Effort::default()).unwrap(),
        Plan { trips: vec![vec![3]], cost: 14, proven: true }
    );
}

#[test]
fn loads_times_and_trips_are_kept() {
    let (near, far) = (stop(1, 4), stop(2, 4));
    let both = vec![near, far, stop(3, 4)];
    let plan = |fleet: Fleet| {
        solve(&Problem::new(both.clone(), &road(&[-5, 8, 9]), fleet).unwrap(), Effort::default())
    };
    // A straight road costs the same in one trip as in one for each side.
    assert_eq!(plan(carries(12)).unwrap().cost, 28);
    assert_eq!(plan(carries(8)).unwrap().trips, [vec![1], vec![2, 3]]);
    assert_eq!(plan(carries(4)).unwrap().cost, 10 + 16 + 18);
    let short = Fleet { duration: Some(18), ..carries(12) };
    assert_eq!(plan(short).unwrap().trips, [vec![1], vec![2, 3]]);
    let one = Fleet { trips: Some(1), ..carries(12) };
    assert_eq!(plan(one).unwrap().trips.len(), 1);
    let torn = Fleet { trips: Some(1), duration: Some(27), ..carries(12) };
    assert_eq!(plan(torn), Err(NoPlan::Impossible { stops: 3, trips: 1 }));
    // Litres bind where kilograms do not.
    let bulky = Stop { demand: [1, 60, 0], ..near };
    let fleet = Fleet { capacity: [9, 100, 0], ..Fleet::default() };
    let problem = Problem::new(vec![bulky, Stop { id: 2, ..bulky }], &road(&[5, 6]), fleet).unwrap();
    assert_eq!(solve(&problem, Effort::default()).unwrap().trips, [vec![1], vec![2]]);
}

#[test]
fn one_way_legs_are_driven_the_cheap_way_round() {
    // Around the ring 0-1-2-3-0 each leg costs 1 and backward 10.
    let ring: Vec<Vec<i64>> =
        (0..4_i64).map(|a| (0..4_i64).map(|b| if (a + 1) % 4 == b { 1 } else { 10 }).collect()).collect();
    let problem = Problem::new((1..4).map(|id| stop(id, 1)).collect(), &ring, carries(3)).unwrap();
    assert_eq!(
        solve(&problem, Effort::default()).unwrap(),
        Plan { trips: vec![vec![1, 2, 3]], cost: 4, proven: true }
    );
}

#[test]
fn every_fault_is_told_with_its_place_and_remedy() {
    let bad = vec![stop(1, -3), stop(2, MAX_AMOUNT), stop(1, 6), Stop { service: -1, ..stop(4, 1) }];
    let mut matrix = road(&[1, 2, 3, 4]);
    (matrix[0][3], matrix[2][1], matrix[4][2]) = (-7, MAX_LEG, UNREACHABLE);
    matrix[3].pop();
    let fleet = Fleet { capacity: [5, -1, MAX_AMOUNT], trips: Some(9), duration: Some(-4) };
    let faults = Problem::new(bad, &matrix, fleet).unwrap_err();
    let expected = [
        "the vehicle carries -1 litres",
        "the vehicle carries 1099511627776 pallets: use 0 or more",
        "a trip may last -4",
        "stop 1 wants -3 kg",
        "stop 2 wants 1099511627776 kg",
        "stop 1 is given twice: join the two",
        "stop 1 wants 6 kg, a vehicle carries 5: split the stop in parts",
        "stop 4 takes -1 of time",
        "the leg from the depot to stop 1 is -7",
        "the leg from stop 2 to stop 1 is 2147483648",
        "row 3 of the matrix (stop 1) has 4 entries: give 5",
        "no way is known from stop 4 to stop 2: give the shortest way over other places",
    ];
    let found: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "`{found}` should say `{expected}`");
    }
    let told = |stops: Vec<Stop>, matrix: &[Vec<i64>], fleet| {
        Problem::new(stops, matrix, fleet).unwrap_err().to_string()
    };
    assert!(
        told(vec![stop(1, 1)], &road(&[]), carries(1))
            .contains("1 rows for a depot and 1 stops: give 2 rows")
    );
    let far = Fleet { duration: Some(9), ..carries(1) };
    assert!(
        told(vec![stop(8, 1)], &road(&[5]), far)
            .contains("stop 8 takes 10 there and back, a trip may last 9")
    );
    let few = Fleet { trips: Some(1), ..carries(3) };
    let said = told(vec![stop(1, 2), stop(2, 2)], &road(&[1, 2]), few);
    assert!(said.contains("the stops want 4 kg, 1 trips carry 3: allow at least 2 trips"), "{said}");
    let none = Fleet { trips: Some(0), ..carries(3) };
    assert!(told(vec![stop(1, 0)], &road(&[1]), none).contains("allow at least 1 trips"));
    let many = (0..).take(MAX_STOPS + 1).map(|id| stop(id, 0)).collect();
    assert!(told(many, &[], carries(1)).contains("split them by district"));
    let wrong = vec![vec![-1; 40]; 40];
    let faults = Problem::new((1..40).map(|id| stop(id, 0)).collect(), &wrong, carries(1)).unwrap_err();
    assert_eq!(faults.0.len(), 100, "the list of faults has an end");
}

#[test]
fn a_false_plan_is_refused() {
    let problem = Problem::new(
        vec![stop(1, 2), stop(2, 2), stop(3, 2)],
        &road(&[1, 2, 3]),
        Fleet { trips: Some(2), duration: Some(7), ..carries(4) },
    )
    .unwrap();
    let plan = |trips: &[&[u64]], cost| Plan {
        trips: trips.iter().map(|trip| trip.to_vec()).collect(),
        cost,
        proven: false,
    };
    assert_eq!(check(&problem, &plan(&[&[1], &[2, 3]], 8)), Ok(()));
    let refused = [
        (plan(&[&[1], &[2, 3]], 7), CheckError::Cost { stated: 7, found: 8 }),
        (plan(&[&[1], &[2]], 6), CheckError::Missing { id: 3 }),
        (plan(&[&[1, 2], &[3, 1]], 0), CheckError::Again { trip: 1, id: 1 }),
        (plan(&[&[1], &[2, 9]], 0), CheckError::Unknown { trip: 1, id: 9 }),
        (plan(&[&[1, 2, 3]], 6), CheckError::Overloaded { trip: 0, unit: "kg", load: 6, capacity: 4 }),
        (plan(&[&[3, 1], &[2]], 0), CheckError::Cost { stated: 0, found: 10 }),
        (plan(&[&[1], &[]], 0), CheckError::Empty { trip: 1 }),
        (plan(&[&[1], &[2], &[3]], 12), CheckError::TooManyTrips { found: 3, limit: 2 }),
    ];
    for (plan, error) in refused {
        assert_eq!(check(&problem, &plan), Err(error));
    }
    let hurried = Problem::new(
        vec![Stop { service: 2, ..stop(1, 1) }, stop(2, 1)],
        &road(&[2, -1]),
        Fleet { duration: Some(6), ..carries(4) },
    )
    .unwrap();
    let late = CheckError::TooLong { trip: 0, duration: 8, limit: 6 };
    assert_eq!(check(&hurried, &plan(&[&[1, 2]], 6)), Err(late));
}

#[test]
fn a_long_search_is_the_same_whatever_the_order_of_the_stops() {
    let (stops, matrix) = strewn(60);
    let effort = Effort { iterations: 150, seed: 5 };
    let problem = Problem::new(stops.clone(), &matrix, carries(100)).unwrap();
    let plan = solve(&problem, effort).unwrap();
    assert_eq!(solve(&problem, effort).unwrap(), plan);
    // Every seventh stop first, and so on round.
    let order: Vec<usize> = (0..60).map(|index| index * 7 % 60).collect();
    let rows: Vec<usize> = std::iter::once(0).chain(order.iter().map(|index| index + 1)).collect();
    let shuffled: Vec<Stop> = order.iter().map(|&index| stops[index]).collect();
    let turned: Vec<Vec<i64>> = rows.iter().map(|&a| rows.iter().map(|&b| matrix[a][b]).collect()).collect();
    let same = Problem::new(shuffled, &turned, carries(100)).unwrap();
    assert_eq!(solve(&same, effort).unwrap(), plan);
    // The bytes of this plan, on every machine: FNV-1a over ids and trip ends.
    let print = plan
        .trips
        .iter()
        .flat_map(|trip| trip.iter().copied().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, id| (hash ^ id).wrapping_mul(0x0100_0000_01b3));
    assert_eq!((plan.cost, print), (17_033, 18_289_399_906_480_723_301));
}

#[test]
fn a_search_without_iterations_gives_the_plan_by_savings() {
    let (stops, matrix) = strewn(40);
    let problem = Problem::new(stops, &matrix, carries(80)).unwrap();
    let plan = solve(&problem, Effort { iterations: 0, seed: 1 }).unwrap();
    assert_eq!(check(&problem, &plan), Ok(()));
    let longer = solve(&problem, Effort { iterations: 50, seed: 1 }).unwrap();
    assert!(longer.cost < plan.cost && !longer.proven, "{} is not below {}", longer.cost, plan.cost);
    let (stops, matrix) = strewn(40);
    let hurried = Problem::new(stops, &matrix, Fleet { duration: Some(2_600), ..carries(900) }).unwrap();
    let plan = solve(&hurried, Effort { iterations: 0, seed: 1 }).unwrap();
    assert_eq!(check(&hurried, &plan), Ok(()));
    assert!(plan.trips.len() > 1, "the load alone would fit one trip: {plan:?}");
}

#[test]
fn the_largest_values_stay_exact() {
    // The longer limit is none; the shorter is what one stop takes, to the minute.
    let (no_limit, alone) = (i64::MAX, 3 * (MAX_LEG - 1));
    for (count, trips, duration) in
        [(EXACT_STOPS, None, alone), (30, None, no_limit), (30, Some(30), no_limit), (30, None, alone)]
    {
        let most = MAX_AMOUNT - 1;
        let stops = (0..count).map(|index| {
            let id = u64::MAX - u64::try_from(index).unwrap();
            Stop { id, demand: [most - i64::try_from(index).unwrap(), most / 3, 1], service: MAX_LEG - 1 }
        });
        let legs = vec![vec![MAX_LEG - 1; count + 1]; count + 1];
        let fleet = Fleet { capacity: [most; 3], trips, duration: Some(duration) };
        let problem = Problem::new(stops.collect(), &legs, fleet).unwrap();
        let plan = solve(&problem, Effort { iterations: 20, seed: u64::MAX }).unwrap();
        assert_eq!(check(&problem, &plan), Ok(()));
        assert_eq!(plan.cost, 2 * (MAX_LEG - 1) * i64::try_from(count).unwrap());
    }
}

#[test]
fn odd_problems_end_too() {
    let (stops, matrix) = strewn(40);
    let effort = Effort { iterations: 30, seed: 2 };
    let light: Vec<Stop> = stops.iter().map(|stop| Stop { demand: [0; 3], ..*stop }).collect();
    let weightless = Problem::new(light.clone(), &matrix, Fleet::default()).unwrap();
    let plan = solve(&weightless, effort).unwrap();
    assert_eq!((plan.trips.len(), check(&weightless, &plan)), (1, Ok(())));
    let spot = Problem::new(stops.clone(), &vec![vec![0; 41]; 41], carries(50)).unwrap();
    assert_eq!(solve(&spot, effort).unwrap().cost, 0);
    // One trip may not take all that one trip could carry: there is no time for it.
    let hurry = Fleet { trips: Some(1), duration: Some(3_000), ..Fleet::default() };
    let torn = Problem::new(light, &matrix, hurry).unwrap();
    assert_eq!(solve(&torn, effort), Err(NoPlan::NotFound { stops: 40, trips: 1, iterations: 30 }));
    // As many trips as the load needs, to the last kilogram.
    let even: Vec<Stop> = stops.iter().map(|stop| Stop { demand: [5, 0, 0], ..*stop }).collect();
    let tight = Problem::new(even, &matrix, Fleet { trips: Some(4), ..carries(50) }).unwrap();
    let plan = solve(&tight, Effort { iterations: 200, seed: 2 }).unwrap();
    assert_eq!((plan.trips.len(), check(&tight, &plan)), (4, Ok(())));
}
