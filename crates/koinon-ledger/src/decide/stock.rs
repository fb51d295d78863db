//! Decisions about stock, needs and offers of one's own book.

use koinon_core::{Day, EntryId, ItemCode, LotId, Quantity, StoreCode, Timestamp};

use super::{Context, Draft, entry_of_act, lot_of_act};
use crate::command::{Act, Command, Question, Refusal, Which};
use crate::fact::{
    Corrected, Counted, Entered, Held, LotOpened, Method, NeedClosed, NeedStated, NewBatch, OfferClosed,
    OfferMade, PrintedMark, Recalled, Served,
};
use crate::lot::Lot;
use crate::reason::{Reason, Sign};

/// How many of the batches that changed last are looked at for what is usual.
const LIKE_LOTS_MAX: usize = 8;

/// A need of more days than these is asked about.
const LONG_NEED_DAYS: i128 = 366;

/// Stock for more days than these is asked about, where there is no earlier figure to compare with.
const LONG_STOCK_DAYS: i128 = 3_653;

/// A day that is further ahead is asked about.
const FAR_DAYS: i32 = 731;

/// Two equal entries within this time are asked about.
const ALIKE_MS: i64 = 10 * 60 * 1_000;

pub(super) fn decide(context: &Context<'_>, command: &Command, draft: &mut Draft) -> Result<(), Refusal> {
    match &command.what {
        Act::Count { store, item, which, seen, method, witness } => {
            count(context, command, draft, (store, item), which, *seen, (*method, *witness))
        }
        Act::TakeIn { store, item, batch, expires, quantity, reason, paper, method } => {
            if reason.sign() != Sign::In || *reason == Reason::MovedIn {
                return Err(Refusal::WrongReason(*reason));
            }
            context.own_store(store)?;
            context.check_positive(item, *quantity)?;
            unusual(context, draft, item, *quantity, *reason);
            past_date(context, draft, *expires);
            let lot = lot_of_act(command.act, 0);
            draft.fact(open(lot, item, store, batch.clone(), *expires, None));
            let entry =
                Entry { number: 0, lot, quantity: *quantity, reason: *reason, served: None, method: *method };
            draft.fact(entry.fact(command, paper.clone()));
            Ok(())
        }
        Act::TakeOut { lot, quantity, reason, served, paper, method } => {
            check_out(*reason)?;
            let known = own_lot(context, *lot)?;
            let opened = known.opened().ok_or(Refusal::NoSuchLot(*lot))?;
            context.check_positive(&opened.item, *quantity)?;
            unusual(context, draft, &opened.item, *quantity, *reason);
            below_zero(draft, known, *quantity)?;
            alike(context, draft, known, *quantity, *reason, command.act);
            let entry = Entry {
                number: 0,
                lot: *lot,
                quantity: *quantity,
                reason: *reason,
                served: *served,
                method: *method,
            };
            draft.fact(entry.fact(command, paper.clone()));
            Ok(())
        }
        Act::Use { store, item, quantity, reason, served, method } => {
            check_out(*reason)?;
            context.own_store(store)?;
            context.check_positive(item, *quantity)?;
            unusual(context, draft, item, *quantity, *reason);
            use_first_expired(context, command, draft, (store, item), *quantity, (*reason, *served, *method))
        }
        Act::Make { store, item, batch, expires, quantity, from } => {
            context.own_store(store)?;
            context.check_positive(item, *quantity)?;
            if from.is_empty() {
                return Err(Refusal::Nothing);
            }
            for (number, (lot, part)) in (1u16..).zip(from) {
                let known = own_lot(context, *lot)?;
                let opened = known.opened().ok_or(Refusal::NoSuchLot(*lot))?;
                context.check_positive(&opened.item, *part)?;
                below_zero(draft, known, *part)?;
                let entry = Entry {
                    number,
                    lot: *lot,
                    quantity: *part,
                    reason: Reason::UsedToMake,
                    served: None,
                    method: Method::Counted,
                };
                draft.fact(entry.fact(command, None));
            }
            let lot = lot_of_act(command.act, 0);
            draft.fact(open(lot, item, store, batch.clone(), *expires, None));
            let made = Entry {
                number: 0,
                lot,
                quantity: *quantity,
                reason: Reason::Made,
                served: None,
                method: Method::Counted,
            };
            draft.fact(made.fact(command, None));
            Ok(())
        }
        Act::Move { lot, to, quantity } => relocate(context, command, draft, *lot, to, *quantity),
        Act::Correct { lot, target, quantity, reason } => {
            let known = own_lot(context, *lot)?;
            let line = known.line(*target).ok_or(Refusal::NoSuchEntry(*lot, *target))?;
            if line.reason.is_of_transfer() {
                return Err(Refusal::OfTransfer);
            }
            if let (Some(right), Some(opened)) = (quantity, known.opened()) {
                context.check_amount(&opened.item, *right)?;
            }
            draft.fact(Corrected { target: *target, lot: *lot, quantity: *quantity, reason: *reason });
            Ok(())
        }
        Act::Hold { lot, held, reason } => {
            own_lot(context, *lot)?;
            draft.fact(Held { lot: *lot, held: *held, reason: *reason });
            Ok(())
        }
        Act::Recall { item, batch, stands, reason } => {
            context.item(item)?;
            draft.fact(Recalled {
                item: item.clone(),
                batch: batch.clone(),
                stands: *stands,
                reason: *reason,
            });
            Ok(())
        }
        Act::StateNeed { need, item, store, quantity, urgency, by, every_days, people } => {
            context.own_store(store)?;
            context.check_positive(item, *quantity)?;
            let today = context.now.day(&context.region.zone());
            if *by < today {
                return Err(Refusal::DayOrder(*by, today));
            }
            long_need(context, draft, *need, item, *quantity);
            far_day(context, draft, *by);
            draft.fact(NeedStated {
                need: *need,
                item: item.clone(),
                store: store.clone(),
                quantity: *quantity,
                urgency: *urgency,
                by: *by,
                every_days: *every_days,
                people: *people,
            });
            Ok(())
        }
        Act::CloseNeed { need, reason } => {
            let known = context.ledger.need(context.own, *need).and_then(|need| need.latest());
            known.ok_or_else(|| Refusal::NotStated(need.to_string()))?;
            draft.fact(NeedClosed { need: *need, reason: *reason });
            Ok(())
        }
        Act::MakeOffer { offer, item, store, quantity, from, until, take_please, return_by } => {
            context.own_store(store)?;
            context.check_positive(item, *quantity)?;
            if until < from {
                return Err(Refusal::DayOrder(*until, *from));
            }
            more_than_held(context, draft, item, *quantity)?;
            far_day(context, draft, *until);
            draft.fact(OfferMade {
                offer: *offer,
                item: item.clone(),
                store: store.clone(),
                quantity: *quantity,
                from: *from,
                until: *until,
                take_please: *take_please,
                return_by: *return_by,
            });
            Ok(())
        }
        Act::CloseOffer { offer, reason } => {
            let known = context.ledger.offer(context.own, *offer).and_then(|offer| offer.latest());
            known.ok_or_else(|| Refusal::NotStated(offer.to_string()))?;
            draft.fact(OfferClosed { offer: *offer, reason: *reason });
            Ok(())
        }
        _ => Err(Refusal::Nothing),
    }
}

