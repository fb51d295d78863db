//! Two real processes in two network namespaces of their own, over a line that is slow, loses a fifth of all packets, is
//! cut, and comes back; one of them is killed while it writes. Skips where the machine lets nobody make such a line.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests may fail loudly, and wait for other processes by the machine's clock"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const REGION: &[u8] = include_bytes!("cli/two-towns.toml");
const ROWS: usize = 1_500;

fn done(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let command = Command::new(words.next().unwrap()).args(words).output();
    command.is_ok_and(|output| output.status.success())
}

/// A computer in a network namespace.
struct Place {
    name: String,
    directory: tempfile::TempDir,
    address: &'static str,
    code: &'static str,
}

impl Place {
    fn new(code: &'static str, address: &'static str) -> Self {
        let name = format!("koinon-{code}-{}", std::process::id());
        Self { name, directory: tempfile::tempdir().unwrap(), address, code }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn inside(&self, line: &str) -> bool {
        done(&format!("ip netns exec {} {line}", self.name))
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name, env!("CARGO_BIN_EXE_koinon")]);
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.args(line.split_whitespace()).current_dir(self.path()).env_clear();
        command.env("KOINON_DATA", "node").env("PATH", path);
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).stdin(Stdio::null()).output().unwrap()
    }

    fn ends(&self, line: &str, code: i32) -> (String, String) {
        let output = self.run(line);
        let (out, told) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(code), "{line}\n{out}{told}");
        (out, told)
    }

    fn rows_of(&self, community: &str) -> usize {
        let view: Value = serde_json::from_slice(&self.run("stock --json").stdout).unwrap();
        view["rows"].as_array().unwrap().iter().filter(|row| row["community"] == community).count()
    }

    fn found(&self) {
        fs::write(self.path().join("r.toml"), REGION).unwrap();
        let (agreed, _) = self.ends("agreement draft --region r.toml", 0);
        fs::write(self.path().join("a.toml"), agreed).unwrap();
        let (code, address) = (self.code, self.address);
        self.ends(
            &format!("init --community {code} --region r.toml --agreement a.toml --address {address}"),
            0,
        );
    }

    fn serve(&self) -> Serving {
        let line = format!("serve --listen {}:7443 --exchange-every 1", self.address);
        let mut child = self
            .command(&line)
            .env("KOINON_LOG", "off")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut told).unwrap();
        assert!(told.starts_with("Serving https://"), "{told}");
        Serving(child)
    }

    /// Writes counts of new batches, numbered from so many on.
    fn count(&self, from: usize, rows: usize) {
        let lines = (from..from + rows).map(|n| format!("{},rice,{} kg,B{n}\n", self.code, n + 1));
        let table: String = std::iter::once("store,item,amount,batch\n".to_owned()).chain(lines).collect();
        fs::write(self.path().join("c.csv"), table).unwrap();
        self.ends("count import c.csv --yes --sure", 0);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        done(&format!("ip netns del {}", self.name));
    }
}

struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks until it is so; a slow line under load gets two minutes.
fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_mins(2), "{what}");
        std::thread::park_timeout(Duration::from_millis(300));
    }
}

/// A line between two places: 512 kbit/s each way, and one packet in five is lost. `None` where none can be made.
fn line(mill: &Place, hill: &Place) -> Option<()> {
    let (near, far) = (format!("km{}", std::process::id()), format!("kh{}", std::process::id()));
    let made = done(&format!("ip netns add {}", mill.name))
        && done(&format!("ip netns add {}", hill.name))
        && done(&format!("ip link add {near} type veth peer name {far}"))
        && done(&format!("ip link set {near} netns {}", mill.name))
        && done(&format!("ip link set {far} netns {}", hill.name));
    if !made {
        return None;
    }
    for (place, device) in [(mill, &near), (hill, &far)] {
        let steps = [
            "ip link set lo up".to_owned(),
            format!("ip link set {device} name line0"),
            format!("ip addr add {}/24 dev line0", place.address),
            "ip link set line0 up".to_owned(),
            "tc qdisc add dev line0 root tbf rate 512kbit burst 32kbit latency 400ms".to_owned(),
            "nft add table inet t".to_owned(),
            "nft add chain inet t in { type filter hook input priority 0; }".to_owned(),
            "nft add rule inet t in iifname line0 numgen random mod 100 < 20 drop".to_owned(),
        ];
        if !steps.iter().all(|step| place.inside(step)) {
            return None;
        }
    }
    Some(())
}

#[test]
fn over_a_slow_line_that_loses_and_is_cut_both_hold_the_same_in_the_end() {
    let (mill, hill) = (Place::new("mill", "10.77.13.1"), Place::new("hill", "10.77.13.2"));
    if line(&mill, &hill).is_none() {
        eprintln!("SKIPPED: no network namespaces here; run as root, with iproute2 and nftables installed");
        return;
    }
    mill.found();
    hill.found();
    let (mut at_mill, _at_hill) = (mill.serve(), hill.serve());
    let number = |place: &Place| {
        let (_, told) =
            place.ends(&format!("join --address https://{}:7443 --to own.card", place.address), 0);
        told.lines().find_map(|line| line.strip_prefix("    ")).unwrap().replace(' ', "-")
    };
    let (mill_number, hill_number) = (number(&mill), number(&hill));
    fs::copy(mill.path().join("own.card"), hill.path().join("other.card")).unwrap();
    fs::copy(hill.path().join("own.card"), mill.path().join("other.card")).unwrap();
    for (place, number) in [(&mill, &hill_number), (&hill, &mill_number)] {
        let address = format!("https://{}:7443", place.address);
        place.ends(&format!("join other.card --number {number} --address {address} --to again.card"), 0);
    }
    mill.count(0, ROWS);
    wait_until("the counts come over a poor line", || hill.rows_of("mill") == ROWS);

    // The line is cut. Both go on, and say what is wrong; a plug is pulled while one writes.
    assert!(mill.inside("ip link set line0 down"));
    hill.count(0, 40);
    let (out, told) = mill.ends("sync", 1);
    assert!(format!("{out}{told}").contains("hill"), "{out}{told}");
    let mut writing = mill.command("count import d.csv --yes --sure");
    let lines = (0..ROWS).map(|n| format!("mill,rice,{} kg,D{n}\n", n + 1));
    let table: String = std::iter::once("store,item,amount,batch\n".to_owned()).chain(lines).collect();
    fs::write(mill.path().join("d.csv"), table).unwrap();
    let mut writing =
        writing.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    at_mill.0.kill().unwrap();
    at_mill.0.wait().unwrap();
    let _ = writing.wait();
    at_mill = mill.serve();
    mill.ends("count import d.csv --yes --sure", 0);

    // The line is back.
    assert!(mill.inside("ip link set line0 up"));
    wait_until("both hold the same", || {
        hill.rows_of("mill") == 2 * ROWS && mill.rows_of("hill") == 40 && hill.rows_of("hill") == 40
    });
    for place in [&mill, &hill] {
        let (out, _) = place.ends("check --json", 0);
        let view: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(view["sound"], true, "{view}");
        assert_eq!(view["forks"].as_array().map(Vec::len), Some(0));
    }
    drop(at_mill);
}
