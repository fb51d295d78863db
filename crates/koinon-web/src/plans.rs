//! What is worked out from the book and kept until it changes: the newest suggestions, and the figures behind each page.
//!
//! A plan is made beside the pages, at most once a second, and never while one waits: a page shows the newest there is and
//! how old it is. Nothing here is stored, and nothing acts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use koinon_aid::AidFact;
use koinon_aid::service::Kind;
use koinon_books::Fact;
use koinon_core::{CommunityCode, Day, EntryId, MissionCode, Timestamp};
use koinon_ledger::reason::Account;
use koinon_ledger::{LedgerFact, Reason};
use koinon_match::{Memory, Plan, capacity, plan_again, teams};
use koinon_node::{Entry, Node};

use crate::live::{Hub, Topic};
use crate::views::Figures;

/// The least time between two plans.
const PAUSE: Duration = Duration::from_secs(1);

/// After how long a plan of teams is made anew although nothing happened.
const TEAMS_AGE: Duration = Duration::from_mins(15);
/// The same in milliseconds of civil time.
const TEAMS_AGE_MS: i64 = 15 * 60 * 1_000;

/// How many entries are read to find those of interest.
const RECENT_READ: usize = 1_500;
/// How many of interest are kept.
const RECENT_KEPT: usize = 60;

/// Whether an entry is more than daily use and the book's own housekeeping.
fn is_news(fact: &Fact) -> bool {
    match fact {
        Fact::Ledger(LedgerFact::Entered(entered)) => {
            // What stood there when a book began came in long ago.
            entered.reason != Reason::Opening
                && !matches!(
                    entered.reason.account(),
                    Account::Consumed | Account::HandedOut | Account::Moved
                )
        }
        Fact::Ledger(LedgerFact::LotOpened(_))
        | Fact::Aid(AidFact::TeamStated(_) | AidFact::CrewKept(_) | AidFact::ServiceOffered(_)) => false,
        Fact::Ledger(_) | Fact::Aid(_) | Fact::RegionAdopted(_) => true,
        _ => false,
    }
}

/// A plan and what it was made from.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The version of the book.
    pub version: u64,
    /// The day it is for.
    pub today: Day,
    /// When it was made, by civil time.
    pub made: Timestamp,
}

/// A plan of teams and what it was made from.
#[derive(Debug)]
pub struct TeamsPlanned {
    /// The plan.
    pub plan: teams::Plan,
    /// Who asks for each of its missions, and in which word.
    pub missions: BTreeMap<MissionCode, (CommunityCode, MissionCode)>,
    /// The version of the book.
    pub version: u64,
    /// When it was made, by civil time.
    pub made: Timestamp,
}

/// A plan of care or of making, and whose requests its numbers stand for.
#[derive(Debug)]
pub struct ServicePlan {
    /// The plan.
    pub plan: capacity::Plan,
    /// Who asks for each of its requests, and in which of theirs.
    pub asks: BTreeMap<u32, (CommunityCode, EntryId)>,
}

/// Plans of care and of making, and what they were made from.
#[derive(Debug)]
pub struct ServicesPlanned {
    /// Who is cared for where.
    pub care: ServicePlan,
    /// What is made where.
    pub making: ServicePlan,
    /// The version of the book.
    pub version: u64,
    /// When they were made, by civil time.
    pub made: Timestamp,
}

impl ServicesPlanned {
    /// The plan of a kind.
    pub const fn of(&self, kind: Kind) -> &ServicePlan {
        match kind {
            Kind::Care => &self.care,
            Kind::Making => &self.making,
        }
    }
}

/// The newest results for one node's book; cheap to clone.
#[derive(Clone)]
pub struct Plans(Arc<Inner>);