/// One plain entry to be written.
struct Entry {
    number: u16,
    lot: LotId,
    quantity: Quantity,
    reason: Reason,
    served: Option<Served>,
    method: Method,
}

impl Entry {
    fn fact(self, command: &Command, paper: Option<PrintedMark>) -> Entered {
        Entered {
            entry: entry_of_act(command.act, self.number),
            lot: self.lot,
            quantity: self.quantity,
            reason: self.reason,
            occurred: command.occurred,
            served: self.served,
            paper,
            method: self.method,
        }
    }
}

fn count(
    context: &Context<'_>,
    command: &Command,
    draft: &mut Draft,
    (store, item): (&StoreCode, &ItemCode),
    which: &Which,
    seen: Quantity,
    (method, witness): (Method, Option<koinon_core::PersonId>),
) -> Result<(), Refusal> {
    context.own_store(store)?;
    context.check_amount(item, seen)?;
    let (lot, opens) = match which {
        Which::Lot(lot) => {
            let known = own_lot(context, *lot)?;
            let opened = known.opened().ok_or(Refusal::NoSuchLot(*lot))?;
            if opened.item != *item || opened.store != *store {
                return Err(Refusal::NoSuchLot(*lot));
            }
            let book = i64::try_from(known.balance().max(0)).unwrap_or(i64::MAX);
            if book == 0 {
                long_stock(context, draft, item, seen);
            }
            far_from(context, draft, seen, book);
            (*lot, None)
        }
        Which::New { batch, expires } => {
            let latest: Vec<&Lot> = context
                .ledger
                .lots_of(context.own, item)
                .rev()
                .take(LIKE_LOTS_MAX)
                .map(|(_, lot)| lot)
                .collect();
            far_above_all(context, draft, &latest, item, seen);
            past_date(context, draft, *expires);
            already_there(draft, &latest, (store, batch.as_ref(), *expires), seen)?;
            let (item, store) = (item.clone(), store.clone());
            let opens = NewBatch { item, store, batch: batch.clone(), expires: *expires };
            (lot_of_act(command.act, 0), Some(opens))
        }
    };
    draft.fact(Counted { entry: command.act, lot, seen, occurred: command.occurred, method, witness, opens });
    Ok(())
}

