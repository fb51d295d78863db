//! The composed book: one `Fact` enum with its registry of kind numbers, `decide`, `evolve` and `react`, and every
//! policy.
//!
//! Only this room sees all domain rooms together. It does no input or output. What a node knows is a pure function
//! of the set of facts present; a fact of an unknown newer kind is kept by the log and passed over here.

mod adoption;
pub mod book;
mod command;
pub mod content;
pub mod cover;
pub mod fact;
pub mod minimum;
pub mod personal;
pub mod policy;
pub mod registry;
pub mod served;
pub mod sharing;
pub mod standing;

pub use book::services::ServiceProblem;
pub use book::teams::TeamProblem;
pub use book::{Book, Doubt, EVOLVE_VERSION, Origin, founding_facts};
pub use book::{first_view, written};
pub use command::{BookCommand, Decided, Refused};
pub use content::Content;
pub use fact::{
    About, AgreementEnded, AgreementSigned, AgreementText, Erased, ErasureAnswered, Fact, LocalNote,
    NameSealed, NodeAdmitted, NodeSpeaksFor, NodeSuspended, NoteSealed, PeopleServed, PersonNamed, Purged,
    RecoveryAgreed, RegionAdopted, RegionPart, ServedPublished, Stamp,
};
pub use personal::{Personal, Sealed, Subject};
pub use registry::{Decoded, decode, encode};
