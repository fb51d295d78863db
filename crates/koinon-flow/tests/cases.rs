//! Named cases: the edges of what may be asked, and the words with which the rest is refused.

#![allow(clippy::unwrap_used, reason = "a failed test is a failed test")]

use koinon_flow::decompose::DecomposeError;
use koinon_flow::network::MAX_TOTAL_SUPPLY;
use koinon_flow::{
    Arc, Balance, Change, Cut, Network, NetworkError, Route, Solver, Status, UNLIMITED, VerifyError, cut,
    decompose, solve, verify,
};

fn network(supplies: &[i64], arcs: &[Arc]) -> Network {
    Network::new(supplies.to_vec(), arcs.to_vec()).unwrap()
}

#[test]
fn the_smallest_networks_solve() {
    let empty = solve(&network(&[], &[]));
    assert_eq!((empty.status, empty.cost), (Status::Optimal, 0));
    let lonely = solve(&network(&[0], &[]));
    assert_eq!((lonely.status, lonely.left), (Status::Optimal, vec![0]));
    let unconnected = solve(&network(&[0, 0, 0], &[]));
    assert_eq!(unconnected.status, Status::Optimal);
}

/// Name, supplies, arcs, cost and flow.
type Case<'a> = (&'a str, &'a [i64], &'a [Arc], i128, &'a [i64]);

#[test]
fn bounds_costs_and_odd_arcs_are_kept() {
    let cases: &[Case] = &[
        (
            "cheaper of two parallel arcs first",
            &[5, -5],
            &[Arc::new(0, 1, 9, 4), Arc::new(0, 1, 3, 1)],
            11,
            &[2, 3],
        ),
        (
            "a lower bound makes the dear way run",
            &[5, -5],
            &[Arc::new(0, 1, 9, 4).with_lower(4), Arc::new(0, 1, 3, 1)],
            17,
            &[4, 1],
        ),
        (
            "a bound without demand goes round",
            &[0, 0],
            &[Arc::new(0, 1, 9, 4).with_lower(2), Arc::new(1, 0, 9, -1)],
            6,
            &[2, 2],
        ),
        (
            "a gainful circle runs full",
            &[0, 0],
            &[Arc::new(0, 1, 7, -3), Arc::new(1, 0, UNLIMITED, 2)],
            -7,
            &[7, 7],
        ),
        (
            "a gainful loop fills, a costly one rests",
            &[0],
            &[Arc::new(0, 0, 5, -2), Arc::new(0, 0, 5, 2)],
            -10,
            &[5, 0],
        ),
        ("a loop keeps its lower bound", &[0], &[Arc::new(0, 0, 5, 2).with_lower(3)], 6, &[3]),
        (
            "a fixed arc flows",
            &[3, -3],
            &[Arc::new(0, 1, 3, 5).with_lower(3), Arc::new(0, 1, 3, 0)],
            15,
            &[3, 0],
        ),
        ("no capacity, no flow", &[0, 0], &[Arc::new(0, 1, 0, -5)], 0, &[0]),
        (
            "two parts without a bridge",
            &[2, -2, 1, -1],
            &[Arc::new(0, 1, 2, 3), Arc::new(2, 3, UNLIMITED, 1)],
            7,
            &[2, 1],
        ),
    ];
    for (name, supplies, arcs, cost, flow) in cases {
        let solution = solve(&network(supplies, arcs));
        assert_eq!(solution.status, Status::Optimal, "{name}");
        assert_eq!((solution.cost, solution.flow.as_slice()), (*cost, *flow), "{name}");
    }
}

