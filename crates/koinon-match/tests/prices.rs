//! Full departures are shared so that items give way to each other, and the bound that is shown holds.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use std::num::NonZeroUsize;

use koinon_ledger::fact::Urgency;
use koinon_match::{Plan, plan, plan_on};
use support::Town;

/// Grain can take the near road or the far one; vaccine, which must stay cold and comes from another town, the near road alone.
fn crossing(grain: &[&str], near_kg: i64, urgency: Urgency) -> Town {
    let mut town = Town::new(&["taker", "shared", "inland", "detour", "p", "q", "r"]);
    for item in grain {
        town = town.item(item).has("shared", item, 6_000).needs("taker", item, 6_000, urgency, 6);
    }
    town.item("vaccine")
        .cold()
        .has("inland", "vaccine", 6_000)
        .needs("taker", "vaccine", 6_000, urgency, 6)
        .road_of("inland", "shared", 30, 1_000, true)
        .road_of("shared", "taker", 30, near_kg, true)
        .road_of("shared", "detour", 60, 1_000, false)
        .road_of("detour", "taker", 60, 1_000, false)
}

fn arrived(plan: &Plan, item: &str) -> i64 {
    plan.suggestions.iter().filter(|s| s.item.as_str() == item).map(|s| s.arrives).sum()
}

#[test]
fn an_item_that_has_another_way_leaves_the_near_road_to_one_that_has_none() {
    // The near road carries 6 kg from the day on which vaccine can be there: grain alone would take it, and arrive a little sooner.
    let found = plan(&crossing(&["grain"], 1, Urgency::Needed).done()).unwrap();
    assert_eq!((arrived(&found, "grain"), arrived(&found, "vaccine")), (6_000, 6_000));
    assert!(found.unmet.is_empty());
    assert!(found.gap.parts_per_million() <= 1_000, "{:?}", found.gap);
}

#[test]
fn no_price_puts_cover_before_what_was_asked_for() {
    // Prices let vaccine pass, so the plan under prices is taken. On two roads at the end of each other, oats that were asked for would pay
    // twice what those pay who take one of them for their cover: they go first all the same.
    let problem = crossing(&["grain"], 1, Urgency::MustHave)
        .item("oats")
        .item("beans")
        .item("maize")
        .has("p", "oats", 5_000)
        .needs("r", "oats", 5_000, Urgency::Needed, 6)
        .has("p", "beans", 500_000)
        .uses("q", "beans", 1_000, 60)
        .has("q", "maize", 500_000)
        .uses("r", "maize", 1_000, 60)
        .road_of("p", "q", 30, 1, true)
        .road_of("q", "r", 30, 1, true)
        .done();
    let found = plan(&problem).unwrap();
    assert_eq!((arrived(&found, "grain"), arrived(&found, "vaccine")), (6_000, 6_000));
    assert_eq!(arrived(&found, "oats"), 5_000);
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
    let problem = crossing(&["rice", "barley", "maize", "millet", "oats"], 3, Urgency::Needed).done();
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
    // By pieces, the pills that stay behind would make this the worst of plans.
    assert!(found.gap.parts_per_million() < 50_000, "{:?}", found.gap);
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
