//! What is so: the region, the seed, what stood in the stores, and what happened to the world since.
//!
//! The true stock is the book plus what nobody has seen yet. So the world keeps no stock of its own beside the
//! book, a visitor's entries are part of it like anybody's, and a run goes on after a restart from the seed and the
//! list of scenarios alone. What nobody has seen is a pure function of the seed, the item, the store and the days
//! since the last count.

use std::collections::BTreeMap;

use koinon_books::Book;
use koinon_core::region::{Community, Item, Region, Store};
use koinon_core::{CommunityCode, CorridorCode, Day, ItemCode, PlaceCode, StoreCode};

use crate::cast::{Member, cast};
use crate::opening::{self, OpeningLine, Story};
use crate::rng::{Dice, Purpose, Seed};
use crate::scenario::{Happened, Scenario};

/// For how many days unseen changes add up at most.
const UNSEEN_DAYS: i32 = 45;

/// The world of one run.
#[derive(Debug, Clone)]
pub struct World {
    region: Region,
    seed: Seed,
    start: Day,
    opening: Vec<OpeningLine>,
    story: Option<Story>,
    numbers: BTreeMap<CommunityCode, u32>,
    items: BTreeMap<ItemCode, u32>,
    stores: BTreeMap<StoreCode, u32>,
    happened: Happened,
}

impl World {
    /// A world of a region with stocks that the seed chooses.
    pub fn new(region: &Region, seed: u64) -> Self {
        let start = start_of(region);
        let opening = opening::generate(region, Seed(seed), start);
        Self { story: opening::story(region), ..Self::with_opening(region, opening, seed) }
    }

    /// A world of a region whose stocks at the start are given.
    pub fn with_opening(region: &Region, opening: Vec<OpeningLine>, seed: u64) -> Self {
        fn numbered<T, K: Ord + Clone>(list: &[T], code: fn(&T) -> &K) -> BTreeMap<K, u32> {
            list.iter().map(|one| code(one).clone()).zip(0..).collect()
        }
        Self {
            start: start_of(region),
            seed: Seed(seed),
            opening,
            story: None,
            numbers: numbered(&region.communities, |c: &Community| &c.code),
            items: numbered(&region.items, |i: &Item| &i.code),
            stores: numbered(&region.stores, |s: &Store| &s.code),
            happened: Happened::default(),
            region: region.clone(),
        }
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed.0
    }

    /// The first day: the region's own, or 2 March 2026.
    pub fn start(&self) -> Day {
        self.start
    }

    /// The first sentence of a generated world; `None` where stocks were given.
    pub fn story(&self) -> Option<&Story> {
        self.story.as_ref()
    }

    /// What stands in the stores that a community keeps when its book is opened.
    pub fn opening_of(&self, community: &CommunityCode) -> impl Iterator<Item = &OpeningLine> {
        self.opening.iter().filter(move |line| {
            let place = self.region.store(&line.store).map(|store| &store.place);
            place.and_then(|place| self.region.keeper_of(place)).as_ref() == Some(community)
        })
    }

    /// The people to be given tasks at founding, the founding steward first; empty for a strange community.
    pub fn cast(&self, community: &CommunityCode) -> Vec<Member> {
        self.numbers.get(community).map_or_else(Vec::new, |number| cast(self.seed, *number))
    }

    /// Lets something happen on a day. Give them in the order of the days.
    pub fn happen(&mut self, on: Day, scenario: Scenario) {
        self.happened.0.push((on, scenario));
    }

    /// Everything that was let happen, to be kept and given again after a restart.
    pub fn happened(&self) -> &[(Day, Scenario)] {
        &self.happened.0
    }

    /// Whether a community's plug is pulled on a day.
    pub fn is_cut(&self, community: &CommunityCode, day: Day) -> bool {
        self.happened.is_cut(community, day)
    }

    /// The routes that people at their ends find under water on a day and did not before, and those that fell dry.
    pub(crate) fn waters(&self, day: Day) -> Vec<(CorridorCode, bool)> {
        let now = |code: &CorridorCode, day| self.happened.is_flooded(code, day);
        let routes = self.region.corridors.iter().map(|corridor| &corridor.code);
        routes
            .filter(|code| now(code, day) != now(code, day.plus(-1)))
            .map(|code| (code.clone(), now(code, day)))
            .collect()
    }

    /// What really stands in a store, in base units: the book and what nobody has seen yet.
    pub fn true_stock(
        &self,
        book: &Book,
        community: &CommunityCode,
        store: &StoreCode,
        item: &ItemCode,
        day: Day,
    ) -> i128 {
        let on_hand: i128 =
            book.ledger().lots_in(community, store, item).iter().map(|(_, lot)| lot.balance()).sum();
        (on_hand + self.unseen(book, community, store, item, day)).max(0)
    }

    /// What a count on a day would find beyond the book, in base units; below zero for what went unnoticed.
    pub(crate) fn unseen(
        &self,
        book: &Book,
        community: &CommunityCode,
        store: &StoreCode,
        item: &ItemCode,
        day: Day,
    ) -> i128 {
        let lots = book.ledger().lots_in(community, store, item);
        let on_hand: i128 = lots.iter().map(|(_, lot)| lot.balance().max(0)).sum();
        let zone = book.zone();
        let counted =
            lots.iter().filter_map(|(_, lot)| lot.last_count()).map(|count| count.at.day(&zone)).max();
        let since = counted.unwrap_or(self.start).max(day.plus(-UNSEEN_DAYS));
        let stores = self.stores.get(store).copied().unwrap_or(0);
        let number = self.items.get(item).copied().unwrap_or(0);
        let mut per_mille = 0;
        for ago in 0..day.since(since).max(0) {
            let mut dice = self.seed.dice(stores, day.plus(-ago), Purpose::Drift, number);
            // Spilt, nibbled, given without a note: on one day of ten, up to half a per cent. Found again: rarely.
            if dice.per_mille(100) {
                per_mille -= dice.between(1, 5);
            } else if dice.per_mille(15) {
                per_mille += dice.between(1, 4);
            }
        }
        on_hand * i128::from(per_mille) / 1_000
    }

    pub(crate) fn scenarios(&self) -> &Happened {
        &self.happened
    }

    pub(crate) fn number(&self, community: &CommunityCode) -> u32 {
        self.numbers.get(community).copied().unwrap_or(u32::MAX)
    }

    pub(crate) fn item_number(&self, item: &ItemCode) -> u32 {
        self.items.get(item).copied().unwrap_or(0)
    }

    pub(crate) fn dice(&self, community: &CommunityCode, day: Day, purpose: Purpose, sub: u32) -> Dice {
        self.seed.dice(self.number(community), day, purpose, sub)
    }

    /// The places whose facts a community writes: itself and the hubs that it keeps.
    pub(crate) fn places_of(&self, community: &CommunityCode) -> Vec<PlaceCode> {
        let hubs = self.region.hubs.iter().filter(|hub| hub.keeper == *community);
        std::iter::once(community.place()).chain(hubs.map(|hub| hub.code.clone())).collect()
    }
}

/// The first day of a region that names none: a Monday in early spring.
const START: Day = Day(20_514);

fn start_of(region: &Region) -> Day {
    region.start.unwrap_or(START)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_start_is_a_monday_in_march() {
        assert_eq!(START.to_string(), "2026-03-02");
    }
}
