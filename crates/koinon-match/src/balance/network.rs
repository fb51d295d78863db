//! A problem as a flow with losses through time.
//!
//! A node for each place and step, and for each store and step one for what is above its floor. What a store keeps has nodes of its own, one a
//! step: it is filled from what is above, and leads to what lives depend on at that place, nowhere else.
//! What is asked for is cut into tenths for each place, step and kind, the first ones weighing most; what is left at the end into steps of cover.
//!
//! That nothing is given before a store is back at its floor is no rule of such a network. [`Lean`] draws it narrower by what a plan showed,
//! so that rounding has less to mend; what a plan cannot be better than is computed from the plain network.

mod cuts;

use std::collections::BTreeMap;

use koinon_core::PlaceCode;
use koinon_flow::lossy::{LossyArc, LossyError, LossyNetwork};

use super::{GOALS, PPM, Place, Problem, Store};
use cuts::{TENTHS, cuts, tenths};

/// What an arc stands for. Places and lines by position in a sorted problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What serves nobody.
    Spill,
    /// What enters a line.
    Line { line: usize, forward: bool, step: usize },
    /// What is put into a store.
    Charge { place: usize, step: usize },
    /// What is taken out of it, of what is above its floor.
    Discharge { place: usize, step: usize },
    /// What is taken out of it, of what is kept.
    Open { place: usize, step: usize },
    /// What stays in it, what fills up what is kept, and what is passed on within a place.
    Inside,
    /// What is in it at the end.
    Keep,
    /// What is met of a tenth of a kind of demand.
    Met { place: usize, kind: usize, step: usize },
}

/// What of the inflow is for the place itself, by place and step in which a store is below its floor.
pub(super) type Claims = BTreeMap<(usize, usize), i64>;

/// How a network is drawn narrower than the problem is. The default is the problem itself: no plan that keeps the rules is outside of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Lean {
    /// A little of what comes in is left out, so that there is something to round with.
    pub(super) reserve: bool,
    /// What kept parts lose is made up from above them, where that lasts until the end by itself.
    pub(super) full: bool,
    /// Inflow that leaves the place by no line.
    pub(super) claims: Claims,
    /// Whether such inflow serves lives and fills up what is kept alone.
    pub(super) strict: bool,
}

/// A problem as a network, and what its arcs stand for.
pub(super) struct Model {
    pub(super) network: LossyNetwork,
    pub(super) parts: Vec<Part>,
    /// What is to be added to the costs of a goal to have its value.
    pub(super) offsets: [i128; GOALS.len()],
}

/// An amount less what the loss takes, rounded down.
pub(super) fn less(amount: i64, loss_ppm: i64) -> i64 {
    let left = i128::from(amount) * i128::from(PPM - loss_ppm) / i128::from(PPM);
    i64::try_from(left).unwrap_or(0)
}

impl Store {
    /// Whether what is in it stands above its floor until the end by itself.
    fn lasts(&self, steps: usize) -> bool {
        (0..steps).fold(self.level, |level, _| less(level, self.loss_ppm)) >= self.floor
    }

    /// What of an inflow fills it up to its floor first, where after losses so much is in it.
    pub(super) fn refill(&self, level: i64, inflow: i64) -> i64 {
        let missing = i128::from(self.floor - level).max(0) * i128::from(PPM);
        let gain = i128::from(PPM - self.charge_loss_ppm);
        let put = i64::try_from((missing + gain - 1) / gain).unwrap_or(i64::MAX);
        put.min(inflow).min(self.charge_max.unwrap_or(i64::MAX))
    }
}

/// Positions of the goals. The kinds of demand have theirs in [`KINDS`].
const KEPT_GOAL: usize = 1;
const COVER_GOAL: usize = 4;
const WASTE_GOAL: usize = 5;
const USE_GOAL: usize = 6;
const KINDS: [usize; 3] = [0, 2, 3];

/// The first nodes of a store.
#[derive(Clone, Copy)]
struct Nodes {
    /// What is above the floor, by step.
    above: usize,
    keeper: Option<Keeper>,
}

