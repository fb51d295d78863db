//! Every language has every message with the same values; every key that a page uses exists, and every message is used.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use koinon_web::i18n::{Lang, faults, files_of};

type Messages = BTreeMap<String, BTreeSet<String>>;

/// The keys of a language and the values (`$name`) that each message names.
fn messages(lang: Lang) -> Messages {
    let mut found = Messages::new();
    for (_, text) in files_of(lang) {
        let mut key = None;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let head = line.split_once('=').map(|(head, _)| head.trim());
            if let Some(head) = head.filter(|_| line.starts_with(|c: char| c.is_ascii_alphabetic())) {
                key = Some(head.to_owned());
                found.entry(head.to_owned()).or_default();
            }
            if let Some(values) = key.as_ref().and_then(|key| found.get_mut(key)) {
                let names = line.split('$').skip(1);
                values.extend(names.map(|rest| rest.split([' ', '}', ')', ',']).next().unwrap().to_owned()));
            }
        }
    }
    found
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Keys that the source uses: the first text in each `t!(…)`.
fn used() -> BTreeSet<String> {
    let mut files = Vec::new();
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut used = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let code = code.split("#[cfg(test)]").next().unwrap();
        for (index, _) in code.match_indices("t!(") {
            if code[..index].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let call = &code[index + 3..];
            let Some((_, rest)) = call.split_once('"') else { continue };
            let key = rest.split('"').next().unwrap();
            used.insert(key.to_owned());
        }
    }
    used
}

#[test]
fn files_can_be_read_and_no_key_stands_twice() {
    assert_eq!(faults(), Vec::<String>::new());
}

#[test]
fn every_language_has_every_message_with_the_same_values() {
    let english = messages(Lang::En);
    assert!(english.len() > 40, "the reader of messages found only {}", english.len());
    for lang in [Lang::Es, Lang::Ar] {
        let other = messages(lang);
        let (keys, theirs): (BTreeSet<_>, BTreeSet<_>) = (english.keys().collect(), other.keys().collect());
        let missing: Vec<_> = keys.difference(&theirs).collect();
        let extra: Vec<_> = theirs.difference(&keys).collect();
        assert!(missing.is_empty() && extra.is_empty(), "{lang}: missing {missing:?}, unknown {extra:?}");
        for (key, values) in &other {
            assert_eq!(values, &english[key], "{lang}: values of {key}");
        }
    }
}

#[test]
fn every_key_that_is_used_exists_and_every_message_is_used() {
    let (used, known) = (used(), messages(Lang::En));
    let unknown: Vec<_> = used.iter().filter(|key| !known.contains_key(*key)).collect();
    assert!(unknown.is_empty(), "used but in no file: {unknown:?}");
    let unused: Vec<_> = known.keys().filter(|key| !used.contains(*key)).collect();
    assert!(unused.is_empty(), "in the files but never used: {unused:?}");
}

#[test]
fn messages_keep_to_the_words_for_everyone() {
    for lang in Lang::ALL {
        for (name, text) in files_of(lang).iter().filter(|(name, _)| !name.ends_with("operator.ftl")) {
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let words = line.split_once('=').map_or(line, |(_, words)| words);
                let shown: String = words.replace("$n ->", "");
                let bad = koinon_web::words::forbidden_in(lang, &shown);
                assert!(bad.is_empty(), "{name}: {bad:?} in '{line}'");
            }
        }
    }
}
