//! What stands in the stores when the books are opened, for a region that states no stocks of its own.
//!
//! The stocks are chosen so that the demo's first sentence is the book's own result: one community has food for
//! about 21 days, another can spare about 42 t of the main crop (for 25,000 people) and still keep food for 55 days,
//! and the others lie between. Everything scales with people and need, so it holds for any region of two or more.

use koinon_core::region::{Community, Group, Item, Region, StorageClass, Store, Tier};
use koinon_core::{CommunityCode, Day, ItemCode, PlaceCode, Quantity, StoreCode};
use koinon_ledger::fact::PrintedMark;

use crate::rng::{Dice, Purpose, Seed};

/// Energy per person and day: Sphere Handbook 2018, food security standard: 2,100 kcal.
const KCAL_PER_DAY: i128 = 2_100;

/// Food with a shorter life than this is fresh: it comes and goes, and is nobody's reserve.
pub(crate) const FRESH_BELOW_DAYS: u32 = 100;

/// Days of food of the community that is short, in tenths.
const SHORT_FOOD: i64 = 214;
/// Days of the main crop of the community that is short, in tenths: 8.4 days under the agreed 30, which is 42 t.
const SHORT_CROP: i64 = 216;
/// Days of food of the community that can spare, in tenths.
const LONG_FOOD: i64 = 582;
/// Days of the main crop of the community that can spare, in tenths.
const LONG_CROP: i64 = 640;
/// Days of the main crop of the others, in tenths: they are not short, and have far less to spare.
const OTHER_CROP: (i64, i64) = (375, 410);
/// Days of food of the others, in tenths.
const OTHER_FOOD: (i64, i64) = (370, 530);

/// One batch that stands in a store when its book is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningLine {
    /// Where.
    pub store: StoreCode,
    /// What.
    pub item: ItemCode,
    /// How much.
    pub quantity: Quantity,
    /// The last good day.
    pub expires: Option<Day>,
    /// The printed batch number.
    pub batch: Option<PrintedMark>,
}

/// Who is short and who can spare at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// The community that is short.
    pub short: CommunityCode,
    /// The community that can spare.
    pub long: CommunityCode,
    /// What it can spare.
    pub item: ItemCode,
}

/// Chooses the story of a region: the fourth and the eighth community, as far as there are so many, and the
/// must-have food that gives most energy. `None` with fewer than two communities or no such food.
pub fn story(region: &Region) -> Option<Story> {
    let count = region.communities.len();
    if count < 2 {
        return None;
    }
    let short = 3 % count;
    let long = if 7 % count == short { (short + count / 2) % count } else { 7 % count };
    let item = region
        .items
        .iter()
        .filter(|item| item.group == Group::Food && item.tier == Tier::MustHave && !is_fresh(item))
        .max_by_key(|item| (energy(item), std::cmp::Reverse(item.code.clone())))
        .filter(|item| energy(item) > 0)?;
    Some(Story {
        short: region.communities.get(short)?.code.clone(),
        long: region.communities.get(long)?.code.clone(),
        item: item.code.clone(),
    })
}

/// Fresh food lasts too short a time to be a reserve.
pub(crate) fn is_fresh(item: &Item) -> bool {
    item.shelf_days.is_some_and(|days| days < FRESH_BELOW_DAYS)
}

/// The store of a place in which an item is kept: one with its storage class; medicines in the smallest, everything
/// else in the largest.
pub(crate) fn store_for<'a>(region: &'a Region, place: &'a PlaceCode, item: &Item) -> Option<&'a Store> {
    let fitting = region.stores_of(place).filter(|store| store.storage.contains(&item.storage));
    if item.group == Group::Medicine {
        fitting.min_by_key(|store| (store.capacity_kg, store.code.clone()))
    } else {
        fitting.max_by_key(|store| (store.capacity_kg, std::cmp::Reverse(store.code.clone())))
    }
}

/// A batch mark that tells what, whose and of which day; with its item it is unique in a region.
pub(crate) fn mark(item: &ItemCode, community: u32, day: Day, number: u32) -> Option<PrintedMark> {
    let stem: String = item.as_str().chars().filter(|c| *c != '-').take(4).collect();
    let date: String = day.to_string().chars().skip(2).filter(|c| *c != '-').collect();
    PrintedMark::new(&format!("{}-{date}-{community}-{number}", stem.to_uppercase())).ok()
}

/// Energy that a person takes from an item in a thousand days, in thousandths of a kilocalorie.
fn energy(item: &Item) -> i128 {
    let need = item.need.as_ref().map_or(0, |need| need.per_1000_person_days);
    i128::from(need) * i128::from(item.kcal_per_1000.unwrap_or(0))
}

