//! `koinon match --verify PLAN`: whoever has the same region and tables works a plan out again, and sees whether it is that one.
//!
//! The check number alone proves nothing, as anybody can write one down: every line of the file is compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use koinon_core::{CorridorCode, Day, LoadCode, Region};
use koinon_match::rounds::{Asked, Load, load_of};
use koinon_match::{Moment, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::views::{PlanView, SuggestionView};
use crate::failure::{Complaint, Exit, Explain};
use crate::files;
use crate::out::{Out, say};

/// The largest file that is read as a plan.
const PLAN_BYTES_MAX: usize = 512 * 1024 * 1024;
/// Differences that are named one by one.
const NAMED_MAX: usize = 20;

/// A plan that somebody brought.
pub(super) struct Theirs {
    file: PathBuf,
    view: PlanView,
}

/// What came of the comparison.
#[derive(Debug, Serialize)]
struct Verdict {
    /// Whether the plan is, line by line, the one that follows from the same files.
    verified: bool,
    /// Whether it was made from the same files.
    same_inputs: bool,
    /// The check number of the plan that follows.
    digest: String,
    /// What is different, the first of it.
    differences: Vec<String>,
}

/// Reads a plan as `koinon match --json` prints it.
pub(super) fn read(path: &Path) -> anyhow::Result<Theirs> {
    Ok(Theirs { file: path.to_owned(), view: open(path, "match")? })
}

/// Reads what a command printed with `--json`.
pub(crate) fn open<V: DeserializeOwned>(path: &Path, command: &str) -> anyhow::Result<V> {
    let bytes = files::read(path, PLAN_BYTES_MAX)?;
    let hint =
        format!("name a file that `koinon {command} --json` wrote, whole and with this version of koinon");
    serde_json::from_slice(&bytes).explain(|| format!("{} is no such plan", path.display()), &hint)
}

impl Theirs {
    /// The problem with nothing in stock, from the moment and for the days of the plan.
    pub(super) fn blank(&self, region: &Region) -> anyhow::Result<Problem> {
        let wrong = |what: &str, found: &str| {
            let message = format!("{}: {what} '{found}' is none", self.file.display());
            Complaint::new(message, "take the file as `koinon match --json` wrote it")
        };
        let start = self.start()?;
        let until = Day::parse(&self.view.until).ok_or_else(|| wrong("until", &self.view.until))?;
        let days = u32::try_from(until.since(start.day)).ok().and_then(|days| days.checked_add(1));
        let days =
            days.filter(|days| (1..=60).contains(days)).ok_or_else(|| wrong("until", &self.view.until))?;
        Ok(super::blank(region, start.day.at_minute(start.minute, &region.zone()), Some(days)))
    }

    /// The moment from which it was planned.
    pub(super) fn start(&self) -> anyhow::Result<Moment> {
        moment_of(&self.view.start, &self.file)
    }

    /// What vehicles would bring of it: each suggestion is ready on the day on which it leaves there, and due on the day on which it
    /// arrives there where it was asked for, else on the last day of the plan. What runs through wires and pipes is left out.
    pub(super) fn loads(&self, region: &Region) -> anyhow::Result<Vec<Load>> {
        let goods = super::goods(region);
        let until = Day::parse(&self.view.until);
        let carried = |code: &String| {
            let corridor = CorridorCode::new(code).ok().and_then(|code| region.corridor(&code));
            corridor.is_none_or(|corridor| corridor.mode.carries_goods())
        };
        let load = |s: &SuggestionView| -> Option<Load> {
            let item = goods.iter().find(|item| item.code == s.item)?;
            let urgency = match &s.urgency {
                Some(word) => Some(super::tables::URGENCY.iter().find(|(known, _)| known == word)?.1),
                None => None,
            };
            let day = |text: &str| moment(text).map(|moment| moment.day);
            let due = if urgency.is_some() { day(&s.arrives)? } else { until? };
            let short: String = s.id.chars().take(12).collect();
            let asked = Asked {
                code: LoadCode::new(&short).ok()?,
                from: s.from.clone(),
                to: s.to.clone(),
                amount: s.amount.base_units,
                urgency,
                ready: Moment { day: day(&s.leaves)?, minute: 0 },
                due: Moment { day: due, minute: 1_439 },
            };
            load_of(item, asked)
        };
        let suggestions = self.view.suggestions.iter().filter(|s| s.corridors.iter().all(carried));
        let loads = suggestions.map(|s| {
            load(s).ok_or_else(|| {
                let found = format!("{}: the suggestion {} cannot be read", self.file.display(), s.id);
                Complaint::new(found, "take the file as `koinon match --json` wrote it, and its region file")
            })
        });
        Ok(loads.collect::<Result<Vec<_>, _>>()?)
    }

    /// Compares it with the plan that follows, and says what is different.
    pub(super) fn compare(&self, ours: &PlanView, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
        let numbers = Numbers { theirs: &self.view.inputs, ours: &ours.inputs, digest: &ours.digest };
        let what = format!("{} suggestions", self.view.suggestions.len());
        judge(&self.view, ours, &numbers, &what, json, out)
    }
}

/// Check numbers of two plans.
pub(crate) struct Numbers<'a> {
    /// Of the files from which the plan says that it was made.
    pub(crate) theirs: &'a str,
    /// Of the files that are here.
    pub(crate) ours: &'a str,
    /// Of the plan that follows from them.
    pub(crate) digest: &'a str,
}

