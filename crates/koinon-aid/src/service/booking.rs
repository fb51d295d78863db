//! One promise of care or work: what was promised, what was answered, and what came of it.

use std::collections::BTreeMap;

use koinon_core::order::Word;
use koinon_core::{CommunityCode, Day, Timestamp};
use minicbor::{Decode, Encode};

use super::fact::{Kind, ServicePromised};
use crate::fact::Reason;
use crate::promise::Answer;

/// So many days after its last day a promise of which nothing was written down stands no more.
pub const GRACE_DAYS: i32 = 7;

/// How far a promise has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It waits for an answer.
    Promised,
    /// Who asked said yes.
    Taken,
    /// Who asked said no.
    Declined(Reason),
    /// The provider's community took it back.
    Withdrawn(Reason),
    /// Its request was closed, or its time went by, and nothing was written down.
    Lapsed,
    /// So many people were cared for, or so many pieces made.
    Done(u32),
}

impl Stage {
    /// The word for it, as in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Promised => "promised",
            Self::Taken => "taken",
            Self::Declined(_) => "declined",
            Self::Withdrawn(_) => "withdrawn",
            Self::Lapsed => "lapsed",
            Self::Done(_) => "done",
        }
    }

    /// Whether its days are spoken for: promised or taken.
    pub const fn stands(self) -> bool {
        matches!(self, Self::Promised | Self::Taken)
    }
}

/// A promise as far as it is known. Its parts may arrive in any order; the last word of each hand counts, and a no before any yes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Booking {
    #[n(0)]
    pub(super) promised: Option<Word<ServicePromised>>,
    #[n(1)]
    pub(super) answers: BTreeMap<CommunityCode, Word<Answer>>,
    #[n(2)]
    pub(super) withdrawn: Option<Word<Reason>>,
    #[n(3)]
    pub(super) done: Option<Word<(u32, Day, Kind)>>,
}

impl Booking {
    /// Keeps an answer. A no stays, whatever is said later or by which clock: the days may be somebody else's. Of two of the same the
    /// last one counts.
    pub(super) fn answered(&mut self, by: &CommunityCode, word: Word<Answer>) {
        let rank = |word: &Word<Answer>| (matches!(word.said, Answer::Declined(_)), word.rev());
        if self.answers.get(by).is_none_or(|known| rank(known) < rank(&word)) {
            self.answers.insert(by.clone(), word);
        }
    }

    /// What was promised; `None` while only words about it have been heard.
    pub fn promised(&self) -> Option<&ServicePromised> {
        self.promised.as_ref().map(|word| &word.said)
    }

    /// When the promise was recorded.
    pub fn recorded(&self) -> Option<Timestamp> {
        self.promised.as_ref().map(Word::recorded)
    }

    /// What the community that asked said: a no, where it ever said no.
    pub fn answer(&self) -> Option<Answer> {
        self.answers.get(&self.promised()?.asker).map(|word| word.said)
    }

    /// For how many it was done, and on which day that was.
    pub fn done(&self) -> Option<(u32, Day)> {
        self.done.as_ref().map(|word| (word.said.0, word.said.1))
    }

    /// How far it has come. What happened goes before what was said; `is_open` says whether its request still stands.
    pub fn stage(&self, today: Day, is_open: bool) -> Stage {
        if let Some((count, _)) = self.done() {
            return Stage::Done(count);
        }
        if let Some(withdrawn) = &self.withdrawn {
            return Stage::Withdrawn(withdrawn.said);
        }
        let last = self.promised().and_then(ServicePromised::span).map(|(_, last)| last);
        let gone_by = last.is_none_or(|last| last.plus(GRACE_DAYS) < today);
        match self.answer() {
            Some(Answer::Declined(reason)) => Stage::Declined(reason),
            _ if gone_by || !is_open => Stage::Lapsed,
            Some(Answer::Taken) => Stage::Taken,
            None => Stage::Promised,
        }
    }
}
