//! What this node knows of logs: how far it holds its own, who else holds them, and which were continued in two ways.

use koinon_core::{FactId, LogId, NodeId, Timestamp};
use koinon_log::rotation::RECOVERY_WAIT_MS;
use koinon_log::{LogStore as _, Stream};

use crate::error::NodeError;
use crate::node::Node;

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

impl Node {
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
