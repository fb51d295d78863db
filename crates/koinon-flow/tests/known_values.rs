//! Published optima: the files of the shared collection against their known values.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is a failed test")]

use koinon_flow::{Status, assign, design, dimacs, solve, verify};
use std::io::Write as _;
use std::path::PathBuf;

/// Where the collection lies: `KOINON_SHARED`, or `shared` beside the workspace.
fn collection() -> PathBuf {
    let shared = std::env::var_os("KOINON_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    shared.join("data/matching")
}

#[test]
fn every_published_optimum_is_found() {
    let folder = collection();
    let Ok(table) = std::fs::read_to_string(folder.join("known_values.csv")) else {
        // Straight to the stream: the test harness hides what a passing test prints.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no {} (set KOINON_SHARED)",
            folder.join("known_values.csv").display()
        );
        return;
    };
    let mut checked = 0;
    for row in table.lines().skip(1).filter(|row| row.starts_with("mcf/")) {
        let mut fields = row.split(',');
        let (file, known) = (fields.next().unwrap(), fields.nth(1).unwrap());
        let bytes = std::fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let network = dimacs::read(&bytes).unwrap_or_else(|faults| panic!("{file}: {faults}"));
        let solution = solve(&network);
        assert_eq!(solution.status, Status::Optimal, "{file}");
        assert_eq!(solution.cost, known.parse::<i128>().unwrap(), "{file}");
        assert_eq!(verify(&network, &solution), Ok(()), "{file}");
        checked += 1;
    }
    assert_eq!(checked, 16, "the collection holds 16 minimum-cost flow files");
}

/// Cost, bound and known value of each file of a kind, or nothing where the collection is missing.
fn with_known_values(kind: &str, mut each: impl FnMut(&str, &[u8], i64)) -> usize {
    let folder = collection();
    let Ok(table) = std::fs::read_to_string(folder.join("known_values.csv")) else {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no {} (set KOINON_SHARED)",
            folder.join("known_values.csv").display()
        );
        return 0;
    };
    let mut checked = 0;
    for row in table.lines().filter(|row| row.contains(kind)) {
        let file = row.split(',').next().unwrap();
        let known = row.split(',').find_map(|field| field.parse().ok()).unwrap();
        let bytes = std::fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        each(file, &bytes, known);
        checked += 1;
    }
    assert!(checked > 0, "the collection holds files of kind `{kind}`");
    checked
}

#[test]
fn assignments_come_near_the_published_optima() {
    with_known_values("generalised assignment", |file, bytes, known| {
        let problem =
            assign::read(bytes, assign::Goal::Least).unwrap_or_else(|error| panic!("{file}: {error}"));
        let answer = assign::solve(&problem, assign::Budget { steps: 4_000_000, seed: 1 });
        assert_eq!(assign::check(&problem, &answer), Ok(()), "{file}");
        assert!(answer.bound <= known && known <= answer.cost, "{file}: {} to {}", answer.bound, answer.cost);
        // A part of the usual steps: within a hundredth, and the bound within a thousandth.
        assert!(answer.cost * 100 <= known * 101, "{file}: {} for {known}", answer.cost);
        assert!(answer.bound * 1000 >= known * 999, "{file}: {} for {known}", answer.bound);
    });
}

#[test]
fn designs_come_near_the_published_optima() {
    let budget = design::Budget { steps: 6_000_000, ..design::Budget::default() };
    with_known_values("fixed-charge multicommodity", |file, bytes, known| {
        let problem = design::read(bytes).unwrap_or_else(|faults| panic!("{file}: {faults}"));
        let answer = design::solve(&problem, budget);
        assert_eq!(design::check(&problem, &answer), Ok(()), "{file}");
        assert!(answer.bound <= known && known <= answer.cost, "{file}: {} to {}", answer.bound, answer.cost);
        assert!(answer.cost * 100 <= known * 102, "{file}: {} for {known}", answer.cost);
        assert!(answer.bound * 1000 >= known * 997, "{file}: {} for {known}", answer.bound);
    });
    with_known_values("linear multicommodity", |file, bytes, known| {
        let problem =
            design::read(bytes).unwrap_or_else(|faults| panic!("{file}: {faults}")).without_fixed_costs();
        let answer = design::solve(&problem, budget);
        assert_eq!(design::check(&problem, &answer), Ok(()), "{file}");
        // The known value is that of flows that may be fractions, rounded.
        assert!(
            answer.bound <= known && known <= answer.cost + 1,
            "{file}: {} to {}",
            answer.bound,
            answer.cost
        );
        assert!(answer.cost * 100 <= known * 102, "{file}: {} for {known}", answer.cost);
        assert!(answer.bound * 10_000 >= known * 9_995, "{file}: {} for {known}", answer.bound);
    });
}
