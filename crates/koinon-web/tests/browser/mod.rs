//! A browser without script in front of a real node in a directory of its own.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses a part of it")]
#![allow(clippy::missing_panics_doc, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use koinon_books::BookCommand;
use koinon_core::region::Region;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{
    Clock, CommunityCode, EntryId, ItemCode, LotId, PersonId, Quantity, StoreCode, Timestamp, TransferId,
};
use koinon_instruments::Agreement;
use koinon_ledger::command::Wished;
use koinon_ledger::fact::Method;
use koinon_ledger::transfer::Status;
use koinon_ledger::{Act, Command, Reason};
use koinon_log::NetworkId;
use koinon_node::{Founding, Node, Options, SettableClock, Submitted, TlsNames};
use koinon_web::app::{App, Shared};
use koinon_web::live::Hub;
use koinon_web::plans::Plans;
use tower::ServiceExt as _;

pub const PASSWORD: &str = "four words apart here";

/// One community with its node, in which nobody has signed in yet.
pub struct House {
    pub node: Node,
    pub own: CommunityCode,
    pub store: StoreCode,
    pub region: Region,
    pub code: String,
    pub steward: PersonId,
    pub plans: Plans,
    router: Router,
    everything: Router,
    clock: Arc<SettableClock>,
    dir: tempfile::TempDir,
}

/// The pages where people act, everything, and the suggestions that both show.
fn routers(node: &Node) -> (Router, Router, Plans) {
    let plans = Plans::new(node.clone());
    let shared = Shared { node: node.clone(), hub: Hub::default(), plans: plans.clone(), demo: None };
    let app = App::new(shared);
    let router = koinon_web::server::router(app);
    (router.clone(), router, plans)
}

/// A browser in front of any node.
pub fn browser_of(node: &Node) -> Browser {
    let (router, ..) = routers(node);
    Browser { router, cookies: BTreeMap::new(), html: String::new(), went: String::new() }
}

