//! How long a community's stock lasts, item by item and for a group such as food, and the word that says so.

use koinon_core::region::{Agreements, Group, Item};
use koinon_core::{CommunityCode, Day, ItemCode, StoreCode, Timestamp};
use koinon_ledger::demand::{self, Cover, Rate, RateSource};
use koinon_ledger::fact::Method;

use crate::book::Book;

/// What a guest may know of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Below the agreed number of days.
    Short,
    /// Near it.
    Watch,
    /// Enough.
    Enough,
    /// Nothing is known, or nothing is used.
    Unknown,
}

/// One item in one community's places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemCover {
    /// On hand, in base units; below zero when more went out than was known.
    pub on_hand: i128,
    /// On hand less what is set aside or held.
    pub available: i128,
    /// Set aside for transfers, not loaded yet.
    pub reserved: i128,
    /// On its way here.
    pub incoming: i128,
    /// How long it lasts.
    pub cover: Cover,
    /// How fast it is used, and how that is known.
    pub rate: Option<(Rate, RateSource)>,
    /// What is kept before anything is given.
    pub floor: i128,
    /// The word for it.
    pub band: Band,
    /// The oldest last change among its batches: how old the figure is.
    pub as_of: Option<Timestamp>,
    /// How the last count was made.
    pub counted: Option<(Timestamp, Method)>,
}

/// A group of items, such as food, in one community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCover {
    /// How many whole days it lasts.
    pub days: Option<i64>,
    /// The word for it.
    pub band: Band,
    /// The item that runs out first among those that people need most; for food, none: it counts by energy.
    pub scarcest: Option<ItemCode>,
    /// How old the oldest figure is.
    pub as_of: Option<Timestamp>,
}

/// The word for what lasts `days` where `floor_days` are kept; 0 where nothing is kept or several items count as one.
///
/// The agreed limits hold for what is kept for long. Where less is kept (fresh food, household water) a half of what is
/// kept is short and less than all of it is to be watched.
pub fn band_of(days: Option<i64>, floor_days: i64, agreements: &Agreements) -> Band {
    let (mut short, mut watch) =
        (i64::from(agreements.short_below_days), i64::from(agreements.watch_below_days));
    if floor_days > 0 {
        short = short.min((floor_days + 1) / 2);
        watch = watch.min(floor_days);
    }
    match days {
        None => Band::Unknown,
        Some(days) if days < short => Band::Short,
        Some(days) if days < watch => Band::Watch,
        Some(_) => Band::Enough,
    }
}

impl Book {
    /// How fast an item is used in a community: as observed, or else by the catalogue's need.
    pub fn rate(&self, community: &CommunityCode, item: &ItemCode, today: Day) -> Option<(Rate, RateSource)> {
        let observed =
            self.ledger().totals().get(community, item).and_then(|sums| demand::observed(sums, today));
        let region = self.region();
        let agreed = || {
            let need = region.need_per_day(item, community, today)?;
            Some((Rate { amount: i128::from(need.amount()), days: 1 }, RateSource::Catalogue))
        };
        observed.filter(|(rate, _)| rate.amount > 0).or_else(agreed)
    }

    /// One item in a community's own place; hubs that it keeps are asked by [`Book::stock_at`].
    pub fn item_cover(&self, community: &CommunityCode, item: &Item, today: Day) -> ItemCover {
        let place = community.place();
        let at_home = |store: &StoreCode| self.region().store(store).is_none_or(|s| s.place == place);
        let reserved_by_lot = self.ledger().reserved_by_lot(community);
        let mut batches = Vec::new();
        let (mut on_hand, mut available, mut reserved) = (0i128, 0i128, 0i128);
        let (mut as_of, mut counted) = (None::<Timestamp>, None::<(Timestamp, Method)>);
        for (id, lot) in self.ledger().lots_of(community, &item.code) {
            let Some(opened) = lot.opened().filter(|opened| at_home(&opened.store)) else { continue };
            let aside = reserved_by_lot.get(&id).copied().unwrap_or(0);
            on_hand += lot.balance();
            reserved += aside;
            if self.ledger().held(lot).is_none() {
                let free = (lot.balance() - aside).max(0);
                available += free;
                batches.push((free, opened.expires));
            }
            if lot.balance() != 0 {
                as_of = oldest(as_of, lot.last_change());
            }
            let count = lot.last_count().map(|count| (count.at, count.method));
            counted = counted.max(count);
        }
        let rate = self.rate(community, &item.code, today);
        let used = rate.map_or(Rate { amount: 0, days: 1 }, |(rate, _)| rate);
        let cover = demand::cover(&batches, used, today);
        let floor = self.region().floor(&item.code, community, today).map_or(0, |q| i128::from(q.amount()));
        let kept_days = rate.map_or(0, |_| i64::from(self.region().floor_days(item, community)));
        let band = band_of(cover.days, kept_days, &self.region().agreements);
        ItemCover {
            on_hand,
            available,
            reserved,
            incoming: self.incoming(community, &item.code),
            cover,
            rate,
            floor,
            band,
            as_of,
            counted,
        }
    }

