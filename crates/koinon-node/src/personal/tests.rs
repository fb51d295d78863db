//! Sealing, erasing, locking, and what interrupted attempts leave behind.

use koinon_core::LotId;

use super::*;

const PASSPHRASE: &str = "five words of no song";

fn keys() -> (tempfile::TempDir, PersonalKeys) {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(KEYS_DIR)).unwrap();
    let keys = PersonalKeys::open(dir.path()).unwrap();
    (dir, keys)
}

fn person(n: u8) -> Subject {
    Subject::Person(PersonId([n; 16]))
}

fn act(n: u8) -> EntryId {
    EntryId([n; 16])
}

fn sealed(keys: &PersonalKeys, subject: &Subject, n: u8, text: &str) -> Personal {
    Personal::Sealed(keys.seal(subject, act(n), text).unwrap())
}

/// Every byte of every file below a directory.
fn bytes_in(dir: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(bytes_in(&path)) } else { all.extend(fs::read(path).unwrap()) }
    }
    all
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[test]
fn a_text_opens_for_its_subject_unchanged_and_says_nothing_of_itself() {
    let (dir, keys) = keys();
    let ana = sealed(&keys, &person(1), 1, "Ana Canary");
    assert_eq!(keys.read(&person(1), &ana).as_deref(), Some("Ana Canary"));
    assert_eq!(keys.read(&person(2), &ana), None);
    let _ = sealed(&keys, &person(2), 1, "Bo");
    assert_eq!(keys.read(&person(2), &ana), None, "another's key opens nothing");
    assert_eq!(sealed(&keys, &person(1), 1, "Ana Canary"), ana, "an act that comes twice says the same");
    assert_ne!(sealed(&keys, &person(1), 2, "Ana Canary"), ana);
    let Personal::Sealed(Sealed(bytes)) = &ana else { panic!("not sealed") };
    let Personal::Sealed(Sealed(short)) = sealed(&keys, &person(1), 3, "A") else { panic!("not sealed") };
    assert_eq!(bytes.len(), short.len(), "lengths tell nothing");
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert_eq!(keys.read(&person(1), &Personal::Sealed(Sealed(changed))), None, "byte {at}");
        assert_eq!(
            keys.read(&person(1), &Personal::Sealed(Sealed(bytes[..at].to_vec()))),
            None,
            "cut at {at}"
        );
    }
    let about = Subject::Note(About::Lot(LotId([1; 16])));
    let note = sealed(&keys, &about, 4, &"ż".repeat(TEXT_LEN_MAX));
    assert_eq!(keys.read(&about, &note).unwrap().chars().count(), TEXT_LEN_MAX);
    drop(keys);
    let again = PersonalKeys::open(dir.path()).unwrap();
    assert_eq!(again.read(&person(1), &ana).as_deref(), Some("Ana Canary"));
    assert!(!holds(&bytes_in(dir.path()), b"Canary"));
}

#[test]
fn a_lost_passphrase_costs_the_names_and_no_more() {
    let (dir, keys) = keys();
    let ana = sealed(&keys, &person(1), 1, "Ana");
    assert!(matches!(keys.reset(), Err(PersonalError::NotLocked)), "what opens by itself is not thrown away");
    keys.lock(PASSPHRASE).unwrap();
    drop(keys);
    let keys = PersonalKeys::open(dir.path()).unwrap();
    assert!(matches!(keys.seal(&person(2), act(2), "Bo"), Err(PersonalError::Locked)));
    keys.reset().unwrap();
    let bo = sealed(&keys, &person(2), 2, "Bo");
    assert!(keys.is_open() && !keys.needs_passphrase());
    drop(keys);
    let keys = PersonalKeys::open(dir.path()).unwrap();
    assert_eq!((keys.read(&person(1), &ana), keys.read(&person(2), &bo).as_deref()), (None, Some("Bo")));
    keys.lock("another five words of song").unwrap();
}

#[test]
fn a_reset_that_was_cut_off_is_done_again() {
    let (dir, keys) = keys();
    let ana = sealed(&keys, &person(1), 1, "Ana");
    keys.lock(PASSPHRASE).unwrap();
    let kept = fs::read(locked_path(dir.path())).unwrap();
    drop(keys);
    PersonalKeys::open(dir.path()).unwrap().reset().unwrap();
    // The power went before the locked key lost its name.
    keys::write_secret(&locked_path(dir.path()), &kept).unwrap();
    let keys = PersonalKeys::open(dir.path()).unwrap();
    assert!(matches!(keys.open_with(PASSPHRASE), Err(PersonalError::OtherKey(_))));
    keys.reset().unwrap();
    assert_eq!(keys.read(&person(1), &ana), None);
    let bo = sealed(&keys, &person(2), 2, "Bo");
    drop(keys);
    let keys = PersonalKeys::open(dir.path()).unwrap();
    assert_eq!(keys.read(&person(2), &bo).as_deref(), Some("Bo"));
}

