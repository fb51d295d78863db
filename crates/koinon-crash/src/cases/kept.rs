//! What a node keeps for itself: folds, snapshots, older formats, backups.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use koinon_authority::Actor;
use koinon_core::{Clock as _, FactId};
use koinon_node::{Node, NodeError, SqliteStore};
use rusqlite::Connection;

use crate::acts::{ACCOUNTS, SESSIONS, done, founding, props_of, settled, shut_down, sign_in_count, take_in};
use crate::stage::{Found, Props, Said, Stage, clock_at, memory_dir, start};

const PASSPHRASE: &str = "five grey herons wade slowly";
/// The backup's name in the root.
const FILE: &str = "backup.age";
/// Whom the older sign-in file knows, and on what.
const LOGIN: &str = "zqxj-ana-of-the-mill";
const PHONE: &str = "zqxj-phone";
/// Whether old pages of the sign-in file are still to be swept.
const DUE: &str = "SELECT due FROM seal";

/// Entries of a year, with a snapshot every few of them.
pub(super) fn snapshots(root: &Path) -> anyhow::Result<Props> {
    let made = Node::init(&root.join("data"), &founding(Some(0))?, &clock_at(start()))?;
    let mut props = Props { snapshots: true, ..props_of(&made) };
    let who = Actor::Person(props.steward.context("a steward")?);
    let clock = props.clock();
    let node = Node::open_with(props.options(&root.join("data")), clock.clone())?;
    for amount in 1..=10 {
        done(node.submit_blocking(who.clone(), take_in(&node, amount)?))?;
        clock.advance(20 * koinon_core::Timestamp::DAY_MS);
    }
    shut_down(node);
    props.now = clock.now();
    Ok(props)
}

/// History is folded when the node opens, and a snapshot is kept while it writes.
pub(super) fn fold(stage: &Stage) -> anyhow::Result<()> {
    for _ in 0..2 {
        let node = stage.open()?;
        for amount in 1..=5 {
            stage.act(&node, take_in(&node, amount)?)?;
        }
        stage.close(node);
    }
    Ok(())
}

/// Store and sign-in file as their first versions made them.
pub(super) fn old_store(root: &Path) -> anyhow::Result<Props> {
    let props = settled(root, &founding(Some(0))?)?;
    let dir = root.join("data");
    let facts = SqliteStore::open(&dir.join("koinon.db"))?.after(0, u64::MAX, usize::MAX)?;
    let store = Connection::open(dir.join("koinon.db"))?;
    store.execute_batch(
        "CREATE TABLE fact (place INTEGER PRIMARY KEY, log INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
         header BLOB NOT NULL, sig BLOB, salt BLOB NOT NULL, body BLOB NOT NULL, UNIQUE (log, seq)) STRICT;
         DROP TABLE facts",
    )?;
    for held in facts {
        let (id, fact) = (held.id(), held.fact);
        let insert = "INSERT INTO fact SELECT ?1, number, ?2, ?3, ?4, ?5, ?6, ?7 FROM log WHERE id = ?8";
        let (place, seq) = (i64::try_from(held.place)?, i64::try_from(held.seq)?);
        let log = held.name.id();
        store.execute(insert, (place, seq, id.0, fact.header, fact.sig, fact.salt, fact.body, log.0))?;
    }
    store.execute_batch(
        "ALTER TABLE act DROP COLUMN content; ALTER TABLE log DROP COLUMN mine; DROP TABLE aside; DROP TABLE receipt;
         DROP TABLE recovery; DROP TABLE holding; DROP TABLE kept_file; DROP TABLE kept_by; DROP TABLE kept_allowed;
         DROP TABLE kept_of; PRAGMA user_version = 1",
    )?;
    drop(store);
    std::fs::remove_file(dir.join("sign-in.db"))?;
    let accounts = Connection::open(dir.join("sign-in.db"))?;
    accounts.execute_batch(include_str!("../../../koinon-node/src/accounts/schema.sql"))?;
    let person = props.steward.context("a steward")?;
    accounts.execute("INSERT INTO account VALUES (?1, ?2, ?3, NULL)", (person.0, LOGIN, [1_u8; 16]))?;
    accounts.execute("INSERT INTO device VALUES (?1, ?2, 0)", ([2_u8; 32], PHONE))?;
    accounts.pragma_update(None, "user_version", 1)?;
    Ok(props)
}

