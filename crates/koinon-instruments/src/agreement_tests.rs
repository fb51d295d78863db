//! The draft is an agreement; what the program would not keep is refused, with its place.

use super::*;

fn codes(names: &[&str]) -> BTreeSet<CommunityCode> {
    names.iter().map(|name| CommunityCode::new(name).unwrap()).collect()
}

fn draft() -> String {
    Agreement::draft("Ring of three", &codes(&["dunes", "heath", "delta"]), Day::parse("2026-12-01").unwrap())
}

#[test]
fn the_draft_is_an_agreement_of_at_most_twelve_months() {
    let read = Agreement::parse(&draft()).unwrap();
    assert_eq!(read.parties, codes(&["delta", "dunes", "heath"]));
    assert_eq!(
        (read.from, read.until),
        (Day::parse("2026-12-01").unwrap(), Day::parse("2027-11-30").unwrap())
    );
    assert_eq!(read.shares.keys().copied().collect::<Vec<_>>(), Dataset::ALL);
    assert!(read.holds_on(read.from) && read.holds_on(read.until));
    assert!(!read.holds_on(read.from.plus(-1)) && !read.holds_on(read.until.plus(1)));
}

#[test]
fn only_those_named_read() {
    let text = draft().replacen("with = \"parties\"", "with = [\"heath\"]", 1);
    let read = Agreement::parse(&text).unwrap();
    let code = |name| CommunityCode::new(name).unwrap();
    assert!(read.lets_read(&code("heath"), &code("dunes"), Dataset::Stock));
    assert!(!read.lets_read(&code("delta"), &code("dunes"), Dataset::Stock));
    assert!(read.lets_read(&code("delta"), &code("dunes"), Dataset::Served));
    assert!(!read.lets_read(&code("far"), &code("dunes"), Dataset::Served));
    assert!(!read.lets_read(&code("heath"), &code("far"), Dataset::Stock));
}

/// Each change makes the draft untrue or unreadable, and the fault names where.
#[test]
fn a_text_that_the_program_would_not_keep_is_refused_with_its_place() {
    let cases = [
        ("until = 2027-11-30", "until = 2028-11-30", "agreement.until", "731 days"),
        ("until = 2027-11-30", "until = 2026-11-30", "agreement.until", "0 days"),
        ("until = 2027-11-30", "until = \"soon\"", "agreement.until", "a day"),
        ("until = 2027-11-30\n", "", "agreement", "`until` is missing"),
        ("safety_copies = true", "safety_copies = \"yes\"", "agreement.safety_copies", "true or false"),
        (
            "parties = [\"delta\", \"dunes\", \"heath\"]",
            "parties = [\"dunes\"]",
            "agreement.parties",
            "two or more",
        ),
        ("\"delta\", ", "\"Del ta\", ", "agreement.parties", "region file"),
        ("dataset = \"stock\"", "dataset = \"names\"", "share[0].dataset", "stays at home"),
        ("dataset = \"served\"", "dataset = \"stock\"", "share[1].class", "not what is done"),
        ("\"item\", ", "", "share[0].fields", "item"),
        ("\"item\", ", "\"item\", \"name\", ", "share[0].fields", "name"),
        ("level = \"batch\"", "level = \"person\"", "share[0].level", "not what is done"),
        ("onward = false", "onward = true", "share[0].onward", "handed on"),
        ("retention_days = 90", "retention_days = 9000", "share[0].retention_days", "0 to 366"),
        ("with = \"parties\"", "with = [\"far\"]", "share[0].with", "no party"),
        ("purpose = \"W", "purpose = \"\\u0007W", "share[0].purpose", "one line"),
        ("[agreement]", "[agreement]\nprice = 3", "agreement", "`price` is not known"),
        ("[agreement]", "[agreement", "", "handbook"),
    ];
    for (from, to, path, says) in cases {
        let changed = draft().replacen(from, to, 1);
        assert_ne!(changed, draft(), "{from}");
        let faults = Agreement::parse(&changed).unwrap_err();
        let named = faults.iter().any(|fault| fault.path == path && fault.to_string().contains(says));
        assert!(named, "{to}: {faults:?}");
    }
}

#[test]
fn every_fault_is_named_at_once_with_its_line() {
    let text = draft()
        .replace("onward = false", "onward = true")
        .replace("retention_days = 90", "retention_days = -1");
    let faults = Agreement::parse(&text).unwrap_err();
    assert_eq!(faults.len(), 4);
    assert!(faults.iter().all(|fault| fault.line.is_some()));
    assert!(faults.is_sorted());
}

#[test]
fn the_digest_is_of_the_text_as_it_stands() {
    assert_eq!(Agreement::digest_of("a"), Agreement::digest_of("a"));
    assert_ne!(Agreement::digest_of("a"), Agreement::digest_of("a "));
}

proptest::proptest! {
    #[test]
    fn any_text_is_judged_without_a_panic(text in ".{0,400}", at in 0usize..1_500, cut in 0usize..40) {
        let _ = Agreement::parse(&text);
        let mut damaged: Vec<char> = draft().chars().collect();
        let at = at.min(damaged.len());
        let end = (at + cut).min(damaged.len());
        damaged.drain(at..end);
        let _ = Agreement::parse(&damaged.into_iter().collect::<String>());
    }
}
