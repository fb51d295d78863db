//! What no placement can beat, from prices: the bound that a search publishes.
//!
//! Every unit is paid for, in every scenario, at the price of the site where it stands; what a scenario has left of its value at these prices
//! is a sum over places, and the stock is worth most where it is paid best. The sum of both is a bound, whatever the prices are.

use super::case::{Case, Good, SCALE, at};
use super::effort::{Aim, rest};
use super::plan::Prices;

/// Prices of room are counted this much finer than those of units.
pub(super) const ROOM_SCALE: i128 = 1_000_000;

/// What a unit of an item pays for its room at a site.
fn rent(good: &Good, price: i64) -> i128 {
    i128::from(price) * i128::from(good.room) / ROOM_SCALE
}

/// The bound in [`SCALE`]ths that follows for some items: no placement within their limits has more of the aim's value.
pub(super) fn bound(case: &Case, goods: &[Good], aim: Aim, prices: &Prices) -> i128 {
    let mut sum = 0;
    for (good, of_scenes) in goods.iter().zip(&prices.sites) {
        let mut worth = vec![0_i128; case.sites];
        for (scene, of_sites) in case.scenes.iter().zip(of_scenes) {
            let weight = i128::from(scene.weight);
            sum += weight * rest(good, scene, of_sites, SCALE, aim);
            for (worth, price) in worth.iter_mut().zip(of_sites) {
                *worth += weight * *price;
            }
        }
        for (worth, price) in worth.iter_mut().zip(&prices.room) {
            *worth -= rent(good, *price);
        }
        sum += dearest(good, &worth);
    }
    for (room, price) in case.room.iter().zip(&prices.room) {
        sum += (room.unwrap_or(0) * i128::from(*price) + ROOM_SCALE - 1) / ROOM_SCALE;
    }
    sum
}

/// What the stock of an item is worth where it is worth most, within its limits.
fn dearest(good: &Good, worth: &[i128]) -> i128 {
    let mut sum = 0;
    let mut left = good.total;
    for (site, worth) in worth.iter().enumerate() {
        sum += i128::from(at(&good.least, site)) * worth;
        left -= at(&good.least, site);
    }
    let mut order: Vec<usize> = (0..worth.len()).collect();
    let paid = |site: usize| worth.get(site).copied().unwrap_or(0);
    order.sort_by_key(|&site| (std::cmp::Reverse(paid(site)), site));
    for site in order {
        let units = left.min(at(&good.most, site) - at(&good.least, site));
        sum += i128::from(units) * paid(site);
        left -= units;
    }
    sum
}
