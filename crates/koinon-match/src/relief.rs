//! One disaster, many depots, one step: who is covered with what, from where, in how many hours.
//!
//! For each item the plan covers as many people as the depots can, and among such plans spends the fewest unit-minutes
//! on the road. Units are whole; the last unit at a place may serve fewer people than it could, and counts only those.
//! Depots give all they have: keeping a reserve for the next disaster is for the caller to take off the stock.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{Digest, ItemCode, PlaceCode};
use koinon_flow::{Arc, Network, NetworkError, Solver};

/// The most entries of one list, and the largest amount.
const COUNT_MAX: usize = 1_000_000;
/// The largest number of people, of units or of minutes.
const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// A disaster and what stands in depots.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relief {
    /// Where people are affected, and how many.
    pub affected: Vec<Affected>,
    /// The items and how many people they serve.
    pub items: Vec<ReliefItem>,
    /// What stands where.
    pub stock: Vec<DepotStock>,
    /// How long it takes from depots to places; without an entry there is no way.
    pub ways: Vec<Way>,
}

/// People at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Affected {
    /// Where.
    pub place: PlaceCode,
    /// How many.
    pub people: i64,
}

/// An item of relief: `units` units serve `people` people (0.6 people each is 3 people for 5 units).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReliefItem {
    /// The code.
    pub code: ItemCode,
    /// People served by `units` units, 1 to 1,000,000.
    pub people: i64,
    /// Units that serve `people` people, 1 to 1,000,000.
    pub units: i64,
}

/// Units of an item in a depot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DepotStock {
    /// The depot.
    pub depot: PlaceCode,
    /// The item.
    pub item: ItemCode,
    /// How many units.
    pub units: i64,
}

/// The time from a depot to a place, loading included as the caller sees fit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// The depot.
    pub depot: PlaceCode,
    /// The place.
    pub place: PlaceCode,
    /// Minutes.
    pub minutes: i64,
}

/// What would be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReliefPlan {
    /// Every sending, by item, place and depot.
    pub sendings: Vec<Sending>,
    /// Totals by item.
    pub items: Vec<ItemTotal>,
    /// Cover by place.
    pub places: Vec<PlaceTotal>,
    /// The digest of the input.
    pub inputs: Digest,
}

/// Units of one item from one depot to one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sending {
    /// The item.
    pub item: ItemCode,
    /// Where to.
    pub place: PlaceCode,
    /// From where.
    pub depot: PlaceCode,
    /// How many units.
    pub units: i64,
    /// How long it takes.
    pub minutes: i64,
}

/// One item over all places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemTotal {
    /// The item.
    pub item: ItemCode,
    /// People that it covers.
    pub people: i64,
    /// People that no depot can cover with it.
    pub uncovered: i64,
    /// What it covers exactly, in parts of a person: `units` parts are one person.
    pub parts: i128,
    /// Units sent.
    pub units: i64,
    /// Units that all affected people would need and nobody has, or nobody can bring.
    pub lacking: i64,
    /// Units times minutes on the road.
    pub unit_minutes: i128,
    /// The minute of the last arrival; 0 when nothing is sent.
    pub last_minute: i64,
}

/// One place over all items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceTotal {
    /// The place.
    pub place: PlaceCode,
    /// People affected.
    pub people: i64,
    /// People covered with each item, in the order of the items.
    pub covered: Vec<(ItemCode, i64)>,
    /// People covered with the scarcest item.
    pub with_all: i64,
    /// People covered with the most plentiful item.
    pub with_any: i64,
    /// The minute of the first arrival; `None` when nothing comes.
    pub first_minute: Option<i64>,
}

/// Why a disaster cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReliefError {
    /// A number is out of range.
    #[error("{what} is {found}; use {allowed}")]
    Range {
        /// What, with its place or item.
        what: String,
        /// The number found.
        found: i64,
        /// What would do.
        allowed: &'static str,
    },
    /// Something is listed twice.
    #[error("{0} is listed twice; keep one")]
    Twice(String),
    /// Too many entries.
    #[error("{0} entries in one list; at most {COUNT_MAX} can be planned")]
    TooMany(usize),
    /// Amounts and times of one item are together too large to weigh exactly.
    #[error("{item}: {source}")]
    Amounts {
        /// The item.
        item: ItemCode,
        /// What overflows.
        source: NetworkError,
    },
}

