//! Care and work of the book in the engine's eyes: what it suggests can be promised, and what is promised is no choice any more.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod world;

use koinon_aid::service::{
    AHEAD_DAYS, AMOUNT_MAX, Act, COUNT_MAX, DayUse, Kind, ServiceAsked, ServiceOffered,
};
use koinon_aid::{Command, Refusal};
use koinon_books::book::services::PLAN_DAYS;
use koinon_books::{BookCommand, Decided, Refused};
use koinon_core::{CommunityCode, EntryId, ServiceCode, TeamName, Urgency};
use koinon_match::capacity::{self, Plan, Why, plan};
use world::World;

/// The one request of each kind.
fn ask_of(kind: Kind) -> EntryId {
    EntryId([if kind == Kind::Care { 8 } else { 9 }; 16])
}

fn own(world: &World, town: usize) -> CommunityCode {
    world.towns[town].book.own().unwrap().clone()
}

fn offer(world: &World, town: usize, kind: Kind, word: &str, per_day: u32) -> Act {
    Act::Offer(ServiceOffered {
        provider: TeamName::new(kind.code()).unwrap(),
        place: own(world, town).place(),
        kind,
        services: vec![ServiceCode::new(word).unwrap()],
        per_day,
        closed: false,
    })
}

fn ask(world: &World, town: usize, (kind, word): (Kind, &str), count: u32, each: u32, by: i32) -> Act {
    Act::Ask(ServiceAsked {
        ask: ask_of(kind),
        place: own(world, town).place(),
        kind,
        service: ServiceCode::new(word).unwrap(),
        count,
        each,
        urgency: Urgency::MustHave,
        by: world.today().plus(by),
    })
}

fn command(world: &mut World, what: Act) -> BookCommand {
    let act = world.act();
    let what = koinon_aid::Act::Service(what);
    BookCommand::Aid(Command { act, occurred: world.now, confirmed: true, what })
}

fn must(world: &mut World, town: usize, what: Act) -> EntryId {
    let command = command(world, what);
    world.must(town, 1, &command);
    world.exchange();
    command.act()
}

fn planned(world: &World, town: usize, kind: Kind) -> Plan {
    plan(&world.towns[town].book.service_problem(kind, world.now).problem).unwrap()
}

/// The promise that follows a suggestion.
fn following(world: &World, kind: Kind, suggested: &capacity::Booking) -> Act {
    let amount =
        |(day, used): &(koinon_core::Day, i64)| DayUse { day: *day, amount: u32::try_from(*used).unwrap() };
    Act::Promise {
        provider: suggested.provider.name.clone(),
        asker: own(world, 1),
        ask: ask_of(kind),
        count: u32::try_from(suggested.count).unwrap(),
        days: suggested.days.iter().map(amount).collect(),
        suggestion: None,
    }
}

#[test]
fn the_book_asks_for_no_more_than_the_engine_takes() {
    assert!(i64::from(COUNT_MAX) <= capacity::AMOUNT_MAX && i64::from(AMOUNT_MAX) <= capacity::AMOUNT_MAX);
    assert!(PLAN_DAYS <= capacity::DAYS_MAX && i64::from(PLAN_DAYS) <= i64::from(AHEAD_DAYS));
}

#[test]
fn what_the_engine_suggests_can_be_promised_and_then_it_is_no_choice_any_more() {
    let mut world = World::new();
    for (kind, word, each, per_day) in [(Kind::Care, "surgery", 1, 2), (Kind::Making, "seal", 70, 150)] {
        let act = offer(&world, 0, kind, word, per_day);
        must(&mut world, 0, act);
        let act = ask(&world, 1, (kind, word), 5, each, 2);
        must(&mut world, 1, act);
        // Each kind is a plan of its own; both books see the same.
        let [one, other] = [0, 1].map(|town| planned(&world, town, kind));
        assert_eq!(one.digest, other.digest);
        assert_eq!((one.bookings.len(), one.bookings[0].count, one.open.len()), (1, 5, 0));
        let other_kind = Kind::ALL.into_iter().find(|other| *other != kind).unwrap();
        assert!(planned(&world, 0, other_kind).bookings.is_empty());
        let act = following(&world, kind, &one.bookings[0]);
        let promise = must(&mut world, 0, act.clone());
        assert!(planned(&world, 1, kind).bookings.is_empty(), "nothing is wanted any more");
        // Pressed twice, it would not fit a second time.
        let again = command(&mut world, act);
        let why = world.decide(0, 1, &again).unwrap_err();
        assert!(matches!(why, Refused::Aid(Refusal::Service(_))), "{why}");
        // A no sets the days free.
        let home = own(&world, 0);
        must(&mut world, 1, Act::Decline { home, promise, reason: koinon_aid::Reason::Other });
        assert_eq!(planned(&world, 0, kind).digest, one.digest);
        // More than there is room for: the rest stays open, and says why.
        let act = ask(&world, 1, (kind, word), 9, each, 2);
        must(&mut world, 1, act);
        let found = planned(&world, 1, kind);
        assert_eq!((found.bookings[0].count, found.open[0].count, found.open[0].why), (6, 3, Why::Full));
        let act = following(&world, kind, &found.bookings[0]);
        must(&mut world, 0, act);
        let found = planned(&world, 1, kind);
        assert_eq!((found.bookings.len(), found.open[0].count), (0, 3));
    }
}

#[test]
fn a_closed_route_is_no_way() {
    let mut world = World::new();
    let act = offer(&world, 0, Kind::Care, "surgery", 2);
    must(&mut world, 0, act);
    let act = ask(&world, 1, (Kind::Care, "surgery"), 1, 1, 2);
    must(&mut world, 1, act);
    let act = following(&world, Kind::Care, &planned(&world, 0, Kind::Care).bookings[0]);
    let promise = command(&mut world, act);
    assert!(matches!(world.decide(0, 1, &promise).unwrap(), Decided::Facts(_)));
    let region = world.towns[0].book.region().clone();
    let here = own(&world, 0).place();
    let (from, reason) = (world.now.day(&region.zone()), koinon_ledger::fact::RouteReason::Flood);
    for road in region.corridors.iter().filter(|road| road.from == here || road.to == here) {
        let closed = Some(koinon_ledger::fact::RouteClosed { reason, from, until: None });
        let what = koinon_ledger::Act::StateRoute { corridor: road.code.clone(), closed };
        let close = world.ledger(what, true);
        world.must(0, 1, &close);
    }
    assert_eq!(planned(&world, 0, Kind::Care).open[0].why, Why::NoWay);
    let why = world.decide(0, 1, &promise).unwrap_err();
    assert!(why.to_string().contains("no way leads from"), "{why}");
}
