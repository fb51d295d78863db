//! Agreements: who may read what follows from the facts present, and no paper takes a need away.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod world;

use std::collections::BTreeMap;

use koinon_authority::Actor;
use koinon_books::registry::kind_of;
use koinon_books::served::month_of;
use koinon_books::sharing::Standing;
use koinon_books::{Book, BookCommand, Decided, Fact, Refused, ServedPublished, Stamp};
use koinon_core::{Day, Digest, ItemCode, NeedId, Quantity, Timestamp};
use koinon_instruments::{Agreement, Dataset};
use koinon_ledger::fact::{Method, Served, Urgency};
use koinon_ledger::{Act, LedgerFact, Reason};
use koinon_log::SharedStream;
use koinon_match::problem::{NeedRef, Problem};
use proptest::prelude::*;
use world::{World, grams, id, wheat};

/// Passes on what each may read of the other, and nothing else.
fn exchange_as_agreed(world: &mut World) {
    for to in 0..2 {
        let (from, now) = (1 - to, world.now);
        let reader = world.towns[to].node;
        for (origin, stamp, fact) in world.towns[from].log.clone() {
            let entitled = world.towns[from].book.entitled(reader, false, now);
            let stream = kind_of(&fact).stream.shared();
            if stream.is_some_and(|stream| entitled.may_read(origin.node, stream)) {
                world.towns[to].book.evolve(&origin, &stamp, &fact, &mut |_, _| Vec::new());
            }
        }
    }
}

/// Says what is short, as a node does by itself.
fn feed(world: &mut World, town: usize) -> usize {
    let reactions = world.towns[town].book.minimum_feed(world.now);
    let count = reactions.len();
    for reaction in reactions {
        let decided = world.towns[town].book.decide(&reaction.command, &reaction.who, world.now).unwrap();
        let Decided::Facts(facts) = decided else { panic!("a policy is not asked") };
        assert!(matches!(reaction.who, Actor::Policy(_)));
        for (stamp, fact) in facts {
            world.towns[town].write(stamp, fact);
        }
    }
    count
}

fn agreed_from(world: &World, day: Day) -> String {
    Agreement::draft_of(world.towns[0].book.region(), day)
}

fn go_to(world: &mut World, day: Day) {
    let zone = world.towns[0].book.zone();
    world.now = day.start(&zone).plus_millis(8 * 3_600_000);
}

fn shares(book: &Book, world: &World, now: Timestamp) -> bool {
    book.shares(&world.towns[1].code, &world.towns[0].code, Dataset::Stock, now)
}

#[test]
fn two_people_sign_and_the_days_are_kept() {
    let mut world = World::new();
    let (founded, code) = (world.towns[1].book.agreements()[0].clone(), world.towns[1].code.clone());
    let last = founded.agreement.until;
    assert!(shares(&world.towns[0].book, &world, world.now), "a founding counts as two signatures");
    go_to(&mut world, last);
    assert!(shares(&world.towns[0].book, &world, world.now), "on its last day it holds");
    assert_eq!(founded.standing(&code, last), Standing::Holds);
    assert_eq!(founded.standing(&code, last.plus(1)), Standing::Lapsed);
    let after = last.plus(1).start(&world.towns[0].book.zone());
    assert!(!shares(&world.towns[0].book, &world, after), "and not an instant longer");

    let mut world = World::new();
    let text = agreed_from(&world, world.today().plus(1));
    let digest = Agreement::digest_of(&text);
    let act = world.act();
    world.must(1, 0, &BookCommand::ProposeAgreement { act, text: text.clone() });
    let standing =
        |world: &World| world.towns[1].book.agreement(digest).unwrap().standing(&code, world.today());
    assert_eq!(standing(&world), Standing::Proposed, "one person is not enough");
    let act = world.act();
    let again = world.decide(1, 0, &BookCommand::SignAgreement { act, text: digest });
    assert!(matches!(again, Err(Refused::SignedAlready)), "{again:?}");
    let unknown = world.decide(1, 0, &BookCommand::SignAgreement { act, text: Digest([9; 32]) });
    assert!(matches!(unknown, Err(Refused::NoSuchAgreement(_))), "{unknown:?}");
    world.must(1, 1, &BookCommand::SignAgreement { act, text: digest });
    assert_eq!(standing(&world), Standing::Ahead);
    let act = world.act();
    world.must(1, 1, &BookCommand::EndAgreement { act, text: digest });
    assert_eq!(standing(&world), Standing::Ended);
    let over = world.decide(1, 0, &BookCommand::ProposeAgreement { act, text });
    assert!(matches!(over, Err(Refused::AgreementOver)), "an end is final for its text: {over:?}");
    let faulty = world.decide(1, 0, &BookCommand::ProposeAgreement { act, text: "[agreement]".into() });
    assert!(matches!(faulty, Err(Refused::Agreement(_))), "{faulty:?}");
    let strange = text_with_stranger(&world);
    let strange = world.decide(1, 0, &BookCommand::ProposeAgreement { act, text: strange });
    assert!(matches!(&strange, Err(Refused::Agreement(faults)) if faults[0].path == "agreement.parties"));
}

