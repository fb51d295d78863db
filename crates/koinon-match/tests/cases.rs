//! Hand-made problems with known answers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use koinon_ledger::fact::Urgency;
use koinon_match::why::{Limit, Reason, why_not_from, why_not_more, why_this};
use koinon_match::{Against, LotRef, NeedRef, Serves, Why, WhyNot, plan};
use support::Town;

#[test]
fn two_givers_and_one_taker_the_fuller_gives_and_floors_hold() {
    // A uses 10 a day, keeps 30 days; B has 100 days, C has 60 days; A has 10 days.
    let problem = Town::new(&["a", "b", "c"])
        .item("wheat")
        .uses("a", "wheat", 10, 30)
        .uses("b", "wheat", 10, 30)
        .uses("c", "wheat", 10, 30)
        .has("a", "wheat", 100)
        .has("b", "wheat", 1_000)
        .has("c", "wheat", 600)
        .road("a", "b", 40)
        .road("a", "c", 30)
        .done();
    let plan = plan(&problem).unwrap();
    assert_eq!(plan.suggestions.len(), 1);
    let s = &plan.suggestions[0];
    assert_eq!((s.from.as_str(), s.to.as_str(), s.amount), ("b", "a", 200));
    assert_eq!(s.serves, Serves::Cover(10));
    assert_eq!((s.giver.days_before, s.giver.days_after), (Some(100), Some(80)));
    assert_eq!((s.taker.days_before, s.taker.days_after), (Some(10), Some(30)));
    assert_eq!(plan.gap.parts_per_million(), 0);
    assert_eq!(plan.gap.plan, plan.gap.bound);
    assert!(plan.unmet.is_empty());
    assert_eq!(s.alternatives[0].from.as_str(), "c");
}

#[test]
fn short_dated_stock_goes_first_and_never_arrives_too_late() {
    let town = Town::new(&["a", "b"])
        .item("milk")
        .uses("a", "milk", 10, 5)
        .uses("b", "milk", 10, 5)
        .has_until("b", "milk", 100, None)
        .has_until("b", "milk", 40, Some(3))
        .has_until("b", "milk", 30, Some(0));
    let near = plan(&town.clone().road("a", "b", 60).done()).unwrap();
    let s = &near.suggestions[0];
    assert_eq!(s.amount, 50);
    // The batch that is good today only leaves today; 10 of it are eaten here today, and a can eat 10 today.
    let lots = s.lots();
    let taken = |row: u32| lots.iter().find(|(lot, _)| *lot == LotRef::Row(row)).map_or(0, |(_, n)| *n);
    assert_eq!(taken(2), 10);
    assert!(taken(1) > taken(0), "short dates before long ones: {lots:?}");
    assert!(s.against.iter().any(|a| matches!(a, Against::ShortDate(_, 0))));
    // A way of two days is too long for what is good until today.
    let far = plan(&town.road("a", "b", 2_880).done()).unwrap();
    assert!(far.suggestions[0].lots().iter().all(|(lot, _)| *lot != LotRef::Row(2)));
}

#[test]
fn a_shut_door_moves_the_load_to_the_next_day_and_no_open_door_is_a_reason() {
    let town = Town::new(&["a", "b"])
        .item("rice")
        .uses("a", "rice", 10, 30)
        .has("b", "rice", 500)
        .road("a", "b", 60)
        .shut("a", 0);
    let one = plan(&town.clone().done()).unwrap();
    assert_eq!(one.suggestions[0].leaves().unwrap().day, support::TODAY.plus(1));
    let shut = (1..7).fold(town, |town, day| town.shut("a", day));
    let none = plan(&shut.done()).unwrap();
    assert!(none.suggestions.is_empty());
    assert_eq!(none.unmet[0].why, Why::DoorsShut);
}

