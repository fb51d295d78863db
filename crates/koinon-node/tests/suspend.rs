//! A computer that is in other hands: its neighbours give it nothing and believe nothing new of it, each by its own word,
//! until its key is replaced.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use common::served::{Served, serve, settle};
use common::{Home, on_hand, take_in};
use koinon_books::Fact;
use koinon_node::{CarryError, CarryOrder, NodeError, PullCause, Returned, RotateBy, rotate};

async fn record(served: &Served, amount: i64) {
    served.node.submit(served.actor(), take_in(&served.node, amount)).await.unwrap();
}

fn stock_of(at: &Served, of: &Served) -> i128 {
    on_hand(&at.node, &of.community().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_to_it_and_nothing_new_comes_of_it_until_it_has_a_new_key() {
    let (a, b, c) = (
        serve(Home::new(3, Some(0))).await,
        serve(Home::new(3, Some(1))).await,
        serve(Home::new(3, Some(2))).await,
    );
    for one in [&a, &b, &c] {
        for other in [&a, &b, &c].into_iter().filter(|other| other.node.id() != one.node.id()) {
            one.node.add_peer(other.config()).unwrap();
        }
    }
    record(&b, 5).await;
    settle(&[&a, &b, &c]).await;
    assert_eq!((stock_of(&a, &b), stock_of(&c, &b)), (5, 5));

    assert!(
        matches!(a.node.suspend(a.node.id(), true), Err(NodeError::UnknownKey(_))),
        "nobody suspends itself"
    );
    a.node.suspend(b.node.id(), true).unwrap();
    a.node.suspend(b.node.id(), true).unwrap();
    let ours = a.node.suspended();
    assert!(ours.len() == 1 && ours[0].is_ours && ours[0].node == b.node.id(), "{ours:?}");
    // Whoever has the computer asks in vain.
    record(&a, 70).await;
    let error = b.node.pull_once(a.node.id()).await.unwrap_err();
    let PullCause::Refused { status: 423, text } = &error.cause else { panic!("{error}") };
    assert!(text.contains("in other hands"), "{text}");
    assert_eq!(stock_of(&b, &a), 0);
    // Its own pages say so, though nobody passed the word on.
    let told = b.node.suspended();
    assert!(told.len() == 1 && told[0].node == b.node.id() && told[0].by.len() == 1, "{told:?}");
    // Nor does it get there by way of somebody who goes on with it.
    c.node.pull_once(a.node.id()).await.unwrap();
    assert_eq!(stock_of(&c, &a), 70);
    b.node.pull_once(c.node.id()).await.unwrap();
    assert_eq!(stock_of(&b, &a), 0, "by relay");
    // What it writes now is not believed, whoever brings it; others decide for themselves, and are told.
    record(&b, 1_000).await;
    c.node.pull_once(b.node.id()).await.unwrap();
    c.node.pull_once(a.node.id()).await.unwrap();
    a.node.pull_once(c.node.id()).await.unwrap();
    a.node.pull_once(b.node.id()).await.unwrap();
    assert_eq!((stock_of(&a, &b), stock_of(&c, &b)), (5, 1_005));
    let told = c.node.suspended();
    assert!(told.len() == 1 && !told[0].is_ours && told[0].by[0].0 == a.community().unwrap(), "{told:?}");
    let entries = a.node.entries_after(0, 10_000).unwrap().0;
    let said = entries.iter().filter(|entry| matches!(entry.fact, Fact::NodeSuspended(_)));
    assert_eq!(said.count(), 1, "said once");
    let stick = CarryOrder { to: vec![b.node.id()], all: true };
    assert!(matches!(a.node.carry_to(&stick, &mut Vec::new()), Err(CarryError::Suspended(_))));
    let leaving = a.node.leaving(1_000).unwrap();
    assert!(
        leaving.iter().all(|one| !one.readers.contains(&b.node.id()) && one.readers.contains(&c.node.id()))
    );

    // Its people replace its key: it is believed again, by itself, with all that it wrote under the new one.
    let b_id = b.node.id();
    let home = b.home;
    b.task.abort();
    let _ = b.task.await;
    b.node.shutdown().await;
    let mut tries = 0;
    while let Err(error) = rotate(&home.path(), &*home.clock, &RotateBy::Committed, Returned::Count) {
        assert!(matches!(error, NodeError::Dir(_)) && tries < 1_000, "{error}");
        tries += 1;
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    let b = serve(home).await;
    a.node.add_peer(b.config()).unwrap();
    c.node.add_peer(b.config()).unwrap();
    for _ in 0..3 {
        for one in [&a, &c] {
            let _ = one.node.pull_all().await;
        }
    }
    settle(&[&a, &b, &c]).await;
    assert!(a.node.suspended().is_empty() && c.node.suspended().is_empty(), "{:?}", a.node.suspended());
    record(&b, 20).await;
    settle(&[&a, &b, &c]).await;
    assert_eq!((stock_of(&a, &b), stock_of(&b, &a)), (stock_of(&c, &b), 70));
    assert_eq!(b.node.id(), b_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_is_taken_back() {
    let (a, b) = (serve(Home::new(2, Some(0))).await, serve(Home::new(2, Some(1))).await);
    a.node.add_peer(b.config()).unwrap();
    b.node.add_peer(a.config()).unwrap();
    settle(&[&a, &b]).await;
    a.node.suspend(b.node.id(), true).unwrap();
    record(&b, 5).await;
    a.node.pull_once(b.node.id()).await.unwrap();
    assert_eq!(stock_of(&a, &b), 0);
    a.node.suspend(b.node.id(), false).unwrap();
    settle(&[&a, &b]).await;
    assert_eq!(stock_of(&a, &b), 5, "what was passed over comes after all");
    assert!(a.node.suspended().is_empty() && b.node.suspended().is_empty());
}
