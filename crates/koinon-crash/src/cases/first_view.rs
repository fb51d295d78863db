//! First views: what a neighbour worked out, shown until the own entries have come. The node under test as the one that takes
//! such a view, with its own entries lost or not, from a neighbour that lies or not, and as the one that makes it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context as _, bail, ensure};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use koinon_authority::Actor;
use koinon_books::EVOLVE_VERSION;
use koinon_books::first_view::FirstView;
use koinon_core::{CommunityCode, FactId, NodeId, TransferId};
use koinon_ledger::Act;
use koinon_log::Offer;
use koinon_log::packing::{pack, unpack};
use koinon_node::{
    FirstViewState, Founding, Node, OsEntropy, PeerConfig, PullError, PullReport, SubmitError,
    exchange_router, keys,
};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use super::agreed::{Two, both, both_for_days, commit, community, two, when_gone};
use crate::acts::{bundle, done, ledger, shut_down, take_in};
use crate::stage::{Found, Other, Props, Said, Stage, held_in, memory_dir, start};
use crate::tree::Tree;

/// Batches of the one with the longer record, of two entries each: a view of them has more than one piece.
const BATCHES: i64 = 700;
/// Of an answer with a view's bytes so many come.
const PORTION: usize = 20_000;
/// Where a piece of a view can be spoilt: in the first, by the second portion.
const SPOILT: usize = 1;
/// The files of first views, inside the root.
const FOLDER: &str = "data/first-view";

/// A line to a neighbour, which answers while there are portions and, once the last of them was given, while it is open.
struct Line {
    at: Runtime,
    law: Arc<Law>,
    url: String,
    to: NodeId,
}

struct Law {
    portions: AtomicUsize,
    /// The portion, counted from 0, in which a byte comes wrong.
    spoilt: usize,
    given: AtomicUsize,
    is_whole: AtomicBool,
    is_open: AtomicBool,
}

impl Law {
    async fn answer(&self, request: Request, next: Next) -> Response {
        let is_view = request.uri().path().ends_with("first-view");
        let down = || StatusCode::SERVICE_UNAVAILABLE.into_response();
        if !is_view {
            let is_up = self.is_open.load(Ordering::SeqCst) || !self.is_whole.load(Ordering::SeqCst);
            return if is_up { next.run(request).await } else { down() };
        }
        let left = |portions: usize| portions.checked_sub(1);
        if self.portions.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_err() {
            return down();
        }
        let (parts, body) = next.run(request).await.into_parts();
        let Ok(bytes) = to_bytes(body, usize::MAX).await else { return down() };
        self.is_whole.fetch_or(bytes.len() <= PORTION, Ordering::SeqCst);
        let mut bytes = bytes.get(..PORTION).unwrap_or(&bytes).to_vec();
        if self.given.fetch_add(1, Ordering::SeqCst) == self.spoilt
            && let Some(byte) = bytes.first_mut()
        {
            *byte ^= 1;
        }
        Response::from_parts(parts, Body::from(bytes))
    }
}

impl Line {
    /// Serves a node at an address of the loopback interface.
    fn from(node: &Node, spoilt: usize) -> anyhow::Result<Self> {
        let at = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let law = Arc::new(Law {
            portions: AtomicUsize::new(usize::MAX),
            spoilt,
            given: AtomicUsize::new(0),
            is_whole: AtomicBool::new(false),
            is_open: AtomicBool::new(false),
        });
        let listener = at.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let url = format!("http://{}", listener.local_addr()?);
        let by = law.clone();
        let obey = from_fn(move |request, next| {
            let law = by.clone();
            async move { law.answer(request, next).await }
        });
        let router = exchange_router(node.clone()).layer(obey);
        at.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { at, law, url, to: node.id() })
    }

    /// From now on so many portions of a view come.
    fn let_through(&self, portions: usize) {
        self.law.portions.store(portions, Ordering::SeqCst);
    }

    /// From now on everything comes.
    fn open(&self) {
        self.law.is_open.store(true, Ordering::SeqCst);
    }

    fn list(&self, own: &Node, other: &Node) -> anyhow::Result<()> {
        let community = other.read(|book| book.own().cloned());
        Ok(own.add_peer(PeerConfig { node: self.to, community, url: Some(self.url.clone()), ca: None })?)
    }

    fn pull(&self, own: &Node) -> Result<PullReport, PullError> {
        self.at.block_on(own.pull_once(self.to))
    }

    /// Takes a view; the line breaks before the entries.
    fn take(&self, own: &Node) -> anyhow::Result<()> {
        ensure!(self.pull(own).is_err(), "the entries came with it");
        ensure!(is_shown(own), "{:?}, {:?}", own.first_view(), own.first_views_refused());
        Ok(())
    }

    /// Takes everything.
    fn take_all(&self, own: &Node) -> anyhow::Result<()> {
        self.open();
        let heard = self.pull(own)?;
        ensure!(heard.refused.is_empty() && heard.lag == 0, "{heard:?}");
        Ok(())
    }

    /// Connections that were kept open hold handles of the node.
    fn end(self) {
        self.at.shutdown_timeout(std::time::Duration::from_secs(5));
    }
}

