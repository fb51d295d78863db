//! The store on disk: one SQLite file, written by one thread, read by many.
//!
//! Durability is SQLite's WAL with `synchronous=FULL`; the file itself is created under `EXTRA` with a sync of its
//! directory. A connection that reads sees only what has been made durable, so nothing can leave a node before that.
//! Every statement is a constant; no SQL is ever put together from text.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use koinon_books::Content;
use koinon_books::content::CONTENT_BYTES;
use koinon_core::{Digest, EntryId, FactId, LogId, NodeId, Timestamp};
use koinon_ledger::Key;
use koinon_log::{
    AcceptedRun, Fact, ForkProof, Incarnation, LogHead, LogName, LogStore, Message, NO_FACT, NetworkId,
    Receipt, SharedRun, StoreError, StoredFact, Stream,
};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, Statement, params};

/// The version of the tables. A store of a newer one is refused.
pub const STORE_VERSION: i64 = 3;
/// The oldest SQLite that is safe in WAL mode: 3.51.3, which mends the loss on a WAL reset.
pub const SQLITE_VERSION_MIN: i32 = 3_051_003;
/// "koin": marks the file as one of ours.
const APPLICATION_ID: i64 = 0x6b6f_696e;
const SCHEMA: &str = include_str!("schema.sql");

/// Why a store cannot be opened or used.
#[derive(Debug, thiserror::Error)]
pub enum SqliteError {
    /// SQLite refused or failed.
    #[error("the store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file or its directory could not be created or synced.
    #[error("the store's file: {0}")]
    Io(#[from] std::io::Error),
    /// The SQLite that is linked in has a known fault.
    #[error("SQLite {found} can damage a store; build with at least 3.51.3")]
    OldSqlite {
        /// The version linked in.
        found: String,
    },
    /// The file is not a store of this program.
    #[error("the file is not a koinon store; check the data directory")]
    NotAStore,
    /// The file was written by a newer version.
    #[error(
        "the store has format {found}, this program knows {STORE_VERSION}; install the newer version again, or restore a backup made with this one"
    )]
    Newer {
        /// The format found.
        found: i64,
    },
    /// A value in a table does not fit its meaning.
    #[error(
        "the store is damaged: table {table} holds {what}; restore a backup, or let neighbours refill a new node"
    )]
    Damaged {
        /// The table.
        table: &'static str,
        /// What is wrong.
        what: String,
    },
    /// SQLite's own check found faults.
    #[error("the store is damaged ({0}); restore a backup, or let neighbours refill a new node")]
    QuickCheck(String),
}

impl SqliteError {
    /// Whether there was no room on the disk.
    pub(crate) fn is_full(&self) -> bool {
        matches!(self, Self::Sqlite(error) if crate::error::is_full(error))
    }
}

impl From<SqliteError> for StoreError {
    fn from(error: SqliteError) -> Self {
        Self::Medium(Box::new(error))
    }
}

fn medium(error: rusqlite::Error) -> StoreError {
    SqliteError::from(error).into()
}

/// A number kept for the node itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// 1 after an orderly end.
    Clean,
    /// 1 while the heads may be old and nobody has said otherwise.
    HeadsMayBeOld,
    /// The last place whose own facts the policies have seen.
    Reacted,
}

impl Mark {
    const fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::HeadsMayBeOld => "heads-may-be-old",
            Self::Reacted => "reacted",
        }
    }
}

/// A fact with the place at which it was taken in and the log it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The order of arrival, from 1.
    pub place: u64,
    /// The log.
    pub name: LogName,
    /// The number in the log.
    pub seq: u64,
    /// The id as stored.
    pub id: FactId,
    /// The fact's bytes.
    pub fact: StoredFact,
}

/// A snapshot of the book as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last place that it covers.
    pub place: u64,
    /// The digest of all heads at that place.
    pub heads: Digest,
    /// The digest of `book`.
    pub digest: Digest,
    /// The book's bytes.
    pub book: Vec<u8>,
}

/// A neighbour as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PeerRow {
    pub(crate) node: NodeId,
    pub(crate) community: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) ca: Option<String>,
    pub(crate) heard: Option<Timestamp>,
}

/// A recovery of a node's key by stewards, as this node heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryHeard {
    /// The first fact of the control log that the new key opens.
    pub rotation: FactId,
    /// Whose key it is.
    pub node: NodeId,
    /// When the stewards announced it, by their word.
    pub announced: Timestamp,
    /// When this node first heard of it.
    pub heard: Timestamp,
}

