//! Signing in at this node: accounts, one-time codes, sessions, shared devices.
//!
//! This says *who* somebody is; what they may do is for authority alone. Only hashes of codes and tokens are kept. There
//! is no default account: the first steward's one-time code is printed when the node is founded, and the console can
//! print another for anybody. Calls that check a secret take tens of milliseconds and belong on a blocking thread.

mod backoff;
mod password;
mod recovery;
mod second;
mod strength;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use koinon_core::{Clock, Digest, PersonId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::entropy::draw;
use crate::hex;
use backoff::Backoff;
use password::{Hasher, check_password, check_pin};

pub use password::{PASSWORD_BYTES_MAX, PASSWORD_LEN_MIN, PIN_LEN_MAX, PIN_LEN_MIN};
pub use recovery::{Asked, Notice};

const SCHEMA: &str = include_str!("accounts/schema.sql");
const SCHEMA_2: &str = include_str!("accounts/schema_2.sql");
const VERSION: i64 = 2;
/// A session on a shared device ends after so long without use.
pub const IDLE_SHARED: Duration = Duration::from_mins(30);
/// A session on one's own device ends after so long without use.
pub const IDLE_OWN: Duration = Duration::from_hours(12);
/// Every session ends after so long.
pub const SESSION_MAX: Duration = Duration::from_hours(168);
/// An invitation or reset code is good for so long.
pub const CODE_GOOD_FOR: Duration = Duration::from_hours(168);
/// Use of a session is written down at most this often.
const SEEN_STEP_MS: i64 = 60_000;
/// The letters of a code: without I, L, O and U, which are misread.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TEXT_LEN_MAX: usize = 60;
/// Beyond so many sessions in use, idle ones are forgotten.
const USED_MAX: usize = 10_000;

/// Why somebody cannot sign in, or an account cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Name, password or PIN do not fit. It is not said which.
    #[error("the name or the password is not right; try again, or ask a steward for a new code")]
    Wrong,
    /// Too many wrong tries.
    #[error("too many tries; wait {} seconds and try again", .0.as_secs().max(1))]
    Wait(Duration),
    /// The one-time code is unknown, used or too old.
    #[error("this code is not known, was used, or is too old; ask a steward for a new one")]
    Code,
    /// The password is too short.
    #[error("the password has {found} characters; use at least {PASSWORD_LEN_MIN}, such as four words")]
    TooShort {
        /// Its length.
        found: usize,
    },
    /// The password is too long.
    #[error("the password is longer than {PASSWORD_BYTES_MAX} bytes; choose a shorter one")]
    TooLong,
    /// The password is easily guessed.
    #[error("this password is easily guessed; choose four words that do not belong together")]
    Common,
    /// The code of the second step is not right.
    #[error("the code is not right; wait for the next one, or use a recovery code")]
    SecondWrong,
    /// Too much time or too many wrong codes lie between two steps.
    #[error("the first step is too long ago; begin again with the password")]
    SecondGone,
    /// One steward cannot give out a code alone, nor for themselves.
    #[error("two stewards who are not the person must do this together")]
    NotAlone,
    /// No steward has asked for this code within a week.
    #[error("no other steward has asked for this within a week; ask first, and let another agree")]
    NotAsked,
    /// The PIN is not acceptable.
    #[error("a PIN has {PIN_LEN_MIN} to {PIN_LEN_MAX} digits, not all the same and not in a row")]
    Pin,
    /// The sign-in name is not acceptable.
    #[error("a sign-in name has 2 to {TEXT_LEN_MAX} characters, without spaces at its ends")]
    Login,
    /// The sign-in name belongs to somebody else.
    #[error("the name '{0}' is taken; choose another")]
    LoginTaken(String),
    /// The device is not registered here.
    #[error(
        "this device is not registered for PINs; sign in with your password, or ask a steward to register it"
    )]
    Device,
    /// Too many people sign in at once.
    #[error("many people are signing in just now; try again in a moment")]
    Busy,
    /// Hashing failed.
    #[error("the password could not be checked: {0}")]
    Hash(String),
    /// The file is of another version.
    #[error("the sign-in file has format {0}, this program knows {VERSION}; install the newer version again")]
    Newer(i64),
    /// The sign-in file failed.
    #[error("the sign-in file failed: {0}")]
    Store(#[from] rusqlite::Error),
    /// The sign-in file could not be made.
    #[error("the sign-in file: {0}")]
    Io(#[from] std::io::Error),
}

/// A secret that is given to a browser once: a session's or a device's token, in hexadecimal.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    fn draw() -> Self {
        Self(hex::encode(&draw::<32>()))
    }

    /// The text for a cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(secret)")
    }
}

