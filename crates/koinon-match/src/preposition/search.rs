//! The first stage: a placement of some items that does best over all scenarios, and prices that prove how near it is to the best.
//!
//! Every placement that is looked at gives a slope for each scenario. The master problem says which placement looks best to all slopes
//! together; the next one that is looked at lies halfway between it and the best one seen (the multi-cut L-shaped method of Birge and Louveaux
//! 1988, with the in-out points of Ben-Ameur and Neto 2007). The weights with which slopes bind are the prices of the proof.

use std::collections::BTreeSet;

use koinon_flow::Solver;

use super::case::{Case, Good, SCALE, at, set};
use super::effort::{Aim, respond, rest};
use super::master::{Master, float, floor};
use super::plan::{Outcome, Prices};
use super::problem::PrepositionError;
use super::proof::{ROOM_SCALE, bound};

/// The most bunches of scenarios, each with slopes of its own.
const BUNCHES_MAX: usize = 24;
/// The most rows of the master problem that bunches may bring it to.
const ROWS: usize = 400;
/// The most pivots of one master problem.
const PIVOTS: usize = 4_000;

/// Units of each item at each site.
pub(super) type Stand = Vec<Vec<i64>>;

/// A placement, what it does, and what no placement can beat.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) stand: Stand,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) prices: Prices,
    /// In [`SCALE`]ths of the aim's value.
    pub(super) bound: i128,
}

impl Found {
    /// Over all items.
    pub(super) fn outcome(&self) -> Outcome {
        sum(&self.outcomes)
    }
}

/// Outcomes of all items together.
pub(super) fn sum(outcomes: &[Outcome]) -> Outcome {
    outcomes.iter().fold(Outcome::default(), |sum, one| sum.plus(*one))
}

/// What a placement of one item does over all scenarios, and its prices by scenario.
pub(super) fn look(
    case: &Case,
    good: &Good,
    stock: &[i64],
    aim: Aim,
    solver: &mut Solver,
) -> Result<(Outcome, Vec<Vec<i128>>), PrepositionError> {
    let mut outcome = Outcome::default();
    let mut prices = Vec::with_capacity(case.scenes.len());
    for scene in &case.scenes {
        let response = respond(good, scene, stock, aim, solver).map_err(|_| PrepositionError::TooLarge)?;
        let weight = i128::from(scene.weight);
        outcome.parts += weight * response.parts;
        outcome.part_minutes += weight * response.part_minutes;
        prices.push(response.prices);
    }
    Ok((outcome, prices))
}

/// Whole units near what was asked for, within all limits and the room that there is; `None` where no way to do so was found.
pub(super) fn whole(case: &Case, goods: &[Good], asked: &[Vec<f64>]) -> Option<Stand> {
    let mut stand: Stand = Vec::with_capacity(goods.len());
    for (good, asked) in goods.iter().zip(asked) {
        let mut units: Vec<i64> = Vec::with_capacity(case.sites);
        for (site, asked) in asked.iter().enumerate() {
            units.push(
                floor(*asked).clamp(at(&good.least, site), at(&good.most, site).max(at(&good.least, site))),
            );
        }
        let mut over = units.iter().sum::<i64>() - good.total;
        for (site, units) in units.iter_mut().enumerate().rev() {
            let less = over.min(*units - at(&good.least, site)).max(0);
            *units -= less;
            over -= less;
        }
        stand.push(units);
    }
    let mut free = case.room.clone();
    for (site, free) in free.iter_mut().enumerate() {
        let Some(free) = free else { continue };
        for (good, units) in goods.iter().zip(&stand) {
            *free -= i128::from(good.room) * i128::from(at(units, site));
        }
        for (good, units) in goods.iter().zip(&mut stand).filter(|(good, _)| good.room > 0) {
            let too_many = (-*free).max(0) + i128::from(good.room) - 1;
            let too_many = i64::try_from(too_many / i128::from(good.room)).unwrap_or(i64::MAX);
            let less = too_many.min(at(units, site) - at(&good.least, site)).max(0);
            let left = at(units, site) - less;
            set(units, site, left);
            *free += i128::from(good.room) * i128::from(less);
        }
        if *free < 0 {
            return None;
        }
    }
    // The bulkiest first: what is small finds a place still.
    let mut order: Vec<usize> = (0..goods.len()).collect();
    order.sort_by_key(|&index| goods.get(index).map(|good| (std::cmp::Reverse(good.room), good.at)));
    for index in order {
        let (good, asked, units) = (goods.get(index)?, asked.get(index)?, stand.get_mut(index)?);
        fill(good, asked, units, &mut free)?;
    }
    Some(stand)
}

