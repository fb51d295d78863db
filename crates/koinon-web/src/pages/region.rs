//! The first page: one true sentence, the map, who has least, what could be sent, what just happened.

use koinon_chart::{Caption, LineChart, Reading, Series, Sparkline, Threshold, Tick};
use koinon_core::{Day, Dimension, Timestamp};
use maud::{Markup, html};

use super::{about, amount_or_dash, community_link, count_of, days, in_sentence, standing};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::components::{
    Column, Table, Tile, age, card, card_with, chart, chip, columns, decision, empty, link_button, live_mark,
    meter, status_word, tiles, timeline,
};
use crate::i18n::Speak as _;
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::live::{self, Topic};
use crate::t;
use crate::ui::Ui;
use crate::views::{
    Amount, Around, CommunityRow, Happened, Headline, History, RegionView, Stage, Standing, SuggestionLine,
    What, happened,
};
use crate::visit::Visit;

mod map;

pub use map::mode_name;

/// How many communities the list of those with least shows; the table under the map has all.
const LEAST_SHOWN: usize = 5;
/// How many suggestions the first page shows.
const SUGGESTIONS_SHOWN: usize = 6;
/// Days of food at which a bar is full.
const FULL_DAYS: i64 = 90;

/// After so long without a word a community is told of, once the day it was heard is over.
const QUIET_MS: i64 = 12 * 3_600_000;
/// How many happenings the page shows.
const JUST_NOW_SHOWN: usize = 8;

/// The page.
pub fn page<'a>(ui: &'a Ui, view: &RegionView, plan_age: Option<Timestamp>) -> Page<'a> {
    page_with(ui, view, plan_age, (None, None))
}

/// The page with the demo's opening above everything else, in place of the first suggestion to the reader, and with what
/// was let happen.
fn page_with<'a>(
    ui: &'a Ui,
    view: &RegionView,
    plan_age: Option<Timestamp>,
    (opening, world): (Option<Markup>, Option<Markup>),
) -> Page<'a> {
    let decision = opening.unwrap_or_else(|| for_you(ui, view));
    let decision = html! { @if let Some(world) = &world { (world) } (decision) };
    let body = live::region(
        "region",
        "/",
        &[Topic::Region, Topic::Stock, Topic::Transfers, Topic::Day],
        &body(ui, view, plan_age, &decision),
    );
    let title = if view.name.is_empty() { t!(ui, "nav-region") } else { view.name.clone() };
    Page::new(ui, title)
        .section(Section::Region)
        .headline(headline(ui, view))
        .lead(lead(ui, view))
        .live(&[Topic::Region, Topic::Stock, Topic::Transfers, Topic::Day])
        .body(body)
}

fn body(ui: &Ui, view: &RegionView, plan_age: Option<Timestamp>, decision: &Markup) -> Markup {
    if view.communities.is_empty() {
        return empty(Icon::Region, &t!(ui, "region-none-yet"), &html! {});
    }
    html! {
        div.stack {
            (decision)
            (tiles(figures(ui, view)))
            (columns(
                &html! {
                    (card(&t!(ui, "region-map"), &html! {
                        (map::picture(ui, &map::map(ui, view)))
                        (super::routes::closed_list(ui, &view.corridors))
                    }))
                    @if let Some(history) = &view.history {
                        (card(&t!(ui, "region-history", place = history.place.name.as_str()), &chart(ui, &curve(ui, history))))
                    }
                },
                &html! {
                    (card(&t!(ui, "region-least"), &least(ui, view)))
                    (not_heard(ui, view))
                    (card_with(&t!(ui, "region-just-now"), &live_mark(ui), &just_now(ui, &view.just_now)))
                },
            ))
            (suggestions(ui, view, plan_age))
        }
    }
}