fn text_with_stranger(world: &World) -> String {
    agreed_from(world, world.today()).replace("parties = [", "parties = [\"atlantis\", ")
}

#[test]
fn either_side_ends_it_at_once_and_aid_goes_on() {
    for side in [0, 1] {
        let mut world = World::new();
        let text = world.towns[0].book.agreements()[0].digest;
        let act = world.act();
        world.must(side, 0, &BookCommand::EndAgreement { act, text });
        exchange_as_agreed(&mut world);
        assert!(!shares(&world.towns[0].book, &world, world.now));
        let entitled = world.towns[1].book.entitled(world.towns[0].node, false, world.now);
        let of = world.towns[1].node;
        assert!(
            entitled.may_read(of, SharedStream::Control) && entitled.may_read(of, SharedStream::Federation)
        );
        assert!(
            !entitled.may_read(of, SharedStream::Stock) && !entitled.may_read(of, SharedStream::Aggregates)
        );
        assert!(world.towns[0].book.hidden(world.now).contains(&world.towns[1].code));
        assert!(!world.towns[0].book.hidden(world.now).contains(&world.towns[0].code));
    }
}

#[test]
fn a_safety_copy_holds_what_the_text_lets_it() {
    let mut world = World::new();
    let (copy, of) = (koinon_core::NodeId([77; 32]), world.towns[1].node);
    let may = |world: &World, is_copy| {
        world.towns[1].book.entitled(copy, is_copy, world.now).may_read(of, SharedStream::Stock)
    };
    assert!(may(&world, true) && !may(&world, false), "a stranger is no safety copy");
    let text = world.towns[1].book.agreements()[0].digest;
    let act = world.act();
    world.must(1, 0, &BookCommand::EndAgreement { act, text });
    assert!(!may(&world, true));
    let text = agreed_from(&world, world.today()).replace("safety_copies = true", "safety_copies = false");
    let digest = Agreement::digest_of(&text);
    let act = world.act();
    world.must(1, 0, &BookCommand::ProposeAgreement { act, text });
    let act = world.act();
    world.must(1, 1, &BookCommand::SignAgreement { act, text: digest });
    assert!(!may(&world, true) && shares(&world.towns[1].book, &world, world.now));
}