impl House {
    /// Founds the keeper of the first hub of a small ring, at nine on a March morning.
    pub fn found() -> Self {
        let region = new_region(4, 5_000, Layout::Ring, 1).unwrap();
        let own = region.hubs[0].keeper.clone();
        let store = region.stores_of(&own.place()).next().unwrap().code.clone();
        let dir = tempfile::tempdir().unwrap();
        let settable =
            Arc::new(SettableClock::new(Timestamp::parse_rfc3339("2026-03-01T09:00:00Z").unwrap()));
        let clock: Arc<dyn Clock> = settable.clone();
        let founding = Founding {
            network: NetworkId([5; 16]),
            community: Some(own.clone()),
            region_text: region.to_toml(),
            agreement: Some(Agreement::draft_of(&region, clock.now().day(&region.zone()))),
            steward: Some("Mara".to_owned()),
            names: TlsNames::default(),
            recovery: koinon_node::RecoveryPlan::default(),
        };
        let path = dir.path().join("node");
        let made = Node::init(&path, &founding, &clock).unwrap();
        let node = Node::open_with(Options::new(&path).without_exchange(), clock).unwrap();
        let (router, everything, plans) = routers(&node);
        let (code, steward) = (made.setup_code, made.steward.unwrap());
        Self { node, own, store, region, code, steward, plans, router, everything, clock: settable, dir }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            html: String::new(),
            went: String::new(),
        }
    }

    /// The first steward, signed in.
    pub async fn signed_in(&self) -> Browser {
        let mut browser = self.browser();
        browser.get("/setup").await;
        let fields = [("code", self.code.as_str()), ("name", "mara"), ("new-password", PASSWORD)];
        assert_eq!(browser.send("/setup", &fields).await, 303, "{}", browser.html);
        browser
    }

    /// The first steward, signed in, where every page and the API are served.
    pub async fn signed_in_everywhere(&self) -> Browser {
        let mut browser = self.signed_in().await;
        browser.router = self.everything.clone();
        browser
    }

    /// Some of a batch is used, by the first steward.
    pub async fn take_out(&self, lot: LotId, amount: i64) {
        let opened =
            self.node.read(|book| book.ledger().lot(&self.own, lot).unwrap().opened().unwrap().clone());
        let dimension = self.region.item(&opened.item).unwrap().dimension;
        let quantity = Quantity::new(amount, dimension).unwrap();
        let (paper, served, method) = (None, None, Method::Counted);
        self.submit(Act::TakeOut { lot, quantity, reason: Reason::Consumed, served, paper, method }).await;
    }

    /// The same computer after some days in which it was off.
    pub async fn asleep(self, days: i64) -> Self {
        let options = Options::new(self.dir.path().join("node")).without_exchange();
        self.again(options, days).await
    }

    /// The same computer, stopped, and started with other settings after some days.
    pub async fn again(self, options: Options, days: i64) -> Self {
        let Self { node, router, everything, plans, .. } = self;
        drop((router, everything, plans));
        node.shutdown().await;
        self.clock.advance(days * Timestamp::DAY_MS);
        let clock: Arc<dyn Clock> = self.clock.clone();
        let node = Node::open_with(options, clock).unwrap();
        let (router, everything, plans) = routers(&node);
        let (own, store, region, code) = (self.own, self.store, self.region, self.code);
        let (steward, clock, dir) = (self.steward, self.clock, self.dir);
        Self { node, own, store, region, code, steward, plans, router, everything, clock, dir }
    }

    /// Another steward, invited by the first and signed in.
    pub async fn second_steward(&self, first: &mut Browser) -> Browser {
        first.get("/operator/people").await;
        let fields = [("name", "Noor"), ("role", "steward"), ("until", "2026-12-31")];
        assert_eq!(first.send("/operator/people", &fields).await, 200, "{}", first.html);
        let (_, rest) = first.html.split_once("/setup?code=").unwrap();
        let code = rest.split('<').next().unwrap().to_owned();
        self.clock.advance(60_000);
        let mut browser = self.browser();
        browser.get(&format!("/setup?code={code}")).await;
        assert_eq!(
            browser.send("/setup", &[("name", "noor"), ("new-password", PASSWORD)]).await,
            303,
            "{}",
            browser.html
        );
        browser
    }

    /// A coordinator, invited by a steward and signed in.
    pub async fn invited(&self, steward: &mut Browser, name: &str, login: &str) -> Browser {
        steward.get("/operator/people").await;
        let fields = [("name", name), ("role", "coordinator"), ("until", "2026-05-31")];
        assert_eq!(steward.send("/operator/people", &fields).await, 200, "{}", steward.html);
        let code = steward.html.split_once("/setup?code=").unwrap().1.split('<').next().unwrap().to_owned();
        self.clock.advance(60_000);
        let mut browser = self.browser();
        browser.get(&format!("/setup?code={code}")).await;
        let fields = [("name", login), ("new-password", PASSWORD)];
        assert_eq!(browser.send("/setup", &fields).await, 303, "{}", browser.html);
        browser
    }

    /// A path with the store's code in it.
    pub fn path(&self, path: &str) -> String {
        path.replace("STORE", self.store.as_str())
    }

    /// What the book says of an item, in base units.
    pub fn stock(&self, item: &str) -> i128 {
        let item = ItemCode::new(item).unwrap();
        self.node.read(|book| book.ledger().lots_of(&self.own, &item).map(|(_, lot)| lot.balance()).sum())
    }

    pub fn lot(&self, item: &str) -> LotId {
        let item = ItemCode::new(item).unwrap();
        self.node.read(|book| book.ledger().lots_of(&self.own, &item).next().unwrap().0)
    }

    /// Promises an item to the hub that this community keeps, by the first steward; gives the transfer's page.
    pub async fn promise(&self, item: &str, amount: i64) -> String {
        let item = ItemCode::new(item).unwrap();
        let quantity = |amount| Quantity::new(amount, self.region.item(&item).unwrap().dimension).unwrap();
        let today = self.clock.now().day(&self.region.zone());
        self.submit(Act::TakeIn {
            store: self.store.clone(),
            item: item.clone(),
            batch: None,
            expires: None,
            quantity: quantity(amount * 40),
            reason: Reason::Harvested,
            paper: None,
            method: Method::Counted,
        })
        .await;
        let transfer = TransferId::derived("test", &amount.to_be_bytes());
        self.submit(Act::Commit {
            transfer,
            from: self.own.place(),
            to: self.region.hubs[0].code.clone(),
            lines: vec![Wished {
                item: item.clone(),
                lot: None,
                quantity: quantity(amount),
                requested: None,
            }],
            route: Vec::new(),
            leaves: today,
            arrives: today.plus(1),
            need: None,
            suggestion: None,
            return_by: None,
            standing: None,
        })
        .await;
        format!("/transfer/{}/{transfer}", self.own)
    }

    /// Records something by the first steward, whatever questions it raises.
    pub async fn submit(&self, what: Act) {
        let act = EntryId::derived("test act", format!("{what:?}").as_bytes());
        let command = Command { act, occurred: self.clock.now(), confirmed: true, what };
        let who = koinon_authority::Actor::Person(self.steward);
        let answer = self.node.submit(who, BookCommand::Ledger(command)).await.unwrap();
        assert!(matches!(answer, Submitted::Done { .. }), "{answer:?}");
    }

    pub fn transfer_status(&self, page: &str) -> Status {
        let id = page.rsplit('/').next().unwrap().parse().unwrap();
        self.node.read(|book| book.ledger().transfer(&self.own, id).unwrap().status(&self.own))
    }
}

/// Cookies, the last page, and where the last answer led.
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    pub html: String,
    went: String,
}

type Pairs = Vec<(String, String)>;

impl Browser {
    pub fn language(&mut self, code: &str) {
        self.cookies.insert("koinon_lang".into(), code.into());
    }

    pub fn cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub fn location(&self) -> String {
        self.went.clone()
    }

