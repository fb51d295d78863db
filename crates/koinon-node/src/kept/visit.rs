//! The keeper's round: it tells an owner what it holds, fetches what is new within what was allowed, proves what it has, and
//! deletes what the owner lets go, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use koinon_core::{Digest, NodeId, Timestamp};
use koinon_log::kept::{Answer, Ask, FILES_MAX, Held, KeeperSays, NotTaken, Wish};

use super::fetch::{Fetched, fetch, line_to, say};
use super::{KeptError, files};
use crate::client::{Line, PullCause};
use crate::disk::{Purpose, make_dir};
use crate::node::{Node, Shared};
use crate::peers::PeerConfig;
use crate::sqlite::SqliteStore;
use crate::writer::{SubmitError, Writer};

/// How often an owner is asked, by the way of an exchange.
const EVERY: Duration = Duration::from_mins(5);
/// For so long files are fetched in one round; what is left waits for the next, so that entries are not kept waiting.
const ROUND_FOR: Duration = Duration::from_secs(30);
/// The most questions in one round: what is held, what came, what is proved.
const QUESTIONS_MAX: usize = 4;
/// A file is proved once in so long, however often its owner asks.
const PROOF_EVERY_MS: i64 = 20 * 3_600_000;
/// How often a file that came wrong is fetched from its beginning again at once.
const WRONG_MAX: u32 = 1;
/// How long it is left alone after that.
const WRONG_FOR_MS: i64 = 24 * 3_600_000;

/// What is known of a neighbour's file that is kept here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OfOther {
    pub(crate) placed: Timestamp,
    pub(crate) bytes: u64,
    pub(crate) came: Timestamp,
    pub(crate) proved: Option<Timestamp>,
}

impl OfOther {
    pub(super) fn held(&self, digest: Digest, proof: Option<Digest>) -> Held {
        Held { digest, placed: self.placed, bytes: self.bytes, came: self.came, proof }
    }
}

/// What a node remembers of its rounds to one owner.
#[derive(Debug, Default)]
pub(super) struct Visited {
    due: Duration,
    is_under_way: bool,
    /// What it was asked to hold and does not: its size and why.
    pub(super) not_taken: BTreeMap<Digest, (u64, NotTaken)>,
    /// What came wrong: how often, and until when it is left alone.
    wrong: BTreeMap<Digest, (u32, Timestamp)>,
}

/// The job by its name on the operator's page.
fn job_name(config: &PeerConfig) -> String {
    let whose = config.community.as_ref().map_or_else(|| config.node.short(), ToString::to_string);
    format!("keep for {whose}")
}

/// Makes a round to a neighbour with whom an exchange just ended, if it is time. The error stays with the job.
pub(crate) fn visit_if_due(node: &Node, config: &PeerConfig) {
    let shared = &node.inner.shared;
    let is_due = {
        let visits = shared.kept.visits();
        visits.get(&config.node).is_none_or(|visited| shared.clock.monotonic() >= visited.due)
    };
    if !is_due || shared.is_suspended(config.node) {
        return;
    }
    let job = job_name(config);
    let visited = visit(node, config.node);
    // A neighbour for whom nothing is kept is no work worth a line on a page.
    if !is_at_work_for(shared, config.node) {
        return shared.jobs.forget(&job);
    }
    match visited {
        Ok(()) => shared.jobs.done(&job, shared.clock.now()),
        // It is asked again with the next exchange.
        Err(KeptError::Busy) => {}
        Err(KeptError::Line(cause)) if matches!(*cause, PullCause::Refused { status: 503, .. }) => {
            if let Some(visited) = shared.kept.visits().get_mut(&config.node) {
                visited.due = Duration::ZERO;
            }
        }
        Err(error) => {
            shared.jobs.failed(&job, error.to_string());
        }
    }
}

fn is_at_work_for(shared: &Shared, owner: NodeId) -> bool {
    let allowed = shared.with_reader(SqliteStore::kept_allowed).is_ok_and(|all| all.contains_key(&owner));
    allowed
        || shared.with_reader(SqliteStore::kept_of).is_ok_and(|all| all.keys().any(|(of, _)| *of == owner))
}

/// Ends a round whichever way it ends.
struct UnderWay<'s> {
    shared: &'s Shared,
    owner: NodeId,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if let Some(visited) = self.shared.kept.visits().get_mut(&self.owner) {
            visited.is_under_way = false;
        }
    }
}

