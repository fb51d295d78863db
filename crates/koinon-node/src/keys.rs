//! The node's secret keys as files, apart from the store: the key that signs, the key that may replace it, and the
//! inception that names both.
//!
//! Files are made with mode 0600 in a directory with mode 0700 and are never overwritten. The recovery key is not
//! kept at all: it is shown once, to be written down.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use koinon_log::writer::IdentityError;
use koinon_log::{Directory, Identity, NetworkId, SigningKey, VerifyKey};

use crate::entropy::{OsEntropy, draw};
use crate::founding::RecoveryPlan;
use crate::hex;

/// The folder of the keys inside the data directory.
pub const KEYS_DIR: &str = "keys";
const SIGNING: &str = "signing.key";
const NEXT: &str = "next.key";
/// The key under which names and secrets of sign-in lie.
pub(crate) const SIGN_IN: &str = "sign-in.key";
const INCEPTION: &str = "inception.cbor";
/// The keys that a rotation brings in, until it is durable.
const SIGNING_NEW: &str = "signing.new";
const NEXT_NEW: &str = "next.new";
const INCEPTION_BYTES_MAX: u64 = 8 * 1024;

/// Why keys cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A key file does not hold 32 bytes in hexadecimal.
    #[error("{} does not hold a key (64 characters 0-9 a-f); restore it from a backup", .0.display())]
    NotAKey(PathBuf),
    /// Others may read a key file.
    #[error("{} may be read by others (mode {mode:o}); run: chmod 600 {}", path.display(), path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The key and the inception do not belong together.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

/// A new node's identity, with the secrets of its recovery keys, which are shown once and kept nowhere.
#[derive(Debug)]
pub(crate) struct Founded {
    pub(crate) identity: Identity,
    pub(crate) recovery_codes: Vec<String>,
}

/// Draws the keys of a new node and writes them into its data directory.
pub(crate) fn found(dir: &Path, network: NetworkId, plan: RecoveryPlan) -> Result<Founded, KeysError> {
    let mut entropy = OsEntropy;
    let key = SigningKey::generate(&mut entropy);
    let next = SigningKey::generate(&mut entropy);
    let recovery: Vec<SigningKey> = (0..plan.codes).map(|_| SigningKey::generate(&mut entropy)).collect();
    let recovery_keys: Vec<VerifyKey> = recovery.iter().map(SigningKey::verify_key).collect();
    let next_digest = next.verify_key().next_digest();
    let identity = Identity::found(network, key, next_digest, recovery_keys, plan.needed, &mut entropy)?;
    let folder = dir.join(KEYS_DIR);
    DirBuilder::new().mode(0o700).create(&folder).map_err(io(&folder))?;
    write_secret(&folder.join(SIGNING), hex::encode(identity.key().expose_seed()).as_bytes())?;
    write_secret(&folder.join(NEXT), hex::encode(next.expose_seed()).as_bytes())?;
    write_secret(&folder.join(INCEPTION), identity.inception())?;
    sync_dir(&folder)?;
    let recovery_codes = recovery.iter().map(|key| hex::encode(key.expose_seed())).collect();
    Ok(Founded { identity, recovery_codes })
}

/// Reads the identity back.
pub fn load(dir: &Path) -> Result<Identity, KeysError> {
    let folder = dir.join(KEYS_DIR);
    let key = signing_key(&folder.join(SIGNING))?;
    let inception = read_secret(&folder.join(INCEPTION), INCEPTION_BYTES_MAX)?;
    // Whether the key is the node's now, the node's own control logs say, see [`fits`].
    Ok(Identity::with_later_key(inception, key)?)
}

/// Whether an identity's key is the one that the node's control logs name; before the first of them, its inception's.
pub(crate) fn fits(identity: &Identity, directory: &Directory) -> Result<(), KeysError> {
    let key = identity.key().verify_key();
    match directory.key(identity.node()) {
        Some(known) if *known == key => Ok(()),
        Some(_) => Err(IdentityError::OtherKey.into()),
        None => Ok(Identity::new(identity.inception().to_vec(), identity.key().clone()).map(drop)?),
    }
}

fn signing_key(path: &Path) -> Result<SigningKey, KeysError> {
    Ok(SigningKey::from_seed(&read_key(path)?))
}

