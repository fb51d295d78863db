//! What a command prints: data to standard output, talk to standard error.
//!
//! Tables line up in a terminal's columns; `--json` prints one object. Nothing else in this crate writes to either.

use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use serde::Serialize;

/// Where data goes.
pub(crate) struct Out {
    to: BufWriter<StdoutLock<'static>>,
}

/// On which side a column lines up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

impl Out {
    /// Opens standard output.
    pub(crate) fn new() -> Self {
        Self { to: BufWriter::new(io::stdout().lock()) }
    }

    /// Prints one line.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.to, "{}", text.as_ref())
    }

    /// Prints text as it is.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.to.write_all(text.as_bytes())
    }

    /// Prints one object.
    pub(crate) fn json(&mut self, view: &impl Serialize) -> anyhow::Result<()> {
        // As text first: a writer's error inside the serialiser would hide that nobody reads on.
        self.line(serde_json::to_string_pretty(view)?)?;
        Ok(())
    }

    /// Prints rows in columns, the first row being the head; trailing space is left out.
    pub(crate) fn table(&mut self, align: &[Align], rows: &[Vec<String>]) -> io::Result<()> {
        let width = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..align.len()).map(width).collect();
        for row in rows {
            let mut line = String::new();
            for ((cell, width), align) in row.iter().zip(&widths).zip(align) {
                if !line.is_empty() {
                    line.push_str("  ");
                }
                // Writing to a text cannot fail.
                let _ = match align {
                    Align::Left => write!(line, "{cell:<width$}"),
                    Align::Right => write!(line, "{cell:>width$}"),
                };
            }
            self.line(line.trim_end())?;
        }
        Ok(())
    }

    /// Hands everything over.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Says something to the person at the terminal; whoever closed standard error does not want to hear it.
pub(crate) fn say(text: impl AsRef<str>) {
    let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
}

/// A bar for work that may take more than a second: shown on a terminal only.
pub(crate) fn progress(length: u64, what: &'static str) -> indicatif::ProgressBar {
    if !io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let style = indicatif::ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}");
    let bar = indicatif::ProgressBar::new(length).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A sign that work goes on whose length nobody knows: shown on a terminal only.
pub(crate) fn waiting(what: &'static str) -> indicatif::ProgressBar {
    const TICK: std::time::Duration = std::time::Duration::from_millis(200);
    if !io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(TICK);
    bar
}

/// Digits in groups of three, as people read them: `1,234,567`.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// A list that goes on in the next line before it is 80 characters wide.
pub(crate) fn wrapped(first: &str, next: &str, words: &str) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), first.to_owned());
    for word in words.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > 80 && line.trim() != "" {
            lines.push(std::mem::replace(&mut line, next.to_owned()));
        }
        if !line.ends_with(' ') {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}
