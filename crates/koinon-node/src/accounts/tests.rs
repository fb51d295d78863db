//! Codes, sessions, waits and PINs at the door.

use super::*;
use crate::clock::SettableClock;

const GOOD: &str = "long grey herons wade";

struct Door {
    dir: tempfile::TempDir,
    clock: Arc<SettableClock>,
    accounts: Accounts,
}

fn door() -> Door {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("keys")).unwrap();
    let clock = Arc::new(SettableClock::new(Timestamp::from_millis(1_800_000_000_000)));
    let accounts = Accounts::open(dir.path(), clock.clone()).unwrap();
    Door { dir, clock, accounts }
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
    let (token, _) = door.accounts.sign_in("ANA", GOOD, &own(), "here", same).unwrap().whole().unwrap();
    for _ in 0..13 {
        step(IDLE_OWN.saturating_sub(Duration::from_secs(1)));
        assert!(door.holds(&token));
    }
    step(IDLE_OWN.saturating_sub(Duration::from_secs(1)));
    assert!(door.holds(&token), "seconds before seven days");
    step(Duration::from_secs(15));
    assert!(!door.holds(&token), "after seven days, though used");
    let shared = Device { label: "desk".into(), shared: true };
    let (token, _) = door.accounts.sign_in("ana", GOOD, &shared, "here", same).unwrap().whole().unwrap();
    step(IDLE_SHARED);
    assert!(!door.holds(&token), "sooner on a shared device");
    let (one, first) = door.accounts.sign_in("ana", GOOD, &own(), "here", same).unwrap().whole().unwrap();
    let (two, _) = door.accounts.sign_in("ana", GOOD, &shared, "here", same).unwrap().whole().unwrap();
    assert_eq!(door.accounts.sessions(session.person).unwrap().len(), 2);
    assert!(!door.accounts.end_session(PersonId([9; 16]), &first.id).unwrap(), "not another's");
    assert!(door.accounts.end_session(session.person, &first.id).unwrap());
    assert!(!door.holds(&one) && door.holds(&two));
    let other = |_| Digest([2; 32]);
    assert!(door.accounts.session(two.expose(), other).unwrap().is_none());
    assert!(!door.holds(&two), "and it stays ended");
    let (three, _) = door.accounts.sign_in("ana", GOOD, &own(), "here", same).unwrap().whole().unwrap();
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
    let door = door();
    let accounts = &door.accounts;
    let code = accounts.make_code(PersonId([1; 16]), None).unwrap();
    let plain = code.replace('-', "");
    let (token, _) = accounts.redeem(&code, "ana", GOOD, &own(), "here", same).unwrap();
    let kept = accounts.make_code(PersonId([2; 16]), None).unwrap();
    let bytes = std::fs::read(door.dir.path().join("sign-in.db")).unwrap();
    for secret in [plain.as_str(), &kept.replace('-', ""), token.expose(), GOOD] {
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} is in the file");
    }
    assert!(bytes.windows(16).any(|w| w == [1; 16]), "the search does find what is there");
}

/// What an app shows at a moment, from the secret as it was shown.
fn app_code(secret: &str, seconds: i64) -> String {
    second::code_of(secret, u64::try_from(seconds).unwrap())
}

impl Door {
    fn seconds(&self) -> i64 {
        self.clock.now().as_millis() / 1_000
    }

    /// Gives somebody a second step; its secret and recovery codes.
    fn with_second(&self, person: PersonId) -> (String, Vec<String>) {
        let secret = self.accounts.begin_second(person, GOOD).unwrap();
        let codes = self.accounts.confirm_second(person, &app_code(&secret, self.seconds())).unwrap();
        (secret, codes)
    }

    fn half(&self, login: &str) -> Token {
        match self.accounts.sign_in(login, GOOD, &own(), "here", same).unwrap() {
            SignedIn::Half(token) => token,
            SignedIn::Whole(..) => panic!("no second step is asked"),
        }
    }
}

