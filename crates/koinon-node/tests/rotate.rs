//! A node's key is replaced between two lives: neighbours follow by themselves, or after the waiting that stewards' word needs.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use common::{Home, on_hand, take_in};
use koinon_node::{Node, NodeError, PeerConfig, Returned, RotateBy, RotatedKeys, exchange_router, rotate};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Serves a node's exchange; gives how others list it.
async fn serve(node: &Node) -> (PeerConfig, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = exchange_router(node.clone());
    let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let community = node.read(|book| book.own().cloned());
    (PeerConfig { node: node.id(), community, url: Some(url), ca: None }, task)
}

async fn record(node: &Node, home: &Home, amount: i64) {
    node.submit(home.actor(), take_in(node, amount)).await.unwrap();
}

/// Two neighbours that have heard of each other, the first with ten of something.
async fn neighbours(first: &Home, second: &Home) -> (Node, Node, JoinHandle<()>) {
    let (a, b) = (first.open(), second.open());
    record(&a, first, 10).await;
    let ((at_a, serves_a), (at_b, _)) = (serve(&a).await, serve(&b).await);
    a.add_peer(at_b).unwrap();
    b.add_peer(at_a.clone()).unwrap();
    assert!(b.pull_once(a.id()).await.unwrap().facts > 0);
    assert_eq!(on_hand(&b, at_a.community.as_ref().unwrap()), 10);
    (a, b, serves_a)
}

