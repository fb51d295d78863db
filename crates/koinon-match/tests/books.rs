//! From a region and a stock book to a plan.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use koinon_core::region::StorageClass;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{
    CommunityCode, Day, Dimension, EntryId, FactId, LogId, LotId, NeedId, PersonId, Quantity, Region,
    Timestamp, TransferId,
};
use koinon_ledger::fact::{
    CommitLine, Committed, Counted, GivingPaused, Held, LotOpened, Method, NeedStated, OfferMade,
    RouteClosed, RouteReason, RouteStated, TakingPaused, Urgency, Wish, WishStated,
};
use koinon_ledger::{Ledger, LedgerFact, Provenance, Reason};
use koinon_match::{Cargo, LotRef, Problem, Serves, Why, plan};

/// A book that is written one fact after the other.
struct Book {
    region: Region,
    ledger: Ledger,
    seq: u64,
    now: Timestamp,
}

impl Book {
    fn new() -> Self {
        let region = new_region(10, 25_000, Layout::Ring, 1).unwrap();
        let now = Timestamp::parse_rfc3339("2026-03-02T05:00:00Z").unwrap();
        Self { region, ledger: Ledger::default(), seq: 0, now }
    }

    fn write(&mut self, community: &str, fact: &LedgerFact) {
        self.seq += 1;
        let provenance = Provenance {
            fact: FactId([0; 32]),
            log: LogId([1; 16]),
            seq: self.seq,
            community: community.parse().unwrap(),
            recorded: self.now,
            actor: Some(PersonId([7; 16])),
        };
        self.ledger.evolve(&provenance, fact, &self.region.zone(), &mut |_| Vec::new());
    }

    /// Puts tonnes of wheat, or litres and grams in thousands, into the barn.
    fn count(&mut self, community: &str, item: &str, thousands: i64, expires: Option<Day>) -> LotId {
        let lot = LotId([u8::try_from(self.seq + 1).unwrap(); 16]);
        let dimension = self.region.item(&item.parse().unwrap()).unwrap().dimension;
        let opened = LotOpened {
            lot,
            item: item.parse().unwrap(),
            store: format!("{community}-barn").parse().unwrap(),
            batch: None,
            expires,
            owner: None,
            from: None,
        };
        let counted = Counted {
            entry: EntryId([u8::try_from(self.seq + 1).unwrap(); 16]),
            lot,
            seen: Quantity::new(thousands * 1_000, dimension).unwrap(),
            occurred: self.now,
            method: Method::Counted,
            witness: None,
            opens: None,
        };
        self.write(community, &LedgerFact::LotOpened(opened));
        self.write(community, &LedgerFact::Counted(counted));
        lot
    }

    fn problem(&self) -> Problem {
        Problem::from_books(&self.ledger, &self.region, self.now)
    }
}

/// Wheat for 25,000 people is 5 t a day; the floor is 30 days.
fn two_towns() -> (Book, LotId) {
    let mut book = Book::new();
    for code in book.region.communities.iter().map(|c| c.code.to_string()).collect::<Vec<_>>() {
        if code != "dunes" && code != "heath" {
            book.count(&code, "wheat", 150_000, None);
        }
    }
    book.count("dunes", "wheat", 105_000, None);
    let lot = book.count("heath", "wheat", 400_000, None);
    (book, lot)
}

#[test]
fn a_short_community_is_filled_from_one_that_keeps_its_floor() {
    let (book, lot) = two_towns();
    let problem = book.problem();
    assert!(problem.faults().is_empty(), "{:?}", problem.faults());
    assert!(problem.items.iter().any(|item| item.cargo == Cargo::Liquid));
    let plan = plan(&problem).unwrap();
    let wheat: Vec<_> = plan.suggestions.iter().filter(|s| s.item.as_str() == "wheat").collect();
    assert_eq!(wheat.len(), 1);
    let s = wheat[0];
    assert_eq!((s.from.as_str(), s.to.as_str(), s.amount), ("heath", "dunes", 45_000_000));
    assert_eq!(s.serves, Serves::Cover(21));
    assert_eq!((s.giver.days_after, s.giver.floor_days), (Some(71), Some(30)));
    assert_eq!(s.lots(), vec![(LotRef::Book("heath".parse().unwrap(), lot), 45_000_000)]);
    // The roads rest on Sunday and carry 20 t: three loads, none before now.
    assert!(s.loads.len() >= 3, "{:?}", s.loads);
}

