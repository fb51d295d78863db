//! From a problem to a plan: every item alone, then the departures and the room in stores shared out, then shipments that people can read.
//!
//! Every item is first planned as if departures and stores were its own; the sum of these is the bound that no plan can go
//! below. Where they fit together, that is the plan and the gap is 0. Where they do not, they are filled in
//! rounds over all items in a fixed order: lives first, then stated needs, then cover step by step, so that no item
//! fills its last tier while another has not filled its first. What one item was given in an earlier round it may
//! carry otherwise, never lose. Every state on the way is feasible and whole.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use koinon_core::region::StorageClass;
use koinon_core::{ItemCode, PlaceCode};
use koinon_flow::{NetworkError, Solver};
use koinon_ledger::fact::Urgency;

use crate::case::{Case, cases};
use crate::check::{Violation, check};
use crate::crowd::Crowd;
use crate::fault::Faults;
use crate::flow::{Flow, Purpose, ROUNDS, Setting, Terms, Weights};
use crate::memory::{Answer, Memory, Question};
use crate::plan::{Gap, Plan};
use crate::prices::{self, Prices};
use crate::problem::{ClosedRoute, Departure, ENDLESS, Item, MEASURES, Measures, Problem, StoreRoom};
use crate::threads::{in_parts, part};
use crate::timetable::Timetable;

/// The most closed routes that one reason names.
const CLOSED_MAX: usize = 4;

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The problem has faults.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// Horizon, places and travel times together are too large to weigh exactly.
    #[error(
        "{nodes} spots with legs of up to {minutes} minutes are too many to weigh exactly: shorten the horizon, or split the region"
    )]
    TooLarge {
        /// Spots and other nodes of the largest item.
        nodes: usize,
        /// The longest leg in minutes.
        minutes: i64,
    },
    /// The amounts of one item are too large to plan.
    #[error("{item}: {source}")]
    Amounts {
        /// The item.
        item: ItemCode,
        /// What overflows.
        source: NetworkError,
    },
    /// The independent checker refused the plan: a fault of this engine, never of the input.
    #[error("the plan was refused by its checker and is not shown: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Violation>),
}

impl PlanError {
    /// What to say of amounts of an item that overflow.
    pub(crate) fn amounts(item: &Item) -> impl Fn(NetworkError) -> Self {
        move |source| Self::Amounts { item: item.code.clone(), source }
    }
}

/// The problem laid out for planning.
pub(crate) struct Layout<'a> {
    pub(crate) problem: &'a Problem,
    pub(crate) table: Timetable,
    pub(crate) cases: Vec<Case>,
    /// The runs that each item may take, by the kind of the item.
    allowed: BTreeMap<Kind, Allowed>,
    /// The store rooms of the sorted problem into which things of a storage class go at a place.
    rooms: BTreeMap<(usize, StorageClass), Vec<usize>>,
}

/// The runs that a kind of item may take, one entry each.
struct Allowed {
    now: Vec<bool>,
    /// The same if every route were open.
    if_open: Vec<bool>,
}

/// What decides on which departures an item may travel.
pub(crate) type Kind = (bool, bool, crate::problem::Cargo, StorageClass);

pub(crate) fn kind(item: &Item) -> Kind {
    (item.cold, item.hazard, item.cargo, item.storage)
}

impl<'a> Layout<'a> {
    /// Lays out a sorted problem without faults.
    pub(crate) fn new(problem: &'a Problem) -> Self {
        let places: BTreeMap<&PlaceCode, usize> =
            problem.places.iter().enumerate().map(|(at, place)| (&place.code, at)).collect();
        let table = Timetable::new(problem, &places);
        let mut allowed = BTreeMap::new();
        for item in &problem.items {
            allowed.entry(kind(item)).or_insert_with(|| {
                let if_open = table.allowed(problem, item);
                let now = if_open.iter().zip(&table.runs).map(|(may, run)| *may && run.closed.is_none());
                Allowed { now: now.collect(), if_open }
            });
        }
        let mut rooms: BTreeMap<(usize, StorageClass), Vec<usize>> = BTreeMap::new();
        for (number, room) in problem.rooms.iter().enumerate() {
            let Some(place) = places.get(&room.place) else { continue };
            for storage in &room.storage {
                rooms.entry((*place, *storage)).or_default().push(number);
            }
        }
        Self { problem, cases: cases(problem, &places), table, allowed, rooms }
    }

    /// The store rooms into which an item goes at a place.
    pub(crate) fn rooms_of(&self, item: &Item, place: usize) -> &[usize] {
        self.rooms.get(&(place, item.storage)).map_or(&[], Vec::as_slice)
    }

