//! How much a plan of one item hangs on each figure that somebody counted or said.
//!
//! Each figure is taken a little lower and a little higher, one at a time, and the item planned again as [`what_if`](crate::what_if)
//! does. Where nothing changes, nobody needs to count again first; where much does, a count is worth the way. It answers a
//! doubt with a question to be settled at the shelf: nothing here takes anything from anybody.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use koinon_core::PlaceCode;

use crate::engine::PlanError;
use crate::problem::{Problem, Use};
use crate::threads::{in_parts, part};
use crate::what_if::{Change, Effect, PER_MILLE_MAX, what_if_on};

/// The most figures that are tried; those of places that give, take or wait come first, and among them the largest.
pub const FIGURES_MAX: usize = 60;

/// What a figure says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// How much is in stock.
    Stock,
    /// How much is used each day, and with it what is kept: how many people there are.
    Use,
    /// How much is asked for.
    Asked,
}

/// What would come of a figure that is otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shift {
    /// Base units more that would arrive at each place where that changes, below zero fewer; the largest change first. What lasts a
    /// place shorter than the least that is suggested is no change: plans leave it off or take it along by chance.
    pub gets: Vec<(PlaceCode, i64)>,
    /// Base units more that would stay open of needs that lives depend on, and of those that cannot wait; what the figure itself
    /// asks for left out.
    pub open: (i64, i64),
}

impl Shift {
    /// Base units that would go elsewhere, or come, or stay.
    pub fn units(&self) -> i64 {
        let up: i64 = self.gets.iter().map(|(_, by)| (*by).max(0)).fold(0, i64::saturating_add);
        let down: i64 =
            self.gets.iter().map(|(_, by)| by.min(&0).saturating_neg()).fold(0, i64::saturating_add);
        up.max(down)
    }

    /// Whether nothing would change.
    pub fn is_none(&self) -> bool {
        self.gets.is_empty() && self.open == (0, 0)
    }

    /// How grave it is: lives first, then what cannot wait, then what would go elsewhere.
    fn weight(&self) -> (i64, i64, i64) {
        (self.open.0.saturating_abs(), self.open.1.saturating_abs(), self.units())
    }
}

/// A figure on which the plan hangs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaning {
    /// Whose.
    pub place: PlaceCode,
    /// Which.
    pub figure: Figure,
    /// Base units as said; of use, those of a day.
    pub said: i64,
    /// If it were less.
    pub fewer: Shift,
    /// If it were more.
    pub more: Shift,
}

/// What one item's plan hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensitivity {
    /// By how many thousandths each figure was lowered and raised.
    pub per_mille: u32,
    /// Figures on which something hangs, the gravest first.
    pub leanings: Vec<Leaning>,
    /// How many figures were tried and change nothing.
    pub idle: usize,
    /// How many were not tried, see [`FIGURES_MAX`].
    pub untried: usize,
}

/// A figure to be tried.
type Candidate = (PlaceCode, Figure, i64);

/// Tries every figure of a problem of one item, as [`alone`](crate::what_if::alone) gives it, so many thousandths lower and higher;
/// 1 to 1,000, others are brought into these bounds.
///
/// # Errors
/// [`PlanError`] where the item cannot be planned, as it is or with a figure changed.
pub fn sensitivity(alone: &Problem, per_mille: u32) -> Result<Sensitivity, PlanError> {
    let per_mille = per_mille.clamp(1, PER_MILLE_MAX / 10);
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let crumbs = crumbs(alone);
    let now = what_if_on(alone, &[], threads)?;
    let mut candidates = candidates(alone, &now);
    let untried = candidates.len().saturating_sub(FIGURES_MAX);
    candidates.truncate(FIGURES_MAX);
    let mut parts: Vec<&[Candidate]> = candidates.chunks(part(candidates.len(), threads)).collect();
    let tried = in_parts(&mut parts, |candidates| {
        let each = candidates.iter().map(|one| leaning((alone, &crumbs), &now, one, per_mille));
        each.collect::<Result<Vec<Leaning>, PlanError>>()
    });
    let mut leanings: Vec<Leaning> =
        tried.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let all = leanings.len();
    leanings.retain(|one| !(one.fewer.is_none() && one.more.is_none()));
    let idle = all - leanings.len();
    leanings.sort_by_key(|one| {
        let gravest = one.fewer.weight().max(one.more.weight());
        (Reverse(gravest), one.place.clone(), one.figure)
    });
    Ok(Sensitivity { per_mille, leanings, idle, untried })
}

