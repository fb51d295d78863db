//! Opening: the tables and their form, whose copy it is, and what newer programs can read of older facts.

use koinon_books::registry::KINDS;
use koinon_core::NodeId;
use koinon_log::{Header, NetworkId};

use crate::address::Address;
use crate::error::PgError;
use crate::link::Link;
use crate::said;
use crate::store::PgStore;

/// The form of the tables. A copy of a newer form is refused; one of an older form is brought up when it is opened for writing.
pub const FORM: i32 = 2;
/// "koin": the lock that the writing process holds.
const LOCK: i64 = 0x6b6f_696e;
/// The tables of the first form.
const SCHEMA: &str = include_str!("schema.sql");
/// What makes each later form out of the one before it.
const LATER: [&str; 1] = [include_str!("first_view.sql")];
const VIEWS: &str = include_str!("views.sql");
/// Reporting tools read through this role, where the operator made it.
const LET_READ: &str = "DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'koinon_reader'
        AND NOT (has_schema_privilege(oid, 'koinon', 'USAGE')
          AND has_table_privilege(oid, 'koinon.first_views', 'SELECT'))) THEN
      GRANT USAGE ON SCHEMA koinon TO koinon_reader;
      GRANT SELECT ON ALL TABLES IN SCHEMA koinon TO koinon_reader;
    END IF;
  END $$";
/// Facts read again at a time.
const PAGE: i64 = 500;
const MAKING: &str = "making its tables";

/// Whose safety copy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The copy's own node.
    pub node: NodeId,
    /// The federation.
    pub network: NetworkId,
}

impl PgStore {
    /// Opens the store for writing, and makes the tables where there are none. One process at a time writes.
    pub fn open(address: &Address, owner: Owner) -> Result<Self, PgError> {
        let mut link = Link::open(address, true)?;
        let row = link.one("taking the lock", "SELECT pg_try_advisory_lock($1)", &[&LOCK])?;
        if !link.field::<bool>(&row, 0)? {
            return Err(PgError::Taken { database: link.database().to_owned() });
        }
        match form(&mut link)? {
            None => make(&mut link, owner)?,
            Some(found) if (1..FORM).contains(&found) => {
                check_owner(&mut link, Some(owner))?;
                bring_up(&mut link, found)?;
            }
            Some(_) => {}
        }
        check(&mut link, Some(owner))?;
        know_kinds(&mut link)?;
        link.batch("letting reporting tools read", LET_READ)?;
        let store = Self::over(link);
        // Whatever was left waiting for a standby when the server last ended is safe once this is.
        store.settle()?;
        Ok(store)
    }

    /// Opens the store for reading only; a standby will do.
    pub fn open_reader(address: &Address, owner: Option<Owner>) -> Result<Self, PgError> {
        let mut link = Link::open(address, false)?;
        if form(&mut link)?.is_none() {
            return Err(PgError::Missing { database: link.database().to_owned() });
        }
        check(&mut link, owner)?;
        link.batch("setting up the session", "SET default_transaction_read_only TO on")?;
        Ok(Self::over(link))
    }

    /// Returns once everything that can be read now is as safe as a commit is: on as many disks as the server asks for.
    ///
    /// A server that ends while commits wait for a standby shows them when it is back, though no standby may have them.
    /// A commit of our own behind them waits for all of them.
    pub fn settle(&self) -> Result<(), PgError> {
        const STEP: &str = "making sure of what is held";
        self.on(|link| {
            link.begin()?;
            let beaten = link.run(STEP, "UPDATE mirror.pulse SET beats = beats + 1", &[]);
            if let Err(error) = beaten {
                link.rollback();
                return Err(error);
            }
            link.commit()
        })
    }

    /// Whose copy it is.
    pub fn owner(&self) -> Result<Owner, PgError> {
        self.on(owner)
    }
}

