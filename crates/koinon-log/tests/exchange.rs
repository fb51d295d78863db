//! Pulling between nodes: any order converges, a third node relays, nothing private leaves, and no bytes harm.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{Digest, LogId, NodeId, Timestamp};
use koinon_log::envelope::{BODY_BYTES_MAX, RUN_FACTS_MAX};
use koinon_log::exchange::{HaveLog, MESSAGE_BYTES_MAX, MessageError, PROTOCOL, ShareError};
use koinon_log::{
    Census, Entitled, Have, Heads, Hello, Incarnation, LogName, LogStore, Message, NetworkId, Run, SharedRun,
    SharedStream, Stream, Summary, Want, holdings, plan_wants, serve,
};
use proptest::prelude::*;

use common::{Node, everything, network};

const CANARY: &[u8] = b"the canary that must not sing";

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn populated(seeds: &[u64]) -> Vec<Node> {
    let mut nodes: Vec<Node> = seeds.iter().map(|seed| Node::new(*seed)).collect();
    for node in &mut nodes {
        node.write(Stream::Federation, &[b"one", b"two"]);
        node.write(Stream::Local, &[CANARY]);
        node.write(Stream::Sealed, &[CANARY, CANARY]);
        node.write(Stream::Aggregates, &[b"sum"]);
        node.write(Stream::Stock, &[b"four sacks"]);
        node.write(Stream::Federation, &[b"three"]);
    }
    nodes
}

/// What a node offers of its own logs.
fn offered(node: &Node, entitled: &Entitled) -> Vec<Have> {
    let heads = Heads::read(&node.store, &node.directory).unwrap();
    holdings(&heads, &node.directory, node.id(), true, entitled)
}

fn pull(nodes: &mut [Node], to: usize, from: usize) -> Vec<Vec<u8>> {
    let (low, high) = nodes.split_at_mut(to.max(from));
    let (a, b) = (&mut low[to.min(from)], &mut high[0]);
    let (wire, done) = if to < from { a.pull(b) } else { b.pull(a) };
    assert_eq!(done.forks, [], "no honest node is convicted");
    wire
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn three_nodes_converge_in_any_order(
        steps in proptest::collection::vec((0usize..3, 0usize..3, 0u8..4), 0..24)
    ) {
        let mut nodes = populated(&[1, 2, 3]);
        let mut life = 100;
        for (to, from, act) in steps {
            match act {
                0 => drop(nodes[to].write(Stream::Federation, &[&[act, 7], CANARY.get(..3).unwrap()])),
                1 => {
                    life += 1;
                    nodes[to] = nodes[to].restarted(life);
                }
                _ if to != from => drop(pull(&mut nodes, to, from)),
                _ => {}
            }
        }
        // Once around and back again is enough for everybody to hold everything.
        for _ in 0..2 {
            for (to, from) in [(1, 0), (2, 1), (0, 2)] {
                for _ in 0..2 {
                    pull(&mut nodes, to, from);
                }
            }
        }
        for node in &nodes[1..] {
            prop_assert_eq!(node.shared_heads(), nodes[0].shared_heads());
            prop_assert_eq!(node.directory.notes(), vec![]);
        }
        let wire = pull(&mut nodes, 0, 1);
        prop_assert_eq!(wire.len(), 3, "two greetings and a summary, once all is held");
    }
}

#[test]
fn a_third_node_relays_between_two_that_never_meet() {
    let mut nodes = populated(&[1, 2, 3]);
    pull(&mut nodes, 1, 0);
    pull(&mut nodes, 2, 1);
    let first = nodes[0].id();
    let of_first = |node: &Node| -> Vec<String> {
        node.shared_heads().into_iter().filter(|head| head.contains(&first.to_string())).collect()
    };
    assert_eq!(of_first(&nodes[2]), of_first(&nodes[0]));
    assert_eq!(of_first(&nodes[2]).len(), 4);
}

#[test]
fn a_node_that_lost_its_disk_gets_its_own_logs_back_from_a_peer() {
    let mut nodes = populated(&[1, 2]);
    pull(&mut nodes, 1, 0);
    let mut new = Node::new(1);
    new.pull(&nodes[1]);
    let mut new = new.restarted(77);
    new.write(Stream::Federation, &[b"after the loss"]);
    nodes[1].pull(&new);
    assert_eq!(nodes[1].directory.notes(), [], "what was known to the peer was continued");
}

