//! What can be wrong with a file, line by line, and what to do about it.

use crate::route::problem::{MAX_STOPS, ProblemError};
use thiserror::Error;

/// Something wrong at one line.
pub type Fault = crate::faults::Fault<FaultKind>;

/// All faults of one text, in order of lines.
pub type Faults = crate::faults::Faults<FaultKind>;

/// What can be wrong at a line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FaultKind {
    /// Bytes that are no UTF-8 text.
    #[error("is not UTF-8 text: save the file as plain text")]
    NotText,
    /// A section this reader does not know.
    #[error(
        "begins the section `{found}`: only NODE_COORD, DEMAND, DEPOT and EDGE_WEIGHT sections are read here"
    )]
    UnknownSection {
        /// The name found, shortened.
        found: String,
    },
    /// A line that is neither a header nor in a section.
    #[error(
        "is `{found}`, outside any section: write `KEY : VALUE`, or the section's name before its numbers"
    )]
    Outside {
        /// The line found, shortened.
        found: String,
    },
    /// A kind of problem or of legs that is not read.
    #[error("{key} is `{found}`: {expected}")]
    Unsupported {
        /// The header's key.
        key: &'static str,
        /// The value found, shortened.
        found: String,
        /// What is read.
        expected: &'static str,
    },
    /// Too few or too many fields.
    #[error("has {found} fields: write `{expected}`")]
    Fields {
        /// Number of fields found.
        found: usize,
        /// The line's form.
        expected: &'static str,
    },
    /// A field that is no number in range.
    #[error("{field} is `{found}`: write {expected}")]
    Number {
        /// Name of the field.
        field: &'static str,
        /// The text found, shortened.
        found: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// A header or a section that is not there.
    #[error("{what} is missing: {remedy}")]
    Missing {
        /// What is missing.
        what: &'static str,
        /// What to add.
        remedy: &'static str,
    },
    /// More nodes than can be planned.
    #[error("announces {found} nodes, the limit is {}: split the problem", MAX_STOPS + 1)]
    TooLarge {
        /// Number announced.
        found: usize,
    },
    /// A node out of its turn or beyond the announced number.
    #[error("gives {what} of node {found} where node {expected} is due: number them 1 to {nodes} in order")]
    Turn {
        /// "the coordinates" or "the demand".
        what: &'static str,
        /// Number found.
        found: usize,
        /// Number due.
        expected: usize,
        /// Number of nodes announced.
        nodes: usize,
    },
    /// Another number of entries than the dimension asks for.
    #[error("{what} has {found} entries, the dimension asks for {expected}: mend one or the other")]
    Count {
        /// Name of the section.
        what: &'static str,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// A depot that does not exist, or a second one.
    #[error("names depot {found}: name one of the {nodes} nodes, and only one")]
    Depot {
        /// Number found.
        found: usize,
        /// Number of nodes announced.
        nodes: usize,
    },
    /// A depot that wants something itself.
    #[error("the depot wants {found}: give it demand 0")]
    DepotDemand {
        /// Demand found.
        found: i64,
    },
    /// A problem that cannot be planned.
    #[error("{0}")]
    Problem(#[from] ProblemError),
}
