//! The question: who has what, who needs what, and what leaves when.
//!
//! Plain data in whole numbers that anybody can make, from the books of a node or from two tables of a planner. The
//! order of every list is free: [`Problem::canonical`] sorts, and only the sorted form is planned and hashed. This
//! room holds no wishes of its own; what may not be given away is decided by [`Use::keeps`].

use koinon_core::region::StorageClass;
use koinon_core::{
    CommunityCode, CorridorCode, Day, Digest, Group, ItemCode, LotId, NeedId, PlaceCode, Tier,
};
use koinon_ledger::demand::{Rate, RateSource};
use koinon_ledger::fact::{Occurrence, RouteReason, Urgency};

/// Minutes in a day.
pub const DAY_MINUTES: i64 = 24 * 60;

/// In how many ways room is measured.
pub const MEASURES: usize = 3;

/// A load, or room for one: grams, millilitres, millionths of a pallet.
pub type Measures = [i128; MEASURES];

/// The wish for a need of a community that wishes for all it asks for alike.
pub const EVEN_WISH: u32 = 1_000;
/// The highest wish for one need: a hundred things asked for, and all points for one.
pub const WISH_MAX: u32 = 100 * EVEN_WISH;

/// Room where there is no limit, or nobody knows of one.
pub const ENDLESS: i128 = i128::MAX / 4;

/// Everything that a plan is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// The first day of the horizon.
    pub today: Day,
    /// Minutes of `today` that have passed; what left earlier is gone. 0 to 1,439.
    pub minute: u16,
    /// How many days ahead the plan looks, `today` included; 1 to 60.
    pub horizon_days: u32,
    /// Communities and hubs.
    pub places: Vec<Place>,
    /// The items.
    pub items: Vec<Item>,
    /// What may be used or given, batch by batch.
    pub stock: Vec<Stock>,
    /// What is used each day, and what is kept, by place and item.
    pub uses: Vec<Use>,
    /// What somebody asked for.
    pub needs: Vec<Need>,
    /// What somebody would gladly give.
    pub offers: Vec<Offer>,
    /// What falls due by standing agreements.
    pub due: Vec<Due>,
    /// What is agreed or on its way already.
    pub arriving: Vec<Arriving>,
    /// What leaves within the horizon.
    pub departures: Vec<Departure>,
    /// Doors that stay shut.
    pub closures: Vec<Closure>,
    /// Routes that are closed; their departures stand in the list and carry nothing.
    pub closed_routes: Vec<ClosedRoute>,
    /// Places that give no more of an item for a while.
    pub pauses: Vec<Pause>,
    /// How much more fits into the stores of each place; where nothing is said, anything fits.
    pub rooms: Vec<StoreRoom>,
    /// The agreed numbers.
    pub rules: Rules,
}

/// The agreed numbers that shape a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How far the cover of two givers may differ before the fuller one must give first, in days; 0 counts as 1.
    pub equity_slack_days: u32,
    /// Whether amounts for cover are rounded down to whole packs.
    pub whole_packs: bool,
    /// Transfers for cover that last fewer days at the taker are not suggested; 0 suggests every crumb.
    pub useful_days_min: u32,
    /// Minutes of loading and unloading that each leg costs besides the way.
    pub handling_minutes: u32,
}

/// A community or a hub.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The code.
    pub code: PlaceCode,
    /// How many people it counts; 0 for a hub.
    pub people: i64,
}

/// By what an item travels, and what a departure takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Cargo {
    /// What people load.
    #[default]
    Goods,
    /// What runs through pipes, or is loaded in tanks.
    Liquid,
    /// What runs through wires only.
    Energy,
}

/// What the plan must know of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The code.
    pub code: ItemCode,
    /// How much people depend on it.
    pub tier: Tier,
    /// Its group.
    pub group: Group,
    /// Grams in 1,000 base units; 0 is none.
    pub mass_g_per_1000: i64,
    /// Millilitres of room in 1,000 base units; 0 is none.
    pub volume_ml_per_1000: i64,
    /// Millionths of a pallet that 1,000 base units fill; 0 is not counted in pallets.
    pub micropallets_per_1000: i64,
    /// Whether it must stay at 8 °C or colder.
    pub cold: bool,
    /// Whether it is dangerous in transport.
    pub hazard: bool,
    /// By what it travels.
    pub cargo: Cargo,
    /// How it is kept; doors are shut by storage class.
    pub storage: StorageClass,
    /// Base units in its packs, in any order.
    pub packs: Vec<i64>,
}

/// Which batch is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LotRef {
    /// A batch in a community's book.
    Book(CommunityCode, LotId),
    /// A line of a planner's table.
    Row(u32),
}

/// Which need is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeedRef {
    /// A need in a community's book.
    Book(CommunityCode, NeedId),
    /// A line of a planner's table.
    Row(u32),
    /// What falls due by a standing agreement.
    Due(Occurrence),
}