/// Under what facts are filed, to be found again.
#[derive(Debug, Default)]
pub(crate) struct Filing {
    keys: Vec<(u64, [u8; 16], u64)>,
    acts: Vec<(EntryId, u64, Option<Content>)>,
}

impl Filing {
    /// Notes what the fact at a place is about.
    pub(crate) fn key(&mut self, key: &Key, place: u64) {
        self.keys.push((block_of(place), key_hash(key), place));
    }

    /// Notes the act that wrote the fact at a place, with what the act said where that is known.
    pub(crate) fn act(&mut self, act: EntryId, place: u64, content: Option<Content>) {
        self.acts.push((act, place, content));
    }
}

/// The store.
#[derive(Debug)]
pub struct SqliteStore {
    conn: Connection,
}

/// Opening.
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

    /// Opens the file for writing.
    pub fn open(path: &Path) -> Result<Self, SqliteError> {
        check_linked()?;
        let conn = Connection::open_with_flags(path, flags() | OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let version = check_file(&conn)?;
        harden(&conn)?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        migrate(&conn, version)?;
        conn.pragma_update(None, "wal_autocheckpoint", 4_000)?;
        conn.pragma_update(None, "cache_size", -8_000)?;
        Ok(Self { conn })
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

/// Transactions.
impl SqliteStore {
    /// Begins a transaction; [`LogStore::append_runs`] inside it becomes durable with [`SqliteStore::commit`].
    pub(crate) fn begin(&self) -> Result<(), SqliteError> {
        Ok(self.conn.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Makes durable what was written since [`SqliteStore::begin`].
    pub(crate) fn commit(&self) -> Result<(), SqliteError> {
        Ok(self.conn.execute_batch("COMMIT")?)
    }

    /// Takes back what was written since [`SqliteStore::begin`].
    pub(crate) fn rollback(&self) {
        // After a failed commit there may be nothing left to take back.
        let _ = self.conn.execute_batch("ROLLBACK");
    }

    /// Begins a view that does not change, for a reader.
    pub(crate) fn begin_read(&self) -> Result<u64, SqliteError> {
        self.conn.execute_batch("BEGIN DEFERRED")?;
        self.last_place()
    }

    /// Ends the view.
    pub(crate) fn end_read(&self) {
        self.rollback();
    }
}

/// Facts by place, key and act.
impl SqliteStore {
    /// Appends runs, all or none; gives the place of each run's first fact.
    pub fn append(&mut self, runs: &[AcceptedRun]) -> Result<Vec<u64>, StoreError> {
        let mut next = self.last_place()?;
        let savepoint = self.conn.savepoint().map_err(medium)?;
        let mut firsts = Vec::with_capacity(runs.len());
        for run in runs {
            firsts.push(next.saturating_add(1));
            append_run(&savepoint, run, &mut next)?;
        }
        savepoint.commit().map_err(medium)?;
        Ok(firsts)
    }

    /// The last place; 0 when there is no fact.
    pub fn last_place(&self) -> Result<u64, SqliteError> {
        let mut statement = self.conn.prepare_cached("SELECT max(place) FROM fact")?;
        let place: Option<i64> = statement.query_row([], |row| row.get(0))?;
        unsigned("fact", place.unwrap_or(0))
    }

    /// The place of a log's fact.
    pub fn place_of(&self, log: LogId, seq: u64) -> Result<Option<u64>, SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT fact.place FROM fact JOIN log ON log.number = fact.log WHERE log.id = ?1 AND fact.seq = ?2",
        )?;
        let place: Option<i64> =
            statement.query_row(params![log.0, signed(seq)], |row| row.get(0)).optional()?;
        place.map(|place| unsigned("fact", place)).transpose()
    }

    /// The facts after a place, in order, up to a place and at most `limit`.
    pub fn after(&self, place: u64, upto: u64, limit: usize) -> Result<Vec<Held>, SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT f.place, l.node, l.stream, l.incarnation, f.seq, f.id, f.header, f.sig, f.salt, f.body
             FROM fact f JOIN log l ON l.number = f.log WHERE f.place > ?1 AND f.place <= ?2
             ORDER BY f.place LIMIT ?3",
        )?;
        let mut rows = statement.query(params![signed(place), signed(upto), limit_of(limit)])?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            facts.push(held(row)?);
        }
        Ok(facts)
    }

    /// The facts before a place, newest first, at most `limit`.
    pub fn before(&self, place: u64, limit: usize) -> Result<Vec<Held>, SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT f.place, l.node, l.stream, l.incarnation, f.seq, f.id, f.header, f.sig, f.salt, f.body
             FROM fact f JOIN log l ON l.number = f.log WHERE f.place < ?1
             ORDER BY f.place DESC LIMIT ?2",
        )?;
        let mut rows = statement.query(params![signed(place), limit_of(limit)])?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            facts.push(held(row)?);
        }
        Ok(facts)
    }

    /// The facts about a key, in the order of arrival, before a place.
    pub fn about(&self, key: &Key, before: u64) -> Result<Vec<Held>, SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "WITH RECURSIVE block (number) AS
               (SELECT 0 UNION ALL SELECT number + 1 FROM block WHERE number < ?3)
             SELECT f.place, l.node, l.stream, l.incarnation, f.seq, f.id, f.header, f.sig, f.salt, f.body
             FROM block b JOIN fact_key k ON k.block = b.number AND k.key = ?1
             JOIN fact f ON f.place = k.place JOIN log l ON l.number = f.log
             WHERE k.place < ?2 ORDER BY k.place",
        )?;
        let last = signed(block_of(self.last_place()?));
        let mut rows = statement.query(params![key_hash(key), signed(before), last])?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            facts.push(held(row)?);
        }
        Ok(facts)
    }

    /// One fact.
    pub fn fact(&self, id: FactId) -> Result<Option<Held>, SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "WITH RECURSIVE block (number) AS
               (SELECT 0 UNION ALL SELECT number + 1 FROM block WHERE number < ?3)
             SELECT f.place, l.node, l.stream, l.incarnation, f.seq, f.id, f.header, f.sig, f.salt, f.body
             FROM block b JOIN fact_id i ON i.block = b.number AND i.prefix = ?2
             JOIN fact f ON f.place = i.place JOIN log l ON l.number = f.log WHERE f.id = ?1",
        )?;
        let last = signed(block_of(self.last_place()?));
        let mut rows = statement.query(params![id.0, id_prefix(id), last])?;
        rows.next()?.map(held).transpose()
    }

    /// Files facts under keys and acts.
    pub(crate) fn file(&self, mut filing: Filing) -> Result<(), SqliteError> {
        // In the order of the tables, so that neighbours are written one after the other.
        filing.keys.sort_unstable();
        insert_rows(&self.conn, KEY_ROWS, KEY_ROW, &filing.keys, |statement, at, (block, key, place)| {
            statement.raw_bind_parameter(at, signed(*block))?;
            statement.raw_bind_parameter(at + 1, key.as_slice())?;
            statement.raw_bind_parameter(at + 2, signed(*place))
        })?;
        filing.acts.sort_unstable_by_key(|(act, place, _)| (*act, *place));
        insert_rows(&self.conn, ACT_ROWS, ACT_ROW, &filing.acts, |statement, at, (act, place, content)| {
            statement.raw_bind_parameter(at, act.0.as_slice())?;
            statement.raw_bind_parameter(at + 1, signed(*place))?;
            statement.raw_bind_parameter(at + 2, content.as_ref().map(|content| content.0.as_slice()))
        })?;
        Ok(())
    }

    /// The facts of an act of this node, empty if it is new, and what the act said where that was kept.
    pub fn act(&self, act: EntryId) -> Result<(Vec<FactId>, Option<Content>), SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT f.id, a.content FROM act a JOIN fact f ON f.place = a.place WHERE a.act = ?1 ORDER BY a.place",
        )?;
        let rows = statement.query_map(params![act.0], |row| Ok((FactId(row.get(0)?), row.get(1)?)))?;
        let (mut facts, mut content) = (Vec::new(), None);
        for row in rows {
            let (fact, said): (_, Option<[u8; CONTENT_BYTES]>) = row?;
            facts.push(fact);
            content = content.or(said.map(Content));
        }
        Ok((facts, content))
    }
}

