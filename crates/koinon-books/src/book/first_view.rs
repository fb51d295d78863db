//! A first view: the open book as a reader may see it, worked out from whole logs up to stated heads, and nothing else.
//!
//! Whoever makes one and whoever checks one run the same function over the same facts in the same order, so that equal
//! logs give equal bytes. It is no node's own: no node admits anybody in it, nothing local is in it, and old history is
//! folded away as far as the view itself says. What a reader may not see was never read into it, so it need not be taken
//! out of sums and balances afterwards.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use koinon_core::{CommunityCode, Digest, FactId, LogId, NodeId, Timestamp};
use koinon_ledger::{Key, LedgerFact, Provenance};
use koinon_log::envelope::EnvelopeError;
use koinon_log::exchange::HaveLog;
use koinon_log::{
    Fact as LogFact, Incarnation, LogName, LogStore, NetworkId, SharedStream, StoreError, Stream,
};
use minicbor::{Decode, Encode};

use super::{Book, Origin, provenance};
use crate::fact::Fact;
use crate::registry::{Decoded, decode, leaves};

/// The facts of a log read at a time.
const PAGE_FACTS: usize = 500;
/// The bytes of a log read at a time.
const PAGE_BYTES: usize = 512 * 1024;
/// While facts are worked out, history older than so many days is folded away, so that memory does not follow the logs' length.
/// Two that compare what they worked out must fold alike: a change of this or the next needs a new
/// [`EVOLVE_VERSION`](crate::EVOLVE_VERSION).
const FOLD_AFTER_DAYS: i64 = 21;
/// How often that is done, in days of the record.
const FOLD_EVERY_DAYS: i64 = 7;
/// How often it is asked whether to go on, in facts.
const ASK_EVERY: u64 = 1_024;

/// How far a log is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Covered {
    /// Whose log it is.
    #[n(0)]
    pub node: NodeId,
    #[n(1)]
    stream: u8,
    #[n(2)]
    incarnation: u64,
    /// The number of facts covered.
    #[n(3)]
    pub height: u64,
    /// The last of them.
    #[n(4)]
    pub head: FactId,
}

impl Covered {
    /// The log's name; nothing for a stream that this program does not know.
    pub fn name(&self) -> Option<LogName> {
        let stream = Stream::from_number(self.stream)?;
        Some(LogName { node: self.node, stream, incarnation: Incarnation(self.incarnation) })
    }

    fn stream(&self) -> Option<SharedStream> {
        Stream::from_number(self.stream)?.shared()
    }

    /// Whether a reader may read it.
    pub fn is_readable(&self, may_read: &dyn Fn(NodeId, SharedStream) -> bool) -> bool {
        self.stream().is_some_and(|stream| may_read(self.node, stream))
    }

    const fn order(&self) -> (NodeId, u8, u64) {
        (self.node, self.stream, self.incarnation)
    }
}

impl From<&HaveLog> for Covered {
    fn from(log: &HaveLog) -> Self {
        let stream = Stream::from(log.stream).number();
        Self { node: log.node, stream, incarnation: log.incarnation.0, height: log.height, head: log.head }
    }
}

/// From what a first view is worked out: which logs, up to where, of nodes that speak for which communities.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Cover {
    /// For whom each node speaks.
    #[n(0)]
    pub admitted: BTreeMap<NodeId, CommunityCode>,
    #[n(1)]
    logs: Vec<Covered>,
}

impl Cover {
    /// Covers logs of nodes that speak for communities; others are left out.
    pub fn new(admitted: BTreeMap<NodeId, CommunityCode>, logs: &[HaveLog]) -> Self {
        let logs = logs.iter().filter(|log| admitted.contains_key(&log.node) && log.height > 0);
        let mut logs: Vec<Covered> = logs.map(Covered::from).collect();
        logs.sort_by_key(Covered::order);
        logs.dedup_by_key(|log| log.order());
        Self { admitted, logs }
    }

    /// The logs, by node, stream and incarnation.
    pub fn logs(&self) -> &[Covered] {
        &self.logs
    }

    /// The number of facts covered.
    pub fn facts(&self) -> u64 {
        self.logs.iter().fold(0, |sum, log| sum.saturating_add(log.height))
    }

    fn is_well_formed(&self) -> bool {
        let in_order = self.logs.is_sorted_by(|a, b| a.order() < b.order());
        let known =
            |log: &Covered| self.admitted.contains_key(&log.node) && log.stream().is_some() && log.height > 0;
        in_order && self.logs.iter().all(known)
    }
}

