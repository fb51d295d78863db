//! Closed routes: nothing is on them while they are closed, and they are named where they bind.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use koinon_ledger::fact::Urgency;
use koinon_match::why::{Limit, why_not_more};
use koinon_match::{Against, Plan, Rule, Why, WhyNot, check, plan};
use support::{TODAY, Town};

fn two() -> Town {
    Town::new(&["a", "b"]).item("rice").uses("a", "rice", 10, 30).has("b", "rice", 500).road("a", "b", 60)
}

fn sent(plan: &Plan) -> i64 {
    plan.suggestions.iter().map(|s| s.amount).sum()
}

#[test]
fn a_route_with_a_known_end_carries_again_on_the_day_after_and_one_without_carries_nothing() {
    // From and until, and the day on which the load leaves.
    for (from, until, leaves) in [
        (0, Some(2), Some(3)),
        (0, Some(-1), Some(0)),
        (1, Some(3), Some(0)),
        (-9, Some(5), Some(6)),
        (0, Some(6), None),
        (0, None, None),
        (-9, None, None),
        (7, None, Some(0)),
    ] {
        let problem = two().closed("a-b", from, until).done();
        let plan = plan(&problem).unwrap();
        let found = plan.suggestions.first().map(|s| s.leaves().unwrap().day.since(TODAY));
        assert_eq!(found, leaves, "{from} {until:?}");
        if leaves.is_none() {
            assert_eq!(plan.unmet[0].why, Why::RouteClosed(problem.closed_routes.clone()));
        }
    }
}

#[test]
fn a_load_is_not_on_the_road_when_it_closes() {
    // Two days on the way; the flood comes on the second.
    let town = Town::new(&["a", "b"]).item("rice").uses("a", "rice", 10, 30).has("b", "rice", 500);
    let problem = town.road("a", "b", 2_880).closed("a-b", 1, Some(1)).done();
    let plan = plan(&problem).unwrap();
    assert_eq!(plan.suggestions[0].leaves().unwrap().day, TODAY.plus(2));
}

#[test]
fn the_reason_is_the_route_only_where_it_binds() {
    // c is cut off and has plenty; b is near and has some.
    let town = |b: i64| {
        Town::new(&["a", "b", "c"])
            .item("rice")
            .uses("a", "rice", 10, 30)
            .has("b", "rice", b)
            .has("c", "rice", 1_000)
            .road("a", "b", 60)
            .road("a", "c", 30)
            .closed("a-c", 0, None)
            .done()
    };
    let enough = plan(&town(300)).unwrap();
    assert!(enough.unmet.is_empty());
    let other = &enough.suggestions[0].alternatives[0];
    assert_eq!((other.from.as_str(), other.why_not), ("c", WhyNot::RouteClosed));
    let problem = town(100);
    let some = plan(&problem).unwrap();
    assert_eq!(sent(&some), 100);
    assert_eq!(some.unmet[0].why, Why::RouteClosed(problem.closed_routes.clone()));
    let limits = why_not_more(&problem, &some, &some.suggestions[0]);
    assert!(limits.contains(&Limit::RouteClosed(problem.closed_routes.clone())), "{limits:?}");
    // With nothing behind the closed route, it is not the reason.
    let mut poor = problem;
    poor.stock.retain(|stock| stock.place.as_str() != "c");
    assert_eq!(plan(&poor).unwrap().unmet[0].why, Why::SharedOut);
}

#[test]
fn full_trucks_beside_a_closed_road_name_the_road() {
    let problem = Town::new(&["a", "b"])
        .item("rice")
        .needs("a", "rice", 60_000, Urgency::MustHave, 6)
        .has("b", "rice", 90_000)
        .leaves("b", "a", 0, 480, 60, 10, false)
        .leaves("b", "a", 1, 480, 60, 40, false)
        .closed("a-b", 1, None)
        .done();
    let found = plan(&problem).unwrap();
    assert_eq!((sent(&found), found.unmet[0].amount), (10_000, 50_000));
    assert_eq!(found.unmet[0].why, Why::RouteClosed(problem.closed_routes.clone()));
}

#[test]
fn a_detour_says_which_closed_route_would_be_shorter() {
    let problem = Town::new(&["a", "b", "hub"])
        .item("rice")
        .uses("a", "rice", 10, 30)
        .has("b", "rice", 300)
        .road("a", "b", 60)
        .leaves("b", "hub", 0, 480, 60, 1_000, false)
        .leaves("hub", "a", 0, 600, 60, 1_000, false)
        .closed("a-b", 0, None)
        .done();
    let found = plan(&problem).unwrap();
    let s = &found.suggestions[0];
    assert_eq!((s.amount, s.corridors().len()), (300, 2));
    assert!(s.against.contains(&Against::RouteClosed(problem.closed_routes.clone(), 75)), "{:?}", s.against);
}

#[test]
fn the_checker_sees_a_load_on_a_closed_route_and_a_closure_is_part_of_the_inputs() {
    let open = two().done();
    let found = plan(&open).unwrap();
    let mut closed = two().closed("a-b", 0, None).done();
    assert_ne!(open.digest(), closed.digest());
    assert!(check(&closed, &found).iter().any(|violation| violation.rule == Rule::Closed));
    closed.closed_routes.reverse();
    closed.closed_routes.extend(closed.closed_routes.clone());
    assert_eq!(
        two().closed("a-b", 0, None).done().digest(),
        closed.digest(),
        "order and repetition are nothing"
    );
}
