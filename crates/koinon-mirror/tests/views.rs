//! What reporting tools read: every kind of fact that was ever written, through the views, by the role that may read
//! nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    missing_docs,
    reason = "tests may fail loudly"
)]

mod common;

use std::collections::BTreeSet;
use std::path::PathBuf;

use common::{Author, Server, is_here, network, rows};
use koinon_books::fact::{Fact, NodeAdmitted};
use koinon_books::registry::KINDS;
use koinon_books::{Stamp, encode};
use koinon_core::{CommunityCode, EntryId, NodeId, Quantity, Timestamp};
use koinon_ledger::LedgerFact;
use koinon_ledger::fact::{Entered, Method};
use koinon_ledger::{Reason, fact::NeedStated};
use koinon_log::{Flags, LogStore as _, NewFact, Stream};
use koinon_mirror::{Owner, PgStore, Standbys};
use postgres::Client;

fn stamp(recorded: i64) -> Stamp {
    let recorded = Timestamp::from_millis(recorded);
    Stamp { recorded, actor: None, grant: None, act: EntryId([9; 16]) }
}

fn of(stamp: &Stamp, fact: &Fact) -> NewFact {
    let encoded = encode(stamp, fact);
    let (stream, kind) = (encoded.kind.stream, encoded.kind.number);
    NewFact { stream, kind, schema: 1, flags: Flags::NONE, author: None, body: encoded.body }
}

/// The bytes of every kind that may leave a node, as they were first written.
fn golden() -> Vec<NewFact> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../koinon-books/tests/golden");
    let mut facts = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            let (name, hex) = line.split_once(' ').unwrap();
            let number: u32 = name.split('-').next().unwrap().parse().unwrap();
            let kind = KINDS.iter().find(|kind| kind.number == number).unwrap();
            if kind.stream.shared().is_none() {
                continue;
            }
            let body = hex
                .as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
            let body = body.collect();
            let stream = kind.stream;
            facts.push(NewFact { stream, kind: number, schema: 1, flags: Flags::NONE, author: None, body });
        }
    }
    facts
}

/// A copy with everything, whose own node takes the author for the community Heath.
fn filled(server: &Server) -> (PgStore, Author) {
    server.database();
    let (mut copy, mut author) = (Author::new(1), Author::new(2));
    let owner = Owner { node: copy.node(), network: network() };
    let mut store = PgStore::open(&server.address(Standbys::NotAsked), owner).unwrap();
    let community = CommunityCode::new("heath").unwrap();
    let admitted = Fact::NodeAdmitted(NodeAdmitted { node: author.node(), community: community.clone() });
    store.append_runs(copy.sign(vec![of(&stamp(1_700_000_000_000), &admitted)]).runs()).unwrap();
    // Somebody else's word on who speaks for Heath moves nothing here.
    let other = Fact::NodeAdmitted(NodeAdmitted { node: NodeId([9; 32]), community });
    let mut facts = golden();
    facts.push(of(&stamp(1_700_000_000_000), &other));
    let newer = |kind, schema| NewFact {
        stream: Stream::Federation,
        kind,
        schema,
        flags: Flags::NONE,
        author: None,
        body: vec![0xf6],
    };
    facts.extend([newer(9_999, 1), newer(65, 2), newer(65, 1)]);
    let entered = |occurred| {
        LedgerFact::from(Entered {
            entry: EntryId([3; 16]),
            lot: koinon_core::LotId([1; 16]),
            quantity: Quantity::new(7, koinon_core::Dimension::Volume).unwrap(),
            reason: Reason::Harvested,
            occurred: Timestamp::from_millis(occurred),
            served: None,
            paper: None,
            method: Method::Estimated,
        })
    };
    // A clock beyond all calendars stops neither the copy nor a report.
    facts.push(of(&stamp(i64::MAX), &entered(i64::MIN).into()));
    store.append_runs(author.sign(facts).runs()).unwrap();
    (store, copy)
}

const VIEWS: [&str; 33] = [
    "services",
    "service_requests",
    "service_steps",
    "joint_loads",
    "teams",
    "missions",
    "team_steps",
    "wishes",
    "standing",
    "standing_lines",
    "first_views",
    "first_view_stock",
    "served",
    "agreements",
    "batches",
    "communities",
    "corrections",
    "counts",
    "entries",
    "facts",
    "heads",
    "needs",
    "nodes",
    "not_read",
    "offers",
    "receipts",
    "shipment_lines",
    "transfer_lines",
    "transfer_steps",
    "transfers",
    "pauses",
    "routes",
    "holds",
];

