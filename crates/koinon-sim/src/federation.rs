//! A federation of books in memory: many days of all communities, with an exchange at the end of each day.
//!
//! It runs the same `decide`, `evolve` and `react` as a node, without logs, keys and disk. Each day is a barrier:
//! everybody plays, then all that are reachable exchange everything, in an order that the seed shuffles. After the
//! exchange three things must hold, and [`Federation::check`] says which does not: every item adds up, nothing but
//! transfers moves stock between communities, and reachable communities hold equal books.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use koinon_authority::{Actor, Granted, Role, Scope};
use koinon_books::book::provenance;
use koinon_books::policy::react;
use koinon_books::registry::kind_of;
use koinon_books::{Book, BookCommand, Decided, Fact, Origin, Refused, Stamp, encode, founding_facts};
use koinon_core::{
    CommunityCode, Day, Digest, Entropy, EntryId, FactId, GrantId, ItemCode, LogId, NodeId, PersonId,
    Timestamp,
};
use koinon_instruments::Agreement;
use koinon_ledger::ledger::keys_of;
use koinon_ledger::reason::Account;
use koinon_ledger::{Key, LedgerFact, Provenance};
use koinon_log::Stream;

use crate::cast::{Member, Part};
use crate::digest::day_digest;
use crate::player::{HandsOff, Planned, Suggested, Today};
use crate::rng::{Dice, Purpose};
use crate::world::World;

/// Gives an engine's suggestions on one book on one day.
pub type Suggests = dyn Fn(&Book, Day) -> Vec<Suggested>;

/// The most days that one founding lasts: grants of facilitators and coordinators end after 120.
pub const DAYS_MAX: i32 = 120;

/// One fact as it stands in its writer's log.
#[derive(Debug)]
struct Entry {
    origin: Origin,
    stamp: Stamp,
    fact: Fact,
}

/// One community's node.
#[derive(Debug)]
struct Seat {
    code: CommunityCode,
    node: NodeId,
    log: LogId,
    book: Book,
    people: BTreeMap<Part, PersonId>,
    written: Vec<Arc<Entry>>,
    /// How much of each other's log has arrived.
    heard: BTreeMap<CommunityCode, usize>,
    /// Whether facts are filed.
    files: bool,
    /// Everything known by what it is about, as a store would find it.
    filed: BTreeMap<Key, Vec<(Provenance, LedgerFact)>>,
}

/// All communities of a world, each with a book of its own.
pub struct Federation {
    world: World,
    seats: Vec<Seat>,
    suggests: Box<Suggests>,
    hands_off: HandsOff,
    day: Day,
    fold_after_days: Option<i32>,
}

/// What one day led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayReport {
    /// The day.
    pub day: Day,
    /// Facts by community.
    pub facts: BTreeMap<CommunityCode, usize>,
    /// Commands that were refused, with the reason.
    pub refused: Vec<(CommunityCode, String)>,
    /// The digest of what was written, without ids.
    pub digest: Digest,
}

/// Something that must hold and does not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The sum over batches is not the running sum.
    #[error("{community}: the batches of '{item}' hold {lots}, the sums say {sums}")]
    Sums {
        /// Whose.
        community: CommunityCode,
        /// What.
        item: ItemCode,
        /// Over the batches, base units.
        lots: i128,
        /// In the running sums, base units.
        sums: i128,
    },
    /// What left and what arrived, is on its way or was lost, differ.
    #[error("'{item}': {off} more was sent than arrived, came back, was lost or is on its way")]
    Transit {
        /// What.
        item: ItemCode,
        /// By how much, base units.
        off: i128,
    },
    /// What was moved within communities does not sum to nothing.
    #[error("'{item}': moves between stores sum to {off}")]
    Moves {
        /// What.
        item: ItemCode,
        /// By how much, base units.
        off: i128,
    },
    /// Two reachable communities hold different books.
    #[error("after the exchange {0} and {1} hold different books")]
    Differ(CommunityCode, CommunityCode),
}

