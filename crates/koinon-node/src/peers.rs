//! The neighbours that a node exchanges with, and what is known of each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::time::Duration;

use koinon_books::{Fact, NodeAdmitted};
use koinon_core::{CommunityCode, NodeId, Timestamp};

use crate::error::NodeError;
use crate::node::Node;
use crate::sqlite::PeerRow;
use crate::writer::SubmitError;

/// A neighbour as the operator lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerConfig {
    /// Its node.
    pub node: NodeId,
    /// The community that it speaks for; `None` for a mirror, which reads and writes nothing.
    pub community: Option<CommunityCode>,
    /// Its address, such as `https://dunes.internal:7443`; `None` when it only asks us. Plain `http` is for the
    /// loopback interface alone.
    pub url: Option<String>,
    /// The certificate authority that vouches for its address, in PEM; `None` on the loopback interface.
    pub ca: Option<String>,
}

/// A neighbour and how the exchange with it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerState {
    /// The listing.
    pub config: PeerConfig,
    /// When the last whole exchange with it ended, by civil time.
    pub last_heard: Option<Timestamp>,
    /// When it last asked us, by civil time.
    pub last_asked_us: Option<Timestamp>,
    /// Facts that it offered and we do not hold yet, at the last exchange.
    pub lag: u64,
    /// How far its clock is ahead of ours, in milliseconds, at the last exchange.
    pub clock_ahead_ms: i64,
    /// The last error: which neighbour, which step, the cause; until an exchange succeeds.
    pub last_error: Option<String>,
    /// How long until it is asked again; `None` when nothing is planned.
    pub next_try: Option<Duration>,
    /// How many bytes it may still be served now, and how many at most: nobody is served without end at others' cost.
    pub share_left: (u64, u64),
}

/// What the node remembers of a neighbour between exchanges.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) config: PeerConfig,
    pub(crate) last_heard: Option<Timestamp>,
    pub(crate) last_asked_us: Option<Timestamp>,
    pub(crate) lag: u64,
    pub(crate) clock_ahead_ms: i64,
    /// Monotonic time of the next try.
    pub(crate) due: Option<Duration>,
    pub(crate) busy: bool,
    /// When it last said that this computer is in other hands.
    pub(crate) suspends_us: Option<Timestamp>,
}

/// All neighbours, and whether the start left something to ask them.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    pub(crate) all: BTreeMap<NodeId, Peer>,
    /// Some while the heads may be old: who has been asked since.
    pub(crate) asked: Option<BTreeSet<NodeId>>,
}

impl Peer {
    pub(crate) fn new(config: PeerConfig, last_heard: Option<Timestamp>) -> Self {
        Self {
            config,
            last_heard,
            last_asked_us: None,
            lag: 0,
            clock_ahead_ms: 0,
            due: None,
            busy: false,
            suspends_us: None,
        }
    }
}

impl Peers {
    /// How many listed neighbours are still to be asked; `None` when nothing is in doubt.
    pub(crate) fn waiting(&self) -> Option<usize> {
        let asked = self.asked.as_ref()?;
        let left = self.all.iter().filter(|(node, peer)| peer.config.url.is_some() && !asked.contains(node));
        Some(left.count()).filter(|left| *left > 0)
    }
}

/// The name of the job that exchanges with a neighbour.
pub(crate) fn job_name(config: &PeerConfig) -> String {
    match &config.community {
        Some(community) => format!("exchange {community}"),
        None => format!("exchange {}", config.node.to_string().chars().take(8).collect::<String>()),
    }
}

pub(crate) fn row_of(peer: &Peer) -> PeerRow {
    let PeerConfig { node, community, url, ca } = peer.config.clone();
    let community = community.map(|code| code.as_str().to_owned());
    PeerRow { node, community, url, ca, heard: peer.last_heard }
}

pub(crate) fn peer_of(row: PeerRow) -> Peer {
    let community = row.community.and_then(|code| CommunityCode::new(&code).ok());
    let config = PeerConfig { node: row.node, community, url: row.url, ca: row.ca };
    Peer::new(config, row.heard)
}

/// Neighbours.
impl Node {
    /// The neighbours, by node id.
    pub fn peers(&self) -> Vec<PeerState> {
        let shared = &self.inner.shared;
        let now = shared.clock.monotonic();
        let desk = shared.desk.lock().unwrap_or_else(PoisonError::into_inner);
        let peers = shared.peers();
        let state = |peer: &Peer| PeerState {
            config: peer.config.clone(),
            last_heard: peer.last_heard,
            last_asked_us: peer.last_asked_us,
            lag: peer.lag,
            clock_ahead_ms: peer.clock_ahead_ms,
            last_error: shared.jobs.get(&job_name(&peer.config)).and_then(|job| job.last_error),
            next_try: peer.due.map(|due| due.saturating_sub(now)),
            share_left: desk.share_left(peer.config.node, now),
        };
        peers.all.values().map(state).collect()
    }

    /// Lists a neighbour, and takes its node to speak for its community if nobody has yet. This is an act of the node's
    /// own console: pages let a steward admit first, by [`koinon_books::BookCommand::Admit`].
    pub fn add_peer(&self, config: PeerConfig) -> Result<(), NodeError> {
        crate::client::check_address(&config)?;
        let shared = &self.inner.shared;
        if let Some(community) = &config.community {
            let known = shared.book().community_of(config.node).cloned();
            match known {
                Some(known) if known == *community => {}
                Some(known) => return Err(koinon_books::Refused::AlreadyAdmitted(known).into()),
                None => {
                    let admitted = NodeAdmitted { node: config.node, community: community.clone() };
                    self.write_alone(Fact::NodeAdmitted(admitted))?;
                }
            }
        }
        let peer = Peer::new(config, None);
        let row = row_of(&peer);
        self.on_writer(move |writer| {
            writer.store.put_peer(&row).map_err(|error| writer.poison(&error))?;
            writer.shared.peers().all.insert(peer.config.node, peer);
            Ok::<(), SubmitError>(())
        })??;
        Ok(())
    }

    /// Takes a neighbour off the list. What its node wrote stays.
    pub fn remove_peer(&self, node: NodeId) -> Result<(), NodeError> {
        self.on_writer(move |writer| {
            writer.store.remove_peer(node).map_err(|error| writer.poison(&error))?;
            if let Some(peer) = writer.shared.peers().all.remove(&node) {
                writer.shared.jobs.forget(&job_name(&peer.config));
            }
            Ok::<(), SubmitError>(())
        })??;
        Ok(())
    }
}
