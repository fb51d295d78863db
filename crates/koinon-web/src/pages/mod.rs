//! The pages where people look: the region, a community, stock, checks, who was heard, why a suggestion, transfers.
//!
//! Each page is a plain function from a view to a [`Page`](crate::layout::Page), so that a test needs no node; the handlers
//! at the foot of each file only fetch the view for their visitor. Pages where people act stand in `acts`.

pub mod adds_up;
pub mod community;
pub mod copies;
pub mod kept;
pub mod operator;
pub mod region;
pub mod routes;
pub mod sensitivity;
pub mod services;
pub mod sharing;
pub mod stock;
pub mod teams;
pub mod touch;
pub mod transfers_board;
pub mod what_if;
pub mod why;

use axum::Router;
use koinon_core::unit::Unit;
use koinon_core::{Day, Quantity, Timestamp};
use maud::{Markup, html};

use crate::app::App;
use crate::components::{age, status};
use crate::format;
use crate::i18n::Speak as _;
use crate::t;
use crate::ui::Ui;
use crate::views::{Amount, Lens, Named, Standing};
use crate::visit::Visit;

/// Every address where people look.
pub fn router() -> Router<App> {
    Router::new()
        .merge(region::router())
        .merge(community::router())
        .merge(stock::router())
        .merge(adds_up::router())
        .merge(copies::router())
        .merge(touch::router())
        .merge(services::router())
        .merge(teams::router())
        .merge(transfers_board::router())
        .merge(why::router())
        .merge(what_if::router())
        .merge(sensitivity::router())
        .merge(routes::router())
        .merge(operator::router())
}

/// Reads the book as it is now through a visitor's eyes. Nothing inside may read the node again.
pub fn look<R>(app: &App, visit: &Visit, see: impl FnOnce(&Lens<'_>) -> R) -> R {
    let figures = app.plans.figures();
    let heard = app.plans.heard(&figures);
    app.node.read(|book| {
        see(&Lens {
            book,
            figures: &figures,
            viewer: &visit.visitor.viewer,
            now: visit.ui.now,
            language: visit.ui.lang().code(),
            heard: &heard,
        })
    })
}

/// Beyond so many days a number tells nobody more.
const DAYS_TOLD: i64 = 365;

/// A number of days in words; more than a year is just that.
pub fn days(ui: &Ui, days: i64) -> String {
    if days > DAYS_TOLD { t!(ui, "days-over-a-year") } else { t!(ui, "days", n = days) }
}

/// A number of days in words, or a dash where nothing is known or shown.
pub fn days_or_dash(ui: &Ui, count: Option<i64>) -> Markup {
    match count {
        Some(count) => html! { (days(ui, count)) },
        None => hidden_or_dash(ui),
    }
}

/// An amount in words, or a dash.
pub fn amount_or_dash(ui: &Ui, amount: Option<Amount>) -> Markup {
    match amount {
        Some(amount) => html! { span.number { (ui.quantity(amount.0)) } },
        None => hidden_or_dash(ui),
    }
}

/// An amount rounded for headlines.
pub fn about(ui: &Ui, amount: Amount) -> String {
    ui.lang().quantity_about(amount.0)
}

/// An item's name inside a sentence: without its capital, unless it begins with an abbreviation.
pub fn in_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(name.chars().skip(1)).collect()
        }
        _ => name.to_owned(),
    }
}

/// A count as a message's number.
pub fn count_of(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// An amount rounded to three digits, or a dash; the page behind it has the exact one.
pub fn about_or_dash(ui: &Ui, amount: Option<Amount>) -> Markup {
    match amount {
        Some(amount) => html! { span.number title=(ui.quantity(amount.0)) { (about(ui, amount)) } },
        None => hidden_or_dash(ui),
    }
}

/// Writes the amounts of one thing that stand beside each other in one unit, so that they compare at a glance.
pub struct OneUnit<'a> {
    ui: &'a Ui,
    unit: Option<&'static Unit>,
    round: bool,
}

