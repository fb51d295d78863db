//! Roles, actions, and the one table that joins them: [`Action::rule`].
//!
//! Numbers of roles and actions are kept for ever, because they stand in signed facts. Nothing else in the house
//! may ask which role somebody has in order to decide what they may do; it asks [`authorize`](crate::authorize).

use minicbor::{Decode, Encode};

/// What a grant makes of its subject. Every role is held for a time and inside a scope, never for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Answers for a community's book: does the daily work, gives and takes back grants, keeps the node.
    #[n(0)]
    Steward,
    /// Keeps the conversation: states needs, settles objections, is a second person for large transfers.
    #[n(1)]
    Facilitator,
    /// Does the daily work of stores and transfers: counts, records, promises, sends, receives.
    #[n(2)]
    Coordinator,
    /// Looks: sees "enough", "watch" or "short", and no amount.
    #[n(3)]
    Guest,
    /// Is a device: writes counts and entries of its own store and reads nothing.
    #[n(4)]
    Meter,
}

/// Something that needs authority. The documented list of what can be done in koinon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Action {
    /// States what was seen in a store.
    #[n(0)]
    Count,
    /// Records production, consumption, loss, hand-out and the like.
    #[n(1)]
    RecordEntry,
    /// Corrects or takes back an earlier entry.
    #[n(2)]
    Correct,
    /// Opens a new lot.
    #[n(3)]
    OpenLot,
    /// Holds, releases or recalls a batch.
    #[n(4)]
    HoldRecall,
    /// States a need.
    #[n(5)]
    StateNeed,
    /// Closes a need.
    #[n(6)]
    CloseNeed,
    /// Makes an offer, or takes it back.
    #[n(7)]
    MakeOffer,
    /// Promises and reserves own stock to a transfer.
    #[n(8)]
    Commit,
    /// Approves a large promise as the second person.
    #[n(9)]
    ApproveCommit,
    /// Accepts a promise, whole or in part, on the taking side.
    #[n(10)]
    Accept,
    /// Refuses a promise on the taking side.
    #[n(11)]
    Refuse,
    /// Objects to a transfer with a reason.
    #[n(12)]
    Object,
    /// Settles an objection.
    #[n(13)]
    SettleObjection,
    /// Sends a transfer off.
    #[n(14)]
    Dispatch,
    /// Confirms what arrived.
    #[n(15)]
    ConfirmReceipt,
    /// Withdraws a promise that is not yet sent.
    #[n(16)]
    Withdraw,
    /// Sends a transfer under way to another place.
    #[n(17)]
    Divert,
    /// Adopts a region file for the community.
    #[n(18)]
    AdoptRegion,
    /// Gives a grant.
    #[n(19)]
    Grant,
    /// Takes a grant back.
    #[n(20)]
    Revoke,
    /// Confirms, after a start from old data, that no neighbour knows more than this node.
    #[n(21)]
    ConfirmRestore,
    /// Reads amounts that the federation may see.
    #[n(22)]
    ReadAmounts,
    /// Reads what only those concerned may see.
    #[n(23)]
    ReadConcerned,
    /// Reads who holds which grant in the community.
    #[n(24)]
    ReadPeople,
    /// Keeps the node: neighbours, back-ups, sign-in resets, jobs. Opens no sealed record.
    #[n(25)]
    ManageNode,
    /// Reads "enough", "watch" or "short" where the public may.
    #[n(26)]
    ReadBands,
    /// Says that a route which ends in the community is closed, or open again.
    #[n(27)]
    StateRoute,
    /// Proposes, signs or ends an agreement on what is shared with whom.
    #[n(28)]
    ShareData,
    /// Proposes, answers or ends what two communities give each other regularly.
    #[n(29)]
    AgreeStanding,
    /// Says which teams the community has, to what they agreed, and how many stay at home.
    #[n(30)]
    KeepTeams,
    /// Asks for people at a place and a time, and answers who is promised.
    #[n(31)]
    AskMission,
    /// Promises a team, or takes that back.
    #[n(32)]
    PromiseTeam,
    /// Writes down that a team left or is home again.
    #[n(33)]
    SendTeam,
}

/// How far a grant carries for an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// The grant's scope contains the resource. This is the rule.
    Scope,
    /// The grant's scope is the whole community of the resource.
    Whole,
    /// The resource lies in the grant's community, in whatever store or place of it.
    Community,
    /// Any resource of the federation.
    Federation,
}

