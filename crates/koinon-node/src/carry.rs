//! Carrying entries by hand: writing bundles for neighbours, and taking one in.
//!
//! What goes into a bundle is what the same neighbours would be served over a line, so one rule says what leaves. What
//! comes out of one goes the way of everything that comes: judged, and stored in one transaction a frame. A bundle also
//! says what its maker holds, so that the one that goes back carries only what is missing there.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use koinon_core::{LogId, NodeId, Timestamp};
pub use koinon_log::bundle::BundleError;
use koinon_log::bundle::{BundleReader, BundleWriter, Damage, End, Holdings, Manifest, Part};
use koinon_log::exchange::HaveLog;
use koinon_log::pull::WANT_BYTES;
use koinon_log::rotation::RECOVERY_WAIT_MS;
use koinon_log::{
    Entitled, Have, Heads, Message, NetworkId, Parcel, Receipt, StoreError, Stream, Want, serve,
};

use crate::keeper::{KeepError, look};
use crate::node::Node;
use crate::sqlite::SqliteError;
use crate::writer::{Job, SubmitError};

/// The largest part by default: what every file system of a memory stick holds, in bytes.
pub const PART_BYTES: u64 = 1 << 30;
/// The smallest part that may be asked for, in bytes.
pub const PART_BYTES_MIN: u64 = 16 << 20;
/// How a bundle's file name ends.
pub const SUFFIX: &str = "koinon";
/// The most refusals and damages that a report names.
const NAMED_MAX: usize = 20;
/// How far ahead of ours the clock of somebody who says what they hold may be.
const AHEAD_MS: i64 = 10 * 60 * 1_000;

/// Why a bundle cannot be written or taken in.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// It is no bundle, or cannot be read.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// It was made in another federation.
    #[error("the bundle was made in another federation ({found}); this one is {expected}")]
    OtherNetwork {
        /// The network of the bundle.
        found: NetworkId,
        /// Our network.
        expected: NetworkId,
    },
    /// A file could not be written or read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// It would be for a computer that is in other hands.
    #[error(
        "the computer {0} is said to be in other hands, so no file is made for it; `koinon peer resume` takes that back"
    )]
    Suspended(NodeId),
    /// A stream could not be written or read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What came could not be stored.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

impl From<KeepError> for CarryError {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Writer(error) => error.into(),
            KeepError::Store(error) => error.into(),
        }
    }
}

impl From<SqliteError> for CarryError {
    fn from(error: SqliteError) -> Self {
        Self::Store(error.into())
    }
}

/// What a bundle is to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CarryOrder {
    /// For whom; empty is for everybody.
    pub to: Vec<NodeId>,
    /// Everything, also what they are known to hold.
    pub all: bool,
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// The files; none where the bundle went into a stream.
    pub files: Vec<PathBuf>,
    /// Bytes of all parts.
    pub bytes: u64,
    /// The entries in them.
    pub facts: u64,
}

/// What a bundle brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// What the bundle is; nothing when that part of it is damaged.
    pub manifest: Option<Manifest>,
    /// The entries in it that could be read, by the node that wrote them.
    pub facts: BTreeMap<NodeId, u64>,
    /// Entries that were new here.
    pub new: u64,
    /// Entries of nodes that are not admitted here.
    pub strangers: u64,
    /// Facts that are not shared with this community, so that they were passed over.
    pub closed: u64,
    /// Entries that wait for others which did not come, such as those in a damaged part.
    pub waiting: u64,
    /// Why entries were refused; at most 20.
    pub refused: Vec<String>,
    /// Stretches of the file that cannot be used; at most 20.
    pub damages: Vec<Damage>,
    /// All bytes that cannot be used.
    pub damaged_bytes: u64,
    /// The frames of kinds that this program does not know.
    pub newer: u64,
    /// Its end; nothing when the file breaks off.
    pub end: Option<End>,
    /// Whether the end carries the signature of the maker, whom this node knows; nothing where nobody could look.
    pub is_signed: Option<bool>,
}

