//! First views: equal logs give equal bytes, as much is in one as is covered, old entries that come late are right all the
//! same, and what stays at home stays out even where somebody wrote it into a log that leaves.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;

use koinon_books::first_view::{Cover, FirstView, ViewFault, WorkError, WorkedOut, work_out};
use koinon_books::registry::SCHEMA;
use koinon_books::{
    Book, Decoded, Fact, NodeAdmitted, Origin, PersonNamed, Stamp, decode, encode, founding_facts,
};
use koinon_core::region::Region;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{CommunityCode, EntryId, FactId, LotId, NeedId, NodeId, PersonId, Quantity, Timestamp};
use koinon_ledger::fact::{Corrected, Entered, LotOpened, Method, NeedClosed, NeedStated, Urgency};
use koinon_ledger::{Key, LedgerFact, Provenance, Reason};
use koinon_log::testing::{SeededEntropy, identity};
use koinon_log::{
    Directory, Entitled, Flags, Heads, LogStore as _, LogWriter, MemoryStore, NetworkId, NewFact,
    SharedStream, StoreError, Stream, Tails,
};

const START: i64 = 1_772_000_000_000;

fn network() -> NetworkId {
    NetworkId::of("test")
}

fn at(day: i64) -> Timestamp {
    Timestamp::from_millis(START).plus_days(day)
}

/// A community that writes its own logs.
struct Town {
    code: CommunityCode,
    node: NodeId,
    writer: LogWriter,
    entropy: SeededEntropy,
    acts: u64,
}

/// Two communities whose logs stand in one store, and everything that they wrote.
struct World {
    region: Region,
    towns: Vec<Town>,
    store: MemoryStore,
    directory: Directory,
}

impl World {
    fn new() -> Self {
        let region = new_region(2, 5_000, Layout::Ring, 3).unwrap();
        let town = |(seed, community): (u64, &koinon_core::region::Community)| {
            let identity = identity(network(), seed).unwrap();
            let (code, node) = (community.code.clone(), identity.node());
            let writer = LogWriter::new(identity, Tails::default());
            Town { code, node, writer, entropy: SeededEntropy::new(seed), acts: 0 }
        };
        let towns = (1..).zip(&region.communities).map(town).collect();
        let (store, directory) = (MemoryStore::new(), Directory::new(network()));
        let mut world = Self { region, towns, store, directory };
        let text = world.region.to_toml();
        for town in 0..2 {
            let (node, code) = (world.towns[town].node, world.towns[town].code.clone());
            let act = EntryId([9; 16]);
            let facts = founding_facts(node, &code, (&text, None), None, at(0), act).unwrap();
            world.write(town, at(0), &facts);
        }
        world
    }

    fn write(&mut self, town: usize, now: Timestamp, facts: &[(Stamp, Fact)]) {
        let new = facts.iter().map(|(stamp, fact)| {
            let encoded = encode(stamp, fact);
            new_fact(encoded.kind.stream, encoded.kind.number, encoded.body)
        });
        self.append(town, now, new.collect());
    }

    fn append(&mut self, town: usize, now: Timestamp, new: Vec<NewFact>) {
        let town = &mut self.towns[town];
        let commit = town.writer.append(new, now, &mut town.entropy).unwrap();
        self.store.append_runs(commit.runs()).unwrap();
        commit.runs().iter().for_each(|run| self.directory.learn(run));
        town.writer.confirm(&commit).unwrap();
    }

    fn say(&mut self, town: usize, day: i64, facts: Vec<LedgerFact>) {
        self.towns[town].acts += 1;
        let act = EntryId(id(town, 4, self.towns[town].acts));
        let stamp = Stamp { recorded: at(day), actor: Some(PersonId([3; 16])), grant: None, act };
        let facts: Vec<_> = facts.into_iter().map(|fact| (stamp.clone(), fact.into())).collect();
        self.write(town, at(day), &facts);
    }

    fn opened(&self, town: usize, lot: u64) -> LedgerFact {
        let place = self.towns[town].code.place();
        let store = self.region.stores_of(&place).next().unwrap().code.clone();
        let item = self.region.items[lot as usize % 5].code.clone();
        let lot = LotId(id(town, 1, lot));
        LotOpened { lot, item, store, batch: None, expires: None, owner: None, from: None }.into()
    }

