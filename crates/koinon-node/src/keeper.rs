//! Where the logs that a node exchanges are kept: in its own store, or apart from it, as a regional safety copy keeps them.
//!
//! A copy that is kept apart holds everything. The node's own store then holds what the node needs to judge: its keys'
//! log, its neighbours, and everybody's control logs, which say who is admitted and who may read what.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use koinon_core::{LogId, NodeId, Timestamp};
use koinon_ledger::Key;
use koinon_log::pull::EvidenceError;
use koinon_log::rotation::RECOVERY_WAIT_MS;
use koinon_log::{
    Directory, Entitled, Ingested, LogName, LogStore, Message, Outcome, Parcel, ReadRun, Receipt, SharedRun,
    StoreError, StoredFact, Stream, Want, ingest, ingest_fork,
};

use crate::client::{self, PullCause};
use crate::first_view::{self, CheckedView, FirstShown, Newer};
use crate::node::{Node, Shared};
use crate::sqlite::RecoveryHeard;
use crate::writer::{Job, SubmitError};

/// So much is brought from one store to the other at a time, in bytes.
const LEVEL_BYTES: usize = 16 * 1024 * 1024;

/// A store of logs with what an exchange needs beside them.
pub trait PeerStore: LogStore {
    /// Keeps a verified receipt, in place of the same peer's earlier one for the log, unless that reached further.
    fn put_receipt(&mut self, receipt: &Receipt) -> Result<(), StoreError>;

    /// The receipts for logs of a node.
    fn receipts_for(&self, node: NodeId) -> Result<Vec<Receipt>, StoreError>;

    /// Notes when a recovery of a key by stewards was first heard of; gives when that was.
    fn note_recovery(&mut self, waits: &RecoveryHeard, run: &Message) -> Result<Timestamp, StoreError>;

    /// The runs of recoveries by stewards that were first heard of after an instant.
    fn recoveries_since(&self, since: Timestamp) -> Result<Vec<SharedRun>, StoreError>;

    /// The facts about a key; there may be others among them.
    fn facts_about(&self, key: &Key) -> Result<Vec<(LogName, StoredFact)>, StoreError>;
}

/// What looks at a store.
pub type Look<'l> = &'l mut dyn FnMut(&dyn PeerStore) -> Result<(), StoreError>;

/// Keeps logs.
pub trait Keeper: fmt::Debug + Send + Sync {
    /// What the control logs that are kept say.
    fn directory(&self) -> Arc<Directory>;