impl Unpacked {
    /// Whether every byte is as its maker wrote it.
    pub fn is_whole(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.is_whole)
    }

    fn harmed(&mut self, damage: Damage) {
        self.damaged_bytes = self.damaged_bytes.saturating_add(damage.bytes);
        if self.damages.len() < NAMED_MAX {
            self.damages.push(damage);
        }
    }

    fn refuse(&mut self, why: String) {
        if self.refused.len() < NAMED_MAX && !self.refused.contains(&why) {
            self.refused.push(why);
        }
    }
}

/// Reads a bundle without taking it in.
///
/// # Errors
/// [`CarryError`] when it is none, or cannot be read.
pub fn inspect(from: impl Read) -> Result<Unpacked, CarryError> {
    let mut found = Unpacked::default();
    let mut reader = BundleReader::open(from)?;
    while let Some(part) = reader.next_part()? {
        match part {
            Part::Messages(messages) => {
                for message in messages {
                    if let Message::Run(run) = message {
                        let facts = found.facts.entry(run.name().node).or_default();
                        *facts = facts.saturating_add(count(run.len()));
                    }
                }
            }
            other => note(&mut found, other),
        }
    }
    Ok(found)
}

/// Notes a part that brings no entries.
fn note(found: &mut Unpacked, part: Part) {
    match part {
        Part::Manifest(manifest) => found.manifest = Some(manifest),
        Part::End(end) => found.end = Some(end),
        Part::Newer(_) => found.newer = found.newer.saturating_add(1),
        Part::Damaged(damage) => found.harmed(damage),
        Part::Messages(_) | Part::Holdings(_) => {}
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Where a bundle goes: one part after the other.
trait Parts {
    type Out: Write;
    fn open(&mut self, part: u32) -> Result<Self::Out, CarryError>;
    fn close(&mut self, out: Self::Out) -> Result<(), CarryError>;
}

/// One stream, for one part that holds everything.
struct OneStream<'w>(Option<&'w mut dyn Write>);

impl<'w> Parts for OneStream<'w> {
    type Out = &'w mut dyn Write;

    fn open(&mut self, _: u32) -> Result<Self::Out, CarryError> {
        let taken = self.0.take();
        taken.ok_or_else(|| io::Error::other("a stream holds one part").into())
    }

    fn close(&mut self, out: Self::Out) -> Result<(), CarryError> {
        Ok(out.flush()?)
    }
}

/// Files beside each other. Each is written under another name first, so that no half part is carried away.
struct Files {
    first: PathBuf,
    written: Vec<PathBuf>,
}

impl Files {
    /// The file of a part: as named, then with the number before the ending.
    fn path(&self, part: u32) -> PathBuf {
        if part == 1 {
            return self.first.clone();
        }
        let stem = self.first.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let ending =
            self.first.extension().map_or(SUFFIX.to_owned(), |ending| ending.to_string_lossy().into_owned());
        self.first.with_file_name(format!("{stem}-{part}.{ending}"))
    }

    fn unfinished(path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push(".unfinished");
        PathBuf::from(name)
    }

    /// Takes away what was begun.
    fn drop_unfinished(&self, part: u32) {
        // What cannot be taken away is at least named as unfinished.
        let _ = fs::remove_file(Self::unfinished(&self.path(part)));
    }
}

impl Parts for Files {
    type Out = BufWriter<File>;

    fn open(&mut self, part: u32) -> Result<Self::Out, CarryError> {
        let path = self.path(part);
        let fault = |source| CarryError::File { path: path.clone(), source };
        if path.exists() {
            return Err(fault(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "is there already; name another file",
            )));
        }
        let begun = Self::unfinished(&path);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(begun);
        file.map(|file| BufWriter::with_capacity(1 << 20, file)).map_err(fault)
    }

    fn close(&mut self, out: Self::Out) -> Result<(), CarryError> {
        let part = u32::try_from(self.written.len()).unwrap_or(u32::MAX).saturating_add(1);
        let path = self.path(part);
        let fault = |source| CarryError::File { path: path.clone(), source };
        let file = out.into_inner().map_err(|error| fault(error.into_error()))?;
        file.sync_all().map_err(fault)?;
        fs::rename(Self::unfinished(&path), &path).map_err(fault)?;
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_folder(parent).map_err(fault)?;
        }
        self.written.push(path);
        Ok(())
    }
}

