//! Many days of many seeds: everything adds up every day, all books agree, and a seed repeats its world.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use koinon_core::region::Region;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{CommunityCode, Day, Digest};
use koinon_ledger::transfer::Status;
use koinon_sim::federation::Suggests;
use koinon_sim::suggest::{engine, engine_once, greedy};
use koinon_sim::{Federation, Purpose, Scenario, Seed, World};
use proptest::prelude::*;

fn region(communities: usize, population: i64) -> Region {
    new_region(communities, population, Layout::Ring, 1).unwrap()
}

fn found(region: &Region, seed: u64, ids: u64) -> (Federation, koinon_sim::Dice) {
    let mut ids = Seed(ids).dice(0, Day(0), Purpose::Ids, 0);
    let federation = Federation::found(World::new(region, seed), Box::new(greedy), &mut ids).unwrap();
    (federation, ids)
}

/// Plays days and checks each; gives the digest of every day and the number of refused commands.
fn play(federation: &mut Federation, ids: &mut koinon_sim::Dice, days: usize) -> (Vec<Digest>, usize) {
    let mut refused = 0;
    let digests = (0..days)
        .map(|day| {
            let report = federation.play(ids);
            assert!(report.facts.values().all(|facts| *facts <= 300), "day {day}: {:?}", report.facts);
            assert_eq!(federation.check(), [], "day {day}");
            refused += report.refused.len();
            report.digest
        })
        .collect();
    (digests, refused)
}

#[test]
fn twenty_seeds_add_up_for_thirty_days() {
    let region = region(4, 2_000);
    for seed in 0..20 {
        let (mut federation, mut ids) = found(&region, seed, 500 + seed);
        let (_, refused) = play(&mut federation, &mut ids, 30);
        assert_eq!(refused, 0, "seed {seed}");
        let first = federation.book(&region.communities[0].code).unwrap();
        // A book of yet another order of all facts is the same book.
        let mirror = federation.mirror(&mut Seed(seed).dice(0, Day(1), Purpose::Shuffle, 9));
        assert_eq!(mirror.ledger().digest(), first.ledger().digest(), "seed {seed}");
        let done = first.ledger().transfers().filter(|(giver, _, t)| t.status(giver) == Status::Done).count();
        assert!(done > 5, "seed {seed}: only {done} transfers were done");
    }
}

#[test]
fn the_default_region_lives_through_a_month() {
    let region = region(10, 25_000);
    let (mut federation, mut ids) = found(&region, 1, 1);
    play(&mut federation, &mut ids, 30);
    let first = federation.book(&region.communities[0].code).unwrap();
    let statuses = |wanted| first.ledger().transfers().filter(|(g, _, t)| t.status(g) == wanted).count();
    assert!(statuses(Status::Done) > 30 && statuses(Status::Refused) > 0);
    assert!(first.ledger().recalls().count() <= 1);
    let below: Vec<i128> =
        first.ledger().lots().map(|(_, _, lot)| lot.balance()).filter(|balance| *balance < 0).collect();
    assert_eq!(below, [0i128; 0], "people never take what is not there");
    let lost: i128 = region.items.iter().map(|item| first.ledger().lost_on_the_way(&item.code)).sum();
    assert!(lost > 0, "now and then something is lost for good");
    // Nobody starves and nothing piles up: with help, food lasts between two weeks and three months everywhere.
    for community in &region.communities {
        let food = first.group_cover(&community.code, koinon_core::Group::Food, federation.today());
        assert!((14..=90).contains(&food.days.unwrap()), "{}: {food:?}", community.code);
    }
}

