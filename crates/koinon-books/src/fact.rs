//! Everything that a node records, and the stamp that every fact carries.

use koinon_aid::AidFact;
use koinon_authority::{Granted, Revoked};
use koinon_core::{
    CommunityCode, Digest, EntryId, GrantId, LotId, NeedId, NodeId, OfferId, PersonId, Timestamp, TransferId,
};
use koinon_ledger::LedgerFact;
use minicbor::{Decode, Encode};

use crate::personal::Sealed;

/// The most characters of a note or a name.
pub const TEXT_LEN_MAX: usize = 500;

/// The most bytes of a region file in one fact.
pub const PART_BYTES_MAX: usize = 48 * 1024;

/// Who recorded a fact, when, by which authority, and in which act.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Stamp {
    /// When it was recorded, by the node's civil clock.
    #[n(0)]
    pub recorded: Timestamp,
    /// The person, or `None` for a policy or the node itself.
    #[n(1)]
    pub actor: Option<PersonId>,
    /// The grant under which it was done.
    #[n(2)]
    pub grant: Option<GrantId>,
    /// The act; all facts of one act share it.
    #[n(3)]
    pub act: EntryId,
}

/// A node says for which community it speaks.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NodeSpeaksFor {
    /// The community.
    #[n(0)]
    pub community: CommunityCode,
}

/// This node takes another (or itself) to speak for a community, after a joining in person.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NodeAdmitted {
    /// The node.
    #[n(0)]
    pub node: NodeId,
    /// The community.
    #[n(1)]
    pub community: CommunityCode,
}

/// Two stewards, in person, let somebody choose a new password. It names people by their ids and grants, never by name.
///
/// The second steward and the grant under which they agreed stand in the stamp.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecoveryAgreed {
    /// Whose sign-in it is.
    #[n(0)]
    pub person: PersonId,
    /// The steward who asked.
    #[n(1)]
    pub asked_by: PersonId,
    /// The grant under which that steward may ask.
    #[n(2)]
    pub asked_under: GrantId,
}

/// A part of a region file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RegionPart {
    /// The digest of the whole text.
    #[n(0)]
    pub text: Digest,
    /// Which part, from 0.
    #[n(1)]
    pub part: u16,
    /// How many parts there are.
    #[n(2)]
    pub of: u16,
    /// The part's bytes.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// A community goes by this region file from now on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RegionAdopted {
    /// The digest of the text, as in its parts.
    #[n(0)]
    pub text: Digest,
    /// The digest of its content, see `koinon_core::region::Region::digest`.
    #[n(1)]
    pub content: Digest,
}

/// A sharing agreement is put up for signing. See `koinon_instruments::Agreement`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AgreementText {
    /// The text's digest, see `koinon_instruments::Agreement::digest_of`.
    #[n(0)]
    pub text: Digest,
    /// The text.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// A person signs a sharing agreement for their community; who, stands in the stamp. Nobody stands there at a founding.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AgreementSigned {
    /// The text's digest.
    #[n(0)]
    pub text: Digest,
}

/// A community ends a sharing agreement for itself, at once and for good.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AgreementEnded {
    /// The text's digest.
    #[n(0)]
    pub text: Digest,
}

/// A reader let go, as agreed, what a node shared with it once.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Purged {
    /// Whose entries they were.
    #[n(0)]
    pub of: NodeId,
    /// How many.
    #[n(1)]
    pub facts: u64,
}

/// How many were served by a hand-out. It stays at home: a few people at one counter on one day can be found.
///
/// Stating it again for the same entry and batch replaces it; nobody for an entry that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PeopleServed {
    /// The entry of the hand-out.
    #[n(0)]
    pub entry: EntryId,
    /// Its batch.
    #[n(1)]
    pub lot: LotId,
    /// People, or 0 when only households were counted.
    #[n(2)]
    pub people: u32,
    /// Households, or 0 when only people were counted.
    #[n(3)]
    pub households: u32,
    /// When it was.
    #[n(4)]
    pub occurred: Timestamp,
}

/// How many a whole community served in a month, as [`crate::served::told`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServedPublished {
    /// The month, as `year * 100 + month`.
    #[n(0)]
    pub month: i32,
    /// People; `None` for a figure that is left out.
    #[n(1)]
    pub people: Option<u32>,
    /// Households; `None` for a figure that is left out.
    #[n(2)]
    pub households: Option<u32>,
}

