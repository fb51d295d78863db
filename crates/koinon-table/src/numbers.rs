//! Which mark separates decimals in a column, from what its numbers leave no doubt about.

use koinon_core::unit::DecimalMark;

use crate::table::Table;

/// How the numbers of one column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// The one mark of the column, where it is said or seen.
    column: Option<DecimalMark>,
    /// Whether `1.250` may mean a thousand.
    point_groups: bool,
}

impl Marks {
    /// The marks of a column: the one that is said, else the one that clear numbers show. Where both are shown, or none,
    /// each number must be clear by itself.
    pub fn of(table: &Table, column: &str, said: Option<DecimalMark>) -> Self {
        // Who separates cells by semicolons often does so because the comma is taken.
        let mut marks = Self { column: said, point_groups: table.sheet().separator == b';' };
        if said.is_some() {
            return marks;
        }
        let (mut point, mut comma) = (false, false);
        for row in table.rows() {
            match marks.sign(table.cell(&row, column)) {
                Sign::Point => point = true,
                Sign::Comma => comma = true,
                Sign::None | Sign::Either => {}
            }
        }
        marks.column = match (point, comma) {
            (true, false) => Some(DecimalMark::Point),
            (false, true) => Some(DecimalMark::Comma),
            _ => None,
        };
        marks
    }

    /// The mark by which one number is read; `None` where two readings are possible.
    pub fn mark(&self, text: &str) -> Option<DecimalMark> {
        self.column.or_else(|| match self.sign(text) {
            Sign::None | Sign::Point => Some(DecimalMark::Point),
            Sign::Comma => Some(DecimalMark::Comma),
            Sign::Either => None,
        })
    }

    fn sign(self, text: &str) -> Sign {
        let number = text.split(char::is_alphabetic).next().unwrap_or_default().trim();
        let (points, commas) = (number.matches('.').count(), number.matches(',').count());
        let last_is_comma = number.rfind(',') > number.rfind('.');
        // Three digits after one to three others could be a thousand.
        let groups = |mark: char| {
            let (whole, rest) = number.split_once(mark).unwrap_or_default();
            let whole = whole.trim_start_matches(['-', '+', '−']);
            let digits = whole.chars().count();
            rest.chars().count() == 3 && (1..=3).contains(&digits) && whole != "0"
        };
        match (points, commas) {
            (0, 0) => Sign::None,
            (1, 0) if self.point_groups && groups('.') => Sign::Either,
            (0, 1) if groups(',') => Sign::Either,
            (1.., 1..) if last_is_comma => Sign::Comma,
            (2.., 0) | (0, 1) => Sign::Comma,
            (1.., 1..) | (0, 2..) | (1, 0) => Sign::Point,
        }
    }
}

/// What a number says of the decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    None,
    Point,
    Comma,
    Either,
}
