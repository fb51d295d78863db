//! What a community wishes for more, or less, among the things that it asks for.
//!
//! Every community has the same say a head: wishing for one thing more means wishing for the others less, so a wish is relative, and
//! there is nothing to save up or to spend. It orders needs of one urgency and never touches what lives depend on. The last word of each
//! community on an item counts, in whatever order the words arrive.

use koinon_core::{CommunityCode, ItemCode};
use minicbor::{Decode, Encode};

use crate::fact::coded;
use crate::order::{LastWords, Rev};

/// How much a community wishes for one thing beside the others that it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Wish {
    /// Less than for the others.
    #[n(0)]
    Less,
    /// Like the others.
    #[n(1)]
    #[default]
    Same,
    /// More than for the others.
    #[n(2)]
    More,
}

coded! {
    Wish: Less = "less", Same = "same", More = "more",
}

/// A community says how much it wishes for an item beside the others that it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WishStated {
    /// Which item.
    #[n(0)]
    pub item: ItemCode,
    /// How much.
    #[n(1)]
    pub wish: Wish,
}

/// The last word of every community on every item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Wishes(#[n(0)] LastWords<ItemCode, Wish>);

impl Wishes {
    /// Keeps a statement if it is its writer's last word on the item. Order-free and idempotent.
    pub(crate) fn state(&mut self, by: &CommunityCode, rev: Rev, said: WishStated) {
        self.0.state(by, rev, said.item, said.wish);
    }

    /// The last words as they were written.
    pub(crate) fn stated(&self) -> impl Iterator<Item = (&CommunityCode, Rev, WishStated)> {
        self.0
            .each()
            .map(|(item, by, word)| (by, word.rev(), WishStated { item: item.clone(), wish: word.said }))
    }

    /// How much a community wishes for an item; like the others where it said nothing.
    pub fn of(&self, community: &CommunityCode, item: &ItemCode) -> Wish {
        let said = self.0.on(item).find(|(by, _)| *by == community);
        said.map(|(_, word)| word.said).unwrap_or_default()
    }
}