    /// Whether an item may take each run.
    pub(crate) fn allowed(&self, item: &Item) -> &[bool] {
        self.allowed.get(&kind(item)).map_or(&[], |allowed| allowed.now.as_slice())
    }

    /// Whether an item might take each run if every route were open.
    pub(crate) fn allowed_if_open(&self, item: &Item) -> &[bool] {
        self.allowed.get(&kind(item)).map_or(&[], |allowed| allowed.if_open.as_slice())
    }

    /// The closed routes of some runs, each once, in the order of the problem.
    pub(crate) fn closed_routes(&self, runs: impl Iterator<Item = usize>) -> Vec<ClosedRoute> {
        let found: BTreeSet<usize> = runs.filter_map(|run| self.table.runs.get(run)?.closed).collect();
        let routes = found.into_iter().filter_map(|number| self.problem.closed_routes.get(number).cloned());
        routes.take(CLOSED_MAX).collect()
    }
}

/// What is left on each run and in each store room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Room {
    /// One entry for each run.
    pub(crate) runs: Vec<Measures>,
    /// One entry for each store room of the sorted problem.
    stores: Vec<Measures>,
}

impl Room {
    /// Empty departures.
    pub(crate) fn empty(layout: &Layout<'_>) -> Self {
        let run = |run: &crate::timetable::Run| {
            layout.problem.departures.get(run.departure).map_or([0; MEASURES], Departure::room)
        };
        let thousandths = |whole: Option<i64>| whole.map_or(ENDLESS, |whole| i128::from(whole) * 1_000);
        // Stores are not counted in pallets.
        let store = |room: &StoreRoom| [thousandths(room.kg), thousandths(room.litre), ENDLESS];
        Self {
            runs: layout.table.runs.iter().map(run).collect(),
            stores: layout.problem.rooms.iter().map(store).collect(),
        }
    }

    /// Base units of an item that still fit on each run.
    pub(crate) fn units(&self, item: &Item, allowed: &[bool]) -> Vec<i64> {
        let fit = |(room, allowed): (&Measures, &bool)| if *allowed { item.fits(*room) } else { 0 };
        self.runs.iter().zip(allowed).map(fit).collect()
    }

    /// Base units of an item that still fit into the stores of a place.
    pub(crate) fn fits_in(&self, layout: &Layout<'_>, item: &Item, place: usize) -> i64 {
        let rooms = layout.rooms_of(item, place).iter().filter_map(|room| self.stores.get(*room));
        rooms.map(|room| item.fits(*room)).min().unwrap_or(i64::MAX)
    }

    /// Base units of an item that still fit into the stores of each place where there is an end to it.
    fn ends(&self, layout: &Layout<'_>, case: &Case, item: &Item) -> BTreeMap<usize, i64> {
        if self.stores.is_empty() {
            return BTreeMap::new();
        }
        let places = case.holdings.iter().map(|holding| holding.place);
        let ends = places.map(|place| (place, self.fits_in(layout, item, place)));
        ends.filter(|(_, units)| *units < i64::MAX).collect()
    }

    /// Takes an item's flow off the room, or puts it back.
    pub(crate) fn book(&mut self, layout: &Layout<'_>, item: &Item, flow: &Flow, sign: i128) {
        let take = |room: Option<&mut Measures>, units: i64| {
            let load = item.load(units);
            for (room, load) in room.into_iter().flatten().zip(load) {
                *room -= sign * load;
            }
        };
        for (run, units) in &flow.on_runs {
            take(self.runs.get_mut(*run), *units);
        }
        for (place, units) in &flow.landed {
            for room in layout.rooms_of(item, *place) {
                take(self.stores.get_mut(*room), *units);
            }
        }
    }

    /// What is left in each store room of the sorted problem.
    pub(crate) fn stores(&self) -> &[Measures] {
        &self.stores
    }

    fn is_overfull(&self) -> bool {
        self.runs.iter().chain(&self.stores).flatten().any(|room| *room < 0)
    }
}

/// Makes a plan, on as many threads as the machine has. Equal problems give equal plans, in whatever order their lists stand.
///
/// The plan has passed [`check`]; a plan that does not is never returned.
pub fn plan(problem: &Problem) -> Result<Plan, PlanError> {
    plan_on(problem, std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
}

/// Makes a plan on so many threads; how many makes no difference to the plan.
pub fn plan_on(problem: &Problem, threads: NonZeroUsize) -> Result<Plan, PlanError> {
    plan_with(problem, threads, &mut Memory::default())
}

/// Makes the same plan as [`plan`] does, and solves only items of which something changed since the last plan with this memory.
/// Where departures or stores are too full for all, they are shared out over all items each time.
///
/// # Errors
/// As [`plan`].
pub fn plan_again(problem: &Problem, memory: &mut Memory) -> Result<Plan, PlanError> {
    plan_with(problem, std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN), memory)
}

