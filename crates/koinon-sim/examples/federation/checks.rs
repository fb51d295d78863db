//! What must hold of a federation, while it runs and at its end.

use std::collections::{BTreeMap, BTreeSet};

use koinon_books::registry::{Decoded, decode};
use koinon_books::{Book, Fact as BookFact, NodeAdmitted, NodeSpeaksFor, Origin};
use koinon_core::{EntryId, FactId, LogId, NodeId, Timestamp};
use koinon_log::envelope::{body_commit, fact_id};
use koinon_log::exchange::HaveLog;
use koinon_log::{
    Entitled, Fact, Flags, Header, Heads, Limits, LogStore as _, NetworkId, Run, SharedStream, SigningKey,
    StoredFact, Stream, verify_log,
};
use koinon_sim::federation::adds_up;

use crate::fleet::{Fleet, HONEST, ROBBED, TWO_FACED, sings};
use crate::host::Host;

/// Watches what leaves a computer.
pub(crate) fn watch(fleet: &mut Fleet<'_>, bytes: &[Vec<u8>]) {
    if bytes.iter().any(|bytes| sings(bytes)) {
        let text = "what stays at home left a computer".to_owned();
        if !fleet.verdict.failures.contains(&text) {
            fleet.verdict.failures.push(text);
        }
    }
}

/// Puts other bodies under a run's headers, chained and signed by whoever forges.
pub(crate) fn forge(run: &mut Run, key: &SigningKey, network: NetworkId) {
    let mut prev = None;
    for fact in &mut run.facts {
        let Ok(mut header) = Header::parse(&fact.header) else { return };
        fact.body = b"all of it is ours".to_vec();
        header.body_len = 17;
        header.body_commit = body_commit(&fact.salt, &fact.body);
        header.prev = prev.unwrap_or(header.prev);
        fact.header = header.encode();
        fact.sig = header.flags.has(Flags::LAST_IN_COMMIT).then(|| key.sign(network, "fact", &fact.header));
        prev = Some(fact_id(&fact.header, fact.sig.as_ref()));
    }
}

fn honest(fleet: &Fleet<'_>) -> Vec<usize> {
    (0..HONEST).filter(|index| fleet.hosts.get(*index).is_some_and(|host| host.life.is_some())).collect()
}

/// Checks everything at the end.
pub(crate) fn check(fleet: &mut Fleet<'_>) {
    let mut failures = Vec::new();
    let all = honest(fleet);
    if all.len() != HONEST {
        failures.push(format!("only {} honest computers run at the end", all.len()));
    }
    let hosts: Vec<&Host> = all.iter().filter_map(|index| fleet.hosts.get(*index)).collect();
    one(fleet, &hosts, &mut failures);
    kept_to(fleet, &mut failures);
    authentic(fleet, &hosts, &mut failures);
    convicted(fleet, &hosts, &mut failures);
    replaced(fleet, &hosts, &mut failures);
    if let Some(host) = hosts.first() {
        whole(host, &mut failures);
        adds(fleet, host, &mut failures);
    }
    let room = 20_usize.saturating_sub(fleet.verdict.failures.len());
    fleet.verdict.failures.extend(failures.into_iter().take(room));
}

fn id(fact: &StoredFact) -> FactId {
    fact_id(&fact.header, fact.sig.as_ref())
}

/// A log as the first computer that was looked at holds it, with ids: others hold mostly the same bytes, whose ids are the same.
struct Seen<'a> {
    facts: &'a [StoredFact],
    ids: Vec<FactId>,
}

impl Seen<'_> {
    fn new(facts: &[StoredFact]) -> Seen<'_> {
        Seen { facts, ids: facts.iter().map(id).collect() }
    }

    fn id(&self, index: usize, fact: &StoredFact) -> FactId {
        let same = |seen: &&StoredFact| seen.header == fact.header && seen.sig == fact.sig;
        let known = self.facts.get(index).filter(same).and_then(|_| self.ids.get(index));
        known.copied().unwrap_or_else(|| id(fact))
    }
}

fn heads(host: &Host) -> Option<Heads> {
    Heads::read(&host.disk.store, &host.life.as_ref()?.directory).ok()
}

