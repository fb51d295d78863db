//! The region file at its door: what is read, what is refused and in which words, what is generated.

use koinon_core::region::generate::{self, Layout, new_region};
use koinon_core::region::*;
use koinon_core::*;
use proptest::prelude::*;

const RING: &str = include_str!("../../../regions/ring.toml");

fn ring() -> Region {
    new_region(10, 25_000, Layout::Ring, 1).unwrap()
}

#[test]
fn the_committed_ring_is_what_the_generator_makes() {
    let made = ring().to_toml();
    if made != RING {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../regions/ring.toml");
        if std::env::var_os("KOINON_BLESS").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        panic!("regions/ring.toml is not what the generator makes; KOINON_BLESS=1 writes it anew");
    }
    assert_eq!(Region::parse(RING).unwrap(), ring());
    assert_eq!(ring().check(), []);
}
