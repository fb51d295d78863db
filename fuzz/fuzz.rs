//! Fuzz targets for every reader of bytes or text that comes from outside. None may crash, hang or allocate without
//! bound; what one reads and writes again must come out the same.
#![no_main]

use std::sync::OnceLock;

use koinon_core::Dimension;
use koinon_core::region::Region;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::unit::{DecimalMark, parse_quantity};
use koinon_instruments::{Agreement, Dataset};
use koinon_table::{Limits, Sheet, read_counts};
use libfuzzer_sys::fuzz_target;

/// How every workbook begins; inputs of its target go on after it.
const WORKBOOK_MAGIC: &[u8] = b"PK\x03\x04";

/// Puts a whole input where the fuzzer looks for some: no chance would find one from nothing.
fn seed() {
    match target() {
        "workbook" => seed_workbook(),
        "first-view" => seed_first_view(),
        "agreement" => {
            let region = new_region(3, 5_000, Layout::Ring, 1).expect("a small region can be made");
            let text = Agreement::draft_of(&region, koinon_core::Day(20_000));
            std::fs::create_dir_all("corpus/agreement").expect("there is room for a folder");
            std::fs::write("corpus/agreement/seed", text).expect("there is room for a file");
        }
        _ => {}
    }
}

fn seed_workbook() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let rows = [
        ["store", "item", "amount", "unit"],
        ["hill-store", "wheat", "1250.5", "kg"],
        ["?", "", "-1", "bag"],
    ];
    for (row, cells) in (0u32..).zip(rows) {
        for (column, cell) in (0u16..).zip(cells) {
            sheet.write(row, column, cell).expect("a small sheet has room");
        }
    }
    sheet.write(1, 4, 45_000.25).expect("a small sheet has room");
    sheet.write_formula(2, 4, "=1/0").expect("a small sheet has room");
    let bytes = book.save_to_buffer().expect("memory has room");
    let rest = bytes.strip_prefix(WORKBOOK_MAGIC).expect("a workbook begins so");
    std::fs::create_dir_all("corpus/workbook").expect("there is room for a folder");
    std::fs::write("corpus/workbook/seed", rest).expect("there is room for a file");
}

fn target() -> &'static str {
    static TARGET: OnceLock<String> = OnceLock::new();
    TARGET.get_or_init(|| std::env::var("KOINON_FUZZ_TARGET").expect("KOINON_FUZZ_TARGET names a target"))
}

fuzz_target!(init: { seed() }, |bytes: &[u8]| match target() {
    "region" => region(bytes),
    "agreement" => agreement(bytes),
    "quantity" => quantity(bytes),
    "fact" => fact(bytes),
    "snapshot" => drop(koinon_books::Book::from_snapshot(bytes)),
    "first-view" => first_view(bytes),
    "offer" => drop(koinon_log::Offer::decode(bytes)),
    "kept" => kept(bytes),
    "want-bytes" => drop(koinon_log::WantBytes::decode(bytes)),
    "message" => message(bytes),
    "header" => drop(koinon_log::Header::parse(bytes)),
    "inception" => drop(koinon_log::Inception::decode(bytes)),
    "fork" => drop(koinon_log::ForkProof::decode(bytes)),
    "rotation" => drop(koinon_log::Rotation::decode(bytes)),
    "receipt" => drop(koinon_log::Receipt::decode(bytes)),
    "cbor" => drop(koinon_log::cbor::check(bytes)),
    "dimacs" => drop(koinon_flow::dimacs::read(bytes)),
    "assignment" => drop(koinon_flow::assign::read(bytes, koinon_flow::assign::Goal::Least)),
    "dow" => drop(koinon_flow::design::read(bytes)),
    "cvrplib" => drop(koinon_flow::route::cvrplib::read(bytes)),
    "table" => table(bytes),
    "workbook" => table(&[WORKBOOK_MAGIC, bytes].concat()),
    "gs1" => gs1(bytes),
    "form" => form(bytes),
    "bundle" => bundle(bytes),
    "command" => command(bytes),
    "frames" => drop(koinon_log::frames::read(bytes)),
    "backup" => backup(bytes),
    "store" => store(bytes),
    other => panic!("there is no fuzz target '{other}'"),
});

