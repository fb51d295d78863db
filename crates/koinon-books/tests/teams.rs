//! Teams and missions of the book in the engine's eyes: what it suggests can be promised, and what stands is no choice any more.
#![allow(
    clippy::as_conversions,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod world;

use koinon_aid::fact::{Component, MissionAsked, SkillCount, TeamStated, Word};
use koinon_aid::{Act, Command, Reason};
use koinon_books::{BookCommand, Decided, Refused};
use koinon_core::{CommunityCode, EntryId, MissionCode, SkillCode, TeamName, Timestamp, Urgency};
use koinon_match::teams::{Bar, Rules, plan};
use world::World;

const HOUR: i64 = 3_600_000;

fn nurse() -> SkillCode {
    SkillCode::new("nurse").unwrap()
}

fn team(world: &World, town: usize, name: &str, people: u32) -> Act {
    Act::StateTeam(TeamStated {
        team: TeamName::new(name).unwrap(),
        home: own(world, town).place(),
        components: vec![Component { skills: vec![nurse()], people }],
        word: Word { willing: true, first: None, last: None, way_minutes_max: None },
        notice_minutes: 30,
        self_sufficient_hours: 0,
        closed: false,
    })
}

fn mission(world: &World, town: usize, from: i64, until: i64, days: u16, people: u32) -> Act {
    Act::AskMission(MissionAsked {
        mission: MissionCode::new("flood").unwrap(),
        place: own(world, town).place(),
        urgency: Urgency::MustHave,
        start: world.now.plus_millis(from * HOUR),
        end: world.now.plus_millis(until * HOUR),
        days,
        asks: vec![SkillCount { skill: nurse(), people }],
        self_sufficient_hours: 0,
    })
}

fn own(world: &World, town: usize) -> CommunityCode {
    world.towns[town].book.own().unwrap().clone()
}

fn command(world: &mut World, what: Act) -> BookCommand {
    let act = world.act();
    BookCommand::Aid(Command { act, occurred: world.now, confirmed: false, what })
}

fn must(world: &mut World, town: usize, what: Act) -> EntryId {
    let command = command(world, what);
    world.must(town, 1, &command);
    world.exchange();
    command.act()
}

fn promise(world: &World, name: &str) -> Act {
    Act::Promise {
        team: TeamName::new(name).unwrap(),
        asker: own(world, 1),
        mission: MissionCode::new("flood").unwrap(),
        suggestion: None,
    }
}

#[test]
fn the_book_and_the_engine_keep_the_same_rules() {
    assert_eq!(koinon_books::book::teams::rules(), Rules::default());
    assert_eq!(
        usize::from(koinon_aid::fact::DAYS_MAX),
        usize::try_from(koinon_match::teams::DAYS_MAX).unwrap()
    );
    assert_eq!(koinon_aid::fact::SKILLS_MAX, koinon_match::teams::SKILLS_MAX);
}