/// Places what is left of an item: a unit wherever most is missing, then as much as fits wherever most was asked for.
fn fill(good: &Good, asked: &[f64], units: &mut [i64], free: &mut [Option<i128>]) -> Option<()> {
    let mut left = good.total - units.iter().sum::<i64>();
    let mut sites: Vec<usize> = (0..units.len()).collect();
    let wish = |site: usize| asked.get(site).copied().unwrap_or(0.0);
    for by_rest in [true, false] {
        let missing =
            |site: usize| if by_rest { wish(site) - float(at(units, site).into()) } else { wish(site) };
        let keys: Vec<f64> = (0..units.len()).map(missing).collect();
        let key = |site: usize| keys.get(site).copied().unwrap_or(0.0);
        sites.sort_by(|&a, &b| key(b).total_cmp(&key(a)).then(a.cmp(&b)));
        for &site in &sites {
            let mut more = left.min(at(&good.most, site) - at(units, site)).max(0);
            if by_rest {
                more = if key(site) > 0.0 { more.min(1) } else { 0 };
            }
            let free = free.get_mut(site)?;
            if let Some(free) = free.as_mut().filter(|_| good.room > 0) {
                more = more.min(i64::try_from(*free / i128::from(good.room)).unwrap_or(i64::MAX));
                *free -= i128::from(good.room) * i128::from(more);
            }
            let now = at(units, site);
            set(units, site, now + more);
            left -= more;
        }
    }
    (left == 0).then_some(())
}

/// Looks for the best placement of some items, from placements that are given; at least one.
pub(super) fn search(
    case: &Case,
    goods: &[Good],
    aim: Aim,
    starts: &[Stand],
    rounds: usize,
) -> Result<Found, PrepositionError> {
    let mut search = Search::new(case, goods, aim);
    for start in starts {
        search.look(start)?;
    }
    for _ in 0..rounds {
        let Some(next) = search.next() else { break };
        if search.is_near_enough() {
            break;
        }
        search.look(&next)?;
    }
    search.found.ok_or(PrepositionError::Room)
}

struct Search<'a> {
    case: &'a Case,
    goods: &'a [Good],
    aim: Aim,
    bunches: usize,
    master: Option<Master>,
    /// What a value of one is in the master problem.
    unit: f64,
    /// Rests of the first placement, by item and bunch; what all others are counted from.
    origin: Vec<Vec<f64>>,
    /// Prices of each placement, by item, scenario and site.
    slopes: Vec<Vec<Vec<Vec<i128>>>>,
    /// The master's column of each placement, item and bunch.
    columns: Vec<Vec<Vec<usize>>>,
    /// The master's column for the room of each site.
    rooms: Vec<Option<usize>>,
    seen: BTreeSet<Stand>,
    solver: Solver,
    found: Option<Found>,
}

impl<'a> Search<'a> {
    fn new(case: &'a Case, goods: &'a [Good], aim: Aim) -> Self {
        let spare = (ROWS / goods.len().max(1)).saturating_sub(case.sites);
        Self {
            case,
            goods,
            aim,
            bunches: BUNCHES_MAX.min(case.scenes.len()).min(spare).max(1),
            master: None,
            unit: 1.0,
            origin: Vec::new(),
            slopes: Vec::new(),
            columns: Vec::new(),
            rooms: vec![None; case.sites],
            seen: BTreeSet::new(),
            solver: Solver::new(),
            found: None,
        }
    }

