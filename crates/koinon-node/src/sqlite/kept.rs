//! Files that neighbours keep for one another: the lists. The bytes lie beside the store.

use std::collections::BTreeMap;

use koinon_core::{Digest, NodeId, Timestamp};
use koinon_log::kept::NotTaken;
use rusqlite::params;

use super::{SqliteError, SqliteStore, damaged, signed, unsigned};
use crate::kept::own::{At, OwnFile, OwnFiles, Said, State};
use crate::kept::visit::OfOther;

fn at(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

const fn number_of(state: State) -> i64 {
    match state {
        State::Kept => 0,
        State::Replaced => 1,
        State::Released => 2,
        State::Found => 3,
    }
}

fn state_of(number: i64) -> Result<State, SqliteError> {
    let all = [State::Kept, State::Replaced, State::Released, State::Found];
    let found = all.into_iter().find(|state| number_of(*state) == number);
    found.ok_or_else(|| damaged("kept_file", "an unknown state"))
}

fn said_of(number: Option<i64>) -> Result<Option<Said>, SqliteError> {
    let unknown = || damaged("kept_by", "an unknown answer");
    Ok(match number {
        None => None,
        Some(0) => Some(Said::Holds),
        Some(number) => {
            let why = u8::try_from(number).ok().and_then(NotTaken::of);
            Some(Said::Not(why.ok_or_else(unknown)?))
        }
    })
}

impl SqliteStore {
    /// This node's files at neighbours.
    pub(crate) fn own_files(&self) -> Result<OwnFiles, SqliteError> {
        let mut files = BTreeMap::new();
        let sql = "SELECT digest, placed, label, bytes, state FROM kept_file";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            let placed = Timestamp::from_millis(row.get(1)?);
            Ok((Digest(row.get(0)?), placed, row.get(2)?, row.get::<_, i64>(3)?, row.get::<_, i64>(4)?))
        })?;
        for row in rows {
            let (digest, placed, label, bytes, state) = row?;
            let (bytes, state) = (unsigned("kept_file", bytes)?, state_of(state)?);
            files.insert(digest, OwnFile { label, bytes, placed, state, at: BTreeMap::new() });
        }
        let sql = "SELECT digest, keeper, asked, said, came, heard, proven, wrong, tried, nonce FROM kept_by";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            let said: Option<i64> = row.get(3)?;
            let one = At {
                asked: row.get(2)?,
                said: None,
                came: at(row.get(4)?),
                heard: at(row.get(5)?),
                proven: at(row.get(6)?),
                wrong: at(row.get(7)?),
                tried: at(row.get(8)?),
                nonce: row.get(9)?,
            };
            Ok((Digest(row.get(0)?), NodeId(row.get(1)?), said, one))
        })?;
        for row in rows {
            let (digest, keeper, said, one) = row?;
            let file =
                files.get_mut(&digest).ok_or_else(|| damaged("kept_by", "a file that is not listed"))?;
            file.at.insert(keeper, At { said: said_of(said)?, ..one });
        }
        Ok(OwnFiles { files })
    }

    /// Keeps the list of this node's files in place of the one before.
    pub(crate) fn put_own_files(&self, own: &OwnFiles) -> Result<(), SqliteError> {
        self.begin()?;
        self.conn.execute_batch("DELETE FROM kept_by; DELETE FROM kept_file")?;
        let mut file = self.conn.prepare_cached("INSERT INTO kept_file VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let sql = "INSERT INTO kept_by VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let mut by = self.conn.prepare_cached(sql)?;
        for (digest, one) in &own.files {
            let (placed, state) = (one.placed.as_millis(), number_of(one.state));
            file.execute(params![digest.0, placed, one.label, signed(one.bytes), state])?;
            for (keeper, at) in &one.at {
                let said = at.said.map(|said| match said {
                    Said::Holds => 0,
                    Said::Not(why) => i64::from(why.number()),
                });
                by.execute(params![
                    digest.0,
                    keeper.0,
                    at.asked,
                    said,
                    millis(at.came),
                    millis(at.heard),
                    millis(at.proven),
                    millis(at.wrong),
                    millis(at.tried),
                    at.nonce
                ])?;
            }
        }
        self.commit()
    }

    /// How many bytes this node agreed to keep, by neighbour.
    pub(crate) fn kept_allowed(&self) -> Result<BTreeMap<NodeId, u64>, SqliteError> {
        let mut statement = self.conn.prepare_cached("SELECT owner, bytes FROM kept_allowed")?;
        let rows = statement.query_map([], |row| Ok((NodeId(row.get(0)?), row.get::<_, i64>(1)?)))?;
        let rows: Vec<(NodeId, i64)> = rows.collect::<Result<_, _>>()?;
        rows.into_iter().map(|(owner, bytes)| Ok((owner, unsigned("kept_allowed", bytes)?))).collect()
    }

    /// Sets how many bytes this node agreed to keep for a neighbour; 0 takes it back.
    pub(crate) fn put_kept_allowed(&self, owner: NodeId, bytes: u64) -> Result<(), SqliteError> {
        if bytes == 0 {
            self.conn.execute("DELETE FROM kept_allowed WHERE owner = ?1", params![owner.0])?;
        } else {
            let sql = "INSERT OR REPLACE INTO kept_allowed VALUES (?1, ?2)";
            self.conn.execute(sql, params![owner.0, signed(bytes)])?;
        }
        Ok(())
    }

    /// What this node keeps for neighbours.
    pub(crate) fn kept_of(&self) -> Result<BTreeMap<(NodeId, Digest), OfOther>, SqliteError> {
        let sql = "SELECT owner, digest, placed, bytes, came, proved FROM kept_of";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            let (placed, came) = (Timestamp::from_millis(row.get(2)?), Timestamp::from_millis(row.get(4)?));
            let key = (NodeId(row.get(0)?), Digest(row.get(1)?));
            Ok((key, placed, row.get::<_, i64>(3)?, came, row.get::<_, Option<i64>>(5)?))
        })?;
        let mut all = BTreeMap::new();
        for row in rows {
            let (key, placed, bytes, came, proved) = row?;
            all.insert(key, OfOther { placed, bytes: unsigned("kept_of", bytes)?, came, proved: at(proved) });
        }
        Ok(all)
    }

    /// Keeps what is known of a neighbour's file.
    pub(crate) fn put_kept_of(
        &self,
        (owner, digest): (NodeId, Digest),
        of: &OfOther,
    ) -> Result<(), SqliteError> {
        self.conn.execute(
            "INSERT OR REPLACE INTO kept_of VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                owner.0,
                digest.0,
                of.placed.as_millis(),
                signed(of.bytes),
                of.came.as_millis(),
                millis(of.proved)
            ],
        )?;
        Ok(())
    }

    /// Forgets a neighbour's file.
    pub(crate) fn remove_kept_of(&self, (owner, digest): (NodeId, Digest)) -> Result<(), SqliteError> {
        let sql = "DELETE FROM kept_of WHERE owner = ?1 AND digest = ?2";
        self.conn.execute(sql, params![owner.0, digest.0])?;
        Ok(())
    }
}
