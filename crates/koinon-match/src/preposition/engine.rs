//! From the problem to a plan that has passed its checker.
//!
//! Items that share no room are placed each by itself, on as many threads as there are; what comes out does not tell how many there were.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use koinon_core::PlaceCode;

use super::case::{Case, Good, SCALE, at, set};
use super::check::check;
use super::effort::{Aim, pooled};
use super::moves::{Step, steps};
use super::plan::{Balance, Bound, ItemPlan, Move, Outcome, Placed, PrepositionPlan, Prices, SitePlan};
use super::problem::{Preposition, PrepositionError};
use super::proof::bound;
use super::search::{Found, Stand, look, polish, search, whole};
use super::{sites, words};
use crate::threads::{in_parts, part};

/// How much work is done: looks at one site for one place of a scenario, for each item. What is found and proven until then is the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Looks; at least two placements are looked at however few these are.
    pub looks: usize,
}

impl Default for Budget {
    /// Thirty million: more than is needed for dozens of sites and hundreds of scenarios.
    fn default() -> Self {
        Self { looks: 30_000_000 }
    }
}

impl Budget {
    /// The most placements that are looked at.
    pub(super) fn rounds(self, case: &Case) -> usize {
        let each = case.lines().max(1).saturating_mul(case.sites.max(1));
        self.looks.checked_div(each).unwrap_or(0).min(200)
    }
}

/// What was found for items that share room, or for one that shares none.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The items by index.
    pub(super) goods: Vec<usize>,
    pub(super) found: Found,
    /// What proves how many people can be covered at most, in [`SCALE`]ths of a part, and that number.
    people: (Prices, i128),
}

/// Places stock before a disaster, on all cores. Equal problems give equal plans, in whatever order their lists stand.
///
/// The plan has passed [`check()`]; a plan that does not is never returned.
pub fn plan(problem: &Preposition) -> Result<PrepositionPlan, PrepositionError> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    plan_on(problem, threads, Budget::default())
}

/// The same on a number of threads, which changes nothing, and with a budget, which may.
pub fn plan_on(
    problem: &Preposition,
    threads: NonZeroUsize,
    budget: Budget,
) -> Result<PrepositionPlan, PrepositionError> {
    problem.inspect()?;
    let problem = problem.clone().canonical();
    let case = Case::new(&problem)?;
    let rounds = budget.rounds(&case);
    let free = place(&case, &case.closed, None, rounds, threads)?;
    let few = sites::few(&case, problem.open_at_most, &free, rounds, threads)?;
    let groups = few.as_ref().unwrap_or(&free);
    let made = told(&problem, &case, groups, &free, threads)?;
    let violations = check(&problem, &made);
    if violations.is_empty() { Ok(made) } else { Err(PrepositionError::Refused(violations)) }
}

/// Items that share room together, every other one by itself.
fn together(case: &Case) -> Vec<Vec<usize>> {
    let shared = case.room.iter().any(Option::is_some);
    let (sharing, alone): (Vec<&Good>, Vec<&Good>) =
        case.goods.iter().partition(|good| shared && good.room > 0);
    let mut groups: Vec<Vec<usize>> = alone.iter().map(|good| vec![good.at]).collect();
    if !sharing.is_empty() {
        groups.push(sharing.iter().map(|good| good.at).collect());
    }
    groups.sort();
    groups
}

/// Items of a group by index, with their limits, and where they stood before, if anywhere.
type Job<'a> = (Vec<usize>, Vec<Good>, Option<&'a Stand>);

