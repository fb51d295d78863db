//! The shape of the code, checked like any other behaviour: which room may use which, what domain rooms may not
//! touch, which licences and sources dependencies have, and what no file may contain.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Rooms and their floors: a room may use only rooms on lower floors.
const FLOORS: [(&str, u8); 18] = [
    ("koinon", 7),
    ("koinon-web", 6),
    ("koinon-mirror", 6),
    ("koinon-crash", 6),
    ("koinon-node", 5),
    ("koinon-sim", 5),
    ("koinon-books", 4),
    ("koinon-instruments", 3),
    ("koinon-match", 3),
    ("koinon-table", 3),
    ("koinon-ledger", 2),
    ("koinon-aid", 2),
    ("koinon-log", 2),
    ("koinon-authority", 1),
    ("koinon-gtfs", 1),
    ("koinon-core", 0),
    ("koinon-flow", 0),
    ("koinon-chart", 0),
];

/// Rooms that do no input or output and read no clock.
const PURE: [&str; 13] = [
    "koinon-core",
    "koinon-flow",
    "koinon-chart",
    "koinon-authority",
    "koinon-gtfs",
    "koinon-ledger",
    "koinon-aid",
    "koinon-log",
    "koinon-instruments",
    "koinon-match",
    "koinon-table",
    "koinon-books",
    "koinon-sim",
];

/// Licences that dependencies may have (SPDX). An expression passes when it can be met from this list.
const LICENCES: [&str; 15] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    // libFuzzer, in the fuzz targets only.
    "NCSA",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Files that git tracks, or every file outside `target` where there is no git.
fn files(ending: &str) -> Vec<PathBuf> {
    let listed = Command::new("git").args(["ls-files"]).current_dir(root()).output();
    let text =
        listed.ok().filter(|out| out.status.success()).map(|out| String::from_utf8(out.stdout).unwrap());
    let text = text.expect("git lists the project's files");
    let paths = text.lines().map(|line| root().join(line)).filter(|path| path.exists());
    paths.filter(|path| path.to_string_lossy().ends_with(ending)).collect()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// What cargo knows of every package that is built on this machine, without asking anybody.
fn metadata() -> serde_json::Value {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let args = ["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host];
    let output = Command::new(cargo).args(args).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn rooms_use_only_lower_floors() {
    let floors: BTreeMap<&str, u8> = FLOORS.into_iter().collect();
    for package in metadata()["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        // The fuzz targets use rooms and are used by none.
        if !package["source"].is_null() || name == "koinon-fuzz" {
            continue;
        }
        let floor = floors
            .get(name)
            .unwrap_or_else(|| panic!("the room {name} stands on no floor; see ARCHITECTURE.md"));
        for dependency in package["dependencies"].as_array().unwrap() {
            let used = dependency["name"].as_str().unwrap();
            // A room's own tests may ask for one of its own features.
            if used == name && dependency["kind"] == "dev" {
                continue;
            }
            assert!(
                used != "koinon-crash",
                "{name}: no room uses the one that fails on purpose, not even its tests"
            );
            if let Some(below) = floors.get(used) {
                assert!(below < floor, "{name} (floor {floor}) may not use {used} (floor {below})");
            }
        }
    }
}

#[test]
fn domain_rooms_touch_neither_disk_nor_network_nor_clock() {
    let outside = ["tokio", "rusqlite", "axum", "ureq", "reqwest", "getrandom", "rand"];
    let words =
        ["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Instant::now", "thread_rng"];
    for room in PURE {
        let folder = root().join("crates").join(room);
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let ordinary = manifest.split("[dev-dependencies]").next().unwrap();
        for name in outside {
            let named = ordinary.lines().any(|line| line.split(['.', ' ', '=']).next() == Some(name));
            assert!(!named, "{room} may not depend on {name}");
        }
        for path in files(".rs").iter().filter(|path| path.starts_with(folder.join("src"))) {
            for (number, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
                let code = line.split("//").next().unwrap();
                if let Some(word) = words.iter().find(|word| code.contains(**word)) {
                    panic!("{}:{}: a pure room may not use {word}", shown(path), number + 1);
                }
            }
        }
    }
}

/// `unsafe` is forbidden in every room, by the workspace's lints. One file of the tests' failing disk is excepted.
#[test]
fn nothing_is_unsafe_but_the_failing_disk() {
    let excepted = root().join("crates/koinon-crash");
    for manifest in files("Cargo.toml").iter().filter(|path| path.starts_with(root().join("crates"))) {
        let text = std::fs::read_to_string(manifest).unwrap();
        let forbids = text.contains("[lints]\nworkspace = true") || manifest.starts_with(&excepted);
        assert!(forbids, "{} does not take the workspace's lints", shown(manifest));
    }
    for path in files(".rs").iter().filter(|path| path.starts_with(&excepted)) {
        let is_it = path.ends_with("src/calls.rs");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(is_it || !text.contains(&["allow(unsafe", "_code"].concat()), "{}", shown(path));
    }
}

#[test]
fn dependencies_are_permissive_and_from_the_registry() {
    let allowed: BTreeSet<&str> = LICENCES.into_iter().collect();
    // `A OR B` needs one, `A AND B` both; parentheses only group ORs in practice.
    let meets = |expression: &str| {
        expression.replace(['(', ')'], "").split(" AND ").all(|all| {
            all.split(" OR ").flat_map(|part| part.split('/')).any(|part| allowed.contains(part.trim()))
        })
    };
    assert!(meets("MIT OR GPL-3.0-only") && !meets("MIT AND GPL-3.0-only") && !meets("AGPL-3.0-only"));
    for package in metadata()["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        if package["source"].is_null() {
            assert_eq!(package["license"], "AGPL-3.0-or-later", "{name}");
            continue;
        }
        let source = package["source"].as_str().unwrap();
        assert!(source.starts_with("registry+"), "{name} comes from {source}");
        let licence = package["license"].as_str().unwrap_or("none stated");
        assert!(meets(licence), "{name} has the licence '{licence}', which is not on the list");
    }
}

#[test]
fn every_source_file_says_what_it_is_for() {
    for path in files(".rs") {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not begin with //!", shown(&path));
    }
}

#[test]
fn nothing_unfinished_or_private_is_committed() {
    // Spelt apart, so that this file does not find itself.
    let unfinished = [
        ["to", "do!("].concat(),
        ["unimple", "mented!("].concat(),
        ["FIX", "ME"].concat(),
        ["TO", "DO"].concat(),
    ];
    let private =
        [["/ho", "me/"].concat(), ["/ro", "ot/"].concat(), ["/wo", "rk/"].concat(), ["/tm", "p/"].concat()];
    for ending in [".rs", ".mjs", ".js", ".toml", ".md", ".css", ".ftl", "run", "test"] {
        for path in files(ending) {
            if path.components().any(|part| part.as_os_str() == "vendor") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for (number, line) in text.lines().enumerate() {
                let word = unfinished.iter().chain(&private).find(|word| line.contains(word.as_str()));
                if let Some(word) = word {
                    panic!("{}:{}: '{word}' may not be committed", shown(&path), number + 1);
                }
            }
        }
    }
}
