//! A counter-offer: the taker answers a promise with what it would take instead.
//!
//! It is neither a yes nor a no: what was promised stays set aside, and the need that it was to meet keeps its place. The giver
//! states its promise anew. One that gives nothing beyond what the taker would take is agreed with it, since the taker has said
//! so already; any other waits for an answer like a first one.

use koinon_core::{CommunityCode, Day, Digest, ItemCode, Quantity, TransferId};
use minicbor::{Decode, Encode};

use crate::fact::Committed;
use crate::reason::Reason;

/// The taker would rather have something else, less, or later.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CounterOffered {
    /// Whose transfer.
    #[n(0)]
    pub giver: CommunityCode,
    /// Which transfer.
    #[n(1)]
    pub transfer: TransferId,
    /// The commitment as it was read.
    #[n(2)]
    pub answers: Digest,
    /// All that it would take: each item once, with an amount above zero.
    #[n(3)]
    pub wants: Vec<(ItemCode, Quantity)>,
    /// The first day on which it can take it in, when that is not any day.
    #[n(4)]
    pub not_before: Option<Day>,
    /// Why.
    #[n(5)]
    pub reason: Reason,
}

impl CounterOffered {
    /// Whether a commitment gives something, and nothing beyond what the taker would take.
    pub fn is_met_by(&self, promise: &Committed) -> bool {
        let within = |item: &ItemCode| {
            let wanted = self.wants.iter().find(|(wanted, _)| wanted == item);
            wanted.is_some_and(|(_, wanted)| promised_of(promise, item) <= i128::from(wanted.amount()))
        };
        let in_time = self.not_before.is_none_or(|day| promise.arrives >= day);
        in_time && !promise.lines.is_empty() && promise.lines.iter().all(|line| within(&line.item))
    }

    /// Whether a commitment gives just what the taker would take.
    pub(crate) fn is_just(&self, promise: &Committed) -> bool {
        let whole =
            |(item, wanted): &(ItemCode, Quantity)| promised_of(promise, item) == i128::from(wanted.amount());
        self.is_met_by(promise) && self.wants.iter().all(whole)
    }
}

/// How much of an item a commitment promises, in base units.
pub(crate) fn promised_of(promise: &Committed, item: &ItemCode) -> i128 {
    let lines = promise.lines.iter().filter(|line| line.item == *item);
    lines.map(|line| i128::from(line.quantity.amount())).sum()
}
