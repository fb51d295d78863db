//! The search: slope scaling, then arcs closed and opened a few at a time.
//!
//! Slope scaling sends everything at linear costs in which each arc's opening is spread over the units it carried last time (Kim and
//! Pardalos 1999). From the best of those plans a local search goes on: arcs are closed, those least used for what they cost more
//! often, or one is tried as if it were free; the commodities concerned seek new ways together through what is left, as if they shared
//! what they open, and then one by one at true marginal cost. The plan is kept when it is better, or hardly worse than the best.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "nodes, arcs and commodities are positions of a checked Problem; counts of looks fit 64 bits"
)]

use super::bound::{OFTEN, Prices, SCALE};
use super::plan::{Finder, Plan, TRUE, View, Ways};
use super::problem::Problem;
use crate::chance::Chance;

/// Rounds of slope scaling without a better plan before it ends, and in all.
const SCALING: (u32, u32) = (4, 20);
/// Commodities beside those concerned that seek new ways in one move.
const BESIDE: usize = 8;
/// Most commodities that are sent over an arc that is tried.
const TRIED: usize = 40;
/// Moves in a hundred that close several arcs at one node.
const AT_NODE: usize = 40;
/// A plan may be worse than the best by this part of its cost at first, and by nothing at the end.
const GIVE: i64 = 333;
/// Moves without a better plan before the walk returns to the best one.
const PATIENCE: u32 = 10_000;

/// A search and its memory.
pub(crate) struct Search<'a> {
    problem: &'a Problem,
    ways: Ways,
    ways_back: Ways,
    view: View,
    finder: Finder,
    chance: Chance,
    /// Commodities lifted by the current move.
    lifted: Vec<usize>,
    /// Commodities touched by the current move, and how they were.
    before: Vec<Before>,
    touched: Vec<bool>,
}

/// How a commodity was before a move.
struct Before {
    commodity: usize,
    sent: Vec<(usize, i64)>,
    left: i64,
}

impl<'a> Search<'a> {
    pub(crate) fn new(problem: &'a Problem, seed: u64) -> Self {
        Self {
            problem,
            ways: Ways::new(problem),
            ways_back: Ways::backward(problem),
            view: View::new(problem.links().len()),
            finder: Finder::default(),
            chance: Chance::new(seed),
            lifted: Vec::new(),
            before: Vec::new(),
            touched: vec![false; problem.commodities().len()],
        }
    }

    /// Looks taken so far.
    pub(crate) fn steps(&self) -> u64 {
        self.finder.looks
    }

    /// A plan by slope scaling, from what an even use of capacity would cost, or from what prices say.
    pub(crate) fn scale(&mut self, prices: Option<&Prices>) -> Plan {
        let problem = self.problem;
        let links = problem.links();
        let total: i64 = problem.commodities().iter().map(|one| one.amount).sum();
        let mut slope: Vec<i64> =
            links.iter().map(|link| link.fixed * SCALE / link.capacity.min(total).max(1)).collect();
        if let Some(prices) = prices {
            for ((slope, link), (&open, &load)) in
                slope.iter_mut().zip(links).zip(prices.open.iter().zip(&prices.load))
            {
                // Spread over what it carried when it was open; up to twice that where it seldom was.
                let spread = load.clamp(1, link.capacity.max(1));
                *slope = link.fixed * SCALE / spread / OFTEN * (2 * OFTEN - open);
            }
        }
        let all: Vec<usize> = (0..problem.commodities().len()).collect();
        let mut best: Option<Plan> = None;
        let mut idle = 0;
        for _ in 0..SCALING.1 {
            self.view.slope = Some(slope.clone());
            let mut plan = Plan::empty(problem);
            self.lifted.clone_from(&all);
            self.send_lifted(&mut plan);
            self.view.slope = None;
            for ((slope, link), &load) in slope.iter_mut().zip(links).zip(&plan.load) {
                if load > 0 {
                    *slope = link.fixed * SCALE / load;
                }
            }
            self.reroute(&mut plan, &all);
            idle += 1;
            if best.as_ref().is_none_or(|best| plan.cost < best.cost) {
                best = Some(plan);
                idle = 0;
            }
            if idle >= SCALING.0 {
                break;
            }
        }
        best.unwrap_or_else(|| Plan::empty(problem))
    }

