//! The tables of `koinon deploy`. Every row that cannot be used is named, with all that is wrong with it.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use koinon_core::{Day, MissionCode, PlaceCode, Region, ServiceCode, SkillCode, TeamName};
use koinon_match::Moment;
use koinon_match::capacity::{Provider, Request};
use koinon_match::relief::Way;
use koinon_match::teams::{Component, Duty, Floor, Mission, SkillCount, Team, TeamCode, Word};
use koinon_table::{Column, Flaw, Names, Table, quoted};

use crate::planner::tables::urgency;
use crate::planner::verify;
use crate::words::{Cells, each};

const fn must(name: &'static str, also: &'static [&'static str]) -> Column {
    Column { name, also, required: true }
}

const fn may(name: &'static str, also: &'static [&'static str]) -> Column {
    Column { name, also, required: false }
}

const PLACE: Column = must("place", &["community", "where", "from_place"]);
const URGENCY: Column = may("urgency", &["tier", "priority"]);

/// The columns of a table of ways.
pub(super) const TRAVEL: [Column; 3] =
    [must("from", &["start"]), must("to", &["end", "place"]), must("minutes", &["min"])];

/// The columns of a table of teams.
pub(super) const TEAMS: [Column; 11] = [
    must("team", &["crew", "who"]),
    must("skills", &["skill", "components"]),
    may("willing", &["agreed"]),
    may("from", &["first_day"]),
    may("until", &["last_day"]),
    may("max_minutes", &["farthest"]),
    may("notice_minutes", &["notice"]),
    may("self_sufficient_hours", &["self_sufficiency"]),
    may("last_duty_start", &[]),
    may("last_duty_end", &["last_duty"]),
    may("duty_hours", &["hours_30_days", "duty_hours_30_days"]),
];

/// The columns of a table of missions.
pub(super) const MISSIONS: [Column; 8] = [
    must("mission", &["id", "task"]),
    must("place", &["community", "where"]),
    URGENCY,
    must("start", &["from", "begins"]),
    must("end", &["until", "ends"]),
    may("days", &[]),
    must("skills", &["skill", "needs"]),
    may("self_sufficient_hours", &["self_sufficiency"]),
];

/// The columns of a table of crew floors.
pub(super) const FLOORS: [Column; 3] =
    [must("place", &["community", "home"]), must("skill", &[]), must("keep", &["floor", "people"])];

/// The columns of a table of people who need care.
pub(super) const PATIENTS: [Column; 5] = [
    PLACE,
    must("care", &["kind", "need"]),
    must("people", &["count", "number"]),
    URGENCY,
    may("by", &["until"]),
];

/// The columns of a table of hospitals.
pub(super) const HOSPITALS: [Column; 3] = [
    must("hospital", &["clinic", "provider"]),
    must("care", &["kinds", "kinds_of_care"]),
    must("beds_per_day", &["beds", "capacity"]),
];

/// The columns of a table of parts.
pub(super) const PARTS: [Column; 6] = [
    PLACE,
    must("part", &["item", "what"]),
    must("pieces", &["count", "number"]),
    must("minutes_each", &["machine_minutes", "minutes"]),
    URGENCY,
    may("by", &["until"]),
];

/// The columns of a table of shops.
pub(super) const SHOPS: [Column; 3] = [
    must("shop", &["workshop", "provider"]),
    must("parts", &["makes", "can_make"]),
    must("hours_per_day", &["hours", "capacity"]),
];

/// The most of anything that a cell may count.
const MOST: i64 = 1_000_000;

/// A whole number in a cell; the standard where nothing is written, and a flaw where there is none.
fn whole(cells: &mut Cells<'_>, column: &'static str, least: i64, standard: Option<i64>) -> Option<i64> {
    let text = cells.text(column);
    if text.is_empty() && standard.is_some() {
        return standard;
    }
    let number = text.parse().ok().filter(|number| (least..=MOST).contains(number));
    if number.is_none() {
        let found = if text.is_empty() {
            "nothing is written".to_owned()
        } else {
            format!("{} is no such number", quoted(text))
        };
        cells.said(column, found, &format!("write a whole number from {least} to {MOST}"));
    }
    number
}

/// Hours in a cell as minutes: `36` or `36:30`; the standard where nothing is written.
fn hours(cells: &mut Cells<'_>, column: &'static str, standard: Option<i64>) -> Option<i64> {
    let text = cells.text(column);
    if text.is_empty() && standard.is_some() {
        return standard;
    }
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    let read = |text: &str, most: i64| text.parse::<i64>().ok().filter(|n| (0..=most).contains(n));
    let found = read(hours, 9_999).zip(read(minutes, 59)).map(|(hours, minutes)| hours * 60 + minutes);
    if found.is_none() {
        let what = if text.is_empty() {
            "nothing is written".to_owned()
        } else {
            format!("{} is no number of hours", quoted(text))
        };
        cells.said(column, what, "write hours like 36 or 36:30");
    }
    found
}

/// A moment in a cell; none where nothing is written, and an error where it was said that it is no moment.
fn moment(cells: &mut Cells<'_>, column: &'static str) -> Result<Option<Moment>, ()> {
    let text = cells.text(column);
    if text.is_empty() {
        return Ok(None);
    }
    let found = verify::moment(&text.replace('T', " "));
    if found.is_none() {
        let what = format!("{} is no moment", quoted(text));
        cells.said(column, what, "write it like 2026-03-31 06:30");
    }
    found.map(Some).ok_or(())
}

/// A moment that must be there.
fn moment_needed(cells: &mut Cells<'_>, column: &'static str) -> Option<Moment> {
    let found = moment(cells, column).ok()?;
    if found.is_none() {
        cells.said(column, "nothing is written", "write a moment like 2026-03-31 06:30");
    }
    found
}

/// A code in words of people: what is not small letters becomes so.
fn code<T: FromStr<Err: Display>>(cells: &mut Cells<'_>, column: &'static str, text: &str) -> Option<T> {
    let lower = text.trim().to_lowercase().replace([' ', '_'], "-");
    let read = lower.parse();
    read.map_err(|error: T::Err| {
        cells.said(column, error.to_string(), "write a short word like nurse or flood-2");
    })
    .ok()
}

/// The parts of a list in a cell, apart by commas, semicolons or strokes.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '|']).map(str::trim).filter(|part| !part.is_empty())
}

/// A list of words with counts, such as `nurse 2, driver`.
fn counted<'t>(cells: &mut Cells<'_>, column: &'static str, text: &'t str) -> Option<Vec<(&'t str, i64)>> {
    let mut list = Vec::new();
    for part in parts(text) {
        let (word, count) = part
            .rsplit_once(' ')
            .filter(|(_, last)| last.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or((part, "1"));
        let Some(count) = count.parse().ok().filter(|count| (1..=10_000).contains(count)) else {
            cells.said(column, format!("{} is no number of people", quoted(count)), "write 1 to 10000");
            return None;
        };
        list.push((word.trim(), count));
    }
    if list.is_empty() {
        cells.said(column, "nothing is written", "write for example 'nurse 2, driver'");
        return None;
    }
    Some(list)
}

/// A team or a provider: a place and a word there.
fn team_code(cells: &mut Cells<'_>, places: &Names<PlaceCode>, column: &'static str) -> Option<TeamCode> {
    let text = cells.text(column);
    let Some((home, name)) = text.split_once('/') else {
        let found = if text.is_empty() {
            "nothing is written".to_owned()
        } else {
            format!("{} does not say of which place", quoted(text))
        };
        cells.said(column, found, "write place and word like dunes/nurse-2");
        return None;
    };
    let found = places.named(home, true);
    let home = found.map_err(|fault| cells.flaws.cell(cells.row.line, column, fault)).ok();
    let name = code::<TeamName>(cells, column, name);
    Some(TeamCode { home: home?, name: name? })
}

/// Says that the same stands on an earlier row.
fn once<T: Ord>(cells: &mut Cells<'_>, seen: &mut BTreeSet<T>, column: &'static str, what: T) -> bool {
    let is_new = seen.insert(what);
    if !is_new {
        cells.said(column, "it stands on an earlier line too", "keep one row");
    }
    is_new
}

/// Reads ways.
pub(super) fn travel(region: &Region, table: &Table) -> Result<Vec<Way>, Vec<Flaw>> {
    let places = Names::places(region);
    let mut seen = BTreeSet::new();
    each(table, |cells| {
        let depot = cells.named(&places, "from");
        let place = cells.named(&places, "to");
        let minutes = whole(cells, "minutes", 0, None);
        let (depot, place) = (depot?, place?);
        let is_new = once(cells, &mut seen, "to", (depot.clone(), place.clone()));
        Some(Way { depot, place, minutes: minutes? }).filter(|_| is_new)
    })
}

/// Reads teams.
pub(super) fn teams(region: &Region, table: &Table) -> Result<Vec<Team>, Vec<Flaw>> {
    let places = Names::places(region);
    let mut seen = BTreeSet::new();
    each(table, |cells| {
        let code = team_code(cells, &places, "team");
        let is_new = code.clone().is_none_or(|code| once(cells, &mut seen, "team", code));
        let components = components(cells);
        let word = word(cells);
        let notice_minutes = whole(cells, "notice_minutes", 0, Some(0));
        let self_sufficient_hours = whole(cells, "self_sufficient_hours", 0, Some(0));
        let (from, until) = (moment(cells, "last_duty_start"), moment(cells, "last_duty_end"));
        let past_duty_minutes = hours(cells, "duty_hours", Some(0));
        let last_duty = match (from.ok()?, until.ok()?) {
            (from, Some(until)) => Some(Duty { from, until }),
            (None, None) => None,
            (Some(_), None) => {
                cells.said(
                    "last_duty_end",
                    "the last duty has a start and no end",
                    "write when it ended, or will",
                );
                return None;
            }
        };
        let team = Team {
            code: code?,
            components: components?,
            word: word?,
            notice_minutes: notice_minutes?,
            self_sufficient_hours: self_sufficient_hours?,
            last_duty,
            past_duty_minutes: past_duty_minutes?,
        };
        Some(team).filter(|_| is_new)
    })
}

/// Who is in a team: `nurse+driver 2, medic`.
fn components(cells: &mut Cells<'_>) -> Option<Vec<Component>> {
    let text = cells.text("skills");
    let list = counted(cells, "skills", text)?;
    let mut components = Vec::new();
    for (words, people) in list {
        let skills: Option<Vec<SkillCode>> =
            words.split('+').map(|word| code(cells, "skills", word)).collect();
        components.push(Component { skills: skills?, people });
    }
    Some(components)
}

/// To what a team agreed.
fn word(cells: &mut Cells<'_>) -> Option<Word> {
    let text = cells.text("willing");
    let willing = match text.to_lowercase().as_str() {
        "" | "yes" | "y" | "true" | "1" => Some(true),
        "no" | "n" | "false" | "0" => Some(false),
        _ => {
            cells.said("willing", format!("{} is neither yes nor no", quoted(text)), "write yes or no");
            None
        }
    };
    let (first, last) = (cells.day("from"), cells.day("until"));
    let farthest = cells.text("max_minutes");
    let way_minutes_max =
        if farthest.is_empty() { Some(None) } else { whole(cells, "max_minutes", 0, None).map(Some) };
    Some(Word { willing: willing?, first, last, way_minutes_max: way_minutes_max? })
}

/// Reads missions.
pub(super) fn missions(region: &Region, table: &Table) -> Result<Vec<Mission>, Vec<Flaw>> {
    let places = Names::places(region);
    let mut seen = BTreeSet::new();
    each(table, |cells| {
        let text = cells.text("mission");
        let mission = code::<MissionCode>(cells, "mission", text);
        let is_new = mission.clone().is_none_or(|code| once(cells, &mut seen, "mission", code));
        let place = cells.named(&places, "place");
        let urgency = urgency(cells);
        let (start, end) = (moment_needed(cells, "start"), moment_needed(cells, "end"));
        if let (Some(start), Some(end)) = (start, end) {
            let length = end.minutes_from(start.day) - i64::from(start.minute);
            if !(1..=24 * 60).contains(&length) {
                let remedy =
                    "let work on one day last up to 24 hours; for more days write how many under 'days'";
                cells.said(
                    "end",
                    format!("{} is not within 24 hours after the start", quoted(cells.text("end"))),
                    remedy,
                );
                return None;
            }
        }
        let days = whole(cells, "days", 1, Some(1));
        let asks = asks(cells);
        let self_sufficient_hours = whole(cells, "self_sufficient_hours", 0, Some(0));
        let mission = Mission {
            code: mission?,
            place: place?,
            urgency,
            start: start?,
            end: end?,
            days: u32::try_from(days?).unwrap_or(u32::MAX),
            asks: asks?,
            self_sufficient_hours: self_sufficient_hours?,
        };
        Some(mission).filter(|_| is_new)
    })
}

/// Whom a mission asks for: `nurse 2, driver`.
fn asks(cells: &mut Cells<'_>) -> Option<Vec<SkillCount>> {
    let text = cells.text("skills");
    let list = counted(cells, "skills", text)?;
    let asks: Option<Vec<SkillCount>> = list
        .into_iter()
        .map(|(word, people)| Some(SkillCount { skill: code(cells, "skills", word)?, people }))
        .collect();
    let asks = asks?;
    let skills: BTreeSet<_> = asks.iter().map(|ask| &ask.skill).collect();
    if skills.len() < asks.len() || asks.len() > koinon_match::teams::SKILLS_MAX {
        let most = koinon_match::teams::SKILLS_MAX;
        cells.said(
            "skills",
            format!("{} has a skill twice, or more than {most}", quoted(text)),
            "write each skill once, or make two missions",
        );
        return None;
    }
    Some(asks)
}

/// Reads crew floors.
pub(super) fn floors(region: &Region, table: &Table) -> Result<Vec<Floor>, Vec<Flaw>> {
    let places = Names::places(region);
    let mut seen = BTreeSet::new();
    each(table, |cells| {
        let place = cells.named(&places, "place");
        let text = cells.text("skill");
        let skill = code::<SkillCode>(cells, "skill", text);
        let keep = whole(cells, "keep", 0, None);
        let floor = Floor { place: place?, skill: skill?, keep: keep? };
        once(cells, &mut seen, "skill", (floor.place.clone(), floor.skill.clone())).then_some(floor)
    })
}

/// Reads requests: people who need care (each takes a bed), or parts (each takes minutes).
pub(super) fn requests(
    region: &Region,
    table: &Table,
    last: Day,
    (service, count, length): (&'static str, &'static str, Option<&'static str>),
) -> Result<Vec<Request>, Vec<Flaw>> {
    let places = Names::places(region);
    each(table, |cells| {
        let place = cells.named(&places, "place");
        let text = cells.text(service);
        let service = code::<ServiceCode>(cells, service, text);
        let count = whole(cells, count, 1, None);
        let each = length.map_or(Some(1), |column| whole(cells, column, 1, None));
        let urgency = urgency(cells);
        let by = cells.day("by").unwrap_or(last);
        let id = u32::try_from(cells.row.line).unwrap_or(u32::MAX);
        Some(Request { id, place: place?, service: service?, urgency, count: count?, each: each?, by })
    })
}

/// Reads hospitals (beds) or shops (hours).
pub(super) fn providers(
    region: &Region,
    table: &Table,
    (name, services, capacity): (&'static str, &'static str, &'static str),
    in_hours: bool,
) -> Result<Vec<Provider>, Vec<Flaw>> {
    let places = Names::places(region);
    let mut seen = BTreeSet::new();
    each(table, |cells| {
        let provider = team_code(cells, &places, name);
        let is_new = provider.clone().is_none_or(|code| once(cells, &mut seen, name, code));
        let text = cells.text(services);
        let list: Option<Vec<ServiceCode>> = parts(text).map(|part| code(cells, services, part)).collect();
        if text.is_empty() {
            cells.said(services, "nothing is written", "write what can be done there, apart by commas");
        }
        let per_day = if in_hours { hours(cells, capacity, None) } else { whole(cells, capacity, 0, None) };
        if in_hours && per_day.is_some_and(|minutes| minutes > 24 * 60 * 600) {
            cells.said(capacity, "these are too many hours", "write the hours of all machines of one day");
        }
        Some(Provider { code: provider?, services: list?, per_day: per_day?, taken: Vec::new() })
            .filter(|_| is_new && !text.is_empty())
    })
}
