//! Prints what catching up costs: a node that was away for days pulls a community's record over HTTP.
//!
//! `cargo run --release -p koinon-node --example exchange [-- facts [commit [directory [documents]]]]`. 125,000 facts are three days of a
//! community of 25,000 people; 100 facts share a signature, as a commit of a busy node does. The neighbour that serves runs
//! in a process of its own, so seconds of the processor are those of the node that pulls: ask, unpack, verify chain and
//! signatures, store durably, file, and bring into the book. Bytes on the wire are those of answers' bodies. At the end
//! all of it is written into a bundle, as for a memory stick. Where a file is named for documents, the same entries are
//! written into it, a JSON document a line, so that others can be measured with them (`benchmarks/replication`).

#![allow(clippy::print_stdout, reason = "its purpose is to print a table")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod shared;

use std::error::Error;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use koinon_books::Fact;
use koinon_core::{CommunityCode, NodeId, Timestamp};
use koinon_ledger::LedgerFact;
use koinon_node::{CarryOrder, Node, Options, PeerConfig, SettableClock, SqliteStore, exchange_router};
use shared::{Home, Timer};

/// Bits a second of a poor line.
const POOR_LINE: f64 = 1_000_000.0;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [first, dir, node, community, now] = &words[..]
        && first == "serve"
    {
        return serve(Path::new(dir), node, community, now);
    }
    let facts: u64 = words.first().map_or(Ok(125_000), |text| text.parse())?;
    let commit: u64 = words.get(1).map_or(Ok(100), |text| text.parse())?;
    let dir = words.get(2).map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = dir.join(format!("koinon-exchange-{}", std::process::id()));
    let documents = words.get(3).map(PathBuf::from);
    let result = measure(&dir, facts, commit, documents.as_deref());
    // The benchmark's own error says more than one of tidying up.
    let tidied = std::fs::remove_dir_all(&dir);
    result.and_then(|()| Ok(tidied?))
}

/// Serves a node to one neighbour until standard input ends.
fn serve(dir: &Path, neighbour: &str, community: &str, now: &str) -> Result<(), Box<dyn Error>> {
    let now = Timestamp::parse_rfc3339(now).ok_or("no time")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let _inside = runtime.enter();
    let options = Options::new(dir).without_exchange();
    let node = Node::open_with(options, std::sync::Arc::new(SettableClock::new(now)))?;
    node.add_peer(PeerConfig {
        node: neighbour.parse::<NodeId>().map_err(|_| "no node")?,
        community: Some(CommunityCode::new(community)?),
        url: None,
        ca: None,
    })?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{} {}", node.id(), listener.local_addr()?);
        let served = axum::serve(listener, exchange_router(node.clone()));
        tokio::select! {
            ended = served => ended?,
            _ = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())) => {}
        }
        Ok(())
    })
}

