//! Personal texts: what people are called, and notes about them and their doings. They stay at home, sealed.
//!
//! The node seals a text before it decides the command that brings it, each subject under a key of its own, and opens it
//! only to show it. Here nobody holds a key: in the book, in its snapshots and in the log stands what was sealed, so that a
//! text is gone everywhere once its key is destroyed.

use std::collections::BTreeMap;

use koinon_core::{CommunityCode, NodeId, PersonId, Timestamp};
use minicbor::{Decode, Encode};

use crate::fact::About;

/// The most bytes of a sealed text: [`crate::fact::TEXT_LEN_MAX`] characters of four bytes, with what the seal adds.
pub const SEALED_BYTES_MAX: usize = 2_200;

/// What a personal text is of, and so under which key it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Subject {
    /// A person.
    #[n(0)]
    Person(#[n(0)] PersonId),
    /// A thing that has a note.
    #[n(1)]
    Note(#[n(0)] About),
}

/// A text as it was sealed; the bytes mean nothing without the subject's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Sealed(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub Vec<u8>,
);

/// A personal text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Personal {
    /// As somebody typed it, on its way to be sealed; and as it was recorded before texts were sealed.
    #[n(0)]
    Typed(#[n(0)] String),
    /// Sealed.
    #[n(1)]
    Sealed(#[n(0)] Sealed),
}

impl Personal {
    /// Whether there is no text: it is cleared.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Typed(text) if text.trim().is_empty())
    }
}

impl<T: Into<String>> From<T> for Personal {
    fn from(text: T) -> Self {
        Self::Typed(text.into())
    }
}

/// Who asked that nobody keep anything personal of somebody, and which computers have answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Erasures {
    #[n(0)]
    asked: BTreeMap<(CommunityCode, PersonId), Timestamp>,
    #[n(1)]
    answered: BTreeMap<(PersonId, NodeId), Timestamp>,
}

/// One erasure, and how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The community that asked for it.
    pub by: CommunityCode,
    /// Whose personal data is erased.
    pub person: PersonId,
    /// When it was asked for first.
    pub asked: Timestamp,
    /// The computers that said that they keep nothing of the person, each with the time.
    pub answered: BTreeMap<NodeId, Timestamp>,
}

impl Erasures {
    pub(crate) fn ask(&mut self, by: &CommunityCode, person: PersonId, at: Timestamp) {
        let first = self.asked.entry((by.clone(), person)).or_insert(at);
        *first = (*first).min(at);
    }

    pub(crate) fn answer(&mut self, person: PersonId, node: NodeId, at: Timestamp) {
        let first = self.answered.entry((person, node)).or_insert(at);
        *first = (*first).min(at);
    }

    /// Whether a community had somebody's personal data erased.
    pub fn is_erased(&self, by: &CommunityCode, person: PersonId) -> bool {
        self.asked.contains_key(&(by.clone(), person))
    }

    /// All erasures, by community and person.
    pub fn all(&self) -> impl Iterator<Item = Erasure> + '_ {
        self.asked.iter().map(|((by, person), asked)| {
            let of_person = self.answered.range((*person, NodeId([0; 32]))..=(*person, NodeId([255; 32])));
            let answered = of_person.map(|((_, node), at)| (*node, *at)).collect();
            Erasure { by: by.clone(), person: *person, asked: *asked, answered }
        })
    }

    /// Whom a computer is still to answer for.
    pub fn to_answer(&self, node: NodeId) -> Vec<PersonId> {
        let asked = self.asked.keys().map(|(_, person)| *person);
        let mut open: Vec<PersonId> =
            asked.filter(|person| !self.answered.contains_key(&(*person, node))).collect();
        open.sort_unstable();
        open.dedup();
        open
    }
}
