//! The store on one server: the story that every store must pass, and what is told when something is wrong.

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

use common::{Author, Server, is_here, network, open, owner};
use koinon_core::NodeId;
use koinon_log::testing::{fill, recall};
use koinon_log::{Directory, LogStore as _, MemoryStore, Run, StoreError, Stream, ingest, load_directory};
use koinon_mirror::{Address, Owner, PgError, PgStore, Standbys};

#[test]
fn the_story_that_every_store_must_pass() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    server.database();
    let mut store = open(&server, Standbys::NotAsked);
    let story = fill(&mut store).unwrap();
    recall(&store, &story).unwrap();
    drop(store);
    let again = open(&server, Standbys::NotAsked);
    recall(&again, &story).unwrap();
    let reader = PgStore::open_reader(&server.address(Standbys::NotAsked), Some(owner())).unwrap();
    recall(&reader, &story).unwrap();
    server.kill();
    server.start();
    let after = open(&server, Standbys::NotAsked);
    recall(&after, &story).unwrap();
}

#[test]
fn what_comes_twice_is_stored_once_and_several_appends_are_one_transaction() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    server.database();
    let mut store = open(&server, Standbys::NotAsked);
    let (mut author, mut directory) = (Author::new(1), Directory::new(network()));
    let commits = [author.write(300), author.write(5)];
    let runs: Vec<Run> = commits.iter().flat_map(|commit| commit.runs().iter().map(run_of)).collect();

    let gap = store.append_runs(commits[1].runs()).unwrap_err();
    assert!(matches!(gap, StoreError::NotNext { height: 0, .. }), "{gap}");
    let mut memory = MemoryStore::new();
    ingest(&mut memory, &mut Directory::new(network()), runs.clone()).unwrap();
    store.begin().unwrap();
    ingest(&mut store, &mut directory, runs.clone()).unwrap();
    store.rollback();
    assert!(store.heads().unwrap().is_empty(), "what is taken back is not there");

    let mut directory = Directory::new(network());
    for _ in 0..2 {
        store.begin().unwrap();
        ingest(&mut store, &mut directory, runs.clone()).unwrap();
        store.commit().unwrap();
        assert_eq!(store.heads().unwrap(), memory.heads().unwrap());
    }
    let held: i64 =
        server.client("mirror", "koinon").query_one("SELECT count(*) FROM mirror.fact", &[]).unwrap().get(0);
    let expected: u64 = memory.heads().unwrap().iter().map(|head| head.height).sum();
    assert_eq!(u64::try_from(held).unwrap(), expected);
    // The order of arrival is that of the logs.
    let sql = "SELECT count(*) FROM (SELECT seq, lag(seq) OVER (PARTITION BY log ORDER BY place) b FROM mirror.fact) x \
               WHERE b IS NOT NULL AND seq <> b + 1";
    let out_of_order: i64 = server.client("mirror", "koinon").query_one(sql, &[]).unwrap().get(0);
    assert_eq!(out_of_order, 0);
}

#[test]
fn what_is_let_go_is_gone_and_may_come_again() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    server.database();
    let mut store = open(&server, Standbys::NotAsked);
    let (mut author, mut other) = (Author::new(1), Author::new(2));
    let commits = [author.write(3), other.write(3)];
    let runs: Vec<Run> = commits.iter().flat_map(|commit| commit.runs().iter().map(run_of)).collect();
    ingest(&mut store, &mut Directory::new(network()), runs.clone()).unwrap();
    let all = store.heads().unwrap();
    assert_eq!(store.let_go(author.node(), Stream::Federation).unwrap(), 3);
    let left = store.heads().unwrap();
    assert!(left.iter().all(|head| all.contains(head)));
    assert_eq!((left.len(), all.len()), (3, 4), "every other log stays");
    assert_eq!(store.let_go(author.node(), Stream::Federation).unwrap(), 0);
    let mut directory = load_directory(&store, network()).unwrap().0;
    ingest(&mut store, &mut directory, runs).unwrap();
    assert_eq!(store.heads().unwrap(), all);
}

fn run_of(run: &koinon_log::AcceptedRun) -> Run {
    let facts = run.facts().iter().map(|fact| fact.stored().clone()).collect();
    Run { name: *run.name(), from: run.from(), facts }
}

/// Why the store does not open.
fn told(address: &Address, owner: Owner) -> String {
    PgStore::open(address, owner).unwrap_err().to_string()
}

