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
    let (silent, since, all_since) = silence(newest, app.node.clock().now())?;
    let (place, (date, time)) = (named(app, silent), when(ui, since));
    let Some(all_since) = all_since else {
        return Some(t!(ui, "first-view-silent", place = place, date = date, time = time));
    };
    let (newest, hour) = when(ui, all_since);
    Some(t!(ui, "first-view-old", newest = newest, hour = hour, place = place, date = date, time = time))
}

/// The community of which the newest is oldest, where that is more than a day; and since when there is nothing of anybody, where
/// several are shown and all are so old.
fn silence(
    newest: &BTreeMap<CommunityCode, Timestamp>,
    now: Timestamp,
) -> Option<(&CommunityCode, Timestamp, Option<Timestamp>)> {
    let day_ago = now.plus_days(-1);
    let (silent, since) = newest.iter().min_by_key(|(_, at)| **at).filter(|(_, at)| **at < day_ago)?;
    let last = newest.values().copied().max().filter(|last| *last < day_ago && newest.len() > 1);
    Some((silent, *since, last))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn what_is_old_is_told_of_the_oldest_and_of_all_where_all_are() {
        let code = |code: &str| CommunityCode::new(code).unwrap();
        let now = Timestamp::parse_rfc3339("2026-03-10T12:00:00Z").unwrap();
        let days = |all: &[(&str, i64)]| -> BTreeMap<CommunityCode, Timestamp> {
            all.iter().map(|(of, days)| (code(of), now.plus_days(-days))).collect()
        };
        let told = |all: &[(&str, i64)]| {
            let newest = days(all);
            let found = silence(&newest, now);
            let back = |at: Timestamp| (now.as_millis() - at.as_millis()) / (24 * 3_600_000);
            found.map(|(of, since, all)| (of.to_string(), back(since), all.map(back)))
        };
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[("dunes", 0), ("heath", 1)]), None, "a day is not old");
        assert_eq!(told(&[("dunes", 3)]), Some(("dunes".into(), 3, None)));
        assert_eq!(told(&[("dunes", 0), ("heath", 5)]), Some(("heath".into(), 5, None)));
        assert_eq!(told(&[("dunes", 2), ("heath", 5)]), Some(("heath".into(), 5, Some(2))));
    }
}