/// Makes a round to an owner.
pub(super) fn visit(node: &Node, owner: NodeId) -> Result<(), KeptError> {
    let shared = &node.inner.shared;
    let mut line = line_to(node, owner)?;
    let begun = shared.clock.monotonic();
    {
        let mut visits = shared.kept.visits();
        let visited = visits.entry(owner).or_default();
        if std::mem::replace(&mut visited.is_under_way, true) {
            return Err(KeptError::Busy);
        }
        visited.due = begun + EVERY;
    }
    let _under_way = UnderWay { shared, owner };
    let mut round = Round { node, owner, begun, nonces: BTreeMap::new() };
    for _ in 0..QUESTIONS_MAX {
        if !round.ask(&mut line)? {
            break;
        }
    }
    let mut visits = shared.kept.visits();
    if let Some(visited) = visits.get_mut(&owner)
        && visited.not_taken.values().any(|(_, why)| *why == NotTaken::Coming)
    {
        // It goes on with the next exchange.
        visited.due = Duration::ZERO;
    }
    Ok(())
}

/// What is held of an owner and is whole, with proofs where there are nonces. What was found damaged is held no more.
pub(super) fn held(
    shared: &Shared,
    owner: NodeId,
    nonces: &BTreeMap<Digest, [u8; 32]>,
) -> Result<BTreeMap<Digest, Held>, KeptError> {
    let dir = shared.dir.path();
    let all = shared.with_reader(SqliteStore::kept_of)?;
    let mut held = BTreeMap::new();
    for ((of, digest), one) in all {
        let path = files::of(dir, owner, digest);
        if of != owner || files::size(&path) != Some(one.bytes) {
            continue;
        }
        let mut proof = None;
        if let Some(nonce) = nonces.get(&digest) {
            let (found, proved) = files::digest_and_proof(&path, Some(nonce)).map_err(files::at(&path))?;
            if found != digest {
                tracing::error!(%owner, %digest, "a neighbour's file is damaged here, and is fetched again");
                files::settle(&path, &files::damaged(dir, owner, digest))?;
                continue;
            }
            proof = proved;
        }
        held.insert(digest, one.held(digest, proof));
    }
    Ok(held)
}

/// A round that is under way.
struct Round<'n> {
    node: &'n Node,
    owner: NodeId,
    begun: Duration,
    /// What the owner wants proofs with, of what was held when it said so or came since.
    nonces: BTreeMap<Digest, [u8; 32]>,
}

