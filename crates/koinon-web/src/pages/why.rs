//! Why a suggestion: why this, why not more, why not from there; and the list of all, with what nobody can cover.

use koinon_core::{Day, ItemCode, PlaceCode, Timestamp};
use maud::{Markup, html};

use super::{about_or_dash, amount_or_dash, count_of, date, days, in_sentence};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::acts::pause::{enough_form, may_say_enough, paused_card};
use crate::app::App;
use crate::components::link_button;
use crate::components::{Column, Table, Tile, age, card, card_with, chip, empty, facts, tiles};
use crate::exports::{Format, Sheet, value};
use crate::i18n::Speak as _;
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::live::{self, Topic};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::views::{
    AgainstView, AlternativeView, LegView, LoadView, Named, SideView, SuggestionLine, SuggestionView,
    UnmetLine,
};
use crate::visit::{Visit, percent};

/// The page of one suggestion. `acts` holds what the reader may do about it.
pub fn page<'a>(ui: &'a Ui, view: &SuggestionView, made: Timestamp, acts: &Markup) -> Page<'a> {
    let line = &view.line;
    let what = match line.amount {
        Some(amount) => super::region::label(ui, &in_sentence(&line.item.name), Some(amount)),
        None => in_sentence(&line.item.name),
    };
    let headline =
        t!(ui, "why-headline", from = line.from.name.as_str(), to = line.to.name.as_str(), what = what);
    let body = html! {
        div.stack {
            (acts)
            @if line.amount.is_some() {
                (tiles(figures(ui, view)))
                p.small.muted { (t!(ui, "why-whole-plan")) }
            }
            (card(&t!(ui, "why-this"), &why_this(ui, view)))
            @if line.amount.is_some() {
                (card(&t!(ui, "why-not-more"), &why_not_more(ui, view)))
                (card(&t!(ui, "why-not-there"), &why_not_there(ui, &view.alternatives)))
                (card(&t!(ui, "why-travel"), &travel(ui, &view.loads)))
                div.actions {
                    (link_button(&super::sensitivity::href(&line.item.code), &t!(ui, "leans-link"), false))
                    (link_button(&super::what_if::Asked::href(&line.item.code, &line.to.code), &t!(ui, "what-if-link"), false))
                }
            }
            p.small.muted { (t!(ui, "why-checked")) " " span.code dir="ltr" { (short(&line.id)) } }
        }
    };
    Page::new(ui, t!(ui, "why-title"))
        .section(Section::Transfers)
        .headline(headline)
        .lead(t!(ui, "why-lead", ago = ui.lang().age(made, ui.now)))
        .crumb("/", t!(ui, "nav-region"))
        .crumb("/suggestions", t!(ui, "region-suggestions"))
        .body(body)
}

/// The first letters of a check number.
fn short(id: &str) -> String {
    id.chars().take(12).collect()
}

fn figures(ui: &Ui, view: &SuggestionView) -> Vec<Tile> {
    let line = &view.line;
    let change = |before: Option<i64>, after: Option<i64>| match (before, after) {
        (Some(before), Some(after)) if before != after => {
            format!("{} → {}", ui.number(before), days(ui, after))
        }
        (_, after) => after.map_or_else(String::new, |after| days(ui, after)),
    };
    let mut list = Vec::new();
    if line.taker_days_after.is_some() {
        let label = t!(ui, "why-days-at", place = line.to.name.as_str(), item = in_sentence(&line.item.name));
        list.push(Tile::new(label, change(line.taker_days_before, line.taker_days_after)));
    }
    if line.giver_days_after.is_some() {
        let label =
            t!(ui, "why-days-at", place = line.from.name.as_str(), item = in_sentence(&line.item.name));
        let tile = Tile::new(label, change(line.giver_days_before, line.giver_days_after));
        list.push(match line.giver_keeps_days {
            Some(keeps) => tile.note(html! { (t!(ui, "region-keeps", days = days(ui, keeps))) }),
            None => tile,
        });
    }
    list
}

