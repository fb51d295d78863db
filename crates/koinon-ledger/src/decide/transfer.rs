//! Decisions about transfers between two places.

use std::collections::BTreeMap;

use koinon_authority::Permit;
use koinon_core::{CommunityCode, Day, Digest, EntryId, ItemCode, PlaceCode, Quantity, TransferId};

use super::{Context, Draft, LINES_MAX, lot_of_act};
use crate::command::{Act, Command, FoundLine, Question, Refusal, Wished};
use crate::fact::{
    Accepted, Approved, CommitLine, Committed, CounterOffered, Dispatched, Joined, LoadLine, LossSettled,
    LotOpened, Objected, ObjectionSettled, Occurrence, OnTheWay, ReceiptLine, Received, Refused, Returned,
    TransitNoted, Withdrawn,
};
use crate::reason::Reason;
use crate::transfer::{Status, Transfer};

/// The states in which nothing is loaded and nothing is over.
const BEFORE_LOADING: [Status; 5] =
    [Status::NeedsSecond, Status::NeedsAnswer, Status::Countered, Status::Halted, Status::Agreed];

pub(super) fn decide(
    context: &Context<'_>,
    command: &Command,
    permit: &Permit,
    draft: &mut Draft,
) -> Result<(), Refusal> {
    match &command.what {
        Act::Commit { .. } => commit(context, command, draft),
        Act::Approve { transfer } => {
            let known = own_transfer(context, *transfer)?;
            expect(known, context.own, &[Status::NeedsSecond])?;
            let commitment = known.commitment(context.own).ok_or(Refusal::NoSuchTransfer(*transfer))?;
            if permit.subject().is_none() || permit.subject() == commitment.actor {
                return Err(Refusal::SamePerson);
            }
            draft.fact(Approved { transfer: *transfer, commitment: commitment.what.digest() });
            Ok(())
        }
        Act::Accept { giver, transfer, less } => {
            let known = taken_transfer(context, giver, *transfer)?;
            expect(known, giver, &BEFORE_LOADING)?;
            for (number, wanted) in less {
                let line = line_of(known, giver, *number)?;
                context.check_amount(&line.item, *wanted)?;
            }
            draft.fact(Accepted {
                giver: giver.clone(),
                transfer: *transfer,
                less: less.clone(),
                answers: known.commitment(giver).map(|by| by.what.digest()),
            });
            Ok(())
        }
        Act::Refuse { giver, transfer, reason } => {
            let known = taken_transfer(context, giver, *transfer)?;
            expect(known, giver, &BEFORE_LOADING)?;
            draft.fact(Refused { giver: giver.clone(), transfer: *transfer, reason: *reason });
            Ok(())
        }
        Act::Counter { .. } => counter(context, command, draft),
        Act::Object { giver, transfer, reason } => {
            let known = any_transfer(context, giver, *transfer)?;
            expect(known, giver, &BEFORE_LOADING)?;
            draft.fact(Objected {
                giver: giver.clone(),
                transfer: *transfer,
                objection: command.act,
                reason: *reason,
            });
            Ok(())
        }
        Act::Settle { giver, transfer, objection } => {
            let known = any_transfer(context, giver, *transfer)?;
            let ours = known.objections().any(|(id, o)| {
                id == *objection
                    && !o.is_settled()
                    && o.raised().is_some_and(|by| by.community == *context.own)
            });
            if !ours {
                return Err(Refusal::NoSuchObjection(*objection));
            }
            draft.fact(ObjectionSettled { giver: giver.clone(), transfer: *transfer, objection: *objection });
            Ok(())
        }
        Act::Withdraw { transfer, reason } => {
            let known = own_transfer(context, *transfer)?;
            let state = known.status(context.own);
            if matches!(state, Status::Done | Status::Refused | Status::Withdrawn) {
                return Err(Refusal::WrongState(state));
            }
            draft.fact(Withdrawn { transfer: *transfer, reason: *reason });
            Ok(())
        }
        Act::Load { transfer, lines, vehicle, paper } => {
            let lines = loadable(context, *transfer, lines)?;
            draft.fact(Dispatched {
                transfer: *transfer,
                shipment: command.act,
                lines,
                vehicle: *vehicle,
                occurred: command.occurred,
                paper: paper.clone(),
            });
            Ok(())
        }
        Act::Join { joint, transfers } => join(context, draft, *joint, transfers),
        Act::Unload { transfer, shipment } => unload(context, command, draft, *transfer, *shipment),
        Act::News { giver, transfer, shipment, what } => {
            let known = any_transfer(context, giver, *transfer)?;
            let commitment = known.commitment(giver).ok_or(Refusal::NoSuchTransfer(*transfer))?;
            if context.own != giver && *context.own != commitment.what.taker {
                return Err(Refusal::NotOurs(giver.clone()));
            }
            if known.shipment(*shipment).and_then(|s| s.load(giver)).is_none() {
                return Err(Refusal::NoSuchLoad(*transfer, *shipment));
            }
            if let OnTheWay::Diverted(place, keeper) = what
                && context.region.keeper_of(place).as_ref() != Some(keeper)
            {
                return Err(Refusal::NoSuchPlace(place.clone()));
            }
            draft.fact(TransitNoted {
                giver: giver.clone(),
                transfer: *transfer,
                shipment: *shipment,
                what: what.clone(),
                occurred: command.occurred,
            });
            Ok(())
        }
        Act::Receive { .. } => receive(context, command, permit, draft),
        Act::Return { transfer, shipment, lines } => {
            bring_back(context, command, draft, (*transfer, *shipment), lines)
        }
        Act::SettleLoss { giver, transfer, shipment, line, lost, reason } => {
            let known = any_transfer(context, giver, *transfer)?;
            let commitment = known.commitment(giver).ok_or(Refusal::NoSuchTransfer(*transfer))?;
            if context.own != giver && *context.own != commitment.what.taker {
                return Err(Refusal::NotOurs(giver.clone()));
            }
            let agreed = line_of(known, giver, *line)?;
            context.check_amount(&agreed.item, *lost)?;
            if *reason == Reason::NotKnownYet {
                return Err(Refusal::WrongReason(*reason));
            }
            if known.shipment(*shipment).and_then(|s| s.load(giver)).is_none() {
                return Err(Refusal::NoSuchLoad(*transfer, *shipment));
            }
            draft.fact(LossSettled {
                giver: giver.clone(),
                transfer: *transfer,
                shipment: *shipment,
                line: *line,
                lost: *lost,
                reason: *reason,
            });
            Ok(())
        }
        _ => Err(Refusal::Nothing),
    }
}

