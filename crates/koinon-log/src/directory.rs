//! What control logs say: nodes and their keys, and which control fact opened which log.
//!
//! A directory is a function of the *set* of control facts learned, whatever the order in which they came; it can
//! be rebuilt at any time by learning the control logs again. It decides nothing about people or authority.
//!
//! A log is signed with one key: that of the control log that opened it. When a rotation replaces a key, every log of
//! that key gets a [`Limit`]: the last fact that counts. What stands beyond it is void, whoever signed it and whenever
//! it came.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use koinon_core::{FactId, LogId, NodeId};

use crate::control::{self, ForkRuling, LogOpened};
use crate::envelope::{Fact, StoredFact};
use crate::keys::{Inception, VerifyKey};
use crate::name::{LogName, NO_FACT, NetworkId, Stream, Tail};
use crate::rotation::{Rotation, RotationError, Standing};
use crate::simulation::{Planted, planted};
use crate::store::LogHead;
use crate::verify::AcceptedRun;

/// Where a log ends for good, whatever else was signed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit {
    /// The number of facts that count.
    pub height: u64,
    /// The last of them; [`NO_FACT`] when none counts.
    pub head: FactId,
}

impl Limit {
    /// The limit of a log of which nothing counts.
    pub const VOID: Self = Self { height: 0, head: NO_FACT };

    /// The limit at a log's named end.
    pub const fn after(tail: &Tail) -> Self {
        Self { height: tail.seq.saturating_add(1), head: tail.id }
    }
}

/// How a log came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The log.
    pub name: LogName,
    /// The control fact that its first fact names as predecessor; [`NO_FACT`] for a node's first control log.
    pub opened_by: FactId,
    /// Where that control fact stands: its control log and place. A control log stands in itself, at 0.
    pub place: (LogId, u64),
    /// The log of the same stream before it, as far as the node knew it.
    pub predecessor: Option<Tail>,
}

/// Something that people should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// One control history was continued more than once: the node was restored from an old state, or runs twice.
    /// That is no conviction; a ruling of the node settles it.
    RestoredOrCloned {
        /// The node.
        node: NodeId,
        /// The fact from which more than one history goes on.
        predecessor: FactId,
        /// The control logs that go on from it, in order of id; the predecessor's own log is one if it went on.
        openings: Vec<LogId>,
        /// The first fact of the history that the node ruled to go on, if it did.
        settled: Option<FactId>,
    },
    /// A node's key was replaced.
    KeyReplaced {
        /// The node.
        node: NodeId,
        /// The first fact of the control log that the new key opened.
        rotation: FactId,
        /// Whether stewards of the recovery set did it, rather than the key committed to.
        by_stewards: bool,
        /// Whether there is another rotation from the same key, which does not count.
        contested: bool,
    },
    /// A control fact of a reserved kind could not be read, or opens a log under a false id; it has no effect.
    Unreadable {
        /// The control log.
        log: LogId,
        /// The fact's place.
        seq: u64,
        /// What was wrong.
        fault: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RestoredOrCloned { node, openings, settled, .. } => {
                let count = openings.len();
                write!(
                    f,
                    "node {node} went on from one state in {count} ways: it was restored from an old state, or runs twice"
                )?;
                f.write_str(if settled.is_some() { "; it has said since which of them goes on" } else { "" })
            }
            Self::KeyReplaced { node, by_stewards, contested, .. } => {
                let by = if *by_stewards {
                    "by stewards with their codes"
                } else {
                    "by the key that was committed to"
                };
                write!(f, "the key of node {node} was replaced, {by}")?;
                f.write_str(if *contested {
                    "; another replacement of the same key does not count"
                } else {
                    ""
                })
            }
            Self::Unreadable { log, seq, fault } => {
                write!(f, "entry {seq} of the control log {log} has no effect: {fault}")
            }
        }
    }
}

#[derive(Debug, Clone)]
struct ControlLog {
    name: LogName,
    height: u64,
    head: FactId,
    /// The key that signs it.
    key: VerifyKey,
}

