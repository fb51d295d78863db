//! One exchange with one peer, from the asking side: a state machine without input or output.
//!
//! The caller carries messages over whatever pipe there is, makes durable what [`Step::Take`] gives, and says what came of
//! it. Nothing is asked twice, so every exchange ends; what did not come is asked for in the next one. The same machine
//! runs in a node over HTTP and in the simulator over a network that loses, repeats and delays.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use koinon_core::{Digest, LogId, NodeId};

use crate::directory::Directory;
use crate::entitled::Entitled;
use crate::exchange::{Census, Have, HaveLog, Hello, Message, MessageError, Summary, Want};
use crate::first_view::Offer;
use crate::fork::ForkProof;
use crate::name::Stream;
use crate::pull::{Heads, plan_wants, rest_differs};
use crate::receipt::Receipt;
use crate::verify::{ReadRun, Rejection};

/// The most wants in one request.
pub const WANTS_AT_ONCE: usize = 16;
/// The most nodes asked about in one request.
pub const CENSUS_AT_ONCE: usize = 256;
/// The most refused runs that a report names.
const REFUSALS_NAMED: usize = 20;
/// The most questions about where one log's histories part; enough to halve any log down to its beginning.
const SEARCH_MAX: u32 = 70;

/// Why an exchange cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The peer did not greet, is of another network, or speaks no protocol that we speak.
    #[error(
        "it did not answer as a neighbour of this federation, or speaks no version of the exchange that we speak"
    )]
    Stranger,
    /// Another node answered.
    #[error("node {found} answered instead of {expected}")]
    OtherNode {
        /// Who was asked.
        expected: NodeId,
        /// Who answered.
        found: NodeId,
    },
    /// A run could not be put together.
    #[error(transparent)]
    Message(#[from] MessageError),
}

/// What a peer sent, to be judged, made durable, and reported with [`Session::taken`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parcel {
    /// Runs of logs.
    pub runs: Vec<ReadRun>,
    /// Proofs of forks.
    pub forks: Vec<ForkProof>,
    /// Receipts.
    pub receipts: Vec<Receipt>,
}

impl Parcel {
    fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.forks.is_empty() && self.receipts.is_empty()
    }
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send these to the peer, and give its answer to [`Session::answered`].
    Ask(Vec<Message>),
    /// Make this durable, and say what came of it to [`Session::taken`].
    Take(Parcel),
    /// The exchange is over.
    Done,
}

/// What came of a parcel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The facts that were new.
    pub facts: u64,
    /// The runs that were refused.
    pub rejected: Vec<Rejection>,
    /// What would show where histories part.
    pub again: Vec<Want>,
}

/// How an exchange went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The facts that were new.
    pub facts: u64,
    /// Facts that the peer holds and that did not come.
    pub lag: u64,
    /// Why runs were refused; at most 20.
    pub refused: Vec<String>,
    /// What the peer said of itself; nothing before it answered.
    pub hello: Option<Hello>,
    /// What it answered about a first view, if that was asked for: what can be fetched, or that it is being made.
    pub first_view: Option<Option<Offer>>,
}

/// What the asking node holds and knows, at one step.
#[derive(Clone, Copy)]
pub struct Mine<'m> {
    /// The ends of its logs.
    pub heads: &'m Heads,
    /// What control logs say.
    pub directory: &'m Directory,
    /// Whether it takes facts of a node at all.
    pub takes: &'m dyn Fn(NodeId) -> bool,
    /// What it may read. The exchange itself may bring the agreement that opens a log.
    pub entitled: &'m Entitled,
}

/// One exchange.
#[derive(Debug)]
pub struct Session {
    hello: Hello,
    peer: NodeId,
    forks: Option<Digest>,
    ask_forks: bool,
    census: VecDeque<Census>,
    theirs: Vec<Have>,
    asked: BTreeSet<(LogId, u64)>,
    search: VecDeque<Want>,
    searched: BTreeMap<LogId, u32>,
    only_control: bool,
    report: Report,
}

impl Session {
    /// Prepares an exchange with a peer. `forks` is the digest of the proofs held, see [`crate::forks_digest`].
    pub fn new(hello: Hello, peer: NodeId, forks: Option<Digest>) -> Self {
        Self {
            hello,
            peer,
            forks,
            ask_forks: false,
            census: VecDeque::new(),
            theirs: Vec::new(),
            asked: BTreeSet::new(),
            search: VecDeque::new(),
            searched: BTreeMap::new(),
            only_control: false,
            report: Report::default(),
        }
    }

    /// The first request: a greeting, and receipts that the peer is owed.
    pub fn greeting(&self, receipts: impl IntoIterator<Item = Receipt>) -> Vec<Message> {
        let hello = Message::Hello(self.hello.clone());
        std::iter::once(hello).chain(receipts.into_iter().map(Message::Receipt)).collect()
    }

    /// Ends the exchange once control logs are in, because something else is to come before the other logs.
    pub fn only_control(&mut self) {
        self.only_control = true;
    }

    /// How the exchange has gone so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Gives up the report.
    pub fn into_report(self) -> Report {
        self.report
    }

