//! A node's life: founding, writing, plugs pulled, damaged files, repeated acts.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use std::fs;
use std::io::Read as _;
use std::sync::Arc;

use common::{Home, act, done, on_hand, options, start, take_in, wheat};
use koinon_authority::Actor;
use koinon_books::BookCommand;
use koinon_core::{Clock, Day, Quantity};
use koinon_ledger::command::Wished;
use koinon_ledger::fact::Method;
use koinon_ledger::{Act, Command, Key, Reason};
use koinon_log::NetworkId;
use koinon_log::testing::{fill, recall};
use koinon_node::disk::{DirError, DiskFloors};
use koinon_node::options::RealTime;
use koinon_node::sqlite::SqliteError;
use koinon_node::{
    Device, Node, NodeError, Options, SettableClock, SqliteStore, SubmitError, Submitted, SystemClock,
};

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

#[tokio::test]
async fn a_repeated_act_is_written_once_also_after_a_restart() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let own = node.read(|book| book.own().unwrap().clone());
    let command = take_in(&node, 7);
    let first = node.submit(home.actor(), command.clone()).await.unwrap();
    let Submitted::Done { facts, repeated: false } = &first else { panic!("{first:?}") };
    let again = Submitted::Done { facts: facts.clone(), repeated: true };
    assert_eq!(node.submit(home.actor(), command.clone()).await.unwrap(), again);
    drop(node);
    let node = home.open();
    assert_eq!(node.submit(home.actor(), command.clone()).await.unwrap(), again);
    // A double tap: both wait for the same commit.
    let tap = take_in(&node, 100);
    let answers = node.submit_all(vec![(home.actor(), tap.clone()), (home.actor(), tap)]).await;
    let repeated: Vec<bool> = answers.iter().map(|answer| done(answer.as_ref().unwrap()).1).collect();
    assert_eq!(repeated, [false, true]);
    assert_eq!(on_hand(&node, &own), 107);
}

/// The same command under the same act, with another amount.
fn with_amount(command: &BookCommand, amount: i64) -> BookCommand {
    let BookCommand::Ledger(mut command) = command.clone() else { panic!("{command:?}") };
    let Act::TakeIn { quantity, .. } = &mut command.what else { panic!("{command:?}") };
    *quantity = Quantity::new(amount, quantity.dimension()).unwrap();
    command.occurred = command.occurred.plus_days(-1);
    BookCommand::Ledger(command)
}

#[tokio::test]
async fn an_act_says_one_thing_only() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let own = node.read(|book| book.own().unwrap().clone());
    let command = take_in(&node, 7);
    node.submit(home.actor(), command.clone()).await.unwrap();
    let conflicts = |answer: &Result<Submitted, SubmitError>| {
        let error = answer.as_ref().unwrap_err();
        assert!(matches!(error, SubmitError::OtherContent { .. }), "{error}");
        assert!(error.to_string().contains("make a new id"), "{error}");
    };
    conflicts(&node.submit(home.actor(), with_amount(&command, 8)).await);
    let later = with_amount(&command, 7);
    assert_eq!(done(&node.submit(home.actor(), later).await.unwrap()), (2, true), "only the hour differs");
    drop(node);
    let node = home.open();
    conflicts(&node.submit(home.actor(), with_amount(&command, 8)).await);
    let tap = take_in(&node, 100);
    let other = with_amount(&tap, 101);
    let answers = node.submit_all(vec![(home.actor(), tap), (home.actor(), other)]).await;
    assert_eq!(done(answers[0].as_ref().unwrap()), (2, false));
    conflicts(&answers[1]);
    assert_eq!(on_hand(&node, &own), 107);
}

#[tokio::test]
async fn who_may_not_do_a_thing_does_not_learn_that_it_was_done() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let command = take_in(&node, 7);
    node.submit(home.actor(), command.clone()).await.unwrap();
    let stranger = Actor::Person(koinon_core::PersonId([9; 16]));
    for what in [command.clone(), with_amount(&command, 8)] {
        let error = node.submit(stranger.clone(), what).await.unwrap_err();
        assert!(matches!(error, SubmitError::Refused(koinon_books::Refused::Denied(_))), "{error}");
    }
    let both = vec![(home.actor(), take_in(&node, 1)), (stranger, command)];
    let answers = node.submit_all(both).await;
    assert!(answers[0].is_ok() && matches!(answers[1], Err(SubmitError::Refused(_))));
}

