//! Transfers as lines of a board, each as far as its reader is concerned.
//!
//! What moves on the road is for those who send or receive it: for everyone else a transfer under way reads as agreed,
//! without days, loads or what is set aside.

use koinon_authority::{Sight, sight};
use koinon_core::{CommunityCode, Dimension, TransferId};
use koinon_ledger::transfer::{Counters, Status, Transfer};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, Lens, Named, rfc3339};

/// How far a transfer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Answers or loads are here, the promise is not yet.
    Unheard,
    /// A second person at the giver must agree.
    NeedsSecond,
    /// The taker must answer.
    NeedsAnswer,
    /// The taker would rather have something else; the giver must say whether.
    Countered,
    /// Somebody objects; nothing is loaded until that is settled.
    Halted,
    /// Agreed; to be loaded.
    Agreed,
    /// Something is on its way.
    UnderWay,
    /// It arrived, and something is still open.
    Unsettled,
    /// Done.
    Done,
    /// The taker said no.
    Refused,
    /// The giver took it back.
    Withdrawn,
}

impl From<Status> for Stage {
    fn from(status: Status) -> Self {
        match status {
            Status::Unheard => Self::Unheard,
            Status::NeedsSecond => Self::NeedsSecond,
            Status::NeedsAnswer => Self::NeedsAnswer,
            Status::Countered => Self::Countered,
            Status::Halted => Self::Halted,
            Status::Agreed => Self::Agreed,
            Status::UnderWay => Self::UnderWay,
            Status::Unsettled => Self::Unsettled,
            Status::Done => Self::Done,
            Status::Refused => Self::Refused,
            Status::Withdrawn => Self::Withdrawn,
        }
    }
}

impl Stage {
    /// The state in the book that it stands for.
    pub const fn status(self) -> Status {
        match self {
            Self::Unheard => Status::Unheard,
            Self::NeedsSecond => Status::NeedsSecond,
            Self::NeedsAnswer => Status::NeedsAnswer,
            Self::Countered => Status::Countered,
            Self::Halted => Status::Halted,
            Self::Agreed => Status::Agreed,
            Self::UnderWay => Status::UnderWay,
            Self::Unsettled => Status::Unsettled,
            Self::Done => Status::Done,
            Self::Refused => Status::Refused,
            Self::Withdrawn => Status::Withdrawn,
        }
    }

    /// Whether nothing more will happen to it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Refused | Self::Withdrawn)
    }

    /// The stable word, as in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unheard => "unheard",
            Self::NeedsSecond => "needs-second",
            Self::NeedsAnswer => "needs-answer",
            Self::Countered => "countered",
            Self::Halted => "halted",
            Self::Agreed => "agreed",
            Self::UnderWay => "under-way",
            Self::Unsettled => "unsettled",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// What somebody sees who neither sends nor receives it.
    const fn seen_afar(self) -> Self {
        match self {
            Self::UnderWay => Self::Agreed,
            Self::Unsettled => Self::Done,
            other => other,
        }
    }
}

/// The counters of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    /// Asked for.
    pub requested: Amount,
    /// Promised, after the taker's answer.
    pub committed: Amount,
    /// Set aside and not loaded; only for those who send or receive it.
    pub reserved: Option<Amount>,
    /// On its way; only for those who send or receive it.
    pub in_transit: Option<Amount>,
    /// Taken in.
    pub fulfilled: Amount,
    /// Written off on the way; only for those who send or receive it.
    pub lost: Option<Amount>,
}

/// One line of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineCounts {
    /// Its number.
    pub line: u16,
    /// What.
    pub item: Named,
    /// How much; empty for guests.
    pub counts: Option<Counts>,
}

