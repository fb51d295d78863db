//! Every table as CSV, as a spreadsheet and as JSON, from the same rows that the pages show.
//!
//! An export holds what its reader may see and nothing else, since it is made from the reader's own view. A text that a
//! spreadsheet could take for a formula gets an apostrophe in front (OWASP, CSV injection). Amounts are whole base units
//! with their unit beside them, so that nothing is rounded.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_xlsxwriter::{Format as Look, Workbook, XlsxError};
use serde::Serialize;

use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::views::{
    AddsUpRow, Amount, CommunityRow, Entry, LotRow, Named, NeedRow, OfferRow, StockRow, SuggestionLine,
    TouchRow, TransferLine,
};
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

/// The unit of the first amount that is shown.
fn unit(amounts: &[Option<Amount>]) -> Cell {
    amounts.iter().flatten().next().map(|amount| amount.0.dimension().base_unit()).into()
}

fn named(named: &Named) -> [Cell; 2] {
    [named.code.as_str().into(), named.name.as_str().into()]
}

macro_rules! cells {
    ($($part:expr),* $(,)?) => {{
        let mut cells: Vec<Cell> = Vec::new();
        $(cells.extend($part);)*
        cells
    }};
}

impl Tabular for StockRow {
    const HEAD: &'static [&'static str] = &[
        "item",
        "item_name",
        "group",
        "place",
        "place_name",
        "standing",
        "on_hand",
        "free",
        "set_aside",
        "coming",
        "keeps",
        "used_per_day",
        "past_date",
        "unit",
        "lasts_days",
        "keeps_days",
        "observed_days",
        "next_date",
        "batches",
        "as_of",
        "counted",
        "method",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.item),
            [self.group.into()],
            named(&self.place),
            [
                self.standing.word().into(),
                self.amount.into(),
                self.available.into(),
                self.reserved.into(),
                self.incoming.into(),
                self.floor.into(),
                self.used_per_day.into(),
                self.at_risk.into(),
                unit(&[self.amount]),
                self.days.into(),
                self.floor_days.into(),
                self.observed_days.map(i64::from).into(),
                self.next_date.clone().into(),
                self.batches.and_then(|count| i64::try_from(count).ok()).into(),
                self.as_of.clone().into(),
                self.counted.clone().into(),
                self.method.into(),
            ],
        ]]
    }
}

impl Tabular for LotRow {
    const HEAD: &'static [&'static str] = &[
        "batch_id",
        "community",
        "community_name",
        "item",
        "item_name",
        "store",
        "store_name",
        "batch",
        "good_until",
        "on_hand",
        "set_aside",
        "unit",
        "held",
        "as_of",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            [self.id.as_str().into()],
            named(&self.community),
            named(&self.item),
            named(&self.store),
            [
                self.batch.clone().into(),
                self.expires.clone().into(),
                self.amount.into(),
                self.reserved.into(),
                unit(&[Some(self.amount)]),
                self.held.into(),
                self.as_of.clone().into(),
            ],
        ]]
    }
}

impl Tabular for Entry {
    const HEAD: &'static [&'static str] = &[
        "entry",
        "at",
        "recorded",
        "late",
        "reason",
        "seen",
        "change",
        "balance",
        "unit",
        "method",
        "standing",
        "people",
        "households",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![[
            self.id.as_str().into(),
            self.at.as_str().into(),
            self.recorded.as_str().into(),
            self.is_late.into(),
            self.reason.into(),
            self.seen.into(),
            self.change.into(),
            self.balance.into(),
            unit(&[Some(self.balance)]),
            self.method.into(),
            self.standing.into(),
            self.served.map(|(people, _)| i64::from(people)).into(),
            self.served.map(|(_, households)| i64::from(households)).into(),
        ]]]
    }
}

impl Tabular for AddsUpRow {
    const HEAD: &'static [&'static str] = &[
        "community",
        "community_name",
        "item",
        "item_name",
        "produced",
        "came_in",
        "used",
        "lost",
        "went_out",
        "sent",
        "arrived",
        "found_by_counts",
        "sum",
        "stock",
        "difference",
        "unit",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.community),
            named(&self.item),
            [
                self.produced.into(),
                self.came_in.into(),
                self.used.into(),
                self.lost.into(),
                self.went_out.into(),
                self.sent.into(),
                self.arrived.into(),
                self.found_by_counts.into(),
                self.sum.into(),
                self.stock.into(),
                self.difference.into(),
                unit(&[Some(self.stock)]),
            ],
        ]]
    }
}