fn is_shown(node: &Node) -> bool {
    matches!(node.first_view(), Some(FirstViewState::Shown { .. }))
}

/// What a community has, as a node shows it to readers.
fn stock(node: &Node, of: &CommunityCode) -> i128 {
    node.read(|book| {
        book.ledger().lots().filter(|(owner, ..)| *owner == of).map(|(.., lot)| lot.balance()).sum()
    })
}

/// Two communities that know each other's agreement. The node under test is the first one's; the other has the longer record.
fn behind(root: &Path, beside: &Path, of: &[Founding; 2]) -> anyhow::Result<Two> {
    let two = two(root, beside, of, 0)?;
    two.other.unpack(bundle(&two.own, &two.other)?.as_slice())?;
    fill(&two.other, &two.them)?;
    Ok(two)
}

fn fill(node: &Node, who: &Actor) -> anyhow::Result<()> {
    let amounts = (1..=BATCHES).map(|amount| Ok((who.clone(), take_in(node, amount)?)));
    let commands = amounts.collect::<anyhow::Result<Vec<_>>>()?;
    crate::acts::wait_for(node.submit_all(commands))?.into_iter().try_for_each(done)
}

/// Ends both, and keeps how the other one lies.
fn ended(two: Two, beside: &Path) -> anyhow::Result<Props> {
    let Two { own, other, mut props, them } = two;
    shut_down(own);
    shut_down(other);
    let Actor::Person(steward) = them else { bail!("a steward") };
    props.others.push(Other { tree: Tree::of(beside)?, steward });
    props.first_views = true;
    Ok(props)
}

/// The other one, opened on a disk of its own that never fails, by the clock of the play.
fn other_of(stage: &Stage, beside: &Path) -> anyhow::Result<Node> {
    stage.props.others.first().context("another node")?.tree.lay_out(beside)?;
    Ok(Node::open_with(stage.props.options(&beside.join("data")), stage.clock.clone())?)
}

/// A promise of the other community is in its record, and so in the view, and not in the own entries.
pub(super) fn far_behind(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two = behind(root, beside.path(), &both()?)?;
    let promise = commit(&two.other, &community(&two.own)?, TransferId::make(start(), &mut OsEntropy), None)?;
    done(two.other.submit_blocking(two.them.clone(), promise))?;
    ended(two, beside.path())
}

/// What must hold of a view at any time: it is shown as a whole and by its maker's name or not at all, and nothing is decided
/// on it.
fn only_whole(by: NodeId, of: CommunityCode, whole: i128) -> crate::stage::Look {
    Arc::new(move |found: &Found<'_>| {
        let node = found.node;
        let Some(FirstViewState::Shown { by: named, at, .. }) = node.first_view() else { return Ok(()) };
        ensure!(named == by && at == start(), "it is shown as of {at:?}, by {named}");
        let shown = stock(node, &of);
        ensure!(shown == whole, "{shown} of {whole} is shown");
        is_decided_on_own(node, &of)
    })
}

/// A promise that is known from the view alone cannot be accepted.
fn is_decided_on_own(node: &Node, of: &CommunityCode) -> anyhow::Result<()> {
    let promised = node.read(|book| {
        let mut known = book.ledger().transfers().filter(|(giver, ..)| *giver == of);
        known.next().map(|(_, id, _)| id)
    });
    let Some(transfer) = promised else { return Ok(()) };
    if node.read_own(|book| book.ledger().transfers().any(|(_, id, _)| id == transfer)) {
        return Ok(());
    }
    let steward = node.read_own(|book| book.grants().all().map(|held| held.granted.subject).next());
    let accept = Act::Accept { giver: of.clone(), transfer, less: Vec::new() };
    let answer = node.submit_blocking(Actor::Person(steward.context("a steward")?), ledger(node, accept));
    ensure!(answer.is_err(), "it was decided on a neighbour's word: {answer:?}");
    Ok(())
}

