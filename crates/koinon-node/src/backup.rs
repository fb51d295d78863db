//! Backup and restore: data and keys in one file that any `age` tool can open with the passphrase.
//!
//! Inside the age file (age-encryption.org/v1, scrypt recipient) stand a magic line and parts: a type byte, a length of
//! eight bytes, the bytes; a part of type 0 holds the BLAKE3 digest of all before it. There are no file names in it, so
//! there is no path to go astray. A restored node promises no stock until its neighbours were asked.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use age::secrecy::SecretString;
use koinon_core::{NodeId, Timestamp};
use koinon_log::{LogStore as _, load_directory, verify_log};

use crate::accounts::Accounts;
use crate::clock::SystemClock;
use crate::disk::{DataDir, DiskFloors, fresh_store_path, is_unfinished, make_dir, store_path, sync_parent};
use crate::error::NodeError;
use crate::keys::{self, KEYS_DIR};
use crate::node::Node;
use crate::personal;
use crate::replay::entry_of;
use crate::sqlite::{Mark, SqliteError, SqliteStore};
use crate::storage::note_backup;
use crate::tls::TLS_DIR;

/// How many of the last entries are looked at for one that can be read.
const NEWEST_LOOKED_AT: usize = 64;
const MAGIC: &[u8] = b"KOINON-BACKUP-1\n";
/// The fewest characters of a passphrase.
pub const PASSPHRASE_LEN_MIN: usize = 12;
/// The most work (log2 of scrypt's N) that a file may ask of the one who opens it.
const WORK_MAX: u8 = 22;

/// The part that is the store.
const STORE: &str = "koinon.db";
/// What a part of a backup is, where it lies in a data directory, and whether every backup has it.
const PARTS: [(u8, &str, &str, bool); 13] = [
    (1, "", STORE, true),
    (2, "", "sign-in.db", true),
    (3, KEYS_DIR, "signing.key", true),
    (4, KEYS_DIR, "next.key", false),
    (5, KEYS_DIR, "inception.cbor", true),
    (6, TLS_DIR, "ca.pem", false),
    (7, TLS_DIR, "ca.key", false),
    (8, TLS_DIR, "cert.pem", false),
    (9, TLS_DIR, "key.pem", false),
    (10, KEYS_DIR, keys::SIGN_IN, false),
    (11, "", "people.db", false),
    (12, KEYS_DIR, personal::OPENING, false),
    (13, KEYS_DIR, personal::LOCKED, false),
];

/// Why a backup cannot be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The passphrase is too short.
    #[error("the passphrase has {0} characters; use at least {PASSPHRASE_LEN_MIN}, such as five words")]
    Passphrase(usize),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is a file of this name.
    #[error("{} is there already; name a new file", .0.display())]
    Exists(PathBuf),
    /// The file is no backup, or asks for more than is done for one.
    #[error("{} cannot be opened: {source}; name a file that `koinon backup` wrote", path.display())]
    Age {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: age::DecryptError,
    },
    /// The passphrase is another's.
    #[error("the passphrase does not open {}; use the one with which it was made", .0.display())]
    OtherPassphrase(PathBuf),
    /// The file ends early or was changed.
    #[error(
        "{} is cut off or was changed after it was written, or it is no backup; copy it again from where it is kept, or use another file that `koinon backup` wrote",
        .0.display()
    )]
    Cut(PathBuf),
    /// The file is not what it should be inside.
    #[error("the backup is damaged: {0}; use another one")]
    Damaged(&'static str),
    /// The store could not be copied.
    #[error(transparent)]
    Store(#[from] SqliteError),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + '_ {
    move |source| BackupError::Io { path: path.to_owned(), source }
}

/// Tells a file that ends early or was changed from one that cannot be read.
fn reading(path: &Path) -> impl Fn(io::Error) -> BackupError + '_ {
    move |source| match source.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData => BackupError::Cut(path.to_owned()),
        _ => BackupError::Io { path: path.to_owned(), source },
    }
}

/// Tells what was read from what was written.
fn copying<'a>(from: &'a Path, to: &'a Path) -> impl Fn(io::Error) -> BackupError + 'a {
    move |source| match source.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData => reading(from)(source),
        _ => BackupError::Io { path: to.to_owned(), source },
    }
}

