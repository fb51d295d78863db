//! From flows to suggestions: shipments of one item between two places together, whole packs, named batches, both
//! ends before and after, and who else was looked at.
//!
//! It takes away from what the flow sends, so that floors, capacities and dates that held there hold here; and where
//! some is lost on the way it adds to it as far as these allow. What is promised is what arrives.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use koinon_core::Digest;
use koinon_ledger::fact::Urgency;

use crate::case::{Case, Holding, usable};
use crate::engine::{Layout, Room};
use crate::flow::{Flow, Purpose, Shipment};
use crate::plan::{Against, Gap, Leg, Load, Plan, Serves, Side, Suggestion};
use crate::problem::{Item, LotRef, NeedRef};
use crate::reach::Ways;
use crate::threads::{in_parts, part};

/// Rounding down to a larger pack may lose at most one part in so many.
const PACK_LOSS_PARTS: i64 = 20;
/// Batches that are good for fewer days than this after they arrive are named.
const SHORT_DATE_DAYS: i32 = 14;

/// The most other givers that a suggestion names.
const ALTERNATIVES_MAX: usize = 4;

/// A transfer before it is written down.
pub(crate) struct Transfer {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// What serves needs first, then what arrives first.
    shipments: Vec<Shipment>,
    /// What arrives of each shipment.
    arrives: Vec<i64>,
    /// Batches of each shipment: position in the stock, and base units.
    lots: Vec<Vec<(usize, i64)>>,
    rounded: i64,
}

/// One item's transfers, and what they change.
pub(crate) struct Outcome {
    pub(crate) transfers: Vec<Transfer>,
    /// Base units that leave each place, or serve its own needs at home.
    pub(crate) given: BTreeMap<usize, i64>,
    /// Base units that reach each stated need.
    pub(crate) served: Vec<i64>,
    /// Base units that raise each place's cover.
    pub(crate) filled: BTreeMap<usize, i64>,
    /// What can be used at each place after the plan, what is on its way included.
    pub(crate) after: BTreeMap<usize, i64>,
}

/// Writes the plan, on so many threads.
pub(crate) fn spread(layout: &Layout<'_>, flows: Vec<Flow>, gap: Gap, threads: NonZeroUsize) -> Plan {
    let problem = layout.problem;
    let mut taken = Room::empty(layout);
    for (case, flow) in layout.cases.iter().zip(&flows) {
        if let Some(item) = case.of(problem) {
            taken.book(layout, item, flow, 1);
        }
    }
    let mut room = Room::empty(layout);
    let mut outcomes = Vec::with_capacity(flows.len());
    for (case, mut flow) in layout.cases.iter().zip(flows) {
        let Some(item) = case.of(problem) else { continue };
        make_up(layout, case, item, &mut flow, &mut taken);
        let outcome = settle(layout, case, item, flow);
        room.book(layout, item, &carried(&outcome), 1);
        outcomes.push(outcome);
    }
    let inputs = problem.digest();
    let ways = Ways::new(layout, &room);
    let done: Vec<(&Case, &Outcome)> = layout.cases.iter().zip(&outcomes).collect();
    let mut parts: Vec<&[(&Case, &Outcome)]> = done.chunks(part(done.len(), threads)).collect();
    let told = in_parts(&mut parts, |part| {
        let (mut suggestions, mut unmet) = (Vec::new(), Vec::new());
        for (case, outcome) in *part {
            let Some(item) = case.of(problem) else { continue };
            for transfer in &outcome.transfers {
                let written = write(layout, case, item, outcome, transfer, &ways, inputs);
                suggestions.extend(written.map(|s| (rank(&s, item), s)));
            }
            unmet.extend(crate::unmet::unmet(layout, case, item, outcome, &ways));
        }
        (suggestions, unmet)
    });
    let (suggestions, unmet): (Vec<_>, Vec<_>) = told.into_iter().unzip();
    let mut suggestions: Vec<_> = suggestions.into_iter().flatten().collect();
    let mut unmet: Vec<_> = unmet.into_iter().flatten().collect();
    suggestions.sort_by(|(a, s), (b, t)| (a, &s.to, &s.item, &s.from).cmp(&(b, &t.to, &t.item, &t.from)));
    crate::unmet::sort(problem, &mut unmet);
    let mut plan = Plan {
        agreed: Vec::new(),
        suggestions: suggestions.into_iter().map(|(_, suggestion)| suggestion).collect(),
        unmet,
        gap,
        first_day: problem.today,
        last_day: problem.last_day(),
        inputs,
        digest: inputs,
    };
    plan.digest = crate::words::plan_digest(&plan);
    plan
}

