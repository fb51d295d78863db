//! A primary and two standbys on loopback: what was acknowledged outlives the primary, and where it would not, nothing is
//! acknowledged. A control run without synchronous standbys loses facts, so that the test is known to be able to fail.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    missing_docs,
    reason = "tests may fail loudly"
)]

mod common;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use common::{Author, Server, is_here, network, open, until};
use koinon_core::{LogId, Timestamp};
use koinon_log::{
    AcceptedRun, Directory, LogHead, LogStore as _, MemoryStore, Run, StoreError, StoredFact, ingest,
    load_directory, verify_log,
};
use koinon_mirror::{PgError, PgKeeper, PgStore, Standbys};
use koinon_node::{Keeper as _, SettableClock};

/// Facts in a batch of the load.
const BATCH: usize = 100;

fn run_of(run: &AcceptedRun) -> Run {
    let facts = run.facts().iter().map(|fact| fact.stored().clone()).collect();
    Run { name: *run.name(), from: run.from(), facts }
}

/// Takes runs in as a copy does: judged, and in one transaction.
fn take(store: &mut PgStore, directory: &mut Directory, runs: Vec<Run>) -> Result<(), StoreError> {
    store.begin()?;
    let taken = ingest(store, directory, runs);
    if taken.is_err() {
        store.rollback();
    }
    taken?;
    Ok(store.commit()?)
}

/// Three nodes whose facts come without end, until the store fails. Tells the heads after every acknowledged batch.
fn load(mut store: PgStore, told: Sender<Vec<LogHead>>) -> JoinHandle<MemoryStore> {
    thread::spawn(move || {
        let mut authors = [Author::new(1), Author::new(2), Author::new(3)];
        let (mut memory, mut known) = (MemoryStore::new(), Directory::new(network()));
        let mut directory = Directory::new(network());
        loop {
            let commits = authors.iter_mut().map(|author| author.write(BATCH)).collect::<Vec<_>>();
            let runs: Vec<Run> = commits.iter().flat_map(|commit| commit.runs().iter().map(run_of)).collect();
            // What nodes hold themselves, whatever becomes of the copy.
            ingest(&mut memory, &mut known, runs.clone()).unwrap();
            if take(&mut store, &mut directory, runs).is_err() {
                return memory;
            }
            // The test may have heard enough.
            let _ = told.send(memory.heads().unwrap());
        }
    })
}

/// Hears acknowledgements until so many batches were.
fn hear(acknowledged: &Receiver<Vec<LogHead>>, batches: usize) -> Vec<LogHead> {
    let mut last = Vec::new();
    for _ in 0..batches {
        last = acknowledged.recv().expect("the load goes on");
    }
    last
}

/// The facts that were acknowledged and are not held, or stand otherwise.
fn lost(store: &PgStore, acknowledged: &[LogHead]) -> u64 {
    let missing = |head: &LogHead| {
        let held = store.head(head.log).unwrap().map_or(0, |held| held.height);
        let last = store.read_range(head.log, head.height - 1, 1, 0).unwrap();
        let same = last
            .first()
            .is_some_and(|fact| koinon_log::envelope::fact_id(&fact.header, fact.sig.as_ref()) == head.head);
        if same { 0 } else { (head.height - held.min(head.height)).max(1) }
    };
    acknowledged.iter().map(missing).sum()
}

/// Every chain and signature, from the first fact to the head.
fn verify(store: &PgStore) {
    let (directory, refused) = load_directory(store, network()).unwrap();
    assert!(refused.is_empty(), "{refused:?}");
    for head in store.heads().unwrap() {
        let (facts, fault) = verify_log(store, &directory, head.log, &mut drop).unwrap();
        assert_eq!((facts, fault), (head.height, None));
    }
}

/// How far a standby has received what its primary wrote.
fn received(server: &Server) -> u64 {
    let sql = "SELECT (pg_last_wal_receive_lsn() - '0/0')::bigint";
    let received: i64 = server.admin().query_one(sql, &[]).unwrap().get(0);
    u64::try_from(received).unwrap()
}