#[test]
fn who_says_not_now_is_not_asked_and_what_stays_open_names_it() {
    let (mut book, _) = two_towns();
    let today = book.problem().today;
    let pause = |until| {
        let (place, item) = ("heath".parse().unwrap(), "wheat".parse().unwrap());
        LedgerFact::GivingPaused(GivingPaused { place, item, until })
    };
    book.write("dunes", &pause(Some(today.plus(7))));
    assert!(book.problem().pauses.is_empty(), "nobody speaks for another");
    book.write("heath", &pause(Some(today.plus(7))));
    let problem = book.problem();
    let made = plan(&problem).unwrap();
    assert!(koinon_match::check(&problem, &made).is_empty());
    assert!(made.suggestions.iter().all(|s| s.from.as_str() != "heath" || s.item.as_str() != "wheat"));
    let open = made.unmet.iter().find(|u| u.place.as_str() == "dunes" && u.item.as_str() == "wheat").unwrap();
    let Why::Paused(pauses) = &open.why else { panic!("{:?}", open.why) };
    assert_eq!((pauses[0].place.as_str(), pauses[0].until), ("heath", today.plus(7)));
    // A plan that takes from it all the same is refused by the checker.
    let (free, _) = two_towns();
    let mut forced = plan(&free.problem()).unwrap();
    forced.inputs = problem.digest();
    let found = koinon_match::check(&problem, &forced);
    assert!(found.iter().any(|v| v.rule == koinon_match::check::Rule::Paused), "{found:?}");
    book.write("heath", &pause(None));
    assert!(plan(&book.problem()).unwrap().suggestions.iter().any(|s| s.from.as_str() == "heath"));
}

#[test]
fn what_is_held_or_set_aside_is_not_given_and_what_is_promised_counts_as_coming() {
    let (mut book, lot) = two_towns();
    let heath: CommunityCode = "heath".parse().unwrap();
    let today = book.problem().today;
    let commit = Committed {
        transfer: TransferId([9; 16]),
        from: heath.place(),
        to: "dunes".parse().unwrap(),
        taker: "dunes".parse().unwrap(),
        lines: vec![CommitLine {
            line: 0,
            item: "wheat".parse().unwrap(),
            lot,
            quantity: Quantity::new(20_000_000, Dimension::Mass).unwrap(),
            requested: None,
        }],
        route: vec![book.region.corridors[0].code.clone()],
        leaves: today.plus(1),
        arrives: today.plus(1),
        needs_second: false,
        need: None,
        suggestion: None,
        return_by: None,
        standing: None,
    };
    book.write("heath", &LedgerFact::Committed(commit));
    let problem = book.problem();
    let stock = problem.stock.iter().find(|s| s.place.as_str() == "heath").unwrap();
    assert_eq!(stock.amount, 380_000_000);
    let coming: Vec<_> = problem.arriving.iter().map(|a| (a.place.as_str(), a.amount)).collect();
    assert_eq!(coming, [("dunes", 20_000_000)]);
    let plan_of = |book: &Book| plan(&book.problem()).unwrap();
    let sent: i64 =
        plan_of(&book).suggestions.iter().filter(|s| s.item.as_str() == "wheat").map(|s| s.amount).sum();
    assert_eq!(sent, 25_000_000);
    book.write("heath", &LedgerFact::Held(Held { lot, held: true, reason: Reason::Found }));
    assert!(plan_of(&book).suggestions.iter().all(|s| s.item.as_str() != "wheat"));
}