#[test]
fn what_is_local_or_sealed_appears_in_no_message() {
    let mut nodes = populated(&[1, 2, 3]);
    let private: BTreeSet<LogId> = nodes
        .iter()
        .flat_map(|node| node.store.heads().unwrap())
        .filter(|head| matches!(head.name.stream, Stream::Local | Stream::Sealed))
        .map(|head| head.name.id())
        .collect();
    assert_eq!(private.len(), 6);
    let mut wire = Vec::new();
    for (to, from) in [(1, 0), (2, 1), (0, 2), (1, 2), (0, 1)] {
        wire.extend(pull(&mut nodes, to, from));
    }
    assert!(wire.iter().any(|bytes| contains(bytes, b"three")), "the scan sees what does leave");
    assert!(!wire.iter().any(|bytes| contains(bytes, CANARY)));

    // Nor when asked for by name.
    for node in &nodes {
        for log in &private {
            let want = Want { log: *log, from: 0, max_bytes: u32::MAX };
            assert_eq!(serve(&node.store, &node.directory, &want, &everything()).unwrap(), None);
        }
    }
    let pages = offered(&nodes[0], &everything());
    assert!(pages[0].logs.iter().all(|log| !private.contains(&log.name().id())));

    // Nor can such a message be built, or read.
    for stream in [Stream::Local, Stream::Sealed] {
        let head =
            nodes[0].store.heads().unwrap().into_iter().find(|head| head.name.stream == stream).unwrap();
        let facts = nodes[0].store.read_range(head.name.id(), 0, 9, usize::MAX).unwrap();
        let run = Run { name: head.name, from: 0, facts };
        assert_eq!(SharedRun::new(run.clone()), Err(ShareError::NotShared(stream)));
        let lie = Run { name: LogName { stream: Stream::Federation, ..run.name }, ..run };
        let mut bytes = Message::Run(SharedRun::new(lie).unwrap()).encode();
        let place = 2 + 1 + 2 + 32;
        assert_eq!(bytes[place], Stream::Federation.number());
        bytes[place] = stream.number();
        assert!(Message::decode(&bytes).is_err());
    }
}

#[test]
fn only_entitled_streams_are_offered_asked_for_and_served() {
    let nodes = populated(&[1, 2]);
    let some = Entitled::open_to(nodes[1].id());
    let pages = offered(&nodes[0], &some);
    let closed = |log: &HaveLog| matches!(log.stream, SharedStream::Aggregates | SharedStream::Stock);
    assert!(!pages[0].logs.iter().any(closed));
    let all = offered(&nodes[0], &everything());
    assert_eq!(all[0].logs.iter().filter(|log| closed(log)).count(), 2);
    let mine = Heads::read(&nodes[1].store, &nodes[1].directory).unwrap();
    let wants = plan_wants(&mine, &all[0], &some);
    assert_eq!(wants.len(), 2);
    let control = all[0].logs.iter().find(|log| log.stream == SharedStream::Control).unwrap();
    assert_eq!(wants[0].log, control.name().id(), "control logs come first");
    let mut doubled = all[0].clone();
    doubled.logs.reverse();
    doubled.logs.extend(all[0].logs.clone());
    assert_eq!(plan_wants(&mine, &doubled, &some), wants, "whatever the order, and once each");
    for want in plan_wants(&mine, &all[0], &everything()) {
        let served = serve(&nodes[0].store, &nodes[0].directory, &want, &some).unwrap();
        assert_eq!(served.is_some(), wants.contains(&want));
    }
}

#[test]
fn a_kind_of_log_that_only_newer_programs_know_stops_no_exchange() {
    let nodes = populated(&[1]);
    let have = offered(&nodes[0], &everything()).remove(0);
    let bytes = Message::Have(have.clone()).encode();
    let stock = have.logs.iter().position(|log| log.stream == SharedStream::Stock).unwrap();
    let place =
        (0..bytes.len()).rev().find(|at| bytes[*at..].starts_with(&[0x84, Stream::Stock.number()])).unwrap();
    let with = |number: u8| {
        let mut bytes = bytes.clone();
        bytes[place + 1] = number;
        Message::decode(&bytes)
    };
    let mut rest = have;
    rest.logs.remove(stock);
    assert_eq!(with(23), Ok(Message::Have(rest)));
    assert!(with(Stream::Local.number()).is_err(), "what never leaves a node has no place in a message");
}

