//! The story on the store in memory, and on stores that break the contract: a story that nothing can fail would
//! be no test.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod common;

use koinon_core::LogId;
use koinon_log::testing::story;
use koinon_log::verify::AcceptedRun;
use koinon_log::{ForkProof, LogHead, LogStore, MemoryStore, StoreError, StoredFact};

#[test]
fn the_store_in_memory_passes() {
    story(&mut MemoryStore::new()).unwrap();
}

/// One way in which a store may go wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    HeadsUnordered,
    HeadsMissing,
    AppendsPartly,
    AppendsTwice,
    ForgetsSignatures,
    ForgetsSalts,
    ReadsTooMany,
    ReadsTooFew,
    LosesProofs,
    KeepsNoBodies,
    SetsNothingAside,
    SetsTooMuchAside,
    KeepsTheFirstProof,
}

const FAULTS: [Fault; 13] = [
    Fault::HeadsUnordered,
    Fault::HeadsMissing,
    Fault::AppendsPartly,
    Fault::AppendsTwice,
    Fault::ForgetsSignatures,
    Fault::ForgetsSalts,
    Fault::ReadsTooMany,
    Fault::ReadsTooFew,
    Fault::LosesProofs,
    Fault::KeepsNoBodies,
    Fault::SetsNothingAside,
    Fault::SetsTooMuchAside,
    Fault::KeepsTheFirstProof,
];

struct Broken(Fault, MemoryStore);

impl LogStore for Broken {
    fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        let mut heads = self.1.heads()?;
        match self.0 {
            Fault::HeadsUnordered => heads.reverse(),
            Fault::HeadsMissing => drop(heads.pop()),
            _ => {}
        }
        Ok(heads)
    }

    fn head(&self, log: LogId) -> Result<Option<LogHead>, StoreError> {
        self.1.head(log)
    }

    fn read_range(
        &self,
        log: LogId,
        from: u64,
        facts: usize,
        bytes: usize,
    ) -> Result<Vec<StoredFact>, StoreError> {
        let bytes = if self.0 == Fault::ReadsTooMany { usize::MAX } else { bytes };
        let mut read = self.1.read_range(log, from, facts, bytes)?;
        for fact in &mut read {
            match self.0 {
                Fault::ForgetsSignatures => fact.sig = None,
                Fault::ForgetsSalts => fact.salt = [0; 16],
                Fault::KeepsNoBodies => fact.body.clear(),
                _ => {}
            }
        }
        if self.0 == Fault::ReadsTooFew && bytes == 0 {
            read.clear();
        }
        Ok(read)
    }

    fn append_runs(&mut self, runs: &[AcceptedRun]) -> Result<(), StoreError> {
        match self.0 {
            Fault::AppendsPartly => {
                runs.iter().try_for_each(|run| self.1.append_runs(std::slice::from_ref(run)))
            }
            Fault::AppendsTwice => self.1.append_runs(runs).or(Ok(())),
            _ => self.1.append_runs(runs),
        }
    }

    fn set_aside(&mut self, log: LogId, from: u64) -> Result<(), StoreError> {
        match self.0 {
            Fault::SetsNothingAside => Ok(()),
            Fault::SetsTooMuchAside => self.1.set_aside(log, from.saturating_sub(1)),
            _ => self.1.set_aside(log, from),
        }
    }

    fn put_fork(&mut self, proof: &ForkProof) -> Result<(), StoreError> {
        let known = self.fork(proof.name().id())?.is_some();
        match self.0 {
            Fault::LosesProofs => Ok(()),
            Fault::KeepsTheFirstProof if known => Ok(()),
            _ => self.1.put_fork(proof),
        }
    }

    fn fork(&self, log: LogId) -> Result<Option<ForkProof>, StoreError> {
        self.1.fork(log)
    }

    fn forks(&self) -> Result<Vec<ForkProof>, StoreError> {
        self.1.forks()
    }
}

#[test]
fn every_broken_store_is_caught() {
    for fault in FAULTS {
        let result = story(&mut Broken(fault, MemoryStore::new()));
        assert!(result.is_err(), "{fault:?} went unnoticed");
    }
}