#[test]
fn what_the_engine_suggests_can_be_promised_and_then_it_is_no_choice_any_more() {
    let mut world = World::new();
    for name in ["a", "b"] {
        let act = team(&world, 0, name, 2);
        must(&mut world, 0, act);
    }
    let act = mission(&world, 1, 6, 10, 1, 4);
    must(&mut world, 1, act);
    for book in [&world.towns[0].book, &world.towns[1].book] {
        let made = book.team_problem(world.now);
        let plan = plan(&made.problem).unwrap();
        assert_eq!(plan.deployments.len(), 1, "one of the two stays at home");
        let (asker, code) = &made.missions[&plan.deployments[0].mission];
        assert_eq!((asker.as_str(), code.as_str()), (own(&world, 1).as_str(), "flood"));
        assert!(matches!(&plan.open[0].reasons[0].bar, Bar::CrewAway(_)), "{:?}", plan.open);
    }
    let made = world.towns[0].book.team_problem(world.now);
    let suggested = plan(&made.problem).unwrap().deployments[0].clone();
    let act = promise(&world, suggested.team.name.as_str());
    let id = must(&mut world, 0, act);
    let trip = world.towns[1].book.aid().promise(&own(&world, 0), id).unwrap().promised().unwrap().clone();
    let shown = |at: Timestamp| at.civil(&world.towns[0].book.zone());
    assert_eq!(shown(trip.leaves).minute(), i8::try_from(suggested.leaves.minute % 60).unwrap());
    let minutes = (trip.home_again.as_millis() - trip.leaves.as_millis()) / 60_000;
    assert_eq!(minutes, suggested.duty_minutes);
    // Two of four are promised; the other team would leave nobody at home.
    let made = world.towns[1].book.team_problem(world.now);
    assert_eq!(made.problem.missions[0].asks[0].people, 2);
    let again = plan(&made.problem).unwrap();
    assert!(again.deployments.is_empty());
    let other = if suggested.team.name.as_str() == "a" { "b" } else { "a" };
    let act = promise(&world, other);
    let refused = command(&mut world, act);
    let why = world.decide(0, 1, &refused).unwrap_err();
    assert!(matches!(why, Refused::Aid(koinon_aid::Refusal::CrewFloor { stay: 0, keep: 1, .. })), "{why}");
    // A no sets it free.
    let home = own(&world, 0);
    must(&mut world, 1, Act::Decline { home, promise: id, reason: Reason::Other });
    let made = world.towns[0].book.team_problem(world.now);
    assert_eq!(made.problem.missions[0].asks[0].people, 4);
    assert_eq!(plan(&made.problem).unwrap().deployments.len(), 1);
}

#[test]
fn while_days_are_promised_a_team_is_suggested_for_nothing_between_them() {
    let mut world = World::new();
    for name in ["a", "b"] {
        let act = team(&world, 0, name, 1);
        must(&mut world, 0, act);
    }
    let act = mission(&world, 1, 24, 28, 4, 1);
    must(&mut world, 1, act);
    let act = promise(&world, "a");
    must(&mut world, 0, act);
    // The mission is stated anew for the day between, and wants one more.
    let mut between = mission(&world, 1, 54, 56, 1, 2);
    if let Act::AskMission(asked) = &mut between {
        asked.mission = MissionCode::new("between").unwrap();
    }
    must(&mut world, 1, between);
    let made = world.towns[0].book.team_problem(world.now);
    let busy = made.problem.teams.iter().find(|team| team.code.name.as_str() == "a").unwrap();
    let home = made.problem.now.day.plus(4);
    assert!(busy.word.first.unwrap() >= home, "{busy:?}");
    assert!(busy.past_duty_minutes >= 4 * 4 * 60, "what stands before it is counted");
    let found = plan(&made.problem).unwrap();
    assert!(found.deployments.is_empty(), "'a' is away and 'b' is what stays at home");
}

#[test]
fn a_closed_route_is_no_way() {
    let mut world = World::new();
    for name in ["a", "b"] {
        let act = team(&world, 0, name, 1);
        must(&mut world, 0, act);
    }
    let act = mission(&world, 1, 6, 10, 1, 1);
    must(&mut world, 1, act);
    let asks = promise(&world, "a");
    let asks = command(&mut world, asks);
    assert!(matches!(world.decide(0, 1, &asks).unwrap(), Decided::Facts(_)));
    let region = world.towns[0].book.region().clone();
    let here = own(&world, 0).place();
    let today = world.now.day(&region.zone());
    let reason = koinon_ledger::fact::RouteReason::Flood;
    for road in region.corridors.iter().filter(|road| road.from == here || road.to == here) {
        let closed = Some(koinon_ledger::fact::RouteClosed { reason, from: today, until: None });
        let what = koinon_ledger::Act::StateRoute { corridor: road.code.clone(), closed };
        let close = world.ledger(what, true);
        world.must(0, 1, &close);
    }
    let why = world.decide(0, 1, &asks).unwrap_err();
    assert!(matches!(why, Refused::Aid(koinon_aid::Refusal::NoWay(..))), "{why}");
    assert!(world.towns[0].book.team_problem(world.now).problem.ways.is_empty());
}
