//! What a community asks for and what it offers: needs below the agreed reserve, offers of what it cannot use.

use koinon_books::cover::ItemCover;
use koinon_core::region::{Item, Tier};
use koinon_core::{NeedId, OfferId};
use koinon_ledger::fact::{NeedStated, OfferMade, Urgency};
use koinon_ledger::{Act, Reason};

use super::Desk;
use crate::cast::Part;
use crate::opening::{is_fresh, round, store_for};

/// A need is asked for until so many days ahead.
const NEED_DAYS: i32 = 14;

/// More days than these are offered.
const OFFER_ABOVE_DAYS: i128 = 75;

/// So many days are kept by who offers.
const OFFER_KEEPS_DAYS: i128 = 60;

/// The most offers made on one day.
const OFFERS_MAX: usize = 3;

impl Desk<'_> {
    /// Looks at a seventh of the items each day.
    pub(super) fn ask_and_offer(&mut self) {
        let region = self.region;
        let mut offers = 0;
        for item in &region.items {
            let number = i64::from(self.world.item_number(&item.code));
            let is_due = (number + i64::from(self.day.0)).rem_euclid(7) == 0;
            let (Some(need), false) = (self.need(item), is_fresh(item)) else { continue };
            if !is_due {
                continue;
            }
            let cover = self.book.item_cover(self.community, item, self.day);
            if item.tier != Tier::Useful {
                self.ask(item, &cover);
            }
            if offers < OFFERS_MAX && self.offer(item, &cover, need) {
                offers += 1;
            }
        }
    }

    fn ask(&mut self, item: &Item, cover: &ItemCover) {
        let open = self.open_need(item);
        let missing = cover.floor - cover.available - cover.incoming;
        if missing <= 0 {
            if let Some((need, _)) = open {
                self.send(Part::Facilitator, 1, Act::CloseNeed { need, reason: Reason::NotNeeded });
            }
            return;
        }
        let stated = open.as_ref().map_or(0, |(_, need)| i128::from(need.quantity.amount()));
        let lapses = open.as_ref().is_some_and(|(_, need)| need.by.since(self.day) < 4);
        // Small changes are not worth the paper.
        let is_stale = lapses || (missing - stated).abs() * 4 > missing;
        if is_stale && (open.is_some() || self.is_worth_asking(item, missing)) {
            self.state_need(item, missing, open.map(|(id, _)| id));
        }
    }

    /// Whether what is missing lasts two days.
    pub(super) fn is_worth_asking(&self, item: &Item, missing: i128) -> bool {
        self.need(item).is_some_and(|need| missing > need * 2)
    }

    /// States a need, or states it anew.
    pub(super) fn state_need(&mut self, item: &Item, missing: i128, known: Option<NeedId>) {
        let place = self.community.place();
        let Some(store) = store_for(self.region, &place, item) else { return };
        let Some(quantity) = Self::quantity(item, round(item, missing)) else { return };
        let people = self.region.population(self.community, self.day);
        let at = self.next_time();
        let need = known.unwrap_or_else(|| NeedId::make(at, &mut *self.entropy));
        let urgency = match item.tier {
            Tier::MustHave => Urgency::MustHave,
            Tier::Needed => Urgency::Needed,
            Tier::Useful => Urgency::Useful,
        };
        let what = Act::StateNeed {
            need,
            item: item.code.clone(),
            store: store.code.clone(),
            quantity,
            urgency,
            by: self.day.plus(NEED_DAYS),
            every_days: None,
            people: u32::try_from(people).ok(),
        };
        self.send(Part::Facilitator, 1, what);
    }

    fn open_need(&self, item: &Item) -> Option<(NeedId, NeedStated)> {
        let needs = self.book.ledger().needs().filter(|(community, _, _)| *community == self.community);
        let open = needs.filter_map(|(_, id, need)| Some((id, need.open_on(self.day)?)));
        // A visitor may have stated the same thing too; the earliest to lapse is looked after first.
        open.filter(|(_, need)| need.item == item.code)
            .min_by_key(|(_, need)| (need.by, need.quantity.amount()))
    }

    fn offer(&mut self, item: &Item, cover: &ItemCover, need: i128) -> bool {
        let offers = self.book.ledger().offers().filter(|(community, _, _)| *community == self.community);
        let is_open = |offer: &OfferMade| offer.item == item.code;
        if offers.into_iter().any(|(_, _, offer)| offer.open_on(self.day).is_some_and(is_open)) {
            return false;
        }
        let wasted = cover.cover.at_risk.min(cover.available);
        let (amount, take_please) = if wasted > need * 3 {
            (wasted, true)
        } else if cover.available > need * OFFER_ABOVE_DAYS {
            (cover.available - need * OFFER_KEEPS_DAYS, false)
        } else {
            return false;
        };
        let place = self.community.place();
        let Some(store) = store_for(self.region, &place, item) else { return false };
        let Some(quantity) = Self::quantity(item, round(item, amount)) else { return false };
        let what = Act::MakeOffer {
            offer: OfferId::make(self.next_time(), &mut *self.entropy),
            item: item.code.clone(),
            store: store.code.clone(),
            quantity,
            from: self.day,
            until: self.day.plus(NEED_DAYS),
            take_please,
            return_by: None,
        };
        self.send(Part::Coordinator, 1, what).is_some()
    }
}