fn use_first_expired(
    context: &Context<'_>,
    command: &Command,
    draft: &mut Draft,
    (store, item): (&StoreCode, &ItemCode),
    quantity: Quantity,
    (reason, served, method): (Reason, Option<Served>, Method),
) -> Result<(), Refusal> {
    let lots = context.ledger.lots_in(context.own, store, item);
    let usable: Vec<(LotId, i128)> = lots
        .iter()
        .filter(|(_, lot)| context.ledger.held(lot).is_none())
        .map(|(id, lot)| (*id, lot.balance().max(0)))
        .filter(|(_, on_hand)| *on_hand > 0)
        .collect();
    let there: i128 = usable.iter().map(|(_, on_hand)| on_hand).sum();
    let mut left = i128::from(quantity.amount());
    let mut parts: Vec<(LotId, i128)> = Vec::new();
    for (lot, on_hand) in usable {
        let part = on_hand.min(left);
        if part > 0 {
            parts.push((lot, part));
            left -= part;
        }
    }
    if left > 0 {
        // More went than the book knew of: it is booked on the last batch, which shows below zero until a count.
        let on_hand = Quantity::from_wide(there, quantity.dimension())?;
        draft.ask(Question::BelowZero { on_hand, taken: quantity });
        if let Some((_, part)) = parts.last_mut() {
            *part += left;
        } else if let Some((lot, _)) = lots.first() {
            parts.push((*lot, left));
        } else {
            let lot = lot_of_act(command.act, 0);
            draft.fact(open(lot, item, store, None, None, None));
            parts.push((lot, left));
        }
    }
    for (number, (lot, part)) in (0u16..).zip(parts) {
        let quantity = Quantity::from_wide(part, quantity.dimension())?;
        let served = if number == 0 { served } else { None };
        draft.fact(Entry { number, lot, quantity, reason, served, method }.fact(command, None));
    }
    Ok(())
}

