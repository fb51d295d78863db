//! What a plan hangs on: known answers, and laws over random towns.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use koinon_core::PlaceCode;
use koinon_ledger::fact::Urgency;
use koinon_match::sensitivity::{FIGURES_MAX, Figure, Leaning, Sensitivity, sensitivity};
use koinon_match::what_if::{Change, Effect, alone, what_if};
use koinon_match::{Keep, Problem, Use};
use proptest::prelude::*;

use support::Town;

fn place(code: &str) -> PlaceCode {
    code.parse().unwrap()
}

fn of_rice(problem: &Problem) -> Problem {
    alone(problem, None, &"rice".parse().unwrap()).unwrap()
}

fn find<'a>(found: &'a Sensitivity, at: &str, figure: Figure) -> Option<&'a Leaning> {
    found.leanings.iter().find(|one| one.place.as_str() == at && one.figure == figure)
}

/// Two take, one gives all that it may.
fn scarce() -> Problem {
    let town = Town::new(&["aa", "bb", "cc", "dd"])
        .item("rice")
        .uses("cc", "rice", 10, 10)
        .has("cc", "rice", 200)
        .has("dd", "rice", 90)
        .uses("dd", "rice", 10, 9)
        .needs("aa", "rice", 80, Urgency::MustHave, 5)
        .needs("bb", "rice", 60, Urgency::Needed, 5)
        .road("aa", "cc", 30)
        .road("bb", "cc", 30)
        .road("bb", "dd", 30);
    of_rice(&town.done())
}

#[test]
fn what_the_last_giver_counted_is_what_the_plan_hangs_on() {
    let found = sensitivity(&scarce(), 100).unwrap();
    // It can give 100: 80 where lives depend on it, 20 of the 60 that are needed. Twenty less in stock are twenty less there.
    let stock = find(&found, "cc", Figure::Stock).unwrap();
    assert_eq!(stock.said, 200);
    assert_eq!(stock.fewer.gets, [(place("bb"), -20)]);
    assert_eq!(stock.fewer.open, (0, 20));
    assert_eq!(stock.more.gets, [(place("bb"), 20)]);
    assert_eq!(stock.more.open, (0, -20));
    // A tenth more people keep ten more.
    let people = find(&found, "cc", Figure::Use).unwrap();
    assert_eq!((people.said, people.more.gets.as_slice()), (10, [(place("bb"), -10)].as_slice()));
    // Asking for a tenth more where lives depend on it takes as much from what is needed; its own asking is not counted as open.
    let asked = find(&found, "aa", Figure::Asked).unwrap();
    assert_eq!(asked.more.gets, [(place("aa"), 8), (place("bb"), -8)]);
    assert_eq!((asked.more.open, asked.more.units()), ((0, 8), 8));
}

#[test]
fn what_changes_nothing_is_only_counted() {
    let found = sensitivity(&scarce(), 100).unwrap();
    // dd lies at its floor: what it has less of changes nothing, what it has more of goes to bb.
    let stock = find(&found, "dd", Figure::Stock).unwrap();
    assert!(stock.fewer.is_none());
    assert_eq!((stock.more.gets.as_slice(), stock.more.open), ([(place("bb"), 9)].as_slice(), (0, -9)));
    // bb eats ten a day now: nine more are less than a day, and no change. What stays open of its need is one.
    let mut eats = scarce();
    let one = eats.uses[0].clone();
    eats.rules.useful_days_min = 1;
    eats.uses.push(Use { place: place("bb"), keep: Keep { floor: 0, target: 0 }, ..one });
    let found = sensitivity(&eats, 100).unwrap();
    let more = &find(&found, "dd", Figure::Stock).unwrap().more;
    assert_eq!((more.gets.as_slice(), more.open), ([].as_slice(), (0, -9)));
    let town = Town::new(&["aa", "bb"]).item("rice").uses("aa", "rice", 10, 10).uses("bb", "rice", 10, 10);
    let plenty = town.has("aa", "rice", 900).has("bb", "rice", 900).road("aa", "bb", 30).done();
    let found = sensitivity(&of_rice(&plenty), 100).unwrap();
    assert_eq!((found.leanings.len(), found.idle, found.untried), (0, 4, 0));
}

