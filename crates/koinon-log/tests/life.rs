//! The lives of a node: first append, restart, failed commit, restored backup, clone, ruling, and two faces.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod common;

use std::collections::BTreeSet;

use koinon_core::{LogId, Timestamp};
use koinon_log::control::{self, ForkRuling, LogOpened};
use koinon_log::directory::Note;
use koinon_log::envelope::{BODY_BYTES_MAX, RUN_FACTS_MAX};
use koinon_log::testing::fact;
use koinon_log::{
    Fact, Flags, ForkProof, LogStore, NO_FACT, NewFact, Stream, WriterError, load_directory, verify_log,
};

use common::{NOW, Node, network};

fn logs(node: &Node, stream: Stream) -> BTreeSet<LogId> {
    let heads = node.store.heads().unwrap().into_iter();
    heads.filter(|head| head.name.stream == stream).map(|head| head.name.id()).collect()
}

fn facts(node: &Node, log: LogId) -> Vec<Fact> {
    let stored = node.store.read_range(log, 0, 1_000, usize::MAX).unwrap();
    stored.into_iter().map(|fact| Fact::from_stored(fact).unwrap()).collect()
}

#[test]
fn a_log_opens_at_its_first_append() {
    let mut node = Node::new(1);
    assert!(node.store.heads().unwrap().is_empty(), "nothing opens at a start");
    node.write(Stream::Federation, &[b"a", b"b"]);
    assert!(logs(&node, Stream::Local).is_empty(), "nor before it is needed");
    node.write(Stream::Local, &[b"c"]);

    let control: Vec<Fact> = facts(&node, *logs(&node, Stream::Control).first().unwrap());
    let kinds: Vec<u32> = control.iter().map(|fact| fact.header().kind).collect();
    assert_eq!(kinds, [control::INCEPTION, control::LOG_OPENED, control::LOG_OPENED]);
    assert_eq!(control[0].header().prev, NO_FACT);
    for (opening, stream) in control[1..].iter().zip([Stream::Federation, Stream::Local]) {
        let log = *logs(&node, stream).first().unwrap();
        let opened = LogOpened::decode(opening.body()).unwrap();
        assert_eq!((opened.log, opened.stream, opened.predecessor), (log, stream, None));
        assert_eq!(facts(&node, log)[0].header().prev, opening.id(), "seq 0 follows the fact that opened it");
    }
    let signed: Vec<bool> =
        facts(&node, *logs(&node, Stream::Federation).first().unwrap()).iter().map(Fact::is_signed).collect();
    assert_eq!(signed, [false, true], "only the last fact of a commit is signed");
}

#[test]
fn a_restart_opens_new_logs_that_name_the_old_ones() {
    let mut first = Node::new(1);
    let placed = first.write(Stream::Federation, &[b"a", b"b"]);
    let mut second = first.restarted(2);
    assert_eq!(second.store.heads().unwrap(), first.store.heads().unwrap(), "a start writes nothing");
    second.write(Stream::Federation, &[b"c"]);
    let mut third = second.restarted(3);
    third.write(Stream::Federation, &[b"d"]);

    assert_eq!(logs(&third, Stream::Control).len(), 3);
    assert_eq!(logs(&third, Stream::Federation).len(), 3);
    let new = logs(&second, Stream::Federation).difference(&logs(&first, Stream::Federation)).copied().next();
    let opening = third.directory.openings().find(|opening| Some(opening.name.id()) == new).unwrap();
    let tail = opening.predecessor.unwrap();
    assert_eq!((tail.log, tail.seq, tail.id), (placed[1].log, placed[1].seq, placed[1].id));
    assert_eq!(third.directory.notes(), [], "an honest restart raises no note");
    let tail = third.directory.control_tail(third.id()).unwrap();
    assert!(
        !logs(&second, Stream::Control).contains(&tail.log),
        "the newest control log is the last of the line"
    );
    for head in third.store.heads().unwrap() {
        let verified = verify_log(&third.store, &third.directory, head.name.id(), &mut |_| {}).unwrap();
        assert_eq!(verified, (head.height, None));
    }
}

