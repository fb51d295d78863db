//! A sample of the cuts and faults of every use case. All of them: `cargo run --release -p koinon-crash --example cuts`.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests may fail loudly")]

use std::collections::BTreeSet;

use koinon_books::registry::KINDS;
use koinon_crash::{Fault, Honesty, Tally, Trial, all};

/// Of each use case so many cuts and so many faults of each kind are tried.
const CUTS: usize = 7;
const FAULTS: usize = 2;
/// What earlier versions wrote, which is read and never written.
const NO_MORE: [&str; 2] = ["local-note", "person-named"];

fn good(tally: &Tally) {
    assert!(tally.is_good(), "{}", tally.named.join("\n"));
}

#[test]
fn every_use_case_survives_a_power_cut() {
    let mut cuts = 0;
    let mut written = BTreeSet::new();
    for (index, case) in all().into_iter().filter(|case| !case.is_long).enumerate() {
        let trial = Trial::of(case).unwrap();
        let played = trial.play().unwrap();
        let changes = played.journal.ops.len();
        assert!(changes > 10, "{} changes hardly anything", case.name);
        written.extend(trial.kinds(&played).unwrap());
        let step = changes.div_ceil(CUTS);
        let tally = trial.cuts(&played, (index % step, step), Honesty::Honest, 7).unwrap();
        good(&tally);
        cuts += tally.cuts;
    }
    assert!(cuts > 140, "{cuts}");
    let missing: Vec<&str> =
        KINDS.iter().filter(|kind| !written.contains(&kind.number)).map(|kind| kind.name).collect();
    assert_eq!(missing, NO_MORE, "each kind of fact is written by a use case that is cut");
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