    /// The bunch of a scenario.
    fn bunch(&self, scene: usize) -> usize {
        scene * self.bunches / self.case.scenes.len().max(1)
    }

    fn row(&self, good: usize, site: usize) -> usize {
        self.goods.len() * self.bunches + good * self.case.sites + site
    }

    /// Looks at a placement: what it does, and its slopes.
    fn look(&mut self, stand: &Stand) -> Result<(), PrepositionError> {
        if !self.seen.insert(stand.clone()) {
            return Ok(());
        }
        let mut outcomes = Vec::new();
        let mut slopes = Vec::new();
        for (good, units) in self.goods.iter().zip(stand) {
            let (outcome, prices) = look(self.case, good, units, self.aim, &mut self.solver)?;
            outcomes.push(outcome);
            slopes.push(prices);
        }
        let outcome = sum(&outcomes);
        let better = self.found.as_ref().is_none_or(|found| outcome.is_better_than(&found.outcome()));
        if let Some(found) = self.found.as_mut().filter(|_| better) {
            (found.stand, found.outcomes) = (stand.clone(), outcomes);
        } else if self.found.is_none() {
            let scaled = |prices: &Vec<Vec<Vec<i128>>>| -> Vec<Vec<Vec<i128>>> {
                let scene = |list: &Vec<i128>| list.iter().map(|price| price * i128::from(SCALE)).collect();
                prices.iter().map(|scenes| scenes.iter().map(scene).collect()).collect()
            };
            let prices = Prices {
                part: self.aim.part,
                minute: self.aim.minute,
                sites: scaled(&slopes),
                room: Vec::new(),
            };
            let bound = bound(self.case, self.goods, self.aim, &prices);
            self.found = Some(Found { stand: stand.clone(), outcomes, prices, bound });
        }
        self.cut(slopes);
        Ok(())
    }

    /// Gives the master problem the slopes of a placement.
    fn cut(&mut self, slopes: Vec<Vec<Vec<i128>>>) {
        let mut rests: Vec<Vec<f64>> = Vec::new();
        let mut worths: Vec<Vec<Vec<f64>>> = Vec::new();
        for (good, of_scenes) in self.goods.iter().zip(&slopes) {
            let mut rest_of = vec![0_i128; self.bunches];
            let mut worth_of = vec![vec![0_i128; self.case.sites]; self.bunches];
            for (index, (scene, prices)) in self.case.scenes.iter().zip(of_scenes).enumerate() {
                let weight = i128::from(scene.weight);
                let bunch = self.bunch(index);
                if let (Some(sum), Some(worth)) = (rest_of.get_mut(bunch), worth_of.get_mut(bunch)) {
                    *sum += weight * rest(good, scene, prices, 1, self.aim);
                    worth.iter_mut().zip(prices).for_each(|(worth, price)| *worth += weight * *price);
                }
            }
            // What is the same for all sites is worth the same wherever the stock stands.
            for (rest, worth) in rest_of.iter_mut().zip(&mut worth_of) {
                let least = worth.iter().min().copied().unwrap_or(0);
                worth.iter_mut().for_each(|worth| *worth -= least);
                *rest += least * i128::from(good.total);
            }
            rests.push(rest_of.iter().map(|rest| float(*rest)).collect());
            let floats = |worth: &Vec<i128>| worth.iter().map(|worth| float(*worth)).collect();
            worths.push(worth_of.iter().map(floats).collect());
        }
        if self.master.is_none() {
            self.begin(&rests, &worths);
        }
        let Some(mut master) = self.master.take() else { return };
        let columns = self.add(&mut master, &rests, &worths);
        if self.columns.is_empty() {
            self.basis(&mut master, &columns, &worths);
        }
        self.columns.push(columns);
        self.slopes.push(slopes);
        self.master = Some(master);
    }

