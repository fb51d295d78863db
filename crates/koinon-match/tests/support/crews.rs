//! Small problems of teams, and a judge that knows nothing but a clock: it walks through the days in ticks of half an hour.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{Day, PlaceCode, SkillCode};
use koinon_ledger::fact::Urgency;
use koinon_match::Moment;
use koinon_match::relief::Way;
use koinon_match::teams::{Component, Duty, Floor, Mission, Problem, SkillCount, Team, Word};

const TODAY: Day = Day(20_000);
/// Minutes of a tick, and ticks of a day.
const TICK: i64 = 30;
const DAY_TICKS: usize = 48;
/// The clock starts so many days before today, and runs for so many.
const DAYS_BEFORE: i64 = 3;
const TICKS: usize = 12 * DAY_TICKS;

pub(crate) fn at(place: &str) -> PlaceCode {
    place.parse().unwrap()
}

/// A minute of a day, counted from today.
pub(crate) fn moment(day: i32, minute: u16) -> Moment {
    Moment { day: TODAY.plus(day), minute }
}

pub(crate) fn component(skills: &str, people: i64) -> Component {
    Component { skills: skills.split('+').map(|skill| skill.parse().unwrap()).collect(), people }
}

pub(crate) fn team(code: &str, components: &[(&str, i64)]) -> Team {
    Team {
        code: code.parse().unwrap(),
        components: components.iter().map(|(skills, people)| component(skills, *people)).collect(),
        word: Word::default(),
        notice_minutes: 0,
        self_sufficient_hours: 0,
        last_duty: None,
        past_duty_minutes: 0,
    }
}

pub(crate) fn mission(
    code: &str,
    place: &str,
    start: (i32, u16),
    end: (i32, u16),
    asks: &[(&str, i64)],
) -> Mission {
    let asks =
        asks.iter().map(|(skill, people)| SkillCount { skill: skill.parse().unwrap(), people: *people });
    Mission {
        code: code.parse().unwrap(),
        place: at(place),
        urgency: Urgency::Needed,
        start: moment(start.0, start.1),
        end: moment(end.0, end.1),
        days: 1,
        asks: asks.collect(),
        self_sufficient_hours: 0,
    }
}

pub(crate) fn way(from: &str, to: &str, minutes: i64) -> Way {
    Way { depot: at(from), place: at(to), minutes }
}

/// What a plan is worth; greater is better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Worth {
    lives: i64,
    /// Covered and asked for at each place.
    parts: Vec<(i64, i64)>,
    needed: i64,
    useful: i64,
    load: i64,
    way: i64,
}

impl Worth {
    pub(crate) fn covered(&self) -> i64 {
        self.lives + self.needed + self.useful
    }
}

impl PartialOrd for Worth {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let lives = self.lives.cmp(&other.lives);
        let mut parts = Ordering::Equal;
        for (mine, theirs) in self.parts.iter().zip(&other.parts) {
            parts = parts.then((mine.0 * theirs.1).cmp(&(theirs.0 * mine.1)));
        }
        let rest = (self.needed, self.useful, -self.load, -self.way);
        let others = (other.needed, other.useful, -other.load, -other.way);
        Some(lives.then(parts).then(rest.cmp(&others)))
    }
}

fn tick(moment: Moment) -> usize {
    let minutes = (i64::from(moment.day.0 - TODAY.0) + DAYS_BEFORE) * 1_440 + i64::from(moment.minute);
    assert_eq!(minutes % TICK, 0, "the judge's clock has no such minute");
    usize::try_from(minutes / TICK).unwrap()
}

fn minutes(problem: &Problem, from: &PlaceCode, to: &PlaceCode) -> Option<i64> {
    if from == to {
        return Some(0);
    }
    problem.ways.iter().find(|way| way.depot == *from && way.place == *to).map(|way| way.minutes)
}

/// What one team does, tick by tick.
struct Life {
    /// Which duty is on, if any.
    duty: Vec<Option<usize>>,
    away: Vec<bool>,
}

