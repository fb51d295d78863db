//! Looks at a plan with other eyes: nothing here is shared with the engine but the plain types.
//!
//! It re-derives floors, batches, dates, doors, connections and loads from the problem alone. A plan that anybody
//! sends can be checked the same way. It says every violation, and repairs none.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{Day, ItemCode, PlaceCode};
use koinon_ledger::fact::Occurrence;

use crate::plan::{Leg, Load, Plan, Serves, Suggestion};
use crate::problem::{Cargo, Departure, Item, LotRef, Need, NeedRef, Problem, Stock, Use};

/// One thing that is wrong with a plan.
pub type Violation = crate::violation::Violation<Rule>;

/// The rules that every plan must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The plan was made from this problem, and its digests and horizon say so.
    Inputs,
    /// Amounts are above zero, and loads and batches add up to them.
    AddsUp,
    /// A batch exists where it is taken, of the item, and gives no more than it has.
    Batch,
    /// A place keeps its floor and target, or all that it can use when that is less.
    Floor,
    /// Nothing leaves a place that has set its giving aside.
    Paused,
    /// A leg is a departure of the problem, and legs join in place and time.
    Way,
    /// Loads leave after now and arrive within the horizon.
    Horizon,
    /// No departure carries more kilograms, litres or pallets than it takes.
    Load,
    /// Cold, dangerous, liquid and electric things travel only where they may.
    Kind,
    /// Nothing leaves or enters through a shut door.
    Door,
    /// Nothing is on a route while it is closed.
    Closed,
    /// A batch is good on the day it arrives.
    Date,
    /// A stated need exists there, gets no more than it asks, and in time.
    Need,
    /// What is given by a standing agreement is due from there to there, on its day or later, and no more.
    Due,
    /// What is said to arrive is what leaves, less what is lost on each leg.
    Loss,
    /// No more comes in than fits into the stores.
    Room,
    /// The gap is not below zero, and the plan not worse than doing nothing.
    Gap,
}

/// Everything that is wrong with a plan for a problem; empty when nothing is. The problem's lists may stand in any order.
pub fn check(problem: &Problem, plan: &Plan) -> Vec<Violation> {
    let mut checker = Checker::new(problem);
    checker.head(plan);
    for suggestion in &plan.agreed {
        checker.agreed(suggestion);
        checker.suggestion(suggestion);
    }
    for suggestion in &plan.suggestions {
        checker.suggestion(suggestion);
    }
    checker.floors();
    checker.loads();
    checker.rooms();
    checker.needs();
    checker.found
}

/// A batch's last good day, and its amount before and after the plan.
type BeforeAndAfter = (Option<Day>, i128, i128);

/// What the plan adds up to.
struct Checker<'a> {
    problem: &'a Problem,
    items: BTreeMap<&'a ItemCode, &'a Item>,
    stock: BTreeMap<&'a LotRef, &'a Stock>,
    needs: BTreeMap<&'a NeedRef, &'a Need>,
    uses: BTreeMap<(&'a PlaceCode, &'a ItemCode), &'a Use>,
    departures: BTreeMap<Leg, Vec<&'a Departure>>,
    shut: BTreeSet<(&'a PlaceCode, Option<koinon_core::region::StorageClass>, Day)>,
    taken: BTreeMap<LotRef, i128>,
    givers: BTreeSet<(PlaceCode, ItemCode)>,
    carried: BTreeMap<Leg, BTreeMap<ItemCode, i128>>,
    came: BTreeMap<PlaceCode, BTreeMap<ItemCode, i128>>,
    served: BTreeMap<NeedRef, i128>,
    pairs: BTreeSet<(PlaceCode, PlaceCode, ItemCode)>,
    due: BTreeSet<Occurrence>,
    found: Vec<Violation>,
}

