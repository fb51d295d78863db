//! Where kept files lie: `kept/own` for our own, encrypted, and `kept/of/NODE` for each neighbour's. All of it is the node's user's
//! alone, and a file bears its name only when every byte of it is durable.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use koinon_core::{Digest, NodeId};
use koinon_log::kept::{FILE_BYTES_MAX, proof};

use super::KeptError;
use crate::disk::{make_dir, sync_parent};
use crate::entropy::draw;
use crate::hex;

/// How an age file begins (age-encryption.org/v1).
const AGE: &[u8] = b"age-encryption.org/v1\n";
/// What an encrypted file has more than the plain one, at most: a header for some recipients, and sixteen bytes of each 64 KiB.
const AGE_BYTES_MORE: u64 = 64 * 1024;
/// Bytes read at a time.
const PORTION_BYTES: usize = 64 * 1024;

fn own_folder(dir: &Path) -> PathBuf {
    dir.join("kept/own")
}

/// Where a file of ours lies.
pub(super) fn own(dir: &Path, digest: Digest) -> PathBuf {
    own_folder(dir).join(format!("{digest}.age"))
}

/// Where a neighbour's files lie.
pub(super) fn folder_of(dir: &Path, owner: NodeId) -> PathBuf {
    dir.join("kept/of").join(owner.to_string())
}

/// Where a neighbour's file lies.
pub(super) fn of(dir: &Path, owner: NodeId, digest: Digest) -> PathBuf {
    folder_of(dir, owner).join(format!("{digest}.age"))
}

/// Where it lies while it comes.
pub(super) fn coming(dir: &Path, owner: NodeId, digest: Digest) -> PathBuf {
    folder_of(dir, owner).join(format!("{digest}.coming"))
}

/// Where it lies once it was found damaged: better than nothing, should nobody have a better one.
pub(super) fn damaged(dir: &Path, owner: NodeId, digest: Digest) -> PathBuf {
    folder_of(dir, owner).join(format!("{digest}.damaged"))
}

pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> KeptError + '_ {
    move |source| KeptError::Io { path: path.to_owned(), source }
}

/// The bytes of a file that is there and is one.
pub(super) fn size(path: &Path) -> Option<u64> {
    fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|meta| meta.len())
}

/// Opens a file to add to it, for its user alone.
pub(super) fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

/// Makes a file durable and gives it its name.
pub(super) fn settle(from: &Path, to: &Path) -> Result<(), KeptError> {
    File::open(from).and_then(|file| file.sync_all()).map_err(at(from))?;
    fs::rename(from, to).and_then(|()| sync_parent(to)).map_err(at(to))
}

/// Copies a file to where it bears its name only once it is whole.
pub(super) fn copy_in(from: &Path, to: &Path) -> Result<(), KeptError> {
    let new = to.with_extension("new");
    if let Some(folder) = to.parent() {
        make_dir(folder).map_err(at(folder))?;
    }
    fs::copy(from, &new).map_err(at(&new))?;
    settle(&new, to)
}

/// Removes a file that need not be there, durably.
pub(super) fn remove(path: &Path) -> Result<(), KeptError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.and_then(|()| sync_parent(path)).map_err(at(path)),
    }
}

/// The names in a folder, without those that are no text.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    found.filter_map(|file| file.file_name().into_string().ok()).collect()
}

