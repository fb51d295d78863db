//! A safety copy that has fetched a neighbour's first view shows it, and says on every page whose it is, of when, and how much of
//! it is checked.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test stops at the first surprise"
)]

mod browser;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse as _;
use browser::{House, browser_of};
use koinon_core::{Clock, Quantity, Timestamp};
use koinon_ledger::fact::Method;
use koinon_ledger::{Act, Reason};
use koinon_log::NetworkId;
use koinon_node::{
    FirstViewState, Founding, Node, Options, PeerConfig, RecoveryPlan, SettableClock, TlsNames,
    exchange_router,
};

const PAGES: [&str; 8] =
    ["/", "/stock", "/needs", "/transfers", "/checks", "/touch", "/operator", "/agreement"];

fn copy_of(house: &House, dir: &tempfile::TempDir, clock: &Arc<SettableClock>) -> Node {
    let clock: Arc<dyn Clock> = clock.clone();
    let founding = Founding {
        network: NetworkId([5; 16]),
        community: None,
        region_text: house.region.to_toml(),
        agreement: None,
        steward: None,
        names: TlsNames::default(),
        recovery: RecoveryPlan::default(),
    };
    let path = dir.path().join("copy");
    Node::init(&path, &founding, &clock).unwrap();
    let mut options = Options::new(&path).without_exchange();
    options.first_view_from = 50;
    Node::open_with(options, clock).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_says_whose_first_view_it_shows_until_all_is_checked() {
    let house = House::found();
    let item = house.region.items[0].clone();
    for amount in 1..=60 {
        house
            .submit(Act::TakeIn {
                store: house.store.clone(),
                item: item.code.clone(),
                batch: None,
                expires: None,
                quantity: Quantity::new(amount * 1_000, item.dimension).unwrap(),
                reason: Reason::Harvested,
                paper: None,
                method: Method::Counted,
            })
            .await;
    }
    // Once the view has been given, the line is down.
    let (is_given, is_down) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(true)));
    let (given, down) = (is_given.clone(), is_down.clone());
    let cut = from_fn(move |request: Request, next: Next| {
        let (given, down) = (given.clone(), down.clone());
        async move {
            if request.uri().path().ends_with("first-view") {
                given.store(true, Ordering::SeqCst);
            } else if given.load(Ordering::SeqCst) && down.load(Ordering::SeqCst) {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
            next.run(request).await
        }
    });
    let mut options = Options::new(house.node.dir()).without_exchange();
    options.first_view_from = 50;
    let house = house.again(options, 0).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = exchange_router(house.node.clone()).layer(cut);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let dir = tempfile::tempdir().unwrap();
    let made = Timestamp::parse_rfc3339("2026-03-01T10:32:00Z").unwrap();
    let clock = Arc::new(SettableClock::new(made));
    let copy = copy_of(&house, &dir, &clock);
    house.node.add_peer(PeerConfig { node: copy.id(), community: None, url: None, ca: None }).unwrap();
    let community = Some(house.own.clone());
    copy.add_peer(PeerConfig { node: house.node.id(), community, url: Some(url), ca: None }).unwrap();
    copy.pull_once(house.node.id()).await.unwrap_err();
    let Some(FirstViewState::Shown { checked, of, .. }) = copy.first_view() else {
        panic!("{:?} {:?}", copy.first_view(), copy.first_views_refused())
    };
    assert!(is_given.load(Ordering::SeqCst) && checked < 30 && of > 120, "{checked} of {of}");

    let name = house.region.community(&house.own).unwrap().name.clone();
    let old = [
        ("en", format!("Of {name} it shows nothing newer than ")),
        ("es", format!("De {name} no muestra nada posterior al ")),
        ("ar", format!("لا تعرض عن {name} شيئًا أحدث من ")),
    ];
    let told_of_age = |reader: &browser::Browser, words: &str| {
        reader.html.replace(['\u{2068}', '\u{2069}'], "").contains(words)
    };
    for (lang, words) in &old {
        let mut reader = browser_of(&copy);
        reader.language(lang);
        clock.set(made);
        assert_eq!(reader.get("/stock").await, 200);
        assert!(!told_of_age(&reader, words), "{lang}: what is of today is not called old");
        clock.set(made.plus_days(3));
        assert_eq!(reader.get("/stock").await, 200);
        assert!(told_of_age(&reader, words), "{lang}: {}", reader.html);
    }
    clock.set(made);
    let told = [
        (
            "en",
            format!("First view from {name}, of "),
            format!("{checked} of {of} entries checked here so far"),
        ),
        ("es", format!("Primera vista de {name}, del "), format!("{checked} de {of} entradas")),
        ("ar", format!("نظرة أولى من {name}، من "), String::new()),
    ];
    for (lang, whose, checked) in &told {
        let mut reader = browser_of(&copy);
        reader.language(lang);
        for page in PAGES {
            assert_eq!(reader.get(page).await, 200, "{page}");
            let html = reader.html.replace(['\u{2068}', '\u{2069}'], "");
            assert!(html.contains(whose.as_str()), "{lang} {page}: {html}");
            assert!(html.contains(checked.as_str()), "{lang} {page}");
        }
    }
    is_down.store(false, Ordering::SeqCst);
    copy.pull_once(house.node.id()).await.unwrap();
    copy.check_first_view().unwrap();
    assert_eq!(copy.first_view(), None);
    let mut reader = browser_of(&copy);
    for page in PAGES {
        assert_eq!(reader.get(page).await, 200, "{page}");
        assert!(!reader.html.contains("First view"), "{page}: {}", reader.html);
    }
}
