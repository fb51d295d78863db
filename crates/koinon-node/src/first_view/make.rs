//! Making first views for readers that have nothing yet.
//!
//! One is worked out from just the logs that its reader may read, in a thread of its own, one at a time. It is kept for some
//! hours and serves everybody who may read the same; bytes go only to somebody who still may.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use koinon_books::book::provenance;
use koinon_books::first_view::{Cover, FirstView, ViewFault, WorkError, WorkedOut, work_out};
use koinon_books::{Decoded, EVOLVE_VERSION, Fact, Origin, decode};
use koinon_core::{CommunityCode, Digest, NodeId, Timestamp};
use koinon_ledger::{Key, LedgerFact, Provenance};
use koinon_log::packing::pack;
use koinon_log::{
    AskFirstView, Entitled, Fact as LogFact, Heads, Message, Offer, SharedStream, StoreError, Stream,
    WantBytes,
};

use super::{FirstViewError, files, lock, read_kept};
use crate::hex;
use crate::keeper::{PeerStore, look};
use crate::node::{Node, Shared};

/// As much of the recent past is left in as fits into so many packed bytes.
const BYTES_WISHED: usize = 4 * 1024 * 1024;
/// How many days of history are left in, one try after another.
const DAYS_LEFT_IN: [i64; 3] = [14, 3, 0];
/// A view older than this is made anew when somebody asks who has not begun to fetch it.
const OLD_MS: i64 = 6 * 3_600_000;
/// A view older than this goes.
const GONE_MS: i64 = 24 * 3_600_000;
/// For so long nothing is tried again that could not be made.
const UNFIT_FOR: Duration = Duration::from_hours(1);
/// How long one asker waits for a view that is being made before it is told so.
const PATIENCE: Duration = Duration::from_secs(3);
/// The most views kept.
const KEPT_MAX: usize = 4;

/// A view that can be fetched.
struct Made {
    /// The nodes whose logs its readers take.
    nodes: BTreeMap<NodeId, CommunityCode>,
    offer: Offer,
    bytes: Bytes,
}

/// What was made, is being made, and cannot be made, by who may read what.
#[derive(Default)]
pub(super) struct Makings {
    made: BTreeMap<Digest, Arc<Made>>,
    making: Option<Digest>,
    unfit: BTreeMap<Digest, Duration>,
}

/// Whether a view of so many facts is worth its making to somebody who holds so many: ten times as many, and no few.
pub(crate) fn is_worth(facts: u64, held: u64, from: u64) -> bool {
    facts >= held.saturating_mul(10) && facts.saturating_sub(held) >= from
}

/// What decides what is in a view: whose logs, and which of them may be read.
fn key_of(nodes: &BTreeMap<NodeId, CommunityCode>, entitled: &Entitled) -> Digest {
    let mut bytes = Vec::new();
    for (node, community) in nodes {
        bytes.extend(node.0);
        bytes.extend(community.as_str().as_bytes());
        bytes.push(0);
        let may = SharedStream::ALL.iter().filter(|stream| entitled.may_read(*node, **stream));
        bytes.extend(may.map(|stream| Stream::from(*stream).number()));
        bytes.push(u8::MAX);
    }
    Digest::of("koinon/first-view-key/1", &bytes)
}

fn name_of(key: Digest) -> String {
    format!("{}{}", files::MADE, hex::encode(&key.0))
}

