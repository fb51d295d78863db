//! What must be true before a fact of authority is written or taken in: a grant, a founding grant, a revocation.
//!
//! These are checks of content. That the giver may give at all is [`authorize`](crate::authorize)'s to say: both
//! checks of a person's act take the permit that it made.

use koinon_core::{CommunityCode, GrantId, ItemCode, PersonId, Timestamp};

use crate::authorize::{Actor, Permit};
use crate::facts::{Granted, Revoked};
use crate::grants::{Grants, Held, Standing};
use crate::scope::{CAPS_MAX, Scope};
use crate::table::{Action, Role};

/// The furthest ahead that a grant may begin, in days of 24 hours.
pub const START_AHEAD_DAYS_MAX: i64 = 90;

/// Why a grant may not be given as written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantFault {
    /// It ends before it begins.
    #[error("the task ends before it begins; choose a later end")]
    EndsBeforeStart,
    /// It lasts longer than its role allows.
    #[error("a {0} holds for at most {days} days; choose an earlier end", days = .0.days_max())]
    TooLong(Role),
    /// It begins in the past.
    #[error("the task would begin in the past; let it begin now")]
    BeginsInPast,
    /// It begins too far ahead.
    #[error("the task begins more than {START_AHEAD_DAYS_MAX} days ahead; give it nearer to its beginning")]
    BeginsTooLate,
    /// Its caps name too many items.
    #[error("the task names limits for {0} items, at most {CAPS_MAX} are possible")]
    TooManyCaps(usize),
    /// A cap is zero or negative.
    #[error("the limit for {0} must be above zero")]
    CapNotPositive(ItemCode),
    /// Another grant has this id.
    #[error("another task has the id {0} already; send the form afresh")]
    IdTaken(GrantId),
    /// The giver would receive it.
    #[error("nobody gives a task to themselves; ask another steward")]
    ToSelf,
    /// The permit is for something else, or the grant does not name its holder as the giver.
    #[error("the permission at hand does not cover giving this task")]
    NotPermitted,
    /// The giver's own grant is capped, so it cannot be passed on.
    #[error("your own task is limited, so you cannot give tasks; ask another steward")]
    GiverCapped,
    /// A founding grant makes a steward of the whole community without caps, and this one does not.
    #[error("a founding task makes a steward of the whole community, without limits")]
    NotFounding,
    /// The community has a steward, who must give the grant.
    #[error("{0} has a steward, who can give this task")]
    HasSteward(CommunityCode),
}

/// Why a grant may not be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevokeFault {
    /// The community gave no grant of this id.
    #[error("{1} gave no task with the id {0}")]
    Unknown(GrantId, CommunityCode),
    /// It was taken back before.
    #[error("the task {0} was taken back before")]
    Again(GrantId),
    /// The permit is for something else, or the fact does not name its holder.
    #[error("the permission at hand does not cover taking this task back")]
    NotPermitted,
    /// The community would be left without a steward.
    #[error("{0} would have no steward left; give another person the task first")]
    LastSteward(CommunityCode),
}

/// Checks a grant that a person gives under a permit for [`Action::Grant`] over the grant's scope.
///
/// The same grant written twice passes, so that a repeated act is one act.
pub fn check_grant(grants: &Grants, granted: &Granted, permit: &Permit) -> Result<(), GrantFault> {
    let giver = person(permit).filter(|giver| Some(*giver) == granted.by).ok_or(GrantFault::NotPermitted)?;
    if !permit.covers(Action::Grant, &granted.scope.resource()) {
        return Err(GrantFault::NotPermitted);
    }
    if permit.is_capped() {
        return Err(GrantFault::GiverCapped);
    }
    if giver == granted.subject {
        return Err(GrantFault::ToSelf);
    }
    check_content(grants, granted, permit.at())
}

/// Checks a founding grant, which the node's own console makes when the community has no steward: at the start,
/// and when the last one's time ran out.
pub fn check_founding(grants: &Grants, granted: &Granted, now: Timestamp) -> Result<(), GrantFault> {
    let whole = matches!(granted.scope, Scope::Community(_));
    if granted.by.is_some() || granted.role != Role::Steward || !whole || !granted.caps.is_none() {
        return Err(GrantFault::NotFounding);
    }
    let another = |held: Held<'_>| held.granted != granted;
    if grants.stewards(granted.community(), now).any(another) {
        return Err(GrantFault::HasSteward(granted.community().clone()));
    }
    check_content(grants, granted, now)
}

/// Checks that a person may take a grant back under a permit for [`Action::Revoke`] over the grant's scope.
pub fn check_revoke(grants: &Grants, revoked: &Revoked, permit: &Permit) -> Result<(), RevokeFault> {
    let held = grants
        .get(&revoked.community, revoked.grant)
        .ok_or_else(|| RevokeFault::Unknown(revoked.grant, revoked.community.clone()))?;
    if person(permit) != Some(revoked.by) || !permit.covers(Action::Revoke, &held.granted.scope.resource()) {
        return Err(RevokeFault::NotPermitted);
    }
    if let Some(before) = held.revoked {
        return if before == revoked { Ok(()) } else { Err(RevokeFault::Again(revoked.grant)) };
    }
    let now = permit.at();
    let stewards = grants.stewards(&revoked.community, now);
    let mut live = stewards
        .filter(|steward| steward.standing(now) == Standing::Active)
        .map(|steward| steward.granted.grant);
    match (live.next(), live.next()) {
        (Some(only), None) if only == revoked.grant => {
            Err(RevokeFault::LastSteward(revoked.community.clone()))
        }
        _ => Ok(()),
    }
}

fn check_content(grants: &Grants, granted: &Granted, now: Timestamp) -> Result<(), GrantFault> {
    if let Some(known) = grants.get(granted.community(), granted.grant) {
        return if known.granted == granted { Ok(()) } else { Err(GrantFault::IdTaken(granted.grant)) };
    }
    if granted.expires <= granted.not_before {
        return Err(GrantFault::EndsBeforeStart);
    }
    if granted.ends() < granted.expires {
        return Err(GrantFault::TooLong(granted.role));
    }
    if granted.not_before < now {
        return Err(GrantFault::BeginsInPast);
    }
    if granted.not_before > now.plus_days(START_AHEAD_DAYS_MAX) {
        return Err(GrantFault::BeginsTooLate);
    }
    let caps = &granted.caps.per_act_max;
    if caps.len() > CAPS_MAX {
        return Err(GrantFault::TooManyCaps(caps.len()));
    }
    match caps.iter().find(|(_, max)| max.is_negative() || max.is_zero()) {
        Some((item, _)) => Err(GrantFault::CapNotPositive(item.clone())),
        None => Ok(()),
    }
}

fn person(permit: &Permit) -> Option<PersonId> {
    match permit.actor() {
        Actor::Person(person) => Some(*person),
        Actor::Policy(_) | Actor::Meter(_) => None,
    }
}
