//! Solves a `.dow` file of network design: prints the arcs opened (`o ARC`), what they carry (`f ARC COMMODITY AMOUNT`), the bound
//! (`b VALUE`), the cost (`s VALUE`) and the seconds of the solver alone.
//!
//! `cargo run --release -p koinon-flow --example dow -- FILE [ITERATIONS [SEED]] [linear]`; with `linear` opening costs nothing.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line example speaks on its streams")]

use koinon_flow::design::{self, Budget, Status};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let linear = arguments.last().is_some_and(|last| last == "linear");
    arguments.truncate(arguments.len() - usize::from(linear));
    let (file, numbers) = match arguments.split_first() {
        Some((file, numbers)) if numbers.len() <= 2 => (file, numbers),
        _ => {
            eprintln!("usage: dow FILE [ITERATIONS [SEED]] [linear]");
            return ExitCode::from(2);
        }
    };
    match run(file, numbers, linear) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "an example that measures needs a clock")]
fn run(file: &str, numbers: &[String], linear: bool) -> Result<(), String> {
    let mut given = numbers.iter().map(|text| {
        text.parse::<u64>().map_err(|error| format!("`{text}`: {error}: write a whole number of 0 or more"))
    });
    let usual = Budget::default();
    let steps = given.next().transpose()?.unwrap_or(usual.steps);
    let seed = given.next().transpose()?.unwrap_or(usual.seed);
    let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let mut problem = design::read(&bytes).map_err(|faults| format!("{file}:\n{faults}"))?;
    if linear {
        problem = problem.without_fixed_costs();
    }
    let start = std::time::Instant::now();
    let answer = design::solve(&problem, Budget { steps, seed, ..usual });
    let seconds = start.elapsed().as_secs_f64();
    design::check(&problem, &answer).map_err(|error| error.to_string())?;
    for arc in &answer.opened {
        println!("o {arc}");
    }
    for carried in &answer.carried {
        println!("f {} {} {}", carried.arc, carried.commodity, carried.amount);
    }
    println!("b {}", answer.bound);
    match answer.status {
        Status::Partial => println!("c partial: {:?} stay, the rest costs {}", answer.left, answer.cost),
        Status::Optimal | Status::Feasible => println!("s {}", answer.cost),
    }
    println!("c {seconds:.6} seconds, {} steps, {:?}", answer.steps, answer.status);
    Ok(())
}