/// A batch at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stock {
    /// Where.
    pub place: PlaceCode,
    /// What.
    pub item: ItemCode,
    /// Its last good day; `None` is no end that matters.
    pub last_good: Option<Day>,
    /// Which batch.
    pub lot: LotRef,
    /// Base units that may be used or given: neither held nor set aside.
    pub amount: i64,
}

/// What a place uses and keeps of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Base units that it keeps before it gives.
    pub floor: i64,
    /// Base units to which it is filled up when others can spare.
    pub target: i64,
}

/// What a place uses each day, and what it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Where.
    pub place: PlaceCode,
    /// What.
    pub item: ItemCode,
    /// How fast it is used.
    pub rate: Rate,
    /// Where the rate comes from; `None` where somebody typed it.
    pub source: Option<RateSource>,
    /// What it keeps.
    pub keep: Keep,
}

/// A place gives no more of an item for a while: its keeper said "not now". While that lasts, nothing of it leaves within
/// a plan, even on days after it; a later plan gives again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pause {
    /// Where.
    pub place: PlaceCode,
    /// What.
    pub item: ItemCode,
    /// The last day on which nothing is given.
    pub until: Day,
}

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Where.
    pub place: PlaceCode,
    /// What.
    pub item: ItemCode,
    /// How many base units.
    pub amount: i64,
    /// How badly.
    pub urgency: Urgency,
    /// The last day that helps.
    pub by: Day,
    /// Which need.
    pub id: NeedRef,
    /// How much its community wishes for it beside the other things that it asks for, per mille of the mean:
    /// [`EVEN_WISH`] where it says nothing. Of no weight where lives depend on it.
    pub wish_per_mille: u32,
}

/// What somebody would gladly give. It frees no stock below the floor: it only says whose surplus goes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offer {
    /// Where.
    pub place: PlaceCode,
    /// What.
    pub item: ItemCode,
    /// How many base units.
    pub amount: i64,
    /// Whether it would go to waste otherwise.
    pub take_please: bool,
}

/// What one place gives another on a day by a standing agreement: an intent, which only the giver's promise fulfils.
///
/// It comes after what lives depend on, and before everything else; below what its giver keeps it takes nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// Which.
    pub occurrence: Occurrence,
    /// Who gives.
    pub from: PlaceCode,
    /// Who takes.
    pub to: PlaceCode,
    /// What.
    pub item: ItemCode,
    /// How many base units.
    pub amount: i64,
    /// The last day on which it may arrive.
    pub by: Day,
}

/// What is agreed or on its way to a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arriving {
    /// Where to.
    pub place: PlaceCode,
    /// What.
    pub item: ItemCode,
    /// The day on which it is expected.
    pub day: Day,
    /// How many base units.
    pub amount: i64,
}

/// A minute of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// The minute of the day, 0 to 1,439.
    pub minute: u16,
}

/// One vehicle, train, boat or line that leaves once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Departure {
    /// The corridor on which it runs.
    pub corridor: CorridorCode,
    /// Where it leaves.
    pub from: PlaceCode,
    /// Where it arrives.
    pub to: PlaceCode,
    /// When it leaves.
    pub leaves: Moment,
    /// When it arrives.
    pub arrives: Moment,
    /// Kilograms that it still takes.
    pub kg: i64,
    /// Litres that it still takes.
    pub litre: i64,
    /// Pallets that it still takes; `None` is no limit besides kilograms and litres.
    pub pallets: Option<i64>,
    /// Whether it keeps things at 8 °C or colder.
    pub cold: bool,
    /// Whether dangerous goods may travel on it.
    pub hazard: bool,
    /// What it takes.
    pub cargo: Cargo,
    /// What is lost on the way, per mille of what left.
    pub loss_per_mille: u32,
}

/// A door that stays shut: nothing of the storage class leaves the place or comes in on that day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Closure {
    /// Where.
    pub place: PlaceCode,
    /// The storage class; `None` is all of them.
    pub storage: Option<StorageClass>,
    /// When.
    pub day: Day,
}

/// A route that is closed: nothing that would be on it on one of these days leaves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClosedRoute {
    /// The corridor.
    pub corridor: CorridorCode,
    /// The first day.
    pub from: Day,
    /// The last day; `None` where nobody knows.
    pub until: Option<Day>,
    /// Why.
    pub reason: RouteReason,
}

/// How much more fits into stores of a place that keep some storage classes, all of them together.
///
/// What only passes through a place takes none of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreRoom {
    /// Where.
    pub place: PlaceCode,
    /// The storage classes that share the room, at least one.
    pub storage: Vec<StorageClass>,
    /// Kilograms that still fit; `None` where nobody knows.
    pub kg: Option<i64>,
    /// Litres that still fit; `None` where nobody knows.
    pub litre: Option<i64>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { equity_slack_days: 7, whole_packs: true, useful_days_min: 1, handling_minutes: 15 }
    }
}

impl Use {
    /// Base units that never leave: the floor, and what the place would be filled up to again.
    pub fn keeps(&self) -> i64 {
        self.keep.floor.max(self.keep.target)
    }
}

