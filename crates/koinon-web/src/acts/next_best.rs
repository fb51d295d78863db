//! What could be done instead of a transfer that somebody objected to: the suggestion that the engine makes when the
//! promise is taken back and its giver gives nothing. It is shown beside the objection, and nothing follows from it.

use koinon_core::{CommunityCode, TransferId};
use koinon_ledger::transfer::Status;
use koinon_match::{Plan, plan};
use maud::{Markup, html};

use crate::app::App;
use crate::components::card;
use crate::pages::region::{because, label};
use crate::pages::{days, in_sentence, look};
use crate::t;
use crate::ui::Ui;
use crate::views::{SuggestionLine, UnmetLine};
use crate::visit::Visit;

/// The most suggestions that are shown.
const SHOWN: usize = 3;

/// What could be done instead.
#[derive(Debug, Default)]
pub(super) struct NextBest {
    lines: Vec<SuggestionLine>,
    /// What stays open then, of the same things at the same place.
    open: Vec<UnmetLine>,
}

/// Works out what could be done instead of a halted transfer; `None` where nobody objects to it.
pub(super) fn find(app: &App, visit: &Visit, giver: &str, id: &str) -> Option<NextBest> {
    let giver = CommunityCode::new(giver).ok()?;
    let id: TransferId = id.parse().ok()?;
    let (problem, to) = app.node.read(|book| {
        let transfer = book.ledger().transfer(&giver, id)?;
        if transfer.status(&giver) != Status::Halted {
            return None;
        }
        let to = transfer.commitment(&giver)?.what.to.clone();
        let problem = book.problem_instead_of(visit.ui.now, (&giver, id))?;
        Some((problem, to))
    })?;
    // A plan of a few things takes some thousandths of a second; one that cannot be made shows nothing.
    let mut found: Plan = plan(&problem).ok()?;
    found.suggestions.retain(|one| one.to == to);
    found.unmet.retain(|open| open.place == to);
    Some(look(app, visit, |lens| NextBest {
        lines: found.suggestions.iter().filter_map(|one| lens.suggestion(one)).take(SHOWN).collect(),
        open: lens.unmet(&found).into_iter().take(SHOWN).collect(),
    }))
}

/// The card beside the objection.
pub(super) fn show(ui: &Ui, next: &NextBest) -> Markup {
    card(
        &t!(ui, "next-best"),
        &html! {
            @if next.lines.is_empty() {
                p { (t!(ui, "next-best-none")) }
                @for open in &next.open { p.small.muted { (open.item.name) ": " (crate::pages::why::in_the_way(ui, open)) } }
            } @else {
                ul.plain-list { @for line in &next.lines {
                    li {
                        (t!(ui, "why-headline", from = line.from.name.as_str(), to = line.to.name.as_str(), what = label(ui, &in_sentence(&line.item.name), line.amount)))
                        div.small.muted {
                            (because(ui, line))
                            @if let Some(left) = line.giver_days_after { " · " (t!(ui, "next-best-keeps", from = line.from.name.as_str(), days = days(ui, left))) }
                        }
                    }
                } }
                p.small.muted { (t!(ui, "next-best-note")) }
            }
        },
    )
}