#[test]
fn of_too_many_figures_those_with_a_part_in_the_plan_are_tried() {
    let names: Vec<String> = (0..90).map(|at| format!("p{at:02}")).collect();
    let codes: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut town = Town::new(&codes).item("rice").needs("p88", "rice", 380, Urgency::MustHave, 5);
    for (at, code) in codes.iter().enumerate() {
        // All but the last keep all that they have.
        town = town.has(code, "rice", 1_000).uses(code, "rice", 10, if at == 89 { 60 } else { 100 });
    }
    let problem = of_rice(&town.road("p88", "p89", 30).done());
    let found = sensitivity(&problem, 100).unwrap();
    let tried = found.leanings.len() + found.idle;
    assert_eq!((tried, tried + found.untried), (FIGURES_MAX, 181));
    assert!(find(&found, "p89", Figure::Stock).is_some());
    assert!(find(&found, "p88", Figure::Asked).is_some());
}

#[test]
fn absurd_steps_are_brought_into_bounds() {
    for (asked, used) in [(0, 1), (u32::MAX, 1_000)] {
        assert_eq!(sensitivity(&scarce(), asked).unwrap().per_mille, used);
    }
}

const PLACES: [&str; 4] = ["aa", "bb", "cc", "dd"];

fn towns() -> impl Strategy<Value = Problem> {
    let at = proptest::collection::vec((0..400_i64, 1..20_i64, 1..20_i64), PLACES.len());
    let needs = proptest::collection::vec((0..PLACES.len(), 1..200_i64, any::<bool>()), 0..3);
    (at, needs, 0..3_u32).prop_map(|(at, needs, crumbs)| {
        let mut town = Town::new(&PLACES).item("rice");
        town.0.rules.useful_days_min = crumbs;
        for (code, (stock, a_day, days)) in PLACES.iter().zip(at) {
            town = town.has(code, "rice", stock).uses(code, "rice", a_day, days);
        }
        for (at, amount, lives) in needs {
            let urgency = if lives { Urgency::MustHave } else { Urgency::Needed };
            town = town.needs(PLACES[at], "rice", amount, urgency, 5);
        }
        for at in 0..PLACES.len() {
            town = town.road(PLACES[at], PLACES[(at + 1) % PLACES.len()], 60);
        }
        of_rice(&town.done())
    })
}

/// Whether what comes anywhere differs by a day of use there, or what stays open differs at all.
fn differ(problem: &Problem, now: &[Effect], then: &[Effect]) -> bool {
    now.iter().zip(then).any(|(a, b)| {
        let used = problem.uses.iter().find(|used| used.place == a.place).unwrap();
        let crumb = i64::try_from(used.rate.over(i64::from(problem.rules.useful_days_min))).unwrap();
        let by = (a.comes - b.comes).abs();
        (by > 0 && by >= crumb) || a.open != b.open
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Every stock of which a tenth less or more changes what comes anywhere by a day of use, or what stays open, is named, with that
    /// change, and no other.
    #[test]
    fn exactly_those_figures_are_named_that_change_something(problem in towns()) {
        let found = sensitivity(&problem, 100).unwrap();
        let now = what_if(&problem, &[]).unwrap();
        for code in PLACES {
            let said: i64 = problem.stock.iter().filter(|s| s.place.as_str() == code).map(|s| s.amount).sum();
            let named = find(&found, code, Figure::Stock);
            if said == 0 {
                prop_assert!(named.is_none());
                continue;
            }
            let by = (said / 10).max(1);
            let mut differs = false;
            for by in [-by, by] {
                let then = what_if(&problem, &[Change::Counted { place: place(code), by }]).unwrap();
                let changed = differ(&problem, &now, &then);
                differs |= changed;
                let shift = named.map(|one| if by < 0 { &one.fewer } else { &one.more });
                prop_assert_eq!(shift.is_some_and(|shift| !shift.is_none()), changed);
                for (at, by) in shift.into_iter().flat_map(|shift| &shift.gets) {
                    let comes = |all: &[Effect]| all.iter().find(|one| one.place == *at).unwrap().comes;
                    prop_assert_eq!(comes(&then) - comes(&now), *by);
                }
            }
            prop_assert_eq!(named.is_some(), differs);
        }
        prop_assert_eq!(found.untried, 0);
        let weights: Vec<_> = found.leanings.iter().map(|one| one.fewer.open.0.abs().max(one.more.open.0.abs())).collect();
        prop_assert!(weights.is_sorted_by(|a, b| a >= b), "lives first");
    }
}