/// Answers a request for a first view: an offer, that one is being made, or nothing where there is no use in one.
pub(crate) fn answer(node: &Node, asker: NodeId, ask: &AskFirstView) -> Option<Message> {
    let shared = &node.inner.shared;
    if ask.evolve != EVOLVE_VERSION {
        return None;
    }
    let known = shared.book().admitted().clone();
    let nodes = ask.nodes.iter().filter_map(|node| Some((*node, known.get(node)?.clone())));
    let nodes: BTreeMap<NodeId, CommunityCode> = nodes.collect();
    let entitled = shared.entitled(asker);
    let key = key_of(&nodes, &entitled);
    let is_worth = |facts| is_worth(facts, ask.held, shared.options.first_view_from);
    if let Some(made) = kept(shared, key, &nodes) {
        let is_begun = ask.begun == Some(made.offer.content());
        if is_begun || age_ms(shared, &made.offer) < OLD_MS {
            return is_worth(made.offer.facts).then(|| Message::FirstView(Some(made.offer.clone())));
        }
    }
    let directory = shared.directory_kept();
    let heads = look(node.keeper(), |store| Heads::read(store, &directory)).ok()?;
    if !is_worth(Cover::new(nodes.clone(), &heads.offered(&entitled)).facts()) {
        return None;
    }
    let mut makings = lock(&shared.first.made);
    let now = shared.clock.monotonic();
    if makings.unfit.get(&key).is_some_and(|since| now.saturating_sub(*since) < UNFIT_FOR) {
        return None;
    }
    if makings.making.is_none() && !shared.first.is_closing() {
        makings.making = Some(key);
        start(shared, key, nodes, entitled);
    }
    let is_at_it = |makings: &mut Makings| makings.making == Some(key);
    let waited = shared.first.bell.wait_timeout_while(makings, PATIENCE, is_at_it);
    let (makings, _) = waited.unwrap_or_else(PoisonError::into_inner);
    if makings.unfit.contains_key(&key) {
        return None;
    }
    let made = makings.made.get(&key).filter(|made| age_ms(shared, &made.offer) < OLD_MS);
    Some(Message::FirstView(made.map(|made| made.offer.clone())))
}

/// The bytes of a view that somebody wants, if they may still have them.
pub(crate) fn bytes_of(node: &Node, asker: NodeId, want: &WantBytes) -> Option<Bytes> {
    let shared = &node.inner.shared;
    let entitled = shared.entitled(asker);
    let makings = lock(&shared.first.made);
    let (_, made) = makings.made.iter().find(|(key, made)| {
        made.offer.content() == want.content && key_of(&made.nodes, &entitled) == **key
    })?;
    Some(made.bytes.slice_ref(want.of(&made.bytes)))
}

fn age_ms(shared: &Shared, offer: &Offer) -> i64 {
    shared.clock.now().as_millis().saturating_sub(offer.at.as_millis()).max(0)
}

/// A view that was made before, in this life or an earlier one.
fn kept(shared: &Shared, key: Digest, nodes: &BTreeMap<NodeId, CommunityCode>) -> Option<Arc<Made>> {
    let dir = shared.dir.path();
    let mut makings = lock(&shared.first.made);
    if !makings.made.contains_key(&key)
        && let Some(whole) = files::read_whole(dir, &name_of(key), &shared.directory())
        && whole.offer().by == shared.id
        && whole.offer().evolve == EVOLVE_VERSION
    {
        let (offer, bytes) = (whole.offer().clone(), Bytes::copy_from_slice(whole.bytes()));
        makings.made.insert(key, Arc::new(Made { nodes: nodes.clone(), offer, bytes }));
    }
    let made = makings.made.get(&key)?.clone();
    if age_ms(shared, &made.offer) < GONE_MS {
        return Some(made);
    }
    makings.made.remove(&key);
    // Whatever stays of it is too old to be given.
    drop(files::remove(dir, &name_of(key)));
    None
}

/// Lets go all that was made.
pub(super) fn forget(shared: &Shared) -> std::io::Result<()> {
    let mut makings = lock(&shared.first.made);
    makings.made.clear();
    // What is being made from what goes now is not kept either.
    makings.making = None;
    let dir = shared.dir.path();
    // Each is tried, also where one before it stays.
    let mut removed = Ok(());
    for name in files::beginning(dir, files::MADE) {
        removed = removed.and(files::remove(dir, &name));
    }
    removed
}

fn start(shared: &Arc<Shared>, key: Digest, nodes: BTreeMap<NodeId, CommunityCode>, entitled: Entitled) {
    let for_thread = shared.clone();
    let thread = std::thread::Builder::new().name("koinon-first-view".into());
    let started = thread.spawn(move || {
        let shared = &for_thread;
        let made = make(shared, nodes, &entitled);
        let mut makings = lock(&shared.first.made);
        let is_wanted = makings.making == Some(key);
        makings.making = None;
        match made {
            Ok(made) if is_wanted => {
                tracing::info!(
                    facts = made.offer.facts,
                    bytes = made.offer.packed_bytes,
                    "a first view is made"
                );
                keep(shared, &mut makings, key, made);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "no first view can be made");
                makings.unfit.insert(key, shared.clock.monotonic());
            }
        }
        shared.first.bell.notify_all();
    });
    if let Err(error) = started {
        tracing::warn!(%error, "no thread for a first view");
        // The lock is the caller's; whoever asks next tries again.
        shared.jobs.failed("first view", error.to_string());
    }
}

