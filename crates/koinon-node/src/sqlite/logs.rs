//! What the log asks of a store: heads, ranges, runs, forks, and histories that do not count.

use koinon_core::{Digest, FactId, LogId, NodeId};
use koinon_log::{AcceptedRun, ForkProof, LogHead, LogStore, StoreError, StoredFact, Stream};
use rusqlite::{OptionalExtension as _, Row, params};

use super::facts::{name_of, stored};
use super::{SqliteError, SqliteStore, damaged, limit_of, medium, signed, unsigned};

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
            for sql in [
                "DELETE FROM fact_key WHERE place IN (SELECT place FROM fact WHERE log = ?1)",
                "DELETE FROM fact_id WHERE place IN (SELECT place FROM fact WHERE log = ?1)",
                "DELETE FROM act WHERE place IN (SELECT place FROM fact WHERE log = ?1)",
            ] {
                self.conn.execute(sql, params![number])?;
            }
            let gone = self.conn.execute("DELETE FROM fact WHERE log = ?1", params![number])?;
            facts = facts.saturating_add(u64::try_from(gone).unwrap_or(u64::MAX));
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
}

fn head_of(row: &Row<'_>) -> Result<LogHead, SqliteError> {
    let name = name_of(row, 0)?;
    let height = unsigned("log", row.get(3)?)?;
    Ok(LogHead { log: LogId(row.get(5)?), name, height, head: FactId(row.get(4)?) })
}

fn proof_of(bytes: &[u8]) -> Result<ForkProof, SqliteError> {
    ForkProof::decode(bytes).map_err(|error| damaged("fork", &error.to_string()))
}
