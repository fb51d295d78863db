//! Calling a printed batch back wherever it stands or went, and lifting the call.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::ItemCode;
use koinon_core::region::Item;
use koinon_ledger::Act;
use koinon_ledger::fact::PrintedMark;
use maud::{Markup, html};

use super::count::{item_choices, known_item};
use super::entry::reason_field;
use super::fields::{Fields, Reader};
use super::put_right::HOLD_REASONS;
use super::{Answer, Said, Trouble, form_with, mend, say};
use crate::app::App;
use crate::components::{Column, Table, card, empty};
use crate::forms::{Field, Weight};
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, Visit, percent, see_other};

pub(super) fn router() -> Router<App> {
    Router::new().route("/recall", get(recall_form).post(recall))
}

async fn recall_form(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    visit.actor()?;
    let fields = Fields::new(query.into_iter().collect());
    app.node.read(|book| Ok(recall_page(&visit, book, &fields, &Trouble::none())?.into_response()))
}

fn recall_page<'a>(
    visit: &'a Visit,
    book: &Book,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let own = visit.own(book)?;
    visit.permit(book, Action::HoldRecall, &Resource::community(own))?;
    let item = ItemCode::new(fields.text("item")).ok();
    let batch = PrintedMark::new(fields.text("batch")).ok();
    let stands = book
        .ledger()
        .recalls()
        .any(|(of, mark, _)| Some(of) == item.as_ref() && Some(mark) == batch.as_ref());
    let body = html! {
        (Field::new("item", t!(ui, "enter-item")).choices(item_choices(ui, book)).value(fields.text("item")).show(ui))
        (Field::new("batch", t!(ui, "enter-batch")).hint(t!(ui, "recall-batch-hint")).value(fields.text("batch")).error(trouble.of("batch")).show(ui))
        (reason_field(ui, &HOLD_REASONS, fields, trouble).show(ui))
        div.actions {
            (crate::forms::submit_as("stands", "yes", &t!(ui, "recall-save"), Weight::Danger))
            @if stands { (crate::forms::submit_as("stands", "no", &t!(ui, "recall-lift"), Weight::Secondary)) }
        }
    };
    let mut page = Page::new(ui, t!(ui, "recall-title")).section(Section::Stock).lead(t!(ui, "recall-lead"));
    if fields.has("done") {
        page = page.notice(super::done_notice(ui, &t!(ui, "acts-done"), None));
    }
    Ok(page.body(html! {
        div.stack {
            (form_with(ui, "/recall", trouble, &body))
            @if let (Some(item), Some(batch)) = (&item, &batch) { (where_it_went(visit, book, item, batch)) }
            (standing_recalls(ui, book))
        }
    }))
}

/// Everywhere a printed batch stands or stood, in every book heard of.
fn where_it_went(visit: &Visit, book: &Book, item: &ItemCode, batch: &PrintedMark) -> Markup {
    let ui = &visit.ui;
    let known = book.region().item(item);
    let columns = [
        Column::head(t!(ui, "recall-place")),
        Column::text(t!(ui, "enter-store")),
        Column::number(t!(ui, "enter-amount")),
        Column::text(t!(ui, "recall-from")),
    ];
    let mut table = Table::new(t!(ui, "recall-where"), columns);
    let mut rows = 0;
    for (community, id, lot) in book.ledger().lots() {
        let Some(opened) = lot.opened().filter(|o| o.item == *item && o.batch.as_ref() == Some(batch)) else {
            continue;
        };
        let visibility = known.map(Item::seen_by).unwrap_or_default();
        let seen = koinon_authority::sight(&visit.visitor.viewer, visibility, community, false);
        if seen != koinon_authority::Sight::Amount {
            continue;
        }
        rows += 1;
        let dimension = known.map_or(koinon_core::Dimension::Count, |item| item.dimension);
        let from = opened.from.as_ref().map(|(from, _)| say::community(book, from));
        table = table.row([
            html! { a href={ "/lot/" (community) "/" (id) } { (say::community(book, community)) } },
            html! { (say::store(book, &opened.store)) },
            html! { (say::amount(ui, lot.balance(), dimension)) },
            html! { @if let Some(from) = from { (from) } },
        ]);
    }
    let body = if rows == 0 {
        empty(Icon::Search, &t!(ui, "recall-nowhere"), &html! {})
    } else {
        html! { (table) }
    };
    card(&t!(ui, "recall-where"), &body)
}

fn standing_recalls(ui: &Ui, book: &Book) -> Markup {
    let standing: Vec<_> = book.ledger().recalls().collect();
    html! {
        @if !standing.is_empty() {
            (card(&t!(ui, "recall-standing"), &html! {
                ul {
                    @for (item, batch, reason) in standing {
                        li {
                            a href={ "/recall?item=" (item) "&batch=" (percent(batch.as_str())) } {
                                (say::item(ui, book, item)) " · " (t!(ui, "batch-named", mark = batch.as_str()))
                            }
                            " (" (say::reason(ui, reason)) ")"
                        }
                    }
                }
            }))
        }
    }
}

async fn recall(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| Ok(mend(recall_page(visit, book, fields, trouble)?)))
    };
    let mut reader = Reader::new(&visit.ui, fields);
    let batch = reader.mark("batch");
    if !fields.has("batch") {
        reader.fault("batch", t!(visit.ui, "recall-batch-missing"));
    }
    let reason = reader.reason("reason", &HOLD_REASONS);
    let item = app.node.read(|book| known_item(book, fields.text("item")).map(|item| item.code.clone()))?;
    let (batch, reason) = match reader.done(batch.zip(reason)) {
        Ok(read) => read,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    let back = format!("/recall?done=yes&item={item}&batch={}", percent(batch.as_str()));
    let act = Act::Recall { item, batch, stands: fields.text("stands") != "no", reason };
    match super::hand_over_act(&app, &posted, act, None).await? {
        Said::Done => Ok(see_other(&back)),
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Stock)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}
