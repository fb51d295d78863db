//! Replacing keys: by the key committed to, by stewards, against thieves, in every order.

#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod common;

use std::collections::BTreeMap;

use koinon_core::{LogId, Timestamp};
use koinon_log::directory::Note;
use koinon_log::keys::KeyError;
use koinon_log::rotation::{ByStewards, NewKeys};
use koinon_log::testing::{SeededEntropy, fact};
use koinon_log::{
    Directory, Identity, Limits, LogStore, LogWriter, Reason, Rotation, RotationError, Run, SigningKey,
    Stream, Tails, VerifyKey, load_directory, verify_log,
};
use proptest::prelude::*;

use common::{NOW, Node, network};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

/// A node whose next key is `key(102)`, recovered by two of the stewards 110, 111 and 112.
fn node_with_keys() -> Node {
    let mut entropy = SeededEntropy::new(5);
    let recovery: Vec<VerifyKey> = [110, 111, 112].map(|seed| key(seed).verify_key()).to_vec();
    let next = key(102).verify_key().next_digest();
    let identity = Identity::found(network(), key(101), next, recovery, 2, &mut entropy).unwrap();
    let mut node = Node::new(1);
    node.writer = LogWriter::new(identity, Tails::default());
    node
}

fn new_keys(new: u8) -> NewKeys {
    let stewards = [120, 121].map(|seed| key(seed).verify_key()).to_vec();
    let next_key = key(new + 1).verify_key().next_digest();
    NewKeys { key: key(new).verify_key(), next_key, recovery: stewards, threshold: 2 }
}

fn draft(node: &Node, new: u8) -> Rotation {
    let directory = &node.directory;
    Rotation::draft(&node.store, directory, node.id(), new_keys(new), &|_| u64::MAX).unwrap()
}

/// The node in its next life, which opens with a rotation.
fn rotated(node: &Node, rotation: Rotation, new: u8, life: u64) -> Node {
    let mut after = node.restarted(life);
    let inception = node.writer.identity().inception().to_vec();
    let identity = Identity::with_later_key(inception, key(new)).unwrap();
    let tails = Tails::read(&after.store, &after.directory, node.id()).unwrap();
    after.writer = LogWriter::rotating(identity, tails, rotation);
    after
}

fn runs_of(node: &Node) -> Vec<Run> {
    let heads = node.store.heads().unwrap().into_iter().filter(|head| head.name.stream.shared().is_some());
    let run = heads.map(|head| {
        let facts = node.store.read_range(head.name.id(), 0, 1_000, usize::MAX).unwrap();
        Run { name: head.name, from: 0, facts }
    });
    run.collect()
}

/// What counts on a node, as its neighbours would be offered it.
fn counted(node: &Node) -> Vec<String> {
    let heads = koinon_log::Heads::read(&node.store, &node.directory).unwrap();
    heads.offered(&common::everything()).into_iter().map(|log| format!("{log:?}")).collect()
}

#[test]
fn the_key_committed_to_takes_over_and_neighbours_follow() {
    let mut node = node_with_keys();
    node.write(Stream::Federation, &[b"a", b"b"]);
    node.write(Stream::Local, &[b"kept at home"]);
    let mut peer = Node::new(9);
    peer.pull(&node);

    let mut after = rotated(&node, draft(&node, 102), 102, 50);
    after.write(Stream::Federation, &[b"c"]);
    let (_, done) = peer.pull(&after);
    assert_eq!(done.rejected, []);
    assert_eq!(counted(&peer), counted(&after));
    assert_eq!(peer.directory.key(node.id()), Some(&key(102).verify_key()));
    assert_eq!(peer.directory.keys(node.id()).len(), 2);
    let notes = peer.directory.notes();
    assert!(
        matches!(notes[..], [Note::KeyReplaced { by_stewards: false, contested: false, .. }]),
        "{notes:?}"
    );
    for store in [&peer, &after] {
        let (again, faults) = load_directory(&store.store, network()).unwrap();
        assert_eq!((again.key(node.id()), faults), (Some(&key(102).verify_key()), vec![]));
        for head in store.store.heads().unwrap() {
            let verified = verify_log(&store.store, &again, head.name.id(), &mut |_| {}).unwrap();
            assert_eq!(verified, (head.height, None));
        }
    }
    // And a next time, a life after.
    let mut third = rotated(&after.restarted(60), draft(&after, 103), 103, 61);
    third.write(Stream::Federation, &[b"d"]);
    peer.pull(&third);
    assert_eq!(peer.directory.keys(node.id()).len(), 3);
    assert_eq!(counted(&peer), counted(&third));
}

