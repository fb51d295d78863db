//! The book that pages show while the own entries are still to come: a first view, and all that is newer.

use std::collections::BTreeMap;

use koinon_books::first_view::{Cover, FirstView};
use koinon_books::{Book, Fact, Origin, Stamp, decode};
use koinon_core::{CommunityCode, Digest, LogId, NodeId, Timestamp};
use koinon_log::{AcceptedRun, Arriving, Heads, Limits, LogHead, LogStore as _, Offer};

use super::{FirstViewError, FirstViewState, files};
use crate::node::Shared;
use crate::replay::{entry_of, origin_of};
use crate::sqlite::SqliteStore;

/// The facts read at a time.
const PAGE: usize = 1_000;

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

impl Shown {
    /// Puts together what came whole, and shows with it what the own store holds besides.
    pub(super) fn new(
        shared: &Shared,
        store: &SqliteStore,
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
        shown.own_missing = shown.covered_of(me);
        let here = |error| FirstViewError::Work(error);
        for head in store.heads().map_err(|error| here(error.into()))? {
            shown.count(head.log, 0, head.height);
        }
        let limits = shared.limits();
        if shown.is_outdated(&limits) {
            return Err(FirstViewError::Here("what it covers no longer counts".to_owned()));
        }
        let sqlite = |error| here(koinon_log::StoreError::from(error).into());
        let mut place = 0;
        loop {
            let page = store.after(place, u64::MAX, PAGE).map_err(sqlite)?;
            for held in &page {
                place = held.place;
                let origin = origin_of(held);
                if shown.is_new(origin.log, held.seq) && limits.counts(origin.log, held.seq) {
                    let Some(entry) = entry_of(held) else { continue };
                    shown.take(&origin, &entry.stamp, &entry.fact);
                }
            }
            if page.len() < PAGE {
                break;
            }
        }
        Ok(shown)
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
        if let (Fact::Ledger(_), Some(of)) = (fact, self.book.community_of(origin.node)) {
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
    pub(crate) fn show_newer(&mut self, run: &AcceptedRun) -> u64 {
        let mut new = 0_u64;
        for fact in run.facts() {
            let header = fact.header();
            if !self.is_new(run.log(), header.seq) {
                continue;
            }
            new = new.saturating_add(1);
            let read = decode(header.kind, header.schema, fact.body());
            if let koinon_books::Decoded::Known(stamp, read) = read {
                let (node, log) = (run.name().node, run.log());
                self.take(&Origin { node, log, seq: header.seq, fact: fact.id() }, &stamp, &read);
            }
        }
        self.reach(run);
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
    let shown = Shown::new(shared, store, &arriving)?;
    *shared.first.shown_mut() = Some(shown);
    Ok(())
}
