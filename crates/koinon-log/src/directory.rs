//! What control logs say: nodes and their keys, and which control fact opened which log.
//!
//! A directory is a function of the *set* of control facts learned, whatever the order in which they came; it can
//! be rebuilt at any time by learning the control logs again. It decides nothing about people or authority.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{FactId, LogId, NodeId};

use crate::control::{self, ForkRuling, LogOpened};
use crate::envelope::Fact;
use crate::keys::{Inception, VerifyKey};
use crate::name::{LogName, NO_FACT, NetworkId, Stream, Tail};
use crate::verify::AcceptedRun;

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

#[derive(Debug, Clone)]
struct ControlLog {
    name: LogName,
    height: u64,
    head: FactId,
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
        }
    }

    /// The network.
    pub fn network(&self) -> NetworkId {
        self.network
    }

    /// The key with which a node signs now, if its inception is known.
    pub fn key(&self, node: NodeId) -> Option<&VerifyKey> {
        self.nodes.get(&node).map(|inception| &inception.key)
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

    fn openings_of(&self, log: LogId) -> impl Iterator<Item = &Opening> + '_ {
        self.logs.range((log, FactId([0; 32]))..=(log, FactId([255; 32]))).map(|(_, opening)| opening)
    }

    /// Takes in an accepted run. Only runs of control logs teach anything; learning one twice changes nothing.
    pub fn learn(&mut self, run: &AcceptedRun) {
        if run.name().stream != Stream::Control {
            return;
        }
        let log = run.log();
        for fact in run.facts() {
            if let Err(fault) = self.learn_fact(*run.name(), log, fact) {
                self.unreadable.insert((log, fact.header().seq), fault);
            }
        }
        let entry =
            self.control.entry(log).or_insert(ControlLog { name: *run.name(), height: 0, head: NO_FACT });
        if run.height() > entry.height {
            entry.height = run.height();
            entry.head = run.head();
        }
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
            control::FORK_RULING => {
                let ruling = ForkRuling::decode(fact.body()).map_err(|e| e.to_string())?;
                self.rulings.entry((node, ruling.common)).or_default().insert(ruling);
            }
            control::INCEPTION => return Err("an inception may stand only at the beginning".into()),
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
        for opening in self.logs.values().filter(|opening| opening.name.stream == Stream::Control) {
            let group = branches.entry((opening.name.node, opening.opened_by)).or_default();
            group.insert(opening.name.id());
            if let Some(tail) = opening.predecessor {
                let went_on = self.control.get(&tail.log).is_some_and(|log| log.height > tail.seq + 1);
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
        logs.max_by_key(|(id, _)| (self.depth(**id), **id)).map(|(id, log)| Tail {
            log: *id,
            seq: log.height.saturating_sub(1),
            id: log.head,
        })
    }

    /// The log of a stream that a node opened last, by the line of its control logs.
    pub fn last_opened(&self, node: NodeId, stream: Stream) -> Option<LogName> {
        let of_stream = |name: &LogName| name.node == node && name.stream == stream;
        let logs = self.logs.values().filter(|opening| of_stream(&opening.name));
        logs.max_by_key(|o| (self.depth(o.place.0), o.place.0, o.place.1)).map(|o| o.name)
    }

    /// The number of known control logs before one, along its predecessors.
    fn depth(&self, control: LogId) -> usize {
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
