//! Entries that travel by hand: what one stick brings, what the answer needs not bring, and what damage costs.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use std::path::Path;

use common::{Home, act, on_hand, take_in};
use koinon_books::{About, BookCommand};
use koinon_core::CommunityCode;
use koinon_log::bundle::Part;
use koinon_log::{BundleReader, Message, NetworkId};
use koinon_node::carry::{PART_BYTES, inspect};
use koinon_node::{CarryError, CarryOrder, Node, PeerConfig, Unpacked};

fn community(node: &Node) -> CommunityCode {
    node.read(|book| book.own().cloned()).unwrap()
}

/// Nodes that list one another without an address: nothing but sticks goes between them.
fn apart(homes: &[Home]) -> Vec<Node> {
    let nodes: Vec<Node> = homes.iter().map(Home::open).collect();
    for node in &nodes {
        for other in nodes.iter().filter(|other| other.id() != node.id()) {
            let community = other.read(|book| book.own().cloned());
            let config = PeerConfig { node: other.id(), community, url: None, ca: None };
            node.add_peer(config).unwrap();
        }
    }
    nodes
}

fn carry(from: &Node, to: &[&Node], file: &Path) -> u64 {
    let order = CarryOrder { to: to.iter().map(|node| node.id()).collect(), all: false };
    let done = from.carry_to_files(&order, file, PART_BYTES).unwrap();
    assert_eq!(done.files, [file.to_owned()]);
    assert_eq!(done.bytes, std::fs::metadata(file).unwrap().len());
    done.facts
}

fn unpack(node: &Node, file: &Path) -> Unpacked {
    let found = node.unpack(std::fs::File::open(file).unwrap()).unwrap();
    assert!(found.refused.is_empty(), "{:?}", found.refused);
    found
}

fn digest(node: &Node) -> koinon_core::Digest {
    node.read(|book| book.ledger().digest())
}