fn form(link: &mut Link) -> Result<Option<i32>, PgError> {
    const STEP: &str = "looking for its tables";
    let row = link.one(STEP, "SELECT to_regclass('mirror.version') IS NOT NULL", &[])?;
    if !link.field::<bool>(&row, 0)? {
        return Ok(None);
    }
    let row = link.one(STEP, "SELECT form FROM mirror.version", &[])?;
    Ok(Some(link.field(&row, 0)?))
}

fn make(link: &mut Link, owner: Owner) -> Result<(), PgError> {
    in_one(link, |link| {
        link.batch(MAKING, SCHEMA)?;
        let sql = "INSERT INTO mirror.self (node, network) VALUES ($1, $2)";
        link.run(MAKING, sql, &[&owner.node.0.as_slice(), &owner.network.0.as_slice()])?;
        go_on(link, 1)
    })
}

fn bring_up(link: &mut Link, found: i32) -> Result<(), PgError> {
    in_one(link, |link| go_on(link, found))
}

/// Makes every form after one, and the views.
fn go_on(link: &mut Link, found: i32) -> Result<(), PgError> {
    for (form, sql) in (1..).zip(LATER) {
        if form >= found {
            link.batch(MAKING, sql)?;
        }
    }
    link.batch(MAKING, VIEWS)
}

fn in_one(link: &mut Link, run: impl FnOnce(&mut Link) -> Result<(), PgError>) -> Result<(), PgError> {
    link.begin()?;
    if let Err(error) = run(link) {
        link.rollback();
        return Err(error);
    }
    link.commit()
}

fn check(link: &mut Link, expected: Option<Owner>) -> Result<(), PgError> {
    let database = link.database().to_owned();
    match form(link)? {
        Some(found) if found < FORM => return Err(PgError::OlderForm { database, found }),
        Some(found) if found > FORM => return Err(PgError::OtherForm { database, found }),
        _ => {}
    }
    check_owner(link, expected)
}

fn check_owner(link: &mut Link, expected: Option<Owner>) -> Result<(), PgError> {
    let database = link.database().to_owned();
    let found = owner(link)?;
    match expected {
        Some(expected) if expected != found => {
            Err(PgError::OtherOwner { database, expected: expected.node, found: found.node })
        }
        _ => Ok(()),
    }
}

fn owner(link: &mut Link) -> Result<Owner, PgError> {
    let row = link.one("looking whose copy it is", "SELECT node, network FROM mirror.self", &[])?;
    Ok(Owner { node: NodeId(link.bytes(&row, 0)?), network: NetworkId(link.bytes(&row, 1)?) })
}

/// Notes the kinds that this program knows, and reads facts again that no program before it could read.
fn know_kinds(link: &mut Link) -> Result<(), PgError> {
    const STEP: &str = "reading facts that were too new before";
    let numbers: Vec<i64> = KINDS.iter().map(|kind| i64::from(kind.number)).collect();
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    link.run(
        STEP,
        "INSERT INTO mirror.kind SELECT * FROM unnest($1::bigint[], $2::text[]) ON CONFLICT DO NOTHING",
        &[&numbers, &names],
    )?;
    let mut after = 0_i64;
    loop {
        let rows = link.rows(
            STEP,
            "SELECT place, header, body FROM mirror.fact
             WHERE reading = 2 AND kind = ANY ($1) AND place > $2 ORDER BY place LIMIT $3",
            &[&numbers, &after, &PAGE],
        )?;
        for row in &rows {
            after = link.field(row, 0)?;
            let (header, body): (&[u8], &[u8]) = (link.field(row, 1)?, link.field(row, 2)?);
            let Ok(header) = Header::parse(header) else { continue };
            let said = said::read(&header, body);
            if said.reading == said::Reading::Newer {
                continue;
            }
            link.run(
                STEP,
                "UPDATE mirror.fact SET reading = $2, said = $3::text::jsonb,
                   recorded = timestamptz 'epoch' + $4::bigint * interval '1 millisecond' WHERE place = $1",
                &[&after, &said.reading.number(), &said.text, &said.recorded_ms],
            )?;
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}
