//! Teams and missions: who may say what, what is never promised, and that the order of arrival does not matter.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::items_after_statements,
    clippy::panic,
    clippy::type_complexity,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod world;

use koinon_aid::fact::*;
use koinon_aid::serve::serves;
use koinon_aid::{Act, Outcome, Question, Refusal, Stage};
use koinon_authority::{Denied, Role};
use koinon_core::{Day, EntryId, MissionCode, PlaceCode, SkillCode, TeamName, Urgency};
use proptest::prelude::*;
use world::{World, hour};

fn skill(word: &str) -> SkillCode {
    SkillCode::new(word).unwrap()
}

fn people(list: &[(&str, u32)]) -> Vec<Component> {
    let one = |(skills, people): &(&str, u32)| Component {
        skills: skills.split('+').map(skill).collect(),
        people: *people,
    };
    list.iter().map(one).collect()
}

fn asks(list: &[(&str, u32)]) -> Vec<SkillCount> {
    list.iter().map(|(word, people)| SkillCount { skill: skill(word), people: *people }).collect()
}

impl World {
    fn team(&self, town: usize, name: &str, who: &[(&str, u32)]) -> TeamStated {
        TeamStated {
            team: TeamName::new(name).unwrap(),
            home: self.place(town),
            components: people(who),
            word: Word { willing: true, first: None, last: None, way_minutes_max: None },
            notice_minutes: 30,
            self_sufficient_hours: 0,
            closed: false,
        }
    }

    /// A mission from one hour to another, counted from now.
    fn mission(&self, town: usize, code: &str, from: i64, until: i64, who: &[(&str, u32)]) -> MissionAsked {
        MissionAsked {
            mission: MissionCode::new(code).unwrap(),
            place: self.place(town),
            urgency: Urgency::MustHave,
            start: hour(from),
            end: hour(until),
            days: 1,
            asks: asks(who),
            self_sufficient_hours: 0,
        }
    }

    fn promise(&self, team: &str, asker: usize, mission: &str) -> Act {
        Act::Promise {
            team: TeamName::new(team).unwrap(),
            asker: self.town(asker),
            mission: MissionCode::new(mission).unwrap(),
            suggestion: None,
        }
    }

    fn stage(&self, town: usize, promise: EntryId) -> Stage {
        self.aid.stage(self.aid.promise(&self.town(town), promise).unwrap(), self.now)
    }
}

/// A town with two teams of two nurses, and a flood at its neighbour's that asks for two, four hours from now.
fn flood() -> World {
    let mut world = World::new();
    world.act(0, Act::StateTeam(world.team(0, "nurse-1", &[("nurse", 2)])));
    world.act(0, Act::StateTeam(world.team(0, "nurse-2", &[("nurse", 2)])));
    world.act(1, Act::AskMission(world.mission(1, "flood", 4, 9, &[("nurse", 2)])));
    world
}

#[test]
fn a_team_is_promised_taken_leaves_and_comes_back_and_that_is_its_duty() {
    let mut world = flood();
    let flood = |world: &World| {
        let code = MissionCode::new("flood").unwrap();
        let mission = world.aid.mission(&world.town(1), &code).unwrap();
        world.aid.wanted(&mission, world.now)
    };
    assert_eq!(flood(&world), asks(&[("nurse", 2)]));
    let promise = world.act(0, world.promise("nurse-1", 1, "flood"));
    assert_eq!((world.stage(0, promise), flood(&world)), (Stage::Promised, vec![]));
    let trip = world.aid.promise(&world.town(0), promise).unwrap().promised().unwrap().clone();
    assert_eq!((trip.leaves, trip.home_again), (hour(3), hour(10)));
    assert_eq!(trip.serves, asks(&[("nurse", 2)]));

    let home = world.town(0);
    assert_eq!(
        world.refusal(2, Act::Take { home: home.clone(), promise }),
        Refusal::NotOurs(world.town(1)),
        "only who asked may answer"
    );
    assert_eq!(world.questions(0, Act::Leave { promise }), [Question::NotTakenYet]);
    world.act(1, Act::Take { home: home.clone(), promise });
    assert_eq!(world.stage(0, promise), Stage::Taken);
    assert_eq!(world.refusal(0, Act::ComeBack { promise }), Refusal::WrongStage(Stage::Taken));
    world.now = hour(3);
    world.act(0, Act::Leave { promise });
    assert_eq!(world.stage(0, promise), Stage::Away);
    let reason = Reason::Enough;
    assert_eq!(
        world.refusal(1, Act::Decline { home: home.clone(), promise, reason }),
        Refusal::WrongStage(Stage::Away)
    );
    world.now = hour(11);
    world.act(0, Act::ComeBack { promise });
    assert_eq!(world.stage(0, promise), Stage::Back);
    let team = TeamName::new("nurse-1").unwrap();
    let start = koinon_aid::hours::minute(hour(0));
    assert_eq!(world.aid.duties(&home, &team, world.now), [(start + 180, start + 660)], "eight hours");
}

