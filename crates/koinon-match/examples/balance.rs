//! Measures the balance of made-up micro-grids in a ring with cross lines: `balance PLACES STEPS [SEED]`.
//!
//! Prints the problem, one record a line, for a peer to solve (`benchmarks/balance`), then values and bounds of the goals, and CPU seconds.
#![allow(
    clippy::unwrap_used,
    clippy::as_conversions,
    clippy::cast_possible_wrap,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program may fail loudly"
)]

use std::time::Instant;

use koinon_core::Day;
use koinon_flow::Chance;
use koinon_match::Moment;
use koinon_match::balance::{Line, Place, Problem, Store, plan};

fn made(places: usize, steps: usize, seed: u64) -> Problem {
    let mut chance = Chance::new(seed);
    let mut draw = |most: usize| chance.below(most) as i64;
    let sun = [0, 0, 0, 0, 0, 0, 2, 8, 18, 30, 40, 46, 48, 46, 40, 30, 18, 8, 2, 0, 0, 0, 0, 0];
    let mut all = Vec::new();
    for at in 0..places {
        let panels = 10_000 + draw(40_000);
        let capacity = 1_000_000 + draw(4_000_000);
        let mut list = |base: i64| (0..steps).map(|_| base + draw(200_000)).collect::<Vec<_>>();
        let demand = [list(40_000), list(300_000), list(50_000)];
        let inflow =
            sun.iter().cycle().take(steps).map(|hour| hour * panels * (50 + draw(50)) / 100).collect();
        let store = Store {
            capacity,
            level: capacity / 2,
            floor: capacity / 5,
            loss_ppm: 200,
            charge_max: Some(capacity / 4),
            discharge_max: Some(capacity / 4),
            charge_loss_ppm: 50_000,
            discharge_loss_ppm: 50_000,
        };
        all.push(Place { code: format!("p{at:04}").parse().unwrap(), inflow, demand, store: Some(store) });
    }
    let mut lines = Vec::new();
    for at in 0..places {
        for far in [1, 3] {
            let code = |at: usize| format!("p{:04}", at % places).parse().unwrap();
            let out = if draw(8) == 0 { vec![(2, 9)] } else { Vec::new() };
            lines.push(Line {
                code: format!("w{at:04}-{far}").parse().unwrap(),
                from: code(at),
                to: code(at + far),
                both_ways: true,
                capacity: 100_000 + draw(400_000),
                loss_ppm: 10_000 + draw(30_000),
                out,
            });
        }
    }
    let steps = u32::try_from(steps).unwrap();
    Problem { start: Moment { day: Day(20_000), minute: 0 }, step_minutes: 60, steps, places: all, lines }
}

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).map(|word| word.parse().unwrap()).collect();
    let [places, steps] = [numbers.first().copied().unwrap_or(10), numbers.get(1).copied().unwrap_or(24)];
    let problem = made(places, steps, numbers.get(2).copied().unwrap_or(7) as u64);
    let list = |list: &[i64]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    println!("steps {steps}");
    for place in &problem.places {
        let s = place.store.unwrap();
        println!("place {}", place.code);
        println!("inflow {}", list(&place.inflow));
        for demand in &place.demand {
            println!("demand {}", list(demand));
        }
        let limits =
            [s.charge_max.unwrap(), s.discharge_max.unwrap(), s.charge_loss_ppm, s.discharge_loss_ppm];
        println!("store {} {}", list(&[s.capacity, s.level, s.floor, s.loss_ppm]), list(&limits));
    }
    for line in &problem.lines {
        let (from, until) = line.out.first().copied().unwrap_or_default();
        println!("line {} {} {} {} {from} {until}", line.from, line.to, line.capacity, line.loss_ppm);
    }
    let begin = Instant::now();
    let found = plan(&problem).unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    for goal in &found.goals {
        println!("goal {} {}", goal.value, goal.bound);
    }
    println!("seconds {seconds:.3} complete {}", found.complete);
}
