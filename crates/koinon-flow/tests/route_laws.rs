//! Laws of vehicle routing, on random problems: proven plans against every order of the stops, searched plans against the checker.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a failed test")]

use koinon_flow::route::{Effort, Fleet, NoPlan, Problem, Stop, check, cvrplib, solve};
use proptest::prelude::*;
use std::ops::Range;

/// Problems of every kind: any legs at all, three dimensions, times at stops, limits or none.
fn problems(stops: Range<usize>) -> impl Strategy<Value = (Vec<Stop>, Vec<Vec<i64>>, Fleet)> {
    stops.prop_flat_map(|count| {
        let demand = (0..6_i64, 0..4_i64, prop_oneof![3 => Just(0_i64), 1 => 0..900_000_i64]);
        let stops = prop::collection::vec((demand, 0..5_i64), count);
        let legs = prop::collection::vec(prop::collection::vec(0..40_i64, count + 1), count + 1);
        let limits = (prop::option::of(1..8_usize), prop::option::of(80..160_i64));
        (stops, legs, (5..20_i64, 3..9_i64), limits).prop_map(
            |(stops, legs, (kg, litres), (trips, duration))| {
                let stops = stops
                    .into_iter()
                    .zip(0..)
                    .map(|(((kg, litres, pallets), service), id)| Stop {
                        id: id * 37 % 101,
                        demand: [kg, litres, pallets],
                        service,
                    })
                    .collect();
                (stops, legs, Fleet { capacity: [kg, litres, 900_000], trips, duration })
            },
        )
    })
}

/// The cheapest cost by trying every order of the stops and every way of cutting it; `None` where nothing keeps the limits.
fn plain(stops: &[Stop], legs: &[Vec<i64>], fleet: &Fleet) -> Option<i64> {
    fn go(
        (stops, legs, fleet): (&[Stop], &[Vec<i64>], &Fleet),
        (visited, at): (u32, usize),
        (trips, load, time, cost): (usize, [i64; 3], i64, i64),
        best: &mut Option<i64>,
    ) {
        let home = cost + legs[at][0];
        let fits = fleet.duration.is_none_or(|limit| time + legs[at][0] <= limit);
        if visited == (1 << stops.len()) - 1 {
            if fits && best.is_none_or(|best| home < best) {
                *best = Some(home);
            }
            return;
        }
        for (index, stop) in stops.iter().enumerate().filter(|(index, _)| visited >> index & 1 == 0) {
            let place = index + 1;
            let seen = visited | 1 << index;
            let sum = [0, 1, 2].map(|dimension| load[dimension] + stop.demand[dimension]);
            if at != 0 && (0..3).all(|dimension| sum[dimension] <= fleet.capacity[dimension]) {
                let leg = legs[at][place];
                go(
                    (stops, legs, fleet),
                    (seen, place),
                    (trips, sum, time + leg + stop.service, cost + leg),
                    best,
                );
            }
            if fits && fleet.trips.is_none_or(|limit| trips < limit) {
                let leg = legs[0][place];
                go(
                    (stops, legs, fleet),
                    (seen, place),
                    (trips + 1, stop.demand, leg + stop.service, home + leg),
                    best,
                );
            }
        }
    }
    let mut legs = legs.to_vec();
    (0..legs.len()).for_each(|place| legs[place][place] = 0);
    let mut best = None;
    go((stops, &legs, fleet), (0, 0), (0, [0; 3], 0, 0), &mut best);
    best
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_proven_plan_is_the_cheapest_there_is((stops, legs, fleet) in problems(0..8)) {
        let Ok(problem) = Problem::new(stops.clone(), &legs, fleet) else { return Ok(()) };
        match (solve(&problem, Effort::default()), plain(&stops, &legs, &fleet)) {
            (Ok(plan), Some(cheapest)) => {
                prop_assert_eq!(check(&problem, &plan), Ok(()));
                prop_assert_eq!((plan.cost, plan.proven), (cheapest, true));
            }
            (Err(NoPlan::Impossible { .. }), None) => {}
            (plan, cheapest) => prop_assert!(false, "{:?} for {:?}", plan, cheapest),
        }
    }

    #[test]
    fn a_searched_plan_keeps_every_limit((stops, legs, fleet) in problems(13..30), seed: u64) {
        let Ok(problem) = Problem::new(stops, &legs, fleet) else { return Ok(()) };
        match solve(&problem, Effort { iterations: 12, seed }) {
            Ok(plan) => prop_assert_eq!(check(&problem, &plan), Ok(())),
            Err(NoPlan::NotFound { .. }) => prop_assert!(fleet.trips.is_some()),
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    #[test]
    fn the_order_of_the_stops_is_not_seen((stops, legs, fleet) in problems(0..20), turn in 0..20_usize) {
        let problem = Problem::new(stops.clone(), &legs, fleet);
        let order: Vec<usize> = (0..stops.len()).map(|index| (index + turn) % stops.len()).rev().collect();
        let rows: Vec<usize> = std::iter::once(0).chain(order.iter().map(|index| index + 1)).collect();
        let turned: Vec<Vec<i64>> = rows.iter().map(|&a| rows.iter().map(|&b| legs[a][b]).collect()).collect();
        let again = Problem::new(order.iter().map(|&index| stops[index]).collect(), &turned, fleet);
        prop_assert_eq!(problem.is_ok(), again.is_ok());
        if let (Ok(problem), Ok(again)) = (problem, again) {
            let effort = Effort { iterations: 5, seed: 9 };
            prop_assert_eq!(solve(&problem, effort), solve(&again, effort));
        }
    }

    #[test]
    fn any_bytes_at_all_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = cvrplib::read(&bytes);
    }

    #[test]
    fn a_torn_file_is_read_or_refused(
        cuts in prop::collection::vec((0..460_usize, 0..460_usize, any::<u8>()), 0..6),
        precise: bool,
    ) {
        let mut bytes = include_bytes!("data/five_villages.vrp").to_vec();
        for (from, length, byte) in cuts {
            let from = from.min(bytes.len());
            let to = (from + length / 20).min(bytes.len());
            bytes.splice(from..to, [byte, byte % 10 + b'0']);
        }
        let precision = if precise { cvrplib::Precision::Thousandths } else { cvrplib::Precision::Whole };
        let Ok(instance) = cvrplib::read_as(&bytes, precision) else { return Ok(()) };
        if let Ok(plan) = solve(&instance.problem, Effort { iterations: 3, seed: 1 }) {
            prop_assert_eq!(check(&instance.problem, &plan), Ok(()));
        }
    }
}
