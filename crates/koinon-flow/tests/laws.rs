//! Laws that hold for every network, checked on random small ones against a plain solver.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a failed test")]

mod support;

use koinon_flow::{
    Arc, Balance, Change, Network, Solution, Solver, Standing, StandingError, Status, TollError, Tolled,
    UNLIMITED, cut, decompose, dimacs, solve, verify,
};
use proptest::prelude::*;
use std::ops::Range;
use support::{Plain, plain};

fn arc(nodes: usize) -> impl Strategy<Value = Arc> {
    let bounds = prop_oneof![
        2 => Just((0, 0)),
        8 => (Just(0), 0..12_i64),
        2 => (0..4_i64, 0..9_i64).prop_map(|(lower, more)| (lower, lower + more)),
        2 => Just((0, UNLIMITED)),
        1 => (0..3_i64).prop_map(|lower| (lower, UNLIMITED)),
    ];
    // Unlimited arcs that gain make most networks unbounded, so they are rare.
    (0..nodes, 0..nodes, bounds, -6..15_i64, 0..20_u8).prop_map(
        |(from, to, (lower, capacity), cost, rare)| {
            let cost = if capacity == UNLIMITED && rare > 0 { cost.abs() } else { cost };
            Arc { from, to, lower, capacity, cost }
        },
    )
}

/// How supplies are drawn: anyhow, adding up to zero, or so that a given flow meets them.
#[derive(Clone, Copy, Debug)]
enum Supplies {
    Any,
    Even,
    Feasible,
}

fn networks(nodes: Range<usize>, arcs: Range<usize>) -> impl Strategy<Value = Network> {
    nodes
        .prop_flat_map(move |nodes| {
            let kind = prop_oneof![1 => Just(Supplies::Any), 1 => Just(Supplies::Even), 2 => Just(Supplies::Feasible)];
            let supplies = prop::collection::vec(-9..10_i64, nodes);
            (kind, supplies, prop::collection::vec((arc(nodes), 0..12_i64), arcs.clone()))
        })
        .prop_map(|(kind, mut supplies, drawn)| {
            match kind {
                Supplies::Any => {}
                Supplies::Even => supplies[0] -= supplies.iter().sum::<i64>(),
                Supplies::Feasible => {
                    supplies.fill(0);
                    for (arc, flow) in &drawn {
                        let flow = (*flow).clamp(arc.lower, arc.capacity);
                        supplies[arc.from] += flow;
                        supplies[arc.to] -= flow;
                    }
                }
            }
            let arcs = drawn.into_iter().map(|(arc, _)| arc).collect();
            Network::with_balance(supplies, arcs, Balance::Open).unwrap()
        })
}

fn network() -> impl Strategy<Value = Network> {
    networks(1..8, 0..26)
}

fn outcome(solution: &Solution) -> Plain {
    match &solution.status {
        Status::Optimal => Plain::Cost { cost: solution.cost, left: 0 },
        Status::Infeasible { unsent, unmet } => {
            Plain::Cost { cost: solution.cost, left: i128::from(*unsent) + i128::from(*unmet) }
        }
        Status::Unbounded { .. } => Plain::Unbounded,
    }
}

fn change(nodes: usize, arcs: usize) -> BoxedStrategy<Change> {
    let supply = (0..nodes, -9..10_i64).prop_map(|(node, supply)| Change::Supply { node, supply });
    if arcs == 0 {
        return supply.boxed();
    }
    let bounds = (0..arcs, 0..3_i64, prop_oneof![(0..10_i64), Just(0)])
        .prop_map(|(arc, lower, more)| Change::Bounds { arc, lower, capacity: lower + more });
    let cost = (0..arcs, 0..15_i64).prop_map(|(arc, cost)| Change::Cost { arc, cost });
    prop_oneof![supply, bounds, cost].boxed()
}

/// The same network without what a standing one refuses.
fn standable(network: &Network) -> Network {
    let arcs = network.arcs().iter().filter(|arc| arc.from != arc.to);
    let arcs = arcs.map(|arc| match arc.capacity {
        UNLIMITED => Arc { cost: arc.cost.abs(), ..*arc },
        _ => *arc,
    });
    Network::with_balance(network.supplies().to_vec(), arcs.collect(), Balance::Open).unwrap()
}

/// A change of any kind, to and from no limit and gains too.
fn any_change(nodes: usize, arcs: usize) -> BoxedStrategy<Change> {
    let some = change(nodes, arcs);
    if arcs == 0 {
        return some;
    }
    let gain = (0..arcs, -8..15_i64).prop_map(|(arc, cost)| Change::Cost { arc, cost });
    let free =
        (0..arcs, 0..3_i64).prop_map(|(arc, lower)| Change::Bounds { arc, lower, capacity: UNLIMITED });
    prop_oneof![4 => some, 1 => gain, 1 => free].boxed()
}

