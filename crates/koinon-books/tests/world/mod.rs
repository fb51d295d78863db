//! Two founded communities that know each other, for tests through the door that pages use.
#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use koinon_authority::{Actor, Caps, Granted, Role, Scope};
use koinon_books::{
    AgreementSigned, AgreementText, Book, BookCommand, Decided, Fact, Origin, Personal, Refused, Sealed,
    Stamp, founding_facts,
};
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{
    CommunityCode, Day, Dimension, EntryId, FactId, GrantId, ItemCode, LogId, NodeId, PersonId, Quantity,
    StoreCode, Timestamp,
};
use koinon_instruments::Agreement;
use koinon_ledger::fact::Method;
use koinon_ledger::{Act, Command, Reason};

pub const START: i64 = 1_772_000_000_000;

pub struct Town {
    pub code: CommunityCode,
    pub node: NodeId,
    pub book: Book,
    pub log: Vec<(Origin, Stamp, Fact)>,
    pub people: [PersonId; 2],
}

pub struct World {
    pub towns: Vec<Town>,
    pub now: Timestamp,
    pub acts: u64,
}

pub fn id(kind: u8, number: u64) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    bytes
}

pub fn founding(town: u8, code: &CommunityCode, person: PersonId, now: Timestamp) -> Granted {
    Granted {
        grant: GrantId(id(2, u64::from(town))),
        subject: person,
        role: Role::Steward,
        scope: Scope::Community(code.clone()),
        caps: Caps::none(),
        not_before: now,
        expires: now.plus_days(200),
        by: None,
        decision: None,
    }
}

impl World {
    pub fn new() -> Self {
        let region = new_region(2, 5_000, Layout::Ring, 3).unwrap();
        let text = region.to_toml();
        let now = Timestamp::from_millis(START);
        let mut world = Self { towns: Vec::new(), now, acts: 0 };
        for (town, community) in (0u8..).zip(&region.communities) {
            let people = [0, 1].map(|n| PersonId(id(1, u64::from(town) * 10 + n)));
            let code = community.code.clone();
            let node = NodeId([town + 1; 32]);
            let mut town_state =
                Town { code: code.clone(), node, book: Book::new(node), log: Vec::new(), people };
            let steward = founding(town, &code, people[0], now);
            let act = EntryId(id(9, u64::from(town)));
            let agreement = Agreement::draft_of(&region, now.day(&region.zone()));
            let texts = (text.as_str(), Some(agreement.as_str()));
            for (stamp, fact) in founding_facts(node, &code, texts, Some(&steward), now, act).unwrap() {
                town_state.write(stamp, fact);
            }
            world.towns.push(town_state);
        }
        let known: Vec<(NodeId, CommunityCode)> =
            world.towns.iter().map(|t| (t.node, t.code.clone())).collect();
        for town in 0..2 {
            let (node, community) = known[1 - town].clone();
            let act = world.act();
            world.must(town, 0, &BookCommand::Admit { act, node, community });
            let soon = world.now.plus_millis(3_600_000);
            let granted = Granted {
                grant: GrantId(id(3, town as u64)),
                subject: world.towns[town].people[1],
                by: Some(world.towns[town].people[0]),
                ..founding(0, &world.towns[town].code.clone(), PersonId([0; 16]), soon)
            };
            let act = world.act();
            world.must(town, 0, &BookCommand::Grant { act, granted, name: Some(sealed("Vera")) });
        }
        world.now = world.now.plus_millis(2 * 3_600_000);
        world.exchange();
        world
    }

    pub fn act(&mut self) -> EntryId {
        self.acts += 1;
        EntryId(id(4, self.acts))
    }

    pub fn decide(&self, town: usize, person: usize, command: &BookCommand) -> Result<Decided, Refused> {
        let who = Actor::Person(self.towns[town].people[person]);
        self.towns[town].book.decide(command, &who, self.now)
    }

    pub fn must(&mut self, town: usize, person: usize, command: &BookCommand) -> Vec<FactId> {
        let who = Actor::Person(self.towns[town].people[person]);
        self.must_as(town, &who, command)
    }

    pub fn must_as(&mut self, town: usize, who: &Actor, command: &BookCommand) -> Vec<FactId> {
        self.now = self.now.plus_millis(60_000);
        match self.towns[town].book.decide(command, who, self.now).unwrap() {
            Decided::Facts(facts) => {
                facts.into_iter().map(|(stamp, fact)| self.towns[town].write(stamp, fact)).collect()
            }
            asked => panic!("{asked:?}"),
        }
    }

    pub fn ledger(&mut self, what: Act, confirmed: bool) -> BookCommand {
        BookCommand::Ledger(Command { act: self.act(), occurred: self.now, confirmed, what })
    }

    /// The first person of a town takes so many grams of an item into its first store.
    pub fn take_in(&mut self, town: usize, item: ItemCode, amount: i64) {
        let what = Act::TakeIn {
            store: self.store(town),
            item,
            batch: None,
            expires: None,
            quantity: grams(amount),
            reason: Reason::Opening,
            paper: None,
            method: Method::Counted,
        };
        let command = self.ledger(what, true);
        self.must(town, 0, &command);
    }

    pub fn exchange(&mut self) {
        for town in 0..2 {
            let log = self.towns[1 - town].log.clone();
            for (origin, stamp, fact) in log {
                let local = koinon_books::registry::kind_of(&fact).stream.shared().is_none();
                if !local {
                    self.towns[town].book.evolve(&origin, &stamp, &fact, &mut |_, _| Vec::new());
                }
            }
        }
    }

    pub fn store(&self, town: usize) -> StoreCode {
        let place = self.towns[town].code.place();
        let region = self.towns[town].book.region().clone();
        region.stores_of(&place).next().unwrap().code.clone()
    }

    pub fn today(&self) -> Day {
        self.now.day(&self.towns[0].book.zone())
    }
}

impl Town {
    /// Has somebody's command written, whatever their task's end: these days are years later.
    pub fn sign(&mut self, command: &BookCommand, person: usize, now: Timestamp) {
        let text = match command {
            BookCommand::ProposeAgreement { text, .. } => Agreement::digest_of(text),
            BookCommand::SignAgreement { text, .. } => *text,
            other => panic!("{other:?} signs nothing"),
        };
        let stamp =
            Stamp { recorded: now, actor: Some(self.people[person]), grant: None, act: command.act() };
        if let BookCommand::ProposeAgreement { text: words, .. } = command {
            let bytes = words.as_bytes().to_vec();
            self.write(stamp.clone(), Fact::AgreementText(AgreementText { text, bytes }));
        }
        self.write(stamp, Fact::AgreementSigned(AgreementSigned { text }));
    }

    pub fn write(&mut self, stamp: Stamp, fact: Fact) -> FactId {
        let seq = self.log.len() as u64;
        let mut hash = self.node.0;
        hash[..8].copy_from_slice(&seq.to_be_bytes());
        let origin = Origin { node: self.node, log: LogId([self.node.0[0]; 16]), seq, fact: FactId(hash) };
        self.book.evolve(&origin, &stamp, &fact, &mut |_, _| Vec::new());
        self.log.push((origin, stamp, fact));
        origin.fact
    }
}

pub fn grams(n: i64) -> Quantity {
    Quantity::new(n, Dimension::Mass).unwrap()
}

pub fn wheat() -> ItemCode {
    ItemCode::new("wheat").unwrap()
}

/// A text as a node would have sealed it.
pub fn sealed(text: &str) -> Personal {
    Personal::Sealed(Sealed(text.as_bytes().to_vec()))
}
