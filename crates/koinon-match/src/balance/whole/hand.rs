//! What a place has in hand in a step, and what becomes of it.

use super::super::network::less;
use super::super::{Course, Line, PPM, Place, Store};
use super::{EPSILON, gain, up};

/// What a place has in hand in a step.
pub(super) struct Hand<'a> {
    place: &'a Place,
    course: &'a mut Course,
    step: usize,
    has: i64,
    /// What may still leave over lines: what came over lines, and what is above the floor.
    gives: i64,
    /// What is in the store, after its losses of the step.
    level: i64,
    /// What may still be taken out of it in this step.
    rate: i64,
    /// What was wanted and is held back, and how much of it is still in hand.
    held: i64,
    kept_back: i64,
}

impl<'a> Hand<'a> {
    /// At the beginning of a step, with what arrives over lines.
    pub(super) fn new(place: &'a Place, course: &'a mut Course, step: usize, arrived: i64) -> Self {
        let inflow = place.inflow.get(step).copied().unwrap_or(0);
        let (mut level, mut rate, mut gives) = (0, 0, inflow);
        if let Some(store) = &place.store {
            level = less(course.level.last().copied().unwrap_or(0), store.loss_ppm);
            rate = store.discharge_max.unwrap_or(i64::MAX);
            let above = (level - store.floor).max(0).min(rate);
            gives += less(above, store.discharge_loss_ppm) - store.refill(level, inflow);
        }
        Self {
            place,
            course,
            step,
            has: inflow + arrived,
            gives: gives + arrived,
            level,
            rate,
            held: 0,
            kept_back: 0,
        }
    }

    fn store(&self) -> Option<&'a Store> {
        self.place.store.as_ref()
    }

    /// How much of what is taken out of the store is left.
    pub(super) fn opens(&self) -> f64 {
        self.store().map_or(0.0, |store| gain(store.discharge_loss_ppm))
    }

    /// Takes out of the store what is wanted and above its floor; answers what is to be put in.
    pub(super) fn take(&mut self, mut charge: f64, mut discharge: f64) -> i64 {
        let Some(store) = self.store() else { return 0 };
        // In and out at once only burns: both become less, as much as leaves the store as it is.
        let both = charge.min(discharge / gain(store.charge_loss_ppm));
        if both > EPSILON {
            charge -= both;
            discharge -= both * gain(store.charge_loss_ppm);
        }
        let lossy = store.charge_loss_ppm + store.discharge_loss_ppm + store.loss_ppm > 0;
        if charge > discharge {
            return up(charge, lossy).min(store.charge_max.unwrap_or(i64::MAX));
        }
        let most = (self.level - store.floor).max(0).min(self.rate);
        self.held += (up(discharge, false).min(self.rate) - most).max(0);
        self.out(store, up(discharge, lossy).min(most));
        0
    }

    /// What was taken out of the store in this step.
    fn taken(&self) -> i64 {
        self.course.discharge.get(self.step).copied().unwrap_or(0)
    }

    /// Takes so much more out of the store. Losses of all that is taken out are rounded once.
    fn out(&mut self, store: &Store, amount: i64) {
        let before = self.taken();
        self.level -= amount;
        self.rate -= amount;
        self.has += less(before + amount, store.discharge_loss_ppm) - less(before, store.discharge_loss_ppm);
        if let Some(slot) = self.course.discharge.get_mut(self.step) {
            *slot += amount;
        }
    }

    /// What is asked for of a kind and not yet met, up to some amount that is to be met altogether.
    fn lacks(&self, kind: usize, wanted: i64) -> i64 {
        let get = |list: Option<&Vec<i64>>| list.and_then(|list| list.get(self.step)).copied().unwrap_or(0);
        (wanted.min(get(self.place.demand.get(kind))) - get(self.course.met.get(kind))).max(0)
    }

    /// Meets a kind of demand up to an amount, as far as it is open and at hand.
    pub(super) fn meet(&mut self, kind: usize, wanted: i64) {
        let amount = self.lacks(kind, wanted).min(self.has);
        self.has -= amount;
        if let Some(met) = self.course.met.get_mut(kind).and_then(|list| list.get_mut(self.step)) {
            *met += amount;
        }
    }

    /// Sends what is wanted and may leave; answers how much, and what of it arrives.
    pub(super) fn send(&mut self, wanted: f64, line: &Line) -> (i64, i64) {
        let most = up(wanted, false).min(line.capacity).min(self.has);
        let amount = up(wanted, line.loss_ppm > 0).min(line.capacity).min(self.has).min(self.gives);
        self.held += (most - amount).max(0);
        self.kept_back += (most - amount).max(0);
        self.has -= amount;
        self.gives -= amount;
        (amount, less(amount, line.loss_ppm))
    }

    /// Opens what is kept for what lives depend on, up to an amount that is to be met altogether; only when nothing else is at hand.
    pub(super) fn open(&mut self, wanted: i64) {
        let lacking = self.lacks(0, wanted);
        let Some(store) = self.store().filter(|_| self.has == 0 && lacking > 0) else { return };
        let all = i128::from(lacking + less(self.taken(), store.discharge_loss_ppm)) * i128::from(PPM);
        let of = i128::from(PPM - store.discharge_loss_ppm);
        let amount = i64::try_from((all + of - 1) / of).unwrap_or(i64::MAX) - self.taken();
        self.out(store, amount.min(self.level).min(self.rate).max(0));
        self.meet(0, wanted);
    }

    /// What was taken out of what is kept.
    #[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "amounts are below 2^53")]
    pub(super) fn opened(&self) -> f64 {
        self.store().map_or(0.0, |store| (store.floor - self.level).clamp(0, self.taken()) as f64)
    }

    /// Puts into the store what is wanted, at hand, and has room.
    pub(super) fn put(&mut self, wanted: i64) {
        let done = self.course.charge.get(self.step).copied().unwrap_or(0);
        let Some(store) = self.store().filter(|_| self.taken() == 0) else { return };
        let most = store.charge_max.unwrap_or(i64::MAX) - done;
        let mut amount = wanted.min(self.has).min(most);
        // Losses of all that is put in are rounded once.
        let before = less(done, store.charge_loss_ppm);
        let room = store.capacity - self.level + before;
        if less(done + amount, store.charge_loss_ppm) > room {
            let most = i128::from(room) * i128::from(PPM) / i128::from(PPM - store.charge_loss_ppm);
            amount = i64::try_from(most).unwrap_or(amount).min(done + amount) - done;
        }
        let amount = amount.max(0);
        self.has -= amount;
        self.level += less(done + amount, store.charge_loss_ppm) - before;
        if let Some(slot) = self.course.charge.get_mut(self.step) {
            *slot += amount;
        }
    }

    /// Shares out what rounding left over, and what was held back: lives first, then the store up to its floor; answers how much was held back.
    pub(super) fn end(mut self) -> i128 {
        self.meet(0, i64::MAX);
        let missing = self.store().map_or(0, |store| store.refill(self.level, self.has));
        self.put(missing);
        self.meet(1, i64::MAX);
        self.meet(2, i64::MAX);
        self.put(self.kept_back);
        if self.place.store.is_some() {
            self.course.level.push(self.level);
        }
        if let Some(slot) = self.course.spill.get_mut(self.step) {
            *slot = self.has;
        }
        self.held.into()
    }
}
