//! What is wrong with a region file, said so that a person can mend it.

use std::fmt;

/// One fault in a region file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line in the file, from 1, where it is known.
    pub line: Option<usize>,
    /// Where it stands, for example `communities[3].population`; empty for the whole file. Lists count from 0.
    pub path: String,
    /// Whether the region can be used all the same.
    pub severity: Severity,
    /// What was found.
    pub found: String,
    /// What was expected, or how to mend it.
    pub remedy: String,
}

/// How grave a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The region cannot be used.
    Error,
    /// The region can be used; somebody should look.
    Warning,
}

impl Fault {
    /// Whether the region cannot be used.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if self.severity == Severity::Warning {
            f.write_str("warning: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}; {}", self.found, self.remedy)
    }
}

impl std::error::Error for Fault {}
