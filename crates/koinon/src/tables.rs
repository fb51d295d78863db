//! Tables that people bring: text with `,`, `;` or tab between cells, in UTF-8, UTF-16 or Windows-1252.
//!
//! A reader names everything that is wrong at once, each with line, column, what was found and what would do. Size is
//! bounded before anything is built. Nothing is guessed where two readings are possible: `1,250` in a table that shows
//! no other number is asked about.

use std::fmt;

use koinon_core::unit::DecimalMark;

/// The largest table, in bytes.
pub(crate) const BYTES_MAX: usize = 64 << 20;
/// The most rows.
const ROWS_MAX: usize = 1_000_000;
/// The most columns.
const COLUMNS_MAX: usize = 200;
/// The longest cell, in bytes.
const CELL_BYTES_MAX: usize = 4_000;
/// The most flaws that are listed.
const FLAWS_MAX: usize = 200;

/// A column that a table may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// The name; case does not matter.
    pub(crate) name: &'static str,
    /// Other names that people give it, in lower case.
    pub(crate) also: &'static [&'static str],
    /// Whether the table is of no use without it.
    pub(crate) required: bool,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Flaw {
    /// The line of the file, from 1; `None` for the whole file.
    pub(crate) line: Option<u64>,
    /// The column; empty for the whole line.
    pub(crate) field: String,
    /// What was found.
    pub(crate) found: String,
    /// What would do.
    pub(crate) remedy: String,
}

/// A table that was read.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// The rows, blank ones left out.
    pub(crate) rows: Vec<Row>,
    head: Vec<String>,
    /// Names and positions of the columns that were found.
    found: Vec<(&'static str, usize)>,
    separator: u8,
}

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The line on which it starts, from 1.
    pub(crate) line: u64,
    cells: Vec<String>,
}

/// Collects flaws up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Flaws {
    list: Vec<Flaw>,
    more: usize,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        write!(f, "{}; {}", self.found, self.remedy)
    }
}

impl Flaws {
    /// Adds a flaw in a cell.
    pub(crate) fn cell(
        &mut self,
        row: &Row,
        field: &str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Some(row.line), field, found.into(), remedy.into());
    }

    /// Adds a flaw of the whole file or of a line.
    pub(crate) fn add(&mut self, line: Option<u64>, field: &str, found: String, remedy: String) {
        if self.list.len() < FLAWS_MAX {
            self.list.push(Flaw { line, field: field.to_owned(), found, remedy });
        } else {
            self.more += 1;
        }
    }

    /// Everything that is wrong, in the order of lines; empty when nothing is.
    pub(crate) fn finish(mut self) -> Vec<Flaw> {
        self.list.sort();
        if self.more > 0 {
            self.list.push(Flaw {
                line: None,
                field: String::new(),
                found: format!("{} more flaws are not listed", self.more),
                remedy: "mend these and read again".to_owned(),
            });
        }
        self.list
    }
}

/// What came from outside, fit for one line of a terminal.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut line: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    format!("'{line}'")
}

