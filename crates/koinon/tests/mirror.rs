//! A safety copy as its operator runs it: founded, served with a database beside it, made a neighbour by cards, audited.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    missing_docs,
    reason = "a test may fail loudly"
)]

#[path = "../../koinon-mirror/tests/common/mod.rs"]
mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use common::{Server, is_here, until};
use serde_json::Value;

const REGION: &[u8] = include_bytes!("cli/two-towns.toml");

/// A computer: a directory with its node in it.
struct Computer {
    directory: tempfile::TempDir,
}

impl Computer {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("r.toml"), REGION).unwrap();
        Self { directory }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_koinon"));
        command.args(line.split_whitespace()).current_dir(self.path()).env_clear().env("KOINON_DATA", "node");
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).stdin(Stdio::null()).output().unwrap()
    }

    /// Runs a command that must end so; gives standard output and standard error.
    fn ends(&self, line: &str, code: i32) -> (String, String) {
        let output = self.run(line);
        let (out, told) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(code), "{line}\n{out}{told}");
        (out, told)
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.ends(&format!("{line} --json"), 0).0).unwrap()
    }

    /// Makes a card and carries it to another computer, whose operator lists it.
    fn is_listed_by(&self, other: &Self, address: &str) -> Output {
        let (_, told) = self.ends(&format!("peer card --to own.card --address {address}"), 0);
        let number = told.lines().find_map(|line| line.strip_prefix("    ")).unwrap().replace(' ', "-");
        fs::copy(self.path().join("own.card"), other.path().join("other.card")).unwrap();
        other.run(&format!("peer add other.card --number {number}"))
    }
}