#[test]
fn a_commit_that_is_not_confirmed_stops_the_writer() {
    let mut node = Node::new(1);
    node.write(Stream::Federation, &[b"a"]);
    let batch = || vec![fact(Stream::Federation, b"b")];
    let lost = node.writer.append(batch(), NOW, &mut node.entropy).unwrap();
    assert!(!node.writer.is_ready());
    let refused = node.writer.append(batch(), NOW, &mut node.entropy).unwrap_err();
    assert_eq!(refused, WriterError::Unconfirmed);
    drop(lost);
    assert_eq!(node.writer.append(batch(), NOW, &mut node.entropy).unwrap_err(), WriterError::Unconfirmed);

    let mut next = node.restarted(2);
    let foreign = Node::new(2).restarted(3).writer.append(batch(), NOW, &mut node.entropy).unwrap();
    assert_eq!(next.writer.confirm(&foreign).unwrap_err(), WriterError::OtherCommit);
    next.write(Stream::Federation, &[b"b"]);
    assert_eq!(logs(&next, Stream::Federation).len(), 2, "a new life opens a new log");
    assert_eq!(next.directory.notes(), []);
}

/// A batch and the error expected.
type Case = (Vec<NewFact>, fn(&WriterError) -> bool);

#[test]
fn a_batch_that_breaks_a_rule_is_refused_and_harms_nothing() {
    let mut node = Node::new(1);
    let long = fact(Stream::Local, &vec![0; BODY_BYTES_MAX + 1]);
    let kind = |kind| NewFact { kind, ..fact(Stream::Control, b"") };
    let personal = NewFact { flags: Flags::PERSONAL, ..fact(Stream::Federation, b"") };
    let last = NewFact { flags: Flags::LAST_IN_COMMIT, ..fact(Stream::Local, b"") };
    let many = vec![fact(Stream::Local, b""); RUN_FACTS_MAX + 1];
    let heavy = vec![fact(Stream::Local, &vec![0; BODY_BYTES_MAX]); 64];
    let ok = fact(Stream::Local, b"");
    let cases: Vec<Case> = vec![
        (vec![], |e| *e == WriterError::Empty),
        (vec![ok.clone(), long], |e| matches!(e, WriterError::BodyTooLong { index: 1, .. })),
        (vec![kind(0)], |e| matches!(e, WriterError::ReservedKind { index: 0, kind: 0 })),
        (vec![kind(15)], |e| matches!(e, WriterError::ReservedKind { kind: 15, .. })),
        (vec![personal], |e| matches!(e, WriterError::Flags { stream: Stream::Federation, .. })),
        (vec![last], |e| matches!(e, WriterError::Flags { stream: Stream::Local, .. })),
        (many, |e| matches!(e, WriterError::TooLarge { stream: Stream::Local, facts: 1_001, .. })),
        (heavy, |e| matches!(e, WriterError::TooLarge { stream: Stream::Local, facts: 64, .. })),
    ];
    for (batch, expected) in cases {
        let error = node.writer.append(batch, NOW, &mut node.entropy).unwrap_err();
        assert!(expected(&error), "{error}");
        assert!(node.writer.is_ready());
    }
    node.write(Stream::Local, &[b"x"]);
    let personal = NewFact { flags: Flags::PERSONAL, ..ok };
    let full = vec![personal; RUN_FACTS_MAX];
    let commit = node.writer.append(full, NOW, &mut node.entropy).unwrap();
    node.store(&commit);
}

