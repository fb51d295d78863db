//! Looks at a plan of teams with other eyes: nothing here is shared with the engine but the plain types and the text of digests.
//!
//! It works out every trip, rest, hour and crew again from the problem alone; recomputes what the prices of the plan prove; tries to send
//! every team that stayed at home to every place that stayed open; and where the plan says that every other one was looked at, it looks at
//! every one itself. It says everything that is wrong, and repairs nothing.

mod every;
mod facts;
mod proof;

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{MissionCode, SkillCode};
use koinon_ledger::fact::Urgency;

use super::plan::{Deployment, Figure, Open, Plan, Proof};
use super::problem::{Mission, Problem, Team, TeamCode};
use super::words;
use facts::Facts;

/// One thing that is wrong with a plan.
pub type Violation = crate::violation::Violation<Rule>;

/// The rules that every plan of teams must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The plan was made from this problem, and its digests say so.
    Inputs,
    /// Teams and missions exist, and no team goes twice to one mission.
    Known,
    /// A team goes only where and when it agreed to, with its notice, and can live there.
    Word,
    /// Times, ways and hours are those of the trip.
    Trip,
    /// Between two duties a team rests.
    Rest,
    /// No team is on duty for too long within 24 hours.
    DutyHours,
    /// No team is on duty for too long within 30 days.
    Rotation,
    /// A place keeps its crew of each skill at home.
    CrewFloor,
    /// Those who serve have the skill, and each does one thing.
    Skill,
    /// Sums are right: who comes and who is missing is what was asked for.
    AddsUp,
    /// Whoever stayed at home while something is open is named, and could not go.
    Reasons,
    /// The bounds follow from their prices.
    Bound,
    /// There is no better plan where the plan says so.
    Best,
}

/// Everything that is wrong with a plan for a problem; empty when nothing is. Lists of the problem may stand in any order.
pub fn check(problem: &Problem, plan: &Plan) -> Vec<Violation> {
    let mut checker =
        Checker { problem, plan, facts: Facts::new(problem), tours: BTreeMap::new(), found: Vec::new() };
    checker.digests();
    plan.deployments.iter().for_each(|one| checker.deployment(one));
    checker.hours();
    checker.crews();
    checker.sums();
    plan.open.iter().for_each(|one| checker.open(one));
    checker.figure("what lives depend on", &plan.lives, |mission| mission.urgency == Urgency::MustHave);
    checker.figure("everything", &plan.all, |_| true);
    // What is not a plan cannot be compared with plans.
    if checker.found.is_empty() && plan.proof == Proof::Complete {
        checker.best();
    }
    checker.found
}

struct Checker<'a> {
    problem: &'a Problem,
    plan: &'a Plan,
    facts: Facts<'a>,
    /// Missions of each team that goes.
    tours: BTreeMap<&'a TeamCode, Vec<&'a Mission>>,
    found: Vec<Violation>,
}

impl<'a> Checker<'a> {
    fn say(&mut self, rule: Rule, what: String) {
        self.found.push(Violation { rule, what });
    }

    fn digests(&mut self) {
        if self.plan.inputs != self.problem.digest() {
            self.say(Rule::Inputs, "the plan was made from another problem".to_owned());
        }
        if self.plan.digest != words::plan_digest(self.plan) {
            self.say(Rule::Inputs, "the check number is not that of the plan".to_owned());
        }
    }

    fn deployment(&mut self, one: &'a Deployment) {
        let about = format!("{} on {}", one.team, one.mission);
        let (Some(team), Some(mission)) = (self.facts.team(&one.team), self.facts.mission(&one.mission))
        else {
            return self.say(Rule::Known, format!("{about}: there is no such team or mission"));
        };
        let tour = self.tours.entry(&team.code).or_default();
        if tour.iter().any(|other| other.code == mission.code) {
            return self.say(Rule::Known, format!("{about}: it goes there twice"));
        }
        tour.push(mission);
        if let Some(word) = self.facts.against(team, mission) {
            self.say(Rule::Word, format!("{about}: {word}"));
        }
        let Some(trip) = self.facts.trip(team, mission) else {
            return self.say(Rule::Trip, format!("{about}: there is no way there and back"));
        };
        let told = (self.facts.minute(one.leaves), self.facts.minute(one.returns));
        if told != (trip.leaves, trip.returns) || (one.way_minutes, one.duty_minutes) != (trip.way, trip.duty)
        {
            self.say(Rule::Trip, format!("{about}: its times are not those of the way and the work"));
        }
        if one.serves.iter().any(|count| count.people < 1) || !facts::able(team, &one.serves) {
            self.say(Rule::Skill, format!("{about}: its people cannot do all that"));
        }
        if let Some((other, extra)) = &one.next_best {
            let way = self.facts.team(other).and_then(|other| self.facts.trip(other, mission)).map(|t| t.way);
            if way.is_none_or(|way| way - trip.way != *extra) || *other == one.team {
                self.say(Rule::Trip, format!("{about}: {other} is not {extra} minutes farther"));
            }
        }
    }

    fn hours(&mut self) {
        for (code, missions) in std::mem::take(&mut self.tours) {
            let broken = self.facts.team(code).and_then(|team| self.facts.hours(team, &missions));
            if let Some(rule) = broken {
                self.say(rule, format!("{code}: its hours do not allow all its missions"));
            }
            self.tours.insert(code, missions);
        }
    }

    fn crews(&mut self) {
        let away = self.away();
        for (home, skill) in self.facts.short_of(&away) {
            self.say(Rule::CrewFloor, format!("{home} keeps too few with the skill {skill} at home"));
        }
    }

