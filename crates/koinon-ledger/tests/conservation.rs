//! The two conservation laws and freedom of order, over any merge of any prefixes of any logs.
//!
//! Three communities act through `decide` on what each has heard so far, so receipts cross diversions, restatements
//! and withdrawals. Then any prefix of each log, in any order and with repetitions, must give one book in which
//! nothing is lost: stock + on the way = everything that came in, less everything that went.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use koinon_authority::{Actor, Caps, Granted, Grants, Role, Scope, authorize};
use koinon_core::region::Region;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{
    CommunityCode, EntryId, FactId, GrantId, ItemCode, LogId, LotId, PersonId, Quantity, StandingId,
    StoreCode, Timestamp, TransferId,
};
use koinon_ledger::action::Effect;
use koinon_ledger::command::{FoundLine, Which, Wished};
use koinon_ledger::decide::{Context, action_of, decide, resource_of};
use koinon_ledger::fact::{Method, OnTheWay, Vehicle, Wish};
use koinon_ledger::lot::Does;
use koinon_ledger::reason::Account;
use koinon_ledger::standing::Standing;
use koinon_ledger::transfer::{Shipment, Status, Transfer};
use koinon_ledger::{Act, Action, Command, Ledger, LedgerFact, Outcome, Provenance, Reason};
use proptest::prelude::*;

const DAY: i64 = Timestamp::DAY_MS;
const TOWNS: usize = 3;

/// One random thing that happens: which community, what, and three free numbers.
type Op = (usize, u8, u64, u64, u64);

struct World {
    region: Region,
    grants: Grants,
    people: Vec<[PersonId; 2]>,
    codes: Vec<CommunityCode>,
    items: Vec<ItemCode>,
    books: Vec<Ledger>,
    logs: Vec<Vec<(Provenance, LedgerFact)>>,
    heard: Vec<[usize; TOWNS]>,
    now: Timestamp,
    acts: u64,
}

fn id(kind: u8, number: u64) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    bytes
}

impl World {
    fn new() -> Self {
        let region = new_region(TOWNS, 3_000, Layout::Ring, 7).unwrap();
        let codes: Vec<_> = region.communities.iter().map(|c| c.code.clone()).collect();
        let mut grants = Grants::new();
        let mut people = Vec::new();
        for (town, code) in codes.iter().enumerate() {
            let pair = [0, 1].map(|n| PersonId(id(1, 10 * town as u64 + n)));
            for (n, person) in pair.iter().enumerate() {
                grants.evolve_granted(&Granted {
                    grant: GrantId(id(2, 10 * town as u64 + n as u64)),
                    subject: *person,
                    role: Role::Steward,
                    scope: Scope::Community(code.clone()),
                    caps: Caps::none(),
                    not_before: Timestamp::from_millis(0),
                    expires: Timestamp::from_millis(300 * DAY),
                    by: None,
                    decision: None,
                });
            }
            people.push(pair);
        }
        let items = ["wheat", "lentils"].map(|code| ItemCode::new(code).unwrap()).to_vec();
        Self {
            region,
            grants,
            people,
            codes,
            items,
            books: vec![Ledger::default(); TOWNS],
            logs: vec![Vec::new(); TOWNS],
            heard: vec![[0; TOWNS]; TOWNS],
            now: Timestamp::from_millis(DAY),
            acts: 0,
        }
    }

    fn store(&self, town: usize) -> StoreCode {
        let place = self.codes[town].place();
        self.region.stores_of(&place).next().unwrap().code.clone()
    }