fn region(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(region) = Region::parse(text) {
        let again = Region::parse(&region.to_toml()).expect("what was written is read");
        assert_eq!(again.digest(), region.digest());
    }
}

fn quantity(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for mark in [DecimalMark::Point, DecimalMark::Comma] {
        if let Ok(read) = parse_quantity(text, Dimension::Mass, &[], "kg", mark) {
            let again = parse_quantity(&read.to_string(), Dimension::Mass, &[], "kg", DecimalMark::Point);
            assert_eq!(again, Ok(read));
        }
    }
}

fn fact(bytes: &[u8]) {
    let Some((kind, body)) = bytes.split_first() else { return };
    if let koinon_books::Decoded::Known(stamp, fact) = koinon_books::decode(u32::from(*kind), 1, body) {
        let again = koinon_books::encode(&stamp, &fact);
        let read = koinon_books::decode(u32::from(*kind), 1, &again.body);
        assert_eq!(read, koinon_books::Decoded::Known(stamp, fact));
    }
}

/// A region in which tables and forms find their words.
fn ring() -> &'static Region {
    static RING: OnceLock<Region> = OnceLock::new();
    RING.get_or_init(|| new_region(2, 1_000, Layout::Ring, 1).expect("two communities make a region"))
}

fn table(bytes: &[u8]) {
    let Ok(sheet) = Sheet::read(bytes, &Limits::PAGE) else { return };
    let stores: Vec<_> = ring().stores.iter().map(|store| store.code.clone()).take(1).collect();
    let rows = sheet.rows().len();
    let Ok(counts) = read_counts(sheet, ring(), &stores, None) else { return };
    assert_eq!(counts.good.len() + counts.bad.len(), rows, "every row is good or to be mended");
    let mended = counts.to_mend(["line", "to mend"], &koinon_table::Flaw::told);
    if !counts.bad.is_empty() {
        // What is handed back can be sent again, unless all of its cells do not fit any more.
        drop(Sheet::read(mended.as_bytes(), &Limits::PAGE));
    }
}

fn gs1(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(koinon_web::gs1::parse(text, 2026));
    }
}

fn form(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for lang in koinon_web::i18n::Lang::ALL {
        for item in ring().items.iter().take(3) {
            drop(koinon_web::acts::fields::read_quantity(lang, text, item, &item.unit));
        }
    }
    drop(koinon_table::day(text));
    let _ = koinon_core::Day::parse(text);
    let _ = koinon_core::Timestamp::parse_rfc3339(text);
}

fn command(bytes: &[u8]) {
    if let Ok(body) = serde_json::from_slice::<koinon_web::api::CommandBody>(bytes) {
        drop(body.command(koinon_core::Timestamp::from_millis(0)));
    }
}

fn backup(bytes: &[u8]) {
    let take = |_: &str, _: &str, part: &mut dyn std::io::Read| {
        Ok(std::io::copy(part, &mut std::io::sink()).expect("memory can be read"))
    };
    drop(koinon_node::backup::read_parts(bytes, std::path::Path::new("backup"), take));
}

/// A store whose file came from anywhere is refused or read, and a check never takes it for whole in silence.
fn store(bytes: &[u8]) {
    use koinon_log::LogStore as _;
    let dir = tempfile::tempdir().expect("there is room for a file");
    let path = dir.path().join("koinon.db");
    std::fs::write(&path, bytes).expect("there is room for a file");
    if let Ok(store) = koinon_node::SqliteStore::open(&path) {
        drop(store.integrity_check());
        drop(store.heads());
        drop(store.owner());
    }
}

/// What neighbours say of files that they keep for one another.
fn kept(bytes: &[u8]) {
    use koinon_log::kept::{Answer, Ask, FILES_MAX, KeeperSays};
    if let Ok(ask) = Ask::decode(bytes) {
        assert_eq!(ask.encode(), bytes);
        if let Ask::Keeper(KeeperSays { held, not_taken, .. }) = ask {
            assert!(held.len() <= FILES_MAX && not_taken.len() <= FILES_MAX);
        }
    }
    if let Ok(answer) = Answer::decode(bytes) {
        assert_eq!(answer.encode(), bytes);
    }
}

fn message(bytes: &[u8]) {
    if let Ok(message) = koinon_log::Message::decode(bytes) {
        assert_eq!(message.encode(), bytes);
    }
}