fn counter(context: &Context<'_>, command: &Command, draft: &mut Draft) -> Result<(), Refusal> {
    let Act::Counter { giver, transfer, wants, not_before, reason } = &command.what else {
        return Err(Refusal::Nothing);
    };
    let known = taken_transfer(context, giver, *transfer)?;
    expect(known, giver, &BEFORE_LOADING)?;
    if known.shipments().next().is_some() {
        return Err(Refusal::WrongState(Status::UnderWay));
    }
    let promise = &known.commitment(giver).ok_or(Refusal::NoSuchTransfer(*transfer))?.what;
    let mut basket: BTreeMap<ItemCode, Quantity> = BTreeMap::new();
    for (item, quantity) in wants {
        context.check_positive(item, *quantity)?;
        let sum = match basket.get(item) {
            Some(before) => Quantity::sum([*before, *quantity], quantity.dimension())?,
            None => *quantity,
        };
        basket.insert(item.clone(), sum);
    }
    if basket.is_empty() {
        return Err(Refusal::Nothing);
    }
    if basket.len() > LINES_MAX {
        return Err(Refusal::TooManyLines(basket.len(), LINES_MAX));
    }
    let today = context.now.day(&context.region.zone());
    if let Some(day) = not_before.filter(|day| *day < today) {
        return Err(Refusal::DayOrder(day, today));
    }
    let offer = CounterOffered {
        giver: giver.clone(),
        transfer: *transfer,
        answers: promise.digest(),
        wants: basket.into_iter().collect(),
        not_before: *not_before,
        reason: *reason,
    };
    if offer.is_just(promise) {
        return Err(Refusal::AsPromised);
    }
    draft.fact(offer);
    Ok(())
}

