//! One transfer between two places: what each side wrote, and the state that follows.
//!
//! The giver writes commitment, approval, loads, returns and withdrawal; the taker writes acceptance, refusal and
//! receipts; anyone concerned may object. No side ever changes the other's record: the state is a pure function
//! of the set. What an unentitled hand wrote is kept and has no effect.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{CommunityCode, Digest, EntryId, LotId, PersonId, PlaceCode, Quantity, Timestamp};
use minicbor::{Decode, Encode};

use crate::counter::promised_of;
use crate::fact::{
    Accepted, CommitLine, Committed, CounterOffered, Dispatched, LossSettled, OnTheWay, ReceiptLine,
    Received, Refused, Returned, TransitNoted, Vehicle,
};
use crate::order::{OrderKey, Rev};
use crate::reason::Reason;

/// Something written, by whom.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct By<T> {
    /// The community whose node wrote it.
    #[n(0)]
    pub community: CommunityCode,
    /// The person, or `None` for a policy.
    #[n(1)]
    pub actor: Option<PersonId>,
    /// What was written.
    #[n(2)]
    pub what: T,
}

/// The taker's answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Answer {
    /// Yes, to all or to less.
    #[n(0)]
    Accepted(#[n(0)] Accepted),
    /// No.
    #[n(1)]
    Refused(#[n(0)] Refused),
    /// Rather something else.
    #[n(2)]
    Countered(#[n(0)] CounterOffered),
}

/// What the taker's last answer says of the commitment as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply<'a> {
    /// Nothing yet.
    None,
    /// Yes; lines of which less is wanted, with the amount.
    Yes(&'a [(u16, Quantity)]),
    /// No.
    No(&'a Refused),
    /// Rather something else; the giver's turn.
    Rather(&'a CounterOffered),
}

/// An objection and whether it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Objection {
    #[n(0)]
    pub(crate) raised: BTreeMap<Rev, By<Reason>>,
    #[n(1)]
    pub(crate) settled: BTreeSet<CommunityCode>,
}

/// One load.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Shipment {
    #[n(0)]
    pub(crate) dispatched: BTreeMap<Rev, By<Dispatched>>,
    #[n(1)]
    pub(crate) received: BTreeMap<Rev, By<Received>>,
    #[n(2)]
    pub(crate) notes: BTreeMap<Rev, By<TransitNoted>>,
    #[n(3)]
    pub(crate) returned: BTreeMap<Rev, By<Returned>>,
    #[n(4)]
    pub(crate) losses: BTreeMap<Rev, By<LossSettled>>,
}

/// One transfer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Transfer {
    #[n(0)]
    pub(crate) commitments: BTreeMap<Rev, By<Committed>>,
    #[n(1)]
    pub(crate) approvals: BTreeMap<Rev, By<Digest>>,
    #[n(2)]
    pub(crate) answers: BTreeMap<Rev, By<Answer>>,
    #[n(3)]
    pub(crate) objections: BTreeMap<EntryId, Objection>,
    #[n(4)]
    pub(crate) withdrawn: BTreeMap<Rev, By<Reason>>,
    #[n(5)]
    pub(crate) shipments: BTreeMap<EntryId, Shipment>,
}

/// Which part of a load's line a lot's line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Left the giver's lot.
    Sent,
    /// Came into the taker's lot.
    Arrived,
    /// Came into the taker's lot beyond what was loaded.
    Excess,
    /// Came back into the giver's lot.
    CameBack,
}

/// What a load, a receipt or a return does to one lot.
#[derive(Debug, Clone)]
pub(crate) struct LotEffect {
    pub(crate) shipment: EntryId,
    pub(crate) community: CommunityCode,
    pub(crate) lot: LotId,
    pub(crate) at: OrderKey,
    pub(crate) part: Part,
    pub(crate) line: u16,
    pub(crate) amount: i64,
}

impl Part {
    pub(crate) const fn reason(self) -> Reason {
        match self {
            Self::Sent => Reason::Sent,
            Self::Arrived => Reason::Arrived,
            Self::Excess => Reason::Excess,
            Self::CameBack => Reason::CameBack,
        }
    }

