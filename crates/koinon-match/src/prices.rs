//! What room on full departures is worth: a bound that no plan can go below, and prices by which items give way to each other.
//!
//! Each way asks a price for a gram, a millilitre and a millionth of a pallet on any of its departures. Under prices every item is planned alone, as if it paid
//! them; the weight of these plans together, less what all room would bring in, is a weight that no plan can go below, whatever the
//! prices are (Lagrangian relaxation, Fisher 1981). Departures of one way share a price since a load that misses one mostly takes the
//! next: priced one by one, all items run from each departure to the other and back. Prices grow and shrink by a part of themselves as
//! the mean of what was asked for in earlier rounds lies above or below the room (Plotkin, Shmoys and Tardos 1995), so that they find
//! their size, be it minutes or lives, in a few dozen rounds.
//!
//! All of it in whole numbers and in a number of rounds that follows from the problem: equal problems give equal prices on any number
//! of threads.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use koinon_flow::Tolled;

use crate::case::Case;
use crate::engine::{Layout, PlanError, Room};
use crate::flow::{Alone, Setting};
use crate::problem::{Cargo, ENDLESS, Item, MEASURES, Measures};
use crate::threads::in_parts;

/// Binary places of prices and slopes.
const PLACES: u32 = 16;
/// The lowest price that is one.
const LEAST: i128 = 1 << (PLACES - 6);
/// The price that is tried first where all ways cost the same, as a power of two, and how far the next lies from it.
const FLAT_FIRST: u32 = 12;
const FLAT_STEP: u32 = 4;
/// No price is tried beyond this power.
const FLAT_LAST: u32 = 76;
/// The most rounds.
const ROUNDS_MAX: u32 = 60;
/// Rounds that may pass without a better bound.
const PATIENCE: u32 = 12;
/// A better bound is one that is better by a part in so many.
const BETTER: i128 = 100_000;
/// How much of the mean the newest round makes up: one part in so many.
const MEMORY: i128 = 2;
/// After so many rounds steps are half as long.
const HALVING: u32 = 20;

/// What a gram, a millilitre and a millionth of a pallet cost on each run, in weight, with [`PLACES`] binary places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prices(Vec<Measures>);

impl Prices {
    /// So many percent of the prices.
    pub(crate) fn scaled(&self, percent: i128) -> Self {
        Self(self.0.iter().map(|price| price.map(|price| price * percent / 100)).collect())
    }

    /// What one unit of an item pays on a run, in the weights of its own network and at most so much; rounded down, so that the bound
    /// holds.
    pub(crate) fn toll(&self, item: &Item, run: usize, ceiling: i64) -> i64 {
        let Some(prices) = self.0.get(run) else { return 0 };
        let parts = prices.iter().zip(item.per_1000());
        let parts = parts.map(|(price, per_1000)| price.saturating_mul(i128::from(per_1000)));
        let thousand = parts.fold(0, i128::saturating_add);
        i64::try_from((thousand >> PLACES) / (1_000 * scale(item))).unwrap_or(ceiling).min(ceiling)
    }
}

/// How much the weights of an item's network count beside those of others: by the room that a unit takes.
///
/// A level stands for the same urgency in every item. What departures are short of is room, so room is what a level is counted by;
/// otherwise a gram of pills, being many pieces, would count for more than a gram of water.
pub(crate) fn scale(item: &Item) -> i128 {
    item.per_1000().into_iter().map(i128::from).sum::<i128>().max(1)
}

/// A proven bound, and the prices that prove it.
#[derive(Debug, Clone)]
pub(crate) struct Priced {
    pub(crate) bound: i128,
    pub(crate) prices: Prices,
}

/// One item that pays tolls.
struct Payer<'a> {
    item: &'a Item,
    tolled: Tolled,
    ceiling: i64,
    /// Arcs of its network, and the runs for which they stand.
    runs: Vec<(usize, usize)>,
    /// The weight of doing nothing.
    idle: i128,
}

impl Payer<'_> {
    /// Plans the item alone under prices.
    fn answer(&mut self, prices: &Prices, into: &mut Answer) {
        for (arc, run) in &self.runs {
            self.tolled.toll(*arc, prices.toll(self.item, *run, self.ceiling));
        }
        into.weight += scale(self.item) * (self.tolled.solve() - self.idle);
        for (arc, run) in &self.runs {
            let units = self.tolled.flow(*arc);
            if let Some(sum) = into.loads.get_mut(*run).filter(|_| units > 0) {
                *sum = both(*sum, self.item.load(units), |sum, load| sum + load);
            }
        }
    }
}

