//! What neighbours bring and take: over a line, by hand, and in two versions.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use koinon_authority::Actor;
use koinon_log::testing::{SeededEntropy, fact};
use koinon_log::{BundleWriter, LogWriter, Manifest, Message, Run, SharedRun, Stream, Tails, load_directory};
use koinon_node::carry::PART_BYTES_MIN;
use koinon_node::{CarryOrder, Node, PeerConfig, SqliteStore, exchange_router};
use tokio::net::TcpListener;

use crate::acts::{acquaint, act_id, bundle, done, founding, props_of, shut_down, take_in};
use crate::stage::{Found, Other, Props, Said, Stage, clock_at, memory_dir, start};
use crate::tree::Tree;

/// The node under test and another one, which list each other; both have entries.
fn meet(root: &Path, beside: &Path) -> anyhow::Result<(Node, Node, Props)> {
    let mut made = Vec::new();
    for (index, folder) in [root, beside].into_iter().enumerate() {
        let dir = folder.join("data");
        let props = props_of(&Node::init(&dir, &founding(Some(index))?, &clock_at(start()))?);
        let node = Node::open_with(props.options(&dir), props.clock())?;
        let who = Actor::Person(props.steward.context("a steward")?);
        for amount in 1..=4 {
            done(node.submit_blocking(who.clone(), take_in(&node, 10 * amount)?))?;
        }
        made.push((node, props));
    }
    let (other, theirs) = made.pop().context("two nodes")?;
    let (own, mut props) = made.pop().context("two nodes")?;
    acquaint(&own, &other)?;
    let steward = theirs.steward.context("a steward")?;
    props.others.push(Other { tree: Tree::default(), steward });
    Ok((own, other, props))
}

fn with_tree(mut props: Props, beside: &Path) -> anyhow::Result<Props> {
    for other in &mut props.others {
        other.tree = Tree::of(beside)?;
    }
    Ok(props)
}

pub(super) fn listed(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let (own, other, props) = meet(root, beside.path())?;
    shut_down(own);
    shut_down(other);
    with_tree(props, beside.path())
}

/// Both ask each other over a line, again and again, while both write: runs and receipts come in, and entries go out.
pub(super) fn exchange(stage: &Stage) -> anyhow::Result<()> {
    let beside = memory_dir()?;
    let theirs = stage.props.others.first().context("another node")?;
    theirs.tree.lay_out(beside.path())?;
    let dir = beside.path().join("data");
    let other = Node::open_with(stage.props.options(&dir), stage.clock.clone())?;
    let own = stage.open()?;
    let line = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let talk = async {
        for (at, from) in [(&own, &other), (&other, &own)] {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let url = Some(format!("http://{}", listener.local_addr()?));
            let router = exchange_router(from.clone());
            tokio::spawn(async move { axum::serve(listener, router).await });
            let community = from.read(|book| book.own().cloned());
            at.add_peer(PeerConfig { node: from.id(), community, url, ca: None })?;
        }
        for round in 1..=3 {
            let heard = own.pull_once(other.id()).await?;
            ensure!(heard.refused.is_empty(), "{:?}", heard.refused);
            stage.all_is_held()?;
            other.pull_once(own.id()).await?;
            stage.given_to(&dir, own.id())?;
            own.submit(stage.steward()?, take_in(&own, round)?).await?;
            let who = Actor::Person(theirs.steward);
            other.submit(who, take_in(&other, 3 * round)?).await?;
        }
        other.pull_once(own.id()).await?;
        stage.given_to(&dir, own.id())?;
        own.pull_once(other.id()).await?;
        stage.all_is_held()?;
        anyhow::Ok(())
    };
    let done = line.block_on(talk);
    // Connections that were kept open hold handles of the nodes.
    line.shutdown_timeout(std::time::Duration::from_secs(5));
    stage.pull_plug(own);
    drop(other);
    done
}

pub(super) fn bundled(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let (own, other, mut props) = meet(root, beside.path())?;
    props.bundles.push(bundle(&other, &own)?);
    // The second brings receipts for what the first answer carried.
    other.unpack(bundle(&own, &other)?.as_slice())?;
    let who = Actor::Person(props.others.first().context("another node")?.steward);
    for amount in 1..=3 {
        done(other.submit_blocking(who.clone(), take_in(&other, amount)?))?;
    }
    props.bundles.push(bundle(&other, &own)?);
    shut_down(own);
    shut_down(other);
    Ok(props)
}

/// A damaged bundle, a whole one, and a later one that brings receipts; then its maker is suspended.
pub(super) fn unpack(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let [first, second] = stage.props.bundles.as_slice() else { anyhow::bail!("two bundles") };
    let half = first.get(..first.len() / 2).unwrap_or(first);
    for bundle in [half, first.as_slice(), second.as_slice()] {
        let found = node.unpack(bundle)?;
        ensure!(found.refused.is_empty(), "{:?}", found.refused);
        stage.all_is_held()?;
        stage.act(&node, take_in(&node, 2)?)?;
    }
    let held = node.held_by_others()?;
    ensure!(!held.is_empty(), "receipts came");
    let other = node.peers().first().map(|peer| peer.config.node).context("a neighbour")?;
    node.suspend(other, true)?;
    let is_suspended = move |found: &Found<'_>| {
        ensure!(
            found.node.suspended().iter().any(|one| one.node == other && one.is_ours),
            "it is trusted again"
        );
        Ok(())
    };
    stage.promise(Said::Look("a neighbour that was suspended", Arc::new(is_suspended)));
    stage.close(node);
    Ok(())
}

