//! One-time codes and what is chosen with them: a sign-in name and a password.

use std::sync::PoisonError;
use std::time::Duration;

use koinon_core::{Digest, PersonId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::password::check_password;
use super::{
    AccountError, Accounts, CODE_GOOD_FOR, Device, LETTERS, Of, Session, TEXT_LEN_MAX, Token, What,
    address_key, millis, second,
};
use crate::entropy::draw;

/// Codes and passwords.
impl Accounts {
    /// Makes a one-time code with which somebody chooses a sign-in name and a password: for the first steward, an
    /// invitation, or after a reset. Earlier codes of the same person end. `good_for` is `None` for the first steward.
    pub fn make_code(&self, person: PersonId, good_for: Option<Duration>) -> Result<String, AccountError> {
        let mut conn = self.conn();
        let change = conn.transaction()?;
        let code = self.put_code(&change, person, good_for)?;
        change.commit()?;
        Ok(code)
    }

    /// Makes a code inside a change, which somebody commits before the code is shown.
    pub(super) fn put_code(
        &self,
        change: &Connection,
        person: PersonId,
        good_for: Option<Duration>,
    ) -> Result<String, AccountError> {
        let code: String = draw::<20>()
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
            .map(|letter| char::from(*letter))
            .collect();
        let expires = good_for.map(|length| self.now() + millis(length));
        change.execute("DELETE FROM code WHERE person = ?1", params![person.0])?;
        change.execute(
            "INSERT INTO code VALUES (?1, ?2, ?3)",
            params![code_hash(&code).0, person.0, expires],
        )?;
        Ok(in_groups(&code))
    }

    /// For the console: ends all sessions of a person, forgets password, PIN and second step, and gives a new one-time code.
    pub fn reset_sign_in(&self, person: PersonId) -> Result<String, AccountError> {
        let code = {
            let mut conn = self.conn();
            // All at once: at no moment has the person neither an account nor a code.
            let change = conn.transaction()?;
            change.execute("DELETE FROM session WHERE person = ?1", params![person.0])?;
            change.execute("DELETE FROM account WHERE person = ?1", params![person.0])?;
            second::forget(&change, person)?;
            let code = self.put_code(&change, person, Some(CODE_GOOD_FOR))?;
            change.commit()?;
            code
        };
        self.happened(What::Reset, Some(person), None, "")?;
        Ok(code)
    }

    /// Whose code it is, if it is good.
    pub fn code_owner(&self, code: &str, from: &str) -> Result<PersonId, AccountError> {
        let keys = [address_key(from)];
        self.check_wait(&keys)?;
        let hash = code_hash(code);
        let found = self
            .conn()
            .query_row("SELECT person, expires FROM code WHERE hash = ?1", params![hash.0], |row| {
                Ok((PersonId(row.get(0)?), row.get::<_, Option<i64>>(1)?))
            })
            .optional()?;
        match found {
            Some((person, expires)) if expires.is_none_or(|at| self.now() < at) => Ok(person),
            _ => {
                self.note_failure(&keys);
                self.happened(What::Failed, None, None, from)?;
                Err(AccountError::Code)
            }
        }
    }

    /// Uses a one-time code up: sets sign-in name and password, ends the person's sessions, PIN and second step, and
    /// signs in. Whoever needs a code may have lost the phone with the app too.
    pub fn redeem(
        &self,
        code: &str,
        login: &str,
        password: &str,
        device: &Device,
        from: &str,
        standing: impl FnOnce(PersonId) -> Digest,
    ) -> Result<(Token, Session), AccountError> {
        let person = self.code_owner(code, from)?;
        let login = check_login(login)?;
        self.check_new(password, &login)?;
        let kept = self.hasher.keep(password)?;
        let (hash, sealed) = (self.seal.hash_of(&login), self.seal.close_text(Of::Login(person), &login)?);
        {
            let mut conn = self.conn();
            let change = conn.transaction()?;
            let taken: Option<[u8; 16]> = change
                .query_row("SELECT person FROM account WHERE hash = ?1", params![hash], |row| row.get(0))
                .optional()?;
            if taken.is_some_and(|other| other != person.0) {
                return Err(AccountError::LoginTaken(login));
            }
            // The code is used up in the same transaction: two at once cannot both use it.
            let used = change.execute("DELETE FROM code WHERE hash = ?1", params![code_hash(code).0])?;
            if used == 0 {
                return Err(AccountError::Code);
            }
            change.execute("DELETE FROM session WHERE person = ?1", params![person.0])?;
            change.execute("DELETE FROM second WHERE person = ?1", params![person.0])?;
            change.execute("DELETE FROM recovery WHERE person = ?1", params![person.0])?;
            change.execute("DELETE FROM asked WHERE person = ?1", params![person.0])?;
            change.execute(
                "INSERT OR REPLACE INTO account VALUES (?1, ?2, ?3, ?4, NULL)",
                params![person.0, hash, sealed, kept],
            )?;
            change.commit()?;
        }
        self.happened(What::CodeUsed, Some(person), None, from)?;
        self.begin_session(person, device, standing(person))
    }

    /// Changes the password of somebody who knows the old one: every other session and any code end; name, PIN and second
    /// step stay.
    ///
    /// # Errors
    /// [`AccountError::Wrong`] for another old password, and those of a weak new one.
    pub fn change_password(
        &self,
        person: PersonId,
        old: &str,
        new: &str,
        device: &Device,
        standing: impl FnOnce(PersonId) -> Digest,
    ) -> Result<(Token, Session), AccountError> {
        self.confirm_password(person, old)?;
        let login = self.login_of(person)?.ok_or(AccountError::Wrong)?;
        self.check_new(new, &login)?;
        let kept = self.hasher.keep(new)?;
        {
            let mut conn = self.conn();
            let change = conn.transaction()?;
            change.execute("UPDATE account SET password = ?2 WHERE person = ?1", params![person.0, kept])?;
            change.execute("DELETE FROM session WHERE person = ?1", params![person.0])?;
            change.execute("DELETE FROM code WHERE person = ?1", params![person.0])?;
            change.execute("DELETE FROM asked WHERE person = ?1", params![person.0])?;
            change.commit()?;
        }
        self.happened(What::PasswordChanged, Some(person), None, &device.label)?;
        self.begin_session(person, device, standing(person))
    }

    fn check_new(&self, password: &str, login: &str) -> Result<(), AccountError> {
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner).clone();
        check_password(password, login, &words)
    }
}

/// A sign-in name as it is found, however it is typed.
pub(super) fn plain_login(login: &str) -> String {
    login.trim().to_lowercase()
}

fn check_login(login: &str) -> Result<String, AccountError> {
    let plain = plain_login(login);
    let length = plain.chars().count();
    let good = (2..=TEXT_LEN_MAX).contains(&length) && !plain.chars().any(char::is_control);
    if good { Ok(plain) } else { Err(AccountError::Login) }
}

/// A code's hash; case, spaces, hyphens and misread letters do not matter.
pub(super) fn code_hash(code: &str) -> Digest {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    Digest::of("koinon/code/1", plain.as_bytes())
}

pub(super) fn in_groups(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
