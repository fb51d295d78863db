//! Care and work for others: what is asked for, what is promised, who could do it, and what is free.
//!
//! A suggestion is one button away from a promise of the provider's own community, and a promise one button away from a yes of who asked.
//! Nothing else here acts.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_aid::Reason;
use koinon_aid::service::Kind;
use koinon_core::Day;
use maud::{Markup, html};

use super::teams::{self, May, length, urgency};
use crate::acts::Answer;
use crate::acts::fields::Fields;
use crate::app::App;
use crate::components::{
    Column, Table, Tone, card, card_with, chip, empty, facts, link_button, more, notice,
};
use crate::exports::{Format, Sheet};
use crate::forms::{Weight, post_button};
use crate::i18n::Speak as _;
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::live::{self, Topic};
use crate::t;
use crate::ui::Ui;
use crate::views::services::{
    DayAmountView, ProviderView, ServiceOpenView, ServicePromiseView, ServiceRequestView, ServicesView,
    SuggestedServiceView, kind_of,
};
use crate::visit::Visit;

/// The page's address.
pub fn router() -> Router<App> {
    Router::new()
        .route("/services", get(show))
        .merge(crate::exports::routes("/services", take_providers))
        .merge(crate::exports::routes("/service-requests", take_requests))
}

async fn show(State(app): State<App>, visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Answer {
    let planned = app.plans.newest_of_services();
    let (view, may) =
        super::look(&app, &visit, |lens| (lens.services(planned.as_deref()), May::of(&visit, lens.book)));
    let mut page = page(&visit.ui, &view, may);
    if Fields::new(query).has("done") {
        page = page.notice(crate::acts::done_notice(&visit.ui, &t!(visit.ui, "acts-done"), None));
    }
    Ok(page.into_response())
}

fn take_providers(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    let view = super::look(app, visit, |lens| lens.services(None));
    Sheet::of("services", &view.providers).answer(format)
}

fn take_requests(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    let view = super::look(app, visit, |lens| lens.services(None));
    Sheet::of("service-requests", &view.requests).answer(format)
}

/// The page.
pub fn page<'a>(ui: &'a Ui, view: &ServicesView, may: May) -> Page<'a> {
    let open = view.requests.iter().filter(|request| request.open);
    let waiting = open.clone().filter(|request| request.wanted > 0).count();
    let headline = match (open.count(), waiting) {
        _ if ui.chrome.is_guest => t!(ui, "services-title"),
        (0, _) => t!(ui, "services-none-asked"),
        (_, 0) => t!(ui, "services-all-met"),
        (_, waiting) => t!(ui, "services-headline", n = super::count_of(waiting)),
    };
    let mut page = Page::new(ui, t!(ui, "services-title"))
        .headline(headline)
        .lead(t!(ui, "services-lead"))
        .section(Section::Needs)
        .crumb("/needs", t!(ui, "needs-title"))
        .live(&[Topic::Needs]);
    if ui.chrome.is_guest {
        page = page.notice(notice(ui, Tone::Info, &html! { (t!(ui, "services-members")) }));
    }
    page.body(html! {
        div.stack {
            @if may.ask || may.keep {
                div.row {
                    @if may.ask { (link_button("/services/ask", &t!(ui, "services-ask"), true)) }
                    @if may.keep { (link_button("/services/offer", &t!(ui, "services-offer"), !may.ask)) }
                }
            }
            (live::region("services-now", "/services", &[Topic::Needs], &html! {
                div.stack {
                    @if view.requests.is_empty() && !ui.chrome.is_guest {
                        (card(&t!(ui, "services-requests"), &empty(Icon::Needs, &t!(ui, "services-none-asked"), &html! {})))
                    }
                    @for request in &view.requests { (request_card(ui, request, may, view)) }
                    @if !view.requests.is_empty() { (super::take_away(ui, "/service-requests", "")) }
                    @if let Some(providers) = providers_card(ui, view, may) { (providers) }
                }
            }))
        }
    })
}

