//! Copies in databases among nodes that exchange over lines, and what their reports say.

use std::sync::{Arc, Mutex};

use koinon_books::BookCommand;
use koinon_core::{NeedId, Quantity};
use koinon_ledger::fact::Urgency;
use koinon_ledger::{Act, Command};
use koinon_log::Message;
use koinon_log::first_view::PIECE_BYTES;
use koinon_mirror::{ComparedView, Owner, PgKeeper, PgStore, Standbys};
use koinon_node::{Keeper, Node, PeerConfig};
use tokio::task::block_in_place;

use crate::common::{Server, rows, until};
use crate::homes::first::no_history;
use crate::homes::proxy::{Law, Proxy, line};
use crate::homes::served::{Served, serve_node, settle};
use crate::homes::{self, Home};

/// A view is worth its making from so many entries on.
const FROM: u64 = 200;

fn keeper(home: &Home, server: &Server) -> Arc<dyn Keeper> {
    let identity = koinon_node::keys::load(&home.path()).unwrap();
    let owner = Owner { node: identity.node(), network: identity.network() };
    let address = server.address(Standbys::NotAsked);
    Arc::new(until("the lock's end", || PgKeeper::open(address.clone(), owner, home.clock.clone()).ok()))
}

pub(crate) async fn serve(home: Home, database: Option<&Server>) -> Served {
    let keeper = database.map(|server| block_in_place(|| keeper(&home, server)));
    let node = until("the end of the life before", || {
        let mut options = home.options();
        (options.first_view_from, options.keeper) = (FROM, keeper.clone());
        block_in_place(|| Node::open_with(options, home.clock.clone()).ok())
    });
    serve_node(home, node).await
}

/// Stops a node in good order and starts it again, at another address.
pub(crate) async fn again(served: Served, database: Option<&Server>) -> Served {
    let Served { home, node, task, .. } = served;
    task.abort();
    drop(task.await);
    node.shutdown().await;
    serve(home, database).await
}

/// A database for one copy.
pub(crate) async fn database() -> Server {
    let server = tokio::task::spawn_blocking(|| Server::primary("")).await.unwrap();
    block_in_place(|| server.database());
    server
}

pub(crate) async fn fill(served: &Served, batches: i64) {
    let take_in = |amount| (served.actor(), homes::take_in(&served.node, amount));
    let commands = (1..=batches).map(take_in).collect();
    assert!(served.node.submit_all(commands).await.iter().all(Result::is_ok));
}

pub(crate) async fn submit(served: &Served, occurred: koinon_core::Timestamp, what: Act) {
    let command = Command { act: homes::act(), occurred, confirmed: true, what };
    served.node.submit(served.actor(), BookCommand::Ledger(command)).await.unwrap();
}

/// The first community needs something.
pub(crate) async fn state_need(served: &Served, need: [u8; 16], amount: i64) {
    let (item, store) = homes::wheat(&served.node);
    let now = served.home.clock.as_ref();
    let now = koinon_core::Clock::now(now);
    let what = Act::StateNeed {
        need: NeedId(need),
        item: item.code,
        store: store.code,
        quantity: Quantity::new(amount, item.dimension).unwrap(),
        urgency: Urgency::Needed,
        by: now.plus_days(10).day(&served.node.read(|book| book.region().zone())),
        every_days: None,
        people: None,
    };
    submit(served, now, what).await;
}

/// Two communities that share everything, with an older record at the first; and a copy that knows both.
pub(crate) async fn three(batches: i64, server: &Server) -> (Served, Served, Served) {
    let a = serve(Home::new(3, Some(0)), None).await;
    let b = serve(Home::new(3, Some(1)), None).await;
    a.node.add_peer(b.config()).unwrap();
    b.node.add_peer(a.config()).unwrap();
    fill(&b, 40).await;
    fill(&a, batches).await;
    state_need(&a, [1; 16], 700).await;
    settle(&[&a, &b]).await;
    let copy = serve(Home::new(3, None), Some(server)).await;
    listed(&copy, &[&a, &b]);
    (a, b, copy)
}

pub(crate) fn listed(reader: &Served, neighbours: &[&Served]) {
    for neighbour in neighbours {
        reader.admit(neighbour);
        neighbour.admit(reader);
    }
}

pub(crate) async fn by_line(reader: &Served, neighbour: &Served, law: Law) -> Proxy {
    let proxy = line(&neighbour.url, law).await;
    reader.node.add_peer(PeerConfig { url: Some(proxy.url.clone()), ..neighbour.config() }).unwrap();
    proxy
}

/// What a report says: the fields of each row, parted by blanks.
pub(crate) fn report(server: &Server, sql: &str) -> Vec<String> {
    block_in_place(|| {
        let mut client = server.client("mirror", "koinon");
        client.batch_execute("SET timezone TO 'UTC'").unwrap();
        rows(&mut client, sql)
    })
}

pub(crate) const STOCK: &str =
    "SELECT community, sum(amount), unit, count(*) FROM koinon.first_view_stock GROUP BY 1, 3 ORDER BY 1";
pub(crate) const BATCHES: &str = "SELECT community, first_view_by, first_view_at, count(*) FROM koinon.batches GROUP BY 1, 2, 3 ORDER BY 1";
pub(crate) const NEEDS: &str =
    "SELECT community, amount, latest, closed, first_view_by FROM koinon.needs ORDER BY amount";
pub(crate) const STATE: &str = "SELECT first_view_by, state, check_number = own_check_number, looked_into IS NULL FROM koinon.first_views";

pub(crate) fn compared(server: &Server) -> Vec<ComparedView> {
    block_in_place(|| {
        let store = PgStore::open_reader(&server.address(Standbys::NotAsked), None).unwrap();
        store.compared_views().unwrap()
    })
}

pub(crate) fn code(served: &Served) -> String {
    served.community().unwrap().to_string()
}

/// One portion of a first view comes, then the line is dead.
pub(crate) fn dies_in_it() -> Law {
    let mut left = 1;
    Box::new(move |asked, size| {
        if !asked.path.ends_with("first-view") {
            return size;
        }
        left -= 1;
        if left >= 0 { size.min(3 * PIECE_BYTES / 2) } else { 0 }
    })
}

/// Everything but history comes, and the bytes of first views are counted.
pub(crate) fn counted(of: &Node) -> (Law, Arc<Mutex<usize>>) {
    let (brought, mut history) = (Arc::new(Mutex::new(0)), no_history(of));
    let count = brought.clone();
    let law: Law = Box::new(move |asked, size| {
        if !asked.path.ends_with("first-view") {
            return history(asked, size);
        }
        *count.lock().unwrap() += size;
        size
    });
    (law, brought)
}

/// One answer with history comes, then no more.
pub(crate) fn some_history(of: &Node) -> Law {
    let (mut rest, mut came) = (no_history(of), false);
    Box::new(move |asked, size| {
        let wants = asked.messages.iter().any(|message| matches!(message, Message::Want(_)));
        if came && wants {
            return size / 2;
        }
        came = rest(asked, size) < size;
        size
    })
}
