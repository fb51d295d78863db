//! Cuts the power of every use case, as many times as asked for, and lets the disk be full or fail at every change.
//!
//! `cargo run --release -p koinon-crash --example cuts -- --cuts 20000 --from 1`. The last line is
//! `N cuts, L lost, C corrupt`; each failure before it names what repeats it. With `--case NAME` only use cases whose names
//! hold NAME are tried; with `--faults K` the disk is full, and fails, at every Kth change only, and never for 0. The disks
//! stand in memory. At the end is an error where anything was lost or corrupt.

#![allow(clippy::print_stdout, reason = "what it finds is printed")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail, ensure};
use koinon_crash::{Fault, Honesty, Tally, Trial, all};

/// Use cases that are tried at a time.
const WORKERS: usize = 2;

struct Asked {
    cuts: usize,
    from: u64,
    case: String,
    faults: usize,
}

fn asked() -> anyhow::Result<Asked> {
    let mut asked = Asked { cuts: 20_000, from: 1, case: String::new(), faults: 1 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} wants a value"))?;
        match word.as_str() {
            "--cuts" => asked.cuts = value.parse()?,
            "--from" => asked.from = value.parse()?,
            "--case" => asked.case = value,
            "--faults" => asked.faults = value.parse()?,
            other => bail!("{other} is not known; there are --cuts, --from, --case and --faults"),
        }
    }
    Ok(asked)
}

/// Takes one use case after the other, round after round, until there were enough cuts.
fn work(
    asked: &Asked,
    trials: &[Trial],
    next: &AtomicUsize,
    found: &Mutex<(Tally, Tally)>,
) -> anyhow::Result<()> {
    let totals = || found.lock().unwrap_or_else(PoisonError::into_inner);
    while totals().0.cuts < asked.cuts {
        let turn = next.fetch_add(1, Ordering::SeqCst);
        let round = turn / trials.len();
        let trial = trials.get(turn % trials.len()).context("a use case")?;
        let played = trial.play()?;
        let changes = played.journal.ops.len();
        // Of long ones and those with very many changes a share of them each round, another each time.
        let step = changes.div_ceil(if trial.case.is_long { 40 } else { 400 }).max(1);
        let first = round % step;
        let seed = asked.from.wrapping_add(u64::try_from(round)? << 32);
        let cuts = trial.cuts(&played, (first, step), Honesty::Honest, seed)?;
        if round == 0 && asked.faults > 0 {
            let step = asked.faults * if trial.case.is_long { 3 * step } else { step };
            let full = trial.faults(&played, (first, step), Fault::Full, seed)?;
            let broken = trial.faults(&played, (first, step), Fault::Broken, seed)?;
            println!(
                "{:44} {changes:5} changes, {:4} cuts, {:4} full disks, {:4} failures",
                trial.case.name, cuts.cuts, full.cuts, broken.cuts
            );
            totals().1.add(full);
            totals().1.add(broken);
        }
        totals().0.add(cuts);
    }
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let asked = asked()?;
    let trials: Vec<Trial> = all()
        .into_iter()
        .filter(|case| case.name.contains(&asked.case))
        .map(Trial::of)
        .collect::<anyhow::Result<_>>()?;
    ensure!(!trials.is_empty(), "no case is named so");
    let found = Mutex::new((Tally::default(), Tally::default()));
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..WORKERS).map(|_| scope.spawn(|| work(&asked, &trials, &next, &found))).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    let (cuts, faults) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    cuts.named.iter().chain(&faults.named).for_each(|named| println!("{named}"));
    println!("{} faults, {} lost, {} corrupt", faults.cuts, faults.lost, faults.corrupt);
    println!("{} cuts, {} lost, {} corrupt", cuts.cuts, cuts.lost, cuts.corrupt);
    ensure!(cuts.is_good() && faults.is_good(), "promises were broken");
    Ok(())
}
