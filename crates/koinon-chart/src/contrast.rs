//! How well two colours stand apart, by the measure of WCAG 2.2.
//!
//! Text wants 4.5 or more, marks and field borders 3.0 or more (success criteria 1.4.3 and 1.4.11).

/// Measures the contrast ratio of two colours, from 1.0 (the same) to 21.0 (black on white).
///
/// Colours are `#rgb` or `#rrggbb`, the hash optional, either case. A text that is no colour gives 1.0, the worst
/// ratio, so that a palette test fails loudly. Formula: WCAG 2.2, "contrast ratio" and "relative luminance".
///
/// ```
/// assert!((koinon_chart::contrast::contrast("#000", "#ffffff") - 21.0).abs() < 1e-9);
/// ```
pub fn contrast(one: &str, other: &str) -> f64 {
    let (Some(a), Some(b)) = (luminance(one), luminance(other)) else {
        return 1.0;
    };
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Measures relative luminance, 0.0 to 1.0, of an sRGB colour; `None` when the text is no colour.
pub fn luminance(colour: &str) -> Option<f64> {
    let digits: Vec<u32> =
        colour.trim().trim_start_matches('#').chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let [red, green, blue] = match digits.as_slice() {
        [r, g, b] => [r * 17, g * 17, b * 17],
        [r1, r0, g1, g0, b1, b0] => [r1 * 16 + r0, g1 * 16 + g0, b1 * 16 + b0],
        _ => return None,
    }
    .map(|channel| linear(f64::from(channel) / 255.0));
    Some(0.2126 * red + 0.7152 * green + 0.0722 * blue)
}

/// Undoes the sRGB transfer curve.
fn linear(channel: f64) -> f64 {
    if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ratios() {
        // Published worked examples: #767676 is the lightest grey that passes on white.
        let cases = [
            ("#000000", "#ffffff", 21.0),
            ("#fff", "#FFFFFF", 1.0),
            ("#767676", "#ffffff", 4.54),
            ("777", "ffffff", 4.48),
            ("#ff0000", "#ffffff", 4.0),
            ("#0000ff", "#ffffff", 8.59),
            ("no colour", "#ffffff", 1.0),
            ("#12345", "#ffffff", 1.0),
        ];
        for (one, other, want) in cases {
            assert!((contrast(one, other) - want).abs() < 0.01, "{one} {other}: {}", contrast(one, other));
            assert!(
                (contrast(one, other) - contrast(other, one)).abs() < 1e-12,
                "{one} {other}: order matters"
            );
        }
    }
}
