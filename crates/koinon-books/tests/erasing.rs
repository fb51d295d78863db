//! Names and notes as the book keeps them: sealed by somebody else, in any order, and gone after an erasure.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod world;

use koinon_authority::{RevokeReason, Revoked};
use koinon_books::{About, Book, BookCommand, Fact, Personal, Refused};
use koinon_core::{EntryId, PersonId};
use proptest::prelude::*;
use world::{World, sealed};

/// Takes a person's task back, so that they may be erased.
fn let_go(world: &mut World, person: PersonId) {
    let community = world.towns[0].code.clone();
    let by = world.towns[0].people[0];
    let held = world.towns[0].book.grants().of_subject(person).next().unwrap().granted.grant;
    let (act, reason) = (world.act(), RevokeReason::Asked);
    let revoked = Revoked { grant: held, community, by, reason };
    world.must(0, 0, &BookCommand::Revoke { act, revoked });
}

fn erase(world: &mut World, person: PersonId) -> BookCommand {
    BookCommand::Erase { act: world.act(), person }
}

#[test]
fn what_was_not_sealed_is_not_recorded() {
    let mut world = World::new();
    let person = world.towns[0].people[1];
    let (act, note) = (world.act(), About::Entry(EntryId([1; 16])));
    let name = BookCommand::Name { act, person, name: "Vera".into() };
    assert!(matches!(world.decide(0, 0, &name), Err(Refused::NotSealed)));
    let note = BookCommand::Note { act, about: note, text: "the key hangs in the mill".into() };
    assert!(matches!(world.decide(0, 0, &note), Err(Refused::NotSealed)));
    let long = BookCommand::Name { act, person, name: sealed(&"x".repeat(3_000)) };
    assert!(matches!(world.decide(0, 0, &long), Err(Refused::TextTooLong(_))));
    let cleared = BookCommand::Name { act, person, name: " ".into() };
    world.must(0, 0, &cleared);
    assert_eq!(world.towns[0].book.name(person), None);
}

#[test]
fn an_erasure_waits_for_the_tasks_takes_the_name_and_stays() {
    let mut world = World::new();
    let person = world.towns[0].people[1];
    assert_eq!(world.towns[0].book.name(person), Some(&sealed("Vera")));
    let stranger = BookCommand::Erase { act: world.act(), person: PersonId([77; 16]) };
    assert!(matches!(world.decide(0, 0, &stranger), Err(Refused::NoSuchPerson(_))));
    let early = erase(&mut world, person);
    assert!(matches!(world.decide(0, 0, &early), Err(Refused::HasTasks(1))));
    let_go(&mut world, person);
    let command = erase(&mut world, person);
    assert_eq!(world.must(0, 0, &command).len(), 1);
    let book = &world.towns[0].book;
    assert!(book.is_erased(person));
    assert_eq!(book.name(person), None);
    assert_eq!(book.erasures().to_answer(world.towns[0].node), vec![person]);
    let again = erase(&mut world, person);
    assert!(world.must(0, 0, &again).is_empty(), "once is for good");
    let back = BookCommand::Name { act: world.act(), person, name: sealed("Vera") };
    assert!(matches!(world.decide(0, 0, &back), Err(Refused::WasErased)));
}

#[test]
fn an_erasure_spreads_and_touches_nobody_elses_names() {
    let mut world = World::new();
    let (mine, theirs) = (world.towns[0].people[1], world.towns[1].people[1]);
    let_go(&mut world, mine);
    let command = erase(&mut world, mine);
    world.must(0, 0, &command);
    world.exchange();
    let neighbour = &world.towns[1];
    assert_eq!(neighbour.book.erasures().to_answer(neighbour.node), vec![mine], "it is asked too");
    assert!(!neighbour.book.is_erased(mine), "whose people they are, decides");
    assert_eq!(neighbour.book.name(theirs), Some(&sealed("Vera")));
}

proptest! {
    #[test]
    fn names_and_erasures_give_one_book_in_any_order(order in Just((0..40usize).collect::<Vec<_>>()).prop_shuffle()) {
        let mut world = World::new();
        let person = world.towns[0].people[1];
        for name in ["Vera", "Vera S", ""] {
            let name = if name.is_empty() { Personal::from("") } else { sealed(name) };
            let command = BookCommand::Name { act: world.act(), person, name };
            world.must(0, 0, &command);
        }
        let_go(&mut world, person);
        let command = erase(&mut world, person);
        world.must(0, 0, &command);
        let town = &world.towns[0];
        let (first, rest) = town.log.split_at(2);
        let (mut shuffled, mut in_order) = (Book::new(town.node), Book::new(town.node));
        let order = order.into_iter().filter(|index| *index < rest.len());
        let mut left: Vec<usize> = (0..rest.len()).collect();
        let mut all: Vec<usize> = order.collect();
        left.retain(|index| !all.contains(index));
        all.extend(left);
        for (origin, stamp, fact) in first.iter().chain(all.iter().map(|index| &rest[*index])) {
            shuffled.evolve(origin, stamp, fact, &mut |_, _| Vec::new());
        }
        for (origin, stamp, fact) in &town.log {
            in_order.evolve(origin, stamp, fact, &mut |_, _| Vec::new());
        }
        prop_assert_eq!(shuffled.digest(), in_order.digest());
        prop_assert!(in_order.is_erased(person));
        prop_assert_eq!(shuffled.name(person), None);
        prop_assert!(town.log.iter().any(|(_, _, fact)| matches!(fact, Fact::Erased(_))));
    }
}
