//! Pulling: what to ask a peer for, what to serve to it, and what to do with what came.
//!
//! One way in for every carrier (network, file, backup, test): [`ingest`]. A refused run changes nothing and
//! stops no other. Nothing here waits or retries by itself.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{Digest, FactId, LogId, NodeId};

use crate::directory::{Directory, Limit};
use crate::entitled::Entitled;
use crate::envelope::{Fact, Header, RUN_BYTES_MAX, RUN_FACTS_MAX, StoredFact, fact_id};
use crate::exchange::{HAVE_LOGS_MAX, Have, HaveLog, ShareError, SharedRun, Want};
use crate::fork::{ForkError, ForkProof};
use crate::name::{LogName, NO_FACT, SharedStream, Stream};
use crate::simulation::{Planted, planted};
use crate::store::{LogHead, LogStore, StoreError};
use crate::verify::{AcceptedRun, LogView, ReadRun, Reason, Rejection, Run, accept_run, check};

/// The bytes asked for in one [`Want`] unless the caller changes it.
pub const WANT_BYTES: u32 = 1024 * 1024;

/// What a node holds, as needed to plan what it wants.
#[derive(Debug, Clone, Default)]
pub struct Heads {
    /// The end of what counts of each log held.
    pub logs: BTreeMap<LogId, LogHead>,
    /// The logs that ended for good and are held to their end; nothing more of them is wanted.
    pub ended: BTreeSet<LogId>,
}

impl Heads {
    /// Reads them from a store.
    pub fn read(store: &dyn LogStore, directory: &Directory) -> Result<Self, StoreError> {
        let mut heads = Self::default();
        let proofs = store.forks()?;
        let forks: BTreeMap<LogId, Limit> =
            proofs.iter().map(|proof| (proof.name().id(), proof.limit())).collect();
        // Whoever signed no log twice opened none behind the end of one.
        let two_faced: BTreeSet<NodeId> = proofs.iter().map(|proof| proof.name().node).collect();
        let mut logs = Vec::new();
        for head in store.heads()? {
            let log = head.log;
            let by_fork = || {
                let behind = two_faced.contains(&head.name.node)
                    && directory.opened_behind(log, |control| forks.get(&control).copied());
                if behind { Some(Limit::VOID) } else { forks.get(&log).copied() }
            };
            let limit = directory.limit_held(&head).or_else(by_fork);
            let Some(limit) = limit else {
                logs.push((log, head));
                continue;
            };
            if head.height < limit.height {
                logs.push((log, head));
                continue;
            }
            let held =
                if head.height == limit.height { Some(head.head) } else { id_at(store, log, limit.height)? };
            if limit.height == 0 || held == Some(limit.head) {
                heads.ended.insert(log);
                if limit.height > 0 {
                    logs.push((log, LogHead { height: limit.height, head: limit.head, ..head }));
                }
            } else {
                // Another history than the one that counts is held: it is as if nothing were.
                logs.push((log, LogHead { height: 0, head: NO_FACT, ..head }));
            }
        }
        heads.logs = logs.into_iter().collect();
        heads.ended.extend(forks.iter().filter(|(_, limit)| limit.height == 0).map(|(log, _)| *log));
        Ok(heads)
    }

    /// What is held of the logs that a peer may read, as offered to it, in order of node and stream.
    pub fn offered(&self, entitled: &Entitled) -> Vec<HaveLog> {
        self.offered_where(entitled, |_| true)
    }

    /// The same of one node's logs.
    fn offered_of(&self, entitled: &Entitled, node: NodeId) -> Vec<HaveLog> {
        self.offered_where(entitled, |head| head.name.node == node)
    }

    fn offered_where(&self, entitled: &Entitled, asked: impl Fn(&LogHead) -> bool) -> Vec<HaveLog> {
        let shared = |head: &LogHead| {
            let stream = head.name.stream.shared();
            let stream = stream
                .or(leaked(head.name.stream))
                .filter(|stream| may_read(entitled, head.name, *stream))?;
            let LogHead { log, name, height, head } = *head;
            let LogName { node, incarnation, .. } = name;
            (height > 0).then_some(HaveLog { log, node, stream, incarnation, height, head })
        };
        let asked = self.logs.values().filter(|head| asked(head));
        let mut logs: Vec<HaveLog> = asked.filter_map(shared).collect();
        logs.sort_unstable_by_key(|log| (log.node, log.stream, log.incarnation));
        logs
    }

