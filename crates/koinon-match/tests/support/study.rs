//! The ESUPS study of Madagascar, as its tables stand in the shared data.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use koinon_core::id::code_from_words;
use koinon_core::{ItemCode, PlaceCode};
use koinon_match::relief::{Affected, DepotStock, ReliefItem, Way};

/// Depots, what stands in them, and past disasters.
pub(crate) struct Study {
    pub(crate) items: Vec<ReliefItem>,
    pub(crate) stock: Vec<DepotStock>,
    /// Each depot and place once.
    pub(crate) ways: Vec<Way>,
    /// Who was affected where, by disaster.
    pub(crate) disasters: BTreeMap<String, Vec<Affected>>,
}

impl Study {
    /// Reads it; says that the test is skipped where it is not there.
    pub(crate) fn read() -> Option<Self> {
        let shared = std::env::var("KOINON_SHARED").unwrap_or_else(|_| "../../../shared".into());
        let folder = PathBuf::from(shared).join("data/esups_madagascar");
        if !folder.exists() {
            // A test that cannot run says so, past any capture.
            let words = format!("SKIPPED: the depots of Madagascar are not at {}\n", folder.display());
            let _ = std::io::Write::write_all(&mut std::io::stderr(), words.as_bytes());
            return None;
        }
        let people = table(&folder.join("personsPerItem.csv")).into_iter().filter(|row| row[2] == "DEFAULT");
        let item = |row: Vec<String>| {
            let (people, units) = ratio(&row[4]);
            ReliefItem { code: item(&row[0]), people, units }
        };
        let stock = table(&folder.join("inventory/actual.csv")).into_iter();
        let stock = stock.map(|row| DepotStock {
            depot: place(&row[2]),
            item: self::item(&row[0]),
            units: row[4].parse().unwrap(),
        });
        let mut ways = BTreeMap::new();
        for row in table(&folder.join("distanceMatrix.csv")) {
            let (hours, parts) = ratio(&row[12]);
            ways.insert((place(&row[3]), place(&row[9])), hours * 60 / parts);
        }
        let ways = ways.into_iter().map(|((depot, place), minutes)| Way { depot, place, minutes });
        let mut hit: BTreeMap<String, BTreeMap<PlaceCode, i64>> = BTreeMap::new();
        for row in table(&folder.join("disasterAffectedData2.csv")) {
            let people: i64 = row[7].parse().unwrap();
            *hit.entry(row[5].clone()).or_default().entry(place(&row[6])).or_default() += people;
        }
        let affected = |places: BTreeMap<PlaceCode, i64>| {
            places.into_iter().map(|(place, people)| Affected { place, people }).collect()
        };
        Some(Self {
            items: people.map(item).collect(),
            stock: stock.collect(),
            ways: ways.collect(),
            disasters: hit.into_iter().map(|(id, places)| (id, affected(places))).collect(),
        })
    }
}

fn place(text: &str) -> PlaceCode {
    PlaceCode::new(&code_from_words(text).unwrap()).unwrap()
}

fn item(text: &str) -> ItemCode {
    code_from_words(text).unwrap().parse().unwrap()
}

/// Splits a line of comma-separated values; quotes may hold commas.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.trim_end().chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

/// The rows of a table, without its heading.
fn table(path: &Path) -> Vec<Vec<String>> {
    let bytes = std::fs::read(path).unwrap();
    String::from_utf8_lossy(&bytes).lines().skip(1).map(fields).collect()
}

/// A decimal number as a ratio in lowest terms.
fn ratio(text: &str) -> (i64, i64) {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let bottom = 10i64.pow(u32::try_from(fraction.len()).unwrap());
    let top: i64 = format!("{whole}{fraction}").parse().unwrap();
    let divisor = (1..=bottom).rev().find(|d| top % d == 0 && bottom % d == 0).unwrap();
    (top / divisor, bottom / divisor)
}
