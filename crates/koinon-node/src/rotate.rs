//! Replacing the key of a node that is not running, by the key committed to or by stewards who hold recovery codes.
//!
//! The new keys are laid beside the old ones first, then the rotation is made durable, then the files change places; a
//! power cut at any point leaves either the old key or the new one in force, and the next start finishes what was begun.

use std::path::Path;

use koinon_core::{Clock, LogId};
use koinon_log::rotation::{ByStewards, NewKeys, RotationError};
use koinon_log::{
    KeyId, Limits, LogStore as _, LogWriter, NetworkId, Rotation, SigningKey, Tails, VerifyKey,
    load_directory,
};

use crate::disk::{DataDir, DiskFloors};
use crate::entropy::OsEntropy;
use crate::error::NodeError;
use crate::keys;
use crate::sqlite::SqliteStore;

/// Who brings the new key in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotateBy {
    /// The key that the node committed to, which lies in its data directory.
    Committed,
    /// Stewards, with their recovery codes; the new key is drawn.
    Stewards(Vec<String>),
}

/// What becomes of entries in the node's name that neighbours sent back and this computer did not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// Nothing is replaced while there are any: people know whose doing they are.
    Ask,
    /// They count, as after a restore or the loss of a disk.
    Count,
    /// They are void, as after a theft.
    Void,
}

/// What a replacement led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotatedKeys {
    /// The key that no longer signs.
    pub before: KeyId,
    /// The key that signs from now on.
    pub now: KeyId,
    /// Entries in the node's own name that count no more: nobody here wrote them.
    pub void: u64,
}

/// Replaces the key of the node in a directory. What this computer wrote itself counts; of what neighbours sent back in its
/// name, `returned` says whether it does. Everything else in the node's name is void from now on.
///
/// # Errors
/// [`NodeError`]: the node runs, has written nothing, its keys or store cannot be read, too few codes are right, or
/// [`NodeError::Returned`].
pub fn rotate(
    dir: &Path,
    clock: &dyn Clock,
    by: &RotateBy,
    returned: Returned,
) -> Result<RotatedKeys, NodeError> {
    let inside = || rotate_inside(dir, clock, by, returned);
    inside().map_err(|error| error.while_opening(dir))
}

fn rotate_inside(
    dir: &Path,
    clock: &dyn Clock,
    by: &RotateBy,
    returned: Returned,
) -> Result<RotatedKeys, NodeError> {
    if !crate::disk::store_path(dir).exists() {
        return Err(NodeError::Missing(dir.to_owned()));
    }
    let codes = match by {
        RotateBy::Committed => Vec::new(),
        RotateBy::Stewards(codes) => read_codes(codes)?,
    };
    let _lock = DataDir::lock(dir, DiskFloors::default())?;
    let mut store = SqliteStore::open(&crate::disk::store_path(dir))?;
    let (node, network) = store.owner()?;
    let (directory, faults) = load_directory(&store, network)?;
    if let Some(fault) = faults.into_iter().next() {
        return Err(NodeError::Damaged(fault));
    }
    keys::settle_rotation(dir, directory.key(node))?;
    let old = keys::load(dir)?;
    let before: VerifyKey = *directory.key(node).unwrap_or(&old.key().verify_key());
    let (recovery, threshold) =
        directory.recovery(node).map_or((Vec::new(), 0), |(set, n)| (set.to_vec(), n));
    let by_stewards = !codes.is_empty();
    if by_stewards {
        let found = codes.iter().filter(|code| recovery.contains(&code.verify_key())).count();
        let needed = usize::from(threshold);
        if found < needed || needed == 0 {
            return Err(koinon_log::rotation::DraftError::from(RotationError::TooFewStewards {
                found,
                needed,
            })
            .into());
        }
    } else {
        keys::fits(&old, &directory)?;
    }
    let mine = store.mine()?;
    let all = returned == Returned::Count;
    let counts = |log: LogId| if all { u64::MAX } else { mine.get(&log).copied().unwrap_or(0) };
    if returned == Returned::Ask {
        let entries = not_mine(&store, node, &counts)?;
        if entries > 0 {
            return Err(NodeError::Returned { entries });
        }
    }
    let (key, next) = keys::begin_rotation(dir, by_stewards)?;
    let new = NewKeys {
        key: key.verify_key(),
        next_key: next.verify_key().next_digest(),
        recovery: recovery.clone(),
        threshold,
    };
    let mut rotation = Rotation::draft(&store, &directory, node, new, &counts)?;
    let now = clock.now();
    if by_stewards {
        let text = rotation.recovery_text(node, before, now);
        let mut signatures: Vec<_> = codes.iter().map(|code| text.sign(network, code)).collect();
        signatures.retain(|(key, _)| recovery.contains(key));
        signatures.sort();
        signatures.dedup_by_key(|(key, _)| *key);
        rotation.stewards = Some(ByStewards { announced: now, signatures });
    }
    let counted = counting(&store, network, node)?;
    let identity = koinon_log::Identity::with_later_key(old.inception().to_vec(), key.clone());
    let identity = identity.map_err(keys::KeysError::from)?;
    let tails = Tails::read(&store, &directory, node)?;
    let mut writer = LogWriter::rotating(identity, tails, rotation);
    let commit = writer.append(Vec::new(), now, &mut OsEntropy).map_err(crate::batch::WriteError::from)?;
    store.begin()?;
    let written = store.append(commit.runs()).map_err(NodeError::from).and_then(|_| {
        store.note_mine(commit.runs())?;
        // What counts may have changed, so the book is made anew at the next start.
        store.drop_snapshots()?;
        Ok(store.commit()?)
    });
    if let Err(error) = written {
        store.rollback();
        return Err(error);
    }
    crate::node::sync_log_name(dir)?;
    keys::settle_rotation(dir, Some(&key.verify_key()))?;
    // The rotation itself adds to what counts.
    let added =
        commit.runs().iter().map(|run| run.height().saturating_sub(run.from())).fold(0, u64::saturating_add);
    let void = counted.saturating_add(added).saturating_sub(counting(&store, network, node)?);
    Ok(RotatedKeys { before: before.id(), now: key.verify_key().id(), void })
}

fn read_codes(codes: &[String]) -> Result<Vec<SigningKey>, NodeError> {
    let read =
        |(index, code): (usize, &String)| keys::key_of_code(code).ok_or(NodeError::RecoveryCode(index + 1));
    codes.iter().enumerate().map(read).collect()
}

/// The facts in a node's name that somebody else's computer sent back, and this one did not write.
fn not_mine(
    store: &SqliteStore,
    node: koinon_core::NodeId,
    counts: &dyn Fn(LogId) -> u64,
) -> Result<u64, NodeError> {
    let own = store.heads()?.into_iter().filter(|head| head.name.node == node);
    Ok(own.map(|head| head.height.saturating_sub(counts(head.log))).fold(0, u64::saturating_add))
}

/// The facts in a node's name that count, as the store stands.
fn counting(store: &SqliteStore, network: NetworkId, node: koinon_core::NodeId) -> Result<u64, NodeError> {
    let (directory, _) = load_directory(store, network)?;
    let limits = Limits::read(store, &directory)?;
    let own = store.heads()?.into_iter().filter(|head| head.name.node == node);
    Ok(own.map(|head| limits.counted(head.log, head.height)).fold(0, u64::saturating_add))
}
