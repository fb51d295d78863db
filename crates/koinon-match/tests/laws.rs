//! Laws over random problems: nothing is broken, nothing depends on order, a full departure is the only gap, and the
//! checker sees every planted fault.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use koinon_core::region::StorageClass;
use koinon_core::{Group, Tier};
use koinon_ledger::demand::Rate;
use koinon_ledger::fact::{RouteReason, Urgency};
use koinon_match::{
    Cargo, ClosedRoute, Closure, Departure, EVEN_WISH, Item, Keep, LotRef, Moment, Need, NeedRef, Offer,
    Place, Plan, Problem, Rule, Rules, Serves, Stock, StoreRoom, Use, check, plan,
};
use proptest::prelude::*;
use proptest::sample::Index;
use support::TODAY;

const PLACES: [&str; 4] = ["a", "b", "c", "d"];
const ITEMS: [&str; 3] = ["x", "y", "z"];

fn place() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&PLACES[..])
}

fn item() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&ITEMS[..])
}

type Line = (&'static str, &'static str);

fn line() -> impl Strategy<Value = Line> {
    (place(), item())
}

fn urgency() -> impl Strategy<Value = Urgency> {
    prop::sample::select(vec![Urgency::MustHave, Urgency::Needed, Urgency::Useful])
}

prop_compose! {
    fn departure()(from in place(), to in place(), day in 0i32..5, minute in 0u16..1_440, minutes in 1u32..1_200,
        kg in 0i64..40, litre in 0i64..60, pallets in prop::option::of(0i64..20), cold in any::<bool>(), hazard in any::<bool>(), loss in 0u32..3)
        -> Option<Departure> {
        let leaves = Moment { day: TODAY.plus(day), minute };
        (from != to).then(|| Departure {
            corridor: format!("{from}-{to}").parse().unwrap(),
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            leaves,
            arrives: leaves.plus_minutes(minutes),
            kg,
            litre,
            pallets,
            cold,
            hazard,
            cargo: Cargo::Goods,
            loss_per_mille: loss * 50,
        })
    }
}

prop_compose! {
    fn problems()(
        horizon in 2u32..6,
        slack in 0u32..10,
        packs in any::<bool>(),
        useful in 0u32..2,
        kinds in prop::collection::vec((any::<bool>(), any::<bool>(), 1i64..3_000, 0i64..3_000, 0i64..40, 0i64..2_000), 3),
        stock in prop::collection::vec((line(), prop::option::of(-1i32..40), 0i64..40_000), 4..20),
        uses in prop::collection::btree_map(line(), (0i128..2_000, 1i128..4, 0i64..9_000, 0i64..12_000), 2..12),
        needs in prop::collection::vec((line(), 0i64..9_000, urgency(), -1i32..6), 0..8),
        offers in prop::collection::vec((line(), 0i64..9_000, any::<bool>()), 0..3),
        due in prop::collection::vec((line(), place(), 0i64..9_000, -3i32..5), 0..4),
        departures in prop::collection::vec(departure(), 0..50),
        shut in prop::collection::vec((place(), any::<bool>(), 0i32..5), 0..4),
        closed in prop::collection::vec((place(), place(), -1i32..5, prop::option::of(-1i32..5)), 0..3),
        rooms in prop::collection::vec(
            (place(), 0usize..3, prop::option::of(0i64..30), prop::option::of(0i64..40)), 0..4,
        ),
    ) -> Problem {
        let mut problem = Problem {
            today: TODAY,
            minute: 60,
            horizon_days: horizon,
            places: PLACES.iter().map(|p| Place { code: p.parse().unwrap(), people: 10 }).collect(),
            rules: Rules { equity_slack_days: slack, whole_packs: packs, useful_days_min: useful, handling_minutes: 15 },
            departures: departures.into_iter().flatten().collect(),
            ..Problem::default()
        };
        for (code, (cold, hazard, mass, volume, pack, pallets)) in ITEMS.iter().zip(kinds) {
            problem.items.push(Item {
                code: code.parse().unwrap(),
                tier: if cold { Tier::MustHave } else { Tier::Useful },
                group: Group::Food,
                mass_g_per_1000: mass,
                volume_ml_per_1000: volume,
                // Half of all items are not counted in pallets.
                micropallets_per_1000: (pallets - 1_000).max(0) * 1_000,
                cold,
                hazard,
                cargo: Cargo::Goods,
                storage: if cold { StorageClass::Cool } else { StorageClass::Ambient },
                packs: if pack > 0 { vec![pack, pack * 40] } else { Vec::new() },
            });
        }
        for (row, ((place, item), good, amount)) in (0..).zip(stock) {
            let last_good = good.map(|days| TODAY.plus(days));
            problem.stock.push(Stock {
                place: place.parse().unwrap(), item: item.parse().unwrap(), last_good, lot: LotRef::Row(row), amount,
            });
        }
        for ((place, item), (amount, days, floor, target)) in uses {
            problem.uses.push(Use {
                place: place.parse().unwrap(), item: item.parse().unwrap(), rate: Rate { amount, days }, source: None,
                keep: Keep { floor, target },
            });
        }
        for (row, ((place, item), amount, urgency, by)) in (0..).zip(needs) {
            problem.needs.push(Need {
                place: place.parse().unwrap(), item: item.parse().unwrap(), amount, urgency, by: TODAY.plus(by),
                id: NeedRef::Row(row), wish_per_mille: EVEN_WISH,
            });
        }
        for ((place, item), amount, take_please) in offers {
            problem.offers.push(Offer { place: place.parse().unwrap(), item: item.parse().unwrap(), amount, take_please });
        }
        let apart = due.into_iter().filter(|((from, _), to, ..)| from != to);
        for (number, ((from, item), to, amount, day)) in apart.enumerate() {
            problem.due.push(support::due((number, day), (from, to), item, amount));
        }
        for (place, all, day) in shut {
            let storage = (!all).then_some(StorageClass::Cool);
            problem.closures.push(Closure { place: place.parse().unwrap(), storage, day: TODAY.plus(day) });
        }
        for (from, to, first, last) in closed {
            problem.closed_routes.push(ClosedRoute {
                corridor: format!("{from}-{to}").parse().unwrap(),
                from: TODAY.plus(first),
                until: last.map(|last| TODAY.plus(last)),
                reason: RouteReason::Snow,
            });
        }
        for (place, kind, kg, litre) in rooms {
            let classes = [vec![StorageClass::Ambient], vec![StorageClass::Cool], vec![StorageClass::Cool, StorageClass::Ambient]];
            problem.rooms.push(StoreRoom { place: place.parse().unwrap(), storage: classes[kind].clone(), kg, litre });
        }
        problem
    }
}