    async fn ask(&mut self, request: axum::http::request::Builder, body: Body) -> u16 {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        // A program asks for what it sends.
        let sends = request.headers_ref().and_then(|headers| headers.get("content-type"));
        let accept =
            sends.filter(|kind| *kind == "application/json").map_or("text/html", |_| "application/json");
        let request = request
            .header("host", "heath.internal:7401")
            .header("accept", accept)
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookies.join("; "));
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        for line in response.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        self.went = location.unwrap_or_default();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
        self.html = String::from_utf8_lossy(&bytes).into_owned();
        assert!(status < 500, "{status}: {}", self.html);
        status
    }

    pub async fn get(&mut self, path: &str) -> u16 {
        self.ask(Request::get(path), Body::empty()).await
    }

    pub async fn post_raw(&mut self, path: &str, fields: &[(String, String)]) -> u16 {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.ask(request, Body::from(body.join("&"))).await
    }

    pub async fn post_json(&mut self, path: &str, document: &str) -> u16 {
        let request = Request::post(path).header("content-type", "application/json");
        self.ask(request, Body::from(document.to_owned())).await
    }

    /// Fills in the form of the last page that posts to `action`, and sends it.
    pub async fn send(&mut self, action: &str, fields: &[(&str, &str)]) -> u16 {
        let filled = with(self.fields_of(action), fields);
        self.post_raw(action, &filled).await
    }

    pub async fn upload(&mut self, action: &str, file: &[u8]) -> u16 {
        let mut body = Vec::new();
        for (name, value) in self.fields_of(action).iter().filter(|(name, _)| name != "file") {
            body.extend(
                format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        body.extend(b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n");
        body.extend(file);
        body.extend(b"\r\n--x--\r\n");
        let request = Request::post(action).header("content-type", "multipart/form-data; boundary=x");
        self.ask(request, Body::from(body)).await
    }

    fn forms(&self, action: &str) -> Vec<&str> {
        let start = format!("action=\"{action}\"");
        let forms = self.html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap());
        forms
            .filter(|form| form.split('>').next().unwrap().contains(&start) && form.contains("post"))
            .collect()
    }

    /// What the form of the last page would send untouched.
    pub fn fields_of(&self, action: &str) -> Pairs {
        self.nth_form(action, 0)
    }

    pub fn nth_form(&self, action: &str, at: usize) -> Pairs {
        let forms = self.forms(action);
        fields(forms.get(at).unwrap_or_else(|| panic!("no form {at} to {action} in {}", self.html)))
    }

    pub fn nth_act(&self, action: &str, act: &str, at: usize) -> Pairs {
        let mark = format!("name=\"do\" value=\"{act}\"");
        let forms = self.forms(action);
        let form = forms.iter().filter(|form| form.contains(&mark)).nth(at);
        fields(form.unwrap_or_else(|| panic!("nothing to {act} in {}", self.html)))
    }

    pub fn act_form(&self, action: &str, act: &str) -> Pairs {
        self.nth_act(action, act, 0)
    }

    pub fn act_with(&self, action: &str, act: &str, fields: &[(&str, &str)]) -> Pairs {
        with(self.act_form(action, act), fields)
    }

    /// The first field whose name begins so and is no unit.
    pub fn field_named(&self, start: &str) -> Option<String> {
        let names = self.html.split("name=\"").skip(1).filter_map(|rest| rest.split('"').next());
        names.filter(|name| name.starts_with(start) && !name.ends_with("-unit")).map(str::to_owned).next()
    }
}

fn with(mut pairs: Pairs, fields: &[(&str, &str)]) -> Pairs {
    for (name, value) in fields {
        pairs.retain(|(known, _)| known != name);
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    pairs
}

/// What a browser would send of a form: inputs with values, ticked boxes, the chosen or first option of each menu.
fn fields(form: &str) -> Pairs {
    let mut pairs = Pairs::new();
    for tag in form.split('<').skip(1) {
        let inside = tag.split('>').next().unwrap();
        let attribute = |name: &str| {
            let (_, rest) = inside.split_once(&format!(" {name}=\""))?;
            rest.split('"').next().map(|text| text.replace("&quot;", "\"").replace("&amp;", "&"))
        };
        if tag.starts_with("input") {
            let kind = attribute("type").unwrap_or_default();
            let ticked = !matches!(kind.as_str(), "radio" | "checkbox")
                || inside.ends_with(" checked")
                || inside.contains(" checked ");
            if let (Some(name), true) = (attribute("name"), ticked) {
                pairs.push((name, attribute("value").unwrap_or_default()));
            }
        } else if tag.starts_with("select") {
            pairs.push((attribute("name").unwrap_or_default(), String::from("\u{0}")));
        } else if tag.starts_with("option")
            && let Some((_, value)) = pairs.last_mut()
            && (value == "\u{0}" || inside.contains(" selected"))
        {
            *value = attribute("value").unwrap_or_default();
        }
    }
    pairs
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