/// Ends a node, and replaces its key once its last open connection is gone.
async fn end_and_rotate(
    node: Node,
    task: JoinHandle<()>,
    home: &Home,
    by: &RotateBy,
) -> Result<RotatedKeys, NodeError> {
    task.abort();
    // A task that was ended says so.
    let _ = task.await;
    node.shutdown().await;
    let mut tries = 0;
    loop {
        match rotate(&home.path(), &*home.clock, by, Returned::Ask) {
            Err(NodeError::Dir(_)) if tries < 1_000 => {
                tries += 1;
                std::thread::park_timeout(std::time::Duration::from_millis(10));
            }
            other => return other,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neighbours_follow_a_key_that_was_committed_to_whoever_asks_first() {
    for asks_first in [true, false] {
        let (first, second) = (Home::new(2, Some(0)), Home::new(2, Some(1)));
        let (a, b, serves_a) = neighbours(&first, &second).await;
        let own = a.read(|book| book.own().cloned().unwrap());
        let old = *b.directory().key(a.id()).unwrap();
        let held = rotate(&first.path(), &*first.clock, &RotateBy::Committed, Returned::Ask);
        assert!(matches!(held, Err(NodeError::Dir(_))), "a node that runs is left alone: {held:?}");
        let rotated = end_and_rotate(a, serves_a, &first, &RotateBy::Committed).await.unwrap();
        assert_eq!((rotated.before, rotated.void), (old.id(), 0));

        let a = first.open();
        assert_eq!(on_hand(&a, &own), 10, "nothing of one's own is lost");
        assert_eq!(a.directory().key(a.id()).unwrap().id(), rotated.now);
        record(&a, &first, 5).await;
        let (at_a, serves_a) = serve(&a).await;
        if asks_first {
            // The other has not heard of the new key, and is shown how it came about.
            a.pull_once(b.id()).await.unwrap();
        }
        b.add_peer(at_a).unwrap();
        let report = b.pull_once(a.id()).await.unwrap();
        assert_eq!(report.refused, Vec::<String>::new());
        assert_eq!(on_hand(&b, &own), 15);
        assert_eq!(b.directory().key(a.id()).unwrap().id(), rotated.now);
        let report = a.check().unwrap();
        assert!(report.first_fault().is_none(), "{:?}", report.first_fault());
        // And once more, a life later.
        end_and_rotate(a, serves_a, &first, &RotateBy::Committed).await.unwrap();
        let a = first.open();
        assert_eq!((on_hand(&a, &own), a.directory().keys(a.id()).len()), (15, 3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stewards_bring_in_a_key_and_neighbours_wait_for_three_days() {
    let (first, second) = (Home::new(2, Some(0)), Home::new(2, Some(1)));
    let (a, b, serves_a) = neighbours(&first, &second).await;
    let own = a.read(|book| book.own().cloned().unwrap());
    let code = first.recovery_code.clone();
    let by = |code: &str| RotateBy::Stewards(vec![code.to_owned()]);
    let tried = end_and_rotate(a, serves_a, &first, &by("no code")).await;
    assert!(matches!(tried, Err(NodeError::RecoveryCode(1))), "{tried:?}");
    let tried = rotate(&first.path(), &*first.clock, &by(&"0".repeat(64)), Returned::Ask);
    assert!(matches!(tried, Err(NodeError::Rotation(_))), "the code of somebody else: {tried:?}");
    // Both keys are lost.
    fs::remove_file(first.path().join("keys/next.key")).unwrap();
    let rotated = rotate(&first.path(), &*first.clock, &by(&code), Returned::Ask).unwrap();

    let a = first.open();
    record(&a, &first, 5).await;
    // That others wait says nothing against what is stored.
    let report = a.check().unwrap();
    assert!(report.is_sound(), "{:?}", report.first_fault());
    let (backup, scratch) = (first.dir.path().join("b.age"), first.dir.path().join("scratch"));
    a.backup(&backup, "a passphrase of several words").unwrap();
    let tried = Node::try_backup(&backup, &scratch, "a passphrase of several words").unwrap();
    assert_eq!(tried.faults, Vec::<String>::new());
    let (at_a, _) = serve(&a).await;
    b.add_peer(at_a).unwrap();
    let report = b.pull_once(a.id()).await.unwrap();
    assert!(report.refused.iter().any(|why| why.contains("72 hours")), "{:?}", report.refused);
    assert_eq!(on_hand(&b, &own), 10, "nothing under the new key counts yet");
    let waits = b.recoveries().unwrap();
    assert_eq!((waits.len(), waits[0].node), (1, a.id()), "people can see it meanwhile");
    assert!(a.pull_once(b.id()).await.is_err(), "nor is anything given to it");

    second.clock.advance(72 * 3_600_000);
    let report = b.pull_once(a.id()).await.unwrap();
    assert_eq!(report.refused, Vec::<String>::new());
    assert_eq!(on_hand(&b, &own), 15);
    assert_eq!(b.directory().key(a.id()).unwrap().id(), rotated.now);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_after_a_restore_counts_or_not_as_people_say() {
    for (returned, then) in [(Returned::Count, 17), (Returned::Void, 11)] {
        let (first, second) = (Home::new(2, Some(0)), Home::new(2, Some(1)));
        let (a, b, serves_a) = neighbours(&first, &second).await;
        let own = a.read(|book| book.own().cloned().unwrap());
        let backup = first.dir.path().join("b.age");
        a.backup(&backup, "a passphrase of several words").unwrap();
        // After the back-up it goes on, in the same life and in a later one.
        record(&a, &first, 2).await;
        b.pull_once(a.id()).await.unwrap();
        serves_a.abort();
        let _ = serves_a.await;
        a.shutdown().await;
        let a = first.open();
        record(&a, &first, 4).await;
        let (at_a, serves_a) = serve(&a).await;
        b.add_peer(at_a).unwrap();
        b.pull_once(a.id()).await.unwrap();
        assert_eq!(on_hand(&b, &own), 16);
        serves_a.abort();
        let _ = serves_a.await;
        a.shutdown().await;
        fs::rename(first.path(), first.dir.path().join("gone")).unwrap();
        Node::restore(&backup, &first.path(), "a passphrase of several words").unwrap();
        // It hears what it wrote since, and writes on.
        let a = first.open();
        let (at_b, _) = serve(&b).await;
        a.add_peer(at_b).unwrap();
        a.pull_once(b.id()).await.unwrap();
        record(&a, &first, 1).await;
        assert_eq!(on_hand(&a, &own), 17);
        a.shutdown().await;

        let asked = rotate(&first.path(), &*first.clock, &RotateBy::Committed, Returned::Ask);
        let Err(NodeError::Returned { entries }) = asked else { panic!("{asked:?}") };
        assert!(entries >= 2, "{entries}");
        let rotated = rotate(&first.path(), &*first.clock, &RotateBy::Committed, returned).unwrap();
        assert_eq!(rotated.void > 0, returned == Returned::Void, "{rotated:?}");
        let a = first.open();
        assert_eq!(on_hand(&a, &own), then, "{returned:?}");
        let report = a.check().unwrap();
        assert!(report.first_fault().is_none(), "{:?}", report.first_fault());
        // Whoever held them, and whoever never did, goes by the same word.
        let (at_a, _) = serve(&a).await;
        b.add_peer(at_a).unwrap();
        b.pull_once(a.id()).await.unwrap();
        assert_eq!(on_hand(&b, &own), then, "{returned:?}");
    }
}

#[tokio::test]
async fn what_a_power_cut_interrupts_is_finished_or_dropped_at_the_next_start() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let own = node.read(|book| book.own().cloned().unwrap());
    record(&node, &home, 10).await;
    node.shutdown().await;
    let keys = home.path().join("keys");
    let read = |name: &str| fs::read_to_string(keys.join(name)).ok();
    let (signing, next) = (read("signing.key").unwrap(), read("next.key").unwrap());
    // The new keys were laid out, and the rotation never became durable.
    for name in ["signing.new", "next.new"] {
        fs::copy(keys.join("next.key"), keys.join(name)).unwrap();
    }
    home.open().shutdown().await;
    assert_eq!(
        (read("signing.key"), read("signing.new"), read("next.new")),
        (Some(signing.clone()), None, None)
    );
    // The rotation became durable, and no file or one file had changed places.
    rotate(&home.path(), &*home.clock, &RotateBy::Committed, Returned::Ask).unwrap();
    let (signing_after, next_after) = (read("signing.key").unwrap(), read("next.key").unwrap());
    assert_eq!(signing_after, next, "the key that was committed to");
    for renamed in [0, 1] {
        // Back to how the files lay before, but for what was renamed already.
        fs::rename(keys.join("next.key"), keys.join("next.new")).unwrap();
        fs::write(keys.join("next.key"), &next).unwrap();
        if renamed == 0 {
            fs::rename(keys.join("signing.key"), keys.join("signing.new")).unwrap();
            fs::write(keys.join("signing.key"), &signing).unwrap();
            fs::set_permissions(keys.join("signing.key"), fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::set_permissions(keys.join("next.key"), fs::Permissions::from_mode(0o600)).unwrap();
        let node = home.open();
        let before = on_hand(&node, &own);
        record(&node, &home, 1).await;
        node.shutdown().await;
        let found = (read("signing.key"), read("next.key"), read("signing.new"), read("next.new"));
        assert_eq!(found, (Some(signing_after.clone()), Some(next_after.clone()), None, None));
        let node = home.open();
        assert_eq!(on_hand(&node, &own), before + 1);
        node.shutdown().await;
    }
}