/// What was shown stays to be seen: in the view, and then in the own entries.
fn stays(of: CommunityCode, whole: i128) -> Said {
    let look = move |found: &Found<'_>| {
        let shown = stock(found.node, &of);
        ensure!(shown == whole, "{shown} of {whole} is shown");
        Ok(())
    };
    Said::Look("stock that a first view showed", Arc::new(look))
}

/// A view that was checked does not come back.
fn is_gone() -> Said {
    let look = |found: &Found<'_>| {
        ensure!(found.node.first_view().is_none(), "{:?} is back", found.node.first_view());
        Ok(())
    };
    Said::Look("a first view that was checked", Arc::new(look))
}

/// Lets the node compare, as it does by itself, until the view is gone.
fn check(stage: &Stage, node: &Node) -> anyhow::Result<()> {
    node.check_first_view()?;
    ensure!(node.first_view().is_none(), "{:?}", node.first_view());
    stage.promise(is_gone());
    Ok(())
}

/// A view comes in portions of which one is spoilt, over a line that breaks and through starts of which one is hard; it is
/// shown while people enter things; the entries come, say the same, and it goes.
pub(super) fn take(stage: &Stage) -> anyhow::Result<()> {
    let beside = memory_dir()?;
    let other = other_of(stage, beside.path())?;
    let (of, line) = (community(&other)?, Line::from(&other, SPOILT)?);
    let whole = stock(&other, &of);
    stage.always("a first view is whole", only_whole(other.id(), of.clone(), whole));
    let played = take_by(stage, &line, &other, &|stage| stage.promise(stays(of.clone(), whole)));
    line.end();
    played
}

fn take_by(stage: &Stage, line: &Line, other: &Node, is_shown: &dyn Fn(&Stage)) -> anyhow::Result<()> {
    let node = stage.open()?;
    line.list(&node, other)?;
    line.let_through(4);
    ensure!(line.pull(&node).is_err(), "the line broke");
    let coming = node.first_view();
    let come = matches!(&coming, Some(FirstViewState::Coming { bytes, of, .. }) if *bytes > 0 && bytes < of);
    ensure!(come, "{coming:?}, {:?}", node.first_views_refused());
    stage.act(&node, take_in(&node, 3)?)?;
    stage.pull_plug(node);

    let node = stage.open()?;
    ensure!(node.first_view() == coming, "it goes on at the byte where it was: {:?}", node.first_view());
    line.let_through(usize::MAX);
    line.take(&node)?;
    is_shown(stage);
    stage.act(&node, take_in(&node, 4)?)?;
    is_decided_on_own(&node, &community(other)?)?;
    stage.close(node);

    let node = stage.open()?;
    ensure!(self::is_shown(&node), "a start shows it again: {:?}", node.first_view());
    line.take_all(&node)?;
    stage.all_is_held()?;
    check(stage, &node)?;
    stage.act(&node, take_in(&node, 5)?)?;
    stage.pull_plug(node);
    Ok(())
}

/// The node under test lost what it wrote since an early copy of its disk; the other one holds it.
pub(super) fn replaced(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let Two { own, other, props, them } = two(root, beside.path(), &both()?, 0)?;
    shut_down(own);
    let early = Tree::of(root)?;
    let own = Node::open_with(props.options(&root.join("data")), props.clock())?;
    let us = Actor::Person(props.steward.context("a steward")?);
    for amount in 1..=3 {
        done(own.submit_blocking(us.clone(), take_in(&own, amount)?))?;
    }
    other.unpack(bundle(&own, &other)?.as_slice())?;
    fill(&other, &them)?;
    let props = ended(Two { own, other, props, them }, beside.path())?;
    back_to(root, &early)?;
    Ok(props)
}

fn back_to(root: &Path, early: &Tree) -> anyhow::Result<()> {
    std::fs::remove_dir_all(root.join("data"))?;
    Ok(early.lay_out(root)?)
}

/// While own entries that others hold are missing, nothing is written.
fn waits_for(lost: Arc<Vec<FactId>>) -> Said {
    let look = move |found: &Found<'_>| waits(found.node, &found.root.join("data"), &lost);
    Said::Look("own entries that were seen in a first view", Arc::new(look))
}