/// The opening stocks of a whole region on a day.
pub fn generate(region: &Region, seed: Seed, start: Day) -> Vec<OpeningLine> {
    let story = story(region);
    let mut lines = Vec::new();
    for (index, community) in (0u32..).zip(&region.communities) {
        Larder { region, seed, start, index, community, story: story.as_ref(), lines: &mut lines }.fill();
    }
    for (index, hub) in (0u32..).zip(&region.hubs) {
        let keeper = region.communities.iter().position(|c| c.code == hub.keeper).unwrap_or(0);
        let keeper = u32::try_from(keeper).unwrap_or(0);
        for (number, item) in (0u32..).zip(&region.items) {
            let mut dice = seed.dice(keeper, start, Purpose::Opening, 0x10_0000 + index * 0x400 + number);
            let people = region.population(&hub.keeper, start);
            // A hub keeps shelter, and food that stores well and that nobody needs each day, such as biscuits.
            let is_spare = item.group == Group::Food && item.need.is_none();
            let wanted = item.group == Group::Shelter || is_spare;
            if let Some(store) = store_for(region, &hub.code, item).filter(|_| wanted) {
                let amount = equipment(item, people, &mut dice);
                lines.extend(line(store, item, amount, item.shelf_days.map(|_| start.plus(300)), {
                    mark(&item.code, keeper, start, 9_000 + index)
                }));
            }
        }
    }
    lines
}

/// The stocks of one community while they are chosen.
struct Larder<'a> {
    region: &'a Region,
    seed: Seed,
    start: Day,
    index: u32,
    community: &'a Community,
    story: Option<&'a Story>,
    lines: &'a mut Vec<OpeningLine>,
}

impl Larder<'_> {
    fn dice(&self, sub: u32) -> Dice {
        self.seed.dice(self.index, self.start, Purpose::Opening, sub)
    }

    fn fill(&mut self) {
        let people = self.community.people(self.start);
        let place = self.community.code.place();
        let days = self.food_days();
        // One thing besides food is scarce in every second community.
        let scarce = self.dice(0xF_0000).between(0, 17);
        let mut kind = 0;
        for (number, item) in (0u32..).zip(&self.region.items) {
            let Some(store) = store_for(self.region, &place, item) else { continue };
            let mut dice = self.dice(number);
            let need = self.region.need_per_day(&item.code, &self.community.code, self.start);
            let amount = match need.filter(|need| !need.is_zero()) {
                None => equipment(item, people, &mut dice),
                Some(need) => {
                    let stated = days.iter().find(|(code, _)| *code == item.code);
                    let tenths = stated.map_or_else(
                        || {
                            kind += 1;
                            other_days(item, kind == scarce && item.group != Group::Water, &mut dice)
                        },
                        |(_, tenths)| *tenths,
                    );
                    i128::from(need.amount()) * i128::from(tenths) / 10
                }
            };
            self.put(store, item, number, amount);
        }
    }

    /// Puts an amount into one batch, or into two of different age where it is kept long.
    fn put(&mut self, store: &Store, item: &Item, number: u32, amount: i128) {
        let mut dice = self.dice(0x8_0000 + number);
        let label = |batch| mark(&item.code, self.index, self.start, batch);
        let Some(shelf) = item.shelf_days.and_then(|days| i32::try_from(days).ok()) else {
            self.lines.extend(line(store, item, amount, None, label(0)));
            return;
        };
        // At least as long as the batch lasts when older ones are used first, so that nothing is lost in store.
        let share = |per_mille: i64| {
            let days = i64::from(shelf) * per_mille / 1_000;
            self.start.plus(i32::try_from(days).unwrap_or(shelf).max(1))
        };
        if item.group == Group::Food || item.group == Group::Medicine {
            let older = amount * i128::from(dice.between(25, 40)) / 100;
            let (soon, late) = (share(dice.between(380, 480)), share(dice.between(800, 950)));
            self.lines.extend(line(store, item, older, Some(soon), label(0)));
            self.lines.extend(line(store, item, amount - older, Some(late), label(1)));
        } else {
            self.lines.extend(line(store, item, amount, Some(share(dice.between(600, 900))), label(0)));
        }
    }

    /// Days of each food that people need, in tenths, so that their energy together is the days of food wished for.
    fn food_days(&self) -> Vec<(ItemCode, i64)> {
        let foods: Vec<(u32, &Item)> = (0u32..)
            .zip(&self.region.items)
            .filter(|(_, item)| item.group == Group::Food && energy(item) > 0)
            .collect();
        let mut dice = self.dice(0xF_0001);
        let is = |code: Option<&CommunityCode>| code == Some(&self.community.code);
        let (is_short, is_long) = (is(self.story.map(|s| &s.short)), is(self.story.map(|s| &s.long)));
        let (food, crop) = if is_short {
            (SHORT_FOOD, SHORT_CROP)
        } else if is_long {
            (LONG_FOOD, LONG_CROP)
        } else {
            let food = dice.between(OTHER_FOOD.0, OTHER_FOOD.1);
            (food, dice.between(OTHER_CROP.0, OTHER_CROP.1))
        };
        let mut chosen: Vec<(&Item, i64)> = Vec::new();
        let mut open: Vec<(&Item, i64)> = Vec::new();
        for (number, item) in foods {
            let mut dice = self.dice(0x4_0000 + number);
            if self.story.is_some_and(|story| story.item == item.code) {
                chosen.push((item, crop));
            } else if is_fresh(item) {
                chosen.push((item, fresh_days(item, &mut dice)));
            } else if is_short && item.tier == Tier::MustHave {
                chosen.push((item, dice.between(303, 308)));
            } else {
                open.push((item, dice.around(250)));
            }
        }
        // What the others must give together, and how much a day of all of them weighs.
        let have: i128 = chosen.iter().map(|(item, tenths)| energy(item) * i128::from(*tenths)).sum();
        let have = have + self.energy_beside();
        let wanted = i128::from(food) * KCAL_PER_DAY * 1_000_000 - have;
        let weight: i128 = open.iter().map(|(item, factor)| energy(item) * i128::from(*factor)).sum();
        for (item, factor) in open {
            let tenths = if weight > 0 { wanted.max(0) * i128::from(factor) / weight } else { 0 };
            chosen.push((item, i64::try_from(tenths).unwrap_or(0).max(5)));
        }
        chosen.into_iter().map(|(item, tenths)| (item.code.clone(), tenths)).collect()
    }
}

