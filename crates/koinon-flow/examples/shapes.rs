//! Makes networks of the three shapes that a plan of one item has, solves files of them, and changes stock in them.
//!
//! ```text
//! shapes --write region|district|continental COUNT SEED FOLDER   writes COUNT items as DIMACS files
//! shapes --solve MILLISECONDS FILE...                            cold solves, one after the other in one Solver
//! shapes --change COUNT FILE...                                  one stock changed, the optimum found again, COUNT times a file
//! ```
//!
//! A node is a place in a period; one more stands for use, to which everything flows. Arcs are departures (cost: minutes × handling),
//! holding to the next period, needs (life-safety or other), and tiers of days of cover at the end, of which the emptiest is worth most and
//! the last takes any rest. Units are grams, vehicles carry 350 to 3,800 kg, and an item is 1 to 64 g for a person and day. Neighbouring levels differ by more than any path costs. Stock below a place's floor has no arc; so a place with
//! plenty has no needs and no tiers below its floor, and a departure without a cold box no room for a cold item: those arcs have capacity 0.
//! Cover is spread as a product of chances, three places in a hundred are in crisis, and all is whole numbers from a seed.
//!
//! | shape | places | periods | departures | nodes | arcs |
//! |---|---|---|---|---|---|
//! | region | 10 communities and 2 stores | 7 | 924: each to each, daily | 85 | 1,188 |
//! | district | 1,800 neighbourhoods, 12 hubs | 1 | 18,132: 4 neighbours each way, hub and back, hub to hub | 1,813 | 32,544 |
//! | continental | 1,000 communities, 40 hubs | 1 | 13,560: 5 neighbours each way, hub and back, hub to hub | 1,041 | 21,600 |
//!
//! What it prints: `s FILE COST`, `u FILE NODE SUPPLY COST` for a change (nodes from 1; the sink takes the difference), and `t WHAT MICROSECONDS`
//! of process time for one solve, reading left out.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line example speaks on its streams")]

use koinon_flow::{Arc, Change, Network, NetworkError, Solver, Standing, Status, UNLIMITED, dimacs, verify};
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["--write", shape, count, seed, folder] => write(shape, count, seed, folder),
        ["--solve", milliseconds, files @ ..] if !files.is_empty() => solve(milliseconds, files),
        ["--change", count, files @ ..] if !files.is_empty() => change(count, files),
        _ => {
            eprintln!(
                "usage: shapes --write region|district|continental COUNT SEED FOLDER | --solve MILLISECONDS FILE... | --change COUNT FILE..."
            );
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// What is the same for all items of a shape.
struct Shape {
    name: &'static str,
    /// Places with people on a ring; the last `stores` of them have none.
    places: usize,
    stores: usize,
    hubs: usize,
    periods: usize,
    /// Neighbours on either side that a place sends to; none: each to each.
    reach: Option<usize>,
    /// Tiers of cover at the end, the last without limit.
    tiers: i64,
    /// Tiers that the floor covers.
    floor: i64,
    people: i64,
    arcs: usize,
}

const SHAPES: [Shape; 3] = [
    Shape {
        name: "region",
        places: 12,
        stores: 2,
        hubs: 0,
        periods: 7,
        reach: None,
        tiers: 9,
        floor: 4,
        people: 25_000,
        arcs: 1_188,
    },
    Shape {
        name: "district",
        places: 1_800,
        stores: 0,
        hubs: 12,
        periods: 1,
        reach: Some(4),
        tiers: 7,
        floor: 3,
        people: 140,
        arcs: 32_544,
    },
    Shape {
        name: "continental",
        places: 1_000,
        stores: 0,
        hubs: 40,
        periods: 1,
        reach: Some(5),
        tiers: 7,
        floor: 3,
        people: 25_000,
        arcs: 21_600,
    },
];

/// Tenths of a day in a tier, and in the horizon where it has one period.
const TIER: i64 = 20;
const HORIZON: i64 = 70;

/// `SplitMix64` (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number from `low` to `high`, both included.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() >> 1).cast_signed() % (high - low + 1)
    }

    fn one_in(&mut self, many: i64) -> bool {
        self.between(1, many) == 1
    }
}

/// One vehicle's way, for every item alike.
struct Departure {
    from: usize,
    to: usize,
    minutes: i64,
    grams: i64,
    cold: bool,
}

impl Shape {
    fn stations(&self) -> usize {
        self.places + self.hubs
    }

    fn departures(&self, dice: &mut Dice) -> Vec<Departure> {
        let (places, stations) = (self.places, self.stations());
        let hub = |place: usize| places + place * self.hubs / places;
        let mut ways = Vec::new();
        for place in 0..places {
            let offsets = match self.reach {
                None => (1..places).collect(),
                Some(reach) => (1..=reach).chain(places - reach..places).collect::<Vec<_>>(),
            };
            ways.extend(
                offsets
                    .iter()
                    .map(|offset| (place, (place + offset) % places, *offset.min(&(places - offset)))),
            );
            if self.hubs > 0 {
                ways.extend([(place, hub(place), 2), (hub(place), place, 2)]);
            }
        }
        let hubs = places..stations;
        ways.extend(hubs.clone().flat_map(|a| hubs.clone().filter(move |b| *b != a).map(move |b| (a, b, 6))));
        let mut departures = Vec::new();
        for period in 0..self.periods {
            for &(from, to, steps) in &ways {
                let steps = i64::try_from(steps).unwrap_or(i64::MAX);
                departures.push(Departure {
                    from: period * stations + from,
                    to: period * stations + to,
                    minutes: 15 + 22 * steps + dice.between(0, 30),
                    grams: 1_000 * dice.between(350, 3_800),
                    cold: dice.one_in(3),
                });
            }
        }
        departures
    }

