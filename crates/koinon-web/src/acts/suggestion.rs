//! From a suggestion to a promise: send, send less, or not now. Only the giver can promise; the taker then answers.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::region::Item;
use koinon_core::{CorridorCode, Day, Quantity, TransferId};
use koinon_ledger::Act;
use koinon_ledger::command::Wished;
use koinon_match::Suggestion;
use koinon_match::problem::NeedRef;
use maud::html;

use super::fields::{Fields, Reader};
use super::{Answer, Said, Trouble, amount_field, form_with, mend, say};
use crate::app::App;
use crate::components::{facts, stack};
use crate::forms::{Weight, submit_as};
use crate::layout::{Page, Section};
use crate::plans::Planned;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::visit::{Posted, Stop, Visit, see_other};

pub(super) fn router() -> Router<App> {
    Router::new().route("/suggestion/{id}/send", get(form).post(send))
}

/// A suggestion of the newest plan.
///
/// # Errors
/// [`Stop`] where the figures have moved on and it is gone.
fn find(app: &App, visit: &Visit, id: &str) -> Result<(Arc<Planned>, Suggestion), Stop> {
    let planned = app.plans.newest();
    let found = planned.and_then(|planned| {
        let suggestion = planned.plan.suggestion(id)?.clone();
        Some((planned, suggestion))
    });
    let gone = || Problem::new(Kind::Conflict).detail(t!(visit.ui, "suggestion-gone"));
    found.ok_or_else(|| gone().into())
}

fn item_of<'a>(book: &'a Book, suggestion: &Suggestion) -> Result<&'a Item, Stop> {
    book.region().item(&suggestion.item).ok_or_else(|| Problem::new(Kind::NotFound).into())
}

async fn form(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> Answer {
    visit.actor()?;
    let (_, suggestion) = find(&app, &visit, &id)?;
    app.node.read(|book| {
        Ok(page(&visit, book, &suggestion, &Fields::default(), &Trouble::none())?.into_response())
    })
}

fn page<'a>(
    visit: &'a Visit,
    book: &Book,
    suggestion: &Suggestion,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let own = visit.own(book)?;
    if book.region().keeper_of(&suggestion.from).as_ref() != Some(&own) {
        let words = t!(ui, "suggestion-not-ours", giver = say::place(book, &suggestion.from));
        return Err(Problem::new(Kind::Forbidden).detail(words).into());
    }
    visit.permit(book, Action::Commit, &Resource::community(own).at_place(suggestion.from.clone()))?;
    let item = item_of(book, suggestion)?;
    let whole = Quantity::new(suggestion.amount, item.dimension).map_err(|_| Problem::new(Kind::Internal))?;
    let (digits, unit) = whole.in_typing_unit();
    let name = say::item_name(ui, book, item);
    let (from, to) = (say::place(book, &suggestion.from), say::place(book, &suggestion.to));
    let (_, leaves, arrives) = travel(suggestion, ui.now.day(&ui.zone));
    let rows = [
        (t!(ui, "transfer-leaves"), html! { (ui.date(leaves)) }),
        (t!(ui, "transfer-arrives"), html! { (ui.date(arrives)) }),
    ];
    let body = html! {
        (facts(&rows))
        div.actions {
            (submit_as("share", "all", &t!(ui, "suggestion-send", amount = ui.quantity(whole)), Weight::Primary))
        }
        (amount_field(ui, "quantity", &t!(ui, "suggestion-less"), item, if fields.has("quantity-unit") { fields.text("quantity-unit") } else { unit })
            .value(if fields.has("quantity") { fields.text("quantity").to_owned() } else { digits })
            .error(trouble.of("quantity"))
            .show(ui))
        div.actions {
            (submit_as("share", "less", &t!(ui, "suggestion-send-less"), Weight::Secondary))
        }
    };
    let headline =
        t!(ui, "transfer-headline", amount = ui.quantity(whole), item = name, from = from, to = to);
    Ok(Page::new(ui, t!(ui, "suggestion-title"))
        .headline(headline)
        .lead(t!(ui, "suggestion-lead"))
        .section(Section::Transfers)
        .narrow()
        .body(stack(&[
            form_with(ui, &format!("/suggestion/{}/send", suggestion.id), trouble, &body),
            super::pause::pause_form(ui, &suggestion.from, &suggestion.item),
        ])))
}

/// The way and its days: the route of the first load, the first departure, the last arrival; never before today.
fn travel(suggestion: &Suggestion, today: Day) -> (Vec<CorridorCode>, Day, Day) {
    let legs = || suggestion.loads.iter().flat_map(|load| &load.legs);
    let route = suggestion.loads.first().map_or(&[][..], |load| &load.legs);
    let leaves = legs().map(|leg| leg.leaves.day).min().unwrap_or(today).max(today);
    let arrives = legs().map(|leg| leg.arrives.day).max().unwrap_or(leaves).max(leaves);
    (route.iter().map(|leg| leg.corridor.clone()).collect(), leaves, arrives)
}

async fn send(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let (_, suggestion) = find(&app, visit, &id)?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| Ok(mend(page(visit, book, &suggestion, fields, trouble)?)))
    };
    if fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let act_id = posted.act()?;
    let transfer = TransferId::derived("koinon-web suggestion", &act_id.0);
    let read = app.node.read(|book| -> Result<_, Stop> {
        // Also asks whether the visitor may.
        page(visit, book, &suggestion, fields, &Trouble::none())?;
        let item = item_of(book, &suggestion)?;
        let whole =
            Quantity::new(suggestion.amount, item.dimension).map_err(|_| Problem::new(Kind::Internal))?;
        let mut reader = Reader::new(&visit.ui, fields);
        let quantity =
            if fields.text("share") == "less" { reader.quantity("quantity", item) } else { Some(whole) };
        if quantity.is_some_and(|quantity| quantity.is_zero() || quantity.is_negative()) {
            reader.fault("quantity", t!(visit.ui, "refusal-not-positive"));
        }
        let (route, leaves, arrives) = travel(&suggestion, visit.ui.now.day(&visit.ui.zone));
        let need = suggestion.needs.iter().find_map(|(need, _)| match need {
            NeedRef::Book(_, id) => Some(*id),
            NeedRef::Row(_) | NeedRef::Due(_) => None,
        });
        let act = quantity.map(|quantity| Act::Commit {
            transfer,
            from: suggestion.from.clone(),
            to: suggestion.to.clone(),
            lines: vec![Wished {
                item: item.code.clone(),
                lot: None,
                quantity,
                requested: (quantity != whole).then_some(whole),
            }],
            route,
            leaves,
            arrives,
            need,
            suggestion: Some(suggestion.id),
            return_by: None,
            standing: suggestion.due().cloned(),
        });
        Ok(reader.done(act))
    })?;
    let act = match read {
        Ok(act) => act,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    match super::hand_over_act(&app, &posted, act, None).await? {
        Said::Done => {
            let giver = app.node.read(|book| book.own().map(ToString::to_string)).unwrap_or_default();
            Ok(see_other(&format!("/transfer/{giver}/{transfer}?done=yes")))
        }
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Transfers)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}