/// One transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TransferLine {
    /// Whose transfer.
    pub giver: Named,
    /// Its id.
    pub id: String,
    /// The place it leaves.
    pub from: Named,
    /// The place it goes to.
    pub to: Named,
    /// How far it has come, as far as the reader is concerned.
    pub stage: Stage,
    /// Whether the reader's community sends or receives it.
    pub is_ours: bool,
    /// Whether the reader's community has to do something next.
    pub waits_for_us: bool,
    /// What goes.
    pub lines: Vec<LineCounts>,
    /// The planned day of departure; only for those who send or receive it.
    pub leaves: Option<String>,
    /// The planned day of arrival; only for those who send or receive it.
    pub arrives: Option<String>,
    /// When something was last written about it; empty for guests.
    pub changed: Option<String>,
}

/// The board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TransfersView {
    /// Those that are not over, those that wait for the reader first.
    pub open: Vec<TransferLine>,
    /// Those that are over and still remembered, the newest first.
    pub over: Vec<TransferLine>,
}

impl Lens<'_> {
    /// One transfer as the reader may see it; `None` where even that it exists is hidden.
    pub fn transfer(
        &self,
        giver: &CommunityCode,
        id: TransferId,
        transfer: &Transfer,
    ) -> Option<TransferLine> {
        let commitment = transfer.commitment(giver)?;
        let what = &commitment.what;
        let headed = transfer.shipments().map(|(_, load)| load.heading(what).1);
        let is_ours = [giver, &what.taker].into_iter().chain(headed).any(|community| self.is_home(community));
        let mut lines = Vec::new();
        for line in &what.lines {
            let Some(item) = self.region().item(&line.item) else { continue };
            let seen = sight(self.viewer, item.seen_by(), giver, is_ours);
            if seen == Sight::Nothing {
                continue;
            }
            let counts = (seen == Sight::Amount)
                .then(|| counts(&transfer.counters(giver, line), item.dimension, is_ours))
                .flatten();
            lines.push(LineCounts { line: line.line, item: self.item(&line.item), counts });
        }
        if lines.is_empty() {
            return None;
        }
        let status = Stage::from(transfer.status(giver));
        let stage = if is_ours { status } else { status.seen_afar() };
        let gives = self.is_home(giver);
        let takes = self.is_home(&what.taker);
        let waits_for_us = match status {
            Stage::NeedsSecond | Stage::Countered | Stage::Agreed => gives,
            Stage::NeedsAnswer | Stage::UnderWay => takes,
            Stage::Halted | Stage::Unsettled => gives || takes,
            _ => false,
        };
        Some(TransferLine {
            giver: self.community(giver),
            id: id.to_string(),
            from: self.place(&what.from),
            to: self.place(&what.to),
            stage,
            is_ours,
            waits_for_us,
            lines,
            leaves: is_ours.then(|| what.leaves.to_string()),
            arrives: is_ours.then(|| what.arrives.to_string()),
            changed: if self.sees_amounts() && (is_ours || stage == status) {
                rfc3339(transfer.last_written())
            } else {
                None
            },
        })
    }

    /// Every transfer that the reader may see.
    pub fn transfers(&self) -> TransfersView {
        let all = self.book.ledger().transfers();
        let mut lines: Vec<TransferLine> =
            all.filter_map(|(giver, id, transfer)| self.transfer(giver, id, transfer)).collect();
        lines.sort_by(|a, b| {
            let rank = |line: &TransferLine| (!line.waits_for_us, !line.is_ours, line.stage);
            rank(a).cmp(&rank(b)).then_with(|| b.changed.cmp(&a.changed)).then_with(|| a.id.cmp(&b.id))
        });
        let (mut over, open): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.stage.is_over());
        over.sort_by(|a, b| b.changed.cmp(&a.changed).then_with(|| a.id.cmp(&b.id)));
        TransfersView { open, over }
    }
}

fn counts(counters: &Counters, dimension: Dimension, is_ours: bool) -> Option<Counts> {
    let of = |base| Amount::of(base, dimension);
    let ours = |base| if is_ours { of(base) } else { None };
    Some(Counts {
        requested: of(counters.requested)?,
        committed: of(counters.committed)?,
        reserved: ours(counters.reserved),
        in_transit: ours(counters.in_transit),
        fulfilled: of(counters.fulfilled)?,
        lost: ours(counters.lost),
    })
}
