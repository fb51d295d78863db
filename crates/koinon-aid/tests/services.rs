//! Care and work for others: who may say what, that no day is promised twice, and that the order of arrival does not matter.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod world;

use koinon_aid::fact::{AidFact, Reason};
use koinon_aid::service::*;
use koinon_aid::{Outcome, Refusal as Refused};
use koinon_authority::{Denied, Role};
use koinon_core::{Day, EntryId, ServiceCode, TeamName, Urgency};
use proptest::prelude::*;
use world::{NOW, World, hour};

const DAY_MS: i64 = 86_400_000;

fn today() -> Day {
    Day((NOW / DAY_MS) as i32)
}

fn service(word: &str) -> ServiceCode {
    ServiceCode::new(word).unwrap()
}

fn hospital() -> TeamName {
    TeamName::new("hospital").unwrap()
}

fn uses(list: &[(i32, u32)]) -> Vec<DayUse> {
    list.iter().map(|(after, amount)| DayUse { day: today().plus(*after), amount: *amount }).collect()
}

impl World {
    fn offered(&self, town: usize, kind: Kind, services: &[&str], per_day: u32) -> ServiceOffered {
        ServiceOffered {
            provider: hospital(),
            place: self.place(town),
            kind,
            services: services.iter().map(|word| service(word)).collect(),
            per_day,
            closed: false,
        }
    }

    fn asked(&self, town: usize, word: &str, count: u32, by: i32) -> ServiceAsked {
        ServiceAsked {
            ask: EntryId([9; 16]),
            place: self.place(town),
            kind: Kind::Care,
            service: service(word),
            count,
            each: 1,
            urgency: Urgency::MustHave,
            by: today().plus(by),
        }
    }

    fn serve(&mut self, town: usize, what: Act) -> EntryId {
        self.act(town, koinon_aid::Act::Service(what))
    }

    fn why(&self, town: usize, what: Act) -> Refusal {
        match self.refusal(town, koinon_aid::Act::Service(what)) {
            Refused::Service(why) => why,
            other => panic!("{other:?}"),
        }
    }

    fn asks(&self, town: usize, what: Act) -> Vec<Question> {
        let found = self.questions(town, koinon_aid::Act::Service(what)).into_iter();
        let of_services = found.map(|question| match question {
            koinon_aid::Question::Service(question) => question,
            other => panic!("{other:?}"),
        });
        of_services.collect()
    }

    fn promise_of(&self, count: u32, days: &[(i32, u32)]) -> Act {
        Act::Promise {
            provider: hospital(),
            asker: self.town(1),
            ask: EntryId([9; 16]),
            count,
            days: uses(days),
            suggestion: None,
        }
    }

    fn stage_of(&self, promise: EntryId) -> Stage {
        let services = self.aid.services();
        services.stage(services.booking(&self.town(0), promise).unwrap(), today())
    }

    fn days_of(&self, promise: EntryId) -> Vec<(i32, u32)> {
        let booking = self.aid.services().booking(&self.town(0), promise).unwrap();
        booking.promised().unwrap().days.iter().map(|one| (one.day.since(today()), one.amount)).collect()
    }

    fn wanted(&self) -> u32 {
        let services = self.aid.services();
        services.wanted(&services.ask(&self.town(1), EntryId([9; 16])).unwrap(), today())
    }
}

/// A hospital that takes two newcomers a day, and a town that asks for surgery for five people within four days.
fn ward() -> World {
    let mut world = World::new();
    world.serve(0, Act::Offer(world.offered(0, Kind::Care, &["surgery", "births"], 2)));
    world.serve(1, Act::Ask(world.asked(1, "surgery", 5, 3)));
    world
}

