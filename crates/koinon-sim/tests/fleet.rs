//! Whole federations in one thread: a few seeds with stand-in and real signatures, the same seed twice, and every planted
//! fault, which must be caught: a check that nothing can trip is no check. Many seeds run by command, see
//! `examples/federation`.

#![allow(
    clippy::expect_used,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::panic,
    dead_code,
    reason = "helpers of tests may fail loudly, and the command's own parts are not all used here"
)]

// The simulator needs what only tests may have, planted faults, so it is no part of the room's library.
#[path = "../examples/federation/accord.rs"]
mod accord;
#[path = "../examples/federation/chance.rs"]
mod chance;
#[path = "../examples/federation/checks.rs"]
mod checks;
#[path = "../examples/federation/fleet.rs"]
mod fleet;
#[path = "../examples/federation/host.rs"]
mod host;
#[path = "../examples/federation/script.rs"]
mod script;

use fleet::{Manners, NODES, run};
use koinon_log::simulation::Planted;
use script::Script;

/// Seeds that failed once. 216: a log that a replaced key had opened was called damaged by those who verify.
const FAILED_ONCE: [u64; 1] = [216];

/// Seeds whose robbed node starts again and writes on after a thief's log.
const WROTE_ON: [u64; 3] = [34, 43, 58];

#[test]
fn a_federation_becomes_one_again_whatever_went_wrong() {
    let script = Script::new(NODES);
    for seed in 1..=4 {
        let verdict = run(&script, seed, Manners::default());
        assert_eq!(verdict.failures, Vec::<String>::new(), "seed {seed}");
        assert!(verdict.delivered > 500 && verdict.written > 2_000, "seed {seed}: {verdict:?}");
    }
    for seed in FAILED_ONCE {
        assert_eq!(run(&script, seed, Manners::default()).failures, Vec::<String>::new(), "seed {seed}");
    }
    let real = Manners { real: true, ..Manners::default() };
    assert_eq!(run(&script, 5, real).failures, Vec::<String>::new(), "with real signatures");
}

#[test]
fn a_seed_repeats_itself() {
    let script = Script::new(NODES);
    let first = run(&script, 11, Manners::default());
    assert_eq!(first, run(&script, 11, Manners::default()));
    assert_ne!(first.trace, run(&script, 12, Manners::default()).trace);
}

/// Looks for a seed that catches a fault.
fn caught(script: &Script, manners: Manners) -> bool {
    (1..=12).any(|seed| !run(script, seed, manners).failures.is_empty())
}

#[test]
fn every_planted_fault_is_caught() {
    let script = Script::new(NODES);
    for planted in [
        Planted::NoSignatureCheck,
        Planted::NoChainCheck,
        Planted::LocalLeaks,
        Planted::HeightsOnly,
        Planted::ProofsKept,
        Planted::RotationIgnored,
        Planted::AgreementUnread,
    ] {
        let manners = Manners { planted: Some(planted), ..Manners::default() };
        assert!(caught(&script, manners), "{planted:?} went unnoticed");
    }
    let manners = Manners { logs_continued: true, ..Manners::default() };
    assert!(caught(&script, manners), "logs that go on after a restart went unnoticed");
    let manners = Manners { refuses_nothing: true, ..Manners::default() };
    let seen = WROTE_ON.iter().any(|seed| !run(&script, *seed, manners).failures.is_empty());
    assert!(seen, "logs of a thief on which the node wrote on went unnoticed");
}
