//! Opening: the file and its format, steps from older formats, and SQLite's own checks.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use koinon_core::NodeId;
use koinon_log::{NetworkId, StoredFact};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use super::rows;
use super::{SQLITE_VERSION_MIN, STORE_VERSION, SqliteError, SqliteStore, damaged};

/// "koin": marks the file as one of ours.
const APPLICATION_ID: i64 = 0x6b6f_696e;
/// The most facts of a row, as SQLite counts.
#[expect(clippy::as_conversions, clippy::cast_possible_wrap, reason = "a small constant")]
const ROW_FACTS: i64 = rows::FACTS_MAX as i64;
const SCHEMA: &str = include_str!("../schema.sql");

impl SqliteStore {
    /// Creates the file for a node; fails if there is one.
    pub fn create(path: &Path, node: NodeId, network: NetworkId) -> Result<Self, SqliteError> {
        check_linked()?;
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let conn = Connection::open_with_flags(path, flags() | OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        harden(&conn)?;
        conn.pragma_update(None, "synchronous", "EXTRA")?;
        conn.pragma_update(None, "application_id", APPLICATION_ID)?;
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.execute_batch("BEGIN IMMEDIATE")?;
        conn.execute_batch(SCHEMA)?;
        conn.pragma_update(None, "user_version", STORE_VERSION)?;
        conn.execute("INSERT INTO self VALUES (1, ?1, ?2)", params![node.0, network.0])?;
        conn.execute_batch("COMMIT")?;
        if let Some(parent) = path.parent() {
            File::open(parent)?.sync_all()?;
        }
        conn.pragma_update(None, "synchronous", "FULL")?;
        Ok(Self { conn })
    }

    /// Closes a store that nobody else has open, so that its one file holds all of it, durably.
    pub(crate) fn into_one_file(self, path: &Path) -> Result<(), SqliteError> {
        self.empty_wal()?;
        self.conn.close().map_err(|(_, error)| error)?;
        Ok(File::open(path)?.sync_all()?)
    }

    /// Opens the file for writing.
    pub fn open(path: &Path) -> Result<Self, SqliteError> {
        check_linked()?;
        let conn = Connection::open_with_flags(path, flags() | OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let version = check_file(&conn)?;
        harden(&conn)?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        migrate(&conn, version)?;
        conn.pragma_update(None, "wal_autocheckpoint", 4_000)?;
        // What a large transaction made of the log of changes is given back after it.
        conn.pragma_update(None, "journal_size_limit", 16 << 20)?;
        let store = Self { conn };
        store.set_cache(8_000)?;
        Ok(store)
    }

    /// Sets how much of the file is kept in memory, in KiB.
    pub(crate) fn set_cache(&self, kib: u32) -> Result<(), SqliteError> {
        Ok(self.conn.pragma_update(None, "cache_size", -i64::from(kib))?)
    }

    /// Opens the file for reading only.
    pub fn open_reader(path: &Path) -> Result<Self, SqliteError> {
        let conn = Connection::open_with_flags(path, flags() | OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        check_file(&conn)?;
        harden(&conn)?;
        conn.pragma_update(None, "query_only", true)?;
        conn.pragma_update(None, "cache_size", -1_000)?;
        Ok(Self { conn })
    }

    /// Runs SQLite's quick check.
    pub fn quick_check(&self) -> Result<(), SqliteError> {
        let verdict: String = self.conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict == "ok" { Ok(()) } else { Err(SqliteError::QuickCheck(verdict)) }
    }

    /// Runs SQLite's full check.
    pub fn integrity_check(&self) -> Result<(), SqliteError> {
        let verdict: String = self.conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if verdict == "ok" { Ok(()) } else { Err(SqliteError::QuickCheck(verdict)) }
    }

    /// For which node and network the store was made.
    pub fn owner(&self) -> Result<(NodeId, NetworkId), SqliteError> {
        let row = self.conn.query_row("SELECT node, network FROM self", [], |row| {
            Ok((NodeId(row.get(0)?), NetworkId(row.get(1)?)))
        });
        row.optional()?.ok_or_else(|| damaged("self", "no row"))
    }

    /// Writes a copy of the store as of now into a new file.
    pub(crate) fn copy_to(&self, to: &Path) -> Result<(), SqliteError> {
        self.conn.pragma_update(None, "query_only", false)?;
        let copied = self.conn.execute("VACUUM INTO ?1", params![to.to_string_lossy()]);
        self.conn.pragma_update(None, "query_only", true)?;
        copied?;
        Ok(())
    }
}

#[cfg(test)]
impl SqliteStore {
    /// Lets the file grow no further than so many pages, as a full disk would.
    pub(crate) fn limit_pages_for_test(&self, pages: &str) {
        let set = self.conn.pragma_update(None, "max_page_count", pages);
        assert!(set.is_ok(), "{set:?}");
    }
}

fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW
}

fn check_linked() -> Result<(), SqliteError> {
    if rusqlite::version_number() >= SQLITE_VERSION_MIN {
        return Ok(());
    }
    Err(SqliteError::OldSqlite { found: rusqlite::version().to_owned() })
}

fn harden(conn: &Connection) -> Result<(), SqliteError> {
    conn.set_prepared_statement_cache_capacity(64);
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    conn.pragma_update(None, "trusted_schema", false)?;
    // Plans do not depend on values, so no statement is planned anew when it is used again.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    // What a statement notes for itself touches no disk.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

/// Format 2 keeps what each act said.
const FORMAT_2: &str = "ALTER TABLE act ADD COLUMN content BLOB";
/// Format 3 keeps what this computer wrote itself, what does not count, receipts, and when recoveries were heard of.
const FORMAT_3: &str = "
    ALTER TABLE log ADD COLUMN mine INTEGER NOT NULL DEFAULT 0;
    UPDATE log SET mine = height WHERE node = (SELECT node FROM self);
    CREATE TABLE aside (log BLOB NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, header BLOB NOT NULL, sig BLOB,
      salt BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (log, seq, id)) STRICT, WITHOUT ROWID;
    CREATE TABLE receipt (by BLOB NOT NULL, log BLOB NOT NULL, height INTEGER NOT NULL, receipt BLOB NOT NULL,
      PRIMARY KEY (by, log)) STRICT, WITHOUT ROWID;
    CREATE TABLE recovery (rotation BLOB PRIMARY KEY, node BLOB NOT NULL, announced INTEGER NOT NULL,
      heard INTEGER NOT NULL, run BLOB NOT NULL) STRICT, WITHOUT ROWID;";
/// Format 4 keeps what others said they hold.
const FORMAT_4: &str = "CREATE TABLE holding (node BLOB PRIMARY KEY, at INTEGER NOT NULL, have BLOB NOT NULL) STRICT, WITHOUT ROWID";
/// Format 5 keeps many facts in a row, and no ids, which follow from the bytes.
const FORMAT_5: &str = "
    CREATE TABLE facts (place INTEGER PRIMARY KEY, log INTEGER NOT NULL, seq INTEGER NOT NULL, count INTEGER NOT NULL,
      bytes BLOB NOT NULL, UNIQUE (log, seq)) STRICT;";

/// Format 6 keeps files for neighbours, and what they keep of ours.
const FORMAT_6: &str = "
    CREATE TABLE kept_file (digest BLOB PRIMARY KEY, placed INTEGER NOT NULL, label TEXT NOT NULL, bytes INTEGER NOT NULL,
      state INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE kept_by (digest BLOB NOT NULL, keeper BLOB NOT NULL, asked INTEGER NOT NULL, said INTEGER, came INTEGER,
      heard INTEGER, proven INTEGER, wrong INTEGER, tried INTEGER, nonce BLOB, PRIMARY KEY (digest, keeper)) STRICT, WITHOUT ROWID;
    CREATE TABLE kept_allowed (owner BLOB PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE kept_of (owner BLOB NOT NULL, digest BLOB NOT NULL, placed INTEGER NOT NULL, bytes INTEGER NOT NULL,
      came INTEGER NOT NULL, proved INTEGER, PRIMARY KEY (owner, digest)) STRICT, WITHOUT ROWID;";

/// Moves each fact into the rows of format 5.
fn into_rows(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(FORMAT_5)?;
    let mut read =
        conn.prepare("SELECT place, log, seq, header, sig, salt, body FROM fact ORDER BY place")?;
    let mut write = conn.prepare("INSERT INTO facts VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut facts = read.query([])?;
    // The row that is being filled: its place, log and number, and how many stand in it.
    let mut open: Option<(i64, i64, i64, i64)> = None;
    let mut bytes = Vec::new();
    while let Some(row) = facts.next()? {
        let (place, log, seq): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let fact = StoredFact { header: row.get(3)?, sig: row.get(4)?, salt: row.get(5)?, body: row.get(6)? };
        let follows = open.is_some_and(|(first, of, from, count)| {
            (first + count, of, from + count) == (place, log, seq)
                && count < ROW_FACTS
                && bytes.len() < rows::BYTES_FULL
        });
        if !follows && let Some((first, of, from, count)) = open.take() {
            write.execute(params![first, of, from, count, bytes])?;
            bytes.clear();
        }
        rows::put(&mut bytes, &fact);
        let (first, of, from, count) = open.unwrap_or((place, log, seq, 0));
        open = Some((first, of, from, count + 1));
    }
    if let Some((first, of, from, count)) = open {
        write.execute(params![first, of, from, count, bytes])?;
    }
    drop(facts);
    conn.execute_batch("DROP TABLE fact")
}

/// What brings a store of the format before to a format.
type Step = fn(&Connection) -> rusqlite::Result<()>;

/// Brings an older store forward, in one transaction.
fn migrate(conn: &Connection, version: i64) -> Result<(), SqliteError> {
    if version >= STORE_VERSION {
        return Ok(());
    }
    let steps: [(i64, Step); 5] = [
        (2, |conn| conn.execute_batch(FORMAT_2)),
        (3, |conn| conn.execute_batch(FORMAT_3)),
        (4, |conn| conn.execute_batch(FORMAT_4)),
        (5, into_rows),
        (6, |conn| conn.execute_batch(FORMAT_6)),
    ];
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let moved = steps
        .iter()
        .filter(|(format, _)| version < *format)
        .try_for_each(|(_, step)| step(conn))
        .and_then(|()| conn.pragma_update(None, "user_version", STORE_VERSION))
        .and_then(|()| conn.execute_batch("COMMIT"));
    if moved.is_err() {
        // The failure itself is what counts.
        let _ = conn.execute_batch("ROLLBACK");
    }
    Ok(moved?)
}

/// Sees that the file is a store that this program knows; gives its format.
fn check_file(conn: &Connection) -> Result<i64, SqliteError> {
    let application: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if application != APPLICATION_ID || version == 0 {
        return Err(SqliteError::NotAStore);
    }
    if version > STORE_VERSION {
        return Err(SqliteError::Newer { found: version });
    }
    Ok(version)
}
