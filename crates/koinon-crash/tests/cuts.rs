//! A sample of the cuts and faults of every use case. All of them: `cargo run --release -p koinon-crash --example cuts`.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests may fail loudly")]

use koinon_crash::{Fault, Honesty, Tally, Trial, all};

/// Of each use case so many cuts and so many faults of each kind are tried.
const CUTS: usize = 7;
const FAULTS: usize = 2;

fn good(tally: &Tally) {
    assert!(tally.is_good(), "{}", tally.named.join("\n"));
}

#[test]
fn every_use_case_survives_a_power_cut() {
    let mut cuts = 0;
    for (index, case) in all().into_iter().filter(|case| !case.is_long).enumerate() {
        let trial = Trial::of(case).unwrap();
        let played = trial.play().unwrap();
        let changes = played.journal.ops.len();
        assert!(changes > 10, "{} changes hardly anything", case.name);
        let step = changes.div_ceil(CUTS);
        let tally = trial.cuts(&played, (index % step, step), Honesty::Honest, 7).unwrap();
        good(&tally);
        cuts += tally.cuts;
    }
    assert!(cuts > 140, "{cuts}");
}

#[test]
fn every_use_case_survives_a_disk_that_is_full_or_fails() {
    let mut faults = 0;
    for (index, case) in all().into_iter().filter(|case| !case.is_long).enumerate() {
        let trial = Trial::of(case).unwrap();
        let played = trial.play().unwrap();
        let step = played.journal.ops.len().div_ceil(FAULTS);
        for (fault, first) in [(Fault::Full, 3 * index), (Fault::Broken, 5 * index)] {
            let tally = trial.faults(&played, (first % step, step), fault, 7).unwrap();
            good(&tally);
            faults += tally.cuts;
        }
    }
    assert!(faults > 50, "{faults}");
}