/// Walks a team through its missions, or says which rule that breaks.
fn live(problem: &Problem, team: &Team, missions: &[&Mission]) -> Result<(Life, i64, i64), String> {
    let rules = &problem.rules;
    let mut life = Life { duty: vec![None; TICKS], away: vec![false; TICKS] };
    let mut number = 0;
    let mut work = |life: &mut Life, from: usize, to: usize| {
        number += 1;
        for tick in from..to {
            if life.duty[tick].replace(number).is_some() {
                return Err("on two duties at once".to_owned());
            }
        }
        Ok(())
    };
    if let Some(last) = team.last_duty {
        let until = tick(last.until);
        let full = usize::try_from(rules.duty_minutes_max / TICK).unwrap();
        let from = last.from.map_or(until - full, tick);
        work(&mut life, from, until)?;
        life.away[from..until].fill(true);
    }
    let (mut planned, mut ways) = (0, 0);
    for mission in missions {
        let word = &team.word;
        let out = minutes(problem, &team.code.home, &mission.place).ok_or("no way there")?;
        let back = minutes(problem, &mission.place, &team.code.home).ok_or("no way back")?;
        let ticks = |minutes: i64| usize::try_from(minutes / TICK).unwrap();
        let days = usize::try_from(mission.days).unwrap();
        let (start, end) = (tick(mission.start), tick(mission.end));
        let (leaves, returns) = (start - ticks(out), end + (days - 1) * DAY_TICKS + ticks(back));
        for day in 0..days {
            let from = if day == 0 { leaves } else { start + day * DAY_TICKS };
            let to = if day + 1 == days { returns } else { end + day * DAY_TICKS };
            work(&mut life, from, to)?;
        }
        if life.away[leaves..returns].contains(&true) {
            return Err("away twice".to_owned());
        }
        life.away[leaves..returns].fill(true);
        let day_of = |tick: usize| Day(i32::try_from(tick / DAY_TICKS).unwrap() + TODAY.0 - 3);
        let agreed = word.willing
            && word.first.is_none_or(|first| first <= day_of(leaves))
            && word.last.is_none_or(|last| day_of(returns - 1) <= last)
            && word.way_minutes_max.is_none_or(|most| out <= most && back <= most)
            && tick(problem.now) + ticks(team.notice_minutes) <= leaves
            && team.self_sufficient_hours >= mission.self_sufficient_hours;
        if !agreed {
            return Err(format!("{} did not agree to {}", team.code, mission.code));
        }
        planned += out + back + (i64::try_from(end - start).unwrap() * TICK) * i64::from(mission.days);
        ways += out + back;
    }
    let mut ended: Option<(usize, usize)> = None;
    for (now, duty) in life.duty.iter().enumerate() {
        let Some(duty) = duty else { continue };
        if let Some((before, last)) = ended
            && before != *duty
            && i64::try_from(now - last - 1).unwrap() * TICK < rules.rest_minutes
        {
            return Err(format!("{} has no rest", team.code));
        }
        ended = Some((*duty, now));
    }
    for window in life.duty.windows(DAY_TICKS) {
        let on = window.iter().filter(|duty| duty.is_some()).count();
        if i64::try_from(on).unwrap() * TICK > rules.duty_minutes_max {
            return Err(format!("{} is on duty for too long in a day", team.code));
        }
    }
    let total = team.past_duty_minutes + planned;
    if !missions.is_empty() && total > rules.rotation_minutes_max {
        return Err(format!("{} is on duty for too long in 30 days", team.code));
    }
    Ok((life, total, ways))
}

/// People of teams who serve on a mission at most, by trying everything.
fn serve(open: &mut [(SkillCode, i64)], people: &[&Component]) -> i64 {
    let Some((first, rest)) = people.split_first() else { return 0 };
    let mut best = 0;
    for at in 0..open.len() {
        if open[at].1 > 0 && first.skills.contains(&open[at].0) {
            open[at].1 -= 1;
            best = best.max(1 + serve(open, rest));
            open[at].1 += 1;
        }
    }
    best.max(serve(open, rest))
}