/// A store of format 1 did not keep what an act said.
#[tokio::test]
async fn an_older_store_is_brought_forward_and_takes_its_old_acts_for_repeats() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let command = take_in(&node, 7);
    node.submit(home.actor(), command.clone()).await.unwrap();
    node.shutdown().await;
    let path = home.path().join("koinon.db");
    let facts = SqliteStore::open(&path).unwrap().after(0, u64::MAX, 1_000).unwrap();
    let store = rusqlite::Connection::open(&path).unwrap();
    store
        .execute_batch(
            "CREATE TABLE fact (place INTEGER PRIMARY KEY, log INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, header BLOB NOT NULL, sig BLOB, salt BLOB NOT NULL, body BLOB NOT NULL, UNIQUE (log, seq)) STRICT; DROP TABLE facts",
        )
        .unwrap();
    for held in &facts {
        let (id, fact) = (held.id(), &held.fact);
        let insert = "INSERT INTO fact SELECT ?1, number, ?2, ?3, ?4, ?5, ?6, ?7 FROM log WHERE id = ?8";
        let (place, seq) = (i64::try_from(held.place).unwrap(), i64::try_from(held.seq).unwrap());
        let values = rusqlite::params![
            place,
            seq,
            id.0,
            fact.header,
            fact.sig,
            fact.salt,
            fact.body,
            held.name.id().0
        ];
        assert_eq!(store.execute(insert, values).unwrap(), 1);
    }
    store
        .execute_batch(
            "ALTER TABLE act DROP COLUMN content; ALTER TABLE log DROP COLUMN mine; DROP TABLE aside; DROP TABLE receipt; DROP TABLE recovery; DROP TABLE holding;
             DROP TABLE kept_file; DROP TABLE kept_by; DROP TABLE kept_allowed; DROP TABLE kept_of;
             PRAGMA user_version = 1",
        )
        .unwrap();
    drop(store);
    let node = home.open();
    let again = SqliteStore::open_reader(&path).unwrap().after(0, u64::try_from(facts.len()).unwrap(), 1_000);
    assert_eq!(again.unwrap(), facts);
    assert_eq!(done(&node.submit(home.actor(), command.clone()).await.unwrap()), (2, true));
    assert_eq!(done(&node.submit(home.actor(), with_amount(&command, 8)).await.unwrap()), (2, true));
    let new = take_in(&node, 3);
    node.submit(home.actor(), new.clone()).await.unwrap();
    let error = node.submit(home.actor(), with_amount(&new, 4)).await.unwrap_err();
    assert!(matches!(error, SubmitError::OtherContent { .. }), "{error}");
    assert!(node.check().unwrap().is_sound());
}

