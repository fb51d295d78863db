//! Personal texts at rest: one key for each person and each thing that has a note, kept apart from the logs.
//!
//! | file | what |
//! |---|---|
//! | `people.db` | each subject's key, wrapped by a master key; the master key, wrapped by the one of the files below |
//! | `keys/people.key` | the key that opens it, where the node opens it by itself |
//! | `keys/people.locked` | the same key under a passphrase, as an age file, in place of `people.key` |
//!
//! A text is sealed with XChaCha20-Poly1305, bound to its subject, filled up to a multiple of 64 bytes. The nonce follows
//! from key, act and text, so that an act that comes twice says the same. Erasing a subject deletes its key, draws a new
//! master key and wraps all other keys anew; what was sealed stays where it is and opens for nobody. Storage that keeps
//! old blocks of flash may still hold the old wrapped keys, so encrypt the disk as well.

mod sealing;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use koinon_books::fact::TEXT_LEN_MAX;
use koinon_books::{About, Book, BookCommand, Personal, Refused, Sealed, Subject};
use koinon_core::{EntryId, PersonId};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::backup::PASSPHRASE_LEN_MIN;
use crate::entropy::draw;
use crate::hex;
use crate::keys::{self, KEYS_DIR, KeysError};
use sealing::{Key, close, locked, open, opened, unwrap, wrap};

pub(crate) use sealing::{filled, unfilled};

const SCHEMA: &str = include_str!("personal.sql");
const VERSION: i64 = 1;
/// The key that opens the file of keys.
pub(crate) const OPENING: &str = "people.key";
/// The same under a passphrase.
pub(crate) const LOCKED: &str = "people.locked";
const LOCKED_BYTES_MAX: u64 = 4 * 1024;

/// Why personal texts cannot be sealed, opened, locked or erased.
#[derive(Debug, thiserror::Error)]
pub enum PersonalError {
    /// The keys wait for the passphrase.
    #[error(
        "names and notes are locked since this computer started; open them with their passphrase, on the page Computer or with `koinon people open`"
    )]
    Locked,
    /// They are not locked.
    #[error("names and notes are not locked with a passphrase; lock them with `koinon people lock`")]
    NotLocked,
    /// They are locked already.
    #[error(
        "names and notes are locked with a passphrase already; take that back first with `koinon people unlock`"
    )]
    IsLocked,
    /// The passphrase is another.
    #[error(
        "this passphrase does not open names and notes; use the one with which they were locked, or, where nobody has it any more, enter names anew after `koinon people reset`"
    )]
    OtherPassphrase,
    /// The passphrase is too short.
    #[error("the passphrase has {0} characters; use at least {PASSPHRASE_LEN_MIN}, such as five words")]
    Passphrase(usize),
    /// The key does not fit the file of keys.
    #[error(
        "{} does not fit the keys beside it; put files of one node together, or restore a backup", .0.display()
    )]
    OtherKey(PathBuf),
    /// The file is of another version.
    #[error("people.db has format {0}, this program knows {VERSION}; install the newer version again")]
    Newer(i64),
    /// A text could not be sealed.
    #[error("the text could not be sealed; try again")]
    Sealing,
    /// A key file failed.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The file of keys failed.
    #[error("people.db failed: {0}")]
    Store(#[from] rusqlite::Error),
}

/// The keys of personal texts of one node.
pub struct PersonalKeys {
    dir: PathBuf,
    state: Mutex<State>,
}

struct State {
    conn: Connection,
    /// What opens the file; nothing while it is locked.
    opening: Option<Key>,
    /// The keys that were used, by the subject's bytes.
    used: BTreeMap<Vec<u8>, Key>,
}

impl std::fmt::Debug for PersonalKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonalKeys(secret)")
    }
}

/// The file of keys in a data directory.
pub(crate) fn people_path(dir: &Path) -> PathBuf {
    dir.join("people.db")
}

fn opening_path(dir: &Path) -> PathBuf {
    dir.join(KEYS_DIR).join(OPENING)
}

fn locked_path(dir: &Path) -> PathBuf {
    dir.join(KEYS_DIR).join(LOCKED)
}

/// The locked key on its way out.
fn old_path(dir: &Path) -> PathBuf {
    locked_path(dir).with_extension("old")
}