/// The other node signs two histories of one log: as a machine that was copied while it ran would.
pub(super) fn forked(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let (own, other, mut props) = meet(root, beside.path())?;
    props.bundles.push(bundle(&other, &own)?);
    let network = other.network();
    shut_down(other);
    shut_down(own);
    let dir = beside.path().join("data");
    let identity = koinon_node::keys::load(&dir)?;
    let store = SqliteStore::open(&dir.join("koinon.db"))?;
    let (directory, _) = load_directory(&store, network)?;
    let tails = Tails::read(&store, &directory, identity.node())?;
    for words in ["one", "other"] {
        let mut log = LogWriter::new(identity.clone(), tails.clone());
        let mut entropy = SeededEntropy::new(1);
        let manifest = Manifest { network, by: identity.node(), made: start(), to: Vec::new(), part: 1 };
        let mut bundle = BundleWriter::begin(Vec::new(), &manifest)?;
        for body in ["both", words, "and so on"] {
            let commit =
                log.append(vec![fact(Stream::Federation, body.as_bytes())], start(), &mut entropy)?;
            for run in commit.runs() {
                let facts = run.facts().iter().map(|fact| fact.stored().clone()).collect();
                let run = Run { name: *run.name(), from: run.from(), facts };
                bundle.message(&Message::Run(SharedRun::new(run)?))?;
            }
            log.confirm(&commit)?;
        }
        props.bundles.push(bundle.finish(&identity, false)?);
    }
    Ok(props)
}

/// A log in two versions: the proof is kept, what counted no longer counts, and nothing of it comes back.
pub(super) fn hear_of_fork(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    for bundle in &stage.props.bundles {
        node.unpack(bundle.as_slice())?;
        stage.act(&node, take_in(&node, 2)?)?;
    }
    let forks = node.check()?.forks;
    ensure!(!forks.is_empty(), "the fork is known");
    let is_known = move |found: &Found<'_>| {
        let known = found.node.check()?.forks;
        ensure!(forks.iter().all(|fork| known.contains(fork)), "{known:?}");
        Ok(())
    };
    stage.promise(Said::Look("a fork that was known", Arc::new(is_known)));
    stage.close(node);
    Ok(())
}

pub(super) fn carry(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    for name in ["stick.koinon", "again.koinon"] {
        let order = CarryOrder { to: Vec::new(), all: true };
        let done = node.carry_to_files(&order, &stage.disk.root().join(name), PART_BYTES_MIN)?;
        for file in done.files {
            let bytes = std::fs::read(&file)?;
            let inside = file.strip_prefix(stage.disk.root())?.to_owned();
            stage.promise(Said::File(inside, bytes));
        }
        stage.given_to(&stage.dir(), node.id())?;
        stage.act(&node, take_in(&node, 9)?)?;
    }
    // A file that bears a bundle's name is a whole one, whenever the power goes.
    let is_whole = |found: &Found<'_>| {
        for (path, bytes) in Tree::of(found.root)?.files() {
            if path.extension().is_some_and(|ending| ending == "koinon") {
                let inside = koinon_node::carry::inspect(bytes)?;
                ensure!(inside.is_whole(), "{} is a half", path.display());
            }
        }
        Ok(())
    };
    stage.always("what bears a bundle's name is one", Arc::new(is_whole));
    stage.pull_plug(node);
    Ok(())
}

pub(super) fn list(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let neighbour = |byte: u8, url: &str| {
        let community =
            node.read(|book| book.region().communities.get(usize::from(byte)).map(|one| one.code.clone()));
        PeerConfig { node: koinon_core::NodeId([byte; 32]), community, url: Some(url.to_owned()), ca: None }
    };
    let expect = |names: Vec<PeerConfig>| {
        let look = move |found: &Found<'_>| {
            let listed: Vec<PeerConfig> = found.node.peers().into_iter().map(|peer| peer.config).collect();
            ensure!(names.iter().all(|one| listed.contains(one)), "{listed:?}");
            Ok(())
        };
        stage.promise(Said::Look("a neighbour that was listed", Arc::new(look)));
    };
    let (first, second) = (neighbour(1, "http://127.0.0.1:9"), neighbour(2, "http://127.0.0.1:10"));
    node.add_peer(first)?;
    stage.all_is_held()?;
    node.add_peer(second.clone())?;
    expect(vec![second.clone()]);
    node.remove_peer(koinon_core::NodeId([1; 32]))?;
    let is_gone = |found: &Found<'_>| {
        ensure!(found.node.peers().len() == 1, "one was struck off");
        Ok(())
    };
    stage.promise(Said::Look("a neighbour that was struck off", Arc::new(is_gone)));
    ensure!(act_id() != act_id());
    stage.pull_plug(node);
    Ok(())
}