#[tokio::test]
async fn a_data_directory_is_its_users_alone_whoever_made_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new(2, Some(0));
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let all = || {
        let mut all = vec![home.path()];
        let mut at = 0;
        while let Some(path) = all.get(at).cloned() {
            if path.is_dir() {
                all.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
            at += 1;
        }
        all
    };
    for path in all().into_iter().filter(|path| !path.starts_with(home.path().join("keys"))) {
        let wide = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(wide)).unwrap();
    }
    let node = home.open();
    node.submit(home.actor(), take_in(&node, 7)).await.unwrap();
    let found = all();
    assert!(found.iter().any(|path| path.ends_with("koinon.db-wal")));
    for path in found {
        assert_eq!(mode(&path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
}

#[tokio::test]
async fn commands_of_one_commit_see_each_other() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let own = node.read(|book| book.own().unwrap().clone());
    let (item, store) = wheat(&node);
    let mut commands = vec![(home.actor(), take_in(&node, 50))];
    for _ in 0..6 {
        let what = Act::Use {
            store: store.code.clone(),
            item: item.code.clone(),
            quantity: Quantity::new(10, item.dimension).unwrap(),
            reason: Reason::Consumed,
            served: None,
            method: Method::Estimated,
        };
        let command = Command { act: act(), occurred: start(), confirmed: false, what };
        commands.push((home.actor(), BookCommand::Ledger(command)));
    }
    let answers = node.submit_all(commands).await;
    let asked = answers.iter().filter(|answer| matches!(answer, Ok(Submitted::Ask(_)))).count();
    assert!(asked >= 1, "the sixth finds the store empty, or they look alike: {answers:?}");
    assert!(on_hand(&node, &own) >= 0);
    let report = node.check().unwrap();
    assert!(report.is_sound(), "{report:?}");
}

#[tokio::test]
async fn history_and_recent_show_what_was_written() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    node.submit(home.actor(), take_in(&node, 7)).await.unwrap();
    let recent = node.recent(2).unwrap();
    let kinds: Vec<&str> = recent.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["entered", "lot-opened"]);
    assert!(recent.iter().all(|entry| entry.stamp.actor == home.steward));
    let key = node.read(|book| {
        let (community, id, _) = book.ledger().lots().next().unwrap();
        Key::Lot(community.clone(), id)
    });
    let history: Vec<&str> = node.history(&key).unwrap().iter().map(|entry| entry.kind).collect();
    assert_eq!(history, ["lot-opened", "entered"]);
    assert_eq!(node.entry(recent[0].origin.fact).unwrap().as_ref(), Some(&recent[0]));
    let (mut place, mut count) = (0, 0);
    loop {
        let (entries, next) = node.entries_after(place, 3).unwrap();
        count += entries.len();
        match next {
            Some(next) => place = next,
            None => break,
        }
    }
    assert_eq!(count, node.recent(1_000).unwrap().len());
}

#[tokio::test]
async fn one_process_owns_the_directory_and_says_so() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let error = Node::open_with(home.options(), home.clock.clone()).unwrap_err();
    assert!(matches!(error, NodeError::Dir(DirError::Held { .. })), "{error}");
    assert!(error.to_string().contains(&std::process::id().to_string()), "{error}");
    node.shutdown().await;
    home.open();
    let clock: Arc<dyn Clock> = home.clock.clone();
    let founding = common::founding(2, Some(0));
    assert!(matches!(Node::init(&home.path(), &founding, &clock), Err(NodeError::Exists(_))));
    let nowhere = home.dir.path().join("nowhere");
    assert!(matches!(Node::open_with(options(&nowhere), clock), Err(NodeError::Missing(_))));
}

#[test]
fn a_region_with_faults_founds_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SettableClock::new(start()));
    let mut founding = common::founding(2, Some(0));
    founding.region_text = "format = 1\nname = 5".into();
    let error = Node::init(&dir.path().join("data"), &founding, &clock).unwrap_err();
    assert!(error.to_string().contains("region"), "{error}");
    assert!(!dir.path().join("data/keys").exists());
}

/// Whoever lost power before the codes were shown begins again, and is told so.
#[test]
fn what_an_interrupted_founding_left_is_named_and_not_taken_for_a_node() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    fs::create_dir_all(path.join("keys")).unwrap();
    fs::write(path.join("koinon.db.new"), "half").unwrap();
    let clock = Arc::new(SettableClock::new(start()));
    let as_clock: Arc<dyn Clock> = clock.clone();
    let opened = Node::open_with(options(&path), clock).unwrap_err();
    assert!(matches!(opened, NodeError::Missing(_)), "{opened}");
    let tried = Node::init(&path, &common::founding(2, Some(0)), &as_clock).unwrap_err();
    assert!(matches!(tried, NodeError::Unfinished(_)), "{tried}");
    let tried = Node::restore(&dir.path().join("none"), &path, "five grey herons wade slowly").unwrap_err();
    assert!(matches!(tried, NodeError::Unfinished(_)), "{tried}");
    fs::remove_dir_all(&path).unwrap();
    Node::init(&path, &common::founding(2, Some(0)), &as_clock).unwrap();
    assert!(!path.join("koinon.db.new").exists() && !path.join("koinon.db.new-wal").exists());
}

#[tokio::test]
async fn an_older_program_refuses_a_newer_store() {
    let home = Home::new(2, Some(0));
    let store = rusqlite::Connection::open(home.path().join("koinon.db")).unwrap();
    store.pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    let error = Node::open_with(home.options(), home.clock.clone()).unwrap_err();
    assert!(matches!(error, NodeError::Sqlite(SqliteError::Newer { found: 99 })), "{error}");
    assert!(error.to_string().contains("install the newer version"), "{error}");
}

