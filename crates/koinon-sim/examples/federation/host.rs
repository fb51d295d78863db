//! One computer of the simulated federation: its disk, and its life while it runs.

use std::collections::BTreeMap;
use std::time::Duration;

use koinon_core::{FactId, LogId, NodeId, Timestamp};
use koinon_log::exchange::PROTOCOL;
use koinon_log::rotation::{self, RECOVERY_WAIT_MS};
use koinon_log::session::Step;
use koinon_log::testing::SeededEntropy;
use koinon_log::{
    Commit, Desk, Directory, Heads, Hello, Identity, LogStore as _, LogWriter, MemoryStore, Message, Mine,
    NetworkId, Outcome, Parcel, Receipt, Rotation, Session, SharedRun, Tails, View, forks_digest, ingest,
    ingest_fork, load_directory,
};

use crate::accord::Accord;

/// What survives a power cut.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    pub(crate) store: MemoryStore,
    /// How much of each log this computer wrote itself.
    pub(crate) mine: BTreeMap<LogId, u64>,
    /// When recoveries by stewards were first heard of.
    pub(crate) heard: BTreeMap<FactId, (i64, SharedRun)>,
    /// The last receipt of each node for each log, with the node that writes the log.
    pub(crate) receipts: BTreeMap<(NodeId, LogId), (NodeId, Receipt)>,
}

/// From a start to a crash.
pub(crate) struct Life {
    pub(crate) directory: Directory,
    pub(crate) writer: LogWriter,
    pub(crate) desk: Desk,
    pub(crate) entropy: SeededEntropy,
    /// Written, and not yet durable.
    pub(crate) pending: Option<Commit>,
    /// The exchange under way: its token, with which computer, and its state.
    pub(crate) asking: Option<(u64, usize, Session)>,
}

/// How a computer behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Honest,
    /// Changes, withholds and invents what it passes on, and asks without end.
    Hostile,
    /// Shows some neighbours another history than the others.
    TwoFaced,
    /// Holds another's key.
    Thief,
}

/// A computer.
pub(crate) struct Host {
    /// Which node it is, or claims to be.
    pub(crate) node: usize,
    pub(crate) manner: Manner,
    pub(crate) identity: Identity,
    pub(crate) disk: Disk,
    pub(crate) backups: Vec<Disk>,
    pub(crate) life: Option<Life>,
    pub(crate) lives: u64,
    /// How far its clock is off, in milliseconds.
    pub(crate) clock_off: i64,
    /// The next act of its part.
    pub(crate) next_act: usize,
    /// What it believes of agreements.
    pub(crate) accord: Accord,
    /// Whether it has gone for good.
    pub(crate) gone: bool,
    /// A rotation with which its next life opens.
    pub(crate) rotation: Option<Rotation>,
}

impl Host {
    pub(crate) fn new(node: usize, manner: Manner, identity: Identity) -> Self {
        Self {
            node,
            manner,
            identity,
            disk: Disk::default(),
            backups: Vec::new(),
            life: None,
            lives: 0,
            clock_off: 0,
            next_act: 0,
            accord: Accord::default(),
            gone: false,
            rotation: None,
        }
    }

    pub(crate) fn id(&self) -> NodeId {
        self.identity.node()
    }

