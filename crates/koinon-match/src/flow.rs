//! One item as a minimum-cost flow: the network, its weights, and the shipments that its solution means.
//!
//! Weights order what counts: stated needs that lives depend on, other stated needs, those of one urgency in equal parts a head
//! ([`crate::shares`]), cover step by step from the emptiest place up, useful wishes, waste avoided, the fuller giver first, and last minutes. Two integral flows of
//! one item differ by simple cycles that swap at most one unit at the sink and one at the source, so a level that
//! outweighs every sum of the levels below it along one cycle is never traded away (see [`Weights::new`]).

mod draft;

use std::collections::BTreeMap;

use koinon_flow::{Network, NetworkError, Solution, Solver, Status, decompose};
use koinon_ledger::fact::Urgency;

use crate::case::{BANDS, Case, STEPS};
use crate::timetable::Timetable;
use draft::Draft;

/// Rounds in which departures are shared out; later rounds serve less urgent things.
pub(crate) const ROUNDS: usize = 8;
/// Rounds among them that fill cover.
const COVER_ROUNDS: i64 = 5;

/// How many steps of a need are told apart: all of them, or fewer where the network is so large that the weights of all would not fit.
const RANKS: [i64; 4] = [12, 6, 3, 1];

/// What one unit weighs at each level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weights {
    /// One band of a giver's cover.
    band: i64,
    /// One unit that passes its date.
    waste: i64,
    /// One step of a stated need among others of its urgency.
    share: i64,
    /// How many steps of a need are told apart.
    ranks: i64,
    /// One level at the taker.
    level: i64,
}

/// The level of a stated need, above every step of cover for what cannot wait.
const fn level_of_need(urgency: Urgency) -> i64 {
    match urgency {
        Urgency::MustHave => STEPS + 3,
        Urgency::Needed => STEPS + 2,
        Urgency::Useful => 1,
    }
}

/// The level of a step of cover; the emptiest is highest.
const fn level_of_step(step: i64) -> i64 {
    STEPS + 1 - step
}

impl Weights {
    /// Weights for networks of at most `nodes` nodes whose arcs cost at most `dearest`.
    ///
    /// A simple cycle costs at most `nodes × dearest` on its way, so one band is twice that and more; waste outweighs
    /// all bands; a step among equal needs outweighs waste at both ends, and a level all steps. The largest weight and a toll as
    /// high, times the nodes, stay below 2^61: where they would not, fewer steps are told apart, and `None` where one is too many: the
    /// region, the horizon or a travel time is too large.
    pub(crate) fn new(nodes: usize, dearest: i64) -> Option<Self> {
        RANKS.iter().find_map(|ranks| Self::with(*ranks, nodes, dearest))
    }

    fn with(ranks: i64, nodes: usize, dearest: i64) -> Option<Self> {
        let nodes = i64::try_from(nodes).ok()?;
        let way = nodes.checked_mul(dearest.max(1))?.checked_add(1)?;
        let band = way.checked_mul(2)?;
        let waste = band.checked_mul(2 * (BANDS + 2))?;
        let share = waste.checked_mul(4)?;
        let level = share.checked_mul(ranks)?;
        let top = level.checked_mul(STEPS + 4)?;
        (i128::from(top) * i128::from(nodes + 1) < 1 << 60).then_some(Self {
            band,
            waste,
            share,
            ranks,
            level,
        })
    }

    /// The largest weight of one unit.
    pub(crate) fn top(self) -> i64 {
        let [all, ..] = RANKS;
        self.need(Urgency::MustHave, all - 1)
    }

    /// The weight of serving a step of a stated need, above every step of cover for what cannot wait. Steps are counted from the
    /// highest one, 0; the lowest weighs most.
    fn need(self, urgency: Urgency, from_top: i64) -> i64 {
        let [all, ..] = RANKS;
        self.level * level_of_need(urgency) + self.share * (from_top * self.ranks / all)
    }

