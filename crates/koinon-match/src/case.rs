//! One item: who can give how much of which batches, who is short, and what was asked for.
//!
//! Floors are settled here, before any network exists: a place's case holds only what lies above what it keeps, so
//! no weight can reach below it.

use std::collections::BTreeMap;

use koinon_core::{Day, PlaceCode};
use koinon_ledger::demand::{self, Rate};
use koinon_ledger::fact::Urgency;

use crate::problem::{EVEN_WISH, Item, Need, Problem};
use crate::shares::{Claim, SHARES, shares};

/// The most short-dated layers of one item; more dates are planned by the earliest of their group.
const LAYERS_MAX: usize = 3;
/// Cover is filled in at most this many steps.
pub(crate) const STEPS: i64 = 60;
/// Givers are told apart in at most this many bands of cover.
pub(crate) const BANDS: i64 = 12;

/// Batches of one place with one last good day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Class {
    /// Its last good day, counted from today; `None` is no end that matters.
    pub(crate) last_good: Option<i64>,
    /// The network layer; the last layer has no end within the horizon.
    pub(crate) layer: usize,
    pub(crate) amount: i64,
    /// Positions in the sorted stock.
    pub(crate) lots: Vec<usize>,
}

/// One item at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) place: usize,
    /// First expired first.
    pub(crate) classes: Vec<Class>,
    pub(crate) rate: Rate,
    pub(crate) floor: i64,
    pub(crate) target: i64,
    /// What is here and can be used before its date.
    pub(crate) usable: i64,
    /// What is here, usable or not.
    pub(crate) here: i64,
    /// What is on its way.
    pub(crate) coming: i64,
    /// What the place keeps, at most what it has.
    pub(crate) kept: i64,
    /// Offered, at most what is above what it keeps; the part that would go to waste comes second.
    pub(crate) willing: i64,
    pub(crate) take_please: i64,
    /// Base units asked for in stated needs.
    pub(crate) asked: i64,
    /// What could leave if giving were not set aside.
    pub(crate) paused: i64,
}

/// A stated need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Position in the sorted needs.
    pub(crate) need: usize,
    pub(crate) place: usize,
    pub(crate) amount: i64,
    pub(crate) urgency: Urgency,
    /// Days from today that still help.
    pub(crate) by: i64,
    /// Heads by the wish for it, at least 1.
    heads: i128,
    /// The amount in steps; the lower ones of all needs of one urgency come first.
    pub(crate) steps: [i64; SHARES],
}

/// One item over all places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    /// Position in the sorted items.
    pub(crate) item: usize,
    pub(crate) holdings: Vec<Holding>,
    pub(crate) wanted: Vec<Wanted>,
    /// The last good day of each short-dated layer, counted from today, ascending.
    pub(crate) short: Vec<i64>,
}

impl Holding {
    /// Base units that could leave: above what is kept, and what would spoil anyway.
    pub(crate) fn spare(&self) -> i64 {
        (self.here - self.kept).max(0)
    }

    /// What will pass its date here.
    pub(crate) fn at_risk(&self) -> i64 {
        self.here - self.usable
    }

    /// Cover as planned: what can be used, and what is on its way.
    pub(crate) fn before(&self) -> i64 {
        self.usable.saturating_add(self.coming)
    }

    /// What is missing up to the target, stated needs taken as served.
    pub(crate) fn missing(&self) -> i64 {
        (self.target - self.before().saturating_add(self.asked)).max(0)
    }

    /// The missing amount in steps: `(step, base units)`, step 0 the emptiest.
    pub(crate) fn steps(&self) -> Vec<(i64, i64)> {
        let (start, end) = (self.before().saturating_add(self.asked), self.target);
        if start >= end {
            return Vec::new();
        }
        let all_days = self.rate.lasts(i128::from(end)).unwrap_or(0);
        if all_days < 1 {
            return vec![(0, end - start)];
        }
        let width = (all_days + STEPS - 1) / STEPS;
        let mut steps = Vec::new();
        let mut done = start;
        for step in 0..STEPS {
            let last = step + 1 == STEPS || (step + 1) * width > all_days;
            let top = if last { end } else { narrow(self.rate.over((step + 1) * width)).min(end) };
            if top > done {
                steps.push((step, top - done));
                done = top;
            }
            if last {
                break;
            }
        }
        steps
    }

    /// What lies above what is kept, from the bottom up: `(base units, band)`. Band 0 is nearest to what is kept;
    /// [`BANDS`] is given without a second thought, and one more would go to waste.
    pub(crate) fn bands(&self, slack_days: i64) -> Vec<(i64, i64)> {
        let top = self.usable;
        let please = self.take_please.min(top - self.kept).max(0);
        let willing = self.willing.min(top - self.kept - please).max(0);
        let end = top - please - willing;
        let mut bands = Vec::new();
        let mut done = self.kept;
        for band in 0..BANDS {
            let ceiling = if self.rate.amount <= 0 {
                done
            } else {
                narrow(self.rate.over((band + 1) * slack_days.max(1))).min(end)
            };
            if ceiling > done {
                bands.push((ceiling - done, band));
                done = ceiling;
            }
        }
        for (amount, band) in [(end - done + willing, BANDS), (please, BANDS + 1)] {
            if amount > 0 {
                bands.push((amount, band));
            }
        }
        bands
    }
}

