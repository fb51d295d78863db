//! The regional safety copy on PostgreSQL: one well-connected peer that writes nobody's log and can be made anew from the
//! nodes.
//!
//! Facts are judged by the sync core (`koinon_log::ingest`) before they are inserted, never by the database. The database
//! keeps bytes, answers look-ups, and gives reporting tools views to read.
//!
//! The client is the blocking `postgres` crate, which drives `tokio-postgres` on a small runtime of each connection's own.
//! The contract of a store is synchronous, and whoever calls it stands on a thread that may wait: the exchange's and
//! the answering pool's. A runtime of our own would add a channel and a task to every statement, and hide in which order
//! a COMMIT and the warnings before it came.
//!
//! | module | subject |
//! |---|---|
//! | [`address`] | where the database is, without its password in any text |
//! | [`error`] | what can go wrong: database, step, cause, remedy |
//! | `tls` | the encryption of the line, and who vouches for the server |
//! | `link` | one connection: what it must promise, statements, commits |
//! | [`store`] | the logs, as the sync core asks for them |
//! | `opening` | tables, their form, whose copy it is |
//! | `about` | what was written about one thing |
//! | [`reports`] | a neighbour's first view in the views |
//! | `heard` | receipts and recoveries |
//! | [`keeper`] | keeping logs for a running node |
//! | [`audit`](mod@audit) | reading everything again, and what it comes to |
//! | [`said`] | what a fact says, for the views |

mod about;
pub mod address;
pub mod audit;
pub mod error;
mod heard;
pub mod keeper;
mod link;
mod opening;
pub mod reports;
pub mod said;
pub mod store;
mod tls;

pub use address::{Address, AddressError, Standbys};
pub use audit::{Audit, AuditedLog, audit};
pub use error::PgError;
pub use keeper::PgKeeper;
pub use opening::{FORM, Owner};
pub use reports::{ComparedView, ShownView};
pub use store::PgStore;
pub use tls::RootsError;
