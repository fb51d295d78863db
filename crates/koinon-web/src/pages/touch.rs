//! Who was heard when, and how old every community's figures are.
#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a path to a method is not general enough over the lifetime of what is looked at"
)]

use maud::{Markup, html};

use super::{ago, community_link, count_of, shown_ago};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::components::{Column, Table, card, chip};
use crate::exports::{Format, Sheet};
use crate::layout::Page;
use crate::live::{self, Topic};
use crate::t;
use crate::ui::Ui;
use crate::views::{TouchRow, TouchView};
use crate::visit::Visit;

/// The page.
pub fn page<'a>(ui: &'a Ui, view: &TouchView) -> Page<'a> {
    let headline = if view.in_touch == view.of {
        t!(ui, "touch-all", n = count_of(view.of))
    } else {
        t!(ui, "touch-some", part = count_of(view.in_touch), all = count_of(view.of))
    };
    Page::new(ui, t!(ui, "nav-touch"))
        .headline(headline)
        .lead(t!(ui, "touch-lead", n = i64::from(view.stale_after_days)))
        .live(&[Topic::Region])
        .body(live::region("touch", "/touch", &[Topic::Region], &html! {
            (card(&t!(ui, "touch-who"), &html! { (table(ui, view)) (super::take_away(ui, "/touch", "")) }))
            @if ui.chrome.person.is_some() { p { (t!(ui, "touch-no-line")) " " a href="/carry" { (t!(ui, "carry-title")) } } }
        }))
}

fn table(ui: &Ui, view: &TouchView) -> Table {
    let columns = [
        Column::head(t!(ui, "col-community")),
        Column::text(t!(ui, "touch-heard")),
        Column::text(t!(ui, "touch-now")),
        Column::text(t!(ui, "touch-oldest")),
        Column::text(t!(ui, "touch-last-count")),
        Column::text(t!(ui, "touch-same")),
    ];
    Table::new(t!(ui, "touch-who"), columns).rows(view.rows.iter().map(|row| {
        [
            html! { (community_link(&row.community)) @if row.is_here { " " (chip(&t!(ui, "touch-here"))) } },
            ago(ui, row.heard.as_deref()),
            state(ui, row),
            shown_ago(ui, row.oldest_figure.as_deref()),
            shown_ago(ui, row.last_count.as_deref()),
            match row.same_region {
                Some(true) => html! { (t!(ui, "touch-yes")) },
                Some(false) => html! { (chip(&t!(ui, "touch-other-region"))) },
                None => super::dash(ui),
            },
        ]
    }))
}

fn state(ui: &Ui, row: &TouchRow) -> Markup {
    if row.in_touch {
        html! { span.status.status-enough { (t!(ui, "touch-in-touch")) } }
    } else {
        html! { span.status.status-unheard { (t!(ui, "touch-silent")) } }
    }
}

/// The page and its table to take away.
pub fn router() -> Router<App> {
    Router::new().route("/touch", get(show)).merge(crate::exports::routes("/touch", take))
}

async fn show(State(app): State<App>, visit: Visit) -> Response {
    let view = super::look(&app, &visit, |lens| lens.touch());
    page(&visit.ui, &view).into_response()
}

fn take(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    let view = super::look(app, visit, |lens| lens.touch());
    Sheet::of("touch", &view.rows).answer(format)
}
