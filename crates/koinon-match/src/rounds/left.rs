//! Why no tour takes a load: found by taking one obstacle away after the other, never guessed.

use super::duty::Call;
use super::layout::{Layout, NEVER, Pair};
use super::plan::LeftWhy;
use crate::problem::DAY_MINUTES;

impl Layout<'_> {
    /// Why no tour takes a load.
    pub(super) fn why_left(&self, job: usize) -> LeftWhy {
        let Some((load, laid)) = self.problem.loads.get(job).zip(self.jobs.get(job)) else {
            return LeftWhy::Taken;
        };
        if !laid.fresh.is_empty() {
            return LeftWhy::Taken;
        }
        let vehicles = &self.problem.vehicles;
        if vehicles.is_empty() {
            return LeftWhy::NoVehicle;
        }
        if load.cold && !vehicles.iter().any(|vehicle| vehicle.cold) {
            return LeftWhy::NothingCold;
        }
        let mut cars: Vec<usize> = (0..self.cars.len()).filter(|car| self.may_take(*car, job)).collect();
        if cars.is_empty() {
            return LeftWhy::NothingSafe;
        }
        for (measure, why) in
            [LeftWhy::TooHeavy, LeftWhy::TooBulky, LeftWhy::TooManyPallets].into_iter().enumerate()
        {
            let size = laid.size.get(measure);
            cars.retain(|car| self.cars.get(*car).is_some_and(|car| size <= car.room.get(measure)));
            if cars.is_empty() {
                return why;
            }
        }
        let home = |car: &usize| self.cars.get(*car).map_or(0, |car| car.home);
        let calls = [Call { job, on: true }, Call { job, on: false }];
        cars.retain(|car| self.minutes(&calls, home(car)) < NEVER);
        if cars.is_empty() {
            return LeftWhy::NoWay;
        }
        // Shifts that touch the time from the day on which it is ready until it is due.
        let first = laid.ready.div_euclid(DAY_MINUTES) * DAY_MINUTES;
        let now = i64::from(self.problem.now.minute);
        let mut pairs = Vec::new();
        let mut ever = false;
        for car in &cars {
            let Some((vehicle, laid_car)) = vehicles.get(*car).zip(self.cars.get(*car)) else { continue };
            for (shift, (stated, (starts, ends, drivers))) in
                self.problem.shifts.iter().zip(&self.shifts).enumerate()
            {
                let near = *ends > first.max(now) && *starts < laid.due;
                if stated.place != vehicle.home || *drivers == 0 || !near {
                    continue;
                }
                ever = true;
                if laid_car.from < laid.due.min(*ends) {
                    let window = ((*starts).max(laid_car.from), *ends);
                    pairs.push(Pair { car: *car, shift, home: laid_car.home, room: laid_car.room, window });
                }
            }
        }
        match (ever, pairs.is_empty()) {
            (false, _) => return LeftWhy::NoDriver,
            (true, true) => return LeftWhy::OutOfService,
            (true, false) => {}
        }
        let fits = |pair: &Pair| {
            let (start, end) = pair.window;
            self.minutes(&calls, pair.home) <= self.duty.min(end - start)
        };
        if pairs.iter().any(fits) { LeftWhy::TooLate } else { LeftWhy::TooFar }
    }
}
