//! Routes closed and open again: who may say so, whose word counts, and that the order of arrival does not matter.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

use jiff::tz::TimeZone;
use koinon_authority::{Actor, Caps, Denied, Granted, Grants, Permit, Role, Scope, authorize};
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::region::{Corridor, Hub, Region};
use koinon_core::{
    CommunityCode, CorridorCode, Day, EntryId, FactId, GrantId, LogId, PersonId, PlaceCode, Timestamp,
};
use koinon_ledger::decide::{Context, action_of, decide, resource_of};
use koinon_ledger::fact::{RouteClosed, RouteReason, RouteStated};
use koinon_ledger::{Act, Command, Ledger, LedgerFact, Outcome, Provenance, Refusal};
use proptest::prelude::*;

const NOON: i64 = Timestamp::DAY_MS / 2;

fn region() -> Region {
    new_region(4, 4_000, Layout::Ring, 7).unwrap()
}

fn on(day: i32) -> Timestamp {
    Timestamp::from_millis(i64::from(day) * Timestamp::DAY_MS + NOON)
}

fn closed(from: i32, until: Option<i32>) -> RouteClosed {
    RouteClosed { reason: RouteReason::Flood, from: Day(from), until: until.map(Day) }
}

/// A statement by a community, recorded at an instant as the `seq`th of its log.
fn said(
    by: &CommunityCode,
    seq: u64,
    recorded: Timestamp,
    corridor: &CorridorCode,
    closed: Option<RouteClosed>,
) -> (Provenance, LedgerFact) {
    let log = koinon_core::Digest::of("test/log", by.as_str().as_bytes());
    let mut fact = log.0;
    fact[..8].copy_from_slice(&seq.to_be_bytes());
    let provenance = Provenance {
        fact: FactId(fact),
        log: LogId(log.0[..16].try_into().unwrap()),
        seq,
        community: by.clone(),
        recorded,
        actor: None,
    };
    (provenance, RouteStated { corridor: corridor.clone(), closed }.into())
}

fn book(facts: &[(Provenance, LedgerFact)]) -> Ledger {
    let mut book = Ledger::default();
    for (provenance, fact) in facts {
        book.evolve(provenance, fact, &TimeZone::UTC, &mut |_| Vec::new());
    }
    book
}

/// A road of the ring with the communities at its ends, and one that is at neither.
fn road(region: &Region) -> (&Corridor, [CommunityCode; 2], CommunityCode) {
    let ends_of = |c: &Corridor| [c.from.community(), c.to.community()];
    let known = |c: &Corridor| ends_of(c).iter().all(|end| region.community(end).is_some());
    let corridor = region.corridors.iter().find(|c| known(c)).unwrap();
    let ends = ends_of(corridor);
    let other = region.communities.iter().map(|c| c.code.clone()).find(|c| !ends.contains(c)).unwrap();
    (corridor, ends, other)
}

/// By whom, recorded on which day, and what.
type Words<'a> = Vec<(&'a CommunityCode, i32, Option<RouteClosed>)>;