/// Waits until what the last bundle said of holdings is kept: the writing thread does one thing after the other.
async fn settled(home: &Home, node: &Node) {
    node.submit(home.actor(), take_in(node, 1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_never_meet_catch_up_by_stick_and_the_answer_brings_only_what_is_missing() {
    let homes = [Home::new(3, Some(0)), Home::new(3, Some(1)), Home::new(3, Some(2))];
    let nodes = apart(&homes);
    let [a, b, c] = &nodes[..] else { panic!() };
    let bag = tempfile::tempdir().unwrap();
    for amount in 1..=40 {
        a.submit(homes[0].actor(), take_in(a, amount)).await.unwrap();
        b.submit(homes[1].actor(), take_in(b, 10 * amount)).await.unwrap();
    }
    let there = bag.path().join("there.koinon");
    let sent = carry(a, &[b], &there);
    let found = unpack(b, &there);
    assert!(found.is_whole() && found.is_signed == Some(true), "{found:?}");
    assert_eq!((found.new, found.facts.values().sum::<u64>()), (sent, sent));
    assert_eq!(found.manifest.as_ref().unwrap().by, a.id());
    assert_eq!(on_hand(b, &community(a)), 820);
    let again = unpack(b, &there);
    assert_eq!((again.new, again.waiting), (0, 0), "a stick that comes twice changes nothing");

    settled(&homes[1], b).await;
    let back = bag.path().join("back.koinon");
    carry(b, &[a], &back);
    let found = unpack(a, &back);
    assert!(!found.facts.contains_key(&a.id()), "what a holds is not carried back to it: {found:?}");
    assert_eq!(on_hand(a, &community(b)), 8_201);
    assert_eq!(digest(a), digest(b));
    let own = a.own_logs().unwrap();
    assert!(own.iter().all(|log| log.held_here_only() == 0), "the stick brought receipts: {own:?}");

    settled(&homes[0], a).await;
    let next = bag.path().join("next.koinon");
    assert_eq!(carry(a, &[b], &next), 2, "only what is new since b's answer");
    // A third hears of both by one stick, and what it holds is known to a by way of b.
    let third = bag.path().join("third.koinon");
    carry(b, &[c], &third);
    assert_eq!(unpack(c, &third).strangers, 0);
    assert_eq!(digest(c), digest(b));
    let answer = bag.path().join("answer.koinon");
    carry(c, &[b], &answer);
    unpack(b, &answer);
    settled(&homes[1], b).await;
    let round = bag.path().join("round.koinon");
    carry(b, &[a], &round);
    unpack(a, &round);
    settled(&homes[0], a).await;
    let last = bag.path().join("last.koinon");
    assert_eq!(carry(a, &[c], &last), 6, "three entries of two facts that c has not heard of");
    let all = CarryOrder { to: vec![c.id()], all: true };
    let everything = a.carry_to(&all, &mut Vec::new()).unwrap();
    assert!(everything.facts > 150, "{everything:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_costs_what_it_hits_and_a_good_copy_makes_up_for_it() {
    let homes = [Home::new(2, Some(0)), Home::new(2, Some(1))];
    let nodes = apart(&homes);
    let [a, b] = &nodes[..] else { panic!() };
    let commands = (1..=9_000).map(|amount| (homes[0].actor(), take_in(a, amount))).collect();
    assert!(a.submit_all(commands).await.iter().all(Result::is_ok));
    let mut file = Vec::new();
    let order = CarryOrder { to: vec![b.id()], all: false };
    let sent = a.carry_to(&order, &mut file).unwrap().facts;
    assert!(sent >= 18_000, "{sent}");

    let mut bad = file.clone();
    let middle = bad.len() / 2;
    bad[middle] ^= 1;
    let found = b.unpack(bad.as_slice()).unwrap();
    assert!(!found.is_whole() && found.is_signed == Some(false));
    assert_eq!(found.damages.len(), 1, "{:?}", found.damages);
    assert!(found.new > 0 && found.waiting > 0 && found.new + found.waiting < sent, "{found:?}");
    let short = b.unpack(&file[..file.len() - 30]).unwrap();
    assert!(short.end.is_none() && short.new > 0 && short.waiting == 0, "{short:?}");
    let good = b.unpack(file.as_slice()).unwrap();
    assert!(good.is_whole() && good.new + short.new + found.new == sent);
    assert_eq!(digest(a), digest(b));

    let seen = inspect(bad.as_slice()).unwrap();
    assert_eq!(seen.damages, found.damages);
    assert_eq!(inspect(file.as_slice()).unwrap().facts.values().sum::<u64>(), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_follow_one_another_and_nothing_is_written_over() {
    let homes = [Home::new(2, Some(0)), Home::new(2, Some(1))];
    let nodes = apart(&homes);
    let [a, b] = &nodes[..] else { panic!() };
    let commands = (1..=9_000).map(|amount| (homes[0].actor(), take_in(a, amount))).collect();
    assert!(a.submit_all(commands).await.iter().all(Result::is_ok));
    let bag = tempfile::tempdir().unwrap();
    let first = bag.path().join("stick.koinon");
    let order = CarryOrder { to: vec![b.id()], all: false };
    let done = a.carry_to_files(&order, &first, 1 << 17).unwrap();
    assert!(done.files.len() > 1, "{done:?}");
    let sizes = done.files.iter().map(|file| std::fs::metadata(file).unwrap().len());
    assert_eq!(done.bytes, sizes.sum::<u64>());
    assert_eq!(done.files[1], bag.path().join("stick-2.koinon"));
    // In any order: what waits for an earlier part comes with the next try.
    for file in done.files.iter().rev().chain(&done.files) {
        let found = unpack(b, file);
        assert!(found.is_whole(), "{found:?}");
        let end = found.end.unwrap();
        assert_eq!(end.more, Some(file) != done.files.last());
    }
    assert_eq!(digest(a), digest(b));
    let error = a.carry_to_files(&order, &first, 1 << 30).unwrap_err();
    assert!(error.to_string().contains("is there already"), "{error}");
    assert_eq!(
        std::fs::read_dir(bag.path()).unwrap().count(),
        done.files.len(),
        "nothing unfinished is left"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_other_federations_are_named() {
    let homes = [Home::new(3, Some(0)), Home::new(3, Some(1))];
    let (a, b) = (homes[0].open(), homes[1].open());
    a.submit(homes[0].actor(), take_in(&a, 5)).await.unwrap();
    let mut file = Vec::new();
    a.carry_to(&CarryOrder::default(), &mut file).unwrap();
    let found = b.unpack(file.as_slice()).unwrap();
    assert_eq!((found.new, found.is_signed), (0, Some(false)), "{found:?}");
    assert_eq!(found.strangers, found.facts.values().sum::<u64>());
    let mut other = Vec::new();
    let manifest = koinon_log::Manifest {
        network: NetworkId::of("elsewhere"),
        by: a.id(),
        made: koinon_core::Timestamp::from_millis(0),
        to: Vec::new(),
        part: 1,
    };
    let identity = koinon_node::keys::load(&homes[0].path()).unwrap();
    other.extend(
        koinon_log::BundleWriter::begin(Vec::new(), &manifest).unwrap().finish(&identity, false).unwrap(),
    );
    assert!(matches!(b.unpack(other.as_slice()), Err(CarryError::OtherNetwork { .. })));
    let error = b.unpack(&b"store;item;amount\n"[..]).unwrap_err();
    assert_eq!(error.to_string(), "this is no bundle of koinon");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_at_home_is_in_no_bundle() {
    let homes = [Home::new(2, Some(0)), Home::new(2, Some(1))];
    let nodes = apart(&homes);
    let a = &nodes[0];
    let canary = "zqxj-canary-11c9";
    let steward = homes[0].steward.unwrap();
    let name = BookCommand::Name { act: act(), person: steward, name: format!("Ana {canary}").into() };
    a.submit(homes[0].actor(), name).await.unwrap();
    let note =
        BookCommand::Note { act: act(), about: About::Entry(act()), text: format!("key {canary}").into() };
    a.submit(homes[0].actor(), note).await.unwrap();
    a.submit(homes[0].actor(), take_in(a, 7)).await.unwrap();
    let mut file = Vec::new();
    a.carry_to(&CarryOrder { to: Vec::new(), all: true }, &mut file).unwrap();
    let mut reader = BundleReader::open(file.as_slice()).unwrap();
    let mut plain = Vec::new();
    while let Some(part) = reader.next_part().unwrap() {
        if let Part::Messages(messages) = part {
            messages.iter().map(Message::encode).for_each(|bytes| plain.extend(bytes));
        }
    }
    assert!(plain.len() > 1_000);
    let holds = |bytes: &[u8]| bytes.windows(canary.len()).any(|w| w == canary.as_bytes());
    assert!(!holds(&plain) && !holds(&file));
}
