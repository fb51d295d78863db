//! The `.dow` form of the Canad collection of network design problems, read.
//!
//! A line of title, `NODES ARCS COMMODITIES`, a line `FROM TO COST CAPACITY FIXED …` for each arc (further fields mean nothing here),
//! and a line `FROM TO AMOUNT` for each commodity; nodes count from 1. The reader collects every fault with its line, and takes bytes:
//! opening files is the caller's business. Source: the files of Crainic, Frangioni and Gendron.

use super::problem::{Commodity, Link, Problem, ProblemError};
use crate::faults::{MOST, short};
use thiserror::Error;

/// The form of each kind of line.
const COUNTS: &str = "NODES ARCS COMMODITIES";
const ARC: &str = "FROM TO COST CAPACITY FIXED";
const COMMODITY: &str = "FROM TO AMOUNT";

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
    /// Too few fields, or too many.
    #[error("has {found} fields: write `{expected}`")]
    Fields {
        /// Number of fields.
        found: usize,
        /// The line's form.
        expected: &'static str,
    },
    /// A field that is no number in range.
    #[error("field {place} is `{found}`: write a whole number as in `{expected}`, counts and nodes above 0")]
    Number {
        /// Place of the field, from 1.
        place: usize,
        /// The text found, shortened.
        found: String,
        /// The line's form.
        expected: &'static str,
    },
    /// A line that is missing.
    #[error("{found} of {announced} {what} are there: add the others, or mend the second line")]
    Missing {
        /// "arcs" or "commodities".
        what: &'static str,
        /// Lines found.
        found: usize,
        /// Lines announced.
        announced: usize,
    },
    /// No line of counts.
    #[error("the line `NODES ARCS COMMODITIES` is missing: write it below the title")]
    NoCounts,
    /// A line after the last commodity.
    #[error("comes after the last commodity: take it out, or mend the second line")]
    Surplus,
    /// A problem that cannot be solved.
    #[error(
        "{0}; ids and nodes of this message: arcs and commodities count from 1 in the order of the file, nodes from 0"
    )]
    Problem(#[from] ProblemError),
}

/// Reads a problem; arcs and commodities get the ids 1, 2 and so on.
pub fn read(bytes: &[u8]) -> Result<Problem, Faults> {
    let mut reader = Reader::default();
    let mut faults = Vec::new();
    let mut last = 0;
    for (index, raw) in bytes.split(|&byte| byte == b'\n').enumerate() {
        last = index + 1;
        let outcome =
            std::str::from_utf8(raw).map_err(|_| FaultKind::NotText).and_then(|text| reader.line(text, last));
        if let Err(kind) = outcome {
            if faults.len() >= MOST {
                return Err(Faults { faults, complete: false });
            }
            faults.push(Fault { line: last, kind });
            // Without counts no later line can be understood.
            if reader.counts.is_none() {
                return Err(Faults { faults, complete: false });
            }
        }
    }
    let line = last + 1;
    let Some([nodes, arcs, commodities]) = reader.counts else {
        return Err(Faults::only(line, FaultKind::NoCounts));
    };
    for (what, found, announced) in
        [("arcs", reader.arc_lines, arcs), ("commodities", reader.commodity_lines, commodities)]
    {
        if found < announced {
            faults.push(Fault { line, kind: FaultKind::Missing { what, found, announced } });
        }
    }
    if !faults.is_empty() {
        return Err(Faults { faults, complete: true });
    }
    let (links, lines) = (reader.links.len(), reader.lines);
    Problem::new(nodes, reader.links, reader.commodities)
        .map_err(|error| Faults::only(place(&error, links, &lines).unwrap_or(2), error.into()))
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    titled: bool,
    counts: Option<[usize; 3]>,
    arc_lines: usize,
    commodity_lines: usize,
    links: Vec<Link>,
    commodities: Vec<Commodity>,
    lines: Vec<usize>,
}

impl Reader {
    fn line(&mut self, text: &str, line: usize) -> Result<(), FaultKind> {
        if !std::mem::replace(&mut self.titled, true) {
            return Ok(());
        }
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        if words.is_empty() {
            return Ok(());
        }
        let Some([_, arcs, commodities]) = self.counts else {
            let counts = numbers::<3>(&words, COUNTS, true)?;
            let wide = |place: usize, value: i64| {
                usize::try_from(value)
                    .ok()
                    .filter(|&count| count > 0)
                    .ok_or_else(|| refused(place, &words, COUNTS))
            };
            let [nodes, arcs, commodities] = counts;
            self.counts = Some([wide(1, nodes)?, wide(2, arcs)?, wide(3, commodities)?]);
            return Ok(());
        };
        if self.arc_lines < arcs {
            self.arc_lines += 1;
            let [from, to, cost, capacity, fixed] = numbers(&words, ARC, false)?;
            let (from, to) = (node(1, from, &words, ARC)?, node(2, to, &words, ARC)?);
            self.lines.push(line);
            self.links.push(Link { id: wide(self.arc_lines), from, to, cost, capacity, fixed });
        } else if self.commodity_lines < commodities {
            self.commodity_lines += 1;
            let [from, to, amount] = numbers(&words, COMMODITY, true)?;
            let (from, to) = (node(1, from, &words, COMMODITY)?, node(2, to, &words, COMMODITY)?);
            self.lines.push(line);
            self.commodities.push(Commodity { id: wide(self.commodity_lines), from, to, amount });
        } else {
            return Err(FaultKind::Surplus);
        }
        Ok(())
    }
}

/// Line of the arc or commodity that an error names, given the lines of all arcs and then of all commodities.
fn place(error: &ProblemError, arcs: usize, lines: &[usize]) -> Option<usize> {
    let (what, id) = match error {
        ProblemError::Twice { what, id }
        | ProblemError::UnknownNode { what, id, .. }
        | ProblemError::Negative { what, id, .. } => (*what, *id),
        ProblemError::Unreachable { id, .. } => ("commodity", *id),
        ProblemError::TooLarge { .. } | ProblemError::CostTooLarge { .. } => return None,
    };
    let before = if what == "arc" { 0 } else { arcs };
    lines.get(before + usize::try_from(id).ok()?.checked_sub(1)?).copied()
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn node(place: usize, number: i64, words: &[&str], expected: &'static str) -> Result<usize, FaultKind> {
    let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    index.ok_or_else(|| refused(place, words, expected))
}

fn refused(place: usize, words: &[&str], expected: &'static str) -> FaultKind {
    let found = short(words.get(place - 1).copied().unwrap_or_default());
    FaultKind::Number { place, found, expected }
}

/// The first fields as numbers; more may follow unless the form is `strict`.
fn numbers<const N: usize>(
    words: &[&str],
    expected: &'static str,
    strict: bool,
) -> Result<[i64; N], FaultKind> {
    if words.len() < N || (strict && words.len() > N) {
        return Err(FaultKind::Fields { found: words.len(), expected });
    }
    let mut numbers = [0; N];
    for (index, (number, word)) in numbers.iter_mut().zip(words).enumerate() {
        *number = word.parse().map_err(|_| refused(index + 1, words, expected))?;
    }
    Ok(numbers)
}
