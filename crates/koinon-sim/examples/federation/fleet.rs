//! A whole federation in one thread, from a seed: days of everything that goes wrong, then days in which it must heal.
//!
//! Every message passes through its bytes. While it goes wrong, messages are lost, doubled, delayed by hours and kept from
//! passing one way; the federation falls into three parts; computers crash and lose what was not yet durable, come back
//! from old back-ups without knowing it, run twice, and have clocks that are years off; one neighbour forges, withholds,
//! floods and convicts the innocent; one shows two faces; one's key is stolen, used, and replaced. Then the network heals,
//! the thief is gone, and within [`HEAL`] all honest computers must hold the same.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{FactId, NodeId};
use koinon_log::rotation::RECOVERY_WAIT_MS;
use koinon_log::simulation::{Planted, plant};
use koinon_log::testing::SeededEntropy;
use koinon_log::{Identity, Message, NetworkId, SigningKey, Stream, VerifyKey};

use crate::accord::{Accord, Closing, LATE_HOURS};
use crate::chance::Chance;
use crate::checks;
use crate::host::{Host, Manner};
use crate::script::{CANARY, Script};

// By its path, since the tests include this file from elsewhere.
#[path = "foes.rs"]
mod foes;

pub(crate) const HOUR: i64 = 3_600_000;
/// How long things go wrong.
const CHAOS: i64 = 72 * HOUR;
/// How long the federation has to become one again.
const HEAL: i64 = 48 * HOUR;
/// Communities that keep to the rules.
pub(crate) const HONEST: usize = 8;
/// The node that forges, withholds and floods.
const HOSTILE: usize = HONEST;
/// The node with two faces.
pub(crate) const TWO_FACED: usize = HONEST + 1;
/// All nodes.
pub(crate) const NODES: usize = HONEST + 2;
/// The node whose key is stolen.
pub(crate) const ROBBED: usize = 2;
/// The node that shares its stock again after a while.
const SHARES_AGAIN: usize = 3;
/// The node that runs twice for a while.
const CLONED: usize = 4;

/// How a federation is run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manners {
    /// Whether signatures are Ed25519 rather than stand-ins.
    pub(crate) real: bool,
    /// A rule that is broken on purpose.
    pub(crate) planted: Option<Planted>,
    /// Whether writers go on with their old logs after a restart, as no node may.
    pub(crate) logs_continued: bool,
    /// Whether a rotation names no log of the thief on which the node wrote on.
    pub(crate) refuses_nothing: bool,
}

/// What came of one seed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// What must hold and does not.
    pub(crate) failures: Vec<String>,
    /// Messages that arrived.
    pub(crate) delivered: u64,
    /// Facts written.
    pub(crate) written: u64,
    /// Computers that came back from an old back-up.
    pub(crate) restored: u64,
    /// Days of all computers together, in hours.
    pub(crate) host_hours: u64,
    /// A digest of everything that happened, equal for equal seeds.
    pub(crate) trace: String,
}

enum Event {
    Write(usize),
    Sync(usize, u64),
    Turn(usize),
    Deliver { to: usize, from: usize, token: u64, answer: bool, bytes: Vec<Vec<u8>> },
    Crash(usize),
    Start(usize),
    Backup(usize),
    Clone,
    Steal,
    Rotate,
    Quiet,
    Part,
    ShowTwoFaces,
}

/// What the network does to messages at the moment.
#[derive(Debug, Default)]
struct Weather {
    loss_percent: u64,
    /// Which of three parts each computer is in.
    part: Vec<u64>,
    parted: bool,
    /// Pairs that do not pass, one way.
    blocked: BTreeSet<(usize, usize)>,
}

pub(crate) struct Fleet<'s> {
    pub(crate) script: &'s Script,
    manners: Manners,
    chance: Chance,
    seed: u64,
    now: i64,
    order: u64,
    events: BTreeMap<(i64, u64), Event>,
    pub(crate) network: NetworkId,
    pub(crate) hosts: Vec<Host>,
    pub(crate) nodes: Vec<NodeId>,
    weather: Weather,
    trace: blake3::Hasher,
    pub(crate) verdict: Verdict,
    /// What was written of stock when it was closed to everybody, and all had heard of it.
    pub(crate) closed: BTreeSet<FactId>,
    /// When stock is closed.
    closings: Vec<Closing>,
    /// Every fact that an honest hand wrote.
    pub(crate) authentic: BTreeSet<FactId>,
    /// Every fact that was written in an honest node's name by the thief of its key.
    pub(crate) stolen: BTreeSet<FactId>,
    /// The keys kept apart, by node.
    next_keys: Vec<SigningKey>,
    stewards: Vec<SigningKey>,
    /// Whether the robbed node's key is replaced by stewards.
    by_stewards: bool,
    pub(crate) new_key: Option<VerifyKey>,
    second_face: Option<usize>,
    lives: u64,
}

