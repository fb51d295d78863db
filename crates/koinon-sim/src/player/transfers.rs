//! The ordinary work of transfers: promising, agreeing, loading, trouble on the way, receiving, settling.

use koinon_core::region::Mode;
use koinon_core::{CommunityCode, Digest, EntryId, ItemCode, PlaceCode, Quantity, TransferId};
use koinon_ledger::command::{FoundLine, Wished};
use koinon_ledger::fact::{Committed, LoadLine, OnTheWay, Vehicle};
use koinon_ledger::transfer::{Shipment, Status, Transfer};
use koinon_ledger::{Act, Reason};

use super::{Desk, Suggested};
use crate::cast::Part;
use crate::opening::store_for;
use crate::rng::{Dice, Purpose};

/// Days after which a promise that nobody answers, or that cannot leave, is taken back.
const PATIENCE_DAYS: i32 = 8;

/// The most promises that one community makes on a day.
const PROMISES_MAX: usize = 4;

/// A transfer with all that tells it apart from others without its random id.
struct Case<'a> {
    key: String,
    giver: &'a CommunityCode,
    id: TransferId,
    transfer: &'a Transfer,
    agreed: &'a Committed,
    dice: Dice,
}

impl Case<'_> {
    /// Whether a load left and nobody has received it.
    fn is_on_the_way(&self, load: &Shipment) -> bool {
        load.load(self.giver).is_some() && load.receipt(load.heading(self.agreed).1).is_none()
    }
}