    /// One digest per node over what is offered of its logs, so that equal holdings cost 48 bytes a node to compare.
    pub fn summary(&self, entitled: &Entitled) -> BTreeMap<NodeId, Digest> {
        let offered = self.offered(entitled);
        offered
            .chunk_by(|a, b| a.node == b.node)
            .filter_map(|logs| Some((logs.first()?.node, digest(logs))))
            .collect()
    }
}

/// Whether a reader may have a log; a planted fault serves it to whoever asks.
fn may_read(entitled: &Entitled, name: LogName, stream: SharedStream) -> bool {
    entitled.may_read(name.node, stream) || planted(Planted::AgreementUnread)
}

/// A planted fault offers local logs under another name.
fn leaked(stream: Stream) -> Option<SharedStream> {
    (stream == Stream::Local && planted(Planted::LocalLeaks)).then_some(SharedStream::Federation)
}

fn id_at(store: &dyn LogStore, log: LogId, height: u64) -> Result<Option<FactId>, StoreError> {
    let last = store.read_range(log, height.saturating_sub(1), 1, 0)?;
    Ok(last.first().map(|fact| fact_id(&fact.header, fact.sig.as_ref())))
}

/// The digest over what is held of one node's logs: streams, incarnations, heights and heads, in the order given.
pub fn digest(logs: &[HaveLog]) -> Digest {
    let mut bytes = Vec::with_capacity(logs.len().saturating_mul(56));
    for log in logs {
        bytes.push(Stream::from(log.stream).number());
        bytes.extend(log.incarnation.0.to_be_bytes());
        bytes.extend(log.height.to_be_bytes());
        if !planted(Planted::HeightsOnly) {
            bytes.extend(log.head.0);
        }
    }
    Digest::of("koinon/holdings/1", &bytes)
}

/// What a store holds of one node for a peer: the logs in which it writes now, and a digest over all others; or all of
/// them. Several messages if there are very many logs.
pub fn holdings(
    heads: &Heads,
    directory: &Directory,
    node: NodeId,
    all: bool,
    entitled: &Entitled,
) -> Vec<Have> {
    let mut logs = heads.offered_of(entitled, node);
    let mut rest = Vec::new();
    if !all {
        let now: BTreeSet<LogId> = Stream::ALL
            .iter()
            .filter_map(|stream| directory.last_opened(node, *stream))
            .map(|n| n.id())
            .collect();
        (logs, rest) = logs.into_iter().partition(|log| now.contains(&log.log));
    }
    let rest = (!rest.is_empty()).then(|| digest(&rest));
    logs.sort_by_key(|log| log.stream);
    let mut pages: Vec<Have> =
        logs.chunks(HAVE_LOGS_MAX).map(|page| Have { node, logs: page.to_vec(), rest: None }).collect();
    if pages.is_empty() {
        pages.push(Have { node, logs: Vec::new(), rest: None });
    }
    if let Some(last) = pages.last_mut() {
        last.rest = rest;
    }
    pages
}

/// What to ask a peer for: every entitled log of which it holds more, control logs first.
///
/// When both hold equally much and the heads differ, the last fact is asked for, as it proves a fork.
pub fn plan_wants(mine: &Heads, theirs: &Have, entitled: &Entitled) -> Vec<Want> {
    let mut wants: Vec<(SharedStream, Want)> = Vec::new();
    for log in theirs.logs.iter().filter(|log| entitled.may_read(log.node, log.stream)) {
        let id = log.log;
        let held = mine.logs.get(&id);
        let height = held.map_or(0, |head| head.height);
        let differs = held.is_some_and(|head| head.height == log.height && head.head != log.head);
        let differs = differs && !planted(Planted::HeightsOnly);
        // Of a log that ended here, a peer that has not heard of the end may hold more; and it may hold an earlier parting.
        if log.height > height && !mine.ended.contains(&id) || differs {
            let from = if differs { height.saturating_sub(1) } else { height };
            wants.push((log.stream, Want { log: id, from, max_bytes: WANT_BYTES }));
        }
    }
    wants.sort_by_key(|(stream, want)| (*stream, want.log));
    wants.dedup();
    wants.into_iter().map(|(_, want)| want).collect()
}

/// Whether the rest of a node's logs, beyond those listed, differs from what a peer's digest says of it.
pub fn rest_differs(mine: &Heads, theirs: &Have, entitled: &Entitled) -> bool {
    let listed: BTreeSet<LogId> = theirs.logs.iter().map(|log| log.log).collect();
    theirs.rest.is_some_and(|their_rest| {
        let mut rest = mine.offered_of(entitled, theirs.node);
        rest.retain(|log| !listed.contains(&log.log));
        their_rest != digest(&rest)
    })
}

