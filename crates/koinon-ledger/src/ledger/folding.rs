//! Folding old lines away, so that memory follows what is open, and putting one key's history back when a late fact reaches
//! behind the fold.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use koinon_core::{CommunityCode, EntryId, LotId, Timestamp};

use super::{History, Key, Ledger, keys_of, unlist};
use crate::fact::{Dispatched, LedgerFact, Method, Received, Returned};
use crate::lot::{Does, Line, Lot, LotChange};
use crate::order::{OrderKey, Provenance};
use crate::reason::Reason;
use crate::transfer::Status;

impl Ledger {
    /// Folds all lines before `horizon` and drops what is settled, so that memory does not follow the log's length.
    ///
    /// The horizon never goes back. Stock, sums and open records stay as they are.
    pub fn fold(&mut self, horizon: Timestamp, zone: &TimeZone) {
        if self.folded_before.is_some_and(|before| before >= horizon) {
            return;
        }
        self.folded_before = Some(horizon);
        let reserved: BTreeSet<(CommunityCode, LotId)> = self
            .transfers
            .iter()
            .filter(|((giver, _), t)| {
                !matches!(t.status(giver), Status::Done | Status::Refused | Status::Withdrawn)
            })
            .flat_map(|((giver, _), t)| {
                let lots =
                    t.commitment(giver).map(|by| by.what.lines.iter().map(|l| l.lot).collect::<Vec<_>>());
                lots.unwrap_or_default().into_iter().map(|lot| (giver.clone(), lot)).collect::<Vec<_>>()
            })
            .collect();
        let by_item = &mut self.by_item;
        self.lots.retain(|community, id, lot| {
            lot.fold(horizon);
            let keep =
                !lot.is_settled() || reserved.contains(&(community.clone(), id)) || lot.opened().is_none();
            if !keep {
                let item = lot.opened().map(|opened| opened.item.clone());
                if let Some(item) = item {
                    unlist(by_item, &(community.clone(), item), (lot.last_key(), id));
                }
            }
            keep
        });
        self.transfers.retain(|(giver, _), transfer| {
            let done = matches!(transfer.status(giver), Status::Done | Status::Refused | Status::Withdrawn);
            !done || !transfer.is_balanced(giver) || transfer.last_written().is_none_or(|at| at >= horizon)
        });
        let day = horizon.day(zone);
        self.needs.retain(|_, need| {
            need.open_on(day).is_some() || need.last_written().is_none_or(|rev| rev.recorded >= horizon)
        });
        self.offers.retain(|_, offer| {
            let latest = offer.latest().map(|offer| offer.until);
            let over = offer.closed().is_some() || latest.is_some_and(|until| until < day);
            !over || offer.last_written().is_none_or(|rev| rev.recorded >= horizon)
        });
        // How much is used a day follows from the days before, so their sums stay apart.
        self.totals.fold(day.plus(-crate::demand::WINDOW_DAYS));
    }

    /// Puts back what a fact needs of what was folded away.
    pub(super) fn unfold_where_needed(
        &mut self,
        provenance: &Provenance,
        fact: &LedgerFact,
        keys: &[Key],
        history: &mut History<'_>,
    ) {
        let Some(horizon) = self.folded_before else { return };
        for key in keys {
            let needed = match key {
                Key::Lot(community, lot) => match self.lots.get(community, *lot) {
                    Some(lot) => changes_of(provenance, fact).iter().any(|change| lot.reaches_folded(change)),
                    None => !opens_lot(fact) || provenance.recorded < horizon,
                },
                Key::Transfer(giver, id) => {
                    let known = self.transfers.contains_key(&(giver.clone(), *id));
                    !known && !matches!(fact, LedgerFact::Committed(_))
                }
                Key::Need(community, id) => !self.needs.contains_key(&(community.clone(), *id)),
                Key::Offer(community, id) => !self.offers.contains_key(&(community.clone(), *id)),
                Key::Batch(..)
                | Key::Route(_)
                | Key::Giving(..)
                | Key::Taking(..)
                | Key::Recount(..)
                | Key::Wish(..)
                | Key::Standing(..)
                | Key::Joint(..) => false,
            };
            if needed {
                self.unfold(key, history);
            }
        }
        // A restated load, receipt or return takes earlier lines back, which may be folded away.
        for (community, lot, at) in self.lines_of_shipment(keys, fact) {
            let reaches = self.lots.get(&community, lot).is_none_or(|known| known.is_folded_at(at));
            if reaches {
                self.unfold(&Key::Lot(community, lot), history);
            }
        }
    }