    /// Makes a master problem whose rows are the bunches, each of weight one, and the sites, each with next to nothing on the right
    /// so that no two pivots are alike.
    fn begin(&mut self, rests: &[Vec<f64>], worths: &[Vec<Vec<f64>>]) {
        let mut most: f64 = 1.0;
        for (good, worth) in self.goods.iter().zip(worths) {
            let dearest = worth.iter().flatten().fold(0.0_f64, |most, worth| most.max(*worth));
            most = most.max(dearest * float(good.total.into()));
        }
        self.unit = most;
        self.origin = rests.to_vec();
        let mut right = vec![1.0; self.goods.len() * self.bunches];
        for index in 0..self.goods.len() * self.case.sites {
            let step = index.wrapping_mul(7_919).checked_rem(997).unwrap_or(0);
            right.push(1e-9 * (1.0 + float(i128::try_from(step).unwrap_or(0)) / 997.0));
        }
        self.master = Some(Master::new(right));
    }

    /// Adds the columns of a placement, by item and bunch.
    fn add(&self, master: &mut Master, rests: &[Vec<f64>], worths: &[Vec<Vec<f64>>]) -> Vec<Vec<usize>> {
        let mut columns = Vec::new();
        let of_goods = self.goods.iter().zip(rests).zip(worths).zip(&self.origin).enumerate();
        for (index, (((good, rests), worths), origin)) in of_goods {
            let total = float(good.total.into());
            let mut own = Vec::new();
            for (bunch, ((rest, worth), origin)) in rests.iter().zip(worths).zip(origin).enumerate() {
                let mut entries = vec![(index * self.bunches + bunch, 1.0)];
                for (site, worth) in worth.iter().enumerate() {
                    entries.push((self.row(index, site), worth * total / self.unit));
                }
                own.push(master.add((rest - origin) / self.unit, entries));
            }
            columns.push(own);
        }
        columns
    }

    /// Adds what is no slope — stock, limits and room — and begins with the first placement's slopes and the stock at its dearest site.
    fn basis(&mut self, master: &mut Master, columns: &[Vec<usize>], worths: &[Vec<Vec<f64>>]) {
        let mut basis: Vec<usize> = columns.iter().flatten().copied().collect();
        for (index, (good, worth)) in self.goods.iter().zip(worths).enumerate() {
            let total = float(good.total.into()).max(1.0);
            let rows = (0..self.case.sites).map(|site| (self.row(index, site), -1.0)).collect();
            let stock = master.add(1.0, rows);
            let at_site = |site: usize| worth.iter().filter_map(|worth| worth.get(site)).sum::<f64>();
            let dearest = (0..self.case.sites)
                .fold(0, |best, site| if at_site(site) > at_site(best) { site } else { best });
            for site in 0..self.case.sites {
                let row = self.row(index, site);
                let least = float(at(&good.least, site).into()) / total;
                let slack = master.add(-least, vec![(row, 1.0)]);
                basis.push(if site == dearest { stock } else { slack });
                let most = at(&good.most, site);
                if most < good.total {
                    master.add(float(most.into()) / total, vec![(row, -1.0)]);
                }
            }
        }
        for (site, room) in self.case.room.iter().enumerate() {
            let Some(room) = room else { continue };
            let room = float(*room).max(1.0);
            let share = |good: &Good| float(good.room.into()) * float(good.total.into()) / room;
            let goods = self.goods.iter().enumerate().filter(|(_, good)| good.room > 0);
            let entries: Vec<_> = goods.map(|(index, good)| (self.row(index, site), -share(good))).collect();
            if !entries.is_empty()
                && let Some(slot) = self.rooms.get_mut(site)
            {
                *slot = Some(master.add(1.0, entries));
            }
        }
        if !master.start(basis) {
            self.master = None;
        }
    }