impl Table {
    /// Reads a table with a head row. Columns that are not asked for are kept and passed over.
    pub(crate) fn read(bytes: &[u8], columns: &[Column]) -> Result<Self, Vec<Flaw>> {
        let mut flaws = Flaws::default();
        let Some(text) = decode(bytes, &mut flaws) else { return Err(flaws.finish()) };
        let (separator, body, lines_before) = separator(&text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .has_headers(false)
            .from_reader(body.as_bytes());
        let mut records = reader.records();
        let head: Vec<String> = match records.next() {
            Some(Ok(record)) => record.iter().map(|cell| cell.trim().to_owned()).collect(),
            _ => Vec::new(),
        };
        let mut table = Self { rows: Vec::new(), found: find(&head, columns, &mut flaws), head, separator };
        let mut end = None;
        let mut lines = Lines { text: body.as_bytes(), byte: 0, line: 1 };
        for record in records {
            // Text that was decoded cannot fail to be read again.
            let Ok(record) = record else { continue };
            let start = record.position().map_or(0, csv::Position::byte);
            let line = lines.at(start) + lines_before;
            end = usize::try_from(start).ok();
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if table.rows.len() >= ROWS_MAX {
                flaws.add(
                    Some(line),
                    "",
                    format!("there are more than {ROWS_MAX} rows"),
                    "split the table".into(),
                );
                break;
            }
            let row = Row { line, cells: record.iter().map(|cell| cell.trim().to_owned()).collect() };
            if row.cells.iter().any(|cell| cell.len() > CELL_BYTES_MAX) {
                let found = format!("a cell is longer than {CELL_BYTES_MAX} bytes");
                flaws.cell(&row, "", found, "look for a quotation mark that is not closed");
            } else if row.cells.len() > table.head.len() {
                let found = format!("{} cells under {} headings", row.cells.len(), table.head.len());
                flaws.cell(&row, "", found, "put text that holds the separator in quotation marks");
            } else {
                table.rows.push(row);
            }
        }
        let last = end.and_then(|at| body.get(at..));
        if let Some(last) = last
            && last.matches('"').count() % 2 == 1
        {
            let line = table.rows.last().map(|row| row.line);
            flaws.add(
                line,
                "",
                "a quotation mark is not closed".into(),
                "close it, or write it twice".into(),
            );
        }
        let flaws = flaws.finish();
        if flaws.is_empty() { Ok(table) } else { Err(flaws) }
    }

    /// The text of a cell, trimmed; empty where the table does not have the column or the row ends early.
    pub(crate) fn cell<'a>(&self, row: &'a Row, column: &str) -> &'a str {
        let at = self.found.iter().find(|(name, _)| *name == column).map(|(_, at)| *at);
        at.and_then(|at| row.cells.get(at)).map_or("", String::as_str)
    }

    /// Which mark separates decimals in a column, from all its cells; asks where two readings are possible.
    pub(crate) fn decimal_mark(&self, column: &'static str, flaws: &mut Flaws) -> DecimalMark {
        let mut seen: [Option<&Row>; 3] = [None; 3];
        for row in &self.rows {
            let at = match mark_of(self.cell(row, column)) {
                Sign::None => continue,
                Sign::Point => 0,
                Sign::Comma => 1,
                Sign::Either => 2,
            };
            if let Some(place) = seen.get_mut(at) {
                place.get_or_insert(row);
            }
        }
        match seen {
            [Some(point), Some(comma), _] => {
                let later = if point.line > comma.line { point } else { comma };
                let found =
                    format!("{} is written otherwise than the rows above", quoted(self.cell(later, column)));
                flaws.cell(later, column, found, "use one decimal mark in the whole column");
                DecimalMark::Point
            }
            [None, None, Some(row)] => {
                let found = format!("{} can be read in two ways", quoted(self.cell(row, column)));
                let remedy = "say --decimal point or --decimal comma, or write it without group marks";
                flaws.cell(row, column, found, remedy);
                DecimalMark::Point
            }
            [None, Some(_), _] => DecimalMark::Comma,
            _ => DecimalMark::Point,
        }
    }

    /// The rows that have a flaw, as a table of the same kind with one more column that says what to mend.
    pub(crate) fn to_mend(&self, flaws: &[Flaw]) -> String {
        let mut writer = csv::WriterBuilder::new().delimiter(self.separator).from_writer(Vec::new());
        let head = self.head.iter().map(String::as_str).chain(["to mend"]);
        let mut written = writer.write_record(head).is_ok();
        for row in &self.rows {
            let of_row: Vec<String> = flaws
                .iter()
                .filter(|flaw| flaw.line == Some(row.line))
                .map(|flaw| format!("{}: {}; {}", flaw.field, flaw.found, flaw.remedy))
                .collect();
            if of_row.is_empty() {
                continue;
            }
            let blank = self.head.len().saturating_sub(row.cells.len());
            let cells = row.cells.iter().map(String::as_str).chain(std::iter::repeat_n("", blank));
            written &= writer.write_record(cells.chain([of_row.join(" | ").as_str()])).is_ok();
        }
        // Writing to memory cannot fail.
        let bytes = if written { writer.into_inner().unwrap_or_default() } else { Vec::new() };
        String::from_utf8(bytes).unwrap_or_default()
    }
}

