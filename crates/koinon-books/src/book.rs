//! The composed book of one node: stock, authority, the region in force, and what stays at home.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use koinon_aid::Aid;
use koinon_authority::{
    Action, Actor, Granted, Grants, Permit, Resource, authorize, check_founding, check_grant, check_revoke,
};
use koinon_core::region::Region;
use koinon_core::{
    CommunityCode, CorridorCode, Day, Digest, EntryId, FactId, GrantId, LogId, LotId, NodeId, PersonId,
    Timestamp,
};
use koinon_instruments::Agreement;
use koinon_ledger::decide::{self, Context, Whole};
use koinon_ledger::route::Said;
use koinon_ledger::{Key, Ledger, LedgerFact, Outcome, Provenance, Rev};
use minicbor::{Decode, Encode};

use crate::adoption;
use crate::command::{BookCommand, Decided, Refused};
use crate::fact::{
    About, AgreementEnded, AgreementSigned, AgreementText, Fact, NodeAdmitted, NodeSpeaksFor, NodeSuspended,
    PART_BYTES_MAX, RecoveryAgreed, RegionAdopted, RegionPart, Stamp,
};
use crate::personal::{Erasures, Personal};
use crate::served::Counts;
use crate::sharing::{Purge, Sharing};

mod agreeing;
pub mod first_view;
mod naming;
mod people;
pub mod services;
pub mod teams;
pub mod written;

use agreeing::strangers;
use naming::{note_fact, text_of};

/// The version of `evolve`: a snapshot of another version is not loaded.
pub const EVOLVE_VERSION: u32 = 10;

/// Where a fact stands: whose log, which number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The node whose log it is.
    pub node: NodeId,
    /// The log.
    pub log: LogId,
    /// The number in the log.
    pub seq: u64,
    /// The fact's id.
    pub fact: FactId,
}

/// When a grant was used, as far as heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct GrantUse {
    /// The first time.
    #[n(0)]
    pub first: Timestamp,
    /// The last time.
    #[n(1)]
    pub last: Timestamp,
}

/// Something that does not fit authority; shown, never repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Facts name a grant that has not been heard of.
    UnknownGrant(CommunityCode, GrantId),
    /// Facts were recorded under a grant before it began or after it ended.
    OutsideGrant(CommunityCode, GrantId),
    /// Facts name a person whose grant is another's.
    NotTheirGrant(CommunityCode, GrantId),
    /// Community goes by another region file than ours.
    OtherRegion(CommunityCode, Digest),
}

/// The book of one node.
#[derive(Debug, Clone, PartialEq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Book {
    #[n(0)]
    own_node: Option<NodeId>,
    #[n(1)]
    own: Option<CommunityCode>,
    #[n(2)]
    admitted: BTreeMap<NodeId, CommunityCode>,
    #[n(3)]
    ledger: Ledger,
    #[n(4)]
    grants: Grants,
    #[n(5)]
    uses: BTreeMap<(CommunityCode, GrantId, Option<PersonId>), GrantUse>,
    #[n(6)]
    region_parts: BTreeMap<Digest, BTreeMap<u16, RegionPart>>,
    #[n(7)]
    adoptions: BTreeMap<CommunityCode, BTreeMap<Rev, RegionAdopted>>,
    #[n(8)]
    names: BTreeMap<PersonId, (Rev, Personal)>,
    #[n(9)]
    notes: BTreeMap<About, BTreeMap<Rev, Personal>>,
    #[n(10)]
    speaks: BTreeMap<NodeId, CommunityCode>,
    #[n(11)]
    sharing: Sharing,
    #[n(12)]
    served: Counts,
    #[n(13)]
    erasures: Erasures,
    #[n(14)]
    suspended: BTreeMap<(NodeId, CommunityCode), (Rev, NodeSuspended)>,
    #[n(15)]
    aid: Aid,
    #[cbor(skip)]
    region: Arc<Region>,
    #[cbor(skip)]
    zone: Option<TimeZone>,
    #[cbor(skip)]
    in_force: Option<Digest>,
}

