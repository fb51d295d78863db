//! A second step at sign-in: a time-based one-time password (RFC 6238) from an app, or one of the recovery codes.
//!
//! SHA-1, six digits and thirty seconds, which every authenticator app understands. A code is good once, in its half
//! minute and the ones beside it. The app's secret must be readable to be checked: it is kept under a seal whose key is a
//! file of its own, see [`Seal`]; recovery codes are kept as hashes.

use std::time::Duration;

use hmac::{Hmac, Mac};
use koinon_core::{Digest, PersonId};
use rusqlite::{Connection, OptionalExtension as _, params};
use sha1::Sha1;

use super::{
    AccountError, Accounts, Device, LETTERS, Of, PASSWORD_BYTES_MAX, Seal, Session, SignedIn, Token, What,
    code_hash, in_groups, millis, token_hash,
};
use crate::entropy::draw;

/// The bytes of an app's secret (RFC 4226, section 4: 20).
const SECRET: usize = 20;
const STEP_S: u64 = 30;
const DIGITS: u32 = 6;
/// How many half minutes a clock may be off to each side.
const WINDOW: u64 = 1;
/// How many recovery codes are given.
const RECOVERY_CODES: usize = 8;
/// The letters of a recovery code.
const RECOVERY_LEN: usize = 12;
/// Between the password and the second step, and between showing a secret and its first code.
const HALF_FOR: Duration = Duration::from_mins(10);
/// Wrong codes before the password is asked again.
const TRIES_MAX: u32 = 5;
/// The most people between two steps.
const HALVES_MAX: usize = 1_000;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Somebody whose password was right and whose second step is still to come.
#[derive(Debug)]
pub(super) struct Half {
    person: PersonId,
    device: Device,
    /// By monotonic time.
    until: Duration,
    tries: u32,
}

/// A secret that was shown and is not yet confirmed.
#[derive(Debug)]
pub(super) struct Shown {
    secret: [u8; SECRET],
    until: Duration,
}

/// The value of a code at a counter (RFC 4226, section 5.3), before it is cut to a number of digits.
fn truncated(secret: &[u8], counter: u64) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&counter.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last()? & 0xf);
    let four = hash.get(offset..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*four) & 0x7fff_ffff)
}

/// The half minute in which a typed code is good, if it is good now.
fn good_step(secret: &[u8], typed: &str, now_s: u64) -> Option<u64> {
    let digits: Vec<char> = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 {
        return None;
    }
    let number: u32 = digits.iter().collect::<String>().parse().ok()?;
    let now = now_s / STEP_S;
    let mut steps = now.saturating_sub(WINDOW)..=now.saturating_add(WINDOW);
    steps.find(|step| truncated(secret, *step).map(|value| value % 10_u32.pow(DIGITS)) == Some(number))
}

/// Base32 without padding (RFC 4648, section 6), as apps read it.
fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let letter = |five: &[u8]| {
        let value = five.iter().chain([0; 4].iter()).take(5).fold(0_u8, |value, bit| value << 1 | bit);
        BASE32.get(usize::from(value)).map(|letter| char::from(*letter))
    };
    bits.chunks(5).filter_map(letter).collect()
}

fn recovery_code() -> String {
    let letters = draw::<RECOVERY_LEN>();
    let letters = letters.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32)));
    letters.map(|letter| char::from(*letter)).collect()
}

/// Seals the secrets of a file that an earlier version wrote.
pub(super) fn seal_all(conn: &Connection, seal: &Seal) -> Result<(), AccountError> {
    let mut statement = conn.prepare("SELECT person, secret FROM second")?;
    let rows = statement.query_map([], |row| Ok((PersonId(row.get(0)?), row.get::<_, Vec<u8>>(1)?)))?;
    for (person, secret) in rows.collect::<Result<Vec<_>, _>>()? {
        let sealed = seal.close(Of::Second(person), &secret)?;
        conn.execute("UPDATE second SET secret = ?2 WHERE person = ?1", params![person.0, sealed])?;
    }
    Ok(())
}

/// Forgets a person's second step, inside a change.
pub(super) fn forget(change: &Connection, person: PersonId) -> rusqlite::Result<()> {
    change.execute("DELETE FROM second WHERE person = ?1", params![person.0])?;
    change.execute("DELETE FROM recovery WHERE person = ?1", params![person.0])?;
    Ok(())
}

