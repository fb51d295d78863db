//! Solves a generalised assignment file: prints who takes each job, the bound, `s VALUE` and the seconds of the solver alone.
//!
//! `cargo run --release -p koinon-flow --example assignment -- FILE [ITERATIONS [SEED]]`; the least cost is sought.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line example speaks on its streams")]

use koinon_flow::assign::{self, Budget, Goal, Status};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (file, numbers) = match arguments.split_first() {
        Some((file, numbers)) if numbers.len() <= 2 => (file, numbers),
        _ => {
            eprintln!("usage: assignment FILE [ITERATIONS [SEED]]");
            return ExitCode::from(2);
        }
    };
    match run(file, numbers) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "an example that measures needs a clock")]
fn run(file: &str, numbers: &[String]) -> Result<(), String> {
    let mut given = numbers.iter().map(|text| {
        text.parse::<u64>().map_err(|error| format!("`{text}`: {error}: write a whole number of 0 or more"))
    });
    let usual = Budget::default();
    let budget = Budget {
        steps: given.next().transpose()?.unwrap_or(usual.steps),
        seed: given.next().transpose()?.unwrap_or(usual.seed),
    };
    let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let problem = assign::read(&bytes, Goal::Least).map_err(|error| format!("{file}: {error}"))?;
    let start = std::time::Instant::now();
    let answer = assign::solve(&problem, budget);
    let seconds = start.elapsed().as_secs_f64();
    assign::check(&problem, &answer).map_err(|error| error.to_string())?;
    for placed in &answer.placed {
        match placed.agent {
            Some(agent) => println!("a {} {agent}", placed.job),
            None => println!("a {} open", placed.job),
        }
    }
    println!("b {}", answer.bound);
    match answer.status {
        Status::Partial => {
            println!("c partial: jobs {:?} are left over, the rest costs {}", answer.left_over, answer.cost);
        }
        Status::Optimal | Status::Feasible => println!("s {}", answer.cost),
    }
    println!("c {seconds:.6} seconds, {} steps, {:?}", answer.steps, answer.status);
    Ok(())
}
