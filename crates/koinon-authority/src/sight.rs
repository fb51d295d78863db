//! Who sees what: the one table from visibility and viewer to amount, band or nothing.
//!
//! A band is "enough", "watch" or "short". What is hidden is not there at all: neither amounts nor addresses nor
//! departure times nor the fact that something exists.

use std::collections::BTreeSet;

use koinon_core::region::Visibility;
use koinon_core::{CommunityCode, Timestamp};

use crate::authorize::Actor;
use crate::grants::Grants;
use crate::table::{Action, Role};

/// What somebody sees. Ordered: more is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sight {
    /// Nothing, not even that it exists.
    Nothing,
    /// "Enough", "watch" or "short".
    Band,
    /// The amount, and what belongs to it.
    Amount,
}

/// Somebody who looks. Made from live grants by [`Viewer::of`], so it is as old as its instant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Viewer {
    role: Option<Role>,
    communities: BTreeSet<CommunityCode>,
}

/// Answers what a viewer sees of something that has a visibility and belongs to a community.
///
/// | visibility | no sign-in, guest, meter | another community | own community or a party |
/// |---|---|---|---|
/// | public | band | amount | amount |
/// | federation | band | amount | amount |
/// | those concerned | nothing | nothing | amount |
///
/// `is_party` says that one of the viewer's communities sends or receives the transfer in question. Where an item
/// and its place differ, the stricter holds: take the greater [`Visibility`]. Controlled medicines, fuel and
/// vehicles under way are for those concerned unless the region file says otherwise.
pub fn sight(viewer: &Viewer, visibility: Visibility, community: &CommunityCode, is_party: bool) -> Sight {
    let concerned = is_party || viewer.communities.contains(community);
    match (visibility, viewer.is_member()) {
        (Visibility::Public | Visibility::Federation, true) => Sight::Amount,
        (Visibility::Concerned, true) if concerned => Sight::Amount,
        (Visibility::Public | Visibility::Federation, false) => Sight::Band,
        (Visibility::Concerned, _) => Sight::Nothing,
    }
}

impl Viewer {
    /// Somebody without sign-in.
    pub const fn nobody() -> Self {
        Self { role: None, communities: BTreeSet::new() }
    }

    /// Somebody with the grants that hold now. Policies see nothing through here.
    pub fn of(grants: &Grants, who: &Actor, now: Timestamp) -> Self {
        let is_meter = matches!(who, Actor::Meter(_));
        let mut viewer = Self::nobody();
        let live = who.subject().into_iter().flat_map(|subject| grants.live(subject, now));
        for granted in live.filter(|granted| (granted.role == Role::Meter) == is_meter) {
            // Roles are numbered from the one that sees most.
            viewer.role = Some(viewer.role.map_or(granted.role, |role| role.min(granted.role)));
            if granted.role.may(Action::ReadConcerned) {
                viewer.communities.insert(granted.community().clone());
            }
        }
        viewer
    }

    /// The role that sees most among those held; `None` without sign-in.
    pub const fn role(&self) -> Option<Role> {
        self.role
    }

    /// The communities in which the viewer holds a member's grant.
    pub const fn communities(&self) -> &BTreeSet<CommunityCode> {
        &self.communities
    }

    /// Whether the viewer takes part in the federation's work.
    pub fn is_member(&self) -> bool {
        self.role.is_some_and(Role::is_member)
    }
}