#[test]
fn needs_and_offers_are_read_from_the_book() {
    let (mut book, _) = two_towns();
    let today = book.problem().today;
    let quantity = Quantity::new(7_000_000, Dimension::Mass).unwrap();
    book.write(
        "brook",
        &LedgerFact::NeedStated(NeedStated {
            need: NeedId([3; 16]),
            item: "wheat".parse().unwrap(),
            store: "brook-barn".parse().unwrap(),
            quantity,
            urgency: Urgency::MustHave,
            by: today.plus(6),
            every_days: None,
            people: None,
        }),
    );
    book.write(
        "heath",
        &LedgerFact::OfferMade(OfferMade {
            offer: koinon_core::OfferId([4; 16]),
            item: "wheat".parse().unwrap(),
            store: "heath-barn".parse().unwrap(),
            quantity,
            from: today,
            until: today.plus(9),
            take_please: true,
            return_by: None,
        }),
    );
    let problem = book.problem();
    assert_eq!((problem.needs.len(), problem.offers.len()), (1, 1));
    let plan = plan(&problem).unwrap();
    assert_eq!(plan.suggestions[0].serves, Serves::Need(Urgency::MustHave));
    assert_eq!((plan.suggestions[0].to.as_str(), plan.suggestions[0].amount), ("brook", 7_000_000));
}

#[test]
fn whoever_plans_between_two_departures_asks_the_same_question() {
    let (mut book, _) = two_towns();
    let mut asked: Vec<(u16, u16, usize, koinon_core::Digest)> = Vec::new();
    let midnight = book.now.plus_millis(-i64::from(book.now.civil(&book.region.zone()).hour()) * 3_600_000);
    for minute in (0..1_440).step_by(7) {
        book.now = midnight.plus_millis(i64::from(minute) * 60_000);
        let problem = book.problem();
        assert!(problem.minute <= minute);
        asked.push((minute, problem.minute, problem.departures.len(), problem.digest()));
    }
    for pair in asked.windows(2) {
        let [(before, _, left, one), (after, start, fewer, other)] = pair else { unreachable!() };
        let is_gone = fewer < left;
        assert_eq!(one != other, is_gone, "from minute {before} to {after}");
        assert!(
            !is_gone || (before < start && start <= after),
            "the plan begins when the last one left: {pair:?}"
        );
    }
    assert!(asked.windows(2).any(|pair| pair[0].2 > pair[1].2), "nothing ever leaves");
}

#[test]
fn a_route_that_an_end_calls_closed_is_not_used_until_it_is_open_again() {
    let (mut book, _) = two_towns();
    let today = book.problem().today;
    let say = |book: &mut Book, by: &str, corridor: &koinon_core::CorridorCode, closed| {
        book.now = book.now.plus_millis(60_000);
        book.write(by, &LedgerFact::RouteStated(RouteStated { corridor: corridor.clone(), closed }));
    };
    let flood = RouteClosed { reason: RouteReason::Flood, from: today, until: None };
    let corridors = book.region.corridors.clone();
    let of_dunes: Vec<_> =
        corridors.iter().filter(|c| [&c.from, &c.to].iter().any(|end| end.as_str() == "dunes")).collect();
    // Somebody who is no end says so in vain.
    for corridor in &of_dunes {
        say(&mut book, "heath", &corridor.code, Some(flood));
    }
    let strangers = book.problem().closed_routes.len();
    assert!(strangers < of_dunes.len());
    for corridor in &of_dunes {
        say(&mut book, "dunes", &corridor.code, Some(flood));
    }
    let problem = book.problem();
    assert!(problem.closed_routes.iter().all(|route| route.until.is_none() && route.from == today));
    let cut_off = plan(&problem).unwrap();
    assert!(cut_off.suggestions.iter().all(|s| s.to.as_str() != "dunes" && s.from.as_str() != "dunes"));
    let open: Vec<_> =
        cut_off.unmet.iter().filter(|u| u.place.as_str() == "dunes" && u.item.as_str() == "wheat").collect();
    assert!(matches!(&open[0].why, Why::RouteClosed(routes) if !routes.is_empty()), "{open:?}");
    for corridor in &of_dunes {
        say(&mut book, "dunes", &corridor.code, None);
        say(&mut book, "heath", &corridor.code, None);
    }
    assert!(book.problem().closed_routes.is_empty());
    assert!(plan(&book.problem()).unwrap().suggestions.iter().any(|s| s.to.as_str() == "dunes"));
    // What is over is no input any more.
    let over = RouteClosed { until: Some(today.plus(-1)), from: today.plus(-5), ..flood };
    say(&mut book, "dunes", &of_dunes[0].code, Some(over));
    assert!(book.problem().closed_routes.is_empty());
}

