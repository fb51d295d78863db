//! What if: one item planned again with other figures, while sliders move. Nothing here is kept, and nothing follows from it.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_authority::Sight;
use koinon_core::region::Item;
use koinon_core::{CorridorCode, ItemCode, PlaceCode};
use koinon_match::Problem as Question;
use koinon_match::what_if::{Change, Effect, alone, what_if};
use maud::{Markup, html};

use super::{days, in_sentence};
use crate::app::App;
use crate::components::{Column, Table, card, empty, link_button};
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::live;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::views::{Amount, Lens, Named};
use crate::visit::{Visit, percent};

/// What is asked; figures in percent of what was said, kilograms on each vehicle.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct Asked {
    /// The item's code.
    #[serde(default)]
    item: String,
    /// The place whose figures are changed.
    #[serde(default)]
    at: String,
    /// Percent more or less in stock than counted; -100 to 100.
    #[serde(default)]
    count: i32,
    /// Percent more or less kept; -100 to 100.
    #[serde(default)]
    keeps: i32,
    /// Percent more or less asked for; -100 to 100.
    #[serde(default)]
    asks: i32,
    /// Kilograms and litres more on each vehicle from and to the place; 0 to 4,000.
    #[serde(default)]
    room: u32,
}

/// The most kilograms that the slider adds to each vehicle.
const ROOM_MAX: u32 = 4_000;

impl Asked {
    /// The page for an item and a place, nothing changed.
    pub fn href(item: &str, at: &str) -> String {
        format!("/suggestions/what-if?item={}&at={}", percent(item), percent(at))
    }

    /// The same with every figure within its bounds.
    fn bounded(self) -> Self {
        let bound = |percent: i32| percent.clamp(-100, 100);
        let (count, keeps, asks) = (bound(self.count), bound(self.keeps), bound(self.asks));
        Self { count, keeps, asks, room: self.room.min(ROOM_MAX), ..self }
    }

    fn changes(&self, question: &Question, at: &PlaceCode) -> Vec<Change> {
        let per_mille = |percent: i32| u32::try_from(1_000 + 10 * percent).unwrap_or(0);
        let place = || at.clone();
        let mut changes = Vec::new();
        if self.count != 0 {
            let stock: i64 = question.stock.iter().filter(|one| one.place == *at).map(|one| one.amount).sum();
            let by = i128::from(stock) * i128::from(self.count) / 100;
            changes.push(Change::Counted { place: place(), by: i64::try_from(by).unwrap_or(0) });
        }
        if self.keeps != 0 {
            changes.push(Change::Keeps { place: place(), per_mille: per_mille(self.keeps) });
        }
        if self.asks != 0 {
            changes.push(Change::Asks { place: place(), per_mille: per_mille(self.asks) });
        }
        if self.room > 0 {
            let there = question.departures.iter().filter(|one| one.from == *at || one.to == *at);
            let corridors: std::collections::BTreeSet<&CorridorCode> =
                there.map(|one| &one.corridor).collect();
            let (kg, litre) = (self.room, self.room);
            changes.extend(corridors.into_iter().map(|one| Change::Takes {
                corridor: one.clone(),
                kg,
                litre,
            }));
        }
        changes
    }
}

/// What a plan does for one place, as it is and as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where.
    pub place: Named,
    /// As it is.
    pub now: Side,
    /// As it would be.
    pub then: Side,
}

/// What a plan does for one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// What comes.
    pub comes: Option<Amount>,
    /// What goes.
    pub goes: Option<Amount>,
    /// Whole days that it lasts.
    pub days: Option<i64>,
    /// What lives depend on and stays open.
    pub open: Option<Amount>,
}

/// What is shown: the item, the place whose figures move, the places to choose from, and what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// What.
    pub item: Named,
    /// Whose figures move.
    pub at: Named,
    /// Places to choose from: those whose amounts the reader may see.
    pub places: Vec<Named>,
    /// What follows, for the same places.
    pub lines: Vec<Line>,
    /// How many places are not shown to this reader.
    pub hidden: usize,
}