#[test]
fn what_the_old_key_signs_afterwards_is_void_whenever_it_comes() {
    for thief_first in [true, false] {
        let mut node = node_with_keys();
        node.write(Stream::Federation, &[b"a", b"b"]);
        let mut peer = Node::new(9);
        peer.pull(&node);
        // The thief writes on in the open log, signs other histories of it, and opens logs of its own.
        let mut on = node.restarted(70);
        on.writer = LogWriter::continuing(
            node.writer.identity().clone(),
            Tails::read(&node.store, &node.directory, node.id()).unwrap(),
            &node.store.heads().unwrap(),
        );
        on.write(Stream::Federation, &[b"stolen"]);
        let mut own = node.restarted(71);
        own.write(Stream::Federation, &[b"all that is yours"]);

        node.write(Stream::Federation, &[b"c"]);
        let mut after = rotated(&node, draft(&node, 102), 102, 50);
        after.write(Stream::Federation, &[b"d"]);

        let (first, second) =
            if thief_first { ([&on, &own], [&after, &after]) } else { ([&after, &after], [&on, &own]) };
        for from in first.into_iter().chain(second) {
            peer.pull(from);
        }
        peer.pull(&after);
        assert_eq!(counted(&peer), counted(&after), "thief first: {thief_first}");
        assert!(!peer.directory.notes().iter().any(|note| matches!(note, Note::RestoredOrCloned { .. })));
        // The node itself, when the thief's facts come back to it.
        let before = counted(&after);
        after.pull(&on);
        after.pull(&own);
        assert_eq!(counted(&after), before);
        assert!(after.store.forks().unwrap().is_empty(), "nobody honest is convicted");
    }
}

/// The heights of a node's own logs in a store.
fn heights(node: &Node) -> BTreeMap<LogId, u64> {
    let own = node.store.heads().unwrap().into_iter().filter(|head| head.name.node == node.id());
    own.map(|head| (head.log, head.height)).collect()
}

/// The bodies of a node's facts that count in somebody's store.
fn bodies(at: &Node, of: &Node) -> Vec<Vec<u8>> {
    let heads = koinon_log::Heads::read(&at.store, &at.directory).unwrap();
    let logs = heads.logs.values().filter(|head| head.name.node == of.id());
    let logs = logs.filter(|head| head.name.stream == Stream::Federation && head.height > 0);
    let mut all: Vec<Vec<u8>> = logs
        .flat_map(|head| at.store.read_range(head.log, 0, head.height as usize, usize::MAX).unwrap())
        .map(|fact| fact.body)
        .collect();
    all.sort();
    all
}