#[test]
fn the_matching_engine_feeds_the_player() {
    let region = region(4, 25_000);
    let run = |engine: fn() -> Box<Suggests>, ids| {
        let mut ids = Seed(ids).dice(0, Day(0), Purpose::Ids, 0);
        let mut federation = Federation::found(World::new(&region, 4), engine(), &mut ids).unwrap();
        let (digests, refused) = play(&mut federation, &mut ids, 12);
        assert_eq!(refused, 0);
        let book = federation.book(&region.communities[0].code).unwrap();
        let routed = book.ledger().transfers().filter_map(|(giver, _, t)| t.commitment(giver));
        assert!(routed.filter(|by| !by.what.route.is_empty() && by.what.suggestion.is_some()).count() > 3);
        digests
    };
    assert_eq!(run(engine_once, 1), run(|| Box::new(engine), 2), "the engine's choices do not hang on ids");
}

#[test]
fn a_seed_repeats_its_world_whatever_the_ids() {
    let region = region(5, 25_000);
    let run = |seed, ids| {
        let (mut federation, mut ids) = found(&region, seed, ids);
        play(&mut federation, &mut ids, 25).0
    };
    let first = run(7, 1);
    assert_eq!(first, run(7, 2), "other ids");
    let other = run(8, 1);
    assert!(first.iter().zip(&other).all(|(a, b)| a != b), "another seed");
}

#[test]
fn a_scenario_changes_nothing_before_its_day() {
    let region = region(4, 25_000);
    let run = |scenario: Option<Scenario>| {
        let (mut federation, mut ids) = found(&region, 3, 3);
        let (mut digests, _) = play(&mut federation, &mut ids, 6);
        if let Some(scenario) = scenario {
            let today = federation.today();
            federation.world_mut().happen(today, scenario);
        }
        digests.extend(play(&mut federation, &mut ids, 8).0);
        digests
    };
    let plain = run(None);
    let community = region.communities[1].code.clone();
    let wheat = region.items[0].code.clone();
    for scenario in [
        Scenario::FailCrop { community: community.clone(), item: None, percent: 80 },
        Scenario::Spoil { community: community.clone(), item: wheat, percent: 30 },
        Scenario::Guests { community, percent: 10 },
    ] {
        let other = run(Some(scenario.clone()));
        assert_eq!(plain[..6], other[..6], "{scenario:?}");
        assert_ne!(plain[6..], other[6..], "{scenario:?}");
    }
}

#[test]
fn a_pulled_plug_loses_nothing_but_time() {
    let region = region(4, 2_000);
    let code = |at: usize| region.communities[at].code.clone();
    let (mut federation, mut ids) = found(&region, 5, 5);
    play(&mut federation, &mut ids, 4);
    let today = federation.today();
    federation.world_mut().happen(today, Scenario::PullPlug { community: code(2) });
    play(&mut federation, &mut ids, 5);
    let digests = federation.ledger_digests();
    assert_eq!(digests[0].1, digests[1].1);
    assert_ne!(digests[0].1, digests[2].1, "the one apart knows other things");
    let today = federation.today();
    federation.world_mut().happen(today, Scenario::PlugIn { community: code(2) });
    play(&mut federation, &mut ids, 1);
    let digests: Vec<(CommunityCode, Digest)> = federation.ledger_digests();
    assert!(digests.iter().all(|(_, digest)| *digest == digests[0].1), "it has caught up");
}

/// On-hand of every batch that is not empty, all sums, and every open transfer with its counters.
fn stand(book: &koinon_books::Book) -> (Vec<String>, Vec<String>, Vec<String>) {
    let ledger = book.ledger();
    let lots = ledger.lots().filter(|(_, _, lot)| lot.balance() != 0);
    let lots = lots.map(|(community, id, lot)| format!("{community} {id} {}", lot.balance())).collect();
    let sums = ledger.totals().iter().map(|(community, item, sums)| {
        let accounts = koinon_ledger::reason::Account::ALL.map(|account| sums.account(account));
        format!("{community} {item} {accounts:?}")
    });
    let transfers = ledger.transfers().filter_map(|(giver, id, transfer)| {
        let status = transfer.status(giver);
        let closed = matches!(status, Status::Done | Status::Refused | Status::Withdrawn);
        (!closed).then(|| format!("{giver} {id} {status:?} {:?}", transfer.totals(giver)))
    });
    (lots, sums.collect(), transfers.collect())
}

