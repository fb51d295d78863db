//! Acts on one's own stock: first expired first, below zero, kits, moves, corrections, holds and recalls.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod world;

use koinon_books::{BookCommand, Decided, Refused};
use koinon_core::{Day, Dimension, EntryId, ItemCode, LotId, NeedId, OfferId, Quantity, TransferId};
use koinon_ledger::command::{Which, Wished};
use koinon_ledger::fact::{Method, PrintedMark, Served, Urgency};
use koinon_ledger::lot::Standing;
use koinon_ledger::{Act, Question, Reason, Refusal};
use world::{World, grams, wheat};

fn take_in(world: &World, quantity: Quantity, batch: &str, expires: Option<Day>) -> Act {
    Act::TakeIn {
        store: world.store(0),
        item: wheat(),
        batch: Some(PrintedMark::new(batch).unwrap()),
        expires,
        quantity,
        reason: Reason::Harvested,
        paper: None,
        method: Method::Counted,
    }
}

fn enter(world: &mut World, what: Act) -> EntryId {
    let command = world.ledger(what, true);
    let act = command.act();
    world.must(0, 0, &command);
    act
}

fn refused(world: &mut World, what: Act) -> Refusal {
    let command = world.ledger(what, true);
    match world.decide(0, 0, &command) {
        Err(Refused::Ledger(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn lots(world: &World) -> Vec<(LotId, i128)> {
    let own = world.towns[0].code.clone();
    let store = world.store(0);
    let lots = world.towns[0].book.ledger().lots_in(&own, &store, &wheat());
    lots.into_iter().map(|(id, lot)| (id, lot.balance())).collect()
}

#[test]
fn what_expires_first_is_used_first_and_more_than_there_shows_below_zero() {
    let mut world = World::new();
    let today = world.today();
    let late = take_in(&world, grams(500), "LATE", Some(today.plus(90)));
    let soon = take_in(&world, grams(300), "SOON", Some(today.plus(9)));
    enter(&mut world, late);
    enter(&mut world, soon);
    let use_up = |world: &World, n| Act::Use {
        store: world.store(0),
        item: wheat(),
        quantity: grams(n),
        reason: Reason::HandedOut,
        served: Some(Served { people: 7, households: 2 }),
        method: Method::Counted,
    };
    let some = use_up(&world, 400);
    enter(&mut world, some);
    assert_eq!(lots(&world).iter().map(|(_, n)| *n).collect::<Vec<_>>(), [0, 400]);
    let too_much = use_up(&world, 450);
    let command = world.ledger(too_much.clone(), false);
    let asked = world.decide(0, 0, &command).unwrap();
    assert_eq!(asked, Decided::Ask(vec![Question::BelowZero { on_hand: grams(400), taken: grams(450) }]));
    enter(&mut world, too_much);
    assert_eq!(lots(&world).iter().map(|(_, n)| *n).sum::<i128>(), -50);
}

#[test]
fn a_correction_names_its_entry_and_can_take_it_back() {
    let mut world = World::new();
    let opening = take_in(&world, grams(1_000), "A", None);
    let entry = enter(&mut world, opening);
    let (lot, _) = lots(&world)[0];
    let correct = |quantity, target| Act::Correct { lot, target, quantity, reason: Reason::EntryError };
    enter(&mut world, correct(Some(grams(900)), entry));
    assert_eq!(lots(&world)[0].1, 900);
    enter(&mut world, correct(None, entry));
    assert_eq!(lots(&world)[0].1, 0);
    let own = world.towns[0].code.clone();
    let card: Vec<Standing> =
        world.towns[0].book.ledger().lot(&own, lot).unwrap().card().map(|line| line.standing).collect();
    assert_eq!(card, [Standing::TakenBack]);
    let nowhere = EntryId([200; 16]);
    assert_eq!(refused(&mut world, correct(None, nowhere)), Refusal::NoSuchEntry(lot, nowhere));
}

#[test]
fn a_first_figure_that_is_what_all_use_in_ten_years_is_asked_about() {
    let mut world = World::new();
    let daily = {
        let own = world.towns[0].code.clone();
        let today = world.today();
        world.towns[0].book.region().need_per_day(&wheat(), &own, today).unwrap().amount()
    };
    let huge = grams(daily * 4_000);
    for what in [
        take_in(&world, huge, "A", None),
        Act::Count {
            store: world.store(0),
            item: wheat(),
            which: Which::New { batch: None, expires: None },
            seen: huge,
            method: Method::Counted,
            witness: None,
        },
    ] {
        let command = world.ledger(what.clone(), false);
        let decided = world.decide(0, 0, &command).unwrap();
        assert_eq!(
            decided,
            Decided::Ask(vec![Question::LongStock { entered: huge, days: 4_000 }]),
            "{what:?}"
        );
    }
    let much = take_in(&world, grams(daily * 3_000), "A", None);
    let command = world.ledger(much, false);
    assert!(matches!(world.decide(0, 0, &command).unwrap(), Decided::Facts(_)));
}

#[test]
fn what_looks_wrong_is_asked_about_and_never_blocks() {
    let mut world = World::new();
    let (day, store) = (world.today(), world.store(0));
    let opening = take_in(&world, grams(80_000), "A", None);
    enter(&mut world, opening);
    let count = |batch: &str, seen: i64| Act::Count {
        store: store.clone(),
        item: wheat(),
        which: Which::New { batch: Some(PrintedMark::new(batch).unwrap()), expires: None },
        seen: grams(seen),
        method: Method::Counted,
        witness: None,
    };
    let need_by = |amount: i64, by| Act::StateNeed {
        need: NeedId([9; 16]),
        item: wheat(),
        store: store.clone(),
        quantity: grams(amount),
        urgency: Urgency::MustHave,
        by,
        every_days: None,
        people: None,
    };
    let need = |amount: i64| need_by(amount, day);
    let offer = |amount: i64| Act::MakeOffer {
        offer: OfferId([9; 16]),
        item: wheat(),
        store: store.clone(),
        quantity: grams(amount),
        from: day,
        until: day,
        take_please: false,
        return_by: None,
    };
    let cases = [
        (count("B", 90_000), None),
        (count("B", 5), None),
        (count("A", 90_000), Some(Question::AlreadyThere { on_hand: grams(80_000) })),
        (need(1_000_000), None),
        (need_by(1_000_000, day.plus(732)), Some(Question::FarDay { day: day.plus(732) })),
        (offer(80_000), None),
        (offer(80_001), Some(Question::MoreThanHeld { offered: grams(80_001), on_hand: grams(80_000) })),
    ];
    for (what, asked) in cases {
        let name = format!("{what:?}");
        let command = world.ledger(what, false);
        let decided = world.decide(0, 0, &command).unwrap();
        assert_eq!(matches!(decided, Decided::Facts(_)), asked.is_none(), "{name}: {decided:?}");
        assert!(asked.is_none_or(|asked| decided == Decided::Ask(vec![asked])), "{name}");
    }
    let huge = need(900_000_000_000_000);
    let command = world.ledger(huge.clone(), false);
    let decided = world.decide(0, 0, &command).unwrap();
    assert!(
        matches!(&decided, Decided::Ask(asked) if matches!(asked[..], [Question::LongNeed { .. }])),
        "{decided:?}"
    );
    enter(&mut world, huge);
}

#[test]
fn kits_and_moves_keep_the_sum() {
    let mut world = World::new();
    let opening = take_in(&world, grams(10_000), "A", None);
    enter(&mut world, opening);
    let (lot, _) = lots(&world)[0];
    let own = world.towns[0].code.clone();
    let place = own.place();
    let region = koinon_core::Region::clone(world.towns[0].book.region());
    let stores: Vec<_> = region.stores_of(&place).map(|store| store.code.clone()).collect();
    enter(&mut world, Act::Move { lot, to: stores[1].clone(), quantity: grams(4_000) });
    let total: i128 =
        world.towns[0].book.ledger().lots_of(&own, &wheat()).map(|(_, lot)| lot.balance()).sum();
    assert_eq!(total, 10_000);
    let flour = ItemCode::new("wheat-flour").unwrap();
    let made = Act::Make {
        store: stores[0].clone(),
        item: flour.clone(),
        batch: None,
        expires: None,
        quantity: grams(5_000),
        from: vec![(lot, grams(6_000))],
    };
    enter(&mut world, made);
    let book = &world.towns[0].book;
    assert_eq!(book.ledger().lots_of(&own, &flour).map(|(_, lot)| lot.balance()).sum::<i128>(), 5_000);
    assert_eq!(book.ledger().lots_of(&own, &wheat()).map(|(_, lot)| lot.balance()).sum::<i128>(), 4_000);
}

#[test]
fn a_recall_finds_every_place_and_holds_it() {
    let mut world = World::new();
    let opening = take_in(&world, grams(10_000), "BAD-1", None);
    enter(&mut world, opening);
    let batch = PrintedMark::new("BAD-1").unwrap();
    let (lot, _) = lots(&world)[0];
    let own = world.towns[0].code.clone();
    assert_eq!(world.towns[0].book.ledger().available(&own, lot), 10_000);
    // The other community calls the batch back; it is held here as soon as that is heard.
    let recall = Act::Recall { item: wheat(), batch, stands: true, reason: Reason::Recall };
    let command = world.ledger(recall, true);
    world.must(1, 0, &command);
    world.exchange();
    assert_eq!(world.towns[0].book.ledger().available(&own, lot), 0);
    let transfer = TransferId([5; 16]);
    let today = world.today();
    let commit = Act::Commit {
        transfer,
        from: own.place(),
        to: world.towns[1].code.place(),
        lines: vec![Wished { item: wheat(), lot: None, quantity: grams(1), requested: None }],
        route: Vec::new(),
        leaves: today,
        arrives: today,
        need: None,
        suggestion: None,
        return_by: None,
        standing: None,
    };
    let refusal = refused(&mut world, commit);
    assert!(matches!(refusal, Refusal::NotEnough { .. }), "{refusal}");
}

#[test]
fn bad_commands_are_refused_with_place_and_remedy() {
    let mut world = World::new();
    let store = world.store(0);
    let foreign = world.store(1);
    let count = |item: &str, store: &koinon_core::StoreCode, quantity: Quantity, reason| Act::TakeIn {
        store: store.clone(),
        item: ItemCode::new(item).unwrap(),
        batch: None,
        expires: None,
        quantity,
        reason,
        paper: None,
        method: Method::Counted,
    };
    let pieces = Quantity::new(5, Dimension::Count).unwrap();
    let cases = [
        (
            count("wheat", &foreign, grams(1), Reason::Harvested),
            format!("there is no store '{foreign}' in this community; choose one of its stores"),
        ),
        (
            count("unobtainium", &store, grams(1), Reason::Harvested),
            "the catalogue has no item 'unobtainium'; choose one from the list".into(),
        ),
        (count("wheat", &store, pieces, Reason::Harvested), "'wheat' is counted in g, not in piece".into()),
        (
            count("wheat", &store, grams(0), Reason::Harvested),
            "the amount must be above zero, but is 0 g".into(),
        ),
        (
            count("wheat", &store, grams(-5), Reason::Harvested),
            "the amount may not be below zero, but is -5 g".into(),
        ),
        (
            count("wheat", &store, grams(5), Reason::Spoiled),
            "'spoiled' is not a reason for this; choose another".into(),
        ),
    ];
    for (act, expected) in cases {
        assert_eq!(refused(&mut world, act).to_string(), expected);
    }
}

#[test]
fn a_region_file_keeps_every_code_that_the_book_names() {
    let mut world = World::new();
    let region = koinon_core::Region::clone(world.towns[0].book.region());
    let store = world.store(0);
    let last = region.items.last().unwrap().clone();
    let adopt = |world: &mut World, change: &dyn Fn(&mut koinon_core::Region)| {
        let mut next = region.clone();
        change(&mut next);
        let command = BookCommand::AdoptRegion { act: world.act(), text: next.to_toml() };
        world.decide(0, 0, &command)
    };
    let lacks = |decided: Result<Decided, Refused>| match decided {
        Err(Refused::CodesMissing(codes)) => codes,
        other => panic!("{other:?}"),
    };
    let without_last = |next: &mut koinon_core::Region| next.items.truncate(next.items.len() - 1);
    assert!(matches!(adopt(&mut world, &|_| {}), Ok(Decided::Facts(_))));
    // What the book does not name yet may go.
    let unused = adopt(&mut world, &without_last);
    assert!(matches!(unused, Ok(Decided::Facts(_))), "{unused:?}");
    let batch = Act::TakeIn {
        store: store.clone(),
        item: last.code.clone(),
        batch: None,
        expires: None,
        quantity: Quantity::new(5, last.dimension).unwrap(),
        reason: Reason::Harvested,
        paper: None,
        method: Method::Counted,
    };
    enter(&mut world, batch);
    let without_item = adopt(&mut world, &without_last);
    assert_eq!(lacks(without_item), [format!("item {}", last.code)]);
    let renamed = adopt(&mut world, &|next| {
        let old = next.stores.iter_mut().find(|one| one.code == store).unwrap();
        old.code = koinon_core::StoreCode::new("another").unwrap();
    });
    assert_eq!(lacks(renamed), [format!("store {store}")]);
    // The other town is known here: nobody may forget it.
    let other = world.towns[1].code.clone();
    let own = world.towns[0].code.clone();
    let alone = adopt(&mut world, &|next| {
        next.hubs.iter_mut().for_each(|hub| hub.keeper = own.clone());
        next.communities.retain(|one| one.code != other);
        next.corridors.clear();
        next.stores.retain(|one| one.place != other.place());
    });
    assert_eq!(lacks(alone), [format!("community {other}")]);
}
