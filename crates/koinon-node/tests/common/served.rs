//! Nodes that answer one another over loopback HTTP.

use koinon_authority::Actor;
use koinon_core::CommunityCode;
use koinon_node::{Node, PeerConfig, exchange_router};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Home;

/// A node that answers neighbours.
pub(crate) struct Served {
    pub(crate) home: Home,
    pub(crate) node: Node,
    pub(crate) url: String,
    pub(crate) task: JoinHandle<()>,
}

pub(crate) async fn serve(home: Home) -> Served {
    let node = home.open();
    serve_node(home, node).await
}

/// Serves a node that is open.
pub(crate) async fn serve_node(home: Home, node: Node) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = exchange_router(node.clone());
    let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Served { home, node, url, task }
}

impl Served {
    pub(crate) fn community(&self) -> Option<CommunityCode> {
        self.node.read(|book| book.own().cloned())
    }

    /// How others list this node.
    pub(crate) fn config(&self) -> PeerConfig {
        PeerConfig {
            node: self.node.id(),
            community: self.community(),
            url: Some(self.url.clone()),
            ca: None,
        }
    }

    /// Lists a neighbour whose address is not known here.
    pub(crate) fn admit(&self, other: &Self) {
        self.node.add_peer(PeerConfig { url: None, ..other.config() }).unwrap();
    }

    pub(crate) fn actor(&self) -> Actor {
        self.home.actor()
    }
}

/// Exchanges until nobody hears anything new.
pub(crate) async fn settle(nodes: &[&Served]) {
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