#[test]
fn folding_old_days_away_changes_no_figure_even_for_who_was_cut_off() {
    let region = region(4, 2_000);
    for seed in 0..4 {
        let (mut federation, mut ids) = found(&region, seed, seed);
        federation.fold_after(4);
        for turn in 0..30 {
            let today = federation.today();
            // Longer apart than the fold, so that late facts reach behind it.
            let community = region.communities[1 + turn / 15].code.clone();
            match turn % 15 {
                3 => federation.world_mut().happen(today, Scenario::PullPlug { community }),
                11 => federation.world_mut().happen(today, Scenario::PlugIn { community }),
                _ => {}
            }
            let report = federation.play(&mut ids);
            assert_eq!(report.refused, [], "seed {seed}, day {turn}");
            assert_eq!(federation.check(), [], "seed {seed}, day {turn}");
        }
        let mirror = federation.mirror(&mut Seed(seed).dice(0, Day(1), Purpose::Shuffle, 9));
        for community in &region.communities {
            let (lots, sums, transfers) = stand(federation.book(&community.code).unwrap());
            let whole = stand(&mirror);
            assert_eq!(lots, whole.0, "seed {seed}: {}", community.code);
            assert_eq!(sums, whole.1, "seed {seed}: {}", community.code);
            assert_eq!(transfers, whole.2, "seed {seed}: {}", community.code);
        }
    }
}

#[test]
fn a_flood_is_said_by_its_ends_heard_by_all_and_nobody_suggests_over_it() {
    let region = region(4, 25_000);
    let mut ids = Seed(6).dice(0, Day(0), Purpose::Ids, 0);
    let mut federation = Federation::found(World::new(&region, 4), engine_once(), &mut ids).unwrap();
    play(&mut federation, &mut ids, 3);
    let flooded: Vec<_> = region.corridors.iter().step_by(2).map(|corridor| corridor.code.clone()).collect();
    let since = federation.today();
    for corridor in &flooded {
        federation.world_mut().happen(since, Scenario::FloodRoute { corridor: corridor.clone() });
    }
    let (_, refused) = play(&mut federation, &mut ids, 6);
    assert_eq!(refused, 0);
    let today = federation.today();
    for community in &region.communities {
        let book = federation.book(&community.code).unwrap();
        for corridor in &region.corridors {
            let closed = book.closed_route(&corridor.code, today).is_some();
            assert_eq!(closed, flooded.contains(&corridor.code), "{}: {}", community.code, corridor.code);
        }
        for suggested in engine(book, today) {
            assert!(suggested.route.iter().all(|code| !flooded.contains(code)), "{suggested:?}");
        }
        // Nothing was loaded onto a flooded route after the flood.
        let zone = region.zone();
        for (giver, _, transfer) in book.ledger().transfers() {
            let over = transfer
                .commitment(giver)
                .is_some_and(|by| by.what.route.iter().any(|c| flooded.contains(c)));
            let loads = transfer.shipments().filter_map(|(_, load)| load.load(giver));
            for load in loads.filter(|_| over) {
                assert!(load.what.occurred.day(&zone) <= since, "{giver} sent over the flood");
            }
        }
    }
    for corridor in &flooded {
        federation.world_mut().happen(today, Scenario::OpenRoute { corridor: corridor.clone() });
    }
    play(&mut federation, &mut ids, 1);
    let book = federation.book(&region.communities[0].code).unwrap();
    assert!(region.corridors.iter().all(|c| book.closed_route(&c.code, federation.today()).is_none()));
}

