//! Fetching a first view: asked for with the greeting, fetched in portions, kept as it comes, shown once it is whole and
//! right.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use koinon_books::EVOLVE_VERSION;
use koinon_core::NodeId;
use koinon_log::first_view::NODES_MAX;
use koinon_log::{
    Arriving, AskFirstView, Heads, LogView, Message, Offer, OfferError, Outcome, Parcel, StoreError, Stream,
    accept_run,
};

use super::make::is_worth;
use super::shown::Shown;
use super::{FirstViewError, FirstViewState, Newer, files, lock, tell};
use crate::client::{Line, PullCause};
use crate::keeper::{KeepError, look};
use crate::node::{Node, Shared};
use crate::server::FIRST_VIEW_PATH;
use crate::sqlite::Mark;
use crate::writer::SubmitError;

/// The bytes asked for at a time.
const REQUEST_BYTES: u32 = 256 * 1024;
/// How often it is asked again while the neighbour is still making it; each time the neighbour waits some seconds.
const POLLS_MAX: usize = 60;
/// How often in a row a line may break without bringing a byte.
const IDLE_MAX: u32 = 3;
/// How often pieces may come wrong before the neighbour is not believed.
const WRONG_MAX: u32 = 2;
/// For so long after its last byte one that was begun is not given up for another.
const BEGUN_FOR: Duration = Duration::from_mins(2);

/// What is being fetched.
#[derive(Default)]
pub(super) struct Coming {
    arriving: Option<Arriving>,
    /// Who is fetching it now: from whom.
    from: Option<NodeId>,
    /// When the last byte came.
    moved: Duration,
}

impl Coming {
    pub(super) fn state(&self) -> Option<FirstViewState> {
        let arriving = self.arriving.as_ref()?;
        let (by, of) = (arriving.offer().by, arriving.offer().packed_bytes);
        Some(FirstViewState::Coming { by, bytes: u64::try_from(arriving.bytes().len()).unwrap_or(of), of })
    }
}

/// What came of asking for a first view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    /// It is shown.
    Shown,
    /// Another exchange is fetching one: everything else waits for that.
    Waits,
    /// There is none, or none that is of use.
    Nothing,
}

/// Takes up what an earlier life had begun to fetch, and what it had found.
pub(crate) fn begin(shared: &Shared) {
    let dir = shared.dir.path();
    files::sweep(dir);
    shared.first.untold.store(true, Ordering::SeqCst);
    *shared.first.differs.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
        files::read_differs(dir);
    let begun = files::read(dir, files::COMING, &shared.directory());
    let begun = begun.and_then(|(offer, bytes)| Some((Arriving::new(offer).ok()?, bytes)));
    let Some((mut arriving, bytes)) = begun else {
        // What stays of it is in nobody's way: the next one is written in its place.
        return drop(files::remove(dir, files::COMING));
    };
    // A last portion that is not right is asked for again.
    if arriving.push(&bytes).is_err()
        && files::begin(dir, files::COMING, arriving.offer(), arriving.bytes()).is_err()
    {
        return drop(files::remove(dir, files::COMING));
    }
    let mut coming = lock(&shared.first.coming);
    (coming.arriving, coming.moved) = (Some(arriving), shared.clock.monotonic());
}

/// Lets go what is being fetched.
pub(super) fn forget(shared: &Shared) -> std::io::Result<()> {
    lock(&shared.first.coming).arriving = None;
    files::remove(shared.dir.path(), files::COMING)
}

/// What to ask a neighbour for with the greeting; nothing where a first view is of no use.
pub(crate) fn ask(node: &Node, peer: NodeId) -> Option<AskFirstView> {
    let shared = &node.inner.shared;
    let first = &shared.first;
    let is_of_use = !shared.is_suspended(peer)
        && !first.is_shown()
        && first.differs().is_none()
        && !lock(&first.refused).contains_key(&peer)
        && !lock(&first.level_with).contains(&peer);
    if !is_of_use {
        return None;
    }
    let nodes: Vec<NodeId> = shared.book().admitted().keys().copied().collect();
    let nodes: Vec<NodeId> = nodes.into_iter().filter(|node| !shared.is_suspended(*node)).collect();
    let held = held(node).ok()?;
    let begun = lock(&first.coming).arriving.as_ref().map(|arriving| arriving.offer().content());
    let fits = (1..=NODES_MAX).contains(&nodes.len());
    fits.then_some(AskFirstView { nodes, held, evolve: EVOLVE_VERSION, begun })
}

/// How many facts are kept here.
fn held(node: &Node) -> Result<u64, StoreError> {
    let heads = look(node.keeper(), |store| store.heads())?;
    Ok(heads.iter().fold(0, |sum, head| sum.saturating_add(head.height)))
}

