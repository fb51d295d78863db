//! How a command ends: done, no, error or misuse; and how an error is told.
//!
//! An error is told as one sentence, its causes one a line, and hints that the reader can act on.

use std::error::Error;
use std::ffi::OsString;
use std::fmt::Write;
use std::io::{self, IsTerminal as _};

use koinon_table::{Fault, Flaw};

/// How a command ended that could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or yes: exit code 0.
    Done,
    /// No, or nothing found: exit code 1.
    No,
}

/// The exit code of an error.
pub(crate) const ERROR: u8 = 2;
/// The exit code of a command line that makes no sense.
pub(crate) const USAGE: u8 = 64;

/// An error with hints.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Complaint {
    message: String,
    hints: Vec<String>,
    usage: bool,
    #[source]
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// Rows of a table that cannot be used, every one of them.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {} cannot be used", rows(.flaws.len()))]
pub(crate) struct BadTable {
    /// The file.
    pub(crate) file: String,
    /// What is wrong with it.
    pub(crate) flaws: Vec<Flaw>,
}

fn rows(count: usize) -> String {
    if count == 1 { "one entry".to_owned() } else { format!("{count} entries") }
}

/// Says what was tried when something failed, and what the reader can do.
pub(crate) trait Explain<T> {
    /// Adds the sentence and a hint; an empty hint is left out.
    fn explain(self, message: impl FnOnce() -> String, hint: &str) -> anyhow::Result<T>;
}

impl<T, E: Error + Send + Sync + 'static> Explain<T> for Result<T, E> {
    fn explain(self, message: impl FnOnce() -> String, hint: &str) -> anyhow::Result<T> {
        self.map_err(|cause| {
            let hints = if hint.is_empty() { Vec::new() } else { vec![hint.to_owned()] };
            Complaint { message: message(), hints, usage: false, cause: Some(Box::new(cause)) }.into()
        })
    }
}

impl Complaint {
    /// An error that has no deeper cause.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hints: vec![hint.into()], usage: false, cause: None }
    }

    /// A command line that makes no sense.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { usage: true, ..Self::new(message, hint) }
    }
}

/// Whether an error only says that nobody reads on, as after `| head`.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// The exit code that an error ends with.
pub(crate) fn code(error: &anyhow::Error) -> u8 {
    let misuse = error.chain().filter_map(|cause| cause.downcast_ref::<Complaint>()).any(|c| c.usage);
    if misuse { USAGE } else { ERROR }
}

/// How words stand out on a terminal: before and after them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ink {
    error: &'static str,
    hint: &'static str,
    plain: &'static str,
}

impl Ink {
    /// Colours for standard error, where it is a terminal that has some and nobody asked for none
    /// (<https://no-color.org>).
    pub(crate) fn of_stderr() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value: OsString| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        if io::stderr().is_terminal() && !set("NO_COLOR") && !dumb {
            Self::coloured()
        } else {
            Self::default()
        }
    }

    const fn coloured() -> Self {
        Self { error: "\u{1b}[1;31m", hint: "\u{1b}[1;36m", plain: "\u{1b}[0m" }
    }
}

/// The whole text of an error: sentence, flaws, causes, hints.
pub(crate) fn tell(error: &anyhow::Error, ink: Ink) -> String {
    let Ink { error: red, hint: blue, plain } = ink;
    let mut text = format!("{red}error:{plain} {error}\n");
    let mut said = error.to_string();
    for cause in error.chain().skip(1) {
        let words = cause.to_string();
        // An error that shows its source inside its own words would say it twice.
        if !said.contains(&words) {
            let _ = writeln!(text, "  because: {}", words.replace('\n', "\n           "));
            said = words;
        }
    }
    for table in error.chain().filter_map(|cause| cause.downcast_ref::<BadTable>()) {
        for flaw in &table.flaws {
            let _ = writeln!(text, "  {flaw}");
        }
        if table.flaws.iter().any(|flaw| matches!(flaw.fault, Fault::TwoReadings(_))) {
            text.push_str("hint: say --decimal point or --decimal comma\n");
        }
    }
    for hint in error.chain().filter_map(|cause| cause.downcast_ref::<Complaint>()).flat_map(|c| &c.hints) {
        if hint.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{blue}hint:{plain} {hint}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_mark_the_first_words_and_change_no_other() {
        let error: anyhow::Error = Complaint::new("it rains", "take a coat").into();
        let plain = tell(&error, Ink::default());
        assert_eq!(plain, "error: it rains\nhint: take a coat\n");
        let coloured = tell(&error, Ink::coloured());
        assert_eq!(
            coloured,
            "\u{1b}[1;31merror:\u{1b}[0m it rains\n\u{1b}[1;36mhint:\u{1b}[0m take a coat\n"
        );
    }
}
