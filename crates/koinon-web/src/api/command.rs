//! Commands: one typed document for each act, turned into the book's own command or refused with every fault named.
//!
//! The act's id is the client's, so a lost answer costs nothing: the same document again does nothing and says so.
//! Amounts are whole base units, as in every answer of the API.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use koinon_books::BookCommand;
use koinon_core::{Day, Dimension, Quantity, Timestamp};
use koinon_ledger::command::{FoundLine, Which, Wished};
use koinon_ledger::fact::{Method, OnTheWay, PrintedMark, Served, Urgency, Vehicle};
use koinon_ledger::{Act, Command, Reason};
use koinon_node::{SubmitError, Submitted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::acts::say;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::visit::Visit;

/// The most lines of one command.
const LINES_MAX: usize = 500;

/// An amount in whole base units.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmountBody {
    /// Whole base units.
    amount: i64,
    /// The base unit: `g`, `ml`, `piece`, `Wh`, `person-minute` or `bed-day`.
    unit: String,
}

/// A line number with an amount.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    /// The line of the promise.
    line: u16,
    /// How much.
    quantity: AmountBody,
}

/// A line of a promise.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishedBody {
    /// What.
    item: String,
    /// From which batch; left out for first expired first.
    lot: Option<String>,
    /// How much.
    quantity: AmountBody,
    /// How much was asked for.
    requested: Option<AmountBody>,
}

/// A line of what was found on arrival.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundBody {
    /// The line of the promise.
    line: u16,
    /// Taken in.
    accepted: AmountBody,
    /// Refused at the door.
    rejected: Option<AmountBody>,
    /// Not there.
    missing: Option<AmountBody>,
    /// More than was loaded.
    excess: Option<AmountBody>,
    /// Why, as a reason code.
    reason: Option<String>,
}

/// How many were served; never who.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServedBody {
    /// People, or 0 when only households were counted.
    #[serde(default)]
    people: u32,
    /// Households, or 0 when only people were counted.
    #[serde(default)]
    households: u32,
}

/// What to do. Codes, days (`2026-03-01`) and ids are text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields bear the names of the book's own command, see koinon_ledger::Act")]
pub enum Ask {
    /// A batch was counted; without `lot` a batch that the book does not know yet.
    Count {
        store: String,
        item: String,
        lot: Option<String>,
        batch: Option<String>,
        expires: Option<String>,
        seen: AmountBody,
        method: Option<String>,
    },
    /// Goods came in.
    TakeIn {
        store: String,
        item: String,
        batch: Option<String>,
        expires: Option<String>,
        quantity: AmountBody,
        reason: String,
        paper: Option<String>,
        method: Option<String>,
    },
    /// Goods of one batch went.
    TakeOut {
        lot: String,
        quantity: AmountBody,
        reason: String,
        served: Option<ServedBody>,
        paper: Option<String>,
        method: Option<String>,
    },
    /// Goods went, first expired first over the batches of a store.
    Use {
        store: String,
        item: String,
        quantity: AmountBody,
        reason: String,
        served: Option<ServedBody>,
        method: Option<String>,
    },
    /// A part of a batch now stands in another store.
    Move { lot: String, to: String, quantity: AmountBody },
    /// An earlier entry was wrong; without `quantity` it is taken back.
    Correct { lot: String, target: String, quantity: Option<AmountBody>, reason: String },
    /// A batch may not be used, or may be used again.
    Hold { lot: String, held: bool, reason: String },
    /// A printed batch is called back, or the recall is lifted.
    Recall { item: String, batch: String, stands: bool, reason: String },
    /// Something is needed; the same id states it anew.
    StateNeed {
        need: String,
        item: String,
        store: String,
        quantity: AmountBody,
        urgency: String,
        by: String,
        every_days: Option<u16>,
        people: Option<u32>,
    },
    /// A need is over.
    CloseNeed { need: String, reason: String },
    /// Something is offered; the same id states it anew.
    MakeOffer {
        offer: String,
        item: String,
        store: String,
        quantity: AmountBody,
        from: String,
        until: String,
        #[serde(default)]
        take_please: bool,
        return_by: Option<String>,
    },
    /// An offer is over.
    CloseOffer { offer: String, reason: String },
    /// Stock is set aside for another place; the same id states it anew.
    Commit {
        transfer: String,
        from: String,
        to: String,
        lines: Vec<WishedBody>,
        #[serde(default)]
        route: Vec<String>,
        leaves: String,
        arrives: String,
        need: Option<String>,
        suggestion: Option<String>,
        return_by: Option<String>,
    },
    /// Agree as the second person at the giver.
    Approve { transfer: String },
    /// Agree as the taker, to all or to less.
    Accept {
        giver: String,
        transfer: String,
        #[serde(default)]
        less: Vec<LineBody>,
    },
    /// Say no as the taker.
    Refuse { giver: String, transfer: String, reason: String },
    /// Object; nothing is loaded until that is settled.
    Object { giver: String, transfer: String, reason: String },
    /// Let a transfer go on.
    Settle { giver: String, transfer: String, objection: String },
    /// Take a promise back.
    Withdraw { transfer: String, reason: String },
    /// Load and leave; without lines everything that is set aside. The act is the load's id.
    Load {
        transfer: String,
        #[serde(default)]
        lines: Vec<LineBody>,
        vehicle: String,
        paper: Option<String>,
    },
    /// A load that never left.
    Unload { transfer: String, shipment: String },
    /// News from the way: `broken-down`, `resumed` with a vehicle, or `delayed` until a day.
    News {
        giver: String,
        transfer: String,
        shipment: String,
        what: String,
        vehicle: Option<String>,
        until: Option<String>,
    },
    /// A load arrived.
    Receive { giver: String, transfer: String, shipment: String, store: String, lines: Vec<FoundBody> },
    /// Rejected goods are back.
    Return { transfer: String, shipment: String, lines: Vec<LineBody> },
    /// What was open on a load's line is lost for good.
    SettleLoss {
        giver: String,
        transfer: String,
        shipment: String,
        line: u16,
        lost: AmountBody,
        reason: String,
    },
}