/// A first view as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FirstView {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    network: [u8; 16],
    /// What it was worked out from.
    #[n(1)]
    pub cover: Cover,
    /// Up to when history was folded away, one after another.
    #[n(2)]
    pub folds: Vec<Timestamp>,
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    book: Vec<u8>,
}

/// Why a first view is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewFault {
    /// The bytes are none, or are not written as a book is.
    #[error("the first view cannot be read: {0}")]
    Bytes(String),
    /// It is of another federation.
    #[error("the first view is of another federation")]
    OtherNetwork,
    /// It has another number of facts than was offered.
    #[error("the first view covers {found} entries, {offered} were offered")]
    Facts {
        /// How many were offered.
        offered: u64,
        /// How many it covers.
        found: u64,
    },
    /// It takes a node to speak for another community than the reader does.
    #[error("the first view takes node {0} for another community than this computer does")]
    OtherCommunity(NodeId),
    /// It holds what never leaves a node.
    #[error("the first view holds names, notes or people served, which never leave a computer")]
    Local,
    /// It holds logs that the reader may not read.
    #[error("the first view holds entries of node {0} that this computer may not read")]
    NotEntitled(NodeId),
    /// It tells of stock without a log that does.
    #[error("the first view tells of the stock of '{0}' without its entries")]
    StockWithoutLog(CommunityCode),
}

impl FirstView {
    /// Puts a worked-out book up for travelling, folded away up to the last of `folds`.
    pub fn new(network: NetworkId, cover: Cover, folds: Vec<Timestamp>, book: &Book) -> Self {
        Self { network: network.0, cover, folds, book: book.to_snapshot() }
    }

    /// The bytes.
    pub fn encode(&self) -> Vec<u8> {
        // Writing to memory cannot fail.
        minicbor::to_vec(self).unwrap_or_default()
    }

    /// The digest by which two workings-out are compared.
    pub fn digest(&self) -> Digest {
        digest_of(&self.book)
    }

    /// Reads what came, and checks all that it can show by itself. Gives the book of nobody that it holds.
    ///
    /// # Errors
    /// [`ViewFault`].
    pub fn read(bytes: &[u8], network: NetworkId, offered: u64) -> Result<(Self, Book), ViewFault> {
        let unread = |error: minicbor::decode::Error| ViewFault::Bytes(error.to_string());
        let view: Self = minicbor::decode(bytes).map_err(unread)?;
        if view.network != network.0 {
            return Err(ViewFault::OtherNetwork);
        }
        if !view.cover.is_well_formed() || !view.folds.is_sorted() {
            return Err(ViewFault::Bytes("its list of logs is not in order".to_owned()));
        }
        let found = view.cover.facts();
        if found != offered {
            return Err(ViewFault::Facts { offered, found });
        }
        let book = Book::from_snapshot(&view.book).map_err(unread)?;
        let is_nobodys =
            book.own_node.is_none() && book.own.is_none() && book.admitted == view.cover.admitted;
        if !is_nobodys || book.to_snapshot() != view.book || view.encode() != bytes {
            return Err(ViewFault::Bytes("it is not written as a book is".to_owned()));
        }
        if !book.leaves_out_what_is_local() {
            return Err(ViewFault::Local);
        }
        if !book.ledger.fits() {
            return Err(ViewFault::Bytes("it has sums that no entries come to".to_owned()));
        }
        if let Some(community) = book.stock_without(&view.cover) {
            return Err(ViewFault::StockWithoutLog(community));
        }
        Ok((view, book))
    }

    /// Checks it against what its reader knows: for whom nodes speak, and which logs it may read.
    ///
    /// # Errors
    /// [`ViewFault`].
    pub fn check(
        &self,
        admitted: &BTreeMap<NodeId, CommunityCode>,
        may_read: &dyn Fn(NodeId, SharedStream) -> bool,
    ) -> Result<(), ViewFault> {
        let other =
            self.cover.admitted.iter().find(|(node, community)| admitted.get(node) != Some(*community));
        if let Some((node, _)) = other {
            return Err(ViewFault::OtherCommunity(*node));
        }
        let closed = self.cover.logs.iter().find(|log| !log.is_readable(may_read));
        closed.map_or(Ok(()), |log| Err(ViewFault::NotEntitled(log.node)))
    }
}

