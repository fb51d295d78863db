//! Does it all add up? Every sum, taken anew.

use maud::{Markup, html};

use super::{OneUnit, count_of, item_link};
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_core::CommunityCode;

use crate::app::App;
use crate::components::{Column, Table, Tone, card, notice, tabs};
use crate::exports::{Format, Sheet};
use crate::layout::Page;
use crate::t;
use crate::ui::Ui;
use crate::views::{AddsUpRow, AddsUpView, Amount, Named, OnTheRoad};
use crate::visit::Visit;

/// The page. `community` is the one whose rows are shown, `all` what can be chosen.
pub fn page<'a>(ui: &'a Ui, view: &AddsUpView, community: Option<&str>, all: &[Named]) -> Page<'a> {
    let headline = if view.checked == 0 {
        t!(ui, "adds-up-nothing")
    } else if view.adds_up {
        t!(ui, "adds-up-yes")
    } else {
        t!(ui, "adds-up-no", n = count_of(view.wrong))
    };
    Page::new(ui, t!(ui, "nav-checks"))
        .headline(headline)
        .lead(t!(ui, "adds-up-lead", n = count_of(view.checked)))
        .body(body(ui, view, community, all))
}

fn body(ui: &Ui, view: &AddsUpView, community: Option<&str>, all: &[Named]) -> Markup {
    let query = community.map(|code| format!("community={code}")).unwrap_or_default();
    html! {
        div.stack {
            p { (t!(ui, "adds-up-how")) }
            @if !view.below_zero.is_empty() {
                (notice(ui, Tone::Watch, &html! {
                    p { (t!(ui, "adds-up-below-zero")) }
                    ul { @for (href, who, item) in view.below_zero.iter().take(20) {
                        li { a href=(href) { (who.name) ", " (item.name) } }
                    } }
                }))
            }
            @if !view.roads.is_empty() {
                (card(&t!(ui, "adds-up-roads"), &html! { p { (t!(ui, "adds-up-roads-how")) } (roads(ui, &view.roads)) (super::take_away(ui, "/roads", "")) }))
            }
            @if !view.rows.is_empty() {
                @if !all.is_empty() {
                    @let here = format!("/checks?{query}");
                    (tabs(&t!(ui, "col-community"), &here, &all.iter().map(|named| {
                        (format!("/checks?community={}", named.code), named.name.clone())
                    }).collect::<Vec<_>>()))
                }
                (card(&t!(ui, "adds-up-books"), &html! { (books(ui, &view.rows)) (super::take_away(ui, "/checks", &query)) }))
            } @else if view.checked == 0 {
                p.muted { (t!(ui, "adds-up-nothing-yet")) }
            } @else {
                p.muted { (t!(ui, "adds-up-members")) }
            }
        }
    }
}

fn verdict(ui: &Ui, difference: Amount) -> Markup {
    if difference.0.is_zero() {
        html! { span.status.status-enough { (t!(ui, "adds-up-ok")) } }
    } else {
        html! { span.status.status-short { (t!(ui, "adds-up-off")) " " (ui.quantity(difference.0)) } }
    }
}

fn books(ui: &Ui, rows: &[AddsUpRow]) -> Table {
    let columns = [
        Column::head(t!(ui, "col-what")),
        Column::number(t!(ui, "adds-up-came-in")).more(),
        Column::number(t!(ui, "adds-up-arrived")).more(),
        Column::number(t!(ui, "adds-up-used")).more(),
        Column::number(t!(ui, "adds-up-lost")).more(),
        Column::number(t!(ui, "adds-up-sent")).more(),
        Column::number(t!(ui, "adds-up-counts")).more(),
        Column::number(t!(ui, "adds-up-now")),
        Column::text(t!(ui, "adds-up-verdict")).bare(),
    ];
    Table::new(t!(ui, "adds-up-books"), columns).folded(t!(ui, "table-all")).rows(rows.iter().map(|row| {
        let came_in = row.produced.0.plus(row.came_in.0).map_or(row.came_in, Amount);
        let used = row.used.0.plus(row.went_out.0).map_or(row.used, Amount);
        let all = [came_in, row.arrived, used, row.lost, row.sent, row.found_by_counts, row.stock];
        let unit = OneUnit::exact(ui, all.map(Some));
        [
            html! { (item_link(&row.item)) },
            unit.some(came_in),
            unit.some(row.arrived),
            unit.some(used),
            unit.some(row.lost),
            unit.some(row.sent),
            unit.some(row.found_by_counts),
            html! { strong { (unit.cell(Some(row.stock))) } },
            verdict(ui, row.difference),
        ]
    }))
}

fn roads(ui: &Ui, rows: &[OnTheRoad]) -> Table {
    let columns = [
        Column::head(t!(ui, "col-what")),
        Column::number(t!(ui, "roads-sent")),
        Column::number(t!(ui, "roads-arrived")).more(),
        Column::number(t!(ui, "roads-back")).more(),
        Column::number(t!(ui, "roads-lost")).more(),
        Column::number(t!(ui, "roads-going")),
        Column::text(t!(ui, "adds-up-verdict")).bare(),
    ];
    Table::new(t!(ui, "adds-up-roads"), columns).folded(t!(ui, "table-all")).rows(rows.iter().map(|row| {
        let all = [row.sent, row.arrived, row.came_back, row.lost, row.on_the_way];
        let unit = OneUnit::exact(ui, all.map(Some));
        [
            html! { (item_link(&row.item)) },
            unit.some(row.sent),
            unit.some(row.arrived),
            unit.some(row.came_back),
            unit.some(row.lost),
            unit.some(row.on_the_way),
            verdict(ui, row.difference),
        ]
    }))
}

/// The page and its table to take away.
pub fn router() -> Router<App> {
    Router::new()
        .route("/checks", get(show))
        .merge(crate::exports::routes("/checks", take))
        .merge(crate::exports::routes("/roads", take_roads))
}

/// Whose sums are shown.
#[derive(Debug, Default, serde::Deserialize)]
struct Whose {
    #[serde(default)]
    community: String,
}

/// The community asked for, else the reader's own, else this computer's, else the first.
fn chosen(app: &App, visit: &Visit, asked: &str) -> Option<CommunityCode> {
    if let Ok(code) = CommunityCode::new(asked) {
        return Some(code);
    }
    let home = visit.visitor.viewer.communities().iter().next().cloned();
    app.node.read(|book| {
        let first = || book.region().communities.first().map(|community| community.code.clone());
        home.or_else(|| book.own().cloned()).or_else(first)
    })
}

async fn show(State(app): State<App>, visit: Visit, Query(whose): Query<Whose>) -> Response {
    let code = chosen(&app, &visit, &whose.community);
    let (view, all) = super::look(&app, &visit, |lens| {
        let communities = lens.region().communities_on(lens.today());
        let all: Vec<Named> = communities.map(|community| lens.community(&community.code)).collect();
        (lens.adds_up(code.as_ref()), all)
    });
    page(&visit.ui, &view, code.as_ref().map(CommunityCode::as_str), &all).into_response()
}

fn take(app: &App, visit: &Visit, query: &str, format: Format) -> Response {
    let asked = crate::exports::value(query, "community");
    let code = chosen(app, visit, &asked);
    let view = super::look(app, visit, |lens| lens.adds_up(code.as_ref()));
    Sheet::of("checks", &view.rows).answer(format)
}

fn take_roads(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    let view = super::look(app, visit, |lens| lens.adds_up(None));
    Sheet::of("roads", &view.roads).answer(format)
}
