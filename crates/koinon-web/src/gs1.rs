//! What a barcode scanner types: GS1 element strings with item number, batch, dates and count.
//!
//! Reads the bracketed form `(01)…(10)…`, the raw form with FNC1 as the group separator, and a bare item number, as the
//! GS1 General Specifications (release 24, sections 3 and 7) lay them down. It guesses nothing: a code that is cut short
//! or fails its check digit is refused with its place.

use jiff::civil::Date;
use koinon_core::Day;

/// The longest text that is looked at, in characters; a GS1 `DataMatrix` holds fewer.
pub const SCAN_LEN_MAX: usize = 400;

/// What stood in a code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scan {
    /// The item number, 14 digits (identifier 01 or 02, or a bare number).
    pub gtin: Option<String>,
    /// The batch number (10).
    pub batch: Option<String>,
    /// The last good day (17, else 15).
    pub expires: Option<Day>,
    /// How many pieces (37 or 30).
    pub count: Option<u64>,
    /// The net mass in grams (3100 to 3103).
    pub mass_g: Option<u64>,
}

/// Why a text is no GS1 code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// There is nothing, or far too much.
    #[error("a code has 1 to {SCAN_LEN_MAX} characters")]
    Length,
    /// An application identifier is not known here.
    #[error("'{0}' is no identifier that is read here")]
    UnknownIdentifier(String),
    /// A field is shorter than its identifier says, or holds what it may not.
    #[error("identifier {0}: '{1}' does not fit")]
    BadField(&'static str, String),
    /// The last digit of an item number does not match the others.
    #[error("item number {0}: its check digit is wrong; scan it again")]
    CheckDigit(String),
    /// A bracket is not closed.
    #[error("a bracket is not closed")]
    Bracket,
}

/// An application identifier: its digits, its length or longest length, and whether it is always that long.
struct Identifier(&'static str, usize, bool);

const IDENTIFIERS: &[Identifier] = &[
    Identifier("00", 18, true),
    Identifier("01", 14, true),
    Identifier("02", 14, true),
    Identifier("10", 20, false),
    Identifier("11", 6, true),
    Identifier("12", 6, true),
    Identifier("13", 6, true),
    Identifier("15", 6, true),
    Identifier("16", 6, true),
    Identifier("17", 6, true),
    Identifier("20", 2, true),
    Identifier("21", 20, false),
    Identifier("22", 20, false),
    Identifier("30", 8, false),
    Identifier("37", 8, false),
    Identifier("240", 30, false),
    Identifier("241", 30, false),
    Identifier("3100", 6, true),
    Identifier("3101", 6, true),
    Identifier("3102", 6, true),
    Identifier("3103", 6, true),
    Identifier("400", 30, false),
];

/// Reads a scanned text. `this_year` settles the century of a two-digit year: at most 49 back, 50 ahead.
///
/// # Errors
/// A [`ScanError`] for a text that is no sound GS1 code.
pub fn parse(text: &str, this_year: i16) -> Result<Scan, ScanError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > SCAN_LEN_MAX {
        return Err(ScanError::Length);
    }
    let text = text.replace("<GS>", "\u{1d}").replace("{GS}", "\u{1d}").replace('\u{241d}', "\u{1d}");
    let text =
        ["]C1", "]d2", "]Q3", "]e0", "]J1"].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(&text);
    if matches!(text.len(), 8 | 12 | 13 | 14) && text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(Scan { gtin: Some(gtin(&format!("{text:0>14}"))?), ..Scan::default() });
    }
    let mut scan = Scan::default();
    let mut best_before = None;
    let fields = if text.starts_with('(') { bracketed(text)? } else { raw(text)? };
    for (identifier, value) in fields {
        let bad = || ScanError::BadField(identifier, value.clone());
        match identifier {
            "01" | "02" => scan.gtin = Some(gtin(&value)?),
            "10" => scan.batch = Some(value),
            "15" => best_before = Some(day(&value, this_year).ok_or_else(bad)?),
            "17" => scan.expires = Some(day(&value, this_year).ok_or_else(bad)?),
            "30" | "37" => scan.count = Some(value.parse().map_err(|_| bad())?),
            "3100" | "3101" | "3102" | "3103" => {
                let digits: u64 = value.parse().map_err(|_| bad())?;
                let grams = match identifier {
                    "3100" => digits.saturating_mul(1_000),
                    "3101" => digits.saturating_mul(100),
                    "3102" => digits.saturating_mul(10),
                    _ => digits,
                };
                scan.mass_g = Some(grams);
            }
            _ => {}
        }
    }
    scan.expires = scan.expires.or(best_before);
    Ok(scan)
}

