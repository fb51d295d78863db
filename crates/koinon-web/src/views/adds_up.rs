//! Does it all add up? What came in and went out of each item, against what stands there and what is on the road.
//!
//! Two sums must hold to the last unit, and both are taken anew from the book for each page. In one community: the sum of
//! all accounts is the sum of all batches. Over the region: what was sent is what arrived, came back, was lost or is still
//! on its way.

use std::collections::BTreeMap;

use koinon_authority::Sight;
use koinon_core::{CommunityCode, ItemCode};
use koinon_ledger::reason::Account;
use koinon_ledger::totals::Sums;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, Lens, Named};

/// One item in one community's book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AddsUpRow {
    /// In whose book.
    pub community: Named,
    /// What.
    pub item: Named,
    /// Grown or made here.
    pub produced: Amount,
    /// Came from outside, or stood here at the beginning.
    pub came_in: Amount,
    /// Used up or handed out; zero or below.
    pub used: Amount,
    /// Spoiled, broken, stolen, gone; zero or below.
    pub lost: Amount,
    /// Went outside the region; zero or below.
    pub went_out: Amount,
    /// Sent to others; zero or below.
    pub sent: Amount,
    /// Arrived from others, or came back.
    pub arrived: Amount,
    /// The difference that counts found.
    pub found_by_counts: Amount,
    /// The sum of all of these.
    pub sum: Amount,
    /// What the batches hold.
    pub stock: Amount,
    /// Sum less stock: zero when it adds up.
    pub difference: Amount,
}

/// One item on the roads of the whole region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OnTheRoad {
    /// What.
    pub item: Named,
    /// Sent by all.
    pub sent: Amount,
    /// Arrived at all.
    pub arrived: Amount,
    /// Came back.
    pub came_back: Amount,
    /// Written off on the way.
    pub lost: Amount,
    /// Still on its way.
    pub on_the_way: Amount,
    /// Sent less all of the others: zero when it adds up.
    pub difference: Amount,
}

/// The whole check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AddsUpView {
    /// Whether every sum is zero where it must be; true for everyone, whatever they may see.
    pub adds_up: bool,
    /// How many sums were taken.
    pub checked: usize,
    /// How many of them do not hold.
    pub wrong: usize,
    /// By community and item, as far as the reader may see.
    pub rows: Vec<AddsUpRow>,
    /// By item, as far as the reader may see.
    pub roads: Vec<OnTheRoad>,
    /// Batches whose stock was below zero after some entry.
    pub below_zero: Vec<(String, Named, Named)>,
}

impl Lens<'_> {
    /// Takes every sum; `only` keeps the rows of one community.
    pub fn adds_up(&self, only: Option<&CommunityCode>) -> AddsUpView {
        let ledger = self.book.ledger();
        let mut stock: BTreeMap<(&CommunityCode, &ItemCode), i128> = BTreeMap::new();
        let mut below_zero = Vec::new();
        for (community, id, lot) in ledger.lots() {
            let Some(opened) = lot.opened() else { continue };
            *stock.entry((community, &opened.item)).or_default() += lot.balance();
            let concerned = lot.was_negative() && only.is_none_or(|only| only == community);
            if concerned && self.lot_row(community, id, lot).is_some() {
                let href = format!("/lot/{community}/{id}");
                below_zero.push((href, self.community(community), self.item(&opened.item)));
            }
        }
        let none = Sums::default();
        let keys: std::collections::BTreeSet<(&CommunityCode, &ItemCode)> = ledger
            .totals()
            .iter()
            .map(|(community, item, _)| (community, item))
            .chain(stock.keys().copied())
            .collect();
        let (mut rows, mut checked, mut wrong) = (Vec::new(), 0usize, 0usize);
        let mut roads: BTreeMap<&ItemCode, (i128, i128, i128)> = BTreeMap::new();
        for (community, item) in keys {
            let sums = ledger.totals().get(community, item).unwrap_or(&none);
            let held = stock.get(&(community, item)).copied().unwrap_or(0);
            let difference = sums.on_hand() - held;
            checked += 1;
            wrong += usize::from(difference != 0);
            let road = roads.entry(item).or_default();
            road.0 -= sums.account(Account::Sent);
            road.1 += sums.account(Account::Arrived);
            road.2 += sums.account(Account::CameBack);
            if only.is_none_or(|only| only == community) {
                rows.extend(self.adds_up_row(community, item, sums, held));
            }
        }
        let on_the_way = ledger.in_transit();
        let mut seen_roads = Vec::new();
        for (item, (sent, arrived, came_back)) in roads {
            let going = on_the_way.get(item).copied().unwrap_or(0);
            let lost = ledger.lost_on_the_way(item);
            let difference = sent - arrived - came_back - lost - going;
            checked += 1;
            wrong += usize::from(difference != 0);
            if sent != 0 || arrived != 0 || difference != 0 {
                seen_roads.extend(self.road(item, [sent, arrived, came_back, lost, going, difference]));
            }
        }
        AddsUpView { adds_up: wrong == 0, checked, wrong, rows, roads: seen_roads, below_zero }
    }

    fn adds_up_row(
        &self,
        community: &CommunityCode,
        code: &ItemCode,
        sums: &Sums,
        held: i128,
    ) -> Option<AddsUpRow> {
        let item = self.region().item(code)?;
        // A book's sums do not tell stores apart, so the strictest store of the community counts.
        let stores = self.region().stores.iter().filter(|store| {
            self.region().keeper_of(&store.place).as_ref() == Some(community)
                && store.storage.contains(&item.storage)
        });
        let strictest = stores.map(|store| self.sight_in(item, &store.code, community)).min();
        if strictest.unwrap_or(Sight::Amount).min(self.sight_of(item, community)) < Sight::Amount {
            return None;
        }
        let of = |base| Amount::of(base, item.dimension);
        let account = |account| of(sums.account(account));
        Some(AddsUpRow {
            community: self.community(community),
            item: self.item(code),
            produced: account(Account::Produced)?,
            came_in: account(Account::CameIn)?,
            used: of(sums.account(Account::Consumed) + sums.account(Account::HandedOut))?,
            lost: account(Account::Lost)?,
            went_out: account(Account::WentOut)?,
            sent: account(Account::Sent)?,
            arrived: of(sums.account(Account::Arrived) + sums.account(Account::CameBack))?,
            found_by_counts: of(sums.account(Account::Adjusted) + sums.account(Account::Moved))?,
            sum: of(sums.on_hand())?,
            stock: of(held)?,
            difference: of(sums.on_hand() - held)?,
        })
    }

    /// What is on the roads of the region; only of items whose amounts everyone in the federation may see.
    fn road(&self, code: &ItemCode, sums: [i128; 6]) -> Option<OnTheRoad> {
        let item = self.region().item(code)?;
        if !self.sees_amounts() || item.seen_by() > koinon_authority::Visibility::Federation {
            return None;
        }
        let [sent, arrived, came_back, lost, on_the_way, difference] =
            sums.map(|base| Amount::of(base, item.dimension));
        Some(OnTheRoad {
            item: self.item(code),
            sent: sent?,
            arrived: arrived?,
            came_back: came_back?,
            lost: lost?,
            on_the_way: on_the_way?,
            difference: difference?,
        })
    }
}