    const fn number(self) -> u8 {
        match self {
            Self::Sent => 0,
            Self::Arrived => 1,
            Self::Excess => 2,
            Self::CameBack => 3,
        }
    }
}

impl LotEffect {
    /// The act under which it stands on the stock card, the same for every restatement.
    pub(crate) fn entry(&self) -> EntryId {
        let mut bytes = self.shipment.0.to_vec();
        bytes.push(self.part.number());
        bytes.extend(self.line.to_be_bytes());
        EntryId::derived("koinon/shipment-line/1", &bytes)
    }
}

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Answers or loads are here, the commitment is not yet.
    Unheard,
    /// A second person at the giver must agree.
    NeedsSecond,
    /// The taker must answer.
    NeedsAnswer,
    /// The taker would rather have something else; the giver must say whether.
    Countered,
    /// Somebody objects; nothing is loaded until that is settled.
    Halted,
    /// Agreed; to be loaded.
    Agreed,
    /// Something is on its way.
    UnderWay,
    /// Everything loaded has arrived, and something is unsettled: missing for an unknown reason, or rejected and not
    /// back.
    Unsettled,
    /// Done.
    Done,
    /// The taker said no.
    Refused,
    /// The giver took it back.
    Withdrawn,
}

/// The five counters of one line, in base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Asked for.
    pub requested: i128,
    /// Promised, after the taker's answer.
    pub committed: i128,
    /// Set aside and not yet loaded.
    pub reserved: i128,
    /// Loaded, and neither taken in, nor back, nor written off.
    pub in_transit: i128,
    /// Taken in, without what came in excess.
    pub fulfilled: i128,
    /// Written off on the way.
    pub lost: i128,
    /// Taken in beyond what was loaded.
    pub excess: i128,
    /// Rejected and not back yet; a part of `in_transit`.
    pub rejected: i128,
    /// Missing and unsettled; a part of `in_transit`.
    pub missing: i128,
}

/// What does not fit in a transfer; shown, never repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// A receipt names a load that was not heard of.
    UnknownLoad,
    /// A receipt's line does not add up to what was loaded.
    DoesNotAddUp,
    /// More was loaded than agreed.
    OverLoaded,
    /// Loaded before it was agreed.
    LoadedEarly,
    /// The same person loaded and received.
    SameHand,
    /// Something was written by a community that has no part in it.
    StrangeHand,
}

impl Objection {
    /// The reason and who raised it; `None` while only the settlement has arrived.
    pub fn raised(&self) -> Option<&By<Reason>> {
        self.raised.values().next()
    }

    /// Whether the community that raised it has let go.
    pub fn is_settled(&self) -> bool {
        self.raised().is_none_or(|raised| self.settled.contains(&raised.community))
    }

    pub(crate) fn raise(&mut self, rev: Rev, by: By<Reason>) {
        self.raised.insert(rev, by);
    }

    pub(crate) fn settle(&mut self, community: CommunityCode) {
        self.settled.insert(community);
    }
}

impl Shipment {
    /// The load as last stated by the giver, unless it was taken back.
    pub fn load(&self, giver: &CommunityCode) -> Option<&By<Dispatched>> {
        let last = self.dispatched.values().rev().find(|by| by.community == *giver)?;
        (!last.what.lines.is_empty()).then_some(last)
    }

    /// The receipt as last stated by the place it went to.
    pub fn receipt(&self, taker: &CommunityCode) -> Option<&By<Received>> {
        self.received.values().rev().find(|by| by.community == *taker)
    }

    /// News from the way, oldest first.
    pub fn notes(&self) -> impl Iterator<Item = &By<TransitNoted>> {
        self.notes.values()
    }

    /// The return as last stated by the giver.
    pub fn back(&self, giver: &CommunityCode) -> Option<&By<Returned>> {
        self.returned.values().rev().find(|by| by.community == *giver)
    }

