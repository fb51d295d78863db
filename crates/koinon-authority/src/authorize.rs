//! The one question, [`authorize`], and its two answers: a [`Permit`], or a [`Denied`] that says what to do.

use std::fmt;
use std::sync::Arc;

use koinon_core::id::code_from_words;
use koinon_core::{Dimension, GrantId, ItemCode, PersonId, Quantity, Timestamp};
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::facts::{Granted, RevokeReason};
use crate::grants::{Grants, Held, Standing};
use crate::scope::{Resource, Scope};
use crate::table::{Action, Reach, Role};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Actor {
    /// A person, who needs a grant of a person's role.
    #[n(0)]
    Person(#[n(0)] PersonId),
    /// An agreed rule that the node runs on its own book, for the short list in [`Action::rule`].
    #[n(1)]
    Policy(#[n(0)] PolicyName),
    /// A device, which needs a grant as [`Role::Meter`].
    #[n(2)]
    Meter(#[n(0)] PersonId),
}

/// The name of a policy: a code such as `repeat-need`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyName(Arc<str>);

/// A text is no name of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy name '{0}' may hold only a-z, 0-9 and single inner hyphens, at most 40")]
pub struct PolicyNameError(String);

/// The proof that somebody may do one action on one resource at one instant.
///
/// Only [`authorize`] makes one:
///
/// ```compile_fail,E0451
/// use koinon_authority::{Action, Actor, Permit, Resource};
/// # let community = koinon_core::CommunityCode::new("dunes").unwrap();
/// let forged = Permit {
///     actor: Actor::Person(koinon_core::PersonId([0; 16])),
///     grant: None,
///     role: None,
///     action: Action::Commit,
///     resource: Resource::community(community),
///     at: koinon_core::Timestamp::from_millis(0),
///     capped: false,
/// };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    actor: Actor,
    grant: Option<GrantId>,
    role: Option<Role>,
    action: Action,
    resource: Resource,
    at: Timestamp,
    capped: bool,
}

/// Why not, in words that a person can act on.
///
/// Where several grants fail, the one that came nearest speaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The actor holds no grant at all.
    #[error("you hold no task here that lets you {}; ask a steward of {community} for one", action.words())]
    NoGrant {
        /// What was asked.
        action: Action,
        /// The community whose stewards can help.
        community: koinon_core::CommunityCode,
    },
    /// The actor's roles may not do this anywhere.
    #[error("a {role} may not {}; ask a {}", action.words(), or_list(action.rule().roles))]
    RoleMayNot {
        /// The role held.
        role: Role,
        /// What was asked.
        action: Action,
    },
    /// The role may, but somewhere else.
    #[error(
        "your task as {role} is for {scope}, not for {resource}; ask someone of {resource}, or a steward for a task there"
    )]
    WrongPlace {
        /// The role held.
        role: Role,
        /// Where it holds.
        scope: Scope,
        /// What was to be acted upon.
        resource: Box<Resource>,
    },
    /// The grant was taken back.
    #[error("your task as {role} for {scope} was taken back ({}); ask a steward", reason.words())]
    Revoked {
        /// The grant.
        grant: GrantId,
        /// Its role.
        role: Role,
        /// Where it held.
        scope: Scope,
        /// Why it was taken back.
        reason: RevokeReason,
    },
    /// The grant has ended.
    #[error("your task as {role} for {scope} ended on {}; ask a steward to renew it", date(*on))]
    Expired {
        /// The grant.
        grant: GrantId,
        /// Its role.
        role: Role,
        /// Where it held.
        scope: Scope,
        /// When it ended.
        on: Timestamp,
    },
    /// The grant has not begun.
    #[error("your task as {role} for {scope} begins on {}; wait until then, or ask a steward", date(*from))]
    NotYetValid {
        /// The grant.
        grant: GrantId,
        /// Its role.
        role: Role,
        /// Where it will hold.
        scope: Scope,
        /// When it begins.
        from: Timestamp,
    },
    /// The amount is above what the grant allows in one act.
    #[error("{asked} {unit} of {item} are more than the {max} {unit} that your task allows at a time; enter less, or ask a steward", unit = dimension.base_unit(), max = max.amount())]
    OverCap {
        /// The grant.
        grant: GrantId,
        /// The item.
        item: ItemCode,
        /// The most in one act.
        max: Quantity,
        /// What was asked, in base units, summed over all lines of the item.
        asked: i128,
        /// The dimension of the bound.
        dimension: Dimension,
    },
    /// The grant bounds amounts, and the act did not say how much.
    #[error("your task allows limited amounts only; say how much, and of what")]
    AmountNotStated {
        /// The grant.
        grant: GrantId,
    },
    /// A policy may not do this; a person must.
    #[error("the rule '{policy}' may not {}; a person must decide this", action.words())]
    PolicyMayNot {
        /// The policy.
        policy: PolicyName,
        /// What was asked.
        action: Action,
    },
}