    /// The network of one item.
    fn item(&self, departures: &[Departure], dice: &mut Dice) -> Result<Network, NetworkError> {
        let stations = self.stations();
        let sink = stations * self.periods;
        let handling = dice.between(1, 3);
        let (cold, life) = (dice.one_in(4), dice.one_in(3));
        // Grams that a person uses in a day: 1 to 64, each doubling as likely.
        let ration = 1_i64 << dice.between(0, 6);
        let mut arcs: Vec<Arc> = departures
            .iter()
            .map(|way| {
                let room = if cold && !way.cold { 0 } else { way.grams };
                Arc::new(way.from, way.to, room, way.minutes * handling)
            })
            .collect();
        let dearest = arcs.iter().map(|arc| arc.cost).max().unwrap_or(0);
        let level = i64::try_from(sink + 2).unwrap_or(i64::MAX).saturating_mul(dearest);
        for node in 0..sink - stations {
            arcs.push(Arc::new(node, node + stations, UNLIMITED, 1));
        }
        let mut supplies = vec![0; sink + 1];
        let mut supply = |node: usize, amount: i64| {
            for (node, amount) in [(node, amount), (sink, -amount)] {
                if let Some(slot) = supplies.get_mut(node) {
                    *slot += amount;
                }
            }
        };
        let last = sink - stations;
        for place in 0..stations {
            let people = if place + self.stores < self.places { self.people } else { 0 };
            // Grams in a tenth of a day; `cover` is stock in tenths of days.
            let used = people * ration * dice.between(70, 130) / 1_000;
            let mut cover = 80;
            for _ in 0..6 {
                cover = if dice.one_in(2) { cover * 4 / 3 } else { cover * 3 / 4 };
            }
            if dice.one_in(33) {
                cover = dice.between(0, 10);
            }
            let floor = TIER * self.floor;
            let spare = if people > 0 {
                used * (cover - floor).max(0)
            } else {
                self.people * ration * dice.between(0, 60) / 10
            };
            supply(place, spare);
            for period in 1..self.periods {
                if dice.one_in(40) {
                    supply(period * stations + place, used * dice.between(1, 30));
                }
            }
            let tail = Arc::new(last + place, sink, UNLIMITED, 0);
            if place >= self.places {
                arcs.push(tail);
                continue;
            }
            // A need is what a period uses after the stock has run out.
            let length = HORIZON / i64::try_from(self.periods).unwrap_or(1);
            for period in 0..self.periods {
                let until = length * i64::try_from(period + 1).unwrap_or(0);
                let short = used * (until - cover).clamp(0, length);
                let worth = level * if life { 128 } else { 64 };
                arcs.push(Arc::new(period * stations + place, sink, short, -worth));
            }
            let kept = cover.min(floor);
            for tier in 1..self.tiers {
                let open = used * (TIER * tier - kept).clamp(0, TIER);
                arcs.push(Arc::new(last + place, sink, open, -level * (self.tiers - tier)));
            }
            arcs.push(tail);
        }
        assert_eq!(arcs.len(), self.arcs, "the shape has the arcs that its header states");
        Network::new(supplies, arcs)
    }
}

