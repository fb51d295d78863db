//! The use cases: everything by which a node writes.

mod agreed;
mod between;
mod entries;
mod files;
mod first_view;
mod kept;
mod neighbours;
mod secrets;
mod services;
mod teams;

use std::path::Path;

use crate::stage::{Props, Stage};

/// A use case.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// Lays out how the disk lies before, in an empty folder.
    pub prepare: fn(&Path) -> anyhow::Result<Props>,
    /// Does it.
    pub play: fn(&Stage) -> anyhow::Result<()>,
    /// Whether it takes seconds, by its size or by a passphrase that is meant to be slow.
    pub is_long: bool,
}

/// Every use case that writes.
pub fn all() -> Vec<Case> {
    let case = |name, prepare, play| Case { name, prepare, play, is_long: false };
    let long = |name, prepare, play| Case { is_long: true, ..case(name, prepare, play) };
    vec![
        case("founding a community", entries::nothing, entries::found_community),
        case("founding a safety copy", entries::nothing, entries::found_copy),
        case("entries about stock", entries::settled, entries::stock),
        case("wants and routes", entries::settled, entries::wants),
        case("many entries in one commit", entries::settled, entries::together),
        long("a log of changes that is emptied meanwhile", entries::settled, entries::many),
        case("giving", agreed::giving_before, agreed::giving),
        case("taking", agreed::taking_before, agreed::taking),
        case("answers of a taker", between::promised_to, between::answer),
        case("after the taker's answers", between::answered, between::settle),
        case("giving regularly", between::regular_before, between::regularly),
        case("teams and missions", teams::asked, teams::go),
        case("care and work for others", services::asked, services::serve),
        case("names, notes, grants and an erasure", entries::settled, agreed::people),
        case("agreements and regions", entries::settled, agreed::texts),
        case("people served, and their sums", agreed::served_before, agreed::served),
        case("what is short without an agreement", agreed::unshared, agreed::feed),
        case("letting go on the day", agreed::lapsing, agreed::let_go),
        case("exchange over a line", neighbours::listed, neighbours::exchange),
        case("files placed with a neighbour", neighbours::listed, files::place),
        case("a file kept for a neighbour", neighbours::listed, files::keep),
        case("a first view taken", first_view::far_behind, first_view::take),
        case("a first view of a computer that was replaced", first_view::replaced, first_view::come_back),
        case("a first view that was wrong", first_view::lied_to, first_view::find_out),
        case("a first view that was wrong, looked into", first_view::warned, first_view::settle),
        case("a first view made for others", first_view::far_ahead, first_view::make),
        case("a first view let go on the day", first_view::lapsing, first_view::let_go),
        case("a bundle taken in", neighbours::bundled, neighbours::unpack),
        case("a node that signed twice", neighbours::forked, neighbours::hear_of_fork),
        case("a bundle written", neighbours::listed, neighbours::carry),
        case("neighbours listed and struck off", entries::settled, neighbours::list),
        case("a key replaced", entries::settled, secrets::rotate),
        case("a key brought back by stewards", entries::settled, secrets::recover),
        long("names locked and unlocked", entries::settled, secrets::lock),
        long("names whose passphrase is lost", entries::settled, secrets::give_up),
        case("signing in", entries::settled, secrets::sign_in),
        case("certificates", entries::settled, secrets::certificates),
        case("folds and snapshots", kept::snapshots, kept::fold),
        case("a store of format 1", kept::old_store, kept::migrate),
        long("a backup", entries::settled, kept::back_up),
        long("a restore", kept::backup, kept::restore),
    ]
}
