//! Plans the trips of a CVRPLIB `.vrp` file: prints them in the library's form, then `s COST` and the seconds of the search alone.
//!
//! `cargo run --release -p koinon-flow --example cvrplib -- FILE [ITERATIONS [SEED]]`. Where the system tells (Linux), the seconds that
//! the processor gave are printed too, in which other load does not count.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line example speaks on its streams")]

use koinon_flow::route::{Effort, Plan, check, cvrplib, solve};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let usage = "usage: cvrplib FILE [ITERATIONS [SEED]]";
    let (file, effort) = match arguments {
        [file] => (file, Effort::default()),
        [file, iterations] => (file, Effort { iterations: number(iterations)?, ..Effort::default() }),
        [file, iterations, seed] => (file, Effort { iterations: number(iterations)?, seed: number(seed)? }),
        _ => return Err(usage.to_owned()),
    };
    let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let instance = cvrplib::read(&bytes).map_err(|faults| format!("{file}:\n{faults}"))?;
    let (seconds, plan) = timed(|| solve(&instance.problem, effort).map_err(|error| error.to_string()))?;
    check(&instance.problem, &plan).map_err(|error| error.to_string())?;
    print!("{}", instance.solution(&plan));
    println!("s {}", instance.in_file_units(plan.cost));
    let proven = if plan.proven { "proven cheapest" } else { "not proven" };
    println!("c {seconds}, {} trips, {proven}", plan.trips.len());
    Ok(())
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}`: write a whole number, 0 or more"))
}

#[allow(clippy::disallowed_methods, reason = "an example that measures needs a clock")]
fn timed(search: impl FnOnce() -> Result<Plan, String>) -> Result<(String, Plan), String> {
    let (clock, processor) = (Instant::now(), processor_nanoseconds());
    let plan = search()?;
    let mut seconds = format!("{:.6} seconds", clock.elapsed().as_secs_f64());
    if let (Some(before), Some(after)) = (processor, processor_nanoseconds()) {
        let micros = after.saturating_sub(before) / 1_000;
        seconds = format!("{seconds} ({}.{:06} CPU)", micros / 1_000_000, micros % 1_000_000);
    }
    Ok((seconds, plan))
}

/// Time this thread has had of a processor, as Linux tells it.
fn processor_nanoseconds() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_ascii_whitespace().next()?.parse().ok()
}
