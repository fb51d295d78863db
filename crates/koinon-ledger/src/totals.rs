//! Running sums per community and item that answer "does it all add up?".
//!
//! Every change of a lot is booked against one account, so that the sum over all accounts is the stock. Sums are
//! kept as differences when a lot's history changes, so they survive the folding of old entries.

use std::collections::BTreeMap;

use koinon_core::{CommunityCode, Day, ItemCode};
use minicbor::{Decode, Encode};

use crate::order::wide;
use crate::reason::Account;

/// A wide sum in base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Wide(
    #[n(0)]
    #[cbor(with = "wide")]
    pub i128,
);

/// What one lot, or one community's stock of one item, owes to each account; the sum is the stock on hand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Sums {
    #[n(0)]
    by_account: BTreeMap<u8, Wide>,
    #[n(1)]
    used_by_day: BTreeMap<Day, Wide>,
    #[n(2)]
    net_by_day: BTreeMap<Day, Wide>,
}

/// The sums of every community and item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Totals {
    #[n(0)]
    sums: BTreeMap<(CommunityCode, ItemCode), Sums>,
}

/// More than ten to the nineteenth entries of the greatest amount come to.
const SUM_MAX: u128 = 10_u128.pow(34);

impl Wide {
    /// Whether a sum of entries can be so great.
    pub(crate) fn fits(self) -> bool {
        self.0.unsigned_abs() <= SUM_MAX
    }
}

impl Sums {
    /// Adds one signed change on a day.
    pub fn add(&mut self, account: Account, day: Day, change: i128) {
        if change == 0 {
            return;
        }
        let number = u8::try_from(account.index()).unwrap_or(u8::MAX);
        bump(&mut self.by_account, number, change);
        bump(&mut self.net_by_day, day, change);
        if account.is_demand() {
            bump(&mut self.used_by_day, day, -change);
        }
    }

    /// Adds (`sign` = 1) or removes (`sign` = -1) other sums.
    pub fn merge(&mut self, other: &Self, sign: i128) {
        other.by_account.iter().for_each(|(k, v)| bump(&mut self.by_account, *k, sign * v.0));
        other.net_by_day.iter().for_each(|(k, v)| bump(&mut self.net_by_day, *k, sign * v.0));
        other.used_by_day.iter().for_each(|(k, v)| bump(&mut self.used_by_day, *k, sign * v.0));
    }

    /// The signed sum of one account.
    pub fn account(&self, account: Account) -> i128 {
        let number = u8::try_from(account.index()).unwrap_or(u8::MAX);
        self.by_account.get(&number).map_or(0, |w| w.0)
    }

    /// The stock on hand: the sum over all accounts.
    pub fn on_hand(&self) -> i128 {
        self.by_account.values().map(|w| w.0).sum()
    }

    /// What was used on each day from `from` to `until`, both included; days without use are absent.
    pub fn used(&self, from: Day, until: Day) -> impl Iterator<Item = (Day, i128)> + '_ {
        self.used_by_day.range(from..=until).map(|(day, used)| (*day, used.0))
    }

    /// The stock at the end of each day on which it changed, oldest first.
    pub fn stock_by_day(&self) -> impl Iterator<Item = (Day, i128)> + '_ {
        self.net_by_day.iter().scan(0i128, |stock, (day, net)| {
            *stock += net.0;
            Some((*day, *stock))
        })
    }

    /// Merges all days before `horizon` into the one before it, so that memory does not follow the log's length.
    pub fn fold(&mut self, horizon: Day) {
        for map in [&mut self.net_by_day, &mut self.used_by_day] {
            let recent = map.split_off(&horizon);
            let old: i128 = map.values().map(|w| w.0).sum();
            *map = recent;
            bump(map, horizon.plus(-1), old);
        }
    }
}

impl Totals {
    /// The sums of one community and item.
    pub fn get(&self, community: &CommunityCode, item: &ItemCode) -> Option<&Sums> {
        self.sums.get(&(community.clone(), item.clone()))
    }

    /// All sums in order.
    pub fn iter(&self) -> impl Iterator<Item = (&CommunityCode, &ItemCode, &Sums)> {
        self.sums.iter().map(|((community, item), sums)| (community, item, sums))
    }

    /// Adds or removes a lot's sums.
    pub fn merge(&mut self, community: &CommunityCode, item: &ItemCode, sums: &Sums, sign: i128) {
        let key = (community.clone(), item.clone());
        let entry = self.sums.entry(key.clone()).or_default();
        entry.merge(sums, sign);
        if *entry == Sums::default() {
            self.sums.remove(&key);
        }
    }

    /// Books one change.
    pub fn add(
        &mut self,
        community: &CommunityCode,
        item: &ItemCode,
        account: Account,
        day: Day,
        change: i128,
    ) {
        if change != 0 {
            self.sums.entry((community.clone(), item.clone())).or_default().add(account, day, change);
        }
    }

    /// See [`crate::Ledger::fits`].
    pub(crate) fn fits(&self) -> bool {
        let sums = |sums: &Sums| {
            let days = sums.used_by_day.values().chain(sums.net_by_day.values());
            days.chain(sums.by_account.values()).all(|wide| wide.fits())
        };
        self.sums.values().all(sums)
    }

    /// Folds every sum, see [`Sums::fold`].
    pub fn fold(&mut self, horizon: Day) {
        self.sums.values_mut().for_each(|sums| sums.fold(horizon));
    }
}

/// Adds to one sum of many; a sum of zero is absent, so that equal books are equal bytes.
pub(crate) fn bump<K: Ord>(map: &mut BTreeMap<K, Wide>, key: K, change: i128) {
    use std::collections::btree_map::Entry;
    match map.entry(key) {
        Entry::Vacant(slot) => {
            if change != 0 {
                slot.insert(Wide(change));
            }
        }
        Entry::Occupied(mut slot) => {
            slot.get_mut().0 += change;
            if slot.get().0 == 0 {
                slot.remove();
            }
        }
    }
}