/// The second step.
impl Accounts {
    /// Draws a secret for a person's app, after the password; gives it in base32, to be shown once. It counts only once
    /// [`Accounts::confirm_second`] has seen a code of it.
    ///
    /// # Errors
    /// [`AccountError::Wrong`] for another password.
    pub fn begin_second(&self, person: PersonId, password: &str) -> Result<String, AccountError> {
        self.confirm_password(person, password)?;
        let secret = draw::<SECRET>();
        let now = self.clock.monotonic();
        let mut shown = self.shown();
        shown.retain(|_, shown| shown.until > now);
        shown.insert(person, Shown { secret, until: now + HALF_FOR });
        Ok(base32(&secret))
    }

    /// The secret that was drawn and is not confirmed yet, to show it again after a wrong code.
    pub fn shown_second(&self, person: PersonId) -> Option<String> {
        let now = self.clock.monotonic();
        self.shown().get(&person).filter(|shown| shown.until > now).map(|shown| base32(&shown.secret))
    }

    /// Takes the secret that was shown as the person's second step once a code of it is right; gives recovery codes, which
    /// are shown once. Earlier ones end.
    ///
    /// # Errors
    /// [`AccountError::SecondWrong`] for another code, [`AccountError::SecondGone`] where no secret was shown lately.
    pub fn confirm_second(&self, person: PersonId, typed: &str) -> Result<Vec<String>, AccountError> {
        let keys = [format!("second {person}")];
        self.check_wait(&keys)?;
        let now = self.clock.monotonic();
        let secret = self.shown().get(&person).filter(|shown| shown.until > now).map(|shown| shown.secret);
        let secret = secret.ok_or(AccountError::SecondGone)?;
        let Some(step) = good_step(&secret, typed, self.now_s()) else {
            self.note_failure(&keys);
            return Err(AccountError::SecondWrong);
        };
        let sealed = self.seal.close(Of::Second(person), &secret)?;
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
        {
            let mut conn = self.conn();
            let change = conn.transaction()?;
            let step = i64::try_from(step).unwrap_or(i64::MAX);
            change.execute(
                "INSERT OR REPLACE INTO second VALUES (?1, ?2, ?3)",
                params![person.0, sealed, step],
            )?;
            change.execute("DELETE FROM recovery WHERE person = ?1", params![person.0])?;
            for code in &codes {
                change
                    .execute("INSERT INTO recovery VALUES (?1, ?2)", params![code_hash(code).0, person.0])?;
            }
            change.commit()?;
        }
        self.shown().remove(&person);
        self.happened(What::SecondSet, Some(person), None, "")?;
        Ok(codes.iter().map(|code| in_groups(code)).collect())
    }

    /// Takes the second step away, after the password.
    ///
    /// # Errors
    /// [`AccountError::Wrong`] for another password.
    pub fn remove_second(&self, person: PersonId, password: &str) -> Result<(), AccountError> {
        self.confirm_password(person, password)?;
        {
            let mut conn = self.conn();
            let change = conn.transaction()?;
            forget(&change, person)?;
            change.commit()?;
        }
        self.happened(What::SecondRemoved, Some(person), None, "")
    }

