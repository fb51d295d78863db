//! Where first views lie: a directory beside the store, one file each, an offer and the bytes after it.
//!
//! Bytes on their way and views of one's own making are not synced: every piece is held against its digest when it is read
//! again, and what is not whole or not right is fetched or made anew. Synced is what must outlast a power cut: that a view is
//! shown, that it was wrong, and that one is gone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use koinon_core::{Digest, NodeId, Timestamp};
use koinon_log::first_view::PACKED_BYTES_MAX;
use koinon_log::{Arriving, Directory, Offer};
use minicbor::{Decode, Encode};

use super::Differs;
use crate::disk::{make_dir, sync_parent};

/// The one that is being fetched.
pub(super) const COMING: &str = "coming";
/// The one that is shown.
pub(super) const SHOWN: &str = "shown";
/// That the own entries said something else.
pub(super) const DIFFERS: &str = "differs";
/// How files of one's own making begin.
pub(super) const MADE: &str = "made-";
/// How the names of files that are still being written end.
const PARTIAL: &str = ".new";

/// An offer of the most pieces has far fewer bytes.
const OFFER_BYTES_MAX: usize = 64 * 1024;

fn folder(dir: &Path) -> PathBuf {
    dir.join("first-view")
}

fn create(path: &Path) -> io::Result<File> {
    path.parent().map_or(Ok(()), make_dir)?;
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Writes a file beside its place, and gives it its name once it is whole.
fn put(dir: &Path, name: &str, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let path = folder(dir).join(name);
    let partial = folder(dir).join(format!("{name}{PARTIAL}"));
    let put =
        create(&partial).and_then(|mut file| write(&mut file)).and_then(|()| fs::rename(&partial, path));
    put.inspect_err(|_| drop(fs::remove_file(&partial)))
}

/// Begins a file with an offer, in place of what was there.
pub(super) fn begin(dir: &Path, name: &str, offer: &Offer, bytes: &[u8]) -> io::Result<()> {
    let head = offer.encode();
    let length = u32::try_from(head.len()).unwrap_or(u32::MAX);
    put(dir, name, |file| {
        file.write_all(&length.to_be_bytes())?;
        file.write_all(&head)?;
        file.write_all(bytes)
    })
}

/// Adds bytes to a file.
pub(super) fn append(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).open(folder(dir).join(name))?.write_all(bytes)
}

/// Lets what came whole be what is shown, durably: a computer that saw in it entries of its own which it lost must see them
/// after a power cut too.
pub(super) fn show(dir: &Path) -> io::Result<()> {
    let (from, to) = (folder(dir).join(COMING), folder(dir).join(SHOWN));
    File::open(&from)?.sync_all()?;
    fs::rename(from, &to)?;
    sync_parent(&to)
}

/// Reads an offer that its maker signed, and the bytes after it; nothing where there is no such file or it cannot be read.
pub(super) fn read(dir: &Path, name: &str, directory: &Directory) -> Option<(Offer, Vec<u8>)> {
    let most = u64::try_from(OFFER_BYTES_MAX.saturating_add(PACKED_BYTES_MAX)).ok()?;
    let mut all = Vec::new();
    File::open(folder(dir).join(name)).ok()?.take(most).read_to_end(&mut all).ok()?;
    let (length, rest) = all.split_first_chunk::<4>()?;
    let (offer, bytes) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let offer = Offer::decode(offer).ok()?;
    // A power cut may have left anything.
    offer.verify(directory).ok()?;
    Some((offer, bytes.to_vec()))
}

/// Reads a view of which every piece is the one that its maker signed; nothing where there is none.
pub(super) fn read_whole(dir: &Path, name: &str, directory: &Directory) -> Option<Arriving> {
    let (offer, bytes) = read(dir, name, directory)?;
    let mut whole = Arriving::new(offer).ok()?;
    whole.push(&bytes).ok()?;
    whole.is_whole().then_some(whole)
}

/// Removes a file that need not be there, durably.
pub(super) fn remove(dir: &Path, name: &str) -> io::Result<()> {
    let path = folder(dir).join(name);
    let unless_missing = |done: io::Result<()>| match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    };
    // Also where the name is gone already: what went before may not be durable yet.
    unless_missing(fs::remove_file(&path))
        .and_then(|()| unless_missing(sync_parent(&path)))
        .inspect_err(|error| tracing::warn!(%error, name, "a file of a first view cannot be removed"))
}

/// Removes what a power cut left half written.
pub(super) fn sweep(dir: &Path) {
    let found = beginning(dir, "");
    // What stays is tried again at the next start, and nobody reads it.
    found.iter().filter(|name| name.ends_with(PARTIAL)).for_each(|name| drop(remove(dir, name)));
}

/// The files whose names begin so.
pub(super) fn beginning(dir: &Path, with: &str) -> Vec<String> {
    let found = fs::read_dir(folder(dir)).into_iter().flatten().flatten();
    let names = found.filter_map(|file| file.file_name().into_string().ok());
    names.filter(|name| name.starts_with(with)).collect()
}

/// The difference as it is kept.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Kept {
    #[n(0)]
    by: NodeId,
    #[n(1)]
    at: Timestamp,
    #[n(2)]
    theirs: Digest,
    #[n(3)]
    ours: Option<Digest>,
}

pub(super) fn keep_differs(dir: &Path, differs: &Differs) -> io::Result<()> {
    let Differs { by, at, theirs, ours } = *differs;
    let bytes = minicbor::to_vec(Kept { by, at, theirs, ours }).map_err(io::Error::other)?;
    put(dir, DIFFERS, |file| file.write_all(&bytes).and_then(|()| file.sync_all()))?;
    sync_parent(&folder(dir).join(DIFFERS))
}

pub(super) fn read_differs(dir: &Path) -> Option<Differs> {
    let bytes = fs::read(folder(dir).join(DIFFERS)).ok()?;
    let Kept { by, at, theirs, ours } = minicbor::decode(&bytes).ok()?;
    Some(Differs { by, at, theirs, ours })
}
