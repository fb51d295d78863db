//! What can be wrong with a table: each fault in words, and typed so that a page says it in the reader's language.

use std::fmt;

use koinon_core::unit::UnitError;

/// The most flaws of one table that are listed.
const FLAWS_MAX: usize = 200;

/// What is wrong, without its place. It is shown as what was found, a semicolon, and what would do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file holds nothing.
    #[error("the file is empty; write a row of headings, then a row for each entry")]
    Empty,
    /// The file is larger than so many MiB.
    #[error("the file is larger than {0} MiB; split it")]
    TooLarge(usize),
    /// The table has more rows than this.
    #[error("there are more than {0} rows; split the table")]
    TooManyRows(usize),
    /// The table has more columns than this.
    #[error("there are more than {0} columns; leave the others out")]
    TooManyColumns(usize),
    /// The table has more cells than this.
    #[error("there are more than {0} cells; split the table, or leave columns out")]
    TooManyCells(usize),
    /// More rows than this cannot be used.
    #[error("more than {0} rows cannot be used; mend the first ones and read again")]
    TooManyBad(usize),
    /// The file is no text.
    #[error("the file holds zero bytes, so it is no text; save the table as CSV in UTF-8, or as xlsx")]
    NotText,
    /// The workbook cannot be read; the cause is for experts.
    #[error("this is no workbook that can be read ({0}); save it as xlsx again, or as CSV")]
    NoWorkbook(String),
    /// The workbook unpacks to more than so many MiB.
    #[error("the workbook unpacks to more than {0} MiB; split it, or save the sheet as CSV")]
    Unpacks(usize),
    /// A column that is needed has no heading; the headings that there are.
    #[error("there is no such column among {0}; name it in the first row")]
    NoColumn(String),
    /// So many columns have the same heading.
    #[error("{0} columns have this heading; keep one of them")]
    ColumnTwice(usize),
    /// A cell is longer than so many bytes.
    #[error("a cell is longer than {0} bytes; look for a quotation mark that is not closed")]
    LongCell(usize),
    /// There are more cells than headings.
    #[error("{cells} cells under {heads} headings; put text that holds the separator in quotation marks")]
    ManyCells {
        /// Cells of the row.
        cells: usize,
        /// Headings of the table.
        heads: usize,
    },
    /// A quotation mark is not closed.
    #[error("a quotation mark is not closed; close it, or write it twice")]
    OpenQuote,
    /// A cell that is needed is empty; what would do.
    #[error("nothing is written; {0}")]
    Nothing(String),
    /// A word that the region file does not have.
    #[error("{} is not in the region file; {}", quoted(.found), meant(.like.as_deref(), .kind))]
    Unknown {
        /// What was written.
        found: String,
        /// The nearest word that could have been meant.
        like: Option<String>,
        /// The lists of the region file in which it was looked for.
        kind: &'static str,
    },
    /// An amount that cannot be read.
    #[error("{}", with_example(.fault, .example))]
    Amount {
        /// Why.
        fault: UnitError,
        /// An amount that would do, for example `12 kg`.
        example: String,
    },
    /// An amount below zero.
    #[error("{} is below zero; write what is there or asked for, 0 or more", quoted(.0))]
    Negative(String),
    /// A number that can be read in two ways, and nothing in its column tells which.
    #[error("{} can be read in two ways; say which mark separates decimals, or write it without group marks", quoted(.0))]
    TwoReadings(String),
    /// A batch number that cannot be printed.
    #[error("{} is no printed batch number; use up to 20 letters, digits and - . / _", quoted(.0))]
    Batch(String),
    /// A day that cannot be read without doubt.
    #[error("{} is no date that can be read without doubt; write it like 2026-03-31", quoted(.0))]
    Day(String),
    /// The same stands on an earlier line.
    #[error("the same batch stands on line {0}; keep one row")]
    Twice(u64),
    /// So many more flaws are not listed.
    #[error("{0} more flaws are not listed; mend these and read again")]
    More(usize),
    /// Something that only one kind of table has.
    #[error("{found}; {remedy}")]
    Said {
        /// What was found.
        found: String,
        /// What would do.
        remedy: String,
    },
}

fn meant(like: Option<&str>, kind: &str) -> String {
    match like {
        Some(word) => format!("did you mean {}?", quoted(word)),
        None => format!("write the code or name of one of its {kind}"),
    }
}

fn with_example(fault: &UnitError, example: &str) -> String {
    let told = fault.to_string();
    if told.contains("; ") { told } else { format!("{told}; write for example '{example}'") }
}

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The line of the file or row of the sheet, from 1; `None` for the whole file.
    pub line: Option<u64>,
    /// The column; empty for the whole line.
    pub column: &'static str,
    /// What is wrong.
    pub fault: Fault,
}

impl Flaw {
    /// A fault of the whole file.
    pub const fn whole(fault: Fault) -> Self {
        Self { line: None, column: "", fault }
    }

    /// What is wrong without the line, for a file in which it stands beside its row.
    pub fn told(&self) -> String {
        if self.column.is_empty() {
            self.fault.to_string()
        } else {
            format!("{}: {}", self.column, self.fault)
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.column.is_empty() {
            write!(f, "{}: ", self.column)?;
        }
        write!(f, "{}", self.fault)
    }
}

/// Collects flaws up to a limit.
#[derive(Debug, Default)]
pub struct Flaws {
    list: Vec<Flaw>,
    more: usize,
}

impl Flaws {
    /// Adds a fault of a cell.
    pub fn cell(&mut self, line: u64, column: &'static str, fault: Fault) {
        self.add(Flaw { line: Some(line), column, fault });
    }

    /// Adds a fault in words of one kind of table.
    pub fn said(
        &mut self,
        line: u64,
        column: &'static str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.cell(line, column, Fault::Said { found: found.into(), remedy: remedy.into() });
    }

    /// Adds a flaw.
    pub fn add(&mut self, flaw: Flaw) {
        if self.list.len() < FLAWS_MAX {
            self.list.push(flaw);
        } else {
            self.more += 1;
        }
    }

    /// Whether further flaws are only counted.
    pub const fn is_full(&self) -> bool {
        self.more > 0 || self.list.len() >= FLAWS_MAX
    }

    /// Everything that is wrong, in the order of lines; empty when nothing is.
    pub fn finish(mut self) -> Vec<Flaw> {
        self.list.sort_by_cached_key(|flaw| (flaw.line, flaw.column, flaw.fault.to_string()));
        if self.more > 0 {
            self.list.push(Flaw { line: None, column: "", fault: Fault::More(self.more) });
        }
        self.list
    }
}

/// What came from outside, fit for one line of a terminal.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut line: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    format!("'{line}'")
}
