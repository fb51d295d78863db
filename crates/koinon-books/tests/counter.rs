//! A counter-offer from both ends: the promise stays set aside, the need keeps its place, and what is promised as asked is agreed.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod world;

use koinon_books::{Decided, Refused};
use koinon_core::{Day, ItemCode, NeedId, Quantity, TransferId};
use koinon_ledger::command::Wished;
use koinon_ledger::fact::Urgency;
use koinon_ledger::transfer::{Reply, Status};
use koinon_ledger::{Act, Reason, Refusal};
use world::{World, grams, id, wheat};

fn item(code: &str) -> ItemCode {
    ItemCode::new(code).unwrap()
}

/// A world in which the first town has wheat and potatoes, and promises wheat for a need of the second.
struct Story {
    world: World,
    transfer: TransferId,
    need: NeedId,
}

impl Story {
    fn new() -> Self {
        let mut story = Self { world: World::new(), transfer: TransferId(id(8, 1)), need: NeedId(id(7, 1)) };
        let to_store = story.world.store(1);
        for code in ["wheat", "potatoes"] {
            story.world.take_in(0, item(code), 90_000_000);
        }
        let by = story.world.today().plus(9);
        let stated = Act::StateNeed {
            need: story.need,
            item: wheat(),
            store: to_store,
            quantity: grams(4_000_000),
            urgency: Urgency::Needed,
            by,
            every_days: None,
            people: None,
        };
        story.must(1, stated);
        story.world.exchange();
        let today = story.world.today();
        story.must(0, story.promise(&[("wheat", 3_000_000)], today));
        story.world.exchange();
        story
    }

    fn must(&mut self, town: usize, act: Act) {
        let command = self.world.ledger(act, true);
        self.world.must(town, 0, &command);
    }

