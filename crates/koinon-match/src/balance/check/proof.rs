//! What prices prove: for any prices, no plan costs less than the supplies at their prices and what each arc could gain with its capacity.
//!
//! The arcs are written down here once more, straight from the problem and in whole numbers, so that an error in the engine's network shows
//! as a bound that nobody finds again. That stores are filled before anything is given is left out: plans that need not do so are no worse.

use koinon_core::PlaceCode;

use super::super::{GOALS, Goal, Place, Problem, Store};

const MILLION: i128 = 1_000_000;

/// Where prices of nodes stand in their list: buses of places by step, what is in stores above floors by step, then what is kept.
struct Prices<'a> {
    list: &'a [i64],
    steps: usize,
    stores: Vec<Option<usize>>,
    keepers: Vec<Option<Kept>>,
}

/// Where prices of what is kept at a place begin: by step, at the end, and of what lives depend on by step.
#[derive(Clone, Copy)]
struct Kept {
    first: usize,
    end: usize,
    lives: Option<usize>,
}

impl<'a> Prices<'a> {
    fn new(problem: &Problem, list: &'a [i64]) -> Option<Self> {
        let steps = usize::try_from(problem.steps).ok()?;
        let mut next = problem.places.len() * steps;
        let mut stores = Vec::new();
        for place in &problem.places {
            stores.push(place.store.map(|_| next));
            next += place.store.map_or(0, |_| steps);
        }
        let mut keepers = Vec::new();
        for place in &problem.places {
            let [lives, ..] = &place.demand;
            let keeps = place.store.is_some_and(|store| store.floor > 0);
            let asks = lives.iter().any(|asked| *asked > 0);
            let (first, end) = (next, next + steps);
            let kept = Kept { first, end, lives: asks.then_some(end + 1) };
            keepers.push(keeps.then_some(kept));
            next += if keeps { steps + 1 + if asks { steps } else { 0 } } else { 0 };
        }
        (list.len() == next).then_some(Self { list, steps, stores, keepers })
    }

    fn at(&self, node: usize) -> Option<i128> {
        self.list.get(node).copied().map(i128::from)
    }

    fn bus(&self, place: usize, step: usize) -> Option<i128> {
        self.at(place * self.steps + step)
    }

    fn store(&self, place: usize, step: usize) -> Option<i128> {
        self.at((*self.stores.get(place)?)? + step)
    }

    fn kept(&self, place: usize) -> Option<Kept> {
        *self.keepers.get(place)?
    }
}

/// Levels up to which steps of cover of a place reach, with their weights.
pub(super) fn cover(problem: &Problem, place: &Place) -> Vec<(i128, i128)> {
    let used = |place: &Place| place.demand.iter().flatten().copied().map(i128::from).sum::<i128>();
    let own = used(place);
    let all = if own == 0 { problem.places.iter().map(used).sum() } else { own };
    let steps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];
    let weights = [1_742, 1_161, 774, 516, 344, 229, 153, 102, 68, 45, 30, 20, 13, 9, 6, 4];
    steps
        .into_iter()
        .zip(weights)
        .map(|(at, weight)| (all * at / i128::from(problem.steps), weight))
        .collect()
}

/// A bound while it is added up; sums beyond 127 bits prove nothing.
struct Sum {
    scale: i128,
    dual: Option<i128>,
    supplies: Option<i128>,
    /// What costs are counted from.
    constant: i128,
    /// How often each goal counts: itself once, earlier ones by their factors, later ones not at all.
    counts: [i128; GOALS.len()],
}

impl Sum {
    fn gain(&mut self, cost: i128, from: i128, to: i128, loss: i64, room: i128) {
        let reduced = (cost * self.scale - from) * MILLION + to * (MILLION - i128::from(loss));
        self.dual = self.dual.and_then(|dual| dual.checked_add(reduced.min(0).checked_mul(room.max(0))?));
    }

    /// An amount in millionths at a price.
    fn supply(&mut self, amount: i128, price: i128) {
        self.supplies = self.supplies.and_then(|sum| sum.checked_add(amount.checked_mul(price)?));
    }

    /// The arcs of a store.
    fn store(
        &mut self,
        y: &Prices<'_>,
        problem: &Problem,
        (p, place, store): (usize, &Place, &Store),
        all: i128,
    ) -> Option<()> {
        let [_, kept_count, .., use_count] = self.counts;
        let (capacity, floor) = (i128::from(store.capacity), i128::from(store.floor));
        let widest = capacity * MILLION / (MILLION - i128::from(store.charge_loss_ppm)) + 1;
        let put = store.charge_max.map_or(widest, |most| widest.min(most.into()));
        let taken = store.discharge_max.map_or(capacity, |most| capacity.min(most.into()));
        let (loss, left) = (store.loss_ppm, MILLION - i128::from(store.loss_ppm));
        let kept = y.kept(p);
        let first = i128::from(store.level.min(store.floor));
        self.supply((i128::from(store.level) - first) * left, y.store(p, 0)?);
        for t in 0..y.steps {
            let (bus, node) = (y.bus(p, t)?, y.store(p, t)?);
            self.gain(0, node, 0, 0, all);
            self.gain(use_count, bus, node, store.charge_loss_ppm, put);
            self.gain(use_count, node, bus, store.discharge_loss_ppm, taken);
            let last = t + 1 == y.steps;
            if !last {
                self.gain(0, node, y.store(p, t + 1)?, loss, capacity - floor);
            }
            let Some(kept) = kept else { continue };
            let below = y.at(kept.first + t)?;
            self.gain(0, node, below, 0, all);
            self.gain(0, below, 0, 0, all);
            if let Some(lives) = kept.lives {
                let opens = kept_count + use_count;
                self.gain(opens, below, y.at(lives + t)?, store.discharge_loss_ppm, taken.min(floor));
            }
            if last {
                self.gain(0, node, y.at(kept.end)?, 0, capacity - floor);
                self.gain(0, below, y.at(kept.end)?, 0, floor);
            } else {
                self.gain(0, below, y.at(kept.first + t + 1)?, loss, floor);
            }
        }
        let end = match kept {
            Some(kept) => {
                self.supply(first * left, y.at(kept.first)?);
                y.at(kept.end)?
            }
            None => y.store(p, y.steps - 1)?,
        };
        self.end(end, capacity, cover(problem, place));
        Some(())
    }

