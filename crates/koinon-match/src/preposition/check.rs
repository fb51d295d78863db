//! Looks at a plan of sites and stock with other eyes: nothing here is shared with the engine but the plain types.
//!
//! It counts every unit, responds to every scenario anew by chains of single sendings (`response.rs`), and works out from the published prices
//! alone what no placement can beat. It says every violation, and repairs none.

mod response;

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{ItemCode, PlaceCode};

use self::response::respond;
use super::plan::{Balance, Bound, Outcome, Placed, PrepositionPlan, Prices};
use super::problem::{Holding, Item, Opens, Preposition, Scenario};

/// One thing that is wrong with a plan.
pub type PrepositionViolation = crate::violation::Violation<PrepositionRule>;

/// The rules that every plan must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrepositionRule {
    /// The plan was made from this problem, and its digests say so.
    Inputs,
    /// Every unit stands somewhere, once: nothing is lost and nothing comes from nowhere.
    Conservation,
    /// No less stands at a site than must, and no more than may.
    Limits,
    /// What stands at a site fits into its room.
    Room,
    /// No more sites are open than may be, and none that may not.
    Sites,
    /// People and efforts are those of the best response to every scenario.
    Outcome,
    /// The balance metric follows from them.
    Balance,
    /// Moves begin where the stock stands, and bring what they say.
    Moves,
    /// What no placement can beat follows from the prices, and the plan does not beat it.
    Bound,
}

/// Millionths in which prices are counted.
const MILLION: i128 = 1_000_000;

/// Everything that is wrong with a plan for a problem; empty when nothing is. The problem's lists may stand in any order.
pub fn check(problem: &Preposition, plan: &PrepositionPlan) -> Vec<PrepositionViolation> {
    let mut ways: BTreeMap<&PlaceCode, BTreeMap<&PlaceCode, i64>> = BTreeMap::new();
    for way in &problem.ways {
        ways.entry(&way.place).or_default().insert(&way.depot, way.minutes);
    }
    let mut scenarios: Vec<&Scenario> = problem.scenarios.iter().collect();
    scenarios.sort_by(|a, b| a.id.cmp(&b.id));
    let mut sites: Vec<&PlaceCode> = problem.sites.iter().map(|site| &site.place).collect();
    sites.sort();
    let person = problem.items.iter().fold(1, |all, item| common_multiple(all, item.units));
    let holdings = problem.holdings.iter().map(|one| ((&one.item, &one.site), one)).collect();
    let placed = plan.placed.iter().map(|one| ((&one.item, &one.site), one)).collect();
    let mut checker =
        Checker { problem, ways, scenarios, sites, holdings, placed, person, found: Vec::new() };
    checker.head(plan);
    checker.placed(plan);
    checker.sites(plan);
    checker.items(plan);
    checker.moves(plan);
    checker.bounds(plan);
    checker.found
}

/// The least common multiple, by counting up.
fn common_multiple(a: i64, b: i64) -> i64 {
    let mut multiple = a;
    while b > 0 && multiple.checked_rem(b) != Some(0) {
        let Some(next) = multiple.checked_add(a) else { return 0 };
        multiple = next;
    }
    multiple
}

struct Checker<'a> {
    problem: &'a Preposition,
    /// Minutes by place and site.
    ways: BTreeMap<&'a PlaceCode, BTreeMap<&'a PlaceCode, i64>>,
    /// In the order of their names.
    scenarios: Vec<&'a Scenario>,
    /// In the order of their codes.
    sites: Vec<&'a PlaceCode>,
    holdings: BTreeMap<(&'a ItemCode, &'a PlaceCode), &'a Holding>,
    placed: BTreeMap<(&'a ItemCode, &'a PlaceCode), &'a Placed>,
    person: i64,
    found: Vec<PrepositionViolation>,
}

/// Units by site.
type Stock<'a> = BTreeMap<&'a PlaceCode, i64>;

impl<'a> Checker<'a> {
    fn say(&mut self, rule: PrepositionRule, what: String) {
        self.found.push(PrepositionViolation { rule, what });
    }

