//! The plans that breed: good ones, and different ones.
//!
//! Two crowds are kept, of plans that keep every limit and of plans that do not. In each a plan is worth what its rank by cost and its
//! rank by difference from its nearest fellows add up to, so that the crowd does not shrink to one family (Vidal 2012, 2022). Prices
//! of overload and delay follow how many of the last plans kept the limits.

#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "places are numbered below the number of places, members below that of the crowd"
)]

use super::ground::{Ground, MOST_LOAD_PRICE, MOST_TIME_PRICE, Prices, TIME_PARTS};
use crate::chance::Chance;
use std::collections::VecDeque;

/// Members kept when a crowd is thinned.
pub(super) const CORE: usize = 25;
/// Members above which it is thinned, beyond the core.
const NEWCOMERS: usize = 40;
/// Members safe from being thinned for lack of difference.
const ELITE: usize = 4;
/// Fellows from which difference is measured.
const FELLOWS: usize = 5;
/// Plans by which the prices are judged.
const JUDGED: usize = 100;
/// Of them, this many in a hundred should keep a limit.
const WANTED: usize = 20;

/// A plan of the search with what is wrong with it.
#[derive(Clone, Debug)]
pub(super) struct Bred<const D: usize> {
    /// Trips of places, none empty, in the order around the depot.
    pub(super) trips: Vec<Vec<u32>>,
    /// Scaled sum of legs.
    pub(super) cost: i64,
    /// Grains of excess load over all trips.
    excess: [i64; D],
    /// [`TIME_PARTS`] of excess time over all trips, and whether there is any.
    late: i64,
    late_at_all: bool,
    /// Neighbours of each place in its trip, 0 for the depot.
    next: Vec<u32>,
    prev: Vec<u32>,
}

impl<const D: usize> Bred<D> {
    pub(super) fn new(ground: &Ground<D>, trips: Vec<Vec<u32>>) -> Self {
        let mut bred = Self {
            trips,
            cost: 0,
            excess: [0; D],
            late: 0,
            late_at_all: false,
            next: vec![0; ground.places],
            prev: vec![0; ground.places],
        };
        for trip in &bred.trips {
            let (mut load, mut way, mut service, mut at) = ([0; D], 0, 0, 0);
            for &place in trip.iter().chain([&0]) {
                let to = place as usize;
                way += ground.leg(at, to);
                service += ground.service[to];
                (0..D).for_each(|dimension| load[dimension] += ground.demand[to][dimension]);
                bred.next[at] = place;
                bred.prev[to] = at as u32;
                at = to;
            }
            bred.cost += way;
            let grains = ground.excess(&load);
            (0..D).for_each(|dimension| bred.excess[dimension] += grains[dimension]);
            let late = (way + service - ground.duration).max(0);
            bred.late += late / TIME_PARTS;
            bred.late_at_all |= late > 0;
        }
        bred
    }

    /// Whether every limit is kept.
    pub(super) fn sound(&self) -> bool {
        !self.late_at_all && self.excess.iter().all(|&grains| grains == 0)
    }

    fn priced(&self, prices: &Prices<D>) -> i64 {
        let load: i64 = self.excess.iter().zip(&prices.load).map(|(grains, price)| grains * price).sum();
        self.cost + load + self.late * prices.time
    }

    /// Neighbours that this plan has and the other has not.
    fn differs(&self, other: &Self) -> u32 {
        let mut differences = 0;
        for place in 1..self.next.len() {
            let (next, prev) = (self.next[place], self.prev[place]);
            let (other_next, other_prev) = (other.next[place], other.prev[place]);
            differences += u32::from(next != other_next && next != other_prev);
            differences += u32::from(prev == 0 && other_next != 0 && other_prev != 0);
        }
        differences
    }
}

#[derive(Clone, Debug)]
struct Member<const D: usize> {
    bred: Bred<D>,
    serial: u64,
    /// Difference from each fellow and its serial, ascending.
    fellows: Vec<(u32, u64)>,
    priced: i64,
    /// Lower is better.
    worth: u64,
}

impl<const D: usize> Member<D> {
    /// Sum of the differences from the nearest fellows.
    fn difference(&self) -> u32 {
        self.fellows.iter().take(FELLOWS).map(|&(difference, _)| difference).sum()
    }

    fn is_copy(&self) -> bool {
        self.fellows.first().is_some_and(|&(difference, _)| difference == 0)
    }
}

/// Members sorted by priced cost.
#[derive(Clone, Debug, Default)]
struct Crowd<const D: usize> {
    members: Vec<Member<D>>,
}

impl<const D: usize> Crowd<D> {
    fn add(&mut self, bred: Bred<D>, serial: u64, prices: &Prices<D>) {
        let mut fellows = Vec::with_capacity(self.members.len() + 1);
        for member in &mut self.members {
            let difference = bred.differs(&member.bred);
            let at = member.fellows.partition_point(|&fellow| fellow < (difference, serial));
            member.fellows.insert(at, (difference, serial));
            fellows.push((difference, member.serial));
        }
        fellows.sort_unstable();
        let priced = bred.priced(prices);
        let at = self.members.partition_point(|member| member.priced <= priced);
        self.members.insert(at, Member { bred, serial, fellows, priced, worth: 0 });
        if self.members.len() > CORE + NEWCOMERS {
            while self.members.len() > CORE {
                self.drop_worst();
            }
        }
        self.rank();
    }

