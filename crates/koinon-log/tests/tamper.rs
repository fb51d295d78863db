//! A run that was changed on the way is refused whole, at the right place and for the right reason.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod common;

use koinon_core::{FactId, NodeId};
use koinon_log::envelope::{BODY_BYTES_MAX, EnvelopeError, RUN_FACTS_MAX};
use koinon_log::testing::fact;
use koinon_log::{
    AcceptedRun, Directory, Incarnation, Limit, LogName, LogStore, LogView, Message, NetworkId, Reason, Run,
    SharedRun, StoredFact, Stream, accept_run,
};

use common::{NOW, Node, network};

/// A run of five facts in one commit, its log empty before, and a directory that knows its node.
fn five() -> (Run, Directory) {
    let mut node = Node::new(1);
    node.write(Stream::Federation, &[b"a", b"bb", b"", b"dddd", b"eeeee"]);
    (run_of(&node, Stream::Federation), node.directory)
}

fn run_of(node: &Node, stream: Stream) -> Run {
    let head = node.store.heads().unwrap().into_iter().find(|head| head.name.stream == stream).unwrap();
    let facts = node.store.read_range(head.name.id(), 0, RUN_FACTS_MAX, usize::MAX).unwrap();
    Run { name: head.name, from: 0, facts }
}

fn ids(run: &AcceptedRun) -> Vec<FactId> {
    run.facts().iter().map(koinon_log::Fact::id).collect()
}

#[test]
fn every_flipped_bit_of_a_stored_run_is_refused() {
    let (run, directory) = five();
    let good = accept_run(&LogView::EMPTY, &run, &directory).unwrap();
    let mut tried = 0;
    for index in 0..run.facts.len() {
        let StoredFact { header, sig, body, .. } = run.facts[index].clone();
        let parts = [header.len(), sig.map_or(0, |sig| sig.len()), 16, body.len()];
        for (part, len) in parts.into_iter().enumerate() {
            for bit in 0..len * 8 {
                let mut bad = run.clone();
                let fact = &mut bad.facts[index];
                let bytes: &mut [u8] = match part {
                    0 => &mut fact.header,
                    1 => fact.sig.as_mut().unwrap(),
                    2 => &mut fact.salt,
                    _ => &mut fact.body,
                };
                bytes[bit / 8] ^= 1 << (bit % 8);
                let judged = accept_run(&LogView::EMPTY, &bad, &directory);
                assert!(judged.is_err(), "fact {index}, part {part}, bit {bit} was changed and accepted");
                tried += 1;
            }
        }
    }
    assert!(tried > 5_000, "{tried} bits");
    assert_eq!(accept_run(&LogView::EMPTY, &run, &directory).unwrap(), good);
}

#[test]
fn every_flipped_bit_on_the_wire_is_refused_or_changes_nothing() {
    let (run, directory) = five();
    let good = ids(&accept_run(&LogView::EMPTY, &run, &directory).unwrap());
    let wire = Message::Run(SharedRun::new(run).unwrap()).encode();
    for bit in 0..wire.len() * 8 {
        let mut bad = wire.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let Ok(Message::Run(shared)) = Message::decode(&bad) else { continue };
        let Ok(run) = shared.restore() else { continue };
        if let Ok(accepted) = accept_run(&LogView::EMPTY, run, &directory) {
            assert_eq!(ids(&accepted), good, "bit {bit} changed what was accepted");
            panic!("bit {bit}: nothing on the wire is free to change");
        }
    }
}

#[test]
fn every_truncation_of_the_wire_is_refused() {
    let (run, _) = five();
    let wire = Message::Run(SharedRun::new(run).unwrap()).encode();
    for len in 0..wire.len() {
        assert!(Message::decode(&wire[..len]).is_err(), "{len} bytes of {}", wire.len());
    }
    assert!(Message::decode(&[wire.as_slice(), &[0]].concat()).is_err(), "a byte too many");
}

#[test]
fn dropped_doubled_and_reordered_facts_are_refused() {
    let (run, directory) = five();
    let judge = |change: &dyn Fn(&mut Run)| {
        let mut bad = run.clone();
        change(&mut bad);
        accept_run(&LogView::EMPTY, &bad, &directory)
    };
    for i in 0..5 {
        assert!(judge(&|run| drop(run.facts.remove(i))).is_err(), "fact {i} dropped");
        assert!(judge(&|run| run.facts.insert(i, run.facts[i].clone())).is_err(), "fact {i} doubled");
        for j in 0..i {
            assert!(judge(&|run| run.facts.swap(i, j)).is_err(), "facts {i} and {j} swapped");
        }
    }
    let cut = judge(&|run| run.facts.truncate(4)).unwrap_err();
    assert_eq!((cut.seq, cut.reason), (3, Reason::Unsigned));
}

