//! Every table of every page can be taken away as CSV, as a workbook and as JSON, or says here why not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::path::Path;

use koinon_ledger::lot::Lot;
use koinon_web::exports::Format;

mod browser;

/// Tables by the word that heads them, and where they can be taken away from.
const TABLES: [(&str, &str); 22] = [
    ("adds-up-books", "/checks"),
    ("adds-up-roads", "/roads"),
    ("board-over", "/transfers"),
    ("community-watch", "/stock"),
    ("copies-title", "/copies"),
    ("item-batches", "/stock/wheat"),
    ("item-by-place", "/stock/wheat"),
    ("item-how-known", "/stock/wheat"),
    ("lot-card", "/lot/OWN/LOT"),
    ("nav-stock", "/stock"),
    ("needs-open", "/needs"),
    ("offers-open", "/offers"),
    ("region-suggestions", "/suggestions"),
    ("routes-title", "/routes"),
    ("services-ours", "/services"),
    ("sharing-served", "/served"),
    ("sharing-tonight", "/agreement"),
    ("teams-asks", "/missions"),
    ("teams-ours", "/teams"),
    ("touch-who", "/touch"),
    ("transfer-lines", "/transfers"),
    ("why-unmet", "/unmet"),
];

/// Tables that are none of the book's, each with the reason.
const NOT_OF_THE_BOOK: [(&str, &str); 22] = [
    ("door-title", "who signed in, and who failed to; it stays on the page, as names do"),
    ("import-bad-title", "rows of a file that was just sent; they have a download of their own"),
    ("import-sound-title", "rows of a file that was just sent"),
    ("kept-ours", "files that neighbours keep, no part of the record; koinon kept list --json has it"),
    ("kept-others", "files that are kept for neighbours; koinon kept list --json has it"),
    ("leans-title", "what would follow if figures were otherwise, which is in no book"),
    ("me-devices", "one's own signed-in devices: a form to end them"),
    ("operator-jobs", "how the computer does; koinon doctor --json has it"),
    ("operator-kept-by", "what neighbours said that they hold; it changes with each exchange"),
    ("operator-neighbours", "how the computer does; koinon doctor --json has it"),
    ("people-title", "names of persons stay on the page"),
    ("erased-title", "who was erased is told to those who keep people, and to nobody else"),
    ("recall-where", "a form to hold batches; the batches are in the table of stock"),
    ("relief-sent", "past disasters, a part of the demo"),
    ("relief-title", "past disasters, a part of the demo"),
    ("relief-totals", "past disasters, a part of the demo"),
    ("show-as-table", "the numbers of a curve beside it, in the API with their view"),
    ("story-sum-region", "the demo's story"),
    ("story-sum-transfer", "the demo's story"),
    ("what-if-answer", "figures that somebody tries, which are in no book"),
    ("why-not-there", "the reasons of one suggestion, in the API with it"),
    ("why-this", "the reasons of one suggestion, in the API with it"),
];

fn sources(folder: &Path, all: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_table_is_listed() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let mut found: Vec<String> = Vec::new();
    for text in &all {
        let text = text.split("#[cfg(test)]").next().unwrap();
        for rest in text.split("Table::new(").skip(1) {
            let key = rest.split('"').nth(1).unwrap().to_owned();
            // An example in a comment is headed by words.
            if !key.contains(' ') {
                found.push(key);
            }
        }
    }
    found.sort();
    found.dedup();
    let mut listed: Vec<&str> = TABLES.iter().chain(&NOT_OF_THE_BOOK).map(|(key, _)| *key).collect();
    listed.sort_unstable();
    assert_eq!(found, listed, "a table is new or gone: give it an export and list it");
}

#[tokio::test]
async fn every_listed_table_is_given_in_every_format() {
    let house = browser::House::found();
    house.promise("wheat", 1_000_000).await;
    let mut reader = house.signed_in_everywhere().await;
    let lot = house.lot("wheat").to_string();
    let paths: BTreeMap<String, &str> = TABLES
        .iter()
        .map(|(key, path)| (path.replace("OWN", house.own.as_str()).replace("LOT", &lot), *key))
        .collect();
    for (path, key) in paths {
        for format in Format::ALL {
            let address = format!("{path}.{}", format.ending());
            assert_eq!(reader.get(&address).await, 200, "{key}: {address}");
            let begins = match format {
                Format::Csv => reader.html.starts_with('\u{feff}') && reader.html.lines().count() >= 1,
                Format::Xlsx => reader.html.starts_with("PK"),
                Format::Json => reader.html.starts_with(['[', '{']),
            };
            assert!(begins, "{address}: {}", reader.html.chars().take(60).collect::<String>());
        }
    }
}

