//! Teams and missions of the book as the engine wants them: who could go, what still asks, and what stands already.
//!
//! A promise that stands is no choice any more: what it brings is taken off what its mission asks for, and its team counts as away
//! until it is home again. What somebody wrote that nobody could plan is left out, so that one wrong entry stops no plan.

use std::collections::{BTreeMap, BTreeSet};

use koinon_aid::Promise;
use koinon_aid::aid::{Mission, Team};
use koinon_aid::decide::Context;
use koinon_aid::fact::{DAYS_MAX, SkillCount};
use koinon_aid::hours::{self, DAY_MINUTES, ROTATION_DAYS};
use koinon_core::{CommunityCode, Day, Digest, MissionCode, PlaceCode, SkillCode, Timestamp};
use koinon_match::relief::Way;
use koinon_match::teams::{self, Duty, Floor, Problem, Rules, TeamCode};
use koinon_match::{Moment, roads};

use super::Book;

/// What a plan of teams is made from, and whose missions its codes stand for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TeamProblem {
    /// The problem for the engine.
    pub problem: Problem,
    /// Who asks for each of its missions, and in which word.
    pub missions: BTreeMap<MissionCode, (CommunityCode, MissionCode)>,
}

impl Book {
    /// What a plan of teams is made from: every team and every mission that this book has heard of and that still wants people.
    pub fn team_problem(&self, now: Timestamp) -> TeamProblem {
        let (aid, region) = (&self.aid, &*self.region);
        let mut made = TeamProblem::default();
        let problem = &mut made.problem;
        problem.now = self.moment(now);
        problem.rules = rules();
        for mission in aid.missions(region) {
            let wanted = aid.wanted(&mission, now);
            if !mission.is_open(now) || wanted.is_empty() || !is_soon(&mission, now) {
                continue;
            }
            let code = engine_code(&mission, &made.missions);
            problem.missions.push(self.mission_of(&mission, &wanted, code.clone()));
            made.missions.insert(code, (mission.asker.clone(), mission.asked.mission.clone()));
        }
        problem.teams = aid.teams(region).map(|team| self.team_of(&team, now)).collect();
        problem.floors = self.team_floors(now);
        let homes = problem.teams.iter().map(|team| team.code.home.clone()).collect();
        let places = problem.missions.iter().map(|mission| mission.place.clone()).collect();
        problem.ways = self.team_ways((&homes, &places), now.day(&self.zone()));
        made
    }

    /// How many people of each skill stay at each home. Whoever is spoken for in a way that a plan cannot tell counts as away for as long
    /// as it looks ahead, which is to keep as many more.
    fn team_floors(&self, now: Timestamp) -> Vec<Floor> {
        let (aid, region) = (&self.aid, &*self.region);
        let crews = aid.crews(region).map(|(place, skill, keep)| ((place, skill), keep));
        let mut floors: BTreeMap<(&PlaceCode, &SkillCode), u32> = crews.collect();
        for team in aid.teams(region).filter(|team| !is_simple(&self.promised(team, now))) {
            let home = &team.stated.home;
            for skill in team.stated.skills() {
                let usual = aid.kept(region, home, skill);
                let keep = floors.entry((home, skill)).or_insert(usual);
                *keep = keep.saturating_add(team.stated.having(skill));
            }
        }
        let floor = |((place, skill), keep): ((&PlaceCode, &SkillCode), u32)| Floor {
            place: place.clone(),
            skill: skill.clone(),
            keep: i64::from(keep),
        };
        floors.into_iter().map(floor).collect()
    }

    /// The promises of a team that stand.
    fn promised<'a>(&'a self, team: &Team<'a>, now: Timestamp) -> Vec<&'a Promise> {
        let standing = self.aid.standing(team.community, &team.stated.team, now);
        standing.map(|(_, promise, _)| promise).collect()
    }

    /// Minutes from homes to places and back by the roads that are open on a day.
    fn team_ways(&self, (homes, places): (&BTreeSet<PlaceCode>, &BTreeSet<PlaceCode>), day: Day) -> Vec<Way> {
        let both = self.ways_by_road((homes, places), day).chain(self.ways_by_road((places, homes), day));
        let ways: BTreeMap<(PlaceCode, PlaceCode), i64> =
            both.map(|way| ((way.depot, way.place), way.minutes)).collect();
        let apart = ways.into_iter().filter(|((from, to), _)| from != to);
        apart.map(|((depot, place), minutes)| Way { depot, place, minutes }).collect()
    }

    /// Minutes from some places to others by the roads that are open on a day.
    pub(super) fn ways_by_road(
        &self,
        ends: (&BTreeSet<PlaceCode>, &BTreeSet<PlaceCode>),
        day: Day,
    ) -> impl Iterator<Item = Way> {
        let is_open = |corridor: &koinon_core::Corridor| {
            self.ledger.routes().closed_on(&self.region, corridor, day).is_none()
        };
        roads::open_ways(&self.region, day, ends, &is_open).into_iter()
    }