/// The ids of what a store of format 1 holds.
fn ids_of_old(dir: &Path) -> anyhow::Result<Vec<FactId>> {
    let store = Connection::open(dir.join("koinon.db"))?;
    let mut ids = store.prepare("SELECT id FROM fact")?;
    Ok(ids.query_map([], |row| Ok(FactId(row.get(0)?)))?.collect::<Result<_, _>>()?)
}

/// Both are brought forward when the node opens.
pub(super) fn migrate(stage: &Stage) -> anyhow::Result<()> {
    let person = stage.props.steward.context("a steward")?;
    let has_account = move |found: &Found<'_>| {
        let accounts = sign_in_count(found.root, ACCOUNTS)?;
        ensure!(accounts == 1, "{accounts} accounts");
        let login = found.node.accounts().login_of(person)?;
        ensure!(login.as_deref() == Some(LOGIN), "the account of {login:?}");
        let devices = found.node.accounts().devices()?;
        ensure!(devices.iter().map(|device| device.label.as_str()).eq([PHONE]), "{devices:?}");
        ensure!(sign_in_count(found.root, DUE)? == 0, "old pages of the sign-in file are not swept");
        Ok(())
    };
    stage.always("the account", Arc::new(has_account));
    for typed in [LOGIN, PHONE] {
        // Whenever it was cut, once it opened nothing is left as it was typed.
        stage.promise(Said::Gone(typed.as_bytes().to_vec()));
    }
    stage.promise(Said::Held(ids_of_old(&stage.dir())?));
    let node = stage.open()?;
    stage.act(&node, take_in(&node, 3)?)?;
    stage.close(node);
    Ok(())
}

/// What bears a backup's name is a whole one.
fn is_one(path: &Path) -> anyhow::Result<()> {
    let scratch = memory_dir()?;
    let tried = Node::try_backup(path, &scratch.path().join("tried"), PASSPHRASE)?;
    ensure!(tried.faults.is_empty(), "{:?}", tried.faults);
    Ok(())
}

pub(super) fn back_up(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let file = stage.disk.root().join(FILE);
    node.backup(&file, PASSPHRASE)?;
    is_one(&file)?;
    let bytes = std::fs::read(&file)?;
    stage.promise(Said::File(FILE.into(), bytes.clone()));
    let is_whole = move |found: &Found<'_>| {
        let there = found.root.join(FILE);
        ensure!(
            !there.exists() || std::fs::read(there)? == bytes,
            "a half backup bears the name of a whole one"
        );
        Ok(())
    };
    stage.always("what bears a backup's name is one", Arc::new(is_whole));
    stage.act(&node, take_in(&node, 3)?)?;
    stage.pull_plug(node);
    Ok(())
}

pub(super) fn backup(root: &Path) -> anyhow::Result<Props> {
    let first = memory_dir()?;
    let props = settled(first.path(), &founding(Some(0))?)?;
    let node = Node::open_with(props.options(&first.path().join("data")), props.clock())?;
    let person = props.steward.context("a steward")?;
    let code = node.accounts().make_code(person, None)?;
    let device = koinon_node::Device { label: "phone".into(), shared: false };
    let standing = |who| node.standing(who);
    node.accounts().redeem(&code, "ana", "long grey herons wade", &device, "here", standing)?;
    node.backup(&root.join(FILE), PASSPHRASE)?;
    shut_down(node);
    Ok(props)
}

/// A node that was restored by half, or whose sessions have not ended, must not open.
pub(super) fn restore(stage: &Stage) -> anyhow::Result<()> {
    let is_whole = |found: &Found<'_>| {
        let sessions = sign_in_count(found.root, SESSIONS)?;
        ensure!(sessions == 0, "sessions of before the restore go on");
        koinon_node::tls::look(&found.root.join("data")).context("certificates")?;
        Ok(())
    };
    let again = |root: &Path| {
        let tried = Node::restore(&root.join(FILE), &root.join("data"), PASSPHRASE);
        match tried {
            Ok(_) | Err(NodeError::Unfinished(_) | NodeError::NotEmpty(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    };
    stage.to_be_born(Arc::new(is_whole), Arc::new(again));
    Node::restore(&stage.disk.root().join(FILE), &stage.dir(), PASSPHRASE)?;
    stage.is_born();
    stage.all_is_held()?;
    let node = stage.open()?;
    stage.act(&node, take_in(&node, 3)?)?;
    stage.pull_plug(node);
    Ok(())
}