struct Inner {
    node: Node,
    newest: RwLock<Option<Arc<Planned>>>,
    teams: RwLock<Option<Arc<TeamsPlanned>>>,
    services: RwLock<Option<Arc<ServicesPlanned>>>,
    /// What the last plan found: the next solves only what a change touches.
    memory: Mutex<Memory>,
    trouble: RwLock<Option<String>>,
    figures: Mutex<Option<(u64, Arc<Figures>)>>,
    recent: Mutex<Option<(u64, Arc<Vec<Entry>>)>>,
}

impl std::fmt::Debug for Plans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Plans")
    }
}

impl Plans {
    /// Results for a node; nothing is worked out yet.
    pub fn new(node: Node) -> Self {
        let (newest, teams, trouble) = (RwLock::new(None), RwLock::new(None), RwLock::new(None));
        let services = RwLock::new(None);
        let (figures, recent) = (Mutex::new(None), Mutex::new(None));
        let memory = Mutex::new(Memory::default());
        Self(Arc::new(Inner { node, newest, teams, services, memory, trouble, figures, recent }))
    }

    /// The newest plan; `None` until the first is made.
    pub fn newest(&self) -> Option<Arc<Planned>> {
        self.0.newest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The newest plan of teams; `None` until the first is made.
    pub fn newest_of_teams(&self) -> Option<Arc<TeamsPlanned>> {
        self.0.teams.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The newest plans of care and of making; `None` until the first are made.
    pub fn newest_of_services(&self) -> Option<Arc<ServicesPlanned>> {
        self.0.services.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why the last try gave no plan, for the operator.
    pub fn trouble(&self) -> Option<String> {
        self.0.trouble.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The figures of the book as it is now.
    pub fn figures(&self) -> Arc<Figures> {
        let node = &self.0.node;
        let now = node.clock().now();
        let mut kept = self.0.figures.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken before the book is read, so that a change in between only means working it out once more.
        let version = node.version();
        if let Some((known, figures)) = kept.as_ref()
            && *known == version
            && node.read(|book| now.day(&book.zone())) == figures.today
        {
            return figures.clone();
        }
        let figures = Arc::new(node.read(|book| Figures::of(book, now)));
        *kept = Some((version, figures.clone()));
        figures
    }

    /// The last entries that may be of interest to somebody, newest first; none where the store cannot be read.
    pub fn recent(&self) -> Arc<Vec<Entry>> {
        let node = &self.0.node;
        let mut kept = self.0.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let version = node.version();
        if let Some((known, entries)) = kept.as_ref()
            && *known == version
        {
            return entries.clone();
        }
        let entries = match node.recent(RECENT_READ) {
            Ok(entries) => {
                entries.into_iter().filter(|entry| is_news(&entry.fact)).take(RECENT_KEPT).collect()
            }
            Err(fault) => {
                tracing::warn!(%fault, "the last entries cannot be read");
                Vec::new()
            }
        };
        let entries = Arc::new(entries);
        *kept = Some((version, entries.clone()));
        entries
    }

    /// When each community was last heard: by exchange with it, or by its newest entry that came another way.
    pub fn heard(&self, figures: &Figures) -> BTreeMap<CommunityCode, Timestamp> {
        let node = &self.0.node;
        let mut heard = figures.last_entry.clone();
        for peer in node.peers() {
            if let (Some(community), Some(at)) = (peer.config.community, peer.last_heard) {
                let last = heard.entry(community).or_insert(at);
                *last = at.max(*last);
            }
        }
        if let Some(own) = node.read(|book| book.own().cloned()) {
            heard.insert(own, node.clock().now());
        }
        heard
    }

    /// Makes a plan now if the book or the day has changed since the newest. Takes as long as the engine takes; returns
    /// whether there is a new one.
    pub fn refresh(&self) -> bool {
        let node = &self.0.node;
        let now = node.clock().now();
        let version = node.version();
        let (today, problem) = node.read(|book| {
            let today = now.day(&book.zone());
            let fresh =
                self.newest().is_some_and(|newest| newest.version == version && newest.today == today);
            let problem = (!fresh).then(|| book.problem(now));
            (today, problem)
        });
        let Some(problem) = problem else { return false };
        let mut memory = self.0.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let result = plan_again(&problem, &mut memory);
        drop(memory);
        let mut trouble = self.0.trouble.write().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(plan) => {
                *trouble = None;
                let planned = Planned { plan, version, today, made: now };
                *self.0.newest.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(planned));
                true
            }
            Err(fault) => {
                tracing::warn!(%fault, "no suggestions could be made");
                *trouble = Some(fault.to_string());
                false
            }
        }
    }

    /// Makes a plan of teams now if the book has changed since the newest, or a quarter of an hour has passed: who can still be there in time depends on
    /// the time. Returns whether there is a new one.
    pub fn refresh_teams(&self) -> bool {
        let node = &self.0.node;
        let now = node.clock().now();
        let version = node.version();
        let is_fresh = |newest: &TeamsPlanned| {
            newest.version == version && newest.made <= now && now < newest.made.plus_millis(TEAMS_AGE_MS)
        };
        if self.newest_of_teams().is_some_and(|newest| is_fresh(&newest)) {
            return false;
        }
        let made = node.read(|book| book.team_problem(now));
        match teams::plan(&made.problem) {
            Ok(plan) => {
                let planned = TeamsPlanned { plan, missions: made.missions, version, made: now };
                *self.0.teams.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(planned));
                true
            }
            Err(fault) => {
                // What was suggested before may be wrong by now.
                *self.0.teams.write().unwrap_or_else(PoisonError::into_inner) = None;
                tracing::warn!(%fault, "no teams could be suggested");
                false
            }
        }
    }

    /// Makes plans of care and of making now if the book or the day has changed since the newest. Returns whether there are new ones.
    pub fn refresh_services(&self) -> bool {
        let node = &self.0.node;
        let now = node.clock().now();
        let version = node.version();
        let zone = node.read(koinon_books::Book::zone);
        let is_fresh =
            |newest: &ServicesPlanned| newest.version == version && newest.made.day(&zone) == now.day(&zone);
        if self.newest_of_services().is_some_and(|newest| is_fresh(&newest)) {
            return false;
        }
        let plan = |kind| {
            let made = node.read(|book| book.service_problem(kind, now));
            capacity::plan(&made.problem).map(|plan| ServicePlan { plan, asks: made.asks })
        };
        let planned = plan(Kind::Care).and_then(|care| Ok((care, plan(Kind::Making)?)));
        let kept = match planned {
            Ok((care, making)) => Some(Arc::new(ServicesPlanned { care, making, version, made: now })),
            Err(fault) => {
                // What was suggested before may be wrong by now.
                tracing::warn!(%fault, "nobody could be suggested for care or parts");
                None
            }
        };
        let is_new = kept.is_some();
        *self.0.services.write().unwrap_or_else(PoisonError::into_inner) = kept;
        is_new
    }

    /// Follows the node for as long as the task runs: tells open pages what changed, and makes a new plan after each change.
    pub async fn follow(self, hub: Hub) {
        let mut changes = self.0.node.watch();
        loop {
            let plans = self.clone();
            let all = tokio::task::spawn_blocking(move || {
                (plans.refresh(), plans.refresh_teams() | plans.refresh_services())
            });
            let all = all.await;
            if matches!(all, Ok((true, _))) {
                hub.changed(Topic::Region);
            }
            if matches!(all, Ok((_, true))) {
                hub.changed(Topic::Needs);
            }
            tokio::time::sleep(PAUSE).await;
            match tokio::time::timeout(TEAMS_AGE, changes.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                // Nothing happened, but time went by.
                Err(_) => continue,
            }
            for topic in [Topic::Stock, Topic::Needs, Topic::Transfers, Topic::Region] {
                hub.changed(topic);
            }
        }
    }
}