/// A command as a client sends it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandBody {
    /// The act's id, made by the client: a UUID. Sending the same act again does nothing.
    act: String,
    /// When it happened, by RFC 3339; left out for now.
    occurred: Option<String>,
    /// The questions of an earlier try are answered with yes.
    #[serde(default)]
    confirmed: bool,
    /// What to do.
    what: Ask,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Done {
    /// It is recorded.
    Recorded {
        /// The ids of the entries.
        entries: Vec<String>,
        /// It had been recorded before; nothing was written now.
        repeated: bool,
    },
    /// Nothing is recorded until it comes again with `confirmed`.
    Asked {
        /// What looks wrong and may be right.
        questions: Vec<String>,
    },
}

/// An optional value that was read: absent is fine.
type Perhaps<T> = Option<T>;

/// Collects faults while a document is read, so that all of them are named at once.
#[derive(Default)]
struct Reader {
    faults: Vec<(String, String)>,
}

impl Reader {
    fn keep<T, E: std::fmt::Display>(&mut self, place: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|fault| self.faults.push((place.to_owned(), fault.to_string()))).ok()
    }

    fn text<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self, place: &str, text: &str) -> Option<T> {
        self.keep(place, text.parse::<T>())
    }

    /// An optional text: absent is fine and read as nothing; wrong is a fault.
    fn maybe<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        place: &str,
        text: Option<&String>,
    ) -> Option<Perhaps<T>> {
        match text {
            None => Some(None),
            Some(text) => self.text(place, text).map(Some),
        }
    }

    fn mark(&mut self, place: &str, text: Option<&String>) -> Option<Perhaps<PrintedMark>> {
        match text {
            None => Some(None),
            Some(text) => self.keep(place, PrintedMark::new(text)).map(Some),
        }
    }

    fn day(&mut self, place: &str, text: &str) -> Option<Day> {
        self.keep(place, Day::parse(text).ok_or("write the day as 2026-03-01"))
    }

    fn maybe_day(&mut self, place: &str, text: Option<&String>) -> Option<Perhaps<Day>> {
        match text {
            None => Some(None),
            Some(text) => self.day(place, text).map(Some),
        }
    }

    fn amount(&mut self, place: &str, body: &AmountBody) -> Option<Quantity> {
        let known = Dimension::ALL.into_iter().find(|dimension| dimension.base_unit() == body.unit);
        let units: Vec<&str> = Dimension::ALL.iter().map(|dimension| dimension.base_unit()).collect();
        let dimension = self.keep(
            &format!("{place}.unit"),
            known.ok_or_else(|| format!("use a base unit: {}", units.join(", "))),
        )?;
        self.keep(&format!("{place}.amount"), Quantity::new(body.amount, dimension))
    }

    fn choice<T: Copy>(&mut self, place: &str, text: &str, choices: &[(&str, T)]) -> Option<T> {
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        self.keep(place, found.ok_or_else(|| format!("use one of: {}", words.join(", "))))
    }

    fn reason(&mut self, place: &str, code: &str) -> Option<Reason> {
        self.keep(place, Reason::by_code(code).ok_or("this is no reason code"))
    }

    fn method(&mut self, text: Option<&String>) -> Option<Method> {
        let choices = [
            ("counted", Method::Counted),
            ("estimated", Method::Estimated),
            ("metered", Method::Metered),
            ("paper", Method::Paper),
            ("told", Method::Told),
        ];
        text.map_or(Some(Method::Counted), |text| self.choice("what.method", text, &choices))
    }

    fn vehicle(&mut self, text: &str) -> Option<Vehicle> {
        let choices = [
            ("truck", Vehicle::Truck),
            ("van", Vehicle::Van),
            ("shuttle", Vehicle::Shuttle),
            ("train", Vehicle::Train),
            ("boat", Vehicle::Boat),
            ("cart", Vehicle::Cart),
            ("on-foot", Vehicle::OnFoot),
            ("line", Vehicle::Line),
        ];
        self.choice("what.vehicle", text, &choices)
    }

    fn lines(&mut self, lines: &[LineBody]) -> Option<Vec<(u16, Quantity)>> {
        self.few(lines.len())?;
        let read: Vec<_> = lines
            .iter()
            .enumerate()
            .map(|(n, line)| {
                Some((line.line, self.amount(&format!("what.lines[{n}].quantity"), &line.quantity)?))
            })
            .collect();
        read.into_iter().collect()
    }

    fn few(&mut self, count: usize) -> Option<()> {
        let few = count <= LINES_MAX;
        self.keep("what.lines", if few { Ok(()) } else { Err(format!("at most {LINES_MAX} lines fit")) })
    }

    fn found(&mut self, lines: &[FoundBody]) -> Option<Vec<FoundLine>> {
        self.few(lines.len())?;
        let mut read = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            let place = |field: &str| format!("what.lines[{n}].{field}");
            let accepted = self.amount(&place("accepted"), &line.accepted);
            let mut part = |field: &str, body: Option<&AmountBody>| match body {
                Some(body) => self.amount(&place(field), body),
                None => accepted.map(|accepted| Quantity::zero(accepted.dimension())),
            };
            let (rejected, missing) =
                (part("rejected", line.rejected.as_ref()), part("missing", line.missing.as_ref()));
            let excess = part("excess", line.excess.as_ref());
            let reason = match &line.reason {
                None => Some(None),
                Some(code) => self.reason(&place("reason"), code).map(Some),
            };
            read.push((|| {
                let (accepted, rejected, missing) = (accepted?, rejected?, missing?);
                Some(FoundLine {
                    line: line.line,
                    accepted,
                    rejected,
                    missing,
                    excess: excess?,
                    reason: reason?,
                })
            })());
        }
        read.into_iter().collect()
    }

    fn wished(&mut self, lines: &[WishedBody]) -> Option<Vec<Wished>> {
        self.few(lines.len())?;
        let mut read = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            let place = |field: &str| format!("what.lines[{n}].{field}");
            let item = self.text(&place("item"), &line.item);
            let lot = self.maybe(&place("lot"), line.lot.as_ref());
            let quantity = self.amount(&place("quantity"), &line.quantity);
            let requested = match &line.requested {
                None => Some(None),
                Some(body) => self.amount(&place("requested"), body).map(Some),
            };
            read.push((|| {
                Some(Wished { item: item?, lot: lot?, quantity: quantity?, requested: requested? })
            })());
        }
        read.into_iter().collect()
    }
}

