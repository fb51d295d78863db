//! A first view in the reports: its rows, what came newer, and what came of comparing it with the own entries.
//!
//! Everything here is the word of a neighbour until it was compared, and each row that a report shows of it says so. It never
//! touches the tables in which the copy's own entries stand.

use std::collections::BTreeMap;

use koinon_books::registry::kind_of;
use koinon_books::written::{Standing, Written};
use koinon_core::{CommunityCode, Digest, LogId, NodeId, Timestamp};
use koinon_log::{AcceptedRun, Offer, Stream};
use koinon_node::first_view::{CheckedView, FirstShown, Newer};

use crate::error::PgError;
use crate::link::{Link, signed};
use crate::said::{self, Reading};
use crate::store::PgStore;

const STEP: &str = "showing a first view";
/// Rows put in at a time.
const ROWS: usize = 5_000;
/// The kinds of entries that say how things stand. Lines of stock cards are not among them: what stands is shown in their place.
const KINDS: std::ops::RangeInclusive<u32> = 68..=113;
/// Kinds that say what a batch is.
const OPENINGS: [u32; 2] = [64, 66];

/// What came of comparing a first view with the own entries, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedView {
    /// Who made it.
    pub by: NodeId,
    /// For which community that node speaks.
    pub community: Option<String>,
    /// When, by the maker's clock; nothing where that was beyond all calendars.
    pub at: Option<Timestamp>,
    /// How many entries it was made from.
    pub facts: u64,
    /// The check number of what it showed.
    pub theirs: Digest,
    /// The check number of what the same entries come to here; nothing where entries that it claims to have did not come.
    pub ours: Option<Digest>,
    /// When they were compared.
    pub compared: Timestamp,
    /// When people had looked into it, where it was wrong.
    pub settled: Option<Timestamp>,
}

impl ComparedView {
    /// Whether the own entries say the same.
    pub fn is_right(&self) -> bool {
        self.ours == Some(self.theirs)
    }
}

/// The first view that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownView {
    /// Who made it.
    pub by: NodeId,
    /// For which community that node speaks.
    pub community: Option<String>,
    /// When, by the maker's clock; nothing where that was beyond all calendars.
    pub at: Option<Timestamp>,
    /// How many entries it was made from.
    pub facts: u64,
    /// How many of those have come here.
    pub here: u64,
}

impl PgStore {
    /// Shows a first view in place of another, or takes away what is shown; all of it or nothing.
    pub fn show_first_view(&mut self, view: Option<&FirstShown>) -> Result<(), PgError> {
        if view.is_none() && !self.on(is_any)? {
            return Ok(());
        }
        self.in_one(|link| {
            clear(link)?;
            view.map_or(Ok(()), |view| put(link, view))
        })
    }

    /// Shows what goes on where a first view ends; all of it or nothing.
    pub fn show_newer(&mut self, newer: &Newer) -> Result<(), PgError> {
        self.in_one(|link| {
            newer.runs.iter().try_for_each(|run| put_run(link, run))?;
            put_standing(link, &newer.standing)
        })
    }

    /// Keeps what came of comparing a first view, and takes it away; both or nothing.
    pub fn note_checked(&mut self, checked: &CheckedView, now: Timestamp) -> Result<(), PgError> {
        self.in_one(|link| {
            keep(link, checked, now)?;
            clear(link)
        })
    }

    /// Keeps that people have looked into first views that were wrong; says whether there was one.
    pub fn settle_checked(&mut self, now: Timestamp) -> Result<bool, PgError> {
        self.in_one(|link| {
            let sql = "UPDATE mirror.first_check SET settled = timestamptz 'epoch' + $1::bigint * interval '1 millisecond'
                 WHERE settled IS NULL AND ours IS DISTINCT FROM theirs";
            let settled = link.run("noting that a first view was looked into", sql, &[&said::millis(now)])?;
            Ok(settled > 0)
        })
    }

