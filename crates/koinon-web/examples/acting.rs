//! A real node with a little stock and one transfer, for the browser tests of the pages where people act.
//!
//! `cargo run -p koinon-web --example acting -- 127.0.0.1:7492`. The node lives in a directory of its own below the system's
//! temporary one; `mara` and `noor` are its stewards, both with the password below. It is made anew at every start.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::routing::get;
use koinon_authority::{Actor, Caps, Granted, Role, Scope};
use koinon_books::BookCommand;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{Clock, Day, EntryId, GrantId, ItemCode, NodeId, PersonId, Quantity, TransferId};
use koinon_instruments::Agreement;
use koinon_ledger::command::Wished;
use koinon_ledger::fact::{Method, PrintedMark};
use koinon_ledger::{Act, Command, Reason};
use koinon_log::NetworkId;
use koinon_node::{
    Device, Founding, Node, Options, PeerConfig, PlaceOrder, Submitted, SystemClock, TlsNames,
};
use koinon_web::app::{App, Shared};
use koinon_web::live::Hub;
use koinon_web::plans::Plans;
use koinon_web::{acts, assets, security, ui};

const PASSWORD: &str = "four words apart here";
/// A public key of age, as its documentation shows one.
const CLINIC: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

fn main() -> Result<(), Box<dyn Error>> {
    let address: SocketAddr =
        std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7492".to_owned()).parse()?;
    tokio::runtime::Runtime::new()?.block_on(serve(address))
}

async fn serve(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let node = found(&dir.path().join("node")).await?;
    let shared = Shared { node: node.clone(), hub: Hub::default(), plans: Plans::new(node), demo: None };
    let router = acts::router()
        .merge(koinon_web::pages::copies::router())
        .merge(koinon_web::pages::services::router())
        .merge(koinon_web::pages::teams::router())
        .merge(assets::router())
        .merge(ui::settings_router())
        .route("/", get(|| async { "" }))
        .route(
            "/live",
            get(|app: axum::extract::State<App>| async move {
                app.hub
                    .seat([])
                    .map(|seat| app.hub.stream([].into(), seat))
                    .ok_or(axum::http::StatusCode::SERVICE_UNAVAILABLE)
            }),
        );
    let app = App::new(shared);
    tokio::spawn(koinon_web::server::follow(app.clone()));
    let router = security::guarded(router).with_state(app);
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?)
}

async fn found(path: &std::path::Path) -> Result<Node, Box<dyn Error>> {
    let region = new_region(4, 5_000, Layout::Ring, 1)?;
    let hub = region.hubs.first().ok_or("the ring has a hub")?.clone();
    let own = hub.keeper.clone();
    let store = region.stores_of(&own.place()).next().ok_or("a store")?.code.clone();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let founding = Founding {
        network: NetworkId([5; 16]),
        community: Some(own.clone()),
        region_text: region.to_toml(),
        agreement: Some(Agreement::draft_of(&region, clock.now().day(&region.zone()))),
        steward: Some("Mara".to_owned()),
        names: TlsNames::default(),
        recovery: koinon_node::RecoveryPlan::default(),
    };
    let made = Node::init(path, &founding, &clock)?;
    let node = Node::open_with(Options::new(path).without_exchange(), clock.clone())?;
    let mara = made.steward.ok_or("a steward")?;
    let noor = PersonId::derived("example", b"noor");
    let now = clock.now();
    let granted = Granted {
        grant: GrantId::derived("example", b"noor"),
        subject: noor,
        role: Role::Steward,
        scope: Scope::Community(own.clone()),
        caps: Caps::none(),
        not_before: now.plus_millis(1_000),
        expires: now.plus_days(200),
        by: Some(mara),
        decision: None,
    };
    let act = EntryId::derived("example", b"noor");
    node.submit(Actor::Person(mara), BookCommand::Grant { act, granted, name: Some("Noor".into()) }).await?;
    let device = Device { label: "example".to_owned(), shared: false };
    for (code, login) in [(made.setup_code, "mara"), (node.accounts().make_code(noor, None)?, "noor")] {
        node.accounts().redeem(&code, login, PASSWORD, &device, "here", |person| node.standing(person))?;
    }
    let today = now.day(&region.zone());
    let stock = [
        ("wheat", 1_680_000_000, Some("H-12"), 200),
        ("rice", 24_000_000, None, 400),
        ("rice", 3_000_000, Some("R-7"), 40),
        ("blanket", 4_200, None, 900),
        ("tarpaulin", 4_200, None, 900),
    ];
    for (item, amount, batch, days) in stock {
        let item = ItemCode::new(item)?;
        let dimension = region.item(&item).ok_or("an item")?.dimension;
        let batch = batch.map(PrintedMark::new).transpose()?;
        let what = Act::TakeIn {
            store: store.clone(),
            item,
            batch,
            expires: Some(Day(today.0 + days)),
            quantity: Quantity::new(amount, dimension)?,
            reason: Reason::Harvested,
            paper: None,
            method: Method::Counted,
        };
        submit(&node, mara, what).await?;
    }
    for (id, amount) in [(7, 42_000_000), (8, 4_000_000)] {
        let item = ItemCode::new("wheat")?;
        let quantity = Quantity::new(amount, koinon_core::Dimension::Mass)?;
        let what = Act::Commit {
            transfer: TransferId([id; 16]),
            from: own.place(),
            to: hub.code.clone(),
            lines: vec![Wished { item, lot: None, quantity, requested: None }],
            route: Vec::new(),
            leaves: today,
            arrives: today.plus(1),
            need: None,
            suggestion: None,
            return_by: None,
            standing: None,
        };
        submit(&node, mara, what).await?;
    }
    keep_files(&node, path)?;
    Ok(node)
}

/// A file that a neighbour is to keep, and a word that files are kept for it.
fn keep_files(node: &Node, path: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let keeper = NodeId([7; 32]);
    node.add_peer(PeerConfig { node: keeper, community: None, url: None, ca: None })?;
    let file = path.with_extension("tar");
    std::fs::write(&file, "the patients of the ward")?;
    let recipients = vec![CLINIC.to_owned()];
    node.kept_place(&PlaceOrder {
        file,
        label: "Ward two, evenings".to_owned(),
        with: vec![keeper],
        recipients,
    })?;
    Ok(node.kept_allow(keeper, 50 << 20)?)
}

async fn submit(node: &Node, who: PersonId, what: Act) -> Result<(), Box<dyn Error>> {
    let act = EntryId::derived("example", format!("{what:?}").as_bytes());
    let command = Command { act, occurred: node.clock().now(), confirmed: true, what };
    match node.submit(Actor::Person(who), BookCommand::Ledger(command)).await? {
        Submitted::Done { .. } => Ok(()),
        asked => Err(format!("{asked:?}").into()),
    }
}
