//! The second stage: what a placement does in a scenario, what one more unit at each site would be worth there, and what follows from
//! such prices.
//!
//! For one item and one scenario the response is a transport problem. Its value is concave in the stock, and the prices of the sites are a
//! slope of it: `value(x) <= rest + prices * x` for every placement x (Benders' cut), with `rest` a sum over places that needs no solver.

use koinon_flow::{Arc, Network, NetworkError, Solver, UNLIMITED};

use super::case::{Good, SCALE, Scene, at};

/// What counts: what a part of a person is worth, and what a part-minute costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Aim {
    pub(super) part: i64,
    pub(super) minute: i64,
}

impl Aim {
    /// People alone.
    pub(super) const PEOPLE: Self = Self { part: 1, minute: 0 };

    /// What was reached, by this measure.
    pub(super) fn value(self, parts: i128, part_minutes: i128) -> i128 {
        i128::from(self.part) * parts - i128::from(self.minute) * part_minutes
    }
}

/// What a placement does in one scenario.
#[derive(Debug, Clone)]
pub(super) struct Response {
    pub(super) parts: i128,
    pub(super) part_minutes: i128,
    /// What one more unit at each site would be worth, 0 or more.
    pub(super) prices: Vec<i128>,
}

/// Responds to a scenario with an item from a stock.
pub(super) fn respond(
    good: &Good,
    scene: &Scene,
    stock: &[i64],
    aim: Aim,
    solver: &mut Solver,
) -> Result<Response, NetworkError> {
    let sites = stock.len();
    let sink = sites + scene.hits.len();
    let mut supplies = stock.to_vec();
    supplies.resize(sink, 0);
    supplies.push(-stock.iter().sum::<i64>());
    let minute = aim.minute.saturating_mul(good.parts);
    let mut arcs: Vec<Arc> = (0..sites).map(|site| Arc::new(site, sink, UNLIMITED, 0)).collect();
    let mut minutes = vec![0; sites];
    for (hit, place) in scene.hits.iter().zip(sites..) {
        for &(site, way) in &hit.ways {
            arcs.push(Arc::new(site, place, UNLIMITED, minute.saturating_mul(way)));
            minutes.push(way);
        }
    }
    for (hit, place) in scene.hits.iter().zip(sites..) {
        let (whole, rest) = hit.wants(good);
        // One more than there are, so that no price comes from a limit that is none.
        let whole = if whole == good.total { whole + 1 } else { whole };
        arcs.push(Arc::new(place, sink, whole, aim.part.saturating_mul(-good.parts)));
        arcs.push(Arc::new(place, sink, i64::from(rest > 0), aim.part.saturating_mul(-rest)));
    }
    let network = Network::new(supplies, arcs)?;
    let solution = solver.solve(&network);
    let mut part_minutes = 0_i128;
    for (flow, way) in solution.flow.iter().zip(&minutes) {
        part_minutes += i128::from(*flow) * i128::from(*way) * i128::from(good.parts);
    }
    let mut parts = 0_i128;
    let served = scene.hits.iter().zip(solution.flow.get(minutes.len()..).unwrap_or(&[]).chunks(2));
    for (hit, flow) in served {
        let units = flow.iter().sum::<i64>();
        parts += (i128::from(units) * i128::from(good.parts)).min(hit.parts);
    }
    let here = at(&solution.price, sink);
    let prices = solution.price.iter().take(sites).map(|price| i128::from((price - here).max(0))).collect();
    Ok(Response { parts, part_minutes, prices })
}

/// What is left of a scenario's value when every unit is paid for at these prices, counted as the prices are: `scale` to a part-minute.
pub(super) fn rest(good: &Good, scene: &Scene, prices: &[i128], scale: i64, aim: Aim) -> i128 {
    let scale = i128::from(scale);
    let minute = i128::from(aim.minute) * i128::from(good.parts) * scale;
    let part = i128::from(aim.part) * scale;
    let mut sum = 0;
    for hit in &scene.hits {
        let cheapest = hit
            .ways
            .iter()
            .map(|&(site, way)| i128::from(way) * minute + prices.get(site).copied().unwrap_or(0))
            .min();
        let Some(cheapest) = cheapest else { continue };
        let (whole, more) = hit.wants(good);
        sum += i128::from(whole) * (part * i128::from(good.parts) - cheapest).max(0);
        sum += (part * i128::from(more) - cheapest).max(0);
    }
    sum
}

/// The price at which the stock of an item, all of it within reach of everybody, is just used up in a scenario, in [`SCALE`]ths. As the price
/// of every site it says how many people could be covered at most.
pub(super) fn pooled(good: &Good, scene: &Scene) -> i128 {
    let mut wants: Vec<(i64, i64)> = Vec::new();
    for hit in scene.hits.iter().filter(|hit| !hit.ways.is_empty()) {
        let (whole, rest) = hit.wants(good);
        wants.extend([(good.parts, whole), (rest, 1)]);
    }
    wants.sort_unstable_by(|a, b| b.cmp(a));
    let mut left = good.total;
    for (parts, units) in wants {
        left = left.saturating_sub(units);
        if left <= 0 {
            return i128::from(parts) * i128::from(SCALE);
        }
    }
    0
}