#[test]
fn an_erased_key_is_in_no_file_and_the_others_open_as_before() {
    let (dir, keys) = keys();
    let (ana, bo) = (sealed(&keys, &person(1), 1, "Ana"), sealed(&keys, &person(2), 1, "Bo"));
    let wrapped = |n: u8| -> Vec<u8> {
        let conn = Connection::open(people_path(dir.path())).unwrap();
        let name = bytes_of(&person(n));
        conn.query_row("SELECT wrapped FROM key WHERE subject = ?1", params![name], |row| row.get(0)).unwrap()
    };
    let (of_ana, of_bo) = (wrapped(1), wrapped(2));
    assert!(holds(&bytes_in(dir.path()), &of_ana), "the search can find");
    assert!(keys.erase(&person(1)).unwrap());
    assert!(!keys.erase(&person(1)).unwrap(), "once");
    assert_eq!(keys.read(&person(1), &ana), None);
    assert_eq!(keys.read(&person(2), &bo).as_deref(), Some("Bo"));
    let bytes = bytes_in(dir.path());
    assert!(!holds(&bytes, &of_ana) && !holds(&bytes, &of_bo), "all are wrapped anew");
    // Whatever is sealed of the same subject from now on does not bring the old back.
    let _ = sealed(&keys, &person(1), 9, "somebody");
    assert_eq!(keys.read(&person(1), &ana), None);
    drop(keys);
    let again = PersonalKeys::open(dir.path()).unwrap();
    assert_eq!(again.read(&person(1), &ana), None);
    assert_eq!(again.read(&person(2), &bo).as_deref(), Some("Bo"));
}

#[test]
fn locked_keys_open_with_their_passphrase_only_and_are_erased_all_the_same() {
    let (dir, keys) = keys();
    let (ana, bo) = (sealed(&keys, &person(1), 1, "Ana"), sealed(&keys, &person(2), 1, "Bo"));
    let plain = fs::read(opening_path(dir.path())).unwrap();
    assert!(matches!(keys.lock("short"), Err(PersonalError::Passphrase(5))));
    assert!(matches!(keys.unlock(PASSPHRASE), Err(PersonalError::NotLocked)));
    keys.lock(PASSPHRASE).unwrap();
    assert!(matches!(keys.lock(PASSPHRASE), Err(PersonalError::IsLocked)));
    assert!(keys.is_open() && keys.needs_passphrase(), "what is open stays so");
    assert!(!holds(&bytes_in(dir.path()), plain.trim_ascii()), "the key is in no file");
    drop(keys);
    let keys = PersonalKeys::open(dir.path()).unwrap();
    assert!(!keys.is_open());
    assert_eq!(keys.read(&person(1), &ana), None);
    assert!(matches!(keys.seal(&person(1), act(2), "x"), Err(PersonalError::Locked)));
    assert!(keys.erase(&person(1)).unwrap(), "an erasure waits for no passphrase");
    assert!(matches!(keys.open_with("another passphrase"), Err(PersonalError::OtherPassphrase)));
    keys.open_with(PASSPHRASE).unwrap();
    assert_eq!(keys.read(&person(1), &ana), None);
    assert_eq!(keys.read(&person(2), &bo).as_deref(), Some("Bo"));
    keys.unlock(PASSPHRASE).unwrap();
    drop(keys);
    let keys = PersonalKeys::open(dir.path()).unwrap();
    assert_eq!(keys.read(&person(2), &bo).as_deref(), Some("Bo"));
}

#[test]
fn a_locking_that_was_cut_off_leaves_it_open_or_locked_and_never_both() {
    let (dir, keys) = keys();
    let plain = fs::read(opening_path(dir.path())).unwrap();
    keys.lock(PASSPHRASE).unwrap();
    drop(keys);
    // As if the power had gone before the plain key was removed.
    keys::write_secret(&opening_path(dir.path()), &plain).unwrap();
    let keys = PersonalKeys::open(dir.path()).unwrap();
    assert!(!keys.is_open());
    assert!(!opening_path(dir.path()).exists());
    // As if it had gone while the locked file was written.
    keys.unlock(PASSPHRASE).unwrap();
    keys::write_secret(&locked_path(dir.path()).with_extension("new"), b"half").unwrap();
    drop(keys);
    let keys = PersonalKeys::open(dir.path()).unwrap();
    assert!(keys.is_open());
    keys.lock(PASSPHRASE).unwrap();
}

#[test]
fn keys_of_another_node_are_refused_by_name() {
    let (dir, keys) = keys();
    drop(keys);
    fs::remove_file(opening_path(dir.path())).unwrap();
    keys::write_secret(&opening_path(dir.path()), hex::encode(&[7; 32]).as_bytes()).unwrap();
    let refused = PersonalKeys::open(dir.path()).unwrap_err();
    assert!(
        matches!(&refused, PersonalError::OtherKey(path) if path.ends_with("keys/people.key")),
        "{refused}"
    );
}