/// A rotation with the fact that states it. Among several from one key the first in this order counts: stewards before
/// the key committed to, since they may be all that is left against a thief of both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rotated {
    by_key: bool,
    fact: FactId,
    rotation: Rotation,
}

/// What is known of nodes and logs in one network.
#[derive(Debug, Clone)]
pub struct Directory {
    network: NetworkId,
    nodes: BTreeMap<NodeId, Inception>,
    logs: BTreeMap<(LogId, FactId), Opening>,
    control: BTreeMap<LogId, ControlLog>,
    rulings: BTreeMap<(NodeId, FactId), BTreeSet<ForkRuling>>,
    unreadable: BTreeMap<(LogId, u64), String>,
    /// Rotations by node and the key that they replace.
    rotations: BTreeMap<NodeId, BTreeMap<VerifyKey, BTreeSet<Rotated>>>,
    /// The keys of each node that signed one after another, for nodes whose key was replaced.
    lines: BTreeMap<NodeId, Vec<VerifyKey>>,
    /// The ends of logs whose key was replaced.
    limits: BTreeMap<LogId, Limit>,
    /// Control logs that a rotation refuses and on which logs that count hang: they are kept and passed on, without effect.
    silent: BTreeSet<LogId>,
    /// Recoveries by stewards that were waited for.
    settled: BTreeSet<FactId>,
    /// Whether recoveries are taken without waiting, as from one's own store.
    trusting: bool,
}

impl Directory {
    /// Begins an empty directory.
    pub fn new(network: NetworkId) -> Self {
        Self {
            network,
            nodes: BTreeMap::new(),
            logs: BTreeMap::new(),
            control: BTreeMap::new(),
            rulings: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            rotations: BTreeMap::new(),
            lines: BTreeMap::new(),
            limits: BTreeMap::new(),
            silent: BTreeSet::new(),
            settled: BTreeSet::new(),
            trusting: false,
        }
    }

    /// Begins an empty directory that takes recoveries by stewards without waiting, to read a store with: what is stored
    /// was waited for. [`Directory::wait_from_now`] ends that.
    pub(crate) fn trusting(network: NetworkId) -> Self {
        Self { trusting: true, ..Self::new(network) }
    }

    /// Waits for recoveries again.
    pub(crate) fn wait_from_now(mut self) -> Self {
        self.trusting = false;
        self
    }

    /// Takes every recovery by stewards as good, to verify what is stored: whether it is waited for says nothing of whether
    /// its bytes and signatures are whole.
    pub fn believing(self) -> Self {
        Self { trusting: true, ..self }
    }

    /// Takes a recovery by stewards as good from now on: the waiting is over, or there was no need to wait.
    pub fn settle_recovery(&mut self, rotation: FactId) {
        self.settled.insert(rotation);
    }

    pub(crate) fn is_settled(&self, rotation: FactId) -> bool {
        self.trusting || self.settled.contains(&rotation)
    }

    /// The network.
    pub fn network(&self) -> NetworkId {
        self.network
    }

    /// The key with which a node signs now, if its inception is known.
    pub fn key(&self, node: NodeId) -> Option<&VerifyKey> {
        let first = || self.nodes.get(&node).map(|inception| &inception.key);
        self.lines.get(&node).and_then(|line| line.last()).or_else(first)
    }

    /// The key that signs a log, if a control fact opened it.
    pub fn key_of(&self, log: LogId) -> Option<&VerifyKey> {
        if let Some(control) = self.control.get(&log) {
            return Some(&control.key);
        }
        let counts = self.openings_of(log).filter(|opening| self.counts(opening.place));
        let counts = counts.map(|opening| self.control_key(opening.place.0)).next().flatten();
        counts.or_else(|| self.key_of_opened(log))
    }

