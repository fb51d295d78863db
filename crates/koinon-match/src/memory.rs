//! What a plan found for each item on its own, kept for the next plan: an item of which nothing changed is not solved again.
//!
//! An item's flow follows from its case, the timetable and the room on it alone, so a remembered flow is the one that would be found
//! again, to the last unit: a plan made with a memory and one made from nothing are the same plan. What items share, departures and
//! stores that are too full for all, is shared out anew each time.

use std::collections::BTreeMap;

use koinon_core::{Digest, ItemCode};

use crate::case::Case;
use crate::flow::{Flow, Setting, Weights};
use crate::timetable::Timetable;

/// What the last plan found; empty at first.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    around: Option<Around>,
    found: BTreeMap<ItemCode, (Question, Flow)>,
    solved: usize,
}

/// What all items have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Around {
    table: Timetable,
    weights: Weights,
    slack_days: i64,
}

/// What is asked of one item: its case, and the room that it has if nothing else travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    case: Case,
    room: Digest,
}

/// What was found for one item.
pub(crate) struct Answer {
    pub(crate) item: ItemCode,
    pub(crate) question: Question,
    pub(crate) flow: Flow,
    /// Whether it was solved for this plan.
    pub(crate) anew: bool,
}

impl Question {
    /// A case without what its flow does not follow from, and the room on runs and in stores.
    pub(crate) fn new(case: &Case, units: &[i64], ends: &BTreeMap<usize, i64>) -> Self {
        let ends = ends.iter().flat_map(|(place, units)| [i64::try_from(*place).unwrap_or(i64::MAX), *units]);
        let bytes: Vec<u8> = units.iter().copied().chain(ends).flat_map(i64::to_be_bytes).collect();
        Self { case: case.bare(), room: Digest::of("koinon/room", &bytes) }
    }
}

impl Memory {
    /// How many items the last plan solved anew.
    pub fn solved(&self) -> usize {
        self.solved
    }

    /// Forgets everything where the timetable or the agreed numbers are others.
    pub(crate) fn stand(&mut self, setting: Setting<'_>) {
        let Setting { table, weights, slack_days } = setting;
        let same = |around: &Around| {
            (around.weights, around.slack_days) == (weights, slack_days) && around.table == *table
        };
        if !self.around.as_ref().is_some_and(same) {
            self.found.clear();
            self.around = Some(Around { table: table.clone(), weights, slack_days });
        }
    }

    /// The flow that answered the same question of an item.
    pub(crate) fn recall(&self, item: &ItemCode, question: &Question) -> Option<Flow> {
        self.found.get(item).filter(|(known, _)| known == question).map(|(_, flow)| flow.clone())
    }

    /// Keeps the answers of a plan and forgets the others.
    pub(crate) fn keep(&mut self, answers: impl Iterator<Item = Answer>) {
        self.solved = 0;
        self.found = answers
            .map(|Answer { item, question, flow, anew }| {
                self.solved += usize::from(anew);
                (item, (question, flow))
            })
            .collect();
    }
}
