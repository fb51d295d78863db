//! Facts by place, id, key and act: how they are written, and how they are found.

use koinon_books::Content;
use koinon_books::content::CONTENT_BYTES;
use koinon_core::{Digest, EntryId, FactId, LogId, NodeId};
use koinon_ledger::Key;
use koinon_log::{AcceptedRun, Fact, Incarnation, LogName, NO_FACT, StoreError, StoredFact, Stream};
use rusqlite::{Connection, OptionalExtension as _, Row, Statement, params};

use super::{Held, SqliteError, SqliteStore, damaged, limit_of, medium, signed, unsigned};

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

impl SqliteStore {
    /// Appends runs, all or none; gives the place of each run's first fact. Inside a transaction whoever began
    /// takes all of it back after an error.
    pub fn append(&mut self, runs: &[AcceptedRun]) -> Result<Vec<u64>, StoreError> {
        // A savepoint inside a transaction would copy each page before its first change.
        let own = self.conn.is_autocommit();
        if own {
            self.begin()?;
        }
        let appended = self.append_inside(runs).and_then(|firsts| {
            if own {
                self.commit()?;
            }
            Ok(firsts)
        });
        if own && appended.is_err() {
            self.rollback();
        }
        appended
    }

    fn append_inside(&self, runs: &[AcceptedRun]) -> Result<Vec<u64>, StoreError> {
        let mut next = self.last_place()?;
        let mut firsts = Vec::with_capacity(runs.len());
        for run in runs {
            firsts.push(next.saturating_add(1));
            append_run(&self.conn, run, &mut next)?;
        }
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
    let mut bytes = Vec::with_capacity(64);
    let _ = minicbor::encode(key, &mut bytes);
    let digest = Digest::of("koinon/key/1", &bytes);
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

/// Reads node, stream and incarnation from a column on.
pub(super) fn name_of(row: &Row<'_>, first: usize) -> Result<LogName, SqliteError> {
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

pub(super) fn stored(row: &Row<'_>, first: usize) -> Result<StoredFact, rusqlite::Error> {
    Ok(StoredFact {
        header: row.get(first)?,
        sig: row.get(first + 1)?,
        salt: row.get(first + 2)?,
        body: row.get(first + 3)?,
    })
}
