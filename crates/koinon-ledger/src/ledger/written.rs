//! What a book still holds as it was written, said again as the facts that said it.
//!
//! Lines of stock cards are not among them: old ones are folded into balances, and what remains of a line is less than was
//! written.

use koinon_core::{CommunityCode, EntryId, LotId, TransferId};

use super::Ledger;
use crate::fact::{
    Approved, GivingPaused, Held, LedgerFact, NeedClosed, Objected, ObjectionSettled, OfferClosed, Recalled,
    StandingEnded, TakingPaused, Withdrawn,
};
use crate::lot::Lot;
use crate::order::Rev;
use crate::transfer::{Answer, By, Objection, Shipment, Transfer};

/// A fact that a book still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Whose node wrote it; nothing where the book does not keep that, and only `at` tells.
    pub by: Option<CommunityCode>,
    /// When it was recorded, and where it stands; nothing where the book does not keep that.
    pub at: Option<Rev>,
    /// What it says.
    pub fact: LedgerFact,
}

impl Written {
    fn new(by: &CommunityCode, at: Rev, fact: impl Into<LedgerFact>) -> Self {
        Self { by: Some(by.clone()), at: Some(at), fact: fact.into() }
    }

    fn by<T: Clone + Into<LedgerFact>>((at, by): (&Rev, &By<T>)) -> Self {
        Self::new(&by.community, *at, by.what.clone())
    }
}

impl Ledger {
    /// Everything that is still held as it was written: batches, holds and recalls, needs, offers, transfers, routes,
    /// pauses, wishes, counts asked for, standing agreements and joint loads. Taken into an empty book it gives the same of each.
    pub fn written(&self) -> Vec<Written> {
        let mut all = Vec::new();
        for (by, id, lot) in self.lots() {
            all.extend(of_lot(by, id, lot));
        }
        for ((item, batch), revs) in &self.recalls {
            all.extend(revs.iter().map(|(at, (stands, reason))| {
                let (item, batch) = (item.clone(), batch.clone());
                let fact = Recalled { item, batch, stands: *stands, reason: *reason }.into();
                Written { by: None, at: Some(*at), fact }
            }));
        }
        for ((by, id), need) in &self.needs {
            all.extend(need.stated().map(|(at, stated)| Written::new(by, *at, stated.clone())));
            let closed =
                |(at, reason): (&Rev, &_)| Written::new(by, *at, NeedClosed { need: *id, reason: *reason });
            all.extend(need.closings().map(closed));
        }
        for ((by, id), offer) in &self.offers {
            all.extend(offer.stated().map(|(at, made)| Written::new(by, *at, made.clone())));
            let closed =
                |(at, reason): (&Rev, &_)| Written::new(by, *at, OfferClosed { offer: *id, reason: *reason });
            all.extend(offer.closings().map(closed));
        }
        for ((giver, id), transfer) in &self.transfers {
            all.extend(of_transfer(giver, *id, transfer));
        }
        all.extend(self.routes.stated().map(|(by, at, said)| Written::new(by, at, said)));
        all.extend(
            self.pauses.stated().map(|(by, at, (place, item, until))| {
                Written::new(by, at, GivingPaused { place, item, until })
            }),
        );
        all.extend(
            self.takings.stated().map(|(by, at, (place, item, until))| {
                Written::new(by, at, TakingPaused { place, item, until })
            }),
        );
        all.extend(self.wishes.stated().map(|(by, at, said)| Written::new(by, at, said)));
        all.extend(self.recounts.stated().map(|(by, at, asked)| Written::new(by, at, asked)));
        all.extend(self.joints.stated().map(|(by, at, joined)| Written::new(by, at, joined)));
        for ((by, id), standing) in &self.standing {
            all.extend(standing.proposals.iter().map(|(at, text)| Written::new(by, *at, text.clone())));
            all.extend(standing.answers.iter().map(|(at, (by, said))| Written::new(by, *at, said.clone())));
            let ended = |(at, reason): (&Rev, &_)| {
                Written::new(by, *at, StandingEnded { standing: *id, reason: *reason })
            };
            all.extend(standing.ended.iter().map(ended));
        }
        all
    }
}

fn of_lot<'l>(by: &'l CommunityCode, id: LotId, lot: &'l Lot) -> impl Iterator<Item = Written> + 'l {
    let opened = lot.openings().map(|(at, opened)| Written::new(by, *at, opened.clone()));
    let holds = lot.holds().map(move |(at, (held, reason))| {
        Written::new(by, *at, Held { lot: id, held: *held, reason: *reason })
    });
    opened.chain(holds)
}

fn of_transfer(giver: &CommunityCode, id: TransferId, transfer: &Transfer) -> Vec<Written> {
    let mut all: Vec<Written> = transfer.commitments.iter().map(Written::by).collect();
    all.extend(
        transfer
            .approvals
            .iter()
            .map(|(at, by)| Written::new(&by.community, *at, Approved { transfer: id, commitment: by.what })),
    );
    all.extend(transfer.answers.iter().map(|(at, by)| match &by.what {
        Answer::Accepted(fact) => Written::new(&by.community, *at, fact.clone()),
        Answer::Refused(fact) => Written::new(&by.community, *at, fact.clone()),
        Answer::Countered(fact) => Written::new(&by.community, *at, fact.clone()),
    }));
    for (objection, said) in &transfer.objections {
        all.extend(of_objection((giver, id, *objection), said));
    }
    all.extend(
        transfer
            .withdrawn
            .iter()
            .map(|(at, by)| Written::new(&by.community, *at, Withdrawn { transfer: id, reason: by.what })),
    );
    transfer.shipments.values().for_each(|shipment| all.extend(of_shipment(shipment)));
    all
}

fn of_objection(
    (giver, transfer, objection): (&CommunityCode, TransferId, EntryId),
    said: &Objection,
) -> Vec<Written> {
    let raised = said.raised.iter().map(|(at, by)| {
        Written::new(
            &by.community,
            *at,
            Objected { giver: giver.clone(), transfer, objection, reason: by.what },
        )
    });
    let settled = said.settled.iter().map(|by| {
        let fact = ObjectionSettled { giver: giver.clone(), transfer, objection }.into();
        Written { by: Some(by.clone()), at: None, fact }
    });
    raised.chain(settled).collect()
}

fn of_shipment(shipment: &Shipment) -> impl Iterator<Item = Written> + '_ {
    let loads = shipment.dispatched.iter().map(Written::by);
    let receipts = shipment.received.iter().map(Written::by);
    let notes = shipment.notes.iter().map(Written::by);
    let returns = shipment.returned.iter().map(Written::by);
    loads.chain(receipts).chain(notes).chain(returns).chain(shipment.losses.iter().map(Written::by))
}
