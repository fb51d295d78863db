//! The search for a plan: every plan where there are few, else neighbourhoods that are solved anew as assignments.
//!
//! Steps are counted and never timed, and nothing is drawn by lot: equal problems give equal plans. A change stays only where the whole plan
//! is better by [`super::score`].

use std::collections::BTreeSet;

use koinon_flow::assign;
use koinon_ledger::fact::Urgency;

use super::case::Case;
use super::score::Share;
use super::state::{State, with};

/// So many plans are looked at one by one.
pub(super) const PLANS_MAX: usize = 20_000;
/// So many changes are tried at most where there are more.
const TRIALS_MAX: u64 = 200_000;
/// So many plans of two teams are looked at one by one.
const PAIR_MAX: usize = 1_000;
/// Missions that are solved anew together.
const AROUND: usize = 12;
/// Rounds of all neighbourhoods at most.
const ROUNDS: u32 = 12;
/// Steps of each such assignment.
const STEPS: u64 = 60_000;

/// Every tour that a team can make by its own hours, the empty one first; `None` where there are too many.
fn tours(case: &Case, team: usize, most: usize) -> Option<Vec<Vec<usize>>> {
    let mut found = vec![Vec::new()];
    let missions: Vec<usize> = case.teams.get(team)?.trips.keys().copied().collect();
    for mission in missions {
        let more: Vec<Vec<usize>> = found
            .iter()
            .map(|tour| with(tour, mission))
            .filter(|tour| case.tour_hours(team, tour).is_none())
            .collect();
        found.extend(more);
        if found.len() > most {
            return None;
        }
    }
    Some(found)
}

/// The best of all plans, where there are few enough to look at each.
pub(super) fn exhaust(case: &Case) -> Option<State<'_>> {
    let mut plans = 1_usize;
    let mut all = Vec::new();
    for team in 0..case.teams.len() {
        let tours = tours(case, team, PLANS_MAX)?;
        plans = plans.checked_mul(tours.len()).filter(|plans| *plans <= PLANS_MAX)?;
        all.push((team, tours));
    }
    let mut state = State::new(case);
    let mut best = state.clone();
    look(&mut state, &all, &mut best);
    Some(best)
}

/// Every way to give tours to some teams beside what the others do; keeps the best.
fn look<'a>(state: &mut State<'a>, all: &[(usize, Vec<Vec<usize>>)], best: &mut State<'a>) {
    let Some(((team, tours), others)) = all.split_first() else {
        if state.score() > best.score() {
            *best = state.clone();
        }
        return;
    };
    for tour in tours {
        let trips = state.case.trips(*team, tour);
        if trips.iter().all(|trip| state.crew_away(*team, trip.away).is_none()) {
            state.set(*team, tour);
            look(state, others, best);
            state.set(*team, &[]);
        }
    }
}

/// A good plan where there are many.
pub(super) fn search(case: &Case) -> State<'_> {
    let mut hunt = Hunt { state: State::new(case), trials: 0 };
    hunt.begin();
    for _ in 0..ROUNDS {
        let before = hunt.state.score();
        hunt.fill(None);
        hunt.exchange();
        hunt.replace();
        hunt.rearrange();
        hunt.together();
        hunt.prune();
        if hunt.state.score() <= before || hunt.trials > TRIALS_MAX {
            break;
        }
    }
    // Whatever the last change left open is offered once more, so that nobody who could go stays at home.
    hunt.trials = 0;
    hunt.fill(None);
    hunt.state
}

struct Hunt<'a> {
    state: State<'a>,
    trials: u64,
}

