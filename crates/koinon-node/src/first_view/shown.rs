//! The book that pages show while the own entries are still to come: a first view, and all that is newer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use koinon_books::first_view::{Cover, FirstView, WorkError};
use koinon_books::written::{Standing, Written};
use koinon_books::{Book, Decoded, Fact, Origin, Stamp, decode};
use koinon_core::{CommunityCode, Digest, LogId, NodeId, Timestamp};
use koinon_ledger::Key;
use koinon_log::{AcceptedRun, Arriving, Fact as LogFact, Heads, Limits, LogHead, LogName, Offer};

use super::{FirstViewError, FirstViewState, counting, files, read_kept};
use crate::keeper::PeerStore;
use crate::node::Shared;
use crate::replay::keys_of;
use crate::sqlite::SqliteStore;

/// The facts of a log read at a time, and their bytes.
const PAGE: usize = 1_000;
const PAGE_BYTES: usize = 1 << 20;

/// What is shown.
pub(crate) struct Shown {
    pub(super) offer: Offer,
    pub(super) cover: Cover,
    pub(super) folds: Vec<Timestamp>,
    pub(super) digest: Digest,
    pub(crate) book: Book,
    /// How far each log is covered.
    covered: BTreeMap<LogId, (NodeId, u64)>,
    /// How far each log is shown: what is covered, and what came after it.
    heads: BTreeMap<LogId, LogHead>,
    /// The newest that is shown of each community's stock.
    newest: BTreeMap<CommunityCode, Timestamp>,
    /// How many of the entries covered stand in the own store.
    checked: u64,
    own_missing: u64,
    me: NodeId,
}

/// A first view as a keeper's reports show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstShown {
    /// The offer, by its maker.
    pub offer: Offer,
    /// What it was worked out from.
    pub cover: Cover,
    /// What it still holds as it was written, and what came newer.
    pub written: Vec<Written>,
    /// What stands in each batch.
    pub standing: Vec<Standing>,
}

/// What came that is newer than a first view.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Newer {
    /// The runs, verified.
    pub runs: Vec<AcceptedRun>,
    /// What stands now in the batches that they are about.
    pub standing: Vec<Standing>,
}

impl Shown {
    /// Puts together what came whole, with what is kept besides, wherever that is; `own` is the node's own store.
    pub(super) fn over_kept(
        shared: &Shared,
        own: &SqliteStore,
        arriving: &Arriving,
    ) -> Result<Self, FirstViewError> {
        let limits = counting(shared)?;
        if shared.options.keeper.is_some() {
            return read_kept(shared, |store| Self::new(shared, store, &limits, arriving));
        }
        Self::new(shared, own, &limits, arriving)
    }

    /// Puts together what came whole, and shows with it what the own store holds besides.
    fn new(
        shared: &Shared,
        store: &dyn PeerStore,
        limits: &Limits,
        arriving: &Arriving,
    ) -> Result<Self, FirstViewError> {
        let offer = arriving.offer().clone();
        let plain = arriving.unpack()?.ok_or_else(|| FirstViewError::Here("it is not whole".to_owned()))?;
        let (view, of_nobody) = FirstView::read(&plain, shared.network, offer.facts)?;
        let digest = view.digest();
        let FirstView { cover, folds, .. } = view.clone();
        let book = {
            let own = shared.book();
            let entitled = own.entitled(shared.id, own.own().is_none(), shared.clock.now());
            view.check(own.admitted(), &|node, stream| entitled.may_read(node, stream))?;
            of_nobody.seated(&own)
        };
        let head = |log: &koinon_books::first_view::Covered| {
            let name = log.name()?;
            Some((name.id(), LogHead { log: name.id(), name, height: log.height, head: log.head }))
        };
        let heads: BTreeMap<LogId, LogHead> = cover.logs().iter().filter_map(head).collect();
        let covered = heads.iter().map(|(log, head)| (*log, (head.name.node, head.height))).collect();
        let (me, checked, own_missing) = (shared.id, 0, 0);
        let newest = newest_of(&book);
        let mut shown =
            Self { offer, cover, folds, digest, book, covered, heads, newest, checked, own_missing, me };
        let held = store.heads().map_err(WorkError::from)?;
        shown.hold(&held);
        if shown.is_outdated(limits) {
            return Err(FirstViewError::Here("what it covers no longer counts".to_owned()));
        }
        for head in &held {
            shown.show_kept(store, limits, head)?;
        }
        Ok(shown)
    }