/// What all items together do under some prices.
struct Answer {
    /// Their weight, tolls included.
    weight: i128,
    /// The load on each run.
    loads: Vec<Measures>,
}

/// All items, in as many parts as there are threads.
struct Market<'a> {
    parts: Vec<Vec<Payer<'a>>>,
    /// The room on each run.
    rooms: Vec<Measures>,
    /// The way of each run.
    ways: Vec<usize>,
}

impl<'a> Market<'a> {
    /// Lays out every item that moves; nothing where tolls could not be told exactly.
    fn open(
        layout: &'a Layout<'a>,
        setting: Setting<'a>,
        threads: NonZeroUsize,
    ) -> Result<Option<Self>, PlanError> {
        let empty = Room::empty(layout);
        let ceiling = setting.weights.top();
        let payer = |case: &Case, item: &'a Item| {
            let alone = setting.alone(case, &empty.units(item, layout.allowed(item)));
            let Alone { network, runs, idle } = alone.map_err(PlanError::amounts(item))?;
            let tolled = Tolled::new(&network, ceiling).ok();
            Ok(tolled.map(|tolled| Payer { item, tolled, ceiling, runs, idle }))
        };
        let moving = layout.cases.iter().filter(|case| !case.is_idle());
        let cases: Vec<(&Case, &Item)> = moving.filter_map(|c| Some((c, c.of(layout.problem)?))).collect();
        // Neighbouring items are often alike, so each thread takes every so manieth.
        let mut shares: Vec<Vec<(&Case, &Item)>> = vec![Vec::new(); threads.get().min(cases.len().max(1))];
        let count = shares.len();
        for (number, case) in cases.into_iter().enumerate() {
            shares.get_mut(number % count).into_iter().for_each(|share| share.push(case));
        }
        let made = in_parts(&mut shares, |cases| {
            let payers = cases.iter().map(|(case, item)| payer(case, item));
            payers.collect::<Result<Option<Vec<_>>, PlanError>>()
        });
        let Some(parts) = made.into_iter().collect::<Result<Option<Vec<_>>, _>>()? else { return Ok(None) };
        let mut known: BTreeMap<(usize, usize, Cargo, bool, bool), usize> = BTreeMap::new();
        let mut ways = Vec::with_capacity(layout.table.runs.len());
        for run in &layout.table.runs {
            let place = |spot: usize| layout.table.spots.get(spot).map_or(0, |spot| spot.place);
            let next = known.len();
            let way = layout.problem.departures.get(run.departure).map_or(next, |departure| {
                let kind = (departure.cargo, departure.cold, departure.hazard);
                *known.entry((place(run.from), place(run.to), kind.0, kind.1, kind.2)).or_insert(next)
            });
            ways.push(way);
        }
        Ok(Some(Self { parts, rooms: empty.runs, ways }))
    }

    /// Sums what stands for each run by way.
    fn by_way(&self, of_runs: &[Measures]) -> Vec<Measures> {
        let mut sums = vec![[0; MEASURES]; self.ways.iter().max().map_or(0, |last| last + 1)];
        for (way, pair) in self.ways.iter().zip(of_runs) {
            if let Some(sum) = sums.get_mut(*way) {
                *sum = both(*sum, *pair, |sum, more| sum.saturating_add(more).min(ENDLESS));
            }
        }
        sums
    }

    /// Asks every item what it does under prices of ways; gives the bound that follows, and the load of each way.
    fn ask(&mut self, of_ways: &[Measures]) -> (Priced, Vec<Measures>) {
        let price = |way: &usize| of_ways.get(*way).copied().unwrap_or_default();
        let prices = Prices(self.ways.iter().map(price).collect());
        let runs = self.rooms.len();
        let answers = in_parts(&mut self.parts, |payers| {
            let mut answer = Answer { weight: 0, loads: vec![[0; MEASURES]; runs] };
            payers.iter_mut().for_each(|payer| payer.answer(&prices, &mut answer));
            answer
        });
        let mut loads = vec![[0; MEASURES]; runs];
        for answer in &answers {
            loads
                .iter_mut()
                .zip(&answer.loads)
                .for_each(|(sum, load)| *sum = both(*sum, *load, |a, b| a + b));
        }
        let income = prices.0.iter().zip(&self.rooms).map(|(price, room)| {
            both(*price, *room, i128::saturating_mul).into_iter().fold(0, i128::saturating_add)
        });
        let income = income.fold(0, i128::saturating_add);
        let weight: i128 = answers.iter().map(|answer| answer.weight).sum();
        // Rounded against the bound.
        let bound = weight - (income >> PLACES) - 1;
        let loads = self.by_way(&loads);
        (Priced { bound, prices }, loads)
    }
}

