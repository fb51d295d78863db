//! Workbooks (xlsx, ISO/IEC 29500): the first sheet, cell by cell. What the archive really unpacks to is measured before
//! anything is built of it, since its own statement may be false; a far corner cell costs nothing.

use std::io::{Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, open_workbook_from_rs};
use zip::ZipArchive;

use crate::flaw::{Fault, quoted};
use crate::sheet::{Builder, CELL_BYTES_MAX, Limits, Sheet};

/// The most parts of an archive.
const PARTS_MAX: usize = 10_000;

/// Reads the first sheet.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Sheet, Fault> {
    measure(bytes, limits.unpacked_bytes)?;
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(broken)?;
    let name = book.sheet_names().first().cloned().ok_or(Fault::Empty)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let mut builder = Builder::new(b',', limits.rows);
    let (mut row, mut next) = (0u32, 0u32);
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (at, column) = cell.get_position();
        let text = shown(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        if at != row {
            if at < row {
                return Err(Fault::NoWorkbook("its rows are out of order".to_owned()));
            }
            builder.end_row(u64::from(row) + 1)?;
            (row, next) = (at, 0);
        }
        if column < next {
            return Err(Fault::NoWorkbook("its cells are out of order".to_owned()));
        }
        // Cells far to the right are passed over one by one only as far as columns are read.
        for _ in next..column.min(next.saturating_add(1_000)) {
            builder.push("", false)?;
        }
        let is_cut = text.len() > CELL_BYTES_MAX;
        builder.push(if is_cut { "" } else { &text }, is_cut)?;
        next = column.saturating_add(1);
    }
    builder.end_row(u64::from(row) + 1)?;
    Ok(builder.finish())
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::NoWorkbook(quoted(&error.to_string()))
}

/// Unpacks every part into nothing, to see that they are sound and not too large.
fn measure(bytes: &[u8], most: u64) -> Result<(), Fault> {
    let too_large = || Fault::Unpacks(usize::try_from(most >> 20).unwrap_or(usize::MAX));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > PARTS_MAX {
        return Err(Fault::NoWorkbook("it has too many parts".to_owned()));
    }
    let mut room = most;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(broken)?;
        let unpacked = std::io::copy(&mut part.take(room.saturating_add(1)), &mut std::io::sink());
        room = room.checked_sub(unpacked.map_err(broken)?).ok_or_else(too_large)?;
    }
    Ok(())
}

/// A cell as text: days as ISO 8601, numbers with a point and no more digits than a spreadsheet keeps.
fn shown(data: &DataRef<'_>) -> String {
    match data {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(is) => is.to_string(),
        DataRef::DateTime(when) => date(when),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A number to 15 significant digits, which is what spreadsheets keep and show: a sum of 0.1 and 0.2 is 0.3.
fn decimal(number: f64) -> String {
    const WIDEST: f64 = 1e18;
    if !number.is_finite() || number.abs() >= WIDEST {
        return number.to_string();
    }
    // The exponent form has one digit before the point; reading it back keeps the nearest number, and `Display` writes
    // the shortest text for it.
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    rounded.to_string()
}

fn date(when: &ExcelDateTime) -> String {
    let (year, month, day, ..) = when.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
