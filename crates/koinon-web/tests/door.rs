//! The whole router over a real node: every reading address as every role, exports and API alike; commands once only.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use koinon_authority::{Actor, Caps, Granted, Role, Scope};
use koinon_books::BookCommand;
use koinon_core::region::Region;
use koinon_core::{Clock, CommunityCode, Day, EntryId, GrantId, PersonId, Timestamp};
use koinon_instruments::Agreement;
use koinon_ledger::Act;
use koinon_ledger::fact::OnTheWay;
use koinon_log::NetworkId;
use koinon_node::{Founding, Node, SettableClock, Submitted};
use koinon_sim::{HandsOff, Part, Purpose, Seed, Today, World};
use koinon_web::app::{App, Demo, DemoState, Persona, Shared};
use koinon_web::live::Hub;
use koinon_web::plans::Plans;
use koinon_web::server;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tower::ServiceExt as _;

struct House {
    router: Router,
    app: App,
    /// What must live as long as the node is asked.
    kept: (tempfile::TempDir, watch::Sender<DemoState>, mpsc::Receiver<koinon_web::app::DemoControl>),
}

fn id(n: u8) -> [u8; 16] {
    [n; 16]
}

/// Heath's own node, after its opening day, with one person for each role.
async fn house() -> House {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../regions/ring.toml")).unwrap();
    let region = Region::parse(&text).unwrap();
    let heath = CommunityCode::new("heath").unwrap();
    let world = World::new(&region, 7);
    let day = world.start();
    let start = day.start(&region.zone());
    let clock = Arc::new(SettableClock::new(start));
    let shared: Arc<dyn Clock> = clock.clone();
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("heath");
    let founding = Founding {
        network: NetworkId::of("ten springs"),
        community: Some(heath.clone()),
        region_text: text,
        agreement: Some(Agreement::draft_of(&region, day)),
        steward: Some("Mara".to_owned()),
        names: koinon_node::TlsNames::default(),
        recovery: koinon_node::RecoveryPlan::default(),
    };
    let made = Node::init(&home, &founding, &shared).unwrap();
    let node = Node::open(&home, shared).unwrap();
    let steward = made.steward.unwrap();
    let mut personas = vec![Persona {
        code: "heath-steward-1".into(),
        community: heath.clone(),
        role: "role-steward".into(),
        name: "Mara".into(),
        person: steward,
    }];
    for (n, role) in (1u8..).zip([Role::Facilitator, Role::Coordinator, Role::Guest]) {
        let person = PersonId(id(n));
        let granted = Granted {
            grant: GrantId(id(n)),
            subject: person,
            role,
            scope: Scope::Community(heath.clone()),
            caps: Caps::none(),
            not_before: start,
            expires: start.plus_days(30),
            by: Some(steward),
            decision: None,
        };
        let command = BookCommand::Grant { act: EntryId(id(100 + n)), granted, name: None };
        let done = node.submit(Actor::Person(steward), command).await.unwrap();
        assert!(matches!(done, Submitted::Done { .. }));
        personas.push(Persona {
            code: format!("heath-{}-1", role.code()),
            community: heath.clone(),
            role: format!("role-{}", role.code()),
            name: role.code().to_owned(),
            person,
        });
    }
    personas.push(Persona {
        code: "dunes-steward-1".into(),
        community: CommunityCode::new("dunes").unwrap(),
        role: "role-steward".into(),
        name: "Noor".into(),
        person: PersonId(id(77)),
    });
    let mut ids = Seed(3).dice(0, Day(0), Purpose::Ids, 0);
    let book = node.read(Clone::clone);
    let hands_off = HandsOff::default();
    let today = Today { day, community: &heath, book: &book, suggestions: &[], hands_off: &hands_off };
    for planned in world.play_day(&today, &mut ids) {
        clock.set(planned.at);
        let who = match planned.who {
            Part::Meter => continue,
            _ => Actor::Person(steward),
        };
        let done = node.submit(who, planned.command).await;
        assert!(matches!(done, Ok(Submitted::Done { .. })), "{done:?}");
    }
    clock.set(day.start(&region.zone()).plus_millis(20 * 3_600_000));
    let (unplugged, failed) = (Vec::new(), Vec::new());
    let state = DemoState {
        day,
        day_number: 1,
        running: false,
        seconds_per_day: 60,
        unplugged,
        failed,
        digest: None,
    };
    let (told, state) = watch::channel(state);
    let (control, orders) = mpsc::channel(1);
    let demo = Demo {
        personas: Arc::new(personas),
        places: Arc::new(vec![(
            CommunityCode::new("dunes").unwrap(),
            "Dunes".to_owned(),
            "http://127.0.0.1:8901/".to_owned(),
        )]),
        nodes: Arc::new(BTreeMap::new()),
        story: None,
        past: None,
        state,
        control,
    };
    let plans = Plans::new(node.clone());
    assert!(plans.refresh() && !plans.refresh(), "one plan for one state of the book");
    let app = App::new(Shared { node, hub: Hub::default(), plans, demo: Some(demo) });
    House { router: server::router(app.clone()), app, kept: (dir, told, orders) }
}

