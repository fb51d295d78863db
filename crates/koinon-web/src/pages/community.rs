//! One community: how it stands, what it lacks, needs and offers, what goes between it and others.

#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a path to a method is not general enough over the lifetime of what is looked at"
)]

use koinon_core::region::Group;
use koinon_ledger::fact::Urgency;
use maud::{Markup, html};

use super::{ago, amount_or_dash, date, days, days_or_dash, item_link, standing};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_core::CommunityCode;

use crate::acts::say;
use crate::app::App;
use crate::components::{
    Column, Table, Tile, Tone, card, card_with, chart, columns, link_button, notice, tiles,
};
use crate::exports::{Format, Sheet};
use crate::icons::{Icon, icon};
use crate::layout::{Page, Section};
use crate::live::{self, Topic};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::views::{CommunityRow, CommunityView, NeedRow, OfferRow, Standing};
use crate::visit::Visit;

/// The page.
pub fn page<'a>(ui: &'a Ui, view: &CommunityView) -> Page<'a> {
    let code = &view.row.community.code;
    let url = format!("/community/{code}");
    let topics = [Topic::Stock, Topic::Needs, Topic::Transfers, Topic::Region];
    Page::new(ui, view.row.community.name.clone())
        .section(Section::Region)
        .headline(headline(ui, view))
        .lead(t!(ui, "community-lead", n = view.people))
        .crumb("/", t!(ui, "nav-region"))
        .live(&topics)
        .body(live::region("community", &url, &topics, &body(ui, view)))
}

/// What is true of it, in one sentence.
fn headline(ui: &Ui, view: &CommunityView) -> String {
    let place = view.row.community.name.as_str();
    match (view.row.food, view.row.food_days) {
        (Standing::Unknown, _) => t!(ui, "community-unknown", place = place),
        (_, Some(count)) => t!(ui, "region-has-food", place = place, n = count),
        (Standing::Enough, None) => t!(ui, "community-enough", place = place),
        (_, None) => t!(ui, "region-low-food", place = place),
    }
}

/// A group's name, by its word.
pub fn group_name(ui: &Ui, word: &str) -> String {
    let group = Group::ALL.into_iter().find(|group| group.word() == word);
    group.map_or_else(|| word.to_owned(), |group| say::group(ui, group))
}

fn body(ui: &Ui, view: &CommunityView) -> Markup {
    let code = &view.row.community.code;
    let groups = view.groups.iter().map(|(group, stands, count)| {
        let value = match count {
            Some(count) => days(ui, *count),
            None => crate::components::status_word(ui, stands.status()),
        };
        Tile::new(group_name(ui, group), value)
            .note(standing(ui, *stands))
            .link(format!("/stock?place={code}&group={group}"))
    });
    html! {
        div.stack {
            div.row {
                (standing(ui, view.row.standing))
                span.small.muted { (t!(ui, "community-heard")) " " (ago(ui, view.row.heard.as_deref())) }
                @if view.is_ours { span.chip { (t!(ui, "community-yours")) } }
            }
            @if !view.row.shares {
                (notice(ui, Tone::Watch, &html! { (t!(ui, "sharing-not-shown")) ". " a href="/agreement" { (t!(ui, "sharing-look")) } }))
            }
            @if view.row.shares { (tiles(groups)) }
            @if let Some(history) = &view.history {
                (card(&t!(ui, "region-history", place = view.row.community.name.as_str()), &chart(ui, &super::region::curve(ui, history))))
            }
            @if view.row.shares {
                (card_with(&t!(ui, "community-watch"), &html! {
                    a href={ "/stock?place=" (code) } { (t!(ui, "community-all-stock", n = super::count_of(view.items))) }
                }, &watch(ui, view)))
            }
            (columns(
                &card(&t!(ui, "community-needs"), &needs(ui, &view.needs)),
                &card(&t!(ui, "community-offers"), &offers(ui, &view.offers)),
            ))
            (card(&t!(ui, "nav-transfers"), &transfers(ui, view)))
            @if !view.routes.is_empty() {
                (card_with(&t!(ui, "routes-title"), &html! { a href="/routes" { (t!(ui, "routes-all")) } }, &super::routes::table(ui, &view.routes)))
            }
            @if !view.hubs.is_empty() {
                (card(&t!(ui, "community-hubs"), &html! {
                    ul { @for hub in &view.hubs { li { a href={ "/stock?place=" (hub.code) } { (hub.name) } } } }
                }))
            }
            div.actions {
                (link_button(&format!("/stock?place={code}"), &t!(ui, "community-see-stock"), false))
                (link_button(&format!("/checks?community={code}"), &t!(ui, "nav-checks"), false))
            }
        }
    }
}

