//! Every pair of colour tokens that carries meaning keeps its contrast, in the light and in the dark theme.
//!
//! WCAG 2.2: 4.5 for text (1.4.3), 3 for marks and the borders of fields (1.4.11). `--line` only decorates.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

const SHEET: &str = include_str!("../assets/koinon.css");

/// Text on its ground: 4.5.
const TEXT: &[(&str, &str)] = &[
    ("ink", "paper"),
    ("ink", "panel"),
    ("ink", "sunk"),
    ("muted", "paper"),
    ("muted", "panel"),
    ("muted", "sunk"),
    ("accent", "paper"),
    ("accent", "panel"),
    ("accent", "sunk"),
    ("accent", "accent-bg"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("good", "good-bg"),
    ("good", "panel"),
    ("watch", "watch-bg"),
    ("watch", "panel"),
    ("short", "short-bg"),
    ("short", "panel"),
    ("unheard", "unheard-bg"),
    ("accent-2", "panel"),
    ("accent-2", "paper"),
    ("ink", "good-bg"),
    ("ink", "watch-bg"),
    ("ink", "short-bg"),
    ("ink", "accent-bg"),
];

/// Marks and borders on their ground: 3.
const MARKS: &[(&str, &str)] = &[
    ("edge", "panel"),
    ("edge", "paper"),
    ("edge", "sunk"),
    ("way", "panel"),
    ("focus", "panel"),
    ("focus", "paper"),
    ("focus", "watch-bg"),
    ("accent", "unheard-bg"),
];

fn tokens(after: &str) -> BTreeMap<&'static str, &'static str> {
    let block = SHEET.split_once(after).unwrap().1.split_once('}').unwrap().0;
    let lines =
        block.lines().filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": "));
    lines.collect()
}

fn luminance(colour: &str) -> f64 {
    let hex = colour.strip_prefix('#').unwrap_or_else(|| panic!("'{colour}' is no #rrggbb"));
    let part = |from: usize| {
        let value = f64::from(u8::from_str_radix(&hex[from..from + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn both_themes_can_be_read() {
    let mut low = Vec::new();
    for (theme, after) in [("light", ":root {"), ("dark", ":root[data-theme=\"dark\"] {")] {
        let tokens = tokens(after);
        for (pairs, least) in [(TEXT, 4.5), (MARKS, 3.0)] {
            for (front, ground) in pairs {
                let found = contrast(tokens[front], tokens[ground]);
                if found < least {
                    low.push(format!("{theme}: --{front} on --{ground} is {found:.2}, needs {least}"));
                }
            }
        }
    }
    assert!(low.is_empty(), "{}", low.join("\n"));
}

#[test]
fn the_dark_theme_is_the_same_by_choice_and_by_device() {
    let (device, chosen) =
        (tokens(":root:not([data-theme=\"light\"]) {"), tokens(":root[data-theme=\"dark\"] {"));
    assert_eq!(device, chosen);
    assert!(tokens(":root {").keys().eq(chosen.keys()), "both themes set every token");
}

#[test]
fn every_token_that_is_used_is_set() {
    let set = tokens(":root {");
    for sheet in [SHEET, koinon_chart::STYLE] {
        for rest in sheet.split("var(--").skip(1) {
            let name = rest.split([')', ',']).next().unwrap();
            assert!(set.contains_key(name), "--{name} is used but never set");
        }
    }
}

#[test]
fn contrast_is_measured_as_the_standard_says() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("#777777", "#ffffff") - 4.478).abs() < 1e-3);
}
