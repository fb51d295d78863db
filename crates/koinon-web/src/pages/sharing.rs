//! What leaves this community: to whom, why, until when, and exactly what the next exchanges carry.

use koinon_core::Timestamp;
use koinon_log::Stream;
use maud::{Markup, html};

use super::date;
use crate::acts::say;
use crate::components::{Column, Table, Tone, age, card, chip, facts, more, notice};
use crate::i18n::Speak as _;
use crate::t;
use crate::ui::Ui;
use crate::views::sharing::LeavingRow;
use crate::views::sharing::ServedRow;
use crate::views::{AgreementView, Named, PartyView, ShareView, SharingNotice, SharingView};

/// How many months are shown; all can be taken away.
const MONTHS_SHOWN: usize = 30;

fn names(ui: &Ui, named: &[Named]) -> String {
    ui.lang().list(&named.iter().map(|one| one.name.clone()).collect::<Vec<_>>())
}

/// A dataset in words.
pub fn dataset(ui: &Ui, code: &str) -> String {
    match code {
        "served" => t!(ui, "sharing-served"),
        _ => t!(ui, "sharing-stock"),
    }
}

/// How an agreement stands, as mark, word and colour.
fn stands(ui: &Ui, word: &str) -> Markup {
    let (class, words) = match word {
        "holds" => ("status status-enough", t!(ui, "sharing-holds")),
        "ahead" => ("status", t!(ui, "sharing-ahead")),
        "proposed" => ("status status-watch", t!(ui, "sharing-proposed")),
        "ended" => ("status status-short", t!(ui, "sharing-ended")),
        _ => ("status status-short", t!(ui, "sharing-lapsed")),
    };
    html! { span class=(class) { (words) } }
}

/// What everybody is told, in one sentence, and whether it is grave.
pub fn told(ui: &Ui, told: &SharingNotice) -> (Tone, String) {
    let day = |text: &str| koinon_core::Day::parse(text).map(|day| ui.date(day)).unwrap_or_default();
    match told {
        SharingNotice::Lapsed { on } => (Tone::Bad, t!(ui, "sharing-notice-lapsed", date = day(on))),
        SharingNotice::EndsSoon { on, days } => {
            (Tone::Watch, t!(ui, "sharing-notice-soon", date = day(on), n = i64::from(*days)))
        }
        SharingNotice::Unsigned { title } => {
            (Tone::Watch, t!(ui, "sharing-notice-unsigned", title = title.as_str()))
        }
    }
}

/// What leaves, in a few lines: always, and by agreement.
pub fn leaves(ui: &Ui, view: &SharingView) -> Markup {
    let mut rows = vec![(
        t!(ui, "sharing-always"),
        html! { p { (t!(ui, "sharing-always-what")) } p.small.muted { (t!(ui, "sharing-always-why")) } },
    )];
    for one in &view.datasets {
        let words = html! {
            @if one.readers.is_empty() {
                p { (t!(ui, "sharing-nobody")) }
            } @else {
                p { (t!(ui, "sharing-with", who = names(ui, &one.readers))) }
                @if !one.unsigned.is_empty() { p.small { (t!(ui, "sharing-not-signed", who = names(ui, &one.unsigned))) } }
                p.small { (t!(ui, "community-until")) " " (date(ui, one.until.as_deref())) }
            }
        };
        rows.push((dataset(ui, one.dataset), words));
    }
    rows.push((t!(ui, "sharing-never"), html! { p { (t!(ui, "sharing-never-what")) } }));
    html! {
        (facts(&rows))
        @if view.states_shortfalls {
            (notice(ui, Tone::Watch, &html! { p { (t!(ui, "sharing-shortfalls")) " " a href="/needs" { (t!(ui, "nav-needs")) } } }))
        }
        @if !view.deleted.is_empty() {
            p { (t!(ui, "sharing-gone")) }
            ul { @for one in view.deleted.iter().take(20) {
                li { (t!(ui, "sharing-let-go", who = one.by.name.as_str(), whose = one.of.name.as_str())) " "
                    @if let Some(at) = Timestamp::parse_rfc3339(&one.at) { (age(ui, at)) } }
            } }
        }
        @if !view.hidden.is_empty() {
            p { (t!(ui, "sharing-hidden", who = names(ui, &view.hidden))) }
        }
    }
}

/// One agreement, with what the reader may do about it.
pub fn agreement(ui: &Ui, view: &AgreementView, acts: &Markup) -> Markup {
    let rows = vec![
        (t!(ui, "sharing-days"), html! { (date(ui, Some(&view.from))) " – " (date(ui, Some(&view.until))) }),
        (t!(ui, "sharing-basis"), html! { (view.basis) }),
        (
            t!(ui, "sharing-copies"),
            html! { @if view.safety_copies { (t!(ui, "sharing-copies-yes")) } @else { (t!(ui, "sharing-copies-no")) } },
        ),
        (
            t!(ui, "sharing-check"),
            html! { code dir="ltr" { (view.digest.chars().take(16).collect::<String>()) } },
        ),
    ];
    card(
        &view.title,
        &html! {
            div.stack {
                @if let Some(word) = view.standing { p { (stands(ui, word)) } }
                (facts(&rows))
                @for one in &view.shares { (share(ui, one)) }
                (parties(ui, &view.parties))
                (acts)
                (more(&t!(ui, "sharing-text"), &html! { pre.code dir="ltr" { (view.text) } }))
            }
        },
    )
}

