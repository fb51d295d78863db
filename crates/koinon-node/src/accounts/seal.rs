//! The seal under which the sign-in file keeps what tells about people: sign-in names, what devices are called, where
//! something was done, and the secrets of second steps. XChaCha20-Poly1305, with a key in a file of its own.
//!
//! Whoever has a copy of the sign-in file alone, as from a disk that was thrown away or a file sent for help, reads no name
//! in it and makes no codes of it. Whoever reads the whole data directory, or runs as the node's user, can: the node must
//! know who signs in by itself after a power cut.

use std::path::Path;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use koinon_core::{Digest, PersonId};

use super::AccountError;
use crate::entropy::draw;
use crate::keys::{self, KEYS_DIR, KeysError};
use crate::personal::{filled, unfilled};

/// The bytes of a nonce.
const NONCE: usize = 24;
/// From which the key of the hashes of sign-in names follows (BLAKE3, key derivation).
const NAMES: &str = "koinon sign-in.db 2026-11-27 hashes of sign-in names";

/// What a sealed value belongs to: it opens there only. No word begins as another does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    /// The file itself: shows that the key is its own.
    File,
    /// The secret of a person's second step.
    Second(PersonId),
    /// A person's sign-in name.
    Login(PersonId),
    /// What the device of a session is called, by the hash of the session's token.
    Session(Digest),
    /// What a shared device is called, by the hash of its token.
    Device(Digest),
    /// Where something was done at the door, by number and time of the line.
    Event(i64, i64),
}

impl Of {
    /// The table in which it stands.
    const fn table(self) -> &'static str {
        match self {
            Self::File => "seal",
            Self::Second(_) => "second",
            Self::Login(_) => "account",
            Self::Session(_) => "session",
            Self::Device(_) => "device",
            Self::Event(..) => "event",
        }
    }

    fn bytes(self) -> Vec<u8> {
        match self {
            Self::File => b"koinon/sign-in-file/1".to_vec(),
            Self::Second(person) => [b"koinon/second/1".as_slice(), &person.0].concat(),
            Self::Login(person) => [b"koinon/login/1".as_slice(), &person.0].concat(),
            Self::Session(hash) => [b"koinon/session/1".as_slice(), &hash.0].concat(),
            Self::Device(hash) => [b"koinon/device/1".as_slice(), &hash.0].concat(),
            Self::Event(id, at) => {
                [b"koinon/event/1".as_slice(), &id.to_be_bytes(), &at.to_be_bytes()].concat()
            }
        }
    }
}

/// The key of the seal.
#[derive(Clone)]
pub(super) struct Seal {
    cipher: XChaCha20Poly1305,
    /// Keys the hashes by which sign-in names are found.
    names: [u8; 32],
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(secret)")
    }
}

