//! Checking a first view: what it showed is worked out again from the own entries, and compared.
//!
//! The own entries are what counts, whatever comes of it. Equal, and the view goes without a word; different, and people
//! are told until they say that they have looked into it.

use std::sync::atomic::Ordering;

use koinon_books::first_view::{FirstView, WorkError, work_out};
use koinon_core::{Digest, NodeId};
use koinon_log::{Heads, Offer, StoreError};

use super::make::earlier;
use super::{Differs, FirstViewError, files, lock};
use crate::keeper::look;
use crate::node::{Node, Shared};
use crate::sqlite::SqliteStore;

/// The job by its name on the operator's page.
const JOB: &str = "first view";

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The own entries say the same; they are shown from now on.
    Equal,
    /// They say something else; they are shown from now on, and people are told.
    Differs(Differs),
    /// What it covered no longer counts or may no longer be read; there is nothing to compare.
    Outdated,
}

/// Checks what is shown once everything that it covers has come, and removes what could not be removed.
pub(crate) fn look_after(node: &Node) {
    let shared = &node.inner.shared;
    let is_due = shared.first.shown().as_ref().is_some_and(super::Shown::is_reached);
    if !is_due && !shared.first.leftover.load(Ordering::SeqCst) {
        return;
    }
    shared.jobs.begin(JOB);
    match node.check_first_view() {
        Ok(_) => shared.jobs.done(JOB, shared.clock.now()),
        Err(error) => {
            shared.jobs.failed(JOB, error.to_string());
        }
    }
}

impl Node {
    /// Works out again what a first view shows, if everything that it covers has come, and compares; a node does so by
    /// itself. Gives nothing while there is none or entries are missing.
    ///
    /// # Errors
    /// [`FirstViewError`] when the own entries cannot be read, or what was checked cannot be removed; it is tried again.
    pub fn check_first_view(&self) -> Result<Option<Checked>, FirstViewError> {
        let shared = &self.inner.shared;
        let _one_at_a_time = lock(&shared.first.checking);
        if shared.first.leftover.load(Ordering::SeqCst) && !shared.first.is_shown() {
            shared.drop_first_view()?;
        }
        let looked = shared.first.shown().as_ref().filter(|shown| shown.is_reached()).map(|shown| {
            let outdated = shown.is_outdated(&shared.limits());
            (shown.offer.clone(), shown.cover.clone(), shown.folds.clone(), shown.digest, outdated)
        });
        let Some((offer, cover, folds, theirs, outdated)) = looked else { return Ok(None) };
        if outdated {
            shared.drop_first_view()?;
            return Ok(Some(Checked::Outdated));
        }
        let sqlite = |error| FirstViewError::Work(StoreError::from(error).into());
        let reader = SqliteStore::open_reader(&shared.dir.store()).map_err(sqlite)?;
        reader.begin_read().map_err(sqlite)?;
        let Some(first) = folds.first() else {
            return Err(FirstViewError::Here("it was never folded".to_owned()));
        };
        let go_on = || !shared.first.is_closing();
        let worked = work_out(&reader, &cover, *first, &mut earlier(&reader, &cover.admitted), &go_on);
        let ours = match worked {
            Ok(mut book) => {
                folds.iter().for_each(|fold| book.fold(*fold));
                Some(FirstView::new(shared.network, cover, folds, &book).digest())
            }
            Err(WorkError::NotHeld(_)) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Some(self.compared(&offer, theirs, ours)?))
    }

    fn compared(
        &self,
        offer: &Offer,
        theirs: Digest,
        ours: Option<Digest>,
    ) -> Result<Checked, FirstViewError> {
        let shared = &self.inner.shared;
        if ours == Some(theirs) {
            shared.drop_first_view()?;
            tracing::info!(by = %offer.by, facts = offer.facts, "the first view is checked");
            return Ok(Checked::Equal);
        }
        let differs = Differs { by: offer.by, at: offer.at, theirs, ours };
        tracing::error!(by = %offer.by, %theirs, ?ours, "a first view is not what the entries say");
        note(shared, differs)?;
        Ok(Checked::Differs(differs))
    }

    /// After a whole exchange with whoever made what is shown: entries that it covers and that did not come will not.
    pub(crate) fn all_came_from(&self, peer: NodeId) -> Result<(), FirstViewError> {
        let shared = &self.inner.shared;
        shared.first.level(peer);
        let short = shared
            .first
            .shown()
            .as_ref()
            .filter(|shown| shown.by() == peer && !shown.is_reached())
            .map(|shown| {
                (shown.offer.clone(), shown.digest, shown.cover.clone(), shown.is_outdated(&shared.limits()))
            });
        let Some((offer, theirs, cover, outdated)) = short else { return Ok(()) };
        let entitled = shared.entitled(shared.id);
        let may_read = |node, stream| entitled.may_read(node, stream);
        let directory = self.directory();
        let held = look(self, |store| Heads::read(store, &directory)).map_err(WorkError::from)?;
        // What was replaced, may no longer be read, or is no longer taken since is no lie of the one who made it.
        let still_comes = cover.logs().iter().all(|log| {
            let taken = |name: koinon_log::LogName| {
                !held.ended.contains(&name.id()) && shared.takes(name.node, name.stream)
            };
            log.is_readable(&may_read) && log.name().is_some_and(taken)
        });
        if outdated || !still_comes {
            return Ok(shared.drop_first_view()?);
        }
        self.compared(&offer, theirs, None).map(drop)
    }
}

/// Tells people of a difference, across starts, and shows the own book.
fn note(shared: &Shared, differs: Differs) -> Result<(), FirstViewError> {
    let kept = files::keep_differs(shared.dir.path(), &differs);
    *shared.first.differs.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(differs);
    if kept.is_err() {
        // The view stays in its file, so that the next start finds the difference again.
        shared.show_own();
        return kept.map_err(FirstViewError::from);
    }
    Ok(shared.drop_first_view()?)
}
