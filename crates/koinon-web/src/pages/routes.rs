//! Routes: which are open, which are closed, by whose word, since when and until when.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::date;
use crate::app::App;
use crate::components::{Column, Table, age, card};
use crate::exports::{Format, Sheet};
use crate::i18n::Speak as _;
use crate::layout::{Page, Section};
use crate::live::{self, Topic};
use crate::t;
use crate::ui::Ui;
use crate::views::{ClosedRouteView, ClosedView, CorridorRow, Named};
use crate::visit::Visit;

/// How a route is closed, by the code of the reason.
pub fn closed_word(ui: &Ui, reason: Option<&str>) -> String {
    match reason {
        Some("flood") => t!(ui, "route-closed-flood"),
        Some("snow") => t!(ui, "route-closed-snow"),
        Some("repair") => t!(ui, "route-closed-repair"),
        Some("unsafe") => t!(ui, "route-closed-unsafe"),
        _ => t!(ui, "region-route-closed"),
    }
}

/// The two ends of a route.
pub fn between(ui: &Ui, ends: Option<&(Named, Named)>) -> String {
    ends.map_or_else(String::new, |(from, to)| {
        t!(ui, "route-between", from = from.name.as_str(), to = to.name.as_str())
    })
}

/// Closed routes in one line, each with its reason.
pub fn named(ui: &Ui, routes: &[ClosedRouteView]) -> String {
    let one = |route: &ClosedRouteView| {
        let (from, to) = (route.from.name.as_str(), route.to.name.as_str());
        t!(ui, "route-is-closed", from = from, to = to, how = closed_word(ui, Some(route.reason)))
    };
    ui.lang().list(&routes.iter().map(one).collect::<Vec<_>>())
}

/// A closed route's note on the map and in its table: how, by whose word, and how old that is.
pub fn closed_note(ui: &Ui, row: &CorridorRow) -> String {
    match &row.closed_by {
        Some(closed) => t!(
            ui,
            "route-closed-note",
            how = closed_word(ui, Some(closed.reason)),
            who = closed.by.name.as_str(),
            ago = ui.lang().age(closed.recorded, ui.now),
        ),
        None => t!(ui, "region-route-closed"),
    }
}

/// The routes that are closed now, under the map; nothing where all are open.
pub fn closed_list(ui: &Ui, rows: &[CorridorRow]) -> Markup {
    let closed: Vec<&CorridorRow> = rows.iter().filter(|row| row.closed_by.is_some()).collect();
    html! {
        @if !closed.is_empty() {
            ul.plain-list { @for row in &closed {
                li {
                    strong { (t!(ui, "route-between", from = row.from.name.as_str(), to = row.to.name.as_str())) } " "
                    (state(ui, row))
                }
            } }
        }
        p.small { a href="/routes" { (t!(ui, "routes-all")) } }
    }
}

fn state(ui: &Ui, row: &CorridorRow) -> Markup {
    html! {
        @match &row.closed_by {
            Some(closed) => { (word(ui, closed)) }
            None if row.closed => { (t!(ui, "region-route-closed")) }
            None => { (t!(ui, "route-open")) }
        }
        @for later in &row.announced {
            div.small { (t!(ui, "route-closes-from", how = closed_word(ui, Some(later.reason)))) " " (date(ui, Some(&later.from))) " " (said(ui, later)) }
        }
    }
}

fn word(ui: &Ui, closed: &ClosedView) -> Markup {
    html! { strong { (closed_word(ui, Some(closed.reason))) } div.small.muted { (said(ui, closed)) } }
}

fn said(ui: &Ui, closed: &ClosedView) -> Markup {
    html! {
        (t!(ui, "route-said-by", who = closed.by.name.as_str())) " " (age(ui, closed.recorded)) " · "
        @if closed.until.is_some() {
            (t!(ui, "community-until")) " " (date(ui, closed.until.as_deref()))
        } @else {
            (t!(ui, "route-until-unknown"))
        }
    }
}

/// Routes with their state, and the way to close or open those that are the reader's.
pub fn table(ui: &Ui, rows: &[CorridorRow]) -> Markup {
    let ours = rows.iter().any(|row| row.is_ours);
    let mut columns = vec![
        Column::head(t!(ui, "routes-col-route")),
        Column::text(t!(ui, "routes-col-kind")),
        Column::text(t!(ui, "col-stands")),
    ];
    if ours {
        columns.push(Column::act(t!(ui, "routes-col-act")));
    }
    let table = Table::new(t!(ui, "routes-title"), columns).rows(rows.iter().map(|row| {
        let name = t!(ui, "route-between", from = row.from.name.as_str(), to = row.to.name.as_str());
        let mut cells = vec![
            html! { (name) },
            html! {
                (super::region::mode_name(ui, row.mode))
                div.small.muted { (t!(ui, "region-route-note", km = i64::from(row.km), minutes = i64::from(row.minutes))) }
            },
            state(ui, row),
        ];
        if ours {
            let label = if row.closed_by.is_some() { t!(ui, "route-change") } else { t!(ui, "route-close") };
            cells.push(html! {
                @if row.is_ours {
                    a.button href={ "/routes/" (row.code) } { (label) span.hidden { ": " (name) } }
                }
            });
        }
        cells
    }));
    html! { (table) }
}

/// The list, and the table to take away.
pub fn router() -> Router<App> {
    Router::new().route("/routes", get(show)).merge(crate::exports::routes("/routes", take))
}

fn take(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    super::look(app, visit, |lens| Sheet::of("routes", &lens.corridors()).answer(format))
}

async fn show(State(app): State<App>, visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Response {
    let ui = &visit.ui;
    let rows = super::look(&app, &visit, |lens| {
        let mut rows = lens.corridors();
        rows.sort_by_key(|row| (row.closed_by.is_none(), !row.is_ours));
        rows
    });
    let mut page = Page::new(ui, t!(ui, "routes-title"))
        .section(Section::Region)
        .lead(t!(ui, "routes-lead"))
        .crumb("/", t!(ui, "nav-region"))
        .live(&[Topic::Region]);
    if query.iter().any(|(name, _)| name == "done") {
        page = page.notice(crate::acts::done_notice(ui, &t!(ui, "acts-done"), None));
    }
    let body = html! {
        div.stack {
            (card(&t!(ui, "routes-title"), &table(ui, &rows)))
            (super::take_away(ui, "/routes", ""))
        }
    };
    page.body(live::region("routes", "/routes", &[Topic::Region], &body)).into_response()
}
