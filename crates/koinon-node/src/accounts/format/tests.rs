//! Files of earlier formats, what the disk holds of people, and keys that are gone or others.

use std::sync::Arc;

use koinon_core::Timestamp;

use super::super::password::Hasher;
use super::super::{Accounts, Device, SignedIn, second};
use super::*;
use crate::clock::SettableClock;

const GOOD: &str = "long grey herons wade";
const ANA: PersonId = PersonId([1; 16]);
const BO: PersonId = PersonId([2; 16]);
/// The app's secret of RFC 6238, and the same in base32.
const SECRET: &[u8; 20] = b"12345678901234567890";
const SHOWN: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/// What people typed, and from where.
const LOGIN: &str = "zqxj-ana-of-the-mill";
const OTHER: &str = "zqxj-bo";
const PHONE: &str = "zqxj-phone of Ana";
const DESK: &str = "zqxj-desk at the store";
const PLACE: &str = "2001:db8::7a:71";
const GONE: &str = "zqxj-somebody who left";
const TYPED: [&str; 6] = [LOGIN, OTHER, PHONE, DESK, PLACE, GONE];
const NOW: i64 = 1_800_000_000_000;
const SESSION: &str = "the token of a session";
const SHARED: &str = "the token of a shared device";

struct Data {
    dir: tempfile::TempDir,
    clock: Arc<SettableClock>,
}

impl Data {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("keys")).unwrap();
        Self { dir, clock: Arc::new(SettableClock::new(Timestamp::from_millis(NOW))) }
    }

    fn raw(&self) -> Connection {
        Connection::open(sign_in_path(self.dir.path())).unwrap()
    }

    fn open(&self) -> Result<Accounts, AccountError> {
        Accounts::open(self.dir.path(), self.clock.clone())
    }

    fn refused(&self) -> String {
        self.open().unwrap_err().to_string()
    }

    fn key(&self) -> std::path::PathBuf {
        self.dir.path().join("keys/sign-in.key")
    }

    fn due(&self) -> bool {
        self.raw().query_row("SELECT due FROM seal", [], |row| row.get(0)).unwrap()
    }

    /// What stands as it was typed in the file, or in anything beside it.
    fn readable(&self) -> Vec<&'static str> {
        let files = std::fs::read_dir(self.dir.path()).unwrap().map(|entry| entry.unwrap().path());
        let files: Vec<Vec<u8>> =
            files.filter(|path| path.is_file()).map(|path| std::fs::read(path).unwrap()).collect();
        assert!(!files.is_empty());
        let stands = |text: &str| {
            files.iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
        };
        TYPED.into_iter().filter(|text| stands(text)).collect()
    }

    /// A file of format 1, 2 or 3, with everything that such a file held of people.
    fn of_format(&self, format: i64) {
        let conn = self.raw();
        conn.execute_batch(SCHEMA).unwrap();
        let kept = Hasher::default().keep(GOOD).unwrap();
        let account = "INSERT INTO account VALUES (?1, ?2, ?3, ?3)";
        conn.execute(account, params![ANA.0, LOGIN, kept]).unwrap();
        conn.execute(account, params![BO.0, OTHER, kept]).unwrap();
        let session = "INSERT INTO session VALUES (?1, ?2, ?3, 0, ?4, ?4, ?5)";
        let hash = super::super::token_hash(SESSION);
        conn.execute(session, params![hash.0, ANA.0, PHONE, NOW, [1_u8; 32]]).unwrap();
        let hash = super::super::token_hash(SHARED);
        conn.execute("INSERT INTO device VALUES (?1, ?2, ?3)", params![hash.0, DESK, NOW]).unwrap();
        // Rows that were let go, as a program would that does not overwrite them: more than the move takes pages for.
        conn.execute_batch("BEGIN").unwrap();
        for number in 1_000..3_000_u16 {
            let person = number.to_be_bytes().repeat(8);
            conn.execute(account, params![person, format!("{GONE} {number}"), kept]).unwrap();
        }
        conn.execute_batch("COMMIT").unwrap();
        conn.execute("DELETE FROM account WHERE login LIKE ?1", [format!("{GONE}%")]).unwrap();
        if format > 1 {
            conn.execute_batch(SCHEMA_2).unwrap();
            conn.execute("INSERT INTO second VALUES (?1, ?2, 0)", params![BO.0, SECRET]).unwrap();
        }
        if format > 2 {
            conn.execute_batch(SCHEMA_3).unwrap();
            second::seal_all(&conn, &Seal::of(self.dir.path(), false).unwrap()).unwrap();
            let event = "INSERT INTO event VALUES (?1, ?2, 2, NULL, NULL, ?3)";
            conn.execute(event, params![4, NOW, PLACE]).unwrap();
            conn.execute(event, params![9, NOW + 1, ""]).unwrap();
        }
        conn.pragma_update(None, "user_version", format).unwrap();
    }
}

fn own() -> Device {
    Device { label: PHONE.into(), shared: false }
}

