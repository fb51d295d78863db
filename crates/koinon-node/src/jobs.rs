//! The work that a node does by itself, each piece with a name, a state and its last error, for people to see.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use koinon_core::Timestamp;

/// The job that verifies everything stored.
pub const SCRUB: &str = "scrub";

/// What a job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Waits for its next turn.
    Waiting,
    /// Is at work.
    Working,
    /// Failed the last time, and will try again.
    Failing,
}

/// One job as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobState {
    /// Its name: `exchange <neighbour>`, `snapshot`, `fold`, `scrub`, `disk`, `certificate`,
    /// `database`, `first view`, `keep for <neighbour>`.
    pub name: String,
    /// What it is doing.
    pub phase: Phase,
    /// The last error, with place, cause and what happens next; kept until it succeeds.
    pub last_error: Option<String>,
    /// When it last succeeded, by civil time.
    pub last_success: Option<Timestamp>,
    /// How often it failed in a row.
    pub failures: u32,
}

/// The jobs of a node.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    states: Mutex<BTreeMap<String, JobState>>,
}

impl Jobs {
    pub(crate) fn all(&self) -> Vec<JobState> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<JobState> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    pub(crate) fn begin(&self, name: &str) {
        self.change(name, |state| state.phase = Phase::Working);
    }

    pub(crate) fn done(&self, name: &str, now: Timestamp) {
        self.change(name, |state| {
            state.phase = Phase::Waiting;
            state.last_error = None;
            state.last_success = Some(now);
            state.failures = 0;
        });
    }

    /// Notes a failure; gives how many there were in a row.
    pub(crate) fn failed(&self, name: &str, error: String) -> u32 {
        tracing::warn!(job = name, error, "job failed");
        self.change(name, |state| {
            state.phase = Phase::Failing;
            state.last_error = Some(error);
            state.failures = state.failures.saturating_add(1);
        })
    }

    pub(crate) fn forget(&self, name: &str) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut JobState)) -> u32 {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let state = states.entry(name.to_owned()).or_insert_with(|| JobState {
            name: name.to_owned(),
            phase: Phase::Waiting,
            last_error: None,
            last_success: None,
            failures: 0,
        });
        change(state);
        state.failures
    }
}
