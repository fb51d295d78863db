//! What is wrong with a problem of teams: every fault at once, with its place, the value and a remedy.
//!
//! The limits are the proof that nothing overflows: people of a team and of a mission stay below a million, minutes below ten million, lists below
//! a hundred thousand entries, so every sum of products fits 63 bits, and squares of duty 128.

use std::collections::BTreeSet;
use std::fmt;

use super::problem::{Mission, Problem, Team};

/// The most entries of one list; ways may be ten times as many.
const COUNT_MAX: usize = 5_000;
/// The most pairs of teams and missions.
const PAIRS_MAX: usize = 500_000;
/// The most people of one team, or asked for by one mission in one skill.
const PEOPLE_MAX: i64 = 10_000;
/// The most minutes.
const MINUTES_MAX: i64 = 1_000_000;
/// The most faults that are listed.
const FAULTS_MAX: usize = 100;
/// How many days ahead a plan of teams looks: as many as the hours of duty are counted over.
pub const DAYS_MAX: i64 = 30;
/// The most skills of one mission.
pub const SKILLS_MAX: usize = 8;
/// Minutes in a day.
const DAY: i64 = crate::problem::DAY_MINUTES;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// What it is about, such as a team or a mission.
    pub about: String,
    /// What was found, and what would do.
    pub what: String,
}

/// Everything that is wrong, 100 entries at most.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.about, self.what)
    }
}

#[derive(Default)]
struct Inspector(Vec<Fault>);

impl Inspector {
    fn say(&mut self, about: impl fmt::Display, what: String) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(Fault { about: about.to_string(), what });
        }
    }

    fn range(&mut self, about: &dyn fmt::Display, word: &str, found: i64, least: i64, most: i64) {
        if !(least..=most).contains(&found) {
            self.say(about, format!("{word} is {found}; use {least} to {most}"));
        }
    }

    fn twice<T: Ord + fmt::Display>(&mut self, list: impl Iterator<Item = T>) {
        let mut seen = BTreeSet::new();
        for one in list {
            if seen.contains(&one) {
                self.say(&one, "it is listed twice; keep one".to_owned());
            }
            seen.insert(one);
        }
    }
}

impl Problem {
    /// Everything that is wrong; empty when the problem can be planned.
    pub fn faults(&self) -> Vec<Fault> {
        let mut i = Inspector::default();
        for (word, len, most) in [
            ("teams", self.teams.len(), COUNT_MAX),
            ("missions", self.missions.len(), COUNT_MAX),
            (
                "pairs of a team and a mission",
                self.teams.len().saturating_mul(self.missions.len()),
                PAIRS_MAX,
            ),
            ("ways", self.ways.len(), COUNT_MAX * 20),
            ("crew floors", self.floors.len(), COUNT_MAX * 10),
        ] {
            if len > most {
                i.say("the plan", format!("there are {len} {word}; at most {most} can be planned: split it"));
            }
        }
        if i.0.is_empty() {
            self.rules(&mut i);
            self.teams.iter().for_each(|team| self.team(team, &mut i));
            self.missions.iter().for_each(|mission| self.mission(mission, &mut i));
            for way in &self.ways {
                let about = format!("the way from {} to {}", way.depot, way.place);
                i.range(&about, "minutes", way.minutes, 0, MINUTES_MAX);
            }
            for floor in &self.floors {
                let about = format!("the crew floor of {} at {}", floor.skill, floor.place);
                i.range(&about, "people", floor.keep, 0, PEOPLE_MAX * 100);
            }
            i.twice(self.teams.iter().map(|team| &team.code));
            i.twice(self.missions.iter().map(|mission| &mission.code));
            i.twice(self.ways.iter().map(|w| format!("the way from {} to {}", w.depot, w.place)));
            i.twice(self.floors.iter().map(|f| format!("the crew floor of {} at {}", f.skill, f.place)));
        }
        i.0
    }

    fn rules(&self, i: &mut Inspector) {
        let r = &self.rules;
        i.range(&"the rules", "rest between duties, in minutes,", r.rest_minutes, 0, DAY);
        i.range(&"the rules", "duty in 24 hours, in minutes,", r.duty_minutes_max, 1, DAY);
        i.range(&"the rules", "duty in 30 days, in minutes,", r.rotation_minutes_max, 1, DAYS_MAX * DAY);
        i.range(&"the rules", "the crew kept of each skill", r.keep, 0, PEOPLE_MAX * 100);
    }

    fn team(&self, team: &Team, i: &mut Inspector) {
        let about = &team.code;
        if team.components.is_empty() {
            i.say(about, "nobody is in it; say at least one skill".to_owned());
        }
        for component in &team.components {
            i.range(about, "people of one skill", component.people, 1, PEOPLE_MAX);
            if component.skills.is_empty() || component.skills.len() > SKILLS_MAX {
                let found = component.skills.len();
                i.say(about, format!("somebody has {found} skills; use 1 to {SKILLS_MAX}"));
            }
        }
        i.range(about, "notice, in minutes,", team.notice_minutes, 0, MINUTES_MAX);
        i.range(about, "self-sufficiency, in hours,", team.self_sufficient_hours, 0, MINUTES_MAX);
        i.range(about, "past duty, in minutes,", team.past_duty_minutes, 0, DAYS_MAX * DAY);
        if let Some(most) = team.word.way_minutes_max {
            i.range(about, "the longest way, in minutes,", most, 0, MINUTES_MAX);
        }
        if let Some(duty) = team.last_duty {
            let until = duty.until.minutes_from(self.now.day);
            i.range(
                about,
                "the end of the last duty, in minutes from today,",
                until,
                -MINUTES_MAX,
                MINUTES_MAX,
            );
            if let Some(from) = duty.from.map(|from| from.minutes_from(self.now.day))
                && !(until.saturating_sub(DAY)..=until).contains(&from)
            {
                let length = until.saturating_sub(from);
                i.say(about, format!("the last duty lasts {length} minutes; use 0 to {DAY}"));
            }
        }
    }

    fn mission(&self, mission: &Mission, i: &mut Inspector) {
        let about = &mission.code;
        if mission.asks.is_empty() || mission.asks.len() > SKILLS_MAX {
            let found = mission.asks.len();
            i.say(about, format!("it asks for {found} skills; use 1 to {SKILLS_MAX}, or split it"));
        }
        for ask in &mission.asks {
            i.range(about, &format!("people asked for as {}", ask.skill), ask.people, 1, PEOPLE_MAX);
        }
        let skills: BTreeSet<_> = mission.asks.iter().map(|ask| &ask.skill).collect();
        if skills.len() < mission.asks.len() {
            i.say(about, "it asks for one skill twice; add the two up".to_owned());
        }
        i.range(about, "self-sufficiency, in hours,", mission.self_sufficient_hours, 0, MINUTES_MAX);
        i.range(about, "the number of days", i64::from(mission.days), 1, DAYS_MAX);
        let (start, end) = (mission.start.minutes_from(self.now.day), mission.end.minutes_from(self.now.day));
        let length = end.saturating_sub(start);
        if !(1..=DAY).contains(&length) {
            let what =
                format!("work lasts {length} minutes on a day; use 1 to {DAY}, and days for more than one");
            i.say(about, what);
        }
        let last = end.saturating_add(i64::from(mission.days.saturating_sub(1)).saturating_mul(DAY));
        let now = i64::from(self.now.minute);
        if start < now.saturating_sub(DAYS_MAX * DAY) || last > now.saturating_add(DAYS_MAX * DAY) {
            i.say(about, format!("it is not within the next {DAYS_MAX} days; leave it out until then"));
        }
    }
}