fn measure(dir: &Path, facts: u64, commit: u64, documents: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let giver = Home::found(&dir.join("giver"), 0)?;
    giver.fill(facts, commit)?;
    println!("{facts} facts, {commit} to a signature");
    for (name, packed) in [("pulled, packed", true), ("pulled, plain", false)] {
        let taker = Home::found(&dir.join(name.replace(", ", "-")), 1)?;
        let now = giver.after(facts)?;
        taker.clock.set(now);
        let mut options = Options::new(&taker.dir).without_exchange();
        options.packs_on_loopback = packed;
        let runtime = tokio::runtime::Runtime::new()?;
        let _inside = runtime.enter();
        let node = Node::open_with(options, taker.clock.clone())?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve".as_ref(), giver.dir.as_os_str()])
            .args([node.id().to_string(), taker.community.to_string(), now.to_rfc3339()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let (id, address) = line.trim().split_once(' ').ok_or("it did not start")?;
        let giver_id: NodeId = id.parse().map_err(|_| "no node")?;
        node.add_peer(PeerConfig {
            node: giver_id,
            community: Some(giver.community.clone()),
            url: Some(format!("http://{address}")),
            ca: None,
        })?;
        let timer = Timer::start();
        let (mut taken, mut wire) = (0, 0);
        loop {
            let report = runtime.block_on(node.pull_once(giver_id))?;
            taken += report.facts;
            wire += report.bytes;
            if report.facts == 0 {
                break;
            }
        }
        if taken < facts {
            let days = i64::from(now.day(&giver.region.zone()).since(giver.start.day(&giver.region.zone())));
            let why = format!(
                "{taken} of {facts} facts came: a sharing agreement ends after a year, and they take {days} days; ask for fewer"
            );
            return Err(why.into());
        }
        timer.report(name, taken);
        let number = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let each = |bytes: u64| number(bytes) / number(taken.max(1));
        let seconds = number(wire) * 8.0 / POOR_LINE;
        println!("{:<28} {:>10.1} bytes a fact on the wire, {seconds:.1} s at 1 Mbit/s", "", each(wire));
        if let Some(file) = documents.filter(|_| packed) {
            write_documents(&node, giver_id, file)?;
        }
        if packed {
            let all = CarryOrder { to: Vec::new(), all: true };
            let carried = node.carry_to(&all, &mut std::io::sink())?;
            let bytes = number(carried.bytes) / number(carried.facts.max(1));
            println!("{:<28} {bytes:>10.1} bytes a fact in a bundle of all {} facts", "", carried.facts);
        }
        runtime.block_on(node.shutdown());
        let (rows, bodies) = on_disk(&taker.dir)?;
        println!(
            "{:<28} {:>10.1} bytes a fact on disk with its indexes, {:.1} of them its body",
            "",
            each(rows),
            each(bodies)
        );
        drop(child.stdin.take());
        child.wait()?;
    }
    Ok(())
}

/// Writes every entry about stock of a node as a document with the same fields, its id the entry's.
fn write_documents(node: &Node, of: NodeId, file: &Path) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(std::fs::File::create(file)?);
    let mut after = Some(0);
    while let Some(place) = after {
        let (entries, next) = node.entries_after(place, 10_000)?;
        for entry in entries.iter().filter(|entry| entry.origin.node == of) {
            let said = match &entry.fact {
                Fact::Ledger(LedgerFact::Counted(counted)) => format!(
                    "\"entry\":\"{}\",\"lot\":\"{}\",\"seen\":{},\"occurred\":{}",
                    counted.entry,
                    counted.lot,
                    counted.seen.amount(),
                    counted.occurred.as_millis()
                ),
                Fact::Ledger(LedgerFact::LotOpened(opened)) => {
                    format!(
                        "\"lot\":\"{}\",\"item\":\"{}\",\"store\":\"{}\"",
                        opened.lot, opened.item, opened.store
                    )
                }
                _ => continue,
            };
            let (stamp, kind) = (&entry.stamp, entry.kind);
            let actor = stamp.actor.map(|person| person.to_string()).unwrap_or_default();
            let (recorded, act) = (stamp.recorded.as_millis(), stamp.act);
            writeln!(
                out,
                "{{\"_id\":\"{}\",\"kind\":\"{kind}\",\"recorded\":{recorded},\"actor\":\"{actor}\",\"act\":\"{act}\",{said}}}",
                entry.origin.fact
            )?;
        }
        after = next;
    }
    Ok(out.flush()?)
}

/// The bytes of a store's pages that hold facts and what finds them, and of the facts' bodies.
fn on_disk(dir: &Path) -> Result<(u64, u64), Box<dyn Error>> {
    let store = rusqlite::Connection::open(dir.join("koinon.db"))?;
    let pages = "SELECT sum(pgsize) FROM dbstat WHERE name IN
                 ('facts', 'fact_id', 'fact_key', 'act', 'sqlite_autoindex_facts_1')";
    let rows: i64 = store.query_row(pages, [], |row| row.get(0))?;
    drop(store);
    let store = SqliteStore::open_reader(&dir.join("koinon.db"))?;
    let (mut bodies, mut place) = (0, 0);
    loop {
        let page = store.after(place, u64::MAX, 10_000)?;
        let Some(last) = page.last() else { break };
        place = last.place;
        bodies += page.iter().map(|held| held.fact.body.len()).sum::<usize>();
    }
    Ok((u64::try_from(rows)?, u64::try_from(bodies)?))
}