/// Runs one seed to its end and checks what must hold.
pub(crate) fn run(script: &Script, seed: u64, manners: Manners) -> Verdict {
    plant(manners.planted);
    let mut fleet = Fleet::new(script, seed, manners);
    fleet.play();
    checks::check(&mut fleet);
    plant(None);
    let mut verdict = fleet.verdict;
    let trace = fleet.trace.finalize().to_hex();
    trace.as_str().get(..16).unwrap_or_default().clone_into(&mut verdict.trace);
    verdict
}

impl<'s> Fleet<'s> {
    fn new(script: &'s Script, seed: u64, manners: Manners) -> Self {
        let mut chance = Chance::new(seed);
        let network = NetworkId::of("a federation in one thread");
        let mut entropy = SeededEntropy::new(seed);
        let mut number = 0;
        let mut key = |entropy: &mut SeededEntropy| {
            number += 1;
            if manners.real { SigningKey::generate(entropy) } else { SigningKey::mark(seed * 256 + number) }
        };
        let stewards: Vec<SigningKey> = (0..3).map(|_| key(&mut entropy)).collect();
        let (mut hosts, mut next_keys) = (Vec::new(), Vec::new());
        for node in 0..NODES {
            let (live, next) = (key(&mut entropy), key(&mut entropy));
            let recovery = stewards.iter().map(SigningKey::verify_key).collect();
            let digest = next.verify_key().next_digest();
            let identity =
                Identity::found(network, live, digest, recovery, 2, &mut entropy).expect("sound keys");
            next_keys.push(next);
            let manner = match node {
                HOSTILE => Manner::Hostile,
                TWO_FACED => Manner::TwoFaced,
                _ => Manner::Honest,
            };
            hosts.push(Host::new(node, manner, identity));
        }
        for host in &mut hosts {
            if chance.percent(15) {
                host.clock_off = chance.span(-5 * 8_766, 5 * 8_766) * HOUR;
            }
        }
        let nodes = hosts.iter().map(Host::id).collect();
        let by_stewards = chance.percent(25);
        let loss_percent = chance.below(41);
        let mut fleet = Self {
            script,
            manners,
            chance,
            seed,
            now: 0,
            order: 0,
            events: BTreeMap::new(),
            network,
            hosts,
            nodes,
            weather: Weather { loss_percent, part: vec![0; NODES + 4], ..Weather::default() },
            trace: blake3::Hasher::new(),
            verdict: Verdict::default(),
            closed: BTreeSet::new(),
            closings: Vec::new(),
            authentic: BTreeSet::new(),
            stolen: BTreeSet::new(),
            next_keys,
            stewards,
            by_stewards,
            new_key: None,
            second_face: None,
            lives: 0,
        };
        fleet.agree();
        fleet.plan();
        fleet
    }

    /// Lays out which stock is closed when, and who hears of it how late. One community shares again after a while; another,
    /// now and then, never does.
    fn agree(&mut self) {
        let mut closings = Vec::new();
        if let Some(writer) = self.nodes.get(SHARES_AGAIN).copied() {
            let from = self.chance.span(6 * HOUR, 40 * HOUR);
            closings.push(Closing { writer, from, until: from + self.chance.span(10 * HOUR, 30 * HOUR) });
        }
        if let Some(writer) = self.nodes.first().copied().filter(|_| self.chance.percent(50)) {
            closings.push(Closing { writer, from: self.chance.span(6 * HOUR, 30 * HOUR), until: i64::MAX });
        }
        for host in &mut self.hosts {
            host.accord = Accord {
                everybody: self.nodes.clone(),
                closings: closings.clone(),
                late_hours: self.chance.span(0, LATE_HOURS),
                old_until: if self.chance.percent(30) { self.chance.span(0, CHAOS) } else { 0 },
                greedy: host.manner == Manner::Hostile,
            };
        }
        self.closings = closings;
    }