    fn head(&mut self, plan: &PrepositionPlan) {
        if plan.inputs != self.problem.digest() {
            let what = format!("the plan was made from {}, not from these inputs", plan.inputs);
            self.say(PrepositionRule::Inputs, what);
        }
        if plan.digest != super::words::plan_digest(plan) {
            self.say(PrepositionRule::Inputs, "the plan's digest is not that of its content".into());
        }
        let weights: i128 = self.scenarios.iter().map(|one| i128::from(one.weight)).sum();
        if plan.person != self.person || plan.weights != weights {
            self.say(
                PrepositionRule::Inputs,
                "a person has other parts, or the scenarios other weights".into(),
            );
        }
        let mut codes: Vec<&ItemCode> = self.problem.items.iter().map(|item| &item.code).collect();
        codes.sort();
        if plan.items.iter().map(|one| &one.item).ne(codes) {
            self.say(PrepositionRule::Inputs, "the plan's items are not those of the problem".into());
        }
        let sites: Vec<&PlaceCode> = plan.sites.iter().map(|one| &one.site).collect();
        if sites != self.sites {
            self.say(PrepositionRule::Inputs, "the plan's sites are not those of the problem".into());
        }
    }

    fn holding(&self, item: &ItemCode, site: &PlaceCode) -> Option<&'a Holding> {
        self.holdings.get(&(item, site)).copied()
    }

    /// What stands where now.
    fn now(&self, item: &ItemCode) -> Stock<'a> {
        let own = self.problem.holdings.iter().filter(|one| one.item == *item && one.units > 0);
        own.map(|one| (&one.site, one.units)).collect()
    }

    fn bought(&self, item: &ItemCode) -> i64 {
        self.problem.added.iter().filter(|one| one.item == *item).map(|one| one.units).sum()
    }

    fn placed(&mut self, plan: &PrepositionPlan) {
        use PrepositionRule::{Conservation, Limits};
        let mut once = BTreeSet::new();
        for one in &plan.placed {
            let what = format!("{} at {}", one.item, one.site);
            let holding = self.holding(&one.item, &one.site);
            if !once.insert((&one.item, &one.site)) || !self.sites.contains(&&one.site) || one.best < 0 {
                self.say(Conservation, format!("{what} is told twice, below zero, or of no site"));
            }
            if one.now != holding.map_or(0, |holding| holding.units) {
                self.say(Conservation, format!("{what}: {} stand there now, it is said", one.now));
            }
            if holding.is_some_and(|one_| one_.at_most.is_some_and(|most| one.best > most)) {
                self.say(Limits, format!("{what}: {} are more than may stand there", one.best));
            }
        }
        for one in self.problem.holdings.iter().filter(|one| one.at_least > 0) {
            let best = self.placed.get(&(&one.item, &one.site));
            if best.is_none_or(|placed| placed.best < one.at_least) {
                self.say(Limits, format!("{} at {}: less than must stand there", one.item, one.site));
            }
        }
        for item in &self.problem.items {
            let units = |of: fn(&Placed) -> i64| -> i128 {
                plan.placed.iter().filter(|one| one.item == item.code).map(|one| i128::from(of(one))).sum()
            };
            let now: i128 = self.now(&item.code).values().map(|units| i128::from(*units)).sum();
            let all = now + i128::from(self.bought(&item.code));
            if units(|one| one.now) != now || units(|one| one.best) != all {
                let what = format!("{}: {} stand, of {all}", item.code, units(|one| one.best));
                self.say(Conservation, what);
            }
        }
    }

    fn sites(&mut self, plan: &PrepositionPlan) {
        use PrepositionRule::{Room, Sites};
        let mut open = 0;
        for site in &self.problem.sites {
            let here = || plan.placed.iter().filter(|one| one.site == site.place);
            let holds = here().any(|one| one.best > 0);
            let must = site.opens == Opens::Must
                || self.problem.holdings.iter().any(|one| one.site == site.place && one.at_least > 0);
            open += usize::from(holds || must);
            if holds && site.opens == Opens::Closed {
                self.say(Sites, format!("something stands at {}, which is closed", site.place));
            }
            let told = plan.sites.iter().find(|one| one.site == site.place);
            let holds_now = here().any(|one| one.now > 0);
            if told.is_none_or(|told| told.opens != (holds || must) || told.holds_now != holds_now) {
                self.say(Sites, format!("it is not as is said whether {} is open", site.place));
            }
            let ml = |item: &ItemCode| {
                self.problem.items.iter().find(|one| one.code == *item).map_or(0, |one| one.ml_per_1000)
            };
            let used: i128 = here().map(|one| i128::from(one.best) * i128::from(ml(&one.item))).sum();
            if site.room_ml.is_some_and(|room| used > i128::from(room) * 1_000) {
                self.say(Room, format!("what stands at {} does not fit", site.place));
            }
        }
        if self.problem.open_at_most.is_some_and(|most| open > most) {
            self.say(Sites, format!("{open} sites are open, more than may be"));
        }
    }

    /// Parts that a unit of an item serves.
    fn parts(&self, item: &Item) -> i64 {
        item.people.checked_mul(self.person).and_then(|all| all.checked_div(item.units)).unwrap_or(0)
    }

    /// What a stock does over all scenarios.
    fn outcome(&self, item: &Item, stock: &Stock<'a>) -> Outcome {
        let mut all = Outcome::default();
        for scenario in &self.scenarios {
            let (parts, part_minutes) = respond(scenario, stock, &self.ways, self.parts(item), self.person);
            all.parts += i128::from(scenario.weight) * parts;
            all.part_minutes += i128::from(scenario.weight) * part_minutes;
        }
        all
    }

    fn items(&mut self, plan: &PrepositionPlan) {
        for told in &plan.items {
            let Some(item) = self.problem.items.iter().find(|item| item.code == told.item) else { continue };
            let now = self.now(&item.code);
            let best: Stock<'a> = self
                .sites
                .iter()
                .filter_map(|site| {
                    let placed = self.placed.get(&(&item.code, *site));
                    placed.map(|placed| (*site, placed.best))
                })
                .collect();
            let bought = self.bought(&item.code);
            if told.units != now.values().sum::<i64>() || told.added != bought {
                self.say(PrepositionRule::Conservation, format!("{}: other units are told", item.code));
            }
            for (when, stock, stated) in [("now", &now, told.now), ("then", &best, told.best)] {
                let found = self.outcome(item, stock);
                if found != stated {
                    let what = format!("{} {when}: {stated:?} is told, {found:?} found", item.code);
                    self.say(PrepositionRule::Outcome, what);
                }
            }
            if !is_balance(told.balance, told.now, told.best, bought) {
                let what = format!("{}: {:?} does not follow", item.code, told.balance);
                self.say(PrepositionRule::Balance, what);
            }
        }
    }

    fn moves(&mut self, plan: &PrepositionPlan) {
        use PrepositionRule::Moves;
        let mut standing: BTreeMap<&ItemCode, (Stock<'a>, i64, Outcome)> = BTreeMap::new();
        if plan.moves.len() > self.problem.moves_at_most {
            self.say(Moves, format!("{} moves are told, more than were asked for", plan.moves.len()));
        }
        for step in &plan.moves {
            let what = format!("{} to {}", step.item, step.to);
            let item = self.problem.items.iter().find(|item| item.code == step.item);
            let to = self.sites.iter().find(|site| ***site == step.to).copied();
            let told = plan.items.iter().find(|told| told.item == step.item);
            let Some(((item, to), told)) = item.zip(to).zip(told) else {
                self.say(Moves, format!("{what}: there is no such item or site"));
                continue;
            };
            let (mut stock, mut bought, before) = standing
                .remove(&item.code)
                .unwrap_or_else(|| (self.now(&item.code), self.bought(&item.code), told.now));
            let from = match &step.from {
                None => &mut bought,
                Some(from) => {
                    let Some(site) = self.sites.iter().find(|site| **site == from) else {
                        self.say(Moves, format!("{what}: it comes from no site"));
                        continue;
                    };
                    stock.entry(*site).or_insert(0)
                }
            };
            *from -= step.units;
            if *from < 0 || step.units <= 0 || step.from.as_ref() == Some(&step.to) {
                self.say(Moves, format!("{what}: more is moved than stands there, or nothing"));
                continue;
            }
            *stock.entry(to).or_insert(0) += step.units;
            let after = self.outcome(item, &stock);
            if step.before != before || step.after != after {
                self.say(Moves, format!("{what}: it brings {after:?} after {before:?}, not what is told"));
            }
            standing.insert(&item.code, (stock, bought, after));
        }
    }

    fn bounds(&mut self, plan: &PrepositionPlan) {
        use PrepositionRule::Bound as Rule;
        let mut told: Vec<&ItemCode> = plan.bounds.iter().flat_map(|bound| &bound.items).collect();
        told.sort();
        if told.into_iter().ne(plan.items.iter().map(|item| &item.item)) {
            self.say(Rule, "not every item has one bound".into());
        }
        for bound in &plan.bounds {
            let own = || plan.items.iter().filter(|one| bound.items.contains(&one.item));
            let parts: i128 = own().map(|one| one.best.parts).sum();
            let minutes: i128 = own().map(|one| one.best.part_minutes).sum();
            let what = bound.items.iter().map(ItemCode::as_str).collect::<Vec<_>>().join(", ");
            let people = self.most(bound, &bound.for_people, plan);
            let effort = self.most(bound, &bound.for_effort, plan);
            let Some((people, effort)) = people.zip(effort) else {
                self.say(Rule, format!("{what}: the prices do not fit the problem"));
                continue;
            };
            if bound.for_people.part != 1
                || bound.for_people.minute != 0
                || people.div_euclid(MILLION) != bound.parts
            {
                self.say(Rule, format!("{what}: how many people at most does not follow from the prices"));
            }
            // Value is people's worth less minutes: whoever covers as many and has no more value takes at least the difference.
            let covered = i128::from(bound.for_effort.part) * parts * MILLION;
            let least = -(effort - covered).div_euclid(MILLION);
            if bound.for_effort.minute != 1 || bound.part_minutes != least.max(0) {
                self.say(Rule, format!("{what}: how few hours at least does not follow from the prices"));
            }
            if parts > bound.parts || minutes < bound.part_minutes {
                self.say(Rule, format!("{what}: the plan beats what nothing can beat"));
            }
        }
    }

    /// The most value that any placement has at these prices, in millionths; `None` where there are not as many prices as things.
    fn most(&self, bound: &Bound, prices: &Prices, plan: &PrepositionPlan) -> Option<i128> {
        if prices.sites.len() != bound.items.len() || prices.part < 1 || prices.minute < 0 {
            return None;
        }
        let shared = !prices.room.is_empty();
        let negative = prices.room.iter().any(|price| *price < 0)
            || prices.sites.iter().flatten().flatten().any(|price| *price < 0);
        if negative || (shared && prices.room.len() != self.sites.len()) {
            return None;
        }
        let mut sum = 0;
        for (code, of_scenarios) in bound.items.iter().zip(&prices.sites) {
            let item = self.problem.items.iter().find(|item| item.code == *code)?;
            let total = plan.items.iter().find(|one| one.item == *code).map(|one| one.units + one.added)?;
            if of_scenarios.len() != self.scenarios.len() {
                return None;
            }
            let mut worth: BTreeMap<&PlaceCode, i128> = self.sites.iter().map(|site| (*site, 0)).collect();
            for (scenario, of_sites) in self.scenarios.iter().zip(of_scenarios) {
                if of_sites.len() != self.sites.len() {
                    return None;
                }
                let paid: BTreeMap<&PlaceCode, i128> =
                    self.sites.iter().copied().zip(of_sites.iter().copied()).collect();
                let weight = i128::from(scenario.weight);
                sum += weight * self.gain(item, scenario, &paid, prices, total);
                for (site, price) in &paid {
                    *worth.get_mut(site)? += weight * *price;
                }
            }
            let rents: Vec<i128> = if shared {
                prices
                    .room
                    .iter()
                    .map(|price| i128::from(*price) * i128::from(item.ml_per_1000) / MILLION)
                    .collect()
            } else {
                vec![0; self.sites.len()]
            };
            for (site, rent) in self.sites.iter().zip(rents) {
                *worth.get_mut(site)? -= rent;
            }
            sum += self.dearest(item, &worth, total)?;
        }
        for (site, price) in self.sites.iter().zip(&prices.room).filter(|(_, price)| **price > 0) {
            let room = self.problem.sites.iter().find(|one| one.place == **site)?.room_ml?;
            let full = i128::from(room) * 1_000 * i128::from(*price);
            sum += -(-full).div_euclid(MILLION);
        }
        Some(sum)
    }

    /// What a scenario gains at most from units that are paid for at the sites.
    fn gain(
        &self,
        item: &Item,
        scenario: &Scenario,
        paid: &BTreeMap<&PlaceCode, i128>,
        prices: &Prices,
        total: i64,
    ) -> i128 {
        let each = i128::from(self.parts(item));
        let mut sum = 0;
        for one in &scenario.affected {
            let cost = |(site, minutes): (&&PlaceCode, &i64)| {
                let price = paid.get(*site)?;
                Some(i128::from(*minutes) * each * i128::from(prices.minute) * MILLION + *price)
            };
            let Some(least) = self.ways.get(&one.place).and_then(|ways| ways.iter().filter_map(cost).min())
            else {
                continue;
            };
            let wanted = i128::from(one.people) * i128::from(self.person);
            let Some((whole, last)) = wanted.checked_div(each).zip(wanted.checked_rem(each)) else {
                continue;
            };
            let gain = |parts: i128| (parts * i128::from(prices.part) * MILLION - least).max(0);
            sum += whole.min(i128::from(total)) * gain(each) + gain(last);
        }
        sum
    }

    /// What the units of an item are worth where they are worth most, within their limits.
    fn dearest(&self, item: &Item, worth: &BTreeMap<&PlaceCode, i128>, total: i64) -> Option<i128> {
        let mut sum = 0;
        let mut left = i128::from(total);
        let mut room: Vec<(i128, i128)> = Vec::new();
        for site in &self.problem.sites {
            let holding = self.holding(&item.code, &site.place);
            let least = i128::from(holding.map_or(0, |one| one.at_least));
            let most = holding.and_then(|one| one.at_most).map_or(i128::from(total), i128::from);
            let most = if site.opens == Opens::Closed { 0 } else { most };
            let worth = *worth.get(&site.place)?;
            sum += least * worth;
            left -= least;
            room.push((worth, most - least));
        }
        room.sort_by(|a, b| b.cmp(a));
        for (worth, most) in room {
            sum += worth * most.min(left);
            left -= most.min(left);
        }
        Some(sum)
    }
}

/// Whether a balance metric is that of two outcomes: within half a thousandth, where it is a number.
fn is_balance(told: Balance, now: Outcome, best: Outcome, bought: i64) -> bool {
    let (effort, least) = (now.part_minutes, best.part_minutes);
    match told {
        Balance::OtherStock => bought > 0,
        Balance::OtherPeople => bought == 0 && now.parts != best.parts,
        Balance::NoEffort => bought == 0 && now.parts == best.parts && least == 0 && effort > 0,
        Balance::Thousandths(told) => {
            let off = 2 * (effort * 1_000 - i128::from(told) * least);
            let fits = if least == 0 { effort == 0 && told == 1_000 } else { off.abs() <= least };
            bought == 0 && now.parts == best.parts && fits
        }
    }
}