impl<'a> OneUnit<'a> {
    /// Exact amounts.
    pub fn exact(ui: &'a Ui, amounts: impl IntoIterator<Item = Option<Amount>>) -> Self {
        let amounts: Vec<Quantity> = amounts.into_iter().flatten().map(|amount| amount.0).collect();
        Self { ui, unit: Unit::shared_by(&amounts), round: false }
    }

    /// Amounts rounded as for headlines; the exact one is told on demand.
    pub fn about(ui: &'a Ui, amounts: impl IntoIterator<Item = Option<Amount>>) -> Self {
        let amounts: Vec<Quantity> =
            amounts.into_iter().flatten().map(|amount| format::about(amount.0)).collect();
        Self { ui, unit: Unit::shared_by(&amounts), round: true }
    }

    /// One of the amounts in words.
    pub fn text(&self, amount: Amount) -> String {
        let shown = if self.round { format::about(amount.0) } else { amount.0 };
        match self.unit {
            Some(unit) => self.ui.lang().quantity_in(shown, unit),
            None => self.ui.lang().quantity(shown),
        }
    }

    /// One of the amounts, or what stands where there is none.
    pub fn cell(&self, amount: Option<Amount>) -> Markup {
        match amount {
            Some(amount) if self.round => {
                html! { span.number title=(self.ui.quantity(amount.0)) { (self.text(amount)) } }
            }
            Some(amount) => html! { span.number { (self.text(amount)) } },
            None => hidden_or_dash(self.ui),
        }
    }

    /// The same, with a dash for nothing at all.
    pub fn some(&self, amount: Amount) -> Markup {
        if amount.0.is_zero() { dash(self.ui) } else { self.cell(Some(amount)) }
    }
}

/// What stands where there is no figure.
pub fn dash(ui: &Ui) -> Markup {
    html! { span.muted aria-hidden="true" { "–" } span.hidden { (t!(ui, "nothing-known")) } }
}

/// What stands where a figure is missing: for guests it is hidden, for others nothing is known.
fn hidden_or_dash(ui: &Ui) -> Markup {
    if ui.chrome.is_guest {
        html! { span.muted aria-hidden="true" { "–" } span.hidden { (t!(ui, "not-for-guests")) } }
    } else {
        dash(ui)
    }
}

/// A note under a page whose amounts a guest does not see; empty for others.
pub fn guest_note(ui: &Ui) -> Markup {
    html! { @if ui.chrome.is_guest { p.small.muted { (t!(ui, "not-for-guests-note")) } } }
}

/// How old an instant of a view is.
pub fn ago(ui: &Ui, at: Option<&str>) -> Markup {
    match at.and_then(Timestamp::parse_rfc3339) {
        Some(at) => age(ui, at),
        None => dash(ui),
    }
}

/// How old an instant is that guests are not shown.
pub fn shown_ago(ui: &Ui, at: Option<&str>) -> Markup {
    if at.is_none() { hidden_or_dash(ui) } else { ago(ui, at) }
}

/// A day of a view, in full.
pub fn date(ui: &Ui, day: Option<&str>) -> Markup {
    match day.and_then(Day::parse) {
        Some(day) => html! { span.number { (ui.date(day)) } },
        None => hidden_or_dash(ui),
    }
}

/// A standing as mark, word and colour.
pub fn standing(ui: &Ui, standing: Standing) -> Markup {
    status(ui, standing.status())
}

/// A link to a community's page.
pub fn community_link(named: &Named) -> Markup {
    html! { a href={ "/community/" (named.code) } { (named.name) } }
}

/// A link to an item's page.
pub fn item_link(named: &Named) -> Markup {
    html! { a href={ "/stock/" (named.code) } { (named.name) } }
}

/// Links that take a table away: CSV, spreadsheet, JSON.
pub fn take_away(ui: &Ui, path: &str, query: &str) -> Markup {
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    html! {
        p.small.no-print {
            (t!(ui, "take-away")) " "
            a href={ (path) ".csv" (query) } { "CSV" } " · "
            a href={ (path) ".xlsx" (query) } { (t!(ui, "take-away-sheet")) } " · "
            a href={ (path) ".json" (query) } { "JSON" }
        }
    }
}
