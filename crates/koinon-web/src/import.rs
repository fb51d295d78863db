//! Reading counts from a file that somebody made in a spreadsheet: CSV in its many shapes, or xlsx.
//!
//! Commas, semicolons or tabs; with or without a byte order mark; UTF-8 or Windows-1252; decimal comma or point. Every row
//! is read: what is sound comes out as rows, what is not comes out with all its faults, to be mended and sent again.
//! Nothing is written here. Sizes are bounded before anything is unpacked.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use jiff::civil::Date;
use koinon_core::region::Region;
use koinon_core::unit::{DecimalMark, UnitError, parse_quantity};
use koinon_core::{Day, ItemCode, Quantity, StoreCode};
use koinon_ledger::fact::PrintedMark;

/// The largest file, in bytes.
pub const FILE_MAX: usize = 16 << 20;
/// The largest xlsx file, in bytes; it unpacks to many times its size.
pub const XLSX_MAX: usize = 4 << 20;
/// The most that an xlsx file may say it unpacks to, in bytes.
const UNPACKED_MAX: u64 = 256 << 20;
/// The most rows.
pub const ROWS_MAX: usize = 100_000;
/// The most columns that are looked at.
const COLUMNS_MAX: usize = 64;
/// The longest cell, in characters.
const CELL_MAX: usize = 200;

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// It holds nothing.
    #[error("the file is empty")]
    Empty,
    /// It is too large.
    #[error("the file is larger than {0} MiB; split it")]
    TooLarge(usize),
    /// It has too many rows.
    #[error("the file has more than {ROWS_MAX} rows; split it")]
    TooManyRows,
    /// It is no table of text and no xlsx file.
    #[error("this is neither a CSV nor an xlsx file: {0}")]
    NoTable(String),
    /// Columns that are needed have no heading.
    #[error("the first row has no heading for: {}", .0.join(", "))]
    NoColumn(Vec<&'static str>),
}

/// A table of text: the first row, then the others with their line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// The headings.
    pub head: Vec<String>,
    /// Line number in the file, from 1, and cells.
    pub rows: Vec<(usize, Vec<String>)>,
    /// Whether cells were separated by semicolons, as where the comma is the decimal mark.
    pub semicolons: bool,
}

/// What is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowFault {
    /// No such store among those where the reader may count.
    Store(String),
    /// No such item; perhaps one of a like name is meant.
    Item(String, Option<ItemCode>),
    /// The amount cannot be read.
    Amount(UnitError),
    /// The amount is below zero.
    Negative(String),
    /// The batch number has characters that none may have.
    Batch(String),
    /// The day cannot be read without doubt.
    Day(String),
    /// The same batch stands on an earlier line.
    Twice(usize),
}

/// A sound row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountRow {
    /// Its line in the file.
    pub line: usize,
    /// The store.
    pub store: StoreCode,
    /// The item.
    pub item: ItemCode,
    /// What was seen.
    pub seen: Quantity,
    /// The printed batch number.
    pub batch: Option<PrintedMark>,
    /// The last good day.
    pub expires: Option<Day>,
}

/// A row with faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Its line in the file.
    pub line: usize,
    /// Its cells as they stood.
    pub cells: Vec<String>,
    /// Everything that is wrong with it.
    pub faults: Vec<RowFault>,
}

/// What a file of counts holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// The headings as they stood.
    pub head: Vec<String>,
    /// Sound rows.
    pub good: Vec<CountRow>,
    /// Rows to mend.
    pub bad: Vec<BadRow>,
}

/// Reads bytes as a table.
///
/// # Errors
/// [`FileFault`] where they are none, or too many.
pub fn read_sheet(bytes: &[u8]) -> Result<Sheet, FileFault> {
    if bytes.is_empty() {
        return Err(FileFault::Empty);
    }
    if bytes.len() > FILE_MAX {
        return Err(FileFault::TooLarge(FILE_MAX >> 20));
    }
    let sheet = if bytes.starts_with(b"PK\x03\x04") { read_xlsx(bytes)? } else { read_csv(bytes)? };
    if sheet.head.iter().all(String::is_empty) { Err(FileFault::Empty) } else { Ok(sheet) }
}

