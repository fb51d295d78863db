//! What was held at the end of each day: by a community of food, and across the region of food and water. For members only,
//! and only of what the whole federation may see.

use std::collections::BTreeMap;

use koinon_authority::Visibility;
use koinon_core::region::{Group, Item};
use koinon_core::{CommunityCode, Day};
use serde::Serialize;
use utoipa::ToSchema;

use super::region::median;
use super::{Lens, Named};

/// How many days of history the curve of one place shows.
const HISTORY_DAYS: i32 = 90;
/// Fewer days make no curve.
const DAYS_MIN: usize = 4;
/// Energy per person and day: Sphere Handbook 2018, food security standard: 2,100 kcal.
const KCAL_PER_DAY: i128 = 2_100;

/// Food at one place over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct History {
    /// Where.
    pub place: Named,
    /// Day and days of food at its end, oldest first.
    pub points: Vec<(String, i64)>,
    /// Days of food that the region agreed to keep.
    pub keeps_days: u32,
}

/// What a community held at the end of each day, in any unit.
type ByDay = BTreeMap<Day, i128>;

impl Lens<'_> {
    /// Food at a community over time, by energy, from what its book held at the end of each day.
    pub fn history(&self, code: &CommunityCode) -> Option<History> {
        let by_day = self.food_by_day(code, HISTORY_DAYS);
        if by_day.len() < DAYS_MIN {
            return None;
        }
        let points = by_day.into_iter().map(|(day, days)| (day.to_string(), days)).collect();
        let keeps_days = self.region().agreements.floor_days.get(&Group::Food).copied().unwrap_or(0);
        Some(History { place: self.community(code), points, keeps_days })
    }

    /// Days of food at the end of each of the last days for which the book speaks, by energy.
    pub(super) fn food_by_day(&self, code: &CommunityCode, days: i32) -> BTreeMap<Day, i64> {
        let per_day = i128::from(self.region().population(code, self.today())) * KCAL_PER_DAY * 1_000;
        let mut held = ByDay::new();
        for item in self.open_items(Group::Food) {
            let kcal = i128::from(item.kcal_per_1000.unwrap_or(0));
            for (day, stock) in self.held_by_day(code, item, days) {
                *held.entry(day).or_default() += stock * kcal;
            }
        }
        held.into_iter().filter_map(|(day, kcal)| Some((day, whole_days(kcal, per_day)?))).collect()
    }

    /// Days of the scarcest kind of water at the end of each of the last days, by what is needed of it.
    pub(super) fn water_by_day(&self, code: &CommunityCode, days: i32) -> BTreeMap<Day, i64> {
        let mut least: BTreeMap<Day, i64> = BTreeMap::new();
        for item in self.open_items(Group::Water) {
            let needed = self.region().need_per_day(&item.code, code, self.today());
            let needed = needed.map_or(0, |needed| i128::from(needed.amount()));
            for (day, stock) in self.held_by_day(code, item, days) {
                if let Some(lasts) = whole_days(stock, needed) {
                    least.entry(day).and_modify(|least| *least = lasts.min(*least)).or_insert(lasts);
                }
            }
        }
        least
    }

    /// The median across the communities, day by day; empty where there are too few days.
    pub(super) fn median_by_day(
        &self,
        of: impl Fn(&CommunityCode) -> BTreeMap<Day, i64>,
    ) -> Vec<(String, i64)> {
        let mut all: BTreeMap<Day, Vec<i64>> = BTreeMap::new();
        for community in self.region().communities_on(self.today()) {
            for (day, days) in of(&community.code) {
                all.entry(day).or_default().push(days);
            }
        }
        // A day of which only some communities speak yet would make a step that nobody took.
        let most = all.values().map(Vec::len).max().unwrap_or(0);
        let full = all.into_iter().filter(|(_, days)| days.len() == most);
        let points: Vec<_> = full.filter_map(|(day, days)| Some((day.to_string(), median(days)?))).collect();
        if points.len() < DAYS_MIN { Vec::new() } else { points }
    }

    /// The items of a group that the whole federation may see; none for guests.
    fn open_items(&self, group: Group) -> impl Iterator<Item = &Item> {
        let sees = self.sees_amounts();
        let items = self.region().items.iter();
        items.filter(move |item| sees && item.group == group && item.seen_by() <= Visibility::Federation)
    }

    /// What was held of one item at the end of each of the last days, from the first on which the book speaks of it.
    fn held_by_day(&self, code: &CommunityCode, item: &Item, days: i32) -> ByDay {
        let Some(sums) = self.book.ledger().totals().get(code, &item.code) else { return ByDay::new() };
        let changes: ByDay = sums.stock_by_day().collect();
        let Some((first, _)) = changes.first_key_value() else { return ByDay::new() };
        let today = self.today();
        let from = today.plus(-days).max(*first);
        let mut held = changes.range(..=from).next_back().map_or(0, |(_, stock)| *stock);
        (0..=today.since(from))
            .map(|n| from.plus(n))
            .map(|day| {
                held = changes.get(&day).copied().unwrap_or(held);
                (day, held)
            })
            .collect()
    }
}

fn whole_days(held: i128, per_day: i128) -> Option<i64> {
    (per_day > 0).then(|| i64::try_from(held.max(0) / per_day).unwrap_or(i64::MAX))
}
