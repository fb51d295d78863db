//! Joint loads: transfers of one giver that leave together, when every taker among them has agreed, or not at all.
//!
//! A lorry that is worth its way only when it is full goes to several that are each too small for it. Only the giver says which of its transfers go
//! together, and may say otherwise at any time; what each transfer promises, and the place that its need has, stay as they are.

use koinon_core::{CommunityCode, EntryId, TransferId};
use minicbor::{Decode, Encode};

use crate::order::{LastWords, Rev};

/// These transfers of the writer go together. Stating the same joint load again replaces it; with fewer than two it is none.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Joined {
    /// The joint load's id.
    #[n(0)]
    pub joint: EntryId,
    /// Its transfers, each once.
    #[n(1)]
    pub transfers: Vec<TransferId>,
}

/// The joint loads of every giver, each with its last statement.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Joints(#[n(0)] LastWords<EntryId, Vec<TransferId>>);

impl Joints {
    /// Keeps a statement if it is its giver's last word on the joint load. Order-free and idempotent.
    pub(crate) fn state(&mut self, giver: &CommunityCode, rev: Rev, said: Joined) {
        self.0.state(giver, rev, said.joint, said.transfers);
    }

    /// The last words as they were written.
    pub(crate) fn stated(&self) -> impl Iterator<Item = (&CommunityCode, Rev, Joined)> {
        self.0.each().map(|(joint, giver, word)| {
            (giver, word.rev(), Joined { joint: *joint, transfers: word.said.clone() })
        })
    }

    /// The joint load of a transfer, and the transfers that go with it, itself among them; the last word of several counts.
    pub fn of(&self, giver: &CommunityCode, transfer: TransferId) -> Option<(EntryId, Vec<TransferId>)> {
        let (joint, named) = self.newest(giver, transfer)?;
        let is_here = |other: &TransferId| self.newest(giver, *other).is_some_and(|(id, _)| id == joint);
        let together: Vec<TransferId> = named.iter().copied().filter(is_here).collect();
        (together.len() > 1).then_some((joint, together))
    }

    /// The joint load that named a transfer last.
    fn newest(&self, giver: &CommunityCode, transfer: TransferId) -> Option<(EntryId, &[TransferId])> {
        let naming = self.0.each().filter(|(_, by, word)| *by == giver && word.said.contains(&transfer));
        let newest = naming.max_by_key(|(_, _, word)| word.rev());
        newest.map(|(joint, _, word)| (*joint, word.said.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use koinon_core::{LogId, Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn said(joint: u8, at: u64, transfers: &[u8]) -> (Rev, Joined) {
        let transfers = transfers.iter().map(|id| TransferId([*id; 16])).collect();
        let recorded = Timestamp::from_millis(i64::try_from(at).unwrap());
        (Rev { recorded, log: LogId([0; 16]), seq: at }, Joined { joint: EntryId([joint; 16]), transfers })
    }

    fn all(words: &[(Rev, Joined)]) -> Joints {
        let (giver, mut joints) = ("dunes".parse().unwrap(), Joints::default());
        words.iter().for_each(|(rev, word)| joints.state(&giver, *rev, word.clone()));
        joints
    }

    fn with(joints: &Joints, transfer: u8) -> Vec<u8> {
        let found = joints.of(&"dunes".parse().unwrap(), TransferId([transfer; 16]));
        found.map_or_else(Vec::new, |(_, together)| together.iter().map(|id| id.0[0]).collect())
    }

    #[test]
    fn the_last_word_says_what_goes_together() {
        let joints = all(&[said(1, 1, &[1, 2, 3]), said(2, 2, &[3, 4])]);
        assert_eq!((with(&joints, 1), with(&joints, 3)), (vec![1, 2], vec![3, 4]));
        let joints = all(&[said(1, 1, &[1, 2, 3]), said(1, 2, &[1, 3])]);
        assert_eq!((with(&joints, 3), with(&joints, 2)), (vec![1, 3], vec![]));
        let joints = all(&[said(1, 1, &[1, 2]), said(1, 2, &[1])]);
        assert_eq!(with(&joints, 1), [0; 0], "one alone is none");
    }

    proptest! {
        #[test]
        fn words_may_come_in_any_order_and_twice(
            words in prop::collection::vec((0u8..3, prop::collection::vec(0u8..5, 0..4)), 1..6),
            order in prop::collection::vec(any::<prop::sample::Index>(), 12),
        ) {
            let words: Vec<(Rev, Joined)> =
                words.iter().zip(1..).map(|((joint, named), at)| said(*joint, at, named)).collect();
            let mut mixed: Vec<(Rev, Joined)> = order.iter().map(|at| words[at.index(words.len())].clone()).collect();
            mixed.extend(words.iter().rev().cloned());
            prop_assert_eq!(all(&words), all(&mixed));
        }
    }
}
