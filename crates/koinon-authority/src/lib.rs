//! Who may do what: grants, scopes, caps, and the one [`authorize`].
//!
//! Authority is written down as facts ([`Granted`], [`Revoked`]) in the log of the community that gives it, and
//! never outlives the day those facts name. [`Grants`] is the join of the facts, the same whatever the order in
//! which they arrive. [`authorize`] is the only maker of a [`Permit`], and every decision and every read of
//! non-public data asks for one, so a forgotten check does not compile.
//!
//! The one table of who may do what is [`Action::rule`]; the one table of who sees what is [`sight()`].
//!
//! This crate does no input or output and reads no clock: time comes in as an argument. It refuses to know
//! signatures and logs: whoever feeds facts in has checked that the log speaks for [`Scope::community`].

mod authorize;
mod checks;
mod duties;
mod facts;
mod grants;
mod scope;
mod sight;
mod table;

pub use authorize::{Actor, Denied, Permit, PolicyName, PolicyNameError, authorize};
pub use checks::{GrantFault, RevokeFault, START_AHEAD_DAYS_MAX, check_founding, check_grant, check_revoke};
pub use duties::{DutyFault, different_people, two_people};
pub use facts::{Granted, RevokeReason, Revoked};
pub use grants::{Grants, Held, Standing};
pub use koinon_core::region::Visibility;
pub use scope::{Amount, CAPS_MAX, Caps, Resource, Scope};
pub use sight::{Sight, Viewer, sight};
pub use table::{Action, Reach, Role, Rule};
