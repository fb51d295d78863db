//! Two nodes as two operators run them: founded, served over TLS, made neighbours by their cards; what one counts, the
//! other sees.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a test may fail loudly, and waits for another process by the machine's clock"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const REGION: &[u8] = include_bytes!("cli/two-towns.toml");

/// A community's computer: a directory with its node in it.
struct Computer {
    directory: tempfile::TempDir,
}

impl Computer {
    fn found(community: &str) -> Self {
        Self::found_in(community, "")
    }

    fn found_in(community: &str, more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("r.toml"), REGION).unwrap();
        let computer = Self { directory };
        let (agreed, _) = computer.ends("agreement draft --region r.toml", 0);
        fs::write(computer.path().join("a.toml"), agreed).unwrap();
        computer.ends(&format!("init --community {community} --region r.toml --agreement a.toml {more}"), 0);
        computer
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

    fn json(&self, line: &str, code: i32) -> Value {
        serde_json::from_str(&self.ends(&format!("{line} --json"), code).0).unwrap()
    }

    /// Makes a card; gives its number as the operator would read it out.
    fn card(&self, address: &str) -> String {
        let (_, told) = self.ends(&format!("peer card --to own.card {address}"), 0);
        told.lines().find_map(|line| line.strip_prefix("    ")).unwrap().replace(' ', "-")
    }

    /// Carries another computer's card here.
    fn takes_card_of(&self, other: &Self) {
        fs::copy(other.path().join("own.card"), self.path().join("other.card")).unwrap();
    }

    fn rows_of(&self, community: &str) -> usize {
        let output = self.run("stock --json");
        let view: Value = serde_json::from_slice(&output.stdout).unwrap();
        view["rows"].as_array().unwrap().iter().filter(|row| row["community"] == community).count()
    }
}

/// A node that is served over TLS on a port that the system chose; ended hard if a test forgets to end it well.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(computer: &Computer) -> Self {
        let mut child = computer
            .command("serve --listen 127.0.0.1:0 --tls --onboarding 127.0.0.1:0 --exchange-every 1")
            .env("KOINON_LOG", "off")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.strip_prefix("Serving ").and_then(|rest| rest.split(';').next());
        let address = address.filter(|address| address.starts_with("https://127.0.0.1:"));
        Self { address: address.unwrap_or_else(|| panic!("{line}")).to_owned(), child }
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

/// Mill and Hill, served, each on the other's list.
fn neighbours() -> [(Computer, Serving); 2] {
    let (mill, hill) = (Computer::found("mill"), Computer::found("hill"));
    let (at_mill, at_hill) = (Serving::start(&mill), Serving::start(&hill));
    let mill_number = mill.card(&format!("--address {}", at_mill.address));
    let hill_number = hill.card(&format!("--address {}", at_hill.address));
    mill.takes_card_of(&hill);
    hill.takes_card_of(&mill);
    mill.ends(&format!("peer add other.card --number {hill_number}"), 0);
    hill.ends(&format!("peer add other.card --number {mill_number}"), 0);
    [(mill, at_mill), (hill, at_hill)]
}

/// Looks until it is so; a machine under load gets a minute.
fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::park_timeout(Duration::from_millis(100));
    }
}