/// What a place can eat of things that are good until a day, counted from today; no limit where nobody knows its use.
pub(crate) fn eaten_until(rate: Rate, last_good: i64) -> i64 {
    if rate.amount <= 0 { i64::MAX } else { narrow(rate.over(last_good + 1)) }
}

/// What can be used of batches before their dates, first expired first.
pub(crate) fn usable(batches: impl Iterator<Item = (i64, Option<i64>)>, rate: Rate) -> i64 {
    let day = |last_good: i64| Day(i32::try_from(last_good).unwrap_or(i32::MAX));
    let batches: Vec<_> = batches.map(|(amount, end)| (i128::from(amount), end.map(day))).collect();
    narrow(demand::cover(&batches, rate, Day(0)).usable)
}

/// A wide amount as far as it fits.
pub(crate) fn narrow(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(if amount < 0 { i64::MIN } else { i64::MAX })
}

/// The cases of all items of a sorted problem, in the order of the items.
pub(crate) fn cases(problem: &Problem, places: &BTreeMap<&PlaceCode, usize>) -> Vec<Case> {
    let items: BTreeMap<_, usize> = problem.items.iter().enumerate().map(|(at, i)| (&i.code, at)).collect();
    let none = Rate { amount: 0, days: 1 };
    let fresh = |place: usize| Holding {
        place,
        classes: Vec::new(),
        rate: none,
        floor: 0,
        target: 0,
        usable: 0,
        here: 0,
        coming: 0,
        kept: 0,
        willing: 0,
        take_please: 0,
        asked: 0,
        paused: 0,
    };
    let mut books: Vec<BTreeMap<usize, Holding>> = vec![BTreeMap::new(); problem.items.len()];
    let mut wanted: Vec<Vec<Wanted>> = vec![Vec::new(); problem.items.len()];
    let at = |item, place| Some((*items.get(item)?, *places.get(place)?));
    macro_rules! holding {
        ($item:expr, $place:expr) => {
            at($item, $place).and_then(|(i, p)| Some(books.get_mut(i)?.entry(p).or_insert_with(|| fresh(p))))
        };
    }
    for one in &problem.uses {
        if let Some(holding) = holding!(&one.item, &one.place) {
            (holding.rate, holding.floor, holding.target) = (one.rate, one.keep.floor, one.keep.target);
        }
    }
    for (number, stock) in problem.stock.iter().enumerate() {
        let good = stock.amount > 0 && stock.last_good.is_none_or(|day| day >= problem.today);
        if let Some(holding) = holding!(&stock.item, &stock.place).filter(|_| good) {
            let last_good = stock.last_good.map(|day| i64::from(day.since(problem.today)));
            match holding.classes.iter_mut().find(|class| class.last_good == last_good) {
                Some(class) => {
                    class.amount = class.amount.saturating_add(stock.amount);
                    class.lots.push(number);
                }
                None => holding.classes.push(Class {
                    last_good,
                    layer: 0,
                    amount: stock.amount,
                    lots: vec![number],
                }),
            }
        }
    }
    for pause in &problem.pauses {
        if let Some(holding) = holding!(&pause.item, &pause.place) {
            // Settled below, once it is known what is kept.
            holding.paused = i64::MAX;
        }
    }
    for coming in &problem.arriving {
        if let Some(holding) = holding!(&coming.item, &coming.place) {
            holding.coming = holding.coming.saturating_add(coming.amount);
        }
    }
    for offer in &problem.offers {
        if let Some(holding) = holding!(&offer.item, &offer.place) {
            let sum = if offer.take_please { &mut holding.take_please } else { &mut holding.willing };
            *sum = sum.saturating_add(offer.amount);
        }
    }
    let everybody = problem.places.iter().map(|place| i128::from(place.people.max(0))).sum::<i128>();
    for (number, need) in problem.needs.iter().enumerate().filter(|(_, need)| need.amount > 0) {
        if let Some(holding) = holding!(&need.item, &need.place) {
            holding.asked = holding.asked.saturating_add(need.amount);
        }
        if let Some((item, place)) = at(&need.item, &need.place) {
            let by = i64::from(need.by.since(problem.today));
            let heads = heads_of(problem, need, everybody);
            let (amount, urgency) = (need.amount, need.urgency);
            let one = Wanted { need: number, place, amount, urgency, by, heads, steps: [0; SHARES] };
            if let Some(list) = wanted.get_mut(item) {
                list.push(one);
            }
        }
    }
    books
        .into_iter()
        .zip(wanted)
        .enumerate()
        .map(|(item, (book, wanted))| settle(problem, item, book.into_values().collect(), wanted))
        .collect()
}