impl Desk<'_> {
    /// Does what is to be done today for the transfers in which this community has a part.
    pub(super) fn tend_transfers(&mut self) {
        let book = self.book;
        let mut cases: Vec<Case<'_>> = book
            .ledger()
            .transfers()
            .filter(|(_, id, _)| !self.hands_off.transfers.contains(id))
            .filter_map(|(giver, id, transfer)| self.case(giver, id, transfer))
            .collect();
        cases.sort_by(|a, b| a.key.cmp(&b.key));
        for mut case in cases {
            if case.giver == self.community {
                self.give(&mut case);
            }
            self.take(&mut case);
        }
    }

    fn case<'t>(&self, giver: &'t CommunityCode, id: TransferId, transfer: &'t Transfer) -> Option<Case<'t>> {
        let agreed = &transfer.commitment(giver)?.what;
        let status = transfer.status(giver);
        if matches!(status, Status::Done | Status::Refused | Status::Withdrawn) {
            return None;
        }
        let is_heading_here = transfer.shipments().any(|(_, load)| load.heading(agreed).1 == self.community);
        if giver != self.community && agreed.taker != *self.community && !is_heading_here {
            return None;
        }
        let lines = agreed.lines.iter().map(|line| format!("{} {}", line.item, line.quantity.amount()));
        let lines: Vec<String> = lines.collect();
        let key = format!("{giver} {} {} {} {}", agreed.from, agreed.to, agreed.leaves, lines.join(" "));
        let dice = self.dice(Purpose::Transfer, number_of(&key));
        // Alike but further on comes later.
        let key = format!("{key} {status:?}");
        Some(Case { key, giver, id, transfer, agreed, dice })
    }

    /// The giver's side.
    fn give(&mut self, case: &mut Case<'_>) {
        let transfer = case.id;
        let late = self.day.since(case.agreed.leaves);
        match case.transfer.status(case.giver) {
            Status::NeedsSecond if case.dice.per_mille(850) => {
                self.send(Part::Facilitator, 1, Act::Approve { transfer });
            }
            Status::NeedsAnswer if late > PATIENCE_DAYS => {
                self.send(Part::StewardA, 1, Act::Withdraw { transfer, reason: Reason::NotNeeded });
            }
            Status::Agreed if late > PATIENCE_DAYS => {
                let reason =
                    if self.is_passable(case.agreed) { Reason::NoTransport } else { Reason::RouteClosed };
                self.send(Part::StewardA, 1, Act::Withdraw { transfer, reason });
            }
            Status::Agreed if late >= 0 && self.is_passable(case.agreed) && case.dice.per_mille(920) => {
                self.load(case);
            }
            Status::UnderWay => self.look_after(case),
            Status::Unsettled => self.settle(case),
            _ => {}
        }
    }

    /// Whether the first leg runs today and no leg is closed.
    fn is_passable(&self, agreed: &Committed) -> bool {
        let first = agreed.route.first().and_then(|code| self.region.corridor(code));
        first.is_none_or(|corridor| corridor.runs_on(self.day)) && self.is_open(&agreed.route)
    }

    fn load(&mut self, case: &Case<'_>) {
        let mut lines = Vec::new();
        for line in &case.agreed.lines {
            let reserved = case.transfer.counters(case.giver, line).reserved;
            let batches = self.batches.get_mut(&line.item).map_or(&mut [][..], Vec::as_mut_slice);
            let Some(batch) = batches.iter_mut().find(|batch| batch.lot == line.lot) else { continue };
            // People load what is there, not what the paper says.
            let amount = if batch.held { 0 } else { reserved.min(batch.balance) };
            if let Some(quantity) =
                Quantity::from_wide(amount, line.quantity.dimension()).ok().filter(|q| q.amount() > 0)
            {
                batch.balance -= amount;
                batch.reserved -= amount;
                lines.push((line.line, quantity));
            }
        }
        let transfer = case.id;
        if lines.is_empty() {
            self.send(Part::StewardA, 1, Act::Withdraw { transfer, reason: Reason::NeededHere });
            return;
        }
        let mode = case.agreed.route.first().and_then(|code| self.region.corridor(code)).map(|c| c.mode);
        let vehicle = match mode {
            Some(Mode::Rail) => Vehicle::Train,
            Some(Mode::Shuttle) => Vehicle::Shuttle,
            Some(Mode::Water) => Vehicle::Boat,
            Some(Mode::Wire | Mode::Pipe | Mode::Fibre) => Vehicle::Line,
            Some(Mode::Road) | None => Vehicle::Truck,
        };
        self.send(Part::Coordinator, 1, Act::Load { transfer, lines, vehicle, paper: None });
    }

    /// Vehicles break down and go on.
    fn look_after(&mut self, case: &mut Case<'_>) {
        let on_the_way = case.transfer.shipments().filter(|(_, load)| case.is_on_the_way(load));
        let loads: Vec<(EntryId, bool)> = on_the_way.map(|(id, load)| (id, load.is_broken_down())).collect();
        for (shipment, is_broken_down) in loads {
            let what = if is_broken_down && case.dice.per_mille(700) {
                OnTheWay::Resumed(Vehicle::Van)
            } else if !is_broken_down && case.dice.per_mille(25) {
                OnTheWay::BrokenDown
            } else {
                continue;
            };
            let news = Act::News { giver: case.giver.clone(), transfer: case.id, shipment, what };
            self.send(Part::Coordinator, 1, news);
        }
    }

    /// Brings back what was refused at the door, and after some days writes off what is missing.
    fn settle(&mut self, case: &mut Case<'_>) {
        let zone = self.region.zone();
        let mut acts = Vec::new();
        for (shipment, load) in case.transfer.shipments() {
            let taker = load.heading(case.agreed).1;
            let Some(receipt) = load.receipt(taker) else { continue };
            let days = self.day.since(receipt.what.occurred.day(&zone));
            let rejected = receipt.what.lines.iter().filter(|line| line.rejected.amount() > 0);
            let back: Vec<(u16, Quantity)> = rejected.map(|line| (line.line, line.rejected)).collect();
            if !back.is_empty() && load.back(case.giver).is_none() && days >= 1 {
                acts.push(Act::Return { transfer: case.id, shipment, lines: back });
            }
            for line in receipt.what.lines.iter().filter(|line| line.missing.amount() > 0) {
                let is_open = load.loss(case.giver, taker, line.line).is_none();
                if is_open && days >= 3 && case.dice.per_mille(600) {
                    let reason = if case.dice.per_mille(700) { Reason::Damaged } else { Reason::Stolen };
                    acts.push(Act::SettleLoss {
                        giver: case.giver.clone(),
                        transfer: case.id,
                        shipment,
                        line: line.line,
                        lost: line.missing,
                        reason,
                    });
                }
            }
        }
        for act in acts {
            self.send(Part::Coordinator, 1, act);
        }
    }

    /// The taker's side.
    fn take(&mut self, case: &mut Case<'_>) {
        let (giver, transfer) = (case.giver.clone(), case.id);
        let is_open = matches!(case.transfer.status(case.giver), Status::NeedsAnswer | Status::NeedsSecond);
        if case.agreed.taker == *self.community && is_open && case.transfer.answer(case.giver).is_none() {
            if case.dice.per_mille(25) {
                self.send(Part::StewardB, 1, Act::Refuse { giver, transfer, reason: Reason::NoRoom });
            } else if case.dice.per_mille(800) {
                let less = if case.dice.per_mille(60) { self.a_little_less(case.agreed) } else { Vec::new() };
                self.send(Part::StewardB, 1, Act::Accept { giver, transfer, less });
            }
            return;
        }
        let loads: Vec<_> = case
            .transfer
            .shipments()
            .filter(|(_, load)| {
                load.heading(case.agreed).1 == self.community
                    && case.is_on_the_way(load)
                    && !load.is_broken_down()
            })
            .collect();
        for (shipment, load) in loads {
            let Some(dispatched) = load.load(case.giver) else { continue };
            let left = dispatched.what.occurred.day(&self.region.zone());
            let due = left.plus(case.agreed.arrives.since(case.agreed.leaves).max(1));
            if self.day < due || !case.dice.per_mille(930) {
                continue;
            }
            let place = load.heading(case.agreed).0;
            let first = case.agreed.lines.first().and_then(|line| self.region.item(&line.item));
            let Some(store) = first.and_then(|item| store_for(self.region, place, item)) else { continue };
            let lines: Vec<FoundLine> =
                dispatched.what.lines.iter().map(|line| find(line, &mut case.dice)).collect();
            let receive = Act::Receive {
                giver: giver.clone(),
                transfer,
                shipment,
                store: store.code.clone(),
                lines: lines.clone(),
            };
            self.send(Part::StewardB, 1 + lines.len(), receive);
        }
    }

    /// Four fifths of the first line.
    fn a_little_less(&self, agreed: &Committed) -> Vec<(u16, Quantity)> {
        let first = agreed.lines.first().map(|line| {
            let item = self.region.item(&line.item);
            let wanted = i128::from(line.quantity.amount()) * 4 / 5;
            let wanted = item.map_or(wanted, |item| crate::opening::round(item, wanted));
            (line.line, Quantity::from_wide(wanted, line.quantity.dimension()))
        });
        first.and_then(|(number, less)| Some((number, less.ok()?))).into_iter().collect()
    }

    /// Promises what an engine suggests, when somebody gets round to it.
    pub(super) fn follow_suggestions(&mut self) {
        let mut ours: Vec<&Suggested> = self
            .suggestions
            .iter()
            .filter(|s| self.places.contains(&s.from))
            .filter(|s| [&s.from, &s.to].into_iter().all(|place| !self.is_left(place, &s.item)))
            .filter(|s| s.leaves > self.day || self.is_open(&s.route))
            .collect();
        ours.sort_by(|a, b| {
            let key = |s: &Suggested| (s.leaves, s.arrives, s.quantity.amount());
            (&a.to, &a.item, &a.from, key(a)).cmp(&(&b.to, &b.item, &b.from, key(b)))
        });
        let mut promises = 0;
        for suggestion in ours {
            let key = format!("{} {} {}", suggestion.from, suggestion.to, suggestion.item);
            let mut dice = self.dice(Purpose::Transfer, number_of(&key));
            if promises < PROMISES_MAX
                && dice.per_mille(600)
                && !self.is_promised(suggestion)
                && self.promise(suggestion)
            {
                promises += 1;
            }
        }
    }

    /// Whether somebody else decides about an item at a place.
    fn is_left(&self, place: &PlaceCode, item: &ItemCode) -> bool {
        self.hands_off.ways.contains(&(place.clone(), item.clone()))
    }

    fn is_promised(&self, suggestion: &Suggested) -> bool {
        self.book.ledger().transfers_given(self.community).any(|(_, transfer)| {
            let open = matches!(
                transfer.status(self.community),
                Status::NeedsSecond
                    | Status::NeedsAnswer
                    | Status::Halted
                    | Status::Agreed
                    | Status::UnderWay
            );
            let agreed = transfer.commitment(self.community).filter(|_| open);
            agreed.is_some_and(|by| {
                by.what.to == suggestion.to && by.what.lines.iter().any(|line| line.item == suggestion.item)
            })
        })
    }

    fn promise(&mut self, suggestion: &Suggested) -> bool {
        let delay = self.day.since(suggestion.leaves).max(0);
        let (leaves, arrives) = (suggestion.leaves.plus(delay), suggestion.arrives.plus(delay));
        let Some(mut batches) = self.batches.remove(&suggestion.item) else { return false };
        let wanted = i128::from(suggestion.quantity.amount());
        let mut left = wanted;
        let mut taken = Vec::new();
        let fitting = batches.iter_mut().filter(|batch| {
            batch.place == suggestion.from && batch.expires.is_none_or(|last_good| last_good >= arrives)
        });
        for batch in fitting {
            let part = batch.free().min(left);
            let Ok(quantity) = Quantity::from_wide(part, suggestion.quantity.dimension()) else { continue };
            if part > 0 {
                left -= part;
                batch.reserved += part;
                taken.push((batch.lot, quantity));
            }
        }
        let is_enough = left * 2 <= wanted && !taken.is_empty();
        self.batches.insert(suggestion.item.clone(), batches);
        if !is_enough {
            self.put_back(suggestion, &taken);
            return false;
        }
        let requested = (taken.len() == 1).then_some(suggestion.quantity);
        let wish = |(lot, quantity): &(_, Quantity)| Wished {
            item: suggestion.item.clone(),
            lot: Some(*lot),
            quantity: *quantity,
            requested,
        };
        let commit = Act::Commit {
            transfer: TransferId::make(self.next_time(), &mut *self.entropy),
            from: suggestion.from.clone(),
            to: suggestion.to.clone(),
            lines: taken.iter().map(wish).collect(),
            route: suggestion.route.clone(),
            leaves,
            arrives,
            need: suggestion.need,
            suggestion: suggestion.id,
            return_by: None,
            standing: suggestion.standing.clone(),
        };
        self.send(Part::StewardA, 1, commit).is_some()
    }

    fn put_back(&mut self, suggestion: &Suggested, taken: &[(koinon_core::LotId, Quantity)]) {
        let batches = self.batches.get_mut(&suggestion.item).map_or(&mut [][..], Vec::as_mut_slice);
        for (lot, quantity) in taken {
            if let Some(batch) = batches.iter_mut().find(|batch| batch.lot == *lot) {
                batch.reserved -= i128::from(quantity.amount());
            }
        }
    }
}

