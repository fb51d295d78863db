//! Fuzz targets for every reader of bytes or text that comes from outside. None may crash, hang or allocate without
//! bound; what one reads and writes again must come out the same.
#![no_main]

use std::sync::OnceLock;

use koinon_core::Dimension;
use koinon_core::region::Region;
use koinon_core::unit::{DecimalMark, parse_quantity};
use libfuzzer_sys::fuzz_target;

fn target() -> &'static str {
    static TARGET: OnceLock<String> = OnceLock::new();
    TARGET.get_or_init(|| std::env::var("KOINON_FUZZ_TARGET").expect("KOINON_FUZZ_TARGET names a target"))
}

fuzz_target!(|bytes: &[u8]| match target() {
    "region" => region(bytes),
    "quantity" => quantity(bytes),
    "fact" => fact(bytes),
    "snapshot" => drop(koinon_books::Book::from_snapshot(bytes)),
    "message" => message(bytes),
    "header" => drop(koinon_log::Header::parse(bytes)),
    "inception" => drop(koinon_log::Inception::decode(bytes)),
    "fork" => drop(koinon_log::ForkProof::decode(bytes)),
    "cbor" => drop(koinon_log::cbor::check(bytes)),
    "dimacs" => drop(koinon_flow::dimacs::read(bytes)),
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

fn message(bytes: &[u8]) {
    if let Ok(message) = koinon_log::Message::decode(bytes) {
        assert_eq!(message.encode(), bytes);
    }
}
