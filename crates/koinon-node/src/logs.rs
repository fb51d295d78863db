//! What this node knows of logs: how far it holds its own, who else holds them, and which were continued in two ways.

use std::collections::BTreeMap;

use koinon_core::{FactId, LogId, NodeId, Timestamp};
use koinon_log::rotation::RECOVERY_WAIT_MS;
use koinon_log::{Entitled, Header, LogName, LogStore as _, StoredFact, Stream};

use crate::error::NodeError;
use crate::node::Node;
use crate::replay::{Entry, entry_of};
use crate::sqlite::Held;

/// The most facts given at once.
const KEPT_AT_ONCE: usize = 1_000;
/// The most facts that are looked through for a node's own newest.
const LOOKED_THROUGH: usize = 20_000;

/// A stored fact with what its header and body say; nothing where the header is damaged, which a check names.
fn kept(held: Held) -> Option<KeptFact> {
    let header = Header::parse(&held.fact.header).ok()?;
    let entry = entry_of(&held);
    let id = held.id();
    let Held { place, name: log, seq, fact: stored } = held;
    let recorded = header.hlc.time();
    Some(KeptFact { place, log, seq, id, kind: header.kind, recorded, stored, entry })
}

/// How well one of this node's own logs is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnLog {
    /// The log.
    pub log: LogId,
    /// Its kind; what never leaves this node is not listed.
    pub stream: Stream,
    /// The facts that stand here.
    pub facts: u64,
    /// Who gave receipts for it, and for how many facts, the most first.
    pub held_by: Vec<(NodeId, u64)>,
}

impl OwnLog {
    /// The facts that nobody else is known to hold.
    pub fn held_here_only(&self) -> u64 {
        let most = self.held_by.first().map_or(0, |(_, height)| *height);
        self.facts.saturating_sub(most)
    }

    /// How many others hold the whole of it.
    pub fn held_whole_by(&self) -> usize {
        self.held_by.iter().filter(|(_, height)| *height >= self.facts).count()
    }
}

/// A log that its node continued in two ways. It ends for everybody at the last fact that both have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkedLog {
    /// Whose it is.
    pub node: NodeId,
    /// The log.
    pub log: LogId,
    /// Whether its node has a new key since.
    pub replaced: bool,
}

/// A key that stewards gave to a node and that is not taken as good yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingKey {
    /// Whose key it is.
    pub node: NodeId,
    /// The fact by which it comes.
    pub rotation: FactId,
    /// When this node first heard of it.
    pub heard: Timestamp,
    /// From when on it is taken as good here.
    pub good_from: Timestamp,
}

/// A fact as it is kept: what is signed, and what stands beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFact {
    /// The order in which this node took it in, from 1.
    pub place: u64,
    /// The log in which it stands.
    pub log: LogName,
    /// Its number there, from 0.
    pub seq: u64,
    /// Its id.
    pub id: FactId,
    /// The kind's number.
    pub kind: u32,
    /// When it was recorded, by its header.
    pub recorded: Timestamp,
    /// The bytes.
    pub stored: StoredFact,
    /// What it says, where this program knows its kind.
    pub entry: Option<Entry>,
}

/// An entry of this node's own that leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// The entry as it is kept, byte by byte as it leaves.
    pub kept: KeptFact,
    /// The neighbours who may read it.
    pub readers: Vec<NodeId>,
    /// Those of them who gave a receipt for it.
    pub held_by: Vec<NodeId>,
}

impl KeptFact {
    /// What it says, whole, in the diagnostic notation of CBOR (RFC 8949, section 8).
    pub fn content(&self) -> String {
        minicbor::display(&self.stored.body).to_string()
    }
}

