//! The DIMACS reader: our own fixture, and every fault with its line and remedy.

use koinon_flow::dimacs::{self, Fault, FaultKind, Limits, read, read_within};
use koinon_flow::{Network, NetworkError, Status, UNLIMITED, solve};

const TWO_TOWNS: &[u8] = include_bytes!("data/two_towns.min");

#[test]
fn the_fixture_has_the_cost_found_by_hand() {
    let network = read(TWO_TOWNS).unwrap();
    assert_eq!((network.supplies(), network.arcs().len()), ([6, 4, 0, -7, -3].as_slice(), 8));
    assert_eq!(network.arcs()[1].capacity, UNLIMITED);
    let solution = solve(&network);
    assert_eq!(solution.status, Status::Optimal);
    // Town 5 gets 3 over the gainful road; of town 4's 7, the pass brings 6 and the cheaper parallel road 1.
    assert_eq!(solution.flow, [5, 4, 6, 3, 0, 1, 0, 0]);
    assert_eq!(solution.cost, 5 * 2 + 4 + 6 * 3 - 3 * 2 + 7);
    assert_eq!(read(dimacs::write(&network).as_bytes()), Ok(network));
}

#[test]
fn every_fault_is_told_at_once() {
    let text = "n 1 4\np min 3 2\nc fine\nn 1 x\nn 9 1\nn 2 1\nn 2 1\na 1 2 0 5\na 1 2 -1 5 1\na 1 2 6 5 1\nq 3\na 0 2 0 5 1\np min 3 2\n";
    let faults = read(text.as_bytes()).unwrap_err();
    let found: Vec<(usize, String)> =
        faults.faults.iter().map(|fault| (fault.line, fault.kind.to_string())).collect();
    let expected = [
        (1, "before the problem line"),
        (4, "SUPPLY is `x`: write a whole number"),
        (5, "names node 9: nodes are numbered 1 to 3"),
        (7, "node 2 a second supply"),
        (8, "has 4 fields: write `a FROM TO LOWER CAPACITY COST`"),
        (9, "lower bound -1"),
        (10, "capacity 5 under its lower bound 6"),
        (11, "begins with `q`"),
        (12, "names node 0"),
        (13, "second problem line"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for ((line, words), (at, part)) in found.iter().zip(expected) {
        assert_eq!(*line, at);
        assert!(words.contains(part), "`{words}` should say `{part}`");
    }
    assert!(faults.complete && faults.to_string().starts_with("line 1: comes before"));
}

#[test]
fn the_whole_is_checked_too() {
    let one = |text: &[u8]| {
        let faults = read(text).unwrap_err().faults;
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.into_iter().next().unwrap()
    };
    let cases: &[(&[u8], Fault)] = &[
        (b"", Fault { line: 2, kind: FaultKind::NoProblem }),
        (b"c only\n", Fault { line: 3, kind: FaultKind::NoProblem }),
        (
            b"p min 2 2\na 1 2 0 1 1\n",
            Fault { line: 4, kind: FaultKind::ArcCount { announced: 2, found: 1 } },
        ),
        (b"p max 2 2\n", Fault { line: 1, kind: FaultKind::OtherProblem { found: "max".into() } }),
        (
            b"p min 2 0\nn 1 3\n",
            Fault { line: 4, kind: FaultKind::Network(NetworkError::Unbalanced { excess: 3 }) },
        ),
        (b"p min 1 0\n\xff\xfe\n", Fault { line: 2, kind: FaultKind::NotText }),
        (
            b"p min 2 1\n\na 1 2 0 1 4611686018427387904\n",
            Fault { line: 3, kind: NetworkError::CostTooLarge { arc: 0, cost: 1 << 62, nodes: 2 }.into() },
        ),
    ];
    for (text, fault) in cases {
        assert_eq!(one(text), *fault);
    }
    assert_eq!(read(b"p min 0 0"), Ok(Network::new(vec![], vec![]).unwrap()));
    assert!(read(b"p min 2 1\r\na 1 2 0 1 1\r\n").is_ok(), "lines may end in CR LF");
}

#[test]
fn limits_hold() {
    let limits = Limits { nodes: 5, arcs: 5, faults: 3, ..Limits::default() };
    let announced = read_within(b"p min 6 1\n", limits).unwrap_err();
    assert_eq!(announced.faults[0].kind, FaultKind::TooLarge { what: "nodes", found: 6, limit: 5 });
    assert!(read(b"p min 99999999999999999999 1\n").is_err());
    let many = read_within("z\n".repeat(50).as_bytes(), limits).unwrap_err();
    assert_eq!((many.faults.len(), many.complete), (3, false));
    assert!(many.to_string().ends_with("and more: reading stopped here"));
    let extra = read_within("p min 1 1\n".to_owned().as_bytes(), limits).unwrap_err();
    assert_eq!(extra.faults[0].kind, FaultKind::ArcCount { announced: 1, found: 0 });
    let flood = format!("p min 2 1\n{}", "a 1 2 0 1 1\n".repeat(40));
    assert!(read_within(flood.as_bytes(), limits).is_err());
}
