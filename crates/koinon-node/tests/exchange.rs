//! Nodes that exchange over real loopback HTTP: convergence, relays, strangers, what stays at home.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use common::served::{Served, serve, settle};
use common::{Home, act, on_hand, take_in};
use koinon_books::{About, BookCommand};
use koinon_core::NodeId;
use koinon_log::bundle::Part;
use koinon_log::{BundleReader, Message};
use koinon_node::{CarryOrder, Node, PeerConfig, PullCause};

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_converge_and_a_third_hears_by_relay() {
    let a = serve(Home::new(3, Some(0))).await;
    let b = serve(Home::new(3, Some(1))).await;
    let mirror = serve(Home::new(3, None)).await;
    a.node.add_peer(b.config()).unwrap();
    b.node.add_peer(a.config()).unwrap();
    // The mirror knows the address of b only, and b is told that it may ask.
    mirror.node.add_peer(b.config()).unwrap();
    mirror.admit(&a);
    b.node.add_peer(PeerConfig { url: None, ..mirror.config() }).unwrap();

    for amount in 1..=5 {
        a.node.submit(a.actor(), take_in(&a.node, amount)).await.unwrap();
        b.node.submit(b.actor(), take_in(&b.node, 10 * amount)).await.unwrap();
    }
    settle(&[&a, &b, &mirror]).await;
    let digest = |served: &Served| served.node.read(|book| book.ledger().digest());
    assert_eq!(digest(&a), digest(&b));
    assert_eq!(digest(&a), digest(&mirror), "by relay");
    let (first, second) = (a.community().unwrap(), b.community().unwrap());
    assert_eq!(on_hand(&mirror.node, &first), 15);
    assert_eq!(on_hand(&mirror.node, &second), 150);
    // b holds all of a's, and says so when a asks again; the mirror, which a does not know, speaks through nobody.
    let mut own = Vec::new();
    for _ in 0..50 {
        // The writing thread keeps receipts when it comes to them.
        settle(&[&a, &b]).await;
        own = a.node.own_logs().unwrap();
        if own.iter().all(|log| log.held_whole_by() >= 1) {
            break;
        }
    }
    assert!(own.iter().any(|log| log.facts >= 10), "{own:?}");
    assert!(own.iter().all(|log| log.held_here_only() == 0 && log.held_whole_by() >= 1), "{own:?}");
    assert!(a.node.forked_logs().unwrap().is_empty() && a.node.waiting_keys().unwrap().is_empty());
    let heard = mirror.node.peers();
    assert!(heard.iter().any(|peer| peer.last_heard.is_some() && peer.lag == 0));

    // A plug pulled and put back: the neighbour catches up from the store.
    let home = b.home;
    b.task.abort();
    let _ = b.task.await;
    drop(b.node);
    a.node.submit(a.actor(), take_in(&a.node, 1_000)).await.unwrap();
    let alone: u64 = a.node.own_logs().unwrap().iter().map(koinon_node::OwnLog::held_here_only).sum();
    assert_eq!(alone, 2, "a batch and its entry are held here only");
    let b = serve(home).await;
    settle(&[&b]).await;
    assert_eq!(on_hand(&b.node, &first), 1_015);
    assert_eq!(digest(&a), digest(&b));
}

