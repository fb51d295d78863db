//! The bytes that are kept for ever: a change of any of these files breaks every log ever written.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod common;

use std::fs;
use std::path::Path;

use koinon_core::{FactId, LogId, NodeId, Timestamp};
use koinon_log::control::{ForkRuling, LogOpened};
use koinon_log::envelope::{body_commit, fact_id};
use koinon_log::testing;
use koinon_log::{
    ByStewards, Flags, Header, Hlc, Incarnation, Inception, KeyId, LogName, Message, ReadRun, Receipt,
    Rotation, Run, SharedRun, SigningKey, Stream, Tail, accept_run,
};
use koinon_log::{Directory, LogStore, LogView, load_directory};

use common::{Node, hex, network};

fn golden(name: &str, bytes: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.hex"));
    if std::env::var_os("KOINON_BLESS").is_some() && !path.exists() {
        fs::write(&path, hex(bytes)).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(hex(bytes), kept, "{name}: the format differs from the bytes kept in {}", path.display());
}

fn header(author: Option<KeyId>) -> Header {
    Header {
        log: LogId([0x11; 16]),
        seq: 1_000,
        prev: FactId([0x22; 32]),
        hlc: Hlc(0x0001_8f00_0000_0000_u64 << 8 | 7),
        kind: 300,
        schema: 2,
        flags: Flags::LAST_IN_COMMIT,
        body_len: 5,
        body_commit: body_commit(&[0x33; 16], b"bread"),
        author,
    }
}

#[test]
fn headers() {
    golden("header", &header(None).encode());
    golden("header_author", &header(Some(KeyId([0x44; 16]))).encode());
}

#[test]
fn hashes_and_signatures() {
    let name = LogName { node: NodeId([0x55; 32]), stream: Stream::Federation, incarnation: Incarnation(77) };
    let bytes = header(None).encode();
    let key = SigningKey::from_seed(&[0x66; 32]);
    let sig = key.sign(network(), "fact", &bytes);
    let parts: [&[u8]; 7] = [
        &network().0,
        &name.id().0,
        &key.verify_key().id().0,
        &key.verify_key().next_digest().0,
        &sig,
        &fact_id(&bytes, None).0,
        &fact_id(&bytes, Some(&sig)).0,
    ];
    golden("hashes", &parts.concat());
}

#[test]
fn control_bodies() {
    let key = |seed: u8| SigningKey::from_seed(&[seed; 32]).verify_key();
    let mut recovery = vec![key(3), key(4), key(5)];
    recovery.sort();
    let inception = Inception {
        network: network(),
        key: key(1),
        next_key: key(2).next_digest(),
        recovery,
        threshold: 2,
        salt: [0x77; 16],
    };
    let body = inception.encode();
    golden("inception", &[body.as_slice(), &Inception::node_id(&body).0].concat());
    assert_eq!(Inception::decode(&body).unwrap(), inception);

    let tail = Tail { log: LogId([0x88; 16]), seq: 41, id: FactId([0x99; 32]) };
    let opened = LogOpened {
        log: LogId([0xaa; 16]),
        stream: Stream::Aggregates,
        incarnation: Incarnation(0x0102_0304_0506_0708),
        predecessor: Some(tail),
    };
    golden("log_opened", &opened.encode());
    golden("log_opened_first", &LogOpened { predecessor: None, ..opened }.encode());
    let ruling = ForkRuling { log: LogId([1; 16]), common: FactId([2; 32]), survivor: FactId([3; 32]) };
    golden("fork_ruling", &ruling.encode());
}

#[test]
fn a_whole_life_on_the_wire() {
    let mut node = Node::new(1);
    node.write(Stream::Federation, &[b"wheat", b"", b"beans"]);
    let head =
        |stream| node.store.heads().unwrap().into_iter().find(|head| head.name.stream == stream).unwrap();
    let frame = |stream| {
        let head = head(stream);
        let facts = node.store.read_range(head.name.id(), 0, 100, usize::MAX).unwrap();
        Message::Run(SharedRun::new(Run { name: head.name, from: 0, facts }).unwrap()).encode()
    };
    golden("run_control_grouped", &frame(Stream::Control));
    golden("run_federation_grouped", &frame(Stream::Federation));
}

#[test]
fn rotations_and_receipts() {
    let key = |seed: u8| SigningKey::from_seed(&[seed; 32]);
    let public = |seed: u8| key(seed).verify_key();
    let tail = |byte: u8| Tail { log: LogId([byte; 16]), seq: 41, id: FactId([0x99; 32]) };
    let mut rotation = Rotation {
        incarnation: Incarnation(77),
        predecessor: tail(1),
        key: public(2),
        next_key: public(3).next_digest(),
        recovery: vec![public(4)],
        threshold: 1,
        honoured: vec![tail(2), tail(3)],
        stewards: None,
        refused: Vec::new(),
    };
    golden("rotation", &rotation.encode());
    let announced = Timestamp::from_millis(1_800_000_000_000);
    let text = rotation.recovery_text(NodeId([5; 32]), public(1), announced);
    rotation.stewards = Some(ByStewards { announced, signatures: vec![text.sign(network(), &key(4))] });
    golden("rotation_by_stewards", &rotation.encode());
    assert_eq!(Rotation::decode(&rotation.encode()).unwrap(), rotation);
    rotation.refused = vec![LogId([7; 16]), LogId([8; 16])];
    golden("rotation_refusing", &rotation.encode());
    assert_eq!(Rotation::decode(&rotation.encode()).unwrap(), rotation);

    let identity = testing::identity(network(), 1).unwrap();
    let receipt = Receipt::give(&identity, LogId([6; 16]), 1_000, FactId([7; 32]), announced);
    golden("receipt", &receipt.encode());
    assert_eq!(Receipt::decode(&receipt.encode()).unwrap(), receipt);
}

#[test]
fn the_kept_frames_still_verify() {
    kept_frames("run_control", "run_federation");
    kept_frames("run_control_grouped", "run_federation_grouped");
}

fn kept_frames(control: &str, federation: &str) {
    let read = |name: &str| -> ReadRun {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.hex"));
        let digits: String = fs::read_to_string(path).unwrap().split_whitespace().collect();
        let bytes: Vec<u8> = (0..digits.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap())
            .collect();
        let Message::Run(run) = Message::decode(&bytes).unwrap() else { panic!("{name} is not a run") };
        run.restore().unwrap()
    };
    let mut directory = Directory::new(network());
    let control = accept_run(&LogView::EMPTY, read(control), &directory).unwrap();
    directory.learn(&control);
    let federation = accept_run(&LogView::EMPTY, read(federation), &directory).unwrap();
    let bodies: Vec<&[u8]> = federation.facts().iter().map(koinon_log::Fact::body).collect();
    assert_eq!(bodies, [b"wheat".as_slice(), b"", b"beans"]);
    assert_eq!(federation.name().node, testing::identity(network(), 1).unwrap().node());
    let mut store = koinon_log::MemoryStore::new();
    store.append_runs(&[control, federation]).unwrap();
    assert_eq!(load_directory(&store, network()).unwrap().1, []);
}