    fn run(&mut self, (town, what, a, b, c): Op) {
        self.now = self.now.plus_millis(1 + (a % 7) as i64 * DAY / 5);
        if what.is_multiple_of(4) || what > 128 {
            (0..TOWNS).filter(|from| (b >> from) & 1 == 1).for_each(|from| self.hear(town, from));
        }
        if what.is_multiple_of(4) {
            return;
        }
        let Some(act) = self.choose(town, what, a, b, c) else { return };
        self.acts += 1;
        // A late entry now and then.
        let late = if c.is_multiple_of(5) { (b % 20) as i64 * DAY } else { 0 };
        let command = Command {
            act: EntryId(id(3, self.acts)),
            occurred: self.now.plus_millis(-late),
            confirmed: true,
            what: act,
        };
        let context = Context {
            ledger: &self.books[town],
            region: &self.region,
            own: &self.codes[town],
            now: self.now,
            whole: None,
        };
        let who = self.people[town][(c % 2) as usize];
        let resource = resource_of(&context, &command.what);
        let permit =
            authorize(&self.grants, &Actor::Person(who), action_of(&command.what), &resource, self.now)
                .unwrap();
        let Ok(Outcome::Facts(facts)) = decide(&context, &command, &permit) else { return };
        for fact in facts {
            let seq = self.logs[town].len() as u64;
            let mut hash = [town as u8; 32];
            hash[..8].copy_from_slice(&seq.to_be_bytes());
            let provenance = Provenance {
                fact: FactId(hash),
                log: LogId([town as u8; 16]),
                seq,
                community: self.codes[town].clone(),
                recorded: self.now,
                actor: Some(who),
            };
            take_in(&mut self.books[town], &provenance, &fact);
            self.logs[town].push((provenance, fact));
        }
        self.heard[town][town] = self.logs[town].len();
    }

    fn hear(&mut self, town: usize, from: usize) {
        let known = self.heard[town][from];
        for (provenance, fact) in &self.logs[from][known..] {
            take_in(&mut self.books[town], provenance, fact);
        }
        self.heard[town][from] = self.logs[from].len();
    }

