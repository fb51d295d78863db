//! What a fact says, as reporting tools may read it: JSON with amounts in whole base units and the unit beside them.
//!
//! Only kinds that this program knows are read. What is about people (who acted, how many came to one counter, grants, sign-in)
//! is left out. Days and
//! times beyond the calendars of databases are left out too, so that one wrong clock spoils no report.

mod aid;
mod transfer;

use koinon_books::{Decoded, Fact, decode};
use koinon_core::{CommunityCode, Day, Quantity, Timestamp};
use koinon_ledger::fact::{PrintedMark, StandingLine, Urgency};
use koinon_ledger::reason::Sign;
use koinon_ledger::{LedgerFact, Reason};
use koinon_log::Header;
use koinon_log::control::KINDS_RESERVED;
use serde_json::{Value, json};

/// The last millisecond of the year 9999, and the first of the year 1.
const TIMES_MS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;
/// The days of the same years.
const DAYS: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;

/// How a body was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// A kind of the log's own: nothing to read.
    Log,
    /// Known.
    Known,
    /// A newer kind or version: kept and counted, never guessed at.
    Newer,
    /// A known kind whose bytes do not fit it.
    Unfit,
}

impl Reading {
    /// The number in the table.
    pub const fn number(self) -> i16 {
        match self {
            Self::Log => 0,
            Self::Known => 1,
            Self::Newer => 2,
            Self::Unfit => 3,
        }
    }
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How the body was read.
    pub reading: Reading,
    /// When it was recorded, by its writer, in milliseconds since 1970; nothing beyond the calendars of databases.
    pub recorded_ms: Option<i64>,
    /// The JSON, where the body was read.
    pub text: Option<String>,
}

/// Reads a fact's body.
pub fn read(header: &Header, body: &[u8]) -> Said {
    let nothing = |reading| Said { reading, recorded_ms: millis(header.hlc.time()), text: None };
    match decode(header.kind, header.schema, body) {
        Decoded::Known(stamp, fact) => {
            let Some(text) = text(&fact) else { return nothing(Reading::Unfit) };
            Said { reading: Reading::Known, recorded_ms: millis(stamp.recorded), text: Some(text) }
        }
        Decoded::Unknown if header.kind < KINDS_RESERVED => nothing(Reading::Log),
        Decoded::Unknown => nothing(Reading::Newer),
        Decoded::Malformed(_) => nothing(Reading::Unfit),
    }
}

/// The JSON of a fact; nothing where a database would refuse it.
pub(crate) fn text(fact: &Fact) -> Option<String> {
    // The one escape that databases refuse in JSON; no code or mark may hold it.
    Some(say(fact).to_string()).filter(|text| !text.contains("\\u0000"))
}

/// A time within the calendars of databases, in milliseconds since 1970.
pub(crate) fn millis(at: Timestamp) -> Option<i64> {
    Some(at.as_millis()).filter(|millis| TIMES_MS.contains(millis))
}

fn time(at: Timestamp) -> Option<String> {
    millis(at).map(|_| at.to_rfc3339())
}

pub(crate) fn day(day: Day) -> Option<String> {
    DAYS.contains(&day.0).then(|| day.to_string())
}

/// Puts an amount with its unit into an object.
fn with(mut object: Value, quantity: Quantity) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.insert("amount".to_owned(), quantity.amount().into());
        fields.insert("unit".to_owned(), quantity.dimension().base_unit().into());
    }
    object
}

fn say(fact: &Fact) -> Value {
    match fact {
        Fact::NodeSpeaksFor(f) => json!({ "community": f.community.as_str() }),
        Fact::NodeAdmitted(f) => json!({ "node": f.node.to_string(), "community": f.community.as_str() }),
        Fact::RegionAdopted(f) => json!({ "text": f.text.to_string(), "content": f.content.to_string() }),
        Fact::RegionPart(f) => json!({ "text": f.text.to_string(), "part": f.part, "of": f.of }),
        Fact::AgreementText(f) => json!({ "text": f.text.to_string() }),
        Fact::AgreementSigned(f) => json!({ "text": f.text.to_string() }),
        Fact::AgreementEnded(f) => json!({ "text": f.text.to_string() }),
        Fact::Purged(f) => json!({ "of": f.of.to_string(), "facts": f.facts }),
        Fact::Ledger(fact) => stock(fact).or_else(|| wants(fact)).unwrap_or_else(|| transfer::say(fact)),
        Fact::Aid(fact) => aid::say(fact),
        Fact::ServedPublished(f) => {
            json!({ "month": f.month, "people": f.people, "households": f.households })
        }
        Fact::NodeSuspended(f) => json!({ "node": f.node.to_string(), "stands": f.stands }),
        Fact::Granted(_)
        | Fact::Revoked(_)
        | Fact::RecoveryAgreed(_)
        | Fact::LocalNote(_)
        | Fact::NoteSealed(_)
        | Fact::PeopleServed(_)
        | Fact::PersonNamed(_)
        | Fact::NameSealed(_)
        | Fact::Erased(_)
        | Fact::ErasureAnswered(_) => json!({}),
    }
}