#[test]
fn every_kind_is_read_through_the_views_by_a_role_that_reads_nothing_else() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    let (store, _) = filled(&server);
    server.admin().batch_execute("CREATE ROLE tool LOGIN IN ROLE koinon_reader").unwrap();
    let mut tool = server.client("tool", "koinon");
    tool.batch_execute("SET timezone TO 'UTC'").unwrap();
    let listed =
        rows(&mut tool, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'koinon'");
    let (listed, known): (BTreeSet<&str>, BTreeSet<&str>) =
        (listed.iter().map(String::as_str).collect(), VIEWS.into_iter().collect());
    assert_eq!(listed, known);
    let handbook = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/handbook/mirror.md");
    let handbook = std::fs::read_to_string(handbook).unwrap();
    for view in VIEWS {
        // Every column of every row is read.
        assert!(tool.simple_query(&format!("SELECT * FROM koinon.{view}")).is_ok(), "{view}");
        assert!(handbook.contains(&format!("`koinon.{view}`")), "the handbook says nothing of {view}");
    }
    for refused in ["SELECT * FROM mirror.fact", "SELECT * FROM mirror.counts", "DELETE FROM mirror.fact"] {
        let error = tool.simple_query(refused).unwrap_err();
        assert_eq!(error.code().map(postgres::error::SqlState::code), Some("42501"), "{refused}");
    }

    let mut ask = |sql: &str| rows(&mut tool, sql);
    assert_eq!(ask("SELECT community, facts > 30 FROM koinon.communities"), ["heath t"]);
    assert_eq!(ask("SELECT community, this_copy FROM koinon.nodes ORDER BY this_copy"), ["heath f", "- t"]);
    assert_eq!(
        ask("SELECT amount, unit, reason, way, paper, method, occurred FROM koinon.entries ORDER BY amount"),
        ["7 ml harvested in - estimated -", "1250 g handed-out out B-17/4 counted 2026-02-25 06:13:20+00"]
    );
    assert_eq!(
        ask("SELECT amount, unit, method FROM koinon.counts ORDER BY method"),
        ["312 g counted", "312 g paper"]
    );
    let people = "components -> 0 ->> 'people', components -> 0 -> 'skills' ->> 1";
    assert_eq!(
        ask(&format!("SELECT team, place, willing, from_day, {people}, closed, latest FROM koinon.teams")),
        ["nurse-2 heath t 2026-02-16 2 nurse f t"]
    );
    assert_eq!(
        ask(
            "SELECT mission, urgency, days, asks -> 0 ->> 'people', reason, closed FROM koinon.missions ORDER BY closed"
        ),
        ["flood-2 must-have 3 2 - f", "flood-2 - - - done t"]
    );
    assert_eq!(
        ask("SELECT step, home, reason, at FROM koinon.team_steps ORDER BY recorded, step"),
        [
            "team-back heath - 2026-02-27 19:13:20+00",
            "team-declined heath enough -",
            "team-left heath - 2026-02-25 09:13:20+00",
            "team-promised heath - 2026-02-25 09:13:20+00",
            "team-taken heath - -",
            "team-withdrawn heath needed-here -",
        ]
    );
    assert_eq!(
        ask("SELECT provider, place, kind, services ->> 1, per_day, closed, latest FROM koinon.services"),
        ["hospital heath care births 12 f t"]
    );
    assert_eq!(
        ask(
            "SELECT kind, service, count, each, urgency, reason, closed FROM koinon.service_requests ORDER BY closed"
        ),
        ["making pump-seal 40 12 needed - f", "- - - - - not-needed t"]
    );
    assert_eq!(
        ask("SELECT step, home, count, first_day, last_day, reason FROM koinon.service_steps ORDER BY step"),
        [
            "service-declined heath - - - too-late",
            "service-done heath - 2026-02-28 - -",
            "service-promised heath - 2026-02-26 2026-02-27 -",
            "service-taken heath - - - -",
            "service-withdrawn heath - - - not-able",
        ],
        "two and three people are told by no report"
    );
    assert_eq!(ask("SELECT amount, taken_back, reason FROM koinon.corrections"), ["- t entry-error"]);
    assert_eq!(
        ask("SELECT item, store, printed, expires FROM koinon.batches WHERE from_batch IS NOT NULL"),
        ["wheat heath-main B-17/4 2026-05-27"]
    );
    assert_eq!(
        ask(
            "SELECT item, amount, unit, urgency, needed_by, every_days, people, latest, closed FROM koinon.needs"
        ),
        ["wheat 5000 g must-have 2026-02-16 7 180 t t"],
        "closed at the same moment, after it in the log"
    );
    assert_eq!(
        ask("SELECT item, amount, unit, from_day, until_day, take_please FROM koinon.offers"),
        ["wheat 9 g 2026-02-16 2026-02-23 t"]
    );
    assert_eq!(
        ask("SELECT giver, taker, from_place, to_place, leaves, latest FROM koinon.transfers"),
        ["heath dunes heath dunes 2026-02-17 t"]
    );
    assert_eq!(
        ask("SELECT giver, line, item, amount, unit, latest FROM koinon.transfer_lines"),
        ["heath 0 wheat 42000000 g t"]
    );
    assert_eq!(
        ask(
            "SELECT proposer, step, community, other, every_days, until_day, yes, reason FROM koinon.standing ORDER BY step"
        ),
        [
            "heath standing-answered heath - - - f no-room",
            "heath standing-ended heath - - - - not-needed",
            "heath standing-proposed heath dunes 7 2026-09-04 - -"
        ]
    );
    assert_eq!(
        ask("SELECT proposer, line, from_place, to_place, item, amount, unit FROM koinon.standing_lines"),
        ["heath 0 heath dunes wheat 2000 g"]
    );
    assert_eq!(ask("SELECT giver, latest, count(*) FROM koinon.joint_loads GROUP BY 1, 2"), ["heath t 2"]);
    let steps = ask("SELECT DISTINCT step FROM koinon.transfer_steps ORDER BY 1");
    assert_eq!(steps.len(), 12, "{steps:?}");
    let lines = ask("SELECT DISTINCT step, unit FROM koinon.shipment_lines ORDER BY 1");
    assert_eq!(lines, ["dispatched g", "received g", "returned g"]);
    assert_eq!(
        ask("SELECT kind, version, why, facts FROM koinon.not_read ORDER BY kind, version"),
        ["65 1 does not fit 1", "65 2 newer 1", "9999 1 newer 1"]
    );
    let kinds = KINDS.iter().filter(|kind| kind.stream.shared().is_some()).count();
    let read = ask("SELECT count(DISTINCT kind) FROM koinon.facts WHERE said IS NOT NULL");
    assert_eq!(read, [kinds.to_string()]);
    // Whoever acted, and whom grants are about, is not for reports.
    let everything = ask("SELECT said FROM koinon.facts WHERE said IS NOT NULL").concat();
    for person in ["04040404", "person", "actor", "witness", "served"] {
        assert!(!everything.contains(person), "{person} stands in a report");
    }
    drop(store);
}