/// Reads every field before giving up, so that all faults are named.
macro_rules! read_all {
    ($($name:ident = $read:expr),+ $(,)? => $made:expr) => {{
        $(let $name = $read;)+
        match ($($name),+,) {
            ($(Some($name)),+,) => Some($made),
            _ => None,
        }
    }};
}

impl Ask {
    fn read(&self, r: &mut Reader) -> Option<Act> {
        let served = |served: &Option<ServedBody>| {
            served.map(|served| Served { people: served.people, households: served.households })
        };
        match self {
            Self::Count { store, item, lot, batch, expires, seen, method } => read_all!(
                store = r.text("what.store", store),
                item = r.text("what.item", item),
                lot = r.maybe("what.lot", lot.as_ref()),
                batch = r.mark("what.batch", batch.as_ref()),
                expires = r.maybe_day("what.expires", expires.as_ref()),
                seen = r.amount("what.seen", seen),
                method = r.method(method.as_ref())
                => Act::Count {
                    store,
                    item,
                    which: lot.map_or(Which::New { batch, expires }, Which::Lot),
                    seen,
                    method,
                    witness: None,
                }
            ),
            Self::TakeIn { store, item, batch, expires, quantity, reason, paper, method } => read_all!(
                store = r.text("what.store", store),
                item = r.text("what.item", item),
                batch = r.mark("what.batch", batch.as_ref()),
                expires = r.maybe_day("what.expires", expires.as_ref()),
                quantity = r.amount("what.quantity", quantity),
                reason = r.reason("what.reason", reason),
                paper = r.mark("what.paper", paper.as_ref()),
                method = r.method(method.as_ref())
                => Act::TakeIn { store, item, batch, expires, quantity, reason, paper, method }
            ),
            Self::TakeOut { lot, quantity, reason, served: who, paper, method } => read_all!(
                lot = r.text("what.lot", lot),
                quantity = r.amount("what.quantity", quantity),
                reason = r.reason("what.reason", reason),
                paper = r.mark("what.paper", paper.as_ref()),
                method = r.method(method.as_ref())
                => Act::TakeOut { lot, quantity, reason, served: served(who), paper, method }
            ),
            Self::Use { store, item, quantity, reason, served: who, method } => read_all!(
                store = r.text("what.store", store),
                item = r.text("what.item", item),
                quantity = r.amount("what.quantity", quantity),
                reason = r.reason("what.reason", reason),
                method = r.method(method.as_ref())
                => Act::Use { store, item, quantity, reason, served: served(who), method }
            ),
            Self::Move { lot, to, quantity } => read_all!(
                lot = r.text("what.lot", lot),
                to = r.text("what.to", to),
                quantity = r.amount("what.quantity", quantity)
                => Act::Move { lot, to, quantity }
            ),
            Self::Correct { lot, target, quantity, reason } => read_all!(
                lot = r.text("what.lot", lot),
                target = r.text("what.target", target),
                quantity = quantity.as_ref().map_or(Some(None), |body| r.amount("what.quantity", body).map(Some)),
                reason = r.reason("what.reason", reason)
                => Act::Correct { lot, target, quantity, reason }
            ),
            Self::Hold { lot, held, reason } => read_all!(
                lot = r.text("what.lot", lot),
                reason = r.reason("what.reason", reason)
                => Act::Hold { lot, held: *held, reason }
            ),
            Self::Recall { item, batch, stands, reason } => read_all!(
                item = r.text("what.item", item),
                batch = r.keep("what.batch", PrintedMark::new(batch)),
                reason = r.reason("what.reason", reason)
                => Act::Recall { item, batch, stands: *stands, reason }
            ),
            Self::StateNeed { need, item, store, quantity, urgency, by, every_days, people } => {
                let choices = [
                    ("must-have", Urgency::MustHave),
                    ("needed", Urgency::Needed),
                    ("useful", Urgency::Useful),
                ];
                read_all!(
                    need = r.text("what.need", need),
                    item = r.text("what.item", item),
                    store = r.text("what.store", store),
                    quantity = r.amount("what.quantity", quantity),
                    urgency = r.choice("what.urgency", urgency, &choices),
                    by = r.day("what.by", by)
                    => Act::StateNeed {
                        need, item, store, quantity, urgency, by, every_days: *every_days, people: *people,
                    }
                )
            }
            Self::CloseNeed { need, reason } => read_all!(
                need = r.text("what.need", need),
                reason = r.reason("what.reason", reason)
                => Act::CloseNeed { need, reason }
            ),
            Self::MakeOffer { offer, item, store, quantity, from, until, take_please, return_by } => {
                read_all!(
                    offer = r.text("what.offer", offer),
                    item = r.text("what.item", item),
                    store = r.text("what.store", store),
                    quantity = r.amount("what.quantity", quantity),
                    from = r.day("what.from", from),
                    until = r.day("what.until", until),
                    return_by = r.maybe_day("what.return_by", return_by.as_ref())
                    => Act::MakeOffer { offer, item, store, quantity, from, until, take_please: *take_please, return_by }
                )
            }
            Self::CloseOffer { offer, reason } => read_all!(
                offer = r.text("what.offer", offer),
                reason = r.reason("what.reason", reason)
                => Act::CloseOffer { offer, reason }
            ),
            other => other.read_transfer(r),
        }
    }

