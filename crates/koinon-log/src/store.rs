//! The contract of a store of logs, and a store in memory for tests and simulations.
//!
//! A store keeps the bytes it is given and judges nothing: it takes only [`AcceptedRun`]s, which only verification
//! and the writer can make. [`crate::testing::story`] is the test that every store must pass.

use std::collections::BTreeMap;
use std::error::Error;

use koinon_core::{FactId, LogId};

use crate::directory::{Directory, Limit};
use crate::envelope::{StoredFact, fact_id};
use crate::fork::ForkProof;
use crate::name::{LogName, NO_FACT};
use crate::verify::{AcceptedRun, LogView};

/// Why a store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A run does not continue the log at its head.
    #[error(
        "log {log} holds {height} facts; a run from {from} with another predecessor does not continue it"
    )]
    NotNext {
        /// The log.
        log: LogId,
        /// The number of facts held.
        height: u64,
        /// The run's first place.
        from: u64,
    },
    /// The store's own medium failed.
    #[error("the store failed: {0}")]
    Medium(#[source] Box<dyn Error + Send + Sync>),
}

/// A log's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogHead {
    /// The log's id.
    pub log: LogId,
    /// The log's name.
    pub name: LogName,
    /// The number of facts, all of them from 0 on.
    pub height: u64,
    /// The last fact.
    pub head: FactId,
}

/// A store of logs.
pub trait LogStore {
    /// The heads of all logs that hold a fact, in order of log id.
    fn heads(&self) -> Result<Vec<LogHead>, StoreError>;

    /// The head of one log; nothing if it holds no fact.
    fn head(&self, log: LogId) -> Result<Option<LogHead>, StoreError>;

    /// Facts of a log from a place on: at most `facts_max`, and no fact more once their sizes
    /// ([`StoredFact::size`]) reach `bytes_max`; at least one if there is one and `facts_max` is not 0.
    fn read_range(
        &self,
        log: LogId,
        from: u64,
        facts_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<StoredFact>, StoreError>;

    /// Appends runs durably, all or none. Each must continue its log: first place equal to the height and, above 0,
    /// predecessor equal to the head.
    fn append_runs(&mut self, runs: &[AcceptedRun]) -> Result<(), StoreError>;

    /// Sets the facts of a log from a place on aside: they no longer count as held, so that others can take their places,
    /// and are kept as evidence. For logs whose key was replaced, where another history than the one held counts.
    fn set_aside(&mut self, log: LogId, from: u64) -> Result<(), StoreError>;

    /// Keeps the proof of a fork. Of several for one log that with the lowest place stays, and of these the first.
    fn put_fork(&mut self, proof: &ForkProof) -> Result<(), StoreError>;

    /// The proof of a fork of a log, if one is held.
    fn fork(&self, log: LogId) -> Result<Option<ForkProof>, StoreError>;

    /// All proofs held, in order of log id.
    fn forks(&self) -> Result<Vec<ForkProof>, StoreError>;

    /// Where a log ends by the proof of a fork: its own, or that of the control log that opens it.
    fn end_by_fork(&self, log: LogId, directory: &Directory) -> Result<Option<Limit>, StoreError> {
        let mut controls: BTreeMap<LogId, Limit> = BTreeMap::new();
        for opening in directory.openings_of(log) {
            if let Some(proof) = self.fork(opening.place.0)? {
                controls.insert(opening.place.0, proof.limit());
            }
        }
        if directory.opened_behind(log, |control| controls.get(&control).copied()) {
            return Ok(Some(Limit::VOID));
        }
        Ok(self.fork(log)?.map(|proof| proof.limit()))
    }

    /// What is known of a log, for [`crate::accept_run`]. What a directory says of replaced keys goes before a proof.
    fn view(&self, log: LogId, directory: &Directory) -> Result<LogView, StoreError> {
        let head = self.head(log)?;
        let limit = head.as_ref().map_or_else(|| directory.limit(log), |head| directory.limit_held(head));
        let limit = match limit {
            Some(limit) => Some(limit),
            None => self.end_by_fork(log, directory)?,
        };
        Ok(LogView {
            height: head.map_or(0, |head| head.height),
            head: head.map_or(NO_FACT, |head| head.head),
            limit,
        })
    }
}

#[derive(Debug, Clone)]
struct MemoryLog {
    head: LogHead,
    facts: Vec<StoredFact>,
}

/// A store in memory. It forgets all when dropped.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    logs: BTreeMap<LogId, MemoryLog>,
    forks: BTreeMap<LogId, ForkProof>,
    aside: Vec<(LogId, u64, StoredFact)>,
}

