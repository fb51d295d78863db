//! What is lost on the way, the room in stores, what hubs keep, and doors by what is kept behind them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use koinon_core::region::StorageClass;
use koinon_ledger::demand::Rate;
use koinon_ledger::fact::Urgency;
use koinon_match::why::{Limit, why_not_more};
use koinon_match::{Against, Closure, Keep, Plan, Problem, Rule, StoreRoom, Use, Why, check, plan};
use support::{TODAY, Town};

fn lossy(mut problem: Problem, per_mille: u32) -> Problem {
    problem.departures.iter_mut().for_each(|departure| departure.loss_per_mille = per_mille);
    problem
}

fn sent(plan: &Plan, item: &str) -> (i64, i64) {
    let of = plan.suggestions.iter().filter(|s| s.item.as_str() == item);
    of.fold((0, 0), |sum, s| (sum.0 + s.amount, sum.1 + s.arrives))
}

fn sees(problem: &Problem, found: &Plan, rule: Rule) -> bool {
    check(problem, found).iter().any(|violation| violation.rule == rule)
}

#[test]
fn more_leaves_so_that_what_was_asked_for_arrives() {
    let town = |have: i64| {
        Town::new(&["a", "b"])
            .item("power")
            .needs("a", "power", 900, Urgency::MustHave, 6)
            .has("b", "power", have)
            .road("a", "b", 60)
            .done()
    };
    // What the giver has, what leaves, what arrives: a tenth is lost.
    for (have, leaves, arrives) in
        [(5_000, 1_000, 900), (1_000, 1_000, 900), (950, 950, 855), (899, 899, 809)]
    {
        let problem = lossy(town(have), 100);
        let found = plan(&problem).unwrap();
        assert_eq!(sent(&found, "power"), (leaves, arrives), "{have}");
        let s = &found.suggestions[0];
        assert_eq!(s.needs[0].1, arrives, "what is promised is what arrives");
        assert!(s.against.contains(&Against::LostOnTheWay(leaves - arrives)));
        let open: i64 = found.unmet.iter().map(|unmet| unmet.amount).sum();
        assert_eq!(open, 900 - arrives, "{have}");
        let mut wrong = found.clone();
        wrong.suggestions[0].loads[0].arrives += 1;
        wrong.suggestions[0].arrives += 1;
        assert!(sees(&problem, &wrong, Rule::Loss));
        let mut worse = problem;
        worse.departures.iter_mut().for_each(|departure| departure.loss_per_mille = 300);
        assert!(sees(&worse, &found, Rule::Loss));
    }
}

#[test]
fn floors_vehicles_and_dates_bound_what_is_made_up() {
    // The giver keeps 300 of 1,250.
    let keeps = Town::new(&["a", "b"])
        .item("power")
        .uses("b", "power", 10, 30)
        .has("b", "power", 1_250)
        .needs("a", "power", 900, Urgency::Needed, 6)
        .road("a", "b", 60)
        .done();
    assert_eq!(sent(&plan(&lossy(keeps, 100)).unwrap(), "power"), (950, 855));
    // One vehicle of 100 kg.
    let full = Town::new(&["a", "b"])
        .item("ice")
        .has("b", "ice", 900_000)
        .needs("a", "ice", 95_000, Urgency::Needed, 6)
        .leaves("b", "a", 0, 480, 60, 100, false)
        .done();
    let found = plan(&lossy(full.clone(), 100)).unwrap();
    assert_eq!(sent(&found, "ice"), (100_000, 90_000));
    // Two legs, each with its loss.
    let far = Town::new(&["a", "b", "c"])
        .item("ice")
        .has("c", "ice", 9_000)
        .needs("a", "ice", 810, Urgency::Needed, 6)
        .leaves("c", "b", 0, 480, 60, 100, false)
        .leaves("b", "a", 0, 600, 60, 100, false)
        .done();
    assert_eq!(sent(&plan(&lossy(far, 100)).unwrap(), "ice"), (1_000, 810));
    // A dated batch gives no more than it has, and no more than is left to keep.
    let dated = Town::new(&["a", "b"])
        .item("milk")
        .uses("b", "milk", 10, 5)
        .has_until("b", "milk", 100, Some(3))
        .needs("a", "milk", 60, Urgency::Needed, 2)
        .road("a", "b", 60)
        .done();
    let found = plan(&lossy(dated, 500)).unwrap();
    let (leaves, arrives) = sent(&found, "milk");
    assert!(leaves > arrives && leaves <= 60, "40 are kept of what can be drunk in four days: {leaves}");
}

#[test]
fn cover_is_filled_to_its_target_in_spite_of_losses() {
    let problem = Town::new(&["a", "b"])
        .item("power")
        .uses("a", "power", 90, 10)
        .has("b", "power", 5_000)
        .road("a", "b", 60)
        .done();
    let found = plan(&lossy(problem, 100)).unwrap();
    assert_eq!(sent(&found, "power"), (1_000, 900));
    assert!(found.unmet.is_empty());
    assert_eq!(found.suggestions[0].taker.days_after, Some(10));
}

fn room(place: &str, storage: &[StorageClass], kg: Option<i64>, litre: Option<i64>) -> StoreRoom {
    StoreRoom { place: place.parse().unwrap(), storage: storage.to_vec(), kg, litre }
}

const DRY: [StorageClass; 1] = [StorageClass::Ambient];