/// What an item's transfers take of runs and stores.
fn carried(outcome: &Outcome) -> Flow {
    let mut on_runs: BTreeMap<usize, i64> = BTreeMap::new();
    let mut landed: BTreeMap<usize, i64> = BTreeMap::new();
    for transfer in &outcome.transfers {
        for shipment in &transfer.shipments {
            shipment.runs.iter().for_each(|run| *on_runs.entry(*run).or_default() += shipment.amount);
        }
        *landed.entry(transfer.to).or_default() += transfer.arrives.iter().sum::<i64>();
    }
    Flow { on_runs: on_runs.into_iter().collect(), landed, ..Flow::default() }
}

/// Sends more where some is lost on the way, so that what was meant to arrive does: as far as the giver stays above
/// what it keeps, its batches last and the departures have room. What would only be saved from spoiling is not made up.
fn make_up(layout: &Layout<'_>, case: &Case, item: &Item, flow: &mut Flow, taken: &mut Room) {
    let wanted = |shipment: &Shipment| sent_for(layout, &shipment.runs, shipment.amount);
    let mut lossy: Vec<usize> = (0..flow.shipments.len())
        .filter(|at| {
            let shipment = flow.shipments.get(*at);
            shipment.is_some_and(|s| s.purpose != Purpose::Rescue && wanted(s) > s.amount)
        })
        .collect();
    if lossy.is_empty() {
        return;
    }
    let urgency = |purpose: Purpose| match purpose {
        Purpose::Need(number) => case.wanted.get(number).map_or(3, |wanted| match wanted.urgency {
            Urgency::MustHave => 0,
            Urgency::Needed => 1,
            Urgency::Useful => 3,
        }),
        Purpose::Step(_) => 2,
        Purpose::Rescue => 4,
    };
    lossy.sort_by_key(|at| flow.shipments.get(*at).map(|s| (urgency(s.purpose), s.purpose, *at)));
    let mut given: BTreeMap<(usize, Option<usize>), i64> = BTreeMap::new();
    for shipment in &flow.shipments {
        *given.entry((shipment.from, shipment.class)).or_default() += shipment.amount;
    }
    let mut on_runs: BTreeMap<usize, i64> = flow.on_runs.iter().copied().collect();
    // What is meant to arrive of each load so far, and what leaves for it.
    let mut loads: BTreeMap<(usize, usize, Vec<usize>), (i64, i64)> = BTreeMap::new();
    for at in lossy {
        let Some(shipment) = flow.shipments.get_mut(at) else { continue };
        // Shipments of one load are rounded together, so that no more arrives than was meant to.
        let load = loads.entry((shipment.from, shipment.to, shipment.runs.clone())).or_default();
        load.0 += shipment.meant;
        let mut more = sent_for(layout, &shipment.runs, load.0) - load.1 - shipment.amount;
        for run in &shipment.runs {
            let here = on_runs.get(run).copied().unwrap_or(0);
            let mut free = item.load(here);
            for (free, left) in free.iter_mut().zip(taken.runs.get(*run).copied().unwrap_or_default()) {
                *free += left;
            }
            more = more.min(item.fits(free) - here);
        }
        let Some(holding) = case.holding(shipment.from) else { continue };
        more = most(more.max(0), |more| can_give(holding, shipment.class, &given, more));
        let part = |on_runs: &BTreeMap<usize, i64>| {
            let units = |run: &usize| (*run, on_runs.get(run).copied().unwrap_or(0));
            Flow { on_runs: shipment.runs.iter().map(units).collect(), ..Flow::default() }
        };
        taken.book(layout, item, &part(&on_runs), -1);
        shipment.runs.iter().for_each(|run| *on_runs.entry(*run).or_default() += more);
        taken.book(layout, item, &part(&on_runs), 1);
        *given.entry((shipment.from, shipment.class)).or_default() += more;
        shipment.amount += more;
        load.1 += shipment.amount;
    }
    flow.on_runs = on_runs.into_iter().collect();
}