fn waits(node: &Node, dir: &Path, lost: &[FactId]) -> anyhow::Result<()> {
    let held = held_in(dir)?;
    if lost.iter().all(|id| held.iter().any(|(_, known)| known == id)) {
        return Ok(());
    }
    let steward = node.read_own(|book| book.grants().all().map(|held| held.granted.subject).next());
    let answer = node.submit_blocking(Actor::Person(steward.context("a steward")?), take_in(node, 1)?);
    ensure!(matches!(answer, Err(SubmitError::OwnEntriesToCome { .. })), "it wrote on: {answer:?}");
    Ok(())
}

/// A view shows entries of the node's own that it has lost: it enters nothing, through every start, before they are back.
pub(super) fn come_back(stage: &Stage) -> anyhow::Result<()> {
    let beside = memory_dir()?;
    let other = other_of(stage, beside.path())?;
    let line = Line::from(&other, usize::MAX)?;
    let node = stage.open()?;
    let held = held_in(&stage.dir())?;
    let lost = held_in(&beside.path().join("data"))?.into_iter().filter(|(by, _)| *by == node.id());
    let lost: Vec<FactId> = lost.filter(|one| !held.contains(one)).map(|(_, id)| id).collect();
    ensure!(lost.len() >= 6, "{} own entries are lost", lost.len());
    let lost = Arc::new(lost);
    line.list(&node, &other)?;
    line.take(&node)?;
    waits(&node, &stage.dir(), &lost)?;
    stage.promise(waits_for(lost.clone()));
    stage.pull_plug(node);

    let node = stage.open()?;
    waits(&node, &stage.dir(), &lost)?;
    line.take_all(&node)?;
    stage.all_is_held()?;
    check(stage, &node)?;
    stage.act(&node, take_in(&node, 5)?)?;
    line.end();
    stage.close(node);
    Ok(())
}

/// The file of the view that a node made.
fn made(dir: &Path) -> anyhow::Result<PathBuf> {
    let files = std::fs::read_dir(dir.join("data/first-view"))?;
    let files = files.map(|file| Ok(file?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    let is_made =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("made-"));
    files.into_iter().find(is_made).context("a view that was made")
}

/// The other one puts a view in place of the one it made that is as well signed, and shows what no entries come to.
fn lie(beside: &Path, other: &Node) -> anyhow::Result<()> {
    let path = made(beside)?;
    let bytes = std::fs::read(&path)?;
    let (length, rest) = bytes.split_first_chunk::<4>().context("a length")?;
    let (offer, packed) = rest.split_at(usize::try_from(u32::from_be_bytes(*length))?);
    let offer = Offer::decode(offer)?;
    let plain = unpack(packed, usize::try_from(offer.plain_bytes)?)?.context("a view")?;
    let (view, mut book) = FirstView::read(&plain, other.network(), offer.facts)?;
    // Single changes of stock that honest views still hold are folded away.
    book.fold(start().plus_days(1));
    let lie = FirstView::new(other.network(), view.cover, view.folds, &book).encode();
    ensure!(lie != plain, "it says the same");
    let packed = pack(&lie)?;
    let identity = keys::load(&beside.join("data"))?;
    let offer = Offer::make(&identity, start(), (EVOLVE_VERSION, offer.facts), lie.len(), &packed)?.encode();
    let length = u32::try_from(offer.len())?.to_be_bytes();
    Ok(std::fs::write(path, [&length, offer.as_slice(), &packed].concat())?)
}

pub(super) fn lied_to(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let Two { own, other, mut props, them } = behind(root, beside.path(), &both()?)?;
    props.first_views = true;
    shut_down(own);
    shut_down(other);
    let early = Tree::of(root)?;
    let open = |dir: &Path| Node::open_with(props.options(&dir.join("data")), props.clock());
    let (own, other) = (open(root)?, open(beside.path())?);
    let line = Line::from(&other, usize::MAX)?;
    line.list(&own, &other)?;
    line.take(&own)?;
    line.end();
    lie(beside.path(), &other)?;
    let props = ended(Two { own, other, props: props.clone(), them }, beside.path())?;
    back_to(root, &early)?;
    Ok(props)
}

/// Takes everything at once, and compares; gives what was found out.
fn hear_a_lie(stage: &Stage, node: &Node) -> anyhow::Result<Option<FirstViewState>> {
    let beside = memory_dir()?;
    let other = other_of(stage, beside.path())?;
    let line = Line::from(&other, usize::MAX)?;
    line.list(node, &other)?;
    let heard = line.take_all(node);
    line.end();
    heard?;
    node.check_first_view()?;
    let found = node.first_view();
    ensure!(matches!(found, Some(FirstViewState::Differs(_))), "{found:?}");
    Ok(found)
}

/// What a view showed is not what the entries say: it is told, through every start, and the entries count.
pub(super) fn find_out(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let found = hear_a_lie(stage, &node)?;
    let is_told = move |after: &Found<'_>| {
        // As the node does by itself, where the view is still there to be compared.
        after.node.check_first_view()?;
        let told = after.node.first_view();
        ensure!(told == found, "{told:?} is told");
        Ok(())
    };
    stage.promise(Said::Look("a first view that was wrong", Arc::new(is_told)));
    stage.all_is_held()?;
    stage.act(&node, take_in(&node, 3)?)?;
    stage.pull_plug(node);
    Ok(())
}

