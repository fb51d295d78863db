//! Giving or taking set aside for a while: a community says that one of its places gives no more of an item until a day, or
//! wants no more of it sent.
//!
//! It is the answer "not now" to a suggestion, at either end. It ends by itself on its day and can be taken back before; it hides
//! no need: what a place asked for is sent all the same, and whoever wants no more is only not filled up. Nobody else can say it. The last word by the order of restatements counts, in whatever order they arrive; whether
//! its writer keeps the place is asked of the region when the state is read.

use koinon_core::region::Region;
use koinon_core::{CommunityCode, Day, ItemCode, PlaceCode, Timestamp};
use minicbor::{Decode, Encode};

use crate::order::{LastWords, Rev};

/// The longest time for which giving or taking can be set aside at once, in days: a season, so that it is thought of again.
pub const PAUSE_DAYS_MAX: i32 = 92;

/// A place gives no more of an item until a day, or gives it again.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GivingPaused {
    /// Which place.
    #[n(0)]
    pub place: PlaceCode,
    /// Which item.
    #[n(1)]
    pub item: ItemCode,
    /// The last day on which nothing is given; `None` takes it back.
    #[n(2)]
    pub until: Option<Day>,
}

/// A place wants no more of an item sent to it until a day, unless it asks for it, or takes it again.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TakingPaused {
    /// Which place.
    #[n(0)]
    pub place: PlaceCode,
    /// Which item.
    #[n(1)]
    pub item: ItemCode,
    /// The last day on which none is to be sent unasked; `None` takes it back.
    #[n(2)]
    pub until: Option<Day>,
}

/// Giving or taking that is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paused<'a> {
    /// Which place.
    pub place: &'a PlaceCode,
    /// Which item.
    pub item: &'a ItemCode,
    /// The last day.
    pub until: Day,
    /// When it was recorded.
    pub recorded: Timestamp,
}

/// The last word of every community on every place and item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Pauses(#[n(0)] LastWords<(PlaceCode, ItemCode), Option<Day>>);

impl Pauses {
    /// Keeps a statement if it is its writer's last word on the place and item. Order-free and idempotent.
    pub(crate) fn state(
        &mut self,
        by: &CommunityCode,
        rev: Rev,
        what: (PlaceCode, ItemCode),
        until: Option<Day>,
    ) {
        self.0.state(by, rev, what, until);
    }

    /// The last words as they were written.
    pub(crate) fn stated(
        &self,
    ) -> impl Iterator<Item = (&CommunityCode, Rev, (PlaceCode, ItemCode, Option<Day>))> {
        self.0
            .each()
            .map(|((place, item), by, word)| (by, word.rev(), (place.clone(), item.clone(), word.said)))
    }

    /// What is set aside on a day, as the keepers of the places say, by place and item.
    pub fn on<'a>(&'a self, region: &'a Region, day: Day) -> impl Iterator<Item = Paused<'a>> {
        self.0.all().filter_map(move |((place, item), words)| {
            let word = words.get(&region.keeper_of(place)?)?;
            let until = word.said.filter(|until| *until >= day)?;
            Some(Paused { place, item, until, recorded: word.recorded() })
        })
    }
}
