//! Shelf labels: one for each batch in a store, with a code that a phone's camera or a scanner brings back to its count.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::Action;
use maud::html;

use super::count::{LINES_SHOWN, batches, own_store};
use super::{Answer, picture, say};
use crate::app::App;
use crate::components::{empty, print_button, qr};
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::part::Part;
use crate::t;
use crate::visit::Visit;

pub(super) fn router() -> Router<App> {
    Router::new().route("/labels/{store}", get(show))
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(store): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        let ui = &visit.ui;
        let own = visit.own(book)?;
        let store = own_store(&visit, book, &store, Action::Count)?;
        let lots: Vec<_> =
            batches(book, &own, &store.code, ui.now).into_iter().filter(|(_, _, lot)| lot.balance() > 0).collect();
        let page = Page::new(ui, t!(ui, "labels-title"))
            .section(Section::Count)
            .crumb("/count", t!(ui, "count-title"))
            .crumb(format!("/count/{}", store.code), store.name.clone())
            .lead(t!(ui, "labels-lead"));
        if lots.is_empty() {
            return Ok(page.body(empty(Icon::Barcode, &t!(ui, "count-nothing-yet"), &html! {})).into_response());
        }
        let part = Part::asked(query.get("from").map(String::as_str), lots.len(), LINES_SHOWN);
        let lots = lots.get(part.range()).unwrap_or_default();
        let body = html! {
            div.stack {
                div.actions { (print_button(ui)) }
                (part.ways(ui, &|from| format!("/labels/{}?from={from}", store.code)))
                ul.labels {
                    @for (item, id, lot) in lots {
                        @let name = say::item_name(ui, book, item);
                        li.label {
                            (qr(&name, &format!("{}/count/{}/{}?mark={id}", visit.base, store.code, item.code)))
                            div.label-words {
                                strong { (picture(item.group)) (name) }
                                @if let Some(opened) = lot.opened() {
                                    @if let Some(mark) = &opened.batch { span { (t!(ui, "batch-named", mark = mark.as_str())) } }
                                    span { (say::best_before(ui, opened.expires)) }
                                }
                                span.code dir="ltr" { (id.short()) }
                                span.muted.small { (store.name) }
                            }
                        }
                    }
                }
            }
        };
        Ok(page.body(body).into_response())
    })
}
