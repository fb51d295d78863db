//! What facts about transfers say, from the promise to the last missing sack.

use koinon_core::{CommunityCode, CorridorCode, Quantity, TransferId};
use koinon_ledger::fact::{LoadLine, OnTheWay, PrintedMark};
use koinon_ledger::{LedgerFact, Reason};
use serde_json::{Value, json};

use super::{also, day, time, with};

/// Reads a fact about a transfer; an empty object for any other.
pub(super) fn say(fact: &LedgerFact) -> Value {
    let of = |giver: &CommunityCode, transfer: TransferId| json!({ "giver": giver.as_str(), "transfer": transfer.to_string() });
    match fact {
        LedgerFact::Committed(f) => {
            let lines: Vec<Value> = f
                .lines
                .iter()
                .map(|line| {
                    let said = json!({
                        "line": line.line, "item": line.item.as_str(), "batch": line.lot.to_string(),
                        "requested": line.requested.map(Quantity::amount),
                    });
                    with(said, line.quantity)
                })
                .collect();
            json!({
                "transfer": f.transfer.to_string(), "from": f.from.as_str(), "to": f.to.as_str(),
                "taker": f.taker.as_str(), "lines": lines,
                "route": f.route.iter().map(CorridorCode::as_str).collect::<Vec<_>>(),
                "leaves": day(f.leaves), "arrives": day(f.arrives), "needs_second": f.needs_second,
                "need": f.need.map(|need| need.to_string()), "return_by": f.return_by.and_then(day),
                "standing": f.standing.as_ref().map(|due| json!({
                    "proposer": due.proposer.as_str(), "standing": due.standing.to_string(), "line": due.line, "day": day(due.day),
                })),
            })
        }
        LedgerFact::Approved(f) => json!({ "transfer": f.transfer.to_string() }),
        LedgerFact::Accepted(f) => {
            let less: Vec<Value> =
                f.less.iter().map(|(line, quantity)| with(json!({ "line": line }), *quantity)).collect();
            also(of(&f.giver, f.transfer), json!({ "less": less }))
        }
        LedgerFact::Refused(f) => also(of(&f.giver, f.transfer), json!({ "reason": f.reason.code() })),
        LedgerFact::CounterOffered(f) => {
            let wants: Vec<Value> = f
                .wants
                .iter()
                .map(|(item, quantity)| with(json!({ "item": item.as_str() }), *quantity))
                .collect();
            let rather = json!({
                "wants": wants, "not_before": f.not_before.and_then(day), "reason": f.reason.code(),
            });
            also(of(&f.giver, f.transfer), rather)
        }
        LedgerFact::Objected(f) => also(
            of(&f.giver, f.transfer),
            json!({ "objection": f.objection.to_string(), "reason": f.reason.code() }),
        ),
        LedgerFact::ObjectionSettled(f) => {
            also(of(&f.giver, f.transfer), json!({ "objection": f.objection.to_string() }))
        }
        LedgerFact::Withdrawn(f) => {
            json!({ "transfer": f.transfer.to_string(), "reason": f.reason.code() })
        }
        LedgerFact::Dispatched(f) => json!({
            "transfer": f.transfer.to_string(), "shipment": f.shipment.to_string(), "lines": loads(&f.lines),
            "vehicle": f.vehicle.code(), "occurred": time(f.occurred),
            "paper": f.paper.as_ref().map(PrintedMark::as_str),
        }),
        LedgerFact::TransitNoted(f) => {
            let news = match &f.what {
                OnTheWay::BrokenDown => json!({ "news": "broken-down" }),
                OnTheWay::Resumed(vehicle) => json!({ "news": "resumed", "vehicle": vehicle.code() }),
                OnTheWay::Diverted(place, taker) => {
                    json!({ "news": "diverted", "to": place.as_str(), "taker": taker.as_str() })
                }
                OnTheWay::Delayed(until) => json!({ "news": "delayed", "until": day(*until) }),
            };
            let at = json!({ "shipment": f.shipment.to_string(), "occurred": time(f.occurred) });
            also(also(of(&f.giver, f.transfer), at), news)
        }
        LedgerFact::Joined(f) => json!({
            "joint": f.joint.to_string(),
            "transfers": f.transfers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }),
        LedgerFact::Received(f) => {
            let lines: Vec<Value> = f.lines.iter().map(|line| {
                let said = json!({
                    "line": line.line, "batch": line.to_lot.to_string(), "rejected": line.rejected.amount(),
                    "missing": line.missing.amount(), "excess": line.excess.amount(),
                    "reason": line.reason.map(Reason::code),
                });
                with(said, line.accepted)
            }).collect();
            let at = json!({
                "shipment": f.shipment.to_string(), "lines": lines, "occurred": time(f.occurred),
            });
            also(of(&f.giver, f.transfer), at)
        }
        LedgerFact::Returned(f) => json!({
            "transfer": f.transfer.to_string(), "shipment": f.shipment.to_string(), "lines": loads(&f.lines),
            "occurred": time(f.occurred),
        }),
        LedgerFact::LossSettled(f) => {
            let lost = with(json!({ "line": f.line }), f.lost);
            let at = json!({ "shipment": f.shipment.to_string(), "reason": f.reason.code() });
            also(also(of(&f.giver, f.transfer), at), lost)
        }
        _ => json!({}),
    }
}

fn loads(lines: &[LoadLine]) -> Vec<Value> {
    let one = |line: &LoadLine| {
        let said = json!({
            "line": line.line, "batch": line.lot.to_string(), "printed": line.batch.as_ref().map(PrintedMark::as_str),
            "expires": line.expires.and_then(day),
        });
        with(said, line.quantity)
    };
    lines.iter().map(one).collect()
}