/// Tells what is wrong with the seal.
fn opening(path: &Path) -> impl Fn(age::DecryptError) -> BackupError + '_ {
    move |source| match source {
        age::DecryptError::DecryptionFailed
        | age::DecryptError::KeyDecryptionFailed
        | age::DecryptError::NoMatchingKeys => BackupError::OtherPassphrase(path.to_owned()),
        age::DecryptError::InvalidMac => BackupError::Cut(path.to_owned()),
        age::DecryptError::Io(error) => reading(path)(error),
        source => BackupError::Age { path: path.to_owned(), source },
    }
}

impl Node {
    /// Writes data and keys into a new file, under a passphrase. Writing goes on meanwhile.
    pub fn backup(&self, to: &Path, passphrase: &str) -> Result<(), NodeError> {
        check(passphrase)?;
        let dir = self.dir();
        let [store, sign_in, people] = copies(dir);
        forget_copies(dir)?;
        let made = self.inner.shared.with_reader(|reader| reader.copy_to(&store)).map_err(NodeError::from);
        let made = made.and_then(|()| Ok(self.accounts().copy_to(&sign_in, dir)?));
        let made = made.and_then(|()| Ok(self.personal().copy_to(&people)?));
        let written = made.and_then(|()| {
            Ok(write(dir, to, passphrase, |name| match name {
                "koinon.db" => Some(store.clone()),
                "sign-in.db" => Some(sign_in.clone()),
                "people.db" => Some(people.clone()),
                _ => None,
            })?)
        });
        // What cannot be removed now is removed at the next start.
        let _ = forget_copies(dir);
        if written.is_ok() {
            note_backup(dir, self.clock().now());
        }
        written
    }

    /// Restores a backup into a directory that does not exist or is empty; gives the node's id.
    ///
    /// Before the node promises stock again it asks every listed neighbour, or a steward confirms that nothing is missing.
    /// All sessions and one-time codes have ended.
    pub fn restore(from: &Path, dir: &Path, passphrase: &str) -> Result<NodeId, NodeError> {
        make_dir(dir).map_err(at(dir))?;
        if store_path(dir).exists() {
            return Err(NodeError::Exists(dir.to_owned()));
        }
        if is_unfinished(dir) {
            return Err(NodeError::Unfinished(dir.to_owned()));
        }
        if fs::read_dir(dir).map_err(at(dir))?.next().is_some() {
            return Err(NodeError::NotEmpty(dir.to_owned()));
        }
        let lock = DataDir::lock(dir, DiskFloors::default())?;
        let fresh = fresh_store_path(dir);
        if let Err(error) = read(from, dir, &fresh, passphrase) {
            remove_parts(dir);
            return Err(error.into());
        }
        let identity = keys::load(dir)?;
        let store = SqliteStore::open(&fresh)?;
        store.integrity_check()?;
        let (owner, _) = store.owner()?;
        if owner != identity.node() {
            return Err(NodeError::OtherNode { store: owner, keys: identity.node() });
        }
        store.set_mark(Mark::HeadsMayBeOld, 1)?;
        store.set_mark(Mark::Clean, 1)?;
        store.into_one_file(&fresh)?;
        Accounts::open(dir, Arc::new(SystemClock::new()))?.end_all()?;
        // Before this there is no node, and after it a whole one, in which nobody is signed in.
        let store = store_path(dir);
        fs::rename(&fresh, &store).and_then(|()| sync_parent(&store)).map_err(at(dir))?;
        drop(lock);
        Ok(owner)
    }
}

/// The copies from which a backup is written.
fn copies(dir: &Path) -> [PathBuf; 3] {
    [STORE, "sign-in.db", "people.db"].map(|name| dir.join(format!("{name}.backup-copy")))
}

/// Removes copies, also those that an interrupted backup left: they hold what may have been let go since.
pub(crate) fn forget_copies(dir: &Path) -> Result<(), BackupError> {
    for path in copies(dir) {
        if path.exists() {
            fs::remove_file(&path).map_err(at(&path))?;
        }
    }
    Ok(())
}

/// What a backup holds, as it was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupTried {
    /// Whose it is.
    pub node: NodeId,
    /// The entries that verified, over all logs.
    pub facts: u64,
    /// When the newest entry that can be read was recorded.
    pub newest: Option<Timestamp>,
    /// What is wrong, each with its place; empty when all of it verifies.
    pub faults: Vec<String>,
}