#[test]
fn a_route_is_closed_while_either_end_says_so_and_its_window_lasts() {
    let region = region();
    let (corridor, [a, b], other) = road(&region);
    let code = &corridor.code;
    let flood = Some(closed(10, Some(12)));
    let for_good = Some(closed(10, None));
    // What was said (by whom, recorded on, what), and on which of the days 9 to 14 the route is closed.
    let cases: [(Words<'_>, &[i32]); 8] = [
        (vec![], &[]),
        (vec![(&a, 10, flood)], &[10, 11, 12]),
        (vec![(&b, 10, for_good)], &[10, 11, 12, 13, 14]),
        (vec![(&a, 10, for_good), (&a, 11, None)], &[]),
        (vec![(&a, 10, for_good), (&b, 11, None)], &[10, 11, 12, 13, 14]),
        (vec![(&a, 10, flood), (&b, 10, Some(closed(11, Some(13))))], &[10, 11, 12, 13]),
        (vec![(&a, 10, None), (&a, 11, flood)], &[10, 11, 12]),
        (vec![(&other, 10, for_good)], &[]),
    ];
    for (words, days) in cases {
        let facts: Vec<_> =
            (0..).zip(&words).map(|(n, (by, day, what))| said(by, n, on(*day), code, *what)).collect();
        let book = book(&facts);
        let found: Vec<i32> =
            (9..15).filter(|day| book.routes().closed_on(&region, corridor, Day(*day)).is_some()).collect();
        assert_eq!(found, days, "{words:?}");
    }
}

#[test]
fn the_keeper_speaks_for_its_hub_and_the_longest_word_is_named() {
    let mut region = region();
    let (corridor, [a, b], keeper) = road(&region);
    let code = corridor.code.clone();
    let hub = PlaceCode::new("dock").unwrap();
    let at = region.corridors.iter().position(|c| c.code == code).unwrap();
    region.corridors[at].to = hub.clone();
    let like = region.hubs[0].clone();
    region.hubs.push(Hub { code: hub, name: "Dock".into(), keeper: keeper.clone(), ..like });
    let facts = [
        said(&a, 0, on(10), &code, Some(closed(10, Some(11)))),
        said(&b, 0, on(10), &code, Some(closed(10, None))),
        said(&keeper, 0, on(10), &code, Some(closed(10, Some(13)))),
    ];
    let book = book(&facts);
    let corridor = region.corridor(&code).unwrap();
    let word = book.routes().closed_on(&region, corridor, Day(10)).unwrap();
    assert_eq!((word.by, word.recorded), (&keeper, on(10)), "b is no end any more");
    assert_eq!(book.routes().closed_from(&region, corridor, Day(12)).len(), 1);
}

fn ask(
    region: &Region,
    own: &CommunityCode,
    role: Role,
    scope: Scope,
    what: Act,
) -> Result<Outcome, Box<dyn std::error::Error>> {
    let ledger = Ledger::default();
    let now = on(10);
    let context = Context { ledger: &ledger, region, own, now, whole: None };
    let person = PersonId([1; 16]);
    let mut grants = Grants::new();
    grants.evolve_granted(&Granted {
        grant: GrantId([2; 16]),
        subject: person,
        role,
        scope,
        caps: Caps::none(),
        not_before: Timestamp::from_millis(0),
        expires: now.plus_days(30),
        by: None,
        decision: None,
    });
    let actor = if role == Role::Meter { Actor::Meter(person) } else { Actor::Person(person) };
    let permit: Permit = authorize(&grants, &actor, action_of(&what), &resource_of(&context, &what), now)?;
    let command = Command { act: EntryId([3; 16]), occurred: now, confirmed: false, what };
    Ok(decide(&context, &command, &permit)?)
}

#[test]
fn members_of_an_end_may_say_it_whatever_their_store_and_nobody_else() {
    let region = region();
    let (corridor, [own, _], other) = road(&region);
    let close = |code: &CorridorCode, from, until| Act::StateRoute {
        corridor: code.clone(),
        closed: Some(closed(from, until)),
    };
    let whole = Scope::Community(own.clone());
    let store = region.stores_of(&own.place()).next().unwrap().code.clone();
    for (role, scope, may) in [
        (Role::Steward, whole.clone(), true),
        (Role::Facilitator, whole.clone(), true),
        (Role::Coordinator, whole.clone(), true),
        (Role::Coordinator, Scope::Store(own.clone(), store), true),
        (Role::Guest, whole.clone(), false),
        (Role::Meter, whole.clone(), false),
    ] {
        let answer = ask(&region, &own, role, scope, close(&corridor.code, 10, None));
        match answer {
            Ok(outcome) => {
                let fact = RouteStated { corridor: corridor.code.clone(), closed: Some(closed(10, None)) };
                assert_eq!(outcome, Outcome::Facts(vec![fact.into()]));
                assert!(may, "{role}");
            }
            Err(why) => assert!(!may && why.is::<Denied>(), "{role}: {why}"),
        }
    }
    let refused = |own: &CommunityCode, act| {
        let why = ask(&region, own, Role::Steward, Scope::Community(own.clone()), act).unwrap_err();
        *why.downcast::<Refusal>().unwrap()
    };
    let nowhere = CorridorCode::new("nowhere").unwrap();
    assert_eq!(refused(&own, close(&nowhere, 10, None)), Refusal::NoSuchRoute(nowhere));
    let code = corridor.code.clone();
    assert_eq!(refused(&other, close(&code, 10, None)), Refusal::NotOurRoute(code.clone()));
    assert_eq!(refused(&own, close(&code, 10, Some(9))), Refusal::DayOrder(Day(9), Day(10)));
}

proptest! {
    /// Any order of the same statements, with any repetitions and in any two parts, gives one book.
    #[test]
    fn any_order_of_statements_gives_one_book(
        words in prop::collection::vec(
            (0usize..4, 0usize..5, 0i64..6, prop::option::of((0i32..9, prop::option::of(0i32..12)))),
            1..40,
        ),
        order in prop::collection::vec(any::<prop::sample::Index>(), 80),
    ) {
        let region = region();
        let facts: Vec<_> = (0..).zip(&words).map(|(seq, (by, which, recorded, what))| {
            // Many are recorded in the same millisecond, so that the log and the number decide.
            let by = &region.communities[*by].code;
            let corridor = &region.corridors[*which % region.corridors.len()].code;
            let closed = what.map(|(from, until)| closed(from, until));
            said(by, seq, Timestamp::from_millis(*recorded), corridor, closed)
        }).collect();
        let plain = book(&facts);
        let mut shuffled: Vec<_> = order.iter().map(|at| at.get(&facts).clone()).collect();
        shuffled.extend(facts.iter().rev().cloned());
        let other = book(&shuffled);
        prop_assert_eq!(other.digest(), plain.digest());
        let bytes = minicbor::to_vec(&plain).unwrap();
        prop_assert_eq!(&minicbor::decode::<Ledger>(&bytes).unwrap(), &plain);
        // The last word of each end, found the slow way.
        for corridor in &region.corridors {
            let last = |by: &CommunityCode| {
                let own = facts.iter().filter(|(p, f)| {
                    p.community == *by && matches!(f, LedgerFact::RouteStated(f) if f.corridor == corridor.code)
                });
                own.max_by_key(|(p, _)| p.rev()).map(|(_, fact)| fact.clone())
            };
            let ends = koinon_ledger::route::ends(&region, corridor);
            for day in (0..13).map(Day) {
                let slow = ends.iter().filter_map(last).any(|fact| {
                    let LedgerFact::RouteStated(RouteStated { closed: Some(c), .. }) = fact else { return false };
                    c.from <= day && c.until.is_none_or(|until| day <= until)
                });
                prop_assert_eq!(other.routes().closed_on(&region, corridor, day).is_some(), slow);
            }
        }
    }
}
