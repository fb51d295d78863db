//! Who keeps a copy of whose record: what this computer keeps of others, and what others said that they keep of it.

use std::collections::BTreeMap;

use koinon_core::{NodeId, Timestamp};
use koinon_node::{Node, NodeError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Named, rfc3339};

/// One other computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CopyRow {
    /// Its community; empty for a safety copy.
    pub community: Option<Named>,
    /// The beginning of its mark.
    pub mark: String,
    /// Entries of it that are kept here.
    pub kept_here: u64,
    /// When it was last exchanged with.
    pub heard: Option<String>,
    /// Entries of this computer that it said it keeps; empty where it has said nothing.
    pub keeps_of_ours: Option<u64>,
}

/// All copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CopiesView {
    /// Whether this computer keeps a safety copy only.
    pub is_copy: bool,
    /// Entries that this computer wrote and others may have.
    pub ours: u64,
    /// Those of them that nobody else is known to keep.
    pub here_only: u64,
    /// When everything here was last verified, from the first entry to the last.
    pub verified: Option<String>,
    /// What was wrong then.
    pub fault: Option<String>,
    /// The other computers: the communities by name, then safety copies.
    pub rows: Vec<CopyRow>,
}

impl CopiesView {
    /// Reads a node.
    ///
    /// # Errors
    /// [`NodeError`] when the store cannot be read.
    pub fn of(node: &Node) -> Result<Self, NodeError> {
        let own = node.own_logs()?;
        let mut theirs: BTreeMap<NodeId, u64> = BTreeMap::new();
        for log in &own {
            for (by, height) in &log.held_by {
                let held = theirs.entry(*by).or_default();
                *held = held.saturating_add((*height).min(log.facts));
            }
        }
        let kept = node.kept_of_others()?;
        let peers: BTreeMap<NodeId, Option<Timestamp>> =
            node.peers().into_iter().map(|peer| (peer.config.node, peer.last_heard)).collect();
        let scrub = node.jobs().into_iter().find(|job| job.name == koinon_node::jobs::SCRUB);
        node.read(|book| {
            let mut all: Vec<NodeId> = book.admitted().keys().chain(peers.keys()).copied().collect();
            all.sort_unstable();
            all.dedup();
            let row = |other: NodeId| {
                let code = book.community_of(other);
                let name = |code: &koinon_core::CommunityCode| {
                    let known = book.region().community(code);
                    let name = known.map_or(code.as_str(), |known| known.name.as_str()).to_owned();
                    Named { code: code.to_string(), name }
                };
                CopyRow {
                    community: code.map(name),
                    mark: other.short(),
                    kept_here: kept.get(&other).copied().unwrap_or(0),
                    heard: rfc3339(peers.get(&other).copied().flatten()),
                    keeps_of_ours: theirs.get(&other).copied(),
                }
            };
            let mut rows: Vec<CopyRow> =
                all.into_iter().filter(|other| *other != node.id()).map(row).collect();
            rows.sort_by_key(|row| {
                (
                    row.community.is_none(),
                    row.community.as_ref().map(|named| named.name.clone()),
                    row.mark.clone(),
                )
            });
            let sum = |of: fn(&koinon_node::OwnLog) -> u64| own.iter().map(of).fold(0, u64::saturating_add);
            Ok(Self {
                is_copy: book.own().is_none(),
                ours: sum(|log| log.facts),
                here_only: sum(koinon_node::OwnLog::held_here_only),
                verified: rfc3339(scrub.as_ref().and_then(|job| job.last_success)),
                fault: node.damage(),
                rows,
            })
        })
    }
}
