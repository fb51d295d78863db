//! The seal under which the secrets of second steps lie in the sign-in file: XChaCha20-Poly1305, with a key in a file of
//! its own.
//!
//! Whoever has a copy of the sign-in file alone, as from a disk that was thrown away or a file sent for help, can make no
//! codes of it. Whoever reads the whole data directory, or runs as the node's user, can: the node must open the secrets by
//! itself after a power cut.

use std::path::Path;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use koinon_core::PersonId;

use crate::entropy::draw;
use crate::keys::{self, KeysError};

/// The bytes of a nonce.
const NONCE: usize = 24;
const DOMAIN: &[u8] = b"koinon/second/1";

/// The key of the seal.
#[derive(Clone)]
pub struct Seal(XChaCha20Poly1305);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(secret)")
    }
}

impl Seal {
    /// A seal with a key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// Reads the key of a data directory, or makes it where there is none yet, as on a node of an earlier version.
    pub fn of(dir: &Path) -> Result<Self, KeysError> {
        Ok(Self::new(&keys::key_of_file(dir, keys::SIGN_IN)?))
    }

    /// Seals a person's secret; it opens for that person only.
    pub(super) fn close(&self, person: PersonId, secret: &[u8]) -> Option<Vec<u8>> {
        let nonce = draw::<NONCE>();
        let aad = bound_to(person);
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), Payload { msg: secret, aad: &aad }).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// Opens it; nothing where key, person or bytes are others.
    pub(super) fn open(&self, person: PersonId, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let aad = bound_to(person);
        self.0.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: &aad }).ok()
    }
}

fn bound_to(person: PersonId) -> Vec<u8> {
    [DOMAIN, &person.0].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_with_its_key_for_its_person_and_unchanged_only() {
        let (ana, bo) = (PersonId([1; 16]), PersonId([2; 16]));
        let seal = Seal::new(&[7; 32]);
        let sealed = seal.close(ana, b"twenty bytes of this").unwrap();
        assert_eq!(seal.open(ana, &sealed).unwrap(), b"twenty bytes of this");
        assert_ne!(seal.close(ana, b"twenty bytes of this").unwrap(), sealed, "another nonce each time");
        assert_eq!(seal.open(bo, &sealed), None);
        assert_eq!(Seal::new(&[8; 32]).open(ana, &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(seal.open(ana, &changed), None, "byte {at}");
            assert_eq!(seal.open(ana, &sealed[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn the_key_is_made_once_and_read_by_nobody_else() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("keys")).unwrap();
        let sealed = Seal::of(dir.path()).unwrap().close(PersonId([1; 16]), b"x").unwrap();
        assert!(Seal::of(dir.path()).unwrap().open(PersonId([1; 16]), &sealed).is_some());
        let file = dir.path().join("keys/sign-in.key");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, "no key").unwrap();
        assert!(matches!(Seal::of(dir.path()), Err(KeysError::NotAKey(_))));
    }
}
