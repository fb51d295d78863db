//! Checking everything: the file, every chain and signature, and that the book is what the facts say.
//!
//! Nothing is repaired. A fault is named with its place, so that people can restore a backup or start a new node that
//! neighbours refill.

use koinon_books::{Book, EVOLVE_VERSION};
use koinon_log::{Limits, LogName, LogStore as _, Note, load_directory, verify_log};

use crate::error::NodeError;
use crate::node::Node;
use crate::replay::{self, ReplayError};
use crate::sqlite::SqliteStore;
use crate::writer::snapshot_digest;

/// One log as checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCheck {
    /// The log.
    pub name: LogName,
    /// How many facts verified, from the first.
    pub facts: u64,
    /// The first fault, with its place.
    pub fault: Option<String>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// The facts that were read into the book.
    pub facts: u64,
    /// Each log, in order of its id.
    pub logs: Vec<LogCheck>,
    /// What SQLite's own check found.
    pub file_fault: Option<String>,
    /// Why the book could not be rebuilt.
    pub rebuild_fault: Option<String>,
    /// Whether the book rebuilt from the facts is the live one; `None` when it could not be rebuilt.
    pub book_equal: Option<bool>,
    /// Whether snapshot and tail give the live book; `None` when there is no snapshot.
    pub snapshot_equal: Option<bool>,
    /// Facts of kinds that a newer version wrote; kept and passed on.
    pub unknown: u64,
    /// Facts of known kinds whose bodies do not fit; kept, without effect.
    pub malformed: u64,
    /// What control logs tell people: a node restored or run twice, an unreadable opening.
    pub notes: Vec<Note>,
    /// Logs of which a node signed two histories.
    pub forks: Vec<LogName>,
}

impl CheckReport {
    /// Whether the node's own data is whole. Notes and forks tell of nodes, not of damage.
    pub fn is_sound(&self) -> bool {
        self.first_fault().is_none()
    }

    /// The first thing that is wrong with the node's own data, with its place.
    pub fn first_fault(&self) -> Option<String> {
        let log = || {
            self.logs
                .iter()
                .find_map(|log| log.fault.as_ref().map(|fault| format!("log {}: {fault}", log.name.id())))
        };
        let book = || (self.book_equal != Some(true)).then(|| "the facts give another book".to_owned());
        let snapshot =
            || (self.snapshot_equal == Some(false)).then(|| "the snapshot gives another book".to_owned());
        self.file_fault
            .clone()
            .or_else(log)
            .or_else(|| self.rebuild_fault.clone())
            .or_else(book)
            .or_else(snapshot)
    }
}

impl Node {
    /// Checks the file, verifies every log, rebuilds the book from the facts and compares it with the live one and with the
    /// snapshot. Takes as long as reading everything; writing goes on meanwhile.
    pub fn check(&self) -> Result<CheckReport, NodeError> {
        let reader = SqliteStore::open_reader(&self.inner.shared.dir.store())?;
        // Between two commits the book and the store hold the same facts.
        let (reader, upto, live) = self.on_writer(move |writer| {
            let upto = reader.begin_read();
            let live = writer.shared.book().digest();
            (reader, upto, live)
        })?;
        let upto = upto?;
        let network = self.network();
        let (directory, refused) = load_directory(&reader, network)?;
        let directory = directory.believing();
        let mut logs = Vec::new();
        for head in reader.heads()? {
            let (facts, fault) = verify_log(&reader, &directory, head.log, &mut drop)?;
            let fault = fault.map(|rejection| rejection.to_string());
            logs.push(LogCheck { name: head.name, facts, fault });
        }
        for rejection in refused {
            tracing::error!(%rejection, "a control log does not verify");
        }
        let file_fault = reader.integrity_check().err().map(|error| error.to_string());
        let limits = Limits::read(&reader, &directory)?;
        let mut book = Book::new(self.id());
        let (replayed, rebuild_fault) = match replay::replay(&mut book, (&reader, &limits), 0, upto) {
            Ok(replayed) => (replayed, None),
            Err(ReplayError::Store(error)) => return Err(error.into()),
            Err(error) => (replay::Replayed::default(), Some(error.to_string())),
        };
        let book_equal = rebuild_fault.is_none().then(|| book.digest() == live);
        drop(book);
        let snapshot_equal = snapshot_and_tail((&reader, &limits), upto)?.map(|book| book.digest() == live);
        let forks = reader.forks()?.iter().map(|proof| *proof.name()).collect();
        reader.end_read();
        Ok(CheckReport {
            facts: replayed.facts,
            logs,
            file_fault,
            rebuild_fault,
            book_equal,
            snapshot_equal,
            unknown: replayed.unknown,
            malformed: replayed.malformed,
            notes: directory.notes(),
            forks,
        })
    }
}

/// The book from the snapshot and the facts after it; nothing without a snapshot. A damaged one gives an empty book.
fn snapshot_and_tail((store, limits): (&SqliteStore, &Limits), upto: u64) -> Result<Option<Book>, NodeError> {
    let Some(snapshot) = store.snapshot(EVOLVE_VERSION)? else { return Ok(None) };
    let whole = snapshot_digest(&snapshot.book) == snapshot.digest;
    let read = Book::from_snapshot(&snapshot.book).ok().filter(|_| whole);
    let Some(mut book) = read else { return Ok(Some(Book::default())) };
    match replay::replay(&mut book, (store, limits), snapshot.place, upto) {
        Ok(_) => Ok(Some(book)),
        Err(ReplayError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Some(Book::default())),
    }
}