    /// Where it goes now: the last diversion, or the agreed place.
    pub fn heading<'a>(&'a self, agreed: &'a Committed) -> (&'a PlaceCode, &'a CommunityCode) {
        self.notes
            .values()
            .rev()
            .find_map(|by| match &by.what.what {
                OnTheWay::Diverted(place, community) => Some((place, community)),
                _ => None,
            })
            .unwrap_or((&agreed.to, &agreed.taker))
    }

    /// What carries it now.
    pub fn vehicle(&self, giver: &CommunityCode) -> Option<Vehicle> {
        let resumed = self.notes.values().rev().find_map(|by| match by.what.what {
            OnTheWay::Resumed(vehicle) => Some(vehicle),
            _ => None,
        });
        resumed.or_else(|| self.load(giver).map(|by| by.what.vehicle))
    }

    /// Whether it stands broken down.
    pub fn is_broken_down(&self) -> bool {
        let last = self.notes.values().rev().find(|by| !matches!(by.what.what, OnTheWay::Delayed(_)));
        last.is_some_and(|by| by.what.what == OnTheWay::BrokenDown)
    }

    /// What it does to lots: the giver's last load and return, and the last receipt of every community.
    pub(crate) fn effects(&self, id: EntryId, giver: &CommunityCode) -> Vec<LotEffect> {
        let mut effects = Vec::new();
        let mut push =
            |community: &CommunityCode, lot, (rev, occurred): (Rev, Timestamp), part: Part, line, amount| {
                let number = 2 * u32::from(line) + u32::from(part == Part::Excess);
                let at = OrderKey {
                    occurred,
                    recorded: rev.recorded,
                    log: rev.log,
                    seq: rev.seq,
                    line: u16::try_from(number).unwrap_or(u16::MAX),
                };
                if amount != 0 {
                    effects.push(LotEffect {
                        shipment: id,
                        community: community.clone(),
                        lot,
                        at,
                        part,
                        line,
                        amount,
                    });
                }
            };
        if let Some((rev, by)) = self.dispatched.iter().rev().find(|(_, by)| by.community == *giver) {
            for line in &by.what.lines {
                push(
                    giver,
                    line.lot,
                    (*rev, by.what.occurred),
                    Part::Sent,
                    line.line,
                    -line.quantity.amount(),
                );
            }
        }
        if let Some((rev, by)) = self.returned.iter().rev().find(|(_, by)| by.community == *giver) {
            for line in &by.what.lines {
                push(
                    giver,
                    line.lot,
                    (*rev, by.what.occurred),
                    Part::CameBack,
                    line.line,
                    line.quantity.amount(),
                );
            }
        }
        let mut last_receipts: BTreeMap<&CommunityCode, (Rev, &Received)> = BTreeMap::new();
        for (rev, by) in &self.received {
            last_receipts.insert(&by.community, (*rev, &by.what));
        }
        for (community, (rev, receipt)) in last_receipts {
            for line in &receipt.lines {
                let when = (rev, receipt.occurred);
                push(community, line.to_lot, when, Part::Arrived, line.line, line.accepted.amount());
                push(community, line.to_lot, when, Part::Excess, line.line, line.excess.amount());
            }
        }
        effects
    }

    fn loaded(&self, giver: &CommunityCode, line: u16) -> i128 {
        let lines = self.load(giver).map_or(&[][..], |by| &by.what.lines);
        lines.iter().filter(|l| l.line == line).map(|l| i128::from(l.quantity.amount())).sum()
    }

    fn came_back(&self, giver: &CommunityCode, line: u16) -> i128 {
        let lines = self.back(giver).map_or(&[][..], |by| &by.what.lines);
        lines.iter().filter(|l| l.line == line).map(|l| i128::from(l.quantity.amount())).sum()
    }

    fn receipt_line(&self, taker: &CommunityCode, line: u16) -> Option<&ReceiptLine> {
        self.receipt(taker)?.what.lines.iter().find(|l| l.line == line)
    }

    /// What was written off on a line, and why; only giver and taker may say so, the last word counts.
    pub fn loss(&self, giver: &CommunityCode, taker: &CommunityCode, line: u16) -> Option<(i128, Reason)> {
        let entitled = |c: &CommunityCode| c == giver || c == taker;
        let settled = self.losses.values().rev().find(|by| by.what.line == line && entitled(&by.community));
        if let Some(by) = settled {
            return Some((i128::from(by.what.lost.amount()), by.what.reason));
        }
        // A missing part with a stated reason needs no second entry to be a loss.
        let receipt = self.receipt_line(taker, line)?;
        let reason = receipt.reason.filter(|reason| *reason != Reason::NotKnownYet)?;
        (receipt.missing.amount() > 0).then_some((i128::from(receipt.missing.amount()), reason))
    }
}

