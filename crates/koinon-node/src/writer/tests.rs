//! The writing thread against a disk that fails, long files and grants taken back.

use std::path::Path;

use koinon_authority::Role;
use koinon_books::About;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{Clock, CommunityCode, PersonId};
use koinon_log::NetworkId;

use super::*;
use crate::clock::SettableClock;
use crate::disk::DiskFloors;
use crate::founding::Founding;
use crate::node::Node;
use crate::options::Options;
use crate::tls::TlsNames;

fn founded(dir: &Path) -> (Arc<SettableClock>, Actor) {
    let now = Timestamp::parse_rfc3339("2026-03-10T08:00:00Z").unwrap();
    let clock = Arc::new(SettableClock::new(now));
    let founding = Founding {
        network: NetworkId::of("test"),
        community: Some(new_region(2, 1_000, Layout::Ring, 1).unwrap().communities[0].code.clone()),
        region_text: new_region(2, 1_000, Layout::Ring, 1).unwrap().to_toml(),
        agreement: None,
        steward: Some("Ana".into()),
        names: TlsNames::default(),
        recovery: crate::RecoveryPlan::default(),
    };
    let as_clock: Arc<dyn Clock> = clock.clone();
    let made = Node::init(dir, &founding, &as_clock).unwrap();
    (clock, Actor::Person(made.steward.unwrap()))
}

fn open(dir: &Path, clock: &Arc<SettableClock>) -> Node {
    let mut options = Options::new(dir).without_exchange();
    options.floors =
        DiskFloors { ballast_bytes: 0, write_bytes: 0, exchange_bytes: 0, ..DiskFloors::default() };
    Node::open_with(options, clock.clone()).unwrap()
}

fn note(text: &str) -> BookCommand {
    let act = EntryId(crate::entropy::draw());
    BookCommand::Note { act, about: About::Entry(act), text: text.into() }
}

#[test]
fn a_failed_commit_ends_writing_and_loses_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("data");
    let (clock, ana) = founded(&dir);
    let node = open(&dir, &clock);
    let kept = node.submit_blocking(ana.clone(), note("kept")).unwrap();
    let Submitted::Done { facts, .. } = kept else { panic!("asked") };
    let pages = |writer: &mut Writer, max: &str| writer.store.limit_pages_for_test(max);
    node.on_writer(move |writer| pages(writer, "1")).unwrap();
    let mut lost = 0;
    let error = loop {
        match node.submit_blocking(ana.clone(), note(&"x".repeat(490))) {
            Ok(_) => lost += 1,
            Err(error) => break error,
        }
        assert!(lost < 1_000, "the limit of pages does not bite");
    };
    assert!(matches!(error, SubmitError::Poisoned { .. }), "{error}");
    assert!(error.to_string().contains("start koinon again"), "{error}");
    // The disk has room again, but nothing more is acknowledged by this process.
    node.on_writer(move |writer| pages(writer, "1000000")).unwrap();
    let again = node.submit_blocking(ana.clone(), note("later")).unwrap_err();
    assert!(matches!(again, SubmitError::Poisoned { .. }), "{again}");
    assert!(node.poisoned().is_some());
    assert!(node.jobs().iter().any(|job| job.name == "writing" && job.last_error.is_some()));
    let digest = node.read(Book::digest);
    drop(node);
    let node = open(&dir, &clock);
    assert_eq!(node.read(Book::digest), digest);
    assert!(node.entry(facts[0]).unwrap().is_some());
    node.submit_blocking(ana, note("later")).unwrap();
    assert!(node.check().unwrap().is_sound());
}

#[test]
fn taking_a_task_back_ends_its_sessions() {
    use koinon_authority::{Caps, Granted, RevokeReason, Revoked, Scope};
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("data");
    let (clock, ana) = founded(&dir);
    let node = open(&dir, &clock);
    let own: CommunityCode = node.read(|book| book.own().unwrap().clone());
    let (now, subject) = (clock.now(), PersonId(crate::entropy::draw()));
    let granted = Granted {
        grant: koinon_core::GrantId(crate::entropy::draw()),
        subject,
        role: Role::Coordinator,
        scope: Scope::Community(own.clone()),
        caps: Caps::default(),
        not_before: now,
        expires: now.plus_days(30),
        by: ana.subject(),
        decision: None,
    };
    let act = EntryId(crate::entropy::draw());
    let grant = BookCommand::Grant { act, granted: granted.clone(), name: Some("Bo".into()) };
    node.submit_blocking(ana.clone(), grant).unwrap();
    let code = node.accounts().make_code(subject, Some(crate::accounts::CODE_GOOD_FOR)).unwrap();
    let device = crate::accounts::Device { label: "phone".into(), shared: false };
    let standing = |person| node.standing(person);
    let redeemed = node.accounts().redeem(&code, "bo", "long grey herons wade", &device, "here", standing);
    let (token, _) = redeemed.unwrap();
    assert_eq!(node.session(token.expose()).unwrap().unwrap().person, subject);
    let revoked = Revoked {
        grant: granted.grant,
        community: own,
        by: ana.subject().unwrap(),
        reason: RevokeReason::Finished,
    };
    let revoke = BookCommand::Revoke { act: EntryId(crate::entropy::draw()), revoked };
    node.submit_blocking(ana, revoke).unwrap();
    assert!(node.session(token.expose()).unwrap().is_none());
}

#[test]
fn a_region_file_of_many_parts_becomes_facts_in_one_commit() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("data");
    let (clock, ana) = founded(&dir);
    let node = open(&dir, &clock);
    let text = new_region(2, 1_000, Layout::Ring, 1).unwrap().to_toml();
    let text = format!("{}\n{text}", "# a long comment\n".repeat(60_000));
    let act = EntryId(crate::entropy::draw());
    let adopt = BookCommand::AdoptRegion { act, text: text.clone() };
    let Submitted::Done { facts, .. } = node.submit_blocking(ana, adopt).unwrap() else { panic!("asked") };
    assert!(facts.len() > 20, "{}", facts.len());
    drop(node);
    let node = open(&dir, &clock);
    assert!(node.inner.shared.with_reader(koinon_log::LogStore::heads).is_ok());
    assert!(node.check().unwrap().is_sound());
}