/// One row of the table: who may do an action, and how far their grant carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The roles that may do it.
    pub roles: &'static [Role],
    /// Whether an agreed policy may do it without a person.
    pub policy: bool,
    /// How far a grant carries.
    pub reach: Reach,
    /// Whether caps of the grant bound the amount of one act.
    pub capped: bool,
}

impl Rule {
    const fn of(roles: &'static [Role]) -> Self {
        Self { roles, policy: false, reach: Reach::Scope, capped: false }
    }

    const fn or_policy(self) -> Self {
        Self { policy: true, ..self }
    }

    const fn within_caps(self) -> Self {
        Self { capped: true, ..self }
    }

    const fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }
}

impl Role {
    /// Every role, in the order of its number.
    pub const ALL: [Self; 5] =
        [Self::Steward, Self::Facilitator, Self::Coordinator, Self::Guest, Self::Meter];

    /// The role's code, for tables and tests.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Steward => "steward",
            Self::Facilitator => "facilitator",
            Self::Coordinator => "coordinator",
            Self::Guest => "guest",
            Self::Meter => "meter",
        }
    }

    /// The longest time one grant of this role may last, in days of 24 hours.
    ///
    /// Rotating delegates hold for four months, stewards for a year; a device is looked at once a year.
    pub const fn days_max(self) -> i64 {
        match self {
            Self::Steward | Self::Meter => 365,
            Self::Facilitator | Self::Coordinator => 120,
            Self::Guest => 90,
        }
    }

    /// Whether the role takes part in the federation's work, and so sees amounts.
    pub fn is_member(self) -> bool {
        self.may(Action::ReadAmounts)
    }

    /// Whether the table lets the role do an action, scope and time aside.
    pub fn may(self, action: Action) -> bool {
        action.rule().roles.contains(&self)
    }
}

impl Action {
    /// Every action, in the order of its number.
    pub const ALL: [Self; 34] = [
        Self::Count,
        Self::RecordEntry,
        Self::Correct,
        Self::OpenLot,
        Self::HoldRecall,
        Self::StateNeed,
        Self::CloseNeed,
        Self::MakeOffer,
        Self::Commit,
        Self::ApproveCommit,
        Self::Accept,
        Self::Refuse,
        Self::Object,
        Self::SettleObjection,
        Self::Dispatch,
        Self::ConfirmReceipt,
        Self::Withdraw,
        Self::Divert,
        Self::AdoptRegion,
        Self::Grant,
        Self::Revoke,
        Self::ConfirmRestore,
        Self::ReadAmounts,
        Self::ReadConcerned,
        Self::ReadPeople,
        Self::ManageNode,
        Self::ReadBands,
        Self::StateRoute,
        Self::ShareData,
        Self::AgreeStanding,
        Self::KeepTeams,
        Self::AskMission,
        Self::PromiseTeam,
        Self::SendTeam,
    ];

    /// The table: which roles may do the action, whether a policy may, how far a grant carries, and whether caps
    /// bound it.
    ///
    /// Policies may restate an agreed need, close one that was met, accept what a standing agreement gives, hold a batch that a
    /// neighbour recalled, and let a promise lapse that nobody sent. They never promise, send or give authority.
    pub const fn rule(self) -> Rule {
        use Role::{Coordinator, Facilitator, Guest, Meter, Steward};
        const WORK: &[Role] = &[Steward, Coordinator];
        const MEMBERS: &[Role] = &[Steward, Facilitator, Coordinator];
        match self {
            Self::Count => Rule::of(&[Steward, Coordinator, Meter]),
            Self::RecordEntry => Rule::of(&[Steward, Coordinator, Meter]).within_caps(),
            // Whoever may promise stock may promise a team.
            Self::Correct
            | Self::OpenLot
            | Self::Refuse
            | Self::ConfirmReceipt
            | Self::PromiseTeam
            | Self::SendTeam => Rule::of(WORK),
            Self::Accept | Self::HoldRecall | Self::Withdraw => Rule::of(WORK).or_policy(),
            Self::StateNeed | Self::CloseNeed => Rule::of(MEMBERS).or_policy(),
            // Whoever may state a need may ask for people and state teams.
            Self::KeepTeams | Self::AskMission => Rule::of(MEMBERS),
            Self::MakeOffer | Self::Commit | Self::Dispatch | Self::Divert => Rule::of(WORK).within_caps(),
            Self::ApproveCommit => Rule::of(MEMBERS).within_caps(),
            Self::Object | Self::ReadConcerned | Self::StateRoute => {
                Rule::of(MEMBERS).reaching(Reach::Community)
            }
            Self::SettleObjection => Rule::of(&[Steward, Facilitator]),
            Self::Grant | Self::Revoke => Rule::of(&[Steward]),
            Self::AdoptRegion | Self::ConfirmRestore | Self::ManageNode => {
                Rule::of(&[Steward]).reaching(Reach::Whole)
            }
            Self::ShareData | Self::AgreeStanding => Rule::of(&[Steward, Facilitator]).reaching(Reach::Whole),
            Self::ReadAmounts => Rule::of(MEMBERS).reaching(Reach::Federation),
            Self::ReadPeople => Rule::of(&[Steward, Facilitator]).reaching(Reach::Community),
            Self::ReadBands => {
                Rule::of(&[Steward, Facilitator, Coordinator, Guest]).reaching(Reach::Federation)
            }
        }
    }

