//! Questions to a region, answered by code in logarithmic time after [`Region::parse`] or [`Region::reindex`].
//!
//! After entries of the public lists were added, removed or moved by hand, lookups still answer correctly, only slower;
//! call `reindex` after that, and always after a code itself was changed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::{Community, Corridor, Hub, Item, Region, Store};
use crate::id::{CommunityCode, CorridorCode, Digest, ItemCode, PlaceCode, StoreCode};
use crate::quantity::Quantity;
use crate::time::Day;

/// Positions by code. It is derived from the lists, so two regions are equal whatever their indexes.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    communities: BTreeMap<CommunityCode, usize>,
    hubs: BTreeMap<PlaceCode, usize>,
    stores: BTreeMap<StoreCode, usize>,
    stores_of: BTreeMap<PlaceCode, Vec<usize>>,
    corridors: BTreeMap<CorridorCode, usize>,
    items: BTreeMap<ItemCode, usize>,
}

impl PartialEq for Index {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Index {}

/// Finds by index, and by a walk through the list where the index is visibly older than the list.
fn find<'a, T, K: Ord>(
    list: &'a [T],
    index: &BTreeMap<K, usize>,
    code: &K,
    of: fn(&T) -> &K,
) -> Option<&'a T> {
    let at = index.get(code);
    let known = at.and_then(|at| list.get(*at)).filter(|entry| of(entry) == code);
    if known.is_some() || (at.is_none() && index.len() == list.len()) {
        return known;
    }
    list.iter().find(|entry| of(entry) == code)
}

impl Region {
    /// Builds the lookups anew; call it after the lists were changed by hand.
    pub fn reindex(&mut self) {
        fn positions<T, K: Ord + Clone>(list: &[T], of: fn(&T) -> &K) -> BTreeMap<K, usize> {
            // Reversed, so that the first of two equal codes is found.
            list.iter().enumerate().rev().map(|(at, entry)| (of(entry).clone(), at)).collect()
        }
        let mut stores_of: BTreeMap<PlaceCode, Vec<usize>> = BTreeMap::new();
        for (at, store) in self.stores.iter().enumerate() {
            stores_of.entry(store.place.clone()).or_default().push(at);
        }
        self.index = Index {
            communities: positions(&self.communities, |c| &c.code),
            hubs: positions(&self.hubs, |h| &h.code),
            stores: positions(&self.stores, |s| &s.code),
            stores_of,
            corridors: positions(&self.corridors, |c| &c.code),
            items: positions(&self.items, |i| &i.code),
        };
    }

    /// The community of a code.
    pub fn community(&self, code: &CommunityCode) -> Option<&Community> {
        find(&self.communities, &self.index.communities, code, |c| &c.code)
    }

    /// The hub of a code.
    pub fn hub(&self, code: &PlaceCode) -> Option<&Hub> {
        find(&self.hubs, &self.index.hubs, code, |h| &h.code)
    }

    /// The store of a code.
    pub fn store(&self, code: &StoreCode) -> Option<&Store> {
        find(&self.stores, &self.index.stores, code, |s| &s.code)
    }

    /// The corridor of a code.
    pub fn corridor(&self, code: &CorridorCode) -> Option<&Corridor> {
        find(&self.corridors, &self.index.corridors, code, |c| &c.code)
    }

    /// The item of a code.
    pub fn item(&self, code: &ItemCode) -> Option<&Item> {
        find(&self.items, &self.index.items, code, |i| &i.code)
    }

    /// The name of a community or hub.
    pub fn place_name(&self, code: &PlaceCode) -> Option<&str> {
        let community = self.community(&code.community()).map(|c| c.name.as_str());
        community.or_else(|| self.hub(code).map(|h| h.name.as_str()))
    }

