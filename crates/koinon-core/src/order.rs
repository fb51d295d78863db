//! Where a fact comes from, and the canonical order in which facts of one key are read.

use std::collections::BTreeMap;

use crate::{CommunityCode, FactId, LogId, PersonId, Timestamp};
use minicbor::{Decode, Encode};

/// Where a fact comes from: its place in a log, who wrote it and when it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The fact's own id.
    pub fact: FactId,
    /// The log it stands in.
    pub log: LogId,
    /// Its number in that log.
    pub seq: u64,
    /// The community whose node wrote the log; a hub's facts are written by its keeper.
    pub community: CommunityCode,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// The person who acted, or `None` for a meter or a policy.
    pub actor: Option<PersonId>,
}

/// The canonical order of entries on one key: occurred, then recorded, then log and number.
///
/// No two lines of one key are equal in it, and it does not depend on the order of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct OrderKey {
    /// When it happened.
    #[n(0)]
    pub occurred: Timestamp,
    /// When it was recorded.
    #[n(1)]
    pub recorded: Timestamp,
    /// The log.
    #[n(2)]
    pub log: LogId,
    /// The number in the log.
    #[n(3)]
    pub seq: u64,
    /// The line within the fact, for facts with several lines.
    #[n(4)]
    pub line: u16,
}

/// The canonical order of restatements of one record: the last recorded one counts, all are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Rev {
    /// When it was recorded.
    #[n(0)]
    pub recorded: Timestamp,
    /// The log.
    #[n(1)]
    pub log: LogId,
    /// The number in the log.
    #[n(2)]
    pub seq: u64,
}

impl Provenance {
    /// The order key of line `line` of a fact that happened at `occurred`.
    pub fn at(&self, occurred: Timestamp, line: u16) -> OrderKey {
        OrderKey { occurred, recorded: self.recorded, log: self.log, seq: self.seq, line }
    }

    /// The order key among restatements.
    pub fn rev(&self) -> Rev {
        Rev { recorded: self.recorded, log: self.log, seq: self.seq }
    }
}

/// The last word of every community on every subject, in whatever order their words arrive.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct LastWords<K: Ord, V>(#[n(0)] BTreeMap<K, BTreeMap<CommunityCode, Word<V>>>);

/// A last word and when it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Word<V> {
    #[n(0)]
    rev: Rev,
    /// What was said.
    #[n(1)]
    pub said: V,
}

impl<V> Word<V> {
    /// What was said, and where that stands.
    pub const fn new(rev: Rev, said: V) -> Self {
        Self { rev, said }
    }

    /// Takes a word's place if it stands later. Order-free and idempotent.
    pub fn keep_last(kept: &mut Option<Self>, word: Self) {
        if kept.as_ref().is_none_or(|known| known.rev < word.rev) {
            *kept = Some(word);
        }
    }

    /// When it was recorded.
    pub const fn recorded(&self) -> Timestamp {
        self.rev.recorded
    }

    /// When it was recorded, and where it stands.
    pub const fn rev(&self) -> Rev {
        self.rev
    }
}

impl<K: Ord, V> Default for LastWords<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord, V> LastWords<K, V> {
    /// Keeps a word if it is its writer's last on the subject. Order-free and idempotent.
    pub fn state(&mut self, by: &CommunityCode, rev: Rev, subject: K, said: V) {
        let words = self.0.entry(subject).or_default();
        if words.get(by).is_none_or(|known| known.rev < rev) {
            words.insert(by.clone(), Word { rev, said });
        }
    }

    /// The last words on one subject, by the code of their writers.
    pub fn on(&self, subject: &K) -> impl Iterator<Item = (&CommunityCode, &Word<V>)> + use<'_, K, V> {
        self.0.get(subject).into_iter().flatten()
    }

    /// Every last word, with its subject and its writer.
    pub fn each(&self) -> impl Iterator<Item = (&K, &CommunityCode, &Word<V>)> {
        self.0.iter().flat_map(|(subject, words)| words.iter().map(move |(by, word)| (subject, by, word)))
    }

    /// Every subject with the last words on it.
    pub fn all(&self) -> impl Iterator<Item = (&K, &BTreeMap<CommunityCode, Word<V>>)> {
        self.0.iter()
    }
}