fn relocate(
    context: &Context<'_>,
    command: &Command,
    draft: &mut Draft,
    lot: LotId,
    to: &StoreCode,
    quantity: Quantity,
) -> Result<(), Refusal> {
    context.own_store(to)?;
    let known = own_lot(context, lot)?;
    let opened = known.opened().ok_or(Refusal::NoSuchLot(lot))?.clone();
    context.check_positive(&opened.item, quantity)?;
    below_zero(draft, known, quantity)?;
    let target = lot_of_act(command.act, 0);
    let from = Some((context.own.clone(), lot));
    draft.fact(open(target, &opened.item, to, opened.batch.clone(), opened.expires, from));
    for (number, lot, reason) in [(0, lot, Reason::MovedOut), (1, target, Reason::MovedIn)] {
        let entry = Entry { number, lot, quantity, reason, served: None, method: Method::Counted };
        draft.fact(entry.fact(command, None));
    }
    Ok(())
}

fn open(
    lot: LotId,
    item: &ItemCode,
    store: &StoreCode,
    batch: Option<PrintedMark>,
    expires: Option<Day>,
    from: Option<(koinon_core::CommunityCode, LotId)>,
) -> LotOpened {
    LotOpened { lot, item: item.clone(), store: store.clone(), batch, expires, owner: None, from }
}

fn own_lot<'a>(context: &Context<'a>, lot: LotId) -> Result<&'a Lot, Refusal> {
    context.lot(lot).ok_or(Refusal::NoSuchLot(lot))
}

fn check_out(reason: Reason) -> Result<(), Refusal> {
    if reason.sign() == Sign::Out && reason != Reason::MovedOut {
        Ok(())
    } else {
        Err(Refusal::WrongReason(reason))
    }
}

fn below_zero(draft: &mut Draft, lot: &Lot, taken: Quantity) -> Result<(), Refusal> {
    if lot.balance() < i128::from(taken.amount()) {
        let on_hand = Quantity::from_wide(lot.balance(), taken.dimension())?;
        draft.ask(Question::BelowZero { on_hand, taken });
    }
    Ok(())
}

fn past_date(context: &Context<'_>, draft: &mut Draft, expires: Option<Day>) {
    let today = context.now.day(&context.region.zone());
    if let Some(expires) = expires.filter(|expires| *expires < today) {
        draft.ask(Question::PastDate { expires });
    }
}

/// Asks when an amount is far from the last one of the same kind anywhere in the community.
///
/// Looks at no more than the last [`LIKE_LOTS_MAX`] batches, so that a long import stays fast; the question is a courtesy.
fn unusual(context: &Context<'_>, draft: &mut Draft, item: &ItemCode, entered: Quantity, reason: Reason) {
    let last = context
        .ledger
        .lots_of(context.own, item)
        .rev()
        .take(LIKE_LOTS_MAX)
        .find_map(|(_, lot)| lot.last_like(reason));
    match last {
        Some(last) => far_from(context, draft, entered, last),
        None => long_stock(context, draft, item, entered),
    }
}

/// Asks when a new batch holds far more than any that was counted lately. Batches differ, so little is never asked about.
fn far_above_all(
    context: &Context<'_>,
    draft: &mut Draft,
    latest: &[&Lot],
    item: &ItemCode,
    entered: Quantity,
) {
    match latest.iter().filter_map(|lot| lot.last_like(Reason::Found)).max() {
        Some(most) if most < entered.amount() => far_from(context, draft, entered, most),
        Some(_) => {}
        None => long_stock(context, draft, item, entered),
    }
}

/// Asks when an amount is what the whole community uses in many years.
fn long_stock(context: &Context<'_>, draft: &mut Draft, item: &ItemCode, entered: Quantity) {
    // An hour more or less is nothing here.
    let today = i32::try_from(context.now.as_millis().div_euclid(Timestamp::DAY_MS)).unwrap_or(0);
    let daily = context.region.need_per_day(item, context.own, Day(today)).map(Quantity::amount);
    if let Some(daily) = daily.filter(|daily| *daily > 0) {
        let days = i128::from(entered.amount()) / i128::from(daily);
        if days > LONG_STOCK_DAYS {
            draft.ask(Question::LongStock { entered, days: u32::try_from(days).unwrap_or(u32::MAX) });
        }
    }
}

