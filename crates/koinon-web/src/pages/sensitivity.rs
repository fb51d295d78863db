//! What the suggestions for an item hang on: each figure a tenth lower and higher, how old it is and how it was found, and a
//! way to ask for a count. Asking moves nothing.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_authority::Sight;
use koinon_core::region::Item;
use koinon_core::{CommunityCode, Day, ItemCode, PlaceCode};
use koinon_ledger::demand::RateSource;
use koinon_ledger::lot::LastCount;
use koinon_match::sensitivity::{Figure, Leaning, Sensitivity, Shift, sensitivity};
use koinon_match::what_if::alone;
use maud::{Markup, html};

use super::{count_of, in_sentence};
use crate::acts::recount::{ask_button, may_ask};
use crate::acts::say;
use crate::app::App;
use crate::components::{Column, Table, age, card, empty, link_button};
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::views::{Amount, Lens, Named};
use crate::visit::{Visit, percent};

/// By how many thousandths each figure is lowered and raised.
const OFF: u32 = 100;
/// The most places of which a line says what would change for them.
const PLACES_SAID: usize = 3;

/// The page of an item.
pub fn href(item: &str) -> String {
    format!("/suggestions/figures?item={}", percent(item))
}

/// What is asked.
#[derive(Debug, Clone, Default, serde::Deserialize)]
struct Asked {
    /// The item's code.
    #[serde(default)]
    item: String,
}

/// How a figure is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The last count of its batches.
    Count(LastCount),
    /// Nothing of it was ever counted.
    NeverCounted,
    /// Use, as seen over so many days.
    Seen(i32),
    /// Use, as agreed for so many people.
    Agreed,
    /// Somebody stated it.
    Stated,
}

/// What would follow if a figure were otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Follows {
    /// What would come more to each place, as amount and whether it is less; the largest change first.
    pub gets: Vec<(Named, Amount, bool)>,
    /// How much more would stay open where lives depend on it, and whether it is less.
    pub lives: Option<(Amount, bool)>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whose.
    pub place: Named,
    /// Which.
    pub figure: Figure,
    /// What it says.
    pub said: Option<Amount>,
    /// How it is known.
    pub known: Known,
    /// If it were a tenth less.
    pub fewer: Follows,
    /// If it were a tenth more.
    pub more: Follows,
    /// Whether the reader's community keeps the place.
    pub is_ours: bool,
    /// Until when the reader's community asks for a count.
    pub asked: Option<Day>,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// What.
    pub item: Named,
    /// The gravest first.
    pub lines: Vec<Line>,
    /// How many figures change nothing.
    pub idle: usize,
    /// How many were not tried, or are not shown to this reader.
    pub hidden: usize,
}

impl Lens<'_> {
    /// What an item's plan hangs on, as far as the reader may see; `None` where it sees no amounts of it.
    pub fn leanings(&self, item: &Item, found: &Sensitivity) -> Option<View> {
        let own = self.book.own();
        let keeper = |place: &PlaceCode| self.region().keeper_of(place).unwrap_or_else(|| place.community());
        let seen = |place: &PlaceCode| self.sight_of(item, &keeper(place)) == Sight::Amount;
        if !self.sees_amounts() {
            return None;
        }
        let today = self.today();
        let asked = |place: &PlaceCode, by: &CommunityCode| {
            let mut all = self.book.ledger().counts_asked(self.region(), today);
            all.find(|one| one.by == by && one.place == place && *one.item == item.code).map(|one| one.until)
        };
        let shown: Vec<&Leaning> = found.leanings.iter().filter(|one| seen(&one.place)).collect();
        let hidden = found.leanings.len() - shown.len() + found.untried;
        let lines = shown.into_iter().map(|one| Line {
            place: self.place(&one.place),
            figure: one.figure,
            said: Amount::of(i128::from(one.said), item.dimension),
            known: self.known(item, one),
            fewer: self.follows(item, &one.fewer, &seen),
            more: self.follows(item, &one.more, &seen),
            is_ours: own == Some(&keeper(&one.place)),
            asked: own.and_then(|own| asked(&one.place, own)),
        });
        Some(View { item: self.item(&item.code), lines: lines.collect(), idle: found.idle, hidden })
    }

    fn known(&self, item: &Item, one: &Leaning) -> Known {
        let place = self.figures.places.get(&one.place);
        let figure = place.and_then(|place| place.items.get(&item.code)).map(|(_, all)| all);
        match one.figure {
            Figure::Stock => figure.and_then(|all| all.counted).map_or(Known::NeverCounted, Known::Count),
            Figure::Use => match figure.and_then(|all| all.rate) {
                Some((_, RateSource::Observed { days, .. })) => Known::Seen(days),
                _ => Known::Agreed,
            },
            Figure::Asked => Known::Stated,
        }
    }

    fn follows(&self, item: &Item, shift: &Shift, seen: &impl Fn(&PlaceCode) -> bool) -> Follows {
        let signed = |by: i64| {
            let amount = Amount::of(i128::from(by.saturating_abs()), item.dimension);
            amount.filter(|_| by != 0).map(|amount| (amount, by < 0))
        };
        let gets =
            shift.gets.iter().filter(|(place, _)| seen(place)).take(PLACES_SAID).filter_map(|(place, by)| {
                signed(*by).map(|(amount, is_less)| (self.place(place), amount, is_less))
            });
        Follows { gets: gets.collect(), lives: signed(shift.open.0) }
    }
}