    /// The stock of an item at a place, base units, with the community that keeps it.
    pub fn stock_at(&self, place: &koinon_core::PlaceCode, item: &ItemCode) -> i128 {
        let Some(keeper) = self.region().keeper_of(place) else { return 0 };
        let here = |store: &StoreCode| self.region().store(store).is_some_and(|s| s.place == *place);
        let lots = self.ledger().lots_of(&keeper, item);
        lots.filter(|(_, lot)| lot.opened().is_some_and(|o| here(&o.store)))
            .map(|(_, lot)| lot.balance())
            .sum()
    }

    /// What is promised to or on its way to a community's own place.
    pub fn incoming(&self, community: &CommunityCode, item: &ItemCode) -> i128 {
        let place = community.place();
        let mut incoming = 0;
        for (giver, _, transfer) in self.ledger().transfers() {
            let Some(commitment) = transfer.commitment(giver).filter(|by| by.what.to == place) else {
                continue;
            };
            for line in commitment.what.lines.iter().filter(|line| line.item == *item) {
                incoming += transfer.counters(giver, line).in_transit.max(0);
            }
        }
        incoming
    }

    /// A group in a community: food by its energy, any other by the item that runs out first of those that people need
    /// most: those that one must have, or where none of these is used, those that are needed, then those that are useful.
    pub fn group_cover(&self, community: &CommunityCode, group: Group, today: Day) -> GroupCover {
        let region = self.region();
        let items: Vec<&Item> = region.items.iter().filter(|item| item.group == group).collect();
        let covers: Vec<(&Item, ItemCover)> =
            items.iter().map(|item| (*item, self.item_cover(community, item, today))).collect();
        let as_of = covers.iter().fold(None, |oldest_so_far, (_, cover)| oldest(oldest_so_far, cover.as_of));
        if group == Group::Food {
            let days = self.food_days(community, &covers, today);
            return GroupCover { days, band: band_of(days, 0, &region.agreements), scarcest: None, as_of };
        }
        let used = covers.iter().filter(|(_, cover)| cover.cover.days.is_some());
        let least = used.min_by_key(|(item, cover)| (item.tier, cover.band, cover.cover.days, &item.code));
        GroupCover {
            days: least.and_then(|(_, cover)| cover.cover.days),
            band: least.map_or(Band::Unknown, |(_, cover)| cover.band),
            scarcest: least.map(|(item, _)| item.code.clone()),
            as_of,
        }
    }

    fn food_days(&self, community: &CommunityCode, covers: &[(&Item, ItemCover)], today: Day) -> Option<i64> {
        let kcal = |item: &Item, amount: i128| amount * i128::from(item.kcal_per_1000.unwrap_or(0)) / 1_000;
        let held: i128 = covers.iter().map(|(item, cover)| kcal(item, cover.cover.usable)).sum();
        let people = i128::from(self.region().population(community, today));
        // Energy per person and day: Sphere Handbook 2018, food security standard: 2,100 kcal.
        let per_day = people * 2_100;
        (per_day > 0).then(|| i64::try_from(held / per_day).unwrap_or(i64::MAX))
    }
}

fn oldest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_for_few_days_is_short_later() {
        let agreements = Agreements { short_below_days: 10, watch_below_days: 30, ..Agreements::default() };
        let word = |days, floor| band_of(days, floor, &agreements);
        let cases = [
            (None, 0, Band::Unknown),
            (Some(9), 0, Band::Short),
            (Some(10), 0, Band::Watch),
            (Some(30), 0, Band::Enough),
            (Some(9), 90, Band::Short),
            (Some(29), 90, Band::Watch),
            (Some(1), 3, Band::Short),
            (Some(2), 3, Band::Watch),
            (Some(3), 3, Band::Enough),
            (Some(-1), 3, Band::Short),
        ];
        for (days, floor, want) in cases {
            assert_eq!(word(days, floor), want, "{days:?} days, {floor} kept");
        }
    }
}
