//! The units that people may type and see, as exact ratios to the base unit of a dimension.
//!
//! Codes follow UCUM where it has one; containers such as bag or box are no units but packs of an item, see
//! [`Pack`]. Factors: BIPM SI brochure (9th edition) for metric units, NIST Handbook 44 (Appendix C) for pounds,
//! ounces, gallons and bushels of volume.

use std::fmt;

use minicbor::{Decode, Encode};

use crate::quantity::{Dimension, Quantity, QuantityError};

/// A unit: `numerator / denominator` base units each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// What people type and see, for example `kg`.
    pub code: &'static str,
    /// The UCUM code, or `None` where UCUM has no exact counterpart.
    pub ucum: Option<&'static str>,
    /// What it measures.
    pub dimension: Dimension,
    /// Base units in `denominator` of this unit.
    pub numerator: i64,
    /// How many of this unit make `numerator` base units.
    pub denominator: i64,
}

/// A container of one item: `base_units` base units in each pack, frozen into every fact that names it.
#[derive(
    Debug, Clone, PartialEq, Eq, Encode, Decode, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
#[cbor(array)]
pub struct Pack {
    /// The pack's name, for example `bag`.
    #[n(0)]
    pub name: String,
    /// Base units in one pack, at least 1.
    #[n(1)]
    pub base_units: i64,
}

const fn unit(
    code: &'static str,
    ucum: Option<&'static str>,
    dimension: Dimension,
    numerator: i64,
    denominator: i64,
) -> Unit {
    Unit { code, ucum, dimension, numerator, denominator }
}

/// Every unit, base unit first within its dimension.
pub const UNITS: &[Unit] = &[
    unit("g", Some("g"), Dimension::Mass, 1, 1),
    unit("kg", Some("kg"), Dimension::Mass, 1_000, 1),
    unit("t", Some("t"), Dimension::Mass, 1_000_000, 1),
    unit("kt", Some("kt"), Dimension::Mass, 1_000_000_000, 1),
    unit("hg", Some("hg"), Dimension::Mass, 100, 1),
    unit("dag", Some("dag"), Dimension::Mass, 10, 1),
    unit("mg", Some("mg"), Dimension::Mass, 1, 1_000),
    unit("quintal", None, Dimension::Mass, 100_000, 1),
    unit("lb", Some("[lb_av]"), Dimension::Mass, 45_359_237, 100_000),
    unit("oz", Some("[oz_av]"), Dimension::Mass, 45_359_237, 1_600_000),
    unit("short-ton", Some("[ston_av]"), Dimension::Mass, 90_718_474, 100),
    unit("long-ton", Some("[lton_av]"), Dimension::Mass, 10_160_469_088, 10_000),
    unit("ml", Some("mL"), Dimension::Volume, 1, 1),
    unit("cl", Some("cL"), Dimension::Volume, 10, 1),
    unit("dl", Some("dL"), Dimension::Volume, 100, 1),
    unit("l", Some("L"), Dimension::Volume, 1_000, 1),
    unit("hl", Some("hL"), Dimension::Volume, 100_000, 1),
    unit("m3", Some("m3"), Dimension::Volume, 1_000_000, 1),
    unit("cm3", Some("cm3"), Dimension::Volume, 1, 1),
    unit("dm3", Some("dm3"), Dimension::Volume, 1_000, 1),
    unit("megalitre", Some("ML"), Dimension::Volume, 1_000_000_000, 1),
    unit("us-gal", Some("[gal_us]"), Dimension::Volume, 3_785_411_784, 1_000_000),
    unit("imp-gal", Some("[gal_br]"), Dimension::Volume, 454_609, 100),
    unit("us-fl-oz", Some("[foz_us]"), Dimension::Volume, 295_735_295_625, 10_000_000_000),
    unit("us-bushel", Some("[bu_us]"), Dimension::Volume, 3_523_907_016_688, 100_000_000),
    unit("ft3", Some("[cft_i]"), Dimension::Volume, 28_316_846_592, 1_000_000),
    unit("piece", Some("{piece}"), Dimension::Count, 1, 1),
    unit("pair", Some("{pair}"), Dimension::Count, 2, 1),
    unit("dozen", Some("{dozen}"), Dimension::Count, 12, 1),
    unit("gross", Some("{gross}"), Dimension::Count, 144, 1),
    unit("hundred", Some("{hundred}"), Dimension::Count, 100, 1),
    unit("thousand", Some("{thousand}"), Dimension::Count, 1_000, 1),
    unit("million", Some("{million}"), Dimension::Count, 1_000_000, 1),
    unit("Wh", Some("W.h"), Dimension::Energy, 1, 1),
    unit("kWh", Some("kW.h"), Dimension::Energy, 1_000, 1),
    unit("MWh", Some("MW.h"), Dimension::Energy, 1_000_000, 1),
    unit("GWh", Some("GW.h"), Dimension::Energy, 1_000_000_000, 1),
    unit("kJ", Some("kJ"), Dimension::Energy, 10, 36),
    unit("MJ", Some("MJ"), Dimension::Energy, 10_000, 36),
    unit("GJ", Some("GJ"), Dimension::Energy, 10_000_000, 36),
    unit("person-minute", None, Dimension::PersonTime, 1, 1),
    unit("person-hour", None, Dimension::PersonTime, 60, 1),
    unit("person-day", None, Dimension::PersonTime, 480, 1),
    unit("person-week", None, Dimension::PersonTime, 2_400, 1),
    unit("bed-day", None, Dimension::BedTime, 1, 1),
    unit("bed-week", None, Dimension::BedTime, 7, 1),
];