/// The one true sentence.
pub fn headline(ui: &Ui, view: &RegionView) -> String {
    let has = |place: &str, group: &str, count: Option<i64>| match (count, group) {
        (Some(count), "water") => t!(ui, "region-has-water", place = place, n = count),
        (Some(count), _) => t!(ui, "region-has-food", place = place, n = count),
        (None, "water") => t!(ui, "region-low-water", place = place),
        (None, _) => t!(ui, "region-low-food", place = place),
    };
    match &view.headline {
        Headline::CanHelp { place, group, days, helper } => {
            let can = t!(ui, "region-can-help", helper = helper.name.as_str());
            format!("{} {can}", has(&place.name, group, *days))
        }
        Headline::HelpAgreed { place, group, days, helper } => {
            let agreed = t!(ui, "region-help-agreed", helper = helper.name.as_str());
            format!("{} {agreed}", has(&place.name, group, *days))
        }
        Headline::Alone { place, group, days } => {
            format!("{} {}", has(&place.name, group, *days), t!(ui, "region-no-help-yet"))
        }
        Headline::OneThing { place, item, days: count, else_enough } => {
            let (place, item) = (place.name.as_str(), in_sentence(&item.name));
            match (count, else_enough) {
                (Some(n), true) => {
                    t!(ui, "region-one-thing", place = place, item = item, days = days(ui, *n))
                }
                (None, true) => t!(ui, "region-one-thing-short", place = place, item = item),
                (Some(n), false) => {
                    t!(ui, "region-thing-days", place = place, item = item, days = days(ui, *n))
                }
                (None, false) => t!(ui, "region-thing", place = place, item = item),
            }
        }
        Headline::NothingCounted => t!(ui, "region-nothing-counted"),
        Headline::NobodyHeard => t!(ui, "region-nobody-heard"),
        Headline::NoFoodCounted { counted, of } => {
            t!(ui, "region-no-food-counted", counted = count_of(*counted), of = count_of(*of))
        }
        Headline::Unclear { unknown, of } => {
            t!(ui, "region-unclear", unknown = count_of(*unknown), of = count_of(*of))
        }
        Headline::Silent { place, count } => {
            let others = i64::try_from(count.saturating_sub(1)).unwrap_or(i64::MAX);
            t!(ui, "region-silent", place = place.name.as_str(), others = others)
        }
        Headline::Everyone { days: Some(count) } => t!(ui, "region-everyone-days", n = *count),
        Headline::Everyone { days: None } => t!(ui, "region-everyone"),
        Headline::NoRegion => t!(ui, "region-none-yet"),
    }
}

fn lead(ui: &Ui, view: &RegionView) -> String {
    let (enough, of) = (count_of(view.food_enough), count_of(view.communities.len()));
    if view.food_known == 0 {
        return t!(ui, "region-lead-in-touch", part = count_of(view.in_touch), of = of);
    }
    if view.food_median_days.is_some() {
        t!(ui, "region-lead-days", enough = enough, of = of, n = i64::from(view.watch_below_days))
    } else {
        t!(ui, "region-lead", enough = enough, of = of)
    }
}

/// The first suggestion in which the reader's own community would give, as a decision addressed to them.
fn for_you(ui: &Ui, view: &RegionView) -> Markup {
    let Some((line, amount)) =
        view.suggestions.iter().filter(|line| line.we_give).find_map(|line| Some((line, line.amount?)))
    else {
        return html! {};
    };
    let (item, to) = (in_sentence(&line.item.name), line.to.name.as_str());
    let sentence = t!(ui, "region-you-could", what = label(ui, &item, Some(amount)), to = to);
    let reasons = html! {
        ul {
            @if let (Some(before), Some(after)) = (line.taker_days_before, line.taker_days_after) {
                li { (taker_lasts(ui, to, &item, (before, after))) }
            }
            @if let (Some(after), Some(keeps)) = (line.giver_days_after, line.giver_keeps_days) {
                li { (t!(ui, "why-giver", from = line.from.name.as_str(), item = item.as_str(), after = after, keeps = days(ui, keeps))) }
            }
        }
    };
    let look = link_button(&format!("/suggestion/{}", line.id), &t!(ui, "region-look-and-decide"), true);
    decision(&sentence, &reasons, &look)
}