    /// What came of every first view that was compared, the newest first.
    pub fn compared_views(&self) -> Result<Vec<ComparedView>, PgError> {
        self.on(|link| {
            let sql = "SELECT c.node, (extract(epoch FROM c.made) * 1000)::bigint, c.facts, c.theirs, c.ours,
                   (extract(epoch FROM c.compared) * 1000)::bigint, (extract(epoch FROM c.settled) * 1000)::bigint, a.community
                 FROM mirror.first_check c LEFT JOIN mirror.admitted a ON a.node = encode(c.node, 'hex')
                 ORDER BY c.compared DESC, c.node, c.content";
            let rows = link.rows("reading what came of first views", sql, &[])?;
            rows.iter().map(|row| compared_of(link, row)).collect()
        })
    }

    /// The first view that is shown, if one is.
    pub fn shown_view(&self) -> Result<Option<ShownView>, PgError> {
        self.on(|link| {
            let sql = "SELECT v.node, (extract(epoch FROM v.made) * 1000)::bigint, v.facts,
                   (SELECT coalesce(sum(least(t.covered, l.height)), 0)::bigint
                    FROM mirror.first_log t JOIN mirror.log l ON l.id = t.log), a.community
                 FROM mirror.first_view v LEFT JOIN mirror.admitted a ON a.node = encode(v.node, 'hex')";
            let row = link.first("reading which first view is shown", sql, &[])?;
            let read = |row| {
                Ok(ShownView {
                    by: NodeId(link.bytes(&row, 0)?),
                    at: link.field::<Option<i64>>(&row, 1)?.map(Timestamp::from_millis),
                    facts: link.count(&row, 2)?,
                    here: link.count(&row, 3)?,
                    community: link.field(&row, 4)?,
                })
            };
            row.map(read).transpose()
        })
    }
}

fn compared_of(link: &Link, row: &postgres::Row) -> Result<ComparedView, PgError> {
    let ours: Option<&[u8]> = link.field(row, 4)?;
    let ours = ours.map(|_| link.bytes(row, 4)).transpose()?;
    Ok(ComparedView {
        by: NodeId(link.bytes(row, 0)?),
        at: link.field::<Option<i64>>(row, 1)?.map(Timestamp::from_millis),
        facts: link.count(row, 2)?,
        theirs: Digest(link.bytes(row, 3)?),
        ours: ours.map(Digest),
        compared: Timestamp::from_millis(link.field(row, 5)?),
        settled: link.field::<Option<i64>>(row, 6)?.map(Timestamp::from_millis),
        community: link.field(row, 7)?,
    })
}

fn is_any(link: &mut Link) -> Result<bool, PgError> {
    let row = link.one(STEP, "SELECT EXISTS (SELECT FROM mirror.first_view)", &[])?;
    link.field(&row, 0)
}

/// Takes away what is shown of a first view.
pub(crate) fn clear(link: &mut Link) -> Result<(), PgError> {
    link.batch(
        "taking a first view away",
        "DELETE FROM mirror.first_row; DELETE FROM mirror.first_stock; DELETE FROM mirror.first_log; \
         DELETE FROM mirror.first_view",
    )
}

/// Takes away what is shown where that may hold a node's entries of a stream; says whether it did.
pub(crate) fn clear_if_covers(link: &mut Link, of: NodeId, stream: Stream) -> Result<bool, PgError> {
    let sql = "SELECT EXISTS (SELECT FROM mirror.first_log WHERE node = $1 AND stream = $2)";
    let row = link.one(STEP, sql, &[&of.0.as_slice(), &i16::from(stream.number())])?;
    let covers = link.field(&row, 0)?;
    if covers {
        clear(link)?;
    }
    Ok(covers)
}