impl House {
    async fn ask(&self, who: &str, path: &str, accept: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request = Request::get(path)
            .header("accept", accept)
            .header("cookie", format!("koinon_persona={who}"))
            .body(Body::empty())
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        (status, headers, to_bytes(answer.into_body(), 50_000_000).await.unwrap().to_vec())
    }

    async fn text(&self, who: &str, path: &str) -> String {
        let (status, _, body) = self.ask(who, path, "text/html").await;
        assert_eq!(status, StatusCode::OK, "{who} {path}");
        String::from_utf8_lossy(&body).into_owned()
    }

    async fn command(&self, who: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::post("/api/v1/commands")
            .header("content-type", "application/json")
            .header("cookie", format!("koinon_persona={who}"))
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.to_string()))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1_000_000).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }
}

const PEOPLE: [&str; 4] = ["guest", "heath-steward-1", "heath-coordinator-1", "heath-guest-1"];

#[tokio::test]
async fn every_address_is_crawled_as_every_role() {
    let house = house().await;
    let hidden: Vec<String> = house.app.node.read(|book| {
        let items = book.region().items.iter();
        let concerned = items.filter(|item| item.seen_by() == koinon_authority::Visibility::Concerned);
        concerned.map(|item| item.code.to_string()).collect()
    });
    assert!(hidden.len() >= 3);
    for who in PEOPLE {
        let member = !who.contains("guest");
        let mut queue = vec!["/".to_owned(), "/stock?place=all".to_owned(), "/suggestions".to_owned()];
        for path in [
            "region",
            "communities",
            "stock",
            "lots",
            "transfers",
            "suggestions",
            "unmet",
            "needs",
            "offers",
            "touch",
            "copies",
            "checks",
        ] {
            queue.push(format!("/api/v1/{path}"));
        }
        let mut seen = std::collections::BTreeSet::new();
        while let Some(path) = queue.pop() {
            if !seen.insert(path.clone()) || seen.len() > 260 {
                continue;
            }
            let (status, headers, body) = house.ask(who, &path, "text/html").await;
            assert_ne!(status, StatusCode::NOT_FOUND, "{who}: a page leads to {path}");
            let reading = [
                "/",
                "/stock",
                "/community",
                "/checks",
                "/touch",
                "/copies",
                "/transfers",
                "/suggestion",
                "/lot",
                "/api",
                "/operator",
            ];
            let is_reading = path == "/" || reading[1..].iter().any(|start| path.starts_with(start));
            if !is_reading
                || path.contains("/correct/")
                || path.ends_with("/send")
                || path.starts_with("/operator/people")
            {
                continue;
            }
            assert_eq!(status, StatusCode::OK, "{who} {path}");
            let kind = headers["content-type"].to_str().unwrap().to_owned();
            if kind.contains("sheet") {
                continue;
            }
            let text = String::from_utf8(body).unwrap();
            if !member {
                for code in &hidden {
                    let quoted = [format!("/{code}\""), format!("\"{code}\""), format!("\n{code},")];
                    assert!(!quoted.iter().any(|form| text.contains(form)), "{who} {path}: {code}");
                }
                let shown = text.contains("\"amount\":{\"amount\"")
                    || text.contains("\u{a0}kg")
                    || text.contains("\u{a0}t<");
                assert!(!shown, "{who} {path}: an amount");
            }
            if kind.starts_with("text/html") {
                let links = text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
                queue.extend(
                    links.filter(|link| link.starts_with('/')).map(|link| link.replace("&amp;", "&")),
                );
            }
        }
        assert!(seen.len() > 60, "{who}: only {} addresses", seen.len());
        assert!(seen.iter().any(|path| path.starts_with("/lot/")) == member, "{who}");
    }
}

