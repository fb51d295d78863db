//! What happens in a community's own stores on a day: opening, going bad, counting, coming in, being used.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::region::{Group, Item, StorageClass, Tier};
use koinon_core::{ItemCode, Quantity, StoreCode};
use koinon_ledger::command::Which;
use koinon_ledger::fact::{Method, Served};
use koinon_ledger::lot::{Lot, Standing};
use koinon_ledger::{Act, Reason};

use super::{Batch, Desk};
use crate::cast::Part;
use crate::opening::{is_fresh, mark, round, store_for};
use crate::rng::{Dice, Purpose};

/// Every item is counted once in so many days.
const COUNT_EVERY_DAYS: i64 = 14;

/// Nothing more comes in of what lasts longer than this, in days.
const PLENTY_DAYS: i128 = 90;

impl<'a> Desk<'a> {
    /// Enters what stands in the stores before the first day.
    pub(super) fn open_the_book(&mut self) {
        let world = self.world;
        self.facts_max = usize::MAX;
        for (number, line) in world.opening_of(self.community).enumerate() {
            let who = if number % 2 == 0 { Part::Coordinator } else { Part::StewardA };
            let what = Act::TakeIn {
                store: line.store.clone(),
                item: line.item.clone(),
                batch: line.batch.clone(),
                expires: line.expires,
                quantity: line.quantity,
                reason: Reason::Opening,
                paper: None,
                method: Method::Counted,
            };
            self.send(who, 2, what);
        }
        self.ask_at_the_start();
    }

    /// States what is below the agreed reserve already when the book is opened.
    fn ask_at_the_start(&mut self) {
        let world = self.world;
        let home = self.community.place();
        let mut stock: BTreeMap<&ItemCode, i128> = BTreeMap::new();
        for line in world.opening_of(self.community) {
            if self.region.store(&line.store).is_some_and(|store| store.place == home) {
                *stock.entry(&line.item).or_default() += i128::from(line.quantity.amount());
            }
        }
        for (code, amount) in stock {
            let Some(item) = self.region.item(code).filter(|item| !is_fresh(item)) else { continue };
            let floor = self.region.floor(code, self.community, self.day);
            let missing = floor.map_or(0, |floor| i128::from(floor.amount())) - amount;
            if item.tier != Tier::Useful && self.is_worth_asking(item, missing) {
                self.state_need(item, missing, None);
            }
        }
    }

    /// Writes off what is past its date or went bad.
    pub(super) fn throw_away(&mut self) {
        let region = self.region;
        for item in &region.items {
            let mut dice = self.item_dice(Purpose::Spoil, item);
            let struck = self.world.scenarios().spoils_percent(self.community, &item.code, self.day);
            let nibble = if is_fresh(item) && dice.per_mille(40) { dice.between(5, 20) } else { 0 };
            let Some(mut batches) = self.batches.remove(&item.code) else { continue };
            for (place, batch) in batches.iter_mut().enumerate() {
                let is_past = batch.expires.is_some_and(|last_good| last_good < self.day);
                let (amount, reason) = if batch.recalled && dice.per_mille(300) {
                    (batch.balance, Reason::Destroyed)
                } else if is_past {
                    (batch.balance - batch.reserved, Reason::Expired)
                } else if struck > 0 {
                    (batch.balance * i128::from(struck) / 100, Reason::Spoiled)
                } else if place == 0 && nibble > 0 {
                    (batch.free() * i128::from(nibble) / 1_000, Reason::Spoiled)
                } else {
                    continue;
                };
                let Some(quantity) = Self::quantity(item, amount) else { continue };
                let what = Act::TakeOut {
                    lot: batch.lot,
                    quantity,
                    reason,
                    served: None,
                    paper: None,
                    method: Method::Estimated,
                };
                if self.send(Part::Coordinator, 1, what).is_some() {
                    batch.balance -= amount;
                }
            }
            self.batches.insert(item.code.clone(), batches);
        }
    }