impl Node {
    /// Opens a backup in a new directory and verifies everything in it: file, keys, sign-in, every chain and signature. The
    /// directory holds the node's keys then; whoever made it takes it away.
    ///
    /// # Errors
    /// [`NodeError`] when the backup cannot be opened at all.
    pub fn try_backup(from: &Path, scratch: &Path, passphrase: &str) -> Result<BackupTried, NodeError> {
        DirBuilder::new().mode(0o700).create(scratch).map_err(at(scratch))?;
        read(from, scratch, &store_path(scratch), passphrase)?;
        let identity = keys::load(scratch)?;
        let store = SqliteStore::open(&store_path(scratch))?;
        let mut faults: Vec<String> = store.integrity_check().err().iter().map(ToString::to_string).collect();
        let (owner, network) = store.owner()?;
        if owner != identity.node() {
            return Err(NodeError::OtherNode { store: owner, keys: identity.node() });
        }
        let (directory, refused) = load_directory(&store, network)?;
        let directory = directory.believing();
        faults.extend(refused.iter().map(ToString::to_string));
        let mut facts = 0_u64;
        for head in store.heads()? {
            let (verified, fault) = verify_log(&store, &directory, head.log, &mut drop)?;
            facts = facts.saturating_add(verified);
            faults.extend(fault.map(|rejection| format!("log {}: {rejection}", head.log)));
        }
        if let Err(error) = keys::fits(&identity, &directory) {
            faults.push(error.to_string());
        }
        faults.extend(
            Accounts::open(scratch, Arc::new(SystemClock::new())).err().map(|error| error.to_string()),
        );
        let last = store.before(u64::MAX, NEWEST_LOOKED_AT)?;
        let newest = last.iter().find_map(|held| Some(entry_of(held)?.stamp.recorded));
        Ok(BackupTried { node: owner, facts, newest, faults })
    }
}

/// Takes back what a failed restore wrote into a directory that was empty.
fn remove_parts(dir: &Path) {
    for (_, folder, name, _) in PARTS {
        // Most of them were not written.
        let _ = fs::remove_file(dir.join(folder).join(name));
    }
    for left in [dir.join(KEYS_DIR), dir.join(TLS_DIR)] {
        let _ = fs::remove_dir(left);
    }
    let _ = fs::remove_file(fresh_store_path(dir));
    let _ = fs::remove_file(dir.join("lock"));
}

fn check(passphrase: &str) -> Result<(), BackupError> {
    let found = passphrase.chars().count();
    if found < PASSPHRASE_LEN_MIN { Err(BackupError::Passphrase(found)) } else { Ok(()) }
}

/// Hashes what passes through.
struct Hashing<T> {
    inner: T,
    hasher: blake3::Hasher,
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or(bytes));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.hasher.update(bytes.get(..read).unwrap_or(&[]));
        Ok(read)
    }
}

/// Writes a backup under another name first, so that no half of one bears its name.
fn write(
    dir: &Path,
    to: &Path,
    passphrase: &str,
    instead: impl Fn(&str) -> Option<PathBuf>,
) -> Result<(), BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let begun = unfinished(to);
    let written = write_parts(dir, &begun, passphrase, instead);
    let named = written.and_then(|()| fs::rename(&begun, to).and_then(|()| sync_parent(to)).map_err(at(to)));
    if named.is_err() {
        // What cannot be taken away is at least named as unfinished.
        let _ = fs::remove_file(begun);
    }
    named
}

/// The name of a backup until it is whole.
fn unfinished(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".unfinished");
    PathBuf::from(name)
}