/// What was folded out of memory is on the card, in pages.
#[tokio::test]
async fn an_old_card_is_whole_and_comes_in_pages() {
    let house = browser::House::found();
    house.promise("rice", 1_000).await;
    let lot = house.lot("rice");
    for amount in 1..=130 {
        house.take_out(lot, amount).await;
    }
    let before = house.stock("rice");
    let house = house.asleep(160).await;
    assert_eq!(house.stock("rice"), before);
    let folded =
        house.node.read(|book| book.ledger().lot(&house.own, lot).is_none_or(|lot| lot.lines_len() == 0));
    assert!(folded, "nothing of the batch is left in memory but its balance");
    let mut reader = house.signed_in_everywhere().await;
    let page = format!("/lot/{}/{lot}", house.own);
    assert_eq!(reader.get(&page).await, 200);
    assert!(reader.html.contains("Lines 1 to 100 of 131"), "{}", reader.html);
    let older = format!("{page}?from=100");
    assert!(reader.html.contains(&older));
    assert_eq!(reader.get(&older).await, 200);
    assert!(reader.html.contains("Lines 101 to 131 of 131"), "{}", reader.html);
    assert_eq!(reader.get(&format!("{page}?from=100000")).await, 200);
    assert_eq!(reader.get(&format!("{page}.csv")).await, 200);
    assert_eq!(reader.html.lines().count(), 132, "the head and every line");
    let api = format!("/api/v1/lots/{}/{lot}?from=130&limit=5", house.own);
    assert_eq!(reader.get(&api).await, 200);
    let card: serde_json::Value = serde_json::from_str(&reader.html).unwrap();
    assert_eq!((&card["of"], card["entries"].as_array().unwrap().len()), (&131.into(), 1));
}

/// Lines that were folded away are put right from their card, and taken back through the API.
#[tokio::test]
async fn an_old_line_is_put_right_on_its_card_and_by_a_program() {
    let house = browser::House::found();
    for item in ["rice", "wheat"] {
        house.promise(item, 1_000).await;
        house.take_out(house.lot(item), 70).await;
    }
    let (rice, wheat) = (house.lot("rice"), house.lot("wheat"));
    let before = (house.stock("rice"), house.stock("wheat"));
    let house = house.asleep(160).await;
    let lines = |lot| house.node.read(|book| book.ledger().lot(&house.own, lot).map(Lot::lines_len));
    assert_eq!((lines(rice), lines(wheat)), (Some(0), Some(0)), "only balances are left in memory");
    let mut steward = house.signed_in_everywhere().await;
    let newest = |html: &str| html.split_once("/correct/").unwrap().1.split('"').next().unwrap().to_owned();

    let card = format!("/lot/{}/{rice}", house.own);
    assert_eq!(steward.get(&card).await, 200);
    let correct = format!("{card}/correct/{}", newest(&steward.html));
    assert_eq!(steward.get(&correct).await, 200, "{}", steward.html);
    let nothing = [("way", "amount"), ("quantity", ""), ("reason", "")];
    assert_eq!(steward.send(&correct, &nothing).await, 422, "the form comes back with what is missing");
    let right = [("way", "amount"), ("quantity", "50"), ("quantity-unit", "g"), ("reason", "entry-error")];
    assert_eq!(steward.send(&correct, &right).await, 303, "{}", steward.html);
    assert_eq!(house.stock("rice"), before.0 + 20);
    assert_eq!(steward.get(&card).await, 200);
    assert!(steward.html.contains("corrected"), "{}", steward.html);

    let card = format!("/lot/{}/{wheat}", house.own);
    assert_eq!(steward.get(&card).await, 200);
    let body = serde_json::json!({
        "act": koinon_core::EntryId([8; 16]).to_string(),
        "what": {
            "kind": "correct",
            "lot": wheat.to_string(),
            "target": newest(&steward.html),
            "reason": "entry-error",
        },
    });
    assert_eq!(steward.post_json("/api/v1/commands", &body.to_string()).await, 200, "{}", steward.html);
    assert!(steward.html.contains("\"recorded\""), "{}", steward.html);
    assert_eq!(house.stock("wheat"), before.1 + 70);
}
