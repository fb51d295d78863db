//! Computers in other hands: what this community and others say of a neighbour's computer that was taken or is held under
//! pressure.
//!
//! Each community decides for itself; nobody is cut off by a majority. Who suspends a node gives it nothing and takes nothing
//! of it but what its control log says, since a new key is told there and ends the suspension by itself. Nor does anybody else, a
//! safety copy among them, pass on to it what agreements open of the suspending community. What the node wrote before stays;
//! what its community needs is still shown.

use koinon_books::{Fact, NodeSuspended};
use koinon_core::{CommunityCode, NodeId, Timestamp};
use koinon_log::VerifyKey;

use crate::error::NodeError;
use crate::node::{Node, Shared};

/// A node whose computer is said to be in other hands, under the key that it still has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspended {
    /// The node.
    pub node: NodeId,
    /// Its community, where it is known.
    pub community: Option<CommunityCode>,
    /// Who says so, each with the time.
    pub by: Vec<(CommunityCode, Timestamp)>,
    /// Whether this node's own community says so: nothing is exchanged with it then.
    pub is_ours: bool,
}

impl Shared {
    /// The neighbours who said at the last try that this computer is in other hands.
    fn refusing(&self) -> Vec<(CommunityCode, Timestamp)> {
        let peers = self.peers();
        peers.all.values().filter_map(|peer| peer.config.community.clone().zip(peer.suspends_us)).collect()
    }

    /// Whether the own community has suspended a node under a key.
    pub(crate) fn is_suspended_under(&self, of: NodeId, key: &VerifyKey) -> bool {
        let book = self.book();
        let Some(own) = book.own() else { return false };
        book.suspended(of).any(|(by, meant, _)| by == own && meant == key.digest())
    }

    /// The same under the key that it has, as far as is known here.
    pub(crate) fn is_suspended(&self, of: NodeId) -> bool {
        self.directory().key(of).is_some_and(|key| self.is_suspended_under(of, key))
    }
}

/// Suspending.
impl Node {
    /// Says that a neighbour's computer is in other hands, or takes that back. An act of the node's own console.
    ///
    /// # Errors
    /// [`NodeError::UnknownKey`] for a node whose key is not known here or that is this one;
    /// [`koinon_books::Refused::NoCommunity`] on a safety copy, which decides nothing: it gives of each community's stock to nobody whom
    /// that community suspended.
    pub fn suspend(&self, node: NodeId, stands: bool) -> Result<(), NodeError> {
        let shared = &self.inner.shared;
        if shared.book().own().is_none() {
            return Err(koinon_books::Refused::NoCommunity.into());
        }
        let key = shared.directory().key(node).map(VerifyKey::digest).filter(|_| node != self.id());
        let key = key.ok_or(NodeError::UnknownKey(node))?;
        if stands == shared.is_suspended(node) {
            return Ok(());
        }
        Ok(self.write_alone(Fact::NodeSuspended(NodeSuspended { node, key, stands }))?)
    }

    /// Whose computers are said to be in other hands, this one's among them: by what was recorded, and by neighbours who refuse
    /// to exchange for that reason.
    pub fn suspended(&self) -> Vec<Suspended> {
        let directory = self.directory();
        let refusing = self.inner.shared.refusing();
        self.read_own(|book| {
            let of = |node: NodeId| {
                let key = directory.key(node)?.digest();
                let by: Vec<_> = book
                    .suspended(node)
                    .filter(|(_, meant, _)| *meant == key)
                    .map(|(by, _, at)| (by.clone(), at))
                    .collect();
                let is_ours = by.iter().any(|(by, _)| Some(by) == book.own());
                let community = book.community_of(node).cloned();
                (!by.is_empty()).then_some(Suspended { node, community, by, is_ours })
            };
            let mut all: Vec<Suspended> = book.suspended_nodes().into_iter().filter_map(of).collect();
            if !refusing.is_empty() {
                let this = all.iter_mut().find(|said| said.node == self.id());
                let known: Vec<_> =
                    this.iter().flat_map(|said| said.by.iter().map(|(by, _)| by.clone())).collect();
                let new = refusing.into_iter().filter(|(by, _)| !known.contains(by));
                match this {
                    Some(said) => said.by.extend(new),
                    None => all.push(Suspended {
                        node: self.id(),
                        community: book.own().cloned(),
                        by: new.collect(),
                        is_ours: false,
                    }),
                }
            }
            all
        })
    }
}
