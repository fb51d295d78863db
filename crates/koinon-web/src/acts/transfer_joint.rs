//! Joint loads on the page of a transfer: what goes together with it, what it waits for, and letting it go otherwise.

use koinon_authority::{Action, Resource};
use koinon_core::{EntryId, TransferId};
use koinon_ledger::Act;
use koinon_ledger::fact::Committed;
use koinon_ledger::transfer::{Status, Transfer};
use maud::{Markup, html};

use super::fields::Fields;
use super::say;
use super::transfer::{Met, ui_of};
use crate::components::{card, more};
use crate::forms::{Weight, post_form, submit, tick};
use crate::i18n::Speak as _;
use crate::pages::in_sentence;
use crate::t;

/// Whether a transfer is promised and nothing of it has left.
fn is_to_load(status: Status) -> bool {
    status > Status::Unheard && status < Status::UnderWay
}

/// What goes with a transfer, where each of it stands; and, for its giver, which others could.
pub(super) fn show(met: &Met<'_>) -> Markup {
    let ui = ui_of(met);
    let ledger = met.book.ledger();
    let together = ledger.joints().of(&met.giver, met.id).map_or_else(Vec::new, |(_, together)| together);
    let others = together.iter().filter(|id| **id != met.id);
    let others: Vec<(TransferId, &Transfer)> =
        others.filter_map(|id| Some((*id, ledger.transfer(&met.giver, *id)?))).collect();
    let form = choose(met, &together);
    if others.is_empty() && form.0.is_empty() {
        return html! {};
    }
    let waits = ledger.waits_for(&met.giver, met.id);
    let itself = (met.status < Status::Agreed).then_some(met.transfer);
    let waits = itself.into_iter().chain(waits.iter().map(|(_, other)| *other));
    let mut names: Vec<String> = waits.filter_map(|other| taker(met, other)).collect();
    names.dedup();
    let body = html! {
        @if !others.is_empty() {
            @if names.is_empty() { p { (t!(ui, "joint-ready")) } }
            @else { p { (t!(ui, "joint-waits", who = ui.lang().list(&names))) } }
            ul.plain-list { @for (id, other) in &others { li { (line(met, *id, other)) } } }
        }
        (form)
    };
    card(&t!(ui, "joint-title"), &body)
}

fn taker(met: &Met<'_>, other: &Transfer) -> Option<String> {
    Some(say::place(met.book, &other.commitment(&met.giver)?.what.to))
}

/// To whom another transfer goes, and where it stands.
fn line(met: &Met<'_>, id: TransferId, other: &Transfer) -> Markup {
    let ui = ui_of(met);
    html! {
        a href={ "/transfer/" (met.giver) "/" (id) } { (taker(met, other).unwrap_or_default()) }
        " " small.muted { (say::status(ui, other.status(&met.giver))) }
    }
}

/// How much of what a promise gives first.
fn first_line(met: &Met<'_>, promise: &Committed) -> String {
    let first = promise.lines.first().and_then(|line| Some((line, met.book.region().item(&line.item)?)));
    first.map_or_else(String::new, |(line, item)| {
        let ui = ui_of(met);
        format!("{} {}", ui.quantity(line.quantity), in_sentence(&say::item_name(ui, met.book, item)))
    })
}

/// The giver's choice of what goes together; nothing where there is nothing to choose.
fn choose(met: &Met<'_>, together: &[TransferId]) -> Markup {
    let ui = ui_of(met);
    let place = Resource::community(met.giver.clone()).at_place(met.what.from.clone());
    if !met.gives() || !is_to_load(met.status) || !met.visit.may(met.book, Action::Dispatch, &place) {
        return html! {};
    }
    let all = met.book.ledger().transfers_given(&met.giver);
    let mut others: Vec<(TransferId, &Transfer)> = all
        .filter(|(id, other)| {
            *id != met.id && (is_to_load(other.status(&met.giver)) || together.contains(id))
        })
        .filter(|(_, other)| other.commitment(&met.giver).is_some_and(|by| by.what.from == met.what.from))
        .collect();
    others.sort_by_key(|(id, other)| (other.commitment(&met.giver).map(|by| by.what.leaves), *id));
    if others.is_empty() {
        return html! {};
    }
    let fields = html! {
        input type="hidden" name="do" value="join";
        @for (id, other) in &others {
            @if let Some(promise) = other.commitment(&met.giver) {
                @let label = t!(ui, "joint-with", what = first_line(met, &promise.what), to = say::place(met.book, &promise.what.to), day = ui.date(promise.what.leaves));
                (tick(&format!("with-{id}"), &format!("{label} ({})", say::status(ui, other.status(&met.giver))), together.contains(id)))
            }
        }
        div.actions { (submit(&t!(ui, "joint-save"), Weight::Secondary)) }
    };
    html! {
        p.muted { (t!(ui, "joint-lead")) }
        @if together.is_empty() { (more(&t!(ui, "joint-choose"), &post_form(ui, &met.href(), &fields))) }
        @else { (post_form(ui, &met.href(), &fields)) }
    }
}

/// Reads the choice: this transfer and those that are ticked; the same joint load where there is one.
pub(super) fn read(met: &Met<'_>, fields: &Fields) -> Act {
    let ledger = met.book.ledger();
    let known = ledger.joints().of(&met.giver, met.id).map(|(joint, _)| joint);
    let named: Vec<TransferId> = fields.after("with-").into_iter().filter_map(|id| id.parse().ok()).collect();
    let bytes = [met.giver.as_str().as_bytes(), &met.id.0].concat();
    let joint = known.unwrap_or_else(|| EntryId::derived("koinon-web joint load", &bytes));
    // Whoever said no meanwhile is left out: it does not go anyway.
    let still =
        |id: &TransferId| ledger.transfer(&met.giver, *id).is_some_and(|t| is_to_load(t.status(&met.giver)));
    let transfers = std::iter::once(met.id).chain(named.into_iter().filter(still)).collect();
    Act::Join { joint, transfers }
}