/// A process that serves; ended hard if a test forgets to end it well.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(computer: &Computer, line: &str) -> Self {
        let more = "--listen 127.0.0.1:0 --tls --onboarding 127.0.0.1:0 --exchange-every 1";
        let mut child = computer
            .command(&format!("{line} {more}"))
            .env("KOINON_LOG", "off")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut told = Vec::new();
        for line in lines.map_while(Result::ok) {
            if let Some(address) = line.strip_prefix("Serving ").and_then(|rest| rest.split(';').next()) {
                return Self { child, address: address.to_owned() };
            }
            told.push(line);
        }
        let ended = child.wait();
        panic!("{ended:?}: {told:?}");
    }

    fn end(mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already where the test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The digest of what is held of a node.
fn digest_of(audit: &Value, node: &str) -> Option<Value> {
    let nodes = audit["nodes"].as_array().unwrap();
    nodes.iter().find(|held| held["node"] == node).map(|held| held["digest"].clone())
}

#[test]
fn a_safety_copy_with_a_database_beside_it() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    server.database();
    let store = format!("--store postgres://mirror:s3cret@127.0.0.1:{}/koinon", server.port);
    let (mill, copy) = (Computer::new(), Computer::new());
    let (agreed, _) = mill.ends("agreement draft --region r.toml", 0);
    fs::write(mill.path().join("a.toml"), agreed).unwrap();
    let founded = mill.json("init --community mill --region r.toml --agreement a.toml --network ring");
    let mill_id = founded["node"].as_str().unwrap().to_owned();
    copy.ends("mirror init node --network ring", 0);
    let empty = copy.json("mirror audit node");
    assert_eq!((&empty["facts"], &empty["sound"]), (&Value::from(0), &Value::from(true)));

    let (_, told) = copy.ends(&format!("mirror audit node {store}"), 2);
    assert!(told.contains("holds no safety copy yet") && !told.contains("s3cret"), "{told}");
    let (_, told) = copy.ends(&format!("mirror serve node {store}"), 2);
    assert!(
        told.contains("synchronous_standby_names is empty") && told.contains("--without-standbys"),
        "{told}"
    );
    let (_, told) = copy.ends("mirror serve node --store mysql://elsewhere/x", 64);
    assert!(told.contains("postgres://"), "{told}");

    let at_mill = Serving::start(&mill, "serve");
    let at_copy = Serving::start(&copy, &format!("mirror serve node {store} --without-standbys"));
    mill.is_listed_by(&copy, &at_mill.address);
    copy.is_listed_by(&mill, &at_copy.address);
    fs::write(mill.path().join("c.csv"), "store,item,amount\nmill,rice,3 t\n").unwrap();
    mill.ends("count import c.csv --confirm", 0);
    let held = until("what mill wrote in the database", || {
        let of_mill = digest_of(&mill.json("mirror audit node"), &mill_id);
        let audited = copy.json(&format!("mirror audit node {store}"));
        (of_mill.is_some() && of_mill == digest_of(&audited, &mill_id)).then_some(audited)
    });
    assert_eq!(held["sound"], true);
    assert!(held["facts"].as_u64() > Some(5), "{held}");
    let rows =
        server.client("mirror", "koinon").query("SELECT amount, unit, community FROM koinon.counts", &[]);
    let row = &rows.unwrap()[0];
    assert_eq!(
        (row.get::<_, i64>(0), row.get::<_, String>(1), row.get::<_, String>(2)),
        (3_000_000, "g".to_owned(), "mill".to_owned())
    );
    // The copy's own file holds what it needs to judge, and no stock.
    // Without the database only a part is there: nothing passes for the whole.
    for line in ["mirror audit node", "mirror serve node", "serve"] {
        let (_, told) = copy.ends(line, 64);
        assert!(told.contains("is kept in a database") && told.contains("KOINON_STORE"), "{line}: {told}");
    }
    let (table, told) = copy.ends(&format!("mirror audit node {store}"), 0);
    assert!(table.contains(held["digest"].as_str().unwrap()) && told.contains("verifies"), "{table}{told}");
    assert_eq!(copy.json("peer list")["peers"][0]["last_error"], Value::Null);

    // What came of a first view is said, and one that was wrong until somebody has looked into it.
    let mut writer = server.client("mirror", "koinon");
    let compared = "INSERT INTO mirror.first_check SELECT decode(repeat($1, 32), 'hex'), node, now(), 1200, \
        decode(repeat('07', 32), 'hex'), decode(repeat($1, 32), 'hex'), now(), NULL \
        FROM mirror.log WHERE node <> (SELECT node FROM mirror.self) LIMIT 1";
    writer.execute(compared, &[&"07"]).unwrap();
    let (table, _) = copy.ends(&format!("mirror audit node {store}"), 0);
    assert!(table.contains("the first view from mill, of 20") && table.contains("was right"), "{table}");
    writer.execute(compared, &[&"08"]).unwrap();
    let (table, told) = copy.ends(&format!("mirror audit node {store}"), 1);
    let wrong =
        |line: &&str| line.starts_with("! the first view from mill, of 20") && line.contains("peer settle");
    assert!(table.lines().any(|line| wrong(&line)) && told.contains("verifies"), "{table}{told}");
    assert!(copy.run("peer settle").status.success());
    let audited = copy.json(&format!("mirror audit node {store}"));
    let views = audited["first_views"]["compared"].as_array().unwrap();
    let right: Vec<_> = views.iter().map(|view| (&view["right"], view["looked_into"].is_null())).collect();
    assert!(
        right.contains(&(&Value::Bool(true), true)) && right.contains(&(&Value::Bool(false), false)),
        "{views:?}"
    );
    drop(writer);

    // A byte that somebody changed in the database is found, with its place.
    at_copy.end();
    assert!(copy.ends("sync", 64).1.contains("is kept in a database"));
    let change = "UPDATE mirror.fact SET body = overlay(body placing '\\x00'::bytea from 3) WHERE kind = 66";
    assert_eq!(server.client("mirror", "koinon").execute(change, &[]).unwrap(), 1);
    let (table, told) = copy.ends(&format!("mirror audit node {store}"), 1);
    assert!(
        table.contains("does not match the header's commitment") && told.contains("Not everything"),
        "{table}{told}"
    );
    at_mill.end();
}
