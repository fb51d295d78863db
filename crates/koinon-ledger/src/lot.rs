//! One batch of one item in one store: its lines in canonical order, and the stock card that follows from them.
//!
//! A count stores what was seen; the card derives the difference. A late earlier line changes the difference that
//! a later count found, never the counted stock. Corrections name their target. A second line with the same act
//! is kept and has no effect.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use koinon_core::{Day, EntryId, Timestamp};
use litemap::{Entry, LiteMap};
use minicbor::{Decode, Encode};

use crate::fact::{LotOpened, Method, Served};
use crate::order::{OrderKey, Rev, wide};
use crate::reason::{Account, Reason};
use crate::totals::{Sums, Wide};

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Does {
    /// Stock changes by so many base units.
    #[n(0)]
    Change(#[n(0)] i64),
    /// So many base units were seen.
    #[n(1)]
    Seen(#[n(0)] i64),
}

/// One line as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Line {
    /// The act.
    #[n(0)]
    pub entry: EntryId,
    /// What it does.
    #[n(1)]
    pub does: Does,
    /// Why.
    #[n(2)]
    pub reason: Reason,
    /// How the figure was found.
    #[n(3)]
    pub method: Method,
    /// How many were served.
    #[n(4)]
    pub served: Option<Served>,
    /// Whether a visitor counted too.
    #[n(5)]
    #[cbor(default)]
    pub witnessed: bool,
}

/// The last count of a batch. The later one is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LastCount {
    /// When it was seen.
    pub at: Timestamp,
    /// How.
    pub method: Method,
    /// Whether a visitor counted too.
    pub witnessed: bool,
    /// What was seen, in base units.
    pub seen: i64,
}

/// How a line stands on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As it was recorded.
    Plain,
    /// A second line with the same act; no effect.
    Repeated,
    /// Taken back; no effect.
    TakenBack,
    /// Corrected; the effect is that of the right amount.
    Corrected,
}

/// One line of a stock card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLine<'a> {
    /// Its place in the canonical order.
    pub at: OrderKey,
    /// What was recorded.
    pub line: &'a Line,
    /// How it stands.
    pub standing: Standing,
    /// The change of stock that follows, in base units; for a count, the difference that it found.
    pub change: i128,
    /// The stock after it, in base units; may be below zero, and is shown so.
    pub balance: i128,
}

/// The state of one batch.
///
/// Most batches have one opening and few lines, which mostly come in order, and there are many batches: sorted lists
/// take a third of the memory of trees.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Lot {
    #[n(0)]
    #[cbor(with = "crate::lite")]
    opened: LiteMap<Rev, LotOpened>,
    #[n(1)]
    #[cbor(with = "crate::lite")]
    lines: LiteMap<OrderKey, Line>,
    #[n(2)]
    corrections: BTreeMap<EntryId, BTreeMap<Rev, Option<i64>>>,
    #[n(3)]
    holds: BTreeMap<Rev, (bool, Reason)>,
    #[n(4)]
    #[cbor(with = "crate::lite")]
    firsts: LiteMap<EntryId, OrderKey>,
    #[n(5)]
    base: Option<Base>,
    #[n(6)]
    #[cbor(with = "wide")]
    balance: i128,
    #[n(7)]
    lowest: bool,
}

/// What remains of lines that were folded away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Base {
    #[n(0)]
    through: OrderKey,
    #[n(1)]
    #[cbor(with = "wide")]
    balance: i128,
}

/// A change to a lot, as facts bring it.
#[derive(Debug, Clone)]
pub enum LotChange {
    /// The lot was opened.
    Open(Rev, LotOpened),
    /// A line was recorded.
    Line(OrderKey, Line),
    /// A line of a shipment was restated: the old one goes.
    Unline(OrderKey),
    /// An entry was corrected or taken back.
    Correct(Rev, EntryId, Option<i64>),
    /// The lot was held or released.
    Hold(Rev, bool, Reason),
}

impl Lot {
    /// How it was opened; the first opening counts. `None` while only later entries have arrived.
    pub fn opened(&self) -> Option<&LotOpened> {
        self.opened.values().next()
    }

    /// Every opening.
    pub(crate) fn openings(&self) -> impl Iterator<Item = (&Rev, &LotOpened)> {
        self.opened.iter()
    }

    /// Every word on whether it may be used.
    pub(crate) fn holds(&self) -> impl Iterator<Item = (&Rev, &(bool, Reason))> {
        self.holds.iter()
    }

    /// Whether a second, different opening exists.
    pub fn opened_twice(&self) -> bool {
        let mut openings = self.opened.values();
        let first = openings.next();
        openings.any(|other| Some(other) != first)
    }

    /// The stock on hand in base units; below zero when more went out than was known to be there.
    pub fn balance(&self) -> i128 {
        self.balance
    }

    /// Whether stock was below zero after some line.
    pub fn was_negative(&self) -> bool {
        self.lowest
    }