#[test]
fn a_full_truck_serves_lives_first_and_the_rest_names_it() {
    // One truck of 100 g (kg rounds to whole kilograms, so in thousands).
    let problem = Town::new(&["a", "b", "c"])
        .item("bread")
        .item("serum")
        .uses("a", "bread", 10_000, 10)
        .uses("a", "serum", 1_000, 10)
        .has("b", "bread", 1_000_000)
        .has("b", "serum", 1_000_000)
        .needs("a", "serum", 60_000, Urgency::MustHave, 2)
        .leaves("b", "a", 0, 480, 60, 100, false)
        .done();
    let plan = plan(&problem).unwrap();
    let sent = |item: &str| -> i64 {
        plan.suggestions.iter().filter(|s| s.item.as_str() == item).map(|s| s.amount).sum()
    };
    assert_eq!(sent("serum"), 60_000, "the need that lives depend on");
    assert_eq!(sent("bread"), 40_000, "cover takes what room is left");
    assert_eq!(plan.suggestions[0].serves, Serves::Need(Urgency::MustHave));
    let open = plan.unmet.iter().find(|u| u.item.as_str() == "bread").unwrap();
    assert_eq!(open.amount, 60_000);
    assert!(matches!(&open.why, Why::CapacityFull(legs) if legs.len() == 1), "{:?}", open.why);
    assert!(plan.gap.plan > plan.gap.bound);
}

#[test]
fn a_hub_passes_goods_on_and_connections_hold_to_the_minute() {
    let town = |second: u16| {
        Town::new(&["a", "b", "hub"])
            .item("rice")
            .uses("a", "rice", 10, 30)
            .has("b", "rice", 300)
            .leaves("b", "hub", 0, 480, 60, 1_000, false)
            .leaves("hub", "a", 0, second, 60, 1_000, false)
            .done()
    };
    let met = plan(&town(540)).unwrap();
    assert_eq!(met.suggestions[0].corridors().len(), 2);
    assert_eq!(met.suggestions[0].amount, 300);
    let missed = plan(&town(539)).unwrap();
    assert!(missed.suggestions.is_empty());
    assert_eq!(missed.unmet[0].why, Why::TooLate);
}

#[test]
fn reasons_are_found_in_the_network() {
    let start = |item: &str| {
        let town = Town::new(&["a", "b"]).item(item);
        town.needs("a", item, 50, Urgency::MustHave, 2)
    };
    let why = |town: Town| plan(&town.done()).unwrap().unmet[0].why.clone();
    assert_eq!(why(start("x").road("a", "b", 60)), Why::NoStockAboveFloors);
    let below_floor = start("x").uses("b", "x", 10, 30).has("b", "x", 299).road("a", "b", 60);
    assert_eq!(why(below_floor), Why::NoStockAboveFloors);
    assert_eq!(why(start("x").has("b", "x", 100)), Why::NoRoute);
    let frozen = start("x").cold().has("b", "x", 100);
    assert_eq!(why(frozen.clone().road_of("a", "b", 60, 1_000, false)), Why::NothingCold);
    assert!(plan(&frozen.road_of("a", "b", 60, 1_000, true).done()).unwrap().unmet.is_empty());
    assert_eq!(why(start("x").has("b", "x", 100).leaves("b", "a", 4, 480, 60, 9, false)), Why::TooLate);
    assert_eq!(why(start("x").has("b", "x", 20).road("a", "b", 60)), Why::SharedOut);
    assert_eq!(why(start("x").has_until("b", "x", 80, Some(0)).road("a", "b", 2_000)), Why::DatesTooShort);
}

#[test]
fn whole_packs_and_no_crumbs_but_needs_as_asked() {
    let town = |have: i64| {
        Town::new(&["a", "b"])
            .item("rice")
            .packs(&[25, 1_000])
            .uses("a", "rice", 10, 30)
            .has("a", "rice", have)
            .has("b", "rice", 5_000)
            .road("a", "b", 60)
    };
    let cover = plan(&town(190).done()).unwrap();
    assert_eq!(cover.suggestions[0].amount, 100);
    assert!(cover.suggestions[0].against.contains(&Against::RoundedDown(10)));
    assert_eq!(cover.unmet[0].why, Why::TooSmall);
    assert!(plan(&town(290).done()).unwrap().suggestions.is_empty(), "10 are less than a pack");
    let asked = plan(&town(300).needs("a", "rice", 33, Urgency::Needed, 3).done()).unwrap();
    assert_eq!(asked.suggestions[0].amount, 33);
    assert_eq!(asked.suggestions[0].needs, vec![(NeedRef::Row(0), 33)]);
}