/// Nobody but their writer holds what was written when it was closed, the hostile one included.
fn kept_to(fleet: &Fleet<'_>, failures: &mut Vec<String>) {
    for host in &fleet.hosts {
        for head in host.disk.store.heads().unwrap_or_default() {
            if head.name.node == host.id() || head.name.stream != Stream::Stock {
                continue;
            }
            let facts = host.disk.store.facts(head.log);
            let leaked = facts.iter().filter(|fact| fleet.closed.contains(&id(fact))).count();
            if leaked > 0 {
                failures.push(format!(
                    "computer {} holds {leaked} entries that no agreement lets it have",
                    host.node
                ));
            }
        }
    }
}

/// All honest computers hold the same of what counts and is shared with all.
fn one(fleet: &Fleet<'_>, hosts: &[&Host], failures: &mut Vec<String>) {
    let open = |log: &HaveLog| log.stream != SharedStream::Stock || !fleet.stays_closed(log.node);
    let held = |host: &Host| -> Vec<HaveLog> {
        let all = heads(host).map(|heads| heads.offered(&Entitled::everything())).unwrap_or_default();
        all.into_iter().filter(open).collect()
    };
    let Some(first) = hosts.first().map(|host| held(host)) else { return };
    for host in hosts.iter().skip(1) {
        let other = held(host);
        if other != first {
            let only = |a: &[HaveLog], b: &[HaveLog]| a.iter().filter(|log| !b.contains(log)).count();
            let odd = first.iter().chain(&other).find(|log| !first.contains(log) || !other.contains(log));
            failures.push(format!(
                "computers {} and {} hold different things in the end: {} and {} logs of {}, such as {odd:?}",
                hosts.first().map_or(0, |host| host.node),
                host.node,
                only(&first, &other),
                only(&other, &first),
                first.len()
            ));
        }
    }
}

/// Nothing is held in an honest node's name that it did not write.
fn authentic(fleet: &Fleet<'_>, hosts: &[&Host], failures: &mut Vec<String>) {
    let honest: BTreeSet<NodeId> = fleet.nodes.iter().take(HONEST).copied().collect();
    let mut seen: BTreeMap<LogId, Seen<'_>> = BTreeMap::new();
    for host in hosts {
        let Some(heads) = heads(host) else { continue };
        let directory = host.life.as_ref().map(|life| &life.directory);
        let limits = directory.and_then(|directory| Limits::read(&host.disk.store, directory).ok());
        for head in host.disk.store.heads().unwrap_or_default() {
            if !honest.contains(&head.name.node) || head.name.stream.shared().is_none() {
                continue;
            }
            let log = head.log;
            let counted = heads.logs.get(&log).map_or(0, |head| head.height);
            let facts = host.disk.store.facts(log);
            let seen = seen.entry(log).or_insert_with(|| Seen::new(facts));
            for (index, (seq, fact)) in (0_u64..).zip(facts).enumerate() {
                let id = seen.id(index, fact);
                let stolen = fleet.stolen.contains(&id);
                if !fleet.authentic.contains(&id) && !stolen {
                    failures.push(format!("computer {} holds a fact that its node never wrote", host.node));
                    return;
                }
                let has_effect = limits.as_ref().is_none_or(|limits| limits.counts(log, seq));
                if stolen && seq < counted && has_effect && fleet.new_key.is_some() {
                    failures.push(format!("computer {} counts what the thief wrote", host.node));
                    return;
                }
            }
        }
    }
}