impl Larder<'_> {
    /// The energy of food that nobody needs each day, such as sugar: tenths of a day's need, in [`energy`]'s unit.
    fn energy_beside(&self) -> i128 {
        let people = self.community.people(self.start).max(1);
        let beside = (0u32..).zip(&self.region.items).filter(|(_, item)| {
            let is_needed = item.need.as_ref().is_some_and(|need| need.per_1000_person_days > 0);
            item.group == Group::Food && !is_needed
        });
        beside
            .map(|(number, item)| {
                let amount = equipment(item, people, &mut self.dice(number));
                // Per 1,000 base units and person, to tenths and per 1,000 person-days.
                amount * i128::from(item.kcal_per_1000.unwrap_or(0)) * 10_000 / i128::from(people)
            })
            .sum()
    }
}

/// Days of fresh food, in tenths: a third of its life, at most two weeks.
fn fresh_days(item: &Item, dice: &mut Dice) -> i64 {
    let life = i64::from(item.shelf_days.unwrap_or(30)) * 10;
    (life * dice.between(280, 380) / 1_000).min(140)
}

/// Days of anything else that people need, in tenths.
fn other_days(item: &Item, is_scarce: bool, dice: &mut Dice) -> i64 {
    if is_scarce {
        return dice.between(60, 250);
    }
    match item.group {
        // Towers hold five weeks of water.
        Group::Water if item.storage == StorageClass::Liquid => dice.between(315, 335),
        Group::Food if is_fresh(item) => fresh_days(item, dice),
        _ => dice.between(350, 800),
    }
}

/// How many of a thing that has no daily need stand ready, by people and kind.
fn equipment(item: &Item, people: i64, dice: &mut Dice) -> i128 {
    // Base units for a thousand people.
    let per_1000: i64 = match item.group {
        Group::Shelter if item.mass_g_per_1000.is_some_and(|grams| grams > 20_000_000) => 2,
        Group::Shelter => 12,
        Group::Tool => 2,
        Group::Medicine if item.controlled || item.storage == StorageClass::Cool => 8,
        Group::Medicine => 4,
        Group::Hygiene | Group::Water => 10,
        Group::Animal => 40,
        Group::Seed => 400_000,
        Group::Feed => 2_000_000,
        Group::Food => 300_000,
        Group::Fuel => 3_000_000,
        Group::Energy => 200_000,
    };
    i128::from(people) * i128::from(per_1000) * i128::from(dice.around(600)) / 1_000_000
}

fn line(
    store: &Store,
    item: &Item,
    amount: i128,
    expires: Option<Day>,
    batch: Option<PrintedMark>,
) -> Option<OpeningLine> {
    let quantity = Quantity::from_wide(round(item, amount), item.dimension).ok()?;
    let (store, item) = (store.code.clone(), item.code.clone());
    (quantity.amount() > 0).then_some(OpeningLine { store, item, quantity, expires, batch })
}

/// An amount as people write it: whole kilograms or litres where it is many.
pub(crate) fn round(item: &Item, amount: i128) -> i128 {
    let step = match item.dimension {
        koinon_core::Dimension::Count => 1,
        _ if amount >= 10_000_000 => 10_000,
        _ if amount >= 10_000 => 1_000,
        _ => 1,
    };
    amount / step * step
}