#[test]
fn what_is_promised_fills_days_is_taken_and_done() {
    let mut world = ward();
    let (home, asker) = (world.town(0), world.town(1));
    let first = world.serve(0, world.promise_of(3, &[]));
    assert_eq!(world.days_of(first), [(0, 2), (1, 1)], "the first days that are free");
    assert_eq!((world.stage_of(first), world.wanted()), (Stage::Promised, 2));
    let second = world.serve(0, world.promise_of(2, &[(3, 1), (1, 1)]));
    assert_eq!(world.days_of(second), [(1, 1), (3, 1)]);
    assert_eq!(world.wanted(), 0);
    // Only who asked answers.
    let take = |promise| Act::Take { home: home.clone(), promise };
    assert_eq!(world.refusal(2, koinon_aid::Act::Service(take(first))), Refused::NotOurs(asker));
    world.serve(1, take(first));
    assert_eq!(world.stage_of(first), Stage::Taken);
    world.serve(1, Act::Decline { home: home.clone(), promise: second, reason: Reason::NotNeeded });
    assert_eq!((world.stage_of(second), world.wanted()), (Stage::Declined(Reason::NotNeeded), 2));
    // Two of three came: the third is asked for again.
    world.serve(0, Act::Done { promise: first, count: 2 });
    assert_eq!((world.stage_of(first), world.wanted()), (Stage::Done(2), 3));
    assert_eq!(
        world.why(0, Act::Done { promise: first, count: 4 }),
        Refusal::MoreThanPromised { found: 4, promised: 3 }
    );
    assert_eq!(world.why(1, take(first)), Refusal::WrongStage(Stage::Done(2)));
    // What is done today leaves tomorrow free.
    let used = world.aid.services().used(&home, &hospital(), today());
    assert_eq!(used.into_iter().collect::<Vec<_>>(), [(today(), 2)]);
    world.serve(1, Act::CloseAsk { ask: EntryId([9; 16]), reason: Reason::Done });
    assert_eq!(world.stage_of(first), Stage::Done(2));
    assert_eq!(world.why(0, world.promise_of(1, &[])), Refusal::AskOver);
    // Nor does asking for the same again bring back what had set its days free.
    assert_eq!(world.why(1, Act::Ask(world.asked(1, "surgery", 5, 3))), Refusal::AskOver);
    // The days that a no had set free may be somebody else's by now.
    assert_eq!(world.why(1, take(second)), Refusal::WrongStage(Stage::Declined(Reason::NotNeeded)));
}

#[test]
fn no_day_is_promised_twice_and_what_cannot_be_is_refused() {
    let mut world = ward();
    let full = |by: i32, room| Refusal::Full { by: today().plus(by), room };
    assert_eq!(world.why(0, world.promise_of(9, &[])), full(3, 8));
    world.serve(0, world.promise_of(3, &[]));
    let day_full = |after: i32, free| Refusal::DayFull { day: today().plus(after), free };
    assert_eq!(world.why(0, world.promise_of(2, &[(1, 2)])), day_full(1, 1));
    assert_eq!(world.why(0, world.promise_of(2, &[(2, 1)])), Refusal::DaysDoNotAddUp { found: 1, asked: 2 });
    let wrong = |after: i32| Refusal::WrongDay(today().plus(after), today(), today().plus(3));
    for (days, day) in [(&[(4, 2)][..], 4), (&[(-1, 2)], -1), (&[(2, 1), (2, 1)], 2), (&[(2, 2), (3, 0)], 3)]
    {
        assert_eq!(world.why(0, world.promise_of(2, days)), wrong(day));
    }
    assert_eq!(world.why(0, world.promise_of(0, &[])), Refusal::CountRange(0, 10_000));
    assert_eq!(world.asks(0, world.promise_of(3, &[])), [Question::EnoughPromised]);
    // Another's hospital, another service, another kind, no way, no such request.
    assert_eq!(world.why(2, world.promise_of(1, &[])), Refusal::NoSuchProvider(hospital()));
    world.serve(0, Act::Offer(world.offered(0, Kind::Care, &["births"], 2)));
    let not_its = Refusal::NotItsWork(hospital(), service("surgery"));
    assert_eq!(world.why(0, world.promise_of(1, &[])), not_its);
    let other_work = Act::Offer(world.offered(0, Kind::Making, &["surgery"], 200));
    assert_eq!(world.why(0, other_work), Refusal::OtherWork(hospital()), "people are no minutes");
    let fewer = Act::Offer(world.offered(0, Kind::Care, &["surgery"], 1));
    assert_eq!(world.asks(0, fewer), [Question::PromisesStand(1)]);
    world.serve(0, Act::Offer(world.offered(0, Kind::Care, &["surgery"], 2)));
    world.way = 10_000;
    assert_eq!(world.why(0, world.promise_of(1, &[])), Refusal::NoWay(world.place(1), world.place(0)));
    let closing = ServiceOffered { closed: true, ..world.offered(0, Kind::Care, &["surgery"], 2) };
    assert_eq!(world.asks(0, Act::Offer(closing.clone())), [Question::PromisesStand(1)]);
    world.serve(0, Act::Offer(closing));
    assert_eq!(world.why(0, world.promise_of(1, &[])), Refusal::NoSuchProvider(hospital()));
}