fn same(_: PersonId) -> Digest {
    Digest([1; 32])
}

fn half(accounts: &Accounts, login: &str) -> super::super::Token {
    match accounts.sign_in(login, GOOD, &own(), PLACE, same).unwrap() {
        SignedIn::Half(token) => token,
        SignedIn::Whole(..) => panic!("the second step is asked for"),
    }
}

#[test]
fn files_of_earlier_formats_keep_everybody_and_nothing_as_it_was_typed() {
    for format in 1..VERSION {
        let data = Data::new();
        data.of_format(format);
        let typed = data.readable();
        assert!(
            [LOGIN, PHONE, DESK, GONE].iter().all(|text| typed.contains(text)),
            "the search finds {typed:?}"
        );
        for _ in 0..2 {
            let accounts = data.open().unwrap();
            assert_eq!(data.readable(), Vec::<&str>::new(), "of format {format}");
            assert!(!data.due());
            assert_eq!(accounts.login_of(ANA).unwrap().as_deref(), Some(LOGIN));
            assert_eq!(
                accounts.people_with_pin().unwrap(),
                [(ANA, LOGIN.to_owned()), (BO, OTHER.to_owned())],
                "by name"
            );
            let session = accounts.session(SESSION, same).unwrap().unwrap();
            assert_eq!((session.person, session.device.label.as_str()), (ANA, PHONE));
            assert_eq!(accounts.device_label(SHARED).unwrap().as_deref(), Some(DESK));
            assert!(
                accounts.sign_in(&format!(" {} ", LOGIN.to_uppercase()), GOOD, &own(), PLACE, same).is_ok()
            );
        }
        let accounts = data.open().unwrap();
        assert_eq!(accounts.second_of(BO).unwrap().is_some(), format > 1);
        if format > 1 {
            data.clock.advance(60_000);
            let code = second::code_of(SHOWN, 1_800_000_060);
            accounts.sign_in_second(half(&accounts, OTHER).expose(), &code, same).unwrap();
        }
        if format > 2 {
            let places: Vec<_> = accounts.events(100).unwrap().into_iter().map(|event| event.place).collect();
            assert!(places.ends_with(&[String::new(), PLACE.to_owned()]), "{places:?}");
        }
        assert_eq!(data.readable(), Vec::<&str>::new(), "of format {format}, in use");
    }
}

#[test]
fn a_file_in_use_holds_nothing_as_it_was_typed() {
    let data = Data::new();
    let accounts = data.open().unwrap();
    for (person, login) in [(ANA, LOGIN), (BO, OTHER), (PersonId([3; 16]), GONE)] {
        let code = accounts.make_code(person, None).unwrap();
        accounts.redeem(&code, login, GOOD, &own(), PLACE, same).unwrap();
        accounts.set_pin(person, Some("2580")).unwrap();
        assert_eq!(data.readable(), Vec::<&str>::new(), "{login}");
    }
    let desk = accounts.register_device(DESK).unwrap();
    accounts.sign_in_with_pin(desk.expose(), ANA, "2580", same).unwrap();
    accounts.sign_in(LOGIN, "not this one", &own(), PLACE, same).unwrap_err();
    accounts.forget(PersonId([3; 16])).unwrap();
    assert_eq!(accounts.devices().unwrap()[0].label, DESK);
    assert_eq!(accounts.sessions(ANA).unwrap().len(), 2);
    let places: Vec<_> = accounts.events(100).unwrap().into_iter().map(|event| event.place).collect();
    assert_eq!(places, [PLACE, DESK, PLACE, PLACE]);
    let copy = data.dir.path().join("copy");
    accounts.copy_to(&copy, data.dir.path()).unwrap();
    assert_eq!(data.readable(), Vec::<&str>::new());
    drop(accounts);
    assert_eq!(data.readable(), Vec::<&str>::new());
}

#[test]
fn a_file_that_was_moved_and_not_swept_is_swept_when_it_is_opened_again() {
    let data = Data::new();
    drop(data.open().unwrap());
    // What a power cut leaves between the two: pages that were let go, and the note.
    let conn = data.raw();
    let junk = format!("CREATE TABLE junk (text TEXT); INSERT INTO junk VALUES ('{GONE}'); DROP TABLE junk;");
    conn.execute_batch(&format!("PRAGMA secure_delete = 0; {junk} UPDATE seal SET due = 1;")).unwrap();
    drop(conn);
    assert_eq!(data.readable(), [GONE]);
    drop(data.open().unwrap());
    assert_eq!(data.readable(), Vec::<&str>::new());
    assert!(!data.due());
}

