//! Signing in and out, sessions, and the shared devices on which a PIN is enough.

use std::path::Path;
use std::sync::PoisonError;

use koinon_core::{Digest, PersonId, Timestamp};
use rusqlite::{OptionalExtension as _, params};

use super::codes::plain_login;
use super::password::{PASSWORD_BYTES_MAX, PIN_LEN_MAX, check_pin};
use super::{
    AccountError, Accounts, Device, IDLE_OWN, IDLE_SHARED, Of, SEEN_STEP_MS, SESSION_MAX, Seal, Session,
    SharedDevice, SignedIn, Token, USED_MAX, What, address_key, format, millis, public_id, short, token_hash,
};

/// Everything that is kept of a person.
const FORGET: [&str; 8] = [
    "DELETE FROM account WHERE person = ?1",
    "DELETE FROM code WHERE person = ?1",
    "DELETE FROM session WHERE person = ?1",
    "DELETE FROM second WHERE person = ?1",
    "DELETE FROM recovery WHERE person = ?1",
    "DELETE FROM asked WHERE person = ?1 OR by = ?1",
    "DELETE FROM notice WHERE person = ?1 OR first = ?1 OR second = ?1",
    "DELETE FROM event WHERE person = ?1 OR by = ?1",
];

/// Signing in and out.
impl Accounts {
    /// Signs in with name and password. `from` is the caller's address; `standing` is asked for whoever signs in.
    /// Somebody with a second step is asked for it next.
    pub fn sign_in(
        &self,
        login: &str,
        password: &str,
        device: &Device,
        from: &str,
        standing: impl FnOnce(PersonId) -> Digest,
    ) -> Result<SignedIn, AccountError> {
        let login = plain_login(login);
        let keys = [format!("name {}", short(&login)), address_key(from)];
        self.check_wait(&keys)?;
        if password.len() > PASSWORD_BYTES_MAX {
            return Err(AccountError::Wrong);
        }
        let known = self.account_named(&login)?;
        let fits = self.hasher.fits(password, known.as_ref().map(|(_, kept)| kept.as_slice()))?;
        if let Some((person, _)) = known.as_ref().filter(|_| fits) {
            let [name, _] = &keys;
            self.backoff().succeeded(name);
            let done = self.first_done(*person, device, standing)?;
            if matches!(done, SignedIn::Whole(..)) {
                self.happened(What::SignedIn, Some(*person), None, from)?;
            }
            Ok(done)
        } else {
            self.note_failure(&keys);
            self.happened(What::Failed, known.map(|(person, _)| person), None, from)?;
            Err(AccountError::Wrong)
        }
    }