#[test]
fn a_thief_on_whose_facts_the_node_wrote_on_is_void_all_the_same() {
    let mut node = node_with_keys();
    node.write(Stream::Federation, &[b"a", b"b"]);
    let mut mine = heights(&node);
    // The thief opens logs of its own; the node hears of them, starts again, and names them as what came before.
    let mut thief = node.restarted(70);
    thief.write(Stream::Federation, &[b"stolen"]);
    node.pull(&thief);
    let before = heights(&node);
    let mut on = node.restarted(71);
    on.write(Stream::Federation, &[b"c"]);
    mine.extend(heights(&on).into_iter().filter(|(log, _)| !before.contains_key(log)));
    let counts = |log| mine.get(&log).copied().unwrap_or(0);
    let rotation = Rotation::draft(&on.store, &on.directory, on.id(), new_keys(102), &counts).unwrap();
    let mut after = rotated(&on, rotation, 102, 50);
    after.write(Stream::Federation, &[b"d"]);
    let (mut peer, mut new) = (Node::new(9), Node::new(10));
    peer.pull(&thief);
    peer.pull(&after);
    new.pull(&after);
    let ours: Vec<Vec<u8>> = [b"a", b"b", b"c", b"d"].map(|body| body.to_vec()).to_vec();
    for at in [&after, &peer, &peer.restarted(98), &new, &new.restarted(97)] {
        assert_eq!(bodies(at, &after), ours);
        assert_eq!(counted(at), counted(&after));
        // What stands in the thief's control log hangs in the chain, and says nothing.
        let limits = Limits::read(&at.store, &at.directory).unwrap();
        let stolen = heights(&thief).into_keys().filter(|log| !mine.contains_key(log));
        let held = heights(at);
        assert!(stolen.filter(|log| held.contains_key(log)).all(|log| !limits.counts(log, 0)));
        for (log, height) in held {
            let (verified, fault) = verify_log(&at.store, &at.directory, log, &mut |_| {}).unwrap();
            assert!(fault.is_none() && verified <= height, "{fault:?}");
        }
    }
    // Whoever says that all of it is their own doing keeps all of it.
    let mut all = rotated(&on, draft(&on, 102), 102, 51);
    all.write(Stream::Federation, &[b"e"]);
    assert!(bodies(&all, &all).contains(&b"stolen".to_vec()));
}

#[test]
fn what_a_thief_opens_behind_its_own_void_log_stops_no_start() {
    let mut node = node_with_keys();
    node.write(Stream::Federation, &[b"a"]);
    let mut thief = node.restarted(70);
    thief.write(Stream::Federation, &[b"stolen"]);
    let mut further = thief.restarted(71);
    further.write(Stream::Federation, &[b"stolen too"]);
    node.write(Stream::Federation, &[b"b"]);
    // Control logs are read in the order of their ids, so the rotation comes before and after the thief's.
    for life in 50..62 {
        let after = rotated(&node, draft(&node, 102), 102, life);
        let mut peer = Node::new(9);
        peer.pull(&further);
        peer.pull(&node);
        let mut after = after;
        after.write(Stream::Federation, &[b"c"]);
        peer.pull(&after);
        let again = peer.restarted(life + 100);
        assert_eq!(counted(&again), counted(&peer));
        assert_eq!(counted(&again), counted(&after));
        for head in again.store.heads().unwrap() {
            let (_, fault) = verify_log(&again.store, &again.directory, head.log, &mut |_| {}).unwrap();
            assert_eq!(fault, None);
        }
    }
}

#[test]
fn a_life_that_opens_with_a_rotation_does_so_whatever_is_heard_before() {
    let mut node = node_with_keys();
    node.write(Stream::Federation, &[b"a"]);
    let mut thief = node.restarted(70);
    thief.write(Stream::Federation, &[b"stolen"]);
    let mut after = rotated(&node, draft(&node, 102), 102, 50);
    after.pull(&thief);
    let heard = Tails::read(&after.store, &after.directory, after.id()).unwrap();
    after.writer.settle_tails(heard);
    after.write(Stream::Federation, &[b"b"]);
    let mut peer = Node::new(9);
    let (_, done) = peer.pull(&after);
    assert_eq!(done.rejected, []);
    assert_eq!(peer.directory.key(node.id()), Some(&key(102).verify_key()));
    assert_eq!(bodies(&peer, &after), [b"a".to_vec(), b"b".to_vec()]);
}

