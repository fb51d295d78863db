//! "Not now": a place that this community keeps gives no more of an item until a day, and gives again.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::{Day, ItemCode, PlaceCode};
use koinon_ledger::Act;
use maud::{Markup, html};

use super::fields::Reader;
use super::{Answer, say};
use crate::app::App;
use crate::components::card;
use crate::forms::{Field, Weight, post_button, post_form, submit};
use crate::layout::Section;
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Visit};

/// For how many days "not now" may be said with one tap.
const CHOICES: [i32; 3] = [3, 7, 30];

pub(super) fn router() -> Router<App> {
    Router::new().route("/giving/pause", post(pause)).route("/giving/resume", post(resume))
}

/// The form that sets a place's giving aside.
pub(crate) fn pause_form(ui: &Ui, place: &PlaceCode, item: &ItemCode) -> Markup {
    let choices = CHOICES.map(|days| (days.to_string(), t!(ui, "days", n = days)));
    let fields = html! {
        input type="hidden" name="place" value=(place);
        input type="hidden" name="item" value=(item);
        (Field::new("days", t!(ui, "pause-how-long")).choices(choices.to_vec()).value("7").show(ui))
        (submit(&t!(ui, "suggestion-not-now"), Weight::Quiet))
    };
    post_form(ui, "/giving/pause", &fields)
}

/// What the visitor's community has set aside, each with the way to take it back; nothing where nothing is.
pub(crate) fn paused_card(visit: &Visit, book: &Book) -> Option<Markup> {
    let ui = &visit.ui;
    let own = book.own()?;
    let region = book.region();
    let today = ui.now.day(&ui.zone);
    let ours = |place: &PlaceCode| region.keeper_of(place).as_ref() == Some(own);
    let may = |place: &PlaceCode| {
        visit.may(book, Action::Commit, &Resource::community(own.clone()).at_place(place.clone()))
    };
    let rows: Vec<Markup> = book
        .ledger()
        .pauses()
        .on(region, today)
        .filter(|paused| ours(paused.place))
        .filter_map(|paused| {
            let item = region.item(paused.item)?;
            let (place, name) = (say::place(book, paused.place), say::item_name(ui, book, item));
            let hidden = [("place", paused.place.as_str()), ("item", paused.item.as_str())];
            Some(html! {
                li.stack-tight.stack {
                    p { (t!(ui, "pause-line", place = place, item = name, day = ui.date(paused.until))) }
                    @if may(paused.place) {
                        (post_button(ui, "/giving/resume", &t!(ui, "pause-take-back"), Weight::Secondary, &hidden))
                    }
                }
            })
        })
        .collect();
    (!rows.is_empty())
        .then(|| card(&t!(ui, "pause-title"), &html! { ul.plain-list { @for row in &rows { (row) } } }))
}

async fn pause(State(app): State<App>, posted: Posted) -> Answer {
    let ui = &posted.visit.ui;
    let choices = CHOICES.map(|days| (days.to_string(), days));
    let choices: Vec<(&str, i32)> = choices.iter().map(|(word, days)| (word.as_str(), *days)).collect();
    let days = Reader::new(ui, &posted.fields).one_of("days", &choices).unwrap_or(7);
    let until = ui.now.day(&ui.zone).plus(days);
    record(&app, &posted, Some(until)).await
}

async fn resume(State(app): State<App>, posted: Posted) -> Answer {
    record(&app, &posted, None).await
}

async fn record(app: &App, posted: &Posted, until: Option<Day>) -> Answer {
    let visit = &posted.visit;
    visit.actor()?;
    let (place, item) = super::place_and_item(posted)?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        visit.permit(book, Action::Commit, &Resource::community(own).at_place(place.clone())).map(drop)
    })?;
    let act = Act::PauseGiving { place, item, until };
    super::press(app, posted, act, Section::Transfers, "/suggestions").await
}
