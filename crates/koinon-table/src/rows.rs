//! Text tables: records by RFC 4180 with `,`, `;` or tab, one cell at a time, so that no cell and no row is ever held
//! that is longer than it may be.

use csv_core::{ReadFieldResult, ReaderBuilder};

use crate::decode::decode;
use crate::flaw::Fault;
use crate::sheet::{Builder, CELL_BYTES_MAX, Sheet};

/// Reads the rows of a text.
pub(crate) fn read(bytes: &[u8], rows_max: usize) -> Result<Sheet, Fault> {
    let text = decode(bytes)?;
    let (separator, body) = separator(&text);
    let body = body.as_bytes();
    let mut reader = ReaderBuilder::new().delimiter(separator).build();
    let mut builder = Builder::new(separator, rows_max);
    let mut lines = Lines { text: body, byte: 0, line: 1 };
    // One byte more than a cell may have tells a full cell from a long one.
    let mut cell = [0u8; CELL_BYTES_MAX + 1];
    let (mut at, mut filled, mut is_cut) = (0, 0, false);
    let (mut row_at, mut cell_at) = (None, None);
    loop {
        let input = body.get(at..).unwrap_or_default();
        let room = if is_cut { 0 } else { filled };
        let (result, taken, put) = reader.read_field(input, cell.get_mut(room..).unwrap_or_default());
        row_at = row_at.or(Some(at));
        let from = *cell_at.get_or_insert(at);
        at += taken;
        filled = if is_cut { filled } else { filled + put };
        match result {
            ReadFieldResult::InputEmpty => {}
            // What does not fit any more is read over what fitted, and counts for nothing.
            ReadFieldResult::OutputFull => is_cut = true,
            ReadFieldResult::Field { record_end } => {
                let cut = is_cut || filled > CELL_BYTES_MAX;
                let shown = if cut { &[][..] } else { cell.get(..filled).unwrap_or_default() };
                builder.push(&String::from_utf8_lossy(shown), cut)?;
                (filled, is_cut, cell_at) = (0, false, None);
                if record_end {
                    builder.end_row(lines.at(row_at.take().unwrap_or(from)))?;
                }
                if at >= body.len() && is_open(body.get(from..).unwrap_or_default()) {
                    builder.open_quote();
                }
            }
            ReadFieldResult::End => return Ok(builder.finish()),
        }
    }
}

/// Whether a cell as it stands in the file begins with a quotation mark that is never closed.
fn is_open(raw: &[u8]) -> bool {
    let raw = raw.trim_ascii_start();
    raw.first() == Some(&b'"') && raw.iter().fold(false, |odd, byte| odd ^ (*byte == b'"'))
}

/// Counts lines while records go by.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line, from 1, of the first text at or after a byte that is not before the last one asked for.
    fn at(&mut self, byte: usize) -> u64 {
        while let Some(next) = self.text.get(self.byte)
            && (self.byte < byte || matches!(next, b'\n' | b'\r'))
        {
            // `\r\n` is one end of a line.
            let is_pair = *next == b'\r' && self.text.get(self.byte + 1) == Some(&b'\n');
            self.line += u64::from(matches!(next, b'\n' | b'\r') && !is_pair);
            self.byte += 1;
        }
        self.line
    }
}

/// Finds the separator, and the body without a line that only names it (`sep=;`).
fn separator(text: &str) -> (u8, &str) {
    let is_end = |c: char| matches!(c, '\n' | '\r');
    let first = text.split(is_end).find(|line| !line.trim().is_empty()).unwrap_or_default();
    if let Some(named) = first.trim().strip_prefix("sep=")
        && let [byte @ (b',' | b';' | b'\t')] = named.as_bytes()
        && let Some(rest) = text.strip_prefix(first)
    {
        return (*byte, rest);
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
    (best.map_or(b',', |(separator, _)| *separator), text)
}