#[test]
fn a_promise_takes_room_on_every_leg_of_its_way() {
    let (mut book, lot) = two_towns();
    let heath: CommunityCode = "heath".parse().unwrap();
    // Two roads that meet at a hub.
    let hub = book.region.hubs[0].code.clone();
    let to_hub = |end: &koinon_core::region::Corridor| end.from == hub || end.to == hub;
    let road = |c: &koinon_core::region::Corridor| c.mode == koinon_core::region::Mode::Road;
    let spokes: Vec<_> = book.region.corridors.iter().filter(|c| road(c) && to_hub(c)).cloned().collect();
    let (first, second) = (&spokes[0], &spokes[1]);
    let far = |c: &koinon_core::region::Corridor| c.far_end(&hub).unwrap().clone();
    let (from, to) = (far(first), far(second));
    let today = book.problem().today;
    let room = |problem: &Problem,
                corridor: &koinon_core::CorridorCode,
                from: &koinon_core::PlaceCode,
                day: Day|
     -> i64 {
        let on =
            |d: &&koinon_match::Departure| d.corridor == *corridor && d.from == *from && d.leaves.day == day;
        problem.departures.iter().filter(on).map(|d| d.kg).sum()
    };
    let before = book.problem();
    // A road may rest tomorrow; take a day on which both run.
    let day = (1..6)
        .map(|n| today.plus(n))
        .find(|day| first.runs_on(*day) && second.runs_on(*day) && second.runs_on(day.plus(1)))
        .unwrap();
    let commit = Committed {
        transfer: TransferId([9; 16]),
        from: from.clone(),
        to: to.clone(),
        taker: to.community(),
        lines: vec![CommitLine {
            line: 0,
            item: "wheat".parse().unwrap(),
            lot,
            quantity: Quantity::new(3_000_000, Dimension::Mass).unwrap(),
            requested: None,
        }],
        route: vec![first.code.clone(), second.code.clone()],
        leaves: day,
        arrives: day.plus(1),
        needs_second: false,
        need: None,
        suggestion: None,
        return_by: None,
        standing: None,
    };
    book.write(heath.as_str(), &LedgerFact::Committed(commit));
    let after = book.problem();
    let less = |corridor: &koinon_core::CorridorCode, from: &koinon_core::PlaceCode| -> i64 {
        (0..7)
            .map(|n| today.plus(n))
            .map(|day| room(&before, corridor, from, day) - room(&after, corridor, from, day))
            .sum()
    };
    assert_eq!(less(&first.code, &from), 3_000, "three tonnes on the first leg");
    assert_eq!(less(&second.code, &hub), 3_000, "and on the second");
    assert_eq!(less(&first.code, &hub), 0, "nothing the other way");
    assert_eq!(room(&before, &first.code, &from, day) - room(&after, &first.code, &from, day), 3_000);
}

#[test]
fn stores_hold_what_the_region_file_says_less_what_stands_there_and_comes() {
    let (mut book, _) = two_towns();
    let room = |book: &Book, place: &str, class: StorageClass| {
        let rooms = book.problem().rooms;
        let found =
            rooms.iter().find(|room| room.place.as_str() == place && room.storage == [class]).unwrap();
        (found.kg.unwrap(), found.litre.unwrap())
    };
    // The barn holds 140 kg a head, the clinic 2: 3,550 t for 25,000 people, less 105 t of wheat.
    assert_eq!(room(&book, "dunes", StorageClass::Ambient).0, 3_550_000 - 105_000);
    let (kg, litre) = room(&book, "dunes", StorageClass::Liquid);
    assert_eq!((kg, litre), (13_250_000, 13_250_000));
    // Eleven times as much wheat as fits leaves no room at all, and no fault.
    book.count("dunes", "wheat", 40_000_000, None);
    assert_eq!(room(&book, "dunes", StorageClass::Ambient).0, 50_000, "only the clinic has room");
    let problem = book.problem();
    assert!(problem.faults().is_empty(), "{:?}", problem.faults());
    assert!(plan(&problem).is_ok());
}

