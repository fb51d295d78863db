//! Two communities in one story, through the door that pages use: `Book::decide` and `Book::evolve`.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod world;

use koinon_authority::Actor;
use koinon_books::{Book, Decided, Doubt, Fact, Origin, Refused, Stamp, policy};
use koinon_core::{Digest, EntryId, FactId, GrantId, LogId, NeedId, NodeId, PersonId, TransferId};
use koinon_ledger::command::{FoundLine, Which, Wished};
use koinon_ledger::fact::{Method, Urgency, Vehicle};
use koinon_ledger::transfer::Status;
use koinon_ledger::{Act, Question, Reason, Refusal};
use world::{World, grams, id, wheat};

#[test]
fn a_need_is_met_from_store_to_store_and_closes_itself() {
    let mut world = World::new();
    let (giver, taker) = (world.towns[0].code.clone(), world.towns[1].code.clone());
    let (store, to_store) = (world.store(0), world.store(1));
    let opening = Act::TakeIn {
        store,
        item: wheat(),
        batch: None,
        expires: None,
        quantity: grams(90_000_000),
        reason: Reason::Opening,
        paper: None,
        method: Method::Counted,
    };
    let command = world.ledger(opening, false);
    world.must(0, 0, &command);
    let need = NeedId(id(7, 1));
    let stated = Act::StateNeed {
        need,
        item: wheat(),
        store: to_store.clone(),
        quantity: grams(6_000_000),
        urgency: Urgency::Needed,
        by: world.today().plus(9),
        every_days: None,
        people: None,
    };
    let command = world.ledger(stated, false);
    world.must(1, 0, &command);
    world.exchange();

    let transfer = TransferId(id(8, 1));
    let (suggested, today) = (Some(Digest([5; 32])), world.today());
    let commit = |transfer| Act::Commit {
        transfer,
        from: giver.place(),
        to: taker.place(),
        lines: vec![Wished { item: wheat(), lot: None, quantity: grams(6_000_000), requested: None }],
        route: Vec::new(),
        leaves: today,
        arrives: today,
        need: Some(need),
        suggestion: suggested,
        return_by: None,
        standing: None,
    };
    let command = world.ledger(commit(transfer), true);
    world.must(0, 0, &command);
    // Somebody else presses the same button a moment later.
    let twin = world.ledger(commit(TransferId(id(8, 99))), false);
    let Decided::Ask(questions) = world.decide(0, 1, &twin).unwrap() else { panic!("nothing is asked") };
    assert!(questions.contains(&Question::FollowedAlready { promised: grams(6_000_000) }), "{questions:?}");
    let status = |world: &World, town: usize| {
        let book = &world.towns[town].book;
        book.ledger().transfer(&giver, transfer).unwrap().status(&giver)
    };
    assert_eq!(status(&world, 0), Status::NeedsSecond, "six tonnes are above the agreed five");
    let approve = world.ledger(Act::Approve { transfer }, false);
    let same = world.decide(0, 0, &approve).unwrap_err();
    assert!(matches!(same, Refused::Ledger(Refusal::SamePerson)), "{same}");
    world.must(0, 1, &approve);
    assert_eq!(status(&world, 0), Status::NeedsAnswer);
    world.exchange();
    let command = world.ledger(Act::Accept { giver: giver.clone(), transfer, less: Vec::new() }, false);
    world.must(1, 0, &command);
    world.exchange();
    let load = Act::Load { transfer, lines: Vec::new(), vehicle: Vehicle::Truck, paper: None };
    let command = world.ledger(load, false);
    let shipment = command.act();
    world.must(0, 1, &command);
    world.exchange();
    assert_eq!(status(&world, 1), Status::UnderWay);

    let receive = |accepted, missing, reason| Act::Receive {
        giver: giver.clone(),
        transfer,
        shipment,
        store: to_store.clone(),
        lines: vec![FoundLine {
            line: 0,
            accepted: grams(accepted),
            rejected: grams(0),
            missing: grams(missing),
            excess: grams(0),
            reason,
        }],
    };
    let wrong = world.ledger(receive(5_900_000, 0, None), false);
    let refused = world.decide(1, 1, &wrong).unwrap_err();
    assert!(matches!(refused, Refused::Ledger(Refusal::DoesNotAddUp { line: 0, .. })), "{refused}");
    let silent = world.ledger(receive(5_975_000, 25_000, None), false);
    assert!(matches!(world.decide(1, 1, &silent).unwrap_err(), Refused::Ledger(Refusal::ReasonMissing(0))));
    let arrived = world.ledger(receive(5_975_000, 25_000, Some(Reason::NotKnownYet)), false);
    world.must(1, 1, &arrived);
    world.exchange();
    assert_eq!(status(&world, 0), Status::Unsettled, "a missing sack stays open");
    // The sack turns up behind the others: the receipt is stated again.
    let stale = world.ledger(receive(6_000_000, 0, None), false);
    let Decided::Ask(questions) = world.decide(1, 1, &stale).unwrap() else { panic!("nothing is asked") };
    assert!(
        matches!(questions[..], [Question::ArrivedAlready { accepted, .. }] if accepted == grams(5_975_000))
    );
    let found = world.ledger(receive(6_000_000, 0, None), true);
    let causes = world.must(1, 1, &found);
    assert_eq!(status(&world, 1), Status::Done);

    // The agreed rule closes the need, once, under its own name.
    let cause = *causes.last().unwrap();
    let received = world.towns[1].log.last().unwrap().2.clone();
    let reactions = policy::react(&world.towns[1].book, cause, &received, world.now);
    assert_eq!(reactions.len(), 1);
    assert_eq!(reactions, policy::react(&world.towns[1].book, cause, &received, world.now));
    let book = &world.towns[1].book;
    match book.decide(&reactions[0].command, &reactions[0].who, world.now).unwrap() {
        Decided::Facts(facts) => {
            assert!(facts[0].0.actor.is_none() && facts[0].0.grant.is_none());
            let (stamp, fact) = facts[0].clone();
            world.towns[1].write(stamp, fact);
        }
        asked => panic!("{asked:?}"),
    }
    assert!(world.towns[1].book.ledger().need(&taker, need).unwrap().closed().is_some());
    assert!(policy::react(&world.towns[1].book, cause, &received, world.now).is_empty());

    // Both books hold the same stock book, and a snapshot is the book.
    world.exchange();
    assert_eq!(world.towns[0].book.ledger().digest(), world.towns[1].book.ledger().digest());
    assert_eq!(world.towns[0].book.doubts(), Vec::new());
    let again = Book::from_snapshot(&world.towns[0].book.to_snapshot()).unwrap();
    assert_eq!(again.digest(), world.towns[0].book.digest());
    assert_eq!(again.region().digest(), world.towns[0].book.region().digest());
}