/// The largest amount up to `end` that is fine, where every smaller one is fine too; 0 is.
fn most(end: i64, fine: impl Fn(i64) -> bool) -> i64 {
    if fine(end) {
        return end;
    }
    let (mut good, mut bad) = (0, end);
    while bad - good > 1 {
        let middle = i64::midpoint(good, bad);
        if fine(middle) { good = middle } else { bad = middle }
    }
    good
}

/// Whether a giver can part with so much more of a class and still keeps what it keeps.
fn can_give(
    holding: &Holding,
    class: Option<usize>,
    given: &BTreeMap<(usize, Option<usize>), i64>,
    more: i64,
) -> bool {
    let so_far = |class: Option<usize>| given.get(&(holding.place, class)).copied().unwrap_or(0);
    let Some(class) = class else {
        return so_far(None).saturating_add(more) <= holding.spare();
    };
    let left = holding.classes.iter().enumerate().map(|(number, one)| {
        let taken = so_far(Some(number)).saturating_add(if number == class { more } else { 0 });
        (one.amount - taken, one.last_good)
    });
    let left: Vec<(i64, Option<i64>)> = left.collect();
    left.iter().all(|(amount, _)| *amount >= 0) && usable(left.into_iter(), holding.rate) >= holding.kept
}

fn rank(suggestion: &Suggestion, item: &Item) -> (u8, u8, i64) {
    let (class, days) = match suggestion.serves {
        Serves::Need(Urgency::MustHave) => (0, 0),
        Serves::Need(Urgency::Needed) | Serves::Agreed => (1, 0),
        Serves::Cover(days) => (2, days),
        Serves::Need(Urgency::Useful) => (3, 0),
        Serves::Spoiling => (4, 0),
    };
    (class, item.tier.rank(), days)
}

/// Groups, rounds and names batches for one item.
fn settle(layout: &Layout<'_>, case: &Case, item: &Item, flow: Flow) -> Outcome {
    let mut outcome = Outcome {
        transfers: Vec::new(),
        given: BTreeMap::new(),
        served: vec![0; case.wanted.len()],
        filled: BTreeMap::new(),
        after: BTreeMap::new(),
    };
    let mut pairs: BTreeMap<(usize, usize), Vec<Shipment>> = BTreeMap::new();
    for shipment in flow.shipments {
        if shipment.from == shipment.to {
            outcome.count(&shipment, shipment.amount);
        } else {
            pairs.entry((shipment.from, shipment.to)).or_default().push(shipment);
        }
    }
    for ((from, to), mut shipments) in pairs {
        let arrival = |s: &Shipment| {
            let last = s.runs.last().and_then(|run| layout.table.runs.get(*run));
            last.map_or(0, |run| layout.table.spots.get(run.to).map_or(0, |spot| spot.minute))
        };
        shipments.sort_by_cached_key(|s| (!is_need(s), arrival(s), s.purpose, s.class, s.runs.clone()));
        let rounded = trim(layout, case, item, to, &mut shipments);
        drop_what_is_lost_whole(layout, &mut shipments);
        if !shipments.is_empty() {
            let arrives = arrivals(layout, &shipments);
            shipments.iter().zip(&arrives).for_each(|(shipment, arrives)| outcome.count(shipment, *arrives));
            outcome.transfers.push(Transfer { from, to, shipments, arrives, lots: Vec::new(), rounded });
        }
    }
    name_batches(case, &mut outcome.transfers, layout);
    outcome.after = after(layout, case, &outcome.transfers);
    outcome
}

const fn is_need(shipment: &Shipment) -> bool {
    matches!(shipment.purpose, Purpose::Need(_))
}

impl Outcome {
    fn count(&mut self, shipment: &Shipment, arrives: i64) {
        *self.given.entry(shipment.from).or_default() += shipment.amount;
        match shipment.purpose {
            Purpose::Need(number) => {
                if let Some(served) = self.served.get_mut(number) {
                    *served += arrives;
                }
            }
            Purpose::Step(_) | Purpose::Rescue => {
                *self.filled.entry(shipment.to).or_default() += arrives;
            }
        }
    }