fn commit(context: &Context<'_>, command: &Command, draft: &mut Draft) -> Result<(), Refusal> {
    let Act::Commit {
        transfer,
        from,
        to,
        lines,
        route,
        leaves,
        arrives,
        need,
        suggestion,
        return_by,
        standing,
    } = &command.what
    else {
        return Err(Refusal::Nothing);
    };
    let keeper = |place: &PlaceCode| {
        context.region.keeper_of(place).ok_or_else(|| Refusal::NoSuchPlace(place.clone()))
    };
    let giver = keeper(from)?;
    if giver != *context.own {
        return Err(Refusal::NotOurs(giver));
    }
    let taker = keeper(to)?;
    if from == to {
        return Err(Refusal::ToItself(from.clone()));
    }
    if arrives < leaves {
        return Err(Refusal::DayOrder(*arrives, *leaves));
    }
    if let Some(known) = context.ledger.transfer(context.own, *transfer) {
        if known.status(context.own) != Status::Unheard {
            expect(known, context.own, &BEFORE_LOADING)?;
        }
        if known.shipments().next().is_some() {
            return Err(Refusal::WrongState(Status::UnderWay));
        }
    }
    if lines.is_empty() {
        return Err(Refusal::Nothing);
    }
    if let Some(occurrence) = standing {
        let items: Vec<&ItemCode> = lines.iter().map(|wished| &wished.item).collect();
        super::standing::check_due(context, (from, to), &items, occurrence)?;
    }
    followed_already(context, draft, *transfer, (*suggestion, standing.as_ref()));
    let mut chosen: Vec<CommitLine> = Vec::new();
    for wished in lines {
        choose(context, draft, (*transfer, from, *arrives), wished, &mut chosen)?;
    }
    if chosen.len() > LINES_MAX {
        return Err(Refusal::TooManyLines(chosen.len(), LINES_MAX));
    }
    let needs_second = lines.iter().any(|wished| {
        let item = context.region.item(&wished.item);
        item.is_some_and(|item| context.region.agreements.asks_two_people(item, wished.quantity))
    });
    draft.fact(Committed {
        transfer: *transfer,
        from: from.clone(),
        to: to.clone(),
        taker,
        lines: chosen,
        route: route.clone(),
        leaves: *leaves,
        arrives: *arrives,
        needs_second,
        need: *need,
        suggestion: *suggestion,
        return_by: *return_by,
        standing: standing.clone(),
    });
    Ok(())
}

/// Asks when another open transfer follows the same suggestion, or fulfils the same that falls due: two people pressed the same button.
fn followed_already(
    context: &Context<'_>,
    draft: &mut Draft,
    transfer: TransferId,
    (suggestion, standing): (Option<Digest>, Option<&Occurrence>),
) {
    if suggestion.is_none() && standing.is_none() {
        return;
    }
    let others = context.ledger.transfers_given(context.own).filter(|(id, _)| *id != transfer);
    let twin = others.filter_map(|(_, other)| {
        let what = &other.commitment(context.own)?.what;
        let over = matches!(other.status(context.own), Status::Withdrawn | Status::Refused);
        let same_suggestion = suggestion.is_some() && what.suggestion == suggestion;
        let same_due = standing.is_some() && what.standing.as_ref() == standing;
        ((same_suggestion || same_due) && !over).then(|| what.lines.first())?
    });
    if let Some(line) = twin.last() {
        draft.ask(Question::FollowedAlready { promised: line.quantity });
    }
}

/// Chooses batches for one wished line, first expired first among those still good on arrival.
fn choose(
    context: &Context<'_>,
    draft: &mut Draft,
    (transfer, from, arrives): (TransferId, &PlaceCode, Day),
    wished: &Wished,
    chosen: &mut Vec<CommitLine>,
) -> Result<(), Refusal> {
    context.check_positive(&wished.item, wished.quantity)?;
    let dimension = wished.quantity.dimension();
    let earlier = context.ledger.transfer(context.own, transfer);
    let mut lots: Vec<_> = context
        .region
        .stores_of(from)
        .flat_map(|store| context.ledger.lots_in(context.own, &store.code, &wished.item))
        .filter(|(id, _)| wished.lot.is_none_or(|only| only == *id))
        .collect();
    lots.sort_by_key(|(id, lot)| (lot.opened().and_then(|o| o.expires).unwrap_or(Day(i32::MAX)), *id));
    let mut left = i128::from(wished.quantity.amount());
    let mut available = 0i128;
    for (id, lot) in lots {
        if lot.opened().and_then(|opened| opened.expires).is_some_and(|last_good| last_good < arrives) {
            continue;
        }
        // A restated commitment may use again what it had set aside itself.
        let own_share = earlier.map_or(0, |t| t.reserved_from(context.own, id));
        let taken: i128 =
            chosen.iter().filter(|l| l.lot == id).map(|l| i128::from(l.quantity.amount())).sum();
        let free = match context.ledger.held(lot) {
            Some(_) => 0,
            None => (lot.balance() - context.ledger.reserved(context.own, id) + own_share - taken).max(0),
        };
        available += free;
        let part = free.min(left);
        if part > 0 {
            left -= part;
            let line = u16::try_from(chosen.len()).unwrap_or(u16::MAX);
            let requested = wished.requested.filter(|_| part == i128::from(wished.quantity.amount()));
            let quantity = Quantity::from_wide(part, dimension)?;
            chosen.push(CommitLine { line, item: wished.item.clone(), lot: id, quantity, requested });
        }
    }
    if left > 0 {
        return Err(Refusal::NotEnough {
            item: wished.item.clone(),
            available: Quantity::from_wide(available, dimension)?,
            wanted: wished.quantity,
        });
    }
    if *from == context.own.place() {
        ask_below_floor(context, draft, earlier, wished)?;
    }
    Ok(())
}