    /// Lets commodities seek better ways one by one until a round of all of them finds none.
    fn reroute(&mut self, plan: &mut Plan, all: &[usize]) {
        loop {
            let before = plan.cost;
            for &commodity in all {
                self.seek(plan, commodity);
            }
            self.forget();
            if plan.cost >= before {
                break;
            }
        }
    }

    /// Moves until the cost is the bound or the steps are used up.
    pub(crate) fn improve(&mut self, best: &mut Plan, prices: &Prices, steps: u64) {
        if self.problem.links().is_empty() || self.problem.commodities().is_empty() {
            return;
        }
        let start = self.finder.looks;
        let mut plan = best.clone();
        let mut idle = 0;
        loop {
            let gone = self.finder.looks - start;
            if gone >= steps || best.cost <= prices.bound {
                break;
            }
            let before = plan.cost;
            self.step(&mut plan, prices);
            // A move costs at least this, so that one without any looks ends too.
            self.finder.looks += 1;
            let part = i128::from(best.cost / GIVE) * i128::from(steps - gone) / i128::from(steps);
            let give = i64::try_from(part).unwrap_or(0);
            idle += 1;
            if plan.cost < best.cost {
                best.clone_from(&plan);
                idle = 0;
            } else if plan.cost > before && plan.cost > best.cost + give {
                self.undo(&mut plan);
            }
            self.forget();
            if idle > PATIENCE {
                plan.clone_from(best);
                idle = 0;
            }
        }
    }

    /// One move: commodities are lifted around some arcs and seek new ways.
    fn step(&mut self, plan: &mut Plan, prices: &Prices) {
        let arcs = self.problem.links().len();
        // Openings that the prices favour seem cheaper, in every move by another measure.
        let trust = i64::try_from(self.chance.below(1024)).unwrap_or(0);
        for (tilt, &open) in self.view.tilt.iter_mut().zip(&prices.open) {
            *tilt = TRUE - TRUE * open / OFTEN * trust / 1024;
        }
        self.lifted.clear();
        let arc = self.chance.below(arcs);
        if self.chance.below(100) < AT_NODE {
            self.close_at(plan, self.problem.links()[arc].from);
        } else if plan.load[arc] > 0 {
            let other = self.chance.below(arcs);
            let dearer = plan.load[other] > 0 && self.share(plan, other) > self.share(plan, arc);
            self.close(plan, if dearer { other } else { arc });
        } else {
            self.try_arc(plan, arc);
        }
        self.lifted.sort_unstable();
        self.lifted.dedup();
        for place in 0..self.lifted.len() {
            self.lift(plan, self.lifted[place]);
        }
        self.send_lifted(plan);
        self.view.reset();
        for _ in 0..BESIDE {
            self.lifted.push(self.chance.below(plan.sent.len()));
        }
        for place in 0..self.lifted.len() {
            self.seek(plan, self.lifted[place]);
        }
    }

    /// What the opening of a used arc costs each unit on it, in 1/[`SCALE`].
    fn share(&self, plan: &Plan, arc: usize) -> i64 {
        self.problem.links()[arc].fixed * SCALE / plan.load[arc].max(1)
    }

    /// Bars an arc and chooses the commodities on it.
    fn close(&mut self, plan: &Plan, arc: usize) {
        self.view.barred[arc] = true;
        let on_it = |sent: &[(usize, i64)]| sent.iter().any(|part| part.0 == arc);
        self.lifted.extend((0..plan.sent.len()).filter(|&one| on_it(&plan.sent[one])));
        self.finder.looks += plan.sent.len() as u64;
        if self.chance.below(4) > 0 {
            // They will open a way together, in every move in another measure.
            let part = i64::try_from(self.chance.below(16)).unwrap_or(0);
            self.view.group = 1 + self.view.group.max(plan.load[arc] / 16 * part);
        }
    }

