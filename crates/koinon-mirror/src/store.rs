//! The logs, as the sync core asks for them.
//!
//! A run goes in whole or not at all: facts and head are one transaction. A repeated run never reaches the tables twice:
//! the core judges it against what is held, and the log's row is locked while its end is compared, so a COMMIT of which
//! nobody knows whether it arrived is simply tried again.

use std::cell::RefCell;

use koinon_core::{FactId, LogId, NodeId};
use koinon_log::{
    AcceptedRun, ForkProof, Incarnation, LogHead, LogName, LogStore, NO_FACT, StoreError, StoredFact, Stream,
};
use postgres::Row;

use crate::error::PgError;
use crate::link::{Link, Params, signed};
use crate::reports::clear_if_covers;
use crate::said::{self, Said};

/// The store of a safety copy, over one connection.
#[derive(Debug)]
pub struct PgStore {
    link: RefCell<Link>,
    /// Whether somebody began a transaction that holds several appends.
    inside: bool,
}

impl PgStore {
    pub(crate) fn over(link: Link) -> Self {
        Self { link: RefCell::new(link), inside: false }
    }

    /// Runs something on the connection.
    pub(crate) fn on<R>(&self, run: impl FnOnce(&mut Link) -> R) -> R {
        run(&mut self.link.borrow_mut())
    }

    /// Begins a transaction; what is written inside it becomes durable with [`PgStore::commit`].
    pub fn begin(&mut self) -> Result<(), PgError> {
        self.on(Link::begin)?;
        self.inside = true;
        Ok(())
    }

    /// Makes durable what was written since [`PgStore::begin`]. After an error the store is to be opened anew: what was
    /// written may be there or not.
    pub fn commit(&mut self) -> Result<(), PgError> {
        self.inside = false;
        self.on(Link::commit)
    }

    /// Takes back what was written since [`PgStore::begin`].
    pub fn rollback(&mut self) {
        self.inside = false;
        self.on(Link::rollback);
    }

    /// Takes every log of a stream of a node out for good; gives the number of facts. What stood there is overwritten as the
    /// server tidies up, and is gone from its log of changes once that is used anew.
    pub fn let_go(&mut self, of: NodeId, stream: Stream) -> Result<u64, PgError> {
        let (facts, was_shown) =
            self.in_one(|link| Ok((take_out(link, of, stream)?, clear_if_covers(link, of, stream)?)))?;
        if facts > 0 || was_shown {
            let tables = "VACUUM mirror.fact, mirror.aside, mirror.first_row, mirror.first_stock";
            self.on(|link| link.batch("tidying up", tables))?;
        }
        Ok(facts)
    }

    /// Runs something in a transaction of its own: all of it is done, or nothing.
    pub(crate) fn in_one<R, E: From<PgError>>(
        &mut self,
        run: impl FnOnce(&mut Link) -> Result<R, E>,
    ) -> Result<R, E> {
        self.begin()?;
        match self.on(run) {
            Ok(done) => {
                self.commit()?;
                Ok(done)
            }
            Err(error) => {
                self.rollback();
                Err(error)
            }
        }
    }

    /// Runs something in a transaction: the one that was begun, or one of its own.
    fn atomically<R>(
        &mut self,
        run: impl FnOnce(&mut Link) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        if self.inside { self.on(run) } else { self.in_one(run) }
    }
}

const HEADS: &str = "SELECT id, node, stream, incarnation, height, head FROM mirror.log ORDER BY id";
const HEAD: &str = "SELECT id, node, stream, incarnation, height, head FROM mirror.log WHERE id = $1";
const RANGE: &str = "SELECT f.header, f.sig, f.salt, f.body FROM mirror.fact f
    WHERE f.log = (SELECT number FROM mirror.log WHERE id = $1) AND f.seq >= $2 ORDER BY f.seq LIMIT $3";
/// Facts fetched at a time, so that a few small ones wanted do not bring many large ones over the line.
const PAGE: usize = 128;