#[tokio::test]
async fn damaged_files_are_named_and_never_opened_as_if_whole() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    for amount in 1..=50 {
        node.submit(home.actor(), take_in(&node, amount)).await.unwrap();
    }
    node.shutdown().await;
    let path = home.path().join("koinon.db");
    let whole = fs::read(&path).unwrap();
    let open = || Node::open_with(home.options(), home.clock.clone());
    let tries: [(&str, Vec<u8>); 4] = [
        ("empty", Vec::new()),
        ("not SQLite", vec![7; 8_192]),
        ("cut short", whole[..whole.len() / 2].to_vec()),
        ("another program's", {
            let mut other = whole.clone();
            other[68..72].copy_from_slice(&[1, 2, 3, 4]);
            other
        }),
    ];
    for (what, bytes) in tries {
        fs::write(&path, bytes).unwrap();
        // A file cut short may open while what was cut is not read; then the check names it.
        match open() {
            Err(error) => {
                let told = error.to_string();
                assert!(told.contains("koinon.db") && told.contains("koinon restore"), "{what}: {told}");
            }
            Ok(node) => assert!(!node.check().is_ok_and(|report| report.is_sound()), "{what} went unnoticed"),
        }
    }
    // A key file that others can read, or that is gone.
    fs::write(&path, &whole).unwrap();
    let key = home.path().join("keys/signing.key");
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(open().unwrap_err().to_string().contains("chmod 600"));
    fs::remove_file(&key).unwrap();
    let told = open().unwrap_err().to_string();
    assert!(told.contains("signing.key is missing") && told.contains("koinon restore"), "{told}");
    // A file of accounts whose key is gone, and one that was overwritten.
    let other = Home::new(2, Some(0));
    let opened = || Node::open_with(other.options(), other.clock.clone());
    opened().unwrap().shutdown().await;
    let key = other.path().join("keys/sign-in.key");
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    let told = opened().unwrap_err().to_string();
    assert!(told.contains("sign-in.key is missing") && told.contains("sign-in reset"), "{told}");
    fs::write(&key, kept).unwrap();
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    opened().unwrap().shutdown().await;
    fs::write(other.path().join("sign-in.db"), vec![7; 8_192]).unwrap();
    let told = opened().unwrap_err().to_string();
    assert!(told.contains("sign-in.db") && told.contains("sign-in reset"), "{told}");
}

#[tokio::test]
async fn a_flipped_byte_in_any_part_of_a_fact_is_found() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    for amount in 1..=5 {
        node.submit(home.actor(), take_in(&node, amount)).await.unwrap();
    }
    assert!(node.check().unwrap().is_sound());
    node.shutdown().await;
    let path = home.path().join("koinon.db");
    let flips = [
        // The last byte of a body, the salt before it, the signature before that; a length; and where it says it stands.
        "UPDATE facts SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'7f' AS BLOB) WHERE place = (SELECT max(place) FROM facts)",
        "UPDATE facts SET bytes = CAST(substr(bytes, 1, 30) || x'7f7f' || substr(bytes, 33) AS BLOB) WHERE place = (SELECT max(place) FROM facts)",
        "UPDATE facts SET bytes = CAST(substr(bytes, 1, 2) || x'7f' || substr(bytes, 4) AS BLOB) WHERE place = (SELECT max(place) FROM facts)",
        "UPDATE facts SET bytes = CAST(x'07' || substr(bytes, 2) AS BLOB) WHERE place = (SELECT max(place) FROM facts)",
        "UPDATE facts SET count = count + 1 WHERE place = (SELECT max(place) FROM facts)",
        "UPDATE log SET head = zeroblob(32)",
        "UPDATE log SET height = height - 1 WHERE stream = 5",
        "UPDATE snapshot SET book = CAST(book || x'00' AS BLOB)",
    ];
    let whole = fs::read(&path).unwrap();
    for flip in flips {
        let store = rusqlite::Connection::open(&path).unwrap();
        assert!(store.execute(flip, []).unwrap() > 0, "{flip}");
        drop(store);
        match Node::open_with(home.options(), home.clock.clone()) {
            Err(error) => assert!(error.to_string().contains("damaged"), "{flip}: {error}"),
            Ok(node) => assert!(!node.check().is_ok_and(|report| report.is_sound()), "{flip} went unnoticed"),
        }
        for left in ["koinon.db-wal", "koinon.db-shm"] {
            let _ = fs::remove_file(home.path().join(left));
        }
        fs::write(&path, &whole).unwrap();
    }
}

