//! Passwords and PINs: what is accepted, and how they are kept.
//!
//! Argon2id (RFC 9106) with 19 MiB, two passes and one lane, the OWASP minimum; at most two hashes at once, so that a
//! crowd at the door cannot fill the memory of a small computer.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use koinon_core::Digest;

use super::{AccountError, strength};
use crate::entropy::draw;

/// The fewest characters of a password.
pub const PASSWORD_LEN_MIN: usize = 12;
/// The most bytes of a password.
pub const PASSWORD_BYTES_MAX: usize = 512;
/// The fewest digits of a PIN.
pub const PIN_LEN_MIN: usize = 4;
/// The most digits of a PIN.
pub const PIN_LEN_MAX: usize = 8;

const COMMON: &str = include_str!("common_passwords.txt");
const SALT: usize = 16;
const HASH: usize = 32;
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const AT_ONCE: usize = 2;
/// Beyond so many waiting, people are asked to try again.
const WAITING_MAX: usize = 16;

/// Hashes, two at a time.
#[derive(Debug, Default)]
pub(super) struct Hasher {
    /// Hashing now, and waiting.
    load: Mutex<(usize, usize)>,
    bell: Condvar,
}

impl Hasher {
    /// The bytes under which a secret is kept: salt and hash.
    pub(super) fn keep(&self, secret: &str) -> Result<Vec<u8>, AccountError> {
        let salt: [u8; SALT] = draw();
        let hash = self.hash(secret, &salt)?;
        Ok([salt.as_slice(), hash.as_slice()].concat())
    }

    /// Whether a secret is the one that was kept. Takes the same time when nothing was kept.
    pub(super) fn fits(&self, secret: &str, kept: Option<&[u8]>) -> Result<bool, AccountError> {
        let split = kept.and_then(|kept| kept.split_first_chunk::<SALT>());
        let (salt, expected) = split.map_or((&[0; SALT], &[][..]), |(salt, hash)| (salt, hash));
        let found = self.hash(secret, salt)?;
        // Digests are compared, so that the time tells nothing about the hash.
        let same = Digest::of("koinon/compare", &found) == Digest::of("koinon/compare", expected);
        Ok(same)
    }

    fn hash(&self, secret: &str, salt: &[u8; SALT]) -> Result<[u8; HASH], AccountError> {
        self.enter()?;
        let mut hash = [0; HASH];
        let hashed = Params::new(MEMORY_KIB, PASSES, 1, Some(HASH))
            .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
            .and_then(|argon| argon.hash_password_into(secret.as_bytes(), salt, &mut hash));
        self.leave();
        hashed.map_err(|error| AccountError::Hash(error.to_string()))?;
        Ok(hash)
    }

    fn enter(&self) -> Result<(), AccountError> {
        let mut load = self.load.lock().unwrap_or_else(PoisonError::into_inner);
        if load.1 >= WAITING_MAX {
            return Err(AccountError::Busy);
        }
        load.1 += 1;
        let mut load = self
            .bell
            .wait_while(load, |(working, _)| *working >= AT_ONCE)
            .unwrap_or_else(PoisonError::into_inner);
        load.1 -= 1;
        load.0 += 1;
        Ok(())
    }

    fn leave(&self) {
        self.load.lock().unwrap_or_else(PoisonError::into_inner).0 -= 1;
        self.bell.notify_one();
    }
}

/// Checks a new password against length, the list of common ones, the sign-in name, and what guessers try: see
/// [`strength`](super::strength). `words` are names that a neighbour knows.
pub(super) fn check_password(password: &str, login: &str, words: &[String]) -> Result<(), AccountError> {
    let found = password.chars().count();
    if found < PASSWORD_LEN_MIN {
        return Err(AccountError::TooShort { found });
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(AccountError::TooLong);
    }
    let plain = password.to_lowercase();
    let is_common = COMMON.lines().any(|line| line == plain);
    let is_login = login.chars().count() >= 4 && plain.contains(login);
    let parts = login.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
    let local: Vec<String> = words.iter().cloned().chain(parts).collect();
    let is_weak = strength::worth(password, &local) < strength::ENOUGH;
    if is_common || is_login || is_weak { Err(AccountError::Common) } else { Ok(()) }
}

/// Checks a new PIN.
pub(super) fn check_pin(pin: &str) -> Result<(), AccountError> {
    let digits = pin.bytes().all(|byte| byte.is_ascii_digit());
    let length = (PIN_LEN_MIN..=PIN_LEN_MAX).contains(&pin.len());
    let same = pin.bytes().all(|byte| pin.as_bytes().first() == Some(&byte));
    let rising = "01234567890".contains(pin) || "09876543210".contains(pin);
    if digits && length && !same && !rising { Ok(()) } else { Err(AccountError::Pin) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_secrets_are_refused_and_strong_ones_kept_without_being_readable() {
        for bad in
            ["", "short", "elevenchars", "password1234", "PassWord1234", "aaaaaaaaaaaaaaaaaa", "121212121212"]
        {
            assert!(check_password(bad, "ana", &[]).is_err(), "{bad}");
        }
        assert!(check_password("maria-of-the-mill", "maria", &[]).is_err(), "the name is in it");
        assert!(check_password("long grey herons wade", "maria", &[]).is_ok());
        for bad in ["", "123", "1234", "9876", "0000", "123456789", "12a4"] {
            assert!(check_pin(bad).is_err(), "{bad}");
        }
        assert!(check_pin("2580").is_ok());
        let hasher = Hasher::default();
        let kept = hasher.keep("long grey herons wade").unwrap();
        assert!(hasher.fits("long grey herons wade", Some(&kept)).unwrap());
        assert!(!hasher.fits("long grey herons wadi", Some(&kept)).unwrap());
        assert!(!hasher.fits("", None).unwrap());
        assert_ne!(hasher.keep("long grey herons wade").unwrap(), kept, "salted");
    }

    #[test]
    fn the_list_holds_only_what_length_lets_through() {
        let count = COMMON.lines().count();
        assert!(count >= 100, "{count}");
        assert!(COMMON.lines().all(|line| line == line.to_lowercase()));
        assert!(
            COMMON.lines().all(|line| line.chars().count() >= PASSWORD_LEN_MIN),
            "shorter ones never pass"
        );
    }
}