/// Makes the names in a folder durable, where its file system knows how to: that of a stick may not.
fn sync_folder(folder: &Path) -> io::Result<()> {
    let done = match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        Err(error) => Err(error),
    };
    let cannot = |error: &io::Error| {
        use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
        matches!(error.kind(), Unsupported | InvalidInput | PermissionDenied)
    };
    done.or_else(|error| if cannot(&error) { Ok(()) } else { Err(error) })
}

/// Carrying by hand.
impl Node {
    /// Writes a bundle into files: `first`, and beside it as many more as parts of `part_bytes` take.
    ///
    /// # Errors
    /// [`CarryError`]; whole parts that were written stay.
    pub fn carry_to_files(
        &self,
        order: &CarryOrder,
        first: &Path,
        part_bytes: u64,
    ) -> Result<Carried, CarryError> {
        let mut files = Files { first: first.to_owned(), written: Vec::new() };
        let done = self.carry(order, &mut files, part_bytes);
        if done.is_err() {
            files.drop_unfinished(u32::try_from(files.written.len()).unwrap_or(u32::MAX).saturating_add(1));
        }
        Ok(Carried { files: files.written, ..done? })
    }

    /// Writes a bundle of one part into a stream.
    ///
    /// # Errors
    /// [`CarryError`].
    pub fn carry_to(&self, order: &CarryOrder, out: &mut dyn Write) -> Result<Carried, CarryError> {
        self.carry(order, &mut OneStream(Some(out)), u64::MAX)
    }

    fn carry<P: Parts>(
        &self,
        order: &CarryOrder,
        parts: &mut P,
        part_bytes: u64,
    ) -> Result<Carried, CarryError> {
        let shared = &self.inner.shared;
        if let Some(suspended) = order.to.iter().find(|node| shared.is_suspended(**node)) {
            return Err(CarryError::Suspended(*suspended));
        }
        let entitled = self.entitled_to(&order.to);
        let directory = self.keeper().directory();
        let made = shared.clock.now();
        let heads = look(self.keeper(), |store| Heads::read(store, &directory))?;
        let known = if order.all {
            BTreeMap::new()
        } else {
            shared.with_reader(|store| held_by_all(store, &order.to))?
        };
        let mut logs = heads.offered(&entitled);
        // Control logs are what the others wait for.
        logs.sort_by_key(|log| Stream::from(log.stream) != Stream::Control);
        let lacking = |log: &HaveLog| known.get(&log.log).copied().unwrap_or(0).min(log.height);
        let mut manifest =
            Manifest { network: shared.network, by: shared.id, made, to: order.to.clone(), part: 1 };
        let mut done = Carried::default();
        let mut bundle = BundleWriter::begin(parts.open(1)?, &manifest)?;
        let mut beside = Some(self.beside(order, &heads)?);
        for log in &logs {
            // What goes along is believed by the keys that control logs name.
            if Stream::from(log.stream) != Stream::Control
                && let Some(messages) = beside.take()
            {
                messages.iter().try_for_each(|message| bundle.message(message))?;
            }
            let mut from = lacking(log);
            while from < log.height {
                let want = Want { log: log.log, from, max_bytes: WANT_BYTES };
                let run = look(self.keeper(), |store| serve(store, &directory, &want, &entitled))?;
                let Some(run) = run else { break };
                let facts = count(run.len());
                from = from.saturating_add(facts);
                done.facts = done.facts.saturating_add(facts);
                bundle.message(&Message::Run(run))?;
                if bundle.written() >= part_bytes {
                    let (out, bytes) = bundle.finish_sized(&shared.identity, true)?;
                    done.bytes = done.bytes.saturating_add(bytes);
                    parts.close(out)?;
                    manifest.part = manifest.part.saturating_add(1);
                    bundle = BundleWriter::begin(parts.open(manifest.part)?, &manifest)?;
                }
            }
        }
        beside.iter().flatten().try_for_each(|message| bundle.message(message))?;
        for holdings in self.known_holdings(&heads, &entitled, made)? {
            bundle.holdings(&holdings)?;
        }
        let (out, bytes) = bundle.finish_sized(&shared.identity, false)?;
        done.bytes = done.bytes.saturating_add(bytes);
        parts.close(out)?;
        Ok(done)
    }

