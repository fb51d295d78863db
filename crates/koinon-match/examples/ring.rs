//! Plans a ring of ten communities and two hubs over 7 days with 500 and 5,000 synthetic items, and prints seconds and gap; then
//! counts one batch again and says how long the next plan takes and how many items it solves. That plan must be the one made from nothing.
//!
//! `cargo run --release -p koinon-match --example ring [ITEMS…]`; a second figure after a slash sets the vehicles'
//! capacity in kilograms, for example `500/2000`, and a third lets so many things fall due by standing agreements, for example
//! `500/20000/50`.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints, and measures real time"
)]

use std::time::Instant;

use koinon_core::region::StorageClass;
use koinon_core::{Day, Group, ItemCode, PlaceCode, StandingId, Tier};
use koinon_ledger::demand::Rate;
use koinon_ledger::fact::Occurrence;
use koinon_match::{
    Cargo, Departure, Due, Item, Keep, LotRef, Memory, Moment, Place, Problem, Stock, Use, plan, plan_again,
};

/// A small repeatable generator (Steele, Lea and Flood 2014, `SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i64::try_from((z ^ (z >> 31)) % n).unwrap_or(0)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut asked: Vec<String> = std::env::args().skip(1).collect();
    if asked.is_empty() {
        asked = vec!["500".into(), "5000".into()];
    }
    println!(
        "items  kg per vehicle  departures  agreed  suggestions   open  seconds  gap (ppm)  digest    recounted  solved"
    );
    for text in asked {
        let mut figures = text.split('/');
        let mut figure = |usual: &'static str| figures.next().map_or(usual.to_owned(), str::to_owned);
        let (items, kg, due) = (figure("500").parse()?, figure("20000").parse()?, figure("0").parse()?);
        let mut problem = ring(items, kg)?;
        fall_due(&mut problem, due)?;
        let start = Instant::now();
        let first = plan(&problem)?;
        let took = start.elapsed();
        let mut memory = Memory::default();
        drop(plan_again(&problem, &mut memory)?);
        let given = first.suggestions.first().ok_or("nothing is suggested")?;
        let counted = |stock: &&mut Stock| stock.item == given.item && stock.place == given.from;
        if let Some(stock) = problem.stock.iter_mut().find(counted) {
            stock.amount += stock.amount / 10;
        }
        let start = Instant::now();
        let again = plan_again(&problem, &mut memory)?;
        let recounted = start.elapsed();
        if again.digest != plan(&problem)?.digest {
            return Err("the plan made with a memory is another than the one made from nothing".into());
        }
        println!(
            "{items:5}  {kg:14}  {:10}  {:6}  {:11}  {:5}  {:7.3}  {:9}  {}  {:9.3}  {:6}",
            problem.departures.len(),
            first.agreed.len(),
            first.suggestions.len(),
            first.unmet.len(),
            took.as_secs_f64(),
            first.gap.parts_per_million(),
            first.digest.short(),
            recounted.as_secs_f64(),
            memory.solved(),
        );
    }
    Ok(())
}

/// Lets so many things fall due, each a day's use of a community that the next one gives.
fn fall_due(problem: &mut Problem, count: u16) -> Result<(), Box<dyn std::error::Error>> {
    let uses = problem.uses.clone();
    for (line, used) in (0..count).zip(uses.iter().step_by(11)) {
        let number: u16 = used.place.as_str().trim_start_matches("c-").parse()?;
        let from = PlaceCode::new(&format!("c-{}", number % 10 + 1))?;
        let day = problem.today.plus(i32::from(line % 7));
        let occurrence = Occurrence { proposer: "c-1".parse()?, standing: StandingId([1; 16]), line, day };
        problem.due.push(Due {
            occurrence,
            from,
            to: used.place.clone(),
            item: used.item.clone(),
            amount: i64::try_from(used.rate.amount)?,
            by: day.plus(6),
        });
    }
    Ok(())
}

fn ring(items: u32, kg: i64) -> Result<Problem, Box<dyn std::error::Error>> {
    let today = Day(20_514);
    let mut dice = Dice(1);
    let mut problem = Problem { today, minute: 360, horizon_days: 7, ..Problem::default() };
    let communities: Vec<PlaceCode> =
        (1..=10).map(|n| PlaceCode::new(&format!("c-{n}"))).collect::<Result<_, _>>()?;
    let hubs = [PlaceCode::new("hub-1")?, PlaceCode::new("hub-2")?];
    problem.places.extend(communities.iter().map(|code| Place { code: code.clone(), people: 25_000 }));
    problem.places.extend(hubs.iter().map(|code| Place { code: code.clone(), people: 0 }));
    let neighbours = communities.iter().zip(communities.iter().cycle().skip(1));
    let spokes = communities.iter().zip(hubs.iter().cycle());
    for (number, (from, to)) in neighbours.chain(spokes).enumerate() {
        let minutes = u32::try_from(35 + dice.below(25))?;
        for (a, b) in [(from, to), (to, from)] {
            for (day, minute) in (0..7).flat_map(|day| [(day, 450), (day, 810)]) {
                let leaves = Moment { day: today.plus(day), minute };
                problem.departures.push(Departure {
                    corridor: format!("road-{number}").parse()?,
                    from: a.clone(),
                    to: b.clone(),
                    leaves,
                    arrives: leaves.plus_minutes(minutes),
                    kg,
                    litre: 3 * kg,
                    pallets: None,
                    cold: true,
                    hazard: true,
                    cargo: Cargo::Goods,
                    loss_per_mille: 0,
                });
            }
        }
    }
    for number in 0..items {
        let code: ItemCode = format!("item-{number}").parse()?;
        problem.items.push(Item {
            code: code.clone(),
            tier: [Tier::MustHave, Tier::Needed, Tier::Useful]
                .into_iter()
                .nth(usize::try_from(number % 3)?)
                .unwrap_or(Tier::Useful),
            group: Group::Food,
            mass_g_per_1000: 1_000,
            volume_ml_per_1000: 1_500,
            micropallets_per_1000: 0,
            cold: dice.below(5) == 0,
            hazard: false,
            cargo: Cargo::Goods,
            storage: StorageClass::Ambient,
            packs: vec![1_000],
        });
        // Grams a day of the whole community; most places hold 20 to 100 days, one in ten is short.
        let daily = 1_000 * (1 + dice.below(40));
        for place in &communities {
            let days = if dice.below(10) == 0 { dice.below(12) } else { 30 + dice.below(70) };
            let amount = daily * days + dice.below(1_000);
            let short_dated = dice.below(20) == 0;
            let last_good = short_dated.then(|| today.plus(i32::try_from(3 + dice.below(30)).unwrap_or(3)));
            let row = u32::try_from(problem.stock.len())?;
            problem.stock.push(Stock {
                place: place.clone(),
                item: code.clone(),
                last_good,
                lot: LotRef::Row(row),
                amount,
            });
            problem.uses.push(Use {
                place: place.clone(),
                item: code.clone(),
                rate: Rate { amount: i128::from(daily), days: 1 },
                source: None,
                keep: Keep { floor: 30 * daily, target: 30 * daily },
            });
        }
    }
    Ok(problem)
}