fn write(shape: &str, count: &str, seed: &str, folder: &str) -> Result<(), String> {
    let found = SHAPES.iter().find(|known| known.name == shape);
    let shape = found.ok_or_else(|| format!("no shape is called {shape}"))?;
    let (count, seed): (u64, u64) = (number(count)?, number(seed)?);
    let departures = shape.departures(&mut Dice(seed));
    for item in 0..count {
        let mut dice = Dice(seed.wrapping_add((item + 1) << 32));
        let network = shape.item(&departures, &mut dice).map_err(|error| error.to_string())?;
        let path = format!("{folder}/{}-{item:04}.min", shape.name);
        std::fs::write(&path, dimacs::write(&network)).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

fn solve(milliseconds: &str, files: &[&str]) -> Result<(), String> {
    let least = 1_000.0 * f64::from(number::<u32>(milliseconds)?);
    let networks = read_all(files)?;
    let mut solver = Solver::new();
    for (file, network) in files.iter().zip(&networks) {
        let solution = solver.solve(network);
        verify(network, &solution).map_err(|error| format!("{file}: {error}"))?;
        if solution.status != Status::Optimal {
            return Err(format!("{file}: not all of the supply can be routed"));
        }
        println!("s {file} {}", solution.cost);
    }
    let cold = mean(least, networks.len(), || {
        let begin = process_microseconds();
        for network in &networks {
            black_box(solver.solve(black_box(network)));
        }
        process_microseconds() - begin
    });
    println!("t cold {cold:.3}");
    let checked = mean(least, networks.len(), || {
        let parts: Vec<_> =
            networks.iter().map(|network| (network.supplies().to_vec(), network.arcs().to_vec())).collect();
        let begin = process_microseconds();
        for (supplies, arcs) in parts {
            black_box(Network::new(supplies, arcs).map(|network| solver.solve(&network)).ok());
        }
        process_microseconds() - begin
    });
    println!("t checked {checked:.3}");
    Ok(())
}

/// Mean of one solve over as many passes as take `least` microseconds.
fn mean(least: f64, solves: usize, mut pass: impl FnMut() -> f64) -> f64 {
    let (mut spent, mut passes) = (0.0, 0_u32);
    while spent < least || passes == 0 {
        spent += pass();
        passes += 1;
    }
    spent / f64::from(passes) / f64::from(u32::try_from(solves).unwrap_or(u32::MAX))
}

fn change(count: &str, files: &[&str]) -> Result<(), String> {
    let count: usize = number(count)?;
    let networks = read_all(files)?;
    let (mut resolved, mut stood, mut pivots) = (0.0, 0.0, [0, 0]);
    for (index, (file, network)) in files.iter().zip(&networks).enumerate() {
        let changes = stock_changes(network, count, index);
        let mut solver = Solver::new();
        let mut changed = network.clone();
        solver.solve(&changed);
        let mut costs = Vec::with_capacity(count);
        let begin = process_microseconds();
        for change in &changes {
            changed.update(change).map_err(|error| error.to_string())?;
            let solution = solver.resolve(&changed);
            pivots = add(pivots, [solution.pivots, 0]);
            costs.push(solution.cost);
        }
        resolved += process_microseconds() - begin;
        replay(file, network, &changes, &costs)?;

        let mut standing = Standing::new(network.clone()).map_err(|error| error.to_string())?;
        let mut same = Vec::with_capacity(count);
        let begin = process_microseconds();
        for change in &changes {
            standing.update(change).map_err(|error| error.to_string())?;
            pivots = add(pivots, [0, standing.pivots()]);
            same.push(standing.cost());
        }
        stood += process_microseconds() - begin;
        verify(&changed, &standing.solution()).map_err(|error| format!("{file}: {error}"))?;
        if same != costs {
            return Err(format!("{file}: what stands differs from what is solved"));
        }
    }
    let done = f64::from(u32::try_from(count * files.len()).unwrap_or(u32::MAX));
    println!("t standing {:.3}", stood / done);
    println!("t resolve {:.3}", resolved / done);
    println!("c pivots in all: {} by Solver::resolve, {} by Standing", pivots[0], pivots[1]);
    Ok(())
}

fn add(a: [u64; 2], b: [u64; 2]) -> [u64; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

/// Changes of the stock of places that have some, each with what the sink then takes.
fn stock_changes(network: &Network, count: usize, seed: usize) -> Vec<[Change; 2]> {
    let mut supplies = network.supplies().to_vec();
    let sink = supplies.len() - 1;
    let givers: Vec<usize> =
        (0..sink).filter(|&node| supplies.get(node).is_some_and(|&amount| amount > 0)).collect();
    let mut dice = Dice(u64::try_from(seed).unwrap_or(0));
    let mut changes = Vec::with_capacity(count);
    while changes.len() < count && !givers.is_empty() {
        let pick = dice.between(0, i64::try_from(givers.len() - 1).unwrap_or(0));
        let Some(&node) = usize::try_from(pick).ok().and_then(|pick| givers.get(pick)) else { break };
        let Some(was) = supplies.get_mut(node) else { break };
        let supply = *was * dice.between(50, 150) / 100 + dice.between(0, 50);
        let more = supply - *was;
        *was = supply;
        let Some(taken) = supplies.get_mut(sink) else { break };
        *taken -= more;
        changes.push([Change::Supply { node, supply }, Change::Supply { node: sink, supply: *taken }]);
    }
    changes
}

/// Solves each changed network from nothing, and compares.
fn replay(file: &str, network: &Network, changes: &[[Change; 2]], costs: &[i128]) -> Result<(), String> {
    let mut changed = network.clone();
    let mut solver = Solver::new();
    for (change, cost) in changes.iter().zip(costs) {
        changed.update(change).map_err(|error| error.to_string())?;
        let cold = solver.solve(&changed).cost;
        if cold != *cost {
            return Err(format!("{file}: found again at {cost}, from nothing at {cold}"));
        }
        if let [Change::Supply { node, supply }, _] = change {
            println!("u {file} {} {supply} {cost}", node + 1);
        }
    }
    Ok(())
}

fn read_all(files: &[&str]) -> Result<Vec<Network>, String> {
    let read = |file: &&str| {
        let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        dimacs::read(&bytes).map_err(|faults| format!("{file}:\n{faults}"))
    };
    files.iter().map(read).collect()
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is no whole number"))
}

/// Processor time of this process so far.
fn process_microseconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    std::time::Duration::try_from(time).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}