    fn choose(&self, town: usize, what: u8, a: u64, b: u64, c: u64) -> Option<Act> {
        let book = &self.books[town];
        let own = &self.codes[town];
        let item = self.items[(a % 2) as usize].clone();
        let dimension = self.region.item(&item).unwrap().dimension;
        let some = |n: u64| {
            let most = if n.is_multiple_of(3) { 90_000_000 } else { 900_000 };
            Quantity::new(1 + (n % most) as i64, dimension).unwrap()
        };
        let lots: Vec<LotId> = book.lots_of(own, &item).map(|(id, _)| id).collect();
        let lot = (!lots.is_empty()).then(|| lots[b as usize % lots.len()]);
        // Mostly acts that fit, so that histories grow long; one in eight does not care.
        let fits = |giver: &CommunityCode, t: &Transfer| {
            let taker = t.commitment(giver).map(|by| by.what.taker.clone());
            let headed = |s: &Shipment| t.commitment(giver).is_some_and(|by| s.heading(&by.what).1 == own);
            let loaded = t.shipments().any(|(_, s)| s.load(giver).is_some());
            match what % 16 {
                9 => {
                    taker.as_ref() == Some(own)
                        && matches!(t.status(giver), Status::NeedsAnswer | Status::NeedsSecond)
                }
                11 => giver == own && matches!(t.status(giver), Status::Agreed | Status::UnderWay),
                13 => loaded,
                14 => t.shipments().any(|(_, s)| s.load(giver).is_some() && headed(s)),
                15 => loaded && (giver == own || taker.as_ref() == Some(own)),
                _ => true,
            }
        };
        let transfers: Vec<_> = book
            .transfers()
            .filter(|(giver, _, t)| a.is_multiple_of(8) || fits(giver, t))
            .map(|(giver, id, t)| (giver.clone(), id, t))
            .collect();
        let pick = (!transfers.is_empty()).then(|| transfers[b as usize % transfers.len()].clone());
        let shipment = pick.as_ref().and_then(|(giver, id, t)| {
            let loads: Vec<_> = t.shipments().filter(|(_, s)| s.load(giver).is_some()).collect();
            (!loads.is_empty()).then(|| (giver.clone(), *id, *t, loads[c as usize % loads.len()]))
        });
        Some(match what % 16 {
            1 => Act::TakeIn {
                store: self.store(town),
                item,
                batch: None,
                expires: None,
                quantity: some(b),
                reason: Reason::Harvested,
                paper: None,
                method: Method::Counted,
            },
            2 if c.is_multiple_of(11) => Act::AskCount {
                place: own.place(),
                item,
                until: (!b.is_multiple_of(3)).then_some(self.now.day(&TimeZone::UTC).plus((b % 10) as i32)),
            },
            2 if c.is_multiple_of(17) => {
                Act::StateWish { item, wish: Wish::ALL[b as usize % Wish::ALL.len()] }
            }
            2 if c.is_multiple_of(13) => {
                let until = self.now.day(&TimeZone::UTC).plus((b % 10) as i32);
                Act::PauseTaking { place: own.place(), item, until: (!b.is_multiple_of(3)).then_some(until) }
            }
            2 if c.is_multiple_of(7) => {
                let until = self.now.day(&TimeZone::UTC).plus((b % 10) as i32);
                Act::PauseGiving { place: own.place(), item, until: (!b.is_multiple_of(3)).then_some(until) }
            }
            2 | 5 if c.is_multiple_of(2) => return self.agree(town, &item, some(b % 900), c),
            2 => Act::Count {
                store: self.store(town),
                item,
                which: Which::Lot(lot?),
                seen: some(c),
                method: Method::Counted,
                witness: None,
            },
            3 => Act::TakeOut {
                lot: lot?,
                quantity: some(c),
                reason: if c.is_multiple_of(3) { Reason::Spoiled } else { Reason::HandedOut },
                served: None,
                paper: None,
                method: Method::Estimated,
            },
            5 => {
                let known = book.lot(own, lot?)?;
                let lines: Vec<_> = known.card().collect();
                let line = lines.get(c as usize % lines.len().max(1))?;
                Act::Correct {
                    lot: lot?,
                    target: line.line.entry,
                    quantity: (!c.is_multiple_of(3)).then(|| some(c)),
                    reason: Reason::EntryError,
                }
            }
            6 | 7 => Act::Commit {
                transfer: match &pick {
                    Some((giver, id, _)) if giver == own && c.is_multiple_of(4) => *id,
                    _ => TransferId(id(4, self.acts)),
                },
                from: own.place(),
                to: self.codes[(town + 1 + (c as usize) % (TOWNS - 1)) % TOWNS].place(),
                lines: vec![Wished {
                    item,
                    lot: None,
                    quantity: some(if b.is_multiple_of(3) { b } else { b % 300_000 }),
                    requested: None,
                }],
                route: Vec::new(),
                leaves: self.now.day(&TimeZone::UTC),
                arrives: self.now.day(&TimeZone::UTC).plus(1),
                need: None,
                suggestion: None,
                return_by: None,
                standing: None,
            },
            9 => {
                let (giver, transfer, t) = pick?;
                let line = t.commitment(&giver)?.what.lines.first()?;
                let less = Quantity::new(line.quantity.amount() / 2, line.quantity.dimension()).unwrap();
                if c.is_multiple_of(5) {
                    let wants = vec![(line.item.clone(), less)];
                    let reason = Reason::NoRoom;
                    return Some(Act::Counter { giver, transfer, wants, not_before: None, reason });
                }
                let less = if c.is_multiple_of(3) { vec![(line.line, less)] } else { Vec::new() };
                Act::Accept { giver, transfer, less }
            }
            10 if c.is_multiple_of(3) => {
                let ours = book
                    .transfers_given(own)
                    .filter(|(_, t)| a.is_multiple_of(8) || t.status(own) < Status::UnderWay);
                let mut together: Vec<TransferId> = ours.map(|(id, _)| id).collect();
                together.truncate(1 + (b % 3) as usize);
                Act::Join { joint: EntryId(id(6, self.acts % 4)), transfers: together }
            }
            10 => {
                let (giver, transfer, t) = pick?;
                match t.status(&giver) {
                    Status::NeedsSecond => Act::Approve { transfer },
                    _ if c.is_multiple_of(4) => Act::Withdraw { transfer, reason: Reason::NeededHere },
                    _ if c % 4 == 1 => Act::Object { giver, transfer, reason: Reason::FiguresDoubted },
                    _ => {
                        let objection = t.objections().next()?.0;
                        Act::Settle { giver, transfer, objection }
                    }
                }
            }
            11 => {
                let (giver, transfer, t) = pick?;
                let line = t.commitment(&giver)?.what.lines.first()?;
                let part = Quantity::new(1 + line.quantity.amount() / 3, line.quantity.dimension()).unwrap();
                let lines = if c.is_multiple_of(3) { vec![(line.line, part)] } else { Vec::new() };
                Act::Load { transfer, lines, vehicle: Vehicle::Truck, paper: None }
            }
            13 => {
                let (giver, transfer, _, (shipment, _)) = shipment?;
                let other = self.codes[(town + 1) % TOWNS].clone();
                let what = match c % 4 {
                    0 => OnTheWay::Diverted(other.place(), other),
                    1 => OnTheWay::BrokenDown,
                    2 => OnTheWay::Resumed(Vehicle::Van),
                    _ => OnTheWay::Delayed(self.now.day(&TimeZone::UTC).plus(2)),
                };
                if c.is_multiple_of(7) {
                    Act::Unload { transfer, shipment }
                } else {
                    Act::News { giver, transfer, shipment, what }
                }
            }
            14 => {
                let (giver, transfer, _, (shipment, load)) = shipment?;
                let lines = load.load(&giver)?.what.lines.clone();
                let lines = lines.iter().map(|line| {
                    let whole = line.quantity.amount();
                    let rejected = if c.is_multiple_of(3) { whole / 4 } else { 0 };
                    let missing = if c.is_multiple_of(2) { whole / 5 } else { 0 };
                    let q = |n: i64| Quantity::new(n, line.quantity.dimension()).unwrap();
                    FoundLine {
                        line: line.line,
                        accepted: q(whole - rejected - missing),
                        rejected: q(rejected),
                        missing: q(missing),
                        excess: q(if c.is_multiple_of(5) { 17 } else { 0 }),
                        reason: Some(if b.is_multiple_of(2) { Reason::NotKnownYet } else { Reason::Damaged }),
                    }
                });
                Act::Receive { giver, transfer, shipment, store: self.store(town), lines: lines.collect() }
            }
            _ => {
                let (giver, transfer, _, (shipment, load)) = shipment?;
                let line = load.load(&giver)?.what.lines.first()?.clone();
                let part = Quantity::new(line.quantity.amount() / 4, line.quantity.dimension()).unwrap();
                if b.is_multiple_of(2) {
                    Act::Return { transfer, shipment, lines: vec![(line.line, part)] }
                } else {
                    let reason = Reason::Stolen;
                    Act::SettleLoss { giver, transfer, shipment, line: line.line, lost: part, reason }
                }
            }
        })
    }
}

