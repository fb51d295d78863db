//! Entries that were folded out of memory are put right and taken back like any other.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod common;

use common::{Home, act, on_hand, take_in, wheat};
use koinon_books::{Book, BookCommand, Refused};
use koinon_core::{EntryId, LotId, Quantity, Timestamp};
use koinon_ledger::decide::lot_of_act;
use koinon_ledger::fact::Method;
use koinon_ledger::{Act, Command, Reason};
use koinon_node::{Node, SubmitError, Submitted};

const LONG: i64 = 150 * Timestamp::DAY_MS;

fn command(node: &Node, what: Act) -> BookCommand {
    BookCommand::Ledger(Command { act: act(), occurred: node.clock().now(), confirmed: true, what })
}

fn correct(node: &Node, lot: LotId, target: EntryId, right: Option<i64>) -> BookCommand {
    let quantity = right.map(|amount| Quantity::new(amount, wheat(node).0.dimension).unwrap());
    command(node, Act::Correct { lot, target, quantity, reason: Reason::EntryError })
}

/// Lines and stock of one of the own batches in memory; nothing where it was dropped.
fn in_memory(node: &Node, lot: LotId) -> Option<(usize, i128)> {
    node.read(|book| {
        let known = book.ledger().lot(book.own().unwrap(), lot)?;
        Some((known.lines_len(), known.balance()))
    })
}

/// The same node a long time later: everything is folded.
fn later(home: &Home, node: Node) -> Node {
    home.clock.advance(LONG);
    drop(node);
    home.open()
}

#[tokio::test]
async fn what_was_folded_away_can_still_be_put_right() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let own = node.read(|book| book.own().unwrap().clone());
    let (kept, emptied) = (take_in(&node, 100), take_in(&node, 30));
    let (kept_lot, emptied_lot) = (lot_of_act(kept.act(), 0), lot_of_act(emptied.act(), 0));
    for taken in [&kept, &emptied] {
        node.submit(home.actor(), taken.clone()).await.unwrap();
    }
    let used = Act::TakeOut {
        lot: emptied_lot,
        quantity: Quantity::new(30, wheat(&node).0.dimension).unwrap(),
        reason: Reason::Consumed,
        served: None,
        paper: None,
        method: Method::Counted,
    };
    let used = command(&node, used);
    node.submit(home.actor(), used.clone()).await.unwrap();
    let node = later(&home, node);
    assert_eq!((in_memory(&node, kept_lot), in_memory(&node, emptied_lot)), (Some((0, 100)), None));

    // What is not there is refused as before, and changes nothing in memory.
    for (lot, target) in [(kept_lot, act()), (emptied_lot, kept.act()), (lot_of_act(act(), 0), kept.act())] {
        let refused = node.submit(home.actor(), correct(&node, lot, target, Some(1))).await.unwrap_err();
        assert!(matches!(refused, SubmitError::Refused(Refused::Ledger(_))), "{refused}");
    }
    assert_eq!((in_memory(&node, kept_lot), in_memory(&node, emptied_lot)), (Some((0, 100)), None));

    node.submit(home.actor(), correct(&node, kept_lot, kept.act(), Some(90))).await.unwrap();
    node.submit(home.actor(), correct(&node, emptied_lot, used.act(), None)).await.unwrap();
    assert_eq!(in_memory(&node, kept_lot), Some((1, 90)));
    assert_eq!(in_memory(&node, emptied_lot), Some((2, 30)), "a batch that memory had dropped is back");
    assert_eq!(on_hand(&node, &own), 120);
    assert!(node.check().unwrap().is_sound());

    // Folded again, and put right again in one commit: the last word counts.
    let node = later(&home, node);
    let again = [
        correct(&node, kept_lot, kept.act(), Some(95)),
        correct(&node, emptied_lot, used.act(), Some(10)),
        correct(&node, kept_lot, kept.act(), None),
    ];
    for answer in node.submit_all(again.map(|command| (home.actor(), command)).to_vec()).await {
        assert!(matches!(answer.unwrap(), Submitted::Done { .. }));
    }
    assert_eq!(on_hand(&node, &own), 20);
    let report = node.check().unwrap();
    assert!(report.is_sound(), "{report:?}");
    let digest = node.read(Book::digest);
    node.shutdown().await;
    assert_eq!(home.open().read(Book::digest), digest);
}
