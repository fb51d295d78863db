//! How personal texts and their keys are sealed: bytes to bytes, with XChaCha20-Poly1305 and, under a passphrase, age.

use std::io::{Read as _, Write as _};

use age::secrecy::SecretString;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use koinon_books::Sealed;
use koinon_core::EntryId;

use crate::entropy::draw;
use crate::hex;

/// The bytes of a key.
pub(super) type Key = [u8; 32];

const NONCE: usize = 24;
/// Sealed texts are filled up to a multiple of this, so that their length tells little.
const FILLED_TO: usize = 64;
/// The most bytes of the text in a locked file.
const TEXT_BYTES_MAX: u64 = 256;
/// The most work (log2 of scrypt's N) that a locked file may ask for.
const WORK_MAX: u8 = 22;

/// Wraps a key of something with another key.
pub(super) fn wrap(with: &Key, of: &[u8], key: &Key) -> Option<Vec<u8>> {
    let nonce = draw::<NONCE>();
    let payload = Payload { msg: key, aad: &bound_to(of) };
    let closed = XChaCha20Poly1305::new(with.into()).encrypt(XNonce::from_slice(&nonce), payload).ok()?;
    Some([nonce.as_slice(), &closed].concat())
}

/// Takes a wrapped key out; nothing where key, bytes or what it is of are others.
pub(super) fn unwrap(with: &Key, of: &[u8], wrapped: &[u8]) -> Option<Key> {
    let (nonce, closed) = wrapped.split_at_checked(NONCE)?;
    let payload = Payload { msg: closed, aad: &bound_to(of) };
    let key = XChaCha20Poly1305::new(with.into()).decrypt(XNonce::from_slice(nonce), payload).ok()?;
    key.try_into().ok()
}

/// Opens a text of a subject.
pub(super) fn open(key: &Key, subject: &[u8], sealed: &Sealed) -> Option<String> {
    let (nonce, closed) = sealed.0.split_at_checked(NONCE)?;
    let payload = Payload { msg: closed, aad: &bound_to(subject) };
    let filled = XChaCha20Poly1305::new(key.into()).decrypt(XNonce::from_slice(nonce), payload).ok()?;
    unfilled(&filled)
}

/// Seals a text of a subject.
pub(super) fn close(key: &Key, subject: &[u8], act: EntryId, text: &str) -> Option<Sealed> {
    let nonce = nonce_of(key, act, text);
    let filled = filled(text)?;
    let payload = Payload { msg: &filled, aad: &bound_to(subject) };
    let closed = XChaCha20Poly1305::new(key.into()).encrypt(XNonce::from_slice(&nonce), payload).ok()?;
    Some(Sealed([nonce.as_slice(), &closed].concat()))
}

/// The same text of the same act is sealed to the same bytes, and to no other text's nonce.
fn nonce_of(key: &Key, act: EntryId, text: &str) -> [u8; NONCE] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(b"koinon/personal-nonce/1").update(&act.0).update(text.as_bytes());
    let mut nonce = [0; NONCE];
    hasher.finalize_xof().fill(&mut nonce);
    nonce
}

/// A text with its length before it, filled up.
pub(crate) fn filled(text: &str) -> Option<Vec<u8>> {
    let length = u16::try_from(text.len()).ok()?;
    let mut filled = [length.to_be_bytes().as_slice(), text.as_bytes()].concat();
    filled.resize(filled.len().next_multiple_of(FILLED_TO), 0);
    Some(filled)
}

/// The text that was filled up.
pub(crate) fn unfilled(filled: &[u8]) -> Option<String> {
    let (length, text) = filled.split_first_chunk::<2>()?;
    let text = text.get(..usize::from(u16::from_be_bytes(*length)))?;
    String::from_utf8(text.to_vec()).ok()
}

fn bound_to(subject: &[u8]) -> Vec<u8> {
    [b"koinon/personal/1".as_slice(), subject].concat()
}

/// A key under a passphrase, as an age file.
pub(super) fn locked(key: &Key, passphrase: &str) -> Option<Vec<u8>> {
    let encryptor = age::Encryptor::with_user_passphrase(SecretString::from(passphrase.to_owned()));
    let mut bytes = Vec::new();
    let wrote = encryptor.wrap_output(&mut bytes).and_then(|mut out| {
        out.write_all(hex::encode(key).as_bytes())?;
        out.finish().map(drop)
    });
    wrote.is_ok().then_some(bytes)
}

/// The key in an age file; nothing where the passphrase is another or no key stands in it.
pub(super) fn opened(bytes: &[u8], passphrase: &str) -> Option<Key> {
    let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    identity.set_max_work_factor(WORK_MAX);
    let decryptor = age::Decryptor::new(bytes).ok()?;
    let reader = decryptor.decrypt(std::iter::once::<&dyn age::Identity>(&identity)).ok()?;
    let mut text = String::new();
    reader.take(TEXT_BYTES_MAX).read_to_string(&mut text).ok()?;
    hex::decode_array(text.trim())
}
