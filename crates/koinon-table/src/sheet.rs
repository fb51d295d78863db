//! Rows of cells, held compactly: one text for all cells, so that a large table costs little more than its file.

use crate::flaw::Fault;
use crate::{rows, workbook};

/// The most columns.
const COLUMNS_MAX: usize = 200;
/// The most cells.
const CELLS_MAX: usize = 10_000_000;
/// The longest cell, in bytes.
pub(crate) const CELL_BYTES_MAX: usize = 4_000;

/// How large a table may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a text file; decoded text is at most three times as long.
    pub bytes: usize,
    /// Bytes of a workbook.
    pub workbook_bytes: usize,
    /// Bytes of everything that a workbook unpacks to.
    pub unpacked_bytes: u64,
    /// Rows below the headings.
    pub rows: usize,
}

impl Limits {
    /// For a command at a terminal: 64 MiB of text or a workbook of 16 MiB, a million rows.
    pub const COMMAND: Self =
        Self { bytes: 64 << 20, workbook_bytes: 16 << 20, unpacked_bytes: 128 << 20, rows: 1_000_000 };
    /// For a page, where several visitors may send tables at once: 16 MiB of text or a workbook of 4 MiB, 100,000 rows.
    pub const PAGE: Self =
        Self { bytes: 16 << 20, workbook_bytes: 4 << 20, unpacked_bytes: 64 << 20, rows: 100_000 };
}

/// A table of text with a row of headings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// The headings.
    pub head: Vec<String>,
    /// What separated cells; `,` in a workbook.
    pub(crate) separator: u8,
    /// All cells, one after the other.
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<u32>,
    /// The line of each row, and its first cell.
    rows: Vec<(u32, u32)>,
    /// Rows whose shape is wrong.
    pub(crate) bad: Vec<(u64, Fault)>,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'t> {
    /// The line of the file on which it starts, or the row of the sheet, from 1.
    pub line: u64,
    sheet: &'t Sheet,
    first: usize,
    end: usize,
}

impl Sheet {
    /// Reads bytes as a table: a workbook where they are one, else text. Blank rows are left out.
    ///
    /// # Errors
    /// A [`Fault`] that makes the whole file useless, with its line where it has one.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, Fault> {
        const ARCHIVE: &[u8] = b"PK\x03\x04";
        let is_workbook = bytes.starts_with(ARCHIVE);
        let most = if is_workbook { limits.workbook_bytes } else { limits.bytes };
        if bytes.len() > most {
            return Err(Fault::TooLarge(most >> 20));
        }
        let sheet =
            if is_workbook { workbook::read(bytes, limits)? } else { rows::read(bytes, limits.rows)? };
        if sheet.head.is_empty() { Err(Fault::Empty) } else { Ok(sheet) }
    }

    /// The rows, in the order of the file.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.rows.len()).map(|at| self.row(at))
    }

    /// The row that starts on a line.
    pub fn on_line(&self, line: u64) -> Option<Row<'_>> {
        let at = self.rows.binary_search_by_key(&line, |(line, _)| u64::from(*line)).ok()?;
        Some(self.row(at))
    }

    fn row(&self, at: usize) -> Row<'_> {
        let (line, first) = self.rows.get(at).copied().unwrap_or_default();
        let end = self.rows.get(at + 1).map_or(self.ends.len(), |(_, first)| index(*first));
        Row { line: u64::from(line), sheet: self, first: index(first), end }
    }

    fn cell(&self, at: usize) -> &str {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| index(*end));
        let end = self.ends.get(at).map_or(start, |end| index(*end));
        self.text.get(start..end).unwrap_or_default()
    }
}

impl<'t> Row<'t> {
    /// The text of a cell, trimmed; empty where the row ends before it.
    pub fn cell(&self, column: usize) -> &'t str {
        let at = self.first.saturating_add(column);
        if at < self.end { self.sheet.cell(at) } else { "" }
    }

    /// The cells, empty ones at the end left out.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &'t str> {
        (self.first..self.end).map(|at| self.sheet.cell(at))
    }
}

/// Takes cells in and makes rows of them.
pub(crate) struct Builder {
    sheet: Sheet,
    rows_max: usize,
    /// The cells of the row that is open: its place in the ends, and whether something does not fit.
    first: usize,
    column: usize,
    fault: Option<Fault>,
}

impl Builder {
    pub(crate) fn new(separator: u8, rows_max: usize) -> Self {
        let sheet = Sheet { separator, ..Sheet::default() };
        Self { sheet, rows_max, first: 0, column: 0, fault: None }
    }

    /// Puts a text into the next column of the open row; `is_cut` says that more stood there.
    pub(crate) fn push(&mut self, text: &str, is_cut: bool) -> Result<(), Fault> {
        self.column += 1;
        let text = text.trim();
        if is_cut {
            self.fault = Some(Fault::LongCell(CELL_BYTES_MAX));
        }
        if self.column > COLUMNS_MAX {
            if !text.is_empty() {
                self.fault = Some(Fault::TooManyColumns(COLUMNS_MAX));
            }
            return Ok(());
        }
        if self.sheet.ends.len() >= CELLS_MAX {
            return Err(Fault::TooManyCells(CELLS_MAX));
        }
        self.sheet.text.push_str(text);
        self.sheet.ends.push(number(self.sheet.text.len()));
        Ok(())
    }

    /// Ends the open row, which starts on a line.
    pub(crate) fn end_row(&mut self, line: u64) -> Result<(), Fault> {
        let start = |ends: &[u32], at: usize| {
            at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0)
        };
        let ends = &mut self.sheet.ends;
        while ends.len() > self.first && start(ends, ends.len()) == start(ends, ends.len() - 1) {
            ends.pop();
        }
        let cells = ends.len() - self.first;
        let fault = self.fault.take();
        self.column = 0;
        if cells == 0 && fault.is_none() {
            return Ok(());
        }
        if self.sheet.head.is_empty() {
            if let Some(fault) = fault {
                return Err(fault);
            }
            self.sheet.head = (0..cells).map(|at| self.sheet.cell(at).to_owned()).collect();
            self.sheet.text.clear();
            self.sheet.ends.clear();
            return Ok(());
        }
        if self.sheet.rows.len() >= self.rows_max {
            return Err(Fault::TooManyRows(self.rows_max));
        }
        let heads = self.sheet.head.len();
        let fault = fault.or((cells > heads).then_some(Fault::ManyCells { cells, heads }));
        self.sheet.bad.extend(fault.map(|fault| (line, fault)));
        self.sheet.rows.push((u32::try_from(line).unwrap_or(u32::MAX), number(self.first)));
        self.first = self.sheet.ends.len();
        Ok(())
    }

    /// Says that the last row ends in a quotation mark that is not closed.
    pub(crate) fn open_quote(&mut self) {
        let line = self.sheet.rows.last().map_or(1, |(line, _)| u64::from(*line));
        self.sheet.bad.retain(|(other, _)| *other != line);
        self.sheet.bad.push((line, Fault::OpenQuote));
    }

    pub(crate) fn finish(self) -> Sheet {
        self.sheet
    }
}

/// Limits keep all places below four thousand million.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