    fn lines_of_shipment(&self, keys: &[Key], fact: &LedgerFact) -> Vec<(CommunityCode, LotId, OrderKey)> {
        let shipment = match fact {
            LedgerFact::Dispatched(f) => f.shipment,
            LedgerFact::Received(f) => f.shipment,
            LedgerFact::Returned(f) => f.shipment,
            _ => return Vec::new(),
        };
        let transfers = keys.iter().filter_map(|key| match key {
            Key::Transfer(giver, id) => {
                Some((giver, self.transfers.get(&(giver.clone(), *id))?.shipment(shipment)?))
            }
            _ => None,
        });
        transfers
            .flat_map(|(giver, load)| load.effects(shipment, giver))
            .map(|effect| (effect.community, effect.lot, effect.at))
            .collect()
    }

    /// What the whole history of one key says of it, with nothing folded away; nothing where there is no history.
    pub fn of_history(key: &Key, history: &mut History<'_>) -> Option<Self> {
        let mut facts = history(key);
        if facts.is_empty() {
            return None;
        }
        if matches!(key, Key::Lot(..)) {
            // A load that was taken back does not name the lot any more: the transfer's own history is needed too.
            let keys = facts.iter().flat_map(|(provenance, fact)| keys_of(provenance, fact));
            let transfers: BTreeSet<Key> = keys.filter(|key| matches!(key, Key::Transfer(..))).collect();
            for transfer in &transfers {
                facts.extend(history(transfer));
            }
        }
        let mut scratch = Self::default();
        for (provenance, fact) in &facts {
            scratch.evolve(provenance, fact, &TimeZone::UTC, &mut |_| Vec::new());
        }
        Some(scratch)
    }

    /// Puts a key's whole history back in place of what was folded. Sums do not change: they were never folded away.
    fn unfold(&mut self, key: &Key, history: &mut History<'_>) {
        let Some(mut scratch) = Self::of_history(key, history) else { return };
        match key {
            Key::Lot(community, id) => {
                if let Some(lot) = scratch.lots.remove(community, *id) {
                    let listed = |lot: &Lot| {
                        let item = lot.opened()?.item.clone();
                        Some(((community.clone(), item), (lot.last_key(), *id)))
                    };
                    let now = listed(&lot);
                    let before = self.lots.insert(community, *id, lot);
                    if let Some((key, place)) = before.as_deref().and_then(listed) {
                        unlist(&mut self.by_item, &key, place);
                    }
                    if let Some((key, place)) = now {
                        self.by_item.entry(key).or_default().insert(place);
                    }
                }
            }
            Key::Transfer(giver, id) => {
                if let Some(transfer) = scratch.transfers.remove(&(giver.clone(), *id)) {
                    self.transfers.insert((giver.clone(), *id), transfer);
                }
            }
            Key::Need(community, id) => {
                if let Some(need) = scratch.needs.remove(&(community.clone(), *id)) {
                    self.needs.insert((community.clone(), *id), need);
                }
            }
            Key::Offer(community, id) => {
                if let Some(offer) = scratch.offers.remove(&(community.clone(), *id)) {
                    self.offers.insert((community.clone(), *id), offer);
                }
            }
            Key::Batch(..)
            | Key::Route(_)
            | Key::Giving(..)
            | Key::Taking(..)
            | Key::Recount(..)
            | Key::Wish(..)
            | Key::Standing(..)
            | Key::Joint(..) => {}
        }
    }
}

/// Whether a fact says what a batch is.
fn opens_lot(fact: &LedgerFact) -> bool {
    match fact {
        LedgerFact::LotOpened(_) => true,
        LedgerFact::Counted(f) => f.opens.is_some(),
        _ => false,
    }
}

/// The changes that a fact makes to a batch, as far as their places in the order of lines go.
fn changes_of(provenance: &Provenance, fact: &LedgerFact) -> Vec<LotChange> {
    let line = |occurred| {
        let line = Line {
            entry: EntryId([0; 16]),
            does: Does::Change(0),
            reason: Reason::Found,
            method: Method::Counted,
            served: None,
            witnessed: false,
        };
        LotChange::Line(provenance.at(occurred, 0), line)
    };
    match fact {
        LedgerFact::Entered(f) => vec![line(f.occurred)],
        LedgerFact::Counted(f) => vec![line(f.occurred)],
        LedgerFact::Dispatched(Dispatched { occurred, .. })
        | LedgerFact::Received(Received { occurred, .. })
        | LedgerFact::Returned(Returned { occurred, .. }) => vec![line(*occurred)],
        LedgerFact::Corrected(f) => vec![LotChange::Correct(provenance.rev(), f.target, None)],
        _ => Vec::new(),
    }
}
