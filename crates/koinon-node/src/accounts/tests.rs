//! Codes, sessions, waits and PINs at the door.

use super::*;
use crate::clock::SettableClock;

const GOOD: &str = "long grey herons wade";

struct Door {
    _dir: tempfile::TempDir,
    clock: Arc<SettableClock>,
    accounts: Accounts,
}

fn door() -> Door {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(SettableClock::new(Timestamp::from_millis(1_800_000_000_000)));
    let accounts = Accounts::open(&dir.path().join("sign-in.db"), clock.clone()).unwrap();
    Door { _dir: dir, clock, accounts }
}

fn own() -> Device {
    Device { label: "my phone".into(), shared: false }
}

fn same(_: PersonId) -> Digest {
    Digest([1; 32])
}

impl Door {
    fn redeem(&self, person: u8, login: &str) -> (Token, Session) {
        let code = self.accounts.make_code(PersonId([person; 16]), None).unwrap();
        self.accounts.redeem(&code, login, GOOD, &own(), "here", same).unwrap()
    }

    fn holds(&self, token: &Token) -> bool {
        self.accounts.session(token.expose(), same).unwrap().is_some()
    }
}

#[test]
fn a_code_is_used_once_however_it_is_typed_and_ends_in_time() {
    let Door { accounts, clock, .. } = &door();
    let ana = PersonId([1; 16]);
    let code = accounts.make_code(ana, Some(CODE_GOOD_FOR)).unwrap();
    assert_eq!(code.len(), 24, "{code}");
    let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
    let weak = accounts.redeem(&typed, "ana", "password1234", &own(), "here", same).unwrap_err();
    assert!(matches!(weak, AccountError::Common), "a refused password does not use the code up");
    accounts.redeem(&typed, "Ana ", GOOD, &own(), "here", same).unwrap();
    assert_eq!(accounts.login_of(ana).unwrap().as_deref(), Some("ana"));
    let again = accounts.redeem(&code, "ana", GOOD, &own(), "here", same).unwrap_err();
    assert!(matches!(again, AccountError::Code));
    let old = accounts.make_code(ana, Some(CODE_GOOD_FOR)).unwrap();
    let newer = accounts.make_code(ana, Some(CODE_GOOD_FOR)).unwrap();
    assert!(accounts.code_owner(&old, "here").is_err(), "a newer code ends the older");
    assert_eq!(accounts.code_owner(&newer, "here").unwrap(), ana);
    clock.advance(millis(CODE_GOOD_FOR));
    assert!(accounts.code_owner(&newer, "here").is_err());
    let bo = accounts.make_code(PersonId([2; 16]), None).unwrap();
    clock.advance(millis(CODE_GOOD_FOR) * 50);
    let taken = accounts.redeem(&bo, "ANA", GOOD, &own(), "here", same).unwrap_err();
    assert!(matches!(taken, AccountError::LoginTaken(_)), "the first steward's code does not end: {taken}");
}

#[test]
fn sessions_end_when_idle_when_old_when_told_and_when_standing_changes() {
    let door = door();
    let (token, session) = door.redeem(1, "ana");
    let step = |length: Duration| door.clock.advance(millis(length));
    step(IDLE_OWN.saturating_sub(Duration::from_secs(1)));
    assert!(door.holds(&token));
    step(IDLE_OWN);
    assert!(!door.holds(&token), "idle");
    let (token, _) = door.accounts.sign_in("ANA", GOOD, &own(), "here", same).unwrap();
    for _ in 0..13 {
        step(IDLE_OWN.saturating_sub(Duration::from_secs(1)));
        assert!(door.holds(&token));
    }
    step(IDLE_OWN.saturating_sub(Duration::from_secs(1)));
    assert!(door.holds(&token), "seconds before seven days");
    step(Duration::from_secs(15));
    assert!(!door.holds(&token), "after seven days, though used");
    let shared = Device { label: "desk".into(), shared: true };
    let (token, _) = door.accounts.sign_in("ana", GOOD, &shared, "here", same).unwrap();
    step(IDLE_SHARED);
    assert!(!door.holds(&token), "sooner on a shared device");
    let (one, first) = door.accounts.sign_in("ana", GOOD, &own(), "here", same).unwrap();
    let (two, _) = door.accounts.sign_in("ana", GOOD, &shared, "here", same).unwrap();
    assert_eq!(door.accounts.sessions(session.person).unwrap().len(), 2);
    assert!(!door.accounts.end_session(PersonId([9; 16]), &first.id).unwrap(), "not another's");
    assert!(door.accounts.end_session(session.person, &first.id).unwrap());
    assert!(!door.holds(&one) && door.holds(&two));
    let other = |_| Digest([2; 32]);
    assert!(door.accounts.session(two.expose(), other).unwrap().is_none());
    assert!(!door.holds(&two), "and it stays ended");
    let (three, _) = door.accounts.sign_in("ana", GOOD, &own(), "here", same).unwrap();
    let code = door.accounts.reset_sign_in(session.person).unwrap();
    assert!(!door.holds(&three));
    assert!(door.accounts.sign_in("ana", GOOD, &own(), "here", same).is_err(), "the password is forgotten");
    door.accounts.redeem(&code, "ana", GOOD, &own(), "here", same).unwrap();
}