#[tokio::test]
async fn a_full_disk_is_refused_with_a_remedy_before_it_is_full() {
    let home = Home::new(2, Some(0));
    let mut options = home.options();
    options.floors = DiskFloors {
        write_percent: 100,
        write_bytes: u64::MAX,
        exchange_percent: 100,
        exchange_bytes: u64::MAX,
        ballast_bytes: 0,
    };
    let node = Node::open_with(options, home.clock.clone()).unwrap();
    let error = node.submit(home.actor(), take_in(&node, 1)).await.unwrap_err();
    assert!(matches!(error, SubmitError::Disk(_)), "{error}");
    assert!(error.to_string().contains("larger disk"), "{error}");
    node.shutdown().await;
    let node = home.open();
    node.submit(home.actor(), take_in(&node, 1)).await.unwrap();
}

#[tokio::test]
async fn folding_changes_no_figure_and_a_check_still_agrees() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let own = node.read(|book| book.own().unwrap().clone());
    for amount in 1..=10 {
        node.submit(home.actor(), take_in(&node, amount)).await.unwrap();
        home.clock.advance(20 * koinon_core::Timestamp::DAY_MS);
    }
    drop(node);
    let node = home.open();
    assert_eq!(on_hand(&node, &own), 55);
    let report = node.check().unwrap();
    assert!(report.is_sound(), "{report:?}");
    // What was folded out of memory is still in the logs, line by line.
    let lots =
        node.read(|book| book.ledger().lots().map(|(_, id, lot)| (id, lot.clone())).collect::<Vec<_>>());
    assert!(lots.iter().any(|(_, lot)| lot.is_folded() && lot.lines_len() == 0));
    for (id, lot) in lots {
        let whole = node.whole_lot(&own, id).unwrap().unwrap();
        assert!(!whole.is_folded() && whole.lines_len() == 1);
        assert_eq!((whole.balance(), whole.opened()), (lot.balance(), lot.opened()));
    }
    assert_eq!(node.whole_lot(&own, koinon_core::LotId([9; 16])).unwrap(), None);
    // Something is remembered late: it reaches behind the fold, and its batch is read again from the store.
    let lot = node.read(|book| {
        let lots = book.ledger().lots();
        lots.min_by_key(|(_, _, lot)| lot.opened().map(|_| lot.last_change())).unwrap().1
    });
    let (item, _) = wheat(&node);
    let what = Act::TakeOut {
        lot,
        quantity: Quantity::new(1, item.dimension).unwrap(),
        reason: Reason::Consumed,
        served: None,
        paper: None,
        method: Method::Estimated,
    };
    let occurred = start().plus_millis(3_600_000);
    let late = Command { act: act(), occurred, confirmed: true, what };
    node.submit(home.actor(), BookCommand::Ledger(late)).await.unwrap();
    assert_eq!(on_hand(&node, &own), 54);
    let report = node.check().unwrap();
    assert!(report.is_sound(), "{report:?}");
    let digest = node.read(koinon_books::Book::digest);
    node.shutdown().await;
    let node = home.open();
    assert_eq!(node.read(koinon_books::Book::digest), digest);
    assert!(node.check().unwrap().is_sound());
}