#[test]
fn what_was_promised_is_not_turned_into_something_else() {
    let mut world = ward();
    world.serve(0, world.promise_of(3, &[]));
    let ask = |change: fn(&mut ServiceAsked)| {
        let mut asked = world.asked(1, "surgery", 5, 3);
        change(&mut asked);
        Act::Ask(asked)
    };
    assert_eq!(world.why(1, ask(|one| one.service = service("births"))), Refusal::OtherAsk);
    assert_eq!(world.why(1, ask(|one| one.kind = Kind::Making)), Refusal::OtherAsk);
    assert_eq!(world.asks(1, ask(|one| one.count = 2)), [Question::BelowPromised(3)]);
    assert_eq!(world.asks(1, ask(|one| one.by = today())), [Question::BelowPromised(3)], "a day is after it");
    let close = Act::CloseAsk { ask: EntryId([9; 16]), reason: Reason::Done };
    assert_eq!(world.asks(1, close), [Question::PromisesEnd(1)]);
}

#[test]
fn what_set_its_days_free_never_takes_them_again_whatever_somebody_writes() {
    for closes in [false, true] {
        let mut world = ward();
        let (home, reason) = (world.town(0), Reason::NotNeeded);
        let promise = world.serve(0, world.promise_of(2, &[(0, 2)]));
        if closes {
            world.serve(1, Act::CloseAsk { ask: EntryId([9; 16]), reason });
        } else {
            world.serve(1, Act::Decline { home: home.clone(), promise, reason });
        }
        let gone = world.stage_of(promise);
        world.now = hour(1);
        // A node that keeps to no rule, or a clock that went back, says yes and asks again.
        world.write(1, ServiceTaken { home: home.clone(), promise }.into());
        world.write(1, world.asked(1, "surgery", 5, 3).into());
        assert_eq!(world.stage_of(promise), gone);
        assert!(world.aid.services().used(&home, &hospital(), today()).is_empty());
    }
}

#[test]
fn parts_take_minutes_of_several_days() {
    let mut world = World::new();
    world.serve(0, Act::Offer(world.offered(0, Kind::Making, &["seal"], 100)));
    let asked = ServiceAsked { kind: Kind::Making, each: 70, ..world.asked(1, "seal", 4, 2) };
    world.serve(1, Act::Ask(asked));
    let promise = world.serve(0, world.promise_of(3, &[]));
    assert_eq!(world.days_of(promise), [(0, 100), (1, 100), (2, 10)]);
    let full = Refusal::Full { by: today().plus(2), room: 1 };
    assert_eq!(world.why(0, world.promise_of(2, &[])), full, "90 minutes are one piece");
    world.serve(0, Act::Withdraw { promise, reason: Reason::NotAble });
    assert_eq!((world.stage_of(promise), world.wanted()), (Stage::Withdrawn(Reason::NotAble), 4));
    world.serve(0, world.promise_of(4, &[]));
}

