//! Why somebody is short: what stands in every way by which more could come.
//!
//! From the place and step that is short, ways are followed against the flow, through lines with room, through stores that could give more
//! or have been filled more; where a way ends, what ends it is a reason.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{CorridorCode, PlaceCode};

use super::{Course, Line, Plan, Problem};

/// Places and steps that are looked at for one answer at most.
const LOOKED_MAX: usize = 20_000;

/// What keeps more from coming. Where all is empty, nothing is left anywhere that could come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Why {
    /// No line leads there.
    pub no_line: bool,
    /// Lines that are out of service then.
    pub lines_out: BTreeSet<CorridorCode>,
    /// Lines that carry all they can then.
    pub lines_full: BTreeSet<CorridorCode>,
    /// Places whose stores give, or took in before, all they can in a step.
    pub slow: BTreeSet<PlaceCode>,
    /// Places whose stores were full before.
    pub full: BTreeSet<PlaceCode>,
    /// Places that keep what is in their stores, and what comes in until these are back at their floors.
    pub kept: BTreeSet<PlaceCode>,
    /// Whether what there is goes to others who need it as much or more.
    pub others: bool,
}

/// Looks for reasons in one plan.
pub(super) struct Seeker<'a> {
    problem: &'a Problem,
    courses: Vec<&'a Course>,
    /// What enters a line in a step, by its position and direction.
    sent: BTreeMap<(usize, bool, usize), i64>,
    /// Lines by the position of the place to which they lead: line, direction, from where.
    into: Vec<Vec<(usize, bool, usize)>>,
}

impl<'a> Seeker<'a> {
    /// For a sorted problem and its plan.
    pub(super) fn new(problem: &'a Problem, plan: &'a Plan) -> Self {
        let find =
            |code: &PlaceCode| problem.places.binary_search_by(|place| place.code.cmp(code)).unwrap_or(0);
        let mut into = vec![Vec::new(); problem.places.len()];
        for (at, line) in problem.lines.iter().enumerate() {
            let (from, to) = (find(&line.from), find(&line.to));
            for (forward, from, to) in [(true, from, to), (false, to, from)] {
                if let Some(list) = into.get_mut(to).filter(|_| forward || line.both_ways) {
                    list.push((at, forward, from));
                }
            }
        }
        let mut sent = BTreeMap::new();
        for flow in &plan.flows {
            let line = problem.lines.binary_search_by(|line| line.code.cmp(&flow.line)).unwrap_or(0);
            sent.insert((line, flow.forward, usize::try_from(flow.step).unwrap_or(0)), flow.sent);
        }
        Self { problem, courses: plan.courses.iter().collect(), sent, into }
    }

    /// Why a place is not met more of a kind of demand in a step.
    pub(super) fn why(&self, place: usize, kind: usize, step: usize) -> Why {
        let mut why = Why { no_line: self.into.get(place).is_none_or(Vec::is_empty), ..Why::default() };
        // Places and steps that could pass more on, and stores that could have.
        let mut seen = BTreeSet::from([(place, step)]);
        let mut open = vec![(place, step)];
        let mut stores = BTreeSet::new();
        while let Some((at, step)) = open.pop().filter(|_| seen.len() < LOOKED_MAX) {
            let mut found = Vec::new();
            for (line, forward, from) in self.into.get(at).into_iter().flatten() {
                let Some(one) = self.problem.lines.get(*line) else { continue };
                let back = self.sent.contains_key(&(*line, !*forward, step));
                if back || self.has_room(one, (*line, *forward, step), &mut why) {
                    found.push((*from, step));
                }
            }
            // What a place keeps is for its own lives: there it is no reason.
            let own = at == place && kind == 0;
            self.store((at, step, own), &mut stores, &mut found, &mut why);
            if let Some(course) = self.courses.get(at).filter(|_| (at, step) != (place, step)) {
                let meets = |list: &Vec<i64>| list.get(step).is_some_and(|amount| *amount > 0);
                why.others |= course.met.iter().take(kind + 1).any(meets);
            }
            open.extend(found.into_iter().filter(|one| seen.insert(*one)));
        }
        why
    }

    fn has_room(&self, line: &Line, key: (usize, bool, usize), why: &mut Why) -> bool {
        if line.is_out(u32::try_from(key.2).unwrap_or(u32::MAX)) {
            why.lines_out.insert(line.code.clone());
            return false;
        }
        let room = self.sent.get(&key).is_none_or(|sent| *sent < line.capacity);
        if !room || line.capacity == 0 {
            why.lines_full.insert(line.code.clone());
        }
        room && line.capacity > 0
    }

    /// What the store of a place could give more in a step: what is in it above what it keeps (all, for lives at the place itself), or what could have been
    /// put in before.
    fn store(
        &self,
        (at, step, own): (usize, usize, bool),
        seen: &mut BTreeSet<(usize, usize)>,
        found: &mut Vec<(usize, usize)>,
        why: &mut Why,
    ) {
        let (Some(place), Some(course)) = (self.problem.places.get(at), self.courses.get(at)) else { return };
        let Some(store) = &place.store else { return };
        let get = |list: &[i64], step: usize| list.get(step).copied().unwrap_or(0);
        if store.discharge_max.is_some_and(|most| get(&course.discharge, step) >= most) {
            why.slow.insert(place.code.clone());
            return;
        }
        let left = get(&course.level, step + 1);
        if left > if own { 0 } else { store.floor } {
            // It is used later on, by others or by itself.
            why.others = true;
        } else if !own && store.floor > 0 && left + get(&place.inflow, step) > 0 {
            why.kept.insert(place.code.clone());
        }
        // As far back as no step before has looked.
        for before in (0..step).rev().take_while(|before| seen.insert((at, *before))) {
            if get(&course.level, before + 1) >= store.capacity {
                why.full.insert(place.code.clone());
                return;
            }
            if store.charge_max.is_some_and(|most| get(&course.charge, before) >= most) {
                why.slow.insert(place.code.clone());
            } else {
                found.push((at, before));
            }
        }
    }
}