impl Lens<'_> {
    /// What one plan and another do for each place that the reader may see; `None` where nothing of it is shown.
    pub fn what_if(&self, item: &Item, at: &PlaceCode, (now, then): (&[Effect], &[Effect])) -> Option<View> {
        let seen = |place: &PlaceCode| {
            let keeper = self.region().keeper_of(place).unwrap_or_else(|| place.community());
            self.sight_of(item, &keeper) == Sight::Amount
        };
        if !self.sees_amounts() || !seen(at) {
            return None;
        }
        let amount = |base: i64| Amount::of(i128::from(base), item.dimension).filter(|_| base > 0);
        let side = |effect: &Effect| Side {
            comes: amount(effect.comes),
            goes: amount(effect.goes),
            days: effect.days_after,
            open: amount(effect.open.0),
        };
        let shown = now.iter().zip(then).filter(|(now, _)| seen(&now.place));
        let line = |(now, then): (&Effect, &Effect)| Line {
            place: self.place(&now.place),
            now: side(now),
            then: side(then),
        };
        let mut lines: Vec<Line> = shown.map(line).collect();
        let hidden = now.len().saturating_sub(lines.len());
        let places = lines.iter().map(|line| line.place.clone()).collect();
        // The place in question first, then where something would change.
        lines.sort_by_key(|line| (line.place.code != at.as_str(), line.now == line.then));
        Some(View { item: self.item(&item.code), at: self.place(at), places, lines, hidden })
    }
}

/// The page.
pub fn page<'a>(ui: &'a Ui, view: &View, asked: &Asked) -> Page<'a> {
    let sliders = html! {
        input type="hidden" name="item" value=(view.item.code);
        label.field {
            span { (t!(ui, "what-if-place")) }
            select name="at" {
                @for place in &view.places {
                    option value=(place.code) selected[place.code == view.at.code] { (place.name) }
                }
            }
        }
        (slider(&t!(ui, "what-if-count"), "count", asked.count, (-100, 100, 5)))
        (slider(&t!(ui, "what-if-keeps"), "keeps", asked.keeps, (-100, 100, 5)))
        (slider(&t!(ui, "what-if-asks"), "asks", asked.asks, (-100, 100, 5)))
        (slider(&t!(ui, "what-if-room"), "room", i32::try_from(asked.room).unwrap_or(0), (0, 4_000, 250)))
        noscript { button.button type="submit" { (t!(ui, "what-if-try")) } }
    };
    let body = html! {
        div.stack {
            (card(&t!(ui, "what-if-figures"), &html! {
                div.sliders { (live::filter_form("/suggestions/what-if", "what-if-answer", &sliders)) }
            }))
            div #what-if-answer { (card(&t!(ui, "what-if-answer"), &answer(ui, view, asked))) }
            div.actions { (link_button(&super::sensitivity::href(&view.item.code), &t!(ui, "leans-link"), false)) }
        }
    };
    Page::new(ui, t!(ui, "what-if-title"))
        .section(Section::Transfers)
        .headline(t!(ui, "what-if-headline", item = view.item.name.as_str()))
        .lead(t!(ui, "what-if-lead"))
        .crumb("/", t!(ui, "nav-region"))
        .crumb("/suggestions", t!(ui, "region-suggestions"))
        .body(body)
}

fn slider(label: &str, name: &str, value: i32, (least, most, step): (i32, i32, i32)) -> Markup {
    html! {
        label.field {
            span { (label) }
            input type="range" name=(name) min=(least) max=(most) step=(step) value=(value);
        }
    }
}