#[test]
fn a_no_a_promise_taken_back_and_a_mission_closed_set_the_team_free() {
    let reason = Reason::Enough;
    for (how, stage) in [
        ("no", Stage::Declined(reason)),
        ("back", Stage::Withdrawn(Reason::NotAble)),
        ("closed", Stage::Lapsed),
        ("late", Stage::Lapsed),
    ] {
        let mut world = flood();
        let promise = world.act(0, world.promise("nurse-1", 1, "flood"));
        let home = world.town(0);
        match how {
            "no" => drop(world.act(1, Act::Decline { home, promise, reason })),
            "back" => drop(world.act(0, Act::Withdraw { promise, reason: Reason::NotAble })),
            "closed" => {
                let mission = MissionCode::new("flood").unwrap();
                world.act(1, Act::CloseMission { mission, reason: Reason::Done });
            }
            _ => world.now = hour(10),
        }
        assert_eq!(world.stage(0, promise), stage, "{how}");
        assert!(
            world
                .aid
                .standing(&world.town(0), &TeamName::new("nurse-1").unwrap(), world.now)
                .next()
                .is_none()
        );
        assert!(matches!(world.refusal(0, Act::Leave { promise }), Refusal::WrongStage(_)), "{how}");
        if how == "closed" {
            assert!(matches!(
                world.refusal(0, world.promise("nurse-2", 1, "flood")),
                Refusal::MissionOver(_)
            ));
            world.now = hour(1);
            world.act(1, Act::AskMission(world.mission(1, "flood", 4, 9, &[("nurse", 2)])));
            assert_eq!(world.stage(0, promise), Stage::Promised, "asked anew, it is open again");
        }
    }
}

#[test]
fn nobody_is_promised_without_their_word() {
    let mut world = flood();
    let promise = world.promise("nurse-1", 1, "flood");
    let team = |world: &World, change: fn(&mut TeamStated)| {
        let mut team = world.team(0, "nurse-1", &[("nurse", 2)]);
        change(&mut team);
        team
    };
    let name = TeamName::new("nurse-1").unwrap();

    let cases: [(fn(&mut TeamStated), Refusal); 7] = [
        (|t| t.word.willing = false, Refusal::NotWilling(name.clone())),
        (
            |t| t.word.first = Some(Day(101)),
            Refusal::NotThoseDays { team: name.clone(), leaves: Day(100), home: Day(100) },
        ),
        (
            |t| t.word.last = Some(Day(99)),
            Refusal::NotThoseDays { team: name.clone(), leaves: Day(100), home: Day(100) },
        ),
        (
            |t| t.word.way_minutes_max = Some(59),
            Refusal::TooFar { team: name.clone(), minutes: 60, most: 59 },
        ),
        (|t| t.closed = true, Refusal::NoSuchTeam(name.clone())),
        (|t| t.components = people(&[("driver", 2)]), Refusal::NothingToDo(name.clone())),
        (
            |t| t.components = people(&[("nurse", 2), ("driver", 1)]),
            Refusal::CrewFloor { place: world.place(0), skill: skill("driver"), stay: 0, keep: 1 },
        ),
    ];
    for (change, refusal) in cases {
        world.write(0, team(&world, change).into());
        assert_eq!(world.refusal(0, promise.clone()), refusal);
    }
    world.write(0, team(&world, |t| t.word.way_minutes_max = Some(60)).into());
    assert!(matches!(world.outcome(0, promise.clone()).unwrap(), Outcome::Facts(_)));
    world.way = i64::MAX;
    assert_eq!(world.refusal(0, promise.clone()), Refusal::NoWay(world.place(0), world.place(1)));
    world.way = 60;
    let mut hungry = world.mission(1, "flood", 4, 9, &[("nurse", 2)]);
    hungry.self_sufficient_hours = 24;
    world.write(1, hungry.into());
    let refusal = Refusal::NotSelfSufficient { team: name, asked: 24, has: 0 };
    assert_eq!(world.refusal(0, promise), refusal);
}