fn watch(ui: &Ui, view: &CommunityView) -> Markup {
    if view.watch.is_empty() {
        return html! { p.row { (icon(Icon::Tick)) (t!(ui, "community-nothing-short")) } };
    }
    let columns = [
        Column::head(t!(ui, "col-what")),
        Column::text(t!(ui, "col-stands")),
        Column::number(t!(ui, "col-lasts")),
        Column::number(t!(ui, "col-keep")),
        Column::number(t!(ui, "col-on-hand")),
    ];
    let rows = view.watch.iter().take(12).map(|row| {
        [
            item_link(&row.item),
            standing(ui, row.standing),
            days_or_dash(ui, row.days),
            days_or_dash(ui, row.floor_days),
            amount_or_dash(ui, row.amount),
        ]
    });
    let query = format!("place={}&short=1", view.row.community.code);
    html! {
        (Table::new(t!(ui, "community-watch"), columns).rows(rows))
        (super::take_away(ui, "/stock", &query))
    }
}

/// How badly something is needed, by its word.
pub fn urgency_name(ui: &Ui, word: &str) -> String {
    say::urgency(
        ui,
        match word {
            "must-have" => Urgency::MustHave,
            "needed" => Urgency::Needed,
            _ => Urgency::Useful,
        },
    )
}

fn needs(ui: &Ui, rows: &[NeedRow]) -> Markup {
    if rows.is_empty() {
        return html! { p.muted { (t!(ui, "community-no-needs")) } };
    }
    html! {
        ul.plain-list { @for need in rows.iter().take(10) {
            li {
                (item_link(&need.item)) " " @if need.amount.is_some() { (amount_or_dash(ui, need.amount)) }
                div.small.muted {
                    (urgency_name(ui, need.urgency))
                    @if let Some(by) = &need.by { ", " (t!(ui, "community-by")) " " (date(ui, Some(by))) }
                }
            }
        } }
    }
}

fn offers(ui: &Ui, rows: &[OfferRow]) -> Markup {
    if rows.is_empty() {
        return html! { p.muted { (t!(ui, "community-no-offers")) } };
    }
    html! {
        ul.plain-list { @for offer in rows.iter().take(10) {
            li {
                (item_link(&offer.item)) " " @if offer.amount.is_some() { (amount_or_dash(ui, offer.amount)) }
                @if offer.take_please { " " (crate::components::chip(&t!(ui, "community-take-please"))) }
                @if let Some(until) = &offer.until {
                    div.small.muted { (t!(ui, "community-until")) " " (date(ui, Some(until))) }
                }
            }
        } }
    }
}

fn transfers(ui: &Ui, view: &CommunityView) -> Markup {
    if view.transfers.is_empty() {
        return html! { p.muted { (t!(ui, "community-no-transfers")) } };
    }
    html! {
        ul.plain-list { @for line in view.transfers.iter().take(10) {
            li.row.row-between {
                a href=(super::transfers_board::href(line)) {
                    (line.from.name) " → " (line.to.name) ": "
                    @for (n, part) in line.lines.iter().take(2).enumerate() { @if n > 0 { ", " } (part.item.name) }
                }
                (super::transfers_board::stage_chip(ui, line.stage))
            }
        } }
    }
}

/// A community's address.
pub fn router() -> Router<App> {
    Router::new()
        .route("/community/{code}", get(show))
        .merge(crate::exports::routes("/communities", take))
        .merge(crate::exports::routes("/needs", take_needs))
        .merge(crate::exports::routes("/offers", take_offers))
}

async fn show(State(app): State<App>, visit: Visit, Path(code): Path<String>) -> Result<Response, Problem> {
    let none = || Problem::new(Kind::NotFound);
    let code = CommunityCode::new(&code).map_err(|_| none())?;
    let view = super::look(&app, &visit, |lens| lens.community_view(&code)).ok_or_else(none)?;
    Ok(page(&visit.ui, &view).into_response())
}

fn take(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    let rows: Vec<CommunityRow> = super::look(app, visit, |lens| {
        lens.region().communities_on(lens.today()).map(|community| lens.community_row(community)).collect()
    });
    Sheet::of("communities", &rows).answer(format)
}

fn take_needs(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    let rows: Vec<NeedRow> = super::look(app, visit, |lens| lens.needs());
    Sheet::of("needs", &rows).answer(format)
}

fn take_offers(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    let rows: Vec<OfferRow> = super::look(app, visit, |lens| lens.offers());
    Sheet::of("offers", &rows).answer(format)
}
