//! Network design: brute force over which arcs to open, the same answer in any order, every fault with its remedy.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a failed test")]

use koinon_flow::design::{Budget, Commodity, Link, Problem, ProblemError, Status, check, read, solve};
use koinon_flow::{Arc, Network, solve as solve_network};
use proptest::prelude::*;

const SMALL: Budget = Budget { steps: 60_000, rounds: 80, seed: 1 };

fn link(nodes: usize) -> impl Strategy<Value = Link> {
    (0..nodes, 0..nodes, 0..9_i64, 0..12_i64, 0..30_i64).prop_map(|(from, to, cost, capacity, fixed)| Link {
        id: 0,
        from,
        to,
        cost,
        capacity,
        fixed,
    })
}

fn lists(arcs: usize, commodities: usize) -> impl Strategy<Value = (Vec<Link>, Vec<Commodity>)> {
    // Mostly there is something to send and a way for it.
    let commodity =
        (0..4_usize, 1..5_usize, 0..8_i64).prop_map(|(from, on, amount)| (from, (from + on) % 4, amount));
    (prop::collection::vec(link(4), arcs), prop::collection::vec(commodity, commodities)).prop_map(
        |(mut links, drawn)| {
            for (index, link) in links.iter_mut().enumerate() {
                link.id = u64::try_from(index * 5 % 11 + 20 * index).unwrap();
            }
            let commodities = drawn.into_iter().enumerate().map(|(index, (from, to, amount))| Commodity {
                id: u64::try_from(7 * index).unwrap(),
                from,
                to,
                amount,
            });
            (links, commodities.collect())
        },
    )
}

