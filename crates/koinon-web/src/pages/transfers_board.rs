//! The board of transfers: what waits for the reader, what is agreed, on its way, arrived; each with its five counters.
#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a path to a method is not general enough over the lifetime of what is looked at"
)]

use maud::{Markup, html};

use super::{ago, amount_or_dash};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::acts::say;
use crate::app::App;
use crate::components::{Column, Table, card, empty, facts, link_button, meter, stack};
use crate::exports::{Format, Sheet};
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::live::{self, Topic};
use crate::t;
use crate::ui::Ui;
use crate::views::{Amount, Counts, LineCounts, Stage, TransferLine, TransfersView};
use crate::visit::Visit;

/// How many transfers that are over the board still shows.
const OVER_SHOWN: usize = 20;

/// The columns of the board, in the order of a transfer's life.
const COLUMNS: [&[Stage]; 4] = [
    &[Stage::NeedsSecond, Stage::NeedsAnswer, Stage::Countered, Stage::Halted, Stage::Unheard],
    &[Stage::Agreed],
    &[Stage::UnderWay],
    &[Stage::Unsettled],
];

/// The page.
pub fn page<'a>(ui: &'a Ui, view: &TransfersView) -> Page<'a> {
    let body = live::region("board", "/transfers", &[Topic::Transfers, Topic::Day], &body(ui, view));
    let waiting = view.open.iter().filter(|line| line.waits_for_us).count();
    let lead =
        t!(ui, "board-lead", open = super::count_of(view.open.len()), waiting = super::count_of(waiting));
    Page::new(ui, t!(ui, "nav-transfers"))
        .section(Section::Transfers)
        .lead(lead)
        .live(&[Topic::Transfers, Topic::Day])
        .body(body)
}

fn body(ui: &Ui, view: &TransfersView) -> Markup {
    if view.open.is_empty() && view.over.is_empty() {
        let way = link_button("/suggestions", &t!(ui, "region-suggestions"), true);
        return empty(Icon::Transfers, &t!(ui, "board-empty"), &way);
    }
    let mut parts = Vec::new();
    let waiting: Vec<&TransferLine> = view.open.iter().filter(|line| line.waits_for_us).collect();
    if !waiting.is_empty() {
        parts.push(card(&t!(ui, "board-waits-for-you"), &cards(ui, &waiting)));
    }
    for stages in COLUMNS {
        let lines: Vec<&TransferLine> =
            view.open.iter().filter(|line| !line.waits_for_us && stages.contains(&line.stage)).collect();
        if let Some(first) = stages.first().filter(|_| !lines.is_empty()) {
            parts.push(card(&column_name(ui, *first), &cards(ui, &lines)));
        }
    }
    if !view.over.is_empty() {
        parts.push(card(&t!(ui, "board-over"), &over(ui, view)));
    }
    html! { (stack(&parts)) (super::take_away(ui, "/transfers", "")) }
}

fn column_name(ui: &Ui, stage: Stage) -> String {
    match stage {
        Stage::Agreed => t!(ui, "board-agreed"),
        Stage::UnderWay => t!(ui, "board-on-the-way"),
        Stage::Unsettled => t!(ui, "board-arrived"),
        _ => t!(ui, "board-to-be-agreed"),
    }
}

/// A stage in words.
pub fn stage_word(ui: &Ui, stage: Stage) -> String {
    say::status(ui, stage.status())
}

const fn stage_class(stage: Stage) -> &'static str {
    match stage {
        Stage::Halted | Stage::Refused | Stage::Unsettled => "status status-short",
        Stage::NeedsSecond | Stage::NeedsAnswer | Stage::Countered | Stage::Unheard => "status status-watch",
        Stage::Agreed | Stage::UnderWay | Stage::Done => "status status-enough",
        Stage::Withdrawn => "status status-unheard",
    }
}

/// A stage as a coloured word.
pub fn stage_chip(ui: &Ui, stage: Stage) -> Markup {
    html! { span class=(stage_class(stage)) { (stage_word(ui, stage)) } }
}

/// The page of a transfer.
pub fn href(line: &TransferLine) -> String {
    format!("/transfer/{}/{}", line.giver.code, line.id)
}

fn cards(ui: &Ui, lines: &[&TransferLine]) -> Markup {
    html! {
        ul.board {
            @for line in lines {
                li.board-card {
                    div.card-head {
                        h3 { a href=(href(line)) { (line.from.name) " → " (line.to.name) } }
                        (stage_chip(ui, line.stage))
                    }
                    @for part in merged(&line.lines).iter().take(3) { (counters(ui, part)) }
                    @if merged(&line.lines).len() > 3 {
                        p.small.muted { (t!(ui, "board-more-lines", n = super::count_of(merged(&line.lines).len() - 3))) }
                    }
                    @if line.leaves.is_some() || line.changed.is_some() {
                        p.small.muted {
                            @if let Some(arrives) = &line.arrives { (t!(ui, "board-arrives")) " " (super::date(ui, Some(arrives))) " · " }
                            (ago(ui, line.changed.as_deref()))
                        }
                    }
                }
            }
        }
    }
}

