//! Checking a first view: what it showed is worked out again from the own entries, and compared.
//!
//! The own entries are what counts, whatever comes of it. Equal, and the view goes without a word; different, and people
//! are told until they say that they have looked into it.

use std::sync::atomic::Ordering;

use koinon_books::first_view::{Cover, FirstView, WorkError, work_out};
use koinon_core::{Digest, NodeId, Timestamp};
use koinon_log::{Heads, Offer};

use super::make::earlier;
use super::{Differs, FirstViewError, counting, files, lock, read_kept};
use crate::keeper::look;
use crate::node::{Node, Shared};

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

/// What was compared, for a keeper that keeps that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedView {
    /// The offer, by its maker.
    pub offer: Offer,
    /// The check number of what it showed.
    pub theirs: Digest,
    /// The check number of what the own entries come to; nothing where entries that it claims to have do not come.
    pub ours: Option<Digest>,
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
        let limits = counting(shared)?;
        let looked = shared.first.shown().as_ref().filter(|shown| shown.is_reached()).map(|shown| {
            let outdated = shown.is_outdated(&limits);
            (shown.offer.clone(), shown.cover.clone(), shown.folds.clone(), shown.digest, outdated)
        });
        let Some((offer, cover, folds, theirs, outdated)) = looked else { return Ok(None) };
        if outdated {
            shared.drop_first_view()?;
            return Ok(Some(Checked::Outdated));
        }
        let ours = worked_out_here(shared, cover, folds)?;
        // What was let go or ended while that was worked out is no lie of the one who made it.
        let limits = counting(shared)?;
        let is_shown = |shown: &super::Shown| shown.digest == theirs && !shown.is_outdated(&limits);
        if !shared.first.shown().as_ref().is_some_and(is_shown) {
            shared.drop_first_view()?;
            return Ok(Some(Checked::Outdated));
        }
        Ok(Some(self.compared(&offer, theirs, ours)?))
    }

    fn compared(
        &self,
        offer: &Offer,
        theirs: Digest,
        ours: Option<Digest>,
    ) -> Result<Checked, FirstViewError> {
        let shared = &self.inner.shared;
        let checked = CheckedView { offer: offer.clone(), theirs, ours };
        self.keeper().note_checked(&checked).map_err(WorkError::from)?;
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
        if !shared.first.is_shown() {
            return Ok(());
        }
        let limits = counting(shared)?;
        let short =
            shared.first.shown().as_ref().filter(|shown| shown.by() == peer && !shown.is_reached()).map(
                |shown| (shown.offer.clone(), shown.digest, shown.cover.clone(), shown.is_outdated(&limits)),
            );
        let Some((offer, theirs, cover, outdated)) = short else { return Ok(()) };
        let entitled = shared.entitled(shared.id);
        let may_read = |node, stream| entitled.may_read(node, stream);
        let directory = shared.directory_kept();
        let held = look(self.keeper(), |store| Heads::read(store, &directory)).map_err(WorkError::from)?;
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

/// What the own entries come to; nothing where some that are covered are not kept as it says.
fn worked_out_here(
    shared: &Shared,
    cover: Cover,
    folds: Vec<Timestamp>,
) -> Result<Option<Digest>, FirstViewError> {
    let Some(first) = folds.first() else {
        return Err(FirstViewError::Here("it was never folded".to_owned()));
    };
    let go_on = || !shared.first.is_closing();
    let worked = read_kept(shared, |store| {
        Ok(work_out(store, &cover, *first, &mut earlier(store, &cover.admitted), &go_on))
    })?;
    match worked {
        Ok(mut book) => {
            folds.iter().for_each(|fold| book.fold(*fold));
            Ok(Some(FirstView::new(shared.network, cover, folds, &book).digest()))
        }
        Err(WorkError::NotHeld(_)) => Ok(None),
        Err(error) => Err(error.into()),
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
