//! The day player: one day of one community as the commands that its people and meters would send.
//!
//! It knows what a person there could know: the community's own book, which is as old as the last exchange, and
//! what they see in their stores. It writes nothing; every command is decided by the book like anybody's, and may
//! be refused. The order of a day: the morning's look at the roads and at what went bad, counts, transfers, what comes in, what is
//! used, and what is asked for and offered.

mod standing;
mod stock;
mod transfers;
mod wants;

use std::collections::{BTreeMap, BTreeSet};

use koinon_books::{Book, BookCommand};
use koinon_core::region::{Group, Item, Region, StorageClass, Tier};
use koinon_core::{
    CommunityCode, CorridorCode, Day, Digest, Entropy, EntryId, ItemCode, LotId, NeedId, PlaceCode, Quantity,
    StoreCode, Timestamp, TransferId,
};
use koinon_ledger::fact::{Occurrence, PrintedMark, RouteClosed, RouteReason};
use koinon_ledger::route::ends;
use koinon_ledger::{Act, Command, Reason};

use crate::cast::Part;
use crate::rng::{Dice, Purpose};
use crate::world::World;

/// The most facts that a community's day leads to; the opening of a book is as long as its stock.
pub const FACTS_MAX: usize = 300;

/// The times of a day, in minutes after midnight.
mod hours {
    /// The books are opened, or the stores are looked through.
    pub(super) const MORNING: i64 = 7 * 60 + 15;
    /// What was counted is entered.
    pub(super) const COUNTED: i64 = 8 * 60 + 40;
    /// Loading, arriving, answering.
    pub(super) const ROAD: i64 = 10 * 60 + 30;
    /// New promises.
    pub(super) const PROMISES: i64 = 12 * 60 + 5;
    /// What came in is entered.
    pub(super) const INTAKE: i64 = 14 * 60 + 20;
    /// What was handed out and used is entered.
    pub(super) const USE: i64 = 17 * 60 + 45;
    /// Needs and offers.
    pub(super) const WANTS: i64 = 18 * 60 + 30;
}

/// A command to be sent by a member of the cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Who sends it.
    pub who: Part,
    /// When; also the time at which it is to be decided.
    pub at: Timestamp,
    /// What they send.
    pub command: BookCommand,
}

/// A suggestion that an engine made on this community's book.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suggested {
    /// The place that would give.
    pub from: PlaceCode,
    /// The place that would take.
    pub to: PlaceCode,
    /// What.
    pub item: ItemCode,
    /// How much.
    pub quantity: Quantity,
    /// The way.
    pub route: Vec<CorridorCode>,
    /// The day of departure.
    pub leaves: Day,
    /// The day of arrival.
    pub arrives: Day,
    /// The need that it meets.
    pub need: Option<NeedId>,
    /// What it fulfils of a standing agreement.
    pub standing: Option<Occurrence>,
    /// The suggestion's id.
    pub id: Option<Digest>,
}

/// What the cast leaves to somebody else, such as a visitor: it waits until they decide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandsOff {
    /// Transfers in which nobody of the cast acts.
    pub transfers: BTreeSet<TransferId>,
    /// Items that nobody of the cast sends from or to a place.
    pub ways: BTreeSet<(PlaceCode, ItemCode)>,
}

/// What the player looks at.
#[derive(Debug, Clone, Copy)]
pub struct Today<'a> {
    /// The day.
    pub day: Day,
    /// Whose day it is.
    pub community: &'a CommunityCode,
    /// Its own book.
    pub book: &'a Book,
    /// What an engine suggests on that book.
    pub suggestions: &'a [Suggested],
    /// What is left to somebody else.
    pub hands_off: &'a HandsOff,
}