/// A key in hexadecimal, as `init` shows the recovery code.
pub(crate) fn key_of_code(code: &str) -> Option<SigningKey> {
    hex::decode_array::<32>(code.trim()).map(|seed| SigningKey::from_seed(&seed))
}

/// Lays the keys of a rotation beside the old ones: the one committed to, or a new one where stewards bring it in, and the
/// one after it. Nothing changes until [`settle_rotation`] finds the rotation in the node's control logs.
pub(crate) fn begin_rotation(dir: &Path, by_stewards: bool) -> Result<(SigningKey, SigningKey), KeysError> {
    let folder = dir.join(KEYS_DIR);
    drop_new(&folder)?;
    let key =
        if by_stewards { SigningKey::generate(&mut OsEntropy) } else { signing_key(&folder.join(NEXT))? };
    let next = SigningKey::generate(&mut OsEntropy);
    write_secret(&folder.join(NEXT_NEW), hex::encode(next.expose_seed()).as_bytes())?;
    write_secret(&folder.join(SIGNING_NEW), hex::encode(key.expose_seed()).as_bytes())?;
    sync_dir(&folder)?;
    Ok((key, next))
}

/// Puts the new keys of a rotation in the place of the old ones if the node's control logs name them, after whatever
/// interrupted it; keys of a rotation that never became durable are dropped.
pub(crate) fn settle_rotation(dir: &Path, node: Option<&VerifyKey>) -> Result<(), KeysError> {
    let folder = dir.join(KEYS_DIR);
    let (signing, next) = (folder.join(SIGNING_NEW), folder.join(NEXT_NEW));
    if !signing.exists() && !next.exists() {
        return Ok(());
    }
    if signing.exists() {
        if node != Some(&signing_key(&signing)?.verify_key()) {
            return drop_new(&folder);
        }
        std::fs::rename(&signing, folder.join(SIGNING)).map_err(io(&signing))?;
    } else if node != Some(&signing_key(&folder.join(SIGNING))?.verify_key()) {
        return drop_new(&folder);
    }
    std::fs::rename(&next, folder.join(NEXT)).map_err(io(&next))?;
    sync_dir(&folder)
}

fn drop_new(folder: &Path) -> Result<(), KeysError> {
    for path in [folder.join(SIGNING_NEW), folder.join(NEXT_NEW)] {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(&path)(error)),
            _ => {}
        }
    }
    Ok(())
}

/// A key in a file of its own, such as the one under which names of sign-in lie; drawn where there is none yet.
pub(crate) fn key_of_file(dir: &Path, name: &str) -> Result<[u8; 32], KeysError> {
    let folder = dir.join(KEYS_DIR);
    let path = folder.join(name);
    if !path.exists() {
        write_secret(&path, hex::encode(&draw::<32>()).as_bytes())?;
        sync_dir(&folder)?;
    }
    read_key(&path)
}

fn read_key(path: &Path) -> Result<[u8; 32], KeysError> {
    let text = read_secret(path, 256)?;
    let text = std::str::from_utf8(&text).ok().map(str::trim);
    text.and_then(hex::decode_array::<32>).ok_or_else(|| KeysError::NotAKey(path.to_owned()))
}

/// Writes a new file that only its owner can read, durably but for its name, which the caller's sync of the folder makes so.
/// By another name first: a file of this name is whole, whatever interrupts this.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    if path.exists() {
        return Err(io(path)(std::io::ErrorKind::AlreadyExists.into()));
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let mut file = OpenOptions::new();
    let file = file.write(true).create(true).truncate(true).mode(0o600).open(&part);
    let written = file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.and_then(|()| std::fs::rename(&part, path)).map_err(io(path))
}

pub(crate) fn read_secret(path: &Path, bytes_max: u64) -> Result<Vec<u8>, KeysError> {
    let file = File::open(path).map_err(io(path))?;
    let mode = file.metadata().map_err(io(path))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeysError::Open { path: path.to_owned(), mode });
    }
    let mut bytes = Vec::new();
    file.take(bytes_max).read_to_end(&mut bytes).map_err(io(path))?;
    Ok(bytes)
}

/// Makes the entries of a directory durable.
pub(crate) fn sync_dir(path: &Path) -> Result<(), KeysError> {
    File::open(path).and_then(|dir| dir.sync_all()).map_err(io(path))
}

/// Names the file in an error.
pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> KeysError + '_ {
    move |source| KeysError::Io { path: path.to_owned(), source }
}