#[test]
fn wrong_tries_slow_down_and_never_lock_for_good() {
    let Door { accounts, .. } = &door();
    let code = accounts.make_code(PersonId([1; 16]), None).unwrap();
    accounts.redeem(&code, "ana", GOOD, &own(), "here", same).unwrap();
    for _ in 0..5 {
        let wrong = accounts.sign_in("ana", "not the password", &own(), "there", same).unwrap_err();
        assert!(matches!(wrong, AccountError::Wrong));
    }
    let wait = accounts.sign_in("ana", GOOD, &own(), "there", same).unwrap_err();
    let AccountError::Wait(left) = wait else { panic!("{wait}") };
    assert!(left <= Duration::from_mins(15));
    let unknown = accounts.sign_in("nobody", GOOD, &own(), "elsewhere", same).unwrap_err();
    assert_eq!(unknown.to_string(), AccountError::Wrong.to_string(), "names are not told apart");
}

#[test]
fn a_pin_works_on_a_registered_device_only() {
    let door = door();
    let (_, session) = door.redeem(1, "ana");
    let (ana, accounts) = (session.person, &door.accounts);
    assert!(matches!(accounts.set_pin(ana, Some("1111")), Err(AccountError::Pin)));
    accounts.set_pin(ana, Some("2580")).unwrap();
    assert_eq!(accounts.people_with_pin().unwrap(), [(ana, "ana".to_owned())]);
    let unknown = accounts.sign_in_with_pin("guess", ana, "2580", same).unwrap_err();
    assert!(matches!(unknown, AccountError::Device));
    let device = accounts.register_device("store phone").unwrap();
    let wrong = accounts.sign_in_with_pin(device.expose(), ana, "2581", same).unwrap_err();
    assert!(matches!(wrong, AccountError::Wrong));
    let (token, session) = accounts.sign_in_with_pin(device.expose(), ana, "2580", same).unwrap();
    assert!(session.device.shared && session.device.label == "store phone");
    assert!(door.holds(&token));
    let listed = accounts.devices().unwrap();
    assert!(accounts.remove_device(&listed[0].id).unwrap());
    let gone = accounts.sign_in_with_pin(device.expose(), ana, "2580", same).unwrap_err();
    assert!(matches!(gone, AccountError::Device));
    accounts.set_pin(ana, None).unwrap();
    assert!(accounts.people_with_pin().unwrap().is_empty());
}

#[test]
fn no_secret_is_readable_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sign-in.db");
    let clock = Arc::new(SettableClock::new(Timestamp::from_millis(1_800_000_000_000)));
    let accounts = Accounts::open(&path, clock).unwrap();
    let code = accounts.make_code(PersonId([1; 16]), None).unwrap();
    let plain = code.replace('-', "");
    let (token, _) = accounts.redeem(&code, "ana", GOOD, &own(), "here", same).unwrap();
    let kept = accounts.make_code(PersonId([2; 16]), None).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for secret in [plain.as_str(), &kept.replace('-', ""), token.expose(), GOOD] {
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} is in the file");
    }
    assert!(bytes.windows(8).any(|w| w == b"my phone"), "the search does find what is there");
}