impl World {
    /// Plans one day of one community. Choices come from the seed, ids from `entropy`.
    ///
    /// Decide the commands in order, each at its own time. One that is refused is left out.
    pub fn play_day(&self, today: &Today<'_>, entropy: &mut dyn Entropy) -> Vec<Planned> {
        if !self.region().community(today.community).is_some_and(|c| c.is_member(today.day)) {
            return Vec::new();
        }
        let mut desk = Desk::new(self, today, entropy);
        if desk.batches.is_empty() && today.book.ledger().lots().all(|(c, _, _)| c != today.community) {
            desk.open_the_book();
            return desk.plan;
        }
        desk.look_at_the_roads();
        desk.recall();
        desk.throw_away();
        desk.minute = hours::COUNTED;
        desk.count();
        desk.correct();
        desk.minute = hours::ROAD;
        desk.tend_transfers();
        desk.minute = hours::PROMISES;
        desk.follow_suggestions();
        desk.minute = hours::INTAKE;
        desk.take_in();
        desk.minute = hours::USE;
        desk.use_up();
        desk.find_a_sheet();
        desk.minute = hours::WANTS;
        desk.ask_and_offer();
        desk.agree_regularly();
        desk.plan
    }
}

/// A batch as the book has it in the morning, less what today's plan takes.
#[derive(Debug, Clone)]
struct Batch {
    lot: LotId,
    store: StoreCode,
    place: PlaceCode,
    expires: Option<Day>,
    mark: String,
    balance: i128,
    reserved: i128,
    held: bool,
    recalled: bool,
}

impl Batch {
    /// What may be used or given.
    fn free(&self) -> i128 {
        if self.held { 0 } else { (self.balance - self.reserved).max(0) }
    }
}

/// One community's desk on one day.
struct Desk<'a> {
    world: &'a World,
    region: &'a Region,
    book: &'a Book,
    community: &'a CommunityCode,
    day: Day,
    suggestions: &'a [Suggested],
    hands_off: &'a HandsOff,
    entropy: &'a mut dyn Entropy,
    midnight: Timestamp,
    minute: i64,
    places: Vec<PlaceCode>,
    /// By item, first expired first.
    batches: BTreeMap<ItemCode, Vec<Batch>>,
    facts: usize,
    facts_max: usize,
    plan: Vec<Planned>,
}

impl<'a> Desk<'a> {
    fn new(world: &'a World, today: &Today<'a>, entropy: &'a mut dyn Entropy) -> Self {
        let Today { day, community, book, suggestions, hands_off } = *today;
        let mut desk = Self {
            world,
            region: world.region(),
            book,
            community,
            day,
            suggestions,
            hands_off,
            entropy,
            midnight: day.start(&world.region().zone()),
            minute: hours::MORNING,
            places: world.places_of(community),
            batches: BTreeMap::new(),
            facts: 0,
            facts_max: FACTS_MAX,
            plan: Vec::new(),
        };
        desk.look_around();
        desk
    }

    fn look_around(&mut self) {
        let ledger = self.book.ledger();
        let reserved = self.book.ledger().reserved_by_lot(self.community);
        let recalls: BTreeSet<(&ItemCode, &PrintedMark)> =
            ledger.recalls().map(|(item, batch, _)| (item, batch)).collect();
        for item in &self.region.items {
            let mut batches: Vec<Batch> = ledger
                .lots_of(self.community, &item.code)
                .filter(|(_, lot)| lot.balance() != 0)
                .filter_map(|(id, lot)| {
                    let opened = lot.opened()?;
                    Some(Batch {
                        lot: id,
                        store: opened.store.clone(),
                        place: self.region.store(&opened.store)?.place.clone(),
                        expires: opened.expires,
                        mark: opened.batch.as_ref().map_or_else(String::new, ToString::to_string),
                        balance: lot.balance(),
                        reserved: reserved.get(&id).copied().unwrap_or(0),
                        held: ledger.held(lot).is_some(),
                        recalled: opened
                            .batch
                            .as_ref()
                            .is_some_and(|batch| recalls.contains(&(&item.code, batch))),
                    })
                })
                .collect();
            // By what is printed on them, never by their random ids, so that a seed always takes the same.
            batches.sort_by(|a, b| {
                let key =
                    |batch: &Batch| (batch.expires.unwrap_or(Day(i32::MAX)), batch.balance, batch.reserved);
                (key(a), &a.mark, &a.store).cmp(&(key(b), &b.mark, &b.store))
            });
            if !batches.is_empty() {
                self.batches.insert(item.code.clone(), batches);
            }
        }
    }

