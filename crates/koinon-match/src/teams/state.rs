//! A plan while it is made: the tour of each team, and what follows from all of them.

use std::collections::{BTreeMap, BTreeSet};

use koinon_ledger::fact::Urgency;

use super::case::{Case, Span, Trip};
use super::score::{Score, Share};

/// Tours of all teams, and what they cover.
#[derive(Debug, Clone)]
pub(super) struct State<'a> {
    pub(super) case: &'a Case,
    /// Missions of each team, in the order of missions.
    tours: Vec<Vec<usize>>,
    /// Teams of each mission.
    attending: Vec<BTreeSet<usize>>,
    /// People covered of each mission.
    covered: Vec<i64>,
    /// Teams of each home.
    homes: BTreeMap<usize, Vec<usize>>,
    /// Minutes of duty of each team in 30 days.
    loads: Vec<i64>,
    way: i128,
}

impl<'a> State<'a> {
    /// Everybody at home.
    pub(super) fn new(case: &'a Case) -> Self {
        let mut homes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, team) in case.teams.iter().enumerate() {
            homes.entry(team.home).or_default().push(number);
        }
        Self {
            case,
            tours: vec![Vec::new(); case.teams.len()],
            attending: vec![BTreeSet::new(); case.missions.len()],
            covered: vec![0; case.missions.len()],
            homes,
            loads: case.teams.iter().map(|team| team.past).collect(),
            way: 0,
        }
    }

    /// A team's missions.
    pub(super) fn tour(&self, team: usize) -> &[usize] {
        self.tours.get(team).map_or(&[], Vec::as_slice)
    }

    /// Teams of a mission, in order.
    pub(super) fn attending(&self, mission: usize) -> impl Iterator<Item = usize> {
        self.attending.get(mission).into_iter().flatten().copied()
    }

    /// People of a mission who are still asked for.
    pub(super) fn open(&self, mission: usize) -> i64 {
        let asked = self.case.missions.get(mission).map_or(0, |one| one.asks.iter().sum());
        asked - self.covered(mission)
    }

    pub(super) fn covered(&self, mission: usize) -> i64 {
        self.covered.get(mission).copied().unwrap_or(0)
    }

    /// Minutes of duty of a team in 30 days.
    pub(super) fn load(&self, team: usize) -> i64 {
        self.loads.get(team).copied().unwrap_or(0)
    }

    /// Gives a team another tour, whatever the rules say.
    pub(super) fn set(&mut self, team: usize, tour: &[usize]) {
        let Some(place) = self.tours.get_mut(team) else { return };
        let before = std::mem::replace(place, tour.to_vec());
        let changed: BTreeSet<usize> = before.iter().chain(tour).copied().collect();
        for mission in changed {
            let goes = tour.contains(&mission);
            if goes == before.contains(&mission) {
                continue;
            }
            if let Some(teams) = self.attending.get_mut(mission) {
                if goes {
                    teams.insert(team)
                } else {
                    teams.remove(&team)
                };
            }
            let people = self.people(mission, None);
            if let Some(covered) = self.covered.get_mut(mission) {
                *covered = people;
            }
        }
        let sum = |tour: &[usize], of: fn(&Trip) -> i64| -> i64 {
            self.case.trips(team, tour).into_iter().map(of).sum()
        };
        let duty = sum(tour, |trip| trip.duty) - sum(&before, |trip| trip.duty);
        self.way += i128::from(sum(tour, |trip| trip.way) - sum(&before, |trip| trip.way));
        if let Some(load) = self.loads.get_mut(team) {
            *load += duty;
        }
    }

    /// People whom the teams of a mission cover, with one more team if said.
    ///
    /// By the theorem of max-flow and min-cut that is the least, over all sets of skills, of the people asked for outside the set and those
    /// who are there and have a skill within it.
    pub(super) fn people(&self, mission: usize, more: Option<usize>) -> i64 {
        let Some(one) = self.case.missions.get(mission) else { return 0 };
        let teams = self.attending(mission).chain(more);
        let trips = teams.filter_map(|team| self.case.teams.get(team)?.trips.get(&mission));
        let people: Vec<(usize, i64)> = trips.flat_map(|trip| trip.people.iter().copied()).collect();
        let cut = |set: usize| -> i64 {
            let outside = one.asks.iter().enumerate().filter(|(at, _)| set & (1 << at) == 0);
            let outside: i64 = outside.map(|(_, asked)| asked).sum();
            outside + people.iter().filter(|(mask, _)| mask & set != 0).map(|(_, count)| count).sum::<i64>()
        };
        (0..1_usize << one.asks.len()).map(cut).min().unwrap_or(0)
    }

    /// Missions because of which a team cannot be away with the others of its home: too few with one of its skills would stay. `None` where
    /// it can.
    pub(super) fn crew_away(&self, team: usize, away: Span) -> Option<BTreeSet<usize>> {
        let one = self.case.teams.get(team)?;
        let others: Vec<(usize, Option<usize>, Span)> = self.others_away(team, one.home, away).collect();
        let moments = std::iter::once(away.0)
            .chain(others.iter().map(|(_, _, span)| span.0).filter(|start| (away.0..away.1).contains(start)));
        for moment in moments {
            let there: Vec<_> =
                others.iter().filter(|(_, _, span)| (span.0..span.1).contains(&moment)).collect();
            for (skill, people) in &one.skills {
                let with = |number: usize| self.case.teams.get(number)?.skills.get(skill).copied();
                let gone: i64 = there.iter().filter_map(|(number, ..)| with(*number)).sum();
                let spare = self.case.spare.get(&(one.home, *skill)).copied().unwrap_or(0);
                if gone + people > spare {
                    let who = there.iter().filter(|(number, ..)| with(*number).is_some());
                    return Some(who.filter_map(|(_, mission, _)| *mission).collect());
                }
            }
        }
        None
    }

    /// Other teams of a home that are away within a span: which, on which mission (none for a last duty that goes on), and when.
    fn others_away(
        &self,
        team: usize,
        home: usize,
        away: Span,
    ) -> impl Iterator<Item = (usize, Option<usize>, Span)> {
        let others = self.homes.get(&home).into_iter().flatten().copied().filter(move |other| *other != team);
        let spans = others.filter_map(|other| Some((other, self.case.teams.get(other)?))).flat_map(
            move |(other, one)| {
                let tour = self.tour(other).iter();
                let planned = tour.filter_map(move |at| Some((other, Some(*at), one.trips.get(at)?.away)));
                planned.chain(one.last_duty.map(|span| (other, None, span)))
            },
        );
        spans.filter(move |(_, _, span)| span.0 < away.1 && away.0 < span.1)
    }

    /// Whether a team can take a mission beside its tour.
    pub(super) fn can_add(&self, team: usize, mission: usize) -> bool {
        let Some(trip) = self.case.teams.get(team).and_then(|one| one.trips.get(&mission)) else {
            return false;
        };
        let tour = with(self.tour(team), mission);
        tour.len() > self.tour(team).len()
            && self.case.tour_hours(team, &tour).is_none()
            && self.crew_away(team, trip.away).is_none()
    }

    /// Gives a team one more mission.
    pub(super) fn add(&mut self, team: usize, mission: usize) {
        self.set(team, &with(self.tour(team), mission));
    }

    /// Takes a mission from a team.
    pub(super) fn remove(&mut self, team: usize, mission: usize) {
        let tour: Vec<usize> = self.tour(team).iter().copied().filter(|other| *other != mission).collect();
        self.set(team, &tour);
    }

    /// What the plan is worth.
    pub(super) fn score(&self) -> Score {
        let mut shares = vec![Share { covered: 0, asked: 0 }; self.case.places];
        let (mut lives, mut needed, mut useful) = (0, 0, 0);
        for (mission, covered) in self.case.missions.iter().zip(&self.covered) {
            if let Some(share) = shares.get_mut(mission.place) {
                share.covered += covered;
                share.asked += mission.asks.iter().sum::<i64>();
            }
            match mission.urgency {
                Urgency::MustHave => lives += covered,
                Urgency::Needed => needed += covered,
                Urgency::Useful => useful += covered,
            }
        }
        shares.sort_unstable();
        let load = self.loads.iter().map(|load| i128::from(*load) * i128::from(*load)).sum();
        Score { lives, shares, needed, useful, load, way: self.way }
    }
}

/// A tour with one more mission, in order.
pub(super) fn with(tour: &[usize], mission: usize) -> Vec<usize> {
    let mut tour = tour.to_vec();
    if let Err(at) = tour.binary_search(&mission) {
        tour.insert(at, mission);
    }
    tour
}