/// Asks when less would remain at home than is kept there.
fn ask_below_floor(
    context: &Context<'_>,
    draft: &mut Draft,
    earlier: Option<&Transfer>,
    wished: &Wished,
) -> Result<(), Refusal> {
    let today = context.now.day(&context.region.zone());
    let Some(floor) = context.region.floor(&wished.item, context.own, today) else { return Ok(()) };
    let place = context.own.place();
    let stock: i128 = context
        .ledger
        .lots_of(context.own, &wished.item)
        .filter(|(_, lot)| lot.opened().is_some_and(|opened| at_place(context, opened, &place)))
        .map(|(id, lot)| lot.balance() - context.ledger.reserved(context.own, id))
        .sum();
    let own_share: i128 = earlier.map_or(0, |transfer| {
        let lines = transfer.commitment(context.own).map_or(&[][..], |by| &by.what.lines);
        let same = lines.iter().filter(|line| line.item == wished.item);
        same.map(|line| transfer.counters(context.own, line).reserved).sum()
    });
    let remains = stock + own_share - i128::from(wished.quantity.amount());
    if remains < i128::from(floor.amount()) {
        let remains = Quantity::from_wide(remains, wished.quantity.dimension())?;
        draft.ask(Question::BelowFloor { remains, floor });
    }
    Ok(())
}

fn at_place(context: &Context<'_>, opened: &LotOpened, place: &PlaceCode) -> bool {
    context.region.store(&opened.store).is_some_and(|store| store.place == *place)
}

/// Own transfers that are still to be loaded go together.
fn join(
    context: &Context<'_>,
    draft: &mut Draft,
    joint: EntryId,
    transfers: &[TransferId],
) -> Result<(), Refusal> {
    if transfers.len() > LINES_MAX {
        return Err(Refusal::TooManyLines(transfers.len(), LINES_MAX));
    }
    let mut named: Vec<TransferId> = Vec::new();
    for transfer in transfers {
        let known = context.ledger.transfer(context.own, *transfer);
        let is_to_load = known.is_some_and(|known| BEFORE_LOADING.contains(&known.status(context.own)));
        if !is_to_load {
            return Err(Refusal::NotToLoad(*transfer));
        }
        if !named.contains(transfer) {
            named.push(*transfer);
        }
    }
    draft.fact(Joined { joint, transfers: named });
    Ok(())
}

fn loadable(
    context: &Context<'_>,
    transfer: TransferId,
    wanted: &[(u16, Quantity)],
) -> Result<Vec<LoadLine>, Refusal> {
    let known = own_transfer(context, transfer)?;
    expect(known, context.own, &[Status::Agreed, Status::UnderWay, Status::Unsettled])?;
    if known.objections().any(|(_, objection)| !objection.is_settled()) {
        return Err(Refusal::WrongState(Status::Halted));
    }
    let waits = context.ledger.waits_for(context.own, transfer);
    if !waits.is_empty() {
        let takers =
            waits.iter().filter_map(|(_, other)| Some(other.commitment(context.own)?.what.taker.clone()));
        return Err(Refusal::JointWaits(takers.collect()));
    }
    let commitment = known.commitment(context.own).ok_or(Refusal::NoSuchTransfer(transfer))?;
    let mut lines = Vec::new();
    for agreed in &commitment.what.lines {
        let dimension = agreed.quantity.dimension();
        let reserved = Quantity::from_wide(known.counters(context.own, agreed).reserved, dimension)?;
        let quantity = if wanted.is_empty() {
            reserved
        } else {
            match wanted.iter().find(|(number, _)| *number == agreed.line) {
                Some((_, quantity)) => *quantity,
                None => continue,
            }
        };
        context.check_amount(&agreed.item, quantity)?;
        if quantity > reserved {
            return Err(Refusal::OverLoad { line: agreed.line, reserved, wanted: quantity });
        }
        if !quantity.is_zero() {
            let printed = context.ledger.lot(context.own, agreed.lot).and_then(|lot| lot.opened());
            let batch = printed.and_then(|opened| opened.batch.clone());
            let expires = printed.and_then(|opened| opened.expires);
            lines.push(LoadLine { line: agreed.line, lot: agreed.lot, quantity, batch, expires });
        }
    }
    if let Some((number, _)) =
        wanted.iter().find(|(number, _)| !commitment.what.lines.iter().any(|l| l.line == *number))
    {
        return Err(Refusal::NoSuchLine(*number));
    }
    match lines.is_empty() {
        // A page that was open while somebody else loaded everything.
        true if known.shipments().next().is_some() => Err(Refusal::WrongState(known.status(context.own))),
        true => Err(Refusal::Nothing),
        false => Ok(lines),
    }
}

