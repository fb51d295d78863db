//! A node that is killed without warning, again and again, while it writes: what was acknowledged is there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests may fail loudly"
)]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{Home, on_hand, options, take_in};
use koinon_authority::Actor;
use koinon_node::{Node, SettableClock};

/// Where the killed process keeps its node.
const PLACE: &str = "KOINON_KILL_PLACE";
const PERSON: &str = "KOINON_KILL_PERSON";
const ROUNDS: u64 = 24;

/// The process that is killed: writes without end, and says what was acknowledged.
#[tokio::test]
#[ignore = "the other test runs it, in a process of its own"]
async fn the_process_that_is_killed() {
    let (Some(place), Ok(person)) = (std::env::var_os(PLACE).map(PathBuf::from), std::env::var(PERSON))
    else {
        return;
    };
    let clock = std::sync::Arc::new(SettableClock::new(common::start()));
    let node = Node::open_with(options(&place), clock).unwrap();
    let who = Actor::Person(person.parse().unwrap());
    let mut out = std::io::stdout().lock();
    loop {
        // Alone, and several in one commit.
        for group in [1_usize, 7] {
            let commands = (0..group).map(|_| (who.clone(), take_in(&node, 1))).collect();
            let good = node.submit_all(commands).await.iter().filter(|answer| answer.is_ok()).count();
            writeln!(out, "acknowledged {good}").unwrap();
            out.flush().unwrap();
        }
    }
}

fn start_one(place: &Path, person: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["the_process_that_is_killed", "--exact", "--ignored", "--nocapture"])
        .env(PLACE, place)
        .env(PERSON, person)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let home = Home::new(2, Some(0));
    let person = home.steward.unwrap().to_string();
    let mut acknowledged = 0_i64;
    for round in 0..ROUNDS {
        let mut child = start_one(&home.path(), &person);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // After another number of lines each time, and a moment into the next write.
        let wanted = 1 + round * 5 % 17;
        let mut seen = 0;
        while seen < wanted {
            let line = lines.next().expect("it writes until it is killed").unwrap();
            if let Some(count) = line.strip_prefix("acknowledged ") {
                acknowledged += count.parse::<i64>().unwrap();
                seen += 1;
            }
        }
        std::thread::park_timeout(std::time::Duration::from_micros(round * 97 % 1_500));
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before the kill and nobody had read yet.
        let said = lines.map_while(Result::ok);
        acknowledged +=
            said.filter_map(|line| line.strip_prefix("acknowledged ")?.parse::<i64>().ok()).sum::<i64>();
    }
    let node = home.open();
    let own = node.read(|book| book.own().unwrap().clone());
    let there = i64::try_from(on_hand(&node, &own)).unwrap();
    let most = acknowledged + 7 * i64::try_from(ROUNDS).unwrap();
    assert!((acknowledged..=most).contains(&there), "{there} of {acknowledged} acknowledged");
    let report = node.check().unwrap();
    assert!(report.is_sound(), "{:?}", report.first_fault());
    assert!(report.forks.is_empty());
}