fn keep(link: &mut Link, checked: &CheckedView, now: Timestamp) -> Result<(), PgError> {
    let Offer { by, at, facts, .. } = &checked.offer;
    let sql = "INSERT INTO mirror.first_check VALUES ($1, $2, timestamptz 'epoch' + $3::bigint * interval '1 millisecond', $4,
           $5, $6, timestamptz 'epoch' + $7::bigint * interval '1 millisecond', NULL)
         ON CONFLICT (content, node) DO UPDATE SET made = EXCLUDED.made, theirs = EXCLUDED.theirs, ours = EXCLUDED.ours,
           compared = EXCLUDED.compared, settled = NULL";
    let content = checked.offer.content();
    let ours = checked.ours.as_ref().map(|ours| ours.0.as_slice());
    let (made, compared) = (said::millis(*at), said::millis(now).unwrap_or(0));
    let (content, by, theirs) = (content.0.as_slice(), by.0.as_slice(), checked.theirs.0.as_slice());
    let step = "noting what came of a first view";
    link.run(step, sql, &[&content, &by, &made, &signed(*facts), &theirs, &ours, &compared]).map(drop)
}

fn put(link: &mut Link, view: &FirstShown) -> Result<(), PgError> {
    let Offer { by, at, facts, .. } = &view.offer;
    let sql = "INSERT INTO mirror.first_view (content, node, made, facts)
         VALUES ($1, $2, timestamptz 'epoch' + $3::bigint * interval '1 millisecond', $4)";
    let content = view.offer.content();
    let made = said::millis(*at);
    link.run(STEP, sql, &[&content.0.as_slice(), &by.0.as_slice(), &made, &signed(*facts)])?;
    let mut writers = BTreeMap::new();
    for log in view.cover.logs() {
        let Some(name) = log.name() else { continue };
        put_log(link, name.id(), (log.node, name.stream), log.height)?;
        if let Some(community) = view.cover.admitted.get(&log.node) {
            writers.insert(name.id(), community);
        }
    }
    for written in view.written.chunks(ROWS) {
        put_written(link, written, &writers)?;
    }
    view.standing.chunks(ROWS).try_for_each(|standing| put_standing(link, standing))
}

fn put_log(
    link: &mut Link,
    log: LogId,
    (node, stream): (NodeId, Stream),
    covered: u64,
) -> Result<(), PgError> {
    let sql = "INSERT INTO mirror.first_log VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let stream = i16::from(stream.number());
    let (log, node) = (log.0.as_slice(), node.0.as_slice());
    link.run(STEP, sql, &[&log, &node, &stream, &signed(covered)]).map(drop)
}

fn put_written(
    link: &mut Link,
    written: &[Written],
    writers: &BTreeMap<LogId, &CommunityCode>,
) -> Result<(), PgError> {
    let sql = "INSERT INTO mirror.first_row (log, seq, community, kind, recorded, said)
         SELECT t.log, t.seq, t.community, t.kind, timestamptz 'epoch' + t.recorded * interval '1 millisecond', t.said::jsonb
         FROM unnest($1::bytea[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])
           AS t (log, seq, community, kind, recorded, said) WHERE t.said IS NOT NULL
         ON CONFLICT DO NOTHING";
    let writer = |one: &Written| {
        let by = one.by.as_ref().or_else(|| writers.get(&one.at?.log).copied());
        by.map(|by| by.as_str().to_owned())
    };
    let logs: Vec<Option<Vec<u8>>> = written.iter().map(|one| Some(one.at?.log.0.to_vec())).collect();
    let seqs: Vec<Option<i64>> = written.iter().map(|one| Some(signed(one.at?.seq))).collect();
    let communities: Vec<Option<String>> = written.iter().map(writer).collect();
    let kinds: Vec<i64> = written.iter().map(|one| i64::from(kind_of(&one.fact).number)).collect();
    let recorded: Vec<Option<i64>> = written.iter().map(|one| said::millis(one.at?.recorded)).collect();
    let texts: Vec<Option<String>> = written.iter().map(|one| said::text(&one.fact)).collect();
    link.run(STEP, sql, &[&logs, &seqs, &communities, &kinds, &recorded, &texts]).map(drop)
}

