//! The commands on a node: founded, counted, looked at, served, backed up and restored, each through the program.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test may fail loudly")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const REGION: &[u8] = include_bytes!("cli/two-towns.toml");

/// A directory with the region file; nodes are founded in folders of it.
struct Bench {
    directory: tempfile::TempDir,
}

impl Bench {
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

    /// Runs a command that must end so, and gives its standard output.
    fn ends(&self, line: &str, code: i32) -> String {
        let output = self.run(line);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let out = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{line}\n{out}{told}");
        assert!(!told.contains("panicked"), "{told}");
        out
    }

    fn error(&self, line: &str, code: i32) -> String {
        let output = self.run(line);
        assert_eq!(output.status.code(), Some(code), "{line}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn json(&self, line: &str, code: i32) -> Value {
        serde_json::from_str(&self.ends(&format!("{line} --json"), code)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    fn found(&self) -> Value {
        self.write("a.toml", &self.ends("agreement draft --region r.toml", 0));
        self.json("init --community mill --region r.toml --agreement a.toml --steward Ana", 0)
    }
}

/// A node that is served; ended hard if a test forgets to end it well.
struct Serving(Child);

impl Serving {
    fn start(bench: &Bench) -> Self {
        Self::start_with(bench, "").0
    }

    /// Starts it with more arguments; gives the address of its pages too.
    fn start_with(bench: &Bench, more: &str) -> (Self, String) {
        let mut child = bench
            .command(&format!("serve --listen 127.0.0.1:0 {more}"))
            .env("KOINON_LOG", "off")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("Serving http://127.0.0.1:"), "{line}");
        let address = line.trim().trim_start_matches("Serving http://").to_owned();
        (Self(child), address)
    }

    fn end(mut self) -> Option<i32> {
        Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        self.0.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already where the test ended it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a reader of `stock --json` sees: store, item, batch, base units.
fn rows(view: &Value) -> Vec<(String, String, String, i64)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |row: &Value| {
        (
            text(&row["store"]),
            text(&row["item"]),
            text(&row["batch"]),
            row["amount"]["base_units"].as_i64().unwrap(),
        )
    };
    view["rows"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn a_node_is_founded_once_and_its_secrets_are_its_own() {
    let bench = Bench::new();
    assert!(bench.error("stock", 2).contains("holds no node"));
    let view = bench.found();
    for key in ["node", "one_time_code", "recovery_code", "ca_fingerprint"] {
        assert!(!view[key].as_str().unwrap().is_empty(), "{key}");
    }
    assert!(bench.error("init --community mill --region r.toml", 2).contains("holds a node already"));
    for name in ["sign-in.db", "keys/signing.key", "tls/key.pem"] {
        let mode = fs::metadata(bench.path().join("node").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    assert_eq!(bench.json("check", 0)["sound"], true);
}

#[test]
fn init_names_what_is_missing() {
    let bench = Bench::new();
    let cases = [
        ("init", "--region"),
        ("init --region r.toml", "say --community with one of hill, mill"),
        ("init --region r.toml --community moor", "use one of hill, mill"),
        ("init --mirror", "--network"),
    ];
    for (line, hint) in cases {
        let told = bench.error(line, 64);
        assert!(told.contains(hint), "{line}\n{told}");
    }
    assert!(!bench.path().join("node").exists(), "nothing was begun");
}

#[test]
fn counts_are_checked_then_recorded_once_and_come_back_out() {
    let bench = Bench::new();
    bench.found();
    bench.write(
        "c.csv",
        "store;item;amount;batch;good until\nMill store;Arroz;1,5 t;;\nmill;pills;20;B7;2027-01-31\n",
    );
    bench.ends("count import c.csv", 0);
    assert!(rows(&bench.json("stock", 1)).is_empty(), "a check records nothing");
    let looked = bench.json("count import c.csv", 0);
    assert_eq!((&looked["rows"], &looked["recorded"]), (&2.into(), &0.into()));
    assert_eq!(bench.json("count import c.csv --yes", 0)["recorded"], 2);
    assert_eq!(
        bench.json("count import c.csv --confirm", 0)["repeated"],
        2,
        "the same table is the same act"
    );
    let want = [
        ("mill-store".to_owned(), "pills".to_owned(), "B7".to_owned(), 20),
        ("mill-store".to_owned(), "rice".to_owned(), "-".to_owned(), 1_500_000),
    ];
    assert_eq!(rows(&bench.json("stock", 0)), want);
    let export = bench.ends("count export", 0);
    bench.write("again.csv", &export);
    let again = bench.json("count import again.csv --yes --sure", 0);
    assert_eq!(again["recorded"], 2);
    assert_eq!(rows(&bench.json("stock", 0)), want, "what was exported is what is imported");
}

#[test]
fn an_unusual_count_is_asked_about_and_never_blocked() {
    let bench = Bench::new();
    bench.found();
    bench.write("c.csv", "store,item,amount\nmill,rice,3 t\n");
    bench.ends("count import c.csv --yes", 0);
    bench.write("c.csv", "store,item,amount\nmill,rice,312 t\n");
    let view = bench.json("count import c.csv --yes", 1);
    assert_eq!(view["open"][0]["why"], "really 312 t? last time 3 t");
    assert_eq!(bench.json("count import c.csv --yes --sure", 0)["recorded"], 1);
}

#[test]
fn a_bad_table_records_nothing_and_gives_its_rows_back() {
    let bench = Bench::new();
    bench.found();
    bench.write("c.csv", "store,item,amount\nmill,rice,1 t\nmil,rice,1\nmill,pills,x\n");
    let told = bench.error("count import c.csv --yes --to-mend mend.csv", 2);
    for words in ["did you mean 'mill'", "line 4: amount", "the rows to mend are in mend.csv"] {
        assert!(told.contains(words), "{told}");
    }
    assert!(bench.error("count import c.csv", 2).contains("line 4: amount"), "looking says the same");
    assert_eq!(fs::read_to_string(bench.path().join("mend.csv")).unwrap().lines().count(), 3);
    assert!(rows(&bench.json("stock", 1)).is_empty());
    assert_eq!(bench.json("count import c.csv --yes --leave-out", 1)["recorded"], 1);
    assert_eq!(rows(&bench.json("stock", 0)).len(), 1);
    bench.write("odd.csv", "store;item;amount\nmill;pills;1.250\n");
    assert!(bench.error("count import odd.csv --yes", 2).contains("can be read in two ways"));
    assert_eq!(bench.json("count import odd.csv --yes --decimal comma", 0)["recorded"], 1);
}

#[test]
fn a_workbook_is_imported_like_a_text() {
    let bench = Bench::new();
    bench.found();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [["store", "item", "amount"], ["mill", "rice", "1.5 t"]].iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet.write(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), *text).unwrap();
        }
    }
    book.save(bench.path().join("c.xlsx")).unwrap();
    assert_eq!(bench.json("count import c.xlsx --yes", 0)["recorded"], 1);
    let want = [("mill-store".to_owned(), "rice".to_owned(), "-".to_owned(), 1_500_000)];
    assert_eq!(rows(&bench.json("stock", 0)), want);
}

#[test]
fn needs_and_offers_are_entered_or_refused_with_a_remedy() {
    let bench = Bench::new();
    bench.found();
    bench.ends("need rice 250kg --urgency must-have --by 2099-01-01 --sure", 0);
    bench.ends("offer pills 12 --sure", 0);
    assert!(bench.error("need ryce 1", 64).contains("did you mean 'rice'?"));
    assert!(bench.error("need rice 5l", 64).contains("measures ml"));
    assert!(bench.error("need rice 5kg --as Nobody", 2).contains("nobody here is called 'Nobody'"));
    assert!(
        bench.json("match", 1)["open"].as_array().unwrap().iter().any(|open| open["urgency"] == "must-have")
    );
    bench.ends("transfer list", 1);
    assert!(bench.error("transfer show 00", 2).contains("no transfer begins with '00'"));
}

#[test]
fn a_route_is_closed_listed_and_opened_again() {
    let bench = Bench::new();
    bench.found();
    assert!(bench.ends("route list", 0).contains("open"));
    bench.ends("route close road --reason flood --until 2099-01-01", 0);
    let view = bench.json("route list", 0);
    let closed = &view["routes"][0]["closed"][0];
    assert_eq!((&closed["by"], &closed["reason"]), (&"mill".into(), &"flood".into()));
    assert_eq!((&closed["until"], &closed["holds"]), (&"2099-01-01".into(), &true.into()));
    bench.ends("need rice 250kg", 0);
    bench.ends("route open road", 0);
    assert!(bench.json("route list", 0)["routes"][0]["closed"].as_array().unwrap().is_empty());
    assert!(bench.error("route close lane --reason snow", 2).contains("there is no route 'lane'"));
    assert!(
        bench
            .error("route close road --reason snow --from 2026-02-02 --until 2026-02-01", 2)
            .contains("is before")
    );
    bench.ends("route close road --reason boredom", 64);
}

#[test]
fn a_served_node_answers_the_same_and_ends_cleanly() {
    let bench = Bench::new();
    bench.found();
    bench.write("c.csv", "store,item,amount\nmill,rice,3 t\n");
    bench.ends("count import c.csv --yes", 0);
    let before = bench.json("stock", 0);
    let serving = Serving::start(&bench);
    let note = bench.path().join("node/console");
    assert_eq!(fs::metadata(&note).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(bench.json("stock", 0), before);
    bench.ends("need pills 7", 0);
    assert_eq!(bench.json("check", 0)["sound"], true);
    // No backup is made and nobody has signed in yet: both are said.
    assert_eq!(bench.json("doctor", 1)["community"], "mill");
    // The token opens the whole API to a program of the same machine: it acts as the one who runs the node.
    let text = fs::read_to_string(&note).unwrap();
    let (address, token) = text.split_once('\n').unwrap();
    let ask = |path: &str, token: &str, body: Option<&str>| {
        let url = format!("http://{address}/api/v1/{path}");
        let config = ureq::Agent::config_builder().proxy(None).http_status_as_error(false).build();
        let agent = ureq::Agent::new_with_config(config);
        let bearer = format!("Bearer {token}");
        let answer = match body {
            None => agent.get(url).header("authorization", bearer).call(),
            Some(body) => agent
                .post(url)
                .header("authorization", bearer)
                .header("content-type", "application/json")
                .send(body.as_bytes()),
        };
        let mut answer = answer.unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    let token = token.trim();
    let (status, lots) = ask("lots", token, None);
    assert!(status == 200 && lots.contains("mill-store"), "{status} {lots}");
    let done = r#"{"act":"01980000-0000-7000-8000-000000000001","confirmed":true,"what":{"kind":"take-in",
        "store":"mill-store","item":"rice","quantity":{"amount":1000,"unit":"g"},"reason":"harvested"}}"#;
    let (status, answer) = ask("commands", token, Some(done));
    assert!(status == 200 && answer.contains("recorded"), "{status} {answer}");
    let other = done.replace("1000", "2000");
    let (status, answer) = ask("commands", token, Some(&other));
    assert!(status == 409 && answer.contains("conflict"), "{status} {answer}");
    for wrong in ["wrong", ""] {
        assert_eq!(ask("commands", wrong, Some(&other)).0, 401, "{wrong:?}");
        assert_eq!(ask("console", wrong, Some(r#""stock""#)).0, 401, "{wrong:?}");
    }
    let (status, described) = ask("openapi.json", token, None);
    assert!(status == 200 && described.contains("/api/v1/console") && described.contains("/api/v1/commands"));
    // Without the token nothing is answered.
    fs::write(&note, format!("{address}\nwrong\n")).unwrap();
    assert!(bench.error("stock", 2).contains("refuses the command (401"));
    assert_eq!(serving.end(), Some(0));
    assert!(!note.exists(), "the note is taken away");
    assert_eq!(rows(&bench.json("stock", 0)).iter().map(|row| row.3).sum::<i64>(), 3_001_000);
}

#[test]
fn a_note_that_was_left_behind_does_not_stand_in_the_way() {
    let bench = Bench::new();
    bench.found();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    fs::write(bench.path().join("node/console"), format!("{port}\nold\n")).unwrap();
    bench.ends("stock", 1);
}

#[test]
fn a_taken_port_is_a_clear_error() {
    let bench = Bench::new();
    bench.found();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let told = bench.error(&format!("serve --listen {}", taken.local_addr().unwrap()), 2);
    assert!(told.contains("cannot listen on") && told.contains("choose another with --listen"), "{told}");
}

#[test]
fn the_log_is_shown_verified_and_taken_out_without_what_stays_at_home() {
    let bench = Bench::new();
    let founded = bench.found();
    bench.write("c.csv", "store,item,amount\nmill,rice,3 t\n");
    bench.ends("count import c.csv --yes", 0);
    let shown = bench.json("log show --limit 3", 0);
    let newest = &shown["entries"][0];
    assert_eq!((newest["kind_name"].as_str(), newest["stream"].as_str()), (Some("counted"), Some("stock")));
    assert_eq!((&newest["node"], newest["community"].as_str()), (&founded["node"], Some("mill")));
    let verified = bench.json("log verify", 0);
    assert!(verified["sound"] == true && verified["logs"].as_array().unwrap().len() >= 2, "{verified}");
    let lines = |line: &str| -> Vec<Value> {
        bench.ends(line, 0).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (shared, all) = (lines("log export"), lines("log export --local --json"));
    assert!(shared.len() < all.len(), "the steward's name stays at home");
    assert!(shared.iter().all(|entry| entry["stream"] != "local"));
    assert!(all.iter().any(|entry| entry["kind_name"] == "name-sealed"));
    assert!(shared.windows(2).all(|pair| pair[0]["place"].as_u64() < pair[1]["place"].as_u64()));
    let last = shared.last().unwrap()["place"].as_u64().unwrap();
    assert_eq!(bench.ends(&format!("log export --after {last}"), 1), "");
}

#[test]
fn several_recovery_codes_are_made_for_several_people() {
    let bench = Bench::new();
    let line = "init --community mill --region r.toml --recovery-codes 3";
    assert!(bench.error(&format!("{line} --recovery-needed 4"), 64).contains("4 of 3 recovery codes"));
    let told = bench.error(line, 0);
    assert!(told.contains("for 3 people") && told.contains("2 of them together"), "{told}");
}

#[test]
fn a_backup_comes_back_whole_elsewhere_and_nowhere_else() {
    let bench = Bench::new();
    let founded = bench.found();
    bench.write("c.csv", "store,item,amount\nmill,rice,3 t\n");
    bench.ends("count import c.csv --yes", 0);
    assert!(bench.error("backup b.age", 64).contains("--passphrase-file"));
    bench.write("short", "abc\n");
    assert!(bench.error("backup b.age --passphrase-file short", 2).contains("use at least"));
    bench.write("phrase", "five plain words will do\n");
    bench.write("other", "five other words will not\n");
    bench.ends("backup b.age --passphrase-file phrase", 0);
    let tried = bench.json("backup verify b.age --passphrase-file phrase", 0);
    assert!(tried["sound"] == true && tried["entries"].as_u64() > Some(5), "{tried}");
    assert_eq!(tried["node"], founded["node"]);
    assert!(bench.error("backup verify b.age --passphrase-file other", 2).contains("does not open"));
    let whole = fs::read(bench.path().join("b.age")).unwrap();
    fs::write(bench.path().join("cut.age"), &whole[..whole.len() - 9]).unwrap();
    assert!(bench.error("backup verify cut.age --passphrase-file phrase", 2).contains("cut off"));
    let restore = |phrase: &str, to: &str| {
        let line = format!("restore b.age --passphrase-file {phrase}");
        bench.command(&line).env("KOINON_DATA", to).output().unwrap()
    };
    assert_eq!(restore("other", "elsewhere").status.code(), Some(2));
    assert_eq!(restore("phrase", "node").status.code(), Some(2), "never over a node");
    assert_eq!(restore("phrase", "elsewhere").status.code(), Some(0));
    let stock = bench.command("stock --json").env("KOINON_DATA", "elsewhere").output().unwrap();
    let stock: Value = serde_json::from_slice(&stock.stdout).unwrap();
    assert_eq!(stock, bench.json("stock", 0));
    let doctor = bench.command("doctor --json").env("KOINON_DATA", "elsewhere").output().unwrap();
    let doctor: Value = serde_json::from_slice(&doctor.stdout).unwrap();
    assert_eq!(doctor["node"], founded["node"]);
}

#[test]
fn sign_in_is_reset_and_a_region_adopted_on_the_console() {
    let bench = Bench::new();
    let founded = bench.found();
    let reset = bench.json("sign-in reset Ana", 0);
    assert_ne!(reset["code"], founded["one_time_code"]);
    let nobody = bench.error("sign-in reset Bob", 2);
    assert!(nobody.contains("nobody here is called 'Bob'") && nobody.contains("Ana ("), "{nobody}");
    assert!(!nobody.contains("--as"), "{nobody}");
    let people = bench.json("sign-in reset", 1);
    assert_eq!((&people[0]["name"], &people[0]["sign_in_name"]), (&"Ana".into(), &Value::Null));
    let text = String::from_utf8_lossy(REGION).replace("Two towns", "Two towns and a bridge");
    bench.write("new.toml", &text);
    assert_eq!(bench.json("region adopt new.toml", 0)["recorded"], true);
    bench.write("c.csv", "store,item,amount\nmill,rice,3 t\n");
    bench.ends("count import c.csv --yes", 0);
    bench.write("other.toml", &text.replace("\"rice\"", "\"grain\""));
    let lost = bench.error("region adopt other.toml", 2);
    assert!(lost.contains("item rice") && lost.contains("for ever"), "{lost}");
    bench.write("bad.toml", "format = 1\n");
    assert!(bench.error("region adopt bad.toml", 2).contains("cannot be used"));
    assert_eq!(bench.json("check", 0)["sound"], true);
}

#[test]
fn a_damaged_store_is_named_and_never_mended() {
    let bench = Bench::new();
    bench.found();
    let store = bench.path().join("node/koinon.db");
    let mut file = fs::OpenOptions::new().write(true).open(&store).unwrap();
    file.write_all(b"this is no database file at all").unwrap();
    drop(file);
    let before = fs::read(&store).unwrap();
    for line in ["stock", "check", "doctor"] {
        let told = bench.error(line, 2);
        assert!(told.starts_with("error: the node cannot be opened"), "{told}");
    }
    assert_eq!(fs::read(&store).unwrap(), before);
}

#[test]
fn a_serving_node_answers_to_its_own_names_only() {
    let bench = Bench::new();
    bench.found();
    let (serving, address) = Serving::start_with(&bench, "--name mill.example");
    let asked = |host: &str, method: &str| {
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        let head =
            format!("{method} / HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Length: 0\r\n");
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    for (host, status) in
        [(address.as_str(), "200"), ("localhost", "200"), ("mill.example:80", "200"), ("evil.example", "421")]
    {
        assert_eq!(asked(host, "GET"), status, "{host}");
    }
    assert_eq!(asked("evil.example", "POST"), "421");
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn an_empty_book_says_so_and_an_amount_of_two_readings_is_asked_about() {
    let bench = Bench::new();
    bench.found();
    let told = bench.error("stock", 1);
    assert!(told.contains("Nothing is in stock yet") && told.contains("koinon count import"), "{told}");
    let told = bench.error("need rice 1,500kg", 64);
    assert!(told.contains("1.5 t") && told.contains("1.5 kg") && told.contains("--decimal"), "{told}");
    bench.ends("need rice 1,500kg --decimal comma", 0);
    let told = bench.error("need rice 1e400", 64);
    assert!(told.contains("'1e400' is not a number"), "{told}");
}
