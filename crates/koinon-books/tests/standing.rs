//! What is given regularly, from both ends: agreed once, promised each time by a person, taken without a second yes.
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
use koinon_books::{BookCommand, Decided, Refused};
use koinon_core::{Day, StandingId, TransferId};
use koinon_ledger::command::Wished;
use koinon_ledger::fact::Occurrence;
use koinon_ledger::transfer::Status;
use koinon_ledger::{Act, Reason, Refusal};
use koinon_match::{Serves, plan};
use world::{World, grams, id, wheat};

const STANDING: StandingId = StandingId([9; 16]);

/// A world in which the first town has wheat and has proposed to give the second some every week.
struct Story {
    world: World,
    first: Day,
}

impl Story {
    fn new() -> Self {
        let world = World::new();
        let first = world.today().plus(2);
        let mut story = Self { world, first };
        story.world.take_in(0, wheat(), 900_000_000);
        let propose = story.propose(first, 200_000);
        story.must(0, propose);
        story.world.exchange();
        story
    }

    fn must(&mut self, town: usize, act: Act) {
        let command = self.world.ledger(act, true);
        self.world.must(town, 0, &command);
    }

    fn answer(&mut self, yes: bool) {
        let proposer = self.world.towns[0].code.clone();
        let known = self.world.towns[1].book.ledger().standing_of(&proposer, STANDING).unwrap();
        let answers = known.proposal().unwrap().digest();
        let reason = (!yes).then_some(Reason::NoRoom);
        self.must(1, Act::AnswerStanding { proposer, standing: STANDING, answers, yes, reason });
        self.world.exchange();
    }

    fn due(&self, day: Day) -> Occurrence {
        Occurrence { proposer: self.world.towns[0].code.clone(), standing: STANDING, line: 0, day }
    }

    fn promise(&self, transfer: u64, amount: i64, standing: Option<Occurrence>) -> Act {
        Act::Commit {
            transfer: TransferId(id(8, transfer)),
            from: self.world.towns[0].code.place(),
            to: self.world.towns[1].code.place(),
            lines: vec![Wished { item: wheat(), lot: None, quantity: grams(amount), requested: None }],
            route: Vec::new(),
            leaves: self.first,
            arrives: self.first,
            need: None,
            suggestion: None,
            return_by: None,
            standing,
        }
    }

    fn propose(&self, first: Day, amount: i64) -> Act {
        let ends = [0, 1].map(|town| self.world.towns[town].code.place());
        Act::ProposeStanding {
            standing: STANDING,
            with: self.world.towns[1].code.clone(),
            lines: vec![(ends[0].clone(), ends[1].clone(), wheat(), grams(amount))],
            first,
            every_days: 7,
            until: self.first.plus(60),
        }
    }

    /// What the taker's own node answers, handed over as the node does.
    fn answers(&mut self) -> usize {
        let now = self.world.now;
        let reactions = self.world.towns[1].book.standing_answers(now);
        let count = reactions.len();
        for reaction in reactions {
            assert!(matches!(reaction.who, Actor::Policy(_)));
            self.world.must_as(1, &reaction.who, &reaction.command);
        }
        self.world.exchange();
        count
    }

    fn status(&self, transfer: u64) -> Status {
        let giver = &self.world.towns[0].code;
        let ledger = self.world.towns[0].book.ledger();
        ledger.transfer(giver, TransferId(id(8, transfer))).unwrap().status(giver)
    }
}