#[test]
fn a_value_that_was_moved_or_changed_is_noticed() {
    let moves = [
        (
            "account",
            "UPDATE account SET login = (SELECT login FROM account WHERE person = ?1) WHERE person <> ?1",
        ),
        ("account", "UPDATE account SET login = (SELECT device FROM session) WHERE ?1 = ?1"),
        ("session", "UPDATE session SET device = (SELECT label FROM device) WHERE ?1 = ?1"),
        ("device", "UPDATE device SET label = (SELECT device FROM session) WHERE ?1 = ?1"),
        ("event", "UPDATE event SET place = (SELECT place FROM event WHERE id = 9) WHERE id = 4 AND ?1 = ?1"),
        ("event", "UPDATE event SET at = at + 1 WHERE ?1 = ?1"),
        ("event", "UPDATE event SET place = CAST(substr(place, 2) AS BLOB) WHERE ?1 = ?1"),
    ];
    for (table, statement) in moves {
        let data = Data::new();
        data.of_format(3);
        drop(data.open().unwrap());
        assert!(data.raw().execute(statement, [ANA.0]).unwrap() > 0, "{statement}");
        let accounts = data.open().unwrap();
        let faults = [
            accounts.people_with_pin().err(),
            accounts.session(SESSION, same).err(),
            accounts.devices().err(),
            accounts.events(9).err(),
        ];
        let named: Vec<_> = faults.into_iter().flatten().map(|fault| fault.to_string()).collect();
        assert_eq!(named.len(), 1, "{statement}: {named:?}");
        assert!(named[0].contains(&format!("table {table} ")), "{statement}: {named:?}");
    }
}

#[test]
fn a_name_that_was_made_to_lead_to_somebody_else_signs_nobody_in() {
    let data = Data::new();
    data.of_format(1);
    drop(data.open().unwrap());
    let conn = data.raw();
    let of_ana = "SELECT hash FROM account WHERE person = ?1";
    let hash: [u8; 32] = conn.query_row(of_ana, [ANA.0], |row| row.get(0)).unwrap();
    let lead = "UPDATE account SET hash = ?2 WHERE person = ?1";
    conn.execute(lead, params![ANA.0, [0_u8; 32]]).unwrap();
    conn.execute(lead, params![BO.0, hash]).unwrap();
    let tried = data.open().unwrap().sign_in(LOGIN, GOOD, &own(), PLACE, same);
    assert!(matches!(tried, Err(AccountError::Damaged("account"))), "{tried:?}");
}

#[test]
fn without_its_key_nobody_signs_in_and_it_is_said_what_helps() {
    let data = Data::new();
    let accounts = data.open().unwrap();
    let code = accounts.make_code(ANA, None).unwrap();
    accounts.redeem(&code, LOGIN, GOOD, &own(), PLACE, same).unwrap();
    let key = std::fs::read(data.key()).unwrap();
    let copy = data.dir.path().join("copy");
    let cases: [(&str, Option<&[u8]>); 3] = [
        ("is missing", None),
        ("is not the key of sign-in.db", Some(&[b'7'; 64])),
        ("does not hold a key", Some(b"no key")),
    ];
    for (what, bytes) in cases {
        std::fs::remove_file(data.key()).unwrap();
        if let Some(bytes) = bytes {
            keys::write_secret(&data.key(), bytes).unwrap();
        }
        let not_copied = accounts.copy_to(&copy, data.dir.path()).unwrap_err().to_string();
        for told in [data.refused(), not_copied] {
            let names_all = ["keys/sign-in.key", what, "koinon restore", "koinon sign-in reset"];
            assert!(names_all.iter().all(|part| told.contains(part)), "{told}");
        }
        assert_eq!(data.key().exists(), bytes.is_some(), "no other key is drawn in its place");
        assert!(!copy.exists());
        let _ = std::fs::remove_file(data.key());
        keys::write_secret(&data.key(), &key).unwrap();
    }
    assert_eq!(data.open().unwrap().login_of(ANA).unwrap().as_deref(), Some(LOGIN));
    // What is said to help does.
    std::fs::remove_file(data.key()).unwrap();
    std::fs::remove_file(sign_in_path(data.dir.path())).unwrap();
    let anew = data.open().unwrap();
    let code = anew.reset_sign_in(ANA).unwrap();
    anew.redeem(&code, LOGIN, GOOD, &own(), PLACE, same).unwrap();
}

#[test]
fn of_a_file_of_format_3_whose_key_was_lost_names_are_kept_and_second_steps_fit_no_code() {
    let data = Data::new();
    data.of_format(3);
    std::fs::remove_file(data.key()).unwrap();
    let accounts = data.open().unwrap();
    assert_eq!(accounts.login_of(BO).unwrap().as_deref(), Some(OTHER));
    let code = second::code_of(SHOWN, 1_800_000_000);
    let tried = accounts.sign_in_second(half(&accounts, OTHER).expose(), &code, same);
    assert!(matches!(tried, Err(AccountError::SecondWrong)));
}

#[test]
fn a_file_of_a_newer_format_is_left_alone() {
    let data = Data::new();
    drop(data.open().unwrap());
    data.raw().pragma_update(None, "user_version", VERSION + 1).unwrap();
    assert!(matches!(data.open(), Err(AccountError::Newer(newer)) if newer == VERSION + 1));
}