fn figures(ui: &Ui, view: &RegionView) -> Vec<Tile> {
    let of = |part: usize, all: usize| t!(ui, "part-of", part = count_of(part), all = count_of(all));
    let all = view.communities.len();
    let on_the_way = view.transfers.iter().filter(|line| line.stage == Stage::UnderWay).count();
    let mut list = Vec::new();
    let share = |label: String, median: Option<i64>, enough: usize, known: usize| match median {
        _ if known == 0 => Tile::new(label, t!(ui, "nothing-known")),
        Some(count) => Tile::new(label, days(ui, count))
            .note(html! { (t!(ui, "region-enough-of", part = count_of(enough), all = count_of(all))) }),
        None => Tile::new(label, of(enough, all)).note(html! { (t!(ui, "region-have-enough")) }),
    };
    let median = |group: &str, days: Option<i64>| match (group, days.is_some()) {
        ("food", true) => t!(ui, "region-food-median"),
        ("food", false) => t!(ui, "region-food"),
        (_, true) => t!(ui, "region-water-median"),
        (_, false) => t!(ui, "region-water"),
    };
    let groups = [
        ("food", view.food_median_days, (view.food_enough, view.food_known), &view.food_by_day),
        ("water", view.water_median_days, (view.water_enough, view.water_known), &view.water_by_day),
    ];
    for (group, middle, (enough, known), by_day) in groups {
        let label = median(group, middle);
        let mut tile = share(label.clone(), middle, enough, known);
        if let Some(curve) = small_curve(ui, label, by_day) {
            tile = tile.curve(&curve);
        }
        list.push(tile.link(format!("/stock?place=all&group={group}")));
    }
    list.push(
        Tile::new(t!(ui, "region-in-touch"), of(view.in_touch, all))
            .note(match silent_longest(ui, view) {
                Some((name, Some(heard))) => {
                    html! { (t!(ui, "region-last-heard", place = name)) " " (age(ui, heard)) }
                }
                Some((name, None)) => html! { (t!(ui, "region-never-heard", place = name)) },
                None => html! { (t!(ui, "region-in-touch-note")) },
            })
            .link("/touch"),
    );
    list.push(
        Tile::new(t!(ui, "region-open-transfers"), ui.number(count_of(view.transfers.len())))
            .note(html! { (t!(ui, "region-on-the-way", n = count_of(on_the_way))) })
            .link("/transfers"),
    );
    list
}

/// How a figure went over the last days, told in words for those who do not see it.
fn small_curve(ui: &Ui, label: String, by_day: &[(String, i64)]) -> Option<Sparkline> {
    let lang = ui.lang();
    let readings: Vec<Reading> = by_day
        .iter()
        .filter_map(|(day, count)| Some((Day::parse(day)?, *count)))
        .map(|(day, count)| {
            Reading::new(f64::from(day.0), plot(count), lang.date_short(day), days(ui, count))
        })
        .collect();
    let (first, last) = (readings.first()?, readings.last()?);
    let told = t!(
        ui,
        "region-curve-desc",
        from = first.text.clone(),
        since = first.when.clone(),
        to = last.text.clone()
    );
    let caption = Caption::new(label, told).rtl(lang.is_rtl());
    let headings = [t!(ui, "col-day"), t!(ui, "col-lasts")];
    Some(Sparkline { caption, headings, readings, floor: None })
}

/// Whether a community has not been heard today: not for half a day, nor since this day began.
fn is_quiet(ui: &Ui, row: &CommunityRow) -> bool {
    let heard = row.heard.as_deref().and_then(Timestamp::parse_rfc3339);
    heard.is_none_or(|at| at.plus_millis(QUIET_MS) < ui.now && at.day(&ui.zone) < ui.now.day(&ui.zone))
}

