//! From stored facts to the book: reading bodies, evolving, and rebuilding the whole book in the order of arrival.
//!
//! Policies do not run here. Rebuilding repeats the folds at the places where they were made, so that the book that comes
//! out is the very one that a running node holds.

use std::collections::BTreeMap;

use koinon_books::{Book, Decoded, Fact, Origin, Stamp, decode};
use koinon_core::{CommunityCode, LogId, LotId, NodeId};
use koinon_ledger::lot::Lot;
use koinon_ledger::{Key, Ledger, LedgerFact, Provenance};
use koinon_log::envelope::EnvelopeError;
use koinon_log::{Fact as LogFact, Header, Limits, NO_FACT};

use crate::sqlite::{Held, SqliteError, SqliteStore};

/// The facts read at a time.
const PAGE: usize = 1_000;

/// Why stored facts cannot be read into the book.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] SqliteError),
    /// A fact's bytes do not hold together.
    #[error(
        "fact {place} of the store is damaged: {source}; restore a backup, or let neighbours refill a new node"
    )]
    Fact {
        /// The fact's place.
        place: u64,
        /// What is wrong.
        #[source]
        source: EnvelopeError,
    },
}

/// One entry of a log, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The order in which this node took it in, from 1.
    pub place: u64,
    /// Where it stands.
    pub origin: Origin,
    /// Who recorded it, when, by which authority.
    pub stamp: Stamp,
    /// What it says.
    pub fact: Fact,
    /// The kind's name, as in exports.
    pub kind: &'static str,
}

/// Reads a stored fact as an entry; nothing for the log's own kinds, newer kinds and bodies that do not fit.
pub(crate) fn entry_of(held: &Held) -> Option<Entry> {
    let header = Header::parse(&held.fact.header).ok()?;
    let Decoded::Known(stamp, fact) = decode(header.kind, header.schema, &held.fact.body) else {
        return None;
    };
    let kind = koinon_books::registry::kind_of(&fact).name;
    Some(Entry { place: held.place, origin: origin_of(held), stamp, fact, kind })
}

pub(crate) fn origin_of(held: &Held) -> Origin {
    Origin { node: held.name.node, log: held.name.id(), seq: held.seq, fact: held.id() }
}

/// Takes one decoded fact into a book. The history of a folded key is read from the store, before `place`.
pub(crate) fn evolve(
    book: &mut Book,
    (store, limits): (&SqliteStore, &Limits),
    place: u64,
    origin: &Origin,
    stamp: &Stamp,
    fact: &Fact,
) -> Result<(), SqliteError> {
    let mut fault = None;
    let mut history = |admitted: &BTreeMap<NodeId, CommunityCode>, key: &Key| {
        history_of((store, limits), admitted, key, place).unwrap_or_else(|error| {
            fault = Some(error);
            Vec::new()
        })
    };
    book.evolve(origin, stamp, fact, &mut history);
    fault.map_or(Ok(()), Err)
}

/// The earlier facts of one key that count, before a place, in the order of arrival.
pub(crate) fn history_of(
    (store, limits): (&SqliteStore, &Limits),
    admitted: &BTreeMap<NodeId, CommunityCode>,
    key: &Key,
    before: u64,
) -> Result<Vec<(Provenance, LedgerFact)>, SqliteError> {
    let held = store.about(key, before)?;
    let held = held.iter().filter(|held| limits.is_empty() || limits.counts(held.name.id(), held.seq));
    let read = held.filter_map(entry_of).filter_map(|entry| {
        let community = admitted.get(&entry.origin.node)?;
        let provenance = koinon_books::book::provenance(&entry.origin, &entry.stamp, community);
        match entry.fact {
            Fact::Ledger(fact) => Some((provenance, fact)),
            _ => None,
        }
    });
    Ok(read.collect())
}

/// One batch with every line that was ever recorded of it; nothing where no log speaks of it.
pub(crate) fn whole_lot(
    (store, limits): (&SqliteStore, &Limits),
    admitted: &BTreeMap<NodeId, CommunityCode>,
    community: &CommunityCode,
    lot: LotId,
) -> Result<Option<Lot>, SqliteError> {
    let mut fault = None;
    let mut history = |key: &Key| {
        history_of((store, limits), admitted, key, u64::MAX).unwrap_or_else(|error| {
            fault = Some(error);
            Vec::new()
        })
    };
    let whole = Ledger::of_history(&Key::Lot(community.clone(), lot), &mut history);
    fault.map_or(Ok(()), Err)?;
    Ok(whole.and_then(|ledger| ledger.lot(community, lot).cloned()))
}

/// The keys under which a fact of a node is filed.
pub(crate) fn keys_of(book: &Book, node: NodeId, stamp: &Stamp, fact: &Fact) -> Vec<Key> {
    let (Fact::Ledger(fact), Some(community)) = (fact, book.community_of(node)) else {
        return Vec::new();
    };
    // A key follows from who wrote what, not from where it stands.
    let origin = Origin { node, log: LogId([0; 16]), seq: 0, fact: NO_FACT };
    koinon_ledger::ledger::keys_of(&koinon_books::book::provenance(&origin, stamp, community), fact)
}

/// What a replay did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Replayed {
    /// The facts read.
    pub(crate) facts: u64,
    /// Facts of kinds that this version does not know.
    pub(crate) unknown: u64,
    /// Facts of known kinds whose bodies do not fit.
    pub(crate) malformed: u64,
}

/// Takes the stored facts that count after a place into a book, up to and with another place.
pub(crate) fn replay(
    book: &mut Book,
    (store, limits): (&SqliteStore, &Limits),
    after: u64,
    upto: u64,
) -> Result<Replayed, ReplayError> {
    let mut done = Replayed::default();
    let mut folds = store.folds(after)?.into_iter().filter(|(place, _)| *place <= upto).peekable();
    let mut place = after;
    loop {
        let page = store.after(place, upto, PAGE)?;
        for held in &page {
            while let Some((_, horizon)) = folds.next_if(|(fold_at, _)| *fold_at < held.place) {
                book.fold(horizon);
            }
            place = held.place;
            done.facts += 1;
            let read = LogFact::from_stored(held.fact.clone());
            let read = read.map_err(|source| ReplayError::Fact { place, source })?;
            let header = read.header();
            if !limits.counts(header.log, header.seq) {
                continue;
            }
            match decode(header.kind, header.schema, read.body()) {
                Decoded::Known(stamp, fact) => {
                    let (node, log, seq) = (held.name.node, header.log, held.seq);
                    let origin = Origin { node, log, seq, fact: read.id() };
                    evolve(book, (store, limits), place, &origin, &stamp, &fact)?;
                }
                Decoded::Unknown if header.kind >= koinon_log::control::KINDS_RESERVED => done.unknown += 1,
                Decoded::Unknown => {}
                Decoded::Malformed(_) => done.malformed += 1,
            }
        }
        if page.len() < PAGE {
            break;
        }
    }
    folds.for_each(|(_, horizon)| book.fold(horizon));
    Ok(done)
}
