//! What is wrong with a region file, said so that a person can mend it.

use std::fmt;

/// The most faults that one report lists.
pub const FAULTS_MAX: usize = 500;

/// One fault in a region file. Faults sort by line, then path.
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

/// A list of faults that stops growing at [`FAULTS_MAX`] and says so.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Fault>,
    more: bool,
}

impl Faults {
    /// Adds what makes the region unusable.
    pub(super) fn error(
        &mut self,
        path: impl Into<String>,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(path.into(), Severity::Error, &found.into(), &remedy.into());
    }

    /// Adds what somebody should look at.
    pub(super) fn warning(
        &mut self,
        path: impl Into<String>,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(path.into(), Severity::Warning, &found.into(), &remedy.into());
    }

    /// Whether nothing more would be listed, so that looking on is idle; notes that somebody wanted to.
    pub(super) fn is_full(&mut self) -> bool {
        self.more |= self.list.len() >= FAULTS_MAX;
        self.more
    }

    /// Whether there is an error among them.
    pub(super) fn has_error(&self) -> bool {
        self.more || self.list.iter().any(Fault::is_error)
    }

    /// Gives each fault its line and hands them over in order.
    pub(super) fn finish(mut self, line_of: impl Fn(&str) -> Option<usize>) -> Vec<Fault> {
        for fault in &mut self.list {
            fault.line = line_of(&fault.path);
        }
        self.list.sort();
        if self.more {
            self.list.push(Fault {
                line: None,
                path: String::new(),
                severity: Severity::Error,
                found: format!("only the first {FAULTS_MAX} faults are listed"),
                remedy: "mend these and check again".into(),
            });
        }
        self.list
    }

    fn add(&mut self, path: String, severity: Severity, found: &str, remedy: &str) {
        if self.is_full() {
            return;
        }
        self.list.push(Fault { line: None, path, severity, found: clean(found), remedy: clean(remedy) });
    }
}

/// Makes a text that came from outside fit for one line of a terminal.
fn clean(text: &str) -> String {
    const LONGEST: usize = 400;
    let mut line: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}
