//! Signing in at this node: accounts, one-time codes, sessions, shared devices.
//!
//! This says *who* somebody is; what they may do is for authority alone. Only hashes of codes and tokens are kept; names
//! of people, devices and places lie under a seal. There is no default account: the first steward's one-time code is
//! printed when the node is founded, and the console can print another for anybody. Calls that check a secret take tens of
//! milliseconds and belong on a blocking thread.

mod backoff;
mod codes;
mod events;
mod format;
mod password;
mod recovery;
mod seal;
mod second;
mod sessions;
mod strength;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use koinon_core::{Clock, Digest, PersonId, Timestamp};
use rusqlite::Connection;

use crate::entropy::draw;
use crate::hex;
use crate::keys::KeysError;
use backoff::Backoff;
use codes::{code_hash, in_groups};
use format::VERSION;
use password::Hasher;
use seal::{Of, Seal};

pub use events::{Event, KEPT_DAYS, What};
pub use password::{PASSWORD_BYTES_MAX, PASSWORD_LEN_MIN, PIN_LEN_MAX, PIN_LEN_MIN};
pub use recovery::{Asked, Notice};

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
    /// Something could not be sealed.
    #[error("what was entered could not be sealed; try again")]
    Sealing,
    /// The key under which the sign-in file lies is gone, or another.
    #[error(
        "{} {what}, so nobody can sign in: put this file back from a backup, which `koinon restore` lays out in another directory; without one move it and sign-in.db away, start again, and give everybody a new code with `koinon sign-in reset`",
        path.display()
    )]
    Key {
        /// The file of the key.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Something in the sign-in file was changed, or moved there from somewhere else.
    #[error(
        "sign-in.db is damaged: table {0} holds what does not belong there; restore a backup into another directory, or move the file away, start again, and give everybody a new code with `koinon sign-in reset`"
    )]
    Damaged(&'static str),
    /// The file of the key could not be read or made.
    #[error(transparent)]
    Keys(#[from] KeysError),
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
    seal: Seal,
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

/// Opening.
impl Accounts {
    /// Opens the file of a data directory, or makes it. `clock` is the machine's real time, also where civil time is
    /// simulated.
    ///
    /// # Errors
    /// [`AccountError::Key`] where the key of what lies under a seal is gone or another.
    pub fn open(dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, AccountError> {
        let (conn, seal) = format::open(dir)?;
        Ok(Self {
            conn: Mutex::new(conn),
            seal,
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

    fn check_wait(&self, keys: &[String]) -> Result<(), AccountError> {
        let wait = self.backoff().wait(keys, self.clock.monotonic());
        wait.map_or(Ok(()), |left| Err(AccountError::Wait(left)))
    }

    fn note_failure(&self, keys: &[String]) {
        self.backoff().failed(keys, self.clock.monotonic());
    }
}

fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
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

fn public_id(hash: &Digest) -> String {
    let id = Digest::of("koinon/public-id/1", &hash.0);
    id.to_string().chars().take(16).collect()
}

#[cfg(test)]
mod tests;