impl Relief {
    /// Sorts every list, so that equal content is an equal value.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        self.affected.sort();
        self.items.sort();
        self.stock.sort();
        self.ways.sort();
        self
    }

    /// The digest of the content, whatever the order of its lists.
    pub fn digest(&self) -> Digest {
        let sorted = self.clone().canonical();
        let affected = sorted.affected.iter().map(|a| format!("affected\t{}\t{}\n", a.place, a.people));
        let items = sorted.items.iter().map(|i| format!("item\t{}\t{}\t{}\n", i.code, i.people, i.units));
        let stock = sorted.stock.iter().map(|s| format!("stock\t{}\t{}\t{}\n", s.depot, s.item, s.units));
        let ways = sorted.ways.iter().map(|w| format!("way\t{}\t{}\t{}\n", w.depot, w.place, w.minutes));
        let text: String = affected.chain(items).chain(stock).chain(ways).collect();
        Digest::of("koinon/relief/1", text.as_bytes())
    }

    fn inspect(&self) -> Result<(), ReliefError> {
        let lens = [self.affected.len(), self.items.len(), self.stock.len(), self.ways.len()];
        if let Some(len) = lens.into_iter().find(|len| *len > COUNT_MAX) {
            return Err(ReliefError::TooMany(len));
        }
        let range = |what: String, found: i64, least: i64, most: i64, allowed: &'static str| {
            if (least..=most).contains(&found) {
                Ok(())
            } else {
                Err(ReliefError::Range { what, found, allowed })
            }
        };
        for one in &self.affected {
            range(format!("people at {}", one.place), one.people, 0, AMOUNT_MAX, "0 to 10^12")?;
        }
        for one in &self.items {
            for (word, number) in [("people", one.people), ("units", one.units)] {
                range(format!("{word} of {}", one.code), number, 1, 1_000_000, "1 to 1000000")?;
            }
        }
        for one in &self.stock {
            range(format!("{} in {}", one.item, one.depot), one.units, 0, AMOUNT_MAX, "0 to 10^12")?;
        }
        for one in &self.ways {
            range(
                format!("minutes from {} to {}", one.depot, one.place),
                one.minutes,
                0,
                10_000_000,
                "0 to 10^7",
            )?;
        }
        let twice = |words: Vec<String>| {
            let mut seen = BTreeSet::new();
            words
                .into_iter()
                .find(|word| !seen.insert(word.clone()))
                .map_or(Ok(()), |w| Err(ReliefError::Twice(w)))
        };
        twice(self.affected.iter().map(|a| a.place.to_string()).collect())?;
        twice(self.items.iter().map(|i| i.code.to_string()).collect())?;
        twice(self.stock.iter().map(|s| format!("{} in {}", s.item, s.depot)).collect())?;
        twice(self.ways.iter().map(|w| format!("the way from {} to {}", w.depot, w.place)).collect())
    }

    /// Plans the disaster.
    pub fn plan(&self) -> Result<ReliefPlan, ReliefError> {
        self.inspect()?;
        let inputs = self.digest();
        let sorted = self.clone().canonical();
        let mut solver = Solver::new();
        let mut plan = ReliefPlan { sendings: Vec::new(), items: Vec::new(), places: Vec::new(), inputs };
        let places = sorted.affected.iter().map(|one| PlaceTotal {
            place: one.place.clone(),
            people: one.people,
            covered: Vec::new(),
            with_all: 0,
            with_any: 0,
            first_minute: None,
        });
        plan.places = places.collect();
        for item in &sorted.items {
            let sendings = sorted.send(item, &mut solver)?;
            plan.add(item, sendings);
        }
        for place in &mut plan.places {
            place.with_all = place.covered.iter().map(|(_, people)| *people).min().unwrap_or(0);
            place.with_any = place.covered.iter().map(|(_, people)| *people).max().unwrap_or(0);
        }
        Ok(plan)
    }

    /// Plans one item: the most people first, then the fewest unit-minutes.
    fn send(&self, item: &ReliefItem, solver: &mut Solver) -> Result<Vec<Sending>, ReliefError> {
        let depots: Vec<&DepotStock> =
            self.stock.iter().filter(|s| s.item == item.code && s.units > 0).collect();
        let depot_at: BTreeMap<&PlaceCode, usize> =
            depots.iter().enumerate().map(|(at, s)| (&s.depot, at)).collect();
        let place_at: BTreeMap<&PlaceCode, usize> =
            self.affected.iter().enumerate().map(|(at, a)| (&a.place, depots.len() + at)).collect();
        let sink = depots.len() + self.affected.len();
        let total: i64 = depots.iter().map(|stock| stock.units).sum();
        let mut supplies: Vec<i64> = depots.iter().map(|stock| stock.units).collect();
        supplies.resize(sink, 0);
        supplies.push(-total);
        let ways: Vec<(&Way, usize, usize)> = self
            .ways
            .iter()
            .filter_map(|way| Some((way, *depot_at.get(&way.depot)?, *place_at.get(&way.place)?)))
            .collect();
        let mut arcs: Vec<Arc> =
            ways.iter().map(|(way, from, to)| Arc::new(*from, *to, total, way.minutes)).collect();
        let longest = ways.iter().map(|(way, ..)| way.minutes).max().unwrap_or(0);
        // A cycle changes at most as many ways as there are nodes; one part of a person outweighs them all.
        let nodes = i64::try_from(sink + 2).unwrap_or(i64::MAX);
        let part = nodes.saturating_mul(longest + 1);
        for (stock, at) in depots.iter().zip(0..) {
            arcs.push(Arc::new(at, sink, stock.units, 0));
        }
        for (one, at) in self.affected.iter().zip(depots.len()..) {
            let (whole, rest) = units_for(one.people, item);
            arcs.push(Arc::new(at, sink, whole.min(total), part.saturating_mul(-item.people)));
            if rest > 0 {
                arcs.push(Arc::new(at, sink, 1, part.saturating_mul(-rest)));
            }
        }
        let amounts = |source| ReliefError::Amounts { item: item.code.clone(), source };
        let network = Network::new(supplies, arcs).map_err(amounts)?;
        let solution = solver.solve(&network);
        let sent = ways.iter().zip(&solution.flow).filter(|(_, units)| **units > 0);
        let mut sendings: Vec<Sending> = sent
            .map(|((way, ..), units)| Sending {
                item: item.code.clone(),
                place: way.place.clone(),
                depot: way.depot.clone(),
                units: *units,
                minutes: way.minutes,
            })
            .collect();
        sendings.sort();
        Ok(sendings)
    }
}

