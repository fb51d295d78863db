//! Every sample, drawn and compared with the picture that was looked at and kept.
//!
//! `KOINON_UPDATE=1 cargo test -p koinon-chart --test golden` keeps the new pictures; look at them first, in the gallery example.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test panics, and that is how it speaks"
)]

#[path = "../examples/charts/samples.rs"]
mod samples;
mod support;

use std::fs;
use std::path::Path;

use koinon_chart::Table;

fn check(name: &str, got: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("KOINON_UPDATE").is_some() {
        fs::write(&path, got).unwrap();
    }
    let want = fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    let differs = got.lines().zip(want.lines()).position(|(got, want)| got != want);
    assert!(
        got == want,
        "{name} differs from its golden file, first in line {:?}; see this file's head",
        differs.map(|n| n + 1)
    );
}

fn plain(table: &Table) -> String {
    let rows = std::iter::once(&table.headers).chain(&table.rows);
    rows.map(|row| row.join(" | ") + "\n").collect()
}

#[test]
fn pictures_are_as_they_were() {
    for (name, chart) in samples::all() {
        let svg = chart.svg();
        support::check_picture(&svg);
        check(&format!("{name}.svg"), &svg);
    }
}

#[test]
fn tables_are_as_they_were() {
    for (name, chart) in samples::all() {
        let table = chart.table();
        assert!(table.rows.iter().all(|row| row.len() == table.headers.len()), "{name}: ragged table");
        check(&format!("{name}.txt"), &plain(&table));
    }
}

#[test]
fn every_class_drawn_is_styled_or_only_a_hook() {
    // Names that pages may use, but that need no style of their own.
    let hooks = [
        "kc-map",
        "kc-line",
        "kc-bars",
        "kc-gantt",
        "kc-corridor",
        "kc-transfer",
        "kc-place",
        "kc-enough",
        "kc-axis",
        "kc-fan",
        "kc-inner",
        "kc-series",
        "kc-series-0",
        "kc-key",
        "kc-row",
        "kc-row-name",
        "kc-step",
        "kc-part",
        "kc-road",
        "kc-rail",
        "kc-shuttle",
        "kc-water",
        "kc-pipe",
        "kc-sankey",
        "kc-steps",
    ];
    for (name, chart) in samples::all() {
        for element in support::check_picture(&chart.svg()) {
            for class in element.get("class").unwrap_or_default().split(' ').filter(|class| !class.is_empty())
            {
                let styled = koinon_chart::STYLE
                    .split(&format!(".{class}"))
                    .skip(1)
                    .any(|rest| rest.starts_with(|c: char| !c.is_ascii_alphanumeric() && c != '-'));
                assert!(styled || hooks.contains(&class), "{name}: .{class} has no style");
            }
        }
    }
}
