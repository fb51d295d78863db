//! One item's network, arc by arc: what travels, what each place can give, what it lacks, and what was asked for.

use koinon_flow::{Arc, UNLIMITED};

use super::{
    DOOR_OF_COVER, Door, Doors, Meaning, ROUNDS, Weights, door_of_need, round_of_need, round_of_step,
};
use crate::case::{Case, Holding, Wanted, eaten_until};
use crate::timetable::Timetable;

/// A network under construction.
pub(super) struct Draft<'a> {
    pub(super) case: &'a Case,
    pub(super) table: &'a Timetable,
    pub(super) weights: Weights,
    pub(super) slack_days: i64,
    /// The last round that is open.
    pub(super) round: usize,
    pub(super) supplies: Vec<i64>,
    pub(super) arcs: Vec<Arc>,
    pub(super) meanings: Vec<Meaning>,
    pub(super) sink: usize,
    pub(super) source: usize,
    pub(super) doors: Doors<'a>,
    /// The weight of doing nothing.
    pub(super) idle: i128,
}

impl Draft<'_> {
    pub(super) fn arc(&mut self, from: usize, to: usize, capacity: i64, cost: i64, meaning: Meaning) {
        if capacity > 0 && from != to {
            self.arcs.push(Arc::new(from, to, capacity, cost));
            self.meanings.push(meaning);
        }
    }

    pub(super) fn node(&mut self, supply: i64) -> usize {
        self.supplies.push(supply);
        self.supplies.len() - 1
    }

    pub(super) fn spot(&self, layer: usize, spot: usize) -> usize {
        layer * self.table.spots.len() + spot
    }

    /// Whether a layer's things are still good at a spot.
    pub(super) fn good_at(&self, layer: usize, spot: usize) -> bool {
        self.case.short.get(layer).is_none_or(|last_good| self.table.day(spot) <= *last_good)
    }

    pub(super) fn layers(&self) -> usize {
        self.case.short.len() + 1
    }

    /// Waits and runs of every layer.
    pub(super) fn travel(&mut self, room: &[Vec<i64>], tolls: &[i64]) {
        let table = self.table;
        for layer in 0..self.layers() {
            for (from, to, cost) in &table.waits {
                if self.good_at(layer, *to) {
                    self.arc(
                        self.spot(layer, *from),
                        self.spot(layer, *to),
                        UNLIMITED,
                        *cost,
                        Meaning::Quiet,
                    );
                }
            }
        }
        for (layer, room) in room.iter().enumerate() {
            for (number, (run, room)) in table.runs.iter().zip(room).enumerate() {
                if self.good_at(layer, run.to) {
                    let (from, to) = (self.spot(layer, run.from), self.spot(layer, run.to));
                    let cost = run.cost + tolls.get(number).copied().unwrap_or(0);
                    self.arc(from, to, *room, cost, Meaning::Run(layer, number));
                }
            }
        }
    }

    /// What a holding can give.
    pub(super) fn give(&mut self, number: usize, holding: &Holding) {
        if holding.spare() <= 0 {
            return;
        }
        let Some(first) = self.table.first(holding.place) else { return };
        let long = self.case.short.len();
        let told_apart = holding.at_risk() > 0 || holding.classes.iter().any(|class| class.layer < long);
        if !told_apart {
            let to = self.spot(long, first);
            for (amount, band) in holding.bands(self.slack_days) {
                let cost = self.weights.give(band);
                self.arc(self.source, to, amount, cost, Meaning::Give(number, None));
            }
            self.supply(self.source, holding.spare());
            return;
        }
        // Each class is given, eaten in time, or spoils; what is eaten of dates up to some day has a limit, and so much
        // as the place keeps must be eaten here.
        let mut table_so_far: Option<(usize, i64)> = None;
        for (position, class) in holding.classes.iter().enumerate() {
            let here = self.node(class.amount);
            let order = i64::try_from(position).unwrap_or(i64::MAX).min(self.weights.band / 4);
            if self.good_at(class.layer, first) {
                let to = self.spot(class.layer, first);
                self.arc(here, to, class.amount, order, Meaning::Give(number, Some(position)));
            }
            let table = self.node(0);
            self.arc(here, table, class.amount, 0, Meaning::Quiet);
            self.arc(here, self.sink, class.amount, self.weights.waste, Meaning::Quiet);
            if let Some((earlier, limit)) = table_so_far {
                self.arc(earlier, table, limit, 0, Meaning::Quiet);
            }
            let limit = class.last_good.map_or(i64::MAX, |day| eaten_until(holding.rate, day));
            table_so_far = Some((table, limit.min(holding.here)));
        }
        let kept = self.node(-holding.kept);
        if let Some((last, limit)) = table_so_far {
            self.arc(last, kept, limit, 0, Meaning::Quiet);
        }
        for (amount, band) in holding.bands(self.slack_days) {
            let gain = self.weights.give(band);
            self.arc(kept, self.sink, amount, -gain, Meaning::Quiet);
            self.idle -= i128::from(gain) * i128::from(amount);
        }
        self.idle += i128::from(self.weights.waste) * i128::from(holding.at_risk());
        self.supply(self.sink, -(holding.here - holding.kept));
    }

    /// What a place lacks.
    pub(super) fn fill(&mut self, holding: &Holding) {
        let steps: Vec<(i64, i64)> = if holding.missing() > 0 { holding.steps() } else { Vec::new() };
        let steps: Vec<_> = steps.into_iter().filter(|(s, _)| round_of_step(*s) <= self.round).collect();
        let rescue = self.round + 1 == ROUNDS && !self.case.short.is_empty() && holding.rate.amount > 0;
        if steps.is_empty() && !rescue {
            return;
        }
        let plate = self.node(0);
        let mut earlier = None;
        for layer in 0..self.layers() {
            let last_good = self.case.short.get(layer).copied();
            let gate = match last_good {
                None => plate,
                Some(_) => self.node(0),
            };
            let door = (holding.place, DOOR_OF_COVER, None, layer);
            self.land(door, gate, i64::MAX, last_good.map(|day| (holding, day)));
            if let Some((before, limit)) = earlier {
                self.arc(before, gate, limit, 0, Meaning::Quiet);
            }
            let Some(last_good) = last_good else { continue };
            let own: i64 = holding
                .classes
                .iter()
                .filter(|class| class.last_good.is_some_and(|day| day <= last_good))
                .map(|class| class.amount)
                .sum();
            let limit = eaten_until(holding.rate, last_good).saturating_sub(own).max(0);
            earlier = Some((gate, limit));
            if rescue {
                let cost = self.weights.waste / 2;
                self.arc(gate, self.sink, limit, cost, Meaning::Rescue(holding.place));
            }
        }
        for (step, amount) in steps {
            let cost = -self.weights.step(step);
            self.arc(plate, self.sink, amount, cost, Meaning::Step(holding.place, step));
        }
    }

    /// Serves a stated need until its day.
    pub(super) fn serve(&mut self, number: usize, wanted: &Wanted) {
        if round_of_need(wanted.urgency) > self.round || wanted.by < 0 {
            return;
        }
        let desk = self.node(0);
        for layer in 0..self.layers() {
            let door = (wanted.place, door_of_need(wanted.urgency), Some(number), layer);
            self.land(door, desk, wanted.by, None);
        }
        for (from_top, amount) in (0..).zip(wanted.steps.iter().rev()) {
            let cost = -self.weights.need(wanted.urgency, from_top);
            self.arc(desk, self.sink, *amount, cost, Meaning::Need(number));
        }
    }

    /// Leads a layer's arrivals at a place to a node, up to a day; short dates only as far as they can be eaten, and
    /// where stores have an end, through a door of their own. What stands there already needs no door.
    pub(super) fn land(&mut self, door: Door, node: usize, by_day: i64, eater: Option<(&Holding, i64)>) {
        let (table, (place, .., layer)) = (self.table, door);
        let mut inside = node;
        if let Some(end) = self.doors.ends.get(&place) {
            let share = self.doors.shares.map(|shares| shares.get(&door).copied().unwrap_or(0));
            inside = self.node(0);
            self.arc(inside, node, share.unwrap_or(*end), 0, Meaning::Door(door));
        }
        for (position, spot) in table.of_place.get(place).into_iter().flatten().enumerate() {
            let day = table.day(*spot);
            let arrives = position == 0 || table.landing.get(*spot).copied().unwrap_or(false);
            if !arrives || day > by_day || !self.good_at(layer, *spot) {
                continue;
            }
            let limit = eater.map_or(UNLIMITED, |(holding, last_good)| {
                eaten_until(holding.rate, last_good.saturating_sub(day))
            });
            let to = if position == 0 { node } else { inside };
            self.arc(self.spot(layer, *spot), to, limit, 0, Meaning::Quiet);
        }
    }

    pub(super) fn supply(&mut self, node: usize, amount: i64) {
        if let Some(slot) = self.supplies.get_mut(node) {
            *slot = slot.saturating_add(amount);
        }
    }

    /// Lets what nobody needs stay where it is.
    pub(super) fn close(&mut self) {
        let unused = self.supplies.get(self.source).copied().unwrap_or(0);
        self.supply(self.sink, -unused);
        self.arc(self.source, self.sink, unused, 0, Meaning::Quiet);
    }
}