fn plan_with(problem: &Problem, threads: NonZeroUsize, memory: &mut Memory) -> Result<Plan, PlanError> {
    let faults = problem.faults();
    if !faults.is_empty() {
        return Err(Faults(faults).into());
    }
    let problem = problem.clone().canonical();
    let plan = if problem.due.is_empty() {
        plan_rest(&problem, threads, memory)?
    } else {
        crate::standing::plan_due(&problem, threads, memory)?
    };
    let violations = check(&problem, &plan);
    if violations.is_empty() { Ok(plan) } else { Err(PlanError::Refused(violations)) }
}

/// Plans a sorted problem without faults in which nothing falls due by agreement.
pub(crate) fn plan_rest(
    problem: &Problem,
    threads: NonZeroUsize,
    memory: &mut Memory,
) -> Result<Plan, PlanError> {
    let layout = Layout::new(problem);
    let (flows, gap) = share_out(&layout, threads, memory)?;
    Ok(crate::spread::spread(&layout, flows, gap, threads))
}

/// Weights are made for so many nodes or a multiple of it, so that one batch more does not change what every item is weighed by.
const NODES_STEP: usize = 256;
/// A gap of a part in so many is not worth more work.
const CLOSE_ENOUGH: i128 = 10_000;
/// At prices that just clear the departures items do not care which way they take, and those that come one after the other do not share
/// out what is left as the prices mean it; so plans are made with these parts of them, in percent, and the best is taken.
const SCALES: [i128; 4] = [95, 100, 85, 115];
/// With more items than this only the first of them is tried: a plan that comes late helps nobody.
const SCALED_ITEMS_MAX: usize = 1_000;

/// Plans every item, and the departures over all of them.
fn share_out(
    layout: &Layout<'_>,
    threads: NonZeroUsize,
    memory: &mut Memory,
) -> Result<(Vec<Flow>, Gap), PlanError> {
    let with_doors = !layout.problem.rooms.is_empty();
    let nodes = layout.cases.iter().map(|case| case.nodes(&layout.table, with_doors)).max().unwrap_or(0);
    let nodes = nodes.next_multiple_of(NODES_STEP);
    let minutes = layout.table.dearest();
    let weights = Weights::new(nodes, minutes).ok_or(PlanError::TooLarge { nodes, minutes })?;
    let slack_days = i64::from(layout.problem.rules.equity_slack_days.max(1));
    let setting = Setting { table: &layout.table, weights, slack_days };
    let alone = each_alone(layout, setting, threads, memory)?;
    let bound = total(layout, &alone, |flow| flow.bound);
    let mut room = Room::empty(layout);
    for (case, flow) in layout.cases.iter().zip(&alone) {
        if let Some(item) = case.of(layout.problem) {
            room.book(layout, item, flow, 1);
        }
    }
    if !room.is_overfull() {
        let plan = total(layout, &alone, |flow| flow.weight);
        return Ok((alone, Gap { plan, bound }));
    }
    let crowd = Crowd::of(layout, &alone, &room);
    let sharing = Sharing { layout, setting, alone: &alone, crowd: &crowd };
    let (flows, gap) = sharing.fill(bound, None)?;
    if (gap.plan - gap.bound).saturating_mul(CLOSE_ENOUGH) <= gap.bound.abs() {
        return Ok((flows, gap));
    }
    let Some(priced) = prices::raise(layout, setting, bound, threads)? else { return Ok((flows, gap)) };
    let items = layout.cases.iter().filter(|case| !case.is_idle()).count();
    let scales = if items > SCALED_ITEMS_MAX { 1 } else { SCALES.len() };
    let guided: Vec<Prices> =
        SCALES.iter().take(scales).map(|percent| priced.prices.scaled(*percent)).collect();
    let mut parts: Vec<&[Prices]> = guided.chunks(part(scales, threads)).collect();
    let filled = in_parts(&mut parts, |prices| {
        let each = prices.iter().map(|prices| sharing.fill(priced.bound, Some(prices)));
        each.collect::<Result<Vec<_>, PlanError>>()
    });
    let mut best = (flows, Gap { bound: priced.bound, ..gap });
    for filled in filled {
        for (flows, gap) in filled? {
            if rank(layout, &flows, gap) > rank(layout, &best.0, best.1) {
                best = (flows, gap);
            }
        }
    }
    Ok(best)
}

