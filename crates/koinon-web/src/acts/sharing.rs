//! The agreement: read by everybody, proposed, signed and ended by those who answer for the community.

#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a path to a method is not general enough over the lifetime of what is looked at"
)]

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_authority::{Action, Resource};
use koinon_books::{Book, BookCommand};
use koinon_instruments::Agreement;
use koinon_node::Leaving;
use maud::{Markup, html};

use super::fields::Fields;
use super::{Answer, Said, Trouble, form_with, hand_over, mend};
use crate::app::App;
use crate::components::{card, more};
use crate::exports::{Format, Sheet};
use crate::forms::{Field, Input, Weight, post_button, submit};
use crate::layout::Page;
use crate::pages::{look, sharing as shown};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::views::sharing::LeavingRow;
use crate::views::{AgreementView, SharingView};
use crate::visit::{Posted, Visit, see_other};

/// How many of the newest entries are shown.
const SHOWN: usize = 12;
/// How many can be taken away.
const TAKEN: usize = 5_000;

pub(super) fn router() -> Router<App> {
    let page = Router::new().route("/agreement", get(show).post(act));
    page.merge(crate::exports::routes("/agreement", take))
        .merge(crate::exports::routes("/served", take_served))
}

/// What the next exchanges carry; nothing for whoever sees no amounts.
fn leaving(app: &App, visit: &Visit, limit: usize) -> Vec<LeavingRow> {
    if !visit.visitor.viewer.is_member() {
        return Vec::new();
    }
    let leaving = app.node.leaving(limit).unwrap_or_else(|fault| {
        tracing::warn!(%fault, "what leaves cannot be read");
        Vec::new()
    });
    look(app, visit, |lens| leaving.iter().map(|one: &Leaving| lens.leaving(one)).collect())
}

fn take(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    Sheet::of("agreement", &leaving(app, visit, TAKEN)).answer(format)
}

fn take_served(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    look(app, visit, |lens| Sheet::of("served", &lens.sharing().served).answer(format))
}

async fn show(State(app): State<App>, visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Answer {
    let mut page = page(&app, &visit, &Fields::default(), &Trouble::none());
    if query.iter().any(|(name, _)| name == "done") {
        page = page.notice(super::done_notice(&visit.ui, &t!(visit.ui, "acts-done"), None));
    }
    Ok(page.into_response())
}

/// Whether the visitor may agree for this community.
fn may(visit: &Visit, book: &Book) -> bool {
    book.own().is_some_and(|own| visit.may(book, Action::ShareData, &Resource::community(own.clone())))
}

fn page<'a>(app: &App, visit: &'a Visit, fields: &Fields, trouble: &Trouble) -> Page<'a> {
    let ui = &visit.ui;
    let view = look(app, visit, |lens| lens.sharing());
    let may = app.node.read(|book| may(visit, book));
    let rows = leaving(app, visit, SHOWN);
    let neighbours = view.neighbours;
    let draft = app.node.read(|book| {
        let text = Agreement::draft_of(book.region(), ui.now.day(&ui.zone));
        // The same text was put up today already, and may be over: a new one has another name.
        let again = format!("title = \"{}. ", book.agreements().len() + 1);
        let known = book.agreement(Agreement::digest_of(&text)).is_some();
        if known { text.replacen("title = \"", &again, 1) } else { text }
    });
    let is_over = |one: &&AgreementView| one.days_left < 1 || one.standing == Some("ended");
    let (over, open): (Vec<&AgreementView>, Vec<&AgreementView>) = view.agreements.iter().partition(is_over);
    let body = html! {
        div.stack {
            (trouble.show(ui))
            @if view.own.is_some() { (card(&t!(ui, "sharing-leaves"), &shown::leaves(ui, &view))) }
            @for one in &open { (shown::agreement(ui, one, &acts(visit, one, may))) }
            @if open.is_empty() { p.muted { (t!(ui, "sharing-none")) } }
            @if may { (card(&t!(ui, "sharing-propose"), &propose(visit, fields, trouble, &draft))) }
            @if view.served.iter().any(|row| row.published) || !rows.is_empty() && !view.served.is_empty() {
                (card(&t!(ui, "sharing-served"), &shown::served(ui, &view.served)))
            }
            @if !rows.is_empty() { (card(&t!(ui, "sharing-tonight"), &shown::tonight(ui, &rows, neighbours))) }
            @if !over.is_empty() {
                (more(&t!(ui, "sharing-over"), &html! { div.stack { @for one in &over { (shown::agreement(ui, one, &html! {})) } } }))
            }
        }
    };
    Page::new(ui, t!(ui, "sharing-title"))
        .headline(headline(visit, &view))
        .lead(t!(ui, "sharing-lead"))
        .body(body)
}