fn unload(
    context: &Context<'_>,
    command: &Command,
    draft: &mut Draft,
    transfer: TransferId,
    shipment: EntryId,
) -> Result<(), Refusal> {
    let known = own_transfer(context, transfer)?;
    let taker = known.commitment(context.own).map(|by| by.what.taker.clone());
    let load = known.shipment(shipment).ok_or(Refusal::NoSuchLoad(transfer, shipment))?;
    let dispatched = load.load(context.own).ok_or(Refusal::NoSuchLoad(transfer, shipment))?;
    if taker.is_some_and(|taker| load.receipt(&taker).is_some()) {
        return Err(Refusal::WrongState(known.status(context.own)));
    }
    draft.fact(Dispatched {
        transfer,
        shipment,
        lines: Vec::new(),
        vehicle: dispatched.what.vehicle,
        occurred: command.occurred,
        paper: dispatched.what.paper.clone(),
    });
    Ok(())
}

fn receive(
    context: &Context<'_>,
    command: &Command,
    permit: &Permit,
    draft: &mut Draft,
) -> Result<(), Refusal> {
    let Act::Receive { giver, transfer, shipment, store, lines } = &command.what else {
        return Err(Refusal::Nothing);
    };
    let known = any_transfer(context, giver, *transfer)?;
    let commitment = known.commitment(giver).ok_or(Refusal::NoSuchTransfer(*transfer))?;
    let load = known.shipment(*shipment).ok_or(Refusal::NoSuchLoad(*transfer, *shipment))?;
    let dispatched = load.load(giver).ok_or(Refusal::NoSuchLoad(*transfer, *shipment))?;
    let (heading, keeper) = load.heading(&commitment.what);
    if keeper != context.own {
        return Err(Refusal::NotOurs(keeper.clone()));
    }
    if context.own_store(store)? != *heading {
        return Err(Refusal::NoSuchStore(store.clone()));
    }
    if permit.subject().is_some() && permit.subject() == dispatched.actor {
        return Err(Refusal::SameHand);
    }
    let earlier = load.receipt(context.own);
    let mut receipt = Vec::new();
    for loaded in &dispatched.what.lines {
        let agreed = line_of(known, giver, loaded.line)?;
        let found =
            lines.iter().find(|found| found.line == loaded.line).ok_or(Refusal::NoSuchLine(loaded.line))?;
        check_found(context, agreed, loaded, found)?;
        let before = earlier.and_then(|by| by.what.lines.iter().find(|line| line.line == loaded.line));
        let to_lot = before.map_or_else(|| lot_of_act(*shipment, loaded.line), |line| line.to_lot);
        if before.is_none() {
            let from_lot = context.ledger.lot(giver, loaded.lot).and_then(|lot| lot.opened());
            draft.fact(LotOpened {
                lot: to_lot,
                item: agreed.item.clone(),
                store: store.clone(),
                batch: loaded.batch.clone().or_else(|| from_lot.and_then(|opened| opened.batch.clone())),
                expires: loaded.expires.or_else(|| from_lot.and_then(|opened| opened.expires)),
                owner: commitment.what.return_by.map(|_| giver.clone()),
                from: Some((giver.clone(), loaded.lot)),
            });
        }
        receipt.push(ReceiptLine {
            line: loaded.line,
            to_lot,
            accepted: found.accepted,
            rejected: found.rejected,
            missing: found.missing,
            excess: found.excess,
            reason: found.reason,
        });
    }
    if let Some(found) =
        lines.iter().find(|found| !dispatched.what.lines.iter().any(|l| l.line == found.line))
    {
        return Err(Refusal::NoSuchLine(found.line));
    }
    if let Some(before) = earlier {
        let differs = |now: &&ReceiptLine| {
            before.what.lines.iter().find(|line| line.line == now.line).is_none_or(|line| line != *now)
        };
        if let Some(changed) = receipt.iter().find(differs) {
            let line = before.what.lines.iter().find(|line| line.line == changed.line);
            let accepted = line.map_or(changed.accepted, |line| line.accepted);
            draft.ask(Question::ArrivedAlready { accepted, occurred: before.what.occurred });
        }
    }
    draft.fact(Received {
        giver: giver.clone(),
        transfer: *transfer,
        shipment: *shipment,
        lines: receipt,
        occurred: command.occurred,
    });
    Ok(())
}

