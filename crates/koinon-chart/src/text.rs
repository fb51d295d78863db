//! Words in a picture: escaping, numbers, and how much room a text takes.
//!
//! Widths are estimates, since no font is at hand; they err on the wide side, so that labels keep apart.

/// Font size that layouts assume on a wide screen, in user units.
pub(crate) const WIDE_SIZE: f64 = 13.0;
/// Font size that layouts assume on a narrow phone, in user units; the style sheet sets it by media query.
pub(crate) const PHONE_SIZE: f64 = 19.0;

/// Escapes a text for XML content and attribute values; characters that XML 1.0 forbids become U+FFFD.
pub(crate) fn escape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// Prints a number with at most two decimals and no negative zero; one that is not finite prints as `0`.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".into();
    }
    let fixed = format!("{value:.2}");
    let short = fixed.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".into() } else { short.into() }
}

/// Estimates the width of a text at a font size, in user units.
pub(crate) fn width(content: &str, size: f64) -> f64 {
    content.chars().map(advance).sum::<f64>() * size
}

/// Advance of one character in ems, for a bold sans-serif face.
fn advance(c: char) -> f64 {
    match c {
        // Combining marks of the scripts that our languages use take no room of their own.
        '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}' => {
            0.0
        }
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '!' | '\'' | '|' | ' ' | '\u{a0}' | '\u{202f}' => {
            0.36
        }
        'f' | 'r' | 't' | '(' | ')' | '-' => 0.46,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '\u{2192}' | '\u{2190}' => 1.0,
        'A'..='Z' | '\u{c0}'..='\u{de}' => 0.78,
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}' => 1.05,
        c if u32::from(c) > 0xffff => 1.2,
        '0'..='9' => 0.7,
        _ => 0.68,
    }
}

/// Shortens a text with an ellipsis until it fits `room` at a font size; the whole text belongs in the mark's title.
pub(crate) fn fit(content: &str, size: f64, room: f64) -> String {
    if width(content, size) <= room {
        return content.into();
    }
    let mut kept = String::new();
    let mut used = size;
    for c in content.chars() {
        used += advance(c) * size;
        if used > room {
            break;
        }
        kept.push(c);
    }
    format!("{}\u{2026}", kept.trim_end())
}

/// Joins a name and what is said about it, leaving out what is empty.
pub(crate) fn title(parts: &[&str]) -> String {
    let said: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    said.join(": ")
}

/// Writes "from → to" with the arrow pointing the way that the text runs.
pub(crate) fn from_to(from: &str, to: &str, rtl: bool) -> String {
    format!("{from} {} {to}", if rtl { '\u{2190}' } else { '\u{2192}' })
}

/// Turns a count into a float; counts past 2^32 are far outside any picture.
pub(crate) fn count(items: usize) -> f64 {
    f64::from(u32::try_from(items).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_finite() {
        let cases = [
            (1.0, "1"),
            (0.0, "0"),
            (-0.001, "0"),
            (1.005, "1"),
            (2.5, "2.5"),
            (100.0, "100"),
            (-7.126, "-7.13"),
            (f64::NAN, "0"),
            (f64::INFINITY, "0"),
        ];
        for (value, want) in cases {
            assert_eq!(number(value), want, "{value}");
        }
    }

    #[test]
    fn escape_leaves_nothing_that_xml_forbids() {
        assert_eq!(
            escape("a<b>&\"'\u{0}\u{7}\u{ffff}\n"),
            "a&lt;b&gt;&amp;&quot;&#39;\u{fffd}\u{fffd}\u{fffd} "
        );
    }

    #[test]
    fn fit_shortens_only_when_it_must() {
        assert_eq!(fit("Heath", 13.0, 100.0), "Heath");
        let short = fit("A very long name of a place", 13.0, 80.0);
        assert!(short.ends_with('\u{2026}') && width(&short, 13.0) <= 95.0, "{short}");
        assert_eq!(fit("Heath", 13.0, 0.0), "\u{2026}");
    }
}
