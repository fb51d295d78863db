//! What falls due by standing agreements, set aside between what lives depend on and everything else.
//!
//! First the needs that lives depend on are planned alone. On what they leave of stock, departures and store rooms each thing that is due is
//! planned from its giver to its taker and to nobody else; those of one day and giver share what is not enough as equal needs do. Then
//! everything is planned on the rest, where what lives depend on finds at least what it had found. Below floors nothing is touched: every
//! step is an ordinary plan, made by the same engine.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use koinon_core::{Day, ItemCode, PlaceCode};
use koinon_ledger::demand::Rate;
use koinon_ledger::fact::Urgency;

use crate::case::Holding;
use crate::engine::{Layout, PlanError, plan_rest};
use crate::memory::Memory;
use crate::plan::{Leg, Plan, Serves, Suggestion, Unmet, Why};
use crate::problem::{Arriving, Due, EVEN_WISH, Item, Keep, Measures, Need, NeedRef, Problem, Rules, Use};
use crate::spread::side_of;

/// A sorted problem with things due, planned.
pub(crate) fn plan_due(
    problem: &Problem,
    threads: NonZeroUsize,
    memory: &mut Memory,
) -> Result<Plan, PlanError> {
    let (agreed, unmet) = agree(problem, threads)?;
    let mut rest = Problem { due: Vec::new(), ..problem.clone() };
    take(&mut rest, &agreed);
    rest.arriving.extend(agreed.iter().flat_map(arrivals));
    let mut plan = plan_rest(&rest.canonical(), threads, memory)?;
    plan.inputs = problem.digest();
    plan.agreed = with_sides(problem, agreed);
    plan.unmet.extend(unmet);
    crate::unmet::sort(problem, &mut plan.unmet);
    for suggestion in plan.agreed.iter_mut().chain(&mut plan.suggestions) {
        suggestion.id = crate::words::suggestion_id(suggestion, plan.inputs);
    }
    plan.digest = crate::words::plan_digest(&plan);
    Ok(plan)
}

/// What can be given of each thing that is due, and what cannot.
fn agree(problem: &Problem, threads: NonZeroUsize) -> Result<(Vec<Suggestion>, Vec<Unmet>), PlanError> {
    let mut left = Problem { due: Vec::new(), ..problem.clone() };
    // Of what each giver has, some went to others.
    let mut shared: BTreeSet<(PlaceCode, ItemCode)> = BTreeSet::new();
    if let Some(lives) = lives_alone(problem) {
        let plan = plan_rest(&lives, threads, &mut Memory::default())?;
        keep_for_home(&mut left, &lives, &plan);
        let served = |one: &Suggestion| one.serves == Serves::Need(Urgency::MustHave);
        let kept: Vec<Suggestion> = plan.suggestions.into_iter().filter(served).collect();
        take(&mut left, &kept);
        shared.extend(kept.into_iter().map(|one| (one.from, one.item)));
    }
    let (mut agreed, mut unmet) = (Vec::new(), Vec::new());
    for ((day, giver, item, _), due) in turns(problem) {
        let Some(item) = problem.items.iter().find(|one| one.code == *item) else { continue };
        let one = alone(&left, (day, giver, item), &due);
        let plan = plan_rest(&one, threads, &mut Memory::default())?;
        take(&mut left, &plan.suggestions);
        agreed.extend(plan.suggestions.into_iter().map(|one| Suggestion { serves: Serves::Agreed, ..one }));
        let key = (giver.clone(), item.code.clone());
        let is_shared = due.len() > 1 || shared.contains(&key);
        unmet.extend(plan.unmet.into_iter().filter(|one| one.need.is_some()).map(|one| match one.why {
            // All that there is goes to this one, and is too little.
            Why::SharedOut if !is_shared => Unmet { why: Why::NoStockAboveFloors, ..one },
            _ => one,
        }));
        shared.insert(key);
    }
    Ok((agreed, unmet))
}

