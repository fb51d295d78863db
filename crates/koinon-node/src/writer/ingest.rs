//! Taking in what neighbours sent, over a line or by hand: judged, stored in one transaction, then shown.

use std::sync::Arc;

use koinon_books::{Decoded, Fact, Origin, Stamp, decode};
use koinon_log::bundle::Holdings;
use koinon_log::pull::EvidenceError;
use koinon_log::rotation::RECOVERY_WAIT_MS;
use koinon_log::{
    AcceptedRun, Hlc, Ingested, Limits, LogStore as _, LogWriter, Message, Outcome as Taken, Parcel, Run,
    SharedRun, Stream, Tails, ingest, ingest_fork,
};

use super::{SubmitError, Writer};
use crate::batch::WriteError;
use crate::disk::Purpose;
use crate::replay::{self, ReplayError};
use crate::sqlite::{Filing, RecoveryHeard, SqliteError};

/// What came of taking in.
struct Took {
    done: Ingested,
    /// The ends of logs, if they may have moved.
    limits: Option<Limits>,
    /// Whether the book is to be made anew.
    anew: bool,
}

impl Writer {
    /// Takes in what a neighbour sent of admitted nodes, in one transaction.
    pub(super) fn ingest(&mut self, mut parcel: Parcel) -> Result<Taken, SubmitError> {
        self.blocked(Purpose::Exchange)?;
        let book = self.shared.book();
        let known = |node| node == self.shared.id || book.community_of(node).is_some();
        parcel.runs.retain(|run| known(run.name.node));
        drop(book);
        let mut shown = Vec::new();
        let taken = match self.take(parcel, &mut shown) {
            Ok(taken) => taken,
            Err(error) => {
                self.store.rollback();
                return Err(self.poison(&error));
            }
        };
        let Took { done, limits, anew } = taken;
        if done.accepted.iter().any(|run| run.name().stream == Stream::Control) {
            self.shared.set_directory(self.directory.clone());
        }
        if let Some(limits) = limits {
            self.shared.set_limits(limits);
        }
        let facts = done.accepted.iter().map(|run| run.facts().len()).sum::<usize>();
        let facts = u64::try_from(facts).unwrap_or(u64::MAX);
        let seen = if anew { self.show_anew() } else { self.show(&shown).map_err(ReplayError::from) };
        if let Err(error) = seen {
            return Err(self.poison(&error));
        }
        let now = self.shared.clock.now();
        let stamps = done.accepted.iter().flat_map(AcceptedRun::facts).map(|fact| fact.header().hlc);
        self.log.heard(stamps.max().unwrap_or(Hlc(0)), now);
        if !self.wrote && done.accepted.iter().any(|run| run.name().node == self.shared.id) {
            // A restored node has learned how its own logs went on; its next log names their true ends.
            match Tails::read(&self.store, &self.directory, self.shared.id) {
                Ok(tails) => self.log = LogWriter::new(self.log.identity().clone(), tails),
                Err(error) => return Err(self.poison(&error)),
            }
        }
        self.snapshot_if_due();
        Ok(Taken { facts, rejected: done.rejected, again: done.again })
    }

