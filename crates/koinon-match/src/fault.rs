//! What is wrong with a problem: every fault at once, each with place, item, value and remedy.
//!
//! The limits here are the proof that nothing overflows: single amounts, rates and loads stay below 10^15, the sum of
//! each list for one item below [`TOTAL_MAX`] (below 2^57, and five such lists below 2^60), and the horizon below 61
//! days; so every flow fits 63 bits and every other sum 128 bits.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use koinon_core::quantity::AMOUNT_MAX;
use koinon_core::{ItemCode, PlaceCode};

use crate::problem::{EVEN_WISH, Problem, Use, WISH_MAX};

/// The most entries of one list.
pub const COUNT_MAX: usize = 2_000_000;
/// The most faults that are listed.
pub const FAULTS_MAX: usize = 200;
/// The longest horizon in days.
pub const HORIZON_DAYS_MAX: u32 = 60;
/// The most base units of one item in one list, all places together.
pub const TOTAL_MAX: i128 = 100_000_000_000_000_000;
/// The most days that one rate may be spread over.
pub const RATE_DAYS_MAX: i128 = 10_000;

/// The most pallets on one departure.
pub const PALLETS_MAX: i64 = 1_000_000_000;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place concerned, where there is one.
    pub place: Option<PlaceCode>,
    /// The item concerned, where there is one.
    pub item: Option<ItemCode>,
    /// What is wrong, what was found, and what would do.
    pub what: String,
}

/// Everything that is wrong; at most [`FAULTS_MAX`] entries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", list(.0))]
pub struct Faults(pub Vec<Fault>);

fn list(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.place, &self.item) {
            (Some(place), Some(item)) => write!(f, "{place}, {item}: {}", self.what),
            (Some(code), None) => write!(f, "{code}: {}", self.what),
            (None, Some(code)) => write!(f, "{code}: {}", self.what),
            (None, None) => f.write_str(&self.what),
        }
    }
}

/// Collects faults up to the limit.
struct Inspector<'a> {
    places: BTreeSet<&'a PlaceCode>,
    items: BTreeSet<&'a ItemCode>,
    faults: Vec<Fault>,
}

impl<'a> Inspector<'a> {
    fn say(&mut self, place: Option<&PlaceCode>, item: Option<&ItemCode>, what: String) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { place: place.cloned(), item: item.cloned(), what });
        }
    }

    fn known(&mut self, place: &'a PlaceCode, item: Option<&'a ItemCode>, where_found: &str) {
        if !self.places.contains(place) {
            let what = format!("{where_found} names a place that is not listed; add it or mend the code");
            self.say(Some(place), item, what);
        }
        if let Some(code) = item.filter(|code| !self.items.contains(code)) {
            let what = format!("{where_found} names an item that is not listed; add it or mend the code");
            self.say(Some(place), Some(code), what);
        }
    }

    fn amount(&mut self, place: &'a PlaceCode, item: &'a ItemCode, word: &str, amount: i64) {
        if !(0..=AMOUNT_MAX).contains(&amount) {
            let what = format!("{word} is {amount}; use 0 to 10^15 base units");
            self.say(Some(place), Some(item), what);
        }
    }
}

impl Problem {
    /// Everything that is wrong; empty when the problem can be planned.
    pub fn faults(&self) -> Vec<Fault> {
        let mut inspector = Inspector {
            places: self.places.iter().map(|p| &p.code).collect(),
            items: self.items.iter().map(|i| &i.code).collect(),
            faults: Vec::new(),
        };
        let i = &mut inspector;
        for (word, len) in [
            ("places", self.places.len()),
            ("items", self.items.len()),
            ("batches", self.stock.len()),
            ("rates of use", self.uses.len()),
            ("needs", self.needs.len()),
            ("offers", self.offers.len()),
            ("things due", self.due.len()),
            ("arrivals", self.arriving.len()),
            ("departures", self.departures.len()),
            ("closures", self.closures.len()),
            ("closed routes", self.closed_routes.len()),
            ("pauses", self.pauses.len()),
            ("store rooms", self.rooms.len()),
        ] {
            if len > COUNT_MAX {
                i.say(
                    None,
                    None,
                    format!("{len} {word}; at most {COUNT_MAX} can be planned: split the region"),
                );
            }
        }
        if !i.faults.is_empty() {
            return inspector.faults;
        }
        if !(1..=HORIZON_DAYS_MAX).contains(&self.horizon_days) {
            let what = format!("the horizon is {} days; use 1 to {HORIZON_DAYS_MAX}", self.horizon_days);
            i.say(None, None, what);
        }
        if self.minute >= 24 * 60 {
            i.say(None, None, format!("minute {} of the day; use 0 to 1439", self.minute));
        }
        if self.today.0.unsigned_abs() > 3_000_000 {
            i.say(None, None, format!("the day {} is beyond the years that have names", self.today.0));
        }
        if self.rules.handling_minutes > 1_440 {
            let what = format!("{} minutes of handling; use 0 to 1440", self.rules.handling_minutes);
            i.say(None, None, what);
        }
        self.lists(i);
        self.records(i);
        self.totals(i);
        self.departures(i);
        inspector.faults
    }