/// The first nodes of what is kept in a store.
#[derive(Clone, Copy)]
struct Keeper {
    /// What is kept, by step.
    kept: usize,
    /// All that is in the store at the end.
    end: usize,
    /// What lives depend on, by step, where the place asks for it at all.
    lives: Option<usize>,
}

/// A network while it is made.
struct Making<'a> {
    problem: &'a Problem,
    lean: &'a Lean,
    steps: usize,
    unlimited: i64,
    stores: Vec<Option<Nodes>>,
    /// Nodes of places and steps with claims.
    own: BTreeMap<(usize, usize), usize>,
    supplies: Vec<i128>,
    start: Vec<usize>,
    arcs: Vec<LossyArc>,
    parts: Vec<Part>,
    goals: [Vec<i64>; GOALS.len()],
    offsets: [i128; GOALS.len()],
}

/// Builds the network of a sorted problem.
pub(super) fn model(problem: &Problem, lean: &Lean) -> Result<Model, LossyError> {
    let mut making = Making::new(problem, lean);
    for (at, place) in problem.places.iter().enumerate() {
        making.place(at, place);
        if let (Some(store), Some(Some(nodes))) = (&place.store, making.stores.get(at).copied()) {
            making.store(at, place, store, nodes);
        }
        making.demand(at, place);
    }
    making.lines();
    let Making { arcs, parts, goals, supplies, start, offsets, .. } = making;
    Ok(Model { network: LossyNetwork::new(supplies, arcs, goals.into(), start)?, parts, offsets })
}

impl<'a> Making<'a> {
    /// Gives every node its number: places, what is above floors, what is kept, claims.
    fn new(problem: &'a Problem, lean: &'a Lean) -> Self {
        let steps = usize::try_from(problem.steps).unwrap_or(0);
        let mut next = problem.places.len() * steps;
        let mut take = |count: usize| {
            next += count;
            next - count
        };
        let above: Vec<_> = problem.places.iter().map(|place| place.store.map(|_| take(steps))).collect();
        let keeper = |place: &Place| {
            place.store.filter(|store| store.floor > 0)?;
            let (kept, end) = (take(steps), take(1));
            let lives = place.demand.first().is_some_and(|list| list.iter().any(|asked| *asked > 0));
            Some(Keeper { kept, end, lives: lives.then(|| take(steps)) })
        };
        let keepers: Vec<_> = problem.places.iter().map(keeper).collect();
        let stores =
            above.into_iter().zip(keepers).map(|(above, keeper)| Some(Nodes { above: above?, keeper }));
        let stores = stores.collect();
        let own = lean.claims.keys().map(|key| (*key, take(1))).collect();
        let total = total(problem);
        let mut offsets = [0; GOALS.len()];
        offsets[WASTE_GOAL] = total;
        Self {
            problem,
            lean,
            steps,
            unlimited: i64::try_from(total).unwrap_or(i64::MAX),
            stores,
            own,
            supplies: vec![0; next],
            start: vec![usize::MAX; next],
            arcs: Vec::new(),
            parts: Vec::new(),
            goals: Default::default(),
            offsets,
        }
    }

    /// Adds an arc with its costs by goals; answers its number.
    fn arc(
        &mut self,
        part: Part,
        from: usize,
        to: Option<usize>,
        (capacity, loss): (i64, i64),
        costs: &[(usize, i64)],
    ) -> usize {
        self.arcs.push(LossyArc { from, to, capacity: capacity.max(0), gain_ppm: PPM - loss });
        self.parts.push(part);
        for (goal, list) in self.goals.iter_mut().enumerate() {
            list.push(costs.iter().find(|(at, _)| *at == goal).map_or(0, |(_, cost)| *cost));
        }
        self.arcs.len() - 1
    }

    fn starts(&mut self, node: usize, arc: usize) {
        if let Some(slot) = self.start.get_mut(node) {
            *slot = arc;
        }
    }

    fn supply(&mut self, node: usize, amount: i128) {
        if let Some(slot) = self.supplies.get_mut(node) {
            *slot = amount;
        }
    }