    /// Closes up to three used arcs at a node.
    fn close_at(&mut self, plan: &Plan, node: usize) {
        let used = |&arc: &usize| plan.load[arc] > 0;
        let mut some: Vec<usize> = self.ways.at(node).chain(self.ways_back.at(node)).filter(used).collect();
        for _ in 0..=self.chance.below(3) {
            if !some.is_empty() {
                let place = self.chance.below(some.len());
                self.close(plan, some.swap_remove(place));
            }
        }
    }

    /// Makes an arc seem free and chooses commodities that would be near it.
    fn try_arc(&mut self, plan: &Plan, arc: usize) {
        let links = self.problem.links();
        self.view.tilt[arc] = 0;
        let length = |arc: usize| match plan.load[arc] {
            0 => links[arc].cost * SCALE + links[arc].fixed * SCALE / links[arc].capacity.max(1),
            _ => links[arc].cost * SCALE,
        };
        let onward = self.ways.distances(links[arc].to, length);
        let back = self.ways_back.distances(links[arc].from, length);
        self.finder.looks += (2 * links.len() + plan.sent.len()) as u64;
        for (one, commodity) in self.problem.commodities().iter().enumerate() {
            let via = back[commodity.from].saturating_add(onward[commodity.to]);
            let via = via.saturating_add(links[arc].cost * SCALE) / SCALE;
            let now: i64 = plan.sent[one].iter().map(|&(arc, amount)| amount * links[arc].cost).sum();
            // Somewhat further is near too: openings elsewhere may be saved.
            let limit = now + now / 8 * i64::try_from(self.chance.below(4)).unwrap_or(0);
            if via.saturating_mul(commodity.amount) < limit {
                self.lifted.push(one);
            }
        }
        while self.lifted.len() > TRIED {
            let place = self.chance.below(self.lifted.len());
            self.lifted.swap_remove(place);
        }
    }

    /// Sends the lifted commodities, largest first.
    fn send_lifted(&mut self, plan: &mut Plan) {
        let commodities = self.problem.commodities();
        self.lifted.sort_by_key(|&one| (std::cmp::Reverse(commodities[one].amount), one));
        for &commodity in &self.lifted {
            plan.send(self.problem, &self.ways, &self.view, &mut self.finder, commodity);
        }
    }

    /// Lets one commodity seek a better way, and keeps the old one when there is none.
    fn seek(&mut self, plan: &mut Plan, commodity: usize) {
        let (cost, left) = (plan.cost, plan.left[commodity]);
        let sent = plan.withdraw(self.problem, commodity);
        plan.send(self.problem, &self.ways, &self.view, &mut self.finder, commodity);
        if plan.cost > cost {
            plan.withdraw(self.problem, commodity);
            plan.restore(self.problem, commodity, sent, left);
        } else if sent != plan.sent[commodity] {
            self.note(commodity, sent, left);
        }
    }

    /// Takes a commodity out for the current move.
    fn lift(&mut self, plan: &mut Plan, commodity: usize) {
        let left = plan.left[commodity];
        let sent = plan.withdraw(self.problem, commodity);
        self.note(commodity, sent, left);
    }

    /// Remembers how a commodity was before the move.
    fn note(&mut self, commodity: usize, sent: Vec<(usize, i64)>, left: i64) {
        if !std::mem::replace(&mut self.touched[commodity], true) {
            self.before.push(Before { commodity, sent, left });
        }
    }

    /// Ends the current move.
    fn forget(&mut self) {
        for before in self.before.drain(..) {
            self.touched[before.commodity] = false;
        }
    }

    /// Takes the current move back.
    fn undo(&mut self, plan: &mut Plan) {
        for before in &self.before {
            plan.withdraw(self.problem, before.commodity);
        }
        for before in &mut self.before {
            let sent = std::mem::take(&mut before.sent);
            plan.restore(self.problem, before.commodity, sent, before.left);
        }
    }
}