    /// Whose a sign-in name is, and how the password is kept.
    fn account_named(&self, login: &str) -> Result<Option<(PersonId, Vec<u8>)>, AccountError> {
        let found: Option<([u8; 16], Vec<u8>, Vec<u8>)> = self
            .conn()
            .query_row(
                "SELECT person, password, login FROM account WHERE hash = ?1",
                params![self.seal.hash_of(login)],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((person, password, sealed)) = found else { return Ok(None) };
        let person = PersonId(person);
        if self.seal.open_text(Of::Login(person), &sealed)? != login {
            return Err(AccountError::Damaged("account"));
        }
        Ok(Some((person, password)))
    }

    /// Signs in with a PIN on a registered shared device; the device itself is the other factor, so no second step is asked.
    pub fn sign_in_with_pin(
        &self,
        device: &str,
        person: PersonId,
        pin: &str,
        standing: impl FnOnce(PersonId) -> Digest,
    ) -> Result<(Token, Session), AccountError> {
        let label = self.device_label(device)?.ok_or(AccountError::Device)?;
        let keys = [format!("pin {person}"), format!("device {}", public_id(&token_hash(device)))];
        self.check_wait(&keys)?;
        let kept: Option<Vec<u8>> = self
            .conn()
            .query_row("SELECT pin FROM account WHERE person = ?1", params![person.0], |row| row.get(0))
            .optional()?
            .flatten();
        if pin.len() > PIN_LEN_MAX || !self.hasher.fits(pin, kept.as_deref())? {
            self.note_failure(&keys);
            self.happened(What::Failed, Some(person), None, &label)?;
            return Err(AccountError::Wrong);
        }
        let [name, _] = &keys;
        self.backoff().succeeded(name);
        self.happened(What::SignedIn, Some(person), None, &label)?;
        self.begin_session(person, &Device { label, shared: true }, standing(person))
    }

    /// Whether a password is a signed-in person's own, before an act that needs certainty.
    pub fn confirm_password(&self, person: PersonId, password: &str) -> Result<(), AccountError> {
        let keys = [format!("confirm {person}")];
        self.check_wait(&keys)?;
        let kept: Option<Vec<u8>> = self
            .conn()
            .query_row("SELECT password FROM account WHERE person = ?1", params![person.0], |row| row.get(0))
            .optional()?;
        if password.len() <= PASSWORD_BYTES_MAX && self.hasher.fits(password, kept.as_deref())? {
            return Ok(());
        }
        self.note_failure(&keys);
        self.happened(What::Failed, Some(person), None, "")?;
        Err(AccountError::Wrong)
    }

    /// Sets a person's PIN for registered shared devices, or takes it away.
    pub fn set_pin(&self, person: PersonId, pin: Option<&str>) -> Result<(), AccountError> {
        let kept = match pin {
            None => None,
            Some(pin) => {
                check_pin(pin)?;
                Some(self.hasher.keep(pin)?)
            }
        };
        self.conn().execute("UPDATE account SET pin = ?2 WHERE person = ?1", params![person.0, kept])?;
        Ok(())
    }

    /// The people who have a PIN, by sign-in name, to choose from on a shared device.
    pub fn people_with_pin(&self) -> Result<Vec<(PersonId, String)>, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT person, login FROM account WHERE pin IS NOT NULL")?;
        let mut rows = statement.query([])?;
        let mut people = Vec::new();
        while let Some(row) = rows.next()? {
            let (person, sealed): (_, Vec<u8>) = (PersonId(row.get(0)?), row.get(1)?);
            people.push((person, self.seal.open_text(Of::Login(person), &sealed)?));
        }
        people.sort_by(|(_, one), (_, other)| one.cmp(other));
        Ok(people)
    }

    /// The session of a token, if it holds. `standing` gives what the person's grants are now: when a grant was taken back
    /// since the session began, it differs, and the session ends.
    pub fn session(
        &self,
        token: &str,
        standing: impl FnOnce(PersonId) -> Digest,
    ) -> Result<Option<Session>, AccountError> {
        let hash = token_hash(token);
        let conn = self.conn();
        let found = {
            let mut statement = conn.prepare_cached(
                "SELECT hash, person, device, shared, made, seen, standing FROM session WHERE hash = ?1",
            )?;
            let mut rows = statement.query(params![hash.0])?;
            rows.next()?.map(|row| self.session_of(row)).transpose()?
        };
        let Some(mut session) = found else { return Ok(None) };
        let now = self.now();
        let lasts = holds(&session, now) && self.note_use(hash, session.device.shared);
        if !lasts || standing(session.person) != session.standing {
            conn.execute("DELETE FROM session WHERE hash = ?1", params![hash.0])?;
            return Ok(None);
        }
        // A clock that was set back must not make a session last: use is only ever noted forward.
        if now - session.seen.as_millis() >= SEEN_STEP_MS {
            conn.execute("UPDATE session SET seen = ?2 WHERE hash = ?1", params![hash.0, now])?;
            session.seen = Timestamp::from_millis(now);
        }
        Ok(Some(session))
    }

    /// Ends the session of a token.
    pub fn sign_out(&self, token: &str) -> Result<(), AccountError> {
        self.conn().execute("DELETE FROM session WHERE hash = ?1", params![token_hash(token).0])?;
        Ok(())
    }