/// Opening and locking.
impl PersonalKeys {
    /// Opens the keys of a data directory, or makes them where there are none yet. Where a passphrase locks them, they stay
    /// locked.
    pub fn open(dir: &Path) -> Result<Self, PersonalError> {
        let path = people_path(dir);
        let is_locked = locked_path(dir).exists();
        let opening = if is_locked { None } else { Some(keys::key_of_file(dir, OPENING)?) };
        if is_locked {
            // What an interrupted locking left behind.
            let _ = shred(&opening_path(dir));
        }
        // What an interrupted unlocking left behind.
        let _ = shred(&old_path(dir));
        let conn = Connection::open(&path)?;
        conn.pragma_update(None, "journal_mode", "DELETE")?;
        conn.pragma_update(None, "synchronous", "EXTRA")?;
        conn.pragma_update(None, "secure_delete", true)?;
        conn.pragma_update(None, "trusted_schema", false)?;
        conn.pragma_update(None, "cell_size_check", true)?;
        let keys =
            Self { dir: dir.to_owned(), state: Mutex::new(State { conn, opening, used: BTreeMap::new() }) };
        keys.settle(&path)?;
        Ok(keys)
    }

    fn settle(&self, path: &Path) -> Result<(), PersonalError> {
        let state = self.state();
        let version: i64 = state.conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match version {
            0 => {
                let change = state.conn.unchecked_transaction()?;
                change.execute_batch(SCHEMA)?;
                if let Some(opening) = &state.opening {
                    put_master(&change, opening, &draw())?;
                }
                change.pragma_update(None, "user_version", VERSION)?;
                change.commit()?;
                let secret = std::os::unix::fs::PermissionsExt::from_mode(0o600);
                fs::set_permissions(path, secret).map_err(keys::io(path))?;
                keys::sync_dir(&self.dir)?;
            }
            VERSION => {
                if let Some(opening) = &state.opening {
                    fits(&state.conn, opening, &opening_path(&self.dir))?;
                }
            }
            newer => return Err(PersonalError::Newer(newer)),
        }
        Ok(())
    }

    /// Whether texts can be sealed and opened now.
    pub fn is_open(&self) -> bool {
        self.state().opening.is_some()
    }

    /// Whether a passphrase is needed after each start.
    pub fn needs_passphrase(&self) -> bool {
        locked_path(&self.dir).exists()
    }

    /// Puts the key under a passphrase, which is asked for after each start from now on. What is open stays so until then.
    pub fn lock(&self, passphrase: &str) -> Result<(), PersonalError> {
        let found = passphrase.chars().count();
        if found < PASSPHRASE_LEN_MIN {
            return Err(PersonalError::Passphrase(found));
        }
        if self.needs_passphrase() {
            return Err(PersonalError::IsLocked);
        }
        let opening = self.state().opening.ok_or(PersonalError::Locked)?;
        let path = locked_path(&self.dir);
        let making = path.with_extension("new");
        // Of an attempt that was interrupted.
        let _ = fs::remove_file(&making);
        keys::write_secret(&making, &locked(&opening, passphrase).ok_or(PersonalError::Sealing)?)?;
        fs::rename(&making, &path).map_err(keys::io(&path))?;
        keys::sync_dir(&self.dir.join(KEYS_DIR))?;
        Ok(shred(&opening_path(&self.dir))?)
    }

    /// Opens the keys with their passphrase, until the node ends.
    pub fn open_with(&self, passphrase: &str) -> Result<(), PersonalError> {
        self.opened_with(passphrase).map(drop)
    }

    fn opened_with(&self, passphrase: &str) -> Result<Key, PersonalError> {
        let opening = self.opening_of(passphrase)?;
        let mut state = self.state();
        fits(&state.conn, &opening, &locked_path(&self.dir))?;
        state.opening = Some(opening);
        // What was erased while it was locked is wrapped anew now.
        renew(&state)?;
        Ok(opening)
    }

    /// Takes the passphrase away: the node opens the keys by itself from now on.
    pub fn unlock(&self, passphrase: &str) -> Result<(), PersonalError> {
        let opening = self.opened_with(passphrase)?;
        keys::write_secret(&opening_path(&self.dir), hex::encode(&opening).as_bytes())?;
        keys::sync_dir(&self.dir.join(KEYS_DIR))?;
        self.drop_locked()
    }

    /// Begins anew where nobody has the passphrase any more: every key is destroyed, so that what was sealed until now opens
    /// for nobody, and the node opens new ones by itself.
    ///
    /// # Errors
    /// [`PersonalError::NotLocked`] where a passphrase is not needed.
    pub fn reset(&self) -> Result<(), PersonalError> {
        if !self.needs_passphrase() {
            return Err(PersonalError::NotLocked);
        }
        let mut state = self.state();
        // Of an interrupted attempt: a key that never opened anything.
        shred(&opening_path(&self.dir))?;
        let opening = keys::key_of_file(&self.dir, OPENING)?;
        let change = state.conn.unchecked_transaction()?;
        change.execute("DELETE FROM key", [])?;
        put_master(&change, &opening, &draw())?;
        change.commit()?;
        state.used.clear();
        state.opening = Some(opening);
        drop(state);
        // Whatever is cut off before this begins anew once more: the old key then fits nothing.
        self.drop_locked()
    }