    /// Whether any node's key was replaced.
    pub fn has_rotations(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Where a log ends for good, if its key was replaced.
    pub fn limit(&self, log: LogId) -> Option<Limit> {
        if self.lines.is_empty() || planted(Planted::RotationIgnored) {
            return None;
        }
        if let Some(limit) = self.limits.get(&log) {
            return Some(*limit);
        }
        // A log of a replaced key that no fact that counts opened is void.
        let name = self.control.get(&log).map(|c| c.name).or_else(|| self.name(log))?;
        let line = self.lines.get(&name.node)?;
        let signs = self.key_of(log).is_some_and(|key| line.last() == Some(key));
        (!signs).then_some(Limit::VOID)
    }

    /// As [`Directory::limit`], for a log of which facts are held. They were believed once, so if nothing that is known
    /// opens the log any more, its opening was a replaced key's, and it is void.
    pub fn limit_held(&self, held: &LogHead) -> Option<Limit> {
        // Only a node whose key was replaced has logs that end so.
        if !self.lines.contains_key(&held.name.node) || planted(Planted::RotationIgnored) {
            return None;
        }
        self.limit(held.log).or_else(|| self.key_of(held.log).is_none().then_some(Limit::VOID))
    }

    /// Whether what stands in a control log has no effect, though it is passed on: a thief wrote it, and what counts hangs on it.
    pub fn is_silent(&self, log: LogId) -> bool {
        self.silent.contains(&log)
    }

    /// Whether the fact at a place of a log counts, as far as replaced keys are concerned.
    pub(crate) fn counts(&self, (log, seq): (LogId, u64)) -> bool {
        self.limit_of_control(log).is_none_or(|limit| seq < limit.height)
    }

    /// As [`Directory::limit`], for control logs, which need no look at openings.
    fn limit_of_control(&self, log: LogId) -> Option<Limit> {
        if self.lines.is_empty() || planted(Planted::RotationIgnored) {
            return None;
        }
        if let Some(limit) = self.limits.get(&log) {
            return Some(*limit);
        }
        let control = self.control.get(&log)?;
        let line = self.lines.get(&control.name.node)?;
        (line.last() != Some(&control.key)).then_some(Limit::VOID)
    }

    /// How a node's keys stand for the holder of one of them.
    pub(crate) fn standing(&self, node: NodeId, key: &VerifyKey) -> Option<Standing<'_>> {
        let inception = self.nodes.get(&node)?;
        if inception.key == *key {
            return Some(inception.into());
        }
        let mut brought = self.rotations.get(&node)?.values().flatten().filter(|r| r.rotation.key == *key);
        brought.next().map(|rotated| (&rotated.rotation).into())
    }

    /// The stewards who may recover a node now, and how many of them must agree.
    pub fn recovery(&self, node: NodeId) -> Option<(&[VerifyKey], u8)> {
        let standing = self.standing(node, self.key(node)?)?;
        Some((standing.recovery, standing.threshold))
    }

    /// The control logs that a node's rotations opened, one after another, as far as they count.
    pub fn rotation_logs(&self, node: NodeId) -> Vec<LogId> {
        let (Some(line), Some(of_node)) = (self.lines.get(&node), self.rotations.get(&node)) else {
            return Vec::new();
        };
        let counts = line.windows(2).filter_map(|pair| {
            let [before, after] = pair else { return None };
            of_node.get(before)?.iter().find(|rotated| rotated.rotation.key == *after)
        });
        counts.map(|rotated| rotated.rotation.opens(node).id()).collect()
    }

    /// The key with which a node signs by its own word, from the one that is known here over rotations that it shows, each
    /// signed by itself. A recovery by stewards that is still waited for counts only where `early` says so.
    pub fn key_shown(
        &self,
        node: NodeId,
        first: &Inception,
        shown: &[StoredFact],
        early: bool,
    ) -> Result<VerifyKey, RotationError> {
        let mut key = *self.key(node).unwrap_or(&first.key);
        let mut held: Option<Rotation> = None;
        for stored in shown {
            let Ok(fact) = Fact::from_stored(stored.clone()) else { continue };
            let Ok(rotation) = Rotation::decode(fact.body()) else { continue };
            let itself = fact.header().kind == control::KEY_ROTATION
                && fact.header().log == rotation.opens(node).id()
                && fact.signed_by(&rotation.key, self.network);
            if !itself || self.keys(node).contains(&rotation.key) {
                continue;
            }
            let standing = match &held {
                Some(before) => before.into(),
                None => self.standing(node, &key).unwrap_or_else(|| first.into()),
            };
            rotation.check(self.network, node, &standing)?;
            if rotation.stewards.is_none() || early || self.is_settled(fact.id()) {
                key = rotation.key;
                held = Some(rotation);
            }
        }
        Ok(key)
    }

