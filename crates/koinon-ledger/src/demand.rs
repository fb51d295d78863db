//! How fast stock is used, and how long it lasts.
//!
//! Use is corrected for the days on which there was nothing to use: with consumption `C` over `M` days of which
//! `X` were without stock, the adjusted consumption is `⌈C·M/(M−X)⌉` (the method of `OpenLMIS`'s
//! `LineItemFieldsCalculator`, there with months of 30 days). Batches count only as far as they are used before
//! their date, first expired first.

use koinon_core::Day;

use crate::totals::Sums;

/// The number of days that use is looked at.
pub const WINDOW_DAYS: i32 = 60;

/// With fewer days of usable record than this, the catalogue's need stands in.
pub const OBSERVED_DAYS_MIN: i32 = 14;

/// A rate: `amount` base units in `days` days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Base units, not below zero.
    pub amount: i128,
    /// Days, at least 1.
    pub days: i128,
}

/// Where a rate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RateSource {
    /// Seen in the book over this many days, of which so many had nothing in stock.
    Observed {
        /// Days looked at.
        days: i32,
        /// Days without stock and without use.
        without_stock: i32,
    },
    /// The need per person of the catalogue times the people.
    Catalogue,
}

/// How long stock lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cover {
    /// Whole days; `None` when nothing is used.
    pub days: Option<i64>,
    /// What can be used before its date, in base units, at most what is there.
    pub usable: i128,
    /// What will pass its date before anybody here uses it.
    pub at_risk: i128,
}

impl Rate {
    /// What is used in a number of days, rounded down; zero for negative days.
    pub fn over(self, days: i64) -> i128 {
        if days <= 0 { 0 } else { self.amount.saturating_mul(i128::from(days)) / self.days.max(1) }
    }

    /// How many whole days an amount lasts; `None` when nothing is used.
    pub fn lasts(self, amount: i128) -> Option<i64> {
        if self.amount <= 0 {
            return None;
        }
        let days = amount.max(0).saturating_mul(self.days.max(1)) / self.amount;
        Some(i64::try_from(days).unwrap_or(i64::MAX))
    }
}

/// The rate of use seen in the book up to the day before `today`, or `None` with too short a record.
pub fn observed(sums: &Sums, today: Day) -> Option<(Rate, RateSource)> {
    let until = today.plus(-1);
    let first = sums.stock_by_day().next()?.0;
    let from = first.max(today.plus(-WINDOW_DAYS));
    let days = until.since(from).saturating_add(1);
    if days < OBSERVED_DAYS_MIN {
        return None;
    }
    let used: i128 = sums.used(from, until).map(|(_, used)| used.max(0)).sum();
    let without_stock = days_without_stock(sums, from, until);
    let with_stock = days.saturating_sub(without_stock);
    if with_stock < OBSERVED_DAYS_MIN {
        return None;
    }
    let (all, open) = (i128::from(days), i128::from(with_stock));
    let adjusted = (used.saturating_mul(all) + open - 1) / open;
    Some((Rate { amount: adjusted, days: all }, RateSource::Observed { days, without_stock }))
}

/// How long batches last at a rate, first expired first. `batches` holds `(amount, last good day)`.
pub fn cover(batches: &[(i128, Option<Day>)], rate: Rate, today: Day) -> Cover {
    let mut batches: Vec<_> = batches.iter().filter(|(amount, _)| *amount > 0).collect();
    batches.sort_by_key(|(_, expires)| expires.unwrap_or(Day(i32::MAX)));
    let total: i128 = batches.iter().map(|(amount, _)| *amount).sum();
    let mut usable = 0i128;
    for (amount, expires) in batches {
        let eaten = match expires {
            Some(last_good) if rate.amount > 0 => {
                let days = i64::from(last_good.since(today)).saturating_add(1);
                (rate.over(days) - usable).clamp(0, *amount)
            }
            Some(last_good) if *last_good < today => 0,
            _ => *amount,
        };
        usable += eaten;
    }
    Cover { days: rate.lasts(usable), usable, at_risk: total - usable }
}

fn days_without_stock(sums: &Sums, from: Day, until: Day) -> i32 {
    let mut stock_before = 0i128;
    let mut changes = std::collections::BTreeMap::new();
    for (day, stock) in sums.stock_by_day() {
        if day < from {
            stock_before = stock;
        } else if day <= until {
            changes.insert(day, stock);
        }
    }
    let used: std::collections::BTreeSet<Day> =
        sums.used(from, until).filter(|(_, used)| *used > 0).map(|(day, _)| day).collect();
    let mut without = 0;
    let mut stock = stock_before;
    let mut day = from;
    while day <= until {
        stock = changes.get(&day).copied().unwrap_or(stock);
        if stock <= 0 && !used.contains(&day) {
            without += 1;
        }
        day = day.plus(1);
    }
    without
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Account;

    #[test]
    fn use_is_corrected_for_days_without_stock() {
        let mut sums = Sums::default();
        sums.add(Account::CameIn, Day(0), 200);
        for day in 0..20 {
            sums.add(Account::Consumed, Day(day), -10);
        }
        // Twenty days of ten, then ten days with nothing.
        let (rate, source) = observed(&sums, Day(30)).unwrap();
        assert_eq!(source, RateSource::Observed { days: 30, without_stock: 10 });
        assert_eq!(rate, Rate { amount: 300, days: 30 });
        assert_eq!(rate.lasts(105), Some(10));
        assert_eq!(observed(&sums, Day(13)), None, "too short a record");
        assert_eq!(observed(&Sums::default(), Day(30)), None);
    }

    #[test]
    fn batches_count_only_as_far_as_they_are_used_in_time() {
        let ten_a_day = Rate { amount: 10, days: 1 };
        let cover_of = |batches: &[(i128, Option<Day>)]| cover(batches, ten_a_day, Day(100));
        assert_eq!(cover_of(&[(95, None)]), Cover { days: Some(9), usable: 95, at_risk: 0 });
        // 100 units that are good today and tomorrow: only 20 can be used.
        assert_eq!(
            cover_of(&[(100, Some(Day(101))), (30, None)]),
            Cover { days: Some(5), usable: 50, at_risk: 80 }
        );
        assert_eq!(cover_of(&[(100, Some(Day(99)))]), Cover { days: Some(0), usable: 0, at_risk: 100 });
        let idle = Rate { amount: 0, days: 1 };
        assert_eq!(cover(&[(5, None)], idle, Day(0)), Cover { days: None, usable: 5, at_risk: 0 });
        assert_eq!(cover(&[(-5, None)], ten_a_day, Day(0)), Cover { days: Some(0), usable: 0, at_risk: 0 });
    }
}
