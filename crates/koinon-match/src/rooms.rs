//! How much more fits into the stores of each place, as the region file and the stock book have it.
//!
//! A store takes what it was built for less what stands in it, whoever owns it and whether it may be used or not; what
//! is agreed or on its way has its room already. Eating frees no room before it has happened. Where the region file
//! gives no store of a storage class, or no size, nobody knows, and anything fits.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::region::{StorageClass, Store};
use koinon_core::{Day, ItemCode, PlaceCode, Region, StoreCode};
use koinon_ledger::Ledger;

use crate::problem::{Item, Problem, StoreRoom};

/// Grams and millilitres.
type Load = (i128, i128);

impl Problem {
    /// Adds the room of every place for each storage class, and for classes that share stores together.
    pub(crate) fn add_rooms(&mut self, ledger: &Ledger, region: &Region, today: Day) {
        let items: BTreeMap<ItemCode, Item> =
            self.items.iter().map(|item| (item.code.clone(), item.clone())).collect();
        let mut full: BTreeMap<&StoreCode, Load> = BTreeMap::new();
        for (_, _, lot) in ledger.lots() {
            let Some(opened) = lot.opened().filter(|_| lot.balance() > 0) else { continue };
            let Some(item) = items.get(&opened.item) else { continue };
            let amount = i64::try_from(lot.balance()).unwrap_or(i64::MAX);
            let ([grams, millilitres, _], here) = (item.load(amount), full.entry(&opened.store).or_default());
            *here = (here.0 + grams, here.1 + millilitres);
        }
        let mut rooms = Vec::new();
        for place in &self.places {
            let stores: Vec<&Store> =
                region.stores_of(&place.code).filter(|store| store.exists(today)).collect();
            for classes in sharing(&stores) {
                let kept: Vec<&Store> = stores
                    .iter()
                    .copied()
                    .filter(|store| store.storage.iter().any(|class| classes.contains(class)))
                    .collect();
                let coming = self.coming(&items, &place.code, &classes);
                let free = |size: fn(&Store) -> Option<i64>, part: fn(&Load) -> i128| {
                    let one = |store: &&Store| {
                        let standing = full.get(&store.code).map_or(0, part);
                        Some((i128::from(size(store)?) * 1_000 - standing).max(0))
                    };
                    let all: Option<i128> = kept.iter().map(one).sum();
                    all.map(|grams| i64::try_from((grams - part(&coming)).max(0) / 1_000).unwrap_or(i64::MAX))
                };
                let kg = free(|store| store.capacity_kg, |load| load.0);
                let litre = free(|store| store.capacity_l, |load| load.1);
                if kg.is_some() || litre.is_some() {
                    let storage = classes.into_iter().collect();
                    rooms.push(StoreRoom { place: place.code.clone(), storage, kg, litre });
                }
            }
        }
        self.rooms = rooms;
    }

    /// What is agreed or on its way to a place of some storage classes.
    fn coming(
        &self,
        items: &BTreeMap<ItemCode, Item>,
        place: &PlaceCode,
        classes: &BTreeSet<StorageClass>,
    ) -> Load {
        let here = self.arriving.iter().filter(|coming| coming.place == *place);
        here.filter_map(|coming| Some((items.get(&coming.item)?, coming.amount)))
            .filter(|(item, _)| classes.contains(&item.storage))
            .map(|(item, amount)| item.load(amount))
            .fold((0, 0), |sum, [grams, millilitres, _]| (sum.0 + grams, sum.1 + millilitres))
    }
}

/// The sets of storage classes whose room has an end: each class by itself, and those that share stores together.
fn sharing(stores: &[&Store]) -> BTreeSet<BTreeSet<StorageClass>> {
    let mut sets: BTreeSet<BTreeSet<StorageClass>> =
        stores.iter().flat_map(|store| &store.storage).map(|class| [*class].into()).collect();
    let mut together: Vec<BTreeSet<StorageClass>> = Vec::new();
    for store in stores {
        let mut joined: BTreeSet<StorageClass> = store.storage.iter().copied().collect();
        together.retain(|known| {
            let apart = known.is_disjoint(&joined);
            if !apart {
                joined.extend(known);
            }
            apart
        });
        together.push(joined);
    }
    sets.extend(together.into_iter().filter(|set| !set.is_empty()));
    sets
}

#[cfg(test)]
mod tests {
    use super::*;
    use StorageClass::{Ambient, Cool, Frozen, Liquid, Secure};

    #[test]
    fn classes_that_share_a_store_share_its_room() {
        let region =
            koinon_core::region::generate::new_region(2, 100, koinon_core::region::generate::Layout::Ring, 1)
                .unwrap();
        let like = region.stores[0].clone();
        let store = |classes: &[StorageClass]| Store { storage: classes.to_vec(), ..like.clone() };
        let all = [store(&[Ambient]), store(&[Cool, Frozen]), store(&[Liquid]), store(&[Ambient, Secure])];
        let sets = sharing(&all.iter().collect::<Vec<_>>());
        let expected: BTreeSet<BTreeSet<StorageClass>> = [
            [Ambient].into(),
            [Cool].into(),
            [Frozen].into(),
            [Liquid].into(),
            [Secure].into(),
            [Cool, Frozen].into(),
            [Ambient, Secure].into(),
        ]
        .into();
        assert_eq!(sets, expected);
    }
}