impl Transfer {
    /// The commitment as last stated by the giver.
    pub fn commitment(&self, giver: &CommunityCode) -> Option<&By<Committed>> {
        self.commitments.values().rev().find(|by| by.community == *giver)
    }

    /// The first statement of the commitment, for who began it and when.
    pub fn begun(&self) -> Option<(Rev, &By<Committed>)> {
        self.commitments.iter().next().map(|(rev, by)| (*rev, by))
    }

    /// The loads by id.
    pub fn shipments(&self) -> impl Iterator<Item = (EntryId, &Shipment)> {
        self.shipments.iter().map(|(id, shipment)| (*id, shipment))
    }

    /// One load.
    pub fn shipment(&self, id: EntryId) -> Option<&Shipment> {
        self.shipments.get(&id)
    }

    /// The objections by id.
    pub fn objections(&self) -> impl Iterator<Item = (EntryId, &Objection)> {
        self.objections.iter().map(|(id, objection)| (*id, objection))
    }

    /// The second person's approval of the commitment as it stands now.
    pub fn approval(&self, giver: &CommunityCode) -> Option<&By<Digest>> {
        let commitment = self.commitment(giver)?;
        let digest = commitment.what.digest();
        self.approvals.values().find(|by| {
            by.community == *giver && by.what == digest && by.actor.is_some() && by.actor != commitment.actor
        })
    }

    /// The taker's last answer.
    pub fn answer(&self, giver: &CommunityCode) -> Option<&By<Answer>> {
        let taker = &self.commitment(giver)?.what.taker;
        self.answers.values().rev().find(|by| by.community == *taker)
    }