/// How far somebody came with name and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedIn {
    /// Signed in: the session's secret, and the session.
    Whole(Token, Session),
    /// A code of the second step is still to come; the secret for [`Accounts::sign_in_second`].
    Half(Token),
}

impl SignedIn {
    /// The session, unless a second step is to come.
    pub fn whole(self) -> Option<(Token, Session)> {
        match self {
            Self::Whole(token, session) => Some((token, session)),
            Self::Half(_) => None,
        }
    }
}

/// Where somebody signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What the person calls it, or what the browser says; shown in the list of devices.
    pub label: String,
    /// Whether others use it too: its sessions end sooner.
    pub shared: bool,
}

/// A session that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its public name, for lists and for ending it; not the token.
    pub id: String,
    /// Whose it is.
    pub person: PersonId,
    /// Where.
    pub device: Device,
    /// When it began, by the machine's real clock.
    pub since: Timestamp,
    /// When it was last used, to the minute, by the machine's real clock.
    pub seen: Timestamp,
    /// What the person's grants were when it began; see [`Accounts::session`].
    pub standing: Digest,
}

/// A registered shared device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedDevice {
    /// Its public name, for ending it.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// When it was registered.
    pub since: Timestamp,
}

/// The accounts of one node.
pub struct Accounts {
    conn: Mutex<Connection>,
    hasher: Hasher,
    backoff: Mutex<Backoff>,
    /// When each session was first and last used since the program started, by monotonic time.
    used: Mutex<BTreeMap<Digest, (Duration, Duration)>>,
    halves: Mutex<BTreeMap<Digest, second::Half>>,
    shown: Mutex<BTreeMap<PersonId, second::Shown>>,
    /// Words that a neighbour would try, in lower case.
    words: Mutex<Vec<String>>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accounts")
    }
}

