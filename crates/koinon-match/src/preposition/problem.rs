//! The problem of placing stock before a disaster, in plain whole numbers, and what keeps it from being planned.

use std::collections::BTreeSet;

use koinon_core::{Digest, ItemCode, PlaceCode};

use super::check::PrepositionViolation;
use crate::relief::{Affected, Way};

/// The most entries of one list.
const COUNT_MAX: usize = 1_000_000;
/// The most prices: items times scenarios times sites.
const PRICES_MAX: usize = 10_000_000;
/// The largest number of people, of units or of millilitres.
const AMOUNT_MAX: i64 = 1_000_000_000_000;
/// The longest way, the largest weight and the largest ratio of people to units.
const SMALL_MAX: i64 = 1_000_000;
/// What sums of weighted parts of persons, times prices, stay below (2^122).
const WORTH_MAX: i128 = 1 << 122;

/// Sites, stock and scenarios.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preposition {
    /// Where stock may stand; every holding names one of them.
    pub sites: Vec<Site>,
    /// The items and how many people they serve.
    pub items: Vec<Item>,
    /// What stands where, and what must or may.
    pub holdings: Vec<Holding>,
    /// What is to be bought and placed besides.
    pub added: Vec<Added>,
    /// Disasters that may come.
    pub scenarios: Vec<Scenario>,
    /// How long it takes from sites to places; without an entry there is no way.
    pub ways: Vec<Way>,
    /// The most sites that may hold stock; `None` for as many as there are.
    pub open_at_most: Option<usize>,
    /// The most moves that are worked out.
    pub moves_at_most: usize,
}

/// A depot, or a place where one could be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// Where.
    pub place: PlaceCode,
    /// Room for all items together, in millilitres, 0 to 10^12; `None` without a limit.
    pub room_ml: Option<i64>,
    /// Whether stock may stand there.
    pub opens: Opens,
}

/// Whether stock may stand at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opens {
    /// It counts among the open ones, whatever it holds.
    Must,
    /// The plan says.
    May,
    /// Nothing may stand there.
    Closed,
}

/// An item: `units` units serve `people` people (0.6 people each is 3 people for 5 units).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// The code.
    pub code: ItemCode,
    /// People served by `units` units, 1 to 1,000,000.
    pub people: i64,
    /// Units that serve `people` people, 1 to 1,000,000.
    pub units: i64,
    /// Millilitres that 1,000 units take; 0 where it is not known or does not count.
    pub ml_per_1000: i64,
}

/// An item at a site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    /// The site.
    pub site: PlaceCode,
    /// The item.
    pub item: ItemCode,
    /// Units that stand there now, 0 to 10^12.
    pub units: i64,
    /// Units that must stand there in the plan.
    pub at_least: i64,
    /// Units that may stand there in the plan; `None` without a limit.
    pub at_most: Option<i64>,
}

/// Units to be bought.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Added {
    /// The item.
    pub item: ItemCode,
    /// How many units, 0 to 10^12.
    pub units: i64,
}

/// A disaster that may come.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scenario {
    /// Its name.
    pub id: String,
    /// How likely it is, beside the others, 1 to 1,000,000.
    pub weight: i64,
    /// Where people would be affected, and how many.
    pub affected: Vec<Affected>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrepositionError {
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
    /// Something is named and not there.
    #[error("{0} is not among the {1}; add it or leave it out")]
    Unknown(String, &'static str),
    /// Too many entries.
    #[error("{0} entries in one list; at most {COUNT_MAX} can be planned")]
    TooMany(usize),
    /// Too many items, scenarios and sites together.
    #[error(
        "items times scenarios times sites are {0}; at most {PRICES_MAX} can be planned: plan fewer items at once"
    )]
    TooManyPrices(usize),
    /// What must stand or may stand does not go with what there is.
    #[error("{item}: {why}")]
    Limits {
        /// The item.
        item: ItemCode,
        /// What does not go together.
        why: String,
    },
    /// More sites must be open than may be.
    #[error("{must} sites must be open and {most} may be; let more be open")]
    Sites {
        /// Sites that must be open or must hold something.
        must: usize,
        /// The most that may be open.
        most: usize,
    },
    /// No way was found to put everything into the room that there is.
    #[error(
        "no way was found to put everything into the room that there is; give more room, or let more sites be open"
    )]
    Room,
    /// Amounts and times are together too large to weigh exactly.
    #[error(
        "people, pieces, minutes and weights are together too large to weigh exactly; use smaller weights"
    )]
    TooLarge,
    /// The independent checker refused the plan: a fault of this engine, never of the input.
    #[error("the plan was refused by its checker and is not shown: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Refused(Vec<PrepositionViolation>),
}

