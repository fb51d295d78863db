//! Runs whole federations in one thread, one for each seed, through everything that goes wrong, and checks what must hold.
//!
//! `cargo run --release -p koinon-sim --example federation -- --seeds 200 --from 1`; the last line counts the failed seeds.
//! `--planted FAULT` breaks a rule on purpose, to see that it is caught. `--real` takes Ed25519 signatures in place of stand-ins, which cost next to nothing; a failed seed fails again when it is
//! run alone.
#![allow(
    clippy::expect_used,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command of the test bench speaks to its terminal and may fail loudly"
)]

mod accord;
mod chance;
mod checks;
mod fleet;
mod host;
mod script;

use std::process::ExitCode;

use koinon_log::simulation::Planted;

use crate::fleet::{Manners, NODES};

fn main() -> ExitCode {
    let (mut seeds, mut from, mut manners) = (200_u64, 1_u64, Manners::default());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|text| text.parse().ok());
        match word.as_str() {
            "--real" => manners.real = true,
            "--planted" => match words.next().as_deref().and_then(planted) {
                Some((fault, continued)) => (manners.planted, manners.logs_continued) = (fault, continued),
                None => {
                    return usage(
                        "--planted needs one of: signature chain local heights proofs rotation agreement logs",
                    );
                }
            },
            "--seeds" => match number() {
                Some(number) => seeds = number,
                None => return usage("--seeds needs a number"),
            },
            "--from" => match number() {
                Some(number) => from = number,
                None => return usage("--from needs a number"),
            },
            other => return usage(&format!("'{other}' is not known")),
        }
    }
    let script = script::Script::new(NODES);
    let (mut failed, mut hours, mut delivered, mut written, mut restored) = (0_u64, 0, 0, 0, 0);
    let began = cpu_seconds();
    for seed in from..from.saturating_add(seeds) {
        let verdict = fleet::run(&script, seed, manners);
        hours += verdict.host_hours;
        delivered += verdict.delivered;
        written += verdict.written;
        restored += verdict.restored;
        if !verdict.failures.is_empty() {
            failed += 1;
            println!("seed {seed} (trace {}):", verdict.trace);
            verdict.failures.iter().for_each(|failure| println!("  {failure}"));
        }
    }
    let seconds = (cpu_seconds() - began).max(0.001);
    println!(
        "{delivered} deliveries, {written} facts written, {restored} old back-ups restored; {:.0} node-days in {seconds:.1} CPU-seconds, {:.0} in each",
        hours as f64 / 24.0,
        hours as f64 / 24.0 / seconds
    );
    println!("{seeds} seeds, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The time for which this process was on a processor, in seconds; Linux counts it in nanoseconds.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").expect("Linux tells how long a process ran");
    let ran: u64 = stat.split(' ').next().and_then(|ran| ran.parse().ok()).expect("nanoseconds come first");
    ran as f64 / 1e9
}

/// A fault by its name, and whether logs are continued after a restart.
fn planted(name: &str) -> Option<(Option<Planted>, bool)> {
    Some(match name {
        "signature" => (Some(Planted::NoSignatureCheck), false),
        "chain" => (Some(Planted::NoChainCheck), false),
        "local" => (Some(Planted::LocalLeaks), false),
        "heights" => (Some(Planted::HeightsOnly), false),
        "proofs" => (Some(Planted::ProofsKept), false),
        "rotation" => (Some(Planted::RotationIgnored), false),
        "agreement" => (Some(Planted::AgreementUnread), false),
        "logs" => (None, true),
        _ => return None,
    })
}

fn usage(fault: &str) -> ExitCode {
    eprintln!("{fault}; usage: federation [--seeds N] [--from S] [--real] [--planted FAULT]");
    ExitCode::from(64)
}