/// How a number is written: which character separates decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecimalMark {
    /// `1,250.5`
    #[default]
    Point,
    /// `1.250,5`
    Comma,
}

/// Why a text is no quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// There is no number at the start.
    #[error("'{0}' does not start with a number; write for example '250 kg'")]
    NoNumber(String),
    /// The number has more than one decimal mark, misplaced group marks, or a stray character.
    #[error(
        "'{0}' is not a number that I can read without doubt; write it without group marks, for example 1250.5"
    )]
    BadNumber(String),
    /// The mark in the number may separate thousands or decimals, and both make sense.
    #[error(
        "'{found}' can be read in two ways: {one} or {other}; for the first add a zero at the end of the number, for the second leave the mark out"
    )]
    TwoReadings {
        /// What was written.
        found: String,
        /// The amount where the mark separates decimals.
        one: Quantity,
        /// The amount where it separates thousands.
        other: Quantity,
    },
    /// The unit is not in the table and is no pack of the item.
    #[error("'{found}' is no unit of this item; use one of {allowed}")]
    UnknownUnit {
        /// What was written.
        found: String,
        /// Units and packs that would do.
        allowed: String,
    },
    /// The unit measures something else than the item.
    #[error("'{found}' measures {}, but the item is counted in {}", .is.base_unit(), .expected.base_unit())]
    WrongDimension {
        /// What was written.
        found: String,
        /// What it measures.
        is: Dimension,
        /// What the item is measured in.
        expected: Dimension,
    },
    /// The amount is finer than one base unit.
    #[error("{0} is finer than one {unit}, the smallest amount that is kept", unit = .1.base_unit())]
    TooFine(String, Dimension),
    /// The amount is too large.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

impl Unit {
    /// Finds a unit by its code. Letter case matters only where two codes differ by it; `m³` is `m3`.
    pub fn find(code: &str) -> Option<&'static Self> {
        let plain = code.replace('³', "3");
        let code = plain.as_str();
        UNITS
            .iter()
            .find(|u| u.code == code)
            .or_else(|| UNITS.iter().find(|u| u.code.eq_ignore_ascii_case(code)))
    }

    /// The units in which amounts of a dimension are shown, the largest first.
    pub fn for_reading(dimension: Dimension) -> impl Iterator<Item = &'static Self> {
        let codes: &[&str] = match dimension {
            Dimension::Mass => &["t", "kg", "g"],
            Dimension::Volume => &["m3", "l", "ml"],
            Dimension::Count => &["piece"],
            Dimension::Energy => &["MWh", "kWh", "Wh"],
            Dimension::PersonTime => &["person-hour", "person-minute"],
            Dimension::BedTime => &["bed-day"],
        };
        codes.iter().filter_map(|code| Self::find(code))
    }

    /// The largest unit that suits the largest of several amounts of one thing, and in which each of them can be written with
    /// three decimals at most; the base unit where no larger one does, nothing where there is no amount.
    pub fn shared_by(amounts: &[Quantity]) -> Option<&'static Self> {
        let dimension = amounts.first()?.dimension();
        let most = amounts.iter().map(|amount| amount.amount().unsigned_abs()).max()?;
        let suits = |unit: &&Self| {
            most >= unit.numerator.unsigned_abs()
                && amounts.iter().all(|amount| amount.digits_in(unit).is_some())
        };
        Self::for_reading(dimension).find(suits).or_else(|| Self::find(dimension.base_unit()))
    }

    /// The units of a dimension, base unit first.
    pub fn of(dimension: Dimension) -> impl Iterator<Item = &'static Self> {
        UNITS.iter().filter(move |u| u.dimension == dimension)
    }
}