/// Why a federation cannot be founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundingError {
    /// A founding act was refused.
    #[error("{0} cannot be founded: {1}")]
    Refused(CommunityCode, Refused),
    /// A founding act asked a question.
    #[error("{0} cannot be founded: a founding act asks back")]
    Asked(CommunityCode),
}

impl Federation {
    /// Founds every community of a world on its first day, each with its cast, and admits all to all.
    pub fn found(
        world: World,
        suggests: Box<Suggests>,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, FoundingError> {
        let text = world.region().to_toml();
        let day = world.start();
        let agreement = Agreement::draft_of(world.region(), day);
        let now = day.start(&world.region().zone());
        let codes: Vec<CommunityCode> = world.region().communities.iter().map(|c| c.code.clone()).collect();
        let mut seats = Vec::new();
        for code in &codes {
            let mut seat = Seat::new(code.clone(), entropy);
            seat.found((&text, Some(&agreement)), &world.cast(code), now, entropy)?;
            seats.push(seat);
        }
        let nodes: Vec<(NodeId, CommunityCode)> = seats.iter().map(|s| (s.node, s.code.clone())).collect();
        for seat in &mut seats {
            let Some(steward) = seat.people.get(&Part::StewardA).copied() else { continue };
            let own = seat.node;
            for (node, community) in nodes.iter().filter(|(node, _)| *node != own) {
                let act = EntryId::make(now, entropy);
                let command = BookCommand::Admit { act, node: *node, community: community.clone() };
                seat.must(&command, steward, now)?;
            }
        }
        let mut federation =
            Self { world, seats, suggests, hands_off: HandsOff::default(), day, fold_after_days: None };
        federation.exchange(day);
        Ok(federation)
    }

    /// The world; let things happen to it between days.
    pub fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    /// The world.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What the cast leaves to somebody else.
    pub fn hands_off_mut(&mut self) -> &mut HandsOff {
        &mut self.hands_off
    }

    /// Folds away, after each day, what is older than so many days, as a node does. Folded books add up as before;
    /// they are no longer equal byte for byte, since each remembers details of what it heard late. To be set before
    /// the first day.
    pub fn fold_after(&mut self, days: i32) {
        self.fold_after_days = Some(days);
        self.seats.iter_mut().for_each(|seat| seat.files = true);
    }

    /// The next day to be played.
    pub fn today(&self) -> Day {
        self.day
    }

    /// The book of a community.
    pub fn book(&self, community: &CommunityCode) -> Option<&Book> {
        self.seats.iter().find(|seat| seat.code == *community).map(|seat| &seat.book)
    }

    /// Plays one day of every community and exchanges what was written.
    pub fn play(&mut self, entropy: &mut dyn Entropy) -> DayReport {
        let day = self.day;
        let mut report =
            DayReport { day, facts: BTreeMap::new(), refused: Vec::new(), digest: Digest([0; 32]) };
        let before: Vec<usize> = self.seats.iter().map(|seat| seat.written.len()).collect();
        for seat in &mut self.seats {
            let suggestions = (self.suggests)(&seat.book, day);
            let today = Today {
                day,
                community: &seat.code,
                book: &seat.book,
                suggestions: &suggestions,
                hands_off: &self.hands_off,
            };
            for planned in self.world.play_day(&today, entropy) {
                if let Err(refused) = seat.act(&planned) {
                    report.refused.push((seat.code.clone(), refused));
                }
            }
        }
        let mut bodies = Vec::new();
        for (seat, before) in self.seats.iter().zip(before) {
            let new = seat.written.get(before..).unwrap_or_default();
            report.facts.insert(seat.code.clone(), new.len());
            bodies.extend(new.iter().map(|entry| (&seat.code, encode(&entry.stamp, &entry.fact))));
        }
        report.digest = day_digest(
            bodies.iter().map(|(code, encoded)| (*code, encoded.kind.number, encoded.body.as_slice())),
        );
        self.exchange(day);
        self.day = day.plus(1);
        report
    }

    /// Gives everybody reachable everything that the others reachable have, each in an order of its own. What a
    /// community that is cut off had written before is passed on by those who heard it.
    fn exchange(&mut self, day: Day) {
        let cut: BTreeSet<CommunityCode> =
            self.seats.iter().map(|s| s.code.clone()).filter(|code| self.world.is_cut(code, day)).collect();
        let reachable = |seat: &&Seat| !cut.contains(&seat.code);
        let known = |writer: &Seat| {
            let heard = self.seats.iter().filter(reachable).filter_map(|seat| seat.heard.get(&writer.code));
            let heard = heard.copied().max().unwrap_or(0);
            if cut.contains(&writer.code) { heard } else { writer.written.len() }
        };
        let logs: Vec<(CommunityCode, Vec<Arc<Entry>>)> = self
            .seats
            .iter()
            .map(|seat| (seat.code.clone(), seat.written.iter().take(known(seat)).cloned().collect()))
            .collect();
        for seat in self.seats.iter_mut().filter(|seat| !cut.contains(&seat.code)) {
            let mut news: Vec<Arc<Entry>> = Vec::new();
            for (code, written) in logs.iter().filter(|(code, _)| *code != seat.code) {
                let heard = seat.heard.entry(code.clone()).or_default();
                news.extend(written.get(*heard..).unwrap_or_default().iter().cloned());
                *heard = (*heard).max(written.len());
            }
            self.world.dice(&seat.code, day, Purpose::Shuffle, 0).shuffle(&mut news);
            news.iter()
                .filter(|entry| kind_of(&entry.fact).stream != Stream::Local)
                .for_each(|entry| seat.take(entry));
        }
        if let Some(days) = self.fold_after_days {
            let horizon = day.plus(-days).start(&self.world.region().zone());
            self.seats.iter_mut().for_each(|seat| seat.book.fold(horizon));
        }
    }

    /// Checks one reachable book only: its sums, and what is on its way.
    pub fn check_sums(&self) -> Vec<Broken> {
        let yesterday = self.day.plus(-1);
        let reachable = self.seats.iter().find(|seat| !self.world.is_cut(&seat.code, yesterday));
        reachable.map_or_else(Vec::new, |seat| adds_up(&seat.book))
    }

    /// Checks a book's sums, what is on its way, and that reachable communities hold equal books.
    pub fn check(&self) -> Vec<Broken> {
        let yesterday = self.day.plus(-1);
        let reachable: Vec<&Seat> =
            self.seats.iter().filter(|seat| !self.world.is_cut(&seat.code, yesterday)).collect();
        let mut broken: Vec<Broken> = Vec::new();
        let Some(first) = reachable.first() else { return broken };
        let whole = self.fold_after_days.is_none();
        broken.extend(
            reachable
                .iter()
                .filter(|seat| whole && seat.book.ledger() != first.book.ledger())
                .map(|seat| Broken::Differ(first.code.clone(), seat.code.clone())),
        );
        broken.extend(adds_up(&first.book));
        broken
    }

    /// A book that knows nothing but what everybody would pass on, read in an order that the dice choose.
    ///
    /// Whatever the order, its stock book equals that of everybody who has heard everything.
    pub fn mirror(&self, dice: &mut Dice) -> Book {
        let Some(first) = self.seats.first() else { return Book::default() };
        let mut book = Book::new(first.node);
        let (own, rest): (Vec<_>, Vec<_>) =
            self.seats.iter().flat_map(|seat| seat.written.iter()).partition(|entry| {
                entry.origin.node == first.node && kind_of(&entry.fact).stream == Stream::Control
            });
        // Whom it listens to, and the region's time zone, come first; all the rest in any order.
        let mut rest: Vec<&Arc<Entry>> =
            rest.into_iter().filter(|entry| kind_of(&entry.fact).stream != Stream::Local).collect();
        dice.shuffle(&mut rest);
        for entry in own.into_iter().chain(rest) {
            book.evolve(&entry.origin, &entry.stamp, &entry.fact, &mut |_, _| Vec::new());
        }
        book
    }

    /// What a community has written so far, in order.
    pub fn written(&self, community: &CommunityCode) -> impl Iterator<Item = (&Stamp, &Fact)> {
        let seat = self.seats.iter().find(|seat| seat.code == *community);
        seat.into_iter().flat_map(|seat| &seat.written).map(|entry| (&entry.stamp, &entry.fact))
    }

    /// The digest of the stock book of each community, for tests.
    pub fn ledger_digests(&self) -> Vec<(CommunityCode, Digest)> {
        self.seats.iter().map(|seat| (seat.code.clone(), seat.book.ledger().digest())).collect()
    }
}

/// Checks that one book adds up: batches against sums, transfers against what is on its way, moves against nothing.
pub fn adds_up(book: &Book) -> Vec<Broken> {
    let ledger = book.ledger();
    let mut lots: BTreeMap<(CommunityCode, ItemCode), i128> = BTreeMap::new();
    for (community, _, lot) in ledger.lots() {
        if let Some(opened) = lot.opened() {
            *lots.entry((community.clone(), opened.item.clone())).or_default() += lot.balance();
        }
    }
    let mut broken = Vec::new();
    let mut by_item: BTreeMap<ItemCode, (i128, i128)> = BTreeMap::new();
    for (community, item, sums) in ledger.totals().iter() {
        let lots = lots.remove(&(community.clone(), item.clone())).unwrap_or(0);
        if lots != sums.on_hand() {
            let (community, item, sums) = (community.clone(), item.clone(), sums.on_hand());
            broken.push(Broken::Sums { community, item, lots, sums });
        }
        let (moved, sent) = by_item.entry(item.clone()).or_default();
        *moved += sums.account(Account::Moved);
        *sent += [Account::Sent, Account::Arrived, Account::CameBack]
            .map(|a| sums.account(a))
            .iter()
            .sum::<i128>();
    }
    // What is left has batches and no sums.
    broken.extend(
        lots.into_iter().filter(|(_, lots)| *lots != 0).map(|((community, item), lots)| Broken::Sums {
            community,
            item,
            lots,
            sums: 0,
        }),
    );
    let on_the_way = ledger.in_transit();
    let items: BTreeSet<ItemCode> = by_item.keys().chain(on_the_way.keys()).cloned().collect();
    for item in items {
        let (moved, sent) = by_item.get(&item).copied().unwrap_or_default();
        let off = -sent - on_the_way.get(&item).copied().unwrap_or(0) - ledger.lost_on_the_way(&item);
        if moved != 0 {
            broken.push(Broken::Moves { item: item.clone(), off: moved });
        }
        if off != 0 {
            broken.push(Broken::Transit { item, off });
        }
    }
    broken
}

impl Seat {
    fn new(code: CommunityCode, entropy: &mut dyn Entropy) -> Self {
        let (mut node, mut log) = (NodeId([0; 32]), LogId([0; 16]));
        entropy.fill(&mut node.0);
        entropy.fill(&mut log.0);
        Self {
            code,
            node,
            log,
            book: Book::new(node),
            people: BTreeMap::new(),
            written: Vec::new(),
            heard: BTreeMap::new(),
            files: false,
            filed: BTreeMap::new(),
        }
    }