#[tokio::test]
async fn a_backup_brings_data_and_keys_back_and_promises_nothing_at_once() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let own = node.read(|book| book.own().unwrap().clone());
    node.submit(home.actor(), take_in(&node, 7)).await.unwrap();
    let other = koinon_node::PeerConfig {
        node: koinon_core::NodeId([5; 32]),
        community: None,
        url: Some("http://127.0.0.1:9".into()),
        ca: None,
    };
    node.add_peer(other).unwrap();
    let (steward, phone) = (home.steward.unwrap(), Device { label: "a phone".into(), shared: false });
    let code = node.accounts().make_code(steward, None).unwrap();
    let password = "long grey herons wade";
    node.accounts().redeem(&code, "mara", password, &phone, "here", |who| node.standing(who)).unwrap();
    let file = home.dir.path().join("backup.age");
    assert!(node.backup(&file, "short").unwrap_err().to_string().contains("12"));
    // A backup in which nobody could sign in is none.
    let (key, away) = (home.path().join("keys/sign-in.key"), home.dir.path().join("away"));
    fs::rename(&key, &away).unwrap();
    let told = node.backup(&file, "five grey herons wade slowly").unwrap_err().to_string();
    assert!(told.contains("sign-in.key is missing") && !file.exists(), "{told}");
    fs::rename(&away, &key).unwrap();
    assert_eq!(node.storage().backup, None);
    node.backup(&file, "five grey herons wade slowly").unwrap();
    let id = node.id();
    let storage = node.storage();
    assert_eq!(storage.backup, Some(node.clock().now()));
    assert!(storage.store_bytes > 4_096, "{storage:?}");
    node.shutdown().await;

    let canary = b"CREATE TABLE";
    let sealed = fs::read(&file).unwrap();
    assert!(!sealed.windows(canary.len()).any(|w| w == canary), "the store is readable in the backup");
    let to = home.dir.path().join("restored");
    let wrong = Node::restore(&file, &to, "some other passphrase").unwrap_err();
    assert!(wrong.to_string().contains("passphrase"), "{wrong}");
    let mut torn = sealed.clone();
    torn.truncate(sealed.len() - 40);
    let torn_file = home.dir.path().join("torn.age");
    fs::write(&torn_file, torn).unwrap();
    assert!(Node::restore(&torn_file, &to, "five grey herons wade slowly").is_err());
    assert_eq!(Node::restore(&file, &to, "five grey herons wade slowly").unwrap(), id);
    let again = Node::restore(&file, &to, "five grey herons wade slowly");
    assert!(matches!(again, Err(NodeError::Exists(_))));
    let tried = home.dir.path().join("tried");
    assert_eq!(
        Node::try_backup(&file, &tried, "five grey herons wade slowly").unwrap().faults,
        Vec::<String>::new()
    );

    let node = Node::open_with(options(&to), home.clock.clone()).unwrap();
    let signed_in = node.accounts().sign_in("Mara", password, &phone, "here", |who| node.standing(who));
    assert_eq!(signed_in.unwrap().whole().unwrap().1.person, steward, "the key came back with the file");
    assert_eq!(on_hand(&node, &own), 7);
    assert_eq!(node.heads_may_be_old(), Some(1));
    node.submit(home.actor(), take_in(&node, 8)).await.unwrap();
    let commit = |node: &Node| {
        let (item, store) = wheat(node);
        let to = node.read(|book| book.region().communities[1].code.place());
        let what = Act::Commit {
            transfer: koinon_core::TransferId::make(start(), &mut koinon_node::OsEntropy),
            from: store.place.clone(),
            to,
            lines: vec![Wished {
                item: item.code.clone(),
                lot: None,
                quantity: Quantity::new(1, item.dimension).unwrap(),
                requested: None,
            }],
            route: Vec::new(),
            leaves: Day::parse("2026-03-11").unwrap(),
            arrives: Day::parse("2026-03-11").unwrap(),
            need: None,
            suggestion: None,
            return_by: None,
            standing: None,
        };
        BookCommand::Ledger(Command { act: act(), occurred: start(), confirmed: true, what })
    };
    let error = node.submit(home.actor(), commit(&node)).await.unwrap_err();
    assert!(matches!(error, SubmitError::HeadsMayBeOld { waiting: 1 }), "{error}");
    let stranger = Actor::Person(koinon_core::PersonId([9; 16]));
    assert!(node.confirm_restore(&stranger).is_err());
    node.confirm_restore(&home.actor()).unwrap();
    node.submit(home.actor(), commit(&node)).await.unwrap();
    assert!(node.check().unwrap().is_sound());
}