/// Batches, entries and counts.
fn stock(fact: &LedgerFact) -> Option<Value> {
    Some(match fact {
        LedgerFact::LotOpened(f) => json!({
            "batch": f.lot.to_string(), "item": f.item.as_str(), "store": f.store.as_str(),
            "printed": f.batch.as_ref().map(PrintedMark::as_str), "expires": f.expires.and_then(day),
            "owner": f.owner.as_ref().map(CommunityCode::as_str),
            "from_community": f.from.as_ref().map(|(code, _)| code.as_str()),
            "from_batch": f.from.as_ref().map(|(_, lot)| lot.to_string()),
        }),
        LedgerFact::Entered(f) => {
            let way = match f.reason.sign() {
                Sign::In => Some("in"),
                Sign::Out => Some("out"),
                Sign::Neither => None,
            };
            let said = json!({
                "entry": f.entry.to_string(), "batch": f.lot.to_string(), "reason": f.reason.code(), "way": way,
                "occurred": time(f.occurred),
                "paper": f.paper.as_ref().map(PrintedMark::as_str), "method": f.method.code(),
            });
            with(said, f.quantity)
        }
        LedgerFact::Counted(f) => {
            let opens = f.opening().map(|opened| {
                json!({
                    "batch": opened.lot.to_string(), "item": opened.item.as_str(), "store": opened.store.as_str(),
                    "printed": opened.batch.as_ref().map(PrintedMark::as_str),
                    "expires": opened.expires.and_then(day),
                })
            });
            let said = json!({
                "entry": f.entry.to_string(), "batch": f.lot.to_string(), "occurred": time(f.occurred),
                "method": f.method.code(), "opens": opens,
            });
            with(said, f.seen)
        }
        LedgerFact::Corrected(f) => {
            let said = json!({
                "corrects": f.target.to_string(), "batch": f.lot.to_string(), "reason": f.reason.code(),
            });
            f.quantity.map_or(said.clone(), |quantity| with(said, quantity))
        }
        LedgerFact::Held(f) => {
            json!({ "batch": f.lot.to_string(), "held": f.held, "reason": f.reason.code() })
        }
        LedgerFact::Recalled(f) => json!({
            "item": f.item.as_str(), "printed": f.batch.as_str(), "stands": f.stands, "reason": f.reason.code(),
        }),
        _ => return None,
    })
}

/// Needs, offers, routes, pauses, and what is given regularly.
fn wants(fact: &LedgerFact) -> Option<Value> {
    Some(match fact {
        LedgerFact::NeedStated(f) => {
            let urgency = match f.urgency {
                Urgency::MustHave => "must-have",
                Urgency::Needed => "needed",
                Urgency::Useful => "useful",
            };
            let said = json!({
                "need": f.need.to_string(), "item": f.item.as_str(), "store": f.store.as_str(), "urgency": urgency,
                "by": day(f.by), "every_days": f.every_days, "people": f.people,
            });
            with(said, f.quantity)
        }
        LedgerFact::NeedClosed(f) => json!({ "need": f.need.to_string(), "reason": f.reason.code() }),
        LedgerFact::OfferMade(f) => {
            let said = json!({
                "offer": f.offer.to_string(), "item": f.item.as_str(), "store": f.store.as_str(),
                "from": day(f.from), "until": day(f.until), "take_please": f.take_please,
                "return_by": f.return_by.and_then(day),
            });
            with(said, f.quantity)
        }
        LedgerFact::OfferClosed(f) => json!({ "offer": f.offer.to_string(), "reason": f.reason.code() }),
        LedgerFact::RouteStated(f) => json!({
            "corridor": f.corridor.as_str(), "closed": f.closed.is_some(),
            "reason": f.closed.map(|closed| closed.reason.code()), "from": f.closed.and_then(|closed| day(closed.from)),
            "until": f.closed.and_then(|closed| closed.until).and_then(day),
        }),
        LedgerFact::GivingPaused(f) => json!({
            "place": f.place.as_str(), "item": f.item.as_str(), "until": f.until.and_then(day),
        }),
        LedgerFact::TakingPaused(f) => json!({
            "place": f.place.as_str(), "item": f.item.as_str(), "until": f.until.and_then(day),
        }),
        LedgerFact::WishStated(f) => json!({ "item": f.item.as_str(), "wish": f.wish.code() }),
        LedgerFact::CountAsked(f) => json!({
            "place": f.place.as_str(), "item": f.item.as_str(), "until": f.until.and_then(day),
        }),
        LedgerFact::StandingProposed(f) => {
            let line = |line: &StandingLine| {
                let said = json!({
                    "line": line.line, "from": line.from.as_str(), "to": line.to.as_str(), "item": line.item.as_str(),
                });
                with(said, line.quantity)
            };
            json!({
                "standing": f.standing.to_string(), "with": f.with.as_str(), "first": day(f.first),
                "every_days": f.every_days, "until": day(f.until), "text": f.digest().to_string(),
                "lines": f.lines.iter().map(line).collect::<Vec<_>>(),
            })
        }
        LedgerFact::StandingAnswered(f) => json!({
            "standing": f.standing.to_string(), "proposer": f.proposer.as_str(), "text": f.answers.to_string(),
            "yes": f.yes, "reason": f.reason.map(Reason::code),
        }),
        LedgerFact::StandingEnded(f) => {
            json!({ "standing": f.standing.to_string(), "reason": f.reason.code() })
        }
        _ => return None,
    })
}

/// The fields of two objects in one.
fn also(mut first: Value, second: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (first.as_object_mut(), second) {
        fields.extend(more);
    }
    first
}