#[test]
fn nobody_sends_more_than_fits_into_the_stores_and_no_room_is_a_reason() {
    let town = |rooms: Vec<StoreRoom>| {
        let mut problem = Town::new(&["a", "b"])
            .item("rice")
            .uses("a", "rice", 1_000, 30)
            .has("b", "rice", 90_000)
            .road("a", "b", 60)
            .done();
        problem.rooms = rooms;
        problem
    };
    // One kilogram and one litre for each 1,000 base units.
    for (rooms, arrives) in [
        (vec![], 30_000),
        (vec![room("a", &DRY, None, None)], 30_000),
        (vec![room("a", &DRY, Some(40), Some(40))], 30_000),
        (vec![room("a", &DRY, Some(12), None)], 12_000),
        (vec![room("a", &DRY, Some(12), Some(7))], 7_000),
        (
            vec![room("a", &DRY, Some(12), None), room("a", &[DRY[0], StorageClass::Secure], Some(5), None)],
            5_000,
        ),
        (vec![room("a", &[StorageClass::Cool], Some(0), None)], 30_000),
        (vec![room("b", &DRY, Some(0), Some(0))], 30_000),
        (vec![room("a", &DRY, Some(0), None)], 0),
    ] {
        let problem = town(rooms);
        let found = plan(&problem).unwrap();
        assert_eq!(sent(&found, "rice").1, arrives, "{:?}", problem.rooms);
        if arrives < 30_000 {
            assert_eq!(found.unmet[0].why, Why::NoRoom);
            assert_eq!(found.unmet[0].amount, 30_000 - arrives);
            let wide = town(Vec::new());
            let more = plan(&wide).unwrap();
            assert!(sees(&problem, &more, Rule::Room), "the checker counts by itself");
        }
        if let Some(s) = found.suggestions.first().filter(|_| arrives < 30_000) {
            assert!(s.against.contains(&Against::TakerFull));
            assert!(why_not_more(&problem, &found, s).contains(&Limit::TakerFull));
        }
    }
}

#[test]
fn a_small_store_is_filled_with_what_is_most_urgent() {
    let problem = |kg: i64| {
        let mut problem = Town::new(&["a", "b"])
            .item("bread")
            .item("serum")
            .uses("a", "bread", 1_000, 30)
            .has("b", "bread", 90_000)
            .has("b", "serum", 90_000)
            .needs("a", "serum", 8_000, Urgency::MustHave, 5)
            .needs("a", "bread", 5_000, Urgency::Needed, 5)
            .needs("a", "bread", 9_000, Urgency::Useful, 5)
            .road("a", "b", 60)
            .done();
        problem.rooms = vec![room("a", &DRY, Some(kg), None)];
        problem
    };
    let asked = |found: &Plan| -> Vec<i64> {
        let needs: Vec<_> = found.suggestions.iter().flat_map(|s| &s.needs).collect();
        (0..3)
            .map(|row| {
                needs.iter().filter(|(id, _)| *id == koinon_match::NeedRef::Row(row)).map(|(_, n)| n).sum()
            })
            .collect()
    };
    for (kg, expected) in [(8, [8_000, 0, 0]), (10, [8_000, 2_000, 0]), (13, [8_000, 5_000, 0])] {
        let found = plan(&problem(kg)).unwrap();
        assert_eq!(asked(&found), expected, "{kg} kg");
        assert_eq!(sent(&found, "bread").1 + sent(&found, "serum").1, kg * 1_000);
    }
    // What only passes through takes no room, and what stands there serves a need at home.
    let mut through = Town::new(&["a", "b", "hub"])
        .item("rice")
        .uses("a", "rice", 10, 30)
        .has("b", "rice", 300)
        .has("hub", "rice", 40)
        .needs("hub", "rice", 40, Urgency::Needed, 3)
        .leaves("b", "hub", 0, 480, 60, 1_000, false)
        .leaves("hub", "a", 0, 600, 60, 1_000, false)
        .done();
    through.rooms = vec![room("hub", &DRY, Some(0), Some(0))];
    let found = plan(&through).unwrap();
    assert_eq!(sent(&found, "rice"), (300, 300));
    assert!(found.unmet.is_empty(), "{:?}", found.unmet);
}

#[test]
fn a_hub_keeps_what_was_agreed_for_it() {
    let mut problem = Town::new(&["a", "hub"])
        .item("rice")
        .uses("a", "rice", 10, 30)
        .has("hub", "rice", 500)
        .road("a", "hub", 60)
        .done();
    problem.uses.push(Use {
        place: "hub".parse().unwrap(),
        item: "rice".parse().unwrap(),
        rate: Rate { amount: 0, days: 1 },
        source: None,
        keep: Keep { floor: 350, target: 0 },
    });
    let found = plan(&problem).unwrap();
    assert_eq!(sent(&found, "rice").0, 150);
    assert!(found.suggestions[0].against.contains(&Against::GiverAtFloor));
    problem.uses.last_mut().unwrap().keep.floor = 400;
    assert!(sees(&problem, &found, Rule::Floor), "the checker knows the floor of a hub");
}

#[test]
fn a_door_is_shut_for_what_is_kept_behind_it_only() {
    let mut problem = Town::new(&["a", "b"])
        .item("rice")
        .item("milk")
        .uses("a", "rice", 10, 30)
        .uses("a", "milk", 10, 30)
        .has("b", "rice", 500)
        .has("b", "milk", 500)
        .road("a", "b", 60)
        .done();
    problem.items[1].storage = StorageClass::Cool;
    for day in 0..3 {
        let place = "a".parse().unwrap();
        problem.closures.push(Closure { place, storage: Some(StorageClass::Cool), day: TODAY.plus(day) });
    }
    let found = plan(&problem).unwrap();
    let day = |item: &str| {
        let s = found.suggestions.iter().find(|s| s.item.as_str() == item).unwrap();
        s.last_arrival().unwrap().day.since(TODAY)
    };
    assert_eq!((day("rice"), day("milk")), (0, 3));
    problem.items[0].storage = StorageClass::Cool;
    assert!(sees(&problem, &found, Rule::Door));
}