    /// Whether a node's stock is closed for good at the end.
    pub(crate) fn stays_closed(&self, writer: NodeId) -> bool {
        self.closings.iter().any(|closing| closing.writer == writer && closing.until == i64::MAX)
    }

    /// Lays out what is going to happen.
    fn plan(&mut self) {
        for host in 0..self.hosts.len() {
            self.at(0, Event::Start(host));
            let acts = self.script.parts.get(host).map_or(0, |part| part.acts.len());
            for _ in 0..acts {
                let time = self.chance.span(1_000, CHAOS);
                self.at(time, Event::Write(host));
            }
            for night in 1..4 {
                self.at(night * 24 * HOUR - HOUR, Event::Backup(host));
            }
            let crashes = if host < HONEST { self.chance.below(4) } else { 0 };
            for _ in 0..crashes {
                let time = self.chance.span(HOUR, CHAOS);
                self.at(time, Event::Crash(host));
            }
        }
        for _ in 0..6 {
            let time = self.chance.span(0, CHAOS - 8 * HOUR);
            self.at(time, Event::Part);
        }
        let time = self.chance.span(6 * HOUR, 40 * HOUR);
        self.at(time, Event::Clone);
        let time = self.chance.span(6 * HOUR, 24 * HOUR);
        self.at(time, Event::Steal);
        // Some notice late: what the thief wrote has come back to them, they start again, and write on after it.
        let (least, most) = if self.is_late() { (28 * HOUR, 40 * HOUR) } else { (HOUR, 20 * HOUR) };
        let noticed = self.chance.span(least, most);
        self.at(time + noticed, Event::Rotate);
        if self.is_late() {
            self.at(time + noticed * 3 / 4, Event::Crash(ROBBED));
        }
        let time = self.chance.span(6 * HOUR, 40 * HOUR);
        self.at(time, Event::ShowTwoFaces);
        self.at(CHAOS, Event::Quiet);
    }

    /// Whether a theft is noticed late.
    const fn is_late(&self) -> bool {
        self.seed % 3 == 1
    }

    fn at(&mut self, time: i64, event: Event) {
        self.order += 1;
        self.events.insert((time, self.order), event);
    }

    fn after(&mut self, least: i64, most: i64, event: Event) {
        let time = self.now + self.chance.span(least, most);
        self.at(time, event);
    }

    /// When everything must be one: stewards' keys are waited for.
    fn end(&self) -> i64 {
        let waits = if self.by_stewards { RECOVERY_WAIT_MS } else { 0 };
        CHAOS + HEAL + waits
    }

    fn healing(&self) -> bool {
        self.now >= CHAOS
    }

    fn play(&mut self) {
        let end = self.end();
        while let Some(((time, _), event)) = self.events.pop_first() {
            if time > end {
                break;
            }
            self.now = time;
            self.happen(event);
        }
        self.verdict.host_hours = u64::try_from(end / HOUR).unwrap_or(0) * self.hosts.len() as u64;
    }

    fn note(&mut self, what: u8, host: usize, number: u64) {
        self.trace.update(&[what]);
        self.trace.update(&self.now.to_be_bytes());
        self.trace.update(&(host as u64).to_be_bytes());
        self.trace.update(&number.to_be_bytes());
    }

    fn fail(&mut self, text: &str) {
        if self.verdict.failures.len() < 20 {
            self.verdict.failures.push(format!("after {} h: {text}", self.now / HOUR));
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Start(host) => self.start(host),
            Event::Crash(host) => self.crash(host),
            Event::Backup(host) => {
                if let Some(host) = self.hosts.get_mut(host) {
                    host.backups.push(host.disk.clone());
                }
            }
            Event::Write(host) => self.write(host),
            Event::Sync(host, life) => self.sync(host, life),
            Event::Turn(host) => self.turn(host),
            Event::Deliver { to, from, token, answer, bytes } => {
                self.deliver((to, from), token, answer, &bytes);
            }
            Event::Clone => self.clone_one(),
            Event::Steal => self.steal(),
            Event::Rotate => self.rotate(),
            Event::Quiet => {
                // The thief has gone, and so has the second computer that ran for a while.
                let more = self.hosts.iter_mut().skip(NODES);
                more.filter(|host| host.manner != Manner::TwoFaced).for_each(|host| host.gone = true);
            }
            Event::ShowTwoFaces => self.show_two_faces(),
            Event::Part => self.part(),
        }
    }

