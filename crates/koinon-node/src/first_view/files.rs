//! Where first views lie: a directory beside the store, one file each, an offer and the bytes after it.
//!
//! Nothing here is synced: what is not whole or not right is fetched or made again.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use koinon_core::{Digest, NodeId, Timestamp};
use koinon_log::Offer;
use koinon_log::first_view::PACKED_BYTES_MAX;
use minicbor::{Decode, Encode};

use super::Differs;

/// The one that is being fetched.
pub(super) const COMING: &str = "coming";
/// The one that is shown.
pub(super) const SHOWN: &str = "shown";
/// That the own entries said something else.
pub(super) const DIFFERS: &str = "differs";
/// How files of one's own making begin.
pub(super) const MADE: &str = "made-";

/// An offer of the most pieces has far fewer bytes.
const OFFER_BYTES_MAX: usize = 64 * 1024;

fn folder(dir: &Path) -> PathBuf {
    dir.join("first-view")
}

fn create(path: &Path) -> io::Result<fs::File> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Begins a file with an offer, in place of what was there.
pub(super) fn begin(dir: &Path, name: &str, offer: &Offer, bytes: &[u8]) -> io::Result<()> {
    let path = folder(dir).join(name);
    let partial = folder(dir).join(format!("{name}.new"));
    let head = offer.encode();
    let length = u32::try_from(head.len()).unwrap_or(u32::MAX);
    let mut file = create(&partial)?;
    file.write_all(&length.to_be_bytes())?;
    file.write_all(&head)?;
    file.write_all(bytes)?;
    fs::rename(partial, path)
}

/// Adds bytes to a file.
pub(super) fn append(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).open(folder(dir).join(name))?.write_all(bytes)
}

/// Gives a file another name.
pub(super) fn rename(dir: &Path, from: &str, to: &str) -> io::Result<()> {
    fs::rename(folder(dir).join(from), folder(dir).join(to))
}

/// Reads an offer and the bytes after it; nothing where there is no such file or it cannot be read.
pub(super) fn read(dir: &Path, name: &str) -> Option<(Offer, Vec<u8>)> {
    let most = u64::try_from(OFFER_BYTES_MAX.saturating_add(PACKED_BYTES_MAX)).ok()?;
    let mut all = Vec::new();
    fs::File::open(folder(dir).join(name)).ok()?.take(most).read_to_end(&mut all).ok()?;
    let (length, rest) = all.split_first_chunk::<4>()?;
    let (offer, bytes) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    Some((Offer::decode(offer).ok()?, bytes.to_vec()))
}

/// Removes a file that need not be there.
pub(super) fn remove(dir: &Path, name: &str) {
    match fs::remove_file(folder(dir).join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, name, "a file of a first view cannot be removed");
        }
        _ => {}
    }
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
    let mut file = create(&folder(dir).join(DIFFERS))?;
    file.write_all(&bytes)?;
    file.sync_all()
}

pub(super) fn read_differs(dir: &Path) -> Option<Differs> {
    let bytes = fs::read(folder(dir).join(DIFFERS)).ok()?;
    let Kept { by, at, theirs, ours } = minicbor::decode(&bytes).ok()?;
    Some(Differs { by, at, theirs, ours })
}