/// Answers whether somebody may do an action on a resource at an instant.
///
/// Of several grants that allow it, the one that ends last is named in the permit, then the smallest id.
/// An act is allowed from `not_before` up to, not including, [`Granted::ends`].
///
/// # Errors
/// [`Denied`], with the reason of the grant that came nearest.
pub fn authorize(
    grants: &Grants,
    who: &Actor,
    action: Action,
    resource: &Resource,
    now: Timestamp,
) -> Result<Permit, Denied> {
    let permit = |granted: Option<&Granted>| Permit {
        actor: who.clone(),
        grant: granted.map(|g| g.grant),
        role: granted.map(|g| g.role),
        action,
        resource: resource.clone(),
        at: now,
        capped: granted.is_some_and(|g| !g.caps.is_none()),
    };
    let subject = match who {
        Actor::Policy(_) if action.rule().policy => return Ok(permit(None)),
        Actor::Policy(policy) => return Err(Denied::PolicyMayNot { policy: policy.clone(), action }),
        Actor::Person(subject) | Actor::Meter(subject) => *subject,
    };
    let is_meter = matches!(who, Actor::Meter(_));
    let mut best: Option<&Granted> = None;
    let mut nearest: Option<Miss<'_>> = None;
    for held in grants.of_subject(subject) {
        if (held.granted.role == Role::Meter) != is_meter {
            continue;
        }
        match miss(held, action, resource, now) {
            None if best.is_none_or(|b| held.granted.ends() > b.ends()) => best = Some(held.granted),
            None => {}
            Some(step) => {
                let candidate = Miss { step, ends: held.granted.ends(), held };
                if nearest.as_ref().is_none_or(|n| (candidate.step, candidate.ends) > (n.step, n.ends)) {
                    nearest = Some(candidate);
                }
            }
        }
    }
    match (best, nearest) {
        (Some(granted), _) => Ok(permit(Some(granted))),
        (None, Some(miss)) => Err(miss.denied(action, resource)),
        (None, None) => Err(Denied::NoGrant { action, community: resource.community.clone() }),
    }
}

/// The step at which a grant fails, in the order in which they are checked: the later, the nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Role,
    Place,
    Revoked(RevokeReason),
    Expired,
    Future,
    Unstated,
    Cap,
}

struct Miss<'a> {
    step: Step,
    ends: Timestamp,
    held: Held<'a>,
}

fn miss(held: Held<'_>, action: Action, resource: &Resource, now: Timestamp) -> Option<Step> {
    let granted = held.granted;
    let rule = action.rule();
    if !rule.roles.contains(&granted.role) {
        return Some(Step::Role);
    }
    let reached = match rule.reach {
        Reach::Scope => granted.scope.contains(resource),
        Reach::Whole => matches!(&granted.scope, Scope::Community(whole) if *whole == resource.community),
        Reach::Community => *granted.community() == resource.community,
        Reach::Federation => true,
    };
    if !reached {
        return Some(Step::Place);
    }
    match held.standing(now) {
        Standing::Revoked(reason) => return Some(Step::Revoked(reason)),
        Standing::Expired => return Some(Step::Expired),
        Standing::Future => return Some(Step::Future),
        Standing::Active => {}
    }
    if !rule.capped || granted.caps.is_none() {
        None
    } else if resource.amounts.is_empty() {
        Some(Step::Unstated)
    } else {
        granted.caps.exceeded(&resource.amounts).map(|_| Step::Cap)
    }
}

impl Miss<'_> {
    fn denied(&self, action: Action, resource: &Resource) -> Denied {
        let Granted { grant, role, scope, caps, not_before, .. } = self.held.granted;
        let (grant, role, scope) = (*grant, *role, scope.clone());
        match self.step {
            Step::Role => Denied::RoleMayNot { role, action },
            Step::Place => Denied::WrongPlace { role, scope, resource: Box::new(resource.clone()) },
            Step::Revoked(reason) => Denied::Revoked { grant, role, scope, reason },
            Step::Expired => Denied::Expired { grant, role, scope, on: self.ends },
            Step::Future => Denied::NotYetValid { grant, role, scope, from: *not_before },
            Step::Unstated => Denied::AmountNotStated { grant },
            Step::Cap => match caps.exceeded(&resource.amounts) {
                Some((item, max, asked)) => {
                    Denied::OverCap { grant, item, max, asked, dimension: max.dimension() }
                }
                None => Denied::AmountNotStated { grant },
            },
        }
    }
}

impl Permit {
    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The person or meter who acts; `None` for a policy.
    pub const fn subject(&self) -> Option<PersonId> {
        self.actor.subject()
    }

    /// The grant it rests on; `None` for a policy.
    pub const fn grant(&self) -> Option<GrantId> {
        self.grant
    }

    /// The role of that grant; `None` for a policy.
    pub const fn role(&self) -> Option<Role> {
        self.role
    }

    /// What may be done.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// On what.
    pub const fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The instant at which it was given.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether the grant it rests on bounds amounts.
    pub const fn is_capped(&self) -> bool {
        self.capped
    }

    /// Whether it is for this action and this resource or a whole that contains it; under caps also for exactly
    /// these amounts. Every `decide` asks this of the permit it was handed.
    pub fn covers(&self, action: Action, resource: &Resource) -> bool {
        let amounts = !self.capped || !action.rule().capped || self.resource.amounts == resource.amounts;
        self.action == action && amounts && self.resource.contains(resource)
    }
}

impl Actor {
    /// The person or meter; `None` for a policy.
    pub const fn subject(&self) -> Option<PersonId> {
        match self {
            Self::Person(id) | Self::Meter(id) => Some(*id),
            Self::Policy(_) => None,
        }
    }
}

impl PolicyName {
    /// Checks and takes a name.
    pub fn new(name: &str) -> Result<Self, PolicyNameError> {
        if code_from_words(name).as_deref() == Some(name) {
            Ok(Self(name.into()))
        } else {
            Err(PolicyNameError(name.chars().take(60).collect()))
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<C> Encode<C> for PolicyName {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PolicyName {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::new(d.str()?).map_err(|e| minicbor::decode::Error::message(e.to_string()))
    }
}

fn or_list(roles: &[Role]) -> String {
    roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(" or ")
}

/// The date in UTC; pages show the region's own day from the variant's field.
fn date(at: Timestamp) -> String {
    at.to_rfc3339().split('T').next().unwrap_or_default().to_owned()
}
