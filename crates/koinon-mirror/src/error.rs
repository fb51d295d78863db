//! What can go wrong with the database: which one, at which step, the cause, and what to do.

use std::error::Error as _;

use koinon_core::NodeId;
use koinon_log::StoreError;
use postgres::Error;

use crate::opening::FORM;
use crate::tls::{self, RootsError};

/// Why the copy cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum PgError {
    /// The server refused or failed, or could not be reached.
    #[error("database {database}, {step}: {}; {}", words(.source), remedy(.source))]
    Server {
        /// The database.
        database: String,
        /// What was tried.
        step: &'static str,
        /// What the server or the line said.
        #[source]
        source: Box<Error>,
    },
    /// Nobody is known who could vouch for the server.
    #[error("database {database}, connecting: {source}")]
    Roots {
        /// The database.
        database: String,
        /// Why.
        #[source]
        source: RootsError,
    },
    /// The server takes no writes.
    #[error(
        "database {database} is a standby, which takes no writes; name the primary, or promote this one if the primary is gone"
    )]
    Standby {
        /// The database.
        database: String,
    },
    /// The server may lose what it has acknowledged.
    #[error(
        "database {database} has {setting} = {found}, with which it loses what it acknowledged when the power fails; set it to on"
    )]
    Weak {
        /// The database.
        database: String,
        /// The setting.
        setting: &'static str,
        /// Its value.
        found: String,
    },
    /// No standby has to confirm a commit.
    #[error(
        "database {database} acknowledges without any standby: synchronous_standby_names is empty; set it, for example to \
         'ANY 1 (one, two)', or say that one disk is enough"
    )]
    Alone {
        /// The database.
        database: String,
    },
    /// A wait for a standby was cut off, so that what was acknowledged may be on one disk only.
    #[error(
        "database {database}, commit: the wait for a standby was cut off ({warning}); it counts as not done and is tried again"
    )]
    CutOff {
        /// The database.
        database: String,
        /// What the server said.
        warning: String,
    },
    /// The server is too old.
    #[error("database {database} is served by PostgreSQL {found}; use version 13 or newer")]
    OldServer {
        /// The database.
        database: String,
        /// The version found, as a number.
        found: i32,
    },
    /// Another process writes.
    #[error("database {database} is written to by another process of koinon; end that one first")]
    Taken {
        /// The database.
        database: String,
    },
    /// The tables are not there.
    #[error("database {database} holds no safety copy yet; `koinon mirror serve` makes one")]
    Missing {
        /// The database.
        database: String,
    },
    /// The tables are of an older form, and what only reads does not change them.
    #[error(
        "database {database} holds a safety copy of the older form {found}; `koinon mirror serve` brings it to form {FORM}"
    )]
    OlderForm {
        /// The database.
        database: String,
        /// The form found.
        found: i32,
    },
    /// The tables are of another form.
    #[error(
        "database {database} holds a safety copy of form {found}, this program knows {FORM}; install the version of koinon that made \
         it, or a newer one"
    )]
    OtherForm {
        /// The database.
        database: String,
        /// The form found.
        found: i32,
    },
    /// The tables are of another copy.
    #[error(
        "database {database} holds the safety copy of node {found}, and the keys are those of {expected}; use another database, or the \
         data directory that goes with this one"
    )]
    OtherOwner {
        /// The database.
        database: String,
        /// The node of the keys.
        expected: NodeId,
        /// The node in the database.
        found: NodeId,
    },
    /// A value does not fit its meaning.
    #[error(
        "database {database} is damaged: {what}; keep it, and fill an empty database from the neighbours"
    )]
    Damaged {
        /// The database.
        database: String,
        /// What is wrong, with the table.
        what: String,
    },
}

impl From<PgError> for StoreError {
    fn from(error: PgError) -> Self {
        Self::Medium(Box::new(error))
    }
}

/// The innermost words of an error: what the server or the system said.
fn words(error: &Error) -> String {
    if let Some(told) = error.as_db_error() {
        let detail = told.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
        return format!("{}{detail}", told.message());
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        text = format!("{text}: {deeper}");
        cause = deeper.source();
    }
    text
}

/// What to do where nothing answers.
const LINE: &str = "check that the server runs and that host and port are right; facts that were acknowledged are there when it is \
                    back";

fn remedy(error: &Error) -> &'static str {
    let Some(code) = error.code() else {
        return tls::remedy(error).unwrap_or(LINE);
    };
    match code.code() {
        "28P01" | "28000" => "check user and password in the address, and what pg_hba.conf allows",
        "3D000" => "make the database first, as its owner: createdb",
        "42501" => "the role needs to own the copy's tables, and CREATE on the database to make them",
        "25006" => "this server is a standby; name the primary, or promote this one if the primary is gone",
        "53100" => "make room on the disk of the database server; the copy goes on by itself",
        "53300" => "raise max_connections, or end other programs that use the server",
        "57P01" | "57P02" | "57P03" => "the server is starting or ending; this is tried again by itself",
        "XX001" | "XX002" => {
            "the server's files are damaged; promote a standby, or fill an empty database from the neighbours"
        }
        _ => "the log of the database server says more",
    }
}
