//! The sign-in file on disk: its settings, its format, and how files of earlier formats are brought forward.
//!
//! Formats 1 to 3 held names of people, devices and places as they were typed. They are sealed in one transaction; what
//! SQLite may still hold of the old rows on pages that it let go is then swept out by writing the file anew. A power cut
//! leaves the old file, the new one, or the new one with a note that it is still to be swept. What the file system holds of
//! blocks that were let go before, nobody can sweep from here.

use std::fs::File;
use std::path::Path;

use koinon_core::{Digest, PersonId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::seal::{Of, Seal};
use super::{AccountError, second};
use crate::disk::sign_in_path;
use crate::keys::{self, KEYS_DIR};

pub(super) const SCHEMA: &str = include_str!("schema.sql");
pub(super) const SCHEMA_2: &str = include_str!("schema_2.sql");
pub(super) const SCHEMA_3: &str = include_str!("schema_3.sql");
const SCHEMA_4: &str = include_str!("schema_4.sql");
/// After the rows were sealed.
const INTO_PLACE_4: &str = "
    DROP TABLE account; ALTER TABLE sealed_account RENAME TO account;
    DROP TABLE session; ALTER TABLE sealed_session RENAME TO session;
    DROP TABLE device; ALTER TABLE sealed_device RENAME TO device;
    DROP TABLE event; ALTER TABLE sealed_event RENAME TO event;";
/// The format of the file.
pub(super) const VERSION: i64 = 4;

/// Opens the file of a data directory, or makes it, with the seal under which it lies.
pub(super) fn open(dir: &Path) -> Result<(Connection, Seal), AccountError> {
    let path = sign_in_path(dir);
    let conn = Connection::open(&path)?;
    conn.pragma_update(None, "journal_mode", "DELETE")?;
    conn.pragma_update(None, "synchronous", "EXTRA")?;
    conn.pragma_update(None, "secure_delete", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    // What a statement notes for itself touches no disk.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > VERSION {
        return Err(AccountError::Newer(version));
    }
    let seal = Seal::of(dir, version == VERSION)?;
    if version < VERSION {
        bring_forward(&conn, &seal, version)?;
    }
    if version == 0 {
        let secret = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, secret)?;
        File::open(dir)?.sync_all()?;
    }
    fits(&conn, &seal, dir)?;
    sweep(&conn)?;
    Ok((conn, seal))
}

/// Sees that the seal is the one under which the file lies.
pub(super) fn fits(conn: &Connection, seal: &Seal, dir: &Path) -> Result<(), AccountError> {
    let proof: Option<Vec<u8>> = conn.query_row("SELECT proof FROM seal", [], |row| row.get(0)).optional()?;
    let proof = proof.ok_or(AccountError::Damaged("seal"))?;
    if seal.open(Of::File, &proof).is_some() {
        return Ok(());
    }
    let path = dir.join(KEYS_DIR).join(keys::SIGN_IN);
    Err(AccountError::Key { path, what: "is not the key of sign-in.db" })
}

/// Makes the tables of a new file, or brings an older one forward, whole or not at all.
fn bring_forward(conn: &Connection, seal: &Seal, version: i64) -> Result<(), AccountError> {
    let change = conn.unchecked_transaction()?;
    if version < 1 {
        change.execute_batch(SCHEMA)?;
    }
    if version < 2 {
        change.execute_batch(SCHEMA_2)?;
    }
    if version < 3 {
        change.execute_batch(SCHEMA_3)?;
        second::seal_all(&change, seal)?;
    }
    change.execute_batch(SCHEMA_4)?;
    let proof = seal.close(Of::File, &[])?;
    change.execute("INSERT INTO seal VALUES (1, ?1, ?2)", params![proof, version > 0])?;
    seal_accounts(&change, seal)?;
    seal_sessions(&change, seal)?;
    seal_devices(&change, seal)?;
    seal_events(&change, seal)?;
    change.execute_batch(INTO_PLACE_4)?;
    change.pragma_update(None, "user_version", VERSION)?;
    Ok(change.commit()?)
}

fn seal_accounts(conn: &Connection, seal: &Seal) -> Result<(), AccountError> {
    let mut read = conn.prepare("SELECT person, login, password, pin FROM account")?;
    let mut write = conn.prepare("INSERT INTO sealed_account VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let (person, login): (_, String) = (PersonId(row.get(0)?), row.get(1)?);
        let (password, pin): (Vec<u8>, Option<Vec<u8>>) = (row.get(2)?, row.get(3)?);
        let sealed = seal.close_text(Of::Login(person), &login)?;
        write.execute(params![person.0, seal.hash_of(&login), sealed, password, pin])?;
    }
    Ok(())
}

fn seal_sessions(conn: &Connection, seal: &Seal) -> Result<(), AccountError> {
    let mut read = conn.prepare("SELECT hash, device FROM session")?;
    let mut write = conn.prepare(
        "INSERT INTO sealed_session SELECT hash, person, ?2, shared, made, seen, standing FROM session WHERE hash = ?1",
    )?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let (hash, device): (_, String) = (Digest(row.get(0)?), row.get(1)?);
        write.execute(params![hash.0, seal.close_text(Of::Session(hash), &device)?])?;
    }
    Ok(())
}

fn seal_devices(conn: &Connection, seal: &Seal) -> Result<(), AccountError> {
    let mut read = conn.prepare("SELECT hash, label FROM device")?;
    let mut write =
        conn.prepare("INSERT INTO sealed_device SELECT hash, ?2, made FROM device WHERE hash = ?1")?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let (hash, label): (_, String) = (Digest(row.get(0)?), row.get(1)?);
        write.execute(params![hash.0, seal.close_text(Of::Device(hash), &label)?])?;
    }
    Ok(())
}

fn seal_events(conn: &Connection, seal: &Seal) -> Result<(), AccountError> {
    let mut read = conn.prepare("SELECT id, at, place FROM event")?;
    let mut write = conn
        .prepare("INSERT INTO sealed_event SELECT id, at, what, person, by, ?2 FROM event WHERE id = ?1")?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let (id, at, place): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        write.execute(params![id, seal.close_text(Of::Event(id, at), &place)?])?;
    }
    Ok(())
}

/// Writes the file anew where that is due, so that no page that was let go holds what was typed.
fn sweep(conn: &Connection) -> Result<(), AccountError> {
    let is_due: bool = conn.query_row("SELECT due FROM seal", [], |row| row.get(0))?;
    if is_due {
        conn.execute_batch("VACUUM; UPDATE seal SET due = 0")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