#[test]
fn rest_hours_and_the_crew_at_home_refuse_and_short_notice_asks() {
    let mut world = flood();
    let promised = world.act(0, world.promise("nurse-1", 1, "flood"));
    let name = TeamName::new("nurse-1").unwrap();
    // Home again at hour 10: before hour 21 nothing begins, the way included.
    world.act(2, Act::AskMission(world.mission(2, "soon", 21, 25, &[("nurse", 1)])));
    world.act(2, Act::AskMission(world.mission(2, "later", 22, 24, &[("nurse", 1)])));
    let refusal = Refusal::Rest { team: name.clone(), minutes: 600 };
    assert_eq!(world.refusal(0, world.promise("nurse-1", 2, "soon")), refusal);
    assert!(world.outcome(0, world.promise("nurse-1", 2, "later")).is_ok());
    assert_eq!(
        world.refusal(0, world.promise("nurse-1", 1, "flood")),
        Refusal::PromisedAlready(name.clone())
    );
    // Both teams away at once would leave nobody; one after the other would do.
    world.act(2, Act::AskMission(world.mission(2, "both", 8, 12, &[("nurse", 1)])));
    let floor = |stay, keep| Refusal::CrewFloor { place: world.place(0), skill: skill("nurse"), stay, keep };
    assert_eq!(world.refusal(0, world.promise("nurse-2", 2, "both")), floor(0, 1));
    assert!(world.outcome(0, world.promise("nurse-2", 2, "later")).is_ok());
    let keep = |keep| Act::KeepCrew { place: world.place(0), skill: skill("nurse"), keep };
    let (all, none, usual) = (keep(Some(3)), keep(Some(0)), keep(None));
    let (two, three) = (floor(2, 3), floor(0, 1));
    world.act(0, all);
    assert_eq!(world.refusal(0, world.promise("nurse-2", 2, "later")), two);
    world.act(0, none);
    assert!(world.outcome(0, world.promise("nurse-2", 2, "both")).is_ok());
    world.act(0, usual);
    assert_eq!(world.refusal(0, world.promise("nurse-2", 2, "both")), three);
    // Eleven hours of work and two of way.
    world.act(2, Act::AskMission(world.mission(2, "long", 30, 41, &[("nurse", 1)])));
    let refusal = Refusal::DutyHours { team: TeamName::new("nurse-2").unwrap(), minutes: 13 * 60 };
    assert_eq!(world.refusal(0, world.promise("nurse-2", 2, "long")), refusal);
    // Fifteen days of eight hours are 120, and the way makes 122.
    let mut weeks = world.mission(2, "weeks", 30, 38, &[("nurse", 1)]);
    weeks.days = 15;
    world.act(2, Act::AskMission(weeks));
    let refusal = Refusal::Rotation { team: TeamName::new("nurse-2").unwrap(), minutes: 122 * 60 };
    assert_eq!(world.refusal(0, world.promise("nurse-2", 2, "weeks")), refusal);
    world.act(2, Act::AskMission(world.mission(2, "now", 1, 3, &[("nurse", 1)])));
    world.act(0, Act::Withdraw { promise: promised, reason: Reason::NotAble });
    let asked = world.questions(0, world.promise("nurse-1", 2, "now"));
    assert_eq!(asked, [Question::ShortNotice { leaves: hour(0), notice_minutes: 30 }]);
}

#[test]
fn what_looks_wrong_is_asked_and_what_cannot_be_is_refused() {
    let mut world = flood();
    let promise = world.act(0, world.promise("nurse-1", 1, "flood"));
    let mut gone = world.team(0, "nurse-1", &[("nurse", 2)]);
    gone.closed = true;
    let mission = MissionCode::new("flood").unwrap();
    assert_eq!(world.questions(0, Act::StateTeam(gone)), [Question::PromiseStands { mission }]);
    world.act(0, Act::KeepCrew { place: world.place(0), skill: skill("nurse"), keep: Some(0) });
    assert_eq!(world.questions(0, world.promise("nurse-2", 1, "flood")), [Question::EnoughPromised]);
    let begun = world.mission(1, "begun", -1, 3, &[("nurse", 1)]);
    assert_eq!(world.questions(1, Act::AskMission(begun)), [Question::BegunAlready { start: hour(-1) }]);
    world.act(1, Act::Take { home: world.town(0), promise });
    let late = world.ask((0, Role::Steward), Act::Leave { promise }, false, hour(1)).unwrap();
    assert_eq!(late, Outcome::Ask(vec![Question::InFuture { occurred: hour(1) }]));
    let yesterday = world.ask((0, Role::Steward), Act::Leave { promise }, false, hour(-30)).unwrap();
    assert_eq!(yesterday, Outcome::Ask(vec![Question::OtherDay { planned: hour(3) }]));

    let refused = |world: &World, change: fn(&mut MissionAsked)| {
        let mut mission = world.mission(1, "odd", 4, 9, &[("nurse", 2)]);
        change(&mut mission);
        world.refusal(1, Act::AskMission(mission))
    };
    let cases: [(fn(&mut MissionAsked), Unsound); 5] = [
        (|m| m.asks.clear(), Unsound::Nobody),
        (|m| m.asks[0].people = 0, Unsound::People(0)),
        (|m| m.asks.push(m.asks[0].clone()), Unsound::Twice(skill("nurse"))),
        (|m| m.end = m.start, Unsound::DayLength(0)),
        (|m| m.days = 31, Unsound::Days(31)),
    ];
    for (change, unsound) in cases {
        assert_eq!(refused(&world, change), Refusal::Unsound(unsound));
    }
    let far = |m: &mut MissionAsked| {
        m.start = hour(30 * 24);
        m.end = hour(30 * 24 + 2);
    };
    assert_eq!(refused(&world, far), Refusal::NotSoon { found: Day(130), first: Day(100), last: Day(130) });
    assert_eq!(refused(&world, |m| m.place = PlaceCode::new("nowhere").unwrap()), {
        Refusal::NotOurPlace(PlaceCode::new("nowhere").unwrap())
    });
    let strange = world.team(0, "theirs", &[("nurse", 1)]);
    assert_eq!(world.refusal(1, Act::StateTeam(strange)), Refusal::NotOurPlace(world.place(0)));
}