/// Who was not heard today, the longest silent first.
fn quiet<'a>(ui: &Ui, view: &'a RegionView) -> Vec<&'a CommunityRow> {
    let mut rows: Vec<&CommunityRow> = view.communities.iter().filter(|row| is_quiet(ui, row)).collect();
    rows.sort_by_key(|row| (row.heard.clone(), row.community.code.clone()));
    rows
}

fn silent_longest<'a>(ui: &Ui, view: &'a RegionView) -> Option<(&'a str, Option<Timestamp>)> {
    let first = quiet(ui, view).into_iter().next()?;
    Some((&first.community.name, first.heard.as_deref().and_then(Timestamp::parse_rfc3339)))
}

/// Who was not heard today, and when they last were.
fn not_heard(ui: &Ui, view: &RegionView) -> Markup {
    let rows = quiet(ui, view);
    let more = rows.len().saturating_sub(LEAST_SHOWN);
    html! {
        @if !rows.is_empty() {
            (card(&t!(ui, "region-not-heard"), &html! {
                ul.plain-list {
                    @for row in rows.iter().take(LEAST_SHOWN) {
                        li {
                            (community_link(&row.community)) " "
                            @match row.heard.as_deref().and_then(Timestamp::parse_rfc3339) {
                                Some(at) => span.small.muted { (t!(ui, "touch-heard")) ": " (age(ui, at)) },
                                None => span.small.muted { (t!(ui, "region-never")) },
                            }
                        }
                    }
                }
                p { a href="/touch" {
                    @if more > 0 { (t!(ui, "region-more-silent", n = count_of(more))) } @else { (t!(ui, "touch-who")) }
                } }
            }))
        }
    }
}

/// Whole days as a chart's number.
fn plot(days: i64) -> f64 {
    f64::from(i32::try_from(days).unwrap_or(i32::MAX))
}

/// How a community stands in a word; one that was heard and has counted no food is not silent.
fn row_word(ui: &Ui, row: &CommunityRow) -> String {
    if !row.shares {
        t!(ui, "sharing-not-shown")
    } else if row.in_touch && row.standing == Standing::Unknown {
        t!(ui, "status-uncounted")
    } else {
        status_word(ui, row.standing.status())
    }
}

fn row_standing(ui: &Ui, row: &CommunityRow) -> Markup {
    if !row.shares {
        chip(&t!(ui, "sharing-not-shown"))
    } else if row.in_touch && row.standing == Standing::Unknown {
        chip(&t!(ui, "status-uncounted"))
    } else {
        standing(ui, row.standing)
    }
}

/// An amount with its item, or the item alone where the amount is hidden.
pub fn label(ui: &Ui, item: &str, amount: Option<Amount>) -> String {
    match amount {
        Some(Amount(quantity)) if quantity.dimension() == Dimension::Count => {
            t!(ui, "pieces-of-item", n = quantity.amount(), item = item)
        }
        Some(amount) => t!(ui, "amount-of-item", amount = about(ui, amount), item = item),
        None => item.to_owned(),
    }
}

/// The communities with least, each with a bar of food and the mark of what all keep.
fn least(ui: &Ui, view: &RegionView) -> Markup {
    let share = |days: i64| u16::try_from(days.clamp(0, FULL_DAYS) * 1_000 / FULL_DAYS).unwrap_or(1_000);
    let floor = share(i64::from(view.watch_below_days));
    html! {
        ol.rank {
            @for row in view.communities.iter().take(LEAST_SHOWN) {
                li {
                    div.rank-head {
                        strong { (community_link(&row.community)) }
                        (row_standing(ui, row))
                    }
                    @if let Some(count) = row.food_days {
                        div.rank-bar class={ "rank-" (row.food.word()) } {
                            (meter(share(count), Some(floor)))
                            span.number { (days(ui, count)) }
                        }
                    }
                    @if let Some(worst) = row.worst.as_ref().filter(|worst| worst.standing != Standing::Enough) {
                        p.small.muted {
                            (t!(ui, "region-worst")) " "
                            a href={ "/stock/" (worst.item.code) } { (worst.item.name) }
                            @if let Some(count) = worst.days { ", " (days(ui, count)) }
                        }
                    }
                }
            }
        }
        @if view.food_median_days.is_some() {
            p.small.muted { (t!(ui, "region-bars-note", n = i64::from(view.watch_below_days))) }
        }
    }
}

