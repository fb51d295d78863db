//! What honest computers suffer from others: copies that run twice, a thief with a stolen key and how its key is replaced, two
//! faces, and a neighbour that forges and floods.

use koinon_log::rotation::{ByStewards, NewKeys};
use koinon_log::testing::SeededEntropy;
use koinon_log::{Identity, Message, Rotation, SigningKey};

use super::{CLONED, Event, Fleet, HOSTILE, ROBBED, TWO_FACED};
use crate::checks;
use crate::host::{Host, Manner};

impl Fleet<'_> {
    /// A second computer starts from a copy of one's disk, and goes after half a day.
    pub(super) fn clone_one(&mut self) {
        let Some(of) = self.hosts.get(CLONED) else { return };
        let mut copy = Host::new(CLONED, Manner::Honest, of.identity.clone());
        copy.accord = of.accord.clone();
        copy.disk = of.disk.clone();
        copy.next_act = of.next_act + 3;
        self.join(copy);
    }

    /// Somebody takes a copy of one's disk and key while it runs: writes on in its open logs, and opens logs of its own.
    pub(super) fn steal(&mut self) {
        for continues in [true, false] {
            let Some(of) = self.hosts.get(ROBBED) else { continue };
            let mut thief = Host::new(ROBBED, Manner::Thief, of.identity.clone());
            thief.accord = of.accord.clone();
            thief.disk = of.disk.clone();
            thief.next_act = 5;
            let index = self.hosts.len();
            self.join(thief);
            self.start(index);
            if let Some(host) = self.hosts.get_mut(index).filter(|_| continues) {
                host.continue_logs();
            }
        }
    }

    /// The robbed node's people replace its key, and the thief gives up a few hours later.
    pub(super) fn rotate(&mut self) {
        let Some(next) = self.next_keys.get(ROBBED).cloned() else { return };
        let mut entropy = SeededEntropy::new(self.seed.wrapping_add(77));
        let new = if !self.by_stewards {
            next
        } else if self.manners.real {
            SigningKey::generate(&mut entropy)
        } else {
            SigningKey::mark(self.seed * 256 + 250)
        };
        let (network, now, lives) = (self.network, self.now, self.lives + 1_000);
        let stewards = self.stewards.clone();
        let Some(host) = self.hosts.get_mut(ROBBED) else { return };
        let started =
            host.life.is_some() || host.start(network, self.seed.wrapping_mul(10_007) + lives).is_ok();
        let Some(life) = host.life.as_mut().filter(|_| started) else { return };
        // What is on its way to the disk is waited for.
        life.asking = None;
        if host.sync().is_err() {
            return self.fail("the robbed node could not end its old life");
        }
        let Some(life) = &host.life else { return };
        let old = host.identity.key().verify_key();
        let keys = NewKeys {
            key: new.verify_key(),
            next_key: SigningKey::from_seed(&[9; 32]).verify_key().next_digest(),
            recovery: stewards.iter().map(SigningKey::verify_key).collect(),
            threshold: 2,
        };
        let mine = host.disk.mine.clone();
        let counts = |log| mine.get(&log).copied().unwrap_or(0);
        let draft = Rotation::draft(&host.disk.store, &life.directory, host.id(), keys, &counts);
        let Ok(mut rotation) = draft else {
            // It has written nothing yet, so there is no key to replace.
            return;
        };
        if self.manners.refuses_nothing {
            rotation.refused.clear();
        }
        if self.by_stewards {
            let announced = koinon_core::Timestamp::from_millis(1_800_000_000_000 + now);
            let text = rotation.recovery_text(host.id(), old, announced);
            let mut signatures: Vec<_> = stewards.iter().take(2).map(|key| text.sign(network, key)).collect();
            signatures.sort();
            rotation.stewards = Some(ByStewards { announced, signatures });
        }
        let inception = host.identity.inception().to_vec();
        let Ok(identity) = Identity::with_later_key(inception, new.clone()) else { return };
        host.identity = identity;
        host.rotation = Some(rotation);
        host.backups.clear();
        host.life = None;
        self.new_key = Some(new.verify_key());
        self.start(ROBBED);
        self.after(1_000, 60_000, Event::Write(ROBBED));
    }

    /// From here on the two-faced node has a second computer that goes on with the same logs.
    pub(super) fn show_two_faces(&mut self) {
        let index = self.hosts.len();
        let Some(of) = self.hosts.get_mut(TWO_FACED) else { return };
        if of.sync().is_err() {
            return;
        }
        let mut face = Host::new(TWO_FACED, Manner::TwoFaced, of.identity.clone());
        face.accord = of.accord.clone();
        face.disk = of.disk.clone();
        face.next_act = of.next_act;
        self.hosts.push(face);
        self.second_face = Some(index);
        self.start(index);
        if let Some(host) = self.hosts.get_mut(index) {
            host.continue_logs();
        }
    }

    /// Changes, leaves out, swaps and repeats what is said.
    pub(super) fn spoil(&mut self, bytes: &mut Vec<Vec<u8>>) {
        for _ in 0..=self.chance.below(3) {
            let which = self.chance.index(bytes.len().max(1));
            match self.chance.below(4) {
                0 => {
                    if let Some(message) = bytes.get_mut(which).filter(|message| !message.is_empty()) {
                        let at = self.chance.index(message.len());
                        let with = u8::try_from(self.chance.below(255)).unwrap_or(0) + 1;
                        if let Some(byte) = message.get_mut(at) {
                            *byte ^= with;
                        }
                    }
                }
                1 if which < bytes.len() => drop(bytes.remove(which)),
                2 => {
                    let other = self.chance.index(bytes.len().max(1));
                    if which < bytes.len() {
                        bytes.swap(which, other);
                    }
                }
                _ => {
                    if let Some(forged) = bytes.get(which).and_then(|message| self.forge(message)) {
                        bytes.push(forged);
                    }
                }
            }
        }
    }

    /// Says something in another's name: a run with other contents that still holds together but for the signature, or
    /// under a signature of the forger's own.
    fn forge(&self, message: &[u8]) -> Option<Vec<u8>> {
        let Message::Run(run) = Message::decode(message).ok()? else { return None };
        let mut run = koinon_log::Run::from(run.restore().ok()?);
        let key = self.hosts.get(HOSTILE)?.identity.key().clone();
        let victim = self.nodes.get(ROBBED + 1)?;
        if run.name.node != *victim {
            return None;
        }
        checks::forge(&mut run, &key, self.network);
        Some(Message::Run(koinon_log::SharedRun::new(run).ok()?).encode())
    }

    /// Asks for everything a hundred times over.
    pub(super) fn flood(&mut self, request: &mut Vec<Message>) {
        let nodes = self.nodes.clone();
        for node in nodes {
            for _ in 0..3 {
                request.push(Message::Census(koinon_log::Census { node, all: true }));
            }
        }
        request.push(Message::AskForks);
    }
}
