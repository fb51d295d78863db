//! Needs of equal urgency share what is not enough for all: in equal parts a head, and nobody gains by asking for more.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod support;

use koinon_ledger::fact::Urgency;
use koinon_match::problem::NeedRef;
use koinon_match::{Problem, check, plan};
use proptest::prelude::*;

use support::Town;

const TAKERS: [&str; 4] = ["bb", "cc", "dd", "ee"];

/// What each taker asks for, its people, its wish per mille, and the minutes from the giver.
type Ask = (i64, i64, u32, u32);

fn asks() -> impl Strategy<Value = Vec<Ask>> {
    let wish = prop_oneof![Just(1_000_u32), 100..5_000_u32];
    proptest::collection::vec((1..100_000_i64, 1..5_000_i64, wish, 30..600_u32), TAKERS.len())
}

fn town(asks: &[Ask], supply: i64, urgency: Urgency) -> Problem {
    let mut town = Town::new(&["aa", "bb", "cc", "dd", "ee"]).item("rice").has("aa", "rice", supply);
    for (code, (amount, people, wish, minutes)) in TAKERS.iter().zip(asks) {
        town = town.needs(code, "rice", *amount, urgency, 6).road("aa", code, *minutes);
        town.0.needs.last_mut().unwrap().wish_per_mille = *wish;
        town.0.places.iter_mut().find(|place| place.code.as_str() == *code).unwrap().people = *people;
    }
    town.done()
}

/// What each stated need gets, by its row.
fn served(problem: &Problem) -> Vec<i64> {
    let made = plan(problem).unwrap();
    assert_eq!(check(problem, &made), []);
    let mut got = vec![0; problem.needs.len()];
    for (need, amount) in made.suggestions.iter().flat_map(|s| &s.needs) {
        let NeedRef::Row(row) = need else { panic!("{need:?}") };
        got[usize::try_from(*row).unwrap()] += amount;
    }
    got
}

/// Heads by the wish of their need.
fn heads(ask: &Ask, urgency: Urgency) -> i128 {
    let wish = if urgency == Urgency::MustHave { 1_000 } else { ask.2 };
    i128::from(ask.1) * i128::from(wish)
}

/// The level a head, in millionths of a base unit, at which equal awards share all of a supply, found by going through claims from the
/// one that is full first.
fn level(asks: &[Ask], supply: i64, urgency: Urgency) -> i128 {
    let mut by_full: Vec<(i128, i128)> =
        asks.iter().map(|ask| (i128::from(ask.0), heads(ask, urgency))).collect();
    by_full.sort_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)));
    let mut left = i128::from(supply);
    let mut waiting: i128 = by_full.iter().map(|(_, heads)| heads).sum();
    for (amount, heads) in by_full {
        if left * heads < amount * waiting {
            return left * 1_000_000_000_000 / waiting;
        }
        left -= amount;
        waiting -= heads;
    }
    i128::MAX / 1_000_000_000_000
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Where roads carry everything, each gets its equal part a head, to a step and a unit.
    #[test]
    fn what_is_scarce_is_shared_in_equal_parts_a_head(asks in asks(), supply in 1..200_000_i64, lives in any::<bool>()) {
        let urgency = if lives { Urgency::MustHave } else { Urgency::Needed };
        let got = served(&town(&asks, supply, urgency));
        let all: i64 = asks.iter().map(|ask| ask.0).sum();
        prop_assert_eq!(got.iter().sum::<i64>(), supply.min(all), "nothing is left lying");
        let level = level(&asks, supply, urgency);
        for (ask, got) in asks.iter().zip(&got) {
            let fair = i128::from(ask.0).min(heads(ask, urgency).saturating_mul(level) / 1_000_000_000_000);
            prop_assert!((i128::from(*got) - fair).abs() <= fair / 8 + 4, "{got} of {ask:?}, fair is {fair}: {asks:?}");
        }
    }

    /// Who asks for more takes from others no more than a step.
    #[test]
    fn asking_for_more_takes_nothing_from_others(asks in asks(), supply in 1..200_000_i64, liar in 0..TAKERS.len(), times in 2..1_000_i64) {
        let honest = served(&town(&asks, supply, Urgency::Needed));
        let mut lied = asks.clone();
        lied[liar].0 *= times;
        let after = served(&town(&lied, supply, Urgency::Needed));
        let level = level(&asks, supply, Urgency::Needed);
        let fair_to_liar = heads(&asks[liar], Urgency::Needed).saturating_mul(level) / 1_000_000_000_000;
        // Who had all that it asked for may have asked for less than its part: up to it, more is its due.
        let wronged = i128::from(asks[liar].0) >= fair_to_liar;
        for at in (0..TAKERS.len()).filter(|at| *at != liar && wronged) {
            let lost = honest[at] - after[at];
            prop_assert!(lost <= honest[at] / 4 + 8, "{at} lost {lost} of {}: {asks:?}", honest[at]);
        }
    }

    /// Two needs of one place get together what one would.
    #[test]
    fn asking_twice_brings_no_more(asks in asks(), supply in 1..200_000_i64, part in 1..100_i64) {
        let once = served(&town(&asks, supply, Urgency::Needed));
        let mut twice = town(&asks, supply, Urgency::Needed);
        let mut second = twice.needs[0].clone();
        second.amount = twice.needs[0].amount * part / 100;
        twice.needs[0].amount -= second.amount;
        second.id = NeedRef::Row(4);
        twice.needs.push(second);
        let after = served(&twice);
        let together = after[0] + after[4];
        prop_assert!((together - once[0]).abs() <= once[0] / 4 + 16, "{together} for {}: {asks:?}", once[0]);
    }
}

#[test]
fn a_wish_counts_among_needs_and_never_where_lives_depend_on_it() {
    let asks = [(9_000, 100, 3_000, 60), (9_000, 100, 1_000, 60), (0, 1, 1_000, 60), (0, 1, 1_000, 60)];
    assert_eq!(served(&town(&asks, 8_000, Urgency::Needed))[..2], [6_000, 2_000]);
    assert_eq!(served(&town(&asks, 8_000, Urgency::MustHave))[..2], [4_000, 4_000]);
    // What is more urgent comes first, however much the other is wished for.
    let mut mixed = town(&asks, 8_000, Urgency::Useful);
    mixed.needs[1].urgency = Urgency::Needed;
    assert_eq!(served(&mixed)[..2], [0, 8_000]);
}

#[test]
fn a_wish_that_nobody_can_have_is_named() {
    for wish in [0, 100_001] {
        let mut problem = town(&[(5, 5, 1_000, 60); 4], 9, Urgency::Needed);
        problem.needs[0].wish_per_mille = wish;
        let said = plan(&problem).unwrap_err().to_string();
        assert!(said.contains("bb") && said.contains("wish") && said.contains(&wish.to_string()), "{said}");
    }
}