#[test]
fn what_was_acknowledged_outlives_the_primary() {
    if !is_here() {
        return;
    }
    let primary = Server::primary("");
    primary.database();
    let (two, three) = (Server::standby(&primary, "two"), Server::standby(&primary, "three"));
    primary.set("synchronous_standby_names = 'ANY 1 (two, three)'");
    primary.reload();
    until("the list of standbys", || {
        let row = primary.admin().query_one("SHOW synchronous_standby_names", &[]).unwrap();
        (!row.get::<_, String>(0).is_empty()).then_some(())
    });
    let (tell, acknowledged) = mpsc::channel();
    let loading = load(open(&primary, Standbys::Required), tell);
    let heard = hear(&acknowledged, 20);
    primary.kill();
    let memory = loading.join().unwrap();
    let last = acknowledged.iter().last().unwrap_or(heard);

    // Of the standbys the one that is further has everything that was acknowledged.
    let (next, other, name) =
        if received(&two) >= received(&three) { (&two, &three, "three") } else { (&three, &two, "two") };
    let error = PgStore::open(&next.address(Standbys::Required), common::owner()).unwrap_err();
    assert!(matches!(error, PgError::Standby { .. }), "{error}");
    next.promote();
    let error = PgStore::open(&next.address(Standbys::Required), common::owner()).unwrap_err();
    assert!(matches!(error, PgError::Alone { .. }), "nothing is taken in without a standby: {error}");
    next.set(&format!("synchronous_standby_names = 'ANY 1 ({name})'"));
    next.reload();
    other.follow(next, name);
    other.reload();
    let mut store =
        until("the new primary", || PgStore::open(&next.address(Standbys::Required), common::owner()).ok());
    assert_eq!(lost(&store, &last), 0);
    verify(&store);

    // The nodes send again what the copy may lack, and it goes on.
    let mut directory = load_directory(&store, network()).unwrap().0;
    let heads = memory.heads().unwrap();
    let runs: Vec<Run> = heads.iter().flat_map(|head| signed_runs(&memory, head)).collect();
    take(&mut store, &mut directory, runs).unwrap();
    assert_eq!(store.heads().unwrap(), memory.heads().unwrap());
    verify(&store);
}

/// A whole log as runs that each end in a signed fact.
fn signed_runs(memory: &MemoryStore, head: &LogHead) -> Vec<Run> {
    let facts = memory.read_range(head.log, 0, usize::MAX, usize::MAX).unwrap();
    let mut from = 0;
    let run = |facts: &[StoredFact]| {
        let run = Run { name: head.name, from, facts: facts.to_vec() };
        from += u64::try_from(facts.len()).unwrap();
        run
    };
    facts.split_inclusive(|fact| fact.sig.is_some()).map(run).collect()
}

/// The height of a log as others see it.
fn seen(server: &Server, log: LogId) -> u64 {
    let reader = PgStore::open_reader(&server.address(Standbys::Required), None).unwrap();
    reader.head(log).unwrap().map_or(0, |head| head.height)
}