impl World {
    /// Something about what is given regularly: a proposal, an answer, an end, or a promise of what falls due.
    fn agree(&self, town: usize, item: &ItemCode, quantity: Quantity, c: u64) -> Option<Act> {
        let (book, own, today) = (&self.books[town], &self.codes[town], self.now.day(&TimeZone::UTC));
        let other = self.codes[(town + 1) % TOWNS].clone();
        let due = book.due(today, today.plus(7)).into_iter().find(|(_, line)| line.from == own.place());
        // Mostly what fits; one in eight does not care.
        let fits = |proposer: &CommunityCode, known: &Standing| match c / 2 % 11 {
            3..=6 => known.proposal().is_some_and(|text| text.with == *own),
            _ => proposer == own,
        };
        let all = book.standing();
        let all: Vec<_> =
            all.filter(|(proposer, _, known)| c.is_multiple_of(8) || fits(proposer, known)).collect();
        let pick = (!all.is_empty()).then(|| all[(c / 22) as usize % all.len()]);
        Some(match c / 2 % 11 {
            0..=2 => {
                let ends = [(own.place(), other.place()), (other.place(), own.place())];
                let lines = ends.into_iter().map(|(from, to)| (from, to, item.clone(), quantity)).collect();
                let standing = StandingId(id(5, if c.is_multiple_of(2) { self.acts } else { town as u64 }));
                let (first, until) = (today, today.plus(30));
                Act::ProposeStanding { standing, with: other, lines, first, every_days: 3, until }
            }
            3..=6 => {
                let (proposer, standing, known) = pick?;
                let answers = known.proposal()?.digest();
                let (yes, reason) = (!c.is_multiple_of(7), Some(Reason::NoRoom));
                Act::AnswerStanding { proposer: proposer.clone(), standing, answers, yes, reason }
            }
            7 if c.is_multiple_of(3) => Act::EndStanding { standing: pick?.1, reason: Reason::NotNeeded },
            _ => {
                let (occurrence, line) = due?;
                let (item, quantity) = (line.item.clone(), line.quantity);
                Act::Commit {
                    transfer: TransferId(id(4, self.acts)),
                    from: line.from.clone(),
                    to: line.to.clone(),
                    lines: vec![Wished { item, lot: None, quantity, requested: None }],
                    route: Vec::new(),
                    leaves: occurrence.day,
                    arrives: occurrence.day.plus(1),
                    need: None,
                    suggestion: None,
                    return_by: None,
                    standing: Some(occurrence),
                }
            }
        })
    }
}

