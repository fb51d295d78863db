//! Closing a route that ends here, and opening it again.
//!
//! Each end speaks for itself: a route is closed while either says so, and nobody can take another's word back.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::CorridorCode;
use koinon_core::region::Corridor;
use koinon_ledger::Act;
use koinon_ledger::fact::{RouteClosed, RouteReason};
use koinon_ledger::route::{Said as Word, ends};
use maud::{Markup, html};

use super::fields::{Fields, Reader};
use super::{Answer, Faults, Said, Trouble, form_with, mend, say};
use crate::app::App;
use crate::components::{Tone, age, notice};
use crate::forms::{Field, Input, Weight, choice, post_button, submit};
use crate::layout::{Page, Section};
use crate::pages::routes::closed_word;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, Visit, see_other};

pub(super) fn router() -> Router<App> {
    Router::new().route("/routes/{code}", get(form).post(write))
}

async fn form(State(app): State<App>, visit: Visit, Path(code): Path<String>) -> Answer {
    visit.actor()?;
    app.node.read(|book| Ok(page(&visit, book, &code, &Fields::default(), &Trouble::none())?.into_response()))
}

fn reason_word(ui: &Ui, reason: RouteReason) -> String {
    match reason {
        RouteReason::Flood => t!(ui, "route-reason-flood"),
        RouteReason::Snow => t!(ui, "route-reason-snow"),
        RouteReason::Repair => t!(ui, "route-reason-repair"),
        RouteReason::Unsafe => t!(ui, "route-reason-unsafe"),
        RouteReason::Other => t!(ui, "route-reason-other"),
    }
}

/// A route that ends in the visitor's community, of which they may speak.
///
/// # Errors
/// [`Stop`] where there is none of this code, or it ends elsewhere, or the visitor may not.
fn ours<'a>(visit: &Visit, book: &'a Book, code: &str) -> Result<&'a Corridor, Stop> {
    let own = visit.own(book)?;
    let code = CorridorCode::new(code).map_err(|_| Problem::new(Kind::NotFound))?;
    let corridor = book.region().corridor(&code).ok_or_else(|| Problem::new(Kind::NotFound))?;
    if !ends(book.region(), corridor).contains(&own) {
        let words = t!(visit.ui, "refusal-not-our-route", route = say::route(&visit.ui, book, &code));
        return Err(Problem::new(Kind::Forbidden).detail(words).into());
    }
    visit.permit(book, Action::StateRoute, &Resource::community(own))?;
    Ok(corridor)
}

fn page<'a>(
    visit: &'a Visit,
    book: &Book,
    code: &str,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let corridor = ours(visit, book, code)?;
    let today = ui.now.day(&ui.zone);
    let said = book.ledger().routes().closed_from(book.region(), corridor, today);
    let (mine, others): (Vec<Word<'_>>, Vec<Word<'_>>) =
        said.into_iter().partition(|word| Some(word.by) == book.own());
    let own = mine.first().and_then(|word| word.closed);
    let path = format!("/routes/{}", corridor.code);
    let chosen = |name: &str, known: Option<String>| {
        if fields.has("do") { fields.text(name).to_owned() } else { known.unwrap_or_default() }
    };
    let reasons: Vec<(String, Markup)> = RouteReason::ALL
        .into_iter()
        .map(|reason| (reason.code().to_owned(), html! { (reason_word(ui, reason)) }))
        .collect();
    let reason = chosen("reason", own.map(|closed| closed.reason.code().to_owned()));
    let from = chosen("from", Some(own.map_or(today, |closed| closed.from).to_string()));
    let until = chosen("until", own.and_then(|closed| closed.until).map(|day| day.to_string()));
    let body = html! {
        input type="hidden" name="do" value="close";
        (choice(&t!(ui, "route-why"), "reason", &reason, &reasons))
        (Field::new("from", t!(ui, "route-from")).input(Input::Date).value(from).error(trouble.of("from")).show(ui))
        (Field::new("until", t!(ui, "route-until")).input(Input::Date).hint(t!(ui, "route-until-hint"))
            .value(until).error(trouble.of("until")).optional().show(ui))
        div.actions {
            (submit(&if own.is_some() { t!(ui, "route-keep-closed") } else { t!(ui, "route-close") }, Weight::Primary))
        }
    };
    let mut page = Page::new(ui, t!(ui, "route-title"))
        .headline(say::route(ui, book, &corridor.code))
        .lead(t!(ui, "route-lead"))
        .section(Section::Region)
        .crumb("/routes", t!(ui, "routes-title"))
        .narrow();
    for other in &others {
        page = page.notice(notice(ui, Tone::Watch, &html! {
            strong { (closed_word(ui, other.closed.map(|closed| closed.reason.code()))) }
            span {
                (t!(ui, "route-said-by", who = say::community(book, other.by))) " " (age(ui, other.recorded)) ". "
                (t!(ui, "route-only-they-open", who = say::community(book, other.by)))
            }
        }));
    }
    Ok(page.body(html! {
        div.stack {
            @if own.is_some() {
                (post_button(ui, &path, &t!(ui, "route-open-again"), Weight::Primary, &[("do", "open")]))
            }
            (form_with(ui, &path, trouble, &body))
        }
    }))
}

async fn write(State(app): State<App>, Path(code): Path<String>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| Ok(mend(page(visit, book, &code, fields, trouble)?)))
    };
    if fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let read = app.node.read(|book| -> Result<Result<Act, Faults>, Stop> {
        let corridor = ours(visit, book, &code)?.code.clone();
        let mut reader = Reader::new(&visit.ui, fields);
        if reader.text("do") == "open" {
            return Ok(Ok(Act::StateRoute { corridor, closed: None }));
        }
        let choices = RouteReason::ALL.map(|reason| (reason.code(), reason));
        let reason = reader.one_of("reason", &choices);
        let from = reader.day_needed("from");
        let until = reader.day("until");
        let closed = reason.zip(from).map(|(reason, from)| RouteClosed { reason, from, until });
        Ok(reader.done(closed.map(|closed| Act::StateRoute { corridor, closed: Some(closed) })))
    })?;
    let act = match read {
        Ok(act) => act,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    match super::hand_over_act(&app, &posted, act, None).await? {
        Said::Done => Ok(see_other("/routes?done=yes")),
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Region)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}