#[test]
fn errors_name_the_database_the_step_the_cause_and_what_to_do() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    let address = server.address(Standbys::NotAsked);
    let at = format!("on 127.0.0.1:{} as", server.port);
    let says = |text: &str, words: &[&str]| {
        words.iter().for_each(|word| assert!(text.contains(word), "{word}: {text}"));
    };
    says(&told(&address, owner()), &[&at, "connecting", "role \"mirror\" does not exist", "pg_hba.conf"]);
    server.database();
    let missing = PgStore::open_reader(&address, None).unwrap_err();
    says(&missing.to_string(), &["holds no safety copy", "koinon mirror serve"]);

    let gone = Address::parse("postgres://mirror@127.0.0.1:1/koinon", Standbys::NotAsked).unwrap();
    says(&told(&gone, owner()), &["127.0.0.1:1", "connecting", "refused", "check that the server runs"]);
    let other = format!("postgres://mirror@127.0.0.1:{}/nowhere", server.port);
    let other = Address::parse(&other, Standbys::NotAsked).unwrap();
    says(&told(&other, owner()), &["nowhere on", "does not exist", "createdb"]);
    server.admin().batch_execute("CREATE ROLE locked LOGIN PASSWORD 'right'").unwrap();
    let wrong = format!("postgres://locked:wr0ng@127.0.0.1:{}/koinon", server.port);
    let wrong = Address::parse(&wrong, Standbys::NotAsked).unwrap();
    let text = told(&wrong, owner());
    says(&text, &["as locked", "password authentication failed", "check user and password"]);
    assert!(!text.contains("wr0ng"));

    let alone = server.address(Standbys::Required);
    says(&told(&alone, owner()), &["synchronous_standby_names is empty", "ANY 1"]);

    let mut store = open(&server, Standbys::NotAsked);
    says(&told(&address, owner()), &["another process of koinon"]);
    let mut client = server.client("mirror", "koinon");
    let full = "CREATE FUNCTION mirror.no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER no_room BEFORE INSERT ON mirror.fact EXECUTE FUNCTION mirror.no_room()";
    client.batch_execute(full).unwrap();
    let commit = Author::new(1).write(1);
    let error = store.append_runs(commit.runs()).unwrap_err().to_string();
    says(&error, &["storing facts", "No space left on device", "make room on the disk"]);
    client.batch_execute("DROP TRIGGER no_room ON mirror.fact").unwrap();
    store.append_runs(commit.runs()).expect("it goes on by itself");
    drop(store);

    let stranger = Owner { node: NodeId([8; 32]), ..owner() };
    until_free(&address);
    says(&told(&address, stranger), &["safety copy of node 0707", "another database"]);
    client.batch_execute("UPDATE mirror.version SET form = 99").unwrap();
    until_free(&address);
    says(&told(&address, owner()), &["form 99", "install"]);
    let error = PgStore::open_reader(&address, None).unwrap_err();
    assert!(matches!(error, PgError::OtherForm { found: 99, .. }), "{error}");
}

/// Waits until the server noticed that the last process went away.
fn until_free(address: &Address) {
    common::until("the lock's end", || {
        (!matches!(PgStore::open(address, owner()), Err(PgError::Taken { .. }))).then_some(())
    });
}

/// The tables as form 1 made them, with one entry in them.
const FORM_1: &str = include_str!("form_1.sql");

#[test]
fn a_copy_of_form_1_is_brought_up_by_the_next_process_that_serves_it() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    server.database();
    let address = server.address(Standbys::NotAsked);
    let mut client = server.client("mirror", "koinon");
    client.batch_execute(FORM_1).unwrap();
    client.batch_execute("GRANT USAGE ON SCHEMA koinon TO koinon_reader").unwrap();
    client.batch_execute("GRANT SELECT ON ALL TABLES IN SCHEMA koinon TO koinon_reader").unwrap();
    let (node, network) = (owner().node, owner().network);
    let sql = "INSERT INTO mirror.self (node, network) VALUES ($1, $2)";
    client.execute(sql, &[&node.0.as_slice(), &network.0.as_slice()]).unwrap();
    let entry = "INSERT INTO mirror.log (id, node, stream, incarnation, height, head)
          VALUES (decode(repeat('01', 16), 'hex'), decode(repeat('02', 32), 'hex'), 5, '\\x0000000000000001', 1,
            decode(repeat('03', 32), 'hex'));
        INSERT INTO mirror.fact (log, seq, id, header, salt, body, kind, version, reading, recorded, said)
          SELECT number, 0, head, '', decode(repeat('04', 16), 'hex'), '', 70, 1, 1, now(),
            '{\"need\": \"aa\", \"item\": \"rice\", \"amount\": 5, \"unit\": \"g\"}' FROM mirror.log";
    client.batch_execute(entry).unwrap();

    let error = PgStore::open_reader(&address, None).unwrap_err();
    assert!(matches!(error, PgError::OlderForm { found: 1, .. }), "{error}");
    assert!(error.to_string().contains("koinon mirror serve"), "{error}");
    let stranger = Owner { node: NodeId([8; 32]), ..owner() };
    assert!(told(&address, stranger).contains("another database"));
    let form = |client: &mut postgres::Client| {
        client.query_one("SELECT form FROM mirror.version", &[]).unwrap().get::<_, i32>(0)
    };
    assert_eq!(form(&mut client), 1, "a stranger changes nothing");
    drop(open_free(&address));
    assert_eq!(form(&mut client), koinon_mirror::FORM);
    drop(open_free(&address));
    server.admin().batch_execute("CREATE ROLE tool LOGIN IN ROLE koinon_reader").unwrap();
    let mut tool = server.client("tool", "koinon");
    let sql = "SELECT item, amount, latest, first_view_by FROM koinon.needs";
    let row = tool.query_one(sql, &[]).unwrap();
    assert_eq!(
        (row.get::<_, String>(0), row.get::<_, i64>(1), row.get::<_, bool>(2)),
        ("rice".to_owned(), 5, true)
    );
    assert_eq!(row.get::<_, Option<String>>(3), None);
    assert!(tool.query("SELECT * FROM koinon.first_views", &[]).unwrap().is_empty());
}

/// Opens the store once the last process is gone.
fn open_free(address: &Address) -> PgStore {
    common::until("the lock's end", || PgStore::open(address, owner()).ok())
}
