//! A node's life: founding, writing, plugs pulled, damaged files, repeated acts.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use common::{Home, done, on_hand, options, take_in};
use koinon_core::Clock;
use koinon_ledger::Key;
use koinon_log::testing::{fill, recall};
use koinon_log::{LogStore as _, NetworkId};
use koinon_node::disk::DirError;
use koinon_node::sqlite::SqliteError;
use koinon_node::{Node, NodeError, SqliteStore, SubmitError};

#[test]
fn the_store_on_disk_passes_the_story_and_remembers_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("story.db");
    let node = koinon_core::NodeId([1; 32]);
    let mut store = SqliteStore::create(&path, node, NetworkId::of("story")).unwrap();
    let story = fill(&mut store).unwrap();
    recall(&store, &story).unwrap();
    drop(store);
    recall(&SqliteStore::open(&path).unwrap(), &story).unwrap();
    recall(&SqliteStore::open_reader(&path).unwrap(), &story).unwrap();
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_the_plug_was_pulled() {
    let home = Home::new(3, Some(0));
    let node = home.open();
    let own = node.read(|book| book.own().unwrap().clone());
    for amount in 1..=20 {
        assert_eq!(done(&node.submit(home.actor(), take_in(&node, amount)).await.unwrap()), (2, false));
    }
    let (version, digest) = (node.version(), node.read(koinon_books::Book::digest));
    assert_eq!(on_hand(&node, &own), 210);
    // No shutdown: the handle is dropped, and nothing of it is left but the files.
    drop(node);
    let node = home.open();
    assert_eq!(node.read(koinon_books::Book::digest), digest);
    assert!(node.version() >= version);
    assert_eq!(done(&node.submit(home.actor(), take_in(&node, 5)).await.unwrap()), (2, false));
    let digest = node.read(koinon_books::Book::digest);
    node.shutdown().await;
    let node = home.open();
    assert_eq!(node.read(koinon_books::Book::digest), digest, "from the snapshot of an orderly end");
    assert_eq!(on_hand(&node, &own), 215);
}