impl Tabular for TouchRow {
    const HEAD: &'static [&'static str] = &[
        "community",
        "community_name",
        "heard",
        "in_touch",
        "here",
        "oldest_figure",
        "last_count",
        "same_region",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.community),
            [
                self.heard.clone().into(),
                self.in_touch.into(),
                self.is_here.into(),
                self.oldest_figure.clone().into(),
                self.last_count.clone().into(),
                self.same_region.into(),
            ],
        ]]
    }
}

impl Tabular for TransferLine {
    const HEAD: &'static [&'static str] = &[
        "giver",
        "transfer",
        "from",
        "from_name",
        "to",
        "to_name",
        "stage",
        "line",
        "item",
        "item_name",
        "requested",
        "committed",
        "reserved",
        "in_transit",
        "fulfilled",
        "lost",
        "unit",
        "leaves",
        "arrives",
        "changed",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        let rows = self.lines.iter().map(|line| {
            let counts = line.counts;
            cells![
                [self.giver.code.as_str().into(), self.id.as_str().into()],
                named(&self.from),
                named(&self.to),
                [self.stage.word().into(), i64::from(line.line).into()],
                named(&line.item),
                [
                    counts.map(|counts| counts.requested).into(),
                    counts.map(|counts| counts.committed).into(),
                    counts.and_then(|counts| counts.reserved).into(),
                    counts.and_then(|counts| counts.in_transit).into(),
                    counts.map(|counts| counts.fulfilled).into(),
                    counts.and_then(|counts| counts.lost).into(),
                    unit(&[counts.map(|counts| counts.requested)]),
                    self.leaves.clone().into(),
                    self.arrives.clone().into(),
                    self.changed.clone().into(),
                ],
            ]
        });
        rows.collect()
    }
}

impl Tabular for SuggestionLine {
    const HEAD: &'static [&'static str] = &[
        "suggestion",
        "item",
        "item_name",
        "from",
        "from_name",
        "to",
        "to_name",
        "amount",
        "unit",
        "serves",
        "taker_days_before",
        "taker_days_after",
        "giver_days_before",
        "giver_days_after",
        "giver_keeps_days",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            [self.id.as_str().into()],
            named(&self.item),
            named(&self.from),
            named(&self.to),
            [
                self.amount.into(),
                unit(&[self.amount]),
                self.serves.into(),
                self.taker_days_before.into(),
                self.taker_days_after.into(),
                self.giver_days_before.into(),
                self.giver_days_after.into(),
                self.giver_keeps_days.into(),
            ],
        ]]
    }
}

impl Tabular for NeedRow {
    const HEAD: &'static [&'static str] = &[
        "need",
        "community",
        "community_name",
        "item",
        "item_name",
        "urgency",
        "amount",
        "unit",
        "by",
        "every_days",
        "people",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            [self.id.as_str().into()],
            named(&self.community),
            named(&self.item),
            [
                self.urgency.into(),
                self.amount.into(),
                unit(&[self.amount]),
                self.by.clone().into(),
                self.every_days.map(i64::from).into(),
                self.people.map(i64::from).into(),
            ],
        ]]
    }
}

impl Tabular for OfferRow {
    const HEAD: &'static [&'static str] = &[
        "offer",
        "community",
        "community_name",
        "item",
        "item_name",
        "amount",
        "unit",
        "until",
        "take_please",
        "return_by",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            [self.id.as_str().into()],
            named(&self.community),
            named(&self.item),
            [
                self.amount.into(),
                unit(&[self.amount]),
                self.until.clone().into(),
                self.take_please.into(),
                self.return_by.clone().into(),
            ],
        ]]
    }
}

impl Tabular for CommunityRow {
    const HEAD: &'static [&'static str] = &[
        "community",
        "community_name",
        "standing",
        "food",
        "water",
        "food_days",
        "water_days",
        "worst_item",
        "worst_days",
        "heard",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.community),
            [
                self.standing.word().into(),
                self.food.word().into(),
                self.water.word().into(),
                self.food_days.into(),
                self.water_days.into(),
                self.worst.as_ref().map(|worst| worst.item.code.as_str()).into(),
                self.worst.as_ref().and_then(|worst| worst.days).into(),
                self.heard.clone().into(),
            ],
        ]]
    }
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
                    Cell::Text(text) => drop(sheet.write_string(line, column, guarded(text))?),
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
    fn endings_are_split_off_and_queries_decoded() {
        assert_eq!(split("wheat.csv"), ("wheat", Some(Format::Csv)));
        assert_eq!(split("wheat"), ("wheat", None));
        assert_eq!(split("csv"), ("csv", None));
        assert_eq!(value("place=hub-1&q=a%20b", "q"), "a b");
        assert_eq!(value("%%%", "q"), "");
    }
}
