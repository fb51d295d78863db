//! What stands where and how long it lasts, for every place and item at once: worked out from the book in one pass and
//! kept until the book or the day changes.
//!
//! It knows no viewer. Because a store may be stricter than what stands in it, each figure is there twice: `open` counts
//! only what the whole federation may see, `all` counts everything.

use std::collections::{BTreeMap, BTreeSet};

use koinon_authority::Visibility;
use koinon_books::book::Book;
use koinon_books::cover::{Band, band_of};
use koinon_core::region::{Agreements, Group, Item, Tier};
use koinon_core::{CommunityCode, Day, ItemCode, PlaceCode, Timestamp};
use koinon_ledger::demand::{self, Rate, RateSource};
use koinon_ledger::lot::LastCount;

/// Energy per person and day: Sphere Handbook 2018, food security standard: 2,100 kcal.
const KCAL_PER_DAY: i128 = 2_100;

/// What stands at every place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// The day they are for.
    pub today: Day,
    /// By place: communities and hubs.
    pub places: BTreeMap<PlaceCode, PlaceFigures>,
    /// By community: when the newest entry known of it happened.
    pub last_entry: BTreeMap<CommunityCode, Timestamp>,
    /// The communities that do not share their stock with this one: nothing of it counts here.
    pub hidden: BTreeSet<CommunityCode>,
}

/// What stands at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceFigures {
    /// The community whose book holds it.
    pub keeper: CommunityCode,
    /// Whether it is a hub, where nobody eats.
    pub is_hub: bool,
    /// By item: what the federation may see, and everything.
    pub items: BTreeMap<ItemCode, (ItemFigure, ItemFigure)>,
    /// Whole days of food by energy: what the federation may see, and everything.
    pub food_days: (Option<i64>, Option<i64>),
}

/// One item at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFigure {
    /// Its group.
    pub group: Group,
    /// How much people depend on it.
    pub tier: Tier,
    /// Whether a batch of it was ever entered; an item that nobody counted is not short but unknown.
    pub is_known: bool,
    /// On hand in base units; below zero when more went out than was known.
    pub on_hand: i128,
    /// On hand, less what is set aside or may not be used.
    pub available: i128,
    /// Free to give: available, not past its date, and above what the place keeps.
    pub spare: i128,
    /// Set aside for transfers and not loaded.
    pub reserved: i128,
    /// On its way here.
    pub incoming: i128,
    /// What can be used before its date.
    pub usable: i128,
    /// What will pass its date first.
    pub at_risk: i128,
    /// Whole days that it lasts; `None` when nothing is used.
    pub days: Option<i64>,
    /// What is used, and how that is known.
    pub rate: Option<(Rate, RateSource)>,
    /// What the place keeps before it gives, in base units.
    pub floor: i128,
    /// The same in days; 0 where nothing is kept.
    pub floor_days: i64,
    /// How it stands.
    pub band: Band,
    /// How many batches are not empty.
    pub lots: usize,
    /// When the figure that is oldest among its batches last changed.
    pub as_of: Option<Timestamp>,
    /// The last count.
    pub counted: Option<LastCount>,
    /// The next last good day among its batches.
    pub next_date: Option<Day>,
}

/// One batch as far as figures need it.
struct Batch {
    balance: i128,
    aside: i128,
    is_held: bool,
    expires: Option<Day>,
    is_open: bool,
    changed: Option<Timestamp>,
    counted: Option<LastCount>,
}

impl Figures {
    /// Works everything out from a book for the day of an instant.
    pub fn of(book: &Book, now: Timestamp) -> Self {
        let (region, today, hidden) = (book.region(), now.day(&book.zone()), book.hidden(now));
        let mut batches: BTreeMap<(PlaceCode, ItemCode), Vec<Batch>> = BTreeMap::new();
        let mut last_entry: BTreeMap<CommunityCode, Timestamp> = BTreeMap::new();
        let mut aside: BTreeMap<&CommunityCode, _> = BTreeMap::new();
        for (community, id, lot) in book.ledger().lots() {
            let Some(opened) = lot.opened() else { continue };
            if let Some(at) = lot.last_change() {
                match last_entry.get_mut(community) {
                    Some(last) => *last = at.max(*last),
                    None => drop(last_entry.insert(community.clone(), at)),
                }
            }
            if hidden.contains(community) {
                continue;
            }
            let reserved = aside.entry(community).or_insert_with(|| book.ledger().reserved_by_lot(community));
            let store = region.store(&opened.store);
            let place = store.map_or_else(|| community.place(), |store| store.place.clone());
            let is_open = store.is_none_or(|store| store.visibility <= Visibility::Federation);
            let is_held = book.ledger().held(lot).is_some();
            batches.entry((place, opened.item.clone())).or_default().push(Batch {
                balance: lot.balance(),
                aside: reserved.get(&id).copied().unwrap_or(0),
                is_held,
                expires: opened.expires,
                is_open,
                changed: lot.last_change(),
                counted: lot.last_count(),
            });
        }
        let incoming = incoming(book);
        let mut places = BTreeMap::new();
        for place in region.places() {
            let Some(keeper) = region.keeper_of(&place) else { continue };
            let is_hub = region.hub(&place).is_some();
            let mut items = BTreeMap::new();
            for item in &region.items {
                let key = (place.clone(), item.code.clone());
                let here = batches.get(&key).map_or(&[][..], Vec::as_slice);
                let coming = incoming.get(&key).copied().unwrap_or(0);
                let rate = if is_hub { None } else { book.rate(&keeper, &item.code, today) };
                if here.is_empty() && coming == 0 && rate.is_none_or(|(rate, _)| rate.amount == 0) {
                    continue;
                }
                // What is kept follows the use, as the engine has it.
                let days = rate.map_or(0, |_| i64::from(region.floor_days(item, &keeper)));
                let kept = Kept { amount: rate.map_or(0, |(rate, _)| rate.over(days)), days };
                let figure = |open_only: bool| {
                    let seen = here.iter().filter(|batch| batch.is_open || !open_only);
                    item_figure(item, seen, (rate, kept, coming), today, &region.agreements)
                };
                items.insert(item.code.clone(), (figure(true), figure(false)));
            }
            let people = if is_hub { 0 } else { i128::from(region.population(&keeper, today)) };
            let food_days = food_days(region.items.iter(), &items, people);
            places.insert(place, PlaceFigures { keeper, is_hub, items, food_days });
        }
        Self { today, places, last_entry, hidden }
    }
}

