//! Receipts of nodes, recoveries of keys by stewards, and where logs ended, as the copy heard of them.

use koinon_core::{LogId, NodeId, Timestamp};
use koinon_ledger::Key;
use koinon_log::{LogName, Message, Receipt, SharedRun, StoreError, StoredFact};
use koinon_node::PeerStore;
use koinon_node::sqlite::RecoveryHeard;

use crate::about::facts_about;
use crate::error::PgError;
use crate::link::signed;
use crate::store::PgStore;

impl PeerStore for PgStore {
    fn put_receipt(&mut self, receipt: &Receipt) -> Result<(), StoreError> {
        Ok(self.on(|link| {
            let (by, log) = (receipt.by.0.as_slice(), receipt.log.0.as_slice());
            link.run(
                "keeping a receipt",
                "INSERT INTO mirror.receipt AS r VALUES ($1, $2, $3, $4) ON CONFLICT (node, log)
                 DO UPDATE SET height = $3, receipt = $4 WHERE r.height <= $3",
                &[&by, &log, &signed(receipt.height), &receipt.encode()],
            )
            .map(drop)
        })?)
    }

    fn receipts_for(&self, node: NodeId) -> Result<Vec<Receipt>, StoreError> {
        Ok(self.on(|link| {
            let rows = link.rows(
                "reading receipts",
                "SELECT r.receipt FROM mirror.receipt r JOIN mirror.log l ON l.id = r.log
                 WHERE l.node = $1 ORDER BY r.node, r.log",
                &[&node.0.as_slice()],
            )?;
            let read = |row: &postgres::Row| {
                let bytes: &[u8] = link.field(row, 0)?;
                Receipt::decode(bytes).map_err(|error| link.damaged(&format!("table receipt holds {error}")))
            };
            rows.iter().map(read).collect::<Result<_, PgError>>()
        })?)
    }

    fn note_recovery(&mut self, waits: &RecoveryHeard, run: &Message) -> Result<Timestamp, StoreError> {
        const STEP: &str = "noting a recovery";
        Ok(self.on(|link| {
            let rotation = waits.rotation.0.as_slice();
            let times = [waits.announced.as_millis(), waits.heard.as_millis()];
            let [announced, heard] = times;
            link.run(
                STEP,
                "INSERT INTO mirror.recovery VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                &[&rotation, &waits.node.0.as_slice(), &announced, &heard, &run.encode()],
            )?;
            let row =
                link.one(STEP, "SELECT heard FROM mirror.recovery WHERE rotation = $1", &[&rotation])?;
            Ok::<_, PgError>(Timestamp::from_millis(link.field(&row, 0)?))
        })?)
    }

    fn recoveries_since(&self, since: Timestamp) -> Result<Vec<SharedRun>, StoreError> {
        Ok(self.on(|link| {
            let rows = link.rows(
                "reading recoveries",
                "SELECT run FROM mirror.recovery WHERE heard > $1 ORDER BY rotation",
                &[&since.as_millis()],
            )?;
            let read = |row: &postgres::Row| {
                let bytes: &[u8] = link.field(row, 0)?;
                match Message::decode(bytes) {
                    Ok(Message::Run(run)) => Ok(run),
                    _ => Err(link.damaged("table recovery holds no run")),
                }
            };
            rows.iter().map(read).collect::<Result<_, PgError>>()
        })?)
    }

    fn facts_about(&self, key: &Key) -> Result<Vec<(LogName, StoredFact)>, StoreError> {
        Ok(self.on(|link| facts_about(link, key))?)
    }
}

impl PgStore {
    /// Notes how many facts count of each log that ended before what is held of it, for the views.
    pub fn note_ends(&self, ends: &[(LogId, u64)]) -> Result<(), PgError> {
        let logs: Vec<&[u8]> = ends.iter().map(|(log, _)| log.0.as_slice()).collect();
        let counted: Vec<i64> = ends.iter().map(|(_, counted)| signed(*counted)).collect();
        self.on(|link| {
            link.run(
                "noting where logs ended",
                "UPDATE mirror.log l SET counted = n.counted FROM (
                   SELECT x.id, e.counted FROM mirror.log x
                   LEFT JOIN unnest($1::bytea[], $2::bigint[]) AS e (id, counted) ON e.id = x.id) n
                 WHERE n.id = l.id AND l.counted IS DISTINCT FROM n.counted",
                &[&logs, &counted],
            )
            .map(drop)
        })
    }
}