/// Compares a plan with the one that follows from the same files, and says what is different; `what` says what is in it.
pub(crate) fn judge<V: Serialize + PartialEq>(
    theirs: &V,
    ours: &V,
    numbers: &Numbers<'_>,
    what: &str,
    json: bool,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let same_inputs = numbers.theirs == numbers.ours;
    let differences = if same_inputs { differences(theirs, ours)? } else { Vec::new() };
    let verified = theirs == ours;
    let count = differences.len();
    let verdict = Verdict {
        verified,
        same_inputs,
        digest: numbers.digest.to_owned(),
        differences: differences.into_iter().take(NAMED_MAX).collect(),
    };
    if json {
        out.json(&verdict)?;
    } else if verified {
        say(format!("This is the plan that follows: {what}, check number {}.", numbers.digest));
    } else if same_inputs {
        say(format!("This is not the plan that follows from the same files: {count} lines are different."));
        verdict.differences.iter().for_each(say);
        if count > NAMED_MAX {
            say(format!("… and {} more", count - NAMED_MAX));
        }
    } else {
        say(
            "This plan was made from other files, or by another version of koinon: nothing can be said of it.",
        );
        say(format!("  the plan's inputs have check number {}", numbers.theirs));
        say(format!("  these files have             {}", numbers.ours));
        say("hint: take the region file and the tables from which it was made");
    }
    Ok(if verified { Exit::Done } else { Exit::No })
}

/// Reads the moment from which a file was planned.
pub(crate) fn moment_of(text: &str, file: &Path) -> anyhow::Result<Moment> {
    moment(text).ok_or_else(|| {
        let found = format!("{}: start '{text}' is none", file.display());
        Complaint::new(found, "take the file as koinon wrote it").into()
    })
}

/// What is different, by place in the file.
fn differences(theirs: &impl Serialize, ours: &impl Serialize) -> anyhow::Result<Vec<String>> {
    let (mut left, mut right) = (BTreeMap::new(), BTreeMap::new());
    flatten("", &serde_json::to_value(theirs)?, &mut left);
    flatten("", &serde_json::to_value(ours)?, &mut right);
    let mut found = Vec::new();
    for (place, said) in &left {
        match right.get(place) {
            Some(follows) if follows == said => {}
            Some(follows) => found.push(format!("  {place}: the plan says {said}, {follows} follows")),
            None => found.push(format!("  {place}: the plan says {said}, nothing follows")),
        }
    }
    let missing = right.iter().filter(|(place, _)| !left.contains_key(*place));
    found.extend(
        missing.map(|(place, follows)| format!("  {place}: the plan says nothing, {follows} follows")),
    );
    Ok(found)
}

/// Lists every plain value under its place, such as `suggestions[3].amount.text`.
fn flatten(place: &str, value: &serde_json::Value, into: &mut BTreeMap<String, String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                let dot = if place.is_empty() { "" } else { "." };
                flatten(&format!("{place}{dot}{name}"), value, into);
            }
        }
        serde_json::Value::Array(list) => {
            for (number, value) in list.iter().enumerate() {
                flatten(&format!("{place}[{number}]"), value, into);
            }
        }
        plain => drop(into.insert(place.to_owned(), plain.to_string())),
    }
}

/// Reads `YYYY-MM-DD HH:MM`.
pub(crate) fn moment(text: &str) -> Option<Moment> {
    let (day, time) = text.split_once(' ')?;
    let (hour, minute) = time.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(Moment { day: Day::parse(day)?, minute: hour * 60 + minute })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the hour: what left before a plan was made is in none that is worked out again either.
    #[test]
    fn a_plan_is_worked_out_again_from_its_own_minute() {
        let region = Region::parse(include_str!("../../tests/cli/two-towns.toml")).unwrap();
        let monday = Day::parse("2026-03-02").unwrap();
        let problem_from =
            |minute| super::super::blank(&region, monday.at_minute(minute, &region.zone()), Some(3));
        for minute in [0, 359, 480, 481, 720, 1_439] {
            let problem = problem_from(minute);
            let plan = koinon_match::plan(&problem).unwrap();
            let view = super::super::views::plan(&plan, &region, &problem);
            let theirs = Theirs { file: PathBuf::from("plan.json"), view };
            assert_eq!(theirs.blank(&region).unwrap().digest(), problem.digest(), "from minute {minute} on");
        }
        assert!(
            problem_from(1_439).departures.len() < problem_from(0).departures.len(),
            "something leaves that day"
        );
    }
}