/// All figures of a problem that are more than nothing, those of places with a part in the plan first.
fn candidates(alone: &Problem, now: &[Effect]) -> Vec<Candidate> {
    let mut sums: BTreeMap<(PlaceCode, Figure), i64> = BTreeMap::new();
    let mut add = |place: &PlaceCode, figure: Figure, amount: i64| {
        let sum = sums.entry((place.clone(), figure)).or_default();
        *sum = sum.saturating_add(amount);
    };
    for stock in &alone.stock {
        add(&stock.place, Figure::Stock, stock.amount);
    }
    for used in &alone.uses {
        add(&used.place, Figure::Use, i64::try_from(used.rate.over(1)).unwrap_or(i64::MAX));
    }
    for need in &alone.needs {
        add(&need.place, Figure::Asked, need.amount);
    }
    let has_part = |effect: &&Effect| effect.comes > 0 || effect.goes > 0 || effect.open != (0, 0);
    let parts: BTreeSet<&PlaceCode> = now.iter().filter(has_part).map(|effect| &effect.place).collect();
    let mut list: Vec<Candidate> = sums
        .into_iter()
        .filter(|(_, said)| *said > 0)
        .map(|((place, figure), said)| (place, figure, said))
        .collect();
    list.sort_by_key(|(place, figure, said)| {
        (!parts.contains(place), Reverse(*said), place.clone(), *figure)
    });
    list
}

/// What a place uses in the least number of days that is suggested.
fn crumbs(alone: &Problem) -> BTreeMap<PlaceCode, i64> {
    let days = i64::from(alone.rules.useful_days_min);
    let least = |used: &Use| i64::try_from(used.rate.over(days)).unwrap_or(i64::MAX);
    alone.uses.iter().map(|used| (used.place.clone(), least(used))).collect()
}

fn leaning(
    (alone, crumbs): (&Problem, &BTreeMap<PlaceCode, i64>),
    now: &[Effect],
    (place, figure, said): &Candidate,
    off: u32,
) -> Result<Leaning, PlanError> {
    let try_it = |change: Change| {
        let then = what_if_on(alone, &[change], NonZeroUsize::MIN)?;
        Ok::<Shift, PlanError>(shift(now, &then, crumbs, (*figure == Figure::Asked).then_some(place)))
    };
    let (fewer, more) = (change(place, *figure, *said, off, false), change(place, *figure, *said, off, true));
    Ok(Leaning {
        place: place.clone(),
        figure: *figure,
        said: *said,
        fewer: try_it(fewer)?,
        more: try_it(more)?,
    })
}

/// The change that lowers or raises a figure by thousandths, by one base unit at least.
fn change(place: &PlaceCode, figure: Figure, said: i64, off: u32, up: bool) -> Change {
    let place = place.clone();
    let per_mille = if up { 1_000 + off } else { 1_000 - off };
    match figure {
        Figure::Stock => {
            let by = i128::from(said) * i128::from(off) / 1_000;
            let by = i64::try_from(by).unwrap_or(i64::MAX).max(1);
            Change::Counted { place, by: if up { by } else { -by } }
        }
        Figure::Use => Change::Uses { place, per_mille },
        Figure::Asked => Change::Asks { place, per_mille },
    }
}

/// How one plan differs from another. `asking` is the place whose own asking was changed.
fn shift(
    now: &[Effect],
    then: &[Effect],
    crumbs: &BTreeMap<PlaceCode, i64>,
    asking: Option<&PlaceCode>,
) -> Shift {
    let (mut gets, mut open) = (Vec::new(), (0_i64, 0_i64));
    for (now, then) in now.iter().zip(then) {
        let by = then.comes - now.comes;
        if by != 0 && by.saturating_abs() >= crumbs.get(&now.place).copied().unwrap_or(0) {
            gets.push((now.place.clone(), by));
        }
        if asking != Some(&now.place) {
            open.0 = open.0.saturating_add(then.open.0 - now.open.0);
            open.1 = open.1.saturating_add(then.open.1 - now.open.1);
        }
    }
    gets.sort_by_key(|(place, by)| (Reverse(by.saturating_abs()), place.clone()));
    Shift { gets, open }
}