/// No fuzzer guesses checksums, so what stands in a frame is tried beside the frames.
fn bundle(bytes: &[u8]) {
    use koinon_log::bundle::{Holdings, MAGIC};
    let file = [&MAGIC[..], bytes].concat();
    let mut reader = koinon_log::BundleReader::open(file.as_slice()).expect("it begins as a bundle does");
    while let Ok(Some(_)) = reader.next_part() {}
    assert!(reader.position() <= u64::try_from(file.len()).expect("a small file"));
    if let Ok(read) = Holdings::decode(bytes) {
        assert_eq!(Holdings::decode(&read.encode()), Ok(read));
    }
}

/// What is read of an agreement is within its bounds, whatever stands in the file.
fn agreement(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(read) = Agreement::parse(text) {
        assert!(read.holds_on(read.from) && read.holds_on(read.until));
        assert!(!read.holds_on(read.from.plus(366)), "twelve months at most");
        for of in &read.parties {
            for dataset in Dataset::ALL {
                assert!(!read.lets_read(of, of, dataset) || read.shares[&dataset].with.contains(of));
            }
        }
    }
}

/// A first view as a neighbour sends it, of a federation that the input cannot choose.
fn first_view(bytes: &[u8]) {
    let network = koinon_log::NetworkId::of("fuzz");
    // The first byte stands for the number of entries that an offer states.
    let Some((facts, bytes)) = bytes.split_first() else { return };
    let read = koinon_books::first_view::FirstView::read(bytes, network, u64::from(*facts));
    let Ok((view, book)) = read else { return };
    assert_eq!(view.encode(), bytes, "only one encoding is accepted");
    assert!(book.leaves_out_what_is_local());
    let now = koinon_core::Timestamp::from_millis(1_772_000_000_000);
    let reader = koinon_books::Book::new(koinon_core::NodeId([1; 32]));
    let shown = book.seated(&reader);
    drop((shown.problem(now), shown.doubts(), shown.to_snapshot()));
}

/// A view of the founding of one community, to begin from.
fn seed_first_view() {
    use koinon_books::first_view::{Cover, FirstView, work_out};
    use koinon_log::LogStore as _;
    let network = koinon_log::NetworkId::of("fuzz");
    let identity = koinon_log::testing::identity(network, 1).expect("an identity can be made");
    let (node, now) = (identity.node(), koinon_core::Timestamp::from_millis(1_772_000_000_000));
    let region = new_region(2, 5_000, Layout::Ring, 3).expect("a small region can be made");
    let community = region.communities.first().expect("it has communities").code.clone();
    let act = koinon_core::EntryId([1; 16]);
    let facts = koinon_books::founding_facts(node, &community, (&region.to_toml(), None), None, now, act)
        .expect("valid");
    let new = facts.iter().map(|(stamp, fact)| {
        let koinon_books::registry::Encoded { kind, body } = koinon_books::encode(stamp, fact);
        koinon_log::NewFact {
            stream: kind.stream,
            kind: kind.number,
            schema: koinon_books::registry::SCHEMA,
            flags: koinon_log::Flags::NONE,
            author: None,
            body,
        }
    });
    let mut log = koinon_log::LogWriter::new(identity, koinon_log::Tails::default());
    let mut entropy = koinon_log::testing::SeededEntropy::new(1);
    let commit = log.append(new.collect(), now, &mut entropy).expect("few facts fit");
    let (mut store, mut directory) = (koinon_log::MemoryStore::new(), koinon_log::Directory::new(network));
    store.append_runs(commit.runs()).expect("memory has room");
    commit.runs().iter().for_each(|run| directory.learn(run));
    let heads = koinon_log::Heads::read(&store, &directory).expect("memory is read");
    let admitted = [(node, community)].into_iter().collect();
    let cover = Cover::new(admitted, &heads.offered(&koinon_log::Entitled::everything()));
    let book = work_out(&store, &cover, now, &mut |_, _| Ok(Vec::new()), &|| true).expect("it is held");
    let facts = u8::try_from(cover.facts()).expect("few facts");
    let view = FirstView::new(network, cover, vec![now], &book).encode();
    std::fs::create_dir_all("corpus/first-view").expect("there is room for a folder");
    std::fs::write("corpus/first-view/seed", [&[facts], view.as_slice()].concat())
        .expect("there is room for a file");
}