/// Turns bytes into text, by their mark or else by what they can be.
fn decode(bytes: &[u8], flaws: &mut Flaws) -> Option<String> {
    let mut refuse = |found: String, remedy: &str| {
        flaws.add(None, "", found, remedy.to_owned());
        None
    };
    if bytes.len() > BYTES_MAX {
        return refuse(format!("the file has {} bytes", bytes.len()), "a table has at most 64 MiB; split it");
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return refuse("this is a workbook or an archive, not a text table".into(), "save the sheet as CSV");
    }
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0,
        },
    };
    if text.contains('\0') {
        return refuse(
            "the file holds zero bytes, so it is no text".into(),
            "save the table as CSV in UTF-8",
        );
    }
    if text.trim().is_empty() {
        return refuse("the file is empty".into(), "write a row of headings, then a row for each entry");
    }
    Some(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Counts lines while records go by.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line, from 1, of the first text at or after a byte that is not before the last one asked for.
    fn at(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self.text.get(self.byte)
            && (self.byte < byte || *next == b'\n')
        {
            self.line += u64::from(*next == b'\n');
            self.byte += 1;
        }
        self.line
    }
}

/// Finds the separator, and the body without a line that only names it (`sep=;`).
fn separator(text: &str) -> (u8, &str, u64) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(named) = first.trim_end().strip_prefix("sep=")
        && let [byte @ (b',' | b';' | b'\t')] = named.as_bytes()
    {
        return (*byte, rest, 1);
    }
    let mut counts = [(b',', 0usize), (b';', 0), (b'\t', 0)];
    let mut inside = false;
    for byte in first.bytes() {
        inside ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(!inside && byte == *separator);
        }
    }
    // On a tie the first wins: a table of one column has no separator at all.
    let best = counts.iter().rev().max_by_key(|(_, count)| *count);
    (best.map_or(b',', |(separator, _)| *separator), text, 0)
}

/// Finds the columns by their headings.
fn find(head: &[String], columns: &[Column], flaws: &mut Flaws) -> Vec<(&'static str, usize)> {
    if head.len() > COLUMNS_MAX {
        let found = format!("there are {} columns", head.len());
        flaws.add(Some(1), "", found, format!("at most {COLUMNS_MAX} are read; leave the others out"));
        return Vec::new();
    }
    let mut found = Vec::new();
    for column in columns {
        let is_it = |heading: &str| {
            let heading = heading.to_lowercase().replace([' ', '-'], "_");
            heading == column.name.to_lowercase() || column.also.contains(&heading.as_str())
        };
        let at: Vec<usize> = head.iter().enumerate().filter(|(_, h)| is_it(h)).map(|(at, _)| at).collect();
        match at.as_slice() {
            [] if column.required => {
                let headings = head.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                flaws.add(
                    Some(1),
                    column.name,
                    format!("there is no such column among {}", quoted(&headings)),
                    "name it in the first row".into(),
                );
            }
            [] => {}
            [at] => found.push((column.name, *at)),
            [_, _, ..] => {
                let count = format!("{} columns have this heading", at.len());
                flaws.add(Some(1), column.name, count, "keep one of them".into());
            }
        }
    }
    found
}

/// What a number says of the decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    None,
    Point,
    Comma,
    Either,
}