/// What a plan is worth, or which rule it breaks.
pub(crate) fn worth(problem: &Problem, pairs: &[(usize, usize)]) -> Result<Worth, String> {
    let mut lives = Vec::new();
    let (mut load, mut way) = (0, 0);
    for (number, team) in problem.teams.iter().enumerate() {
        let mine = pairs.iter().filter(|(who, _)| *who == number);
        let missions: Vec<&Mission> = mine.map(|(_, where_to)| &problem.missions[*where_to]).collect();
        let (life, total, ways) = live(problem, team, &missions)?;
        load += total * total;
        way += ways;
        lives.push((life, !missions.is_empty()));
    }
    crews_stay(problem, &lives)?;
    let mut by_urgency: BTreeMap<Urgency, i64> = BTreeMap::new();
    let mut places: BTreeMap<&PlaceCode, (i64, i64)> = BTreeMap::new();
    for (number, mission) in problem.missions.iter().enumerate() {
        let there = pairs.iter().filter(|(_, where_to)| *where_to == number);
        let components = there.flat_map(|(who, _)| &problem.teams[*who].components);
        let people: Vec<&Component> = components
            .flat_map(|one| std::iter::repeat_n(one, usize::try_from(one.people).unwrap()))
            .filter(|one| mission.asks.iter().any(|ask| one.skills.contains(&ask.skill)))
            .collect();
        let mut open: Vec<_> = mission.asks.iter().map(|ask| (ask.skill.clone(), ask.people)).collect();
        let covered = serve(&mut open, &people);
        *by_urgency.entry(mission.urgency).or_default() += covered;
        let place = places.entry(&mission.place).or_default();
        place.0 += covered;
        place.1 += mission.people();
    }
    let mut parts: Vec<(i64, i64)> = places.into_values().collect();
    parts.sort_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)));
    let of = |urgency| by_urgency.get(&urgency).copied().unwrap_or(0);
    let (lives, needed, useful) = (of(Urgency::MustHave), of(Urgency::Needed), of(Urgency::Useful));
    Ok(Worth { lives, parts, needed, useful, load, way })
}

/// Whether every home keeps its crew while somebody of it whom the plan sends is away.
fn crews_stay(problem: &Problem, lives: &[(Life, bool)]) -> Result<(), String> {
    for (number, leaving) in problem.teams.iter().enumerate().filter(|(number, _)| lives[*number].1) {
        let home = &leaving.code.home;
        let skills: BTreeSet<&SkillCode> = leaving.components.iter().flat_map(|one| &one.skills).collect();
        for skill in skills {
            let floor = problem.floors.iter().find(|floor| floor.place == *home && floor.skill == *skill);
            let keep = floor.map_or(problem.rules.keep, |floor| floor.keep);
            for now in (0..TICKS).filter(|now| lives[number].0.away[*now]) {
                let last_duty = leaving.last_duty.is_some_and(|last: Duty| now < tick(last.until));
                let stay: i64 = problem
                    .teams
                    .iter()
                    .zip(lives)
                    .filter(|(team, (life, _))| team.code.home == *home && !life.away[now])
                    .flat_map(|(team, _)| &team.components)
                    .filter(|one| one.skills.contains(skill))
                    .map(|one| one.people)
                    .sum();
                if stay < keep && !last_duty {
                    return Err(format!("{home} keeps {stay} with {skill}, not {keep}"));
                }
            }
        }
    }
    Ok(())
}

/// The best of all plans, every set of deployments tried.
pub(crate) fn best_by_hand(problem: &Problem) -> Worth {
    let mut pairs = Vec::new();
    for team in 0..problem.teams.len() {
        for mission in 0..problem.missions.len() {
            let alone = [(team, mission)];
            if live(problem, &problem.teams[team], &[&problem.missions[mission]]).is_ok() {
                pairs.extend(alone);
            }
        }
    }
    let sets = (0..1_u32 << pairs.len()).map(|set| {
        let chosen = pairs.iter().zip(0..).filter(|(_, at)| set >> at & 1 == 1);
        chosen.map(|(pair, _)| *pair).collect::<Vec<_>>()
    });
    let plans = sets.filter_map(|set| worth(problem, &set).ok());
    plans.fold(None, |best: Option<Worth>, plan| best.filter(|best| *best >= plan).or(Some(plan))).unwrap()
}