    fn refused(&mut self, act: Act) -> Refusal {
        let command = self.world.ledger(act, true);
        match self.world.decide(1, 0, &command) {
            Err(Refused::Ledger(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    fn promise(&self, what: &[(&str, i64)], day: Day) -> Act {
        let line = |(code, amount): &(&str, i64)| Wished {
            item: item(code),
            lot: None,
            quantity: grams(*amount),
            requested: None,
        };
        Act::Commit {
            transfer: self.transfer,
            from: self.world.towns[0].code.place(),
            to: self.world.towns[1].code.place(),
            lines: what.iter().map(line).collect(),
            route: Vec::new(),
            leaves: day,
            arrives: day,
            need: Some(self.need),
            suggestion: None,
            return_by: None,
            standing: None,
        }
    }

    fn rather(&self, what: &[(&str, i64)], not_before: Option<Day>) -> Act {
        let wants: Vec<(ItemCode, Quantity)> =
            what.iter().map(|(code, amount)| (item(code), grams(*amount))).collect();
        let giver = self.world.towns[0].code.clone();
        Act::Counter { giver, transfer: self.transfer, wants, not_before, reason: Reason::NoRoom }
    }

    fn status(&self, town: usize) -> Status {
        let giver = &self.world.towns[0].code;
        self.world.towns[town].book.ledger().transfer(giver, self.transfer).unwrap().status(giver)
    }

    /// What is set aside, and what of the need is promised, in grams.
    fn standing(&self) -> (i128, i64) {
        let giver = &self.world.towns[0].code;
        let ledger = self.world.towns[0].book.ledger();
        let reserved = ledger.transfer(giver, self.transfer).unwrap().totals(giver).reserved;
        let promised = koinon_match::books::promised(ledger).get(&self.need).copied().unwrap_or(0);
        (reserved, i64::try_from(promised).unwrap())
    }
}

#[test]
fn what_is_promised_stays_set_aside_until_the_giver_has_answered() {
    let mut story = Story::new();
    assert_eq!((story.status(1), story.standing()), (Status::NeedsAnswer, (3_000_000, 3_000_000)));
    let counter = story.rather(&[("wheat", 1_000_000), ("potatoes", 2_000_000)], None);
    story.must(1, counter);
    story.world.exchange();
    for town in [0, 1] {
        assert_eq!(story.status(town), Status::Countered);
    }
    assert_eq!(story.standing(), (3_000_000, 3_000_000), "nothing is free for others meanwhile");
    // Just what was asked for needs no second word.
    let today = story.world.today();
    let as_asked = story.promise(&[("wheat", 1_000_000), ("potatoes", 2_000_000)], today);
    story.must(0, as_asked);
    assert_eq!(story.status(0), Status::Agreed);
    story.world.exchange();
    assert_eq!(story.status(1), Status::Agreed);
    // Two tonnes of the need are open again: potatoes meet no need of wheat.
    assert_eq!(story.standing(), (3_000_000, 1_000_000));
    // The taker can still say no, as long as nothing is loaded.
    let giver = story.world.towns[0].code.clone();
    let no = Act::Refuse { giver, transfer: story.transfer, reason: Reason::NotNeeded };
    story.must(1, no);
    assert_eq!(story.status(1), Status::Refused);
}

/// What is promised anew, after how many days, and where the transfer stands then.
type Case<'a> = (&'a [(&'a str, i64)], i32, Status);

#[test]
fn less_than_asked_is_agreed_and_more_or_sooner_or_other_things_wait() {
    let today = World::new().today();
    let cases: [Case<'_>; 5] = [
        (&[("wheat", 500_000)], 3, Status::Agreed),
        (&[("wheat", 1_000_000)], 2, Status::NeedsAnswer),
        (&[("wheat", 1_000_001)], 3, Status::NeedsAnswer),
        (&[("potatoes", 1)], 3, Status::NeedsAnswer),
        (&[("wheat", 1_000_000), ("potatoes", 1)], 4, Status::NeedsAnswer),
    ];
    for (promise, days, then) in cases {
        let mut story = Story::new();
        let counter = story.rather(&[("wheat", 600_000), ("wheat", 400_000)], Some(today.plus(3)));
        story.must(1, counter);
        story.world.exchange();
        let anew = story.promise(promise, today.plus(days));
        story.must(0, anew);
        assert_eq!(story.status(0), then, "{promise:?} after {days} days");
        // Nothing of it is void: the last word of each counts.
        let giver = story.world.towns[0].code.clone();
        story.world.exchange();
        let yes = Act::Accept { giver: giver.clone(), transfer: story.transfer, less: Vec::new() };
        story.must(1, yes);
        assert_eq!(story.status(1), Status::Agreed);
        let transfer = story.world.towns[1].book.ledger().transfer(&giver, story.transfer).unwrap().clone();
        assert!(matches!(transfer.reply(&giver), Reply::Yes([])));
    }
}

#[test]
fn a_counter_offer_that_says_nothing_is_refused_with_a_remedy() {
    let mut story = Story::new();
    let today = story.world.today();
    let cases: Vec<(Act, Refusal)> = vec![
        (story.rather(&[], None), Refusal::Nothing),
        (story.rather(&[("wheat", 3_000_000)], None), Refusal::AsPromised),
        (story.rather(&[("wheat", 3_000_000)], Some(today)), Refusal::AsPromised),
        (story.rather(&[("wheat", 0)], None), Refusal::NotPositive(grams(0))),
        (story.rather(&[("gold", 5)], None), Refusal::NoSuchItem(item("gold"))),
        (story.rather(&[("wheat", 5)], Some(today.plus(-1))), Refusal::DayOrder(today.plus(-1), today)),
    ];
    for (act, why) in cases {
        assert_eq!(story.refused(act), why);
    }
    // Nobody but the taker says what the taker would rather have.
    let act = story.rather(&[("wheat", 5)], None);
    let command = story.world.ledger(act, true);
    let taker = story.world.towns[1].code.clone();
    let by_giver = story.world.decide(0, 0, &command);
    assert!(matches!(by_giver, Err(Refused::Ledger(Refusal::NotOurs(who))) if who == taker));
    // More than was promised may be asked for, and a second word replaces the first.
    for amount in [3_500_000, 2_000_000] {
        let act = story.rather(&[("wheat", amount)], None);
        let command = story.world.ledger(act, false);
        assert!(matches!(story.world.decide(1, 0, &command), Ok(Decided::Facts(_))));
        story.world.must(1, 0, &command);
    }
    let giver = story.world.towns[0].code.clone();
    let transfer = story.world.towns[1].book.ledger().transfer(&giver, story.transfer).unwrap();
    let Reply::Rather(rather) = transfer.reply(&giver) else { panic!("{:?}", transfer.reply(&giver)) };
    assert_eq!(rather.wants, vec![(wheat(), grams(2_000_000))]);
}