#[test]
fn a_restored_backup_opens_anew_and_is_noted_but_not_convicted() {
    let mut node = Node::new(1);
    node.write(Stream::Federation, &[b"a"]);
    let backup = node.restarted(20);
    node.write(Stream::Federation, &[b"b"]);
    node.write(Stream::Aggregates, &[b"sum"]);

    let mut restored = backup;
    restored.write(Stream::Federation, &[b"c"]);

    let mut peer = Node::new(3);
    for source in [&node, &restored] {
        let (_, done) = peer.pull(source);
        assert_eq!((done.rejected, done.forks), (vec![], vec![]));
    }
    let [Note::RestoredOrCloned { node: who, openings, settled, predecessor }] = &peer.directory.notes()[..]
    else {
        panic!("{:?}", peer.directory.notes())
    };
    assert_eq!((*who, *settled), (node.id(), None));
    let both: BTreeSet<LogId> =
        logs(&node, Stream::Control).union(&logs(&restored, Stream::Control)).copied().collect();
    assert_eq!(openings.iter().copied().collect::<BTreeSet<_>>(), both);
    assert!(peer.store.forks().unwrap().is_empty());

    // The same is seen whatever the order in which the histories came.
    let mut other = Node::new(4);
    other.pull(&restored);
    other.pull(&node);
    assert_eq!(other.directory.notes(), peer.directory.notes());

    // The node settles it.
    let opening = restored.directory.control_tail(node.id()).unwrap().log;
    let survivor = facts(&restored, opening)[0].id();
    let log = *logs(&node, Stream::Control).first().unwrap();
    let body = ForkRuling { log, common: *predecessor, survivor }.encode();
    let ruling = NewFact { kind: control::FORK_RULING, ..fact(Stream::Control, &body) };
    let commit = restored.writer.append(vec![ruling], NOW, &mut restored.entropy).unwrap();
    restored.store(&commit);
    peer.pull(&restored);
    assert!(
        matches!(&peer.directory.notes()[..], [Note::RestoredOrCloned { settled: Some(id), .. }] if *id == survivor)
    );
}

#[test]
fn a_clone_that_runs_twice_is_noted_but_not_convicted() {
    let mut origin = Node::new(1);
    origin.write(Stream::Federation, &[b"a"]);
    let (mut left, mut right) = (origin.restarted(2), origin.restarted(3));
    left.write(Stream::Federation, &[b"l"]);
    right.write(Stream::Federation, &[b"r"]);
    let mut peer = Node::new(5);
    peer.pull(&left);
    peer.pull(&right);
    let notes = peer.directory.notes();
    assert!(
        matches!(&notes[..], [Note::RestoredOrCloned { openings, .. }] if openings.len() == 2),
        "{notes:?}"
    );
    assert!(peer.store.forks().unwrap().is_empty());
    assert_eq!(logs(&peer, Stream::Federation).len(), 3, "everything is kept");
    let (again, faults) = load_directory(&peer.store, network()).unwrap();
    assert_eq!((again.notes(), faults), (notes, vec![]), "a directory read again says the same");
}

#[test]
fn a_node_that_begins_again_from_its_key_alone_is_noted_but_not_convicted() {
    let mut first = Node::new(1);
    first.write(Stream::Federation, &[b"a"]);
    let mut again = Node::new(1);
    again.entropy = koinon_log::testing::SeededEntropy::new(55);
    again.write(Stream::Federation, &[b"b"]);
    let mut peer = Node::new(5);
    peer.pull(&first);
    let (_, done) = peer.pull(&again);
    assert_eq!((done.rejected, done.forks), (vec![], vec![]));
    let notes = peer.directory.notes();
    assert!(matches!(&notes[..], [Note::RestoredOrCloned { predecessor: NO_FACT, .. }]), "{notes:?}");
}

/// A node that goes on twice with the same incarnation: the same randomness drawn again, or a writer copied while
/// it runs. Only this makes a fork.
fn two_faces() -> (Node, Node) {
    let mut left = Node::new(1);
    left.entropy = koinon_log::testing::SeededEntropy::new(99);
    left.write(Stream::Federation, &[b"a"]);
    let mut right = Node::new(1);
    right.entropy = koinon_log::testing::SeededEntropy::new(99);
    right.write(Stream::Federation, &[b"a"]);
    assert_eq!(left.shared_heads(), right.shared_heads());
    (left, right)
}