    /// Whether it may not be used, and why.
    pub fn held(&self) -> Option<Reason> {
        self.holds.values().next_back().and_then(|(held, reason)| held.then_some(*reason))
    }

    /// When the last line happened.
    pub fn last_change(&self) -> Option<Timestamp> {
        self.last_key().map(|key| key.occurred)
    }

    /// The place of the last line, folded or not.
    pub(crate) fn last_key(&self) -> Option<OrderKey> {
        self.lines.keys().next_back().copied().or(self.base.map(|base| base.through))
    }

    /// The last count that stands.
    pub fn last_count(&self) -> Option<LastCount> {
        self.lines.iter().rev().find_map(|(at, line)| match line.does {
            Does::Seen(seen) if self.effect(*at, line).1 == Standing::Plain => {
                let (at, method, witnessed) = (at.occurred, line.method, line.witnessed);
                Some(LastCount { at, method, witnessed, seen })
            }
            _ => None,
        })
    }

    /// The last plain entry in the same direction, for "last time it was…".
    pub fn last_like(&self, reason: Reason) -> Option<i64> {
        self.lines.values().rev().find(|line| line.reason == reason).map(|line| match line.does {
            Does::Change(amount) | Does::Seen(amount) => amount.saturating_abs(),
        })
    }

    /// The last entry with the same reason and amount recorded at or after `since`: its act and when it was recorded.
    pub fn recent_like(&self, reason: Reason, amount: i64, since: Timestamp) -> Option<(EntryId, Timestamp)> {
        let alike =
            |line: &Line| line.reason == reason && matches!(line.does, Does::Change(n) if n.abs() == amount);
        self.lines
            .iter()
            .rev()
            .find(|(at, line)| at.recorded >= since && alike(line))
            .map(|(at, line)| (line.entry, at.recorded))
    }

    /// Whether an entry with this act is on the card.
    pub fn has_entry(&self, entry: EntryId) -> bool {
        self.firsts.contains_key(&entry)
    }

    /// Looks up the first line of an act.
    pub fn line(&self, entry: EntryId) -> Option<&Line> {
        self.firsts.get(&entry).and_then(|key| self.lines.get(key))
    }

    /// The number of lines held in memory.
    pub fn lines_len(&self) -> usize {
        self.lines.len()
    }

    /// Whether nothing but folded history and an empty stock remains.
    pub fn is_settled(&self) -> bool {
        self.lines.is_empty() && self.balance == 0 && self.holds.is_empty()
    }

    /// Whether older lines were folded into one balance.
    pub const fn is_folded(&self) -> bool {
        self.base.is_some()
    }

    /// See [`crate::Ledger::fits`].
    pub(crate) fn fits(&self) -> bool {
        Wide(self.balance).fits() && self.base.is_none_or(|base| Wide(base.balance).fits())
    }

