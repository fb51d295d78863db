//! From a region file and a stock book to a [`Problem`].
//!
//! Only what may be given counts as stock: what is held, set aside or below zero stays out. What is agreed or on its
//! way counts at its taker, and takes its room on every leg of the way that it was promised.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::region::{Corridor, Mode, StorageClass};
use koinon_core::{
    CommunityCode, CorridorCode, Day, Dimension, Group, ItemCode, LotId, NeedId, PlaceCode, Region,
    Timestamp, TransferId,
};
use koinon_ledger::Ledger;
use koinon_ledger::demand::{Rate, RateSource, observed};
use koinon_ledger::fact::{Committed, RouteClosed, Urgency, Wish};
use koinon_ledger::transfer::Status;

use crate::problem::{
    Arriving, Cargo, ClosedRoute, Closure, Departure, Due, EVEN_WISH, Item, Keep, LotRef, Measures, Moment,
    Need, NeedRef, Offer, Pause, Place, Problem, Rules, Stock, Use,
};

/// When things leave that have no fixed time: three slots a day, in minutes.
const SLOTS: [u16; 3] = [8 * 60, 11 * 60, 14 * 60];
/// A promise that is left out.
type Without<'a> = Option<(&'a CommunityCode, TransferId)>;

/// What falls due arrives within so many days of its day.
const DUE_DAYS: i32 = 6;
/// For how many days a promised load is taken to wait for its next departure.
const WAIT_DAYS_MAX: i32 = 15;

impl Problem {
    /// Makes the problem of a region as a stock book knows it.
    ///
    /// `now` gives the day in the region's zone, and what has left already. Rates are those seen in the book, else the catalogue's
    /// need; hubs use nothing and keep what was agreed for them. A community keeps the agreed floor in days of its rate, and is filled
    /// up to [`target_days`]. Items without mass and volume, and work or beds, are no goods and stay out.
    pub fn from_books(ledger: &Ledger, region: &Region, now: Timestamp) -> Self {
        Self::build(ledger, region, now, None)
    }

    /// Makes the problem whose plan is the next best after a promise: it is taken back, and the place that made it
    /// neither gives nor takes what it promised. Only what was promised is in it. `None` where the promise is not known.
    pub fn instead_of(
        ledger: &Ledger,
        region: &Region,
        now: Timestamp,
        (giver, transfer): (&CommunityCode, TransferId),
    ) -> Option<Self> {
        let promise = &ledger.transfer(giver, transfer)?.commitment(giver)?.what;
        let promised: BTreeSet<&ItemCode> = promise.lines.iter().map(|line| &line.item).collect();
        let mut problem = Self::build(ledger, region, now, Some((giver, transfer)));
        problem.items.retain(|item| promised.contains(&item.code));
        problem.stock.retain(|stock| promised.contains(&stock.item) && stock.place != promise.from);
        problem.uses.retain(|one| promised.contains(&one.item) && one.place != promise.from);
        problem.needs.retain(|need| promised.contains(&need.item) && need.place != promise.from);
        problem.due.clear();
        problem.offers.retain(|offer| promised.contains(&offer.item) && offer.place != promise.from);
        problem.arriving.retain(|coming| promised.contains(&coming.item) && coming.place != promise.from);
        Some(problem)
    }

    /// Takes out what somebody who cannot see these communities' stock does not know of them: their batches, and what they
    /// use and keep. What they state, offer and promised stays.
    pub fn without_stock_of(&mut self, region: &Region, hidden: &BTreeSet<CommunityCode>) {
        let is_hidden =
            |place: &PlaceCode| region.keeper_of(place).is_some_and(|keeper| hidden.contains(&keeper));
        self.stock.retain(|stock| !is_hidden(&stock.place));
        // Whether there is enough for what is due is for its giver to see.
        self.due.retain(|due| !is_hidden(&due.from));
        self.uses.retain(|one| !is_hidden(&one.place));
    }