/// Opening and codes.
impl Accounts {
    /// Opens the file, or makes it. `clock` is the machine's real time, also where civil time is simulated.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, AccountError> {
        let conn = Connection::open(path)?;
        conn.pragma_update(None, "journal_mode", "DELETE")?;
        conn.pragma_update(None, "synchronous", "EXTRA")?;
        conn.pragma_update(None, "secure_delete", true)?;
        conn.pragma_update(None, "trusted_schema", false)?;
        conn.pragma_update(None, "cell_size_check", true)?;
        let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match version {
            0 => {
                conn.execute_batch("BEGIN")?;
                conn.execute_batch(SCHEMA)?;
                conn.execute_batch(SCHEMA_2)?;
                conn.pragma_update(None, "user_version", VERSION)?;
                conn.execute_batch("COMMIT")?;
                let secret = std::os::unix::fs::PermissionsExt::from_mode(0o600);
                std::fs::set_permissions(path, secret)?;
                if let Some(parent) = path.parent() {
                    File::open(parent)?.sync_all()?;
                }
            }
            1 => {
                let change = conn.unchecked_transaction()?;
                change.execute_batch(SCHEMA_2)?;
                change.pragma_update(None, "user_version", VERSION)?;
                change.commit()?;
            }
            VERSION => {}
            newer => return Err(AccountError::Newer(newer)),
        }
        Ok(Self {
            conn: Mutex::new(conn),
            hasher: Hasher::default(),
            backoff: Mutex::default(),
            used: Mutex::default(),
            halves: Mutex::default(),
            shown: Mutex::default(),
            words: Mutex::default(),
            clock,
        })
    }

    /// Says which names a neighbour would try as a password: of the community, its region, its people.
    pub fn know_words<'w>(&self, words: impl IntoIterator<Item = &'w str>) {
        let whole = words.into_iter().map(str::to_lowercase).collect::<Vec<_>>();
        let parts = whole.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned);
        let known: Vec<String> = parts.chain(whole.iter().cloned()).collect();
        *self.words.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// Makes a one-time code with which somebody chooses a sign-in name and a password: for the first steward, an
    /// invitation, or after a reset. Earlier codes of the same person end. `good_for` is `None` for the first steward.
    pub fn make_code(&self, person: PersonId, good_for: Option<Duration>) -> Result<String, AccountError> {
        let code: String = draw::<20>()
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
            .map(|letter| char::from(*letter))
            .collect();
        let expires = good_for.map(|length| self.now() + millis(length));
        let conn = self.conn();
        conn.execute("DELETE FROM code WHERE person = ?1", params![person.0])?;
        conn.execute("INSERT INTO code VALUES (?1, ?2, ?3)", params![code_hash(&code).0, person.0, expires])?;
        Ok(in_groups(&code))
    }

    /// For the console: ends all sessions of a person, forgets password, PIN and second step, and gives a new one-time code.
    pub fn reset_sign_in(&self, person: PersonId) -> Result<String, AccountError> {
        {
            let conn = self.conn();
            conn.execute("DELETE FROM session WHERE person = ?1", params![person.0])?;
            conn.execute("DELETE FROM account WHERE person = ?1", params![person.0])?;
        }
        self.forget_second(person)?;
        self.make_code(person, Some(CODE_GOOD_FOR))
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
        {
            let mut conn = self.conn();
            let change = conn.transaction()?;
            let taken: Option<[u8; 16]> = change
                .query_row("SELECT person FROM account WHERE login = ?1", params![login], |row| row.get(0))
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
                "INSERT OR REPLACE INTO account VALUES (?1, ?2, ?3, NULL)",
                params![person.0, login, kept],
            )?;
            change.commit()?;
        }
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
        self.begin_session(person, device, standing(person))
    }

    fn check_new(&self, password: &str, login: &str) -> Result<(), AccountError> {
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner).clone();
        check_password(password, login, &words)
    }
}

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
        let login = login.trim().to_lowercase();
        let keys = [format!("name {}", short(&login)), address_key(from)];
        self.check_wait(&keys)?;
        if password.len() > PASSWORD_BYTES_MAX {
            return Err(AccountError::Wrong);
        }
        let known: Option<([u8; 16], Vec<u8>)> = self
            .conn()
            .query_row("SELECT person, password FROM account WHERE login = ?1", params![login], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let fits = self.hasher.fits(password, known.as_ref().map(|(_, kept)| kept.as_slice()))?;
        if let Some((person, _)) = known.filter(|_| fits) {
            let [name, _] = &keys;
            self.backoff().succeeded(name);
            let person = PersonId(person);
            self.first_done(person, device, standing)
        } else {
            self.note_failure(&keys);
            Err(AccountError::Wrong)
        }
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
            return Err(AccountError::Wrong);
        }
        let [name, _] = &keys;
        self.backoff().succeeded(name);
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
        let mut statement =
            conn.prepare_cached("SELECT person, login FROM account WHERE pin IS NOT NULL ORDER BY login")?;
        let rows = statement.query_map([], |row| Ok((PersonId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
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
            statement.query_row(params![hash.0], session_of).optional()?
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
        let rows = statement.query_map(params![person.0], session_of)?;
        let all: Vec<Session> = rows.collect::<Result<_, _>>()?;
        let now = self.now();
        Ok(all.into_iter().filter(|session| holds(session, now)).collect())
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

    /// Writes a copy of the file as of now.
    pub(crate) fn copy_to(&self, to: &Path) -> Result<(), AccountError> {
        self.conn().execute("VACUUM INTO ?1", params![to.to_string_lossy()])?;
        Ok(())
    }

    /// The sign-in name of a person, once they chose one.
    pub fn login_of(&self, person: PersonId) -> Result<Option<String>, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT login FROM account WHERE person = ?1")?;
        Ok(statement.query_row(params![person.0], |row| row.get(0)).optional()?)
    }

    fn begin_session(
        &self,
        person: PersonId,
        device: &Device,
        standing: Digest,
    ) -> Result<(Token, Session), AccountError> {
        let token = Token::draw();
        let hash = token_hash(token.expose());
        let now = self.now();
        let label = short(&device.label);
        let conn = self.conn();
        conn.execute("DELETE FROM session WHERE made < ?1", params![now - millis(SESSION_MAX)])?;
        conn.execute(
            "INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
            params![hash.0, person.0, label, device.shared, now, standing.0],
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
        self.conn()
            .execute("INSERT INTO device VALUES (?1, ?2, ?3)", params![hash.0, short(label), self.now()])?;
        Ok(token)
    }

    /// What a registered device is called.
    pub fn device_label(&self, token: &str) -> Result<Option<String>, AccountError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT label FROM device WHERE hash = ?1")?;
        Ok(statement.query_row(params![token_hash(token).0], |row| row.get(0)).optional()?)
    }

    /// The registered devices, by label.
    pub fn devices(&self) -> Result<Vec<SharedDevice>, AccountError> {
        let conn = self.conn();
        let mut statement =
            conn.prepare_cached("SELECT hash, label, made FROM device ORDER BY label, made")?;
        let rows = statement.query_map([], |row| {
            let since = Timestamp::from_millis(row.get(2)?);
            Ok(SharedDevice { id: public_id(&Digest(row.get(0)?)), label: row.get(1)?, since })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
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
}

impl Accounts {
    fn conn(&self) -> MutexGuard<'_, Connection> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn backoff(&self) -> MutexGuard<'_, Backoff> {
        self.backoff.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn halves(&self) -> MutexGuard<'_, BTreeMap<Digest, second::Half>> {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self) -> MutexGuard<'_, BTreeMap<PersonId, second::Shown>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millis()
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

    fn check_wait(&self, keys: &[String]) -> Result<(), AccountError> {
        let wait = self.backoff().wait(keys, self.clock.monotonic());
        wait.map_or(Ok(()), |left| Err(AccountError::Wait(left)))
    }

    fn note_failure(&self, keys: &[String]) {
        self.backoff().failed(keys, self.clock.monotonic());
    }
}

fn session_of(row: &rusqlite::Row<'_>) -> Result<Session, rusqlite::Error> {
    Ok(Session {
        id: public_id(&Digest(row.get(0)?)),
        person: PersonId(row.get(1)?),
        device: Device { label: row.get(2)?, shared: row.get(3)? },
        since: Timestamp::from_millis(row.get(4)?),
        seen: Timestamp::from_millis(row.get(5)?),
        standing: Digest(row.get(6)?),
    })
}

fn holds(session: &Session, now: i64) -> bool {
    let idle = if session.device.shared { IDLE_SHARED } else { IDLE_OWN };
    let age = now - session.since.as_millis();
    now - session.seen.as_millis() < millis(idle) && age < millis(SESSION_MAX) && age > -millis(IDLE_OWN)
}

fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

fn check_login(login: &str) -> Result<String, AccountError> {
    let plain = login.trim().to_lowercase();
    let length = plain.chars().count();
    let good = (2..=TEXT_LEN_MAX).contains(&length) && !plain.chars().any(char::is_control);
    if good { Ok(plain) } else { Err(AccountError::Login) }
}

fn address_key(from: &str) -> String {
    format!("address {}", short(from))
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_LEN_MAX).collect()
}

fn token_hash(token: &str) -> Digest {
    Digest::of("koinon/token/1", token.as_bytes())
}

/// A code's hash; case, spaces, hyphens and misread letters do not matter.
fn code_hash(code: &str) -> Digest {
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

fn in_groups(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn public_id(hash: &Digest) -> String {
    let id = Digest::of("koinon/public-id/1", &hash.0);
    id.to_string().chars().take(16).collect()
}

#[cfg(test)]
mod tests;
