//! What the readers of text formats share: faults with their lines, and lists of them that end somewhere.

use std::error::Error;
use std::fmt;

/// Most faults that are listed unless the caller says otherwise.
pub(crate) const MOST: usize = 100;

/// Something wrong at one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault<K> {
    /// Line, from 1; one past the last for what is missing from the whole or wrong with it.
    pub line: usize,
    /// What is wrong there.
    pub kind: K,
}

impl<K: fmt::Display> fmt::Display for Fault<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.kind)
    }
}

impl<K: fmt::Debug + fmt::Display> Error for Fault<K> {}

/// All faults of one text, in order of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults<K> {
    /// The faults, at least one.
    pub faults: Vec<Fault<K>>,
    /// Whether the text was read to its end; false when there were too many faults, or no line after one could be understood.
    pub complete: bool,
}

impl<K> Faults<K> {
    /// One fault of a text that was read to its end.
    pub(crate) fn only(line: usize, kind: K) -> Self {
        Self { faults: vec![Fault { line, kind }], complete: true }
    }
}

impl<K: fmt::Display> fmt::Display for Faults<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.faults.iter().enumerate() {
            let between = if number == 0 { "" } else { "\n" };
            write!(f, "{between}{fault}")?;
        }
        if self.complete { Ok(()) } else { f.write_str("\nand more: reading stopped here") }
    }
}

impl<K: fmt::Debug + fmt::Display> Error for Faults<K> {}

/// The beginning of a text, for a message.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(24).collect()
}
