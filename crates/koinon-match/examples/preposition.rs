//! Places the stock of a text file before its scenarios, and prints what came out, for `benchmarks/preposition`.
//!
//! `cargo run --release -p koinon-match --example preposition -- FILE [THREADS]`. A line is `site PLACE`, `item CODE PEOPLE UNITS`,
//! `stock PLACE CODE UNITS`, `scenario NAME WEIGHT`, `hit PLACE PEOPLE` (of the scenario above) or `way SITE PLACE MINUTES`.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints, and measures real time"
)]

use std::num::NonZeroUsize;
use std::time::Instant;

use koinon_core::PlaceCode;
use koinon_match::preposition::{Budget, Holding, Item, Opens, Preposition, Scenario, Site, plan_on};
use koinon_match::relief::{Affected, Way};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a file")?;
    let threads = std::env::args().nth(2).map_or(Ok(1), |text| text.parse::<usize>())?;
    let mut problem = Preposition::default();
    for line in std::fs::read_to_string(path)?.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        read(&mut problem, &words).ok_or_else(|| format!("{line} is no line of a problem"))?;
    }
    let start = Instant::now();
    let plan = plan_on(&problem, NonZeroUsize::new(threads).ok_or("no thread")?, Budget::default())?;
    println!("seconds {}", start.elapsed().as_secs_f64());
    println!("person {}", plan.person);
    for item in &plan.items {
        let (now, best) = (item.now, item.best);
        println!(
            "item {} {} {} {} {}",
            item.item, now.parts, now.part_minutes, best.parts, best.part_minutes
        );
    }
    for bound in &plan.bounds {
        let items: Vec<_> = bound.items.iter().map(koinon_core::ItemCode::as_str).collect();
        let worth = bound.for_effort.part;
        println!("bound {} {} {} {worth}", items.join(","), bound.parts, bound.part_minutes);
    }
    for one in &plan.placed {
        println!("placed {} {} {}", one.item, one.site, one.best);
    }
    println!("digest {}", plan.digest);
    Ok(())
}

fn read(problem: &mut Preposition, words: &[&str]) -> Option<()> {
    let place = |text: &str| PlaceCode::new(text).ok();
    match *words {
        ["site", site] => problem.sites.push(Site { place: place(site)?, room_ml: None, opens: Opens::May }),
        ["item", code, people, units] => problem.items.push(Item {
            code: code.parse().ok()?,
            people: people.parse().ok()?,
            units: units.parse().ok()?,
            ml_per_1000: 0,
        }),
        ["stock", site, item, units] => problem.holdings.push(Holding {
            site: place(site)?,
            item: item.parse().ok()?,
            units: units.parse().ok()?,
            at_least: 0,
            at_most: None,
        }),
        ["scenario", id, weight] => {
            let (id, weight) = (id.to_owned(), weight.parse().ok()?);
            problem.scenarios.push(Scenario { id, weight, affected: Vec::new() });
        }
        ["hit", town, people] => {
            let hit = Affected { place: place(town)?, people: people.parse().ok()? };
            problem.scenarios.last_mut()?.affected.push(hit);
        }
        ["way", depot, town, minutes] => problem.ways.push(Way {
            depot: place(depot)?,
            place: place(town)?,
            minutes: minutes.parse().ok()?,
        }),
        _ => return None,
    }
    Some(())
}
