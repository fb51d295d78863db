//! The waybill that travels with a load: an A4 page with what is on it, places to sign, and a code back to the transfer.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_core::EntryId;
use koinon_ledger::fact::CommitLine;
use koinon_ledger::transfer::Shipment;
use maud::{Markup, html};

use super::transfer::{Met, meet};
use super::{Answer, say};
use crate::app::App;
use crate::components::{Column, Table, facts, print_button, qr};
use crate::i18n::Speak as _;
use crate::layout::{Page, Section};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::visit::Visit;

pub(super) fn router() -> Router<App> {
    Router::new().route("/transfer/{giver}/{id}/waybill", get(show))
}

async fn show(State(app): State<App>, visit: Visit, Path((giver, id)): Path<(String, String)>) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        let met = meet(&visit, book, &giver, &id)?;
        if !met.is_ours {
            return Err(Problem::new(Kind::NotFound).into());
        }
        let ui = &visit.ui;
        let loads = met.loads();
        Ok(Page::new(ui, t!(ui, "waybill-title"))
            .headline(t!(ui, "waybill-headline", mark = met.id.short()))
            .section(Section::Transfers)
            .crumb("/transfers", t!(ui, "transfers-title"))
            .crumb(met.href(), met.headline())
            .body(html! {
                div.stack {
                    div.actions { (print_button(ui)) }
                    @if loads.is_empty() { (paper(&met, None, false)) }
                    @for (at, (id, load)) in loads.iter().enumerate() { (paper(&met, Some((*id, load)), at > 0)) }
                }
            })
            .into_response())
    })
}

/// One sheet: a load as it left, or the promise while nothing is loaded yet.
fn paper(met: &Met<'_>, load: Option<(EntryId, &Shipment)>, further: bool) -> Markup {
    let ui = &met.visit.ui;
    let left = load.and_then(|(_, load)| load.load(&met.giver)).map(|by| &by.what);
    let number = left
        .and_then(|left| left.paper.as_ref())
        .map_or_else(|| load.map_or_else(|| met.id.short(), |(id, _)| id.short()), ToString::to_string);
    // What leaves later than was planned arrives as much later.
    let planned = met.what.arrives.since(met.what.leaves);
    let arrives =
        left.map_or(met.what.arrives, |left| met.what.arrives.max(left.occurred.day(&ui.zone).plus(planned)));
    let from = stores_of(met, load);
    let rows = [
        (t!(ui, "waybill-number"), html! { span.code { (number) } }),
        (
            t!(ui, "transfer-leaves"),
            if let Some(left) = left {
                html! { (ui.date(left.occurred.day(&ui.zone))) " " (ui.time(left.occurred)) }
            } else {
                html! { (ui.date(met.what.leaves)) }
            },
        ),
        (t!(ui, "transfer-arrives"), html! { (ui.date(arrives)) }),
        (t!(ui, "waybill-from-store"), html! { (from) }),
        (t!(ui, "load-vehicle"), html! { @if let Some(left) = left { (say::vehicle(ui, left.vehicle)) } }),
    ];
    let heading = load.map_or(&met.what.to, |(_, load)| load.heading(met.what).0);
    html! {
        article class=(if further { "waybill print-page" } else { "waybill" }) {
            div.waybill-head {
                div.stack.stack-tight { h2 { (met.headline()) } (facts(&rows)) }
                (qr(&t!(ui, "waybill-code"), &format!("{}{}", met.visit.base, met.href())))
            }
            div.waybill-parties {
                div { span.muted.small { (t!(ui, "transfer-from")) } strong { (say::place(met.book, &met.what.from)) } }
                div { span.muted.small { (t!(ui, "transfer-to")) } strong { (say::place(met.book, heading)) } }
            }
            (things(met, load))
            div.waybill-sign {
                div { (t!(ui, "waybill-sign-giver")) }
                div { (t!(ui, "waybill-sign-driver")) }
                div { (t!(ui, "waybill-sign-taker")) }
            }
        }
    }
}

/// The stores from which the things come.
fn stores_of(met: &Met<'_>, load: Option<(EntryId, &Shipment)>) -> String {
    let loaded = load.and_then(|(_, load)| load.load(&met.giver));
    let is_on = |line: &&CommitLine| {
        loaded.is_none_or(|by| by.what.lines.iter().any(|loaded| loaded.line == line.line))
    };
    let lots =
        met.what.lines.iter().filter(is_on).filter_map(|line| met.book.ledger().lot(&met.giver, line.lot));
    let stores: std::collections::BTreeSet<String> =
        lots.filter_map(|lot| Some(say::store(met.book, &lot.opened()?.store))).collect();
    met.visit.ui.lang().list(&stores.into_iter().collect::<Vec<_>>())
}

fn things(met: &Met<'_>, load: Option<(EntryId, &Shipment)>) -> Markup {
    let ui = &met.visit.ui;
    let mut table = Table::new(
        t!(ui, "transfer-lines"),
        [
            Column::head(t!(ui, "enter-item")),
            Column::text(t!(ui, "batch")),
            Column::number(t!(ui, "waybill-loaded")),
            Column::text(t!(ui, "arrive-ok")),
            Column::text(t!(ui, "arrive-rejected")),
            Column::text(t!(ui, "arrive-missing")),
        ],
    );
    let loaded = load.and_then(|(_, load)| load.load(&met.giver));
    let amount = |line: &CommitLine| match loaded {
        Some(by) => {
            by.what.lines.iter().find(|loaded| loaded.line == line.line).map(|loaded| loaded.quantity)
        }
        None => Some(line.quantity),
    };
    for line in &met.what.lines {
        let Some(quantity) = amount(line) else { continue };
        let opened = met.book.ledger().lot(&met.giver, line.lot).and_then(|lot| lot.opened());
        let blank = html! { span.blank { "\u{a0}" } };
        table = table.row([
            html! { (say::item(ui, met.book, &line.item)) },
            html! { @if let Some(opened) = opened { (super::batch_words(ui, line.lot, opened)) } },
            html! { (ui.quantity(quantity)) },
            blank.clone(),
            blank.clone(),
            blank,
        ]);
    }
    html! { (table) }
}