/// What is found of one loaded line: mostly all of it.
fn find(line: &LoadLine, dice: &mut Dice) -> FoundLine {
    let loaded = line.quantity.amount();
    let part = |per_mille: i64| (loaded.saturating_mul(per_mille) / 1_000).max(1).min(loaded);
    let missing = if dice.per_mille(50) { part(dice.between(5, 30)) } else { 0 };
    let rejected = if dice.per_mille(15) { part(dice.between(10, 60)).min(loaded - missing) } else { 0 };
    let excess = if dice.per_mille(10) { part(5) } else { 0 };
    let of = |amount| {
        let fitting = Quantity::new(amount, line.quantity.dimension());
        fitting.unwrap_or(Quantity::zero(line.quantity.dimension()))
    };
    let reason = match (missing, rejected) {
        (0, 0) => None,
        (_, 0) => Some(Reason::NotKnownYet),
        _ => Some(Reason::Damaged),
    };
    FoundLine {
        line: line.line,
        accepted: of(loaded - missing - rejected),
        rejected: of(rejected),
        missing: of(missing),
        excess: of(excess),
        reason,
    }
}

/// A number for the dice that follows from what a thing is, not from its random id.
fn number_of(key: &str) -> u32 {
    let [a, b, c, ..] = Digest::of("koinon/sim/dice/1", key.as_bytes()).0;
    u32::from_be_bytes([0, a, b, c])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Seed;
    use koinon_core::{Day, Dimension, LotId};

    #[test]
    fn what_is_found_adds_up_to_what_was_loaded() {
        let mut dice = Seed(5).dice(0, Day(0), Purpose::Transfer, 0);
        let mut odd = 0;
        for amount in (1..5_000).step_by(3) {
            let quantity = Quantity::new(amount, Dimension::Mass).unwrap();
            let found = find(
                &LoadLine { line: 0, lot: LotId([0; 16]), quantity, batch: None, expires: None },
                &mut dice,
            );
            let three = [found.accepted, found.rejected, found.missing];
            assert_eq!(Quantity::sum(three, Dimension::Mass).unwrap(), quantity);
            assert!(three.iter().all(|part| !part.is_negative()), "{found:?}");
            assert_eq!(found.reason.is_some(), found.rejected.amount() + found.missing.amount() > 0);
            odd += u32::from(found.reason.is_some());
        }
        assert!((50..200).contains(&odd), "{odd} of 1,666");
    }
}