/// What a local note is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum About {
    /// A batch.
    #[n(0)]
    Lot(#[n(0)] LotId),
    /// An entry.
    #[n(1)]
    Entry(#[n(0)] EntryId),
    /// A transfer.
    #[n(2)]
    Transfer(#[n(0)] CommunityCode, #[n(1)] TransferId),
    /// A need.
    #[n(3)]
    Need(#[n(0)] NeedId),
    /// An offer.
    #[n(4)]
    Offer(#[n(0)] OfferId),
}

/// Free text that stays at home, as it was recorded before texts were sealed; [`NoteSealed`] took its place.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LocalNote {
    /// What it is about.
    #[n(0)]
    pub about: About,
    /// The text, at most [`TEXT_LEN_MAX`] characters.
    #[n(1)]
    pub text: String,
}

/// What a person is called at home, as it was recorded before names were sealed; [`NameSealed`] took its place.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PersonNamed {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// The name, at most [`TEXT_LEN_MAX`] characters.
    #[n(1)]
    pub name: String,
}

/// Free text that stays at home, sealed: a driver's name, where the key hangs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NoteSealed {
    /// What it is about.
    #[n(0)]
    pub about: About,
    /// The text; `None` clears it.
    #[n(1)]
    pub text: Option<Sealed>,
}

/// What a person is called at home, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NameSealed {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// The name; `None` clears it.
    #[n(1)]
    pub name: Option<Sealed>,
}

/// A community asks that nobody keep anything personal of somebody; the key of what it kept itself is destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Erased {
    /// Who; the random id stays in what was recorded, and leads to nobody any more.
    #[n(0)]
    pub person: PersonId,
}

/// A node says that it keeps nothing personal of somebody, as a community asked.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ErasureAnswered {
    /// Who.
    #[n(0)]
    pub person: PersonId,
}

/// A community says that a node's computer is in other hands, under the key that it has now, or takes that back.
///
/// Its own node gives and takes nothing of that node any more but word of a new key; everybody else is told.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NodeSuspended {
    /// The node.
    #[n(0)]
    pub node: NodeId,
    /// The digest of the key, see `koinon_log::VerifyKey::digest`: a new key ends it by itself.
    #[n(1)]
    pub key: Digest,
    /// Whether it stands; `false` takes it back.
    #[n(2)]
    pub stands: bool,
}

/// Everything that a node records beyond the log's own facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// For whom the node speaks.
    NodeSpeaksFor(NodeSpeaksFor),
    /// Which node is taken to speak for which community.
    NodeAdmitted(NodeAdmitted),
    /// A grant of authority.
    Granted(Granted),
    /// A grant taken back.
    Revoked(Revoked),
    /// Two stewards let somebody choose a new password.
    RecoveryAgreed(RecoveryAgreed),
    /// A part of a region file.
    RegionPart(RegionPart),
    /// A region file goes into force.
    RegionAdopted(RegionAdopted),
    /// A sharing agreement is put up for signing.
    AgreementText(AgreementText),
    /// A person signs one.
    AgreementSigned(AgreementSigned),
    /// A community ends one.
    AgreementEnded(AgreementEnded),
    /// A reader let go what it may no longer keep.
    Purged(Purged),
    /// How many a hand-out served, which stays at home.
    PeopleServed(PeopleServed),
    /// How many a community served in a month.
    ServedPublished(ServedPublished),
    /// Free text that stays at home, as it was recorded once.
    LocalNote(LocalNote),
    /// A name that stays at home, as it was recorded once.
    PersonNamed(PersonNamed),
    /// Free text that stays at home, sealed.
    NoteSealed(NoteSealed),
    /// A name that stays at home, sealed.
    NameSealed(NameSealed),
    /// Somebody's personal data is to be erased everywhere.
    Erased(Erased),
    /// A node keeps nothing personal of somebody.
    ErasureAnswered(ErasureAnswered),
    /// A node's computer is in other hands.
    NodeSuspended(NodeSuspended),
    /// Anything about stock.
    Ledger(LedgerFact),
    /// Anything about teams and missions.
    Aid(AidFact),
}

impl From<AidFact> for Fact {
    fn from(fact: AidFact) -> Self {
        Self::Aid(fact)
    }
}

impl From<LedgerFact> for Fact {
    fn from(fact: LedgerFact) -> Self {
        Self::Ledger(fact)
    }
}