fn share(ui: &Ui, view: &ShareView) -> Markup {
    let fields: Vec<String> = view.fields.iter().map(|field| field_word(ui, field)).collect();
    html! {
        section {
            h3 { (dataset(ui, view.dataset)) }
            p { (view.purpose) }
            p { (t!(ui, "sharing-with", who = names(ui, &view.with))) }
            p.small { (t!(ui, "sharing-fields", fields = ui.lang().list(&fields))) }
            p.small { (how_finely(ui, view.dataset)) }
            p.small { (t!(ui, "sharing-retention", n = i64::from(view.retention_days))) }
        }
    }
}

fn how_finely(ui: &Ui, code: &str) -> String {
    match code {
        "served" => t!(ui, "sharing-served-how"),
        _ => t!(ui, "sharing-stock-how"),
    }
}

fn field_word(ui: &Ui, field: &str) -> String {
    match field {
        "item" => t!(ui, "sharing-field-item"),
        "store" => t!(ui, "sharing-field-store"),
        "batch" => t!(ui, "sharing-field-batch"),
        "good-until" => t!(ui, "sharing-field-good-until"),
        "amount" => t!(ui, "sharing-field-amount"),
        "reason" => t!(ui, "sharing-field-reason"),
        "day" => t!(ui, "sharing-field-day"),
        "method" => t!(ui, "sharing-field-method"),
        "month" => t!(ui, "sharing-field-month"),
        "people" => t!(ui, "sharing-field-people"),
        "households" => t!(ui, "sharing-field-households"),
        other => other.to_owned(),
    }
}

fn parties(ui: &Ui, all: &[PartyView]) -> Markup {
    html! {
        (more(&t!(ui, "sharing-parties"), &html! {
            ul.plain-list { @for party in all {
                li { (party.community.name) " " (stands(ui, party.standing)) " "
                    span.small.muted { (t!(ui, "sharing-signed", n = i64::try_from(party.signed).unwrap_or(0))) } }
            } }
        }))
    }
}

/// How many people were served, by month and community, with what would leave now.
pub fn served(ui: &Ui, rows: &[ServedRow]) -> Markup {
    let columns = [
        Column::head(t!(ui, "col-community")),
        Column::text(t!(ui, "sharing-col-month")),
        Column::number(t!(ui, "sharing-col-people")),
        Column::number(t!(ui, "sharing-col-households")),
    ];
    let figure = |figure: Option<u32>| {
        html! {
            @match figure {
                Some(figure) => { (ui.number(i64::from(figure))) }
                None => { span.muted { (t!(ui, "sharing-left-out")) } }
            }
        }
    };
    let table = Table::new(t!(ui, "sharing-served"), columns).rows(rows.iter().take(MONTHS_SHOWN).map(|row| {
        vec![
            html! { (row.community.name) @if !row.published { div.small.muted { (t!(ui, "sharing-so-far")) } } },
            date(ui, Some(&row.month)),
            figure(row.people),
            figure(row.households),
        ]
    }));
    html! { p { (t!(ui, "sharing-served-how")) } (table) (super::take_away(ui, "/served", "")) }
}

fn kind(ui: &Ui, stream: Stream) -> String {
    match stream {
        Stream::Control => t!(ui, "sharing-kind-keys"),
        Stream::Stock => t!(ui, "sharing-stock"),
        Stream::Aggregates => t!(ui, "sharing-served"),
        Stream::Federation | Stream::Sealed | Stream::Local => t!(ui, "sharing-kind-aid"),
    }
}

/// What an entry is, in a sentence.
fn what(ui: &Ui, row: &LeavingRow) -> String {
    if let Some(one) = &row.happened {
        return super::region::sentence(ui, one);
    }
    if let Some((reason, amount, item)) = &row.entered {
        let what = super::region::label(ui, &item.name, Some(*amount));
        return t!(ui, "sharing-entry", reason = say::reason(ui, *reason), what = what);
    }
    match row.kind.as_str() {
        "lot-opened" => t!(ui, "sharing-entry-batch"),
        "granted" | "revoked" => t!(ui, "sharing-entry-task"),
        "region-part" | "region-adopted" => t!(ui, "sharing-entry-region"),
        "node-admitted" | "node-speaks-for" => t!(ui, "sharing-entry-neighbour"),
        "agreement-text" | "agreement-signed" | "agreement-ended" | "purged" => {
            t!(ui, "sharing-entry-agreement")
        }
        "served-published" => t!(ui, "sharing-served"),
        _ => t!(ui, "sharing-entry-record"),
    }
}

/// The newest entries that leave, each with who may read it and every byte of what it says.
pub fn tonight(ui: &Ui, rows: &[LeavingRow], neighbours: usize) -> Markup {
    let columns = [
        Column::head(t!(ui, "sharing-col-entry")),
        Column::text(t!(ui, "sharing-col-kind")),
        Column::text(t!(ui, "sharing-col-readers")),
        Column::text(t!(ui, "sharing-col-exact")),
    ];
    let table = Table::new(t!(ui, "sharing-tonight"), columns)
        .folded(t!(ui, "table-all"))
        .rows(rows.iter().map(|row| {
        vec![
            html! {
                (what(ui, row))
                div.small.muted { (age(ui, row.at)) }
            },
            html! { (kind(ui, row.stream)) },
            html! {
                @if row.readers.is_empty() { (t!(ui, "sharing-nobody")) }
                @else if row.readers.len() == neighbours && neighbours > 1 { (t!(ui, "sharing-everybody")) }
                @else { (names(ui, &row.readers)) }
                @if row.waiting > 0 { div { (chip(&t!(ui, "sharing-waits", n = row.waiting))) } }
            },
            html! { details { summary { (t!(ui, "sharing-show")) } pre.code dir="ltr" { (row.content) } } },
        ]
    }));
    html! { p { (t!(ui, "sharing-tonight-how")) } (table) (super::take_away(ui, "/agreement", "")) }
}