/// The needs that lives depend on and what could serve them; nothing where there are none.
fn lives_alone(problem: &Problem) -> Option<Problem> {
    let needs: Vec<Need> =
        problem.needs.iter().filter(|need| need.urgency == Urgency::MustHave).cloned().collect();
    if needs.is_empty() {
        return None;
    }
    let items: BTreeSet<&ItemCode> = needs.iter().map(|need| &need.item).collect();
    let mut lives = Problem { due: Vec::new(), offers: Vec::new(), ..problem.clone() };
    lives.items.retain(|item| items.contains(&item.code));
    lives.stock.retain(|stock| items.contains(&stock.item));
    lives.uses.retain(|one| items.contains(&one.item));
    lives.arriving.retain(|coming| items.contains(&coming.item));
    lives.pauses.retain(|pause| items.contains(&pause.item));
    keep_without_filling(&mut lives);
    lives.needs = needs;
    Some(lives)
}

/// Every place keeps what it keeps, and is filled up to nothing.
fn keep_without_filling(problem: &mut Problem) {
    for one in &mut problem.uses {
        one.keep.floor = one.keeps();
        one.keep.target = 0;
    }
}

/// A place keeps what serves its own needs that lives depend on; a plan does not name it, since it goes nowhere.
fn keep_for_home(left: &mut Problem, lives: &Problem, plan: &Plan) {
    let mut home: BTreeMap<(&PlaceCode, &ItemCode), i64> = BTreeMap::new();
    for need in &lives.needs {
        let served = plan.suggestions.iter().flat_map(|one| &one.needs);
        let sent: i64 = served.filter(|(id, _)| *id == need.id).map(|(_, amount)| amount).sum();
        let open = plan.unmet.iter().filter(|one| one.need.as_ref() == Some(&need.id));
        let open: i64 = open.map(|one| one.amount).sum();
        *home.entry((&need.place, &need.item)).or_default() += (need.amount - sent - open).max(0);
    }
    for ((place, item), amount) in home.into_iter().filter(|(_, amount)| *amount > 0) {
        match left.uses.iter_mut().find(|one| (&one.place, &one.item) == (place, item)) {
            Some(one) => one.keep.floor = one.keeps().saturating_add(amount),
            None => left.uses.push(Use {
                place: place.clone(),
                item: item.clone(),
                rate: Rate { amount: 0, days: 1 },
                source: None,
                keep: Keep { floor: amount, target: 0 },
            }),
        }
    }
}

/// A day, a giver, an item, and the how manieth thing of it for one taker that day.
type Turn<'a> = (Day, &'a PlaceCode, &'a ItemCode, usize);

/// What is planned together, in order.
fn turns(problem: &Problem) -> BTreeMap<Turn<'_>, Vec<&Due>> {
    let mut turns: BTreeMap<Turn<'_>, Vec<&Due>> = BTreeMap::new();
    for due in &problem.due {
        let day = due.occurrence.day.max(problem.today);
        let mut turn = (day, &due.from, &due.item, 0);
        while turns.get(&turn).is_some_and(|others| others.iter().any(|other| other.to == due.to)) {
            turn.3 += 1;
        }
        turns.entry(turn).or_default().push(due);
    }
    turns
}

/// What one giver could give of one item that is due on one day, as a problem of its own.
fn alone(left: &Problem, (day, giver, item): (Day, &PlaceCode, &Item), due: &[&Due]) -> Problem {
    let here = |place: &PlaceCode, code: &ItemCode| place == giver && *code == item.code;
    let need = |due: &&Due| Need {
        place: due.to.clone(),
        item: due.item.clone(),
        amount: due.amount,
        urgency: Urgency::Needed,
        by: due.by,
        id: NeedRef::Due(due.occurrence.clone()),
        wish_per_mille: EVEN_WISH,
    };
    let mut one = Problem {
        items: vec![item.clone()],
        stock: left.stock.iter().filter(|one| here(&one.place, &one.item)).cloned().collect(),
        uses: left.uses.iter().filter(|one| here(&one.place, &one.item)).cloned().collect(),
        needs: due.iter().map(need).collect(),
        offers: Vec::new(),
        due: Vec::new(),
        arriving: Vec::new(),
        departures: left.departures.iter().filter(|departure| departure.leaves.day >= day).cloned().collect(),
        pauses: left.pauses.iter().filter(|pause| here(&pause.place, &pause.item)).cloned().collect(),
        rules: Rules { useful_days_min: 0, ..left.rules },
        ..left.clone()
    };
    keep_without_filling(&mut one);
    one.canonical()
}