#[test]
fn what_one_operators_node_counts_the_other_operators_node_sees() {
    let (mill, hill) = (Computer::found("mill"), Computer::found("hill"));
    let (at_mill, at_hill) = (Serving::start(&mill), Serving::start(&hill));
    let mill_number = mill.card(&format!("--address {}", at_mill.address));
    let hill_number = hill.card(&format!("--address {}", at_hill.address));
    mill.takes_card_of(&hill);
    hill.takes_card_of(&mill);

    // The first to list is refused until the other lists too, and is told so.
    let (_, told) = mill.ends(&format!("peer add other.card --number {hill_number}"), 0);
    for words in [
        "hill is listed.",
        "! hill, greeting: it refuses with status 403",
        "tried again in",
        "hint: its operator must list this node too",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let added = hill.json(&format!("peer add other.card --number {mill_number}"), 0);
    assert_eq!(added["peer"]["community"], "mill");
    assert_eq!(added["exchange"]["error"], Value::Null, "{added}");
    // How many entries this exchange brought is not asked: the node's own turn may have been a moment earlier.

    fs::write(mill.path().join("c.csv"), "store,item,amount\nmill,rice,3 t\n").unwrap();
    mill.ends("count import c.csv --confirm", 0);
    wait_until("hill sees what mill counted", || hill.rows_of("mill") == 1);
    mill.ends("peer exchange", 0);
    let listed = mill.json("peer list", 0);
    assert_eq!(listed["peers"][0]["last_error"], Value::Null, "{listed}");
    assert!(listed["peers"][0]["last_asked_us"].is_string(), "{listed}");

    // A neighbour that is off: who, at which step, why, and when it is tried again.
    at_mill.end();
    let (_, told) = hill.ends("peer exchange mill", 1);
    assert!(told.contains("! mill, greeting: ") && told.contains("check that it runs"), "{told}");
    assert!(hill.ends("doctor", 1).0.contains("! mill, greeting"));
    // The commands work on a node that nobody serves, too; the exchange goes on.
    fs::write(mill.path().join("c.csv"), "store,item,amount\nmill,pills,12\n").unwrap();
    mill.ends("count import c.csv --confirm", 0);
    fs::write(hill.path().join("c.csv"), "store,item,amount\nhill,rice,1 t\n").unwrap();
    hill.ends("count import c.csv --confirm", 0);
    mill.ends("peer exchange hill", 0);
    assert_eq!(mill.rows_of("hill"), 1);

    hill.ends("peer remove mill", 0);
    hill.ends("peer list", 1);
    let (_, told) = hill.ends("peer remove mill", 2);
    assert!(told.contains("no neighbour 'mill' is listed"), "{told}");
    assert_eq!(hill.rows_of("mill"), 1, "what mill wrote stays");
    at_hill.end();
}

#[test]
fn a_stick_goes_there_and_back_while_one_of_the_nodes_is_served() {
    let (mill, hill) = (Computer::found("mill"), Computer::found("hill"));
    let at_mill = Serving::start(&mill);
    let numbers = (mill.card(""), hill.card(""));
    mill.takes_card_of(&hill);
    hill.takes_card_of(&mill);
    mill.ends(&format!("peer add other.card --number {}", numbers.1), 0);
    hill.ends(&format!("peer add other.card --number {}", numbers.0), 0);
    fs::write(mill.path().join("c.csv"), "store,item,amount\nmill,rice,3 t\n").unwrap();
    mill.ends("count import c.csv --confirm", 0);

    let (files, told) = mill.ends("bundle export --for hill --file there.koinon", 0);
    assert!(
        files.trim().ends_with("there.koinon") && told.contains("entries prove themselves"),
        "{files}{told}"
    );
    let stick = hill.path().join("there.koinon");
    fs::copy(mill.path().join("there.koinon"), &stick).unwrap();
    let seen = hill.json("bundle inspect there.koinon", 0);
    assert_eq!((seen["whole"].as_bool(), seen["part"].as_u64()), (Some(true), Some(1)), "{seen}");
    let taken = hill.json("bundle import there.koinon", 0);
    let bundle = &taken["bundles"][0];
    assert_eq!(
        (bundle["made_by"].as_str(), bundle["signed"].as_bool()),
        (Some("mill"), Some(true)),
        "{taken}"
    );
    assert_eq!(hill.rows_of("mill"), 1);
    let (printed, _) = hill.ends("bundle import there.koinon", 0);
    assert!(printed.contains("  made by   mill\n") && printed.contains("  new here  0\n"), "{printed}");

    hill.ends("bundle export --for mill --file back.koinon", 0);
    let back = hill.json("bundle inspect back.koinon", 0);
    fs::copy(hill.path().join("back.koinon"), mill.path().join("back.koinon")).unwrap();
    assert_eq!(back["entries"].as_object().unwrap().len(), 1, "of hill alone: {back}");
    mill.ends("bundle import back.koinon", 0);

    let (_, told) = mill.ends("bundle export --for hill --file there.koinon", 2);
    assert!(told.contains("is there already"), "{told}");
    let (_, told) = mill.ends("bundle export --for nobody", 2);
    assert!(told.contains("no neighbour 'nobody' is listed"), "{told}");
    let (_, told) = mill.ends("bundle export --part-size 1", 2);
    assert!(told.contains("parts of 1 MiB are too small"), "{told}");
    let (_, told) = hill.ends("bundle import c.csv", 2);
    assert!(told.contains("c.csv"), "{told}");
    fs::write(hill.path().join("c.csv"), "store,item,amount\n").unwrap();
    let (_, told) = hill.ends("bundle import c.csv", 2);
    assert!(told.contains("this is no bundle of koinon") && told.contains("hint:"), "{told}");
    let whole = fs::read(&stick).unwrap();
    fs::write(&stick, &whole[..whole.len() - 40]).unwrap();
    let (_, told) = hill.ends("bundle inspect there.koinon", 1);
    assert!(told.contains("The file breaks off."), "{told}");
    at_mill.end();
}

#[test]
fn neighbours_go_on_when_a_certificate_is_renewed_while_it_is_served() {
    let [(mill, at_mill), (hill, at_hill)] = neighbours();
    hill.ends("peer exchange mill", 0);

    let before = mill.json("certificate show", 0);
    let (_, told) = mill.ends("certificate renew --name example.org", 2);
    assert!(told.contains("not for 'example.org'"), "{told}");
    let renewed = mill.json("certificate renew --name mill.internal --address 127.0.0.2", 0);
    assert_eq!(renewed["authority_fingerprint"], before["authority_fingerprint"]);
    let names: Vec<&str> = renewed["names"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(names.contains(&"mill.internal") && names.contains(&"127.0.0.2"), "{names:?}");
    assert_eq!(mill.json("certificate show", 0), renewed);

    fs::write(mill.path().join("c.csv"), "store,item,amount\nmill,rice,3 t\n").unwrap();
    mill.ends("count import c.csv --confirm", 0);
    hill.ends("peer exchange mill", 0);
    assert_eq!(hill.rows_of("mill"), 1);
    hill.ends("certificate renew", 0);
    mill.ends("peer exchange hill", 0);
    // A new authority is another: the neighbour refuses it until it has the new card.
    mill.ends("certificate renew --new-authority", 0);
    hill.ends("peer exchange mill", 1);
    let number = mill.card(&format!("--address {}", at_mill.address));
    hill.takes_card_of(&mill);
    hill.ends(&format!("peer add other.card --number {number}"), 0);
    hill.ends("peer exchange mill", 0);
    at_mill.end();
    at_hill.end();
}

#[test]
fn an_address_with_another_certificate_is_no_neighbour() {
    let (mill, hill) = (Computer::found("mill"), Computer::found("hill"));
    let (at_mill, at_hill) = (Serving::start(&mill), Serving::start(&hill));
    let number = hill.card(&format!("--address {}", at_hill.address));
    mill.takes_card_of(&hill);
    let line = format!("peer add other.card --number {number} --address {}", at_mill.address);
    let added = mill.json(&line, 0);
    let error = added["exchange"]["error"].as_str().unwrap();
    assert!(error.starts_with("hill, greeting: ") && error.contains("not vouched for"), "{error}");
    // The neighbour's own address, which the certificate does not name.
    let named = at_hill.address.replace("127.0.0.1", "127.0.0.2");
    let added = mill.json(&format!("peer add other.card --number {number} --address {named}"), 0);
    assert!(added["exchange"]["error"].is_string());
}

#[test]
fn a_card_is_believed_only_with_its_number_and_only_within_the_federation() {
    let (mill, hill) = (Computer::found("mill"), Computer::found("hill"));
    let number = hill.card("--address https://hill.internal:7400");
    mill.takes_card_of(&hill);
    let (out, told) = mill.ends("peer add other.card", 64);
    assert!(told.contains("--number") && !told.contains(&number[..9].replace('-', " ")), "{out}{told}");
    let (_, told) = mill.ends("peer add other.card --number 0000-0000", 2);
    assert!(told.contains("not that of hill's card"), "{told}");
    let text = fs::read_to_string(mill.path().join("other.card")).unwrap();
    fs::write(mill.path().join("changed.card"), text.replace("hill.internal", "evil.internal")).unwrap();
    mill.ends(&format!("peer add changed.card --number {number}"), 2);
    mill.ends("peer list", 1);

    let own = mill.card("");
    let (_, told) = mill.ends(&format!("peer add own.card --number {own}"), 2);
    assert!(told.contains("own card"), "{told}");
    let far = Computer::found_in("hill", "--network elsewhere");
    let number = far.card("");
    mill.takes_card_of(&far);
    let (_, told) = mill.ends(&format!("peer add other.card --number {number}"), 2);
    assert!(told.contains("the card is of federation") && told.contains("--network"), "{told}");
    for (address, words) in [
        ("hill.internal", "must begin with https://"),
        ("http://hill.internal:7400", "plain http is for this machine only"),
        ("https://hill.internal:7400/x", "only host and port"),
    ] {
        let (_, told) = hill.ends(&format!("peer card --address {address}"), 2);
        assert!(told.contains(words), "{told}");
    }
    // Without an address the neighbour asks, and is listed all the same.
    let number = hill.card("");
    mill.takes_card_of(&hill);
    let (_, told) = mill.ends(&format!("peer add other.card --number {number}"), 0);
    assert!(told.contains("it asks this node"), "{told}");
    mill.ends("peer exchange", 1);
}

/// A public key of age, as its documentation shows one; nobody here has the private one.
const CLINIC: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

#[test]
fn a_clinics_file_is_kept_by_a_neighbour_that_agreed_and_comes_back_as_it_was() {
    let [(mill, at_mill), (hill, at_hill)] = neighbours();
    mill.ends("kept list", 1);

    fs::write(mill.path().join("ward.tar"), "the patient of bed seven ".repeat(9_000)).unwrap();
    let (_, told) = mill.ends("kept add ward.tar --name ward --with hill", 2);
    assert!(told.contains("is not encrypted") && told.contains("hint: say --recipient"), "{told}");
    let add = format!("kept add ward.tar --name ward --with hill --recipient {CLINIC}");
    let placed = mill.json(&add, 0);
    let digest = placed["digest"].as_str().unwrap();
    let bytes = placed["bytes"].as_u64().unwrap();
    let kib = bytes.div_ceil(1_024);
    assert!(bytes > 225_000, "{placed}");

    // The neighbour is asked, and takes nothing before its operator agreed.
    hill.ends("sync mill", 0);
    let asked = hill.json("kept list", 0);
    assert_eq!(asked["others"][0]["waiting"][0]["why"], "not-allowed", "{asked}");
    assert_eq!(mill.json("kept list", 0)["ours"][0]["keepers"][0]["not_taken"], "not-allowed");
    let (_, told) = hill.ends("kept allow mill --mib 1", 0);
    assert!(told.contains(&format!("Up to 1 MiB are kept for mill: {kib} of 1,024 KiB are held.")), "{told}");
    let list = mill.json("kept list", 0);
    let keeper = &list["ours"][0]["keepers"][0];
    assert!(keeper["holds"].as_bool() == Some(true) && keeper["proven"].is_string(), "{list}");
    let (shown, _) = mill.ends("kept list", 0);
    assert!(shown.contains("ward") && shown.contains("held and proven"), "{shown}");

    mill.ends("kept get ward --from hill --to back.age", 0);
    let back = fs::read(mill.path().join("back.age")).unwrap();
    assert_eq!(u64::try_from(back.len()).unwrap(), bytes);
    assert!(back.starts_with(b"age-encryption.org/v1"));
    let kept = hill.path().join("node/kept/of");
    let kept = fs::read_dir(kept).unwrap().next().unwrap().unwrap().path().join(format!("{digest}.age"));
    assert_eq!(fs::read(kept).unwrap(), back);
    let (_, told) = mill.ends("kept get wards --from hill --to other.age", 2);
    assert!(told.contains(&digest[..16]), "{told}");
    let (_, told) = mill.ends("kept get ward --from hill --to back.age", 2);
    assert!(told.contains("is there already"), "{told}");

    let (_, told) = hill.ends("kept allow mill --mib 0", 0);
    assert!(told.contains(&format!("1 file of {kib} KiB stays until mill lets it go")), "{told}");
    mill.ends("kept release ward", 64);
    mill.ends("kept release ward --sure", 0);
    hill.ends("sync mill", 0);
    assert_eq!(mill.json("kept list", 1)["ours"].as_array().unwrap().len(), 0);
    hill.ends("kept list", 1);
    at_mill.end();
    at_hill.end();
}