fn request_card(ui: &Ui, request: &ServiceRequestView, may: May, view: &ServicesView) -> Markup {
    let kind = kind_of(request.kind);
    let what = counted(ui, kind, i64::from(request.count), &request.service);
    let heading = t!(ui, "services-request", place = request.place.name.as_str(), what = what);
    let mut rows = vec![(t!(ui, "services-by"), html! { (super::date(ui, Some(&request.by))) })];
    if kind == Kind::Making {
        let each = t!(ui, "services-each-of", time = length(ui, i64::from(request.each)));
        rows.push((t!(ui, "services-takes"), html! { (each) }));
    }
    let stands = t!(
        ui,
        "services-met",
        promised = i64::from(request.promised),
        done = i64::from(request.done),
        wanted = i64::from(request.wanted),
    );
    let more = (request.promised + request.done).saturating_sub(request.count);
    rows.push((
        t!(ui, "services-stands"),
        html! {
            (stands)
            @if more > 0 { " " (t!(ui, "services-too-many", what = number_of(ui, kind, i64::from(more)))) }
        },
    ));
    let aside = html! {
        @if request.open { (chip(&urgency(ui, request.urgency))) } @else { (chip(&t!(ui, "services-over"))) }
    };
    card_with(
        &heading,
        &aside,
        &html! {
            div.stack {
                (facts(&rows))
                @if !request.promises.is_empty() {
                    div.stack { h3 { (t!(ui, "services-promises")) }
                        ul.plain-list { @for promise in &request.promises { li { (promised(ui, promise, request, may)) } } } }
                }
                @if !request.suggestions.is_empty() {
                    div.stack { h3 { (t!(ui, "services-suggested")) }
                        ul.plain-list { @for one in &request.suggestions { li { (suggested(ui, one, request, may)) } } }
                        @if let Some(made) = view.made.as_deref() { p.small.muted { (t!(ui, "services-made")) " " (super::ago(ui, Some(made))) } } }
                }
                @if let Some(open) = &request.stays_open { p { (stays_open(ui, open, request)) } }
                @if request.is_ours && request.open && may.ask {
                    p { a href={ "/services/ask?ask=" (request.ask) } { (t!(ui, "services-change")) } }
                }
            }
        },
    )
}

/// People or pieces of a service, in words.
pub fn counted(ui: &Ui, kind: Kind, count: i64, service: &str) -> String {
    match kind {
        Kind::Care => t!(ui, "services-people-of", n = count, what = service),
        Kind::Making => t!(ui, "services-pieces-of", n = count, what = service),
    }
}

/// A number of people or pieces alone.
pub fn number_of(ui: &Ui, kind: Kind, count: i64) -> String {
    match kind {
        Kind::Care => t!(ui, "services-people", n = count),
        Kind::Making => t!(ui, "services-pieces", n = count),
    }
}

/// What is taken of a day, in words: people, or time of machines.
fn amount(ui: &Ui, kind: Kind, amount: i64) -> String {
    match kind {
        Kind::Care => number_of(ui, kind, amount),
        Kind::Making => length(ui, amount),
    }
}

/// So many days are spelled out beside each other.
const DAYS_SPELLED: usize = 7;

/// On which days, in words, as far as a line has room.
pub fn days(ui: &Ui, kind: Kind, list: &[DayAmountView]) -> String {
    days_upto(ui, kind, list, DAYS_SPELLED)
}

/// Every day, in words.
pub fn all_days(ui: &Ui, kind: Kind, list: &[DayAmountView]) -> String {
    days_upto(ui, kind, list, usize::MAX)
}

fn days_upto(ui: &Ui, kind: Kind, list: &[DayAmountView], spelled: usize) -> String {
    let day = |one: &DayAmountView| Day::parse(&one.day).map(|day| ui.date(day)).unwrap_or_default();
    match list {
        [] => String::new(),
        [only] => day(only),
        [first, .., last] if list.len() > spelled => {
            t!(
                ui,
                "services-days-span",
                from = day(first),
                until = day(last),
                n = super::count_of(list.len())
            )
        }
        few => {
            let one = |one: &DayAmountView| {
                t!(ui, "services-on-day", day = day(one), what = amount(ui, kind, one.amount))
            };
            ui.lang().list(&few.iter().map(one).collect::<Vec<_>>())
        }
    }
}

/// A hospital or workshop with its community.
pub fn provider_words(ui: &Ui, community: &str, provider: &str) -> String {
    t!(ui, "services-provider-of", provider = provider, place = community)
}

fn promised(ui: &Ui, promise: &ServicePromiseView, request: &ServiceRequestView, may: May) -> Markup {
    let kind = kind_of(promise.kind);
    let path = format!("/services/promise/{}/{}", promise.community.code, promise.promise);
    let (home, id) = (promise.community.code.as_str(), promise.promise.as_str());
    let count = promise.count.to_string();
    let hidden = [("home", home), ("promise", id)];
    let all = [("home", home), ("promise", id), ("count", count.as_str())];
    html! {
        div.row {
            strong { (provider_words(ui, &promise.community.name, &promise.provider)) }
            (chip(&stage(ui, promise.stage)))
        }
        p {
            (number_of(ui, kind, i64::from(promise.count))) " · " (days(ui, kind, &promise.days))
            @if let Some(done) = promise.done { " · " (t!(ui, "services-done-for", what = number_of(ui, kind, i64::from(done)))) }
            @if let Some(code) = promise.reason { " · " (reason(ui, code)) }
        }
        div.row {
            @match promise.stage {
                "promised" if request.is_ours && may.ask => {
                    (post_button(ui, "/services/take", &t!(ui, "services-take"), Weight::Primary, &hidden))
                }
                "taken" if promise.is_ours && may.send => {
                    (post_button(ui, "/services/done", &t!(ui, "services-all-done"), Weight::Primary, &all))
                }
                _ => {}
            }
            a href=(path) { (t!(ui, "services-more")) }
        }
    }
}

