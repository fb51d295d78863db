//! Plays many days of the default region under many seeds and checks after each day that everything adds up.
//!
//! `cargo run --release -p koinon-sim --example days -- --seeds 20 --days 30`; the last line counts the failed seeds.
//! `--plain` takes a plain rule in place of the matching engine.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to its terminal")]

use std::process::ExitCode;

use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{CommunityCode, Day};
use koinon_sim::federation::{DAYS_MAX, Suggests};
use koinon_sim::suggest::{engine_once, greedy};
use koinon_sim::{Federation, Purpose, Scenario, Seed, World};

struct Wish {
    seeds: u64,
    days: i32,
    communities: usize,
    population: i64,
    plain: bool,
}

fn main() -> ExitCode {
    let wish = match read(std::env::args().skip(1)) {
        Ok(wish) => wish,
        Err(fault) => {
            eprintln!("{fault}");
            return ExitCode::from(64);
        }
    };
    let mut failed = 0;
    for seed in 1..=wish.seeds {
        match play(&wish, seed) {
            Ok(line) => println!("seed {seed}: {line}"),
            Err(fault) => {
                failed += 1;
                println!("seed {seed}: FAILED: {fault}");
            }
        }
    }
    println!("{} seeds, {failed} failed", wish.seeds);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(mut words: impl Iterator<Item = String>) -> Result<Wish, String> {
    let mut wish = Wish { seeds: 20, days: 30, communities: 10, population: 25_000, plain: false };
    while let Some(word) = words.next() {
        if word == "--plain" {
            wish.plain = true;
            continue;
        }
        let value = words.next().ok_or_else(|| format!("{word} needs a number after it"))?;
        let number: i64 = value.parse().map_err(|_| format!("{word}: '{value}' is not a whole number"))?;
        let bad = |_| format!("{word}: {number} is out of range");
        match word.as_str() {
            "--seeds" => wish.seeds = u64::try_from(number).map_err(bad)?,
            "--days" => wish.days = i32::try_from(number).map_err(bad)?.clamp(1, DAYS_MAX),
            "--communities" => wish.communities = usize::try_from(number).map_err(bad)?,
            "--population" => wish.population = number,
            _ => {
                return Err(format!(
                    "'{word}' is not known; use --seeds N, --days D, --communities C, --population P or --plain"
                ));
            }
        }
    }
    Ok(wish)
}

fn play(wish: &Wish, seed: u64) -> Result<String, String> {
    let region = new_region(wish.communities, wish.population, Layout::Ring, 1).map_err(|e| e.to_string())?;
    let mut ids = Seed(seed ^ 0x9E37_79B9_7F4A_7C15).dice(0, Day(0), Purpose::Ids, 0);
    let world = World::new(&region, seed);
    let suggests: Box<Suggests> = if wish.plain { Box::new(greedy) } else { engine_once() };
    let mut federation = Federation::found(world, suggests, &mut ids).map_err(|e| e.to_string())?;
    let mut turns = Seed(seed).dice(0, Day(0), Purpose::Shuffle, 1);
    let (mut facts, mut refused, mut most) = (0, 0, 0);
    let mut cut = None;
    let mut first_refused: Option<(CommunityCode, String)> = None;
    for number in 0..wish.days {
        let today = federation.today();
        let codes: Vec<_> = region.communities.iter().map(|c| c.code.clone()).collect();
        let chosen = usize::try_from(turns.below(u32::try_from(codes.len()).unwrap_or(1))).unwrap_or(0);
        let is_last = number + 1 == wish.days;
        if let Some(community) = cut.take_if(|_| is_last || turns.per_mille(400)) {
            federation.world_mut().happen(today, Scenario::PlugIn { community });
        } else if cut.is_none() && !is_last && turns.per_mille(200) {
            cut = codes.get(chosen).cloned();
            if let Some(community) = cut.clone() {
                federation.world_mut().happen(today, Scenario::PullPlug { community });
            }
        }
        let report = federation.play(&mut ids);
        facts += report.facts.values().sum::<usize>();
        most = most.max(report.facts.values().copied().max().unwrap_or(0));
        refused += report.refused.len();
        first_refused = first_refused.or_else(|| report.refused.into_iter().next());
        // Comparing all books whole takes longer than living a day; every tenth day is often enough.
        let broken = if is_last || number % 10 == 0 { federation.check() } else { federation.check_sums() };
        if let Some(broken) = broken.first() {
            return Err(format!("day {number}: {broken}"));
        }
    }
    let example =
        first_refused.map_or_else(String::new, |(community, why)| format!(", such as {community}: {why}"));
    Ok(format!(
        "{facts} facts, at most {most} of one community on a day, {refused} commands refused{example}"
    ))
}