fn suggestions(ui: &Ui, view: &RegionView, plan_age: Option<Timestamp>) -> Markup {
    let aside = html! {
        @if let Some(made) = plan_age {
            span.small.muted { (t!(ui, "region-worked-out")) " " (age(ui, made)) }
        }
    };
    if view.suggestions.is_empty() {
        let sentence = if plan_age.is_some() {
            t!(ui, "region-no-suggestions")
        } else {
            t!(ui, "region-still-thinking")
        };
        return card_with(&t!(ui, "region-suggestions"), &aside, &html! { p.muted { (sentence) } });
    }
    let table = Table::new(
        t!(ui, "region-suggestions"),
        [
            Column::head(t!(ui, "col-what")),
            Column::number(t!(ui, "col-how-much")),
            Column::text(t!(ui, "col-from")),
            Column::text(t!(ui, "col-to")),
            Column::text(t!(ui, "col-why")),
            Column::act(t!(ui, "col-look")),
        ],
    )
    .rows(view.suggestions.iter().take(SUGGESTIONS_SHOWN).map(|line| {
        [
            html! { (line.item.name) },
            amount_or_dash(ui, line.amount),
            html! { (line.from.name) },
            html! { (line.to.name) },
            html! { (because(ui, line)) },
            html! {
                a.button href={ "/suggestion/" (line.id) } {
                    (t!(ui, "region-why"))
                    span.hidden { ": " (line.item.name) ", " (line.from.name) " – " (line.to.name) }
                }
            },
        ]
    }));
    let more = view.suggestions.len().saturating_sub(SUGGESTIONS_SHOWN);
    card_with(
        &t!(ui, "region-suggestions"),
        &aside,
        &html! {
            (table)
            @if more > 0 {
                p { a href="/suggestions" { (t!(ui, "region-more-suggestions", n = count_of(more))) } }
            }
        },
    )
}

/// How long the taker's stock lasts now and afterwards; what adds no whole day says so.
pub fn taker_lasts(ui: &Ui, to: &str, item: &str, (before, after): (i64, i64)) -> String {
    if before == after {
        t!(ui, "why-taker-less-than-a-day", to = to, item = item, days = days(ui, after))
    } else {
        t!(ui, "why-taker", to = to, item = item, before = before, after = days(ui, after))
    }
}

/// Why, in one short sentence.
pub fn because(ui: &Ui, line: &SuggestionLine) -> String {
    let to = line.to.name.as_str();
    match (line.serves, line.taker_days_before, line.taker_days_after) {
        ("must-have", _, _) => t!(ui, "because-must-have", to = to),
        ("needed" | "useful", _, _) => t!(ui, "because-asked", to = to),
        ("agreed", _, _) => {
            let day = line.due.as_deref().and_then(Day::parse).map_or_else(String::new, |day| ui.date(day));
            t!(ui, "because-agreed", to = to, day = day)
        }
        ("spoiling", _, _) => t!(ui, "because-spoiling", from = line.from.name.as_str()),
        // Not one whole day more: "21 days now, 21 afterwards" would tell nobody anything.
        (_, Some(before), Some(after)) if before == after => {
            t!(ui, "because-less-than-a-day", to = to, days = days(ui, after))
        }
        (_, Some(before), Some(after)) => {
            t!(ui, "because-cover", to = to, before = before, after = days(ui, after))
        }
        _ => t!(ui, "because-less", to = to),
    }
}

