//! Standing agreements: what two communities give each other regularly, without a price and without a balance.
//!
//! One side proposes a text, the other answers just that text; both together are the agreement, and the word of either side ends it.
//! A changed text takes the place of the one agreed before when it is answered with yes, and not earlier. What falls due is an intent and no
//! promise: a promise of the giver names the day that it fulfils. Each line stands for itself; that one side cannot give holds nothing of
//! the other back.

use std::collections::BTreeMap;

use koinon_core::{CommunityCode, Day, Digest, ItemCode, PlaceCode, Quantity, StandingId, Timestamp};
use minicbor::{Decode, Encode};

use crate::order::Rev;
use crate::reason::Reason;

/// The longest term of a standing agreement, in days: after a year it is looked at again.
pub const TERM_DAYS_MAX: i32 = 366;
/// The longest time between two days on which something is given, in days.
pub const EVERY_DAYS_MAX: u16 = 92;
/// What was not promised on its day is due for so many days more, or until the next day falls due.
pub const GRACE_DAYS: i32 = 6;

/// One thing that is given each time, one way.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StandingLine {
    /// The line's number, unique in the agreement.
    #[n(0)]
    pub line: u16,
    /// The place that gives.
    #[n(1)]
    pub from: PlaceCode,
    /// The place that takes.
    #[n(2)]
    pub to: PlaceCode,
    /// What.
    #[n(3)]
    pub item: ItemCode,
    /// How much each time, above zero.
    #[n(4)]
    pub quantity: Quantity,
}

/// A community proposes to another what they could give each other regularly. Stating it again proposes another text.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StandingProposed {
    /// The agreement's id.
    #[n(0)]
    pub standing: StandingId,
    /// The other community.
    #[n(1)]
    pub with: CommunityCode,
    /// What goes each way.
    #[n(2)]
    pub lines: Vec<StandingLine>,
    /// The first day on which it leaves.
    #[n(3)]
    pub first: Day,
    /// It leaves again every so many days; 1 to [`EVERY_DAYS_MAX`].
    #[n(4)]
    pub every_days: u16,
    /// The last day on which it may leave.
    #[n(5)]
    pub until: Day,
}

/// The other community answers a text.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StandingAnswered {
    /// Who proposed it.
    #[n(0)]
    pub proposer: CommunityCode,
    /// Which agreement.
    #[n(1)]
    pub standing: StandingId,
    /// The text as it was read.
    #[n(2)]
    pub answers: Digest,
    /// Yes or no; a no after a yes ends the agreement.
    #[n(3)]
    pub yes: bool,
    /// Why not.
    #[n(4)]
    pub reason: Option<Reason>,
}

/// The community that proposed an agreement ends it, or takes its proposal back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StandingEnded {
    /// Which.
    #[n(0)]
    pub standing: StandingId,
    /// Why.
    #[n(1)]
    pub reason: Reason,
}

/// One thing that falls due on one day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Occurrence {
    /// Who proposed the agreement.
    #[n(0)]
    pub proposer: CommunityCode,
    /// Which agreement.
    #[n(1)]
    pub standing: StandingId,
    /// Which line.
    #[n(2)]
    pub line: u16,
    /// The day on which it is to leave.
    #[n(3)]
    pub day: Day,
}

/// One agreement, or a proposal: what each side wrote, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Standing {
    #[n(0)]
    pub(crate) proposals: BTreeMap<Rev, StandingProposed>,
    #[n(1)]
    pub(crate) answers: BTreeMap<Rev, (CommunityCode, StandingAnswered)>,
    #[n(2)]
    pub(crate) ended: BTreeMap<Rev, Reason>,
}

impl StandingProposed {
    /// The digest that an answer names, so that a changed text needs a new answer.
    pub fn digest(&self) -> Digest {
        // Encoding to memory cannot fail; an empty digest would only make the answer not match.
        Digest::of("koinon/standing/1", &minicbor::to_vec(self).unwrap_or_default())
    }

    /// The days from `from` to `to` on which it falls due.
    pub fn days(&self, from: Day, to: Day) -> impl Iterator<Item = Day> + use<> {
        let every = i32::from(self.every_days.max(1));
        let passed = from.since(self.first).max(0);
        let start = self.first.plus(passed + (every - passed % every) % every);
        let end = to.min(self.until);
        let count = if end < start { 0 } else { end.since(start) / every + 1 };
        (0..count).map(move |n| start.plus(n * every))
    }

    /// Whether it falls due on a day.
    pub fn is_due_on(&self, day: Day) -> bool {
        self.days(day, day).next().is_some()
    }

    /// The line with a number.
    pub fn line(&self, number: u16) -> Option<&StandingLine> {
        self.lines.iter().find(|line| line.line == number)
    }
}

impl Standing {
    /// The newest text, unless its proposer has ended it since.
    pub fn proposal(&self) -> Option<&StandingProposed> {
        self.open().next_back().map(|(_, text)| text)
    }

    /// The newest text, ended or not.
    pub fn last_text(&self) -> Option<&StandingProposed> {
        self.proposals.last_key_value().map(|(_, text)| text)
    }

    /// The text that both sides agreed to and neither has ended; it may be an earlier one than [`Standing::proposal`].
    pub fn agreed(&self) -> Option<&StandingProposed> {
        let said_yes = |text: &StandingProposed| self.answers_to(text).any(|answer| answer.yes);
        let (_, text) = self.open().rev().find(|(_, text)| said_yes(text))?;
        self.answer_to(text).filter(|answer| answer.yes).map(|_| text)
    }

