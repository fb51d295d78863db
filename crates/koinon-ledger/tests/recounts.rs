//! Asking for a count: who may ask, for how long, what answers it, and that the order of arrival does not matter.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, missing_docs, reason = "a test may fail loudly")]

use jiff::tz::TimeZone;
use koinon_authority::{Actor, Caps, Granted, Grants, Role, Scope, authorize};
use koinon_core::region::Region;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{
    CommunityCode, Day, Digest, Dimension, EntryId, FactId, GrantId, ItemCode, LogId, LotId, PersonId,
    PlaceCode, Quantity, Timestamp,
};
use koinon_ledger::decide::{Context, action_of, decide, resource_of};
use koinon_ledger::fact::{CountAsked, Counted, Method, NewBatch};
use koinon_ledger::recount::ASK_DAYS_MAX;
use koinon_ledger::{Act, Command, Ledger, LedgerFact, Outcome, Provenance, Refusal};
use proptest::prelude::*;

const DAY: i64 = Timestamp::DAY_MS;

fn region() -> Region {
    new_region(3, 3_000, Layout::Ring, 7).unwrap()
}

fn wheat() -> ItemCode {
    ItemCode::new("wheat").unwrap()
}

fn provenance(by: &CommunityCode, seq: u64, day: i64) -> Provenance {
    let log = Digest::of("test/log", by.as_str().as_bytes());
    let mut fact = log.0;
    fact[..8].copy_from_slice(&seq.to_be_bytes());
    Provenance {
        fact: FactId(fact),
        log: LogId(log.0[..16].try_into().unwrap()),
        seq,
        community: by.clone(),
        recorded: Timestamp::from_millis(day * DAY),
        actor: None,
    }
}

fn asked(
    by: &CommunityCode,
    seq: u64,
    day: i64,
    place: &PlaceCode,
    until: Option<i32>,
) -> (Provenance, LedgerFact) {
    let fact = CountAsked { place: place.clone(), item: wheat(), until: until.map(Day) };
    (provenance(by, seq, day), fact.into())
}

fn counted(
    region: &Region,
    by: &CommunityCode,
    seq: u64,
    day: i64,
    item: &ItemCode,
    witness: bool,
) -> (Provenance, LedgerFact) {
    let store = region.stores_of(&by.place()).next().unwrap().code.clone();
    let fact = Counted {
        entry: EntryId([u8::try_from(seq).unwrap(); 16]),
        lot: LotId([u8::try_from(seq).unwrap(); 16]),
        seen: Quantity::new(9_000, Dimension::Mass).unwrap(),
        occurred: Timestamp::from_millis(day * DAY),
        method: Method::Counted,
        witness: witness.then_some(PersonId([9; 16])),
        opens: Some(NewBatch { item: item.clone(), store, batch: None, expires: None }),
    };
    (provenance(by, seq, day), fact.into())
}

fn book(facts: &[(Provenance, LedgerFact)]) -> Ledger {
    let mut book = Ledger::default();
    for (provenance, fact) in facts {
        book.evolve(provenance, fact, &TimeZone::UTC, &mut |_| Vec::new());
    }
    book
}

fn open(book: &Ledger, region: &Region, day: i32) -> Vec<(String, i32)> {
    book.counts_asked(region, Day(day)).map(|asked| (asked.by.to_string(), asked.until.0)).collect()
}

#[test]
fn a_count_is_asked_for_until_it_is_made_or_its_day_is_over() {
    let region = region();
    let codes: Vec<CommunityCode> = region.communities.iter().map(|c| c.code.clone()).collect();
    let (us, them) = (&codes[0], &codes[1]);
    let place = them.place();
    let ask = asked(us, 0, 10, &place, Some(12));
    let stands = vec![(us.to_string(), 12)];
    let of = |more: &[(Provenance, LedgerFact)]| {
        let facts: Vec<_> = std::iter::once(ask.clone()).chain(more.iter().cloned()).collect();
        open(&book(&facts), &region, 12)
    };
    assert_eq!(of(&[]), stands);
    assert_eq!(open(&book(std::slice::from_ref(&ask)), &region, 13), vec![], "it ends by itself");
    assert_eq!(
        of(&[counted(&region, them, 1, 9, &wheat(), false)]),
        stands,
        "a count before it is no answer"
    );
    assert_eq!(of(&[counted(&region, them, 1, 11, &wheat(), false)]), vec![], "a count after it is one");
    let rice = ItemCode::new("maize").unwrap();
    assert_eq!(of(&[counted(&region, them, 1, 11, &rice, false)]), stands, "of something else is none");
    assert_eq!(of(&[counted(&region, us, 1, 11, &wheat(), false)]), stands, "elsewhere is none");
    assert_eq!(of(&[asked(us, 1, 11, &place, None)]), vec![], "taken back");
    let two = of(&[asked(&codes[2], 0, 11, &place, Some(20))]);
    assert_eq!(two.len(), 2, "each asks for itself: {two:?}");
}

#[test]
fn whether_a_visitor_counted_too_is_kept() {
    let region = region();
    let them = region.communities[1].code.clone();
    let seen = |witness: bool| {
        let book = book(&[counted(&region, &them, 1, 11, &wheat(), witness)]);
        let (_, lot) = book.lots_of(&them, &wheat()).next().unwrap();
        lot.last_count().unwrap()
    };
    assert!(seen(true).witnessed && !seen(false).witnessed);
    assert_eq!((seen(true).seen, seen(true).method), (9_000, Method::Counted));
}

#[test]
fn whoever_may_state_a_need_may_ask_anybody_for_a_month_at_most() {
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
    let ask = |person: u8, place: &str, item: &str, until: Option<Day>| {
        let (place, item) = (PlaceCode::new(place).unwrap(), ItemCode::new(item).unwrap());
        let what = Act::AskCount { place, item, until };
        let who = Actor::Person(PersonId([person; 16]));
        let permit = authorize(&grants, &who, action_of(&what), &resource_of(&context, &what), now).ok()?;
        let command = Command { act: EntryId([9; 16]), occurred: now, confirmed: false, what };
        Some(decide(&context, &command, &permit))
    };
    let week = Some(today.plus(7));
    let there = region.communities[1].code.as_str();
    assert!(ask(2, there, "wheat", week).is_none(), "a guest may not");
    let said = ask(1, there, "wheat", week).unwrap().unwrap();
    let fact = CountAsked { place: PlaceCode::new(there).unwrap(), item: wheat(), until: week };
    assert_eq!(said, Outcome::Facts(vec![fact.into()]));
    assert!(ask(1, there, "wheat", None).unwrap().is_ok());
    let nowhere = PlaceCode::new("nowhere").unwrap();
    assert_eq!(ask(1, "nowhere", "wheat", week).unwrap(), Err(Refusal::NoSuchPlace(nowhere)));
    let gold = ItemCode::new("gold").unwrap();
    assert_eq!(ask(1, there, "gold", week).unwrap(), Err(Refusal::NoSuchItem(gold)));
    for days in [-1, ASK_DAYS_MAX + 1] {
        let (found, first, last) = (today.plus(days), today, today.plus(ASK_DAYS_MAX));
        let refused = ask(1, there, "wheat", Some(found)).unwrap();
        assert_eq!(refused, Err(Refusal::AskTooLong { found, first, last }));
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
            .map(|(seq, (by, day, until))| asked(&region.communities[*by].code, seq, *day, &place, *until))
            .collect();
        let mut other = facts.clone();
        other.rotate_left(order.index(facts.len()));
        other.reverse();
        other.extend(facts.clone());
        prop_assert_eq!(book(&facts), book(&other));
    }
}