#[test]
fn a_hub_keeps_what_its_region_file_says() {
    let (mut book, _) = two_towns();
    book.region.hubs[0].keeps.insert("wheat".parse().unwrap(), 5_000_000);
    let hub = book.region.hubs[0].code.clone();
    let problem = book.problem();
    let kept: Vec<_> = problem.uses.iter().filter(|one| one.place == hub).collect();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].keeps(), kept[0].rate.amount), (5_000_000, 0));
}

#[test]
fn the_doors_of_a_place_are_shut_by_what_its_stores_keep() {
    let (mut book, _) = two_towns();
    let today = book.problem().today;
    let shut = |book: &Book, class| {
        let closures = book.problem().closures;
        closures.iter().any(|c| c.place.as_str() == "dunes" && c.storage == Some(class) && c.day == today)
    };
    assert!(!shut(&book, StorageClass::Ambient) && !shut(&book, StorageClass::Liquid));
    let holiday = |book: &mut Book, code: &str| {
        let store = book.region.stores.iter_mut().find(|store| store.code.as_str() == code).unwrap();
        store.holidays.push(today);
    };
    holiday(&mut book, "dunes-water");
    assert!(shut(&book, StorageClass::Liquid));
    holiday(&mut book, "dunes-barn");
    assert!(!shut(&book, StorageClass::Ambient), "the clinic takes dry things too");
    holiday(&mut book, "dunes-clinic");
    assert!(shut(&book, StorageClass::Ambient));
}

#[test]
fn the_next_best_after_a_promise_comes_from_somebody_else() {
    let (mut book, lot) = two_towns();
    let today = book.problem().today;
    let heath: CommunityCode = "heath".parse().unwrap();
    let transfer = TransferId([9; 16]);
    let commit = Committed {
        transfer,
        from: heath.place(),
        to: "dunes".parse().unwrap(),
        taker: "dunes".parse().unwrap(),
        lines: vec![CommitLine {
            line: 0,
            item: "wheat".parse().unwrap(),
            lot,
            quantity: Quantity::new(45_000_000, Dimension::Mass).unwrap(),
            requested: None,
        }],
        route: Vec::new(),
        leaves: today,
        arrives: today,
        needs_second: false,
        need: None,
        suggestion: None,
        return_by: None,
        standing: None,
    };
    book.write("heath", &LedgerFact::Committed(commit));
    let wheat = |problem: &Problem| -> Vec<String> {
        let found = plan(problem).unwrap().suggestions;
        found.iter().filter(|s| s.item.as_str() == "wheat").map(|s| s.from.to_string()).collect()
    };
    assert_eq!(wheat(&book.problem()), [""; 0], "it is promised");
    let next =
        |book: &Book| Problem::instead_of(&book.ledger, &book.region, book.now, (&heath, transfer)).unwrap();
    assert_eq!(wheat(&next(&book)), [""; 0], "nobody else is above the floor");
    book.count("cedar", "wheat", 400_000, None);
    let problem = next(&book);
    assert!(problem.faults().is_empty() && problem.items.len() == 1);
    assert_eq!(wheat(&problem), ["cedar"]);
    let strange = (&heath, TransferId([8; 16]));
    assert_eq!(Problem::instead_of(&book.ledger, &book.region, book.now, strange), None);
}

