//! A counter-offer on the page of a transfer: the taker says what it would rather have, and the giver promises it so.

use koinon_core::{Digest, ItemCode, Quantity};
use koinon_ledger::command::Wished;
use koinon_ledger::counter::CounterOffered;
use koinon_ledger::transfer::Reply;
use koinon_ledger::{Act, Reason};
use maud::{Markup, html};

use super::count::item_choices;
use super::entry::reason_field;
use super::fields::{Fields, Reader};
use super::transfer::{Met, ui_of};
use super::transfer_forms::line_field;
use super::{Trouble, say};
use crate::forms::{Field, Input, Weight, submit};
use crate::i18n::Speak as _;
use crate::t;

/// Why something else, less or later would be better.
pub(super) const RATHER: [Reason; 5] =
    [Reason::NoRoom, Reason::NotNeeded, Reason::ShortDated, Reason::OthersFirst, Reason::NotKnownYet];

/// The units in which something else can be asked for, whatever it is.
const UNITS: [&str; 7] = ["kg", "t", "l", "m3", "piece", "kWh", "person-hour"];

/// The fields with which the taker says what it would rather have.
pub(super) fn fields_of(met: &Met<'_>, fields: &Fields, trouble: &Trouble) -> Markup {
    let ui = ui_of(met);
    let mut others = vec![(String::new(), t!(ui, "rather-nothing-else"))];
    others.extend(item_choices(ui, met.book));
    let mut units: Vec<(String, String)> =
        UNITS.iter().map(|unit| ((*unit).to_owned(), say::unit(ui, unit))).collect();
    if let Some(at) = units.iter().position(|(unit, _)| unit == fields.text("other-quantity-unit")) {
        units.swap(0, at);
    }
    html! {
        p.muted { (t!(ui, "rather-hint")) }
        @for (line, item) in met.what.lines.iter().filter_map(|line| Some((line, met.book.region().item(&line.item)?))) {
            @let label = t!(ui, "accept-line", item = say::item_name(ui, met.book, item), amount = ui.quantity(line.quantity));
            (line_field(ui, fields, trouble, "rather", line.line, &label, item))
        }
        (Field::new("other", t!(ui, "rather-else")).choices(others).value(fields.text("other")).error(trouble.of("other")).may_be_empty().show(ui))
        (Field::new("other-quantity", t!(ui, "rather-how-much")).input(Input::Decimal).units(units).value(fields.text("other-quantity")).error(trouble.of("other-quantity")).may_be_empty().show(ui))
        (Field::new("not-before", t!(ui, "rather-not-before")).input(Input::Date).value(fields.text("not-before")).error(trouble.of("not-before")).optional().show(ui))
        (reason_field(ui, &RATHER, fields, trouble).within("counter").show(ui))
        div.actions { (submit(&t!(ui, "rather-save"), Weight::Secondary)) }
    }
}

/// Reads what the taker would rather have: a line left empty stays as promised.
pub(super) fn read(met: &Met<'_>, fields: &Fields, reader: &mut Reader<'_>) -> Option<Act> {
    let mut wants: Vec<(ItemCode, Quantity)> = Vec::new();
    for line in &met.what.lines {
        let key = format!("rather-{}", line.line);
        let item = met.book.region().item(&line.item)?;
        let wanted = if fields.has(&key) { reader.quantity(&key, item)? } else { line.quantity };
        wants.push((line.item.clone(), wanted));
    }
    if fields.has("other") {
        let item = ItemCode::new(fields.text("other")).ok();
        let item = item.and_then(|code| met.book.region().item(&code));
        let Some(item) = item else {
            reader.fault("other", t!(ui_of(met), "field-choice-missing"));
            return None;
        };
        wants.push((item.code.clone(), reader.quantity("other-quantity", item)?));
    } else if fields.has("other-quantity") {
        reader.fault("other", t!(ui_of(met), "field-choice-missing"));
    }
    wants.retain(|(_, quantity)| !quantity.is_zero());
    let not_before = reader.day("not-before");
    let reason = reader.reason("reason", &RATHER)?;
    Some(Act::Counter { giver: met.giver.clone(), transfer: met.id, wants, not_before, reason })
}

/// What the taker would rather have, in words, with the day and the reason.
pub(super) fn words_of(met: &Met<'_>, who: &str, rather: &CounterOffered) -> String {
    let ui = ui_of(met);
    let thing = |(item, quantity): &(ItemCode, Quantity)| {
        t!(ui, "amount-of", amount = ui.quantity(*quantity), item = say::item(ui, met.book, item))
    };
    let what = ui.lang().list(&rather.wants.iter().map(thing).collect::<Vec<_>>());
    let reason = say::reason(ui, rather.reason);
    match rather.not_before {
        Some(day) => t!(ui, "rather-says-from", who = who, what = what, day = ui.date(day), reason = reason),
        None => t!(ui, "rather-says", who = who, what = what, reason = reason),
    }
}

/// What the giver reads, and the button that promises it so.
pub(super) fn answer_fields(met: &Met<'_>, rather: &CounterOffered) -> Markup {
    let ui = ui_of(met);
    html! {
        p { (words_of(met, &say::place(met.book, &met.what.to), rather)) }
        p.muted { (t!(ui, "rather-meet-hint")) }
        input type="hidden" name="seen" value=(mark(rather));
        div.actions { (submit(&t!(ui, "rather-meet"), Weight::Primary)) }
    }
}

/// The promise as the taker would rather have it: the same way, as many days later as it asks.
pub(super) fn meet(met: &Met<'_>, fields: &Fields, reader: &mut Reader<'_>) -> Option<Act> {
    let rather = match met.transfer.reply(&met.giver) {
        Reply::Rather(rather) if mark(rather) == fields.text("seen") => rather,
        _ => {
            reader.fault("seen", t!(ui_of(met), "rather-moved-on"));
            return None;
        }
    };
    let what = met.what;
    let later = rather.not_before.map_or(0, |day| day.since(what.arrives).max(0));
    let line = |(item, quantity): &(ItemCode, Quantity)| Wished {
        item: item.clone(),
        lot: None,
        quantity: *quantity,
        requested: None,
    };
    Some(Act::Commit {
        transfer: met.id,
        from: what.from.clone(),
        to: what.to.clone(),
        lines: rather.wants.iter().map(line).collect(),
        route: what.route.clone(),
        leaves: what.leaves.plus(later),
        arrives: what.arrives.plus(later),
        need: what.need,
        suggestion: what.suggestion,
        return_by: what.return_by.map(|day| day.plus(later)),
        // What the taker would rather have is between the two, whatever was agreed for that day.
        standing: None,
    })
}

/// A mark of what a counter-offer says, so that a button answers what was read and nothing later.
fn mark(rather: &CounterOffered) -> String {
    Digest::of("koinon-web counter-offer", format!("{rather:?}").as_bytes()).short()
}
