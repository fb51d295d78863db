//! Bundles: entries that travel by hand.

use std::fs::File;
use std::path::Path;

use koinon_core::NodeId;
use koinon_node::carry::PART_BYTES_MIN;
use koinon_node::{CarryError, CarryOrder, Node, Unpacked};

use super::views::{CarriedView, DamageView, UnpackedView};
use super::{CarryAsk, Refusal};

/// Bytes of a MiB.
const MIB: u64 = 1 << 20;

/// Writes a bundle into files.
pub(super) async fn write(node: &Node, ask: CarryAsk) -> Result<CarriedView, Refusal> {
    let part_bytes = ask.part_mib.saturating_mul(MIB);
    if part_bytes < PART_BYTES_MIN {
        let found = format!("parts of {} MiB are too small", ask.part_mib);
        return Err(Refusal::new(&found, &format!("say at least {} MiB", PART_BYTES_MIN / MIB)));
    }
    let to = ask.to.iter().map(|name| recipient(node, name)).collect::<Result<Vec<NodeId>, _>>()?;
    let order = CarryOrder { to, all: ask.all };
    let writing = node.clone();
    let written =
        tokio::task::spawn_blocking(move || writing.carry_to_files(&order, Path::new(&ask.file), part_bytes));
    let done = written.await.map_err(|error| Refusal::new(&error, ""))?.map_err(|error| refused(&error))?;
    Ok(CarriedView {
        files: done.files.iter().map(|path| path.display().to_string()).collect(),
        bytes: done.bytes,
        entries: done.facts,
    })
}

/// Takes a bundle in.
pub(super) async fn take(node: &Node, file: String) -> Result<UnpackedView, Refusal> {
    let taking = node.clone();
    let path = file.clone();
    let taken = tokio::task::spawn_blocking(move || {
        let opened = File::open(&path).map_err(|source| CarryError::File { path: path.into(), source })?;
        taking.unpack(opened)
    });
    let found = taken.await.map_err(|error| Refusal::new(&error, ""))?.map_err(|error| refused(&error))?;
    Ok(node.read(|book| {
        view(file, &found, |node| book.community_of(node).map_or_else(|| node.short(), ToString::to_string))
    }))
}

/// Who is meant: a listed neighbour, or a community that is admitted.
fn recipient(node: &Node, name: &str) -> Result<NodeId, Refusal> {
    let by_community = node.read(|book| {
        let mut nodes = book.admitted().iter().filter(|(_, community)| community.as_str() == name);
        nodes.next_back().map(|(node, _)| *node)
    });
    match super::peers::find(node, name) {
        Ok(peer) => Ok(peer.config.node),
        Err(refusal) => by_community.ok_or(refusal),
    }
}

/// What is wrong, and what helps.
fn refused(error: &CarryError) -> Refusal {
    let hint = match error {
        CarryError::Bundle(_) => "name a file that `koinon bundle export` or the page wrote",
        CarryError::OtherNetwork { .. } => {
            "both must be founded with the same region name, or the same --network"
        }
        CarryError::File { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
            "the node runs as another user: name a folder that it may use, or do it on the page"
        }
        _ => "",
    };
    Refusal::new(error, hint)
}

/// A bundle's content as programs read it.
pub(crate) fn view(file: String, found: &Unpacked, name: impl Fn(NodeId) -> String) -> UnpackedView {
    let manifest = found.manifest.as_ref();
    UnpackedView {
        file,
        made_by: manifest.map(|manifest| name(manifest.by)),
        made: manifest.map(|manifest| manifest.made.to_rfc3339()),
        made_for: manifest
            .map(|manifest| manifest.to.iter().map(|node| name(*node)).collect())
            .unwrap_or_default(),
        part: manifest.map(|manifest| manifest.part),
        more_parts: found.end.as_ref().map(|end| end.more),
        entries: found.facts.iter().map(|(node, facts)| (name(*node), *facts)).collect(),
        new: found.new,
        waiting: found.waiting,
        strangers: found.strangers,
        closed: found.closed,
        refused: found.refused.clone(),
        damages: found
            .damages
            .iter()
            .map(|damage| DamageView { at: damage.at, bytes: damage.bytes, why: damage.why.clone() })
            .collect(),
        damaged_bytes: found.damaged_bytes,
        of_newer_kinds: found.newer,
        whole: found.is_whole(),
        signed: found.is_signed,
    }
}