    fn found(
        &mut self,
        texts: (&str, Option<&str>),
        cast: &[Member],
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), FoundingError> {
        let mut by = None;
        for member in cast {
            let person = PersonId::make(now, entropy);
            let granted = Granted {
                grant: GrantId::make(now, entropy),
                subject: person,
                role: member.role,
                scope: Scope::Community(self.code.clone()),
                caps: koinon_authority::Caps::none(),
                not_before: now,
                expires: now.plus_days(member.role.days_max()),
                by,
                decision: None,
            };
            let act = EntryId::make(now, entropy);
            match by {
                None => {
                    let refused = |refused| FoundingError::Refused(self.code.clone(), refused);
                    let facts = founding_facts(self.node, &self.code, texts, Some(&granted), now, act);
                    self.record(facts.map_err(refused)?);
                    by = Some(person);
                }
                Some(steward) => {
                    // Names are for nodes, which seal them.
                    self.must(&BookCommand::Grant { act, granted, name: None }, steward, now)?;
                }
            }
            self.people.insert(member.part, person);
        }
        Ok(())
    }

    /// A founding act, which must succeed.
    fn must(&mut self, command: &BookCommand, who: PersonId, now: Timestamp) -> Result<(), FoundingError> {
        match self.book.decide(command, &Actor::Person(who), now) {
            Ok(Decided::Facts(facts)) => {
                self.record(facts);
                Ok(())
            }
            Ok(Decided::Ask(_) | Decided::AskOfTeams(_)) => Err(FoundingError::Asked(self.code.clone())),
            Err(refused) => Err(FoundingError::Refused(self.code.clone(), refused)),
        }
    }

