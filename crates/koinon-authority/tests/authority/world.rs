//! The small world that the tests share: two communities, a hub, stores, and short ways to write grants.

use koinon_authority::{Action, Denied, Permit};
use koinon_authority::{Actor, Caps, Granted, Grants, Resource, Role, Scope, authorize};
use koinon_core::{
    CommunityCode, Dimension, GrantId, ItemCode, PersonId, PlaceCode, Quantity, StoreCode, Timestamp,
};

/// The instant at which tests ask.
pub(crate) fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-01T08:00:00Z").unwrap()
}

pub(crate) fn community(code: &str) -> CommunityCode {
    CommunityCode::new(code).unwrap()
}

pub(crate) fn place(code: &str) -> PlaceCode {
    PlaceCode::new(code).unwrap()
}

pub(crate) fn store(code: &str) -> StoreCode {
    StoreCode::new(code).unwrap()
}

pub(crate) fn wheat() -> ItemCode {
    ItemCode::new("wheat").unwrap()
}

pub(crate) fn grams(amount: i64) -> Quantity {
    Quantity::new(amount, Dimension::Mass).unwrap()
}

pub(crate) fn person(n: u8) -> PersonId {
    PersonId([n; 16])
}

pub(crate) fn grant_id(n: u8) -> GrantId {
    GrantId([n; 16])
}

pub(crate) fn whole(code: &str) -> Scope {
    Scope::Community(community(code))
}

/// A grant that began ten days ago and holds for fifty more.
pub(crate) fn grant(id: u8, subject: u8, role: Role, scope: Scope) -> Granted {
    Granted {
        grant: grant_id(id),
        subject: person(subject),
        role,
        scope,
        caps: Caps::none(),
        not_before: now().plus_days(-10),
        expires: now().plus_days(50),
        by: None,
        decision: None,
    }
}

pub(crate) fn register(granted: &[Granted]) -> Grants {
    let mut grants = Grants::new();
    for granted in granted {
        grants.evolve_granted(granted);
    }
    grants
}

pub(crate) fn ask(grants: &Grants, who: u8, action: Action, resource: &Resource) -> Result<Permit, Denied> {
    authorize(grants, &Actor::Person(person(who)), action, resource, now())
}