#[test]
fn a_second_step_is_asked_after_the_password_and_each_code_is_good_once() {
    let door = door();
    let (_, session) = door.redeem(1, "ana");
    let (ana, accounts) = (session.person, &door.accounts);
    assert!(matches!(accounts.begin_second(ana, "another password"), Err(AccountError::Wrong)));
    let shown = accounts.begin_second(ana, GOOD).unwrap();
    assert_eq!(accounts.shown_second(ana), Some(shown.clone()));
    assert!(matches!(accounts.confirm_second(ana, "000000"), Err(AccountError::SecondWrong)));
    assert!(
        accounts.sign_in("ana", GOOD, &own(), "here", same).unwrap().whole().is_some(),
        "not before it is confirmed"
    );
    let (secret, codes) = door.with_second(ana);
    assert_eq!((codes.len(), accounts.second_of(ana).unwrap()), (8, Some(8)));
    assert_eq!(accounts.shown_second(ana), None, "a secret is shown once");

    let half = door.half("ana");
    assert!(accounts.session(half.expose(), same).unwrap().is_none(), "half a sign-in is no session");
    let used = app_code(&secret, door.seconds());
    assert!(
        matches!(accounts.sign_in_second(half.expose(), &used, same), Err(AccountError::SecondWrong)),
        "the code that set it up is used"
    );
    door.clock.advance(30_000);
    let next = app_code(&secret, door.seconds());
    let (token, _) = accounts.sign_in_second(half.expose(), &next, same).unwrap();
    assert!(door.holds(&token));
    assert!(matches!(accounts.sign_in_second(half.expose(), &next, same), Err(AccountError::SecondGone)));
    let seen = door.half("ana");
    assert!(accounts.sign_in_second(seen.expose(), &next, same).is_err(), "seen over a shoulder");
    let code = codes[3].to_lowercase().replace('-', " ");
    accounts.sign_in_second(seen.expose(), &code, same).unwrap();
    assert_eq!(accounts.second_of(ana).unwrap(), Some(7));
    let again = door.half("ana");
    assert!(accounts.sign_in_second(again.expose(), &code, same).is_err(), "a recovery code is used up");

    assert!(accounts.remove_second(ana, "another password").is_err());
    accounts.remove_second(ana, GOOD).unwrap();
    assert!(accounts.sign_in("ana", GOOD, &own(), "here", same).unwrap().whole().is_some());
}

#[test]
fn guesses_end_half_a_sign_in_and_then_have_to_wait() {
    let door = door();
    let (_, session) = door.redeem(1, "ana");
    let (secret, _) = door.with_second(session.person);
    door.clock.advance(60_000);
    let half = door.half("ana");
    for _ in 0..5 {
        assert!(matches!(
            door.accounts.sign_in_second(half.expose(), "123", same),
            Err(AccountError::SecondWrong)
        ));
    }
    let right = app_code(&secret, door.seconds());
    assert!(matches!(
        door.accounts.sign_in_second(half.expose(), &right, same),
        Err(AccountError::SecondGone)
    ));
    let fresh = door.half("ana");
    assert!(
        matches!(door.accounts.sign_in_second(fresh.expose(), &right, same), Err(AccountError::Wait(_))),
        "a new half does not reset the wait"
    );
}

#[test]
fn a_new_code_for_somebody_with_a_password_takes_two_stewards_and_is_told() {
    let door = door();
    let (_, session) = door.redeem(1, "ana");
    let (ana, one, two) = (session.person, PersonId([2; 16]), PersonId([3; 16]));
    let accounts = &door.accounts;
    door.with_second(ana);
    assert!(matches!(accounts.agree_recovery(ana, two), Err(AccountError::NotAsked)));
    assert!(matches!(accounts.ask_recovery(ana, ana), Err(AccountError::NotAlone)));
    accounts.ask_recovery(ana, one).unwrap();
    assert_eq!(accounts.asked_recovery(ana).unwrap().unwrap().by, one);
    for alone in [one, ana] {
        assert!(matches!(accounts.agree_recovery(ana, alone), Err(AccountError::NotAlone)));
    }
    let told: Vec<_> = accounts.notices(ana).unwrap().into_iter().map(|n| (n.first, n.second)).collect();
    assert_eq!(told, [(one, None)], "the person knows as soon as one asks");
    let code = accounts.agree_recovery(ana, two).unwrap();
    assert_eq!(accounts.notices(ana).unwrap().last().unwrap().second, Some(two));
    assert!(
        matches!(accounts.agree_recovery(ana, two), Err(AccountError::NotAsked)),
        "one code for one request"
    );
    door.half("ana");
    // The person knows nothing of it, and stops it.
    accounts.refuse_recovery(ana).unwrap();
    assert!(accounts.redeem(&code, "ana", "seven lamps under moss", &own(), "here", same).is_err());
    accounts.ask_recovery(ana, two).unwrap();
    let code = accounts.agree_recovery(ana, one).unwrap();
    let (token, _) = accounts.redeem(&code, "ana", "seven lamps under moss", &own(), "here", same).unwrap();
    assert!(door.holds(&token));
    assert_eq!(accounts.second_of(ana).unwrap(), None, "the phone with the app may be lost too");
    accounts.read_notices(ana).unwrap();
    assert!(accounts.notices(ana).unwrap().is_empty());
    // A request that nobody agreed to lapses.
    accounts.ask_recovery(ana, one).unwrap();
    door.clock.advance(millis(CODE_GOOD_FOR));
    assert!(matches!(accounts.agree_recovery(ana, two), Err(AccountError::NotAsked)));
}

