//! Facts that no writer of ours would make, well signed by whoever made them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod common;

use koinon_core::{FactId, LogId, NodeId};
use koinon_log::control::{self, LogOpened};
use koinon_log::directory::Note;
use koinon_log::envelope::{body_commit, fact_id};
use koinon_log::{
    Directory, Flags, Header, Hlc, Incarnation, LogName, LogView, NO_FACT, Reason, Run, SigningKey,
    StoredFact, Stream, Tail, accept_run,
};

use common::{Node, network};

/// A forger's pen: continues a run with facts signed one by one.
struct Pen {
    run: Run,
    prev: FactId,
    key: SigningKey,
}

impl Pen {
    fn new(node: NodeId, stream: Stream, prev: FactId, key: &SigningKey) -> Self {
        let name = LogName { node, stream, incarnation: Incarnation(5) };
        Self { run: Run { name, from: 0, facts: vec![] }, prev, key: key.clone() }
    }

    fn log(&self) -> LogId {
        self.run.name.id()
    }

    fn fact(mut self, kind: u32, body: &[u8]) -> Self {
        let salt = [1; 16];
        let header = Header {
            log: self.log(),
            seq: u64::try_from(self.run.facts.len()).unwrap(),
            prev: self.prev,
            hlc: Hlc(0),
            kind,
            schema: 1,
            flags: Flags::LAST_IN_COMMIT,
            body_len: u32::try_from(body.len()).unwrap(),
            body_commit: body_commit(&salt, body),
            author: None,
        }
        .encode();
        let sig = Some(self.key.sign(network(), "fact", &header));
        self.prev = fact_id(&header, sig.as_ref());
        self.run.facts.push(StoredFact { header, sig, salt, body: body.to_vec() });
        self
    }

    fn refused(&self, directory: &Directory) -> Reason {
        accept_run(&LogView::EMPTY, &self.run, directory).unwrap_err().reason
    }
}

/// A node that has written, and a second identity.
fn honest() -> (Node, Node) {
    let mut node = Node::new(1);
    node.write(Stream::Federation, &[b"a"]);
    (node, Node::new(2))
}

#[test]
fn the_forger_can_write_what_is_right() {
    let (node, _) = honest();
    let identity = node.writer.identity();
    let pen = Pen::new(node.id(), Stream::Control, NO_FACT, identity.key());
    let pen = pen.fact(control::INCEPTION, identity.inception());
    accept_run(&LogView::EMPTY, &pen.run, &Directory::new(network())).unwrap();
}

#[test]
fn an_inception_founds_only_the_node_of_its_hash() {
    let (node, thief) = honest();
    let identity = thief.writer.identity();
    let pen = Pen::new(node.id(), Stream::Control, NO_FACT, identity.key());
    let pen = pen.fact(control::INCEPTION, identity.inception());
    assert_eq!(pen.refused(&node.directory), Reason::OtherNode(thief.id()));
    assert_eq!(pen.refused(&Directory::new(network())), Reason::OtherNode(thief.id()));
}

#[test]
fn a_control_log_begins_with_an_inception_or_its_own_opening() {
    let (node, _) = honest();
    let key = node.writer.identity().key();
    let last = node.directory.control_tail(node.id()).unwrap();
    let start = |prev, kind, body: &[u8]| {
        Pen::new(node.id(), Stream::Control, prev, key).fact(kind, body).refused(&node.directory)
    };
    assert_eq!(start(NO_FACT, 100, b""), Reason::ControlStart);
    assert_eq!(start(last.id, control::INCEPTION, node.writer.identity().inception()), Reason::ControlStart);
    assert!(matches!(start(NO_FACT, control::INCEPTION, b"?"), Reason::OtherNode(_)));
    assert!(matches!(start(last.id, control::LOG_OPENED, b"?"), Reason::Control(_)));

    let own = Pen::new(node.id(), Stream::Control, last.id, key).run.name;
    let right = LogOpened {
        log: own.id(),
        stream: own.stream,
        incarnation: own.incarnation,
        predecessor: Some(last),
    };
    let wrong = [
        LogOpened { predecessor: None, ..right.clone() },
        LogOpened { predecessor: Some(Tail { id: FactId([8; 32]), ..last }), ..right.clone() },
        LogOpened { log: LogId([8; 16]), ..right.clone() },
        LogOpened { stream: Stream::Local, ..right.clone() },
        LogOpened { incarnation: Incarnation(6), ..right.clone() },
    ];
    for opened in wrong {
        assert_eq!(start(last.id, control::LOG_OPENED, &opened.encode()), Reason::ControlStart, "{opened:?}");
    }
    let pen = Pen::new(node.id(), Stream::Control, last.id, key).fact(control::LOG_OPENED, &right.encode());
    accept_run(&LogView::EMPTY, &pen.run, &node.directory).unwrap();
    let nobody = Directory::new(network());
    assert_eq!(pen.refused(&nobody), Reason::UnknownNode(node.id()));
}

#[test]
fn a_log_that_no_control_fact_opens_is_refused() {
    let (node, thief) = honest();
    let key = node.writer.identity().key();
    let last = node.directory.control_tail(node.id()).unwrap();
    for prev in [NO_FACT, last.id] {
        let pen = Pen::new(node.id(), Stream::Federation, prev, key).fact(100, b"a");
        assert_eq!(pen.refused(&node.directory), Reason::UnknownLog);
    }
    // Opened, but then written by another hand.
    let opening = node.directory.openings().find(|o| o.name.stream == Stream::Federation).unwrap();
    let mut pen = Pen::new(node.id(), Stream::Federation, opening.opened_by, thief.writer.identity().key());
    pen.run.name = opening.name;
    assert_eq!(pen.fact(100, b"a").refused(&node.directory), Reason::Signature);
}

#[test]
fn control_facts_without_sense_are_kept_and_noted_and_open_nothing() {
    let (node, victim) = honest();
    let identity = node.writer.identity();
    let foreign = LogName { node: victim.id(), stream: Stream::Federation, incarnation: Incarnation(1) };
    let opened =
        |log, stream| LogOpened { log, stream, incarnation: Incarnation(1), predecessor: None }.encode();
    let second = LogName { node: node.id(), stream: Stream::Control, incarnation: Incarnation(1) };
    let pen = Pen::new(node.id(), Stream::Control, NO_FACT, identity.key())
        .fact(control::INCEPTION, identity.inception())
        .fact(control::LOG_OPENED, &opened(foreign.id(), Stream::Federation))
        .fact(control::LOG_OPENED, &opened(second.id(), Stream::Control))
        .fact(control::LOG_OPENED, b"")
        .fact(control::FORK_RULING, b"\x80")
        .fact(control::INCEPTION, victim.writer.identity().inception())
        .fact(control::RECEIPT, b"of a later version");
    let mut directory = Directory::new(network());
    let run = accept_run(&LogView::EMPTY, &pen.run, &directory).unwrap();
    directory.learn(&run);
    let notes = directory.notes();
    let places: Vec<u64> = notes
        .iter()
        .map(|note| match note {
            Note::Unreadable { log, seq, .. } if *log == pen.log() => *seq,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(places, [1, 2, 3, 4, 5]);
    assert_eq!(directory.nodes().collect::<Vec<_>>(), [node.id()]);
    assert_eq!(directory.openings().count(), 1);
    assert_eq!(directory.name(foreign.id()), None);
    let before = directory.clone();
    directory.learn(&run);
    assert_eq!(
        (directory.notes(), directory.openings().count()),
        (before.notes(), 1),
        "learning twice is learning once"
    );
}
