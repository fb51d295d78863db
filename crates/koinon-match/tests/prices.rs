//! Full departures are shared so that items give way to each other, and the bound that is shown holds.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use std::num::NonZeroUsize;

use koinon_ledger::fact::Urgency;
use koinon_match::{Plan, Problem, plan, plan_on};
use support::Town;

/// Rice can take the near road or the far one; beans, which stand in another town, the near road alone.
fn crossing(rice: &[&str], near_kg: i64) -> Problem {
    let mut town = Town::new(&["taker", "shared", "inland", "detour"]);
    for item in rice {
        town = town.item(item).has("shared", item, 7_000).needs("taker", item, 7_000, Urgency::Needed, 6);
    }
    town.item("zz-beans")
        .has("inland", "zz-beans", 7_000)
        .needs("taker", "zz-beans", 7_000, Urgency::Needed, 6)
        .road_of("inland", "shared", 30, 1_000, true)
        .road_of("shared", "taker", 30, near_kg, true)
        .road_of("shared", "detour", 60, 1_000, true)
        .road_of("detour", "taker", 60, 1_000, true)
        .done()
}

fn arrived(plan: &Plan, item: &str) -> i64 {
    plan.suggestions.iter().filter(|s| s.item.as_str() == item).map(|s| s.arrives).sum()
}

#[test]
fn an_item_that_has_another_way_leaves_the_near_road_to_one_that_has_none() {
    // The near road carries 7 kg in the week: rice alone would take it all, and arrive there a little sooner.
    let found = plan(&crossing(&["rice"], 1)).unwrap();
    assert_eq!((arrived(&found, "rice"), arrived(&found, "zz-beans")), (7_000, 7_000));
    assert!(found.unmet.is_empty());
    assert!(found.gap.parts_per_million() <= 1_000, "{:?}", found.gap);
}

#[test]
fn the_bound_says_when_no_more_can_be_had() {
    // Nothing but the near road leads out of the mill, and it takes 7 of 14 kg.
    let problem = Town::new(&["mill", "taker"])
        .item("flour")
        .item("oats")
        .has("mill", "flour", 7_000)
        .has("mill", "oats", 7_000)
        .needs("taker", "flour", 7_000, Urgency::Needed, 6)
        .needs("taker", "oats", 7_000, Urgency::Needed, 6)
        .road_of("mill", "taker", 30, 1, true)
        .done();
    let found = plan(&problem).unwrap();
    assert_eq!(arrived(&found, "flour") + arrived(&found, "oats"), 7_000);
    // Each item alone would bring twice that: without prices the gap would be a half.
    assert!(found.gap.parts_per_million() < 50_000, "{:?}", found.gap);
}

#[test]
fn the_number_of_threads_is_nothing() {
    let problem = crossing(&["rice", "barley", "maize", "millet", "oats"], 3);
    let on = |threads: usize| plan_on(&problem, NonZeroUsize::new(threads).unwrap()).unwrap();
    let one = on(1);
    assert!(one.gap.plan > one.gap.bound, "prices are asked for");
    for threads in 2..=8 {
        assert_eq!(on(threads), one, "{threads} threads");
    }
}

#[test]
fn what_lives_depend_on_goes_before_what_weighs_little() {
    // A gram of pills serves more of what is counted than a gram of water, and the road takes one of them only.
    let mut problem = Town::new(&["mill", "taker"])
        .item("pills")
        .item("water")
        .has("mill", "pills", 2_000_000)
        .has("mill", "water", 50_000)
        .uses("taker", "pills", 10_000, 60)
        .needs("taker", "water", 7_000, Urgency::MustHave, 6)
        .road_of("mill", "taker", 30, 1, true)
        .done();
    problem.items[0].mass_g_per_1000 = 10;
    problem.items[0].volume_ml_per_1000 = 10;
    let found = plan(&problem).unwrap();
    assert_eq!((arrived(&found, "water"), arrived(&found, "pills")), (7_000, 0), "{:?}", found.gap);
    // The same among stated needs.
    let mut asked = problem;
    asked.uses.clear();
    let id = koinon_match::NeedRef::Row(9);
    let need = asked.needs[0].clone();
    let item = "pills".parse().unwrap();
    asked.needs.push(koinon_match::Need { item, id, amount: 700_000, urgency: Urgency::Needed, ..need });
    let found = plan(&asked).unwrap();
    assert_eq!((arrived(&found, "water"), arrived(&found, "pills")), (7_000, 0), "{:?}", found.gap);
}