/// The page. `may_ask` is whether the reader may ask for counts.
pub fn page<'a>(ui: &'a Ui, view: &View, may_ask: bool) -> Page<'a> {
    let item = in_sentence(&view.item.name);
    // Where nobody could do anything about a doubt, nothing is said of it.
    let acts = view.lines.iter().any(|line| line.figure == Figure::Stock && (line.is_ours || may_ask));
    let columns = [t!(ui, "leans-fewer"), t!(ui, "leans-more")].into_iter().map(Column::text);
    let doubts = acts.then(|| Column::text(t!(ui, "leans-doubt")));
    let columns = std::iter::once(Column::head(t!(ui, "leans-figure"))).chain(columns).chain(doubts);
    let rows = view.lines.iter().map(|line| {
        let figure = html! {
            (said(ui, line, &item))
            div.small.muted { (known(ui, line.known)) }
        };
        let doubts = acts.then(|| doubt(ui, line, &view.item.code, may_ask));
        [figure, follows(ui, &line.fewer), follows(ui, &line.more)].into_iter().chain(doubts)
    });
    let body = html! {
        div.stack {
            @if view.lines.is_empty() {
                (empty(Icon::Tick, &t!(ui, "leans-none", item = item.as_str()), &html! {}))
            } @else {
                (card(&t!(ui, "leans-title"), &html! {
                    (Table::new(t!(ui, "leans-title"), columns).rows(rows))
                    @if acts { p.small.muted { (t!(ui, "leans-asking")) } }
                }))
            }
            @if view.idle > 0 { p.small.muted { (t!(ui, "leans-idle", n = count_of(view.idle))) } }
            @if view.hidden > 0 { p.small.muted { (t!(ui, "leans-hidden", n = count_of(view.hidden))) } }
        }
    };
    Page::new(ui, t!(ui, "leans-title"))
        .section(Section::Transfers)
        .headline(t!(ui, "leans-headline", item = item.as_str()))
        .lead(t!(ui, "leans-lead"))
        .crumb("/", t!(ui, "nav-region"))
        .crumb("/suggestions", t!(ui, "region-suggestions"))
        .body(body)
}

fn said(ui: &Ui, line: &Line, item: &str) -> String {
    let place = line.place.name.as_str();
    let amount = line.said.map(|amount| ui.quantity(amount.0)).unwrap_or_default();
    match line.figure {
        Figure::Stock => t!(ui, "leans-stock", place = place, amount = amount, item = item),
        Figure::Use => t!(ui, "leans-use", place = place, amount = amount, item = item),
        Figure::Asked => t!(ui, "leans-asks", place = place, amount = amount, item = item),
    }
}

fn known(ui: &Ui, known: Known) -> Markup {
    match known {
        Known::Count(count) => html! { (say::how_counted(ui, &count)) ", " (age(ui, count.at)) },
        Known::NeverCounted => html! { (t!(ui, "count-never")) },
        Known::Seen(days) => html! { (t!(ui, "leans-seen", days = super::days(ui, i64::from(days)))) },
        Known::Agreed => html! { (t!(ui, "leans-agreed")) },
        Known::Stated => html! { (t!(ui, "leans-stated")) },
    }
}

fn follows(ui: &Ui, follows: &Follows) -> Markup {
    html! {
        @for (place, amount, is_less) in &follows.gets {
            div {
                @let (place, amount) = (place.name.as_str(), ui.quantity(amount.0));
                @if *is_less { (t!(ui, "leans-gets-less", place = place, amount = amount)) }
                @else { (t!(ui, "leans-gets-more", place = place, amount = amount)) }
            }
        }
        @if let Some((amount, is_less)) = follows.lives {
            div { strong {
                @let amount = ui.quantity(amount.0);
                @if is_less { (t!(ui, "leans-lives-less", amount = amount)) }
                @else { (t!(ui, "leans-lives-more", amount = amount)) }
            } }
        }
        @if follows.gets.is_empty() && follows.lives.is_none() { span.muted { (t!(ui, "what-if-same")) } }
    }
}

/// What a doubt can do: count oneself, or ask whoever keeps the place.
fn doubt(ui: &Ui, line: &Line, item: &str, may_ask: bool) -> Markup {
    match line.figure {
        Figure::Stock if line.is_ours => link_button("/count", &t!(ui, "count-title"), false),
        Figure::Stock if may_ask => ask_button(ui, &line.place.code, item, line.asked),
        _ => super::dash(ui),
    }
}

/// The page and its answers.
pub fn router() -> Router<App> {
    Router::new().route("/suggestions/figures", get(show))
}

async fn show(State(app): State<App>, visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let none = || Problem::new(Kind::NotFound).detail(t!(visit.ui, "leans-no-item"));
    let code: ItemCode = asked.item.parse().map_err(|_| none())?;
    let planned = app.plans.newest();
    let (question, item, may_ask) = app.node.read(|book| {
        let question = alone(&book.problem(visit.ui.now), planned.as_ref().map(|one| &one.plan), &code);
        (question, book.region().item(&code).cloned(), may_ask(&visit, book))
    });
    let (question, item) = question.zip(item).ok_or_else(none)?;
    let find = move || sensitivity(&question, OFF).ok();
    let found = tokio::task::spawn_blocking(find).await.ok().flatten().ok_or_else(none)?;
    let view = super::look(&app, &visit, |lens| lens.leanings(&item, &found));
    Ok(match view {
        Some(view) => page(&visit.ui, &view, may_ask).into_response(),
        None => Page::new(&visit.ui, t!(visit.ui, "leans-title"))
            .section(Section::Transfers)
            .crumb("/suggestions", t!(visit.ui, "region-suggestions"))
            .narrow()
            .body(empty(Icon::Needs, &t!(visit.ui, "what-if-not-shown"), &html! {}))
            .into_response(),
    })
}
