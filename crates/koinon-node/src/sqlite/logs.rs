//! What the log asks of a store: heads, ranges, runs, forks, and histories that do not count.

use koinon_core::{Digest, FactId, LogId, NodeId};
use koinon_log::envelope::fact_id;
use koinon_log::{AcceptedRun, ForkProof, LogHead, LogStore, StoreError, StoredFact, Stream};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::facts::{broken, name_of};
use super::rows::Facts;
use super::{SqliteError, SqliteStore, damaged, medium, signed, unsigned};

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
        let mut statement = self.conn.prepare_cached(STRETCHES_FROM).map_err(medium)?;
        let number = self.number_of(log)?;
        let mut rows = statement.query(params![number, signed(from)]).map_err(medium)?;
        let mut facts = Vec::new();
        let mut size = 0_usize;
        while let Some(row) = rows.next().map_err(medium)? {
            let (place, first, bytes) = stretch(row)?;
            let mut of_row = Facts::of(bytes);
            of_row.pass_over(from.saturating_sub(first)).map_err(|_| broken(place))?;
            for fact in of_row {
                if facts.len() >= facts_max {
                    return Ok(facts);
                }
                let fact = fact.map_err(|_| broken(place))?;
                size = size.saturating_add(fact.size());
                facts.push(fact);
                if size >= bytes_max {
                    return Ok(facts);
                }
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

impl SqliteStore {
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

    /// Takes every log of a stream of a node out of the store, overwriting what it held; gives the number of facts.
    pub(crate) fn purge(&self, node: NodeId, stream: Stream) -> Result<u64, SqliteError> {
        self.conn.pragma_update(None, "secure_delete", true)?;
        let mut facts = 0_u64;
        let numbers: Vec<(i64, [u8; 16])> = {
            let mut statement =
                self.conn.prepare("SELECT number, id FROM log WHERE node = ?1 AND stream = ?2")?;
            let rows = statement
                .query_map(params![node.0, stream.number()], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        for (number, id) in numbers {
            let places: Vec<(i64, i64)> = {
                let mut statement = self.conn.prepare("SELECT place, count FROM facts WHERE log = ?1")?;
                let rows = statement.query_map(params![number], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect::<Result<_, _>>()?
            };
            forget(&self.conn, &places)?;
            let gone = places.iter().map(|(_, count)| u64::try_from(*count).unwrap_or(0));
            facts = gone.fold(facts, u64::saturating_add);
            self.conn.execute("DELETE FROM facts WHERE log = ?1", params![number])?;
            self.conn.execute("DELETE FROM aside WHERE log = ?1", params![id])?;
            self.conn.execute("DELETE FROM log WHERE number = ?1", params![number])?;
        }
        Ok(facts)
    }

    /// Writes what stands in the log of changes into the file, and empties it: what was taken out is then nowhere.
    pub(crate) fn empty_wal(&self) -> Result<(), SqliteError> {
        self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// The number of a log; -1, which none has, where it is not held.
    fn number_of(&self, log: LogId) -> Result<i64, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT number FROM log WHERE id = ?1").map_err(medium)?;
        let number = statement.query_row(params![log.0], |row| row.get(0)).optional().map_err(medium)?;
        Ok(number.unwrap_or(-1))
    }

    fn move_aside(&mut self, log: LogId, from: u64) -> Result<(), SqliteError> {
        let savepoint = self.conn.savepoint()?;
        let number: Option<i64> = savepoint
            .query_row("SELECT number FROM log WHERE id = ?1", params![log.0], |row| row.get(0))
            .optional()?;
        let Some(number) = number else { return Ok(()) };
        let held: Vec<(u64, u64, Vec<u8>)> = {
            let mut statement = savepoint.prepare(STRETCHES_FROM)?;
            let mut rows = statement.query(params![number, signed(from)])?;
            let mut held = Vec::new();
            while let Some(row) = rows.next()? {
                let (place, first, bytes) = stretch(row)?;
                held.push((place, first, bytes.to_vec()));
            }
            held
        };
        let mut gone = Vec::with_capacity(held.len());
        for (place, first, bytes) in held {
            let keeps = from.saturating_sub(first);
            let mut moved = Facts::of(&bytes);
            let kept = moved.pass_over(keeps).map_err(|_| broken(place))?;
            let mut count = 0_u64;
            for (seq, fact) in (first.saturating_add(keeps)..).zip(moved) {
                let StoredFact { header, sig, salt, body } = fact.map_err(|_| broken(place))?;
                let id = fact_id(&header, sig.as_ref());
                savepoint.execute(
                    "INSERT OR IGNORE INTO aside VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![log.0, signed(seq), id.0, header, sig, salt, body],
                )?;
                count = count.saturating_add(1);
            }
            gone.push((signed(place.saturating_add(keeps)), signed(count)));
            if keeps == 0 {
                savepoint.execute("DELETE FROM facts WHERE place = ?1", params![signed(place)])?;
            } else {
                let sql = "UPDATE facts SET count = ?2, bytes = ?3 WHERE place = ?1";
                savepoint.execute(sql, params![signed(place), signed(keeps), bytes.get(..kept)])?;
            }
        }
        forget(&savepoint, &gone)?;
        let last: Option<(i64, i64, Vec<u8>)> = savepoint
            .query_row(
                "SELECT place, seq + count, bytes FROM facts WHERE log = ?1 ORDER BY seq DESC LIMIT 1",
                params![number],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        match last {
            Some((place, height, bytes)) => {
                let place = unsigned("facts", place)?;
                let last = Facts::of(&bytes).last().and_then(Result::ok).ok_or_else(|| broken(place))?;
                savepoint.execute(
                    "UPDATE log SET height = ?2, head = ?3 WHERE number = ?1",
                    params![number, height, fact_id(&last.header, last.sig.as_ref()).0],
                )?
            }
            None => savepoint.execute("DELETE FROM log WHERE number = ?1", params![number])?,
        };
        savepoint.commit()?;
        Ok(())
    }
}

/// The rows of a log that hold its facts from a number on, in order.
const STRETCHES_FROM: &str = "SELECT place, seq, bytes FROM facts WHERE log = ?1 AND seq >= coalesce(
    (SELECT max(seq) FROM facts WHERE log = ?1 AND seq <= ?2), 0) AND seq + count > ?2 ORDER BY seq";

/// A row's first place, its first number in the log, and its bytes.
fn stretch<'r>(row: &'r Row<'_>) -> Result<(u64, u64, &'r [u8]), SqliteError> {
    let place = unsigned("facts", row.get(0)?)?;
    let bytes = row.get_ref(2)?.as_blob().map_err(|_| broken(place))?;
    Ok((place, unsigned("facts", row.get(1)?)?, bytes))
}

/// Takes places out of everything that finds facts; each is the first of so many.
fn forget(conn: &Connection, places: &[(i64, i64)]) -> Result<(), SqliteError> {
    conn.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS gone (place INTEGER PRIMARY KEY) STRICT; DELETE FROM gone",
    )?;
    let mut insert = conn.prepare_cached("INSERT OR IGNORE INTO gone VALUES (?1)")?;
    for (first, count) in places {
        for place in *first..first.saturating_add(*count) {
            insert.execute(params![place])?;
        }
    }
    conn.execute_batch(
        "DELETE FROM fact_key WHERE place IN (SELECT place FROM gone);
         DELETE FROM fact_id WHERE place IN (SELECT place FROM gone);
         DELETE FROM act WHERE place IN (SELECT place FROM gone);
         DELETE FROM gone",
    )?;
    Ok(())
}

fn head_of(row: &Row<'_>) -> Result<LogHead, SqliteError> {
    let name = name_of(row, 0)?;
    let height = unsigned("log", row.get(3)?)?;
    Ok(LogHead { log: LogId(row.get(5)?), name, height, head: FactId(row.get(4)?) })
}

fn proof_of(bytes: &[u8]) -> Result<ForkProof, SqliteError> {
    ForkProof::decode(bytes).map_err(|error| damaged("fork", &error.to_string()))
}