fn range(
    what: String,
    found: i64,
    least: i64,
    most: i64,
    allowed: &'static str,
) -> Result<(), PrepositionError> {
    if (least..=most).contains(&found) {
        Ok(())
    } else {
        Err(PrepositionError::Range { what, found, allowed })
    }
}

/// Refuses the first word that stands twice.
fn once(words: impl Iterator<Item = String>) -> Result<(), PrepositionError> {
    let mut seen = BTreeSet::new();
    for word in words {
        if !seen.insert(word.clone()) {
            return Err(PrepositionError::Twice(word));
        }
    }
    Ok(())
}

impl Preposition {
    /// Sorts every list, so that equal content is an equal value.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        self.sites.sort();
        self.items.sort();
        self.holdings.sort();
        self.added.sort();
        self.ways.sort();
        for scenario in &mut self.scenarios {
            scenario.affected.sort();
        }
        self.scenarios.sort();
        self
    }

    /// The digest of the content, whatever the order of its lists.
    pub fn digest(&self) -> Digest {
        Digest::of("koinon/preposition/1", super::words::problem(&self.clone().canonical()).as_bytes())
    }

    /// Looks for the first thing that keeps the problem from being planned.
    pub(super) fn inspect(&self) -> Result<(), PrepositionError> {
        let lines = self.scenarios.iter().map(|one| one.affected.len()).sum();
        let lists = [
            self.sites.len(),
            self.items.len(),
            self.holdings.len(),
            self.added.len(),
            self.scenarios.len(),
            self.ways.len(),
            lines,
        ];
        if let Some(len) = lists.into_iter().find(|len| *len > COUNT_MAX) {
            return Err(PrepositionError::TooMany(len));
        }
        let prices = self.items.len().saturating_mul(self.scenarios.len()).saturating_mul(self.sites.len());
        if prices > PRICES_MAX {
            return Err(PrepositionError::TooManyPrices(prices));
        }
        self.ranges()?;
        self.names()?;
        self.limits()
    }

    fn ranges(&self) -> Result<(), PrepositionError> {
        let amount = |what: String, found: i64| range(what, found, 0, AMOUNT_MAX, "0 to 10^12");
        let small = |what: String, found: i64| range(what, found, 1, SMALL_MAX, "1 to 1000000");
        for site in &self.sites {
            amount(format!("the room at {}", site.place), site.room_ml.unwrap_or(0))?;
        }
        for item in &self.items {
            small(format!("people of {}", item.code), item.people)?;
            small(format!("units of {}", item.code), item.units)?;
            amount(format!("the room of {}", item.code), item.ml_per_1000)?;
        }
        for one in &self.holdings {
            let what = |word: &str| format!("{} {word} {}", one.item, one.site);
            amount(what("at"), one.units)?;
            amount(what("at least at"), one.at_least)?;
            amount(what("at most at"), one.at_most.unwrap_or(0))?;
        }
        for one in &self.added {
            amount(format!("{} to be bought", one.item), one.units)?;
        }
        for scenario in &self.scenarios {
            small(format!("the weight of {}", scenario.id), scenario.weight)?;
            for one in &scenario.affected {
                amount(format!("people at {} in {}", one.place, scenario.id), one.people)?;
            }
        }
        for way in &self.ways {
            let what = format!("minutes from {} to {}", way.depot, way.place);
            range(what, way.minutes, 0, SMALL_MAX, "0 to 1000000")?;
        }
        Ok(())
    }

    fn names(&self) -> Result<(), PrepositionError> {
        once(self.sites.iter().map(|one| one.place.to_string()))?;
        once(self.items.iter().map(|one| one.code.to_string()))?;
        once(self.holdings.iter().map(|one| format!("{} at {}", one.item, one.site)))?;
        once(self.added.iter().map(|one| one.item.to_string()))?;
        once(self.scenarios.iter().map(|one| one.id.clone()))?;
        once(self.ways.iter().map(|way| format!("the way from {} to {}", way.depot, way.place)))?;
        for scenario in &self.scenarios {
            once(scenario.affected.iter().map(|one| format!("{} in {}", one.place, scenario.id)))?;
        }
        let sites: BTreeSet<_> = self.sites.iter().map(|site| &site.place).collect();
        let items: BTreeSet<_> = self.items.iter().map(|item| &item.code).collect();
        for one in &self.holdings {
            if !sites.contains(&one.site) {
                return Err(PrepositionError::Unknown(one.site.to_string(), "sites"));
            }
        }
        let named = self.holdings.iter().map(|one| &one.item).chain(self.added.iter().map(|one| &one.item));
        for item in named {
            if !items.contains(item) {
                return Err(PrepositionError::Unknown(item.to_string(), "items"));
            }
        }
        Ok(())
    }

    /// Whether what must and may stand goes with what there is, item by item; the room of all items together is for the search to find.
    fn limits(&self) -> Result<(), PrepositionError> {
        let closed: BTreeSet<_> =
            self.sites.iter().filter(|site| site.opens == Opens::Closed).map(|site| &site.place).collect();
        for item in &self.items {
            let limits = |why: String| PrepositionError::Limits { item: item.code.clone(), why };
            let mut least = 0;
            let mut most = 0_i128;
            let mut limited = BTreeSet::new();
            for one in self.holdings.iter().filter(|one| one.item == item.code) {
                let shut = closed.contains(&one.site);
                if one.at_most.is_some_and(|most| most < one.at_least) || (shut && one.at_least > 0) {
                    return Err(limits(format!(
                        "at {} more must stand than may; lower the one or raise the other",
                        one.site
                    )));
                }
                least += i128::from(one.at_least);
                if let Some(limit) = one.at_most.filter(|_| !shut) {
                    most += i128::from(limit);
                    limited.insert(&one.site);
                }
            }
            let total = i128::from(self.total(&item.code));
            let free = self.sites.iter().any(|s| s.opens != Opens::Closed && !limited.contains(&s.place));
            if least > total {
                return Err(limits(format!(
                    "{least} must stand and there are {total}; lower what must stand"
                )));
            }
            if total > 0 && !free && most < total {
                return Err(limits(format!("{most} may stand and there are {total}; give more room")));
            }
        }
        let must = self.must_open().len();
        match self.open_at_most {
            Some(most) if must > most => Err(PrepositionError::Sites { must, most }),
            Some(0) if self.items.iter().any(|item| self.total(&item.code) > 0) => {
                Err(PrepositionError::Sites { must: 1, most: 0 })
            }
            _ => Ok(()),
        }
    }

    /// Sites that are open in every plan.
    pub(super) fn must_open(&self) -> BTreeSet<&PlaceCode> {
        let said = self.sites.iter().filter(|site| site.opens == Opens::Must).map(|site| &site.place);
        said.chain(self.holdings.iter().filter(|one| one.at_least > 0).map(|one| &one.site)).collect()
    }

    /// Units of an item, those to be bought included.
    pub(super) fn total(&self, item: &ItemCode) -> i64 {
        let now = self.holdings.iter().filter(|one| one.item == *item).map(|one| one.units);
        now.chain(self.added.iter().filter(|one| one.item == *item).map(|one| one.units))
            .fold(0, i64::saturating_add)
    }
}

/// Refuses what could overflow: the product of what is summed.
pub(super) fn weighable(factors: &[i128]) -> Result<(), PrepositionError> {
    let product = factors.iter().try_fold(1_i128, |so_far, factor| so_far.checked_mul((*factor).max(1)));
    if product.is_some_and(|product| product < WORTH_MAX) { Ok(()) } else { Err(PrepositionError::TooLarge) }
}