/// Marks, snapshots, folds and peers.
impl SqliteStore {
    /// A mark's value; 0 if it was never set.
    pub fn mark(&self, mark: Mark) -> Result<u64, SqliteError> {
        let mut statement = self.conn.prepare_cached("SELECT value FROM mark WHERE name = ?1")?;
        let value: Option<i64> = statement.query_row(params![mark.name()], |row| row.get(0)).optional()?;
        unsigned("mark", value.unwrap_or(0))
    }

    /// Sets a mark.
    pub(crate) fn set_mark(&self, mark: Mark, value: u64) -> Result<(), SqliteError> {
        let mut statement = self.conn.prepare_cached("INSERT OR REPLACE INTO mark VALUES (?1, ?2)")?;
        statement.execute(params![mark.name(), signed(value)])?;
        Ok(())
    }

    /// The snapshot of an `evolve` version.
    pub fn snapshot(&self, evolve: u32) -> Result<Option<Snapshot>, SqliteError> {
        let mut statement =
            self.conn.prepare_cached("SELECT place, heads, digest, book FROM snapshot WHERE evolve = ?1")?;
        let row = statement.query_row(params![evolve], |row| {
            let place: i64 = row.get(0)?;
            Ok((place, Digest(row.get(1)?), Digest(row.get(2)?), row.get(3)?))
        });
        let Some((place, heads, digest, book)) = row.optional()? else { return Ok(None) };
        Ok(Some(Snapshot { place: unsigned("snapshot", place)?, heads, digest, book }))
    }

