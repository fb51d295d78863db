//! One promised team: what was promised, what was answered, and what came of it.

use std::collections::BTreeMap;

use koinon_core::order::Word;
use koinon_core::{CommunityCode, Timestamp};
use minicbor::{Decode, Encode};

use crate::fact::{Reason, TeamPromised};
use crate::hours::{self, Span};

/// What who asked said to a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Answer {
    /// Yes.
    #[n(0)]
    Taken,
    /// No, and why.
    #[n(1)]
    Declined(#[n(0)] Reason),
}

/// How far a promise has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It waits for an answer.
    Promised,
    /// Who asked said yes.
    Taken,
    /// Who asked said no.
    Declined(Reason),
    /// The team's community took it back.
    Withdrawn(Reason),
    /// Its mission was closed, or its time went by, and nobody left.
    Lapsed,
    /// The team is away.
    Away,
    /// The team is home again.
    Back,
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
            Self::Away => "away",
            Self::Back => "back",
        }
    }

    /// Whether the team is spoken for: promised, taken or away.
    pub const fn stands(self) -> bool {
        matches!(self, Self::Promised | Self::Taken | Self::Away)
    }
}

/// A promise as far as it is known. Its parts may arrive in any order; the last word of each hand counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Promise {
    #[n(0)]
    pub(crate) promised: Option<Word<TeamPromised>>,
    #[n(1)]
    pub(crate) answers: BTreeMap<CommunityCode, Word<Answer>>,
    #[n(2)]
    pub(crate) withdrawn: Option<Word<Reason>>,
    #[n(3)]
    pub(crate) left: Option<Word<Timestamp>>,
    #[n(4)]
    pub(crate) back: Option<Word<Timestamp>>,
}

impl Promise {
    /// Keeps the last answer of a community.
    pub(crate) fn answered(&mut self, by: &CommunityCode, word: Word<Answer>) {
        if self.answers.get(by).is_none_or(|known| known.rev() < word.rev()) {
            self.answers.insert(by.clone(), word);
        }
    }

    /// What was promised; `None` while only words about it have been heard.
    pub fn promised(&self) -> Option<&TeamPromised> {
        self.promised.as_ref().map(|word| &word.said)
    }

    /// When the promise was recorded.
    pub fn recorded(&self) -> Option<Timestamp> {
        self.promised.as_ref().map(Word::recorded)
    }

    /// What the community that asked said last.
    pub fn answer(&self) -> Option<Answer> {
        self.answers.get(&self.promised()?.asker).map(|word| word.said)
    }

    /// When the team left home.
    pub fn left(&self) -> Option<Timestamp> {
        self.left.as_ref().map(|word| word.said)
    }

    /// When the team was home again; nothing before it left.
    pub fn back(&self) -> Option<Timestamp> {
        self.back.as_ref().map(|word| word.said).filter(|back| self.left().is_some_and(|left| left <= *back))
    }

    /// How far it has come. What happened goes before what was said; `is_open` says whether its mission is still asked for.
    pub fn stage(&self, now: Timestamp, is_open: bool) -> Stage {
        if self.back().is_some() {
            return Stage::Back;
        }
        if self.left.is_some() {
            return Stage::Away;
        }
        if let Some(withdrawn) = &self.withdrawn {
            return Stage::Withdrawn(withdrawn.said);
        }
        let gone_by = self.promised().is_none_or(|trip| trip.home_again <= now);
        match self.answer() {
            Some(Answer::Declined(reason)) => Stage::Declined(reason),
            _ if gone_by || !is_open => Stage::Lapsed,
            Some(Answer::Taken) => Stage::Taken,
            None => Stage::Promised,
        }
    }

    /// Its stretches of duty in minutes, as they were or as they are planned.
    pub fn duties(&self) -> Vec<Span> {
        self.promised().map(|trip| hours::duties(trip, self.left(), self.back())).unwrap_or_default()
    }
}