fn why_this(ui: &Ui, view: &SuggestionView) -> Markup {
    let line = &view.line;
    let (to, item) = (line.to.name.as_str(), in_sentence(&line.item.name));
    html! {
        ul {
            @if line.serves != "cover" || line.amount.is_none() { li { (super::region::because(ui, line)) } }
            @if let (Some(before), Some(after)) = (line.taker_days_before, line.taker_days_after) {
                li { (super::region::taker_lasts(ui, to, &item, (before, after))) }
            }
            @if let (Some(after), Some(keeps)) = (line.giver_days_after, line.giver_keeps_days) {
                li { (t!(ui, "why-giver", from = line.from.name.as_str(), item = item.as_str(), after = after, keeps = days(ui, keeps))) }
            }
            @if !view.needs.is_empty() {
                li { a href="/needs" { (t!(ui, "why-needs", n = count_of(view.needs.len()), to = to)) } }
            }
        }
        @if line.amount.is_some() { (sides(ui, view)) }
    }
}

fn sides(ui: &Ui, view: &SuggestionView) -> Markup {
    let columns = [
        Column::head(t!(ui, "col-place")),
        Column::number(t!(ui, "why-before")),
        Column::number(t!(ui, "why-after")),
        Column::number(t!(ui, "col-keep")),
    ];
    let row = |name: &str, side: &SideView| {
        [
            html! { (name) },
            html! { (about_or_dash(ui, side.before)) @if let Some(count) = side.days_before { div.small.muted { (days(ui, count)) } } },
            html! { (about_or_dash(ui, side.after)) @if let Some(count) = side.days_after { div.small.muted { (days(ui, count)) } } },
            html! { (about_or_dash(ui, side.keeps)) @if let Some(count) = side.keeps_days { div.small.muted { (days(ui, count)) } } },
        ]
    };
    let rows = [row(&view.line.from.name, &view.giver), row(&view.line.to.name, &view.taker)];
    html! { (Table::new(t!(ui, "why-this"), columns).rows(rows)) }
}

fn why_not_more(ui: &Ui, view: &SuggestionView) -> Markup {
    let from = view.line.from.name.as_str();
    if view.against.is_empty() {
        return html! { p { (t!(ui, "why-enough", to = view.line.to.name.as_str())) } };
    }
    html! {
        ul {
            @for against in &view.against {
                li {
                    @match against {
                        AgainstView::FullDeparture { leg } => {
                            (t!(ui, "against-full", from = leg.from.name.as_str(), to = leg.to.name.as_str())) " "
                            (date(ui, Some(&leg.day))) ", " (clock(ui, leg.leaves_minute))
                        },
                        AgainstView::ShortDate { days: count } => {
                            (t!(ui, "against-short-date", days = days(ui, i64::from(*count))))
                        },
                        AgainstView::GiverAtFloor => { (t!(ui, "against-floor", from = from)) },
                        AgainstView::TakerFull => { (t!(ui, "against-taker-full", to = view.line.to.name.as_str())) },
                        AgainstView::RoundedDown { amount } => {
                            (t!(ui, "against-packs")) " " (amount_or_dash(ui, *amount))
                        },
                        AgainstView::LostOnTheWay { amount } => {
                            (t!(ui, "against-loss")) " " (amount_or_dash(ui, *amount))
                        },
                        AgainstView::RouteClosed { routes, minutes } => {
                            (t!(ui, "against-route-closed", routes = super::routes::named(ui, routes), time = t!(ui, "minutes", n = *minutes)))
                        },
                        AgainstView::MoreIfOpen { routes } => {
                            (t!(ui, "against-more-if-open", routes = super::routes::named(ui, routes)))
                        },
                    }
                }
            }
        }
    }
}

fn why_not_there(ui: &Ui, alternatives: &[AlternativeView]) -> Markup {
    if alternatives.is_empty() {
        return html! { p { (t!(ui, "why-no-others")) } };
    }
    let columns = [
        Column::head(t!(ui, "col-place")),
        Column::text(t!(ui, "why-not")),
        Column::number(t!(ui, "why-spare")),
        Column::number(t!(ui, "why-longer")),
    ];
    let rows = alternatives.iter().map(|other| {
        [
            html! { (other.from.name) },
            html! { (why_not(ui, other)) },
            about_or_dash(ui, other.spare),
            match other.extra_minutes {
                Some(minutes) if minutes < 0 => {
                    html! { (t!(ui, "why-shorter", time = t!(ui, "minutes", n = -minutes))) }
                }
                Some(minutes) => html! { (t!(ui, "why-longer-by", time = t!(ui, "minutes", n = minutes))) },
                None => super::dash(ui),
            },
        ]
    });
    html! { (Table::new(t!(ui, "why-not-there"), columns).rows(rows)) }
}

