//! A node in memory for the tests of this room: identity, store, directory, writer.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::time::Duration;

use koinon_core::{NodeId, Timestamp};
use koinon_log::exchange::PROTOCOL;
use koinon_log::testing::{self, SeededEntropy, fact};
use koinon_log::{
    Commit, Desk, Directory, Entitled, Heads, Hello, Ingested, LogStore, LogWriter, MemoryStore, Message,
    Mine, NetworkId, Outcome, Parcel, Placed, ReadRun, Session, Step, Stream, Tails, View, forks_digest,
    ingest, ingest_fork, load_directory,
};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

pub(crate) fn network() -> NetworkId {
    NetworkId::of("test region")
}

pub(crate) fn everything() -> Entitled {
    Entitled::everything()
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

    pub(crate) fn ingest<R: Into<ReadRun>>(&mut self, runs: Vec<R>) -> Ingested {
        ingest(&mut self.store, &mut self.directory, runs).unwrap()
    }

    /// Exchanges with a peer to the end, every message through its bytes; gives these bytes and what came of it.
    pub(crate) fn pull(&mut self, peer: &Self) -> (Vec<Vec<u8>>, Ingested) {
        let mut wire = Vec::new();
        let mut through = |messages: Vec<Message>| -> Vec<Message> {
            let carried = messages.into_iter().map(|message| {
                let bytes = message.encode();
                let back = Message::decode(&bytes).unwrap();
                assert_eq!(back, message);
                wire.push(bytes);
                back
            });
            carried.collect()
        };
        let entitled = everything();
        let mut desk = Desk::default();
        let forks = forks_digest(&self.store).unwrap();
        let mut session = Session::new(self.hello(), peer.id(), forks);
        let mut all = Ingested::default();
        let mut step = Step::Ask(session.greeting([]));
        loop {
            let heads = Heads::read(&self.store, &self.directory).unwrap();
            step = match step {
                Step::Ask(messages) => {
                    let request = through(messages);
                    let hello = peer.hello();
                    let view = View {
                        store: &peer.store,
                        directory: &peer.directory,
                        hello: &hello,
                        entitled: &entitled,
                        receipts: &[],
                        waiting: &[],
                    };
                    let answer = desk.answer(view, self.id(), &request, Duration::ZERO).unwrap();
                    let mine = Mine {
                        heads: &heads,
                        directory: &self.directory,
                        takes: &|_| true,
                        entitled: &entitled,
                    };
                    session.answered(through(answer.messages), mine).unwrap()
                }
                Step::Take(parcel) => {
                    let done = self.take(parcel);
                    let facts = done.accepted.iter().map(|run| run.facts().len()).sum::<usize>();
                    let outcome = Outcome {
                        facts: u64::try_from(facts).unwrap(),
                        rejected: done.rejected.clone(),
                        again: done.again.clone(),
                    };
                    all.accepted.extend(done.accepted);
                    all.rejected.extend(done.rejected);
                    all.forks.extend(done.forks);
                    all.replaced.extend(done.replaced);
                    let heads = Heads::read(&self.store, &self.directory).unwrap();
                    session.taken(
                        outcome,
                        Mine {
                            heads: &heads,
                            directory: &self.directory,
                            takes: &|_| true,
                            entitled: &entitled,
                        },
                    )
                }
                Step::Done => return (wire, all),
            };
        }
    }

    /// Takes a parcel in: runs first, since proofs name keys that they bring.
    fn take(&mut self, parcel: Parcel) -> Ingested {
        let mut done = self.ingest(parcel.runs);
        for proof in parcel.forks {
            if ingest_fork(&mut self.store, &self.directory, &proof).is_ok_and(|new| new) {
                done.forks.push(proof);
            }
        }
        done
    }

    pub(crate) fn hello(&self) -> Hello {
        Hello { protocol: (1, PROTOCOL), node: self.id(), network: network(), clock: NOW, agreement: None }
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
