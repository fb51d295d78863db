//! What agreements ask of a running node: the minimum feed while stock is not shared with all, the sums that are
//! published, letting go what may no longer be kept, and the yes to what is given regularly.

use std::sync::PoisonError;
use std::time::Duration;

use koinon_books::sharing::{Purge, stream_of};
use koinon_books::{Fact, Purged};
use koinon_core::{Day, NodeId};
use koinon_instruments::Dataset;
use koinon_log::{LogName, Stream};

use crate::disk::Purpose;
use crate::founding::console_stamp;
use crate::keeper::{KeepError, Keeper};
use crate::node::Node;
use crate::replay::ReplayError;
use crate::sqlite::SqliteError;
use crate::writer::{SubmitError, Writer};

/// The job by its name on the operator's page.
const JOB: &str = "sharing";
/// How often it is looked whether something is to be said.
const EVERY: Duration = Duration::from_hours(1);
/// How often, while shortfalls are stated and something was written.
const EVERY_STATED: Duration = Duration::from_mins(1);

/// What is remembered between two looks.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    due: Duration,
    /// When shortfalls may be looked at again after something was written.
    soon: Duration,
    day: Option<Day>,
    version: Option<u64>,
    states: Option<bool>,
}

/// Whether a log is of a kind that an agreement opens and closes.
pub(crate) fn is_closed(name: LogName) -> bool {
    name.stream.shared().is_some_and(|stream| !stream.is_open())
}

/// Looks whether something is to be said or let go: on every new day, when what is shared has changed, and each hour.
pub(crate) fn look_after(node: &Node, memory: &mut Memory) {
    let shared = &node.inner.shared;
    let (now, monotonic, version) = (shared.clock.now(), shared.clock.monotonic(), node.version());
    let today = node.read_own(|book| now.day(&book.zone()));
    let is_due = monotonic >= memory.due || memory.day != Some(today);
    if !is_due && memory.version == Some(version) {
        return;
    }
    if let Err(error) = node.answer_standing() {
        shared.jobs.failed(JOB, error.to_string());
    }
    memory.version = Some(version);
    let states = node.read_own(|book| book.states_shortfalls(now));
    let is_new = memory.states.replace(states) != Some(states);
    let is_soon = states && monotonic >= memory.soon;
    if !is_due && !is_new && !is_soon {
        // It is looked at again, as soon as it is time.
        memory.version = if states { None } else { memory.version };
        return;
    }
    (memory.due, memory.soon, memory.day) = (monotonic + EVERY, monotonic + EVERY_STATED, Some(today));
    match node.keep_agreements() {
        Ok(()) => shared.jobs.done(JOB, shared.clock.now()),
        Err(error) => {
            shared.jobs.failed(JOB, error.to_string());
        }
    }
}

/// Keeping agreements.
impl Node {
    /// Says yes to promises that give just what a standing agreement with this community gives; a node does so by itself.
    ///
    /// # Errors
    /// [`KeepError`]; what is left is tried again when something changes, and within the hour.
    pub fn answer_standing(&self) -> Result<(), KeepError> {
        let now = self.clock().now();
        for reaction in self.read_own(|book| book.standing_answers(now)) {
            self.submit_blocking(reaction.who, reaction.command)?;
        }
        Ok(())
    }

    /// States what is short while the stock is not shared with all, publishes the sums of months that are over, and lets go
    /// what may no longer be kept. A node does so by itself; doing it again changes nothing.
    ///
    /// # Errors
    /// [`KeepError`]; what is left is tried again within the hour.
    pub fn keep_agreements(&self) -> Result<(), KeepError> {
        let now = self.clock().now();
        let acts = self.read_own(|book| book.minimum_feed(now));
        for reaction in acts {
            self.submit_blocking(reaction.who, reaction.command)?;
        }
        let figures = self.read_own(|book| book.served_to_publish(now));
        if !figures.is_empty() {
            self.on_writer(move |writer| {
                let stamp = console_stamp(now);
                let facts = figures.into_iter().map(|fact| (stamp.clone(), Fact::ServedPublished(fact)));
                writer.console(facts.collect())
            })??;
        }
        for dataset in Dataset::ALL {
            for of in self.read_own(|book| book.to_purge(dataset, now)) {
                let stream = stream_of(dataset).into();
                let mut facts = self.keeper().let_go(of, stream)?;
                if self.keeps_apart() {
                    facts = facts.saturating_add(Keeper::let_go(self, of, stream)?);
                }
                self.on_writer(move |writer| writer.say_let_go(of, facts))??;
            }
        }
        Ok(())
    }
}

impl Writer {
    /// Takes every log of a stream of a node out of the store for good; gives the number of facts.
    pub(crate) fn let_go(&mut self, of: NodeId, stream: Stream) -> Result<u64, SubmitError> {
        self.blocked(Purpose::Entry)?;
        let covers = self.shared.first.shown().as_ref().is_some_and(|shown| shown.covers(of, stream));
        if covers && let Err(error) = self.shared.forget_first_views() {
            return Err(self.poison(&error));
        }
        self.purge(of, stream).map_err(|error| {
            self.store.rollback();
            self.poison(&error)
        })
    }

    /// Says that a node's facts were let go, unless none were and that was said before.
    fn say_let_go(&mut self, of: NodeId, facts: u64) -> Result<(), SubmitError> {
        let purge = Purge { of, by: self.shared.id };
        if facts == 0 && self.shared.book().purges().contains_key(&purge) {
            return Ok(());
        }
        self.shared.given.lock().unwrap_or_else(PoisonError::into_inner).remove(&of);
        let stamp = console_stamp(self.shared.clock.now());
        self.console(vec![(stamp, Fact::Purged(Purged { of, facts }))]).map(drop)
    }

    fn purge(&mut self, of: NodeId, stream: Stream) -> Result<u64, ReplayError> {
        self.store.begin()?;
        let facts = self.store.purge(of, stream)?;
        if facts > 0 {
            self.store.drop_snapshots()?;
            self.shared.forget_first_views().map_err(SqliteError::from)?;
        }
        self.store.commit()?;
        if facts > 0 {
            self.store.empty_wal()?;
            self.show_anew()?;
        }
        Ok(facts)
    }
}