#[test]
fn two_signed_histories_are_proved_and_the_log_is_frozen() {
    for (ours, theirs) in [(1, 1), (1, 3), (3, 1), (2, 5)] {
        let (mut left, mut right) = two_faces();
        for i in 0..ours {
            left.write(Stream::Federation, &[format!("left {i}").as_bytes(), b"and more"]);
        }
        for i in 0..theirs {
            right.write(Stream::Federation, &[format!("right {i}").as_bytes()]);
        }
        let (mut peer, mut far) = (Node::new(7), Node::new(8));
        peer.pull(&left);
        let before = peer.shared_heads();
        peer.pull(&right);
        // A shorter history shows itself when the other side asks.
        right.pull(&left);
        peer.pull(&right);
        let forks = peer.store.forks().unwrap();
        assert_eq!(forks.len(), 1, "{ours} against {theirs}");
        let proof = &forks[0];
        proof.verify(&peer.directory).unwrap();
        assert_eq!(ForkProof::decode(&proof.encode()).unwrap(), *proof);
        assert_eq!(peer.shared_heads(), before, "what was held stays");

        left.write(Stream::Federation, &[b"later"]);
        let (_, done) = peer.pull(&left);
        assert!(done.accepted.is_empty(), "nothing more of the log is taken");
        far.pull(&peer);
        far.pull(&peer);
        assert_eq!(far.store.forks().unwrap(), forks, "the proof travels with the logs");
    }
}

#[test]
fn histories_of_equal_length_are_told_apart_by_their_heads() {
    let (mut left, mut right) = two_faces();
    left.write(Stream::Federation, &[b"left"]);
    right.write(Stream::Federation, &[b"right"]);
    let mut peer = Node::new(7);
    peer.pull(&left);
    let (_, done) = peer.pull(&right);
    assert_eq!(done.forks.len(), 1, "one pull is enough");
    let [a, b] = done.forks[0].branches();
    assert_ne!(a, b);
}

#[test]
fn a_proof_that_was_changed_convicts_nobody() {
    let (mut left, mut right) = two_faces();
    left.write(Stream::Federation, &[b"l", b"ll"]);
    right.write(Stream::Federation, &[b"r"]);
    let mut peer = Node::new(7);
    peer.pull(&left);
    right.pull(&left);
    peer.pull(&right);
    let proof = peer.store.forks().unwrap().remove(0);
    let bytes = proof.encode();
    for bit in 0..bytes.len() * 8 {
        let mut bad = bytes.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let convicts = ForkProof::decode(&bad).is_ok_and(|bad| bad.verify(&peer.directory).is_ok());
        assert!(!convicts, "bit {bit}");
    }
    let one = facts(&left, *logs(&left, Stream::Federation).first().unwrap());
    assert!(ForkProof::between(*proof.name(), &one, &one, &peer.directory).is_none());
}

#[test]
fn a_wrong_clock_neither_stops_the_log_nor_runs_away() {
    let mut node = Node::new(1);
    let stamp = |node: &mut Node, ms: i64| {
        let commit = node
            .writer
            .append(vec![fact(Stream::Federation, b"x")], Timestamp::from_millis(ms), &mut node.entropy)
            .unwrap();
        node.store(&commit);
        commit.placed()[0].hlc
    };
    let before = stamp(&mut node, 1_800_000_000_000);
    let same = stamp(&mut node, 1_700_000_000_000);
    assert_eq!(same.millis(), 1_700_000_600_000, "held at ten minutes ahead of the clock");
    assert!(before > same);
    let next = stamp(&mut node, 1_700_000_000_000);
    assert!(next >= same);
    assert_eq!(stamp(&mut node, -7).millis(), 600_000);
}
