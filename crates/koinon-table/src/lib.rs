//! Tables that people bring: bytes of a CSV or xlsx file into rows, with everything that is wrong named at once.
//!
//! `,` `;` or tab between cells; UTF-8, UTF-16 or Windows-1252; decimal comma or point; line ends of any machine. Each
//! flaw says line, column, what was found and what would do. Memory is bounded by [`Limits`] before anything is built.
//! Nothing is guessed where two readings are possible: `1,250` in a table that shows no other number is asked about.
//! This room opens no file and writes nothing down.

mod counts;
mod decode;
mod flaw;
mod numbers;
mod rows;
mod sheet;
mod table;
mod words;
mod workbook;

pub use counts::{BadRow, CountRow, Counts, read_counts};
pub use flaw::{Fault, Flaw, Flaws, quoted};
pub use numbers::Marks;
pub use sheet::{Limits, Row, Sheet};
pub use table::{Column, Table};
pub use words::{Names, amount, day, printed_mark};
