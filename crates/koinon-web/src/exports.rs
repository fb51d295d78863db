//! Every table as CSV, as a spreadsheet and as JSON, from the same rows that the pages show.
//!
//! An export holds what its reader may see and nothing else, since it is made from the reader's own view. A text that a
//! spreadsheet could take for a formula gets an apostrophe in front (OWASP, CSV injection). Amounts are whole base units
//! with their unit beside them, so that nothing is rounded.

mod tables;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_xlsxwriter::{Format as Look, Workbook, XlsxError};
use serde::Serialize;

use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::views::Amount;
use crate::visit::Visit;

/// What a table is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values in UTF-8 with a byte-order mark.
    Csv,
    /// An Office Open XML workbook.
    Xlsx,
    /// An array of objects, as in the API.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::Json];

    /// The ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }
}

/// Splits `wheat.csv` into its name and format; a name without a known ending stays whole.
pub fn split(name: &str) -> (&str, Option<Format>) {
    let found = Format::ALL.into_iter().find_map(|format| {
        let stem = name.strip_suffix(format.ending())?.strip_suffix('.')?;
        Some((stem, format))
    });
    found.map_or((name, None), |(stem, format)| (stem, Some(format)))
}

/// One value of a query, decoded; empty where it is absent.
pub fn value(query: &str, name: &str) -> String {
    let pairs: Vec<(String, String)> =
        axum::extract::Query::try_from_uri(&format!("/?{query}").parse().unwrap_or_default())
            .map(|axum::extract::Query(pairs)| pairs)
            .unwrap_or_default();
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
}

/// Makes the answer for a visitor, the query as it was sent, and a format.
pub type Take = fn(&App, &Visit, &str, Format) -> Response;

/// The addresses of one table: `/stock.csv`, `/stock.xlsx`, `/stock.json`.
pub fn routes(path: &str, take: Take) -> Router<App> {
    Format::ALL.into_iter().fold(Router::new(), |router, format| {
        let handler = move |State(app): State<App>, visit: Visit, RawQuery(query): RawQuery| async move {
            take(&app, &visit, query.as_deref().unwrap_or(""), format)
        };
        router.route(&format!("{path}.{}", format.ending()), get(handler))
    })
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing known or nothing to be seen.
    Empty,
    /// Words.
    Text(String),
    /// A whole number.
    Whole(i64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<bool> for Cell {
    fn from(truth: bool) -> Self {
        Self::Text(if truth { "yes" } else { "no" }.to_owned())
    }
}

impl From<Amount> for Cell {
    fn from(amount: Amount) -> Self {
        Self::Whole(amount.0.amount())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A row that can be taken away.
pub trait Tabular: Serialize {
    /// The names of its columns.
    const HEAD: &'static [&'static str];
    /// Its cells, as many as there are columns; a transfer has a row for each of its lines.
    fn rows(&self) -> Vec<Vec<Cell>>;
}

/// A whole table, ready to be written.
#[derive(Debug)]
pub struct Sheet {
    name: String,
    head: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
    json: Result<String, serde_json::Error>,
}

impl Sheet {
    /// Makes a table of rows; `name` becomes the file's name.
    pub fn of<T: Tabular>(name: &str, rows: &[T]) -> Self {
        Self {
            name: name.to_owned(),
            head: T::HEAD,
            rows: rows.iter().flat_map(Tabular::rows).collect(),
            json: serde_json::to_string(rows),
        }
    }

    /// The table as CSV.
    ///
    /// # Errors
    /// Only when memory cannot be written to.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(vec![0xEF, 0xBB, 0xBF]);
        writer.write_record(self.head)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| match cell {
                Cell::Empty => String::new(),
                Cell::Text(text) => guarded(text),
                Cell::Whole(number) => number.to_string(),
            }))?;
        }
        writer.into_inner().map_err(|fault| csv::Error::from(fault.into_error()))
    }

    /// The table as a workbook of one sheet.
    ///
    /// # Errors
    /// When it has more rows than a sheet can hold.
    pub fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let bold = Look::new().set_bold();
        for (column, title) in (0u16..).zip(self.head) {
            sheet.write_string_with_format(0, column, *title, &bold)?;
        }
        for (line, row) in (1u32..).zip(&self.rows) {
            for (column, cell) in (0u16..).zip(row) {
                match cell {
                    Cell::Empty => {}
                    Cell::Text(text) => drop(sheet.write_string(line, column, fitting(&guarded(text)))?),
                    // A sheet holds 53 bits; a larger amount stays exact as text.
                    Cell::Whole(number) => match i32::try_from(*number) {
                        Ok(small) => drop(sheet.write_number(line, column, small)?),
                        Err(_) if number.unsigned_abs() < 1 << 53 => {
                            let text = number.to_string();
                            let wide = text.parse::<f64>().unwrap_or_default();
                            sheet.write_number(line, column, wide)?;
                        }
                        Err(_) => drop(sheet.write_string(line, column, number.to_string())?),
                    },
                }
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofit();
        book.save_to_buffer()
    }

    /// The table as an answer to download.
    pub fn answer(&self, format: Format) -> Response {
        let body = match format {
            Format::Csv => self.csv().map_err(|fault| fault.to_string()),
            Format::Xlsx => self.xlsx().map_err(|fault| fault.to_string()),
            Format::Json => {
                self.json.as_ref().map(|text| text.clone().into_bytes()).map_err(ToString::to_string)
            }
        };
        match body {
            Ok(body) => {
                let disposition =
                    format!("attachment; filename=\"koinon-{}.{}\"", self.name, format.ending());
                let headers =
                    [(CONTENT_TYPE, format.media_type().to_owned()), (CONTENT_DISPOSITION, disposition)];
                (headers, body).into_response()
            }
            Err(fault) => {
                tracing::error!(fault, table = self.name, "a table could not be written");
                Problem::new(Kind::Internal).into_response()
            }
        }
    }
}