impl Seal {
    /// A seal with a key.
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(key.into()), names: blake3::derive_key(NAMES, key) }
    }

    /// Reads the key of a data directory. It is drawn where there is none, but never where a file `is_sealed` already, which
    /// no other key opens.
    pub(super) fn of(dir: &Path, is_sealed: bool) -> Result<Self, AccountError> {
        let path = dir.join(KEYS_DIR).join(keys::SIGN_IN);
        if is_sealed && !path.try_exists().map_err(keys::io(&path))? {
            return Err(AccountError::Key { path, what: "is missing" });
        }
        match keys::key_of_file(dir, keys::SIGN_IN) {
            Ok(key) => Ok(Self::new(&key)),
            Err(KeysError::NotAKey(path)) => {
                Err(AccountError::Key { path, what: "does not hold a key (64 characters 0-9 a-f)" })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Seals bytes; they open for what they belong to only.
    pub(super) fn close(&self, of: Of, bytes: &[u8]) -> Result<Vec<u8>, AccountError> {
        let nonce = draw::<NONCE>();
        let payload = Payload { msg: bytes, aad: &of.bytes() };
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_| AccountError::Sealing)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens them; nothing where key, bytes or what they belong to are others.
    pub(super) fn open(&self, of: Of, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let payload = Payload { msg: sealed, aad: &of.bytes() };
        self.cipher.decrypt(XNonce::from_slice(nonce), payload).ok()
    }

    /// Seals a text, filled up so that its length tells little.
    pub(super) fn close_text(&self, of: Of, text: &str) -> Result<Vec<u8>, AccountError> {
        self.close(of, &filled(text).ok_or(AccountError::Sealing)?)
    }

    /// Opens a text.
    ///
    /// # Errors
    /// [`AccountError::Damaged`] where it was changed, or moved here from somewhere else.
    pub(super) fn open_text(&self, of: Of, sealed: &[u8]) -> Result<String, AccountError> {
        let text = self.open(of, sealed).and_then(|filled| unfilled(&filled));
        text.ok_or_else(|| AccountError::Damaged(of.table()))
    }

    /// By what a sign-in name is found.
    pub(super) fn hash_of(&self, login: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.names, login.as_bytes()).as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_where_it_belongs_and_unchanged_only() {
        let (ana, bo) = (PersonId([1; 16]), PersonId([2; 16]));
        let seal = Seal::new(&[7; 32]);
        let secret = Of::Second(ana);
        let sealed = seal.close(secret, b"twenty bytes of this").unwrap();
        assert_eq!(seal.open(secret, &sealed).unwrap(), b"twenty bytes of this");
        assert_ne!(seal.close(secret, b"twenty bytes of this").unwrap(), sealed, "another nonce each time");
        assert_eq!(Seal::new(&[8; 32]).open(secret, &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(seal.open(secret, &changed), None, "byte {at}");
            assert_eq!(seal.open(secret, &sealed[..at]), None, "cut at {at}");
        }
        let (one, two) = (Digest([1; 32]), Digest([2; 32]));
        let places = [
            Of::File,
            Of::Second(ana),
            Of::Second(bo),
            Of::Login(ana),
            Of::Login(bo),
            Of::Session(one),
            Of::Session(two),
            Of::Device(one),
            Of::Device(two),
            Of::Event(1, 5),
            Of::Event(2, 5),
            Of::Event(1, 6),
        ];
        for (at, of) in places.into_iter().enumerate() {
            let sealed = seal.close_text(of, "the mill").unwrap();
            for (other, elsewhere) in places.into_iter().enumerate() {
                let opened = seal.open_text(elsewhere, &sealed);
                assert_eq!(
                    opened.ok().as_deref(),
                    (at == other).then_some("the mill"),
                    "{of:?} {elsewhere:?}"
                );
            }
        }
    }

    #[test]
    fn lengths_tell_little_and_names_are_found_with_the_key_only() {
        let seal = Seal::new(&[7; 32]);
        let login = Of::Login(PersonId([1; 16]));
        let length = |text: &str| seal.close_text(login, text).unwrap().len();
        assert_eq!(length("bo"), length("a-rather-longer-name-than-most-people-have-at-home"));
        let longest = "ﷺ".repeat(super::super::TEXT_LEN_MAX);
        assert_eq!(seal.open_text(login, &seal.close_text(login, &longest).unwrap()).unwrap(), longest);
        assert_eq!(seal.hash_of("ana"), seal.hash_of("ana"));
        assert_ne!(seal.hash_of("ana"), seal.hash_of("anа"), "a Cyrillic letter makes another name");
        assert_ne!(seal.hash_of("ana"), Seal::new(&[8; 32]).hash_of("ana"));
        assert_ne!(seal.hash_of("ana"), *blake3::hash(b"ana").as_bytes());
    }

    #[test]
    fn the_key_is_made_once_read_by_nobody_else_and_never_made_for_what_is_sealed() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("keys")).unwrap();
        let told = |is_sealed: bool| Seal::of(dir.path(), is_sealed).unwrap_err().to_string();
        assert!(told(true).contains("sign-in.key is missing"), "{}", told(true));
        let file = dir.path().join("keys/sign-in.key");
        assert!(!file.exists());
        let sealed = Seal::of(dir.path(), false).unwrap().close(Of::File, b"x").unwrap();
        for is_sealed in [false, true] {
            assert!(Seal::of(dir.path(), is_sealed).unwrap().open(Of::File, &sealed).is_some());
        }
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, "no key").unwrap();
        assert!(told(true).contains("sign-in.key does not hold a key"), "{}", told(true));
    }
}