#[test]
fn runs_are_cut_at_signed_facts_within_the_bytes_asked_for() {
    let mut node = Node::new(1);
    let mut log = None;
    for _ in 0..10 {
        log = node.write(Stream::Federation, &[&[1; 400], &[2; 400]]).first().map(|placed| placed.log);
    }
    let log = log.unwrap();
    let serve = |from: u64, max_bytes: u32| {
        let run = serve(&node.store, &node.directory, &Want { log, from, max_bytes }, &everything()).unwrap();
        run.map_or(0, |run| run.len())
    };
    assert_eq!(serve(0, 0), 2, "one commit at least");
    assert_eq!(serve(0, 100), 2);
    assert_eq!(serve(0, 3_000), 4);
    assert_eq!(serve(0, u32::MAX), 20);
    assert_eq!(serve(18, u32::MAX), 2);
    assert_eq!(serve(20, u32::MAX), 0);
    assert_eq!(serve(u64::MAX, u32::MAX), 0);
}

#[test]
fn a_very_long_log_and_very_large_commits_are_pulled_piece_by_piece() {
    let mut node = Node::new(1);
    let large = vec![9; BODY_BYTES_MAX];
    let bodies: Vec<&[u8]> = (0..60).map(|_| large.as_slice()).collect();
    node.write(Stream::Federation, &bodies);
    node.write(Stream::Federation, &bodies);
    let small: Vec<&[u8]> = (0..RUN_FACTS_MAX).map(|_| b"x".as_slice()).collect();
    node.write(Stream::Federation, &small);
    let mut peer = Node::new(2);
    let (wire, done) = peer.pull(&node);
    assert!(wire.iter().all(|bytes| bytes.len() <= MESSAGE_BYTES_MAX));
    assert_eq!(done.rejected, []);
    assert_eq!(done.accepted.len(), 4, "the control log, and one commit at a time");
    assert_eq!(peer.shared_heads(), node.shared_heads());
}

#[test]
fn a_refused_run_stops_no_other() {
    let nodes = populated(&[1, 2, 3]);
    let mut runs: BTreeMap<LogId, Run> = BTreeMap::new();
    for node in &nodes[..2] {
        for head in node.store.heads().unwrap().into_iter().filter(|head| head.name.stream.shared().is_some())
        {
            let facts = node.store.read_range(head.name.id(), 0, 99, usize::MAX).unwrap();
            runs.insert(head.name.id(), Run { name: head.name, from: 0, facts });
        }
    }
    let bad = runs.values_mut().find(|run| run.name.stream == Stream::Federation).unwrap();
    bad.facts[0].body[0] ^= 1;
    let bad = bad.name.id();
    // Whatever the order, each run finds what it waits for.
    for order in [false, true] {
        let mut list: Vec<Run> = runs.values().cloned().collect();
        if order {
            list.reverse();
        }
        let mut peer = Node::new(9);
        let done = peer.ingest(list.clone());
        assert_eq!((done.accepted.len(), done.rejected.len()), (7, 1));
        assert_eq!(done.rejected[0].log, bad);
        let again = peer.ingest(list);
        assert_eq!((again.accepted.len(), again.rejected.len()), (0, 1), "taking in twice changes nothing");
    }
}

#[test]
fn hello_agrees_on_the_newest_common_version() {
    let hello = |protocol, network| Hello {
        protocol,
        node: NodeId([1; 32]),
        network,
        clock: Timestamp::from_millis(-5),
        agreement: None,
    };
    let ours = hello((1, PROTOCOL), network());
    assert_eq!(ours.agree(&hello((1, 9), network())), Some(1));
    assert_eq!(hello((2, 4), network()).agree(&hello((1, 3), network())), Some(3));
    assert_eq!(ours.agree(&hello((2, 3), network())), None);
    assert_eq!(ours.agree(&hello((1, 1), NetworkId::of("a drill"))), None);
    let message = Message::Hello(ours);
    assert_eq!(Message::decode(&message.encode()).unwrap(), message);
}

