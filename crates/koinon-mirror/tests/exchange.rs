//! A safety copy in a database among nodes that exchange over loopback HTTP: it fills itself, answers, is filled anew, and
//! holds what a copy in a file holds.

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
#[path = "../../koinon-node/tests/common/mod.rs"]
mod homes;

use std::sync::Arc;

use common::{Server, is_here, until};
use homes::{Home, take_in};
use koinon_log::{LogStore as _, Stream};
use koinon_mirror::{Audit, Owner, PgKeeper, PgStore, Standbys, audit};
use koinon_node::{CarryOrder, Founding, Node, PeerConfig, SqliteStore, exchange_router};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

struct Served {
    home: Home,
    node: Node,
    url: String,
    task: JoinHandle<()>,
}

impl Served {
    async fn open(home: Home, database: Option<&Server>) -> Self {
        let node = match database {
            None => home.open(),
            Some(server) => tokio::task::block_in_place(|| open_copy(&home, server)),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = exchange_router(node.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { home, node, url, task }
    }

    fn config(&self) -> PeerConfig {
        let community = self.node.read(|book| book.own().cloned());
        PeerConfig { node: self.node.id(), community, url: Some(self.url.clone()), ca: None }
    }

    /// Lists a neighbour.
    fn knows(&self, other: &Self) {
        self.node.add_peer(other.config()).unwrap();
    }

    async fn harvest(&self, amounts: std::ops::RangeInclusive<i64>) {
        for amount in amounts {
            self.node.submit(self.home.actor(), take_in(&self.node, amount)).await.unwrap();
        }
    }

    /// Ends in good order.
    async fn close(self) -> Home {
        self.task.abort();
        drop(self.task.await);
        self.node.shutdown().await;
        self.home
    }

    fn of_file(&self) -> Audit {
        let store = SqliteStore::open_reader(&self.home.path().join("koinon.db")).unwrap();
        audit(&store, self.node.network()).unwrap()
    }
}

/// A node without a community whose logs are kept in a database.
fn open_copy(home: &Home, server: &Server) -> Node {
    let identity = koinon_node::keys::load(&home.path()).unwrap();
    let owner = Owner { node: identity.node(), network: identity.network() };
    let address = server.address(Standbys::NotAsked);
    let keeper = until("the lock's end", || PgKeeper::open(address.clone(), owner, home.clock.clone()).ok());
    let mut options = home.options();
    options.keeper = Some(Arc::new(keeper));
    Node::open_with(options, home.clock.clone()).unwrap()
}

/// What a node's store stands in.
const FILES: [&str; 3] = ["koinon.db", "koinon.db-wal", "koinon.db-shm"];

fn of_database(server: &Server) -> Audit {
    let store = PgStore::open_reader(&server.address(Standbys::NotAsked), None).unwrap();
    let network = store.owner().unwrap().network;
    audit(&store, network).unwrap()
}

async fn settle(nodes: &[&Served]) {
    for _ in 0..20 {
        let mut moved = 0;
        for served in nodes {
            let report = served.node.pull_all().await;
            assert!(report.failed.is_empty(), "{:?}", report.failed);
            moved += report.facts;
        }
        if moved == 0 {
            return;
        }
    }
    panic!("the nodes do not come to rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_in_a_database_fills_itself_answers_and_is_made_anew() {
    if !is_here() {
        return;
    }
    let server = tokio::task::spawn_blocking(|| Server::primary("")).await.unwrap();
    tokio::task::block_in_place(|| server.database());
    let a = Served::open(Home::new(3, Some(0)), None).await;
    let b = Served::open(Home::new(3, Some(1)), None).await;
    let c = Served::open(Home::new(3, Some(2)), None).await;
    // It begins in a file, as every safety copy may.
    let copy = Served::open(Home::new(3, None), None).await;
    for node in [&a, &b] {
        node.knows(&copy);
        copy.knows(node);
    }
    a.harvest(1..=5).await;
    b.harvest(1..=3).await;
    settle(&[&copy]).await;
    let in_file = copy.of_file();
    assert!(in_file.is_sound() && in_file.facts > 16, "{in_file:?}");

    // It moves into a database: what stands in the file goes there before anybody is asked.
    let home = copy.close().await;
    let early = FILES.map(|name| std::fs::read(home.path().join(name)).ok());
    let copy = Served::open(home, Some(&server)).await;
    settle(&[&copy]).await;
    let in_database = tokio::task::block_in_place(|| of_database(&server));
    assert!(in_database.is_sound());
    assert_eq!((in_database.digest, &in_database.nodes), (in_file.digest, &in_file.nodes));

    // New facts go to the database alone; control logs stand in both.
    a.harvest(6..=9).await;
    copy.knows(&c);
    for node in [&a, &b, &c] {
        node.knows(&copy);
    }
    settle(&[&copy]).await;
    let later = tokio::task::block_in_place(|| of_database(&server));
    assert!(later.is_sound() && later.facts > in_database.facts);
    assert_eq!(later.nodes.get(&a.node.id()), a.of_file().nodes.get(&a.node.id()));
    assert_eq!(later.nodes.get(&b.node.id()), b.of_file().nodes.get(&b.node.id()));
    assert_ne!(copy.of_file().nodes.get(&a.node.id()), later.nodes.get(&a.node.id()));

    // The copy's word that it holds a community's entries is believed there, once its control log was heard.
    settle(&[&a]).await;
    a.harvest(20..=20).await;
    settle(&[&copy, &copy]).await;
    let own = a.node.own_logs().unwrap();
    assert!(own.iter().any(|log| log.held_by.iter().any(|(by, _)| *by == copy.node.id())), "{own:?}");
    let later = tokio::task::block_in_place(|| of_database(&server));

    // What it gives away by hand is what stands in the database.
    let order = CarryOrder { to: vec![c.node.id()], all: true };
    let carried = tokio::task::block_in_place(|| copy.node.carry_to(&order, &mut Vec::new()).unwrap());
    assert!(carried.facts > copy.of_file().facts, "{carried:?}");

    // Who asks only the copy hears of everybody.
    for node in [&a, &b] {
        c.node.add_peer(PeerConfig { url: None, ..node.config() }).unwrap();
    }
    settle(&[&c]).await;
    assert_eq!(c.of_file().nodes.get(&a.node.id()), later.nodes.get(&a.node.id()));

    // The database goes away and comes back: exchange fails with what to do, and goes on by itself.
    tokio::task::block_in_place(|| server.stop());
    let failed = copy.node.pull_all().await.failed;
    assert!(failed[0].to_string().contains("koinon on 127.0.0.1"), "{failed:?}");
    a.harvest(10..=10).await;
    tokio::task::block_in_place(|| server.start());
    settle(&[&copy]).await;
    let after = tokio::task::block_in_place(|| of_database(&server));
    assert_eq!(after.nodes.get(&a.node.id()), a.of_file().nodes.get(&a.node.id()));

    // The copy's own file is put back as it was long ago: it learns from the database whom it admitted since.
    let home = copy.close().await;
    for (name, early) in FILES.into_iter().zip(early) {
        let file = home.path().join(name);
        match early {
            Some(bytes) => std::fs::write(file, bytes).unwrap(),
            None => drop(std::fs::remove_file(file)),
        }
    }
    let copy = Served::open(home, Some(&server)).await;
    assert_eq!(copy.node.read(|book| book.community_of(c.node.id()).cloned()), None);
    settle(&[&copy]).await;
    assert!(copy.node.read(|book| book.community_of(c.node.id()).is_some()));
    assert_eq!(copy.of_file().nodes.get(&copy.node.id()), after.nodes.get(&copy.node.id()));

    // The database is lost: another one fills itself from the nodes and from the copy's own file.
    let home = copy.close().await;
    let another = tokio::task::spawn_blocking(|| Server::primary("")).await.unwrap();
    tokio::task::block_in_place(|| another.database());
    let copy = Served::open(home, Some(&another)).await;
    settle(&[&copy]).await;
    let anew = tokio::task::block_in_place(|| of_database(&another));
    assert!(anew.is_sound());
    assert_eq!(anew.digest, after.digest);
    let heads = tokio::task::block_in_place(|| {
        let store = PgStore::open_reader(&another.address(Standbys::NotAsked), None).unwrap();
        store.heads().unwrap().len()
    });
    assert_eq!(heads, anew.logs.len(), "nothing that stays at home is in it");
    drop(copy);
}

/// The agreement holds for so many days, and what was shared may be kept for ten more.
const DAYS: i32 = 30;

#[tokio::test(flavor = "multi_thread")]
async fn what_agreements_no_longer_let_it_keep_is_let_go() {
    if !is_here() {
        return;
    }
    let server = tokio::task::spawn_blocking(|| Server::primary("")).await.unwrap();
    tokio::task::block_in_place(|| server.database());
    let founding = homes::founding(3, Some(0));
    let text = founding.agreement.clone().unwrap();
    let long = text.lines().find(|line| line.starts_with("until = ")).unwrap();
    let until = homes::start().plus_days(i64::from(DAYS)).to_rfc3339();
    let text = text.replace(long, &format!("until = {}", until.get(..10).unwrap()));
    let text = text.replace("retention_days = 90", "retention_days = 10");
    let a = Served::open(Home::found(&Founding { agreement: Some(text), ..founding }), None).await;
    let copy = Served::open(Home::new(3, None), Some(&server)).await;
    a.knows(&copy);
    copy.knows(&a);
    a.harvest(1..=5).await;
    settle(&[&copy]).await;
    let of_stock = || {
        let audit = tokio::task::block_in_place(|| of_database(&server));
        assert!(audit.is_sound());
        let logs = audit.logs.iter().filter(|log| log.name.stream == Stream::Stock);
        logs.map(|log| log.facts).sum::<u64>()
    };
    let held = of_stock();
    assert!(held >= 10, "{held}");
    let keep = |days: i32| {
        copy.home.clock.set(homes::start().plus_days(i64::from(DAYS + days)));
        tokio::task::block_in_place(|| copy.node.keep_agreements().unwrap());
    };
    keep(9);
    assert_eq!(of_stock(), held, "it may still be kept");
    keep(12);
    keep(13);
    assert_eq!(of_stock(), 0);
    a.home.clock.set(homes::start().plus_days(i64::from(DAYS + 13)));
    settle(&[&copy]).await;
    assert_eq!(of_stock(), 0, "and does not come again");
    let told = tokio::task::block_in_place(|| {
        let sql = "SELECT (said ->> 'facts')::bigint FROM koinon.facts WHERE kind_name = 'purged'";
        server.client("mirror", "koinon").query_one(sql, &[]).unwrap().get::<_, i64>(0)
    });
    assert_eq!(u64::try_from(told), Ok(held), "the copy says so in its own log, once");
}