/// Sums a weight over all items.
fn total(layout: &Layout<'_>, flows: &[Flow], weight: impl Fn(&Flow) -> i128) -> i128 {
    let items =
        layout.cases.iter().zip(flows).filter_map(|(case, flow)| Some((case.of(layout.problem)?, flow)));
    items.map(|(item, flow)| prices::scale(item) * weight(flow)).sum()
}

/// How good a plan is: first what it serves of what lives depend on, then of what cannot wait, then its weight.
fn rank(layout: &Layout<'_>, flows: &[Flow], gap: Gap) -> impl Ord + use<> {
    (served(layout, flows), Reverse(gap.plan))
}

/// What is served of needs that lives depend on, and of needs that cannot wait, by the room that it takes.
fn served(layout: &Layout<'_>, flows: &[Flow]) -> (i128, i128) {
    let mut sums = (0, 0);
    for (case, flow) in layout.cases.iter().zip(flows) {
        let scale = case.of(layout.problem).map_or(0, prices::scale);
        for shipment in &flow.shipments {
            let Purpose::Need(number) = shipment.purpose else { continue };
            let amount = scale * i128::from(shipment.amount);
            match case.wanted.get(number).map(|wanted| wanted.urgency) {
                Some(Urgency::MustHave) => sums.0 += amount,
                Some(Urgency::Needed) => sums.1 += amount,
                Some(Urgency::Useful) | None => {}
            }
        }
    }
    sums
}

/// Plans every item as if departures and stores were its own; those of which the memory knows the answer are not solved again.
fn each_alone(
    layout: &Layout<'_>,
    setting: Setting<'_>,
    threads: NonZeroUsize,
    memory: &mut Memory,
) -> Result<Vec<Flow>, PlanError> {
    let empty = Room::empty(layout);
    memory.stand(setting);
    let known = &*memory;
    let mut parts: Vec<&[Case]> = layout.cases.chunks(part(layout.cases.len(), threads)).collect();
    let done = in_parts(&mut parts, |cases| {
        let mut solver = Solver::new();
        let alone = |case: &Case| {
            let Some(item) = case.of(layout.problem).filter(|_| !case.is_idle()) else {
                return Ok((Flow::default(), None));
            };
            let units = empty.units(item, layout.allowed(item));
            let question = Question::new(case, &units, &empty.ends(layout, case, item));
            let answer = known.recall(&item.code, &question);
            let anew = answer.is_none();
            let solved = || solve(layout, setting, (case, item), (&empty, ROUNDS - 1, None), &mut solver);
            let flow = answer.map_or_else(solved, Ok)?;
            Ok((flow.clone(), Some(Answer { item: item.code.clone(), question, flow, anew })))
        };
        cases.iter().map(alone).collect::<Result<Vec<_>, PlanError>>()
    });
    let done = done.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten();
    let (flows, answers): (Vec<Flow>, Vec<Option<Answer>>) = done.unzip();
    memory.keep(answers.into_iter().flatten());
    Ok(flows)
}

/// Plans one item on the room that is left, up to a round, giving way by prices.
fn solve(
    layout: &Layout<'_>,
    setting: Setting<'_>,
    (case, item): (&Case, &Item),
    (room, round, prices): (&Room, usize, Option<&Prices>),
    solver: &mut Solver,
) -> Result<Flow, PlanError> {
    let units = room.units(item, layout.allowed(item));
    let ends = room.ends(layout, case, item);
    let top = setting.weights.top();
    let toll = |prices: &Prices| (0..units.len()).map(|run| prices.toll(item, run, top)).collect();
    let tolls: Vec<i64> = prices.map(toll).unwrap_or_default();
    let terms = Terms { room: &units, ends: &ends, tolls: &tolls, round };
    setting.solve(case, terms, solver).map_err(PlanError::amounts(item))
}

/// What items that share begin with.
struct Sharing<'a> {
    layout: &'a Layout<'a>,
    setting: Setting<'a>,
    /// Every item's plan made alone.
    alone: &'a [Flow],
    /// Whose plans do not fit together.
    crowd: &'a Crowd,
}

