//! A plan made with a memory is the plan made from nothing, and solves only what changed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use koinon_ledger::fact::Urgency;
use koinon_match::{LotRef, Memory, Problem, Stock, plan, plan_again};
use proptest::prelude::*;

use support::{TODAY, Town};

const PLACES: [&str; 4] = ["aa", "bb", "cc", "dd"];
const ITEMS: [&str; 3] = ["rice", "salt", "tea"];

/// Everybody uses everything; the first place is short of all.
fn town(kg: i64) -> Town {
    let mut town = Town::new(&PLACES);
    for item in ITEMS {
        town = town.item(item);
        for (at, place) in PLACES.iter().enumerate() {
            town = town.uses(place, item, 10, 20).has(place, item, if at == 0 { 30 } else { 900 });
        }
    }
    for at in 0..PLACES.len() {
        town = town.road_of(PLACES[at], PLACES[(at + 1) % PLACES.len()], 60, kg, false);
    }
    town
}

fn same(problem: &Problem, memory: &mut Memory) {
    assert_eq!(plan_again(problem, memory).unwrap(), plan(problem).unwrap());
}

#[test]
fn a_changed_count_is_solved_again_and_nothing_else() {
    let mut memory = Memory::default();
    let mut problem = town(1_000).done();
    same(&problem, &mut memory);
    assert_eq!(memory.solved(), ITEMS.len());
    same(&problem, &mut memory);
    assert_eq!(memory.solved(), 0, "nothing changed");
    // A new batch of the first item moves the places of all others in the list.
    let lot = LotRef::Row(7_000);
    let (place, item) = (PLACES[2].parse().unwrap(), ITEMS[0].parse().unwrap());
    problem.stock.insert(0, Stock { place, item, last_good: None, lot, amount: 55 });
    same(&problem, &mut memory);
    assert_eq!(memory.solved(), 1);
    problem.needs.extend(town(1_000).needs("bb", "tea", 40, Urgency::MustHave, 3).done().needs);
    same(&problem, &mut memory);
    assert_eq!(memory.solved(), 1);
}

#[test]
fn another_day_or_another_way_is_another_question() {
    let mut memory = Memory::default();
    let problem = town(1_000).done();
    same(&problem, &mut memory);
    let fewer = Problem { departures: problem.departures[1..].to_vec(), ..problem.clone() };
    same(&fewer, &mut memory);
    assert_eq!(memory.solved(), ITEMS.len());
    let smaller = town(1).done();
    same(&smaller, &mut memory);
    assert_eq!(memory.solved(), ITEMS.len(), "the same ways with less room");
    let mut later = smaller.clone();
    later.today = TODAY.plus(1);
    later.departures.retain(|departure| departure.leaves.day > TODAY);
    same(&later, &mut memory);
}

/// One thing that happens: a place and item, and what of it.
type Event = (usize, usize, u8, i64);

fn happen(problem: &mut Problem, (place, item, what, amount): Event) {
    let (place, item) = (PLACES[place], ITEMS[item]);
    match what {
        0 => {
            for stock in &mut problem.stock {
                if stock.place.as_str() == place && stock.item.as_str() == item {
                    stock.amount = amount;
                }
            }
        }
        1 => problem.needs.extend(Town::new(&[]).needs(place, item, amount, Urgency::Needed, 4).done().needs),
        2 => drop(problem.needs.pop()),
        3 => {
            for departure in problem.departures.iter_mut().filter(|d| d.from.as_str() == place) {
                departure.kg = amount / 100;
            }
        }
        _ => problem.minute = (problem.minute + 200).min(1_000),
    }
    for (row, need) in problem.needs.iter_mut().enumerate() {
        need.id = koinon_match::NeedRef::Row(u32::try_from(row).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// After any chain of changes, with room for all or not, the plan is the one that is made from nothing.
    #[test]
    fn any_chain_of_changes_ends_with_the_plan_made_from_nothing(
        kg in prop_oneof![Just(1_000_i64), 0..2_i64],
        events in proptest::collection::vec((0..PLACES.len(), 0..ITEMS.len(), 0..5_u8, 1..1_200_i64), 1..8),
    ) {
        let mut problem = town(kg).done();
        let mut memory = Memory::default();
        prop_assert_eq!(plan_again(&problem, &mut memory).unwrap(), plan(&problem).unwrap());
        for event in events {
            happen(&mut problem, event);
            let gone = koinon_match::Moment { day: problem.today, minute: problem.minute };
            problem.departures.retain(|departure| departure.leaves >= gone);
            prop_assert_eq!(plan_again(&problem, &mut memory).unwrap(), plan(&problem).unwrap());
        }
    }
}