    fn start(&mut self, index: usize) {
        self.lives += 1;
        let fresh = self.seed.wrapping_mul(10_007).wrapping_add(self.lives);
        let (network, continued) = (self.network, self.manners.logs_continued);
        let Some(host) = self.hosts.get_mut(index).filter(|host| host.life.is_none() && !host.gone) else {
            return;
        };
        if let Err(fault) = host.start(network, fresh) {
            return self.fail(&format!("computer {index}: {fault}"));
        }
        if continued {
            host.continue_logs();
        }
        self.note(1, index, self.lives);
        self.after(1_000, 2 * HOUR, Event::Turn(index));
    }

    /// Pulls the plug; now and then the disk comes back as it was some nights ago, and nobody says so.
    fn crash(&mut self, index: usize) {
        let back = self.chance.percent(35);
        let which = self.chance.bits();
        let Some(host) = self.hosts.get_mut(index).filter(|host| host.life.is_some() && !host.gone) else {
            return;
        };
        host.life = None;
        let backups = host.backups.len() as u64;
        if back && backups > 0 {
            let which = usize::try_from(which % backups).unwrap_or(0);
            if let Some(old) = host.backups.get(which) {
                // When a recovery was heard of is forgotten with the rest; it is heard of again.
                host.disk = old.clone();
                self.verdict.restored += 1;
            }
        }
        self.note(2, index, u64::from(back));
        self.after(60_000, 6 * HOUR, Event::Start(index));
    }

    /// Writes the next act of its part; the two-faced node writes it twice, once for each face, so that both histories
    /// are equally long.
    fn write(&mut self, index: usize) {
        if let Some(face) = self.second_face.filter(|_| index == TWO_FACED) {
            self.write_one(face);
        }
        self.write_one(index);
    }

    fn write_one(&mut self, index: usize) {
        let Some(host) = self.hosts.get_mut(index).filter(|host| !host.gone) else { return };
        let now = host.civil(self.now);
        let Some(life) = &mut host.life else { return };
        if life.pending.is_some() {
            return self.after(50, 500, Event::Write(index));
        }
        let Some(part) = self.script.parts.get(host.node) else { return };
        let Some(act) = part.acts.get(host.next_act).cloned() else { return };
        host.next_act += 1;
        let Ok(commit) = life.writer.append(act, now, &mut life.entropy) else { return };
        let written = if host.manner == Manner::Thief { &mut self.stolen } else { &mut self.authentic };
        written
            .extend(commit.runs().iter().flat_map(koinon_log::AcceptedRun::facts).map(koinon_log::Fact::id));
        let is_closed = |node: NodeId| {
            let heard = self.now - LATE_HOURS * HOUR;
            let mut of_node = self.closings.iter().filter(|closing| closing.writer == node);
            of_node.any(|closing| closing.until == i64::MAX && heard > closing.from)
        };
        let stock = commit.runs().iter().filter(|run| run.name().stream == Stream::Stock);
        for run in stock.filter(|run| is_closed(run.name().node)) {
            self.closed.extend(run.facts().iter().map(koinon_log::Fact::id));
        }
        self.verdict.written += commit.runs().iter().map(|run| run.facts().len() as u64).sum::<u64>();
        life.pending = Some(commit);
        let number = host.lives;
        self.after(5, 60, Event::Sync(index, number));
    }

    fn sync(&mut self, index: usize, life: u64) {
        let Some(host) = self.hosts.get_mut(index).filter(|host| host.lives == life) else { return };
        if let Err(fault) = host.sync() {
            // A two-faced node's faces stop when their own book is ended for them.
            if host.manner == Manner::Honest {
                self.fail(&format!("computer {index}: {fault}"));
            } else if let Some(host) = self.hosts.get_mut(index) {
                host.gone = true;
            }
        }
    }

    /// Asks a neighbour.
    fn turn(&mut self, index: usize) {
        let (least, most) = if self.healing() { (HOUR, 3 * HOUR) } else { (HOUR, 4 * HOUR) };
        self.after(least, most, Event::Turn(index));
        let node = self.chance.index(NODES);
        let address = self.address(node, index);
        let token = self.chance.bits();
        let Some(peer) = self.nodes.get(node).copied() else { return };
        let (network, now) = (self.network, self.now);
        let Some(host) =
            self.hosts.get_mut(index).filter(|host| host.life.is_some() && host.node != node && !host.gone)
        else {
            return;
        };
        let mut request = host.greet(network, (address, peer), token, now);
        if host.manner == Manner::Hostile {
            self.flood(&mut request);
        }
        self.send((address, index), token, false, &request);
    }