#[test]
fn what_was_agreed_once_is_taken_without_a_second_yes_and_anything_beyond_waits() {
    let mut story = Story::new();
    story.answer(true);
    let due = story.due(story.first);
    let (less, more) = (story.promise(1, 150_000, Some(due.clone())), story.promise(2, 250_000, Some(due)));
    let besides = story.promise(3, 100_000, None);
    for act in [less, more, besides] {
        story.must(0, act);
    }
    story.world.exchange();
    assert_eq!(story.answers(), 1);
    assert_eq!(
        [1, 2, 3].map(|transfer| story.status(transfer)),
        [Status::Agreed, Status::NeedsAnswer, Status::NeedsAnswer]
    );
    assert_eq!(story.answers(), 0, "said once");
    // The same day again waits for people, and so does more than was said yes to; less does not.
    let again = story.promise(4, 50_000, Some(story.due(story.first)));
    story.must(0, again);
    story.world.exchange();
    assert_eq!((story.answers(), story.status(4)), (0, Status::NeedsAnswer));
    for (amount, status) in
        [(900_000, Status::NeedsAnswer), (150_000, Status::Agreed), (40_000, Status::Agreed)]
    {
        let anew = story.promise(1, amount, Some(story.due(story.first)));
        story.must(0, anew);
        assert_eq!(story.status(1), status, "{amount}");
    }
}

#[test]
fn a_promise_names_what_is_due_or_is_refused() {
    let mut story = Story::new();
    let act = story.promise(1, 1_000, Some(story.due(story.first)));
    let refused = |story: &mut Story, act: Act| {
        let command: BookCommand = story.world.ledger(act, true);
        match story.world.decide(0, 0, &command) {
            Err(Refused::Ledger(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&mut story, act.clone()), Refusal::NotDue(story.first), "nobody has agreed");
    story.answer(true);
    let wrong_day = story.promise(1, 1_000, Some(story.due(story.first.plus(1))));
    assert_eq!(refused(&mut story, wrong_day), Refusal::NotDue(story.first.plus(1)));
    story.must(0, act);
    // The same day once more is asked about: two people pressed the same button.
    let again = story.promise(2, 1_000, Some(story.due(story.first)));
    let command = story.world.ledger(again, false);
    assert!(matches!(story.world.decide(0, 0, &command), Ok(Decided::Ask(_))));
}

#[test]
fn a_plan_lists_what_is_due_until_it_is_promised_or_no_longer_agreed() {
    let mut story = Story::new();
    let agreed = |story: &Story| {
        let plan = plan(&story.world.towns[0].book.problem(story.world.now)).unwrap();
        plan.agreed.iter().map(|one| (one.amount, one.serves)).collect::<Vec<_>>()
    };
    assert_eq!(agreed(&story), []);
    story.answer(true);
    assert_eq!(agreed(&story), [(200_000, Serves::Agreed)]);
    // Whoever says "enough for now" is not sent more of it by agreement either.
    let (place, until) = (story.world.towns[1].code.place(), story.world.today().plus(10));
    story.must(1, Act::PauseTaking { place: place.clone(), item: wheat(), until: Some(until) });
    story.world.exchange();
    assert_eq!(agreed(&story), []);
    story.must(1, Act::PauseTaking { place, item: wheat(), until: None });
    story.world.exchange();
    let act = story.promise(1, 200_000, Some(story.due(story.first)));
    story.must(0, act);
    assert_eq!(agreed(&story), []);
    let mut story = Story::new();
    story.answer(true);
    story.answer(false);
    assert_eq!(agreed(&story), [], "a no after a yes ends it");
}

#[test]
fn nothing_is_due_before_it_was_agreed_and_a_first_day_lies_ahead() {
    let mut story = Story::new();
    let today = story.world.today();
    let decide = |story: &mut Story, act: Act| {
        let command = story.world.ledger(act, false);
        story.world.decide(0, 0, &command)
    };
    let past = story.propose(today.plus(-1), 200_000);
    let refused = decide(&mut story, past);
    assert!(matches!(&refused, Err(Refused::Ledger(Refusal::DayOrder(..)))), "{refused:?}");
    // More in one week than everybody there eats in a year.
    let absurd = story.propose(story.first, 9_000_000_000_000);
    assert!(matches!(decide(&mut story, absurd), Ok(Decided::Ask(_))));
    // Who answers days after the first day owes nothing for them.
    story.world.now = story.world.now.plus_days(4);
    story.answer(true);
    let today = story.world.today();
    let due = story.world.towns[0].book.ledger().due(today, today.plus(10));
    let days: Vec<Day> = due.iter().map(|(occurrence, _)| occurrence.day).collect();
    assert_eq!(days, [story.first.plus(7)]);
}