/// Shuffles by repeated swaps.
fn shuffle<T>(list: &mut [T], swaps: &[(Index, Index)]) {
    if !list.is_empty() {
        swaps.iter().for_each(|(a, b)| list.swap(a.index(list.len()), b.index(list.len())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_passes_its_checker_and_the_gap_is_honest(problem in problems()) {
        // `plan` fails when the checker refuses: floors, batches, loads, dates, doors, connections, needs.
        let found = plan(&problem).unwrap();
        prop_assert_eq!(check(&problem, &found), vec![]);
        prop_assert!(found.gap.bound <= found.gap.plan && found.gap.plan <= 0);
        // Unmet needs and what is sent add up to what was asked, less what serves itself at home.
        for need in &problem.needs {
            let sent: i64 = found.suggestions.iter().flat_map(|s| &s.needs)
                .filter(|(id, _)| *id == need.id).map(|(_, amount)| amount).sum();
            let open: i64 = found.unmet.iter().filter(|u| u.need.as_ref() == Some(&need.id)).map(|u| u.amount).sum();
            prop_assert!(sent + open <= need.amount);
        }
    }

    #[test]
    fn without_a_full_departure_the_plan_is_the_best(problem in problems()) {
        let mut roomy = problem;
        roomy.departures.iter_mut().for_each(|d| (d.kg, d.litre, d.pallets) = (1_000_000, 1_000_000, None));
        roomy.rooms.clear();
        let found = plan(&roomy).unwrap();
        prop_assert_eq!(found.gap.plan, found.gap.bound);
    }

    #[test]
    fn the_order_of_the_lists_is_nothing(problem in problems(), swaps in prop::collection::vec(any::<(Index, Index)>(), 20)) {
        let mut mixed = problem.clone();
        shuffle(&mut mixed.places, &swaps);
        shuffle(&mut mixed.items, &swaps);
        shuffle(&mut mixed.stock, &swaps);
        shuffle(&mut mixed.uses, &swaps);
        shuffle(&mut mixed.needs, &swaps);
        shuffle(&mut mixed.offers, &swaps);
        shuffle(&mut mixed.due, &swaps);
        shuffle(&mut mixed.departures, &swaps);
        shuffle(&mut mixed.closures, &swaps);
        shuffle(&mut mixed.closed_routes, &swaps);
        shuffle(&mut mixed.rooms, &swaps);
        prop_assert_eq!(problem.digest(), mixed.digest());
        let (one, other) = (plan(&problem).unwrap(), plan(&mixed).unwrap());
        prop_assert_eq!(one.digest, other.digest);
        prop_assert_eq!(one, other);
    }
}

#[test]
fn the_random_problems_are_worth_planning() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut some, mut short, mut gaps, mut dated, mut via, mut agreed) = (0, 0, 0, 0, 0, 0);
    for _ in 0..400 {
        let problem = problems().new_tree(&mut runner).unwrap().current();
        let found = plan(&problem).unwrap();
        some += i32::from(!found.suggestions.is_empty());
        short += i32::from(!found.unmet.is_empty());
        agreed += i32::from(!found.agreed.is_empty());
        gaps += i32::from(found.gap.plan > found.gap.bound);
        let loads = || found.suggestions.iter().flat_map(|s| &s.loads);
        via += i32::from(loads().any(|load| load.legs.len() > 1));
        let good = |lot: &LotRef| problem.stock.iter().any(|s| s.lot == *lot && s.last_good.is_some());
        dated += i32::from(loads().any(|load| load.lots.iter().any(|(lot, _)| good(lot))));
    }
    println!(
        "of 400: {some} with transfers, {agreed} with things agreed, {short} with open needs, {gaps} with gaps, {dated} dated, {via} by way of others"
    );
    assert!(some > 100 && short > 100 && gaps > 20 && dated > 40 && via > 20 && agreed > 40);
}

/// A plan with something in it, for planting faults.
fn sound() -> (Problem, Plan) {
    let problem = support::Town::new(&["a", "b", "c"])
        .item("x")
        .cold()
        .uses("a", "x", 100, 30)
        .uses("b", "x", 100, 30)
        .has("a", "x", 500)
        .has_until("b", "x", 2_000, Some(9))
        .has("b", "x", 4_000)
        .needs("a", "x", 700, Urgency::MustHave, 3)
        .road_of("b", "a", 60, 5, true)
        .road_of("a", "c", 60, 5, true)
        .due("b", "a", "x", 300, 1)
        .done();
    let found = plan(&problem).unwrap();
    assert!(!found.suggestions.is_empty() && found.agreed[0].amount == 300);
    (problem, found)
}

type Mutation = (Rule, fn(&mut Problem, &mut Plan));

#[test]
fn the_checker_sees_every_planted_fault() {
    let mutations: &[Mutation] = &[
        (Rule::Inputs, |_, p| p.suggestions[0].amount += 1),
        (Rule::Inputs, |problem, _| problem.minute += 1),
        (Rule::AddsUp, |_, p| p.suggestions[0].amount += 1),
        (Rule::AddsUp, |_, p| p.suggestions[0].loads[0].lots[0].1 += 1),
        (Rule::AddsUp, |_, p| p.suggestions[0].arrives = p.suggestions[0].amount + 1),
        (Rule::AddsUp, |_, p| p.suggestions.push(p.suggestions[0].clone())),
        (Rule::Batch, |problem, _| problem.stock[1].amount = 1),
        (Rule::Batch, |_, p| p.suggestions[0].loads[0].lots[0].0 = LotRef::Row(0)),
        (Rule::Floor, |problem, _| problem.uses[1].keep.floor = 6_000),
        (Rule::Way, |problem, _| problem.departures.clear()),
        (Rule::Way, |_, p| p.suggestions[0].loads[0].legs[0].from = "c".parse().unwrap()),
        (Rule::Horizon, |problem, _| problem.horizon_days = 0),
        (Rule::Load, |problem, _| problem.departures.iter_mut().for_each(|d| d.kg = 0)),
        (Rule::Load, |problem, _| problem.departures.iter_mut().for_each(|d| d.litre = 0)),
        (Rule::Load, |problem, _| {
            problem.items.iter_mut().for_each(|item| item.micropallets_per_1000 = 1_250);
            problem.departures.iter_mut().for_each(|d| d.pallets = Some(0));
        }),
        (Rule::Kind, |problem, _| problem.departures.iter_mut().for_each(|d| d.cold = false)),
        (Rule::Kind, |problem, _| problem.items[0].cargo = Cargo::Energy),
        (Rule::Door, |problem, _| {
            for day in 0..7 {
                let storage = Some(StorageClass::Ambient);
                problem.closures.push(Closure { place: "b".parse().unwrap(), storage, day: TODAY.plus(day) });
            }
        }),
        (Rule::Date, |problem, _| problem.stock.iter_mut().for_each(|s| s.last_good = Some(TODAY.plus(-1)))),
        (Rule::Need, |problem, _| problem.needs[0].amount = 1),
        (Rule::Need, |problem, _| problem.needs[0].by = TODAY.plus(-1)),
        (Rule::Need, |problem, _| problem.needs.clear()),
        (Rule::Due, |problem, _| problem.due.clear()),
        (Rule::Due, |problem, _| problem.due[0].amount = 299),
        (Rule::Due, |problem, _| problem.due[0].by = TODAY),
        (Rule::Due, |problem, _| problem.due[0].to = "c".parse().unwrap()),
        (Rule::Due, |_, p| p.agreed.push(p.agreed[0].clone())),
        (Rule::Due, |_, p| p.agreed[0].serves = Serves::Spoiling),
        (Rule::Due, |problem, p| {
            problem.due[0].occurrence.day = TODAY.plus(5);
            p.agreed[0].needs[0].0 = NeedRef::Due(problem.due[0].occurrence.clone());
        }),
        (Rule::Floor, |problem, _| problem.uses[1].keep.floor = 5_200),
        (Rule::Gap, |_, p| p.gap.bound = p.gap.plan + 1),
        (Rule::Gap, |_, p| p.gap.plan = 1),
    ];
    for (number, (rule, plant)) in mutations.iter().enumerate() {
        let (mut problem, mut found) = sound();
        assert_eq!(check(&problem, &found), vec![]);
        plant(&mut problem, &mut found);
        let seen = check(&problem, &found);
        assert!(seen.iter().any(|v| v.rule == *rule), "{number}: {rule:?} not among {seen:?}");
    }
}

/// The cover that each taker gets, in days, tried over every whole split of what each giver can spare.
fn best_least_cover(spare: &[i64], have: &[i64], reach: &[Vec<bool>], target: i64) -> Vec<i64> {
    fn go(givers: &[(i64, &Vec<bool>)], have: &mut Vec<i64>, target: i64, best: &mut Vec<i64>) {
        let Some(((spare, reach), rest)) = givers.split_first() else {
            let mut sorted = have.clone();
            sorted.sort_unstable();
            if sorted > *best {
                *best = sorted;
            }
            return;
        };
        go(rest, have, target, best);
        if *spare > 0 {
            for taker in 0..have.len() {
                if reach[taker] && have[taker] < target {
                    have[taker] += 1;
                    let mut again = vec![(*spare - 1, *reach)];
                    again.extend_from_slice(rest);
                    go(&again, have, target, best);
                    have[taker] -= 1;
                }
            }
        }
    }
    let givers: Vec<(i64, &Vec<bool>)> = spare.iter().copied().zip(reach).collect();
    let mut best = Vec::new();
    go(&givers, &mut have.to_vec(), target, &mut best);
    best
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn cover_is_as_even_as_any_plan_can_make_it(
        spare in prop::collection::vec(0i64..5, 2),
        have in prop::collection::vec(0i64..6, 3),
        reach in prop::collection::vec(prop::collection::vec(any::<bool>(), 3), 2),
    ) {
        // Takers t use one a day and want 6 days; givers g keep nothing. One day of cover is one unit.
        let mut town = support::Town::new(&["g-0", "g-1", "t-0", "t-1", "t-2"]).item("x");
        for (t, have) in have.iter().enumerate() {
            let taker = format!("t-{t}");
            town = town.uses(&taker, "x", 1, 6).has(&taker, "x", *have);
        }
        for (g, (spare, reach)) in spare.iter().zip(&reach).enumerate() {
            let giver = format!("g-{g}");
            town = town.has(&giver, "x", *spare);
            for (t, open) in reach.iter().enumerate() {
                if *open {
                    town = town.leaves(&giver, &format!("t-{t}"), 0, 480, 60, 1_000, false);
                }
            }
        }
        let found = plan(&town.done()).unwrap();
        let mut cover = have.clone();
        for s in &found.suggestions {
            let taker: usize = s.to.as_str().trim_start_matches("t-").parse().unwrap();
            cover[taker] += s.amount;
        }
        cover.sort_unstable();
        prop_assert_eq!(cover, best_least_cover(&spare, &have, &reach, 6));
    }
}
