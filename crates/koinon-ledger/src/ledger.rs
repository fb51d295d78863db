//! The book: every open lot, transfer, need and offer of every community heard of, and the running sums.
//!
//! [`Ledger::evolve`] never refuses a fact. Old lines can be folded away ([`Ledger::fold`]); a late fact that
//! reaches behind the fold asks the store for the history of just its own key.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use koinon_core::{
    CommunityCode, CorridorCode, Day, Digest, EntryId, ItemCode, LotId, NeedId, OfferId, PlaceCode,
    StandingId, StoreCode, Timestamp, TransferId,
};
use minicbor::{Decode, Encode};

use crate::fact::{LedgerFact, Method, NeedStated, Occurrence, OfferMade, PrintedMark, StandingLine};
use crate::joint::Joints;
use crate::lot::{Does, Line, Lot, LotChange};
use crate::lots::Lots;
use crate::order::{OrderKey, Provenance, Rev};
use crate::pause::Pauses;
use crate::reason::Reason;
use crate::recount::Recounts;
use crate::route::Routes;
use crate::standing::{GRACE_DAYS, Standing};
use crate::totals::{Totals, Wide, bump};
use crate::transfer::{Answer, By, Objection, Part, Status, Transfer};
use crate::wants::Want;
use crate::wish::Wishes;

mod folding;
mod written;

pub use written::Written;

