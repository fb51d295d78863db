//! Answering neighbours: as an owner what a keeper says, as a keeper what an owner asks, and both the bytes.

use std::collections::BTreeMap;

use koinon_core::{Digest, NodeId};
use koinon_log::WantBytes;
use koinon_log::kept::{Answer, Ask, KeeperSays};

use super::own::{Said, State};
use super::{KeptError, files, visit};
use crate::disk::Purpose;
use crate::entropy::draw;
use crate::node::{Node, Shared};
use crate::sqlite::SqliteStore;
use crate::writer::Writer;

/// The most bytes of a file in one answer.
const BYTES_AT_ONCE_MAX: u64 = 1 << 20;

impl Writer {
    /// Makes the list of own files durable.
    pub(super) fn put_own_files(&mut self, own: &super::OwnFiles) -> Result<(), KeptError> {
        let put = self.store.put_own_files(own);
        Ok(put.map_err(|error| {
            self.store.rollback();
            self.poison(&error)
        })?)
    }
}

/// Answers a listed neighbour.
pub(crate) fn answer(node: &Node, asker: NodeId, ask: Ask) -> Result<Answer, KeptError> {
    match ask {
        Ask::WhatOfMine => Ok(Answer::Held(
            visit::held(&node.inner.shared, asker, &BTreeMap::new())?.into_values().collect(),
        )),
        Ask::Keeper(says) => heard(node, asker, says),
    }
}

/// Takes in what a keeper says. Proofs are compared here, before the writing thread is asked for anything.
fn heard(node: &Node, keeper: NodeId, says: KeeperSays) -> Result<Answer, KeptError> {
    let shared = &node.inner.shared;
    let own = shared.with_reader(SqliteStore::own_files)?;
    if says.held.is_empty() && !own.concerns(keeper) {
        return Ok(Answer::Owner { hold: Vec::new(), release: Vec::new() });
    }
    let mut verdicts = BTreeMap::new();
    for held in &says.held {
        let nonce = own.files.get(&held.digest).and_then(|file| file.at.get(&keeper)?.nonce);
        let (Some(nonce), Some(proof)) = (nonce, held.proof) else { continue };
        // What does not lie here cannot be compared: it waits until it does again.
        match files::digest_and_proof(&files::own(shared.dir.path(), held.digest), Some(&nonce)) {
            Ok((digest, Some(expected))) if digest == held.digest => {
                verdicts.insert(held.digest, proof == expected);
            }
            Ok(_) => {
                tracing::error!(digest = %held.digest, "a file of ours is damaged here; `koinon kept get` brings it back");
            }
            Err(error) => tracing::warn!(%error, digest = %held.digest, "a proof cannot be compared"),
        }
    }
    let listed = shared.listed();
    let folder = shared.dir.path().to_owned();
    node.on_writer(move |writer| {
        let before = writer.store.own_files()?;
        let mut own = before.clone();
        let now = writer.shared.clock.now();
        let heard = own.heard(keeper, (&says, &verdicts), &listed, now, &mut draw::<32>);
        if own != before {
            writer.blocked(Purpose::Entry)?;
            writer.put_own_files(&own)?;
        }
        heard.gone.iter().try_for_each(|digest| files::remove(&files::own(&folder, *digest)))?;
        Ok(heard.answer)
    })?
}

/// Bytes of a file, and whether it is the asker's own that comes back to it.
pub(crate) struct Given {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_askers: bool,
}

/// The bytes that a listed neighbour wants: of a file of ours that it was asked to keep and says it has not, or of its own.
pub(crate) fn bytes_of(node: &Node, asker: NodeId, want: &WantBytes) -> Result<Option<Given>, KeptError> {
    let shared = &node.inner.shared;
    let dir = shared.dir.path();
    let most = u64::from(want.most).min(BYTES_AT_ONCE_MAX);
    let (path, is_askers) = if is_to_fetch(shared, asker, want.content)? {
        (files::own(dir, want.content), false)
    } else {
        let held = shared.with_reader(SqliteStore::kept_of)?;
        let Some(of) = held.get(&(asker, want.content)) else { return Ok(None) };
        if files::size(&files::of(dir, asker, want.content)) != Some(of.bytes) {
            return Ok(None);
        }
        (files::of(dir, asker, want.content), true)
    };
    match files::part(&path, want.from, most) {
        Ok(bytes) => Ok(Some(Given { bytes, is_askers })),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(files::at(&path)(error)),
    }
}

/// Whether a neighbour may fetch a file of ours. Who says that it holds one does not get it again: it could prove with ours what it
/// has thrown away.
fn is_to_fetch(shared: &Shared, keeper: NodeId, digest: Digest) -> Result<bool, KeptError> {
    let own = shared.with_reader(SqliteStore::own_files)?;
    let file = own.files.get(&digest).filter(|file| file.state == State::Kept);
    let at = file.and_then(|file| file.at.get(&keeper));
    Ok(at.is_some_and(|at| at.asked && at.said != Some(Said::Holds)))
}