/// Serves a want: facts from the place asked for, cut at a signed fact within the bytes asked for, or after the
/// first signed fact if that alone is more.
///
/// Gives nothing when the log is unknown, is one that the asker may not read (which looks the same to the
/// asker), or holds nothing new. What does not count is not served.
pub fn serve(
    store: &dyn LogStore,
    directory: &Directory,
    want: &Want,
    entitled: &Entitled,
) -> Result<Option<SharedRun>, StoreError> {
    let Some(mut head) = store.head(want.log)? else { return Ok(None) };
    if let Some(stream) = leaked(head.name.stream) {
        head.name.stream = stream.into();
    }
    if !head.name.stream.shared().is_some_and(|stream| may_read(entitled, head.name, stream)) {
        return Ok(None);
    }
    let view = store.view(want.log, directory)?;
    let counted = usize::try_from(view.counted().saturating_sub(want.from)).unwrap_or(usize::MAX);
    let mut facts = store.read_range(want.log, want.from, counted.min(RUN_FACTS_MAX), RUN_BYTES_MAX)?;
    let wanted = usize::try_from(want.max_bytes).unwrap_or(usize::MAX).min(RUN_BYTES_MAX);
    let ends = view.limit.is_some() && facts.len() == counted;
    let count = cut(&facts, wanted);
    let within = facts.iter().fold(0_usize, |sum, fact| sum.saturating_add(fact.size())) <= RUN_BYTES_MAX;
    // Up to its end a log needs no signature: what ended it vouches for it.
    match count {
        _ if ends && within && !facts.is_empty() => {}
        Some(count) => facts.truncate(count),
        None => return Ok(None),
    }
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
    /// The history that counts, of a log of which another is held: what is held from a place on is to be set aside, then
    /// the facts are to be stored.
    Replaces(u64, AcceptedRun),
    /// Nothing new.
    Known,
    /// A second history of the log, with proof that its node signed both.
    Forked(Box<ForkProof>),
    /// Refused for now: it may be accepted once other runs have been.
    Waits(Rejection, ReadRun),
    /// Refused. With a want, if asking for it would show whether there is a fork.
    Rejected(Rejection, Option<Want>),
}

