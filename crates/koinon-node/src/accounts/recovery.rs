//! A new code for somebody who lost the password: two stewards together, and a notice to the person.
//!
//! One steward alone could take over anybody's sign-in; two must agree, each signed in as themselves, and neither can be
//! the person. The old password goes on working until the code is used, every device that is still signed in shows the
//! notice, and the person can refuse. A community with one steward goes to the console.

use koinon_core::{PersonId, Timestamp};
use rusqlite::{OptionalExtension as _, params};

use super::{AccountError, Accounts, CODE_GOOD_FOR, What, millis};

/// A steward who asked that somebody be given a new code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The steward.
    pub by: PersonId,
    /// When, by the machine's real clock.
    pub since: Timestamp,
}

/// Something that was done with a person's sign-in, for that person to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// When, by the machine's real clock.
    pub at: Timestamp,
    /// The steward who asked.
    pub first: PersonId,
    /// The steward who agreed and was shown the code; `None` while only one has asked.
    pub second: Option<PersonId>,
}

/// Recovery.
impl Accounts {
    /// Asks, as one steward, for a new code for somebody who has a password. Another steward must agree within a week.
    ///
    /// # Errors
    /// [`AccountError::NotAlone`] when the steward is the person.
    pub fn ask_recovery(&self, person: PersonId, by: PersonId) -> Result<(), AccountError> {
        if person == by {
            return Err(AccountError::NotAlone);
        }
        let now = self.now();
        let mut conn = self.conn();
        let change = conn.transaction()?;
        change.execute("INSERT OR REPLACE INTO asked VALUES (?1, ?2, ?3)", params![person.0, by.0, now])?;
        change.execute(
            "INSERT INTO notice (person, at, first, second) VALUES (?1, ?2, ?3, NULL)",
            params![person.0, now, by.0],
        )?;
        change.commit()?;
        drop(conn);
        self.happened(What::RecoveryAsked, Some(person), Some(by), "")
    }

    /// Who has asked for a new code for a person and waits for a second steward.
    pub fn asked_recovery(&self, person: PersonId) -> Result<Option<Asked>, AccountError> {
        let since = self.now() - millis(CODE_GOOD_FOR);
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT by, at FROM asked WHERE person = ?1 AND at > ?2")?;
        let found = statement.query_row(params![person.0, since], |row| {
            Ok(Asked { by: PersonId(row.get(0)?), since: Timestamp::from_millis(row.get(1)?) })
        });
        Ok(found.optional()?)
    }

    /// Agrees, as the second steward, and gives the code with which the person chooses a new password, once.
    ///
    /// # Errors
    /// [`AccountError::NotAlone`] when the steward is the one who asked, or the person; [`AccountError::NotAsked`] when
    /// nobody asked within a week.
    pub fn agree_recovery(&self, person: PersonId, by: PersonId) -> Result<String, AccountError> {
        let asked = self.asked_recovery(person)?.ok_or(AccountError::NotAsked)?;
        if person == by || asked.by == by {
            return Err(AccountError::NotAlone);
        }
        let code = {
            let mut conn = self.conn();
            let change = conn.transaction()?;
            // In the transaction: of two who agree at once, one is shown the code.
            let taken = change
                .execute("DELETE FROM asked WHERE person = ?1 AND by = ?2", params![person.0, asked.by.0])?;
            if taken == 0 {
                return Err(AccountError::NotAsked);
            }
            change.execute(
                "INSERT INTO notice (person, at, first, second) VALUES (?1, ?2, ?3, ?4)",
                params![person.0, self.now(), asked.by.0, by.0],
            )?;
            let code = self.put_code(&change, person, Some(CODE_GOOD_FOR))?;
            change.commit()?;
            code
        };
        self.happened(What::RecoveryAgreed, Some(person), Some(by), "")?;
        Ok(code)
    }

    /// Everybody for whom a steward has asked and a second one is waited for.
    pub fn asked_for(&self) -> Result<Vec<PersonId>, AccountError> {
        let since = self.now() - millis(CODE_GOOD_FOR);
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT person FROM asked WHERE at > ?1 ORDER BY person")?;
        let rows = statement.query_map(params![since], |row| Ok(PersonId(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes a request back that no second steward agreed to; a code that was given stays.
    pub fn stop_asking(&self, person: PersonId) -> Result<(), AccountError> {
        self.conn().execute("DELETE FROM asked WHERE person = ?1", params![person.0])?;
        Ok(())
    }

    /// Stops a recovery, as the person whose sign-in it is: request and code end.
    pub fn refuse_recovery(&self, person: PersonId) -> Result<(), AccountError> {
        {
            let mut conn = self.conn();
            let change = conn.transaction()?;
            change.execute("DELETE FROM asked WHERE person = ?1", params![person.0])?;
            change.execute("DELETE FROM code WHERE person = ?1", params![person.0])?;
            change.commit()?;
        }
        self.happened(What::RecoveryRefused, Some(person), None, "")
    }

    /// What was done with a person's sign-in and not read yet, oldest first; at most twenty.
    pub fn notices(&self, person: PersonId) -> Result<Vec<Notice>, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached(
            "SELECT at, first, second FROM notice WHERE person = ?1 ORDER BY id DESC LIMIT 20",
        )?;
        let rows = statement.query_map(params![person.0], |row| {
            let second: Option<[u8; 16]> = row.get(2)?;
            let at = Timestamp::from_millis(row.get(0)?);
            Ok(Notice { at, first: PersonId(row.get(1)?), second: second.map(PersonId) })
        })?;
        let mut notices: Vec<Notice> = rows.collect::<Result<_, _>>()?;
        notices.reverse();
        Ok(notices)
    }

    /// Takes a person's notices away once they were read.
    pub fn read_notices(&self, person: PersonId) -> Result<(), AccountError> {
        self.conn().execute("DELETE FROM notice WHERE person = ?1", params![person.0])?;
        Ok(())
    }
}