    /// What a place can still spare after the plan.
    pub(crate) fn spare_left(&self, holding: &Holding) -> i64 {
        holding.spare() - self.given.get(&holding.place).copied().unwrap_or(0)
    }
}

/// Rounds what raises cover down to whole packs and drops crumbs; stated needs stay as asked. Returns what was taken off.
fn trim(layout: &Layout<'_>, case: &Case, item: &Item, to: usize, shipments: &mut Vec<Shipment>) -> i64 {
    let rules = &layout.problem.rules;
    let cover: i64 = shipments.iter().filter(|s| !is_need(s)).map(|s| s.amount).sum();
    let mut wanted = cover;
    if rules.whole_packs {
        let whole = |pack: &i64| cover / pack * pack;
        let good = item
            .packs
            .iter()
            .rev()
            .find(|pack| (cover - whole(pack)).saturating_mul(PACK_LOSS_PARTS) <= cover);
        wanted = good.or(item.packs.first()).map_or(cover, whole);
    }
    let rate = case.holding(to).map(|h| h.rate);
    let useful = rate.map_or(0, |rate| crate::case::narrow(rate.over(i64::from(rules.useful_days_min))));
    let serves_need = shipments.iter().any(is_need);
    if wanted < useful && !serves_need {
        wanted = 0;
    }
    let mut off = cover - wanted;
    for shipment in shipments.iter_mut().rev().filter(|s| !is_need(s)) {
        let less = off.min(shipment.amount);
        shipment.amount -= less;
        off -= less;
    }
    shipments.retain(|shipment| shipment.amount > 0);
    cover - wanted
}

/// Gives every shipment its batches, first expired first within what the flow allows.
fn name_batches(case: &Case, transfers: &mut [Transfer], layout: &Layout<'_>) {
    let mut left: BTreeMap<usize, i64> = BTreeMap::new();
    for class in case.holdings.iter().flat_map(|h| &h.classes) {
        for lot in &class.lots {
            left.insert(*lot, layout.problem.stock.get(*lot).map_or(0, |stock| stock.amount));
        }
    }
    for transfer in transfers {
        let Some(holding) = case.holding(transfer.from) else { continue };
        for shipment in &transfer.shipments {
            let mut open = shipment.amount;
            let mut lots = Vec::new();
            for (number, class) in holding.classes.iter().enumerate() {
                if shipment.class.is_some_and(|only| only != number) {
                    continue;
                }
                for lot in &class.lots {
                    let Some(left) = left.get_mut(lot) else { continue };
                    let take = open.min(*left);
                    if take > 0 {
                        *left -= take;
                        open -= take;
                        lots.push((*lot, take));
                    }
                }
            }
            transfer.lots.push(lots);
        }
    }
}

/// Leaves out loads of which nothing arrives.
fn drop_what_is_lost_whole(layout: &Layout<'_>, shipments: &mut Vec<Shipment>) {
    let mut sent: BTreeMap<Vec<usize>, i64> = BTreeMap::new();
    for shipment in shipments.iter() {
        *sent.entry(shipment.runs.clone()).or_default() += shipment.amount;
    }
    shipments.retain(|s| sent.get(&s.runs).is_some_and(|sent| arriving(layout, &s.runs, *sent) > 0));
}

/// What arrives of each shipment of a transfer: those on the same departures are one load, rounded down once, and what
/// arrives of it goes to what comes first.
fn arrivals(layout: &Layout<'_>, shipments: &[Shipment]) -> Vec<i64> {
    let mut left: BTreeMap<&[usize], i64> = BTreeMap::new();
    for shipment in shipments {
        *left.entry(&shipment.runs).or_default() += shipment.amount;
    }
    left.iter_mut().for_each(|(runs, amount)| *amount = arriving(layout, runs, *amount));
    let mut arrives = Vec::with_capacity(shipments.len());
    for shipment in shipments {
        let left = left.entry(&shipment.runs).or_default();
        let part = shipment.meant.min(*left);
        *left -= part;
        arrives.push(part);
    }
    arrives
}

/// What must leave so that an amount arrives after the losses of its legs; the inverse of [`arriving`].
fn sent_for(layout: &Layout<'_>, runs: &[usize], amount: i64) -> i64 {
    runs.iter().rev().fold(amount, |amount, run| {
        let kept = 1_000 - i128::from(loss(layout, *run));
        crate::case::narrow((i128::from(amount) * 1_000 + kept - 1) / kept.max(1))
    })
}

