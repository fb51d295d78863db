//! A book that a few communities write in turn.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use koinon_aid::decide::{Context, action_of, decide, resource_of};
use koinon_aid::fact::AidFact;
use koinon_aid::{Act, Aid, Command, Outcome, Question, Refusal};
use koinon_authority::{Actor, Caps, Granted, Grants, Role, Scope, authorize};
use koinon_core::region::Region;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{
    CommunityCode, Digest, EntryId, FactId, GrantId, LogId, PersonId, PlaceCode, Provenance, Timestamp,
};

pub const HOUR: i64 = 3_600_000;
/// Eight o'clock on day 100.
pub const NOW: i64 = 100 * Timestamp::DAY_MS + 8 * HOUR;

pub fn hour(hours: i64) -> Timestamp {
    Timestamp::from_millis(NOW + hours * HOUR)
}

pub fn region() -> Region {
    let mut region = new_region(4, 4_000, Layout::Ring, 7).unwrap();
    region.time_zone = "UTC".into();
    region
}

/// A book that a few communities write in turn.
pub struct World {
    pub region: Region,
    pub aid: Aid,
    pub log: Vec<(Provenance, AidFact)>,
    pub now: Timestamp,
    pub way: i64,
}

impl World {
    pub fn new() -> Self {
        Self { region: region(), aid: Aid::default(), log: Vec::new(), now: hour(0), way: 60 }
    }

    pub fn town(&self, at: usize) -> CommunityCode {
        self.region.communities[at].code.clone()
    }

    pub fn place(&self, at: usize) -> PlaceCode {
        self.town(at).place()
    }

    pub fn write(&mut self, town: usize, fact: AidFact) {
        let by = self.town(town);
        let log = Digest::of("test/log", by.as_str().as_bytes());
        let seq = self.log.len() as u64;
        let mut id = log.0;
        id[..8].copy_from_slice(&seq.to_be_bytes());
        let provenance = Provenance {
            fact: FactId(id),
            log: LogId(log.0[..16].try_into().unwrap()),
            seq,
            community: by,
            recorded: self.now,
            actor: None,
        };
        self.aid.evolve(&provenance, &fact);
        self.log.push((provenance, fact));
    }

    pub fn ask(
        &self,
        (town, role): (usize, Role),
        what: Act,
        confirmed: bool,
        occurred: Timestamp,
    ) -> Result<Outcome, Box<dyn std::error::Error>> {
        let own = self.town(town);
        let way = |_: &PlaceCode, _: &PlaceCode| (self.way < 10_000).then_some(self.way);
        let context = Context { aid: &self.aid, region: &self.region, own: &own, now: self.now, way: &way };
        let (person, mut grants) = (PersonId([1; 16]), Grants::new());
        grants.evolve_granted(&Granted {
            grant: GrantId([2; 16]),
            subject: person,
            role,
            scope: Scope::Community(own.clone()),
            caps: Caps::none(),
            not_before: Timestamp::from_millis(0),
            expires: self.now.plus_days(30),
            by: None,
            decision: None,
        });
        let actor = if role == Role::Meter { Actor::Meter(person) } else { Actor::Person(person) };
        let permit = authorize(&grants, &actor, action_of(&what), &resource_of(&context, &what), self.now)?;
        let act = EntryId::derived("test/act", &(self.log.len() as u64).to_be_bytes());
        Ok(decide(&context, &Command { act, occurred, confirmed, what }, &permit)?)
    }

    pub fn outcome(&self, town: usize, what: Act) -> Result<Outcome, Refusal> {
        let answer = self.ask((town, Role::Coordinator), what, false, self.now);
        answer.map_err(|why| *why.downcast::<Refusal>().unwrap())
    }

    pub fn refusal(&self, town: usize, what: Act) -> Refusal {
        self.outcome(town, what).unwrap_err()
    }

    pub fn questions(&self, town: usize, what: Act) -> Vec<Question> {
        match self.outcome(town, what).unwrap() {
            Outcome::Ask(questions) => questions,
            Outcome::Facts(facts) => panic!("nothing is asked: {facts:?}"),
        }
    }

    /// Does something now, whatever is asked.
    pub fn act(&mut self, town: usize, what: Act) -> EntryId {
        let answer = self.ask((town, Role::Coordinator), what, true, self.now).unwrap();
        let Outcome::Facts(facts) = answer else { panic!("{answer:?}") };
        let id = EntryId::derived("test/act", &(self.log.len() as u64).to_be_bytes());
        facts.into_iter().for_each(|fact| self.write(town, fact));
        id
    }

    /// That what was written gives the same book in another order, with some of it twice, read back from its bytes, and written anew.
    pub fn is_one_book_in_any_order(&self, order: &[usize]) {
        let mut other = Aid::default();
        let shuffled = order.iter().filter_map(|at| self.log.get(*at)).chain(self.log.iter().rev());
        shuffled.for_each(|(provenance, fact)| other.evolve(provenance, fact));
        let bytes = minicbor::to_vec(&self.aid).unwrap();
        assert_eq!(minicbor::to_vec(&other).unwrap(), bytes);
        assert_eq!(minicbor::decode::<Aid>(&bytes).unwrap(), self.aid);
        let mut again = Aid::default();
        for written in self.aid.written() {
            let (log, seq, recorded) = (written.at.log, written.at.seq, written.at.recorded);
            let fact = FactId([0; 32]);
            let provenance = Provenance { fact, log, seq, community: written.by, recorded, actor: None };
            again.evolve(&provenance, &written.fact);
        }
        assert_eq!(again, self.aid);
    }
}