impl<'a> Checker<'a> {
    fn new(problem: &'a Problem) -> Self {
        let mut departures: BTreeMap<Leg, Vec<&Departure>> = BTreeMap::new();
        for d in &problem.departures {
            let leg = Leg {
                corridor: d.corridor.clone(),
                from: d.from.clone(),
                to: d.to.clone(),
                leaves: d.leaves,
                arrives: d.arrives,
            };
            departures.entry(leg).or_default().push(d);
        }
        Self {
            problem,
            items: problem.items.iter().map(|item| (&item.code, item)).collect(),
            stock: problem.stock.iter().map(|stock| (&stock.lot, stock)).collect(),
            needs: problem.needs.iter().map(|need| (&need.id, need)).collect(),
            uses: problem.uses.iter().map(|one| ((&one.place, &one.item), one)).collect(),
            departures,
            shut: problem.closures.iter().map(|c| (&c.place, c.storage, c.day)).collect(),
            taken: BTreeMap::new(),
            givers: BTreeSet::new(),
            carried: BTreeMap::new(),
            came: BTreeMap::new(),
            served: BTreeMap::new(),
            pairs: BTreeSet::new(),
            due: BTreeSet::new(),
            found: Vec::new(),
        }
    }

    fn say(&mut self, rule: Rule, what: String) {
        self.found.push(Violation { rule, what });
    }

    fn head(&mut self, plan: &Plan) {
        if plan.inputs != self.problem.digest() {
            self.say(Rule::Inputs, format!("the plan was made from {}, not from these inputs", plan.inputs));
        }
        if plan.digest != crate::words::plan_digest(plan) {
            self.say(Rule::Inputs, "the plan's digest is not that of its content".into());
        }
        if (plan.first_day, plan.last_day) != (self.problem.today, self.problem.last_day()) {
            self.say(Rule::Inputs, format!("it spans {} to {}", plan.first_day, plan.last_day));
        }
        if plan.gap.plan < plan.gap.bound || plan.gap.plan > 0 {
            let what = format!("the plan weighs {}, the bound {}", plan.gap.plan, plan.gap.bound);
            self.say(Rule::Gap, what);
        }
        for s in plan.agreed.iter().chain(&plan.suggestions) {
            if s.id != crate::words::suggestion_id(s, plan.inputs) {
                self.say(Rule::Inputs, format!("the suggestion {} has another content", s.id));
            }
        }
    }

    fn suggestion(&mut self, s: &Suggestion) {
        let name = format!("{} from {} to {}", s.item, s.from, s.to);
        let Some(item) = self.items.get(&s.item).copied() else {
            self.say(Rule::Batch, format!("{name}: the item is not listed"));
            return;
        };
        let is_due = s.due().is_some();
        if is_due != (s.serves == Serves::Agreed) {
            self.say(Rule::Due, format!("{name}: what it serves is said to be {:?}", s.serves));
        }
        // Things due on several days, or of several lines, have one each.
        let stands_twice = !is_due && !self.pairs.insert((s.from.clone(), s.to.clone(), s.item.clone()));
        if s.from == s.to || stands_twice {
            self.say(Rule::AddsUp, format!("{name}: stands twice, or leads to itself"));
        }
        if self.problem.pauses.iter().any(|p| (&p.place, &p.item) == (&s.from, &s.item)) {
            self.say(Rule::Paused, format!("{name}: the giver has set it aside"));
        }
        let loads: i128 = s.loads.iter().map(|load| i128::from(load.amount)).sum();
        let needs: i128 = s.needs.iter().map(|(_, amount)| i128::from(*amount)).sum();
        if s.amount <= 0 || loads != i128::from(s.amount) || needs > i128::from(s.arrives) {
            self.say(Rule::AddsUp, format!("{name}: says {}, loads {loads}, serves needs {needs}", s.amount));
        }
        let arrives: i128 = s.loads.iter().map(|load| i128::from(load.arrives)).sum();
        if s.arrives < 0 || s.arrives > s.amount || i128::from(s.arrives) != arrives {
            self.say(Rule::AddsUp, format!("{name}: {} arrive of {}", s.arrives, s.amount));
        }
        self.givers.insert((s.from.clone(), s.item.clone()));
        for load in &s.loads {
            self.way(&name, s, item, load);
            self.losses(&name, item, load);
            self.batches(&name, s, load);
            let came = self.came.entry(s.to.clone()).or_default().entry(s.item.clone()).or_default();
            *came += i128::from(load.arrives);
        }
        for (id, amount) in s.needs.iter().filter(|(id, _)| !matches!(id, NeedRef::Due(_))) {
            *self.served.entry(id.clone()).or_default() += i128::from(*amount);
            let Some(need) = self.needs.get(id).copied().filter(|n| n.place == s.to && n.item == s.item)
            else {
                self.say(Rule::Need, format!("{name}: the need {id:?} is not stated there"));
                continue;
            };
            let in_time = s.loads.iter().filter(|l| l.arrives().is_some_and(|at| at.day <= need.by));
            let in_time: i128 = in_time.map(|load| i128::from(load.arrives)).sum();
            if *amount <= 0 || in_time < i128::from(*amount) {
                self.say(Rule::Need, format!("{name}: {in_time} of {amount} arrive by {}", need.by));
            }
        }
    }