    /// Counts the items whose turn it is, and whatever the book shows below zero.
    pub(super) fn count(&mut self) {
        let region = self.region;
        let turn = i64::from(self.day.0) + 3 * i64::from(self.world.number(self.community));
        for item in &region.items {
            let number = i64::from(self.world.item_number(&item.code));
            let is_due = (number * 5 + turn).rem_euclid(COUNT_EVERY_DAYS) == 0;
            let Some(mut batches) = self.batches.remove(&item.code) else { continue };
            if !is_due && batches.iter().all(|batch| batch.balance >= 0) {
                self.batches.insert(item.code.clone(), batches);
                continue;
            }
            let stores: BTreeSet<StoreCode> = batches.iter().map(|batch| batch.store.clone()).collect();
            for store in stores {
                let unseen = self.world.unseen(self.book, self.community, &store, &item.code, self.day);
                // What went unnoticed is found on the largest batch.
                let largest =
                    batches.iter().filter(|b| b.store == store).map(|b| b.balance).max().unwrap_or(0);
                let mut left = unseen;
                for batch in batches.iter_mut().filter(|batch| batch.store == store) {
                    if !is_due && batch.balance >= 0 {
                        continue;
                    }
                    let drift = if batch.balance == largest { std::mem::take(&mut left) } else { 0 };
                    let amount = (batch.balance + drift).max(0);
                    let Ok(seen) = Quantity::from_wide(amount, item.dimension) else { continue };
                    let what = Act::Count {
                        store: store.clone(),
                        item: item.code.clone(),
                        which: Which::Lot(batch.lot),
                        seen,
                        method: Method::Counted,
                        witness: None,
                    };
                    let who = if turn % 2 == 0 { Part::Coordinator } else { Part::StewardB };
                    if self.send(who, 1, what).is_some() {
                        batch.balance = amount;
                    }
                }
            }
            self.batches.insert(item.code.clone(), batches);
        }
    }

    /// Takes in what is grown, made and bought today, and a gift now and then.
    pub(super) fn take_in(&mut self) {
        let region = self.region;
        let place = self.community.place();
        let turn = i64::from(self.day.0) + 5 * i64::from(self.world.number(self.community));
        for item in &region.items {
            let Some(need) = self.need(item) else { continue };
            let Some(store) = store_for(region, &place, item) else { continue };
            let mut dice = self.item_dice(Purpose::Intake, item);
            let every = every_days(item);
            let number = i64::from(self.world.item_number(&item.code));
            if (number * 3 + turn).rem_euclid(every) != 0 {
                continue;
            }
            if self.waits_for_its_crop(item) {
                continue;
            }
            let stock = self.stock(item);
            let plenty = item.shelf_days.map_or(PLENTY_DAYS, |days| i128::from(days).min(PLENTY_DAYS));
            if stock > need * plenty {
                continue;
            }
            let grown = self.is_grown(item);
            let crop = match self.world.scenarios().crop_percent(self.community, &item.code, self.day) {
                percent if grown || percent < 100 && self.is_failed(item) => percent,
                _ => 100,
            };
            let share = self.own_share(item) * dice.around(150) / 1_000;
            let amount = need * i128::from(every) * i128::from(share) / 1_000 * i128::from(crop) / 100;
            let Some(quantity) = Self::quantity(item, round(item, amount)) else { continue };
            let life = item.shelf_days.and_then(|days| i32::try_from(days).ok());
            let what = Act::TakeIn {
                store: store.code.clone(),
                item: item.code.clone(),
                batch: mark(&item.code, self.world.number(self.community), self.day, 0),
                expires: life.map(|days| self.day.plus(days)),
                quantity,
                reason: if grown { Reason::Harvested } else { Reason::PurchaseIn },
                paper: None,
                method: if item.group == Group::Water { Method::Metered } else { Method::Counted },
            };
            self.send(Part::Coordinator, 2, what);
        }
        self.receive_a_gift();
    }

    fn receive_a_gift(&mut self) {
        let region = self.region;
        let mut dice = self.dice(Purpose::Surprise, 0);
        if !dice.per_mille(60) {
            return;
        }
        let needed: Vec<&Item> =
            region.items.iter().filter(|item| item.group == Group::Food && !is_fresh(item)).collect();
        let which = dice.below(u32::try_from(needed.len()).unwrap_or(0));
        let Some(item) = usize::try_from(which).ok().and_then(|at| needed.get(at).copied()) else { return };
        let home = self.community.place();
        let (Some(need), Some(store)) = (self.need(item), store_for(region, &home, item)) else { return };
        let amount = round(item, need * i128::from(dice.between(200, 900)) / 1_000);
        let Some(quantity) = Self::quantity(item, amount) else { return };
        let life = item.shelf_days.and_then(|days| i32::try_from(days / 2).ok());
        let what = Act::TakeIn {
            store: store.code.clone(),
            item: item.code.clone(),
            batch: mark(&item.code, self.world.number(self.community), self.day, 7),
            expires: life.map(|days| self.day.plus(days)),
            quantity,
            reason: Reason::GiftIn,
            paper: None,
            method: Method::Counted,
        };
        self.send(Part::StewardB, 2, what);
    }