fn bracketed(text: &str) -> Result<Vec<(&'static str, String)>, ScanError> {
    let mut fields = Vec::new();
    let mut rest = text;
    while let Some(after) = rest.strip_prefix('(') {
        let (digits, after) = after.split_once(')').ok_or(ScanError::Bracket)?;
        let known = IDENTIFIERS.iter().find(|known| known.0 == digits);
        let known = known.ok_or_else(|| ScanError::UnknownIdentifier(digits.chars().take(8).collect()))?;
        // A batch number may hold a bracket itself; only one with a known identifier in it begins a field.
        let next = after
            .match_indices('(')
            .map(|(at, _)| at)
            .find(|at| begins_field(after.get(*at..).unwrap_or("")));
        let (value, after) = after.split_at(next.unwrap_or(after.len()));
        fields.push((known.0, checked(known, value.trim_end_matches('\u{1d}'))?));
        rest = after;
    }
    if rest.is_empty() { Ok(fields) } else { Err(ScanError::Bracket) }
}

fn begins_field(text: &str) -> bool {
    let digits = text.strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(digits, _)| digits);
    digits.is_some_and(|digits| IDENTIFIERS.iter().any(|known| known.0 == digits))
}

fn raw(text: &str) -> Result<Vec<(&'static str, String)>, ScanError> {
    let mut fields = Vec::new();
    let mut rest = text.trim_start_matches('\u{1d}');
    while !rest.is_empty() {
        let known = IDENTIFIERS.iter().find(|known| rest.starts_with(known.0));
        let known = known.ok_or_else(|| ScanError::UnknownIdentifier(rest.chars().take(4).collect()))?;
        let after = rest.strip_prefix(known.0).unwrap_or("");
        let end = if known.2 {
            after.char_indices().nth(known.1).map_or(after.len(), |(at, _)| at)
        } else {
            after.find('\u{1d}').unwrap_or(after.len())
        };
        let (value, after) = after.split_at(end);
        fields.push((known.0, checked(known, value)?));
        rest = after.trim_start_matches('\u{1d}');
    }
    Ok(fields)
}

fn checked(known: &Identifier, value: &str) -> Result<String, ScanError> {
    let length = value.chars().count();
    let digits_only = known.2 || matches!(known.0, "30" | "37");
    let fits = if known.2 { length == known.1 } else { (1..=known.1).contains(&length) };
    let sound =
        value.bytes().all(|b| if digits_only { b.is_ascii_digit() } else { (0x21..0x7f).contains(&b) });
    if fits && sound {
        Ok(value.to_owned())
    } else {
        Err(ScanError::BadField(known.0, value.chars().take(24).collect()))
    }
}

/// Checks the last digit: weights 3 and 1 from the right (GS1 General Specifications, section 7.9).
fn gtin(digits: &str) -> Result<String, ScanError> {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    if sum.is_multiple_of(10) { Ok(digits.to_owned()) } else { Err(ScanError::CheckDigit(digits.to_owned())) }
}