    /// Takes the peer's answer.
    pub fn answered(&mut self, messages: Vec<Message>, mine: Mine<'_>) -> Result<Step, SessionError> {
        let mut parcel = Parcel::default();
        for message in messages {
            match message {
                Message::Hello(theirs) => self.greeted(theirs)?,
                Message::Summary(summary) => self.compare(&summary, mine),
                Message::Have(have) => self.heard(have, mine),
                Message::Run(run) => parcel.runs.push(run.restore()?),
                Message::Fork(proof) => parcel.forks.push(proof),
                Message::Receipt(receipt) => parcel.receipts.push(receipt),
                Message::FirstView(answer) => self.report.first_view = Some(answer),
                Message::Want(_) | Message::Census(_) | Message::AskForks | Message::AskFirstView(_) => {}
            }
        }
        if self.report.hello.is_none() {
            return Err(SessionError::Stranger);
        }
        if parcel.is_empty() { Ok(self.next(mine)) } else { Ok(Step::Take(parcel)) }
    }

    /// Takes note of what came of a parcel.
    pub fn taken(&mut self, outcome: Outcome, mine: Mine<'_>) -> Step {
        self.report.facts = self.report.facts.saturating_add(outcome.facts);
        let room = REFUSALS_NAMED.saturating_sub(self.report.refused.len());
        self.report.refused.extend(outcome.rejected.iter().take(room).map(ToString::to_string));
        for want in outcome.again {
            let asked = self.searched.entry(want.log).or_default();
            *asked = asked.saturating_add(1);
            if *asked <= SEARCH_MAX {
                self.search.push_back(want);
            }
        }
        self.next(mine)
    }

    fn greeted(&mut self, theirs: Hello) -> Result<(), SessionError> {
        if theirs.node != self.peer {
            return Err(SessionError::OtherNode { expected: self.peer, found: theirs.node });
        }
        if self.hello.agree(&theirs).is_none() {
            return Err(SessionError::Stranger);
        }
        self.report.hello = Some(theirs);
        Ok(())
    }

    /// Finds the nodes of which the peer holds something else than we do.
    fn compare(&mut self, summary: &Summary, mine: Mine<'_>) {
        let ours = mine.heads.summary(mine.entitled);
        for (node, digest) in &summary.nodes {
            if (mine.takes)(*node) && ours.get(node) != Some(digest) {
                self.census.push_back(Census { node: *node, all: false });
            }
        }
        self.ask_forks = summary.forks.is_some() && summary.forks != self.forks;
    }

    fn heard(&mut self, have: Have, mine: Mine<'_>) {
        if !(mine.takes)(have.node) {
            return;
        }
        if rest_differs(mine.heads, &have, mine.entitled) {
            self.census.push_back(Census { node: have.node, all: true });
        }
        self.theirs.push(have);
    }

    fn next(&mut self, mine: Mine<'_>) -> Step {
        if !self.census.is_empty() {
            let count = self.census.len().min(CENSUS_AT_ONCE);
            return Step::Ask(self.census.drain(..count).map(Message::Census).collect());
        }
        // Everything else waits for control logs, which say what is opened, replaced and ended.
        let (control, others) = self.wants(mine);
        if !control.is_empty() {
            return self.ask(control);
        }
        if std::mem::take(&mut self.ask_forks) {
            return Step::Ask(vec![Message::AskForks]);
        }
        if !self.search.is_empty() {
            let count = self.search.len().min(WANTS_AT_ONCE);
            return Step::Ask(self.search.drain(..count).map(Message::Want).collect());
        }
        if !others.is_empty() && !self.only_control {
            return self.ask(others);
        }
        self.report.lag = self.lag(mine);
        Step::Done
    }

    /// What is wanted and was not asked for yet: of control logs, and of others, one's own before those.
    fn wants(&self, mine: Mine<'_>) -> (Vec<Want>, Vec<Want>) {
        let stream_of = |log: LogId| {
            let listed = self.theirs.iter().flat_map(|have| &have.logs).find(|have| have.log == log);
            listed.map(|have| have.stream)
        };
        // What a node lost of its own it needs before it can decide anything.
        let (own, others): (Vec<&Have>, Vec<&Have>) =
            self.theirs.iter().partition(|have| have.node == self.hello.node);
        let wants = own.into_iter().chain(others);
        let wants = wants.flat_map(|have| plan_wants(mine.heads, have, mine.entitled));
        let fresh = wants.filter(|want| !self.asked.contains(&(want.log, want.from)));
        fresh.partition(|want| stream_of(want.log).map(Stream::from) == Some(Stream::Control))
    }

    fn ask(&mut self, mut wants: Vec<Want>) -> Step {
        wants.truncate(WANTS_AT_ONCE);
        self.asked.extend(wants.iter().map(|want| (want.log, want.from)));
        Step::Ask(wants.into_iter().map(Message::Want).collect())
    }

    /// How many facts the peer holds, as far as it has said, that are not held here.
    pub fn lag(&self, mine: Mine<'_>) -> u64 {
        let ours = |log: &&HaveLog| mine.entitled.may_read(log.node, log.stream);
        let missing = self.theirs.iter().flat_map(|have| &have.logs).filter(ours).map(|log| {
            let id = log.log;
            let held = mine.heads.logs.get(&id).map_or(0, |head| head.height);
            if mine.heads.ended.contains(&id) { 0 } else { log.height.saturating_sub(held) }
        });
        missing.fold(0, u64::saturating_add)
    }
}
