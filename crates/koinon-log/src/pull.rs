//! Pulling: what to ask a peer for, what to serve to it, and what to do with what came.
//!
//! One way in for every carrier (network, file, backup, test): [`ingest`]. A refused run changes nothing and
//! stops no other. Nothing here waits or retries by itself.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use koinon_core::LogId;

use crate::directory::Directory;
use crate::envelope::{Fact, RUN_BYTES_MAX, RUN_FACTS_MAX, StoredFact, fact_id};
use crate::exchange::{HAVE_LOGS_MAX, Have, HaveLog, ShareError, SharedRun, Want};
use crate::fork::{ForkError, ForkProof};
use crate::name::{SharedStream, Stream};
use crate::store::{LogHead, LogStore, StoreError};
use crate::verify::{AcceptedRun, LogView, Reason, Rejection, Run, accept_run};

/// The bytes asked for in one [`Want`] unless the caller changes it.
pub const WANT_BYTES: u32 = 1024 * 1024;

/// What a node holds, as needed to plan what it wants.
#[derive(Debug, Clone, Default)]
pub struct Heads {
    /// The head of each log held.
    pub logs: BTreeMap<LogId, LogHead>,
    /// The logs that are frozen by proof of a fork; nothing more of them is wanted.
    pub frozen: BTreeSet<LogId>,
}

impl Heads {
    /// Reads them from a store.
    pub fn read(store: &dyn LogStore) -> Result<Self, StoreError> {
        let logs = store.heads()?.into_iter().map(|head| (head.name.id(), head)).collect();
        let frozen = store.forks()?.iter().map(|proof| proof.name().id()).collect();
        Ok(Self { logs, frozen })
    }
}

/// What a store holds of the streams that a peer is entitled to, control logs first; several messages if there
/// are very many logs, one even if there are none.
pub fn have(store: &dyn LogStore, entitled: &BTreeSet<SharedStream>) -> Result<Vec<Have>, StoreError> {
    let shared = |head: LogHead| {
        let stream = head.name.stream.shared().filter(|stream| entitled.contains(stream))?;
        let LogHead { name, height, head } = head;
        Some(HaveLog { node: name.node, stream, incarnation: name.incarnation, height, head })
    };
    let mut logs: Vec<HaveLog> = store.heads()?.into_iter().filter_map(shared).collect();
    logs.sort_by_key(|log| log.stream);
    let mut pages: Vec<Have> = logs.chunks(HAVE_LOGS_MAX).map(|page| Have { logs: page.to_vec() }).collect();
    if pages.is_empty() {
        pages.push(Have::default());
    }
    Ok(pages)
}

/// What to ask a peer for: every entitled log of which it holds more, control logs first.
///
/// When both hold equally much and the heads differ, the last fact is asked for, as it proves a fork.
pub fn plan_wants(mine: &Heads, theirs: &Have, entitled: &BTreeSet<SharedStream>) -> Vec<Want> {
    let mut wants: Vec<(SharedStream, Want)> = Vec::new();
    for log in theirs.logs.iter().filter(|log| entitled.contains(&log.stream)) {
        let id = log.name().id();
        if mine.frozen.contains(&id) {
            continue;
        }
        let held = mine.logs.get(&id);
        let height = held.map_or(0, |head| head.height);
        let differs = held.is_some_and(|head| head.height == log.height && head.head != log.head);
        if log.height > height || differs {
            let from = if differs { height.saturating_sub(1) } else { height };
            wants.push((log.stream, Want { log: id, from, max_bytes: WANT_BYTES }));
        }
    }
    wants.sort_by_key(|(stream, want)| (*stream, want.log));
    wants.dedup();
    wants.into_iter().map(|(_, want)| want).collect()
}

/// Serves a want: facts from the place asked for, cut at a signed fact within the bytes asked for, or after the
/// first signed fact if that alone is more.
///
/// Gives nothing when the log is unknown, is of a stream that the asker is not entitled to (which looks the
/// same to the asker), or holds nothing new.
pub fn serve(
    store: &dyn LogStore,
    want: &Want,
    entitled: &BTreeSet<SharedStream>,
) -> Result<Option<SharedRun>, StoreError> {
    let Some(head) = store.head(want.log)? else { return Ok(None) };
    if !head.name.stream.shared().is_some_and(|stream| entitled.contains(&stream)) {
        return Ok(None);
    }
    let mut facts = store.read_range(want.log, want.from, RUN_FACTS_MAX, RUN_BYTES_MAX)?;
    let wanted = usize::try_from(want.max_bytes).unwrap_or(usize::MAX).min(RUN_BYTES_MAX);
    let Some(count) = cut(&facts, wanted) else { return Ok(None) };
    facts.truncate(count);
    let run = Run { name: head.name, from: want.from, facts };
    match SharedRun::new(run) {
        Ok(run) => Ok(Some(run)),
        Err(ShareError::NotShared(_)) => Ok(None),
        Err(damaged) => Err(StoreError::Medium(Box::new(damaged))),
    }
}

/// The number of facts to send: up to the last signed one within the bytes wanted, else the first signed one
/// within a run's limit.
pub(crate) fn cut(facts: &[StoredFact], wanted: usize) -> Option<usize> {
    let mut bytes = 0_usize;
    let mut count = None;
    for (index, fact) in facts.iter().enumerate() {
        bytes = bytes.saturating_add(fact.size());
        if bytes > RUN_BYTES_MAX || (bytes > wanted && count.is_some()) {
            break;
        }
        if fact.sig.is_some() {
            count = Some(index + 1);
        }
        if bytes > wanted && count.is_some() {
            break;
        }
    }
    count
}