    /// The computer that answers as a node to an asker.
    fn address(&mut self, node: usize, asker: usize) -> usize {
        let running = |host: &Host| host.node == node && !host.gone;
        let all: Vec<usize> =
            (0..self.hosts.len()).filter(|i| self.hosts.get(*i).is_some_and(running)).collect();
        match node {
            TWO_FACED => all.get(asker % all.len().max(1)).copied().unwrap_or(node),
            // Where it is noticed late, the thief answers some in the robbed node's place.
            ROBBED if self.is_late() && asker % 2 == 1 => all.last().copied().unwrap_or(node),
            _ if all.len() > 1 && self.chance.percent(40) => {
                let which = self.chance.index(all.len());
                all.get(which).copied().unwrap_or(node)
            }
            _ => node,
        }
    }

    fn send(&mut self, (to, from): (usize, usize), token: u64, answer: bool, messages: &[Message]) {
        let mut bytes: Vec<Vec<u8>> = messages.iter().map(Message::encode).collect();
        if self.chance.percent(5) {
            // A newer program says something that ours does not know.
            bytes.push(vec![0x82, 0x18, 99, 0x00]);
        }
        checks::watch(self, &bytes);
        if self.hosts.get(from).is_some_and(|host| host.manner == Manner::Hostile) && self.chance.percent(60)
        {
            self.spoil(&mut bytes);
        }
        let copies = if self.healing() { 1 } else { 1 + usize::from(self.chance.percent(5)) };
        for _ in 0..copies {
            if self.lost(to, from) {
                continue;
            }
            let late = !self.healing() && self.chance.percent(3);
            let delay = if late { self.chance.span(60_000, 10 * HOUR) } else { self.chance.span(20, 500) };
            let time = self.now + delay;
            self.at(time, Event::Deliver { to, from, token, answer, bytes: bytes.clone() });
        }
    }

    fn lost(&mut self, to: usize, from: usize) -> bool {
        if self.healing() {
            return false;
        }
        let part = |host: usize| self.weather.part.get(host);
        let apart = self.weather.parted && part(to) != part(from);
        apart || self.weather.blocked.contains(&(from, to)) || self.chance.percent(self.weather.loss_percent)
    }

    fn deliver(&mut self, (to, from): (usize, usize), token: u64, answer: bool, bytes: &[Vec<u8>]) {
        self.verdict.delivered += 1;
        self.note(3, to, bytes.iter().map(|bytes| bytes.len() as u64).sum());
        let asker = self.hosts.get(from).map(Host::id);
        let read: Vec<Message> = bytes.iter().filter_map(|bytes| Message::decode(bytes).ok()).collect();
        let (network, now) = (self.network, self.now);
        let nodes = self.nodes.clone();
        let takes = |node: NodeId| nodes.contains(&node);
        let Some(host) = self.hosts.get_mut(to).filter(|host| !host.gone) else { return };
        let said = match (answer, asker) {
            (false, Some(asker)) if host.life.is_some() => Some(host.answer(network, asker, &read, now)),
            (true, _) => host.hear(token, read, now, &takes),
            _ => None,
        };
        if let Some(messages) = said {
            self.send((from, to), token, !answer, &messages);
        }
    }

    fn part(&mut self) {
        if self.healing() {
            return;
        }
        if self.weather.parted && self.chance.percent(50) {
            self.weather.parted = false;
            self.weather.blocked.clear();
            return;
        }
        self.weather.parted = true;
        for host in 0..self.weather.part.len() {
            let part = self.chance.below(3);
            if let Some(of) = self.weather.part.get_mut(host) {
                *of = part;
            }
        }
        for _ in 0..4 {
            let pair = (self.chance.index(NODES), self.chance.index(NODES));
            self.weather.blocked.insert(pair);
        }
    }

    fn join(&mut self, host: Host) {
        let index = self.hosts.len();
        self.hosts.push(host);
        self.at(self.now, Event::Start(index));
        for _ in 0..12 {
            self.after(1_000, 12 * HOUR, Event::Write(index));
        }
    }
}

/// Whether bytes hold what must never leave a node.
pub(crate) fn sings(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, CANARY).is_some()
}