    fn lists<'a>(&'a self, i: &mut Inspector<'a>) {
        let mut seen = BTreeSet::new();
        for place in &self.places {
            if !seen.insert(&place.code) {
                i.say(Some(&place.code), None, "the place is listed twice".into());
            }
            if place.people < 0 {
                i.say(Some(&place.code), None, format!("{} people; use 0 or more", place.people));
            }
        }
        let mut seen = BTreeSet::new();
        for item in &self.items {
            let code = Some(&item.code);
            if !seen.insert(&item.code) {
                i.say(None, code, "the item is listed twice".into());
            }
            for (word, value) in [
                ("mass", item.mass_g_per_1000),
                ("volume", item.volume_ml_per_1000),
                ("pallets", item.micropallets_per_1000),
            ] {
                if !(0..=1_000_000_000_000).contains(&value) {
                    i.say(None, code, format!("{word} of 1,000 base units is {value}; use 0 to 10^12"));
                }
            }
            if item.mass_g_per_1000 == 0
                && item.volume_ml_per_1000 == 0
                && item.cargo != crate::problem::Cargo::Energy
            {
                i.say(
                    None,
                    code,
                    "it has neither mass nor volume, so no vehicle can be filled; give one".into(),
                );
            }
            if let Some(pack) = item.packs.iter().find(|pack| !(1..=AMOUNT_MAX).contains(*pack)) {
                i.say(None, code, format!("a pack of {pack} base units; use 1 to 10^15"));
            }
        }
    }

    fn records<'a>(&'a self, i: &mut Inspector<'a>) {
        let mut lots = BTreeSet::new();
        for stock in &self.stock {
            i.known(&stock.place, Some(&stock.item), "a batch");
            i.amount(&stock.place, &stock.item, "stock", stock.amount);
            if !lots.insert(&stock.lot) {
                i.say(
                    Some(&stock.place),
                    Some(&stock.item),
                    format!("batch {:?} is listed twice", stock.lot),
                );
            }
        }
        let mut pairs = BTreeSet::new();
        for one in &self.uses {
            i.known(&one.place, Some(&one.item), "a rate of use");
            if !pairs.insert((&one.place, &one.item)) {
                i.say(Some(&one.place), Some(&one.item), "two rates of use; keep one".into());
            }
            i.amount(&one.place, &one.item, "the floor", one.keep.floor);
            i.amount(&one.place, &one.item, "the target", one.keep.target);
            let Use { rate, .. } = one;
            let sound = (0..=i128::from(AMOUNT_MAX)).contains(&rate.amount);
            if !sound || !(1..=RATE_DAYS_MAX).contains(&rate.days) {
                let what = format!(
                    "the rate is {} in {} days; use 0 to 10^15 in 1 to {RATE_DAYS_MAX} days",
                    rate.amount, rate.days
                );
                i.say(Some(&one.place), Some(&one.item), what);
            }
        }
        let mut ids = BTreeSet::new();
        for need in &self.needs {
            if !ids.insert(&need.id) {
                i.say(Some(&need.place), Some(&need.item), format!("need {:?} is listed twice", need.id));
            }
            i.known(&need.place, Some(&need.item), "a need");
            i.amount(&need.place, &need.item, "a need", need.amount);
            if !(1..=WISH_MAX).contains(&need.wish_per_mille) {
                let what = format!(
                    "the wish for a need is {} per mille; use 1 to {WISH_MAX}, and {EVEN_WISH} for all alike",
                    need.wish_per_mille
                );
                i.say(Some(&need.place), Some(&need.item), what);
            }
        }
        for offer in &self.offers {
            i.known(&offer.place, Some(&offer.item), "an offer");
            i.amount(&offer.place, &offer.item, "an offer", offer.amount);
        }
        let mut occurrences = BTreeSet::new();
        for due in &self.due {
            if !occurrences.insert(&due.occurrence) {
                i.say(
                    Some(&due.from),
                    Some(&due.item),
                    format!("what is due on {} is listed twice", due.occurrence.day),
                );
            }
            if due.from == due.to {
                i.say(Some(&due.from), Some(&due.item), "what is due leads to where it starts".into());
            }
            i.known(&due.from, Some(&due.item), "something due");
            i.known(&due.to, Some(&due.item), "something due");
            i.amount(&due.from, &due.item, "something due", due.amount);
        }
        for coming in &self.arriving {
            i.known(&coming.place, Some(&coming.item), "something on its way");
            i.amount(&coming.place, &coming.item, "something on its way", coming.amount);
        }
        for closure in &self.closures {
            i.known(&closure.place, None, "a closure");
        }
        for room in &self.rooms {
            i.known(&room.place, None, "a store room");
            for (word, value) in [("kilograms", room.kg), ("litres", room.litre)] {
                if let Some(value) = value.filter(|value| !(0..=AMOUNT_MAX / 1_000).contains(value)) {
                    i.say(Some(&room.place), None, format!("{value} {word} fit in; use 0 to 10^12"));
                }
            }
        }
    }

    fn totals<'a>(&'a self, i: &mut Inspector<'a>) {
        let stock = self.stock.iter().map(|x| (&x.item, "stock", x.amount));
        let floors = self.uses.iter().map(|x| (&x.item, "the floors", x.keep.floor));
        let targets = self.uses.iter().map(|x| (&x.item, "the targets", x.keep.target));
        let needs = self.needs.iter().map(|x| (&x.item, "the needs", x.amount));
        let offers = self.offers.iter().map(|x| (&x.item, "the offers", x.amount));
        let due = self.due.iter().map(|x| (&x.item, "what is due", x.amount));
        let coming = self.arriving.iter().map(|x| (&x.item, "what is on its way", x.amount));
        let mut sums: BTreeMap<(&ItemCode, &str), i128> = BTreeMap::new();
        for (item, word, amount) in
            stock.chain(floors).chain(targets).chain(needs).chain(offers).chain(due).chain(coming)
        {
            *sums.entry((item, word)).or_default() += i128::from(amount);
        }
        for ((item, word), sum) in sums.into_iter().filter(|(_, sum)| *sum > TOTAL_MAX) {
            i.say(None, Some(item), format!("{word} of all places add up to {sum}; use a larger unit"));
        }
    }

    fn departures<'a>(&'a self, i: &mut Inspector<'a>) {
        for one in &self.departures {
            i.known(&one.from, None, "a departure");
            i.known(&one.to, None, "a departure");
            let mut say = |what: String| {
                i.say(Some(&one.from), None, format!("corridor {} to {}: {what}", one.corridor, one.to));
            };
            if one.from == one.to {
                say("it leads to where it starts".into());
            }
            if one.arrives <= one.leaves || one.leaves.minute >= 1_440 || one.arrives.minute >= 1_440 {
                say("it must arrive after it leaves, at minutes 0 to 1439".into());
            }
            if one.arrives.day.since(one.leaves.day) > 400 {
                say("it is on its way for more than 400 days".into());
            }
            for (word, value) in [("kilograms", one.kg), ("litres", one.litre)] {
                if !(0..=AMOUNT_MAX / 1_000).contains(&value) {
                    say(format!("it takes {value} {word}; use 0 to 10^12"));
                }
            }
            if let Some(pallets) = one.pallets.filter(|pallets| !(0..=PALLETS_MAX).contains(pallets)) {
                say(format!("it takes {pallets} pallets; use 0 to 10^9, or no limit"));
            }
            if one.loss_per_mille > 1_000 {
                say(format!("{} per mille are lost; use 0 to 1000", one.loss_per_mille));
            }
        }
    }
}
