//! The part of the page of copies that is for those who keep the computer: encrypted files that neighbours keep for us, and that
//! we keep for them. Nothing is changed here; that is done at the console.

use koinon_node::kept::State;
use maud::{Markup, html};

use super::operator::bytes;
use super::{count_of, dash};
use crate::components::{Column, Table, Tone, age, card, notice};
use crate::i18n::Speak as _;
use crate::t;
use crate::ui::Ui;
use crate::views::kept::{Concern, KeptView, NotTaken, OthersRow, OursRow, Standing};

/// The whole part.
pub fn part(ui: &Ui, view: &KeptView) -> Markup {
    html! {
        @for concern in &view.concerns {
            (notice(ui, Tone::Watch, &html! { (told(ui, concern)) }))
        }
        (card(&t!(ui, "kept-ours"), &html! {
            p { (t!(ui, "kept-ours-lead")) }
            @if view.ours.is_empty() { p.muted { (t!(ui, "kept-none-ours")) } } @else { (ours(ui, view)) }
        }))
        (card(&t!(ui, "kept-others"), &html! {
            p { (t!(ui, "kept-others-lead")) }
            @if view.others.is_empty() { p.muted { (t!(ui, "kept-none-others")) } } @else { (others(ui, view)) }
            p.muted { (t!(ui, "kept-how")) " " code dir="ltr" { "koinon kept --help" } }
        }))
    }
}

fn told(ui: &Ui, concern: &Concern) -> String {
    let file = concern.label.as_str();
    if concern.wrong.is_empty() {
        return t!(ui, "kept-danger", file = file);
    }
    t!(ui, "kept-danger-wrong", file = file, who = ui.lang().list(&concern.wrong))
}

fn ours(ui: &Ui, view: &KeptView) -> Table {
    let columns = [
        Column::head(t!(ui, "kept-what")),
        Column::number(t!(ui, "kept-size")),
        Column::text(t!(ui, "kept-placed")),
        Column::text(t!(ui, "kept-with")),
    ];
    Table::new(t!(ui, "kept-ours"), columns).rows(view.ours.iter().map(|row| {
        [
            name(ui, row),
            html! { (bytes(ui, row.bytes)) },
            age(ui, row.placed),
            html! {
                @if row.at.is_empty() { (dash(ui)) }
                @for (who, standing) in &row.at { div { (stands(ui, who, standing)) } }
            },
        ]
    }))
}

fn name(ui: &Ui, row: &OursRow) -> Markup {
    let note = match row.state {
        State::Kept => None,
        State::Replaced => Some(t!(ui, "kept-replaced")),
        State::Released => Some(t!(ui, "kept-released")),
        State::Found => Some(t!(ui, "kept-found")),
    };
    html! {
        bdi { @if row.label.is_empty() { (row.mark) } @else { (row.label) } }
        @if let Some(note) = note { div.small.muted { (note) } }
    }
}

fn stands(ui: &Ui, who: &str, standing: &Standing) -> Markup {
    match standing {
        Standing::Whole(at) => {
            html! { span.status.status-enough { (t!(ui, "kept-whole", who = who)) } " " (age(ui, *at)) }
        }
        Standing::Wrong => html! { span.status.status-short { (t!(ui, "kept-wrong", who = who)) } },
        Standing::Says => html! { (t!(ui, "kept-says", who = who)) },
        Standing::Waits => html! { (t!(ui, "kept-waits", who = who)) },
        Standing::Not(why) => html! { (t!(ui, "kept-who-why", who = who, why = words(ui, *why))) },
    }
}

fn words(ui: &Ui, why: NotTaken) -> String {
    match why {
        NotTaken::NotAllowed => t!(ui, "kept-not-allowed"),
        NotTaken::Beyond => t!(ui, "kept-beyond"),
        NotTaken::NoRoom => t!(ui, "kept-no-room"),
        NotTaken::Wrong => t!(ui, "kept-not-right"),
        NotTaken::NotGiven => t!(ui, "kept-not-given"),
        NotTaken::Coming => t!(ui, "kept-coming"),
    }
}

fn others(ui: &Ui, view: &KeptView) -> Table {
    let columns = [
        Column::head(t!(ui, "kept-for")),
        Column::number(t!(ui, "kept-files")),
        Column::text(t!(ui, "kept-used")),
        Column::text(t!(ui, "kept-waiting")),
    ];
    Table::new(t!(ui, "kept-others"), columns).rows(view.others.iter().map(|row: &OthersRow| {
        [
            html! { bdi { (row.owner) } },
            html! { (ui.number(count_of(row.files))) },
            html! { (t!(ui, "kept-used-of", used = bytes(ui, row.bytes), all = bytes(ui, row.allowed))) },
            html! {
                @if row.waiting.is_empty() { (dash(ui)) }
                @for why in &row.waiting { div { (words(ui, *why)) } }
            },
        ]
    }))
}
