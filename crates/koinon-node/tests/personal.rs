//! What a computer that was taken away tells of people, and what is left of somebody who was erased.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use std::fs;
use std::path::Path;

use common::served::{Served, serve, settle};
use common::{Home, act, on_hand, take_in};
use koinon_authority::{Caps, Granted, RevokeReason, Revoked, Role, Scope};
use koinon_books::{About, BookCommand, Fact, Personal, Sealed, Subject};
use koinon_core::{EntryId, GrantId, PersonId};
use koinon_node::{Node, PersonalError, PersonalKeys, SubmitError};

const PASSPHRASE: &str = "five words of no song";
const NAME: &str = "Zqxjana Canary";
const NOTE: &str = "zqxjkey hangs in the mill";
const LOGIN: &str = "zqxj-login";
const PHONE: &str = "zqxj-phone";
const DESK: &str = "zqxj-desk";
const PLACE: &str = "zqxj-place";

fn holds(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

/// The files below a directory that hold a text.
fn found_in(dir: &Path, what: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(found_in(&path, what));
        } else if holds(&fs::read(&path).unwrap(), what) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Gives a task to somebody new, with a name, a note about an entry, and a sign-in.
async fn welcome(served: &Served) -> (PersonId, GrantId, About) {
    let own = served.community().unwrap();
    let (person, grant) = (PersonId([0x51; 16]), GrantId([0x52; 16]));
    let now = served.node.clock().now();
    let granted = Granted {
        grant,
        subject: person,
        role: Role::Coordinator,
        scope: Scope::Community(own),
        caps: Caps::none(),
        not_before: now,
        expires: now.plus_days(30),
        by: served.home.steward,
        decision: None,
    };
    let command = BookCommand::Grant { act: act(), granted, name: Some(NAME.into()) };
    served.node.submit(served.actor(), command).await.unwrap();
    let about = About::Entry(EntryId([0x53; 16]));
    let note = BookCommand::Note { act: act(), about: about.clone(), text: NOTE.into() };
    served.node.submit(served.actor(), note).await.unwrap();
    let code = served.node.accounts().make_code(person, None).unwrap();
    let own_phone = koinon_node::Device { label: PHONE.to_owned(), shared: false };
    let standing = |person| served.node.standing(person);
    let password = "four words of no tune";
    served.node.accounts().redeem(&code, LOGIN, password, &own_phone, PLACE, standing).unwrap();
    let wrong = served.node.accounts().sign_in(LOGIN, "not this one", &own_phone, PLACE, standing);
    assert!(wrong.is_err());
    served.node.accounts().register_device(DESK).unwrap();
    (person, grant, about)
}

async fn erase(served: &Served, person: PersonId, grant: GrantId) {
    let early = BookCommand::Erase { act: act(), person };
    let refused = served.node.submit(served.actor(), early).await.unwrap_err();
    assert!(refused.to_string().contains("take them back first"), "{refused}");
    let community = served.community().unwrap();
    let (by, reason) = (served.home.steward.unwrap(), RevokeReason::Asked);
    let revoked = BookCommand::Revoke { act: act(), revoked: Revoked { grant, community, by, reason } };
    served.node.submit(served.actor(), revoked).await.unwrap();
    served.node.submit(served.actor(), BookCommand::Erase { act: act(), person }).await.unwrap();
    served.node.keep_erasures().unwrap();
}

/// Every sealed text of a node's own log, with its subject.
fn sealed_texts(node: &Node) -> Vec<(Subject, Sealed)> {
    let (entries, _) = node.entries_after(0, 10_000).unwrap();
    let sealed = entries.into_iter().filter_map(|entry| match entry.fact {
        Fact::NameSealed(fact) => Some((Subject::Person(fact.person), fact.name?)),
        Fact::NoteSealed(fact) => Some((Subject::Note(fact.about), fact.text?)),
        _ => None,
    });
    sealed.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_is_taken_away_tells_no_names_and_its_store_goes_on_without_them() {
    let a = serve(Home::new(2, Some(0))).await;
    let (person, _, about) = welcome(&a).await;
    a.node.personal().lock(PASSPHRASE).unwrap();
    a.node.shutdown().await;
    a.task.abort();
    let _ = a.task.await;
    // Whoever has the disk has every file of it; what of the sign-in lies sealed opens with a key that lies beside it.
    for what in [NAME, NOTE, LOGIN, PHONE, DESK, PLACE] {
        assert_eq!(found_in(&a.home.path(), what), Vec::<String>::new(), "{what}");
    }
    let node = a.home.open();
    let name = |node: &Node| node.read(|book| node.personal().name(book, person));
    let note = |node: &Node| node.read(|book| node.personal().note(book, &about));
    assert!(!node.personal().is_open());
    assert_eq!((name(&node), note(&node)), (None, None), "nor does the program tell");
    // No file beside it opens them, with or without the program.
    for (subject, sealed) in sealed_texts(&node) {
        assert_eq!(node.personal().read(&subject, &Personal::Sealed(sealed)), None);
    }
    // Stock is counted all the same.
    node.submit(a.home.actor(), take_in(&node, 7)).await.unwrap();
    let own = node.read(|book| book.own().cloned()).unwrap();
    assert_eq!(on_hand(&node, &own), 7);
    let named = BookCommand::Name { act: act(), person, name: "Bo".into() };
    let refused = node.submit(a.home.actor(), named).await.unwrap_err();
    assert!(matches!(refused, SubmitError::Personal(PersonalError::Locked)), "{refused}");
    assert!(matches!(node.personal().open_with("another one of words"), Err(PersonalError::OtherPassphrase)));
    node.personal().open_with(PASSPHRASE).unwrap();
    assert_eq!((name(&node).as_deref(), note(&node).as_deref()), (Some(NAME), Some(NOTE)));
    assert!(node.check().unwrap().first_fault().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_was_erased_is_found_nowhere_and_every_neighbour_answers() {
    let a = serve(Home::new(2, Some(0))).await;
    let b = serve(Home::new(2, Some(1))).await;
    a.node.add_peer(b.config()).unwrap();
    b.node.add_peer(a.config()).unwrap();
    let (person, grant, _) = welcome(&a).await;
    settle(&[&a, &b]).await;
    let texts = sealed_texts(&a.node);
    let of_person: Vec<_> = texts.iter().filter(|(of, _)| *of == Subject::Person(person)).collect();
    assert_eq!(of_person.len(), 1);
    // A backup from before, which comes back later.
    let backup = a.home.dir.path().join("backup.age");
    a.node.backup(&backup, PASSPHRASE).unwrap();

    erase(&a, person, grant).await;
    assert_eq!(a.node.read(|book| a.node.personal().name(book, person)), None);
    let others = texts.iter().filter(|(of, _)| matches!(of, Subject::Person(other) if *other != person));
    for (of, sealed) in others {
        let read = a.node.personal().read(of, &Personal::Sealed(sealed.clone()));
        assert!(read.is_some(), "what is of others is still read: {of:?}");
    }
    // Nor with any key that is left, whoever it belongs to.
    for (of, _) in &texts {
        for (_, sealed) in &of_person {
            assert_eq!(a.node.personal().read(of, &Personal::Sealed(sealed.clone())), None);
        }
    }
    assert_eq!(a.node.accounts().login_of(person).unwrap(), None);
    assert_eq!(a.node.accounts().sessions(person).unwrap(), []);
    let places: Vec<_> = a.node.accounts().events(100).unwrap().into_iter().map(|line| line.place).collect();
    assert!(!places.contains(&PLACE.to_owned()), "{places:?}");
    for what in [NAME, LOGIN, PHONE, PLACE] {
        assert_eq!(found_in(&a.home.path(), what), Vec::<String>::new(), "{what}");
    }
    settle(&[&a, &b]).await;
    b.node.keep_erasures().unwrap();
    settle(&[&a, &b]).await;
    let answered = a.node.read(|book| book.erasures().all().next().unwrap().answered);
    let computers: Vec<_> = answered.into_keys().collect();
    assert!(computers.contains(&a.node.id()) && computers.contains(&b.node.id()), "{computers:?}");

    // The old backup brings the key back, until the neighbours have told what was missed.
    let (home, url) = (a.home, b.config());
    a.task.abort();
    let _ = a.task.await;
    a.node.shutdown().await;
    let data = home.path();
    fs::rename(&data, home.dir.path().join("gone")).unwrap();
    Node::restore(&backup, &data, PASSPHRASE).unwrap();
    let restored = home.open();
    restored.add_peer(url).unwrap();
    assert_eq!(restored.read(|book| restored.personal().name(book, person)).as_deref(), Some(NAME));
    restored.pull_all().await;
    restored.keep_erasures().unwrap();
    assert_eq!(restored.read(|book| restored.personal().name(book, person)), None);
    assert_eq!(restored.accounts().login_of(person).unwrap(), None);
    restored.shutdown().await;
    let keys = PersonalKeys::open(&data).unwrap();
    for (of, sealed) in of_person {
        assert_eq!(keys.read(of, &Personal::Sealed(sealed.clone())), None, "for good");
    }
}