impl Round<'_> {
    fn shared(&self) -> &Shared {
        &self.node.inner.shared
    }

    /// Tells the owner what is held, and does what it answers; says whether there is more to tell.
    fn ask(&mut self, line: &mut Line<'_>) -> Result<bool, KeptError> {
        let (node, owner, shared) = (self.node, self.owner, &self.node.inner.shared);
        let allowed = shared.with_reader(SqliteStore::kept_allowed)?.get(&owner).copied().unwrap_or(0);
        let held = held(shared, owner, &std::mem::take(&mut self.nonces))?;
        let told: BTreeMap<Digest, NotTaken> = {
            let visits = shared.kept.visits();
            let not_taken = visits.get(&owner).map(|visited| &visited.not_taken);
            let not_taken = not_taken.into_iter().flatten().filter(|(digest, _)| !held.contains_key(digest));
            not_taken.map(|(digest, (_, why))| (*digest, *why)).take(FILES_MAX).collect()
        };
        let says = KeeperSays {
            allowed,
            held: held.values().take(FILES_MAX).copied().collect(),
            not_taken: told.iter().map(|(digest, why)| (*digest, *why)).collect(),
        };
        let answer = say(line, &Ask::Keeper(says))?;
        let proved: Vec<Digest> =
            held.values().filter(|held| held.proof.is_some()).map(|held| held.digest).collect();
        if !proved.is_empty() {
            note_proved(node, owner, proved)?;
        }
        let Answer::Owner { hold, release } = answer else { return Err(KeptError::OtherAnswer) };
        let mut is_more = let_go(node, owner, release)?;
        let not_taken = self.take(line, allowed, &hold, &mut is_more)?;
        let now_told: BTreeMap<Digest, NotTaken> =
            not_taken.iter().map(|(digest, (_, why))| (*digest, *why)).collect();
        if let Some(visited) = shared.kept.visits().get_mut(&owner) {
            visited.not_taken = not_taken;
        }
        self.nonces = self.to_prove(&hold)?;
        Ok(is_more || !self.nonces.is_empty() || now_told != told)
    }

    /// Takes what is new within what was allowed; gives what is not taken, and why.
    fn take(
        &self,
        line: &mut Line<'_>,
        allowed: u64,
        hold: &[Wish],
        is_more: &mut bool,
    ) -> Result<BTreeMap<Digest, (u64, NotTaken)>, KeptError> {
        let (shared, owner) = (self.shared(), self.owner);
        let held = held(shared, owner, &BTreeMap::new())?;
        let mut taken = held.values().map(|held| held.bytes).fold(0, u64::saturating_add);
        let mut count = held.len();
        let mut not_taken = BTreeMap::new();
        let mut wishes = hold.to_vec();
        wishes.sort_by_key(|wish| (wish.placed, wish.digest));
        for wish in wishes {
            let key = (owner, wish.digest);
            if let Some(held) = held.get(&wish.digest) {
                if wish.placed > held.placed {
                    self.placed_again(wish)?;
                    *is_more = true;
                }
                continue;
            }
            let is_room = taken.saturating_add(wish.bytes) <= allowed && count < FILES_MAX;
            let refused = self.may_take(wish, allowed, is_room).err();
            if refused.is_none() {
                // What is on its way has its place, whoever else could come before it.
                (taken, count) = (taken.saturating_add(wish.bytes), count.saturating_add(1));
            }
            let why = if refused.is_some() { refused } else { self.fetch(line, wish)? };
            if let Some(why) = why {
                not_taken.insert(wish.digest, (wish.bytes, why));
                continue;
            }
            let of =
                OfOther { placed: wish.placed, bytes: wish.bytes, came: shared.clock.now(), proved: None };
            on_list(self.node, move |writer| writer.store.put_kept_of(key, &of))?;
            *is_more = true;
        }
        self.tidy(&not_taken)?;
        Ok(not_taken)
    }

    /// Whether a file may be fetched now.
    fn may_take(&self, wish: Wish, allowed: u64, is_room: bool) -> Result<(), NotTaken> {
        let shared = self.shared();
        if allowed == 0 {
            return Err(NotTaken::NotAllowed);
        }
        if !is_room {
            return Err(NotTaken::Beyond);
        }
        let wrong = shared
            .kept
            .visits()
            .get(&self.owner)
            .and_then(|visited| visited.wrong.get(&wish.digest).copied());
        if wrong.is_some_and(|(times, until)| times > WRONG_MAX && shared.clock.now() < until) {
            return Err(NotTaken::Wrong);
        }
        let has = files::size(&files::coming(shared.dir.path(), self.owner, wish.digest)).unwrap_or(0);
        shared.dir.room_for(Purpose::Exchange, wish.bytes.saturating_sub(has)).map_err(|_| NotTaken::NoRoom)
    }

    /// Fetches a file; gives why it is not here yet, or nothing once it is, whole and right and durable.
    fn fetch(&self, line: &mut Line<'_>, wish: Wish) -> Result<Option<NotTaken>, KeptError> {
        let (shared, owner) = (self.shared(), self.owner);
        let dir = shared.dir.path();
        let folder = files::folder_of(dir, owner);
        make_dir(&folder).map_err(files::at(&folder))?;
        let (coming, whole) = (files::coming(dir, owner, wish.digest), files::of(dir, owner, wish.digest));
        let go_on =
            || shared.clock.monotonic().saturating_sub(self.begun) < ROUND_FOR && shared.poisoned().is_none();
        match fetch(line, (wish.digest, wish.bytes), &coming, false, &go_on)? {
            Fetched::Whole => {}
            Fetched::Coming => return Ok(Some(NotTaken::Coming)),
            Fetched::NotGiven => return Ok(Some(NotTaken::NotGiven)),
        }
        if files::digest(&coming).map_err(files::at(&coming))? == wish.digest {
            files::settle(&coming, &whole)?;
            files::remove(&files::damaged(dir, owner, wish.digest))?;
            if let Some(visited) = shared.kept.visits().get_mut(&owner) {
                visited.wrong.remove(&wish.digest);
            }
            return Ok(None);
        }
        // A line that was cut may have left a wrong byte: once more from its beginning, and then no more today.
        files::remove(&coming)?;
        let mut visits = shared.kept.visits();
        let visited = visits.entry(owner).or_default();
        let (times, until) = visited.wrong.entry(wish.digest).or_insert((0, shared.clock.now()));
        if shared.clock.now() >= *until {
            *times = 0;
        }
        (*times, *until) = (times.saturating_add(1), shared.clock.now().plus_millis(WRONG_FOR_MS));
        Ok(Some(if *times > WRONG_MAX { NotTaken::Wrong } else { NotTaken::Coming }))
    }

    /// Notes that a file that is held was placed again; it is proved anew then.
    fn placed_again(&self, wish: Wish) -> Result<(), KeptError> {
        let key = (self.owner, wish.digest);
        on_list(self.node, move |writer| {
            let Some(of) = writer.store.kept_of()?.get(&key).copied() else { return Ok(()) };
            writer.store.put_kept_of(key, &OfOther { placed: wish.placed, proved: None, ..of })
        })
    }

    /// Removes what was begun and is not to come any more.
    fn tidy(&self, not_taken: &BTreeMap<Digest, (u64, NotTaken)>) -> Result<(), KeptError> {
        let folder = files::folder_of(self.shared().dir.path(), self.owner);
        let comes = |digest: &Digest| not_taken.get(digest).is_some_and(|(_, why)| *why == NotTaken::Coming);
        let coming: BTreeSet<Digest> = not_taken.keys().copied().filter(comes).collect();
        for name in files::names(&folder) {
            let Some(text) = name.strip_suffix(".coming") else { continue };
            if !text.parse::<Digest>().is_ok_and(|digest| coming.contains(&digest)) {
                files::remove(&folder.join(&name))?;
            }
        }
        Ok(())
    }

    /// What the owner wants proved, is held, and was not proved lately.
    fn to_prove(&self, hold: &[Wish]) -> Result<BTreeMap<Digest, [u8; 32]>, KeptError> {
        let shared = self.shared();
        let now = shared.clock.now().as_millis();
        let all = shared.with_reader(SqliteStore::kept_of)?;
        let dir = shared.dir.path();
        let is_due = |digest: Digest| {
            let of = all.get(&(self.owner, digest))?;
            let is_whole = files::size(&files::of(dir, self.owner, digest)) == Some(of.bytes);
            let lately = of.proved.is_some_and(|proved| {
                now.saturating_sub(proved.as_millis()).saturating_abs() < PROOF_EVERY_MS
            });
            (is_whole && !lately).then_some(())
        };
        let due = hold.iter().filter(|wish| is_due(wish.digest).is_some());
        Ok(due.filter_map(|wish| Some((wish.digest, wish.nonce?))).collect())
    }
}