/// Entries that are newer: each as it will stand once the copy holds it.
fn put_run(link: &mut Link, run: &AcceptedRun) -> Result<(), PgError> {
    let sql = "INSERT INTO mirror.first_row (log, seq, fact, community, kind, recorded, said)
         SELECT $1, t.seq, t.fact, a.community, t.kind, timestamptz 'epoch' + t.recorded * interval '1 millisecond',
           t.said::jsonb
         FROM unnest($3::bigint[], $4::bytea[], $5::bigint[], $6::bigint[], $7::text[]) AS t (seq, fact, kind, recorded, said)
         LEFT JOIN mirror.admitted a ON a.node = $2
         ON CONFLICT DO NOTHING";
    put_log(link, run.log(), (run.name().node, run.name().stream), 0)?;
    let stands = |kind: u32| KINDS.contains(&kind) || OPENINGS.contains(&kind);
    let facts = run.facts().iter().filter(|fact| stands(fact.header().kind));
    let read = facts.map(|fact| (fact, said::read(fact.header(), fact.body())));
    let read: Vec<_> = read.filter(|(_, said)| said.reading == Reading::Known).collect();
    let seqs: Vec<i64> = read.iter().map(|(fact, _)| signed(fact.header().seq)).collect();
    let ids: Vec<Vec<u8>> = read.iter().map(|(fact, _)| fact.id().0.to_vec()).collect();
    let kinds: Vec<i64> = read.iter().map(|(fact, _)| i64::from(fact.header().kind)).collect();
    let recorded: Vec<Option<i64>> = read.iter().map(|(_, said)| said.recorded_ms).collect();
    let texts: Vec<Option<&str>> = read.iter().map(|(_, said)| said.text.as_deref()).collect();
    let (log, node) = (run.log(), run.name().node.to_string());
    link.run(STEP, sql, &[&log.0.as_slice(), &node, &seqs, &ids, &kinds, &recorded, &texts]).map(drop)
}

fn put_standing(link: &mut Link, standing: &[Standing]) -> Result<(), PgError> {
    let sql = "INSERT INTO mirror.first_stock
           (community, batch, item, store, printed, expires, amount, unit, held, changed)
         SELECT DISTINCT ON (t.community, t.batch) t.community, t.batch, t.item, t.store, t.printed, t.expires::date,
           t.amount::numeric, t.unit, t.held, timestamptz 'epoch' + t.changed * interval '1 millisecond'
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
             $10::bigint[]) WITH ORDINALITY
           AS t (community, batch, item, store, printed, expires, amount, unit, held, changed, place)
         ORDER BY t.community, t.batch, t.place DESC
         ON CONFLICT (community, batch) DO UPDATE SET item = EXCLUDED.item, store = EXCLUDED.store,
           printed = EXCLUDED.printed, expires = EXCLUDED.expires, amount = EXCLUDED.amount, unit = EXCLUDED.unit,
           held = EXCLUDED.held, changed = EXCLUDED.changed";
    let of = |see: &dyn Fn(&Standing) -> Option<String>| standing.iter().map(see).collect::<Vec<_>>();
    let communities = of(&|one| Some(one.community.as_str().to_owned()));
    let batches = of(&|one| Some(one.opened.lot.to_string()));
    let items = of(&|one| Some(one.opened.item.as_str().to_owned()));
    let stores = of(&|one| Some(one.opened.store.as_str().to_owned()));
    let printed = of(&|one| Some(one.opened.batch.as_ref()?.as_str().to_owned()));
    let expires = of(&|one| one.opened.expires.and_then(said::day));
    let amounts = of(&|one| Some(one.amount.to_string()));
    let units = of(&|one| one.unit.map(str::to_owned));
    let held = of(&|one| Some(one.held?.code().to_owned()));
    let changed: Vec<Option<i64>> = standing.iter().map(|one| said::millis(one.changed?)).collect();
    link.run(
        STEP,
        sql,
        &[&communities, &batches, &items, &stores, &printed, &expires, &amounts, &units, &held, &changed],
    )
    .map(drop)
}