/// Reads part of a file.
pub(super) fn part(path: &Path, from: u64, most: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The digest of a file, and its proof with a nonce, read once.
pub(super) fn digest_and_proof(
    path: &Path,
    nonce: Option<&[u8; 32]>,
) -> io::Result<(Digest, Option<Digest>)> {
    let (mut plain, mut keyed) = (blake3::Hasher::new(), nonce.map(proof));
    let mut file = File::open(path)?;
    let mut portion = vec![0; PORTION_BYTES];
    loop {
        let count = file.read(&mut portion)?;
        let Some(bytes) = portion.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        plain.update(bytes);
        if let Some(keyed) = &mut keyed {
            keyed.update(bytes);
        }
    }
    let digest = |hasher: &blake3::Hasher| Digest(*hasher.finalize().as_bytes());
    Ok((digest(&plain), keyed.as_ref().map(digest)))
}

/// The digest of a file.
pub(super) fn digest(path: &Path) -> io::Result<Digest> {
    digest_and_proof(path, None).map(|(digest, _)| digest)
}

/// Removes what an interrupted act left, and bytes of ours that are on no list: what was acknowledged is on one.
pub(super) fn tidy_own(dir: &Path, is_listed: impl Fn(Digest) -> bool) {
    let folder = own_folder(dir);
    for name in names(&folder) {
        let digest = name.strip_suffix(".age").and_then(|text| text.parse::<Digest>().ok());
        if digest.is_some_and(&is_listed) {
            continue;
        }
        if let Err(error) = remove(&folder.join(&name)) {
            tracing::warn!(%error, "a file that need not be kept cannot be removed");
        }
    }
}

/// A file of ours, encrypted and durable, that has no name yet.
pub(super) struct Prepared {
    path: PathBuf,
    pub(super) digest: Digest,
    pub(super) bytes: u64,
}

impl Prepared {
    /// Gives it its name; says whether it is new.
    pub(super) fn place(self, dir: &Path) -> Result<bool, KeptError> {
        let to = own(dir, self.digest);
        let is_new = size(&to).is_none();
        settle(&self.path, &to)?;
        Ok(is_new)
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // It is gone where it was given its name.
        let _ = fs::remove_file(&self.path);
    }
}

/// Hashes and counts what is written, and stops where it is too much.
struct Counted {
    to: BufWriter<File>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or(bytes));
        self.bytes = self.bytes.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        if self.bytes > FILE_BYTES_MAX { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(written) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A file that somebody wants kept, before anything of it was written.
pub(super) struct Source<'s> {
    path: &'s Path,
    file: File,
    pub(super) bytes: u64,
    recipients: Vec<age::x25519::Recipient>,
}

impl<'s> Source<'s> {
    /// Opens it. It is an age file, or is to be encrypted to recipients: nothing plain is ever written.
    pub(super) fn open(path: &'s Path, recipients: &[String]) -> Result<Self, KeptError> {
        let read = |text: &String| {
            let why = |why: &str| KeptError::Recipient { text: text.clone(), why: why.to_owned() };
            text.trim().parse::<age::x25519::Recipient>().map_err(why)
        };
        let recipients = recipients.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let mut file = File::open(path).map_err(at(path))?;
        let meta = file.metadata().map_err(at(path))?;
        if !meta.is_file() {
            return Err(KeptError::NoFile(path.to_owned()));
        }
        let bytes = meta.len().saturating_add(if recipients.is_empty() { 0 } else { AGE_BYTES_MORE });
        if meta.len() == 0 {
            return Err(KeptError::Empty(path.to_owned()));
        }
        if meta.len() > FILE_BYTES_MAX {
            return Err(KeptError::TooLarge(path.to_owned()));
        }
        let mut begin = Vec::new();
        (&mut file).take(u64::try_from(AGE.len()).unwrap_or(0)).read_to_end(&mut begin).map_err(at(path))?;
        file.rewind().map_err(at(path))?;
        // Its header is read whole, so that what only begins like one is found out too.
        let is_age = begin == AGE && age::Decryptor::new(BufReader::new(&file)).is_ok();
        file.rewind().map_err(at(path))?;
        match (is_age, recipients.is_empty()) {
            (false, true) => Err(KeptError::NotEncrypted(path.to_owned())),
            (true, false) => Err(KeptError::Encrypted(path.to_owned())),
            _ => Ok(Self { path, file, bytes, recipients }),
        }
    }

    /// Writes it, encrypted, into the data directory.
    pub(super) fn write(self, dir: &Path) -> Result<Prepared, KeptError> {
        let folder = own_folder(dir);
        make_dir(&folder).map_err(at(&folder))?;
        let path = folder.join(format!("{}.new", hex::encode(&draw::<8>())));
        let to =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(at(&path))?;
        let mut prepared = Prepared { path, digest: Digest([0; 32]), bytes: 0 };
        let counted = Counted { to: BufWriter::new(to), hasher: blake3::Hasher::new(), bytes: 0 };
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::FileTooLarge => KeptError::TooLarge(self.path.to_owned()),
            _ => at(self.path)(error),
        };
        let written = encrypt(&self.file, &self.recipients, counted);
        let mut counted = written.map_err(failed)?;
        counted.flush().and_then(|()| counted.to.get_ref().sync_all()).map_err(at(&prepared.path))?;
        prepared.digest = Digest(*counted.hasher.finalize().as_bytes());
        prepared.bytes = counted.bytes;
        Ok(prepared)
    }
}

fn encrypt(from: &File, recipients: &[age::x25519::Recipient], mut to: Counted) -> io::Result<Counted> {
    let mut from = from.take(FILE_BYTES_MAX.saturating_add(1));
    if recipients.is_empty() {
        io::copy(&mut from, &mut to)?;
        return Ok(to);
    }
    let recipients = recipients.iter().map(|recipient| -> &dyn age::Recipient { recipient });
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
    let mut sealed = encryptor.wrap_output(to)?;
    io::copy(&mut from, &mut sealed)?;
    sealed.finish()
}