    /// The action's code, for tables and tests.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::RecordEntry => "record-entry",
            Self::Correct => "correct",
            Self::OpenLot => "open-lot",
            Self::HoldRecall => "hold-recall",
            Self::StateNeed => "state-need",
            Self::CloseNeed => "close-need",
            Self::MakeOffer => "make-offer",
            Self::Commit => "commit",
            Self::ApproveCommit => "approve-commit",
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::Object => "object",
            Self::SettleObjection => "settle-objection",
            Self::Dispatch => "dispatch",
            Self::ConfirmReceipt => "confirm-receipt",
            Self::Withdraw => "withdraw",
            Self::Divert => "divert",
            Self::AdoptRegion => "adopt-region",
            Self::Grant => "grant",
            Self::Revoke => "revoke",
            Self::ConfirmRestore => "confirm-restore",
            Self::ReadAmounts => "read-amounts",
            Self::ReadConcerned => "read-concerned",
            Self::ReadPeople => "read-people",
            Self::ManageNode => "manage-node",
            Self::ReadBands => "read-bands",
            Self::StateRoute => "state-route",
            Self::ShareData => "share-data",
            Self::AgreeStanding => "agree-standing",
            Self::KeepTeams => "keep-teams",
            Self::AskMission => "ask-mission",
            Self::PromiseTeam => "promise-team",
            Self::SendTeam => "send-team",
        }
    }

    /// The action in words that follow "may not", for refusals.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Count => "enter a count",
            Self::RecordEntry => "record an entry",
            Self::Correct => "correct an entry",
            Self::OpenLot => "open a batch",
            Self::HoldRecall => "hold or recall a batch",
            Self::StateNeed => "state a need",
            Self::CloseNeed => "close a need",
            Self::MakeOffer => "make an offer",
            Self::Commit => "promise stock",
            Self::ApproveCommit => "approve a promise",
            Self::Accept => "accept a promise",
            Self::Refuse => "refuse a promise",
            Self::Object => "object",
            Self::SettleObjection => "settle an objection",
            Self::Dispatch => "send a transfer off",
            Self::ConfirmReceipt => "confirm what arrived",
            Self::Withdraw => "withdraw a promise",
            Self::Divert => "send a transfer elsewhere",
            Self::AdoptRegion => "adopt a region file",
            Self::Grant => "give someone a task",
            Self::Revoke => "take a task back",
            Self::ConfirmRestore => "confirm restored data",
            Self::ReadAmounts => "see amounts",
            Self::ReadConcerned => "see what only those concerned see",
            Self::ReadPeople => "see who holds which task",
            Self::ManageNode => "manage the community's computer",
            Self::ReadBands => "see whether there is enough",
            Self::StateRoute => "close or open a route",
            Self::ShareData => "agree on what is shared",
            Self::AgreeStanding => "agree on what is given regularly",
            Self::KeepTeams => "state a team",
            Self::AskMission => "ask for a mission",
            Self::PromiseTeam => "promise a team",
            Self::SendTeam => "write down that a team left or is back",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.code())
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lists_every_number_that_can_be_read() {
        let read = |n: u8| minicbor::decode::<Action>(&minicbor::to_vec(n).unwrap()).ok();
        let known: Vec<Action> = (0..=255).filter_map(read).collect();
        assert_eq!(known, Action::ALL);
        let read = |n: u8| minicbor::decode::<Role>(&minicbor::to_vec(n).unwrap()).ok();
        let known: Vec<Role> = (0..=255).filter_map(read).collect();
        assert_eq!(known, Role::ALL);
    }

    #[test]
    fn codes_are_distinct() {
        let codes: std::collections::BTreeSet<_> = Action::ALL.iter().map(|a| a.code()).collect();
        assert_eq!(codes.len(), Action::ALL.len());
    }
}