#[test]
fn what_cannot_be_asked_for_or_offered_is_refused_and_what_nobody_does_is_asked_about() {
    let world = ward();
    let ask = |change: fn(&mut ServiceAsked)| {
        let mut asked = world.asked(1, "surgery", 5, 3);
        change(&mut asked);
        Act::Ask(asked)
    };
    let unsound = |act| match world.why(1, act) {
        Refusal::Unsound(unsound) => unsound,
        other => panic!("{other:?}"),
    };
    assert_eq!(unsound(ask(|one| one.count = 0)), Unsound::Count(0));
    assert_eq!(unsound(ask(|one| one.each = 2)), Unsound::Each(2));
    assert_eq!(
        unsound(ask(|one| (one.kind, one.each, one.count) = (Kind::Making, 100_000, 10_000))),
        Unsound::Total(1_000_000_000)
    );
    let (first, last) = (today(), today().plus(60));
    for found in [today().plus(-1), today().plus(61)] {
        let asked = ServiceAsked { by: found, ..world.asked(1, "surgery", 1, 0) };
        assert_eq!(world.why(1, Act::Ask(asked)), Refusal::NotSoon { found, first, last });
    }
    let nobody = world.asks(1, ask(|one| (one.ask, one.service) = (EntryId([8; 16]), service("dialysis"))));
    assert_eq!(nobody, [Question::NobodyDoesIt(service("dialysis"))]);
    let making = |one: &mut ServiceAsked| (one.ask, one.kind, one.each) = (EntryId([8; 16]), Kind::Making, 5);
    assert_eq!(world.asks(1, ask(making)), [Question::OtherKind(service("surgery"), Kind::Care)]);
    let shop = Act::Offer(ServiceOffered {
        provider: TeamName::new("shop").unwrap(),
        ..world.offered(0, Kind::Making, &["seal"], 8)
    });
    assert_eq!(world.asks(0, shop), [Question::FewMinutes(8)], "hours may be meant");
    let offered = |change: fn(&mut ServiceOffered)| {
        let mut offered = world.offered(1, Kind::Care, &["surgery"], 2);
        change(&mut offered);
        Act::Offer(offered)
    };
    assert_eq!(unsound(offered(|one| one.services.clear())), Unsound::Services(0));
    assert_eq!(
        unsound(offered(|one| one.services.push(service("surgery")))),
        Unsound::Twice(service("surgery"))
    );
    assert_eq!(unsound(offered(|one| one.per_day = 100_001)), Unsound::PerDay(100_001));
    let elsewhere = koinon_aid::Act::Service(Act::Ask(world.asked(2, "surgery", 1, 2)));
    assert_eq!(world.refusal(1, elsewhere), Refused::NotOurPlace(world.place(2)));
}

#[test]
fn who_may_do_it_is_who_may_ask_promise_and_send_people() {
    let mut world = ward();
    let promise = world.serve(0, world.promise_of(1, &[]));
    let asked = world.asked(0, "surgery", 1, 2);
    let acts = [
        (Act::Offer(world.offered(0, Kind::Care, &["surgery"], 2)), "steward facilitator coordinator"),
        (Act::Ask(asked), "steward facilitator coordinator"),
        (world.promise_of(1, &[]), "steward coordinator"),
        (Act::Done { promise, count: 1 }, "steward coordinator"),
    ];
    for (act, who) in acts {
        for role in Role::ALL {
            let act = koinon_aid::Act::Service(act.clone());
            let answer = world.ask((0, role), act.clone(), true, hour(0));
            let may = who.split(' ').any(|may| may == role.code());
            match answer {
                Ok(Outcome::Facts(_)) => assert!(may, "{role} may {act:?}"),
                Ok(other) => panic!("{other:?}"),
                Err(why) => assert!(!may && why.is::<Denied>(), "{role} {act:?}: {why}"),
            }
        }
    }
}