/// Gives the earlier facts of one key, by which node speaks for whom.
pub type History<'a> =
    dyn FnMut(&BTreeMap<NodeId, CommunityCode>, &Key) -> Vec<(Provenance, LedgerFact)> + 'a;

/// Deciding.
impl Book {
    /// Decides a command of somebody at an instant: authority first, then what the book says.
    ///
    /// # Errors
    /// [`Refused`], with a remedy. Nothing is to be recorded then.
    pub fn decide(&self, command: &BookCommand, who: &Actor, now: Timestamp) -> Result<Decided, Refused> {
        self.decide_with(command, &self.permit(command, who, now, None)?, None)
    }

    /// Decides a command by a permit that [`Book::permit`] gave for it, with the batch that [`Book::reaches_folded`] asks for.
    ///
    /// # Errors
    /// As [`Book::decide`].
    pub fn decide_with(
        &self,
        command: &BookCommand,
        permit: &Permit,
        whole: Whole<'_>,
    ) -> Result<Decided, Refused> {
        let own = self.own.as_ref().ok_or(Refused::NoCommunity)?;
        self.decide_permitted(command, self.context(own, permit.at(), whole), permit)
    }

    /// The own batch that a command can only be judged by with the lines that were folded out of memory.
    pub fn reaches_folded(&self, command: &BookCommand) -> Option<LotId> {
        let BookCommand::Ledger(command) = command else { return None };
        decide::reaches_folded(&self.ledger, self.own.as_ref()?, &command.what)
    }

    /// Whether somebody may do what a command says, as [`Book::decide`] asks before all else.
    ///
    /// # Errors
    /// [`Refused::Denied`], or [`Refused::NoCommunity`].
    pub fn permit(
        &self,
        command: &BookCommand,
        who: &Actor,
        now: Timestamp,
        whole: Whole<'_>,
    ) -> Result<Permit, Refused> {
        let own = self.own.as_ref().ok_or(Refused::NoCommunity)?;
        let resource = match command {
            BookCommand::Ledger(command) => {
                decide::resource_of(&self.context(own, now, whole), &command.what)
            }
            BookCommand::Aid(command) => {
                self.with_aid(own, now, |context| koinon_aid::decide::resource_of(context, &command.what))
            }
            BookCommand::Grant { granted, .. } => granted.scope.resource(),
            _ => Resource::community(own.clone()),
        };
        Ok(authorize(&self.grants, who, command.action(), &resource, now)?)
    }