/// Eastern digits as Latin ones, nothing else changed.
pub fn latin_digits(text: &str) -> String {
    let latin = |c: char| match u32::from(c) {
        code @ 0x0660..=0x0669 => char::from_digit(code - 0x0660, 10).unwrap_or(c),
        code @ 0x06F0..=0x06F9 => char::from_digit(code - 0x06F0, 10).unwrap_or(c),
        _ => c,
    };
    text.chars().map(latin).collect()
}

/// Reads a decimal number exactly: returns `(digits, scale)` so that the value is `digits / 10^scale`.
///
/// Group marks are accepted only where they stand at thousands and cannot be taken for a decimal mark.
pub fn parse_decimal(text: &str, mark: DecimalMark) -> Result<(i128, u32), UnitError> {
    let bad = || UnitError::BadNumber(text.chars().take(40).collect());
    let (negative, body) = match text.trim().strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.trim().trim_start_matches('+')),
    };
    let (point, group) = match mark {
        DecimalMark::Point => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    // The Arabic decimal mark is never a group mark.
    let is_point = |c: char| c == point || c == '٫';
    let (whole, fraction) = match body.split_once(is_point) {
        Some((_, rest)) if rest.contains(is_point) => return Err(bad()),
        Some((whole, fraction)) => (whole, fraction),
        None => (body, ""),
    };
    let is_group = |c: char| c == group || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’' | '_' | '٬');
    let groups: Vec<&str> = whole.split(is_group).collect();
    let well_grouped = groups.len() == 1
        || groups.iter().enumerate().all(|(i, g)| match i {
            // Nobody groups the zero before a decimal mark.
            0 => (1..=3).contains(&g.chars().count()) && !g.starts_with(['0', '٠', '۰']),
            _ => g.chars().count() == 3,
        });
    if !well_grouped || (whole.is_empty() && fraction.is_empty()) {
        return Err(bad());
    }
    let digits: String = groups.concat() + fraction;
    let mut value = 0i128;
    for c in digits.chars() {
        let digit = c.to_digit(10).or_else(|| eastern_digit(c)).ok_or_else(bad)?;
        value = value.checked_mul(10).and_then(|v| v.checked_add(i128::from(digit))).ok_or_else(bad)?;
        if value > 1_000_000_000_000_000_000_000_000_000_000 {
            return Err(bad());
        }
    }
    let scale = u32::try_from(fraction.chars().count()).map_err(|_| bad())?;
    if scale > 12 {
        return Err(bad());
    }
    Ok((if negative { -value } else { value }, scale))
}