#[test]
fn what_would_spoil_is_eaten_elsewhere_even_above_targets() {
    let problem = Town::new(&["a", "b"])
        .item("greens")
        .uses("a", "greens", 10, 5)
        .uses("b", "greens", 10, 5)
        .has("a", "greens", 100)
        .has_until("b", "greens", 90, Some(3))
        .has("b", "greens", 100)
        .road("a", "b", 60)
        .done();
    let plan = plan(&problem).unwrap();
    assert_eq!(plan.suggestions.len(), 1, "b eats 40 of 90 in four days; a can eat 40");
    assert_eq!((plan.suggestions[0].amount, plan.suggestions[0].serves), (40, Serves::Spoiling));
}

#[test]
fn faults_name_place_item_value_and_remedy() {
    let mut problem = Town::new(&["a"]).item("rice").has("nowhere", "rice", -5).has("a", "maize", 1).done();
    problem.items[0].mass_g_per_1000 = 0;
    problem.items[0].volume_ml_per_1000 = 0;
    problem.horizon_days = 0;
    let text = plan(&problem).unwrap_err().to_string();
    for part in [
        "the horizon is 0 days; use 1 to 60",
        "rice: it has neither mass nor volume",
        "nowhere, rice: a batch names a place that is not listed",
        "nowhere, rice: stock is -5; use 0 to 10^15",
        "a, maize: a batch names an item that is not listed",
    ] {
        assert!(text.contains(part), "{part} not in\n{text}");
    }
    let heavy = (0..101).fold(Town::new(&["a"]).item("rice"), |town, _| town.has("a", "rice", 10i64.pow(15)));
    let text = plan(&heavy.done()).unwrap_err().to_string();
    assert_eq!(text, "rice: stock of all places add up to 101000000000000000; use a larger unit");
}

#[test]
fn the_largest_amounts_are_planned_exactly() {
    let most = 10i64.pow(15);
    let mut town = Town::new(&["a", "b"]).item("rice").road("a", "b", 60);
    town = (0..50).fold(town, |town, _| town.has("b", "rice", most)).uses("a", "rice", most / 30, 30);
    town.0.departures.iter_mut().for_each(|d| (d.kg, d.litre) = (most / 1_000, most / 1_000));
    let plan = plan(&town.needs("a", "rice", most, Urgency::MustHave, 6).done()).unwrap();
    assert_eq!(plan.suggestions[0].amount, most, "what was asked for counts as cover too");
    assert!(plan.unmet.is_empty());
}

#[test]
fn questions_are_answered_in_numbers() {
    let problem = Town::new(&["a", "b", "c", "d"])
        .item("wheat")
        .uses("a", "wheat", 10, 30)
        .uses("b", "wheat", 10, 30)
        .uses("c", "wheat", 10, 30)
        .uses("d", "wheat", 10, 30)
        .has("a", "wheat", 100)
        .has("b", "wheat", 400)
        .has_until("c", "wheat", 390, Some(300))
        .has("d", "wheat", 299)
        .road("a", "b", 40)
        .road("a", "c", 30)
        .road("a", "d", 20)
        .done();
    let plan = plan(&problem).unwrap();
    let from = |code: &str| plan.suggestions.iter().find(|s| s.from.as_str() == code).unwrap();
    let (b, c) = (from("b"), from("c"));
    assert_eq!((b.amount, c.amount), (100, 90), "all that is above the floors");
    let reasons = why_this(&problem, c);
    assert!(reasons.contains(&Reason::TakerLasts { before: Some(10), after: Some(29) }));
    assert!(reasons.contains(&Reason::GiverKeeps {
        days: Some(30),
        amount: 300,
        floor: 300,
        floor_days: Some(30)
    }));
    assert!(reasons.contains(&Reason::OnlyGiver));
    assert!(reasons.iter().any(|r| matches!(r, Reason::GoodUntil { .. })));
    assert_eq!(why_not_more(&problem, &plan, c), vec![Limit::GiverAtFloor]);
    let others = why_not_from(&problem, &plan, c).unwrap();
    let why: Vec<_> = others.iter().map(|o| (o.from.as_str(), o.why_not, o.extra_minutes)).collect();
    // d is nearer but below its floor.
    assert_eq!(why, [("d", WhyNot::NothingToSpare, Some(-10)), ("b", WhyNot::GivesElsewhere, Some(10))]);
    assert_eq!(others, c.alternatives);
    let mut other = problem.clone();
    other.minute = 9;
    assert_eq!(why_not_from(&other, &plan, c), None);
}