    /// Hands out and uses up what people need today.
    pub(super) fn use_up(&mut self) {
        let region = self.region;
        let mouths = self.world.scenarios().mouths_percent(self.community, self.day);
        for item in &region.items {
            let number = i64::from(self.world.item_number(&item.code));
            let mut dice = self.item_dice(Purpose::Use, item);
            let daily = matches!(item.group, Group::Food | Group::Water);
            let stock = self.stock(item);
            let wanted = match self.need(item) {
                Some(need) if daily => need,
                Some(need) if (number + i64::from(self.day.0)).rem_euclid(3) == 0 => need * 3,
                None if is_used_anyway(item) && (number + i64::from(self.day.0)).rem_euclid(7) == 0 => {
                    stock / 40
                }
                _ => continue,
            };
            // Where little is left, people make it last.
            let thrift = if stock < wanted * 5 && !is_fresh(item) { 85 } else { 100 };
            let amount =
                wanted * i128::from(mouths) / 100 * i128::from(dice.around(120)) / 1_000 * thrift / 100;
            self.draw(item, round(item, amount));
        }
    }

    /// Now and then an entry of the last days turns out to be a tenth too high, and is corrected.
    pub(super) fn correct(&mut self) {
        let mut dice = self.dice(Purpose::Surprise, 2);
        let Some((item, batch)) = self.any_batch(&mut dice, 80) else { return };
        let since = self.midnight.plus_days(-3);
        let lot = self.book.ledger().lot(self.community, batch.lot);
        let wrong = lot.into_iter().flat_map(Lot::card).filter(|line| {
            line.at.occurred >= since
                && line.standing == Standing::Plain
                && matches!(line.line.reason, Reason::HandedOut | Reason::Consumed)
        });
        let Some(wrong) = wrong.last() else { return };
        let Some(quantity) = Self::quantity(item, wrong.change.abs() * 9 / 10) else { return };
        let what = Act::Correct {
            lot: batch.lot,
            target: wrong.line.entry,
            quantity: Some(quantity),
            reason: Reason::EntryError,
        };
        self.send(Part::StewardB, 1, what);
    }

    /// Now and then a sheet of paper turns up with something that went out two days ago.
    pub(super) fn find_a_sheet(&mut self) {
        let mut dice = self.dice(Purpose::Surprise, 3);
        let Some((item, batch)) = self.any_batch(&mut dice, 80) else { return };
        let amount = round(item, batch.free() * i128::from(dice.between(2, 12)) / 1_000);
        let occurred = self.midnight.plus_days(-2).plus_millis(16 * 3_600_000);
        let is_known = self
            .book
            .ledger()
            .lot(self.community, batch.lot)
            .is_some_and(|lot| lot.card().next().is_some_and(|first| first.at.occurred < occurred));
        let Some(quantity) = Self::quantity(item, amount).filter(|_| is_known) else { return };
        let what = Act::TakeOut {
            lot: batch.lot,
            quantity,
            reason: Reason::Consumed,
            served: None,
            paper: None,
            method: Method::Paper,
        };
        self.send_late(Part::Coordinator, 1, occurred, what);
    }

    /// The first batch of some item that people use, on `chance` of a thousand days.
    fn any_batch(&self, dice: &mut Dice, chance: u32) -> Option<(&'a Item, Batch)> {
        if !dice.per_mille(chance) {
            return None;
        }
        let used: Vec<&ItemCode> = self.batches.keys().collect();
        let which = dice.below(u32::try_from(used.len()).unwrap_or(0));
        let code = usize::try_from(which).ok().and_then(|at| used.get(at).copied())?;
        let batch = self.batches.get(code)?.iter().find(|batch| batch.free() > 0)?;
        Some((self.region.item(code)?, batch.clone()))
    }

