//! Separation of duties: acts that two different people must do.

use koinon_core::PersonId;

use crate::authorize::{Actor, Permit};
use crate::table::Action;

/// Why a second act does not count as another person's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DutyFault {
    /// One person would do both.
    #[error("the same person did the first step; ask someone else to do this one")]
    SamePerson,
    /// A rule or a device stands where a person must.
    #[error("this step needs a person")]
    NotAPerson,
    /// The amount is above the agreed one and nobody approved yet.
    #[error("above the agreed amount a second person must approve")]
    SecondMissing,
    /// The second permit is not one to approve.
    #[error("the second permission is not one to approve a promise")]
    NotAnApproval,
}

/// Checks that a person acts now and that it is not `other`, who did the earlier step.
///
/// Dispatch and receipt go through this.
pub fn different_people(permit: &Permit, other: PersonId) -> Result<(), DutyFault> {
    match permit.actor() {
        Actor::Person(person) if *person == other => Err(DutyFault::SamePerson),
        Actor::Person(_) => Ok(()),
        Actor::Policy(_) | Actor::Meter(_) => Err(DutyFault::NotAPerson),
    }
}

/// Checks the two-person rule for a promise of stock: where the agreements ask for two people
/// (`Agreements::asks_two_people`), a second person, other than `first`, must hold a permit for
/// [`Action::ApproveCommit`].
///
/// That the permit is for this very promise is the ledger's to compare by [`Permit::covers`].
pub fn two_people(needed: bool, first: PersonId, second: Option<&Permit>) -> Result<(), DutyFault> {
    match second {
        _ if !needed => Ok(()),
        None => Err(DutyFault::SecondMissing),
        Some(permit) if permit.action() != Action::ApproveCommit => Err(DutyFault::NotAnApproval),
        Some(permit) => different_people(permit, first),
    }
}