    /// What is in a store at the end, in steps of cover.
    fn end(&mut self, node: i128, capacity: i128, cuts: Vec<(i128, i128)>) {
        let [_, _, _, _, cover_count, waste_count, _] = self.counts;
        let mut from = 0;
        for (until, weight) in cuts {
            let until = until.min(capacity).max(from);
            self.gain(-cover_count * weight - waste_count, node, 0, 0, until - from);
            self.constant += cover_count * weight * (until - from);
            from = until;
        }
        self.gain(-waste_count, node, 0, 0, capacity - from);
    }

    /// What is asked for at a place, in tenths, and what is passed on to what lives depend on where it has nodes of its own.
    fn demand(&mut self, y: &Prices<'_>, (p, place): (usize, &Place), all: i128) -> Option<()> {
        let [lives, _, needed, useful, _, waste_count, _] = self.counts;
        let own = y.kept(p).and_then(|kept| kept.lives);
        for t in 0..y.steps {
            let bus = y.bus(p, t)?;
            let table = own.map_or(Some(bus), |own| y.at(own + t))?;
            if own.is_some() {
                self.gain(0, bus, table, 0, all);
                self.gain(0, table, 0, 0, all);
            }
            let [first, second, third] = &place.demand;
            for (list, count, node) in [(first, lives, table), (second, needed, bus), (third, useful, bus)] {
                let asked = i128::from(*list.get(t)?);
                for tenth in 0..10_u32 {
                    let part = asked * i128::from(tenth + 1) / 10 - asked * i128::from(tenth) / 10;
                    let weight = count << (9 - tenth);
                    self.gain(-weight - waste_count, node, 0, 0, part);
                    self.constant += weight * part;
                }
            }
        }
        Some(())
    }

    fn lines(&mut self, y: &Prices<'_>, problem: &Problem) -> Option<()> {
        let [.., use_count] = self.counts;
        let place = |code: &PlaceCode| problem.places.iter().position(|place| place.code == *code);
        for line in &problem.lines {
            let (from, to) = (place(&line.from)?, place(&line.to)?);
            for (t, step) in (0..y.steps).zip(0..) {
                let open = !line.out.iter().any(|(from, until)| *from <= step && step < *until);
                let room = if open { i128::from(line.capacity) } else { 0 };
                let (one, other) = (y.bus(from, t)?, y.bus(to, t)?);
                self.gain(use_count, one, other, line.loss_ppm, room);
                if line.both_ways {
                    self.gain(use_count, other, one, line.loss_ppm, room);
                }
            }
        }
        Some(())
    }
}

/// The bound of a goal, among plans that are no worse by the goals before it; `None` where prices do not fit.
pub(super) fn bound(
    problem: &Problem,
    goal: usize,
    told: &Goal,
    values: &[i128; GOALS.len()],
) -> Option<i128> {
    let Goal { factors, scale, prices, .. } = told;
    let scale = i128::from(*scale);
    if scale < 1 || factors.len() != goal || factors.iter().any(|factor| *factor < 0) {
        return None;
    }
    let y = Prices::new(problem, prices)?;
    let counted = |at: usize| if at == goal { 1 } else { factors.get(at).copied().map_or(0, i128::from) };
    let counts: [i128; GOALS.len()] = std::array::from_fn(counted);
    let inflow = problem.places.iter().flat_map(|place| &place.inflow).copied().map(i128::from).sum::<i128>();
    let stored = problem.places.iter().filter_map(|place| Some(i128::from(place.store?.level))).sum::<i128>();
    let all = inflow + stored;
    let [.., waste_count, _] = counts;
    let mut sum = Sum { scale, dual: Some(0), supplies: Some(0), constant: waste_count * all, counts };
    for (p, place) in problem.places.iter().enumerate() {
        for (t, inflow) in place.inflow.iter().enumerate() {
            sum.supply(i128::from(*inflow) * MILLION, y.bus(p, t)?);
            sum.gain(0, y.bus(p, t)?, 0, 0, all);
        }
        if let Some(store) = &place.store {
            sum.store(&y, problem, (p, place, store), all)?;
        }
        sum.demand(&y, (p, place), all)?;
    }
    sum.lines(&y, problem)?;
    // Plans that are no worse by earlier goals: what these reach is paid back.
    let mut rest = sum.constant;
    for (factor, value) in factors.iter().zip(values) {
        rest = rest.checked_sub(i128::from(*factor).checked_mul(*value)?)?;
    }
    // Values are whole: the bound of a fraction is that of the next whole number.
    Some(rest - (-sum.dual?.checked_add(sum.supplies?)?).div_euclid(scale * MILLION))
}