    /// When the text that is agreed was first said yes to; nothing of it is due before.
    pub fn agreed_since(&self) -> Option<Timestamp> {
        let text = self.agreed()?;
        let digest = text.digest();
        let yes = self
            .answers
            .iter()
            .find(|(_, (by, said))| *by == text.with && said.yes && said.answers == digest)?;
        Some(yes.0.recorded)
    }

    /// The last answer of the other side to a text.
    pub fn answer_to(&self, text: &StandingProposed) -> Option<&StandingAnswered> {
        self.answers_to(text).last()
    }

    /// Why its proposer ended it; nothing where it was proposed anew since.
    pub fn ended(&self) -> Option<Reason> {
        let (at, reason) = self.ended.last_key_value()?;
        self.proposals.last_key_value().is_none_or(|(last, _)| last < at).then_some(*reason)
    }

    /// Texts that were stated after the last end, oldest first.
    fn open(&self) -> impl DoubleEndedIterator<Item = (&Rev, &StandingProposed)> {
        let end = self.ended.last_key_value().map(|(at, _)| *at);
        self.proposals.iter().filter(move |(at, _)| end.is_none_or(|end| **at > end))
    }

    fn answers_to(&self, text: &StandingProposed) -> impl Iterator<Item = &StandingAnswered> {
        let digest = text.digest();
        let of_other = self.answers.values().filter(|(by, _)| *by == text.with);
        of_other.map(|(_, answer)| answer).filter(move |answer| answer.answers == digest)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use koinon_core::{Dimension, LogId};

    use super::*;

    fn text(amount: i64) -> StandingProposed {
        let place = |code: &str| -> PlaceCode { code.parse().unwrap() };
        let line = StandingLine {
            line: 0,
            from: place("dunes"),
            to: place("heath"),
            item: "bread".parse().unwrap(),
            quantity: Quantity::new(amount, Dimension::Mass).unwrap(),
        };
        StandingProposed {
            standing: StandingId([1; 16]),
            with: "heath".parse().unwrap(),
            lines: vec![line],
            first: Day(20_000),
            every_days: 7,
            until: Day(20_030),
        }
    }

    fn rev(seq: u64) -> Rev {
        Rev { recorded: Timestamp::from_millis(i64::try_from(seq).unwrap()), log: LogId([0; 16]), seq }
    }

    fn answer(to: &StandingProposed, yes: bool) -> (CommunityCode, StandingAnswered) {
        let (proposer, reason) = ("dunes".parse().unwrap(), (!yes).then_some(Reason::NoRoom));
        let answered =
            StandingAnswered { proposer, standing: to.standing, answers: to.digest(), yes, reason };
        ("heath".parse().unwrap(), answered)
    }

    #[test]
    fn days_fall_due_from_the_first_to_the_last_and_no_other() {
        let text = text(5);
        let days = |from: i32, to: i32| text.days(Day(from), Day(to)).map(|day| day.0).collect::<Vec<_>>();
        assert_eq!(days(19_000, 21_000), [20_000, 20_007, 20_014, 20_021, 20_028]);
        assert_eq!(days(20_001, 20_013), [20_007]);
        assert_eq!(days(20_007, 20_007), [20_007]);
        assert_eq!(days(20_029, 20_060), [0; 0]);
        assert!(text.is_due_on(Day(20_014)) && !text.is_due_on(Day(20_015)) && !text.is_due_on(Day(19_993)));
    }

    #[test]
    fn a_changed_text_takes_the_place_of_the_agreed_one_when_it_is_agreed_to() {
        let (old, new) = (text(5), text(9));
        let mut standing = Standing::default();
        standing.proposals.insert(rev(1), old.clone());
        assert_eq!(standing.agreed(), None);
        standing.answers.insert(rev(2), answer(&old, true));
        standing.proposals.insert(rev(3), new.clone());
        assert_eq!((standing.agreed(), standing.proposal()), (Some(&old), Some(&new)));
        standing.answers.insert(rev(4), answer(&new, false));
        assert_eq!(standing.agreed(), Some(&old), "a no to the new text leaves the old one");
        standing.answers.insert(rev(5), answer(&new, true));
        assert_eq!(standing.agreed(), Some(&new));
        standing.answers.insert(rev(6), answer(&new, false));
        assert_eq!(standing.agreed(), None, "ending the new text does not bring the old one back");
    }

    #[test]
    fn the_word_of_either_side_ends_it_and_nobody_elses_counts() {
        let mut standing = Standing::default();
        standing.proposals.insert(rev(1), text(5));
        let (_, strange) = answer(&text(5), true);
        standing.answers.insert(rev(2), ("ridge".parse().unwrap(), strange));
        assert_eq!(standing.agreed(), None, "a stranger's yes");
        standing.answers.insert(rev(3), answer(&text(5), true));
        assert!(standing.agreed().is_some());
        standing.ended.insert(rev(4), Reason::NotNeeded);
        assert_eq!((standing.agreed(), standing.ended()), (None, Some(Reason::NotNeeded)));
        standing.proposals.insert(rev(5), text(6));
        assert_eq!((standing.agreed(), standing.ended()), (None, None));
        assert!(standing.proposal().is_some());
    }
}