    /// The sessions of a person that hold, newest first.
    pub fn sessions(&self, person: PersonId) -> Result<Vec<Session>, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached(
            "SELECT hash, person, device, shared, made, seen, standing FROM session WHERE person = ?1
             ORDER BY made DESC",
        )?;
        let mut rows = statement.query(params![person.0])?;
        let (mut sessions, now) = (Vec::new(), self.now());
        while let Some(row) = rows.next()? {
            sessions.extend(Some(self.session_of(row)?).filter(|session| holds(session, now)));
        }
        Ok(sessions)
    }

    /// Ends a session of a person by its public name; says whether there was one.
    pub fn end_session(&self, person: PersonId, id: &str) -> Result<bool, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT hash FROM session WHERE person = ?1")?;
        let hashes = statement.query_map(params![person.0], |row| Ok(Digest(row.get(0)?)))?;
        let hashes: Vec<Digest> = hashes.collect::<Result<_, _>>()?;
        let Some(hash) = hashes.iter().find(|hash| public_id(hash) == id) else { return Ok(false) };
        conn.execute("DELETE FROM session WHERE hash = ?1", params![hash.0])?;
        Ok(true)
    }

    /// Ends all sessions of a person.
    pub fn end_sessions(&self, person: PersonId) -> Result<(), AccountError> {
        self.conn().execute("DELETE FROM session WHERE person = ?1", params![person.0])?;
        Ok(())
    }

    /// Ends everybody's sessions and codes, as after a restore.
    pub(crate) fn end_all(&self) -> Result<(), AccountError> {
        Ok(self
            .conn()
            .execute_batch("DELETE FROM session; DELETE FROM code; DELETE FROM device; DELETE FROM asked;")?)
    }

    /// Writes a copy of the file as of now, which the key of the data directory opens.
    ///
    /// # Errors
    /// [`AccountError::Key`] where that key is gone or another by now.
    pub(crate) fn copy_to(&self, to: &Path, dir: &Path) -> Result<(), AccountError> {
        format::fits(&self.conn(), &Seal::of(dir, true)?, dir)?;
        self.conn().execute("VACUUM INTO ?1", params![to.to_string_lossy()])?;
        Ok(())
    }

    /// Takes everything out that is kept of a person: sign-in name, password, sessions, codes, and what they did at the
    /// door.
    pub(crate) fn forget(&self, person: PersonId) -> Result<(), AccountError> {
        let mut conn = self.conn();
        let change = conn.transaction()?;
        for statement in FORGET {
            change.execute(statement, params![person.0])?;
        }
        change.commit()?;
        drop(conn);
        self.shown().remove(&person);
        Ok(())
    }

    /// The sign-in name of a person, once they chose one.
    pub fn login_of(&self, person: PersonId) -> Result<Option<String>, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT login FROM account WHERE person = ?1")?;
        let sealed: Option<Vec<u8>> = statement.query_row(params![person.0], |row| row.get(0)).optional()?;
        sealed.map(|sealed| self.seal.open_text(Of::Login(person), &sealed)).transpose()
    }

    pub(super) fn begin_session(
        &self,
        person: PersonId,
        device: &Device,
        standing: Digest,
    ) -> Result<(Token, Session), AccountError> {
        let token = Token::draw();
        let hash = token_hash(token.expose());
        let now = self.now();
        let label = short(&device.label);
        let sealed = self.seal.close_text(Of::Session(hash), &label)?;
        let conn = self.conn();
        conn.execute("DELETE FROM session WHERE made < ?1", params![now - millis(SESSION_MAX)])?;
        conn.execute(
            "INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
            params![hash.0, person.0, sealed, device.shared, now, standing.0],
        )?;
        let at = Timestamp::from_millis(now);
        let device = Device { label, shared: device.shared };
        let session = Session { id: public_id(&hash), person, device, since: at, seen: at, standing };
        Ok((token, session))
    }
}