fn why_not(ui: &Ui, other: &AlternativeView) -> String {
    match other.why_not {
        "dearer" if other.extra_minutes.is_some_and(|minutes| minutes <= 0) => t!(ui, "why-not-less"),
        "dearer" => t!(ui, "why-not-farther"),
        "nothing-to-spare" => t!(ui, "why-not-nothing"),
        "gives-elsewhere" => t!(ui, "why-not-elsewhere"),
        "full" => t!(ui, "why-not-full"),
        "route-closed" => t!(ui, "why-not-route-closed"),
        _ => t!(ui, "why-not-no-way"),
    }
}

/// A minute of the day as a time.
fn clock(ui: &Ui, minute: u16) -> String {
    ui.lang().digits(&format!("{:02}:{:02}", minute / 60, minute % 60))
}

fn travel(ui: &Ui, loads: &[LoadView]) -> Markup {
    html! {
        @for load in loads {
            div.stack-tight.stack {
                p { strong { (amount_or_dash(ui, load.amount)) } }
                ol.plain-list { @for leg in &load.legs { li { (leg_line(ui, leg)) } } }
                @if !load.batches.is_empty() {
                    (facts(&load.batches.iter().map(|part| {
                        let store = &part.store.name;
                        let name = match &part.batch {
                            Some(batch) => format!("{store}, {}", t!(ui, "lot-batch", batch = batch.as_str())),
                            None => store.clone(),
                        };
                        let value = html! {
                            (amount_or_dash(ui, part.amount))
                            @if part.expires.is_some() {
                                span.small.muted { " · " (t!(ui, "col-good-until")) " " (date(ui, part.expires.as_deref())) }
                            }
                        };
                        (name, value)
                    }).collect::<Vec<_>>()))
                }
            }
        }
    }
}

fn leg_line(ui: &Ui, leg: &LegView) -> Markup {
    html! {
        strong { (leg.from.name) " → " (leg.to.name) }
        div.small.muted {
            (date(ui, Some(&leg.day))) ", " (clock(ui, leg.leaves_minute)) " – "
            @if leg.arrival_day != leg.day { (date(ui, Some(&leg.arrival_day))) ", " }
            (clock(ui, leg.arrives_minute))
        }
    }
}

/// All suggestions, and what nobody can cover.
pub fn list<'a>(
    ui: &'a Ui,
    (lines, unmet): (&[SuggestionLine], &[UnmetLine]),
    asked: &Asked,
    made: Option<Timestamp>,
    (paused, uncounted): (Option<&Markup>, &[String]),
) -> Page<'a> {
    let query = asked.query();
    let aside = html! { @if let Some(made) = made { span.small.muted { (t!(ui, "region-worked-out")) " " (age(ui, made)) } } };
    let body = html! {
        div.stack {
            @if !query.is_empty() { p { a href="/suggestions" { (t!(ui, "suggestions-all")) } } }
            @if let Some(paused) = paused { (paused) }
            @if lines.is_empty() && (query.is_empty() || unmet.is_empty()) {
                (empty(Icon::Needs, &t!(ui, "region-no-suggestions"), &html! {}))
            } @else if !lines.is_empty() {
                (card_with(&t!(ui, "region-suggestions"), &aside, &html! { (table(ui, lines)) }))
            }
            (super::take_away(ui, "/suggestions", &query))
            @if !unmet.is_empty() {
                (card(&t!(ui, "why-unmet"), &html! { (unmet_table(ui, unmet)) (super::take_away(ui, "/unmet", &query)) }))
            }
            @if !uncounted.is_empty() {
                p.muted { (t!(ui, "unmet-uncounted", names = ui.lang().list(uncounted))) }
            }
        }
    };
    Page::new(ui, t!(ui, "region-suggestions"))
        .section(Section::Transfers)
        .lead(t!(ui, "suggestions-lead"))
        .crumb("/", t!(ui, "nav-region"))
        .live(&[Topic::Region])
        .body(live::region("suggestions", &asked.href(), &[Topic::Region], &body))
}

/// What of the list is asked for; all of it where nothing is said.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct Asked {
    /// An item's code.
    #[serde(default)]
    item: String,
    /// The code of the place that would receive.
    #[serde(default)]
    to: String,
}

