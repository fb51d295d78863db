//! From the words of a command to the book's own act.

use koinon_ledger::Act;
use koinon_ledger::command::Which;
use koinon_ledger::fact::{OnTheWay, PrintedMark, Served, Urgency};

use super::reader::Reader;
use super::words::{Ask, ServedBody};

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
    /// The book's own act, or nothing where the reader has noted a fault.
    pub(super) fn read(&self, r: &mut Reader) -> Option<Act> {
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
            Self::Make { store, item, batch, expires, quantity, from } => read_all!(
                store = r.text("what.store", store),
                item = r.text("what.item", item),
                batch = r.mark("what.batch", batch.as_ref()),
                expires = r.maybe_day("what.expires", expires.as_ref()),
                quantity = r.amount("what.quantity", quantity),
                from = r.parts(from)
                => Act::Make { store, item, batch, expires, quantity, from }
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
                standing,
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
                return_by = r.maybe_day("what.return_by", return_by.as_ref()),
                standing = standing.as_ref().map_or(Some(None), |body| r.occurrence(body).map(Some))
                => Act::Commit { transfer, from, to, lines, route, leaves, arrives, need, suggestion, return_by, standing }
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
            Self::Counter { giver, transfer, wants, not_before, reason } => read_all!(
                giver = r.text("what.giver", giver),
                transfer = r.text("what.transfer", transfer),
                wants = r.wants(wants),
                not_before = r.maybe_day("what.not_before", not_before.as_ref()),
                reason = r.reason("what.reason", reason)
                => Act::Counter { giver, transfer, wants, not_before, reason }
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
            Self::Join { joint, transfers } => read_all!(
                joint = r.text("what.joint", joint),
                transfers = transfers.iter().map(|id| r.text("what.transfers", id)).collect::<Option<Vec<_>>>()
                => Act::Join { joint, transfers }
            ),
            Self::Unload { transfer, shipment } => read_all!(
                transfer = r.text("what.transfer", transfer),
                shipment = r.text("what.shipment", shipment)
                => Act::Unload { transfer, shipment }
            ),
            Self::News { giver, transfer, shipment, what, vehicle, until, to, keeper } => read_all!(
                giver = r.text("what.giver", giver),
                transfer = r.text("what.transfer", transfer),
                shipment = r.text("what.shipment", shipment),
                what = news(r, what, [vehicle, until, to, keeper].map(Option::as_ref))
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
            Self::StateRoute { corridor, closed } => read_all!(
                corridor = r.text("what.corridor", corridor),
                closed = closed.as_ref().map_or(Some(None), |body| r.route_closed(body).map(Some))
                => Act::StateRoute { corridor, closed }
            ),
            Self::PauseGiving { place, item, until } => read_all!(
                place = r.text("what.place", place),
                item = r.text("what.item", item),
                until = r.maybe_day("what.until", until.as_ref())
                => Act::PauseGiving { place, item, until }
            ),
            Self::PauseTaking { place, item, until } => read_all!(
                place = r.text("what.place", place),
                item = r.text("what.item", item),
                until = r.maybe_day("what.until", until.as_ref())
                => Act::PauseTaking { place, item, until }
            ),
            Self::StateWish { item, wish } => read_all!(
                item = r.text("what.item", item),
                wish = r.wish("what.wish", wish)
                => Act::StateWish { item, wish }
            ),
            Self::ProposeStanding { standing, with, lines, first, every_days, until } => read_all!(
                standing = r.text("what.standing", standing),
                with = r.text("what.with", with),
                lines = r.standing_lines(lines),
                first = r.day("what.first", first),
                until = r.day("what.until", until)
                => Act::ProposeStanding { standing, with, lines, first, every_days: *every_days, until }
            ),
            Self::AnswerStanding { proposer, standing, text, yes, reason } => read_all!(
                proposer = r.text("what.proposer", proposer),
                standing = r.text("what.standing", standing),
                answers = r.text("what.text", text),
                reason = reason.as_ref().map_or(Some(None), |code| r.reason("what.reason", code).map(Some))
                => Act::AnswerStanding { proposer, standing, answers, yes: *yes, reason }
            ),
            Self::EndStanding { standing, reason } => read_all!(
                standing = r.text("what.standing", standing),
                reason = r.reason("what.reason", reason)
                => Act::EndStanding { standing, reason }
            ),
            Self::AskCount { place, item, until } => read_all!(
                place = r.text("what.place", place),
                item = r.text("what.item", item),
                until = r.maybe_day("what.until", until.as_ref())
                => Act::AskCount { place, item, until }
            ),
            // The others are read above.
            _ => None,
        }
    }
}

fn news(r: &mut Reader, what: &str, [vehicle, until, to, keeper]: [Option<&String>; 4]) -> Option<OnTheWay> {
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
        "diverted" => {
            let to = r.keep("what.to", to.ok_or("say to which place"));
            let keeper = r.keep("what.keeper", keeper.ok_or("say which community keeps that place"));
            let to = to.and_then(|to| r.text("what.to", to));
            let keeper = keeper.and_then(|keeper| r.text("what.keeper", keeper));
            to.zip(keeper).map(|(to, keeper)| OnTheWay::Diverted(to, keeper))
        }
        _ => r.keep("what.what", Err("use one of: broken-down, resumed, delayed, diverted")),
    }
}