prop_compose! {
    fn standing_history(nodes: Range<usize>, arcs: Range<usize>, rounds: Range<usize>)(network in networks(nodes, arcs).prop_map(|network| standable(&network)), rounds in Just(rounds))
        (changes in prop::collection::vec(prop::collection::vec(any_change(network.supplies().len(), network.arcs().len()), 1..4), rounds),
         network in Just(network))
        -> (Network, Vec<Vec<Change>>)
    {
        (network, changes)
    }
}

prop_compose! {
    fn history()(network in network())
        (changes in prop::collection::vec(prop::collection::vec(change(network.supplies().len(), network.arcs().len()), 1..5), 1..8),
         network in Just(network))
        -> (Network, Vec<Vec<Change>>)
    {
        (network, changes)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tolls_give_what_a_network_with_these_costs_gives(
        network in networks(2..9, 1..28),
        rounds in prop::collection::vec(prop::collection::vec((any::<prop::sample::Index>(), 0..40_i64), 0..6), 1..6),
    ) {
        let arcs: Vec<Arc> = network
            .arcs()
            .iter()
            .filter(|arc| arc.from != arc.to && !(arc.cost < 0 && arc.capacity == UNLIMITED))
            .map(|arc| arc.with_lower(0))
            .collect();
        prop_assume!(!arcs.is_empty());
        let plainly = Network::with_balance(network.supplies().to_vec(), arcs.clone(), Balance::Open).unwrap();
        let routed = solve(&plainly).status == Status::Optimal;
        let tolled = Tolled::new(&plainly, 30);
        prop_assert_eq!(tolled.as_ref().err(), (!routed).then_some(&TollError::Infeasible));
        let Ok(mut tolled) = tolled else { return Ok(()) };
        let mut now = arcs.clone();
        for round in rounds {
            for (index, toll) in round {
                let arc = index.index(arcs.len());
                tolled.toll(arc, toll);
                now[arc].cost = arcs[arc].cost + toll.min(30);
            }
            let expected = solve(&Network::new(plainly.supplies().to_vec(), now.clone()).unwrap());
            prop_assert_eq!(tolled.solve(), expected.cost);
            let mut left = plainly.supplies().to_vec();
            let mut cost = 0;
            for (at, arc) in now.iter().enumerate() {
                let flow = tolled.flow(at);
                prop_assert!((0..=arc.capacity).contains(&flow));
                left[arc.from] -= flow;
                left[arc.to] += flow;
                cost += i128::from(flow) * i128::from(arc.cost);
            }
            prop_assert!(left.iter().all(|left| *left == 0));
            prop_assert_eq!(cost, expected.cost);
        }
    }

    #[test]
    fn agrees_with_the_plain_solver_and_proves_itself(network in network()) {
        let solution = solve(&network);
        prop_assert_eq!(verify(&network, &solution), Ok(()));
        prop_assert_eq!(outcome(&solution), plain(&network));
    }

    #[test]
    fn is_the_same_every_time_and_in_used_memory(network in network(), other in network()) {
        let mut solver = Solver::new();
        let first = solver.solve(&network);
        solver.solve(&other);
        prop_assert_eq!(&solver.solve(&network), &first);
        prop_assert_eq!(solve(&network), first);
    }

    #[test]
    fn order_of_arcs_does_not_change_the_cost((network, order) in network().prop_flat_map(|network| {
        let order: Vec<usize> = (0..network.arcs().len()).collect();
        (Just(network), Just(order).prop_shuffle())
    })) {
        let arcs = order.iter().map(|&index| network.arcs()[index]).collect();
        let shuffled = Network::with_balance(network.supplies().to_vec(), arcs, Balance::Open).unwrap();
        prop_assert_eq!(outcome(&solve(&shuffled)), outcome(&solve(&network)));
    }

    #[test]
    fn a_warm_start_ends_where_a_cold_one_does((mut network, history) in history()) {
        let mut solver = Solver::new();
        solver.solve(&network);
        for changes in history {
            network.update(&changes).unwrap();
            let warm = solver.resolve(&network);
            prop_assert_eq!(verify(&network, &warm), Ok(()));
            prop_assert_eq!(outcome(&warm), plain(&network));
        }
    }

    #[test]
    fn a_standing_network_follows_every_change((mut network, history) in standing_history(1..8, 0..26, 1..10)) {
        let mut standing = Standing::new(network.clone()).unwrap();
        for changes in history {
            let before = (standing.solution(), network.clone());
            match standing.update(&changes) {
                Ok(()) => network.update(&changes).unwrap(),
                Err(error) => {
                    prop_assert!(matches!(error, StandingError::Unfit { .. }), "{}", error);
                    prop_assert_eq!((standing.solution(), network.clone()), before);
                    continue;
                }
            }
            let solution = standing.solution();
            prop_assert_eq!(verify(&network, &solution), Ok(()));
            prop_assert_eq!(outcome(&solution), plain(&network));
            prop_assert_eq!(standing.routed(), solution.status == Status::Optimal);
        }
    }

    #[test]
    fn a_warm_start_from_a_stranger_is_right_too(network in network(), other in network()) {
        let mut solver = Solver::new();
        solver.solve(&other);
        prop_assert_eq!(outcome(&solver.resolve(&network)), plain(&network));
    }

    #[test]
    fn routes_add_up_to_the_flow(network in network()) {
        let solution = solve(&network);
        let routes = decompose(&network, &solution.flow).unwrap();
        prop_assert!(routes.len() <= network.arcs().len() + network.supplies().len());
        let mut sum = vec![0; network.arcs().len()];
        for route in &routes {
            prop_assert!(route.amount > 0);
            let mut node = route.from;
            for &index in &route.arcs {
                prop_assert_eq!(network.arcs()[index].from, node);
                node = network.arcs()[index].to;
                sum[index] += route.amount;
            }
            prop_assert_eq!(node, route.to);
        }
        prop_assert_eq!(sum, solution.flow);
        // A node never both begins and ends paths.
        for a in routes.iter().filter(|route| route.from != route.to) {
            prop_assert!(routes.iter().all(|b| b.from == b.to || b.to != a.from));
        }
    }

    #[test]
    fn the_cut_of_an_unmet_need_explains_its_size(network in network()) {
        let solution = solve(&network);
        if let Status::Infeasible { unmet, .. } = solution.status {
            let short: Vec<usize> = (0..solution.left.len()).filter(|&node| solution.left[node] < 0).collect();
            let found = cut(&network, &solution.flow, &short, &[]);
            let inside = |node: usize| found.inside.binary_search(&node).is_ok();
            let mut missing = -found.inside.iter().map(|&node| i128::from(network.supplies()[node])).sum::<i128>();
            for (index, arc) in network.arcs().iter().enumerate() {
                match (inside(arc.from), inside(arc.to)) {
                    (false, true) => {
                        prop_assert!(found.full.contains(&index));
                        missing -= i128::from(arc.capacity);
                    }
                    (true, false) => missing += i128::from(arc.lower),
                    _ => {}
                }
            }
            // Max-flow min-cut: no plan whatever can do better than this bound.
            prop_assert_eq!(missing, i128::from(unmet));
        }
    }

    #[test]
    fn what_is_written_reads_back(network in network()) {
        let limits = dimacs::Limits { balance: Balance::Open, ..dimacs::Limits::default() };
        prop_assert_eq!(dimacs::read_within(dimacs::write(&network).as_bytes(), limits), Ok(network));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = dimacs::read(&bytes);
    }

    #[test]
    fn any_words_are_read_or_refused(text in "(p min [0-3] [0-3]\n)?([nacp] ?(-?[0-9]{1,2} ?){0,6}\n?){0,8}") {
        if let Err(faults) = dimacs::read(text.as_bytes()) {
            prop_assert!(!faults.faults.is_empty());
        }
    }

    #[test]
    fn any_damage_to_an_answer_is_seen(network in network(), place in any::<prop::sample::Index>(), by in prop_oneof![-3..0_i64, 1..4_i64]) {
        let solution = solve(&network);
        if solution.status == Status::Optimal && !network.arcs().is_empty() {
            let index = place.index(network.arcs().len());
            let arc = network.arcs()[index];
            // On a loop another flow can be as right.
            if arc.from != arc.to {
                let mut damaged = solution.clone();
                damaged.flow[index] += by;
                prop_assert!(verify(&network, &damaged).is_err());
            }
            let mut damaged = solution;
            damaged.cost += i128::from(by);
            prop_assert!(verify(&network, &damaged).is_err());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn larger_networks_prove_themselves_cold_and_warm(mut network in networks(20..120, 100..900), costs in prop::collection::vec((any::<prop::sample::Index>(), -6..20_i64), 1..40)) {
        let mut solver = Solver::new();
        prop_assert_eq!(verify(&network, &solver.solve(&network)), Ok(()));
        let arcs = network.arcs().len();
        let changes: Vec<Change> = costs.iter().map(|(arc, cost)| Change::Cost { arc: arc.index(arcs), cost: *cost }).collect();
        network.update(&changes).unwrap();
        let warm = solver.resolve(&network);
        prop_assert_eq!(verify(&network, &warm), Ok(()));
        prop_assert_eq!(outcome(&warm), outcome(&solve(&network)));
    }

    #[test]
    fn larger_networks_stand_through_many_changes((mut network, history) in standing_history(20..120, 100..900, 20..60)) {
        let mut standing = Standing::new(network.clone()).unwrap();
        for changes in history {
            if standing.update(&changes).is_ok() {
                network.update(&changes).unwrap();
                let solution = standing.solution();
                prop_assert_eq!(verify(&network, &solution), Ok(()));
                prop_assert_eq!(outcome(&solution), outcome(&solve(&network)));
            }
        }
    }
}