    /// The civil time that it believes in.
    pub(crate) fn civil(&self, now: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + now + self.clock_off)
    }

    /// Begins a life from what is on the disk; the randomness is new, as the operating system's would be.
    pub(crate) fn start(&mut self, network: NetworkId, fresh: u64) -> Result<(), String> {
        self.lives += 1;
        let (directory, faults) = load_directory(&self.disk.store, network).map_err(|e| e.to_string())?;
        if let Some(fault) = faults.first() {
            return Err(format!("after a start {fault}"));
        }
        let tails = Tails::read(&self.disk.store, &directory, self.id()).map_err(|e| e.to_string())?;
        // Until the rotation is durable, every life opens with it.
        let waiting =
            self.rotation.clone().filter(|rotation| directory.key(self.id()) != Some(&rotation.key));
        let writer = match waiting {
            Some(rotation) => LogWriter::rotating(self.identity.clone(), tails, rotation),
            None => LogWriter::new(self.identity.clone(), tails),
        };
        self.life = Some(Life {
            directory,
            writer,
            desk: Desk::default(),
            entropy: SeededEntropy::new(fresh),
            pending: None,
            asking: None,
        });
        Ok(())
    }

    /// Goes on with the logs of the life before, as no node may.
    pub(crate) fn continue_logs(&mut self) {
        let own = self.id();
        if let Some(life) = &mut self.life {
            let tails = Tails::read(&self.disk.store, &life.directory, own).unwrap_or_default();
            let heads = self.disk.store.heads().unwrap_or_default();
            life.writer = LogWriter::continuing(self.identity.clone(), tails, &heads);
        }
    }

    fn hello(&self, network: NetworkId, now: i64) -> Hello {
        let clock = self.civil(now);
        Hello { protocol: (PROTOCOL, PROTOCOL), node: self.id(), network, clock, agreement: None }
    }

    /// Answers a request as the desk does; notes receipts that came with it.
    pub(crate) fn answer(
        &mut self,
        network: NetworkId,
        asker: NodeId,
        request: &[Message],
        now: i64,
    ) -> Vec<Message> {
        let hello = self.hello(network, now);
        let entitled = self.accord.entitled(asker, now);
        let receipts: Vec<Receipt> =
            self.disk.receipts.values().filter(|(of, _)| *of == asker).map(|(_, receipt)| *receipt).collect();
        let since = now - RECOVERY_WAIT_MS;
        let waiting =
            self.disk.heard.values().filter(|(heard, _)| *heard > since).map(|(_, run)| run.clone());
        let waiting: Vec<SharedRun> = waiting.collect();
        let Some(life) = &mut self.life else { return Vec::new() };
        let view = View {
            store: &self.disk.store,
            directory: &life.directory,
            hello: &hello,
            entitled: &entitled,
            receipts: &receipts,
            waiting: &waiting,
        };
        let monotonic = Duration::from_millis(now.unsigned_abs());
        let Ok(answer) = life.desk.answer(view, asker, request, monotonic) else { return Vec::new() };
        self.keep_receipts(&answer.receipts);
        answer.messages
    }

    fn keep_receipts(&mut self, receipts: &[Receipt]) {
        let Some(life) = &self.life else { return };
        for receipt in receipts.iter().filter(|receipt| receipt.verify(&life.directory).is_ok()) {
            let Ok(Some(head)) = self.disk.store.head(receipt.log) else { continue };
            let kept =
                self.disk.receipts.entry((receipt.by, receipt.log)).or_insert((head.name.node, *receipt));
            if kept.1.height <= receipt.height {
                kept.1 = *receipt;
            }
        }
    }

    /// Begins an exchange; gives the first request.
    pub(crate) fn greet(
        &mut self,
        network: NetworkId,
        peer: (usize, NodeId),
        token: u64,
        now: i64,
    ) -> Vec<Message> {
        let hello = self.hello(network, now);
        let forks = forks_digest(&self.disk.store).unwrap_or_default();
        let session = Session::new(hello, peer.1, forks);
        let civil = self.civil(now);
        let Some(life) = &mut self.life else { return Vec::new() };
        let heads = self.disk.store.heads().unwrap_or_default();
        let owed =
            heads.iter().filter(|head| head.name.node == peer.1 && head.name.stream.shared().is_some());
        let receipts: Vec<Receipt> =
            owed.map(|head| Receipt::give(&self.identity, head.log, head.height, head.head, civil)).collect();
        let request = session.greeting(receipts);
        life.asking = Some((token, peer.0, session));
        request
    }

    /// Takes an answer; gives the next request, if there is one.
    pub(crate) fn hear(
        &mut self,
        token: u64,
        answer: Vec<Message>,
        now: i64,
        takes: &dyn Fn(NodeId) -> bool,
    ) -> Option<Vec<Message>> {
        let entitled = self.accord.asks(self.id(), now);
        let (_, peer, mut session) = self.life.as_mut()?.asking.take_if(|(asked, ..)| *asked == token)?;
        let mut step = {
            let life = self.life.as_ref()?;
            let heads = Heads::read(&self.disk.store, &life.directory).ok()?;
            session
                .answered(
                    answer,
                    Mine { heads: &heads, directory: &life.directory, takes, entitled: &entitled },
                )
                .ok()?
        };
        loop {
            step = match step {
                Step::Ask(request) => {
                    self.life.as_mut()?.asking = Some((token, peer, session));
                    return Some(request);
                }
                Step::Done => return None,
                Step::Take(parcel) => {
                    let outcome = self.take(parcel, now, takes)?;
                    let life = self.life.as_ref()?;
                    let heads = Heads::read(&self.disk.store, &life.directory).ok()?;
                    session.taken(
                        outcome,
                        Mine { heads: &heads, directory: &life.directory, takes, entitled: &entitled },
                    )
                }
            };
        }
    }

    /// Takes a parcel in, durably, as the writing thread of a node does.
    fn take(&mut self, mut parcel: Parcel, now: i64, takes: &dyn Fn(NodeId) -> bool) -> Option<Outcome> {
        let life = self.life.as_mut()?;
        parcel.runs.retain(|run| takes(run.name().node));
        for run in &parcel.runs {
            let Some((node, rotation, announced)) = rotation::by_stewards(run) else { continue };
            let Ok(shared) = SharedRun::of_read(run) else { continue };
            // The simulation's own time stands for the announced one, so that a wrong clock does not shorten the wait.
            let met = life.directory.inception(node).is_none();
            let announced = announced.as_millis() - 1_800_000_000_000;
            let first = if met { announced.min(now) } else { now };
            let heard = self.disk.heard.entry(rotation).or_insert((first, shared)).0;
            if now - heard >= RECOVERY_WAIT_MS {
                life.directory.settle_recovery(rotation);
            }
        }
        let done = ingest(&mut self.disk.store, &mut life.directory, parcel.runs).ok()?;
        for proof in &parcel.forks {
            // A proof that proves nothing is passed over.
            let _ = ingest_fork(&mut self.disk.store, &life.directory, proof);
        }
        let own = self.identity.node();
        if !life.writer.has_written() && done.accepted.iter().any(|run| run.name().node == own) {
            life.writer.settle_tails(Tails::read(&self.disk.store, &life.directory, own).ok()?);
        }
        let facts = done.accepted.iter().map(|run| run.facts().len() as u64).sum();
        self.keep_receipts(&parcel.receipts);
        Some(Outcome { facts, rejected: done.rejected, again: done.again })
    }

    /// Makes durable what was written.
    pub(crate) fn sync(&mut self) -> Result<(), String> {
        let Some(life) = &mut self.life else { return Ok(()) };
        let Some(commit) = life.pending.take() else { return Ok(()) };
        self.disk
            .store
            .append_runs(commit.runs())
            .map_err(|e| format!("the node's own facts were refused: {e}"))?;
        life.writer.confirm(&commit).map_err(|e| e.to_string())?;
        for run in commit.runs() {
            life.directory.learn(run);
            let mine = self.disk.mine.entry(run.log()).or_default();
            *mine = (*mine).max(run.height());
        }
        Ok(())
    }
}