#[test]
fn what_cannot_be_routed_is_counted_and_cut() {
    let split = network(&[4, -1, -3], &[Arc::new(0, 1, 9, 1)]);
    let solution = solve(&split);
    assert_eq!(solution.status, Status::Infeasible { unsent: 3, unmet: 3 });
    assert_eq!((solution.left.as_slice(), solution.cost), ([3, 0, -3].as_slice(), 1));
    assert_eq!(cut(&split, &solution.flow, &[2], &[]), Cut { inside: vec![2], ..Cut::default() });

    let narrow = network(&[9, 0, -9], &[Arc::new(0, 1, 9, 1), Arc::new(1, 2, 4, 1), Arc::new(0, 2, 2, 50)]);
    let solution = solve(&narrow);
    assert_eq!(solution.status, Status::Infeasible { unsent: 3, unmet: 3 });
    assert_eq!(
        cut(&narrow, &solution.flow, &[2], &[]),
        Cut { inside: vec![2], full: vec![1, 2], forced: vec![] }
    );

    let forced = network(&[0, 0], &[Arc::new(0, 1, 5, 1).with_lower(2)]);
    let solution = solve(&forced);
    assert_eq!(solution.status, Status::Infeasible { unsent: 2, unmet: 2 });
    assert_eq!(
        cut(&forced, &solution.flow, &[0], &[]),
        Cut { inside: vec![0], full: vec![], forced: vec![0] }
    );
}

#[test]
fn a_surplus_stays_where_it_is_cheapest() {
    // Unit costs below zero reward moving the surplus on although nobody wants it.
    let open = |supplies: &[i64], arcs: &[Arc]| {
        Network::with_balance(supplies.to_vec(), arcs.to_vec(), Balance::Open).unwrap()
    };
    let solution = solve(&open(&[4, 0], &[Arc::new(0, 1, 3, -2)]));
    assert_eq!(solution.status, Status::Infeasible { unsent: 4, unmet: 0 });
    assert_eq!((solution.left, solution.cost), (vec![1, 3], -6));
    let solution = solve(&open(&[4, -9], &[Arc::new(0, 1, UNLIMITED, 2)]));
    assert_eq!(solution.status, Status::Infeasible { unsent: 0, unmet: 5 });
    assert_eq!((solution.left, solution.cost), (vec![0, -5], 8));
}

#[test]
fn a_gain_without_limit_is_named() {
    let ring = network(
        &[0, 0, 0],
        &[Arc::new(0, 1, UNLIMITED, 2), Arc::new(1, 2, UNLIMITED, -4), Arc::new(2, 0, UNLIMITED, 1)],
    );
    let Status::Unbounded { mut cycle } = solve(&ring).status else { panic!("must be unbounded") };
    cycle.sort_unstable();
    assert_eq!(cycle, [0, 1, 2]);
    let loops = network(&[0], &[Arc::new(0, 0, UNLIMITED, -1)]);
    assert_eq!(solve(&loops).status, Status::Unbounded { cycle: vec![0] });
    let even = network(&[0, 0], &[Arc::new(0, 1, UNLIMITED, 3), Arc::new(1, 0, UNLIMITED, -3)]);
    assert_eq!(solve(&even).status, Status::Optimal);
    let bounded = network(&[0, 0], &[Arc::new(0, 1, UNLIMITED, -3), Arc::new(1, 0, 6, 1)]);
    assert_eq!(solve(&bounded).cost, -12);
}

#[test]
fn the_largest_values_stay_exact() {
    let most = i64::try_from(MAX_TOTAL_SUPPLY - 1).unwrap();
    let dear = (1_i64 << 59) - 1;
    let solution =
        solve(&network(&[most, 0, -most], &[Arc::new(0, 1, UNLIMITED, dear), Arc::new(1, 2, most, dear)]));
    assert_eq!(solution.status, Status::Optimal);
    assert_eq!(solution.cost, i128::from(most) * i128::from(dear) * 2);
    let half = most / 2;
    let solution =
        solve(&network(&[half, 0, -half], &[Arc::new(0, 1, most, -dear), Arc::new(1, 0, most - 1, dear)]));
    assert_eq!(solution.status, Status::Infeasible { unsent: half, unmet: half });
    assert_eq!(solution.cost, -i128::from(half) * i128::from(dear));
    let wide = solve(&network(&[0, 0], &[Arc::new(0, 1, most, -1), Arc::new(1, 0, i64::MAX - 1, 0)]));
    assert_eq!(wide.cost, -i128::from(most));
    let through = Arc::new(0, 1, i64::MAX - 1, 1).with_lower(i64::MAX - 1);
    let back = Arc::new(1, 0, i64::MAX - 1, 1).with_lower(i64::MAX - 1);
    assert_eq!(solve(&network(&[0, 0], &[through, back])).cost, 2 * i128::from(i64::MAX - 1));
}

