//! Answering peers: the other side of an exchange, without input or output.
//!
//! The desk holds no state about an exchange, only each peer's share of what it may be served, so that one peer that asks
//! without end leaves the others theirs. It serves only what the caller's view of the store holds durably.

use std::collections::BTreeMap;
use std::time::Duration;

use koinon_core::{Digest, NodeId};

use crate::directory::Directory;
use crate::entitled::Entitled;
use crate::exchange::{Hello, Message, SUMMARY_NODES_MAX, SharedRun, Summary};
use crate::pull::{Heads, holdings, serve};
use crate::receipt::Receipt;
use crate::simulation::{Planted, planted};
use crate::store::{LogStore, StoreError};

/// What one answer may hold before further runs are left for the next request, in bytes.
pub const ANSWER_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// What every message costs at least, in bytes, so that small ones are no way around a share.
const MESSAGE_COST: u64 = 256;

/// A peer's share: how much it may be served at once, and how fast that grows again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The most bytes at once.
    pub burst_bytes: u64,
    /// Bytes that it grows by each second.
    pub bytes_per_second: u64,
}

impl Default for Share {
    /// A new safety copy's first hours at the speed of a good line, and a steady tenth of that.
    fn default() -> Self {
        Self { burst_bytes: 1024 * 1024 * 1024, bytes_per_second: 1024 * 1024 }
    }
}

/// What is left of a peer's share.
#[derive(Debug, Clone, Copy)]
struct Left {
    bytes: u64,
    at: Duration,
}

/// What an answer is made from.
#[derive(Clone, Copy)]
pub struct View<'v> {
    /// What is durably held.
    pub store: &'v dyn LogStore,
    /// What control logs say.
    pub directory: &'v Directory,
    /// The greeting to answer with.
    pub hello: &'v Hello,
    /// What the asker may have.
    pub entitled: &'v Entitled,
    /// The receipts that others gave for the asker's logs.
    pub receipts: &'v [Receipt],
    /// Recoveries of keys by stewards that are waited for, so that all who wait hear of them soon.
    pub waiting: &'v [SharedRun],
}

/// An answer, and what came with the request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The messages to send back.
    pub messages: Vec<Message>,
    /// Receipts that the asker brought; not yet verified.
    pub receipts: Vec<Receipt>,
    /// Whether something was left out because the asker's share is used up.
    pub short: bool,
}

/// Answers peers.
#[derive(Debug, Default)]
pub struct Desk {
    share: Share,
    left: BTreeMap<NodeId, Left>,
}

impl Desk {
    /// Opens a desk that gives each peer a share.
    pub fn new(share: Share) -> Self {
        Self { share, left: BTreeMap::new() }
    }

    /// Answers a peer's request. `now` is a clock that never goes back.
    pub fn answer(
        &mut self,
        view: View<'_>,
        asker: NodeId,
        request: &[Message],
        now: Duration,
    ) -> Result<Answer, StoreError> {
        let mut left = self.left_of(asker, now);
        let mut answer = Answer::default();
        let mut heads = None;
        let mut room = ANSWER_BYTES_MAX;
        for message in request {
            if left < MESSAGE_COST {
                answer.short = true;
                break;
            }
            let before = answer.messages.len();
            match message {
                Message::Hello(_) => {
                    let heads = known(&mut heads, view)?;
                    let summary = Summary {
                        nodes: heads.summary(view.entitled).into_iter().take(SUMMARY_NODES_MAX).collect(),
                        forks: forks_digest(view.store)?,
                    };
                    answer.messages.push(Message::Hello(view.hello.clone()));
                    answer.messages.push(Message::Summary(summary));
                    answer.messages.extend(view.receipts.iter().copied().map(Message::Receipt));
                    answer.messages.extend(view.waiting.iter().cloned().map(Message::Run));
                }
                Message::Census(census) => {
                    let heads = known(&mut heads, view)?;
                    let pages = holdings(heads, view.directory, census.node, census.all, view.entitled);
                    answer.messages.extend(pages.into_iter().map(Message::Have));
                }
                Message::Want(want) => {
                    if room == 0 {
                        answer.short = true;
                        continue;
                    }
                    let mut want = *want;
                    let most = u32::try_from(left.min(room)).unwrap_or(u32::MAX);
                    want.max_bytes = want.max_bytes.min(most);
                    answer
                        .messages
                        .extend(serve(view.store, view.directory, &want, view.entitled)?.map(Message::Run));
                }
                Message::AskForks => {
                    if !planted(Planted::ProofsKept) {
                        answer.messages.extend(view.store.forks()?.into_iter().map(Message::Fork));
                    }
                }
                Message::Receipt(receipt) => answer.receipts.push(*receipt),
                // What only an answer holds says nothing in a request; and what is worked out from logs is no part of
                // them, so whoever has a first view adds it to the answer.
                Message::Have(_)
                | Message::Run(_)
                | Message::Fork(_)
                | Message::Summary(_)
                | Message::AskFirstView(_)
                | Message::FirstView(_) => {}
            }
            let new = answer.messages.get(before..).unwrap_or(&[]);
            let cost = new.iter().map(Message::cost).fold(MESSAGE_COST, u64::saturating_add);
            left = left.saturating_sub(cost);
            room = room.saturating_sub(cost);
        }
        self.left.insert(asker, Left { bytes: left, at: now });
        Ok(answer)
    }

    /// How many bytes a peer may still be served now, and how many at most.
    pub fn share_left(&self, peer: NodeId, now: Duration) -> (u64, u64) {
        (self.left_of(peer, now), self.share.burst_bytes)
    }

    /// Takes bytes that are served beside the logs off a peer's share; says whether there was room for them.
    pub fn charge(&mut self, asker: NodeId, bytes: u64, now: Duration) -> bool {
        let left = self.left_of(asker, now);
        let fits = bytes.saturating_add(MESSAGE_COST) <= left;
        let bytes = if fits { left.saturating_sub(bytes.saturating_add(MESSAGE_COST)) } else { left };
        self.left.insert(asker, Left { bytes, at: now });
        fits
    }

    fn left_of(&self, asker: NodeId, now: Duration) -> u64 {
        let Share { burst_bytes, bytes_per_second } = self.share;
        self.left.get(&asker).map_or(burst_bytes, |left| {
            let seconds = now.saturating_sub(left.at).as_secs();
            left.bytes.saturating_add(seconds.saturating_mul(bytes_per_second)).min(burst_bytes)
        })
    }
}

fn known<'h>(heads: &'h mut Option<Heads>, view: View<'_>) -> Result<&'h Heads, StoreError> {
    if heads.is_none() {
        *heads = Some(Heads::read(view.store, view.directory)?);
    }
    Ok(heads.get_or_insert_default())
}

/// The digest over the proofs of forks that a store holds: which logs, and from where. Nothing when it holds none.
pub fn forks_digest(store: &dyn LogStore) -> Result<Option<Digest>, StoreError> {
    let mut bytes = Vec::new();
    for proof in store.forks()? {
        bytes.extend(proof.name().id().0);
        bytes.extend(proof.seq().to_be_bytes());
    }
    Ok((!bytes.is_empty() && !planted(Planted::ProofsKept)).then(|| Digest::of("koinon/forks/1", &bytes)))
}