    /// Says of each route that ends here that it went under water, or fell dry.
    fn look_at_the_roads(&mut self) {
        for (corridor, flooded) in self.world.waters(self.day) {
            let known = self.region.corridor(&corridor);
            if !known.is_some_and(|known| ends(self.region, known).contains(self.community)) {
                continue;
            }
            let flood = RouteClosed { reason: RouteReason::Flood, from: self.day, until: None };
            self.send(Part::Coordinator, 1, Act::StateRoute { corridor, closed: flooded.then_some(flood) });
        }
    }

    /// Whether no route of a way is closed today, as far as this community has heard.
    fn is_open(&self, route: &[CorridorCode]) -> bool {
        route.iter().all(|code| self.book.closed_route(code, self.day).is_none())
    }

    /// Once in a run a tinned or packed food of the opening stock is called back where the dice say.
    fn recall(&mut self) {
        let since = self.day.since(self.world.start());
        let all = u32::try_from(self.region.communities.len()).unwrap_or(u32::MAX);
        let turn = self.world.dice(self.community, self.world.start(), Purpose::Surprise, 1).below(30);
        let is_ours = self.world.number(self.community) == 5 % all.max(1);
        if !is_ours || since != i32::try_from(turn).unwrap_or(0) + 5 {
            return;
        }
        let packed = self.region.items.iter().rev().find(|item| {
            item.group == Group::Food && item.storage == StorageClass::Ambient && item.tier == Tier::Needed
        });
        let batch = packed.and_then(|item| self.batches.get(&item.code)).and_then(|all| all.first());
        let mark = batch.and_then(|batch| PrintedMark::new(&batch.mark).ok());
        if let (Some(item), Some(batch)) = (packed, mark) {
            let what = Act::Recall { item: item.code.clone(), batch, stands: true, reason: Reason::Recall };
            self.send(Part::StewardB, 1, what);
        }
    }

    /// The dice for a purpose and a thing.
    fn dice(&self, purpose: Purpose, sub: u32) -> Dice {
        self.world.dice(self.community, self.day, purpose, sub)
    }

    /// The dice of an item.
    fn item_dice(&self, purpose: Purpose, item: &Item) -> Dice {
        self.dice(purpose, self.world.item_number(&item.code))
    }

    /// When what is planned next is done. What is done at one time of day is entered together, from one sheet.
    fn next_time(&self) -> Timestamp {
        // A community's own millisecond, so that no two write at the same instant.
        let own = i64::from(self.world.number(self.community) % 60_000);
        self.midnight.plus_millis(self.minute * 60_000 + own)
    }

    /// Plans an act that leads to `facts` facts, unless the day is full; gives its id.
    fn send(&mut self, who: Part, facts: usize, what: Act) -> Option<EntryId> {
        let now = self.next_time();
        self.send_late(who, facts, now, what)
    }

    /// Plans an act that is entered now and happened before.
    fn send_late(&mut self, who: Part, facts: usize, occurred: Timestamp, what: Act) -> Option<EntryId> {
        if self.facts + facts > self.facts_max {
            return None;
        }
        self.facts += facts;
        let at = self.next_time();
        let act = EntryId::make(at, self.entropy);
        let command = BookCommand::Ledger(Command { act, occurred, confirmed: true, what });
        self.plan.push(Planned { who, at, command });
        Some(act)
    }

    fn quantity(item: &Item, amount: i128) -> Option<Quantity> {
        Quantity::from_wide(amount, item.dimension).ok().filter(|quantity| quantity.amount() > 0)
    }
}