#[test]
fn who_may_promise_is_who_may_promise_stock() {
    let world = flood();
    let acts = [
        (Act::StateTeam(world.team(0, "x", &[("nurse", 1)])), 0, true),
        (Act::AskMission(world.mission(0, "x", 4, 9, &[("nurse", 1)])), 0, true),
        (world.promise("nurse-1", 1, "flood"), 0, false),
    ];
    for (act, town, facilitator) in acts {
        for (role, may) in [
            (Role::Steward, true),
            (Role::Coordinator, true),
            (Role::Facilitator, facilitator),
            (Role::Guest, false),
            (Role::Meter, false),
        ] {
            match world.ask((town, role), act.clone(), false, world.now) {
                Ok(_) => assert!(may, "{role} {act:?}"),
                Err(why) => assert!(!may && why.is::<Denied>(), "{role} {act:?}: {why}"),
            }
        }
    }
}

#[test]
fn another_communitys_word_moves_nothing() {
    let mut world = flood();
    let promise = world.act(0, world.promise("nurse-1", 1, "flood"));
    world.write(2, TeamTaken { home: world.town(0), promise }.into());
    world.write(2, TeamWithdrawn { promise, reason: Reason::Other }.into());
    world.write(2, TeamLeft { promise, at: hour(0) }.into());
    world
        .write(2, MissionClosed { mission: MissionCode::new("flood").unwrap(), reason: Reason::Done }.into());
    world.write(2, world.team(0, "nurse-1", &[]).into());
    world.write(2, CrewKept { place: world.place(0), skill: skill("nurse"), keep: Some(9) }.into());
    assert_eq!(world.stage(0, promise), Stage::Promised);
    assert_eq!(world.aid.teams(&world.region).count(), 2);
    assert_eq!(world.aid.kept(&world.region, &world.place(0), &skill("nurse")), 1);
    assert_eq!(world.aid.missions(&world.region).filter(|m| m.is_open(world.now)).count(), 1);
}

#[test]
fn a_trip_of_days_rests_at_the_place_and_is_as_long_as_it_was() {
    let mut world = World::new();
    world.act(0, Act::StateTeam(world.team(0, "crew", &[("nurse", 2)])));
    world.act(0, Act::KeepCrew { place: world.place(0), skill: skill("nurse"), keep: Some(0) });
    let mut mission = world.mission(1, "days", 4, 9, &[("nurse", 2)]);
    mission.days = 3;
    world.act(1, Act::AskMission(mission));
    let promise = world.act(0, world.promise("crew", 1, "days"));
    let trip = world.aid.promise(&world.town(0), promise).unwrap().promised().unwrap().clone();
    let base = koinon_aid::hours::minute(hour(0));
    let spans = |left: Option<i64>, back: Option<i64>| -> Vec<(i64, i64)> {
        let all = koinon_aid::hours::duties(&trip, left.map(hour), back.map(hour));
        all.iter().map(|(a, b)| ((a - base) / 60, (b - base) / 60)).collect()
    };
    assert_eq!(spans(None, None), [(3, 9), (28, 33), (52, 58)]);
    assert_eq!(spans(Some(2), Some(60)), [(2, 9), (28, 33), (52, 60)]);
    assert_eq!(spans(Some(3), Some(30)), [(3, 9), (28, 30)], "called home on the second day");
    assert_eq!(spans(Some(3), Some(11)), [(3, 11)]);
    assert_eq!(spans(Some(1), Some(2)), [(1, 2)], "turned round on the way");
    assert_eq!(spans(Some(5), Some(5)), []);
}