/// Places all items where some sites are closed, from what was found before, if anything.
pub(super) fn place(
    case: &Case,
    closed: &[bool],
    before: Option<&[Group]>,
    rounds: usize,
    threads: NonZeroUsize,
) -> Result<Vec<Group>, PrepositionError> {
    let mut goods = case.goods.clone();
    for good in &mut goods {
        let limits = good.most.iter_mut().zip(closed);
        limits.filter(|(_, closed)| **closed).for_each(|(most, _)| *most = 0);
    }
    let groups = together(case);
    let known = |group: &[usize]| before?.iter().find(|one| one.goods == group).map(|one| &one.found.stand);
    let mut jobs: Vec<Job<'_>> = groups
        .into_iter()
        .map(|group| {
            let own = group.iter().filter_map(|at| goods.get(*at)).cloned().collect();
            let known = known(&group);
            (group, own, known)
        })
        .collect();
    let size = part(jobs.len(), threads);
    let mut parts: Vec<&mut [Job<'_>]> = jobs.chunks_mut(size).collect();
    let done = in_parts(&mut parts, |part| {
        part.iter().map(|(group, goods, known)| solve(case, group, goods, *known, rounds)).collect::<Vec<_>>()
    });
    done.into_iter().flatten().collect()
}

/// Places the items of one group: people first, then hours.
fn solve(
    case: &Case,
    group: &[usize],
    goods: &[Good],
    known: Option<&Stand>,
    rounds: usize,
) -> Result<Group, PrepositionError> {
    let aim = Aim { part: case.worth, minute: 1 };
    let mut asked: Vec<Vec<Vec<f64>>> = vec![goods.iter().map(|good| floats(&good.now)).collect()];
    asked.extend(known.map(|stand| stand.iter().map(|units| floats(units)).collect()));
    asked.push(goods.iter().map(|good| nearest(case, good)).collect());
    let mut starts: Vec<Stand> = asked.iter().filter_map(|asked| whole(case, goods, asked)).collect();
    let mut found = polish(case, goods, aim, search(case, goods, aim, &starts, rounds)?, rounds)?;
    let mut people = everywhere(case, goods);
    if people.1 > found.outcome().parts * i128::from(SCALE) {
        starts.insert(0, found.stand.clone());
        let most = search(case, goods, Aim::PEOPLE, &starts, rounds)?;
        let most = polish(case, goods, Aim::PEOPLE, most, rounds)?;
        if most.outcome().parts > found.outcome().parts {
            // People come first between scenarios too: a part is worth more, as far as sums can hold it.
            starts.insert(0, most.stand.clone());
            let aim = Aim { part: case.worth.saturating_mul(1 << 12), minute: 1 };
            let again = search(case, goods, aim, &starts, rounds);
            let again = again.and_then(|again| polish(case, goods, aim, again, rounds));
            if let Ok(again) = again
                && again.outcome().is_better_than(&found.outcome())
            {
                found = again;
            }
        }
        if most.bound < people.1 {
            people = (most.prices, most.bound);
        }
    }
    Ok(Group { goods: group.to_vec(), found, people })
}

/// Prices and bound where everything is within reach of everybody.
fn everywhere(case: &Case, goods: &[Good]) -> (Prices, i128) {
    let of = |good: &Good| case.scenes.iter().map(|scene| vec![pooled(good, scene); case.sites]).collect();
    let sites = goods.iter().map(of).collect();
    let prices = Prices { part: Aim::PEOPLE.part, minute: Aim::PEOPLE.minute, sites, room: Vec::new() };
    let most = bound(case, goods, Aim::PEOPLE, &prices);
    (prices, most)
}

fn floats(units: &[i64]) -> Vec<f64> {
    units.iter().map(|units| super::master::float((*units).into())).collect()
}

/// A first guess: each site has its share of those to whom it is the nearest open one.
fn nearest(case: &Case, good: &Good) -> Vec<f64> {
    let mut parts = vec![0_i128; case.sites];
    for scene in &case.scenes {
        for hit in &scene.hits {
            let ways = hit.ways.iter().filter(|(site, _)| at(&good.most, *site) > 0);
            let nearest = ways.min_by_key(|(site, way)| (*way, *site));
            if let Some(slot) = nearest.and_then(|(site, _)| parts.get_mut(*site)) {
                *slot += i128::from(scene.weight) * hit.parts;
            }
        }
    }
    let all = super::master::float(parts.iter().sum::<i128>().max(1));
    let total = super::master::float(good.total.into());
    parts.iter().map(|parts| super::master::float(*parts) / all * total).collect()
}

/// Tells what was found; bounds are those of the placement in which every site may be open.
fn told(
    problem: &Preposition,
    case: &Case,
    groups: &[Group],
    free: &[Group],
    threads: NonZeroUsize,
) -> Result<PrepositionPlan, PrepositionError> {
    let mut stands: BTreeMap<usize, (&[i64], Outcome)> = BTreeMap::new();
    for group in groups {
        let found = group.found.stand.iter().zip(&group.found.outcomes);
        stands.extend(
            group.goods.iter().zip(found).map(|(at, (stand, outcome))| (*at, (&stand[..], *outcome))),
        );
    }
    let goods: Vec<(&Good, &[i64])> =
        case.goods.iter().filter_map(|good| Some((good, stands.get(&good.at)?.0))).collect();
    let aim = Aim { part: case.worth, minute: 1 };
    let size = part(goods.len(), threads);
    let mut parts: Vec<&[(&Good, &[i64])]> = goods.chunks(size).collect();
    let done = in_parts(&mut parts, |part| {
        part.iter()
            .map(|(good, stand)| now_and_steps(case, good, stand, aim, problem.moves_at_most))
            .collect::<Vec<_>>()
    });
    let done: Vec<(Outcome, Vec<Step>)> = done.into_iter().flatten().collect::<Result<_, _>>()?;
    let mut items = Vec::new();
    for ((item, good), (now, _)) in problem.items.iter().zip(&case.goods).zip(&done) {
        let best = stands.get(&good.at).map(|(_, outcome)| *outcome).unwrap_or_default();
        items.push(ItemPlan {
            item: item.code.clone(),
            units: good.total - good.added,
            added: good.added,
            now: *now,
            best,
            balance: Balance::of(*now, best, good.added),
        });
    }
    let bounds = free.iter().zip(groups).map(|(free, group)| of_bound(problem, free, group)).collect();
    let mut made = PrepositionPlan {
        person: case.person,
        weights: case.weights(),
        items,
        sites: of_sites(problem, case, &goods),
        placed: of_placed(problem, &goods),
        moves: of_moves(problem, aim, &done),
        bounds,
        inputs: problem.digest(),
        digest: koinon_core::Digest::of("", b""),
    };
    made.digest = words::plan_digest(&made);
    Ok(made)
}

/// What the stock does where it stands, and the moves that bring most.
fn now_and_steps(
    case: &Case,
    good: &Good,
    stand: &[i64],
    aim: Aim,
    most: usize,
) -> Result<(Outcome, Vec<Step>), PrepositionError> {
    let mut solver = koinon_flow::Solver::new();
    let (now, _) = look(case, good, &good.now, aim, &mut solver)?;
    Ok((now, steps(case, good, stand, aim, most, &mut solver)?))
}

fn of_bound(problem: &Preposition, free: &Group, group: &Group) -> Bound {
    let scale = i128::from(SCALE);
    let covered = group.found.outcome().parts * i128::from(free.found.prices.part);
    let items = group.goods.iter().filter_map(|at| problem.items.get(*at)).map(|item| item.code.clone());
    Bound {
        items: items.collect(),
        parts: free.people.1.div_euclid(scale),
        // As much value as the placement has at most, less what its people are worth: the minutes that it takes at least.
        part_minutes: (covered * scale - free.found.bound + scale - 1).div_euclid(scale).max(0),
        for_people: free.people.0.clone(),
        for_effort: free.found.prices.clone(),
    }
}

fn of_sites(problem: &Preposition, case: &Case, goods: &[(&Good, &[i64])]) -> Vec<SitePlan> {
    let of = |(site, must): (usize, &bool)| {
        let place: PlaceCode = problem.sites.get(site)?.place.clone();
        Some(SitePlan {
            site: place,
            holds_now: goods.iter().any(|(good, _)| at(&good.now, site) > 0),
            opens: *must || goods.iter().any(|(_, stand)| at(stand, site) > 0),
        })
    };
    case.must.iter().enumerate().filter_map(of).collect()
}

fn of_placed(problem: &Preposition, goods: &[(&Good, &[i64])]) -> Vec<Placed> {
    let mut placed = Vec::new();
    for ((good, stand), item) in goods.iter().zip(&problem.items) {
        for ((site, now), best) in problem.sites.iter().zip(&good.now).zip(*stand) {
            if *now > 0 || *best > 0 {
                let (item, site) = (item.code.clone(), site.place.clone());
                placed.push(Placed { item, site, now: *now, best: *best });
            }
        }
    }
    placed
}

/// The moves of all items, each time the one that brings most.
fn of_moves(problem: &Preposition, aim: Aim, done: &[(Outcome, Vec<Step>)]) -> Vec<Move> {
    let mut at_step = vec![0_i64; done.len()];
    let mut moves = Vec::new();
    while moves.len() < problem.moves_at_most {
        let next = |(index, (_, steps)): (usize, &(Outcome, Vec<Step>))| {
            let step = steps.get(usize::try_from(at(&at_step, index)).ok()?)?;
            Some((step.gain(aim), std::cmp::Reverse(index)))
        };
        let Some((_, std::cmp::Reverse(index))) = done.iter().enumerate().filter_map(next).max() else {
            break;
        };
        let step = usize::try_from(at(&at_step, index)).ok().and_then(|at| done.get(index)?.1.get(at));
        let item = problem.items.get(index);
        let place = |site: usize| problem.sites.get(site).map(|site| site.place.clone());
        let Some((step, item, to)) =
            step.zip(item).and_then(|(step, item)| Some((step, item, place(step.to)?)))
        else {
            break;
        };
        moves.push(Move {
            item: item.code.clone(),
            from: step.from.and_then(place),
            to,
            units: step.units,
            before: step.before,
            after: step.after,
        });
        let done = at(&at_step, index);
        set(&mut at_step, index, done + 1);
    }
    moves
}
