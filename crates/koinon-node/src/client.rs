//! Asking a neighbour: one address, no redirects, bounded answers.

use std::io::Read as _;
use std::sync::{PoisonError, mpsc};
use std::time::Duration;

use koinon_core::{NodeId, Timestamp};
use koinon_log::frames::{self, FrameError};
use koinon_log::packing::unpack;
use koinon_log::session::Step as Next;
use koinon_log::{
    Heads, LogHead, Message, Mine, Outcome, Parcel, Receipt, Session, SessionError, StoreError, WantBytes,
    forks_digest,
};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::WithBody;
use ureq::{Agent, RequestBuilder};

use crate::auth::{self, AuthError, Request};
use crate::entropy::draw;
use crate::error::NodeError;
use crate::first_view::{self, FirstViewError, Took};
use crate::keeper::{KeepError, look};
use crate::kept;
use crate::node::Node;
use crate::peers::{self, PeerConfig};
use crate::server::{EXCHANGE_PATH, PACKED};
use crate::writer::{Job, Reply, SubmitError};

/// The most bytes of one answer that are read.
const ANSWER_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Bytes of a first view are read in portions of so many.
const PORTION_BYTES: usize = 16 * 1024;
/// The most receipts in one greeting.
const RECEIPTS_AT_ONCE: usize = 64;
/// The most requests in one pull; more is left for the next.
const ROUNDS_MAX: usize = 10_000;
/// The most requests for what is newer than a first view; more comes in its turn.
const NEWER_ROUNDS_MAX: usize = 100;
/// While a first view is shown, an exchange ends after so long, so that the next begins with what is newer.
const NEWER_EVERY: Duration = Duration::from_mins(5);

/// A part of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Finding and greeting the neighbour.
    Greet,
    /// Asking for facts.
    Ask,
    /// Fetching a first view.
    FirstView,
    /// Storing what came.
    Store,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Greet => "greeting",
            Self::Ask => "asking for facts",
            Self::FirstView => "fetching a first view",
            Self::Store => "storing what came",
        })
    }
}

/// Why an exchange failed: with whom, at which step, and the cause.
#[derive(Debug, thiserror::Error)]
#[error("{peer}, {step}: {cause}")]
pub struct PullError {
    /// The neighbour, by its community or node id.
    pub peer: String,
    /// The step.
    pub step: Step,
    /// The cause.
    #[source]
    pub cause: PullCause,
}