impl MemoryStore {
    /// Begins empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// All facts held of a log, in order.
    pub fn facts(&self, log: LogId) -> &[StoredFact] {
        self.logs.get(&log).map_or(&[], |log| log.facts.as_slice())
    }
}

impl LogStore for MemoryStore {
    fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        Ok(self.logs.values().map(|log| log.head).collect())
    }

    fn head(&self, log: LogId) -> Result<Option<LogHead>, StoreError> {
        Ok(self.logs.get(&log).map(|log| log.head))
    }

    fn read_range(
        &self,
        log: LogId,
        from: u64,
        facts_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<StoredFact>, StoreError> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let facts = self.facts(log).get(from..).unwrap_or(&[]);
        let mut bytes = 0_usize;
        let taken = facts.iter().take(facts_max).take_while(|fact| {
            let room = bytes < bytes_max || bytes == 0;
            bytes = bytes.saturating_add(fact.size());
            room
        });
        Ok(taken.cloned().collect())
    }

    fn append_runs(&mut self, runs: &[AcceptedRun]) -> Result<(), StoreError> {
        let mut heads: BTreeMap<LogId, LogHead> = BTreeMap::new();
        for run in runs {
            let log = run.log();
            let held = heads.get(&log).copied().or(self.head(log)?);
            let height = held.map_or(0, |head| head.height);
            if run.from() != height || held.is_some_and(|head| head.head != run.prev()) {
                return Err(StoreError::NotNext { log, height, from: run.from() });
            }
            heads.insert(log, LogHead { log, name: *run.name(), height: run.height(), head: run.head() });
        }
        for run in runs {
            let Some(head) = heads.get(&run.log()).copied() else { continue };
            let log = self.logs.entry(run.log()).or_insert(MemoryLog { head, facts: Vec::new() });
            log.head = head;
            log.facts.extend(run.facts().iter().map(|fact| fact.stored().clone()));
        }
        Ok(())
    }

    fn set_aside(&mut self, log: LogId, from: u64) -> Result<(), StoreError> {
        let Some(held) = self.logs.get_mut(&log).filter(|held| from < held.head.height) else {
            return Ok(());
        };
        let at = usize::try_from(from).unwrap_or(usize::MAX).min(held.facts.len());
        let gone = held.facts.split_off(at);
        self.aside.extend((from..).zip(gone).map(|(seq, fact)| (log, seq, fact)));
        match held.facts.last() {
            Some(last) => {
                held.head.height = from;
                held.head.head = fact_id(&last.header, last.sig.as_ref());
            }
            None => drop(self.logs.remove(&log)),
        }
        Ok(())
    }

    fn put_fork(&mut self, proof: &ForkProof) -> Result<(), StoreError> {
        let held = self.forks.entry(proof.name().id()).or_insert_with(|| proof.clone());
        if proof.seq() < held.seq() {
            *held = proof.clone();
        }
        Ok(())
    }

    fn fork(&self, log: LogId) -> Result<Option<ForkProof>, StoreError> {
        Ok(self.forks.get(&log).cloned())
    }

    fn forks(&self) -> Result<Vec<ForkProof>, StoreError> {
        Ok(self.forks.values().cloned().collect())
    }
}