impl LogStore for PgStore {
    fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        Ok(self.on(|link| {
            let rows = link.rows("reading the ends of logs", HEADS, &[])?;
            rows.iter().map(|row| head_of(link, row)).collect::<Result<_, PgError>>()
        })?)
    }

    fn head(&self, log: LogId) -> Result<Option<LogHead>, StoreError> {
        Ok(self.on(|link| {
            let row = link.first("reading the end of a log", HEAD, &[&log.0.as_slice()])?;
            row.map(|row| head_of(link, &row)).transpose()
        })?)
    }

    fn read_range(
        &self,
        log: LogId,
        from: u64,
        facts_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<StoredFact>, StoreError> {
        Ok(self.on(|link| read_range(link, log, from, facts_max, bytes_max))?)
    }

    fn append_runs(&mut self, runs: &[AcceptedRun]) -> Result<(), StoreError> {
        self.atomically(|link| runs.iter().try_for_each(|run| append(link, run)))
    }

    fn set_aside(&mut self, log: LogId, from: u64) -> Result<(), StoreError> {
        self.atomically(|link| Ok(move_aside(link, log, from)?))
    }

    fn put_fork(&mut self, proof: &ForkProof) -> Result<(), StoreError> {
        let log = proof.name().id();
        if self.fork(log)?.is_some_and(|known| known.seq() <= proof.seq()) {
            return Ok(());
        }
        self.atomically(|link| {
            let sql = "INSERT INTO mirror.fork VALUES ($1, $2) ON CONFLICT (log) DO UPDATE SET proof = $2";
            link.run("keeping a proof", sql, &[&log.0.as_slice(), &proof.encode()])?;
            Ok(())
        })
    }

    fn fork(&self, log: LogId) -> Result<Option<ForkProof>, StoreError> {
        Ok(self.on(|link| {
            let sql = "SELECT proof FROM mirror.fork WHERE log = $1";
            let row = link.first("reading a proof", sql, &[&log.0.as_slice()])?;
            row.map(|row| proof_of(link, &row)).transpose()
        })?)
    }

    fn forks(&self) -> Result<Vec<ForkProof>, StoreError> {
        Ok(self.on(|link| {
            let rows = link.rows("reading proofs", "SELECT proof FROM mirror.fork ORDER BY log", &[])?;
            rows.iter().map(|row| proof_of(link, row)).collect::<Result<_, PgError>>()
        })?)
    }
}

fn read_range(
    link: &mut Link,
    log: LogId,
    from: u64,
    facts_max: usize,
    bytes_max: usize,
) -> Result<Vec<StoredFact>, PgError> {
    let mut facts = Vec::new();
    let mut bytes = 0_usize;
    let mut at = from;
    while facts.len() < facts_max {
        let wanted = PAGE.min(facts_max.saturating_sub(facts.len()));
        let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
        let rows = link.rows("reading facts", RANGE, &[&log.0.as_slice(), &signed(at), &limit])?;
        for row in &rows {
            let fact = stored(link, row)?;
            bytes = bytes.saturating_add(fact.size());
            facts.push(fact);
            if bytes >= bytes_max {
                return Ok(facts);
            }
        }
        if rows.len() < wanted {
            break;
        }
        at = at.saturating_add(u64::try_from(rows.len()).unwrap_or(u64::MAX));
    }
    Ok(facts)
}

const END: &str = "SELECT number, height, head FROM mirror.log WHERE id = $1 FOR UPDATE";
const NEW_LOG: &str = "INSERT INTO mirror.log (id, node, stream, incarnation, height, head)
    VALUES ($1, $2, $3, $4, 0, $5) RETURNING number";
const INSERT: &str = "INSERT INTO mirror.fact
      (log, seq, id, header, sig, salt, body, kind, version, reading, recorded, said)
    SELECT $1::int, t.seq, t.id, t.header, t.sig, t.salt, t.body, t.kind, t.version, t.reading,
      timestamptz 'epoch' + t.recorded * interval '1 millisecond', t.said::jsonb
    FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bigint[],
        $9::smallint[], $10::smallint[], $11::bigint[], $12::text[]) WITH ORDINALITY
      AS t (seq, id, header, sig, salt, body, kind, version, reading, recorded, said, place)
    ORDER BY t.place";
const MOVE_END: &str = "UPDATE mirror.log SET height = $2, head = $3 WHERE number = $1";

fn append(link: &mut Link, run: &AcceptedRun) -> Result<(), StoreError> {
    const STEP: &str = "storing facts";
    let (log, name) = (run.log(), run.name());
    let end = link.first(STEP, END, &[&log.0.as_slice()])?;
    let (number, height, head) = if let Some(row) = &end {
        (link.field::<i32>(row, 0)?, link.count(row, 1)?, FactId(link.bytes(row, 2)?))
    } else {
        let stream = i16::from(name.stream.number());
        let incarnation = name.incarnation.0.to_be_bytes();
        let row = link.one(
            STEP,
            NEW_LOG,
            &[
                &log.0.as_slice(),
                &name.node.0.as_slice(),
                &stream,
                &incarnation.as_slice(),
                &NO_FACT.0.as_slice(),
            ],
        )?;
        (link.field::<i32>(&row, 0)?, 0, NO_FACT)
    };
    if run.from() != height || (height > 0 && run.prev() != head) {
        return Err(StoreError::NotNext { log, height, from: run.from() });
    }
    let facts = run.facts();
    let said: Vec<Said> = facts.iter().map(|fact| said::read(fact.header(), fact.body())).collect();
    let ids: Vec<[u8; 32]> = facts.iter().map(|fact| fact.id().0).collect();
    let stored: Vec<&StoredFact> = facts.iter().map(koinon_log::Fact::stored).collect();
    let seqs: Vec<i64> = facts.iter().map(|fact| signed(fact.header().seq)).collect();
    let ids: Vec<&[u8]> = ids.iter().map(<[u8; 32]>::as_slice).collect();
    let headers: Vec<&[u8]> = stored.iter().map(|fact| fact.header.as_slice()).collect();
    let sigs: Vec<Option<&[u8]>> =
        stored.iter().map(|fact| fact.sig.as_ref().map(<[u8; 64]>::as_slice)).collect();
    let salts: Vec<&[u8]> = stored.iter().map(|fact| fact.salt.as_slice()).collect();
    let bodies: Vec<&[u8]> = stored.iter().map(|fact| fact.body.as_slice()).collect();
    let kinds: Vec<i64> = facts.iter().map(|fact| i64::from(fact.header().kind)).collect();
    let versions: Vec<i16> = facts.iter().map(|fact| i16::from(fact.header().schema)).collect();
    let readings: Vec<i16> = said.iter().map(|said| said.reading.number()).collect();
    let recorded: Vec<Option<i64>> = said.iter().map(|said| said.recorded_ms).collect();
    let texts: Vec<Option<&str>> = said.iter().map(|said| said.text.as_deref()).collect();
    link.run(
        STEP,
        INSERT,
        &[
            &number, &seqs, &ids, &headers, &sigs, &salts, &bodies, &kinds, &versions, &readings, &recorded,
            &texts,
        ],
    )?;
    link.run(STEP, MOVE_END, &[&number, &signed(run.height()), &run.head().0.as_slice()])?;
    Ok(())
}

