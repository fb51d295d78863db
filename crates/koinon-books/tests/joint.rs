//! Joint loads from both ends: they leave when every taker has agreed, or not at all, and the giver may let one go without another.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod world;

use koinon_books::Refused;
use koinon_core::{EntryId, TransferId};
use koinon_ledger::command::Wished;
use koinon_ledger::fact::Vehicle;
use koinon_ledger::transfer::Status;
use koinon_ledger::{Act, Reason, Refusal};
use world::{World, grams, id, wheat};

struct Story(World);

fn transfer(number: u64) -> TransferId {
    TransferId(id(8, number))
}

fn load(number: u64) -> Act {
    Act::Load { transfer: transfer(number), lines: Vec::new(), vehicle: Vehicle::Truck, paper: None }
}

fn join(numbers: &[u64]) -> Act {
    Act::Join { joint: EntryId([7; 16]), transfers: numbers.iter().map(|number| transfer(*number)).collect() }
}

impl Story {
    /// The first town promises three loads of wheat to the second, the first two of them together.
    fn new() -> Self {
        let mut story = Self(World::new());
        story.0.take_in(0, wheat(), 900_000_000);
        for number in 1..=3 {
            let promise = story.promise(number);
            story.must(0, promise);
        }
        story.must(0, join(&[1, 2, 2]));
        story.0.exchange();
        story
    }

    fn promise(&self, number: u64) -> Act {
        let today = self.0.today();
        Act::Commit {
            transfer: transfer(number),
            from: self.0.towns[0].code.place(),
            to: self.0.towns[1].code.place(),
            lines: vec![Wished { item: wheat(), lot: None, quantity: grams(1_000), requested: None }],
            route: Vec::new(),
            leaves: today,
            arrives: today,
            need: None,
            suggestion: None,
            return_by: None,
            standing: None,
        }
    }

    fn must(&mut self, town: usize, act: Act) {
        let command = self.0.ledger(act, true);
        self.0.must(town, 0, &command);
    }

    fn accept(&mut self, number: u64) {
        let giver = self.0.towns[0].code.clone();
        self.must(1, Act::Accept { giver, transfer: transfer(number), less: Vec::new() });
        self.0.exchange();
    }

    fn refused(&mut self, act: Act) -> Refusal {
        let command = self.0.ledger(act, true);
        match self.0.decide(0, 0, &command) {
            Err(Refused::Ledger(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    fn status(&self, number: u64) -> Status {
        let giver = &self.0.towns[0].code;
        self.0.towns[0].book.ledger().transfer(giver, transfer(number)).unwrap().status(giver)
    }
}

#[test]
fn a_joint_load_leaves_when_all_have_agreed() {
    let mut story = Story::new();
    let taker = story.0.towns[1].code.clone();
    story.accept(1);
    assert_eq!(story.refused(load(1)), Refusal::JointWaits(vec![taker]));
    story.accept(3);
    story.must(0, load(3));
    story.accept(2);
    for number in [1, 2] {
        story.must(0, load(number));
        assert_eq!(story.status(number), Status::UnderWay);
    }
}

#[test]
fn a_no_halts_it_until_the_giver_lets_it_go_without() {
    let mut story = Story::new();
    story.accept(1);
    let (giver, taker) = (story.0.towns[0].code.clone(), story.0.towns[1].code.clone());
    story.must(1, Act::Refuse { giver, transfer: transfer(2), reason: Reason::NoRoom });
    story.0.exchange();
    assert_eq!(story.refused(load(1)), Refusal::JointWaits(vec![taker]));
    assert_eq!(story.refused(join(&[1, 2])), Refusal::NotToLoad(transfer(2)));
    // What the one promised to all of them keeps its place meanwhile.
    assert_eq!(story.status(1), Status::Agreed);
    story.must(0, join(&[1]));
    story.must(0, load(1));
    assert_eq!(story.refused(join(&[1, 3])), Refusal::NotToLoad(transfer(1)), "it has left");
}