#[test]
fn what_cannot_be_solved_exactly_is_refused_by_name() {
    let big = 1_i64 << 60;
    let cases: &[(&[i64], &[Arc], NetworkError, &str)] = &[
        (&[1, -2], &[], NetworkError::Unbalanced { excess: -1 }, "-1"),
        (
            &[0, 0],
            &[Arc::new(0, 2, 1, 1)],
            NetworkError::UnknownNode { arc: 0, node: 2, nodes: 2 },
            "arc 0 names node 2",
        ),
        (
            &[0, 0],
            &[Arc::new(0, 1, 1, 1), Arc::new(0, 1, 1, 1).with_lower(-4)],
            NetworkError::NegativeLower { arc: 1, lower: -4 },
            "arc 1",
        ),
        (
            &[0, 0],
            &[Arc::new(0, 1, 1, 1).with_lower(2)],
            NetworkError::EmptyRange { arc: 0, lower: 2, capacity: 1 },
            "capacity 1",
        ),
        (
            &[0, 0],
            &[Arc::new(0, 1, -7, 1)],
            NetworkError::EmptyRange { arc: 0, lower: 0, capacity: -7 },
            "capacity -7",
        ),
        (
            &[0, 0],
            &[Arc::new(0, 1, 1, i64::MIN)],
            NetworkError::CostTooLarge { arc: 0, cost: i64::MIN, nodes: 2 },
            "arc 0 costs",
        ),
        (
            &[0, 0],
            &[Arc::new(0, 1, 1, big)],
            NetworkError::CostTooLarge { arc: 0, cost: big, nodes: 2 },
            "2^61",
        ),
        (&[big, -big], &[], NetworkError::SupplyTooLarge { side: "supplies", total: big.into() }, "2^60"),
        (
            &[0, 0],
            &[Arc::new(0, 1, big, -1), Arc::new(0, 1, big, -1)],
            NetworkError::VolumeTooLarge { arc: 1, capacity: big, total: i128::from(big) * 2 },
            "arc 1 with capacity",
        ),
    ];
    for (supplies, arcs, error, words) in cases {
        let found = Network::new(supplies.to_vec(), arcs.to_vec()).unwrap_err();
        assert_eq!(found, *error);
        assert!(found.to_string().contains(words), "`{found}` should say `{words}`");
    }
}

#[test]
fn an_update_happens_whole_or_not_at_all() {
    let mut town = network(&[3, -3], &[Arc::new(0, 1, 5, 2)]);
    let before = town.clone();
    let failed = town.update(&[Change::Cost { arc: 0, cost: 9 }, Change::Supply { node: 0, supply: 4 }]);
    assert_eq!(failed, Err(NetworkError::Unbalanced { excess: 1 }));
    assert_eq!(town, before);
    let twice = town.update(&[Change::Supply { node: 0, supply: 7 }, Change::Supply { node: 0, supply: 8 }]);
    assert_eq!((twice, &town), (Err(NetworkError::Unbalanced { excess: 5 }), &before));
    let missing = town
        .update(&[Change::Supply { node: 1, supply: -4 }, Change::Bounds { arc: 4, lower: 0, capacity: 1 }]);
    assert_eq!(missing, Err(NetworkError::ChangedArc { arc: 4, arcs: 1 }));
    assert_eq!(town, before);
    let changes = [
        Change::Supply { node: 0, supply: 5 },
        Change::Supply { node: 1, supply: -5 },
        Change::Bounds { arc: 0, lower: 1, capacity: 6 },
        Change::Cost { arc: 0, cost: 3 },
    ];
    town.update(&changes).unwrap();
    assert_eq!(solve(&town).cost, 15);
}

