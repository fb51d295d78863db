//! Small problems, written in a few words.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use koinon_core::region::StorageClass;
use koinon_core::{Day, Group, StandingId, Tier};
use koinon_ledger::demand::Rate;
use koinon_ledger::fact::{Occurrence, RouteReason, Urgency};
use koinon_match::{
    Cargo, ClosedRoute, Closure, Departure, Due, EVEN_WISH, Item, Keep, LotRef, Moment, Need, NeedRef, Place,
    Problem, Rules, Stock, Use,
};

/// The first day of every test.
pub(crate) const TODAY: Day = Day(20_000);

/// The so manieth thing that falls due, on a day.
pub(crate) fn due((number, day): (usize, i32), (from, to): (&str, &str), item: &str, amount: i64) -> Due {
    let day = TODAY.plus(day);
    let (line, standing) = (u16::try_from(number).unwrap(), StandingId([7; 16]));
    Due {
        occurrence: Occurrence { proposer: from.parse().unwrap(), standing, line, day },
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        item: item.parse().unwrap(),
        amount,
        by: day.plus(6),
    }
}

/// A problem under construction. One base unit is one gram and one millilitre.
#[derive(Clone)]
pub(crate) struct Town(pub(crate) Problem);

impl Town {
    pub(crate) fn new(places: &[&str]) -> Self {
        let places = places.iter().map(|code| Place { code: code.parse().unwrap(), people: 100 }).collect();
        Self(Problem {
            today: TODAY,
            horizon_days: 7,
            places,
            rules: Rules { whole_packs: false, useful_days_min: 0, ..Rules::default() },
            ..Problem::default()
        })
    }

    pub(crate) fn item(mut self, code: &str) -> Self {
        self.0.items.push(Item {
            code: code.parse().unwrap(),
            tier: Tier::MustHave,
            group: Group::Food,
            mass_g_per_1000: 1_000,
            volume_ml_per_1000: 1_000,
            micropallets_per_1000: 0,
            cold: false,
            hazard: false,
            cargo: Cargo::Goods,
            storage: StorageClass::Ambient,
            packs: Vec::new(),
        });
        self
    }

    pub(crate) fn cold(mut self) -> Self {
        self.0.items.last_mut().unwrap().cold = true;
        self
    }

    pub(crate) fn packs(mut self, packs: &[i64]) -> Self {
        self.0.rules.whole_packs = true;
        self.0.items.last_mut().unwrap().packs = packs.to_vec();
        self
    }

    pub(crate) fn uses(mut self, place: &str, item: &str, a_day: i64, keeps_days: i64) -> Self {
        let kept = a_day * keeps_days;
        self.0.uses.push(Use {
            place: place.parse().unwrap(),
            item: item.parse().unwrap(),
            rate: Rate { amount: i128::from(a_day), days: 1 },
            source: None,
            keep: Keep { floor: kept, target: kept },
        });
        self
    }

    pub(crate) fn has(self, place: &str, item: &str, amount: i64) -> Self {
        self.has_until(place, item, amount, None)
    }

    pub(crate) fn has_until(mut self, place: &str, item: &str, amount: i64, good_days: Option<i32>) -> Self {
        let lot = LotRef::Row(u32::try_from(self.0.stock.len()).unwrap());
        let last_good = good_days.map(|days| TODAY.plus(days));
        let (place, item) = (place.parse().unwrap(), item.parse().unwrap());
        self.0.stock.push(Stock { place, item, last_good, lot, amount });
        self
    }

    pub(crate) fn needs(mut self, place: &str, item: &str, amount: i64, urgency: Urgency, by: i32) -> Self {
        let id = NeedRef::Row(u32::try_from(self.0.needs.len()).unwrap());
        let (place, item) = (place.parse().unwrap(), item.parse().unwrap());
        self.0.needs.push(Need {
            place,
            item,
            amount,
            urgency,
            by: TODAY.plus(by),
            id,
            wish_per_mille: EVEN_WISH,
        });
        self
    }

    /// What falls due between two places on a day.
    pub(crate) fn due(mut self, from: &str, to: &str, item: &str, amount: i64, day: i32) -> Self {
        let due = due((self.0.due.len(), day), (from, to), item, amount);
        self.0.due.push(due);
        self
    }

    /// Roads both ways that leave every day at eight with a thousand tonnes.
    pub(crate) fn road(self, from: &str, to: &str, minutes: u32) -> Self {
        self.road_of(from, to, minutes, 1_000_000, true)
    }

    pub(crate) fn road_of(mut self, from: &str, to: &str, minutes: u32, kg: i64, cold: bool) -> Self {
        for day in 0..7 {
            self = self.leaves(from, to, day, 480, minutes, kg, cold);
            self = self.leaves(to, from, day, 480, minutes, kg, cold);
        }
        self
    }

    #[allow(clippy::too_many_arguments, reason = "one departure in one line")]
    pub(crate) fn leaves(
        mut self,
        from: &str,
        to: &str,
        day: i32,
        minute: u16,
        minutes: u32,
        kg: i64,
        cold: bool,
    ) -> Self {
        let leaves = Moment { day: TODAY.plus(day), minute };
        let (a, b) = if from < to { (from, to) } else { (to, from) };
        self.0.departures.push(Departure {
            corridor: format!("{a}-{b}").parse().unwrap(),
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            leaves,
            arrives: leaves.plus_minutes(minutes),
            kg,
            litre: kg,
            pallets: None,
            cold,
            hazard: true,
            cargo: Cargo::Goods,
            loss_per_mille: 0,
        });
        self
    }

    pub(crate) fn shut(mut self, place: &str, day: i32) -> Self {
        self.0.closures.push(Closure { place: place.parse().unwrap(), storage: None, day: TODAY.plus(day) });
        self
    }

    /// Closes a road, for reason of flood, from one day to another or for good.
    pub(crate) fn closed(mut self, corridor: &str, from: i32, until: Option<i32>) -> Self {
        self.0.closed_routes.push(ClosedRoute {
            corridor: corridor.parse().unwrap(),
            from: TODAY.plus(from),
            until: until.map(|days| TODAY.plus(days)),
            reason: RouteReason::Flood,
        });
        self
    }

    pub(crate) fn done(self) -> Problem {
        self.0
    }
}
