//! What a checker says: the rule that is broken, and where.

use std::fmt;

/// One thing that is wrong with a plan, by the rules of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation<Rule> {
    /// Which rule is broken.
    pub rule: Rule,
    /// By whom or where, and how or by how much.
    pub what: String,
}

impl<Rule: fmt::Debug> fmt::Display for Violation<Rule> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.what)
    }
}