fn read_csv(bytes: &[u8]) -> Result<Sheet, FileFault> {
    let text = decode(bytes);
    if text.contains('\0') {
        return Err(FileFault::NoTable(String::from("it holds bytes that no text holds")));
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(FileFault::Empty)?;
    let delimiter = delimiter_of(first);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut sheet = Sheet { semicolons: delimiter == b';', ..Sheet::default() };
    for record in reader.records() {
        let record = record.map_err(|error| FileFault::NoTable(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells: Vec<String> = record.iter().take(COLUMNS_MAX).map(cell).collect();
        take_row(&mut sheet, usize::try_from(line).unwrap_or(0), cells)?;
    }
    Ok(sheet)
}

/// Text of UTF-8 with or without its mark, of UTF-16 with its mark, else of Windows-1252, which takes any byte.
fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

/// The mark that separates most cells of the first row; marks inside quotes do not count.
fn delimiter_of(line: &str) -> u8 {
    let mut counts = [(b',', 0usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in line.bytes() {
        if byte == b'"' {
            quoted = !quoted;
        }
        if let Some((_, count)) = counts.iter_mut().find(|(mark, _)| *mark == byte && !quoted) {
            *count += 1;
        }
    }
    let best = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    best.filter(|(_, count)| *count > 0).map_or(b',', |(mark, _)| mark)
}

fn cell(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(CELL_MAX).collect()
}

fn take_row(sheet: &mut Sheet, line: usize, cells: Vec<String>) -> Result<(), FileFault> {
    if cells.iter().all(String::is_empty) {
        return Ok(());
    }
    if sheet.head.is_empty() {
        sheet.head = cells;
    } else if sheet.rows.len() == ROWS_MAX {
        return Err(FileFault::TooManyRows);
    } else {
        sheet.rows.push((line, cells));
    }
    Ok(())
}

fn read_xlsx(bytes: &[u8]) -> Result<Sheet, FileFault> {
    if bytes.len() > XLSX_MAX {
        return Err(FileFault::TooLarge(XLSX_MAX >> 20));
    }
    if unpacked_size(bytes).is_none_or(|size| size > UNPACKED_MAX) {
        return Err(FileFault::NoTable(String::from(
            "it unpacks to more than is taken here, or is cut short",
        )));
    }
    let broken = |error: calamine::XlsxError| FileFault::NoTable(cell(&error.to_string()));
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(broken)?;
    let name = book.sheet_names().first().cloned().ok_or(FileFault::Empty)?;
    let range = book.worksheet_range(&name).map_err(broken)?;
    let first = range.start().map_or(0, |(row, _)| row);
    let mut sheet = Sheet::default();
    for (row, at) in range.rows().zip(first..) {
        let cells = row.iter().take(COLUMNS_MAX).map(shown).collect();
        take_row(&mut sheet, usize::try_from(at).unwrap_or(0) + 1, cells)?;
    }
    Ok(sheet)
}

/// A cell as text: days as ISO, numbers with a point, nothing rounded.
fn shown(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        Data::DateTime(when) => {
            when.to_ymd_hms_milli().0.to_string()
                + &{
                    let (_, month, day, ..) = when.to_ymd_hms_milli();
                    format!("-{month:02}-{day:02}")
                }
        }
        other => cell(&other.to_string()),
    }
}

/// The sum of the sizes that the central directory of a zip file states (PKWARE APPNOTE 6.3, sections 4.3.12 and 4.3.16);
/// `None` where there is none. A file may lie here; [`XLSX_MAX`] bounds what a lie can cost.
fn unpacked_size(bytes: &[u8]) -> Option<u64> {
    let number = |at: usize| {
        let part: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(u32::from_le_bytes(part))
    };
    let short = |at: usize| {
        let part: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(usize::from(u16::from_le_bytes(part)))
    };
    let tail = bytes.len().saturating_sub(65_600);
    let end = (tail..bytes.len().saturating_sub(21)).rev().find(|at| number(*at) == Some(0x0605_4b50))?;
    let (entries, mut at) = (short(end + 10)?, usize::try_from(number(end + 16)?).ok()?);
    let mut sum = 0u64;
    for _ in 0..entries {
        if number(at)? != 0x0201_4b50 {
            return None;
        }
        sum = sum.checked_add(u64::from(number(at + 24)?))?;
        at = at.checked_add(46 + short(at + 28)? + short(at + 30)? + short(at + 32)?)?;
    }
    Some(sum)
}

/// The columns of a file of counts, each with the headings under which people write it in three languages.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("item", &["item", "what", "artículo", "articulo", "producto", "qué", "الصنف", "صنف", "المادة"]),
    (
        "amount",
        &[
            "amount",
            "quantity",
            "seen",
            "count",
            "stock",
            "cantidad",
            "contado",
            "existencias",
            "الكمية",
            "كمية",
        ],
    ),
    ("unit", &["unit", "unidad", "الوحدة", "وحدة"]),
    ("store", &["store", "where", "warehouse", "almacén", "almacen", "lugar", "المخزن", "مخزن"]),
    ("batch", &["batch", "lote", "الدفعة", "دفعة"]),
    (
        "expires",
        &["expires", "expiry", "best before", "good until", "caduca", "caducidad", "الصلاحية", "صالح حتى"],
    ),
];

/// Reads the rows of a sheet as counts in the stores named; a file without a store column counts in the only store.
///
/// # Errors
/// [`FileFault::NoColumn`] where item or amount has no heading.
pub fn read_counts(sheet: &Sheet, region: &Region, stores: &[StoreCode]) -> Result<Counts, FileFault> {
    let at = |name: &str| {
        let headings =
            COLUMNS.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, headings)| headings);
        sheet.head.iter().position(|head| headings.contains(&head.to_lowercase().as_str()))
    };
    let places: BTreeMap<&str, Option<usize>> = COLUMNS.iter().map(|(name, _)| (*name, at(name))).collect();
    let place = |name: &str| places.get(name).copied().flatten();
    let mut missing: Vec<&'static str> =
        ["item", "amount"].into_iter().filter(|name| place(name).is_none()).collect();
    if place("store").is_none() && stores.len() != 1 {
        missing.push("store");
    }
    if !missing.is_empty() {
        return Err(FileFault::NoColumn(missing));
    }
    let names = Names::of(region, stores);
    let mark = decimal_mark(sheet, place("amount"));
    let mut counts = Counts { head: sheet.head.clone(), ..Counts::default() };
    let mut seen: BTreeMap<(StoreCode, ItemCode, Option<PrintedMark>, Option<Day>), usize> = BTreeMap::new();
    for (line, cells) in &sheet.rows {
        let text = |name: &str| place(name).and_then(|at| cells.get(at)).map_or("", String::as_str);
        match read_row(*line, &text, region, &names, stores, mark) {
            Ok(row) => {
                let key = (row.store.clone(), row.item.clone(), row.batch.clone(), row.expires);
                if let Some(earlier) = seen.get(&key) {
                    let faults = vec![RowFault::Twice(*earlier)];
                    counts.bad.push(BadRow { line: *line, cells: cells.clone(), faults });
                } else {
                    seen.insert(key, *line);
                    counts.good.push(row);
                }
            }
            Err(faults) => counts.bad.push(BadRow { line: *line, cells: cells.clone(), faults }),
        }
    }
    Ok(counts)
}

/// Items and stores by every name that people use for them, in lower case.
struct Names {
    items: BTreeMap<String, ItemCode>,
    stores: BTreeMap<String, StoreCode>,
}

impl Names {
    fn of(region: &Region, stores: &[StoreCode]) -> Self {
        let mut names = Self { items: BTreeMap::new(), stores: BTreeMap::new() };
        for item in &region.items {
            let all = item.names.values().map(String::as_str).chain([item.name.as_str(), item.code.as_str()]);
            for name in all {
                names.items.insert(name.to_lowercase(), item.code.clone());
            }
        }
        for store in stores.iter().filter_map(|code| region.store(code)) {
            for name in [store.name.as_str(), store.code.as_str()] {
                names.stores.insert(name.to_lowercase(), store.code.clone());
            }
        }
        names
    }

    /// The item whose name begins alike, for a hint.
    fn like(&self, text: &str) -> Option<ItemCode> {
        let start: String = text.to_lowercase().chars().take(3).collect();
        if start.chars().count() < 3 {
            return None;
        }
        self.items.iter().find(|(name, _)| name.starts_with(&start)).map(|(_, code)| code.clone())
    }
}

fn read_row<'a>(
    line: usize,
    text: &dyn Fn(&str) -> &'a str,
    region: &Region,
    names: &Names,
    stores: &[StoreCode],
    mark: Option<DecimalMark>,
) -> Result<CountRow, Vec<RowFault>> {
    let mut faults = Vec::new();
    let named = text("store");
    let store = match (named.is_empty(), stores) {
        (true, [only]) => Some(only.clone()),
        _ => names.stores.get(&named.to_lowercase()).cloned(),
    };
    if store.is_none() {
        faults.push(RowFault::Store(named.to_owned()));
    }
    let item = names.items.get(&text("item").to_lowercase());
    if item.is_none() {
        faults.push(RowFault::Item(text("item").to_owned(), names.like(text("item"))));
    }
    let seen = item.and_then(|code| region.item(code)).and_then(|item| {
        let unit = if text("unit").is_empty() { item.unit.as_str() } else { text("unit") };
        let amount = crate::acts::fields::latin_digits(text("amount")).replace('٫', ".");
        let read = |mark| parse_quantity(&amount, item.dimension, &item.packs, unit, mark);
        let quantity = match mark {
            Some(mark) => read(mark),
            // The file writes numbers in both ways: each must be clear by itself.
            None => read(DecimalMark::Point).or_else(|fault| read(DecimalMark::Comma).map_err(|_| fault)),
        };
        match quantity {
            Ok(quantity) if quantity.is_negative() => {
                faults.push(RowFault::Negative(text("amount").to_owned()));
            }
            Ok(quantity) => return Some(quantity),
            Err(fault) => faults.push(RowFault::Amount(fault)),
        }
        None
    });
    let batch = match text("batch") {
        "" => None,
        mark => PrintedMark::new(mark).map_err(|_| faults.push(RowFault::Batch(mark.to_owned()))).ok(),
    };
    let expires = match text("expires") {
        "" => None,
        day => {
            let read = read_day(day);
            if read.is_none() {
                faults.push(RowFault::Day(day.to_owned()));
            }
            read
        }
    };
    match (store, item, seen) {
        (Some(store), Some(item), Some(seen)) if faults.is_empty() => {
            Ok(CountRow { line, store, item: item.clone(), seen, batch, expires })
        }
        _ => Err(faults),
    }
}

