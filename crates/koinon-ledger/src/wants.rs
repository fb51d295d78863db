//! Needs and offers: stated, restated, closed, and repeating.

use std::collections::BTreeMap;

use koinon_core::Day;
use minicbor::{Decode, Encode};

use crate::fact::{NeedStated, OfferMade};
use crate::order::Rev;
use crate::reason::Reason;

/// Everything that was said about one need or one offer by its owner.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Want<T> {
    #[n(0)]
    stated: BTreeMap<Rev, T>,
    #[n(1)]
    closed: BTreeMap<Rev, Reason>,
}

impl<T> Default for Want<T> {
    fn default() -> Self {
        Self { stated: BTreeMap::new(), closed: BTreeMap::new() }
    }
}

impl<T> Want<T> {
    /// What was stated last.
    pub fn latest(&self) -> Option<&T> {
        self.stated.values().next_back()
    }

    /// When it was first stated.
    pub fn since(&self) -> Option<Rev> {
        self.stated.keys().next().copied()
    }

    /// Whether its owner has closed it after stating it last, and why.
    pub fn closed(&self) -> Option<Reason> {
        let (rev, reason) = self.closed.iter().next_back()?;
        self.stated.keys().next_back().is_none_or(|stated| stated < rev).then_some(*reason)
    }

    /// Every statement.
    pub(crate) fn stated(&self) -> impl Iterator<Item = (&Rev, &T)> {
        self.stated.iter()
    }

    /// Every closing.
    pub(crate) fn closings(&self) -> impl Iterator<Item = (&Rev, &Reason)> {
        self.closed.iter()
    }

    pub(crate) fn state(&mut self, rev: Rev, what: T) {
        self.stated.insert(rev, what);
    }

    pub(crate) fn close(&mut self, rev: Rev, reason: Reason) {
        self.closed.insert(rev, reason);
    }

    pub(crate) fn last_written(&self) -> Option<Rev> {
        self.stated.keys().chain(self.closed.keys()).max().copied()
    }
}

impl Want<NeedStated> {
    /// The need as it stands on a day: `None` when closed or lapsed. A repeating need moves on by its period.
    pub fn open_on(&self, today: Day) -> Option<NeedStated> {
        let mut need = self.latest()?.clone();
        if self.closed().is_some() {
            return None;
        }
        if need.by < today {
            let every = i32::from(need.every_days?.max(1));
            let late = today.since(need.by);
            need.by = need
                .by
                .plus(late.div_euclid(every).saturating_add(i32::from(late.rem_euclid(every) > 0)) * every);
        }
        Some(need)
    }
}

impl Want<OfferMade> {
    /// The offer as it stands on a day: `None` when closed, not yet begun or over.
    pub fn open_on(&self, today: Day) -> Option<&OfferMade> {
        let offer = self.latest()?;
        (self.closed().is_none() && offer.from <= today && today <= offer.until).then_some(offer)
    }
}
