//! Neighbours: this node's card, listing one, taking one off, exchanging now.
//!
//! Listing a neighbour admits its node for its community: an act of the console, whose number the operator compared.

use std::collections::BTreeMap;
use std::time::Duration;

use koinon_core::NodeId;
use koinon_node::tls::TlsFiles;
use koinon_node::{Differs, FirstViewState, Node, PeerConfig, PeerState, PullCause, check_address};

use super::Refusal;
use super::views::{Answer, ExchangeView, FirstViewView, PeerView, PeersView};
use crate::card::Card;

/// How often, and how many times, it is looked whether an exchange that is under way has ended.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const LOOKS_MAX: usize = 150;

/// Everybody on the list.
pub(super) fn list(node: &Node) -> PeersView {
    PeersView {
        peers: node.peers().iter().map(|peer| view(node, peer)).collect(),
        first_view: first_view(node),
    }
}

/// How a first view stands.
pub(super) fn first_view(node: &Node) -> Option<FirstViewView> {
    let plain = |by: NodeId, state: &str, part, whole, words| FirstViewView {
        neighbour: called(node, by),
        state: state.to_owned(),
        made: None,
        newest: BTreeMap::new(),
        part,
        whole,
        theirs: None,
        ours: None,
        words,
    };
    Some(match node.first_view()? {
        FirstViewState::Coming { by, bytes, of } => {
            let words = format!(
                "a first view from {} is on its way: {} of {} KiB have come; everything else comes after it",
                called(node, by),
                bytes / 1_024,
                of.div_ceil(1_024)
            );
            plain(by, "coming", bytes, of, words)
        }
        FirstViewState::Shown { by, at, checked, of, newest } => {
            let (name, made) = (called(node, by), at.to_rfc3339());
            let newest: BTreeMap<String, String> =
                newest.into_iter().map(|(community, at)| (community.to_string(), at.to_rfc3339())).collect();
            let each: Vec<String> =
                newest.iter().map(|(community, at)| format!("{community} of {at}")).collect();
            let newest_in_it = if each.is_empty() {
                String::new()
            } else {
                format!("; the newest in it: {}", each.join(", "))
            };
            let words = format!(
                "first view from {name}, of {made}; {checked} of {of} entries checked here so far{newest_in_it}"
            );
            FirstViewView { made: Some(made), newest, ..plain(by, "shown", checked, of, words) }
        }
        FirstViewState::Differs(Differs { by, at, theirs, ours }) => {
            let (name, made) = (called(node, by), at.to_rfc3339());
            let found = match ours {
                Some(ours) => {
                    format!("the same entries give check number {ours} here, and it showed {theirs}")
                }
                None => format!("entries that it was made from never came; it showed check number {theirs}"),
            };
            let check = if node.keeps_apart() { "koinon mirror audit" } else { "koinon check" };
            let words = format!(
                "the first view from {name}, of {made}, is not what the entries say: {found}. What is shown now are this \
                 computer's own entries, and they count. Run `{check}` here, have {name}'s operator run `koinon check` there, and \
                 compare; then say `koinon peer settle`"
            );
            let (theirs, ours) = (Some(theirs.to_string()), ours.map(|ours| ours.to_string()));
            FirstViewView { made: Some(made), theirs, ours, ..plain(by, "differs", 0, 0, words) }
        }
    })
}

/// Takes the warning off that a first view was wrong.
pub(super) async fn settle_first_view(node: &Node) -> Result<Answer, Refusal> {
    let settling = node.clone();
    let settled = tokio::task::spawn_blocking(move || settling.settle_first_view()).await;
    let was = settled.map_err(|error| Refusal::new(&error, ""))?;
    let was =
        was.map_err(|error| Refusal::new(&error, "check the disk or the database, then say it again"))?;
    Ok(Answer::FirstViewSettled { was })
}

/// The neighbours whose first views were not taken, and why.
pub(super) fn first_views_refused(node: &Node) -> Vec<String> {
    let refused = node.first_views_refused();
    let told = refused.iter().map(|(by, why)| {
        let name = called(node, *by);
        format!(
            "a first view from {name} was not taken ({why}); its entries come all the same; if that goes on, its operator \
             should run `koinon check`"
        )
    });
    told.collect()
}

/// A community, or the beginning of a node's id.
fn called(node: &Node, by: NodeId) -> String {
    let community = node.read_own(|book| book.community_of(by).map(ToString::to_string));
    community.unwrap_or_else(|| by.to_string().chars().take(8).collect())
}