    fn read_transfer(&self, r: &mut Reader) -> Option<Act> {
        match self {
            Self::Commit {
                transfer,
                from,
                to,
                lines,
                route,
                leaves,
                arrives,
                need,
                suggestion,
                return_by,
            } => read_all!(
                transfer = r.text("what.transfer", transfer),
                from = r.text("what.from", from),
                to = r.text("what.to", to),
                lines = r.wished(lines),
                route = route.iter().map(|code| r.text("what.route", code)).collect::<Option<Vec<_>>>(),
                leaves = r.day("what.leaves", leaves),
                arrives = r.day("what.arrives", arrives),
                need = r.maybe("what.need", need.as_ref()),
                suggestion = r.maybe("what.suggestion", suggestion.as_ref()),
                return_by = r.maybe_day("what.return_by", return_by.as_ref())
                => Act::Commit { transfer, from, to, lines, route, leaves, arrives, need, suggestion, return_by }
            ),
            Self::Approve { transfer } => {
                r.text("what.transfer", transfer).map(|transfer| Act::Approve { transfer })
            }
            Self::Accept { giver, transfer, less } => read_all!(
                giver = r.text("what.giver", giver),
                transfer = r.text("what.transfer", transfer),
                less = r.lines(less)
                => Act::Accept { giver, transfer, less }
            ),
            Self::Refuse { giver, transfer, reason } => read_all!(
                giver = r.text("what.giver", giver),
                transfer = r.text("what.transfer", transfer),
                reason = r.reason("what.reason", reason)
                => Act::Refuse { giver, transfer, reason }
            ),
            Self::Object { giver, transfer, reason } => read_all!(
                giver = r.text("what.giver", giver),
                transfer = r.text("what.transfer", transfer),
                reason = r.reason("what.reason", reason)
                => Act::Object { giver, transfer, reason }
            ),
            Self::Settle { giver, transfer, objection } => read_all!(
                giver = r.text("what.giver", giver),
                transfer = r.text("what.transfer", transfer),
                objection = r.text("what.objection", objection)
                => Act::Settle { giver, transfer, objection }
            ),
            Self::Withdraw { transfer, reason } => read_all!(
                transfer = r.text("what.transfer", transfer),
                reason = r.reason("what.reason", reason)
                => Act::Withdraw { transfer, reason }
            ),
            Self::Load { transfer, lines, vehicle, paper } => read_all!(
                transfer = r.text("what.transfer", transfer),
                lines = r.lines(lines),
                vehicle = r.vehicle(vehicle),
                paper = r.mark("what.paper", paper.as_ref())
                => Act::Load { transfer, lines, vehicle, paper }
            ),
            Self::Unload { transfer, shipment } => read_all!(
                transfer = r.text("what.transfer", transfer),
                shipment = r.text("what.shipment", shipment)
                => Act::Unload { transfer, shipment }
            ),
            Self::News { giver, transfer, shipment, what, vehicle, until } => read_all!(
                giver = r.text("what.giver", giver),
                transfer = r.text("what.transfer", transfer),
                shipment = r.text("what.shipment", shipment),
                what = news(r, what, vehicle.as_ref(), until.as_ref())
                => Act::News { giver, transfer, shipment, what }
            ),
            Self::Receive { giver, transfer, shipment, store, lines } => read_all!(
                giver = r.text("what.giver", giver),
                transfer = r.text("what.transfer", transfer),
                shipment = r.text("what.shipment", shipment),
                store = r.text("what.store", store),
                lines = r.found(lines)
                => Act::Receive { giver, transfer, shipment, store, lines }
            ),
            Self::Return { transfer, shipment, lines } => read_all!(
                transfer = r.text("what.transfer", transfer),
                shipment = r.text("what.shipment", shipment),
                lines = r.lines(lines)
                => Act::Return { transfer, shipment, lines }
            ),
            Self::SettleLoss { giver, transfer, shipment, line, lost, reason } => read_all!(
                giver = r.text("what.giver", giver),
                transfer = r.text("what.transfer", transfer),
                shipment = r.text("what.shipment", shipment),
                lost = r.amount("what.lost", lost),
                reason = r.reason("what.reason", reason)
                => Act::SettleLoss { giver, transfer, shipment, line: *line, lost, reason }
            ),
            // The others are read above.
            _ => None,
        }
    }
}