#[test]
fn declared_lengths_do_not_allocate_and_long_messages_are_refused() {
    let name = [&[0x83, 0x58, 0x20][..], &[0; 32], &[1, 0]].concat();
    let huge_run =
        [&[0x85, 3][..], &name, &[0, 0x58, 0x20], &[0; 32], &[0x9b, 0, 0, 0, 0xff, 0, 0, 0, 0]].concat();
    let of = [&[0x84, 1, 0x58, 0x20][..], &[0; 32], &[0xf6]].concat();
    let huge_have = [of.as_slice(), &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]].concat();
    let many_have = [of.as_slice(), &[0x19, 0x7f, 0xff]].concat();
    for bytes in [huge_run, huge_have, many_have] {
        assert!(matches!(Message::decode(&bytes), Err(MessageError::Cbor(_))));
    }
    let long = vec![0; MESSAGE_BYTES_MAX + 1];
    assert_eq!(Message::decode(&long), Err(MessageError::TooLong(MESSAGE_BYTES_MAX + 1)));
    assert_eq!(Message::decode(&[0x81, 11]), Err(MessageError::Type(11)));
}

fn any_message() -> impl Strategy<Value = Message> {
    let log = (0usize..4, any::<u64>(), any::<u64>(), any::<[u8; 32]>());
    let logs = proptest::collection::vec(log, 0..20);
    let have = (any::<[u8; 32]>(), any::<Option<[u8; 32]>>(), logs).prop_map(|(node, rest, logs)| {
        let node = NodeId(node);
        let logs = logs.into_iter().map(|(stream, incarnation, height, head)| {
            let (stream, incarnation) = (SharedStream::ALL[stream], Incarnation(incarnation));
            let log = LogName { node, stream: stream.into(), incarnation }.id();
            HaveLog { log, node, stream, incarnation, height, head: koinon_core::FactId(head) }
        });
        Message::Have(Have { node, logs: logs.collect(), rest: rest.map(Digest) })
    });
    let nodes = proptest::collection::vec((any::<[u8; 32]>(), any::<[u8; 32]>()), 0..20);
    let summary = (any::<Option<[u8; 32]>>(), nodes).prop_map(|(forks, nodes)| {
        let nodes = nodes.into_iter().map(|(node, digest)| (NodeId(node), Digest(digest)));
        Message::Summary(Summary { nodes: nodes.collect(), forks: forks.map(Digest) })
    });
    let census = (any::<[u8; 32]>(), any::<bool>())
        .prop_map(|(node, all)| Message::Census(Census { node: NodeId(node), all }));
    let want = (any::<[u8; 16]>(), any::<u64>(), any::<u32>())
        .prop_map(|(log, from, max_bytes)| Message::Want(Want { log: LogId(log), from, max_bytes }));
    prop_oneof![have, want, summary, census, Just(Message::AskForks)]
}

proptest! {
    #[test]
    fn messages_survive_the_trip(message in any_message()) {
        let bytes = message.encode();
        koinon_log::cbor::check(&bytes).unwrap();
        prop_assert_eq!(Message::decode(&bytes).unwrap(), message);
    }

    #[test]
    fn any_bytes_are_judged_without_a_panic(kind in 0u8..12, bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Message::decode(&bytes);
        let framed = [&[0x80 | (1 + kind % 9), kind][..], &bytes].concat();
        if let Ok(message) = Message::decode(&framed) {
            prop_assert_eq!(message.encode(), framed, "only one encoding is accepted");
        }
    }

    #[test]
    fn a_message_with_any_bytes_inside_is_judged_without_a_panic(
        at in any::<prop::sample::Index>(), with in proptest::collection::vec(any::<u8>(), 1..12)
    ) {
        let nodes = populated(&[1]);
        let head = nodes[0].store.heads().unwrap().into_iter().find(|h| h.name.stream == Stream::Federation).unwrap();
        let facts = nodes[0].store.read_range(head.name.id(), 0, 9, usize::MAX).unwrap();
        let mut bytes = Message::Run(SharedRun::new(Run { name: head.name, from: 0, facts }).unwrap()).encode();
        let at = at.index(bytes.len());
        let good = bytes.clone();
        let end = bytes.len().min(at + with.len());
        bytes.splice(at..end, with);
        if let Ok(Message::Run(run)) = Message::decode(&bytes) && let Ok(run) = run.restore() {
            let mut peer = Node::new(1).restarted(5);
            peer.directory = nodes[0].directory.clone();
            let done = peer.ingest(vec![run]);
            prop_assert!(done.accepted.is_empty() || bytes == good);
        }
    }
}
