//! Founds or opens the nodes of the demo, and makes them know each other.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, anyhow};
use koinon_authority::{Actor, Caps, Granted, Role, Scope};
use koinon_books::{Book, BookCommand};
use koinon_core::{Clock, CommunityCode, Entropy as _, EntryId, GrantId, PersonId, Region, Timestamp};
use koinon_instruments::Agreement;
use koinon_log::NetworkId;
use koinon_node::{Founding, Node, Options, OsEntropy, PeerConfig, SettableClock, Submitted};
use koinon_sim::{Part, World};

use super::region::Chosen;

/// One node of the demo.
#[derive(Clone)]
pub(crate) struct Seat {
    /// The community, or `None` for the safety copy.
    pub community: Option<CommunityCode>,
    /// The community's name.
    pub name: String,
    /// The node.
    pub node: Node,
    /// Its civil clock.
    pub clock: Arc<SettableClock>,
    /// Whether its line is plugged in.
    pub line: Arc<AtomicBool>,
    /// Where its pages are.
    pub address: SocketAddr,
    /// Who plays which part.
    pub cast: BTreeMap<Part, PersonId>,
}

impl Seat {
    /// The actor who plays a part.
    pub(crate) fn actor(&self, part: Part) -> Option<Actor> {
        let person = *self.cast.get(&part)?;
        Some(if part == Part::Meter { Actor::Meter(person) } else { Actor::Person(person) })
    }
}

/// Founds every node that has no data yet and opens all of them; the safety copy is the first.
pub(crate) async fn seats(
    dir: &Path,
    chosen: &Chosen,
    world: &World,
    listen: SocketAddr,
    begin: Timestamp,
) -> anyhow::Result<Vec<Seat>> {
    let communities = chosen.region.communities.iter().map(|c| (Some(c.code.clone()), c.name.clone()));
    let all: Vec<_> = std::iter::once((None, chosen.region.name.clone())).chain(communities).collect();
    let mut opening = Vec::new();
    for (number, (community, name)) in (0u16..).zip(all) {
        let port = listen.port().checked_add(number).ok_or_else(|| {
            anyhow!("the ports after {} do not suffice; choose a lower one with --listen", listen.port())
        })?;
        let address = SocketAddr::new(listen.ip(), port);
        let folder = dir.join(community.as_ref().map_or("mirror", |c| c.as_str()));
        let steward = community.as_ref().and_then(|c| {
            world.cast(c).into_iter().find(|member| member.part == Part::StewardA).map(|member| member.name)
        });
        let text = community.as_ref().map_or_else(String::new, |_| chosen.text.clone());
        opening.push(tokio::task::spawn_blocking(move || {
            open(&folder, community, name, text, steward, address, begin)
        }));
    }
    let mut seats = Vec::new();
    for task in opening {
        seats.push(task.await.context("a node did not start")??);
    }
    introduce(&mut seats, chosen, world).await?;
    Ok(seats)
}

fn open(
    folder: &Path,
    community: Option<CommunityCode>,
    name: String,
    region_text: String,
    steward: Option<String>,
    address: SocketAddr,
    begin: Timestamp,
) -> anyhow::Result<Seat> {
    let settable = Arc::new(SettableClock::new(begin));
    let clock: Arc<dyn Clock> = settable.clone();
    // All have agreed to show each other what they have, for a year from the first day.
    let agreement = Region::parse(&region_text).ok().filter(|_| community.is_some());
    let agreement = agreement.map(|region| Agreement::draft_of(&region, begin.day(&region.zone())));
    let founding = Founding {
        network: NetworkId::of("koinon demo"),
        community: community.clone(),
        agreement,
        region_text,
        steward,
        names: koinon_node::TlsNames::default(),
        recovery: koinon_node::RecoveryPlan::default(),
    };
    if !folder.join("keys").exists() {
        Node::init(folder, &founding, &clock)
            .with_context(|| format!("cannot found the node of {name} in {}", folder.display()))?;
    }
    let mut options = Options::new(folder).without_exchange();
    // A dozen nodes share one process.
    options.store_cache_kib = 2_000;
    options.scrub_every = None;
    // Eleven books stand in one process; a fortnight of lines is enough, older ones are read from the store.
    options.fold_after_days = 14;
    // A demo's data are small; a fraction of the usual room is enough.
    options.floors.exchange_bytes = 64 << 20;
    options.floors.write_bytes = 32 << 20;
    options.floors.ballast_bytes = 0;
    let node = Node::open_with(options, clock).with_context(|| format!("cannot open the node of {name}"))?;
    // A demo that is resumed goes on from the last thing that was recorded.
    let last = node.recent(1)?.first().map_or(begin, |entry| entry.stamp.recorded);
    settable.set(last.max(begin));
    let line = Arc::new(AtomicBool::new(true));
    Ok(Seat { community, name, node, clock: settable, line, address, cast: BTreeMap::new() })
}