    fn entered(&self, town: usize, (lot, entry): (u64, u64), amount: i64, day: i64) -> LedgerFact {
        let dimension = self.region.items[lot as usize % 5].dimension;
        let quantity = Quantity::new(amount.abs(), dimension).unwrap();
        let reason = if amount < 0 { Reason::HandedOut } else { Reason::Harvested };
        let (lot, entry) = (LotId(id(town, 1, lot)), EntryId(id(town, 2, entry)));
        let occurred = at(day);
        Entered { entry, lot, quantity, reason, occurred, served: None, paper: None, method: Method::Counted }
            .into()
    }

    /// Batches that come, go and are forgotten over two years, with entries and corrections that come very late.
    fn live(&mut self) {
        for day in 0..700_i64 {
            for town in 0..2 {
                let number = day.cast_unsigned();
                if day % 3 == 0 {
                    let facts = vec![
                        self.opened(town, number),
                        self.entered(town, (number, 10 * number), 1_000, day),
                        self.entered(town, (number, 10 * number + 1), -400, day),
                    ];
                    self.say(town, day, facts);
                }
                if day % 3 == 0 && day >= 30 {
                    let before = number - 30;
                    self.say(town, day, vec![self.entered(town, (before, 10 * before + 2), -600, day)]);
                }
                if day % 99 == 0 && day >= 300 {
                    // About a batch that was settled and folded away long ago.
                    let old = number - 300;
                    let dimension = self.region.items[old as usize % 5].dimension;
                    let corrected = Corrected {
                        target: EntryId(id(town, 2, 10 * old + 1)),
                        lot: LotId(id(town, 1, old)),
                        quantity: Some(Quantity::new(350, dimension).unwrap()),
                        reason: Reason::HandedOut,
                    };
                    let late = self.entered(town, (old, 10 * old + 3), 7, day - 290);
                    self.say(town, day, vec![corrected.into(), late]);
                }
                if day % 50 == 0 {
                    let stated = self.need(town, number, day);
                    self.say(town, day, vec![stated]);
                }
                if day % 50 == 20 {
                    let need = NeedId(id(town, 5, number - 20));
                    self.say(town, day, vec![NeedClosed { need, reason: Reason::NotNeeded }.into()]);
                }
            }
        }
    }

    fn need(&self, town: usize, number: u64, day: i64) -> LedgerFact {
        let item = &self.region.items[0];
        let place = self.towns[town].code.place();
        NeedStated {
            need: NeedId(id(town, 5, number)),
            item: item.code.clone(),
            store: self.region.stores_of(&place).next().unwrap().code.clone(),
            quantity: Quantity::new(5_000, item.dimension).unwrap(),
            urgency: Urgency::Needed,
            by: at(day + 10).day(&self.region.zone()),
            every_days: None,
            people: None,
        }
        .into()
    }

    fn admitted(&self) -> BTreeMap<NodeId, CommunityCode> {
        self.towns.iter().map(|town| (town.node, town.code.clone())).collect()
    }

    fn cover(&self, entitled: &Entitled) -> Cover {
        let heads = Heads::read(&self.store, &self.directory).unwrap();
        Cover::new(self.admitted(), &heads.offered(entitled))
    }

    /// The earlier facts of a key, as a store finds them.
    fn earlier(&self, key: &Key, done: &WorkedOut) -> Result<Vec<(Provenance, LedgerFact)>, StoreError> {
        let mut found = Vec::new();
        for head in self.store.heads()? {
            let community = &self.admitted()[&head.name.node];
            for fact in self.store.read_range(head.log, 0, usize::MAX, usize::MAX)? {
                let fact = koinon_log::Fact::from_stored(fact).unwrap();
                let header = fact.header();
                let read = decode(header.kind, header.schema, fact.body());
                let Decoded::Known(stamp, Fact::Ledger(read)) = read else { continue };
                let (node, log, seq) = (head.name.node, head.log, header.seq);
                let origin = Origin { node, log, seq, fact: fact.id() };
                let provenance = koinon_books::book::provenance(&origin, &stamp, community);
                if done.has(log, seq) && koinon_ledger::ledger::keys_of(&provenance, &read).contains(key) {
                    found.push((provenance, read));
                }
            }
        }
        Ok(found)
    }

    fn worked_out(&self, cover: &Cover, day: i64) -> Result<Book, WorkError> {
        work_out(&self.store, cover, at(day), &mut |key, done| self.earlier(key, done), &|| true)
    }

