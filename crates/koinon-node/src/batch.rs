//! One durable transaction of a node's own facts: log, facts, what each is filed under, the policies' cursor.

use std::collections::BTreeMap;

use koinon_books::Content;
use koinon_core::{EntryId, LogId, Timestamp};
use koinon_ledger::Key;
use koinon_log::envelope::{HEADER_BYTES_MAX, RUN_BYTES_MAX};
use koinon_log::writer::WriterError;
use koinon_log::{AcceptedRun, LogWriter, NewFact, Placed, StoreError, Stream};

use crate::entropy::PooledEntropy;
use crate::sqlite::{Filing, Mark, SqliteError, SqliteStore};

/// The most facts in one signed stretch; the openings of logs must fit beside them.
const CHUNK_FACTS: usize = 990;
const CHUNK_BYTES: usize = RUN_BYTES_MAX - 512 * 1024;

/// Why a transaction failed. Each ends writing.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// SQLite failed.
    #[error(transparent)]
    Sqlite(#[from] SqliteError),
    /// The store of logs failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log could not be continued.
    #[error(transparent)]
    Writer(#[from] WriterError),
    /// The store does not hold what it took.
    #[error("a fact just appended is not in the store")]
    Lost,
}

/// Under what a fact is filed, to be found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Its act.
    pub act: EntryId,
    /// What the act said, where a command made it.
    pub content: Option<Content>,
    /// What it is about.
    pub keys: Vec<Key>,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// Where each fact of the batch stands in its log.
    pub placed: Vec<Placed>,
    /// The place of each fact of the batch, in the order of arrival.
    pub places: Vec<u64>,
    /// The runs of the control log, from which a directory learns.
    pub control: Vec<AcceptedRun>,
}

/// Appends a batch of one's own facts in one durable transaction, files each under act and keys, and sets the policies'
/// cursor. After an error the log must not be written on.
pub fn write_batch(
    store: &mut SqliteStore,
    log: &mut LogWriter,
    new: Vec<NewFact>,
    filed: &[Filed],
    now: Timestamp,
    reacted: u64,
) -> Result<Written, WriteError> {
    store.begin()?;
    let written = write_inside(store, log, new, filed, now).and_then(|written| {
        store.set_mark(Mark::Reacted, reacted)?;
        store.commit()?;
        Ok(written)
    });
    if written.is_err() {
        store.rollback();
    }
    written
}

fn write_inside(
    store: &mut SqliteStore,
    log: &mut LogWriter,
    new: Vec<NewFact>,
    filed: &[Filed],
    now: Timestamp,
) -> Result<Written, WriteError> {
    let (mut placed, mut places, mut control) = (Vec::new(), Vec::new(), Vec::new());
    let mut entropy = PooledEntropy::new();
    for chunk in chunks(new) {
        let commit = log.append(chunk, now, &mut entropy)?;
        let firsts = store.append(commit.runs())?;
        store.note_mine(commit.runs())?;
        let runs_and_firsts = commit.runs().iter().zip(firsts);
        let stretches: BTreeMap<LogId, (u64, u64)> =
            runs_and_firsts.map(|(run, first)| (run.log(), (run.from(), first))).collect();
        for at in commit.placed() {
            let (from, first) = stretches.get(&at.log).copied().ok_or(WriteError::Lost)?;
            placed.push(*at);
            places.push(first + at.seq.saturating_sub(from));
        }
        // A transaction that fails later ends this writer, so confirming it here cannot be seen.
        log.confirm(&commit)?;
        control.extend(commit.runs().iter().filter(|run| run.name().stream == Stream::Control).cloned());
    }
    let mut filing = Filing::default();
    for (place, filed) in places.iter().zip(filed) {
        filed.keys.iter().for_each(|key| filing.key(key, *place));
        filing.act(filed.act, *place, filed.content);
    }
    store.file(filing)?;
    Ok(Written { placed, places, control })
}

/// Cuts a batch into stretches that a run can carry.
fn chunks(new: Vec<NewFact>) -> Vec<Vec<NewFact>> {
    let mut chunks: Vec<Vec<NewFact>> = Vec::new();
    let mut bytes = 0_usize;
    for fact in new {
        let size = fact.body.len() + HEADER_BYTES_MAX;
        if let Some(chunk) =
            chunks.last_mut().filter(|chunk| chunk.len() < CHUNK_FACTS && bytes + size <= CHUNK_BYTES)
        {
            bytes += size;
            chunk.push(fact);
        } else {
            bytes = size;
            chunks.push(vec![fact]);
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use koinon_log::envelope::BODY_BYTES_MAX;
    use koinon_log::testing::fact;

    use super::*;

    #[test]
    fn long_batches_are_cut_into_runs_that_can_be_sent() {
        let small = vec![fact(Stream::Federation, b"x"); 2_000];
        assert_eq!(chunks(small).iter().map(Vec::len).collect::<Vec<_>>(), [990, 990, 20]);
        let large = vec![fact(Stream::Control, &vec![7; BODY_BYTES_MAX]); 120];
        let cut = chunks(large);
        assert_eq!(cut.iter().map(Vec::len).sum::<usize>(), 120);
        assert!(cut.iter().all(|chunk| chunk.len() * (BODY_BYTES_MAX + HEADER_BYTES_MAX) <= CHUNK_BYTES));
    }
}