/// Nobody honest is convicted, and the two-faced node is known to all once two of them have seen its two faces.
fn convicted(fleet: &Fleet<'_>, hosts: &[&Host], failures: &mut Vec<String>) {
    let of = |index: usize| fleet.nodes.get(index).copied();
    for host in hosts {
        for proof in host.disk.store.forks().unwrap_or_default() {
            let node = proof.name().node;
            if Some(node) != of(TWO_FACED) && Some(node) != of(ROBBED) {
                failures.push(format!("computer {} convicts an honest node", host.node));
            }
            // The robbed node's own key was used twice; once it is replaced the proof says nothing any more.
            let directory = host.life.as_ref().map(|life| &life.directory);
            let void = directory.is_some_and(|directory| directory.limit(proof.name().id()).is_some());
            if Some(node) == of(ROBBED) && fleet.new_key.is_some() && !void {
                failures.push(format!("computer {} goes on convicting the robbed node", host.node));
            }
        }
    }
    let histories = |host: &&Host| -> BTreeSet<(LogId, u64, FactId)> {
        let heads = host.disk.store.heads().unwrap_or_default();
        let of_it = heads.into_iter().filter(|head| Some(head.name.node) == of(TWO_FACED));
        let mut facts = BTreeSet::new();
        for head in of_it.filter(|head| head.name.stream.shared().is_some()) {
            let log = head.log;
            facts.extend((0..).zip(host.disk.store.facts(log)).map(|(seq, fact)| (log, seq, id(fact))));
        }
        facts
    };
    let all: BTreeSet<(LogId, u64, FactId)> = hosts.iter().flat_map(histories).collect();
    let places: Vec<(LogId, u64)> = all.iter().map(|(log, seq, _)| (*log, *seq)).collect();
    let parted: BTreeSet<LogId> =
        places.windows(2).filter(|pair| matches!(pair, [a, b] if a == b)).map(|pair| pair[0].0).collect();
    for host in hosts {
        let known: BTreeSet<LogId> =
            host.disk.store.forks().unwrap_or_default().iter().map(|proof| proof.name().id()).collect();
        if !parted.is_subset(&known) {
            failures.push(format!("computer {} does not know of two faces that others have seen", host.node));
        }
    }
}

/// All know the robbed node's new key.
fn replaced(fleet: &Fleet<'_>, hosts: &[&Host], failures: &mut Vec<String>) {
    let (Some(new), Some(robbed)) = (fleet.new_key, fleet.nodes.get(ROBBED)) else { return };
    for host in hosts {
        let known = host.life.as_ref().and_then(|life| life.directory.key(*robbed).copied());
        if known != Some(new) {
            failures.push(format!("computer {} goes by the stolen key", host.node));
        }
    }
}

/// Every chain verifies from its first fact to its last.
fn whole(host: &Host, failures: &mut Vec<String>) {
    let Some(life) = &host.life else { return };
    for head in host.disk.store.heads().unwrap_or_default() {
        match verify_log(&host.disk.store, &life.directory, head.log, &mut drop) {
            Ok((_, None)) => {}
            Ok((_, Some(fault))) => failures.push(format!("a log does not verify: {fault}")),
            Err(fault) => failures.push(fault.to_string()),
        }
    }
}

/// The book made from what counts adds up to the last gram.
fn adds(fleet: &Fleet<'_>, host: &Host, failures: &mut Vec<String>) {
    let Some(life) = &host.life else { return };
    let Ok(limits) = Limits::read(&host.disk.store, &life.directory) else { return };
    let own = host.id();
    let mut book = Book::new(own);
    let nowhere = Origin { node: own, log: LogId([0; 16]), seq: 0, fact: FactId([0; 32]) };
    let act = EntryId([0; 16]);
    let stamp = koinon_books::Stamp { recorded: Timestamp::from_millis(0), actor: None, grant: None, act };
    let tell = |book: &mut Book, origin: &Origin, stamp: &koinon_books::Stamp, fact: &BookFact| {
        book.evolve(origin, stamp, fact, &mut |_, _| Vec::new());
    };
    for (node, community) in fleet.script.admissions(&fleet.nodes) {
        if node == own {
            let speaks = NodeSpeaksFor { community: community.clone() };
            tell(&mut book, &nowhere, &stamp, &BookFact::NodeSpeaksFor(speaks));
        }
        tell(&mut book, &nowhere, &stamp, &BookFact::NodeAdmitted(NodeAdmitted { node, community }));
    }
    for (stamp, fact) in &fleet.script.region {
        tell(&mut book, &nowhere, stamp, fact);
    }
    let mut count = 0_u64;
    for head in host.disk.store.heads().unwrap_or_default() {
        let log = head.log;
        for stored in host.disk.store.facts(log) {
            let Ok(fact) = Fact::from_stored(stored.clone()) else { continue };
            let header = fact.header();
            if !limits.counts(log, header.seq) {
                continue;
            }
            if let Decoded::Known(stamp, known) = decode(header.kind, header.schema, fact.body()) {
                let origin = Origin { node: head.name.node, log, seq: header.seq, fact: fact.id() };
                tell(&mut book, &origin, &stamp, &known);
                count += 1;
            }
        }
    }
    if count < 100 {
        failures.push(format!("only {count} entries came together, which proves nothing"));
    }
    failures.extend(adds_up(&book).into_iter().map(|broken| broken.to_string()));
}