/// A day as ISO, as `31.03.2027`, or with slashes where only one reading is possible.
fn read_day(text: &str) -> Option<Day> {
    if let Some(day) = Day::parse(text) {
        return Some(day);
    }
    let separator = ['.', '/', '-'].into_iter().find(|c| text.contains(*c))?;
    let parts: Vec<i16> =
        text.split(separator).map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let [first, second, year] = *parts.as_slice() else { return None };
    if !(1_900..=2_200).contains(&year) {
        return None;
    }
    let date =
        |day: i16, month: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let (by_day, by_month) = (date(first, second), date(second, first));
    let date = match (separator, by_day, by_month) {
        ('.', day_first, _) => day_first?,
        (_, Some(one), Some(other)) if one == other => one,
        (_, Some(one), None) | (_, None, Some(one)) => one,
        _ => return None,
    };
    Some(Day::from_date(date))
}

/// The decimal mark of a file, from the amounts that leave no doubt; with none of those from its separators. `None` where
/// the file uses both.
fn decimal_mark(sheet: &Sheet, amount: Option<usize>) -> Option<DecimalMark> {
    let (mut commas, mut points) = (false, false);
    for (_, cells) in &sheet.rows {
        let Some(text) = amount.and_then(|at| cells.get(at)) else { continue };
        let number: String = text.chars().take_while(|c| !c.is_alphabetic()).collect();
        let clear = |mark: char, other: char| {
            let (whole, fraction) = number.trim().rsplit_once(mark).unwrap_or(("", ""));
            let digits = fraction.chars().count();
            !number.trim().is_empty()
                && number.contains(mark)
                && !whole.contains(mark)
                && (digits != 3 || whole.contains(other) || whole == "0")
        };
        commas |= clear(',', '.');
        points |= clear('.', ',');
    }
    match (commas, points) {
        (true, true) => None,
        (true, false) => Some(DecimalMark::Comma),
        (false, true) => Some(DecimalMark::Point),
        (false, false) => Some(if sheet.semicolons { DecimalMark::Comma } else { DecimalMark::Point }),
    }
}