#[test]
fn what_was_shared_is_to_be_let_go_after_the_agreed_days() {
    let mut world = World::new();
    let known = world.towns[0].book.agreements()[0].clone();
    let of = world.towns[1].node;
    let over = |world: &World, day: Day| {
        let now = day.start(&world.towns[0].book.zone());
        world.towns[0].book.to_purge(Dataset::Stock, now).contains(&of)
    };
    let until = known.agreement.until;
    let days = i32::from(known.agreement.shares[&Dataset::Stock].retention_days);
    assert!(!over(&world, until) && !over(&world, until.plus(days)));
    assert!(over(&world, until.plus(days + 1)));
    // A renewal in time keeps it; so does one that comes late, from then on.
    let text = agreed_from(&world, until.plus(days + 10));
    let digest = Agreement::digest_of(&text);
    let act = world.act();
    world.must(1, 0, &BookCommand::ProposeAgreement { act, text });
    let act = world.act();
    world.must(1, 1, &BookCommand::SignAgreement { act, text: digest });
    exchange_as_agreed(&mut world);
    assert!(!over(&world, until.plus(days + 5)), "one that is signed and begins soon is worth waiting for");
    assert!(!over(&world, until.plus(days + 20)));
    // An end comes into force for the days to keep, too.
    let act = world.act();
    world.must(1, 0, &BookCommand::EndAgreement { act, text: digest });
    let act = world.act();
    world.must(1, 0, &BookCommand::EndAgreement { act, text: known.digest });
    exchange_as_agreed(&mut world);
    assert!(!over(&world, world.today().plus(days)) && over(&world, world.today().plus(days + 1)));
}

fn count(world: &mut World, town: usize, item: &ItemCode, amount: i64) {
    let (store, region) = (world.store(town), world.towns[town].book.region().clone());
    let dimension = region.item(item).unwrap().dimension;
    let what = Act::Count {
        store,
        item: item.clone(),
        which: koinon_ledger::command::Which::New { batch: None, expires: None },
        seen: Quantity::new(amount, dimension).unwrap(),
        method: Method::Counted,
        witness: None,
    };
    let command = world.ledger(what, true);
    world.must(town, 0, &command);
}

/// What is short at a community's own place, by what its own book knows.
fn short_at(world: &World, town: usize) -> BTreeMap<ItemCode, i64> {
    let (book, place) = (&world.towns[town].book, world.towns[town].code.place());
    let problem = Problem::from_books(book.ledger(), book.region(), world.now);
    let there = |item: &ItemCode| {
        let stock = problem.stock.iter().filter(|s| s.place == place && s.item == *item).map(|s| s.amount);
        let coming =
            problem.arriving.iter().filter(|a| a.place == place && a.item == *item).map(|a| a.amount);
        stock.chain(coming).sum::<i64>()
    };
    let uses = problem.uses.iter().filter(|one| one.place == place);
    uses.map(|one| (one.item.clone(), one.keep.target - there(&one.item))).filter(|(_, n)| *n > 0).collect()
}