#[test]
fn a_second_solve_without_changes_needs_no_pivot() {
    let town = network(&[6, 0, -6], &[Arc::new(0, 1, 9, 2), Arc::new(1, 2, 9, 1), Arc::new(0, 2, 2, 1)]);
    let mut solver = Solver::new();
    let cold = solver.solve(&town);
    assert!(cold.pivots > 0);
    let warm = solver.resolve(&town);
    assert_eq!((warm.pivots, warm.flow), (0, cold.flow));
}

#[test]
fn a_false_answer_is_refused() {
    let town = network(&[6, 0, -6], &[Arc::new(0, 1, 9, 2), Arc::new(1, 2, 9, 1), Arc::new(0, 2, 2, 1)]);
    let good = solve(&town);
    assert_eq!(verify(&town, &good), Ok(()));
    let mut dear = good.clone();
    (dear.flow, dear.cost) = (vec![6, 6, 0], 18);
    assert!(matches!(verify(&town, &dear), Err(VerifyError::Slackness { arc: 2, .. })));
    let mut lost = good.clone();
    lost.flow[2] = 1;
    assert!(matches!(verify(&town, &lost), Err(VerifyError::Conservation { node: 0, excess: 1 })));
    let mut lazy = good.clone();
    (lazy.flow, lazy.cost, lazy.left) = (vec![0; 3], 0, vec![6, 0, -6]);
    (lazy.status, lazy.price) =
        (Status::Infeasible { unsent: 6, unmet: 6 }, vec![-town.penalty(), 0, town.penalty()]);
    assert!(verify(&town, &lazy).is_err());
    let mut wild = good.clone();
    wild.status = Status::Unbounded { cycle: vec![0, 1] };
    assert!(matches!(verify(&town, &wild), Err(VerifyError::Cycle { .. })));
    let mut none = good.clone();
    none.status = Status::Unbounded { cycle: vec![] };
    assert!(matches!(verify(&town, &none), Err(VerifyError::Cycle { cost: 0 })));
    let mut brief = good;
    brief.price.pop();
    assert_eq!(verify(&town, &brief), Err(VerifyError::Length { list: "price", found: 2, expected: 3 }));
}

#[test]
fn routes_come_in_a_fixed_order() {
    let town = network(
        &[4, 3, 0, -7],
        &[
            Arc::new(0, 2, 9, 1),
            Arc::new(1, 2, 9, 1),
            Arc::new(2, 3, 5, 1),
            Arc::new(2, 3, 5, 2),
            Arc::new(3, 2, 2, -4),
        ],
    );
    let routes = decompose(&town, &[4, 3, 5, 4, 2]).unwrap();
    let route = |from, to, arcs: &[usize], amount| Route { from, to, arcs: arcs.to_vec(), amount };
    assert_eq!(
        routes,
        [route(0, 3, &[0, 2], 4), route(1, 3, &[1, 2], 1), route(1, 3, &[1, 3], 2), route(2, 2, &[3, 4], 2)]
    );
    assert_eq!(decompose(&town, &[1]), Err(DecomposeError::Length { found: 1, expected: 5 }));
    assert_eq!(decompose(&town, &[0, -1, 0, 0, 0]), Err(DecomposeError::Negative { arc: 1, flow: -1 }));
}

#[test]
fn a_closed_sink_keeps_the_cut_local() {
    // Node 3 collects what the needs at 1 and 2 take; flow there could be called back, which is no help to explain node 2.
    let arcs = [
        Arc::new(0, 1, 4, 1),
        Arc::new(0, 2, 1, 1),
        Arc::new(1, 3, 9, -9),
        Arc::new(2, 3, 9, -9),
        Arc::new(0, 3, 9, 0),
    ];
    let needs = network(&[9, 0, 0, -9], &arcs);
    let solution = solve(&needs);
    assert_eq!(
        cut(&needs, &solution.flow, &[2], &[3]),
        Cut { inside: vec![2], full: vec![1], forced: vec![] }
    );
    assert!(cut(&needs, &solution.flow, &[2], &[2]).inside.is_empty());
    assert!(cut(&needs, &solution.flow, &[77], &[99]).inside.is_empty());
}
