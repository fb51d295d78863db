//! One disaster from many depots: known answers, brute force, and the real depots of Madagascar where they are at hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

#[path = "support/study.rs"]
mod study;

use koinon_core::PlaceCode;
use koinon_match::relief::{Affected, DepotStock, Relief, ReliefError, ReliefItem, Way};
use proptest::prelude::*;

use study::Study;

fn small(stock: &[i64], people: &[i64], minutes: &[Option<i64>], ratio: (i64, i64)) -> Relief {
    let depot = |n: usize| PlaceCode::new(&format!("d-{n}")).unwrap();
    let place = |n: usize| PlaceCode::new(&format!("p-{n}")).unwrap();
    let way = |(n, minutes): (usize, &Option<i64>)| {
        let (depot, place) = (depot(n / people.len()), place(n % people.len()));
        minutes.map(|minutes| Way { depot, place, minutes })
    };
    Relief {
        affected: people.iter().enumerate().map(|(n, p)| Affected { place: place(n), people: *p }).collect(),
        items: vec![ReliefItem { code: "tents".parse().unwrap(), people: ratio.0, units: ratio.1 }],
        stock: stock
            .iter()
            .enumerate()
            .map(|(n, units)| DepotStock { depot: depot(n), item: "tents".parse().unwrap(), units: *units })
            .collect(),
        ways: minutes.iter().enumerate().filter_map(way).collect(),
    }
}

#[test]
fn the_most_people_first_then_the_fewest_minutes() {
    // Tents for five: 12 people need three, of which the last serves two.
    let plan = small(&[4, 4], &[12, 10], &[Some(60), Some(90), Some(30), Some(30)], (5, 1)).plan().unwrap();
    let total = &plan.items[0];
    assert_eq!((total.people, total.units, total.uncovered, total.lacking), (22, 5, 0, 0));
    // Four from the near depot, one from the far one.
    assert_eq!((total.unit_minutes, total.last_minute), (4 * 30 + 60, 60));
    assert_eq!(plan.people_with_all(), 22);
    // One tent less than needed: the one that serves only two stays away.
    let scarce = small(&[4, 0], &[12, 10], &[Some(60), Some(90), Some(30), Some(30)], (5, 1)).plan().unwrap();
    assert_eq!((scarce.items[0].people, scarce.items[0].uncovered, scarce.items[0].lacking), (20, 2, 1));
    // Five blankets for three people.
    let blankets = small(&[10], &[7], &[Some(1)], (3, 5)).plan().unwrap();
    assert_eq!((blankets.items[0].people, blankets.items[0].units), (6, 10));
    let cut_off = small(&[10], &[7], &[None], (1, 1)).plan().unwrap();
    assert_eq!((cut_off.items[0].uncovered, cut_off.places[0].first_minute), (7, None));
}

#[test]
fn bad_numbers_are_named() {
    let mut relief = small(&[1], &[1], &[Some(1)], (0, 1));
    let error = relief.plan().unwrap_err();
    assert_eq!(error.to_string(), "people of tents is 0; use 1 to 1000000");
    relief.items[0].people = 1;
    relief.stock.push(relief.stock[0].clone());
    assert_eq!(relief.plan(), Err(ReliefError::Twice("tents in d-0".into())));
}

/// The best (parts, minutes) over every whole way to send.
fn best(stock: &mut Vec<i64>, people: &[i64], minutes: &[Option<i64>], ratio: (i64, i64)) -> (i64, i64) {
    fn go(
        at: usize,
        stock: &mut Vec<i64>,
        got: &mut Vec<i64>,
        ways: (&[i64], &[Option<i64>], (i64, i64)),
        spent: i64,
        best: &mut (i64, i64),
    ) {
        let (people, minutes, ratio) = ways;
        if at == minutes.len() {
            let served = |(p, g): (&i64, &i64)| (p * ratio.1).min(g * ratio.0);
            let found = (people.iter().zip(got.iter()).map(served).sum(), -spent);
            *best = (*best).max(found);
            return;
        }
        let (depot, place) = (at / people.len(), at % people.len());
        let most = if minutes[at].is_some() { stock[depot] } else { 0 };
        for units in 0..=most {
            stock[depot] -= units;
            got[place] += units;
            go(at + 1, stock, got, ways, spent + units * minutes[at].unwrap_or(0), best);
            stock[depot] += units;
            got[place] -= units;
        }
    }
    let mut found = (0, i64::MIN);
    go(0, stock, &mut vec![0; people.len()], (people, minutes, ratio), 0, &mut found);
    (found.0, -found.1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_way_of_sending_is_better(
        stock in prop::collection::vec(0i64..4, 2),
        people in prop::collection::vec(0i64..9, 3),
        minutes in prop::collection::vec(prop::option::of(1i64..50), 6),
        ratio in (1i64..6, 1i64..4),
    ) {
        let relief = small(&stock, &people, &minutes, ratio);
        let plan = relief.plan().unwrap();
        let total = &plan.items[0];
        let (parts, spent) = best(&mut stock.clone(), &people, &minutes, ratio);
        prop_assert_eq!((total.parts, total.unit_minutes), (i128::from(parts), i128::from(spent)));
        for (n, units) in stock.iter().enumerate() {
            let depot = format!("d-{n}");
            let sent: i64 = plan.sendings.iter().filter(|s| s.depot.as_str() == depot).map(|s| s.units).sum();
            prop_assert!(sent <= *units);
        }
        let mut mixed = relief.clone();
        mixed.ways.reverse();
        mixed.stock.reverse();
        mixed.affected.reverse();
        prop_assert_eq!(mixed.plan().unwrap(), plan);
    }
}

#[test]
fn every_disaster_of_madagascar_is_planned_within_its_stock() {
    let Some(Study { items, stock, ways, disasters }) = Study::read() else { return };
    assert!(disasters.len() > 20, "{} disasters", disasters.len());
    let held: i64 = stock.iter().map(|stock| stock.units).sum();
    let base = Relief { items, stock, ways, ..Relief::default() };
    let mut covered = 0;
    for (name, affected) in disasters {
        let all: i64 = affected.iter().map(|place| place.people).sum();
        let plan = Relief { affected, ..base.clone() }.plan().unwrap();
        assert!(plan.items.iter().all(|item| item.people + item.uncovered == all), "{name}");
        assert!(plan.sendings.iter().map(|s| s.units).sum::<i64>() <= held, "{name}");
        assert!(plan.people_with_all() <= plan.people_with_any() && plan.people_with_any() <= all, "{name}");
        covered += plan.people_with_any();
    }
    assert!(covered > 0);
}