    fn build(ledger: &Ledger, region: &Region, now: Timestamp, without: Without<'_>) -> Self {
        let zone = region.zone();
        let civil = now.civil(&zone);
        let today = now.day(&zone);
        let minute = i64::from(civil.hour()) * 60 + i64::from(civil.minute());
        let horizon_days = region.agreements.horizon_days;
        let mut problem = Self {
            today,
            minute: u16::try_from(minute).unwrap_or(0),
            horizon_days,
            rules: Rules { equity_slack_days: region.agreements.equity_slack_days, ..Rules::default() },
            ..Self::default()
        };
        problem.places = region
            .places()
            .filter(|code| region.exists(code, today))
            .map(|code| Place { people: region.population(&code.community(), today), code })
            .collect();
        problem.items = region.items.iter().filter_map(goods).collect();
        problem.add_departures(region, today);
        problem.add_closed_routes(ledger, region, today);
        problem.add_closures(region, today);
        let paused = ledger.pauses().on(region, today);
        problem.pauses =
            paused.map(|p| Pause { place: p.place.clone(), item: p.item.clone(), until: p.until }).collect();
        let known: BTreeSet<PlaceCode> = problem.places.iter().map(|place| place.code.clone()).collect();
        let items: BTreeSet<ItemCode> = problem.items.iter().map(|item| item.code.clone()).collect();
        problem.add_uses(ledger, region, today, &items);
        problem.add_stock(ledger, region, &known, &items);
        problem.add_wants(ledger, region, (&known, &items), without);
        problem.add_transfers(ledger, region, &known, without);
        problem.add_due(ledger, region, (&known, &items));
        problem.add_rooms(ledger, region, today);
        problem
    }

    fn add_departures(&mut self, region: &Region, today: Day) {
        for offset in 0..i32::try_from(self.horizon_days).unwrap_or(0) {
            let day = today.plus(offset);
            for corridor in region.corridors_on(day).filter(|c| c.runs_on(day) && c.mode != Mode::Fibre) {
                self.departures.extend(departures_of(corridor, day, &corridor.from, &corridor.to));
                if corridor.both_ways {
                    self.departures.extend(departures_of(corridor, day, &corridor.to, &corridor.from));
                }
            }
        }
        let now = Moment { day: today, minute: self.minute };
        // The plan begins when the last departure before now was gone: nothing leaves in between, so everybody who plans until
        // the next departure asks the same.
        let gone =
            self.departures.iter().map(|d| d.leaves).filter(|leaves| leaves.day == today && *leaves < now);
        self.minute = gone.max().map_or(0, |last| last.minute + 1);
        self.departures.retain(|d| d.leaves >= now);
    }

    /// What the ends of each corridor say of it from today on.
    fn add_closed_routes(&mut self, ledger: &Ledger, region: &Region, today: Day) {
        let last = self.last_day();
        for corridor in &region.corridors {
            for said in ledger.routes().closed_from(region, corridor, today) {
                let Some(closed) = said.closed.filter(|closed| closed.from <= last) else { continue };
                let RouteClosed { reason, from, until } = closed;
                self.closed_routes.push(ClosedRoute { corridor: corridor.code.clone(), from, until, reason });
            }
        }
    }

    /// A place is shut for a storage class on days when none of its stores of that class opens.
    fn add_closures(&mut self, region: &Region, today: Day) {
        let classes: BTreeSet<StorageClass> = self.items.iter().map(|item| item.storage).collect();
        for place in &self.places {
            for class in &classes {
                let stores: Vec<_> =
                    region.stores_of(&place.code).filter(|store| store.storage.contains(class)).collect();
                for offset in 0..i32::try_from(self.horizon_days).unwrap_or(0) {
                    let day = today.plus(offset);
                    if !stores.is_empty() && !stores.iter().any(|store| store.is_open(day)) {
                        let storage = Some(*class);
                        self.closures.push(Closure { place: place.code.clone(), storage, day });
                    }
                }
            }
        }
    }