fn just_now(ui: &Ui, recent: &[Happened]) -> Markup {
    if recent.is_empty() {
        return html! { p.muted { (t!(ui, "region-quiet")) } };
    }
    let entries: Vec<(Markup, Markup)> = recent
        .iter()
        .map(|one| {
            let when = html! { (age(ui, one.recorded)) };
            let what = sentence(ui, one);
            let what = html! {
                @if let Some(href) = &one.href { a.plain href=(href) { (what) } } @else { (what) }
            };
            (when, what)
        })
        .collect();
    timeline(&entries)
}

/// One happening as a sentence.
pub fn sentence(ui: &Ui, one: &Happened) -> String {
    let who = one.community.name.as_str();
    let item = one.item.as_ref().map_or_else(String::new, |item| in_sentence(&item.name));
    let what = label(ui, &item, one.amount);
    let other = one.other.as_ref().map_or("", |other| other.name.as_str());
    match one.what {
        What::Counted => t!(ui, "did-count", who = who, what = what),
        What::CameIn => t!(ui, "did-take-in", who = who, what = what),
        What::Lost => t!(ui, "did-lose", who = who, what = what),
        What::Corrected => t!(ui, "did-correct", who = who, item = item.as_str()),
        What::Held => t!(ui, "did-hold", who = who, item = item.as_str()),
        What::Recalled => t!(ui, "did-recall", who = who, item = item.as_str()),
        What::Needed => t!(ui, "did-need", who = who, what = what),
        What::Offered => t!(ui, "did-offer", who = who, what = what),
        What::Promised => t!(ui, "did-promise", who = who, what = what, other = other),
        What::Accepted => t!(ui, "did-accept", who = who, what = what, other = other),
        What::Declined => t!(ui, "did-decline", who = who, what = what, other = other),
        What::Countered => t!(ui, "did-counter", who = who, what = what, other = other),
        What::Objected => t!(ui, "did-object", who = who, what = what, other = other),
        What::Withdrew => t!(ui, "did-withdraw", who = who, what = what, other = other),
        What::Sent => t!(ui, "did-send", who = who, what = what, other = other),
        What::Received => t!(ui, "did-receive", who = who, what = what, other = other),
        What::Adopted => t!(ui, "did-adopt", who = who),
        What::Recovered => t!(ui, "did-recover", who = who),
        What::AskedForPeople => t!(ui, "did-ask-people", who = who),
        What::PromisedTeam => t!(ui, "did-promise-team", who = who, other = other),
        What::TookTeam => t!(ui, "did-take-team", who = who, other = other),
        What::SentTeam => t!(ui, "did-send-team", who = who),
        What::TeamHome => t!(ui, "did-team-home", who = who),
        What::AskedForService => t!(ui, "did-ask-service", who = who),
        What::PromisedService => t!(ui, "did-promise-service", who = who, other = other),
        What::TookService => t!(ui, "did-take-service", who = who, other = other),
        What::DidService => t!(ui, "did-do-service", who = who),
        What::DeclinedService => t!(ui, "did-decline-service", who = who, other = other),
        What::ClosedService => t!(ui, "did-close-service", who = who),
        What::Paused => t!(ui, "did-pause", who = who, item = item.as_str()),
        What::Enough => t!(ui, "did-enough", who = who, item = item.as_str()),
        What::Wished => t!(ui, "did-wish", who = who, item = item.as_str()),
        What::StandingProposed => t!(ui, "did-propose-standing", who = who, other = other),
        What::StandingAgreed => t!(ui, "did-agree-standing", who = who, other = other),
        What::StandingDeclined => t!(ui, "did-decline-standing", who = who, other = other),
        What::StandingEnded => t!(ui, "did-end-standing", who = who, other = other),
        What::Doubted => t!(ui, "did-ask-count", who = who, item = item.as_str(), other = other),
        What::RouteClosed => t!(
            ui,
            "did-close-route",
            who = who,
            route = super::routes::between(ui, one.route.as_ref()),
            how = super::routes::closed_word(ui, one.reason),
        ),
        What::RouteOpened => {
            t!(ui, "did-open-route", who = who, route = super::routes::between(ui, one.route.as_ref()))
        }
    }
}