    /// The weight of one unit of cover; the emptiest step weighs most.
    fn step(self, step: i64) -> i64 {
        self.level * level_of_step(step)
    }

    /// What it costs to give a unit from a band.
    fn give(self, band: i64) -> i64 {
        if band > BANDS { -self.waste } else { self.band * (BANDS - band) }
    }
}

/// What an arc means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Stock of a place starts here: position of the holding, and its class where classes are told apart.
    Give(usize, Option<usize>),
    /// A run: its layer and number.
    Run(usize, usize),
    /// A stated need is served: position in the case.
    Need(usize),
    /// Cover of a place is raised: its step.
    Step(usize, i64),
    /// Something is eaten beyond the target before it spoils.
    Rescue(usize),
    /// Something comes through a door.
    Door(Door),
    /// Nothing that leaves a trace.
    Quiet,
}

/// One way into the stores of a place: place, how urgent what it serves is, the stated need if any, and layer.
type Door = (usize, u8, Option<usize>, usize);

/// What may come into stores.
#[derive(Clone, Copy)]
struct Doors<'a> {
    /// Base units for each place where there is an end to it.
    ends: &'a BTreeMap<usize, i64>,
    /// Base units for each door; without them each may take all that its place has room for.
    shares: Option<&'a BTreeMap<Door, i64>>,
}

/// The network of one item on its own, for tolls on runs.
pub(crate) struct Alone {
    pub(crate) network: Network,
    /// Arcs, and the runs for which they stand.
    pub(crate) runs: Vec<(usize, usize)>,
    /// The weight of doing nothing.
    pub(crate) idle: i128,
}

/// A network with what its arcs mean and the weight of doing nothing.
struct Drawn {
    network: Network,
    meanings: Vec<Meaning>,
    idle: i128,
}

/// What one solution asks of runs and doors.
struct Asked {
    by_layer: Vec<Vec<i64>>,
    by_door: BTreeMap<Door, i64>,
}

/// What a shipment serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// A stated need: position in the case.
    Need(usize),
    /// A step of cover.
    Step(i64),
    /// Eaten before it spoils.
    Rescue,
}

/// Units that go together from one holding to one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shipment {
    /// Place that gives.
    pub(crate) from: usize,
    /// The class of the holding, where classes are told apart.
    pub(crate) class: Option<usize>,
    /// Place that takes.
    pub(crate) to: usize,
    /// Runs in order; empty when a place serves itself.
    pub(crate) runs: Vec<usize>,
    pub(crate) purpose: Purpose,
    /// What leaves.
    pub(crate) amount: i64,
    /// What is meant to arrive.
    pub(crate) meant: i64,
}

/// An item's flow.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flow {
    /// Units on each run of the timetable that carries some.
    pub(crate) on_runs: Vec<(usize, i64)>,
    /// The weight, doing nothing taken as 0.
    pub(crate) weight: i128,
    /// The weight that no flow of this item on this room can go below.
    pub(crate) bound: i128,
    /// Base units that come into the stores of each place.
    pub(crate) landed: BTreeMap<usize, i64>,
    pub(crate) shipments: Vec<Shipment>,
}

impl Flow {
    /// Base units served at each level, the most urgent first.
    pub(crate) fn by_level(&self, case: &Case) -> Vec<i64> {
        let top = level_of_need(Urgency::MustHave);
        let mut levels = Vec::new();
        for shipment in &self.shipments {
            let level = match shipment.purpose {
                Purpose::Need(number) => {
                    case.wanted.get(number).map_or(0, |wanted| level_of_need(wanted.urgency))
                }
                Purpose::Step(step) => level_of_step(step),
                Purpose::Rescue => 0,
            };
            let place = usize::try_from(top - level).unwrap_or(0);
            levels.resize(levels.len().max(place + 1), 0);
            levels.get_mut(place).into_iter().for_each(|sum| *sum += shipment.meant);
        }
        levels
    }
}

