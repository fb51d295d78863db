//! A sheet whose columns were found by their headings, and the file of rows to mend.

use std::collections::BTreeMap;

use crate::flaw::{Fault, Flaw, Flaws, quoted};
use crate::sheet::{Limits, Row, Sheet};

/// A column that a table may have.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The name; case does not matter, and blanks and hyphens are underscores.
    pub name: &'static str,
    /// Other names that people give it, in lower case.
    pub also: &'static [&'static str],
    /// Whether the table is of no use without it.
    pub required: bool,
}

/// A table that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    sheet: Sheet,
    /// Names and positions of the columns that were found.
    found: Vec<(&'static str, usize)>,
}

impl Table {
    /// Finds the columns of a sheet; columns that are not asked for are kept and passed over. Rows of a wrong shape are
    /// among the rows, see [`Table::misshapen`].
    ///
    /// # Errors
    /// A flaw for each column that is missing or stands twice.
    pub fn of(sheet: Sheet, columns: &[Column]) -> Result<Self, Vec<Flaw>> {
        let mut flaws = Flaws::default();
        let found = find(&sheet.head, columns, &mut flaws);
        let flaws = flaws.finish();
        if flaws.is_empty() { Ok(Self { sheet, found }) } else { Err(flaws) }
    }

    /// Reads a table of which every row must have the right shape.
    ///
    /// # Errors
    /// Everything that is wrong with the file, its headings and the shape of its rows.
    pub fn read(bytes: &[u8], limits: &Limits, columns: &[Column]) -> Result<Self, Vec<Flaw>> {
        let whole = |fault| vec![Flaw { line: None, column: "", fault }];
        let mut table = Self::of(Sheet::read(bytes, limits).map_err(whole)?, columns)?;
        if table.sheet.bad.is_empty() {
            return Ok(table);
        }
        let mut flaws = Flaws::default();
        for (line, fault) in std::mem::take(&mut table.sheet.bad) {
            flaws.cell(line, "", fault);
        }
        Err(flaws.finish())
    }

    /// What is wrong with the shape of rows, by line.
    pub fn misshapen(&self) -> BTreeMap<u64, &Fault> {
        self.sheet.bad.iter().map(|(line, fault)| (*line, fault)).collect()
    }

    /// The rows, blank ones left out.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.sheet.rows()
    }

    /// The sheet.
    pub const fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// Whether the table has a column.
    pub fn has(&self, column: &str) -> bool {
        self.found.iter().any(|(name, _)| *name == column)
    }

    /// The text of a cell, trimmed; empty where the table does not have the column or the row ends early.
    pub fn cell<'t>(&self, row: &Row<'t>, column: &str) -> &'t str {
        let at = self.found.iter().find(|(name, _)| *name == column).map(|(_, at)| *at);
        at.map_or("", |at| row.cell(at))
    }

    /// The rows that have a flaw, as a text table of the same columns and separator with two more: the line, and what is
    /// to be mended, each headed as said. `words` says one flaw. A cell that a spreadsheet would run as a formula gets an
    /// apostrophe; the text starts with a mark of UTF-8, which spreadsheets need and the reader here passes over.
    pub fn to_mend(&self, flaws: &[Flaw], heads: [&str; 2], words: &dyn Fn(&Flaw) -> String) -> String {
        let mut by_line: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for flaw in flaws {
            if let Some(line) = flaw.line {
                by_line.entry(line).or_default().push(words(flaw));
            }
        }
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.sheet.separator)
            .flexible(true)
            .from_writer(Vec::from("\u{feff}"));
        let head = self.sheet.head.iter().map(String::as_str).chain(heads);
        let mut written = writer.write_record(head.map(inert)).is_ok();
        for (line, words) in by_line {
            let Some(row) = self.sheet.on_line(line) else { continue };
            let mut cells: Vec<String> = row.cells().map(inert).collect();
            cells.resize(self.sheet.head.len(), String::new());
            cells.extend([line.to_string(), inert(&words.join(" | "))]);
            written &= writer.write_record(cells).is_ok();
        }
        // Writing to memory cannot fail.
        let bytes = if written { writer.into_inner().unwrap_or_default() } else { Vec::new() };
        String::from_utf8(bytes).unwrap_or_default()
    }
}

/// A cell that no spreadsheet runs as a formula.
fn inert(cell: &str) -> String {
    let number =
        cell.strip_prefix(['-', '+']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Finds the columns by their headings.
fn find(head: &[String], columns: &[Column], flaws: &mut Flaws) -> Vec<(&'static str, usize)> {
    let folded: Vec<String> = head.iter().map(|h| h.to_lowercase().replace([' ', '-'], "_")).collect();
    let mut found = Vec::new();
    for column in columns {
        let name = column.name.to_lowercase();
        let is_it = |heading: &str| heading == name || column.also.contains(&heading);
        let at: Vec<usize> =
            folded.iter().enumerate().filter(|(_, heading)| is_it(heading)).map(|(at, _)| at).collect();
        match at.as_slice() {
            [] if column.required => {
                let fault = Fault::NoColumn(quoted(&head.join(", ")));
                flaws.cell(1, column.name, fault);
            }
            [] => {}
            [at] => found.push((column.name, *at)),
            [_, _, ..] => flaws.cell(1, column.name, Fault::ColumnTwice(at.len())),
        }
    }
    found
}