impl Asked {
    /// What could be sent of an item to a place.
    pub fn of(item: &ItemCode, to: &PlaceCode) -> Self {
        Self { item: item.to_string(), to: to.to_string() }
    }

    /// The address of the list.
    pub fn href(&self) -> String {
        let query = self.query();
        if query.is_empty() { "/suggestions".to_owned() } else { format!("/suggestions?{query}") }
    }

    fn query(&self) -> String {
        let parts = [("item", &self.item), ("to", &self.to)];
        let said = parts.iter().filter(|(_, code)| !code.is_empty());
        said.map(|(name, code)| format!("{name}={}", percent(code))).collect::<Vec<_>>().join("&")
    }

    fn from_query(query: &str) -> Self {
        Self { item: value(query, "item"), to: value(query, "to") }
    }

    fn holds(&self, item: &Named, to: &Named) -> bool {
        (self.item.is_empty() || self.item == item.code) && (self.to.is_empty() || self.to == to.code)
    }
}

fn table(ui: &Ui, lines: &[SuggestionLine]) -> Table {
    let columns = [
        Column::head(t!(ui, "col-what")),
        Column::number(t!(ui, "col-how-much")),
        Column::text(t!(ui, "col-from")),
        Column::text(t!(ui, "col-to")),
        Column::text(t!(ui, "col-why")),
        Column::act(t!(ui, "col-look")),
    ];
    Table::new(t!(ui, "region-suggestions"), columns).rows(lines.iter().map(|line| {
        [
            html! { (line.item.name) @if line.is_ours { " " (chip(&t!(ui, "suggestion-yours"))) } },
            amount_or_dash(ui, line.amount),
            html! { (line.from.name) },
            html! { (line.to.name) },
            html! { (super::region::because(ui, line)) },
            html! {
                a.button href={ "/suggestion/" (line.id) } {
                    (t!(ui, "region-why")) span.hidden { ": " (line.item.name) ", " (line.from.name) " – " (line.to.name) }
                }
            },
        ]
    }))
}

fn unmet_table(ui: &Ui, unmet: &[UnmetLine]) -> Table {
    let columns = [
        Column::head(t!(ui, "col-what")),
        Column::text(t!(ui, "col-place")),
        Column::number(t!(ui, "unmet-open")),
        Column::text(t!(ui, "unmet-in-the-way")),
    ];
    Table::new(t!(ui, "why-unmet"), columns).rows(unmet.iter().map(|one| {
        [
            html! { (one.item.name) },
            html! { (one.place.name) },
            amount_or_dash(ui, one.amount),
            html! { (in_the_way(ui, one)) },
        ]
    }))
}

/// What is in the way of something that stays open.
pub fn in_the_way(ui: &Ui, one: &UnmetLine) -> String {
    match one.why {
        "no-stock-above-floors" => t!(ui, "unmet-no-stock"),
        "shared-out" => t!(ui, "unmet-shared-out"),
        "no-route" => t!(ui, "unmet-no-route"),
        "nothing-cold" => t!(ui, "unmet-nothing-cold"),
        "nothing-safe" => t!(ui, "unmet-nothing-safe"),
        "too-late" => t!(ui, "unmet-too-late"),
        "doors-shut" => t!(ui, "unmet-doors-shut"),
        "dates-too-short" => t!(ui, "unmet-dates"),
        "capacity-full" => t!(ui, "unmet-full"),
        "no-room" => t!(ui, "unmet-no-room"),
        "route-closed" => super::routes::named(ui, &one.closed_routes),
        "paused" => {
            let said = one.paused.iter().map(|(place, until)| {
                let day = Day::parse(until).map(|day| ui.date(day)).unwrap_or_default();
                t!(ui, "unmet-paused", place = place.name.as_str(), day = day)
            });
            said.collect::<Vec<_>>().join(" ")
        }
        _ => t!(ui, "unmet-too-small"),
    }
}

/// The list, one suggestion, and the table to take away.
pub fn router() -> Router<App> {
    Router::new()
        .route("/suggestions", get(show_all))
        .route("/suggestion/{id}", get(show))
        .merge(crate::exports::routes("/suggestions", take))
        .merge(crate::exports::routes("/unmet", take_unmet))
}