/// Judges a run against a store and a directory; changes nothing.
pub fn judge(
    store: &dyn LogStore,
    directory: &Directory,
    run: impl Into<ReadRun>,
) -> Result<Judged, StoreError> {
    let mut run = run.into();
    let log = run.name().id();
    let view = store.view(log, directory)?;
    if let Some(limit) = view.limit {
        // What comes after the end does not count; what comes before it does.
        run.truncate(usize::try_from(limit.height.saturating_sub(run.from())).unwrap_or(usize::MAX));
        if run.is_empty() && run.from() >= limit.height {
            return Ok(Judged::Known);
        }
    }
    if run.from() < view.height {
        if let Some(judged) = compare(store, directory, &run, &view)? {
            return Ok(judged);
        }
        run.skip(usize::try_from(view.height.saturating_sub(run.from())).unwrap_or(usize::MAX));
        if run.is_empty() {
            return Ok(Judged::Known);
        }
    }
    Ok(match check(&view, &run, directory) {
        Ok(()) => Judged::Accepted(AcceptedRun::new(*run.name(), run.into_facts())),
        Err(rejection) if rejection.waits() => Judged::Waits(rejection, run),
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
    run: &ReadRun,
    view: &LogView,
) -> Result<Option<Judged>, StoreError> {
    let log = run.name().id();
    let facts_max = run.facts().len().min(RUN_FACTS_MAX);
    let held = store.read_range(log, run.from(), facts_max, RUN_BYTES_MAX)?;
    let differ = |(ours, theirs): (&StoredFact, &Fact)| {
        ours.header != theirs.stored().header || ours.sig != theirs.stored().sig
    };
    let Some(index) = held.iter().zip(run.facts()).position(differ) else { return Ok(None) };
    let (Some(ours), Some(theirs)) = (held.get(index), run.facts().get(index)) else { return Ok(None) };
    let seq = run.from().saturating_add(u64::try_from(index).unwrap_or(u64::MAX));
    let reason = Reason::Diverged { held: fact_id(&ours.header, ours.sig.as_ref()), found: theirs.id() };
    let rejection = Rejection { log, seq, reason };
    let before = Header::parse(&ours.header).ok().map(|header| header.prev);
    if seq > 0 && before != Some(theirs.header().prev) {
        // They parted before: half as far from the beginning will show it sooner or later.
        let want = Want { log, from: seq / 2, max_bytes: WANT_BYTES };
        return Ok(Some(Judged::Rejected(rejection, Some(want))));
    }
    if let Some(limit) = directory.limit(log) {
        return replaces(store, directory, (run, index, seq), limit).map(|judged| {
            Some(judged.unwrap_or_else(|| {
                let want = Want { log, from: seq, max_bytes: u32::MAX };
                Judged::Rejected(rejection, Some(want))
            }))
        });
    }
    if view.limit.is_some_and(|limit| seq >= limit.height) {
        return Ok(Some(Judged::Known));
    }
    let ours = store.read_range(log, seq, RUN_FACTS_MAX, RUN_BYTES_MAX)?;
    let ours: Vec<Fact> = ours.into_iter().map_while(|fact| Fact::from_stored(fact).ok()).collect();
    let theirs = run.facts().get(index..).unwrap_or(&[]);
    if let Some(proof) = ForkProof::between(*run.name(), &ours, theirs, directory) {
        return Ok(Some(Judged::Forked(Box::new(proof))));
    }
    Ok(Some(Judged::Rejected(rejection, None)))
}

/// Whether a history of a log whose key was replaced takes the place of the one held: it must lead to the end that the
/// rotation names, or the one held must be known not to.
fn replaces(
    store: &dyn LogStore,
    directory: &Directory,
    (run, index, seq): (&ReadRun, usize, u64),
    limit: Limit,
) -> Result<Option<Judged>, StoreError> {
    let log = run.name().id();
    let mut rest = run.clone();
    rest.skip(index);
    let end = rest.from().saturating_add(u64::try_from(rest.facts().len()).unwrap_or(u64::MAX));
    let reaches = end == limit.height && rest.facts().last().is_some_and(|last| last.id() == limit.head);
    let held = store.head(log)?.map_or(0, |head| head.height);
    let held_is_wrong = held >= limit.height && id_at(store, log, limit.height)? != Some(limit.head);
    if !reaches && !held_is_wrong {
        return Ok(None);
    }
    let head = if seq == 0 { NO_FACT } else { id_at(store, log, seq)?.unwrap_or(NO_FACT) };
    let view = LogView { height: seq, head, limit: Some(limit) };
    Ok(accept_run(&view, rest, directory).ok().map(|accepted| Judged::Replaces(seq, accepted)))
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
    /// The logs of which another history than before is held now.
    pub replaced: BTreeSet<LogId>,
    /// What to ask the same peer for, to find out about a divergence.
    pub again: Vec<Want>,
}

/// Takes in runs: judges each, stores what is accepted and lets the directory learn from it. Runs that wait for
/// another one of them are tried again after it.
pub fn ingest<R: Into<ReadRun>>(
    store: &mut dyn LogStore,
    directory: &mut Directory,
    runs: Vec<R>,
) -> Result<Ingested, StoreError> {
    let mut done = Ingested::default();
    let mut waiting: Vec<ReadRun> = runs.into_iter().map(Into::into).collect();
    // Control logs are what other logs wait for.
    waiting.sort_by_key(|run| run.name().stream != Stream::Control);
    loop {
        let mut again = Vec::new();
        let mut refused = Vec::new();
        let tried = waiting.len();
        for run in waiting {
            match judge(&*store, directory, run)? {
                Judged::Known => {}
                Judged::Accepted(accepted) => {
                    store.append_runs(std::slice::from_ref(&accepted))?;
                    directory.learn(&accepted);
                    done.accepted.push(accepted);
                }
                Judged::Replaces(from, accepted) => {
                    store.set_aside(accepted.log(), from)?;
                    store.append_runs(std::slice::from_ref(&accepted))?;
                    directory.learn(&accepted);
                    done.replaced.insert(accepted.log());
                    done.accepted.push(accepted);
                }
                Judged::Forked(proof) => {
                    store.put_fork(&proof)?;
                    done.forks.push(*proof);
                }
                Judged::Waits(rejection, run) => {
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
    let known = store.fork(proof.name().id())?;
    let new = known.is_none_or(|known| proof.seq() < known.seq());
    store.put_fork(proof)?;
    Ok(new)
}