fn mark_of(text: &str) -> Sign {
    let number: &str = text.split(char::is_alphabetic).next().unwrap_or_default().trim();
    let (points, commas) = (number.matches('.').count(), number.matches(',').count());
    let last = number.rfind(['.', ',']);
    let last_is_comma = last.and_then(|at| number.get(at..)).is_some_and(|rest| rest.starts_with(','));
    match (points, commas) {
        (0, 0) => Sign::None,
        (1.., 1..) => {
            if last_is_comma {
                Sign::Comma
            } else {
                Sign::Point
            }
        }
        (2.., 0) => Sign::Comma,
        (0, 2..) | (1, 0) => Sign::Point,
        (0, 1) => {
            let (whole, rest) = number.split_once(',').unwrap_or_default();
            let group = rest.len() == 3 && (1..=3).contains(&whole.len()) && whole != "0";
            if group { Sign::Either } else { Sign::Comma }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [
        Column { name: "item", also: &["article"], required: true },
        Column { name: "amount", also: &[], required: true },
    ];

    fn cells(bytes: &[u8]) -> Result<Vec<(u64, String, String)>, Vec<String>> {
        let table = Table::read(bytes, &COLUMNS)
            .map_err(|flaws| flaws.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        Ok(table
            .rows
            .iter()
            .map(|row| (row.line, table.cell(row, "item").to_owned(), table.cell(row, "amount").to_owned()))
            .collect())
    }

    #[test]
    fn every_usual_way_of_saving_a_table_is_read() {
        let want = vec![(2, "Maïs".to_owned(), "1,5 t".to_owned()), (4, "oats".to_owned(), "7".to_owned())];
        let semicolon = "Article;x;AMOUNT\nMaïs;;1,5 t\n;;\noats;;7\n";
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(semicolon.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let cases: [Vec<u8>; 7] = [
            semicolon.into(),
            ["\u{feff}".as_bytes(), semicolon.as_bytes()].concat(),
            semicolon.replace('\n', "\r\n").into(),
            semicolon.replace(';', "\t").into(),
            b"item,amount\nMa\xefs,\"1,5 t\"\n\noats,7".to_vec(),
            utf16,
            "item,amount,\n \"Maïs\" ,\"1,5 t\"\n,,\noats , 7\n".replace(" \"Maïs\" ", "\"Maïs\"").into(),
        ];
        for bytes in cases {
            assert_eq!(cells(&bytes).as_ref(), Ok(&want), "{}", String::from_utf8_lossy(&bytes));
        }
        assert_eq!(cells(b"sep=;\nitem;amount\na;1").unwrap(), [(3, "a".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn what_is_wrong_is_said_at_once_and_in_full() {
        let cases: [(&[u8], &[&str]); 7] = [
            (b"", &["the file is empty; write a row of headings, then a row for each entry"]),
            (b"PK\x03\x04..", &["this is a workbook or an archive, not a text table; save the sheet as CSV"]),
            (b"a\0b", &["the file holds zero bytes, so it is no text; save the table as CSV in UTF-8"]),
            (
                b"goods,number\nx,1\n",
                &[
                    "line 1: amount: there is no such column among 'goods, number'; name it in the first row",
                    "line 1: item: there is no such column among 'goods, number'; name it in the first row",
                ],
            ),
            (b"item,amount,Item\nx,1,y\n", &["line 1: item: 2 columns have this heading; keep one of them"]),
            (
                b"item,amount\nx,1,2\n",
                &["line 2: 3 cells under 2 headings; put text that holds the separator in quotation marks"],
            ),
            (
                b"item,amount\n\"x,1\ny,2\n",
                &["line 2: a quotation mark is not closed; close it, or write it twice"],
            ),
        ];
        for (bytes, want) in cases {
            assert_eq!(cells(bytes).unwrap_err(), want, "{}", String::from_utf8_lossy(bytes));
        }
        let long = format!("item,amount\n{},1\n", "x".repeat(CELL_BYTES_MAX + 1));
        assert!(cells(long.as_bytes()).unwrap_err()[0].contains("longer than"));
    }

    #[test]
    fn the_decimal_mark_is_seen_in_the_column_or_asked_for() {
        let read = |numbers: &[&str]| {
            let rows = numbers.join("\nx;");
            let table = Table::read(format!("item;amount\nx;{rows}\n").as_bytes(), &COLUMNS).unwrap();
            let mut flaws = Flaws::default();
            let mark = table.decimal_mark("amount", &mut flaws);
            let flaws = flaws.finish();
            flaws.first().map_or(Ok(mark), |flaw| Err(flaw.line.unwrap()))
        };
        let cases: [(&[&str], Result<DecimalMark, u64>); 9] = [
            (&["1", "20 t"], Ok(DecimalMark::Point)),
            (&["1.5", "1,250"], Ok(DecimalMark::Point)),
            (&["1,250", "1,5"], Ok(DecimalMark::Comma)),
            (&["1.250,5"], Ok(DecimalMark::Comma)),
            (&["1.250.000"], Ok(DecimalMark::Comma)),
            (&["1,250,000.5 kg"], Ok(DecimalMark::Point)),
            (&["0,125"], Ok(DecimalMark::Comma)),
            (&["7", "1,250"], Err(3)),
            (&["1,5", "2", "1.5"], Err(4)),
        ];
        for (numbers, want) in cases {
            assert_eq!(read(numbers), want, "{numbers:?}");
        }
    }

    #[test]
    fn rows_to_mend_come_back_with_what_is_wrong() {
        let table = Table::read("item;amount\na;1\nb\n\"c;d\";x\n".as_bytes(), &COLUMNS).unwrap();
        let mut flaws = Flaws::default();
        flaws.cell(&table.rows[1], "amount", "nothing", "write a number");
        flaws.cell(&table.rows[2], "amount", "'x'", "write a number");
        assert_eq!(
            table.to_mend(&flaws.finish()),
            "item;amount;to mend\nb;;\"amount: nothing; write a number\"\n\"c;d\";x;\"amount: 'x'; write a number\"\n"
        );
    }
}