#[tokio::test]
async fn the_first_page_is_small_and_says_one_true_sentence() {
    let house = house().await;
    let html = house.text("heath-steward-1", "/").await;
    assert!(html.contains("<h1>"), "{html}");
    // Nobody but Heath was heard here, so nothing is said of the others.
    let document: Value =
        serde_json::from_slice(&house.ask("heath-steward-1", "/api/v1/region", "*/*").await.2).unwrap();
    assert_eq!(document["headline"]["kind"], "silent");
    assert_eq!(document["in_touch"], 1);
    let request = Request::get("/")
        .header("accept-encoding", "br")
        .header("accept", "text/html")
        .body(Body::empty())
        .unwrap();
    let answer = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "br");
    let page = to_bytes(answer.into_body(), 1_000_000).await.unwrap().len();
    let assets: usize = koinon_web::assets::all()
        .iter()
        .filter(|asset| ["koinon.css", "koinon.js", "favicon.svg"].contains(&asset.name))
        .map(|asset| asset.brotli.len())
        .sum();
    println!("{page} bytes of page and {assets} of assets on the wire");
    assert!(page + assets <= 35 * 1024, "{page} bytes of page and {assets} of assets");
}

#[tokio::test]
async fn what_was_let_happen_stands_on_the_first_page_and_a_guest_is_told_what_is_hidden() {
    let house = house().await;
    let heath = CommunityCode::new("heath").unwrap();
    house.kept.1.send_modify(|state| {
        state.unplugged.push(CommunityCode::new("dunes").unwrap());
        state.failed.push(heath);
    });
    for path in ["/", "/demo"] {
        let html = house.text("heath-steward-1", path).await;
        assert!(
            html.contains("Dunes has no line") && html.contains("The crop at Heath has failed"),
            "{path}"
        );
    }
    let first = house.text("heath-steward-1", "/").await;
    assert!(first.contains("Not heard today") && first.contains("never heard"), "{first}");
    let guest = house.text("guest", "/stock/wheat").await;
    assert!(guest.contains("not shown to guests"), "{guest}");
    assert!(!house.text("heath-steward-1", "/stock/wheat").await.contains("not shown to guests"));
    assert!(!house.text("guest", "/story").await.contains("\u{a0}t of"));
}