    fn away(&self) -> Vec<(&'a Team, &'a Mission)> {
        let tours = self.tours.iter().filter_map(|(code, missions)| Some((self.facts.team(code)?, missions)));
        tours.flat_map(|(team, missions)| missions.iter().map(move |mission| (team, *mission))).collect()
    }

    /// People who serve, by mission and skill.
    fn served(&self) -> BTreeMap<(&'a MissionCode, &'a SkillCode), i64> {
        let mut served = BTreeMap::new();
        for one in &self.plan.deployments {
            for count in &one.serves {
                *served.entry((&one.mission, &count.skill)).or_insert(0) += count.people;
            }
        }
        served
    }

    fn sums(&mut self) {
        let mut served = self.served();
        let mut open = BTreeMap::new();
        for one in &self.plan.open {
            if one.people < 1 || open.insert((&one.mission, &one.skill), one.people).is_some() {
                self.say(
                    Rule::AddsUp,
                    format!("{} of {}: what is open is said twice, or is none", one.skill, one.mission),
                );
            }
        }
        let mut places: BTreeMap<_, (i64, i64)> = BTreeMap::new();
        for mission in &self.problem.missions {
            for ask in &mission.asks {
                let key = (&mission.code, &ask.skill);
                let (comes, lacks) = (served.remove(&key).unwrap_or(0), open.remove(&key).unwrap_or(0));
                if comes + lacks != ask.people {
                    let what = format!(
                        "{} of {}: {comes} come, {lacks} are missing, {} were asked for",
                        ask.skill, mission.code, ask.people
                    );
                    self.say(Rule::AddsUp, what);
                }
                let (asked, covered) = places.entry(&mission.place).or_default();
                *asked += ask.people;
                *covered += comes;
            }
        }
        if !served.is_empty() || !open.is_empty() {
            self.say(Rule::AddsUp, "somebody serves, or is missing, who was not asked for".to_owned());
        }
        let told: BTreeMap<_, _> =
            self.plan.places.iter().map(|p| (&p.place, (p.asked, p.covered))).collect();
        if told != places || self.plan.places.len() != places.len() {
            self.say(Rule::AddsUp, "the sums by place are not those of the deployments".to_owned());
        }
    }

    /// Whoever has the skill and stayed at home is named once, and going would break a rule.
    fn open(&mut self, open: &Open) {
        let Some(mission) = self.facts.mission(&open.mission) else { return };
        let mut named: BTreeSet<&TeamCode> = BTreeSet::new();
        for reason in &open.reasons {
            if !named.insert(&reason.team) {
                self.say(Rule::Reasons, format!("{} is named twice for {}", reason.team, open.mission));
            }
        }
        let to = &mission.code;
        let goes = |checker: &Self, team: &Team| {
            checker.tours.get(&team.code).is_some_and(|tour| tour.iter().any(|other| other.code == *to))
        };
        let problem = self.problem;
        for team in &problem.teams {
            let has = team.components.iter().any(|one| one.skills.contains(&open.skill));
            if (has && !goes(self, team)) != named.remove(&team.code) {
                self.say(
                    Rule::Reasons,
                    format!("{} is named, or not, against the facts, for {}", team.code, open.mission),
                );
            } else if has && !goes(self, team) && self.is_free(team, mission) {
                self.say(Rule::Reasons, format!("{} could go to {} and does not", team.code, open.mission));
            }
        }
        if !named.is_empty() {
            self.say(Rule::Reasons, format!("teams are named for {} that do not exist", open.mission));
        }
    }

    /// Whether a team could go besides without breaking a rule.
    fn is_free(&self, team: &'a Team, mission: &'a Mission) -> bool {
        let mut tour = self.tours.get(&team.code).cloned().unwrap_or_default();
        tour.push(mission);
        if self.facts.against(team, mission).is_some()
            || self.facts.trip(team, mission).is_none()
            || self.facts.hours(team, &tour).is_some()
        {
            return false;
        }
        let away = self.away().into_iter();
        let home = away.filter(|(other, _)| other.code.home == team.code.home);
        let home: Vec<_> = home.chain([(team, mission)]).collect();
        self.facts.short_of(&home).is_empty()
    }

    fn figure(&mut self, about: &str, figure: &Figure, counts: impl Fn(&Mission) -> bool) {
        let missions: Vec<&Mission> = self.problem.missions.iter().filter(|one| counts(one)).collect();
        let asked: i64 = missions.iter().map(|one| one.people()).sum();
        let codes: BTreeSet<&MissionCode> = missions.iter().map(|one| &one.code).collect();
        let served = self.served();
        let covered: i64 =
            served.iter().filter(|((to, _), _)| codes.contains(to)).map(|(_, people)| people).sum();
        if (figure.asked, figure.covered) != (asked, covered) {
            self.say(
                Rule::AddsUp,
                format!(
                    "{about}: {covered} of {asked} are covered, not {} of {}",
                    figure.covered, figure.asked
                ),
            );
        }
        match proof::proven(&self.facts, &missions, &figure.prices) {
            Err(what) => self.say(Rule::Bound, format!("{about}: {what}")),
            Ok(most) if most != figure.bound => {
                self.say(Rule::Bound, format!("{about}: the prices prove {most}, not {}", figure.bound));
            }
            Ok(_) => {}
        }
        if figure.covered > figure.bound {
            self.say(Rule::Bound, format!("{about}: more is covered than the bound allows"));
        }
    }

    fn best(&mut self) {
        let said: Vec<(&TeamCode, Vec<&Mission>)> =
            self.tours.iter().map(|(code, missions)| (*code, missions.clone())).collect();
        match every::better(&self.facts, &said) {
            None => self.say(Rule::Best, "there are too many plans to have looked at each".to_owned()),
            Some(true) => self.say(Rule::Best, "there is a better plan".to_owned()),
            Some(false) => {}
        }
    }
}
