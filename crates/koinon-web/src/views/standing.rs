//! What two communities give each other regularly, as rows.

use koinon_authority::Sight;
use koinon_core::{CommunityCode, Day, StandingId};
use koinon_ledger::fact::{StandingLine, StandingProposed};
use koinon_ledger::standing::Standing;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, Lens, Named};

/// For how many days an agreement that is over is still shown.
const OVER_DAYS: i32 = 30;

/// Where an agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StandingState {
    /// Proposed; the other side has not answered.
    Proposed,
    /// Agreed by both.
    Agreed,
    /// The other side said no.
    Declined,
    /// Ended, or its last day has passed.
    Over,
}

/// One thing that is given each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandingPart {
    /// Who gives.
    pub from: Named,
    /// Who takes.
    pub to: Named,
    /// What.
    pub item: Named,
    /// How much each time; empty for guests.
    pub amount: Option<Amount>,
}

/// One text: what goes each way, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandingText {
    /// Its check number, which an answer names.
    pub text: String,
    /// What goes each way.
    pub lines: Vec<StandingPart>,
    /// The first day.
    pub first: String,
    /// Again every so many days.
    pub every_days: u16,
    /// The last day.
    pub until: String,
    /// The next day on which something is to leave.
    pub next: Option<String>,
}

/// One agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandingRow {
    /// Its id.
    pub id: String,
    /// Who proposed it.
    pub proposer: Named,
    /// The other side.
    pub with: Named,
    /// Where it stands.
    pub state: StandingState,
    /// What both agreed to, or what was proposed where nothing is agreed.
    pub text: StandingText,
    /// A newer text that the other side has not answered yet.
    pub newer: Option<StandingText>,
    /// Whether the reader's community proposed it.
    pub we_proposed: bool,
    /// Whether the reader's community is the other side.
    pub with_us: bool,
}

impl Lens<'_> {
    /// The agreements that the reader may see: what waits first, what is over last.
    pub fn standing(&self) -> Vec<StandingRow> {
        let known = self.book.ledger().standing();
        let mut rows: Vec<StandingRow> =
            known.filter_map(|(proposer, id, known)| self.standing_row(proposer, id, known)).collect();
        rows.sort_by(|a, b| {
            let key = |row: &StandingRow| {
                let waits = row.state != StandingState::Over
                    && (row.newer.is_some() || row.state == StandingState::Proposed);
                (
                    row.state,
                    !(waits && row.with_us),
                    row.text.next.clone(),
                    row.proposer.code.clone(),
                    row.id.clone(),
                )
            };
            key(a).cmp(&key(b))
        });
        rows
    }

    fn standing_row(
        &self,
        proposer: &CommunityCode,
        id: StandingId,
        known: &Standing,
    ) -> Option<StandingRow> {
        let (agreed, newest) = (known.agreed(), known.proposal());
        let shown = agreed.or(newest).or_else(|| known.last_text())?;
        let passed = shown.until < self.today();
        if shown.until.plus(OVER_DAYS) < self.today() {
            return None;
        }
        let declined = newest.is_some_and(|text| known.answer_to(text).is_some_and(|answer| !answer.yes));
        let state = match (agreed, newest) {
            _ if passed => StandingState::Over,
            (Some(_), _) => StandingState::Agreed,
            (None, Some(_)) if declined => StandingState::Declined,
            (None, Some(_)) => StandingState::Proposed,
            (None, None) => StandingState::Over,
        };
        let text = self.standing_text(proposer, shown)?;
        let newer = newest.filter(|newest| agreed.is_some_and(|agreed| agreed != *newest) && !declined);
        let own = self.book.own();
        Some(StandingRow {
            id: id.to_string(),
            proposer: self.community(proposer),
            with: self.community(&shown.with),
            state,
            text,
            newer: newer.and_then(|text| self.standing_text(proposer, text)),
            we_proposed: own == Some(proposer),
            with_us: own == Some(&shown.with),
        })
    }

    /// A text, as far as its reader may see what is in it; nothing where that is nothing.
    fn standing_text(&self, proposer: &CommunityCode, text: &StandingProposed) -> Option<StandingText> {
        let part = |line: &StandingLine| {
            let item = self.region().item(&line.item)?;
            let seen = self.sight_of_word(item, None, proposer);
            (seen > Sight::Nothing).then(|| StandingPart {
                from: self.place(&line.from),
                to: self.place(&line.to),
                item: self.item(&line.item),
                amount: (seen == Sight::Amount).then_some(Amount(line.quantity)),
            })
        };
        let lines: Vec<StandingPart> = text.lines.iter().filter_map(part).collect();
        (!lines.is_empty()).then(|| StandingText {
            text: text.digest().to_string(),
            lines,
            first: text.first.to_string(),
            every_days: text.every_days,
            until: text.until.to_string(),
            next: text.days(self.today(), text.until).next().map(|day: Day| day.to_string()),
        })
    }
}