/// Name, what is held, the run, the place of the fault, the reason.
type Case = (&'static str, LogView, Run, u64, fn(&Reason) -> bool);

#[test]
fn every_reason_is_named_with_its_place() {
    let (run, directory) = five();
    let empty = LogView::EMPTY;
    let renamed = |name: LogName| Run { name, ..run.clone() };
    let stranger = LogName { node: NodeId([9; 32]), ..run.name };
    let elsewhere = LogName { incarnation: Incarnation(1), ..run.name };
    let held = LogView { height: 5, head: FactId([4; 32]), limit: None };
    let many = Run { facts: vec![run.facts[0].clone(); RUN_FACTS_MAX + 1], ..run.clone() };
    let large = StoredFact { body: vec![0; BODY_BYTES_MAX], ..run.facts[0].clone() };
    let heavy = Run { facts: vec![large; 65], ..run.clone() };
    let torn = StoredFact { header: vec![0x8b, 1], ..run.facts[0].clone() };
    let torn = Run { facts: vec![torn], ..run.clone() };
    let at = |from: u64| Run { from, ..run.clone() };

    let cases: Vec<Case> = vec![
        ("empty", empty, Run { facts: vec![], ..run.clone() }, 0, |r| *r == Reason::Empty),
        ("many", empty, many, 0, |r| matches!(r, Reason::TooManyFacts(1_001))),
        ("heavy", empty, heavy, 0, |r| matches!(r, Reason::TooManyBytes(_))),
        ("gap", empty, at(5), 5, |r| *r == Reason::Gap { height: 0 }),
        ("known", held, run.clone(), 0, |r| *r == Reason::Known { height: 5 }),
        ("misnumbered", held, at(5), 5, |r| matches!(r, Reason::Sequence(0))),
        ("ended", LogView { limit: Some(Limit::VOID), ..empty }, run.clone(), 0, |r| *r == Reason::Ended(0)),
        ("torn", empty, torn, 0, |r| matches!(r, Reason::Envelope(EnvelopeError::Cbor(_)))),
        ("other node", empty, renamed(stranger), 0, |r| matches!(r, Reason::OtherLog(_))),
        ("other incarnation", empty, renamed(elsewhere), 0, |r| matches!(r, Reason::OtherLog(_))),
    ];
    for (name, view, bad, seq, expected) in cases {
        let rejection = accept_run(&view, &bad, &directory).unwrap_err();
        assert!(expected(&rejection.reason), "{name}: {rejection}");
        assert_eq!((rejection.log, rejection.seq), (bad.name.id(), seq), "{name}");
    }

    let rejection = accept_run(&empty, &run, &Directory::new(network())).unwrap_err();
    assert_eq!(rejection.reason, Reason::UnknownNode(run.name.node));
    assert!(rejection.waits());
    let foreign = Directory::new(NetworkId::of("a drill"));
    let mut node = Node::new(1);
    node.write(Stream::Federation, &[b"a"]);
    let control = run_of(&node, Stream::Control);
    assert_eq!(accept_run(&empty, &control, &foreign).unwrap_err().reason, Reason::OtherNetwork(network()));
}

#[test]
fn a_continuation_must_follow_the_fact_held() {
    let mut node = Node::new(1);
    node.write(Stream::Federation, &[b"a"]);
    node.write(Stream::Federation, &[b"b", b"c"]);
    let whole = run_of(&node, Stream::Federation);
    let first = Run { facts: whole.facts[..1].to_vec(), ..whole.clone() };
    let rest = Run { from: 1, facts: whole.facts[1..].to_vec(), ..whole };
    let first = accept_run(&LogView::EMPTY, &first, &node.directory).unwrap();
    let view = LogView { height: 1, head: first.head(), limit: None };
    assert_eq!(accept_run(&view, &rest, &node.directory).unwrap().height(), 3);
    let other = LogView { head: FactId([1; 32]), ..view };
    let found = first.head();
    let rejection = accept_run(&other, &rest, &node.directory).unwrap_err();
    assert_eq!(rejection.reason, Reason::Diverged { held: FactId([1; 32]), found });
}

#[test]
fn a_node_cannot_be_founded_under_another_id_or_key() {
    let honest = run_of(
        &{
            let mut node = Node::new(1);
            node.write(Stream::Federation, &[b"a"]);
            node
        },
        Stream::Control,
    );
    let directory = Directory::new(network());
    assert!(accept_run(&LogView::EMPTY, &honest, &directory).is_ok());

    // Another node's signature over the same inception.
    let mut thief = Node::new(2);
    let commit = thief.writer.append(vec![fact(Stream::Control, b"x")], NOW, &mut thief.entropy).unwrap();
    let stolen = Run {
        name: honest.name,
        from: 0,
        facts: commit.runs()[0].facts().iter().map(|fact| fact.stored().clone()).collect(),
    };
    let reason = accept_run(&LogView::EMPTY, &stolen, &directory).unwrap_err().reason;
    assert!(matches!(reason, Reason::OtherLog(_)), "{reason}");
    let mut signed = honest.clone();
    let last = signed.facts.len() - 1;
    signed.facts[last].sig = stolen.facts[stolen.facts.len() - 1].sig;
    let reason = accept_run(&LogView::EMPTY, &signed, &directory).unwrap_err().reason;
    assert_eq!(reason, Reason::Signature);
}
