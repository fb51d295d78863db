//! Bytes of a kept file over a line that may break at any of them, and bringing a file of ours back.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use koinon_core::{Digest, NodeId};
use koinon_log::WantBytes;
use koinon_log::kept::{Answer, Ask, Held};

use super::own::{OwnFile, is_digest};
use super::{KeptError, Placed, files};
use crate::client::{Line, PullCause};
use crate::disk::{Purpose, sync_parent};
use crate::node::Node;
use crate::server::{KEPT_BYTES_PATH, KEPT_PATH};
use crate::sqlite::SqliteStore;

/// The bytes asked for at a time.
const REQUEST_BYTES: u32 = 256 * 1024;
/// How often in a row a line may break without bringing a byte.
const IDLE_MAX: u32 = 3;
/// How long is waited, and how often in a row, where the share of what may be fetched is used up.
const SHARE_WAIT: Duration = Duration::from_secs(2);
const SHARE_WAITS_MAX: u32 = 60;

/// How fetching ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fetched {
    /// All bytes are there.
    Whole,
    /// More is to come, at another time.
    Coming,
    /// The other side does not give it.
    NotGiven,
}

/// Fetches what is missing of a file, as long as `go_on` says; every byte that comes is kept. Where the share is used up, a
/// `patient` one waits.
pub(super) fn fetch(
    line: &mut Line<'_>,
    (digest, bytes): (Digest, u64),
    to: &Path,
    is_patient: bool,
    go_on: &dyn Fn() -> bool,
) -> Result<Fetched, KeptError> {
    let mut file = files::append(to).map_err(files::at(to))?;
    let mut have = file.metadata().map_err(files::at(to))?.len();
    if have > bytes {
        file.set_len(0).map_err(files::at(to))?;
        have = 0;
    }
    let (mut idle, mut waits) = (0, 0);
    while have < bytes {
        if !go_on() {
            return Ok(Fetched::Coming);
        }
        let most = u32::try_from(bytes.saturating_sub(have)).unwrap_or(u32::MAX).min(REQUEST_BYTES);
        let want = WantBytes { content: digest, from: have, most };
        let mut written = Ok(());
        let fetched = line.fetch(KEPT_BYTES_PATH, &want, &mut |bytes| {
            written = file.write_all(bytes);
            written.is_ok()
        });
        written.map_err(files::at(to))?;
        match fetched {
            Ok(None) => return Ok(Fetched::NotGiven),
            Ok(Some(0)) => idle += 1,
            Ok(Some(count)) => {
                have = have.saturating_add(count);
                (idle, waits) = (0, 0);
            }
            Err(PullCause::Refused { status: 429, .. }) if is_patient && waits < SHARE_WAITS_MAX => {
                waits += 1;
                std::thread::park_timeout(SHARE_WAIT);
            }
            Err(PullCause::Refused { status: 429, .. }) => return Ok(Fetched::Coming),
            Err(cause) => return Err(cause.into()),
        }
        if idle >= IDLE_MAX {
            return Err(KeptError::Stuck(idle));
        }
    }
    Ok(Fetched::Whole)
}

/// Says something to a neighbour and hears its answer.
pub(super) fn say(line: &mut Line<'_>, ask: &Ask) -> Result<Answer, KeptError> {
    match line.ask(KEPT_PATH, &ask.encode()) {
        Ok(bytes) => Ok(Answer::decode(&bytes)?),
        // That is what a program says that does not know the address.
        Err(PullCause::Refused { status: 404 | 405, .. }) => Err(KeptError::Older),
        Err(cause) => Err(cause.into()),
    }
}

/// A line to a listed neighbour.
pub(super) fn line_to(node: &Node, neighbour: NodeId) -> Result<Line<'_>, KeptError> {
    let shared = &node.inner.shared;
    shared.kept_partner(neighbour)?;
    let known = {
        let peers = shared.peers();
        let peer = peers.all.get(&neighbour).ok_or(KeptError::NotListed(neighbour))?;
        (peer.config.clone(), peer.clock_ahead_ms)
    };
    Ok(Line::new(node, &known.0, known.1)?)
}

/// What a neighbour holds of ours.
pub(super) fn held_by(node: &Node, keeper: NodeId) -> Result<Vec<Held>, KeptError> {
    ask_held(&mut line_to(node, keeper)?)
}

fn ask_held(line: &mut Line<'_>) -> Result<Vec<Held>, KeptError> {
    match say(line, &Ask::WhatOfMine)? {
        Answer::Held(held) => Ok(held),
        Answer::Owner { .. } => Err(KeptError::OtherAnswer),
    }
}

/// Brings a file back.
pub(super) fn get(node: &Node, what: &str, from: NodeId, to: &Path) -> Result<Placed, KeptError> {
    if to.exists() {
        return Err(KeptError::Exists(to.to_owned()));
    }
    let shared = &node.inner.shared;
    let own = shared.with_reader(SqliteStore::own_files)?;
    let mut line = line_to(node, from)?;
    let held = ask_held(&mut line)?;
    let named = own.named(what);
    let is_meant = |one: &&Held| named.contains(&one.digest) || is_digest(what, one.digest);
    // Of a label the newest that the neighbour has: the list may be older than what was placed last.
    let found = held.iter().filter(is_meant).max_by_key(|held| held.placed).copied();
    let Some(found) = found else { return Err(KeptError::NotHeld { what: what.to_owned(), held }) };
    let coming = beside(to, found.digest);
    match fetch(&mut line, (found.digest, found.bytes), &coming, true, &|| true)? {
        Fetched::Whole => {}
        Fetched::NotGiven | Fetched::Coming => return Err(KeptError::NotGiven),
    }
    if files::digest(&coming).map_err(files::at(&coming))? != found.digest {
        files::remove(&coming)?;
        return Err(KeptError::Wrong);
    }
    File::open(&coming).and_then(|file| file.sync_all()).map_err(files::at(&coming))?;
    // A link, and not a rename: it never takes the place of a file that came there meanwhile.
    let named = fs::hard_link(&coming, to).or_else(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Err(error),
        // Some sticks know no links.
        _ => fs::rename(&coming, to),
    });
    named.and_then(|()| sync_parent(to)).map_err(files::at(to))?;
    files::remove(&coming)?;
    if own.files.get(&found.digest).is_some_and(OwnFile::is_listed) {
        put_back(node, found, to)?;
    }
    Ok(Placed { digest: found.digest, bytes: found.bytes })
}

/// Puts the bytes of a listed file where proofs are compared with them, where a restored computer has none.
fn put_back(node: &Node, held: Held, from: &Path) -> Result<(), KeptError> {
    let shared = &node.inner.shared;
    let own = files::own(shared.dir.path(), held.digest);
    let is_whole =
        files::size(&own) == Some(held.bytes) && files::digest(&own).is_ok_and(|found| found == held.digest);
    if is_whole {
        return Ok(());
    }
    shared.dir.room_for(Purpose::Entry, held.bytes)?;
    files::copy_in(from, &own)
}

/// Where a file lies while it comes: its name says what it is, so that another try goes on.
fn beside(to: &Path, digest: Digest) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".{}.coming", digest.short()));
    PathBuf::from(name)
}
