//! What a node's book can be asked to do, what comes of it, and why it is refused.

use koinon_authority::{Action, Denied, GrantFault, Granted, RevokeFault, Revoked};
use koinon_core::region::Fault;
use koinon_core::{CommunityCode, Digest, EntryId, NodeId, PersonId};
use koinon_ledger::{Command, Question, Refusal, decide};

use crate::fact::{About, Fact, Stamp, TEXT_LEN_MAX};
use crate::personal::Personal;

/// A command to the node's book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookCommand {
    /// Anything about stock.
    Ledger(Command),
    /// Anything about teams and missions.
    Aid(koinon_aid::Command),
    /// Take a node to speak for a community.
    Admit {
        /// The act.
        act: EntryId,
        /// The node.
        node: NodeId,
        /// The community.
        community: CommunityCode,
    },
    /// Go by a region file from now on.
    AdoptRegion {
        /// The act.
        act: EntryId,
        /// The file's text.
        text: String,
    },
    /// Put a sharing agreement up and sign it.
    ProposeAgreement {
        /// The act.
        act: EntryId,
        /// Its text.
        text: String,
    },
    /// Sign a sharing agreement that was put up.
    SignAgreement {
        /// The act.
        act: EntryId,
        /// Its text's digest.
        text: Digest,
    },
    /// End a sharing agreement for the own community.
    EndAgreement {
        /// The act.
        act: EntryId,
        /// Its text's digest.
        text: Digest,
    },
    /// Give authority.
    Grant {
        /// The act.
        act: EntryId,
        /// The grant.
        granted: Granted,
        /// What the person is called at home.
        name: Option<Personal>,
    },
    /// Take authority back.
    Revoke {
        /// The act.
        act: EntryId,
        /// What is taken back.
        revoked: Revoked,
    },
    /// Agree, as the second steward, that somebody chooses a new password.
    AgreeRecovery {
        /// The act.
        act: EntryId,
        /// Whose sign-in it is.
        person: PersonId,
        /// The steward who asked.
        asked_by: PersonId,
    },
    /// Say what a person is called at home; empty to forget it.
    Name {
        /// The act.
        act: EntryId,
        /// Who.
        person: PersonId,
        /// The name.
        name: Personal,
    },
    /// Have nobody keep anything personal of somebody.
    Erase {
        /// The act.
        act: EntryId,
        /// Who.
        person: PersonId,
    },
    /// Write a note that stays at home; empty to clear it.
    Note {
        /// The act.
        act: EntryId,
        /// What it is about.
        about: About,
        /// The text.
        text: Personal,
    },
}

/// What a command leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// Record these, in one commit.
    Facts(Vec<(Stamp, Fact)>),
    /// Nothing is recorded until the command comes again, confirmed.
    Ask(Vec<Question>),
    /// The same of a command about teams and missions.
    AskOfTeams(Vec<koinon_aid::Question>),
}

/// Why a command is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No authority.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The stock book refuses.
    #[error(transparent)]
    Ledger(#[from] Refusal),
    /// The book of teams and missions refuses.
    #[error(transparent)]
    Aid(#[from] koinon_aid::Refusal),
    /// The grant is not valid.
    #[error(transparent)]
    Grant(#[from] GrantFault),
    /// The revocation is not valid.
    #[error(transparent)]
    Revoke(#[from] RevokeFault),
    /// The region file has faults.
    #[error("the region file has {} faults; the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Region(Vec<Fault>),
    /// The region file lacks codes that the book names.
    #[error(
        "the region file lacks what the book names: {}; codes are for ever: put each back as it was, and give a community that goes a `leaves` day",
        .0.join(", ")
    )]
    CodesMissing(Vec<String>),
    /// The agreement has faults.
    #[error("the agreement cannot be used, faults: {}; the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Agreement(Vec<Fault>),
    /// No such agreement was put up here.
    #[error("no agreement {0} is known here; exchange with whoever proposed it, or propose its text here")]
    NoSuchAgreement(Digest),
    /// The community is no party.
    #[error("'{0}' is no party to this agreement; only its parties sign it")]
    NoParty(CommunityCode),
    /// The agreement is over for this community.
    #[error("this agreement is over; propose a new text, with new days")]
    AgreementOver,
    /// The same person signs twice.
    #[error("you have signed this already; a second person of your community signs too")]
    SignedAlready,
    /// A recovery needs two who are not the person.
    #[error("two stewards who are not the person must agree on this together")]
    NotTwo,
    /// A text is too long.
    #[error("the text has {0} characters; {TEXT_LEN_MAX} fit")]
    TextTooLong(usize),
    /// A personal text was not sealed before it was to be decided.
    #[error("names and notes are recorded sealed only; this one was not, so it was not recorded")]
    NotSealed,
    /// Nobody is known here by that id.
    #[error("person {0} is not known here; erase by the id that stands on the page of people")]
    NoSuchPerson(PersonId),
    /// Nothing can be erased of somebody who still has tasks here.
    #[error("this person still has tasks here ({0}); take them back first, then erase")]
    HasTasks(usize),
    /// Somebody whose data was erased is to be given a name again.
    #[error(
        "what was known of this person was erased for good; somebody who comes back is entered as a new person"
    )]
    WasErased,
    /// The node speaks for no community, as a mirror does.
    #[error("this computer keeps a safety copy and writes for no community")]
    NoCommunity,
    /// The node speaks for another community already.
    #[error("this computer is known to speak for '{0}' already")]
    AlreadyAdmitted(CommunityCode),
}

impl BookCommand {
    /// The act that the client made.
    pub fn act(&self) -> EntryId {
        match self {
            Self::Ledger(command) => command.act,
            Self::Aid(command) => command.act,
            Self::Admit { act, .. }
            | Self::AdoptRegion { act, .. }
            | Self::ProposeAgreement { act, .. }
            | Self::SignAgreement { act, .. }
            | Self::EndAgreement { act, .. }
            | Self::Grant { act, .. }
            | Self::Revoke { act, .. }
            | Self::AgreeRecovery { act, .. }
            | Self::Name { act, .. }
            | Self::Erase { act, .. }
            | Self::Note { act, .. } => *act,
        }
    }

    /// The action that it needs permission for.
    pub fn action(&self) -> Action {
        match self {
            Self::Ledger(command) => decide::action_of(&command.what),
            Self::Aid(command) => koinon_aid::decide::action_of(&command.what),
            Self::Admit { .. } | Self::Name { .. } | Self::Erase { .. } => Action::ManageNode,
            Self::AdoptRegion { .. } => Action::AdoptRegion,
            Self::ProposeAgreement { .. } | Self::SignAgreement { .. } | Self::EndAgreement { .. } => {
                Action::ShareData
            }
            Self::Grant { .. } | Self::AgreeRecovery { .. } => Action::Grant,
            Self::Revoke { .. } => Action::Revoke,
            Self::Note { .. } => Action::RecordEntry,
        }
    }
}
