//! The first sentence of the demo is the book's own result, and other regions have one too.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use koinon_books::cover::Band;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::region::{Group, Region};
use koinon_core::{CommunityCode, Day};
use koinon_sim::suggest::engine;
use koinon_sim::{Federation, Purpose, Seed, World};

/// A federation that has opened its books, seen from its first community.
fn opened(region: &Region, seed: u64) -> Federation {
    let mut ids = Seed(77).dice(0, Day(0), Purpose::Ids, 0);
    let world = World::new(region, seed);
    let mut federation = Federation::found(world, Box::new(|_, _| Vec::new()), &mut ids).unwrap();
    let report = federation.play(&mut ids);
    assert_eq!(report.refused, [], "seed {seed}");
    assert!(report.facts.values().all(|facts| (150..=300).contains(facts)), "{:?}", report.facts);
    assert_eq!(federation.check(), []);
    federation
}

#[test]
fn dunes_is_short_and_heath_can_spare_at_any_seed() {
    let region = new_region(10, 25_000, Layout::Ring, 1).unwrap();
    for seed in [0, 1, 2, 3, 42, u64::MAX] {
        let federation = opened(&region, seed);
        let start = federation.world().start();
        let story = federation.world().story().unwrap().clone();
        assert_eq!(
            (story.short.as_str(), story.long.as_str(), story.item.as_str()),
            ("dunes", "heath", "wheat")
        );
        let book = federation.book(&story.short).unwrap();
        let wheat = region.item(&story.item).unwrap();
        let food = |code: &CommunityCode| book.group_cover(code, Group::Food, start).days.unwrap();
        assert_eq!(food(&story.short), 21, "seed {seed}");

        // 42 t of wheat are 2.67 days of food for 25,000 people, and 8.4 days of wheat.
        let spare = 42_000_000i128;
        let rich = book.item_cover(&story.long, wheat, start);
        let after = rich.rate.unwrap().0.lasts(rich.available - spare).unwrap();
        assert_eq!(after, 55, "seed {seed}: days of wheat that Heath keeps");
        let kcal = spare * 3_340 / 1_000 / (25_000 * 2_100);
        assert_eq!(
            i128::from(food(&story.long)) - kcal - 1,
            55,
            "seed {seed}: days of food that Heath keeps"
        );

        // What Dunes is short of the agreed reserve is what Heath can spare, and Dunes asks for it.
        let poor = book.item_cover(&story.short, wheat, start);
        assert!((41_900_000..=42_100_000).contains(&(poor.floor - poor.available)), "{poor:?}");
        let asked: Vec<i64> = book
            .ledger()
            .needs()
            .filter(|(community, _, _)| **community == story.short)
            .filter_map(|(_, _, need)| need.open_on(start))
            .filter(|need| need.item == story.item)
            .map(|need| need.quantity.amount())
            .collect();
        assert_eq!(asked, [42_000_000], "seed {seed}");

        let others = region.communities.iter().filter(|c| c.code != story.short && c.code != story.long);
        for community in others {
            let days = food(&community.code);
            assert!((35..=54).contains(&days), "seed {seed}: {} has food for {days} days", community.code);
            let cover = book.item_cover(&community.code, wheat, start);
            assert!(
                cover.available < rich.available * 2 / 3,
                "seed {seed}: {} has {cover:?}",
                community.code
            );
        }
        let bands: std::collections::BTreeSet<Band> = region
            .communities
            .iter()
            .flat_map(|c| Group::ALL.map(|group| book.group_cover(&c.code, group, start).band))
            .collect();
        assert!(bands.len() >= 3, "seed {seed}: {bands:?}");
        for group in [Group::Hygiene, Group::Fuel] {
            let cover = book.group_cover(&story.short, group, start);
            assert!(cover.days.is_some() && cover.scarcest.is_some(), "seed {seed}: {group:?} {cover:?}");
        }
    }
}

#[test]
fn other_regions_have_a_first_sentence_too() {
    for (communities, population, layout) in [
        (2, 1_000, Layout::Ring),
        (3, 40, Layout::Cluster),
        (5, 120_000, Layout::Ring),
        (23, 900, Layout::Cluster),
    ] {
        let region = new_region(communities, population, layout, 4).unwrap();
        let federation = opened(&region, 9);
        let start = federation.world().start();
        let story = federation.world().story().unwrap();
        let book = federation.book(&story.short).unwrap();
        let mut days: Vec<(i64, &CommunityCode)> = region
            .communities
            .iter()
            .map(|c| (book.group_cover(&c.code, Group::Food, start).days.unwrap(), &c.code))
            .collect();
        days.sort();
        assert_eq!(days[0].1, &story.short, "{communities}: {days:?}");
        assert_eq!(days[communities - 1].1, &story.long, "{communities}: {days:?}");
        assert!((20..=23).contains(&days[0].0), "{communities}: {days:?}");
    }
}

#[test]
fn a_region_alone_or_without_food_has_no_story_and_no_panic() {
    let alone = new_region(1, 500, Layout::Ring, 1).unwrap();
    let world = World::new(&alone, 1);
    assert_eq!(world.story(), None);
    let mut bare = new_region(3, 500, Layout::Ring, 1).unwrap();
    bare.items.clear();
    bare.reindex();
    assert_eq!(World::new(&bare, 1).opening_of(&bare.communities[0].code).count(), 0);
    let empty = Region::default();
    let world = World::new(&empty, 1);
    assert_eq!(world.cast(&CommunityCode::new("nowhere").unwrap()), []);
}

#[test]
fn the_engine_suggests_the_first_sentence() {
    let region = new_region(10, 25_000, Layout::Ring, 1).unwrap();
    for seed in [0, 1, 2, 3, 42, u64::MAX] {
        let federation = opened(&region, seed);
        let story = federation.world().story().unwrap();
        let book = federation.book(&story.long).unwrap();
        let suggested = engine(book, federation.world().start());
        let found: Vec<i64> = suggested
            .iter()
            .filter(|s| s.to == story.short.place() && s.item == story.item)
            .map(|s| s.quantity.amount())
            .collect();
        assert_eq!(found, [42_000_000], "seed {seed}");
    }
}