/// The lines with those of one item summed, since people think in things and not in batches.
fn merged(lines: &[LineCounts]) -> Vec<LineCounts> {
    let add = |one: Amount, other: Amount| one.0.plus(other.0).map_or(one, Amount);
    let both = |one: Option<Amount>, other: Option<Amount>| Some(add(one?, other?));
    let mut sums: Vec<LineCounts> = Vec::new();
    for line in lines {
        let known = sums.iter_mut().find(|sum| sum.item.code == line.item.code);
        match (known, line.counts) {
            (None, _) => sums.push(line.clone()),
            (Some(sum), Some(more)) => {
                sum.counts = sum.counts.map(|counts| Counts {
                    requested: add(counts.requested, more.requested),
                    committed: add(counts.committed, more.committed),
                    reserved: both(counts.reserved, more.reserved),
                    in_transit: both(counts.in_transit, more.in_transit),
                    fulfilled: add(counts.fulfilled, more.fulfilled),
                    lost: both(counts.lost, more.lost),
                });
            }
            (Some(_), None) => {}
        }
    }
    sums
}

/// One line with its counters: a bar of how far it has come, and the numbers.
pub fn counters(ui: &Ui, part: &LineCounts) -> Markup {
    let Some(counts) = part.counts else { return html! { p { (part.item.name) } } };
    html! {
        div.board-line {
            span { (part.item.name) ": " strong.number { (ui.quantity(counts.committed.0)) } }
            (meter(share(&counts), None))
            details.small {
                summary { (t!(ui, "board-five-numbers")) }
                (facts(&numbers(ui, &counts)))
            }
        }
    }
}

fn numbers(ui: &Ui, counts: &Counts) -> Vec<(String, Markup)> {
    let mut rows = vec![
        (t!(ui, "counter-requested"), amount_or_dash(ui, Some(counts.requested))),
        (t!(ui, "counter-committed"), amount_or_dash(ui, Some(counts.committed))),
    ];
    if counts.reserved.is_some() {
        rows.push((t!(ui, "counter-reserved"), amount_or_dash(ui, counts.reserved)));
        rows.push((t!(ui, "counter-in-transit"), amount_or_dash(ui, counts.in_transit)));
    }
    rows.push((t!(ui, "counter-fulfilled"), amount_or_dash(ui, Some(counts.fulfilled))));
    if let Some(lost) = counts.lost.filter(|lost| !lost.0.is_zero()) {
        rows.push((t!(ui, "counter-lost"), amount_or_dash(ui, Some(lost))));
    }
    rows
}

/// How far a line has come, in thousandths: half for what is on its way, all for what was taken in.
fn share(counts: &Counts) -> u16 {
    let of = |amount: Amount| i128::from(amount.0.amount().max(0));
    let all = of(counts.committed).max(1);
    let done = of(counts.fulfilled) * 2 + counts.in_transit.map_or(0, of);
    u16::try_from((done * 500 / all).clamp(0, 1_000)).unwrap_or(1_000)
}

fn over(ui: &Ui, view: &TransfersView) -> Markup {
    let columns = [
        Column::head(t!(ui, "board-from-to")),
        Column::text(t!(ui, "col-what")),
        Column::text(t!(ui, "board-stage")),
        Column::text(t!(ui, "col-when")),
    ];
    let rows = view.over.iter().take(OVER_SHOWN).map(|line| {
        let what: Vec<String> = merged(&line.lines)
            .iter()
            .map(|part| match part.counts {
                Some(counts) => {
                    super::region::label(ui, &super::in_sentence(&part.item.name), Some(counts.fulfilled))
                }
                None => part.item.name.clone(),
            })
            .collect();
        [
            html! { a href=(href(line)) { (line.from.name) " → " (line.to.name) } },
            html! { (what.join(", ")) },
            stage_chip(ui, line.stage),
            ago(ui, line.changed.as_deref()),
        ]
    });
    html! { (Table::new(t!(ui, "board-over"), columns).rows(rows)) }
}

/// The board and its table to take away.
pub fn router() -> Router<App> {
    Router::new().route("/transfers", get(show)).merge(crate::exports::routes("/transfers", take))
}

async fn show(State(app): State<App>, visit: Visit) -> Response {
    let view = super::look(&app, &visit, |lens| lens.transfers());
    page(&visit.ui, &view).into_response()
}

fn take(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    let view = super::look(app, visit, |lens| lens.transfers());
    let all: Vec<TransferLine> = view.open.into_iter().chain(view.over).collect();
    Sheet::of("transfers", &all).answer(format)
}