    /// Whether a rotation of a node names an end of a log, or that end follows from one.
    pub(crate) fn honours(&self, node: NodeId, log: LogId) -> bool {
        let rotations = self.rotations.get(&node).into_iter().flat_map(BTreeMap::values).flatten();
        let mut named = rotations.flat_map(|r| r.rotation.honoured.iter().chain([&r.rotation.predecessor]));
        named.any(|tail| tail.log == log) || self.limits.get(&log).is_some_and(|limit| limit.height > 0)
    }

    /// Whether a node's rotation is known already.
    pub(crate) fn brings(&self, node: NodeId, rotation: FactId) -> bool {
        let of_node = self.rotations.get(&node).into_iter().flat_map(BTreeMap::values);
        of_node.flatten().any(|rotated| rotated.fact == rotation)
    }

    /// The key of a control log.
    pub(crate) fn control_key(&self, log: LogId) -> Option<&VerifyKey> {
        self.control.get(&log).map(|control| &control.key)
    }

    /// A node's keys, the first first, as far as rotations that count say.
    pub fn keys(&self, node: NodeId) -> Vec<VerifyKey> {
        let first = || self.nodes.get(&node).map(|inception| vec![inception.key]).unwrap_or_default();
        self.lines.get(&node).cloned().unwrap_or_else(first)
    }

    /// The inception of a node.
    pub fn inception(&self, node: NodeId) -> Option<&Inception> {
        self.nodes.get(&node)
    }

