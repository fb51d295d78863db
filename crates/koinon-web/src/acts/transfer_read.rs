//! Reads the posted acts of one transfer, as [`super::transfer_forms`] asks for them.

use koinon_core::region::Item;
use koinon_core::{EntryId, PlaceCode, Quantity, StoreCode};
use koinon_ledger::command::FoundLine;
use koinon_ledger::fact::{OnTheWay, Vehicle};
use koinon_ledger::{Act, Reason};

use super::fields::{Fields, Reader, read_quantity};
use super::transfer::{Met, ui_of};
use super::transfer_forms::{FOUND, GONE, NO, OBJECTION, WITHDRAWAL};
use super::{Faults, say, transfer_counter, transfer_joint};
use crate::i18n::Speak as _;
use crate::t;

/// Reads a posted act of a transfer.
///
/// # Errors
/// Every fault: field and what to put right.
pub(super) fn read(met: &Met<'_>, fields: &Fields) -> Result<Act, Faults> {
    let ui = ui_of(met);
    let mut reader = Reader::new(ui, fields);
    let (giver, transfer) = (met.giver.clone(), met.id);
    let load = fields.text("load").parse::<EntryId>().unwrap_or(EntryId([0; 16]));
    let act = match fields.text("do") {
        "approve" => Some(Act::Approve { transfer }),
        "accept" => {
            let less = amounts(met, fields, &mut reader, "less");
            Some(Act::Accept { giver, transfer, less })
        }
        "counter" => transfer_counter::read(met, fields, &mut reader),
        "meet" => transfer_counter::meet(met, fields, &mut reader),
        "refuse" => reader.reason("reason", &NO).map(|reason| Act::Refuse { giver, transfer, reason }),
        "object" => reader.reason("reason", &OBJECTION).map(|reason| Act::Object { giver, transfer, reason }),
        "settle" => Some(Act::Settle { giver, transfer, objection: load }),
        "withdraw" => reader.reason("reason", &WITHDRAWAL).map(|reason| Act::Withdraw { transfer, reason }),
        "load" => {
            let lines = amounts(met, fields, &mut reader, "part");
            let paper = reader.mark("paper");
            reader.known("vehicle", Vehicle::by_code).map(|vehicle| Act::Load {
                transfer,
                lines,
                vehicle,
                paper,
            })
        }
        "join" => Some(transfer_joint::read(met, fields)),
        "unload" => Some(Act::Unload { transfer, shipment: load }),
        "news" => read_news(met, fields, &mut reader).map(|what| Act::News {
            giver,
            transfer,
            shipment: load,
            what,
        }),
        "arrive" => read_arrival(met, fields, &mut reader, load),
        "return" => {
            let lines = amounts(met, fields, &mut reader, "back");
            Some(Act::Return { transfer, shipment: load, lines })
        }
        "lost" => {
            let line = fields.text("line").parse::<u16>().unwrap_or(u16::MAX);
            let item = item_of(met, line);
            let lost = item.and_then(|item| reader.quantity(&format!("lost-{line}"), item));
            let reason = reader.reason("reason", &GONE);
            lost.zip(reason).map(|(lost, reason)| Act::SettleLoss {
                giver,
                transfer,
                shipment: load,
                line,
                lost,
                reason,
            })
        }
        _ => {
            reader.fault("do", t!(ui, "field-choice-missing"));
            None
        }
    };
    reader.done(act)
}

fn item_of<'a>(met: &Met<'a>, line: u16) -> Option<&'a Item> {
    let line = met.what.lines.iter().find(|known| known.line == line)?;
    met.book.region().item(&line.item)
}

/// The amounts of lines, where any were given.
fn amounts(met: &Met<'_>, fields: &Fields, reader: &mut Reader<'_>, name: &str) -> Vec<(u16, Quantity)> {
    let mut found = Vec::new();
    for line in &met.what.lines {
        let key = format!("{name}-{}", line.line);
        if fields.has(&key)
            && let Some(item) = item_of(met, line.line)
            && let Some(quantity) = reader.quantity(&key, item)
        {
            found.push((line.line, quantity));
        }
    }
    found
}

fn read_news(met: &Met<'_>, fields: &Fields, reader: &mut Reader<'_>) -> Option<OnTheWay> {
    match fields.text("what") {
        "broken" => Some(OnTheWay::BrokenDown),
        "resumed" => reader.known("vehicle", Vehicle::by_code).map(OnTheWay::Resumed),
        "late" => reader.day_needed("until").map(OnTheWay::Delayed),
        "diverted" => {
            let place = PlaceCode::new(fields.text("place")).ok();
            let keeper = place.as_ref().and_then(|place| met.book.region().keeper_of(place));
            if keeper.is_none() {
                reader.fault("place", t!(ui_of(met), "field-choice-missing"));
            }
            place.zip(keeper).map(|(place, keeper)| OnTheWay::Diverted(place, keeper))
        }
        _ => {
            reader.fault("what", t!(ui_of(met), "field-choice-missing"));
            None
        }
    }
}

/// Reads what was found on arrival, in the unit chosen for each line; every line must add up.
fn read_arrival(met: &Met<'_>, fields: &Fields, reader: &mut Reader<'_>, load: EntryId) -> Option<Act> {
    let ui = ui_of(met);
    let loaded = met.transfer.shipment(load).and_then(|known| known.load(&met.giver));
    let mut lines = Vec::new();
    for loaded in loaded.map_or(&[][..], |by| &by.what.lines) {
        let line = loaded.line;
        let Some(item) = item_of(met, line) else { continue };
        let unit = fields.text(&format!("in-{line}"));
        let unit = if unit.is_empty() { item.unit.as_str() } else { unit };
        let mut amount = |name: &str| {
            let key = format!("{name}-{line}");
            let text = fields.text(&key);
            if text.is_empty() {
                return Some(Quantity::zero(item.dimension));
            }
            match read_quantity(ui.lang(), text, item, unit) {
                Ok(quantity) => Some(quantity),
                Err(fault) => {
                    reader.fault(&key, say::unit_fault(ui, &fault));
                    None
                }
            }
        };
        let found = (amount("ok"), amount("no"), amount("gone"), amount("plus"));
        let (Some(accepted), Some(rejected), Some(missing), Some(excess)) = found else { continue };
        let sum = Quantity::sum([accepted, rejected, missing], item.dimension);
        if sum.as_ref() != Ok(&loaded.quantity) {
            let sum = sum.map(|sum| ui.quantity(sum)).unwrap_or_default();
            let words = t!(ui, "arrive-sum", loaded = ui.quantity(loaded.quantity), found = sum);
            reader.fault(&format!("ok-{line}"), words);
        }
        let why = fields.text(&format!("why-{line}"));
        let reason = Reason::by_code(why).filter(|reason| FOUND.contains(reason));
        if (!rejected.is_zero() || !missing.is_zero()) && reason.is_none() {
            reader.fault(&format!("why-{line}"), t!(ui, "arrive-reason-missing"));
        }
        lines.push(FoundLine { line, accepted, rejected, missing, excess, reason });
    }
    let store = StoreCode::new(fields.text("store")).ok();
    if store.is_none() {
        reader.fault("store", t!(ui, "field-choice-missing"));
    }
    let (giver, transfer) = (met.giver.clone(), met.id);
    store.map(|store| Act::Receive { giver, transfer, shipment: load, store, lines })
}
