//! Files that neighbours keep for one another: the node under test as owner and as keeper.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use koinon_core::{Digest, NodeId};
use koinon_node::kept::PlaceOrder;
use koinon_node::{Node, PeerConfig, exchange_router};
use tokio::net::TcpListener;

use crate::stage::{Said, Stage, memory_dir};

/// A public key of age; nobody here has the private one.
const CLINIC: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const ALLOWED: u64 = 1 << 20;

/// Gives a node's answers at an address of the loopback interface, and lists it at another one there.
async fn reaches(at: &Node, from: &Node) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = Some(format!("http://{}", listener.local_addr()?));
    let router = exchange_router(from.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let community = from.read(|book| book.own().cloned());
    Ok(at.add_peer(PeerConfig { node: from.id(), community, url, ca: None })?)
}

/// What is to be placed, as often as it is to differ.
fn file(folder: &Path, number: u8) -> anyhow::Result<PathBuf> {
    let path = folder.join(format!("ward-{number}.tar"));
    std::fs::write(&path, vec![number; 60_000])?;
    Ok(path)
}

fn order(folder: &Path, number: u8, label: &str, with: NodeId) -> anyhow::Result<PlaceOrder> {
    Ok(PlaceOrder {
        file: file(folder, number)?,
        label: label.to_owned(),
        with: vec![with],
        recipients: vec![CLINIC.to_owned()],
    })
}

/// Plays with both nodes served; the other one's directory lies beside the failing disk.
fn with_both<F>(stage: &Stage, play: impl FnOnce(Node, Node, PathBuf) -> F) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let beside = memory_dir()?;
    stage.props.others.first().context("another node")?.tree.lay_out(beside.path())?;
    let other = Node::open_with(stage.props.options(&beside.path().join("data")), stage.clock.clone())?;
    let own = stage.open()?;
    let line = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let done = line.block_on(async {
        reaches(&own, &other).await?;
        reaches(&other, &own).await?;
        play(own.clone(), other.clone(), beside.path().to_owned()).await
    });
    // Connections that were kept open hold handles of the nodes.
    line.shutdown_timeout(std::time::Duration::from_secs(5));
    stage.pull_plug(own);
    drop(other);
    done
}

/// Two files are placed, and the second of them again with other bytes; what was placed is listed and whole. The keeper comes for them.
pub(super) fn place(stage: &Stage) -> anyhow::Result<()> {
    with_both(stage, |own, other, folder| async move {
        other.kept_allow(own.id(), ALLOWED)?;
        let first = own.kept_place(&order(&folder, 1, "ward", other.id())?)?;
        stage.promise(is_ours(first.digest));
        other.keep_for(own.id()).await?;
        own.kept_place(&order(&folder, 2, "school", other.id())?)?;
        other.keep_for(own.id()).await?;
        let newer = own.kept_place(&order(&folder, 3, "school", other.id())?)?;
        // The newest of a label is never missing, whatever becomes of the older one.
        stage.promise(Said::Look(
            "the newest file of a label",
            Arc::new(move |found| {
                let kept = found.node.kept()?;
                ensure!(kept.here.contains(&newer.digest), "{} is gone", newer.digest);
                Ok(())
            }),
        ));
        other.keep_for(own.id()).await?;
        other.keep_for(own.id()).await?;
        Ok(())
    })
}

/// One file comes and is proved; of another the owner lets go.
pub(super) fn keep(stage: &Stage) -> anyhow::Result<()> {
    with_both(stage, |own, other, folder| async move {
        own.kept_allow(other.id(), ALLOWED)?;
        let stays = other.kept_place(&order(&folder, 4, "ward", own.id())?)?;
        own.keep_for(other.id()).await?;
        let told = other.kept()?;
        let at = told.own.files.get(&stays.digest).and_then(|file| file.at.get(&own.id()));
        ensure!(at.is_some_and(koinon_node::kept::At::is_sure), "the owner was not told: {at:?}");
        let owner = other.id();
        let path = Path::new("data/kept/of").join(owner.to_string()).join(format!("{}.age", stays.digest));
        stage.promise(Said::File(path.clone(), std::fs::read(stage.disk.root().join(path))?));
        stage.promise(Said::Look(
            "a file kept for a neighbour",
            Arc::new(move |found| {
                let kept = found.node.kept()?;
                let of = kept.of.get(&owner).context("nothing is kept for the neighbour")?;
                ensure!(of.held.iter().any(|held| held.digest == stays.digest), "it is not listed");
                Ok(())
            }),
        ));
        other.kept_place(&order(&folder, 5, "school", own.id())?)?;
        own.keep_for(other.id()).await?;
        other.kept_release("school")?;
        own.keep_for(other.id()).await?;
        let held = own.kept()?;
        let held = held.of.get(&owner).map_or(0, |of| of.held.len());
        ensure!(held == 1, "{held} files are held");
        Ok(())
    })
}

fn is_ours(digest: Digest) -> Said {
    Said::Look(
        "a file that was placed",
        Arc::new(move |found| {
            let kept = found.node.kept()?;
            ensure!(kept.own.files.contains_key(&digest), "{digest} is not listed");
            Ok(())
        }),
    )
}
