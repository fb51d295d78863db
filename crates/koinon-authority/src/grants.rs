//! The register of grants: a join of facts that is the same whatever the order in which they arrive.
//!
//! No fact is refused here. Two different grants under one id are a fault of whoever wrote them: the one with the
//! smaller digest counts and the id is marked.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

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
    records: BTreeMap<Key, Record>,
    revoked: BTreeMap<Key, Revoked>,
    by_subject: BTreeMap<PersonId, BTreeSet<Key>>,
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
        Self { records: BTreeMap::new(), revoked: BTreeMap::new(), by_subject: BTreeMap::new() }
    }

    /// Takes in a grant. Total, idempotent and independent of order.
    pub fn evolve_granted(&mut self, granted: &Granted) {
        self.insert(granted, false);
    }

    fn insert(&mut self, granted: &Granted, contested: bool) {
        let key = (granted.grant, granted.community().clone());
        let digest = granted.digest();
        let fresh = |contested| Record { granted: granted.clone(), digest, contested };
        match self.records.entry(key.clone()) {
            Entry::Vacant(slot) => {
                slot.insert(fresh(contested));
            }
            Entry::Occupied(mut slot) => {
                let known = slot.get_mut();
                if known.digest == digest {
                    known.contested |= contested;
                    return;
                }
                known.contested = true;
                if known.digest < digest {
                    return;
                }
                let loser = std::mem::replace(known, fresh(true)).granted.subject;
                self.forget_subject(loser, &key);
            }
        }
        self.by_subject.entry(granted.subject).or_default().insert(key);
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
        let (key, record) = self.records.get_key_value(&(grant, community.clone()))?;
        Some(self.held(key, record))
    }

    /// All grants that somebody ever received and that are known, in the order of their ids.
    pub fn of_subject(&self, subject: PersonId) -> impl Iterator<Item = Held<'_>> {
        let keys = self.by_subject.get(&subject).into_iter().flatten();
        keys.filter_map(|key| self.records.get(key).map(|record| self.held(key, record)))
    }

    /// The grants that hold for somebody at an instant, in the order of their ids.
    pub fn live(&self, subject: PersonId, now: Timestamp) -> impl Iterator<Item = &Granted> {
        self.of_subject(subject)
            .filter(move |held| held.standing(now) == Standing::Active)
            .map(|held| held.granted)
    }

    /// All grants, in the order of their ids.
    pub fn all(&self) -> impl Iterator<Item = Held<'_>> {
        self.records.iter().map(|(key, record)| self.held(key, record))
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

    fn held<'a>(&'a self, key: &Key, record: &'a Record) -> Held<'a> {
        Held { granted: &record.granted, revoked: self.revoked.get(key), contested: record.contested }
    }

    fn forget_subject(&mut self, subject: PersonId, key: &Key) {
        if let Entry::Occupied(mut keys) = self.by_subject.entry(subject) {
            keys.get_mut().remove(key);
            if keys.get().is_empty() {
                keys.remove();
            }
        }
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
        let keep = |record: &Record| Kept { granted: record.granted.clone(), contested: record.contested };
        let records = self.records.values().map(keep).collect();
        Snapshot { records, revoked: self.revoked.values().cloned().collect() }.encode(e, ctx)
    }
}

impl<'b, C> Decode<'b, C> for Grants {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let snapshot = Snapshot::decode(d, ctx)?;
        let mut grants = Self::new();
        snapshot.records.iter().for_each(|kept| grants.insert(&kept.granted, kept.contested));
        snapshot.revoked.iter().for_each(|revoked| grants.evolve_revoked(revoked));
        Ok(grants)
    }
}