    /// Solves the master problem, keeps its proof where it is the best so far, and says where to look next.
    fn next(&mut self) -> Option<Stand> {
        let mut master = self.master.take()?;
        let has_end = master.solve(PIVOTS);
        let (amounts, prices) = (master.amounts(), master.prices());
        self.master = Some(master);
        let proof = self.proof(&amounts);
        let bound = bound(self.case, self.goods, self.aim, &proof);
        let found = self.found.as_mut()?;
        if bound < found.bound {
            (found.bound, found.prices) = (bound, proof);
        }
        if !has_end {
            return None;
        }
        let best = found.stand.clone();
        let mut outer = Vec::new();
        let mut halfway = Vec::new();
        for (index, (good, best)) in self.goods.iter().zip(&best).enumerate() {
            let total = float(good.total.into());
            let share = |site: usize| prices.get(self.row(index, site)).copied().unwrap_or(0.0);
            let asked: Vec<f64> = (0..self.case.sites).map(|site| (-share(site)).max(0.0) * total).collect();
            halfway.push(asked.iter().zip(best).map(|(a, b)| (a + float((*b).into())) / 2.0).collect());
            outer.push(asked);
        }
        let tried = [halfway, outer].into_iter().filter_map(|asked| whole(self.case, self.goods, &asked));
        tried.into_iter().find(|stand| !self.seen.contains(stand))
    }

    /// The prices of the weights with which slopes bind.
    fn proof(&self, amounts: &[f64]) -> Prices {
        let mut sites: Vec<Vec<Vec<i128>>> =
            vec![vec![vec![0; self.case.sites]; self.case.scenes.len()]; self.goods.len()];
        for (good, of_scenes) in sites.iter_mut().enumerate() {
            for bunch in 0..self.bunches {
                let shares = self.shares(amounts, good, bunch);
                for (scene, slots) in of_scenes.iter_mut().enumerate() {
                    if self.bunch(scene) != bunch {
                        continue;
                    }
                    for &(cut, share) in &shares {
                        let prices = self.slopes.get(cut).and_then(|goods| goods.get(good));
                        let prices = prices.and_then(|scenes| scenes.get(scene)).into_iter().flatten();
                        for (slot, price) in slots.iter_mut().zip(prices) {
                            *slot += price * i128::from(share);
                        }
                    }
                }
            }
        }
        let shared = self.rooms.iter().any(Option::is_some);
        let rent = |(column, room): (&Option<usize>, &Option<i128>)| {
            let amount = column.and_then(|column| amounts.get(column)).copied().unwrap_or(0.0);
            let room = float(room.unwrap_or(1)).max(1.0);
            floor(amount * self.unit / room * float(SCALE.into()) * float(ROOM_SCALE)).clamp(0, 1 << 40)
        };
        let room =
            if shared { self.rooms.iter().zip(&self.case.room).map(rent).collect() } else { Vec::new() };
        Prices { part: self.aim.part, minute: self.aim.minute, sites, room }
    }

    /// How much each placement's slope binds in a bunch, in [`SCALE`]ths that add up to one.
    fn shares(&self, amounts: &[f64], good: usize, bunch: usize) -> Vec<(usize, i64)> {
        let column = |cut: &Vec<Vec<usize>>| cut.get(good).and_then(|columns| columns.get(bunch)).copied();
        let amount =
            |cut: &Vec<Vec<usize>>| column(cut).and_then(|at| amounts.get(at)).copied().unwrap_or(0.0);
        let mut shares: Vec<(usize, i64)> = self
            .columns
            .iter()
            .enumerate()
            .map(|(cut, columns)| (cut, floor(amount(columns) * float(SCALE.into())).clamp(0, SCALE)))
            .filter(|(_, share)| *share > 0)
            .collect();
        let missing = SCALE - shares.iter().map(|(_, share)| share).sum::<i64>();
        match shares.iter_mut().max_by_key(|(_, share)| *share) {
            Some((_, largest)) => *largest += missing,
            None => shares.push((0, SCALE)),
        }
        shares
    }