/// A text that no spreadsheet takes for a formula.
pub fn guarded(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if risky { format!("'{text}") } else { text.to_owned() }
}

/// The most characters of a cell of a workbook (ISO/IEC 29500 leaves it open; spreadsheets take 32,767).
const CELL_CHARS_MAX: usize = 32_767;

/// A text that fits into a cell of a workbook; one that is longer says that it was cut.
fn fitting(text: &str) -> String {
    const CUT: &str = " … (cut; the CSV and JSON have the whole)";
    if text.chars().count() <= CELL_CHARS_MAX {
        return text.to_owned();
    }
    text.chars().take(CELL_CHARS_MAX - CUT.chars().count()).chain(CUT.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_can_become_a_formula() {
        for (text, safe) in [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-3", "'-3"),
            ("@cmd", "'@cmd"),
            ("\t=x", "'\t=x"),
            ("Wheat", "Wheat"),
            ("", ""),
        ] {
            assert_eq!(guarded(text), safe);
        }
    }

    #[test]
    fn a_long_text_is_cut_in_a_workbook_and_says_so() {
        assert_eq!(fitting("wheat"), "wheat");
        let long = "é".repeat(CELL_CHARS_MAX + 1);
        let cut = fitting(&long);
        assert_eq!(cut.chars().count(), CELL_CHARS_MAX);
        assert!(cut.ends_with("have the whole)"));
    }

    #[test]
    fn endings_are_split_off_and_queries_decoded() {
        assert_eq!(split("wheat.csv"), ("wheat", Some(Format::Csv)));
        assert_eq!(split("wheat"), ("wheat", None));
        assert_eq!(split("csv"), ("csv", None));
        assert_eq!(value("place=hub-1&q=a%20b", "q"), "a b");
        assert_eq!(value("%%%", "q"), "");
    }
}