#[test]
fn a_new_password_leaves_pin_and_second_step_and_ends_other_devices() {
    let door = door();
    let (other, session) = door.redeem(1, "ana");
    let (ana, accounts) = (session.person, &door.accounts);
    accounts.set_pin(ana, Some("2580")).unwrap();
    door.with_second(ana);
    let code = accounts.make_code(ana, None).unwrap();
    let change = |old: &str, new: &str| accounts.change_password(ana, old, new, &own(), same);
    assert!(matches!(change("not this one", "seven lamps under moss"), Err(AccountError::Wrong)));
    assert!(matches!(change(GOOD, "password1234"), Err(AccountError::Common)));
    accounts.know_words(["Dry Valley"]);
    assert!(matches!(change(GOOD, "dry-valley-2026"), Err(AccountError::Common)), "what neighbours know");
    let (token, _) = change(GOOD, "seven lamps under moss").unwrap();
    assert!(door.holds(&token) && !door.holds(&other));
    assert_eq!(accounts.people_with_pin().unwrap().len(), 1);
    assert_eq!(accounts.second_of(ana).unwrap(), Some(8));
    assert!(accounts.code_owner(&code, "here").is_err(), "codes end with the old password");
}

#[test]
fn what_is_done_at_the_door_is_noted_for_a_time_and_failures_push_nothing_else_out() {
    let door = door();
    let ana = PersonId([1; 16]);
    door.redeem(1, "ana");
    let sign_in =
        |password: &str| door.accounts.sign_in("ana", password, &own(), "10.0.0.7", same).map(|_| ());
    sign_in(GOOD).unwrap();
    sign_in("not this one").unwrap_err();
    door.accounts.sign_in("nobody", GOOD, &own(), "10.0.0.7", same).unwrap_err();
    door.accounts.ask_recovery(ana, PersonId([2; 16])).unwrap();
    door.accounts.agree_recovery(ana, PersonId([3; 16])).unwrap();
    door.accounts.reset_sign_in(ana).unwrap();
    let seen = || -> Vec<(What, Option<PersonId>, Option<PersonId>)> {
        door.accounts.events(100).unwrap().into_iter().rev().map(|e| (e.what, e.person, e.by)).collect()
    };
    let expected = [
        (What::CodeUsed, Some(ana), None),
        (What::SignedIn, Some(ana), None),
        (What::Failed, Some(ana), None),
        (What::Failed, None, None),
        (What::RecoveryAsked, Some(ana), Some(PersonId([2; 16]))),
        (What::RecoveryAgreed, Some(ana), Some(PersonId([3; 16]))),
        (What::Reset, Some(ana), None),
    ];
    assert_eq!(seen(), expected);
    assert_eq!(door.accounts.events(100).unwrap()[3].place, "10.0.0.7");
    for _ in 0..2_010 {
        door.accounts.happened(What::Failed, None, None, "flood").unwrap();
    }
    let all = door.accounts.events(5_000).unwrap();
    assert_eq!(all.iter().filter(|event| event.what == What::Failed).count(), 2_000);
    assert_eq!(all.len(), 2_005);
    door.clock.advance(91 * Timestamp::DAY_MS);
    assert_eq!(seen(), []);
    door.accounts.happened(What::SignedIn, Some(ana), None, "").unwrap();
    let left: i64 =
        door.accounts.conn().query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 1);
}