/// Whether an answer announces a first view that is worth waiting for.
pub(crate) fn worth(node: &Node, answer: Option<&Option<Offer>>) -> bool {
    match answer {
        None => false,
        // The neighbour makes one only where it is worth it.
        Some(None) => true,
        Some(Some(offer)) => {
            let shared = &node.inner.shared;
            let held = held(node).unwrap_or(u64::MAX);
            offer.evolve == EVOLVE_VERSION && is_worth(offer.facts, held, shared.options.first_view_from)
        }
    }
}

/// Fetches what a neighbour answered that it has, waiting while it makes it, and shows it.
pub(crate) fn take(
    node: &Node,
    line: &mut Line<'_>,
    peer: NodeId,
    answer: Option<Offer>,
) -> Result<Took, PullCause> {
    let Some(offer) = wait_for(node, line, peer, answer)? else { return Ok(Took::Nothing) };
    let shared = &node.inner.shared;
    match begin_with(shared, peer, offer) {
        Ok(true) => {}
        Ok(false) => return Ok(Took::Waits),
        Err(error) => return Ok(refuse(shared, peer, &error)),
    }
    let fetched = fetch(node, line);
    lock(&shared.first.coming).from = None;
    match fetched? {
        Ok(true) => {}
        Ok(false) => return Ok(Took::Nothing),
        Err(error) => return Ok(refuse(shared, peer, &error)),
    }
    match show(node) {
        Ok(()) => Ok(Took::Shown),
        Err(error) => Ok(refuse(shared, peer, &error)),
    }
}