    /// What falls due has one giver, one taker and a first day, and is counted by what arrives.
    fn agreed(&mut self, s: &Suggestion) {
        let name = format!("{} from {} to {}", s.item, s.from, s.to);
        let [(NeedRef::Due(occurrence), amount)] = s.needs.as_slice() else {
            self.say(Rule::Due, format!("{name}: serves something else than one thing that is due"));
            return;
        };
        let stated = self.problem.due.iter().find(|due| due.occurrence == *occurrence);
        let there = stated.filter(|due| (&due.from, &due.to, &due.item) == (&s.from, &s.to, &s.item));
        let Some(due) = there.filter(|_| self.due.insert(occurrence.clone())) else {
            self.say(Rule::Due, format!("{name}: {occurrence:?} is not due there, or given twice"));
            return;
        };
        let early = s.loads.iter().any(|load| load.leaves().is_some_and(|at| at.day < occurrence.day));
        let in_time = s.loads.iter().filter(|load| load.arrives().is_some_and(|at| at.day <= due.by));
        let in_time: i128 = in_time.map(|load| i128::from(load.arrives)).sum();
        let whole = i128::from(*amount);
        if early
            || *amount <= 0
            || whole > i128::from(due.amount)
            || whole != i128::from(s.arrives)
            || in_time < whole
        {
            let what = format!("{name}: {amount} of {} due, {in_time} in time, early: {early}", due.amount);
            self.say(Rule::Due, what);
        }
    }

    fn way(&mut self, name: &str, s: &Suggestion, item: &Item, load: &Load) {
        let ends = (load.legs.first().map(|leg| &leg.from), load.legs.last().map(|leg| &leg.to));
        if ends != (Some(&s.from), Some(&s.to)) {
            self.say(Rule::Way, format!("{name}: the legs lead from {:?} to {:?}", ends.0, ends.1));
        }
        for (leg, next) in load.legs.iter().zip(load.legs.iter().skip(1)) {
            if leg.to != next.from || leg.arrives > next.leaves {
                self.say(
                    Rule::Way,
                    format!("{name}: {} does not connect to {}", leg.corridor, next.corridor),
                );
            }
        }
        let mut closed = Vec::new();
        for leg in &load.legs {
            let passed = leg.leaves.day < self.problem.today
                || (leg.leaves.day == self.problem.today && leg.leaves.minute < self.problem.minute);
            if passed || leg.arrives.day > self.problem.last_day() || leg.arrives <= leg.leaves {
                let what = format!("{name}: {} runs {} to {}", leg.corridor, leg.leaves.day, leg.arrives.day);
                self.say(Rule::Horizon, what);
            }
            let known = self.departures.get(leg).cloned().unwrap_or_default();
            if known.is_empty() {
                self.say(Rule::Way, format!("{name}: {} does not leave then", leg.corridor));
            } else if !known.iter().any(|departure| may_carry(departure, item)) {
                self.say(Rule::Kind, format!("{name}: may not travel on {}", leg.corridor));
            }
            let on_the_way = (leg.leaves.day.0..=leg.arrives.day.0).map(Day);
            for route in self.problem.closed_routes.iter().filter(|route| route.corridor == leg.corridor) {
                let window = route.from..=route.until.unwrap_or(Day(i32::MAX));
                if on_the_way.clone().any(|day| window.contains(&day)) {
                    closed.push(format!("{name}: {} is closed from {}", leg.corridor, route.from));
                }
            }
            for (place, day) in [(&leg.from, leg.leaves.day), (&leg.to, leg.arrives.day)] {
                if self.shut.contains(&(place, None, day))
                    || self.shut.contains(&(place, Some(item.storage), day))
                {
                    self.say(Rule::Door, format!("{name}: {place} is shut on {day}"));
                }
            }
            let carried = self.carried.entry(leg.clone()).or_default().entry(s.item.clone()).or_default();
            *carried += i128::from(load.amount);
        }
        closed.into_iter().for_each(|what| self.say(Rule::Closed, what));
    }