    /// What that answer says of the commitment as it stands now. A commitment that was stated anew after a yes or a counter-offer is
    /// agreed if it gives nothing beyond what the taker said yes to, or would take.
    pub fn reply(&self, giver: &CommunityCode) -> Reply<'_> {
        let Some((commitment, answer)) = self.commitment(giver).zip(self.answer(giver)) else {
            return Reply::None;
        };
        match &answer.what {
            Answer::Accepted(accepted) if self.is_beyond(giver, accepted.answers) => Reply::None,
            Answer::Accepted(accepted) => Reply::Yes(&accepted.less),
            Answer::Refused(refused) => Reply::No(refused),
            Answer::Countered(rather) if rather.answers == commitment.what.digest() => Reply::Rather(rather),
            Answer::Countered(rather) if rather.is_met_by(&commitment.what) => Reply::Yes(&[]),
            Answer::Countered(_) => Reply::None,
        }
    }

    /// Whether the commitment as it stands now gives more of something than one that was read. One that has not been heard of here is taken
    /// for another until it has.
    fn is_beyond(&self, giver: &CommunityCode, read: Option<Digest>) -> bool {
        let Some((read, now)) = read.zip(self.commitment(giver)) else { return false };
        if now.what.digest() == read {
            return false;
        }
        let own = self.commitments.values().filter(|by| by.community == *giver);
        let before = own.map(|by| &by.what).find(|what| what.digest() == read);
        before.is_none_or(|before| {
            let amount = |promise: &Committed, item| promised_of(promise, item);
            now.what.lines.iter().any(|line| amount(&now.what, &line.item) > amount(before, &line.item))
        })
    }

    /// The giver's withdrawal.
    pub fn withdrawal(&self, giver: &CommunityCode) -> Option<&By<Reason>> {
        self.withdrawn.values().find(|by| by.community == *giver)
    }

    /// Where it stands.
    pub fn status(&self, giver: &CommunityCode) -> Status {
        let Some(commitment) = self.commitment(giver) else { return Status::Unheard };
        let total = self.totals(giver);
        let loaded_any = self.shipments.values().any(|s| s.load(giver).is_some());
        let reply = self.reply(giver);
        let closed = match (self.withdrawal(giver), reply) {
            (Some(_), _) => Some(Status::Withdrawn),
            (None, Reply::No(_)) => Some(Status::Refused),
            _ => None,
        };
        if loaded_any {
            let on_road = total.in_transit - total.rejected - total.missing;
            if on_road > 0 {
                return Status::UnderWay;
            }
            if total.in_transit != 0 {
                return Status::Unsettled;
            }
            if closed.is_some() || total.reserved <= 0 {
                return Status::Done;
            }
        }
        if let Some(closed) = closed {
            return closed;
        }
        if self.objections.values().any(|objection| !objection.is_settled()) {
            return Status::Halted;
        }
        if commitment.what.needs_second && self.approval(giver).is_none() {
            return Status::NeedsSecond;
        }
        match reply {
            Reply::None => return Status::NeedsAnswer,
            Reply::Rather(_) => return Status::Countered,
            Reply::Yes(_) | Reply::No(_) => {}
        }
        if total.committed == 0 { Status::Done } else { Status::Agreed }
    }

    /// The counters of one line.
    pub fn counters(&self, giver: &CommunityCode, line: &CommitLine) -> Counters {
        let promised = i128::from(line.quantity.amount());
        let accepted = match self.reply(giver) {
            Reply::Yes(less) => less
                .iter()
                .find(|(number, _)| *number == line.line)
                .map_or(promised, |(_, less)| i128::from(less.amount()).min(promised)),
            Reply::No(_) => 0,
            Reply::None | Reply::Rather(_) => promised,
        };
        let mut counters = Counters {
            requested: line.requested.map_or(promised, |asked| i128::from(asked.amount())),
            committed: accepted,
            ..Counters::default()
        };
        let Some(commitment) = self.commitment(giver) else { return counters };
        let mut loaded = 0;
        for shipment in self.shipments.values() {
            let taker = shipment.heading(&commitment.what).1;
            let on_load = shipment.loaded(giver, line.line);
            let back = shipment.came_back(giver, line.line);
            let lost = shipment.loss(giver, taker, line.line).map_or(0, |(lost, _)| lost);
            loaded += on_load - back;
            counters.lost += lost;
            counters.in_transit += on_load - back - lost;
            if let Some(receipt) = shipment.receipt_line(taker, line.line) {
                let taken = i128::from(receipt.accepted.amount());
                counters.fulfilled += taken;
                counters.in_transit -= taken;
                counters.excess += i128::from(receipt.excess.amount());
                counters.rejected += (i128::from(receipt.rejected.amount()) - back).max(0);
                counters.missing += (i128::from(receipt.missing.amount()) - lost).max(0);
            }
        }
        let closed = self.withdrawal(giver).is_some() || accepted == 0;
        counters.reserved = if closed { 0 } else { (accepted - loaded).max(0) };
        counters
    }

    /// The counters over all lines; meaningful as amounts only within one item, as signs for all.
    pub fn totals(&self, giver: &CommunityCode) -> Counters {
        let Some(commitment) = self.commitment(giver) else { return Counters::default() };
        commitment.what.lines.iter().map(|line| self.counters(giver, line)).fold(
            Counters::default(),
            |sum, one| Counters {
                requested: sum.requested + one.requested,
                committed: sum.committed + one.committed,
                reserved: sum.reserved + one.reserved,
                in_transit: sum.in_transit + one.in_transit,
                fulfilled: sum.fulfilled + one.fulfilled,
                lost: sum.lost + one.lost,
                excess: sum.excess + one.excess,
                rejected: sum.rejected + one.rejected,
                missing: sum.missing + one.missing,
            },
        )
    }

    /// What is set aside from one batch and not loaded yet, in base units.
    pub fn reserved_from(&self, giver: &CommunityCode, lot: LotId) -> i128 {
        let Some(commitment) = self.commitment(giver) else { return 0 };
        let lines = commitment.what.lines.iter().filter(|line| line.lot == lot);
        lines.map(|line| self.counters(giver, line).reserved).sum()
    }

    /// Whether every load has come to an end, line by line: taken in, back, or written off, to the last unit.
    pub(crate) fn is_balanced(&self, giver: &CommunityCode) -> bool {
        let mut open: BTreeMap<u16, i128> = BTreeMap::new();
        for (id, shipment) in &self.shipments {
            for effect in
                shipment.effects(*id, giver).into_iter().filter(|effect| effect.part != Part::Excess)
            {
                *open.entry(effect.line).or_default() += i128::from(effect.amount);
            }
        }
        let lines = self.commitment(giver).map_or(&[][..], |by| &by.what.lines);
        for line in lines {
            *open.entry(line.line).or_default() += self.counters(giver, line).lost;
        }
        open.values().all(|left| *left == 0)
    }

    /// What does not fit.
    pub fn oddities(&self, giver: &CommunityCode) -> BTreeSet<Oddity> {
        let mut odd = BTreeSet::new();
        let Some(commitment) = self.commitment(giver) else { return odd };
        let taker = &commitment.what.taker;
        let strange_answer = self.answers.values().any(|by| by.community != *taker);
        if strange_answer || self.commitments.values().any(|by| by.community != *giver) {
            odd.insert(Oddity::StrangeHand);
        }
        let agreed = matches!(self.reply(giver), Reply::Yes(_));
        for shipment in self.shipments.values() {
            let heading = shipment.heading(&commitment.what).1;
            let load = shipment.load(giver);
            let receipt = shipment.receipt(heading);
            if load.is_some() && !agreed {
                odd.insert(Oddity::LoadedEarly);
            }
            if receipt.is_some() && load.is_none() {
                odd.insert(Oddity::UnknownLoad);
            }
            if let (Some(load), Some(receipt)) = (load, receipt) {
                if load.actor.is_some() && load.actor == receipt.actor {
                    odd.insert(Oddity::SameHand);
                }
                let fits = receipt.what.lines.iter().all(|line| {
                    let found = [line.accepted, line.rejected, line.missing];
                    let found: i128 = found.iter().map(|q| i128::from(q.amount())).sum();
                    found == shipment.loaded(giver, line.line)
                });
                if !fits {
                    odd.insert(Oddity::DoesNotAddUp);
                }
            }
        }
        for line in &commitment.what.lines {
            let loaded: i128 = self
                .shipments
                .values()
                .map(|s| s.loaded(giver, line.line) - s.came_back(giver, line.line))
                .sum();
            if loaded > self.counters(giver, line).committed {
                odd.insert(Oddity::OverLoaded);
            }
        }
        odd
    }

    /// When the last thing was written about it.
    pub fn last_written(&self) -> Option<Timestamp> {
        let loads = self.shipments.values().flat_map(|s| {
            let ends =
                [s.dispatched.keys().next_back(), s.received.keys().next_back(), s.losses.keys().next_back()];
            ends.into_iter().chain([s.notes.keys().next_back(), s.returned.keys().next_back()])
        });
        let heads = [
            self.commitments.keys().next_back(),
            self.answers.keys().next_back(),
            self.withdrawn.keys().next_back(),
        ];
        loads.chain(heads).flatten().map(|rev| rev.recorded).max()
    }

    pub(crate) fn note_dispatched(&mut self, rev: Rev, by: By<Dispatched>) {
        self.shipments.entry(by.what.shipment).or_default().dispatched.insert(rev, by);
    }

    pub(crate) fn note_received(&mut self, rev: Rev, by: By<Received>) {
        self.shipments.entry(by.what.shipment).or_default().received.insert(rev, by);
    }

    pub(crate) fn note_transit(&mut self, rev: Rev, by: By<TransitNoted>) {
        self.shipments.entry(by.what.shipment).or_default().notes.insert(rev, by);
    }

    pub(crate) fn note_returned(&mut self, rev: Rev, by: By<Returned>) {
        self.shipments.entry(by.what.shipment).or_default().returned.insert(rev, by);
    }

    pub(crate) fn note_loss(&mut self, rev: Rev, by: By<LossSettled>) {
        self.shipments.entry(by.what.shipment).or_default().losses.insert(rev, by);
    }
}