impl Hunt<'_> {
    fn case(&self) -> &Case {
        self.state.case
    }

    fn starts(&self, mission: usize) -> i64 {
        self.case().missions.get(mission).map_or(0, |one| one.start)
    }

    fn urgency(&self, mission: usize) -> Urgency {
        self.case().missions.get(mission).map_or(Urgency::Useful, |one| one.urgency)
    }

    /// Missions that still ask for somebody, those first that count first.
    fn open(&self) -> Vec<usize> {
        let case = self.case();
        let mut shares = vec![Share { covered: 0, asked: 0 }; case.places];
        for (number, mission) in case.missions.iter().enumerate() {
            if let Some(share) = shares.get_mut(mission.place) {
                share.covered += self.state.covered(number);
                share.asked += mission.asks.iter().sum::<i64>();
            }
        }
        let mut open: Vec<usize> =
            (0..case.missions.len()).filter(|mission| self.state.open(*mission) > 0).collect();
        open.sort_by_key(|mission| {
            let one = case.missions.get(*mission);
            let share = one.and_then(|one| shares.get(one.place).copied());
            (self.urgency(*mission) != Urgency::MustHave, share, self.urgency(*mission), *mission)
        });
        open
    }

    /// A first plan: days one after the other, each as one assignment, what lives depend on before all else.
    fn begin(&mut self) {
        for lives in [true, false] {
            let is = |hunt: &Self, at: usize| (hunt.urgency(at) == Urgency::MustHave) == lives;
            let mut missions: Vec<usize> =
                (0..self.case().missions.len()).filter(|at| is(self, *at)).collect();
            missions.sort_by_key(|at| (self.starts(*at), *at));
            for wave in missions.chunks(AROUND * 2) {
                self.assign(wave);
            }
        }
    }

    /// Solves some missions as one assignment: each team that can takes one of them at most.
    fn assign(&mut self, missions: &[usize]) {
        let Some(answer) = self.problem(missions).map(|(problem, slots)| {
            (assign::solve(&problem, assign::Budget { steps: STEPS, seed: 1 }), slots)
        }) else {
            return;
        };
        let (answer, slots) = answer;
        for placed in answer.placed {
            let slot = placed.agent.and_then(|agent| usize::try_from(agent).ok());
            let mission = slot.and_then(|slot| slots.get(slot)).copied();
            if let (Some(mission), Ok(team)) = (mission, usize::try_from(placed.job))
                && self.state.can_add(team, mission)
                && self.state.people(mission, Some(team)) > self.state.covered(mission)
            {
                self.state.add(team, mission);
            }
        }
    }

    /// Some missions as an assignment, and the mission of each of its agents. Agents are the skills of missions, jobs are teams.
    fn problem(&self, missions: &[usize]) -> Option<(assign::Problem, Vec<usize>)> {
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let (mut agents, mut offers, mut slots) = (Vec::new(), Vec::new(), Vec::new());
        let mut jobs = BTreeSet::new();
        for at in missions {
            let mission = self.case().missions.get(*at)?;
            let worth = match mission.urgency {
                Urgency::MustHave => 256,
                Urgency::Needed => 16,
                Urgency::Useful => 12,
            };
            let able: Vec<usize> =
                (0..self.case().teams.len()).filter(|team| self.state.can_add(*team, *at)).collect();
            for (skill, asked) in mission.asks.iter().enumerate() {
                let agent = number(slots.len());
                slots.push(*at);
                agents.push(assign::Agent { id: agent, capacity: *asked });
                for team in &able {
                    let Some(trip) = self.case().teams.get(*team).and_then(|one| one.trips.get(at)) else {
                        continue;
                    };
                    let people = trip.people.iter().filter(|(mask, _)| mask & (1 << skill) != 0);
                    let load = people.map(|(_, people)| people).sum::<i64>().min(*asked);
                    if load > 0 {
                        let effort = (trip.way + self.state.load(*team) / 60).min(255);
                        let cost = load * worth * 256 - effort;
                        offers.push(assign::Offer { agent, job: number(*team), cost, load });
                        jobs.insert(number(*team));
                    }
                }
            }
        }
        let jobs = jobs.into_iter().map(|id| assign::Job { id, open: Some(0) }).collect();
        Some((assign::Problem::new(assign::Goal::Most, agents, jobs, offers).ok()?, slots))
    }

    /// Adds teams wherever one covers more, the best for each mission; only for some missions where said.
    fn fill(&mut self, only: Option<&BTreeSet<usize>>) {
        // As tours only grow here, what cannot be filled once cannot be filled later.
        let mut done: BTreeSet<usize> = BTreeSet::new();
        loop {
            let open = self.open().into_iter();
            let mut next = open.filter(|at| only.is_none_or(|only| only.contains(at)) && !done.contains(at));
            let Some(mission) = next.next() else { return };
            if !self.fill_one(mission) {
                done.insert(mission);
            }
        }
    }

    /// Adds the best team to a mission; says whether there was one.
    fn fill_one(&mut self, mission: usize) -> bool {
        let mut best = None;
        for team in 0..self.case().teams.len() {
            if self.state.can_add(team, mission)
                && self.state.people(mission, Some(team)) > self.state.covered(mission)
            {
                self.trials += 1;
                self.state.add(team, mission);
                let score = self.state.score();
                self.state.remove(team, mission);
                if best.as_ref().is_none_or(|(most, _)| score > *most) {
                    best = Some((score, team));
                }
            }
        }
        if let Some((_, team)) = best {
            self.state.add(team, mission);
        }
        best.is_some()
    }

    /// Sends teams to open missions that are elsewhere or kept by others of their home, and fills what that leaves.
    fn exchange(&mut self) {
        for mission in self.open() {
            for team in 0..self.case().teams.len() {
                let can = self.case().teams.get(team).is_some_and(|one| one.trips.contains_key(&mission));
                if !can || self.state.tour(team).contains(&mission) || self.trials > TRIALS_MAX {
                    continue;
                }
                // Larger states take longer to copy.
                let size = self.case().teams.len() + self.case().missions.len();
                self.trials += 1 + u64::try_from(size / 100).unwrap_or(u64::MAX);
                let (before, score) = (self.state.clone(), self.state.score());
                let left = self.make_room(team, mission);
                if self.state.can_add(team, mission) {
                    self.state.add(team, mission);
                    self.fill(Some(&left));
                }
                if self.state.score() <= score {
                    self.state = before;
                }
            }
        }
    }

    /// Takes from a team, and from others of its home, what stands in the way of a mission; gives back the missions that lose somebody.
    fn make_room(&mut self, team: usize, mission: usize) -> BTreeSet<usize> {
        let mut left = BTreeSet::new();
        let clashing: Vec<usize> = self.state.tour(team).to_vec();
        for other in clashing {
            if self.case().tour_hours(team, &with(&[other], mission)).is_some() {
                self.state.remove(team, other);
                left.insert(other);
            }
        }
        // What is left clashes by the sum of hours: the least urgent goes first.
        let mut rest: Vec<usize> = self.state.tour(team).to_vec();
        rest.sort_by_key(|at| (self.urgency(*at), *at));
        while self.case().tour_hours(team, &with(self.state.tour(team), mission)).is_some() {
            let Some(last) = rest.pop() else { break };
            self.state.remove(team, last);
            left.insert(last);
        }
        let trip = self.case().teams.get(team).and_then(|one| one.trips.get(&mission));
        let Some((away, home)) = trip.map(|trip| trip.away).zip(self.case().teams.get(team).map(|t| t.home))
        else {
            return left;
        };
        while let Some(blocking) = self.state.crew_away(team, away) {
            let of_home = |state: &State<'_>, at: usize| {
                state.attending(at).find(|other| {
                    *other != team && state.case.teams.get(*other).is_some_and(|one| one.home == home)
                })
            };
            let worst = blocking.iter().copied().max_by_key(|at| (self.urgency(*at), *at));
            let Some((at, other)) = worst.and_then(|at| Some((at, of_home(&self.state, at)?))) else { break };
            self.state.remove(other, at);
            left.insert(at);
        }
        left
    }

    /// Puts another team in the place of one, where that is better.
    fn replace(&mut self) {
        for mission in 0..self.case().missions.len() {
            let teams: Vec<usize> = self.state.attending(mission).collect();
            for team in teams {
                let mut best = (self.state.score(), None);
                self.state.remove(team, mission);
                for other in (0..self.case().teams.len()).filter(|other| *other != team) {
                    if self.trials <= TRIALS_MAX && self.state.can_add(other, mission) {
                        self.trials += 1;
                        self.state.add(other, mission);
                        let score = self.state.score();
                        self.state.remove(other, mission);
                        if score > best.0 {
                            best = (score, Some(other));
                        }
                    }
                }
                self.state.add(best.1.unwrap_or(team), mission);
            }
        }
    }

    /// Frees all teams of the missions around an open one, and solves them anew together.
    fn rearrange(&mut self) {
        for mission in self.open() {
            if self.trials > TRIALS_MAX {
                return;
            }
            let start = self.starts(mission);
            let mut near: Vec<usize> = (0..self.case().missions.len()).collect();
            near.sort_by_key(|at| ((self.starts(*at) - start).abs(), *at));
            near.truncate(AROUND);
            let (before, score) = (self.state.clone(), self.state.score());
            for at in &near {
                let teams: Vec<usize> = self.state.attending(*at).collect();
                teams.into_iter().for_each(|team| self.state.remove(team, *at));
            }
            self.trials += 1_000;
            let (lives, others): (Vec<usize>, Vec<usize>) =
                near.iter().partition(|at| self.urgency(**at) == Urgency::MustHave);
            self.assign(&lives);
            self.assign(&others);
            self.fill(Some(&near.into_iter().collect()));
            if self.state.score() <= score {
                self.state = before;
            }
        }
    }

    /// Gives two teams that could stand in for each other the best of all their tours, pair by pair.
    fn together(&mut self) {
        let case = self.state.case;
        let all: Vec<Option<Vec<Vec<usize>>>> =
            (0..case.teams.len()).map(|team| tours(case, team, PAIR_MAX)).collect();
        let akin = |one: usize, other: usize| {
            let both = case.teams.get(one).zip(case.teams.get(other));
            both.is_some_and(|(one, other)| one.trips.keys().any(|at| other.trips.contains_key(at)))
        };
        for (one, first) in all.iter().enumerate() {
            for (other, second) in all.iter().enumerate().skip(one + 1) {
                let (Some(first), Some(second)) = (first, second) else { continue };
                let plans = first.len() * second.len();
                if plans > PAIR_MAX || self.trials > TRIALS_MAX || !akin(one, other) {
                    continue;
                }
                self.trials += u64::try_from(plans).unwrap_or(u64::MAX);
                let mut best = self.state.clone();
                self.state.set(one, &[]);
                self.state.set(other, &[]);
                look(&mut self.state, &[(one, first.clone()), (other, second.clone())], &mut best);
                self.state = best;
            }
        }
    }

    /// Sends home whom nobody misses.
    fn prune(&mut self) {
        for team in 0..self.case().teams.len() {
            for mission in self.state.tour(team).to_vec() {
                let score = self.state.score();
                self.state.remove(team, mission);
                if self.state.score() < score {
                    self.state.add(team, mission);
                }
            }
        }
    }
}