#[tokio::test]
async fn a_command_is_done_once_however_often_it_is_sent() {
    let house = house().await;
    let row = &serde_json::from_slice::<Value>(
        &house.ask("heath-coordinator-1", "/api/v1/lots?item=wheat", "*/*").await.2,
    )
    .unwrap()[0];
    let count = json!({
        "act": "0195d6a0-0000-7000-8000-000000000001",
        "what": {
            "kind": "count",
            "store": row["store"]["code"],
            "item": "wheat",
            "lot": row["id"],
            "seen": { "amount": row["amount"]["amount"], "unit": "g" }
        }
    });
    let (status, first) = house.command("heath-coordinator-1", &count).await;
    assert_eq!(
        (status, &first["status"], &first["repeated"]),
        (StatusCode::OK, &json!("recorded"), &json!(false)),
        "{first}"
    );
    let (_, second) = house.command("heath-coordinator-1", &count).await;
    assert_eq!(second["repeated"], json!(true));
    let (status, refused) = house.command("guest", &count).await;
    assert_eq!((status, refused["status"].as_u64()), (StatusCode::UNAUTHORIZED, Some(401)), "{refused}");
    let mut other = count.clone();
    other["what"]["seen"]["amount"] = json!(1);
    other["confirmed"] = json!(true);
    let (status, refused) = house.command("heath-coordinator-1", &other).await;
    assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("urn:koinon:problem:conflict")));
    assert!(refused["detail"].as_str().unwrap().contains("used already"), "{refused}");
    let (status, refused) = house.command("heath-guest-1", &count).await;
    assert_eq!(
        status,
        StatusCode::FORBIDDEN,
        "who may not count does not learn that it was counted: {refused}"
    );
    let mut other = count.clone();
    other["act"] = json!("0195d6a0-0000-7000-8000-000000000002");
    let (status, refused) = house.command("heath-guest-1", &other).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{refused}");
}

#[tokio::test]
async fn a_wrong_command_is_told_every_fault_at_once() {
    let house = house().await;
    let wrong = json!({
        "act": "no-uuid",
        "occurred": "yesterday",
        "what": {
            "kind": "take-in", "store": "Not A Code", "item": "wheat", "expires": "2026-02-31",
            "quantity": { "amount": 5, "unit": "stone" }, "reason": "because"
        }
    });
    let (status, problem) = house.command("heath-coordinator-1", &wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let places: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["place"].as_str().unwrap()).collect();
    assert_eq!(
        places,
        ["act", "occurred", "what.expires", "what.quantity.unit", "what.reason", "what.store"]
    );
    let (status, problem) = house.command("heath-coordinator-1", &json!({ "act": 3 })).await;
    assert_eq!(
        (status, &problem["type"]),
        (StatusCode::BAD_REQUEST, &json!("urn:koinon:problem:bad-request"))
    );
    let now: Timestamp = house.app.node.clock().now();
    assert!(now.as_millis() > 0);
}

/// What is made from other things, and a load that goes elsewhere, can be said through the API too.
#[test]
fn production_and_diversion_are_commands() {
    let read = |what: Value| {
        let body = json!({ "act": "0195d6a0-0000-7000-8000-000000000001", "what": what });
        let body: koinon_web::api::CommandBody = serde_json::from_value(body).unwrap();
        body.command(Timestamp::from_millis(0))
    };
    let id = "0195d6a0-0000-7000-8000-00000000000a";
    let grams = |amount: i64| json!({ "amount": amount, "unit": "g" });
    let made = json!({
        "kind": "make", "store": "heath-main", "item": "bread", "quantity": grams(900),
        "from": [{ "lot": id, "quantity": grams(700) }]
    });
    let Ok(BookCommand::Ledger(command)) = read(made.clone()) else { panic!("{made}") };
    assert!(matches!(command.what, Act::Make { from, .. } if from.len() == 1 && from[0].1.amount() == 700));
    let mut wrong = made;
    wrong["from"][0] = json!({ "lot": "x", "quantity": { "amount": 1, "unit": "stone" } });
    let told = format!("{:?}", read(wrong).unwrap_err());
    assert!(told.contains("what.from[0].lot") && told.contains("what.from[0].quantity.unit"), "{told}");
    let news = |more: Value| {
        let mut news =
            json!({ "kind": "news", "giver": "heath", "transfer": id, "shipment": id, "what": "diverted" });
        news.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read(news)
    };
    let Ok(BookCommand::Ledger(command)) = news(json!({ "to": "hub-1", "keeper": "dunes" })) else {
        panic!()
    };
    assert!(matches!(command.what, Act::News { what: OnTheWay::Diverted(..), .. }));
    let told = format!("{:?}", news(json!({})).unwrap_err());
    assert!(told.contains("what.to") && told.contains("what.keeper"), "{told}");
}