    /// Whether nothing better can be left but a millionth of the effort.
    fn is_near_enough(&self) -> bool {
        self.found.as_ref().is_none_or(|found| {
            let outcome = found.outcome();
            let value = self.aim.value(outcome.parts, outcome.part_minutes);
            let gap = found.bound - value * i128::from(SCALE);
            gap < i128::from(SCALE) || gap <= outcome.part_minutes * i128::from(self.aim.minute)
        })
    }
}

/// Moves single units, and more at once, between sites while that is better, where a search has left more than next to nothing open.
pub(super) fn polish(
    case: &Case,
    goods: &[Good],
    aim: Aim,
    mut found: Found,
    rounds: usize,
) -> Result<Found, PrepositionError> {
    let mut solver = Solver::new();
    let mut left = rounds;
    let near = |found: &Found| {
        let outcome = found.outcome();
        let gap = found.bound - aim.value(outcome.parts, outcome.part_minutes) * i128::from(SCALE);
        gap < i128::from(SCALE) || gap <= outcome.part_minutes * i128::from(aim.minute)
    };
    let mut index = 0;
    let mut idle = 0;
    while idle < goods.len() && left > 0 && !near(&found) {
        let moved = exchange(case, goods, index, aim, &mut found, &mut left, &mut solver)?;
        idle = if moved { 0 } else { idle + 1 };
        index = (index + 1).checked_rem(goods.len()).unwrap_or(0);
    }
    Ok(found)
}

/// Exchanges one item between two sites where that is better; says whether it did.
fn exchange(
    case: &Case,
    goods: &[Good],
    index: usize,
    aim: Aim,
    found: &mut Found,
    left: &mut usize,
    solver: &mut Solver,
) -> Result<bool, PrepositionError> {
    let Some((good, units)) = goods.get(index).zip(found.stand.get(index).cloned()) else { return Ok(false) };
    let (now, slopes) = look(case, good, &units, aim, solver)?;
    let mut worth = vec![0_i128; case.sites];
    for (scene, prices) in case.scenes.iter().zip(&slopes) {
        let weight = i128::from(scene.weight);
        worth.iter_mut().zip(prices).for_each(|(worth, price)| *worth += weight * *price);
    }
    let paid = |site: usize| worth.get(site).copied().unwrap_or(0);
    let mut pairs = Vec::new();
    for from in (0..case.sites).filter(|&site| at(&units, site) > at(&good.least, site)) {
        let open = |to: &usize| at(&units, *to) < at(&good.most, *to) && paid(*to) > paid(from);
        pairs.extend((0..case.sites).filter(open).map(|to| (paid(to) - paid(from), from, to)));
    }
    pairs.sort_by_key(|&(gain, from, to)| (std::cmp::Reverse(gain), from, to));
    for (_, from, to) in pairs {
        let room = at(&units, from) - at(&good.least, from);
        let mut step = room.min(at(&good.most, to) - at(&units, to));
        while step > 0 {
            if *left == 0 {
                return Ok(false);
            }
            let mut trial = found.stand.clone();
            if let Some(own) = trial.get_mut(index) {
                set(own, from, at(&units, from) - step);
                set(own, to, at(&units, to) + step);
            }
            if fits(case, goods, &trial, to) {
                *left -= 1;
                let own = trial.get(index).map_or(&[][..], |own| own);
                let (outcome, _) = look(case, good, own, aim, solver)?;
                if outcome.is_better_than(&now) {
                    if let Some(slot) = found.outcomes.get_mut(index) {
                        *slot = outcome;
                    }
                    found.stand = trial;
                    return Ok(true);
                }
            }
            step /= 2;
        }
    }
    Ok(false)
}

/// Whether a site has room for what would stand there.
fn fits(case: &Case, goods: &[Good], stand: &Stand, site: usize) -> bool {
    let Some(Some(room)) = case.room.get(site) else { return true };
    let used =
        goods.iter().zip(stand).map(|(good, units)| i128::from(good.room) * i128::from(at(units, site)));
    used.sum::<i128>() <= *room
}