fn digest_of(book: &[u8]) -> Digest {
    Digest::of("koinon/first-view-book/1", book)
}

/// Why a cover cannot be worked out.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fact's bytes do not hold together.
    #[error("fact {seq} of log {log} is damaged: {source}")]
    Fact {
        /// The log.
        log: LogId,
        /// The fact's number.
        seq: u64,
        /// What is wrong.
        #[source]
        source: EnvelopeError,
    },
    /// The store does not hold what is covered.
    #[error("log {0} is not held as far as the first view covers it, or was continued differently")]
    NotHeld(LogId),
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
}

/// Which facts have been worked out so far.
#[derive(Debug, Default)]
pub struct WorkedOut(BTreeMap<LogId, u64>);

impl WorkedOut {
    /// Whether a fact was worked out.
    pub fn has(&self, log: LogId, seq: u64) -> bool {
        self.0.get(&log).is_some_and(|height| seq < *height)
    }
}

/// Gives the earlier facts of one key, only those that were worked out.
pub type Earlier<'a> = dyn FnMut(&Key, &WorkedOut) -> Result<Vec<(Provenance, LedgerFact)>, StoreError> + 'a;

/// Works a cover out: control logs first, then all others, each group by the time stamped on the facts. `fold` is the first
/// instant up to which history is to be folded away at the end; what is long before it is folded on the way.
///
/// # Errors
/// [`WorkError`].
pub fn work_out(
    store: &dyn LogStore,
    cover: &Cover,
    fold: Timestamp,
    earlier: &mut Earlier<'_>,
    go_on: &dyn Fn() -> bool,
) -> Result<Book, WorkError> {
    let mut work = Work {
        store,
        book: Book { admitted: cover.admitted.clone(), ..Book::default() },
        done: WorkedOut::default(),
        met: BTreeSet::new(),
        folded: None,
        fold,
    };
    let (control, others): (Vec<&Covered>, Vec<&Covered>) =
        cover.logs.iter().partition(|log| log.stream() == Some(SharedStream::Control));
    work.merge(&control, earlier, go_on)?;
    work.merge(&others, earlier, go_on)?;
    work.book.fold(fold);
    Ok(work.book)
}

/// A log on its way through the merge.
struct Cursor {
    log: LogId,
    name: LogName,
    covered: Covered,
    page: VecDeque<LogFact>,
}

struct Work<'w> {
    store: &'w dyn LogStore,
    book: Book,
    done: WorkedOut,
    /// What facts were about, so that the store is not searched for the past of what is new.
    met: BTreeSet<u64>,
    folded: Option<Timestamp>,
    fold: Timestamp,
}