/// Why a step of an exchange failed.
#[derive(Debug, thiserror::Error)]
pub enum PullCause {
    /// The neighbour is not listed.
    #[error("it is not among the listed neighbours")]
    NotListed,
    /// No address is listed.
    #[error("no address is listed for it; it asks us")]
    NoAddress,
    /// An exchange with it is under way.
    #[error("an exchange with it is under way already")]
    Busy,
    /// It could not be reached, or its answer not be read.
    #[error("{0}; {remedy}", remedy = remedy(.0))]
    Http(#[from] Box<ureq::Error>),
    /// The answer broke off.
    #[error("the answer broke off: {0}")]
    Io(#[from] std::io::Error),
    /// It refused.
    #[error("it refuses with status {status}: {text}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        text: String,
    },
    /// The answer unpacks to more than any answer may have.
    #[error("its answer unpacks to more than {0} bytes")]
    TooLong(u64),
    /// The answer is not its own.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The answer cannot be read.
    #[error("its answer cannot be read: {0}")]
    Frames(#[from] FrameError),
    /// The exchange cannot go on: it is of another federation, is another node, or sent what cannot be read.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The certificate authority listed for it cannot be read.
    #[error("the certificate authority listed for it cannot be read: {0}")]
    Authority(String),
    /// A first view could not be fetched or checked.
    #[error(transparent)]
    FirstView(#[from] FirstViewError),
    /// What came could not be stored.
    #[error(transparent)]
    Store(#[from] KeepError),
    /// The own store could not be read.
    #[error(transparent)]
    Read(#[from] StoreError),
}

/// What one exchange brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullReport {
    /// The facts that were new.
    pub facts: u64,
    /// Facts that the neighbour holds and that did not come.
    pub lag: u64,
    /// Why runs were refused; at most 20 are named.
    pub refused: Vec<String>,
    /// How far the neighbour's clock is ahead of ours, in milliseconds.
    pub clock_ahead_ms: i64,
    /// The bytes of its answers, as they came over the line.
    pub bytes: u64,
    /// Whether everything was asked for; while a first view comes or is shown, some is left for the next exchange.
    pub whole: bool,
}

/// What exchanging with all neighbours brought.
#[derive(Debug, Default)]
pub struct Report {
    /// The facts that were new, over all neighbours.
    pub facts: u64,
    /// Each neighbour's report.
    pub heard: Vec<(NodeId, PullReport)>,
    /// The exchanges that failed.
    pub failed: Vec<PullError>,
}

/// What to look at when a neighbour cannot be reached.
fn remedy(error: &ureq::Error) -> &'static str {
    match error {
        ureq::Error::HostNotFound => {
            "no computer has this name here: check the address, or write a number address"
        }
        ureq::Error::Timeout(_) => {
            "it does not answer: check that it runs, that the line is up, and the firewall"
        }
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => VOUCHED,
        // The library passes the encryption's own faults on as faults of the line.
        ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => VOUCHED,
        _ => "check that it runs and that host and port are right",
    }
}

const VOUCHED: &str = "its certificate is not vouched for by its card's authority, ended, or does not name this address: \
     ask for a new card, or use an address that the certificate names";

impl From<SubmitError> for PullCause {
    fn from(error: SubmitError) -> Self {
        Self::Store(error.into())
    }
}

/// Refuses addresses that would carry the exchange in the clear over a network.
///
/// # Errors
/// [`NodeError::Address`], with what is wrong.
pub fn check_address(config: &PeerConfig) -> Result<(), NodeError> {
    let Some(url) = &config.url else { return Ok(()) };
    let refuse = |reason| Err(NodeError::Address { url: url.clone(), reason });
    let (rest, secure) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (_, Some(rest)) => (rest, false),
        _ => return refuse("it must begin with https:// or, on this machine, http://"),
    };
    if rest.is_empty() || rest.contains(['/', '?', '#', '@', ' ']) {
        return refuse("write only host and port, such as https://dunes.internal:7443");
    }
    let loopback = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|host| rest.strip_prefix(host).is_some_and(|port| port.is_empty() || port.starts_with(':')));
    if !secure && !loopback {
        return refuse("plain http is for this machine only; use https");
    }
    Ok(())
}

/// The HTTP status by which a neighbour says that this node is suspended there.
pub const SUSPENDED: u16 = 423;

/// Exchanges with one neighbour until nothing more comes, and notes how it went.
pub(crate) fn pull(node: &Node, peer: NodeId) -> Result<PullReport, PullError> {
    let shared = &node.inner.shared;
    let named = |step, cause, name: &str| PullError { peer: name.to_owned(), step, cause };
    let config = {
        let mut peers = shared.peers();
        let Some(known) = peers.all.get_mut(&peer) else {
            return Err(named(Step::Greet, PullCause::NotListed, &peer.to_string()));
        };
        if std::mem::replace(&mut known.busy, true) {
            return Err(named(Step::Greet, PullCause::Busy, &name_of(&known.config)));
        }
        known.config.clone()
    };
    let job = peers::job_name(&config);
    shared.jobs.begin(&job);
    let result = exchange(node, &config).map_err(|(step, cause)| named(step, cause, &name_of(&config)));
    let now = shared.clock.now();
    let failures = match &result {
        Ok(_) => {
            shared.jobs.done(&job, now);
            0
        }
        Err(error) => shared.jobs.failed(&job, error.to_string()),
    };
    if result.is_ok() {
        kept::visit_if_due(node, &config);
    }
    let mut peers = shared.peers();
    if let Some(known) = peers.all.get_mut(&peer) {
        known.busy = false;
        known.due =
            shared.options.exchange_every.map(|every| shared.clock.monotonic() + backoff(every, failures));
        if let Ok(report) = &result {
            known.last_heard = Some(now);
            known.lag = report.lag;
            known.clock_ahead_ms = report.clock_ahead_ms;
        }
        match result.as_ref().map_err(|error| &error.cause) {
            Ok(_) => known.suspends_us = None,
            Err(PullCause::Refused { status: SUSPENDED, .. }) => known.suspends_us = Some(now),
            // A line that is down says nothing of that.
            Err(_) => {}
        }
    }
    let mut all_asked = false;
    if result.as_ref().is_ok_and(|report| report.whole)
        && let Some(asked) = peers.asked.as_mut()
    {
        asked.insert(peer);
        all_asked = peers.waiting().is_none();
    }
    drop(peers);
    if all_asked && let Err(cause) = node.heads_are_known() {
        return Err(named(Step::Store, cause.into(), &name_of(&config)));
    }
    result
}

/// How long to wait after failures in a row: doubling, to a quarter of an hour.
fn backoff(every: Duration, failures: u32) -> Duration {
    let longest = Duration::from_mins(15).max(every);
    every.saturating_mul(2_u32.saturating_pow(failures.min(16))).min(longest)
}

fn name_of(config: &PeerConfig) -> String {
    config.community.as_ref().map_or_else(|| config.node.to_string(), ToString::to_string)
}

/// Runs one exchange: the state machine's messages over the line, and what it gives to the writing thread.
///
/// A computer that has next to nothing and meets a neighbour with a first view takes control logs, then that, then what is
/// newer than it, and the rest after.
fn exchange(node: &Node, config: &PeerConfig) -> Result<PullReport, (Step, PullCause)> {
    let shared = &node.inner.shared;
    let ahead = shared.peers().all.get(&config.node).map_or(0, |peer| peer.clock_ahead_ms);
    let mut line = Line::new(node, config, ahead).map_err(|cause| (Step::Greet, cause))?;
    node.level().map_err(|cause| (Step::Store, cause))?;
    let mut report = PullReport::default();
    let in_own_book = |parcel| node.take_in(parcel);
    let own_heads = || {
        let directory = node.keeper().directory();
        look(node.keeper(), |store| Heads::read(store, &directory))
    };
    let mut talk = Talk { node, line: &mut line, peer: config.node, keep: &in_own_book, heads: &own_heads };
    if !shared.first.is_shown() {
        let ask = first_view::ask(node, config.node);
        let told = talk.run(&mut report, ask.map(Message::AskFirstView), ROUNDS_MAX, &|| true)?;
        let Some(answer) = told else { return finish(node, config, &line, report) };
        let at = |cause| (Step::FirstView, cause);
        if first_view::take(node, &mut line, config.node, answer).map_err(at)? == Took::Waits {
            report.whole = false;
            return finish(node, config, &line, report);
        }
    }
    newer(node, config, &mut line, &mut report)?;
    let began = shared.clock.monotonic();
    let go_on = || !shared.first.is_shown() || shared.clock.monotonic().saturating_sub(began) < NEWER_EVERY;
    let mut talk = Talk { node, line: &mut line, peer: config.node, keep: &in_own_book, heads: &own_heads };
    talk.run(&mut report, None, ROUNDS_MAX, &go_on)?;
    finish(node, config, &line, report)
}

/// Asks for what is newer than the first view that is shown.
fn newer<'n>(
    node: &'n Node,
    config: &PeerConfig,
    line: &mut Line<'n>,
    report: &mut PullReport,
) -> Result<(), (Step, PullCause)> {
    if !node.inner.shared.first.is_shown() {
        return Ok(());
    }
    let keep = |parcel| node.show_newer(parcel);
    let heads = || Ok(first_view::tail_heads(node)?.unwrap_or_default());
    let mut talk = Talk { node, line, peer: config.node, keep: &keep, heads: &heads };
    let shown = || node.inner.shared.first.is_shown();
    let mut of_newer = PullReport::default();
    talk.run(&mut of_newer, None, NEWER_ROUNDS_MAX, &shown)?;
    report.refused.extend(of_newer.refused);
    Ok(())
}

