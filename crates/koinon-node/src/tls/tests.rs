//! Until when certificates hold, and what renewing keeps.

use super::*;

fn start() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-01T08:00:00Z").unwrap()
}

fn names(hosts: &[&str], addresses: &[&str]) -> TlsNames {
    TlsNames {
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
    }
}

fn founded() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    found(dir.path(), "dunes", &names(&["dunes.internal"], &["10.1.2.3"]), start()).unwrap();
    dir
}

#[test]
fn a_new_node_has_a_year_and_its_authority_ten() {
    let dir = founded();
    let both = look(dir.path()).unwrap();
    assert_eq!(both.certificate.days_left(start()), 394, "397 whole days, of which two are over");
    assert_eq!(both.authority.days_left(start()), 3_647);
    assert_eq!(both.certificate.names.hosts, ["dunes.internal", "localhost"]);
    assert_eq!(both.certificate.names, names(&["dunes.internal", "localhost"], &["10.1.2.3", "127.0.0.1"]));
}

#[test]
fn renewing_keeps_the_authority_the_key_and_the_names_and_adds_some() {
    let dir = founded();
    let files = TlsFiles::of(dir.path());
    let kept = |path: &Path| std::fs::read(path).unwrap();
    let (ca, key, cert) = (kept(&files.ca), kept(&files.key), kept(&files.cert));
    let later = start().plus_days(340);
    let both = renew(dir.path(), &names(&["shop.dunes.internal"], &["192.168.7.1"]), later).unwrap();
    assert_eq!(both.certificate.days_left(later), 394);
    assert_eq!((kept(&files.ca), kept(&files.key)), (ca, key));
    assert_ne!(kept(&files.cert), cert);
    let all = names(
        &["dunes.internal", "localhost", "shop.dunes.internal"],
        &["10.1.2.3", "127.0.0.1", "192.168.7.1"],
    );
    assert_eq!(both.certificate.names, all);
    // Again at once, with nothing new: another number, the same names.
    let cert = kept(&files.cert);
    assert_eq!(renew(dir.path(), &TlsNames::default(), later).unwrap().certificate.names, all);
    assert_ne!(kept(&files.cert), cert);
}

#[test]
fn names_out_of_the_authoritys_bounds_are_refused_and_change_nothing() {
    let dir = founded();
    let before = std::fs::read(TlsFiles::of(dir.path()).cert).unwrap();
    for (hosts, addresses) in [
        (&["example.org"][..], &[][..]),
        (&["notinternal"], &[]),
        (&[], &["8.8.8.8"]),
        (&[], &["2001:db8::1"]),
    ] {
        let refused = renew(dir.path(), &names(hosts, addresses), start());
        assert!(matches!(refused, Err(TlsError::OutOfBounds(_))), "{hosts:?} {addresses:?}");
    }
    for address in ["fd00::7", "fe80::1", "172.31.0.9"] {
        renew(dir.path(), &names(&[], &[address]), start()).unwrap();
    }
    assert_ne!(std::fs::read(TlsFiles::of(dir.path()).cert).unwrap(), before);
}

#[test]
fn no_certificate_outlasts_its_authority_and_a_new_one_begins_anew() {
    let dir = founded();
    let late = start().plus_days(3_500);
    let both = renew(dir.path(), &TlsNames::default(), late).unwrap();
    assert_eq!(both.certificate.ends, both.authority.ends);
    let after = both.authority.ends.plus_days(1);
    assert!(matches!(renew(dir.path(), &TlsNames::default(), after), Err(TlsError::AuthorityEnded)));
    let anew = found_anew(dir.path(), "dunes", &names(&["dunes.example"], &[]), after).unwrap();
    assert_eq!(
        anew.authority.days_left(after),
        3_647 + i64::from(after.as_millis() % Timestamp::DAY_MS == 0)
    );
    assert!(anew.certificate.names.hosts.contains(&"dunes.internal".to_owned()), "earlier names stay");
    renew(dir.path(), &names(&["shop.dunes.example"], &[]), after).unwrap();
}

#[test]
fn a_new_authority_that_a_power_cut_left_aside_is_put_in_place() {
    let dir = founded();
    std::fs::rename(dir.path().join(TLS_DIR), dir.path().join("tls.new")).unwrap();
    settle(dir.path()).unwrap();
    settle(dir.path()).unwrap();
    assert!(look(dir.path()).is_ok());
    std::fs::write(TlsFiles::of(dir.path()).cert, "-----BEGIN").unwrap();
    assert!(matches!(look(dir.path()), Err(TlsError::NotOne(_))));
}
