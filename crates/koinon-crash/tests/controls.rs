//! The trial itself on trial: where a promise is sure to be broken, it must find that it was.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests may fail loudly"
)]

use std::io::Write as _;
use std::path::Path;

use koinon_crash::stage::memory_dir;
use koinon_crash::tree::Op;
use koinon_crash::{Case, Dice, Disk, Fault, Honesty, Journal, Tally, Trial, all, cut};
use rusqlite::Connection;

const ROWS: i64 = 12;

fn case(name: &str) -> Case {
    all().into_iter().find(|case| case.name == name).unwrap()
}

#[test]
fn a_disk_that_lies_is_found_out() {
    let trial = Trial::of(case("wants and routes")).unwrap();
    let played = trial.play().unwrap();
    let found = trial.cuts(&played, (60, 4), Honesty::Lies, 1).unwrap();
    assert!(found.lost + found.corrupt > 2, "{found:?}");
}

/// As if a node showed and acknowledged before its commit is durable.
#[test]
fn an_answer_before_the_commit_is_found_out() {
    let trial = Trial::of(case("wants and routes")).unwrap();
    let played = trial.play().unwrap();
    let found = trial.cuts(&played.answered_early(), (30, 4), Honesty::Honest, 1).unwrap();
    assert!(found.lost + found.corrupt > 9, "{found:?}");
    let found = trial.cuts(&played, (30, 8), Honesty::Honest, 1).unwrap();
    assert!(found.is_good() && found.cuts > 8, "{found:?}");
}

/// A call that was not seen on its way to the disk is noticed.
#[test]
fn a_change_past_the_disk_is_found_out() {
    let root = memory_dir().unwrap();
    let disk = Disk::watch(root.path()).unwrap();
    std::fs::write(root.path().join("seen"), "seen").unwrap();
    disk.compare().unwrap();
    assert_eq!(disk.changes(), 2);
    // Opening for reading changes nothing; a hard link is a call that nobody here makes.
    std::fs::read(root.path().join("seen")).unwrap();
    assert_eq!(disk.changes(), 2);
    // What is appended lies at the end, also by a new descriptor.
    let append = || std::fs::OpenOptions::new().append(true).open(root.path().join("seen")).unwrap();
    append().write_all(b" and more").unwrap();
    disk.compare().unwrap();
    std::fs::hard_link(root.path().join("seen"), root.path().join("unseen")).unwrap();
    assert!(disk.compare().unwrap_err().to_string().contains("unseen"));
}

/// As if nothing that was done to a file or folder of this name were ever synced.
fn never_sync(journal: &mut Journal, what: &str) {
    let made = journal.ops.iter().filter_map(|op| match op {
        Op::Make { name, node, .. } if name == what => Some(*node),
        _ => None,
    });
    let nodes: Vec<usize> = made.collect();
    assert!(!nodes.is_empty(), "{what} is made");
    for op in &mut journal.ops {
        if matches!(op, Op::Sync { node } if nodes.contains(node)) {
            // A sync of nothing, so that the changes keep their numbers.
            *op = Op::Sync { node: usize::MAX };
        }
    }
}

/// A view that was shown may be gone after a cut, and a computer then writes on over entries of its own; one that was checked may
/// be back.
#[test]
fn a_first_view_of_which_one_file_is_not_synced_is_found_out() {
    let shows: fn(&Op) -> bool = |op| matches!(op, Op::Move { to, .. } if to.1 == "shown");
    let ends: fn(&Op) -> bool = |op| matches!(op, Op::Unlink { name, .. } if name == "shown");
    let cases = [
        ("a first view of a computer that was replaced", "coming.new", shows),
        ("a first view taken", "first-view", ends),
    ];
    for (name, unsynced, from) in cases {
        let trial = Trial::of(case(name)).unwrap();
        let mut played = trial.play().unwrap();
        let from = played.journal.ops.iter().position(from).unwrap() + 1;
        let step = (played.journal.ops.len() - from).div_ceil(24).max(1);
        let found = trial.cuts(&played, (from, step), Honesty::Honest, 1).unwrap();
        assert!(found.is_good() && found.cuts > 8, "{found:?}");
        never_sync(&mut played.journal, unsynced);
        let mut found = Tally::default();
        for seed in 1..=4 {
            found.add(trial.cuts(&played, (from, step), Honesty::Honest, 1_000 * seed).unwrap());
        }
        assert!(found.lost + found.corrupt > 2, "{name}: {found:?}");
    }
}

/// How SQLite is set.
#[derive(Clone, Copy)]
struct Set {
    wal: bool,
    at_creation: &'static str,
    later: &'static str,
}

fn file(root: &Path, set: Set) -> Connection {
    let conn = Connection::open(root.join("rows.db")).unwrap();
    conn.pragma_update(None, "synchronous", set.at_creation).unwrap();
    conn.pragma_update(None, "journal_mode", if set.wal { "WAL" } else { "DELETE" }).unwrap();
    conn.execute_batch("CREATE TABLE row (number INTEGER PRIMARY KEY, text TEXT)").unwrap();
    if set.at_creation == "EXTRA" {
        std::fs::File::open(root).unwrap().sync_all().unwrap();
    }
    conn.pragma_update(None, "synchronous", set.later).unwrap();
    // So that it is emptied in between, too.
    conn.pragma_update(None, "wal_autocheckpoint", 8).unwrap();
    conn
}