/// Reads a quantity such as `42 t`, `1 250,5 kg` or `12 bag` for an item of `dimension` with its `packs`.
///
/// A number without a unit counts in `default_unit`. The value must be a whole number of base units.
pub fn parse_quantity(
    text: &str,
    dimension: Dimension,
    packs: &[Pack],
    default_unit: &str,
    mark: DecimalMark,
) -> Result<Quantity, UnitError> {
    let trimmed = text.trim();
    let split = trimmed.find(char::is_alphabetic).unwrap_or(trimmed.len());
    let (number, unit_text) = trimmed.split_at(split);
    if number.trim().is_empty() {
        return Err(UnitError::NoNumber(text.chars().take(40).collect()));
    }
    if is_exponent(unit_text) {
        return Err(UnitError::BadNumber(trimmed.chars().take(40).collect()));
    }
    let unit_text = if unit_text.trim().is_empty() { default_unit } else { unit_text.trim() };
    let (value, scale) = parse_decimal(number, mark)?;
    let (numerator, denominator) = ratio(unit_text, dimension, packs)?;
    let top = value.checked_mul(i128::from(numerator)).ok_or(QuantityError::TooLarge(value, dimension))?;
    let bottom = 10i128.pow(scale) * i128::from(denominator);
    if top % bottom != 0 {
        // Units that are no whole number of base units (pounds, joules) are rounded to the nearest; metric and
        // pack amounts must fit exactly.
        if denominator == 1 || unit_text == "mg" {
            return Err(UnitError::TooFine(trimmed.to_owned(), dimension));
        }
        let half = if top < 0 { -bottom / 2 } else { bottom / 2 };
        return Ok(Quantity::from_wide((top + half) / bottom, dimension)?);
    }
    Ok(Quantity::from_wide(top / bottom, dimension)?)
}

/// Reads a quantity of somebody who was not asked which mark separates decimals: one mark with three digits after it is
/// refused where both readings would do, since the two differ a thousandfold.
///
/// `usual` is the mark of the writer's language; the other one is tried where that makes no sense. Where a point is usual, a
/// point is a decimal mark everywhere, and weighing in tonnes gives three decimals; a comma is either, from place to
/// place, in every language.
///
/// # Errors
/// [`UnitError::TwoReadings`], or that of the usual mark.
pub fn parse_unmarked(
    text: &str,
    dimension: Dimension,
    packs: &[Pack],
    default_unit: &str,
    usual: DecimalMark,
) -> Result<Quantity, UnitError> {
    let read = |mark| parse_quantity(text, dimension, packs, default_unit, mark);
    let (point, comma) = (read(DecimalMark::Point), read(DecimalMark::Comma));
    let is_clear = usual == DecimalMark::Point && !text.contains(',');
    match (point, comma) {
        (Ok(a), Ok(b)) if a != b && !is_clear => {
            let thousands = a.amount().unsigned_abs() > b.amount().unsigned_abs();
            let (one, other) = if thousands { (b, a) } else { (a, b) };
            Err(UnitError::TwoReadings { found: text.trim().chars().take(40).collect(), one, other })
        }
        (point, comma) => {
            let (first, second) = match usual {
                DecimalMark::Point => (point, comma),
                DecimalMark::Comma => (comma, point),
            };
            first.or_else(|fault| match fault {
                UnitError::BadNumber(_) => second.map_err(|_| fault),
                other => Err(other),
            })
        }
    }
}

fn ratio(unit_text: &str, dimension: Dimension, packs: &[Pack]) -> Result<(i64, i64), UnitError> {
    if let Some(pack) = packs.iter().find(|p| p.name.eq_ignore_ascii_case(unit_text)) {
        return Ok((pack.base_units, 1));
    }
    match Unit::find(unit_text) {
        Some(unit) if unit.dimension == dimension => Ok((unit.numerator, unit.denominator)),
        Some(unit) => Err(UnitError::WrongDimension {
            found: unit_text.to_owned(),
            is: unit.dimension,
            expected: dimension,
        }),
        None => {
            let names =
                packs.iter().map(|p| p.name.as_str()).chain(Unit::of(dimension).take(6).map(|u| u.code));
            Err(UnitError::UnknownUnit {
                found: unit_text.chars().take(40).collect(),
                allowed: names.collect::<Vec<_>>().join(", "),
            })
        }
    }
}

/// Whether what follows the digits is an exponent, as in `1e400` or `2.5E+3 kg`; no unit begins so.
fn is_exponent(rest: &str) -> bool {
    let power = rest.strip_prefix(['e', 'E']).map(|power| power.trim_start_matches(['+', '-']));
    power.is_some_and(|power| power.starts_with(|c: char| c.is_ascii_digit()))
}

fn eastern_digit(c: char) -> Option<u32> {
    let code = u32::from(c);
    match code {
        0x0660..=0x0669 => Some(code - 0x0660),
        0x06F0..=0x06F9 => Some(code - 0x06F0),
        _ => None,
    }
}