    fn add_uses(&mut self, ledger: &Ledger, region: &Region, today: Day, items: &BTreeSet<ItemCode>) {
        let enough: BTreeSet<(PlaceCode, ItemCode)> =
            ledger.takings().on(region, today).map(|p| (p.place.clone(), p.item.clone())).collect();
        for community in region.communities_on(today) {
            for item in region.items.iter().filter(|item| items.contains(&item.code)) {
                let Some((rate, source)) = rate_of(ledger, region, &community.code, &item.code, today) else {
                    continue;
                };
                let days = |days: u32| i64::try_from(rate.over(i64::from(days))).unwrap_or(i64::MAX);
                let floor_days = region.floor_days(item, &community.code);
                // Who wants no more of it sent unasked is not filled up.
                let is_filled = !enough.contains(&(community.code.place(), item.code.clone()));
                let target = if is_filled { days(target_days(region, item)) } else { 0 };
                let keep = Keep { floor: days(floor_days), target };
                self.uses.push(Use {
                    place: community.code.place(),
                    item: item.code.clone(),
                    rate,
                    source: Some(source),
                    keep,
                });
            }
        }
        for hub in region.hubs.iter().filter(|hub| hub.is_open(today)) {
            for (item, floor) in hub.keeps.iter().filter(|(item, _)| items.contains(*item)) {
                self.uses.push(Use {
                    place: hub.code.clone(),
                    item: item.clone(),
                    rate: Rate { amount: 0, days: 1 },
                    source: None,
                    keep: Keep { floor: *floor, target: 0 },
                });
            }
        }
    }

    fn add_stock(
        &mut self,
        ledger: &Ledger,
        region: &Region,
        known: &BTreeSet<PlaceCode>,
        items: &BTreeSet<ItemCode>,
    ) {
        let mut aside: BTreeMap<&CommunityCode, BTreeMap<LotId, i128>> = BTreeMap::new();
        for (community, id, lot) in ledger.lots() {
            let Some(opened) = lot.opened().filter(|opened| items.contains(&opened.item)) else { continue };
            let place =
                region.store(&opened.store).map_or_else(|| community.place(), |store| store.place.clone());
            let reserved = aside.entry(community).or_insert_with(|| ledger.reserved_by_lot(community));
            let free = lot.balance() - reserved.get(&id).copied().unwrap_or(0);
            let usable = if ledger.held(lot).is_some() { 0 } else { free.max(0) };
            let amount = i64::try_from(usable).unwrap_or(i64::MAX);
            if amount > 0 && known.contains(&place) {
                self.stock.push(Stock {
                    place,
                    item: opened.item.clone(),
                    last_good: opened.expires,
                    lot: LotRef::Book(community.clone(), id),
                    amount,
                });
            }
        }
    }

    fn add_wants(
        &mut self,
        ledger: &Ledger,
        region: &Region,
        (known, items): (&BTreeSet<PlaceCode>, &BTreeSet<ItemCode>),
        without: Without<'_>,
    ) {
        let today = self.today;
        let place = |community: &CommunityCode, store: &koinon_core::StoreCode| {
            let place = region.store(store).map_or_else(|| community.place(), |store| store.place.clone());
            known.contains(&place).then_some(place)
        };
        let promised = promised_without(ledger, without);
        let wished = wishes(ledger, today);
        for (community, id, want) in ledger.needs() {
            let Some(need) = want.open_on(today).filter(|need| items.contains(&need.item)) else { continue };
            let on_its_way = promised.get(&id).copied().unwrap_or(0);
            let amount = need.quantity.amount() - i64::try_from(on_its_way).unwrap_or(i64::MAX);
            if let Some(place) = place(community, &need.store).filter(|_| amount > 0) {
                let id = NeedRef::Book(community.clone(), id);
                let urgency = need.urgency;
                self.needs.push(Need {
                    place,
                    item: need.item.clone(),
                    amount,
                    urgency,
                    by: need.by,
                    id,
                    wish_per_mille: wished.get(&(community, &need.item)).copied().unwrap_or(EVEN_WISH),
                });
            }
        }
        for (community, _, want) in ledger.offers() {
            let Some(offer) = want.open_on(today).filter(|offer| items.contains(&offer.item)) else {
                continue;
            };
            if let Some(place) = place(community, &offer.store).filter(|_| offer.quantity.amount() > 0) {
                let (item, amount) = (offer.item.clone(), offer.quantity.amount());
                self.offers.push(Offer { place, item, amount, take_please: offer.take_please });
            }
        }
    }

