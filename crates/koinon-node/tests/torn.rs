//! Power that goes while SQLite writes: its log of changes is cut at any byte, filled with zeros or garbage, or has bits
//! turned over. What was acknowledged before the damaged place is there, what is there is sound, and the node writes on.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{Home, on_hand, options, take_in};
use koinon_core::CommunityCode;
use koinon_node::{Node, SettableClock};
use tempfile::TempDir;

const ENTRIES: i64 = 24;
const WAL: &str = "koinon.db-wal";

/// How far the log of changes reached when an entry had been acknowledged, and what was on hand then.
struct Acknowledged {
    bytes: usize,
    on_hand: i128,
}

/// Numbers that look thrown, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else if entry.file_name() != "koinon.db-shm" {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The directory as a power cut would leave it, with another log of changes.
fn after_the_cut(frozen: &Path, wal: &[u8]) -> (TempDir, PathBuf) {
    let trial = TempDir::new().unwrap();
    let path = trial.path().join("data");
    copied(frozen, &path);
    fs::write(path.join(WAL), wal).unwrap();
    (trial, path)
}

/// Opens what is left; gives what is on hand, after everything was checked and one more entry was written.
async fn found(path: &Path, home: &Home, own: &CommunityCode) -> i128 {
    let clock = Arc::new(SettableClock::new(koinon_core::Clock::now(&*home.clock)));
    let node = Node::open_with(options(path), clock).unwrap();
    assert!(node.check().unwrap().is_sound());
    let before = on_hand(&node, own);
    node.submit(home.actor(), take_in(&node, 1_000_000)).await.unwrap();
    assert_eq!(on_hand(&node, own), before + 1_000_000);
    node.shutdown().await;
    before
}

/// What was acknowledged at the latest with so many whole bytes, and at the earliest with more.
fn bounds(all: &[Acknowledged], whole: usize) -> (i128, i128) {
    let before = all.iter().rev().find(|one| one.bytes <= whole).map_or(0, |one| one.on_hand);
    let after = all.iter().find(|one| one.bytes > whole).map_or(i128::MAX, |one| one.on_hand);
    (before, after)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_log_of_changes_loses_nothing_that_was_whole() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let own = node.read(|book| book.own().cloned()).unwrap();
    let mut all = Vec::new();
    for amount in 1..=ENTRIES {
        node.submit(home.actor(), take_in(&node, amount)).await.unwrap();
        let bytes = usize::try_from(fs::metadata(home.path().join(WAL)).unwrap().len()).unwrap();
        all.push(Acknowledged { bytes, on_hand: on_hand(&node, &own) });
    }
    assert_eq!(all.last().unwrap().on_hand, i128::from(ENTRIES * (ENTRIES + 1) / 2));
    let frozen = TempDir::new().unwrap();
    let frozen = frozen.path().join("data");
    copied(&home.path(), &frozen);
    node.shutdown().await;
    let wal = fs::read(frozen.join(WAL)).unwrap();
    assert!(wal.len() >= all.last().unwrap().bytes && all[0].bytes < all[1].bytes, "it grew with each entry");

    let mut dice = Dice(7);
    let mut trials: Vec<(usize, Vec<u8>)> = Vec::new();
    for one in &all {
        trials.push((one.bytes, wal[..one.bytes].to_vec()));
    }
    for _ in 0..16 {
        let at = dice.below(wal.len());
        trials.push((at, wal[..at].to_vec()));
        let zeros = vec![0; wal.len() - at];
        trials.push((at, [&wal[..at], &zeros].concat()));
        let garbage: Vec<u8> = (at..wal.len()).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
        trials.push((at, [&wal[..at], &garbage].concat()));
        let mut flipped = wal.clone();
        flipped[at] ^= 1 << dice.below(8);
        trials.push((at, flipped));
    }
    for (whole, wal) in trials {
        let (trial, path) = after_the_cut(&frozen, &wal);
        let (least, most) = bounds(&all, whole);
        let there = found(&path, &home, &own).await;
        assert!(least <= there && there <= most, "{whole} whole bytes: {least} <= {there} <= {most}");
        let is_prefix = all.iter().any(|one| one.on_hand == there) || there == 0;
        assert!(is_prefix, "{there} on hand was never acknowledged");
        drop(trial);
    }
}