/// Ends an exchange: says what it brought, and where it was a whole one, that the neighbour has no more.
fn finish(
    node: &Node,
    config: &PeerConfig,
    line: &Line<'_>,
    mut report: PullReport,
) -> Result<PullReport, (Step, PullCause)> {
    (report.clock_ahead_ms, report.bytes) = (line.ahead_ms, line.bytes);
    if report.whole && report.lag == 0 {
        node.all_came_from(config.node).map_err(|cause| (Step::FirstView, cause.into()))?;
    }
    Ok(report)
}

/// One conversation of an exchange.
struct Talk<'t, 'n> {
    node: &'n Node,
    line: &'t mut Line<'n>,
    peer: NodeId,
    /// What becomes of what comes.
    keep: &'t dyn Fn(Parcel) -> Result<Outcome, KeepError>,
    /// As holding what the node asks.
    heads: &'t dyn Fn() -> Result<Heads, StoreError>,
}

impl Talk<'_, '_> {
    /// Talks until nothing more comes. Where the neighbour answers a request for a first view, only control logs are taken,
    /// and its answer is given back.
    #[expect(clippy::option_option, reason = "no answer, an answer that it is being made, or an offer")]
    fn run(
        &mut self,
        report: &mut PullReport,
        ask: Option<Message>,
        rounds: usize,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<Option<koinon_log::Offer>>, (Step, PullCause)> {
        let (node, shared) = (self.node, &self.node.inner.shared);
        let unread = |cause: StoreError| (Step::Greet, PullCause::from(cause));
        let forks = look(node.keeper(), |store| forks_digest(store)).map_err(unread)?;
        let receipts = owed(node, self.peer).map_err(unread)?;
        let mut session = Session::new(shared.hello(), self.peer, forks);
        let mut greeting = session.greeting(receipts);
        greeting.extend(ask);
        let mut next = Next::Ask(greeting);
        let mut asking = Step::Greet;
        let mut is_worth = None;
        report.whole = false;
        for _ in 0..rounds {
            next = match next {
                Next::Ask(_) if !go_on() => break,
                Next::Ask(messages) => {
                    let answer = self.line.send(&messages).map_err(|cause| (asking, cause))?;
                    let heads = (self.heads)().map_err(|cause| (asking, cause.into()))?;
                    asking = Step::Ask;
                    let step = with_mine(node, &heads, |mine| session.answered(answer, mine));
                    let said = session.report();
                    if let Some(theirs) = said.hello.as_ref().map(|hello| hello.clock.as_millis()) {
                        self.line.ahead_ms = theirs.saturating_sub(shared.clock.now().as_millis());
                    }
                    let told = said.first_view.clone();
                    let step = step.map_err(|cause| (asking, cause.into()))?;
                    if *is_worth.get_or_insert_with(|| first_view::worth(node, told.as_ref())) {
                        session.only_control();
                    }
                    step
                }
                Next::Take(parcel) => {
                    let stored = |cause: PullCause| (Step::Store, cause);
                    let outcome = (self.keep)(parcel).map_err(|cause| stored(cause.into()))?;
                    let heads = (self.heads)().map_err(|cause| stored(cause.into()))?;
                    with_mine(node, &heads, |mine| session.taken(outcome, mine))
                }
                Next::Done => {
                    report.whole = is_worth != Some(true);
                    break;
                }
            };
        }
        let heads = (self.heads)().map_err(|cause| (asking, cause.into()))?;
        let lag = with_mine(node, &heads, |mine| session.lag(mine));
        let koinon_log::Report { facts, refused, first_view, .. } = session.into_report();
        report.facts = report.facts.saturating_add(facts);
        report.lag = lag;
        report.refused.extend(refused);
        Ok(first_view.filter(|_| is_worth == Some(true)))
    }
}

/// Looks at what the node holds, or asks as holding, now.
fn with_mine<R>(node: &Node, heads: &Heads, see: impl FnOnce(Mine<'_>) -> R) -> R {
    let shared = &node.inner.shared;
    let directory = node.keeper().directory();
    let takes = |of: NodeId| node.takes(of);
    let entitled = shared.entitled(shared.id);
    see(Mine { heads, directory: &directory, takes: &takes, entitled: &entitled })
}

/// Receipts for what is held of a neighbour's own logs, beyond those that it was given in this life.
fn owed(node: &Node, peer: NodeId) -> Result<Vec<Receipt>, StoreError> {
    let (shared, keeper) = (&node.inner.shared, node.keeper());
    let now = shared.clock.now();
    let directory = keeper.directory();
    let heads = look(keeper, |store| Heads::read(store, &directory))?;
    let logs = heads.logs.values().filter(|head| head.name.node == peer && head.height > 0);
    let logs = logs.filter(|head| head.name.stream.shared().is_some());
    let new: Vec<LogHead> = {
        let mut given = shared.given.lock().unwrap_or_else(PoisonError::into_inner);
        let given = given.entry(peer).or_default();
        logs.filter(|head| given.get(&head.log) != Some(&head.height))
            .take(RECEIPTS_AT_ONCE)
            .copied()
            .collect()
    };
    if new.is_empty() {
        return Ok(Vec::new());
    }
    keeper.settle()?;
    let mut given = shared.given.lock().unwrap_or_else(PoisonError::into_inner);
    let given = given.entry(peer).or_default();
    given.extend(new.iter().map(|head| (head.log, head.height)));
    let give = |head: &LogHead| Receipt::give(&shared.identity, head.log, head.height, head.head, now);
    Ok(new.iter().map(give).collect())
}

/// Has the writing thread take a parcel in.
pub(crate) fn store(node: &Node, parcel: Parcel) -> Result<Outcome, SubmitError> {
    let (answer, answered) = mpsc::sync_channel(1);
    let reply: Reply<_> = Box::new(move |result| {
        // The asker may have gone.
        let _ = answer.send(result);
    });
    node.send(Job::Ingest { parcel, reply });
    answered.recv().unwrap_or(Err(SubmitError::Closed))
}

/// A connection to one neighbour.
pub(crate) struct Line<'n> {
    node: &'n Node,
    peer: NodeId,
    /// Its address, without a path.
    url: String,
    agent: Agent,
    ahead_ms: i64,
    /// Whether answers are to be packed: every line but that of the machine itself is slower than packing.
    packed: bool,
    /// The bytes that came so far.
    bytes: u64,
}

impl<'n> Line<'n> {
    pub(crate) fn new(node: &'n Node, config: &PeerConfig, ahead_ms: i64) -> Result<Self, PullCause> {
        let url = config.url.as_ref().ok_or(PullCause::NoAddress)?;
        let packed = url.starts_with("https://") || node.inner.shared.options.packs_on_loopback;
        let url = url.clone();
        let roots = match &config.ca {
            None => Vec::new(),
            Some(pem) => {
                let read = Certificate::from_pem(pem.as_bytes());
                vec![read.map_err(|error| PullCause::Authority(error.to_string()))?]
            }
        };
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots)).build();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .max_response_header_size(16 * 1024)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_global(Some(Duration::from_mins(2)))
            .tls_config(tls)
            .build()
            .new_agent();
        Ok(Self { node, peer: config.node, url, agent, ahead_ms, packed, bytes: 0 })
    }

    /// Sends messages, and gives the answer's once they are proved to be the neighbour's.
    pub(crate) fn send(&mut self, messages: &[Message]) -> Result<Vec<Message>, PullCause> {
        let mut body = Vec::new();
        messages.iter().for_each(|message| frames::push(&mut body, message));
        Ok(frames::read(&self.ask(EXCHANGE_PATH, &body)?)?)
    }

    /// Asks at one of the neighbour's addresses, and gives the answer's bytes once they are proved to be its own.
    pub(crate) fn ask(&mut self, path: &'static str, body: &[u8]) -> Result<Vec<u8>, PullCause> {
        match self.post(path, body)? {
            Ok(bytes) => Ok(bytes),
            // The neighbour's clock differs from ours; it said by how much, so we speak its time.
            Err((401, _, Some(clock))) => {
                let now = self.node.inner.shared.clock.now();
                self.ahead_ms = clock.as_millis().saturating_sub(now.as_millis());
                match self.post(path, body)? {
                    Ok(bytes) => Ok(bytes),
                    Err((status, text, _)) => Err(PullCause::Refused { status, text }),
                }
            }
            Err((status, text, _)) => Err(PullCause::Refused { status, text }),
        }
    }

    /// A signed request, and its nonce.
    fn signed(&self, path: &'static str, body: &[u8]) -> (RequestBuilder<WithBody>, [u8; 16]) {
        let shared = &self.node.inner.shared;
        let nonce = draw();
        let created = shared.clock.now().plus_millis(self.ahead_ms);
        let request = Request { path, to: self.peer, created, nonce, body };
        let mut post = self.agent.post(format!("{}{path}", self.url)).content_type("application/cbor");
        for (name, value) in request.sign(&shared.identity, &shared.rotations) {
            post = post.header(name, value);
        }
        (post, nonce)
    }

    /// Fetches bytes that a digest names, giving them on as they come; `into` says whether to go on. Gives how many came, also
    /// where the line broke; nothing where the neighbour no longer has them.
    pub(crate) fn fetch(
        &mut self,
        path: &'static str,
        want: &WantBytes,
        into: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Option<u64>, PullCause> {
        let body = want.encode();
        let (post, _) = self.signed(path, &body);
        // A line that does not even carry the request may do so the next time.
        let Ok(response) = post.send(&body[..]) else { return Ok(Some(0)) };
        let (parts, answer) = response.into_parts();
        let most = u64::from(want.most);
        let mut reader = answer.into_reader().take(most);
        match parts.status.as_u16() {
            200 => {}
            404 => return Ok(None),
            status => {
                let mut bytes = Vec::new();
                reader.take(300).read_to_end(&mut bytes)?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                return Err(PullCause::Refused { status, text });
            }
        }
        let (mut came, mut portion) = (0_u64, [0; PORTION_BYTES]);
        // Whatever ends it, what came before stays.
        while let Ok(count) = reader.read(&mut portion) {
            let Some(bytes) = portion.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
            came = came.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
            if !into(bytes) {
                break;
            }
        }
        self.bytes = self.bytes.saturating_add(came);
        Ok(Some(came))
    }

    #[expect(clippy::type_complexity, reason = "a refusal's status, text and clock, used once")]
    fn post(
        &mut self,
        path: &'static str,
        body: &[u8],
    ) -> Result<Result<Vec<u8>, (u16, String, Option<Timestamp>)>, PullCause> {
        let shared = &self.node.inner.shared;
        let (mut post, nonce) = self.signed(path, body);
        if self.packed {
            post = post.header("accept-encoding", PACKED);
        }
        let response = post.send(body).map_err(Box::new)?;
        let (parts, answer) = response.into_parts();
        let mut bytes = Vec::new();
        let mut reader = answer.into_reader().take(ANSWER_BYTES_MAX);
        reader.read_to_end(&mut bytes)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if parts.headers.get("content-encoding").is_some_and(|coding| coding == PACKED) {
            let most = usize::try_from(ANSWER_BYTES_MAX).unwrap_or(usize::MAX);
            bytes = unpack(&bytes, most)?.ok_or(PullCause::TooLong(ANSWER_BYTES_MAX))?;
        }
        let header = |name: &'static str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let status = parts.status.as_u16();
        if status != 200 {
            let text = String::from_utf8_lossy(&bytes).chars().take(300).collect();
            let clock = header(auth::CLOCK).and_then(|text| text.parse().ok()).map(Timestamp::from_millis);
            return Ok(Err((status, text, clock)));
        }
        let directory = self.node.keeper().directory();
        auth::check_answer(header, self.peer, shared.id, status, &nonce, &bytes, &directory)?;
        Ok(Ok(bytes))
    }
}

/// Exchange.
impl Node {
    /// Exchanges with one neighbour until nothing more comes.
    pub async fn pull_once(&self, peer: NodeId) -> Result<PullReport, PullError> {
        let node = self.clone();
        let work = tokio::task::spawn_blocking(move || pull(&node, peer)).await;
        let closed = || PullCause::from(SubmitError::Closed);
        work.unwrap_or_else(|_| Err(PullError { peer: peer.to_string(), step: Step::Greet, cause: closed() }))
    }

    /// Exchanges with every listed neighbour that has an address, one after another.
    ///
    /// A caller that wants quiescence among several nodes repeats this until no node's report holds a fact.
    pub async fn pull_all(&self) -> Report {
        let listed: Vec<NodeId> = {
            let peers = self.inner.shared.peers();
            peers.all.values().filter(|peer| peer.config.url.is_some()).map(|peer| peer.config.node).collect()
        };
        let mut report = Report::default();
        for peer in listed {
            match self.pull_once(peer).await {
                Ok(pulled) => {
                    report.facts += pulled.facts;
                    report.heard.push((peer, pulled));
                }
                Err(error) => report.failed.push(error),
            }
        }
        report
    }
}