    /// Looks at what is durably kept.
    fn look(&self, look: Look<'_>) -> Result<(), StoreError>;

    /// Judges a parcel and keeps what is accepted, all of it durably or nothing.
    fn take(&self, parcel: Parcel) -> Result<Outcome, KeepError>;

    /// Keeps receipts that somebody brought when there is time for them; the one who brought them does not wait.
    fn note(&self, receipts: Vec<Receipt>);

    /// Returns once everything that can be looked at is as safe as it gets. Receipts are given only after that.
    fn settle(&self) -> Result<(), StoreError>;

    /// Takes every log of a stream of a node out for good, as an agreement asks; gives the number of facts.
    fn let_go(&self, of: NodeId, stream: Stream) -> Result<u64, KeepError>;

    /// Shows a first view in its reports, in place of what was shown there before; takes that away where none is given. Done
    /// again it changes nothing. A keeper without reports has nothing to do here, nor in the next three.
    fn show_first_view(&self, _view: Option<&FirstShown>) -> Result<(), StoreError> {
        Ok(())
    }

    /// Shows in its reports what is newer than the first view there.
    fn show_newer(&self, _newer: &Newer) -> Result<(), StoreError> {
        Ok(())
    }

    /// Keeps what came of checking a first view and takes it out of the reports, both durably or nothing.
    fn note_checked(&self, _checked: &CheckedView) -> Result<(), StoreError> {
        Ok(())
    }

    /// Keeps that people have looked into first views that were wrong; says whether one was.
    fn settle_checked(&self) -> Result<bool, StoreError> {
        Ok(false)
    }

    /// What people should look at now, with what to do; nothing while all is well.
    fn trouble(&self) -> Option<String> {
        None
    }
}

/// Why a parcel could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The node's writing thread refuses.
    #[error(transparent)]
    Writer(#[from] SubmitError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Looks at what a keeper keeps, and gives what was seen.
pub(crate) fn look<R>(
    keeper: &dyn Keeper,
    see: impl FnOnce(&dyn PeerStore) -> Result<R, StoreError>,
) -> Result<R, StoreError> {
    let (mut see, mut seen) = (Some(see), None);
    keeper.look(&mut |store| {
        if let Some(see) = see.take() {
            seen = Some(see(store)?);
        }
        Ok(())
    })?;
    seen.ok_or_else(|| StoreError::Medium("the store was not shown".into()))
}

/// Takes a parcel into a store, inside the caller's transaction: recoveries of keys are waited for, runs are judged and
/// stored, proofs and receipts kept if they hold.
///
/// # Errors
/// [`StoreError`]; the transaction is then to be taken back, and the directory read anew.
pub fn take(
    store: &mut dyn PeerStore,
    directory: &mut Directory,
    parcel: Parcel,
    now: Timestamp,
) -> Result<Ingested, StoreError> {
    wait_for_recoveries(store, directory, &parcel.runs, now)?;
    let mut done = ingest(store, directory, parcel.runs)?;
    for proof in &parcel.forks {
        match ingest_fork(store, directory, proof) {
            Ok(false) => {}
            Ok(true) => done.forks.push(proof.clone()),
            Err(EvidenceError::Store(error)) => return Err(error),
            Err(EvidenceError::Fork(error)) => tracing::info!(%error, "a claimed proof proves nothing"),
        }
    }
    for proof in &done.forks {
        tracing::warn!(log = %proof.name().id(), "a node signed two histories");
    }
    for receipt in &parcel.receipts {
        match receipt.verify(directory) {
            Ok(()) => store.put_receipt(receipt)?,
            Err(error) => tracing::info!(%error, "a receipt is not believed"),
        }
    }
    Ok(done)
}

/// Notes when recoveries of keys by stewards were first heard of, and takes as good those that were waited for. A node
/// that is met for the first time was recovered while nobody here could have objected, so its stewards' word on
/// when they announced it stands.
fn wait_for_recoveries(
    store: &mut dyn PeerStore,
    directory: &mut Directory,
    runs: &[ReadRun],
    now: Timestamp,
) -> Result<(), StoreError> {
    for run in runs {
        let Some((node, rotation, announced)) = koinon_log::rotation::by_stewards(run) else { continue };
        let Ok(shared) = SharedRun::of_read(run) else { continue };
        let met = directory.inception(node).is_none();
        let heard = if met { announced.min(now) } else { now };
        let noted = RecoveryHeard { rotation, node, announced, heard };
        let heard = store.note_recovery(&noted, &Message::Run(shared))?;
        if now.as_millis().saturating_sub(heard.as_millis()) >= RECOVERY_WAIT_MS {
            directory.settle_recovery(rotation);
        } else {
            tracing::warn!(%node, "stewards gave a node another key; it is taken as good 72 hours after it was heard of");
        }
    }
    Ok(())
}

/// The node's own store.
impl Keeper for Node {
    fn directory(&self) -> Arc<Directory> {
        self.inner.shared.directory()
    }

    fn look(&self, look: Look<'_>) -> Result<(), StoreError> {
        self.inner.shared.with_reader(|store| look(store))
    }

    fn take(&self, parcel: Parcel) -> Result<Outcome, KeepError> {
        Ok(client::store(self, parcel)?)
    }

    fn note(&self, receipts: Vec<Receipt>) {
        // Whether they can be kept now is no concern of the one who brought them.
        let parcel = Parcel { receipts, ..Parcel::default() };
        self.send(Job::Ingest { parcel, reply: Box::new(drop) });
    }

    fn let_go(&self, of: NodeId, stream: Stream) -> Result<u64, KeepError> {
        Ok(self.on_writer(move |writer| writer.let_go(of, stream))??)
    }

    fn settle(&self) -> Result<(), StoreError> {
        // A reader sees only what a durable commit has written.
        Ok(())
    }
}

impl Shared {
    /// What the control logs say of what is kept, wherever that is.
    pub(crate) fn directory_kept(&self) -> Arc<Directory> {
        self.options.keeper.as_ref().map_or_else(|| self.directory(), |keeper| keeper.directory())
    }
}

impl Node {
    /// Who keeps the logs that are exchanged.
    pub(crate) fn keeper(&self) -> &dyn Keeper {
        self.inner.shared.options.keeper.as_deref().unwrap_or(self)
    }

    /// Whether the logs that are exchanged are kept apart from the node's own store, so that its book shows little of them.
    pub fn keeps_apart(&self) -> bool {
        self.inner.shared.options.keeper.is_some()
    }

    /// Whether a node's logs are kept here.
    pub(crate) fn takes(&self, of: NodeId) -> bool {
        self.inner.shared.takes(of, Stream::Control)
    }

    /// Has a parcel kept. Control logs also go into the node's own store when another keeper has it all.
    pub(crate) fn take_in(&self, mut parcel: Parcel) -> Result<Outcome, KeepError> {
        parcel.runs.retain(|run| self.inner.shared.takes(run.name().node, run.name().stream));
        let Some(keeper) = &self.inner.shared.options.keeper else { return self.take(parcel) };
        let runs = parcel.runs.iter().filter(|run| run.name().stream == Stream::Control).cloned().collect();
        let control = Parcel { runs, forks: parcel.forks.clone(), receipts: Vec::new() };
        let outcome = keeper.take(parcel)?;
        first_view::came_apart(&self.inner.shared)?;
        if !control.runs.is_empty() || !control.forks.is_empty() {
            self.take(control)?;
        }
        Ok(outcome)
    }

    /// Brings the node's own store and a keeper apart from it level, whatever interrupted that before: what stands here goes
    /// there, and control logs come here. Does nothing where the node keeps everything itself.
    pub(crate) fn level(&self) -> Result<(), PullCause> {
        let Some(keeper) = &self.inner.shared.options.keeper else { return Ok(()) };
        first_view::tell(&self.inner.shared)?;
        let entitled = self.inner.shared.entitled(self.id());
        loop {
            let runs = behind(keeper.as_ref(), self, (&entitled, &|_| true))?;
            // Even with nothing to bring, what waits to be noted is kept now.
            if keeper.take(Parcel { runs, ..Parcel::default() })?.facts == 0 {
                break;
            }
        }
        first_view::came_apart(&self.inner.shared)?;
        let control = |name: &LogName| name.stream == Stream::Control && self.takes(name.node);
        loop {
            let runs = behind(self, keeper.as_ref(), (&entitled, &control))?;
            if runs.is_empty() || self.take(Parcel { runs, ..Parcel::default() })?.facts == 0 {
                return Ok(());
            }
        }
    }
}

/// What a keeper lacks of logs that another keeps, that may be read and are wanted: one run of each at most, and no more once
/// they are many bytes.
fn behind(
    here: &dyn Keeper,
    there: &dyn Keeper,
    (entitled, wanted): (&Entitled, &dyn Fn(&LogName) -> bool),
) -> Result<Vec<ReadRun>, StoreError> {
    let heads = look(here, |store| store.heads())?;
    let held: BTreeMap<LogId, u64> = heads.iter().map(|head| (head.log, head.height)).collect();
    let directory = there.directory();
    look(there, |store| {
        let (mut runs, mut bytes) = (Vec::new(), 0_usize);
        for head in store.heads()? {
            let from = held.get(&head.log).copied().unwrap_or(0);
            if from >= head.height || head.name.stream.shared().is_none() || !wanted(&head.name) {
                continue;
            }
            let want = Want { log: head.log, from, max_bytes: u32::MAX };
            let run = koinon_log::serve(store, &directory, &want, entitled)?;
            let Some(run) = run.and_then(|run| run.restore().ok()) else { continue };
            bytes = bytes.saturating_add(run.size());
            runs.push(run);
            if bytes >= LEVEL_BYTES {
                break;
            }
        }
        Ok(runs)
    })
}
