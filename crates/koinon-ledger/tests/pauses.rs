//! Giving and taking set aside and taken up again: who may say so, for how long, and that the order of arrival does not matter.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, missing_docs, reason = "a test may fail loudly")]

use jiff::tz::TimeZone;
use koinon_authority::{Actor, Caps, Granted, Grants, Role, Scope, authorize};
use koinon_core::region::Region;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{
    CommunityCode, Day, Digest, EntryId, FactId, GrantId, ItemCode, LogId, PersonId, PlaceCode, Timestamp,
};
use koinon_ledger::decide::{Context, action_of, decide, resource_of};
use koinon_ledger::fact::{GivingPaused, TakingPaused};
use koinon_ledger::pause::PAUSE_DAYS_MAX;
use koinon_ledger::{Act, Command, Ledger, LedgerFact, Outcome, Provenance, Refusal};
use proptest::prelude::*;

const DAY: i64 = Timestamp::DAY_MS;

fn region() -> Region {
    new_region(3, 3_000, Layout::Ring, 7).unwrap()
}

fn wheat() -> ItemCode {
    ItemCode::new("wheat").unwrap()
}

fn said(
    by: &CommunityCode,
    seq: u64,
    day: i64,
    place: &PlaceCode,
    until: Option<i32>,
) -> (Provenance, LedgerFact) {
    let log = Digest::of("test/log", by.as_str().as_bytes());
    let mut fact = log.0;
    fact[..8].copy_from_slice(&seq.to_be_bytes());
    let provenance = Provenance {
        fact: FactId(fact),
        log: LogId(log.0[..16].try_into().unwrap()),
        seq,
        community: by.clone(),
        recorded: Timestamp::from_millis(day * DAY),
        actor: None,
    };
    (provenance, GivingPaused { place: place.clone(), item: wheat(), until: until.map(Day) }.into())
}

fn book(facts: &[(Provenance, LedgerFact)]) -> Ledger {
    let mut book = Ledger::default();
    for (provenance, fact) in facts {
        book.evolve(provenance, fact, &TimeZone::UTC, &mut |_| Vec::new());
    }
    book
}

fn on(book: &Ledger, region: &Region, day: i32) -> Vec<(String, i32)> {
    book.pauses().on(region, Day(day)).map(|paused| (paused.place.to_string(), paused.until.0)).collect()
}

#[test]
fn the_keepers_last_word_counts_until_its_day() {
    let region = region();
    let codes: Vec<CommunityCode> = region.communities.iter().map(|c| c.code.clone()).collect();
    let (ours, other) = (&codes[0], &codes[1]);
    let place = ours.place();
    let until = |day: i32| vec![(place.to_string(), day)];
    let once = book(&[said(ours, 0, 10, &place, Some(12))]);
    assert_eq!(on(&once, &region, 12), until(12));
    assert_eq!(on(&once, &region, 13), vec![], "it ends by itself");
    let longer = book(&[said(ours, 0, 10, &place, Some(12)), said(ours, 1, 11, &place, Some(20))]);
    assert_eq!(on(&longer, &region, 11), until(20));
    let back = book(&[said(ours, 0, 10, &place, Some(12)), said(ours, 1, 11, &place, None)]);
    assert_eq!(on(&back, &region, 11), vec![], "taken back");
    let stranger = book(&[said(other, 0, 10, &place, Some(12))]);
    assert_eq!(on(&stranger, &region, 11), vec![], "nobody else's word moves anything");
}

#[test]
fn taking_is_set_aside_like_giving_and_beside_it() {
    let region = region();
    let codes: Vec<CommunityCode> = region.communities.iter().map(|c| c.code.clone()).collect();
    let (ours, other) = (&codes[0], &codes[1]);
    let place = ours.place();
    let enough = |by: &CommunityCode, seq, until: Option<i32>| {
        let fact = TakingPaused { place: place.clone(), item: wheat(), until: until.map(Day) };
        (said(by, seq, 10, &place, None).0, fact.into())
    };
    let takings = |facts: &[(Provenance, LedgerFact)]| {
        let book = book(facts);
        assert_eq!(on(&book, &region, 11), vec![], "giving is another matter");
        let all: Vec<i32> = book.takings().on(&region, Day(11)).map(|paused| paused.until.0).collect();
        all
    };
    assert_eq!(takings(&[enough(ours, 0, Some(12))]), [12]);
    assert_eq!(takings(&[enough(ours, 0, Some(12)), enough(ours, 1, None)]), [0; 0]);
    assert_eq!(takings(&[enough(ours, 1, None), enough(ours, 0, Some(12))]), [0; 0], "in any order");
    assert_eq!(takings(&[enough(other, 0, Some(12))]), [0; 0], "nobody else's word moves anything");
}