    /// The book of a node that took every fact in as it came and never folded any.
    fn plain(&self) -> Book {
        let mut book = Book::new(self.towns[0].node);
        for (node, community) in self.admitted() {
            let origin = Origin {
                node: self.towns[0].node,
                log: koinon_core::LogId([1; 16]),
                seq: 0,
                fact: FactId([0; 32]),
            };
            let stamp = Stamp { recorded: at(0), actor: None, grant: None, act: EntryId([0; 16]) };
            let admitted = Fact::NodeAdmitted(NodeAdmitted { node, community });
            book.evolve(&origin, &stamp, &admitted, &mut |_, _| Vec::new());
        }
        for head in self.store.heads().unwrap() {
            for fact in self.store.read_range(head.log, 0, usize::MAX, usize::MAX).unwrap() {
                let fact = koinon_log::Fact::from_stored(fact).unwrap();
                let header = fact.header();
                if let Decoded::Known(stamp, read) = decode(header.kind, header.schema, fact.body()) {
                    let (node, log, seq) = (head.name.node, head.log, header.seq);
                    let origin = Origin { node, log, seq, fact: fact.id() };
                    book.evolve(&origin, &stamp, &read, &mut |_, _| Vec::new());
                }
            }
        }
        book
    }
}

fn id(town: usize, kind: u8, number: u64) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[0] = town as u8;
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn new_fact(stream: Stream, kind: u32, body: Vec<u8>) -> NewFact {
    NewFact { stream, kind, schema: SCHEMA, flags: Flags::NONE, author: None, body }
}

#[test]
fn what_is_worked_out_with_folds_on_the_way_is_what_the_entries_say() {
    let mut world = World::new();
    world.live();
    let cover = world.cover(&Entitled::everything());
    let (book, plain) = (world.worked_out(&cover, 690).unwrap(), world.plain());
    assert!(cover.facts() > 1_800, "{} entries", cover.facts());
    let mut folded = 0;
    for (community, lot, known) in plain.ledger().lots() {
        let here = book.ledger().lot(community, lot);
        assert_eq!(here.map_or(0, koinon_ledger::lot::Lot::balance), known.balance(), "{community} {lot}");
        folded += usize::from(here.is_none());
    }
    assert!(folded > 300, "{folded} batches are settled and gone");
    for (community, item, sums) in plain.ledger().totals().iter() {
        for account in koinon_ledger::reason::Account::ALL {
            let here = book.ledger().totals().get(community, item).map_or(0, |sums| sums.account(account));
            assert_eq!(here, sums.account(account), "{community} {item} {account:?}");
        }
    }
    let day = at(690).day(&world.region.zone());
    let open = |book: &Book| book.ledger().needs().filter(|(_, _, need)| need.open_on(day).is_some()).count();
    assert_eq!(open(&book), open(&plain));
    assert_eq!(book.region().digest(), world.region.digest());
}

#[test]
fn equal_logs_give_equal_bytes_and_travel_whole() {
    let mut world = World::new();
    world.live();
    let cover = world.cover(&Entitled::everything());
    let view = |book: &Book| FirstView::new(network(), cover.clone(), vec![at(600)], book).encode();
    let bytes = view(&world.worked_out(&cover, 600).unwrap());
    // What is held beyond the cover, and was written later, changes nothing.
    world.say(0, 701, vec![world.opened(0, 5_000), world.entered(0, (5_000, 50_000), 77, 701)]);
    world.say(1, 701, vec![world.entered(1, (0, 50_000), 5, 2)]);
    assert_eq!(view(&world.worked_out(&cover, 600).unwrap()), bytes);
    assert_ne!(view(&world.worked_out(&cover, 690).unwrap()), bytes, "another fold is another view");

    let (read, book) = FirstView::read(&bytes, network(), cover.facts()).unwrap();
    assert_eq!((read.encode(), &read.cover), (bytes.clone(), &cover));
    assert_eq!(read.check(&world.admitted(), &|_, _| true), Ok(()));
    let stock = read.check(&world.admitted(), &|_, stream| stream != SharedStream::Stock);
    assert!(matches!(stock, Err(ViewFault::NotEntitled(_))), "{stock:?}");
    let mut other = world.admitted();
    other.insert(world.towns[1].node, world.towns[0].code.clone());
    assert_eq!(read.check(&other, &|_, _| true), Err(ViewFault::OtherCommunity(world.towns[1].node)));

    // Seated, it is its reader's, with the reader's own rights.
    let reader = Book::new(world.towns[0].node);
    let seated = book.seated(&reader);
    assert_eq!((seated.own_node(), seated.admitted().len()), (Some(world.towns[0].node), 0));
    assert!(seated.ledger().lots().count() > 10);

    assert!(matches!(
        FirstView::read(&bytes, NetworkId::of("other"), cover.facts()),
        Err(ViewFault::OtherNetwork)
    ));
    assert!(matches!(FirstView::read(&bytes, network(), 1), Err(ViewFault::Facts { offered: 1, .. })));
    for cut in (0..bytes.len()).step_by(997) {
        assert!(FirstView::read(&bytes[..cut], network(), cover.facts()).is_err(), "cut at {cut}");
        let mut changed = bytes.clone();
        changed[cut] ^= 0x20;
        // Whatever a changed byte makes of it, it is read without a crash, and as written or not at all.
        if let Ok((read, _)) = FirstView::read(&changed, network(), cover.facts()) {
            assert_eq!(read.encode(), changed);
        }
    }
}