#[test]
fn what_is_left_to_a_visitor_waits() {
    let region = region(10, 25_000);
    let (mut federation, mut ids) = found(&region, 1, 1);
    let story = federation.world().story().unwrap().clone();
    federation.hands_off_mut().ways.insert((story.short.place(), story.item.clone()));
    play(&mut federation, &mut ids, 8);
    let book = federation.book(&story.short).unwrap();
    let to_short = book.ledger().transfers().filter_map(|(giver, _, t)| t.commitment(giver)).any(|by| {
        by.what.to == story.short.place() && by.what.lines.iter().any(|line| line.item == story.item)
    });
    assert!(!to_short, "only the visitor sends wheat to Dunes");
    federation.hands_off_mut().ways.clear();
    play(&mut federation, &mut ids, 5);
    let open: Vec<_> = {
        let book = federation.book(&story.short).unwrap();
        let under_way = book.ledger().transfers().filter(|(g, _, t)| t.status(g) == Status::UnderWay);
        under_way.map(|(giver, id, _)| (giver.clone(), id)).collect()
    };
    federation.hands_off_mut().transfers.extend(open.iter().map(|(_, id)| *id));
    play(&mut federation, &mut ids, 5);
    let book = federation.book(&story.short).unwrap();
    for (giver, id) in open {
        let status = book.ledger().transfer(&giver, id).unwrap().status(&giver);
        assert_eq!(status, Status::UnderWay, "nobody of the cast touches it");
    }
}

#[test]
fn a_count_finds_what_really_stands_there() {
    let region = region(3, 25_000);
    let (mut federation, mut ids) = found(&region, 2, 2);
    play(&mut federation, &mut ids, 12);
    let (world, day) = (federation.world(), federation.today());
    let mut off = 0;
    for community in &region.communities {
        let book = federation.book(&community.code).unwrap();
        for item in &region.items {
            for store in region.stores_of(&community.code.place()) {
                let lots = book.ledger().lots_in(&community.code, &store.code, &item.code);
                let on_hand: i128 = lots.iter().map(|(_, lot)| lot.balance()).sum();
                let real = world.true_stock(book, &community.code, &store.code, &item.code, day);
                assert!(real * 10 >= on_hand * 9 && real * 10 <= on_hand * 11, "{} {real}", item.code);
                off += u32::from(real != on_hand);
            }
        }
    }
    assert!(off > 20, "the book knows only what was counted: {off} differ");
}

#[test]
fn what_a_cut_off_community_had_written_is_passed_on() {
    let region = region(3, 600);
    let (mut federation, mut ids) = found(&region, 7, 8);
    let code = |at: usize| region.communities[at].code.clone();
    // Brook hears nothing while alder still speaks; when it is back, alder is gone, and cedar knows.
    let events = [
        (1, Scenario::PullPlug { community: code(1) }),
        (4, Scenario::PullPlug { community: code(0) }),
        (6, Scenario::PlugIn { community: code(1) }),
    ];
    for day in 0..8 {
        let today = federation.today();
        for (_, scenario) in events.iter().filter(|(on, _)| *on == day) {
            federation.world_mut().happen(today, scenario.clone());
        }
        federation.play(&mut ids);
        assert_eq!(federation.check(), [], "day {day}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Any list of scenarios on any days leaves sums and books whole.
    #[test]
    fn scenarios_never_break_the_sums(
        seed in any::<u64>(),
        events in prop::collection::vec((0usize..12, 0usize..3, 0u32..7, 0u32..=200), 0..10),
    ) {
        let region = region(3, 600);
        let (mut federation, mut ids) = found(&region, seed, seed ^ 1);
        for day in 0..12 {
            let today = federation.today();
            for (_, at, kind, percent) in events.iter().filter(|(on, ..)| *on == day) {
                let community = region.communities[*at].code.clone();
                let corridor = region.corridors[*at].code.clone();
                let item = region.items[*at].code.clone();
                let percent = *percent;
                let scenario = match kind {
                    0 => Scenario::FailCrop { community, item: Some(item), percent },
                    1 => Scenario::FloodRoute { corridor },
                    2 => Scenario::OpenRoute { corridor },
                    3 => Scenario::PullPlug { community },
                    4 => Scenario::PlugIn { community },
                    5 => Scenario::Spoil { community, item, percent },
                    _ => Scenario::Guests { community, percent },
                };
                federation.world_mut().happen(today, scenario);
            }
            federation.play(&mut ids);
            prop_assert_eq!(federation.check(), []);
        }
    }
}
