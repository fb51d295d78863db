//! What a book can say for reports in which its entries do not stand yet: what it still holds as it was written, and what
//! stands in each batch.

use koinon_core::{CommunityCode, LotId, Timestamp};
use koinon_ledger::fact::LotOpened;
use koinon_ledger::lot::Lot;
use koinon_ledger::{Reason, Rev};

use super::Book;
use crate::fact::Fact;

/// A fact that a book still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Whose node wrote it; nothing where only `at` tells.
    pub by: Option<CommunityCode>,
    /// When it was recorded, and where it stands; nothing where the book does not keep that.
    pub at: Option<Rev>,
    /// What it says.
    pub fact: Fact,
}

/// What stands in a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// In whose book.
    pub community: CommunityCode,
    /// What the batch is.
    pub opened: LotOpened,
    /// The base unit of its item; nothing for an item that the region does not list.
    pub unit: Option<&'static str>,
    /// What is there, in base units; below zero when more went out than was known to be there.
    pub amount: i128,
    /// Why it may not be used.
    pub held: Option<Reason>,
    /// When it last changed.
    pub changed: Option<Timestamp>,
}

impl Book {
    /// Everything of stock, needs, loads, teams, missions and published sums that is still held as it was written.
    pub fn written(&self) -> Vec<Written> {
        let of_ledger = self.ledger.written().into_iter();
        let of_ledger = of_ledger.map(|written| Written {
            by: written.by,
            at: written.at,
            fact: Fact::Ledger(written.fact),
        });
        let published = self.served.published_at().map(|(by, at, fact)| Written {
            by: Some(by.clone()),
            at: Some(at),
            fact: Fact::ServedPublished(fact.clone()),
        });
        let of_teams = self.aid.written().into_iter();
        let of_teams = of_teams.map(|written| Written {
            by: Some(written.by),
            at: Some(written.at),
            fact: Fact::Aid(written.fact),
        });
        of_ledger.chain(of_teams).chain(published).collect()
    }

    /// What stands in every batch of which it is known what it is.
    pub fn standing(&self) -> impl Iterator<Item = Standing> + '_ {
        self.ledger.lots().filter_map(|(community, _, lot)| self.standing_of(community, lot))
    }

    /// What stands in one batch; nothing while it is not known what it is.
    pub fn standing_in(&self, community: &CommunityCode, lot: LotId) -> Option<Standing> {
        self.standing_of(community, self.ledger.lot(community, lot)?)
    }

    fn standing_of(&self, community: &CommunityCode, lot: &Lot) -> Option<Standing> {
        let opened = lot.opened()?.clone();
        Some(Standing {
            community: community.clone(),
            unit: self.region.item(&opened.item).map(|item| item.dimension.base_unit()),
            opened,
            amount: lot.balance(),
            held: self.ledger.held(lot),
            changed: lot.last_change(),
        })
    }
}