    fn context<'a>(&'a self, own: &'a CommunityCode, now: Timestamp, whole: Whole<'a>) -> Context<'a> {
        Context { ledger: &self.ledger, region: &self.region, own, now, whole }
    }

    fn decide_permitted(
        &self,
        command: &BookCommand,
        context: Context<'_>,
        permit: &Permit,
    ) -> Result<Decided, Refused> {
        let (own, now) = (context.own, permit.at());
        let stamp =
            Stamp { recorded: now, actor: permit.subject(), grant: permit.grant(), act: command.act() };
        let facts: Vec<Fact> = match command {
            BookCommand::Ledger(command) => match decide::decide(&context, command, permit)? {
                Outcome::Ask(questions) => return Ok(Decided::Ask(questions)),
                Outcome::Facts(facts) => self.with_people_at_home(facts),
            },
            BookCommand::Aid(command) => {
                match self.with_aid(own, now, |aid| koinon_aid::decide::decide(aid, command, permit))? {
                    koinon_aid::Outcome::Ask(questions) => return Ok(Decided::AskOfTeams(questions)),
                    koinon_aid::Outcome::Facts(facts) => facts.into_iter().map(Fact::Aid).collect(),
                }
            }
            BookCommand::Admit { node, community, .. } => match self.admitted.get(node) {
                Some(known) if known == community => Vec::new(),
                Some(known) => return Err(Refused::AlreadyAdmitted(known.clone())),
                None => vec![Fact::NodeAdmitted(NodeAdmitted { node: *node, community: community.clone() })],
            },
            BookCommand::AdoptRegion { text, .. } => {
                let (region, facts) = region_facts(text)?;
                let missing = adoption::missing(self, &region);
                if !missing.is_empty() {
                    return Err(Refused::CodesMissing(missing));
                }
                facts
            }
            BookCommand::ProposeAgreement { text, .. } => self.propose(own, text, permit)?,
            BookCommand::SignAgreement { text, .. } => {
                self.sign(own, &self.sharing.get(*text).ok_or(Refused::NoSuchAgreement(*text))?, permit)?
            }
            BookCommand::EndAgreement { text, .. } => {
                let known = self.sharing.get(*text).ok_or(Refused::NoSuchAgreement(*text))?;
                if !known.agreement.parties.contains(own) {
                    return Err(Refused::NoParty(own.clone()));
                }
                let is_over = known.said.get(own).is_some_and(|said| said.ended.is_some());
                let ended = Fact::AgreementEnded(AgreementEnded { text: *text });
                if is_over { Vec::new() } else { vec![ended] }
            }
            BookCommand::Grant { granted, name, .. } => {
                check_grant(&self.grants, granted, permit)?;
                let named = name.as_ref().map(|name| self.name_fact(granted.subject, name)).transpose()?;
                std::iter::once(Fact::Granted(granted.clone())).chain(named).collect()
            }
            BookCommand::Revoke { revoked, .. } => {
                check_revoke(&self.grants, revoked, permit)?;
                vec![Fact::Revoked(revoked.clone())]
            }
            BookCommand::AgreeRecovery { person, asked_by, .. } => {
                let three = permit.subject().is_some_and(|second| second != *person && second != *asked_by);
                if !three || asked_by == person {
                    return Err(Refused::NotTwo);
                }
                // Whoever asked must still be one who may: a task that was taken back meanwhile counts for nothing.
                let whole = Resource::community(own.clone());
                let first = authorize(&self.grants, &Actor::Person(*asked_by), Action::Grant, &whole, now)?;
                let asked_under = first.grant().ok_or(Refused::NotTwo)?;
                vec![Fact::RecoveryAgreed(RecoveryAgreed {
                    person: *person,
                    asked_by: *asked_by,
                    asked_under,
                })]
            }
            BookCommand::Name { person, name, .. } => vec![self.name_fact(*person, name)?],
            BookCommand::Erase { person, .. } => self.erase(own, *person, now)?,
            BookCommand::Note { about, text, .. } => vec![note_fact(about, text)?],
        };
        Ok(Decided::Facts(facts.into_iter().map(|fact| (stamp.clone(), fact)).collect()))
    }
}

/// The first facts of a new node: for whom it speaks, the region, its first steward, and what its founders agreed to share.
///
/// # Errors
/// [`Refused`] when the region file, the agreement or the founding grant is not valid.
pub fn founding_facts(
    node: NodeId,
    community: &CommunityCode,
    (region_text, agreement): (&str, Option<&str>),
    steward: Option<&Granted>,
    now: Timestamp,
    act: EntryId,
) -> Result<Vec<(Stamp, Fact)>, Refused> {
    let mut facts = vec![
        Fact::NodeSpeaksFor(NodeSpeaksFor { community: community.clone() }),
        Fact::NodeAdmitted(NodeAdmitted { node, community: community.clone() }),
    ];
    let (region, of_region) = region_facts(region_text)?;
    facts.extend(of_region);
    if let Some(text) = agreement {
        let read = Agreement::parse(text).map_err(Refused::Agreement)?;
        strangers(&region, &read)?;
        if read.until < now.day(&region.zone()) {
            return Err(Refused::AgreementOver);
        }
        if !read.parties.contains(community) {
            return Err(Refused::NoParty(community.clone()));
        }
        let digest = Agreement::digest_of(text);
        facts.push(Fact::AgreementText(AgreementText { text: digest, bytes: text.as_bytes().to_vec() }));
        facts.push(Fact::AgreementSigned(AgreementSigned { text: digest }));
    }
    if let Some(granted) = steward {
        check_founding(&Grants::new(), granted, now)?;
        facts.push(Fact::Granted(granted.clone()));
    }
    let stamp = Stamp { recorded: now, actor: None, grant: None, act };
    Ok(facts.into_iter().map(|fact| (stamp.clone(), fact)).collect())
}