    /// Shows with it what is kept of a log and is newer.
    fn show_kept(
        &mut self,
        store: &dyn PeerStore,
        limits: &Limits,
        head: &LogHead,
    ) -> Result<(), FirstViewError> {
        let mut from = self.heads.get(&head.log).map_or(0, |head| head.height);
        while from < head.height {
            let page = store.read_range(head.log, from, PAGE, PAGE_BYTES).map_err(WorkError::from)?;
            if page.is_empty() {
                break;
            }
            for stored in page {
                let seq = from;
                from = from.saturating_add(1);
                let read = LogFact::from_stored(stored);
                let fact = read.map_err(|source| WorkError::Fact { log: head.log, seq, source })?;
                if limits.counts(head.log, seq) {
                    self.take_stored(&head.name, &fact);
                }
            }
        }
        Ok(())
    }

    fn take_stored(&mut self, name: &LogName, fact: &LogFact) {
        let header = fact.header();
        if let Decoded::Known(stamp, read) = decode(header.kind, header.schema, fact.body()) {
            let origin = Origin { node: name.node, log: name.id(), seq: header.seq, fact: fact.id() };
            self.take(&origin, &stamp, &read);
        }
    }

    /// Counts anew how much of what is covered is kept, wherever that is.
    pub(super) fn hold(&mut self, kept: &[LogHead]) {
        (self.checked, self.own_missing) = (0, self.covered_of(self.me));
        kept.iter().for_each(|head| self.count(head.log, 0, head.height));
    }

    /// Takes note of how far a keeper apart has come.
    pub(super) fn came_apart(&mut self, kept: &[LogHead]) {
        self.hold(kept);
        for head in kept {
            if let Some(shown) = self.heads.get_mut(&head.log).filter(|shown| shown.height < head.height) {
                *shown = *head;
            }
        }
    }

    /// What a keeper's reports show of it.
    pub(super) fn for_reports(&self) -> FirstShown {
        FirstShown {
            offer: self.offer.clone(),
            cover: self.cover.clone(),
            written: self.book.written(),
            standing: self.book.standing().collect(),
        }
    }

    fn covered_of(&self, node: NodeId) -> u64 {
        let of_node = self.covered.values().filter(|(of, _)| *of == node);
        of_node.fold(0, |sum, (_, height)| sum.saturating_add(*height))
    }

    /// Whether what is covered no longer counts in part: a key was replaced, or a node signed twice.
    pub(super) fn is_outdated(&self, limits: &Limits) -> bool {
        self.covered.iter().any(|(log, (_, height))| !limits.counts(*log, height.saturating_sub(1)))
    }

    /// Whether it may hold a node's entries of a stream.
    pub(crate) fn covers(&self, of: NodeId, stream: koinon_log::Stream) -> bool {
        self.heads.values().any(|head| head.name.node == of && head.name.stream == stream)
    }

    fn is_new(&self, log: LogId, seq: u64) -> bool {
        self.heads.get(&log).is_none_or(|head| seq >= head.height)
    }

    fn take(&mut self, origin: &Origin, stamp: &Stamp, fact: &Fact) {
        if let (Fact::Ledger(_) | Fact::Aid(_), Some(of)) = (fact, self.book.community_of(origin.node)) {
            let newest = self.newest.entry(of.clone()).or_insert(stamp.recorded);
            *newest = stamp.recorded.max(*newest);
        }
        // What was folded away in it cannot be read again before the own entries have come.
        self.book.evolve(origin, stamp, fact, &mut |_, _| Vec::new());
    }

    /// Counts entries that came into the own store.
    fn count(&mut self, log: LogId, from: u64, to: u64) {
        let Some((node, covered)) = self.covered.get(&log) else { return };
        let came = to.min(*covered).saturating_sub(from.min(*covered));
        self.checked = self.checked.saturating_add(came);
        if *node == self.me {
            self.own_missing = self.own_missing.saturating_sub(came);
        }
    }