/// What a fact is about; the store finds a key's history by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Key {
    /// A batch in a community's book.
    #[n(0)]
    Lot(#[n(0)] CommunityCode, #[n(1)] LotId),
    /// A transfer that a community gives.
    #[n(1)]
    Transfer(#[n(0)] CommunityCode, #[n(1)] TransferId),
    /// A need of a community.
    #[n(2)]
    Need(#[n(0)] CommunityCode, #[n(1)] NeedId),
    /// An offer of a community.
    #[n(3)]
    Offer(#[n(0)] CommunityCode, #[n(1)] OfferId),
    /// A printed batch of an item, wherever it is.
    #[n(4)]
    Batch(#[n(0)] ItemCode, #[n(1)] PrintedMark),
    /// A route.
    #[n(5)]
    Route(#[n(0)] CorridorCode),
    /// The giving of an item by a place.
    #[n(6)]
    Giving(#[n(0)] PlaceCode, #[n(1)] ItemCode),
    /// Counts of an item at a place that are asked for.
    #[n(7)]
    Recount(#[n(0)] PlaceCode, #[n(1)] ItemCode),
    /// The taking of an item by a place.
    #[n(8)]
    Taking(#[n(0)] PlaceCode, #[n(1)] ItemCode),
    /// The wish of a community for an item.
    #[n(9)]
    Wish(#[n(0)] CommunityCode, #[n(1)] ItemCode),
    /// A standing agreement that a community proposed.
    #[n(10)]
    Standing(#[n(0)] CommunityCode, #[n(1)] StandingId),
    /// A joint load of a giver.
    #[n(11)]
    Joint(#[n(0)] CommunityCode, #[n(1)] EntryId),
}

/// Gives the earlier facts of one key, oldest first or in any order.
pub type History<'a> = dyn FnMut(&Key) -> Vec<(Provenance, LedgerFact)> + 'a;

/// What [`Ledger::evolve`] did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evolved {
    /// The keys whose state may have changed.
    pub touched: Vec<Key>,
}

/// The stock book of every community heard of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Ledger {
    #[n(0)]
    lots: Lots,
    #[n(1)]
    transfers: BTreeMap<(CommunityCode, TransferId), Transfer>,
    #[n(2)]
    needs: BTreeMap<(CommunityCode, NeedId), Want<NeedStated>>,
    #[n(3)]
    offers: BTreeMap<(CommunityCode, OfferId), Want<OfferMade>>,
    #[n(4)]
    recalls: BTreeMap<(ItemCode, PrintedMark), BTreeMap<Rev, (bool, Reason)>>,
    #[n(5)]
    totals: Totals,
    #[n(6)]
    lost_on_the_way: BTreeMap<ItemCode, Wide>,
    #[n(7)]
    folded_before: Option<Timestamp>,
    #[n(8)]
    by_item: ByItem,
    #[n(9)]
    routes: Routes,
    #[n(10)]
    #[cbor(default)]
    pauses: Pauses,
    #[n(11)]
    #[cbor(default)]
    recounts: Recounts,
    #[n(12)]
    #[cbor(default)]
    takings: Pauses,
    #[n(13)]
    #[cbor(default)]
    wishes: Wishes,
    #[n(14)]
    #[cbor(default)]
    standing: BTreeMap<(CommunityCode, StandingId), Standing>,
    #[n(15)]
    #[cbor(default)]
    joints: Joints,
}

/// The batches of each item, by when they last changed; those with no line yet come first.
type ByItem = BTreeMap<(CommunityCode, ItemCode), BTreeSet<(Option<OrderKey>, LotId)>>;

type Apply<'a> = Box<dyn FnOnce(&mut Transfer) + 'a>;

type LotLines = BTreeMap<(CommunityCode, LotId, OrderKey), Line>;

/// The keys under which the store files a fact.
pub fn keys_of(provenance: &Provenance, fact: &LedgerFact) -> Vec<Key> {
    let own = &provenance.community;
    let lot = |id: LotId| Key::Lot(own.clone(), id);
    let transfer = |giver: &CommunityCode, id: TransferId| Key::Transfer(giver.clone(), id);
    match fact {
        LedgerFact::LotOpened(f) => {
            let batch = f.batch.clone().map(|batch| Key::Batch(f.item.clone(), batch));
            std::iter::once(lot(f.lot)).chain(batch).collect()
        }
        LedgerFact::Entered(f) => vec![lot(f.lot)],
        LedgerFact::Counted(f) => {
            let new = f.opens.as_ref();
            let batch = new.and_then(|new| Some(Key::Batch(new.item.clone(), new.batch.clone()?)));
            std::iter::once(lot(f.lot)).chain(batch).collect()
        }
        LedgerFact::Corrected(f) => vec![lot(f.lot)],
        LedgerFact::Held(f) => vec![lot(f.lot)],
        LedgerFact::Recalled(f) => vec![Key::Batch(f.item.clone(), f.batch.clone())],
        LedgerFact::NeedStated(f) => vec![Key::Need(own.clone(), f.need)],
        LedgerFact::NeedClosed(f) => vec![Key::Need(own.clone(), f.need)],
        LedgerFact::OfferMade(f) => vec![Key::Offer(own.clone(), f.offer)],
        LedgerFact::OfferClosed(f) => vec![Key::Offer(own.clone(), f.offer)],
        LedgerFact::Committed(f) => vec![transfer(own, f.transfer)],
        LedgerFact::Approved(f) => vec![transfer(own, f.transfer)],
        LedgerFact::Withdrawn(f) => vec![transfer(own, f.transfer)],
        LedgerFact::Accepted(f) => vec![transfer(&f.giver, f.transfer)],
        LedgerFact::Refused(f) => vec![transfer(&f.giver, f.transfer)],
        LedgerFact::CounterOffered(f) => vec![transfer(&f.giver, f.transfer)],
        LedgerFact::Objected(f) => vec![transfer(&f.giver, f.transfer)],
        LedgerFact::ObjectionSettled(f) => vec![transfer(&f.giver, f.transfer)],
        LedgerFact::TransitNoted(f) => vec![transfer(&f.giver, f.transfer)],
        LedgerFact::LossSettled(f) => vec![transfer(&f.giver, f.transfer)],
        LedgerFact::Dispatched(f) => {
            std::iter::once(transfer(own, f.transfer)).chain(f.lines.iter().map(|l| lot(l.lot))).collect()
        }
        LedgerFact::Returned(f) => {
            std::iter::once(transfer(own, f.transfer)).chain(f.lines.iter().map(|l| lot(l.lot))).collect()
        }
        LedgerFact::Received(f) => std::iter::once(transfer(&f.giver, f.transfer))
            .chain(f.lines.iter().map(|l| lot(l.to_lot)))
            .collect(),
        LedgerFact::RouteStated(f) => vec![Key::Route(f.corridor.clone())],
        LedgerFact::GivingPaused(f) => vec![Key::Giving(f.place.clone(), f.item.clone())],
        LedgerFact::TakingPaused(f) => vec![Key::Taking(f.place.clone(), f.item.clone())],
        LedgerFact::WishStated(f) => vec![Key::Wish(own.clone(), f.item.clone())],
        LedgerFact::CountAsked(f) => vec![Key::Recount(f.place.clone(), f.item.clone())],
        LedgerFact::StandingProposed(f) => vec![Key::Standing(own.clone(), f.standing)],
        LedgerFact::StandingAnswered(f) => vec![Key::Standing(f.proposer.clone(), f.standing)],
        LedgerFact::StandingEnded(f) => vec![Key::Standing(own.clone(), f.standing)],
        LedgerFact::Joined(f) => vec![Key::Joint(own.clone(), f.joint)],
    }
}

impl Ledger {
    /// Takes a fact in. Total: any verified fact is kept; order-free: any order of the same facts gives one book.
    ///
    /// `zone` is the region's time zone, for the days of the sums. `history` is asked only when the fact reaches
    /// behind the fold.
    pub fn evolve(
        &mut self,
        provenance: &Provenance,
        fact: &LedgerFact,
        zone: &TimeZone,
        history: &mut History<'_>,
    ) -> Evolved {
        let touched = keys_of(provenance, fact);
        if self.folded_before.is_some() {
            self.unfold_where_needed(provenance, fact, &touched, history);
        }
        let own = provenance.community.clone();
        let rev = provenance.rev();
        match fact.clone() {
            LedgerFact::LotOpened(f) => {
                let (lot, at) = (f.lot, rev);
                self.change_lot(&own, lot, LotChange::Open(at, f), zone);
            }
            LedgerFact::Entered(f) => {
                let amount = f.quantity.amount();
                let goes_down = f.reason.goes_down();
                let signed = if goes_down { -amount } else { amount };
                // A plain entry that claims to be a transfer's is kept as what it is: stock that came or went.
                let reason = match f.reason {
                    claimed if !claimed.is_of_transfer() => claimed,
                    _ if goes_down => Reason::OtherOut,
                    _ => Reason::OtherIn,
                };
                let line = Line {
                    entry: f.entry,
                    does: Does::Change(signed),
                    reason,
                    method: f.method,
                    served: f.served,
                    witnessed: false,
                };
                self.change_lot(&own, f.lot, LotChange::Line(provenance.at(f.occurred, 0), line), zone);
            }
            LedgerFact::Counted(f) => {
                let opening = f.opening().map(|opening| LotChange::Open(rev, opening));
                let line = Line {
                    entry: f.entry,
                    does: Does::Seen(f.seen.amount()),
                    reason: Reason::Found,
                    method: f.method,
                    served: None,
                    witnessed: f.witness.is_some(),
                };
                let line = LotChange::Line(provenance.at(f.occurred, 0), line);
                self.change_lot_by(&own, f.lot, opening.into_iter().chain([line]), zone);
            }
            LedgerFact::Corrected(f) => {
                let right = f.quantity.map(koinon_core::Quantity::amount);
                self.change_lot(&own, f.lot, LotChange::Correct(rev, f.target, right), zone);
            }
            LedgerFact::Held(f) => {
                self.change_lot(&own, f.lot, LotChange::Hold(rev, f.held, f.reason), zone);
            }
            LedgerFact::Recalled(f) => {
                self.recalls.entry((f.item, f.batch)).or_default().insert(rev, (f.stands, f.reason));
            }
            LedgerFact::NeedStated(f) => self.needs.entry((own, f.need)).or_default().state(rev, f),
            LedgerFact::NeedClosed(f) => self.needs.entry((own, f.need)).or_default().close(rev, f.reason),
            LedgerFact::OfferMade(f) => self.offers.entry((own, f.offer)).or_default().state(rev, f),
            LedgerFact::OfferClosed(f) => self.offers.entry((own, f.offer)).or_default().close(rev, f.reason),
            LedgerFact::RouteStated(f) => self.routes.state(&own, rev, f),
            LedgerFact::GivingPaused(f) => self.pauses.state(&own, rev, (f.place, f.item), f.until),
            LedgerFact::TakingPaused(f) => self.takings.state(&own, rev, (f.place, f.item), f.until),
            LedgerFact::WishStated(f) => self.wishes.state(&own, rev, f),
            LedgerFact::CountAsked(f) => self.recounts.state(&own, rev, f),
            LedgerFact::Joined(f) => self.joints.state(&own, rev, f),
            LedgerFact::StandingProposed(f) => {
                self.standing.entry((own, f.standing)).or_default().proposals.insert(rev, f);
            }
            LedgerFact::StandingAnswered(f) => {
                let key = (f.proposer.clone(), f.standing);
                self.standing.entry(key).or_default().answers.insert(rev, (own, f));
            }
            LedgerFact::StandingEnded(f) => {
                self.standing.entry((own, f.standing)).or_default().ended.insert(rev, f.reason);
            }
            other => self.evolve_transfer(provenance, other, zone),
        }
        Evolved { touched }
    }

    fn evolve_transfer(&mut self, provenance: &Provenance, fact: LedgerFact, zone: &TimeZone) {
        let rev = provenance.rev();
        let by = |community: &CommunityCode| (community.clone(), provenance.actor);
        let own = &provenance.community;
        let (key, apply): (_, Apply<'_>) = match fact {
            LedgerFact::Committed(f) => ((own.clone(), f.transfer), {
                Box::new(move |t| drop(t.commitments.insert(rev, stamp(by(own), f))))
            }),
            LedgerFact::Approved(f) => ((own.clone(), f.transfer), {
                Box::new(move |t| drop(t.approvals.insert(rev, stamp(by(own), f.commitment))))
            }),
            LedgerFact::Withdrawn(f) => ((own.clone(), f.transfer), {
                Box::new(move |t| drop(t.withdrawn.insert(rev, stamp(by(own), f.reason))))
            }),
            LedgerFact::Accepted(f) => ((f.giver.clone(), f.transfer), {
                Box::new(move |t| drop(t.answers.insert(rev, stamp(by(own), Answer::Accepted(f)))))
            }),
            LedgerFact::Refused(f) => ((f.giver.clone(), f.transfer), {
                Box::new(move |t| drop(t.answers.insert(rev, stamp(by(own), Answer::Refused(f)))))
            }),
            LedgerFact::CounterOffered(f) => ((f.giver.clone(), f.transfer), {
                Box::new(move |t| drop(t.answers.insert(rev, stamp(by(own), Answer::Countered(f)))))
            }),
            LedgerFact::Objected(f) => ((f.giver.clone(), f.transfer), {
                Box::new(move |t| {
                    let objection: &mut Objection = t.objections.entry(f.objection).or_default();
                    objection.raise(rev, stamp(by(own), f.reason));
                })
            }),
            LedgerFact::ObjectionSettled(f) => ((f.giver.clone(), f.transfer), {
                Box::new(move |t| t.objections.entry(f.objection).or_default().settle(own.clone()))
            }),
            LedgerFact::Dispatched(f) => {
                ((own.clone(), f.transfer), { Box::new(move |t| t.note_dispatched(rev, stamp(by(own), f))) })
            }
            LedgerFact::TransitNoted(f) => {
                ((f.giver.clone(), f.transfer), { Box::new(move |t| t.note_transit(rev, stamp(by(own), f))) })
            }
            LedgerFact::Received(f) => ((f.giver.clone(), f.transfer), {
                Box::new(move |t| t.note_received(rev, stamp(by(own), f)))
            }),
            LedgerFact::Returned(f) => {
                ((own.clone(), f.transfer), { Box::new(move |t| t.note_returned(rev, stamp(by(own), f))) })
            }
            LedgerFact::LossSettled(f) => {
                ((f.giver.clone(), f.transfer), { Box::new(move |t| t.note_loss(rev, stamp(by(own), f))) })
            }
            _ => return,
        };
        let giver = key.0.clone();
        let transfer = self.transfers.entry(key).or_default();
        let (lines_before, lost_before) = (lot_lines(transfer, &giver), lost(transfer, &giver));
        apply(transfer);
        let (lines_after, lost_after) = (lot_lines(transfer, &giver), lost(transfer, &giver));
        for (item, amount) in lost_before {
            bump(&mut self.lost_on_the_way, item, -amount);
        }
        for (item, amount) in lost_after {
            bump(&mut self.lost_on_the_way, item, amount);
        }
        for ((community, lot, at), line) in &lines_before {
            if lines_after.get(&(community.clone(), *lot, *at)) != Some(line) {
                self.change_lot(community, *lot, LotChange::Unline(*at), zone);
            }
        }
        for ((community, lot, at), line) in lines_after {
            if lines_before.get(&(community.clone(), lot, at)) != Some(&line) {
                self.change_lot(&community, lot, LotChange::Line(at, line), zone);
            }
        }
    }

    fn change_lot(&mut self, community: &CommunityCode, id: LotId, change: LotChange, zone: &TimeZone) {
        self.change_lot_by(community, id, [change], zone);
    }

    /// Takes the changes of one fact to a batch in, and lists the batch once.
    fn change_lot_by(
        &mut self,
        community: &CommunityCode,
        id: LotId,
        changes: impl IntoIterator<Item = LotChange>,
        zone: &TimeZone,
    ) {
        let lot = self.lots.change(community, id);
        let listed = |lot: &Lot| Some((lot.opened()?.item.clone(), lot.last_key()));
        let before = listed(lot);
        for change in changes {
            if matches!(&change, LotChange::Hold(..)) {
                lot.apply(change);
                continue;
            }
            let item_before = lot.opened().map(|opened| opened.item.clone());
            // The common case is one more line at the end: its sums are one addition.
            let sums_before = (!lot.would_append(&change)).then(|| lot.sums(zone));
            let booked = lot.apply(change);
            let item_after = lot.opened().map(|opened| &opened.item);
            match (sums_before, booked) {
                (None, Some((account, at, amount))) => {
                    if let Some(item) = item_after {
                        self.totals.add(community, item, account, at.day(zone), amount);
                    }
                }
                (sums_before, _) => {
                    if let (Some(item), Some(sums)) = (&item_before, &sums_before) {
                        self.totals.merge(community, item, sums, -1);
                    }
                    if let Some(item) = item_after {
                        self.totals.merge(community, item, &lot.sums(zone), 1);
                    }
                }
            }
        }
        let after = listed(lot);
        if before != after {
            if let Some((item, last)) = before {
                unlist(&mut self.by_item, &(community.clone(), item), (last, id));
            }
            if let Some((item, last)) = after {
                self.by_item.entry((community.clone(), item)).or_default().insert((last, id));
            }
        }
    }
}

/// Queries.
impl Ledger {
    /// One batch.
    pub fn lot(&self, community: &CommunityCode, lot: LotId) -> Option<&Lot> {
        self.lots.get(community, lot)
    }

    /// Every batch in memory, by community.
    pub fn lots(&self) -> impl Iterator<Item = (&CommunityCode, LotId, &Lot)> {
        self.lots.iter()
    }

    /// The batches of one item in one community's book, the one that changed last at the end.
    pub fn lots_of(
        &self,
        community: &CommunityCode,
        item: &ItemCode,
    ) -> impl DoubleEndedIterator<Item = (LotId, &Lot)> {
        let listed = self.by_item.get(&(community.clone(), item.clone()));
        let lots = self.lots.of(community);
        listed.into_iter().flatten().filter_map(move |(_, id)| Some((*id, lots?.get(id)?.as_ref())))
    }

    /// The batches of one item in one store, first expired first; batches without a date come last.
    pub fn lots_in(
        &self,
        community: &CommunityCode,
        store: &StoreCode,
        item: &ItemCode,
    ) -> Vec<(LotId, &Lot)> {
        let mut lots: Vec<_> = self
            .lots_of(community, item)
            .filter(|(_, lot)| lot.opened().is_some_and(|opened| opened.store == *store))
            .collect();
        lots.sort_by_key(|(id, lot)| (lot.opened().and_then(|o| o.expires).unwrap_or(Day(i32::MAX)), *id));
        lots
    }

    /// One transfer.
    pub fn transfer(&self, giver: &CommunityCode, transfer: TransferId) -> Option<&Transfer> {
        self.transfers.get(&(giver.clone(), transfer))
    }

    /// Every transfer in memory, by giver.
    pub fn transfers(&self) -> impl Iterator<Item = (&CommunityCode, TransferId, &Transfer)> {
        self.transfers.iter().map(|((giver, id), transfer)| (giver, *id, transfer))
    }

    /// Every need in memory.
    pub fn needs(&self) -> impl Iterator<Item = (&CommunityCode, NeedId, &Want<NeedStated>)> {
        self.needs.iter().map(|((community, id), need)| (community, *id, need))
    }

    /// One need.
    pub fn need(&self, community: &CommunityCode, need: NeedId) -> Option<&Want<NeedStated>> {
        self.needs.get(&(community.clone(), need))
    }

    /// Every offer in memory.
    pub fn offers(&self) -> impl Iterator<Item = (&CommunityCode, OfferId, &Want<OfferMade>)> {
        self.offers.iter().map(|((community, id), offer)| (community, *id, offer))
    }

    /// One offer.
    pub fn offer(&self, community: &CommunityCode, offer: OfferId) -> Option<&Want<OfferMade>> {
        self.offers.get(&(community.clone(), offer))
    }

    /// Whether a batch may not be used, by its own hold or by a recall of its printed batch, and why.
    pub fn held(&self, lot: &Lot) -> Option<Reason> {
        lot.held().or_else(|| {
            let opened = lot.opened()?;
            let recall = self.recalls.get(&(opened.item.clone(), opened.batch.clone()?))?;
            recall.values().next_back().and_then(|(stands, reason)| stands.then_some(*reason))
        })
    }

    /// The recalls that stand.
    pub fn recalls(&self) -> impl Iterator<Item = (&ItemCode, &PrintedMark, Reason)> {
        self.recalls.iter().filter_map(|((item, batch), revs)| {
            revs.values().next_back().and_then(|(stands, reason)| stands.then_some((item, batch, *reason)))
        })
    }

    /// What was said of routes: closed, or open again.
    pub fn routes(&self) -> &Routes {
        &self.routes
    }

    /// What was said of giving: set aside for a while, or taken up again.
    pub fn pauses(&self) -> &Pauses {
        &self.pauses
    }

    /// What was said of taking: nothing more to be sent unasked for a while, or again.
    pub fn takings(&self) -> &Pauses {
        &self.takings
    }

    /// What communities wish for more, or less, among the things that they ask for.
    pub fn wishes(&self) -> &Wishes {
        &self.wishes
    }

    /// Which transfers go together.
    pub fn joints(&self) -> &Joints {
        &self.joints
    }

    /// The other transfers of a joint load that keep a transfer from leaving: not agreed, or over. Empty where nothing does.
    pub fn waits_for(&self, giver: &CommunityCode, transfer: TransferId) -> Vec<(TransferId, &Transfer)> {
        let together = self.joints.of(giver, transfer).map_or_else(Vec::new, |(_, together)| together);
        let others = together.into_iter().filter(|other| *other != transfer);
        let known = others.filter_map(|id| Some((id, self.transfer(giver, id)?)));
        let goes = |status: Status| {
            matches!(status, Status::Agreed | Status::UnderWay | Status::Unsettled | Status::Done)
        };
        known.filter(|(_, other)| !goes(other.status(giver))).collect()
    }

    /// Every standing agreement and proposal, by who proposed it.
    pub fn standing(&self) -> impl Iterator<Item = (&CommunityCode, StandingId, &Standing)> {
        self.standing.iter().map(|((proposer, id), standing)| (proposer, *id, standing))
    }

    /// One standing agreement or proposal.
    pub fn standing_of(&self, proposer: &CommunityCode, id: StandingId) -> Option<&Standing> {
        self.standing.get(&(proposer.clone(), id))
    }

    /// What falls due by standing agreements until a day, `today` and the days of grace before it included, and is in no promise yet, in order.
    /// A promise that was refused or taken back stands for its day too: what was decided is not asked again.
    pub fn due(&self, today: Day, until: Day) -> Vec<(Occurrence, &StandingLine)> {
        let named = self.transfers.iter().filter_map(|((giver, _), transfer)| {
            transfer.commitment(giver).and_then(|by| by.what.standing.as_ref())
        });
        let named: BTreeSet<&Occurrence> = named.collect();
        let mut due = Vec::new();
        for ((proposer, id), standing) in &self.standing {
            let Some(text) = standing.agreed() else { continue };
            let grace = (i32::from(text.every_days) - 1).clamp(0, GRACE_DAYS);
            // By the world's day: nobody owes what fell due before there was an agreement.
            let agreed = standing.agreed_since().map_or(today, |at| at.day(&TimeZone::UTC));
            for day in text.days(today.plus(-grace).max(agreed), until) {
                let occurrence = |line: &StandingLine| Occurrence {
                    proposer: proposer.clone(),
                    standing: *id,
                    line: line.line,
                    day,
                };
                due.extend(text.lines.iter().map(|line| (occurrence(line), line)));
            }
        }
        due.retain(|(occurrence, _)| !named.contains(occurrence));
        due.sort_by(|(a, _), (b, _)| (a.day, a).cmp(&(b.day, b)));
        due
    }

    /// Which counts were asked for, answered or not; see [`Ledger::counts_asked`].
    pub fn recounts(&self) -> &Recounts {
        &self.recounts
    }

    /// What is set aside from a batch for transfers and not loaded yet, in base units.
    pub fn reserved(&self, community: &CommunityCode, lot: LotId) -> i128 {
        self.transfers_given(community).map(|(_, t)| t.reserved_from(community, lot)).sum()
    }

    /// What is set aside, by batch, in base units; one look at all transfers of a community.
    pub fn reserved_by_lot(&self, community: &CommunityCode) -> BTreeMap<LotId, i128> {
        let mut by_lot = BTreeMap::new();
        for (_, transfer) in self.transfers_given(community) {
            for line in transfer.commitment(community).map_or(&[][..], |by| &by.what.lines) {
                let reserved = transfer.counters(community, line).reserved;
                if reserved != 0 {
                    *by_lot.entry(line.lot).or_insert(0) += reserved;
                }
            }
        }
        by_lot
    }

    /// The transfers that a community gives.
    pub fn transfers_given(&self, giver: &CommunityCode) -> impl Iterator<Item = (TransferId, &Transfer)> {
        let first = (giver.clone(), TransferId([0; 16]));
        let last = (giver.clone(), TransferId([0xFF; 16]));
        self.transfers.range(first..=last).map(|((_, id), transfer)| (*id, transfer))
    }

    /// What may be given away or used from a batch: on hand, less what is set aside; zero when held.
    pub fn available(&self, community: &CommunityCode, id: LotId) -> i128 {
        let Some(lot) = self.lot(community, id) else { return 0 };
        if self.held(lot).is_some() { 0 } else { (lot.balance() - self.reserved(community, id)).max(0) }
    }

    /// The running sums.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// What is on its way, by item, as the loads and receipts say; below zero where a receipt came before its load.
    pub fn in_transit(&self) -> BTreeMap<ItemCode, i128> {
        let mut by_item: BTreeMap<ItemCode, i128> = BTreeMap::new();
        for ((giver, _), transfer) in &self.transfers {
            let lines = transfer.commitment(giver).map_or(&[][..], |by| &by.what.lines);
            for effect in transfer.shipments().flat_map(|(id, shipment)| shipment.effects(id, giver)) {
                if effect.part == Part::Excess {
                    continue;
                }
                // The batch knows its item; the commitment as heard so far may be an older statement.
                let opened = self.lot(&effect.community, effect.lot).and_then(|lot| lot.opened());
                let agreed =
                    || lines.iter().find(|line| line.line == effect.line).map(|line| line.item.clone());
                let item = opened.map(|opened| opened.item.clone()).or_else(agreed);
                if let Some(item) = item {
                    *by_item.entry(item).or_default() -= i128::from(effect.amount);
                }
            }
            for (item, amount) in lost(transfer, giver) {
                *by_item.entry(item).or_default() -= amount;
            }
        }
        by_item.retain(|_, amount| *amount != 0);
        by_item
    }

    /// What was written off on the way, by item, since the book began.
    pub fn lost_on_the_way(&self, item: &ItemCode) -> i128 {
        self.lost_on_the_way.get(item).map_or(0, |wide| wide.0)
    }

    /// Whether every sum is of a size that sums of entries can have, as one that was worked out elsewhere need not be.
    pub fn fits(&self) -> bool {
        let of_lots = self.lots.iter().all(|(_, _, lot)| lot.fits());
        let lost = self.lost_on_the_way.values().all(|wide| wide.fits());
        of_lots && lost && self.totals.fits()
    }

    /// The content's digest, equal for equal sets of facts.
    pub fn digest(&self) -> Digest {
        Digest::of("koinon/ledger/1", &minicbor::to_vec(self).unwrap_or_default())
    }
}

/// Takes a batch off the list of an item.
fn unlist(by_item: &mut ByItem, key: &(CommunityCode, ItemCode), place: (Option<OrderKey>, LotId)) {
    if let Some(listed) = by_item.get_mut(key) {
        listed.remove(&place);
        if listed.is_empty() {
            by_item.remove(key);
        }
    }
}

fn stamp<T>((community, actor): (CommunityCode, Option<koinon_core::PersonId>), what: T) -> By<T> {
    By { community, actor, what }
}

/// The lines that a transfer's loads, receipts and returns put on lots, each by the last word of its writer.
fn lot_lines(transfer: &Transfer, giver: &CommunityCode) -> LotLines {
    let effects = transfer.shipments().flat_map(|(id, shipment)| shipment.effects(id, giver));
    effects
        .map(|effect| {
            let line = Line {
                entry: effect.entry(),
                does: Does::Change(effect.amount),
                reason: effect.part.reason(),
                method: Method::Counted,
                served: None,
                witnessed: false,
            };
            ((effect.community, effect.lot, effect.at), line)
        })
        .collect()
}

fn lost(transfer: &Transfer, giver: &CommunityCode) -> BTreeMap<ItemCode, i128> {
    let mut by_item = BTreeMap::new();
    if let Some(commitment) = transfer.commitment(giver) {
        for line in &commitment.what.lines {
            let lost = transfer.counters(giver, line).lost;
            if lost != 0 {
                *by_item.entry(line.item.clone()).or_insert(0) += lost;
            }
        }
    }
    by_item
}