#[test]
fn only_who_may_promise_may_set_aside_and_for_a_season_at_most() {
    let region = region();
    let own = region.communities[0].code.clone();
    let now = Timestamp::from_millis(100 * DAY);
    let mut grants = Grants::new();
    for (number, role) in [Role::Steward, Role::Guest].into_iter().enumerate() {
        let id = [u8::try_from(number).unwrap() + 1; 16];
        grants.evolve_granted(&Granted {
            grant: GrantId(id),
            subject: PersonId(id),
            role,
            scope: Scope::Community(own.clone()),
            caps: Caps::none(),
            not_before: Timestamp::from_millis(0),
            expires: Timestamp::from_millis(200 * DAY),
            by: None,
            decision: None,
        });
    }
    let ledger = Ledger::default();
    let context = Context { ledger: &ledger, region: &region, own: &own, now, whole: None };
    let today = now.day(&region.zone());
    let ask = |person: u8, place: PlaceCode, item: ItemCode, until: Option<Day>| {
        let taking = Act::PauseTaking { place: place.clone(), item: item.clone(), until };
        let what = Act::PauseGiving { place, item, until };
        let allowed = [&what, &taking].map(|act| {
            let who = Actor::Person(PersonId([person; 16]));
            authorize(&grants, &who, action_of(act), &resource_of(&context, act), now).is_ok()
        });
        assert_eq!(allowed[0], allowed[1], "who may promise may say no, and who may not may neither");
        let who = Actor::Person(PersonId([person; 16]));
        let permit = authorize(&grants, &who, action_of(&what), &resource_of(&context, &what), now).ok()?;
        let command = Command { act: EntryId([9; 16]), occurred: now, confirmed: false, what };
        Some(decide(&context, &command, &permit))
    };
    let week = Some(today.plus(7));
    assert!(ask(2, own.place(), wheat(), week).is_none(), "a guest may not");
    let said = ask(1, own.place(), wheat(), week).unwrap().unwrap();
    let fact = GivingPaused { place: own.place(), item: wheat(), until: week };
    assert_eq!(said, Outcome::Facts(vec![fact.into()]));
    assert!(ask(1, own.place(), wheat(), None).unwrap().is_ok());
    let elsewhere = region.communities[1].code.place();
    assert_eq!(ask(1, elsewhere.clone(), wheat(), week).unwrap(), Err(Refusal::NotOurPlace(elsewhere)));
    let gold = ItemCode::new("gold").unwrap();
    assert_eq!(ask(1, own.place(), gold.clone(), week).unwrap(), Err(Refusal::NoSuchItem(gold)));
    for days in [-1, PAUSE_DAYS_MAX + 1] {
        let (found, first, last) = (today.plus(days), today, today.plus(PAUSE_DAYS_MAX));
        let refused = ask(1, own.place(), wheat(), Some(found)).unwrap();
        assert_eq!(refused, Err(Refusal::PauseTooLong { found, first, last }));
    }
}

proptest! {
    #[test]
    fn any_order_gives_one_book(
        words in proptest::collection::vec((0usize..3, 0i64..6, proptest::option::of(0i32..20)), 1..12),
        order in any::<prop::sample::Index>()
    ) {
        let region = region();
        let place = region.communities[0].code.place();
        let facts: Vec<_> = (0..).zip(&words)
            .map(|(seq, (by, day, until))| said(&region.communities[*by].code, seq, *day, &place, *until))
            .collect();
        let mut other = facts.clone();
        other.rotate_left(order.index(facts.len()));
        other.reverse();
        other.extend(facts.clone());
        prop_assert_eq!(book(&facts), book(&other));
    }
}