/// On what terms one item is planned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms<'a> {
    /// Base units that fit on each run.
    pub(crate) room: &'a [i64],
    /// Base units that fit into stores of each place where there is an end to it.
    pub(crate) ends: &'a BTreeMap<usize, i64>,
    /// What a unit pays on each run; where nothing stands, nothing. Tolls guide the plan and are no part of its weight.
    pub(crate) tolls: &'a [i64],
    /// Only what the rounds up to this one serve counts.
    pub(crate) round: usize,
}

/// How items are solved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) table: &'a Timetable,
    pub(crate) weights: Weights,
    pub(crate) slack_days: i64,
}

impl Setting<'_> {
    /// Solves one item on what room is left.
    ///
    /// Short dates travel in layers of their own. Where the layers together overfill a run, or all that comes to a
    /// place overfills its stores, they are given shares as their own flows ask, the shortest date and the most
    /// urgent first, and solved once more; `bound` then stays the weight of the first solution, which no plan can go
    /// below.
    pub(crate) fn solve(
        self,
        case: &Case,
        terms: Terms<'_>,
        solver: &mut Solver,
    ) -> Result<Flow, NetworkError> {
        let Terms { room, ends, .. } = terms;
        let layers = case.short.len() + 1;
        let doors = Doors { ends, shares: None };
        let (flow, asked) = self.solve_once(case, &vec![room.to_vec(); layers], doors, terms, solver)?;
        let on_runs =
            flow.on_runs.iter().all(|(run, units)| room.get(*run).is_some_and(|room| units <= room));
        let in_stores =
            ends.iter().all(|(place, end)| flow.landed.get(place).is_none_or(|units| units <= end));
        if on_runs && in_stores {
            return Ok(flow);
        }
        let mut left = room.to_vec();
        let mut shares: Vec<Vec<i64>> = Vec::with_capacity(layers);
        for asked in asked.by_layer.iter().take(layers - 1) {
            let share: Vec<i64> = asked.iter().zip(&left).map(|(asked, left)| *asked.min(left)).collect();
            left.iter_mut().zip(&share).for_each(|(left, share)| *left -= share);
            shares.push(share);
        }
        shares.push(left);
        let mut rest = ends.clone();
        let mut by_door: BTreeMap<Door, i64> = BTreeMap::new();
        // Doors of one place stand in the order of urgency; the first gets what nobody asked for.
        for (door, asked) in &asked.by_door {
            let Some(rest) = rest.get_mut(&door.0) else { continue };
            let share = *asked.min(rest);
            *rest -= share;
            by_door.insert(*door, share);
        }
        for (place, rest) in rest {
            if let Some((_, share)) = by_door.range_mut((place, 0, None, 0)..(place + 1, 0, None, 0)).next() {
                *share += rest;
            }
        }
        let doors = Doors { ends, shares: Some(&by_door) };
        let (shared, _) = self.solve_once(case, &shares, doors, terms, solver)?;
        Ok(Flow { bound: flow.weight, ..shared })
    }

    /// Lays out the network of one item on what room there is for each layer.
    fn draw(
        self,
        case: &Case,
        room: &[Vec<i64>],
        doors: Doors<'_>,
        (round, tolls): (usize, &[i64]),
    ) -> Result<Drawn, NetworkError> {
        let spots = self.table.spots.len();
        let source = spots * room.len();
        let mut draft = Draft {
            case,
            table: self.table,
            weights: self.weights,
            slack_days: self.slack_days,
            round,
            supplies: vec![0; source + 2],
            arcs: Vec::with_capacity(room.len() * (self.table.runs.len() + spots) + 256),
            meanings: Vec::new(),
            sink: source + 1,
            source,
            doors,
            idle: 0,
        };
        draft.travel(room, tolls);
        for (number, holding) in case.holdings.iter().enumerate() {
            draft.give(number, holding);
        }
        for holding in &case.holdings {
            draft.fill(holding);
        }
        for (number, wanted) in case.wanted.iter().enumerate() {
            draft.serve(number, wanted);
        }
        draft.close();
        let network = Network::new(draft.supplies, draft.arcs)?;
        Ok(Drawn { network, meanings: draft.meanings, idle: draft.idle })
    }

    /// Lays out the network of one item on its own, everything open.
    pub(crate) fn alone(self, case: &Case, room: &[i64]) -> Result<Alone, NetworkError> {
        let ends = BTreeMap::new();
        let doors = Doors { ends: &ends, shares: None };
        let layers = vec![room.to_vec(); case.short.len() + 1];
        let Drawn { network, meanings, idle } = self.draw(case, &layers, doors, (ROUNDS - 1, &[]))?;
        let of_run = |(arc, meaning): (usize, &Meaning)| match meaning {
            Meaning::Run(_, run) => Some((arc, *run)),
            _ => None,
        };
        let runs = meanings.iter().enumerate().filter_map(of_run).collect();
        Ok(Alone { network, runs, idle })
    }

    fn solve_once(
        self,
        case: &Case,
        room: &[Vec<i64>],
        doors: Doors<'_>,
        Terms { tolls, round, .. }: Terms<'_>,
        solver: &mut Solver,
    ) -> Result<(Flow, Asked), NetworkError> {
        let Drawn { network, meanings, idle } = self.draw(case, room, doors, (round, tolls))?;
        let solution = solver.solve(&network);
        assert!(solution.status == Status::Optimal, "stock always has a way to the sink, at home or unused");
        let mut by_layer = vec![vec![0; self.table.runs.len()]; room.len()];
        let mut on_runs: BTreeMap<usize, i64> = BTreeMap::new();
        let mut by_door: BTreeMap<Door, i64> = BTreeMap::new();
        for (meaning, units) in meanings.iter().zip(&solution.flow).filter(|(_, units)| **units > 0) {
            if let Meaning::Door(door) = meaning {
                *by_door.entry(*door).or_default() += units;
            }
            if let Meaning::Run(layer, run) = meaning {
                *on_runs.entry(*run).or_default() += units;
                if let Some(slot) =
                    by_layer.get_mut(*layer).and_then(|runs: &mut Vec<i64>| runs.get_mut(*run))
                {
                    *slot += units;
                }
            }
        }
        let paid = |(run, units): (&usize, &i64)| {
            i128::from(tolls.get(*run).copied().unwrap_or(0)) * i128::from(*units)
        };
        let weight = solution.cost - idle - on_runs.iter().map(paid).sum::<i128>();
        let shipments = shipments(case, &network, &solution, &meanings);
        let mut landed: BTreeMap<usize, i64> = BTreeMap::new();
        for shipment in shipments.iter().filter(|shipment| shipment.from != shipment.to) {
            *landed.entry(shipment.to).or_default() += shipment.amount;
        }
        let on_runs = on_runs.into_iter().collect();
        let flow = Flow { on_runs, weight, bound: weight, landed, shipments };
        Ok((flow, Asked { by_layer, by_door }))
    }
}