    /// Takes an amount from the batches at home, first expired first, as far as they go.
    fn draw(&mut self, item: &Item, amount: i128) {
        let people = self.region.population(self.community, self.day);
        let is_metered = item.storage == StorageClass::Liquid;
        let (who, method) =
            if is_metered { (Part::Meter, Method::Metered) } else { (Part::Coordinator, Method::Counted) };
        let is_handed_out =
            matches!(item.group, Group::Food | Group::Hygiene | Group::Medicine) && !is_metered;
        let reason = match item.group {
            Group::Feed => Reason::Fed,
            _ if is_handed_out => Reason::HandedOut,
            _ => Reason::Consumed,
        };
        let home = self.community.place();
        let Some(mut batches) = self.batches.remove(&item.code) else { return };
        let mut left = amount;
        for batch in batches.iter_mut().filter(|batch| batch.place == home) {
            let part = batch.free().min(left);
            let Some(quantity) = Self::quantity(item, part) else { continue };
            // How many were served follows from what was handed out, at the usual portion.
            let served = is_handed_out.then(|| {
                let people = i128::from(people) * part / amount.max(1);
                Served { people: u32::try_from(people).unwrap_or(u32::MAX), households: 0 }
            });
            let what = Act::TakeOut { lot: batch.lot, quantity, reason, served, paper: None, method };
            if self.send(who, 1, what).is_some() {
                batch.balance -= part;
                left -= part;
            }
        }
        self.batches.insert(item.code.clone(), batches);
    }

    /// What people at home need of an item in a day, in base units; `None` for nothing.
    pub(super) fn need(&self, item: &Item) -> Option<i128> {
        let need = self.region.need_per_day(&item.code, self.community, self.day)?;
        Some(i128::from(need.amount())).filter(|need| *need > 0)
    }

    /// What may be used or given at home.
    pub(super) fn stock(&self, item: &Item) -> i128 {
        let home = self.community.place();
        let batches = self.batches.get(&item.code).map_or(&[][..], Vec::as_slice);
        batches.iter().filter(|batch| batch.place == home).map(Batch::free).sum()
    }

    /// Fresh food, and what a seed of the catalogue yields; everything else is bought outside.
    fn is_grown(&self, item: &Item) -> bool {
        let yields = |seed: &Item| seed.sowing.as_ref().is_some_and(|sowing| sowing.yields == item.code);
        item.group == Group::Water
            || item.group == Group::Food && (is_fresh(item) || self.region.items.iter().any(yields))
    }

    /// Whether somebody let just this item fail here.
    fn is_failed(&self, item: &Item) -> bool {
        self.world.happened().iter().any(|(_, scenario)| {
            matches!(scenario, crate::Scenario::FailCrop { community, item: Some(code), .. }
                if community == self.community && *code == item.code)
        })
    }

    /// In the first week the community that is short has no crop of its own to bring in.
    fn waits_for_its_crop(&self, item: &Item) -> bool {
        let is_first_week = self.day.since(self.world.start()) < 7;
        let story = self.world.story().filter(|_| is_first_week);
        story.is_some_and(|story| story.item == item.code && story.short == *self.community)
    }

    /// How much of what it uses a community brings in itself, in thousandths: each has its strengths.
    fn own_share(&self, item: &Item) -> i64 {
        let number = self.world.item_number(&item.code);
        let start = self.world.start();
        let mut dice = self.world.dice(self.community, start, Purpose::Intake, 0x8_0000 + number);
        let share = dice.between(850, 1_130);
        match self.world.story() {
            Some(story) if story.item == item.code && story.short == *self.community => 500,
            Some(story) if story.item == item.code && story.long == *self.community => 1_150,
            _ if item.group == Group::Water => 1_000,
            _ => share,
        }
    }
}

/// How often an item comes in.
fn every_days(item: &Item) -> i64 {
    match item.shelf_days {
        _ if item.storage == StorageClass::Liquid => 3,
        Some(days) if days <= 14 => 2,
        _ if item.group == Group::Food => 7,
        _ => 14,
    }
}

/// What is used although no need per person is agreed.
fn is_used_anyway(item: &Item) -> bool {
    matches!(item.group, Group::Food | Group::Fuel | Group::Feed | Group::Energy)
}