    /// The nodes known, in order of id.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes.keys().copied()
    }

    /// The name of a log, if a control fact opened it.
    pub fn name(&self, log: LogId) -> Option<LogName> {
        self.openings_of(log).next().map(|opening| opening.name)
    }

    /// The opening of a log by a certain control fact.
    pub fn opening(&self, log: LogId, opened_by: FactId) -> Option<&Opening> {
        self.logs.get(&(log, opened_by))
    }

    /// All openings, in order of log id.
    pub fn openings(&self) -> impl Iterator<Item = &Opening> + '_ {
        self.logs.values()
    }

    /// Whether a log has nothing but openings behind the end of a forked control log, given where forks end logs. Nobody who
    /// holds the other history of that control log has heard of it, so it counts for nobody. A replaced key settles it: what
    /// the rotation says of the control log goes before the proof.
    pub(crate) fn opened_behind(&self, log: LogId, end: impl Fn(LogId) -> Option<Limit>) -> bool {
        let is_behind = |opening: &Opening| {
            let (control, seq) = opening.place;
            let forked = || end(control).is_some_and(|limit| seq >= limit.height);
            opening.name.stream != Stream::Control && self.limit_of_control(control).is_none() && forked()
        };
        let mut openings = self.openings_of(log).peekable();
        openings.peek().is_some() && openings.all(is_behind)
    }

    pub(crate) fn openings_of(&self, log: LogId) -> impl Iterator<Item = &Opening> + '_ {
        self.logs.range((log, FactId([0; 32]))..=(log, FactId([255; 32]))).map(|(_, opening)| opening)
    }

    /// Takes in an accepted run. Only runs of control logs teach anything; learning one twice changes nothing.
    pub fn learn(&mut self, run: &AcceptedRun) {
        if run.name().stream != Stream::Control {
            return;
        }
        let (log, name) = (run.log(), *run.name());
        for fact in run.facts() {
            if fact.header().seq == 0 && !self.control.contains_key(&log) {
                let Some(key) = self.key_from(name.node, fact) else { return };
                self.control.insert(log, ControlLog { name, height: 0, head: NO_FACT, key });
            }
            if let Err(fault) = self.learn_fact(name, log, fact) {
                self.unreadable.insert((log, fact.header().seq), fault);
            }
        }
        if let Some(control) = self.control.get_mut(&log).filter(|control| run.height() > control.height) {
            control.height = run.height();
            control.head = run.head();
        }
        if self.rotations.contains_key(&name.node) {
            self.draw_line(name.node);
        }
    }

    /// The key that signs the control log that a fact begins.
    fn key_from(&self, node: NodeId, first: &Fact) -> Option<VerifyKey> {
        match first.header().kind {
            control::INCEPTION => Inception::decode(first.body()).ok().map(|inception| inception.key),
            control::KEY_ROTATION => Rotation::decode(first.body()).ok().map(|rotation| rotation.key),
            _ => {
                let opened = LogOpened::decode(first.body()).ok()?;
                let before = opened.predecessor.and_then(|tail| self.control_key(tail.log));
                before.or_else(|| self.nodes.get(&node).map(|inception| &inception.key)).copied()
            }
        }
    }

    /// Follows a node's rotations from its inception, and finds where the logs of each replaced key end.
    fn draw_line(&mut self, node: NodeId) {
        let Some(inception) = self.nodes.get(&node) else { return };
        let mut line = vec![inception.key];
        let mut limits: BTreeMap<LogId, Limit> = BTreeMap::new();
        let mut silent: BTreeSet<LogId> = BTreeSet::new();
        while let Some(key) = line.last().copied() {
            let from_it = self.rotations.get(&node).and_then(|of_node| of_node.get(&key));
            let Some(next) = from_it.and_then(|all| all.iter().find(|r| !line.contains(&r.rotation.key)))
            else {
                break;
            };
            self.end_logs(&key, &next.rotation, (&mut limits, &mut silent));
            line.push(next.rotation.key);
        }
        self.silent.retain(|log| self.control.get(log).map(|control| control.name.node) != Some(node));
        self.limits.retain(|log, _| {
            let of = self.control.get(log).map(|control| control.name.node);
            of.or_else(|| self.logs.range((*log, NO_FACT)..).next().map(|(_, o)| o.name.node)) != Some(node)
        });
        if line.len() > 1 {
            self.limits.extend(limits);
            self.silent.extend(silent);
            self.lines.insert(node, line);
        } else {
            self.lines.remove(&node);
        }
    }

    /// Finds the ends of the logs of a key that a rotation replaces.
    fn end_logs(
        &self,
        key: &VerifyKey,
        rotation: &Rotation,
        (limits, silent): (&mut BTreeMap<LogId, Limit>, &mut BTreeSet<LogId>),
    ) {
        let mut ends: BTreeMap<LogId, Tail> = BTreeMap::new();
        let named_control = rotation.honoured.iter().filter(|tail| self.control_key(tail.log) == Some(key));
        for tail in std::iter::once(&rotation.predecessor).chain(named_control) {
            for tail in self.line_of(*tail, key) {
                let known = ends.entry(tail.log).or_insert(tail);
                *known = (*known).max(tail);
            }
        }
        let is_refused = |log: LogId| rotation.refused.binary_search(&log).is_ok();
        let opened: Vec<&Opening> = ends
            .iter()
            .filter(|(control, _)| !is_refused(**control))
            .flat_map(|(control, end)| self.opened_in(*control).filter(move |o| o.place.1 <= end.seq))
            .filter(|opening| opening.name.stream != Stream::Control)
            .collect();
        let named: BTreeMap<LogId, Tail> = rotation.honoured.iter().map(|tail| (tail.log, *tail)).collect();
        for opening in &opened {
            let before = opening.predecessor.filter(|tail| !is_refused(tail.log));
            if let Some(tail) = before.filter(|tail| self.key_of_opened(tail.log) == Some(key)) {
                let known = ends.entry(tail.log).or_insert(tail);
                *known = (*known).max(tail);
            }
        }
        for opening in &opened {
            if let Some(tail) = named.get(&opening.name.id()) {
                ends.insert(tail.log, *tail);
            }
        }
        limits.extend(ends.iter().map(|(log, tail)| (*log, Limit::after(tail))));
        // A thief's logs, on which the node wrote on, are void; but control logs that later ones hang on stay to be read, and say
        // nothing.
        for log in &rotation.refused {
            if ends.contains_key(log) && self.control.contains_key(log) {
                silent.insert(*log);
            } else if self.key_of_opened(*log) == Some(key) {
                limits.insert(*log, Limit::VOID);
            }
        }
    }

    /// The key of a log of any stream, by whatever opened it.
    fn key_of_opened(&self, log: LogId) -> Option<&VerifyKey> {
        self.openings_of(log).find_map(|opening| self.control_key(opening.place.0))
    }

    /// The openings that stand in a control log.
    fn opened_in(&self, control: LogId) -> impl Iterator<Item = &Opening> + '_ {
        self.logs.values().filter(move |opening| opening.place.0 == control)
    }

    /// The line of control logs before and with an end, as long as one key signs them.
    fn line_of(&self, end: Tail, key: &VerifyKey) -> Vec<Tail> {
        let mut line: Vec<Tail> = Vec::new();
        let mut at = Some(end);
        while let Some(tail) = at.filter(|tail| self.control_key(tail.log) == Some(key)) {
            if line.iter().any(|seen| seen.log == tail.log) {
                break;
            }
            line.push(tail);
            at = self.openings_of(tail.log).find_map(|opening| opening.predecessor);
        }
        line
    }

    /// The line of control logs before and with an end, of the key that signs it.
    pub(crate) fn control_line(&self, end: Tail) -> Vec<Tail> {
        self.control_key(end.log).map(|key| self.line_of(end, key)).unwrap_or_default()
    }

    /// Where openings within the given ends of control logs say that a log ended, the furthest of them.
    pub(crate) fn sealed_within(&self, ends: &[Tail], log: LogId) -> Option<Tail> {
        let within = |(control, seq)| ends.iter().any(|end| end.log == control && seq <= end.seq);
        let later = self.logs.values().filter(|opening| within(opening.place));
        later.filter_map(|opening| opening.predecessor).filter(|tail| tail.log == log).max()
    }

    fn learn_fact(&mut self, name: LogName, log: LogId, fact: &Fact) -> Result<(), String> {
        let (header, node) = (fact.header(), name.node);
        let first = header.seq == 0;
        let own = |predecessor| Opening { name, opened_by: header.prev, place: (log, 0), predecessor };
        match header.kind {
            control::INCEPTION if first => {
                let inception = Inception::decode(fact.body()).map_err(|e| e.to_string())?;
                self.nodes.insert(node, inception);
                self.logs.insert((log, header.prev), own(None));
            }
            control::LOG_OPENED => {
                let opened = LogOpened::decode(fact.body()).map_err(|e| e.to_string())?;
                let named = LogName { node, stream: opened.stream, incarnation: opened.incarnation };
                if named.id() != opened.log || (opened.stream == Stream::Control) != first {
                    return Err(format!("it opens log {} under a name that is not its own", opened.log));
                }
                let opening = if first {
                    own(opened.predecessor)
                } else {
                    let place = (log, header.seq);
                    Opening { name: named, opened_by: fact.id(), place, predecessor: opened.predecessor }
                };
                self.logs.insert((opened.log, opening.opened_by), opening);
            }
            control::KEY_ROTATION if first => {
                let rotation = Rotation::decode(fact.body()).map_err(|e| e.to_string())?;
                if rotation.opens(node) != name {
                    return Err("it opens a log under a name that is not its own".into());
                }
                let replaces =
                    *self.control_key(rotation.predecessor.log).ok_or("its predecessor is unknown")?;
                self.logs.insert((log, header.prev), own(Some(rotation.predecessor)));
                let by_key = rotation.stewards.is_none();
                let rotated = Rotated { by_key, fact: fact.id(), rotation };
                self.rotations.entry(node).or_default().entry(replaces).or_default().insert(rotated);
            }
            control::FORK_RULING => {
                let ruling = ForkRuling::decode(fact.body()).map_err(|e| e.to_string())?;
                self.rulings.entry((node, ruling.common)).or_default().insert(ruling);
            }
            control::INCEPTION | control::KEY_ROTATION => {
                return Err("an inception or rotation may stand only at the beginning".into());
            }
            _ => {}
        }
        Ok(())
    }

    /// The rulings of a node on histories that part after a fact.
    pub fn rulings(&self, node: NodeId, common: FactId) -> impl Iterator<Item = &ForkRuling> + '_ {
        self.rulings.get(&(node, common)).into_iter().flatten()
    }

    /// What people should see, in a fixed order.
    pub fn notes(&self) -> Vec<Note> {
        let mut branches: BTreeMap<(NodeId, FactId), BTreeSet<LogId>> = BTreeMap::new();
        let control = self.logs.values().filter(|opening| opening.name.stream == Stream::Control);
        for opening in control.filter(|opening| self.counts(opening.place)) {
            let group = branches.entry((opening.name.node, opening.opened_by)).or_default();
            group.insert(opening.name.id());
            if let Some(tail) = opening.predecessor {
                let went_on =
                    self.control.get(&tail.log).is_some_and(|log| log.height > tail.seq.saturating_add(1));
                let went_on = went_on && self.counts((tail.log, tail.seq.saturating_add(1)));
                group.extend(went_on.then_some(tail.log));
            }
        }
        let twice = branches.into_iter().filter(|(_, openings)| openings.len() > 1);
        let mut notes: Vec<Note> = twice
            .map(|((node, predecessor), openings)| Note::RestoredOrCloned {
                node,
                predecessor,
                openings: openings.into_iter().collect(),
                settled: self.rulings(node, predecessor).map(|ruling| ruling.survivor).next(),
            })
            .collect();
        for (node, line) in &self.lines {
            for pair in line.windows(2) {
                let [before, after] = pair else { continue };
                let Some(all) = self.rotations.get(node).and_then(|of_node| of_node.get(before)) else {
                    continue;
                };
                let Some(counts) = all.iter().find(|r| r.rotation.key == *after) else { continue };
                notes.push(Note::KeyReplaced {
                    node: *node,
                    rotation: counts.fact,
                    by_stewards: !counts.by_key,
                    contested: all.len() > 1,
                });
            }
        }
        notes.extend(self.unreadable.iter().map(|((log, seq), fault)| Note::Unreadable {
            log: *log,
            seq: *seq,
            fault: fault.clone(),
        }));
        notes
    }

    /// The end of a node's control history: the last fact of the control log with the longest line of
    /// predecessors, the greatest id among equals.
    pub fn control_tail(&self, node: NodeId) -> Option<Tail> {
        let logs = self.control.iter().filter(|(_, log)| log.name.node == node && log.height > 0);
        let last = logs.filter(|(id, _)| self.counts((**id, 0)));
        let (id, log) = last.max_by_key(|(id, _)| (self.depth(**id), **id))?;
        let whole = Tail { log: *id, seq: log.height.saturating_sub(1), id: log.head };
        Some(match self.limit_of_control(*id) {
            Some(limit) if limit.height < log.height => {
                Tail { log: *id, seq: limit.height.saturating_sub(1), id: limit.head }
            }
            _ => whole,
        })
    }

    /// The log of a stream that a node opened last, by the line of its control logs.
    pub fn last_opened(&self, node: NodeId, stream: Stream) -> Option<LogName> {
        let of_stream = |name: &LogName| name.node == node && name.stream == stream;
        let logs =
            self.logs.values().filter(|opening| of_stream(&opening.name) && self.counts(opening.place));
        logs.max_by_key(|o| (self.depth(o.place.0), o.place.0, o.place.1)).map(|o| o.name)
    }

    /// The number of known control logs before one, along its predecessors.
    pub(crate) fn depth(&self, control: LogId) -> usize {
        let mut seen = BTreeSet::from([control]);
        let mut at = control;
        while let Some(tail) = self.openings_of(at).find_map(|opening| opening.predecessor) {
            if !seen.insert(tail.log) {
                break;
            }
            at = tail.log;
        }
        seen.len()
    }
}