fn far_day(context: &Context<'_>, draft: &mut Draft, day: Day) {
    if day.since(context.now.day(&context.region.zone())) > FAR_DAYS {
        draft.ask(Question::FarDay { day });
    }
}

/// Asks when a new batch carries number and date of one that holds something in the same store.
fn already_there(
    draft: &mut Draft,
    latest: &[&Lot],
    (store, batch, expires): (&StoreCode, Option<&PrintedMark>, Option<Day>),
    seen: Quantity,
) -> Result<(), Refusal> {
    let alike = |opened: &LotOpened| {
        opened.store == *store && opened.batch.as_ref() == batch && opened.expires == expires
    };
    let twin = latest.iter().find(|lot| lot.opened().is_some_and(alike) && lot.balance() > 0);
    if let Some(lot) = twin {
        let on_hand = Quantity::from_wide(lot.balance(), seen.dimension())?;
        draft.ask(Question::AlreadyThere { on_hand });
    }
    Ok(())
}

/// Asks when a need is more than a year's use of the whole community; where no use is known, when it is far from the
/// last need of the item.
fn long_need(
    context: &Context<'_>,
    draft: &mut Draft,
    need: koinon_core::NeedId,
    item: &ItemCode,
    entered: Quantity,
) {
    let today = context.now.day(&context.region.zone());
    let daily = context.region.need_per_day(item, context.own, today).map(Quantity::amount);
    if let Some(daily) = daily.filter(|daily| *daily > 0) {
        let days = i128::from(entered.amount()) / i128::from(daily);
        if days > LONG_NEED_DAYS {
            draft.ask(Question::LongNeed { entered, days: u32::try_from(days).unwrap_or(u32::MAX) });
        }
        return;
    }
    let needs = context.ledger.needs().filter(|(community, id, _)| *community == context.own && *id != need);
    let stated = needs.filter_map(|(_, id, want)| want.latest().map(|stated| (id, stated)));
    let last = stated.filter(|(_, stated)| stated.item == *item).max_by_key(|(id, _)| *id);
    if let Some((_, last)) = last {
        far_from(context, draft, entered, last.quantity.amount());
    }
}

/// Asks when more is offered than the community's book knows of.
fn more_than_held(
    context: &Context<'_>,
    draft: &mut Draft,
    item: &ItemCode,
    offered: Quantity,
) -> Result<(), Refusal> {
    let on_hand: i128 = context.ledger.lots_of(context.own, item).map(|(_, lot)| lot.balance().max(0)).sum();
    if on_hand < i128::from(offered.amount()) {
        let on_hand = Quantity::from_wide(on_hand, offered.dimension())?;
        draft.ask(Question::MoreThanHeld { offered, on_hand });
    }
    Ok(())
}

fn far_from(context: &Context<'_>, draft: &mut Draft, entered: Quantity, last: i64) {
    let factor = i128::from(context.region.agreements.unusual_factor.max(2));
    let (entered_wide, last_wide) = (i128::from(entered.amount()), i128::from(last));
    let far = entered_wide > last_wide * factor || entered_wide * factor < last_wide;
    if far
        && last > 0
        && !entered.is_zero()
        && let Ok(last) = Quantity::new(last, entered.dimension())
    {
        draft.ask(Question::Unusual { entered, last });
    }
}

fn alike(
    context: &Context<'_>,
    draft: &mut Draft,
    lot: &Lot,
    quantity: Quantity,
    reason: Reason,
    act: EntryId,
) {
    let recent = context.now.plus_millis(-ALIKE_MS);
    let twin = lot.recent_like(reason, quantity.amount(), recent).filter(|(entry, _)| *entry != act);
    if let Some((_, recorded)) = twin {
        draft.ask(Question::LikeLastTime { quantity, recorded });
    }
}