    fn take(
        &mut self,
        parcel: Parcel,
        shown: &mut Vec<(u64, Origin, Stamp, Fact)>,
    ) -> Result<Took, WriteError> {
        self.store.begin()?;
        self.wait_for_recoveries(&parcel.runs)?;
        let rotated = self.directory.has_rotations();
        let mut done = ingest(&mut self.store, &mut self.directory, parcel.runs)?;
        for proof in &parcel.forks {
            match ingest_fork(&mut self.store, &self.directory, proof) {
                Ok(false) => {}
                Ok(true) => done.forks.push(proof.clone()),
                Err(EvidenceError::Store(error)) => return Err(error.into()),
                Err(EvidenceError::Fork(error)) => tracing::info!(%error, "a claimed proof proves nothing"),
            }
        }
        for proof in &done.forks {
            tracing::warn!(log = %proof.name().id(), "a node signed two histories");
        }
        for receipt in &parcel.receipts {
            match receipt.verify(&self.directory) {
                Ok(()) => self.store.put_receipt(receipt)?,
                Err(error) => tracing::info!(%error, "a receipt is not believed"),
            }
        }
        let (limits, anew) = self.ends_moved(&done, rotated)?;
        let counts = limits.clone().map_or_else(|| self.shared.limits(), Arc::new);
        let mut filing = Filing::default();
        let book = self.shared.book();
        for run in &done.accepted {
            // A run that was set aside again for a later one of the same parcel is no longer held.
            let Some(first) = self.store.place_of(run.log(), run.from())? else { continue };
            for (place, fact) in (first..).zip(run.facts()) {
                let header = fact.header();
                let Decoded::Known(stamp, read) = decode(header.kind, header.schema, fact.body()) else {
                    continue;
                };
                let node = run.name().node;
                let origin = Origin { node, log: run.log(), seq: header.seq, fact: fact.id() };
                for key in replay::keys_of(&book, node, &stamp, &read) {
                    filing.key(&key, place);
                }
                if node == self.shared.id {
                    filing.act(stamp.act, place, None);
                }
                if counts.counts(run.log(), header.seq) {
                    shown.push((place, origin, stamp, read));
                }
            }
        }
        drop(book);
        self.store.file(filing)?;
        self.store.commit()?;
        shown.sort_by_key(|(place, ..)| *place);
        Ok(Took { done, limits, anew })
    }

    /// Keeps what nodes are known to hold. That it is not kept costs a longer bundle and nothing else.
    pub(crate) fn keep_holdings(&mut self, said: &[Holdings]) {
        if self.blocked(Purpose::Exchange).is_err() {
            return;
        }
        for holdings in said {
            if let Err(error) = self.store.put_holdings(holdings) {
                tracing::warn!(%error, node = %holdings.node, "what a neighbour holds could not be kept");
            }
        }
    }

    /// Notes when recoveries of keys by stewards were first heard of, and takes as good those that were waited for. A node
    /// that is met for the first time was recovered while nobody here could have objected, so its stewards' word on
    /// when they announced it stands.
    fn wait_for_recoveries(&mut self, runs: &[Run]) -> Result<(), SqliteError> {
        let now = self.shared.clock.now();
        for run in runs {
            let Some((node, rotation, announced)) = koinon_log::rotation::by_stewards(run) else { continue };
            let Ok(shared) = SharedRun::new(run.clone()) else { continue };
            let met = self.directory.inception(node).is_none();
            let heard = if met { announced.min(now) } else { now };
            let noted = RecoveryHeard { rotation, node, announced, heard };
            let heard = self.store.note_recovery(&noted, &Message::Run(shared))?;
            if now.as_millis().saturating_sub(heard.as_millis()) >= RECOVERY_WAIT_MS {
                self.directory.settle_recovery(rotation);
            } else {
                tracing::warn!(%node, "stewards gave a node another key; it is taken as good 72 hours after it was heard of");
            }
        }
        Ok(())
    }

    /// The ends of logs, if they may have moved, and whether facts that the book shows no longer count or the other way
    /// round. Snapshots are then of no use.
    fn ends_moved(&mut self, done: &Ingested, rotated: bool) -> Result<(Option<Limits>, bool), WriteError> {
        let control = done.accepted.iter().any(|run| run.name().stream == Stream::Control);
        let rotates = control && (rotated || self.directory.has_rotations());
        if done.forks.is_empty() && done.replaced.is_empty() && !rotates {
            return Ok((None, false));
        }
        let limits = Limits::read(&self.store, &self.directory)?;
        let before = self.shared.limits();
        let anew = !done.replaced.is_empty() || limits.part(&before, &self.store.heads()?);
        if anew {
            self.store.drop_snapshots()?;
        }
        Ok((Some(limits), anew))
    }
}