fn news(r: &mut Reader, what: &str, vehicle: Option<&String>, until: Option<&String>) -> Option<OnTheWay> {
    match what {
        "broken-down" => Some(OnTheWay::BrokenDown),
        "resumed" => {
            let vehicle = r.keep("what.vehicle", vehicle.ok_or("say what carries it now"))?;
            r.vehicle(vehicle).map(OnTheWay::Resumed)
        }
        "delayed" => {
            let until = r.keep("what.until", until.ok_or("say until which day"))?;
            r.day("what.until", until).map(OnTheWay::Delayed)
        }
        _ => r.keep("what.what", Err("use one of: broken-down, resumed, delayed")),
    }
}

impl CommandBody {
    /// The book's own command.
    ///
    /// # Errors
    /// A [`Problem`] that names every field that cannot be right.
    pub fn command(&self, now: Timestamp) -> Result<BookCommand, Problem> {
        let mut reader = Reader::default();
        let act = reader.text("act", &self.act);
        let occurred = match &self.occurred {
            None => Some(now),
            Some(text) => reader
                .keep("occurred", Timestamp::parse_rfc3339(text).ok_or("write it as 2026-03-01T09:45:00Z")),
        };
        let what = self.what.read(&mut reader);
        if let (Some(act), Some(occurred), Some(what)) = (act, occurred, what) {
            let confirmed = self.confirmed;
            return Ok(BookCommand::Ledger(Command { act, occurred, confirmed, what }));
        }
        let seen: BTreeSet<_> = reader.faults.into_iter().collect();
        let problem = Problem::new(Kind::Unprocessable).detail("Some fields of the command cannot be right.");
        Err(seen.into_iter().fold(problem, |problem, (place, remedy)| problem.fault(place, remedy)))
    }
}