#[test]
fn what_ended_before_what_is_held_is_not_reported_and_what_was_too_new_is_read_later() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    let (store, _) = filled(&server);
    let owner = store.owner().unwrap();
    let mut admin = server.client("postgres", "koinon");
    let count = |admin: &mut Client, sql: &str| rows(admin, sql)[0].parse::<u64>().unwrap();
    let entries = "SELECT count(*) FROM koinon.entries";
    assert_eq!(count(&mut admin, entries), 2);
    let heads = store.heads().unwrap().into_iter();
    let of_stock = heads.filter(|head| head.name.stream != Stream::Control).map(|head| (head.log, 0));
    store.note_ends(&of_stock.collect::<Vec<_>>()).unwrap();
    assert_eq!(count(&mut admin, entries), 0);
    store.note_ends(&[]).unwrap();
    assert_eq!(count(&mut admin, entries), 2);

    // As an older program would have left it.
    drop(store);
    admin
        .batch_execute(
            "UPDATE mirror.fact SET reading = 2, said = NULL WHERE kind IN (65, 70) AND version = 1",
        )
        .unwrap();
    assert_eq!(count(&mut admin, entries), 0);
    let store =
        common::until("the lock's end", || PgStore::open(&server.address(Standbys::NotAsked), owner).ok());
    assert_eq!(count(&mut admin, entries), 2);
    assert_eq!(count(&mut admin, "SELECT count(*) FROM koinon.not_read"), 3);
    drop(store);
}

/// Of restatements the last recorded counts, whatever the order of arrival.
#[test]
fn the_latest_statement_of_a_need_is_marked() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    let (mut store, mut copy) = filled(&server);
    let mut author = Author::new(3);
    let dunes = CommunityCode::new("dunes").unwrap();
    let admitted = Fact::NodeAdmitted(NodeAdmitted { node: author.node(), community: dunes });
    store.append_runs(copy.sign(vec![of(&stamp(1_700_000_000_000), &admitted)]).runs()).unwrap();
    let need = |amount, recorded| {
        let stated = NeedStated {
            need: koinon_core::NeedId([5; 16]),
            item: koinon_core::ItemCode::new("rice").unwrap(),
            store: koinon_core::StoreCode::new("dunes-main").unwrap(),
            quantity: Quantity::new(amount, koinon_core::Dimension::Mass).unwrap(),
            urgency: koinon_ledger::fact::Urgency::Needed,
            by: koinon_core::Day(20_500),
            every_days: None,
            people: None,
        };
        of(&stamp(recorded), &LedgerFact::from(stated).into())
    };
    let facts = vec![need(3, 1_700_000_003_000), need(1, 1_700_000_001_000), need(2, 1_700_000_002_000)];
    store.append_runs(author.sign(facts).runs()).unwrap();
    let mut admin = server.client("postgres", "koinon");
    let sql = "SELECT amount, latest, closed FROM koinon.needs WHERE item = 'rice' ORDER BY amount";
    assert_eq!(rows(&mut admin, sql), ["1 f f", "2 f f", "3 t f"]);
    let closed =
        koinon_ledger::fact::NeedClosed { need: koinon_core::NeedId([5; 16]), reason: Reason::NotNeeded };
    let closed = of(&stamp(1_700_000_002_500), &LedgerFact::from(closed).into());
    store.append_runs(author.sign(vec![closed]).runs()).unwrap();
    assert_eq!(rows(&mut admin, sql), ["1 f t", "2 f t", "3 t f"]);
}