fn write_parts(
    dir: &Path,
    to: &Path,
    passphrase: &str,
    instead: impl Fn(&str) -> Option<PathBuf>,
) -> Result<(), BackupError> {
    let file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(to).map_err(at(to))?;
    let encryptor = age::Encryptor::with_user_passphrase(SecretString::from(passphrase.to_owned()));
    let sealed = encryptor.wrap_output(BufWriter::new(&file)).map_err(at(to))?;
    let mut out = Hashing { inner: sealed, hasher: blake3::Hasher::new() };
    out.write_all(MAGIC).map_err(at(to))?;
    for (kind, folder, name, needed) in PARTS {
        let path = instead(name).unwrap_or_else(|| dir.join(folder).join(name));
        if !needed && !path.exists() {
            continue;
        }
        let mut part = File::open(&path).map_err(at(&path))?;
        let length = part.metadata().map_err(at(&path))?.len();
        out.write_all(&[kind]).and_then(|()| out.write_all(&length.to_be_bytes())).map_err(at(to))?;
        let copied = io::copy(&mut part, &mut out).map_err(at(&path))?;
        if copied != length {
            return Err(BackupError::Damaged("a file changed while it was copied"));
        }
    }
    let digest = *out.hasher.finalize().as_bytes();
    let mut sealed = out.inner;
    sealed.write_all(&[0]).and_then(|()| sealed.write_all(&digest)).map_err(at(to))?;
    let mut buffer = sealed.finish().map_err(at(to))?;
    buffer.flush().map_err(at(to))?;
    drop(buffer);
    file.sync_all().map_err(at(to))
}

/// Lays out what a backup holds; the store stands where `store` says.
fn read(from: &Path, dir: &Path, store: &Path, passphrase: &str) -> Result<(), BackupError> {
    let file = File::open(from).map_err(at(from))?;
    let decryptor = age::Decryptor::new(BufReader::new(file)).map_err(opening(from))?;
    let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    identity.set_max_work_factor(WORK_MAX);
    let opened =
        decryptor.decrypt(std::iter::once::<&dyn age::Identity>(&identity)).map_err(opening(from))?;
    read_parts(opened, from, |folder, name, bytes| {
        let folder = dir.join(folder);
        if !folder.exists() {
            DirBuilder::new().mode(0o700).create(&folder).map_err(at(&folder))?;
        }
        let path = if name == STORE { store.to_owned() } else { folder.join(name) };
        let options = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut part = options.map_err(at(&path))?;
        let copied = io::copy(bytes, &mut part).map_err(copying(from, &path))?;
        part.sync_all().map_err(at(&path))?;
        Ok(copied)
    })?;
    for folder in [dir.join(KEYS_DIR), dir.join(TLS_DIR), dir.to_owned()] {
        if folder.exists() {
            File::open(&folder).and_then(|folder| folder.sync_all()).map_err(at(&folder))?;
        }
    }
    Ok(())
}

/// Reads what stands inside the seal, part by part: `take` gets folder, name and bytes of each, and says how many it read.
/// The digest is known only at the end, so what was taken counts for nothing until this returns. `from` is for messages.
///
/// # Errors
/// [`BackupError::Damaged`] or [`BackupError::Io`]; those of `take`.
pub fn read_parts(
    opened: impl Read,
    from: &Path,
    mut take: impl FnMut(&str, &str, &mut dyn Read) -> Result<u64, BackupError>,
) -> Result<(), BackupError> {
    let mut input = Hashing { inner: opened, hasher: blake3::Hasher::new() };
    let mut magic = [0; MAGIC.len()];
    input.read_exact(&mut magic).map_err(reading(from))?;
    if magic != *MAGIC {
        return Err(BackupError::Damaged("it does not begin as a backup does"));
    }
    let mut found = Vec::new();
    loop {
        let digest = *input.hasher.finalize().as_bytes();
        let mut kind = [0; 1];
        input.read_exact(&mut kind).map_err(reading(from))?;
        let [kind] = kind;
        if kind == 0 {
            let mut stated = [0; 32];
            input.read_exact(&mut stated).map_err(reading(from))?;
            if stated != digest {
                return Err(BackupError::Damaged("its digest does not fit its content"));
            }
            break;
        }
        let known = PARTS.iter().find(|(number, ..)| *number == kind);
        let Some((_, folder, name, _)) = known.filter(|_| !found.contains(&kind)) else {
            return Err(BackupError::Damaged("it holds a part that is unknown or comes twice"));
        };
        found.push(kind);
        let mut length = [0; 8];
        input.read_exact(&mut length).map_err(reading(from))?;
        let length = u64::from_be_bytes(length);
        if take(folder, name, &mut (&mut input).take(length))? != length {
            return Err(BackupError::Damaged("it ends inside a part"));
        }
    }
    if PARTS.iter().any(|(kind, _, _, needed)| *needed && !found.contains(kind)) {
        return Err(BackupError::Damaged("a part is missing"));
    }
    Ok(())
}