#[tokio::test(flavor = "multi_thread")]
async fn packed_answers_bring_the_same_in_fewer_bytes() {
    let a = serve(Home::new(3, Some(0))).await;
    let homes = [Home::new(3, Some(1)), Home::new(3, Some(2))];
    let commands = (1..=300).map(|amount| (a.actor(), take_in(&a.node, amount))).collect();
    assert!(a.node.submit_all(commands).await.iter().all(Result::is_ok));
    let mut came = Vec::new();
    for (home, packs) in homes.iter().zip([false, true]) {
        let mut options = home.options();
        options.packs_on_loopback = packs;
        let node = Node::open_with(options, home.clock.clone()).unwrap();
        let community = node.read(|book| book.own().cloned());
        a.node.add_peer(PeerConfig { node: node.id(), community, url: None, ca: None }).unwrap();
        node.add_peer(a.config()).unwrap();
        let report = node.pull_once(a.node.id()).await.unwrap();
        assert_eq!(on_hand(&node, &a.community().unwrap()), 45_150);
        came.push(report.bytes);
    }
    assert!(came[1] * 3 < came[0], "plain and packed: {came:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_impostors_are_refused() {
    let a = serve(Home::new(2, Some(0))).await;
    let b = serve(Home::new(2, Some(1))).await;
    a.node.add_peer(b.config()).unwrap();
    let error = a.node.pull_once(b.node.id()).await.unwrap_err();
    let PullCause::Refused { status: 403, text } = &error.cause else { panic!("{error}") };
    assert!(text.contains("a steward there must admit it"), "{text}");
    assert!(error.to_string().starts_with(b.community().unwrap().as_str()), "{error}");
    assert!(a.node.jobs().iter().any(|job| job.last_error.is_some() && job.failures == 1));

    // b's address, but another node's id: whoever answers is not who was asked for.
    b.node.add_peer(PeerConfig { url: None, ..a.config() }).unwrap();
    a.node.pull_once(b.node.id()).await.unwrap();
    let wrong = PeerConfig { node: NodeId([9; 32]), community: None, ..b.config() };
    a.node.add_peer(wrong).unwrap();
    let error = a.node.pull_once(NodeId([9; 32])).await.unwrap_err();
    assert!(matches!(error.cause, PullCause::Refused { status: 401, .. }), "{error}");

    let unsigned = tokio::task::spawn_blocking(move || {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        agent.post(format!("{}/exchange", b.url)).send(&b""[..]).unwrap().status().as_u16()
    });
    assert_eq!(unsigned.await.unwrap(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_at_home_is_in_no_neighbours_files() {
    let a = serve(Home::new(2, Some(0))).await;
    let b = serve(Home::new(2, Some(1))).await;
    a.node.add_peer(b.config()).unwrap();
    b.node.add_peer(a.config()).unwrap();
    let canary = "zqxj-canary-7f3a";
    let steward = a.home.steward.unwrap();
    // Of two names of one instant the log's random number would choose.
    a.home.clock.advance(60_000);
    let name = BookCommand::Name { act: act(), person: steward, name: format!("Ana {canary}").into() };
    a.node.submit(a.actor(), name).await.unwrap();
    let note =
        BookCommand::Note { act: act(), about: About::Entry(act()), text: format!("key {canary}").into() };
    a.node.submit(a.actor(), note).await.unwrap();
    a.node.submit(a.actor(), take_in(&a.node, 7)).await.unwrap();
    settle(&[&a, &b]).await;
    assert_eq!(on_hand(&b.node, &a.community().unwrap()), 7, "the exchange did take place");
    let found = |served: &Served| {
        let files = std::fs::read_dir(served.home.path()).unwrap();
        let files = files.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        let holds = |bytes: Vec<u8>| bytes.windows(canary.len()).any(|w| w == canary.as_bytes());
        files.filter(|path| holds(std::fs::read(path).unwrap())).count()
    };
    assert_eq!(found(&a), 0, "at home it is sealed");
    assert_eq!(a.node.read(|book| a.node.personal().name(book, steward)), Some(format!("Ana {canary}")));
    assert_eq!(found(&b), 0);
    // Nor on a stick for anybody, nor in a back-up that somebody finds, nor in what is said to leave.
    let sings = |bytes: &[u8]| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
    for to in [vec![], vec![b.node.id()], vec![a.node.id()]] {
        let mut stick = Vec::new();
        a.node.carry_to(&CarryOrder { to, all: true }, &mut stick).unwrap();
        assert!(stick.len() > 1_000 && !sings(&stick));
        let mut told = Vec::new();
        let mut reader = BundleReader::open(stick.as_slice()).unwrap();
        while let Some(part) = reader.next_part().unwrap() {
            if let Part::Messages(messages) = part {
                told.extend(messages.iter().flat_map(Message::encode));
            }
        }
        assert!(told.len() > 1_000 && !sings(&told), "nor when it is unpacked");
    }
    let backup = a.home.dir.path().join("backup.age");
    a.node.backup(&backup, "a passphrase of several words").unwrap();
    assert!(!sings(&std::fs::read(&backup).unwrap()));
    let leaving = a.node.leaving(1_000).unwrap();
    assert!(leaving.len() > 4 && leaving.iter().all(|one| !sings(one.kept.content().as_bytes())));
}
