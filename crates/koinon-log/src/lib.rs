//! Signed logs: record format, chains, streams and the exchange core, without input or output.
//!
//! A node writes facts to its own logs and to nobody else's. A fact is a *header* (signed, never changed) with a
//! salt and a body beside it; facts of one log form a hash chain; the last fact of each durable commit is
//! signed, so a *run* of facts that ends in a signed fact proves itself, whoever carries it.
//!
//! Bodies are opaque bytes here: `koinon-books` gives them meaning. This crate reads no clock, draws no
//! randomness and opens no file: time, [`koinon_core::Entropy`] and a [`LogStore`] are passed in.
//!
//! The way through the room, from bytes to agreement:
//!
//! | module | subject |
//! |---|---|
//! | [`cbor`] | the strict encoding, and a validator for bodies |
//! | [`name`] | networks, streams, incarnations, the name and id of a log |
//! | [`hlc`] | the advisory clock stamped on each fact |
//! | [`keys`] | Ed25519 keys and the inception that defines a node's id |
//! | [`envelope`] | header, stored fact, parsed fact, limits |
//! | [`control`] | the fact kinds that logs need for themselves |
//! | [`directory`] | what control logs say of nodes, keys and logs |
//! | [`writer`] | appending, one durable commit at a time |
//! | [`rotation`] | replacing a node's key, and what counts of the old one |
//! | [`verify`] | accepting a run, whole or not at all |
//! | [`fork`] | proof that a node signed two histories |
//! | [`receipt`] | a peer's word that it holds a log durably |
//! | [`store`] | the store's contract, and a store in memory |
//! | [`audit`] | reading a store again: at a start, and to check it |
//! | [`exchange`] | messages between nodes |
//! | [`frames`] | several messages in one body |
//! | [`bundle`] | messages that travel by hand, in a file |
//! | [`packing`] | fewer bytes for slow lines and files |
//! | [`pull`] | what to ask for, what to serve, what to do with what came |
//! | [`session`] | one asking node's exchange with one peer, step by step |
//! | [`desk`] | answering peers, each within its share |
//! | [`first_view`] | what a reader that has nothing yet is shown before the logs |
//! | [`kept`] | what is said of files that one neighbour keeps for another |
//! | [`testing`] | the story that every store must pass, and a seeded entropy for tests |
//!
//! ```
//! use koinon_core::Timestamp;
//! use koinon_log::testing::{SeededEntropy, fact, identity};
//! use koinon_log::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let network = NetworkId::of("ring of ten");
//! let mut store = MemoryStore::new();
//! let mut writer = LogWriter::new(identity(network, 1)?, Tails::default());
//!
//! // Write: make durable first, confirm after.
//! let batch = vec![fact(Stream::Federation, b"12 t of wheat")];
//! let commit = writer.append(batch, Timestamp::from_millis(0), &mut SeededEntropy::new(7))?;
//! store.append_runs(commit.runs())?;
//! writer.confirm(&commit)?;
//!
//! // Pull: another node asks for what it has not, and judges what comes.
//! let (mut other, mut directory) = (MemoryStore::new(), Directory::new(network));
//! let mut known = Directory::new(network);
//! commit.runs().iter().for_each(|run| known.learn(run));
//! let entitled = Entitled::everything();
//! let theirs = Heads::read(&store, &known)?;
//! let mut runs = Vec::new();
//! for page in holdings(&theirs, &known, writer.identity().node(), true, &entitled) {
//!     for want in plan_wants(&Heads::read(&other, &directory)?, &page, &entitled) {
//!         if let Some(run) = serve(&store, &known, &want, &entitled)? {
//!             runs.push(run.restore()?);
//!         }
//!     }
//! }
//! let done = ingest(&mut other, &mut directory, runs)?;
//! assert_eq!(done.accepted.len(), 2, "the control log and the federation log");
//! assert_eq!(other.heads()?, store.heads()?);
//! # Ok(())
//! # }
//! ```

pub mod audit;
pub mod bundle;
pub mod cbor;
pub mod control;
pub mod desk;
pub mod directory;
pub mod entitled;
pub mod envelope;
pub mod exchange;
pub mod first_view;
pub mod fork;
pub mod frames;
pub mod hlc;
pub mod kept;
pub mod keys;
pub mod name;
pub mod packing;
pub mod pull;
pub mod receipt;
pub mod rotation;
pub mod session;
pub mod simulation;
pub mod store;
pub mod testing;
pub mod verify;
pub mod writer;

pub use audit::{Limits, load_directory, verify_log};
pub use bundle::{BundleReader, BundleWriter, Manifest, Part};
pub use desk::{Answer, Desk, Share, View, forks_digest};
pub use directory::{Directory, Limit, Note};
pub use entitled::Entitled;
pub use envelope::{Fact, Flags, Header, StoredFact};
pub use exchange::{Census, Have, Hello, Message, SharedRun, Summary, Want};
pub use first_view::{Arriving, AskFirstView, Offer, OfferError, WantBytes};
pub use fork::ForkProof;
pub use hlc::Hlc;
pub use keys::{Inception, SigningKey, VerifyKey};
pub use name::{Incarnation, KeyId, LogName, NO_FACT, NetworkId, SharedStream, Stream, Tail};
pub use pull::{
    Heads, Ingested, Judged, holdings, ingest, ingest_fork, judge, plan_wants, rest_differs, serve,
};
pub use receipt::Receipt;
pub use rotation::{ByStewards, NewKeys, RecoveryText, Rotation, RotationError};
pub use session::{Mine, Outcome, Parcel, Report, Session, SessionError, Step};
pub use store::{LogHead, LogStore, MemoryStore, StoreError};
pub use verify::{AcceptedRun, LogView, ReadRun, Reason, Rejection, Run, accept_run};
pub use writer::{Commit, Identity, LogWriter, NewFact, Placed, Tails, WriterError};