/// What makes two shipments one: giver and class, taker, runs, purpose.
type Alike = (usize, Option<usize>, usize, Vec<usize>, Purpose);

/// Takes the flow apart into shipments, equal ones together.
fn shipments(case: &Case, network: &Network, solution: &Solution, meanings: &[Meaning]) -> Vec<Shipment> {
    let mut found: BTreeMap<Alike, i64> = BTreeMap::new();
    for route in decompose(network, &solution.flow).unwrap_or_default() {
        let (mut giver, mut runs, mut served) = (None, Vec::new(), None);
        for meaning in route.arcs.iter().filter_map(|arc| meanings.get(*arc)) {
            match meaning {
                Meaning::Give(holding, class) => {
                    giver = case.holdings.get(*holding).map(|h| (h.place, *class));
                }
                Meaning::Run(_, run) => runs.push(*run),
                Meaning::Need(number) => {
                    served = case.wanted.get(*number).map(|w| (w.place, Purpose::Need(*number)));
                }
                Meaning::Step(place, step) => served = Some((*place, Purpose::Step(*step))),
                Meaning::Rescue(place) => served = Some((*place, Purpose::Rescue)),
                Meaning::Door(_) | Meaning::Quiet => {}
            }
        }
        if let (Some((from, class)), Some((to, purpose))) = (giver, served) {
            *found.entry((from, class, to, runs, purpose)).or_default() += route.amount;
        }
    }
    let shipment = |((from, class, to, runs, purpose), amount)| Shipment {
        from,
        class,
        to,
        runs,
        purpose,
        amount,
        meant: amount,
    };
    found.into_iter().map(shipment).collect()
}

