//! What was written about one batch, need, offer or transfer, found by what entries say in the views.

use koinon_core::LotId;
use koinon_ledger::Key;
use koinon_log::{LogName, StoredFact};
use serde_json::json;

use crate::error::PgError;
use crate::link::{Link, Params};
use crate::store::{name_of, stored};

const STEP: &str = "reading what was written about one thing";
const LOT: &str = "SELECT f.header, f.sig, f.salt, f.body, l.node, l.stream, l.incarnation
    FROM mirror.fact f JOIN mirror.log l ON l.number = f.log
    WHERE f.kind BETWEEN 64 AND 68 AND f.said ->> 'batch' = $1";
const LOADS: &str = "SELECT f.header, f.sig, f.salt, f.body, l.node, l.stream, l.incarnation
    FROM mirror.fact f JOIN mirror.log l ON l.number = f.log
    WHERE f.kind IN (81, 83, 84) AND f.said -> 'lines' @> $1::text::jsonb";
const TRANSFER: &str = "SELECT f.header, f.sig, f.salt, f.body, l.node, l.stream, l.incarnation
    FROM mirror.fact f JOIN mirror.log l ON l.number = f.log
    WHERE (f.kind BETWEEN 74 AND 85 OR f.kind = 89) AND f.said ->> 'transfer' = $1";
const NEED: &str = "SELECT f.header, f.sig, f.salt, f.body, l.node, l.stream, l.incarnation
    FROM mirror.fact f JOIN mirror.log l ON l.number = f.log
    WHERE f.kind IN (70, 71) AND f.said ->> 'need' = $1";
const OFFER: &str = "SELECT f.header, f.sig, f.salt, f.body, l.node, l.stream, l.incarnation
    FROM mirror.fact f JOIN mirror.log l ON l.number = f.log
    WHERE f.kind IN (72, 73) AND f.said ->> 'offer' = $1";

/// Everything about a key. Nothing is ever folded away of printed batches, routes, giving, taking, wishes, counts, standing agreements and joint loads, so nobody asks for those.
pub(crate) fn facts_about(link: &mut Link, key: &Key) -> Result<Vec<(LogName, StoredFact)>, PgError> {
    match key {
        Key::Lot(_, lot) => of_lot(link, *lot),
        Key::Transfer(_, id) => read(link, TRANSFER, &[&id.to_string()]),
        Key::Need(_, id) => read(link, NEED, &[&id.to_string()]),
        Key::Offer(_, id) => read(link, OFFER, &[&id.to_string()]),
        Key::Batch(..)
        | Key::Route(_)
        | Key::Giving(..)
        | Key::Taking(..)
        | Key::Recount(..)
        | Key::Wish(..)
        | Key::Standing(..)
        | Key::Joint(..) => Ok(Vec::new()),
    }
}

fn of_lot(link: &mut Link, lot: LotId) -> Result<Vec<(LogName, StoredFact)>, PgError> {
    let batch = lot.to_string();
    let mut facts = read(link, LOT, &[&batch])?;
    facts.extend(read(link, LOADS, &[&json!([{ "batch": batch }]).to_string()])?);
    Ok(facts)
}

fn read(
    link: &mut Link,
    sql: &'static str,
    params: Params<'_>,
) -> Result<Vec<(LogName, StoredFact)>, PgError> {
    let rows = link.rows(STEP, sql, params)?;
    rows.iter().map(|row| Ok((name_of(link, row, 4)?, stored(link, row)?))).collect()
}