fn check_found(
    context: &Context<'_>,
    agreed: &CommitLine,
    loaded: &LoadLine,
    found: &FoundLine,
) -> Result<(), Refusal> {
    for quantity in [found.accepted, found.rejected, found.missing, found.excess] {
        context.check_amount(&agreed.item, quantity)?;
    }
    let three = [found.accepted, found.rejected, found.missing];
    let sum = Quantity::sum(three, loaded.quantity.dimension())?;
    if sum != loaded.quantity {
        return Err(Refusal::DoesNotAddUp { line: loaded.line, loaded: loaded.quantity, found: sum });
    }
    let needs_reason = !found.rejected.is_zero() || !found.missing.is_zero();
    if needs_reason && found.reason.is_none() {
        return Err(Refusal::ReasonMissing(loaded.line));
    }
    Ok(())
}

fn bring_back(
    context: &Context<'_>,
    command: &Command,
    draft: &mut Draft,
    (transfer, shipment): (TransferId, EntryId),
    lines: &[(u16, Quantity)],
) -> Result<(), Refusal> {
    let known = own_transfer(context, transfer)?;
    let load = known.shipment(shipment).and_then(|s| s.load(context.own));
    let load = load.ok_or(Refusal::NoSuchLoad(transfer, shipment))?;
    let mut back = Vec::new();
    for (number, quantity) in lines {
        let loaded =
            load.what.lines.iter().find(|line| line.line == *number).ok_or(Refusal::NoSuchLine(*number))?;
        let agreed = line_of(known, context.own, *number)?;
        context.check_amount(&agreed.item, *quantity)?;
        if *quantity > loaded.quantity {
            return Err(Refusal::DoesNotAddUp { line: *number, loaded: loaded.quantity, found: *quantity });
        }
        back.push(LoadLine { quantity: *quantity, ..loaded.clone() });
    }
    if back.is_empty() {
        return Err(Refusal::Nothing);
    }
    draft.fact(Returned { transfer, shipment, lines: back, occurred: command.occurred });
    Ok(())
}

fn line_of<'a>(
    transfer: &'a Transfer,
    giver: &CommunityCode,
    number: u16,
) -> Result<&'a CommitLine, Refusal> {
    let lines = transfer.commitment(giver).map_or(&[][..], |by| &by.what.lines);
    lines.iter().find(|line| line.line == number).ok_or(Refusal::NoSuchLine(number))
}

fn own_transfer<'a>(context: &Context<'a>, transfer: TransferId) -> Result<&'a Transfer, Refusal> {
    any_transfer(context, context.own, transfer)
}

fn any_transfer<'a>(
    context: &Context<'a>,
    giver: &CommunityCode,
    transfer: TransferId,
) -> Result<&'a Transfer, Refusal> {
    context.ledger.transfer(giver, transfer).ok_or(Refusal::NoSuchTransfer(transfer))
}

fn taken_transfer<'a>(
    context: &Context<'a>,
    giver: &CommunityCode,
    transfer: TransferId,
) -> Result<&'a Transfer, Refusal> {
    let known = any_transfer(context, giver, transfer)?;
    let commitment = known.commitment(giver).ok_or(Refusal::NoSuchTransfer(transfer))?;
    if commitment.what.taker == *context.own {
        Ok(known)
    } else {
        Err(Refusal::NotOurs(commitment.what.taker.clone()))
    }
}

fn expect(transfer: &Transfer, giver: &CommunityCode, states: &[Status]) -> Result<(), Refusal> {
    let state = transfer.status(giver);
    if states.contains(&state) { Ok(()) } else { Err(Refusal::WrongState(state)) }
}