/// Deletes what the owner lets go, if it is as it was placed when the owner said so; says whether anything was.
pub(super) fn let_go(
    node: &Node,
    owner: NodeId,
    release: Vec<(Digest, Timestamp)>,
) -> Result<bool, KeptError> {
    let shared = &node.inner.shared;
    let dir = shared.dir.path();
    let all = shared.with_reader(SqliteStore::kept_of)?;
    let mut is_any = false;
    for (digest, placed) in release {
        if all.get(&(owner, digest)).is_none_or(|of| of.placed != placed) {
            continue;
        }
        // The bytes go first: what is on the list without them is only held no more.
        for path in [files::of(dir, owner, digest), files::damaged(dir, owner, digest)] {
            files::remove(&path)?;
        }
        on_list(node, move |writer| writer.store.remove_kept_of((owner, digest)))?;
        is_any = true;
    }
    Ok(is_any)
}

fn note_proved(node: &Node, owner: NodeId, proved: Vec<Digest>) -> Result<(), KeptError> {
    let now = node.inner.shared.clock.now();
    on_list(node, move |writer| {
        let all = writer.store.kept_of()?;
        for digest in proved {
            let key = (owner, digest);
            if let Some(of) = all.get(&key) {
                writer.store.put_kept_of(key, &OfOther { proved: Some(now), ..*of })?;
            }
        }
        Ok(())
    })
}

/// Changes the list of what is kept for others.
fn on_list(
    node: &Node,
    change: impl FnOnce(&mut Writer) -> Result<(), crate::sqlite::SqliteError> + Send + 'static,
) -> Result<(), KeptError> {
    node.on_writer(move |writer| {
        writer.blocked(Purpose::Entry)?;
        change(writer).map_err(|error| writer.poison(&error))
    })?
    .map_err(|error: SubmitError| error.into())
}
