//! What the node keeps for itself: marks, what it wrote, snapshots, folds, neighbours.

use std::collections::BTreeMap;

use koinon_core::{Digest, LogId, NodeId, Timestamp};
use koinon_log::AcceptedRun;
use rusqlite::{OptionalExtension as _, params};

use super::{Mark, PeerRow, Snapshot, SqliteError, SqliteStore, signed, unsigned};

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

    /// Forgets all snapshots: the book is to be made from the facts again.
    pub(crate) fn drop_snapshots(&self) -> Result<(), SqliteError> {
        self.conn.execute("DELETE FROM snapshot", [])?;
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