#[derive(Clone, Copy)]
struct Kept {
    amount: i128,
    days: i64,
}

fn item_figure<'a>(
    item: &Item,
    batches: impl Iterator<Item = &'a Batch>,
    (rate, kept, incoming): (Option<(Rate, RateSource)>, Kept, i128),
    today: Day,
    agreements: &Agreements,
) -> ItemFigure {
    let mut figure = ItemFigure {
        group: item.group,
        tier: item.tier,
        is_known: false,
        on_hand: 0,
        available: 0,
        spare: 0,
        reserved: 0,
        incoming,
        usable: 0,
        at_risk: 0,
        days: None,
        rate,
        floor: kept.amount,
        floor_days: kept.days,
        band: Band::Unknown,
        lots: 0,
        as_of: None,
        counted: None,
        next_date: None,
    };
    let mut free = Vec::new();
    for batch in batches {
        figure.is_known = true;
        figure.on_hand += batch.balance;
        figure.reserved += batch.aside;
        if !batch.is_held {
            let left = (batch.balance - batch.aside).max(0);
            figure.available += left;
            if batch.expires.is_none_or(|last| last >= today) {
                figure.spare += left;
            }
            free.push((left, batch.expires));
        }
        if batch.balance != 0 {
            figure.lots += 1;
            figure.as_of = match (figure.as_of, batch.changed) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            figure.next_date = match (figure.next_date, batch.expires) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        figure.counted = figure.counted.max(batch.counted);
    }
    figure.spare = (figure.spare - kept.amount).max(0);
    let used = rate.map_or(Rate { amount: 0, days: 1 }, |(rate, _)| rate);
    let cover = demand::cover(&free, used, today);
    (figure.usable, figure.at_risk) = (cover.usable, cover.at_risk);
    figure.days = cover.days.filter(|_| figure.is_known);
    figure.band = band_of(figure.days, kept.days, agreements);
    figure
}

/// What is on its way, by the place and item it is meant for.
fn incoming(book: &Book) -> BTreeMap<(PlaceCode, ItemCode), i128> {
    let mut coming: BTreeMap<_, i128> = BTreeMap::new();
    for (giver, _, transfer) in book.ledger().transfers() {
        let Some(commitment) = transfer.commitment(giver) else { continue };
        for line in &commitment.what.lines {
            let amount = transfer.counters(giver, line).in_transit.max(0);
            if amount > 0 {
                *coming.entry((commitment.what.to.clone(), line.item.clone())).or_default() += amount;
            }
        }
    }
    coming
}

fn food_days<'a>(
    items: impl Iterator<Item = &'a Item>,
    figures: &BTreeMap<ItemCode, (ItemFigure, ItemFigure)>,
    people: i128,
) -> (Option<i64>, Option<i64>) {
    let (mut open, mut all) = (0i128, 0i128);
    let mut is_known = false;
    for item in items.filter(|item| item.group == Group::Food) {
        let Some((seen, whole)) = figures.get(&item.code) else { continue };
        let kcal = |amount: i128| amount * i128::from(item.kcal_per_1000.unwrap_or(0)) / 1_000;
        is_known |= whole.is_known;
        if item.seen_by() <= Visibility::Federation {
            open += kcal(seen.usable);
        }
        all += kcal(whole.usable);
    }
    let per_day = people * KCAL_PER_DAY;
    let days =
        |kcal: i128| (is_known && per_day > 0).then(|| i64::try_from(kcal / per_day).unwrap_or(i64::MAX));
    (days(open), days(all))
}

impl PlaceFigures {
    /// One item, as far as somebody of the community (`is_home`) or of the federation may count it.
    pub fn item(&self, item: &ItemCode, is_home: bool) -> Option<&ItemFigure> {
        self.items.get(item).map(|(open, all)| if is_home { all } else { open })
    }

    /// Every item, as far as it may be counted.
    pub fn items(&self, is_home: bool) -> impl Iterator<Item = (&ItemCode, &ItemFigure)> {
        self.items.iter().map(move |(code, (open, all))| (code, if is_home { all } else { open }))
    }

    /// Days of food by energy.
    pub fn food(&self, is_home: bool) -> Option<i64> {
        if is_home { self.food_days.1 } else { self.food_days.0 }
    }

    /// Of the items of a group that `seen` lets through: the one that runs out first among those that people need most, as
    /// [`Book::group_cover`] has it.
    pub fn scarcest_seen(
        &self,
        group: Group,
        is_home: bool,
        seen: impl Fn(&ItemCode) -> bool,
    ) -> Option<(&ItemCode, &ItemFigure)> {
        self.items(is_home)
            .filter(|(_, figure)| figure.group == group && figure.days.is_some())
            .filter(|(code, _)| seen(code))
            .min_by_key(|(code, figure)| (figure.tier, figure.band, figure.days, (*code).clone()))
    }
}