/// What a neighbour's engine is asked to bring there by needs.
fn asked_at(world: &World, reader: usize, town: usize) -> BTreeMap<ItemCode, i64> {
    let place = world.towns[town].code.place();
    let mut asked: BTreeMap<ItemCode, i64> = BTreeMap::new();
    for need in world.towns[reader].book.problem(world.now).needs.iter().filter(|need| need.place == place) {
        *asked.entry(need.item.clone()).or_default() += need.amount;
    }
    asked
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever stands in the stores, whatever people stated, and however the agreement went: a neighbour who sees no stock is
    /// asked for no less than one who sees all.
    #[test]
    fn no_need_disappears_with_an_agreement(
        amounts in proptest::collection::vec(0i64..400_000_000, 3..9),
        stated in 1i64..9_000_000,
        ends in any::<bool>(),
        days in 0i32..20,
    ) {
        let mut world = World::new();
        let items: Vec<ItemCode> = world.towns[1].book.region().items.iter().map(|i| i.code.clone()).collect();
        for (item, amount) in items.iter().zip(&amounts) {
            count(&mut world, 1, item, *amount);
        }
        let by_hand = NeedId(id(7, 1));
        let what = Act::StateNeed {
            need: by_hand,
            item: wheat(),
            store: world.store(1),
            quantity: grams(stated),
            urgency: Urgency::Needed,
            by: world.today().plus(720),
            every_days: None,
            people: None,
        };
        let command = world.ledger(what, true);
        world.must(1, 0, &command);
        exchange_as_agreed(&mut world);
        prop_assert_eq!(feed(&mut world, 1), 0, "all see it: nothing is stated twice");

        let known = world.towns[1].book.agreements()[0].clone();
        if ends {
            let act = world.act();
            world.must(1, 0, &BookCommand::EndAgreement { act, text: known.digest });
        } else {
            let after = known.agreement.until.plus(1);
            go_to(&mut world, after);
        }
        for day in [0, days] {
            let today = world.today().plus(day);
            go_to(&mut world, today);
            feed(&mut world, 1);
            prop_assert_eq!(feed(&mut world, 1), 0, "said once, it is said");
            exchange_as_agreed(&mut world);
            let (short, asked) = (short_at(&world, 1), asked_at(&world, 0, 1));
            for (item, amount) in &short {
                let own_word = if *item == wheat() { stated } else { 0 };
                let asked = asked.get(item).copied().unwrap_or(0);
                prop_assert!(asked >= amount + own_word, "{}: {} short, {} asked", item, amount, asked);
                prop_assert!(asked <= amount + amount / 10 + own_word + 1, "{} not {}", asked, amount);
            }
            prop_assert!(short.is_empty() || world.towns[0].book.problem(world.now).stock.iter().all(|stock| {
                stock.place != world.towns[1].code.place()
            }), "and its stock is not seen");
            let seen = |need: &koinon_match::Need| {
                matches!(&need.id, NeedRef::Book(_, id) if *id == by_hand)
            };
            prop_assert!(world.towns[0].book.problem(world.now).needs.iter().any(seen));
        }
        // Signed again, the stock is seen again, and what the computer stated is taken back.
        let text = agreed_from(&world, world.today()).replace("title = \"", "title = \"Once more: ");
        let digest = Agreement::digest_of(&text);
        for town in [0, 1] {
            for person in [0, 1] {
                let act = world.act();
                let command = match person {
                    0 => BookCommand::ProposeAgreement { act, text: text.clone() },
                    _ => BookCommand::SignAgreement { act, text: digest },
                };
                world.towns[town].sign(&command, person, world.now);
            }
        }
        exchange_as_agreed(&mut world);
        let one = asked_at(&world, 0, 1);
        prop_assert_eq!(one.values().sum::<i64>(), stated, "not counted twice while both are there");
        feed(&mut world, 1);
        exchange_as_agreed(&mut world);
        prop_assert_eq!(asked_at(&world, 0, 1), one);
        prop_assert_eq!(world.towns[0].book.ledger().digest(), world.towns[1].book.ledger().digest());
    }
}

proptest! {
    #[test]
    fn what_is_shared_does_not_depend_on_the_order(seed in any::<u64>()) {
        let mut world = World::new();
        let text = agreed_from(&world, world.today().plus(3));
        let digest = Agreement::digest_of(&text);
        let act = world.act();
        world.must(1, 0, &BookCommand::ProposeAgreement { act, text });
        let act = world.act();
        world.must(1, 1, &BookCommand::SignAgreement { act, text: digest });
        let first = world.towns[1].book.agreements().iter().map(|k| k.digest).find(|d| *d != digest).unwrap();
        let act = world.act();
        world.must(1, 1, &BookCommand::EndAgreement { act, text: first });
        let log = world.towns[1].log.clone();
        let (head, mut rest) = (log[..2].to_vec(), log[2..].to_vec());
        // A plain shuffle by the seed.
        let mut state = seed | 1;
        for at in (1..rest.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            rest.swap(at, (state >> 33) as usize % (at + 1));
        }
        let (mut book, mut in_order) = (Book::new(world.towns[1].node), Book::new(world.towns[1].node));
        for (origin, stamp, fact) in head.iter().chain(&rest).chain(&rest) {
            book.evolve(origin, stamp, fact, &mut |_, _| Vec::new());
        }
        for (origin, stamp, fact) in &log {
            in_order.evolve(origin, stamp, fact, &mut |_, _| Vec::new());
        }
        prop_assert_eq!(book.agreements(), in_order.agreements());
        let snapshot = Book::from_snapshot(&book.to_snapshot()).unwrap();
        prop_assert_eq!(snapshot.agreements(), book.agreements());
    }
}