/// Takes what is suggested off the batches, the departures and the store rooms.
fn take(problem: &mut Problem, suggestions: &[Suggestion]) {
    let items: BTreeMap<ItemCode, Item> =
        problem.items.iter().map(|item| (item.code.clone(), item.clone())).collect();
    let mut lots = BTreeMap::new();
    let mut legs: BTreeMap<Leg, Measures> = BTreeMap::new();
    for suggestion in suggestions {
        let Some(item) = items.get(&suggestion.item) else { continue };
        for (lot, amount) in suggestion.lots() {
            *lots.entry(lot).or_insert(0_i64) += amount;
        }
        for load in &suggestion.loads {
            for leg in &load.legs {
                let sum = legs.entry(leg.clone()).or_default();
                sum.iter_mut().zip(item.load(load.amount)).for_each(|(sum, load)| *sum += load);
            }
        }
        let landed = item.load(suggestion.arrives);
        for room in problem.rooms.iter_mut().filter(|room| room.place == suggestion.to) {
            if room.storage.contains(&item.storage) {
                for (room, load) in
                    room.kg.iter_mut().zip([landed[0]]).chain(room.litre.iter_mut().zip([landed[1]]))
                {
                    lessen(room, load, 1_000);
                }
            }
        }
    }
    for stock in &mut problem.stock {
        stock.amount -= lots.get(&stock.lot).copied().unwrap_or(0).min(stock.amount);
    }
    problem.stock.retain(|stock| stock.amount > 0);
    for departure in &mut problem.departures {
        if let Some(load) = legs.get_mut(&Leg::of(departure)) {
            load[0] -= lessen(&mut departure.kg, load[0], 1_000);
            load[1] -= lessen(&mut departure.litre, load[1], 1_000);
            if let Some(pallets) = &mut departure.pallets {
                load[2] -= lessen(pallets, load[2], 1_000_000);
            }
        }
    }
}

/// Takes a load off some room, as far as it goes, in whole units of the room; gives what was taken.
fn lessen(room: &mut i64, load: i128, per_unit: i128) -> i128 {
    let units = crate::case::narrow((load.max(0) + per_unit - 1) / per_unit).min(*room);
    *room -= units;
    (i128::from(units) * per_unit).min(load.max(0))
}

/// What arrives of a suggestion, load by load.
fn arrivals(suggestion: &Suggestion) -> impl Iterator<Item = Arriving> + '_ {
    suggestion.loads.iter().filter_map(|load| {
        let (place, item) = (suggestion.to.clone(), suggestion.item.clone());
        Some(Arriving { place, item, day: load.arrives()?.day, amount: load.arrives })
    })
}

/// The figures of both ends before and after each of these alone.
fn with_sides(problem: &Problem, mut agreed: Vec<Suggestion>) -> Vec<Suggestion> {
    let layout = Layout::new(problem);
    for one in &mut agreed {
        let case =
            layout.cases.iter().find(|case| case.of(problem).is_some_and(|item| item.code == one.item));
        let holding = |place: &PlaceCode| {
            let number = problem.places.iter().position(|known| known.code == *place)?;
            case?.holding(number)
        };
        let after = |holding: Option<&Holding>, change: i64| {
            side_of(holding, holding.map_or(0, Holding::before).saturating_add(change).max(0))
        };
        one.giver = after(holding(&one.from), -one.amount);
        one.taker = after(holding(&one.to), one.arrives);
    }
    agreed
}
