//! Facts by place, id, key and act: how they are written, and how they are found.

use koinon_books::Content;
use koinon_books::content::CONTENT_BYTES;
use koinon_core::{Digest, EntryId, FactId, LogId, NodeId};
use koinon_ledger::Key;
use koinon_log::{AcceptedRun, Incarnation, LogName, NO_FACT, StoreError, Stream};
use rusqlite::{Connection, OptionalExtension as _, Row, Statement, params};

use super::rows;
use super::{Held, SqliteError, SqliteStore, damaged, medium, signed, unsigned};

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
        let sql = "SELECT place + count - 1 FROM facts ORDER BY place DESC LIMIT 1";
        let place: Option<i64> = self.conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
        unsigned("facts", place.unwrap_or(0))
    }

    /// The place of a log's fact.
    pub fn place_of(&self, log: LogId, seq: u64) -> Result<Option<u64>, SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT place, seq, count FROM facts WHERE log = (SELECT number FROM log WHERE id = ?1) AND seq <= ?2
             ORDER BY seq DESC LIMIT 1",
        )?;
        let row = statement.query_row(params![log.0, signed(seq)], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        });
        let Some((place, first, count)) = row.optional()? else { return Ok(None) };
        let behind = seq.saturating_sub(unsigned("facts", first)?);
        let place = unsigned("facts", place)?.saturating_add(behind);
        Ok((behind < unsigned("facts", count)?).then_some(place))
    }

    /// The facts after a place, in order, up to a place and at most `limit`.
    pub fn after(&self, place: u64, upto: u64, limit: usize) -> Result<Vec<Held>, SqliteError> {
        let sql = "SELECT f.place, l.node, l.stream, l.incarnation, f.seq, f.count, f.bytes FROM facts f
             JOIN log l ON l.number = f.log
             WHERE f.place >= coalesce((SELECT max(place) FROM facts WHERE place <= ?1 + 1), 0) AND f.place <= ?2
             ORDER BY f.place";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![signed(place), signed(upto)])?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            for held in held(row)? {
                let held = held?;
                if held.place > place && held.place <= upto {
                    facts.push(held);
                }
                if facts.len() >= limit {
                    return Ok(facts);
                }
            }
        }
        Ok(facts)
    }

    /// The facts before a place, newest first, at most `limit`.
    pub fn before(&self, place: u64, limit: usize) -> Result<Vec<Held>, SqliteError> {
        let sql = "SELECT f.place, l.node, l.stream, l.incarnation, f.seq, f.count, f.bytes FROM facts f
             JOIN log l ON l.number = f.log WHERE f.place < ?1 ORDER BY f.place DESC";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![signed(place)])?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()?.filter(|_| facts.len() < limit) {
            let of_row: Vec<Held> = held(row)?.collect::<Result<_, _>>()?;
            let left = limit.saturating_sub(facts.len());
            facts.extend(of_row.into_iter().rev().filter(|held| held.place < place).take(left));
        }
        Ok(facts)
    }

    /// The facts about a key, in the order of arrival, before a place.
    pub fn about(&self, key: &Key, before: u64) -> Result<Vec<Held>, SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "WITH RECURSIVE block (number) AS
               (SELECT 0 UNION ALL SELECT number + 1 FROM block WHERE number < ?3)
             SELECT k.place FROM block b JOIN fact_key k ON k.block = b.number AND k.key = ?1
             WHERE k.place < ?2 ORDER BY k.place",
        )?;
        let last = signed(block_of(self.last_place()?));
        let rows = statement.query_map(params![key_hash(key), signed(before), last], |row| row.get(0))?;
        let places: Vec<i64> = rows.collect::<Result<_, _>>()?;
        self.at(&places)
    }

    /// One fact.
    pub fn fact(&self, id: FactId) -> Result<Option<Held>, SqliteError> {
        let mut statement = self.conn.prepare_cached(
            "WITH RECURSIVE block (number) AS
               (SELECT 0 UNION ALL SELECT number + 1 FROM block WHERE number < ?2)
             SELECT i.place FROM block b JOIN fact_id i ON i.block = b.number AND i.prefix = ?1 ORDER BY i.place",
        )?;
        let last = signed(block_of(self.last_place()?));
        let rows = statement.query_map(params![id_prefix(id), last], |row| row.get(0))?;
        let places: Vec<i64> = rows.collect::<Result<_, _>>()?;
        Ok(self.at(&places)?.into_iter().find(|held| held.id() == id))
    }

    /// The facts at places in rising order; those where nothing stands any more are left out.
    fn at(&self, places: &[i64]) -> Result<Vec<Held>, SqliteError> {
        let sql = "SELECT f.place, l.node, l.stream, l.incarnation, f.seq, f.count, f.bytes FROM facts f
             JOIN log l ON l.number = f.log WHERE f.place = (SELECT max(place) FROM facts WHERE place <= ?1)";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut facts = Vec::with_capacity(places.len());
        // What stands in one row is read once.
        let mut of_row = Vec::new();
        for place in places {
            let wanted = unsigned("facts", *place)?;
            let find = |of_row: &[Held]| of_row.iter().find(|held| held.place == wanted).cloned();
            let mut found = find(&of_row);
            if found.is_none() {
                let mut rows = statement.query(params![place])?;
                of_row = match rows.next()? {
                    Some(row) => held(row)?.collect::<Result<_, _>>()?,
                    None => Vec::new(),
                };
                found = find(&of_row);
            }
            facts.extend(found);
        }
        Ok(facts)
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
        let mut statement =
            self.conn.prepare_cached("SELECT place, content FROM act WHERE act = ?1 ORDER BY place")?;
        let rows = statement.query_map(params![act.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (mut places, mut content) = (Vec::new(), None);
        for row in rows {
            let (place, said): (i64, Option<[u8; CONTENT_BYTES]>) = row?;
            places.push(place);
            content = content.or(said.map(Content));
        }
        Ok((self.at(&places)?.iter().map(Held::id).collect(), content))
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
    let mut insert = conn
        .prepare_cached(
            "INSERT OR FAIL INTO facts (place, log, seq, count, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .map_err(medium)?;
    let mut ids: Vec<(u64, i64, u64)> = Vec::with_capacity(run.facts().len());
    let mut seq = run.from();
    for stretch in rows::stretches(run.facts()) {
        let first = next.saturating_add(1);
        let mut bytes = Vec::with_capacity(rows::BYTES_FULL);
        for fact in stretch {
            rows::put(&mut bytes, fact.stored());
            *next = next.saturating_add(1);
            ids.push((block_of(*next), id_prefix(fact.id()), *next));
        }
        let count = u64::try_from(stretch.len()).unwrap_or(u64::MAX);
        insert.execute(params![signed(first), number, signed(seq), signed(count), bytes]).map_err(medium)?;
        seq = seq.saturating_add(count);
    }
    ids.sort_unstable();
    insert_rows(conn, ID_ROWS, ID_ROW, &ids, |statement, at, (block, prefix, place)| {
        statement.raw_bind_parameter(at, signed(*block))?;
        statement.raw_bind_parameter(at + 1, *prefix)?;
        statement.raw_bind_parameter(at + 2, signed(*place))
    })
    .map_err(medium)?;
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

/// The facts of a row that was read from its place on.
fn held<'r>(row: &'r Row<'_>) -> Result<impl Iterator<Item = Result<Held, SqliteError>> + 'r, SqliteError> {
    let place = unsigned("facts", row.get(0)?)?;
    let name = name_of(row, 1)?;
    let seq = unsigned("facts", row.get(4)?)?;
    let count = unsigned("facts", row.get(5)?)?;
    let bytes = row.get_ref(6)?.as_blob().map_err(|_| broken(place))?;
    let mut facts = rows::Facts::of(bytes);
    let mut index = 0;
    Ok(std::iter::from_fn(move || match facts.next() {
        Some(Ok(fact)) => {
            let (place, seq) = (place.saturating_add(index), seq.saturating_add(index));
            index += 1;
            Some(Ok(Held { place, name, seq, fact }))
        }
        None if index == count => None,
        // Once is enough: whoever reads on is told nothing.
        Some(Err(_)) | None => {
            index = count;
            Some(Err(broken(place)))
        }
    }))
}

/// A row's bytes are not whole facts.
pub(super) fn broken(place: u64) -> SqliteError {
    damaged("facts", &format!("broken bytes from place {place} on"))
}
