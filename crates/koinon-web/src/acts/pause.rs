//! "Not now" at either end: a place that this community keeps gives no more of an item until a day, or wants no more of it
//! sent; and gives or takes again.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::{Day, ItemCode, PlaceCode};
use koinon_ledger::Act;
use koinon_ledger::pause::Paused;
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

/// Which end says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Gives,
    Takes,
}

impl End {
    /// What it needs permission for.
    const fn action(self) -> Action {
        match self {
            Self::Gives => Action::Commit,
            Self::Takes => Action::Refuse,
        }
    }

    const fn act(self, place: PlaceCode, item: ItemCode, until: Option<Day>) -> Act {
        match self {
            Self::Gives => Act::PauseGiving { place, item, until },
            Self::Takes => Act::PauseTaking { place, item, until },
        }
    }
}

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/giving/pause", post(|app, posted| pause(app, posted, End::Gives)))
        .route("/giving/resume", post(|app, posted| resume(app, posted, End::Gives)))
        .route("/taking/pause", post(|app, posted| pause(app, posted, End::Takes)))
        .route("/taking/resume", post(|app, posted| resume(app, posted, End::Takes)))
}

/// The form that sets a place's giving aside.
pub(crate) fn pause_form(ui: &Ui, place: &PlaceCode, item: &ItemCode) -> Markup {
    let words = (t!(ui, "pause-how-long"), t!(ui, "suggestion-not-now"));
    form(ui, "/giving/pause", (place, item), words)
}

/// The form that says that a place wants no more of an item sent to it for a while.
pub(crate) fn enough_form(ui: &Ui, place: &PlaceCode, item: &ItemCode) -> Markup {
    let words = (t!(ui, "enough-how-long"), t!(ui, "enough-save"));
    html! { p.muted { (t!(ui, "enough-hint")) } (form(ui, "/taking/pause", (place, item), words)) }
}

/// Whether the visitor may say for a place that it wants no more.
pub(crate) fn may_say_enough(visit: &Visit, book: &Book, place: &PlaceCode) -> bool {
    let Some(own) = book.own() else { return false };
    book.region().keeper_of(place).as_ref() == Some(own)
        && visit.may(book, End::Takes.action(), &Resource::community(own.clone()).at_place(place.clone()))
}

fn form(
    ui: &Ui,
    action: &str,
    (place, item): (&PlaceCode, &ItemCode),
    (label, button): (String, String),
) -> Markup {
    let choices = CHOICES.map(|days| (days.to_string(), t!(ui, "days", n = days)));
    let fields = html! {
        input type="hidden" name="place" value=(place);
        input type="hidden" name="item" value=(item);
        (Field::new("days", label).choices(choices.to_vec()).value("7").within(item.as_str()).show(ui))
        (submit(&button, Weight::Quiet))
    };
    post_form(ui, action, &fields)
}

/// What the visitor's community has set aside, each with the way to take it back; nothing where nothing is.
pub(crate) fn paused_card(visit: &Visit, book: &Book) -> Option<Markup> {
    let ui = &visit.ui;
    let own = book.own()?;
    let (region, ledger) = (book.region(), book.ledger());
    let today = ui.now.day(&ui.zone);
    let row = |end: End, paused: Paused<'_>| {
        let item = region.item(paused.item)?;
        let ours = region.keeper_of(paused.place).as_ref() == Some(own);
        let resource = Resource::community(own.clone()).at_place(paused.place.clone());
        let (place, name, day) =
            (say::place(book, paused.place), say::item_name(ui, book, item), ui.date(paused.until));
        let (line, resume, back) = match end {
            End::Gives => (
                t!(ui, "pause-line", place = place, item = name, day = day),
                "/giving/resume",
                t!(ui, "pause-take-back"),
            ),
            End::Takes => (
                t!(ui, "enough-line", place = place, item = name, day = day),
                "/taking/resume",
                t!(ui, "enough-take-back"),
            ),
        };
        let hidden = [("place", paused.place.as_str()), ("item", paused.item.as_str())];
        let may = visit.may(book, end.action(), &resource);
        ours.then(|| {
            html! {
                li.stack-tight.stack {
                    p { (line) }
                    @if may { (post_button(ui, resume, &back, Weight::Secondary, &hidden)) }
                }
            }
        })
    };
    let given = ledger.pauses().on(region, today).filter_map(|paused| row(End::Gives, paused));
    let taken = ledger.takings().on(region, today).filter_map(|paused| row(End::Takes, paused));
    let rows: Vec<Markup> = given.chain(taken).collect();
    (!rows.is_empty())
        .then(|| card(&t!(ui, "pause-title"), &html! { ul.plain-list { @for row in &rows { (row) } } }))
}

async fn pause(State(app): State<App>, posted: Posted, end: End) -> Answer {
    let ui = &posted.visit.ui;
    let choices = CHOICES.map(|days| (days.to_string(), days));
    let choices: Vec<(&str, i32)> = choices.iter().map(|(word, days)| (word.as_str(), *days)).collect();
    let days = Reader::new(ui, &posted.fields).one_of("days", &choices).unwrap_or(7);
    let until = ui.now.day(&ui.zone).plus(days);
    record(&app, &posted, end, Some(until)).await
}

async fn resume(State(app): State<App>, posted: Posted, end: End) -> Answer {
    record(&app, &posted, end, None).await
}

async fn record(app: &App, posted: &Posted, end: End, until: Option<Day>) -> Answer {
    let visit = &posted.visit;
    visit.actor()?;
    let (place, item) = super::place_and_item(posted)?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        visit.permit(book, end.action(), &Resource::community(own).at_place(place.clone())).map(drop)
    })?;
    super::press(app, posted, end.act(place, item, until), Section::Transfers, "/suggestions").await
}