#[test]
fn stewards_bring_in_a_key_when_both_are_lost_and_neighbours_wait() {
    let mut node = node_with_keys();
    node.write(Stream::Federation, &[b"a"]);
    let mut peer = Node::new(9);
    peer.pull(&node);
    let mut rotation = draft(&node, 130);
    let announced = Timestamp::from_millis(NOW.as_millis());
    let text = rotation.recovery_text(node.id(), key(101).verify_key(), announced);
    let sign = |seeds: &[u8]| {
        let mut signatures: Vec<_> = seeds.iter().map(|seed| text.sign(network(), &key(*seed))).collect();
        signatures.sort();
        Some(ByStewards { announced, signatures })
    };
    let refused = |rotation: &Rotation, reason: &dyn Fn(&Reason) -> bool| {
        let mut after = rotated(&node, rotation.clone(), 130, 50);
        after.write(Stream::Federation, &[b"b"]);
        let done = peer.restarted(99).ingest(runs_of(&after));
        assert!(done.rejected.iter().any(|rejection| reason(&rejection.reason)), "{:?}", done.rejected);
    };
    let few = |found| RotationError::TooFewStewards { found, needed: 2 };
    refused(&rotation, &|reason| *reason == Reason::Rotation(RotationError::NotCommitted));
    rotation.stewards = sign(&[111]);
    refused(&rotation, &|reason| *reason == Reason::Rotation(few(1)));
    rotation.stewards = sign(&[111, 113]);
    refused(&rotation, &|reason| *reason == Reason::Rotation(few(1)));
    rotation.stewards = sign(&[110, 112]);
    let other = Rotation { next_key: key(1).verify_key().next_digest(), ..rotation.clone() };
    refused(&other, &|reason| *reason == Reason::Rotation(few(0)));
    refused(
        &rotation,
        &|reason| matches!(reason, Reason::RecoveryWaits { announced: at, .. } if *at == announced),
    );

    let mut after = rotated(&node, rotation, 130, 50);
    after.write(Stream::Federation, &[b"b"]);
    let (_, done) = peer.pull(&after);
    let waits = done.rejected.iter().find_map(|rejection| match rejection.reason {
        Reason::RecoveryWaits { rotation, .. } => Some(rotation),
        _ => None,
    });
    assert_eq!(peer.directory.key(node.id()), Some(&key(101).verify_key()), "not yet");
    peer.directory.settle_recovery(waits.unwrap());
    peer.pull(&after);
    assert_eq!(counted(&peer), counted(&after));
    assert!(matches!(peer.directory.notes()[..], [Note::KeyReplaced { by_stewards: true, .. }]));
    assert_eq!(
        load_directory(&peer.store, network()).unwrap().1,
        [],
        "what was waited for once is read again"
    );
}

#[test]
fn stewards_prevail_over_a_thief_of_both_keys() {
    let mut node = node_with_keys();
    node.write(Stream::Federation, &[b"a"]);
    let mut thief = rotated(&node, draft(&node, 102), 102, 70);
    thief.write(Stream::Federation, &[b"stolen"]);
    let mut rotation = draft(&node, 130);
    let text = rotation.recovery_text(node.id(), key(101).verify_key(), NOW);
    let mut signatures: Vec<_> = [110, 111].map(|seed| text.sign(network(), &key(seed))).to_vec();
    signatures.sort();
    rotation.stewards = Some(ByStewards { announced: NOW, signatures });
    let mut after = rotated(&node, rotation, 130, 50);
    let placed = after.write(Stream::Federation, &[b"b"]);
    let settled =
        after.directory.openings().map(|opening| opening.place.0).collect::<std::collections::BTreeSet<_>>();
    assert!(placed.len() == 1 && settled.len() == 2);
    for order in [[&thief, &after], [&after, &thief]] {
        let mut peer = Node::new(9);
        for from in order {
            let (_, done) = peer.pull(from);
            for rejection in done.rejected {
                if let Reason::RecoveryWaits { rotation, .. } = rejection.reason {
                    peer.directory.settle_recovery(rotation);
                }
            }
            peer.pull(from);
        }
        assert_eq!(peer.directory.key(node.id()), Some(&key(130).verify_key()));
        let of_thief: Vec<String> =
            counted(&thief).into_iter().filter(|log| !counted(&node).contains(log)).collect();
        assert!(of_thief.len() == 2 && counted(&peer).iter().all(|log| !of_thief.contains(log)));
        let notes = peer.directory.notes();
        assert!(
            matches!(notes[..], [Note::KeyReplaced { by_stewards: true, contested: true, .. }]),
            "{notes:?}"
        );
    }
}