#[test]
fn a_view_without_the_stock_of_one_is_worked_out_as_if_it_did_not_exist() {
    let mut world = World::new();
    world.live();
    let reader = world.towns[0].node;
    let cover = world.cover(&Entitled::open_to(reader));
    let book = world.worked_out(&cover, 600).unwrap();
    let of = |town: usize| {
        let opened = book
            .ledger()
            .lots()
            .filter(|(code, _, lot)| **code == world.towns[town].code && lot.opened().is_some());
        opened.count()
    };
    assert!(of(0) > 10);
    assert_eq!(of(1), 0);
    assert!(book.ledger().totals().iter().all(|(code, ..)| *code == world.towns[0].code));
    assert!(book.ledger().needs().any(|(code, ..)| *code == world.towns[1].code), "what aid needs is open");
    let bytes = FirstView::new(network(), cover.clone(), vec![at(600)], &book).encode();
    assert!(FirstView::read(&bytes, network(), cover.facts()).is_ok());

    // The stock of one whose stock log is not covered, put in by hand, is noticed.
    let everything = world.worked_out(&world.cover(&Entitled::everything()), 600).unwrap();
    let forged = FirstView::new(network(), cover.clone(), vec![at(600)], &everything).encode();
    let read = FirstView::read(&forged, network(), cover.facts());
    assert!(
        matches!(&read, Err(ViewFault::StockWithoutLog(code)) if *code == world.towns[1].code),
        "{read:?}"
    );
}

#[test]
fn what_stays_at_home_is_not_heard_even_from_a_log_that_leaves() {
    let mut world = World::new();
    let stamp = Stamp { recorded: at(1), actor: None, grant: None, act: EntryId([1; 16]) };
    let named = PersonNamed { person: PersonId([1; 16]), name: "Zebedee Quux".into() };
    let encoded = encode(&stamp, &Fact::PersonNamed(named));
    world.append(0, at(1), vec![new_fact(Stream::Federation, encoded.kind.number, encoded.body)]);
    let cover = world.cover(&Entitled::everything());
    let book = world.worked_out(&cover, 5).unwrap();
    assert!(book.leaves_out_what_is_local());
    let bytes = FirstView::new(network(), cover, vec![at(5)], &book).encode();
    let name = b"Zebedee";
    assert!(!bytes.windows(name.len()).any(|window| window == name));
}

#[test]
fn what_is_not_held_as_covered_is_not_worked_out() {
    let mut world = World::new();
    world.say(0, 1, vec![world.opened(0, 1), world.entered(0, (1, 1), 5, 1)]);
    let heads = Heads::read(&world.store, &world.directory).unwrap();
    let offered = heads.offered(&Entitled::everything());
    let stock = offered.iter().position(|log| log.stream == SharedStream::Stock).unwrap();
    let with = |change: &dyn Fn(&mut koinon_log::exchange::HaveLog)| {
        let mut logs = offered.clone();
        change(&mut logs[stock]);
        let cover = Cover::new(world.admitted(), &logs);
        world.worked_out(&cover, 5).map(drop)
    };
    assert!(with(&|_| ()).is_ok());
    assert!(matches!(with(&|log| log.height += 1), Err(WorkError::NotHeld(_))), "more than there is");
    assert!(matches!(with(&|log| log.height -= 1), Err(WorkError::NotHeld(_))), "another head");
    assert!(matches!(with(&|log| log.incarnation.0 ^= 1), Err(WorkError::NotHeld(_))), "another log");
    let cover = world.cover(&Entitled::everything());
    world.live();
    let stopped = work_out(
        &world.store,
        &world.cover(&Entitled::everything()),
        at(5),
        &mut |_, _| Ok(Vec::new()),
        &|| false,
    );
    assert!(matches!(stopped, Err(WorkError::Stopped)));
    assert!(world.worked_out(&cover, 5).is_ok());
}