impl ClosedRoute {
    /// Whether a departure would be on the route while it is closed.
    pub fn stops(&self, departure: &Departure) -> bool {
        self.corridor == departure.corridor
            && self.from <= departure.arrives.day
            && self.until.is_none_or(|until| departure.leaves.day <= until)
    }
}

impl Moment {
    /// Minutes from the first minute of `today`; below zero before it.
    pub fn minutes_from(self, today: Day) -> i64 {
        i64::from(self.day.since(today)) * DAY_MINUTES + i64::from(self.minute)
    }

    /// The moment so many minutes later.
    pub fn plus_minutes(self, minutes: u32) -> Self {
        let total = i64::from(self.minute) + i64::from(minutes);
        let days = i32::try_from(total / DAY_MINUTES).unwrap_or(i32::MAX);
        let minute = u16::try_from(total % DAY_MINUTES).unwrap_or(0);
        Self { day: self.day.plus(days), minute }
    }
}

impl Cargo {
    /// Whether a departure that takes `self` takes an item that travels as `item`.
    pub fn takes(self, item: Self) -> bool {
        self == item || (self == Self::Goods && item == Self::Liquid)
    }
}

impl Item {
    /// What 1,000 base units weigh and fill: grams, millilitres, millionths of a pallet.
    pub(crate) const fn per_1000(&self) -> [i64; MEASURES] {
        [self.mass_g_per_1000, self.volume_ml_per_1000, self.micropallets_per_1000]
    }

    /// The load of an amount in grams, millilitres and millionths of a pallet, each rounded up.
    pub fn load(&self, amount: i64) -> Measures {
        let up = |per_1000: i64| (i128::from(amount) * i128::from(per_1000) + 999).div_euclid(1_000);
        self.per_1000().map(up)
    }

    /// The most base units that fit into so many grams, millilitres and millionths of a pallet.
    pub fn fits(&self, room: Measures) -> i64 {
        let down = |(room, per_1000): (i128, i64)| match (i64::try_from(room), per_1000) {
            (_, 0) => i128::MAX,
            // Divisions of 128 bits are an order slower, and rooms are rarely that large.
            (Ok(room), per_1000) if room < i64::MAX / 1_000 => i128::from(room.max(0) * 1_000 / per_1000),
            (_, per_1000) => room.max(0).saturating_mul(1_000) / i128::from(per_1000),
        };
        let units = room.into_iter().zip(self.per_1000()).map(down).min().unwrap_or(i128::MAX);
        i64::try_from(units).unwrap_or(i64::MAX)
    }
}

impl Departure {
    /// What it takes in grams, millilitres and millionths of a pallet; [`ENDLESS`] where there is no limit.
    pub fn room(&self) -> Measures {
        let pallets = self.pallets.map_or(ENDLESS, |pallets| i128::from(pallets) * 1_000_000);
        [i128::from(self.kg) * 1_000, i128::from(self.litre) * 1_000, pallets]
    }
}

impl Problem {
    /// The last day of the horizon.
    pub fn last_day(&self) -> Day {
        self.today.plus(i32::try_from(self.horizon_days).unwrap_or(i32::MAX).saturating_sub(1))
    }

    /// Sorts every list into the order in which plans are made: equal content becomes an equal value.
    pub fn canonical(mut self) -> Self {
        self.places.sort();
        for item in &mut self.items {
            item.packs.sort_unstable();
            item.packs.dedup();
        }
        self.items.sort_by(|a, b| a.code.cmp(&b.code));
        self.stock.sort();
        self.uses.sort_by(|a, b| (&a.place, &a.item).cmp(&(&b.place, &b.item)));
        self.needs.sort_by(|a, b| need_key(a).cmp(&need_key(b)));
        self.offers.sort();
        self.due.sort();
        self.arriving.sort();
        self.departures.sort_by(|a, b| departure_key(a).cmp(&departure_key(b)).then_with(|| a.cmp(b)));
        self.closures.sort();
        self.closures.dedup();
        self.closed_routes.sort();
        self.closed_routes.dedup();
        self.pauses.sort();
        self.pauses.dedup();
        for room in &mut self.rooms {
            room.storage.sort_unstable();
            room.storage.dedup();
        }
        self.rooms.sort();
        self.rooms.dedup();
        self
    }

    /// The digest of the content, whatever the order of its lists.
    pub fn digest(&self) -> Digest {
        Digest::of("koinon/match-problem/1", crate::words::problem(&self.clone().canonical()).as_bytes())
    }
}

type NeedKey<'a> = (&'a PlaceCode, &'a ItemCode, Urgency, Day, &'a NeedRef, i64);

fn need_key(need: &Need) -> NeedKey<'_> {
    (&need.place, &need.item, need.urgency, need.by, &need.id, need.amount)
}

fn departure_key(departure: &Departure) -> (Moment, Moment, &CorridorCode, &PlaceCode) {
    (departure.leaves, departure.arrives, &departure.corridor, &departure.from)
}