    /// The codes of every place: communities first, then hubs, in the order of the file.
    pub fn places(&self) -> impl Iterator<Item = PlaceCode> + '_ {
        let communities = self.communities.iter().map(|c| c.code.place());
        communities.chain(self.hubs.iter().map(|h| h.code.clone()))
    }

    /// The stores at a place, in the order of the file.
    pub fn stores_of(&self, place: &PlaceCode) -> impl Iterator<Item = &Store> {
        let at = if self.index.stores.len() == self.stores.len() {
            self.index.stores_of.get(place).cloned().unwrap_or_default()
        } else {
            (0..self.stores.len()).collect()
        };
        at.into_iter().filter_map(|at| self.stores.get(at)).filter(move |store| store.place == *place)
    }

    /// The community whose node writes the facts of a place: the community itself, or the hub's keeper.
    pub fn keeper_of(&self, place: &PlaceCode) -> Option<CommunityCode> {
        match self.hub(place) {
            Some(hub) => Some(hub.keeper.clone()),
            None => self.community(&place.community()).map(|c| c.code.clone()),
        }
    }

    /// The communities that belong to the region on a day.
    pub fn communities_on(&self, day: Day) -> impl Iterator<Item = &Community> {
        self.communities.iter().filter(move |c| c.is_member(day))
    }

    /// The corridors in service on a day whose two ends exist on that day.
    pub fn corridors_on(&self, day: Day) -> impl Iterator<Item = &Corridor> {
        self.corridors.iter().filter(move |corridor| {
            corridor.is_open(day) && self.exists(&corridor.from, day) && self.exists(&corridor.to, day)
        })
    }

    /// Whether a place is a member community or an open hub on a day.
    pub fn exists(&self, place: &PlaceCode, day: Day) -> bool {
        match self.hub(place) {
            Some(hub) => hub.is_open(day),
            None => self.community(&place.community()).is_some_and(|c| c.is_member(day)),
        }
    }

    /// How many people a community counts on a day; 0 while it does not belong to the region.
    pub fn population(&self, community: &CommunityCode, day: Day) -> i64 {
        self.community(community).map_or(0, |c| c.people(day))
    }

    /// What a community's people need of an item on one day, rounded up to a whole base unit.
    ///
    /// `None` where the item or community is unknown, the item states no need, or the amount is beyond bounds. With
    /// needs by age: people × Σ (share per mille × need of the group) / 10^6; else people × need / 10^3.
    pub fn need_per_day(&self, item: &ItemCode, community: &CommunityCode, day: Day) -> Option<Quantity> {
        let item = self.item(item)?;
        let amount = self.community(community)?.need_on(item.need.as_ref()?, day)?;
        Quantity::from_wide(amount, item.dimension).ok()
    }

    /// Days of need that a community keeps of an item before it gives: the larger of the agreed floor and its own,
    /// at most half of what the item keeps.
    pub fn floor_days(&self, item: &Item, community: &CommunityCode) -> u32 {
        let agreed = self.agreements.floor_days(item);
        let own = self.community(community).and_then(|c| c.keeps_days).unwrap_or(0);
        agreed.max(own.min(item.floor_days_max()))
    }

    /// The amount that a community keeps of an item before it gives; `None` as for [`Region::need_per_day`].
    pub fn floor(&self, item: &ItemCode, community: &CommunityCode, day: Day) -> Option<Quantity> {
        let entry = self.item(item)?;
        let need = self.community(community)?.need_on(entry.need.as_ref()?, day)?;
        let kept = need.checked_mul(i128::from(self.floor_days(entry, community)))?;
        Quantity::from_wide(kept, entry.dimension).ok()
    }

    /// The time zone; UTC where the name is unknown, which [`Region::check`] reports.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// The codes of languages and communities under which items may have names.
    pub(super) fn name_keys(&self) -> BTreeSet<&str> {
        let communities = self.communities.iter().map(|c| c.code.as_str());
        self.languages.iter().map(String::as_str).chain(communities).collect()
    }

    /// The digest of the whole content: equal regions, and only they, have equal digests.
    pub fn digest(&self) -> Digest {
        Digest::of("koinon region 1", &super::read::canonical(self))
    }
}