impl Node {
    /// This node's newest own entries that leave it, newest first, at most `limit`: what the next exchanges carry.
    ///
    /// # Errors
    /// [`NodeError`] when the store cannot be read.
    pub fn leaving(&self, limit: usize) -> Result<Vec<Leaving>, NodeError> {
        let shared = &self.inner.shared;
        let others: Vec<NodeId> =
            self.read_own(|book| book.admitted().keys().copied().filter(|node| *node != self.id()).collect());
        let others = others.into_iter().filter(|node| !shared.is_suspended(*node));
        let entitled: Vec<(NodeId, Entitled)> = others.map(|node| (node, shared.entitled(node))).collect();
        let receipts = self.held_by_others()?;
        let mut leaving = Vec::new();
        let (mut before, mut seen) = (u64::MAX, 0_usize);
        while leaving.len() < limit && seen < LOOKED_THROUGH {
            let page = shared.with_reader(|store| store.before(before, KEPT_AT_ONCE))?;
            let Some(last) = page.last() else { break };
            (before, seen) = (last.place, seen.saturating_add(page.len()));
            for held in page.into_iter().filter(|held| held.name.node == self.id()) {
                let Some(stream) = held.name.stream.shared() else { continue };
                let Some(kept) = kept(held) else { continue };
                let may = entitled.iter().filter(|(_, entitled)| entitled.may_read(self.id(), stream));
                let readers: Vec<NodeId> = may.map(|(node, _)| *node).collect();
                let receipts = receipts.get(&kept.log.id()).into_iter().flatten();
                let held_by = receipts.filter(|(_, height)| *height > kept.seq).map(|(node, _)| *node);
                let held_by = held_by.filter(|node| readers.contains(node)).collect();
                leaving.push(Leaving { kept, readers, held_by });
            }
        }
        leaving.truncate(limit);
        Ok(leaving)
    }

    /// The facts after a place, in the order of arrival; at most 1,000.
    ///
    /// # Errors
    /// [`NodeError`] when the store cannot be read.
    pub fn kept_after(&self, place: u64, limit: usize) -> Result<Vec<KeptFact>, NodeError> {
        let held =
            self.inner.shared.with_reader(|store| store.after(place, u64::MAX, limit.min(KEPT_AT_ONCE)))?;
        Ok(held.into_iter().filter_map(kept).collect())
    }

    /// The newest facts, newest first; at most 1,000.
    ///
    /// # Errors
    /// [`NodeError`] when the store cannot be read.
    pub fn kept_newest(&self, limit: usize) -> Result<Vec<KeptFact>, NodeError> {
        let held = self.inner.shared.with_reader(|store| store.before(u64::MAX, limit.min(KEPT_AT_ONCE)))?;
        Ok(held.into_iter().filter_map(kept).collect())
    }

    /// This node's own logs that others may hold, by kind.
    ///
    /// # Errors
    /// [`NodeError`] when the store cannot be read.
    pub fn own_logs(&self) -> Result<Vec<OwnLog>, NodeError> {
        let mut held = self.held_by_others()?;
        let heads = self.inner.shared.with_reader(|store| store.heads().map_err(NodeError::from))?;
        let own = heads
            .into_iter()
            .filter(|head| head.name.node == self.id() && head.name.stream.shared().is_some());
        let mut logs: Vec<OwnLog> = own
            .map(|head| OwnLog {
                log: head.log,
                stream: head.name.stream,
                facts: head.height,
                held_by: held.remove(&head.log).unwrap_or_default(),
            })
            .collect();
        logs.sort_by_key(|log| (log.stream, log.log));
        Ok(logs)
    }

    /// How many entries of each other node are kept here, over all its logs.
    ///
    /// # Errors
    /// [`NodeError`] when the store cannot be read.
    pub fn kept_of_others(&self) -> Result<BTreeMap<NodeId, u64>, NodeError> {
        let heads = self.inner.shared.with_reader(|store| store.heads().map_err(NodeError::from))?;
        let mut kept: BTreeMap<NodeId, u64> = BTreeMap::new();
        for head in heads.into_iter().filter(|head| head.name.node != self.id()) {
            let of_node = kept.entry(head.name.node).or_default();
            *of_node = of_node.saturating_add(head.height);
        }
        Ok(kept)
    }

    /// Every log of which it is proved that its node continued it in two ways.
    ///
    /// # Errors
    /// [`NodeError`] when the store cannot be read.
    pub fn forked_logs(&self) -> Result<Vec<ForkedLog>, NodeError> {
        let directory = self.directory();
        let proofs = self.inner.shared.with_reader(|store| store.forks().map_err(NodeError::from))?;
        let forked = proofs.iter().map(|proof| {
            let (node, log) = (proof.name().node, proof.name().id());
            ForkedLog { node, log, replaced: !directory.rotation_logs(node).is_empty() }
        });
        Ok(forked.collect())
    }

    /// The keys by stewards' word that are still waited for.
    ///
    /// # Errors
    /// [`NodeError`] when the store cannot be read.
    pub fn waiting_keys(&self) -> Result<Vec<WaitingKey>, NodeError> {
        let now = self.clock().now();
        let keys = self.recoveries()?.into_iter().map(|heard| WaitingKey {
            node: heard.node,
            rotation: heard.rotation,
            heard: heard.heard,
            good_from: heard.heard.plus_millis(RECOVERY_WAIT_MS),
        });
        Ok(keys.filter(|key| now < key.good_from).collect())
    }
}