#[test]
fn a_key_that_was_used_never_comes_back_and_bad_sets_are_refused() {
    let mut node = node_with_keys();
    node.write(Stream::Federation, &[b"a"]);
    let keys = NewKeys { key: key(101).verify_key(), threshold: 3, ..new_keys(101) };
    let refused = Rotation::draft(&node.store, &node.directory, node.id(), keys.clone(), &|_| u64::MAX);
    let threshold = KeyError::Threshold { threshold: 3, keys: 2 };
    assert!(
        matches!(refused, Err(koinon_log::rotation::DraftError::Rotation(RotationError::Key(e))) if e == threshold)
    );
    let keys = NewKeys { threshold: 2, ..keys };
    let rotation = Rotation::draft(&node.store, &node.directory, node.id(), keys, &|_| u64::MAX).unwrap();
    let mut after = rotated(&node, rotation, 101, 50);
    after.write(Stream::Federation, &[b"b"]);
    let done = Node::new(9).ingest(runs_of(&after));
    assert!(
        done.rejected.iter().any(|r| r.reason == Reason::Rotation(RotationError::Used)),
        "{:?}",
        done.rejected
    );
    let nobody = Node::new(3);
    assert!(
        Rotation::draft(&nobody.store, &nobody.directory, nobody.id(), new_keys(5), &|_| { u64::MAX })
            .is_err()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_order_of_arrival_ends_alike(order in Just((0..9).collect::<Vec<usize>>()).prop_shuffle()) {
        let mut node = node_with_keys();
        node.write(Stream::Federation, &[b"a", b"b"]);
        let mut node = node.restarted(40);
        node.write(Stream::Federation, &[b"c"]);
        node.write(Stream::Aggregates, &[b"sum"]);
        let mut thief = node.restarted(71);
        thief.write(Stream::Federation, &[b"mine"]);
        let mut after = rotated(&node, draft(&node, 102), 102, 50);
        after.write(Stream::Federation, &[b"d"]);
        let mut runs = runs_of(&after);
        runs.extend(runs_of(&thief).into_iter().filter(|run| !runs_of(&node).contains(run)));
        prop_assert_eq!(runs.len(), 9);
        let mut peer = Node::new(9);
        // One by one, again and again until nothing waits.
        for _ in 0..9 {
            for index in &order {
                peer.ingest(vec![runs[*index].clone()]);
            }
        }
        prop_assert_eq!(counted(&peer), counted(&after));
        prop_assert_eq!(peer.directory.key(node.id()), Some(&key(102).verify_key()));
    }

    #[test]
    fn any_bytes_are_judged_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in any::<prop::sample::Index>()) {
        if let Ok(rotation) = Rotation::decode(&bytes) {
            prop_assert_eq!(rotation.encode(), bytes.clone());
        }
        let mut node = node_with_keys();
        node.write(Stream::Federation, &[b"a"]);
        let mut good = draft(&node, 102).encode();
        let at = at.index(good.len());
        good[at] ^= bytes.first().copied().unwrap_or(1) | 1;
        if let Ok(rotation) = Rotation::decode(&good) {
            prop_assert_eq!(rotation.encode(), good, "only one encoding is accepted");
        }
    }
}

#[test]
fn a_batch_after_the_rotation_is_one_life_like_any_other() {
    let mut node = node_with_keys();
    node.write(Stream::Federation, &[b"a"]);
    let mut after = rotated(&node, draft(&node, 102), 102, 50);
    let commit = after.writer.append(vec![fact(Stream::Federation, b"b")], NOW, &mut after.entropy).unwrap();
    after.store(&commit);
    let mut directory = Directory::new(network());
    for run in runs_of(&after) {
        assert!(run.name.stream != Stream::Local);
    }
    for run in commit.runs() {
        directory.learn(run);
    }
    let again = after.restarted(51);
    assert_eq!(again.directory.key(node.id()), Some(&key(102).verify_key()));
}