/// A day as `YYMMDD`; day 00 is the last of the month.
fn day(digits: &str, this_year: i16) -> Option<Day> {
    let part = |from: usize| digits.get(from..from + 2)?.parse::<i8>().ok();
    let (year, month, day) = (i16::from(part(0)?), part(2)?, part(4)?);
    let century = this_year - this_year.rem_euclid(100);
    let year = match year - this_year.rem_euclid(100) {
        51.. => century - 100 + year,
        ..=-50 => century + 100 + year,
        _ => century + year,
    };
    let first = Date::new(year, month, 1).ok()?;
    let date = if day == 0 { first.last_of_month() } else { Date::new(year, month, day).ok()? };
    Some(Day::from_date(date))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Scan, ScanError> {
        parse(text, 2026)
    }

    fn on(text: &str) -> Option<Day> {
        Day::parse(text)
    }

    #[test]
    fn sound_codes_are_read_in_each_form() {
        let whole = Scan {
            gtin: Some("09506000134352".into()),
            batch: Some("AB-12".into()),
            expires: on("2027-03-31"),
            count: Some(50),
            mass_g: None,
        };
        let cases = [
            ("(01)09506000134352(17)270331(10)AB-12(37)50", whole.clone()),
            ("]C1010950600013435217270331", Scan { batch: None, count: None, ..whole.clone() }),
            ("01095060001343521727033110AB-12\u{1d}3750", whole.clone()),
            ("01095060001343521727033110AB-12<GS>3750", whole.clone()),
            ("\u{1d}01095060001343523750\u{1d}1727033110AB-12", whole.clone()),
            ("9506000134352", Scan { gtin: whole.gtin.clone(), ..Scan::default() }),
            ("(15)270331", Scan { expires: on("2027-03-31"), ..Scan::default() }),
            ("(15)270101(17)270200", Scan { expires: on("2027-02-28"), ..Scan::default() }),
            ("(3103)001250", Scan { mass_g: Some(1_250), ..Scan::default() }),
            ("(10)A(1)B", Scan { batch: Some("A(1)B".into()), ..Scan::default() }),
            ("(17)991231", Scan { expires: on("1999-12-31"), ..Scan::default() }),
            ("(17)761231", Scan { expires: on("2076-12-31"), ..Scan::default() }),
        ];
        for (text, scan) in cases {
            assert_eq!(read(text), Ok(scan), "{text}");
        }
    }

    #[test]
    fn unsound_codes_are_refused_with_their_place() {
        let cases = [
            ("", ScanError::Length),
            ("(01)09506000134353", ScanError::CheckDigit("09506000134353".into())),
            ("(17)271331", ScanError::BadField("17", "271331".into())),
            ("(17)2703", ScanError::BadField("17", "2703".into())),
            ("(37)5x", ScanError::BadField("37", "5x".into())),
            ("(99)5", ScanError::UnknownIdentifier("99".into())),
            ("hello", ScanError::UnknownIdentifier("hell".into())),
            ("(10", ScanError::Bracket),
            ("(10)123456789012345678901", ScanError::BadField("10", "123456789012345678901".into())),
        ];
        for (text, fault) in cases {
            assert_eq!(read(text), Err(fault), "{text}");
        }
        assert!(read(&"1".repeat(SCAN_LEN_MAX + 1)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_fall(text in any::<String>()) {
            drop(parse(&text, 2026));
        }

        #[test]
        fn what_is_written_is_read(batch in "[A-Z0-9/-]{1,20}", count in 0u64..100_000_000, day in 0i32..18_000) {
            let day = Day(day + 10_957);
            let date = day.to_date();
            let ymd = format!("{:02}{:02}{:02}", date.year() % 100, date.month(), date.day());
            let scan = Scan { batch: Some(batch.clone()), count: Some(count), expires: Some(day), ..Scan::default() };
            let this_year = date.year();
            prop_assert_eq!(parse(&format!("17{ymd}37{count}\u{1d}10{batch}"), this_year), Ok(scan.clone()));
            prop_assert_eq!(parse(&format!("(17){ymd}(37){count}(10){batch}"), this_year), Ok(scan));
        }
    }
}