/// What is assumed, in words, and what follows.
fn answer(ui: &Ui, view: &View, asked: &Asked) -> Markup {
    let columns = [
        Column::head(t!(ui, "col-place")),
        Column::text(t!(ui, "what-if-now")),
        Column::text(t!(ui, "what-if-then")),
    ];
    let rows = view.lines.iter().map(|line| {
        let changed = line.now != line.then;
        [
            html! { (line.place.name) },
            side(ui, &line.now),
            html! { @if changed { strong { (side(ui, &line.then)) } } @else { span.muted { (t!(ui, "what-if-same")) } } },
        ]
    });
    html! {
        p aria-live="polite" { (assumed(ui, view, asked)) }
        (Table::new(t!(ui, "what-if-answer"), columns).rows(rows))
        @if view.hidden > 0 {
            p.small.muted { (t!(ui, "what-if-hidden", n = super::count_of(view.hidden))) }
        }
        p.small.muted { (t!(ui, "what-if-room-left")) }
    }
}

fn assumed(ui: &Ui, view: &View, asked: &Asked) -> String {
    let (place, item) = (view.at.name.as_str(), in_sentence(&view.item.name));
    let of = |percent: i32| ui.number(i64::from(100 + percent));
    let mut said = Vec::new();
    if asked.count != 0 {
        said.push(t!(
            ui,
            "what-if-said-count",
            place = place,
            item = item.as_str(),
            percent = of(asked.count)
        ));
    }
    if asked.keeps != 0 {
        said.push(t!(ui, "what-if-said-keeps", place = place, percent = of(asked.keeps)));
    }
    if asked.asks != 0 {
        said.push(t!(ui, "what-if-said-asks", place = place, percent = of(asked.asks)));
    }
    if asked.room > 0 {
        let kg = ui.number(i64::from(asked.room));
        said.push(t!(ui, "what-if-said-room", place = place, kg = kg));
    }
    if said.is_empty() { t!(ui, "what-if-said-nothing") } else { said.join(" ") }
}

fn side(ui: &Ui, side: &Side) -> Markup {
    let amount = |amount: Amount| ui.quantity(amount.0);
    html! {
        @if let Some(comes) = side.comes { div { (t!(ui, "what-if-gets", amount = amount(comes))) } }
        @if let Some(goes) = side.goes { div { (t!(ui, "what-if-gives", amount = amount(goes))) } }
        @if side.comes.is_none() && side.goes.is_none() { div { (t!(ui, "what-if-neither")) } }
        @if let Some(count) = side.days { div.small.muted { (t!(ui, "what-if-lasts", days = days(ui, count))) } }
        @if let Some(open) = side.open { div.small { (t!(ui, "what-if-open", amount = amount(open))) } }
    }
}

/// The page and its answers.
pub fn router() -> Router<App> {
    Router::new().route("/suggestions/what-if", get(show))
}

async fn show(State(app): State<App>, visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let asked = asked.bounded();
    let none = || Problem::new(Kind::NotFound).detail(t!(visit.ui, "what-if-none"));
    let code: ItemCode = asked.item.parse().map_err(|_| none())?;
    let at: PlaceCode = asked.at.parse().map_err(|_| none())?;
    let planned = app.plans.newest();
    let (question, item) = app.node.read(|book| {
        let question = alone(&book.problem(visit.ui.now), planned.as_ref().map(|one| &one.plan), &code);
        (question, book.region().item(&code).cloned())
    });
    let (question, item) = question.zip(item).ok_or_else(none)?;
    if !question.places.iter().any(|place| place.code == at) {
        return Err(none());
    }
    let changes = asked.changes(&question, &at);
    // Two plans of one item take some thousandths of a second in most regions; one that cannot be made shows nothing.
    let both = move || Some((what_if(&question, &[]).ok()?, what_if(&question, &changes).ok()?));
    let (now, then) = tokio::task::spawn_blocking(both).await.ok().flatten().ok_or_else(none)?;
    let view = super::look(&app, &visit, |lens| lens.what_if(&item, &at, (&now, &then)));
    Ok(match view {
        Some(view) => page(&visit.ui, &view, &asked).into_response(),
        None => Page::new(&visit.ui, t!(visit.ui, "what-if-title"))
            .section(Section::Transfers)
            .crumb("/suggestions", t!(visit.ui, "region-suggestions"))
            .narrow()
            .body(empty(Icon::Needs, &t!(visit.ui, "what-if-not-shown"), &html! {}))
            .into_response(),
    })
}
