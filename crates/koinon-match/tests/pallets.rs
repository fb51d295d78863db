//! Pallets, the third thing of which a departure has only so many.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test may fail")]

mod support;

use koinon_core::Day;
use koinon_ledger::fact::Urgency;
use koinon_match::{Against, Problem, Why, check, plan};
use support::Town;

/// One need of 9,000 units, each a tenth of a pallet, on departures that take so many pallets on each of two days.
fn question(pallets: Option<i64>) -> Problem {
    let mut problem = Town::new(&["a", "b"])
        .item("kits")
        .has("a", "kits", 20_000)
        .needs("b", "kits", 9_000, Urgency::MustHave, 6)
        .leaves("a", "b", 0, 480, 60, 1_000, false)
        .leaves("a", "b", 1, 480, 60, 1_000, false)
        .done();
    problem.items[0].micropallets_per_1000 = 100_000_000;
    problem.departures.iter_mut().for_each(|departure| departure.pallets = pallets);
    problem
}

#[test]
fn a_departure_carries_no_more_pallets_than_it_takes_and_full_is_the_reason() {
    let problem = question(Some(200));
    let found = plan(&problem).unwrap();
    assert_eq!(check(&problem, &found), vec![]);
    assert_eq!(found.suggestions.iter().map(|s| s.amount).sum::<i64>(), 4_000);
    assert!(found.suggestions[0].against.iter().any(|a| matches!(a, Against::FullDeparture(_))));
    assert_eq!(found.unmet[0].amount, 5_000);
    assert!(matches!(&found.unmet[0].why, Why::CapacityFull(legs) if legs.len() == 2), "{:?}", found.unmet);
}

#[test]
fn what_has_no_room_for_a_single_one_is_full_too() {
    let found = plan(&question(Some(0))).unwrap();
    assert!(found.suggestions.is_empty());
    assert!(matches!(&found.unmet[0].why, Why::CapacityFull(legs) if legs.len() == 2), "{:?}", found.unmet);
}

#[test]
fn a_departure_without_a_limit_takes_any_number_of_pallets() {
    let found = plan(&question(None)).unwrap();
    assert_eq!((found.suggestions[0].amount, found.unmet.len()), (9_000, 0));
}

#[test]
fn two_items_share_out_pallets_as_they_share_out_kilograms() {
    let mut problem = question(Some(200));
    let more = Town::new(&["a", "b"])
        .item("beds")
        .has("a", "beds", 9_000)
        .needs("b", "beds", 3_000, Urgency::MustHave, 6)
        .done();
    problem.items.extend(more.items);
    problem.items[1].micropallets_per_1000 = 50_000_000;
    problem.stock.extend(more.stock.into_iter().map(|mut s| {
        s.lot = koinon_match::LotRef::Row(9);
        s
    }));
    problem.needs.extend(more.needs.into_iter().map(|mut n| {
        n.id = koinon_match::NeedRef::Row(9);
        n
    }));
    let found = plan(&problem).unwrap();
    assert_eq!(check(&problem, &found), vec![]);
    // 400 pallets in all, a tenth and a twentieth of one for each unit.
    let of = |item: &str| -> i64 {
        found.suggestions.iter().filter(|s| s.item.as_str() == item).map(|s| s.amount).sum()
    };
    assert_eq!(of("kits") * 2 + of("beds"), 8_000);
    assert!(found.gap.bound < found.gap.plan);
}

#[test]
fn problems_without_pallets_have_the_check_number_that_they_had_before_there_were_any() {
    let mut problem = question(None);
    problem.items[0].micropallets_per_1000 = 0;
    problem.today = Day(20_000);
    let before = problem.digest().to_string();
    assert_eq!(before, "0aa29ed382bb7acbd1dc45790756f444585cdf9c9a82025d04b9dfb5033e1082");
    problem.departures[0].pallets = Some(1_000_000);
    assert_ne!(problem.digest().to_string(), before);
    problem.departures[0].pallets = None;
    problem.items[0].micropallets_per_1000 = 1;
    assert_ne!(problem.digest().to_string(), before);
}