    /// Shows entries of the own store that are newer than what is shown.
    pub(crate) fn show<'f>(&mut self, facts: impl Iterator<Item = (Origin, &'f Stamp, &'f Fact)>) {
        for (origin, stamp, fact) in facts {
            if self.is_new(origin.log, origin.seq) {
                self.take(&origin, stamp, fact);
            }
        }
    }

    /// Takes note of runs that came into the own store, after [`Shown::show`].
    pub(crate) fn came(&mut self, runs: &[AcceptedRun]) {
        for run in runs {
            self.count(run.log(), run.from(), run.height());
            self.reach(run);
        }
    }

    fn reach(&mut self, run: &AcceptedRun) {
        let head = LogHead { log: run.log(), name: *run.name(), height: run.height(), head: run.head() };
        let held = self.heads.get(&run.log()).map_or(0, |head| head.height);
        if run.from() <= held && head.height > held {
            self.heads.insert(run.log(), head);
        }
    }

    /// Shows a run that is newer than what is shown and that the own store cannot hold yet.
    pub(crate) fn show_newer(&mut self, run: &AcceptedRun, newer: &mut Newer) -> u64 {
        let (mut new, mut about) = (0_u64, BTreeSet::new());
        for fact in run.facts() {
            let header = fact.header();
            if !self.is_new(run.log(), header.seq) {
                continue;
            }
            new = new.saturating_add(1);
            let read = decode(header.kind, header.schema, fact.body());
            if let Decoded::Known(stamp, read) = read {
                let (node, log) = (run.name().node, run.log());
                self.take(&Origin { node, log, seq: header.seq, fact: fact.id() }, &stamp, &read);
                about.extend(keys_of(&self.book, node, &stamp, &read));
            }
        }
        self.reach(run);
        newer.standing.extend(about.iter().filter_map(|key| match key {
            Key::Lot(community, lot) => self.book.standing_in(community, *lot),
            _ => None,
        }));
        new
    }

    /// How far a log is shown.
    pub(super) fn head(&self, log: LogId) -> Option<&LogHead> {
        self.heads.get(&log)
    }

    /// The own heads, and beyond them what is shown.
    pub(super) fn further(&self, mut own: Heads) -> Heads {
        for (log, head) in &self.heads {
            let held = own.logs.get(log).map_or(0, |held| held.height);
            if head.height > held && !own.ended.contains(log) {
                own.logs.insert(*log, *head);
            }
        }
        own
    }

    /// Whether everything covered has come.
    pub(crate) fn is_reached(&self) -> bool {
        self.checked >= self.offer.facts
    }

    pub(crate) fn own_missing(&self) -> u64 {
        self.own_missing
    }

    pub(crate) fn by(&self) -> NodeId {
        self.offer.by
    }

    pub(super) fn state(&self) -> FirstViewState {
        let Offer { by, at, facts, .. } = self.offer;
        FirstViewState::Shown { by, at, checked: self.checked, of: facts, newest: self.newest.clone() }
    }
}

/// When something last changed in each community's stock.
fn newest_of(book: &Book) -> BTreeMap<CommunityCode, Timestamp> {
    let mut newest = BTreeMap::new();
    for (of, _, lot) in book.ledger().lots() {
        let Some(at) = lot.last_change() else { continue };
        let known: &mut Timestamp = newest.entry(of.clone()).or_insert(at);
        *known = at.max(*known);
    }
    newest
}

/// Shows again, after a start or when the own book was made anew, what was shown before.
pub(crate) fn resume(shared: &Shared, store: &SqliteStore) -> Result<(), FirstViewError> {
    let whole = files::read_whole(shared.dir.path(), files::SHOWN, &shared.directory());
    // One that was found to differ may still be there, where power went at that moment.
    let is_good = |whole: &Arriving| {
        whole.offer().evolve == koinon_books::EVOLVE_VERSION && shared.first.differs().is_none()
    };
    let Some(arriving) = whole.filter(is_good) else {
        return Ok(files::remove(shared.dir.path(), files::SHOWN)?);
    };
    let shown = Shown::over_kept(shared, store, &arriving)?;
    *shared.first.shown_mut() = Some(shown);
    shared.first.untold.store(true, Ordering::SeqCst);
    Ok(())
}