#[tokio::test]
async fn a_persona_leads_to_the_pages_of_its_own_community_and_problems_keep_the_strip() {
    let house = house().await;
    let get = |path: &str| Request::get(path).header("accept", "text/html").header("host", "localhost:8900");
    let answer = house.router.clone().oneshot(get("/stock").body(Body::empty()).unwrap()).await.unwrap();
    let greeting = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let html = to_bytes(answer.into_body(), 10_000_000).await.unwrap();
    let html = String::from_utf8_lossy(&html).into_owned();
    let token = html.split_once("name=\"token\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let request = Request::post("/demo/persona")
        .header("host", "localhost:8900")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", &greeting)
        .body(Body::from(format!("token={token}&persona=dunes-steward-1&back=%2Fstock")))
        .unwrap();
    let answer = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "a form may not end on another port, so a page goes on");
    assert_eq!(answer.headers()["refresh"], "0; url=http://localhost:8901/", "the host is the visitor's");
    let line = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(line.starts_with("koinon_persona=dunes-steward-1;"), "{line}");

    for path in ["/nowhere", "/suggestion/no-such", "/stock/no-such"] {
        let request = get(path).header("cookie", format!("{greeting}; koinon_persona=heath-steward-1"));
        let answer = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        let html = to_bytes(answer.into_body(), 1_000_000).await.unwrap();
        let html = String::from_utf8_lossy(&html).into_owned();
        assert!(!path.contains("suggestion") || html.contains("href=\"/suggestions\""), "{path}: {html}");
        assert!(html.contains("action=\"/demo/persona\"") && html.contains("href=\"/me\""), "{path}: {html}");
    }
}

#[tokio::test]
async fn a_visitor_of_the_demo_sees_it_as_another_person_until_the_next_choice() {
    let house = house().await;
    let page = house.text("heath-steward-1", "/stock").await;
    let (_, rest) = page.split_once("name=\"token\" value=\"").unwrap();
    let token = rest.split('"').next().unwrap();
    // The form's token is bound to the greeting cookie that came with it; without it nothing is chosen.
    for (persona, cookie, status) in [
        ("heath-guest-1", "", StatusCode::FORBIDDEN),
        ("nobody-at-all", "greeted", StatusCode::NOT_FOUND),
        ("heath-guest-1", "greeted", StatusCode::SEE_OTHER),
    ] {
        let request = Request::get("/stock").header("accept", "text/html").body(Body::empty()).unwrap();
        let answer = house.router.clone().oneshot(request).await.unwrap();
        let greeting = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let html = to_bytes(answer.into_body(), 10_000_000).await.unwrap();
        let html = String::from_utf8_lossy(&html).into_owned();
        let own = html.split_once("name=\"token\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let sent = if cookie.is_empty() { token } else { &own };
        let request = Request::post("/demo/persona")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", greeting)
            .body(Body::from(format!("token={sent}&act={}&persona={persona}&back=%2Fstock", EntryId(id(9)))))
            .unwrap();
        let answer = house.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status, "{persona}");
        if status == StatusCode::SEE_OTHER {
            assert_eq!(answer.headers()["location"], "/stock");
            let line = answer.headers()["set-cookie"].to_str().unwrap();
            assert!(line.starts_with("koinon_persona=heath-guest-1;") && line.contains("HttpOnly"), "{line}");
        }
    }
    let (steward, guest) =
        (house.text("heath-steward-1", "/me").await, house.text("heath-guest-1", "/me").await);
    assert!(steward.contains("steward for") && !guest.contains("steward for"));
    assert!(guest.contains("guest for"), "{guest}");
}