fn loss(layout: &Layout<'_>, run: usize) -> u32 {
    let departure = layout.table.runs.get(run).and_then(|run| layout.problem.departures.get(run.departure));
    departure.map_or(0, |departure| departure.loss_per_mille)
}

/// What arrives of an amount after the losses of its legs, rounded down on each.
fn arriving(layout: &Layout<'_>, runs: &[usize], amount: i64) -> i64 {
    runs.iter().fold(amount, |amount, run| {
        let kept = 1_000 - i128::from(loss(layout, *run));
        crate::case::narrow(i128::from(amount) * kept / 1_000)
    })
}

/// What can be used at each place after all transfers of an item.
fn after(layout: &Layout<'_>, case: &Case, transfers: &[Transfer]) -> BTreeMap<usize, i64> {
    let mut batches: BTreeMap<usize, Vec<(i64, Option<i64>)>> = BTreeMap::new();
    for holding in &case.holdings {
        let own = holding.classes.iter().map(|class| (class.amount, class.last_good));
        batches.entry(holding.place).or_default().extend(own);
    }
    let last_good = |lot: usize| {
        let day = layout.problem.stock.get(lot).and_then(|stock| stock.last_good);
        day.map(|day| i64::from(day.since(layout.problem.today)))
    };
    for transfer in transfers {
        for (shipment, lots) in transfer.shipments.iter().zip(&transfer.lots) {
            for (lot, amount) in lots {
                let end = last_good(*lot);
                let own = batches.entry(transfer.from).or_default();
                if let Some(batch) = own.iter_mut().find(|(left, day)| *day == end && left >= amount) {
                    batch.0 -= amount;
                }
                let arrives = arriving(layout, &shipment.runs, *amount);
                batches.entry(transfer.to).or_default().push((arrives, end));
            }
        }
    }
    let none = koinon_ledger::demand::Rate { amount: 0, days: 1 };
    let sum = |(place, list): (usize, Vec<(i64, Option<i64>)>)| {
        let holding = case.holding(place);
        let coming = holding.map_or(0, |h| h.coming);
        (place, usable(list.into_iter(), holding.map_or(none, |h| h.rate)).saturating_add(coming))
    };
    batches.into_iter().map(sum).collect()
}

/// Both ends' figures.
fn side(case: &Case, outcome: &Outcome, place: usize) -> Side {
    let holding = case.holding(place);
    let before = holding.map_or(0, Holding::before);
    side_of(holding, outcome.after.get(&place).copied().unwrap_or(before))
}

/// The figures of one end that has so much afterwards.
pub(crate) fn side_of(holding: Option<&Holding>, after: i64) -> Side {
    let (before, floor) = holding.map_or((0, 0), |holding| (holding.before(), holding.floor));
    let lasts = |amount: i64| holding.and_then(|holding| holding.rate.lasts(i128::from(amount)));
    Side {
        before,
        after,
        days_before: lasts(before),
        days_after: lasts(after),
        floor,
        floor_days: lasts(floor),
    }
}

/// The leg of a run.
pub(crate) fn leg(layout: &Layout<'_>, run: usize) -> Option<Leg> {
    layout.problem.departures.get(layout.table.runs.get(run)?.departure).map(Leg::of)
}