    /// What all may read for whom a bundle is made; where nobody is named, all whom this node knows.
    fn entitled_to(&self, to: &[NodeId]) -> Entitled {
        let shared = &self.inner.shared;
        let known: Vec<NodeId> =
            shared.book().admitted().keys().copied().filter(|node| *node != shared.id).collect();
        let known: Vec<NodeId> = known.into_iter().filter(|node| !shared.is_suspended(*node)).collect();
        let readers = if to.is_empty() { &known } else { to };
        let each = readers.iter().map(|reader| shared.entitled(*reader));
        each.reduce(|all, one| all.in_common(&one)).unwrap_or_else(|| Entitled::open_to(shared.id))
    }

    /// What goes along beside logs: proofs, recoveries that are waited for, and receipts for those who get the bundle.
    fn beside(&self, order: &CarryOrder, heads: &Heads) -> Result<Vec<Message>, CarryError> {
        let shared = &self.inner.shared;
        let now = shared.clock.now();
        self.keeper().settle()?;
        let messages = look(self.keeper(), |store| {
            let mut messages: Vec<Message> = store.forks()?.into_iter().map(Message::Fork).collect();
            let since = now.plus_millis(-RECOVERY_WAIT_MS);
            messages.extend(store.recoveries_since(since)?.into_iter().map(Message::Run));
            for to in &order.to {
                messages.extend(store.receipts_for(*to)?.into_iter().map(Message::Receipt));
            }
            let theirs = heads.logs.values().filter(|head| {
                let is_asked = order.to.is_empty() || order.to.contains(&head.name.node);
                let is_shared = head.name.stream.shared().is_some();
                is_asked && is_shared && head.height > 0 && head.name.node != shared.id
            });
            let give = |head: &koinon_log::LogHead| {
                Message::Receipt(Receipt::give(&shared.identity, head.log, head.height, head.head, now))
            };
            messages.extend(theirs.map(give));
            Ok(messages)
        })?;
        Ok(messages)
    }

    /// What this node holds, and what it knows of what others hold.
    fn known_holdings(
        &self,
        heads: &Heads,
        entitled: &Entitled,
        now: Timestamp,
    ) -> Result<Vec<Holdings>, CarryError> {
        let shared = &self.inner.shared;
        let offered = heads.offered(entitled);
        let have = offered.chunk_by(|a, b| a.node == b.node).filter_map(|logs| {
            let node = logs.first()?.node;
            Some(Have { node, logs: logs.to_vec(), rest: None })
        });
        let mut all = vec![Holdings { node: shared.id, at: now, have: have.collect() }];
        let others = shared.with_reader(crate::SqliteStore::holdings)?;
        all.extend(others.into_iter().filter(|holdings| holdings.node != shared.id));
        Ok(all)
    }

    /// Takes a bundle in; one that came before changes nothing.
    ///
    /// # Errors
    /// [`CarryError`]; what was taken in before it stays.
    pub fn unpack(&self, from: impl Read) -> Result<Unpacked, CarryError> {
        let shared = &self.inner.shared;
        let mut found = Unpacked::default();
        let mut said: Vec<Holdings> = Vec::new();
        let mut reader = BundleReader::open(from)?;
        while let Some(part) = reader.next_part()? {
            match part {
                Part::Manifest(manifest) if manifest.network != shared.network => {
                    let (found, expected) = (manifest.network, shared.network);
                    return Err(CarryError::OtherNetwork { found, expected });
                }
                Part::Messages(messages) => self.take_messages(messages, &mut found)?,
                Part::Holdings(holdings) => said.push(holdings),
                other => note(&mut found, other),
            }
        }
        let maker = found.manifest.as_ref().map(|manifest| manifest.by);
        let signed = found.end.as_ref().zip(maker).map(|(end, maker)| {
            let is_known = maker == shared.id || shared.book().community_of(maker).is_some();
            is_known && end.is_whole && end.is_signed_by(maker, &shared.directory())
        });
        found.is_signed = signed;
        if signed == Some(true) {
            // A day still to come would stand in the way of every later word.
            let latest = shared.clock.now().plus_millis(AHEAD_MS);
            let said = merged(said.into_iter().filter(|holdings| holdings.at <= latest));
            let task = move |writer: &mut crate::writer::Writer| writer.keep_holdings(&said);
            self.send(Job::Task(Box::new(task)));
        }
        Ok(found)
    }

