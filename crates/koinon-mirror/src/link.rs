//! One connection: what the server must promise, statements, and commits that count only when nothing was cut off.
//!
//! Every statement is a constant of the program ([`str`] with a static lifetime); no SQL is ever put together from text.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use postgres::error::Severity;
use postgres::types::ToSql;
use postgres::{Client, NoTls, Row, Statement};

use crate::address::{Address, Standbys};
use crate::error::PgError;

/// The oldest server that is used, as `server_version_num` counts.
const SERVER_VERSION_MIN: i32 = 130_000;

/// A connection with the statements that it has prepared.
pub(crate) struct Link {
    client: Client,
    prepared: BTreeMap<&'static str, Statement>,
    warning: Arc<Mutex<Option<String>>>,
    database: String,
    standbys: Standbys,
    writes: bool,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({})", self.database)
    }
}

/// The parameters of a statement.
pub(crate) type Params<'p> = &'p [&'p (dyn ToSql + Sync)];

impl Link {
    /// Connects, and sees that the server keeps what it acknowledges. A link that only reads may lead to a standby.
    pub(crate) fn open(address: &Address, writes: bool) -> Result<Self, PgError> {
        let database = address.to_string();
        let warning: Arc<Mutex<Option<String>>> = Arc::default();
        let noted = warning.clone();
        let mut config = address.config.clone();
        config.notice_callback(move |notice| {
            if notice.parsed_severity() == Some(Severity::Warning) {
                let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
                noted.get_or_insert_with(|| notice.message().to_owned());
            }
        });
        let connected = match &address.roots {
            None => config.connect(NoTls),
            Some(roots) => {
                let vouched = roots.connector();
                let named = |source| PgError::Roots { database: database.clone(), source };
                config.connect(vouched.map_err(named)?)
            }
        };
        let client = connected.map_err(|source| PgError::Server {
            database: database.clone(),
            step: "connecting",
            source: Box::new(source),
        })?;
        let prepared = BTreeMap::new();
        let mut link = Self { client, prepared, warning, database, standbys: address.standbys, writes };
        // Set in the session, so that no change of the server's own settings weakens a commit under way. A time limit
        // would cut the wait for a standby off, and the commit would look as if it were done.
        link.batch(
            "setting up the session",
            "SET search_path TO pg_catalog; SET synchronous_commit TO on; SET statement_timeout TO 0; \
             SET lock_timeout TO 0; SET idle_in_transaction_session_timeout TO 0",
        )?;
        link.check()?;
        Ok(link)
    }

    fn check(&mut self) -> Result<(), PgError> {
        let row = self.one(
            "looking at its settings",
            "SELECT current_setting('server_version_num')::int, pg_is_in_recovery(), \
             current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes')",
            &[],
        )?;
        let found: i32 = self.field(&row, 0)?;
        if found < SERVER_VERSION_MIN {
            return Err(PgError::OldServer { database: self.database.clone(), found });
        }
        if !self.writes {
            return Ok(());
        }
        if self.field(&row, 1)? {
            return Err(PgError::Standby { database: self.database.clone() });
        }
        for (at, setting) in [(2, "synchronous_commit"), (3, "fsync"), (4, "full_page_writes")] {
            let found: String = self.field(&row, at)?;
            if found != "on" {
                return Err(PgError::Weak { database: self.database.clone(), setting, found });
            }
        }
        self.check_standbys()
    }

    /// Sees that a standby has to confirm each commit, where that is required.
    fn check_standbys(&mut self) -> Result<(), PgError> {
        if self.standbys == Standbys::NotAsked {
            return Ok(());
        }
        let row = self.one(
            "looking for standbys",
            "SELECT current_setting('synchronous_standby_names') <> ''",
            &[],
        )?;
        let named: bool = self.field(&row, 0)?;
        if named { Ok(()) } else { Err(PgError::Alone { database: self.database.clone() }) }
    }

    /// Begins a transaction.
    pub(crate) fn begin(&mut self) -> Result<(), PgError> {
        self.batch("beginning a transaction", "BEGIN")
    }

    /// Commits. It is done only when the server says so, nothing was cut off, and standbys still had to confirm.
    pub(crate) fn commit(&mut self) -> Result<(), PgError> {
        drop(self.take_warning());
        self.batch("commit", "COMMIT")?;
        if let Some(warning) = self.take_warning() {
            return Err(PgError::CutOff { database: self.database.clone(), warning });
        }
        // Whoever empties the list of standbys lets every waiting commit go.
        self.check_standbys()
    }

    /// Takes back what was written since [`Link::begin`].
    pub(crate) fn rollback(&mut self) {
        // The server takes it back by itself where the line is gone.
        let _ = self.client.batch_execute("ROLLBACK");
    }

    fn take_warning(&self) -> Option<String> {
        self.warning.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Runs statements without parameters.
    pub(crate) fn batch(&mut self, step: &'static str, sql: &'static str) -> Result<(), PgError> {
        self.client.batch_execute(sql).map_err(|source| self.failed(step, source))
    }

    /// Runs a statement; gives the number of rows that it changed.
    pub(crate) fn run(
        &mut self,
        step: &'static str,
        sql: &'static str,
        params: Params<'_>,
    ) -> Result<u64, PgError> {
        let statement = self.prepared(step, sql)?;
        self.client.execute(&statement, params).map_err(|source| self.failed(step, source))
    }

    /// The rows of a query.
    pub(crate) fn rows(
        &mut self,
        step: &'static str,
        sql: &'static str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, PgError> {
        let statement = self.prepared(step, sql)?;
        self.client.query(&statement, params).map_err(|source| self.failed(step, source))
    }

    /// The first row of a query, if there is one.
    pub(crate) fn first(
        &mut self,
        step: &'static str,
        sql: &'static str,
        params: Params<'_>,
    ) -> Result<Option<Row>, PgError> {
        Ok(self.rows(step, sql, params)?.into_iter().next())
    }

    /// The only row of a query.
    pub(crate) fn one(
        &mut self,
        step: &'static str,
        sql: &'static str,
        params: Params<'_>,
    ) -> Result<Row, PgError> {
        self.first(step, sql, params)?.ok_or_else(|| self.damaged(step))
    }

    /// A value of a row.
    pub(crate) fn field<'r, T: postgres::types::FromSql<'r>>(
        &self,
        row: &'r Row,
        at: usize,
    ) -> Result<T, PgError> {
        row.try_get(at).map_err(|source| self.failed("reading a row", source))
    }

    /// An array of bytes of a row.
    pub(crate) fn bytes<const N: usize>(&self, row: &Row, at: usize) -> Result<[u8; N], PgError> {
        let bytes: &[u8] = self.field(row, at)?;
        bytes.try_into().map_err(|_| self.damaged(&format!("{N} bytes were expected, {} stand", bytes.len())))
    }

    /// A count of a row.
    pub(crate) fn count(&self, row: &Row, at: usize) -> Result<u64, PgError> {
        let number: i64 = self.field(row, at)?;
        u64::try_from(number).map_err(|_| self.damaged(&format!("the negative number {number} stands")))
    }

    pub(crate) fn damaged(&self, what: &str) -> PgError {
        PgError::Damaged { database: self.database.clone(), what: what.to_owned() }
    }

    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    fn prepared(&mut self, step: &'static str, sql: &'static str) -> Result<Statement, PgError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|source| self.failed(step, source))?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }

    fn failed(&self, step: &'static str, source: postgres::Error) -> PgError {
        PgError::Server { database: self.database.clone(), step, source: Box::new(source) }
    }
}

/// Numbers beyond 63 bits cannot be reached by counting; asking for one finds nothing.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