#[test]
fn a_promise_of_which_nothing_is_written_down_stands_for_a_week() {
    let mut world = ward();
    let promise = world.serve(0, world.promise_of(5, &[]));
    let services = world.aid.services();
    let booking = services.booking(&world.town(0), promise).unwrap();
    let last = today().plus(2);
    assert_eq!(booking.promised().unwrap().span(), Some((today(), last)));
    assert_eq!(services.stage(booking, last.plus(booking::GRACE_DAYS)), Stage::Promised);
    assert_eq!(services.stage(booking, last.plus(booking::GRACE_DAYS + 1)), Stage::Lapsed);
    // A request that is closed sets its days free.
    world.serve(1, Act::CloseAsk { ask: EntryId([9; 16]), reason: Reason::NotNeeded });
    assert_eq!(world.stage_of(promise), Stage::Lapsed);
    world.serve(0, Act::Done { promise, count: 5 });
    assert_eq!(world.stage_of(promise), Stage::Done(5), "what happened is written down");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_promised_and_taken_back_no_day_is_more_than_full(
        steps in prop::collection::vec((1u32..7, 0i32..4, 0u8..4, any::<prop::sample::Index>()), 1..30),
    ) {
        let mut world = ward();
        let mut promised: Vec<EntryId> = Vec::new();
        for (count, after, what, which) in steps {
            match what {
                0 | 1 => {
                    let days = if what == 0 { vec![] } else { vec![(after, count)] };
                    let act = koinon_aid::Act::Service(world.promise_of(count, &days));
                    if world.ask((0, Role::Coordinator), act, true, world.now).is_ok() {
                        promised.push(world.serve(0, world.promise_of(count, &days)));
                    }
                }
                _ if promised.is_empty() => {}
                2 => {
                    let promise = promised.swap_remove(which.index(promised.len()));
                    world.serve(0, Act::Withdraw { promise, reason: Reason::NotAble });
                }
                _ => {
                    let promise = promised.swap_remove(which.index(promised.len()));
                    world.serve(1, Act::Decline { home: world.town(0), promise, reason: Reason::Enough });
                }
            }
            let used = world.aid.services().used(&world.town(0), &hospital(), today());
            prop_assert!(used.values().all(|used| *used <= 2), "{used:?}");
        }
    }

    #[test]
    fn any_order_of_facts_gives_one_book(
        words in prop::collection::vec((0usize..3, 0u8..8, 0u8..3, 0u8..3, 0i64..4, any::<bool>()), 1..40),
        order in prop::collection::vec(any::<prop::sample::Index>(), 80),
    ) {
        let mut world = World::new();
        for (town, what, which, other, recorded, yes) in words {
            world.now = hour(recorded);
            let (promise, ask, home) = (EntryId([which; 16]), EntryId([9 + which; 16]), world.town(usize::from(other)));
            let reason = if yes { Reason::Done } else { Reason::Other };
            let fact: AidFact = match what {
                0 => ServiceOffered { closed: yes, ..world.offered(town, Kind::Care, &["surgery"], u32::from(other)) }.into(),
                1 => ServiceAsked { ask, ..world.asked(town, "surgery", u32::from(other), 3) }.into(),
                2 => ServiceAskClosed { ask, reason }.into(),
                3 => ServiceTaken { home, promise }.into(),
                4 => ServiceDeclined { home, promise, reason }.into(),
                5 => ServiceWithdrawn { promise, reason }.into(),
                6 => ServiceDone { promise, count: u32::from(other), on: today(), kind: Kind::Care }.into(),
                _ => ServicePromised {
                    promise, provider: hospital(), asker: home, ask, kind: Kind::Care, service: service("surgery"),
                    count: 1, each: 1, days: uses(&[(i32::from(other), 1)]), suggestion: None,
                }.into(),
            };
            world.write(town, fact);
        }
        let order: Vec<usize> = order.iter().map(|at| at.index(world.log.len())).collect();
        world.is_one_book_in_any_order(&order);
    }
}