    /// A way out that serves nobody, from which the search starts.
    fn spill(&mut self, node: usize) {
        let arc = self.arc(Part::Spill, node, None, (self.unlimited, 0), &[]);
        self.starts(node, arc);
    }

    /// What is passed on within a place.
    fn inside(&mut self, from: usize, to: usize) {
        self.arc(Part::Inside, from, Some(to), (self.unlimited, 0), &[]);
    }

    fn bus(&self, place: usize, step: usize) -> usize {
        place * self.steps + step
    }

    /// From where a place serves a kind of demand in a step, other than from what it keeps.
    fn table(&self, place: usize, kind: usize, step: usize) -> usize {
        let own = self.own.get(&(place, step)).filter(|_| kind == 0 || !self.lean.strict);
        own.copied().unwrap_or_else(|| self.bus(place, step))
    }

    /// What comes in.
    fn place(&mut self, at: usize, place: &Place) {
        for (step, inflow) in place.inflow.iter().enumerate() {
            let spare = if self.lean.reserve { (inflow / 1_000).min(16) } else { 0 };
            let claimed = self.lean.claims.get(&(at, step)).copied().unwrap_or(0).min(inflow - spare);
            let bus = self.bus(at, step);
            self.supply(bus, i128::from(inflow - spare - claimed) * i128::from(PPM));
            self.spill(bus);
            if let Some(own) = self.own.get(&(at, step)).copied() {
                self.supply(own, i128::from(claimed) * i128::from(PPM));
                self.spill(own);
                self.inside(bus, own);
            }
        }
    }

    fn store(&mut self, at: usize, place: &Place, store: &Store, nodes: Nodes) {
        let lasts = self.lean.full && store.lasts(self.steps);
        let (floor, loss) = (i128::from(store.floor.min(store.level)), i128::from(store.loss_ppm));
        let spare = if self.lean.reserve {
            ((i128::from(store.level) - floor) / 1_000).min(i128::from(self.problem.steps) * 4)
        } else {
            0
        };
        let widest =
            i128::from(store.capacity) * i128::from(PPM) / i128::from(PPM - store.charge_loss_ppm) + 1;
        let charge = store.charge_max.unwrap_or(i64::MAX).min(i64::try_from(widest).unwrap_or(i64::MAX));
        let charge = (charge, store.charge_loss_ppm);
        let discharge =
            (store.discharge_max.unwrap_or(i64::MAX).min(store.capacity), store.discharge_loss_ppm);
        let used = [(USE_GOAL, 1)];
        for step in 0..self.steps {
            let (node, bus) = (nodes.above + step, self.bus(at, step));
            let first = if step == 0 { i128::from(store.level) - floor - spare } else { 0 };
            let made_up = if lasts { loss * floor } else { 0 };
            self.supply(node, first * (i128::from(PPM) - loss) - made_up);
            self.arc(Part::Charge { place: at, step }, bus, Some(node), charge, &used);
            // Below its floor a store serves lives alone, from what is kept.
            let below = self.own.contains_key(&(at, step));
            let most = (if below { 0 } else { discharge.0 }, discharge.1);
            self.arc(Part::Discharge { place: at, step }, node, Some(bus), most, &used);
            self.spill(node);
            if step + 1 < self.steps {
                let hold = (store.capacity - store.floor, store.loss_ppm);
                let arc = self.arc(Part::Inside, node, Some(node + 1), hold, &[]);
                self.starts(node, arc);
            }
            let Some(keeper) = nodes.keeper else { continue };
            let kept = keeper.kept + step;
            self.inside(node, kept);
            self.spill(kept);
            if let Some(own) = self.own.get(&(at, step)).copied() {
                self.arc(Part::Charge { place: at, step }, own, Some(kept), charge, &used);
            }
            if let Some(lives) = keeper.lives {
                let most = (discharge.0.min(store.floor), discharge.1);
                let costs = [(KEPT_GOAL, 1), (USE_GOAL, 1)];
                self.arc(Part::Open { place: at, step }, kept, Some(lives + step), most, &costs);
            }
            if step + 1 < self.steps {
                let hold = (store.floor, if lasts { 0 } else { store.loss_ppm });
                let arc = self.arc(Part::Inside, kept, Some(kept + 1), hold, &[]);
                self.starts(kept, arc);
            }
        }
        let last = self.steps.saturating_sub(1);
        let mut end = nodes.above + last;
        if let Some(keeper) = nodes.keeper {
            let first = floor * (i128::from(PPM) - if lasts { 0 } else { loss });
            self.supply(keeper.kept, first);
            let kept = keeper.kept + last;
            self.arc(Part::Inside, kept, Some(keeper.end), (store.floor, 0), &[]);
            self.arc(Part::Inside, end, Some(keeper.end), (store.capacity - store.floor, 0), &[]);
            end = keeper.end;
        }
        self.end(end, place, store.capacity, nodes.keeper.is_some());
    }

