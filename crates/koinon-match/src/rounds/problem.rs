//! The question: what is to be fetched where and brought where, with which vehicles, and when somebody drives.
//!
//! Plain data that anybody can make from tables. The order of every list is free: [`Rounds::canonical`] sorts, and only the sorted form
//! is planned and hashed.

use koinon_core::{Digest, ItemCode, LoadCode, PlaceCode, VehicleCode};
use koinon_ledger::fact::Urgency;

use crate::problem::{MEASURES, Moment};

/// Everything that tours are planned from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rounds {
    /// No tour starts earlier.
    pub now: Moment,
    /// What is to be brought.
    pub loads: Vec<Load>,
    /// What it can travel on.
    pub vehicles: Vec<Vehicle>,
    /// When somebody drives.
    pub shifts: Vec<Shift>,
    /// How long it takes from place to place; the quickest chain of them counts.
    pub ways: Vec<WayOf>,
    /// Minutes of loading and unloading at each stop, 0 to 1,440.
    pub handling_minutes: u32,
    /// The most minutes from the start of a tour to its end, 1 to 1,440.
    pub duty_minutes: u32,
}

/// Something to be fetched at one place and brought to another, all of it on one tour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Load {
    /// Its code, unique.
    pub code: LoadCode,
    /// Where it is fetched.
    pub from: PlaceCode,
    /// Where it goes.
    pub to: PlaceCode,
    /// What it is.
    pub item: ItemCode,
    /// Base units of the item.
    pub amount: i64,
    /// Grams.
    pub grams: i64,
    /// Millilitres.
    pub millilitres: i64,
    /// Millionths of a pallet; 0 is not counted in pallets.
    pub micropallets: i64,
    /// Whether it must stay at 8 °C or colder.
    pub cold: bool,
    /// Whether it is dangerous in transport.
    pub hazard: bool,
    /// How badly it is needed; `None` where nobody asked for it. Lives depend on [`Urgency::MustHave`].
    pub urgency: Option<Urgency>,
    /// When loading may begin.
    pub ready: Moment,
    /// The last minute at which it may arrive.
    pub due: Moment,
}

/// A vehicle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vehicle {
    /// Its code, unique.
    pub code: VehicleCode,
    /// Where its tours start and end.
    pub home: PlaceCode,
    /// Kilograms that it takes.
    pub kg: i64,
    /// Litres that it takes.
    pub litre: i64,
    /// Pallets that it takes; `None` is no limit besides kilograms and litres.
    pub pallets: Option<i64>,
    /// Whether it keeps things at 8 °C or colder.
    pub cold: bool,
    /// Whether it may carry dangerous goods.
    pub hazard: bool,
    /// Until when it is out of service; `None` is in service.
    pub out_until: Option<Moment>,
}

/// A time in which some people drive vehicles of a place: how many, never who.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// Where they and their vehicles are at home.
    pub place: PlaceCode,
    /// When it starts.
    pub starts: Moment,
    /// When it ends.
    pub ends: Moment,
    /// How many drive, each one tour.
    pub drivers: u32,
}

/// How long it takes from one place to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WayOf {
    /// Where it starts.
    pub from: PlaceCode,
    /// Where it ends.
    pub to: PlaceCode,
    /// Minutes, 1 to 86,400.
    pub minutes: i64,
}

impl Load {
    /// What it weighs and fills: grams, millilitres, millionths of a pallet.
    pub(crate) const fn size(&self) -> [i64; MEASURES] {
        [self.grams, self.millilitres, self.micropallets]
    }

    /// Whether lives depend on it.
    pub fn is_for_life(&self) -> bool {
        self.urgency == Some(Urgency::MustHave)
    }

    /// Cuts it into as few equal parts as it takes to fit the vehicle that needs the fewest; one where no vehicle suits it, or none is
    /// large enough for a thousandth of it. Parts are named by a number after the code.
    pub fn parts(&self, vehicles: &[Vehicle]) -> Vec<Self> {
        let suits = |vehicle: &&Vehicle| (vehicle.cold || !self.cold) && (vehicle.hazard || !self.hazard);
        let trips = |vehicle: &Vehicle| -> Option<i64> {
            let part = |(size, room): (i64, i64)| match (size, room) {
                (0, _) => Some(1),
                (_, ..=0) => None,
                (size, room) => Some((size - 1) / room + 1),
            };
            self.size()
                .into_iter()
                .zip(vehicle.room())
                .map(part)
                .try_fold(1, |most, part| Some(most.max(part?)))
        };
        let parts = vehicles.iter().filter(suits).filter_map(trips).min();
        let Some(parts) = parts.filter(|parts| (2..=1_000.min(self.amount)).contains(parts)) else {
            return vec![self.clone()];
        };
        let cut = |whole: i64, part: i64| {
            let until = |part: i64| i128::from(whole) * i128::from(part) / i128::from(parts);
            i64::try_from(until(part) - until(part - 1)).unwrap_or(0)
        };
        let code = |part: i64| {
            let stem: String = self.code.as_str().chars().take(32).collect();
            LoadCode::new(&format!("{}-{part}", stem.trim_end_matches('-')))
                .unwrap_or_else(|_| self.code.clone())
        };
        let one = |part: i64| Self {
            code: code(part),
            amount: cut(self.amount, part),
            grams: cut(self.grams, part),
            millilitres: cut(self.millilitres, part),
            micropallets: cut(self.micropallets, part),
            ..self.clone()
        };
        (1..=parts).map(one).collect()
    }
}

impl Vehicle {
    /// What it takes: grams, millilitres, millionths of a pallet.
    pub(crate) fn room(&self) -> [i64; MEASURES] {
        let pallets = self.pallets.map_or(i64::MAX, |pallets| pallets.saturating_mul(1_000_000));
        [self.kg.saturating_mul(1_000), self.litre.saturating_mul(1_000), pallets]
    }
}

impl Rounds {
    /// Sorts every list into the order in which tours are planned: equal content becomes an equal value.
    pub fn canonical(mut self) -> Self {
        self.loads.sort();
        self.vehicles.sort();
        self.shifts.sort();
        self.ways.sort();
        self.ways.dedup();
        self
    }

    /// The digest of the content, whatever the order of its lists.
    pub fn digest(&self) -> Digest {
        Digest::of("koinon/rounds-problem/1", super::words::problem(&self.clone().canonical()).as_bytes())
    }
}