#[test]
fn without_a_standby_nothing_is_acknowledged_and_it_goes_on_when_one_is_back() {
    if !is_here() {
        return;
    }
    let primary = Server::primary("");
    primary.database();
    let (two, three) = (Server::standby(&primary, "two"), Server::standby(&primary, "three"));
    primary.set("synchronous_standby_names = 'ANY 1 (two, three)'");
    primary.reload();
    let mut store = until("the list of standbys", || {
        PgStore::open(&primary.address(Standbys::Required), common::owner()).ok()
    });
    let mut author = Author::new(1);
    let first = author.write(BATCH);
    store.append_runs(first.runs()).unwrap();
    let (log, height) = (first.runs()[1].log(), first.runs()[1].height());
    two.stop();
    store.append_runs(author.write(BATCH).runs()).expect("one standby is enough");
    let held = seen(&primary, log);
    assert!(held > height);

    three.stop();
    let commit = author.write(BATCH);
    let waiting = thread::spawn(move || {
        let done = store.append_runs(commit.runs());
        (store, done)
    });
    let waiter = |server: &Server| {
        let sql = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        until("a commit that waits", || server.admin().query_opt(sql, &[]).unwrap()).get::<_, i32>(0)
    };
    waiter(&primary);
    assert!(!waiting.is_finished());
    // A receipt says what is seen, so it says nothing of the facts that wait.
    assert_eq!(seen(&primary, log), held);
    two.start();
    let (mut store, done) = waiting.join().unwrap();
    done.expect("it goes on when a standby is back");
    let after = seen(&primary, log);
    assert!(after > held);

    // Somebody cuts the wait off: the server then says that it is done, and it does not count.
    two.stop();
    let commit = author.write(BATCH);
    let waiting = thread::spawn(move || store.append_runs(commit.runs()));
    let pid = waiter(&primary);
    primary.admin().execute("SELECT pg_cancel_backend($1)", &[&pid]).unwrap();
    let error = waiting.join().unwrap().unwrap_err().to_string();
    assert!(error.contains("was cut off"), "{error}");
    // A copy that opens again makes sure of what it finds before it says anything.
    let address = primary.address(Standbys::Required);
    let opening = thread::spawn(move || {
        until("the lock's end", || match PgStore::open(&address, common::owner()) {
            Err(PgError::Taken { .. }) => None,
            opened => Some(opened),
        })
    });
    waiter(&primary);
    assert!(!opening.is_finished());
    three.start();
    let store = opening.join().unwrap().unwrap();
    assert!(store.head(log).unwrap().is_some_and(|head| head.height > after));
    verify(&store);

    // Before receipts are given everything that is seen is made sure of, and that waits too.
    three.stop();
    let settling = thread::spawn(move || store.settle());
    waiter(&primary);
    assert!(!settling.is_finished());
    two.start();
    settling.join().unwrap().unwrap();
}

#[test]
fn without_synchronous_standbys_facts_that_were_acknowledged_are_lost() {
    if !is_here() {
        return;
    }
    let primary = Server::primary("");
    primary.database();
    let two = Server::standby(&primary, "two");
    let (tell, acknowledged) = mpsc::channel();
    let loading = load(open(&primary, Standbys::NotAsked), tell);
    hear(&acknowledged, 5);
    two.stop();
    // Acknowledged while no standby listens.
    while acknowledged.try_recv().is_ok() {}
    let heard = hear(&acknowledged, 5);
    primary.kill();
    drop(loading.join().unwrap());
    let last = acknowledged.iter().last().unwrap_or(heard);
    two.start();
    two.promote();
    let store = open(&two, Standbys::NotAsked);
    assert!(lost(&store, &last) > 0, "the test of no loss can fail");
    verify(&store);
}

#[test]
fn a_write_that_waits_long_is_told() {
    if !is_here() {
        return;
    }
    let primary = Server::primary("");
    primary.database();
    let clock = Arc::new(SettableClock::new(Timestamp::from_millis(1_700_000_000_000)));
    let address = primary.address(Standbys::NotAsked);
    let keeper = Arc::new(PgKeeper::open(address, common::owner(), clock.clone()).unwrap());
    assert_eq!(keeper.trouble(), None);
    let name = |names: &str| {
        primary.set(&format!("synchronous_standby_names = '{names}'"));
        primary.reload();
        until("the list of standbys", || {
            let row = primary.admin().query_one("SHOW synchronous_standby_names", &[]).unwrap();
            (row.get::<_, String>(0) == names).then_some(())
        });
    };
    name("nobody");
    let settling = thread::spawn({
        let keeper = keeper.clone();
        move || keeper.settle()
    });
    let sql = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    until("a commit that waits", || primary.admin().query_opt(sql, &[]).unwrap());
    assert_eq!(keeper.trouble(), None, "not yet");
    clock.advance(3 * 60_000);
    let trouble = keeper.trouble().unwrap();
    assert!(trouble.contains("for 3 minutes") && trouble.contains("standby"), "{trouble}");
    name("");
    settling.join().unwrap().unwrap();
    assert_eq!(keeper.trouble(), None);
}