/// The round in which a step of cover is served first.
fn round_of_step(step: i64) -> usize {
    usize::try_from(2 + step * COVER_ROUNDS / STEPS).unwrap_or(ROUNDS - 1)
}

/// How urgent cover is among the doors of a place: after stated needs, before useful wishes.
const DOOR_OF_COVER: u8 = 2;

/// How urgent a stated need is among the doors of a place.
const fn door_of_need(urgency: Urgency) -> u8 {
    match urgency {
        Urgency::MustHave => 0,
        Urgency::Needed => 1,
        Urgency::Useful => DOOR_OF_COVER + 1,
    }
}

/// The round in which a stated need is served first.
fn round_of_need(urgency: Urgency) -> usize {
    match urgency {
        Urgency::MustHave => 0,
        Urgency::Needed => 1,
        Urgency::Useful => ROUNDS - 1,
    }
}

impl Case {
    /// The most nodes that this item's network can have, with doors where stores have an end.
    pub(crate) fn nodes(&self, table: &Timetable, with_doors: bool) -> usize {
        let layers = self.short.len() + 1;
        let classes: usize = self.holdings.iter().map(|h| 2 * h.classes.len() + 2 + layers).sum();
        let doors = if with_doors { layers * (self.holdings.len() + self.wanted.len()) } else { 0 };
        table.spots.len() * layers + classes + doors + self.wanted.len() + 2
    }

    /// Whether a round brings something new for this item.
    pub(crate) fn wakes_in(&self, round: usize) -> bool {
        round + 1 == ROUNDS
            || self.wanted.iter().any(|wanted| round_of_need(wanted.urgency) == round)
            || self
                .holdings
                .iter()
                .any(|h| h.missing() > 0 && h.steps().iter().any(|(s, _)| round_of_step(*s) == round))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;
    use crate::shares::SHARES;

    #[test]
    fn a_large_region_tells_fewer_steps_apart_before_it_is_refused() {
        // Ways of a day.
        let ranks = |nodes: usize| Weights::new(nodes, 1_455).map(|weights| weights.ranks);
        assert_eq!(usize::try_from(RANKS[0]).unwrap(), SHARES);
        assert_eq!(ranks(67_000), Some(12));
        assert_eq!((ranks(95_000), ranks(135_000), ranks(234_000)), (Some(6), Some(3), Some(1)));
        assert_eq!(ranks(236_000), None);
        for nodes in [67_000, 95_000, 135_000, 234_000] {
            let weights = Weights::new(nodes, 1_455).unwrap();
            for urgency in [Urgency::MustHave, Urgency::Needed, Urgency::Useful] {
                let steps: Vec<i64> = (0..RANKS[0]).map(|step| weights.need(urgency, step)).collect();
                assert!(steps.is_sorted());
                // No step reaches the level above.
                assert!(steps[11] < weights.level * (level_of_need(urgency) + 1));
            }
            assert!(weights.need(Urgency::Needed, 0) > weights.step(0));
        }
    }
}