#[test]
fn who_has_enough_is_not_filled_up_and_what_it_asks_for_comes_all_the_same() {
    let (mut book, _) = two_towns();
    let today = book.problem().today;
    let enough = |until| {
        let (place, item) = ("dunes".parse().unwrap(), "wheat".parse().unwrap());
        LedgerFact::TakingPaused(TakingPaused { place, item, until })
    };
    let comes = |book: &Book| {
        let made = plan(&book.problem()).unwrap();
        assert!(koinon_match::check(&book.problem(), &made).is_empty());
        made.suggestions.iter().filter(|s| s.to.as_str() == "dunes" && s.item.as_str() == "wheat").count()
    };
    book.write("heath", &enough(Some(today.plus(7))));
    assert_eq!(comes(&book), 1, "nobody speaks for another");
    book.write("dunes", &enough(Some(today.plus(7))));
    assert_eq!(comes(&book), 0);
    let need = NeedStated {
        need: NeedId([3; 16]),
        item: "wheat".parse().unwrap(),
        store: book.region.stores_of(&"dunes".parse().unwrap()).next().unwrap().code.clone(),
        quantity: Quantity::new(1_000_000, Dimension::Mass).unwrap(),
        urgency: Urgency::MustHave,
        by: today.plus(6),
        every_days: None,
        people: None,
    };
    book.write("dunes", &LedgerFact::NeedStated(need));
    assert_eq!(comes(&book), 1, "what it asks for comes all the same");
}

#[test]
fn a_wish_is_relative_to_what_is_asked_for_besides_and_has_an_end() {
    let (mut book, _) = two_towns();
    let today = book.problem().today;
    let mut number = 0_u8;
    let mut need = |book: &mut Book, item: &str, urgency| {
        number += 1;
        let need = NeedStated {
            need: NeedId([number; 16]),
            item: item.parse().unwrap(),
            store: book.region.stores_of(&"dunes".parse().unwrap()).next().unwrap().code.clone(),
            quantity: Quantity::new(1_000_000, Dimension::Mass).unwrap(),
            urgency,
            by: today.plus(6),
            every_days: None,
            people: None,
        };
        book.write("dunes", &LedgerFact::NeedStated(need));
    };
    let wish = |book: &mut Book, who: &str, item: &str, wish| {
        let said = WishStated { item: item.parse().unwrap(), wish };
        book.write(who, &LedgerFact::WishStated(said));
    };
    let weights = |book: &Book| -> Vec<(String, u32)> {
        book.problem().needs.iter().map(|need| (need.item.to_string(), need.wish_per_mille)).collect()
    };
    let of = |list: &[(&str, u32)]| -> Vec<(String, u32)> {
        list.iter().map(|(item, weight)| ((*item).to_owned(), *weight)).collect()
    };
    need(&mut book, "wheat", Urgency::Needed);
    wish(&mut book, "dunes", "wheat", Wish::More);
    assert_eq!(weights(&book), of(&[("wheat", 1_000)]), "there is nothing to wish for less");
    need(&mut book, "potatoes", Urgency::Useful);
    assert_eq!(weights(&book), of(&[("wheat", 1_333), ("potatoes", 666)]));
    wish(&mut book, "heath", "potatoes", Wish::More);
    assert_eq!(weights(&book), of(&[("wheat", 1_333), ("potatoes", 666)]), "nobody wishes for another");
    need(&mut book, "rice", Urgency::MustHave);
    assert_eq!(weights(&book)[2].1, 1_000, "what lives depend on is not among it");
    assert_eq!(weights(&book)[..2], of(&[("wheat", 1_333), ("potatoes", 666)]));
    // However much is asked for besides and wished for less, a wish doubles a part at most.
    for item in ["oats", "maize", "lentils"] {
        need(&mut book, item, Urgency::Useful);
        wish(&mut book, "dunes", item, Wish::Less);
    }
    wish(&mut book, "dunes", "potatoes", Wish::Less);
    assert_eq!(weights(&book)[0].1, 2_000);
    assert!(weights(&book).iter().all(|(_, weight)| (500..=2_000).contains(weight)), "{:?}", weights(&book));
    assert!(koinon_match::check(&book.problem(), &plan(&book.problem()).unwrap()).is_empty());
}
