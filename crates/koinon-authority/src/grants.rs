//! The register of grants: a join of facts that is the same whatever the order in which they arrive.
//!
//! No fact is refused here. Two different grants under one id are a fault of whoever wrote them: the one with the
//! smaller digest counts and the id is marked.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use koinon_core::{CommunityCode, Digest, GrantId, PersonId, Timestamp};
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::facts::{Granted, RevokeReason, Revoked};
use crate::scope::Scope;
use crate::table::Role;

/// Id first: ids differ early, so that the lookup is short. The community is part of the key, so that no other
/// community's log can touch a grant.
type Key = (GrantId, CommunityCode);

/// Every grant known, with what was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grants {
    by_subject: BTreeMap<PersonId, BTreeMap<Key, Record>>,
    subjects: BTreeMap<Key, PersonId>,
    revoked: BTreeMap<Key, Revoked>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    granted: Granted,
    digest: Digest,
    contested: bool,
}

/// How a grant stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It was taken back.
    Revoked(RevokeReason),
    /// It has ended.
    Expired,
    /// It has not begun.
    Future,
    /// It holds.
    Active,
}

/// A grant with what is known about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<'a> {
    /// The grant.
    pub granted: &'a Granted,
    /// The fact that took it back, if any.
    pub revoked: Option<&'a Revoked>,
    /// Whether different contents came under this id; see [`Grants`].
    pub contested: bool,
}

impl Held<'_> {
    /// How the grant stands. It holds from `not_before` on and no more at [`Granted::ends`].
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.revoked {
            Some(revoked) => Standing::Revoked(revoked.reason),
            None if now >= self.granted.ends() => Standing::Expired,
            None if now < self.granted.not_before => Standing::Future,
            None => Standing::Active,
        }
    }
}

impl Grants {
    /// An empty register.
    pub const fn new() -> Self {
        Self { by_subject: BTreeMap::new(), subjects: BTreeMap::new(), revoked: BTreeMap::new() }
    }

    /// Takes in a grant. Total, idempotent and independent of order.
    pub fn evolve_granted(&mut self, granted: &Granted) {
        self.join(Record { granted: granted.clone(), digest: granted.digest(), contested: false });
    }

    /// Takes in the end of a grant, which may come before the grant itself. Total, idempotent and independent of
    /// order: of several the smallest is kept.
    pub fn evolve_revoked(&mut self, revoked: &Revoked) {
        match self.revoked.entry((revoked.grant, revoked.community.clone())) {
            Entry::Vacant(slot) => {
                slot.insert(revoked.clone());
            }
            Entry::Occupied(mut slot) if revoked < slot.get() => {
                slot.insert(revoked.clone());
            }
            Entry::Occupied(_) => {}
        }
    }

    /// The grant of an id that a community gave.
    pub fn get(&self, community: &CommunityCode, grant: GrantId) -> Option<Held<'_>> {
        let (key, subject) = self.subjects.get_key_value(&(grant, community.clone()))?;
        self.held(key, *subject)
    }

    /// All grants that somebody ever received and that are known, in the order of their ids.
    pub fn of_subject(&self, subject: PersonId) -> impl Iterator<Item = Held<'_>> {
        let records = self.by_subject.get(&subject).into_iter().flatten();
        records.map(|(key, record)| record.held(self.revoked.get(key)))
    }

    /// The grants that hold for somebody at an instant, in the order of their ids.
    pub fn live(&self, subject: PersonId, now: Timestamp) -> impl Iterator<Item = &Granted> {
        self.of_subject(subject)
            .filter(move |held| held.standing(now) == Standing::Active)
            .map(|held| held.granted)
    }

    /// All grants, in the order of their ids.
    pub fn all(&self) -> impl Iterator<Item = Held<'_>> {
        self.subjects.iter().filter_map(|(key, subject)| self.held(key, *subject))
    }

    /// The stewards of the whole community whose grant holds or is yet to begin, in the order of grant ids.
    pub fn stewards(&self, community: &CommunityCode, now: Timestamp) -> impl Iterator<Item = Held<'_>> {
        let whole = Scope::Community(community.clone());
        self.all().filter(move |held| {
            held.granted.role == Role::Steward
                && held.granted.scope == whole
                && matches!(held.standing(now), Standing::Active | Standing::Future)
        })
    }

    fn held(&self, key: &Key, subject: PersonId) -> Option<Held<'_>> {
        let record = self.by_subject.get(&subject)?.get(key)?;
        Some(record.held(self.revoked.get(key)))
    }

    fn join(&mut self, record: Record) {
        let key = (record.granted.grant, record.granted.community().clone());
        let winner = match self.take(&key) {
            Some(known) => known.join(record),
            None => record,
        };
        let subject = winner.granted.subject;
        self.subjects.insert(key.clone(), subject);
        self.by_subject.entry(subject).or_default().insert(key, winner);
    }

    fn take(&mut self, key: &Key) -> Option<Record> {
        let subject = self.subjects.remove(key)?;
        let records = self.by_subject.get_mut(&subject)?;
        let record = records.remove(key);
        if records.is_empty() {
            self.by_subject.remove(&subject);
        }
        record
    }
}

impl Record {
    /// The smaller digest wins; two different ones leave a mark.
    fn join(self, other: Self) -> Self {
        let contested = self.contested || other.contested || self.digest != other.digest;
        let winner = if other.digest < self.digest { other } else { self };
        Self { contested, ..winner }
    }

    const fn held<'a>(&'a self, revoked: Option<&'a Revoked>) -> Held<'a> {
        Held { granted: &self.granted, revoked, contested: self.contested }
    }
}

/// A snapshot: the grants with their marks, then the revocations. The index is rebuilt on reading.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Snapshot {
    #[n(0)]
    records: Vec<Kept>,
    #[n(1)]
    revoked: Vec<Revoked>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Kept {
    #[n(0)]
    granted: Granted,
    #[n(1)]
    contested: bool,
}

impl<C> Encode<C> for Grants {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let keep = |held: Held<'_>| Kept { granted: held.granted.clone(), contested: held.contested };
        let records = self.all().map(keep).collect();
        Snapshot { records, revoked: self.revoked.values().cloned().collect() }.encode(e, ctx)
    }
}

impl<'b, C> Decode<'b, C> for Grants {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let snapshot = Snapshot::decode(d, ctx)?;
        let mut grants = Self::new();
        for Kept { granted, contested } in snapshot.records {
            grants.join(Record { digest: granted.digest(), granted, contested });
        }
        for revoked in &snapshot.revoked {
            grants.evolve_revoked(revoked);
        }
        Ok(grants)
    }
}