fn headline(visit: &Visit, view: &SharingView) -> String {
    let ui = &visit.ui;
    if view.own.is_none() {
        return t!(ui, "sharing-headline-copy");
    }
    let stock = view.datasets.iter().find(|one| one.dataset == "stock");
    match stock.map_or(0, |one| one.readers.len()) {
        0 => t!(ui, "sharing-headline-nobody"),
        readers => t!(ui, "sharing-headline", n = i64::try_from(readers).unwrap_or(0)),
    }
}

fn acts(visit: &Visit, view: &AgreementView, may: bool) -> Markup {
    let ui = &visit.ui;
    let button = |word: &str, label: String, weight| {
        post_button(ui, "/agreement", &label, weight, &[("do", word), ("text", &view.digest)])
    };
    html! {
        @if may {
            div.actions {
                @match view.standing {
                    Some("proposed") => { (button("sign", t!(ui, "sharing-sign"), Weight::Primary)) }
                    Some("holds" | "ahead") => {
                        (more(&t!(ui, "sharing-end"), &html! {
                            p { (t!(ui, "sharing-end-how")) }
                            (button("end", t!(ui, "sharing-end-now"), Weight::Danger))
                        }))
                    }
                    _ => {}
                }
            }
        }
    }
}

fn propose(visit: &Visit, fields: &Fields, trouble: &Trouble, draft: &str) -> Markup {
    let ui = &visit.ui;
    let text = if fields.has("agreement") { fields.text("agreement") } else { draft };
    let body = html! {
        input type="hidden" name="do" value="propose";
        (Field::new("agreement", t!(ui, "sharing-propose-text")).input(Input::Lines).hint(t!(ui, "sharing-propose-hint"))
            .value(text).error(trouble.of("agreement")).show(ui))
        div.actions { (submit(&t!(ui, "sharing-propose-go"), Weight::Secondary)) }
    };
    // What was typed and what is wrong with it is seen at once.
    let is_open = fields.has("agreement");
    html! {
        details open[is_open] { summary { (t!(ui, "sharing-propose-open")) } (form_with(ui, "/agreement", trouble, &body)) }
    }
}

async fn act(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let act = posted.act()?;
    let digest = || {
        let known = app.node.read(Book::agreements);
        let found =
            known.iter().map(|known| known.digest).find(|known| known.to_string() == fields.text("text"));
        found.ok_or_else(|| Problem::new(Kind::NotFound))
    };
    let show = |trouble: &Trouble| -> Answer { Ok(mend(page(&app, visit, fields, trouble))) };
    if fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let command = match fields.text("do") {
        "sign" => BookCommand::SignAgreement { act, text: digest()? },
        "end" => BookCommand::EndAgreement { act, text: digest()? },
        _ => {
            // What a browser sends has other line ends than the file that others sign.
            let text = fields.text("agreement").replace("\r\n", "\n").trim().to_owned() + "\n";
            if let Err(faults) = Agreement::parse(&text) {
                let words: Vec<String> = faults.iter().take(10).map(ToString::to_string).collect();
                return show(&Trouble::faults(vec![("agreement".to_owned(), words.join(" · "))]));
            }
            BookCommand::ProposeAgreement { act, text }
        }
    };
    match hand_over(&app, &posted, command).await? {
        Said::Done => Ok(see_other("/agreement?done=yes")),
        Said::Ask(_) => Err(Problem::new(Kind::Conflict).into()),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}