/// Lets every node admit every other, lists neighbours, and gives the cast their tasks.
async fn introduce(seats: &mut [Seat], chosen: &Chosen, world: &World) -> anyhow::Result<()> {
    let known: Vec<PeerConfig> = seats
        .iter()
        .map(|seat| PeerConfig {
            node: seat.node.id(),
            community: seat.community.clone(),
            url: Some(format!("http://{}", seat.address)),
            ca: None,
        })
        .collect();
    let roads: Vec<(CommunityCode, CommunityCode)> = chosen
        .region
        .corridors
        .iter()
        .filter_map(|corridor| {
            Some((chosen.region.keeper_of(&corridor.from)?, chosen.region.keeper_of(&corridor.to)?))
        })
        .collect();
    let mut tasks = Vec::new();
    for seat in seats.iter() {
        let neighbours: Vec<PeerConfig> = known
            .iter()
            .filter(|peer| peer.node != seat.node.id())
            .filter(|peer| match (&seat.community, &peer.community) {
                (Some(a), Some(b)) => roads.iter().any(|(x, y)| (x, y) == (a, b) || (x, y) == (b, a)),
                _ => true,
            })
            .cloned()
            .collect();
        let others: Vec<PeerConfig> = known
            .iter()
            .filter(|peer| peer.node != seat.node.id() && peer.community.is_some())
            .cloned()
            .collect();
        let members = seat.community.as_ref().map(|c| world.cast(c)).unwrap_or_default();
        let seat = seat.clone();
        tasks.push(tokio::spawn(async move { settle(&seat, &members, others, neighbours).await }));
    }
    for (seat, task) in seats.iter_mut().zip(tasks) {
        seat.cast = task.await.context("a node did not settle")??;
    }
    Ok(())
}

async fn settle(
    seat: &Seat,
    members: &[koinon_sim::Member],
    others: Vec<PeerConfig>,
    neighbours: Vec<PeerConfig>,
) -> anyhow::Result<BTreeMap<Part, PersonId>> {
    let mut cast = BTreeMap::new();
    if let Some(community) = &seat.community {
        let named: BTreeMap<String, PersonId> = seat.node.read(|book| {
            let held = book.grants().all().map(|held| held.granted.subject);
            held.filter_map(|person| Some((seat.node.personal().name(book, person)?, person))).collect()
        });
        let stranger =
            members.iter().find(|member| member.part == Part::StewardA && !named.contains_key(&member.name));
        if let Some(stranger) = stranger.filter(|_| !named.is_empty()) {
            return Err(anyhow!(
                "the data of {} was made with another seed or world: nobody there is called {}; say the --seed and --world with which it was made, or choose another --data",
                seat.name,
                stranger.name
            ));
        }
        let now = seat.clock.now();
        let mut commands = Vec::new();
        for member in members {
            let person = named.get(&member.name).copied();
            let subject = person.unwrap_or_else(|| PersonId::make(now, &mut OsEntropy));
            cast.insert(member.part, subject);
            if person.is_none() {
                let granted = Granted {
                    grant: GrantId::make(now, &mut OsEntropy),
                    subject,
                    role: member.role,
                    scope: Scope::Community(community.clone()),
                    caps: Caps::none(),
                    not_before: now,
                    expires: now.plus_days(days_of(member.role)),
                    by: cast.get(&Part::StewardA).copied(),
                    decision: None,
                };
                commands.push(BookCommand::Grant {
                    act: fresh(),
                    granted,
                    name: Some(member.name.as_str().into()),
                });
            }
        }
        let known = seat.node.read(|book| book.admitted().clone());
        for peer in others.iter().filter(|peer| !known.contains_key(&peer.node)) {
            if let Some(community) = peer.community.clone() {
                commands.push(BookCommand::Admit { act: fresh(), node: peer.node, community });
            }
        }
        let steward =
            Actor::Person(*cast.get(&Part::StewardA).ok_or_else(|| anyhow!("no steward in the cast"))?);
        // A demo that is resumed has what it wrote before; one that is older than teams or services gets them now.
        let acts = seat.node.read(|book| aid_at_the_beginning(book, community, now));
        commands.extend(acts.into_iter().map(|what| {
            let (act, occurred) = (fresh(), now);
            BookCommand::Aid(koinon_aid::Command { act, occurred, confirmed: true, what })
        }));
        let commands = commands.into_iter().map(|command| (steward.clone(), command)).collect();
        for answer in seat.node.submit_all(commands).await {
            match answer? {
                Submitted::Done { .. } => {}
                asked => return Err(anyhow!("the founding of {} asks {asked:?}", seat.name)),
            }
        }
    }
    let (node, listed) = (seat.node.clone(), seat.node.peers());
    tokio::task::spawn_blocking(move || {
        let missing = neighbours.into_iter().filter(|peer| !listed.iter().any(|known| known.config == *peer));
        missing.into_iter().try_for_each(|peer| node.add_peer(peer))
    })
    .await??;
    Ok(cast)
}

fn days_of(role: Role) -> i64 {
    role.days_max()
}

/// A fresh id of an act.
pub(crate) fn fresh() -> EntryId {
    let mut id = [0; 16];
    OsEntropy.fill(&mut id);
    EntryId(id)
}

/// What a community writes of teams, missions and services before the first day, as far as nothing of the kind was written yet.
fn aid_at_the_beginning(book: &Book, community: &CommunityCode, now: Timestamp) -> Vec<koinon_aid::Act> {
    let region = book.region();
    let mut acts = Vec::new();
    if book.aid().teams(region).next().is_none() && book.aid().missions(region).next().is_none() {
        acts.extend(super::teams::at_the_beginning(region, community, now));
    }
    let services = book.aid().services();
    if services.providers(region).next().is_none() && services.asks(region).next().is_none() {
        let of_services = super::services::at_the_beginning(region, community, now);
        acts.extend(of_services.into_iter().map(koinon_aid::Act::Service));
    }
    acts
}