/// Taking facts in.
impl Book {
    /// An empty book of a node; `node` is the node that keeps it.
    pub fn new(node: NodeId) -> Self {
        Self { own_node: Some(node), ..Self::default() }
    }

    /// Reads a snapshot of [`EVOLVE_VERSION`] and makes ready what it leaves out.
    ///
    /// # Errors
    /// When the bytes are no snapshot.
    pub fn from_snapshot(bytes: &[u8]) -> Result<Self, minicbor::decode::Error> {
        let mut book: Self = minicbor::decode(bytes)?;
        book.choose_region();
        book.sharing.ready();
        Ok(book)
    }

    /// The snapshot's bytes.
    pub fn to_snapshot(&self) -> Vec<u8> {
        // Writing to memory cannot fail.
        minicbor::to_vec(self).unwrap_or_default()
    }

    /// Takes a verified fact in. Total and order-free among facts of admitted nodes.
    ///
    /// `history` gives the earlier facts of one key, and is asked only for facts that reach behind a fold.
    pub fn evolve(&mut self, origin: &Origin, stamp: &Stamp, fact: &Fact, history: &mut History<'_>) {
        if let Fact::NodeSpeaksFor(f) = fact {
            self.speaks.entry(origin.node).or_insert_with(|| f.community.clone());
            if self.own_node == Some(origin.node) {
                self.own = Some(f.community.clone());
            }
        }
        if let Fact::NodeAdmitted(f) = fact {
            if self.own_node == Some(origin.node) {
                self.admitted.entry(f.node).or_insert_with(|| f.community.clone());
            }
            return;
        }
        // Who keeps a safety copy speaks for no community and is admitted by nobody.
        if let Fact::Purged(purged) = fact {
            let purge = Purge { of: purged.of, by: origin.node };
            self.sharing.purge(purge, stamp.recorded);
            return;
        }
        if let Fact::ErasureAnswered(answered) = fact {
            self.erasures.answer(answered.person, origin.node, stamp.recorded);
            return;
        }
        let Some(community) = self.admitted.get(&origin.node).cloned() else { return };
        let provenance = provenance(origin, stamp, &community);
        let rev = provenance.rev();
        if let Some(grant) = stamp.grant {
            let at = stamp.recorded;
            let used = self.uses.entry((community.clone(), grant, stamp.actor));
            let used = used.or_insert(GrantUse { first: at, last: at });
            *used = GrantUse { first: used.first.min(at), last: used.last.max(at) };
        }
        match fact {
            Fact::Ledger(fact) => {
                let zone = self.zone();
                let admitted = &self.admitted;
                self.ledger.evolve(&provenance, fact, &zone, &mut |key| history(admitted, key));
            }
            Fact::Aid(fact) => self.aid.evolve(&provenance, fact),
            Fact::Granted(granted) if *granted.community() == community => {
                self.grants.evolve_granted(granted);
            }
            Fact::Revoked(revoked) if revoked.community == community => self.grants.evolve_revoked(revoked),
            Fact::RegionPart(part) => {
                self.region_parts
                    .entry(part.text)
                    .or_default()
                    .entry(part.part)
                    .or_insert_with(|| part.clone());
                self.choose_region();
            }
            Fact::RegionAdopted(adopted) => {
                self.adoptions.entry(community).or_default().insert(rev, adopted.clone());
                self.choose_region();
            }
            Fact::PersonNamed(named) => self.take_name(named.person, rev, named.name.as_str().into()),
            Fact::NameSealed(named) => self.take_name(named.person, rev, text_of(named.name.as_ref())),
            Fact::LocalNote(note) => self.take_note(&note.about, rev, note.text.as_str().into()),
            Fact::NoteSealed(note) => self.take_note(&note.about, rev, text_of(note.text.as_ref())),
            Fact::Erased(erased) => self.take_erased(&community, erased.person, stamp.recorded),
            Fact::NodeSuspended(said) => {
                let known = self.suspended.get(&(said.node, community.clone()));
                if known.is_none_or(|(before, _)| *before < rev) {
                    self.suspended.insert((said.node, community), (rev, said.clone()));
                }
            }
            Fact::AgreementText(text) => self.sharing.put_up(text.text, &text.bytes),
            Fact::AgreementSigned(signed) => self.sharing.sign(signed.text, &community, stamp.actor, rev),
            Fact::AgreementEnded(ended) => self.sharing.end(ended.text, &community, rev),
            Fact::PeopleServed(fact) => self.served.note(rev, fact),
            Fact::ServedPublished(fact) => self.served.publish(&community, rev, fact),
            // It changes nothing that is worked out; it stands to be read.
            Fact::NodeSpeaksFor(_)
            | Fact::NodeAdmitted(_)
            | Fact::Granted(_)
            | Fact::Revoked(_)
            | Fact::Purged(_)
            | Fact::ErasureAnswered(_)
            | Fact::RecoveryAgreed(_) => {}
        }
    }