fn suggested(ui: &Ui, one: &SuggestedServiceView, request: &ServiceRequestView, may: May) -> Markup {
    let kind = kind_of(request.kind);
    let uses: Vec<String> = one.days.iter().map(|day| format!("{}:{}", day.day, day.amount)).collect();
    let (uses, count) = (uses.join(","), one.count.to_string());
    html! {
        div.row { strong { (provider_words(ui, &one.community.name, &one.provider)) } }
        p {
            (number_of(ui, kind, one.count)) " · " (days(ui, kind, &one.days))
            @if one.way_minutes > 0 { " · " (t!(ui, "services-way", way = length(ui, one.way_minutes))) }
        }
        @if one.is_ours && may.promise {
            (post_button(ui, "/services/promise", &t!(ui, "services-promise"), Weight::Primary, &[
                ("provider", one.provider.as_str()), ("asker", request.asker.code.as_str()), ("ask", request.ask.as_str()),
                ("count", count.as_str()), ("days", uses.as_str()), ("suggestion", one.suggestion.as_str()),
            ]))
        } @else if !one.is_ours {
            p.small.muted { (t!(ui, "services-theirs", place = one.community.name.as_str())) }
        }
    }
}

fn stays_open(ui: &Ui, open: &ServiceOpenView, request: &ServiceRequestView) -> Markup {
    let what = counted(ui, kind_of(request.kind), open.count, &request.service);
    html! {
        strong { (t!(ui, "services-stays-open", what = what)) } " "
        @match open.why {
            "nobody" => { (t!(ui, "services-why-nobody")) }
            "no-way" => { (t!(ui, "services-why-no-way")) }
            "too-late" => { (t!(ui, "services-why-too-late")) }
            _ => { (t!(ui, "services-why-full")) }
        }
    }
}

fn providers_card(ui: &Ui, view: &ServicesView, may: May) -> Option<Markup> {
    let (ours, others): (Vec<&ProviderView>, Vec<&ProviderView>) =
        view.providers.iter().partition(|provider| provider.is_ours);
    if view.providers.is_empty() && !may.keep {
        return None;
    }
    Some(card(
        &t!(ui, "services-ours"),
        &html! {
            @if ours.is_empty() { p { (t!(ui, "services-ours-none")) } } @else { (providers_table(ui, &ours, may)) }
            @if !view.providers.is_empty() { (super::take_away(ui, "/services", "")) }
            @if !others.is_empty() {
                (more(&t!(ui, "services-others", n = super::count_of(others.len())), &html! { (providers_table(ui, &others, May::default())) }))
            }
        },
    ))
}

fn providers_table(ui: &Ui, providers: &[&ProviderView], may: May) -> Table {
    let mut columns = vec![
        Column::head(t!(ui, "services-who")),
        Column::text(t!(ui, "services-does")),
        Column::text(t!(ui, "services-per-day")),
        Column::text(t!(ui, "services-free")),
    ];
    if may.keep {
        columns.push(Column::act(t!(ui, "services-change-offer")));
    }
    Table::new(t!(ui, "services-ours"), columns).rows(providers.iter().map(|provider| {
        let kind = kind_of(provider.kind);
        let free: i64 = provider.free.iter().map(|day| day.amount).sum();
        let mut cells = vec![
            html! {
                @if provider.is_ours { bdi { (provider.provider) } }
                @else { (provider_words(ui, &provider.community.name, &provider.provider)) }
            },
            html! { (provider.services.join(", ")) },
            html! { (amount(ui, kind, i64::from(provider.per_day))) },
            html! { (amount(ui, kind, free)) },
        ];
        if may.keep {
            cells.push(html! {
                a href={ "/services/offer?provider=" (provider.provider) } { (t!(ui, "services-change-offer")) }
            });
        }
        cells
    }))
}

/// How far a promise has come, in a word.
pub fn stage(ui: &Ui, code: &str) -> String {
    match code {
        "promised" => t!(ui, "services-stage-promised"),
        "taken" => t!(ui, "services-stage-taken"),
        "declined" => t!(ui, "services-stage-declined"),
        "withdrawn" => t!(ui, "services-stage-withdrawn"),
        "done" => t!(ui, "services-stage-done"),
        _ => t!(ui, "services-stage-lapsed"),
    }
}

/// A reason in words.
pub fn reason(ui: &Ui, code: &str) -> String {
    match Reason::by_code(code) {
        Some(Reason::Enough) => t!(ui, "services-reason-enough"),
        Some(Reason::NotSuited) => t!(ui, "services-reason-not-suited"),
        Some(Reason::NotAble) => t!(ui, "services-reason-not-able"),
        _ => teams::reason(ui, code),
    }
}

/// The number by which the two houses speak of a promise: short enough for a telephone.
pub fn spoken_number(promise: &str) -> String {
    let tail = promise.len().checked_sub(8).and_then(|at| promise.get(at..)).unwrap_or(promise);
    tail.split_at_checked(4).map_or_else(|| tail.to_owned(), |(one, two)| format!("{one}-{two}"))
}