impl Sharing<'_> {
    /// Fills departures and stores, and takes in whoever stands in the way until nobody does.
    fn fill(&self, bound: i128, prices: Option<&Prices>) -> Result<(Vec<Flow>, Gap), PlanError> {
        let mut crowd = self.crowd.clone();
        loop {
            let (flows, left) = self.fill_among(&crowd, prices)?;
            if !crowd.grow(self.layout, self.alone, &left) {
                let plan = total(self.layout, &flows, |flow| flow.weight);
                return Ok((flows, Gap { plan, bound }));
            }
        }
    }

    /// Fills departures and stores in rounds over all items that share; the others have what they planned alone. Under prices items give way to
    /// each other; then, in the same round, each takes what is left without them, so that nothing less urgent comes before it, whatever
    /// the prices are. Gives what is left, too.
    fn fill_among(&self, crowd: &Crowd, prices: Option<&Prices>) -> Result<(Vec<Flow>, Room), PlanError> {
        let layout = self.layout;
        let mut flows = vec![Flow::default(); layout.cases.len()];
        let mut room = Room::empty(layout);
        let mut order: Vec<(u8, usize)> = Vec::new();
        for (at, (case, alone)) in layout.cases.iter().zip(self.alone).enumerate() {
            let Some(item) = case.of(layout.problem).filter(|_| !case.is_idle()) else { continue };
            if crowd.has(at) {
                order.push((item.tier.rank(), at));
            } else if let Some(flow) = flows.get_mut(at) {
                room.book(layout, item, alone, 1);
                flow.clone_from(alone);
            }
        }
        order.sort_unstable();
        let mut solver = Solver::new();
        let passes = [prices, None];
        let passes = if prices.is_some() { &passes[..] } else { &passes[1..] };
        let rounds = (0..ROUNDS).flat_map(|round| passes.iter().map(move |prices| (round, *prices)));
        for (round, prices) in rounds {
            for (_, at) in &order {
                let (Some(case), Some(flow)) = (layout.cases.get(*at), flows.get_mut(*at)) else { continue };
                let Some(item) = case.of(layout.problem).filter(|_| case.wakes_in(round)) else { continue };
                room.book(layout, item, flow, -1);
                let next = solve(layout, self.setting, (case, item), (&room, round, prices), &mut solver)?;
                // Tolls may not take back what was given: it would go to others, who may need it less.
                if prices.is_none() || next.by_level(case) >= flow.by_level(case) {
                    *flow = next;
                }
                room.book(layout, item, flow, 1);
            }
        }
        Ok((flows, room))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use koinon_core::{Day, Group, Tier};

    use super::*;
    use crate::flow::Shipment;
    use crate::problem::{Cargo, Need, NeedRef, Place};

    #[test]
    fn a_plan_that_serves_more_of_what_lives_depend_on_is_better_whatever_the_weights_say() {
        let (here, water): (PlaceCode, ItemCode) = ("here".parse().unwrap(), "water".parse().unwrap());
        let item = Item {
            code: water.clone(),
            tier: Tier::MustHave,
            group: Group::Water,
            mass_g_per_1000: 1_000,
            volume_ml_per_1000: 1_000,
            micropallets_per_1000: 0,
            cold: false,
            hazard: false,
            cargo: Cargo::Goods,
            storage: StorageClass::Ambient,
            packs: Vec::new(),
        };
        let need = |urgency: Urgency, row: u32| {
            let (place, item, id) = (here.clone(), water.clone(), NeedRef::Row(row));
            Need { place, item, amount: 9, urgency, by: Day(20_001), id, wish_per_mille: crate::EVEN_WISH }
        };
        let problem = Problem {
            today: Day(20_000),
            horizon_days: 2,
            places: vec![Place { code: here.clone(), people: 1 }],
            items: vec![item],
            needs: vec![need(Urgency::MustHave, 1), need(Urgency::Needed, 2)],
            ..Problem::default()
        }
        .canonical();
        let layout = Layout::new(&problem);
        let wanted = &layout.cases.first().unwrap().wanted;
        let number = |urgency: Urgency| wanted.iter().position(|one| one.urgency == urgency).unwrap();
        let serves = |urgency: Urgency, amount: i64, weight: i128| {
            let purpose = Purpose::Need(number(urgency));
            let shipment =
                Shipment { from: 0, class: None, to: 0, runs: vec![], purpose, amount, meant: amount };
            let flows = [Flow { shipments: vec![shipment], ..Flow::default() }];
            rank(&layout, &flows, Gap { plan: weight, bound: weight })
        };
        assert!(serves(Urgency::MustHave, 1, -10) > serves(Urgency::Needed, 9, -100));
        assert!(serves(Urgency::Needed, 2, -10) > serves(Urgency::Needed, 1, -100));
        assert!(serves(Urgency::Needed, 2, -11) > serves(Urgency::Needed, 2, -10));
    }
}