    /// Folds old history away, see [`Ledger::fold`].
    pub fn fold(&mut self, horizon: Timestamp) {
        let zone = self.zone();
        self.ledger.fold(horizon, &zone);
        self.served.fold(horizon, &zone);
    }

    fn choose_region(&mut self) {
        // One's own adoption counts; a mirror goes by what most communities adopted, the smallest digest on a tie.
        let latest = |c: &CommunityCode| self.adoptions.get(c)?.values().next_back().map(|a| a.text);
        let most_adopted = || {
            let mut votes: BTreeMap<Digest, usize> = BTreeMap::new();
            self.adoptions.keys().filter_map(latest).for_each(|text| *votes.entry(text).or_default() += 1);
            let most = votes.into_iter().max_by_key(|(text, count)| (*count, std::cmp::Reverse(*text)));
            most.map(|(text, _)| text)
        };
        let chosen = self.own.as_ref().map_or_else(most_adopted, latest);
        if chosen.is_none() || chosen == self.in_force {
            return;
        }
        let text = chosen.and_then(|digest| self.region_text(digest));
        if let Some(region) = text.and_then(|text| Region::parse(&text).ok()) {
            self.zone = Some(region.zone());
            self.region = Arc::new(region);
            self.in_force = chosen;
        }
    }
}

/// Asking.
impl Book {
    /// The community whose book this is; `None` for a mirror.
    pub fn own(&self) -> Option<&CommunityCode> {
        self.own.as_ref()
    }

    /// The node that keeps this book.
    pub fn own_node(&self) -> Option<NodeId> {
        self.own_node
    }

    /// The community that a node is taken to speak for.
    pub fn community_of(&self, node: NodeId) -> Option<&CommunityCode> {
        self.admitted.get(&node)
    }

    /// The nodes that are taken to speak for a community.
    pub fn admitted(&self) -> &BTreeMap<NodeId, CommunityCode> {
        &self.admitted
    }

    /// What a node says of itself.
    pub fn speaks_for(&self, node: NodeId) -> Option<&CommunityCode> {
        self.speaks.get(&node)
    }

    /// Which communities say that a node's computer is in other hands, each with the digest of the key meant and since when.
    pub fn suspended(&self, node: NodeId) -> impl Iterator<Item = (&CommunityCode, Digest, Timestamp)> {
        let range = self.suspended.iter().filter(move |((of, _), (_, said))| *of == node && said.stands);
        range.map(|((_, by), (rev, said))| (by, said.key, rev.recorded))
    }