/// Works out what is usable and kept, and lays the short dates in layers.
fn settle(problem: &Problem, item: usize, mut holdings: Vec<Holding>, mut wanted: Vec<Wanted>) -> Case {
    let target_days = |h: &Holding| h.rate.lasts(i128::from(h.target)).unwrap_or(0).min(400);
    let longest = holdings.iter().map(target_days).max().unwrap_or(0);
    let until = i64::from(problem.horizon_days) + longest;
    let mut dates: Vec<i64> = Vec::new();
    for holding in &mut holdings {
        holding.classes.sort_by_key(|class| class.last_good.unwrap_or(i64::MAX));
        holding.here = holding.classes.iter().map(|class| class.amount).sum();
        let batches = holding.classes.iter().map(|class| (class.amount, class.last_good));
        holding.usable = usable(batches, holding.rate);
        holding.kept = holding.floor.max(holding.target).min(holding.usable);
        if holding.paused > 0 {
            holding.paused = holding.spare();
            holding.kept = holding.here;
        }
        if holding.spare() > 0 {
            dates.extend(
                holding.classes.iter().filter_map(|class| class.last_good).filter(|day| *day < until),
            );
        }
    }
    dates.sort_unstable();
    dates.dedup();
    let group = dates.len().div_ceil(LAYERS_MAX).max(1);
    let short: Vec<i64> = dates.chunks(group).filter_map(|chunk| chunk.first().copied()).collect();
    for class in holdings.iter_mut().flat_map(|holding| &mut holding.classes) {
        class.layer = match class.last_good.filter(|day| *day < until) {
            None => short.len(),
            Some(day) => short.iter().rposition(|layer| *layer <= day).unwrap_or(0),
        };
    }
    share(&mut wanted, holdings.iter().map(|holding| i128::from(holding.spare())).sum());
    Case { item, holdings, wanted, short }
}

/// The heads for which a need counts: the people of its place by the wish for it, all people where the place has none of its own.
fn heads_of(problem: &Problem, need: &Need, everybody: i128) -> i128 {
    let place = problem.places.binary_search_by(|place| place.code.cmp(&need.place));
    let people = place.ok().and_then(|at| problem.places.get(at)).map_or(0, |place| i128::from(place.people));
    let wish = if need.urgency == Urgency::MustHave { EVEN_WISH } else { need.wish_per_mille };
    (if people > 0 { people } else { everybody } * i128::from(wish)).max(1)
}

/// Cuts needs of one item into steps, the more urgent ones first served from what there is to spare. Several needs of one
/// place share its heads, so that nobody gets more by asking twice.
fn share(wanted: &mut [Wanted], spare: i128) {
    let mut left = spare;
    for urgency in [Urgency::MustHave, Urgency::Needed, Urgency::Useful] {
        let of_it = || wanted.iter().filter(|one| one.urgency == urgency);
        let mut asked: BTreeMap<usize, i128> = BTreeMap::new();
        for one in of_it() {
            *asked.entry(one.place).or_default() += i128::from(one.amount);
        }
        let claim = |one: &Wanted| {
            let all = asked.get(&one.place).copied().unwrap_or(0).max(1);
            let heads = one.heads.saturating_mul(i128::from(one.amount)) / all;
            Claim { amount: one.amount, heads: heads.max(1) }
        };
        let claims: Vec<Claim> = of_it().map(claim).collect();
        let steps = shares(&claims, left);
        let same = wanted.iter_mut().filter(|one| one.urgency == urgency);
        same.zip(steps).for_each(|(one, steps)| one.steps = steps);
        left = (left - asked.values().sum::<i128>()).max(0);
    }
}

impl Case {
    /// The item.
    pub(crate) fn of<'a>(&self, problem: &'a Problem) -> Option<&'a Item> {
        problem.items.get(self.item)
    }

    /// The same without positions in the problem, which move when something else comes or goes.
    pub(crate) fn bare(&self) -> Self {
        let mut bare = Self { item: 0, ..self.clone() };
        bare.holdings.iter_mut().flat_map(|h| &mut h.classes).for_each(|class| class.lots.clear());
        bare.wanted.iter_mut().for_each(|wanted| wanted.need = 0);
        bare
    }

    /// One place's holding.
    pub(crate) fn holding(&self, place: usize) -> Option<&Holding> {
        let at = self.holdings.binary_search_by_key(&place, |h| h.place).ok()?;
        self.holdings.get(at)
    }

    /// Whether nothing can come of it: nobody has anything to spare, or nobody is short of it.
    pub(crate) fn is_idle(&self) -> bool {
        let short = self.holdings.iter().any(|h| h.missing() > 0) || !self.wanted.is_empty();
        let risk = self.holdings.iter().any(|h| h.at_risk() > 0) && !self.short.is_empty();
        !(self.holdings.iter().any(|h| h.spare() > 0) && (short || risk))
    }
}
