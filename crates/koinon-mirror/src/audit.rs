//! Reading a store of logs again, whatever it stands on: every chain, every signature, and what all of it comes to.
//!
//! Two stores that hold the same shared facts give the same digest, so that a copy can be compared with a node, and a copy
//! in a database with one in a file.

use std::collections::BTreeMap;

use koinon_core::{Digest, FactId, NodeId};
use koinon_log::{LogName, LogStore, NetworkId, StoreError, load_directory, verify_log};

/// One log as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedLog {
    /// The log.
    pub name: LogName,
    /// The facts held.
    pub facts: u64,
    /// How many of them verified, from the first; those that do not count are not looked at.
    pub verified: u64,
    /// The last fact held.
    pub head: FactId,
    /// The first fault, with its place.
    pub fault: Option<String>,
}

/// What reading everything came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// Each log that may leave a node, in order of its id.
    pub logs: Vec<AuditedLog>,
    /// The facts in them.
    pub facts: u64,
    /// The digest of what is held of each node.
    pub nodes: BTreeMap<NodeId, Digest>,
    /// The digest of all of it.
    pub digest: Digest,
    /// Logs of which a node signed two histories.
    pub forks: Vec<LogName>,
    /// Control logs that do not verify.
    pub refused: Vec<String>,
}

impl Audit {
    /// Whether everything verified.
    pub fn is_sound(&self) -> bool {
        self.refused.is_empty() && self.logs.iter().all(|log| log.fault.is_none())
    }
}

/// Reads every fact of a store that may leave a node.
pub fn audit(store: &dyn LogStore, network: NetworkId) -> Result<Audit, StoreError> {
    let (directory, refused) = load_directory(store, network)?;
    let directory = directory.believing();
    let mut logs = Vec::new();
    for head in store.heads()? {
        if head.name.stream.shared().is_none() {
            continue;
        }
        let (verified, fault) = verify_log(store, &directory, head.log, &mut drop)?;
        let fault = fault.map(|rejection| rejection.to_string());
        logs.push(AuditedLog { name: head.name, facts: head.height, verified, head: head.head, fault });
    }
    let mut of_nodes: BTreeMap<NodeId, Vec<&AuditedLog>> = BTreeMap::new();
    for log in &logs {
        of_nodes.entry(log.name.node).or_default().push(log);
    }
    let nodes = of_nodes.into_iter().map(|(node, logs)| (node, digest(logs.into_iter()))).collect();
    Ok(Audit {
        facts: logs.iter().map(|log| log.facts).fold(0, u64::saturating_add),
        nodes,
        digest: digest(logs.iter()),
        forks: store.forks()?.iter().map(|proof| *proof.name()).collect(),
        refused: refused.iter().map(ToString::to_string).collect(),
        logs,
    })
}

/// The digest of logs in order of their ids: id, number of facts, last fact of each.
fn digest<'l>(logs: impl Iterator<Item = &'l AuditedLog>) -> Digest {
    let mut bytes = Vec::new();
    for log in logs {
        bytes.extend(log.name.id().0);
        bytes.extend(log.facts.to_be_bytes());
        bytes.extend(log.head.0);
    }
    Digest::of("koinon/heads/1", &bytes)
}