    /// The nodes of which somebody says so.
    pub fn suspended_nodes(&self) -> std::collections::BTreeSet<NodeId> {
        let standing = self.suspended.iter().filter(|(_, (_, said))| said.stands);
        standing.map(|((node, _), _)| *node).collect()
    }

    /// The stock book.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Teams, missions and promises of teams, care and work for others.
    pub fn aid(&self) -> &Aid {
        &self.aid
    }

    /// The grants.
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// The region in force; an empty one before any is adopted.
    pub fn region(&self) -> &Arc<Region> {
        &self.region
    }

    /// The word that keeps a route closed on a day; `None` while it is open, or where the region has no such route.
    pub fn closed_route(&self, corridor: &CorridorCode, day: Day) -> Option<Said<'_>> {
        let corridor = self.region.corridor(corridor)?;
        self.ledger.routes().closed_on(&self.region, corridor, day)
    }

    /// The region's time zone.
    pub fn zone(&self) -> TimeZone {
        self.zone.clone().unwrap_or(TimeZone::UTC)
    }

    /// The region file that each community goes by: the digest of its content.
    pub fn adopted(&self) -> impl Iterator<Item = (&CommunityCode, Digest)> {
        self.adoptions.iter().filter_map(|(c, revs)| Some((c, revs.values().next_back()?.content)))
    }

    /// The text of a region file whose parts are all here.
    pub fn region_text(&self, digest: Digest) -> Option<String> {
        let parts = self.region_parts.get(&digest)?;
        let of = usize::from(parts.values().next()?.of);
        if parts.len() != of {
            return None;
        }
        let bytes: Vec<u8> = parts.values().flat_map(|part| part.bytes.iter().copied()).collect();
        (text_digest(&bytes) == digest).then(|| String::from_utf8(bytes).ok())?
    }

    /// What does not fit authority or the region, in a fixed order.
    pub fn doubts(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        for ((community, grant, actor), used) in &self.uses {
            match self.grants.get(community, *grant) {
                None => doubts.push(Doubt::UnknownGrant(community.clone(), *grant)),
                Some(held) => {
                    if *actor != Some(held.granted.subject) {
                        doubts.push(Doubt::NotTheirGrant(community.clone(), *grant));
                    }
                    if used.first < held.granted.not_before || used.last >= held.granted.ends() {
                        doubts.push(Doubt::OutsideGrant(community.clone(), *grant));
                    }
                }
            }
        }
        let ours = self.region.digest();
        let others = self.adopted().filter(|(_, content)| *content != ours);
        doubts.extend(others.map(|(community, content)| Doubt::OtherRegion(community.clone(), content)));
        doubts
    }

    /// The content's digest: equal for equal sets of facts from admitted nodes.
    pub fn digest(&self) -> Digest {
        Digest::of("koinon/book/1", &self.to_snapshot())
    }
}

/// The provenance that the stock book sees.
pub fn provenance(origin: &Origin, stamp: &Stamp, community: &CommunityCode) -> Provenance {
    Provenance {
        fact: origin.fact,
        log: origin.log,
        seq: origin.seq,
        community: community.clone(),
        recorded: stamp.recorded,
        actor: stamp.actor,
    }
}

fn region_facts(text: &str) -> Result<(Region, Vec<Fact>), Refused> {
    let region = Region::parse(text).map_err(Refused::Region)?;
    let digest = text_digest(text.as_bytes());
    let parts: Vec<&[u8]> = text.as_bytes().chunks(PART_BYTES_MAX).collect();
    let of = u16::try_from(parts.len()).unwrap_or(u16::MAX);
    let parts = (0..of)
        .zip(parts)
        .map(|(part, bytes)| Fact::RegionPart(RegionPart { text: digest, part, of, bytes: bytes.to_vec() }));
    let adopted = Fact::RegionAdopted(RegionAdopted { text: digest, content: region.digest() });
    let facts = parts.chain(std::iter::once(adopted)).collect();
    Ok((region, facts))
}

fn text_digest(bytes: &[u8]) -> Digest {
    Digest::of("koinon/region-text/1", bytes)
}