    /// Reads the book of teams as a decision does.
    pub(super) fn with_aid<R>(
        &self,
        own: &CommunityCode,
        now: Timestamp,
        read: impl FnOnce(&Context<'_>) -> R,
    ) -> R {
        let day = now.day(&self.zone());
        let way = |from: &PlaceCode, to: &PlaceCode| {
            let (from, to) = (BTreeSet::from([from.clone()]), BTreeSet::from([to.clone()]));
            self.ways_by_road((&from, &to), day).next().map(|way| way.minutes)
        };
        read(&Context { aid: &self.aid, region: &self.region, own, now, way: &way })
    }

    /// An instant as clocks of the region show it.
    fn moment(&self, at: Timestamp) -> Moment {
        let shown = at.civil(&self.zone());
        let minute = i32::from(shown.hour()) * 60 + i32::from(shown.minute());
        Moment { day: Day::from_date(shown.date()), minute: u16::try_from(minute).unwrap_or(0) }
    }

    fn mission_of(&self, mission: &Mission<'_>, wanted: &[SkillCount], code: MissionCode) -> teams::Mission {
        let asked = mission.asked;
        let start = self.moment(asked.start);
        let length = hours::minute(asked.end).saturating_sub(hours::minute(asked.start));
        teams::Mission {
            code,
            place: asked.place.clone(),
            urgency: asked.urgency,
            start,
            end: start.plus_minutes(u32::try_from(length).unwrap_or(0)),
            days: u32::from(asked.days),
            asks: wanted
                .iter()
                .map(|ask| teams::Ask { skill: ask.skill.clone(), people: i64::from(ask.people) })
                .collect(),
            self_sufficient_hours: i64::from(asked.self_sufficient_hours),
        }
    }

    fn team_of(&self, team: &Team<'_>, now: Timestamp) -> teams::Team {
        let stated = team.stated;
        let mut word = teams::Word {
            willing: stated.word.willing,
            first: stated.word.first,
            last: stated.word.last,
            way_minutes_max: stated.word.way_minutes_max.map(i64::from),
        };
        let standing = self.promised(team, now);
        let mut duties = self.aid.duties(team.community, &stated.team, now);
        duties.sort_unstable_by_key(|(from, until)| (*until, *from));
        let home_again =
            standing.iter().filter_map(|promise| promise.promised()).map(|trip| trip.home_again).max();
        if let Some(home_again) = home_again.filter(|_| !is_simple(&standing)) {
            let next = home_again.day(&self.zone()).plus(1);
            word.first = Some(word.first.map_or(next, |first| first.max(next)));
        }
        // Who should be home and is not is away until somebody says otherwise.
        let late = standing.iter().any(|promise| promise.left().is_some());
        let last_duty = duties.last().map(|(from, until)| {
            let until = if late { (*until).max(hours::minute(now)) } else { *until };
            let from = Some(*from).filter(|from| until - from <= DAY_MINUTES);
            Duty { from: from.map(|from| self.moment(instant(from))), until: self.moment(instant(until)) }
        });
        let past = hours::minute(now.plus_days(-ROTATION_DAYS));
        let past_duty_minutes = hours::since(&duties, past).min(ROTATION_DAYS * DAY_MINUTES);
        teams::Team {
            code: TeamCode { home: stated.home.clone(), name: stated.team.clone() },
            components: stated
                .components
                .iter()
                .map(|component| teams::Component {
                    skills: component.skills.clone(),
                    people: i64::from(component.people),
                })
                .collect(),
            word,
            notice_minutes: i64::from(stated.notice_minutes),
            self_sufficient_hours: i64::from(stated.self_sufficient_hours),
            last_duty,
            past_duty_minutes,
        }
    }
}

/// The rules as the book keeps them.
pub fn rules() -> Rules {
    Rules {
        rest_minutes: hours::REST_MINUTES,
        duty_minutes_max: hours::DUTY_MINUTES_MAX,
        rotation_minutes_max: hours::ROTATION_MINUTES_MAX,
        keep: i64::from(hours::KEEP),
    }
}

/// Whether a plan can tell how a team is spoken for: it knows of one duty before it, of a day at most. Where more stands, the team is
/// asked again once it is home.
fn is_simple(standing: &[&Promise]) -> bool {
    let duties: Vec<hours::Span> = standing.iter().flat_map(|promise| promise.duties()).collect();
    standing.len() <= 1 && duties.len() <= 1 && duties.iter().all(|(from, until)| until - from <= DAY_MINUTES)
}

fn instant(minute: i64) -> Timestamp {
    Timestamp::from_millis(minute.saturating_mul(60_000))
}

/// Whether a mission lies within the days that a plan looks at.
fn is_soon(mission: &Mission<'_>, now: Timestamp) -> bool {
    let days = i64::from(DAYS_MAX);
    // A day of leave, since clocks may change in between.
    mission.asked.over() <= now.plus_days(days - 1) && mission.asked.start >= now.plus_days(1 - days)
}

/// A word for a mission that no other of the plan has: its community's and its own where they fit, else from a hash of both.
fn engine_code(
    mission: &Mission<'_>,
    taken: &BTreeMap<MissionCode, (CommunityCode, MissionCode)>,
) -> MissionCode {
    let (asker, own) = (mission.asker, &mission.asked.mission);
    let joined = MissionCode::new(&format!("{asker}-{own}")).ok().filter(|code| !taken.contains_key(code));
    joined.unwrap_or_else(|| {
        let digest = Digest::of("koinon/team-mission/1", format!("{asker}/{own}").as_bytes());
        let short: String = digest.to_string().chars().take(32).collect();
        MissionCode::new(&short).unwrap_or_else(|_| own.clone())
    })
}