    /// Departures of one leg may lose differently; what arrives must lie between the best and the worst of them.
    fn losses(&mut self, name: &str, item: &Item, load: &Load) {
        let (mut most, mut least) = (i128::from(load.amount), i128::from(load.amount));
        for leg in &load.legs {
            let known = self.departures.get(leg).map_or(&[][..], Vec::as_slice);
            let losses =
                known.iter().filter(|departure| may_carry(departure, item)).map(|d| d.loss_per_mille);
            let (Some(low), Some(high)) = (losses.clone().min(), losses.max()) else { continue };
            most = most * (1_000 - i128::from(low)) / 1_000;
            least = least * (1_000 - i128::from(high)) / 1_000;
        }
        if !(least..=most).contains(&i128::from(load.arrives)) {
            self.say(Rule::Loss, format!("{name}: {} of {} arrive, not {most}", load.arrives, load.amount));
        }
    }

    /// What comes into the stores of each place, as far as the problem knows their end.
    fn rooms(&mut self) {
        let up = |amount: i128, per_1000: i64| (amount * i128::from(per_1000) + 999).div_euclid(1_000);
        let mut over = Vec::new();
        for room in &self.problem.rooms {
            let (mut grams, mut millilitres) = (0, 0);
            for (code, amount) in self.came.get(&room.place).into_iter().flatten() {
                let Some(item) = self.items.get(code).filter(|item| room.storage.contains(&item.storage))
                else {
                    continue;
                };
                grams += up(*amount, item.mass_g_per_1000);
                millilitres += up(*amount, item.volume_ml_per_1000);
            }
            let fits =
                |room: Option<i64>, load: i128| room.is_none_or(|room| load <= i128::from(room) * 1_000);
            if !fits(room.kg, grams) || !fits(room.litre, millilitres) {
                let what = format!(
                    "{grams} g and {millilitres} ml come to {}, where {:?} kg and {:?} l fit ({:?})",
                    room.place, room.kg, room.litre, room.storage
                );
                over.push(what);
            }
        }
        over.into_iter().for_each(|what| self.say(Rule::Room, what));
    }

    fn batches(&mut self, name: &str, s: &Suggestion, load: &Load) {
        let sum: i128 = load.lots.iter().map(|(_, amount)| i128::from(*amount)).sum();
        if sum != i128::from(load.amount) || load.lots.iter().any(|(_, amount)| *amount <= 0) {
            self.say(Rule::AddsUp, format!("{name}: a load of {} names batches of {sum}", load.amount));
        }
        for (lot, amount) in &load.lots {
            *self.taken.entry(lot.clone()).or_default() += i128::from(*amount);
            let there = |stock: &&Stock| stock.place == s.from && stock.item == s.item;
            let Some(stock) = self.stock.get(lot).copied().filter(there) else {
                self.say(Rule::Batch, format!("{name}: the batch {lot:?} is not there"));
                continue;
            };
            let arrives = load.legs.last().map(|leg| leg.arrives.day);
            if let Some((last_good, day)) = stock.last_good.zip(arrives).filter(|(last, day)| day > last) {
                self.say(Rule::Date, format!("{name}: {lot:?} is good until {last_good}, arrives {day}"));
            }
        }
    }

    /// What every giver can still use must not go below what it keeps.
    fn floors(&mut self) {
        let over: Vec<String> = self
            .taken
            .iter()
            .filter(|(lot, taken)| self.stock.get(lot).is_some_and(|s| **taken > i128::from(s.amount)))
            .map(|(lot, taken)| format!("{taken} are taken from batch {lot:?}"))
            .collect();
        over.into_iter().for_each(|what| self.say(Rule::Batch, what));
        let mut batches: BTreeMap<(&PlaceCode, &ItemCode), Vec<BeforeAndAfter>> = BTreeMap::new();
        for stock in &self.problem.stock {
            let amount = i128::from(stock.amount);
            let taken = self.taken.get(&stock.lot).copied().unwrap_or(0);
            let list = batches.entry((&stock.place, &stock.item)).or_default();
            list.push((stock.last_good, amount, amount - taken));
        }
        let mut low = Vec::new();
        for (place, item) in &self.givers {
            let Some(use_) = self.uses.get(&(place, item)).copied() else { continue };
            let list = batches.get(&(place, item)).map_or(&[][..], Vec::as_slice);
            let usable = |pick: fn(&BeforeAndAfter) -> i128| {
                self.usable(use_, list.iter().map(|batch| (batch.0, pick(batch))).collect())
            };
            let (before, after) = (usable(|b| b.1), usable(|b| b.2));
            let keeps = i128::from(use_.keep.floor.max(use_.keep.target)).min(before);
            if after < keeps {
                low.push(format!("{place} keeps {after} of {item}, not {keeps}"));
            }
        }
        low.into_iter().for_each(|what| self.say(Rule::Floor, what));
    }