    /// What falls due within the horizon, unless its taker wants no more of it sent for a while.
    fn add_due(
        &mut self,
        ledger: &Ledger,
        region: &Region,
        (known, items): (&BTreeSet<PlaceCode>, &BTreeSet<ItemCode>),
    ) {
        let enough: BTreeSet<(&PlaceCode, &ItemCode)> =
            ledger.takings().on(region, self.today).map(|p| (p.place, p.item)).collect();
        let last = self.last_day();
        for (occurrence, line) in ledger.due(self.today, last) {
            let is_known =
                known.contains(&line.from) && known.contains(&line.to) && items.contains(&line.item);
            if is_known && !enough.contains(&(&line.to, &line.item)) {
                let by = occurrence.day.max(self.today).plus(DUE_DAYS).min(last);
                let (from, to, item) = (line.from.clone(), line.to.clone(), line.item.clone());
                self.due.push(Due { occurrence, from, to, item, amount: line.quantity.amount(), by });
            }
        }
    }

    /// What is agreed or on its way arrives at its taker, less what is lost on the way, and takes room on every leg of
    /// its way that still lies ahead, on the days on which it would be there.
    fn add_transfers(
        &mut self,
        ledger: &Ledger,
        region: &Region,
        known: &BTreeSet<PlaceCode>,
        without: Without<'_>,
    ) {
        let items: BTreeMap<ItemCode, Item> =
            self.items.iter().map(|item| (item.code.clone(), item.clone())).collect();
        let mut booked: BTreeMap<Stretch, Measures> = BTreeMap::new();
        let now = Moment { day: self.today, minute: self.minute };
        for (giver, _, transfer) in ledger.transfers().filter(|(giver, id, _)| without != Some((*giver, *id)))
        {
            let Some(commitment) = transfer.commitment(giver).map(|by| &by.what) else { continue };
            let over = [Status::Unheard, Status::Refused, Status::Withdrawn, Status::Done];
            if over.contains(&transfer.status(giver)) || !known.contains(&commitment.to) {
                continue;
            }
            let planned = Moment { day: commitment.leaves, minute: 0 };
            // What has not left by its day goes as soon as it can.
            let ways = [planned.max(now), planned].map(|start| way_of(region, commitment, start));
            for line in &commitment.lines {
                let Some(item) = items.get(&line.item) else { continue };
                let counters = transfer.counters(giver, line);
                let on_the_way = (counters.in_transit - counters.rejected - counters.missing).max(0);
                let reserved = counters.reserved.max(0);
                let amount = after_losses(region, &commitment.route, reserved + on_the_way);
                if amount > 0 {
                    self.arriving.push(Arriving {
                        place: commitment.to.clone(),
                        item: line.item.clone(),
                        day: commitment.arrives,
                        amount,
                    });
                }
                for (way, part) in ways.iter().zip([reserved, on_the_way]) {
                    let load = item.load(i64::try_from(part).unwrap_or(0));
                    for stretch in way.iter().filter(|stretch| part > 0 && stretch.leaves >= now) {
                        let sum = booked.entry(stretch.clone()).or_default();
                        sum.iter_mut().zip(load).for_each(|(sum, load)| *sum += load);
                    }
                }
            }
        }
        for (stretch, [grams, millilitres, micropallets]) in booked {
            let (mut kg, mut litre) = ((grams + 999) / 1_000, (millilitres + 999) / 1_000);
            let mut pallets = (micropallets + 999_999) / 1_000_000;
            // The promise names corridors and days; the earliest departures are taken to carry it.
            let promised = |d: &&mut Departure| {
                (&d.corridor, &d.from) == (&stretch.corridor, &stretch.from)
                    && d.leaves >= stretch.leaves
                    && d.leaves.day <= stretch.until
            };
            for departure in self.departures.iter_mut().filter(promised) {
                take(&mut departure.kg, &mut kg);
                take(&mut departure.litre, &mut litre);
                departure.pallets.iter_mut().for_each(|room| take(room, &mut pallets));
            }
        }
    }
}

/// One leg of a promised way: the first departure that can carry it, and the last day on which it is on that leg.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    corridor: CorridorCode,
    from: PlaceCode,
    leaves: Moment,
    until: Day,
}

