//! Copies: what this computer keeps of every community, and who keeps a copy of its own record.
//!
//! On a safety copy this is the page of the copy itself. Those who keep the computer see here too which files neighbours keep for
//! one another.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_authority::{Action, Resource};
use maud::html;

use super::{ago, community_link, count_of};
use crate::app::App;
use crate::components::{Column, Table, Tone, card, facts, notice};
use crate::exports::{Format, Sheet};
use crate::layout::Page;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::views::CopiesView;
use crate::views::kept::KeptView;
use crate::visit::Visit;

fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The page; with the files that neighbours keep for one another, for those who may see them.
pub fn page<'a>(ui: &'a Ui, view: &CopiesView, kept: Option<&KeptView>) -> Page<'a> {
    let keepers =
        view.rows.iter().filter(|row| row.keeps_of_ours.is_some_and(|kept| kept >= view.ours)).count();
    let headline = match (view.is_copy, view.here_only) {
        (true, _) => {
            let kept = view.rows.iter().filter(|row| row.kept_here > 0 && row.community.is_some()).count();
            t!(ui, "copies-is-copy", n = count_of(kept))
        }
        (false, 0) => t!(ui, "copies-all-held", n = count_of(keepers)),
        (false, alone) => t!(ui, "copies-here-only", n = number(alone)),
    };
    let lead = if view.is_copy { t!(ui, "copies-lead-copy") } else { t!(ui, "copies-lead") };
    let mut rows = vec![(
        t!(ui, "copies-verified"),
        if let Some(at) = view.verified.as_deref() {
            ago(ui, Some(at))
        } else {
            html! { (t!(ui, "copies-not-yet")) }
        },
    )];
    if !view.is_copy {
        rows.insert(0, (t!(ui, "copies-ours"), html! { (ui.number(number(view.ours))) }));
    }
    let mut page = Page::new(ui, t!(ui, "copies-title")).headline(headline).lead(lead);
    if let Some(fault) = &view.fault {
        let words = html! { (t!(ui, "alarm-damage")) " " span.small lang="en" dir="ltr" { (fault) } };
        page = page.notice(notice(ui, Tone::Bad, &words));
    }
    page.body(html! {
        div.stack {
            (card(&t!(ui, "copies-title"), &html! { (table(ui, view)) (super::take_away(ui, "/copies", "")) }))
            (card(&t!(ui, "copies-sure"), &html! { (facts(&rows)) p.muted { (t!(ui, "copies-how")) } }))
            @if let Some(kept) = kept { (super::kept::part(ui, kept)) }
        }
    })
}

fn table(ui: &Ui, view: &CopiesView) -> Table {
    let columns = [
        Column::head(t!(ui, "copies-whose")),
        Column::number(t!(ui, "copies-kept-here")),
        Column::text(t!(ui, "copies-exchanged")),
        Column::number(t!(ui, "copies-of-ours")),
    ];
    Table::new(t!(ui, "copies-title"), columns).rows(view.rows.iter().map(|row| {
        [
            if let Some(community) = &row.community {
                community_link(community)
            } else {
                html! { (t!(ui, "operator-a-safety-copy", mark = row.mark.as_str())) }
            },
            html! { (ui.number(number(row.kept_here))) },
            ago(ui, row.heard.as_deref()),
            html! {
                @match row.keeps_of_ours.filter(|_| !view.is_copy) {
                    None => { (super::dash(ui)) }
                    Some(kept) if kept >= view.ours => { (t!(ui, "copies-all")) }
                    Some(kept) => { (ui.number(number(kept))) }
                }
            },
        ]
    }))
}

/// The page and its table to take away.
pub fn router() -> Router<App> {
    Router::new().route("/copies", get(show)).merge(crate::exports::routes("/copies", take))
}

async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Problem> {
    let view = CopiesView::of(&app.node).map_err(|_| Problem::new(Kind::Internal))?;
    let kept = if keeps_computer(&app, &visit) {
        Some(KeptView::of(&app.node, visit.ui.now).map_err(|_| Problem::new(Kind::Internal))?)
    } else {
        None
    };
    Ok(page(&visit.ui, &view, kept.as_ref()).into_response())
}

/// Whether a visitor keeps this computer: what a file is called, and who has it, is nobody else's business.
fn keeps_computer(app: &App, visit: &Visit) -> bool {
    app.node.read(|book| {
        book.own().is_some_and(|own| visit.may(book, Action::ManageNode, &Resource::community(own.clone())))
    })
}

fn take(app: &App, _: &Visit, _: &str, format: Format) -> Response {
    match CopiesView::of(&app.node) {
        Ok(view) => Sheet::of("copies", &view.rows).answer(format),
        Err(_) => Problem::new(Kind::Internal).into_response(),
    }
}