    /// What can be used before its date: the least, over all days, of what can be eaten until then and all that is
    /// good for longer (the smallest cut between batches and days).
    fn usable(&self, use_: &Use, mut batches: Vec<(Option<Day>, i128)>) -> i128 {
        let good = |batch: &(Option<Day>, i128)| batch.0.is_none_or(|day| day >= self.problem.today);
        batches.retain(good);
        if use_.rate.amount <= 0 {
            return batches.iter().map(|(_, amount)| amount).sum();
        }
        let days: BTreeSet<Day> = batches.iter().filter_map(|(day, _)| *day).collect();
        let all: i128 = batches.iter().map(|(_, amount)| amount).sum();
        let until = |last: Day| {
            let days = i128::from(last.since(self.problem.today)) + 1;
            let eaten = days * use_.rate.amount / use_.rate.days.max(1);
            let later: i128 = batches
                .iter()
                .filter(|(day, _)| day.is_none_or(|day| day > last))
                .map(|(_, amount)| amount)
                .sum();
            eaten + later
        };
        days.into_iter().map(until).fold(all, i128::min)
    }

    /// Kilograms, litres and pallets on every departure.
    fn loads(&mut self) {
        let up = |amount: i128, per_1000: i64| -(-(amount * i128::from(per_1000))).div_euclid(1_000);
        let mut over = Vec::new();
        for (leg, items) in &self.carried {
            let known = self.departures.get(leg).map_or(&[][..], Vec::as_slice);
            let takes = |room: fn(&Departure) -> i64| -> i128 {
                known.iter().map(|departure| i128::from(room(departure)) * 1_000).sum()
            };
            let load = |per_1000: fn(&Item) -> i64| -> i128 {
                let one = |(code, amount): (&ItemCode, &i128)| {
                    self.items.get(code).map_or(0, |item| up(*amount, per_1000(item)))
                };
                items.iter().map(one).sum()
            };
            let (grams, room_grams) = (load(|item| item.mass_g_per_1000), takes(|d| d.kg));
            let (ml, room_ml) = (load(|item| item.volume_ml_per_1000), takes(|d| d.litre));
            if grams > room_grams || ml > room_ml {
                over.push(format!(
                    "{} on {} carries {grams} g of {room_grams} and {ml} ml of {room_ml}",
                    leg.corridor, leg.leaves.day
                ));
            }
            // In millionths; where one of the departures has no limit there is none.
            let pallets = load(|item| item.micropallets_per_1000);
            let room: Option<i128> = known.iter().map(|d| d.pallets.map(i128::from)).sum();
            if let Some(room) = room.filter(|room| pallets > room * 1_000_000) {
                over.push(format!(
                    "{} on {} carries {pallets} millionths of a pallet, where {room} pallets fit",
                    leg.corridor, leg.leaves.day
                ));
            }
        }
        over.into_iter().for_each(|what| self.say(Rule::Load, what));
    }

    fn needs(&mut self) {
        let over: Vec<String> = self
            .served
            .iter()
            .filter(|(id, served)| self.needs.get(id).is_some_and(|need| **served > i128::from(need.amount)))
            .map(|(id, served)| format!("{served} are sent for the need {id:?}, more than it asks"))
            .collect();
        over.into_iter().for_each(|what| self.say(Rule::Need, what));
    }
}

/// Whether a departure may carry an item.
fn may_carry(departure: &Departure, item: &Item) -> bool {
    let kind = match item.cargo {
        Cargo::Goods => departure.cargo == Cargo::Goods,
        Cargo::Liquid => departure.cargo != Cargo::Energy,
        Cargo::Energy => departure.cargo == Cargo::Energy,
    };
    kind && (departure.cold || !item.cold) && (departure.hazard || !item.hazard)
}
