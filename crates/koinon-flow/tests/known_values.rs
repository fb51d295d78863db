//! Published optima: every minimum-cost flow file of the shared collection against its known value.

use koinon_flow::{Status, dimacs, solve, verify};
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
