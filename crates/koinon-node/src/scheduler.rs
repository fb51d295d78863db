//! The thread that keeps time: exchange with each neighbour when it is due, folding, ballast, the certificate, the weekly scrub.
//!
//! It holds the node only while it works, so that dropping the last handle ends it.

use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::Duration;

use koinon_core::{NodeId, Timestamp};

use crate::client;
use crate::jobs::SCRUB;
use crate::node::{Inner, Node};

/// How often it looks what is due.
const TICK: Duration = Duration::from_millis(500);
/// Exchanges that run at a time.
const PULLS_AT_ONCE: usize = 4;
/// Horizons are multiples of so many days since 1970, so that nodes fold alike and their books stay comparable.
const FOLD_STEP_DAYS: i64 = 28;
/// The job that stands for a store apart from the node's own.
const KEEPING: &str = "database";
/// The first scrub after a start waits this long, so that pages come first.
const FIRST_SCRUB: Duration = Duration::from_mins(1);
/// How often the ballast is looked after.
const BALLAST_EVERY: Duration = Duration::from_mins(1);

/// Tells the thread to end.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    ended: Mutex<bool>,
    bell: Condvar,
}

impl Stop {
    pub(crate) fn ring(&self) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }

    /// Waits for a tick; says whether it is time to end.
    fn wait(&self) -> bool {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(ended, TICK, |ended| !*ended);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// What the thread remembers between two looks.
#[derive(Default)]
struct Memory {
    folded: Option<Timestamp>,
    ballast_due: Duration,
    scrub_due: Option<Duration>,
    certificate_due: Duration,
    sharing: crate::sharing::Memory,
    erasing: crate::erasing::Memory,
    in_trouble: bool,
}

/// Looks after the node until it is gone or the bell rings.
pub(crate) fn run(inner: &Weak<Inner>, stop: &Arc<Stop>) {
    let mut memory = Memory::default();
    while !stop.wait() {
        let Some(inner) = inner.upgrade() else { return };
        let node = Node { inner };
        if node.poisoned().is_some() {
            return;
        }
        start_pulls(&node);
        fold(&node, &mut memory);
        look_after_ballast(&node, &mut memory);
        look_after_certificate(&node, &mut memory);
        scrub(&node, &mut memory);
        crate::first_view::look_after(&node);
        crate::sharing::look_after(&node, &mut memory.sharing);
        crate::erasing::look_after(&node, &mut memory.erasing);
        look_after_keeper(&node, &mut memory);
    }
}

fn start_pulls(node: &Node) {
    let shared = &node.inner.shared;
    if shared.options.exchange_every.is_none() {
        return;
    }
    let now = shared.clock.monotonic();
    let due: Vec<NodeId> = {
        let peers = shared.peers();
        let busy = peers.all.values().filter(|peer| peer.busy).count();
        let free = PULLS_AT_ONCE.saturating_sub(busy);
        let due = peers.all.values().filter(|peer| !peer.busy && peer.config.url.is_some());
        let due = due.filter(|peer| peer.due.is_none_or(|due| due <= now));
        due.take(free).map(|peer| peer.config.node).collect()
    };
    for peer in due {
        let node = node.clone();
        let thread = std::thread::Builder::new().name("koinon-exchange".into());
        // The error is kept with the job.
        let started = thread.spawn(move || drop(client::pull(&node, peer)));
        if let Err(error) = started {
            shared.jobs.failed("exchange", error.to_string());
        }
    }
}

/// Up to when history is folded away.
pub(crate) fn horizon(now: Timestamp, after_days: i64) -> Timestamp {
    let step = FOLD_STEP_DAYS * Timestamp::DAY_MS;
    Timestamp::from_millis(now.plus_days(-after_days).as_millis().div_euclid(step).saturating_mul(step))
}

fn fold(node: &Node, memory: &mut Memory) {
    let shared = &node.inner.shared;
    let horizon = horizon(shared.clock.now(), shared.options.fold_after_days);
    if memory.folded.is_some_and(|folded| horizon <= folded) {
        return;
    }
    memory.folded = Some(horizon);
    shared.jobs.begin("fold");
    match node.on_writer(move |writer| writer.fold(horizon)).and_then(|folded| folded) {
        Ok(()) => shared.jobs.done("fold", shared.clock.now()),
        Err(error) => {
            shared.jobs.failed("fold", error.to_string());
        }
    }
}

fn look_after_ballast(node: &Node, memory: &mut Memory) {
    let shared = &node.inner.shared;
    let now = shared.clock.monotonic();
    if now < memory.ballast_due {
        return;
    }
    memory.ballast_due = now + BALLAST_EVERY;
    match shared.dir.trim_ballast() {
        Ok(()) => shared.jobs.done("disk", shared.clock.now()),
        Err(error) => {
            shared.jobs.failed("disk", error.to_string());
        }
    }
}

fn look_after_certificate(node: &Node, memory: &mut Memory) {
    let now = node.inner.shared.clock.monotonic();
    if now >= memory.certificate_due {
        memory.certificate_due = now + crate::certificate::EVERY;
        node.keep_certificate();
    }
}

fn look_after_keeper(node: &Node, memory: &mut Memory) {
    let shared = &node.inner.shared;
    let trouble = node.keeper().trouble();
    let was = std::mem::replace(&mut memory.in_trouble, trouble.is_some());
    match trouble {
        Some(trouble) if !was => drop(shared.jobs.failed(KEEPING, trouble)),
        None if was => shared.jobs.done(KEEPING, shared.clock.now()),
        _ => {}
    }
}

fn scrub(node: &Node, memory: &mut Memory) {
    let shared = &node.inner.shared;
    let Some(every) = shared.options.scrub_every else { return };
    let now = shared.clock.monotonic();
    let due = *memory.scrub_due.get_or_insert(now + FIRST_SCRUB.min(every));
    if now < due {
        return;
    }
    memory.scrub_due = Some(now + every);
    shared.jobs.begin(SCRUB);
    match node.check() {
        Ok(report) => match report.first_fault() {
            None => shared.jobs.done(SCRUB, shared.clock.now()),
            Some(fault) => {
                let file = shared.dir.store();
                let text = format!(
                    "{} is damaged ({fault}); keep the files, restore a backup into another directory; `koinon check` names every place",
                    file.display()
                );
                tracing::error!("{text}");
                shared.jobs.failed(SCRUB, text);
            }
        },
        Err(error) => {
            shared.jobs.failed(SCRUB, error.while_opening(shared.dir.path()).to_string());
        }
    }
}
