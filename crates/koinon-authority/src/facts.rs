//! The two facts of authority: a grant was given, a grant was taken back.
//!
//! Encoded as CBOR maps with integer keys; a reader skips keys that it does not know. Nothing in them names a
//! person: people are random ids, reasons are numbers.

use koinon_core::{CommunityCode, Digest, GrantId, PersonId, Timestamp};
use minicbor::{Decode, Encode};

use crate::scope::{Caps, Scope};
use crate::table::Role;

/// A role was given to somebody, for a time and inside a scope.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Granted {
    /// The grant's id, made by whoever gives it.
    #[n(0)]
    pub grant: GrantId,
    /// Who receives it: a person or a meter.
    #[n(1)]
    pub subject: PersonId,
    /// The role.
    #[n(2)]
    pub role: Role,
    /// Where it holds.
    #[n(3)]
    pub scope: Scope,
    /// What bounds each act.
    #[n(4)]
    pub caps: Caps,
    /// The first instant at which it holds.
    #[n(5)]
    pub not_before: Timestamp,
    /// The first instant at which it holds no more; see [`Granted::ends`].
    #[n(6)]
    pub expires: Timestamp,
    /// Who gave it; `None` for a founding grant, made at the node's own console.
    #[n(7)]
    pub by: Option<PersonId>,
    /// The decision it rests on, if there was one: the digest of its text.
    #[n(8)]
    pub decision: Option<Digest>,
}

/// Why a grant was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum RevokeReason {
    /// The task is done or passed on.
    #[n(0)]
    Finished,
    /// The holder asked for it, or left.
    #[n(1)]
    Asked,
    /// A device or key was lost.
    #[n(2)]
    LostDevice,
    /// The community withdrew its trust by its procedure.
    #[n(3)]
    Trust,
    /// It was given by mistake.
    #[n(4)]
    Mistake,
}

/// A grant was taken back. It holds no more from the moment this fact is known, whatever its own days say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Revoked {
    /// The grant.
    #[n(0)]
    pub grant: GrantId,
    /// The community that gave it; only its log can take it back.
    #[n(1)]
    pub community: CommunityCode,
    /// Who took it back.
    #[n(2)]
    pub by: PersonId,
    /// Why.
    #[n(3)]
    pub reason: RevokeReason,
}

impl Granted {
    /// The first instant at which the grant holds no more: its own expiry, or the longest time its role allows,
    /// whichever is earlier. So a fact that some older or hostile program wrote cannot make authority last.
    pub fn ends(&self) -> Timestamp {
        self.expires.min(self.not_before.plus_days(self.role.days_max()))
    }

    /// The community whose log carries the grant.
    pub const fn community(&self) -> &CommunityCode {
        self.scope.community()
    }

    /// The content's digest, by which two grants of one id are told apart.
    pub fn digest(&self) -> Digest {
        // Writing to a vector cannot fail, so the empty default is never used.
        Digest::of("koinon grant", &minicbor::to_vec(self).unwrap_or_default())
    }
}

impl RevokeReason {
    /// Every reason, in the order of its number.
    pub const ALL: [Self; 5] = [Self::Finished, Self::Asked, Self::LostDevice, Self::Trust, Self::Mistake];

    /// The reason in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Finished => "the task is done or passed on",
            Self::Asked => "the holder asked for it",
            Self::LostDevice => "a device was lost",
            Self::Trust => "the community withdrew its trust",
            Self::Mistake => "it was given by mistake",
        }
    }
}
