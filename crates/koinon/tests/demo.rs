//! The demo's own promises: a seed repeats the world through real nodes, and kept data go on.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test may fail loudly"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running demo, driven by its own pages.
struct Demo {
    process: Child,
    address: String,
    agent: ureq::Agent,
    cookie: String,
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Only a test that failed leaves it running.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Demo {
    fn start(first_port: u16, more: &[&str]) -> Self {
        // Twelve ports in a row; where another program has one of them, the next dozen is tried.
        let mut tried = (0..40).map(|dozen| first_port + dozen * 12);
        let (process, address) = tried
            .find_map(|port| {
                let listen = format!("127.0.0.1:{port}");
                let mut process = Command::new(env!("CARGO_BIN_EXE_koinon"))
                    .args(["demo", "--paused", "--listen", &listen])
                    .args(more)
                    .env_clear()
                    .stdin(Stdio::null())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap();
                let said = BufReader::new(process.stdout.take().unwrap());
                let ready = said.lines().map_while(Result::ok).any(|line| line.contains("Ctrl-C"));
                if !ready {
                    process.wait().unwrap();
                }
                ready.then(|| (process, format!("http://{listen}")))
            })
            .unwrap();
        let config =
            ureq::Agent::config_builder().proxy(None).http_status_as_error(false).max_redirects(0).build();
        let agent = ureq::Agent::new_with_config(config);
        let first = agent.get(format!("{address}/demo")).call().unwrap();
        let cookies = first.headers().get_all("set-cookie").iter();
        let cookies: Vec<&str> =
            cookies.map(|set| set.to_str().unwrap().split(';').next().unwrap()).collect();
        let cookie = cookies.join("; ");
        Self { process, address, agent, cookie }
    }

    fn page(&self) -> String {
        let asked = self.agent.get(format!("{}/demo", self.address)).header("Cookie", &self.cookie);
        let answer = asked.call().unwrap();
        answer.into_body().read_to_string().unwrap()
    }

    /// Presses a button of the panel.
    fn press(&self, what: &str, which: &str) {
        let page = self.page();
        let (_, rest) = page.split_once("name=\"token\" value=\"").unwrap();
        let (token, _) = rest.split_once('"').unwrap();
        let form = [("token", token), ("do", what), ("what", which)];
        let posted = self.agent.post(format!("{}/demo/act", self.address)).header("Origin", &self.address);
        let posted = posted.header("Cookie", &self.cookie);
        assert_eq!(posted.send_form(form).unwrap().status(), 303);
    }

    /// The fingerprint of the day that has passed, and the words that name the day.
    fn day(&self) -> (String, String) {
        let page = self.page();
        let (_, rest) = page.split_once("<code>").unwrap();
        let (digest, _) = rest.split_once("</code>").unwrap();
        let (_, rest) = page.split_once("<p>It is ").unwrap();
        let (day, _) = rest.split_once("</p>").unwrap();
        (digest.to_owned(), day.to_owned())
    }

    /// Steps through days until the page says so.
    fn step(&self) -> (String, String) {
        let (_, before) = self.day();
        self.press("step", "");
        loop {
            let (digest, day) = self.day();
            if day != before {
                return (digest, day);
            }
        }
    }

    /// Ends as Ctrl-C does.
    fn end(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(asked.success());
        assert!(self.process.wait().unwrap().success());
    }
}

fn days(demo: &Demo) -> Vec<(String, String)> {
    let mut days = vec![demo.day()];
    days.push(demo.step());
    demo.press("fail-crop", "heath");
    days.extend([demo.step(), demo.step()]);
    days
}

#[test]
fn a_seed_repeats_the_world_through_real_nodes() {
    let run = |port, seed, look: fn(&Demo) -> Vec<(String, String)>| {
        let demo = Demo::start(port, &["--seed", seed]);
        let days = look(&demo);
        demo.end();
        days
    };
    let first = run(23_000, "5", days);
    let again = run(24_000, "5", days);
    // Another seed is another world from its first day on.
    let other = run(25_000, "6", |demo| vec![demo.day()]);
    assert_eq!(first, again, "equal seed, equal acts, equal days");
    let [(here, day), ..] = first.as_slice() else { panic!("no day") };
    let [(there, other_day)] = other.as_slice() else { panic!("one day") };
    assert!(day == other_day && here != there, "{first:?} {other:?}");
}

#[test]
fn kept_data_go_on_where_they_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let data = |dir: &Path| dir.join("kept").to_str().unwrap().to_owned();
    let begun = Demo::start(26_000, &["--data", &data(dir.path())]);
    let (_, stopped) = begun.step();
    begun.end();
    let resumed = Demo::start(26_000, &["--data", &data(dir.path())]);
    let page = resumed.page();
    assert!(page.contains(&stopped), "{stopped} in {page}");
    let (_, next) = {
        resumed.press("step", "");
        loop {
            let page = resumed.page();
            if page.contains("<code>") && !page.contains(&stopped) {
                break resumed.day();
            }
        }
    };
    assert_ne!(next, stopped);
    resumed.end();
}
