//! Solves a DIMACS `.min` file: prints `s COST` and the seconds of the solver alone.
//!
//! `cargo run --release -p koinon-flow --example dimacs -- FILE [REPEATS]`; with repeats, the best time counts.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line example speaks on its streams")]

use koinon_flow::{Status, dimacs, solve, verify};
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(file) = arguments.next() else {
        eprintln!("usage: dimacs FILE [REPEATS]");
        return ExitCode::from(2);
    };
    let repeats: u32 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    match run(&file, repeats) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(file: &str, repeats: u32) -> Result<(), String> {
    let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let network = dimacs::read(&bytes).map_err(|faults| format!("{file}:\n{faults}"))?;
    let (mut seconds, mut solution) = timed(&network);
    for _ in 1..repeats {
        let (again, same) = timed(&network);
        seconds = seconds.min(again);
        solution = same;
    }
    verify(&network, &solution).map_err(|error| error.to_string())?;
    match &solution.status {
        Status::Optimal => println!("s {}", solution.cost),
        Status::Infeasible { unsent, unmet } => {
            println!("c infeasible: {unsent} unsent, {unmet} unmet, the rest costs {}", solution.cost);
        }
        Status::Unbounded { cycle } => println!("c unbounded: arcs {cycle:?} gain without limit"),
    }
    println!("c {:.6} seconds, {} pivots", seconds.as_secs_f64(), solution.pivots);
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "an example that measures needs a clock")]
fn timed(network: &koinon_flow::Network) -> (Duration, koinon_flow::Solution) {
    let start = Instant::now();
    let solution = solve(network);
    (start.elapsed(), solution)
}