/// Units that all serve fully, and the parts of a person that one more would serve.
fn units_for(people: i64, item: &ReliefItem) -> (i64, i64) {
    let parts = i128::from(people) * i128::from(item.units);
    let each = i128::from(item.people);
    let narrow = |n: i128| i64::try_from(n).unwrap_or(i64::MAX);
    (narrow(parts / each), narrow(parts % each))
}

impl ReliefPlan {
    fn add(&mut self, item: &ReliefItem, sendings: Vec<Sending>) {
        let mut at: BTreeMap<PlaceCode, (i64, i64)> = BTreeMap::new();
        for sending in &sendings {
            let entry = at.entry(sending.place.clone()).or_insert((0, sending.minutes));
            *entry = (entry.0 + sending.units, entry.1.min(sending.minutes));
        }
        let (mut parts, mut people, mut needed) = (0i128, 0i64, 0i64);
        let mut all = 0i64;
        for place in &mut self.places {
            let (units, first) = at.get(&place.place).copied().map_or((0, None), |(u, m)| (u, Some(m)));
            let full = i128::from(place.people) * i128::from(item.units);
            let covered_parts = (i128::from(units) * i128::from(item.people)).min(full);
            let covered = i64::try_from(covered_parts / i128::from(item.units)).unwrap_or(i64::MAX);
            place.covered.push((item.code.clone(), covered));
            place.first_minute = [place.first_minute, first].into_iter().flatten().min();
            let (whole, rest) = units_for(place.people, item);
            parts += covered_parts;
            people = people.saturating_add(covered);
            all = all.saturating_add(place.people);
            needed = needed.saturating_add(whole).saturating_add(i64::from(rest > 0));
        }
        let units: i64 = sendings.iter().map(|s| s.units).sum();
        self.items.push(ItemTotal {
            item: item.code.clone(),
            people,
            uncovered: all.saturating_sub(people),
            parts,
            units,
            lacking: needed.saturating_sub(units),
            unit_minutes: sendings.iter().map(|s| i128::from(s.units) * i128::from(s.minutes)).sum(),
            last_minute: sendings.iter().map(|s| s.minutes).max().unwrap_or(0),
        });
        self.sendings.extend(sendings);
    }

    /// People covered with every item, over all places.
    pub fn people_with_all(&self) -> i64 {
        self.places.iter().map(|place| place.with_all).sum()
    }

    /// People covered with at least one item, over all places.
    pub fn people_with_any(&self) -> i64 {
        self.places.iter().map(|place| place.with_any).sum()
    }

    /// The minute of the last arrival; 0 when nothing is sent.
    pub fn last_minute(&self) -> i64 {
        self.items.iter().map(|item| item.last_minute).max().unwrap_or(0)
    }
}