/// Asks again while it is being made.
fn wait_for(
    node: &Node,
    line: &mut Line<'_>,
    peer: NodeId,
    answer: Option<Offer>,
) -> Result<Option<Offer>, PullCause> {
    if answer.is_some() {
        return Ok(answer);
    }
    for _ in 0..POLLS_MAX {
        let Some(ask) = ask(node, peer) else { return Ok(None) };
        let answers = line.send(&[Message::AskFirstView(ask)])?;
        let told = answers.into_iter().find_map(|message| match message {
            Message::FirstView(answer) => Some(answer),
            _ => None,
        });
        match told {
            Some(Some(offer)) => return Ok(Some(offer)),
            Some(None) if !node.inner.shared.first.is_closing() => {}
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// Begins to fetch an offer, or goes on with it; says whether it is this exchange's turn.
fn begin_with(shared: &Shared, peer: NodeId, offer: Offer) -> Result<bool, FirstViewError> {
    offer.verify(&shared.directory())?;
    if offer.by != peer {
        return Err(FirstViewError::Here("it is another computer's".to_owned()));
    }
    let mut coming = lock(&shared.first.coming);
    let now = shared.clock.monotonic();
    if coming.from.is_some() || shared.first.is_shown() {
        return Ok(false);
    }
    if let Some(begun) = &coming.arriving
        && begun.offer().content() != offer.content()
        && begun.offer().by != peer
        && now.saturating_sub(coming.moved) < BEGUN_FOR
    {
        return Ok(false);
    }
    let is_begun = coming.arriving.as_ref().is_some_and(|begun| begun.offer().content() == offer.content());
    if !is_begun {
        files::begin(shared.dir.path(), files::COMING, &offer, &[])?;
        coming.arriving = Some(Arriving::new(offer)?);
    }
    (coming.from, coming.moved) = (Some(peer), now);
    Ok(true)
}

/// Fetches what is missing; says whether it is whole, or the neighbour no longer has it.
fn fetch(node: &Node, line: &mut Line<'_>) -> Result<Result<bool, FirstViewError>, PullCause> {
    let shared = &node.inner.shared;
    let (mut idle, mut wrong) = (0, 0);
    loop {
        let want = match &lock(&shared.first.coming).arriving {
            None => return Ok(Ok(false)),
            Some(arriving) if arriving.is_whole() => return Ok(Ok(true)),
            Some(arriving) => arriving.want(REQUEST_BYTES),
        };
        if shared.first.is_closing() {
            return Err(SubmitError::Closed.into());
        }
        let mut came = Ok(());
        let fetched = line.fetch(FIRST_VIEW_PATH, &want, &mut |bytes| {
            came = push(shared, bytes);
            came.is_ok()
        })?;
        match came {
            Ok(()) => {}
            Err(FirstViewError::Offer(OfferError::Piece(_))) if wrong < WRONG_MAX => wrong += 1,
            Err(error) => return Ok(Err(error)),
        }
        match fetched {
            None => {
                return Ok(forget(shared).map(|()| false).map_err(FirstViewError::from));
            }
            Some(0) => idle += 1,
            Some(_) => idle = 0,
        }
        if idle >= IDLE_MAX {
            return Err(FirstViewError::Stuck(idle).into());
        }
    }
}

/// Takes bytes in, and keeps them: a line that breaks costs nothing that came.
fn push(shared: &Shared, bytes: &[u8]) -> Result<(), FirstViewError> {
    let mut coming = lock(&shared.first.coming);
    coming.moved = shared.clock.monotonic();
    let Some(arriving) = coming.arriving.as_mut() else {
        return Err(FirstViewError::Here("what was fetched may no longer be kept".to_owned()));
    };
    let dir = shared.dir.path();
    if let Err(error) = arriving.push(bytes) {
        files::begin(dir, files::COMING, arriving.offer(), arriving.bytes())?;
        return Err(error.into());
    }
    Ok(files::append(dir, files::COMING, bytes)?)
}

/// Shows what came whole.
fn show(node: &Node) -> Result<(), FirstViewError> {
    let shown = node.on_writer(|writer| {
        let shared = writer.shared.clone();
        let Some(arriving) = lock(&shared.first.coming).arriving.take() else {
            return Err(FirstViewError::Here("what was fetched may no longer be kept".to_owned()));
        };
        let shown = Shown::over_kept(&shared, &writer.store, &arriving)?;
        files::show(shared.dir.path())?;
        if shown.own_missing() > 0 {
            // It shows entries of this computer's own that it has lost: it promises nothing before all were asked.
            let marked = writer.store.set_mark(Mark::HeadsMayBeOld, 1);
            marked.map_err(|error| FirstViewError::Here(writer.poison(&error).to_string()))?;
            shared.peers().asked = Some(BTreeSet::new());
        }
        tracing::info!(by = %shown.by(), facts = shown.offer.facts, "a first view is shown");
        *shared.first.shown_mut() = Some(shown);
        shared.first.leftover.store(false, Ordering::SeqCst);
        shared.first.untold.store(true, Ordering::SeqCst);
        shared.publish(|_| ());
        Ok(())
    });
    shown.map_err(|error| FirstViewError::Here(error.to_string()))??;
    if let Err(error) = tell(&node.inner.shared) {
        // The next exchange begins with it.
        tracing::warn!(%error, "the first view is not in the reports yet");
    }
    Ok(())
}

/// Goes on without a view that cannot be taken, and remembers whose it was.
fn refuse(shared: &Shared, peer: NodeId, error: &FirstViewError) -> Took {
    tracing::warn!(%peer, %error, "a first view is not taken");
    lock(&shared.first.refused).insert(peer, error.to_string());
    // Of what stays nothing is shown, and the next one is written in its place.
    drop(forget(shared));
    Took::Nothing
}

/// What to ask neighbours for so that what is shown becomes newer: the own heads, and beyond them what is shown.
pub(crate) fn tail_heads(node: &Node) -> Result<Option<Heads>, StoreError> {
    let first = &node.inner.shared.first;
    if !first.is_shown() {
        return Ok(None);
    }
    let directory = node.keeper().directory();
    let own = look(node.keeper(), |store| Heads::read(store, &directory))?;
    Ok(first.shown().as_ref().map(|shown| shown.further(own)))
}

impl Node {
    /// Shows runs that go on where what is shown ends. They are verified like any other; only what comes before them is
    /// the neighbour's word. The own store takes them later, in their turn.
    pub(crate) fn show_newer(&self, mut parcel: Parcel) -> Result<Outcome, KeepError> {
        let shared = &self.inner.shared;
        let directory = self.keeper().directory();
        parcel.runs.retain(|run| shared.takes(run.name().node, run.name().stream));
        parcel.runs.sort_by_key(|run| run.name().stream != Stream::Control);
        let (mut outcome, mut newer) = (Outcome::default(), Newer::default());
        for run in std::mem::take(&mut parcel.runs) {
            let log = run.name().id();
            let own = look(self.keeper(), |store| store.view(log, &directory))?;
            let mut first = shared.first.shown_mut();
            let Some(shown) = first.as_mut() else { break };
            let ahead = shown.head(log).filter(|head| head.height > own.height);
            let view = ahead.map_or(own, |head| LogView { height: head.height, head: head.head, ..own });
            match accept_run(&view, run, &directory) {
                Ok(accepted) => {
                    outcome.facts = outcome.facts.saturating_add(shown.show_newer(&accepted, &mut newer));
                    newer.runs.push(accepted);
                }
                Err(rejection) => outcome.rejected.push(rejection),
            }
        }
        if outcome.facts > 0 {
            shared.publish(|_| ());
            if let Err(error) = self.keeper().show_newer(&newer) {
                // What is not in the reports now is told whole before the next exchange.
                shared.first.untold.store(true, Ordering::SeqCst);
                return Err(error.into());
            }
        }
        if !parcel.forks.is_empty() || !parcel.receipts.is_empty() {
            self.take_in(parcel)?;
        }
        Ok(outcome)
    }
}