fn move_aside(link: &mut Link, log: LogId, from: u64) -> Result<(), PgError> {
    const STEP: &str = "setting facts aside";
    let Some(row) = link.first(STEP, END, &[&log.0.as_slice()])? else { return Ok(()) };
    let number: i32 = link.field(&row, 0)?;
    let from = signed(from);
    link.run(
        STEP,
        "INSERT INTO mirror.aside SELECT $1, seq, id, header, sig, salt, body FROM mirror.fact
         WHERE log = $2 AND seq >= $3 ON CONFLICT DO NOTHING",
        &[&log.0.as_slice(), &number, &from],
    )?;
    link.run(STEP, "DELETE FROM mirror.fact WHERE log = $1 AND seq >= $2", &[&number, &from])?;
    let last = link.first(
        STEP,
        "SELECT seq, id FROM mirror.fact WHERE log = $1 ORDER BY seq DESC LIMIT 1",
        &[&number],
    )?;
    match last {
        Some(last) => {
            let (seq, id): (i64, &[u8]) = (link.field(&last, 0)?, link.field(&last, 1)?);
            link.run(STEP, MOVE_END, &[&number, &seq.saturating_add(1), &id])?;
        }
        None => drop(link.run(STEP, "DELETE FROM mirror.log WHERE number = $1", &[&number])?),
    }
    Ok(())
}

fn take_out(link: &mut Link, of: NodeId, stream: Stream) -> Result<u64, PgError> {
    const STEP: &str = "letting facts go";
    let whose: (&[u8], i16) = (of.0.as_slice(), i16::from(stream.number()));
    let params: Params<'_> = &[&whose.0, &whose.1];
    let facts = link.run(
        STEP,
        "DELETE FROM mirror.fact WHERE log IN (SELECT number FROM mirror.log WHERE node = $1 AND stream = $2)",
        params,
    )?;
    link.run(
        STEP,
        "DELETE FROM mirror.aside WHERE log IN (SELECT id FROM mirror.log WHERE node = $1 AND stream = $2)",
        params,
    )?;
    link.run(STEP, "DELETE FROM mirror.log WHERE node = $1 AND stream = $2", params)?;
    Ok(facts)
}

pub(crate) fn stored(link: &Link, row: &Row) -> Result<StoredFact, PgError> {
    let sig: Option<&[u8]> = link.field(row, 1)?;
    let sig = sig.map(|_| link.bytes(row, 1)).transpose()?;
    Ok(StoredFact { header: link.field(row, 0)?, sig, salt: link.bytes(row, 2)?, body: link.field(row, 3)? })
}

fn head_of(link: &Link, row: &Row) -> Result<LogHead, PgError> {
    let name = name_of(link, row, 1)?;
    let (height, head) = (link.count(row, 4)?, FactId(link.bytes(row, 5)?));
    Ok(LogHead { log: LogId(link.bytes(row, 0)?), name, height, head })
}

/// A log's name: node, stream and incarnation, from a column on.
pub(crate) fn name_of(link: &Link, row: &Row, at: usize) -> Result<LogName, PgError> {
    let number: i16 = link.field(row, at.saturating_add(1))?;
    let stream = u8::try_from(number).ok().and_then(Stream::from_number);
    let stream = stream.ok_or_else(|| link.damaged(&format!("table log holds stream number {number}")))?;
    Ok(LogName {
        node: NodeId(link.bytes(row, at)?),
        stream,
        incarnation: Incarnation(u64::from_be_bytes(link.bytes(row, at.saturating_add(2))?)),
    })
}

fn proof_of(link: &Link, row: &Row) -> Result<ForkProof, PgError> {
    let bytes: &[u8] = link.field(row, 0)?;
    ForkProof::decode(bytes).map_err(|error| link.damaged(&format!("table fork holds {error}")))
}
