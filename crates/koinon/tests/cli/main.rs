//! Whole outputs of the program: exit code, standard output and standard error of each command line, kept in
//! `tests/cli/`. `KOINON_BLESS=1 cargo test -p koinon --test cli` writes them anew; look at the difference before you
//! commit it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test may fail loudly")]

mod cases;
mod plans;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use cases::CASES;

fn run(directory: &Path, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_koinon"))
        .args(line.split_whitespace())
        .current_dir(directory)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn told(line: &str, output: &Output, directory: &Path) -> String {
    let mut text = format!("$ koinon {line}\n[exit {}]\n", output.status.code().unwrap_or(-1));
    for (name, bytes) in [("out", &output.stdout), ("err", &output.stderr)] {
        let words = String::from_utf8_lossy(bytes).replace(&directory.display().to_string(), "DIRECTORY");
        if !words.is_empty() {
            let _ = write!(text, "[{name}]\n{words}");
        }
    }
    text
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli").join(name)
}

#[test]
fn every_command_line_answers_as_before() {
    let bless = std::env::var_os("KOINON_BLESS").is_some();
    let mut differ = String::new();
    for case in CASES {
        let directory = tempfile::tempdir().unwrap();
        for (name, bytes) in case.files {
            fs::write(directory.path().join(name), bytes).unwrap();
        }
        let mut found = told(case.line, &run(directory.path(), case.line), directory.path());
        if let Ok(mend) = fs::read_to_string(directory.path().join("mend.csv")) {
            let _ = write!(found, "[mend.csv]\n{mend}");
        }
        let path = golden(&format!("{}.txt", case.name));
        if bless {
            fs::write(&path, &found).unwrap();
        }
        let wanted = fs::read_to_string(&path).unwrap_or_default();
        if found != wanted {
            let _ = write!(differ, "{}: wanted\n{wanted}\nfound\n{found}\n", path.display());
        }
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn golden_files_and_cases_are_the_same_set() {
    let mut files: Vec<String> = fs::read_dir(golden(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
        .collect();
    files.sort();
    let mut cases: Vec<String> = CASES.iter().map(|case| case.name.to_owned()).collect();
    cases.sort();
    assert_eq!(files, cases);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let lines = [
        "region new --communities 1000",
        "match --region region.toml --stock stock.csv --disasters disasters.csv --all --json",
    ];
    for line in lines {
        let mut child = Command::new(env!("CARGO_BIN_EXE_koinon"))
            .args(line.split_whitespace())
            .current_dir(workspace.join("examples/madagascar"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    }
}

#[test]
fn completions_exist_for_every_shell() {
    let directory = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(directory.path(), &format!("completions {shell}"));
        assert!(output.status.success(), "{shell}");
        assert!(String::from_utf8(output.stdout).unwrap().contains("koinon"), "{shell}");
    }
}

#[test]
fn a_new_region_is_always_the_same_and_reads_back_without_a_fault() {
    let directory = tempfile::tempdir().unwrap();
    for line in ["region new", "region new --communities 37 --population 900 --layout cluster --seed 7"] {
        let (first, second) = (run(directory.path(), line), run(directory.path(), line));
        assert_eq!(first.stdout, second.stdout);
        fs::write(directory.path().join("r.toml"), &first.stdout).unwrap();
        let check = run(directory.path(), "region check r.toml");
        assert_eq!(check.status.code(), Some(0), "{}", String::from_utf8_lossy(&check.stdout));
    }
}

#[test]
fn the_schema_is_a_json_object() {
    let output = run(Path::new("."), "region schema");
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(schema.get("properties").is_some());
}
