//! Taking in what neighbours sent, over a line or by hand: judged, stored in one transaction, then shown.

use std::sync::Arc;

use koinon_books::{Decoded, Fact, Origin, Stamp, decode};
use koinon_log::bundle::Holdings;
use koinon_log::{
    AcceptedRun, Hlc, Ingested, Limits, LogStore as _, Outcome as Taken, Parcel, Stream, Tails,
};

use super::{SubmitError, Writer};
use crate::batch::WriteError;
use crate::disk::Purpose;
use crate::keeper;
use crate::replay::{self, ReplayError};
use crate::sqlite::Filing;

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
        parcel.runs.retain(|run| self.shared.takes(run.name().node, run.name().stream));
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
        if !anew {
            let shown = || shown.iter().map(|(_, origin, stamp, fact)| (*origin, stamp, fact));
            self.shared.show_beside(shown);
            self.shared.first_view_came(&done.accepted);
        }
        let now = self.shared.clock.now();
        let stamps = done.accepted.iter().flat_map(AcceptedRun::facts).map(|fact| fact.header().hlc);
        self.log.heard(stamps.max().unwrap_or(Hlc(0)), now);
        if !self.log.has_written() && done.accepted.iter().any(|run| run.name().node == self.shared.id) {
            // A restored node has learned how its own logs went on; its next log names their true ends.
            match Tails::read(&self.store, &self.directory, self.shared.id) {
                Ok(tails) => self.log.settle_tails(tails),
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
        let rotated = self.directory.has_rotations();
        let now = self.shared.clock.now();
        let done = keeper::take(&mut self.store, &mut self.directory, parcel, now)?;
        let (limits, anew) = self.ends_moved(&done, rotated)?;
        let counts = limits.clone().map_or_else(|| self.shared.limits(), Arc::new);
        let mut filing = Filing::default();
        let book = self.shared.book();
        for run in &done.accepted {
            // A run that was set aside again for a later one of the same parcel is no longer held.
            let (node, log) = (run.name().node, run.log());
            let Some(first) = self.store.place_of(log, run.from())? else { continue };
            for (place, fact) in (first..).zip(run.facts()) {
                let header = fact.header();
                let Decoded::Known(stamp, read) = decode(header.kind, header.schema, fact.body()) else {
                    continue;
                };
                let origin = Origin { node, log, seq: header.seq, fact: fact.id() };
                for key in replay::keys_of(&book, node, &stamp, &read) {
                    filing.key(&key, place);
                }
                if node == self.shared.id {
                    filing.act(stamp.act, place, None);
                }
                if counts.counts(log, header.seq) {
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