/// Numbers that follow from a seed (a linear congruence; enough to make cases).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % count
    }

    fn number(&mut self, count: u64) -> i64 {
        i64::try_from(self.below(count)).unwrap()
    }

    fn small(&mut self, count: u64) -> u16 {
        u16::try_from(self.below(count)).unwrap()
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = usize::try_from(self.below(u64::try_from(last).unwrap() + 1)).unwrap();
            list.swap(last, other);
        }
    }

    /// A problem of three places with so many teams and missions at most, and half as many at least.
    pub(crate) fn problem(&mut self, teams: u64, missions: u64) -> Problem {
        let places = ["dunes", "heath", "mill"];
        let skills = ["nurse", "driver", "nurse+driver", "cook"];
        let mut problem = Problem { now: moment(0, 360), ..Problem::default() };
        problem.rules.keep = i64::from(self.below(4) == 0);
        for from in places {
            for to in places.iter().filter(|to| **to != from) {
                if self.below(8) > 0 {
                    problem.ways.push(way(from, to, (1 + self.number(4)) * TICK));
                }
            }
        }
        for number in 0..teams - self.below(teams / 2 + 1) {
            let home = places[usize::try_from(self.below(3)).unwrap()];
            let kinds: Vec<(&str, i64)> = (0..=self.below(2))
                .map(|_| (skills[usize::try_from(self.below(4)).unwrap()], 1 + self.number(2)))
                .collect();
            let mut one = team(&format!("{home}/t-{number}"), &kinds);
            one.word.willing = self.below(9) > 0;
            one.word.way_minutes_max = (self.below(4) == 0).then(|| (1 + self.number(3)) * TICK);
            one.word.first = (self.below(8) == 0).then(|| moment(1, 0).day);
            one.word.last = (self.below(8) == 0).then(|| moment(1, 0).day);
            one.notice_minutes = self.number(3) * 2 * TICK;
            one.past_duty_minutes = if self.below(4) == 0 { 7_200 - self.number(60) * TICK } else { 600 };
            if self.below(3) == 0 {
                let until = moment(0, self.small(14) * 30);
                let from = (self.below(2) == 0).then(|| moment(-1, 1_200 + self.small(6) * 30));
                one.last_duty = Some(Duty { from, until });
            }
            problem.teams.push(one);
        }
        for number in 0..missions - self.below(missions / 2 + 1) {
            let place = places[usize::try_from(self.below(3)).unwrap()];
            let start = (i32::try_from(self.below(3)).unwrap(), 420 + self.small(20) * 30);
            let end = (start.0, start.1 + 60 + self.small(12) * 30);
            let end = (end.0 + i32::from(end.1 / 1_440), end.1 % 1_440);
            let all = [("nurse", 1 + self.number(3)), ("driver", 1 + self.number(2)), ("cook", 1)];
            let first = usize::try_from(self.below(3)).unwrap();
            let asks = &all[first..(first + 1 + usize::try_from(self.below(2)).unwrap()).min(3)];
            let mut one = mission(&format!("m-{number}"), place, start, end, asks);
            one.urgency = [Urgency::MustHave, Urgency::Needed, Urgency::Useful]
                [usize::try_from(self.below(3)).unwrap()];
            one.days = if self.below(5) == 0 { 2 } else { 1 };
            problem.missions.push(one);
        }
        if self.below(2) == 0 {
            let skill = ["nurse", "driver"][usize::try_from(self.below(2)).unwrap()];
            problem.floors.push(Floor {
                place: at("dunes"),
                skill: skill.parse().unwrap(),
                keep: self.number(3),
            });
        }
        problem
    }
}
