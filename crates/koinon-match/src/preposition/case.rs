//! The problem in numbers: sites, places and items by their index, in canonical order.
//!
//! All items are weighed in one measure: a person is as many *parts* as the least common multiple of all items' units says, so that one unit
//! of every item serves a whole number of parts. Effort is parts times minutes: what a unit serves, times how long it is on the road.

use std::collections::BTreeMap;

use koinon_core::PlaceCode;

use super::problem::{Opens, Preposition, PrepositionError, weighable};

/// Prices are counted in millionths of a part-minute.
pub(super) const SCALE: i64 = 1_000_000;

/// Everything by index.
#[derive(Debug)]
pub(super) struct Case {
    /// Parts that make a person.
    pub(super) person: i64,
    /// Sites, in the problem's order.
    pub(super) sites: usize,
    /// Room in millilitres times 1,000.
    pub(super) room: Vec<Option<i128>>,
    /// Sites that are open in every plan.
    pub(super) must: Vec<bool>,
    /// Sites that are open in none.
    pub(super) closed: Vec<bool>,
    pub(super) goods: Vec<Good>,
    pub(super) scenes: Vec<Scene>,
    /// What a part is worth in part-minutes when people count first.
    pub(super) worth: i64,
}

/// An item.
#[derive(Debug, Clone)]
pub(super) struct Good {
    /// Its index.
    pub(super) at: usize,
    /// Parts that a unit serves.
    pub(super) parts: i64,
    /// Units in all.
    pub(super) total: i64,
    /// Units to be bought among them.
    pub(super) added: i64,
    /// Units at each site now.
    pub(super) now: Vec<i64>,
    /// Units that must stand at each site.
    pub(super) least: Vec<i64>,
    /// Units that may stand at each site.
    pub(super) most: Vec<i64>,
    /// Millilitres that 1,000 units take.
    pub(super) room: i64,
}

/// A scenario.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) weight: i64,
    pub(super) hits: Vec<Hit>,
}

/// People at a place.
#[derive(Debug)]
pub(super) struct Hit {
    /// Parts of persons.
    pub(super) parts: i128,
    /// Minutes from the sites that have a way here.
    pub(super) ways: Vec<(usize, i64)>,
}

impl Hit {
    /// Units that all serve fully, no more than there are, and the parts that one more would serve.
    pub(super) fn wants(&self, good: &Good) -> (i64, i64) {
        let each = i128::from(good.parts);
        let whole = (self.parts / each).min(i128::from(good.total));
        (i64::try_from(whole).unwrap_or(i64::MAX), i64::try_from(self.parts % each).unwrap_or(0))
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a.checked_rem(b).unwrap_or(0)) }
}

impl Case {
    /// Numbers a canonical problem that has been inspected.
    pub(super) fn new(problem: &Preposition) -> Result<Self, PrepositionError> {
        let sites = problem.sites.len();
        let site_at: BTreeMap<&PlaceCode, usize> =
            problem.sites.iter().enumerate().map(|(at, site)| (&site.place, at)).collect();
        let mut person = 1_i64;
        for item in &problem.items {
            let factor = item.units / gcd(person, item.units);
            person = person.checked_mul(factor).ok_or(PrepositionError::TooLarge)?;
        }
        let must_open = problem.must_open();
        let closed: Vec<bool> = problem.sites.iter().map(|site| site.opens == Opens::Closed).collect();
        let mut goods = Vec::new();
        for (at, item) in problem.items.iter().enumerate() {
            let parts = item.people.checked_mul(person / item.units).ok_or(PrepositionError::TooLarge)?;
            let total = problem.total(&item.code);
            let mut good = Good {
                at,
                parts,
                total,
                added: 0,
                now: vec![0; sites],
                least: vec![0; sites],
                most: closed.iter().map(|shut| if *shut { 0 } else { total }).collect(),
                room: item.ml_per_1000,
            };
            good.added = problem.added.iter().filter(|one| one.item == item.code).map(|one| one.units).sum();
            for one in problem.holdings.iter().filter(|one| one.item == item.code) {
                let Some(&site) = site_at.get(&one.site) else { continue };
                set(&mut good.now, site, one.units);
                set(&mut good.least, site, one.at_least);
                let most = good.most.get(site).copied().unwrap_or(0);
                set(&mut good.most, site, one.at_most.map_or(most, |limit| limit.min(most)));
            }
            goods.push(good);
        }
        let mut to: BTreeMap<&PlaceCode, Vec<(usize, i64)>> = BTreeMap::new();
        for way in &problem.ways {
            if let Some(&site) = site_at.get(&way.depot) {
                to.entry(&way.place).or_default().push((site, way.minutes));
            }
        }
        let hit = |one: &crate::relief::Affected| Hit {
            parts: i128::from(one.people) * i128::from(person),
            ways: to.get(&one.place).cloned().unwrap_or_default(),
        };
        let scenes: Vec<Scene> = problem
            .scenarios
            .iter()
            .map(|one| Scene { weight: one.weight, hits: one.affected.iter().map(hit).collect() })
            .collect();
        let longest = problem.ways.iter().map(|way| way.minutes).max().unwrap_or(0) + 1;
        let places = scenes.iter().map(|scene| scene.hits.len()).max().unwrap_or(0);
        let nodes = i64::try_from(sites + places + 2).map_err(|_| PrepositionError::TooLarge)?;
        let parts = goods.iter().map(|good| good.parts).max().unwrap_or(1);
        let case = Self {
            person,
            sites,
            room: problem.sites.iter().map(|site| site.room_ml.map(|ml| i128::from(ml) * 1_000)).collect(),
            must: problem.sites.iter().map(|site| must_open.contains(&site.place)).collect(),
            closed,
            goods,
            scenes,
            // One part outweighs every cycle of ways, so that people come first in each scenario; four times that, so that they also do
            // between scenarios where it is a matter of a few units.
            worth: 4_i64
                .checked_mul(nodes)
                .and_then(|n| n.checked_mul(longest))
                .and_then(|n| n.checked_mul(parts))
                .ok_or(PrepositionError::TooLarge)?,
        };
        let units = case.goods.iter().map(|good| i128::from(good.total)).sum::<i128>();
        let (worth, parts) = (i128::from(case.worth), i128::from(parts));
        // Head room for a worth that is raised a thousandfold.
        weighable(&[worth, parts, units, case.weights(), i128::from(SCALE), 1 << 14])?;
        Ok(case)
    }

    /// The sum of all weights.
    pub(super) fn weights(&self) -> i128 {
        self.scenes.iter().map(|scene| i128::from(scene.weight)).sum()
    }

    /// Places over all scenarios.
    pub(super) fn lines(&self) -> usize {
        self.scenes.iter().map(|scene| scene.hits.len()).sum()
    }
}

/// Writes a number where there is a slot for it.
pub(super) fn set(list: &mut [i64], at: usize, value: i64) {
    if let Some(slot) = list.get_mut(at) {
        *slot = value;
    }
}

/// A number, or 0 where there is none.
pub(super) fn at(list: &[i64], at: usize) -> i64 {
    list.get(at).copied().unwrap_or(0)
}
