//! What was done at the door, for the stewards of this computer: who came in, who failed, what was reset.
//!
//! What was typed is never noted, since people type a password where the name belongs. Lines are kept for
//! [`KEPT_DAYS`], and no more than a number, failures fewer, so that a flood of them pushes nothing else out.

use koinon_core::{PersonId, Timestamp};
use rusqlite::params;

use super::{AccountError, Accounts, Of, short};

/// For so many days a line is kept.
pub const KEPT_DAYS: i64 = 90;
/// The most lines of failures, and of everything else.
const FAILURES_MAX: i64 = 2_000;
const OTHERS_MAX: i64 = 10_000;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Somebody signed in.
    SignedIn,
    /// A name, password, PIN or code was not right.
    Failed,
    /// A one-time code was used to choose a password.
    CodeUsed,
    /// A password was changed by whoever knew the old one.
    PasswordChanged,
    /// A second step was set up.
    SecondSet,
    /// A second step was taken away.
    SecondRemoved,
    /// A steward asked for a new code for somebody.
    RecoveryAsked,
    /// A second steward agreed.
    RecoveryAgreed,
    /// The person refused it.
    RecoveryRefused,
    /// A sign-in was reset on the computer itself.
    Reset,
}

impl What {
    const ALL: [Self; 10] = [
        Self::SignedIn,
        Self::Failed,
        Self::CodeUsed,
        Self::PasswordChanged,
        Self::SecondSet,
        Self::SecondRemoved,
        Self::RecoveryAsked,
        Self::RecoveryAgreed,
        Self::RecoveryRefused,
        Self::Reset,
    ];

    /// The number in the file, which is never given to anything else.
    const fn number(self) -> i64 {
        match self {
            Self::SignedIn => 1,
            Self::Failed => 2,
            Self::CodeUsed => 3,
            Self::PasswordChanged => 4,
            Self::SecondSet => 5,
            Self::SecondRemoved => 6,
            Self::RecoveryAsked => 7,
            Self::RecoveryAgreed => 8,
            Self::RecoveryRefused => 9,
            Self::Reset => 10,
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, by the machine's real clock.
    pub at: Timestamp,
    /// What.
    pub what: What,
    /// Whose sign-in; nobody where the name was not known.
    pub person: Option<PersonId>,
    /// Who did it for the person.
    pub by: Option<PersonId>,
    /// From which address or device; empty at the console.
    pub place: String,
}

/// Events.
impl Accounts {
    /// The newest lines, newest first.
    pub fn events(&self, most: u32) -> Result<Vec<Event>, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached(
            "SELECT id, at, what, person, by, place FROM event WHERE at > ?1 ORDER BY id DESC LIMIT ?2",
        )?;
        let mut rows = statement.query(params![self.oldest_kept(), most])?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, at, number): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            // A number of a newer version has no words here.
            let Some(what) = What::ALL.into_iter().find(|what| what.number() == number) else { continue };
            let person = |id: Option<[u8; 16]>| id.map(PersonId);
            let (whose, by) = (person(row.get(3)?), person(row.get(4)?));
            let sealed: Vec<u8> = row.get(5)?;
            let place = self.seal.open_text(Of::Event(id, at), &sealed)?;
            events.push(Event { at: Timestamp::from_millis(at), what, person: whose, by, place });
        }
        Ok(events)
    }

    /// Notes a line, and forgets what is too old.
    pub(super) fn happened(
        &self,
        what: What,
        person: Option<PersonId>,
        by: Option<PersonId>,
        place: &str,
    ) -> Result<(), AccountError> {
        let (failed, at) = (What::Failed.number(), self.now());
        let mut conn = self.conn();
        let change = conn.transaction()?;
        // The place is sealed for the number of its line, so that is known first.
        let id = change.query_row("SELECT coalesce(max(id), 0) + 1 FROM event", [], |row| row.get(0))?;
        let place = self.seal.close_text(Of::Event(id, at), &short(place))?;
        change.execute(
            "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![id, at, what.number(), person.map(|id| id.0), by.map(|id| id.0), place],
        )?;
        change.execute("DELETE FROM event WHERE at <= ?1", params![self.oldest_kept()])?;
        let too_many = if what == What::Failed {
            (
                "DELETE FROM event WHERE what = ?1 AND id <= (SELECT id FROM event WHERE what = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                FAILURES_MAX,
            )
        } else {
            (
                "DELETE FROM event WHERE what <> ?1 AND id <= (SELECT id FROM event WHERE what <> ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                OTHERS_MAX,
            )
        };
        change.execute(too_many.0, params![failed, too_many.1])?;
        Ok(change.commit()?)
    }

    fn oldest_kept(&self) -> i64 {
        Timestamp::from_millis(self.now()).plus_days(-KEPT_DAYS).as_millis()
    }
}