proptest! {
    /// People do what is asked as well as they can: no way of sending each to one thing serves more.
    #[test]
    fn as_many_are_served_as_can_be(
        who in prop::collection::vec((1u32..8, 1u32..4), 1..4),
        wanted in prop::collection::vec(1u32..4, 1..4),
    ) {
        let words = ["a", "b", "c"];
        let components: Vec<Component> = who.iter().map(|(mask, people)| Component {
            skills: (0..3).filter(|at| mask & (1 << at) != 0).map(|at| skill(words[at])).collect(),
            people: *people,
        }).collect();
        let wanted = asks(&wanted.iter().enumerate().map(|(at, n)| (words[at], *n)).collect::<Vec<_>>());
        let found = serves(&components, &wanted);
        // One person after the other, every choice.
        let persons: Vec<&Component> =
            components.iter().flat_map(|c| std::iter::repeat_n(c, c.people as usize)).collect();
        fn best(persons: &[&Component], wanted: &mut Vec<SkillCount>) -> u32 {
            let Some((first, rest)) = persons.split_first() else { return 0 };
            let mut most = best(rest, wanted);
            for at in 0..wanted.len() {
                if wanted[at].people > 0 && first.skills.contains(&wanted[at].skill) {
                    wanted[at].people -= 1;
                    most = most.max(1 + best(rest, wanted));
                    wanted[at].people += 1;
                }
            }
            most
        }
        let sum: u32 = found.iter().map(|serve| serve.people).sum();
        prop_assert_eq!(sum, best(&persons, &mut wanted.clone()));
        for serve in &found {
            let asked = wanted.iter().find(|ask| ask.skill == serve.skill).unwrap();
            prop_assert!(serve.people <= asked.people);
        }
    }

    /// Any order of the same facts, with any repetitions and in any two parts, gives one book, and so does what it says again.
    #[test]
    fn any_order_of_facts_gives_one_book(
        words in prop::collection::vec((0usize..3, 0u8..10, 0u8..3, 0u8..3, 0i64..4, any::<bool>()), 1..40),
        order in prop::collection::vec(any::<prop::sample::Index>(), 80),
    ) {
        let mut world = World::new();
        for (town, kind, which, other, recorded, yes) in words {
            // Many are recorded in the same millisecond, so that the log and the number decide.
            world.now = hour(recorded);
            let promise = EntryId([which; 16]);
            let name = format!("x-{which}");
            let home = world.town(usize::from(other));
            let mission = MissionCode::new(&name).unwrap();
            let asked = world.mission(town, &name, 4, 9, &[("nurse", u32::from(other) + 1)]);
            let mut team = world.team(town, &name, &[("nurse", u32::from(other) + 1)]);
            team.closed = yes;
            let (place, reason, at) = (world.place(usize::from(other)), Reason::Other, hour(recorded));
            let fact: AidFact = match kind {
                0 => team.into(),
                1 => CrewKept { place, skill: skill("nurse"), keep: yes.then_some(2) }.into(),
                2 => asked.into(),
                3 => MissionClosed { mission, reason }.into(),
                4 => TeamTaken { home, promise }.into(),
                5 => TeamDeclined { home, promise, reason }.into(),
                6 => TeamWithdrawn { promise, reason }.into(),
                7 => TeamLeft { promise, at }.into(),
                8 => TeamBack { promise, at }.into(),
                _ => TeamPromised {
                    promise, team: team.team, asker: home, mission, place, serves: asked.asks,
                    leaves: hour(3), start: asked.start, end: asked.end, days: u16::from(which), home_again: hour(10),
                    suggestion: None,
                }.into(),
            };
            world.write(town, fact);
        }
        let order: Vec<usize> = order.iter().map(|at| at.index(world.log.len())).collect();
        world.is_one_book_in_any_order(&order);
        // The last word on each team, found the slow way.
        for team in world.aid.teams(&world.region) {
            let of_it = world.log.iter().filter(|(p, fact)| {
                let word = matches!(fact, AidFact::TeamStated(f) if f.team == team.stated.team);
                word && p.community == *team.community
            });
            let (_, last) = of_it.max_by_key(|(p, _)| p.rev()).unwrap();
            prop_assert_eq!(last, &AidFact::from(team.stated.clone()));
        }
    }
}
