//! Receipts of peers, and recoveries of keys by stewards, as this node heard of them.

use koinon_core::{FactId, NodeId, Timestamp};
use koinon_ledger::Key;
use koinon_log::bundle::Holdings;
use koinon_log::{LogName, Message, Receipt, SharedRun, StoreError, StoredFact};
use rusqlite::{OptionalExtension as _, params};

use super::{RecoveryHeard, SqliteError, SqliteStore, damaged, medium, signed};
use crate::keeper::PeerStore;

/// What an exchange needs beside the logs.
impl PeerStore for SqliteStore {
    fn put_receipt(&mut self, receipt: &Receipt) -> Result<(), StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(
                "INSERT INTO receipt VALUES (?1, ?2, ?3, ?4) ON CONFLICT (by, log)
             DO UPDATE SET height = ?3, receipt = ?4 WHERE height <= ?3",
            )
            .map_err(medium)?;
        let (by, log) = (receipt.by.0, receipt.log.0);
        statement.execute(params![by, log, signed(receipt.height), receipt.encode()]).map_err(medium)?;
        Ok(())
    }

    fn receipts_for(&self, node: NodeId) -> Result<Vec<Receipt>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(
                "SELECT r.receipt FROM receipt r JOIN log l ON l.id = r.log WHERE l.node = ?1 ORDER BY r.by, r.log",
            )
            .map_err(medium)?;
        let rows = statement.query_map(params![node.0], |row| row.get(0)).map_err(medium)?;
        let rows: Vec<Vec<u8>> = rows.collect::<Result<_, _>>().map_err(medium)?;
        let read = |bytes: &Vec<u8>| Receipt::decode(bytes).map_err(|e| damaged("receipt", &e.to_string()));
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    fn note_recovery(&mut self, waits: &RecoveryHeard, run: &Message) -> Result<Timestamp, StoreError> {
        let RecoveryHeard { rotation, node, announced, heard } = waits;
        let sql = "INSERT OR IGNORE INTO recovery VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![rotation.0, node.0, announced.as_millis(), heard.as_millis(), run.encode()];
        self.conn.execute(sql, values).map_err(medium)?;
        let sql = "SELECT heard FROM recovery WHERE rotation = ?1";
        let heard = self.conn.query_row(sql, params![rotation.0], |row| row.get(0)).map_err(medium)?;
        Ok(Timestamp::from_millis(heard))
    }

    fn recoveries_since(&self, since: Timestamp) -> Result<Vec<SharedRun>, StoreError> {
        let sql = "SELECT run FROM recovery WHERE heard > ?1 ORDER BY rotation";
        let mut statement = self.conn.prepare_cached(sql).map_err(medium)?;
        let rows = statement.query_map(params![since.as_millis()], |row| row.get::<_, Vec<u8>>(0));
        let rows: Vec<Vec<u8>> = rows.map_err(medium)?.collect::<Result<_, _>>().map_err(medium)?;
        let read = |bytes: &Vec<u8>| match Message::decode(bytes) {
            Ok(Message::Run(run)) => Ok(run),
            _ => Err(damaged("recovery", "no run")),
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    fn facts_about(&self, key: &Key) -> Result<Vec<(LogName, StoredFact)>, StoreError> {
        Ok(self.about(key, u64::MAX)?.into_iter().map(|held| (held.name, held.fact)).collect())
    }
}

impl SqliteStore {
    /// The receipts that a node gave.
    pub(crate) fn receipts_by(&self, node: NodeId) -> Result<Vec<Receipt>, SqliteError> {
        let mut statement =
            self.conn.prepare_cached("SELECT receipt FROM receipt WHERE by = ?1 ORDER BY log")?;
        let rows: Vec<Vec<u8>> =
            statement.query_map(params![node.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let read = |bytes: &Vec<u8>| Receipt::decode(bytes).map_err(|e| damaged("receipt", &e.to_string()));
        rows.iter().map(read).collect()
    }

    /// Keeps what a node holds, in place of what was kept before, unless that was said later.
    pub(crate) fn put_holdings(&self, holdings: &Holdings) -> Result<(), SqliteError> {
        self.conn.execute(
            "INSERT INTO holding VALUES (?1, ?2, ?3) ON CONFLICT (node) DO UPDATE SET at = ?2, have = ?3 WHERE at < ?2",
            params![holdings.node.0, holdings.at.as_millis(), holdings.encode()],
        )?;
        Ok(())
    }

    /// What a node is known to hold.
    pub(crate) fn holdings_of(&self, node: NodeId) -> Result<Option<Holdings>, SqliteError> {
        let mut statement = self.conn.prepare_cached("SELECT have FROM holding WHERE node = ?1")?;
        let bytes: Option<Vec<u8>> = statement.query_row(params![node.0], |row| row.get(0)).optional()?;
        bytes.map(|bytes| Holdings::decode(&bytes).map_err(|why| damaged("holding", &why))).transpose()
    }

    /// What every node is known to hold.
    pub(crate) fn holdings(&self) -> Result<Vec<Holdings>, SqliteError> {
        let mut statement = self.conn.prepare_cached("SELECT have FROM holding ORDER BY node")?;
        let rows: Vec<Vec<u8>> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        rows.iter().map(|bytes| Holdings::decode(bytes).map_err(|why| damaged("holding", &why))).collect()
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
