//! Hand-made problems with known answers.

mod support;

use koinon_match::{Serves, plan};
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