/// The node under test has found a view out.
pub(super) fn warned(root: &Path) -> anyhow::Result<Props> {
    let props = lied_to(root)?;
    let disk = crate::Disk::watch(root)?;
    let stage = Stage::new(disk, props.clone());
    let node = stage.open()?;
    hear_a_lie(&stage, &node)?;
    stage.close(node);
    Ok(props)
}

/// People have looked into it: the warning does not come back.
pub(super) fn settle(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    ensure!(matches!(node.first_view(), Some(FirstViewState::Differs(_))), "{:?}", node.first_view());
    ensure!(node.settle_first_view()?, "there was a warning");
    stage.promise(is_gone());
    stage.act(&node, take_in(&node, 3)?)?;
    stage.close(node);
    Ok(())
}

/// The node under test has the longer record, and its neighbour next to nothing.
pub(super) fn far_ahead(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two = two(root, beside.path(), &both()?, 0)?;
    two.own.unpack(bundle(&two.other, &two.own)?.as_slice())?;
    fill(&two.own, &Actor::Person(two.props.steward.context("a steward")?))?;
    ended(two, beside.path())
}

/// A reader with next to nothing asks a node for its view; nothing of it may be refused.
fn is_given(from: &Node, reader: &Props) -> anyhow::Result<()> {
    let beside = memory_dir()?;
    reader.others.first().context("another node")?.tree.lay_out(beside.path())?;
    let own = Node::open_with(reader.options(&beside.path().join("data")), reader.clock())?;
    let line = Line::from(from, usize::MAX)?;
    line.list(&own, from)?;
    let taken = line.take(&own);
    line.end();
    taken
}

/// A view is made and given, a hard start and an entry come between, and it is given again.
pub(super) fn make(stage: &Stage) -> anyhow::Result<()> {
    let reader = stage.props.clone();
    let is_right = move |found: &Found<'_>| is_given(found.node, &reader);
    stage.always("whoever asks is given a first view that is right", Arc::new(is_right));
    for amount in 1..=2 {
        let node = stage.open()?;
        is_given(&node, &stage.props)?;
        ensure!(made(stage.disk.root()).is_ok(), "it is kept");
        stage.act(&node, take_in(&node, amount)?)?;
        is_given(&node, &stage.props)?;
        stage.pull_plug(node);
    }
    Ok(())
}

pub(super) fn lapsing(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two = behind(root, beside.path(), &both_for_days()?)?;
    Ok(Props { now: when_gone(), ..ended(two, beside.path())? })
}

/// A view of what is let go on its day goes with it, in every file.
pub(super) fn let_go(stage: &Stage) -> anyhow::Result<()> {
    stage.clock.set(start());
    let beside = memory_dir()?;
    let other = other_of(stage, beside.path())?;
    let (of, line) = (community(&other)?, Line::from(&other, usize::MAX)?);
    let node = stage.open()?;
    line.list(&node, &other)?;
    line.take(&node)?;
    line.end();
    stage.clock.set(stage.props.now);
    stage.view_ends();
    node.keep_agreements()?;
    let look = move |found: &Found<'_>| {
        ensure!(stock(found.node, &of) == 0, "it is still shown");
        let folder = std::fs::read_dir(found.root.join(FOLDER));
        let left: Vec<_> = folder.into_iter().flatten().flatten().map(|file| file.file_name()).collect();
        ensure!(left.is_empty(), "{left:?} is left");
        Ok(())
    };
    stage.promise(Said::Look("a first view of what was let go", Arc::new(look)));
    stage.act(&node, take_in(&node, 5)?)?;
    stage.pull_plug(node);
    Ok(())
}