    fn take_messages(&self, messages: Vec<Message>, found: &mut Unpacked) -> Result<(), CarryError> {
        let shared = &self.inner.shared;
        let (mut control, mut parcel) = (Parcel::default(), Parcel::default());
        for message in messages {
            match message {
                Message::Run(run) => {
                    let (node, facts) = (run.name().node, count(run.len()));
                    let of_node = found.facts.entry(node).or_default();
                    *of_node = of_node.saturating_add(facts);
                    if node != shared.id && shared.book().community_of(node).is_none() {
                        found.strangers = found.strangers.saturating_add(facts);
                        continue;
                    }
                    match run.restore() {
                        Ok(run) if run.name().stream == Stream::Control => control.runs.push(run),
                        Ok(run) => parcel.runs.push(run),
                        Err(error) => found.refuse(error.to_string()),
                    }
                }
                Message::Fork(proof) => parcel.forks.push(proof),
                Message::Receipt(receipt) => parcel.receipts.push(receipt),
                // What asks or greets says nothing in a file.
                Message::Hello(_)
                | Message::Have(_)
                | Message::Want(_)
                | Message::Summary(_)
                | Message::Census(_)
                | Message::AskForks
                | Message::AskFirstView(_)
                | Message::FirstView(_) => {}
            }
        }
        if !control.runs.is_empty() {
            self.take_parcel(control, found)?;
        }
        // What control logs brought may be the agreement that opens the others.
        let entitled = shared.entitled(shared.id);
        parcel.runs.retain(|run| {
            let stream = run.name().stream.shared();
            let may = stream.is_some_and(|stream| entitled.may_read(run.name().node, stream));
            if !may {
                found.closed = found.closed.saturating_add(count(run.facts().len()));
            }
            may
        });
        self.take_parcel(parcel, found)
    }

    fn take_parcel(&self, parcel: Parcel, found: &mut Unpacked) -> Result<(), CarryError> {
        let sizes: BTreeMap<(LogId, u64), u64> =
            parcel.runs.iter().map(|run| ((run.name().id(), run.from()), count(run.facts().len()))).collect();
        let outcome = self.take_in(parcel)?;
        found.new = found.new.saturating_add(outcome.facts);
        for rejection in outcome.rejected {
            if rejection.waits() {
                let facts = sizes.get(&(rejection.log, rejection.seq)).copied().unwrap_or(1);
                found.waiting = found.waiting.saturating_add(facts);
            } else {
                found.refuse(rejection.to_string());
            }
        }
        Ok(())
    }
}

/// The pages of each node's holdings as one.
fn merged(said: impl Iterator<Item = Holdings>) -> Vec<Holdings> {
    let mut all: BTreeMap<NodeId, Holdings> = BTreeMap::new();
    for holdings in said {
        let of_node =
            all.entry(holdings.node).or_insert_with(|| Holdings { have: Vec::new(), ..holdings.clone() });
        of_node.have.extend(holdings.have);
    }
    all.into_values().collect()
}

/// Up to where each log is known to be held by every one of those named; nothing is known when nobody is.
fn held_by_all(store: &crate::SqliteStore, to: &[NodeId]) -> Result<BTreeMap<LogId, u64>, SqliteError> {
    let mut all: Option<BTreeMap<LogId, u64>> = None;
    for node in to {
        let mut held: BTreeMap<LogId, u64> = BTreeMap::new();
        let mut since = Timestamp::from_millis(i64::MIN);
        if let Some(holdings) = store.holdings_of(*node)? {
            since = holdings.at;
            held.extend(holdings.have.iter().flat_map(|have| &have.logs).map(|log| (log.log, log.height)));
        }
        for receipt in store.receipts_by(*node)?.into_iter().filter(|receipt| receipt.at > since) {
            let known = held.entry(receipt.log).or_default();
            *known = receipt.height.max(*known);
        }
        all = Some(match all {
            None => held,
            Some(before) => {
                let both =
                    before.into_iter().filter_map(|(log, height)| Some((log, height.min(*held.get(&log)?))));
                both.collect()
            }
        });
    }
    Ok(all.unwrap_or_default())
}