#[tokio::test]
async fn certificates_are_bound_to_the_communitys_names() {
    let home = Home::new(2, Some(0));
    let files = koinon_node::TlsFiles::of(&home.path());
    for path in [&files.ca, &files.cert, &files.key] {
        let mut text = String::new();
        fs::File::open(path).unwrap().read_to_string(&mut text).unwrap();
        assert!(text.starts_with("-----BEGIN"), "{}", path.display());
    }
    let before = fs::read(&files.cert).unwrap();
    let names = koinon_node::TlsNames { hosts: vec!["dunes.internal".into()], addresses: Vec::new() };
    koinon_node::tls::renew(&home.path(), &names, SystemClock::new().now()).unwrap();
    assert_ne!(fs::read(&files.cert).unwrap(), before);
}

#[tokio::test]
async fn a_node_renews_its_certificate_by_itself_and_says_so() {
    let home = Home::new(2, Some(0));
    let founded = koinon_node::tls::look(&home.path()).unwrap();
    let open_after = |days: i64| {
        let real = Arc::new(SettableClock::new(SystemClock::new().now().plus_days(days)));
        let mut options = Options::new(home.path()).without_exchange();
        options.sign_in_clock = RealTime(real);
        Node::open_with(options, home.clock.clone()).unwrap()
    };
    let job = async |node: &Node| loop {
        if let Some(job) = node.jobs().into_iter().find(|job| job.name == "certificate") {
            return job;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let node = open_after(300);
    assert_eq!(job(&node).await.last_error, None);
    assert_eq!(node.certificates().unwrap(), founded, "there is time yet");
    node.shutdown().await;

    let node = open_after(350);
    let mut changes = node.certificate_changes();
    assert_eq!(job(&node).await.last_error, None);
    changes.wait_for(|version| *version > 0).await.unwrap();
    let renewed = node.certificates().unwrap();
    assert_eq!(renewed.certificate.days_left(node.certificate_time()), 394);
    assert_eq!(renewed.authority, founded.authority);
    assert_eq!(renewed.certificate.names, founded.certificate.names);
    assert_eq!(koinon_node::tls::look(&home.path()).unwrap(), renewed);
    node.shutdown().await;

    // Made while the clock was ahead: it is made anew once the clock is right.
    let node = open_after(0);
    node.certificate_changes().wait_for(|version| *version > 0).await.unwrap();
    assert!(node.certificates().unwrap().certificate.begins < node.certificate_time());
    node.shutdown().await;

    // The authority has ended: the job says what to do.
    let node = open_after(3_700);
    let failing = job(&node).await;
    assert!(failing.last_error.unwrap().contains("--new-authority"));
    node.renew_certificate(&koinon_node::TlsNames::default(), true).unwrap();
    assert_eq!(job(&node).await.last_error, None);
    node.shutdown().await;
}

#[tokio::test]
async fn a_clock_behind_the_newest_entry_is_told() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    node.submit(home.actor(), take_in(&node, 1)).await.unwrap();
    node.shutdown().await;
    let node = home.open();
    assert_eq!(node.clock_behind(), None);
    node.shutdown().await;
    let newest = home.clock.now();
    home.clock.set(newest.plus_days(-400));
    let node = home.open();
    let (behind, of) = node.clock_behind().unwrap();
    assert_eq!(
        (behind.as_secs() / 86_400, of.as_millis() / 86_400_000),
        (400, newest.as_millis() / 86_400_000)
    );
}

#[tokio::test]
async fn a_backup_that_is_cut_or_changed_or_of_another_passphrase_says_which() {
    let home = Home::new(2, Some(0));
    let node = home.open();
    let file = home.dir.path().join("kept.age");
    node.backup(&file, "four words and more").unwrap();
    node.shutdown().await;
    let whole = fs::read(&file).unwrap();
    let told = |bytes: &[u8], passphrase: &str| {
        fs::write(&file, bytes).unwrap();
        let to = tempfile::tempdir().unwrap();
        Node::restore(&file, to.path(), passphrase).unwrap_err().to_string()
    };
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for bytes in [&whole[..whole.len() / 2], &whole[..whole.len() - 1], &whole[..100], &flipped] {
        let told = told(bytes, "four words and more");
        assert!(told.contains("kept.age is cut off or was changed"), "{}: {told}", bytes.len());
    }
    let other = told(&whole, "some other words here");
    assert!(other.contains("passphrase does not open") && other.contains("kept.age"), "{other}");
    let none = told(b"no backup at all", "four words and more");
    assert!(none.contains("kept.age") && none.contains("koinon backup"), "{none}");
}
