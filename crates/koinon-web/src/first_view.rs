//! What pages say while a neighbour's first view stands in place of the own entries, and when it was wrong.

use std::collections::BTreeMap;

use koinon_core::{CommunityCode, Digest, NodeId, Timestamp};
use koinon_node::{Differs, FirstViewState};

use crate::app::App;
use crate::t;
use crate::ui::Ui;

/// So much of a check number is shown on pages; all of it stands on the console.
const DIGITS_SHOWN: usize = 12;

/// A neighbour as people call it.
fn called(app: &App, ui: &Ui, by: NodeId) -> String {
    let code = app.node.read_own(|book| book.community_of(by).cloned());
    let mark = || by.to_string().chars().take(8).collect::<String>();
    code.map_or_else(|| t!(ui, "operator-a-safety-copy", mark = mark()), |code| named(app, &code))
}

fn named(app: &App, code: &CommunityCode) -> String {
    app.node.read(|book| book.region().community(code).map_or(code.to_string(), |known| known.name.clone()))
}

fn number(ui: &Ui, count: u64) -> String {
    ui.number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn when(ui: &Ui, at: Timestamp) -> (String, String) {
    (ui.date(at.day(&ui.zone)), ui.time(at))
}

/// That what is shown is a neighbour's word, or that it is on its way; nothing on a computer that shows its own entries.
pub(crate) fn words(app: &App, ui: &Ui) -> Option<String> {
    match app.node.first_view()? {
        FirstViewState::Shown { by, at, checked, of, newest } => {
            let (date, time) = when(ui, at);
            let (part, all) = (number(ui, checked), number(ui, of));
            let name = called(app, ui, by);
            let mut words =
                t!(ui, "first-view-shown", name = name, date = date, time = time, part = part, all = all);
            if let Some(old) = age(app, ui, &newest) {
                words.push(' ');
                words.push_str(&old);
            }
            Some(words)
        }
        FirstViewState::Coming { by, bytes, of } => {
            let percent = number(ui, bytes.saturating_mul(100) / of.max(1));
            Some(t!(ui, "first-view-coming", name = called(app, ui, by), percent = percent))
        }
        FirstViewState::Differs(_) => None,
    }
}

/// Of when the oldest is that is shown, where that is more than a day: a neighbour that was cut off itself has nothing newer to
/// show, however lately it worked that out.
fn age(app: &App, ui: &Ui, newest: &BTreeMap<CommunityCode, Timestamp>) -> Option<String> {
    let (silent, since) = newest.iter().min_by_key(|(_, at)| **at)?;
    let day_ago = app.node.clock().now().plus_days(-1);
    if *since >= day_ago {
        return None;
    }
    let (date, time) = when(ui, *since);
    let last = newest.values().copied().max()?;
    if last >= day_ago || newest.len() == 1 {
        return Some(t!(ui, "first-view-silent", place = named(app, silent), date = date, time = time));
    }
    let (newest_date, newest_time) = when(ui, last);
    Some(t!(
        ui,
        "first-view-old",
        newest = newest_date,
        hour = newest_time,
        place = named(app, silent),
        date = date,
        time = time
    ))
}

/// That a first view was not what the entries say.
pub(crate) fn alarm(app: &App, ui: &Ui) -> Option<String> {
    let FirstViewState::Differs(Differs { by, at, theirs, ours }) = app.node.first_view()? else {
        return None;
    };
    let short = |digest: Digest| digest.to_string().chars().take(DIGITS_SHOWN).collect::<String>();
    let ((date, time), name, theirs) = (when(ui, at), called(app, ui, by), short(theirs));
    Some(match ours {
        Some(ours) => t!(
            ui,
            "alarm-first-view",
            name = name,
            date = date,
            time = time,
            theirs = theirs,
            ours = short(ours)
        ),
        None => t!(ui, "alarm-first-view-short", name = name, date = date, time = time, theirs = theirs),
    })
}