impl Work<'_> {
    /// Takes the facts of several logs, the earliest stamped first; within a log, in its order.
    fn merge(
        &mut self,
        logs: &[&Covered],
        earlier: &mut Earlier<'_>,
        go_on: &dyn Fn() -> bool,
    ) -> Result<(), WorkError> {
        let mut cursors: BTreeMap<LogId, Cursor> = BTreeMap::new();
        let mut next = BinaryHeap::new();
        for covered in logs {
            let Some(name) = covered.name() else { continue };
            let log = name.id();
            let mut cursor = Cursor { log, name, covered: **covered, page: VecDeque::new() };
            // One fact says when it begins; the rest is read when its time comes.
            self.fill(&mut cursor, 0, 1)?;
            next.extend(cursor.page.front().map(|fact| Reverse((fact.header().hlc, log))));
            cursors.insert(log, cursor);
        }
        let mut count = 0_u64;
        while let Some(Reverse((_, log))) = next.pop() {
            let Some(cursor) = cursors.get_mut(&log) else { continue };
            let Some(fact) = cursor.page.pop_front() else { continue };
            let seq = fact.header().seq;
            self.take(&cursor.name, &fact, earlier)?;
            let height = seq.saturating_add(1);
            self.done.0.insert(log, height);
            if height == cursor.covered.height {
                if fact.id() != cursor.covered.head {
                    return Err(WorkError::NotHeld(log));
                }
                cursors.remove(&log);
            } else {
                if cursor.page.is_empty() {
                    self.fill(cursor, height, PAGE_FACTS)?;
                }
                next.extend(cursor.page.front().map(|fact| Reverse((fact.header().hlc, log))));
            }
            count = count.saturating_add(1);
            if count.is_multiple_of(ASK_EVERY) && !go_on() {
                return Err(WorkError::Stopped);
            }
        }
        Ok(())
    }

    /// Reads the next facts of a log; there must be one.
    fn fill(&self, cursor: &mut Cursor, from: u64, most: usize) -> Result<(), WorkError> {
        let log = cursor.log;
        let left = usize::try_from(cursor.covered.height.saturating_sub(from)).unwrap_or(usize::MAX);
        for (seq, stored) in (from..).zip(self.store.read_range(log, from, most.min(left), PAGE_BYTES)?) {
            let fact = LogFact::from_stored(stored);
            cursor.page.push_back(fact.map_err(|source| WorkError::Fact { log, seq, source })?);
        }
        if cursor.page.front().is_none_or(|fact| fact.header().seq != from) {
            return Err(WorkError::NotHeld(log));
        }
        Ok(())
    }

    fn take(&mut self, name: &LogName, fact: &LogFact, earlier: &mut Earlier<'_>) -> Result<(), WorkError> {
        let header = fact.header();
        let Decoded::Known(stamp, read) = decode(header.kind, header.schema, fact.body()) else {
            return Ok(());
        };
        // A kind that stays at home may stand in no log that leaves one; whoever put it there is not heard.
        if !leaves(&read) {
            return Ok(());
        }
        self.fold_old(header.hlc.time());
        let origin = Origin { node: name.node, log: header.log, seq: header.seq, fact: fact.id() };
        let (done, met, failed) = (&self.done, &self.met, RefCell::new(None));
        let mut history = |_: &BTreeMap<NodeId, CommunityCode>, key: &Key| {
            if !met.contains(&mark_of(key)) {
                return Vec::new();
            }
            earlier(key, done).unwrap_or_else(|error| {
                failed.borrow_mut().get_or_insert(error);
                Vec::new()
            })
        };
        self.book.evolve(&origin, &stamp, &read, &mut history);
        if let Some(error) = failed.into_inner() {
            return Err(error.into());
        }
        if let (Fact::Ledger(read), Some(community)) = (&read, self.book.admitted.get(&name.node)) {
            let keys = koinon_ledger::ledger::keys_of(&provenance(&origin, &stamp, community), read);
            self.met.extend(keys.iter().map(mark_of));
        }
        Ok(())
    }

    fn fold_old(&mut self, now: Timestamp) {
        let step = FOLD_EVERY_DAYS * Timestamp::DAY_MS;
        let horizon = now.plus_days(-FOLD_AFTER_DAYS).as_millis().div_euclid(step).saturating_mul(step);
        let horizon = Timestamp::from_millis(horizon);
        if horizon < self.fold && self.folded.is_none_or(|before| horizon > before) {
            self.folded = Some(horizon);
            self.book.fold(horizon);
        }
    }
}

/// A few bits of a key: two keys with the same only cost a search that finds nothing.
fn mark_of(key: &Key) -> u64 {
    let mut hasher = DefaultHasher::new();
    minicbor::to_vec(key).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

impl Book {
    /// Seats a reader in a book of nobody, to be shown. Only stock, needs, loads, teams and published sums are taken from what was
    /// worked out elsewhere; who may do what, who is admitted, what is shared and which region is in force stand in
    /// control logs, which the reader has already.
    #[must_use]
    pub fn seated(self, reader: &Self) -> Self {
        Self { ledger: self.ledger, aid: self.aid, uses: self.uses, served: self.served, ..reader.clone() }
    }

    /// Whether nothing stands here that stays on the computer on which it was written.
    pub fn leaves_out_what_is_local(&self) -> bool {
        self.names.is_empty() && self.notes.is_empty() && self.served.has_only_sums()
    }

    /// A community of whose stock the book tells although no log of it is covered.
    fn stock_without(&self, cover: &Cover) -> Option<CommunityCode> {
        let stock = cover.logs.iter().filter(|log| log.stream() == Some(SharedStream::Stock));
        let told: BTreeSet<&CommunityCode> = stock.filter_map(|log| cover.admitted.get(&log.node)).collect();
        let opened = self.ledger.lots().filter(|(_, _, lot)| lot.opened().is_some());
        let summed = self.ledger.totals().iter().map(|(community, _, _)| community);
        let mut of = opened.map(|(community, _, _)| community).chain(summed);
        of.find(|community| !told.contains(community)).cloned()
    }
}
