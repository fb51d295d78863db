//! Asking somebody to count again, asking no more, and what others ask of the visitor's community.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::{Day, PlaceCode};
use koinon_ledger::Act;
use maud::{Markup, html};

use super::{Answer, say};
use crate::app::App;
use crate::components::card;
use crate::forms::{Weight, post_button};
use crate::layout::Section;
use crate::pages::sensitivity;
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Visit};

/// For how many days a count is asked for with one tap.
const DAYS: i32 = 7;

pub(super) fn router() -> Router<App> {
    Router::new().route("/counts/ask", post(ask)).route("/counts/ask-no-more", post(ask_no_more))
}

/// Whether the visitor may ask for a count in the name of the community whose book this is.
pub(crate) fn may_ask(visit: &Visit, book: &Book) -> bool {
    book.own().is_some_and(|own| visit.may(book, Action::StateNeed, &Resource::community(own.clone())))
}

/// The button that asks for a count; where the community asks already, until when, and the button that ends it.
pub(crate) fn ask_button(ui: &Ui, place: &str, item: &str, until: Option<Day>) -> Markup {
    let hidden = [("place", place), ("item", item)];
    html! {
        @match until {
            Some(until) => {
                div.small { (t!(ui, "recount-asked", day = ui.date(until))) }
                (post_button(ui, "/counts/ask-no-more", &t!(ui, "recount-no-more"), Weight::Quiet, &hidden))
            }
            None => (post_button(ui, "/counts/ask", &t!(ui, "recount-ask"), Weight::Secondary, &hidden)),
        }
    }
}

/// What others ask the visitor's community to count again; nothing where nobody does.
pub(super) fn asked_card(ui: &Ui, book: &Book) -> Option<Markup> {
    let own = book.own()?;
    let region = book.region();
    let today = ui.now.day(&ui.zone);
    let of_us = |place: &PlaceCode| region.keeper_of(place).as_ref() == Some(own);
    let asked = book.ledger().counts_asked(region, today).filter(|asked| of_us(asked.place));
    let lines: Vec<String> = asked
        .filter_map(|asked| {
            let item = say::item_name(ui, book, region.item(asked.item)?);
            let (by, place) = (say::place(book, &asked.by.place()), say::place(book, asked.place));
            Some(t!(ui, "recount-line", by = by, item = item, place = place, day = ui.date(asked.until)))
        })
        .collect();
    (!lines.is_empty()).then(|| {
        card(
            &t!(ui, "recount-title"),
            &html! {
                ul { @for line in &lines { li { (line) } } }
                p.small.muted { (t!(ui, "recount-why")) }
            },
        )
    })
}

async fn ask(State(app): State<App>, posted: Posted) -> Answer {
    let ui = &posted.visit.ui;
    let until = ui.now.day(&ui.zone).plus(DAYS);
    record(&app, &posted, Some(until)).await
}

async fn ask_no_more(State(app): State<App>, posted: Posted) -> Answer {
    record(&app, &posted, None).await
}

async fn record(app: &App, posted: &Posted, until: Option<Day>) -> Answer {
    let visit = &posted.visit;
    visit.actor()?;
    let (place, item) = super::place_and_item(posted)?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        visit.permit(book, Action::StateNeed, &Resource::community(own)).map(drop)
    })?;
    let back = sensitivity::href(item.as_str());
    let act = Act::AskCount { place, item, until };
    super::press(app, posted, act, Section::Transfers, &back).await
}