/// One neighbour as programs read it.
pub(super) fn view(node: &Node, peer: &PeerState) -> PeerView {
    let suspended = node.suspended().iter().any(|said| said.node == peer.config.node && said.is_ours);
    PeerView {
        node: peer.config.node.to_string(),
        community: peer.config.community.as_ref().map(ToString::to_string),
        address: peer.config.url.clone(),
        last_heard: peer.last_heard.map(koinon_core::Timestamp::to_rfc3339),
        last_asked_us: peer.last_asked_us.map(koinon_core::Timestamp::to_rfc3339),
        behind: peer.lag,
        clock_ahead_ms: peer.clock_ahead_ms,
        last_error: peer.last_error.clone(),
        suspended,
        next_try_s: peer.next_try.map(|left| left.as_secs()),
    }
}

/// This node's card.
pub(super) fn card(node: &Node, address: Option<String>) -> Result<Answer, Refusal> {
    let secure = address.as_ref().is_some_and(|url| url.starts_with("https://"));
    let ca = if secure {
        let path = TlsFiles::of(node.dir()).ca;
        let read = std::fs::read_to_string(&path);
        let hint = "certificates are made by `koinon init`; restore a backup";
        let named = |error| Refusal::new(&format!("{} cannot be read: {error}", path.display()), hint);
        Some(read.map_err(named)?.trim().to_owned())
    } else {
        None
    };
    let community = node.read(|book| book.own().cloned());
    let peer = PeerConfig { node: node.id(), community, url: address, ca };
    check_address(&peer).map_err(|error| Refusal::new(&error, ""))?;
    Ok(Answer::Card { text: Card { network: node.network().to_string(), peer }.text() })
}

/// Lists a neighbour by its card, and exchanges with it once.
pub(super) async fn add(node: &Node, card: &str, address: Option<String>) -> Result<Answer, Refusal> {
    let card =
        Card::read(card).map_err(|error| Refusal::new(&error, "make a new card with `koinon peer card`"))?;
    let ours = node.network().to_string();
    if card.network != ours {
        let found = format!("the card is of federation {}, this node of {ours}", card.network);
        let hint = "both must be founded with the same region name, or the same --network";
        return Err(Refusal::new(&found, hint));
    }
    if card.peer.node == node.id() {
        return Err(Refusal::new(
            "this is this node's own card",
            "use the card that the neighbour's operator made",
        ));
    }
    if let Some(community) = &card.peer.community {
        let known = node.read(|book| book.region().communities.iter().any(|c| c.code == *community));
        // A safety copy learns of the region from its neighbours.
        let empty = node.read(|book| book.region().communities.is_empty());
        if !known && !empty {
            let hint = "go by the same region file: `koinon region adopt FILE`";
            return Err(Refusal::new(&format!("'{community}' is no community of this node's region"), hint));
        }
    }
    let config = PeerConfig { url: address.or(card.peer.url), ..card.peer };
    let (id, has_address) = (config.node, config.url.is_some());
    let adding = node.clone();
    // Admitting waits for a durable commit.
    let added = tokio::task::spawn_blocking(move || adding.add_peer(config)).await;
    added.map_err(|error| Refusal::new(&error, ""))?.map_err(|error| Refusal::new(&error, ""))?;
    let exchange = if has_address { Some(exchange(node, id).await) } else { None };
    let state = node.peers().into_iter().find(|peer| peer.config.node == id);
    let state = state.ok_or_else(|| Refusal::new("it was taken off the list meanwhile", "list it again"))?;
    Ok(Answer::PeerAdded { peer: view(node, &state), exchange })
}

/// Takes a neighbour off the list.
pub(super) fn remove(node: &Node, name: &str) -> Result<Answer, Refusal> {
    let found = find(node, name)?;
    node.remove_peer(found.config.node).map_err(|error| Refusal::new(&error, ""))?;
    Ok(Answer::PeerRemoved(view(node, &found)))
}

/// Says that a neighbour's computer is in other hands, or takes that back.
pub(super) async fn suspend(node: &Node, name: &str, stands: bool) -> Result<Answer, Refusal> {
    let (id, whose) = known(node, name)?;
    let was = node.suspended().iter().any(|said| said.node == id && said.is_ours);
    if !stands && !was {
        return Err(Refusal::new(
            &format!("{whose} is not suspended by this community"),
            "`koinon doctor` says who is",
        ));
    }
    let saying = node.clone();
    let said = tokio::task::spawn_blocking(move || saying.suspend(id, stands)).await;
    said.map_err(|error| Refusal::new(&error, ""))?.map_err(|error| Refusal::new(&error, ""))?;
    Ok(Answer::PeerSuspended { name: whose })
}