/// Writes one transfer down.
fn write(
    layout: &Layout<'_>,
    case: &Case,
    item: &Item,
    outcome: &Outcome,
    transfer: &Transfer,
    ways: &Ways<'_>,
    inputs: Digest,
) -> Option<Suggestion> {
    let problem = layout.problem;
    let lot = |number: usize| problem.stock.get(number).map(|stock| stock.lot.clone());
    let mut by_way: BTreeMap<&[usize], BTreeMap<usize, i64>> = BTreeMap::new();
    let mut needs: BTreeMap<usize, i64> = BTreeMap::new();
    for ((shipment, arrives), lots) in transfer.shipments.iter().zip(&transfer.arrives).zip(&transfer.lots) {
        for (number, amount) in lots {
            *by_way.entry(&shipment.runs).or_default().entry(*number).or_default() += amount;
        }
        if let Purpose::Need(number) = shipment.purpose {
            *needs.entry(number).or_default() += arrives;
        }
    }
    needs.retain(|_, arrives| *arrives > 0);
    let giver = case.holding(transfer.from)?;
    let fefo: Vec<usize> = giver.classes.iter().flat_map(|class| class.lots.iter().copied()).collect();
    let mut against = Vec::new();
    let mut loads = Vec::new();
    for (runs, lots) in &by_way {
        let legs: Vec<Leg> = runs.iter().filter_map(|run| leg(layout, *run)).collect();
        for (run, leg) in runs.iter().zip(&legs) {
            let full = Against::FullDeparture(leg.clone());
            if ways.is_full(item, *run) && !against.contains(&full) {
                against.push(full);
            }
        }
        let ordered: Vec<(LotRef, i64)> =
            fefo.iter().filter_map(|number| Some((lot(*number)?, *lots.get(number)?))).collect();
        for number in lots.keys() {
            let last_good = problem.stock.get(*number).and_then(|stock| stock.last_good);
            if let (Some(day), Some(leg)) = (last_good, legs.last()) {
                let days = day.since(leg.arrives.day);
                if days < SHORT_DATE_DAYS {
                    against.extend(lot(*number).map(|lot| Against::ShortDate(lot, days)));
                }
            }
        }
        let amount = ordered.iter().map(|(_, amount)| amount).sum();
        loads.push(Load { legs, lots: ordered, amount, arrives: arriving(layout, runs, amount) });
    }
    loads.sort_by(|a, b| (a.leaves(), a.arrives(), &a.legs).cmp(&(b.leaves(), b.arrives(), &b.legs)));
    let amount: i64 = loads.iter().map(|load| load.amount).sum();
    let arrives: i64 = loads.iter().map(|load| load.arrives).sum();
    if ways.is_store_full(item, transfer.to) {
        against.push(Against::TakerFull);
    }
    if outcome.spare_left(giver) <= 0 {
        against.push(Against::GiverAtFloor);
    }
    if transfer.rounded > 0 {
        against.push(Against::RoundedDown(transfer.rounded));
    }
    if arrives < amount {
        against.push(Against::LostOnTheWay(amount - arrives));
    }
    let taker = side(case, outcome, transfer.to);
    let urgency = needs.keys().filter_map(|n| case.wanted.get(*n)).map(|w| w.urgency).min();
    let rescue_only = transfer.shipments.iter().all(|s| s.purpose == Purpose::Rescue);
    let cover = transfer.shipments.iter().any(|s| matches!(s.purpose, Purpose::Step(_)));
    let serves = match urgency {
        Some(urgency) if urgency < Urgency::Useful || !cover => Serves::Need(urgency),
        _ if rescue_only => Serves::Spoiling,
        _ => Serves::Cover(taker.days_before.unwrap_or(0)),
    };
    let reference = |number: usize| -> Option<NeedRef> {
        Some(problem.needs.get(case.wanted.get(number)?.need)?.id.clone())
    };
    let chosen = minutes(layout, transfer.shipments.first().map_or(&[], |shipment| &shipment.runs));
    let ends = (transfer.from, transfer.to);
    let detour = ways.detour(item, ends, chosen);
    against.extend(detour.map(|(routes, minutes)| Against::RouteClosed(routes, minutes)));
    let mut alternatives = ways.others(case, item, &|holding| outcome.spare_left(holding), ends, chosen);
    alternatives.truncate(ALTERNATIVES_MAX);
    let mut suggestion = Suggestion {
        id: inputs,
        from: problem.places.get(transfer.from)?.code.clone(),
        to: problem.places.get(transfer.to)?.code.clone(),
        item: item.code.clone(),
        amount,
        arrives,
        loads,
        needs: needs.into_iter().filter_map(|(n, amount)| Some((reference(n)?, amount))).collect(),
        serves,
        giver: side(case, outcome, transfer.from),
        taker,
        alternatives,
        against,
    };
    suggestion.id = crate::words::suggestion_id(&suggestion, inputs);
    Some(suggestion)
}

/// Minutes on the way, handling included.
fn minutes(layout: &Layout<'_>, runs: &[usize]) -> i64 {
    runs.iter().filter_map(|run| layout.table.runs.get(*run)).map(|run| run.cost).sum()
}