fn take_in(book: &mut Ledger, provenance: &Provenance, fact: &LedgerFact) {
    book.evolve(provenance, fact, &TimeZone::UTC, &mut |_| Vec::new());
}

fn stock_by_item(book: &Ledger) -> BTreeMap<ItemCode, i128> {
    let mut stock = BTreeMap::new();
    for (_, _, lot) in book.lots() {
        if let Some(opened) = lot.opened() {
            *stock.entry(opened.item.clone()).or_insert(0) += lot.balance();
        }
    }
    stock
}

/// The first law: what is there and what is on the way is what came in less what went.
fn check_first_law(book: &Ledger) -> Result<(), TestCaseError> {
    let stock = stock_by_item(book);
    let on_the_way = book.in_transit();
    let mut flows: BTreeMap<ItemCode, i128> = BTreeMap::new();
    for (_, item, sums) in book.totals().iter() {
        let between = [Account::Sent, Account::Arrived, Account::CameBack];
        let flow: i128 = Account::ALL.iter().filter(|a| !between.contains(a)).map(|a| sums.account(*a)).sum();
        *flows.entry(item.clone()).or_default() += flow;
    }
    for (item, flow) in &flows {
        let there = stock.get(item).copied().unwrap_or(0) + on_the_way.get(item).copied().unwrap_or(0);
        prop_assert_eq!(there, flow - book.lost_on_the_way(item), "{}", item);
    }
    Ok(())
}