/// What a run turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// New facts, to be stored; those held already were cut off.
    Accepted(AcceptedRun),
    /// Nothing new.
    Known,
    /// A second history of the log, with proof that its node signed both.
    Forked(Box<ForkProof>),
    /// Refused. With a want, if asking for it would show whether there is a fork.
    Rejected(Rejection, Option<Want>),
}

/// Judges a run against a store and a directory; changes nothing.
pub fn judge(store: &dyn LogStore, directory: &Directory, run: &Run) -> Result<Judged, StoreError> {
    let log = run.name.id();
    let view = store.view(log)?;
    let mut rest = Cow::Borrowed(run);
    if run.from < view.height {
        if let Some(judged) = compare(store, directory, run, &view)? {
            return Ok(judged);
        }
        let known = usize::try_from(view.height.saturating_sub(run.from)).unwrap_or(usize::MAX);
        let Some(facts) = run.facts.get(known..).filter(|facts| !facts.is_empty()) else {
            return Ok(Judged::Known);
        };
        rest = Cow::Owned(Run { name: run.name, from: view.height, facts: facts.to_vec() });
    }
    Ok(match accept_run(&view, &rest, directory) {
        Ok(accepted) => Judged::Accepted(accepted),
        Err(rejection) => {
            let diverged = matches!(rejection.reason, Reason::Diverged { .. });
            let from = view.height.saturating_sub(1);
            let want = diverged.then_some(Want { log, from, max_bytes: WANT_BYTES });
            Judged::Rejected(rejection, want)
        }
    })
}

/// Compares the part of a run that is held already; gives nothing if it is the same.
fn compare(
    store: &dyn LogStore,
    directory: &Directory,
    run: &Run,
    view: &LogView,
) -> Result<Option<Judged>, StoreError> {
    let log = run.name.id();
    let facts_max = run.facts.len().min(RUN_FACTS_MAX);
    let held = store.read_range(log, run.from, facts_max, RUN_BYTES_MAX)?;
    let id = |fact: &StoredFact| fact_id(&fact.header, fact.sig.as_ref());
    let Some(index) = held.iter().zip(&run.facts).position(|(a, b)| id(a) != id(b)) else { return Ok(None) };
    let seq = run.from.saturating_add(u64::try_from(index).unwrap_or(u64::MAX));
    if view.frozen_from.is_some() {
        return Ok(Some(Judged::Known));
    }
    let ours = store.read_range(log, seq, RUN_FACTS_MAX, RUN_BYTES_MAX)?;
    let parse = |facts: &[StoredFact]| -> Vec<Fact> {
        facts.iter().map_while(|fact| Fact::from_stored(fact.clone()).ok()).take(RUN_FACTS_MAX).collect()
    };
    let theirs = parse(run.facts.get(index..).unwrap_or(&[]));
    if let Some(proof) = ForkProof::between(run.name, &parse(&ours), &theirs, directory) {
        return Ok(Some(Judged::Forked(Box::new(proof))));
    }
    let (held, found) = match (held.get(index), run.facts.get(index)) {
        (Some(held), Some(found)) => (id(held), id(found)),
        _ => return Ok(None),
    };
    let rejection = Rejection { log, seq, reason: Reason::Diverged { held, found } };
    Ok(Some(Judged::Rejected(rejection, None)))
}

/// What came of taking in runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    /// The runs that were stored, in the order in which they were.
    pub accepted: Vec<AcceptedRun>,
    /// The runs that were refused.
    pub rejected: Vec<Rejection>,
    /// The forks that were proved and are now held as evidence; to be passed on to every peer.
    pub forks: Vec<ForkProof>,
    /// What to ask the same peer for, to find out about a divergence.
    pub again: Vec<Want>,
}

/// Takes in runs: judges each, stores what is accepted and lets the directory learn from it. Runs that wait for
/// another one of them are tried again after it.
pub fn ingest(
    store: &mut dyn LogStore,
    directory: &mut Directory,
    runs: Vec<Run>,
) -> Result<Ingested, StoreError> {
    let mut done = Ingested::default();
    let mut waiting = runs;
    // Control logs are what other logs wait for.
    waiting.sort_by_key(|run| run.name.stream != Stream::Control);
    loop {
        let mut again = Vec::new();
        let mut refused = Vec::new();
        let tried = waiting.len();
        for run in waiting {
            match judge(&*store, directory, &run)? {
                Judged::Known => {}
                Judged::Accepted(accepted) => {
                    store.append_runs(std::slice::from_ref(&accepted))?;
                    directory.learn(&accepted);
                    done.accepted.push(accepted);
                }
                Judged::Forked(proof) => {
                    store.put_fork(&proof)?;
                    done.forks.push(*proof);
                }
                Judged::Rejected(rejection, _) if rejection.waits() => {
                    again.push(run);
                    refused.push(rejection);
                }
                Judged::Rejected(rejection, want) => {
                    done.rejected.push(rejection);
                    done.again.extend(want);
                }
            }
        }
        if again.len() == tried || again.is_empty() {
            done.rejected.extend(refused);
            return Ok(done);
        }
        waiting = again;
    }
}

/// Why a proof that a peer passed on was not kept.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// It does not convict.
    #[error(transparent)]
    Fork(#[from] ForkError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes in a proof that a peer passed on, if it convicts; says whether it was new, and so is to be passed on.
pub fn ingest_fork(
    store: &mut dyn LogStore,
    directory: &Directory,
    proof: &ForkProof,
) -> Result<bool, EvidenceError> {
    proof.verify(directory)?;
    let new = store.fork(proof.name().id())?.is_none();
    store.put_fork(proof)?;
    Ok(new)
}