fn put(conn: &Connection, number: i64) -> rusqlite::Result<usize> {
    conn.execute("INSERT INTO row VALUES (?1, ?2)", (number, "x".repeat(900)))
}

/// Rows one after the other, and after how many changes each was acknowledged.
fn played(set: Set) -> (Journal, Vec<usize>) {
    let root = memory_dir().unwrap();
    let disk = Disk::watch(root.path()).unwrap();
    let conn = file(root.path(), set);
    let done = (0..ROWS).map(|number| {
        put(&conn, number).unwrap();
        disk.changes()
    });
    let done = done.collect();
    (disk.into_journal(), done)
}

/// The rows that are there after a cut; nothing where the file is damaged.
fn left(journal: &Journal, at: usize, honesty: Honesty, seed: u64) -> Option<i64> {
    let root = memory_dir().unwrap();
    cut::after(journal, at, honesty, &mut Dice::new(seed)).lay_out(root.path()).unwrap();
    let conn = Connection::open(root.path().join("rows.db")).unwrap();
    let whole: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).ok()?;
    let count = conn.query_row("SELECT count(*) FROM row", [], |row| row.get(0));
    (whole == "ok").then(|| count.unwrap_or(0))
}

/// Cuts after which acknowledged rows were missing, and after which the file was damaged.
fn found(set: Set, honesty: Honesty) -> (usize, usize) {
    let (journal, done) = played(set);
    let (mut lost, mut corrupt) = (0, 0);
    for seed in 0..400 {
        let at = Dice::new(seed).below(journal.ops.len() + 1);
        let acknowledged = done.iter().filter(|change| **change <= at).count();
        match left(&journal, at, honesty, seed) {
            None => corrupt += 1,
            Some(rows) if usize::try_from(rows).unwrap() < acknowledged => lost += 1,
            Some(_) => {}
        }
    }
    (lost, corrupt)
}

#[test]
fn of_sqlites_settings_only_those_that_a_node_uses_keep_every_row() {
    let wal = |at_creation, later| Set { wal: true, at_creation, later };
    assert_eq!(found(wal("EXTRA", "FULL"), Honesty::Honest), (0, 0));
    let (lost, _) = found(wal("EXTRA", "NORMAL"), Honesty::Honest);
    assert!(lost > 10, "{lost}: without a sync at each commit rows are lost");
    // SQLite syncs the folder when it makes its log of changes, and the journal of the creation cannot come back after that.
    assert_eq!(found(wal("FULL", "FULL"), Honesty::Honest), (0, 0));
    assert_eq!(found(wal("EXTRA", "FULL"), Honesty::OrdersNames), (0, 0));
    let (lost, _) = found(Set { wal: false, at_creation: "EXTRA", later: "FULL" }, Honesty::Honest);
    assert!(lost > 10, "{lost}: a journal that was unlinked comes back, and takes a row back");
    let (lost, corrupt) = found(wal("EXTRA", "FULL"), Honesty::Lies);
    assert!(lost > 10 && lost + corrupt > 20, "{lost} {corrupt}");
    // As the sign-in file is set.
    assert_eq!(found(Set { wal: false, at_creation: "EXTRA", later: "EXTRA" }, Honesty::Honest), (0, 0));
}

/// Why a node syncs the name of the log of changes itself when it opens: SQLite passes over an error there.
#[test]
fn after_an_error_at_the_name_of_its_log_sqlite_alone_loses_every_row() {
    let set = Set { wal: true, at_creation: "EXTRA", later: "FULL" };
    let opened_again = |fault: Option<usize>, own_sync: bool| {
        let root = memory_dir().unwrap();
        drop(file(root.path(), set));
        let disk = Disk::watch(root.path()).unwrap();
        if let Some(at) = fault {
            disk.fail_at(at, Fault::Broken);
        }
        let conn = Connection::open(root.path().join("rows.db")).unwrap();
        conn.pragma_update(None, "synchronous", "FULL").unwrap();
        let rows = (0..ROWS).filter(|number| put(&conn, *number).is_ok()).count();
        if own_sync {
            std::fs::File::open(root.path()).unwrap().sync_all().unwrap();
        }
        assert_eq!((i64::try_from(rows).unwrap(), disk.has_failed()), (ROWS, fault.is_some()));
        disk.into_journal()
    };
    let is_of_names = |op: &Op| matches!(op, Op::Sync { node: 0 });
    let at = opened_again(None, false).ops.iter().position(is_of_names).unwrap();
    let lost = |own_sync| {
        let journal = opened_again(Some(at), own_sync);
        let after = |seed| left(&journal, journal.ops.len(), Honesty::Honest, seed);
        (0..40).filter(|seed| after(*seed) != Some(ROWS)).count()
    };
    assert!(lost(false) > 5);
    assert_eq!(lost(true), 0);
}