/// The second law: rights less custody is what is on the way, by the effects of the Valueflows table.
fn check_second_law(book: &Ledger) -> Result<(), TestCaseError> {
    let mut rights: BTreeMap<ItemCode, i128> = BTreeMap::new();
    let mut custody: BTreeMap<ItemCode, i128> = BTreeMap::new();
    let mut event = |item: &ItemCode, action: Action, amount: i128, from_here: bool| {
        let effect = |effect: Effect| match effect {
            Effect::None => 0,
            Effect::Decrement => -amount,
            Effect::DecrementIncrement if from_here => -amount,
            Effect::Increment | Effect::DecrementIncrement | Effect::IncrementTo => amount,
        };
        *rights.entry(item.clone()).or_default() += effect(action.row().accounting);
        *custody.entry(item.clone()).or_default() += effect(action.row().onhand);
    };
    for (_, _, lot) in book.lots() {
        let Some(opened) = lot.opened() else { continue };
        for card in lot.card() {
            let amount = card.change.abs();
            match card.line.does {
                Does::Seen(_) if card.change >= 0 => event(&opened.item, Action::Raise, amount, false),
                Does::Seen(_) => event(&opened.item, Action::Lower, amount, false),
                Does::Change(_) => {
                    event(&opened.item, card.line.reason.action(), amount, card.change < 0);
                    if card.line.reason == Reason::Arrived {
                        event(&opened.item, Action::TransferAllRights, amount, true);
                        event(&opened.item, Action::TransferAllRights, amount, false);
                    }
                }
            }
        }
    }
    let lost: Vec<(ItemCode, i128)> =
        custody.keys().map(|item| (item.clone(), book.lost_on_the_way(item))).collect();
    for (item, lost) in lost {
        *rights.entry(item).or_default() -= lost;
    }
    let stock = stock_by_item(book);
    let on_the_way = book.in_transit();
    for (item, held) in &custody {
        prop_assert_eq!(*held, stock.get(item).copied().unwrap_or(0), "custody of {}", item);
        let gap = rights.get(item).copied().unwrap_or(0) - held;
        prop_assert_eq!(gap, on_the_way.get(item).copied().unwrap_or(0), "rights less custody of {}", item);
    }
    Ok(())
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec((0..TOWNS, any::<u8>(), any::<u64>(), any::<u64>(), any::<u64>()), 60..400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn any_merge_of_any_prefixes_conserves_and_gives_one_book(
        ops in ops(),
        cuts in prop::array::uniform3(0usize..=100),
        order in any::<u64>(),
    ) {
        let mut world = World::new();
        ops.into_iter().for_each(|op| world.run(op));
        let mut facts: Vec<_> = world.logs.iter().zip(cuts).flat_map(|(log, cut)| {
            log[..log.len() * cut / 100].iter().cloned()
        }).collect();
        let mut book = Ledger::default();
        facts.iter().for_each(|(p, f)| take_in(&mut book, p, f));
        check_first_law(&book)?;
        check_second_law(&book)?;
        let mut state = order | 1;
        for round in 0..3 {
            for index in (1..facts.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                facts.swap(index, (state >> 33) as usize % (index + 1));
            }
            let mut other = Ledger::default();
            for (number, (p, f)) in facts.iter().enumerate() {
                take_in(&mut other, p, f);
                if number % 3 == round {
                    take_in(&mut other, p, f);
                }
            }
            prop_assert_eq!(other.digest(), book.digest());
        }
    }

    #[test]
    fn what_a_book_still_holds_is_said_again_as_it_was_written(ops in ops(), back in 1i64..30) {
        let mut world = World::new();
        ops.into_iter().for_each(|op| world.run(op));
        let facts: Vec<_> = world.logs.concat();
        let mut book = Ledger::default();
        facts.iter().for_each(|(p, f)| take_in(&mut book, p, f));
        book.fold(world.now.plus_days(-back), &TimeZone::UTC);
        let mut again = Ledger::default();
        for written in book.written() {
            let at = written.at;
            let stands = |(p, _): &&(Provenance, LedgerFact)| Some(p.rev()) == at;
            let Some((provenance, fact)) = facts.iter().find(stands) else {
                prop_assert!(at.is_none() && matches!(written.fact, LedgerFact::ObjectionSettled(_)));
                continue;
            };
            let opened = match fact {
                LedgerFact::Counted(f) => f.opening().map(LedgerFact::from),
                _ => None,
            };
            prop_assert_eq!(opened.as_ref().unwrap_or(fact), &written.fact);
            prop_assert!(written.by.is_none_or(|by| by == provenance.community));
            take_in(&mut again, provenance, &written.fact);
        }
        prop_assert!(again.needs().eq(book.needs()) && again.offers().eq(book.offers()));
        let halted = |book: &Ledger| {
            let of = book.transfers().filter(|(_, _, transfer)| transfer.objections().next().is_none());
            of.map(|(giver, id, transfer)| (giver.clone(), id, transfer.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(halted(&again), halted(&book));
        let opened = |book: &Ledger| {
            let of = book.lots().filter_map(|(by, id, lot)| Some((by.clone(), id, lot.opened()?.clone(), lot.held())));
            of.collect::<Vec<_>>()
        };
        prop_assert_eq!(opened(&again), opened(&book));
        prop_assert!(again.routes() == book.routes() && again.pauses() == book.pauses());
        prop_assert!(again.takings() == book.takings() && again.wishes() == book.wishes());
        prop_assert!(again.standing().eq(book.standing()) && again.joints() == book.joints());
        prop_assert_eq!(again.recounts(), book.recounts());
        prop_assert!(again.recalls().eq(book.recalls()));
    }

    #[test]
    fn folding_keeps_stock_and_sums_and_late_facts_still_land(ops in ops(), back in 1i64..30) {
        let mut world = World::new();
        ops.into_iter().for_each(|op| world.run(op));
        let mut facts: Vec<_> = world.logs.concat();
        facts.sort_by_key(|(p, _)| (p.recorded, p.log, p.seq));
        let mut plain = Ledger::default();
        facts.iter().for_each(|(p, f)| take_in(&mut plain, p, f));
        let mut folded = Ledger::default();
        let mut seen: Vec<(Provenance, LedgerFact)> = Vec::new();
        for (number, (p, f)) in facts.iter().enumerate() {
            let mut history = |key: &koinon_ledger::Key| {
                let about = |(p, f): &&(Provenance, LedgerFact)| koinon_ledger::ledger::keys_of(p, f).contains(key);
                seen.iter().filter(about).cloned().collect::<Vec<_>>()
            };
            folded.evolve(p, f, &TimeZone::UTC, &mut history);
            seen.push((p.clone(), f.clone()));
            if number % 13 == 12 {
                folded.fold(p.recorded.plus_days(-back), &TimeZone::UTC);
            }
        }
        for (community, lot_id, lot) in plain.lots() {
            let here = folded.lot(community, lot_id).map_or(0, koinon_ledger::lot::Lot::balance);
            prop_assert_eq!(here, lot.balance());
        }
        for (community, item, sums) in plain.totals().iter() {
            for account in Account::ALL {
                let here = folded.totals().get(community, item).map_or(0, |sums| sums.account(account));
                prop_assert_eq!(here, sums.account(account), "{} {} {:?}", community, item, account);
            }
        }
        prop_assert_eq!(folded.in_transit(), plain.in_transit());
    }
}

#[test]
fn the_random_world_reaches_what_the_laws_are_about() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut moved = 0;
    for _ in 0..100 {
        let mut world = World::new();
        ops().new_tree(&mut runner).unwrap().current().into_iter().for_each(|op| world.run(op));
        for (_, fact) in world.logs.concat() {
            let name = format!("{fact:?}");
            *kinds.entry(name[..name.find('(').unwrap()].to_owned()).or_default() += 1;
            if matches!(&fact, LedgerFact::Committed(promise) if promise.standing.is_some()) {
                *kinds.entry("Fulfilled".to_owned()).or_default() += 1;
            }
        }
        (0..TOWNS).for_each(|town| (0..TOWNS).for_each(|from| world.hear(town, from)));
        moved += usize::from(!world.books[0].in_transit().is_empty());
    }
    for kind in [
        "LotOpened",
        "Entered",
        "Counted",
        "Corrected",
        "Committed",
        "Approved",
        "Accepted",
        "CounterOffered",
        "Objected",
        "Withdrawn",
        "Dispatched",
        "TransitNoted",
        "Received",
        "Returned",
        "LossSettled",
        "StandingProposed",
        "StandingAnswered",
        "StandingEnded",
        "Fulfilled",
        "Joined",
    ] {
        assert!(kinds.get(kind).is_some_and(|n| *n >= 5), "{kind} is too rare: {kinds:?}");
    }
    assert!(moved >= 10, "too few worlds with something on the way: {moved}");
}