/// A quantity in a unit that suits its size, as exact text: `42 t`, `1.25 kg`, `312 piece`.
///
/// Digits are Latin with a decimal point; pages localise them.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (digits, unit) = self.in_reading_unit();
        write!(f, "{digits} {unit}")
    }
}

impl Quantity {
    /// The exact decimal text and the unit code in which a person would read this amount.
    pub fn in_reading_unit(self) -> (String, &'static str) {
        self.in_unit(|_| true)
    }

    /// The same for a field to type in: never with three decimals, which could be read as thousands.
    pub fn in_typing_unit(self) -> (String, &'static str) {
        self.in_unit(|digits| digits.split_once('.').is_none_or(|(_, decimals)| decimals.len() != 3))
    }

    /// The first unit that suits the size and whose digits will do; the base unit always does.
    fn in_unit(self, will_do: impl Fn(&str) -> bool) -> (String, &'static str) {
        let magnitude = self.amount().unsigned_abs();
        for unit in Unit::for_reading(self.dimension()) {
            if magnitude >= unit.numerator.unsigned_abs()
                && let Some(digits) = self.digits_in(unit)
                && will_do(&digits)
            {
                return (digits, unit.code);
            }
        }
        (self.amount().to_string(), self.dimension().base_unit())
    }

    /// The exact decimal text in a unit; none where it would take more than three decimals, or the unit measures
    /// something else.
    pub fn digits_in(self, unit: &Unit) -> Option<String> {
        let factor = unit.numerator.unsigned_abs();
        let fits = unit.denominator == 1
            && unit.dimension == self.dimension()
            && self.amount().unsigned_abs().is_multiple_of((factor / 1_000).max(1));
        fits.then(|| self.in_factor(factor))
    }