    /// The stock card from the oldest line in memory on.
    pub fn card(&self) -> impl Iterator<Item = CardLine<'_>> {
        let start = self.base.map_or(0, |base| base.balance);
        self.lines.iter().scan(start, |balance, (at, line)| {
            let card = self.step(*at, line, *balance);
            *balance = card.balance;
            Some(card)
        })
    }

    /// The stock at the end of an instant, from the lines in memory.
    pub fn balance_at(&self, instant: Timestamp) -> i128 {
        let start = self.base.map_or(0, |base| base.balance);
        self.card().take_while(|card| card.at.occurred <= instant).last().map_or(start, |card| card.balance)
    }

    /// What the lines in memory owe to each account.
    pub(crate) fn sums(&self, zone: &TimeZone) -> Sums {
        let mut sums = Sums::default();
        for card in self.card() {
            sums.add(account_of(card.line), card.at.occurred.day(zone), card.change);
        }
        sums
    }

    /// Whether a change can only be judged with lines that were folded away.
    pub(crate) fn reaches_folded(&self, change: &LotChange) -> bool {
        let Some(base) = self.base else { return false };
        match change {
            LotChange::Line(key, _) | LotChange::Unline(key) => *key <= base.through,
            LotChange::Correct(_, entry, _) => !self.firsts.contains_key(entry),
            LotChange::Open(..) | LotChange::Hold(..) => false,
        }
    }

    /// Whether a change only adds a newest line.
    pub(crate) fn would_append(&self, change: &LotChange) -> bool {
        match change {
            LotChange::Line(key, _) => self.is_newest(*key),
            _ => false,
        }
    }

    fn is_newest(&self, key: OrderKey) -> bool {
        self.last_key().is_none_or(|last| last < key)
    }

    /// Whether a line at this place was folded away.
    pub(crate) fn is_folded_at(&self, at: OrderKey) -> bool {
        self.base.is_some_and(|base| at <= base.through)
    }

    /// Takes a change in. Returns the one booked change when it only adds a newest line, so that sums need not
    /// be taken anew.
    pub(crate) fn apply(&mut self, change: LotChange) -> Option<(Account, Timestamp, i128)> {
        match change {
            LotChange::Open(rev, opened) => {
                if self.opened.is_empty() {
                    self.opened = LiteMap::with_capacity(1);
                }
                self.opened.entry(rev).or_insert(opened);
                None
            }
            LotChange::Hold(rev, held, reason) => {
                self.holds.insert(rev, (held, reason));
                None
            }
            LotChange::Correct(rev, entry, amount) => {
                self.corrections.entry(entry).or_default().insert(rev, amount);
                self.recount();
                None
            }
            LotChange::Unline(key) => {
                if let Some(line) = self.lines.remove(&key) {
                    let next = self.lines.iter().find(|(_, other)| other.entry == line.entry);
                    match next.map(|(key, _)| *key) {
                        Some(key) => self.firsts.insert(line.entry, key),
                        None => self.firsts.remove(&line.entry),
                    };
                }
                self.recount();
                None
            }
            LotChange::Line(key, line) => self.insert(key, line),
        }
    }

    fn insert(&mut self, key: OrderKey, line: Line) -> Option<(Account, Timestamp, i128)> {
        let newest = self.is_newest(key);
        if !newest && self.lines.contains_key(&key) {
            return Some((account_of(&line), key.occurred, 0));
        }
        let mut displaced = false;
        match self.firsts.entry(line.entry) {
            Entry::Vacant(vacant) => drop(vacant.insert(key)),
            Entry::Occupied(mut first) if key < *first.get() => {
                displaced = true;
                first.insert(key);
            }
            Entry::Occupied(_) => {}
        }
        // Most lines come in order.
        if let Some((key, line)) = self.lines.try_append(key, line) {
            self.lines.insert(key, line);
        }
        if !newest || displaced {
            self.recount();
            return None;
        }
        let (_, line) = self.lines.last()?;
        let card = self.step(key, line, self.balance);
        let booked = (account_of(line), key.occurred, card.change);
        let balance = card.balance;
        self.balance = balance;
        self.lowest |= balance < 0;
        Some(booked)
    }

    /// Folds every line up to `horizon` into one balance.
    pub(crate) fn fold(&mut self, horizon: Timestamp) {
        let folded = self.card().take_while(|card| card.at.occurred < horizon).last();
        let Some(base) = folded.map(|card| Base { through: card.at, balance: card.balance }) else { return };
        self.base = Some(base);
        keep(&mut self.lines, |key, _| *key > base.through);
        keep(&mut self.firsts, |_, key| *key > base.through);
        self.corrections.retain(|entry, _| self.firsts.contains_key(entry));
    }

    fn step<'a>(&self, at: OrderKey, line: &'a Line, balance: i128) -> CardLine<'a> {
        let (does, standing) = self.effect(at, line);
        let change = match does {
            None => 0,
            Some(Does::Change(amount)) => i128::from(amount),
            Some(Does::Seen(seen)) => i128::from(seen) - balance,
        };
        CardLine { at, line, standing, change, balance: balance + change }
    }

    /// What a line does after repetition and corrections, and how it stands.
    fn effect(&self, at: OrderKey, line: &Line) -> (Option<Does>, Standing) {
        let revisions = self.corrections.get(&line.entry).filter(|_| !line.reason.is_of_transfer());
        let correction = revisions.and_then(|revs| revs.values().next_back());
        match correction {
            _ if self.firsts.get(&line.entry) != Some(&at) => (None, Standing::Repeated),
            Some(None) => (None, Standing::TakenBack),
            Some(Some(right)) => {
                let does = match line.does {
                    Does::Seen(_) => Does::Seen(*right),
                    Does::Change(was) if was < 0 => Does::Change(-*right),
                    Does::Change(_) => Does::Change(*right),
                };
                (Some(does), Standing::Corrected)
            }
            None => (Some(line.does), Standing::Plain),
        }
    }

    fn recount(&mut self) {
        let start = self.base.map_or(0, |base| base.balance);
        let (balance, lowest) =
            self.card().fold((start, start < 0), |(_, low), card| (card.balance, low || card.balance < 0));
        self.balance = balance;
        self.lowest = lowest;
    }
}

/// Keeps some entries, and only the memory that they need.
fn keep<K: Ord, V>(map: &mut LiteMap<K, V>, mut which: impl FnMut(&K, &V) -> bool) {
    let mut entries = std::mem::take(map).into_tuple_vec();
    entries.retain(|(key, value)| which(key, value));
    entries.shrink_to_fit();
    // What was sorted stays so.
    *map = LiteMap::from_sorted_store_unchecked(entries);
}

/// The account that a line is booked against: a count's difference is an adjustment.
pub fn account_of(line: &Line) -> Account {
    match line.does {
        Does::Seen(_) => Account::Adjusted,
        Does::Change(_) => line.reason.account(),
    }
}

/// The day on which a batch stops being usable: the day after its last good day.
pub fn first_bad_day(opened: &LotOpened) -> Option<Day> {
    opened.expires.map(|last_good| last_good.plus(1))
}