async fn show(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let none = || Problem::new(Kind::NotFound).detail(t!(visit.ui, "why-gone"));
    let planned = app.plans.newest().ok_or_else(none)?;
    let found = super::look(&app, &visit, |lens| lens.suggestion_view(&planned.plan, &id));
    let Some(view) = found else { return Ok(replaced(&visit.ui)) };
    let acts = if view.line.we_give && visit.visitor.actor.is_some() {
        let send =
            link_button(&format!("/suggestion/{id}/send"), &t!(visit.ui, "region-look-and-decide"), true);
        // "Not now" and for how long stands on the same page as sending.
        html! { div.actions { (send) } }
    } else {
        enough(&app, &visit, &view)
    };
    Ok(page(&visit.ui, &view, planned.made, &acts).into_response())
}

/// Where the reader's community would take it: the way to say that it wants no more of it for a while.
fn enough(app: &App, visit: &Visit, view: &SuggestionView) -> Markup {
    let line = &view.line;
    let (Ok(place), Ok(item)) = (PlaceCode::new(&line.to.code), ItemCode::new(&line.item.code)) else {
        return html! {};
    };
    let may = app.node.read(|book| may_say_enough(visit, book, &place));
    if !may || line.serves != "cover" {
        return html! {};
    }
    let ui = &visit.ui;
    let title = t!(ui, "enough-title", item = in_sentence(&line.item.name));
    html! { details { summary { (title) } div.stack { (enough_form(ui, &place, &item)) } } }
}

/// A suggestion of an older plan: newer ones have taken its place.
fn replaced(ui: &Ui) -> Response {
    let ways = html! {
        div.actions {
            (link_button("/suggestions", &t!(ui, "region-suggestions"), true))
            (link_button("/transfers", &t!(ui, "nav-transfers"), false))
        }
    };
    let page = Page::new(ui, t!(ui, "why-replaced"))
        .section(Section::Transfers)
        .crumb("/suggestions", t!(ui, "region-suggestions"))
        .narrow()
        .body(empty(Icon::Needs, &t!(ui, "why-gone"), &ways));
    (axum::http::StatusCode::NOT_FOUND, page).into_response()
}

async fn show_all(State(app): State<App>, visit: Visit, Query(asked): Query<Asked>) -> Response {
    let planned = app.plans.newest();
    let paused = app.node.read(|book| paused_card(&visit, book));
    let (lines, unmet, uncounted) = super::look(&app, &visit, |lens| match &planned {
        Some(planned) => {
            let lines = planned.plan.all().filter_map(|one| lens.suggestion(one));
            let lines = lines.filter(|line| asked.holds(&line.item, &line.to));
            let unmet =
                lens.unmet(&planned.plan).into_iter().filter(|one| asked.holds(&one.item, &one.place));
            // A stated need is never left out; what only would be for cover says nothing where nothing is counted.
            let is_known = |one: &UnmetLine| {
                one.serves != "cover"
                    || PlaceCode::new(&one.place.code).is_ok_and(|place| lens.has_counts(&place))
            };
            let (unmet, unknown): (Vec<_>, Vec<_>) = unmet.partition(is_known);
            let names: std::collections::BTreeSet<String> =
                unknown.into_iter().map(|one| one.place.name).collect();
            (lines.collect::<Vec<_>>(), unmet, names.into_iter().collect::<Vec<_>>())
        }
        None => (Vec::new(), Vec::new(), Vec::new()),
    });
    let made = planned.map(|planned| planned.made);
    list(&visit.ui, (&lines, &unmet), &asked, made, (paused.as_ref(), &uncounted)).into_response()
}

fn take(app: &App, visit: &Visit, query: &str, format: Format) -> Response {
    let (planned, asked) = (app.plans.newest(), Asked::from_query(query));
    let lines: Vec<SuggestionLine> = super::look(app, visit, |lens| {
        let all = planned.iter().flat_map(|planned| planned.plan.all());
        all.filter_map(|one| lens.suggestion(one)).filter(|line| asked.holds(&line.item, &line.to)).collect()
    });
    Sheet::of("suggestions", &lines).answer(format)
}

fn take_unmet(app: &App, visit: &Visit, query: &str, format: Format) -> Response {
    let (planned, asked) = (app.plans.newest(), Asked::from_query(query));
    let mut unmet =
        super::look(app, visit, |lens| planned.map_or_else(Vec::new, |planned| lens.unmet(&planned.plan)));
    unmet.retain(|one| asked.holds(&one.item, &one.place));
    Sheet::of("unmet", &unmet).answer(format)
}