/// Shared devices.
impl Accounts {
    /// Registers a shared device for PINs; the token is for its browser.
    pub fn register_device(&self, label: &str) -> Result<Token, AccountError> {
        let token = Token::draw();
        let hash = token_hash(token.expose());
        let sealed = self.seal.close_text(Of::Device(hash), &short(label))?;
        self.conn().execute("INSERT INTO device VALUES (?1, ?2, ?3)", params![hash.0, sealed, self.now()])?;
        Ok(token)
    }

    /// What a registered device is called.
    pub fn device_label(&self, token: &str) -> Result<Option<String>, AccountError> {
        let hash = token_hash(token);
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT label FROM device WHERE hash = ?1")?;
        let sealed: Option<Vec<u8>> = statement.query_row(params![hash.0], |row| row.get(0)).optional()?;
        sealed.map(|sealed| self.seal.open_text(Of::Device(hash), &sealed)).transpose()
    }

    /// The registered devices, by label.
    pub fn devices(&self) -> Result<Vec<SharedDevice>, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT hash, label, made FROM device")?;
        let mut rows = statement.query([])?;
        let mut devices = Vec::new();
        while let Some(row) = rows.next()? {
            let (hash, sealed): (_, Vec<u8>) = (Digest(row.get(0)?), row.get(1)?);
            let (label, since) = (self.seal.open_text(Of::Device(hash), &sealed)?, row.get(2)?);
            devices.push(SharedDevice { id: public_id(&hash), label, since: Timestamp::from_millis(since) });
        }
        devices.sort_by(|one, other| (&one.label, one.since).cmp(&(&other.label, other.since)));
        Ok(devices)
    }

    /// Takes a device off the list by its public name; says whether it was on it.
    pub fn remove_device(&self, id: &str) -> Result<bool, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT hash FROM device")?;
        let hashes = statement.query_map([], |row| Ok(Digest(row.get(0)?)))?;
        let hashes: Vec<Digest> = hashes.collect::<Result<_, _>>()?;
        let Some(hash) = hashes.iter().find(|hash| public_id(hash) == id) else { return Ok(false) };
        conn.execute("DELETE FROM device WHERE hash = ?1", params![hash.0])?;
        Ok(true)
    }

    fn session_of(&self, row: &rusqlite::Row<'_>) -> Result<Session, AccountError> {
        let (hash, sealed): (_, Vec<u8>) = (Digest(row.get(0)?), row.get(2)?);
        let label = self.seal.open_text(Of::Session(hash), &sealed)?;
        Ok(Session {
            id: public_id(&hash),
            person: PersonId(row.get(1)?),
            device: Device { label, shared: row.get(3)? },
            since: Timestamp::from_millis(row.get(4)?),
            seen: Timestamp::from_millis(row.get(5)?),
            standing: Digest(row.get(6)?),
        })
    }

    /// Notes a use by monotonic time, so that a clock that was set back makes no session last. Says whether it holds.
    fn note_use(&self, session: Digest, shared: bool) -> bool {
        let now = self.clock.monotonic();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= USED_MAX {
            used.retain(|_, (_, last)| now.saturating_sub(*last) < IDLE_OWN);
        }
        let (first, last) = used.get(&session).copied().unwrap_or((now, now));
        let idle = if shared { IDLE_SHARED } else { IDLE_OWN };
        let holds = now.saturating_sub(last) < idle && now.saturating_sub(first) < SESSION_MAX;
        if holds {
            used.insert(session, (first, now));
        } else {
            used.remove(&session);
        }
        holds
    }
}

fn holds(session: &Session, now: i64) -> bool {
    let idle = if session.device.shared { IDLE_SHARED } else { IDLE_OWN };
    let age = now - session.since.as_millis();
    now - session.seen.as_millis() < millis(idle) && age < millis(SESSION_MAX) && age > -millis(IDLE_OWN)
}
