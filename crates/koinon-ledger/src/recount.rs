//! Asking a community to count again: a doubt becomes a question that is settled at the shelf.
//!
//! Anybody who may state a need may ask; whoever keeps the place sees who asks and until when. It moves nothing: no plan
//! reads it, no need is smaller for it. It is answered by a count, ends by itself on its day, and can be taken back. The last
//! word of each asker by the order of restatements counts, in whatever order they arrive.

use koinon_core::region::Region;
use koinon_core::{CommunityCode, Day, ItemCode, PlaceCode, Timestamp};
use minicbor::{Decode, Encode};

use crate::ledger::Ledger;
use crate::order::{LastWords, Rev};

/// The longest time for which a count can be asked for at once, in days: a month, after which other things are known.
pub const ASK_DAYS_MAX: i32 = 31;

/// A community asks for an item to be counted again at a place, until a day, or asks no more.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CountAsked {
    /// At which place.
    #[n(0)]
    pub place: PlaceCode,
    /// Which item.
    #[n(1)]
    pub item: ItemCode,
    /// The last day on which it is asked; `None` takes it back.
    #[n(2)]
    pub until: Option<Day>,
}

/// A count that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Who asks.
    pub by: &'a CommunityCode,
    /// At which place.
    pub place: &'a PlaceCode,
    /// Which item.
    pub item: &'a ItemCode,
    /// The last day on which it is asked.
    pub until: Day,
    /// When it was asked.
    pub recorded: Timestamp,
}

/// The last word of every community on every place and item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Recounts(#[n(0)] LastWords<(PlaceCode, ItemCode), Option<Day>>);

impl Recounts {
    /// Keeps a statement if it is its writer's last word on the place and item. Order-free and idempotent.
    pub(crate) fn state(&mut self, by: &CommunityCode, rev: Rev, asked: CountAsked) {
        self.0.state(by, rev, (asked.place, asked.item), asked.until);
    }

    /// The last words as they were written.
    pub(crate) fn stated(&self) -> impl Iterator<Item = (&CommunityCode, Rev, CountAsked)> {
        self.0.each().map(|((place, item), by, word)| {
            let asked = CountAsked { place: place.clone(), item: item.clone(), until: word.said };
            (by, word.rev(), asked)
        })
    }

    /// What is asked for on a day, answered or not, by place, item and asker.
    pub fn on(&self, day: Day) -> impl Iterator<Item = Asked<'_>> {
        self.0.all().flat_map(move |((place, item), words)| {
            words.iter().filter_map(move |(by, word)| {
                let until = word.said.filter(|until| *until >= day)?;
                Some(Asked { by, place, item, until, recorded: word.recorded() })
            })
        })
    }
}

impl Ledger {
    /// The counts that are asked for on a day and that no count has answered, as far as this book knows of counts: one of any
    /// batch of the item at the place, seen when it was asked or later.
    pub fn counts_asked<'a>(
        &'a self,
        region: &'a Region,
        day: Day,
    ) -> impl Iterator<Item = Asked<'a>> + use<'a> {
        self.recounts().on(day).filter(move |asked| {
            let Some(keeper) = region.keeper_of(asked.place) else { return false };
            let answered = self.lots_of(&keeper, asked.item).any(|(_, lot)| {
                let here = lot.opened().is_some_and(|opened| {
                    region
                        .store(&opened.store)
                        .map_or(*asked.place == keeper.place(), |store| store.place == *asked.place)
                });
                here && lot.last_count().is_some_and(|count| count.at >= asked.recorded)
            });
            !answered
        })
    }
}