    /// How many recovery codes are left to a person who has a second step; `None` for somebody without.
    pub fn second_of(&self, person: PersonId) -> Result<Option<u64>, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached(
            "SELECT (SELECT count(*) FROM recovery WHERE recovery.person = second.person) FROM second WHERE person = ?1",
        )?;
        let left: Option<i64> = statement.query_row(params![person.0], |row| row.get(0)).optional()?;
        Ok(left.map(|left| u64::try_from(left).unwrap_or(0)))
    }

    /// Ends signing in with a code of the app or a recovery code; `half` is what [`SignedIn::Half`] gave.
    ///
    /// # Errors
    /// [`AccountError::SecondWrong`] for another code; [`AccountError::SecondGone`] after ten minutes or five wrong codes:
    /// the password is asked again.
    pub fn sign_in_second(
        &self,
        half: &str,
        typed: &str,
        standing: impl FnOnce(PersonId) -> Digest,
    ) -> Result<(Token, Session), AccountError> {
        let hash = token_hash(half);
        let now = self.clock.monotonic();
        let (person, device) = {
            let mut halves = self.halves();
            let half = halves.get_mut(&hash).filter(|half| half.until > now && half.tries < TRIES_MAX);
            let half = half.ok_or(AccountError::SecondGone)?;
            half.tries += 1;
            (half.person, half.device.clone())
        };
        let keys = [format!("second {person}")];
        self.check_wait(&keys)?;
        if !self.use_second(person, typed)? {
            self.note_failure(&keys);
            self.happened(What::Failed, Some(person), None, &device.label)?;
            return Err(AccountError::SecondWrong);
        }
        self.happened(What::SignedIn, Some(person), None, &device.label)?;
        self.halves().remove(&hash);
        let [key] = &keys;
        self.backoff().succeeded(key);
        self.begin_session(person, &device, standing(person))
    }

    /// Uses a code up; says whether it was good.
    fn use_second(&self, person: PersonId, typed: &str) -> Result<bool, AccountError> {
        if typed.len() > PASSWORD_BYTES_MAX {
            return Ok(false);
        }
        let now_s = self.now_s();
        let conn = self.conn();
        let kept: Option<(Vec<u8>, i64)> = conn
            .query_row("SELECT secret, step FROM second WHERE person = ?1", params![person.0], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((sealed, last)) = kept else { return Ok(false) };
        // A secret whose key was lost before the file was sealed as a whole fits no code; a recovery code still does.
        let secret = self.seal.open(Of::Second(person), &sealed);
        if secret.is_none() {
            tracing::warn!("a second step cannot be opened: keys/{} is another's", crate::keys::SIGN_IN);
        }
        if let Some(step) = secret.and_then(|secret| good_step(&secret, typed, now_s)) {
            // Only forward: a code that was seen over a shoulder is of no use any more.
            let step = i64::try_from(step).unwrap_or(i64::MAX);
            let fresh = step > last;
            if fresh {
                conn.execute("UPDATE second SET step = ?2 WHERE person = ?1", params![person.0, step])?;
            }
            return Ok(fresh);
        }
        let used = conn.execute(
            "DELETE FROM recovery WHERE hash = ?1 AND person = ?2",
            params![code_hash(typed).0, person.0],
        )?;
        Ok(used > 0)
    }

    /// Ends the first step: signs in, or asks for the second.
    pub(super) fn first_done(
        &self,
        person: PersonId,
        device: &Device,
        standing: impl FnOnce(PersonId) -> Digest,
    ) -> Result<SignedIn, AccountError> {
        if self.second_of(person)?.is_none() {
            return self.begin_session(person, device, standing(person)).map(|(t, s)| SignedIn::Whole(t, s));
        }
        let token = Token::draw();
        let now = self.clock.monotonic();
        let mut halves = self.halves();
        halves.retain(|_, half| half.until > now);
        if halves.len() >= HALVES_MAX {
            return Err(AccountError::Busy);
        }
        let half = Half { person, device: device.clone(), until: now + HALF_FOR, tries: 0 };
        halves.insert(token_hash(token.expose()), half);
        Ok(SignedIn::Half(token))
    }

    fn now_s(&self) -> u64 {
        u64::try_from(self.now().max(0) / millis(Duration::from_secs(1))).unwrap_or(0)
    }
}

/// What an app shows for a secret in base32 at a moment.
#[cfg(test)]
pub(super) fn code_of(secret: &str, seconds: u64) -> String {
    let values = secret.bytes().map(|letter| BASE32.iter().position(|known| *known == letter).unwrap());
    let bits: Vec<u8> =
        values.flat_map(|value| (0..5).rev().map(move |bit| u8::from(value >> bit & 1 == 1))).collect();
    let bytes: Vec<u8> =
        bits.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    format!("{:06}", truncated(&bytes, seconds / STEP_S).unwrap() % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the SHA-1 column; RFC 4226, appendix D.
        let secret = b"12345678901234567890";
        let vectors = [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ];
        for (seconds, code) in vectors {
            assert_eq!(truncated(secret, seconds / STEP_S).unwrap() % 100_000_000, code, "{seconds}");
            let typed = format!("{:06}", code % 1_000_000);
            assert_eq!(good_step(secret, &typed, seconds), Some(seconds / STEP_S));
            assert_eq!(good_step(secret, &typed, seconds + 30), Some(seconds / STEP_S), "one step late");
            assert_eq!(good_step(secret, &typed, seconds + 90), None, "too late");
        }
        let counted =
            [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (counter, code) in (0..).zip(counted) {
            assert_eq!(truncated(secret, counter).unwrap() % 1_000_000, code, "{counter}");
        }
        for typed in ["", "28708", "2870822", "abcdef", "-28708", "+28708", "２８７０８２"] {
            assert_eq!(good_step(secret, typed, 59), None, "{typed}");
        }
    }

    #[test]
    fn base32_is_that_of_the_standard() {
        // RFC 4648, section 10, without padding.
        let vectors = [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ];
        for (bytes, text) in vectors {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }
}