    /// What is in a store at the end, in steps of cover.
    fn end(&mut self, node: usize, place: &Place, capacity: i64, starts: bool) {
        let mut from = 0;
        for (until, weight) in cuts(self.problem, place) {
            let until = until.min(capacity).max(from);
            let costs = [(COVER_GOAL, -weight), (WASTE_GOAL, -1)];
            self.arc(Part::Keep, node, None, (until - from, 0), &costs);
            self.offsets[COVER_GOAL] += i128::from(weight) * i128::from(until - from);
            from = until;
        }
        let arc = self.arc(Part::Keep, node, None, (capacity - from, 0), &[(WASTE_GOAL, -1)]);
        if starts {
            self.starts(node, arc);
        }
    }

    fn demand(&mut self, at: usize, place: &Place) {
        let lives = self.stores.get(at).copied().flatten().and_then(|nodes| nodes.keeper?.lives);
        for step in (0..self.steps).filter(|_| lives.is_some()) {
            let lives = lives.unwrap_or(0) + step;
            self.spill(lives);
            self.inside(self.table(at, 0, step), lives);
        }
        for ((kind, demand), goal) in place.demand.iter().enumerate().zip(KINDS) {
            for (step, asked) in demand.iter().enumerate() {
                let node = match lives {
                    Some(lives) if kind == 0 => lives + step,
                    _ => self.table(at, kind, step),
                };
                for (tenth, weight) in tenths(*asked).into_iter().zip(TENTHS).filter(|(tenth, _)| *tenth > 0)
                {
                    let costs = [(goal, -weight), (WASTE_GOAL, -1)];
                    self.arc(Part::Met { place: at, kind, step }, node, None, (tenth, 0), &costs);
                    if let Some(offset) = self.offsets.get_mut(goal) {
                        *offset += i128::from(weight) * i128::from(tenth);
                    }
                }
            }
        }
    }

    fn lines(&mut self) {
        let problem = self.problem;
        let find =
            |code: &PlaceCode| problem.places.binary_search_by(|place| place.code.cmp(code)).unwrap_or(0);
        for (at, line) in problem.lines.iter().enumerate() {
            let (from, to) = (find(&line.from), find(&line.to));
            for (step, number) in (0..self.steps).zip(0..) {
                let most = (if line.is_out(number) { 0 } else { line.capacity }, line.loss_ppm);
                for (forward, from, to) in [(true, from, to), (false, to, from)] {
                    if forward || line.both_ways {
                        let part = Part::Line { line: at, forward, step };
                        let to = Some(self.bus(to, step));
                        self.arc(part, self.bus(from, step), to, most, &[(USE_GOAL, 1)]);
                    }
                }
            }
        }
    }
}

/// All that comes in and is stored at the start.
fn total(problem: &Problem) -> i128 {
    let stored = problem.places.iter().filter_map(|place| place.store).map(|store| i128::from(store.level));
    let inflow = problem.places.iter().flat_map(|place| &place.inflow).map(|amount| i128::from(*amount));
    stored.chain(inflow).sum()
}