/// Hands out some of a batch to so many people.
fn hand_out(world: &mut World, people: u32) -> koinon_core::EntryId {
    let store = world.store(1);
    let what = Act::Use {
        store,
        item: wheat(),
        quantity: grams(1_000),
        reason: Reason::HandedOut,
        served: Some(Served { people, households: 1 }),
        method: Method::Counted,
    };
    let command = world.ledger(what, true);
    let act = command.act();
    world.must(1, 0, &command);
    act
}

#[test]
fn who_was_served_stays_at_home_and_leaves_once_as_a_sum_in_which_nobody_is_found() {
    let mut world = World::new();
    count(&mut world, 1, &wheat(), 90_000_000);
    for people in [1, 3, 8, 40] {
        hand_out(&mut world, people);
    }
    let wrong = hand_out(&mut world, 500);
    let lot = world.towns[1].book.ledger().lots_of(&world.towns[1].code, &wheat()).next().unwrap().0;
    assert_eq!(world.towns[1].book.served_by(wrong, lot).map(|served| served.people), Some(500));
    let back = Act::Correct { lot, target: wrong, quantity: None, reason: Reason::EntryError };
    let command = world.ledger(back, true);
    world.must(1, 0, &command);
    assert_eq!(world.towns[1].book.served_by(wrong, lot), None, "an entry that is taken back served nobody");
    for (_, _, fact) in &world.towns[1].log {
        if let Fact::Ledger(LedgerFact::Entered(entered)) = fact {
            assert_eq!(entered.served, None, "no figure of one hand-out leaves");
        }
    }
    let so_far = world.towns[1].book.served_so_far(world.now);
    assert_eq!(
        (so_far.people, so_far.households),
        (Some(50), None),
        "52 people is 50, 4 households are left out"
    );

    // Nothing before the month is over and late entries had their days; then once, and the figure stands.
    assert!(world.towns[1].book.served_to_publish(world.now).is_empty());
    let month = month_of(world.today());
    let mut day = world.today();
    while month_of(day) == month {
        day = day.plus(1);
    }
    go_to(&mut world, day.plus(2));
    assert!(world.towns[1].book.served_to_publish(world.now).is_empty(), "late entries have three days");
    go_to(&mut world, day.plus(3));
    let due = world.towns[1].book.served_to_publish(world.now);
    assert_eq!(due.iter().map(|fact| fact.month).collect::<Vec<_>>(), [month]);
    assert_eq!((due[0].people, due[0].households), (Some(50), None));
    let stamp = Stamp { recorded: world.now, actor: None, grant: None, act: world.act() };
    world.towns[1].write(stamp.clone(), Fact::ServedPublished(due[0].clone()));
    assert!(world.towns[1].book.served_to_publish(world.now).is_empty(), "a month leaves once");
    let again = ServedPublished { people: Some(500), ..due[0].clone() };
    let later = Stamp { recorded: world.now.plus_millis(1), ..stamp };
    world.towns[1].write(later, Fact::ServedPublished(again));
    let told: Vec<_> = world.towns[1].book.served_published().map(|(_, fact)| fact.people).collect();
    assert_eq!(told, [Some(50)], "whatever comes after, the first figure stands");
    exchange_as_agreed(&mut world);
    assert_eq!(world.towns[0].book.served_published().count(), 1);
    // Without an agreement that holds, nothing more.
    let text = world.towns[1].book.agreements()[0].digest;
    let act = world.act();
    world.must(1, 0, &BookCommand::EndAgreement { act, text });
    go_to(&mut world, day.plus(60));
    assert!(world.towns[1].book.served_to_publish(world.now).is_empty());
}