/// A community's computer that is known here, listed as a neighbour or not.
fn known(node: &Node, name: &str) -> Result<(NodeId, String), Refusal> {
    let named: Vec<(NodeId, String)> = node.read_own(|book| {
        let all = book.admitted().iter().filter(|(id, _)| **id != node.id());
        let is =
            |id: &NodeId, code: &str| code == name || (name.len() >= 4 && id.to_string().starts_with(name));
        let found = all.filter(|(id, code)| is(id, code.as_str()));
        found.map(|(id, code)| (*id, format!("{code} ({})", id.short()))).collect()
    });
    match named.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Refusal::new(
            &format!("no computer of a community is known here as '{name}'"),
            "say a community's code, or the beginning of its node's id; a safety copy is taken off with `koinon peer remove`",
        )),
        several => {
            let all: Vec<&str> = several.iter().map(|(_, whose)| whose.as_str()).collect();
            Err(Refusal::new(&format!("'{name}' could be {}", all.join(", ")), "write more of the node's id"))
        }
    }
}

/// Exchanges with one neighbour, or with all that have an address.
pub(super) async fn exchange_now(node: &Node, name: Option<&str>) -> Result<Answer, Refusal> {
    let chosen = match name {
        Some(name) => vec![find(node, name)?],
        None => node.peers().into_iter().filter(|peer| peer.config.url.is_some()).collect(),
    };
    let mut exchanges = Vec::new();
    for peer in chosen {
        let view = exchange(node, peer.config.node).await;
        if view.error.is_none() {
            // What may be kept for it comes now too. Where that fails, the next round says why, on the page and in the doctor.
            let _ = node.keep_for(peer.config.node).await;
        }
        exchanges.push(view);
    }
    Ok(Answer::Exchanged { exchanges })
}

pub(super) fn find(node: &Node, name: &str) -> Result<PeerState, Refusal> {
    let peers = node.peers();
    let is = |peer: &PeerState| {
        peer.config.community.as_ref().is_some_and(|code| code.as_str() == name)
            || (name.len() >= 4 && peer.config.node.to_string().starts_with(name))
    };
    let mut found = peers.iter().filter(|peer| is(peer));
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only.clone()),
        (None, _) => {
            let names: Vec<String> = peers.iter().map(short).collect();
            let listed = if names.is_empty() { "nobody is listed".to_owned() } else { names.join(", ") };
            Err(Refusal::new(&format!("no neighbour '{name}' is listed"), &format!("the list: {listed}")))
        }
        (Some(_), Some(_)) => {
            let hint = "write more of the node's id; `koinon peer list --json` shows it whole";
            Err(Refusal::new(&format!("'{name}' could be several neighbours"), hint))
        }
    }
}

fn short(peer: &PeerState) -> String {
    let node = peer.config.node.short();
    peer.config.community.as_ref().map_or_else(|| node.clone(), |code| format!("{code} ({node})"))
}

/// Exchanges once; waits for an exchange that is under way already.
async fn exchange(node: &Node, peer: NodeId) -> ExchangeView {
    let mut pulled = node.pull_once(peer).await;
    for _ in 0..LOOKS_MAX {
        if !matches!(&pulled, Err(error) if matches!(error.cause, PullCause::Busy)) {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
        pulled = node.pull_once(peer).await;
    }
    let state = node.peers().into_iter().find(|state| state.config.node == peer);
    let neighbour = state.as_ref().map_or_else(|| peer.short(), short);
    let next_try_s = state.and_then(|state| state.next_try).map(|left| left.as_secs());
    match pulled {
        Ok(report) => ExchangeView {
            neighbour,
            entries: report.facts,
            behind: report.lag,
            refused: report.refused,
            error: None,
            hint: String::new(),
            next_try_s,
        },
        Err(error) => ExchangeView {
            neighbour,
            entries: 0,
            behind: 0,
            refused: Vec::new(),
            hint: hint(&error.cause).to_owned(),
            error: Some(error.to_string()),
            next_try_s,
        },
    }
}

/// What the operator can do about a failed exchange.
const fn hint(cause: &PullCause) -> &'static str {
    match cause {
        PullCause::Refused { status: 403, .. } => {
            "its operator must list this node too: make a card here with `koinon peer card`, and there run `koinon peer add`"
        }
        PullCause::Refused { status: koinon_node::SUSPENDED, .. } => {
            "call the people there; if the key may be in other hands, stop this node and replace it with `koinon key recover`"
        }
        PullCause::Refused { status: 404, .. } => {
            "the address answers, but is no koinon node; check host and port"
        }
        PullCause::NoAddress => "list it again with --address, or wait until it asks",
        PullCause::Auth(_) => {
            "another computer answers at this address; compare the cards again before anything else"
        }
        PullCause::Session(koinon_log::SessionError::Stranger) => {
            "both must be founded with the same region name, or the same --network"
        }
        _ => "",
    }
}
