//! Full departures are shared by those who want them; whoever uses nothing that is full keeps its best plan, and stands in nobody's way.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test may fail")]

mod support;

use koinon_ledger::fact::Urgency;
use koinon_match::{Plan, Problem, check, plan};
use support::Town;

/// From `a` to `b` 100 kg go today and 100 kg tomorrow, to `c` as much as anybody wants. Soap and tins want 80 kg each of today's;
/// bread comes from `d` and reaches `a` only for tomorrow's; three more items go to `c`.
fn question(bread: Urgency) -> Problem {
    let mut town = Town::new(&["a", "b", "c", "d"])
        .leaves("a", "b", 0, 480, 60, 100, false)
        .leaves("d", "a", 0, 600, 60, 1_000, false)
        .leaves("a", "b", 1, 480, 60, 100, false)
        .leaves("a", "c", 0, 480, 60, 10_000, false);
    for item in ["soap", "tins"] {
        town = town.item(item).has("a", item, 200_000).needs("b", item, 80_000, Urgency::Needed, 6);
    }
    town = town.item("bread").has("d", "bread", 200_000).needs("b", "bread", 60_000, bread, 6);
    for item in ["rice", "salt", "oats"] {
        town = town.item(item).has("a", item, 200_000).needs("c", item, 50_000, Urgency::Useful, 6);
    }
    let mut problem = town.done();
    problem.items.iter_mut().for_each(|item| (item.mass_g_per_1000, item.volume_ml_per_1000) = (1_000, 0));
    problem
}

/// What goes of an item, by whence, whither and on which legs.
fn goes(plan: &Plan, item: &str) -> Vec<String> {
    let of_item = plan.suggestions.iter().filter(|one| one.item.as_str() == item);
    let mut all: Vec<String> =
        of_item.map(|one| format!("{} {} {} {:?}", one.from, one.to, one.amount, one.loads)).collect();
    all.sort();
    all
}

fn amount(plan: &Plan, item: &str) -> i64 {
    plan.suggestions.iter().filter(|one| one.item.as_str() == item).map(|one| one.amount).sum()
}

#[test]
fn who_uses_nothing_that_is_full_goes_as_if_there_were_nobody_else() {
    let problem = question(Urgency::Useful);
    let found = plan(&problem).unwrap();
    assert_eq!(check(&problem, &found), vec![]);
    for item in ["rice", "salt", "oats"] {
        let mut alone = problem.clone();
        alone.items.retain(|one| one.code.as_str() == item);
        alone.stock.retain(|one| one.item.as_str() == item);
        alone.needs.retain(|one| one.item.as_str() == item);
        let alone = plan(&alone).unwrap();
        assert_eq!(goes(&found, item), goes(&alone, item));
        assert_eq!(amount(&found, item), 50_000);
    }
}

#[test]
fn who_stands_in_the_way_of_what_was_pushed_aside_shares_too() {
    // Of today's 160 kg 60 wait for tomorrow, where bread would have had 60 of 100 to itself.
    let found = plan(&question(Urgency::Useful)).unwrap();
    assert_eq!((amount(&found, "soap"), amount(&found, "tins")), (80_000, 80_000));
    assert_eq!(amount(&found, "bread"), 40_000, "what is useful takes what is left");
    // What lives depend on is not pushed aside by anybody.
    let found = plan(&question(Urgency::MustHave)).unwrap();
    assert_eq!(amount(&found, "bread"), 60_000);
    assert_eq!(amount(&found, "soap") + amount(&found, "tins"), 140_000);
}

#[test]
fn the_order_of_the_lists_and_the_number_of_threads_are_nothing() {
    for bread in [Urgency::MustHave, Urgency::Needed, Urgency::Useful] {
        let problem = question(bread);
        let found = plan(&problem).unwrap();
        let mut turned = problem.clone();
        turned.items.reverse();
        turned.departures.reverse();
        turned.needs.reverse();
        turned.stock.reverse();
        assert_eq!(plan(&turned).unwrap().digest, found.digest);
        for threads in 1..=3 {
            let again = koinon_match::plan_on(&problem, threads.try_into().unwrap()).unwrap();
            assert_eq!(again.digest, found.digest);
        }
    }
}