/// Food over time, with the line that all keep.
pub fn curve(ui: &Ui, history: &History) -> LineChart {
    let lang = ui.lang();
    let parsed: Vec<(Day, i64)> =
        history.points.iter().filter_map(|(day, count)| Some((Day::parse(day)?, *count))).collect();
    let at = |day: Day| f64::from(day.0);
    let readings: Vec<Reading> = parsed
        .iter()
        .map(|(day, count)| Reading::new(at(*day), plot(*count), lang.date_short(*day), days(ui, *count)))
        .collect();
    let step = (parsed.len() / 6).max(1);
    let place = history.place.name.as_str();
    LineChart {
        caption: Caption::new(
            t!(ui, "region-history", place = place),
            t!(ui, "region-history-desc", place = place),
        )
        .rtl(lang.is_rtl()),
        headings: [t!(ui, "col-what"), t!(ui, "col-day"), t!(ui, "region-food")],
        series: vec![Series { label: t!(ui, "region-food"), readings }],
        fan: None,
        threshold: (history.keeps_days > 0).then(|| Threshold {
            value: f64::from(history.keeps_days),
            label: t!(ui, "region-keeps", days = days(ui, i64::from(history.keeps_days))),
        }),
        today: None,
        x_ticks: parsed
            .iter()
            .step_by(step)
            .map(|(day, _)| Tick::new(at(*day), lang.date_short(*day)))
            .collect(),
        y_ticks: y_ticks(
            ui,
            parsed.iter().map(|(_, count)| *count).max().unwrap_or(0).max(i64::from(history.keeps_days)),
        ),
    }
}

fn y_ticks(ui: &Ui, most: i64) -> Vec<Tick> {
    let step = if most > 120 {
        50
    } else if most > 40 {
        20
    } else {
        10
    };
    (0..=most / step + 1).map(|n| Tick::new(plot(n * step), ui.number(n * step))).collect()
}

/// The first page's address.
pub fn router() -> Router<App> {
    Router::new().route("/", get(show))
}

async fn show(State(app): State<App>, visit: Visit) -> Response {
    let opening = crate::demo::story::opening(&app, &visit).await;
    let world = crate::demo::panel::world(&app, &visit.ui);
    let mut view = view(&app, &visit);
    // The sentence above speaks of the same help as the decision under it.
    if opening.is_some()
        && let (Headline::CanHelp { place, helper, .. }, Some(story)) =
            (&mut view.headline, app.demo.as_ref().and_then(|demo| demo.story.as_ref()))
        && place.code == story.taker.as_str()
        && let Some(one) = view.suggestions.iter().find(|one| one.from.code == story.giver.as_str())
    {
        *helper = one.from.clone();
    }
    let made = app.plans.newest().map(|planned| planned.made);
    page_with(&visit.ui, &view, made, (opening, world)).into_response()
}

/// The region as a visitor sees it now, for the page and for the API.
pub fn view(app: &App, visit: &Visit) -> RegionView {
    let planned = app.plans.newest();
    let recent = app.plans.recent();
    super::look(app, visit, |lens| {
        let told = recent.iter().filter_map(|entry| {
            let community = lens.book.community_of(entry.origin.node)?;
            happened(lens, community, entry.stamp.recorded, &entry.fact)
        });
        let around = Around {
            plan: planned.as_deref().map(|planned| &planned.plan),
            recent: told.take(JUST_NOW_SHOWN).collect(),
        };
        lens.region_view(around)
    })
}
