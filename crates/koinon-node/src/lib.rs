//! A running node: the store on SQLite, keys, clocks, jobs and the exchange over HTTP.
//!
//! This is the imperative shell around `koinon-books`: it reads the clock, the disk and the network, and hands what they
//! say to pure functions. It decides nothing about stock or authority and draws no page.
//!
//! The way through the room:
//!
//! | module | subject |
//! |---|---|
//! | [`node`] | the handle: open, read, submit, neighbours |
//! | [`founding`] | what a new node is to be |
//! | [`writer`] | the one thread that writes, and its answers |
//! | [`sqlite`] | the store |
//! | [`keeper`] | where exchanged logs are kept: there, or apart |
//! | [`replay`] | from stored facts to the book |
//! | [`jobs`], [`peers`] | what runs by itself, and with whom |
//! | [`carry`] | bundles: entries that travel by hand |
//! | [`personal`] | names and notes at rest: sealed, locked, erased |
//! | [`suspend`] | computers in other hands |
//! | [`mod@rotate`] | replacing the node's key |
//! | [`first_view`] | what a computer with an empty store shows at first |
//! | [`kept`] | files that neighbours keep for one another |
//! | [`disk`], [`keys`], [`clock`], [`entropy`] | the edge of the machine |
//! | [`storage`] | room taken and left, age of copies |

pub mod accounts;
mod auth;
pub mod backup;
pub mod batch;
pub mod carry;
mod certificate;
pub mod check;
mod client;
pub mod clock;
pub mod disk;
pub mod entropy;
mod erasing;
pub mod error;
pub mod first_view;
pub mod founding;
pub mod hex;
pub mod jobs;
pub mod keeper;
pub mod kept;
pub mod keys;
pub mod logs;
pub mod node;
pub mod options;
pub mod peers;
pub mod personal;
pub mod replay;
pub mod rotate;
mod scheduler;
pub mod server;
mod sharing;
pub mod sqlite;
pub mod storage;
pub mod suspend;
pub mod tls;
pub mod writer;

pub use accounts::{AccountError, Accounts, Device, Session, SharedDevice, SignedIn, Token};
pub use auth::AuthError;
pub use backup::{BackupError, BackupTried};
pub use carry::{Carried, CarryError, CarryOrder, Unpacked};
pub use check::{CheckReport, LogCheck};
pub use client::{PullCause, PullError, PullReport, Report, SUSPENDED, Step, check_address};
pub use clock::{SettableClock, SystemClock};
pub use disk::{DiskFloors, DiskLow};
pub use entropy::OsEntropy;
pub use error::NodeError;
pub use first_view::{Checked, CheckedView, Differs, FirstShown, FirstViewError, FirstViewState, Newer};
pub use founding::{Founding, Initialised, RecoveryPlan};
pub use jobs::{JobState, Phase};
pub use keeper::{KeepError, Keeper, PeerStore};
pub use kept::{ForNeighbour, Kept, KeptError, OwnFile, OwnFiles, PlaceOrder};
pub use logs::{ForkedLog, KeptFact, Leaving, OwnLog, WaitingKey};
pub use node::Node;
pub use options::Options;
pub use peers::{PeerConfig, PeerState};
pub use personal::{PersonalError, PersonalKeys};
pub use replay::Entry;
pub use rotate::{Returned, RotateBy, RotatedKeys, rotate};
pub use server::exchange_router;
pub use sqlite::SqliteStore;
pub use storage::Storage;
pub use suspend::Suspended;
pub use tls::{TlsError, TlsFiles, TlsNames};
pub use writer::{SubmitError, Submitted};