    fn in_factor(self, factor: u64) -> String {
        let magnitude = self.amount().unsigned_abs();
        let sign = if self.is_negative() { "-" } else { "" };
        let (whole, mut rest) = (magnitude / factor, magnitude % factor);
        let mut text = format!("{sign}{whole}");
        if rest > 0 {
            text.push('.');
            while rest > 0 && text.len() < 40 {
                rest *= 10;
                text.push_str(&(rest / factor).to_string());
                rest %= factor;
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_sound_and_found_by_its_code() {
        for (index, unit) in UNITS.iter().enumerate() {
            assert!(unit.numerator > 0 && unit.denominator > 0, "{}", unit.code);
            assert_eq!(Unit::find(unit.code), Some(unit));
            assert!(UNITS.iter().skip(index + 1).all(|other| other.code != unit.code), "{} twice", unit.code);
        }
        for dimension in Dimension::ALL {
            assert_eq!(Unit::of(dimension).next().unwrap().code, dimension.base_unit());
        }
    }

    #[test]
    fn amounts_that_stand_beside_each_other_share_a_unit() {
        let shared = |amounts: &[i64]| {
            let all: Vec<_> = amounts.iter().map(|n| Quantity::new(*n, Dimension::Mass).unwrap()).collect();
            let unit = Unit::shared_by(&all)?;
            Some((
                unit.code,
                all.iter().map(|one| one.digits_in(unit).unwrap()).collect::<Vec<_>>().join(" "),
            ))
        };
        let expect = |unit, digits: &str| Some((unit, digits.to_owned()));
        assert_eq!(shared(&[24_400_000, 0]), expect("t", "24.4 0"));
        assert_eq!(shared(&[4_043_000, -1_487_000, -114]), expect("kg", "4043 -1487 -0.114"));
        assert_eq!(shared(&[2_000_000_000, 1]), expect("kg", "2000000 0.001"));
        assert_eq!(shared(&[5, 7]), expect("g", "5 7"));
        assert_eq!(shared(&[0]), expect("g", "0"));
        assert_eq!(shared(&[]), None);
    }

    #[test]
    fn a_mark_that_could_mean_both_is_asked_about_and_what_is_offered_to_type_never_has_one() {
        use DecimalMark::{Comma, Point};
        let read = |text: &str, usual| parse_unmarked(text, Dimension::Mass, &[], "kg", usual);
        for (text, amount) in [("1.500 kg", 1_500), ("41.975 t", 41_975_000)] {
            assert_eq!(read(text, Point).map(Quantity::amount), Ok(amount), "{text}");
            assert!(matches!(read(text, Comma), Err(UnitError::TwoReadings { .. })), "{text}");
        }
        for usual in [Point, Comma] {
            for text in ["1,500 kg", "12,345", "999,000 t"] {
                assert!(matches!(read(text, usual), Err(UnitError::TwoReadings { .. })), "{text} {usual:?}");
            }
            let sure = [
                ("1500 kg", 1_500_000),
                ("1.5000 kg", 1_500),
                ("28,9750 kg", 28_975),
                ("0.500 kg", 500),
                ("0,500 kg", 500),
                ("1,500,000 kg", 1_500_000_000),
                ("1.5 kg", 1_500),
                ("1,5 kg", 1_500),
                ("1,250.5 kg", 1_250_500),
                ("1.250,5 kg", 1_250_500),
            ];
            for (text, grams) in sure {
                assert_eq!(read(text, usual).map(Quantity::amount), Ok(grams), "{text} {usual:?}");
            }
            // Only one reading is fine enough to be kept; a comma of decimals is not taken for one of thousands.
            assert_eq!(read("1,500 g", usual).is_ok(), usual == Point);
            for text in ["1e400", "2E+3 kg", "1e5", "5e-3 t"] {
                assert!(matches!(read(text, usual), Err(UnitError::BadNumber(_))), "{text}");
            }
        }
        for grams in [0, 1, 999, 1_125, 1_125_000, 1_125_500, 2_500_000, 42_000_000, -1_125_000] {
            let amount = Quantity::new(grams, Dimension::Mass).unwrap();
            let (digits, unit) = amount.in_typing_unit();
            assert_eq!(read(&format!("{digits} {unit}"), Comma), Ok(amount), "{digits} {unit}");
        }
    }

    #[test]
    fn quantities_are_read_exactly_or_refused_with_a_remedy() {
        use DecimalMark::{Comma, Point};
        let packs = [Pack { name: "bag".into(), base_units: 25_000 }];
        let read = |text: &str, mark| {
            parse_quantity(text, Dimension::Mass, &packs, "kg", mark).map(Quantity::amount)
        };
        let good = [
            ("42 t", Point, 42_000_000),
            ("42t", Point, 42_000_000),
            ("1,250.5 kg", Point, 1_250_500),
            ("1.250,5 kg", Comma, 1_250_500),
            ("1 250,5 kg", Comma, 1_250_500),
            ("7", Point, 7_000),
            ("3 bag", Point, 75_000),
            ("0.5 BAG", Point, 12_500),
            ("٣١٢ kg", Point, 312_000),
            ("٣١٢٫٥ kg", Point, 312_500),
            ("١٬٢٥٠ kg", Point, 1_250_000),
            ("-2 kg", Point, -2_000),
            ("10 lb", Point, 4_536),
            (".5 kg", Point, 500),
        ];
        for (text, mark, grams) in good {
            assert_eq!(read(text, mark), Ok(grams), "{text}");
        }
        for text in
            ["", "kg", "1.2.3 kg", "1,25 kg", "12,3456 kg", "5 l", "5 sack", "0.0001 kg", "1e5 kg", "0.1 mg"]
        {
            assert!(read(text, Point).is_err(), "{text} must be refused");
        }
        assert!(read("99999999999999 t", Point).is_err());
        assert_eq!(
            read("5 sack", Point).unwrap_err().to_string(),
            "'sack' is no unit of this item; use one of bag, g, kg, t, kt, hg, dag"
        );
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        let show = |n, d| Quantity::new(n, d).unwrap().to_string();
        assert_eq!(show(42_000_000, Dimension::Mass), "42 t");
        assert_eq!(show(42_500_000, Dimension::Mass), "42.5 t");
        assert_eq!(show(1_234_567, Dimension::Mass), "1234.567 kg");
        assert_eq!(show(999, Dimension::Mass), "999 g");
        assert_eq!(show(-1_500, Dimension::Volume), "-1.5 l");
        assert_eq!(show(312, Dimension::Count), "312 piece");
        assert_eq!(show(0, Dimension::Energy), "0 Wh");
    }
}