/// The rows to mend as a file of the same columns, with the line and the fault beside each; `words` says a fault.
///
/// Cells that a spreadsheet would run as a formula get an apostrophe.
pub fn bad_rows_csv(
    counts: &Counts,
    line: &str,
    fault: &str,
    words: &dyn Fn(&RowFault) -> String,
) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::from("\u{feff}"));
    let head = counts.head.iter().map(|cell| inert(cell)).chain([line.to_owned(), fault.to_owned()]);
    // Writing to memory cannot fail.
    let _ = writer.write_record(head.collect::<Vec<_>>());
    for row in &counts.bad {
        let mut cells: Vec<String> = row.cells.iter().map(|cell| inert(cell)).collect();
        cells.resize(counts.head.len(), String::new());
        let faults: Vec<String> = row.faults.iter().map(words).collect();
        cells.extend([row.line.to_string(), inert(&faults.join(" "))]);
        let _ = writer.write_record(cells);
    }
    writer.into_inner().unwrap_or_default()
}

fn inert(cell: &str) -> String {
    let number =
        cell.strip_prefix(['-', '+']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use koinon_core::region::generate::{Layout, new_region};
    use proptest::prelude::*;

    fn region() -> (Region, Vec<StoreCode>) {
        let region = new_region(2, 1_000, Layout::Ring, 1).unwrap();
        let own = region.communities[0].code.place();
        let stores = region.stores_of(&own).map(|store| store.code.clone()).collect();
        (region, stores)
    }

    fn read(bytes: &[u8]) -> Result<Counts, FileFault> {
        let (region, stores) = region();
        let one = &stores[..1];
        read_counts(&read_sheet(bytes)?, &region, one)
    }

    fn amounts(bytes: &[u8]) -> Vec<i64> {
        let counts = read(bytes).unwrap();
        assert_eq!(counts.bad, [], "{}", String::from_utf8_lossy(bytes));
        counts.good.iter().map(|row| row.seen.amount()).collect()
    }

    #[test]
    fn every_usual_shape_of_a_file_is_read() {
        let cases: [(&[u8], &[i64]); 11] = [
            (b"item,amount,unit\nwheat,3.1,t\nrice,250,kg\n", &[3_100_000, 250_000]),
            (b"item;amount;unit\nwheat;3,1;t\n", &[3_100_000]),
            (b"Item\tAmount\r\nwheat\t1,250 kg\r\n", &[1_250_000]),
            (b"\xEF\xBB\xBFitem,amount\nwheat,2 bag\n", &[50_000]),
            (b"art\xEDculo;cantidad\nwheat;1.250,5 kg\n", &[1_250_500]),
            (b"item;amount\nwheat;1.250 kg\n", &[1_250_000]),
            (b"item;amount\nwheat;1.250 kg\nrice;0.5 kg\n", &[1_250, 500]),
            ("artículo,cantidad\nTrigo,\"7,5 kg\"\n".as_bytes(), &[7_500]),
            ("الصنف,الكمية\nقمح,٧ kg\n".as_bytes(), &[7_000]),
            (b"\n\nitem,amount\n\n\"wheat\",\"1,000 kg\"\n", &[1_000_000]),
            (b"\xFF\xFEi\0t\0e\0m\0,\0a\0m\0o\0u\0n\0t\0\n\0w\0h\0e\0a\0t\0,\x001\0", &[1_000_000]),
        ];
        for (bytes, expected) in cases {
            assert_eq!(amounts(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn every_row_is_read_and_names_all_its_faults() {
        let file = "item,amount,store,batch,expires\nwheet,many,nowhere,José,31/31/2027\nwheat,-3 kg,,A1,2027-01-31\n\
                    wheat,1 kg,,A1,31.01.2027\nwheat,2 kg,,A1,2027-01-31\nrice,1 kg,,,01/02/2027\n";
        let counts = read(file.as_bytes()).unwrap();
        let faults: Vec<(usize, usize)> = counts.bad.iter().map(|row| (row.line, row.faults.len())).collect();
        assert_eq!(faults, [(2, 4), (3, 1), (5, 1), (6, 1)]);
        assert_eq!(
            counts.bad[0].faults[1],
            RowFault::Item("wheet".into(), Some(ItemCode::new("wheat").unwrap()))
        );
        assert_eq!(counts.bad[2].faults, [RowFault::Twice(4)]);
        assert_eq!(counts.good.len(), 1);
        let mended = bad_rows_csv(&counts, "line", "fault", &|fault| format!("{fault:?}"));
        let again = read_sheet(&mended).unwrap();
        assert_eq!((again.rows.len(), again.head.len()), (4, 7));
    }

    #[test]
    fn files_that_are_no_tables_are_refused_with_their_reason() {
        assert_eq!(read(b""), Err(FileFault::Empty));
        assert_eq!(read(b"\n \n"), Err(FileFault::Empty));
        assert_eq!(read(b"name,size\nwheat,1\n"), Err(FileFault::NoColumn(vec!["item", "amount"])));
        assert!(matches!(read(b"item,amount\nwheat,\0\n"), Err(FileFault::NoTable(_))));
        assert!(matches!(read(b"PK\x03\x04 not a workbook"), Err(FileFault::NoTable(_))));
        assert_eq!(read_sheet(&vec![b'a'; FILE_MAX + 1]), Err(FileFault::TooLarge(16)));
        let many = String::from("item,amount\n") + &"wheat,1\n".repeat(ROWS_MAX + 1);
        assert_eq!(read_sheet(many.as_bytes()), Err(FileFault::TooManyRows));
        let (region, _) = region();
        let sheet = read_sheet(b"item,amount\nwheat,1\n").unwrap();
        assert_eq!(read_counts(&sheet, &region, &[]), Err(FileFault::NoColumn(vec!["store"])));
    }

    #[test]
    fn a_workbook_is_read_like_a_text() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (column, heading) in [(0, "item"), (1, "amount"), (2, "unit"), (3, "expires")] {
            sheet.write(0, column, heading).unwrap();
        }
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2027, 3, 31).unwrap();
        let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        sheet.write(1, 0, "wheat").unwrap().write(1, 1, 3.1).unwrap().write(1, 2, "t").unwrap();
        sheet.write_with_format(1, 3, &day, &format).unwrap();
        let counts = read(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(counts.bad, []);
        assert_eq!(
            (counts.good[0].seen.amount(), counts.good[0].expires),
            (3_100_000, Day::parse("2027-03-31"))
        );
    }

    #[test]
    fn cells_cannot_become_formulas() {
        for (cell, kept) in
            [("=1+1", "'=1+1"), ("-5 kg", "-5 kg"), ("@x", "'@x"), ("+cmd", "'+cmd"), ("wheat", "wheat")]
        {
            assert_eq!(inert(cell), kept);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_fall(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            drop(read(&bytes));
            drop(read(&[b"PK\x03\x04".as_slice(), &bytes].concat()));
            drop(read(&[b"item,amount\n".as_slice(), &bytes].concat()));
        }
    }
}