/// The legs of a promised way from a moment on, each by its first departure after the leg before has arrived.
fn way_of(region: &Region, promised: &Committed, start: Moment) -> Vec<Stretch> {
    let last = start.day.plus(promised.arrives.since(promised.leaves).max(0));
    let (mut here, mut earliest, mut way) = (promised.from.clone(), start, Vec::new());
    for code in &promised.route {
        let Some(corridor) = region.corridor(code) else { break };
        let Some(there) = corridor.far_end(&here).cloned() else { break };
        let days = (0..WAIT_DAYS_MAX).map(|offset| earliest.day.plus(offset));
        let next = days
            .filter(|day| corridor.runs_on(*day))
            .flat_map(|day| departures_of(corridor, day, &here, &there))
            .filter(|departure| departure.leaves >= earliest)
            .min_by_key(|departure| departure.leaves);
        let Some(next) = next else { break };
        let until = last.max(next.leaves.day);
        way.push(Stretch { corridor: code.clone(), from: here, leaves: next.leaves, until });
        (here, earliest) = (there, next.arrives);
    }
    way
}

/// What arrives of an amount after the losses of each corridor, rounded down on each.
fn after_losses(region: &Region, route: &[CorridorCode], amount: i128) -> i64 {
    let left = route.iter().fold(amount, |amount, code| {
        let loss = region.corridor(code).map_or(0, |corridor| i128::from(corridor.loss_per_mille));
        amount * (1_000 - loss).max(0) / 1_000
    });
    i64::try_from(left.max(0)).unwrap_or(i64::MAX)
}

/// Takes what is booked off some room, as far as it goes.
fn take(room: &mut i64, booked: &mut i128) {
    let less = i64::try_from(*booked).unwrap_or(i64::MAX).min(*room);
    *room -= less;
    *booked -= i128::from(less);
}

/// Up to how many days of need a community is filled: the days below which it is on watch, but no more than the agreed
/// floor where there is one, and no more than half of what the item keeps.
pub fn target_days(region: &Region, item: &koinon_core::Item) -> u32 {
    let agreements = &region.agreements;
    let floor = agreements.floor_days(item);
    let wished = if floor > 0 { agreements.watch_below_days.min(floor) } else { agreements.short_below_days };
    wished.min(item.shelf_days.map_or(u32::MAX, |days| (days / 2).max(1)))
}

/// How fast a community uses an item: as its book shows, else as the catalogue says; `None` where neither knows.
pub fn rate_of(
    ledger: &Ledger,
    region: &Region,
    community: &CommunityCode,
    item: &ItemCode,
    today: Day,
) -> Option<(Rate, RateSource)> {
    let seen = ledger.totals().get(community, item).and_then(|sums| observed(sums, today));
    seen.or_else(|| {
        let need = region.need_per_day(item, community, today)?;
        Some((Rate { amount: i128::from(need.amount()), days: 1 }, RateSource::Catalogue))
    })
}

/// The least and the most that a wish weighs, per mille: what is asked for besides can lend it no more.
const WISH_BOUNDS: (u32, u32) = (EVEN_WISH / 2, EVEN_WISH * 2);

/// How much each community wishes for each item that it asks for, per mille of the mean over what it asks for: more counts four times
/// as much as less, and the same twice. What lives depend on is not among it.
fn wishes(ledger: &Ledger, today: Day) -> BTreeMap<(&CommunityCode, &ItemCode), u32> {
    let mut asked: BTreeMap<&CommunityCode, BTreeSet<&ItemCode>> = BTreeMap::new();
    for (community, _, want) in ledger.needs() {
        let open = want.open_on(today).is_some_and(|need| need.urgency != Urgency::MustHave);
        if let Some(need) = want.latest().filter(|_| open) {
            asked.entry(community).or_default().insert(&need.item);
        }
    }
    let mut weights = BTreeMap::new();
    for (community, items) in asked {
        let points = |item: &ItemCode| match ledger.wishes().of(community, item) {
            Wish::Less => 1_u32,
            Wish::Same => 2,
            Wish::More => 4,
        };
        let all: u32 = items.iter().map(|item| points(item)).sum();
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        for item in items {
            let weight = (EVEN_WISH * points(item)).saturating_mul(count) / all.max(1);
            weights.insert((community, item), weight.clamp(WISH_BOUNDS.0, WISH_BOUNDS.1));
        }
    }
    weights
}

/// What is reserved, on its way or taken in for each need.
pub fn promised(ledger: &Ledger) -> BTreeMap<NeedId, i128> {
    promised_without(ledger, None)
}

