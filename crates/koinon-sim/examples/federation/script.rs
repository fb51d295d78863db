//! What the communities of the simulated federation write: real entries of the day player, made once and told again
//! under every seed.

use koinon_books::registry::SCHEMA;
use koinon_books::{Fact, Stamp, encode};
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{CommunityCode, NodeId};
use koinon_log::testing::SeededEntropy;
use koinon_log::{Flags, NewFact, Stream};
use koinon_sim::suggest::greedy;
use koinon_sim::{Federation, World};

/// How many days the script lasts.
pub(crate) const DAYS: i32 = 3;

/// Marks the bodies that must never leave a node.
pub(crate) const CANARY: &[u8; 24] = b"the canary that stays in";

/// One community's part.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) community: CommunityCode,
    /// What it writes, one act after another.
    pub(crate) acts: Vec<Vec<NewFact>>,
}

/// The whole script, with what a book needs to read it.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) parts: Vec<Part>,
    /// The region file's entries, as one community wrote them.
    pub(crate) region: Vec<(Stamp, Fact)>,
}

impl Script {
    /// Plays some days of a region of so many communities.
    pub(crate) fn new(communities: usize) -> Self {
        let region =
            new_region(communities, 3_000, Layout::Ring, 7).expect("a region of this size can be made");
        let world = World::new(&region, 7);
        let mut federation = Federation::found(world, Box::new(greedy), &mut SeededEntropy::new(7))
            .expect("it can be founded");
        let mut entropy = SeededEntropy::new(8);
        for _ in 0..DAYS {
            federation.play(&mut entropy);
        }
        let codes: Vec<CommunityCode> = region.communities.iter().map(|c| c.code.clone()).collect();
        let of_region = |fact: &Fact| matches!(fact, Fact::RegionPart(_) | Fact::RegionAdopted(_));
        let first = codes.first().expect("there is a community");
        let region = federation.written(first).filter(|(_, fact)| of_region(fact));
        let region = region.map(|(stamp, fact)| (stamp.clone(), fact.clone())).collect();
        let parts = codes.iter().map(|code| Part { community: code.clone(), acts: acts(&federation, code) });
        Self { parts: parts.collect(), region }
    }

    /// The entries that say which nodes speak for the communities.
    pub(crate) fn admissions(&self, nodes: &[NodeId]) -> Vec<(NodeId, CommunityCode)> {
        nodes.iter().copied().zip(self.parts.iter().map(|part| part.community.clone())).collect()
    }
}

/// A community's acts, each with its entries; every third act leaves a note at home.
fn acts(federation: &Federation, code: &CommunityCode) -> Vec<Vec<NewFact>> {
    let mut acts: Vec<(koinon_core::EntryId, Vec<NewFact>)> = Vec::new();
    for (stamp, fact) in federation.written(code) {
        if matches!(
            fact,
            Fact::NodeSpeaksFor(_)
                | Fact::NodeAdmitted(_)
                | Fact::RegionPart(_)
                | Fact::RegionAdopted(_)
                | Fact::AgreementText(_)
                | Fact::AgreementSigned(_)
        ) {
            continue;
        }
        let encoded = encode(stamp, fact);
        let (stream, kind, body) = (encoded.kind.stream, encoded.kind.number, encoded.body);
        let body = if stream == Stream::Local { CANARY.to_vec() } else { body };
        let new = NewFact { stream, kind, schema: SCHEMA, flags: Flags::NONE, author: None, body };
        match acts.last_mut().filter(|(act, _)| *act == stamp.act) {
            Some((_, facts)) => facts.push(new),
            None => acts.push((stamp.act, vec![new])),
        }
    }
    for (index, (_, facts)) in acts.iter_mut().enumerate().filter(|(index, _)| index % 3 == 0) {
        let newer = NewFact { kind: 9_999, ..local() };
        facts.push(if index % 2 == 0 { local() } else { newer });
    }
    acts.into_iter().map(|(_, facts)| facts).collect()
}

fn local() -> NewFact {
    let (stream, body) = (Stream::Local, CANARY.to_vec());
    NewFact { stream, kind: 32, schema: SCHEMA, flags: Flags::NONE, author: None, body }
}
