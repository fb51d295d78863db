//! Decimal numbers as whole billionths.

use super::fault::FaultKind;
use crate::faults::short;

/// Billionths in one.
pub(super) const NANO: i128 = 1_000_000_000;

/// The largest number read, in billionths: a million million.
const MOST: i128 = 1_000_000_000_000 * NANO;

/// Reads a decimal number, an exponent allowed, in billionths; what lies beyond the ninth decimal is cut off.
pub(super) fn decimal(field: &'static str, text: &str) -> Result<i128, FaultKind> {
    parse(text).ok_or_else(|| FaultKind::Number {
        field,
        found: short(text),
        expected: "a decimal number below a million million, such as 12.5",
    })
}

fn parse(text: &str) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i8>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    if before.is_empty() && after.is_empty() {
        return None;
    }
    // Power of ten of the last digit taken, counted in billionths.
    let mut power = 9 + i32::from(exponent);
    let mut value = 0_i128;
    for (digit, fraction) in before.chars().map(|c| (c, false)).chain(after.chars().map(|c| (c, true))) {
        let digit = i128::from(digit.to_digit(10)?);
        if fraction && (power <= 0 || value > MOST) {
            continue;
        }
        power -= i32::from(fraction);
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    let factor = 10_i128.checked_pow(power.unsigned_abs())?;
    let value = if power >= 0 { value.checked_mul(factor)? } else { value / factor };
    (value <= MOST).then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::{MOST, NANO, parse};

    #[test]
    fn decimals_are_exact_and_the_rest_is_refused() {
        let cases = [
            ("30.00000", Some(30 * NANO)),
            ("-0.25", Some(-NANO / 4)),
            ("+7", Some(7 * NANO)),
            (".5", Some(NANO / 2)),
            ("5.", Some(5 * NANO)),
            ("3.5e+01", Some(35 * NANO)),
            ("25E-1", Some(25 * NANO / 10)),
            ("0.12345678987654321", Some(123_456_789)),
            ("1000000000000", Some(MOST)),
            ("0.0000000000000000000000000000000000000000000000000001", Some(0)),
            ("1000000000001", None),
            ("1e99", None),
            ("1e-99", None),
            ("99999999999999999999999999999999999999999999", None),
            ("", None),
            (".", None),
            ("-", None),
            ("1.2.3", None),
            ("--1", None),
            ("0x10", None),
            ("nan", None),
            ("1e", None),
            ("٣", None),
        ];
        for (text, value) in cases {
            assert_eq!(parse(text), value, "{text}");
        }
    }
}