fn promised_without(ledger: &Ledger, without: Without<'_>) -> BTreeMap<NeedId, i128> {
    let mut promised: BTreeMap<NeedId, i128> = BTreeMap::new();
    let wanted: BTreeMap<(&CommunityCode, NeedId), &ItemCode> = ledger
        .needs()
        .filter_map(|(community, id, want)| Some(((community, id), &want.latest()?.item)))
        .collect();
    for (giver, _, transfer) in ledger.transfers().filter(|(giver, id, _)| without != Some((*giver, *id))) {
        let Some(commitment) = transfer.commitment(giver).map(|by| &by.what) else { continue };
        let Some(need) = commitment.need else { continue };
        // What was given in its place, after a counter-offer, leaves the need as it was.
        let asked = wanted.get(&(&commitment.taker, need));
        for line in commitment.lines.iter().filter(|line| asked.is_none_or(|asked| line.item == **asked)) {
            let c = transfer.counters(giver, line);
            let coming = (c.reserved + c.in_transit - c.rejected - c.missing).max(0);
            *promised.entry(need).or_default() += coming + c.fulfilled;
        }
    }
    promised
}

/// An item of the catalogue as goods; `None` for what no vehicle can be filled with.
fn goods(item: &koinon_core::Item) -> Option<Item> {
    let per_1000 =
        |stated: Option<i64>, own: Dimension| stated.unwrap_or(if item.dimension == own { 1_000 } else { 0 });
    let mass_g_per_1000 = per_1000(item.mass_g_per_1000, Dimension::Mass);
    let volume_ml_per_1000 = per_1000(item.volume_ml_per_1000, Dimension::Volume);
    let cargo = match (item.dimension, item.storage) {
        (Dimension::PersonTime | Dimension::BedTime, _) => return None,
        (Dimension::Energy, _) => Cargo::Energy,
        (_, StorageClass::Liquid) if item.group == Group::Water => Cargo::Liquid,
        _ => Cargo::Goods,
    };
    if cargo != Cargo::Energy && mass_g_per_1000 == 0 && volume_ml_per_1000 == 0 {
        return None;
    }
    Some(Item {
        code: item.code.clone(),
        tier: item.tier,
        group: item.group,
        mass_g_per_1000,
        volume_ml_per_1000,
        micropallets_per_1000: item.micropallets_per_1000.unwrap_or(0),
        cold: item.is_cold(),
        hazard: !item.hazards.is_empty(),
        cargo,
        storage: item.storage,
        packs: item.packs.iter().map(|pack| pack.base_units).collect(),
    })
}

/// The departures of a corridor on one day, one way. What has no fixed times is spread over three slots; what may leave
/// at any time leaves in the first.
fn departures_of(corridor: &Corridor, day: Day, from: &PlaceCode, to: &PlaceCode) -> Vec<Departure> {
    let count = corridor.departures.count_on(day);
    let mut times: Vec<(u16, u32)> = corridor.departures.times.iter().map(|t| (t.minutes(), 1)).collect();
    if times.is_empty() {
        let slots = u32::try_from(SLOTS.len()).unwrap_or(1);
        times = SLOTS
            .iter()
            .zip(0..)
            .map(|(minute, slot)| (*minute, (count + slots - 1 - slot) / slots))
            .collect();
    }
    let leaving = times.into_iter().filter(|(_, count)| *count > 0);
    leaving
        .map(|(minute, vehicles)| {
            let leaves = Moment { day, minute };
            Departure {
                corridor: corridor.code.clone(),
                from: from.clone(),
                to: to.clone(),
                leaves,
                arrives: leaves.plus_minutes(corridor.minutes.max(1)),
                kg: corridor.capacity_kg.saturating_mul(i64::from(vehicles)),
                litre: corridor.capacity_l.saturating_mul(i64::from(vehicles)),
                pallets: corridor.capacity_pallets.map(|one| one.saturating_mul(i64::from(vehicles))),
                cold: corridor.cold,
                hazard: corridor.mode != Mode::Shuttle,
                cargo: match corridor.mode {
                    Mode::Wire => Cargo::Energy,
                    Mode::Pipe => Cargo::Liquid,
                    _ => Cargo::Goods,
                },
                loss_per_mille: corridor.loss_per_mille,
            }
        })
        .collect()
}