/// Raises the bound of every item alone by prices; gives nothing where prices could not be told exactly.
pub(crate) fn raise(
    layout: &Layout<'_>,
    setting: Setting<'_>,
    bound: i128,
    threads: NonZeroUsize,
) -> Result<Option<Priced>, PlanError> {
    let Some(mut market) = Market::open(layout, setting, threads)? else { return Ok(None) };
    let rooms = market.by_way(&market.rooms);
    let mut best = Priced { bound, prices: Prices(vec![[0; MEASURES]; market.rooms.len()]) };
    let (_, loads) = market.ask(&vec![[0; MEASURES]; rooms.len()]);
    // Ways on which more is asked for than fits: in grams, or else in millilitres, or else in pallets.
    let full: Vec<Measures> = loads
        .iter()
        .zip(&rooms)
        .map(|(load, room)| match both(*load, *room, |load, room| i128::from(load > room && room > 0)) {
            [1, ..] => [1, 0, 0],
            [_, 1, _] => [0, 1, 0],
            only => only,
        })
        .collect();
    let every: Vec<Measures> = rooms.iter().map(|[grams, ..]| [i128::from(*grams > 0), 0, 0]).collect();
    let all = flat(&mut market, &every, &mut best).map(|start| (&every, start));
    let (asking, start) = match all {
        Some(found) => found,
        // Where most ways are empty, asking of all of them only takes from the bound.
        None => (&full, flat(&mut market, &full, &mut best).unwrap_or(1 << FLAT_FIRST)),
    };
    let mut prices: Vec<Measures> = asking.iter().map(|asks| asks.map(|asks| asks * start)).collect();
    let mut mean: Option<Vec<Measures>> = None;
    let mut waited = 0;
    for round in 0..ROUNDS_MAX {
        let (priced, loads) = market.ask(&prices);
        waited += 1;
        if priced.bound > best.bound {
            if (priced.bound - best.bound).saturating_mul(BETTER) > best.bound.abs() {
                waited = 0;
            }
            best = priced;
        }
        if waited > PATIENCE {
            break;
        }
        let mean = match &mut mean {
            None => mean.insert(loads),
            Some(mean) => {
                let newer = |mean: i128, load: i128| mean + (load - mean) / MEMORY;
                mean.iter_mut().zip(&loads).for_each(|(mean, load)| *mean = both(*mean, *load, newer));
                mean
            }
        };
        let step = (1_i128 << (PLACES - 1)) * i128::from(HALVING) / i128::from(HALVING + round);
        for (price, (mean, room)) in prices.iter_mut().zip(mean.iter().zip(&rooms)) {
            let slopes = both(*mean, *room, slope);
            *price = both(*price, slopes, |price, slope| moved(price, slope, step, start));
        }
    }
    Ok(Some(best))
}

/// Finds the size of prices: the power of two that gives a better bound than any before where some ways ask it and the others nothing.
fn flat(market: &mut Market<'_>, ways: &[Measures], best: &mut Priced) -> Option<i128> {
    let mut start = None;
    let mut power = FLAT_FIRST;
    while power <= FLAT_LAST {
        let prices: Vec<Measures> = ways.iter().map(|asks| asks.map(|asks| asks << power)).collect();
        let (priced, _) = market.ask(&prices);
        // Prices that cost more than they move only get worse.
        if priced.bound < best.bound.saturating_mul(2) {
            break;
        }
        if priced.bound > best.bound {
            (start, *best) = (Some(1 << power), priced);
        }
        power += FLAT_STEP;
    }
    start
}

/// How far a load lies above the room, as a part of it: from −1, when nothing is asked for, to 1.
fn slope(load: i128, room: i128) -> i128 {
    if room <= 0 || room >= ENDLESS {
        0
    } else {
        (((load - room) << PLACES) / room).clamp(-(1 << PLACES), 1 << PLACES)
    }
}

/// A price after a step along its slope. One that was nothing begins small.
fn moved(price: i128, slope: i128, step: i128, start: i128) -> i128 {
    if price == 0 {
        return if slope > 0 { (start / 16).max(LEAST) } else { 0 };
    }
    let moved = price + ((((price * slope) >> PLACES) * step) >> PLACES);
    if moved < LEAST { 0 } else { moved.min(1 << FLAT_LAST) }
}

fn both(mut one: Measures, other: Measures, with: impl Fn(i128, i128) -> i128) -> Measures {
    one.iter_mut().zip(other).for_each(|(one, other)| *one = with(*one, other));
    one
}