/// Does something. May be sent again with the same act.
#[utoipa::path(post, path = "/api/v1/commands", tag = "act", request_body = CommandBody, responses(
    (status = 200, body = Done),
    (status = 400, description = "The document cannot be read"),
    (status = 401, description = "Nobody is signed in"),
    (status = 403, description = "This is not yours to do"),
    (status = 422, description = "Some of it cannot be right; each field is named"),
    (status = 503, description = "Nothing can be written now")))]
pub(super) async fn submit(
    State(app): State<App>,
    visit: Visit,
    body: Result<Json<CommandBody>, JsonRejection>,
) -> Result<Json<Done>, Problem> {
    let ui = &visit.ui;
    let who = visit.visitor.actor.clone().ok_or_else(|| Problem::new(Kind::Unauthorized))?;
    let Json(body) = body.map_err(|fault| Problem::new(Kind::BadRequest).detail(fault.body_text()))?;
    let command = body.command(ui.now)?;
    match app.node.submit(who, command).await {
        Ok(Submitted::Done { facts, repeated }) => {
            Ok(Json(Done::Recorded { entries: facts.iter().map(ToString::to_string).collect(), repeated }))
        }
        Ok(Submitted::Ask(questions)) => {
            let questions = questions.iter().map(|question| say::question(ui, question)).collect();
            Ok(Json(Done::Asked { questions }))
        }
        Err(SubmitError::Refused(why)) => {
            let kind = match why {
                koinon_books::Refused::Denied(_) => Kind::Forbidden,
                _ => Kind::Unprocessable,
            };
            Err(Problem::new(kind).detail(app.node.read(|book| say::refused(ui, book, &why))))
        }
        Err(fault) => Err(Problem::new(Kind::Unavailable).detail(fault.to_string())),
    }
}