    /// Takes out a copy, or else the member of least worth; the cheapest stays.
    fn drop_worst(&mut self) {
        self.rank();
        let worst =
            (1..self.members.len()).max_by_key(|&at| (self.members[at].is_copy(), self.members[at].worth));
        let Some(worst) = worst else { return };
        let gone = self.members.remove(worst);
        for member in &mut self.members {
            member.fellows.retain(|&(_, serial)| serial != gone.serial);
        }
    }

    /// Sets the worth of every member.
    fn rank(&mut self) {
        let size = self.members.len() as u64;
        let mut by_difference: Vec<(u32, usize)> = self
            .members
            .iter()
            .enumerate()
            .map(|(at, member)| (u32::MAX - member.difference(), at))
            .collect();
        by_difference.sort_unstable();
        let weight = size.saturating_sub(ELITE as u64);
        for (rank, (_, at)) in (0..).zip(by_difference) {
            // Ranks as shares of the crowd, so that members of two crowds can be compared.
            let sum = at as u64 * size + rank * weight;
            self.members[at].worth = (sum << 20) / (size * size.saturating_sub(1)).max(1);
        }
    }

    fn reprice(&mut self, prices: &Prices<D>) {
        for member in &mut self.members {
            member.priced = member.bred.priced(prices);
        }
        self.members.sort_by_key(|member| (member.priced, member.serial));
        self.rank();
    }
}

/// Both crowds, the best plan so far, and the prices.
#[derive(Clone, Debug)]
pub(super) struct Population<const D: usize> {
    sound: Crowd<D>,
    unsound: Crowd<D>,
    best: Option<Bred<D>>,
    /// Which limits the last plans kept: loads by dimension, and time.
    kept: VecDeque<([bool; D], bool)>,
    prices: Prices<D>,
    serial: u64,
}

impl<const D: usize> Population<D> {
    pub(super) fn new(prices: Prices<D>) -> Self {
        Self {
            sound: Crowd { members: Vec::new() },
            unsound: Crowd { members: Vec::new() },
            best: None,
            kept: std::iter::repeat_n(([true; D], true), JUDGED).collect(),
            prices,
            serial: 0,
        }
    }

    pub(super) fn prices(&self) -> Prices<D> {
        self.prices
    }

    pub(super) fn best(&self) -> Option<&Bred<D>> {
        self.best.as_ref()
    }

    /// Forgets everything but the best plan and the prices.
    pub(super) fn clear(&mut self) {
        self.sound.members.clear();
        self.unsound.members.clear();
    }

    /// Takes a plan in; true when it is the best so far.
    pub(super) fn add(&mut self, bred: Bred<D>) -> bool {
        let sound = bred.sound();
        let better = sound && self.best.as_ref().is_none_or(|best| bred.cost < best.cost);
        if better {
            self.best = Some(bred.clone());
        }
        self.serial += 1;
        let crowd = if sound { &mut self.sound } else { &mut self.unsound };
        crowd.add(bred, self.serial, &self.prices);
        better
    }

    /// Notes which limits a plan kept, for the prices.
    pub(super) fn note(&mut self, bred: &Bred<D>) {
        self.kept.pop_front();
        self.kept.push_back((bred.excess.map(|grains| grains == 0), !bred.late_at_all));
    }

    /// Makes what is kept too seldom dearer and what is kept too often cheaper.
    pub(super) fn judge(&mut self) {
        let adapted = |price: i64, kept: usize, most: i64| {
            if kept + 5 < WANTED * JUDGED / 100 {
                Ground::<D>::scaled(price, 120, most)
            } else if kept > WANTED * JUDGED / 100 + 5 {
                Ground::<D>::scaled(price, 85, most)
            } else {
                price
            }
        };
        for dimension in 0..D {
            let kept = self.kept.iter().filter(|(load, _)| load[dimension]).count();
            self.prices.load[dimension] = adapted(self.prices.load[dimension], kept, MOST_LOAD_PRICE);
        }
        let kept = self.kept.iter().filter(|(_, time)| *time).count();
        self.prices.time = adapted(self.prices.time, kept, MOST_TIME_PRICE);
        self.unsound.reprice(&self.prices);
    }

    /// The better of two members drawn from both crowds.
    pub(super) fn parent(&self, chance: &mut Chance) -> Option<&Bred<D>> {
        let (sound, all) = (self.sound.members.len(), self.sound.members.len() + self.unsound.members.len());
        let mut draw = || {
            let at = chance.below(all);
            self.sound.members.get(at).or_else(|| self.unsound.members.get(at - sound))
        };
        let (one, two) = (draw()?, draw()?);
        Some(if two.worth < one.worth { &two.bred } else { &one.bred })
    }
}