    /// Keeps a snapshot in place of the one before.
    pub(crate) fn put_snapshot(&self, evolve: u32, snapshot: &Snapshot) -> Result<(), SqliteError> {
        let Snapshot { place, heads, digest, book } = snapshot;
        self.conn.execute(
            "INSERT OR REPLACE INTO snapshot VALUES (?1, ?2, ?3, ?4, ?5)",
            params![evolve, signed(*place), heads.0, digest.0, book],
        )?;
        Ok(())
    }

    /// The digest of all heads: of which facts the store holds.
    pub fn heads_digest(&self) -> Result<Digest, StoreError> {
        let mut bytes = Vec::new();
        for LogHead { log, height, head, .. } in self.heads()? {
            bytes.extend(log.0);
            bytes.extend(height.to_be_bytes());
            bytes.extend(head.0);
        }
        Ok(Digest::of("koinon/heads/1", &bytes))
    }

    /// The folds after a place, in order.
    pub(crate) fn folds(&self, after: u64) -> Result<Vec<(u64, Timestamp)>, SqliteError> {
        let mut statement =
            self.conn.prepare_cached("SELECT place, horizon FROM fold WHERE place >= ?1 ORDER BY horizon")?;
        let rows = statement.query_map(params![signed(after)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let rows: Vec<(i64, i64)> = rows.collect::<Result<_, _>>()?;
        rows.into_iter()
            .map(|(place, horizon)| Ok((unsigned("fold", place)?, Timestamp::from_millis(horizon))))
            .collect()
    }

    /// Notes a fold after a place; says whether its horizon is later than all before.
    pub(crate) fn put_fold(&self, place: u64, horizon: Timestamp) -> Result<bool, SqliteError> {
        let written = self.conn.execute(
            "INSERT INTO fold SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM fold WHERE horizon >= ?1)",
            params![horizon.as_millis(), signed(place)],
        )?;
        Ok(written > 0)
    }

    /// The neighbours, by node id.
    pub(crate) fn peers(&self) -> Result<Vec<PeerRow>, SqliteError> {
        let mut statement =
            self.conn.prepare_cached("SELECT node, community, url, ca, heard FROM peer ORDER BY node")?;
        let rows = statement.query_map([], |row| {
            let heard: Option<i64> = row.get(4)?;
            Ok(PeerRow {
                node: NodeId(row.get(0)?),
                community: row.get(1)?,
                url: row.get(2)?,
                ca: row.get(3)?,
                heard: heard.map(Timestamp::from_millis),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps or changes a neighbour.
    pub(crate) fn put_peer(&self, peer: &PeerRow) -> Result<(), SqliteError> {
        let heard = peer.heard.map(Timestamp::as_millis);
        self.conn.execute(
            "INSERT OR REPLACE INTO peer VALUES (?1, ?2, ?3, ?4, ?5)",
            params![peer.node.0, peer.community, peer.url, peer.ca, heard],
        )?;
        Ok(())
    }

    /// Forgets a neighbour.
    pub(crate) fn remove_peer(&self, node: NodeId) -> Result<(), SqliteError> {
        self.conn.execute("DELETE FROM peer WHERE node = ?1", params![node.0])?;
        Ok(())
    }
}

/// What does not count, receipts, and recoveries.
impl SqliteStore {
    fn move_aside(&mut self, log: LogId, from: u64) -> Result<(), SqliteError> {
        let from = signed(from);
        let savepoint = self.conn.savepoint()?;
        let number: Option<i64> = savepoint
            .query_row("SELECT number FROM log WHERE id = ?1", params![log.0], |row| row.get(0))
            .optional()?;
        let Some(number) = number else { return Ok(()) };
        savepoint.execute(
            "INSERT OR IGNORE INTO aside SELECT ?1, seq, id, header, sig, salt, body FROM fact
             WHERE log = ?2 AND seq >= ?3",
            params![log.0, number, from],
        )?;
        for sql in [
            "DELETE FROM fact_key WHERE place IN (SELECT place FROM fact WHERE log = ?1 AND seq >= ?2)",
            "DELETE FROM fact_id WHERE place IN (SELECT place FROM fact WHERE log = ?1 AND seq >= ?2)",
            "DELETE FROM act WHERE place IN (SELECT place FROM fact WHERE log = ?1 AND seq >= ?2)",
            "DELETE FROM fact WHERE log = ?1 AND seq >= ?2",
        ] {
            savepoint.execute(sql, params![number, from])?;
        }
        let last: Option<(i64, [u8; 32])> = savepoint
            .query_row(
                "SELECT seq, id FROM fact WHERE log = ?1 ORDER BY seq DESC LIMIT 1",
                params![number],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        match last {
            Some((seq, id)) => savepoint.execute(
                "UPDATE log SET height = ?2, head = ?3 WHERE number = ?1",
                params![number, seq.saturating_add(1), id],
            )?,
            None => savepoint.execute("DELETE FROM log WHERE number = ?1", params![number])?,
        };
        savepoint.commit()?;
        Ok(())
    }

    /// Notes that this computer wrote runs itself.
    pub(crate) fn note_mine(&self, runs: &[AcceptedRun]) -> Result<(), SqliteError> {
        let mut statement = self.conn.prepare_cached("UPDATE log SET mine = ?2 WHERE id = ?1")?;
        for run in runs {
            statement.execute(params![run.log().0, signed(run.height())])?;
        }
        Ok(())
    }

    /// How many facts of each log this computer wrote itself.
    pub(crate) fn mine(&self) -> Result<BTreeMap<LogId, u64>, SqliteError> {
        let mut statement = self.conn.prepare_cached("SELECT id, mine FROM log WHERE mine > 0")?;
        let rows = statement.query_map([], |row| Ok((LogId(row.get(0)?), row.get::<_, i64>(1)?)))?;
        let rows: Vec<(LogId, i64)> = rows.collect::<Result<_, _>>()?;
        rows.into_iter().map(|(log, mine)| Ok((log, unsigned("log", mine)?))).collect()
    }

    /// Forgets all snapshots: the book is to be made from the facts again.
    pub(crate) fn drop_snapshots(&self) -> Result<(), SqliteError> {
        self.conn.execute("DELETE FROM snapshot", [])?;
        Ok(())
    }

    /// Keeps a verified receipt, in place of the same peer's earlier one for the log, unless that reached further.
    pub(crate) fn put_receipt(&self, receipt: &Receipt) -> Result<(), SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "INSERT INTO receipt VALUES (?1, ?2, ?3, ?4) ON CONFLICT (by, log)
             DO UPDATE SET height = ?3, receipt = ?4 WHERE height <= ?3",
        )?;
        statement.execute(params![receipt.by.0, receipt.log.0, signed(receipt.height), receipt.encode()])?;
        Ok(())
    }

    /// The receipts for logs of a node.
    pub(crate) fn receipts_for(&self, node: NodeId) -> Result<Vec<Receipt>, SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT r.receipt FROM receipt r JOIN log l ON l.id = r.log WHERE l.node = ?1 ORDER BY r.by, r.log",
        )?;
        let rows: Vec<Vec<u8>> =
            statement.query_map(params![node.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let read = |bytes: &Vec<u8>| Receipt::decode(bytes).map_err(|e| damaged("receipt", &e.to_string()));
        rows.iter().map(read).collect()
    }

    /// Notes when a recovery of a key by stewards was first heard of; gives when that was.
    pub(crate) fn note_recovery(
        &self,
        waits: &RecoveryHeard,
        run: &Message,
    ) -> Result<Timestamp, SqliteError> {
        let RecoveryHeard { rotation, node, announced, heard } = waits;
        self.conn.execute(
            "INSERT OR IGNORE INTO recovery VALUES (?1, ?2, ?3, ?4, ?5)",
            params![rotation.0, node.0, announced.as_millis(), heard.as_millis(), run.encode()],
        )?;
        let sql = "SELECT heard FROM recovery WHERE rotation = ?1";
        let heard = self.conn.query_row(sql, params![rotation.0], |row| row.get(0))?;
        Ok(Timestamp::from_millis(heard))
    }

    /// The runs of recoveries by stewards that were first heard of after an instant.
    pub(crate) fn recoveries_since(&self, since: Timestamp) -> Result<Vec<SharedRun>, SqliteError> {
        let sql = "SELECT run FROM recovery WHERE heard > ?1 ORDER BY rotation";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params![since.as_millis()], |row| row.get::<_, Vec<u8>>(0))?;
        let rows: Vec<Vec<u8>> = rows.collect::<Result<_, _>>()?;
        let read = |bytes: &Vec<u8>| match Message::decode(bytes) {
            Ok(Message::Run(run)) => Ok(run),
            _ => Err(damaged("recovery", "no run")),
        };
        rows.iter().map(read).collect()
    }

    /// The recoveries by stewards that were heard of, by rotation.
    pub(crate) fn recoveries(&self) -> Result<Vec<RecoveryHeard>, SqliteError> {
        let sql = "SELECT rotation, node, announced, heard FROM recovery ORDER BY rotation";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            Ok(RecoveryHeard {
                rotation: FactId(row.get(0)?),
                node: NodeId(row.get(1)?),
                announced: Timestamp::from_millis(row.get(2)?),
                heard: Timestamp::from_millis(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl LogStore for SqliteStore {
    fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        let sql = "SELECT node, stream, incarnation, height, head, id FROM log ORDER BY id";
        let mut statement = self.conn.prepare_cached(sql).map_err(medium)?;
        let mut rows = statement.query([]).map_err(medium)?;
        let mut heads = Vec::new();
        while let Some(row) = rows.next().map_err(medium)? {
            heads.push(head_of(row)?);
        }
        Ok(heads)
    }

    fn head(&self, log: LogId) -> Result<Option<LogHead>, StoreError> {
        let sql = "SELECT node, stream, incarnation, height, head, id FROM log WHERE id = ?1";
        let mut statement = self.conn.prepare_cached(sql).map_err(medium)?;
        let mut rows = statement.query(params![log.0]).map_err(medium)?;
        Ok(rows.next().map_err(medium)?.map(head_of).transpose()?)
    }

    fn read_range(
        &self,
        log: LogId,
        from: u64,
        facts_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<StoredFact>, StoreError> {
        let sql = "SELECT f.header, f.sig, f.salt, f.body FROM fact f
                   WHERE f.log = (SELECT number FROM log WHERE id = ?1) AND f.seq >= ?2 ORDER BY f.seq LIMIT ?3";
        let mut statement = self.conn.prepare_cached(sql).map_err(medium)?;
        let mut rows = statement.query(params![log.0, signed(from), limit_of(facts_max)]).map_err(medium)?;
        let mut facts = Vec::new();
        let mut bytes = 0_usize;
        while let Some(row) = rows.next().map_err(medium)? {
            let fact = stored(row, 0).map_err(medium)?;
            bytes = bytes.saturating_add(fact.size());
            facts.push(fact);
            if bytes >= bytes_max {
                break;
            }
        }
        Ok(facts)
    }

    fn append_runs(&mut self, runs: &[AcceptedRun]) -> Result<(), StoreError> {
        self.append(runs).map(drop)
    }

    fn set_aside(&mut self, log: LogId, from: u64) -> Result<(), StoreError> {
        Ok(self.move_aside(log, from)?)
    }

    fn put_fork(&mut self, proof: &ForkProof) -> Result<(), StoreError> {
        let log = proof.name().id();
        if self.fork(log)?.is_some_and(|known| known.seq() <= proof.seq()) {
            return Ok(());
        }
        let sql = "INSERT OR REPLACE INTO fork VALUES (?1, ?2)";
        self.conn.execute(sql, params![log.0, proof.encode()]).map_err(medium)?;
        Ok(())
    }

    fn fork(&self, log: LogId) -> Result<Option<ForkProof>, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT proof FROM fork WHERE log = ?1").map_err(medium)?;
        let proof: Option<Vec<u8>> =
            statement.query_row(params![log.0], |row| row.get(0)).optional().map_err(medium)?;
        Ok(proof.map(|bytes| proof_of(&bytes)).transpose()?)
    }

    fn forks(&self) -> Result<Vec<ForkProof>, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT proof FROM fork ORDER BY log").map_err(medium)?;
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).map_err(medium)?;
        let proofs: Vec<Vec<u8>> = rows.collect::<Result<_, _>>().map_err(medium)?;
        Ok(proofs.iter().map(|bytes| proof_of(bytes)).collect::<Result<_, _>>()?)
    }
}

fn append_run(conn: &Connection, run: &AcceptedRun, next: &mut u64) -> Result<(), StoreError> {
    let name = run.name();
    let log = run.log();
    let mut find =
        conn.prepare_cached("SELECT number, height, head FROM log WHERE id = ?1").map_err(medium)?;
    let known = find
        .query_row(params![log.0], |row| Ok((row.get(0)?, row.get(1)?, FactId(row.get(2)?))))
        .optional()
        .map_err(medium)?;
    let (number, height, head): (i64, i64, FactId) = if let Some(known) = known {
        known
    } else {
        let sql =
            "INSERT INTO log (id, node, stream, incarnation, height, head) VALUES (?1, ?2, ?3, ?4, 0, ?5)";
        let mut insert = conn.prepare_cached(sql).map_err(medium)?;
        let incarnation = name.incarnation.0.to_be_bytes();
        insert
            .execute(params![log.0, name.node.0, name.stream.number(), incarnation, NO_FACT.0])
            .map_err(medium)?;
        (conn.last_insert_rowid(), 0, NO_FACT)
    };
    let height = unsigned("log", height)?;
    if run.from() != height || (height > 0 && run.prev() != head) {
        return Err(StoreError::NotNext { log, height, from: run.from() });
    }
    let first = next.saturating_add(1);
    let rows: Vec<(u64, &Fact)> = (first..).zip(run.facts()).collect();
    insert_rows(conn, FACT_ROWS, FACT_ROW, &rows, |statement, at, (place, fact)| {
        let StoredFact { header, sig, salt, body } = fact.stored();
        statement.raw_bind_parameter(at, signed(*place))?;
        statement.raw_bind_parameter(at + 1, number)?;
        statement.raw_bind_parameter(at + 2, signed(fact.header().seq))?;
        statement.raw_bind_parameter(at + 3, fact.id().0.as_slice())?;
        statement.raw_bind_parameter(at + 4, header.as_slice())?;
        statement.raw_bind_parameter(at + 5, sig.as_ref().map(<[u8; 64]>::as_slice))?;
        statement.raw_bind_parameter(at + 6, salt.as_slice())?;
        statement.raw_bind_parameter(at + 7, body.as_slice())
    })
    .map_err(medium)?;
    let mut ids: Vec<(u64, i64, u64)> =
        rows.iter().map(|(place, fact)| (block_of(*place), id_prefix(fact.id()), *place)).collect();
    ids.sort_unstable();
    insert_rows(conn, ID_ROWS, ID_ROW, &ids, |statement, at, (block, prefix, place)| {
        statement.raw_bind_parameter(at, signed(*block))?;
        statement.raw_bind_parameter(at + 1, *prefix)?;
        statement.raw_bind_parameter(at + 2, signed(*place))
    })
    .map_err(medium)?;
    *next = rows.last().map_or(*next, |(place, _)| *place);
    let mut update =
        conn.prepare_cached("UPDATE log SET height = ?2, head = ?3 WHERE number = ?1").map_err(medium)?;
    update.execute(params![number, signed(run.height()), run.head().0]).map_err(medium)?;
    Ok(())
}

/// An INSERT of one row, and of [`ROWS`] rows, for a table.
macro_rules! rows {
    ($one:ident, $many:ident, $insert:literal, $row:literal) => {
        const $one: &str = concat!($insert, $row);
        const $many: &str = concat!(
            $insert, $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",",
            $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row
        );
    };
}

/// The rows of one long INSERT.
const ROWS: usize = 16;

// A failure ends the whole transaction, so no statement needs a journal of its own: OR FAIL.
rows!(
    FACT_ROW,
    FACT_ROWS,
    "INSERT OR FAIL INTO fact (place, log, seq, id, header, sig, salt, body) VALUES ",
    "(?, ?, ?, ?, ?, ?, ?, ?)"
);
rows!(ID_ROW, ID_ROWS, "INSERT OR FAIL INTO fact_id VALUES ", "(?, ?, ?)");
rows!(KEY_ROW, KEY_ROWS, "INSERT OR IGNORE INTO fact_key VALUES ", "(?, ?, ?)");
rows!(ACT_ROW, ACT_ROWS, "INSERT OR IGNORE INTO act (act, place, content) VALUES ", "(?, ?, ?)");

/// Inserts rows, many by each statement. `bind` binds one row from the parameter at which it begins.
fn insert_rows<T>(
    conn: &Connection,
    many: &'static str,
    one: &'static str,
    rows: &[T],
    bind: impl Fn(&mut Statement<'_>, usize, &T) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let (full, rest) = rows.as_chunks::<ROWS>();
    let insert = |sql, chunk: &[T]| {
        let mut statement = conn.prepare_cached(sql)?;
        let columns = statement.parameter_count() / chunk.len().max(1);
        for (index, row) in chunk.iter().enumerate() {
            bind(&mut statement, index * columns + 1, row)?;
        }
        statement.raw_execute().map(drop)
    };
    full.iter().try_for_each(|chunk| insert(many, chunk))?;
    rest.chunks(1).try_for_each(|row| insert(one, row))
}

/// The bytes under which facts about a key are filed: half of a BLAKE3 hash of the key.
fn key_hash(key: &Key) -> [u8; 16] {
    // Writing to memory cannot fail.
    let digest = Digest::of("koinon/key/1", &minicbor::to_vec(key).unwrap_or_default());
    let mut hash = [0; 16];
    hash.iter_mut().zip(digest.0).for_each(|(to, from)| *to = from);
    hash
}

/// The block of the indexes in which a place stands.
const fn block_of(place: u64) -> u64 {
    place / 8_192
}

/// The first eight bytes of an id, as the number by which it is found.
fn id_prefix(id: FactId) -> i64 {
    id.0.first_chunk::<8>().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

fn head_of(row: &Row<'_>) -> Result<LogHead, SqliteError> {
    let name = name_of(row, 0)?;
    let height = unsigned("log", row.get(3)?)?;
    Ok(LogHead { log: LogId(row.get(5)?), name, height, head: FactId(row.get(4)?) })
}

/// Reads node, stream and incarnation from a column on.
fn name_of(row: &Row<'_>, first: usize) -> Result<LogName, SqliteError> {
    let number: i64 = row.get(first + 1)?;
    let stream = u8::try_from(number).ok().and_then(Stream::from_number);
    let stream = stream.ok_or_else(|| damaged("log", &format!("stream number {number}")))?;
    let incarnation = Incarnation(u64::from_be_bytes(row.get(first + 2)?));
    Ok(LogName { node: NodeId(row.get(first)?), stream, incarnation })
}

fn held(row: &Row<'_>) -> Result<Held, SqliteError> {
    Ok(Held {
        place: unsigned("fact", row.get(0)?)?,
        name: name_of(row, 1)?,
        seq: unsigned("fact", row.get(4)?)?,
        id: FactId(row.get(5)?),
        fact: stored(row, 6)?,
    })
}

fn stored(row: &Row<'_>, first: usize) -> Result<StoredFact, rusqlite::Error> {
    Ok(StoredFact {
        header: row.get(first)?,
        sig: row.get(first + 1)?,
        salt: row.get(first + 2)?,
        body: row.get(first + 3)?,
    })
}

fn proof_of(bytes: &[u8]) -> Result<ForkProof, SqliteError> {
    ForkProof::decode(bytes).map_err(|error| damaged("fork", &error.to_string()))
}

fn damaged(table: &'static str, what: &str) -> SqliteError {
    SqliteError::Damaged { table, what: what.to_owned() }
}

/// Numbers beyond 63 bits cannot be reached by counting; asking for one finds nothing.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(table: &'static str, number: i64) -> Result<u64, SqliteError> {
    u64::try_from(number).map_err(|_| damaged(table, &format!("the negative number {number}")))
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
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

/// Brings an older store forward, in one transaction.
fn migrate(conn: &Connection, version: i64) -> Result<(), SqliteError> {
    if version >= STORE_VERSION {
        return Ok(());
    }
    let steps = [(2, FORMAT_2), (3, FORMAT_3)];
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let moved = steps
        .iter()
        .filter(|(format, _)| version < *format)
        .try_for_each(|(_, step)| conn.execute_batch(step))
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