    /// One planned command, and what the policies make of it.
    fn act(&mut self, planned: &Planned) -> Result<(), String> {
        let Some(person) = self.people.get(&planned.who).copied() else {
            return Err(format!("nobody plays {:?}", planned.who));
        };
        let who = match planned.who.role() {
            Role::Meter => Actor::Meter(person),
            _ => Actor::Person(person),
        };
        match self.book.decide(&planned.command, &who, planned.at) {
            Ok(Decided::Facts(facts)) => {
                for cause in self.record(facts) {
                    self.follow_policies(&cause, planned.at);
                }
                Ok(())
            }
            Ok(asked) => Err(format!("asked back: {asked:?}")),
            Err(refused) => Err(refused.to_string()),
        }
    }

    fn follow_policies(&mut self, cause: &Entry, now: Timestamp) {
        for reaction in react(&self.book, cause.origin.fact, &cause.fact, now) {
            if let Ok(Decided::Facts(facts)) = self.book.decide(&reaction.command, &reaction.who, now) {
                self.record(facts);
            }
        }
    }

    /// Takes a fact into the book, and files it.
    fn take(&mut self, entry: &Entry) {
        let filed = &self.filed;
        let mut history =
            |_: &BTreeMap<NodeId, CommunityCode>, key: &Key| filed.get(key).cloned().unwrap_or_default();
        self.book.evolve(&entry.origin, &entry.stamp, &entry.fact, &mut history);
        if !self.files {
            return;
        }
        let writer = self.book.community_of(entry.origin.node);
        if let (Fact::Ledger(fact), Some(writer)) = (&entry.fact, writer) {
            let provenance = provenance(&entry.origin, &entry.stamp, writer);
            for key in keys_of(&provenance, fact) {
                self.filed.entry(key).or_default().push((provenance.clone(), fact.clone()));
            }
        }
    }

    fn record(&mut self, facts: Vec<(Stamp, Fact)>) -> Vec<Arc<Entry>> {
        let first = self.written.len();
        for (stamp, fact) in facts {
            let seq = u64::try_from(self.written.len()).unwrap_or(u64::MAX);
            let mut place = self.log.0.to_vec();
            place.extend(seq.to_be_bytes());
            let id = FactId(Digest::of("koinon/sim/fact-id/1", &place).0);
            let origin = Origin { node: self.node, log: self.log, seq, fact: id };
            let entry = Arc::new(Entry { origin, stamp, fact });
            self.take(&entry);
            self.written.push(entry);
        }
        self.written.get(first..).unwrap_or_default().to_vec()
    }
}