#[test]
fn what_looks_wrong_is_asked_and_then_kept() {
    let mut world = World::new();
    let store = world.store(0);
    let count = |world: &mut World, grams_seen: i64, which: Which, confirmed| {
        let what = Act::Count {
            store: store.clone(),
            item: wheat(),
            which,
            seen: grams(grams_seen),
            method: Method::Counted,
            witness: None,
        };
        world.ledger(what, confirmed)
    };
    let first = count(&mut world, 3_100_000, Which::New { batch: None, expires: None }, false);
    world.must(0, 0, &first);
    let own = world.towns[0].code.clone();
    let lot = world.towns[0].book.ledger().lots_of(&own, &wheat()).next().unwrap().0;
    let slip = count(&mut world, 312_000_000, Which::Lot(lot), false);
    let asked = world.decide(0, 0, &slip).unwrap();
    let question = Question::Unusual { entered: grams(312_000_000), last: grams(3_100_000) };
    assert_eq!(asked, Decided::Ask(vec![question]));
    let meant = count(&mut world, 312_000_000, Which::Lot(lot), true);
    world.must(0, 0, &meant);
    assert_eq!(world.towns[0].book.ledger().lot(&own, lot).unwrap().balance(), 312_000_000);
    let out = Act::TakeOut {
        lot,
        quantity: grams(400_000_000),
        reason: Reason::Consumed,
        served: None,
        paper: None,
        method: Method::Counted,
    };
    let more_than_there = world.ledger(out, true);
    world.must(0, 0, &more_than_there);
    let state = world.towns[0].book.ledger().lot(&own, lot).unwrap();
    assert_eq!(state.balance(), -88_000_000, "shown below zero, never clamped");
    assert!(state.was_negative());
}

#[test]
fn authority_is_asked_before_anything_else() {
    let mut world = World::new();
    let stranger = Actor::Person(PersonId([99; 16]));
    let note =
        world.ledger(Act::Withdraw { transfer: TransferId([1; 16]), reason: Reason::NeededHere }, false);
    let denied = world.towns[0].book.decide(&note, &stranger, world.now).unwrap_err();
    assert!(matches!(denied, Refused::Denied(_)), "{denied}");
    // A grant that has ended allows nothing, and facts that name it are doubted.
    let late = world.now.plus_days(300);
    let who = Actor::Person(world.towns[0].people[0]);
    assert!(matches!(world.towns[0].book.decide(&note, &who, late).unwrap_err(), Refused::Denied(_)));
    let grant = GrantId(id(2, 0));
    let stamp = Stamp {
        recorded: late,
        actor: Some(world.towns[0].people[0]),
        grant: Some(grant),
        act: EntryId([5; 16]),
    };
    let fact = Fact::Ledger(
        koinon_ledger::fact::NeedClosed { need: NeedId([1; 16]), reason: Reason::NotNeeded }.into(),
    );
    world.towns[0].write(stamp, fact);
    let own = world.towns[0].code.clone();
    assert_eq!(world.towns[0].book.doubts(), vec![Doubt::OutsideGrant(own, grant)]);
}

#[test]
fn a_node_that_was_not_admitted_says_nothing_here() {
    let mut world = World::new();
    let strange = NodeId([77; 32]);
    let community = world.towns[0].code.clone();
    let origin = Origin { node: strange, log: LogId([77; 16]), seq: 0, fact: FactId([77; 32]) };
    let stamp = Stamp { recorded: world.now, actor: None, grant: None, act: EntryId([5; 16]) };
    let before = world.towns[0].book.ledger().digest();
    let claims = Fact::NodeSpeaksFor(koinon_books::NodeSpeaksFor { community });
    let book = &mut world.towns[0].book;
    book.evolve(&origin, &stamp, &claims, &mut |_, _| Vec::new());
    let fact = Fact::Ledger(
        koinon_ledger::fact::NeedClosed { need: NeedId([1; 16]), reason: Reason::NotNeeded }.into(),
    );
    book.evolve(&origin, &stamp, &fact, &mut |_, _| Vec::new());
    assert_eq!(book.ledger().digest(), before);
    assert_eq!(book.community_of(strange), None);
}
