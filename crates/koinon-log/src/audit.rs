//! Reading a store again: the directory at a start, and the check of every fact held.
//!
//! Nothing is repaired. A log that no longer verifies is named with the place and the reason; what stands before
//! that place is still good, and the rest can be pulled from peers again.

use std::collections::BTreeMap;

use koinon_core::LogId;

use crate::directory::{Directory, Limit};
use crate::envelope::{RUN_BYTES_MAX, RUN_FACTS_MAX};
use crate::name::{LogName, NetworkId, Stream};
use crate::pull::cut;
use crate::store::{LogHead, LogStore, StoreError};
use crate::verify::{AcceptedRun, LogView, Reason, Rejection, Run, accept_run};

/// Reads a directory from the control logs of a store, verifying them; names the logs that do not verify.
pub fn load_directory(
    store: &dyn LogStore,
    network: NetworkId,
) -> Result<(Directory, Vec<Rejection>), StoreError> {
    let mut directory = Directory::trusting(network);
    let mut waiting = store.heads()?;
    waiting.retain(|head| head.name.stream == Stream::Control);
    loop {
        let tried = waiting.len();
        let mut refused = Vec::new();
        let mut again = Vec::new();
        for head in waiting {
            let mut view = LogView::EMPTY;
            while let Some(judged) = next_run(store, &head.name, &view, &directory)? {
                match judged {
                    Ok(run) => {
                        view = after(&run);
                        directory.learn(&run);
                    }
                    // A log of a replaced key that does not count is kept as evidence only.
                    Err(Rejection { reason: Reason::Ended(_), .. }) => break,
                    Err(rejection) => {
                        again.push(head);
                        refused.push(rejection);
                        break;
                    }
                }
            }
        }
        if again.is_empty() || again.len() == tried {
            refused.retain(|rejection| !is_evidence(&directory, rejection, &again));
            return Ok((directory.wait_from_now(), refused));
        }
        waiting = again;
    }
}

/// Whether a control log that nothing known opens is kept as evidence only: a replaced key opened it, behind a log that does not
/// count and is therefore not read.
fn is_evidence(directory: &Directory, rejection: &Rejection, held: &[LogHead]) -> bool {
    let of = held.iter().find(|head| head.log == rejection.log);
    matches!(rejection.reason, Reason::UnknownLog)
        && of.and_then(|head| directory.limit_held(head)).is_some_and(|limit| limit.height == 0)
}

/// Verifies one log from its first fact to its last, giving each stretch to `visit`; ends at the first fault.
///
/// Gives the number of facts that verified, and the fault if there was one.
pub fn verify_log(
    store: &dyn LogStore,
    directory: &Directory,
    log: LogId,
    visit: &mut dyn FnMut(AcceptedRun),
) -> Result<(u64, Option<Rejection>), StoreError> {
    let Some(head) = store.head(log)? else { return Ok((0, None)) };
    // A log that a replaced key opened, behind its end, counts for nothing: it is evidence from its first fact on.
    if directory.limit_held(&head).is_some_and(|limit| limit.height == 0) {
        return Ok((0, None));
    }
    let mut view = LogView::EMPTY;
    while let Some(judged) = next_run(store, &head.name, &view, directory)? {
        match judged {
            Ok(run) => {
                view = after(&run);
                visit(run);
            }
            // What does not count is kept as evidence only.
            Err(Rejection { reason: Reason::Ended(_), .. }) => return Ok((view.height, None)),
            Err(rejection) => return Ok((view.height, Some(rejection))),
        }
    }
    let whole = view.height == head.height && view.head == head.head;
    let short = Rejection { log, seq: view.height, reason: Reason::Gap { height: view.height } };
    Ok((view.height, (!whole).then_some(short)))
}

/// Which logs end before what is held of them, by proofs of forks and replaced keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits(BTreeMap<LogId, u64>);

impl Limits {
    /// Reads them for all logs of a store.
    pub fn read(store: &dyn LogStore, directory: &Directory) -> Result<Self, StoreError> {
        let forks: BTreeMap<LogId, Limit> =
            store.forks()?.iter().map(|proof| (proof.name().id(), proof.limit())).collect();
        let mut limits: BTreeMap<LogId, u64> =
            forks.iter().map(|(log, limit)| (*log, limit.height)).collect();
        if !forks.is_empty() {
            let behind =
                |head: &LogHead| directory.opened_behind(head.log, |control| forks.get(&control).copied());
            limits.extend(store.heads()?.iter().filter(|head| behind(head)).map(|head| (head.log, 0)));
        }
        if directory.has_rotations() {
            let heads = store.heads()?;
            limits
                .extend(heads.iter().filter_map(|head| Some((head.log, directory.limit_held(head)?.height))));
            limits
                .extend(heads.iter().filter(|head| directory.is_silent(head.log)).map(|head| (head.log, 0)));
        }
        Ok(Self(limits))
    }

    /// Whether a fact counts.
    pub fn counts(&self, log: LogId, seq: u64) -> bool {
        self.0.get(&log).is_none_or(|height| seq < *height)
    }

    /// How many facts of a log of so many count.
    pub fn counted(&self, log: LogId, height: u64) -> u64 {
        self.0.get(&log).map_or(height, |limit| height.min(*limit))
    }

    /// Whether every fact counts.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a fact among those held counts by one and not by the other.
    pub fn part(&self, other: &Self, held: &[LogHead]) -> bool {
        let counted = |limits: &Self, head: &LogHead| {
            limits.0.get(&head.log).map_or(head.height, |limit| head.height.min(*limit))
        };
        held.iter().any(|head| counted(self, head) != counted(other, head))
    }
}

fn after(run: &AcceptedRun) -> LogView {
    LogView { height: run.height(), head: run.head(), limit: None }
}

fn next_run(
    store: &dyn LogStore,
    name: &LogName,
    view: &LogView,
    directory: &Directory,
) -> Result<Option<Result<AcceptedRun, Rejection>>, StoreError> {
    let mut facts = store.read_range(name.id(), view.height, RUN_FACTS_MAX, RUN_BYTES_MAX)?;
    if facts.is_empty() {
        return Ok(None);
    }
    // Without a signed fact in reach the stretch stays whole, and is refused for that.
    if let Some(count) = cut(&facts, RUN_BYTES_MAX) {
        facts.truncate(count);
    }
    let run = Run { name: *name, from: view.height, facts };
    Ok(Some(accept_run(view, run, directory)))
}
