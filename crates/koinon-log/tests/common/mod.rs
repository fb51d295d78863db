//! A node in memory for the tests of this room: identity, store, directory, writer.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeSet;

use koinon_core::{NodeId, Timestamp};
use koinon_log::testing::{self, SeededEntropy, fact};
use koinon_log::{
    Commit, Directory, Heads, Ingested, LogStore, LogWriter, MemoryStore, Message, NetworkId, Placed, Run,
    SharedStream, Stream, Tails, Want, have, ingest, ingest_fork, load_directory, plan_wants, serve,
};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

pub(crate) fn network() -> NetworkId {
    NetworkId::of("test region")
}

pub(crate) fn everything() -> BTreeSet<SharedStream> {
    SharedStream::ALL.into_iter().collect()
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) store: MemoryStore,
    pub(crate) directory: Directory,
    pub(crate) writer: LogWriter,
    pub(crate) entropy: SeededEntropy,
    pub(crate) seed: u64,
}

impl Node {
    /// A new node; `seed` gives its identity.
    pub(crate) fn new(seed: u64) -> Self {
        let identity = testing::identity(network(), seed).unwrap();
        Self {
            store: MemoryStore::new(),
            directory: Directory::new(network()),
            writer: LogWriter::new(identity, Tails::default()),
            entropy: SeededEntropy::new(seed.wrapping_mul(1_000_003)),
            seed,
        }
    }

    pub(crate) fn id(&self) -> NodeId {
        self.writer.identity().node()
    }

    /// The same node after a restart from its store, or from an older copy of it, with fresh randomness.
    pub(crate) fn restarted(&self, life: u64) -> Self {
        let store = self.store.clone();
        let (directory, faults) = load_directory(&store, network()).unwrap();
        assert_eq!(faults, []);
        let identity = self.writer.identity().clone();
        let tails = Tails::read(&store, &directory, identity.node()).unwrap();
        let writer = LogWriter::new(identity, tails);
        Self { store, directory, writer, entropy: SeededEntropy::new(life), seed: self.seed }
    }

    /// Appends bodies to a stream in one durable commit.
    pub(crate) fn write(&mut self, stream: Stream, bodies: &[&[u8]]) -> Vec<Placed> {
        let batch = bodies.iter().map(|body| fact(stream, body)).collect();
        let commit = self.writer.append(batch, NOW, &mut self.entropy).unwrap();
        self.store(&commit);
        commit.placed().to_vec()
    }

    pub(crate) fn store(&mut self, commit: &Commit) {
        self.store.append_runs(commit.runs()).unwrap();
        self.writer.confirm(commit).unwrap();
        commit.runs().iter().for_each(|run| self.directory.learn(run));
    }

    pub(crate) fn ingest(&mut self, runs: Vec<Run>) -> Ingested {
        ingest(&mut self.store, &mut self.directory, runs).unwrap()
    }

    /// Pulls once from a peer, every message through its bytes; gives these bytes and what came of it.
    pub(crate) fn pull(&mut self, peer: &Self) -> (Vec<Vec<u8>>, Ingested) {
        let mut wire = Vec::new();
        let mut through = |message: Message| {
            let bytes = message.encode();
            let back = Message::decode(&bytes).unwrap();
            assert_eq!(back, message);
            wire.push(bytes);
            back
        };
        let mut runs = Vec::new();
        for page in have(&peer.store, &everything()).unwrap() {
            let Message::Have(page) = through(Message::Have(page)) else { unreachable!() };
            for want in plan_wants(&Heads::read(&self.store).unwrap(), &page, &everything()) {
                let Message::Want(want) = through(Message::Want(want)) else { unreachable!() };
                if let Some(run) = serve(&peer.store, &want, &everything()).unwrap() {
                    let Message::Run(run) = through(Message::Run(run)) else { unreachable!() };
                    runs.push(run.restore().unwrap());
                }
            }
        }
        for proof in peer.store.forks().unwrap() {
            let Message::Fork(proof) = through(Message::Fork(proof)) else { unreachable!() };
            if self.directory.key(proof.name().node).is_some() {
                ingest_fork(&mut self.store, &self.directory, &proof).unwrap();
            }
        }
        let mut done = self.ingest(runs);
        let again: Vec<Want> = std::mem::take(&mut done.again);
        let more: Vec<Run> = again
            .iter()
            .filter_map(|want| serve(&peer.store, want, &everything()).unwrap())
            .map(|run| run.restore().unwrap())
            .collect();
        let more = self.ingest(more);
        done.accepted.extend(more.accepted);
        done.rejected.extend(more.rejected);
        done.forks.extend(more.forks);
        (wire, done)
    }

    /// The heads of the logs that may leave.
    pub(crate) fn shared_heads(&self) -> Vec<String> {
        let heads =
            self.store.heads().unwrap().into_iter().filter(|head| head.name.stream.shared().is_some());
        heads.map(|head| format!("{head:?}")).collect()
    }
}

/// Bytes as hexadecimal text, 32 to a line.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for line in bytes.chunks(32) {
        for byte in line {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    text
}
