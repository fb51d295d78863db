//! What falls due by standing agreements comes after what lives depend on, before everything else, and never out of what is kept.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use koinon_ledger::fact::Urgency;
use koinon_match::{NeedRef, Plan, Problem, Serves, Why, check, plan};
use proptest::prelude::*;
use support::{TODAY, Town};

fn made(problem: &Problem) -> Plan {
    let made = plan(problem).unwrap();
    assert_eq!(check(problem, &made), []);
    made
}

/// Who gets how much of what is agreed.
fn agreed(plan: &Plan) -> Vec<(&str, i64)> {
    plan.agreed.iter().map(|one| (one.to.as_str(), one.amount)).collect()
}

/// What the stated need of a row gets.
fn served(plan: &Plan, row: u32) -> i64 {
    let needs = plan.suggestions.iter().flat_map(|one| &one.needs);
    needs.filter(|(id, _)| *id == NeedRef::Row(row)).map(|(_, amount)| amount).sum()
}

/// Bakers in aa, who keep 500 of what they have; bb takes bread by agreement, cc asks for some.
fn bakers(has: i64) -> Town {
    Town::new(&["aa", "bb", "cc"])
        .item("bread")
        .uses("aa", "bread", 50, 10)
        .has("aa", "bread", has)
        .road("aa", "bb", 60)
        .road("aa", "cc", 30)
}

#[test]
fn what_is_due_is_set_aside_before_what_is_only_asked_for() {
    let problem =
        bakers(800).due("aa", "bb", "bread", 200, 1).needs("cc", "bread", 250, Urgency::Needed, 5).done();
    let plan = made(&problem);
    assert_eq!(agreed(&plan), [("bb", 200)]);
    assert_eq!(served(&plan, 0), 100, "cc gets what is left above what is kept");
    let one = &plan.agreed[0];
    assert!(one.leaves().unwrap().day >= TODAY.plus(1), "it leaves on its day: {one:?}");
    assert_eq!((one.serves, one.due()), (Serves::Agreed, Some(&problem.due[0].occurrence)));
    assert_eq!((one.giver.before, one.giver.after, one.giver.floor), (800, 600, 500));
    let order: Vec<&str> = plan.all().map(|one| one.to.as_str()).collect();
    assert_eq!(order, ["bb", "cc"]);
}

#[test]
fn lives_come_before_what_is_due() {
    let town = bakers(800).due("aa", "bb", "bread", 200, 1).needs("cc", "bread", 250, Urgency::MustHave, 5);
    let plan = made(&town.done());
    assert_eq!((served(&plan, 0), agreed(&plan)), (250, vec![("bb", 50)]));
    assert_eq!(plan.all().next().unwrap().to.as_str(), "cc");
    let open = plan.unmet.iter().find(|one| matches!(one.need, Some(NeedRef::Due(_)))).unwrap();
    assert_eq!((open.amount, &open.why), (150, &Why::SharedOut));
}

#[test]
fn nothing_is_taken_below_what_the_giver_keeps() {
    let plan = made(&bakers(450).due("aa", "bb", "bread", 200, 1).done());
    assert_eq!(agreed(&plan), []);
    assert_eq!((plan.unmet[0].amount, &plan.unmet[0].why), (200, &Why::NoStockAboveFloors));
    let plan = made(&bakers(550).due("aa", "bb", "bread", 200, 1).done());
    assert_eq!(agreed(&plan), [("bb", 50)]);
    assert_eq!(
        (plan.unmet[0].amount, &plan.unmet[0].why),
        (150, &Why::NoStockAboveFloors),
        "nobody else gets any"
    );
}

#[test]
fn takers_of_one_day_share_what_is_not_enough_and_what_is_due_first_comes_first() {
    let both = |day: i32| {
        made(&bakers(600).due("aa", "bb", "bread", 80, 1).due("aa", "cc", "bread", 80, day).done())
    };
    assert_eq!(agreed(&both(1)), [("bb", 50), ("cc", 50)]);
    assert_eq!(agreed(&both(2)), [("bb", 80), ("cc", 20)]);
    let twice = bakers(600).due("aa", "bb", "bread", 30, 1).due("aa", "bb", "bread", 40, 1).done();
    assert_eq!(agreed(&made(&twice)), [("bb", 30), ("bb", 40)], "two lines of one day are two promises");
}

#[test]
fn what_is_due_counts_at_its_taker_and_takes_room_on_its_departures() {
    let town =
        bakers(10_000).uses("bb", "bread", 100, 5).has("bb", "bread", 300).due("aa", "bb", "bread", 150, 0);
    let plan = made(&town.done());
    assert_eq!(agreed(&plan), [("bb", 150)]);
    let cover: i64 =
        plan.suggestions.iter().filter(|one| one.to.as_str() == "bb").map(|one| one.amount).sum();
    assert_eq!(cover, 50, "bb is filled up to 500 with what is coming");

    let narrow = Town::new(&["aa", "bb"])
        .item("bread")
        .has("aa", "bread", 10_000)
        .leaves("aa", "bb", 1, 480, 60, 1, true)
        .due("aa", "bb", "bread", 700, 1)
        .needs("bb", "bread", 900, Urgency::Needed, 5);
    let plan = made(&narrow.clone().done());
    assert_eq!(
        (agreed(&plan), served(&plan, 0)),
        (vec![("bb", 700)], 0),
        "departures are shared in whole kilograms"
    );
    let lives = made(&narrow.needs("bb", "bread", 600, Urgency::MustHave, 5).done());
    assert_eq!((agreed(&lives), served(&lives, 1)), (vec![], 600));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// Whatever is agreed, what lives depend on gets as much as without it.
    #[test]
    fn no_agreement_takes_anything_from_what_lives_depend_on(
        stock in prop::collection::vec(0i64..2_000, 3),
        lives in prop::collection::vec(1i64..900, 2),
        asked in 0i64..900,
        due in prop::collection::vec((0usize..3, 0usize..3, 1i64..900, -2i32..5), 0..5),
        kg in prop::collection::vec(0i64..3, 6),
    ) {
        let places = ["aa", "bb", "cc"];
        let mut town = Town::new(&places).item("rice");
        for (place, amount) in places.iter().zip(&stock) {
            town = town.uses(place, "rice", 20, 5).has(place, "rice", *amount);
        }
        for (number, kg) in kg.iter().enumerate() {
            let (from, to) = (places[number % 3], places[(number + 1 + number / 3) % 3]);
            for day in 0..3 {
                town = town.leaves(from, to, day, 480, 60, *kg, true);
            }
        }
        for (place, amount) in places.iter().zip(&lives) {
            town = town.needs(place, "rice", *amount, Urgency::MustHave, 5);
        }
        town = town.needs("cc", "rice", asked.max(1), Urgency::Needed, 5);
        let without = made(&town.clone().done());
        for (from, to, amount, day) in due.into_iter().filter(|(from, to, ..)| from != to) {
            town = town.due(places[from], places[to], "rice", amount, day);
        }
        let with = made(&town.done());
        let open = |plan: &Plan| -> i64 {
            let lives = plan.unmet.iter().filter(|one| one.urgency == Some(Urgency::MustHave));
            lives.map(|one| one.amount).sum()
        };
        prop_assert!(open(&with) <= open(&without), "{} and {}", open(&with), open(&without));
    }
}