    /// Takes the locked key away. It loses its name before its bytes: a power cut must not leave zeros under the name that says
    /// there is a passphrase.
    fn drop_locked(&self) -> Result<(), PersonalError> {
        let (locked, old) = (locked_path(&self.dir), old_path(&self.dir));
        fs::rename(&locked, &old).map_err(keys::io(&locked))?;
        keys::sync_dir(&self.dir.join(KEYS_DIR))?;
        Ok(shred(&old)?)
    }

    fn opening_of(&self, passphrase: &str) -> Result<Key, PersonalError> {
        let path = locked_path(&self.dir);
        if !path.exists() {
            return Err(PersonalError::NotLocked);
        }
        opened(&keys::read_secret(&path, LOCKED_BYTES_MAX)?, passphrase).ok_or(PersonalError::OtherPassphrase)
    }

    /// Writes a copy of the file of keys, for a backup.
    pub(crate) fn copy_to(&self, to: &Path) -> Result<(), PersonalError> {
        self.state().conn.execute("VACUUM INTO ?1", params![to.to_string_lossy()])?;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sealing.
impl PersonalKeys {
    /// Seals what an act says of a subject, under a key that is drawn where the subject has none yet.
    ///
    /// # Errors
    /// [`PersonalError::Locked`] while the passphrase is missing.
    pub fn seal(&self, subject: &Subject, act: EntryId, text: &str) -> Result<Sealed, PersonalError> {
        let name = bytes_of(subject);
        let key = self.state().key_for(&name)?;
        close(&key, &name, act, text).ok_or(PersonalError::Sealing)
    }

    /// Opens a text of a subject; nothing while the keys are locked, after an erasure, and where the bytes are another's.
    pub fn read(&self, subject: &Subject, text: &Personal) -> Option<String> {
        match text {
            Personal::Typed(text) => Some(text.clone()),
            Personal::Sealed(sealed) => {
                let name = bytes_of(subject);
                let key = self.state().key_of(&name).ok()??;
                open(&key, &name, sealed)
            }
        }
    }

    /// What a person is called, where that can be read.
    pub fn name(&self, book: &Book, person: PersonId) -> Option<String> {
        self.read(&Subject::Person(person), book.name(person)?)
    }

    /// The last note on something, where that can be read.
    pub fn note(&self, book: &Book, about: &About) -> Option<String> {
        self.read(&Subject::Note(about.clone()), book.note(about)?)
    }

    /// Seals what is personal in a command, so that no typed text reaches the book, the log or the list of acts.
    ///
    /// # Errors
    /// [`PersonalError::Locked`]; [`Refused::TextTooLong`] within.
    pub(crate) fn seal_in(&self, command: &mut BookCommand) -> Result<Result<(), Refused>, PersonalError> {
        let act = command.act();
        let (subject, text) = match command {
            BookCommand::Grant { granted, name: Some(name), .. } => (Subject::Person(granted.subject), name),
            BookCommand::Name { person, name, .. } => (Subject::Person(*person), name),
            BookCommand::Note { about, text, .. } => (Subject::Note(about.clone()), text),
            _ => return Ok(Ok(())),
        };
        let Personal::Typed(typed) = &*text else { return Ok(Ok(())) };
        let length = typed.chars().count();
        if length > TEXT_LEN_MAX {
            return Ok(Err(Refused::TextTooLong(length)));
        }
        if !text.is_empty() {
            *text = Personal::Sealed(self.seal(&subject, act, typed.trim())?);
        }
        Ok(Ok(()))
    }

    /// Destroys a subject's key; says whether there was one. Also while the keys are locked.
    pub fn erase(&self, subject: &Subject) -> Result<bool, PersonalError> {
        let mut state = self.state();
        let name = bytes_of(subject);
        state.used.remove(&name);
        let change = state.conn.unchecked_transaction()?;
        let erased = change.execute("DELETE FROM key WHERE subject = ?1", params![name])? > 0;
        if erased {
            change.execute("UPDATE master SET due = 1", [])?;
        }
        change.commit()?;
        if state.opening.is_some() {
            renew(&state)?;
        }
        Ok(erased)
    }
}

impl State {
    fn key_for(&mut self, subject: &[u8]) -> Result<Key, PersonalError> {
        if let Some(key) = self.key_of(subject)? {
            return Ok(key);
        }
        let master = self.master()?;
        let key: Key = draw();
        let wrapped = wrap(&master, subject, &key).ok_or(PersonalError::Sealing)?;
        self.conn.execute("INSERT INTO key (subject, wrapped) VALUES (?1, ?2)", params![subject, wrapped])?;
        self.used.insert(subject.to_vec(), key);
        Ok(key)
    }

    fn key_of(&mut self, subject: &[u8]) -> Result<Option<Key>, PersonalError> {
        if self.opening.is_none() {
            return Err(PersonalError::Locked);
        }
        if let Some(key) = self.used.get(subject) {
            return Ok(Some(*key));
        }
        let mut statement = self.conn.prepare_cached("SELECT wrapped FROM key WHERE subject = ?1")?;
        let wrapped: Option<Vec<u8>> = statement.query_row(params![subject], |row| row.get(0)).optional()?;
        drop(statement);
        let Some(wrapped) = wrapped else { return Ok(None) };
        let key = unwrap(&self.master()?, subject, &wrapped);
        if let Some(key) = key {
            self.used.insert(subject.to_vec(), key);
        }
        Ok(key)
    }

    fn master(&self) -> Result<Key, PersonalError> {
        let opening = self.opening.as_ref().ok_or(PersonalError::Locked)?;
        master(&self.conn, opening)?.ok_or(PersonalError::Sealing)
    }
}

/// Draws a new master key and wraps every key anew, where an erasure asks for it.
fn renew(state: &State) -> Result<(), PersonalError> {
    let due: i64 = state.conn.query_row("SELECT due FROM master", [], |row| row.get(0))?;
    let Some(opening) = state.opening.filter(|_| due != 0) else { return Ok(()) };
    let old = state.master()?;
    let new: Key = draw();
    let change = state.conn.unchecked_transaction()?;
    let held: Vec<(Vec<u8>, Vec<u8>)> = {
        let mut statement = change.prepare("SELECT subject, wrapped FROM key")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<Result<_, _>>()?
    };
    for (subject, wrapped) in held {
        // A key that the old master key does not open was lost before.
        let Some(key) = unwrap(&old, &subject, &wrapped) else { continue };
        let wrapped = wrap(&new, &subject, &key).ok_or(PersonalError::Sealing)?;
        change.execute("UPDATE key SET wrapped = ?2 WHERE subject = ?1", params![subject, wrapped])?;
    }
    put_master(&change, &opening, &new)?;
    change.commit()?;
    Ok(())
}

fn put_master(conn: &Connection, opening: &Key, master: &Key) -> Result<(), PersonalError> {
    let wrapped = wrap(opening, b"master", master).ok_or(PersonalError::Sealing)?;
    conn.execute("INSERT OR REPLACE INTO master (one, wrapped, due) VALUES (1, ?1, 0)", params![wrapped])?;
    Ok(())
}

fn master(conn: &Connection, opening: &Key) -> Result<Option<Key>, PersonalError> {
    let mut statement = conn.prepare_cached("SELECT wrapped FROM master")?;
    let wrapped: Option<Vec<u8>> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(wrapped.and_then(|wrapped| unwrap(opening, b"master", &wrapped)))
}

/// Whether the file of keys opens with a key; one that was lost and made anew takes it.
fn fits(conn: &Connection, opening: &Key, path: &Path) -> Result<(), PersonalError> {
    let is_new: bool = conn.query_row("SELECT count(*) = 0 FROM master", [], |row| row.get(0))?;
    if is_new {
        return put_master(conn, opening, &draw());
    }
    master(conn, opening)?.map(drop).ok_or_else(|| PersonalError::OtherKey(path.to_owned()))
}

fn bytes_of(subject: &Subject) -> Vec<u8> {
    // Writing to memory cannot fail.
    minicbor::to_vec(subject).unwrap_or_default()
}

/// Overwrites a small file and removes it.
fn shred(path: &Path) -> Result<(), KeysError> {
    let Ok(length) = fs::metadata(path).map(|file| file.len()) else { return Ok(()) };
    let mut file = File::options().write(true).open(path).map_err(keys::io(path))?;
    let zeros = vec![0; usize::try_from(length).unwrap_or(0)];
    file.write_all(&zeros).and_then(|()| file.sync_all()).map_err(keys::io(path))?;
    fs::remove_file(path).map_err(keys::io(path))?;
    path.parent().map_or(Ok(()), keys::sync_dir)
}

#[cfg(test)]
mod tests;