/// Keeps a view in memory and in a file, and lets the oldest go.
fn keep(shared: &Shared, makings: &mut Makings, key: Digest, made: Made) {
    let dir = shared.dir.path();
    // Without the file it is made again after a start.
    if let Err(error) = files::begin(dir, &name_of(key), &made.offer, &made.bytes) {
        tracing::warn!(%error, "a first view cannot be kept");
    }
    makings.made.insert(key, Arc::new(made));
    while makings.made.len() > KEPT_MAX {
        let Some(oldest) = makings.made.iter().min_by_key(|(_, made)| made.offer.at).map(|(key, _)| *key)
        else {
            break;
        };
        makings.made.remove(&oldest);
        // One that stays is tidied away below the next time.
        drop(files::remove(dir, &name_of(oldest)));
    }
    // Files of earlier lives that nobody asked for.
    let names: Vec<String> = makings.made.keys().map(|key| name_of(*key)).collect();
    for name in files::beginning(dir, files::MADE).iter().filter(|name| !names.contains(name)) {
        drop(files::remove(dir, name));
    }
}

fn make(
    shared: &Shared,
    nodes: BTreeMap<NodeId, CommunityCode>,
    entitled: &Entitled,
) -> Result<Made, FirstViewError> {
    let at = shared.clock.now();
    let day = |days: i64| {
        let floored = at.plus_days(-days).as_millis().div_euclid(Timestamp::DAY_MS);
        Timestamp::from_millis(floored.saturating_mul(Timestamp::DAY_MS))
    };
    let mut folds = Vec::new();
    let [first, ..] = DAYS_LEFT_IN;
    let go_on = || !shared.first.is_closing();
    let (cover, mut book) = read_kept(shared, |store| {
        let heads = Heads::read(store, &shared.directory_kept()).map_err(WorkError::from)?;
        let cover = Cover::new(nodes.clone(), &heads.offered(entitled));
        let book = work_out(store, &cover, day(first), &mut earlier(store, &cover.admitted), &go_on)?;
        Ok((cover, book))
    })?;
    if !book.leaves_out_what_is_local() {
        return Err(ViewFault::Local.into());
    }
    let (mut plain_bytes, mut packed) = (0, Vec::new());
    for days in DAYS_LEFT_IN {
        folds.push(day(days));
        book.fold(day(days));
        let plain = FirstView::new(shared.network, cover.clone(), folds.clone(), &book).encode();
        (plain_bytes, packed) = (plain.len(), pack(&plain)?);
        if packed.len() <= BYTES_WISHED {
            break;
        }
    }
    let worked = (EVOLVE_VERSION, cover.facts());
    let offer = Offer::make(&shared.identity, at, worked, plain_bytes, &packed)?;
    Ok(Made { nodes, offer, bytes: packed.into() })
}

/// The earlier facts of a key in a store, only those that were worked out.
pub(super) fn earlier<'s>(
    store: &'s dyn PeerStore,
    admitted: &'s BTreeMap<NodeId, CommunityCode>,
) -> impl FnMut(&Key, &WorkedOut) -> Result<Vec<(Provenance, LedgerFact)>, StoreError> + 's {
    move |key, done| {
        let held = store.facts_about(key)?.into_iter();
        let read = held.filter_map(|(name, fact)| {
            let fact = LogFact::from_stored(fact).ok()?;
            let header = fact.header();
            let community = admitted.get(&name.node).filter(|_| done.has(name.id(), header.seq))?;
            let Decoded::Known(stamp, Fact::Ledger(read)) = decode(header.kind, header.schema, fact.body())
            else {
                return None;
            };
            let origin = Origin { node: name.node, log: name.id(), seq: header.seq, fact: fact.id() };
            Some((provenance(&origin, &stamp, community), read))
        });
        Ok(read.collect())
    }
}
