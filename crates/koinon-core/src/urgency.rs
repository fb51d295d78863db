//! How badly things and people are needed.

use minicbor::{Decode, Encode};

/// How badly something is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Urgency {
    /// Lives depend on it.
    #[n(0)]
    MustHave,
    /// Needed.
    #[n(1)]
    Needed,
    /// Useful.
    #[n(2)]
    Useful,
}

impl Urgency {
    /// Every urgency, the most urgent first.
    pub const ALL: [Self; 3] = [Self::MustHave, Self::Needed, Self::Useful];

    /// The word for it, as in addresses, tables and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MustHave => "must-have",
            Self::Needed => "needed",
            Self::Useful => "useful",
        }
    }

    /// Finds an urgency by its word.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|urgency| urgency.code() == code)
    }
}