/// The cheapest cost of one commodity by trying every set of open arcs; the rest is a minimum-cost flow.
fn brute(problem: &Problem) -> Option<i64> {
    let one = problem.commodities()[0];
    let links = problem.links();
    let mut best: Option<i64> = None;
    for set in 0..1_u32 << links.len() {
        let open: Vec<&Link> =
            (0..links.len()).filter(|arc| set >> arc & 1 == 1).map(|arc| &links[arc]).collect();
        let mut supplies = vec![0; problem.nodes()];
        supplies[one.from] += one.amount;
        supplies[one.to] -= one.amount;
        let arcs = open.iter().map(|link| Arc::new(link.from, link.to, link.capacity, link.cost)).collect();
        let solution = solve_network(&Network::new(supplies, arcs).unwrap());
        if solution.status == koinon_flow::Status::Optimal {
            let fixed: i64 = open.iter().map(|link| link.fixed).sum();
            let cost = i64::try_from(solution.cost).unwrap() + fixed;
            best = Some(best.map_or(cost, |best| best.min(cost)));
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_plan_passes_the_bound_and_none_found_passes_the_best((links, commodities) in lists(9, 1)) {
        let Ok(problem) = Problem::new(4, links, commodities) else { return Ok(()) };
        let answer = solve(&problem, SMALL);
        prop_assert_eq!(check(&problem, &answer), Ok(()));
        let Some(best) = brute(&problem) else {
            prop_assert_eq!(answer.status, Status::Partial);
            return Ok(());
        };
        prop_assert!(answer.bound <= best, "bound {} best {}", answer.bound, best);
        prop_assert!(answer.status == Status::Partial || answer.cost >= best);
    }

    #[test]
    fn the_order_of_the_input_does_not_matter((links, commodities) in lists(12, 5), shuffle in any::<u64>()) {
        let key = |id: u64| (id ^ shuffle).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (mut other_links, mut other_commodities) = (links.clone(), commodities.clone());
        other_links.sort_by_key(|link| key(link.id));
        other_commodities.sort_by_key(|one| key(one.id));
        if let Ok(problem) = Problem::new(4, links, commodities) {
            let answer = solve(&problem, SMALL);
            prop_assert_eq!(check(&problem, &answer), Ok(()));
            prop_assert_eq!(&answer, &solve(&problem, SMALL));
            prop_assert_eq!(answer, solve(&Problem::new(4, other_links, other_commodities).unwrap(), SMALL));
        }
    }

    #[test]
    fn any_damage_to_a_plan_is_seen((links, commodities) in lists(12, 4), by in prop_oneof![-2..0_i64, 1..3_i64], place in any::<prop::sample::Index>()) {
        if let Ok(problem) = Problem::new(4, links, commodities) {
            let answer = solve(&problem, SMALL);
            let mut damaged = answer.clone();
            damaged.cost += by;
            prop_assert!(check(&problem, &damaged).is_err());
            if !answer.carried.is_empty() {
                let index = place.index(answer.carried.len());
                let mut damaged = answer.clone();
                damaged.carried[index].amount += by;
                prop_assert!(check(&problem, &damaged).is_err());
                let mut damaged = answer;
                damaged.opened.pop();
                prop_assert!(check(&problem, &damaged).is_err());
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_lines_are_read_or_refused(text in "t\n[0-3] [0-3] [0-3]\n(( ?-?[0-9]){0,7}\n){0,6}") {
        match read(text.as_bytes()) {
            Ok(problem) => prop_assert_eq!(check(&problem, &solve(&problem, SMALL)), Ok(())),
            Err(faults) => prop_assert!(!faults.faults.is_empty()),
        }
    }
}

#[test]
fn sharing_is_found_and_proven() {
    // From 0 to 3: a shared way costs 10 to open and 3 a unit, two ways of their own 8 each and 1 a unit.
    let link = |id, from, to, cost, fixed| Link { id, from, to, cost, capacity: 6, fixed };
    let links = vec![link(1, 0, 3, 3, 10), link(2, 0, 1, 1, 8), link(3, 1, 3, 0, 8)];
    let load = |id| Commodity { id, from: 0, to: 3, amount: 3 };
    let problem = Problem::new(4, links, vec![load(1), load(2)]).unwrap();
    let answer = solve(&problem, SMALL);
    assert_eq!((answer.cost, answer.opened.as_slice()), (6 + 16, [2, 3].as_slice()));
    // Each commodity alone would have taken the other way: 10 + 9 against 16 + 3.
    let linear = solve(&problem.without_fixed_costs(), SMALL);
    assert_eq!((linear.status, linear.cost, linear.bound), (Status::Optimal, 6, 6));
}

#[test]
fn what_cannot_be_sent_stays() {
    let link = Link { id: 9, from: 0, to: 1, cost: 2, capacity: 5, fixed: 7 };
    let load = |id, amount| Commodity { id, from: 0, to: 1, amount };
    let problem = Problem::new(2, vec![link], vec![load(1, 4), load(2, 3)]).unwrap();
    let answer = solve(&problem, SMALL);
    assert_eq!((answer.status, answer.cost), (Status::Partial, 5 * 2 + 7));
    assert_eq!(answer.left.iter().map(|part| part.1).sum::<i64>(), 2);
    assert_eq!(check(&problem, &answer), Ok(()));
}

#[test]
fn absurd_problems_are_refused_with_place_value_and_remedy() {
    let link = |id, from, to, cost, capacity, fixed| Link { id, from, to, cost, capacity, fixed };
    let load = |id, from, to, amount| Commodity { id, from, to, amount };
    let refused = |links: &[Link], commodities: &[Commodity]| {
        Problem::new(3, links.to_vec(), commodities.to_vec()).unwrap_err().to_string()
    };
    let fine = link(1, 0, 1, 1, 1, 1);
    let cases = [
        (refused(&[fine, fine], &[]), "arc 1 is given twice: keep one"),
        (refused(&[link(4, 0, 3, 1, 1, 1)], &[]), "arc 4 names node 3, but the nodes are 0 to 3"),
        (refused(&[fine], &[load(8, 5, 0, 1)]), "commodity 8 names node 5"),
        (refused(&[link(4, 0, 1, -1, 1, 1)], &[]), "arc 4 has cost -1: use 0"),
        (refused(&[link(4, 0, 1, 1, -1, 1)], &[]), "arc 4 has capacity -1: use 0"),
        (refused(&[link(4, 0, 1, 1, 1, -1)], &[]), "arc 4 has fixed cost -1: use 0"),
        (refused(&[fine], &[load(8, 0, 1, -3)]), "commodity 8 has amount -3: use 0"),
        (
            refused(&[fine], &[load(8, 1, 0, 3)]),
            "no arcs with capacity lead from node 1 to node 0 for commodity 8",
        ),
        (refused(&[link(4, 0, 1, i64::MAX, 1, 1)], &[load(8, 0, 1, i64::MAX)]), "below 2^46"),
        (refused(&[link(4, 0, 1, i64::MAX, 1, i64::MAX)], &[]), "below 2^46"),
    ];
    for (said, part) in cases {
        assert!(said.contains(part), "`{said}` should say `{part}`");
    }
    assert!(matches!(
        Problem::new(1 << 20, vec![], vec![]),
        Err(ProblemError::TooLarge { what: "nodes", .. })
    ));
}

#[test]
fn texts_are_refused_by_line() {
    let said = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
    assert!(read(b"MULTIGEN.DAT:\n 2 1 1\n 1 2 3 4 5 1 1\n 1 2 3\n").is_ok());
    let cases = [
        ("", "line 2: the line `NODES ARCS COMMODITIES` is missing"),
        ("title\n2 1\n", "line 2: has 2 fields: write `NODES ARCS COMMODITIES`"),
        ("title\n2 0 1\n", "line 2: field 2 is `0`"),
        (
            "t\n2 1 1\n1 2 x 4 5\n1 2 3\n",
            "line 3: field 3 is `x`: write a whole number as in `FROM TO COST CAPACITY FIXED`",
        ),
        ("t\n2 1 1\n1 2 3\n1 2 3\n", "line 3: has 3 fields"),
        ("t\n2 1 1\n0 2 3 4 5\n1 2 3\n", "line 3: field 1 is `0`"),
        ("t\n2 1 1\n1 9 3 4 5\n1 2 3\n", "line 3: arc 1 names node 8"),
        ("t\n2 1 1\n1 2 3 -4 5\n1 2 3\n", "line 3: arc 1 has capacity -4"),
        ("t\n2 1 1\n1 2 3 4 5\n2 1 3\n", "line 4: no arcs with capacity lead"),
        ("t\n2 1 1\n1 2 3 4 5\n", "line 5: 0 of 1 commodities are there"),
        ("t\n2 1 1\n1 2 3 4 5\n1 2 3\n1 2 3\n", "line 5: comes after the last commodity"),
    ];
    for (text, part) in cases {
        assert!(said(text).contains(part), "`{}` should say `{part}`", said(text));
    }
    let two = read(b"t\n2 2 1\n1 2 x 4 5\n1 2 3 y 5\n1 2 3\n").unwrap_err();
    assert_eq!(two.faults.len(), 2, "all faults are told at once");
    assert!(two.complete);
    let many = format!("title\n2 200 1\n{}", "1 2 x 4 5\n".repeat(200));
    let told = read(many.as_bytes()).unwrap_err();
    assert_eq!((told.faults.len(), told.complete), (100, false));
    assert!(told.to_string().ends_with("and more: reading stopped here"), "{told}");
    assert!(read(b"t\n\xff\n").is_err());
}
